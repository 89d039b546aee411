-- Originals that left this disk: receipts, photo-receipts, backup and age covered them when they did.

CREATE TABLE photo_gone (
	sha256      BLOB PRIMARY KEY CHECK (length(sha256) = 32),
	last_pos    INTEGER NOT NULL,               -- newest entry that listed it then: a later one needs its file again
	gone_utc_ms INTEGER NOT NULL                -- newest time the server had signed then
) STRICT, WITHOUT ROWID;
