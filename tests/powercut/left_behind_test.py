"""What power cuts left behind, and what was wrong with it once: found by powercut.py, held here."""
import os
import shutil
import sqlite3

from e2e import EXIT, Case, Device, Server, main


class LeftBehind(Case):
    def test_database_without_a_vault(self):
        """`init` was cut while it made the database: the file is there, the vault is not. The next `init` finishes it."""
        for what, short in (("nothing", "H07"), ("a header", "H08")):
            with self.subTest(what):
                folder = self.path(what)
                os.mkdir(folder)
                server = Server(folder)
                self.addCleanup(server.stop)
                database = os.path.join(server.data, "vault.db")
                os.unlink(database)
                with open(database, "wb"):
                    pass
                if what == "a header":
                    with sqlite3.connect(database) as db:
                        db.execute("PRAGMA journal_mode = WAL")
                    db.close()
                    self.assertGreater(os.path.getsize(database), 0)
                server.admin("counts", want=EXIT["enotfound"])
                self.assertIs(server.admin("init").object["made"], True)
                server.start()
                self.assertIs(server.admin("init").object["made"], False)
                device = self.device(server, short)
                device.sync()
                self.assert_exactly_once(server, [device])

    def test_journal_of_the_first_moment(self):
        """The power went before the log was in WAL mode: what only looks must not say that the disk is read-only."""
        made = self.path("made.db")
        db = sqlite3.connect(made, isolation_level=None)
        db.execute("PRAGMA cache_size = 5")
        db.execute("BEGIN")
        db.execute("CREATE TABLE something (a BLOB)")
        db.executemany("INSERT INTO something VALUES (randomblob(3000))", [()] * 100)
        for command in ("status", "list", "verify"):
            with self.subTest(command):
                device = Device(self.dir, "H-" + command)
                os.mkdir(device.home, 0o700)
                for tail in ("", "-journal"):
                    shutil.copyfile(made + tail, os.path.join(device.home, "jiexun.db" + tail))
                self.assertGreater(os.path.getsize(os.path.join(device.home, "jiexun.db-journal")), 512)
                self.assertNotIn("cannot be written", device.jx(command, want=(0, EXIT["estate"])).err)
        db.execute("ROLLBACK")
        db.close()


if __name__ == "__main__":
    main()
