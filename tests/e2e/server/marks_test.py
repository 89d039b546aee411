"""The server checks answers again: the rule's own words, the same for the same answers whatever came before or after them."""
import random
import unittest

from harness import Connection
from program_test import Folder

SIGNS = ("rodent.signs-indoor", {"unit_class": "01", "rooms_checked": 10, "rooms_positive": 0})
FLIES = ("fly.indoor", {"unit_class": "01", "rooms_checked": 5, "rooms_positive": 0, "flies_total": 0})


def but(check, **changes):
    form, answers = check
    changed = {name: value for name, value in {**answers, **changes}.items() if value is not None}
    return form, changed


# (form and answers, what the mark says; None: nothing is marked)
CASES = (
    (SIGNS, None),
    (but(SIGNS, rooms_positive=2, signs_droppings=3), None),
    (FLIES, None),
    (("mosquito.landing", {"unit_class": "17", "person_times": 2, "minutes": 30, "landings": 1}), None),
    (but(SIGNS, rooms_positive=11, signs_droppings=11), "rooms with signs cannot be more than rooms checked"),
    (but(SIGNS, rooms_positive=3, signs_droppings=2), "the kinds of signs must add up to at least"),
    (but(SIGNS, unit_class="17"), "class 17"),
    (but(SIGNS, rooms_checked=0), "rooms checked must be from 1"),
    (but(SIGNS, rooms_checked=None), "rooms checked: is not answered"),
    (but(SIGNS, signs_droppings=3), "droppings is not asked"),
    (but(SIGNS, rooms=[{"has_signs": "yes"}]), "its rows give 1"),
    (but(SIGNS, smell="bad"), "smell"),
    (but(FLIES, rooms_positive=2, flies_total=1), "cannot be fewer than rooms with flies"),
    (but(FLIES, flies_total=1), "a room must be positive"),
    (("mosquito.landing", {"unit_class": "17", "person_times": 0, "minutes": 30, "landings": 1}), "person-times must be from 1"),
    (("smell.walk", {"smells": "yes"}), "unknown-form"),
)


class Marks(Folder):
    def send(self, server, short, order, batch):
        """The cases in that order; {case: its marks}."""
        device = self.enrolled(server, short)
        with Connection(server.port) as connection:
            for first in range(0, len(order), batch):
                device.sync(connection, [device.make_entry(form=CASES[i][0][0], answers=CASES[i][0][1], pack="pest-density")
                                         for i in order[first:first + batch]])
        items = [item for item in self.json("review")["items"] if item["short"] == short]
        marked = {item["n"]: item["marks"] for item in items}
        return {case: marked.get(n, []) for n, case in enumerate(order, 1)}

    def test_same_marks_in_any_order(self):
        self.init()
        server = self.serve()
        cases = list(range(len(CASES)))
        told = [self.send(server, "H01", cases, len(cases))]
        for k in range(2, 5):
            mixed = list(cases)
            random.Random(k).shuffle(mixed)
            told.append(self.send(server, f"H0{k}", mixed, (1, 3, 7)[k - 2]))
        for case, (check, wanted) in enumerate(CASES):
            with self.subTest(check=check):
                if wanted is None:
                    self.assertEqual(told[0][case], [])
                else:
                    self.assertEqual(len(told[0][case]), 1)
                    self.assertIn(wanted, told[0][case][0])
                for other in told[1:]:
                    self.assertEqual(other[case], told[0][case])
        # marked, and kept all the same
        self.assertEqual(self.json("counts")["observations"], 4 * len(CASES))


if __name__ == "__main__":
    unittest.main(verbosity=2)
