"""Every bad answer in every state of a sync: in its first request, between two pages of the feed, to the question about a photo and to its bytes.

Each run meets the answer in its state whatever it tries; what it shows then must be true, what it says must name the reason, and the
same device finishes with the real server at the end.
"""
import gzip
import threading
import zlib

from answers_test import JSON, NDJSON, PORTAL, Bench, refusal, zstd_zeros
from e2e import EXIT, clock_env, main
from oracle import Oracle
from scripted import Answer, Scripted

OFFSET = {"Tus-Resumable": "1.0.0"}


def same(answer):
    return answer


def with_more(answer):
    """The same answer, and more to come: the next page is asked for at once."""
    if answer.status == 200:
        head, _, items = answer.body.partition(b"\n")
        answer.body = head.removesuffix(b"}").replace(b',"more":true', b"") + b',"more":true}\n' + items
    return answer


class State:
    """When in a sync the answer comes: pass_on says of each request before it what becomes of the real server's answer, else None."""

    def __init__(self, name, pass_on, is_photo=False):
        self.name, self.pass_on, self.is_photo = name, pass_on, is_photo


def sync_page(method, path, k):
    return with_more if k == 1 else None


def photo_question(method, path, k):
    return same if path == "/v1/sync" else None


def photo_bytes(method, path, k):
    return same if path == "/v1/sync" or method == "HEAD" else None


def photo_creation(method, path, k):
    """Without the upload that a HEAD would find, a photo begins with a creation."""
    if path == "/v1/sync":
        return same
    return (lambda answer: Answer(404, OFFSET)) if method == "HEAD" else None


STATES = (State("first request", lambda *_: None), State("page of the feed", sync_page), State("photo HEAD", photo_question, True),
          State("photo PATCH", photo_bytes, True), State("photo POST", photo_creation, True))

HTML = {"Content-Type": "text/html"}
TEN_MB = bytes(10 << 20)
# name, answer, exit status and words where it comes to a sync, the same where it comes to a photo
UNREADABLE = ("einval", "cannot be read.*try again later")
BROKEN, STALLED, PORTALED, AWAY = ("enet", "broke"), ("enet", "stalled"), ("enet", "sign in"), ("enet", "redirect")
FAULTY, UNCLEAR = ("enet", "server has a fault"), ("enet", "does not say how much of a photo")
ANSWERS = (
    ("500", refusal(500, "internal"), FAULTY, FAULTY),
    ("502 of a front server", Answer(502, HTML, PORTAL), FAULTY, FAULTY),
    ("503, come again in two hours", refusal(503, "busy", Retry_After="7200"), ("enet", "busy"), ("enet", "busy")),
    ("429, come again in two hours", refusal(429, "too-many", Retry_After="7200"), ("enet", "pause"), ("enet", "pause")),
    ("413", refusal(413, "too-large"), ("elimit", "so much"), ("ok", "left out.*so much")),
    ("507", refusal(507, "no-space"), ("enospc", "no room"), ("enospc", "no room")),
    ("portal", Answer(200, HTML, PORTAL), PORTALED, PORTALED),
    ("portal 511", Answer(511, HTML, PORTAL), PORTALED, PORTALED),
    ("redirect", Answer(302, {"Location": "https://127.0.0.1:1/"}), AWAY, AWAY),
    ("redirect to plain http", Answer(307, {"Location": "http://127.0.0.1:1/"}), AWAY, AWAY),
    # there is no body to a HEAD that could be too short
    ("shorter than said", Answer(200, {**NDJSON, "Content-Length": "5000"}, b'{"v":1}'), BROKEN, ("enet", "broke|does not say how much")),
    ("longer than said", Answer(200, {**NDJSON, "Content-Length": "10"}, b'{"v":1,"result":"ok"}\n'), UNREADABLE, UNCLEAR),
    ("zstd bomb", Answer(200, {**NDJSON, "Content-Encoding": "zstd"}, zstd_zeros(64 << 20)), ("elimit", "compression bomb"), UNCLEAR),
    ("gzip bomb", Answer(200, {**NDJSON, "Content-Encoding": "gzip"}, gzip.compress(TEN_MB)), UNREADABLE, UNCLEAR),
    ("deflate bomb", Answer(500, {**JSON, "Content-Encoding": "deflate"}, zlib.compress(TEN_MB)), FAULTY, FAULTY),
    ("slow", None, STALLED, STALLED),
    ("closed", Answer(raw=b""), BROKEN, BROKEN),
    ("closed in the headers", Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Ty"), BROKEN, BROKEN),
)


class States(Bench):
    def slow(self, method):
        """One byte now and then, of the body where there is one."""
        stop = threading.Event()
        self.addCleanup(stop.set)

        def drip():
            while not stop.wait(0.05):
                yield b" "
        if method == "HEAD":
            return Answer(raw=b"HTTP/1.1 200 OK\r\nTus-Resumable:", pieces=drip())
        return Answer(200, {**NDJSON, "Content-Length": "100000"}, b"", pieces=drip())

    def meet(self, state, name, answer, expected, oracle):
        def script(method, path, k):
            reached.append((method, path))
            passed_on = state.pass_on(method, path, k)
            if passed_on is not None:
                reached.pop()
                return passed_on
            return answer if answer is not None else self.slow(method)
        reached = []
        scripted = Scripted(script, self.pem, real=self.server)
        self.proxy.target = scripted.port
        try:
            result = self.h07.sync("--tries", "2", want=None, env=clock_env(speed=40 if answer is None else 20))
        finally:
            scripted.close()
        told = result.object
        text = f"{told.get('text', '')} {told.get('note', '')}"
        self.assertGreater(len(reached), 0, "the run never came to that state")
        self.assertLessEqual(len(reached), 12, "asked again and again")
        status, words = expected
        self.assertEqual(result.status, EXIT[status], text)
        self.assertRegex(text, words)
        if result.status != 0:
            self.assertIn("nothing is lost", result.err)
        oracle.look(self.h07)
        self.assertTrue(oracle.is_good, oracle.notes)

    def test_every_answer_in_every_state(self):
        oracle = Oracle(self.server, [self.h07])
        for state in STATES:
            if state.is_photo:
                # entries are there, photos wait: the first is asked about by HEAD
                self.proxy.target = self.server.port
                self.h07.sync("--no-photos")
            for name, answer, to_sync, to_photo in ANSWERS:
                with self.subTest(state=state.name, answer=name):
                    self.meet(state, name, answer, to_photo if state.is_photo else to_sync, oracle)
        self.assertEqual(self.h07.status()["photos_waiting"], 3)
        self.assert_all_well()


if __name__ == "__main__":
    main()
