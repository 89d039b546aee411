#!/usr/bin/env python3
"""Profiles hold the known keys, each once, with values of the right type and range (include/jiexun/device.h)."""
import re
import sys

KEYS = {
    "device": {"name": r".{0,63}", "model": r".{0,63}"},
    "gps": {"source": r"gpsd|none|replay", "host": r"\S{1,63}", "port": (1, 65535), "device": r"(/dev/\S+)?",
            "replay": r"/.*", "stale_after_ms": (500, 600000)},
    "storage": {"data_dir": r"(/.*)?", "reserve_mb": (0, 10**7), "warn_mb": (0, 10**7),
                "prune": r"auto|never", "keep_days": (30, 3650), "backup": r"required|none"},
    "camera": {"source": r"none|v4l2|libcamera|test|file|pipeline", "device": r".{0,1023}", "pipeline": r".{0,1023}",
               "format": r"raw|jpeg", "width": (0, 16384), "height": (0, 16384), "quality": (50, 100),
               "settle_ms": (0, 10000), "wait_ms": (500, 60000), "torch": r"(/.*)?"},
    "sound": {"source": r".{0,1023}"},
    "photos": {"max_mb": (1, 100)},
    "day": {"utc_offset_min": (-720, 840)},
    "sync": {"interval_min": (1, 1440), "metered_originals": r"wait|send"},
    "keys": {"store": r"file|systemd-creds"},
}


def fits(rule, value):
    if isinstance(rule, tuple):
        return bool(re.fullmatch(r"0|-?[1-9]\d*", value)) and rule[0] <= int(value) <= rule[1]
    return bool(re.fullmatch(rule, value))


def check(path):
    section, seen = None, {}
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f.read().split("\n"), 1):
            where = f"{path}:{number}"
            if not line.strip() or line[0] in "#;":
                continue
            head = re.fullmatch(r"\[(\w+)\]", line.strip())
            if head:
                section = head.group(1)
                if section not in KEYS:
                    yield f"{where}: unknown section [{section}]"
                continue
            key, equals, value = (part.strip() for part in line.partition("="))
            if not equals:
                yield f"{where}: no '='"
            elif key not in KEYS.get(section, {}):
                yield f"{where}: unknown key {key} in [{section}]"
            elif (section, key) in seen:
                yield f"{where}: {key} stands twice"
            elif not fits(KEYS[section][key], value):
                yield f"{where}: {key} = {value!r} is out of range"
            seen[section, key] = value
    for name, keys in KEYS.items():
        for key in keys:
            if (name, key) not in seen and key != "replay":
                yield f"{path}:1: [{name}] {key} is missing: a shipped profile shows every key"
    if int(seen.get(("storage", "warn_mb"), 0)) < int(seen.get(("storage", "reserve_mb"), 0)):
        yield f"{path}:1: warn_mb is below reserve_mb"


if __name__ == "__main__":
    problems = [p for path in sys.argv[1:] for p in check(path)]
    print("\n".join(problems) if problems else f"{len(sys.argv) - 1} profiles")
    sys.exit(1 if problems or len(sys.argv) < 2 else 0)
