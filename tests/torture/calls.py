#!/usr/bin/env python3
"""Fail every call, once and for good: malloc and its kin, files, sockets - of one save, one sync, one ingest.

Run once and count; then again for each call, failing it. After each point: no signal, no lost memory, no descriptor left, nothing
shown as saved or sent that is not on disk, and the same again without a fault ends with exactly one.
"""
import argparse
import errno
import json
import os
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "support"))

from save import Save  # noqa: E402
from sync import Https, Ingest, Sync  # noqa: E402
from victim import ALWAYS, BYTES, FILE, MEMORY, NETWORK, Hang  # noqa: E402

OPERATIONS = {"save": Save, "sync": Sync, "ingest": Ingest, "https": Https}
CLASS_NAMES = {MEMORY: "memory", FILE: "file", NETWORK: "network"}
# A short count is an error of its own: 0. ENOSPC comes the way a kernel has it, a short count first.
TWO = (errno.EIO, errno.ENOSPC)
SEVEN = TWO + (errno.EROFS, errno.EDQUOT, errno.EMFILE, errno.EINTR, 0)
# No kernel interrupts for ever: a program that tries again must come through.
INTERRUPTS = 3


def error_name(error):
    return errno.errorcode[error] if error else "SHORT"


class Mode:
    """How a call fails: which kind of call, with what, how often."""

    def __init__(self, kind, error, is_sticky):
        self.kind, self.error, self.is_sticky = kind, error, is_sticky
        self.classes = kind | (0 if error else BYTES)
        self.times = 1 if not is_sticky else INTERRUPTS if error == errno.EINTR else ALWAYS

    def __str__(self):
        return f"{CLASS_NAMES[self.kind]}-{error_name(self.error)}-{'sticky' if self.is_sticky else 'once'}"


def modes_of(kinds, errnos):
    for kind in kinds:
        for error in (errno.ENOMEM,) if kind == MEMORY else (TWO if errnos == 2 else SEVEN):
            for is_sticky in (False, True):
                yield Mode(kind, error, is_sticky)


class Torture:
    def __init__(self, args, operation):
        self.args, self.operation = args, operation
        self.count = self.lost = self.duplicated = self.failed = self.unreached = 0
        self.printed = 0

    def complain(self, mode, at, seen, found):
        self.failed += 1
        self.printed += 1
        if self.printed > 40:
            return
        where = f" at {seen.first} from {seen.caller}" if seen is not None else ""
        print(f"{self.operation.name}: {mode} call {at}{where}: {'; '.join(found)}\n"
              f"  again: {sys.argv[0]} --operation {self.args.operation} --mode {mode} --only {at} --seed {self.args.seed}",
              file=sys.stderr)
        if seen is not None and seen.err and self.args.only:
            print(seen.err.decode(errors="replace"), file=sys.stderr)

    def point(self, mode, at):
        self.operation.prepare()
        try:
            seen = self.operation.victim.run(at, mode.classes, mode.times, mode.error, self.operation.seed)
        except Hang as hang:
            self.count += 1
            self.complain(mode, at, None, [str(hang)])
            return
        if seen.failed == 0:
            # one run makes a call more or less than another, as its ids and times have it
            self.unreached += 1
            return
        self.count += 1
        lost, duplicated, more = self.operation.judge(seen)
        if seen.was_swept and seen.blocks_left:
            # who lost it is known from a run that remembers stacks
            self.operation.prepare()
            seen = self.operation.victim.run(at, mode.classes, mode.times, mode.error, self.operation.seed, is_traced=True)
        found = seen.faults()
        self.lost += lost
        self.duplicated += duplicated
        if found or more:
            self.complain(mode, at, seen, found + more)

    def calls(self, mode):
        """How many of the kind there are; the run without a fault must be clean."""
        self.operation.prepare()
        seen = self.operation.victim.run(0, mode.classes, seed=self.operation.seed)
        lost, duplicated, found = self.operation.judge(seen)
        found += seen.faults()
        if lost or duplicated or found or seen.status != 0 or seen.calls == 0:
            raise SystemExit(f"{self.operation.name}: goes wrong with nothing failing: {seen.status} {found} {seen.err.decode()}")
        return seen.calls

    def points(self, mode, total):
        if self.args.only:
            return [n for n in self.args.only]
        points = range(1, total + 1)
        if self.args.shallow and total > self.args.shallow:
            points = sorted(random.Random(f"{self.args.seed}/{mode}").sample(points, self.args.shallow))
        part, parts = self.args.part
        return points[part - 1::parts]

    def run(self):
        begun = time.monotonic()
        counted = {}
        for mode in modes_of(self.operation.classes, self.args.errnos):
            if self.args.mode and str(mode) != self.args.mode:
                continue
            if mode.classes not in counted:
                counted[mode.classes] = self.calls(mode)
            total = counted[mode.classes]
            if not self.args.json:
                print(f"{self.operation.name}: {mode}: {total} calls", file=sys.stderr)
            for at in self.points(mode, total):
                self.point(mode, at)
        proof, has_looked = self.operation.proof()
        result = {"name": self.operation.name, "count": self.count, "lost": self.lost, "duplicated": self.duplicated,
                  "failed": self.failed, "seconds": round(time.monotonic() - begun, 1)}
        result.update(proof)
        result["calls"] = {CLASS_NAMES[c & ~BYTES] + ("-bytes" if c & BYTES else ""): n for c, n in counted.items()}
        if self.unreached:
            result["unreached"] = self.unreached
        print(json.dumps(result) if self.args.json else f"{self.operation.name}: " + ", ".join(
            f"{key} {value}" for key, value in result.items() if key != "name"))
        return self.count > 0 and has_looked and not (self.lost or self.duplicated or self.failed)


def part_of(text):
    part, parts = (int(number) for number in text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError(text)
    return part, parts


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operation", choices=sorted(OPERATIONS), required=True)
    parser.add_argument("--errnos", type=int, choices=(2, 7), default=2, help="errors for files and sockets (default 2: EIO, ENOSPC)")
    parser.add_argument("--shallow", type=int, default=0, metavar="N", help="of each mode only N calls, chosen by the seed")
    parser.add_argument("--part", type=part_of, default=(1, 1), metavar="I/K", help="every K-th point, from the I-th")
    parser.add_argument("--mode", help="one mode only, as a complaint names it: file-EIO-once")
    parser.add_argument("--only", type=int, action="append", metavar="N", help="this call only; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the folders")
    return parser.parse_args()


def main():
    args = parse()
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="jx-torture-", dir=base)
    operation = None
    try:
        operation = OPERATIONS[args.operation](folder, random.Random(args.seed))
        return 0 if Torture(args, operation).run() else 1
    finally:
        if operation is not None:
            operation.stop()
        if args.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder, True)


if __name__ == "__main__":
    sys.exit(main())
