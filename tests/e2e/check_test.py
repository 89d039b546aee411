"""Pest checks on a handheld: refused answers leave nothing, drafts outlive any end, the dialogue, and what all checks come to."""
import json
import os
import pty
import random
import re
import select
import signal
import subprocess
import time

from e2e import EXIT, PATIENCE_S, Case, check_sane, environment, kill_env, main, seeded

INDOOR = ("--set", "unit_class=01", "--set", "rooms_checked=10", "--set", "rooms_positive=0")


# To the questions that this test answers; it passes over the others.
ANSWERS = (("单位类别", "01"), ("天气", "1"), ("路径长度", "1000"), ("鼠迹处数", "0"))


class Dialogue:
    """jx on a terminal: say() types a line, expect() waits for what is written."""

    def __init__(self, device, *args, lang="en"):
        self.args, self.text = args, ""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(device.argv(*args), env=environment({"JX_LANG": lang}), stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True)
        os.close(slave)

    def expect(self, *wanted):
        """Read on to the next prompt; all of these stand before it. What was read."""
        until, start = time.monotonic() + PATIENCE_S, len(self.text)
        while not self.text.endswith("> "):
            if time.monotonic() > until:
                raise AssertionError(f"{self.args}: no prompt after {self.text[start:]!r}")
            if not self.read():
                break
        read, self.text = self.text, ""
        for text in wanted:
            if text not in read:
                raise AssertionError(f"{self.args}: {text!r} is not in {read!r}")
        return read

    def read(self):
        if not select.select([self.master], [], [], 1)[0]:
            return self.process.poll() is None
        try:
            self.text += os.read(self.master, 65536).decode("utf-8", "replace").replace("\r\n", "\n")
            return True
        except OSError:
            return False  # the other end is closed

    def say(self, line, *wanted):
        os.write(self.master, (line + "\n").encode())
        return self.expect(*wanted)

    def end(self, want=0):
        until = time.monotonic() + PATIENCE_S
        while self.read():
            if time.monotonic() > until:
                raise AssertionError(f"{self.args} does not end: {self.text[-2000:]!r}")
        status = self.process.wait(PATIENCE_S)
        os.close(self.master)
        check_sane(self.args, status, self.text)
        if status != want:
            raise AssertionError(f"{self.args} ended with {status}: {self.text}")
        return self.text

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


class Checks(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07")

    def check(self, *args, want=0, **more):
        return self.h07.json("check", *args, want=want, **more)

    def killed(self, at, *args):
        """jx check, killed at its at-th write, unless it ends before. Was it?"""
        done = subprocess.run(self.h07.argv("--json", "check", *args), env=environment(kill_env(at)), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE_S, check=False)
        self.assertIn(done.returncode, (0, -signal.SIGKILL), done.stderr)
        self.assertNotIn(b"Sanitizer", done.stderr)
        return done.returncode != 0

    def drafts(self):
        return self.h07.json("check", "--drafts").objects

    def answers(self, *args):
        """What a draft holds."""
        return self.check("--resume", *args, "--dry-run", want=None).object["answers"]


class Saved(Checks):
    def test_by_hand(self):
        """A check from its answers to the office's server and back into the list, and its correction and withdrawal."""
        forms = {o["form"]: o for o in self.h07.json("check", "--list").objects}
        self.assertGreaterEqual(len(forms), 20)
        self.assertEqual(forms["rodent.signs-indoor"]["pack"], "pest-density")
        told = self.check("室内鼠迹", *INDOOR, "--at", "30.23,119.72", "--grid", "g1", "--photo", self.photo() + ":wide").object
        self.assertEqual((told["number"], told["photos"], told["state"]), ("H07-3", 1, "saved"))
        shown = self.h07.json("show", "H07-3").object["entry"]
        self.assertEqual(shown["answers"], {"unit_class": "01", "rooms_checked": 10, "rooms_positive": 0})
        self.assertEqual((shown["form"], shown["pack"], shown["place"]["grid"]), ("rodent.signs-indoor", "pest-density", "g1"))
        row = self.h07.json("list").objects[-1]
        self.assertEqual((row["form"], row["summary"]), ("rodent.signs-indoor", "sign rate 0.00 %"))
        self.assertIn("rodent signs indoors", self.h07.jx("list").out)
        self.check("rodent.signs-indoor", *INDOOR, "--set", "rooms_checked=20", "--corrects", "H07-3", "--reason", "miscounted", "--no-gps")
        self.h07.jx("shift", "end")
        self.h07.sync()
        self.assert_exactly_once(self.server, [self.h07])
        self.assertTrue(self.h07.json("verify").object["ok"])
        self.assertEqual(self.drafts(), [])

    def test_same_id(self):
        """The same answers with the same id are saved once."""
        first = self.check("rodent.signs-indoor", *INDOOR, "--no-gps", "--id", "019a05e1-f470-7b3c-8d21-001122331104").object
        again = self.check("rodent.signs-indoor", *INDOOR, "--no-gps", "--id", "019a05e1-f470-7b3c-8d21-001122331104").object
        self.assertEqual(first["number"], again["number"])

    def test_answers(self):
        """A file of answers as an object or as lines; both give the same entry."""
        objects = self.path("answers.json")
        lines = self.path("answers.txt")
        with open(objects, "w", encoding="utf-8") as file:
            json.dump({"unit_class": "01", "rooms": [{"has_signs": "yes"}, {"has_signs": "no"}], "signs_droppings": 2}, file, indent=1)
        with open(lines, "w", encoding="utf-8") as file:
            file.write("# typed\nunit_class=01\nrooms[1].has_signs=有\nrooms[2].has_signs=no\n\nsigns_droppings=2\n")
        told = [self.check("rodent.signs-indoor", "--answers", path, "--dry-run").object for path in (objects, lines)]
        self.assertEqual(told[0]["answers"], told[1]["answers"])
        grade = told[0]["computed"][0]["grade"]
        self.assertEqual((grade["numerator"], grade["denominator"], grade["level"], grade["decided"]), (1, 2, "D", False))
        # Clopper-Pearson of 1 in 2: 1 - sqrt(0.975) and sqrt(0.975)
        self.assertAlmostEqual(grade["low"], 100 * (1 - 0.975 ** 0.5), 4)
        self.assertAlmostEqual(grade["high"], 100 * 0.975 ** 0.5, 4)
        self.check("rodent.signs-indoor", "--answers", lines, "--no-gps")
        self.assertEqual(self.h07.json("show", "H07-3").object["entry"]["answers"], told[0]["answers"])

    def test_bad_input(self):
        """Refused with the rule's own message and the field's name; nothing is saved, nothing is kept."""
        broken = self.path("broken.json")
        with open(broken, "w", encoding="utf-8") as file:
            file.write('{"unit_class":"01","rooms_checked":10,"rooms_positive":0,"later":1}')
        cases = [
            ("positive over checked", INDOOR + ("--set", "rooms_positive=11"), "rooms_positive", "cannot be more than rooms checked"),
            ("kinds do not add up", INDOOR + ("--set", "rooms_positive=2", "--set", "signs_droppings=1"), "rooms_positive", "add up"),
            ("no effort", INDOOR + ("--set", "rooms_checked=0"), "rooms_checked", "1"),
            ("out of range", INDOOR + ("--set", "humidity_percent=101"), "humidity_percent", "100"),
            ("water class", INDOOR + ("--set", "unit_class=17"), "unit_class", "mosquito"),
            ("no class", INDOOR + ("--set", "unit_class="), "unit_class", "answer"),
            ("no such code", INDOOR + ("--set", "unit_class=99"), "unit_class", "list"),
            ("no such field", INDOOR + ("--set", "rooms_chequed=1"), None, "no field"),
            ("no answer at all", INDOOR + ("--set", "rooms_checked"), None, "field=value"),
            ("unknown member", ("--answers", broken), None, "later"),
            ("no file", ("--answers", self.path("absent")), None, "absent"),
            ("photo role", INDOOR + ("--photo", self.photo() + ":plate"), "photo", "wide, close"),
            ("no photo", INDOOR + ("--photo", self.path("absent.jpg")), None, "absent"),
        ]
        self.check("rodent.signs-indoor", *INDOOR, "--no-gps")
        before = self.h07.state()["database"]
        for name, args, where, text in cases:
            with self.subTest(name):
                result = self.check("rodent.signs-indoor", *args, "--no-gps", want=(EXIT["einval"], EXIT["enotfound"]))
                self.assertIn(text, result.object["text"])
                if where is not None:
                    self.assertEqual(result.object["where"], where)
                self.assertEqual(self.h07.state()["database"], before)
        self.check("no.such", want=EXIT["enotfound"])
        self.check("disorder", want=EXIT["enotfound"])
        self.check(want=EXIT["einval"])
        self.assertEqual(self.h07.state()["database"], before)

    def test_without_a_device(self):
        """Trying out and the card need no server, no enrolment and no network."""
        free = self.h07.argv()
        free[free.index("--home") + 1] = self.path("nothing")
        for args in (("check", "rodent.signs-indoor", "--dry-run", *INDOOR), ("card", "rodent.signs-outdoor"), ("card",)):
            for lang in ("en", "zh"):
                done = subprocess.run([*free, *args], env=environment({"JX_LANG": lang}), capture_output=True, timeout=PATIENCE_S, check=True)
                self.assertEqual(bool(re.search("[\u4e00-\u9fff]", done.stdout.decode())), lang == "zh")
        self.assertFalse(os.path.exists(self.path("nothing")))


class Drafts(Checks):
    def test_keep_and_resume(self):
        self.check("rodent.signs-indoor", "--set", "unit_class=01", "--set", "rooms[1].has_signs=yes", "--photo", self.photo() + ":close", "--keep")
        self.check("fly.indoor", "--keep")
        newest, first = self.drafts()
        self.assertEqual((newest["form"], first["form"]), ("fly.indoor", "rodent.signs-indoor"))
        self.h07.jx("check", "--drop", newest["id"])
        self.assertEqual([d["id"] for d in self.drafts()], [first["id"]])
        self.check("--resume", "--set", "rooms[2].has_signs=no", "--keep")
        self.check("--resume", first["id"][:13], "--set", "rooms[2].has_signs=maybe", "--keep", want=EXIT["einval"])
        self.assertEqual(self.answers(), {"unit_class": "01", "rooms": [{"has_signs": "yes"}, {"has_signs": "no"}]})
        # what does not hold is refused, and the draft stays
        self.check("--resume", "--set", "signs_droppings=0", "--no-gps", want=EXIT["einval"])
        self.assertEqual(len(self.drafts()), 1)
        told = self.check("--resume", "--set", "signs_droppings=3", "--no-gps").object
        self.assertEqual((told["id"], told["photos"]), (first["id"], 1))
        self.assertEqual(self.h07.json("show", told["number"]).object["entry"]["taken_utc_ms"], first["taken_utc_ms"])
        self.assertEqual(self.drafts(), [])
        self.check("--resume", want=EXIT["enotfound"])
        self.assertTrue(self.h07.json("verify").object["ok"])

    def test_killed_anywhere(self):
        """Whatever write a kill falls on: what was kept before is there, and what was being kept is there whole or not at all."""
        rng = seeded("check-kill")
        self.check("rodent.signs-outdoor", "--set", "unit_class=01", "--keep")
        kept, killed = {"unit_class": "01"}, 0
        for n in range(24):
            value = n + 1
            path = ("path_m", "sign_places", "humidity_percent")[n % 3]
            was_killed = self.killed(rng.randrange(1, 40), "--resume", "--set", f"{path}={value}", "--keep")
            killed += was_killed
            now = self.answers()
            wanted = dict(kept)
            if not was_killed or now.get(path) == value:
                wanted[path] = value
            self.assertEqual(now, wanted)
            kept = now
            self.assertEqual(len(self.drafts()), 1)
        self.assertGreater(killed, 0)
        self.assertGreater(len(kept), 2)

    def test_saving_killed_anywhere(self):
        """A kill while saving leaves the draft or the entry, never both and never neither."""
        rng = seeded("check-save")
        seen = set()
        for _ in range(16):
            before = len(self.h07.list())
            self.check("rodent.signs-indoor", *INDOOR, "--keep")
            self.killed(rng.randrange(1, 60), "--resume", "--set", "note=x", "--no-gps")
            saved, drafts = len(self.h07.list()) - before, len(self.drafts())
            self.assertEqual(saved + drafts, 1)
            seen.add(saved)
            if drafts:
                self.check("--resume", "--no-gps", "--set", "note=y")
        self.assertTrue(self.h07.json("verify").object["ok"])
        self.assertEqual(seen, {0, 1})


class Asked(Checks):
    def test_dialogue(self):
        """Room by room on a terminal; killed in the middle, gone on with, saved."""
        ask = Dialogue(self.h07, "check", "rodent.signs-indoor")
        ask.expect("rodent signs indoors", "1/")
        self.walk_to(ask, "unit class")
        ask.say("no such class", "is not in the list")
        ask.say("2", "key unit")
        ask.say("<", "unit class*", "[02")
        ask.say("", "key unit")
        self.walk_to(ask, "so far")
        ask.say("y", "signs found")
        ask.say("perhaps", "must be")
        ask.say("yes", "100.00 %", "level D", "1 so far")
        ask.say("y", "signs found")
        ask.say("no", "50.00 %", "2 so far")
        ask.say("=", "33.33 %", "3 so far")
        ask.kill()
        self.assertEqual(self.answers(), {"unit_class": "02", "rooms": [{"has_signs": "yes"}, {"has_signs": "no"}, {"has_signs": "no"}]})
        ask = Dialogue(self.h07, "check", "--resume")
        ask.expect("3 so far")
        ask.say("=", "4 so far")
        ask.say("-", "3 so far")
        ask.say("", "droppings")
        ask.say("0", "burrows")
        ask.say(".", "must add up", "to the first of these")
        self.assertIn("--resume", ask.say("q"))
        ask.end()
        ask = Dialogue(self.h07, "check", "--resume", "--no-gps", "--set", "signs_droppings=2")
        ask.end()
        self.assertEqual(self.drafts(), [])
        entry = self.h07.json("show", "H07-3").object["entry"]
        self.assertEqual(entry["answers"]["rooms"], [{"has_signs": "yes"}, {"has_signs": "no"}, {"has_signs": "no"}])
        self.assertEqual(entry["answers"]["signs_droppings"], 2)

    def test_to_the_end(self):
        """Every question answered or passed over, in Chinese; weather is remembered for the next check of the day."""
        ask = Dialogue(self.h07, "check", "rodent.signs-outdoor", "--no-gps", lang="zh")
        text = ask.expect()
        for _ in range(60):
            questions = re.findall(r"^\d+/\d+  (.*)$", text, re.M)
            if not questions:
                break
            answers = [answer for name, answer in ANSWERS if name in questions[-1]]
            text = ask.say(answers[0] if answers else "-")
        self.assertIn("回车：保存", text)
        os.write(ask.master, b"\n")
        self.assertIn("H07-3", ask.end())
        weather = self.h07.json("show", "H07-3").object["entry"]["answers"]["weather"]
        ask = Dialogue(self.h07, "check", "cockroach.visual")
        self.walk_to(ask, "weather", "[" + weather)
        ask.say("q")
        ask.end()
        self.assertEqual(self.drafts(), [])

    def test_end_of_input(self):
        """A terminal that goes away keeps the draft; where nothing was answered nothing is kept."""
        done = subprocess.run(self.h07.argv("check", "rodent.signs-indoor"), env=environment(), input=b"", capture_output=True,
                              timeout=PATIENCE_S, check=False)
        self.assertEqual((done.returncode, self.drafts()), (EXIT["eintr"], []))
        done = subprocess.run(self.h07.argv("check", "rodent.signs-indoor"), env=environment(), input=b"-\n" + b"x" * 20000 + b"\n'-\n",
                              capture_output=True, timeout=PATIENCE_S, check=False)
        self.assertEqual((done.returncode, len(self.drafts())), (EXIT["eintr"], 1))

    def walk_to(self, ask, name, *wanted):
        text = ask.say("")
        for _ in range(40):
            if name in text:
                break
            text = ask.say("")
        for each in (name, *wanted):
            self.assertIn(each, text)


class Graded(Checks):
    def test_newest_versions_in_any_order(self):
        """Two devices save the same checks in different orders; corrected and withdrawn ones count as they stand now."""
        other = self.device(self.server, "H08")
        rng = seeded("check-grades")
        checks = [(rng.choice(("01", "02")), rng.randrange(5, 60), rng.randrange(3)) for _ in range(14)]
        told = []
        for device in (self.h07, other):
            mixed = list(checks)
            random.Random(device.short).shuffle(mixed)
            for unit_class, checked, positive in mixed:
                wrong = rng.random() < 0.3
                args = ["check", "rodent.signs-indoor", "--no-gps", "--set", f"unit_class={unit_class}", "--set", f"rooms_positive={positive}",
                        "--set", f"rooms_checked={checked + 7 * wrong}"] + ["--set", f"signs_droppings={positive}"] * (positive > 0)
                number = device.json(*args).object["number"]
                if wrong:
                    device.json(*args, "--set", f"rooms_checked={checked}", "--corrects", number, "--reason", "miscounted")
                if rng.random() < 0.3:
                    extra = device.json(*args).object["number"]
                    device.jx("withdraw", extra, "--reason", "twice")
            told.append([device.json("grade", *more).objects[0] for more in ((), ("--class", "01"), ("--since", "2020-01-01", "--until", "2020-01-02"))])
        self.assertEqual(told[0], told[1])
        everything, of_class, none = told[0]
        self.assertEqual(everything["checks"], len(checks))
        self.assertEqual((none["checks"], of_class["checks"]), (0, sum(c == "01" for c, _, _ in checks)))
        for which, wanted in ((everything, ("01", "02")), (of_class, ("01",))):
            grade = next(g for g in which["grades"] if g["index"] == "rodent.indoor-sign-rate")
            self.assertEqual(grade["denominator"], sum(n for c, n, _ in checks if c in wanted))
            self.assertEqual(grade["numerator"], sum(p for c, _, p in checks if c in wanted))
        self.assertEqual({t["topic"]: t["level"] for t in none["topics"]}["rodent"], None)
        self.assertIn("95 %", self.h07.jx("grade").out)
        self.h07.json("grade", "--since", "yesterday", want=EXIT["einval"])
        self.h07.json("grade", "--since", "2026-02-02", "--until", "2026-01-01", want=EXIT["einval"])


if __name__ == "__main__":
    main()
