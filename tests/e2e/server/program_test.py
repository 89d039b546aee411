"""The program jiexund itself: setting up, serving, commands while it runs and while it does not, signals, TLS."""
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from device import Device, head_of, seen_spki, sha256, spki_of
from harness import BIN, PATIENCE_S, Connection, Program, ask, wait_for

JIEXUND = os.path.join(BIN, "jiexund")
ENV = {**os.environ, "JX_LANG": "en"}


def run(*args, **more):
    return subprocess.run([JIEXUND, *args], env=ENV, capture_output=True, text=True, timeout=PATIENCE_S, **more)


class Folder(unittest.TestCase):
    """Each test has its own data folder."""

    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="jx-e2e-")
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        self.data = os.path.join(self.top, "data")

    def ok(self, command, *args):
        done = run(command, "--data", self.data, *args)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def json(self, command, *args):
        return json.loads(self.ok(command, "--json", *args))

    def fails(self, status, text, command, *args):
        done = run(command, "--data", self.data, *args)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(text, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def init(self, **conf):
        made = self.json("init", "--listen", "127.0.0.1:0", "--name", "server.example", "--area", "330110", "--trusted")
        with open(os.path.join(self.data, "jiexund.conf"), "a", encoding="utf-8") as file:
            file.writelines(f"{key} = {value}\n" for key, value in conf.items())
        return made

    def serve(self, *args):
        port_file = os.path.join(self.top, "port")
        program = Program([JIEXUND, "serve", "--data", self.data, "--port-file", port_file, *args], env=ENV)
        self.addCleanup(program.close)
        wait_for("the port", lambda: os.path.exists(port_file) or program.process.poll() is not None)
        self.assertIsNone(program.process.poll(), program.log())
        with open(port_file, encoding="ascii") as file:
            program.port = int(file.read())
        os.unlink(port_file)
        return program

    def enrolled(self, server, short="H07"):
        code = self.json("code", "--short", short, "--trusted")["code"]
        device = Device()
        with Connection(server.port) as connection:
            self.assertEqual(device.enrol(connection, code).status, 200)
        return device


class Setup(Folder):
    def test_init_makes_everything_once(self):
        made = self.init()
        self.assertTrue(made["made"])
        self.assertEqual(made["role"], "admin")
        self.assertIn("#" + made["code"], made["link"])
        self.assertEqual(os.stat(self.data).st_mode & 0o777, 0o700)
        for name in os.listdir(self.data):
            self.assertEqual(os.stat(os.path.join(self.data, name)).st_mode & 0o077, 0, name)
        before = self.files()
        again = self.json("init")
        self.assertEqual(again, {"ok": True, "made": False})
        self.assertIn("nothing was changed", self.ok("init"))
        self.assertEqual(self.files(), before)

    def files(self):
        out = {}
        for name in os.listdir(self.data):
            # read-only opening may touch the vault's side files; photos/ is empty
            if not name.startswith("vault.db") and name != "photos":
                with open(os.path.join(self.data, name), "rb") as file:
                    out[name] = file.read()
        return out

    def test_init_goes_on_where_it_was_interrupted(self):
        self.init()
        with open(os.path.join(self.data, "tls.pem"), "rb") as file:
            before = file.read()
        os.unlink(os.path.join(self.data, "tls-next.pem"))
        self.ok("init")
        with open(os.path.join(self.data, "tls.pem"), "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertTrue(os.path.exists(os.path.join(self.data, "tls-next.pem")))

    def test_lost_identity_is_not_replaced(self):
        self.init()
        os.unlink(os.path.join(self.data, "identity.key"))
        self.fails(70, "restore", "init")
        self.assertFalse(os.path.exists(os.path.join(self.data, "identity.key")))

    def test_certificate(self):
        self.init()
        text = subprocess.run(["openssl", "x509", "-in", os.path.join(self.data, "tls.pem"), "-noout", "-text"], capture_output=True,
                              text=True, check=True).stdout
        for wanted in ("NIST CURVE: P-256", "DNS:server.example", "DNS:localhost", "IP Address:127.0.0.1", "CA:FALSE",
                       "TLS Web Server Authentication"):
            self.assertIn(wanted, text)

    def test_wrong_use(self):
        for args in ((), ("nonsense",), ("code", "--none"), ("code", "--data"), ("code",), ("writers", "x"), ("confirm", "H07"),
                     ("writers", "--listen", "x"), ("revoke", "H07"), ("move", "H07"), ("rotate-identity", "x")):
            done = run(*args)
            self.assertEqual(done.returncode, 64, args)
        for command in ("init", "serve", "code", "confirm", "revoke", "writers", "review", "counts", "check", "new-epoch", "rotate-tls",
                        "move", "rotate-identity"):
            done = run(command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn(f"jiexund {command}", done.stdout)

    def test_manual_has_every_key_command_and_status(self):
        self.init()
        with open(os.path.join(self.data, "jiexund.conf"), encoding="utf-8") as file:
            keys = re.findall(r"^#?(\w+) =", file.read(), re.M)
        self.assertGreater(len(keys), 15)
        commands = re.findall(r"^  ([a-z-]+) ", run("--help").stdout, re.M)
        self.assertGreater(len(commands), 10)
        for page in ("jiexund.8", "zh_CN/jiexund.8"):
            with open(os.path.join(os.environ["JX_SOURCE"], "sync/server", page), encoding="utf-8") as file:
                text = file.read().replace("\\-", "-")
            for word in keys + commands:
                self.assertIn(word, text, page)

    def test_bad_configuration(self):
        self.init(max_conections=5)
        conf = os.path.join(self.data, "jiexund.conf")
        with open(conf, encoding="utf-8") as file:
            line = file.read().count("\n")
        self.fails(65, f"{conf}, line {line}: key 'max_conections' is unknown", "serve")

    def test_nothing_there(self):
        for command in ("serve", "writers", "check"):
            self.fails(66, "jiexund init", command)

    def test_key_that_others_can_read(self):
        self.init()
        os.chmod(os.path.join(self.data, "identity.key"), 0o640)
        self.fails(77, "chmod 600", "serve")

    def test_damaged_key(self):
        self.init()
        with open(os.path.join(self.data, "mac.key"), "w", encoding="ascii") as file:
            file.write("abc\n")
        self.fails(70, "mac.key", "serve")

    def test_read_only_folder(self):
        """As root the program works as the folder's owner, so the same holds for root."""
        self.init()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chmod(self.top, 0o755)
            for name in [""] + os.listdir(self.data):
                os.chown(os.path.join(self.data, name), nobody.pw_uid, nobody.pw_gid)
        os.chmod(self.data, 0o500)
        self.addCleanup(os.chmod, self.data, 0o700)
        done = run("serve", "--data", self.data)
        self.assertIn(done.returncode, (72, 74), done.stderr)
        self.assertIn(self.data, done.stderr)

    def test_port_in_use(self):
        self.init()
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            address = f"127.0.0.1:{other.getsockname()[1]}"
            self.fails(80, f"another program listens on {address}", "serve", "--listen", address)
        self.fails(65, "listen address", "serve", "--listen", "nowhere")
        self.fails(75, "cannot listen", "serve", "--listen", "192.0.2.1:8443")


class Commands(Folder):
    def test_while_stopped_and_while_running(self):
        self.init()
        self.check_commands()
        server = self.serve()
        self.check_commands()
        self.fails(80, "another jiexund", "serve")
        self.assertEqual(ask(server.port, "GET", "/healthz").status, 200)
        self.assertEqual(server.close(), 0)
        self.check_commands()

    def check_commands(self):
        code = self.json("code", "--short", "H07", "--role", "leader", "--area", "330111", "--url", "https://x.example")
        self.assertEqual((code["short"], code["role"], code["area"], code["trusted"]), ("H07", "leader", "330111", False))
        self.assertTrue(code["link"].startswith("jiexun:https://x.example#"))
        self.assertIn("One-time code for H07", self.ok("code", "--short", "H07"))
        self.assertEqual(self.json("code", "--short", "H08")["area"], "330110")
        self.assertEqual(self.json("counts")["entries"], 0)
        self.assertEqual(self.json("review")["items"], [])
        self.assertEqual([w["role"] for w in self.json("writers")["writers"]], ["server"])
        self.assertIn("whole", self.ok("check"))
        self.fails(65, "role", "code", "--short", "H07", "--role", "king")
        self.fails(66, "H99", "revoke", "H99", "--reason", "lost")
        done = run("revoke", "--data", self.data, "--json", "H99", "--reason", "lost")
        self.assertEqual(done.returncode, 66)
        self.assertEqual(json.loads(done.stdout)["error"], "enotfound")

    def test_confirm_and_revoke(self):
        self.init()
        server = self.serve()
        code = self.json("code", "--short", "H07")["code"]
        device = Device()
        with Connection(server.port) as connection:
            self.assertFalse(json.loads(device.enrol(connection, code).body)["active"])
            self.assertTrue(device.sync(connection, [device.make_entry()])["pending"])
            self.fails(77, "", "confirm", "H07", "AAAA-AAAA-AAAA-AAAA")
            self.ok("confirm", "H07", device.fingerprint())
            self.assertNotIn("pending", device.sync(connection))
            writer = next(w for w in self.json("writers")["writers"] if w["short"] == "H07")
            self.assertEqual((writer["state"], writer["n"], writer["fingerprint"]), ("active", 1, device.fingerprint()))
            self.ok("revoke", "H07", "--reason", "lost")
            body = device.sync_body([])
            answer = connection.ask("POST", "/v1/sync", device.headers(body), body)
            self.assertEqual(answer.status, 403)
            self.assertIn(b'"revoked"', answer.body)

    def test_epoch(self):
        self.init()
        server = self.serve()
        before = json.loads(ask(server.port, "GET", "/healthz").body)["epoch"]
        epoch = self.json("new-epoch")["epoch"]
        self.assertNotEqual(epoch, before)
        self.assertEqual(json.loads(ask(server.port, "GET", "/healthz").body)["epoch"], epoch)

    def test_long_folder_name(self):
        self.data = os.path.join(self.top, "d" * 200)
        self.init()
        self.serve()
        self.assertEqual(self.json("counts")["entries"], 0)


class Serving(Folder):
    def test_health(self):
        self.init()
        server = self.serve()
        health = json.loads(ask(server.port, "GET", "/healthz").body)
        self.assertEqual((health["status"], health["protocol"]), ("ok", 1))
        self.assertEqual(set(health), {"status", "version", "protocol", "epoch"})
        self.assertEqual(ask(server.port, "HEAD", "/healthz").status, 200)

    def test_entries_and_photos(self):
        self.init()
        server = self.serve()
        device = self.enrolled(server)
        photo = os.urandom(300000)
        with Connection(server.port) as connection:
            self.assertEqual(device.sync(connection, [device.make_entry([photo])], token=True)["n"], 1)
            path = f"/v1/photos/{sha256(photo).hex()}"
            self.assertEqual(connection.ask("HEAD", path, device.photo_headers())["Upload-Offset"], "0")
        # broken off: what came is kept
        with Connection(server.port) as connection:
            connection.send(head_of("POST", "/v1/photos", device.upload_headers(photo)) + photo[:100000])
        with Connection(server.port) as connection:
            def offset():
                return connection.ask("HEAD", path, device.photo_headers())["Upload-Offset"] == "100000"
            wait_for("the bytes", offset)

            def patched():
                headers = device.photo_headers(Upload_Offset=100000, Content_Type="application/offset+octet-stream")
                answer = connection.ask("PATCH", path, headers, photo[100000:])
                return answer if answer.status != 423 else None
            answer = wait_for("the first request to end", patched)
            self.assertEqual(answer.status, 204, answer.body)
            self.assertIsNotNone(answer["Jiexun-Photo-Receipt"])
            self.assertEqual(connection.ask("GET", f"/v1/blobs/{sha256(photo).hex()}", device.photo_headers()).status, 403)
            self.assertEqual(connection.ask("HEAD", f"/v1/photos/{'ab' * 32}", device.photo_headers()).status, 404)
        admin = Device()
        code = self.json("code", "--short", "B01", "--role", "admin", "--trusted")["code"]
        with Connection(server.port) as connection:
            admin.enrol(connection, code)
            admin.sync(connection, token=True)
            answer = connection.ask("GET", f"/v1/blobs/{sha256(photo).hex()}", {**admin.photo_headers(), "Range": "bytes=100-199"})
            self.assertEqual((answer.status, answer.body), (206, photo[100:200]))
        counts = self.json("counts")
        self.assertEqual((counts["photos_listed"], counts["photos_stored"], counts["gaps"]), (1, 1, 0))
        self.assertIn("whole", self.ok("check"))

    def test_stop_finishes_what_is_in_flight(self):
        self.init()
        server = self.serve()
        device = self.enrolled(server)
        photo = os.urandom(200000)
        idle = Connection(server.port)
        self.addCleanup(idle.socket.close)
        self.assertEqual(idle.ask("GET", "/healthz").status, 200)
        with Connection(server.port) as connection:
            device.sync(connection, [device.make_entry([photo])], token=True)
            connection.send(head_of("POST", "/v1/photos", device.upload_headers(photo)) + photo[:1000])
            with Connection(server.port) as other:  # the upload is open once another is refused
                path = f"/v1/photos/{sha256(photo).hex()}"
                headers = device.photo_headers(Upload_Offset=0, Content_Type="application/offset+octet-stream")
                wait_for("the upload", lambda: other.ask("PATCH", path, headers, b"").status in (409, 423))
            server.process.send_signal(signal.SIGTERM)
            server.wait_log("stopping")
            self.assertEqual(idle.read_all(), b"")
            with self.assertRaises(OSError):
                while True:
                    Connection(server.port).socket.close()
            self.assertIsNone(server.process.poll())
            connection.send(photo[1000:])
            answer = connection.read_answer()
            self.assertEqual(answer.status, 201)
            self.assertIsNotNone(answer["Jiexun-Photo-Receipt"])
            self.assertEqual(answer["Connection"], "close")
            self.assertEqual(connection.read_all(), b"")
        self.assertEqual(server.process.wait(PATIENCE_S), 0)
        self.assertEqual(self.json("counts")["photos_stored"], 1)

    def test_stop_cuts_what_does_not_end_and_keeps_it(self):
        self.init(stop_wait_s=1)
        server = self.serve()
        device = self.enrolled(server)
        photo = os.urandom(200000)
        with Connection(server.port) as connection:
            device.sync(connection, [device.make_entry([photo])], token=True)
            connection.send(head_of("POST", "/v1/photos", device.upload_headers(photo)) + photo[:150000])
            with Connection(server.port) as other:
                path = f"/v1/photos/{sha256(photo).hex()}"
                wait_for("the bytes", lambda: other.ask("HEAD", path, device.photo_headers())["Upload-Offset"] == "150000")
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(PATIENCE_S), 0)
            self.assertEqual(connection.read_all(), b"")
        server = self.serve()
        with Connection(server.port) as connection:
            self.assertEqual(connection.ask("HEAD", path, device.photo_headers())["Upload-Offset"], "150000")

    def test_kill_leaves_a_folder_that_starts_again(self):
        self.init()
        server = self.serve()
        device = self.enrolled(server)
        with Connection(server.port) as connection:
            device.sync(connection, [device.make_entry()])
        server.process.kill()
        server.process.wait()
        self.assertEqual(self.json("counts")["observations"], 1)
        server = self.serve()
        with Connection(server.port) as connection:
            self.assertEqual(device.sync(connection, [device.make_entry()])["n"], 2)


class Tls(Folder):
    def client(self, port, *args):
        return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *args], input="", capture_output=True, text=True,
                              timeout=PATIENCE_S)

    def test_versions_and_ciphers(self):
        self.init()
        port = self.serve().port
        weak = ["-cipher", "ALL:@SECLEVEL=0"]
        for args, is_let_in in ((["-tls1_3"], True), (["-tls1_2"], True), (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"], True),
                                (["-tls1_1", *weak], False), (["-tls1", *weak], False),
                                (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"], False)):
            with self.subTest(args):
                done = self.client(port, *args)
                self.assertEqual(done.returncode == 0 and "Cipher is (NONE)" not in done.stdout, is_let_in, done.stdout + done.stderr)
                if not is_let_in:  # it was offered, and the server hung up; not the client's own rules
                    self.assertRegex(done.stderr, "alert|unexpected eof while reading")

    def pins(self):
        out = []
        for name, args in (("tls.pem", ["x509", "-pubkey", "-noout"]), ("tls-next.pem", ["pkey", "-pubout"])):
            pem = subprocess.run(["openssl", *args, "-in", os.path.join(self.data, name)], capture_output=True, check=True).stdout
            out.append(sha256(subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=pem, capture_output=True, check=True).stdout))
        return out

    def test_rotation(self):
        self.init()
        server = self.serve()
        current, following = self.pins()
        device = self.enrolled(server)
        self.assertEqual(device.pins, [current.hex(), following.hex()])
        old = Connection(server.port)
        self.addCleanup(old.socket.close)
        self.assertEqual(seen_spki(old), current)
        rotated = self.json("rotate-tls")
        self.assertEqual(rotated["tls_spki_sha256"], following.hex())
        with Connection(server.port) as connection:
            self.assertEqual(seen_spki(connection), following)
            self.assertEqual(device.sync(connection, [device.make_entry()])["n"], 1)
        # a connection that began before goes on
        self.assertEqual(old.ask("GET", "/healthz").status, 200)
        self.assertEqual(self.pins(), [following, bytes.fromhex(rotated["next_tls_spki_sha256"])])
        self.assertEqual(self.enrolled(server, "H08").pins, [following.hex(), rotated["next_tls_spki_sha256"]])

    def replace_certificate(self, key_file):
        """As an administrator would with files from elsewhere."""
        key = os.path.join(self.data, key_file)
        made = subprocess.run(["openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN=other", "-days", "9"], capture_output=True,
                              check=True).stdout
        with open(key, "rb") as file:
            made += file.read()
        path = os.path.join(self.data, "tls.pem.new")
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(made)
        os.rename(path, os.path.join(self.data, "tls.pem"))

    def test_hangup_reads_the_certificate_again(self):
        self.init()
        server = self.serve()
        current, following = self.pins()
        self.replace_certificate("tls-next.pem")
        with Connection(server.port) as connection:
            self.assertEqual(seen_spki(connection), current)
        server.process.send_signal(signal.SIGHUP)
        server.wait_log("certificate read again")
        with Connection(server.port) as connection:
            self.assertEqual(seen_spki(connection), following)

    def test_hangup_with_a_bad_certificate_changes_nothing(self):
        self.init()
        server = self.serve()
        current, _ = self.pins()
        with open(os.path.join(self.data, "tls.pem"), "w", encoding="ascii") as file:
            file.write("nonsense")
        server.process.send_signal(signal.SIGHUP)
        server.wait_log("TLS certificate is not readable PEM")
        with Connection(server.port) as connection:
            self.assertEqual(seen_spki(connection), current)

    def test_key_of_another_certificate(self):
        self.init(tls_key="tls-next.pem")
        self.fails(76, "does not belong", "serve")

    def test_spki_helper(self):
        """The test's own short cut against openssl's reading."""
        self.init()
        der = subprocess.run(["openssl", "x509", "-in", os.path.join(self.data, "tls.pem"), "-outform", "DER"], capture_output=True,
                             check=True).stdout
        self.assertEqual(spki_of(der), self.pins()[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
