"""jiexund as a service: what it tells systemd, and a socket that systemd opened for it."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from harness import BIN, PATIENCE_S, Program, ask

JIEXUND = os.path.join(BIN, "jiexund")


class Service(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="jx-e2e-")
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        self.data = os.path.join(self.top, "data")
        self.env = {**os.environ, "JX_LANG": "en"}
        done = subprocess.run([JIEXUND, "init", "--data", self.data, "--listen", "127.0.0.1:0"], env=self.env, capture_output=True,
                              text=True, timeout=PATIENCE_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.notices.close)
        self.notices.settimeout(PATIENCE_S)
        self.notices.bind(os.path.join(self.top, "notify"))
        self.env["NOTIFY_SOCKET"] = os.path.join(self.top, "notify")

    def serve(self, *args, **more):
        program = Program([*args, JIEXUND, "serve", "--data", self.data, "--port-file", os.path.join(self.top, "port")], env=self.env, **more)
        self.addCleanup(program.close)
        return program

    def told(self, text):
        """Wait for this notice; others may come before it."""
        while True:
            notice = self.notices.recv(4096).decode()
            if text in notice:
                return

    def port(self):
        with open(os.path.join(self.top, "port"), encoding="ascii") as file:
            return int(file.read())

    def test_ready_reload_stop(self):
        program = self.serve()
        self.told("READY=1")
        # ready means that it answers, not that it is about to
        self.assertEqual(ask(self.port(), "GET", "/healthz").status, 200)
        program.process.send_signal(signal.SIGHUP)
        self.told("RELOADING=1")
        self.told("READY=1")
        program.process.terminate()
        self.told("STOPPING=1")
        self.assertEqual(program.close(), 0)

    def test_watchdog(self):
        self.env["WATCHDOG_USEC"] = "2000000"
        program = self.serve()
        self.told("READY=1")
        for _ in range(3):
            self.told("WATCHDOG=1")
        self.assertEqual(program.close(), 0)

    def test_socket_of_systemd(self):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(16)
            port = listener.getsockname()[1]
            # systemd hands sockets over from descriptor 3 on, and says for which process
            program = self.serve("/bin/bash", "-c", f'exec 3<&{listener.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS; exec "$@"', "bash",
                                 pass_fds=(listener.fileno(),))
            self.told("READY=1")
            self.assertEqual(ask(port, "GET", "/healthz").status, 200)
            self.assertEqual(program.close(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
