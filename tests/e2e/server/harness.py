"""Starting programs, and speaking HTTPS byte by byte: what a well-behaved client library would not send."""
import os
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

BIN = os.environ["JX_BIN"]
# Of a whole wait; under sanitizers on a loaded machine everything may take its time.
PATIENCE_S = 60


def wait_for(what, condition):
    """Ask until it holds."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        result = condition()
        if result:
            return result
        select.select([], [], [], 0.02)
    raise AssertionError(f"waited {PATIENCE_S} s for {what}")


class Program:
    """A program with its standard error in a file, that is stopped whatever happens."""

    def __init__(self, args, **more):
        self.is_closed = False
        self.dir = tempfile.mkdtemp(prefix="jx-e2e-")
        self.log_path = os.path.join(self.dir, "log")
        more.setdefault("env", {**os.environ, "JX_LANG": "en"})  # tests read the log
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, **more)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait_log(self, text):
        wait_for(f"'{text}' in the log", lambda: text in self.log() or self.process.poll() is not None)
        if text not in self.log():
            raise AssertionError(f"ended with {self.process.returncode}: {self.log()}")

    def close(self):
        """Ends it (once); returns the status. A sanitizer's report in the log is a failure."""
        if self.is_closed:
            return self.process.returncode
        self.is_closed = True
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        log = self.log()
        shutil.rmtree(self.dir, ignore_errors=True)
        if "Sanitizer" in log or "runtime error" in log:
            raise AssertionError(log)
        return self.process.returncode


class Face(Program):
    """tests/e2e/server/face.c: the HTTPS face over an invented core."""

    def __init__(self, size=100000, **conf):
        self.photo_dir = tempfile.mkdtemp(prefix="jx-e2e-")
        self.photo = bytes(range(256)) * (size // 256) + bytes(size % 256)
        with open(os.path.join(self.photo_dir, "photo"), "wb") as photo:
            photo.write(self.photo)
        settings = [f"{key}={value}" for key, value in conf.items()]
        super().__init__([os.path.join(BIN, "face"), self.photo_dir, str(size)] + settings)
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.log())
        self.port = int(line)

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(PATIENCE_S)
        status = super().close()
        shutil.rmtree(self.photo_dir, ignore_errors=True)
        if status != 0:
            raise AssertionError(f"face ended with {status}")


class Answer:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()
        self.body = body

    def __getitem__(self, name):
        return self.headers.get(name.lower())


def plain_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Connection:
    """One TLS connection; nothing is sent that the caller does not write."""

    def __init__(self, port, source=None, receive_buffer=None):
        raw = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        raw.settimeout(PATIENCE_S)
        if receive_buffer is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            raw.bind((source, 0))
        try:
            raw.connect(("127.0.0.1", port))
            self.socket = plain_context().wrap_socket(raw, suppress_ragged_eofs=True)
        except OSError:
            raw.close()
            raise
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """Some bytes; b'' once the server has closed, in whatever way."""
        try:
            return self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError):
            return b""

    def read_all(self):
        data, self.rest = self.rest, b""
        while True:
            piece = self.receive()
            if not piece:
                return data
            data += piece

    def read_answer(self, method="GET"):
        """One answer, as its headers say; None if the server closed instead."""
        data = self.rest
        while b"\r\n\r\n" not in data:
            piece = self.receive()
            if not piece:
                return None
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        answer = Answer(head, b"")
        if answer.status == 100:
            self.rest = body
            return self.read_answer(method)
        length = 0 if method == "HEAD" or answer.status == 204 else int(answer["Content-Length"] or 0)
        while len(body) < length:
            piece = self.receive()
            if not piece:
                raise AssertionError(f"closed after {len(body)} of {length} bytes")
            body += piece
        answer.body, self.rest = body[:length], body[length:]
        return answer

    def ask(self, method, path, headers=(), body=None):
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in dict(headers).items()]
        if body is not None and "Content-Length" not in dict(headers):
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))
        return self.read_answer(method)

    def drip(self, data, pause_s=0.1):
        """One byte at a time for ever, until the server closes; returns how many bytes went out."""
        self.socket.setblocking(False)
        sent = 0
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                self.socket.send(data[sent % len(data):][:1])
                sent += 1
            except ssl.SSLWantWriteError:
                pass
            except OSError:
                return sent
            if select.select([self.socket], [], [], pause_s)[0]:
                try:
                    if not self.socket.recv(65536):
                        return sent
                except ssl.SSLWantReadError:
                    continue
                except OSError:
                    return sent
        raise AssertionError(f"not cut: {sent} bytes went out")


def ask(port, method, path, headers=(), body=None):
    with Connection(port) as connection:
        return connection.ask(method, path, headers, body)
