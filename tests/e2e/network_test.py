"""The network between real handhelds and a real server behaves as badly as it can: exactly once, whatever happens."""
import concurrent.futures
import signal

from e2e import EXIT, Case, main, seeded
from proxy import FAULTS, Proxy

DEVICES = 6
ROUNDS = 30
KILLS = 12
# What a sync over a bad line may end with: it worked, or there was no sane connection. A bit turned over in the first
# message may look as if the other side had no encryption that we accept: that is said, too.
ENDS = (EXIT["ok"], EXIT["enet"], EXIT["etls"])


class Network(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.proxy = Proxy(self.server.port)
        self.addCleanup(self.proxy.close)
        self.devices = [self.device(self.server, f"H{k:02}", self.proxy.url) for k in range(DEVICES)]

    def finish(self):
        """The line is good again: everything is there once, and everybody agrees on it."""
        self.proxy.honest()
        for device in self.devices:
            device.jx("shift", "end")
            device.sync()
            told = device.sync().object
            self.assertEqual((told["requests"], told["entries_waiting"], told["photos_waiting"]), (1, 0, 0))
            self.assertTrue(all(entry["state"] == "complete" for entry in device.list()))
            self.assertTrue(device.json("verify").object["ok"])
        self.assert_exactly_once(self.server, self.devices)
        self.server.admin("check")
        self.assertEqual(self.server.review(), [])

    def work(self, k):
        """One person's hours on a bad line: record, try to send, record on."""
        device, rng = self.devices[k], seeded(f"work {k}")
        photos = [self.photo(rng.choice((2000, 20000, 60000))) for _ in range(ROUNDS // 5)]
        for n in range(ROUNDS):
            more = ("--photo", photos.pop()) if photos and n % 4 == 0 else ()
            device.log("01.01", "--quantity", str(n + 1), "--unit", "sheet", "--no-gps", *more)
            before = {entry["n"]: entry["state"] for entry in device.list()}
            result = device.sync("--tries", str(rng.choice((1, 1, 2))), want=ENDS)
            if result.status != 0:
                # told to a person, and nothing that was sent is unsent
                self.assertIn("nothing is lost", result.err)
                if result.status == EXIT["etls"]:
                    self.assertRegex(result.err, "old versions of TLS|offers no encryption")
                after = {entry["n"]: entry["state"] for entry in device.list()}
                order = ("saved", "sent", "complete")
                self.assertTrue(all(order.index(after[n]) >= order.index(state) for n, state in before.items()))

    def test_faulty_connections(self):
        self.proxy.seeded(seeded("proxy"))
        with concurrent.futures.ThreadPoolExecutor(DEVICES) as pool:
            for done in [pool.submit(self.work, k) for k in range(DEVICES)]:
                done.result()
        print(f"{self.proxy.connections} connections: {self.proxy.faults}", flush=True)
        self.assertTrue(all(self.proxy.faults[fault] > 0 for fault in FAULTS), self.proxy.faults)
        self.assertGreaterEqual(self.proxy.connections, DEVICES * ROUNDS)
        self.finish()

    def test_server_killed(self):
        """kill -9 in the middle of whatever the server does for several devices, again and again."""
        rng = seeded("kills")
        with concurrent.futures.ThreadPoolExecutor(DEVICES) as pool:
            jobs = [pool.submit(self.work, k) for k in range(DEVICES)]
            kills = 0
            while kills < KILLS and not all(job.done() for job in jobs):
                reached = self.proxy.up + rng.randrange(1000, 60000)
                while self.proxy.up < reached and not all(job.done() for job in jobs):
                    concurrent.futures.wait(jobs, timeout=0.005)
                self.server.stop(signal.SIGKILL)
                self.server.start()
                self.proxy.target = self.server.port
                kills += 1
            for job in jobs:
                job.result()
        print(f"{kills} kills, {self.proxy.connections} connections", flush=True)
        self.assertGreaterEqual(kills, 3)
        self.finish()


if __name__ == "__main__":
    main()
