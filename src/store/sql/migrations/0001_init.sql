-- One writer's log and what the server said about it. Entries, photos and receipts are only ever added; what is replaced
-- are the keys and address of identity, and the three tables at the end.
--
-- "Waiting", "sent" and "complete" are not columns: they follow from receipt and photo_done at the moment of asking,
-- so that no flag can say something else than the server signed.

-- "JXD1": a Jiexun device store. Another number means another program's file.
PRAGMA application_id = 1247298609;

-- Who this device is, and was: one row for each enrolment. The newest is the current one. An earlier row keeps its entries
-- readable and verifiable; writer ids are never used again.
CREATE TABLE identity (
	no              INTEGER PRIMARY KEY,           -- 1, 2, ...: order of enrolment
	writer          BLOB NOT NULL UNIQUE CHECK (length(writer) = 16),
	public_key      BLOB NOT NULL CHECK (length(public_key) = 32),
	short_code      TEXT NOT NULL,                 -- "H07": its entries are called H07-1, H07-2 ...
	role            TEXT NOT NULL,
	area            TEXT NOT NULL,
	url             TEXT NOT NULL,                 -- server, https://host:port
	server_identity BLOB NOT NULL CHECK (length(server_identity) = 32), -- server's Ed25519 key in use
	pins            BLOB NOT NULL CHECK (length(pins) % 32 = 0),        -- SHA-256 of TLS keys, one after the other
	enrolled_utc_ms INTEGER NOT NULL
) STRICT;

-- Every identity key of the server that was ever pinned here: old receipts are verified with the key of their time.
CREATE TABLE server_key (
	public_key BLOB PRIMARY KEY CHECK (length(public_key) = 32),
	key_id     BLOB NOT NULL CHECK (length(key_id) = 8), -- first 8 bytes of its SHA-256, as receipts name it
	text       BLOB,                                     -- the signed text that introduced it; NULL: enrolment did
	sig        BLOB CHECK (sig IS NULL OR length(sig) = 64)
) STRICT, WITHOUT ROWID;

-- The log. pos is writer's place in identity times 2^40, plus n: so (writer, n) is unique, walking by pos is walking the chain,
-- and one index less is written at each save.
CREATE TABLE entry (
	pos         INTEGER PRIMARY KEY CHECK (pos > 1099511627776),
	id          BLOB NOT NULL UNIQUE CHECK (length(id) = 16), -- UUIDv7 made at first touch
	kind        INTEGER NOT NULL,               -- enum jx_kind
	day         TEXT NOT NULL,                  -- business day it counts for
	photo_count INTEGER NOT NULL,               -- rows in photo
	ref_id      BLOB CHECK (ref_id IS NULL OR length(ref_id) = 16), -- entry it corrects or withdraws
	digest      BLOB NOT NULL CHECK (length(digest) = 32),  -- SHA-256 of bytes
	head        BLOB NOT NULL CHECK (length(head) = 32),    -- chain up to here
	sig         BLOB NOT NULL CHECK (length(sig) = 64),     -- writer's signature of head
	bytes       BLOB NOT NULL,                  -- the entry itself, verbatim
	writer_no   INTEGER NOT NULL GENERATED ALWAYS AS (pos >> 40) VIRTUAL REFERENCES identity (no),
	n           INTEGER NOT NULL GENERATED ALWAYS AS (pos & 1099511627775) VIRTUAL
) STRICT;

-- Lists and totals of a day without reading the entries.
CREATE INDEX entry_day ON entry (day, pos, kind, photo_count);
CREATE INDEX entry_ref ON entry (ref_id) WHERE ref_id IS NOT NULL;

-- Photos that entries list.
CREATE TABLE photo (
	pos        INTEGER NOT NULL REFERENCES entry (pos),
	place      INTEGER NOT NULL,               -- 0, 1, ... in the entry's list
	sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
	size_bytes INTEGER NOT NULL,
	type       TEXT NOT NULL,                  -- "image/jpeg"
	PRIMARY KEY (pos, place)
) STRICT, WITHOUT ROWID;

-- What the server signed, verbatim, in the order in which it came. Receipts of entries:
CREATE TABLE receipt (
	no            INTEGER PRIMARY KEY,          -- 1, 2, ...: order of arrival, one count for both kinds
	writer_no     INTEGER NOT NULL REFERENCES identity (no),
	epoch         BLOB NOT NULL CHECK (length(epoch) = 16), -- server's, new after it was restored from a backup
	n             INTEGER NOT NULL,             -- covers entries up to here
	safe_until_n  INTEGER NOT NULL,             -- of these, in a verified backup
	server_utc_ms INTEGER NOT NULL,
	standing      INTEGER NOT NULL,             -- 0 good; 1 fork: kept in quarantine; 2 foreign: not this log's chain
	hash          BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- of sig and text: the same receipt comes more than once
	sig           BLOB NOT NULL CHECK (length(sig) = 64),
	text          BLOB NOT NULL
) STRICT;
-- All that "what counts now" asks for, so that years of receipts cost nothing at a save or in a list.
CREATE INDEX receipt_writer ON receipt (writer_no, no, standing, epoch, n, safe_until_n, server_utc_ms);

-- ... and of photos published on its disk:
CREATE TABLE photo_receipt (
	no        INTEGER PRIMARY KEY,
	writer_no INTEGER NOT NULL REFERENCES identity (no),
	hash      BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	sig       BLOB NOT NULL CHECK (length(sig) = 64),
	text      BLOB NOT NULL
) STRICT;

-- From here on rows are replaced.

-- The newest photo-receipt that names a photo, and its epoch: what a server said before it was restored does not count.
CREATE TABLE photo_done (
	writer_no  INTEGER NOT NULL REFERENCES identity (no),
	sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
	epoch      BLOB NOT NULL CHECK (length(epoch) = 16),
	receipt_no INTEGER NOT NULL REFERENCES photo_receipt (no),
	PRIMARY KEY (writer_no, sha256)
) STRICT, WITHOUT ROWID;

-- What came down the feed, newest version of each thing, verbatim.
CREATE TABLE inbox (
	kind TEXT NOT NULL,
	key  TEXT NOT NULL,
	text BLOB NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Small values: person signed in, open shift, challenge, feed cursor ... (setting.c has the names).
CREATE TABLE setting (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
