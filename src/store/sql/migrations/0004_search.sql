-- Words and characters of entries, to be searched. Derived: it can be emptied and filled again from the entries.
--
-- Contentless: the text stands in the entries already. The room cuts it into tokens itself (search_text.c says how), so the
-- tokenizer has nothing to do but to split at spaces: "ascii" takes every character beyond ASCII for a letter, also those
-- that are newer than SQLite's Unicode tables.
CREATE VIRTUAL TABLE entry_text USING fts5 (text, content = '', columnsize = 0, tokenize = "ascii tokenchars '.-_'");

-- Entries up to this position are in it. Those after it are few, and are read when one searches.
CREATE TABLE search (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	pos INTEGER NOT NULL
) STRICT;
INSERT INTO search (one, pos) VALUES (1, 0);
