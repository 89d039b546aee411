#!/usr/bin/env python3
"""Power cuts, method A: record what the unmodified programs do to their disks, cut after every change, look.

    powercut.py [--points N] [--workload NAME]... [--seed S] [--json] [--jobs J] [--keep FOLDER]
    powercut.py --replay FOLDER --only K:I        one point of a recording that was kept

Each workload runs real `jx` and `jiexund` with recorder.c loaded; what they told people is put into the log as it is read
from their standard output, by this script, not by them. powercut-check then builds the disks that POSIX allows after each
change, starts the product's own store and vault on them and holds every promise made so far against what is there.
"""
import argparse
import fcntl
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MAGIC = 0x3143506A
SHORT_POINTS = 50000


def find_build(given):
    build = given or os.environ.get("JX_BUILD") or os.path.join(HERE, "..", "..", "build", "release")
    os.environ["JX_BUILD"] = os.path.abspath(build)
    os.environ.setdefault("JX_BIN", os.path.join(os.environ["JX_BUILD"], "bin"))
    os.environ.setdefault("JX_SOURCE", os.path.abspath(os.path.join(HERE, "..", "..")))
    sys.path.insert(0, os.path.join(HERE, "..", "e2e", "support"))
    if not os.path.exists(os.path.join(os.environ["JX_BIN"], "powercut-check")):
        raise SystemExit(f"powercut: {os.environ['JX_BIN']}/powercut-check is not there: build the target powercut-check")


class Log:
    """The log of one recording; see record.h."""

    def __init__(self, path):
        self.path = path
        with open(path, "xb"):
            pass

    def put(self, op, path="", other="", data=b"", ino=0):
        path, other = path.encode(), other.encode()
        record = struct.pack("<IB3xQqIIQ", MAGIC, ord(op), ino, 0, len(path), len(other), len(data)) + path + other + data
        with open(self.path, "ab", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if file.write(record) != len(record):
                raise OSError("short write to the log")

    def promise(self, *words):
        self.put("P", data=" ".join(str(word) for word in words).encode())

    def mark(self, name):
        self.put("M", data=name.encode())

    def base(self, root):
        """What is below root now was there before, certain."""
        self.put("b", root)
        for folder, folders, files in os.walk(root):
            for name in sorted(folders):
                self.put("b", os.path.join(folder, name))
            for name in sorted(files):
                path = os.path.join(folder, name)
                if not name.endswith("-shm"):
                    with open(path, "rb") as file:
                        self.put("B", path, data=file.read(), ino=os.fstat(file.fileno()).st_ino)

    def records(self):
        with open(self.path, "rb") as file:
            data = file.read()
        at, no = 0, 0
        while at < len(data):
            _, op, ino, offset, path_len, other_len, data_len = struct.unpack_from("<IB3xQqIIQ", data, at)
            at += struct.calcsize("<IB3xQqIIQ")
            path = data[at:at + path_len].decode()
            body = at + path_len + other_len
            yield no, chr(op), path, data[body:body + data_len]
            at, no = body + data_len, no + 1


class Recording:
    """Folders that are disks, the log of what happens to them, and programs that run on them."""

    def __init__(self, folder, name, seed):
        import e2e
        self.e2e, self.name, self.seed = e2e, name, seed
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.roots = {}
        self.log = Log(os.path.join(self.folder, "log"))
        self.told = set()
        self.photo_count = 0

    def disk(self, owner):
        """A disk of its own; what is on it by now is certain."""
        root = os.path.join(self.folder, owner.rpartition(":")[2])
        os.makedirs(root, exist_ok=True)
        self.roots[owner] = root
        self.log.put("R", root, owner)
        self.log.base(root)
        return root

    @property
    def env(self):
        return {"LD_PRELOAD": os.path.join(os.environ["JX_BUILD"], "tests", "libpowercut_recorder.so"),
                "POWERCUT_LOG": self.log.path, "POWERCUT_ROOTS": ":".join(self.roots.values()),
                **({"JX_CONTROL": os.environ["JX_CONTROL"]} if "JX_CONTROL" in os.environ else {})}

    def photo(self, size):
        self.photo_count += 1
        path = os.path.join(self.folder, f"photo-{self.photo_count}.jpg")
        side = 16
        while side * side * 3 // 4 < size:
            side += 16
        self.e2e.run([self.e2e.program("jx-photo"), "--out", path, "--seed", str(self.seed * 1000 % 100000000 + self.photo_count),
                      "--width", str(side), "--height", str(side), "--bytes", str(size)])
        return path

    def promise_file(self, path):
        with open(path, "rb") as file:
            self.log.promise("file", path, hashlib.sha256(file.read()).hexdigest())


class Disk:
    """A device or server of e2e on a disk that is recorded."""

    def __init__(self, recording, owner):
        self.recording, self.root = recording, recording.disk(owner)
        self.data = os.path.join(self.root, "data")


class Handheld(Disk):
    def __init__(self, recording, short):
        super().__init__(recording, f"device:{short}")
        e2e = recording.e2e
        self.short = short
        self.device = e2e.Device(recording.folder, short)
        self.device.home = self.data

    def jx(self, *args, want=0):
        """Recorded; what it printed."""
        return self.device.json(*args, want=want, env=self.recording.env).objects

    def enrol(self, url, code):
        self.recording.log.mark("enrol")
        self.jx("enrol", url, code)
        self.recording.log.promise("enrolled", self.short)
        self.recording.promise_file(os.path.join(self.data, "device.key"))

    def saved(self, n, photos=()):
        text = self.bytes_of(n)
        self.recording.log.promise("saved", self.short, n, json.loads(text)["id"], hashlib.sha256(text).hexdigest(),
                                   *[self.recording.e2e.sha256(path) for path in photos])

    def bytes_of(self, n):
        with self.recording.e2e.Database(os.path.join(self.data, "jiexun.db")) as db:
            return bytes(db.rows("SELECT bytes FROM entry WHERE n = ? ORDER BY pos DESC LIMIT 1", n)[0][0])

    def save(self, *args):
        """Any command that makes an entry and says its number."""
        self.recording.log.mark(" ".join(args[:2]))
        n = self.jx(*args)[0]["n"]
        self.saved(n, [args[i + 1] for i, arg in enumerate(args) if arg == "--photo"])
        return n

    def observe(self, *photos):
        options = [word for photo in photos for word in ("--photo", photo)]
        return self.save("log", "01.01", "--quantity", "3", "--unit", "sheet", "--no-gps", *options)

    def begin(self):
        self.save("person", "sign-in", "p-017")
        self.save("shift", "start")

    def sync(self):
        self.recording.log.mark("sync")
        self.jx("sync")
        for row in self.jx("list", "--all", "--all-days"):
            told = (self.short, row["n"], row["state"])
            if row["state"] in ("sent", "complete") and told not in self.recording.told:
                self.recording.told.add(told)
                self.recording.log.promise("state", *told, hashlib.sha256(self.bytes_of(row["n"])).hexdigest())


class Center(Disk):
    FILES = ("jiexund.conf", "server.identity", "server.mac")

    def __init__(self, recording):
        super().__init__(recording, "server")
        self.server = None

    def init(self):
        recording = self.recording
        recording.log.mark("init")
        self.server = ServerAt(recording, self.root)
        recording.log.promise("server")
        for name in sorted(os.listdir(self.data)):
            if not name.startswith("vault.") and os.path.isfile(os.path.join(self.data, name)):
                recording.promise_file(os.path.join(self.data, name))

    def start(self):
        self.recording.log.mark("serve")
        self.server.start()

    def stop(self):
        self.server.stop()


def ServerAt(recording, root):
    """e2e's server, recorded, on root/data."""
    e2e = recording.e2e

    class Recorded(e2e.Server):
        def admin(self, command, *args, want=0, env=None):
            return super().admin(command, *args, want=want, env=env or recording.env)

        def configure(self, **settings):
            """Settings are for init: the file is promised."""

    made = Recorded.__new__(Recorded)
    made.data = os.path.join(root, "data")
    made.port_file = os.path.join(recording.folder, "port")
    made.log_path = os.path.join(recording.folder, "jiexund.log")
    made.env, made.service, made.port = recording.env, None, 0
    if not os.path.exists(os.path.join(made.data, "vault.db")):
        made.admin("init", "--listen", "127.0.0.1:0", "--name", "localhost")
    return made


class Plain:
    """A server that is not recorded: for workloads of the device alone."""

    def __init__(self, recording):
        folder = os.path.join(recording.folder, "elsewhere")
        os.mkdir(folder)
        self.server = recording.e2e.Server(folder).start()

    def stop(self):
        self.server.stop()


# ---- workloads: each makes a recording

def work_save(r):
    """Enrolment, and saves with and without photos; the same photo twice; checkpoints, and saves after them."""
    there = Plain(r)
    try:
        h = Handheld(r, "H07")
        h.enrol(there.server.url, there.server.code("H07"))
        h.begin()
        small = [r.photo(2500) for _ in range(5)]
        h.observe()
        h.observe(small[0])
        h.observe(small[1], small[2])
        h.observe(small[0])
        h.sync()
        h.observe(small[3])
        h.observe()
        h.sync()
        h.observe(small[4], r.photo(70000))
        h.save("correct", "H07-5", "01.01", "--quantity", "2", "--unit", "sheet", "--reason", "miscounted", "--no-gps")
        h.save("withdraw", "H07-3", "--reason", "wrong street")
        h.save("shift", "end")
    finally:
        there.stop()


WORKLOADS = {"save": work_save}


def check(recording, points, seed, *more):
    args = [os.path.join(os.environ["JX_BIN"], "powercut-check"), "--log", recording.log.path, "--name", f"powercut.{recording.name}",
            "--points", str(points), "--seed", str(seed), *more]
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--points", type=int, default=SHORT_POINTS)
    parser.add_argument("--workload", action="append", choices=sorted(WORKLOADS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("--build")
    options = parser.parse_args()
    find_build(options.build)
    folder = options.keep or tempfile.mkdtemp(prefix="powercut-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    os.makedirs(folder, exist_ok=True)
    worst = 0
    for name in options.workload or WORKLOADS:
        began = time.monotonic()
        r = Recording(folder, name, options.seed)
        WORKLOADS[name](r)
        recorded = time.monotonic() - began
        status, out, err = check(r, options.points, options.seed, "--live")
        print(out, err, f"recorded in {recorded:.1f} s")
        worst = max(worst, status)
    if not options.keep and worst == 0:
        shutil.rmtree(folder)
    return worst


if __name__ == "__main__":
    sys.exit(main())
