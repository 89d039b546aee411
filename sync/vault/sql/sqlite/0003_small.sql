-- Small copies that devices sent ahead of their originals: who sent one, and how large it is, so that they count against the quota
-- until the original does. The copies themselves are files.
CREATE TABLE small_copy (
	writer_no INTEGER NOT NULL REFERENCES writer (no),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
	PRIMARY KEY (writer_no, sha256)
) STRICT, WITHOUT ROWID;
