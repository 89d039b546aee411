"""Photos on their way: in which order, and how often a byte goes when the line is cut again and again. Bytes are counted at a proxy."""
import argparse
import json
import os
import sys
import time

import e2e
from e2e import Database, clock_env, seeded
from proxy import FAULTS, FIN_UP, PASS, RST_UP, Plan, Proxy

SIZE = 4000000
# Both ways in which a line is cut: closed in good order, where what was sent before arrives, and reset, where what is on its way is lost, and
# what the server has not read yet, too.
# The same photo cut again and again, one to four times: each costs a handshake, two requests' headers, and the TLS record it falls into, which
# nobody can read half.
CUT_FROM, CUT_UNTIL = 1000000, 3900000
MOST = 1.05
# Entries and receipts besides: a few kilobytes.
REST = 20000


class Cuts(e2e.Case):
    count = 40
    dense = 0

    def upload(self, device, proxy, cut):
        """One photo through the proxy, told by cut what to do: its bytes, those that went up, and cuts that struck."""
        path = self.photo(SIZE)
        device.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps", "--photo", path)
        before = proxy.stat()
        cut(proxy)
        result = device.sync("--tries", "6", env=clock_env(speed=50))
        after = proxy.stat()
        proxy.honest()
        self.assertEqual(result.object["photos_waiting"], 0, result.out)
        struck = sum(after["struck"][fault] - before["struck"][fault] for fault in FAULTS if fault != PASS)
        return os.path.getsize(path), after["up"] - before["up"], struck

    def cuts(self, name, count, plan, most):
        """Photos until so many cuts struck. plan: makes one of a random source."""
        rng = seeded(name)
        began = time.monotonic()
        server = self.start_server()
        proxy = Proxy(server.port)
        self.addCleanup(proxy.close)
        device = self.device(server, "H07", url=proxy.url)
        device.sync()
        cuts = photos = size = up = 0
        worst = 0.0
        while cuts < count:
            bytes_of, sent, struck = self.upload(device, proxy, plan(rng))
            if most is not None:
                self.assertLess(sent, most * bytes_of + REST, f"{name}: photo {photos}")
            cuts, size, up, worst, photos = cuts + struck, size + bytes_of, up + sent, max(worst, sent / bytes_of), photos + 1
        device.sync()
        self.assert_exactly_once(server, [device])
        self.assertEqual({row["state"] for row in device.list()}, {"complete"})
        if most is not None:
            self.assertLess(up, most * size)
        print(json.dumps({"name": f"upload.{name}", "count": cuts, "photos": photos, "sent_ratio": round(up / size, 4),
                          "worst_ratio": round(worst, 4), "lost": 0, "duplicated": 0, "failed": 0,
                          "seconds": round(time.monotonic() - began, 1)}))

    def cut_once(self, mode):
        """Each photo cut at one byte, anywhere from the first of the handshake to its last."""
        def plan(rng):
            after = rng.randrange(SIZE)
            return lambda proxy: proxy.once(Plan(mode, after))

        self.cuts(f"cut-once-{mode}", self.count, plan, MOST)

    def test_cut_once_closed(self):
        self.cut_once(FIN_UP)

    def test_cut_once_reset(self):
        self.cut_once(RST_UP)

    def test_cut_again_and_again(self):
        def plan(rng):
            after = rng.randrange(CUT_FROM, CUT_UNTIL)
            return lambda proxy: setattr(proxy, "plan", Plan(FIN_UP, after))

        self.cuts("cut-again", self.count, plan, MOST)

    def cut_dense(self, mode):
        """By command: how much it costs where the line never lives longer than some hundred kilobytes. Only measured."""
        if self.dense == 0:
            self.skipTest("by command: --dense CUTS")

        def plan(rng):
            after = rng.randrange(400000, 800000)
            return lambda proxy: setattr(proxy, "plan", Plan(mode, after))

        self.cuts(f"cut-dense-{mode}", self.dense, plan, None)

    def test_dense_closed(self):
        self.cut_dense(FIN_UP)

    def test_dense_reset(self):
        self.cut_dense(RST_UP)

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
    parser.add_argument("--dense", type=int, default=0, help="cuts of photos that are cut every 400 to 800 kilobytes; 0: none")
    args, rest = parser.parse_known_args()
    Cuts.count, Cuts.dense = args.count, args.dense
    e2e.unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
