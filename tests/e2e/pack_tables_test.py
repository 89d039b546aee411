"""A pack as tables and back: round trips, spreadsheets as people leave them, and every kind of mistake told by its row and column."""
import csv
import datetime
import io
import json
import os
import re
import shutil

import openpyxl

from e2e import EXIT, Case, main, program, run

PACKS = ("ten-disorders@1", "ten-disorders", "pest-density", "sanitation-rounds")
FIGURES = re.compile(r"(units|effort)_\d+|at_[ABC]|hours|days")
SOURCES = {"ten-disorders@1": "ten-disorders-1.json"}
HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "..", "..", "src", "form", "packs")


def key(heading):
    return heading.split(" ")[-1]


def meant(cell):
    """What our CSV means by a cell: without the ' that keeps a spreadsheet from reading it as something else."""
    return cell[1:] if cell.startswith("'") else cell


class Tables(Case):
    def office(self, *args, want=0, lang="en"):
        return run([program("jx-office"), "--home", self.path("home"), *args], want, {"JX_LANG": lang})

    def tables(self, pack="ten-disorders", name="tables"):
        self.office("pack", "tables", pack, self.path(name))
        return self.path(name)

    def build(self, folder="tables", want=0, lang="en"):
        return self.office("--json", "pack", "build", self.path(folder), "-o", self.path("pack.json"), want=want, lang=lang)

    def built(self, folder="tables"):
        self.build(folder)
        with open(self.path("pack.json"), encoding="utf-8") as file:
            return json.load(file)

    def mistakes(self, folder="tables", lang="en"):
        """[(file, row, column, text)]; there is no pack then."""
        if os.path.exists(self.path("pack.json")):
            os.remove(self.path("pack.json"))
        result = self.build(folder, EXIT["einval"], lang)
        *found, end = result.objects
        self.assertFalse(os.path.exists(self.path("pack.json")), "a pack with mistakes was written")
        self.assertEqual((end["ok"], end["exit_status"]), (False, EXIT["einval"]))
        self.assertGreater(end["mistakes"], 0)
        self.assertEqual(len(found), min(end["mistakes"], 100))
        for line, told in zip(result.err.splitlines(), found):
            self.assertEqual(line, told["text"])
        return [(m["file"], m.get("row"), m.get("column"), m["text"]) for m in found]

    def read(self, table, folder="tables"):
        """Heading and rows of a table, cells as they are meant, columns by key."""
        with open(self.path(folder, table + ".csv"), encoding="utf-8-sig", newline="") as file:
            heading, *rows = csv.reader(file)
        return heading, [dict(zip(map(key, heading), map(meant, row))) for row in rows]

    def write(self, table, heading, rows, folder="tables", encoding="utf-8-sig", **dialect):
        with open(self.path(folder, table + ".csv"), "w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, **dialect)
            writer.writerow(heading)
            for row in rows:
                writer.writerow([("'" if row.get(key(h), "")[:1] in tuple("=+-@'") and row.get(key(h)) else "") + row.get(key(h), "") for h in heading])

    def edit(self, table, change, folder="tables"):
        heading, rows = self.read(table, folder)
        rows = change(rows) or rows
        self.write(table, heading, rows, folder)

    def head(self, folder="tables", **members):
        with open(self.path(folder, "pack.json"), encoding="utf-8") as file:
            head = json.load(file)
        head.update(members)
        with open(self.path(folder, "pack.json"), "w", encoding="utf-8") as file:
            json.dump({k: v for k, v in head.items() if v is not None}, file, ensure_ascii=False)

    def assert_told(self, found, file, row, column, part):
        for at in found:
            if at[:3] == (file, row, column) and part in at[3]:
                self.assertIn(file, at[3])
                if row:
                    self.assertIn(f"row {row}", at[3])
                return
        raise AssertionError(f"{(file, row, column, part)} is not among {json.dumps(found, indent=1, ensure_ascii=False)}")


def content(path):
    with open(path, "rb") as file:
        return file.read()


def files(folder):
    return {os.path.relpath(os.path.join(where, name), folder): content(os.path.join(where, name))
            for where, _, names in os.walk(folder) for name in names}


class RoundTrips(Tables):
    def test_every_built_in_pack(self):
        """Pack -> tables -> pack -> tables: the second pack is the first, byte by byte, and so are its tables."""
        for n, pack in enumerate(PACKS):
            first, second = self.path(f"first-{n}"), self.path(f"second-{n}")
            one, two = self.path(f"one-{n}.json"), self.path(f"two-{n}.json")
            self.office("pack", "tables", pack, first)
            told = self.office("--json", "pack", "build", first, "-o", one).object
            self.assertTrue(told["unchanged"])
            self.office("pack", "tables", one, second)
            self.office("pack", "build", second, "-o", two)
            self.assertEqual(content(one), content(two), pack)
            of_first, of_second = files(first), files(second)
            self.assertNotEqual(of_first.pop("origin.json"), b"")
            self.assertEqual(of_second.pop("origin.json"), content(one))
            self.assertEqual(of_first, of_second, pack)
            # what devices have built in are these very bytes: the same version with others would be refused
            self.assertEqual(content(os.path.join(FOLDER, SOURCES.get(pack, pack + ".json"))), content(one),
                             f"{pack}: lay src/form/packs out with jx-office pack tables and pack build")
            self.assertEqual(self.office("--json", "pack", "check", one).object, self.office("--json", "pack", "check", pack).object)

    def test_cells_are_safe_for_spreadsheets(self):
        """No cell is a formula, and no code a number or a date, for a spreadsheet that opens the file by double click."""
        folder = self.tables()
        seen = 0
        for name in os.listdir(folder):
            if not name.endswith(".csv"):
                continue
            raw = content(os.path.join(folder, name))
            self.assertTrue(raw.startswith(b"\xef\xbb\xbf"), name)
            self.assertEqual(raw.count(b"\n"), raw.count(b"\r\n"), name)
            for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")):
                for cell in row:
                    self.assertNotIn(cell[:1], tuple("=+-@"), f"{name}: {cell}")
                    with self.assertRaises(ValueError, msg=f"{name}: {cell}"):
                        float(cell)
                    seen += 1
        self.assertGreater(seen, 1000)

    def test_what_begins_like_a_formula_comes_back(self):
        names = ["=1+1", "+86 571", "-5", "@SUM(A1)", "'quoted", "=HYPERLINK(\"http://x\",\"y\")", "a, \"b\"; c", "TRUE", "1E5", "3月5日", "Mar-1"]
        self.tables()
        self.head(version=3)
        self.edit("phrases", lambda rows: rows + [{"form": "disorder", "field": "note", "text_zh": n, "text_en": n} for n in names])
        texts = self.built()["phrases"][0]["texts"]
        self.assertEqual([t["zh"] for t in texts[-len(names):]], names)
        self.office("pack", "tables", self.path("pack.json"), self.path("again"))
        self.assertEqual([r["text_en"] for r in self.read("phrases", "again")[1]][-len(names):], names)
        with open(self.path("again", "phrases.csv"), encoding="utf-8-sig", newline="") as file:
            cells = [row[2] for row in csv.reader(file)][-len(names):]
        self.assertEqual(cells, ["'" + n if n != "a, \"b\"; c" else n for n in names])

    def test_twenty_thousand_codes(self):
        self.tables()
        self.head(version=3)

        def more(rows):
            blank = dict.fromkeys(rows[0], "")
            return rows + [{**blank, "code": f"07.{n:05d}", "parent": "07", "name_zh": f"细目{n}", "name_en": f"item {n}",
                            "units": "place; t", "valid_from": "2026-01-01"} for n in range(20000 - len(rows))]

        self.edit("codes", more)
        self.assertEqual(len(self.built()["codes"]), 20000)
        self.assertEqual(self.office("--json", "pack", "check", self.path("pack.json")).object["codes"], 20000)

    def test_members_nobody_knows_are_kept(self):
        with open(os.path.join(FOLDER, "ten-disorders.json"), encoding="utf-8") as file:
            pack = json.load(file)
        pack["version"], pack["future"] = 3, {"a": [1, 2.50, None, "x\n\"y\""]}
        pack["codes"][3]["colour"], pack["units"][1]["si"] = {"rgb": [1, 2, 3], "long": "x" * 200}, False
        pack["lists"][0]["codes"][1]["data"] = {"k": "v"}
        with open(self.path("future.json"), "w", encoding="utf-8") as file:
            json.dump(pack, file)
        self.tables(self.path("future.json"))
        self.assertEqual(self.built(), pack)
        self.assertIn("2.50", content(self.path("pack.json")).decode().replace("2.5,", "2.50,"))

    def test_what_would_be_lost_is_refused(self):
        with open(os.path.join(FOLDER, "ten-disorders.json"), encoding="utf-8") as file:
            pack = json.load(file)
        pack["codes"][3]["aliases"] = ["a; b"]
        with open(self.path("odd.json"), "w", encoding="utf-8") as file:
            json.dump(pack, file)
        self.assertIn("codes[3].aliases", self.office("pack", "tables", self.path("odd.json"), self.path("t"), want=EXIT["einval"]).err)
        self.assertFalse(os.path.exists(self.path("t")))

    def test_edits_are_never_written_over(self):
        folder = self.tables()
        before = files(folder)
        self.office("pack", "tables", "ten-disorders", folder, want=EXIT["eexists"])
        self.assertEqual(files(folder), before)

    def test_command_line(self):
        for args in (("pack",), ("pack", "tables", "ten-disorders"), ("pack", "build", self.path("t")), ("pack", "melt", "x"),
                     ("pack", "check", "x", "-o", "y")):
            self.office(*args, want=64)
        self.office("pack", "check", "no-such-pack", want=EXIT["enotfound"])
        self.office("pack", "check", self.path("none.json"), want=EXIT["enotfound"])
        self.office("pack", "build", self.path("none"), "-o", self.path("p"), want=EXIT["enotfound"])


class Edits(Tables):
    def test_what_an_office_does(self):
        """A new code, a closed one, an alias, another limit, a time limit: in the pack there is that, and nothing else is changed."""
        self.tables("pest-density")
        before = self.built()
        self.head(version=2, valid_from="2026-09-01")

        def lists(rows):
            weather = [r for r in rows if r["list"] == rows[0]["list"]]
            weather[0]["aliases"], weather[1]["valid_until"] = "别名一；别名二 ;", "2026/8/31"
            return rows + [{**dict.fromkeys(rows[0], ""), "list": rows[0]["list"], "code": "new-one", "name_zh": "新", "name_en": "new", "key": "yes"}]

        self.edit("list_codes", lists)
        self.edit("limits", lambda rows: rows[1].update(at_A="0.5"))
        self.edit("time_limits", lambda rows: [{"id": "rectify", "name_zh": "整改", "name_en": "rectify", "hours": "", "days": "7",
                                                "valid_from": "2026年9月1日", "source": "own", "confidence": "own"}])
        after = self.built()
        want = json.loads(json.dumps(before))
        want["version"], want["valid_from"] = 2, "2026-09-01"
        want["lists"][0]["codes"][0]["aliases"] = ["别名一", "别名二"]
        want["lists"][0]["codes"][1]["valid_until"] = "2026-08-31"
        want["lists"][0]["codes"].append({"code": "new-one", "name": {"zh": "新", "en": "new"}, "key": True})
        want["limits"][0]["rows"][1]["at"][0] = "0.5"
        want["time_limits"] = [{"id": "rectify", "name": {"zh": "整改", "en": "rectify"}, "days": 7, "valid_from": "2026-09-01",
                                "source": "own", "confidence": "own"}]
        self.assertEqual(after, want)

    def test_encodings_and_separators(self):
        """As Excel and WPS save a table in Chinese Windows: GB 18030, UTF-16 with tabs, semicolons; columns moved, rows empty."""
        self.tables()
        want = content_of_build(self)
        heading, rows = self.read("codes")
        shuffled = heading[::-1]
        cases = (("gb18030", {}), ("gbk", {"lineterminator": "\n"}), ("utf-8", {"delimiter": "\t"}), ("utf-16", {"delimiter": "\t"}),
                 ("utf-8-sig", {"delimiter": ";"}), ("utf-8-sig", {"quoting": csv.QUOTE_ALL}))
        blank = dict.fromkeys(rows[0], "")
        for encoding, dialect in cases:
            self.write("codes", shuffled, [blank, *rows[:5], blank, {**blank, "code": "  "}, *rows[5:], blank], encoding=encoding, **dialect)
            self.assertEqual(content_of_build(self), want, (encoding, dialect))
        self.write("codes", [key(h) for h in heading] + ["", ""], [{**r, "": ""} for r in rows])
        self.assertEqual(content_of_build(self), want)
        with open(self.path("tables", "codes.csv"), "wb") as file:
            file.write("代码 code,名称".encode("gbk") + b"\xff\xff\x80,\r\n")
        self.assert_told(self.mistakes(), "codes.csv", None, None, "GB 18030")

    def test_without_byte_order_mark_and_with_an_open_quote(self):
        self.tables()
        path = self.path("tables", "codes.csv")
        raw = content(path)
        with open(path, "wb") as file:
            file.write(raw[3:])
        self.built()
        with open(path, "wb") as file:
            file.write(raw + b'"11,,x')
        self.assert_told(self.mistakes(), "codes.csv", 67, None, "never closed")


def content_of_build(case):
    case.build()
    return content(case.path("pack.json"))


class Books(Tables):
    """Spreadsheet files: cells are numbers, dates and truths there."""

    def as_book(self, tables, name, numbers=(), sheet=key):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for table in tables:
            heading, rows = self.read(table)
            page = book.create_sheet(sheet(table))
            page.append(heading)
            for row in rows:
                page.append([self.cell(key(h), row[key(h)], numbers) for h in heading])
                for cell in page[page.max_row]:
                    if isinstance(cell.value, str):
                        cell.data_type = "s"
            os.remove(self.path("tables", table + ".csv"))
        book.save(self.path("tables", name))
        return book

    @staticmethod
    def cell(column, text, numbers):
        if text == "":
            return None
        if column in ("valid_from", "valid_until"):
            return datetime.date.fromisoformat(text)
        if column == "key" and text in "是否":
            return text == "是"
        if column in numbers or (FIGURES.fullmatch(column) and not ("." in text and text.endswith("0"))):
            return float(text) if "." in text else int(text)
        return text

    def test_one_workbook(self):
        """All tables in one file, numbers as numbers, dates as dates: the same pack."""
        self.tables("pest-density")
        want = content_of_build(self)
        names = [n[:-4] for n in os.listdir(self.path("tables")) if n.endswith(".csv")]
        self.as_book(names, "tables.xlsx")
        self.assertEqual(content_of_build(self), want)
        # a spreadsheet's own leftovers
        book = openpyxl.load_workbook(self.path("tables", "tables.xlsx"))
        book.create_sheet("Sheet1")
        book["limits"].title = "限值 limits"
        book["codes"].cell(row=40, column=30).number_format = "0%"
        book.save(self.path("tables", "tables.xlsx"))
        with open(self.path("tables", "~$tables.xlsx"), "wb") as file:
            file.write(b"lock")
        self.assertEqual(content_of_build(self), want)
        book["Sheet1"]["B2"] = "note"
        book.save(self.path("tables", "tables.xlsx"))
        self.assert_told(self.mistakes(), "tables.xlsx/Sheet1", None, None, "no table is called so")

    def test_a_file_for_each(self):
        """codes.xlsx in the place of codes.csv, the sheet called as Excel calls it; the same as ODS."""
        self.tables()
        want = content_of_build(self)
        self.as_book(["codes"], "codes.xlsx", sheet=lambda table: "Sheet1")
        self.assertEqual(content_of_build(self), want)
        run(["ogr2ogr", "-f", "ODS", self.path("tables", "codes.ods"), self.path("tables", "codes.xlsx")])
        self.assert_told(self.mistakes(), "codes.xlsx", None, None, "codes.ods")
        os.remove(self.path("tables", "codes.xlsx"))
        self.assertEqual(content_of_build(self), want)

    def test_codes_that_became_numbers(self):
        """01.01 typed into a cell that is no text is the number 1.01; 02-01 is the first of February."""
        self.tables()
        self.as_book(["codes"], "codes.xlsx", numbers=("code", "parent"))
        found = self.mistakes()
        self.assert_told(found, "codes.xlsx", 3, "code", "\"1.01\" is what a spreadsheet makes of 01.01")
        self.assert_told(found, "codes.xlsx", 2, "code", "\"1\" is what a spreadsheet makes of 01")
        self.assertFalse([m for m in found if "is gone" in m[3]])

    def test_codes_that_became_dates(self):
        self.tables()
        book = self.as_book(["codes"], "codes.xlsx")
        page = book.active
        page.cell(row=4, column=7).value = datetime.date(2026, 2, 1)
        page.cell(row=5, column=2).value = 1
        book.save(self.path("tables", "codes.xlsx"))
        found = self.mistakes()
        self.assert_told(found, "codes.xlsx", 4, "event_codes", "is a date")
        self.assert_told(found, "codes.xlsx", 5, "parent", "\"1\" is what a spreadsheet makes of 01")
        self.assertEqual(len(found), 2)

    def test_rows_are_those_of_the_spreadsheet(self):
        self.tables()
        book = self.as_book(["units"], "units.xlsx")
        book.active.insert_rows(4, 3)
        book.active.cell(row=9, column=1).value = "bad unit"
        book.save(self.path("tables", "units.xlsx"))
        self.assert_told(self.mistakes(), "units.xlsx", 9, "unit", "letters, digits")

    def test_no_spreadsheet(self):
        """What is no spreadsheet is told in our words, and GDAL says nothing."""
        self.tables()
        for junk in (b"", b"PK\x03\x04 cut off", b"\x00" * 5000, b"<?xml version='1.0'?><x/>"):
            with open(self.path("tables", "tables.xlsx"), "wb") as file:
                file.write(junk)
            self.assertEqual(len(self.mistakes()), 1)
        os.remove(self.path("tables", "tables.xlsx"))
        shutil.copy(self.path("tables", "codes.csv"), self.path("tables", "codes.xls"))
        self.assert_told(self.mistakes(), "codes.xls", None, None, "XLSX")


class Mistakes(Tables):
    """(table, what to do with its rows, row, column, part of the message). All at once: every one of them is told."""

    TEN = (
        ("codes", lambda r: r[5].update(code="01.04"), 7, "code", "stands in row 6 already"),
        ("codes", lambda r: r[6].update(parent="99"), 8, "parent", "does not stand in codes"),
        ("codes", lambda r: r[8].update(units="place; furlong"), 10, "units", "\"furlong\" does not stand in units"),
        ("codes", lambda r: r[9].update(valid_from="2026-02-30"), 11, "valid_from", "is no date"),
        ("codes", lambda r: r[10].update(valid_from="45658"), 12, "valid_from", "is no date"),
        ("codes", lambda r: r[11].update(valid_from="2026-03-01", valid_until="2026-02-01"), 13, "valid_until", "before the first day"),
        ("codes", lambda r: r[12].update(name_zh=""), 14, "name_zh", "this language is missing"),
        ("codes", lambda r: r[13].update(hint_en="only one"), 15, "hint_zh", "this language is missing"),
        ("codes", lambda r: r[14].update(name_zh="蜡笔", name_en="crayons"), 16, "name_zh", "codes are never used again"),
        ("codes", lambda r: r[16].update(name_en="x" * 128), 18, "name_en", "128 bytes, 127 are allowed"),
        ("codes", lambda r: r[17].update(name_en="two\nlines"), 19, "name_en", "line break"),
        ("codes", lambda r: r[18].update(event_codes="2月5日"), 20, "event_codes", "is a date"),
        ("codes", lambda r: r[19].update(aliases=" ; "), 21, "aliases", "nothing between the semicolons"),
        ("codes", lambda r: r[20].update(code="no spaces"), 22, "code", "letters, digits"),
        ("lists", lambda r: r[0].update(id=""), 2, "id", "is empty"),
        ("list_codes", lambda r: r[1].update(key="maybe"), 3, "key", "neither"),
        ("list_codes", lambda r: r[2].update(list="nowhere"), 4, "list", "does not stand in lists"),
        ("list_codes", lambda r: r[3].update(data="{1}"), 5, "data", "JSON object"),
        ("variants", lambda r: r[0].update(codes="04; 77"), 2, "codes", "\"77\" does not stand in codes"),
        ("phrases", lambda r: r[0].update(form="disorders"), 2, "form", "does not stand in forms"),
        ("time_limits", lambda r: [{"id": "a", "name_zh": "a", "name_en": "a", "hours": "1", "days": "2", "valid_from": "", "source": "",
                                    "confidence": ""}], 2, "hours", "either hours or days"),
    )
    PEST = (
        ("limits", lambda r: r[0].update(at_B="ninety"), 2, "at_B", "is no number"),
        ("limits", lambda r: r[1].update(op="="), 3, "op", "<=, <, >= or >"),
        ("limits", lambda r: r[2].update(index="rodent.nothing"), 4, "index", "does not stand in indices"),
        ("limits", lambda r: r[3].update(edition="GB/T 1"), 5, "edition", "does not stand in limit_editions"),
        ("limits", lambda r: r[4].update(at_A=""), 6, "at_A", "is empty"),
        ("limit_groups", lambda r: r[0].update(rows="rodent.none"), 2, "rows", "does not stand in indices"),
        ("limit_editions", lambda r: r[1].update(edition=r[0]["edition"]), 3, "edition", "stands in row 2 already"),
        ("quotas", lambda r: r[3].update(population_max="100; 50; ∞"), 5, "population_max", "rising numbers"),
        ("quotas", lambda r: r[4].update(population_max="100000; 500000"), 6, "population_max", "∞ as the last"),
        ("quota_rows", lambda r: r[0].update(units_2="20.5"), 2, "units_2", "no whole number from 0"),
        ("quota_rows", lambda r: r[1].update(effort_3=""), 3, "effort_3", "0 where the table has none"),
        ("quota_rows", lambda r: r[2].update(units_5="", effort_5=""), 4, "units_4", "4 classes of population in this row, and 5"),
        ("cards", lambda r: r[1].update(id=r[0]["id"]), 3, "id", "stands in row 2 already"),
    )

    def told(self, pack, cases):
        self.tables(pack)
        self.head(version=9)
        for table, change, *_ in cases:
            self.edit(table, change)
        found = self.mistakes()
        for table, _, row, column, part in cases:
            self.assert_told(found, table + ".csv", row, column, part)
        return found

    def test_codes(self):
        found = self.told("ten-disorders", self.TEN)
        self.assert_told(found, "codes.csv", None, None, "is gone: put its row back")

    def test_limits(self):
        self.told("pest-density", self.PEST)

    def test_each_alone(self):
        """No mistake hides behind another: each is found when it is the only one."""
        for pack, cases in (("ten-disorders", self.TEN), ("pest-density", self.PEST)):
            self.tables(pack, "whole-" + pack)
            for table, change, row, column, part in cases:
                shutil.copytree(self.path("whole-" + pack), self.path("tables"))
                self.head(version=9)
                self.edit(table, change)
                self.assert_told(self.mistakes(), table + ".csv", row, column, part)
                shutil.rmtree(self.path("tables"))

    def test_totals(self):
        """A row 合计 holds the sums that the official table prints."""
        self.tables("pest-density")
        _, rows = self.read("quota_rows")
        total = next(n for n, r in enumerate(rows) if r["class"] == "合计 total")
        self.assertEqual((rows[total]["units_1"], rows[total]["effort_1"], rows[total]["units_5"]), ("34", "340", "234"))
        self.edit("quota_rows", lambda r: r[0].update(units_1="11"))
        self.assert_told(self.mistakes(), "quota_rows.csv", total + 2, "units_1", "the total is \"34\", but the rows make 35")

    def test_columns_and_files(self):
        self.tables()
        heading, rows = self.read("units")
        self.write("units", ["单位 unit", "名称（中文） name_zh", "nmae_en", "别名 aliases", "别名 aliases"], [{**r, "nmae_en": r["name_en"]} for r in rows])
        found = self.mistakes()
        self.assert_told(found, "units.csv", 1, None, "no column of this table is called \"nmae_en\"")
        self.assert_told(found, "units.csv", 1, None, "\"名称（英文） name_en\" is missing")
        self.assert_told(found, "units.csv", 1, None, "two columns")
        self.write("units", heading, rows)
        with open(self.path("tables", "units.csv"), "a", encoding="utf-8") as file:
            file.write("x,y,z,,stray\r\n")
        os.rename(self.path("tables", "list_codes.csv"), self.path("tables", "listcodes.csv"))
        found = self.mistakes()
        self.assert_told(found, "units.csv", len(rows) + 2, None, "more cells than headings")
        self.assert_told(found, "listcodes.csv", None, None, "no table is called so")
        self.assert_told(found, "list_codes", None, None, "the table is missing")
        os.remove(self.path("tables", "units.csv"))
        open(self.path("tables", "units.csv"), "wb").close()
        self.assert_told(self.mistakes(), "units.csv", None, None, "no headings")

    def test_json_files(self):
        self.tables("pest-density")
        for name, text, part in (("indices.json", "[{]", "indices.json"), ("verdicts.json", "{}", "JSON list"), ("forms/fly.cage.json", "{\"id\":\"x\"}", "its \"id\""),
                                 ("forms/stray.json", "{}", "does not name forms/stray.json")):
            path = self.path("tables", name)
            before = content(path) if os.path.exists(path) else None
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertTrue([m for m in self.mistakes() if part in m[3]], name)
            os.remove(path)
            if before is not None:
                with open(path, "wb") as file:
                    file.write(before)
        os.rename(self.path("tables", "forms", "fly.cage.json"), self.path("fly.cage.json"))
        self.assert_told(self.mistakes(), "pack.json", None, None, "no file forms/fly.cage.json")
        os.rename(self.path("fly.cage.json"), self.path("tables", "forms", "fly.cage.json"))
        self.head(codes=[])
        self.assert_told(self.mistakes(), "pack.json", None, None, "\"codes\" has a file of its own")

    def test_the_loader_has_the_last_word(self):
        """Rules that only the loader of the devices knows are told at the row too."""
        self.tables()
        self.head(version=3)
        self.edit("codes", lambda r: (r[0].update(parent="01.01"), r[3].update(aliases="小招贴"))[0])
        found = self.mistakes()
        self.assertEqual(found[0][0], "codes.csv")
        self.assertIn(found[0][1], (2, 3))
        self.tables("pest-density", "pest")
        self.head("pest", version=2)
        self.edit("limits", lambda r: r[0].update(at_A="10"), "pest")
        found = self.mistakes("pest")
        self.assert_told(found, "limits.csv", 2, "at_A", "stricter")
        self.tables("pest-density", "form")
        self.head("form", version=2)
        path = self.path("form", "forms", "fly.cage.json")
        with open(path, encoding="utf-8") as file:
            form = json.load(file)
        form["sections"].append({"use": "nowhere"})
        with open(path, "w", encoding="utf-8") as file:
            json.dump(form, file)
        self.assert_told(self.mistakes("form"), "forms/fly.cage.json", None, None, "sections[")

    def test_version_and_codes_before(self):
        self.tables()
        self.edit("codes", lambda r: r[0].update(aliases="乱贴"))
        self.assert_told(self.mistakes(), "pack.json", None, None, "write \"version\": 3")
        # a folder that lost its origin is held to the built-in pack
        os.remove(self.path("tables", "origin.json"))
        self.assert_told(self.mistakes(), "pack.json", None, None, "write \"version\": 3")
        self.head(version=3)
        self.assertEqual(self.built()["codes"][0]["aliases"], ["乱贴"])
        self.edit("codes", lambda r: [x for x in r if x["code"] != "01.06"])
        self.assert_told(self.mistakes(), "codes.csv", None, None, "01.06")
        # another pack owes that one nothing, but its form belongs to it
        self.head(id="our-own", version=1)
        self.assert_told(self.mistakes(), "pack.json", None, None, "disorder")

    def test_a_hundred_are_told_and_the_rest_counted(self):
        self.tables()
        self.edit("codes", lambda r: [x.update(name_zh="", name_en="") for x in r] and None)
        found = self.mistakes()
        self.assertEqual(len(found), 100)
        self.assertIn("more", self.build(want=EXIT["einval"]).err)

    def test_in_chinese(self):
        self.tables()
        self.edit("codes", lambda r: r[5].update(parent="99"))
        (told,) = self.mistakes(lang="zh")
        self.assertIn("codes.csv 第 7 行", told[3])
        self.assertIn("上级 parent", told[3])
        self.assertIn("codes", told[3])

    def test_an_older_pack_stays(self):
        self.tables()
        self.build()
        before = content(self.path("pack.json"))
        self.edit("codes", lambda r: r[5].update(parent="99"))
        self.build(want=EXIT["einval"])
        self.assertEqual(content(self.path("pack.json")), before)


if __name__ == "__main__":
    main()
