-- The same rows as before: SQLite makes a table in memory for every `kind IN (...)` it looks at, twice for each entry that is added.
-- A statement has to say these conditions in the same words to be led through the index.

DROP INDEX entry_day;
CREATE INDEX entry_day ON entry (day, taken_utc_ms) WHERE kind > 0 AND kind < 8 AND kind <> 4 AND kind <> 5;
DROP INDEX entry_id;
CREATE INDEX entry_id ON entry (id) WHERE kind > 0 AND kind < 4;

-- The newest of those that replace one entry is asked for with every row of a file: at the end of this, without sorting.
CREATE INDEX revision_newest ON revision (ref, taken_utc_ms);
