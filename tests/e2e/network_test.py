"""Exactly once over a bad line: real handhelds and a real server, and between them a proxy that breaks connections in eight ways.

Counted are connections on which the fault came to pass: one that was over before its fault struck is no proof, nor is an honest one.
"""
import concurrent.futures
import subprocess
import time

import e2e
import harness
from e2e import EXIT, Device, clock_env, environment, seeded
from oracle import Oracle
from proxy import FAULTS, PASS, Line, Proxy

# What a sync over a bad line may end with: it worked, or there was no sane connection. A bit turned over in the first
# message may look as if the other side had no encryption that we accept: that is said, too.
ENDS = (EXIT["ok"], EXIT["enet"], EXIT["etls"])
# Waits between tries are as much shorter; the faults of the line are in real milliseconds, and no limit of ours comes near them.
PATIENCE = {"speed": 20}
SIZES = (1500, 3000, 6000, 20000)


class Person:
    """One person's days: record, try to send, look, record on."""

    def __init__(self, world, server, proxy, oracle, short, pictures, seed):
        self.world, self.server, self.oracle, self.pictures = world, server, oracle, pictures
        self.rng = seeded(f"work {short}")
        self.line, self.env = Line(proxy), clock_env(**PATIENCE)
        self.line.seeded(seed)
        self.device = Device(world.dir, short)
        self.clean = self.broken = self.lost_enrolments = 0

    def enrol(self):
        """With the same code until it is heard: a lost answer makes no second writer."""
        code = self.server.code(self.device.short)
        while True:
            result = self.device.json("enrol", self.line.url, code, want=ENDS, env=self.env)
            if result.status == 0:
                break
            self.lost_enrolments += 1
        self.device.begin()

    def log(self):
        more = [part for _ in range(self.rng.choice((0, 4, 6, 8))) for part in ("--photo", self.world.unique(self.rng.choice(self.pictures)))]
        entry_id = e2e.uuid7(self.rng)
        args = ("01.01", "--quantity", str(self.rng.randrange(1, 99)), "--unit", "sheet", "--no-gps", "--id", entry_id, *more)
        for _ in range(2 if self.rng.random() < 0.1 else 1):
            # saved again with the same id, as after an answer that never came: nothing changes
            self.saved(self.device.log(*args, want=None), entry_id)

    def saved(self, result, entry_id):
        if result.status == 0:
            self.oracle.saved(self.device, result)
        elif '"view.find"' in result.out:
            # it was stored, and reading it back by its whole id finds more than one
            self.oracle.wrong("duplicated", f"{self.device.short}: two entries of id {entry_id}: {result.err.strip()}")
        else:
            raise AssertionError(f"status 0 wanted: {result}")

    def sync(self):
        # once: it fails at the first fault, and what it shows then is what the server said before. More often: one run, many connections
        tries = str(self.rng.choice((1, 4, 6, 8)))
        if self.rng.random() < 0.15:
            return self.sync_while_working(tries)
        result = self.device.sync("--tries", tries, want=ENDS, env=self.env)
        self.check(result.status, result.err)
        return result.object if result.status == 0 else None

    def sync_while_working(self, tries):
        """Recording never waits for the network."""
        process = subprocess.Popen(self.device.argv("sync", "--tries", tries), env=environment(self.env), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            self.log()
            self.oracle.look(self.device)
            self.log()
            err = process.communicate(timeout=e2e.PATIENCE_S)[1].decode()
        finally:
            process.kill()
            process.wait()
        e2e.check_sane(process.args, process.returncode, err)
        self.check(process.returncode, err)

    def check(self, status, err):
        if status not in ENDS:
            self.oracle.wrong("failed", f"{self.device.short}: sync ended with {status}: {err}")
        self.clean, self.broken = self.clean + (status == 0), self.broken + (status != 0)
        if status != 0 and "nothing is lost" not in err:
            self.oracle.wrong("failed", f"{self.device.short}: sync failed and did not say that nothing is lost: {err}")
        if status == EXIT["etls"] and "old versions of TLS" not in err and "offers no encryption" not in err:
            self.oracle.wrong("failed", f"{self.device.short}: {err}")

    def struck(self):
        stat = self.line.stat()
        return sum(count for fault, count in stat["struck"].items() if fault != PASS)

    def work(self, wanted, until):
        """Until so many connections of this line were broken."""
        while self.struck() < wanted and self.oracle.is_good:
            if time.monotonic() > until:
                raise AssertionError(f"{self.device.short}: {self.struck()} of {wanted} broken connections in time")
            self.log()
            told = self.sync()
            rows = self.oracle.look(self.device)
            if told and (told["entries_waiting"], told["photos_waiting"]) == (0, 0) and any(row["state"] != "complete" for row in rows):
                self.oracle.wrong("failed", f"{self.device.short}: sync said that nothing waits, the list says something does")

    def finish(self):
        """The line is good again: everything is there once, and everybody agrees on it."""
        self.device.jx("shift", "end")
        self.device.sync()
        told = self.device.sync().object
        if (told["requests"], told["entries_waiting"], told["photos_waiting"]) != (1, 0, 0):
            self.oracle.wrong("failed", f"{self.device.short}: nothing is new, and yet {told}")
        self.oracle.look(self.device)
        if not self.device.json("verify").object["ok"]:
            self.oracle.wrong("failed", f"{self.device.short}: verify")


def every(people, do):
    with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(do, person) for person in people]:
            done.result()


def run(world, tally, args, count):
    server = world.start_server()
    proxy = Proxy(server.port)
    world.addCleanup(proxy.close)
    oracle = Oracle(server, [])
    pictures = [world.photo(size) for size in SIZES]
    people = [Person(world, server, proxy, oracle, f"H{k:02}", pictures, e2e.seed()) for k in range(min(args.devices, count))]
    oracle.watch(person.device for person in people)
    until = time.monotonic() + args.patience_s
    try:
        every(people, Person.enrol)
        every(people, lambda person: person.work(-(-count // len(people)), until))
        seen = proxy.total()
        for person in people:
            person.line.honest()
        every(people, Person.finish)
        entries, photos = oracle.check_end()
        server.admin("check")
        writers = [writer["short"] for writer in server.admin("writers").object["writers"] if writer["role"] == "field"]
        if sorted(writers) != [person.device.short for person in people]:
            oracle.wrong("duplicated", f"{len(people)} devices, and these writers: {writers}")
        if server.review():
            oracle.wrong("failed", f"the office is asked to look at {server.review()}")
    finally:
        seen = proxy.total()
        struck = {f"struck_{fault}": number for fault, number in seen["struck"].items() if fault != PASS}
        tally.add(oracle, count=sum(struck.values()), connections=seen["connections"], clean_syncs=sum(p.clean for p in people),
                  broken_syncs=sum(p.broken for p in people), broken_enrolments=sum(p.lost_enrolments for p in people), **struck)
    tally.add(entries=entries, photos=photos)


def finish(tally, args):
    for fault in FAULTS[1:]:
        tally.need(tally.more.get(f"struck_{fault}", 0) > 0, f"no connection was broken by {fault}")
    for what in ("shown_saved", "shown_sent", "shown_complete", "photos", "clean_syncs", "broken_syncs"):
        tally.need(tally.more.get(what, 0) > 0, f"{what} is 0")


if __name__ == "__main__":
    harness.main("network", run, finish, count=5000, what="broken connections", per_round=5000, devices=12, patience_s=1500)
