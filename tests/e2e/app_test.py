"""The touch app as people hold it: its own process, a real server, driven through the accessibility tree."""
import json
import os
import signal

from e2e import main, wait_for
from proxy import HOLE, Plan, Proxy
from touch import AppCase


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
        app.see("saved")
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
        app.see("waiting to be sent")
        server.start()
        proxy.target = server.port
        app.go("Status")
        app.press("Sync now")
        app.wait_row("Last sync", "good")
        app.wait_row("Waiting", "0 entries, 0 photos")
        # the failure holds no more
        app.see_no("the connection broke")
        app.go("Today")
        app.see("complete")
        self.assertEqual(device.json("show", "H07-3").object["state"], "complete")
        app.tap_row("1 vehicle")
        app.press("Correct")
        app.press("wrong quantity")
        unnamed += app.unnamed()
        app.press("Save the correction")
        app.see("Saved: H07-4")
        app.see("corrected")
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
            again.see("complete")
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


def is_alive(pid):
    """A process that ended may wait for whoever asks how."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    main()
