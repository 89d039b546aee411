"""A sample of the changes of `evidence`, through the real programs: jx verify and jx-office verify find each and name the entry."""
import os
import re
import shutil
import sqlite3

from e2e import EXIT, Case, main, program, run

# SQL on the device's database; the entry that the message must name (None: any place).
DEVICE = [
    ("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'observation', 'observatioN') AS BLOB) WHERE n = 4", "H07-4"),
    ("UPDATE entry SET digest = zeroblob(32) WHERE n = 5", "H07-5"),
    ("UPDATE entry SET head = zeroblob(32) WHERE n = 3", "H07-3"),
    ("UPDATE entry SET sig = zeroblob(64) WHERE n = 6", "H07-6"),
    ("DELETE FROM photo WHERE pos = (1 << 40) + 4; DELETE FROM entry WHERE n = 4", "H07-4"),
    ("DELETE FROM photo; DELETE FROM entry WHERE n > 2", "H07-7"),
    ("UPDATE entry SET pos = 1 << 50 WHERE n = 6; UPDATE entry SET pos = (1 << 40) + 6 WHERE n = 7; "
     "UPDATE entry SET pos = (1 << 40) + 7 WHERE pos = 1 << 50", "H07-6"),
    ("INSERT INTO entry SELECT pos + 1, randomblob(16), kind, day, 0, NULL, digest, head, sig, bytes FROM entry WHERE n = 7", "H07-8"),
    ("UPDATE receipt SET sig = zeroblob(64)", None),
    ("UPDATE receipt SET text = CAST(replace(CAST(text AS TEXT), '\"safe_until_n\":0', '\"safe_until_n\":9') AS BLOB)", None),
    ("UPDATE receipt SET safe_until_n = 7", None),
    ("UPDATE photo_receipt SET sig = zeroblob(64)", None),
    ("UPDATE photo_done SET sha256 = zeroblob(32) WHERE receipt_no = (SELECT max(receipt_no) FROM photo_done)", None),
]


class Programs(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07")
        while self.last_n() < 7:
            self.h07.log("01.01", "--quantity", "2", "--unit", "sheet", "--no-gps", "--photo", self.photo(2000))
        self.h07.sync()
        self.office = self.path("office")
        self.jx_office(self.office, "enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.jx_office(self.office, "pull")

    def last_n(self):
        with sqlite3.connect(os.path.join(self.h07.home, "jiexun.db")) as db:
            return db.execute("SELECT coalesce(max(n), 0) FROM entry").fetchone()[0]

    def jx_office(self, home, *args, want=0):
        return run([program("jx-office"), "--home", home, *args], want)

    def device_says(self, home):
        return run([program("jx"), "--home", home, "verify"], want=(0, EXIT["ecorrupt"]))

    def damaged_copy(self, home):
        copy = self.path("copy")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(home, copy)
        return copy

    def test_device(self):
        self.assertEqual(self.device_says(self.damaged_copy(self.h07.home)).status, 0)
        for sql, place in DEVICE:
            copy = self.damaged_copy(self.h07.home)
            db = sqlite3.connect(os.path.join(copy, "jiexun.db"))
            db.executescript(sql)
            db.close()
            result = self.device_says(copy)
            self.assertEqual(result.status, EXIT["ecorrupt"], sql)
            if place is not None:
                self.assertRegex(result.err, rf"(?m)^jx: {place} ", sql)

    def test_device_photos(self):
        for name in self.h07.photos():
            copy = self.damaged_copy(self.h07.home)
            path = next(os.path.join(folder, file) for folder, _, files in os.walk(os.path.join(copy, "photos")) for file in files
                        if file.startswith(name[:64]) or os.path.basename(name) == file)
            with open(path, "r+b") as file:
                file.seek(700)
                byte = file.read(1)
                file.seek(700)
                file.write(bytes([byte[0] ^ 4]))
            result = self.device_says(copy)
            self.assertEqual(result.status, EXIT["ecorrupt"])
            self.assertRegex(result.err, r"(?m)^jx: H07-\d+ ")

    def bend(self, copy, change):
        """Lines of the journal through change(lines); the length that state.json tells is made to fit."""
        journal, state = os.path.join(copy, "journal.ndjson"), os.path.join(copy, "state.json")
        with open(journal, "rb") as file:
            lines = file.read().splitlines(True)
        lines = change(lines)
        with open(journal, "wb") as file:
            file.writelines(lines)
        with open(state, "rb") as file:
            text = file.read()
        with open(state, "wb") as file:
            file.write(re.sub(rb'"journal_bytes":\d+', b'"journal_bytes":%d' % sum(map(len, lines)), text))

    def test_office(self):
        with open(os.path.join(self.office, "journal.ndjson"), "rb") as file:
            lines = file.read().splitlines(True)
        mine = [i for i, line in enumerate(lines) if b'"kind":"observation"' in line]
        self.assertGreater(len(mine), 3)
        first, second, last = mine[0], mine[1], mine[-1]
        receipt = next(i for i, line in enumerate(lines) if line.startswith(b'{"kind":"receipt"') and i > first)

        def swapped(all_lines):
            all_lines[first], all_lines[second] = all_lines[second], all_lines[first]
            return all_lines

        changes = [
            lambda all_lines: [line.replace(b'"found"', b'"Found"') if i == second else line for i, line in enumerate(all_lines)],
            lambda all_lines: all_lines[:first] + all_lines[first + 1:],
            lambda all_lines: all_lines[:last] + all_lines[last + 1:],
            swapped,
            lambda all_lines: all_lines[:second] + [all_lines[first]] + all_lines[second:],
            lambda all_lines: [line.replace(b'\\"n\\":', b'\\"n\\":1') if i == receipt else line for i, line in enumerate(all_lines)],
        ]
        for number, change in enumerate(changes):
            copy = self.damaged_copy(self.office)
            self.bend(copy, change)
            result = self.jx_office(copy, "verify", want=EXIT["ecorrupt"])
            self.assertRegex(result.err, r"line \d+|writer [0-9a-f-]{36}, entry \d+", f"change {number}")
        untouched = self.damaged_copy(self.office)
        self.jx_office(untouched, "verify")

    def test_office_by_the_public_key_alone(self):
        copy = self.damaged_copy(self.office)
        with open(os.path.join(copy, "identity.json"), encoding="utf-8") as file:
            keys = re.findall(r'"([0-9a-f]{64})"', file.read())
        for name in ("identity.json", "office.key"):
            if os.path.exists(os.path.join(copy, name)):
                os.unlink(os.path.join(copy, name))
        said = [self.jx_office(self.path("nobody"), "verify", copy, "--identity", key, want=(0, EXIT["ecorrupt"])).status for key in keys]
        self.assertIn(0, said, "one of the keys that were pinned is the server's")
        self.bend(copy, lambda lines: [line for line in lines if b'"kind":"observation"' not in line])
        for key in keys:
            self.jx_office(self.path("nobody"), "verify", copy, "--identity", key, want=EXIT["ecorrupt"])


if __name__ == "__main__":
    main()
