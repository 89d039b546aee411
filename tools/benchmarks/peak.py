#!/usr/bin/env python3
"""Peak of the summed PSS of a command and its children, sampled at 50 Hz: peak.py COMMAND ... Prints kB; its output goes to stderr."""
import subprocess
import sys
import time
from pathlib import Path


def pss_kb(pid):
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    own = next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return own + sum(pss_kb(int(c)) for c in children)


child = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
peak = 0
while child.poll() is None:
    peak = max(peak, pss_kb(child.pid))
    time.sleep(0.02)
if child.returncode != 0:
    sys.exit(f"{' '.join(sys.argv[1:])}: exit status {child.returncode}")
print(peak)
