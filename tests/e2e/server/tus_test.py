"""The tus rules of /v1/photos and the rules of /v1/blobs, one by one."""
import base64
import email.utils
import hashlib
import unittest

from harness import Connection, Face, ask

SIZE = 100000


def photo(first):
    return f"{first:02x}" * 32


def metadata(first):
    return "sha256 " + base64.b64encode(photo(first).encode()).decode()


FIELD = {"Authorization": "Bearer field", "Tus-Resumable": "1.0.0"}
STREAM = {**FIELD, "Content-Type": "application/offset+octet-stream"}


class Tus(unittest.TestCase):
    def setUp(self):
        self.face = Face(size=SIZE, max_connections_per_address=0)
        self.path = f"/v1/photos/{photo(0)}"

    def tearDown(self):
        self.face.close()

    def ask(self, *args, **more):
        return ask(self.face.port, *args, **more)

    def create(self, first=0, body=None, **headers):
        wanted = {**FIELD, "Upload-Length": SIZE, "Upload-Metadata": metadata(first)}
        wanted.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.ask("POST", "/v1/photos", {k: v for k, v in wanted.items() if v is not None}, body)

    def patch(self, offset, body, first=0, **headers):
        wanted = {**STREAM, "Upload-Offset": offset}
        wanted.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.ask("PATCH", f"/v1/photos/{photo(first)}", {k: v for k, v in wanted.items() if v is not None}, body)

    def check(self, answer, status, error=None):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer["Tus-Resumable"], "1.0.0")
        if error is not None:
            self.assertIn(f'"error":"{error}"'.encode(), answer.body)

    def test_options(self):
        for headers in ({}, {"Tus-Resumable": "0.2.0"}):
            answer = self.ask("OPTIONS", "/v1/photos", headers)
            self.check(answer, 204)
            self.assertEqual(answer["Tus-Version"], "1.0.0")
            self.assertEqual(answer["Tus-Extension"], "creation,creation-with-upload,checksum,expiration,termination")
            self.assertEqual(answer["Tus-Checksum-Algorithm"], "sha1,sha256")
            self.assertEqual(answer["Tus-Max-Size"], str(32 * 1024 * 1024))

    def test_other_version(self):
        for version in ("0.2.2", "1.0", ""):
            answer = self.ask("HEAD", self.path, {**FIELD, "Tus-Resumable": version})
            self.check(answer, 412)
            self.assertEqual(answer["Tus-Version"], "1.0.0")
        self.check(self.ask("HEAD", self.path, {"Authorization": "Bearer field"}), 412)
        self.check(self.patch(0, b"x", Tus_Resumable="2.0.0"), 412, "tus-version")
        self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "0")

    def test_token_is_needed(self):
        for method in ("POST", "HEAD", "PATCH"):
            path = "/v1/photos" if method == "POST" else self.path
            self.check(self.ask(method, path, {"Tus-Resumable": "1.0.0"}), 401)

    def test_creation(self):
        answer = self.create()
        self.check(answer, 201)
        self.assertEqual(answer["Location"], self.path)
        self.assertEqual(answer["Upload-Offset"], "0")
        self.check(self.create(), 201)

    def test_creation_refused(self):
        self.check(self.create(Upload_Length=None), 400, "bad-request")
        self.check(self.create(Upload_Length="-1"), 400, "bad-request")
        self.check(self.create(Upload_Length="1e3"), 400, "bad-request")
        self.check(self.create(Upload_Length=SIZE + 1), 400, "bad-request")
        self.check(self.create(Upload_Length=None, Upload_Defer_Length="1"), 400, "bad-request")
        self.check(self.create(Upload_Length=33 * 1024 * 1024), 413, "too-large")
        self.check(self.create(Upload_Metadata=None), 400, "bad-request")
        self.check(self.create(Upload_Metadata="sha256"), 400, "bad-request")
        self.check(self.create(Upload_Metadata="sha256 AAAA"), 400, "bad-request")
        self.check(self.create(Upload_Metadata=metadata(0) + "," + metadata(0)), 400, "bad-request")
        self.check(self.create(first=1), 404, "not-listed")

    def test_other_metadata_beside_the_hash(self):
        self.check(self.create(Upload_Metadata="filename L2V0Yy9wYXNzd2Q=," + metadata(0) + ",flag"), 201)

    def test_creation_with_upload(self):
        answer = self.create(body=self.face.photo[:40000], Content_Type=STREAM["Content-Type"])
        self.check(answer, 201)
        self.assertEqual(answer["Upload-Offset"], "40000")
        # again: what is here already is not taken twice, and the answer says where to go on
        answer = self.create(body=self.face.photo[:40000], Content_Type=STREAM["Content-Type"])
        self.check(answer, 409, "offset")
        self.assertEqual(answer["Upload-Offset"], "40000")
        answer = self.create()
        self.check(answer, 201)
        self.assertEqual(answer["Upload-Offset"], "40000")
        answer = self.patch(40000, self.face.photo[40000:])
        self.check(answer, 204)
        self.assertIsNotNone(answer["Jiexun-Photo-Receipt"])

    def test_creation_with_upload_of_another_type(self):
        self.check(self.create(body=b"x", Content_Type="image/jpeg"), 415, "bad-request")

    def test_whole_upload_at_creation(self):
        answer = self.create(body=self.face.photo, Content_Type=STREAM["Content-Type"])
        for again in (answer, self.create(), self.create(body=self.face.photo, Content_Type=STREAM["Content-Type"])):
            self.check(again, 201)
            self.assertEqual(again["Upload-Offset"], str(SIZE))
            self.assertIsNotNone(again["Jiexun-Photo-Receipt"])

    def test_head(self):
        answer = self.ask("HEAD", self.path, FIELD)
        self.check(answer, 200)
        self.assertEqual(answer["Upload-Offset"], "0")
        self.assertEqual(answer["Upload-Length"], str(SIZE))
        self.assertEqual(answer["Upload-Metadata"], metadata(0))
        self.assertEqual(answer["Cache-Control"], "no-store")
        self.assertIsNone(answer["Jiexun-Photo-Receipt"])
        answer = self.ask("HEAD", f"/v1/photos/{photo(1)}", FIELD)
        self.check(answer, 404)
        self.assertIsNone(answer["Upload-Offset"])

    def test_patch(self):
        with Connection(self.face.port) as connection:
            for offset in range(0, SIZE, 30000):
                piece = self.face.photo[offset:offset + 30000]
                answer = connection.ask("PATCH", self.path, {**STREAM, "Upload-Offset": offset}, piece)
                self.check(answer, 204)
                self.assertEqual(answer["Upload-Offset"], str(offset + len(piece)))
        text = base64.b64decode(answer["Jiexun-Photo-Receipt"])
        self.assertEqual(text[64:], b'{"receipt":true}')
        again = self.ask("HEAD", self.path, FIELD)
        self.assertEqual(again["Jiexun-Photo-Receipt"], answer["Jiexun-Photo-Receipt"])
        self.assertEqual(again["Upload-Offset"], str(SIZE))
        # whole: nothing more is taken, and asking again is no error
        self.check(self.patch(SIZE, b""), 204)
        self.check(self.patch(0, b""), 409, "offset")
        self.check(self.patch(SIZE, b"x"), 413, "too-large")

    def test_patch_refused(self):
        self.check(self.patch(0, b"x", Content_Type="application/octet-stream"), 415, "bad-request")
        self.check(self.patch(0, b"x", Content_Type=None), 415, "bad-request")
        self.check(self.patch(None, b"x"), 400, "bad-request")
        self.check(self.patch("-5", b"x"), 400, "bad-request")
        answer = self.patch(5, b"x")
        self.check(answer, 409, "offset")
        self.assertEqual(answer["Upload-Offset"], "0")
        self.check(self.patch(0, bytes(SIZE + 1)), 413, "too-large")
        self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "0")

    def test_what_the_core_says(self):
        expected = {1: (404, "not-listed"), 2: (423, "busy"), 3: (507, "no-space"), 4: (422, "hash"), 5: (500, "internal"),
                    6: (409, "offset"), 7: (403, "role"), 8: (413, "too-large")}
        for first, (status, error) in expected.items():
            with self.subTest(first):
                answer = self.patch(0, b"x" * 1000, first=first)
                self.check(answer, status, error)
                self.assertNotIn(b"invented", answer.body)
        self.assertIsNotNone(self.patch(0, b"x", first=2)["Retry-After"])

    def test_two_writers_of_one_photo(self):
        head = "".join(f"{k}: {v}\r\n" for k, v in {**STREAM, "Upload-Offset": 0, "Content-Length": SIZE}.items())
        with Connection(self.face.port) as first:
            first.send(f"PATCH {self.path} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
            # the upload is open once its headers were read; until then the other is let in with no bytes
            while self.patch(0, b"").status != 423:
                pass
            first.send(self.face.photo)
            self.check(first.read_answer(), 204)

    def test_broken_upload_is_kept(self):
        head = "".join(f"{k}: {v}\r\n" for k, v in {**STREAM, "Upload-Offset": 0, "Content-Length": SIZE}.items())
        with Connection(self.face.port) as connection:
            connection.send(f"PATCH {self.path} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode() + self.face.photo[:50000])
        while self.patch(50000, b"").status != 204:
            pass
        self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "50000")

    def test_method_override(self):
        self.check(self.ask("POST", self.path, FIELD, b""), 405, "method")
        answer = self.ask("POST", self.path, {**FIELD, "X-HTTP-Method-Override": "HEAD"}, b"")
        self.check(answer, 200)
        self.assertEqual(answer["Upload-Length"], str(SIZE))
        answer = self.ask("POST", self.path, {**STREAM, "Upload-Offset": 0, "X-HTTP-Method-Override": "PATCH"}, b"abc")
        self.check(answer, 204)
        self.assertEqual(answer["Upload-Offset"], "3")
        self.check(self.ask("POST", self.path, {**FIELD, "X-HTTP-Method-Override": "DELETE"}, b""), 204)
        self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "0")
        self.check(self.ask("POST", self.path, {**FIELD, "X-HTTP-Method-Override": "GET"}, b""), 405, "method")

    def checksum(self, name, data):
        return f"{name} {base64.b64encode(hashlib.new(name, data).digest()).decode()}"

    def test_checksum(self):
        data = self.face.photo
        for name, offset in (("sha1", 0), ("sha256", 1000)):
            answer = self.patch(offset, data[offset:offset + 1000], Upload_Checksum=self.checksum(name, data[offset:offset + 1000]))
            self.check(answer, 204)
            self.assertEqual(answer["Upload-Offset"], str(offset + 1000))
        for wrong in (self.checksum("sha1", b"other"), self.checksum("sha256", b"other")):
            self.check(self.patch(2000, data[2000:3000], Upload_Checksum=wrong), 460, "checksum")
            self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "2000")
        for bad in ("md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 AAAA", "sha1  " + "A" * 28, self.checksum("sha256", b"")[:-1], ""):
            self.check(self.patch(2000, data[2000:3000], Upload_Checksum=bad), 400, "bad-request")
        self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "2000")
        self.check(self.patch(2000, b"", Upload_Checksum=self.checksum("sha1", b"")), 204)
        answer = self.patch(2000, data[2000:], Upload_Checksum=self.checksum("sha256", data[2000:]))
        self.check(answer, 204)
        self.assertIsNotNone(answer["Jiexun-Photo-Receipt"])

    def test_checksum_at_creation(self):
        more = {"Content_Type": STREAM["Content-Type"]}
        self.check(self.create(body=self.face.photo[:500], Upload_Checksum=self.checksum("sha1", b"x"), **more), 460, "checksum")
        self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "0")
        answer = self.create(body=self.face.photo[:500], Upload_Checksum=self.checksum("sha1", self.face.photo[:500]), **more)
        self.check(answer, 201)
        self.assertEqual(answer["Upload-Offset"], "500")

    def test_broken_chunk_with_a_checksum_is_not_kept(self):
        fields = {**STREAM, "Upload-Offset": 0, "Content-Length": SIZE, "Upload-Checksum": self.checksum("sha1", self.face.photo)}
        head = "".join(f"{k}: {v}\r\n" for k, v in fields.items())
        with Connection(self.face.port) as connection:
            connection.send(f"PATCH {self.path} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode() + self.face.photo[:50000])
        while self.patch(0, b"").status != 204:
            pass
        self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "0")

    def test_checked_chunk_has_a_ceiling(self):
        face = Face(size=3 << 20, max_connections_per_address=0)
        try:
            data = bytes(1 << 20)
            fields = {**STREAM, "Upload-Offset": 0, "Upload-Checksum": self.checksum("sha1", data)}
            self.check(ask(face.port, "PATCH", self.path, {**fields, "Upload-Checksum": self.checksum("sha1", data + b"x")}, data + b"x"), 413)
            self.check(ask(face.port, "PATCH", self.path, fields, data), 204)
        finally:
            face.close()

    def test_termination(self):
        self.patch(0, b"x" * 1000)
        self.check(self.ask("DELETE", self.path, FIELD), 204)
        self.assertEqual(self.ask("HEAD", self.path, FIELD)["Upload-Offset"], "0")
        self.check(self.ask("DELETE", self.path, FIELD), 204)
        self.check(self.ask("DELETE", f"/v1/photos/{photo(1)}", FIELD), 404, "not-listed")
        self.check(self.ask("DELETE", f"/v1/photos/{photo(2)}", FIELD), 423, "busy")
        self.check(self.ask("DELETE", self.path, {"Tus-Resumable": "1.0.0"}), 401)
        self.check(self.ask("DELETE", self.path, {**FIELD, "Tus-Resumable": "0.9"}), 412)
        # published: evidence stays
        self.check(self.patch(0, self.face.photo), 204)
        self.check(self.ask("DELETE", self.path, FIELD), 403, "stored")
        self.assertIsNotNone(self.ask("HEAD", self.path, FIELD)["Jiexun-Photo-Receipt"])

    def test_expiration(self):
        for answer in (self.create(), self.patch(0, b"x" * 1000)):
            until = email.utils.parsedate_to_datetime(answer["Upload-Expires"])
            days = (until - email.utils.parsedate_to_datetime(answer["Date"])).total_seconds() / 86400
            self.assertAlmostEqual(days, 7, places=3)
        # what is whole never expires
        self.assertIsNone(self.patch(1000, self.face.photo[1000:])["Upload-Expires"])
        self.assertIsNone(self.create()["Upload-Expires"])

    def test_other_methods_and_addresses(self):
        answer = self.ask("GET", self.path, FIELD)
        self.check(answer, 405, "method")
        self.assertEqual(answer["Allow"], "HEAD, PATCH, OPTIONS, DELETE")
        self.assertEqual(self.ask("GET", "/v1/sync")["Allow"], "POST")
        for path in ("/", "/v1", "/v1/photos/", f"/v1/photos/{photo(0)}/x", f"/v1/photos/{photo(0).upper()[:-2]}AB",
                     f"/v1/photos/{photo(0)[:-1]}", "/V1/sync", "/v1/sync/", "//v1/sync", "/v1/../healthz", "/healthz%00"):
            self.assertEqual(self.ask("GET", path).status, 404, path)
            self.assertIn(b'"not-found"', self.ask("GET", path).body)


class Blobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.face = Face(size=SIZE, max_connections_per_address=0)
        cls.path = f"/v1/blobs/{photo(0)}"

    @classmethod
    def tearDownClass(cls):
        cls.face.close()

    def get(self, role="admin", method="GET", **headers):
        wanted = {"Authorization": f"Bearer {role}"}
        wanted.update({name.replace("_", "-"): value for name, value in headers.items()})
        return ask(self.face.port, method, self.path, wanted)

    def test_roles(self):
        for role in ("admin", "dispatcher", "leader", "auditor"):
            self.assertEqual(self.get(role).status, 200)
        for role in ("field", "unit", "server"):
            self.assertEqual(self.get(role).status, 403)
        self.assertEqual(self.get("nobody").status, 401)

    def test_whole(self):
        answer = self.get()
        self.assertEqual(answer.body, self.face.photo)
        self.assertEqual(answer["X-Content-Type-Options"], "nosniff")
        self.assertEqual(answer["Content-Disposition"], f'attachment; filename="{photo(0)}"')
        self.assertEqual(answer["Content-Type"], "application/octet-stream")
        self.assertIn("default-src 'none'", answer["Content-Security-Policy"])
        head = self.get(method="HEAD")
        self.assertEqual(head["Content-Length"], str(SIZE))

    def test_ranges(self):
        for value, first, last in (("bytes=0-9", 0, 9), ("bytes=99990-", 99990, SIZE - 1), ("bytes=-5", SIZE - 5, SIZE - 1),
                                   ("bytes=5-999999999", 5, SIZE - 1), ("bytes=-999999999", 0, SIZE - 1)):
            answer = self.get(Range=value)
            self.assertEqual(answer.status, 206, value)
            self.assertEqual(answer.body, self.face.photo[first:last + 1], value)
            self.assertEqual(answer["Content-Range"], f"bytes {first}-{last}/{SIZE}")
        for value in ("bytes=5-2", "bytes=", "bytes=a-b", "items=0-5", "bytes=0-1,5-6", "bytes=-"):
            answer = self.get(Range=value)
            self.assertEqual((answer.status, len(answer.body)), (200, SIZE), value)
        for value in (f"bytes={SIZE}-", "bytes=-0"):
            answer = self.get(Range=value)
            self.assertEqual(answer.status, 416, value)
            self.assertEqual(answer["Content-Range"], f"bytes */{SIZE}")

    def test_if_range(self):
        self.assertEqual(self.get(Range="bytes=0-9", If_Range=f'"{photo(0)}"').status, 206)
        self.assertEqual(self.get(Range="bytes=0-9", If_Range='"other"').status, 200)

    def test_unknown(self):
        answer = ask(self.face.port, "GET", f"/v1/blobs/{photo(9)}", {"Authorization": "Bearer admin"})
        self.assertEqual(answer.status, 404)


class Packs(unittest.TestCase):
    """Form packs come by the same route, to everybody who has a token."""

    @classmethod
    def setUpClass(cls):
        cls.face = Face(size=SIZE, max_connections_per_address=0)
        cls.path = f"/v1/blobs/{photo(0x70)}"

    @classmethod
    def tearDownClass(cls):
        cls.face.close()

    get = Blobs.get

    def test_roles(self):
        for role in ("admin", "dispatcher", "leader", "auditor", "field", "unit"):
            self.assertEqual(self.get(role).status, 200, role)
        self.assertEqual(self.get("nobody").status, 401)

    def test_bytes(self):
        whole = bytes(i % 251 for i in range(SIZE))
        self.assertEqual(self.get("field").body, whole)
        self.assertEqual(self.get("field", method="HEAD")["Content-Length"], str(SIZE))
        part = self.get("field", Range="bytes=70000-")
        self.assertEqual((part.status, part.body, part["Content-Range"]), (206, whole[70000:], f"bytes 70000-{SIZE - 1}/{SIZE}"))
        self.assertEqual(self.get("field", Range=f"bytes={SIZE}-").status, 416)


class Sync(unittest.TestCase):
    def test_headers_reach_the_core(self):
        face = Face(max_connections_per_address=0)
        try:
            answer = ask(face.port, "POST", "/v1/sync", {"Content-Encoding": "zstd", "Jiexun-Dictionary": "3"}, b"abc")
            self.assertEqual(answer.body, b'{"body":3,"zstd":1,"dictionary":3,"path":"/v1/sync"}')
            self.assertEqual(ask(face.port, "POST", "/v1/sync", {"Jiexun-Dictionary": "x"}, b"").body,
                             b'{"body":0,"zstd":0,"dictionary":-1,"path":"/v1/sync"}')
            answer = ask(face.port, "POST", "/v1/sync", {"Content-Encoding": "gzip"}, b"abc")
            self.assertEqual(answer.status, 415)
            self.assertEqual(answer["Accept-Encoding"], "zstd")
        finally:
            face.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
