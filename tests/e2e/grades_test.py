"""From the room to the report: checks on the handheld, the server, the office's table; and every mistake refused by its own rule."""
import csv
import io
import json
import os

from e2e import EXIT, Case, main, program, run

PACK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "form", "packs", "pest-density.json")

# (form, answers, what became of it)
CHECKS = (
    ("rodent.signs-indoor", {"unit_class": "01", "rooms_checked": 40, "rooms_positive": 1, "signs_droppings": 2}, None),
    ("rodent.signs-indoor", {"unit_class": "08", "rooms_checked": 60, "rooms_positive": 0}, None),
    ("rodent.signs-indoor", {"unit_class": "05", "rooms_checked": 99, "rooms_positive": 9, "signs_droppings": 9}, "withdrawn"),
    # miscounted: 2 of 20 became 2 of 50
    ("rodent.signs-indoor", {"unit_class": "01", "rooms_checked": 20, "rooms_positive": 2, "signs_live": 2}, {"rooms_checked": 50}),
    ("rodent.signs-outdoor", {"unit_class": "14", "path_m": 1270, "sign_places": 2, "signs_burrows": 2, "path_place": "green-road"}, None),
    ("rodent.proofing", {"unit_class": "01", "rooms_checked": 100, "rooms_failed": 4, "failed_door_gap": 3, "failed_hole": 1}, None),
    ("rodent.proofing", {"unit_class": "03", "rooms_checked": 50, "rooms_failed": 2, "failed_vent": 2}, None),
    ("mosquito.dipper", {"unit_class": "17", "waters_checked": 3, "dips_total": 100, "dips_positive": 3, "larvae_total": 9}, None),
    ("mosquito.landing", {"unit_class": "18", "person_times": 2, "minutes": 30, "landings": 1}, None),
    ("mosquito.path", {"unit_class": "09", "path_m": 2000, "waters_seen": 7, "waters_positive": 1, "path_place": "site"}, None),
    # all 30 rooms again after a first try of 10
    ("fly.indoor", {"unit_class": "02", "rooms_checked": 10, "rooms_positive": 1, "flies_total": 4},
     {"rooms_checked": 30, "rooms_positive": 2, "flies_total": 6}),
    ("fly.indoor", {"unit_class": "02", "rooms_checked": 5, "rooms_positive": 5, "flies_total": 500}, "withdrawn"),
)
# By hand from the list above and the limits of GB/T 27770..27773-2011: sum, value, level by the point value.
WANTED = {
    "rodent.indoor-sign-rate": (1 + 0 + 2, 40 + 60 + 50, "2.0000", "B"),      # 1 < 2 <= 3
    "rodent.outdoor-path-index": (2, 1270, "1.5748", "B"),                    # 1 < 1.57 <= 3
    "rodent.proofing": (96 + 48, 100 + 50, "96.0000", "B"),                   # 95 <= 96 < 97
    "rodent.proofing-key": (96, 100, "96.0000", None),                        # class 03 is no key unit; no limits of its own
    "mosquito.dipper-index": (3, 100, "3.0000", "B"),                         # on the limit
    "mosquito.larvae-per-positive-dip": (9, 3, "3.0000", "B"),                # A is less than 3
    "mosquito.landing-index": (1, 2, "0.5000", "A"),                          # on the limit
    "mosquito.small-water-path-index": (1, 2000, "0.5000", "B"),              # on the limit
    "fly.room-rate": (2, 30, "6.6667", "C"),                                  # 6 < 6.67 <= 9
    "fly.per-positive-room": (6, 2, "3.0000", "A"),                           # on the limit of all levels
}
GROUPS = {"rodent.proofing": "B", "rodent.indoor": "B", "rodent.outdoor": "B", "mosquito.small-water": "B", "mosquito.large-water": "B",
          "mosquito.adults": "A", "fly.indoor": "C", "fly.proofing": None, "fly.outdoor": None, "fly.ready-food": None,
          "fly.indoor-breeding": None, "cockroach.infestation": None, "cockroach.oothecae": None, "cockroach.traces": None}
TOPICS = {"rodent": "B", "mosquito": "B", "fly": None, "cockroach": None}
# class: units, rooms; three checks of eateries and schools stand
QUOTA = {"rodent-indoor.01": (2, 90), "rodent-indoor.08": (1, 60), "rodent-indoor.05": (0, 0), "rodent-outdoor.green-road": (1, 1270),
         "fly-indoor.02": (1, 30), "mosquito-landing": (2, 2), "mosquito-large-water": (3, 3), "mosquito-path.site": (1, 2000)}

INDOOR = {"unit_class": "01", "rooms_checked": 10, "rooms_positive": 0}
FLY = {"unit_class": "01", "rooms_checked": 9, "rooms_positive": 0, "flies_total": 0}
ROACH = {"unit_class": "01", "rooms_checked": 9, "rooms_infested": 0, "small_total": 0, "large_total": 0, "rooms_oothecae": 0,
         "oothecae_total": 0, "rooms_traces": 0}
BAIT = {"unit_class": "01", "path_m": 200, "stations_seen": 4}
NEEDED, ASKED = ("is not answered", "没有填写"), ("is not asked", "不必填写")
# Every mistake that the published program's source refuses: form, answers, the rule's id or our own words in both languages.
MISTAKES = (
    # positive <= checked: rooms, places, dips, waters by type
    ("rodent.signs-indoor", {**INDOOR, "rooms_positive": 11, "signs_droppings": 11}, "positive-checked"),
    ("fly.indoor", {**FLY, "rooms_positive": 10, "flies_total": 20}, "positive-checked"),
    ("fly.indoor", {**FLY, "food_places_checked": 1, "food_places_positive": 2}, "food"),
    ("fly.indoor", {**FLY, "breeding_checked": 1, "breeding_positive": 2}, "breeding"),
    ("fly.outdoor", {"unit_class": "01", "containers_checked": 5, "containers_positive": 6}, "containers"),
    ("fly.outdoor", {"unit_class": "01", "toilets_checked": 5, "toilets_positive": 6}, "toilets"),
    ("fly.outdoor", {"unit_class": "01", "stations_checked": 5, "stations_positive": 6}, "stations"),
    ("fly.outdoor", {"unit_class": "01", "scattered_checked": 5, "scattered_positive": 6}, "scattered"),
    ("cockroach.visual", {**ROACH, "rooms_infested": 10, "small_total": 10}, "infested-checked"),
    ("cockroach.visual", {**ROACH, "rooms_oothecae": 10, "oothecae_total": 10}, "ootheca-checked"),
    ("cockroach.visual", {**ROACH, "rooms_traces": 10}, "traces-checked"),
    ("mosquito.dipper", {"unit_class": "17", "dips_total": 9, "dips_positive": 10, "larvae_total": 10}, "positive-dips"),
    ("mosquito.path", {"unit_class": "09", "path_m": 100, "waters": [{"water_type": "tyre", "seen": 2, "positive": 3}], "waters_seen": 2,
                       "waters_positive": 3}, "row-positive"),
    # failed <= checked, and the places where add up to at least the failed
    ("rodent.proofing", {"unit_class": "01", "rooms_checked": 5, "rooms_failed": 6, "failed_hole": 6}, "failed-checked"),
    ("rodent.proofing", {"unit_class": "01", "rooms_checked": 5, "rooms_failed": 2, "failed_hole": 1}, "failed-places"),
    ("fly.indoor", {**FLY, "places_checked": 3, "places_failed": 4, "failed_window": 4}, "failed-checked"),
    ("fly.indoor", {**FLY, "places_checked": 3, "places_failed": 2, "failed_window": 1}, "failed-places"),
    # kinds of signs add up; none where nothing is positive
    ("rodent.signs-indoor", {**INDOOR, "rooms_positive": 2, "signs_droppings": 1}, "signs-positive"),
    ("rodent.signs-outdoor", {"unit_class": "01", "path_m": 100, "sign_places": 2, "signs_burrows": 1}, "signs-sum"),
    ("rodent.signs-indoor", {**INDOOR, "signs_droppings": 1}, ASKED),
    ("cockroach.visual", {**ROACH, "traces_dead": 1}, ASKED),
    # something must be there where something is positive, and the other way round
    ("fly.indoor", {**FLY, "rooms_positive": 1}, "flies-rooms"),
    ("fly.indoor", {**FLY, "flies_total": 1}, "flies-none"),
    ("mosquito.dipper", {"unit_class": "17", "dips_total": 9, "dips_positive": 3, "larvae_total": 2}, "larvae-positive"),
    ("mosquito.dipper", {"unit_class": "17", "dips_total": 9, "dips_positive": 0, "larvae_total": 2}, "larvae-none"),
    ("cockroach.visual", {**ROACH, "rooms_oothecae": 2, "oothecae_total": 1}, "oothecae-rooms"),
    ("cockroach.visual", {**ROACH, "rooms_infested": 2, "small_total": 1}, "roaches-infested"),
    ("cockroach.visual", {**ROACH, "small_total": 1}, "roaches-none"),
    # counts without effort, and no effort at all
    ("mosquito.path", {"unit_class": "09", "waters_seen": 2, "waters_positive": 1}, NEEDED),
    ("mosquito.path", {"unit_class": "09", "path_m": 0, "waters_seen": 2, "waters_positive": 1}, ("from 1", "1")),
    ("mosquito.path", {"unit_class": "09", "path_m": 9, "waters_seen": 0, "waters_positive": 0, "lamps_seen": 1, "lamps_misplaced": 2}, "lamps"),
    ("mosquito.landing", {"unit_class": "18", "landings": 3, "minutes": 30}, NEEDED),
    ("mosquito.landing", {"unit_class": "18", "landings": 3, "minutes": 30, "person_times": 0}, ("from 1", "1")),
    ("rodent.bait-stations", {"unit_class": "01", "stations_seen": 4}, "path"),
    ("rodent.bait-stations", {"unit_class": "01", "stations_seen": 0}, "effort"),
    ("fly.outdoor", {"unit_class": "01", "containers_checked": 0}, "effort"),
    ("rodent.signs-indoor", {"unit_class": "01", "rooms_positive": 0}, NEEDED),
    ("rodent.signs-indoor", {"unit_class": "01", "rooms_checked": 0, "rooms_positive": 0}, ("from 1", "1")),
    # parts of the bait stations
    ("rodent.bait-stations", {**BAIT, "stations_empty": 5}, "sub-empty"),
    ("rodent.bait-stations", {**BAIT, "stations_spoiled": 5}, "sub-spoiled"),
    ("rodent.bait-stations", {**BAIT, "stations_misplaced": 5}, "sub-misplaced"),
    ("rodent.bait-stations", {**BAIT, "stations_unmarked": 5}, "sub-unmarked"),
    # class 17 takes mosquito data only
    ("rodent.signs-indoor", {**INDOOR, "unit_class": "17"}, "class17"),
    ("fly.indoor", {**FLY, "unit_class": "17"}, "class17"),
    ("cockroach.visual", {**ROACH, "unit_class": "17"}, "class17"),
)


class Grades(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07")

    def office(self, *args):
        return run([program("jx-office"), "--home", self.path("office"), *args])

    def answers(self, answers):
        path = self.path("answers.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(answers, file)
        return path

    def check(self, form, answers, *more, want=0, env=None):
        return self.h07.json("check", form, "--answers", self.answers(answers), "--no-gps", *more, want=want, env=env)

    def test_from_room_to_report(self):
        """What the office's table says of the day is what the arithmetic above says, corrections and withdrawals applied."""
        for form, answers, fate in CHECKS:
            number = self.check(form, answers).object["number"]
            if fate == "withdrawn":
                self.h07.jx("withdraw", number, "--reason", "wrong house")
            elif fate is not None:
                self.check(form, {**answers, **fate}, "--corrects", number, "--reason", "miscounted")
        self.h07.sync()
        self.office("--json", "enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.office("pull")
        told = self.office("--json", "grade", "--population", "80000").objects
        by = {kind: {o.get("id"): o for o in told if o["type"] == kind} for kind in ("checks", "index", "group", "topic", "quota")}
        self.assertEqual((by["checks"][None]["checks"], by["checks"][None]["left_out"]), (len(CHECKS) - 2, 0))
        level = {"not-assessed": None}
        for index, wanted in WANTED.items():
            o = by["index"][index]
            self.assertEqual((o["numerator"], o["denominator"], o["value"], o.get("level")), wanted, index)
        self.assertEqual([i for i, o in by["index"].items() if o["denominator"] > 0 and i not in WANTED], [])
        self.assertEqual({g: level.get(o["level"], o["level"]) for g, o in by["group"].items()}, GROUPS)
        self.assertEqual({t: level.get(o["level"], o["level"]) for t, o in by["topic"].items()}, TOPICS)
        self.assertEqual({q: (by["quota"][q]["units_done"], by["quota"][q]["effort_done"]) for q in QUOTA}, QUOTA)
        self.table()

    def table(self):
        """The table that is pasted into the report has the same figures."""
        rows = list(csv.reader(io.StringIO(self.office("grade", "--csv").out.lstrip("\ufeff"))))
        cells = {cell: row for row in rows for cell in row}
        for name, figures in (("室内鼠迹阳性率", ("3", "150", "2.00", "B")), ("采样勺指数", ("3", "100", "3.00", "B"))):
            row = next((row for cell, row in cells.items() if name in cell), None)
            self.assertIsNotNone(row, name)
            for figure in figures:
                self.assertIn(figure, row, name)
        self.assertIn("2.00", self.office("grade").out)

    def test_every_mistake_has_its_rule(self):
        """Exit 65 with the rule's own words in both languages; nothing is recorded."""
        with open(PACK, encoding="utf-8") as file:
            forms = {form["id"]: form for form in json.load(file)["forms"]}
        before = self.h07.state()["database"]
        for form, answers, rule in MISTAKES:
            say = rule
            if isinstance(rule, str):
                check = next(check for check in forms[form]["checks"] if check["id"] == rule)
                say = (check["say"]["en"], check["say"]["zh"])
            for lang, words in zip(("en", "zh"), say):
                with self.subTest(form=form, rule=rule, lang=lang):
                    refused = self.check(form, answers, want=EXIT["einval"], env={"JX_LANG": lang}).object
                    self.assertIn(words, refused["text"])
                    self.assertNotEqual(refused["where"], "")
        self.assertEqual(self.h07.state()["database"], before)
        # what is right beside them is taken, class 17 for mosquitoes too
        for form, answers in (("rodent.signs-indoor", INDOOR), ("fly.indoor", FLY), ("cockroach.visual", ROACH), ("rodent.bait-stations", BAIT)):
            self.check(form, answers)
        self.check("mosquito.dipper", {"unit_class": "17", "dips_total": 9, "dips_positive": 3, "larvae_total": 3})
        self.assertEqual(len([row for row in self.h07.list() if row["kind"] == "observation"]), 5)


if __name__ == "__main__":
    main()
