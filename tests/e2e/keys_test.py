"""The server's identity key is rotated and devices are moved, command by command: nobody enrols again, and every proof holds."""
import hashlib
import json
import os
import shutil
import signal
import subprocess

from e2e import EXIT, SANITIZE, Case, Device, Service, count_env, environment, kill_env, main, program, run, wait_for

FINGERPRINT = "^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$"


class Keys(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.home = self.path("office")

    def office(self, *args, want=0):
        return run([program("jx-office"), "--home", self.home, "--json", *args], want)

    def restart(self):
        """On the same port: devices know the address."""
        port = self.server.port
        self.server.stop()
        self.server.service = Service([program("jiexund"), "serve", "--data", self.server.data, "--listen", f"127.0.0.1:{port}"],
                                      self.server.log_path)
        wait_for("the server", lambda: os.path.exists(os.path.join(self.server.data, "control.sock")) or
                 not self.server.service.is_running())

    def rotate(self):
        return self.server.admin("rotate-identity").object

    def record(self, device, count=2):
        for n in range(count):
            device.log("01.01", "--quantity", str(n + 1), "--unit", "sheet", "--no-gps", "--photo", self.photo(4000))


class Rotation(Keys):
    def test_away_over_two_rotations(self):
        away, here = self.device(self.server, "H07"), self.device(self.server, "H08")
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        for device in (away, here):
            self.record(device)
            device.sync()
        self.office("pull")
        self.record(away, 3)
        told = self.rotate()
        first = told["identity_before"]
        self.assertEqual(set(told), {"ok", "identity", "fingerprint", "identity_before", "fingerprint_before"})
        self.assertRegex(told["fingerprint"], FINGERPRINT)
        self.assertNotEqual(told["fingerprint"], told["fingerprint_before"])
        self.record(here)
        here.sync()
        self.office("pull")
        # the second one with no server running, and the server started anew
        self.server.stop()
        again = run([program("jiexund"), "rotate-identity", "--data", self.server.data, "--json"]).object
        self.assertEqual(again["identity_before"], told["identity"])
        self.restart()
        late = Device(self.dir, "H09")
        late.enrol(self.server.url, self.server.code("H09"))
        late.begin()
        devices = [away, here, late]
        for device in devices:
            self.record(device)
            told = device.sync().object
            self.assertFalse(told["must_enrol_again"])
            self.assertTrue(all(row["state"] == "complete" for row in device.list()), device.list())
            self.assertTrue(device.json("verify").object["ok"])
        # once more: nobody has to be told the way again, nothing is left to do
        for device in devices:
            told = device.sync().object
            self.assertEqual((told["entries_sent"], told["photos_sent"], told["items"], told["requests"]), (0, 0, 0, 1))
        self.assert_exactly_once(self.server, devices)
        self.server.admin("check")
        self.assertEqual(self.server.review(), [])
        servers = {short: row for short, row in self.server.writers().items() if row["role"] == "server"}
        self.assertEqual(sorted(servers), ["S01", "S02", "S03"])
        self.assertEqual(self.server.writers()["S03"]["fingerprint"], again["fingerprint"])
        # the office goes on over both, and a third party needs the first key alone
        self.office("pull")
        for args in ((), ("--identity", first), ("--identity", again["identity"], "--identity", told_key(self.home, 1),
                                                "--identity", first)):
            verdict = self.office("verify", *args).object
            self.assertEqual((verdict["ok"], verdict["damage"], verdict["unsigned_entries"]), (True, 0, 0), args)
            self.assertEqual(verdict["entries"], len(self.server.entries()))
        self.assertFalse(self.office("verify", "--identity", again["identity"], want=EXIT["ecorrupt"]).object["ok"],
                         "the last key alone says nothing of what came before it")

    def test_an_office_enrolled_late_checks_all(self):
        """It is given the last key only, and what it pulls was signed by all of them."""
        device = self.device(self.server, "H07")
        first = None
        for _ in range(3):
            self.record(device, 1)
            device.sync()
            first = first or self.rotate()["identity_before"]
        self.rotate()
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.office("pull")
        self.assertTrue(self.office("verify", "--identity", first).object["ok"])
        self.assertTrue(self.office("verify").object["ok"])

    def test_old_key_is_refused(self):
        key = os.path.join(self.server.data, "identity.key")
        shutil.copy2(key, self.path("kept.key"))
        self.rotate()
        self.server.stop()
        shutil.copy2(key, self.path("new.key"))
        shutil.copy2(self.path("kept.key"), key)
        for command in ("writers", "rotate-identity", "check"):
            result = run([program("jiexund"), command, "--data", self.server.data], EXIT["estate"])
            self.assertIn("newest identity.key", result.err)
        shutil.copy2(self.path("new.key"), key)
        run([program("jiexund"), "check", "--data", self.server.data])
        with open(key, encoding="ascii") as file:
            lines = file.read().splitlines()
        for bad in ("", "zz\n", lines[0] + "\nnonsense\n", lines[0] + "\n" + lines[1].replace(" ", "", 1) + "\n", "\n" + lines[0] + "\n"):
            with open(key, "w", encoding="ascii") as file:
                file.write(bad)
            self.assertIn("identity.key", run([program("jiexund"), "check", "--data", self.server.data], EXIT["ecorrupt"]).err)
        # the key without how it was introduced: enough while the vault knows
        with open(key, "w", encoding="ascii") as file:
            file.write(lines[0] + "\n")
        run([program("jiexund"), "check", "--data", self.server.data])

    def test_cut_anywhere(self):
        """kill -9 at each call that changes anything: one key is in force, and giving the command again ends with a new one."""
        device = self.device(self.server, "H07")
        self.record(device, 1)
        device.sync()
        self.record(device, 1)
        self.server.stop()
        whole, counted = self.path("whole"), self.path("count")
        shutil.copytree(self.server.data, whole)
        run([program("jiexund"), "rotate-identity", "--data", self.copy(whole)], env=count_env(counted))
        with open(counted, encoding="ascii") as file:
            calls = int(file.read())
        self.assertGreater(calls, 10)
        before = fingerprint_of(whole)
        seen = set()
        for at in range(1, calls + 1, 3 if SANITIZE else 1):
            data = self.copy(whole)
            cut = subprocess.run([program("jiexund"), "rotate-identity", "--data", data], env=environment(kill_env(at)),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            self.assertEqual(cut.returncode, -signal.SIGKILL, at)
            writers = run([program("jiexund"), "writers", "--data", data, "--json"]).object["writers"]
            servers = [w["fingerprint"] for w in writers if w["role"] == "server"]
            self.assertIn(len(servers), (1, 2))
            # what the folder holds is what the vault knows, whichever it is
            self.assertEqual(fingerprint_of(data), servers[-1])
            seen.add(len(servers))
            run([program("jiexund"), "rotate-identity", "--data", data])
            run([program("jiexund"), "check", "--data", data])
            self.assertNotIn(fingerprint_of(data), (before, servers[-1]))
        self.assertEqual(seen, {1, 2}, "cut before and after the point of no return")
        # and a device that was away is led on from the last of them
        shutil.rmtree(self.server.data)
        shutil.copytree(data, self.server.data)
        self.restart()
        device.sync()
        self.assertTrue(all(row["state"] == "complete" for row in device.list()))
        self.assert_exactly_once(self.server, [device])

    def copy(self, whole):
        data = self.path("cut")
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(whole, data)
        return data

    def test_restored_vault_and_newest_key(self):
        """The vault of before the rotation with the key of after it: devices that knew either go on."""
        knew, missed = self.device(self.server, "H07"), self.device(self.server, "H08")
        for device in (knew, missed):
            self.record(device, 1)
            device.sync()
        self.server.stop()
        shutil.copytree(self.server.data, self.path("backup"))
        run([program("jiexund"), "rotate-identity", "--data", self.server.data])
        self.restart()
        self.record(knew, 1)
        knew.sync()
        self.server.stop()
        for name in os.listdir(self.server.data):
            if name.startswith("vault.db"):
                os.unlink(os.path.join(self.server.data, name))
        shutil.copy2(os.path.join(self.path("backup"), "vault.db"), self.server.data)
        run([program("jiexund"), "new-epoch", "--data", self.server.data])
        self.restart()
        for device in (knew, missed):
            self.record(device, 1)
            self.assertFalse(device.sync().object["must_enrol_again"])
            self.assertTrue(all(row["state"] == "complete" for row in device.list()))
            self.assertTrue(device.json("verify").object["ok"])
        self.assert_exactly_once(self.server, [knew, missed])
        self.server.admin("check")


def told_key(home, place):
    """One of the identity keys that the office keeps, newest first."""
    with open(os.path.join(home, "identity.json"), encoding="utf-8") as file:
        return json.load(file)["identities"][place]


def public_key(seed):
    """Ed25519, by openssl: what the file holds is a plain seed."""
    der = bytes.fromhex("302e020100300506032b657004220420") + seed
    done = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=der, capture_output=True, check=True)
    return done.stdout[-32:]


def fingerprint_of(data):
    """Of the key in the folder's identity.key, as sync/PROTOCOL.md section 5 says."""
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    with open(os.path.join(data, "identity.key"), encoding="ascii") as file:
        seed = bytes.fromhex(file.readline().strip())
    bits = int.from_bytes(hashlib.sha256(public_key(seed)).digest()[:10], "big")
    text = "".join(digits[bits >> (75 - 5 * k) & 31] for k in range(16))
    return "-".join(text[k:k + 4] for k in range(0, 16, 4))


class Move(Keys):
    def areas(self, device):
        return [json.loads(text).get("area") for _, text in sorted(device.entries().items())]

    def test_moved(self):
        device = self.device(self.server, "H07")
        self.record(device, 1)
        before = self.areas(device)[-1]
        self.server.admin("move", "H07", "330110")
        # not known yet: what is recorded offline has the area of before
        self.record(device, 1)
        device.sync()
        self.record(device, 1)
        self.server.admin("move", "H07", "330185-jinbei")
        device.sync()
        self.record(device, 1)
        device.sync()
        self.assertEqual(self.areas(device)[-4:], [before, before, "330110", "330185-jinbei"])
        self.assertEqual(self.server.writers()["H07"]["area"], "330185-jinbei")
        told = device.sync().object
        self.assertEqual((told["requests"], told["items"]), (1, 0))
        self.assertTrue(all(row["state"] == "complete" for row in device.list()))
        self.assertTrue(device.json("verify").object["ok"])
        self.assert_exactly_once(self.server, [device])
        self.assertEqual(self.server.review(), [])
        # the office has the server's entries about it
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.office("pull")
        self.assertTrue(self.office("verify").object["ok"])
        with open(os.path.join(self.home, "journal.ndjson"), encoding="utf-8") as file:
            entries = [json.loads(line)["entry"] for line in file if '"kind":"entry"' in line]
        moves = [e["subject"]["area"] for e in entries if e["kind"] == "writer-moved"]
        self.assertEqual(moves, ["330110", "330185-jinbei"])

    def test_refused(self):
        self.device(self.server, "H07")
        self.server.admin("move", "H99", "330110", want=EXIT["enotfound"])
        self.server.admin("move", "H07", "x" * 24, want=EXIT["einval"])
        self.server.admin("move", "H07", "x" * 100, want=EXIT["einval"])
        self.server.admin("revoke", "H07", "--reason", "lost")
        self.server.admin("move", "H07", "330110", want=EXIT["estate"])
        out = run([program("jiexund"), "move", "--help"], env={"JX_LANG": "zh"}).out
        self.assertIn("jiexund move", out)


if __name__ == "__main__":
    main()
