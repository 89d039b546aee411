"""The touch app as a process of its own, driven as a screen reader drives it: through the accessibility tree (AT-SPI).

Runs under tests/app/support/xvfb, which gives screen and session bus, by Debian's own python3, whose package gi speaks D-Bus. What
GTK 4.8 offers no action for (a row of a list) is tapped where the tree says that it is, through the X server.
"""
import os
import select
import signal
import subprocess

from gi.repository import Gio, GLib

from e2e import PATIENCE_S, Case, Service, environment, program, wait_for

# Of the numbers of AT-SPI (atspi-constants.h) those that are needed here.
ROLES = {"check box": 7, "combo box": 11, "frame": 23, "label": 29, "list": 31, "list item": 32, "page tab": 37, "tabs": 38,
         "push button": 43, "text": 61, "toggle button": 62, "entry": 79}
CONTROLS = tuple(ROLES[name] for name in ("check box", "page tab", "push button", "toggle button", "entry"))
SENSITIVE, VISIBLE = 1 << 24, 1 << 30
IN_WINDOW = 1
ROOT = "/org/a11y/atspi/accessible/root"
ATSPI = "org.a11y.atspi."
SCREEN = ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "GDK_BACKEND",
          "GSK_RENDERER", "GDK_DEBUG", "GSETTINGS_BACKEND", "ADW_DISABLE_PORTAL", "GTK_USE_PORTAL", "TMPDIR")


def screen_env(more=None):
    env = {name: os.environ[name] for name in SCREEN if name in os.environ}
    # A warning of GTK ends the app, as in the tests inside the process. Those look for leaks, too; GTK's own bridge to AT-SPI leaks.
    env.update(G_DEBUG="fatal-warnings", ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0:alloc_dealloc_mismatch=0")
    for name, value in (more or {}).items():
        # a preloaded library brings options of its own
        env[name] = env[name] + value if name == "ASAN_OPTIONS" else value
    return env


def xdotool(*args):
    subprocess.run(["xdotool", *args], env=environment(screen_env()), check=True, timeout=PATIENCE_S)


_bus = None


def accessibility_bus():
    global _bus
    if _bus is None:
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1, None).unpack()[0]
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        _bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
    return _bus


class Node:
    """One thing on the screen, as it was when it was looked at."""

    def __init__(self, touch, path, item, parent):
        self.touch, self.path, self.parent = touch, path, parent
        self.children, self.name, self.role, self.states = [], item[6], item[7], item[9][0]
        self._size = None

    def call(self, interface, method, signature=None, *args):
        return self.touch.call(self.path, interface, method, signature, *args)

    def size(self):
        if self._size is None:
            self._size = self.call("Component", "GetSize")
        return self._size

    def above(self):
        """What it lies in, but for the pages of a stack, which are no place on the screen."""
        node = self.parent
        while node is not None and node.path != ROOT:
            if node.name != "GtkStackPage":
                yield node
            node = node.parent

    def each(self):
        """What lies on top first."""
        for child in reversed(self.children):
            yield from child.each()
        yield self

    def words(self):
        return [node.name for node in reversed(list(self.each())) if node.role == ROLES["label"]]

    def is_named(self, name):
        # GTK adds the text of a label inside to the name that was given
        # nor does a capital make it another: packs write names as they stand in a sentence, a tile begins with one
        mine, name = self.name.casefold(), name.casefold()
        return mine == name or mine.startswith(name + " ")


class Touch:
    """One jiexun. Words are what a person reads on the screen, in English."""

    def __init__(self, folder, *args, env=None):
        self.service = Service([program("jiexun"), *args], os.path.join(folder, "jiexun.log"), screen_env(env))
        self.bus, self.name = accessibility_bus(), None
        self.name = self.wait("its window", self._attach)

    @property
    def pid(self):
        return self.service.process.pid

    def is_running(self):
        return self.service.is_running()

    def log(self):
        return self.service.log()

    # ---- the tree -------------------------------------------------------------------------------------

    def call(self, path, interface, method, signature=None, *args, name=None):
        if not interface.startswith("org."):
            interface = ATSPI + interface
        answer = self.bus.call_sync(name or self.name, path, interface, method, GLib.Variant(signature, args) if signature else None, None,
                                    0, PATIENCE_S * 1000, None).unpack()
        return answer[0] if len(answer) == 1 else answer

    def _attach(self):
        for name, path in self.call(ROOT, "Accessible", "GetChildren", name=ATSPI + "Registry"):
            if self.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID", "(s)", name,
                         name="org.freedesktop.DBus") == self.pid and self.call(path, "Accessible", "GetChildren", name=name):
                return name
        return None

    def _item(self, path):
        """As the list of all has it, of one that came since: GTK knows a widget's node once somebody asked for it."""
        states = self.call(path, "Accessible", "GetState")
        said = self.call(path, "org.freedesktop.DBus.Properties", "GetAll", "(s)", ATSPI + "Accessible")
        return (None, None, None, 0, 0, None, said["Name"], self.call(path, "Accessible", "GetRole"), "", states)

    def tree(self):
        items = {item[0][1]: item for item in self.call("/org/a11y/atspi/cache", "Cache", "GetItems")}
        return self._read(ROOT, items, None)

    def _read(self, path, items, parent):
        node = Node(self, path, items.get(path) or self._item(path), parent)
        # a label has nothing inside; what is not visible has nothing to show
        if node.role == ROLES["label"] or (parent is not None and parent.parent is not None and not node.states & VISIBLE):
            return node
        for _, below in self.call(path, "Accessible", "GetChildren"):
            node.children.append(self._read(below, items, node))
        return node

    def is_shown(self, node):
        """What was never shown has no size, and what is folded away lies in something that has none; of a page that lies behind another
        one this cannot be told."""
        if not node.states & VISIBLE:
            return False
        try:
            return min(node.size()) > 0 and all(min(above.size()) > 0 for above in node.above())
        except GLib.Error:
            return False

    def nodes(self, role):
        return [node for node in self.tree().each() if node.role == ROLES[role]]

    def wait(self, what, condition):
        """Until it holds. The tree changes while it is read: then it is read again."""
        def look():
            if not self.is_running():
                raise AssertionError(f"jiexun ended while {what} was awaited: {self.log()}")
            try:
                answer = condition()
            except GLib.Error:
                answer = None
            # each look costs the app that is looked at, too
            return answer or select.select([], [], [], 0.1)[0]
        try:
            return wait_for(what, look)
        except AssertionError as failed:
            raise AssertionError(f"{failed}; on the screen: {self.words() if self.name else ''}") from None

    # ---- looking --------------------------------------------------------------------------------------

    def words(self):
        try:
            return [node.name for node in self.nodes("label") if self.is_shown(node)]
        except GLib.Error as gone:
            return [str(gone)]

    def sees(self, text):
        """In whatever label; its first letter is a capital where it stands at the head of a line."""
        raised = text[:1].upper() + text[1:]
        return any((text in node.name or raised in node.name) and self.is_shown(node) for node in self.nodes("label"))

    def see_state(self, state):
        """Of an entry in a list: the word alone, which may stand in a toast or in the statement, too."""
        self.wait(f'an entry that is "{state}"', lambda: any(node.name == state and self.is_shown(node) for node in self.nodes("label")))

    def see(self, text):
        self.wait(f'"{text}"', lambda: self.sees(text))

    def see_no(self, text):
        self.wait(f'no "{text}"', lambda: not self.sees(text))

    def find(self, role, name):
        for node in self.nodes(role):
            if node.is_named(name) and node.states & SENSITIVE and self.is_shown(node):
                return node
        return None

    def row(self, title):
        """What a row of Status says under its title."""
        for node in self.nodes("list item"):
            words = node.words()
            if words and words[0] == title:
                return " ".join(words[1:])
        return ""

    def wait_row(self, title, text):
        self.wait(f'"{title}: {text}"', lambda: text.casefold() in self.row(title).casefold())

    def unnamed(self):
        """Controls on the screen that a screen reader can call by no name but their class's. The pencil of a row is libadwaita's own."""
        def look():
            controls = [node for node in self.tree().each() if node.role in CONTROLS and self.is_shown(node)]
            return controls and [[(node.role, node.name, node.words()) for node in controls if node.name == "" or
                                  (node.name.startswith(("Gtk", "Adw")) and node.name != "GtkImage")]]
        return self.wait("controls", look)[0]

    # ---- touching -------------------------------------------------------------------------------------

    def press(self, name, role="push button"):
        def act():
            node = self.find(role, name)
            return node is not None and node.call("Action", "DoAction", "(i)", 0)
        self.wait(f'{role} "{name}"', act)

    def go(self, view):
        self.press(view, "page tab")

    def write(self, name, text):
        def act():
            node = self.find("text", name) or self.find("entry", name)
            return node is not None and node.call("EditableText", "SetTextContents", "(s)", text)
        self.wait(f'field "{name}"', act)

    def tap_row(self, text):
        """A row of a list by a word on it, with a finger: GTK 4.8 offers no action for it."""
        def place():
            for node in self.nodes("list item"):
                if any(text.casefold() in word.casefold() for word in node.words()) and self.is_shown(node):
                    x, y, width, height = node.call("Component", "GetExtents", "(u)", IN_WINDOW)
                    return x + width // 2, y + height // 2
            return None
        # there is no window manager: the window is where the screen is
        x, y = self.wait(f'row "{text}"', place)
        xdotool("mousemove", str(x), str(y), "click", "1")

    # ---- ends ------------------------------------------------------------------------------------------

    def close(self):
        """The window, as by its button: the exit status."""
        frame = self.wait("the window", lambda: self.nodes("frame"))[-1]
        names = [action[0] for action in frame.call("Action", "GetActions")]
        # GTK's own name of it, with or without what it says in the language of the screen
        at = next(i for i, name in enumerate(names) if "close" in name)
        try:
            frame.call("Action", "DoAction", "(i)", at)
        except GLib.Error:
            pass  # gone before it answered
        return self.ended()

    def ended(self):
        wait_for("the end of the app", lambda: not self.is_running())
        return self.service.stop()

    def stop(self, how=signal.SIGTERM):
        return self.service.stop(how)


class AppCase(Case):
    """Devices whose camera is a test picture, and apps that end with the test."""

    def camera_device(self, server, short, url=None, **profile):
        return self.device(server, short, url=url, camera__source="test", camera__width=480, camera__height=640, **profile)

    def app(self, device, *args, env=None):
        touch = Touch(self.dir, "--home", device.home, "--profile", device.profile, *args, env=env)
        touch.device = device
        self.addCleanup(lambda: touch.is_running() and touch.stop(signal.SIGKILL))
        return touch

    def log_disorder(self, app, name="disorderly parking"):
        """Choose, shoot, save: its number, from the toast."""
        before = {row["number"] for row in app.device.list()}
        app.go("Log")
        app.press(name)
        app.press("Shutter")
        app.press("Save")
        # a toast of before may lie there still
        said = app.wait("Saved", lambda: next((word for word in app.words() if word.startswith("Saved: ") and
                                               word.removeprefix("Saved: ") not in before), None))
        return said.removeprefix("Saved: ")
