"""Folders put back to where they were before a point, and a look into them that does not use the product's own code."""
import hashlib
import os
import shutil
import sqlite3

TAG_ROOT = b"jx1.root".ljust(16, b"\0")
TAG_HEAD = b"jx1.head".ljust(16, b"\0")


class Folder:
    """Remembers what is in a folder. put_back() writes only what a point changed."""

    def __init__(self, path):
        self.path, self.files, self.folders = path, {}, set()
        for where, folders, names in os.walk(path):
            self.folders.update(os.path.join(where, name) for name in folders)
            for name in names:
                full = os.path.join(where, name)
                # SQLite makes its index anew; what is no file (a socket) belongs to a process
                if not name.endswith("-shm") and os.path.isfile(full):
                    with open(full, "rb") as file:
                        self.files[full] = (file.read(), os.stat(full).st_mode & 0o777)
        self.stamps = {}

    def put_back(self):
        for where, folders, names in os.walk(self.path):
            for name in names:
                full = os.path.join(where, name)
                if full not in self.files:
                    os.unlink(full)
            for name in [name for name in folders if os.path.join(where, name) not in self.folders]:
                shutil.rmtree(os.path.join(where, name))
                folders.remove(name)
        for folder in sorted(self.folders):
            os.makedirs(folder, 0o700, exist_ok=True)
        for path, (data, mode) in self.files.items():
            if self.stamps.get(path) == self.stamp(path):
                continue
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, mode)
            self.stamps[path] = self.stamp(path)

    def is_untouched(self):
        """Nothing was written here since put_back(): what comes next begins where the point began."""
        for where, folders, names in os.walk(self.path):
            if any(os.path.join(where, name) not in self.folders for name in folders):
                return False
            if any(os.path.join(where, name) not in self.files for name in names if not name.endswith("-shm")):
                return False
        return all(self.stamps[path] == self.stamp(path) for path in self.files)

    def digest(self):
        """What is in the folder, whatever the times: the same state twice is judged once."""
        total = hashlib.sha256()
        for where, folders, names in os.walk(self.path):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(where, name)
                if name.endswith("-shm") or not os.path.isfile(path):
                    continue
                total.update(path.encode() + b"\0")
                if self.stamps.get(path) != self.stamp(path):
                    with open(path, "rb") as file:
                        total.update(hashlib.sha1(file.read()).digest())
            total.update(b"".join(name.encode() + b"/" for name in folders))
        return total.digest()

    @staticmethod
    def stamp(path):
        try:
            st = os.stat(path)
        except FileNotFoundError:
            return None
        return (st.st_ino, st.st_size, st.st_mtime_ns, st.st_ctime_ns)


class Look:
    """A copy of a database, opened: looking changes nothing of what the next start finds."""

    def __init__(self, path, room):
        copy = os.path.join(room, "look.db")
        for end in ("", "-wal", "-shm", "-journal"):
            if os.path.exists(copy + end):
                os.unlink(copy + end)
            if end != "-shm" and os.path.exists(path + end):
                shutil.copyfile(path + end, copy + end)
        self.db = sqlite3.connect(copy)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.db.close()

    def rows(self, sql, *args):
        return self.db.execute(sql, args).fetchall()

    def one(self, sql, *args):
        return self.rows(sql, *args)[0][0]

    def integrity(self):
        answer = self.rows("PRAGMA integrity_check")
        return [] if answer == [("ok",)] else [f"integrity_check: {answer[0][0]}"]


def chain_faults(writer, public_key, entries):
    """entries: (n, digest, head, bytes) in order. What is wrong with them by PROTOCOL.md, section 3."""
    head = hashlib.sha256(TAG_ROOT + writer + public_key).digest()
    for place, (n, digest, stored_head, text) in enumerate(entries, 1):
        head = hashlib.sha256(TAG_HEAD + writer + n.to_bytes(8, "big") + head + digest).digest()
        if n != place or digest != hashlib.sha256(text).digest() or head != stored_head:
            return [f"the chain breaks at {n}"]
    return []


def photo_faults(folder, hashes, what):
    """Every one of these is a whole file there."""
    found = []
    for sha256 in hashes:
        path = os.path.join(folder, "photos", sha256.hex()[:2], sha256.hex())
        try:
            with open(path, "rb") as file:
                if hashlib.sha256(file.read()).digest() != sha256:
                    found.append(f"{what}: photo {sha256.hex()[:8]} has other bytes")
        except FileNotFoundError:
            found.append(f"{what}: photo {sha256.hex()[:8]} is not there")
    return found
