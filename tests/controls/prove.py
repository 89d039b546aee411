#!/usr/bin/env python3
"""Runs the harnesses for tools/prove, which has installed and built what they need; see there for the options."""
import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time

import harnesses
import report
from harnesses import HARNESSES, QUICK, RELEASE, Command, environment

CONTROLS = "controls"
KEYS = ("name", "count", "lost", "duplicated", "failed", "seconds")


def say(zh, en, file=sys.stderr):
    language = next((os.environ[n] for n in ("JX_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "")
    print(zh if language.startswith("zh") else en if language.startswith("en") else f"{zh} | {en}", file=file, flush=True)


class Job:
    """One command of one harness."""

    def __init__(self, harness, number, words, env, log):
        self.harness, self.number, self.words, self.env, self.log = harness, number, words, env, log
        self.lines, self.status, self.begun, self.seconds = [], None, None, 0.0
        self.process = None

    def __str__(self):
        more = f"/{self.number}" if len(self.harness.commands) > 1 else ""
        return self.harness.name + more

    def run(self):
        self.begun = time.monotonic()
        with open(self.log, "wb") as log:
            log.write((" ".join(self.words) + "\n").encode())
            log.flush()
            try:
                # a group of its own: what it started ends with it
                self.process = subprocess.Popen(self.words, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                                stderr=log, start_new_session=True)
                for line in self.process.stdout:
                    log.write(line)
                    log.flush()
                    self.read(line)
                self.status = self.process.wait()
            except OSError as error:
                log.write(str(error).encode())
                self.status = 127
        self.seconds = time.monotonic() - self.begun
        self.judge()

    def read(self, line):
        try:
            found = json.loads(line)
        except ValueError:
            return
        if isinstance(found, dict) and set(KEYS) <= set(found):
            self.lines.append(found)

    def judge(self):
        """A command that ends badly, or says nothing, has failed whatever its numbers are."""
        silent = not any(line["count"] > 0 for line in self.lines)
        if silent or (self.status != 0 and not any(is_bad(line) for line in self.lines)):
            self.lines.append({"name": str(self), "count": 0, "lost": 0, "duplicated": 0, "failed": 1,
                               "seconds": round(self.seconds, 1)})

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)

    @property
    def is_good(self):
        return self.status == 0 and not any(is_bad(line) for line in self.lines)


def is_bad(line):
    return any(line[key] for key in ("lost", "duplicated", "failed"))


def clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


class Run:
    def __init__(self, args):
        self.args = args
        self.folder = os.path.join(args.build, "prove")
        os.makedirs(self.folder, exist_ok=True)
        self.jobs = list(self.make_jobs())
        self.running, self.lock = [], threading.Lock()
        self.begun = time.monotonic()

    def make_jobs(self):
        for name in self.args.names:
            harness = find(name)
            tree = os.path.join(self.args.build, "controls" if name == CONTROLS else "release")
            for number, command in enumerate(harness.commands, 1):
                words = command.words(tree, self.args.tier, self.args.points, self.args.seed)
                yield Job(harness, number, words, environment(tree), os.path.join(self.folder, f"{name}-{number}.log"))

    def work(self, waiting):
        while True:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            with self.lock:
                self.running.append(job)
            job.run()
            with self.lock:
                self.running.remove(job)
                self.tell(job)

    def tell(self, job):
        self.wipe()
        for line in job.lines:
            if self.args.json:
                print(json.dumps(line), flush=True)
            else:
                print(f"{line['name']:<24} {line['count']:>9}   lost {line['lost']}   duplicated {line['duplicated']}   "
                      f"failed {line['failed']}   {line['seconds']} s", flush=True)
        if not job.is_good:
            say(f"{job}:失败(状态 {job.status}),见 {job.log}", f"{job}: failed (status {job.status}), see {job.log}")

    def show(self):
        """One line that a terminal keeps rewriting."""
        with self.lock:
            if sys.stderr.isatty():
                done = sum(job.status is not None for job in self.jobs)
                now = ", ".join(f"{job} {clock(time.monotonic() - (job.begun or time.monotonic()))}" for job in self.running)
                print(f"\r\033[K{done}/{len(self.jobs)}  {now}"[:200], end="", file=sys.stderr, flush=True)

    def wipe(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def run(self):
        waiting = queue.Queue()
        for job in sorted(self.jobs, key=lambda job: not job.harness.is_slow):
            waiting.put(job)
        threads = [threading.Thread(target=self.work, args=(waiting,), daemon=True) for _ in range(self.args.jobs)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.5)
                    self.show()
        except KeyboardInterrupt:
            for job in self.jobs:
                job.stop()
            raise
        self.wipe()
        return all(job.is_good for job in self.jobs)

    def finish(self, is_good):
        lines = [line for job in self.jobs for line in job.lines]
        minutes = (time.monotonic() - self.begun) / 60
        path = self.args.report or os.path.join(self.folder, "report.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(report.page(self.args, self.jobs, minutes))
        totals = {key: sum(line[key] for line in lines) for key in ("count", "lost", "duplicated", "failed")}
        say(f"共 {totals['count']} 次:丢失 {totals['lost']},重复 {totals['duplicated']},失败 {totals['failed']},"
            f"用时 {minutes:.1f} 分钟;报告在 {path}",
            f"{totals['count']} in all: lost {totals['lost']}, duplicated {totals['duplicated']}, failed {totals['failed']}, "
            f"{minutes:.1f} minutes; the report is {path}")
        if not is_good:
            say("有承诺没有守住!", "a promise was not kept!")


def find(name):
    if name != CONTROLS:
        return harnesses.find(name)
    command = Command("python3", "{source}/tests/controls/controls.py", "--build", "{build}", seed_option=None)
    return harnesses.Harness(CONTROLS, "反向检验:逐个打开缺陷,上面的检验必须报告", "defects switched on one by one: the harnesses above must report",
                             [command])


def parse():
    names = [harness.name for harness in HARNESSES] + [CONTROLS]
    parser = argparse.ArgumentParser(prog="tools/prove")
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(names))
    parser.add_argument("--quick", dest="tier", action="store_const", const=QUICK, default=QUICK)
    parser.add_argument("--release", dest="tier", action="store_const", const=RELEASE)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--report")
    parser.add_argument("--points", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--build", required=True)
    parser.add_argument("--targets", action="store_true", help="print what to build, one preset a line")
    args = parser.parse_args()
    for name in args.names:
        if name not in names:
            parser.error(f"there is no harness {name}: {' '.join(names)}")
    for key in ("points", "jobs"):
        if getattr(args, key) is not None and getattr(args, key) < 1:
            parser.error(f"--{key} is 1 or more")
    args.names = args.names or names
    return args


def stopped(number, frame):
    raise KeyboardInterrupt


def main():
    args = parse()
    # what was started is ended in both cases
    signal.signal(signal.SIGTERM, stopped)
    if args.targets:
        wanted = {target for name in args.names if name != CONTROLS for target in find(name).targets}
        if args.names != [CONTROLS]:
            print("release", " ".join(sorted({"programs", "jx-photo", "e2e_clock"} | wanted)))
        if CONTROLS in args.names:
            print("controls controls")
        return 0
    run = Run(args)
    is_good = run.run()
    run.finish(is_good)
    return 0 if is_good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
