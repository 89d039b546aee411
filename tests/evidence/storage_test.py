"""jx selftest-storage: what it says of this disk, and the whole test with a power cut, on a disk that keeps its word and one that lies."""
import os
import shutil
import signal
import subprocess

from e2e import EXIT, Case, environment, main, program, run, wait_for

DISK = os.path.join(os.environ["JX_BUILD"], "tests", "libselftest_disk.so")
QUESTIONS = ["file-system", "mount", "write-cache", "fsync", "rename", "truncate", "lock", "database", "names", "space"]
BLOCK, SLOTS = 4096, 4096


class Storage(Case):
    def jx(self, *args, want=0, env=None):
        return run([program("jx"), "--home", self.path("home"), *args], want, env)

    def cut(self, lies, least=100):
        """Write on that disk until it has said so many numbers, cut the power, give the folder that is left and the last code."""
        disk, sure = self.path("disk"), self.path("sure")
        for folder in (disk, sure):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
        folder = os.path.join(os.path.realpath(disk), "selftest-storage")
        env = environment({"LD_PRELOAD": DISK, "JX_DISK_FOLDER": folder, "JX_DISK_SURE": sure})
        if lies:
            env["JX_DISK_LIES"] = "1"
        with open(self.path("screen"), "wb") as screen:
            jx = subprocess.Popen([program("jx"), "--quiet", "selftest-storage", "--dir", disk, "--write"], stdout=screen, env=env)

        def codes():
            with open(self.path("screen"), encoding="ascii") as file:
                return [line.rstrip("\n") for line in file.read().splitlines(True) if line.endswith("\n")]

        try:
            wait_for("numbers on the screen", lambda: codes() and int(codes()[-1].split("-")[0]) > least)
        finally:
            jx.send_signal(signal.SIGKILL)
            jx.wait()
        # the power is back: what was certain is there, and nothing else
        shutil.rmtree(folder)
        os.makedirs(folder)
        names = os.path.join(sure, "names")
        if os.path.exists(names):
            with open(names, encoding="utf-8") as file:
                for line in file:
                    inode, name = line.rstrip("\n").split(" ", 1)
                    if os.path.exists(os.path.join(sure, inode)):
                        shutil.copy(os.path.join(sure, inode), os.path.join(folder, name))
        return disk, codes()[-1]

    def check(self, disk, code, want=0):
        return self.jx("--json", "selftest-storage", "--dir", disk, "--check", code, want=want)

    def test_a_disk_that_keeps_its_word(self):
        for least in (1, 40, 400):
            disk, code = self.cut(lies=False, least=least)
            said = self.check(disk, code).object
            self.assertTrue(said["ok"], said)
            self.assertGreaterEqual(said["looked"], min(said["last_n"], SLOTS // 2))
            self.assertFalse(os.path.exists(os.path.join(disk, "selftest-storage")), "it tidies up")

    def test_a_disk_that_lies(self):
        disk, code = self.cut(lies=True)
        result = self.check(disk, code, want=EXIT["eio"])
        said = result.object
        self.assertFalse(said["ok"])
        self.assertEqual(said["missing"], said["last_n"])
        self.assertEqual(said["first_missing_n"], 1)
        self.assertEqual(said["names_missing"], 1)
        self.assertIn("this disk lies about fsync", result.err)

    def test_one_lost_block(self):
        """A disk that loses a little is as bad: one block of all, one name of all."""
        disk, code = self.cut(lies=False)
        blocks = os.path.join(disk, "selftest-storage", "blocks")
        last = int(code.split("-")[0])
        with open(blocks, "r+b") as file:
            file.seek((last - 7) * BLOCK + 512)
            file.write(bytes(512))
        said = self.check(disk, code, want=EXIT["eio"]).object
        self.assertEqual((said["missing"], said["first_missing_n"], said["names_missing"]), (1, last - 7, 0))
        os.unlink(os.path.join(disk, "selftest-storage", f"name-{last // 32 * 32}"))
        said = self.check(disk, code, want=EXIT["eio"]).object
        self.assertEqual((said["missing"], said["names_missing"]), (1, 1))

    def test_codes(self):
        disk, code = self.cut(lies=False)
        number, run_id, check = code.split("-")
        for wrong in ("", "x", number, f"{number}-{run_id}", f"{int(number) - 1}-{run_id}-{check}", code + "A", f"{number}-{check}-{run_id}"):
            result = self.check(disk, wrong, want=EXIT["einval"])
            self.assertNotIn("lies", result.err, wrong)
        self.assertTrue(self.check(disk, code.lower()).object["ok"], "case does not matter")

    def test_questions(self):
        rows = self.jx("--json", "selftest-storage", want=(0, EXIT["eio"])).objects
        self.assertEqual([row.get("check") for row in rows[:-1]], QUESTIONS)
        for row in rows[:-1]:
            self.assertIn(row["state"], ("ok", "warn", "fail"))
            self.assertTrue(row["text"])
        self.assertEqual(rows[-1]["ok"], not any(row.get("state") == "fail" for row in rows))
        self.assertEqual(os.listdir(self.path("home")), [], "nothing is left behind")

    def test_memory_is_no_disk(self):
        folder = "/dev/shm"
        if not os.path.ismount(folder):
            self.skipTest("no /dev/shm here")
        result = self.jx("--json", "selftest-storage", "--dir", folder, want=EXIT["eio"])
        self.assertEqual([row["check"] for row in result.objects if row.get("state") == "fail"], ["file-system"])
        self.assertFalse(result.objects[-1]["ok"])

    def test_it_ends_by_itself(self):
        result = self.jx("selftest-storage", "--write", "--seconds", "1")
        self.assertIn("the power was not cut", result.out)
        self.jx("selftest-storage", "--write", "--check", "1-AAAAAAAA-AAAA", want=EXIT["einval"])
        self.jx("selftest-storage", "--write", "--seconds", "0", want=EXIT["einval"])
        self.jx("selftest-storage", "--dir", self.path("absent"), want=EXIT["enotfound"])


if __name__ == "__main__":
    main()
