-- Form packs that were published: the file itself, and what the pack key signed of it. The file is the last column, so that a
-- feed reads past it.
CREATE TABLE pack (
	pos INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	version INTEGER NOT NULL CHECK (version > 0),
	-- business day from which it holds
	valid_from TEXT NOT NULL,
	utc_ms INTEGER NOT NULL,
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	sig BLOB NOT NULL CHECK (length(sig) = 64),
	text TEXT NOT NULL,
	bytes BLOB NOT NULL,
	UNIQUE (id, version)
) STRICT;
CREATE INDEX pack_sha256 ON pack (sha256);
