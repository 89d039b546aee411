"""Form packs from the server: published while it runs, fetched by handhelds and the office, in force from their day by trusted time."""
import csv
import datetime
import json
import os
import signal
import sqlite3
import subprocess
import time
import uuid

from e2e import EXIT, Case, Service, clock_env, count_env, environment, kill_env, main, program, run, wait_for

DAY_S = 86400
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "form", "packs")


def day_in(days):
    """The business day so many days from now at UTC+8, as the programs count it."""
    at = datetime.datetime.fromtimestamp(time.time() + days * DAY_S, datetime.timezone.utc)
    return (at + datetime.timedelta(hours=8)).strftime("%Y-%m-%d")


class Packs(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.home = self.path("office")
        self.today, self.tomorrow = day_in(0), day_in(1)

    def office(self, *args, want=0):
        return run([program("jx-office"), "--home", self.home, "--json", *args], want)

    def pack(self, name, version, change=None):
        """A file of that built-in pack as another version."""
        with open(os.path.join(SOURCE, name + ".json"), encoding="utf-8") as file:
            pack = json.load(file)
        pack["version"] = version
        if change:
            change(pack)
        path = self.path(f"{name}-{version}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(pack, file, ensure_ascii=False)
        return path

    def publish(self, path, *args, want=0):
        return self.server.admin("pack", "add", path, *args, want=want)

    def restart(self, env=None):
        port = self.server.port
        self.server.stop()
        self.serve(port, env)

    def serve(self, port, env=None):
        """On the same port: devices know the address."""
        self.server.service = Service([program("jiexund"), "serve", "--data", self.server.data, "--listen", f"127.0.0.1:{port}"],
                                      self.server.log_path, env)
        wait_for("the server", lambda: os.path.exists(os.path.join(self.server.data, "control.sock")) or
                 not self.server.service.is_running())

    def active(self, device, pack="ten-disorders", env=None):
        status = device.json("status", env=env).object
        return [p["version"] for p in status["packs"] if p["pack"] == pack and p["state"] == "active"][0]

    def problems(self, device):
        return {p["pack"]: p for p in device.status()["pack_problems"]}


def more_codes(pack):
    pack["codes"].append({"code": "01.77", "parent": "01", "name": {"zh": "新乱象", "en": "new disorder"}, "units": ["place"]})


def fewer_codes(pack):
    pack["codes"] = [c for c in pack["codes"] if c["code"] != "01.02"]


def one_more_room(pack):
    pack["name"] = {"zh": "病媒密度（新版）", "en": "pest density, new"}


ROOMS = ("--set", "unit_class=01", "--set", "rooms_checked=10", "--set", "rooms_positive=0")


class Life(Packs):
    def test_from_the_office_s_desk_to_the_street_and_back(self):
        first, second = self.device(self.server, "H07"), self.device(self.server, "H08")
        first.sync()
        # while the server runs: neither it nor anybody else is started anew
        told = self.publish(self.pack("ten-disorders", 1001, more_codes), "--from", self.tomorrow).object
        self.assertEqual((told["version"], told["valid_from"], told["is_new"]), (1001, self.tomorrow, True))
        self.publish(self.pack("pest-density", 1001, one_more_room), "--from", self.tomorrow)
        self.assertFalse(self.publish(self.path("ten-disorders-1001.json"), "--from", self.tomorrow).object["is_new"])
        draft = first.json("check", "rodent.signs-indoor", *ROOMS, "--keep").object
        for device in (first, second):
            told = device.sync()
            self.assertLessEqual(told.object["requests"], 3)
            self.assertEqual(device.sync().object["requests"], 1, "nothing new is one request")
            status = device.status()
            self.assertTrue(status["time_trusted"])
            self.assertEqual(status["pack_problems"], [])
            self.assertIn({"pack": "ten-disorders", "version": 1001, "valid_from": self.tomorrow, "state": "coming",
                           "source": "server"}, status["packs"])
            self.assertIn("COMING", device.jx("status").out)
            self.assertEqual(self.active(device), 2)
            self.assertIn("01.77", device.log("01.77", "--no-gps", want=EXIT["einval"]).object["text"])
        # a wall clock that lies by years changes nothing, back or ahead
        for years in (-3, 3):
            self.assertEqual(self.active(first, env=clock_env(offset_s=years * 365 * DAY_S)), 2)
        # the next day, as the server tells it; the handhelds' own clocks stay where they are, or lie
        self.restart(clock_env(offset_s=DAY_S))
        first.sync()
        second.sync(env=clock_env(offset_s=-400 * DAY_S))
        for device, env in ((first, None), (second, clock_env(offset_s=-400 * DAY_S))):
            self.assertEqual(self.active(device, env=env), 1001)
            saved = device.log("01.77", "--no-gps", env=env).object
            self.assertIn("new disorder", device.jx("show", saved["number"]).out)
            self.assertIn("new disorder", device.jx("list", "--all-days").out)
        self.assertIn("01.77", first.jx("codes").out)
        # the draft keeps the pack it began with; a new check has the new one
        resumed = first.json("check", "--resume", draft["id"], "--dry-run").object
        self.assertEqual((resumed["pack"], resumed["pack_version"]), ("pest-density", 1))
        first.json("check", "--resume", draft["id"], "--set", "rooms_positive=0")
        fresh = first.json("check", "rodent.signs-indoor", *ROOMS, "--dry-run").object
        self.assertEqual(fresh["pack_version"], 1001)
        first.json("check", "rodent.signs-indoor", *ROOMS)
        for device in (first, second):
            device.sync()
        marks = [m for item in self.server.review() for m in item["marks"]]
        self.assertFalse([m for m in marks if m.startswith(("answers", "unknown"))], marks)
        # the office has the pack, too, and counts by it
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.assertEqual(self.office("pull").object["packs"], 2)
        grades = self.office("grade").objects
        checks = [row for row in grades if row.get("type") == "checks"]
        self.assertEqual([(row["checks"], row["left_out"], row["unknown"]) for row in checks], [(2, 0, 0)], grades)
        files = sorted(os.listdir(os.path.join(self.home, "packs")))
        self.assertEqual([f.split(".")[:2] for f in files], [["pest-density", "1001"], ["ten-disorders", "1001"]])
        self.server.admin("check")
        listed = self.server.admin("pack", "list").object["packs"]
        self.assertEqual({p["version"]: p["state"] for p in listed if p["pack"] == "ten-disorders"},
                         {1: "past", 2: "past", 1001: "active"})

    def test_after_a_restart_without_the_network(self):
        """The monotonic clock is gone: the wall clock counts, but never before what was told."""
        device = self.device(self.server, "H07")
        self.publish(self.pack("ten-disorders", 1001, more_codes), "--from", self.today)
        device.sync()
        self.assertEqual(self.active(device), 1001)
        with sqlite3.connect(os.path.join(device.home, "jiexun.db")) as db:
            moment = db.execute("SELECT value FROM setting WHERE name = 'trusted_time'").fetchone()[0].split()
            db.execute("UPDATE setting SET value = ? WHERE name = 'trusted_time'", (" ".join(moment[:2] + [str(uuid.uuid4())]),))
        self.assertEqual(self.active(device, env=clock_env(offset_s=-5000 * DAY_S)), 1001)
        self.assertFalse(device.status()["time_trusted"])

    def test_rotations_in_between(self):
        """What an earlier pack key signed stays good, for who was there and for who comes late."""
        early = self.device(self.server, "H07")
        self.publish(self.pack("ten-disorders", 1001, more_codes), "--from", self.today)
        early.sync()
        self.server.admin("rotate-identity")
        self.publish(self.pack("ten-disorders", 1002, more_codes), "--from", self.today)
        self.server.admin("rotate-identity")
        late = self.device(self.server, "H08")
        for device in (early, late):
            device.sync()
            status = device.status()
            self.assertEqual(status["pack_problems"], [])
            self.assertEqual([p["version"] for p in status["packs"] if p["source"] == "server"], [1001, 1002])
            self.assertEqual(self.active(device), 1002)


class Made(Packs):
    """Packs of an office's own making, and by which time they hold."""

    def tables(self, pack, change=None):
        """A file made by an office: of its tables, changed or not."""
        folder, path = self.path("tables"), self.path("built.json")
        self.office("pack", "tables", pack, folder)
        if change:
            change(folder)
        self.office("pack", "build", folder, "-o", path)
        return path

    def test_a_built_in_pack_that_an_office_built_unchanged(self):
        """It is the one that devices have: nothing to fetch, nothing to refuse."""
        built = self.tables("ten-disorders")
        device = self.device(self.server, "H07")
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.publish(built)
        device.sync()
        self.assertEqual(self.problems(device), {})
        self.assertEqual(self.active(device), 2)
        device.log("01.01", "--no-gps")
        told = self.office("pull").object
        self.assertEqual((told["packs"], told["packs_refused"]), (0, 0), told)

    def test_time_limits_of_an_office(self):
        """A notice has the days that the city's pack gives: the disorder's own before the general ones, and never more."""
        rows = [{"id": "all", "days": 7}, {"id": "refuse", "days": 3, "codes": "01"}, {"id": "later", "days": 1, "valid_from": self.tomorrow}]

        def give_limits(folder):
            with open(os.path.join(folder, "time_limits.csv"), encoding="utf-8-sig", newline="") as file:
                heading = next(csv.reader(file))
            with open(os.path.join(folder, "time_limits.csv"), "w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(heading)
                for row in rows:
                    row = {"name_zh": "限期通知", "name_en": "notice", "measure": "notice", "valid_from": "2025-01-01", "source": "city", **row}
                    writer.writerow([("'" if row.get(key) == "01" else "") + str(row.get(key, "")) for key in (h.split(" ")[-1] for h in heading)])
            head = os.path.join(folder, "pack.json")
            with open(head, encoding="utf-8") as file:
                text = file.read()
            with open(head, "w", encoding="utf-8") as file:
                file.write(text.replace('"version": 2,', '"version": 1001,'))

        device = self.device(self.server, "H07")
        notice = ("--no-gps", "--quantity", "1", "--unit", "place", "--measure", "notice")
        codes = [code for code in ("01.01", "02.01") if code in device.jx("codes").out]
        self.assertEqual(codes, ["01.01", "02.01"])
        # the pack that is built in gives none
        self.assertIn("limit_days", device.log("02.01", *notice, want=EXIT["einval"]).object["text"])
        self.publish(self.tables("ten-disorders", give_limits), "--from", self.today)
        device.sync()
        self.assertEqual(self.active(device), 1001)

        def days(code, *more):
            saved = device.log(code, *notice, *more).object
            return device.json("show", saved["number"]).object["entry"]["answers"]["limit_days"]
        self.assertEqual((days("01.01"), days("02.01"), days("02.01", "--limit-days", "5")), (3, 7, 5))
        told = device.log("01.01", *notice, "--limit-days", "5", want=EXIT["einval"]).object["text"]
        self.assertIn("limit_days", told)
        # the server and the office find nothing wrong in it
        device.sync()
        marks = [m for item in self.server.review() for m in item["marks"]]
        self.assertFalse([m for m in marks if m.startswith(("answers", "unknown"))], marks)
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.office("pull")
        with open(os.path.join(self.home, "days", device.list()[-1]["day"], "observations.csv"), encoding="utf-8-sig", newline="") as file:
            self.assertEqual([row["limit_days"] for row in csv.DictReader(file)], ["3", "7", "5"])

    def forget_the_time(self, device):
        """As a device that no server ever told the time."""
        with sqlite3.connect(os.path.join(device.home, "jiexun.db")) as db:
            gone = db.execute("DELETE FROM setting WHERE name IN ('trusted_time', 'server_utc_ms')").rowcount
        db.close()
        self.assertGreater(gone, 0)
        self.assertFalse(device.status()["time_trusted"])

    def test_satellites_tell_the_time(self):
        """Never told by a server: the receiver's time counts, and not the wall clock, whichever way it lies."""
        for walk_s, wall_s, before, after in ((DAY_S, -400 * DAY_S, 2, 1001), (0, 3 * 365 * DAY_S, 1001, 2)):
            with self.subTest(walk_s=walk_s):
                short = f"H{before % 1000:02}"
                _, port = self.gpsd(env=clock_env(offset_s=walk_s))
                device = self.device(self.server, short, gps__source="gpsd", gps__port=port, gps__stale_after_ms=5000)
                if walk_s > 0:
                    self.publish(self.pack("ten-disorders", 1001, more_codes), "--from", self.tomorrow)
                device.sync()
                self.assertEqual(self.active(device), 2)
                self.forget_the_time(device)
                lying = clock_env(offset_s=wall_s)
                self.assertEqual(self.active(device, env=lying), before)
                wait_for("a fix", lambda device=device, lying=lying:
                         device.json("gps", "--wait-gps", "1000", env=lying).object["place"]["source"] == "gnss")
                saved = device.log("01.01", "--wait-gps", "5000", env=lying).object
                self.assertEqual(saved["place"]["source"], "gnss")
                self.assertTrue(device.json("status", env=lying).object["time_trusted"])
                self.assertEqual(self.active(device, env=lying), after)
                self.assertEqual(device.log("01.77", "--no-gps", env=lying, want=0 if after == 1001 else EXIT["einval"]).status,
                                 0 if after == 1001 else EXIT["einval"])


class Refused(Packs):
    def test_at_the_desk(self):
        good = self.pack("ten-disorders", 1001, more_codes)
        self.publish(good)
        before = self.server.admin("pack", "list").out
        with open(good, encoding="utf-8") as file:
            text = file.read()
        broken = self.path("broken.json")
        for name, path, status, says in (
                ("older", self.pack("ten-disorders", 1000, more_codes), "eversion", "older than 1001"),
                ("contradictory", self.pack("ten-disorders", 1002, fewer_codes), "econflict", "01.02"),
                ("a form of another pack", self.pack("pest-density", 9, lambda p: p.update(id="mine")), "econflict", "pest-density"),
                ("broken", broken, "einval", "codes"), ("no JSON", __file__, "einval", ""), ("not there", self.path("none"), "enotfound", "none")):
            with open(broken, "w", encoding="utf-8") as file:
                file.write(text.replace('"code": "01.77"', '"code": 5').replace('"version": 1001', '"version": 1003'))
            result = run([program("jiexund"), "pack", "add", path, "--data", self.server.data], EXIT[status])
            self.assertIn(says, result.err, name)
            self.assertEqual(self.server.admin("pack", "list").out, before, name)
        self.publish(good, "--from", "2020-01-01", want=EXIT["einval"])
        self.publish(good, "--from", self.tomorrow, want=EXIT["eexists"])
        run([program("jiexund"), "pack", "--data", self.server.data], EXIT["usage"])

    def vault(self, sql, *args, is_row=True):
        """A server whose disk, or whose people, play tricks."""
        port = self.server.port
        self.server.stop()
        db = sqlite3.connect(os.path.join(self.server.data, "vault.db"))
        with db:
            changed = db.execute(sql, args).rowcount
        db.close()
        self.assertTrue(changed > 0 or not is_row, sql)
        self.serve(port)

    def look(self, device, key, error, says):
        told = device.sync()
        self.assertIn("not used", told.err)
        problem = self.problems(device)[key]
        self.assertEqual(problem["error"], error, problem)
        self.assertIn(says, problem["text"])
        self.assertIn(key, device.jx("status").out)
        self.assertEqual(self.active(device), 2)
        device.log("01.01", "--no-gps")
        # the office says the same
        told = self.office("pull")
        self.assertEqual(told.object["packs_refused"], 1)
        self.assertIn(key, told.err)

    def start(self):
        device = self.device(self.server, "H07")
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.publish(self.pack("ten-disorders", 1001, more_codes), "--from", self.today)
        return device

    def test_changed_bytes(self):
        device = self.start()
        self.vault("UPDATE pack SET bytes = CAST(replace(CAST(bytes AS TEXT), 'new disorder', 'old disorder') AS BLOB)")
        self.look(device, "ten-disorders/1001", "ecorrupt", "")
        self.server.stop()
        result = run([program("jiexund"), "check", "--data", self.server.data], EXIT["ecorrupt"])
        self.assertIn("version 1001 of pack ten-disorders", result.err)

    def test_changed_text(self):
        device = self.start()
        self.vault("UPDATE pack SET text = replace(text, ?, '2026-01-01')", self.today)
        self.look(device, "ten-disorders/1001", "eauth", "not signed")

    def test_changed_signature(self):
        device = self.start()
        self.vault("UPDATE pack SET sig = zeroblob(64)")
        self.look(device, "ten-disorders/1001", "eauth", "not signed")

    def test_an_older_one_that_comes_late(self):
        """Signed well, and older than what is in use: it is not, and that is said; who has neither takes both in their order."""
        device = self.device(self.server, "H07")
        self.publish(self.pack("ten-disorders", 1000, more_codes), "--from", self.today)
        self.publish(self.pack("ten-disorders", 1001, more_codes), "--from", self.today)
        self.vault("UPDATE pack SET pos = pos + 100000 WHERE version = 1000")
        self.vault("CREATE TABLE aside AS SELECT * FROM pack WHERE version = 1000", is_row=False)
        self.vault("DELETE FROM pack WHERE version = 1000")
        device.sync()
        self.assertEqual((self.active(device), self.problems(device)), (1001, {}))
        self.vault("INSERT INTO pack SELECT * FROM aside")
        self.vault("UPDATE meta SET pos = pos + 200000")
        self.assertIn("not used", device.sync().err)
        problem = self.problems(device)["ten-disorders/1000"]
        self.assertEqual(problem["error"], "eversion", problem)
        self.assertIn("older than 1001", problem["text"])
        self.assertEqual(self.active(device), 1001)
        told = device.sync().object
        self.assertEqual(told["requests"], 1, "it is not fetched again")
        fresh = self.device(self.server, "H08")
        fresh.sync()
        self.assertEqual((self.active(fresh), self.problems(fresh)), (1001, {}))

    def test_a_pack_that_is_gone_from_the_disk_comes_again(self):
        device = self.start()
        device.sync()
        self.assertEqual(self.active(device), 1001)
        folder = os.path.join(device.home, "packs")
        (name,) = os.listdir(folder)
        with open(os.path.join(folder, name), "r+b") as file:
            file.write(b"x")
        self.assertEqual(self.active(device), 2)
        self.assertIn("changed on the disk", self.problems(device)[name]["text"])
        device.log("01.01", "--no-gps")
        device.sync()
        self.assertEqual(self.active(device), 1001)
        self.assertEqual(self.problems(device), {})

    def test_killed_while_it_fetches(self):
        """The old one stays until the new one is whole on the disk; the next sync ends it."""
        device = self.start()
        device.sync("--no-photos")
        counted = self.path("count")
        for name in os.listdir(os.path.join(device.home, "packs")):
            os.unlink(os.path.join(device.home, "packs", name))
        device.sync(env=count_env(counted))
        with open(counted, encoding="ascii") as file:
            calls = int(file.read())
        for at in range(max(1, calls - 24), calls, 3):
            for name in os.listdir(os.path.join(device.home, "packs")):
                os.unlink(os.path.join(device.home, "packs", name))
            cut = subprocess.run(device.argv("sync"), env=environment(kill_env(at)), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            self.assertEqual(cut.returncode, -signal.SIGKILL, at)
            self.assertIn(self.active(device), (2, 1001), at)
            self.assertEqual(self.problems(device), {}, at)
            device.sync()
            self.assertEqual(self.active(device), 1001, at)


if __name__ == "__main__":
    main()
