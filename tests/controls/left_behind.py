#!/usr/bin/env python3
"""Nothing of include/jiexun/control.h is left in a program that people get; everything of it is in the build with controls."""
import os
import re
import sys

from harnesses import SOURCE

PROGRAMS = ("jx", "jiexund", "jx-office")
# the functions, the variable of the environment, the mark in the version
OURS = (b"jx_control", b"JX_CONTROL", b"+controls")


def names():
    with open(os.path.join(SOURCE, "src", "base", "control.c"), encoding="utf-8") as file:
        found = [name.encode() for name in re.findall(r'\[JX_CONTROL_\w+\] = "([a-z-]+)"', file.read()) if name != "none"]
    assert found, "src/base/control.c names no control"
    return found


def main():
    wanted = sys.argv[1] == "--there"
    wrong = 0
    for program in PROGRAMS:
        with open(os.path.join(os.environ["JX_BIN"], program), "rb") as file:
            data = file.read()
        for text in (*OURS, *names()):
            if (text in data) != wanted:
                wrong += 1
                print(f"{program}: {text.decode()} is {'not ' if wanted else ''}there")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
