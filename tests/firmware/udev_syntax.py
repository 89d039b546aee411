#!/usr/bin/env python3
"""Syntax of udev rules (udev(7) of systemd 252), for places where `udevadm test` cannot run.

Each line is KEY[{ATTRIBUTE}] OPERATOR "VALUE", ... with keys and operators as the manual lists them; each GOTO has
its LABEL further down.
"""
import re
import sys

MATCH = {"==", "!="}
ASSIGN = {"=", ":="}
LIST = {"=", "+=", ":=", "-="}
KEYS = {
    "ACTION": MATCH, "DEVPATH": MATCH, "KERNEL": MATCH, "KERNELS": MATCH, "SUBSYSTEM": MATCH, "SUBSYSTEMS": MATCH,
    "DRIVER": MATCH, "DRIVERS": MATCH, "ATTRS": MATCH, "TAGS": MATCH, "TEST": MATCH, "RESULT": MATCH, "CONST": MATCH,
    "ATTR": MATCH | {"="}, "SYSCTL": MATCH | {"="}, "NAME": MATCH | ASSIGN, "ENV": MATCH | {"=", "+="},
    "TAG": MATCH | LIST, "SYMLINK": MATCH | LIST, "OWNER": ASSIGN, "GROUP": ASSIGN, "MODE": ASSIGN,
    "SECLABEL": {"=", "+="}, "RUN": LIST, "LABEL": {"="}, "GOTO": {"="}, "IMPORT": MATCH | {"="},
    "PROGRAM": MATCH | {"="}, "OPTIONS": {"=", "+=", ":="},
}
NEEDS_ATTRIBUTE = {"ATTR", "ATTRS", "ENV", "IMPORT", "CONST", "SYSCTL", "SECLABEL"}
TOKEN = re.compile(r'\s*([A-Z]+)(?:\{([^}]*)\})?\s*(==|!=|\+=|-=|:=|=)\s*e?"((?:\\.|[^"\\])*)"\s*')


def check_line(text):
    """(tokens, problem)"""
    tokens, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            return tokens, f"not understood: {text[at:at + 40]!r}"
        key, attribute, operator, value = match.groups()
        if key not in KEYS:
            return tokens, f"unknown key {key}"
        if operator not in KEYS[key]:
            return tokens, f"operator {operator} does not go with {key}"
        if (attribute is None) == (key in NEEDS_ATTRIBUTE):
            return tokens, f"{key} {'needs' if key in NEEDS_ATTRIBUTE else 'takes no'} {{attribute}}"
        if key == "MODE" and not re.fullmatch(r"0?[0-7]{3,4}", value):
            return tokens, f"MODE {value!r} is no octal mode"
        tokens.append((key, operator, value))
        at = match.end()
        if at < len(text):
            if text[at] != ",":
                return tokens, f"comma missing before {text[at:at + 40]!r}"
            at += 1
    return tokens, None


def check(path):
    with open(path, encoding="utf-8") as f:
        lines = f.read().replace("\\\n", " ").split("\n")
    labels, jumps = {}, []
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        tokens, problem = check_line(line)
        if problem:
            yield f"{path}:{number}: {problem}"
        for key, _, value in tokens:
            if key == "LABEL":
                labels[value] = number
            elif key == "GOTO":
                jumps.append((number, value))
    for number, value in jumps:
        if labels.get(value, 0) <= number:
            yield f"{path}:{number}: GOTO {value!r} has no LABEL below it"


if __name__ == "__main__":
    problems = [p for path in sys.argv[1:] for p in check(path)]
    print("\n".join(problems) if problems else f"{len(sys.argv) - 1} files of rules")
    sys.exit(1 if problems or len(sys.argv) < 2 else 0)
