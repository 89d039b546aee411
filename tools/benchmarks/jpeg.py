#!/usr/bin/env python3
"""A grey picture with so many random bytes in comments: jpeg.py FILE_OF_BYTES OUT. Differs with the bytes, as photos do."""
import struct
import subprocess
import sys

tiny = subprocess.run(["cjpeg", "-grayscale"], input=b"P5 16 16 255\n" + bytes(256), capture_output=True, check=True).stdout
with open(sys.argv[1], "rb") as f:
    rest = f.read()
out = bytearray(tiny[:2])
for i in range(0, len(rest), 65000):
    part = rest[i:i + 65000]
    out += b"\xff\xfe" + struct.pack(">H", len(part) + 2) + part
with open(sys.argv[2], "wb") as f:
    f.write(out + tiny[2:])
