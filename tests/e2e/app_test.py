"""The touch app as people hold it: its own process, a real server, driven through the accessibility tree."""
import json
import os
import signal
import sqlite3
import subprocess
import uuid

from e2e import PATIENCE_S, Case, Database, Service, clock_env, count_env, kill_env, main, program, run, wait_for
from proxy import HOLE, Plan, Proxy
from touch import AppCase, Touch, screen_env


class Flow(AppCase):
    def test_a_day(self):
        """Log, see it wait, sync until it is complete, correct it, take one back: all of it arrives, and jx says the same."""
        server = self.start_server()
        proxy = Proxy(server.port)
        self.addCleanup(proxy.close)
        device = self.camera_device(server, "H07", url=proxy.url)
        app = self.app(device)
        unnamed = app.unnamed()
        app.press("disorderly parking")
        app.wait("the shutter", lambda: app.find("push button", "Shutter"))
        unnamed += app.unnamed()
        app.press("Shutter")
        app.wait("Save", lambda: app.find("push button", "Save"))
        unnamed += app.unnamed()
        app.press("Save")
        app.see("Saved: H07-3")
        app.go("Today")
        app.see("1 vehicle")
        app.see_state("Saved")
        unnamed += app.unnamed()
        self.assertEqual(device.json("show", "H07-3").object["state"], "saved")
        # a sync that reaches nobody: what was only saved now waits, and is said to
        server.stop()
        app.go("Status")
        app.wait_row("Waiting", "3 entries, 1 photos")
        unnamed += app.unnamed()
        app.press("Sync now")
        app.see("the connection broke")
        app.go("Today")
        app.see_state("Waiting to be sent")
        server.start()
        proxy.target = server.port
        app.go("Status")
        app.press("Sync now")
        app.wait_row("Last sync", "good")
        app.wait_row("Waiting", "0 entries, 0 photos")
        # the failure holds no more
        app.see_no("the connection broke")
        app.go("Today")
        app.see_state("Complete")
        self.assertEqual(device.json("show", "H07-3").object["state"], "complete")
        app.tap_row("1 vehicle")
        app.press("Correct")
        app.press("wrong quantity")
        unnamed += app.unnamed()
        app.press("Save the correction")
        app.see("Saved: H07-4")
        app.see_state("Corrected")
        # and one by mistake, taken back while the toast is there: the toast before it does not stand in its way
        self.assertEqual(self.log_disorder(app, "spitting and littering"), "H07-5")
        app.press("Undo")
        app.see("Taken back: the entry is withdrawn")
        app.go("Today")
        app.see("Withdrawn: H07-5")
        app.go("Status")
        app.wait_row("Waiting", "3 entries, 1 photos")
        app.press("Sync now")
        app.wait_row("Waiting", "0 entries, 0 photos")
        self.assertEqual(app.close(), 0)
        self.assertEqual(unnamed, [])
        listed = {row["number"]: row for row in device.list()}
        self.assertEqual({row["state"] for row in listed.values()}, {"complete"}, listed)
        self.assertEqual([row["kind"] for row in listed.values()],
                         ["person-in", "shift-start", "observation", "correction", "observation", "withdrawal"])
        self.assertTrue(listed["H07-3"]["corrected"] and listed["H07-5"]["withdrawn"])
        self.assertEqual(device.json("show", "H07-4").object["entry"]["reason"], "wrong quantity")
        self.assert_exactly_once(server, [device])


class HeldBack(AppCase):
    """A sync that runs: a line which is a hole after the first kilobytes, until the test has done what happens meanwhile."""

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.proxy = Proxy(self.server.port)
        self.addCleanup(self.proxy.close)
        self.held = self.camera_device(self.server, "H07", url=self.proxy.url)
        self.held.sync()

    def begin(self):
        """App and process of its sync."""
        app = self.app(self.held)
        self.log_disorder(app)
        self.proxy.plan = Plan(HOLE, after=6000, hole_s=3600)
        app.go("Status")
        app.press("Sync now")
        app.wait("a sync that runs", lambda: app.find("push button", "Stop the sync"))
        wait_for("the hole", lambda: self.proxy.stat()["struck"]["hole"] > 0)
        with open(os.path.join(self.held.home, "sync.now"), encoding="utf-8") as file:
            return app, json.load(file)["pid"]

    def let_go(self):
        self.proxy.honest()
        self.proxy.cut()

    def must_be_whole(self):
        self.assertEqual({row["state"] for row in self.held.list()}, {"complete"})
        self.assert_exactly_once(self.server, [self.held])

    def test_stopped_by_hand(self):
        app, pid = self.begin()
        app.press("Stop the sync")
        app.see("stopped; what the server has confirmed is kept")
        wait_for("the end of jx", lambda: not is_alive(pid))
        app.wait_row("Last sync", "stopped")
        app.wait_row("Waiting", "1 photos")
        self.let_go()
        app.press("Sync now")
        app.wait_row("Waiting", "0 entries, 0 photos")
        app.wait_row("Last sync", "good")
        self.assertEqual(app.close(), 0)
        self.must_be_whole()

    def test_killed(self):
        """The sync is killed: said in words, and what it had not sent goes with the next one."""
        app, pid = self.begin()
        os.kill(pid, signal.SIGKILL)
        app.see("the sync was broken off; what was not sent waits here")
        app.wait("Sync now", lambda: app.find("push button", "Sync now"))
        self.let_go()
        app.press("Sync now")
        app.wait_row("Waiting", "0 entries, 0 photos")
        self.assertEqual(app.close(), 0)
        self.must_be_whole()

    def test_app_closed(self):
        """The window, a signal, a crash: the sync goes on by itself, and whoever starts the app finds what is true."""
        for end in (lambda app: app.close(), lambda app: app.stop(signal.SIGTERM), lambda app: app.stop(signal.SIGKILL)):
            app, pid = self.begin()
            self.assertIn(end(app), (0, -signal.SIGKILL))
            self.assertTrue(is_alive(pid))
            again = self.app(self.held)
            again.go("Status")
            # it runs still, and the app that did not start it shows it, and starts no other
            again.wait("the sync of before", lambda: again.find("push button", "Stop the sync"))
            again.wait_row("Waiting", "1 photos")
            self.let_go()
            again.wait_row("Waiting", "0 entries, 0 photos")
            again.wait("no sync", lambda: again.find("push button", "Sync now"))
            again.go("Today")
            again.see_state("Complete")
            wait_for("the end of jx", lambda: not is_alive(pid))
            self.assertEqual(again.close(), 0)
            self.must_be_whole()

    def test_revoked_meanwhile(self):
        app, pid = self.begin()
        self.server.admin("revoke", "H07", "--reason", "lost")
        self.let_go()
        app.see("The office has locked this device out")
        wait_for("the end of jx", lambda: not is_alive(pid))
        self.assertEqual(app.unnamed(), [])
        # what was recorded is here, and work goes on
        number = self.log_disorder(app, "spitting and littering")
        self.assertEqual(self.held.json("show", number).object["state"], "saved")
        app.press("Enrol again")
        app.see("Enrol again")
        self.assertEqual(app.stop(), 0)


class BadDays(AppCase):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.handheld = self.camera_device(self.server, "H07")

    def observations(self):
        return [row for row in self.handheld.list() if row["kind"] == "observation"]

    def checks(self):
        return [self.handheld.json("show", row["number"]).object["entry"] for row in self.observations()]

    def wait_for_draft(self, path, value):
        """That the disk has it."""
        def look():
            with Database(os.path.join(self.handheld.home, "jiexun.db")) as db:
                return db.rows("SELECT 1 FROM draft_value WHERE path LIKE ? AND value LIKE ?", path, value)
        wait_for(f"a draft with {path} = {value}", look)

    def begin_survey(self, app, metres):
        app.go("Check")
        app.tap_row("rodent signs outdoors")
        app.press("unit class")
        app.tap_row("eatery")
        app.press("Next")
        app.write("path length", metres)
        app.write("sign places", "0")

    def finish_survey(self, app):
        # page by page: a GTK button that is pressed by its name fires 250 ms later, and takes no second press until then
        for page in ("2/4", "3/4"):
            app.see(page)
            app.press("Next")
        app.press("Save")
        app.see("Saved")

    def test_synced_by_others(self):
        """A timer's sync, or a person's jx: the page that is open says what it brought."""
        self.handheld.log("05", "--no-gps")
        app = self.app(self.handheld)
        app.go("Today")
        app.see_state("Saved")
        self.handheld.sync()
        app.see_state("Complete")
        self.assertEqual(app.close(), 0)

    def test_started_twice(self):
        app = self.app(self.handheld)
        before = app.pid
        # a unit's start says by its status that it is not needed
        for how, status in (([], 0), (["--kiosk"], 80)):
            again = run([program("jiexun"), "--home", self.handheld.home + "/.", "--profile", self.handheld.profile, *how],
                        env=screen_env(), want=status)
            self.assertEqual(again.err, "")
        self.assertTrue(app.is_running())
        other = self.camera_device(self.server, "H08")
        self.assertNotEqual(self.app(other).pid, before)
        # killed, it leaves nothing behind that a start would wait for
        app.stop(signal.SIGKILL)
        self.assertEqual(self.app(self.handheld).close(), 0)

    def test_locked_by_another(self):
        """jx stopped in the middle of a save keeps the lock: said, with the cure; nothing entered is lost; goes on when it is free."""
        counts = self.path("count")
        self.handheld.log("05", "--no-gps", env=count_env(counts))
        with open(counts, encoding="ascii") as file:
            half = int(file.read()) // 2
        app = self.app(self.handheld)
        app.see("p-017, shift open")
        holder = Service(self.handheld.argv("log", "05", "--no-gps"), self.path("holder.log"), kill_env(half, signal.SIGSTOP))
        self.addCleanup(holder.stop, signal.SIGKILL)
        wait_for("jx that stopped", lambda: state_of(holder.process.pid) == "T")
        app.see("Another program keeps the records locked")
        app.wait("the cure", lambda: app.find("push button", "Try again"))
        app.press("disorderly parking")
        app.press("Shutter")
        app.press("Save")
        # it waits behind the lock, as long as a save may
        self.assertEqual(len(self.observations()), 1)
        holder.process.send_signal(signal.SIGCONT)
        self.assertEqual(holder.process.wait(PATIENCE_S), 0)
        app.see("Saved: ")
        app.see_no("Another program keeps the records locked")
        self.assertEqual(app.close(), 0)
        self.handheld.sync()
        self.assertEqual([row["photos"] for row in self.observations()], [0, 0, 1])
        self.assert_exactly_once(self.server, [self.handheld])

    def test_new_edition_while_a_form_is_open(self):
        """It is told on the form, which is finished by the edition it began with; the next one has the new."""
        self.handheld.sync()
        app = self.app(self.handheld)
        self.begin_survey(app, "1200")
        with open(os.path.join(os.environ["JX_SOURCE"], "src", "form", "packs", "pest-density.json"), encoding="utf-8") as file:
            pack = json.load(file)
        pack["version"] = 1001
        path = self.path("pack.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(pack, file, ensure_ascii=False)
        self.server.admin("pack", "add", path, "--from", self.handheld.status()["packs_of_day"])
        self.handheld.sync()
        app.see("Begun with version 1 of the form; version 1001 holds now. It is finished with the old one")
        self.finish_survey(app)
        self.begin_survey(app, "800")
        self.finish_survey(app)
        self.assertEqual(app.close(), 0)
        self.assertEqual([(entry["pack_version"], entry["answers"]["path_m"]) for entry in self.checks()], [(1, 1200), (1001, 800)])
        self.handheld.sync()
        self.assert_exactly_once(self.server, [self.handheld])

    def test_killed_while_something_is_entered(self):
        """A picture taken and a word typed, a form half filled in: both are there after the next start, and are saved whole."""
        app = self.app(self.handheld)
        app.press("disorderly parking")
        app.press("Shutter")
        app.write("Note", "word before the end")
        self.wait_for_draft("%photo%", "_%")
        self.wait_for_draft("%note", "word before the end")
        app.stop(signal.SIGKILL)
        app = self.app(self.handheld)
        self.begin_survey(app, "1234")
        self.wait_for_draft("path_m", "1234")
        self.wait_for_draft("sign_places", "0")
        app.stop(signal.SIGKILL)
        app = self.app(self.handheld)
        app.press("1 not finished: go on")
        app.press("Save")
        app.see("Saved: H07-3")
        app.go("Check")
        app.tap_row("3 answers")
        self.finish_survey(app)
        self.assertEqual(app.close(), 0)
        photos = [row["photos"] for row in self.observations()]
        found, survey = self.checks()
        self.assertEqual((photos, found["answers"]["note"], survey["answers"]["path_m"]), ([1, 0], "word before the end", 1234))

    def test_clock_set_back(self):
        """By two years, while it is known by the last sync and the time since the device was switched on: said, and recorded with both."""
        self.handheld.sync()
        app = self.app(self.handheld, env=clock_env(offset_s=-2 * 365 * 86400))
        app.see("This device's clock is 730 days slow")
        app.press("Nothing found here")
        app.see("The clock is wrong")
        app.press("Save")
        app.see("Saved: H07-3")
        self.assertEqual(app.close(), 0)
        self.assertEqual(len(self.observations()), 1)
        self.handheld.sync()
        self.assert_exactly_once(self.server, [self.handheld])

    def small_disk(self, size):
        """A device whose folder lies on a disk of that size. Only root may mount one."""
        if os.geteuid() != 0:
            self.skipTest("needs root, to mount a small disk")
        home = self.path("H09")
        os.mkdir(home, 0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", home], check=True, timeout=PATIENCE_S)
        self.addCleanup(lambda: subprocess.run(["umount", "--lazy", home], check=True, timeout=PATIENCE_S))
        return self.camera_device(self.server, "H09", storage__reserve_mb=16, storage__warn_mb=32)

    def fill(self, device, leave):
        """What else is on the disk, so that so many bytes are free."""
        path = os.path.join(device.home, "others")
        if os.path.exists(path):
            os.remove(path)
        left = os.statvfs(device.home)
        with open(path, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, left.f_bavail * left.f_frsize - leave)

    def test_disk_full(self):
        """A real disk that fills up, to the last byte: photos stop at the reserve, said with the cure; what is entered is kept, and photos
        go on by themselves when there is room."""
        device = self.handheld = self.small_disk("64m")
        self.fill(device, 24000000)
        app = self.app(device)
        app.see("Space is getting short")
        self.fill(device, 12000000)
        app.see("Records without photos are still saved. Sync, then tell the office.")
        app.press("disorderly parking")
        app.see("Disk full: no more photos")
        # as a screen reader presses it: the page hides the banner, and what to do stands in this line's whole text
        app.press("Disk full: no more photos")
        app.see("Records without photos are still saved. Sync, then tell the office.")
        app.press("Shutter")
        app.see("draft kept")
        self.assertEqual(os.listdir(os.path.join(device.home, "drafts")) if os.path.isdir(os.path.join(device.home, "drafts")) else [], [])
        # not a byte is left: the store has room of its own for a record without a photo, so what is said to be kept and saved is
        self.fill(device, 0)
        app.write("Note", "word without room")
        self.wait_for_draft("%note", "word without room")
        app.press("Save")
        app.see("Saved: H09-3")
        os.remove(os.path.join(device.home, "others"))
        app.see_no("Disk full")
        self.log_disorder(app)
        self.assertEqual(app.close(), 0)
        self.assertEqual([row["photos"] for row in self.observations()], [0, 1])
        self.assertEqual(self.checks()[0]["answers"]["note"], "word without room")
        device.sync()
        self.assert_exactly_once(self.server, [device])

    def test_weeks_alone(self):
        """After a restart of the device, whose clock has gone on for 20 days: how long, what waits, and what to do."""
        later = clock_env(offset_s=20 * 86400)
        self.handheld.sync()
        self.handheld.log("05", "--no-gps")
        with sqlite3.connect(os.path.join(self.handheld.home, "jiexun.db")) as db:
            told = db.execute("SELECT value FROM setting WHERE name = 'trusted_time'").fetchone()[0].split()
            db.execute("UPDATE setting SET value = ? WHERE name = 'trusted_time'", (" ".join((*told[:2], str(uuid.uuid4()))),))
        db.close()
        self.server.stop()
        app = self.app(self.handheld, env=later)
        app.see("No word from the server for 20 days; 1 records wait here, safely.")
        self.assertEqual(app.stop(), 0)


class Demo(Case):
    def demo(self, language):
        app = Touch(self.dir, "--demo", env={"TMPDIR": self.dir, "JX_LANG": language})
        self.addCleanup(lambda: app.is_running() and app.stop(signal.SIGKILL))
        return app

    def test_throw_away(self):
        """Works with no device and no server; says that it has none; leaves nothing, however it ends."""
        # what only looks like one: no lock, another's name
        for name in ("jiexun-demo-myself", "jiexun-demo-of-ours"):
            os.mkdir(self.path(name))
        with open(self.path("jiexun-demo-of-ours", "lock"), "w", encoding="ascii"):
            pass
        others = self.folders()
        killed = self.demo("en")
        killed.stop(signal.SIGKILL)
        left = set(self.folders()) - set(others)
        self.assertEqual(len(left), 1)
        # the next one clears up after it, and after nobody who lives
        english = self.demo("en")
        first = set(self.folders()) - set(others)
        self.assertEqual((len(first), first & left), (1, set()))
        chinese = self.demo("zh")
        self.assertEqual(len(self.folders()), len(others) + 2)
        self.assertTrue(first < set(self.folders()))
        words = ((english, "Status", "Sync now", "This is a demo: it has no server to sync with", lambda app: app.close()),
                 (chinese, "状态", "立即同步", "这是演示", lambda app: app.stop(signal.SIGTERM)))
        for app, status, sync, says, end in words:
            app.go(status)
            app.press(sync)
            app.see(says)
            self.assertEqual(app.unnamed(), [])
            self.assertEqual(end(app), 0)
        self.assertEqual(self.folders(), others)

    def folders(self):
        return sorted(name for name in os.listdir(self.dir) if name.startswith("jiexun-demo-"))


def state_of(pid):
    """Letter of proc(5); "" gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def is_alive(pid):
    """A process that ended may wait for whoever asks how."""
    return state_of(pid) not in ("", "Z")


if __name__ == "__main__":
    main()
