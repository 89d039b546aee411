"""Sound notes: recorded or imported, they are evidence as pictures are, from the microphone to the office. Other people's programs play them."""
import csv
import os
import pty
import re
import subprocess
import wave

from e2e import EXIT, PATIENCE_S, Case, environment, main, program, run, sha256

# As fast as it can be computed: two minutes take a second.
TONE = {"sound__source": "audiotestsrc freq=440 volume=0.5"}
LIVE = {"sound__source": "audiotestsrc is-live=true freq=440 volume=0.5"}
HERE = ("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps")
ENGLISH = {"JX_LANG": "en"}


class Sound(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.home = self.path("office")

    def office(self, *args, want=0):
        return run([program("jx-office"), "--home", self.home, *args], want, ENGLISH)

    def note(self, name, seconds=2, *more):
        """A note that another program made."""
        path = self.path(name)
        with wave.open(path + ".wav", "wb") as sound:
            sound.setparams((1, 2, 48000, 0, "NONE", ""))
            sound.writeframes(b"\0\x10\0\xf0" * (24000 * seconds))
        run(["opusenc", "--quiet", *more, path + ".wav", path])
        return path

    def play(self, path):
        """Decoded by opusdec: seconds of it, and its loudest sample."""
        run(["opusdec", "--quiet", path, self.path("played.wav")])
        with wave.open(self.path("played.wav")) as sound:
            data = memoryview(sound.readframes(sound.getnframes())).cast("h")
            return len(data) / sound.getnchannels() / sound.getframerate(), max(map(abs, data))

    def own(self, device, listed):
        return os.path.join(device.home, "photos", listed["sha256"][:2], listed["sha256"])

    def test_from_the_microphone_to_the_office(self):
        device = self.device(self.server, "H07", **TONE)
        said = device.jx("log", *HERE, "--record", "34", "--photo", self.photo(), env=ENGLISH)
        self.assertIn("sound note: recorded, 0:34", said.out)
        row = [r for r in device.list() if r["photos"] > 0][0]
        picture, sound = device.json("photo", "list", row["number"]).objects
        self.assertEqual((sound["role"], sound["how"], sound["type"], sound["duration_ms"] // 100, sound["file"]),
                         ("note", "microphone", "audio/ogg", 340, "here"))
        self.assertGreater(sound["taken_utc_ms"], 0)
        self.assertNotIn("duration_ms", picture)
        self.assertEqual(row["sound_ms"], sound["duration_ms"])
        self.assertIn("sound 0:34", device.jx("list", env=ENGLISH).out)
        self.assertIn("sound note 0:34", device.jx("show", row["number"], env=ENGLISH).out)
        self.assertEqual(sha256(self.own(device, sound)), sound["sha256"])
        result = device.jx("photo", "small", row["number"], "--index", "2", "-o", self.path("x"), want=EXIT["einval"], env=ENGLISH)
        self.assertIn("sound note", result.err)
        device.sync()
        self.assertEqual([r["state"] for r in device.list() if r["number"] == row["number"]], ["complete"])
        self.assert_exactly_once(self.server, [device])
        device.jx("verify")
        # the office: by its bytes an .ogg, which anybody's program plays; no picture, and not counted as one
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.office("pull")
        day = self.office("--json", "status").object["export_dir"]
        path = os.path.join(day, "photos", sound["sha256"] + ".ogg")
        self.assertEqual(sha256(path), sound["sha256"])
        self.assertEqual(sorted(os.path.splitext(name)[1] for name in os.listdir(os.path.dirname(path))), [".jpg", ".ogg"])
        info = run(["opusinfo", path])
        self.assertIn("Playback length: 0m:34", info.out)
        self.assertNotIn("WARNING", info.out + info.err)
        seconds, loudest = self.play(path)
        self.assertAlmostEqual(seconds, 34, 0)
        self.assertGreater(loudest, 10000)
        with open(os.path.join(day, "observations.csv"), encoding="utf-8-sig", newline="") as file:
            columns = next(csv.DictReader(file))
        self.assertEqual([columns[name] for name in ("photo_count", "photos", "sound_s", "sounds")],
                         ["1", picture["sha256"], "34", sound["sha256"]])
        listed = self.office("--json", "photo", "list", row["number"]).objects[1]
        self.assertEqual((listed["type"], listed["duration_ms"], listed["file"]), ("audio/ogg", sound["duration_ms"], "here"))
        self.office("photo", "stamp", row["number"], "--index", "2", "-o", self.path("y"), want=EXIT["einval"])
        self.office("verify")
        self.office("pull")
        self.assertEqual(len(os.listdir(os.path.dirname(path))), 2)
        # the server made no picture of it, and holds nothing against its sender
        self.assertNotIn("jx-picture", self.server.service.log())
        self.assertNotIn(sound["sha256"], self.server.service.log())

    def test_two_minutes_and_no_longer(self):
        device = self.device(self.server, "H07", **TONE)
        path = self.path("long.ogg")
        told = device.json("sound", "--seconds", "120", "-o", path).object
        self.assertEqual((told["duration_ms"], told["cut"], told["size_bytes"]), (120000, False, os.path.getsize(path)))
        self.assertLess(told["size_bytes"], 1000000)
        device.log(*HERE, "--sound", path)
        for name in ("record", "seconds"):
            for text in ("121", "0", "-1", "ten", "", "2m"):
                with self.subTest(name=name, text=text):
                    command = ("log", *HERE, "--record", text) if name == "record" else ("sound", "--seconds", text)
                    self.assertIn(f'"{name}"', device.jx(*command, want=EXIT["einval"], env=ENGLISH).err)
        long = self.note("longer.ogg", 122, "--bitrate", "8")
        self.assertIn("122 s long, 120", device.jx("log", *HERE, "--sound", long, want=EXIT["elimit"], env=ENGLISH).err)

    def test_a_file_is_kept_byte_for_byte_and_a_bad_one_is_refused(self):
        device = self.device(self.server, "H07")
        good = self.note("good.ogg", 2, "--padding", "0")
        stereo = self.note("other.ogg", 3, "--bitrate", "96", "--padding", "2000")
        with open(good, "rb") as file:
            data = file.read()
        entry = device.log(*HERE, "--sound", good, "--sound", stereo).object
        self.assertEqual(entry["photos"], 2)
        listed = device.json("photo", "list", entry["number"]).objects
        self.assertEqual([(p["how"], p["role"], p["sha256"], p["duration_ms"]) for p in listed],
                         [("imported", "note", sha256(good), 2000), ("imported", "note", sha256(stereo), 3000)])
        before = device.state()
        vorbis = bytearray(data)
        vorbis[28:36] = b"\x01vorbis\0"
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        pages = [match.start() for match in re.finditer(b"OggS", data)]
        bad = {
            "empty": (b"", "empty"),
            "text": (b"It was loud here.", "not Opus"),
            "cut": (data[:-1], "cut off"),
            "half": (data[:len(data) // 2], "cut off"),
            "no-last-page": (data[:pages[-1]], "cut off"),
            "page-missing": (data[:pages[2]] + data[pages[3]:], "damaged"),
            "changed": (bytes(changed), "damaged"),
            "vorbis": (bytes(vorbis), "damaged"),  # its checksum says so first
            "two": (data + data, "not Opus in one"),
            "tail": (data + b"PK\3\4", "not Opus in one"),
            "head-only": (data[:pages[1]], "cut off"),
        }
        for name, (content, says) in bad.items():
            with self.subTest(name):
                path = self.path(name + ".ogg")
                with open(path, "wb") as file:
                    file.write(content)
                result = device.jx("log", *HERE, "--sound", good, "--sound", path, want=EXIT["einval"], env=ENGLISH)
                self.assertIn(says, result.err)
                self.assertIn(path, result.err)
                self.assertEqual(device.state(), before)
        # each by its own option only
        photo = self.photo()
        self.assertIn("not Opus", device.jx("log", *HERE, "--sound", photo, want=EXIT["einval"], env=ENGLISH).err)
        self.assertIn("not a JPEG", device.jx("log", *HERE, "--photo", good, want=EXIT["einval"], env=ENGLISH).err)
        huge = self.path("huge.ogg")
        with open(huge, "wb") as file:
            file.truncate(5000000)
        self.assertIn("are allowed", device.jx("log", *HERE, "--sound", huge, want=EXIT["elimit"], env=ENGLISH).err)
        device.jx("log", *HERE, "--sound", self.path("nowhere.ogg"), want=EXIT["enotfound"])
        self.assertEqual(device.state(), before)

    def test_a_microphone_that_fails_saves_nothing_and_says_what_to_do(self):
        for k, (source, want, says) in enumerate((
                (None, 69, "--sound"),
                ("alsasrc device=no-such-card", 74, "plugged in"),
                ("no-such-source", 65, "no-such-source"),
                ("audiotestsrc num-buffers=0", 74, "it ended"),
                ("appsrc is-live=true", 74, "5"))):
            device = self.device(self.server, f"H{k:02}", **({} if source is None else {"sound__source": source}))
            before = device.state()
            for command in (("log", *HERE, "--record", "3"), ("sound",)):
                with self.subTest(source=source, command=command[0]):
                    self.assertIn(says, device.jx(*command, want=want, env=ENGLISH).err)
                    self.assertEqual(device.state(), before)
            device.jx("log", *HERE)  # without it all goes on

    def test_what_was_said_before_it_was_pulled_out_is_kept(self):
        device = self.device(self.server, "H07", sound__source="audiotestsrc num-buffers=100")
        result = device.jx("log", *HERE, "--record", "60", env=ENGLISH)
        self.assertIn("until then is kept", result.err)
        listed = device.json("photo", "list", "H07-3").object
        self.assertEqual(listed["file"], "here")
        self.assertGreater(listed["duration_ms"], 2000)
        self.play(self.own(device, listed))

    def test_silence_is_told(self):
        device = self.device(self.server, "H07", sound__source="audiotestsrc wave=silence")
        self.assertIn("heard nothing", device.jx("sound", env=ENGLISH).err)

    def test_at_a_terminal_enter_ends_it(self):
        device = self.device(self.server, "H07", **LIVE)
        ours, theirs = pty.openpty()
        shown = b""
        with subprocess.Popen(device.argv("log", *HERE, "--record", "120"), env=environment(ENGLISH), stdin=theirs, stdout=subprocess.PIPE,
                              stderr=theirs) as process:
            os.close(theirs)
            while b"0:01 / 2:00" not in shown:
                shown += os.read(ours, 4096)
            os.write(ours, b"\n")
            said = process.stdout.read()
            status = process.wait(PATIENCE_S)
        os.close(ours)
        self.assertEqual(status, 0, shown)
        self.assertIn(b"####", shown)
        self.assertIn(b"sound note: recorded, 0:0", said)


if __name__ == "__main__":
    main()
