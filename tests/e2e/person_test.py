"""Several people share a device: PINs on the command line, and what entries say of them."""
import json
import os

from e2e import EXIT, Case, main


class Pins(Case):
    def test_a_pin_is_asked_for_and_is_in_the_entry(self):
        server = self.start_server()
        h07 = self.device(server, "H07")
        people = h07.json("person", "list").objects
        self.assertEqual([p["person"] for p in people], ["p-017"])
        h07.jx("person", "set-pin", "p-017", input=b"12a4\n", want=EXIT["einval"])
        h07.jx("person", "set-pin", "p-017", input=b"2468\n")
        h07.jx("shift", "end")
        h07.jx("person", "sign-out")
        refused = h07.jx("person", "sign-in", "p-017", want=EXIT["eauth"])
        self.assertIn("has a PIN", refused.err)
        h07.jx("person", "sign-in", "p-017", "--pin", input=b"1111\n", want=EXIT["eauth"])
        h07.jx("person", "sign-in", "p-017", "--pin", want=EXIT["einval"])
        h07.jx("person", "sign-in", "p-017", "--pin", "--name", "\u738b\u82b3", input=b"2468\n")
        h07.jx("shift", "start")
        number = h07.log("01.01", "--no-gps").object["number"]
        self.assertEqual(h07.json("show", number).object["entry"]["person"]["verified"], "pin")
        # somebody else, without one
        h07.jx("shift", "end")
        h07.jx("person", "sign-in", "p-018")
        h07.jx("shift", "start")
        number = h07.log("01.01", "--no-gps").object["number"]
        self.assertEqual(h07.json("show", number).object["entry"]["person"]["verified"], "none")
        listed = h07.json("person", "list").objects
        self.assertEqual([(p["person"], p.get("name"), p["has_pin"]) for p in listed],
                         [("p-018", None, False), ("p-017", "\u738b\u82b3", True)])
        self.assertEqual(os.stat(os.path.join(h07.home, "people.json")).st_mode & 0o777, 0o600)
        # wrong three times: the fourth try waits, the right one too
        for _ in range(3):
            h07.jx("person", "set-pin", "p-017", input=b"9999\n1357\n", want=EXIT["eauth"])
        h07.jx("person", "set-pin", "p-017", input=b"2468\n1357\n", want=EXIT["ebusy"])
        self.assertIn("p-017", h07.jx("person", "list").out)


if __name__ == "__main__":
    main()
