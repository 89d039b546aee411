"""One save by the real program: `jx log` with a photo."""
import json
import os
import uuid

from e2e import Device, Server, program, run
from state import Folder, Look, chain_faults, photo_faults
from victim import AGAIN, FILE, MEMORY, Victim

ID = "01990000-0000-7000-8000-000000000001"


class Save:
    name = "calls.save"
    classes = (MEMORY, FILE)
    seed = 1

    def __init__(self, folder, rng):
        self.room = os.path.join(folder, "look")
        os.makedirs(self.room)
        server = Server(folder)
        server.start()
        try:
            self.device = Device(folder, "H07")
            self.device.enrol(server.url, server.code("H07"))
            self.device.begin()
            self.device.sync()  # and so a WAL of a usual length: it grows until a sync
        finally:
            server.stop()
        self.photo = os.path.join(folder, "photo.jpg")
        run([program("jx-photo"), "--out", self.photo, "--seed", str(rng.randrange(1 << 30)), "--width", "160", "--height", "120",
             "--bytes", "12000"])
        self.device.log("01.01", "--no-gps")
        self.folder = Folder(self.device.home)
        self.before = self.ids()
        self.victim = Victim(self.device.argv("--json", "log", "01.01", "--quantity", "3", "--unit", "sheet", "--no-gps", "--id", ID,
                                              "--photo", self.photo), os.path.join(folder, "victim"))
        self.shown = self.in_doubt = 0
        self.states = {}

    def prepare(self):
        self.folder.put_back()

    def look(self):
        return Look(os.path.join(self.device.home, "jiexun.db"), self.room)

    def ids(self):
        with self.look() as db:
            return [row[0] for row in db.rows("SELECT id FROM entry ORDER BY pos")]

    def disk(self, want):
        """want: how often the new entry may be there. (how often it is, with its photo, faults)"""
        with self.look() as db:
            found = db.integrity()
            [(writer, public_key)] = db.rows("SELECT writer, public_key FROM identity")
            entries = db.rows("SELECT n, digest, head, bytes, id FROM entry ORDER BY pos")
            photos = [row[0] for row in db.rows("SELECT sha256 FROM photo")]
        found += chain_faults(writer, public_key, [row[:4] for row in entries])
        bad_photos = photo_faults(self.device.home, photos, "listed")
        count = [row[4] for row in entries].count(uuid.UUID(ID).bytes)
        if [row[4] for row in entries if row[4] != uuid.UUID(ID).bytes] != self.before:
            found.append("an earlier entry is lost")
        if count not in want:
            found.append(f"stored {count} times")
        if count and len(photos) != 1:
            bad_photos.append(f"{len(photos)} photos listed")
        return count, bool(count) and not bad_photos, found + bad_photos

    def follow_up(self):
        """What is on disk now, and after the same save again: (count, is whole, count then, is whole then, faults)."""
        count, is_whole, found = self.disk((0, 1))
        again = self.victim.run(seed=AGAIN)
        if again.status != 0:
            found.append(f"the same save again: status {again.status}: {again.err.decode()}")
        after, is_whole_then, more = self.disk((1,))
        return count, is_whole, after, is_whole_then, found + more

    def judge(self, seen):
        """(lost, duplicated, other faults) after one point."""
        found = []
        try:
            shown = json.loads(seen.out).get("ok") is True
        except ValueError:
            shown = False
        if seen.status == 0 and not shown:
            found.append(f"status 0 and no answer: {seen.out!r}")
        self.shown += shown
        if self.folder.is_untouched():
            # where the point began, and what follows from there is known
            return int(shown), 0, found
        state = self.folder.digest()
        if state not in self.states:
            self.states[state] = self.follow_up()
        count, is_whole, after, is_whole_then, more = self.states[state]
        self.in_doubt += count == 1 and not shown
        return int(shown and not is_whole or not is_whole_then), int(max(count, after) > 1), found + more

    def stop(self):
        self.victim.stop()

    def proof(self):
        """Why the count means something."""
        return {"shown": self.shown, "in_doubt": self.in_doubt, "states": len(self.states)}, self.shown > 0
