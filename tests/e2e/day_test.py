"""A day as people have it, command by command: what they type, what they see, what a script sees."""
import fcntl
import os
import re
import subprocess
import threading
import time
import uuid

from e2e import CROCKFORD, EXIT, SANITIZE, Case, Device, Service, clock_env, environment, main, program, run, wait_for

CHINESE = re.compile("[\u4e00-\u9fff]")
# keys that a row of `jx --json list` always has
ROW = {"number", "n", "id", "kind", "taken_utc_ms", "day", "place", "photos", "photos_receipted", "state", "corrected", "withdrawn"}


class Day(Case):
    def test_by_hand(self):
        """The README's commands, in both languages; people read words, and the same things happen."""
        server = self.start_server()
        for lang, sheet in (("en", "sheet"), ("zh", "张")):
            with self.subTest(lang):
                h07 = Device(self.dir, f"H{lang}")
                env = {"JX_LANG": lang}
                photo = self.photo()

                def say(*args, h07=h07, env=env, lang=lang):
                    out = h07.jx(*args, env=env).out
                    self.assertTrue(out.endswith("\n"))
                    self.assertEqual(bool(CHINESE.search(out.replace("张", ""))), lang == "zh", out)
                    return out
                say("enrol", server.url, server.code(f"H{lang}"))
                say("person", "sign-in", "p-017")
                say("shift", "start")
                self.assertIn(f"H{lang}-3", say("log", "01.01", "--quantity", "3", "--unit", sheet, "--at", "30.2301,119.7200", "--photo", photo))
                self.assertIn(f"H{lang}-4", say("log", "06", "--nothing-found", "--no-gps"))
                say("correct", f"H{lang}-3", "01.01", "--quantity", "2", "--unit", sheet, "--reason", "miscounted", "--no-gps")
                say("withdraw", f"H{lang}-4", "--reason", "wrong street")
                say("status")
                self.assertIn("2", say("shift", "end"))
                say("sync")
                self.assertIn("30.2301000", say("list"))
                say("show", f"H{lang}-3")
                say("verify")
                say("codes")
                say("gps")
                say("person", "sign-out")
                self.assertEqual(h07.jx("--quiet", "log", "01.01", "--no-gps", want=EXIT["estate"], env=env).out, "")
        counts = server.counts()
        self.assertEqual((counts["gaps"], counts["duplicates"], counts["photos_stored"]), (0, 0, 2))

    def test_first_sync_is_one_request(self):
        """What enrolment gives for the first sign-in is kept; jx-office's case is beside its others."""
        server = self.start_server()
        device = self.device(server, "H07")
        device.log("01.01", "--no-gps")
        told = device.sync().object
        self.assertEqual((told["requests"], told["entries_sent"]), (1, 3))

    def test_json(self):
        """What scripts rely on: one object a line, the same names in every language."""
        server = self.start_server()
        h07 = Device(self.dir, "H07")
        code = server.code("H07", trusted=False)
        told = h07.enrol(server.url, code).object
        self.assertEqual(set(told), {"ok", "short", "writer", "role", "fingerprint", "state"})
        self.assertEqual((told["state"], told["role"], told["short"]), ("pending", "field", "H07"))
        self.assertRegex(told["fingerprint"], f"^([{CROCKFORD}]{{4}}-){{3}}[{CROCKFORD}]{{4}}$")
        self.assertEqual(told["fingerprint"], server.writers()["H07"]["fingerprint"])
        for args in (("person", "sign-in", "p-017"), ("shift", "start")):
            self.assertEqual(set(h07.json(*args).object), {"ok", "n"})
        h07.json("log", "01.01", "--quantity", "3", "--unit", "sheet", "--at", "30.2301,119.7200,12", "--photo", self.photo() + ":wide",
                 "--photo", self.photo() + ":close", "--note", "第 1 处,\"已告知\"", "--party", "No. 5", "--street", "Tianmu Road",
                 "--measure", "限期通知,persuaded", "--limit-days", "3", "--party-kind", "shop")
        # sent, but nothing comes down before the office has confirmed the device
        told = h07.sync().object
        self.assertIs(told["pending"], True)
        self.assertEqual((told["entries_sent"], told["photos_sent"], told["items"]), (3, 0, 0))
        server.admin("confirm", "H07", server.writers()["H07"]["fingerprint"])
        told = h07.sync().object
        self.assertEqual((told["ok"], told["pending"], told["photos_sent"]), (True, False, 2))
        rows = h07.list()
        for row in rows:
            self.assertLessEqual(ROW, set(row))
            self.assertEqual(row["state"], "complete")
        seen = rows[2]
        self.assertEqual({k: seen[k] for k in ("number", "n", "kind", "result", "code", "quantity", "unit", "note", "photos")},
                         {"number": "H07-3", "n": 3, "kind": "observation", "result": "found", "code": "01.01", "quantity": "3",
                          "unit": "sheet", "note": "第 1 处,\"已告知\"", "photos": 2})
        self.assertEqual((seen["place"]["source"], seen["place"]["lat_wgs84_e7"], seen["place"]["lon_wgs84_e7"],
                          seen["place"]["accuracy_mm"]), ("manual", 302301000, 1197200000, 12000))
        self.assertEqual(h07.json("list", "--all", "--all-days", env={"JX_LANG": "zh"}).objects, rows)
        shown = h07.json("show", "H07-3").object
        self.assertEqual(shown, h07.json("show", seen["id"], env={"JX_LANG": "zh"}).object)
        self.assertEqual(shown["entry"]["id"], seen["id"])
        answers = shown["entry"]["answers"]
        self.assertEqual((answers["measures"], answers["limit_days"], answers["party_kind"]), (["persuaded", "notice"], 3, "shop"))
        text = h07.jx("show", "H07-3", env={"JX_LANG": "zh"}).out
        for words in ("劝离劝导, 限期通知", "3天", "门店、单位", "No. 5"):
            self.assertIn(words, text)
        # the bytes themselves stand there, and hash to the digest
        raw = h07.json("show", "H07-3").out
        self.assertIn(h07.entries()[(uuid.UUID(h07.status()["writer"]).bytes, 3)].decode(), raw)
        told = h07.json("shift", "end").object
        self.assertEqual((told["observations"], told["photos"]), (1, 2))
        told = h07.status()
        self.assertEqual({k: told[k] for k in ("enrolled", "short", "person", "shift_open", "entries", "observations", "entries_waiting",
                                               "photos", "photos_waiting", "receipt_n")},
                         {"enrolled": True, "short": "H07", "person": "p-017", "shift_open": False, "entries": 4, "observations": 1,
                          "entries_waiting": 1, "photos": 2, "photos_waiting": 0, "receipt_n": 3})
        told = h07.json("verify").object
        self.assertEqual((told["ok"], told["entries"], told["photos_good"], told["photos_bad"], told["receipt_n"], told["last_n"]),
                         (True, 4, 2, 0, 3, 4))
        codes = h07.json("codes").objects
        self.assertEqual(len([c for c in codes if "parent" not in c]), 10, "ten disorders")
        self.assertTrue(all({"code", "name_zh", "name_en", "units"} <= set(c) for c in codes))

    def test_corrections(self):
        h07 = self.device(self.start_server(), "H07")
        h07.log("01.01", "--quantity", "3", "--unit", "sheet", "--no-gps")
        h07.json("correct", "H07-3", "01.01", "--quantity", "30", "--unit", "sheet", "--no-gps", "--reason", "miscounted")
        h07.json("correct", "H07-3", "01.01", "--quantity", "31", "--unit", "sheet", "--no-gps", "--reason", "again")
        h07.log("06", "--nothing-found", "--no-gps")
        h07.json("withdraw", "H07-6", "--reason", "wrong street")
        rows = {row["n"]: row for row in h07.list()}
        self.assertEqual([rows[n]["kind"] for n in range(3, 8)], ["observation", "correction", "correction", "observation", "withdrawal"])
        self.assertTrue(rows[3]["corrected"] and rows[4]["corrected"] and not rows[5]["corrected"])
        self.assertEqual((rows[4]["of"], rows[5]["of"], rows[5]["reason"]), ("H07-3", "H07-4", "again"))
        self.assertTrue(rows[6]["withdrawn"])
        current = [row["number"] for row in h07.json("list", "--current").objects]
        self.assertEqual(current, ["H07-5"])
        self.assertEqual(h07.json("show", "H07-3").object["replaced_by"], "H07-5")
        h07.json("correct", "H07-6", "06", "--nothing-found", "--no-gps", "--reason", "late", want=EXIT["estate"])
        # what stood there first still stands there
        self.assertEqual(rows[3]["quantity"], "3")
        self.assertTrue(h07.json("verify").object["ok"])

    def test_same_id(self):
        """A script that does not know whether it has saved saves again: one entry, told as the first time."""
        h07 = self.device(self.start_server(), "H07")
        ident = "01a20318-c9fa-78c9-9d0b-50d085fbb82d"
        first = h07.log("01.01", "--no-gps", "--id", ident, "--photo", self.photo()).object
        before = h07.state()
        again = h07.log("01.01", "--no-gps", "--id", ident, "--photo", self.path("photo-1.jpg")).object
        self.assertEqual(again, first)
        self.assertEqual(h07.log("02.01", "--no-gps", "--id", ident.upper()).object, first)
        self.assertEqual(h07.state(), before)
        self.assertEqual(len(h07.list()), 3)

    def test_ids_like_numbers(self):
        """An id whose last group has no letter is an id all the same, for the save that shows what it saved, too."""
        h07 = self.device(self.start_server(), "H07")
        for k, tail in enumerate(("048138903117", "000000000003", "999999999999", "100000000001")):
            ident = "01a20349-aba5-7f15-bdf6-" + tail
            self.assertEqual(h07.log("01.01", "--no-gps", "--id", ident).object["number"], f"H07-{k + 3}")
            self.assertEqual(h07.json("show", ident).object["number"], f"H07-{k + 3}")
        self.assertEqual(h07.json("show", "3").object["number"], "H07-3")
        h07.json("show", "003", want=EXIT["enotfound"])

    def test_offline(self):
        """No server for hours: everything works but sync, and that says so and loses nothing."""
        server = self.start_server()
        h07 = self.device(server, "H07")
        server.stop()
        for n in range(5):
            h07.log("01.01", "--quantity", str(n + 1), "--unit", "sheet", "--no-gps", "--photo", self.photo())
        result = h07.jx("sync", "--tries", "1", want=EXIT["enet"])
        self.assertIn("is there a network", result.err)
        self.assertIn("nothing is lost: 7 entries and 5 photos wait", result.err)
        self.assertTrue(all(row["state"] == "saved" for row in h07.list()))
        self.assertFalse(h07.status()["last_sync"]["ok"])
        h07.jx("shift", "end")
        port = server.port
        server.service = Service([program("jiexund"), "serve", "--data", server.data, "--listen", f"127.0.0.1:{port}"], server.log_path)
        wait_for("the server", lambda: h07.sync("--tries", "1", want=(0, EXIT["enet"])).status == 0)
        self.assertTrue(all(row["state"] == "complete" for row in h07.list()))
        self.assert_exactly_once(server, [h07])

    def test_shift_across_midnight(self):
        """Everything of a shift counts for the day on which it began."""
        h07 = self.device(self.start_server(), "H07", begin=False)
        # 23:50 in Shanghai
        now = int(time.time())
        to_2350 = (23 * 3600 + 50 * 60 - (now + 8 * 3600) % 86400) % 86400
        late, early = clock_env(offset_s=to_2350), clock_env(offset_s=to_2350 + 1200)
        h07.jx("person", "sign-in", "p-017", env=late)
        h07.jx("shift", "start", env=late)
        h07.log("01.01", "--no-gps", env=late)
        h07.log("01.01", "--no-gps", env=early)
        told = h07.json("shift", "end", env=early).object
        self.assertEqual(told["observations"], 2)
        h07.log("01.01", "--no-gps", env=early)
        rows = {row["n"]: row["day"] for row in h07.list()}
        self.assertEqual(len({rows[n] for n in range(2, 6)}), 1)
        self.assertGreater(rows[6], rows[5])

    def test_profile(self):
        """A profile with a mistake is told by file, line and key; JX_HOME and --home are where people put them."""
        h07 = self.device(self.start_server(), "H07")
        bad = self.path("bad.ini")
        with open(bad, "w", encoding="utf-8") as file:
            file.write("[photos]\nmax_mb = many\n")
        result = run([program("jx"), "--home", h07.home, "--profile", bad, "list"], EXIT["einval"])
        self.assertIn(f"{bad} line 2, max_mb", result.err)
        self.assertIn(self.path("nowhere.ini"), run([program("jx"), "--profile", self.path("nowhere.ini"), "list"], EXIT["enotfound"]).err)
        by_env = run([program("jx"), "--json", "list", "--all", "--all-days"], env={"JX_HOME": h07.home})
        self.assertEqual(by_env.objects, h07.list())
        relative = run([program("jx"), "--json", "--home", "H07", "list", "--all", "--all-days"], cwd=self.dir)
        self.assertEqual(relative.objects, h07.list())

    def test_help(self):
        for name in ("jx", "jiexund"):
            for lang in ("en", "zh"):
                out = run([program(name), "--help"], env={"JX_LANG": lang}).out
                self.assertIn(name, out)
                for command in re.findall("^  ([a-z][a-z-]*)(?: |$)", out, re.M):
                    told = run([program(name), command, "--help"], env={"JX_LANG": lang}).out
                    self.assertIn(command, told)
            self.assertRegex(run([program(name), "--version"]).out, rf"^{name} \d+\.\d+\.\d+\n$")

    def test_output_is_checked(self):
        """Whoever reads us must not take half an answer for a whole one."""
        h07 = self.device(self.start_server(), "H07")
        with open("/dev/full", "wb") as full:
            done = subprocess.run(h07.argv("--json", "list", "--all"), env=environment(), stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, EXIT["eio"], done.stderr)


class Together(Case):
    """Several processes at the same log at the same time."""

    def test_writers_and_sync(self):
        each = 40 if SANITIZE else 100
        server = self.start_server()
        h07 = self.device(server, "H07")
        photo = self.photo(3000)
        numbers, faults, stop = [], [], threading.Event()

        def record(k):
            try:
                for n in range(each):
                    more = ("--photo", photo) if n % 10 == k else ()
                    numbers.append(h07.log("01.01", "--quantity", str(n + 1), "--unit", "sheet", "--no-gps", *more).object["n"])
            except Exception as fault:  # pylint: disable=broad-except
                faults.append(fault)

        def send():
            try:
                while not stop.is_set():
                    h07.sync(want=(0, EXIT["ebusy"]))
                    h07.list()
            except Exception as fault:  # pylint: disable=broad-except
                faults.append(fault)
        writers = [threading.Thread(target=record, args=(k,)) for k in range(4)]
        senders = [threading.Thread(target=send) for _ in range(2)]
        for thread in writers + senders:
            thread.start()
        for thread in writers:
            thread.join()
        stop.set()
        for thread in senders:
            thread.join()
        self.assertEqual(faults, [])
        self.assertEqual(sorted(numbers), list(range(3, 3 + 4 * each)), "no number twice, none left out")
        h07.jx("shift", "end")
        h07.sync()
        self.assertTrue(h07.json("verify").object["ok"])
        self.assert_exactly_once(server, [h07])
        self.assertEqual(server.counts()["observations"], 4 * each)
        self.assertEqual(server.review(), [])

    def test_one_sync_at_a_time(self):
        """The second says that the first is at it."""
        server = self.start_server()
        h07 = self.device(server, "H07")
        with open(os.path.join(h07.home, "sync.lock"), "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            result = h07.jx("sync", want=EXIT["ebusy"])
        self.assertIn("another sync", result.err)
        h07.sync()

    def test_one_shift(self):
        """Two processes begin a shift: one of them does."""
        h07 = self.device(self.start_server(), "H07", begin=False)
        h07.jx("person", "sign-in", "p-017")
        status = []

        def start():
            status.append(h07.jx("shift", "start", want=(0, EXIT["estate"])).status)
        threads = [threading.Thread(target=start) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(status), [0] + [EXIT["estate"]] * 5)
        self.assertEqual([row["kind"] for row in h07.list()], ["person-in", "shift-start"])


class Position(Case):
    """A real gpsd with a walk behind it."""

    def test_walk(self):
        server = self.start_server()
        service, port = self.gpsd("--pace", "3")
        h07 = self.device(server, "H07", gps__source="gpsd", gps__port=port, gps__stale_after_ms=5000)
        wait_for("a fix", lambda: h07.json("gps", "--wait-gps", "1000").object["place"]["source"] == "gnss")
        told = h07.log("01.01", "--wait-gps", "5000").object
        self.assertEqual(told["place"]["source"], "gnss")
        place = h07.list()[-1]["place"]
        self.assertAlmostEqual(place["lat_wgs84_e7"] / 1e7, 30.23, delta=0.1)
        self.assertAlmostEqual(place["lon_wgs84_e7"] / 1e7, 119.72, delta=0.1)
        entry = h07.json("show", "H07-3").object["entry"]
        self.assertGreaterEqual(place["satellites"], 4, entry)
        # the receiver's program ends: a save goes on, and says that it has no fresh position
        service.stop()
        told = h07.log("01.01", "--wait-gps", "300").object
        self.assertIn(told["place"]["source"], ("none", "gnss"))
        if told["place"]["source"] == "gnss":
            self.assertTrue(told["place"]["stale"])
        h07.sync()
        self.assert_exactly_once(server, [h07])

    def test_nobody_there(self):
        h07 = self.device(self.start_server(), "H07", gps__source="gpsd", gps__port=1)
        result = h07.jx("log", "01.01", "--wait-gps", "200")
        self.assertIn("no position", result.out)
        self.assertEqual(h07.list()[-1]["place"]["source"], "none")


if __name__ == "__main__":
    main()
