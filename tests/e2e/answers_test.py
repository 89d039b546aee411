"""Servers that answer nonsense, certificates that are not ours, lines that stall, photos cut in two: each told clearly, none loses or
repeats anything, and the next good sync brings everything once."""
import gzip
import os
import signal
import socket
import ssl
import subprocess
import threading
import time

from e2e import EXIT, Case, Device, clock_env, environment, main, wait_for
from proxy import FIN_UP, HOLE, Plan, Proxy
from scripted import Answer, Scripted, make_certificate, make_signed_certificate, private_key

NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}
PORTAL = b"<html><head><title>Welcome to Hotel Wi-Fi</title></head><body>Please sign in</body></html>"
YEAR_S = 365 * 86400


def refusal(status, name, detail="told by the test", **headers):
    body = f'{{"v":1,"error":"{name}","detail":"{detail}"}}'.encode()
    return Answer(status, {**JSON, **{k.replace("_", "-"): v for k, v in headers.items()}}, body)


class Bench(Case):
    """One device enrolled through a proxy, which is then pointed at something else."""

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.proxy = Proxy(self.server.port)
        self.addCleanup(self.proxy.close)
        self.h07 = self.device(self.server, "H07", self.proxy.url)
        self.pem = make_certificate(self.path("same-key.pem"), private_key(self.server))
        # one entry is receipted, the others wait
        self.h07.sync()
        for n in range(3):
            self.h07.log("01.01", "--quantity", str(n + 1), "--unit", "sheet", "--no-gps", "--photo", self.photo(20000))

    def states(self):
        return [(entry["number"], entry["state"]) for entry in self.h07.list()]

    def sync_with(self, scripted, want, *marks, tries="1", env=None):
        """A sync against something else: this status, these words, and nothing marked."""
        self.addCleanup(scripted.close)
        self.proxy.target = scripted.port
        before, files = self.states(), self.h07.files()
        result = self.h07.sync("--tries", tries, want=want, env=env)
        for mark in marks:
            self.assertIn(mark, result.object["text"])
        self.assertIn("nothing is lost", result.err)
        self.assertEqual((self.states(), self.h07.files()), (before, files))
        told = self.h07.status()
        self.assertEqual(told["entries_waiting"], 3)
        self.h07.jx("sync", "--tries", tries, want=want, env={**(env or {}), "JX_LANG": "zh"})
        return result

    def assert_all_well(self, marks=()):
        """The real server again: everything arrives, once."""
        self.proxy.target = self.server.port
        self.h07.sync()
        self.assertEqual({state for _, state in self.states()}, {"complete"})
        self.assert_exactly_once(self.server, [self.h07])
        self.assertTrue(self.h07.json("verify").object["ok"])
        self.assertEqual(sorted(mark for item in self.server.review() for mark in item["marks"]), sorted(marks))


class Answers(Bench):
    def test_refusals(self):
        cases = [
            ("500", refusal(500, "internal"), "enet", ("server",)),
            ("502 of a front server", Answer(502, {"Content-Type": "text/html"}, PORTAL), "enet", ("server",)),
            ("503", refusal(503, "busy", Retry_After="7200"), "enet", ("busy",)),
            ("429", refusal(429, "too-many", Retry_After="7200"), "enet", ("server",)),
            ("413", refusal(413, "too-large"), "elimit", ("take so much",)),
            ("507", refusal(507, "no-space"), "enospc", ("room",)),
            ("403 revoked", refusal(403, "revoked"), "eauth", ("revoked",)),
            ("403 role", refusal(403, "role"), "eauth", ("does not allow",)),
            ("401 signature", refusal(401, "bad-signature"), "eauth", ("signature",)),
            ("426", refusal(426, "version"), "eversion", ("update this program",)),
            ("400", refusal(400, "bad-request"), "einval", ("does not understand", "told by the test")),
            ("422", refusal(422, "bad-chain"), "ecorrupt", ("jx verify",)),
            ("404", Answer(404, {"Content-Type": "text/plain"}, b"not here"), "enet", ("another server",)),
        ]
        for name, answer, status, marks in cases:
            with self.subTest(name):
                self.sync_with(Scripted(lambda *_, answer=answer: answer, self.pem), EXIT[status], *marks)
        self.assert_all_well()

    def test_not_our_server(self):
        for name, answer, mark in (
                ("portal", Answer(200, {"Content-Type": "text/html; charset=utf-8"}, PORTAL), "sign in"),
                ("portal 511", Answer(511, {"Content-Type": "text/html"}, PORTAL), "sign in"),
                ("redirect", Answer(302, {"Location": self.server.url + "/v1/sync"}), "redirect"),
                ("redirect to plain http", Answer(307, {"Location": "http://127.0.0.1:1/"}), "redirect"),
                ("permanent redirect", Answer(308, {"Location": "https://127.0.0.1:1/v1/sync"}), "redirect")):
            with self.subTest(name):
                scripted = Scripted(lambda *_, answer=answer: answer, self.pem)
                self.sync_with(scripted, EXIT["enet"], mark, tries="5")
                # neither followed nor tried again: a person has to act
                self.assertEqual(len(scripted.requests), 2, "one request a run, two runs")
        self.assert_all_well()

    def test_broken_answers(self):
        good = b'{"v":1,"result":"ok","epoch":"01a20318-c921-7ea2-8095-cbaf1e70433b","n":99,"head":"' + b"ab" * 32 + b'"'
        nested = b"[" * 100000
        bomb = zstd_zeros(64 << 20)
        cases = [
            ("empty", Answer(200, NDJSON, b"")),
            ("garbage", Answer(200, NDJSON, os.urandom(2000))),
            ("no json", Answer(200, NDJSON, b"hello\n")),
            ("half an object", Answer(200, NDJSON, good + b"\n")),
            ("twice a name", Answer(200, NDJSON, good + b',"n":99,"server_utc_ms":1}\n')),
            ("deep", Answer(200, NDJSON, nested)),
            ("no line end", Answer(200, NDJSON, good + b',"server_utc_ms":1}')),
            ("items missing", Answer(200, NDJSON, good + b',"server_utc_ms":1,"items":5}\n')),
            ("negative", Answer(200, NDJSON, good.replace(b'"n":99', b'"n":-5') + b',"server_utc_ms":1}\n')),
            ("large", Answer(200, NDJSON, b"x" * (9 << 20))),
            ("zstd bomb", Answer(200, {**NDJSON, "Content-Encoding": "zstd"}, bomb)),
            ("zstd garbage", Answer(200, {**NDJSON, "Content-Encoding": "zstd"}, os.urandom(500))),
            ("gzip bomb", Answer(200, {**NDJSON, "Content-Encoding": "gzip"}, gzip.compress(bytes(20 << 20)))),
            ("unknown dictionary", Answer(200, {**NDJSON, "Content-Encoding": "zstd", "Jiexun-Dictionary": "7"}, bomb)),
            ("longer than said", Answer(200, {**NDJSON, "Content-Length": "10"}, good + b"}\n")),
            ("shorter than said", Answer(200, {**NDJSON, "Content-Length": "5000"}, good)),
            ("no http", Answer(raw=b"SSH-2.0-OpenSSH_9.2\r\n")),
            ("closed at once", Answer(raw=b"")),
            ("cut in the headers", Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Type: applic")),
            ("endless headers", Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X-More: of the same, again and again\r\n" * 100000)),
            ("two lengths", Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")),
        ]
        for name, answer in cases:
            with self.subTest(name):
                result = self.sync_with(Scripted(lambda *_, answer=answer: answer, self.pem),
                                        tuple(EXIT[s] for s in ("enet", "einval", "elimit", "eversion")))
                self.assertGreater(len(result.object["text"]), 20)
        self.assert_all_well()

    def test_lies(self):
        """Answers in good form that say what is not so: nothing is believed but a receipt of the pinned identity."""
        real = self.server.writers()["H07"]
        text = ('{"v":1,"kind":"receipt","key":"%s","epoch":"01a20318-c921-7ea2-8095-cbaf1e70433b","writer":"%s","n":5,"head":"%s",'
                '"server_utc_ms":1788250000000,"safe_until_n":0}' % ("00" * 8, real["writer"], "ab" * 32))
        receipt = ',"receipt":{"text":"%s","sig":"%s"}' % (text.replace('"', '\\"'), "cd" * 64)
        head = self.h07.json("show", "H07-5").object["head"]
        base = '{"v":1,"result":"ok","epoch":"01a20318-c921-7ea2-8095-cbaf1e70433b","n":%d,"head":"%s"%s,"server_utc_ms":1788250000000}\n'
        cases = [("stored, without a receipt", base % (5, head, ""), None),
                 ("a forged receipt", base % (5, head, receipt), None)]
        for name, body, _ in cases:
            with self.subTest(name):
                result = self.sync_with(Scripted(lambda *_, body=body: Answer(200, NDJSON, body.encode()), self.pem), None)
                self.assertNotEqual(result.status, 0)
                self.assertFalse(result.object["must_enrol_again"])
        self.assert_all_well()

    def test_waits_are_kept(self):
        """Retry-After that is short is waited for, and the run goes on."""
        server, turns = self.server, []

        def answer(method, path, k):
            turns.append(time.monotonic())
            if k >= 3:
                self.proxy.target = server.port
            return refusal(503, "busy", Retry_After="1")
        scripted = Scripted(answer, self.pem)
        self.addCleanup(scripted.close)
        self.proxy.target = scripted.port
        self.h07.sync("--tries", "6", want=None)
        self.assertTrue(all(b - a >= 1 for a, b in zip(turns, turns[1:])), turns)
        self.assertGreaterEqual(len(turns), 3)
        self.assert_all_well()


def zstd_zeros(size):
    """A zstd frame of so many zeros, made of RLE blocks of 128 kB: some 3 bytes each (RFC 8878)."""
    frame = (0xFD2FB528).to_bytes(4, "little") + bytes([0x00, 0x58])  # no content size; window 2 MiB
    block = 128 * 1024
    count = size // block
    for k in range(count):
        frame += ((block << 3) | (1 << 1) | (1 if k == count - 1 else 0)).to_bytes(3, "little") + b"\0"
    return frame


class Certificates(Bench):
    def show(self, pem, want, *marks, env=None, **more):
        """A server with that certificate that would take anything."""
        scripted = Scripted(lambda *_: refusal(503, "busy", Retry_After="7200"), pem, **more)
        result = self.sync_with(scripted, want, *marks, env=env)
        if want == EXIT["etls"]:
            self.assertEqual(scripted.requests, [], "nothing was sent")
        return scripted

    def test_refused(self):
        key = private_key(self.server)
        with self.subTest("expired, clock right"):
            self.show(make_certificate(self.path("expired.pem"), key, made_ago_days=400, days=365), EXIT["etls"], "expired", "renew")
        with self.subTest("not valid yet, clock right"):
            self.show(make_certificate(self.path("young.pem"), key, made_ago_days=-100), EXIT["etls"], "not valid yet")
        with self.subTest("other key, self-signed"):
            self.show(make_certificate(self.path("other-key.pem")), EXIT["etls"], "key", "administrator")
        with self.subTest("other key, signed by an authority"):
            self.show(make_signed_certificate(self.path("signed.pem"), self.dir), EXIT["etls"], "key", "administrator")
        with self.subTest("of another server like ours"):
            self.show(make_certificate(self.path("other-server.pem"), rsa_key(), names="DNS:jiexun.other.example"), EXIT["etls"], "key", "administrator")
        with self.subTest("other name"):
            self.show(make_certificate(self.path("other-name.pem"), key, names="DNS:other.example"), EXIT["etls"], "another name")
        with self.subTest("plain http"):
            self.show(None, EXIT["enet"], "without TLS")
        for name, newest in (("TLS 1.1 only", ssl.TLSVersion.TLSv1_1), ("TLS 1.0 only", ssl.TLSVersion.TLSv1)):
            with self.subTest(name):
                self.show(self.pem, EXIT["etls"], "old versions of TLS", newest=newest, ciphers="ALL:@SECLEVEL=0")
        with self.subTest("TLS 1.2 without forward secrecy"):
            rsa = self.path("weak.pem")
            self.show(make_certificate(rsa, rsa_key()), EXIT["etls"], "no encryption", newest=ssl.TLSVersion.TLSv1_2,
                      ciphers="AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0")
        with self.subTest("TLS 1.2 with CBC"):
            self.show(self.pem, EXIT["etls"], "no encryption", newest=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0")
        with self.subTest("no TLS at all"):
            self.proxy.target = self.deaf()
            self.h07.sync("--tries", "1", want=EXIT["enet"])
        self.assert_all_well()

    def deaf(self):
        """A port that answers with something else than TLS."""
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            try:
                while True:
                    with listener.accept()[0] as sock:
                        sock.sendall(b"220 mail.example ESMTP\r\n")
            except OSError:
                return
        threading.Thread(target=serve, daemon=True).start()
        self.addCleanup(lambda: (listener.shutdown(socket.SHUT_RDWR), listener.close()))
        return listener.getsockname()[1]

    def test_accepted(self):
        """A pinned key is believed where only the device's clock is wrong, by years either way."""
        key = private_key(self.server)
        for name, offset_s, certificate in (("clock in the past", -20 * YEAR_S, self.pem), ("clock in the future", 20 * YEAR_S, self.pem),
                                            ("1970", -int(time.time()) + 86400, self.pem)):
            with self.subTest(name):
                # 503 is an answer: TLS was good
                self.show(certificate, EXIT["enet"], "busy", env=clock_env(offset_s=offset_s))
        with self.subTest("TLS 1.2"):
            self.show(self.pem, EXIT["enet"], "busy", newest=ssl.TLSVersion.TLSv1_2)
        with self.subTest("a new certificate of the same key"):
            self.show(make_certificate(self.path("renewed.pem"), key), EXIT["enet"], "busy")
        self.assert_all_well()

    def test_whole_day_with_a_wrong_clock(self):
        """The clock is wrong by years, and nothing is lost: entries keep what the clock said, the order is by number."""
        self.proxy.target = self.server.port
        for offset_s in (-15 * YEAR_S, 15 * YEAR_S, -3 * 86400):
            env = clock_env(offset_s=offset_s)
            self.h07.log("01.01", "--no-gps", env=env)
            self.h07.sync(env=env)
        numbers = [entry["n"] for entry in self.h07.list()]
        self.assertEqual(sorted(numbers), list(range(1, len(numbers) + 1)))
        # people are told which entries have a time that cannot be
        self.assert_all_well(marks=("clock-behind", "clock-ahead"))

    def test_next_key(self):
        """The server changes to the key it announced: devices that heard of it go on, nobody does anything."""
        self.proxy.target = self.server.port
        self.h07.sync()
        self.server.admin("rotate-tls")
        self.h07.log("01.01", "--no-gps")
        self.h07.sync()
        self.server.stop()
        self.server.start()
        self.proxy.target = self.server.port
        self.h07.log("01.01", "--no-gps")
        self.assert_all_well()

    def test_enrolment_is_not_fooled(self):
        """Somebody in between shows a certificate of his own, and passes everything on: he has not made the code."""
        pem = make_certificate(self.path("between.pem"))
        other = Device(self.dir, "H08")
        code = self.server.code("H08")

        def answer(method, path, _):
            if path == "/healthz":
                return Answer(200, JSON, b'{"status":"ok"}')
            return Answer(200, JSON, b'{"v":1,"writer":"01a20318-c921-7ea2-8095-cbaf1e70433b","short":"H08","role":"field","area":"",'
                          b'"active":true,"identity":"%s","epoch":"01a20318-c921-7ea2-8095-cbaf1e70433b","pins":["%s"],'
                          b'"server_utc_ms":1788250000000,"mac":"%s"}' % (b"ab" * 32, b"cd" * 32, b"ef" * 32))
        scripted = Scripted(answer, pem)
        self.addCleanup(scripted.close)
        result = other.jx("enrol", f"https://127.0.0.1:{scripted.port}", code, want=(EXIT["eauth"], EXIT["etls"]))
        self.assertIn("code", result.err)
        self.assertFalse(other.status()["enrolled"])
        for _, _, _, body in scripted.requests:
            self.assertNotIn(code.replace("-", "")[4:20].encode(), body.replace(b"-", b""), "the secret never crosses the wire")
        other.enrol(self.server.url, code)


def rsa_key():
    return subprocess.run(["openssl", "genrsa", "2048"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


class Stalls(Bench):
    FAST = {"speed": 40}

    def test_black_hole(self):
        """
        The line takes everything and gives nothing back: after 60 s of silence it is given up, on a fast clock. The server does not
        hear of that; it cuts what is too slow, and until then says that this photo is being written.
        """
        self.server.configure(rate_window_s=1)
        self.server.stop()
        self.server.start()
        for after in (10, 700, 20000):
            with self.subTest(after=after):
                self.proxy.target = self.server.port
                self.proxy.plan = Plan(HOLE, after, hole_s=100)
                before = {n for n, state in self.states() if state == "saved"}
                result = self.h07.sync("--tries", "1", want=EXIT["enet"], env=clock_env(**self.FAST))
                self.assertRegex(result.object["text"], "stalled|longer than")
                self.assertLessEqual({n for n, state in self.states() if state == "saved"}, before)
        self.proxy.honest()
        wait_for("the server to let go", lambda: self.h07.sync("--tries", "1", want=(0, EXIT["enet"])).status == 0)
        self.assert_all_well()

    def test_slow_body(self):
        """One byte now and then is as good as none."""
        stop = threading.Event()
        self.addCleanup(stop.set)

        def drip():
            while not stop.wait(0.2):
                yield b" "
        scripted = Scripted(lambda *_: Answer(200, {**NDJSON, "Content-Length": "100000"}, b"", pieces=drip()), self.pem)
        self.sync_with(scripted, EXIT["enet"], "stalled", env=clock_env(**self.FAST))
        stop.set()
        self.assert_all_well()

    def test_stopped(self):
        """SIGINT and SIGTERM end a sync at once and leave everything as the server has confirmed it."""
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(how):
                self.proxy.plan = Plan(HOLE, 700, hole_s=100)
                reached = self.proxy.connections
                process = subprocess.Popen(self.h07.argv("--json", "sync"), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                wait_for("the connection", lambda: self.proxy.connections > reached)
                process.send_signal(how)
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, EXIT["eintr"], (out, err))
                self.assertIn(b"nothing is lost", err)
        self.proxy.honest()
        self.assert_all_well()


class Resume(Bench):
    """The line is closed in the middle, not reset: a reset makes the server's kernel forget what jiexund has not read yet."""

    def test_photo_goes_on(self):
        """Cut again and again inside one large photo: it goes on where the server has it."""
        self.proxy.target = self.server.port
        self.h07.sync()
        size = 1500000
        photo = self.photo(size)
        size = os.path.getsize(photo)
        self.h07.log("01.01", "--no-gps", "--photo", photo)
        self.h07.sync("--no-photos")
        up, forwarded = self.proxy.up, 0
        for part in (4, 3, 5):
            self.proxy.plan = Plan(FIN_UP, size // part)
            self.h07.sync("--tries", "1", want=EXIT["enet"])
            # whatever came through is kept, but for the TLS record that is cut, one before it that a busy server has not taken
            # yet when it hears of the end, and what is no photo
            forwarded += size // part - 49152
            wait_for("what came through", lambda: self.part_size() >= forwarded)
        self.proxy.honest()
        self.h07.sync()
        sent = self.proxy.up - up
        print(f"photo of {size} bytes, cut 3 times: {sent} bytes went up", flush=True)
        self.assertLessEqual(sent, size * 1.2)
        self.assert_all_well()

    def part_size(self):
        folder = os.path.join(self.server.data, "photos", "tmp")
        return max((os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".part")), default=0)

    def test_photo_goes_on_after_a_restart(self):
        """The server is killed in the middle of a photo; what it had written it still has."""
        self.proxy.target = self.server.port
        self.h07.sync()
        photo = self.photo(1500000)
        size = os.path.getsize(photo)
        self.h07.log("01.01", "--no-gps", "--photo", photo)
        self.h07.sync("--no-photos")
        self.proxy.plan = Plan(FIN_UP, size // 2)
        up = self.proxy.up
        self.h07.sync("--tries", "1", want=EXIT["enet"])
        wait_for("the first half", lambda: self.part_size() > size // 2 - 65536)
        self.server.stop(signal.SIGKILL)
        self.server.start()
        self.proxy.target = self.server.port
        self.proxy.honest()
        self.h07.sync()
        self.assertLessEqual(self.proxy.up - up, size * 1.2)
        self.assert_all_well()


if __name__ == "__main__":
    main()
