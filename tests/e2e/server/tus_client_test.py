"""A tus client that others wrote (tus-js-client under Node), and parts that run out, against the real program."""
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

import program_test
from device import Connection, sha256
from harness import PATIENCE_S, ask

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "peers", "tus")


def install():
    """Folder with the client in it, or why there is none. Installed once a build, by the lock file."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None, "node or npm is not installed (tools/install-deps --test)"
    folder = os.path.join(os.environ.get("JX_BUILD", tempfile.gettempdir()), "peers", "tus")
    if not os.path.exists(os.path.join(folder, "node_modules", ".package-lock.json")):
        os.makedirs(folder, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(PEER, name), folder)
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True,
                              timeout=5 * PATIENCE_S, check=False)
        if done.returncode != 0:
            return None, "npm could not install tus-js-client (no registry?): " + done.stderr.strip().split("\n")[-1]
    # beside its modules, where Node looks for them
    shutil.copy(os.path.join(PEER, "upload.js"), folder)
    return folder, None


class Base(program_test.Folder):
    def begin(self, **conf):
        self.init(**conf)
        self.server = self.serve()
        self.device = self.enrolled(self.server)
        self.photo = os.urandom(1 << 20)

    def sign_in(self, entries=()):
        with Connection(self.server.port) as connection:
            return self.device.sync(connection, entries, token=True)

    def head(self):
        return ask(self.server.port, "HEAD", f"/v1/photos/{sha256(self.photo).hex()}", self.device.photo_headers())

    def stored(self):
        name = sha256(self.photo).hex()
        path = os.path.join(self.data, "photos", name[:2], name)
        if not os.path.exists(path):
            return None
        with open(path, "rb") as file:
            return file.read()


class TusJsClient(Base):
    def upload(self, **job):
        folder, why = install()
        if folder is None:
            self.skipTest(why)
        job = {"url": f"https://127.0.0.1:{self.server.port}", "token": self.device.token, "sha256": sha256(self.photo).hex(),
               "file": os.path.join(self.top, "photo"), "chunk_bytes": 200000, "stop_at": 0, "terminate": False, "retry_ms": None, **job}
        with open(job["file"], "wb") as file:
            file.write(self.photo)
        path = os.path.join(self.top, "job.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(job, file)
        # the certificate is the server's own; that it is the right one is other tests' business
        env = {**os.environ, "NODE_TLS_REJECT_UNAUTHORIZED": "0", "NODE_NO_WARNINGS": "1"}
        done = subprocess.run(["node", os.path.join(folder, "upload.js"), path], env=env, capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)
        steps = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertTrue(steps, done.stderr)
        return done.returncode, steps

    def test_uploads_whole(self):
        self.begin()
        self.sign_in([self.device.make_entry([self.photo])])
        status, steps = self.upload()
        self.assertEqual(status, 0, steps)
        self.assertEqual(self.stored(), self.photo)

    def test_resumes_after_a_cut(self):
        self.begin()
        self.sign_in([self.device.make_entry([self.photo])])
        status, steps = self.upload(stop_at=400000)
        self.assertEqual((status, [s["step"] for s in steps]), (0, ["first", "resumed", "done"]), steps)
        self.assertEqual(self.stored(), self.photo)

    def test_terminates_only_what_is_unfinished(self):
        self.begin()
        self.sign_in([self.device.make_entry([self.photo])])
        status, steps = self.upload(terminate=True)
        self.assertEqual(status, 1, steps)
        self.assertIn("403", steps[-1]["text"])
        self.assertEqual(self.stored(), self.photo)

    def test_takes_nothing_that_no_entry_lists(self):
        self.begin()
        self.sign_in([self.device.make_entry()])
        status, steps = self.upload()
        self.assertEqual(status, 1, steps)
        self.assertIn("404", steps[-1]["text"])
        self.assertIsNone(self.stored())


class Parts(Base):
    def part(self):
        folder = os.path.join(self.data, "photos", "tmp")
        return [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".part")]

    def send(self, offset, data, method="PATCH"):
        headers = self.device.photo_headers(Upload_Offset=offset, Content_Type="application/offset+octet-stream")
        return ask(self.server.port, method, f"/v1/photos/{sha256(self.photo).hex()}", headers, data)

    def test_a_part_runs_out(self):
        self.begin(part_keep_days=1)
        self.sign_in([self.device.make_entry([self.photo])])
        self.assertEqual(self.send(0, self.photo[:300000]).status, 204)
        for days, left in ((0.9, "300000"), (1.1, "0")):
            self.server.close()
            self.assertEqual(len(self.part()), 1)
            then = time.time() - days * 86400
            os.utime(self.part()[0], (then, then))
            self.server = self.serve()
            self.sign_in()
            self.assertEqual(self.head()["Upload-Offset"], left)
        self.assertEqual(self.part(), [])
        # from its old place it does not go on; from the start it does
        self.assertEqual(self.send(300000, self.photo[300000:]).status, 409)
        self.assertEqual(self.send(0, self.photo).status, 204)
        self.assertEqual(self.stored(), self.photo)

    def test_termination_takes_the_part_away(self):
        self.begin()
        self.sign_in([self.device.make_entry([self.photo])])
        self.assertEqual(self.send(0, self.photo[:300000]).status, 204)
        other = self.enrolled(self.server, "H08")
        with Connection(self.server.port) as connection:
            other.sync(connection, [other.make_entry()], token=True)
        # not another's: it is not listed there
        answer = ask(self.server.port, "DELETE", f"/v1/photos/{sha256(self.photo).hex()}", other.photo_headers())
        self.assertEqual(answer.status, 404)
        self.assertEqual(len(self.part()), 1)
        self.assertEqual(self.send(0, b"", "DELETE").status, 204)
        self.assertEqual(self.part(), [])
        self.assertEqual(self.head()["Upload-Offset"], "0")

    def test_stored_counts_for_its_own_writer_only(self):
        """Who lists another's photo learns nothing of it, and sends the bytes that he says he has."""
        self.begin()
        self.sign_in([self.device.make_entry([self.photo])])
        self.assertEqual(self.send(0, self.photo).status, 204)
        self.device = self.enrolled(self.server, "H08")
        self.sign_in([self.device.make_entry([self.photo])])
        answer = self.head()
        self.assertEqual((answer["Upload-Offset"], answer["Jiexun-Photo-Receipt"]), ("0", None))
        self.assertEqual(self.send(len(self.photo), b"").status, 409)
        answer = self.send(0, self.photo)
        self.assertEqual(answer.status, 204)
        self.assertIsNotNone(answer["Jiexun-Photo-Receipt"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
