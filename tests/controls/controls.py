#!/usr/bin/env python3
"""Switch one defect on; the harness whose business it is must report it. With no defect the same commands must report nothing.

Runs in the build with controls (preset `controls`). What counts is a report: the harness's line of JSON with something lost,
duplicated or failed, exit status 1, and the words for what was wrong. A crash, a wrong option or silence does not.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time

from harnesses import SOURCE, Command, environment, python

# Of one command; seconds on a quiet machine.
PATIENCE_S = 900


class Budget:
    """A command with two counts: few when it must find nothing, more when it must find something, which ends it early."""

    def __init__(self, command, without, within):
        self.command, self.without, self.within = command, without, within


COMMANDS = {
    "sim": Budget(Command("{bin}/sim", count_option="--histories"), 60, 500),
    "powercut": Budget(python("powercut/powercut.py", "--workload", "save", count_option="--points"), 2000, 500),
    "network": Budget(python("e2e/network_test.py", "--devices", "3", count_option="--count"), 200, 300),
    "kill.server": Budget(python("e2e/kill_test.py", "server", "--devices", "3", count_option="--count"), 40, 100),
    "calls.save": Budget(python("torture/calls.py", "--operation", "save", "--errnos", "7", "--mode", "file-SHORT-once"), None, None),
    "calls.ingest": Budget(python("torture/calls.py", "--operation", "ingest", "--mode", "file-EIO-sticky", count_option="--shallow"),
                           40, 40),
    "evidence.device": Budget(Command("{bin}/evidence", "--part", "device-shape", "--entries", "4"), None, None),
    "evidence.office": Budget(Command("{bin}/evidence", "--part", "office-shape", "--part", "photos", "--entries", "4"), None, None),
    "short_write": Budget(python("controls/short_write_test.py", count_option="--count"), 1, 1),
    "together": Budget(python("controls/two_at_once_test.py", count_option="--count"), 10, 10),
}

# control: who must report it, as what, and in which words: so that a run that fails for another reason is not taken for a report
GONE = "is not there|is gone|not any more|missing"
PHOTO = "photo .*(gone|missing|not there|other bytes|changed)"
UNKEPT = "showed [0-9]+ as (sent|complete), but it is not there"
NOT_STORED = "shown as (sent|complete).*(holds (it )?0|has nothing|not stored|not there)"
TWICE = "holds (it )?[2-9]|[2-9] times|twice|two entries"
SEEN_BY = {
    "wal-normal": {"sim": ("lost", GONE), "powercut": ("lost failed", GONE)},
    "no-photo-fsync": {"sim": ("lost", PHOTO), "powercut": ("lost failed", PHOTO)},
    "no-folder-fsync": {"sim": ("lost", PHOTO), "powercut": ("lost failed", PHOTO)},
    "no-unique-id": {"sim": ("duplicated lost", TWICE), "network": ("duplicated lost", TWICE)},
    "receipt-before-commit": {"sim": ("lost", UNKEPT), "network": ("lost", NOT_STORED), "kill.server": ("lost", NOT_STORED),
                              "calls.ingest": ("lost failed", NOT_STORED)},
    "sent-before-receipt": {"sim": ("lost", UNKEPT), "network": ("lost", NOT_STORED)},
    "unchecked-short-write": {"short_write": ("lost", "cut short"), "calls.save": ("lost failed", PHOTO)},
    "verify-off": {"evidence.device": ("failed", "not found"), "evidence.office": ("failed", "not found")},
    "lock-off": {"together": ("failed", "two jiexund run|held the lock")},
}
WRONG = ("lost", "duplicated", "failed")


def known_controls():
    with open(os.path.join(SOURCE, "src", "base", "control.c"), encoding="utf-8") as file:
        return set(re.findall(r'\[JX_CONTROL_\w+\] = "([a-z-]+)"', file.read())) - {"none"}


def lines_of(text):
    """The harness's own lines among what it printed."""
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and {"name", "count", *WRONG} <= set(found):
            yield found


class Trial:
    """One command under one control."""

    def __init__(self, build, control, name):
        self.control, self.name = control, name
        budget = COMMANDS[name]
        self.argv = budget.command.words(build, count=budget.without if control == "none" else budget.within)
        self.env = environment(build, control)
        self.status, self.out, self.seconds = None, "", 0.0

    def run(self):
        begun = time.monotonic()
        try:
            done = subprocess.run(self.argv, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=PATIENCE_S, check=False)
            self.status, self.out = done.returncode, done.stdout.decode("utf-8", "replace")
        except (OSError, subprocess.TimeoutExpired) as error:
            self.out = str(error)
        self.seconds = time.monotonic() - begun
        return self

    @property
    def wrong(self):
        return {kind: sum(line[kind] for line in lines_of(self.out)) for kind in WRONG}

    @property
    def count(self):
        return sum(line["count"] for line in lines_of(self.out))

    @property
    def is_right(self):
        if self.control == "none":
            return self.status == 0 and self.count > 0 and not any(self.wrong.values())
        kinds, words = SEEN_BY[self.control][self.name]
        return self.status == 1 and any(self.wrong[kind] for kind in kinds.split()) and re.search(words, self.out) is not None

    def __str__(self):
        said = ", ".join(f"{kind} {number}" for kind, number in self.wrong.items() if number) or "nothing"
        verdict = "ok" if self.is_right else "reports a fault that is not there" if self.control == "none" else "NOT SEEN"
        return f"{self.control}: {self.name} reports {said} in {self.seconds:.1f} s (status {self.status}): {verdict}"


def trials_of(controls, build):
    for control in controls:
        names = COMMANDS if control == "none" else SEEN_BY[control]
        for name in names:
            yield Trial(build, control, name)


def check_table():
    """Every control has a row, and every row a harness."""
    wrong = [f"{name}: no harness is named that must report it" for name, by in SEEN_BY.items() if not by]
    wrong += [f"{name}: is not both in src/base/control.c and in this table" for name in known_controls() ^ set(SEEN_BY)]
    for text in wrong:
        print(text, file=sys.stderr)
    return len(wrong)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("control", nargs="*", help="these only (default: none, and every defect)")
    parser.add_argument("--build", default=os.environ.get("JX_BUILD"), help="the build with controls (default: JX_BUILD)")
    parser.add_argument("--table", action="store_true", help="only look whether every control has its row")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    unknown = set(args.control) - set(SEEN_BY) - {"none"}
    if unknown or args.build is None:
        parser.error(f"there is no control {' '.join(sorted(unknown))}" if unknown else "--build is needed")
    return args


def main():
    args = parse()
    begun = time.monotonic()
    failed = 0 if args.control else check_table()
    if args.table:
        sys.exit(1 if failed else 0)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        trials = list(pool.map(Trial.run, trials_of(args.control or ["none", *SEEN_BY], args.build)))
    for trial in trials:
        print(trial, file=sys.stderr if args.json else sys.stdout)
        if not trial.is_right:
            failed += 1
            print(f"  {' '.join(trial.argv)}\n{trial.out[-3000:]}", file=sys.stderr)
    if not trials:
        failed += 1
        print("nothing was tried", file=sys.stderr)
    if args.json:
        print(json.dumps({"name": "controls", "count": len(trials), "lost": 0, "duplicated": 0, "failed": failed,
                          "seconds": round(time.monotonic() - begun, 1),
                          "seen": {t.control: [u.name for u in trials if u.control == t.control and u.is_right]
                                   for t in trials if t.control != "none"}}))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
