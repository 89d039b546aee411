"""Malformed requests: what the gate refuses, and what may pass because nothing can be smuggled by it."""
import re
import unittest

from harness import Connection, Face

BODY = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
N = len(BODY)


def request(*lines, body=b"", target="/v1/sync", method="POST", version="HTTP/1.1", end=b"\r\n"):
    return end.join([f"{method} {target} {version}".encode()] + [l if isinstance(l, bytes) else l.encode() for l in lines]) + end + end + body


HOST = "Host: localhost"
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (N, BODY)

# Each is answered with an error or not at all; the request hidden in the body is never answered.
REFUSED = {
    "length and chunked": request(HOST, f"Content-Length: {N}", "Transfer-Encoding: chunked", body=CHUNKED),
    "chunked and length": request(HOST, "Transfer-Encoding: chunked", "Content-Length: 5", body=CHUNKED),
    "two lengths": request(HOST, f"Content-Length: {N}", "Content-Length: 0", body=BODY),
    "two lengths, zero first": request(HOST, "Content-Length: 0", f"Content-Length: {N}", body=BODY),
    "two equal lengths": request(HOST, f"Content-Length: {N}", f"Content-Length: {N}", body=BODY),
    "list of lengths": request(HOST, f"Content-Length: {N}, {N}", body=BODY),
    "negative length": request(HOST, "Content-Length: -1", body=BODY),
    "length with plus": request(HOST, f"Content-Length: +{N}", body=BODY),
    "hexadecimal length": request(HOST, "Content-Length: 0x10", body=BODY),
    "length beyond 64 bits": request(HOST, "Content-Length: 99999999999999999999999", body=BODY),
    "two hosts": request(HOST, "Host: other", target="/healthz", method="GET"),
    "no host": request(target="/healthz", method="GET"),
    "empty host": request("Host:", target="/healthz", method="GET"),
    "space before colon": request(HOST, f"Content-Length : {N}", body=BODY),
    "other encoding": request(HOST, "Transfer-Encoding: gzip", body=BODY),
    "encodings": request(HOST, "Transfer-Encoding: gzip, chunked", body=CHUNKED),
    "chunked twice": request(HOST, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=CHUNKED),
    "chunked misspelt": request(HOST, "Transfer-Encoding: xchunked", body=CHUNKED),
    "control byte in value": request(HOST, b"X-A: a\x01b", target="/healthz", method="GET"),
    "bad byte in name": request(HOST, "X(A): b", target="/healthz", method="GET"),
    "absolute target": request(HOST, target="http://localhost/healthz", method="GET"),
    "asterisk target": request(HOST, target="*", method="GET"),
    "target without slash": request(HOST, target="healthz", method="GET"),
    "bad byte in method": request(HOST, target="/healthz", method="G(T"),
    "version 9.9": request(HOST, target="/healthz", method="GET", version="HTTP/9.9"),
    "no version": b"GET /healthz\r\n\r\n",
    "headers too large": request(HOST, "X-A: " + "a" * 60000, target="/healthz", method="GET"),
    "target too large": request(HOST, target="/" + "a" * 60000, method="GET"),
    "encoded traversal": request(HOST, target="/v1/blobs/%2e%2e%2f%2e%2e%2fvault.db", method="GET"),
    "traversal": request(HOST, target="/v1/blobs/../../vault.db", method="GET"),
    "not a chunk": request(HOST, "Transfer-Encoding: chunked", body=b"zz\r\n" + BODY),
}
# The library swallows these before anybody sees them. Harmless, as nothing stands in front that would read them
# differently: one answer, and the bytes of the body stay the body.
HARMLESS = {
    "folded line": request(HOST, b"X-A: b\r\n c", target="/healthz", method="GET"),
    "bare line feeds": request(HOST, target="/healthz", method="GET", end=b"\n"),
    "NUL in value": request(HOST, b"X-A: a\x00b", target="/healthz", method="GET"),
    "chunk extension": request(HOST, "Transfer-Encoding: chunked", body=b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (N, BODY)),
    "chunk with line feed only": request(HOST, "Transfer-Encoding: chunked", body=b"%x\n%s\n0\n\n" % (N, BODY)),
}
FAREWELL = b"GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Malformed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.face = Face(header_timeout_s=1, idle_timeout_s=1, rate_window_s=1, max_connections_per_address=0)

    @classmethod
    def tearDownClass(cls):
        cls.face.close()

    def answers(self, data):
        with Connection(self.face.port) as connection:
            try:
                connection.send(data)
            except OSError:
                pass
            return connection.read_all()

    def test_refused(self):
        for name, data in REFUSED.items():
            with self.subTest(name):
                got = self.answers(data)
                self.assertNotIn(b"HTTP/1.1 2", got)
                self.assertNotIn(b'"status":"ok"', got)
                # One answer; where the library refuses by itself it sends the head of the same answer twice.
                statuses = set(re.findall(rb"^HTTP/1\.1 (\d+)", got, re.M))
                self.assertLessEqual(len(statuses), 1)
                self.assertTrue(statuses or not got)
                if b"HTTP/1.1 400" in got:
                    self.assertIn(b"Connection: close", got)

    def test_harmless(self):
        for name, data in HARMLESS.items():
            with self.subTest(name):
                got = self.answers(data + FAREWELL)
                # the request itself, then the farewell (or closed before it)
                self.assertLessEqual(got.count(b'"status":"ok"') + got.count(b'"body":'), 1)
                self.assertLessEqual(got.count(b"HTTP/1.1 "), 2)

    def test_well_formed_is_let_in(self):
        with Connection(self.face.port) as connection:
            answer = connection.ask("POST", "/v1/sync?x=1", {"X-A": "b\tc"}, BODY)
            self.assertEqual(answer.status, 200)
            self.assertIn(b'"body":%d' % N, answer.body)
            self.assertIn(b'"path":"/v1/sync?x=1"', answer.body)
            connection.send(request(HOST, "Transfer-Encoding: chunked", body=CHUNKED))
            self.assertIn(b'"body":%d' % N, connection.read_answer().body)
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
