"""Small copies: behind the entries, before any original, once; the office sees them while originals are on their way."""
import os
import re

import e2e
from e2e import EXIT, program, run, seeded
from proxy import FIN_UP, RST_DOWN, Plan, Proxy

SIZE = 400000
# What a small copy of these pictures may have at most, and what handshakes, entries and headers may have besides.
SMALL, REST = 30000, 20000
PHOTOS = 6
LANES = 4  # at most


class Small(e2e.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server(conf={"log_level": "debug", "picture_children": 0})
        self.proxy = Proxy(self.server.port)
        self.addCleanup(self.proxy.close)

    def record(self, device, entries=3, photos=2):
        """[[hash, ...] of each entry], newest first; numbers alike."""
        wanted, numbers = [], []
        for _ in range(entries):
            paths = [self.photo(SIZE) for _ in range(photos)]
            more = [part for path in paths for part in ("--photo", path)]
            told = device.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps", *more).object
            wanted.insert(0, [e2e.sha256(path) for path in paths])
            numbers.insert(0, told["number"])
        return wanted, numbers

    def requests(self):
        """[(path, status, bytes of the body)], as the server answered them."""
        return [(path, int(status), int(size))
                for path, status, size in re.findall(r"(/v1/\w+) (\d+), (\d+) B, ", self.server.service.log())]

    def sent(self):
        """Small copies that devices sent, by the hash of their original."""
        found = []
        for folder, _, names in os.walk(os.path.join(self.server.data, "photos", "sent")):
            found += [name[:64] for name in names if name.endswith(".jpg")]
        return sorted(found)

    def up(self):
        return self.proxy.stat()["up"]

    def office(self, *args, want=0):
        return run([program("jx-office"), "--home", self.path("office"), "--json", *args], want)

    def states(self, device, number):
        return [row["state"] for row in device.json("show", number).object["photo_states"]]

    def test_order_at_the_line(self):
        """The line is cut once so much has gone that entries and small copies fit in it and no original does."""
        device = self.device(self.server, "H07", url=self.proxy.url)
        device.sync()
        wanted, numbers = self.record(device)
        hashes = sorted(name for entry in wanted for name in entry)
        self.proxy.plan = Plan(FIN_UP, PHOTOS * SMALL + REST + SIZE // 4)
        device.sync("--tries", "1", want=EXIT["enet"])
        self.proxy.honest()
        self.assertEqual(self.sent(), hashes)
        self.assertEqual(self.server.photos(), [])
        self.assertLessEqual(device.entries().items(), self.server.entries().items())
        # what a person is told of each, newest first: one is on its way, all others wait
        told = device.json("show", numbers[0]).object["photo_states"]
        self.assertEqual([row["state"] for row in told], ["partly-sent", "waiting"])
        self.assertTrue(all(row["small_sent"] for row in told))
        self.assertTrue(0 < told[0]["sent_bytes"] < SIZE and 0 < told[0]["percent"] < 100, told)
        self.assertIn(f"{told[0]['percent']} % sent", device.jx("show", numbers[0]).out)
        self.assertIn("small copy", device.jx("show", numbers[1]).out)
        before = self.up()
        result = device.sync().object
        self.assertEqual((result["photos_waiting"], result["small_sent"]), (0, 0))
        self.assertLess(self.up() - before, PHOTOS * SIZE * 1.05 + REST)
        self.assertEqual(self.states(device, numbers[0]), ["stored", "stored"])
        with e2e.Database(os.path.join(self.server.data, "vault.db")) as db:
            stored = [bytes(row[0]).hex() for row in db.rows("SELECT sha256 FROM photo ORDER BY pos")]
        # begun in this order; on a line as quick as this one up to four are under way at a time, and the smallest lead wins
        newest_first = [name for entry in wanted for name in entry]
        self.assertEqual(stored[0], newest_first[0])
        self.assertEqual(sorted(stored), sorted(newest_first))
        self.assertTrue(all(newest_first.index(name) - at < LANES for at, name in enumerate(stored)), (stored, newest_first))
        self.assert_exactly_once(self.server, [device])

    def test_order_of_requests(self):
        device = self.device(self.server, "H07", url=self.proxy.url)
        device.sync()
        self.record(device)
        at = len(self.requests())
        before = self.up()
        self.assertEqual(device.sync().object["small_sent"], PHOTOS)
        asked = self.requests()[at:]
        paths = [path for path, _, _ in asked]
        bundles = [(status, size) for path, status, size in asked if path == "/v1/small"]
        self.assertEqual([status for status, _ in bundles], [200])
        self.assertTrue(PHOTOS * 500 < bundles[0][1] < PHOTOS * SMALL, bundles)
        self.assertEqual(paths, ["/v1/sync"] * paths.index("/v1/small") + ["/v1/small"] + ["/v1/photos"] * PHOTOS)
        self.assertLess(self.up() - before, PHOTOS * SIZE + bundles[0][1] + REST)
        device.sync()
        self.assertNotIn("/v1/small", [path for path, _, _ in self.requests()[at + len(asked):]])

    def test_cut_anywhere(self):
        """Requests and answers lost at any place: each copy is there in the end, and each photo once."""
        rng = seeded("small")
        device = self.device(self.server, "H07", url=self.proxy.url)
        device.sync()
        hashes = []
        for turn in range(8):
            wanted, _ = self.record(device, entries=1, photos=3)
            hashes += wanted[0]
            if turn % 2 == 0:
                self.proxy.plan = Plan(FIN_UP, rng.randrange(2000, 3 * SMALL))
            else:
                self.proxy.plan = Plan(RST_DOWN, rng.randrange(1500, 5000))
            device.jx("sync", "--metered", "yes", "--tries", "1", want=(0, EXIT["enet"]))
            self.proxy.honest()
        device.sync("--no-photos")
        self.assertNotEqual(self.server.photos(), sorted(hashes))
        device.sync()
        self.assertEqual(self.server.photos(), sorted(hashes))
        self.assert_exactly_once(self.server, [device])

    def test_office_sees_them_the_same_evening(self):
        device = self.device(self.server, "H07", url=self.proxy.url, sync__metered_originals="wait")
        device.sync()
        wanted, numbers = self.record(device, entries=2, photos=1)
        before = self.up()
        told = device.sync("--metered", "yes").object
        self.assertEqual((told["small_sent"], told["photos_sent"], told["photos_waiting"]), (2, 0, 2))
        self.assertLess(self.up() - before, 2 * SMALL + REST)
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        told = self.office("pull").object
        self.assertEqual((told["photos"], told["photos_left_out"], told["photos_small"], told["photos_small_new"]), (0, 0, 2, 2))
        told = self.office("pull").object
        self.assertEqual((told["photos_small"], told["photos_small_new"]), (2, 0))
        row = self.office("photo", "list", numbers[0]).object
        self.assertEqual((row["file"], row["sha256"]), ("small", wanted[0][0]))
        self.assertTrue(row["path"].endswith(f"/small/{wanted[0][0]}.jpg"), row)
        self.office("photo", "small", numbers[0], "-o", self.path("small.jpg"))
        with open(self.path("small.jpg"), "rb") as file:
            self.assertEqual(file.read(2), b"\xff\xd8")
        # only the original is evidence: no other copy comes of a small one
        self.office("photo", "screen", numbers[0], "-o", self.path("screen.jpg"), want=EXIT["enotfound"])
        self.office("verify")
        device.sync("--metered", "no")
        self.assertEqual(self.office("pull").object["photos"], 2)
        self.assertEqual(self.office("photo", "list", numbers[0]).object["file"], "here")
        self.assertFalse(os.path.exists(row["path"]))

    def test_pair_sheet_marks_them(self):
        device = self.device(self.server, "H07", sync__metered_originals="wait")
        device.sync()
        device.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps", "--photo", f"{self.photo()}:before",
                   "--photo", f"{self.photo()}:after")
        device.sync("--metered", "yes")
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.office("pull")
        told = self.office("pairs", "-o", self.path("sheet")).object
        self.assertEqual((told["pairs"], told["absent"]), (1, 2))
        with open(self.path("sheet", "pairs.html"), encoding="utf-8") as file:
            page = file.read()
        self.assertEqual(page.count("-small.jpg"), 2)
        self.assertEqual(page.count("small copy, original not yet here"), 2)

    def test_quota_is_told_photo_by_photo(self):
        self.server.stop()
        self.server.configure(photo_quota_mb=1)
        self.server.start()
        self.proxy.target = self.server.port
        device = self.device(self.server, "H07", url=self.proxy.url)
        device.sync()
        _, numbers = self.record(device, entries=4, photos=1)
        told = device.sync(want=EXIT["enospc"]).object
        self.assertEqual(told["server_error"], "quota")
        states = [self.states(device, number)[0] for number in numbers]
        # two fit; of the others those are refused that were under way, one or both: several go at once
        self.assertEqual(states.count("stored"), 2, states)
        self.assertIn("refused", states)
        self.assertEqual(states.count("refused") + states.count("waiting"), 2, states)
        number = numbers[states.index("refused")]
        self.assertEqual(device.json("show", number).object["photo_states"][0]["refused"], "quota")
        self.assertIn("share of the server's disk", device.jx("show", number).out)
        told = device.sync("--photo", number, want=EXIT["enospc"]).object
        self.assertEqual([row["state"] for row in told["photo_states"]], ["refused"])
        self.server.stop()
        self.server.configure(photo_quota_mb=100)
        self.server.start()
        self.proxy.target = self.server.port
        told = device.sync("--photo", number).object
        self.assertEqual([row["state"] for row in told["photo_states"]], ["stored"])

    def test_revoked(self):
        device = self.device(self.server, "H07")
        device.sync()
        self.record(device, entries=1, photos=1)
        self.server.admin("revoke", "H07", "--reason", "lost")
        device.sync(want=EXIT["eauth"])
        self.assertEqual(self.sent(), [])


if __name__ == "__main__":
    e2e.main()
