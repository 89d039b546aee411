"""The picture of after names its picture of before; the office's sheet shows both side by side."""
import glob
import html.parser
import os

from e2e import EXIT, Case, main, program, run


class Sheet(html.parser.HTMLParser):
    """Pictures and words of a page, by section."""

    def __init__(self, path):
        super().__init__()
        self.sections, self.links = [], []
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        if tag == "section":
            self.sections.append({"images": [], "text": ""})
        elif tag == "img":
            self.sections[-1]["images"].append(dict(attrs)["src"])
        self.links += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        if self.sections:
            self.sections[-1]["text"] += data


class Pairs(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.device_ = self.device(self.server, "H07")
        self.home = self.path("office")
        self.office("enrol", self.server.url, self.server.code("B01", role="dispatcher"))

    def office(self, *args, want=0):
        return run([program("jx-office"), "--home", self.home, "--json", *args], want)

    def log(self, *args, want=0):
        return self.device_.log("01.01", "--quantity", "1", "--unit", "sheet", "--no-gps", *args, want=want)

    def sheet(self, *args):
        self.device_.sync()
        self.office("pull")
        folder = self.path("sheet")
        told = self.office("pairs", "-o", folder, *args).object
        return told, Sheet(os.path.join(folder, "pairs.html"))

    def test_pairs_by_name_and_within_an_entry(self):
        before, after, wide = self.photo(), self.photo(), self.photo()
        first = self.log("--photo", f"{wide}:wide", "--photo", f"{before}:close", "--street", "<钱王街> & \"东\"").object
        second = self.log("--photo", f"{after}:after", "--after-of", first["number"]).object
        listed = self.device_.json("photo", "list", second["number"]).object
        self.assertEqual(listed["before"], self.device_.json("photo", "list", first["number"]).objects[1]["sha256"])
        self.assertIn(listed["before"][:12], self.device_.jx("show", second["number"]).out)
        self.log("--photo", f"{self.photo()}:before", "--photo", f"{self.photo()}:after")
        # not pairs: an after alone, and one whose entry was withdrawn
        self.log("--photo", f"{self.photo()}:after")
        gone = self.log("--photo", f"{self.photo()}:after", "--after-of", first["number"] + "/wide").object
        self.device_.jx("withdraw", gone["number"], "--reason", "wrong street")
        told, page = self.sheet()
        self.assertEqual((told["pairs"], told["pictures"], told["absent"]), (2, 4, 0))
        self.assertEqual([len(section["images"]) for section in page.sections], [2, 2])
        self.assertEqual(page.sections[0]["images"], [f"pictures/{listed['before']}.jpg", f"pictures/{listed['sha256']}.jpg"])
        self.assertIn("<钱王街> & \"东\"", page.sections[0]["text"])
        self.assertIn(first["number"], page.sections[0]["text"])
        for link in page.links:
            self.assertTrue(os.path.getsize(self.path("sheet", link)) > 500, link)
            self.assertNotIn(":", link)
        # again: nothing is decoded twice
        self.assertEqual(self.sheet()[0]["pictures"], 0)
        self.assertEqual(self.sheet("--since", "2999-01-01")[0]["pairs"], 0)
        self.assertEqual(self.sheet("--area", "no-such-area")[0]["pairs"], 0)

    def test_what_is_not_clear_is_asked(self):
        first = self.log("--photo", f"{self.photo()}:close", "--photo", f"{self.photo()}:close").object["number"]
        photo = self.photo()
        refused = self.log("--photo", f"{photo}:after", "--after-of", first, want=EXIT["einval"])
        self.assertIn("after-of", refused.err)
        refused = self.log("--photo", f"{photo}:close", "--after-of", first, want=EXIT["einval"])
        self.log("--photo", f"{photo}:after", "--after-of", "H07-99", want=EXIT["enotfound"])
        self.assertEqual(self.device_.status()["observations"], 1)

    def test_a_picture_that_was_not_fetched_leaves_its_place_empty(self):
        first = self.log("--photo", f"{self.photo()}:before").object["number"]
        self.log("--photo", f"{self.photo()}:after", "--after-of", first)
        self.device_.sync()
        self.office("pull")
        os.remove(sorted(glob.glob(os.path.join(self.home, "days", "*", "photos", "*.jpg")))[0])
        told = self.office("pairs", "-o", self.path("sheet")).object
        self.assertEqual((told["pairs"], told["absent"]), (1, 1))
        self.assertEqual(len(Sheet(self.path("sheet", "pairs.html")).sections[0]["images"]), 1)
        self.assertEqual(self.office("pairs", want=EXIT["einval"]).object["error"], "einval")


if __name__ == "__main__":
    main()
