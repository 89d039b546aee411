"""Ceilings: size, time, rate, connections. Limits are set to a second where the default is a minute."""
import socket
import unittest

from harness import Connection, Face, ask, wait_for

HASH = "00" * 32
FIELD = {"Authorization": "Bearer field", "Tus-Resumable": "1.0.0"}
STREAM = {**FIELD, "Content-Type": "application/offset+octet-stream"}
BATCH_MAX = 1048576 + 4096


class Size(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.face = Face(max_connections_per_address=0)

    @classmethod
    def tearDownClass(cls):
        cls.face.close()

    def test_largest_batch_is_taken_and_one_byte_more_is_not(self):
        self.assertEqual(ask(self.face.port, "POST", "/v1/sync", body=bytes(BATCH_MAX)).status, 200)
        answer = ask(self.face.port, "POST", "/v1/sync", {"Content-Length": BATCH_MAX + 1, "Expect": "100-continue"})
        self.assertEqual(answer.status, 413)
        self.assertIn(b'"too-large"', answer.body)

    def test_refused_body_is_read_so_that_the_answer_arrives(self):
        with Connection(self.face.port) as connection:
            self.assertEqual(connection.ask("POST", "/v1/enrol", body=bytes(20000)).status, 413)
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)

    def test_chunked_body_is_counted(self):
        with Connection(self.face.port) as connection:
            piece = b"4000\r\n" + bytes(0x4000) + b"\r\n"
            connection.send(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + piece * 2 + b"0\r\n\r\n")
            self.assertEqual(connection.read_answer().status, 413)
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)

    def test_endless_chunked_body_is_cut(self):
        with Connection(self.face.port) as connection:
            connection.send(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            piece = b"4000\r\n" + bytes(0x4000) + b"\r\n"
            with self.assertRaises(OSError):
                for _ in range(10000):
                    connection.send(piece)

    def test_body_where_none_belongs(self):
        self.assertEqual(ask(self.face.port, "GET", "/healthz", body=b"x").status, 413)

    def test_body_after_an_early_answer_is_no_request(self):
        hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        for method, path in (("PATCH", f"/v1/photos/{HASH}"), ("POST", "/v1/sync"), ("GET", "/none")):
            with self.subTest(method), Connection(self.face.port) as connection:
                headers = {"Expect": "100-continue", "Content-Encoding": "br"}
                answer = connection.ask(method, path, headers, hidden)
                self.assertGreaterEqual(answer.status, 400)
                self.assertEqual(answer["Connection"], "close")
                self.assertNotIn(b"HTTP/1.1", connection.read_all())


class Time(unittest.TestCase):
    CONF = {"size": 64 * 1024 * 1024, "max_photo_bytes": 1 << 30, "header_timeout_s": 1, "idle_timeout_s": 2,
            "rate_window_s": 1, "min_rate_bytes_s": 2000, "max_connections_per_address": 0}

    @classmethod
    def setUpClass(cls):
        cls.face = Face(**cls.CONF)

    @classmethod
    def tearDownClass(cls):
        cls.face.close()

    def test_silence_after_connect_is_cut(self):
        with socket.create_connection(("127.0.0.1", self.face.port), timeout=60) as raw:
            self.assertEqual(raw.recv(1), b"")

    def test_slow_headers_are_cut_although_never_idle(self):
        with Connection(self.face.port) as connection:
            self.assertGreater(connection.drip(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 1000), 3)

    def test_slow_headers_of_a_second_request_are_cut(self):
        with Connection(self.face.port) as connection:
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)
            connection.send(b"GET /healthz HTTP/1.1\r\n")
            self.assertGreater(connection.drip(b"X-A: " + b"a" * 1000), 3)

    def test_slow_body_is_cut_although_never_idle(self):
        with Connection(self.face.port) as connection:
            connection.send(b"POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + bytes(10000))
            self.assertGreater(connection.drip(b"a"), 3)

    def test_body_that_stalls_after_a_fast_start_is_cut_and_kept(self):
        head = "".join(f"{k}: {v}\r\n" for k, v in {**STREAM, "Upload-Offset": 0, "Content-Length": 1000000}.items())
        with Connection(self.face.port) as connection:
            connection.send(f"PATCH /v1/photos/{HASH} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode() + bytes(900000))
            self.assertEqual(connection.read_all(), b"")
        answer = ask(self.face.port, "HEAD", f"/v1/photos/{HASH}", FIELD)
        self.assertEqual(answer["Upload-Offset"], "900000")

    def test_reader_that_does_not_read_is_cut(self):
        # its log has no other cut; the library's idle limit, which says nothing, must not come first
        face = Face(**{**self.CONF, "idle_timeout_s": 60})
        try:
            with Connection(face.port, receive_buffer=4096) as connection:
                connection.send(f"GET /v1/blobs/{HASH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n\r\n".encode())
                face.wait_log("cut 1 connections")
                # what was queued for it went with the connection
                self.assertLess(len(connection.read_all()), 1024 * 1024)
        finally:
            face.close()

    def test_idle_connection_is_cut(self):
        with Connection(self.face.port) as connection:
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)
            self.assertEqual(connection.read_all(), b"")


class Addresses(unittest.TestCase):
    def test_connections_of_one_address_until_they_sign_in(self):
        face = Face(max_connections_per_address=3)
        try:
            held = [Connection(face.port) for _ in range(3)]
            with self.assertRaises(OSError):
                Connection(face.port)
            with Connection(face.port, source="127.0.0.2") as other:
                self.assertEqual(other.ask("GET", "/healthz").status, 200)
            self.assertEqual(held[0].ask("POST", "/v1/sync", {"Authorization": "refuse"}, b"x").status, 401)
            with self.assertRaises(OSError):
                Connection(face.port)
            self.assertEqual(held[0].ask("POST", "/v1/sync", body=b"x").status, 200)
            with Connection(face.port) as fourth:
                self.assertEqual(fourth.ask("GET", "/healthz").status, 200)
            for connection in held:
                connection.socket.close()
        finally:
            face.close()

    def test_total_of_connections(self):
        face = Face(max_connections=2, max_connections_per_address=0, header_timeout_s=1)
        try:
            for _ in range(2):
                raw = socket.create_connection(("127.0.0.1", face.port))
                self.addCleanup(raw.close)
            with self.assertRaises(OSError):
                Connection(face.port)

            def served():
                try:
                    return ask(face.port, "GET", "/healthz").status == 200
                except OSError:
                    return False

            wait_for("the silent two to be cut", served)
        finally:
            face.close()

    def test_tries_to_enrol(self):
        face = Face(enrol_per_minute=2)
        try:
            with Connection(face.port) as connection:
                for _ in range(2):
                    self.assertEqual(connection.ask("POST", "/v1/enrol", body=b"x").status, 200)
                answer = connection.ask("POST", "/v1/enrol", body=b"x")
                self.assertEqual(answer.status, 429)
                self.assertIn(b'"too-many"', answer.body)
                self.assertGreater(int(answer["Retry-After"]), 0)
                self.assertEqual(connection.ask("POST", "/v1/sync", body=b"x").status, 200)
        finally:
            face.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
