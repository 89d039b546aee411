#!/usr/bin/env python3
"""Two programs at one log at the same moment: one waits for the other, and a second server is refused.

SQLite 3.40.1 may damage a database that two connections write or checkpoint at once, so every write is under a lock beside it
(src/store/transaction.c, sync/vault/open.c). A race lost once in a million is not seen by racing: so the lock is also held here,
and who writes all the same has not asked for it.
"""
import fcntl
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "support"))

import e2e  # noqa: E402
import harness  # noqa: E402

# The programs wait for a lock by their own clock: 10 s pass in a twentieth.
HASTE = 20


def held(path):
    """The lock, as another process of ours would have it."""
    file = open(path, "ab")  # pylint: disable=consider-using-with
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def check_held(device, tally):
    before = len(device.entries())
    for args in (("log", "01.01"), ("sync", "--tries", "1")):
        lock = held(os.path.join(device.home, "jiexun.lock"))
        result = device.json(*args, want=None, env=e2e.clock_env(speed=HASTE))
        lock.close()
        tally.add(count=1, held=1)
        if result.status != e2e.EXIT["ebusy"]:
            tally.fail(f"wrote while another program held the lock: {result}")
    if len(device.entries()) != before:
        tally.fail("an entry was saved under a lock that another program held")


def check_second_server(server, folder, tally):
    """It says so and ends; one that listens has opened the database beside the first."""
    port_file = os.path.join(folder, "second")
    second = e2e.Service([e2e.program("jiexund"), "serve", "--data", server.data, "--listen", "127.0.0.1:0",
                          "--port-file", port_file], os.path.join(folder, "second.log"))
    e2e.wait_for("the second jiexund", lambda: os.path.exists(port_file) or not second.is_running())
    tally.add(count=1, second=1)
    if second.is_running():
        tally.fail("two jiexund run on one database")
    status = second.stop()
    if status != e2e.EXIT["ebusy"]:
        tally.fail(f"the second jiexund ended with {status}: {second.log()}")


class Worker(threading.Thread):
    def __init__(self, name, device, count, ids):
        super().__init__()
        self.label, self.device, self.count, self.ids = name, device, count, ids
        self.error = None

    def run(self):
        try:
            for k in range(self.count):
                self.work(k)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            self.error = error

    def work(self, k):
        done = self.device.log("01.01", "--id", self.ids[k], "--note", f"{self.label} {k}").object
        if done["id"] != self.ids[k]:
            raise AssertionError(f"saved {done['id']} for {self.ids[k]}")


class Sender(Worker):
    """Syncs over and over beside the two that save: it checkpoints."""

    def work(self, k):
        self.device.sync(want=(0, e2e.EXIT["enet"]))


def check_two_writers(server, device, count, tally):
    rng = e2e.seeded("two at once")
    ids = [[e2e.uuid7(rng) for _ in range(count)] for _ in range(2)]
    before = len(device.entries())
    workers = [Worker("a", device, count, ids[0]), Worker("b", device, count, ids[1]), Sender("sync", device, count // 4, [])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        if worker.error is not None:
            tally.fail(f"{worker.label}: {worker.error}")
    tally.add(count=2 * count, saves=2 * count)
    device.sync()
    numbers = [n for _, n in device.entries()]
    if sorted(numbers) != list(range(1, before + 2 * count + 1)):
        tally.lost += 1
        tally.fail(f"{before + 2 * count} entries should be numbered from 1 without gaps, there are {len(numbers)}")
    saved = [row["id"] for row in device.list()]
    for ids_of_one in ids:
        for entry_id in ids_of_one:
            tally.lost += saved.count(entry_id) == 0
            tally.duplicated += saved.count(entry_id) > 1
    stored = server.entries()
    tally.lost += sum(stored.get(key) != text for key, text in device.entries().items())
    device.jx("verify")


def one_round(world, tally, args, count):
    del args
    server = world.start_server()
    device = world.device(server, "H01")
    device.log("01.01")
    check_held(device, tally)
    check_second_server(server, world.dir, tally)
    check_two_writers(server, device, count, tally)


def finish(tally, args):
    del args
    for what in ("held", "second", "saves"):
        tally.need(tally.more.get(what, 0) > 0 or tally.failed, f"no {what}")


if __name__ == "__main__":
    harness.main("two_at_once", one_round, finish, count=60, what="saves by each of two processes", per_round=200)
