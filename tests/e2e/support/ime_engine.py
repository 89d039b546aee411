"""A bus of IBus and an engine in one, on the session bus; one JSON object a line for each thing that the app's side did.

It owns the name org.freedesktop.IBus, where GTK's module "ibus" looks for it (IBUS_ADDRESS), keeps typed letters as a preedit, and commits
what TABLE has for them. So the way that a character takes into a field is the real one, from the key in the X server to the text of the
widget, and what the module says of the field (purpose, hints) is heard.
"""
import json

from gi.repository import Gio, GLib

NAME, ROOT, CONTEXT = "org.freedesktop.IBus", "/org/freedesktop/IBus", "org.freedesktop.IBus.InputContext"
TABLE = {"zhanyong": "占用", "guanghua": "光华"}
XML = f"""<node>
<interface name="{NAME}">
  <method name="CreateInputContext"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
</interface>
<interface name="{CONTEXT}">
  <method name="ProcessKeyEvent"><arg type="u" direction="in"/><arg type="u" direction="in"/><arg type="u" direction="in"/>
    <arg type="b" direction="out"/></method>
  <method name="SetCursorLocation"><arg type="i" direction="in"/><arg type="i" direction="in"/><arg type="i" direction="in"/>
    <arg type="i" direction="in"/></method>
  <method name="SetCursorLocationRelative"><arg type="i" direction="in"/><arg type="i" direction="in"/><arg type="i" direction="in"/>
    <arg type="i" direction="in"/></method>
  <method name="SetCapabilities"><arg type="u" direction="in"/></method>
  <method name="SetSurroundingText"><arg type="v" direction="in"/><arg type="u" direction="in"/><arg type="u" direction="in"/></method>
  <method name="FocusIn"/><method name="FocusOut"/><method name="Reset"/>
  <property name="ContentType" type="(uu)" access="write"/>
  <property name="ClientCommitPreedit" type="(b)" access="write"/>
</interface>
<interface name="org.freedesktop.IBus.Service"><method name="Destroy"/></interface>
</node>"""
RELEASE, MODIFIERS = 1 << 30, 1 << 2 | 1 << 3
SPACE, BACKSPACE, ENTER, ESCAPE, PAGE_UP, PAGE_DOWN = 0x20, 0xff08, 0xff0d, 0xff1b, 0xff55, 0xff56
# What it leaves alone: GTK_INPUT_PURPOSE_PASSWORD and GTK_INPUT_PURPOSE_PIN, as IBus' own engines do.
SECRET = (8, 9)


def ibus_text(text):
    marks = GLib.Variant("(sa{sv}av)", ("IBusAttrList", {}, []))
    return GLib.Variant("v", GLib.Variant("(sa{sv}sv)", ("IBusText", {}, text, marks)))


class Context:
    """One of the app's input contexts: GTK makes one for each text widget."""

    def __init__(self, bus, path, client, tell):
        self.bus, self.path, self.client, self.tell = bus, path, client, tell
        self.letters, self.purpose, self.hints = "", 0, 0

    def send(self, signal, *args):
        self.bus.emit_signal(self.client, self.path, CONTEXT, signal, GLib.Variant.new_tuple(*args))

    def show(self, letters):
        self.letters = letters
        self.tell(preedit=letters)
        # the last number: should the focus go, they are dropped (IBUS_ENGINE_PREEDIT_CLEAR)
        self.send("UpdatePreeditTextWithMode", ibus_text(letters), GLib.Variant("u", len(letters)), GLib.Variant("b", letters != ""),
                  GLib.Variant("u", 0))

    def commit(self, text):
        self.show("")
        self.tell(commit=text)
        self.send("CommitText", ibus_text(text))

    def key(self, value, state):
        """Is it ours?"""
        if state & (RELEASE | MODIFIERS) or self.purpose in SECRET:
            return False
        if ord("a") <= value <= ord("z"):
            self.show(self.letters + chr(value))
        elif self.letters == "":
            return False
        elif value == SPACE:
            self.commit(TABLE.get(self.letters, "字"))
        elif value == ENTER:
            self.commit(self.letters)
        elif value == BACKSPACE:
            self.show(self.letters[:-1])
        elif value == ESCAPE:
            self.show("")
        elif value in (PAGE_UP, PAGE_DOWN):
            self.tell(candidates="up" if value == PAGE_UP else "down")
        return True

    def call(self, _bus, _sender, _path, _interface, method, args, invocation):
        args = args.unpack()
        if method == "ProcessKeyEvent":
            invocation.return_value(GLib.Variant("(b)", (self.key(args[0], args[2]),)))
            return
        if method in ("FocusIn", "FocusOut", "Reset"):
            self.tell(**{method.lower(): True, "purpose": self.purpose, "hints": self.hints})
        if method in ("FocusOut", "Reset") and self.letters != "":
            self.show("")
        invocation.return_value(None)

    def set(self, _bus, _sender, _path, _interface, name, value):
        if name == "ContentType":
            self.purpose, self.hints = value.unpack()
            self.tell(purpose=self.purpose, hints=self.hints)
        return True


class Bus:
    def __init__(self):
        self.bus, self.count = Gio.bus_get_sync(Gio.BusType.SESSION, None), 0
        self.about = Gio.DBusNodeInfo.new_for_xml(XML)
        self.bus.register_object(ROOT, self.about.lookup_interface(NAME), self.call, None, None)
        Gio.bus_own_name_on_connection(self.bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: print(json.dumps({"ready": True}), flush=True),
                                       None)

    def call(self, bus, sender, _path, _interface, _method, _args, invocation):
        self.count += 1
        number = self.count
        path = f"{ROOT}/InputContext_{number}"
        context = Context(bus, path, sender, lambda **what: print(json.dumps({"context": number, **what}), flush=True))
        for name in (CONTEXT, "org.freedesktop.IBus.Service"):
            bus.register_object(path, self.about.lookup_interface(name), context.call, None, context.set)
        invocation.return_value(GLib.Variant("(o)", (path,)))


if __name__ == "__main__":
    Bus()
    GLib.MainLoop().run()
