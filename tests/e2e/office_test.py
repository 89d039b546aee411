"""The evening: what the office pulls is what the street recorded, however often the pull is killed, and any change is found."""
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import time

from e2e import EXIT, Case, Device, clock_env, environment, main, program, run, seeded, sha256
from proxy import Plan, Proxy, RST_DOWN

KILLS = 30
MUTATIONS = 60
# A spreadsheet takes these for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBERS = {"lat_wgs84", "lon_wgs84", "quantity", "accuracy_m", "taken_utc_ms", "received_utc_ms", "fix_age_s", "photo_count", "n"}
NOTES = ("=1+1", "@x", "-5", "+3", "'quoted", "plain", "a \"quoted\" word, a comma", "=HYPERLINK(\"http://x\",\"y\")", "第 1 处，已告知",
         "two\nlines", "|pipe", "%percent", "=")


class Office(Case):
    """A server, handhelds, and the office's folder."""

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.home = self.path("office")

    def office(self, *args, home=None, want=0, env=None):
        return run([program("jx-office"), "--home", home or self.home, *args], want, env)

    def enrol(self, url=None):
        return self.office("--json", "enrol", url or self.server.url, self.server.code("B01", role="dispatcher")).object

    def record(self, device, count=3, photos=1):
        for n in range(count):
            more = ("--photo", self.photo(5000)) if n < photos else ()
            device.log("01.01", "--quantity", str(n + 1), "--unit", "sheet", "--at", "30.2301,119.7200", *more)

    def day(self, home=None):
        return self.office("--json", "status", home=home).object["export_dir"]

    def rows(self, name="observations.csv", home=None):
        with open(os.path.join(self.day(home), name), encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


def tree(folder):
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            found[os.path.relpath(path, folder)] = sha256(path)
    return found


class Pull(Office):
    def test_first_pull_is_one_request(self):
        """What enrolment gives for the first sign-in is kept."""
        self.enrol()
        self.assertEqual(self.office("--json", "pull").object["requests"], 1)

    def test_killed_again_and_again(self):
        """kill -9 at any moment of a pull, thirty times while the day goes on: the same files as one clean pull."""
        rng = seeded("pull")
        devices = [self.device(self.server, f"H{k}") for k in range(3)]
        proxy = Proxy(self.server.port)
        self.addCleanup(proxy.close)
        self.enrol(proxy.url)
        clean = self.path("clean")
        shutil.copytree(self.home, clean)
        killed = cut = 0
        # a kill has to come while the pull lives: the moments are drawn from what one takes on this machine
        begun = time.monotonic()
        self.office("pull")
        span = time.monotonic() - begun
        for k in range(KILLS):
            device = rng.choice(devices)
            self.record(device, count=rng.randrange(1, 4), photos=rng.randrange(0, 3))
            device.sync()
            if k % 3 == 2:
                # the line breaks instead: the pull says so, and is run again
                proxy.plan = Plan(RST_DOWN, rng.randrange(200, 12000))
                cut += self.office("pull", "--tries", "1", want=(0, EXIT["enet"])).status != 0
                proxy.honest()
                continue
            process = subprocess.Popen([program("jx-office"), "--home", self.home, "pull"], env=environment(), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            try:
                process.wait(rng.uniform(0, span))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                killed += 1
            process.wait()
        print(f"{killed} killed, {cut} cut", flush=True)
        self.assertGreater(killed + cut, KILLS // 3)
        self.office("pull")
        self.office("pull", home=clean)
        here, there = tree(self.home), tree(clean)
        same = [name for name in there if name.startswith("days/") or name == "journal.ndjson"]
        self.assertGreater(len(same), 5)
        self.assertEqual({name: here.get(name) for name in same}, {name: there[name] for name in same})
        self.assertEqual(sorted(name for name in here if name.startswith("days/")), sorted(name for name in there if name.startswith("days/")))
        self.assertEqual([name for name in here if name.endswith((".tmp", ".part"))], [])
        self.office("verify")
        recorded = sum(row["kind"] == "observation" for device in devices for row in device.list())
        self.assertEqual(len([row for row in self.rows() if row["kind"] == "observation"]), recorded)
        photos = {os.path.basename(path) + ".jpg" for device in devices for path in device.photos()}
        self.assertEqual(set(os.listdir(os.path.join(self.day(), "photos"))), photos)

    def test_rebuilt(self):
        """Index and files are made of the journal: without them the next pull makes them again, the same."""
        h07 = self.device(self.server, "H07")
        self.record(h07)
        h07.sync()
        self.enrol()
        self.office("pull")
        before = {name: value for name, value in tree(self.home).items() if name.startswith("days/")}
        os.unlink(os.path.join(self.home, "index.db"))
        shutil.rmtree(os.path.join(self.home, "days"))
        self.record(h07, count=1, photos=0)
        h07.sync()
        self.office("pull")
        after = tree(self.home)
        self.assertEqual(len(self.rows()), 4)
        photos = {name: value for name, value in before.items() if "/photos/" in name}
        self.assertEqual({name: after.get(name) for name in photos}, photos)

    def test_journal_longer_and_shorter(self):
        """A tail that a power cut left is taken back; one that is missing is told."""
        h07 = self.device(self.server, "H07")
        self.record(h07)
        h07.sync()
        self.enrol()
        self.office("pull")
        path = os.path.join(self.home, "journal.ndjson")
        whole = sha256(path)
        with open(path, "ab") as file:
            file.write(b'{"kind":"entry","key":"half a li')
        self.office("pull")
        self.assertEqual(sha256(path), whole)
        os.truncate(path, os.path.getsize(path) - 10)
        self.assertIn("journal.ndjson", self.office("pull", want=EXIT["ecorrupt"]).err)

    def test_two_at_once(self):
        h07 = self.device(self.server, "H07")
        self.record(h07)
        h07.sync()
        self.enrol()
        both = [subprocess.Popen([program("jx-office"), "--home", self.home, "pull"], env=environment(), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE) for _ in range(4)]
        status = []
        for process in both:
            err = process.communicate(timeout=60)[1]
            self.assertNotIn(b"Sanitizer", err)
            status.append(process.returncode)
        self.assertIn(0, status)
        self.assertLessEqual(set(status), {0, EXIT["ebusy"]})
        self.office("pull")
        self.office("verify")

    def test_refused(self):
        """Not enrolled, a key that others can read, a field device's code, revoked, no server."""
        for command in ("pull", "statement", "status", "verify"):
            with self.subTest(command):
                self.assertTrue(self.office(command, want=(EXIT["enotfound"], EXIT["estate"])).err)
                self.office(command, want=None, env={"JX_LANG": "zh"})
        self.enrol()
        self.assertIn("already", self.office("enrol", self.server.url, self.server.code("B02", role="dispatcher"), want=EXIT["eexists"]).err)
        os.chmod(os.path.join(self.home, "office.key"), 0o640)
        self.assertIn("office.key", self.office("pull", want=None).err)
        self.assertNotEqual(self.office("pull", want=None).status, 0)
        os.chmod(os.path.join(self.home, "office.key"), 0o600)
        self.office("pull")
        self.server.admin("revoke", "B01", "--reason", "moved on")
        self.assertIn("revoked", self.office("pull", want=EXIT["eauth"]).err)
        self.server.stop()
        self.office("pull", "--tries", "1", want=EXIT["enet"])
        self.office("statement")

    def test_pending(self):
        """An account that nobody has confirmed gets nothing, and is told why."""
        h07 = self.device(self.server, "H07")
        self.record(h07)
        h07.sync()
        told = self.office("--json", "enrol", self.server.url, self.server.code("B01", role="dispatcher", trusted=False)).object
        self.assertEqual(told["state"], "pending")
        self.assertIs(self.office("--json", "pull", want=None).objects[-1]["pending"], True)
        self.server.admin("confirm", "B01", told["fingerprint"])
        self.office("pull")
        self.assertEqual(len(self.rows()), 3)


class Files(Office):
    def setUp(self):
        super().setUp()
        self.h07 = self.device(self.server, "H07")
        for note in NOTES[:9]:
            self.h07.log("01.01", "--quantity", "2", "--unit", "sheet", "--no-gps", "--note", note, "--party", note, "--street", note)
        self.h07.log("01.01", "--at=-33.5,-70.1,12", "--photo", self.photo())
        self.h07.log("06", "--nothing-found", "--at", "30.2301,119.7200")
        self.h07.json("correct", "H07-3", "01.01", "--quantity", "5", "--unit", "sheet", "--no-gps", "--reason", "=cmd|' /C calc'!A0")
        self.h07.json("withdraw", "H07-4", "--reason", "+wrong")
        self.h07.sync()
        self.enrol()
        self.office("pull")

    def test_csv(self):
        """Opens as it should: byte-order mark, CR LF, every quoted cell whole, no formula, numbers as numbers."""
        for name in ("observations.csv", "记录.csv"):
            with self.subTest(name):
                with open(os.path.join(self.day(), name), "rb") as file:
                    data = file.read()
                self.assertTrue(data.startswith(b"\xef\xbb\xbf"))
                self.assertTrue(data.endswith(b"\r\n"))
                self.assertEqual(data.count(b"\n"), data.count(b"\r\n"), "no bare line end")
                rows = self.rows(name)
                self.assertEqual(len(rows), 13)
                for row in rows:
                    self.assertNotIn(None, row)
                    self.assertNotIn(None, row.values())
                    for column, value in row.items():
                        if value.startswith(FORMULA):
                            self.assertRegex(value, r"^-\d+(\.\d+)?$", (column, value))
        rows = {row["number"]: row for row in self.rows()}
        for n, note in enumerate(NOTES[:9]):
            shown = rows[f"H07-{n + 3}"]["note"]
            self.assertEqual(shown, "'" + note if note.startswith((*FORMULA, "'")) else note)
        self.assertEqual((rows["H07-12"]["lat_wgs84"], rows["H07-12"]["lon_wgs84"], rows["H07-12"]["accuracy_m"]),
                         ("-33.5000000", "-70.1000000", "12.000"))
        self.assertEqual((rows["H07-3"]["replaced_by"], rows["H07-14"]["of_number"]), ("H07-14", "H07-3"))
        self.assertEqual(rows["H07-15"]["kind"], "withdrawal")
        # what other people's programs say
        own = {(row["number"], row["code"], row["person"]) for row in self.h07.list() if row["kind"] in ("observation", "correction")
               for row in [{"code": "", **row}]}
        self.assertLessEqual(own, {(row["number"], row["code"], row["person"]) for row in rows.values()})

    def test_geojson(self):
        """Read by GDAL: as many features, the same places, none for what has no place."""
        for name in ("observations.geojson", "observations.geojsons"):
            with self.subTest(name):
                path = os.path.join(self.day(), name)
                out = run(["ogrinfo", "-ro", "-al", path]).out
                self.assertEqual(int(re.search(r"Feature Count: (\d+)", out).group(1)), 13)
                self.assertEqual(len(re.findall(r"^  POINT ", out, re.M)), 2, out)
                self.assertIn("POINT (-70.1 -33.5)", out)
                self.assertIn("POINT (119.72 30.2301)", out)
                self.assertIn("number (String) = H07-12", out)
        with open(os.path.join(self.day(), "observations.geojson"), encoding="utf-8") as file:
            told = json.load(file)
        self.assertEqual(told["type"], "FeatureCollection")
        self.assertEqual([f["properties"]["note"] for f in told["features"][:9]], list(NOTES[:9]), "no guard where nothing counts")
        with open(os.path.join(self.day(), "observations.geojsons"), "rb") as file:
            texts = file.read().split(b"\x1e")
        self.assertEqual(texts[0], b"")
        self.assertEqual([json.loads(text)["type"] for text in texts[1:]], ["Feature"] * 13)

    def test_photos(self):
        names = os.listdir(os.path.join(self.day(), "photos"))
        self.assertEqual({name[:64] for name in names}, {os.path.basename(path) for path in self.h07.photos()})
        for name in names:
            self.assertEqual(sha256(os.path.join(self.day(), "photos", name)) + ".jpg", name)

    def test_private(self):
        """Nobody else on the machine may read it."""
        for where, _, names in os.walk(self.home):
            self.assertEqual(os.stat(where).st_mode & 0o077, 0, where)
            for name in names:
                self.assertEqual(os.stat(os.path.join(where, name)).st_mode & 0o077, 0, name)


class Statement(Office):
    def state(self):
        self.office("pull")
        rows = self.office("--json", "statement").objects
        people = self.office("statement").out
        self.assertTrue(self.office("statement", env={"JX_LANG": "zh"}).out)
        return {row["short"]: row for row in rows}, people

    def test_states(self):
        h07, h08, h09 = (self.device(self.server, short) for short in ("H07", "H08", "H09"))
        self.enrol()
        for device in (h07, h08, h09):
            self.record(device, count=4, photos=2)
        h07.jx("shift", "end")
        h07.sync()
        h08.sync()
        h09.jx("shift", "end")
        h09.sync("--no-photos")
        told, people = self.state()
        keys = ("state", "observations_recorded", "observations_stored", "photos_stored", "gaps")
        self.assertEqual(tuple(told["H07"][k] for k in keys), ("complete", 4, 4, 2, 0))
        self.assertEqual(told["H08"]["state"], "open")
        self.assertEqual((told["H08"]["observations_stored"], told["H08"]["last_n"]), (4, 6))
        self.assertRegex(people, r"H08 .*last heard .* at 6|H08 .*open.*6")
        self.assertNotEqual(told["H09"]["state"], "complete")
        self.assertEqual((told["H09"]["photos_listed"], told["H09"]["photos_stored"]), (2, 0))
        # what was missing comes, and the statement says so
        h09.sync()
        h08.jx("shift", "end")
        h08.sync()
        told, _ = self.state()
        self.assertEqual({short: row["state"] for short, row in told.items()}, {"H07": "complete", "H08": "complete", "H09": "complete"})
        # recorded after the day was closed: the day is not what was stated any more
        self.record(h07, count=1, photos=0)
        h07.sync()
        told, _ = self.state()
        self.assertNotEqual((told["H07"]["state"], told["H07"]["observations_stored"]), ("complete", 4))

    def test_day(self):
        h07 = self.device(self.server, "H07", begin=False)
        # some hours must lie between, wherever in the day we are
        for offset_s in (-2 * 86400, 0):
            env = clock_env(offset_s=offset_s)
            h07.jx("person", "sign-in", "p-017", env=env)
            h07.jx("shift", "start", env=env)
            h07.log("01.01", "--no-gps", env=env)
            h07.jx("shift", "end", env=env)
        h07.sync()
        self.enrol()
        self.office("pull")
        rows = self.office("--json", "statement").objects
        self.assertEqual([row["state"] for row in rows], ["complete", "complete"])
        days = sorted(row["day"] for row in rows)
        self.assertEqual(self.office("--json", "status").object["days"], days)
        one = self.office("--json", "statement", "--day", days[0]).objects
        self.assertEqual([row["day"] for row in one], [days[0]])
        self.office("statement", "--day", "2026-02-30", want=EXIT["einval"])

    def test_quarantine(self):
        """Two copies of one device: the office sees the second one's entries apart, and nothing of them among the others."""
        h07 = self.device(self.server, "H07")
        self.record(h07, count=1)
        h07.sync()
        clone = Device(self.dir, "clone")
        shutil.copytree(h07.home, clone.home)
        h07.log("01.01", "--no-gps", "--street", "East Street")
        clone.log("01.01", "--no-gps", "--street", "West Street")
        h07.sync()
        clone.sync(want=EXIT["econflict"])
        self.enrol()
        self.office("pull")
        self.assertEqual([row["street"] for row in self.rows() if row["street"]], ["East Street"])
        self.assertEqual([row["street"] for row in self.rows("quarantined.csv")], ["West Street"])
        told = self.office("--json", "verify").object
        self.assertEqual((told["ok"], told["quarantined"]), (True, 1))


class Verify(Office):
    def setUp(self):
        super().setUp()
        h07, h08 = self.device(self.server, "H07"), self.device(self.server, "H08")
        for _ in range(3):
            for device in (h07, h08):
                self.record(device, count=3, photos=1)
                device.sync()
        h07.jx("shift", "end")
        h07.sync()
        self.enrol()
        self.office("pull")
        self.journal = os.path.join(self.home, "journal.ndjson")
        with open(self.journal, "rb") as file:
            self.lines = file.read().splitlines(keepends=True)

    def write(self, lines):
        """A thorough forger: the length that state.json knows is put right, too."""
        data = b"".join(lines)
        with open(self.journal, "wb") as file:
            file.write(data)
        path = os.path.join(self.home, "state.json")
        with open(path, encoding="utf-8") as file:
            state = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r'"journal_bytes":\d+', f'"journal_bytes":{len(data)}', state))

    def test_good(self):
        told = self.office("--json", "verify").object
        self.assertEqual((told["ok"], told["photos_good"], told["photos_bad"], told["damage"]), (True, 6, 0, 0))
        # a third party: only the folder, and the server's identity; no key, no network
        with open(os.path.join(self.home, "identity.json"), encoding="utf-8") as file:
            identity = re.search('"identit[a-z]*":\\[?"([0-9a-f]{64})"', file.read()).group(1)
        self.server.stop()
        copy = self.path("copy")
        shutil.copytree(self.home, copy)
        for name in ("office.key", "identity.json", "index.db"):
            os.unlink(os.path.join(copy, name))
        run([program("jx-office"), "verify", copy, "--identity", identity], env={"HOME": self.path("nobody")})
        wrong = ("0" if identity[0] != "0" else "1") + identity[1:]
        run([program("jx-office"), "verify", copy, "--identity", wrong], EXIT["ecorrupt"], env={"HOME": self.path("nobody")})

    def mutate(self, rng):
        """One change that is a lie about what was recorded: what it was, and the lines."""
        lines = list(self.lines)
        kinds = [json.loads(line)["kind"] for line in lines]
        entries = [k for k, kind in enumerate(kinds) if kind == "entry"]
        signed = [k for k, kind in enumerate(kinds) if kind in ("receipt", "photo-receipt")]
        what = rng.choice(("flip", "flip", "flip", "receipt", "remove", "swap", "insert", "cut", "renumber", "other writer"))
        at = rng.choice(entries)
        if what == "flip":
            begin = lines[at].index(b'"entry":') + 8
            where = rng.randrange(begin, len(lines[at]) - 2)
            lines[at] = lines[at][:where] + bytes([lines[at][where] ^ 1 << rng.randrange(8)]) + lines[at][where + 1:]
        elif what == "receipt":
            at = rng.choice(signed)
            was = lines[at]
            # a signature in capital hex digits is the same signature
            while lines[at].lower() == was.lower():
                where = rng.randrange(was.index(b'"text":') + 8, len(was) - 4)
                lines[at] = was[:where] + bytes([was[where] ^ 1 << rng.randrange(7)]) + was[where + 1:]
        elif what == "remove":
            del lines[at]
        elif what == "swap":
            other = rng.choice([k for k in entries if k != at])
            bodies = [lines[k][lines[k].index(b'"entry":'):] for k in (at, other)]
            lines[at] = lines[at][:lines[at].index(b'"entry":')] + bodies[1]
            lines[other] = lines[other][:lines[other].index(b'"entry":')] + bodies[0]
        elif what == "insert":
            text = re.sub(rb'"n":(\d+)', lambda m: b'"n":%d' % (int(m.group(1)) + 100), lines[at], count=1)
            lines.insert(at, re.sub(rb'("key":"[0-9a-f-]+/)(\d+)', lambda m: m.group(1) + b"%d" % (int(m.group(2)) + 100), text, count=1))
        elif what == "cut":
            # somewhere before the end of what a receipt covers; the receipts behind it stay
            lines = lines[:at] + [line for line, kind in zip(lines[at:], kinds[at:]) if kind != "entry"]
        elif what == "renumber":
            lines[at] = re.sub(rb'"taken_utc_ms":(\d+)', lambda m: b'"taken_utc_ms":%d' % (int(m.group(1)) + 1000), lines[at], count=1)
        else:
            writers = sorted({line[line.index(b'"writer":"') + 10:][:36] for k, line in enumerate(lines) if k in entries})
            own = lines[at][lines[at].index(b'"writer":"') + 10:][:36]
            lines[at] = lines[at].replace(own, rng.choice([w for w in writers if w != own]))
        return what, lines

    def test_changes_are_found(self):
        rng = seeded("mutations")
        tried = {}
        for k in range(MUTATIONS):
            what, lines = self.mutate(rng)
            self.assertNotEqual(lines, self.lines)
            tried[what] = tried.get(what, 0) + 1
            self.write(lines)
            with self.subTest(k=k, what=what):
                result = self.office("verify", want=EXIT["ecorrupt"])
                self.assertTrue(result.err, "the first damage is named")
        print(tried, flush=True)
        self.write(self.lines)
        self.office("verify")
        self.office("pull")

    def test_photos_are_checked(self):
        folder = os.path.join(self.day(), "photos")
        rng = seeded("photos")
        for name in sorted(os.listdir(folder))[:3]:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                data = file.read()
            where = rng.randrange(len(data))
            with open(path, "wb") as file:
                file.write(data[:where] + bytes([data[where] ^ 1 << rng.randrange(8)]) + data[where + 1:])
            result = self.office("verify", want=EXIT["ecorrupt"])
            self.assertIn(name[:12], result.err)
            with open(path, "wb") as file:
                file.write(data)
        self.office("verify")

    def test_length_is_checked(self):
        with open(self.journal, "wb") as file:
            file.write(b"".join(self.lines[:-1]))
        self.assertIn("journal.ndjson", self.office("verify", want=EXIT["ecorrupt"]).err)


if __name__ == "__main__":
    main()
