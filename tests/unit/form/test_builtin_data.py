#!/usr/bin/env python3
"""test_builtin_data.py: the built-in packs say what their sources say: limits, groups, sample sizes, classes, marks, languages."""
import json
import os
import re
import sys
from pathlib import Path

SOURCE = Path(os.environ.get("JX_SOURCE", Path(__file__).resolve().parents[3]))
PACKS = SOURCE / "src" / "form" / "packs"

# GB/T 27770 to 27773-2011, levels A, B, C: typed from the published table, not from the pack.
LIMITS = {
    "rodent.proofing": (">=", "97 95 93"), "rodent.indoor-sign-rate": ("<=", "1 3 5"),
    "rodent.outdoor-path-index": ("<=", "1 3 5"), "mosquito.small-water-path-index": ("<=", "0.1 0.5 0.8"),
    "mosquito.dipper-index": ("<=", "1 3 5"), "mosquito.larvae-per-positive-dip": ("<", "3 5 8"),
    "mosquito.landing-index": ("<=", "0.5 1.0 1.5"), "fly.room-rate": ("<=", "3 6 9"),
    "fly.per-positive-room": ("<=", "3 3 3"), "fly.proofing": (">=", "98 95 90"),
    "fly.outdoor-breeding": ("<=", "1 3 5"), "fly.ready-food": ("<=", "0 0 0"),
    "fly.indoor-breeding": ("<=", "0 0 0"), "cockroach.infestation-rate": ("<=", "1 3 5"),
    "cockroach.small-per-room": ("<=", "5 10 10"), "cockroach.large-per-room": ("<=", "2 5 5"),
    "cockroach.ootheca-rate": ("<=", "1 2 3"), "cockroach.oothecae-per-room": ("<=", "2 4 8"),
    "cockroach.trace-rate": ("<=", "3 5 7"),
}
# Totals that the published table gives below its columns: units, effort (None: the table has no such total).
TOTALS = {
    "rodent-indoor": [(34, 340), (64, 635), (119, 1190), (174, 1750), (234, 2340)],
    "rodent-outdoor": [(None, 1000), (None, 1500), (None, 2000), (None, 2500), (None, 3000)],
    "fly-indoor": [(30, 300), (57, 565), (108, 1080), (161, 1620), (216, 2160)],
    "cockroach": [(60, 600), (110, 1100), (165, 1650), (210, 2100), (310, 3100)],
    "mosquito-path": [(None, 4000), (None, 8000), (None, 12000), (None, 16000), (None, 20000)],
}
KEY_CLASSES = {"01", "02", "04", "05", "06", "07", "11"}
MEANS = {"mosquito.larvae-per-positive-dip", "fly.per-positive-room", "cockroach.small-per-room",
         "cockroach.large-per-room", "cockroach.oothecae-per-room"}
CHINESE = re.compile("[\u3400-\u9fff℃%]|^[0-9A-Z.]")


def walk(node, path=""):
    yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from walk(value, f"{path}[{i}]")


def texts_and_marks(name, pack):
    marks = pack.get("confidence_marks", {})
    used = set()
    for path, node in walk(pack):
        if not isinstance(node, dict):
            continue
        if "zh" in node or "en" in node:
            if not node.get("zh") or not node.get("en"):
                yield f"{name}: {path} has only one language"
            elif not CHINESE.search(node["zh"]):
                yield f"{name}: {path}: {node['zh']!r} is not Chinese"
            elif re.search("[\u3400-\u9fff]", node["en"]):
                yield f"{name}: {path}: {node['en']!r} is not English"
        for key in ("confidence", "event_confidence"):
            if key in node:
                used.add(node[key])
                if node[key] not in marks:
                    yield f"{name}: {path}.{key}: {node[key]!r} is not among confidence_marks"
    for mark in set(marks) - used:
        yield f"{name}: the mark {mark!r} is explained but not used"


def pest(pack):
    rows = {row["index"]: (row["op"], " ".join(row["at"])) for limit in pack["limits"] for row in limit["rows"]}
    for index in sorted(set(rows) | set(LIMITS)):
        if rows.get(index) != LIMITS.get(index):
            yield f"limits of {index} are {rows.get(index)}, not {LIMITS.get(index)}"
    grouped = [index for limit in pack["limits"] for group in limit["groups"] for index in group["rows"]]
    if sorted(grouped) != sorted(LIMITS):
        yield "not every row of limits is in exactly one group"
    for quota in pack["quotas"]:
        for band, wanted in enumerate(TOTALS.get(quota["id"], [])):
            for column in (0, 1):
                got = sum(row["cells"][band][column] for row in quota["rows"])
                if wanted[column] is not None and got != wanted[column]:
                    yield f"quota {quota['id']}, band {band}: {got}, not {wanted[column]}"
    classes = next(codes["codes"] for codes in pack["lists"] if codes["id"] == "unit-class")
    if {code["code"] for code in classes if code.get("key")} != KEY_CLASSES or len(classes) != 18:
        yield "unit classes are not the 18 with 7 key ones"
    for index in pack["indices"]:
        if (index["id"] in MEANS) and (index["interval"] != "none" or "positives_of" not in index):
            yield f"{index['id']}: a mean per positive unit has no interval, and names the rate of its positives"
    counted = {count["index"] for form in pack["forms"] for count in form.get("counts", [])}
    for index in pack["indices"]:
        if index["id"] not in counted:
            yield f"{index['id']}: no form counts for it"
    if "2025-11-01" not in next(x for x in pack["limits"] if "27772" in x["edition"])["note"]["en"]:
        yield "fly limits do not say since when they are superseded"


def main():
    packs = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(PACKS.glob("*.json"))}
    faults = [fault for name, pack in packs.items() for fault in texts_and_marks(name, pack)]
    faults += list(pest(packs["pest-density.json"]))
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(packs)} packs, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
