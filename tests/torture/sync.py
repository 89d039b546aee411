"""One sync, and the ingest that is its other side: three entries and a photo, over the folders that the real programs made."""
import json
import os

from e2e import Device, Server, program, run, wait_for
from state import Folder, Look, chain_faults, photo_faults
from victim import AGAIN, FILE, MEMORY, NETWORK, Trouble, Victim

ENTRIES = 2  # logged, besides the sign-in and the start of the shift


class Sides:
    """A device with something to send, and its server; both stand still between two points."""

    seed = 1

    def __init__(self, folder, rng):
        self.room = os.path.join(folder, "look")
        os.makedirs(self.room)
        self.server = Server(folder)
        self.server.start()
        try:
            self.device = Device(folder, "H07")
            self.device.enrol(self.server.url, self.server.code("H07"))
            self.device.begin()
            self.device.sync()
        finally:
            self.server.stop()
        photo = os.path.join(folder, "photo.jpg")
        run([program("jx-photo"), "--out", photo, "--seed", str(rng.randrange(1 << 30)), "--width", "160", "--height", "120",
             "--bytes", "12000"])
        for number in range(ENTRIES):
            self.device.log("01.01", "--no-gps", *(("--photo", photo) if number == 0 else ()))
        self.thin_out()
        self.folders = [Folder(self.device.home), Folder(self.server.data)]
        with self.look_device() as db:
            self.recorded = db.rows("SELECT n, digest, head, bytes, id FROM entry ORDER BY pos")
            self.photos = {row[0] for row in db.rows("SELECT sha256 FROM photo")}
        self.shown = self.in_doubt = 0
        self.states = {}

    def thin_out(self):
        """Hundreds of empty folders would be looked at after each point."""
        photos = os.path.join(self.server.data, "photos")
        for name in os.listdir(photos):
            if len(name) == 2 and not os.listdir(os.path.join(photos, name)):
                os.rmdir(os.path.join(photos, name))

    def prepare(self):
        for folder in self.folders:
            folder.put_back()

    def look_device(self):
        return Look(os.path.join(self.device.home, "jiexun.db"), self.room)

    def look_server(self):
        return Look(os.path.join(self.server.data, "vault.db"), self.room)

    def device_says(self):
        """What this device shows as sent: (n, head) and photos, from the receipts that it keeps."""
        with self.look_device() as db:
            found = db.integrity()
            receipts = [json.loads(row[0]) for row in db.rows("SELECT text FROM receipt WHERE standing = 0 ORDER BY no")]
            photos = {row[0] for row in db.rows("SELECT sha256 FROM photo_done")}
            if db.rows("SELECT n, digest, head, bytes, id FROM entry ORDER BY pos") != self.recorded:
                found.append("the device's log changed")
            if db.one("SELECT count(*) FROM receipt WHERE standing <> 0"):
                found.append("a fork where there is none")
        found += photo_faults(self.device.home, self.photos, "on the device")
        newest = receipts[-1] if receipts else {"n": 0}
        return newest, photos, found

    def server_holds(self):
        with self.look_server() as db:
            found = db.integrity()
            [(number, writer, key, must_enrol)] = db.rows(
                "SELECT no, id, public_key, must_enrol FROM writer WHERE short_code = 'H07'")
            entries = db.rows("SELECT n, digest, head, bytes, id FROM entry WHERE writer_no = ? ORDER BY n", number)
            receipts = db.rows("SELECT n, text FROM receipt WHERE writer_no = ?", number)
            photos = {row[0] for row in db.rows("SELECT sha256 FROM photo WHERE writer_no = ?", number)}
            if db.one("SELECT count(*) FROM quarantine") or must_enrol:
                found.append("taken for a fork")
        found += chain_faults(writer, key, [row[:4] for row in entries])
        found += photo_faults(self.server.data, photos, "receipted by the server")
        for n, text in receipts:
            said = json.loads(text)
            if not any(row[0] == n and row[2].hex() == said["head"] for row in entries):
                found.append(f"a receipt for {n} without its entry")
        return entries, photos, found

    def disk(self):
        """(lost, duplicated, faults, everything was sent, entries at the server)"""
        newest, photos_sent, found = self.device_says()
        entries, photos, more = self.server_holds()
        found += more
        stored = {row[0]: row for row in entries}
        lost = [n for n, _, head, _, _ in self.recorded if n <= newest["n"] and (n not in stored or stored[n][2] != head)]
        if lost:
            found.append(f"shown as sent and not stored: {lost}")
        if photos_sent - photos:
            lost.append(0)
            found.append("a photo shown as sent and not stored")
        ids = [row[4] for row in entries]
        duplicated = len(ids) - len(set(ids))
        foreign = [row[0] for row in entries if row not in self.recorded]
        if foreign:
            found.append(f"the server holds what was never recorded: {foreign}")
        is_all = newest["n"] == self.recorded[-1][0] and photos_sent == self.photos
        return len(lost), duplicated, found, is_all, entries

    def follow_up(self):
        """What is on disk now, and after a sync without a fault: (lost, duplicated, all was sent, faults)."""
        lost, duplicated, found, was_all, _ = self.disk()
        again = self.again()
        if again.status != 0:
            found.append(f"sync again: status {again.status}: {again.err.decode()}")
        more_lost, more_duplicated, more, is_all, entries = self.disk()
        if not is_all:
            found.append("not all is sent after a sync without a fault")
        if entries != self.recorded:
            found.append("the server does not hold what was recorded, each once")
            more_lost += 1
        return lost + more_lost, max(duplicated, more_duplicated), was_all, found + more

    def judge(self, seen):
        """(lost, duplicated, other faults) after one point."""
        done = seen.status == 0
        if all(folder.is_untouched() for folder in self.folders):
            return int(done), 0, ["status 0 and nothing was done"] if done else []
        state = b"".join(folder.digest() for folder in self.folders)
        if state not in self.states:
            self.states[state] = self.follow_up()
        lost, duplicated, was_all, found = self.states[state]
        self.shown += was_all
        self.in_doubt += was_all and not done
        # a photo that cannot be read is left out, which the answer says
        if done and not was_all and not self.says_left_out(seen):
            found = found + ["status 0, and not all is sent"]
        return lost, duplicated, found

    @staticmethod
    def says_left_out(seen):
        return json.loads(seen.out)["photos_left_out"] > 0

    def again(self):
        return self.victim.run(seed=AGAIN)

    def proof(self):
        return {"shown": self.shown, "in_doubt": self.in_doubt, "states": len(self.states)}, self.shown > 0


class Https(Sides):
    """`jx sync` against `jiexund`: the same over TLS, sockets included. Time and chance are real, so every point is judged."""

    name = "calls.https"
    classes = (MEMORY, FILE, NETWORK)
    seed = 0

    def __init__(self, folder, rng):
        super().__init__(folder, rng)
        # no second try: after a fault the next sync has to find its way
        self.victim = Victim(self.device.argv("--json", "sync", "--tries", "1"), os.path.join(folder, "victim"))
        self.jiexund = Victim([program("jiexund"), "serve", "--data", self.server.data, "--listen", f"127.0.0.1:{self.server.port}",
                               "--port-file", self.server.port_file], os.path.join(folder, "jiexund"))
        self.pid = None

    def thin_out(self):
        """The server would make them again."""

    def prepare(self):
        self.end_server()
        super().prepare()
        if os.path.exists(self.server.port_file):
            os.unlink(self.server.port_file)
        self.pid = self.jiexund.start()
        wait_for("jiexund", lambda: os.path.exists(self.server.port_file))

    def end_server(self):
        pid, self.pid = self.pid, None
        if pid is not None and self.jiexund.end(pid) != 0:
            with open(self.jiexund.err, encoding="utf-8") as log:
                raise Trouble(f"jiexund: {log.read()}")

    def judge(self, seen):
        wrong = self.wrong_counts(seen)
        lost, duplicated, found = super().judge(seen)
        return lost, duplicated, found + wrong

    def wrong_counts(self, seen):
        """What people are told that waits is what waits."""
        try:
            said = json.loads(seen.out)
            told = said["entries_waiting"], said["photos_waiting"]
        except (ValueError, KeyError):
            return []
        newest, photos, _ = self.device_says()
        waiting = self.recorded[-1][0] - newest["n"], len(self.photos - photos)
        return [] if told == waiting else [f"says that {told} wait, and {waiting} do"]

    @staticmethod
    def says_left_out(seen):
        return json.loads(seen.out)["photos_waiting"] > 0

    def again(self):
        return self.victim.run(seed=0)

    def stop(self):
        self.end_server()
        self.victim.stop()
        self.jiexund.stop()


class TwoSides(Sides):
    """Both in one process; calls count on one side."""

    classes = (MEMORY, FILE)

    def __init__(self, folder, rng):
        super().__init__(folder, rng)
        self.victim = Victim([program("two_sides"), self.side, self.device.home, self.server.data], os.path.join(folder, "victim"),
                             is_armed_at_main=False)

    def stop(self):
        self.victim.stop()


class Sync(TwoSides):
    name, side = "calls.sync", "device"


class Ingest(TwoSides):
    name, side = "calls.ingest", "server"
