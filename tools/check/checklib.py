"""Shared by the scripts of this folder.

A check is a function `check(tree)` that yields findings ("path:line: what is wrong and what to do") and a list of
plants: changes to a copy of the tree that it must find. `main` runs one or the other: a check that cannot fail
proves nothing, so every check is run both ways by the test command.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOM_FOLDERS = ("src/", "sync/", "tools/office/", "tools/fleet/")


class Tree:
    """The files of one source tree: what git knows or would add; without git, everything but build folders."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        self.cache = {}
        self.paths = sorted(set(self._list()))

    def _list(self):
        if os.path.exists(os.path.join(self.root, ".git")):
            run = subprocess.run(
                ["git", "-c", "safe.directory=*", "-C", self.root, "ls-files", "-z", "--cached", "--others",
                 "--exclude-standard"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            if run.returncode == 0:
                return [p for p in run.stdout.decode().split("\0") if p and os.path.lexists(self.at(p))]
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f not in (".git", "build", "__pycache__", ".cache")]
            found += [os.path.relpath(os.path.join(folder, f), self.root) for f in files]
        return found

    def at(self, path):
        return os.path.join(self.root, path)

    def match(self, pattern):
        test = re.compile(pattern)
        return [p for p in self.paths if test.search(p)]

    def room_sources(self):
        """C sources and headers of the rooms, public headers included."""
        return [p for p in self.match(r"\.[ch]$") if p.startswith(ROOM_FOLDERS) or p.startswith("include/")]

    def text(self, path):
        if path not in self.cache:
            with open(self.at(path), encoding="utf-8", errors="replace") as f:
                self.cache[path] = f.read()
        return self.cache[path]


TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//(?:\\\n|[^\n])*)|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<char>'(?:\\.|[^'\\\n])*')""",
    re.S)


def blank(text):
    """The same text, same lines, without what stands in comments, strings and character constants."""
    def keep_lines(match):
        body = match.group(0)
        if match.group("string") is not None:
            return '"' + " " * (len(body) - 2) + '"'
        return re.sub(r"[^\n]", " ", body)
    return TOKEN.sub(keep_lines, text)


def without_comments(text):
    return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)) if m.group("comment") is not None else m.group(0),
                     text)


def strings(text):
    """(offset, text) of each string literal, neighbours joined as the compiler joins them."""
    out = []
    last_end = None
    for match in TOKEN.finditer(text):
        if match.group("string") is None:
            continue
        body = match.group(0)[1:-1]
        if out and last_end is not None and not text[last_end:match.start()].strip():
            out[-1] = (out[-1][0], out[-1][1] + body)
        else:
            out.append((match.start(), body))
        last_end = match.end()
    return out


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def room_of(path):
    """Name of the room a source file belongs to, or None."""
    parts = path.split("/")
    if parts[0] in ("src", "sync") and len(parts) > 2:
        return parts[1]
    for name in ("office", "fleet"):
        if path.startswith(f"tools/{name}/"):
            return name
    return None


def rules(path):
    """Lines of a rule file as lists of words; '#' starts a comment."""
    out = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            words = line.split("#", 1)[0].split()
            if words:
                out.append(words)
    return out


class Plant:
    """A change that must be found: `text` appended to `path` (or the file made), the finding contains `finds`.

    also: more files, {path: text}. replace: the file holds `text` alone.
    """

    def __init__(self, path, text, finds, replace=False, also=None):
        self.files = {path: text, **(also or {})}
        self.path, self.text, self.finds, self.replace = path, text, finds, replace


def _plant_one(check, root, plant, options):
    before = set(check(Tree(root), **options))
    kept = {}
    for path, text in plant.files.items():
        target = os.path.join(root, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        kept[target] = None
        if os.path.exists(target):
            with open(target, "rb") as f:
                kept[target] = f.read()
        with open(target, "wb") as f:
            f.write((b"" if plant.replace else kept[target] or b"") + text.encode())
    try:
        new = [f for f in check(Tree(root), **options) if f not in before]
    finally:
        for target, old in kept.items():
            if old is None:
                os.unlink(target)
            else:
                with open(target, "wb") as f:
                    f.write(old)
    return any(plant.finds in f for f in new)


def self_test(check, plants, tree, options):
    with tempfile.TemporaryDirectory() as folder:
        for path in tree.paths:
            copy = os.path.join(folder, path)
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            if os.path.isfile(tree.at(path)):
                shutil.copy(tree.at(path), copy)
        missed = [p for p in plants if not _plant_one(check, folder, p, options)]
    for plant in missed:
        print(f"not found: planted in {plant.path}: {plant.text.strip()!r} (expected: {plant.finds!r})")
    print(f"{len(plants) - len(missed)} of {len(plants)} planted faults found")
    return 1 if missed or not plants else 0


def main(check, plants, doc, more=None):
    sys.stdout.reconfigure(encoding="utf-8")
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."),
                        help="source tree to look at (default: the one this script is in)")
    parser.add_argument("--self-test", action="store_true", help="plant faults in a copy: each must be found")
    options = {}
    if more is not None:
        more(parser)
    arguments = parser.parse_args()
    for name, value in vars(arguments).items():
        if name not in ("root", "self_test"):
            options[name] = value
    tree = Tree(arguments.root)
    if arguments.self_test:
        sys.exit(self_test(check, plants, tree, options))
    findings = sorted(set(check(tree, **options)))
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)
