#!/usr/bin/env python3
"""Writes that the kernel cuts short: a photo that does not fit is not saved, not published and not receipted.

With a limit on the length of a file, the write that crosses it is short, and the next one fails (EFBIG): as on a disk that is just
full, but at the same byte each time. The databases stay below the limit.
"""
import os
import resource
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "support"))

import e2e  # noqa: E402
import harness  # noqa: E402

MIB = 1024 * 1024
# Far above the WAL of so small a log, which is kept 1 MiB ahead.
PHOTO_BYTES = 3 * MIB
# The limit is this much below the photo's length: inside the last piece that is written, however short that is. (With more, the limit
# may lie in the piece before; then the last one fails by itself, and there is no short write to be seen.)
CUT_BYTES = 1


def limit_of(photo):
    return os.path.getsize(photo) - CUT_BYTES


def limit_server(server, bytes_max):
    """Of jiexund while it runs, as a disk fills up and is cleared."""
    pid = server.service.process.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (bytes_max, hard))


def check_photos(tally, where, folder, wanted):
    """Every published file has the bytes it is named by, and every wanted one is there."""
    found = set()
    for path, _, files in os.walk(folder):
        for name in files:
            if len(name) != 64:
                continue
            found.add(name)
            if e2e.sha256(os.path.join(path, name)) != name:
                tally.lost += 1
                tally.fail(f"{where}: photo {name[:12]} was published cut short: {os.path.getsize(os.path.join(path, name))} bytes")
    for name in wanted - found:
        tally.lost += 1
        tally.fail(f"{where}: photo {name[:12]} is not there")


def save_short(tally, device, photo):
    before = device.list()
    limit = limit_of(photo)
    result = device.log("01.01", "--photo", photo, want=None,
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    tally.add(count=1, saves_cut_short=1)
    if result.status == 0:
        tally.fail(f"a photo that does not fit was shown as saved: {result.out}")
    elif device.list() != before:
        tally.fail("a save that failed is in the list")
    check_photos(tally, device.short, os.path.join(device.home, "photos"), set())


def receive_short(tally, server, device, photo):
    """While the server has no room nobody is told that it has the photo; with room again it comes."""
    folder = os.path.join(server.data, "photos")
    device.log("01.01", "--photo", photo)
    limit_server(server, limit_of(photo))
    result = device.sync("--tries", "1", want=None)
    tally.add(count=1, uploads_cut_short=1)
    if result.status == 0 or device.list()[-1]["state"] == "complete":
        tally.fail(f"a photo that does not fit on the server was shown as there: {result.out}")
    check_photos(tally, "server", folder, set())
    limit_server(server, resource.RLIM_INFINITY)
    device.sync(want=None)
    if device.list()[-1]["state"] != "complete":
        tally.fail(f"with room again the entry is {device.list()[-1]['state']}")
    check_photos(tally, "server", folder, {e2e.sha256(photo)})


def one_round(world, tally, args, count):
    del args
    server = world.start_server()
    device = world.device(server, "H01")
    for _ in range(count):
        photo = world.photo(PHOTO_BYTES)
        save_short(tally, device, photo)
        receive_short(tally, server, device, photo)


def finish(tally, args):
    del args
    for what in ("saves_cut_short", "uploads_cut_short"):
        tally.need(tally.more.get(what, 0) > 0, f"no {what}")


if __name__ == "__main__":
    harness.main("short_write", one_round, finish, count=2, what="writes cut short", per_round=4)
