"""Copies to look at and to hand out: the original stays as it was, and what a stamped copy says can be checked by others."""
import os
import re
import shutil
import subprocess

from e2e import CROCKFORD, EXIT, Case, environment, main, program, run, seeded, sha256

LANGUAGES = ("zh", "en")


def read_qr(path):
    """The text, read by somebody else's program."""
    done = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path], env=environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True)
    return done.stdout.decode().strip()


def scaled(path, eighths, quality):
    """As a telephone shows it, or as a message app sends it on."""
    to = f"{path}.{eighths}.jpg"
    pixels = subprocess.run(["djpeg", "-scale", f"{eighths}/8", path], stdout=subprocess.PIPE, check=True).stdout
    with open(to, "wb") as file:
        subprocess.run(["cjpeg", "-quality", str(quality)], input=pixels, stdout=file, check=True)
    return to


def looks(path):
    """Width, height and orientation, read by somebody else's program, which also decodes all of it."""
    subprocess.run(["djpeg", "-outfile", os.devnull, path], check=True)
    out = run(["exiftool", "-n", "-s3", "-ImageWidth", "-ImageHeight", "-Orientation", path]).out.split()
    return tuple(int(value) for value in out)


class Stamp(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07")
        wide, close = self.photo(200000), self.photo(90000)
        entry = self.h07.log("01.01", "--quantity", "3", "--unit", "sheet", "--at", "30.2301234,119.7200456,9", "--street", "人民路 128 号门前",
                             "--grid", "330185001003021", "--photo", f"{wide}:wide", "--photo", f"{close}:close").object
        self.number = entry["number"]
        self.photos = {"wide": sha256(wide), "close": sha256(close)}

    def originals(self):
        found = {}
        for folder, _, names in os.walk(os.path.join(self.h07.home, "photos")):
            for name in names:
                if re.fullmatch("[0-9a-f]{64}", name):
                    path = os.path.join(folder, name)
                    found[name] = (sha256(path), os.stat(path).st_mtime_ns, os.stat(path).st_ino)
        return found

    def stamp(self, language="zh", role="close", *more):
        path = self.path(f"stamp-{role}-{language}.jpg")
        self.h07.jx("photo", "stamp", self.number, "--role", role, "-o", path, *more, env={"JX_LANG": language})
        return path

    def office(self, *args, want=0, env=None):
        return run([program("jx-office"), "--home", self.path("office"), *args], want, env)

    def test_list(self):
        rows = self.h07.json("photo", "list", self.number).objects
        self.assertEqual({row["role"]: row["sha256"] for row in rows}, self.photos)
        self.assertEqual([row["file"] for row in rows], ["here", "here"])
        self.assertIn("3", self.h07.jx("photo", "list", self.number, want=0).out)

    def test_copies(self):
        """Small and screen: of the right size, an upright JPEG that says so; lost or spoilt, they are made again, the same."""
        before = self.originals()
        for kind, side in (("small", 320), ("screen", 1600)):
            path = self.path(kind + ".jpg")
            self.h07.jx("photo", kind, self.number, "--role", "wide", "-o", path)
            original = os.path.join(self.h07.home, "photos", self.photos["wide"][:2], self.photos["wide"])
            width, height, orientation = looks(path)
            self.assertEqual(max(width, height), min(side, max(looks(original)[:2])))
            self.assertEqual(orientation, 1)
            kept = os.path.join(self.h07.home, "photos", "derived", kind, self.photos["wide"][:2], self.photos["wide"] + ".jpg")
            with open(path, "rb") as file:
                first = file.read()
            for spoil in (b"", first[: len(first) // 2], b"\0" * len(first)):
                with open(kept, "wb") as file:
                    file.write(spoil)
                again = self.path("again.jpg")
                self.h07.jx("photo", kind, self.number, "--role", "wide", "-o", again)
                with open(again, "rb") as file:
                    self.assertEqual(file.read(), first)
                self.assertGreater(os.path.getsize(kept), len(first))
            shutil.rmtree(os.path.join(self.h07.home, "photos", "derived"))
        self.assertEqual(self.originals(), before)
        self.h07.jx("verify")

    def test_stamped(self):
        """The QR code is read from the file, from 800 pixels, and after a message app; what it says is in the log; the original is untouched."""
        before = self.originals()
        texts = set()
        for language in LANGUAGES:
            path = self.stamp(language)
            width, height, orientation = looks(path)
            self.assertEqual((width, orientation), (1600, 1))
            self.assertGreater(height, 1600)
            texts.add(read_qr(path))
            texts.add(read_qr(scaled(path, 4, 60)))
        self.assertEqual(self.originals(), before)
        self.assertEqual(len(texts), 1)
        text = texts.pop()
        self.assertTrue(text.startswith(f"JX1:{self.number}:"), text)
        answer = self.h07.json("verify", "--stamp", text).object
        self.assertEqual((answer["number"], answer["role"], answer["sha256"], answer["original_here"]), (self.number, "close", self.photos["close"], True))
        # the other photo of the same entry has another code
        self.assertNotEqual(read_qr(self.stamp("zh", "wide")), text)

    def test_forged(self):
        """Every change of a character of the code, another entry's parts, cut off or lengthened: never 'true'."""
        text = read_qr(self.stamp())
        other = self.h07.log("01.01", "--nothing-found", "--no-gps", "--photo", self.photo(20000)).object["number"]
        path = self.path("other.jpg")
        self.h07.jx("photo", "stamp", other, "-o", path)
        theirs = read_qr(path).split(":")
        ours = text.split(":")
        refused = (EXIT["einval"], EXIT["enotfound"], EXIT["ecorrupt"])
        for i in range(1, 5):
            self.h07.jx("verify", "--stamp", ":".join(ours[:i] + [theirs[i]] + ours[i + 1:]), want=refused)
        rng = seeded("forged")
        tried = 0
        for at in rng.sample(range(4, len(text)), 25):
            change = rng.choice([c for c in CROCKFORD if c != text[at]])
            self.h07.jx("verify", "--stamp", text[:at] + change + text[at + 1:], want=refused)
            tried += 1
        for wrong in ("", "JX1", text[:-1], text + "0", text + ":", text.replace("JX1", "JX2"), "https://example.org/" + text, text[: len(text) // 2]):
            self.h07.jx("verify", "--stamp", wrong, want=EXIT["einval"])
        self.h07.jx("verify", "--stamp", " " + text.lower().replace(self.number.lower(), self.number) + "\n")
        self.assertEqual(tried, 25)

    def test_changed_original(self):
        """Nothing vouches for a photo that changed; one that is gone is said to be gone."""
        text = read_qr(self.stamp())
        path = os.path.join(self.h07.home, "photos", self.photos["close"][:2], self.photos["close"])
        with open(path, "rb") as file:
            good = file.read()
        with open(path, "wb") as file:
            file.write(good[:-5] + b"x" + good[-4:])
        self.h07.jx("photo", "stamp", self.number, "--role", "close", "-o", self.path("x.jpg"), want=EXIT["ecorrupt"])
        self.assertFalse(os.path.exists(self.path("x.jpg")))
        self.h07.jx("verify", "--stamp", text, want=EXIT["ecorrupt"])
        self.assertEqual([row["file"] for row in self.h07.json("photo", "list", self.number).objects], ["here", "changed"])
        os.unlink(path)
        self.assertFalse(self.h07.json("verify", "--stamp", text).object["original_here"])
        self.h07.jx("photo", "stamp", self.number, "--role", "close", "-o", self.path("x.jpg"), want=EXIT["enotfound"])

    def test_wrong_usage(self):
        self.h07.jx("photo", "stamp", self.number, "-o", self.path("x.jpg"), want=EXIT["einval"])  # which of the two
        self.h07.jx("photo", "stamp", self.number, "--role", "plate", "-o", self.path("x.jpg"), want=EXIT["enotfound"])
        self.h07.jx("photo", "stamp", self.number, "--index", "3", "-o", self.path("x.jpg"), want=EXIT["enotfound"])
        self.h07.jx("photo", "small", self.number, "--index", "1", want=EXIT["einval"])
        self.h07.jx("photo", "small", "H07-99", "--index", "1", "-o", self.path("x.jpg"), want=EXIT["enotfound"])
        self.h07.jx("photo", "small", self.number, "--index", "2", "-o", self.path("x.jpg"))

    def test_office(self):
        """The office stamps what it pulled; each side's copies are true for the other, and for a third party with a folder."""
        self.office("--json", "enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.h07.sync()
        self.office("pull")
        rows = [row for row in self.office("--json", "photo", "list", self.number).objects]
        self.assertEqual({row["role"]: row["sha256"] for row in rows}, self.photos)
        before = {row["path"]: sha256(row["path"]) for row in rows}
        path = self.path("office.jpg")
        self.office("photo", "stamp", self.number, "--role", "close", "--case", "2026-0815", "-o", path, env={"JX_LANG": "zh"})
        text = read_qr(path)
        self.assertEqual(text, read_qr(self.stamp()))
        self.assertEqual({row["path"]: sha256(row["path"]) for row in rows}, before)
        self.h07.jx("verify", "--stamp", text)
        self.assertEqual(self.office("--json", "verify", "--stamp", text).object["stamped_role"], "close")
        third = self.path("third")
        shutil.copytree(self.path("office"), third)
        os.unlink(os.path.join(third, "office.key"))
        run([program("jx-office"), "verify", third, "--stamp", text])
        self.office("verify", "--stamp", text.replace(self.number, "H07-1"), want=EXIT["ecorrupt"])
        self.office("verify", "--stamp", text[:40] + ("0" if text[40] != "0" else "1") + text[41:],
                    want=(EXIT["ecorrupt"], EXIT["enotfound"], EXIT["einval"]))
        for kind in ("small", "screen"):
            self.office("photo", kind, self.number, "--role", "wide", "-o", self.path(kind + ".jpg"))
        self.office("photo", "large", self.number, "-o", self.path("x.jpg"), want=EXIT["einval"])
        self.office("photo", "list", "H07-999", want=EXIT["enotfound"])
        # a true line in a false journal proves nothing
        journal = os.path.join(third, "journal.ndjson")
        with open(journal, "rb") as file:
            lines = file.read()
        self.assertIn(b"p-017", lines)
        with open(journal, "wb") as file:
            file.write(lines.replace(b"p-017", b"p-018", 1))
        run([program("jx-office"), "verify", third, "--stamp", text], EXIT["ecorrupt"])


if __name__ == "__main__":
    main()
