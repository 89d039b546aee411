#!/usr/bin/env python3
"""The protocol, searched to the end by spin: no model may break a property, each planted bug must.

Usage: model.py [--json] [--only NAME] [--keep DIR] [-j N]

With --json one line: count is the number of states searched, failed the runs that came out other than they should.
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
MEMORY_MB = 950  # of one search; two run at once
SECONDS_MAX = 900

# What one search covers: model, bounds. "log" is searched three times because all faults at once are too many states.
SEARCHES = [
    ("enrol", "enrol.pml", {}),
    ("photo", "photo.pml", {}),
    ("log", "log.pml", {"RESTORES": 0, "ROLLBACKS": 0}),
    ("log-restored-server", "log.pml", {"N": 2, "ROLLBACKS": 0, "DROPS": 1, "CRASHES": 1}),
    ("log-restored-handheld", "log.pml", {"N": 2, "RESTORES": 0, "DROPS": 1, "CRASHES": 1}),
    ("log-both-restored", "log.pml", {"N": 2, "DROPS": 0, "DUPS": 0, "CRASHES": 0}),
]

SMALL = {"N": 2, "DROPS": 1, "DUPS": 1, "CRASHES": 1}
# A bug is planted by its switch; the text must be in the assertion that breaks.
BUGS = [
    ("no-dedupe", "log.pml", "BUG_NO_DEDUPE", {**SMALL, "RESTORES": 0, "ROLLBACKS": 0}, "!(twice)"),
    ("receipt-before-commit", "log.pml", "BUG_EARLY_RECEIPT", {**SMALL, "RESTORES": 0, "ROLLBACKS": 0}, "marked"),
    ("sent-before-receipt", "log.pml", "BUG_EARLY_MARK", {**SMALL, "RESTORES": 0, "ROLLBACKS": 0}, "marked"),
    ("old-receipt-trusted-after-restore", "log.pml", "BUG_EPOCH_IGNORED", {**SMALL, "ROLLBACKS": 0}, "r_ep==ep"),
    ("receipt-of-new-epoch-not-asked-for", "log.pml", "BUG_EPOCH_UNASKED", {**SMALL, "ROLLBACKS": 0}, "r_ep==ep"),
    ("head-not-compared", "log.pml", "BUG_NO_HEAD", {**SMALL, "RESTORES": 0}, "wrong_head"),
    ("photo-receipt-before-publish", "photo.pml", "BUG_RECEIPT_BEFORE_PUBLISH", {}, "file"),
    ("old-photo-receipt-trusted-after-restore", "photo.pml", "BUG_PHOTO_EPOCH_IGNORED", {}, "file"),
    ("receipt-not-signed-again-after-restore", "photo.pml", "BUG_RECEIPT_NOT_RENEWED", {}, "finished"),
    ("enrolment-without-same-answer", "enrol.pml", "BUG_NO_SAME_ANSWER", {}, "used_by"),
    ("code-not-burnt", "enrol.pml", "BUG_CODE_NOT_BURNT", {}, "used_by"),
    ("key-not-kept-before-asking", "enrol.pml", "BUG_KEY_NOT_KEPT", {}, "used_by"),
]


class Failed(Exception):
    pass


def run(argv, folder, seconds=SECONDS_MAX):
    result = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    if result.returncode not in (0, 1):
        raise Failed(f"{argv[0]} ended with {result.returncode}: {result.stderr.strip() or result.stdout.strip()}")
    return result


def search(folder, model, bounds, bug=None):
    """States searched, the broken assertion or None, seconds."""
    os.makedirs(folder)
    shutil.copy(os.path.join(HERE, model), folder)
    defines = [f"-D{name}={value}" for name, value in bounds.items()] + ([f"-D{bug}"] if bug else [])
    began = time.monotonic()
    made = run(["spin", "-a", *defines, model], folder)
    if made.returncode != 0 or not os.path.exists(os.path.join(folder, "pan.c")):
        raise Failed(f"spin cannot read {model}: {made.stdout.strip()} {made.stderr.strip()}")
    built = run(["gcc", "-O1" if bug else "-O2", "-w", "-DSAFETY", "-DNOFAIR", f"-DMEMLIM={MEMORY_MB}", "-o", "pan", "pan.c"], folder)
    if built.returncode != 0:
        raise Failed(f"the search of {model} cannot be built: {built.stderr.strip()}")
    out = run([os.path.join(folder, "pan"), "-m20000", "-w23"], folder).stdout
    states = re.search(r"^ *([\d.e+]+) states, stored", out, re.M)
    errors = re.search(r"errors: (\d+)", out)
    if states is None or errors is None:
        raise Failed(f"the search of {model} said nothing: {out.strip()[:300]}")
    broken = re.search(r"^pan:\d+: (.*) \(at depth", out, re.M)
    if broken is None and ("Search not completed" in out or "max search depth too small" in out or errors.group(1) != "0"):
        raise Failed(f"the search of {model} did not come to its end: {out.strip()[:300]}")
    return int(float(states.group(1))), broken.group(1) if broken else None, time.monotonic() - began


def replay(model, bounds, bug=None):
    defines = " ".join([f"-D{name}={value}" for name, value in bounds.items()] + ([f"-D{bug}"] if bug else []))
    return f"spin -t -p -g {defines} {model} in the folder that --keep names"


def judge_search(keep, row):
    name, model, bounds = row
    try:
        states, broken, seconds = search(os.path.join(keep, name), model, bounds)
    except (Failed, subprocess.TimeoutExpired, OSError) as failure:
        return name, 0, False, str(failure), 0
    if broken is not None:
        return name, states, False, f"broken: {broken}; {replay(model, bounds)}", seconds
    # a model that cannot move breaks nothing either
    if states < 100_000:
        return name, states, False, "too few states to have said anything", seconds
    return name, states, True, "0 errors, search complete", seconds


def judge_bug(keep, row):
    name, model, bug, bounds, text = row
    try:
        states, broken, seconds = search(os.path.join(keep, name), model, bounds, bug)
    except (Failed, subprocess.TimeoutExpired, OSError) as failure:
        return name, 0, False, str(failure), 0
    if broken is None or text not in broken:
        return name, states, False, f"planted bug not found where it shows ({broken})", seconds
    return name, states, True, "planted bug found", seconds


def main():
    parser = argparse.ArgumentParser(description="Search the protocol models to the end; find the planted bugs.")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--only", metavar="NAME", help="one search or planted bug")
    parser.add_argument("--keep", metavar="DIR", help="keep searches and counter-examples there (must not exist)")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="searches at once (default 2)")
    args = parser.parse_args()
    jobs = [(judge_search, row) for row in SEARCHES] + [(judge_bug, row) for row in BUGS]
    jobs = [job for job in jobs if args.only in (None, job[1][0])]
    if not jobs:
        sys.exit(f"model.py: there is no search or bug {args.only}")
    began = time.monotonic()
    keep = args.keep or tempfile.mkdtemp(prefix="jiexun-model-")
    states = failed = 0
    try:
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            for name, count, is_good, text, seconds in pool.map(lambda job: job[0](keep, job[1]), jobs):
                states += count
                failed += not is_good
                if not args.json:
                    print(f"{'ok  ' if is_good else 'FAIL'} {name:42} {count:>9} states {seconds:6.1f} s  {text}", flush=True)
                elif not is_good:
                    print(f"model {name}: {text}\nagain: {sys.argv[0]} --only {name} --keep DIR", file=sys.stderr)
    finally:
        if args.keep is None:
            shutil.rmtree(keep, ignore_errors=True)
    line = {"name": "model", "count": states, "lost": 0, "duplicated": 0, "failed": failed, "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps(line) if args.json else f"{states} states, {failed} of {len(jobs)} failed, {line['seconds']} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
