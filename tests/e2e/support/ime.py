"""Input methods for the tests: engines that people use, and a small one of our own that speaks their protocol (ime_engine.py)."""
import json
import os
import sys

from gi.repository import Gio, GLib

from e2e import Service, wait_for
from touch import screen_env


def has_owner(name):
    return Gio.bus_get_sync(Gio.BusType.SESSION, None).call_sync(
        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner", GLib.Variant("(s)", (name,)), None, 0, -1,
        None).unpack()[0]


class Engine:
    """A program that takes the keys. env: what the app needs in its environment to find it.

    turns: its keys to the next words and back. keeps_letters: what was only begun may become text, as it was shown, where the field is
    left; else it goes. Both are the engine's to decide, and its settings.
    """

    settings = {}
    turns = ("Next", "Prior")
    keeps_letters = False

    def __init__(self, folder):
        self.folder = os.path.join(folder, "ime")
        os.makedirs(self.folder)
        # its own settings, and words that it learnt from nobody
        self.own = {name: self.folder for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
        self.env = {**self.own, **self.settings}
        self.service = None

    def start(self, *args):
        self.service = Service(args, os.path.join(self.folder, "log"), screen_env({**self.own, "G_DEBUG": "", "LANG": "C.UTF-8"}))
        return self

    def wait(self, condition):
        def look():
            if not self.service.is_running():
                raise AssertionError(f"the engine ended: {self.service.log()}")
            return condition()
        wait_for(type(self).__name__, look)
        return self

    def stop(self):
        self.service.stop()

    def said(self):
        """Each thing that the app's side did. Only our own engine tells."""
        return []


class Own(Engine):
    settings = {"GTK_IM_MODULE": "ibus"}

    def begin(self):
        self.env["IBUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]
        return self.start(sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "ime_engine.py")).wait(self.said)

    def said(self):
        # the last line may be half written
        return [json.loads(line) for line in self.service.log().rpartition("\n")[0].splitlines() if line.startswith("{")]


class Nobody(Own):
    """The engine is there, and the app does not speak to it: tests must notice."""

    settings = {"GTK_IM_MODULE": "gtk-im-context-simple"}


class Fcitx(Engine):
    """Fcitx 5 with pinyin, active in each field from its first key on."""

    settings = {"GTK_IM_MODULE": "fcitx"}
    turns = ("Down", "Up")
    keeps_letters = True
    FILES = {"profile": "[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=pinyin\n[Groups/0/Items/0]\nName=keyboard-us\nLayout=\n"
                        "[Groups/0/Items/1]\nName=pinyin\nLayout=\n[GroupOrder]\n0=Default\n",
             "config": "[Behavior]\nActiveByDefault=True\n"}

    def begin(self):
        os.makedirs(os.path.join(self.folder, "fcitx5"))
        for name, text in self.FILES.items():
            with open(os.path.join(self.folder, "fcitx5", name), "w", encoding="ascii") as file:
                file.write(text)
        return self.start("fcitx5", "--disable", "wayland,kimpanel,cloudpinyin").wait(lambda: has_owner("org.fcitx.Fcitx5"))


ENGINES = {"own": Own, "fcitx": Fcitx, "none": Nobody}
