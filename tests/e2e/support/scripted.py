"""A server that answers whatever the test says, over TLS or without."""
import http.client
import http.server
import os
import ssl
import subprocess
import threading
import warnings

from e2e import PATIENCE_S, clock_env, environment

GOOD_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


def make_certificate(path, key_pem=None, names="DNS:localhost,IP:127.0.0.1", made_ago_days=0, days=3650):
    """A PEM file with key and certificate. key_pem: that key's, else a new one's. Backdated with the preloaded clock."""
    with open(path, "wb") as file:
        if key_pem is not None:
            file.write(key_pem)
        else:
            file.write(subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], check=True,
                                      stdout=subprocess.PIPE).stdout)
    env = environment(clock_env(offset_s=-made_ago_days * 86400)) if made_ago_days else environment()
    certificate = subprocess.run(
        ["openssl", "req", "-x509", "-new", "-key", path, "-days", str(days), "-subj", "/CN=test", "-addext", f"subjectAltName={names}"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env).stdout
    with open(path, "ab") as file:
        file.write(certificate)
    return path


def make_signed_certificate(path, folder, names="DNS:localhost,IP:127.0.0.1"):
    """As make_certificate with a new key, by an authority of its own: a certificate that a browser would take."""
    authority = make_certificate(os.path.join(folder, "authority.pem"), names="DNS:authority.example")
    request = os.path.join(folder, "request.pem")
    with open(path, "wb") as file:
        file.write(subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], check=True, stdout=subprocess.PIPE).stdout)
    subprocess.run(["openssl", "req", "-new", "-key", path, "-subj", "/CN=test", "-addext", f"subjectAltName={names}", "-out", request],
                   check=True, stderr=subprocess.DEVNULL)
    certificate = subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority, "-set_serial", "1",
                                  "-days", "365", "-copy_extensions", "copyall"], check=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL).stdout
    with open(path, "ab") as file, open(authority, "rb") as above:
        file.write(certificate + above.read().partition(b"-----END EC PRIVATE KEY-----\n")[2])
    return path


def private_key(server):
    """The PEM block of a jiexund's own TLS key: whoever pinned it believes a certificate of that key."""
    with open(os.path.join(server.data, "tls.pem"), "rb") as file:
        text = file.read()
    begin, end = text.index(b"-----BEGIN"), text.index(b"-----END")
    while b"PRIVATE KEY" not in text[begin:begin + 40]:
        begin = text.index(b"-----BEGIN", begin + 1)
        end = text.index(b"-----END", begin)
    return text[begin:text.index(b"\n", end) + 1]


class Answer:
    """One answer: status, headers and body as given; or raw bytes; or pieces of a body that come when they come."""

    def __init__(self, status=200, headers=None, body=b"", raw=None, pieces=None):
        self.status, self.headers, self.body, self.raw, self.pieces = status, headers or {}, body, raw, pieces


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):
        pass

    def do(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.requests.append((self.command, self.path, dict(self.headers), body))
        answer = self.server.answer(self.command, self.path, len(self.server.requests))
        if callable(answer):
            answer = answer(self.forward(body))
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            for piece in answer.pieces or ():
                self.wfile.write(piece)
                self.wfile.flush()
            self.close_connection = True
            return
        self.send_response(answer.status)
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        for piece in answer.pieces or () if self.command != "HEAD" else ():
            self.wfile.write(piece)
            self.wfile.flush()
        if answer.pieces is not None or len(answer.body) != int(headers["Content-Length"] or len(answer.body)):
            self.close_connection = True

    def forward(self, body):
        """What the real server says to this. Not compressed: so that a test may edit it."""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.server.real.port, context=context, timeout=PATIENCE_S)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
            connection.request(self.command, self.path, body if "Content-Length" in self.headers else None, headers)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in ("connection", "date", "content-length")}
            return Answer(answer.status, kept, answer.read())
        finally:
            connection.close()

    do_GET = do_POST = do_HEAD = do_PATCH = do


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # a client that refuses us hangs up: that is what most tests here are about


class Scripted:
    """
    answer(method, path, k) -> Answer, for the k-th request; or a function of the Answer that the real server (an e2e.Server) gives to it.
    """

    def __init__(self, answer, pem=None, newest=None, ciphers=GOOD_CIPHERS, real=None):
        self.http = _Server(("127.0.0.1", 0), _Handler)
        self.http.answer, self.http.requests, self.http.real = answer, [], real
        if pem is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            context.set_ciphers(ciphers)
            if newest is not None:
                with warnings.catch_warnings():
                    # old ones are what the test is about
                    warnings.simplefilter("ignore", DeprecationWarning)
                    context.minimum_version = context.maximum_version = newest
            # the handshake belongs to the thread of the connection, not to the one that accepts
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.http.server_address[1]

    @property
    def requests(self):
        return self.http.requests

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join(10)
