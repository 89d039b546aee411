"""As much of a handheld as the server's tests need, written from sync/PROTOCOL.md."""
import base64
import hashlib
import hmac
import json
import os
import ssl
import time
import uuid

import nacl.signing

from harness import Connection


def tag(name):
    return name.encode().ljust(16, b"\0")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def listed(photo):
    """A photo as its bytes, or one too large to be held: as its hash and size."""
    return photo if isinstance(photo, dict) else {"sha256": sha256(photo).hex(), "size_bytes": len(photo)}


def unbase32(text):
    number = 0
    for digit in text:
        number = number << 5 | "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(digit)
    return number.to_bytes(len(text) * 5 // 8, "big")


def spki_of(certificate_der):
    """SHA-256 of the SubjectPublicKeyInfo: here always the 91 bytes of a P-256 key, which begin the same way."""
    begin = certificate_der.index(bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"))
    return sha256(certificate_der[begin:begin + 91])


def seen_spki(connection):
    return spki_of(connection.socket.getpeercert(binary_form=True))


class Device:
    """Its own key and chain; every request on the connection it is given."""

    def __init__(self):
        self.key = nacl.signing.SigningKey.generate()
        self.public = bytes(self.key.verify_key)
        self.n = 0
        self.challenge = None
        self.receipt = None
        self.token = None

    def sign(self, name, *parts):
        return self.key.sign(tag(name) + b"".join(parts)).signature

    def fingerprint(self):
        digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        number = int.from_bytes(sha256(self.public)[:10], "big")
        text = "".join(digits[number >> shift & 31] for shift in range(75, -1, -5))
        return "-".join(text[i:i + 4] for i in range(0, 16, 4))

    def enrol(self, connection, code):
        plain = code.replace("-", "")
        spki = seen_spki(connection)
        mac = hmac.new(unbase32(plain[4:20]), tag("jx1.enrol") + self.public + spki, "sha256").digest()
        body = {"v": 1, "code": plain[:4], "public_key": self.public.hex(), "tls_spki_sha256": spki.hex(), "mac": mac.hex(),
                "sig": self.sign("jx1.enrol", mac).hex(), "program": "test/1"}
        answer = connection.ask("POST", "/v1/enrol", {"Content-Type": "application/json"}, json.dumps(body).encode())
        if answer.status != 200:
            return answer
        got = json.loads(answer.body)
        self.writer = uuid.UUID(got["writer"])
        self.identity = bytes.fromhex(got["identity"])
        self.pins = got["pins"]
        self.head = sha256(tag("jx1.root"), self.writer.bytes, self.public)
        return answer

    def make_entry(self, photos=(), **more):
        now = int(time.time() * 1000)
        entry = {"v": 1, "id": str(uuid.UUID(bytes=now.to_bytes(6, "big") + b"\x70" + os.urandom(1) + b"\x80" + os.urandom(7))),
                 "writer": str(self.writer), "n": self.n + 1, "kind": "observation", "salt": os.urandom(8).hex(), "taken_utc_ms": now,
                 "saved_utc_ms": now, "mono_ms": 1, "boot": str(uuid.UUID(int=7)), "day": "2026-09-01", "place": {"source": "none"}, "form": "disorder",
                 "pack": "ten-disorders", "pack_version": 1, "answers": {"result": "nothing-found"}}
        entry.update(more)
        if photos:
            entry["photos"] = [{**listed(p), "type": "image/jpeg", "role": "wide", "how": "camera"} for p in photos]
        data = json.dumps(entry, separators=(",", ":")).encode()
        self.n += 1
        self.head = sha256(tag("jx1.head"), self.writer.bytes, self.n.to_bytes(8, "big"), self.head, sha256(data))
        return data

    def sync_body(self, entries, **more):
        first = {"v": 1, "program": "test/1", "last_n": self.n, "last_head": self.head.hex()}
        if entries:
            first.update({"from_n": self.n - len(entries) + 1, "count": len(entries), "sig": self.sign("jx1.head", self.head).hex()})
        first.update(more)
        return b"".join(line + b"\n" for line in [json.dumps(first).encode(), *entries])

    def headers(self, body, path="/v1/sync"):
        challenge = b"" if self.challenge is None else base64.b64decode(self.challenge)
        receipt = bytes(32) if self.receipt is None else self.receipt
        sig = self.sign("jx1.sign-in", self.identity, sha256(challenge), b"POST\n", path.encode(), b"\n", sha256(body), receipt)
        value = f"Jiexun writer={self.writer}"
        if self.challenge is not None:
            value += f",challenge={self.challenge}"
        if self.receipt is not None:
            value += f",receipt={receipt.hex()}"
        return {"Authorization": f"{value},sig={sig.hex()}", "Content-Type": "application/x-ndjson"}

    def sync(self, connection, entries=(), **more):
        """One sync, signed again once if the server asks for it. Returns the answer's first line."""
        body = self.sync_body(list(entries), **more)
        answer = connection.ask("POST", "/v1/sync", self.headers(body), body)
        if answer.status == 401:
            self.challenge = json.loads(answer.body)["challenge"]
            answer = connection.ask("POST", "/v1/sync", self.headers(body), body)
        if answer.status != 200:
            raise AssertionError(f"{answer.status} {answer.body}")
        got = json.loads(answer.body.split(b"\n")[0])
        self.challenge = got.get("challenge", self.challenge)
        self.token = got.get("token", self.token)
        if "receipt" in got:
            self.receipt = sha256(bytes.fromhex(got["receipt"]["sig"]), got["receipt"]["text"].encode())
        return got

    def photo_headers(self, **more):
        headers = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.token}"}
        headers.update({name.replace("_", "-"): value for name, value in more.items()})
        return headers

    def upload_headers(self, photo):
        return self.photo_headers(Upload_Length=len(photo), Content_Type="application/offset+octet-stream", Content_Length=len(photo),
                                  Upload_Metadata="sha256 " + base64.b64encode(sha256(photo).hex().encode()).decode())


def head_of(method, path, headers):
    return (f"{method} {path} HTTP/1.1\r\nHost: x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode()


__all__ = ["Connection", "Device", "head_of", "seen_spki", "sha256", "spki_of", "ssl"]
