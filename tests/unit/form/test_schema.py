#!/usr/bin/env python3
"""test_schema.py: the packs keep src/form/pack.schema.json, and packs with a mistake in their shape do not."""
import copy
import json
import os
import sys
from pathlib import Path

import jsonschema

SOURCE = Path(os.environ.get("JX_SOURCE", Path(__file__).resolve().parents[3]))
FORM = SOURCE / "src" / "form"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


# Places of rodent.json, what is put there (REMOVE: nothing), as a shape that the loader refuses too.
REMOVE = object()
MISTAKES = [
    (["format"], 3),
    (["version"], 0),
    (["valid_from"], "1.3.2026"),
    (["languages"], []),
    (["name"], {}),
    (["source"], REMOVE),
    (["lists", 0, "id"], "codes"),
    (["lists", 0, "codes"], []),
    (["lists", 0, "codes", 0, "code"], "a code that is too long"),
    (["lists", 0, "codes", 0, "key"], "yes"),
    (["shared_sections", 0, "fields", 0, "list"], REMOVE),
    (["shared_sections", 0, "fields", 1, "id"], "air"),
    (["forms", 0, "name"], REMOVE),
    (["forms", 0, "sections"], REMOVE),
    (["forms", 0, "report"], "later"),
    (["forms", 0, "sections", 1, "repeat", "max"], 20000),
    (["forms", 0, "sections", 1, "fields", 0, "type"], "bool"),
    (["forms", 0, "sections", 1, "fields", 0, "id"], "count"),
    (["forms", 0, "sections", 2, "fields", 6, "role"], REMOVE),
    (["forms", 0, "sections", 2, "fields", 4, "counted"], "rows(rooms)"),
    (["forms", 0, "checks", 0, "must"], REMOVE),
    (["forms", 0, "checks", 0, "at"], REMOVE),
    (["forms", 0, "computed", 0, "value"], "1"),
    (["forms", 0, "counts", 0, "denominator"], REMOVE),
    (["indices", 0, "interval"], "exact"),
    (["indices", 0, "positives_of"], "the rate"),
    (["limits"], [{"edition": "x", "rows": [{"index": "x", "op": "<=", "at": [1, 2, 3]}]}]),
    (["verdicts"], [{"id": "x", "name": {"en": "x"}, "all": [{"topic": "x", "level": "D"}]}]),
    (["quotas", 0, "population_max"], REMOVE),
    (["quotas", 0, "rows", 0, "cells", 0], [10]),
    (["quotas", 0, "rows", 0, "classes"], ["01", "02"]),
    (["phrases", 0, "texts"], []),
    (["time_limits", 0, "codes"], "01"),
    (["time_limits", 0, "days"], 1),
]


def changed(pack, path, value):
    """A copy of the pack with one place changed."""
    pack = copy.deepcopy(pack)
    inner = pack
    for step in path[:-1]:
        inner = inner[step]
    if value is REMOVE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return pack


def main():
    schema = read(FORM / "pack.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    rodent = read(Path(__file__).with_name("rodent.json"))
    packs = sorted((FORM / "packs").glob("*.json"))
    faults = []
    if not packs:
        faults.append(f"no packs in {FORM / 'packs'}")
    for path in packs + [Path(__file__).with_name("rodent.json"), Path(__file__).with_name("grades.json")]:
        for error in validator.iter_errors(read(path)):
            faults.append(f"{path.name}: {error.json_path}: {error.message[:200]}")
    for path, value in MISTAKES:
        if validator.is_valid(changed(rodent, path, value)):
            faults.append(f"rodent.json with a mistake at {path} is taken")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(packs) + 1} packs, {len(MISTAKES)} mistakes, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
