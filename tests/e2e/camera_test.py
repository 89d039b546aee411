"""Pictures taken by jx itself: they are evidence as any other, with time, place and device inside; a camera that fails saves nothing."""
import json
import os
import pty
import shutil
import subprocess

from e2e import PATIENCE_S, Case, environment, main, program, run, sha256

BARS = {"camera__source": "test", "camera__width": 640, "camera__height": 480, "camera__settle_ms": 0, "camera__wait_ms": 60000,
        "device__model": "X-1"}
TAGS = ["-ImageWidth", "-ImageHeight", "-Model", "-GPSLatitude", "-GPSLongitude", "-OffsetTimeOriginal"]


def tags(path):
    """Read by somebody else's program."""
    return json.loads(run(["exiftool", "-n", "-j", *TAGS, path]).out)[0]


class Camera(Case):
    def test_pictures_of_each_role_are_saved_and_sent(self):
        server = self.start_server()
        device = self.device(server, "H07", **BARS)
        entry = device.log("01.01", "--quantity", "3", "--unit", "sheet", "--at", "30.2301234,119.7200456,9", "--shoot", "wide,close").object
        self.assertEqual(entry["photos"], 2)
        photos = device.json("photo", "list", entry["number"]).objects
        self.assertEqual([(p["role"], p["how"], p["file"]) for p in photos],
                         [("wide", "camera", "here"), ("close", "camera", "here")])
        self.assertNotEqual(photos[0]["sha256"], photos[1]["sha256"])
        for photo in photos:
            path = os.path.join(device.home, "photos", photo["sha256"][:2], photo["sha256"])
            self.assertEqual(sha256(path), photo["sha256"])
            found = tags(path)
            self.assertEqual((found["ImageWidth"], found["ImageHeight"], found["Model"]), (640, 480, "X-1"))
            self.assertAlmostEqual(found["GPSLatitude"], 30.2301234, 5)
            self.assertAlmostEqual(found["GPSLongitude"], 119.7200456, 5)
            self.assertEqual(found["OffsetTimeOriginal"], "+08:00")
            self.assertGreater(photo["taken_utc_ms"], 0)
        device.sync()
        self.assert_exactly_once(server, [device])

    def test_one_picture_to_try_the_camera(self):
        server = self.start_server()
        device = self.device(server, "H07", **BARS)
        before = device.state()
        path = self.path("try.jpg")
        found = device.json("camera", "-o", path).object
        self.assertEqual((found["ok"], found["width"], found["height"], found["output"]), (True, 640, 480, path))
        self.assertEqual(found["size_bytes"], os.path.getsize(path))
        self.assertEqual(tags(path)["ImageWidth"], 640)
        self.assertEqual(device.state(), before)

    def test_a_camera_that_fails_saves_nothing_and_says_what_to_do(self):
        server = self.start_server()
        log = ("log", "01.01", "--no-gps", "--shoot", "wide")
        for profile, want, says in (
                ({}, 69, "--photo"),
                ({"camera__source": "v4l2", "camera__device": "/dev/no-such-video"}, 74, "/dev/no-such-video"),
                ({"camera__source": "pipeline", "camera__pipeline": "no-such-camera"}, 65, "no-such-camera"),
                ({"camera__source": "pipeline", "camera__pipeline": "appsrc is-live=true", "camera__wait_ms": 500}, 74, "500 ms")):
            device = self.device(server, f"H{len(self.seen):02}", **profile)
            self.seen.append(device)
            before = device.state()
            for command in (log, ("camera",)):
                with self.subTest(profile=profile, command=command[0]):
                    result = device.jx(*command, want=want, env={"JX_LANG": "en"})
                    self.assertIn(says, result.err)
                    self.assertEqual(device.state(), before)
            device.jx("log", "01.01", "--no-gps")  # without the camera all goes on

    def test_roles_are_read_before_the_camera_is_opened(self):
        server = self.start_server()
        device = self.device(server, "H07", **BARS)
        before = device.state()
        for roles in ("", "wide,", ",wide", "wide,sideways", "wide;close", "w" * 300, ",".join(["wide"] * 21)):
            with self.subTest(roles=roles):
                result = device.jx("log", "01.01", "--no-gps", "--shoot", roles, want=None, env={"JX_LANG": "en"})
                self.assertNotEqual(result.status, 0)
                self.assertIn("shoot", result.err)
        self.assertEqual(device.state(), before)

    def test_what_only_a_camera_or_a_receiver_needs_is_not_loaded_at_every_start(self):
        loaded = run(["ldd", program("jx")]).out
        self.assertIn("libcurl", loaded)
        for library in ("gst", "glib", "gps", "dbus", "systemd"):
            self.assertNotIn(f"lib{library}", loaded)

    def test_jx_that_lies_alone_says_what_is_missing(self):
        device = self.device(self.start_server(), "H07", **BARS)
        alone = shutil.copy(program("jx"), self.path("jx-alone"))
        before = device.state()
        for command in (("log", "01.01", "--no-gps", "--shoot", "wide"), ("camera",)):
            result = run([alone, *device.argv(*command)[1:]], 69, {"JX_LANG": "en"})
            self.assertIn("jx-camera is missing beside", result.err)
        self.assertEqual(device.state(), before)

    def at_terminal(self, device, keys):
        """Answer each prompt with the next key, as a person who aims does. The status, and all that was shown."""
        ours, theirs = pty.openpty()
        keys, shown, asked = list(keys), b"", 0
        with subprocess.Popen(device.argv("log", "01.01", "--no-gps", "--shoot", "wide,close"), env=environment({"JX_LANG": "en"}), stdin=theirs,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            os.close(theirs)
            while chunk := process.stdout.read1():
                shown += chunk
                while shown.count(b"press Enter") > asked:
                    os.write(ours, keys[asked])
                    asked += 1
            status = process.wait(PATIENCE_S)
        os.close(ours)
        return status, shown.decode()

    def test_at_a_terminal_each_picture_waits_for_enter(self):
        server = self.start_server()
        device = self.device(server, "H07", **BARS)
        before = device.state()
        status, shown = self.at_terminal(device, [b"\n", b"\x04"])
        self.assertEqual(status, 130, shown)
        self.assertIn("nothing is saved", shown)
        self.assertEqual(device.state(), before)
        status, shown = self.at_terminal(device, [b"\n", b"\n"])
        self.assertEqual(status, 0, shown)
        self.assertEqual(shown.count("taken, 640 x 480"), 2)
        self.assertEqual(len(device.photos()), 2)

    def setUp(self):
        super().setUp()
        self.seen = []


if __name__ == "__main__":
    main()
