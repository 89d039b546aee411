#!/usr/bin/python3
"""The golden files, read by a second implementation that shares no line with the first.

Written from the text of the formats (sync/PROTOCOL.md, src/form/PACKS.md): tags, digests, heads, signatures, the strict
profile of entries, the order in which our own programs write, and the answers of an observation. Every value in the
files is computed again; what stands in bad.json must be refused.
"""
import datetime
import decimal
import hashlib
import json
import os
import re
import sys
import uuid

import nacl.exceptions
import nacl.signing

HERE = os.path.dirname(os.path.abspath(__file__))
VERSIONS = ["v1", "v1-sound"]
MAX_INT = 2 ** 53


class Refused(Exception):
    """The bytes break a rule."""


def tag(name):
    return name.encode("ascii").ljust(16, b"\0")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def verify(public, signature, message):
    try:
        nacl.signing.VerifyKey(public).verify(message, signature)
    except nacl.exceptions.BadSignatureError as error:
        raise Refused("signature does not fit") from error


def sign(seed, message):
    return nacl.signing.SigningKey(seed).sign(message).signature


# ---- strict JSON, and writing it --------------------------------------------------------------------------------

def no_double(pairs):
    found = {}
    for name, value in pairs:
        if name in found:
            raise Refused(f"name {name!r} stands there twice")
        found[name] = value
    return found


def no_fraction(text):
    raise Refused(f"{text} is no whole number")


def bounded(text):
    value = int(text)
    if abs(value) > MAX_INT:
        raise Refused(f"{text} is beyond 2^53")
    return value


def outside_strings(text):
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)


def parse(data):
    """One JSON value by the entry profile, as a dict that keeps order."""
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=no_double, parse_float=no_fraction, parse_int=bounded,
                           parse_constant=no_fraction)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(str(error)) from error
    if re.search(r"\s", outside_strings(text)):
        raise Refused("white space")
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused("lone surrogate") from error
    return value


def write(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


# ---- entries ----------------------------------------------------------------------------------------------------

PLACE = ["source", "lat_wgs84_e7", "lon_wgs84_e7", "accuracy_mm", "satellites", "fix_mode", "fix_age_ms", "fix_utc_ms",
         "stale", "grid", "street", "ref_version"]
PHOTO = ["sha256", "size_bytes", "type", "role", "how", "taken_utc_ms", "before", "duration_ms"]
ORDER = ["v", "id", "writer", "n", "kind", "salt", "taken_utc_ms", "saved_utc_ms", "mono_ms", "boot", "gnss_utc_ms", "day",
         "area", "person", "shift", "officer2", "source", "campaign", "place", "form", "pack", "pack_version", "answers",
         "photos", "ref", "reason", "observations_total", "photos_total", "continues", "subject"]
INSIDE = {"person": ["id", "verified"], "place": PLACE, "ref": ["id", "digest"], "continues": ["writer", "n", "head"],
          "subject": ["writer", "public_key", "short", "role", "area"]}
COMMON = ["id", "writer", "n", "kind", "taken_utc_ms"]
EVERY_ENTRY = COMMON + ["salt", "saved_utc_ms", "mono_ms", "boot", "day"]
NEEDS = {
    "observation": ["place", "form", "pack", "pack_version", "answers"],
    "correction": ["place", "form", "pack", "pack_version", "answers", "ref", "reason"],
    "withdrawal": ["ref", "reason"],
    "person-in": ["person"], "person-out": [], "shift-start": [],
    "day-close": ["observations_total", "photos_total"],
    "continues": ["continues"],
    "writer-enrolled": ["subject"], "writer-confirmed": ["subject"], "writer-revoked": ["subject"],
}


def need(value, names):
    for name in names:
        if name not in value:
            raise Refused(f"{name} is missing")


def within(value, low, high, name):
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Refused(f"{name} is {value!r}")


def read_entry(data):
    """The entry as a dict. Of a newer version only what storing needs is checked."""
    entry = parse(data)
    if not isinstance(entry, dict) or next(iter(entry), None) != "v":
        raise Refused("v is not first")
    need(entry, COMMON)
    within(entry["n"], 1, MAX_INT, "n")
    uuid.UUID(entry["id"])
    uuid.UUID(entry["writer"])
    if entry["v"] > 1:
        return entry
    need(entry, EVERY_ENTRY)
    if not re.fullmatch(r"[0-9a-f]{16}", entry["salt"]):
        raise Refused("salt")
    try:
        datetime.date.fromisoformat(entry["day"])
    except ValueError as error:
        raise Refused("day") from error
    if entry["kind"] in NEEDS:
        need(entry, NEEDS[entry["kind"]])
        check_place(entry.get("place"))
    return entry


def check_place(place):
    if place is None:
        return
    if place["source"] == "none":
        if "lat_wgs84_e7" in place or "lon_wgs84_e7" in place:
            raise Refused("a position without source")
        return
    within(place["lat_wgs84_e7"], -900000000, 900000000, "latitude")
    within(place["lon_wgs84_e7"], -1800000000, 1800000000, "longitude")


def rebuild(entry):
    """The bytes our own programs write for these fields."""
    def ordered(value, names):
        unknown = set(value) - set(names)
        if unknown:
            raise Refused(f"no place for {unknown}")
        return {name: value[name] for name in names if name in value}

    made = ordered(entry, ORDER)
    for name, names in INSIDE.items():
        if name in made:
            made[name] = ordered(made[name], names)
    if "photos" in made:
        made["photos"] = [ordered(photo, PHOTO) for photo in made["photos"]]
    return write(made)


# ---- chains -----------------------------------------------------------------------------------------------------

class Walk:
    def __init__(self, chain):
        self.writer = uuid.UUID(chain["writer"])
        self.public = bytes.fromhex(chain["public_key"])
        self.n = 0
        self.head = sha256(tag("jx1.root"), self.writer.bytes, self.public)

    def add(self, data, digest, signature):
        entry = read_entry(data)
        n = self.n + 1
        if entry["n"] != n or uuid.UUID(entry["writer"]) != self.writer:
            raise Refused("another writer or number")
        if sha256(data) != digest:
            raise Refused("digest")
        head = sha256(tag("jx1.head"), self.writer.bytes, n.to_bytes(8, "big"), self.head, digest)
        verify(self.public, signature, tag("jx1.head") + head)
        self.n, self.head = n, head
        return entry


def link(walk, row):
    return walk.add(bytes.fromhex(row["bytes_hex"]), bytes.fromhex(row["digest"]), bytes.fromhex(row["sig"]))


def check_chain(chain):
    seed = bytes.fromhex(chain["seed"])
    walk = Walk(chain)
    assert bytes(nacl.signing.SigningKey(seed).verify_key) == walk.public
    assert walk.head.hex() == chain["root"]
    for row in chain["entries"]:
        data = row["bytes"].encode("utf-8")
        assert data.hex() == row["bytes_hex"]
        entry = link(walk, row)
        assert walk.n == row["n"] and walk.head.hex() == row["head"]
        assert sign(seed, tag("jx1.head") + walk.head).hex() == row["sig"]
        if not row["foreign"]:
            assert rebuild(entry) == data, f"entry {walk.n}: {rebuild(entry)}"
    return len(chain["entries"])


# ---- signed texts -----------------------------------------------------------------------------------------------

SIGNED = {
    "jx1.receipt": ("receipt", ["epoch", "writer", "n", "head", "server_utc_ms", "safe_until_n", "fork"], ["fork"]),
    "jx1.photo-rcpt": ("photo-receipt", ["epoch", "writer", "server_utc_ms", "photos"], []),
    "jx1.keys": ("keys", ["identity", "next_identity", "from_utc_ms", "tls_spki_sha256"], ["next_identity"]),
}


def open_signed(row, public):
    kind, names, optional = SIGNED[row["tag"]]
    text = row["text"].encode("utf-8")
    verify(public, bytes.fromhex(row["sig"]), tag(row["tag"]) + text)
    value = parse(text)
    if value["v"] != 1 or value["kind"] != kind or value["key"] != sha256(public)[:8].hex():
        raise Refused("version, kind or key")
    need(value, [name for name in names if name not in optional])
    order = ["v", "kind", "key"] + names
    assert write({name: value[name] for name in order if name in value}) == text
    return value


def check_signed(signed):
    seed, public = bytes.fromhex(signed["seed"]), bytes.fromhex(signed["public_key"])
    for row in signed["signed"]:
        open_signed(row, public)
        text = row["text"].encode("utf-8")
        assert sign(seed, tag(row["tag"]) + text).hex() == row["sig"]
        assert sha256(bytes.fromhex(row["sig"]), text).hex() == row["hash"]
    return len(signed["signed"])


# ---- answers ----------------------------------------------------------------------------------------------------

def answer(row):
    made = {"result": row["result"]}
    if "code" in row:
        made["code"] = row["code"]
    if "quantity" in row:
        quantity = decimal.Decimal(row["quantity"])
        exponent = 0
        while quantity != int(quantity):
            quantity, exponent = quantity * 10, exponent - 1
        made["quantity"] = int(quantity)
        if exponent:
            made["quantity_exp10"] = exponent
        made["unit"] = row["unit"]
    if row["self_handled"]:
        made["self_handled"] = True
    for name in ("party", "unit_responsible", "note"):
        if name in row:
            made[name] = row[name]
    return write(made)


def check_answers(answers):
    for row in answers["answers"]:
        assert answer(row) == row["answers"].encode("utf-8"), row
    return len(answers["answers"])


# ---- what must be refused ---------------------------------------------------------------------------------------

def must_refuse(name, call, *arguments):
    try:
        call(*arguments)
    except Refused:
        return
    raise AssertionError(f"accepted: {name}")


def check_bad(bad, chains, signed):
    for row in bad["links"]:
        chain = next(c for c in chains["chains"] if c["name"] == row["chain"])
        walk = Walk(chain)
        for good in chain["entries"][:row["n"] - 1]:
            link(walk, good)
        must_refuse(row["name"], link, walk, row)
    for row in bad["signed"]:
        must_refuse(row["name"], open_signed, row, bytes.fromhex(signed["public_key"]))
    for row in bad["entries"]:
        must_refuse(row["name"], read_entry, bytes.fromhex(row["bytes_hex"]))
    return sum(len(part) for part in bad.values())


def main():
    for version in VERSIONS:
        files = {}
        for name in ("chains", "signed", "answers", "bad"):
            with open(os.path.join(HERE, version, name + ".json"), encoding="utf-8") as file:
                files[name] = json.load(file)
        entries = sum(check_chain(chain) for chain in files["chains"]["chains"])
        texts = check_signed(files["signed"])
        answers = check_answers(files["answers"])
        refused = check_bad(files["bad"], files["chains"], files["signed"])
        assert min(entries, texts, answers, refused) > 0
        print(f"{version}: {entries} entries, {texts} signed texts, {answers} answers as written; {refused} refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
