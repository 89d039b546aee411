"""The same checks give the same grades in any order: on three handhelds, and at the office that pulled them all."""
import random

from e2e import Case, clock_env, main, program, run, seeded

DAY_S = 86400
# Checks a device; under the sanitizers each command takes a tenth of a second.
CHECKS = 24
CLASSES = ("01", "03", "08", "11", "12", "13")
POPULATION = "80000"


def rooms_with(rng, most=30):
    checked = rng.randrange(1, most)
    return checked, rng.randrange(0, min(checked, 4) + 1) if rng.random() < 0.4 else 0


def signs_indoor(rng):
    checked, positive = rooms_with(rng)
    return {"rooms_checked": checked, "rooms_positive": positive, **({"signs_droppings": positive + rng.randrange(3)} if positive else {})}


def signs_outdoor(rng):
    places = rng.randrange(0, 4)
    return {"path_m": rng.randrange(50, 900), "sign_places": places, "path_place": rng.choice(("yard", "green-road")),
            **({"signs_burrows": places} if places else {})}


def proofing(rng):
    checked, failed = rooms_with(rng)
    return {"rooms_checked": checked, "rooms_failed": failed, **({"failed_door_gap": failed} if failed else {})}


def path(rng):
    return {"path_m": rng.randrange(100, 2000), "waters_seen": (seen := rng.randrange(0, 9)), "waters_positive": rng.randrange(0, min(2, seen) + 1),
            "path_place": rng.choice(("yard", "site"))}


def dipper(rng):
    dips, positive = rooms_with(rng, 120)
    return {"waters_checked": rng.randrange(1, 4), "dips_total": dips, "dips_positive": positive, "larvae_total": positive * rng.randrange(1, 9)}


def landing(rng):
    return {"person_times": rng.randrange(1, 6), "minutes": 30, "landings": rng.randrange(0, 7)}


def fly_indoor(rng):
    checked, positive = rooms_with(rng)
    return {"rooms_checked": checked, "rooms_positive": positive, "flies_total": positive * rng.randrange(1, 5), "places_checked": 8,
            "places_failed": (failed := rng.randrange(0, 2)), **({"failed_window": failed} if failed else {})}


def cockroach(rng):
    checked, positive = rooms_with(rng)
    return {"rooms_checked": checked, "rooms_infested": positive, "small_total": positive * rng.randrange(1, 6), "large_total": 0,
            "rooms_oothecae": 0, "oothecae_total": 0, "rooms_traces": rng.randrange(0, 2)}


FORMS = (("rodent.signs-indoor", signs_indoor), ("rodent.signs-outdoor", signs_outdoor), ("rodent.proofing", proofing), ("mosquito.path", path),
         ("mosquito.dipper", dipper), ("mosquito.landing", landing), ("fly.indoor", fly_indoor), ("cockroach.visual", cockroach))


class Plan:
    """One check: what it says in the end, whether it was wrong at first, and whether it was taken back."""

    def __init__(self, rng):
        self.form, make = rng.choice(FORMS)
        self.answers = {"unit_class": rng.choice(CLASSES), **make(rng)}
        self.wrong = {"unit_class": rng.choice(CLASSES), **make(rng)} if rng.random() < 0.3 else None
        self.is_withdrawn = rng.random() < 0.2
        self.is_late = rng.random() < 0.5  # corrected or withdrawn on the day after


class Order(Case):
    def office(self, *args):
        return run([program("jx-office"), "--home", self.path("office"), "--json", *args])

    def save(self, device, plan, answers, *more, env=None):
        args = [arg for name, value in answers.items() for arg in ("--set", f"{name}={value}")]
        return device.json("check", plan.form, *args, "--no-gps", *more, env=env).object["number"]

    def mend(self, device, plan, number, env=None):
        if plan.wrong is not None:
            number = self.save(device, plan, plan.answers, "--corrects", number, "--reason", "miscounted", env=env)
        if plan.is_withdrawn:
            device.jx("withdraw", number, "--reason", "twice", env=env)

    def record(self, short, plans):
        """All plans in an order of the device's own; what is put right the day after comes last, in another order."""
        device = self.device_of(short)
        mixed, late = list(plans), []
        random.Random(f"{short}/1").shuffle(mixed)
        for plan in mixed:
            number = self.save(device, plan, plan.answers if plan.wrong is None else plan.wrong)
            if plan.is_late:
                late.append((plan, number))
            else:
                self.mend(device, plan, number)
        random.Random(f"{short}/2").shuffle(late)
        device.jx("shift", "end")
        for plan, number in late:
            self.mend(device, plan, number, clock_env(offset_s=DAY_S))
        return device

    def device_of(self, short):
        from e2e import Device  # the case's own device() gives all one area
        device = Device(self.dir, short)
        code = self.server.admin("code", "--short", short, "--role", "field", "--trusted", "--area", f"330110-{short.lower()}").object["code"]
        device.enrol(self.server.url, code)
        return device.begin()

    def questions(self, today):
        yield ()
        yield ("--class", "03")
        yield ("--since", today, "--until", today)
        yield ("--since", self.day_after, "--until", self.day_after)

    def grades_of(self, device, *more):
        told = next(o for o in device.json("grade", "--population", POPULATION, *more).objects if o["pack"] == "pest-density")
        self.assertEqual(told["left_out"], 0)
        return told

    def office_of(self, device, *more):
        """The office's answer in the words of the device's."""
        area = ("--area", f"330110-{device.short.lower()}") if device is not None else ()
        told = self.office("grade", "--population", POPULATION, *area, *more).objects
        by = {kind: [o for o in told if o["type"] == kind] for kind in ("checks", "index", "group", "topic", "verdict", "quota", "left-out")}
        self.assertEqual(by["left-out"], [])
        level = {"not-assessed": None}
        return {
            "checks": by["checks"][0]["checks"],
            "sums": {o["id"]: (o["numerator"], o["denominator"]) for o in by["index"] if o["denominator"] > 0},
            "grades": {o["id"]: (level.get(o["level"], o["level"]), o.get("decided"), o.get("more")) for o in by["index"] if "level" in o},
            "groups": {o["id"]: level.get(o["level"], o["level"]) for o in by["group"]},
            "topics": {o["id"]: level.get(o["level"], o["level"]) for o in by["topic"]},
            "verdicts": {o["id"]: {"yes": True, "no": False, "not-assessed": None}[o["met"]] for o in by["verdict"]},
            "quotas": {o["id"]: (o["units_done"], o["effort_done"]) for o in by["quota"]},
        }

    @staticmethod
    def same_words(told):
        """The device's answer in the same words."""
        sums = {g["index"]: (g["numerator"], g["denominator"]) for g in told["grades"] + told["sums"] if g["denominator"] > 0}
        return {
            "checks": told["checks"],
            "sums": sums,
            # decided and more go with an interval only
            "grades": {g["index"]: (g["level"], g["decided"] if "low" in g else None, g["more"] if "low" in g else None) for g in told["grades"]},
            "groups": {g["group"]: g["level"] for g in told["groups"]},
            "topics": {t["topic"]: t["level"] for t in told["topics"]},
            "verdicts": {v["verdict"]: v["met"] for v in told["verdicts"]},
            "quotas": {q["quota"]: (q["units_done"], q["effort_done"]) for q in told["quotas"]},
        }

    def test_any_order(self):
        rng = seeded("order")
        self.server = self.start_server()
        plans = [Plan(rng) for _ in range(CHECKS)]
        # these two are in every run: put right on the day after, and taken back on it
        plans[0].wrong, plans[0].is_late, plans[0].is_withdrawn = dict(plans[0].answers), True, False
        plans[1].wrong, plans[1].is_late, plans[1].is_withdrawn = None, True, True
        devices = [self.record(short, plans) for short in ("H01", "H02", "H03")]
        today = devices[0].json("list", "--all-days").objects[0]["day"]
        days = {row["day"] for row in devices[0].json("list", "--all-days").objects}
        self.day_after = max(days)
        self.assertEqual(len(days), 2)
        for device in devices:
            device.sync("--no-photos")
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        self.office("pull")
        standing = [plan for plan in plans if not plan.is_withdrawn]
        for more in self.questions(today):
            with self.subTest(more):
                told = [self.grades_of(device, *more) for device in devices]
                self.assertEqual(told[0], told[1])
                self.assertEqual(told[0], told[2])
                for device in devices:
                    self.assertEqual(self.office_of(device, *more), self.same_words(told[0]))
        self.assertEqual(self.office_of(None)["checks"], 3 * len(standing))
        # and it is what was meant: summed here by hand
        told = self.same_words(self.grades_of(devices[0]))
        rooms = [p.answers for p in standing if p.form == "rodent.signs-indoor"]
        wanted = (sum(a["rooms_positive"] for a in rooms), sum(a["rooms_checked"] for a in rooms))
        self.assertEqual(told["sums"].get("rodent.indoor-sign-rate", (0, 0)), wanted)
        self.assertEqual(told["checks"], len(standing))
        # the server found nothing in any of them
        marks = {mark for item in self.server.review() for mark in item["marks"] if not mark.startswith("clock-")}
        self.assertEqual(marks, set())


if __name__ == "__main__":
    main()
