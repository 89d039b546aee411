"""Originals leave a handheld only when the server signed for them 30 days ago and more; small copies and the proof stay."""
import glob
import os
import re

from e2e import EXIT, Case, Service, clock_env, main, program, sha256, wait_for

DAY_S = 86400


class Space(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()

    def later(self, days):
        """The server's clock, so many days on; devices' clocks stay where they are."""
        port = self.server.port
        self.server.stop()
        self.server.service = Service([program("jiexund"), "serve", "--data", self.server.data, "--listen", f"127.0.0.1:{port}"],
                                      self.server.log_path, env=clock_env(offset_s=days * DAY_S))
        wait_for("the server", lambda: os.path.exists(os.path.join(self.server.data, "control.sock")) or
                 not self.server.service.is_running())

    def log(self, device, photo):
        device.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps", "--photo", photo)

    def small(self, device):
        return glob.glob(os.path.join(device.home, "photos", "derived", "small", "*", "*.jpg"))

    def originals(self, device):
        return [os.path.join(device.home, path) for path in device.photos() if "derived" not in path and "tmp" not in path]

    def set(self, device, **values):
        with open(device.profile, encoding="utf-8") as file:
            text = file.read()
        for key, value in values.items():
            text = re.sub(rf"^{key} = .*\n", "", text, flags=re.M).replace("[storage]\n", f"[storage]\n{key} = {value}\n")
        with open(device.profile, "w", encoding="utf-8") as file:
            file.write(text)

    def test_only_what_is_proven_goes(self):
        device = self.device(self.server, "H07")
        first, second = self.photo(20000), self.photo(20000)
        self.log(device, first)
        self.log(device, second)
        told = device.json("space").object
        self.assertEqual((told["no-receipt_count"], told["may-go_count"]), (2, 0))
        device.sync()
        self.assertEqual(device.json("space").object["no-backup_count"], 2)
        self.set(device, backup="none")
        self.assertEqual(device.json("space").object["young_count"], 2)
        self.assertEqual(device.json("space", "prune").object["removed"], 0)
        # the server's time is known from its next receipt only
        self.later(29)
        self.log(device, self.photo(20000))
        device.sync()
        self.assertEqual(device.json("space").object["young_count"], 3)
        self.later(31)
        self.assertEqual(device.json("space", "prune").object["removed"], 0)
        self.log(device, first)  # the same picture in a new record: its file stays
        device.sync()
        self.assertEqual(device.json("space", "prune", "--dry-run").object["may-go_count"], 1)
        self.assertEqual(len(self.originals(device)), 3)
        self.assertEqual(device.json("space", "prune").object, {"ok": True, "removed": 1, "removed_bytes": os.path.getsize(second), "left": 0})
        self.assertEqual(len(self.originals(device)), 2)
        self.assertIn(sha256(second) + ".jpg", [os.path.basename(path) for path in self.small(device)])
        told = device.json("verify").object
        self.assertEqual((told["ok"], told["photos_let_go"], told["photos_good"]), (True, 1, 3))
        self.assertEqual(device.json("space").object["gone_count"], 1)
        # the same picture taken in again, and lost: that is damage
        self.log(device, second)
        self.assertTrue(device.json("verify").object["ok"])
        lost = [path for path in self.originals(device) if os.path.getsize(path) == os.path.getsize(second)]
        os.remove(lost[0])
        told = device.json("verify", want=EXIT["ecorrupt"]).object
        self.assertEqual((told["ok"], told["photos_let_go"], told["photos_bad"]), (False, 1, 1))

    def test_a_sound_note_goes_as_a_photo_does(self):
        device = self.device(self.server, "H07", storage__backup="none", sound__source="audiotestsrc")
        device.jx("log", "01.01", "--no-gps", "--record", "2")
        device.jx("log", "01.01", "--no-gps", "--record", "3")
        device.sync()
        self.later(31)
        photo = self.photo(20000)
        self.log(device, photo)
        device.sync()
        self.assertEqual(device.json("space").object["may-go_count"], 2)
        told = device.json("space", "prune").object
        self.assertEqual((told["removed"], told["left"]), (2, 0))
        # of a sound there is no small copy
        self.assertEqual((len(self.originals(device)), [os.path.basename(path) for path in self.small(device)]),
                         (1, [sha256(photo) + ".jpg"]))
        told = device.json("verify").object
        self.assertEqual((told["ok"], told["photos_let_go"]), (True, 2))

    def test_a_sync_makes_room_by_itself(self):
        device = self.device(self.server, "H07")
        for _ in range(3):
            self.log(device, self.photo(20000))
        device.sync()
        self.set(device, backup="none", warn_mb=1000000)
        self.later(31)
        self.log(device, self.photo(20000))
        self.set(device, prune="never")
        device.sync()
        self.assertEqual(len(self.originals(device)), 4)
        self.set(device, prune="auto")
        self.log(device, self.photo(20000))
        told = device.jx("sync")
        self.assertEqual(len(self.originals(device)), 2)
        self.assertIn("3", told.out)
        # nothing more may go: that is said, and no failure
        self.log(device, self.photo(20000))
        self.assertIn("jx space", device.jx("sync").err)
        device.json("verify")

    def test_what_was_cut_off_is_taken_up(self):
        device = self.device(self.server, "H07")
        self.log(device, self.photo(20000))
        device.sync()
        self.set(device, backup="none")
        self.later(31)
        self.log(device, self.photo(20000))
        device.sync()
        kept = {path: open(path, "rb").read() for path in self.originals(device)}
        self.assertEqual(device.json("space", "prune").object["removed"], 1)
        for path, data in kept.items():
            with open(path, "wb") as file:  # as if the power had gone before the file did
                file.write(data)
        self.assertEqual(len(self.originals(device)), 2)
        self.assertEqual(device.json("space", "prune").object["removed"], 1)
        self.assertEqual(len(self.originals(device)), 1)

    def test_a_number_that_is_none(self):
        device = self.device(self.server, "H07")
        self.assertIn("--mb", device.jx("space", "prune", "--mb", "many", want=EXIT["einval"]).err)


if __name__ == "__main__":
    main()
