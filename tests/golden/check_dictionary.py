#!/usr/bin/env python3
"""A second reader of packed messages, written from sync/PROTOCOL.md section 4.1: check_dictionary.py [SOURCE].

Every message of tests/golden/wire/dictionary-N comes out as it stands in tests/golden/wire/v1.
"""
import struct
import subprocess
import sys
from pathlib import Path

TIME_FROM, BELOW, MASK = 10**11, 10**15, 2**64 - 1


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


class Reader:
    def __init__(self, numbers, taken):
        self.numbers, self.taken = numbers, taken
        self.number_at = self.taken_at = 0
        self.number = self.time = self.time_old = 0
        self.hash = bytes(32)
        self.places = {}
        self.slots, self.used = [bytes(16)] * 8, [0] * 8
        self.now = 0

    def difference(self):
        value, self.number_at = varint(self.numbers, self.number_at)
        return -(value + 1) // 2 if value & 1 else value // 2

    def more(self, count):
        piece = self.taken[self.taken_at:self.taken_at + count]
        assert len(piece) == count
        self.taken_at += count
        return piece

    def new_time(self, value):
        self.time_old, self.time = self.time, value
        return value

    def place(self, before):
        a, b = struct.unpack("<QQ", before[-16:].rjust(16, b"\0"))
        x = (a * 0x9E3779B97F4A7C15 ^ b * 0xC2B2AE3D27D4EB4F) & MASK
        return ((x ^ x >> 29) * 0xBF58476D1CE4E5B9 & MASK) >> 54

    def plain_number(self, before):
        where = self.place(before)
        v, t, follows = self.places.get(where, (0, 0, False))
        w = self.difference() + (v + self.time - t if follows else v)
        assert 0 <= w < TIME_FROM
        self.places[where] = (w, self.time, abs(w - v - (self.time - t)) < abs(w - v))
        self.number = w
        return b"%d" % w

    def uuid(self, raw):
        text = raw.hex()
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])).encode()

    def keep(self, raw):
        slot = self.used.index(min(self.used))
        self.slots[slot] = raw
        self.use(slot)
        return self.uuid(raw)

    def use(self, slot):
        self.now += 1
        self.used[slot] = self.now

    def mark(self, mark, before):
        if mark == 1:
            return self.plain_number(before)
        if mark in (2, 3, 4):
            base = {2: self.time, 3: self.time_old, 4: self.time - self.number}[mark]
            return b"%d" % self.new_time(self.difference() + base)
        if mark in (5, 6, 7):
            raw = self.more({5: 8, 6: 32, 7: 64}[mark])
            self.hash = raw if mark == 6 else self.hash
            return raw.hex().encode()
        if mark == 8:
            return self.hash.hex().encode()
        if mark == 14:
            first = self.new_time(self.difference() + self.time)
            return self.keep(first.to_bytes(6, "big") + self.more(10))
        if mark == 15:
            return self.keep(self.more(16))
        assert self.used[mark - 16] > 0
        self.use(mark - 16)
        return self.uuid(self.slots[mark - 16])


def is_mark(byte):
    return 1 <= byte <= 8 or 14 <= byte <= 23


def message(laid):
    if laid[0] == 0:
        return laid[1:]
    assert laid[0] == 1
    numbers, at = varint(laid, 1)
    taken, at = varint(laid, at)
    reader = Reader(laid[at:at + numbers], laid[at + numbers:at + numbers + taken])
    text = laid[at + numbers + taken:]
    out = b"".join(reader.mark(byte, text[:k]) if is_mark(byte) else bytes((byte,)) for k, byte in enumerate(text))
    assert (reader.number_at, reader.taken_at) == (numbers, taken)
    return out


def main():
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    golden = source / "tests/golden/wire"
    count = 0
    for folder in sorted(golden.glob("dictionary-*")):
        dictionary = source / "sync/wire/dictionary" / (folder.name.split("-")[1] + ".zdict")
        for packed in sorted(folder.glob("*.zst")):
            laid = subprocess.run(["zstd", "-q", "-d", "-c", "-D", str(dictionary), str(packed)], check=True, capture_output=True).stdout
            assert message(laid) == (golden / "v1" / packed.stem).read_bytes(), packed
            count += 1
    assert count > 0, "no golden messages"
    print(f"{count} messages read as they were written")


if __name__ == "__main__":
    main()
