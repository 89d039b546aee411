"""Memory of the server while 20 photos of 50 MB come in at the same time: as much as for small ones."""
import base64
import hashlib
import os
import threading
import unittest

from device import Connection, head_of
from program_test import Folder

PHOTOS = 20
SIZE = 50 * 1000 * 1000
PIECE = 1000 * 1000
CEILING_KB = 40 * 1024


class Large:
    """A photo that nobody holds as a whole: one random piece again and again, with its number in front."""

    def __init__(self, number, piece):
        self.number = number
        self.piece = piece
        digest = hashlib.sha256()
        for part in self.parts():
            digest.update(part)
        self.sha256 = digest.hexdigest()

    def parts(self):
        yield self.number.to_bytes(4, "big") + self.piece[4:]
        for _ in range(SIZE // PIECE - 1):
            yield self.piece


def kb_of(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


class Memory(Folder):
    def list_photos(self, device, connection, photos):
        entries = [device.make_entry([{"sha256": photo.sha256, "size_bytes": SIZE}]) for photo in photos]
        got = device.sync(connection, entries, token=True)
        self.assertEqual(got["n"], len(entries))

    def send(self, device, photo, meeting, answers):
        headers = device.photo_headers(Upload_Length=SIZE, Content_Type="application/offset+octet-stream", Content_Length=SIZE,
                                       Upload_Metadata="sha256 " + self.base64(photo.sha256))
        with Connection(self.server.port) as connection:
            connection.send(head_of("POST", "/v1/photos", headers))
            parts = photo.parts()
            connection.send(next(parts))
            # all are under way before any goes on
            meeting.wait()
            for part in parts:
                connection.send(part)
            answers[photo.number] = connection.read_answer()

    @staticmethod
    def base64(text):
        return base64.b64encode(text.encode()).decode()

    def test_parallel_uploads(self):
        piece = os.urandom(PIECE)
        photos = [Large(number, piece) for number in range(PHOTOS)]
        self.init(max_photo_bytes=SIZE, disk_reserve_mb=0, picture_children=0)
        self.server = self.serve()
        device = self.enrolled(self.server)
        with Connection(self.server.port) as connection:
            self.list_photos(device, connection, photos)
        meeting, answers = threading.Barrier(PHOTOS), {}
        threads = [threading.Thread(target=self.send, args=(device, photo, meeting, answers)) for photo in photos]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([answers[number].status for number in range(PHOTOS)], [201] * PHOTOS)
        self.assertEqual(self.json("counts")["photos_stored"], PHOTOS)
        # the kernel's own high-water mark: no sample misses it
        peak_kb = kb_of(self.server.process.pid, "VmHWM")
        print(f"server.memory_upload {peak_kb} kB at most, {PHOTOS} x {SIZE // 1000000} MB")
        self.assertLessEqual(peak_kb, CEILING_KB)
        self.assertGreater(peak_kb, 1024)


if __name__ == "__main__":
    unittest.main()
