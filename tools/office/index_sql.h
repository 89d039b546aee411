/* Every statement of the index: id and text. Prepared at first use; parameters by place (?1 ...). */
#ifndef JX_OFFICE_INDEX_SQL_H
#define JX_OFFICE_INDEX_SQL_H

#define JX_OFFICE__STATEMENTS(X)                                                                             \
	X(BEGIN, "BEGIN IMMEDIATE")                                                                          \
	X(COMMIT, "COMMIT")                                                                                  \
	X(ROLLBACK, "ROLLBACK")                                                                              \
	X(COVERED, "SELECT life, journal_bytes FROM covered")                                                \
	X(COVER, "INSERT INTO covered (one, life, journal_bytes) VALUES (1, ?1, ?2) ON CONFLICT (one) DO "   \
		 "UPDATE SET life = ?1, journal_bytes = ?2")                                                 \
	X(CLEAR_DAYS,                                                                                        \
	  "INSERT OR IGNORE INTO changed_day SELECT DISTINCT day FROM entry WHERE kind > 0 AND kind "        \
	  "< 8 AND kind <> 4 AND kind <> 5 AND day <> ''")                                                   \
	X(CLEAR_WRITER, "DELETE FROM writer")                                                                \
	X(CLEAR_ENTRY, "DELETE FROM entry")                                                                  \
	X(CLEAR_REVISION, "DELETE FROM revision")                                                            \
	X(CLEAR_PHOTO, "DELETE FROM photo")                                                                  \
	X(CLEAR_PHOTO_RECEIPT, "DELETE FROM photo_receipt")                                                  \
	X(CLEAR_RECEIPT, "DELETE FROM receipt")                                                              \
	X(CLEAR_OTHER, "DELETE FROM other")                                                                  \
	X(CLEAR_WANTED, "DELETE FROM wanted")                                                                \
	X(WRITER, "SELECT no, role IS NOT NULL FROM writer WHERE id = ?1")                                   \
	X(WRITER_ADD, "INSERT INTO writer (id) VALUES (?1) RETURNING no")                                    \
	X(WRITER_INTRODUCE, "UPDATE writer SET short = ?2, role = ?3 WHERE no = ?1")                         \
	X(WRITER_DAYS,                                                                                       \
	  "INSERT OR IGNORE INTO changed_day SELECT DISTINCT day FROM entry WHERE writer = ?1 AND "          \
	  "kind > 0 AND kind < 8 AND kind <> 4 AND kind <> 5 AND day <> ''")                                 \
	X(ENTRY_FIND, "SELECT pos, len FROM entry WHERE writer = ?1 AND branch = 0 AND n = ?2")              \
	X(ENTRY_ADD,                                                                                         \
	  "INSERT INTO entry (writer, branch, n, pos, len, kind, day, taken_utc_ms, id, "                    \
	  "observations_total, photos_total) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "         \
	  "ON CONFLICT (writer, branch, n) DO UPDATE SET pos = ?4, len = ?5, kind = ?6, day = ?7, "          \
	  "taken_utc_ms = ?8, id = ?9, observations_total = ?10, photos_total = ?11")                        \
	X(ENTRY_ERASED,                                                                                      \
	  "INSERT INTO entry (writer, branch, n, pos, len, kind, day, taken_utc_ms, id, "                    \
	  "observations_total, photos_total) VALUES (?1, ?2, ?3, ?4, ?5, 0, '', 0, NULL, 0, 0) ON "          \
	  "CONFLICT (writer, branch, n) DO UPDATE SET pos = ?4, len = ?5")                                   \
	X(ENTRY_DAY, "SELECT day FROM entry WHERE writer = ?1 AND branch = ?2 AND n = ?3")                   \
	X(ENTRIES_OF_DAY,                                                                                    \
	  "SELECT w.id, w.short, e.n, e.kind, e.taken_utc_ms, e.pos, e.len, e.branch FROM entry AS "         \
	  "e JOIN writer AS w ON w.no = e.writer WHERE e.day = ?1 AND e.kind > 0 AND e.kind < 8 AND "        \
	  "e.kind <> 4 AND e.kind <> 5 AND e.kind < 4 ORDER BY e.taken_utc_ms, e.writer, e.branch, "         \
	  "e.n")                                                                                             \
	X(ENTRIES_OF_PERIOD,                                                                                 \
	  "SELECT w.id, w.short, e.n, e.kind, e.taken_utc_ms, e.pos, e.len, e.branch, e.day, "               \
	  "e.writer FROM entry AS e JOIN writer AS w ON w.no = e.writer WHERE e.day >= ?1 AND e.day "        \
	  "<= ?2 AND e.kind > 0 AND e.kind < 8 AND e.kind <> 4 AND e.kind <> 5 AND e.kind = 1 AND "          \
	  "e.branch = 0 UNION SELECT w.id, w.short, e.n, e.kind, e.taken_utc_ms, e.pos, e.len, "             \
	  "e.branch, e.day, e.writer FROM revision AS r JOIN entry AS e ON e.writer = r.writer AND "         \
	  "e.branch = 0 AND e.n = r.n JOIN writer AS w ON w.no = e.writer WHERE e.kind = 2 ORDER BY "        \
	  "9, 5, 10, 3")                                                                                     \
	X(ID_PLACE,                                                                                          \
	  "SELECT w.id, w.short, e.n, e.kind, e.taken_utc_ms, e.pos, e.len, e.branch FROM entry AS "         \
	  "e JOIN writer AS w ON w.no = e.writer WHERE e.id = ?1 AND e.kind > 0 AND e.kind < 4 "             \
	  "ORDER BY e.branch LIMIT 1")                                                                       \
	X(NUMBER_PLACE,                                                                                      \
	  "SELECT w.id, w.short, e.n, e.kind, e.taken_utc_ms, e.pos, e.len, e.branch FROM entry AS "         \
	  "e JOIN writer AS w ON w.no = e.writer WHERE w.short = ?1 COLLATE NOCASE AND e.n = ?2 AND "        \
	  "e.kind > 0 AND e.kind < 4 AND e.branch = 0 ORDER BY e.taken_utc_ms DESC, w.no DESC")              \
	X(ID_NUMBER, "SELECT w.id, w.short, e.n, e.day FROM entry AS e JOIN writer AS w ON w.no = e.writer " \
		     "WHERE e.id = ?1 AND e.kind > 0 AND e.kind < 4 ORDER BY e.branch LIMIT 1")              \
	X(REVISION_ADD,                                                                                      \
	  "INSERT OR IGNORE INTO revision (ref, writer, n, taken_utc_ms) VALUES (?1, ?2, ?3, ?4)")           \
	X(REVISION_NUMBER,                                                                                   \
	  "SELECT w.id, w.short, r.n FROM revision AS r JOIN writer AS w ON w.no = r.writer WHERE "          \
	  "r.ref = ?1 ORDER BY r.taken_utc_ms DESC, r.writer DESC, r.n DESC LIMIT 1")                        \
	X(PHOTO_ADD,                                                                                         \
	  "INSERT OR REPLACE INTO photo (writer, branch, n, i, sha256, size_bytes, day) VALUES (?1, "        \
	  "?2, ?3, ?4, ?5, ?6, ?7)")                                                                         \
	X(PHOTO_WANT, "INSERT OR IGNORE INTO wanted (day, sha256, size_bytes) SELECT ?2, ?1, ?3 FROM "       \
		      "photo_receipt WHERE writer = ?4 AND sha256 = ?1")                                     \
	X(PHOTO_WANT_DAYS,                                                                                   \
	  "INSERT OR IGNORE INTO wanted (day, sha256, size_bytes) SELECT day, sha256, size_bytes "           \
	  "FROM photo WHERE sha256 = ?1 AND writer = ?2 AND day <> ''")                                      \
	X(PHOTO_MISSING, "SELECT DISTINCT p.day, p.sha256, p.size_bytes FROM photo AS p WHERE p.day <> '' "  \
			 "AND NOT EXISTS (SELECT 1 FROM photo_receipt AS r WHERE r.writer = p.writer AND "   \
			 "r.sha256 = p.sha256) ORDER BY p.day DESC, p.sha256")                               \
	X(PHOTO_RECEIPT_ADD, "INSERT OR IGNORE INTO photo_receipt (sha256, writer) VALUES (?1, ?2)")         \
	X(RECEIPT_ADD,                                                                                       \
	  "INSERT INTO receipt (writer, n, server_utc_ms) VALUES (?1, ?2, ?3) ON CONFLICT (writer) "         \
	  "DO UPDATE SET n = max(n, ?2), server_utc_ms = max(server_utc_ms, ?3)")                            \
	X(OTHER_FIND, "SELECT pos, len FROM other WHERE kind = ?1 AND key = ?2")                             \
	X(OTHER_NEXT, "SELECT key, pos, len FROM other WHERE kind = ?1 AND key > ?2 ORDER BY key LIMIT 1")   \
	X(OTHER_ADD, "INSERT OR REPLACE INTO other (kind, key, pos, len) VALUES (?1, ?2, ?3, ?4)")           \
	X(WANTED_NEXT,                                                                                       \
	  "SELECT day, sha256, size_bytes FROM wanted WHERE (day, sha256) > (?1, ?2) ORDER BY day, "         \
	  "sha256 LIMIT 1")                                                                                  \
	X(WANTED_DONE, "DELETE FROM wanted WHERE day = ?1 AND sha256 = ?2")                                  \
	X(COUNT_OBSERVATIONS, "SELECT count(*) FROM entry WHERE kind = 1 AND branch = 0")                    \
	X(COUNT_WANTED, "SELECT count(*) FROM wanted")                                                       \
	X(DAY_CHANGED, "INSERT OR IGNORE INTO changed_day (day) VALUES (?1)")                                \
	X(DAY_DONE, "DELETE FROM changed_day WHERE day = ?1")                                                \
	X(DAYS_CHANGED, "SELECT day FROM changed_day WHERE day > ?1 ORDER BY day LIMIT 1")                   \
	X(STATED_WRITERS,                                                                                    \
	  "SELECT no, id, short FROM writer WHERE (role IS NULL OR role IN ('field', 'leader')) AND "        \
	  "no IN (SELECT writer FROM entry WHERE day = ?1 AND kind > 0 AND kind < 8 AND kind <> 4 "          \
	  "AND kind <> 5 AND branch = 0)")                                                                   \
	X(STATED_ENTRIES,                                                                                    \
	  "SELECT e.writer, w.id, e.n, e.kind, e.id, e.observations_total, e.photos_total FROM "             \
	  "entry AS e JOIN writer AS w ON w.no = e.writer WHERE e.day = ?1 AND e.kind > 0 AND "              \
	  "e.kind < 8 AND e.kind <> 4 AND e.kind <> 5 AND e.branch = 0 AND (w.role IS NULL OR "              \
	  "w.role IN ('field', 'leader'))")                                                                  \
	X(STATED_PHOTOS,                                                                                     \
	  "SELECT p.sha256, r.writer IS NOT NULL FROM photo AS p LEFT JOIN photo_receipt AS r ON "           \
	  "r.writer = p.writer AND r.sha256 = p.sha256 WHERE p.writer = ?1 AND p.branch = 0 AND p.n "        \
	  "= ?2 ORDER BY p.i")                                                                               \
	X(STATED_DAY_AFTER,                                                                                  \
	  "SELECT day FROM entry WHERE kind > 0 AND kind < 8 AND kind <> 4 AND kind <> 5 AND day > "         \
	  "?1 ORDER BY day LIMIT 1")                                                                         \
	X(CHAIN_EXTENT, "SELECT count(*), max(n) FROM entry WHERE writer = ?1 AND branch = 0")               \
	X(CHAIN_NUMBERS, "SELECT n FROM entry WHERE writer = ?1 AND branch = 0 ORDER BY n")                  \
	X(STATED_RECEIPT, "SELECT n, server_utc_ms FROM receipt WHERE writer = ?1")

enum jx_office__sql {
#define JX_OFFICE__SQL_ID(id, text) JX_OFFICE__SQL_##id,
	JX_OFFICE__STATEMENTS(JX_OFFICE__SQL_ID)
#undef JX_OFFICE__SQL_ID
	JX_OFFICE__SQL_COUNT
};

#endif
