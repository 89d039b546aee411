-- Checks that are being filled in. A draft is no evidence: it is changed, and it goes when its entry is saved (in the
-- same transaction) or when it is dropped.

-- The id is that of the entry to come. A draft keeps the pack it began with.
CREATE TABLE draft (
	id           BLOB PRIMARY KEY CHECK (length(id) = 16),
	form         TEXT NOT NULL,
	pack         TEXT NOT NULL,
	pack_version INTEGER NOT NULL,
	day          TEXT NOT NULL,                  -- business day on which it was begun
	taken_utc_ms INTEGER NOT NULL                -- first touch
) STRICT, WITHOUT ROWID;

-- What was typed into it, newest version of each field.
CREATE TABLE draft_value (
	draft BLOB NOT NULL REFERENCES draft (id),
	path  TEXT NOT NULL,                         -- "rooms[2].flies"
	place INTEGER NOT NULL,                      -- 1, 2, ...: order in which the fields were first answered
	value TEXT NOT NULL,                         -- "" where an answer was taken back
	PRIMARY KEY (draft, path)
) STRICT, WITHOUT ROWID;
