-- How far the sending of a photo has come, for people and so that no small copy goes twice. Whether it is stored follows from
-- photo_done alone; with that its row here goes.

CREATE TABLE photo_sending (
	writer_no  INTEGER NOT NULL REFERENCES identity (no),
	sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
	has_small  INTEGER NOT NULL CHECK (has_small IN (0, 1)), -- its small copy need not be sent (any more)
	sent_bytes INTEGER NOT NULL CHECK (sent_bytes >= 0),     -- of the original, as far as is known
	refused    TEXT NOT NULL,                                -- why the last try ended; '' if it did not
	PRIMARY KEY (writer_no, sha256)
) STRICT, WITHOUT ROWID;
