#!/usr/bin/env python3
"""Write figures of tools/bench (--json) into the results page: page.py --figures FILE [--page FILE].

Only what stands between the two marks of the page is written anew. A figure that this run did not measure keeps its line.
"""
import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

BEGIN, END = "<!-- figures: written by tools/bench --page -->", "<!-- end of figures -->"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def machine(top):
    """The facts that a reader needs to judge the seconds by."""
    cpu = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    memory = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.M)
    system = re.search(r'^PRETTY_NAME="(.*)"$', Path("/etc/os-release").read_text(), re.M)
    return "; ".join([
        f"{os.cpu_count()} cores of {cpu.group(1) if cpu else os.uname().machine}",
        f"{round(int(memory.group(1)) / 1048576)} GiB" if memory else "memory unknown",
        system.group(1) if system else "system unknown",
        f"kernel {os.uname().release.split('-')[0]}",
        f"files on {output('stat', '-f', '-c', '%T', str(top))}",
        f"load {os.getloadavg()[1]:.1f} when the page was written",
        f"revision {output('git', '-C', str(top), 'rev-parse', '--short', 'HEAD')}",
    ])


def number(v):
    return "-" if v is None else f"{v:,.3f}".rstrip("0").rstrip(".")


def row(f):
    measured = f["ratio"] if f["ratio"] is not None else f["value"]
    verdict = "" if f["aim"] is None else "yes" if measured <= f["aim"] else "**no**"
    return (f"| `{f['name']}` | {number(f['value'])} | {f['unit']} | {number(f['floor'])} | {number(f['ratio'])} "
            f"| {number(f['aim'])} | {verdict} |")


def old_rows(text):
    return {m.group(1): m.group(0) for m in re.finditer(r"^\| `([^`]+)` \|.*$", text, re.M)}


def main():
    top = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser()
    parser.add_argument("--figures", required=True)
    parser.add_argument("--page", default=str(top / "tools/benchmarks/README.md"))
    args = parser.parse_args()
    page = Path(args.page)
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"{page}: the marks of the figures are missing: put both back")
    head, rest = text.split(BEGIN)
    old, tail = rest.split(END)
    figures = [json.loads(line) for line in Path(args.figures).read_text(encoding="utf-8").splitlines() if line]
    rows = old_rows(old)
    rows.update((f["name"], row(f)) for f in figures)
    lines = [BEGIN, "", machine(top) + ".", "", "| figure | value | unit | floor | ratio | aim <= | reached |",
             "| --- | --- | --- | --- | --- | --- | --- |", *(rows[name] for name in sorted(rows)), "", END]
    page.write_text(head + "\n".join(lines) + tail, encoding="utf-8")
    print(f"{len(figures)} figures written, {len(rows) - len({f['name'] for f in figures})} kept", file=sys.stderr)


if __name__ == "__main__":
    main()
