"""A TCP proxy that misbehaves as it is told, one fault a connection, and counts every byte."""
import select
import socket
import struct
import threading
import time

PASS, RST_UP, RST_DOWN, FIN_UP, EAT, TRICKLE, FLIP, HOLE = "pass", "rst-up", "rst-down", "fin-up", "eat", "trickle", "flip", "hole"
FAULTS = (PASS, RST_UP, RST_DOWN, FIN_UP, EAT, TRICKLE, FLIP, HOLE)
# Bytes that a TLS handshake takes up here at most: what comes later is requests.
HANDSHAKE_UP = 900


class Plan:
    """What happens to one connection: fault, after how many bytes, and for a hole how long until it is cut."""

    def __init__(self, fault=PASS, after=0, hole_s=0.3):
        self.fault, self.after, self.hole_s = fault, after, hole_s


def seeded_plan(rng):
    """Any of the eight, anywhere from the first byte of the handshake to deep in a photo."""
    after = rng.choice((rng.randrange(1, 700), rng.randrange(700, 4000), rng.randrange(4000, 60000)))
    return Plan(rng.choice(FAULTS), after, rng.uniform(0.05, 0.3))


def _reset(sock):
    """Close so that the other side sees RST."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    sock.close()


class _Connection(threading.Thread):
    def __init__(self, proxy, client, plan):
        super().__init__(daemon=True)
        self.proxy, self.client, self.plan = proxy, client, plan
        self.up = self.down = 0
        self.server = None

    def run(self):
        try:
            self.server = socket.create_connection(("127.0.0.1", self.proxy.target), 10)
            self.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.carry()
        except OSError:
            self.end(reset=True)
        finally:
            self.proxy.forget(self)

    def end(self, reset):
        for sock in (self.client, self.server):
            if sock is not None and sock.fileno() >= 0:
                if reset:
                    _reset(sock)
                else:
                    sock.close()

    def carry(self):
        plan = self.plan
        open_sides = {self.client: self.server, self.server: self.client}
        eaten_until = None
        while open_sides:
            timeout = 30.0 if eaten_until is None else max(0.0, eaten_until - time.monotonic())
            ready = select.select(list(open_sides), [], [], timeout)[0]
            if not ready or self.proxy.is_closed:
                return self.end(reset=True)
            for source in ready:
                is_up = source is self.client
                data = source.recv(64 if plan.fault == TRICKLE else 16384)
                if not data:
                    try:
                        open_sides.pop(source).shutdown(socket.SHUT_WR)
                    except OSError:
                        return self.end(reset=True)
                    continue
                before = self.up if is_up else self.down
                if is_up:
                    self.up += len(data)
                    self.proxy.count(up=len(data))
                else:
                    self.down += len(data)
                    self.proxy.count(down=len(data))
                room = plan.after - before
                if plan.fault in (RST_UP, FIN_UP) and is_up and len(data) > room:
                    self.server.sendall(data[:max(room, 0)])
                    return self.end(reset=plan.fault == RST_UP)
                if plan.fault == RST_DOWN and not is_up and len(data) > room:
                    self.client.sendall(data[:max(room, 0)])
                    return self.end(reset=True)
                if plan.fault == HOLE and is_up and len(data) > room:
                    self.server.sendall(data[:max(room, 0)])
                    return self.swallow()
                if plan.fault == EAT and not is_up and self.up > max(plan.after, HANDSHAKE_UP):
                    # the request went in, its answer goes nowhere; a moment of silence and the line is cut
                    eaten_until = time.monotonic() + 0.05
                    continue
                if plan.fault == FLIP and is_up and 0 <= room < len(data):
                    data = data[:room] + bytes([data[room] ^ 1 << (plan.after & 7)]) + data[room + 1:]
                if source in open_sides:
                    open_sides[source].sendall(data)
        self.end(reset=False)
        return None

    def swallow(self):
        """The line is there and nothing comes through it, until somebody hangs up."""
        until = time.monotonic() + self.plan.hole_s
        sides = [self.client, self.server]
        while sides and time.monotonic() < until and not self.proxy.is_closed:
            for sock in select.select(sides, [], [], min(0.05, max(0.0, until - time.monotonic())))[0]:
                data = sock.recv(16384)
                if not data:
                    sides.remove(sock)
                elif sock is self.client:
                    self.proxy.count(up=len(data))
        self.end(reset=True)


class Proxy:
    """Listens on a port of its own; plan(k) says what happens to the k-th connection."""

    def __init__(self, target=0, plan=None):
        self.target, self.plan = target, plan or (lambda k: Plan())
        self.is_closed = False
        self.connections = self.up = self.down = 0
        self._lock = threading.Lock()
        self._alive = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            with self._lock:
                k, self.connections = self.connections, self.connections + 1
                plan = self.plan(k)
                connection = _Connection(self, client, plan)
                self._alive.add(connection)
            connection.start()

    def count(self, up=0, down=0):
        with self._lock:
            self.up += up
            self.down += down

    def forget(self, connection):
        with self._lock:
            self._alive.discard(connection)

    def seeded(self, rng):
        """From now on every connection gets its fault from this generator; which ones is counted in .faults."""
        self.faults = dict.fromkeys(FAULTS, 0)

        def plan(_):
            drawn = seeded_plan(rng)
            self.faults[drawn.fault] += 1
            return drawn
        self.plan = plan
        return self

    def honest(self):
        self.plan = lambda k: Plan()

    def close(self):
        self.is_closed = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        with self._lock:
            alive = list(self._alive)
        for connection in alive:
            connection.join(10)
