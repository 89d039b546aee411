"""A program under torture: started once with the library of preload.h, forked for every point."""
import errno
import os
import select
import signal
import struct
import subprocess

from e2e import environment

LIBRARY = os.path.join(os.environ["JX_BUILD"], "tests", "libtorture.so")
MEMORY, FILE, NETWORK, BYTES = 1, 2, 4, 8
ALWAYS = 0xFFFFFFFF
# Time and random bytes of the run that follows a point: never those of the point itself.
AGAIN = 2
NO_MEMORY = 71
# What libraries of the system lose when their memory fails, in functions that take no harm from being called again.
KNOWN_LEAKS = {
    "setlocale": "glibc forgets the name of a locale that it could not load (5 bytes, once a process)",
}
# Lost deep inside these, with nobody else near the top of the stack: OpenSSL 3.0 forgets half-made objects, which no caller can free.
KNOWN_LOSERS = ("libcrypto.so", "libssl.so")
# A point that takes longer hangs: the longest there is waits for nothing but a disk in memory.
PATIENCE_S = 60

PLAN = struct.Struct("=QIIiIII")
SEEN = struct.Struct("=QQQIIQQ64s3072s192s")


class Trouble(Exception):
    """The torture itself does not work; nothing can be said of the program."""


class Seen:
    """How a child ended, and what it saw."""

    def __init__(self, status, page, out, err):
        (self.calls, self.failed, self.moved, self.was_swept, self.descriptors_left, self.blocks_left, self.bytes_left, first, leak,
         caller) = SEEN.unpack_from(page, PLAN.size)
        self.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        self.status = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        self.first, self.leak, self.caller = (text.split(b"\0")[0].decode() for text in (first, leak, caller))
        self.out, self.err = out, err

    def is_known_leak(self):
        """Told from the stacks, so in a traced run only."""
        stacks = [stack.split(" < ") for stack in self.leak.split("; ")[1:]]
        return len(stacks) == self.blocks_left and all(map(self.is_known_stack, stacks))

    @staticmethod
    def is_known_stack(frames):
        # "libc.so.6+0x38d8d setlocale"
        return (all(frame.startswith(KNOWN_LOSERS) for frame in frames) or
                any(frame.partition(" ")[2] in KNOWN_LEAKS for frame in frames))

    def faults(self):
        """What no program may do, whatever failed."""
        found = []
        if self.signal:
            found.append(f"ended by {signal.Signals(self.signal).name}")
        if self.status == 125:
            raise Trouble("the preloaded library gave up")
        if self.status == NO_MEMORY:
            # an orderly end, at once: what it held goes back with the process
            if len(self.err.splitlines()) != 1 and not self.was_swept:
                found.append(f"out of memory, and says so in {len(self.err.splitlines())} lines")
        elif not self.signal and not self.was_swept:
            found.append("left without coming to its end")
        if self.was_swept and self.blocks_left and not self.is_known_leak():
            found.append(f"{self.blocks_left} blocks ({self.bytes_left} bytes) lost, one from {self.leak}")
        if self.was_swept and self.descriptors_left:
            found.append(f"{self.descriptors_left} descriptors left open")
        return found


class Victim:
    """args, started and stopped before main()."""

    def __init__(self, args, folder, env=None, is_armed_at_main=True):
        self.is_armed_at_main = is_armed_at_main
        os.makedirs(folder, exist_ok=True)
        self.page_path, self.out, self.err = (os.path.join(folder, name) for name in ("page", "out", "err"))
        with open(self.page_path, "wb") as file:
            file.truncate(4096)
        self.page_fd = os.open(self.page_path, os.O_RDWR)
        orders, self.orders = os.pipe()
        self.answers, answers = os.pipe()
        for number in (0, 1):
            with open(os.path.join(folder, f"random-{number}"), "wb") as file:
                file.write(os.urandom(4096))
        more = {"TORTURE_RANDOM_0": os.path.join(folder, "random-0"), "TORTURE_RANDOM_1": os.path.join(folder, "random-1"), "LD_PRELOAD": LIBRARY, "TORTURE_PAGE": self.page_path, "TORTURE_ORDERS": str(orders), "TORTURE_ANSWERS": str(answers),
                "TORTURE_OUT": self.out, "TORTURE_ERR": self.err}
        more.update(env or {})
        self.process = subprocess.Popen(args, env=environment(more), pass_fds=(orders, answers), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL)
        os.close(orders)
        os.close(answers)

    def answer(self):
        ready, _, _ = select.select([self.answers], [], [], PATIENCE_S)
        data = os.read(self.answers, 4) if ready else None
        if data is not None and len(data) != 4:
            raise Trouble(f"{self.process.args}: gone, status {self.process.poll()}")
        return struct.unpack("=i", data)[0] if data else None

    def run(self, at=0, classes=0, times=1, error=errno.EIO, seed=1, is_traced=False):
        """One child. at 0: nothing fails. seed 0: real time and random bytes."""
        os.pwrite(self.page_fd, PLAN.pack(at, classes, times, error, self.is_armed_at_main, seed, is_traced) + bytes(SEEN.size), 0)
        os.write(self.orders, b"g")
        pid = self.answer()
        status = self.answer()
        if status is None:
            os.kill(pid, signal.SIGKILL)
            status = self.answer()
        with open(self.out, "rb") as out, open(self.err, "rb") as err:
            seen = Seen(status, os.pread(self.page_fd, PLAN.size + SEEN.size, 0), out.read(), err.read())
        if seen.signal == signal.SIGKILL:
            raise Hang(f"no end after {PATIENCE_S} s, {seen.first} from {seen.caller} failed first")
        return seen

    def start(self):
        """A child that goes on beside us, with nothing failing."""
        os.pwrite(self.page_fd, PLAN.pack(0, 0, 0, 0, False, 0, False) + bytes(SEEN.size), 0)
        os.write(self.orders, b"g")
        return self.answer()

    def end(self, pid):
        """Ask it to end; its wait status."""
        os.kill(pid, signal.SIGTERM)
        status = self.answer()
        if status is None:
            os.kill(pid, signal.SIGKILL)
            self.answer()
            raise Hang(f"no end {PATIENCE_S} s after SIGTERM")
        return status

    def stop(self):
        os.close(self.orders)
        self.process.wait(PATIENCE_S)
        os.close(self.answers)
        os.close(self.page_fd)


class Hang(Exception):
    """A child that did not end."""
