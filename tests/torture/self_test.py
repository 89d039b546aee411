"""The torture sees what it is there to see: a program with one fault each, and one with none."""
import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "support"))

import victim  # noqa: E402
from e2e import main, program  # noqa: E402
from victim import ALWAYS, FILE, MEMORY, Hang, Victim  # noqa: E402

FAULTS = {"leak": "1 blocks", "open": "1 descriptors left open", "crash": "ended by SIGSEGV", "twice": "says so in 2 lines",
          "early": "left without coming to its end"}


class Faults(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="jx-torture-")
        self.addCleanup(shutil.rmtree, self.dir, True)

    def victim(self, mode):
        made = Victim([program("torture_bad"), mode], self.dir)
        self.addCleanup(made.stop)
        return made

    def every_call(self, mode):
        """What was found, failing each call in turn."""
        bad = self.victim(mode)
        total = bad.run(0, MEMORY | FILE)
        self.assertEqual((total.status, total.faults()), (0, []))
        self.assertGreater(total.calls, 0)
        return [fault for at in range(1, total.calls + 1) for fault in bad.run(at, MEMORY | FILE).faults()]

    def test_each_fault_is_seen(self):
        for mode, words in FAULTS.items():
            with self.subTest(mode):
                found = self.every_call(mode)
                self.assertTrue(any(words in fault for fault in found), found)

    def test_a_traced_leak_names_who_lost_it(self):
        bad = self.victim("leak")
        self.assertTrue(any("torture_bad+" in bad.run(at, MEMORY, is_traced=True).leak for at in (1, 2, 3)))

    def test_a_good_program_has_none(self):
        self.assertEqual(self.every_call("good"), [])

    def test_a_hang_is_seen(self):
        bad = self.victim("hang")
        patience, victim.PATIENCE_S = victim.PATIENCE_S, 2
        try:
            with self.assertRaises(Hang):
                bad.run(1, MEMORY)
        finally:
            victim.PATIENCE_S = patience

    def test_once_and_for_good(self):
        good = self.victim("good")
        once = good.run(1, MEMORY)
        sticky = good.run(1, MEMORY, ALWAYS)
        self.assertEqual(once.failed, 1)
        self.assertGreater(sticky.failed, 1)
        self.assertEqual(good.run(10000, MEMORY).failed, 0)

    def test_the_same_point_twice_is_the_same(self):
        good = self.victim("good")
        self.assertEqual(len({(good.run(2, MEMORY).calls, good.run(2, MEMORY).caller) for _ in range(3)}), 1)


if __name__ == "__main__":
    main()
