"""A TCP proxy that misbehaves as it is told, one fault a connection, and counts every byte: tests/network/proxy_main.c, told by lines."""
import json
import subprocess
import threading

from e2e import environment, program

PASS, RST_UP, RST_DOWN, FIN_UP, EAT, TRICKLE, FLIP, HOLE = "pass", "rst-up", "rst-down", "fin-up", "eat", "trickle", "flip", "hole"
FAULTS = (PASS, RST_UP, RST_DOWN, FIN_UP, EAT, TRICKLE, FLIP, HOLE)


class Plan:
    """What happens to each connection: fault, after how many bytes, and for a hole how long until it is cut."""

    def __init__(self, fault=PASS, after=0, hole_s=0.3):
        self.fault, self.after, self.hole_s = fault, after, hole_s


class Line:
    """One port of the proxy: the line of one device, or of several."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.port = proxy.tell("listen")["port"]

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def set_plan(self, plan):
        self.proxy.tell("plan", self.port, plan.fault, plan.after, int(plan.hole_s * 1000))

    def once(self, plan):
        """As plan, for the first connection that it strikes only; those after it pass."""
        self.proxy.tell("once", self.port, plan.fault, plan.after, int(plan.hole_s * 1000))

    # what happens from now on; written only
    plan = property(fset=set_plan)

    def seeded(self, seed):
        """From now on the k-th connection of this line gets the fault that seed and k say."""
        self.proxy.tell("seed", self.port, seed)

    def honest(self):
        self.plan = Plan()

    def stat(self):
        return self.proxy.tell("stat", self.port)

    connections = property(lambda self: self.stat()["connections"])
    up = property(lambda self: self.stat()["up"])
    down = property(lambda self: self.stat()["down"])


class Proxy(Line):
    """The program, and its first line."""

    def __init__(self, target=0):
        self._lock = threading.Lock()
        self._process = subprocess.Popen([program("jx-proxy")], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._target = target
        super().__init__(self)
        self.target = target

    def tell(self, *words):
        with self._lock:
            self._process.stdin.write(" ".join(str(word) for word in words) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"ok": False}
        if answer.get("ok") is False:
            raise AssertionError(f"jx-proxy: {words}: {line!r}")
        return answer

    @property
    def target(self):
        return self._target

    @target.setter
    def target(self, port):
        self._target = port
        self.tell("target", port)

    def cut(self):
        """End what is connected now; what comes after goes by the plan."""
        self.tell("cut")

    def total(self):
        """Counts of all lines together."""
        return self.tell("stat", 0)

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)
