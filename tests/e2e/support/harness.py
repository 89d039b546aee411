"""A harness as a command: counts by options, a seed that plays the same again, one line of JSON for other programs.

A harness's run(options, round_seed, world) works in a world (folder, server, devices) of its own and says what it did; what went wrong is
with the oracle. Long counts are made of many rounds, each with new devices: logs stay as short as they are in the field.
"""
import argparse
import json
import os
import sys
import time

import e2e
from e2e import Case


class World(Case):
    """What a test case offers (folder, server, devices, photos), without being a test."""

    def runTest(self):
        raise NotImplementedError

    def __enter__(self):
        self.setUp()
        return self

    def __exit__(self, *_):
        self.doCleanups()

    def unique(self, picture):
        """A picture like that one, with bytes that no other has: a comment (ISO/IEC 10918-1, COM) in front of everything else."""
        number = next(self._photos)
        text = f"{e2e.seed()}/{self.dir}/{number}".encode()
        path = self.path(f"unique-{number}.jpg")
        with open(picture, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(data[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + data[2:])
        return path


class Tally:
    """Sums over rounds."""

    def __init__(self, name):
        self.name, self.begun = name, time.monotonic()
        self.count = self.lost = self.duplicated = self.failed = 0
        self.more, self.notes = {}, []

    def add(self, oracle=None, count=0, **more):
        self.count += count
        if oracle is not None:
            self.lost += oracle.lost
            self.duplicated += oracle.duplicated
            self.failed += oracle.failed
            self.notes += oracle.notes
            more = {"shown_saved": oracle.seen_saved, "shown_sent": oracle.seen_sent, "shown_complete": oracle.seen_complete, **more}
        for key, value in more.items():
            if value == 0:
                continue
            self.more[key] = self.more.get(key, 0) + value

    def fail(self, text):
        self.failed += 1
        self.notes.append(text)
        print(f"failed: {text}", file=sys.stderr, flush=True)

    def need(self, condition, text):
        """The harness must have looked: otherwise its silence says nothing."""
        if not condition:
            self.fail(f"proves nothing: {text}")

    @property
    def is_good(self):
        return self.lost == self.duplicated == self.failed == 0

    def line(self):
        return {"name": self.name, "count": self.count, "lost": self.lost, "duplicated": self.duplicated, "failed": self.failed,
                "seconds": round(time.monotonic() - self.begun, 1)}


def main(name, run, finish, count, what, per_round, **options):
    """
    run(world, tally, args, count) is one round with its own folder; finish(tally, args) says whether enough was seen.
    options: more options of the command, as their defaults (a bool is a flag).
    """
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=count, help=f"how many {what} (default {count})")
    parser.add_argument("--seed", type=int, help="play the same again (default: JX_SEED, else a new one)")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output, nothing else")
    for key, default in options.items():
        parser.add_argument("--" + key.replace("_", "-"), type=type(default), default=default)
    args = parser.parse_args()
    first = args.seed if args.seed is not None else e2e.seed()
    tally, done, k = Tally(name), 0, 0
    while done < args.count and tally.is_good:
        size = min(per_round, args.count - done)
        os.environ["JX_SEED"] = str(first + k)
        e2e.reseed(first + k)
        with World() as world:
            try:
                run(world, tally, args, size)
            except AssertionError as error:
                tally.fail(str(error))
        if not tally.is_good:
            print(f"again: {os.path.relpath(sys.argv[0])} --seed {first + k} --count {size}", file=sys.stderr)
        done, k = done + size, k + 1
    finish(tally, args)
    if args.json:
        print(json.dumps(tally.line()))
    else:
        print(f"{name}: {tally.count} {what}, lost {tally.lost}, duplicated {tally.duplicated}, failed {tally.failed}, "
              f"{tally.line()['seconds']} s, seed {first}")
        for key, value in sorted(tally.more.items()):
            print(f"  {key.replace('_', ' ')}: {value}")
    sys.exit(0 if tally.is_good else 1)
