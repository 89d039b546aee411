"""A device that was copied or restored: nobody's entries are lost, nobody's are mixed, and people are told what to do."""
import json
import os
import shutil
import socket

from e2e import EXIT, Case, Device, Service, main, program, wait_for


class Fork(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07")
        for n in range(3):
            self.h07.log("01.01", "--quantity", str(n + 1), "--unit", "sheet", "--no-gps", "--photo", self.photo())
        self.h07.sync()

    def copy(self, name):
        """cp -a of the whole device."""
        other = Device(self.dir, name)
        shutil.copytree(self.h07.home, other.home)
        return other

    def assert_enrol_again(self, device, old_writer, last_n):
        """What a person is told, and that it works: a new writer whose first entry continues the old log."""
        told = device.status()
        self.assertIn(told["must_enrol_again"], ("fork", "behind"))
        text = device.jx("status").out
        self.assertIn("jx enrol --again", text)
        self.assertTrue(device.jx("status", env={"JX_LANG": "zh"}).out)
        before = device.entries()
        result = device.jx("enrol", self.server.url, self.server.code("H07"), want=EXIT["eexists"])
        self.assertIn("--again", result.err)
        answer = device.enrol(self.server.url, self.server.code("H07"), "--again").object
        self.assertNotEqual(answer["writer"], old_writer)
        told = device.status()
        self.assertNotIn("must_enrol_again", told)
        self.assertEqual(told["writer"], answer["writer"])
        rows = [row for row in device.list() if row["kind"] == "continues"]
        self.assertEqual((len(rows), rows[0]["n"]), (1, 1))
        first = device.json("show", rows[0]["id"]).object["entry"]
        self.assertIn(old_writer, str(first))
        self.assertIn(str(last_n), str(first))
        # what was recorded stays, byte for byte
        self.assertEqual({key: device.entries().get(key) for key in before}, before)
        return answer

    def assert_nothing_lost(self, *devices):
        """Everything either recorded is at the server: in the log, or in quarantine."""
        stored, aside = set(self.server.entries().values()), set(self.server.entries(quarantined=True).values())
        for device in devices:
            for text in device.entries().values():
                self.assertTrue(text in stored or text in aside, text)
        # photos of a branch in quarantine stay on the device that took them
        photos = {os.path.basename(path) for device in devices for path in device.photos()}
        apart = {photo["sha256"] for text in aside for photo in json.loads(text).get("photos", ())}
        self.assertEqual(set(self.server.photos()), photos - apart)
        counts = self.server.counts()
        self.assertEqual((counts["gaps"], counts["duplicates"]), (0, 0), counts)
        self.server.admin("check")
        return aside

    def test_clone(self):
        writer = self.h07.status()["writer"]
        clone = self.copy("clone")
        # both go on, unaware of each other; one is first
        for device, street in ((self.h07, "East Street"), (clone, "West Street")):
            for _ in range(2):
                device.log("01.01", "--no-gps", "--street", street, "--photo", self.photo())
        self.h07.sync()
        result = clone.jx("sync", want=EXIT["econflict"])
        self.assertRegex(result.err, "restored|copied")
        self.assertIn("jx enrol --again", result.err)
        self.assertTrue(clone.sync(want=EXIT["econflict"], env={"JX_LANG": "zh"}).object["must_enrol_again"])
        # the first one goes on as if nothing had been
        self.assertTrue(all(row["state"] == "complete" for row in self.h07.list()))
        self.h07.log("01.01", "--no-gps")
        self.h07.sync()
        self.assertTrue(any("fork" in item["marks"] for item in self.server.review()) or self.server.counts()["quarantined"] == 2,
                        self.server.review())
        states = {row["number"]: row["state"] for row in clone.list()}
        self.assertEqual((states["H07-6"], states["H07-7"]), ("forked", "forked"))
        self.assertEqual(states["H07-5"], "complete")
        last_n = max(row["n"] for row in clone.list())
        self.assert_enrol_again(clone, writer, last_n)
        clone.log("06", "--nothing-found", "--no-gps")
        clone.sync()
        clone.sync()
        self.assertEqual(clone.status()["entries_waiting"], 0)
        aside = self.assert_nothing_lost(self.h07, clone)
        self.assertEqual(len(aside), 2)
        self.assertTrue(self.h07.json("verify").object["ok"])
        self.assertTrue(clone.json("verify").object["ok"])

    def test_restored(self):
        """An older copy is put back on the device: the server has more of it than it has itself."""
        writer = self.h07.status()["writer"]
        old = self.copy("old")
        for _ in range(2):
            self.h07.log("01.01", "--no-gps")
        self.h07.sync()
        restored = Device(self.dir, "restored")
        shutil.move(old.home, restored.home)
        result = restored.jx("sync", want=EXIT["econflict"])
        self.assertIn("jx enrol --again", result.err)
        self.assertTrue(any("behind" in item["marks"] for item in self.server.review()), self.server.review())
        self.assert_enrol_again(restored, writer, max(row["n"] for row in restored.list()))
        restored.log("06", "--nothing-found", "--no-gps")
        restored.sync()
        self.assertEqual(self.assert_nothing_lost(self.h07, restored), set())
        self.assertEqual(restored.status()["entries_waiting"], 0)

    def test_restored_and_worked_on(self):
        """The older copy recorded something before it met the server again: numbers are taken twice, and both are kept."""
        writer = self.h07.status()["writer"]
        restored = self.copy("restored")
        for _ in range(3):
            self.h07.log("01.01", "--no-gps")
        self.h07.sync()
        restored.log("02.01", "--no-gps", "--photo", self.photo())
        restored.sync(want=EXIT["econflict"])
        self.assert_enrol_again(restored, writer, max(row["n"] for row in restored.list()))
        restored.log("06", "--nothing-found", "--no-gps")
        restored.sync()
        restored.sync()
        self.assertEqual(len(self.assert_nothing_lost(self.h07, restored)), 1)

    def test_server_restored(self):
        """The server is put back to yesterday's backup: devices send again what it lacks, once, without a word to anybody."""
        self.restore_server(lambda: None)

    def test_server_restored_without_photos(self):
        """The backup had the database only."""
        self.restore_server(lambda: shutil.rmtree(os.path.join(self.server.data, "photos")))

    def restore_server(self, change):
        backup = self.path("backup")
        self.server.stop()
        shutil.copytree(self.server.data, backup)
        self.server.start()
        for _ in range(4):
            self.h07.log("01.01", "--no-gps", "--photo", self.photo())
        url = self.h07.status()["server"]
        self.use_port(url)
        self.h07.sync()
        self.assertEqual(self.h07.status()["entries_waiting"], 0)
        self.server.stop()
        shutil.rmtree(self.server.data)
        shutil.copytree(backup, self.server.data)
        change()
        self.server.admin("new-epoch")
        self.use_port(url)
        self.h07.log("01.01", "--no-gps")
        self.h07.sync()
        self.h07.sync()
        self.assertTrue(all(row["state"] == "complete" for row in self.h07.list()), self.h07.list())
        self.assertTrue(self.h07.json("verify").object["ok"])
        self.assert_exactly_once(self.server, [self.h07])

    def test_server_restored_from_before_the_enrolment(self):
        """The backup does not know the device: it comes back as who it is, and its whole log goes up under its own name."""
        backup = self.path("backup")
        self.server.stop()
        shutil.copytree(self.server.data, backup)
        self.server.start()
        late = self.device(self.server, "H08")
        url = late.status()["server"]
        self.use_port(url)
        for _ in range(3):
            late.log("01.01", "--no-gps", "--photo", self.photo())
        late.sync()
        writer = late.status()["writer"]
        self.server.stop()
        shutil.rmtree(self.server.data)
        shutil.copytree(backup, self.server.data)
        self.server.admin("new-epoch")
        self.use_port(url)
        late.log("01.01", "--no-gps")
        self.assertEqual(late.sync(want=EXIT["eauth"]).object["server_error"], "unknown-writer")
        answer = late.enrol(url, self.server.code("H08"), "--again").object
        self.assertEqual(answer["writer"], writer)
        late.sync()
        late.sync()
        self.assertTrue(all(row["state"] == "complete" for row in late.list()), late.list())
        self.assertTrue(late.json("verify").object["ok"])
        self.assert_exactly_once(self.server, [self.h07, late])

    def test_locked_out(self):
        """A code for a device that knows no key of the server any more: it stays who it is, what waits goes up; no other can use it."""
        writer = self.h07.status()["writer"]
        url = self.h07.status()["server"]
        self.h07.log("01.01", "--no-gps", "--photo", self.photo())
        result = self.server.admin("code", "--short", "H07", want=EXIT["eexists"])
        self.assertIn("H07", result.out + result.err)
        code = self.server.admin("code", "--short", "H07", "--renew").object["code"]
        other = Device(self.dir, "other")
        other.jx("enrol", url, code, want=EXIT["eauth"])
        self.assertEqual(self.h07.enrol(url, code, "--again").object["writer"], writer)
        self.h07.sync()
        self.assertTrue(all(row["state"] == "complete" for row in self.h07.list()))
        self.assert_exactly_once(self.server, [self.h07])

    def use_port(self, url):
        """Serve where the device was enrolled."""
        port = int(url.rsplit(":", 1)[1])
        if self.server.service is not None and self.server.port == port:
            return
        self.server.stop()
        self.server.service = Service([program("jiexund"), "serve", "--data", self.server.data, "--listen", f"127.0.0.1:{port}"],
                                      self.server.log_path)
        self.server.port = port

        def listens():
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return True
            except OSError:
                return False
        wait_for("jiexund", listens)

    def test_revoked(self):
        """A lost device is shut out with its next request; what it has stays on it."""
        self.server.admin("revoke", "H07", "--reason", "lost in a taxi")
        self.h07.log("01.01", "--no-gps")
        result = self.h07.jx("sync", want=EXIT["eauth"])
        self.assertIn("revoked", result.err)
        self.assertEqual(self.h07.status()["entries_waiting"], 1)
        self.assertEqual(self.server.writers()["H07"]["state"], "revoked")
        # its short code may be given to another device
        other = self.device(self.server, "H07b")
        other.sync()

    def test_key_and_log_apart(self):
        """Another device's log under our key is refused by the device itself."""
        other = self.device(self.server, "H08")
        shutil.copy(os.path.join(self.h07.home, "device.key"), os.path.join(other.home, "device.key"))
        other.jx("log", "01.01", "--no-gps", want=EXIT["ecorrupt"])
        other.jx("sync", want=EXIT["ecorrupt"])


if __name__ == "__main__":
    main()
