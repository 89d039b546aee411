"""What a save costs the disk, counted by strace: "saved" means synced, and synced no more often than needed."""
import os
import re

from e2e import Case, main, run


class Syncs(Case):
    def traced(self, device, *args):
        """Run jx under strace; the sync calls it made, in order, with the file each was for."""
        trace = self.path("trace")
        # the leak checker and ptrace exclude each other
        env = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
        run(["strace", "-f", "-y", "-o", trace, "-e", "trace=fsync,fdatasync,sync_file_range,sync,syncfs,msync", *device.argv(*args)], env=env)
        with open(trace, encoding="utf-8", errors="replace") as file:
            calls = re.findall(r"^\d+ +(\w+)\(\d+<([^>]*)>[^)]*\) += 0", file.read(), re.M)
        return [(name, os.path.relpath(path, device.home)) for name, path in calls]

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07")

    def test_log(self):
        args = ("log", "01.01", "--quantity", "3", "--unit", "sheet", "--no-gps")
        self.h07.jx(*args)
        for _ in range(5):
            calls = self.traced(self.h07, *args)
            self.assertGreaterEqual(len(calls), 1, "saved means synced")
            self.assertLessEqual(len(calls), 2, calls)
            self.assertEqual(calls[0][1], "jiexun.db-wal")
            # SQLite syncs the folder after the first sync of a WAL that it has opened
            self.assertIn([path for _, path in calls[1:]], ([], ["."]))

    def test_log_after_sync(self):
        """The first save after a checkpoint begins the WAL anew."""
        for _ in range(3):
            self.h07.sync()
            calls = self.traced(self.h07, "log", "01.01", "--no-gps")
            self.assertLessEqual(len(calls), 2, calls)

    def test_photo(self):
        """Photo, its folder, then the entry: in this order."""
        self.h07.jx("log", "01.01", "--no-gps", "--photo", self.photo())
        calls = self.traced(self.h07, "log", "01.01", "--no-gps", "--photo", self.photo())
        names = ["photo" if path.startswith("photos/tmp/") else "folder" if path.startswith("photos") else path for _, path in calls]
        self.assertEqual(names.index("photo"), 0)
        last = len(names) - 1 - names[::-1].index("folder")
        self.assertGreater(last, 0)
        self.assertNotIn("jiexun.db-wal", names[:last])
        self.assertEqual(names[last + 1], "jiexun.db-wal")
        self.assertLessEqual(len(names) - last - 1, 2)

    def test_reading_syncs_nothing(self):
        for args in (("list",), ("status",), ("show", "H07-1"), ("verify",)):
            self.assertEqual(self.traced(self.h07, *args), [], args)


if __name__ == "__main__":
    main()
