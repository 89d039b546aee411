"""Recordings: folders that are disks, the log of what happens to them, and the programs that run on them (record.h, recorder.c).

What programs told people goes into the log from here, as it is read from their standard output: they do not know of it.
"""
import fcntl
import hashlib
import json
import os
import struct

import e2e

HEADER = struct.Struct("<IB3xQqIIQ")
MAGIC = 0x3143506A
CHANGES = set("cwtsdrlumx")
RECORDER = os.path.join(os.environ["JX_BUILD"], "tests", "libpowercut_recorder.so")


class Log:
    """The log of one recording; see record.h."""

    def __init__(self, path):
        self.path = path
        with open(path, "xb"):
            pass

    def put(self, op, path="", other="", data=b"", ino=0):
        path, other = path.encode(), other.encode()
        record = HEADER.pack(MAGIC, ord(op), ino, 0, len(path), len(other), len(data)) + path + other + data
        with open(self.path, "ab", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if file.write(record) != len(record):
                raise OSError("short write to the log")

    def promise(self, *words):
        self.put("P", data=" ".join(str(word) for word in words).encode())

    def base(self, root):
        """What is below root now was there before, certain."""
        self.put("b", root)
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in folders:
                self.put("b", os.path.join(folder, name))
            for name in sorted(files):
                path = os.path.join(folder, name)
                if not name.endswith("-shm"):
                    with open(path, "rb") as file:
                        self.put("B", path, data=file.read(), ino=os.fstat(file.fileno()).st_ino)

    def records(self):
        """(number, letter, path, data) of each."""
        with open(self.path, "rb") as file:
            data = file.read()
        at, number = 0, 0
        while at < len(data):
            _, op, _, _, path_len, other_len, data_len = HEADER.unpack_from(data, at)
            at += HEADER.size
            path = data[at:at + path_len].decode()
            body = at + path_len + other_len
            yield number, chr(op), path, data[body:body + data_len]
            at, number = body + data_len, number + 1


class Recording:
    """Until begin() programs run as always; from then on what they do is recorded."""

    def __init__(self, folder, name, seed):
        self.name, self.seed = name, seed
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.disks, self.closers = [], []
        self.log = Log(os.path.join(self.folder, "log"))
        self.env, self.trial, self.lives = {}, False, 0
        self.is_keyed = True  # keys at the end are those of all the time
        self._photos, self._changes = 0, None

    def begin(self):
        roots = []
        for disk in self.disks:
            self.log.put("R", disk.root, disk.owner)
            self.log.base(disk.root)
            roots.append(disk.root)
        self.env = e2e.preload_env(RECORDER, POWERCUT_LOG=self.log.path, POWERCUT_ROOTS=":".join(roots))

    def close(self):
        while self.closers:
            self.closers.pop()()

    def mark(self, text):
        if self.env:
            self.log.put("M", data=text.encode())

    @property
    def changes(self):
        """Numbers of the records that change a disk."""
        if self._changes is None:
            self._changes = [number for number, op, _, _ in self.log.records() if op in CHANGES]
        return self._changes

    def photo(self, size=2500):
        self._photos += 1
        path = os.path.join(self.folder, f"photo-{self._photos}.jpg")
        side = 16
        while side * side * 3 // 4 < size:
            side += 16
        e2e.run([e2e.program("jx-photo"), "--out", path, "--seed", str(self.seed % 100000 * 1000 + self._photos), "--width", str(side),
                 "--height", str(side), "--bytes", str(size)])
        return path

    def promise_file(self, path):
        self.log.promise("file", path, e2e.sha256(path))


class Disk:
    """A folder as a disk; the programs' data folder is below it, so that its own name can be lost."""

    def __init__(self, recording, owner, name):
        self.recording, self.owner = recording, owner
        self.root = os.path.join(recording.folder, name)
        self.data = os.path.join(self.root, "data")
        os.makedirs(self.root, exist_ok=True)
        recording.disks.append(self)


class Handheld(Disk):
    def __init__(self, recording, short):
        super().__init__(recording, f"device:{short}", short)
        self.short, self.told = short, set()
        self.device = e2e.Device(recording.folder, short)
        self.device.home = self.data

    def jx(self, *args):
        self.recording.mark("jx " + " ".join(args[:2]))
        return self.device.json(*args, env=self.recording.env).objects

    def bytes_of(self, n):
        with e2e.Database(os.path.join(self.data, "jiexun.db")) as db:
            return bytes(db.rows("SELECT bytes FROM entry WHERE n = ? ORDER BY pos DESC LIMIT 1", n)[0][0])

    def enrol(self, server, *args):
        self.jx("enrol", server.url, server.code(self.short), *args)
        self.promise_enrolled()

    def is_enrolled(self):
        told = self.device.json("status", want=(0, e2e.EXIT["estate"]), env=self.recording.env)
        return told.status == 0 and told.object["enrolled"]

    def promise_enrolled(self):
        self.recording.log.promise("enrolled", self.short)
        self.recording.promise_file(os.path.join(self.data, "device.key"))

    def save(self, *args):
        """Any command that makes an entry and says its number."""
        n = self.jx(*args)[0]["n"]
        text = self.bytes_of(n)
        photos = [e2e.sha256(args[i + 1]) for i, arg in enumerate(args) if arg == "--photo"]
        self.recording.log.promise("saved", self.short, n, json.loads(text)["id"], hashlib.sha256(text).hexdigest(), *photos)
        return n

    def observe(self, *photos):
        options = [word for photo in photos for word in ("--photo", photo)]
        return self.save("log", "01.01", "--quantity", "3", "--unit", "sheet", "--no-gps", *options)

    def begin(self):
        self.save("person", "sign-in", "p-017")
        self.save("shift", "start")

    def sync(self, *args):
        self.jx("sync", *args)
        for row in self.jx("list", "--all", "--all-days"):
            told = (self.short, row["n"], row["state"])
            if row["state"] in ("sent", "complete") and told not in self.told:
                self.told.add(told)
                self.recording.log.promise("state", *told, hashlib.sha256(self.bytes_of(row["n"])).hexdigest())


class Center(Disk, e2e.Server):
    """jiexund as e2e drives it, on a disk."""

    def __init__(self, recording, port=0):
        Disk.__init__(self, recording, "server", "server")
        self.port_file = os.path.join(recording.folder, "port")
        self.log_path = os.path.join(recording.folder, "jiexund.log")
        self.service, self.port, self.wanted_port = None, 0, port
        recording.closers.append(self.stop)

    def admin(self, command, *args, want=0, env=None):
        self.recording.mark("jiexund " + command)
        return super().admin(command, *args, want=want, env=env or self.recording.env)

    def init(self, promise=True):
        self.admin("init", "--listen", "127.0.0.1:0", "--name", "localhost")
        # a whole city stands behind one address here
        self.configure(max_connections_per_address=0, enrol_per_minute=0)
        if promise:
            self.promise_set_up()

    def configure(self, **settings):
        if not self.recording.env:
            super().configure(**settings)

    def promise_set_up(self):
        self.recording.log.promise("server")
        for name in sorted(os.listdir(self.data)):
            if not name.startswith("vault.") and os.path.isfile(os.path.join(self.data, name)):
                self.recording.promise_file(os.path.join(self.data, name))

    def launch(self, env=None):
        self.recording.mark("jiexund serve")
        if os.path.exists(self.port_file):
            os.unlink(self.port_file)
        self.service = e2e.Service([e2e.program("jiexund"), "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.wanted_port}",
                                    "--port-file", self.port_file], self.log_path, env or self.recording.env)
        e2e.wait_for("jiexund", lambda: os.path.exists(self.port_file) or not self.service.is_running())
        if not self.service.is_running():
            return False
        with open(self.port_file, encoding="ascii") as file:
            self.port = self.wanted_port = int(file.read())
        return True


def elsewhere(recording):
    """A server that is not recorded: for workloads of a device alone."""
    folder = os.path.join(recording.folder, "elsewhere")
    os.mkdir(folder)
    server = e2e.Server(folder)
    recording.closers.append(server.stop)
    return server.start()
