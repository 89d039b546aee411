"""What is recorded. Each workload makes one recording or several; later ones go on from earlier ones."""
import os
import random
import shutil
import subprocess
import threading

import e2e
from recording import Center, Handheld, Recording, elsewhere


class Workshop:
    """Makes each recording once."""

    def __init__(self, folder, seed, lives):
        self.folder, self.seed, self.lives, self.made = folder, seed, lives, {}

    def recordings(self, name):
        if name not in self.made:
            self.made[name] = []
            WORKLOADS[name](self)
        return self.made[name]

    def new(self, name, number=None):
        r = Recording(self.folder, name if number is None else f"{name}-{number}", self.seed)
        self.made[name].append(r)
        return r


def recorded(work):
    """One recording, closed whatever happens."""
    name = work.__name__

    def run(shop):
        r = shop.new(name)
        try:
            work(r)
        finally:
            r.close()
    run.__doc__ = work.__doc__
    return run


@recorded
def setup(r):
    """A server is set up, a code made, a device enrolled and confirmed; nothing was there before."""
    server, h = Center(r), Handheld(r, "H07")
    r.begin()
    server.init()
    code = server.code("H07", trusted=False)
    r.mark(f"code {code}")
    server.start()
    h.jx("enrol", server.url, code)
    h.promise_enrolled()
    h.begin()
    h.sync()
    server.admin("confirm", "H07", server.writers()["H07"]["fingerprint"])
    h.sync()
    server.stop()
    server.admin("new-epoch")
    server.start()
    h.sync()


@recorded
def save(r):
    """Saves with and without photos, checkpoints, and saves after them."""
    there, h = elsewhere(r), Handheld(r, "H07")
    r.begin()
    h.enrol(there)
    h.begin()
    small = [r.photo() for _ in range(5)]
    h.observe()
    h.observe(small[0])
    h.observe(small[1], small[2])
    h.observe(small[0])
    h.sync()
    h.observe(small[3])
    h.observe()
    h.sync()
    h.observe(small[4])
    h.save("correct", "H07-5", "01.01", "--quantity", "2", "--unit", "sheet", "--reason", "miscounted", "--no-gps")
    h.save("withdraw", "H07-3", "--reason", "wrong street")
    h.save("shift", "end")


@recorded
def photo(r):
    """Photos: many, large ones, the same bytes again, from two saves at the same time."""
    there, h = elsewhere(r), Handheld(r, "H07")
    h.enrol(there)
    h.begin()
    r.begin()
    large, small = r.photo(150000), [r.photo(1500 + 700 * k) for k in range(6)]
    h.observe(large)
    h.observe(*small[:4])
    h.observe(small[1], small[4])
    together(lambda: h.observe(small[5], small[0]), lambda: h.observe(small[5]), lambda: h.observe(large))


def together(*calls):
    failed = []

    def run(call):
        try:
            call()
        except (AssertionError, OSError, LookupError, subprocess.SubprocessError) as error:
            failed.append(error)
    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def city(r, *shorts, promise=True):
    """A server and devices that are enrolled, none of it recorded."""
    server = Center(r)
    server.init(promise)
    server.start()
    devices = [Handheld(r, short) for short in shorts]
    for device in devices:
        device.enrol(server)
        device.begin()
    return server, devices


@recorded
def sync(r):
    """One device and its server: entries, photos, receipts, photo-receipts; saves in between; a sync without photos."""
    server, (h,) = city(r, "H07")
    h.observe(r.photo())
    server.stop()
    r.begin()
    server.start()
    h.sync()
    h.observe(r.photo())
    h.observe()
    h.sync("--no-photos")
    h.sync()
    h.observe(r.photo(), r.photo())
    h.sync()
    h.sync()
    h.save("shift", "end")
    h.sync()
    server.stop()


@recorded
def ingest(r):
    """A server with three devices at the same time, the same photo from two of them, a large one; commands of the office in between."""
    server, devices = city(r, "H01", "H02", "H03")
    shared = r.photo()
    for h in devices:
        h.observe(shared)
        h.observe(r.photo(), r.photo())
    devices[0].observe(r.photo(300000))
    server.stop()
    r.begin()
    server.start()
    together(*[h.sync for h in devices])
    for h in devices:
        h.observe(r.photo())
    server.code("H04")
    together(*[h.sync for h in devices])
    server.admin("revoke", "H03", "--reason", "lost")
    server.stop()


def change_points(r, rng, count):
    """Changes after the devices were promised to be enrolled, spread over the recording."""
    since = max((number for number, op, _, data in r.log.records() if op == "P" and data.startswith((b"enrolled", b"server"))), default=0)
    late = [number for number in r.changes if number > since]
    step = len(late) / count
    return [late[int(step * (k + rng.random()))] for k in range(count)]


def crash(shop, source, number, image, r):
    """The disks of one point of source as the disks of r, and the promises made by then."""
    done = subprocess.run([e2e.program("powercut-check"), "--log", source.log.path, "--only", f"{number}:{image}", "--extract", r.folder,
                           "--seed", str(shop.seed)], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"no disks of {source.name} {number}:{image}: {done.stderr}")
    for at, op, _, data in source.log.records():
        if op == "P" and at <= number:
            r.log.promise(data.decode().replace(source.folder, r.folder))


def restart(shop):
    """Start-up on disks that a power cut left, cut again: recovery, a save, a sync, the server's own start."""
    rng = random.Random(shop.seed)
    for source in [*shop.recordings("save"), *shop.recordings("sync")]:
        owners = [disk.owner for disk in source.disks]
        for number in change_points(source, rng, 4):
            r = shop.new("restart", len(shop.made["restart"]) + 1)
            try:
                again(shop, source, number, rng.randrange(2, 22), r, owners)
            finally:
                r.close()


def again(shop, source, number, image, r, owners):
    crash(shop, source, number, image, r)
    server = Center(r, port_of(source)) if "server" in owners else None
    h = Handheld(r, "H07")
    h.told = set()
    r.begin()
    if server is not None:
        server.start()
    h.jx("status")
    h.observe(r.photo())
    if server is not None:
        h.sync()
        server.stop()


def port_of(source):
    with open(os.path.join(source.folder, "port"), encoding="ascii") as file:
        return int(file.read())


def upgrade(shop):
    """A newer program's first start on a full store and on a full vault: copy, new schema, what is there rewritten."""
    source = shop.recordings("sync")[0]
    for kind, make in (("store", lambda r: Handheld(r, "H07")), ("vault", Center)):
        r = shop.new("upgrade", kind)
        r.trial = True
        disk = make(r)
        shutil.rmtree(disk.root)
        shutil.copytree(os.path.join(source.folder, os.path.basename(disk.root)), disk.root)
        for _, op, _, data in source.log.records():
            if op == "P" and not (kind == "vault" and data.startswith(b"state")):
                r.log.promise(data.decode().replace(source.folder, r.folder))
        r.begin()
        r.mark("upgrade")
        e2e.run([e2e.program("powercut-upgrade"), kind, disk.data], env=r.env)
        for name in os.listdir(disk.data):
            if name.endswith(".before"):
                r.promise_file(os.path.join(disk.data, name))
        e2e.run([e2e.program("powercut-upgrade"), kind, disk.data], env=r.env)


@recorded
def rotate(r):
    """The server's keys are exchanged, each twice, with syncs in between."""
    commands = [name for name in ("rotate-tls", "rotate-identity") if name in e2e.run([e2e.program("jiexund"), "--help"]).out]
    server, (h,) = city(r, "H07", promise=False)
    r.is_keyed = False
    h.observe(r.photo())
    server.stop()
    r.begin()
    for _ in range(2):
        for command in commands:
            server.start()
            h.sync()
            server.stop()
            server.admin(command)
    server.start()
    h.sync()


def revive(shop):
    """The real programs on what a cut of set-up, enrolment or rotation left: what was interrupted is done again, and a sync completes."""
    rng = random.Random(shop.seed)
    for name in ("setup", "rotate"):
        source = shop.recordings(name)[0]
        step = len(source.changes) / shop.lives
        for k in range(shop.lives):
            r = shop.new("revive", f"{name}-{k + 1}")
            try:
                live(shop, source, source.changes[int(step * (k + rng.random()))], rng.randrange(22), r)
            finally:
                r.close()


def live(shop, source, number, image, r):
    crash(shop, source, number, image, r)
    server, h = Center(r, port_of(source)), Handheld(r, "H07")
    where = f"{source.name} {number}:{image}"
    try:
        server.admin("init", "--listen", "127.0.0.1:0", "--name", "localhost")
        server.start()
        codes = [data.split()[1].decode() for at, op, _, data in source.log.records() if op == "M" and data.startswith(b"code ") and at <= number]
        if source.name == "setup" and not h.is_enrolled():
            if codes:
                h.jx("enrol", server.url, codes[0])
            else:
                h.enrol(server)
        h.sync()
        states = {row["state"] for row in h.jx("list", "--all", "--all-days")}
        if states - {"complete"}:
            raise AssertionError(f"entries are {states} after a sync")
    except AssertionError as error:
        raise AssertionError(f"power cut at {where}: {error}; the disks are in {r.folder}") from error
    r.lives += 1


WORKLOADS = {"setup": setup, "save": save, "photo": photo, "sync": sync, "ingest": ingest, "restart": restart, "upgrade": upgrade,
             "rotate": rotate, "revive": revive}
