"""What people were shown, held against what is on the disks: from outside the programs, by their output and by a look into the databases.

A promise counts from the moment a program printed it: "saved" (jx log), "sent" and "complete" (jx list), "nothing waits" (jx sync). Each
is held against the server's rows and files at that moment, and all of them again at the end.
"""
import json
import os
import sys
import threading

from e2e import Database, sha256

ORDER = ("saved", "sent", "complete")
SERVER_ENTRY = "SELECT e.bytes FROM entry e JOIN writer w ON w.no = e.writer_no WHERE w.id = ? AND e.n = ?"


class Told:
    """What one device has told its user so far."""

    def __init__(self, device):
        self.device = device
        self.ids = {}  # id -> n, of each entry that was said to be saved
        self.states = {}  # n -> the furthest state shown


class Oracle:
    def __init__(self, server, devices):
        self.server = server
        self.told = {}
        self.watch(devices)
        self.lock = threading.Lock()
        self.lost, self.duplicated, self.failed, self.notes = 0, 0, 0, []
        self.seen_saved = self.seen_sent = self.seen_complete = 0

    def watch(self, devices):
        self.told.update({device.short: Told(device) for device in devices})

    def wrong(self, kind, text):
        with self.lock:
            setattr(self, kind, getattr(self, kind) + 1)
            self.notes.append(f"{kind}: {text}")
            if len(self.notes) <= 20:
                print(f"{kind}: {text}", file=sys.stderr, flush=True)

    # ---- what was printed ----

    def saved(self, device, result):
        """jx log said so."""
        told, out = self.told[device.short], result.object
        with self.lock:
            self.seen_saved += 1
        if told.ids.get(out["id"], out["n"]) != out["n"]:
            self.wrong("duplicated", f"{out['number']}: id {out['id']} was entry {told.ids[out['id']]} before")
        told.ids[out["id"]] = out["n"]

    def look(self, device):
        """jx list, as a user reads it: nothing that was shown is taken back, and what it shows is so."""
        rows = device.list()
        told = self.told[device.short]
        ids = {}
        for row in rows:
            if row["id"] in ids:
                self.wrong("duplicated", f"{row['number']} has the id of {device.short}-{ids[row['id']]}")
            ids[row["id"]] = row["n"]
        for entry_id, n in told.ids.items():
            if ids.get(entry_id) != n:
                self.wrong("lost", f"{device.short}-{n} was shown as saved and is not in the list")
        fresh = []
        for row in rows:
            before = told.states.get(row["n"], "saved")
            if ORDER.index(row["state"]) < ORDER.index(before):
                self.wrong("failed", f"{row['number']} was shown as {before} and is now {row['state']}")
            elif row["state"] != before:
                fresh.append(row)
            told.states[row["n"]] = max(row["state"], before, key=ORDER.index)
        self.check_server(device, fresh)
        return rows

    # ---- what is there ----

    def check_server(self, device, rows):
        """Each of these is shown as sent or complete, so it must be at the server now."""
        if not rows:
            return
        numbers = [row["n"] for row in rows]
        own = device.entries()
        state = {row["n"]: row["state"] for row in rows}
        with Database(os.path.join(self.server.data, "vault.db")) as db:
            for (writer, n), text in own.items():
                if n not in state:
                    continue
                found = db.rows(SERVER_ENTRY, writer, n)
                if len(found) > 1:
                    self.wrong("duplicated", f"{device.short}-{n} is at the server {len(found)} times")
                elif not found or bytes(found[0][0]) != text:
                    self.wrong("lost", f"{device.short}-{n} was shown as {state[n]}, the server has {'other bytes' if found else 'nothing'}")
                with self.lock:
                    self.seen_sent += 1
                if state[n] == "complete":
                    self.check_photos(device, n, text)
        missing = set(numbers) - {n for _, n in own}
        if missing:
            self.wrong("lost", f"{device.short}: {sorted(missing)} are listed and not in the log")

    def check_photos(self, device, n, text):
        with self.lock:
            self.seen_complete += 1
        for photo in json.loads(text).get("photos", ()):
            name = photo["sha256"]
            path = os.path.join(self.server.data, "photos", name[:2], name)
            if not os.path.exists(path) or sha256(path) != name:
                self.wrong("lost", f"{device.short}-{n} was shown as complete, its photo {name[:12]} is not at the server")

    def check_end(self):
        """Everything that a device recorded is at the server once, byte for byte, and every photo that an entry lists."""
        stored = self.server.entries()
        names = set(self.server.photos())
        recorded, listed = {}, set()
        for told in self.told.values():
            own = told.device.entries()
            recorded.update(own)
            for _, n in own:
                if told.states.get(n) != "complete":
                    self.wrong("failed", f"{told.device.short}-{n} is shown as {told.states.get(n)} at the end")
            numbers = [n for _, n in own]
            if sorted(numbers) != list(range(1, len(numbers) + 1)):
                self.wrong("lost", f"{told.device.short}: numbers are not 1 to {len(numbers)}")
        ids = {}
        for key, text in recorded.items():
            entry = json.loads(text)
            if entry["id"] in ids:
                self.wrong("duplicated", f"id {entry['id']} stands twice")
            ids[entry["id"]] = key
            listed.update(photo["sha256"] for photo in entry.get("photos", ()))
            if stored.get(key) != text:
                self.wrong("lost", f"entry {key[1]} of {key[0].hex()} is not at the server as it was recorded")
        # facts of the server's own writer are there besides
        writers = {writer for writer, _ in recorded}
        for key in stored:
            if key[0] in writers and key not in recorded:
                self.wrong("duplicated", f"the server has entry {key[1]} of {key[0].hex()}, which no device has")
        for name in listed - names:
            self.wrong("lost", f"photo {name} is not at the server")
        for name in names - listed:
            self.wrong("duplicated", f"the server has photo {name}, which no entry lists")
        counts = self.server.counts()
        if counts["gaps"] or counts["duplicates"] or counts["photos_stored"] != counts["photos_listed"]:
            self.wrong("failed", f"jiexund counts: {counts}")
        return len(recorded), len(listed)

    @property
    def is_good(self):
        return self.lost == self.duplicated == self.failed == 0
