-- Vault of jiexund, SQLite. Every table here is enduring: rows are added, never rewritten, but for the counters and
-- states of meta, writer and code. Times are milliseconds since 1970-01-01 UTC by the server's clock. Ids are 16 bytes,
-- hashes, digests, heads and public keys 32, signatures 64. Numbers of roles, states and kinds are those of
-- include/jiexun/vault.h and model.h; they are appended to, never changed.
--
-- Rowid tables with an integer key and a UNIQUE key beside it: with rows of about 1 kB WITHOUT ROWID was half as fast
-- and 3.4 times as large.

-- "JXVT"
PRAGMA application_id = 0x4a585654;

CREATE TABLE meta (
	only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
	epoch BLOB NOT NULL CHECK (length(epoch) = 16),
	-- highest feed position given out: one sequence for all tables with a column pos
	pos INTEGER NOT NULL CHECK (pos >= 0)
) STRICT;

CREATE TABLE writer (
	no INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	public_key BLOB NOT NULL CHECK (length(public_key) = 32),
	short_code TEXT NOT NULL,
	role INTEGER NOT NULL,
	area TEXT NOT NULL,
	state INTEGER NOT NULL,
	name TEXT NOT NULL,
	enrolled_utc_ms INTEGER NOT NULL,
	-- stored up to here, with this head; the root head when n = 0
	n INTEGER NOT NULL CHECK (n >= 0),
	head BLOB NOT NULL CHECK (length(head) = 32),
	-- of the newest receipt; 0 never
	last_seen_utc_ms INTEGER NOT NULL,
	is_forked INTEGER NOT NULL CHECK (is_forked IN (0, 1)),
	must_enrol INTEGER NOT NULL CHECK (must_enrol IN (0, 1)),
	-- the last two receipts issued: an older one in a request is a sign of a clone
	receipt_hash BLOB CHECK (length(receipt_hash) = 32),
	receipt_hash_before BLOB CHECK (length(receipt_hash_before) = 32)
) STRICT;
-- short codes come back when a device enrols again
CREATE INDEX writer_short_code ON writer (short_code);

CREATE TABLE code (
	no INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE CHECK (length(id) = 4),
	secret BLOB NOT NULL CHECK (length(secret) = 10),
	short_code TEXT NOT NULL,
	role INTEGER NOT NULL,
	area TEXT NOT NULL,
	is_trusted INTEGER NOT NULL CHECK (is_trusted IN (0, 1)),
	expires_utc_ms INTEGER NOT NULL,
	-- wrong ones so far
	tries INTEGER NOT NULL CHECK (tries >= 0),
	-- both NULL until it is used
	used_public_key BLOB CHECK (length(used_public_key) = 32),
	writer_no INTEGER REFERENCES writer (no)
) STRICT;

CREATE TABLE entry (
	pos INTEGER PRIMARY KEY,
	writer_no INTEGER NOT NULL REFERENCES writer (no),
	n INTEGER NOT NULL CHECK (n > 0),
	-- not unique: the same id with other bytes is kept, marked id-conflict
	id BLOB NOT NULL CHECK (length(id) = 16),
	-- 0: a kind this program does not know
	kind INTEGER NOT NULL,
	-- NULL where the entry could not be understood
	day TEXT,
	-- distribution column of larger installations
	area TEXT,
	received_utc_ms INTEGER NOT NULL,
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	head BLOB NOT NULL CHECK (length(head) = 32),
	-- of head, where a batch ended
	sig BLOB CHECK (length(sig) = 64),
	-- comma separated
	marks TEXT,
	-- exact bytes; NULL once erased by law, then digest stands for them
	bytes BLOB,
	UNIQUE (writer_no, n)
) STRICT;
CREATE INDEX entry_id ON entry (id);
CREATE INDEX entry_marked ON entry (pos) WHERE marks IS NOT NULL;

-- Branches of a chain that another branch was faster than: a restored or cloned device.
CREATE TABLE quarantine (
	pos INTEGER PRIMARY KEY,
	writer_no INTEGER NOT NULL REFERENCES writer (no),
	n INTEGER NOT NULL CHECK (n > 0),
	id BLOB NOT NULL CHECK (length(id) = 16),
	kind INTEGER NOT NULL,
	day TEXT,
	area TEXT,
	received_utc_ms INTEGER NOT NULL,
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	head BLOB NOT NULL CHECK (length(head) = 32),
	sig BLOB CHECK (length(sig) = 64),
	marks TEXT,
	-- the receipt given for it
	receipt_pos INTEGER NOT NULL,
	bytes BLOB,
	-- a head stands for its whole branch: the same branch again stores nothing, another one loses nothing
	UNIQUE (writer_no, n, head)
) STRICT;
CREATE INDEX quarantine_id ON quarantine (id);

CREATE TABLE receipt (
	pos INTEGER PRIMARY KEY,
	writer_no INTEGER NOT NULL REFERENCES writer (no),
	n INTEGER NOT NULL CHECK (n > 0),
	is_fork INTEGER NOT NULL CHECK (is_fork IN (0, 1)),
	utc_ms INTEGER NOT NULL,
	-- over sig and text: how requests name it
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	sig BLOB NOT NULL CHECK (length(sig) = 64),
	text TEXT NOT NULL
) STRICT;
CREATE INDEX receipt_of ON receipt (writer_no, is_fork, n);

-- Photos that entries list: each hash once for each writer.
CREATE TABLE photo_ref (
	no INTEGER PRIMARY KEY,
	writer_no INTEGER NOT NULL REFERENCES writer (no),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	-- as the newest entry says
	size_bytes INTEGER NOT NULL,
	-- listed by quarantined entries only
	is_fork INTEGER NOT NULL CHECK (is_fork IN (0, 1)),
	UNIQUE (writer_no, sha256)
) STRICT;

-- Photos published on disk, with the receipt given to the writer that sent them. Another writer's copy of the same
-- file is a row of its own.
CREATE TABLE photo (
	pos INTEGER PRIMARY KEY,
	writer_no INTEGER NOT NULL REFERENCES writer (no),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	utc_ms INTEGER NOT NULL,
	sig BLOB NOT NULL CHECK (length(sig) = 64),
	text TEXT NOT NULL,
	UNIQUE (writer_no, sha256)
) STRICT;
CREATE INDEX photo_sha256 ON photo (sha256);

-- Signed introductions of identity and TLS keys.
CREATE TABLE keys (
	pos INTEGER PRIMARY KEY,
	utc_ms INTEGER NOT NULL,
	sig BLOB NOT NULL CHECK (length(sig) = 64),
	text TEXT NOT NULL
) STRICT;

-- What people should look at that belongs to a writer and to no single entry: clone-alarm, behind ...
CREATE TABLE writer_mark (
	no INTEGER PRIMARY KEY,
	writer_no INTEGER NOT NULL REFERENCES writer (no),
	mark TEXT NOT NULL,
	first_utc_ms INTEGER NOT NULL,
	last_utc_ms INTEGER NOT NULL,
	times INTEGER NOT NULL CHECK (times > 0),
	UNIQUE (writer_no, mark)
) STRICT;
