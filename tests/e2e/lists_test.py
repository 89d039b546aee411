"""What is shown of entries: what cannot wait comes first, a campaign's variant, measures, sample sizes, answers left out."""
import csv
import json
import os

from e2e import EXIT, Case, main, program, run

PLAGUE = ("--set", "kinds=dead-sick-rodents", "--set", "place_name==HYPERLINK(1)", "--set", "dead=2", "--set", "sick=0",
          "--set", "told_cdc=yes", "--set", "untouched=yes", "--no-gps")
INDOOR = ("--set", "rooms_checked=10", "--set", "rooms_positive=0", "--no-gps")


class Lists(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.h07 = self.device(self.server, "H07")
        self.home = self.path("office")

    def office(self, *args, want=0):
        return run([program("jx-office"), "--home", self.home, *args], want)

    def pull(self, *args):
        if not os.path.exists(self.home):
            self.office("--json", "enrol", self.server.url, self.server.code("B01", role="dispatcher"))
        return self.office(*args, "pull")

    def table(self, name):
        with open(os.path.join(self.office("--json", "status").object["export_dir"], name), encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


class AtOnce(Lists):
    def test_first_everywhere(self):
        """A dead rat is the first line of the device's list, of its status until it is sent, and of what the office pulls."""
        self.h07.log("01.01", "--no-gps")
        told = self.h07.json("check", "plague.report", *PLAGUE).object
        self.assertEqual((told["at_once"], told["number"]), (True, "H07-4"))
        self.h07.log("06.01", "--no-gps")
        self.assertEqual([row["number"] for row in self.h07.json("list").objects], ["H07-4", "H07-3", "H07-5"])
        self.assertEqual([row.get("at_once") for row in self.h07.json("list").objects], [True, None, None])
        self.assertEqual([row["number"] for row in self.h07.json("list", "--limit", "1").objects], ["H07-5"])
        self.assertEqual([row["number"] for row in self.h07.json("list", "--limit", "2").objects], ["H07-4", "H07-5"])
        lines = self.h07.jx("list").out.splitlines()
        self.assertIn("! at once: ", lines[1])
        self.assertEqual(sum("at once" in line for line in lines), 1)
        self.assertIn("this cannot wait", self.h07.jx("check", "plague.report", *PLAGUE).out)
        self.assertEqual(self.h07.status()["at_once_waiting"], 2)
        self.assertIn("2 entries that cannot wait", self.h07.jx("status").out)
        self.assertIn("H07-4", self.h07.jx("status").out)
        self.h07.jx("withdraw", "H07-6", "--reason", "twice")
        self.assertEqual(self.h07.status()["at_once_waiting"], 1)
        # what was withdrawn is one line among others
        self.assertEqual([row["number"] for row in self.h07.json("list").objects][0], "H07-4")
        self.assertEqual(sum("at once" in line for line in self.h07.jx("list").out.splitlines()), 1)
        self.h07.sync()
        self.assertEqual(self.h07.status()["at_once_waiting"], 0)
        self.assertNotIn("AT ONCE", self.h07.jx("status").out)
        self.office_sees_it()

    def office_sees_it(self):
        lines = self.pull().out.splitlines()
        self.assertIn("! at once: H07-4", lines[0])
        self.assertEqual(sum("at once" in line for line in lines), 1)
        # the next pull brings nothing new, and says so
        self.assertEqual(self.pull("--json").object["at_once"], 0)
        self.h07.json("check", "plague.report", *PLAGUE)
        self.h07.sync()
        told = self.pull("--json").object
        self.assertEqual((told["at_once"], [e["number"] for e in told["at_once_entries"]]), (1, ["H07-8"]))
        self.assertEqual(told["at_once_entries"][0]["form"], "plague.report")
        rows = {row["number"]: row for row in self.table("observations.csv")}
        self.assertEqual([n for n, row in rows.items() if row["at_once"] == "yes"], ["H07-4", "H07-6", "H07-8"])
        self.assertEqual([row["立即上报"] for row in self.table("记录.csv") if row["编号"] == "H07-4"], ["是"])
        self.h07.json("check", "rodent.signs-indoor", "--set", "unit_class=01", *INDOOR)
        self.h07.sync()
        self.pull()
        forms = self.office("--json", "checks").objects
        self.assertEqual([(f["form"], f.get("at_once")) for f in forms], [("plague.report", True), ("rodent.signs-indoor", None)])
        self.assertIn("at once", self.office("checks").out.splitlines()[0])


class Variants(Lists):
    def test_five_of_ten(self):
        """A campaign that counts five: which they are, what it calls them, how many there were, and the office's column."""
        codes = {c["code"]: c["name_en"] for c in self.h07.json("codes", "--variant", "five").objects}
        self.assertEqual(sorted(c for c in codes if "." not in c), ["01", "04", "05", "06", "07"])
        self.assertEqual(codes["06"], "piling up and spreading out")
        self.assertNotIn("08.01", codes)
        for code, more in (("06.02", ("--self-handled",)), ("06.01", ()), ("08.01", ()), ("01.01", ()), ("07.01", ("--nothing-found",))):
            self.h07.log(code, "--campaign", "五乱整治", "--no-gps", *more)
        self.h07.jx("withdraw", "H07-6", "--reason", "not there")
        self.h07.jx("correct", "H07-4", "06.03", "--reason", "a hawker", "--campaign", "五乱整治", "--no-gps")
        self.h07.log("08.01", "--no-gps")
        for name in ("five", "五乱", "五乱整治"):
            *rows, sums = self.h07.json("list", "--variant", name).objects
            self.assertEqual(sums["variant"], "five")
            found = {d["code"]: (d["found"], d["self_handled"], d["nothing_found"]) for d in sums["disorders"]}
            self.assertEqual(found, {"04": (0, 0, 0), "06": (2, 1, 0), "05": (0, 0, 0), "01": (0, 0, 0), "07": (0, 0, 1)})
            self.assertEqual(sums["found"], 2)
            self.assertNotIn("08.01", [row.get("code") for row in rows])
        counted = {row["number"]: (row.get("variant"), row.get("counted")) for row in self.h07.json("list").objects if row["kind"] == "observation"}
        self.assertEqual(counted["H07-3"], ("five", True))
        self.assertEqual(counted["H07-5"], ("five", False))  # spitting is none of the five
        self.assertEqual(counted["H07-10"], (None, None))
        text = self.h07.jx("list", "--variant", "five").out
        self.assertIn("the five disorders: 2 found", text)
        self.assertIn("found 2, self-handled 1", text)
        refused = self.h07.json("list", "--variant", "six", want=EXIT["enotfound"]).object
        self.assertIn("five", refused["text"])
        self.h07.sync()
        self.pull()
        rows = {row["number"]: (row["variant"], row["counted_as_zh"], row["counted_as_en"]) for row in self.table("observations.csv")}
        self.assertEqual(rows["H07-3"], ("five", "乱堆乱摆", "piling up and spreading out"))
        self.assertEqual(rows["H07-5"], ("five", "", ""))
        self.assertEqual(rows["H07-10"][0], "")
        self.assertEqual(rows["H07-10"][2], "spitting and littering")
        self.assertEqual([row["统计口径"] for row in self.table("记录.csv") if row["编号"] == "H07-3"], ["五乱"])


class Columns(Lists):
    def test_measures(self):
        """What was done, the days given, kind of party and self-handled, for machines and for Chinese readers; no cell is a formula."""
        self.h07.log("06.02", "--measure", "persuaded,notice", "--limit-days", "3", "--party-kind", "shop", "--party", "=1+1", "--no-gps")
        self.h07.log("05.01", "--measure", "evidence", "--party-kind", "vehicle", "--self-handled", "--no-gps")
        self.h07.json("log", "06.02", "--measure", "notice", "--no-gps", want=EXIT["einval"])
        self.h07.json("check", "plague.report", *PLAGUE)
        self.h07.sync()
        self.pull()
        rows = {row["number"]: row for row in self.table("observations.csv")}
        notice, car = rows["H07-3"], rows["H07-4"]
        names = ("measures", "measures_zh", "measures_en", "limit_days", "party_kind", "party_kind_zh", "party_kind_en", "party", "self_handled")
        self.assertEqual([notice[name] for name in names[:1] + names[3:5]], ["persuaded,notice", "3", "shop"])
        self.assertEqual(notice["party"], "'=1+1")
        self.assertEqual(notice["measures_zh"].split("; ")[1], "限期通知")
        self.assertEqual(notice["measures_en"].split("; ")[1], "notice with a time limit")
        self.assertEqual((notice["party_kind_zh"], notice["party_kind_en"]), ("门店、单位", "shop or unit"))
        self.assertEqual((car["measures"], car["limit_days"], car["party_kind_en"], car["self_handled"]), ("evidence", "", "vehicle", "yes"))
        chinese = {row["编号"]: row for row in self.table("记录.csv")}
        self.assertEqual((chinese["H07-3"]["整改期限(天)"], chinese["H07-3"]["当事方类别"], chinese["H07-4"]["现场处理"]), ("3", "门店、单位", "是"))
        self.assertEqual(chinese["H07-3"]["处置措施"], notice["measures_zh"])
        path = os.path.join(self.office("--json", "status").object["export_dir"], "observations.geojson")
        with open(path, encoding="utf-8") as file:
            properties = {f["properties"]["number"]: f["properties"] for f in json.load(file)["features"]}
        self.assertEqual((properties["H07-3"]["limit_days"], properties["H07-3"]["party"]), (3, "=1+1"))
        self.assertIsNone(properties["H07-4"]["limit_days"])
        for row in list(rows.values()) + list(chinese.values()):
            for name, cell in row.items():
                self.assertFalse(cell.startswith(("=", "+", "@", "\t", "\r")), (name, cell))
        self.assertIn("'=HYPERLINK", self.office("checks", "plague.report").out)


class Checks(Lists):
    def test_hidden_answers_are_told(self):
        """An answer that another one leaves no room for is not recorded, and the person is told which."""
        path = self.path("answers.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("unit_class=01\nrooms_checked=10\nrooms_positive=2\nsigns_droppings=3\nrooms_positive=0\n")
        tried = self.h07.json("check", "rodent.signs-indoor", "--answers", path, "--dry-run")
        self.assertEqual(tried.object["left_out"], [{"path": "signs_droppings", "value": "3"}])
        self.assertEqual(tried.object["answers"], {"unit_class": "01", "rooms_checked": 10, "rooms_positive": 0})
        saved = self.h07.json("check", "rodent.signs-indoor", "--answers", path, "--no-gps")
        self.assertIn("droppings (signs_droppings): \"3\" is left out", saved.err)
        self.assertEqual(self.h07.json("show", saved.object["number"]).object["entry"]["answers"], tried.object["answers"])
        told = self.h07.jx("check", "rodent.signs-indoor", "--answers", path, "--no-gps", env={"JX_LANG": "zh"})
        self.assertIn("鼠粪", told.err)
        # nothing is said where nothing is left out, and a file of an entry's answers is read strictly
        self.assertEqual(self.h07.json("check", "rodent.signs-indoor", "--set", "unit_class=01", *INDOOR).err, "")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"unit_class": "01", "rooms_checked": 10, "rooms_positive": 0, "signs_droppings": 3}, file)
        refused = self.h07.json("check", "rodent.signs-indoor", "--answers", path, want=EXIT["einval"]).object
        self.assertEqual(refused["where"], "signs_droppings")

    def test_sample_sizes(self):
        """Progress for a city of that size; offices and enterprises are one row."""
        for unit_class in ("03", "11", "12", "01"):
            self.h07.json("check", "rodent.signs-indoor", "--set", f"unit_class={unit_class}", *INDOOR)
        told = next(o for o in self.h07.json("grade", "--population", "80000").objects if o["pack"] == "pest-density")
        rows = {q["quota"]: q for q in told["quotas"]}
        self.assertEqual(told["population"], 80000)
        # domain table for 100,000 people and less: offices 5 units, 50 rooms; eateries 10 and 100
        self.assertEqual([rows["rodent-indoor.03"][k] for k in ("units", "units_done", "effort", "effort_done", "reached")], [5, 3, 50, 30, False])
        self.assertEqual([rows["rodent-indoor.01"][k] for k in ("units", "units_done", "effort", "effort_done")], [10, 1, 100, 10])
        for _ in range(2):
            self.h07.json("check", "rodent.signs-indoor", "--set", "unit_class=03", *INDOOR)
        told = next(o for o in self.h07.json("grade", "--population", "100000").objects if o["pack"] == "pest-density")
        self.assertTrue(next(q for q in told["quotas"] if q["quota"] == "rodent-indoor.03")["reached"])
        told = next(o for o in self.h07.json("grade", "--population", "100001").objects if o["pack"] == "pest-density")
        self.assertEqual(next(q for q in told["quotas"] if q["quota"] == "rodent-indoor.03")["effort"], 100)
        text = self.h07.jx("grade", "--population", "100000").out
        self.assertIn("units 5 of 5", text)
        self.assertIn("reached", text)
        self.assertNotIn("quotas", self.h07.json("grade").objects[0])
        for wrong in ("0", "-1", "many", "1.5", ""):
            self.assertIn("population", self.h07.json("grade", "--population", wrong, want=EXIT["einval"]).object["text"])
        # the office says the same of the same checks
        self.h07.sync()
        self.pull()
        there = {o["id"]: o for o in self.office("--json", "grade", "--population", "80000").objects if o["type"] == "quota"}
        self.assertEqual(set(there), set(rows))
        self.assertEqual((there["rodent-indoor.03"]["units_done"], there["rodent-indoor.03"]["effort_done"]), (5, 50))
        # rows that several tables have are told apart
        lines = [line for line in self.office("grade", "--population", "80000").out.splitlines() if "eatery" in line]
        self.assertEqual((len(lines), len({line.split("|")[1] for line in lines})), (3, 3))


if __name__ == "__main__":
    main()
