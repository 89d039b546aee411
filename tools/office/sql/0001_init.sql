-- The office's index: derived from journal.ndjson and made anew whenever in doubt. Nothing here is the truth.
-- Positions (pos) are bytes of the journal, len is a line's length without its line feed.

-- How much of which journal is in here.
CREATE TABLE covered (
	one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
	life INTEGER NOT NULL, -- number of the journal: a snapshot begins the next
	journal_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE writer (
	no INTEGER NOT NULL PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,
	short TEXT, -- NULL until a server fact introduces it
	role TEXT
) STRICT;

-- branch: 0 for the writer's own chain; a quarantined entry has the position of its line plus one.
CREATE TABLE entry (
	writer INTEGER NOT NULL,
	branch INTEGER NOT NULL,
	n INTEGER NOT NULL,
	pos INTEGER NOT NULL,
	len INTEGER NOT NULL,
	kind INTEGER NOT NULL, -- enum jx_kind; 0 unknown
	day TEXT NOT NULL, -- business day, "" unknown
	taken_utc_ms INTEGER NOT NULL,
	id BLOB,
	observations_total INTEGER NOT NULL, -- of a day-close
	photos_total INTEGER NOT NULL,
	PRIMARY KEY (writer, branch, n)
) STRICT, WITHOUT ROWID;

-- What a day consists of: observations, corrections, withdrawals; shift-starts and day-closes, which are in no file.
CREATE INDEX entry_day ON entry (day, taken_utc_ms) WHERE kind IN (1, 2, 3, 6, 7);
CREATE INDEX entry_id ON entry (id) WHERE kind IN (1, 2, 3);

-- A correction or withdrawal names the entry it replaces.
CREATE TABLE revision (
	ref BLOB NOT NULL,
	writer INTEGER NOT NULL,
	n INTEGER NOT NULL,
	taken_utc_ms INTEGER NOT NULL,
	PRIMARY KEY (ref, writer, n)
) STRICT, WITHOUT ROWID;

-- Photos as entries list them; i counts within the entry.
CREATE TABLE photo (
	writer INTEGER NOT NULL,
	branch INTEGER NOT NULL,
	n INTEGER NOT NULL,
	i INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	size_bytes INTEGER NOT NULL,
	day TEXT NOT NULL,
	PRIMARY KEY (writer, branch, n, i)
) STRICT, WITHOUT ROWID;
CREATE INDEX photo_sha256 ON photo (sha256);

-- Verified photo-receipts.
CREATE TABLE photo_receipt (
	writer INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	PRIMARY KEY (writer, sha256)
) STRICT, WITHOUT ROWID;

-- Newest verified receipt of each writer.
CREATE TABLE receipt (
	writer INTEGER NOT NULL PRIMARY KEY,
	n INTEGER NOT NULL, -- -1: only of quarantined entries
	server_utc_ms INTEGER NOT NULL
) STRICT;

-- Items that are no entries, to tell a repeat from something new.
CREATE TABLE other (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	pos INTEGER NOT NULL,
	len INTEGER NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Photos to be fetched into a day.
CREATE TABLE wanted (
	day TEXT NOT NULL,
	sha256 BLOB NOT NULL,
	size_bytes INTEGER NOT NULL,
	PRIMARY KEY (day, sha256)
) STRICT, WITHOUT ROWID;

-- Days whose files are older than what is in here.
CREATE TABLE changed_day (
	day TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
