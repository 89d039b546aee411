"""kill -9, and less: programs are ended at any instant, and start again.

  device    jx log with photos and jx sync are killed; then the user looks, and tries again with the same id
  server    jiexund is killed while devices sync, and while it starts after that
  enrol     jx enrol and jx enrol --again are killed, and run again with the same code
  signals   SIGTERM and SIGSTOP/SIGCONT in the middle of a save or a sync: a low battery, a lid that is shut

Most are killed by a count of the calls that change anything outside the program (kill.c): so the kill falls inside the work, some of them half
way through a write. The others come at a random moment of the length that such a run has here. Nothing shown as saved, sent or complete
may be gone, nothing may be there twice, and what a killed program left lying about must go.
"""
import concurrent.futures
import os
import signal
import subprocess
import sys
import time

import e2e
import harness
from e2e import EXIT, Database, clock_env, count_env, environment, kill_env, seeded, sha256
from oracle import Oracle
from proxy import Line, Proxy

SIZES = (1500, 6000, 30000)
HAS_ID = "SELECT count(*) FROM entry WHERE id = ?"
OLD_S = 3600


class Killed:
    """How one run ended."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")
        self.is_killed = status == -signal.SIGKILL

    @property
    def object(self):
        """What it said before it was killed, or None: half a line is no promise."""
        return e2e.json.loads(self.out) if self.out.endswith("\n") else None


class Handheld:
    """A device whose programs are killed."""

    def __init__(self, world, server, oracle, short, pictures, url=None):
        self.world, self.server, self.oracle, self.pictures = world, server, oracle, pictures
        self.rng = seeded(f"kill {short}")
        self.device = world.device(server, short, url)
        self.calls, self.span = {}, {}
        self.seen = dict.fromkeys(("killed_log", "killed_sync", "killed_at_call", "killed_at_moment", "left_nothing", "left_a_temporary",
                                   "left_a_photo", "left_an_entry", "said_so_before", "sync_left_more_at_server", "not_killed"), 0)

    def log_args(self):
        photos = [part for _ in range(self.rng.choice((0, 1, 1, 2))) for part in ("--photo", self.world.unique(self.rng.choice(self.pictures)))]
        return ("log", "01.01", "--no-gps", "--id", e2e.uuid7(self.rng), *photos)

    def calibrate(self):
        """How many calls a run makes, and how long it takes here."""
        path = self.world.path(f"calls-{self.device.short}")
        for kind, args in (("log", self.log_args()), ("sync", ("sync",))):
            begun = time.monotonic()
            result = self.device.json(*args, env=count_env(path))
            self.span[kind] = time.monotonic() - begun
            if kind == "log":
                self.oracle.saved(self.device, result)
            with open(path, encoding="ascii") as file:
                self.calls[kind] = int(file.read())
            self.oracle.look(self.device)

    def run(self, args):
        """Started, and most of the time killed."""
        kind, by_call = args[0], self.rng.random() < 0.75
        at, torn = self.rng.randrange(1, self.calls[kind] + 2), self.rng.random() < 0.5
        moment = self.rng.uniform(0, 1.1 * self.span[kind])
        process = subprocess.Popen(self.device.argv("--json", *args), env=environment(kill_env(at, is_torn=torn) if by_call else None),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=e2e.PATIENCE_S if by_call else moment)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        end = Killed(process.returncode, out, err)
        if end.is_killed:
            self.seen[f"killed_{kind}"] += 1
            self.seen["killed_at_call" if by_call else "killed_at_moment"] += 1
        else:
            self.seen["not_killed"] += 1
            e2e.check_sane(process.args, end.status, end.err)
            if end.status != 0:
                self.oracle.wrong("failed", f"{process.args}: {end.status}: {end.err}")
        return end

    def temporaries(self):
        folder = os.path.join(self.device.home, "photos", "tmp")
        return [os.path.join(folder, name) for name in os.listdir(folder)] if os.path.isdir(folder) else []

    def where(self, args, before, end):
        """What a killed jx log had done by then."""
        entry_id = bytes.fromhex(args[args.index("--id") + 1].replace("-", ""))
        with Database(os.path.join(self.device.home, "jiexun.db")) as db:
            is_in = db.rows(HAS_ID, entry_id)[0][0] > 0
        photos = [args[i + 1] for i, arg in enumerate(args) if arg == "--photo"]
        published = [path for path in photos if os.path.exists(self.published(path))]
        if is_in:
            self.seen["said_so_before" if end.object else "left_an_entry"] += 1
        elif published:
            self.seen["left_a_photo"] += 1
        elif len(self.temporaries()) > before:
            self.seen["left_a_temporary"] += 1
        else:
            self.seen["left_nothing"] += 1

    def published(self, path):
        name = sha256(path)
        return os.path.join(self.device.home, "photos", name[:2], name)

    def save(self):
        args, before = self.log_args(), len(self.temporaries())
        end = self.run(args)
        if end.object is not None:
            self.oracle.saved(self.device, end)
        if end.is_killed:
            self.where(args, before, end)
        # started again: the user looks first, or saves again at once; nothing is there twice, whatever the first try came to
        if self.rng.random() < 0.3:
            self.oracle.look(self.device)
        self.oracle.saved(self.device, self.device.json(*args))

    def send(self):
        end = self.run(("sync",))
        rows = self.oracle.look(self.device)
        if end.is_killed:
            waits = {row["n"] for row in rows if row["state"] == "saved"}
            stored = {n for writer, n in self.server.entries() if (writer, n) in self.own()}
            self.seen["sync_left_more_at_server"] += bool(waits & stored)

    def own(self):
        return self.device.entries()

    def killed(self):
        return self.seen["killed_log"] + self.seen["killed_sync"]

    def work(self, wanted):
        self.calibrate()
        while self.killed() < wanted and self.oracle.is_good:
            self.save()
            if self.rng.random() < 0.45:
                self.send()

    def finish(self):
        """An hour later, on the next start."""
        for path in self.temporaries():
            then = time.time() - OLD_S
            os.utime(path, (then, then))
        self.device.jx("shift", "end")
        self.device.sync()
        told = self.device.sync().object
        if (told["requests"], told["entries_waiting"], told["photos_waiting"]) != (1, 0, 0):
            self.oracle.wrong("failed", f"{self.device.short}: nothing is new, and yet {told}")
        self.oracle.look(self.device)
        if not self.device.json("verify").object["ok"]:
            self.oracle.wrong("failed", f"{self.device.short}: verify")
        if self.temporaries():
            self.oracle.wrong("failed", f"{self.device.short}: {len(self.temporaries())} temporaries stay for ever")


def every(people, do):
    with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(do, person) for person in people]:
            done.result()


def end_of_round(tally, server, oracle, people, count, **more):
    every(people, Handheld.finish)
    entries, photos = oracle.check_end()
    server.admin("check")
    if server.review():
        oracle.wrong("failed", f"the office is asked to look at {server.review()}")
    # all photos are published: nothing half received is left, and no copy half made by a life that was ended
    server.stop()
    left = os.listdir(os.path.join(server.data, "photos", "tmp"))
    if left:
        oracle.wrong("failed", f"the server keeps {left}")
    for person in people:
        tally.add(**person.seen)
    tally.add(oracle, count=count, entries=entries, photos=photos, **more)


# ---- device ----

def run_device(world, tally, args, count):
    server = world.start_server()
    oracle = Oracle(server, [])
    pictures = [world.photo(size) for size in SIZES]
    people = [Handheld(world, server, oracle, f"H{k:02}", pictures) for k in range(min(args.devices, count))]
    oracle.watch(person.device for person in people)
    every(people, lambda person: person.work(-(-count // len(people))))
    end_of_round(tally, server, oracle, people, sum(person.killed() for person in people))


def finish_device(tally, args):
    # some places are a few calls wide: a short run need not have been at all of them
    for what in () if args.count < 300 else ("left_nothing", "left_a_temporary", "left_a_photo", "left_an_entry", "killed_sync", "sync_left_more_at_server",
                 "killed_at_moment", "shown_sent", "shown_complete"):
        tally.need(tally.more.get(what, 0) > 0, f"{what} is 0")


# ---- server ----

class Sender(Handheld):
    """Records and syncs for as long as the server is killed; its own programs live."""

    # a bit turned over in a first message looks like a server with old encryption (network_test.py)
    ENDS = (EXIT["ok"], EXIT["enet"], EXIT["etls"])

    def __init__(self, *args):
        super().__init__(*args)
        self.clean = self.broken = 0
        self.is_over = False

    def work(self):
        while not self.is_over and self.oracle.is_good:
            self.oracle.saved(self.device, self.device.json(*self.log_args()))
            result = self.device.sync("--tries", str(self.rng.choice((2, 5, 8))), want=None, env=clock_env(speed=20))
            if result.status not in self.ENDS:
                self.oracle.wrong("failed", str(result))
            self.clean, self.broken = self.clean + (result.status == 0), self.broken + (result.status != 0)
            # what it shows now must be at the server now, which may just have been killed
            self.oracle.look(self.device)


class Lives:
    """One life of jiexund after the other."""

    def __init__(self, world, server, proxy, oracle):
        self.world, self.server, self.proxy, self.oracle = world, server, proxy, oracle
        self.rng = seeded("lives")
        self.seen = dict.fromkeys(("at_start", "at_call", "at_moment"), 0)
        path = world.path("calls-jiexund")
        server.stop()
        server.launch(count_env(path))
        server.stop()
        with open(path, encoding="ascii") as file:
            self.start_calls = int(file.read())

    def live(self):
        """Until it is killed; by itself, or by us when it has lived long enough."""
        draw, env, span = self.rng.random(), None, 0.0
        if draw < 0.2:
            env = kill_env(self.rng.randrange(1, self.start_calls + 1), is_torn=self.rng.random() < 0.5)
        elif draw < 0.75:
            env = kill_env(self.start_calls + self.rng.randrange(400), is_torn=self.rng.random() < 0.5)
        else:
            span = self.rng.uniform(0, 0.25)
        if not self.server.launch(env):
            return self.died("at_start")
        self.proxy.target = self.server.port
        try:
            self.server.service.process.wait(span if env is None else 5)
        except subprocess.TimeoutExpired:
            self.server.service.process.kill()
            env = None
        return self.died("at_call" if env else "at_moment")

    def died(self, when):
        status = self.server.service.process.wait(e2e.PATIENCE_S)
        e2e.check_sane(self.server.service.args, 0 if status == -signal.SIGKILL else status, self.server.service.log())
        if status != -signal.SIGKILL:
            raise AssertionError(f"jiexund ended with {status}: {self.server.service.log()}")
        self.seen[when] += 1


def run_server(world, tally, args, count):
    server = world.start_server()
    proxy = Proxy(server.port)
    world.addCleanup(proxy.close)
    oracle = Oracle(server, [])
    pictures = [world.photo(size) for size in SIZES]
    lines = [Line(proxy) for _ in range(args.devices)]
    people = [Sender(world, server, oracle, f"H{k:02}", pictures, lines[k].url) for k in range(args.devices)]
    # half of them on a bad line besides
    for line in lines[::2]:
        line.seeded(e2e.seed())
    oracle.watch(person.device for person in people)
    lives = Lives(world, server, proxy, oracle)
    with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
        jobs = [pool.submit(person.work) for person in people]
        try:
            for _ in range(count):
                lives.live()
                if not oracle.is_good or any(job.done() for job in jobs):
                    break
            server.start()
            proxy.target = server.port
        finally:
            for person in people:
                person.is_over = True
        for job in jobs:
            job.result()
    for line in lines:
        line.honest()
    end_of_round(tally, server, oracle, people, sum(lives.seen.values()), clean_syncs=sum(p.clean for p in people),
                 broken_syncs=sum(p.broken for p in people), **lives.seen)


def finish_server(tally, _):
    for what in ("at_start", "at_call", "at_moment", "clean_syncs", "broken_syncs", "shown_sent", "shown_complete", "photos"):
        tally.need(tally.more.get(what, 0) > 0, f"{what} is 0")


# ---- enrolment ----

class Newcomer:
    """A device whose enrolment is killed, first or anew, and repeated with the same code: one writer, its log linked to the one before."""

    def __init__(self, world, server, oracle, k):
        self.world, self.server, self.oracle, self.k = world, server, oracle, k
        self.rng = seeded(f"enrol {k}")
        self.kills, self.made = 0, []

    def new_device(self):
        name = f"E{self.k}{len(self.made):03}"
        self.made.append(name)
        return e2e.Device(self.world.dir, name)

    def enrol(self, device, code, *more, env=None):
        return subprocess.run(device.argv("--json", "enrol", self.server.url, code, *more), env=environment(env), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=e2e.PATIENCE_S, check=False)

    def one(self, calls, again):
        device, code = self.new_device(), self.server.code(self.made[-1])
        more = ("--again",) if again else ()
        if again:
            device.enrol(self.server.url, code)
            device.begin()
            device.log("01.01", "--no-gps")
            device.sync()
            code = self.server.code(f"{device.short}B")
        first = self.enrol(device, code, *more, env=kill_env(self.rng.randrange(1, calls + 1), is_torn=self.rng.random() < 0.5))
        self.kills += first.returncode == -signal.SIGKILL
        second = self.enrol(device, code, *more)
        # nothing is wrong with being told that it was done
        if second.returncode not in (0, EXIT["eexists"] if not again else 0):
            self.oracle.wrong("failed", f"{device.short}: killed, then {second.returncode}: {second.stderr.decode()}")
            return
        self.check(device, again)

    def check(self, device, again):
        if not again:
            device.begin()
        device.log("01.01", "--no-gps")
        told = device.sync().object
        links = [row for row in device.list() if row["kind"] == "continues"]
        if told["entries_sent"] < 1 or len(links) != again or (again and links[0]["n"] != 1):
            self.oracle.wrong("lost", f"{device.short}: {told}, and it continues {links}")
        if not device.json("verify").object["ok"]:
            self.oracle.wrong("failed", f"{device.short}: verify")

    def work(self, wanted, calls):
        while self.kills < wanted and self.oracle.is_good:
            again = self.rng.random() < 0.6
            self.one(calls[again], again)


def run_enrol(world, tally, args, count):
    server = world.start_server()
    oracle = Oracle(server, [])
    path, device = world.path("calls"), e2e.Device(world.dir, "N00")
    calls = []
    for short, more in (("N00", ()), ("N01", ("--again",))):
        device.json("enrol", server.url, server.code(short), *more, env=count_env(path))
        with open(path, encoding="ascii") as file:
            calls.append(int(file.read()))
    people = [Newcomer(world, server, oracle, k) for k in range(min(args.devices, count))]
    every(people, lambda person: person.work(-(-count // len(people)), calls))
    shorts = [writer["short"] for writer in server.admin("writers").object["writers"]]
    if len(shorts) != len(set(shorts)):
        oracle.wrong("duplicated", f"writers {sorted(shorts)}")
    server.admin("check")
    tally.add(oracle, count=sum(person.kills for person in people), writers=len(shorts), enrolled_first=sum(len(p.made) for p in people))


def finish_enrol(tally, _):
    tally.need(tally.more.get("writers", 0) > tally.more.get("enrolled_first", 0), "no device was enrolled anew")


# ---- signals ----

class Interrupted(Handheld):
    """SIGTERM ends a save or a sync, SIGSTOP halts it in the middle of what it does; others go on meanwhile."""

    def start(self, args, how):
        at = self.rng.randrange(1, self.calls[args[0]] + 1)
        return subprocess.Popen(self.device.argv("--json", *args), env=environment(kill_env(at, how)), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def terminate(self, args):
        process = self.start(args, signal.SIGTERM)
        out, err = process.communicate(timeout=e2e.PATIENCE_S)
        end = Killed(process.returncode, out, err)
        kind, told = args[0], end.object
        self.count(f"term_{kind}", end.status in (-signal.SIGTERM, EXIT["eintr"]))
        # a sync says what it keeps; a save is simply over
        if end.status not in ((0, EXIT["eintr"]) if kind == "sync" and told else (0, -signal.SIGTERM)):
            self.oracle.wrong("failed", f"SIGTERM in {kind}: {end.status}: {end.err}")
        if end.status == EXIT["eintr"] and "nothing is lost" not in end.err:
            self.oracle.wrong("failed", f"SIGTERM in sync: {end.err}")
        return told if end.status == 0 else None

    def halt(self, args):
        process = self.start(args, signal.SIGSTOP)
        try:
            state = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            is_halted = state.si_code == os.CLD_STOPPED
            self.count(f"stop_{args[0]}", is_halted)
            if is_halted:
                self.meanwhile()
            process.send_signal(signal.SIGCONT)
            out, err = process.communicate(timeout=e2e.PATIENCE_S)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            self.oracle.wrong("failed", f"SIGSTOP, SIGCONT in {args[0]}: {process.returncode}: {err.decode()}")
            return None
        return Killed(0, out, err).object

    def meanwhile(self):
        """Reading goes on; saving does, or says that another program is at it. No limit of ours is waited for in real time."""
        fast = clock_env(speed=200)
        # a reader has to wait only where the halted one is just opening the database: SQLite rebuilds its index of the WAL then
        result = self.device.json("list", want=(0, EXIT["ebusy"]), env=fast)
        self.count("read_meanwhile" if result.status == 0 else "could_not_read", True)
        other = self.log_args()
        result = self.device.json(*other, want=(0, EXIT["ebusy"]), env=fast)
        self.count("saved_meanwhile" if result.status == 0 else "refused_meanwhile", True)
        if result.status == 0:
            self.oracle.saved(self.device, result)

    def count(self, what, is_so):
        self.seen[what] = self.seen.get(what, 0) + bool(is_so)

    def signalled(self):
        return sum(self.seen.get(f"{how}_{kind}", 0) for how in ("term", "stop") for kind in ("log", "sync"))

    def work(self, wanted):
        self.calibrate()
        while self.signalled() < wanted and self.oracle.is_good:
            args = self.log_args()
            told = (self.terminate if self.rng.random() < 0.5 else self.halt)(args)
            again = self.device.json(*args)
            if told and told["n"] != again.object["n"]:
                self.oracle.wrong("duplicated", f"{told} and {again.object}")
            self.oracle.saved(self.device, again)
            (self.terminate if self.rng.random() < 0.5 else self.halt)(("sync",))
            self.oracle.look(self.device)


def run_signals(world, tally, args, count):
    server = world.start_server()
    oracle = Oracle(server, [])
    pictures = [world.photo(size) for size in SIZES]
    people = [Interrupted(world, server, oracle, f"H{k:02}", pictures) for k in range(min(args.devices, count))]
    oracle.watch(person.device for person in people)
    every(people, lambda person: person.work(-(-count // len(people))))
    end_of_round(tally, server, oracle, people, sum(person.signalled() for person in people))


def finish_signals(tally, _):
    for what in ("term_log", "term_sync", "stop_log", "stop_sync", "read_meanwhile", "saved_meanwhile", "refused_meanwhile", "shown_sent",
                 "shown_complete"):
        tally.need(tally.more.get(what, 0) > 0, f"{what} is 0")


HARNESSES = {
    "device": (run_device, finish_device, 500, "kills of jx", 500),
    "server": (run_server, finish_server, 500, "kills of jiexund", 500),
    "enrol": (run_enrol, finish_enrol, 80, "kills of jx enrol", 200),
    "signals": (run_signals, finish_signals, 50, "signals in the middle of the work", 200),
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in HARNESSES:
        sys.exit(f"{__doc__}\nfirst argument: {' '.join(HARNESSES)}")
    which = sys.argv.pop(1)
    harness.main(f"kill.{which}", *HARNESSES[which], devices=6)
