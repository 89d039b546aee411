#!/usr/bin/env python3
"""Power cuts, method A: record what the unmodified programs do to their disks, cut after every change, look.

Each workload runs real `jx` and `jiexund` with recorder.c preloaded. powercut-check then builds, after each change, disks
that POSIX allows, starts the product's own store and vault on them and holds against what is there every promise that people
were given up to then. A failure is told with the command that shows that one point again; the recording is kept for it.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
POINTS = 50000
LEAST = 4  # a change: nothing kept, all kept, and two between
KEYS = ("name", "count", "lost", "duplicated", "failed", "seconds")
TABLE = ("operations", "images", "promises", "absent", "present", "gone_on", "entries", "photos")


def find_build(given):
    """Where programs are: as for every test, or --build."""
    build = given or os.environ.get("JX_BUILD") or os.path.join(HERE, "..", "..", "build", "release")
    os.environ["JX_BUILD"] = os.path.abspath(build)
    if given or "JX_BIN" not in os.environ:
        os.environ["JX_BIN"] = os.path.join(os.environ["JX_BUILD"], "bin")
    os.environ.setdefault("JX_SOURCE", os.path.abspath(os.path.join(HERE, "..", "..")))
    sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e", "support")]
    if not os.path.exists(checker()):
        raise SystemExit(f"powercut: {checker()} is not there: build the target powercut")


def checker():
    return os.path.join(os.environ["JX_BIN"], "powercut-check")


def check(r, points, seed, *more):
    """Points of one recording; its line as an object, and what it said."""
    # the checker looks with the product's own store: a defect that is switched on is the programs', not its own
    env = {name: value for name, value in os.environ.items() if name != "JX_CONTROL"}
    args = [checker(), "--log", r.log.path, "--name", f"powercut.{r.name}", "--points", str(points), "--seed", str(seed), "--live"]
    done = subprocess.run([*args, *(["--trial"] if r.trial else []), *([] if r.is_keyed else ["--no-life"]), *more], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    if not done.stdout:
        return {"name": f"powercut.{r.name}", "count": 0, "lost": 0, "duplicated": 0, "failed": 1, "seconds": 0}, done.stderr
    line = json.loads(done.stdout)
    if done.returncode not in (0, 1):
        line["failed"] += 1  # a sanitizer's report, or a death
    return line, done.stderr


def looked(line, name):
    """Why this run would not have seen a loss; empty if it would."""
    if name == "revive":
        return [] if line["count"] > 0 else ["no program was started"]
    wants = {"promises": "nobody was promised anything", "entries": "the disks are empty", "operations": "nothing was recorded"}
    if name not in ("upgrade", "restart", "rotate"):
        wants.update({"absent": "no image without an entry that nobody was told of", "present": "no image with such an entry"})
    if name not in ("setup", "upgrade"):
        wants["photos"] = "there is no photo"
    return [text for key, text in wants.items() if line.get(key, 0) == 0]


class Run:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.lines, self.is_good = {}, True

    def say(self, *words):
        print(*words, file=sys.stderr, flush=True)

    def fail(self, line, text):
        line["failed"] = line.get("failed", 0) + 1
        self.is_good = False
        self.say(text)

    def record(self, names):
        import e2e
        from workloads import Workshop
        os.environ.setdefault("JX_SEED", str(self.options.seed))
        shop, made = Workshop(self.folder, self.options.seed, max(6, min(400, self.options.points // 5000))), {}
        for name in names:
            began = time.monotonic()
            self.lines[name] = {"name": f"powercut.{name}", "count": 0, "lost": 0, "duplicated": 0, "failed": 0, "seconds": 0}
            try:
                made[name] = list(shop.recordings(name))
            except (AssertionError, OSError, LookupError, ValueError, subprocess.SubprocessError) as error:
                self.fail(self.lines[name], f"powercut.{name}: the workload itself fails: {type(error).__name__} {error}")
                made[name] = list(shop.made.get(name, []))
            self.lines[name]["count"] += sum(r.lives for r in made[name])
            self.lines[name]["seconds"] += time.monotonic() - began
        del e2e
        return made

    def points(self, made):
        """Shared by the number of changes, so that every change is looked at as often as any other."""
        changes = sum(len(r.changes) for recordings in made.values() for r in recordings)
        return [(name, r, max(LEAST * len(r.changes), self.options.points * len(r.changes) // max(1, changes)))
                for name, recordings in made.items() for r in recordings if r.changes]

    def add(self, name, r, line, told):
        for key, value in line.items():
            if key != "name":
                self.lines[name][key] = min(self.lines[name].get(key, value), value) if key == "least" else \
                    self.lines[name].get(key, 0) + value
        if self.options.lie and line["lost"] > 0 and line["count"] > 0:
            self.say(f"{line['name']}: a lying disk is noticed, {line['lost']} times in {line['count']}")
        elif self.options.lie:
            self.fail(self.lines[name], f"{line['name']}: a lying disk was NOT noticed: the checker is blind\n{told}")
        elif line["lost"] or line["duplicated"] or line["failed"]:
            self.is_good = False
            self.say(told.rstrip())
            point = re.search(r"after change (\d+) .*, image (\d+): ", told)
            self.say(f"again: tests/powercut/powercut.py --replay {r.log.path} --seed {self.options.seed}"
                     + (" --trial" if r.trial else "") + ("" if r.is_keyed else " --no-life")
                     + (f" --only {point[1]}:{point[2]}" if point else ""))

    def check(self, work):
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            more = ["--lie"] if self.options.lie else []
            futures = {pool.submit(check, r, points, self.options.seed, *more): (name, r)
                       for name, r, points in sorted(work, key=lambda w: -w[2])}
            for future in concurrent.futures.as_completed(futures):
                self.add(*futures[future], *future.result())

    def finish(self):
        for name, line in self.lines.items():
            for text in looked(line, name):
                if not line["failed"] and not self.options.lie:
                    self.fail(line, f"powercut.{name} proves nothing: {text}")
            if self.options.json:
                print(json.dumps({key: round(line[key], 1) if key == "seconds" else line[key] for key in KEYS}))
            else:
                print(f"{line['name']}: {line['count']} power cuts, lost {line['lost']}, duplicated {line['duplicated']}, failed "
                      f"{line['failed']}, {line['seconds']:.1f} s")
                print("  " + ", ".join(f"{key} {line.get(key, 0)}" for key in TABLE) + f", at least {line.get('least', 0)} a change")
        return 0 if self.is_good else 1


def replay(options):
    class Kept:
        name, trial, is_keyed = "replay", options.trial, not options.no_life

        class log:
            path = options.replay
    line, told = check(Kept, 1, options.seed, *(["--only", options.only] if options.only else ["--points", str(options.points)]))
    print(told, end="")
    print(json.dumps(line))
    return 1 if line["lost"] or line["duplicated"] or line["failed"] else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=POINTS, help=f"power cuts over all workloads (default {POINTS})")
    parser.add_argument("--workload", action="append", metavar="NAME", help="setup, save, photo, sync, ingest, restart, upgrade, rotate, revive (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true", help="one object a line, nothing else on standard output")
    parser.add_argument("--lie", action="store_true", help="the disks only say that they synced: this must be noticed, or it fails")
    parser.add_argument("--build", help="build folder with the programs (default: JX_BUILD, build/release)")
    parser.add_argument("--keep", metavar="FOLDER", help="record there, and keep it")
    parser.add_argument("--replay", metavar="LOG", help="check a recording that was kept")
    parser.add_argument("--only", metavar="CHANGE:IMAGE", help="with --replay: this one point")
    parser.add_argument("--trial", action="store_true", help="with --replay: the recording is an upgrade's")
    parser.add_argument("--no-life", action="store_true", help="with --replay: keys were exchanged in the recording")
    options = parser.parse_args()
    find_build(options.build)
    if options.replay:
        return replay(options)
    from workloads import WORKLOADS
    names = options.workload or list(WORKLOADS)
    if set(names) - set(WORKLOADS):
        parser.error(f"no such workload: {' '.join(sorted(set(names) - set(WORKLOADS)))}")
    # in memory: what is certain is for the checker to say, not for a disk here
    folder = options.keep or tempfile.mkdtemp(prefix="powercut-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    os.makedirs(folder, exist_ok=True)
    run = Run(options, os.path.realpath(folder))
    made = run.record(names)
    run.check(run.points(made))
    status = run.finish()
    if status == 0 and not options.keep:
        shutil.rmtree(folder)
    elif status != 0:
        run.say(f"the recordings are kept in {folder}")
    return status


if __name__ == "__main__":
    sys.exit(main())
