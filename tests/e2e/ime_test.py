"""Every text field of the app with an input method: what is chosen comes into the field and to the disk, what is only begun does not.

JX_IME says which: "own" (support/ime.py), "fcitx"; "none" is a program that the app does not speak to, with which this must fail.
JX_IME_ALL=1: every field; else one of each kind of widget and page. tests/app/ime runs all of it.
"""
import glob
import os
import re
import signal
import unittest

from gi.repository import GLib

from e2e import Database, Device, main, wait_for
from ime import ENGINES
from touch import ATSPI, IN_WINDOW, ROLES, AppCase, Touch, xdotool

IME = os.environ.get("JX_IME") or "own"
IS_ALL = os.environ.get("JX_IME_ALL") == "1"
LETTERS, WORD = "zhanyong", "占用"
# GtkInputPurpose and GtkInputHints
FREE, DIGITS, NUMBER, URL, NAME, PASSWORD = 0, 2, 3, 5, 7, 8
NO_SPELLCHECK, UPPER, PRIVATE = 2, 16, 2048
WIDGETS = r"(?:GtkEntry|GtkSearchEntry|GtkPasswordEntry|GtkText|GtkTextView|GtkSpinButton|GtkEditableLabel|AdwEntryRow|AdwPasswordEntryRow)"
MAKERS = r"gtk_(?:entry|search_entry|password_entry|text|text_view|spin_button|editable_label)_new|adw_(?:password_)?entry_row_new"


class Field:
    """screen: how to come to it (a method go_...); path: of the draft that has it, as SQL's LIKE wants it."""

    def __init__(self, where, screen, name, purpose=FREE, hints=0, path=None, is_short=False):
        self.where, self.screen, self.name, self.purpose, self.hints = where, screen, name, purpose, hints
        self.path, self.is_short = path, is_short


FIELDS = (
    Field("page_today.ui:search", "today", "Words to search for, in all days", is_short=True),
    Field("page_check.ui:search", "check", "Search the checks"),
    Field("page_compose.ui:quantity", "compose", "Quantity", NUMBER, path="%quantity", is_short=True),
    Field("page_compose.ui:note", "compose", "Note", path="%note", is_short=True),
    Field("page_compose.ui:street", "compose", "Street", path="%street"),
    Field("page_compose.ui:grid", "compose", "Grid", path="%grid"),
    Field("page_compose.ui:limit_days", "compose", "Days to put it right", DIGITS, path="%limit_days"),
    Field("page_compose.ui:party", "compose", "Party", path="%party%"),
    Field("page_compose.ui:unit_responsible", "compose", "Responsible unit", path="%unit_responsible"),
    Field("page_compose.ui:reason", "correct", "Why it is corrected", path="%reason"),
    Field("page_reason.c", "withdraw", "Reason"),
    Field("sheet_text.c:entry", "letter", "shop", path="shop%", is_short=True),
    Field("sheet_text.c:view", "note", "note", path="note", is_short=True),
    Field("sheet_finish.c", "finish", "Street or place", path="%street%"),
    Field("sheet_finish.c", "finish", "Grid", path="%grid%"),
    Field("sheet_number.c", "survey", "path length", NUMBER, path="path_m"),
    Field("sheet_list.c", "list", "Search the list"),
    Field("page_people.ui:id", "people", "Number, e.g. p-017", FREE, NO_SPELLCHECK),
    Field("page_people.ui:name", "people", "Name", NAME),
    Field("page_enrol.ui:url", "enrol", "Server address", URL, NO_SPELLCHECK),
    Field("page_enrol.ui:code", "enrol", "Code of the office", PASSWORD, NO_SPELLCHECK | UPPER | PRIVATE),
)


def fields_in_source():
    """Each place that makes a text field, as FIELDS names them."""
    found, folder = set(), os.path.join(os.environ["JX_SOURCE"], "src", "app")
    for path in glob.glob(os.path.join(folder, "ui", "*.ui")):
        with open(path, encoding="utf-8") as file:
            for name in re.findall(rf'class="{WIDGETS}"(?: id="(\w+)")?', file.read()):
                found.add(f"{os.path.basename(path)}:{name}")
    for path in glob.glob(os.path.join(folder, "*.c")):
        with open(path, encoding="utf-8") as file:
            if re.search(MAKERS, file.read()):
                found.add(os.path.basename(path))
    return found


class ImeCase(AppCase):
    def setUp(self):
        super().setUp()
        self.engine = ENGINES[IME](self.dir).begin()
        self.addCleanup(self.engine.stop)
        self.app, self.found = None, {}

    def open(self, *args):
        self.app = Touch(self.dir, *(args or ("--demo",)), env={"TMPDIR": self.dir, "JX_LANG": "en", **self.engine.env})
        self.addCleanup(lambda app=self.app: app.is_running() and app.stop(signal.SIGKILL))
        # as high as the screen, which the whole of a page fits on: nothing is to be scrolled to
        xdotool("search", "--sync", "--onlyvisible", "--name", "Jiexun", "windowsize", "100%", "100%")

    def named(self, name, *roles):
        for node in self.app.tree().each():
            if node.role in [ROLES[role] for role in roles] and node.is_named(name) and self.app.is_shown(node):
                return node
        return None

    # ---- looking ---------------------------------------------------------------------------------------

    def find(self, name):
        return self.app.wait(f'field "{name}"', lambda: self.named(name, "text", "entry"))

    def text(self, name):
        """The tree is read once a field: that takes longer than all else."""
        if name not in self.found:
            self.found[name] = self.find(name)
        try:
            node = self.found[name]
            count = node.call("org.freedesktop.DBus.Properties", "Get", "(ss)", ATSPI + "Text", "CharacterCount")
            return node.call("Text", "GetText", "(ii)", 0, count)
        except GLib.Error:
            del self.found[name]
            raise

    def wait_text(self, name, text):
        def look():
            if self.text(name) == text:
                return True
            # it may be that of a page which goes
            return self.found.pop(name, None) and False
        try:
            self.app.wait(f'"{text}" in "{name}"', look)
        except AssertionError as failed:
            raise AssertionError(f'{failed}; the field has "{self.text(name)}"') from None

    def drafts(self, path="%"):
        base = glob.glob(self.path("*", "**", "jiexun.db"), recursive=True)
        if not base:
            return []
        with Database(base[-1]) as db:
            return [row[0] for row in db.rows("SELECT value FROM draft_value WHERE path LIKE ?", path)]

    def preedit(self):
        """Letters that our own engine holds; with others nobody can tell."""
        return next((what["preedit"] for what in reversed(self.engine.said()) if "preedit" in what), "")

    def wait_preedit(self, letters):
        if IME == "own":
            wait_for(f'preedit "{letters}"', lambda: self.preedit() == letters)

    # ---- doing -----------------------------------------------------------------------------------------

    def tap(self, name, *roles):
        """With a finger, which takes the focus along; press() does not. Not while the page still moves."""
        seen = [None]

        def place():
            node = self.named(name, *(roles or ("push button",)))
            if node is None:
                return None
            x, y, width, height = node.call("Component", "GetExtents", "(u)", IN_WINDOW)
            before, seen[0] = seen[0], (x + width // 2, y + height // 2)
            return seen[0] if seen[0] == before else None
        x, y = self.app.wait(f'"{name}"', place)
        xdotool("mousemove", str(x), str(y), "click", "1")

    def enter(self, name):
        self.tap(name, "text", "entry")

    def type(self, letters):
        xdotool("type", letters)

    def key(self, *names):
        xdotool("key", *names)

    def clear(self, name):
        self.find(name).call("EditableText", "SetTextContents", "(s)", "")
        self.wait_text(name, "")


class Screens(ImeCase):
    """The way to each page, from the window as it was opened."""

    def go_today(self):
        self.app.go("Today")
        self.app.press("Search")

    def go_check(self):
        self.app.go("Check")

    def go_compose(self):
        self.app.go("Log")
        self.app.press("disorderly parking")
        self.app.press("Shutter")
        self.app.wait("Save", lambda: self.app.find("push button", "Save"))
        # which asks for how many days
        self.app.press("notice with a time limit")

    def go_correct(self):
        self.app.go("Today")
        self.app.tap_row("1 ")
        self.app.press("Correct")

    def go_withdraw(self):
        self.app.go("Today")
        self.app.tap_row("1 ")
        self.app.press("Withdraw")

    def begin_form(self, name):
        self.app.go("Check")
        self.app.write("Search the checks", name)
        self.app.tap_row(name)

    def turn(self, page):
        # page by page: a button pressed by its name takes no second press for 250 ms
        self.app.see(page)
        self.app.press("Next")

    def go_letter(self):
        self.begin_form("shopfront duty letter")
        self.turn("1/4")
        self.app.see("2/4")

    def go_note(self):
        self.go_letter()
        self.turn("2/4")
        self.app.see("3/4")

    def go_finish(self):
        self.go_note()
        self.turn("3/4")
        self.app.see("4/4")

    def go_survey(self):
        self.begin_form("rodent signs outdoors")
        self.turn("1/4")
        self.app.see("2/4")

    def go_list(self):
        self.begin_form("rodent signs outdoors")
        self.app.press("unit class")

    def go_people(self):
        self.app.go("Status")
        self.app.tap_row("Who works")

    def go_enrol(self):
        pass

    def go(self, screen):
        if self.app is not None:
            self.assertEqual(self.app.close(), 0)
        self.found = {}
        if screen == "enrol":
            device = Device(self.dir, "new")
            self.open("--home", device.home, "--profile", device.profile)
        else:
            self.open()
        getattr(self, "go_" + screen)()


class Fields(Screens):
    def test_every_field_of_the_source(self):
        """None was added without a line in FIELDS."""
        self.assertEqual({field.where if ".ui" in field.where else field.where.split(":")[0] for field in FIELDS}, fields_in_source())

    def test_words(self):
        """Letters become a word in each field, and the disk has it; a field for digits and one for a code take what they are for."""
        for screen in dict.fromkeys(field.screen for field in FIELDS):
            here = [field for field in FIELDS if field.screen == screen and (IS_ALL or field.is_short)]
            if here:
                self.go(screen)
            for field in here:
                with self.subTest(field.where):
                    self.look_at(field)

    def look_at(self, field):
        self.enter(field.name)
        self.wait_purpose(field)
        if field.purpose in (DIGITS, NUMBER, PASSWORD):
            self.clear(field.name)
            self.type("27")
            self.wait_text(field.name, "27")
            self.wait_draft(field, "27")
            return
        self.clear(field.name)
        self.type(LETTERS[:4])
        self.wait_preedit(LETTERS[:4])
        self.assertEqual(self.text(field.name), "")
        self.type(LETTERS[4:] + " ")
        self.wait_text(field.name, WORD)
        self.wait_draft(field, WORD)
        # what is begun after it is neither in the field nor on the disk
        self.type(LETTERS)
        self.wait_preedit(LETTERS)
        self.key("Escape")
        self.wait_preedit("")
        self.wait_text(field.name, WORD)
        self.assertEqual([value for value in self.drafts() if LETTERS[:2] in value], [])

    def wait_purpose(self, field):
        """What the input method is told of the field that was entered."""
        if IME != "own":
            return
        def told():
            said = [what for what in self.engine.said() if "purpose" in what]
            return said and (said[-1]["purpose"], said[-1]["hints"])
        try:
            wait_for(f"purpose of {field.where}", lambda: told() == (field.purpose, field.hints))
        except AssertionError as failed:
            raise AssertionError(f"{failed}: {told()} is told, {(field.purpose, field.hints)} wanted") from None

    def wait_draft(self, field, value):
        if field.path is not None:
            wait_for(f"a draft with {field.path} = {value}", lambda: value in self.drafts(field.path))


class Begun(Screens):
    """Letters that are no word yet: neither lost to a key of the page, nor saved."""

    NOTE = "Note"

    def begin_letters(self, name):
        """A word in the field, and the letters of another."""
        self.enter(name)
        self.type(LETTERS + " ")
        self.wait_text(name, WORD)
        self.type(LETTERS[:4])
        self.wait_preedit(LETTERS[:4])

    def wait_left(self, name, more=""):
        """What is in a field that was left so."""
        texts = [WORD + more] + [WORD + LETTERS[:4] + more] * self.engine.keeps_letters
        self.app.wait(f'one of {texts} in "{name}"', lambda: self.text(name) in texts or self.found.pop(name) and False)

    def assert_kept(self, values):
        whole = WORD + LETTERS[:4] if self.engine.keeps_letters else WORD
        self.assertTrue([value for value in values if WORD in value])
        self.assertEqual([value for value in values if LETTERS[:2] in value.replace(whole, "")], [])

    def test_page_keys(self):
        """A form turns its pages by the keys by which an input method turns over its words: then they are the input method's."""
        self.go("note")
        self.begin_letters("note")
        self.key(*self.engine.turns)
        if IME == "own":
            wait_for("its list turned over", lambda: [what["candidates"] for what in self.engine.said() if "candidates" in what] ==
                     ["down", "up"])
        self.type(LETTERS[4:] + " ")
        self.wait_text("note", WORD + WORD)
        self.key("Next")
        self.app.see("4/4")

    def test_enter(self):
        """By Enter the letters themselves are meant, and not what Enter is for on the page."""
        self.go("withdraw")
        self.enter("Reason")
        self.type(LETTERS)
        self.wait_preedit(LETTERS)
        self.key("Return")
        self.wait_text("Reason", LETTERS)
        self.app.wait("the key that withdraws", lambda: self.app.find("push button", "Withdraw"))

    def test_left(self):
        """The way back, by a finger."""
        self.go("compose")
        self.begin_letters(self.NOTE)
        self.tap("Back")
        self.app.press("1 not finished: go on")
        self.found = {}
        self.wait_left(self.NOTE)
        self.assert_kept(self.drafts())

    @unittest.skipUnless(IME in ("own", "none"), "what other engines hold cannot be seen")
    def test_saved(self):
        self.go("compose")
        self.app.write("Days to put it right", "3")
        self.begin_letters(self.NOTE)
        self.tap("Save")
        self.app.see("Saved: ")
        with Database(glob.glob(self.path("*", "**", "jiexun.db"), recursive=True)[-1]) as db:
            newest = bytes(db.rows("SELECT bytes FROM entry ORDER BY n DESC LIMIT 1")[0][0]).decode()
        self.assert_kept([newest])

    @unittest.skipUnless(IME in ("own", "none"), "what other engines hold cannot be seen")
    def test_phrase(self):
        """A phrase is put behind what is in the field."""
        self.go("compose")
        self.begin_letters(self.NOTE)
        self.tap("owner unclear")
        self.wait_left(self.NOTE, "; owner unclear")

    @unittest.skipUnless(IME in ("own", "none"), "what other engines hold cannot be seen")
    def test_pad(self):
        """The app's own keys beside it: one of the two writes, and what it writes comes once."""
        self.go("today")
        self.app.go("Status")
        self.app.tap_row("Pinyin keys")
        self.app.go("Today")
        self.enter("Words to search for, in all days")
        self.app.wait("the keys", lambda: self.named("q", "push button"))
        field = "Words to search for, in all days"
        self.type(LETTERS[:4])
        self.wait_preedit(LETTERS[:4])
        for key in "laji":
            self.tap(key)
        self.wait_preedit("")
        self.tap("垃圾")
        self.wait_text(field, "垃圾")
        self.tap("l")
        self.app.wait("candidates", lambda: self.named("了", "push button"))
        self.type(LETTERS)
        self.wait_preedit(LETTERS)
        self.app.wait("no candidates", lambda: not self.named("了", "push button"))
        self.type(" ")
        self.wait_text(field, "垃圾" + WORD)
        # takes back what was begun, and not what was written
        self.type(LETTERS[:4])
        self.wait_preedit(LETTERS[:4])
        self.tap("Delete")
        self.wait_preedit("")
        self.wait_text(field, "垃圾" + WORD)


if __name__ == "__main__":
    main()
