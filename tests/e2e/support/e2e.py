"""Driving the real programs as people do, each test in a folder of its own; nothing outlives a test.

Programs come from the build that runs the test (JX_BIN). Every run is looked at for a sanitizer's report and for death by
a signal: neither is ever an answer. Ports are chosen by the kernel; whatever has to happen is waited for, never slept for.
"""
import hashlib
import itertools
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

BIN = os.environ["JX_BIN"]
SANITIZE = os.environ.get("JX_SANITIZE") == "1"
CLOCK = os.path.join(os.environ["JX_BUILD"], "tests", "libe2e_clock.so")
KILL = os.path.join(os.environ["JX_BUILD"], "tests", "libe2e_kill.so")
# Of one wait or one run. Sanitizers on a loaded machine take their time; a test that hangs is ended by ctest.
PATIENCE_S = 120

# include/jiexun/base.h, jx_rc_exit_status()
EXIT = {
    "ok": 0, "usage": 64, "einval": 65, "enotfound": 66, "estate": 69, "ecorrupt": 70, "enomem": 71, "erofs": 72, "eexists": 73,
    "eio": 74, "enet": 75, "etls": 76, "eauth": 77, "eversion": 78, "enospc": 79, "ebusy": 80, "elimit": 81, "econflict": 82,
    "eintr": 130,
}
VAULT_ENTRIES = "SELECT w.id, e.n, e.bytes FROM entry e JOIN writer w ON w.no = e.writer_no"
VAULT_QUARANTINE = "SELECT w.id, e.n, e.bytes FROM quarantine e JOIN writer w ON w.no = e.writer_no"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


_seed = None


def seed():
    """One seed a run, printed, and given by JX_SEED to see the same again."""
    global _seed
    if _seed is None:
        _seed = int(os.environ.get("JX_SEED") or int.from_bytes(os.urandom(4), "big"))
        print(f"JX_SEED={_seed}", file=sys.stderr)
    return _seed


def reseed(value):
    """A harness's next round."""
    global _seed
    _seed = value


def seeded(name):
    return random.Random(f"{seed()}/{name}")


def wait_for(what, condition):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        result = condition()
        if result:
            return result
        select.select([], [], [], 0.01)
    raise AssertionError(f"waited {PATIENCE_S} s for {what}")


def program(name):
    return os.path.join(BIN, name)


def environment(more=None):
    """What a program sees: nothing of who runs the test but the sanitizers' options."""
    keep = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH", "JX_CONTROL")
    env = {name: os.environ[name] for name in keep if name in os.environ}
    env["JX_LANG"] = "en"
    env["HOME"] = "/nonexistent"
    env.update(more or {})
    return env


def preload_env(library, **settings):
    env = {"LD_PRELOAD": library, **{name: str(value) for name, value in settings.items()}}
    if SANITIZE:
        env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return env


def clock_env(offset_s=0, speed=1):
    """Environment of a program whose clock is wrong by offset_s, or whose waits run out speed times as fast (clock.c)."""
    return preload_env(CLOCK, E2E_CLOCK_OFFSET_S=offset_s, E2E_CLOCK_SPEED=speed)


def kill_env(at, how=signal.SIGKILL, is_torn=False):
    """Environment of a program that gets that signal at its at-th call that changes anything outside itself (kill.c)."""
    return preload_env(KILL, E2E_KILL_AT=at, E2E_KILL_SIGNAL=int(how), E2E_KILL_TORN=int(is_torn))


def count_env(path):
    """Environment of a program that writes the number of such calls to a file when it ends."""
    return preload_env(KILL, E2E_KILL_COUNT=path)


def check_sane(args, status, text):
    if "Sanitizer" in text or "runtime error" in text:
        raise AssertionError(f"{args}: {text}")
    # Python gives -N for a signal, a shell in between 128+N
    if status is not None and (status < 0 or status in (128 + signal.SIGSEGV, 128 + signal.SIGABRT, 128 + signal.SIGBUS)):
        raise AssertionError(f"{args}: ended by signal {status}: {text}")


class Result:
    def __init__(self, args, status, out, err):
        self.args, self.status = args, status
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    def __str__(self):
        return f"{self.args} -> {self.status}\n{self.out}{self.err}"

    @property
    def objects(self):
        """Standard output as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def object(self):
        lines = self.objects
        if len(lines) != 1:
            raise AssertionError(f"one object wanted: {self}")
        return lines[0]


def run(args, want=0, env=None, **more):
    """Run to the end. want: the status it must have, a tuple of such, or None for any."""
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    done = subprocess.run(args, env=environment(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False,
                          **more)
    result = Result(args, done.returncode, done.stdout, done.stderr)
    check_sane(args, result.status, result.err)
    if want is not None and result.status not in (want if isinstance(want, tuple) else (want,)):
        raise AssertionError(f"status {want} wanted: {result}")
    return result


def uuid7(rng):
    """An id made before the first attempt, as the app does (RFC 9562, version 7)."""
    value = int(time.time() * 1000) << 80 | 0x7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62)
    return str(uuid.UUID(int=value))


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def code_check(code):
    """The last digit of a one-time code over the 20 before it (sync/PROTOCOL.md, section 5)."""
    return CROCKFORD[hashlib.sha256(code.encode()).digest()[0] & 31]


def plain_code(text):
    return text.replace("-", "")


def other_secret(code):
    """A well-formed code with the same id that nobody made."""
    body = plain_code(code)[:20]
    first = CROCKFORD[(CROCKFORD.index(body[4]) + 1) % 32]
    body = body[:4] + first + body[5:]
    return body + code_check(body)


class Service:
    """A program in the background with its log in a file."""

    def __init__(self, args, log_path, env=None):
        self.args, self.log_path = args, log_path
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(args, env=environment(env), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def is_running(self):
        return self.process.poll() is None

    def stop(self, how=signal.SIGTERM):
        """Ends it; its status. The signal that we sent is no fault."""
        if self.is_running():
            self.process.send_signal(how)
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.args} did not stop: {self.log()}") from None
        check_sane(self.args, 0 if status == -how else status, self.log())
        return status


class Server:
    """jiexund on a data folder."""

    def __init__(self, folder, conf=None, env=None, names=("localhost",)):
        self.data = os.path.join(folder, "server")
        self.port_file = os.path.join(folder, "port")
        self.log_path = os.path.join(folder, "jiexund.log")
        self.env, self.service, self.port = env, None, 0
        args = [arg for name in names for arg in ("--name", name)]
        self.admin("init", "--listen", "127.0.0.1:0", *args)
        # One address stands for a whole city here, and the tests that are about these ceilings set them.
        settings = {"max_connections_per_address": 0, "enrol_per_minute": 0}
        settings.update(conf or {})
        self.configure(**settings)

    def configure(self, **settings):
        path = os.path.join(self.data, "jiexund.conf")
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        lines = [line for line in lines if line.split("=")[0].strip() not in settings]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines + [f"{key} = {value}" for key, value in settings.items()]) + "\n")

    def admin(self, command, *args, want=0, env=None):
        return run([program("jiexund"), command, "--data", self.data, "--json", *args], want, env)

    def launch(self, env=None):
        """True when it listens, False if it ended before."""
        if os.path.exists(self.port_file):
            os.unlink(self.port_file)
        self.service = Service([program("jiexund"), "serve", "--data", self.data, "--listen", "127.0.0.1:0",
                                "--port-file", self.port_file], self.log_path, env or self.env)
        wait_for("jiexund", lambda: os.path.exists(self.port_file) or not self.service.is_running())
        if not self.service.is_running():
            return False
        with open(self.port_file, encoding="ascii") as file:
            self.port = int(file.read())
        return True

    def start(self):
        if not self.launch():
            raise AssertionError(self.service.log())
        return self

    def stop(self, how=signal.SIGTERM):
        """Status of jiexund; None if it did not run."""
        service, self.service = self.service, None
        return service.stop(how) if service is not None else None

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def code(self, short, role="field", trusted=True, env=None):
        more = ("--trusted",) if trusted else ()
        return self.admin("code", "--short", short, "--role", role, *more, env=env).object["code"]

    def counts(self):
        return self.admin("counts").object

    def writers(self):
        return {w["short"]: w for w in self.admin("writers").object["writers"]}

    def review(self):
        return self.admin("review").object["items"]

    def photos(self):
        """Published photos; each must have the bytes its name says."""
        found = []
        for folder, _, files in os.walk(os.path.join(self.data, "photos")):
            for name in files:
                if re.fullmatch("[0-9a-f]{64}", name):
                    if sha256(os.path.join(folder, name)) != name:
                        raise AssertionError(f"the server's photo {name} has other bytes")
                    found.append(name)
        return sorted(found)

    def entries(self, quarantined=False):
        """What is stored, read past the program: {(writer, n): bytes}, each pair once or this fails."""
        found = {}
        with Database(os.path.join(self.data, "vault.db")) as db:
            rows = db.rows(VAULT_QUARANTINE if quarantined else VAULT_ENTRIES)
        for writer, n, text in rows:
            if (bytes(writer), n) in found and not quarantined:
                raise AssertionError(f"stored twice: {text}")
            found[(bytes(writer), n)] = bytes(text)
        return found


class Database:
    """A look into a database from outside the program, read-only."""

    def __init__(self, path):
        self.path, self.db = path, None

    def __enter__(self):
        self.db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=PATIENCE_S)
        return self

    def __exit__(self, *_):
        self.db.close()

    def dump(self):
        """All that is in it. A virtual table has its rows in tables beside it, which are read like any other."""
        lines = []
        for name, sql in self.rows("SELECT name, sql FROM sqlite_master ORDER BY type, name"):
            lines.append(f"{name}: {sql}")
            if sql is not None and sql.startswith("CREATE TABLE"):
                lines += sorted(repr(row) for row in self.db.execute(f'SELECT * FROM "{name}"'))
        return "\n".join(lines)

    def rows(self, sql, *args):
        return self.db.execute(sql, args).fetchall()


class Device:
    """One handheld: a profile and a data folder."""

    def __init__(self, folder, short, storage="", **profile):
        self.short = short
        self.home = os.path.join(folder, short)
        self.profile = os.path.join(folder, short + ".ini")
        settings = {"gps": {"source": "none"}, "storage": {"reserve_mb": 16, "warn_mb": 16}, "device": {"name": short}}
        for name, value in profile.items():
            section, key = name.split("__")
            settings.setdefault(section, {})[key] = value
        with open(self.profile, "w", encoding="utf-8") as file:
            for section, values in settings.items():
                file.write(f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))

    def argv(self, *args):
        return [program("jx"), "--home", self.home, "--profile", self.profile, *args]

    def jx(self, *args, want=0, env=None, **more):
        return run(self.argv(*args), want, env, **more)

    def json(self, *args, want=0, env=None, **more):
        return run(self.argv("--json", *args), want, env, **more)

    def enrol(self, url, code, *args, want=0):
        return self.json("enrol", url, code, *args, want=want)

    def begin(self, person="p-017"):
        self.jx("person", "sign-in", person)
        self.jx("shift", "start")
        return self

    def log(self, *args, want=0, env=None, **more):
        return self.json("log", *args, want=want, env=env, **more)

    def sync(self, *args, want=0, env=None, **more):
        return self.json("sync", *args, want=want, env=env, **more)

    def list(self):
        return self.json("list", "--all", "--all-days").objects

    def status(self):
        return self.json("status").object

    def photos(self):
        """Originals; the small copies beside them are made again at any time."""
        found = []
        for folder, folders, files in os.walk(os.path.join(self.home, "photos")):
            folders[:] = [name for name in folders if name != "derived"]
            found += [os.path.relpath(os.path.join(folder, name), self.home) for name in files]
        return sorted(found)

    def files(self):
        """Every file but the database's own and empty locks, with its hash."""
        found = {}
        for folder, _, names in os.walk(self.home):
            for name in names:
                if not name.startswith("jiexun.db") and not name.endswith(".lock"):
                    path = os.path.join(folder, name)
                    found[os.path.relpath(path, self.home)] = sha256(path)
        return found

    def state(self):
        """All that a refused command must leave as it was."""
        with Database(os.path.join(self.home, "jiexun.db")) as db:
            return {"database": db.dump(), "files": self.files()}

    def entries(self):
        """What this device recorded: {(writer, n): bytes}."""
        with Database(os.path.join(self.home, "jiexun.db")) as db:
            return {(bytes(writer), n): bytes(text) for writer, n, text in db.rows(
                "SELECT i.writer, e.n, e.bytes FROM entry e JOIN identity i ON i.no = e.writer_no")}


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Case(unittest.TestCase):
    """A folder, and an end for everything that was started."""

    maxDiff = 4000

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="jx-e2e-")
        self.addCleanup(shutil.rmtree, self.dir, True)
        self._photos = itertools.count(1)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def start_server(self, **more):
        server = Server(self.dir, **more)
        self.addCleanup(server.stop)
        return server.start()

    def device(self, server, short, url=None, begin=True, **profile):
        device = Device(self.dir, short, **profile)
        device.enrol(url or server.url, server.code(short))
        return device.begin() if begin else device

    def gpsd(self, *walk, env=None):
        """A real gpsd with a walk behind it, and its port. env: of the walk, whose clock is that of the satellites."""
        route = os.path.join(os.environ["JX_SOURCE"], "tests", "data", "walk", "route.csv")
        name = f"walk-{next(self._photos)}.log"
        walker = Service([program("jx-walk"), "--route", route, "--serve", "0", "--hz", "5", *walk], self.path(name), env)
        self.addCleanup(walker.stop)
        wait_for("jx-walk", lambda: re.search("^port (\\d+)$", walker.log(), re.M))
        feed = re.search("^port (\\d+)$", walker.log(), re.M).group(1)
        path = shutil.which("gpsd") or "/usr/sbin/gpsd"
        for port in range(20000 + os.getpid() % 20000, 65000, 7):
            if listens(port):
                continue
            service = Service([path, "-N", "-n", "-S", str(port), f"tcp://127.0.0.1:{feed}"], self.path("gpsd.log"),
                              {"GPSD_SHM_KEY": str(0x4a580000 + port)})
            started = wait_for("gpsd", lambda: not service.is_running() or listens(port))
            if service.is_running() and started:
                self.addCleanup(service.stop)
                return service, port
            service.stop()
        raise AssertionError("no free port for gpsd")

    def photo(self, size=30000):
        """A new JPEG file of about that many bytes; every call makes another picture."""
        number = next(self._photos)
        path = self.path(f"photo-{number}.jpg")
        side = 16
        while side * side * 3 // 4 < size:
            side += 16
        run([program("jx-photo"), "--out", path, "--seed", str(1000 * (seed() % 9000) + number),
             "--width", str(side), "--height", str(side), "--bytes", str(size)])
        return path

    def assert_exactly_once(self, server, devices):
        """Every entry of every device is at the server once, byte for byte, and every photo."""
        stored = server.entries()
        recorded, photos = {}, set()
        for device in devices:
            recorded.update(device.entries())
            photos.update(os.path.basename(p) for p in device.photos())
        self.assertEqual({key: stored.get(key) for key in recorded}, recorded)
        counts = server.counts()
        self.assertEqual((counts["gaps"], counts["duplicates"]), (0, 0), counts)
        self.assertEqual(set(server.photos()), photos)
        self.assertEqual(counts["photos_stored"], counts["photos_listed"], counts)


def main():
    unittest.main(verbosity=2)
