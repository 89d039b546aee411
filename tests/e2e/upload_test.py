"""Photos on their way: in which order, and how often a byte goes when the line is cut again and again. Bytes are counted at a proxy."""
import argparse
import json
import os
import sys
import time

import e2e
from e2e import Database, clock_env, seeded
from proxy import FIN_UP, PASS, Plan, Proxy

SIZE = 4000000
# Cut as a line is cut: what was sent before arrives. (A reset makes the receiving kernel throw away what nobody has read yet; on a loopback,
# which is faster than the reader, that is as much as fits there. That all arrives all the same is tests/e2e/network_test.py's.)
# One to four cuts a photo: each costs a handshake, two requests' headers, and the TLS record it falls into, which nobody can read half.
CUT_FROM, CUT_UNTIL = 1000000, 3900000
MOST = 1.05
# Entries and receipts besides: a few kilobytes.
REST = 20000


class Cuts(e2e.Case):
    count = 40

    def test_cut_anywhere(self):
        rng = seeded("cuts")
        began = time.monotonic()
        server = self.start_server()
        proxy = Proxy(server.port)
        self.addCleanup(proxy.close)
        device = self.device(server, "H07", url=proxy.url)
        device.sync()
        cuts = photos = up = 0
        while cuts < self.count:
            device.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps", "--photo", self.photo(SIZE))
            before = proxy.stat()
            proxy.plan = Plan(FIN_UP, rng.randrange(CUT_FROM, CUT_UNTIL))
            result = device.sync("--tries", "6", env=clock_env(speed=50))
            after = proxy.stat()
            proxy.honest()
            self.assertEqual(result.object["photos_waiting"], 0)
            sent = after["up"] - before["up"]
            self.assertLess(sent, MOST * SIZE + REST, f"photo {photos}: {before} {after}")
            cuts += sum(n for fault, n in after["struck"].items() if fault != PASS) - \
                sum(n for fault, n in before["struck"].items() if fault != PASS)
            up, photos = up + sent, photos + 1
        device.sync()
        self.assert_exactly_once(server, [device])
        self.assertEqual({row["state"] for row in device.list()}, {"complete"})
        self.assertGreaterEqual(cuts, self.count)
        self.assertLess(up, MOST * SIZE * photos)
        print(json.dumps({"name": "upload.cuts", "count": cuts, "photos": photos, "sent_ratio": round(up / (SIZE * photos), 4), "lost": 0,
                          "duplicated": 0, "failed": 0, "seconds": round(time.monotonic() - began, 1)}))

    def test_order(self):
        """Entries before any photo, and of photos the newest entry's first, in the order in which it lists them."""
        server = self.start_server()
        device = self.device(server, "H07")
        wanted = []
        for _ in range(6):
            paths = [self.photo(3000), self.photo(4000)]
            more = [part for path in paths for part in ("--photo", path)]
            device.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps", *more)
            wanted.insert(0, [e2e.sha256(path) for path in paths])
        device.sync()
        with Database(os.path.join(server.data, "vault.db")) as db:
            photos = db.rows("SELECT pos, sha256 FROM photo ORDER BY pos")
            last_entry = db.rows("SELECT max(pos) FROM entry")[0][0]
        self.assertEqual([bytes(row[1]).hex() for row in photos], [name for entry in wanted for name in entry])
        self.assertTrue(all(pos > last_entry for pos, _ in photos), (last_entry, photos))

    def test_metered(self):
        """On a line that costs by the byte photos wait; a person sees it, and sends those of one entry."""
        server = self.start_server()
        device = self.device(server, "H07", sync__metered_originals="wait")
        numbers, paths = [], []
        for _ in range(3):
            paths.append([self.photo(3000), self.photo(4000)])
            more = [part for path in paths[-1] for part in ("--photo", path)]
            numbers.append(device.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps", *more).object["number"])
        told = device.sync("--metered", "yes").object
        self.assertEqual((told["entries_waiting"], told["photos_waiting"], told["photos_wait_for"]), (0, 6, "metered"))
        self.assertEqual(server.photos(), [])
        self.assertIn("not metered", device.jx("status").out)
        self.assertEqual(device.status()["last_sync"]["photos_wait_for"], "metered")
        told = device.sync("--metered", "yes", "--photo", numbers[1]).object
        self.assertEqual((told["photos_sent"], told["photos_waiting"]), (2, 4))
        self.assertEqual(server.photos(), sorted(e2e.sha256(path) for path in paths[1]))
        states = {row["number"]: (row["photos_receipted"], row["state"]) for row in device.list() if row["photos"] > 0}
        self.assertEqual([states[number] for number in numbers], [(0, "sent"), (2, "complete"), (0, "sent")])
        for args, status in ((("--photo", "H07-1"), "einval"), (("--photo", "H07-99"), "enotfound"), (("--metered", "maybe"), "einval"),
                             (("--photo", numbers[0], "--no-photos"), "einval")):
            device.sync(*args, want=e2e.EXIT[status])
        # a profile whose line costs nothing sends them all the same
        told = device.sync("--metered", "no").object
        self.assertEqual((told["photos_sent"], told["photos_waiting"], told.get("photos_wait_for", "")), (4, 0, ""))
        self.assertNotIn("not metered", device.jx("status").out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=Cuts.count, help="cuts")
    args, rest = parser.parse_known_args()
    Cuts.count = args.count
    e2e.unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
