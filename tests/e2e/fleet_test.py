"""A fleet against a real server: every case keeps its promise, nobody needs more requests than there is to send, and what the
server holds afterwards is whole."""
import os
import signal
import subprocess

from e2e import Case, Server, environment, main, program, run, wait_for

DEVICES, ENTRIES, PHOTOS = 6, 8, 2
# where jx-fleet finds jiexund
WITH_PATH = {"PATH": os.path.dirname(program("jiexund")) + ":" + os.environ.get("PATH", "/usr/bin:/bin")}


class Fleet(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()

    def another_server(self):
        os.mkdir(self.path("another"))
        server = Server(self.path("another"))
        self.addCleanup(server.stop)
        return server.start()

    def play(self, *args, want=0, source=None):
        source = source or ["--data", self.server.data]
        return run([program("jx-fleet"), *source, "--json", "--devices", str(DEVICES), "--entries", str(ENTRIES), "--photos", str(PHOTOS),
                    "--photo-bytes", "20000", "--parallel", "3", *args], want, WITH_PATH)

    def codes(self, count, short="T"):
        lines = run([program("jiexund"), "code", "--data", self.server.data, "--short", short, "--count", str(count), "--trusted",
                     "--json"]).objects
        self.assertEqual(len(lines), count)
        return lines


class Cases(Fleet):
    def test_each_case_sends_what_it_says(self):
        cases = self.play("--case", "noop,first,again,noop").objects
        self.assertEqual([c["case"] for c in cases], ["noop", "first", "again", "noop"])
        for case in cases:
            self.assertEqual((case["devices"], case["failed"], case["waits"]), (DEVICES, 0, 0), case)
        before, first, again, after = cases
        for case in (before, after):
            self.assertEqual((case["entries"], case["photos"], case["requests"]), (0, 0, DEVICES), "nothing new is one request")
        for case in (first, again):
            self.assertEqual((case["entries"], case["photos"]), (DEVICES * ENTRIES, DEVICES * PHOTOS))
            self.assertEqual(case["requests"], DEVICES * (1 + PHOTOS), "a batch is one request, and so is a photo")
        counts = self.server.counts()
        self.assertEqual((counts["observations"], counts["photos_stored"], counts["photos_listed"]),
                         (DEVICES * ENTRIES, DEVICES * PHOTOS, DEVICES * PHOTOS))
        self.assertEqual((counts["gaps"], counts["duplicates"], counts["quarantined"], counts["marked"]), (0, 0, 0, 0))
        self.assertEqual(self.server.review(), [])
        self.server.admin("check")

    def test_the_same_seed_makes_the_same_photos(self):
        self.play("--case", "first")
        photos = sorted(os.listdir(os.path.join(self.server.data, "photos")))
        other = self.another_server()
        self.play("--case", "first", source=["--data", other.data])
        self.assertEqual(sorted(os.listdir(os.path.join(other.data, "photos"))), photos)

    def test_codes_from_a_file(self):
        lines = self.codes(DEVICES)
        path = self.path("codes")
        with open(path, "w", encoding="ascii") as f:
            f.write("# made for a trial\n\n")
            f.write(lines[0]["code"] + "\n")
            f.write("".join(line["link"] + "\n" for line in lines[1:]))
        case = self.play("--case", "first", source=["--codes", path, "--url", self.server.url]).object
        self.assertEqual((case["entries"], case["failed"]), (DEVICES * ENTRIES, 0))
        self.assertEqual({short for short in self.server.writers() if short.startswith("T")}, {f"T{k}" for k in range(1, 7)})

    def test_ordinary_devices_beside_it(self):
        device = self.device(self.server, "H07")
        device.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps")
        self.play("--case", "first")
        device.sync()
        self.assertEqual(self.server.counts()["observations"], DEVICES * ENTRIES + 1)


class Refusals(Fleet):
    def test_too_few_codes(self):
        path = self.path("codes")
        with open(path, "w", encoding="ascii") as f:
            f.write(self.codes(1)[0]["link"] + "\n")
        self.assertIn("1 codes for 6 devices", self.play(want=None, source=["--codes", path]).err)

    def test_a_second_fleet_needs_another_seed(self):
        self.play("--case", "first")
        result = self.play("--case", "first", want=None)
        self.assertNotEqual(result.status, 0)
        self.assertIn("is in use", result.err)
        self.play("--case", "first", "--seed", "2")
        self.assertEqual(self.server.counts()["observations"], 2 * DEVICES * ENTRIES)

    def test_wrong_use(self):
        for args, word in (([], "--codes"), (["--data", "x", "--codes", "y"], "--codes"), (["--data", "x", "--devices", "0"], "devices"),
                           (["--data", "x", "--case", "last"], "--case"), (["--data", "x", "more"], "more"),
                           (["--data", "x", "--nothing"], "--nothing")):
            self.assertIn(word, run([program("jx-fleet"), *args], 64).err)
        self.assertIn("jx-fleet", run([program("jx-fleet"), "--version"]).out)
        self.assertIn("--parallel", run([program("jx-fleet"), "--help"]).out)

    def test_another_server_is_not_taken_for_it(self):
        lines = self.codes(DEVICES)
        other = self.another_server()
        path = self.path("codes")
        with open(path, "w", encoding="ascii") as f:
            f.write("".join(line["code"] + "\n" for line in lines))
        self.assertNotEqual(self.play(want=None, source=["--codes", path, "--url", other.url]).status, 0)
        self.assertEqual(other.counts()["entries"], 0)

    def test_stopped_it_ends(self):
        fleet = subprocess.Popen([program("jx-fleet"), "--data", self.server.data, "--devices", "20", "--entries", "100", "--photos", "20",
                                  "--parallel", "2"], env=environment(WITH_PATH), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_for("entries", lambda: self.server.counts()["observations"] > 0)
        fleet.send_signal(signal.SIGINT)
        _, err = fleet.communicate(timeout=60)
        self.assertNotEqual(fleet.returncode, 0)
        self.assertIn(b"stopped", err)
        self.server.admin("check")


if __name__ == "__main__":
    main()
