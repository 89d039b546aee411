#!/usr/bin/env python3
"""hold_lines.py PORT N...: open kept-alive connections to a jiexund on this machine, each with one request answered; print a line
when there are N of them, for every N in turn, and go on when a line comes on standard input. Ends them all at the end."""
import socket
import ssl
import sys


def main():
    port, counts = int(sys.argv[1]), [int(n) for n in sys.argv[2:]]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    lines = []
    for count in counts:
        while len(lines) < count:
            line = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if not line.recv(4096).startswith(b"HTTP/1.1 200"):
                sys.exit("no answer")
            lines.append(line)
        print(count, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
