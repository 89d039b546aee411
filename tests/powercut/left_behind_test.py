"""What power cuts left behind, and what was wrong with it once: found by powercut.py, held here."""
import os
import sqlite3

from e2e import EXIT, Case, Server, main


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


if __name__ == "__main__":
    main()
