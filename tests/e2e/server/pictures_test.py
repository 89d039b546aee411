"""What becomes of photos on the server: small copies made in children, bad pictures, strays, room. Through the program itself."""
import os
import shutil
import sqlite3
import time
import unittest

from device import Device, sha256
from harness import Connection, wait_for
from program_test import Folder

CORPUS = os.path.join(os.environ["JX_SOURCE"], "tests/fuzz/corpus/picture")
DAY_S = 86400


def corpus(name):
    with open(os.path.join(CORPUS, name), "rb") as file:
        return file.read()


def with_size(jpeg, width, height):
    """The same picture data under other dimensions: what a bomb does."""
    at = next(i for i in range(len(jpeg) - 9) if jpeg[i] == 0xFF and jpeg[i + 1] in (0xC0, 0xC1, 0xC2))
    return jpeg[:at + 5] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + jpeg[at + 9:]


PLAIN = corpus("plain.jpg")
GOOD = {
    "plain": PLAIN,
    "progressive": corpus("progressive.jpg"),
    "cmyk": corpus("cmyk.jpg"),
    "ycck": corpus("ycck-progressive.jpg"),
    "grey": corpus("grey.jpg"),
    "wild Exif": corpus("wild-offset.jpg"),
    # a JPEG for one program, a page or an archive for another
    "polyglot": PLAIN + b"<html><script>alert(1)</script></html>PK\x05\x06" + bytes(18),
}
BAD = {
    "empty picture": b"\xff\xd8\xff\xd9",
    "one byte": b"\xff",
    "page": b"<!doctype html><script>alert(1)</script>",
    "truncated header": PLAIN[:40],
    "4 gigapixels": with_size(PLAIN, 65500, 65500),
    "archive": b"PK\x03\x04" + bytes(300),
}


class Pictures(Folder):
    def start(self, **conf):
        self.init(**conf)
        self.server = self.serve()
        self.h07 = self.enrolled(self.server)

    def restart(self, **conf):
        self.assertEqual(self.server.close(), 0)
        with open(os.path.join(self.data, "jiexund.conf"), "a", encoding="utf-8") as file:
            file.writelines(f"{key} = {value}\n" for key, value in conf.items())
        self.server = self.serve()

    def list(self, *photos, device=None):
        device = device or self.h07
        with Connection(self.server.port) as connection:
            device.sync(connection, [device.make_entry(photos)], token=True)

    def send(self, photo, device=None):
        device = device or self.h07
        with Connection(self.server.port) as connection:
            device.sync(connection, [], token=True)
            return connection.ask("POST", "/v1/photos", device.upload_headers(photo), photo)

    def store(self, *photos, device=None):
        self.list(*photos, device=device)
        for photo in photos:
            answer = self.send(photo, device)
            self.assertEqual(answer.status, 201, answer.body)
            self.assertIsNotNone(answer["Jiexun-Photo-Receipt"])

    def path(self, photo):
        digest = sha256(photo).hex()
        return os.path.join(self.data, "photos", digest[:2], digest)

    def copy_path(self, photo):
        digest = sha256(photo).hex()
        return os.path.join(self.data, "photos", "derived", "small", digest[:2], digest + ".jpg")

    def has_copy(self, photo):
        return os.path.exists(self.copy_path(photo))

    def marks(self):
        return [mark for item in self.json("review")["items"] for mark in item["marks"]]

    def is_marked(self, photo):
        return f"unreadable-photo: {sha256(photo).hex()}" in self.marks()

    def alive(self):
        with Connection(self.server.port) as connection:
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)


class Copies(Pictures):
    def test_good_ones_get_a_copy_and_bad_ones_a_mark(self):
        self.start()
        self.store(*GOOD.values(), *BAD.values())
        for name, photo in GOOD.items():
            with self.subTest(good=name):
                wait_for("the copy", lambda: self.has_copy(photo) or self.is_marked(photo))
                self.assertTrue(self.has_copy(photo))
                self.assertFalse(self.is_marked(photo))
        for name, photo in BAD.items():
            with self.subTest(bad=name):
                wait_for("the mark", lambda: self.has_copy(photo) or self.is_marked(photo))
                self.assertTrue(self.is_marked(photo))
        # evidence is evidence: whatever it shows, byte for byte
        for photo in [*GOOD.values(), *BAD.values()]:
            with open(self.path(photo), "rb") as file:
                self.assertEqual(file.read(), photo)
        self.alive()
        self.assertEqual(self.json("counts")["photos_stored"], len(GOOD) + len(BAD))
        # a second run does not try them again
        before = sorted(self.marks())
        times = [item["times"] for item in self.json("review")["items"]]
        self.restart()
        last = PLAIN + b"another"
        self.store(last)
        wait_for("the copy", lambda: self.has_copy(last))
        self.assertEqual(sorted(self.marks()), before)
        self.assertEqual([item["times"] for item in self.json("review")["items"]], times)

    def test_what_an_earlier_run_did_not_get_to(self):
        self.start(picture_children=0)
        photos = [PLAIN + bytes([i]) for i in range(20)]
        self.store(*photos)
        self.assertFalse(any(self.has_copy(photo) for photo in photos))
        with open(os.path.join(self.data, "jiexund.conf"), encoding="utf-8") as file:
            kept = [line for line in file if not line.startswith("picture_children")]
        with open(os.path.join(self.data, "jiexund.conf"), "w", encoding="utf-8") as file:
            file.writelines(kept)
        self.restart()
        wait_for("all copies", lambda: all(self.has_copy(photo) for photo in photos))
        self.assertEqual(self.marks(), [])

    def test_sound_is_no_bad_picture(self):
        self.start(picture_children=1)
        sound = b"OggS\0\x02" + bytes(200)
        self.store(sound, PLAIN)
        wait_for("the copy", lambda: self.has_copy(PLAIN))
        self.assertEqual(self.marks(), [])

    def test_same_bytes_in_two_records_and_of_two_writers(self):
        self.start()
        self.store(PLAIN)
        self.list(PLAIN)
        h08 = self.enrolled(self.server, "H08")
        self.store(PLAIN, device=h08)
        counts = self.json("counts")
        self.assertEqual((counts["photos_listed"], counts["photos_stored"]), (2, 2))
        with open(self.path(PLAIN), "rb") as file:
            self.assertEqual(file.read(), PLAIN)
        self.ok("check")

    def test_served_as_bytes_to_be_saved(self):
        self.start()
        photo = GOOD["polyglot"]
        self.store(photo)
        admin = self.enrolled_as("admin")
        with Connection(self.server.port) as connection:
            admin.sync(connection, [], token=True)
            for headers, status in (({}, 200), ({"Range": "bytes=3-"}, 206)):
                answer = connection.ask("GET", f"/v1/blobs/{sha256(photo).hex()}", {**admin.photo_headers(), **headers})
                self.assertEqual(answer.status, status)
                self.assertEqual(answer["Content-Type"], "application/octet-stream")
                self.assertEqual(answer["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer["Content-Disposition"], f'attachment; filename="{sha256(photo).hex()}"')
                self.assertEqual(answer["Cache-Control"], "private, no-store")
                self.assertIn("sandbox", answer["Content-Security-Policy"])
                self.assertTrue(photo.endswith(answer.body))

    def enrolled_as(self, role):
        code = self.json("code", "--short", "OFF2", "--role", role, "--trusted")["code"]
        device = Device()
        with Connection(self.server.port) as connection:
            self.assertEqual(device.enrol(connection, code).status, 200)
        return device


class Strays(Pictures):
    def plant(self, data, age_days=0, path=None):
        path = path or self.path(data)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        then = time.time() - age_days * DAY_S
        os.utime(path, (then, then))
        return path

    def test_check_and_sweep(self):
        self.start()
        self.store(PLAIN)
        wait_for("the copy", lambda: self.has_copy(PLAIN))
        for name in (self.path(PLAIN), self.copy_path(PLAIN)):
            os.utime(name, (time.time() - 400 * DAY_S,) * 2)
        old = self.plant(b"old and listed by none", 40)
        young = self.plant(b"young and listed by none", 20)
        lone = self.plant(b"", 40, self.copy_path(b"gone"))
        told = self.json("check")
        self.assertEqual((told["unlisted"], told["lone_copies"], told["missing"]), (2, 1, 0))
        self.assertEqual({stray["sha256"] for stray in told["strays"]},
                         {sha256(x).hex() for x in (b"old and listed by none", b"young and listed by none", b"gone")})
        self.assertIn("2 photos", self.ok("check"))
        told = self.json("sweep", "--dry-run")
        self.assertEqual((told["dry_run"], told["unlisted"], told["lone_copies"]), (True, 1, 1))
        self.assertTrue(all(map(os.path.exists, (old, young, lone))))
        # restored lately: entries that list it may still come
        self.json("new-epoch")
        self.assertEqual(self.json("sweep", "--dry-run")["unlisted"], 0)
        # the server itself takes copies only
        self.restart()
        wait_for("the lone copy to go", lambda: not os.path.exists(lone))
        self.assertTrue(os.path.exists(old))
        # the epoch of long ago
        self.assertEqual(self.server.close(), 0)
        with sqlite3.connect(os.path.join(self.data, "vault.db")) as db:
            epoch = db.execute("SELECT epoch FROM meta").fetchone()[0]
            then = int((time.time() - 31 * DAY_S) * 1000)
            db.execute("UPDATE meta SET epoch = ?", (then.to_bytes(6, "big") + epoch[6:],))
        db.close()
        told = self.json("sweep")
        self.assertEqual((told["unlisted"], told["bytes"]), (1, len(b"old and listed by none")))
        self.assertEqual([os.path.exists(name) for name in (old, young, self.path(PLAIN), self.copy_path(PLAIN))], [False, True, True, True])

    def test_a_stored_photo_that_is_gone_or_damaged(self):
        self.start()
        other = PLAIN + b"other"
        self.store(PLAIN, other)
        for photo in (PLAIN, other):
            wait_for("the copy", lambda: self.has_copy(photo))
        os.unlink(self.path(PLAIN))
        self.fails(70, "1 stored photos are gone", "check")
        self.fails(70, sha256(PLAIN).hex()[:16], "check")
        # the device asks, and sends it again: the receipt of one that is not there is not given
        self.assertEqual(self.send(PLAIN).status, 201)
        self.ok("check")
        with open(self.path(other), "ab") as file:
            file.write(b"!")
        self.fails(70, "1 are damaged", "check")


class Room(Pictures):
    def refused(self, photo, name, words):
        answer = self.send(photo)
        self.assertEqual(answer.status, 507, answer.body)
        self.assertIn(f'"error":"{name}"'.encode(), answer.body)
        self.assertIn(words, answer.body)
        with Connection(self.server.port) as connection:
            head = connection.ask("HEAD", f"/v1/photos/{sha256(photo).hex()}", self.h07.photo_headers())
        self.assertEqual(head["Upload-Offset"], "0")
        tmp = os.path.join(self.data, "photos", "tmp")
        self.assertEqual([name for name in os.listdir(tmp) if name.endswith(".part")] if os.path.isdir(tmp) else [], [])

    def test_quota(self):
        self.start(photo_quota_mb=1)
        first, second, small = os.urandom(600000), os.urandom(600000), os.urandom(300000)
        self.store(first)
        self.list(second, small)
        self.refused(second, "quota", b"photo_quota_mb")
        self.assertEqual(self.send(small).status, 201)
        # what is stored stays stored, and costs nothing to ask for again
        self.assertEqual(self.send(first).status, 201)
        # another writer has a quota of its own
        self.store(second, device=self.enrolled(self.server, "H08"))
        with open(os.path.join(self.data, "jiexund.conf"), encoding="utf-8") as file:
            text = file.read().replace("photo_quota_mb = 1\n", "photo_quota_mb = 2\n")
        with open(os.path.join(self.data, "jiexund.conf"), "w", encoding="utf-8") as file:
            file.write(text)
        self.restart()
        self.assertEqual(self.send(second).status, 201)
        self.assertEqual(self.json("counts")["photos_stored"], 4)

    def test_reserve(self):
        free_mb = shutil.disk_usage(self.top).free // 1000000
        self.start(disk_reserve_mb=free_mb * 2)
        photo = os.urandom(100000)
        self.list(photo)  # entries go on
        self.refused(photo, "no-space", b"administrator makes room")
        with open(os.path.join(self.data, "jiexund.conf"), encoding="utf-8") as file:
            text = file.read().replace(f"disk_reserve_mb = {free_mb * 2}\n", "disk_reserve_mb = 0\n")
        with open(os.path.join(self.data, "jiexund.conf"), "w", encoding="utf-8") as file:
            file.write(text)
        self.restart()
        self.assertEqual(self.send(photo).status, 201)

    def test_quota_counts_what_others_send_at_the_same_time(self):
        self.start(photo_quota_mb=1)
        first, second = os.urandom(600000), os.urandom(600000)
        self.list(first, second)
        with Connection(self.server.port) as connection:
            self.h07.sync(connection, [], token=True)
            headers = self.h07.upload_headers(first)
            connection.send(("POST /v1/photos HTTP/1.1\r\nHost: x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) +
                             "\r\n").encode() + first[:300000])

            def busy():
                with Connection(self.server.port) as other:
                    answer = other.ask("HEAD", f"/v1/photos/{sha256(first).hex()}", self.h07.photo_headers())
                return int(answer["Upload-Offset"]) > 0
            wait_for("the first to be under way", busy)
            self.assertEqual(self.send(second).status, 507)
            connection.send(first[300000:])
            self.assertEqual(connection.read_answer().status, 201)
        self.assertEqual(self.json("counts")["photos_stored"], 1)


if __name__ == "__main__":
    unittest.main()
