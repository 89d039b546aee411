"""Bad input, each refused as the issue of the whole job asks: documented status, a message that names field or file and the cure, in
both languages, and not a byte changed."""
import json
import os
import resource
import shutil
import subprocess
import tempfile

from e2e import EXIT, Case, Device, Server, clock_env, code_check, main, other_secret, plain_code, program, run

GOOD = ("log", "01.01", "--quantity", "3", "--unit", "sheet", "--no-gps")


class BadInput(Case):
    """One enrolled device with a little in its log, that must stay as it is."""

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07", photos__max_mb=1)
        self.h07.jx(*GOOD, "--photo", self.photo())
        self.h07.sync()
        self.h07.jx(*GOOD)

    def refuse(self, status, marks, *args, device=None, env=None, **more):
        """In English with its marks, as JSON with the same status, in Chinese without a fault; and nothing changed."""
        device = device or self.h07
        before = device.state()
        result = device.jx(*args, want=status, env=env, **more)
        self.assertEqual(result.out, "", result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        for mark in marks:
            self.assertIn(mark, result.err)
        told = device.json(*args, want=status, env=env, **more).object
        self.assertIs(told["ok"], False)
        self.assertEqual((told["exit_status"], EXIT[told["error"]]), (status, status))
        self.assertEqual(f"jx: {told['text']}\n", result.err)
        chinese = device.jx(*args, want=status, env={**(env or {}), "JX_LANG": "zh"}, **more)
        self.assertTrue(chinese.err)
        self.assertEqual(device.state(), before)

    def test_answers(self):
        cases = [
            (("log", "77.99", "--no-gps"), ("code", "77.99", "jx codes")),
            (("log", "--no-gps"), ("code",)),
            (("log", "", "--no-gps"), ("code",)),
            (("log", "01.01", "--quantity", "3", "--no-gps"), ("unit",)),
            (("log", "01.01", "--quantity", "3", "--unit", "furlong", "--no-gps"), ("unit", "furlong", "sheet")),
            (("log", "01.01", "--quantity", "minus", "--unit", "sheet", "--no-gps"), ("quantity", "minus")),
            (("log", "01.01", "--quantity=-3", "--unit", "sheet", "--no-gps"), ("quantity", "-3")),
            (("log", "01.01", "--quantity", "1e3", "--unit", "sheet", "--no-gps"), ("quantity", "1e3")),
            (("log", "01.01", "--quantity", "9" * 40, "--unit", "sheet", "--no-gps"), ("quantity",)),
            (("log", "01.01", "--nothing-found", "--no-access", "--no-gps"), ("result", "--nothing-found", "--no-access")),
            ((*GOOD, "--id", "no-uuid"), ("id", "no-uuid")),
            ((*GOOD[:-1], "--wait-gps", "soon"), ("wait-gps", "soon", "0..60000")),
            ((*GOOD, "--measure", "fined"), ("measures", "fined", "notice")),
            ((*GOOD, "--measure", "notice"), ("limit_days", "how many days")),
            ((*GOOD, "--limit-days", "3"), ("limit_days", "leave it out")),
            ((*GOOD, "--measure", "notice", "--limit-days", "366"), ("limit-days", "366", "365")),
            ((*GOOD, "--measure", "notice", "--limit-days", "soon"), ("limit-days", "soon", "365")),
            ((*GOOD, "--party-kind", "dog"), ("party_kind", "dog", "vehicle")),
            (("correct", "H07-3", "01.01", "--no-gps"), ("reason", "--reason")),
            (("withdraw", "H07-3"), ("reason", "--reason")),
            (("withdraw", "H07-1", "--reason", "wrong"), ("observation",)),
            (("list", "--day", "2026-02-30"), ("day", "2026-02-30", "YYYY-MM-DD")),
            (("sync", "--tries", "0"), ("tries", "1", "20")),
        ]
        for args, marks in cases:
            with self.subTest(args=args):
                self.refuse(EXIT["einval"], marks, *args)

    def test_positions(self):
        bad = ["91,119.72", "30.23,181", "-90.0000001,0", "north,east", "30.23", "30.23,", ",119.72", "30.23;119.72", "nan,nan",
               "30.23,119.72,-5", "30.23,119.72,far", "30..23,119.72", "1e1,119.72", ""]
        for at in bad:
            with self.subTest(at=at):
                self.refuse(EXIT["einval"], ("\"at\"", "such as" if at.count(",") < 2 else "metres"), *GOOD[:-1], "--at", at)

    def test_text(self):
        fields = ["note", "party", "measure", "party-kind", "responsible", "street", "grid", "campaign", "officer2"]
        for field in fields:
            for value in (b"\xff\xfe", b"caf\xe9", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"):
                with self.subTest(field=field, value=value):
                    self.refuse(EXIT["einval"], ("UTF-8",), *GOOD, f"--{field}".encode(), value)
        for field, longest in (("note", 1000), ("street", 200)):
            with self.subTest(field=field):
                self.refuse(EXIT["einval"], (field,), *GOOD, f"--{field}", "长" * (longest + 1))
        for value in ("a\x01b", "bell\x07", "esc\x1b[2J", "\x7f"):
            with self.subTest(value=value):
                self.refuse(EXIT["einval"], ("note",), *GOOD, "--note", value)

    def test_person(self):
        self.h07.jx("shift", "end")
        for person in ("", "x" * 100, b"\xff", "two\nlines"):
            with self.subTest(person=person):
                self.refuse(EXIT["einval"], ("person",), "person", "sign-in", person)

    def test_photos(self):
        good = self.photo(40000)
        with open(good, "rb") as file:
            data = file.read()
        files = {
            "empty": b"",
            "one-byte": data[:1],
            "truncated": data[:len(data) // 2],
            "end-cut-off": data[:-2],
            "head-only": data[:20],
            "png": b"\x89PNG\r\n\x1a\n" + bytes(2000),
            "text": b"no picture at all\n" * 100,
            "html-in-jpeg": b"\xff\xd8<html>\xff\xd9",
        }
        for name, text in files.items():
            path = self.path(name + ".jpg")
            with open(path, "wb") as file:
                file.write(text)
            with self.subTest(name=name):
                self.refuse(EXIT["einval"], (path,), *GOOD, "--photo", path)
        with self.subTest(name="missing"):
            self.refuse(EXIT["enotfound"], (self.path("nowhere.jpg"),), *GOOD, "--photo", self.path("nowhere.jpg"))
        with self.subTest(name="folder"):
            os.mkdir(self.path("folder.jpg"))
            self.refuse(EXIT["einval"], (self.path("folder.jpg"),), *GOOD, "--photo", self.path("folder.jpg"))
        with self.subTest(name="fifo"):
            os.mkfifo(self.path("fifo.jpg"))
            self.refuse(EXIT["einval"], (self.path("fifo.jpg"),), *GOOD, "--photo", self.path("fifo.jpg"))
        with self.subTest(name="too large"):
            large = self.path("large.jpg")
            with open(large, "wb") as file:
                file.write(data[:-2] + bytes(1000001 - len(data)) + data[-2:])
            self.refuse(EXIT["elimit"], (large, "1000001", "1000000"), *GOOD, "--photo", large)
        with self.subTest(name="second of two"):
            self.refuse(EXIT["einval"], (self.path("text.jpg"),), *GOOD, "--photo", good, "--photo", self.path("text.jpg"))
        with self.subTest(name="role"):
            self.refuse(EXIT["enotfound"], (good + ":selfie",), *GOOD, "--photo", good + ":selfie")

    def test_not_now(self):
        with self.subTest("a second shift"):
            self.refuse(EXIT["estate"], ("shift", "jx shift end"), "shift", "start")
        self.h07.jx("shift", "end")
        with self.subTest("no shift"):
            self.refuse(EXIT["estate"], ("shift", "jx shift start"), "shift", "end")
        self.h07.jx("person", "sign-out")
        with self.subTest("nobody"):
            self.refuse(EXIT["estate"], ("jx person sign-in",), *GOOD, "--photo", self.photo())
        with self.subTest("no such entry"):
            self.refuse(EXIT["enotfound"], ("H07-999",), "show", "H07-999")
        with self.subTest("enrolled already"):
            self.refuse(EXIT["eexists"], ("H07", "--again"), "enrol", self.server.url, self.server.code("H08"))

    def test_not_enrolled(self):
        fresh = Device(self.dir, "H08")
        for args in (GOOD, ("person", "sign-in", "p-1"), ("shift", "start"), ("sync",), ("list",), ("status",), ("verify",)):
            with self.subTest(args=args):
                result = fresh.jx(*args, want=EXIT["estate"])
                self.assertIn("jx enrol", result.err)
                self.assertFalse(os.path.exists(os.path.join(fresh.home, "photos")) and fresh.photos())

    def test_half_enrolled(self):
        """A key but no identity: the code was wrong."""
        fresh = Device(self.dir, "H08")
        fresh.jx("enrol", self.server.url, other_secret(self.server.code("H08")), want=EXIT["eauth"])
        for args in ((*GOOD, "--photo", self.photo()), ("person", "sign-in", "p-1"), ("shift", "start"), ("sync",)):
            with self.subTest(args=args):
                self.assertIn("jx enrol", fresh.jx(*args, want=EXIT["estate"]).err)
                self.assertEqual(fresh.photos(), [])

    def test_wrong_usage(self):
        for args in (("lgo",), ("log", "--photos", "x"), ("log", "--note"), ("person",), ("log", "01.01", "02.01"), ("--loud",),
                     ("show",), ("sync", "--no-photos=yes")):
            before = self.h07.state()
            with self.subTest(args=args):
                result = self.h07.jx(*args, want=EXIT["usage"])
                self.assertEqual(result.out, "")
                self.assertIn("--help", result.err)
                self.h07.jx(*args, want=EXIT["usage"], env={"JX_LANG": "zh"})
                self.assertEqual(self.h07.state(), before)


class Codes(Case):
    """One-time codes."""

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.tries = 0

    def refuse(self, code, status, *marks, url=None):
        """A new device tries; it must not be enrolled afterwards, and nobody at the server either."""
        self.tries += 1
        writers = self.server.admin("writers").object["writers"]
        device = Device(self.dir, f"T{self.tries:02}")
        result = device.jx("enrol", url or self.server.url, code, want=status)
        for mark in marks:
            self.assertIn(mark, result.err)
        device.jx("enrol", url or self.server.url, code, want=status, env={"JX_LANG": "zh"})
        self.assertFalse(os.path.exists(os.path.join(device.home, "jiexun.db")) and device.status()["enrolled"])
        self.assertEqual([w["short"] for w in self.server.admin("writers").object["writers"]], [w["short"] for w in writers])
        return device

    def test_mistyped(self):
        code = plain_code(self.server.code("H07"))
        wrong = code[:9] + ("0" if code[9] != "0" else "1") + code[10:]
        # found out before anybody is asked: nobody listens there
        self.refuse(wrong, EXIT["einval"], "code", "again", url="https://127.0.0.1:1")
        self.refuse(code[:-1], EXIT["einval"], "code", url="https://127.0.0.1:1")
        self.refuse("U" * 21, EXIT["einval"], "code", url="https://127.0.0.1:1")
        self.refuse("", EXIT["einval"], "code", url="https://127.0.0.1:1")
        # as people read codes aloud and type them, it is good all the same
        spoken = code.lower().replace("0", "o").replace("1", "l")
        Device(self.dir, "H07").enrol(self.server.url, " ".join(spoken[i:i + 3] for i in range(0, 21, 3)))

    def test_unknown(self):
        code = "ZZZZ" + "0" * 16
        self.refuse(code + code_check(code), EXIT["eauth"], "code")

    def test_used(self):
        code = self.server.code("H07")
        first = Device(self.dir, "H07")
        answer = first.enrol(self.server.url, code).object
        self.refuse(code, EXIT["eauth"], "used", "ask the office for a new one")
        self.assertEqual(self.server.writers()["H07"]["writer"], answer["writer"])

    def test_same_key_same_answer(self):
        """The answer was lost on the way: the same device asks again and becomes the same writer."""
        code = self.server.code("H07")
        first = Device(self.dir, "H07")
        answer = first.enrol(self.server.url, code).object
        for name in os.listdir(first.home):
            if name.startswith("jiexun.db"):
                os.unlink(os.path.join(first.home, name))
        self.assertEqual(first.enrol(self.server.url, code).object, answer)
        self.assertEqual(len([w for w in self.server.admin("writers").object["writers"] if w["short"] == "H07"]), 1)

    def test_burnt(self):
        code = self.server.code("H07")
        for k in range(5):
            device = Device(self.dir, f"B{k}")
            self.assertIn("code", device.jx("enrol", self.server.url, other_secret(code), want=EXIT["eauth"]).err)
        self.refuse(code, EXIT["eauth"], "tried too often", "ask the office for a new one")

    def test_four_wrong_tries_are_allowed(self):
        code = self.server.code("H07")
        for k in range(4):
            Device(self.dir, f"B{k}").jx("enrol", self.server.url, other_secret(code), want=EXIT["eauth"])
        Device(self.dir, "H07").enrol(self.server.url, code)

    def test_expired(self):
        self.server.stop()
        code = self.server.code("H07", env=clock_env(offset_s=-15 * 60 - 30))
        young = self.server.code("H08", env=clock_env(offset_s=-13 * 60))
        self.server.start()
        self.refuse(code, EXIT["eauth"], "expired", "ask the office for a new one")
        Device(self.dir, "H08").enrol(self.server.url, young)

    def test_address(self):
        code = self.server.code("H07")
        for url in ("http://127.0.0.1:1", "127.0.0.1:8443", "https://", "https://user@host", "https://127.0.0.1:1/path", "ftp://x"):
            with self.subTest(url=url):
                self.refuse(code, EXIT["einval"], "https://host:port", url=url)
        self.refuse(code, EXIT["enet"], "127.0.0.1", url="https://127.0.0.1:1")

    def test_administrator(self):
        for args, status in (((("code",)), EXIT["usage"]), (("code", "--short", "H07", "--role", "king"), EXIT["einval"]),
                             (("code", "--short", ""), EXIT["einval"]), (("confirm", "H99", "ABCD-EFGH-JKMN-PQRS"), EXIT["enotfound"]),
                             (("revoke", "H99", "--reason", "lost"), EXIT["enotfound"]), (("revoke", "H99"), EXIT["usage"])):
            with self.subTest(args=args):
                self.server.admin(*args, want=status)
        Device(self.dir, "H07").enrol(self.server.url, self.server.code("H07", trusted=False))
        self.server.admin("confirm", "H07", "0000-0000-0000-0000", want=EXIT["eauth"])
        self.assertEqual(self.server.writers()["H07"]["state"], "pending")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def in_own_mounts(script, argv):
    """Run a program in a mount namespace of its own, after what script mounts there."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script + '\nexec "$@"', "sh", *argv]


def can_mount():
    return os.geteuid() == 0 and subprocess.run(in_own_mounts("mount -t tmpfs none /mnt", ["true"]), stderr=subprocess.DEVNULL,
                                                check=False).returncode == 0


class Disk(Case):
    """A disk that is full, read-only, or has something else on it."""

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07")
        self.h07.jx(*GOOD, "--photo", self.photo())
        self.h07.sync()
        self.h07.jx(*GOOD)

    def copy(self, name):
        """The same device elsewhere, to be damaged."""
        other = Device(self.dir, name)
        shutil.copytree(self.h07.home, other.home)
        return other

    def test_full_files(self):
        """No file may grow: every save fails, clearly, and the next one after it works."""
        before = self.h07.state()
        largest = max(os.path.getsize(os.path.join(self.h07.home, name)) for name in ("jiexun.db", "jiexun.db-wal"))
        photo = self.photo(60000)
        for limit in (0, 10000):
            def cut(limit=limit):
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            with self.subTest(limit=limit):
                result = self.h07.log(*GOOD[1:], "--photo", photo, want=(EXIT["enospc"], EXIT["eio"]), preexec_fn=cut)
                self.assertIs(result.object["ok"], False)
                after = self.h07.state()
                self.assertEqual(after["database"], before["database"])
                self.assertEqual({name for name in after["files"] if "/tmp/" not in name}, set(before["files"]))
        self.assertGreater(largest, 0)
        self.h07.jx(*GOOD, "--photo", photo)
        self.h07.jx("verify")

    def test_full_disk(self):
        """Saves go on until there is no room, then say so; what was saved before and after is all there."""
        if not can_mount():
            self.skipTest("needs root: mounts a small file system")
        script = f"""
            mount -t tmpfs -o size=48m none {self.path()}/mnt
            cp -a {self.h07.home}/. {self.path()}/mnt
            cat /dev/zero >{self.path()}/mnt/filler 2>/dev/null || :
            tries=0
            while status=0; "$@" >>{self.path()}/saved 2>{self.path()}/refused || status=$?; [ $status = 0 ]; do
                tries=$((tries + 1)); [ $tries -lt 1000 ]
            done
            echo $status >{self.path()}/status
            rm {self.path()}/mnt/filler
            "$@" >>{self.path()}/saved
            cp -a {self.path()}/mnt/. {self.path()}/after
            exit 0
        """
        os.mkdir(self.path("mnt"))
        for kind, more in (("entry", ()), ("photo", ("--photo", self.photo(200000)))):
            with self.subTest(kind=kind):
                shutil.rmtree(self.path("after"), ignore_errors=True)
                if os.path.exists(self.path("saved")):
                    os.unlink(self.path("saved"))
                argv = self.h07.argv("--json", *GOOD, *more)
                argv[argv.index(self.h07.home)] = self.path("mnt")
                run(in_own_mounts(script, argv))
                with open(self.path("status"), encoding="ascii") as file:
                    self.assertEqual(int(file.read()), EXIT["enospc"])
                with open(self.path("refused"), encoding="utf-8") as file:
                    self.assertRegex(file.read(), "free|room|space")
                with open(self.path("saved"), encoding="utf-8") as file:
                    told = [json.loads(line) for line in file]
                after = Device(self.path(), "after")
                self.assertEqual([e["id"] for e in after.list()],
                                 [e["id"] for e in self.h07.list()] + [e["id"] for e in told if "id" in e])
                after.jx("verify")

    def test_read_only(self):
        if not can_mount():
            self.skipTest("needs root: mounts a folder read-only")
        before = self.h07.state()
        script = f"mount --bind {self.h07.home} {self.h07.home}\nmount -o remount,ro,bind {self.h07.home}"
        for args in (GOOD, (*GOOD, "--photo", self.photo()), ("person", "sign-out"), ("shift", "end"), ("sync",)):
            with self.subTest(args=args):
                result = run(in_own_mounts(script, self.h07.argv(*args)), EXIT["erofs"])
                self.assertIn(self.h07.home, result.err)
                self.assertEqual(result.out, "")
                run(in_own_mounts(script, self.h07.argv(*args)), EXIT["erofs"], {"JX_LANG": "zh"})
        self.assertEqual(self.h07.state(), before)
        # what was recorded can still be read
        for args in (("list",), ("status",), ("show", "H07-3"), ("verify",)):
            with self.subTest(args=args):
                run(in_own_mounts(script, self.h07.argv(*args)))

    def test_not_ours(self):
        """Folder of another user: not even looked for a way around."""
        if os.geteuid() != 0:
            self.skipTest("needs root: runs jx as somebody else")
        os.chmod(self.dir, 0o755)
        before = self.h07.state()
        # a copy where anybody may come: the build itself may lie in a folder of root's
        shelf = tempfile.mkdtemp(prefix="jx-e2e-")
        self.addCleanup(shutil.rmtree, shelf, ignore_errors=True)
        os.chmod(shelf, 0o755)
        argv = self.h07.argv(*GOOD)
        argv[0] = shutil.copy(argv[0], shelf)

        def nobody():
            os.setgid(65534)
            os.setuid(65534)
        result = run(argv, EXIT["erofs"], preexec_fn=nobody)
        self.assertIn(self.h07.home, result.err)
        self.assertEqual(self.h07.state(), before)

    def damage(self, name, status, marks, change):
        device = self.copy(name)
        path = os.path.join(device.home, "jiexun.db")
        change(path)
        before = {f: os.path.getsize(os.path.join(device.home, f)) for f in ("jiexun.db",)}
        with open(path, "rb") as file:
            data = file.read()
        for args in (GOOD, ("sync",), ("person", "sign-out")):
            with self.subTest(name=name, args=args):
                result = device.jx(*args, want=status)
                self.assertIn("jiexun.db", result.err)
                for mark in marks:
                    self.assertIn(mark, result.err)
                device.jx(*args, want=status, env={"JX_LANG": "zh"})
        for args in (("list",), ("status",), ("verify",)):
            with self.subTest(name=name, args=args):
                device.jx(*args, want=status)
        self.assertEqual(before["jiexun.db"], os.path.getsize(path))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), data)

    def test_newer(self):
        import sqlite3

        def newer(path):
            db = sqlite3.connect(path)
            db.execute("PRAGMA user_version = 99")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.close()
        self.damage("newer", EXIT["eversion"], ("newer", "update", "99"), newer)

    def test_other_file(self):
        def text(path):
            self.drop_wal(path)
            with open(path, "wb") as file:
                file.write(b"Dear diary, this is not a database.\n" * 1000)
        self.damage("text", EXIT["ecorrupt"], (), text)

    def test_other_database(self):
        import sqlite3

        def other(path):
            self.drop_wal(path)
            os.unlink(path)
            db = sqlite3.connect(path)
            db.execute("CREATE TABLE cake (taste TEXT)")
            db.commit()
            db.close()
        self.damage("other", EXIT["ecorrupt"], ("not a log",), other)

    @staticmethod
    def drop_wal(path):
        for end in ("-wal", "-shm"):
            if os.path.exists(path + end):
                os.unlink(path + end)

    def test_torn(self):
        """Cut or overwritten: found by what reads it, and by verify in any case; never written over."""
        import sqlite3
        db = sqlite3.connect(os.path.join(self.h07.home, "jiexun.db"))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        size = os.path.getsize(os.path.join(self.h07.home, "jiexun.db"))

        def cut(path):
            os.truncate(path, size // 2)

        def overwrite(path):
            with open(path, "r+b") as file:
                for page in range(1, size // 4096):
                    file.seek(page * 4096)
                    file.write(b"\xa5" * 4096)
        for name, change in (("cut", cut), ("overwritten", overwrite)):
            device = self.copy(name)
            change(os.path.join(device.home, "jiexun.db"))
            for args in (GOOD, ("list", "--all-days"), ("verify",)):
                with self.subTest(name=name, args=args):
                    result = device.jx(*args, want=EXIT["ecorrupt"])
                    self.assertIn("jiexun.db", result.err)
                    device.jx(*args, want=EXIT["ecorrupt"], env={"JX_LANG": "zh"})

    def test_lost_photo(self):
        """A photo that was changed or taken away is found by verify, and left out by sync with a word about it."""
        device = self.copy("photo")
        device.jx(*GOOD, "--photo", self.photo())
        names = [os.path.join(device.home, name) for name in device.photos()]
        self.assertEqual(len(names), 2)
        for path in names:
            os.chmod(path, 0o600)
        with open(names[0], "r+b") as file:
            file.seek(1000)
            byte = file.read(1)
            file.seek(1000)
            file.write(bytes([byte[0] ^ 1]))
        told = device.json("verify", want=EXIT["ecorrupt"]).object
        self.assertEqual((told["ok"], told["photos_good"], told["photos_bad"]), (False, 1, 1))
        os.unlink(names[1])
        told = device.json("verify", want=EXIT["ecorrupt"]).object
        self.assertEqual((told["photos_good"], told["photos_bad"]), (0, 2))

    def test_key(self):
        """The key decides who signs: lost, readable by others or of another device, nothing is recorded."""
        for name, change, status in (
                ("lost", os.unlink, EXIT["estate"]),
                ("open", lambda path: os.chmod(path, 0o644), None),
                ("garbage", lambda path: write(path, b"no key"), None)):
            device = self.copy(name)
            path = os.path.join(device.home, "device.key")
            change(path)
            before = len(device.list())
            with self.subTest(name=name):
                result = device.jx(*GOOD, want=status)
                self.assertNotEqual(result.status, 0, result)
                self.assertIn("key", result.err)
                self.assertEqual(len(device.list()), before)
        other = self.device(self.server, "H09")
        device = self.copy("foreign")
        shutil.copy(os.path.join(other.home, "device.key"), os.path.join(device.home, "device.key"))
        before = len(device.list())
        with self.subTest(name="foreign"):
            result = device.jx(*GOOD, want=None)
            self.assertNotEqual(result.status, 0, result)
            self.assertEqual(len(device.list()), before)


class Commands(Case):
    def test_second_word_is_wrong(self):
        """A family of commands that there is: both words are named, and what there is beside them is shown."""
        said = run([program("jx"), "person", "add", "p-017"], EXIT["usage"]).err
        self.assertIn('no command "person add"', said)
        self.assertIn("jx person sign-in", said)
        said = run([program("jx"), "frobnicate", "all"], EXIT["usage"]).err
        self.assertIn('no command "frobnicate"', said)


class ServerFolder(Case):
    """The same for the server's folder."""

    def test_refused(self):
        server = Server(self.dir)
        vault = os.path.join(server.data, "vault.db")

        def newer():
            import sqlite3
            db = sqlite3.connect(vault)
            db.execute("PRAGMA user_version = 99")
            db.close()
        cases = [("newer", newer, EXIT["eversion"], "vault.db"),
                 ("garbage", lambda: write(vault, b"x" * 10000), EXIT["ecorrupt"], "vault.db"),
                 ("no identity", lambda: os.unlink(os.path.join(server.data, "identity.key")), None, "identity.key"),
                 ("bad line", lambda: write(os.path.join(server.data, "jiexund.conf"), b"stop_wait_s = soon\n"), EXIT["einval"],
                  "stop_wait_s")]
        kept = self.path("kept")
        shutil.copytree(server.data, kept)
        for name, change, status, mark in cases:
            shutil.rmtree(server.data)
            shutil.copytree(kept, server.data)
            change()
            with self.subTest(name=name):
                args = [program("jiexund"), "serve", "--data", server.data, "--listen", "127.0.0.1:0"]
                result = run(args, status)
                self.assertNotEqual(result.status, 0)
                self.assertIn(mark, result.err)
                run(args, result.status, {"JX_LANG": "zh"})

    def test_two_servers(self):
        server = self.start_server()
        result = run([program("jiexund"), "serve", "--data", server.data, "--listen", "127.0.0.1:0"],
                     EXIT["ebusy"])
        self.assertIn(server.data, result.err)
        self.assertTrue(server.service.is_running())


if __name__ == "__main__":
    main()
