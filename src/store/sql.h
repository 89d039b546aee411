/*
 * Every statement of the room: id and text. Prepared at first use, kept for the connection's life, lent by jx_store__lend().
 * Parameters are named. Positions (pos) are explained in sql/migrations/0001_init.sql.
 */
#ifndef JX_STORE_SQL_H
#define JX_STORE_SQL_H

/* The columns that read_row() in log.c reads, in its order. */
#define ROW_COLUMNS                                                                                  \
	"SELECT e.pos, e.id, e.kind, e.bytes, e.digest, e.head, e.sig, e.photo_count, e.writer_no, " \
	"EXISTS (SELECT 1 FROM entry r WHERE r.ref_id = e.id) FROM "
#define ROW ROW_COLUMNS "entry e "
/* By way of the search index, which gives its rows in order. */
#define ROW_FOUND                                                         \
	ROW_COLUMNS "entry_text t CROSS JOIN entry e ON e.pos = t.rowid " \
		    "WHERE t.entry_text MATCH :match AND t.rowid BETWEEN :first AND :last "

/* The columns that read_draft() in draft.c reads, in its order. */
#define DRAFT                                                                  \
	"SELECT d.id, d.form, d.pack, d.pack_version, d.day, d.taken_utc_ms, " \
	"(SELECT count(*) FROM draft_value v WHERE v.draft = d.id), "          \
	"(SELECT count(*) FROM draft) FROM draft d "

/* In all of them: positions [:first, :last], numbers [:from_n, :until_n] (they matter with several writers), kind 0 = any. */
#define RANGE                                                                  \
	"e.pos BETWEEN :first AND :last AND e.n BETWEEN :from_n AND :until_n " \
	"AND (:kind = 0 OR e.kind = :kind) "

/* What counts: receipts that came after the last one of another epoch than the newest (see receipt.c). */
#define STATEMENTS(X)                                                                                        \
	X(SET_PUT, "INSERT INTO setting (name, value) VALUES (:name, :value) "                               \
		   "ON CONFLICT (name) DO UPDATE SET value = excluded.value")                                \
	X(DOUBT_COUNT, "INSERT INTO setting (name, value) VALUES ('commit_failures', '1') "                  \
		       "ON CONFLICT (name) DO UPDATE SET "                                                   \
		       "value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)")                                   \
	X(SET_DROP, "DELETE FROM setting WHERE name = :name")                                                \
	X(SET_GET, "SELECT value FROM setting WHERE name = :name")                                           \
	X(IDENTITY_NEWEST, "SELECT no, writer, public_key, short_code, role, area, url, "                    \
			   "server_identity, pins, enrolled_utc_ms FROM identity ORDER BY no DESC LIMIT 1")  \
	X(IDENTITY_EACH, "SELECT no, writer, public_key, short_code, role, area, url, "                      \
			 "server_identity, pins, enrolled_utc_ms FROM identity ORDER BY no")                 \
	X(IDENTITY_NO, "SELECT no, public_key FROM identity WHERE writer = :writer")                         \
	X(IDENTITY_OF, "SELECT no, writer, public_key, short_code, role, area, url, "                        \
		       "server_identity, pins, enrolled_utc_ms FROM identity WHERE no = :no")                \
	X(IDENTITY_ADD, "INSERT INTO identity (no, writer, public_key, short_code, role, area, url, "        \
			"server_identity, pins, enrolled_utc_ms) VALUES (:no, :writer, :public_key, "        \
			":short_code, :role, :area, :url, :server_identity, :pins, :enrolled_utc_ms)")       \
	X(IDENTITY_RENEW, "UPDATE identity SET short_code = :short_code, role = :role, area = :area, "       \
			  "url = :url, server_identity = :server_identity, pins = :pins, "                   \
			  "enrolled_utc_ms = :enrolled_utc_ms WHERE no = :no")                               \
	X(IDENTITY_KEYS,                                                                                     \
	  "UPDATE identity SET server_identity = :server_identity, pins = :pins WHERE no = :no")             \
	X(IDENTITY_AREA, "UPDATE identity SET role = :role, area = :area WHERE no = :no")                    \
	X(KEY_OTHERS, "SELECT public_key FROM server_key WHERE public_key <> :current LIMIT :limit")         \
	X(KEY_ADD, "INSERT INTO server_key (public_key, key_id, text, sig) "                                 \
		   "VALUES (:public_key, :key_id, :text, :sig) ON CONFLICT (public_key) DO NOTHING")         \
	X(KEY_GET, "SELECT public_key FROM server_key WHERE key_id = :key_id")                               \
	X(ENTRY_POS, "SELECT pos FROM entry WHERE id = :id")                                                 \
	X(ENTRY_LAST, "SELECT pos, head FROM entry WHERE pos BETWEEN :first AND :last "                      \
		      "ORDER BY pos DESC LIMIT 1")                                                           \
	X(ENTRY_HEAD, "SELECT head FROM entry WHERE pos = :pos")                                             \
	X(ENTRY_ADD, "INSERT INTO entry (pos, id, kind, day, photo_count, ref_id, digest, head, sig, "       \
		     "bytes) VALUES (:pos, :id, :kind, :day, :photo_count, :ref_id, :digest, :head, "        \
		     ":sig, :bytes)")                                                                        \
	X(ENTRY_CHECK, "SELECT pos, writer_no, id, kind, day, photo_count, ref_id, digest, head, bytes "     \
		       "FROM entry ORDER BY pos")                                                            \
	X(PHOTO_ADD, "INSERT INTO photo (pos, place, sha256, size_bytes, type) "                             \
		     "VALUES (:pos, :place, :sha256, :size_bytes, :type)")                                   \
	X(PHOTO_EACH, "SELECT sha256, size_bytes, type FROM photo WHERE pos = :pos ORDER BY place")          \
	X(PHOTO_SHARED, "SELECT count(*) FROM photo p JOIN photo_done d "                                    \
			"ON d.writer_no = :writer_no AND d.sha256 = p.sha256 "                               \
			"WHERE p.pos = :pos AND d.epoch = :epoch")                                           \
	X(ROW_ID, ROW "WHERE e.id = :id")                                                                    \
	X(ROW_ID_RANGE, ROW "WHERE e.id BETWEEN :first AND :last ORDER BY e.id")                             \
	X(ROW_REPLACING, ROW "WHERE e.ref_id = :id ORDER BY e.pos DESC LIMIT 1")                             \
	X(ROW_UP, ROW "WHERE " RANGE "ORDER BY e.pos")                                                       \
	X(ROW_DOWN, ROW "WHERE " RANGE "ORDER BY e.pos DESC")                                                \
	X(ROW_DAY_UP, ROW "WHERE e.day = :day AND " RANGE "ORDER BY e.pos")                                  \
	X(ROW_DAY_DOWN, ROW "WHERE e.day = :day AND " RANGE "ORDER BY e.pos DESC")                           \
	X(FOUND_UP, ROW_FOUND "AND (:day IS NULL OR e.day = :day) AND " RANGE "ORDER BY t.rowid")            \
	X(FOUND_DOWN, ROW_FOUND "AND (:day IS NULL OR e.day = :day) AND " RANGE "ORDER BY t.rowid DESC")     \
	X(DAY_SPAN, "SELECT (SELECT pos FROM entry WHERE day = :day ORDER BY pos LIMIT 1), "                 \
		    "(SELECT pos FROM entry WHERE day = :day ORDER BY pos DESC LIMIT 1)")                    \
	X(SEARCH_POS, "SELECT pos FROM search")                                                              \
	X(SEARCH_SET, "UPDATE search SET pos = :pos")                                                        \
	X(SEARCH_BEHIND, "SELECT count(*) FROM entry WHERE pos > (SELECT pos FROM search)")                  \
	X(SEARCH_NEXT, "SELECT pos, bytes FROM entry WHERE pos > :after ORDER BY pos LIMIT :limit")          \
	X(SEARCH_ADD, "INSERT INTO entry_text (rowid, text) VALUES (:pos, :text)")                           \
	X(SEARCH_TERMS, "SELECT term, doc, offset FROM temp.term")                                           \
	X(SEARCH_CLEAR, "INSERT INTO entry_text (entry_text) VALUES ('delete-all')")                         \
	X(DAY_TOTALS, "SELECT count(*) FILTER (WHERE kind = :observation), "                                 \
		      "coalesce(sum(photo_count) FILTER (WHERE kind IN (:observation, :correction)), 0) "    \
		      "FROM entry WHERE day = :day AND +pos BETWEEN :first AND :last")                       \
	X(COUNT_ENTRIES, "SELECT count(*), count(*) FILTER (WHERE kind = :observation), "                    \
			 "coalesce(sum(photo_count), 0) FROM entry WHERE +pos BETWEEN :first AND :last")     \
	X(COUNT_PHOTOS, "SELECT count(*), coalesce(sum(size_bytes), 0) FROM ("                               \
			"SELECT max(p.size_bytes) AS size_bytes FROM photo p LEFT JOIN photo_done d "        \
			"ON d.writer_no = :writer_no AND d.sha256 = p.sha256 AND d.epoch = :epoch "          \
			"WHERE p.pos BETWEEN :first AND :last AND d.sha256 IS NULL GROUP BY p.sha256)")      \
	X(PHOTO_WAITING, "SELECT p.sha256, max(p.size_bytes), max(p.type), max(p.pos) AS at, "               \
			 "min(p.place) AS place FROM photo p LEFT JOIN photo_done d "                        \
			 "ON d.writer_no = :writer_no AND d.sha256 = p.sha256 AND d.epoch = :epoch "         \
			 "WHERE p.pos BETWEEN :first AND :last AND d.sha256 IS NULL "                        \
			 "GROUP BY p.sha256 ORDER BY at DESC, place LIMIT :limit")                           \
	X(SENDING_PUT,                                                                                       \
	  "INSERT INTO photo_sending (writer_no, sha256, has_small, sent_bytes, refused) "                   \
	  "SELECT :writer_no, :sha256, :has_small, max(:sent_bytes, 0), coalesce(:refused, '') "             \
	  "WHERE true ON CONFLICT (writer_no, sha256) DO UPDATE SET "                                        \
	  "has_small = max(has_small, excluded.has_small), "                                                 \
	  "sent_bytes = CASE WHEN :sent_bytes < 0 THEN sent_bytes ELSE excluded.sent_bytes END, "            \
	  "refused = CASE WHEN :refused IS NULL THEN refused ELSE excluded.refused END")                     \
	X(SENDING_DROP, "DELETE FROM photo_sending WHERE writer_no = :writer_no AND sha256 = :sha256")       \
	X(SENDING_GET, "SELECT EXISTS (SELECT 1 FROM photo_done d WHERE d.writer_no = :writer_no "           \
		       "AND d.sha256 = :sha256 AND d.epoch = :epoch), coalesce(s.has_small, 0), "            \
		       "coalesce(s.sent_bytes, 0), coalesce(s.refused, '') FROM (SELECT 1) "                 \
		       "LEFT JOIN photo_sending s ON s.writer_no = :writer_no AND s.sha256 = :sha256")       \
	X(SMALL_WAITING, "SELECT p.sha256, max(p.size_bytes), max(p.type), max(p.pos) AS at, "               \
			 "min(p.place) AS place FROM photo p LEFT JOIN photo_done d "                        \
			 "ON d.writer_no = :writer_no AND d.sha256 = p.sha256 AND d.epoch = :epoch "         \
			 "LEFT JOIN photo_sending s ON s.writer_no = :writer_no AND s.sha256 = p.sha256 "    \
			 "WHERE p.pos BETWEEN :first AND :last AND d.sha256 IS NULL "                        \
			 "AND coalesce(s.has_small, 0) = 0 AND p.type LIKE 'image/%' "                       \
			 "GROUP BY p.sha256 ORDER BY at DESC, place LIMIT :limit")                           \
	X(RECEIPT_NEXT_NO, "SELECT 1 + max(coalesce((SELECT max(no) FROM receipt), 0), "                     \
			   "coalesce((SELECT max(no) FROM photo_receipt), 0))")                              \
	X(RECEIPT_KNOWN, "SELECT no, standing FROM receipt WHERE hash = :hash")                              \
	X(RECEIPT_RENUMBER, "UPDATE receipt SET no = :no WHERE hash = :hash")                                \
	X(RECEIPT_ADD, "INSERT INTO receipt (no, writer_no, epoch, n, safe_until_n, server_utc_ms, "         \
		       "standing, hash, sig, text) VALUES (:no, :writer_no, :epoch, :n, :safe_until_n, "     \
		       ":server_utc_ms, :standing, :hash, :sig, :text)")                                     \
	X(RECEIPT_NEWEST, "SELECT text, sig FROM receipt WHERE writer_no = :writer_no "                      \
			  "AND standing <> 2 ORDER BY no DESC LIMIT 1")                                      \
	X(RECEIPT_EACH, "SELECT no, text, sig, 0 FROM receipt UNION ALL "                                    \
			"SELECT no, text, sig, 1 FROM photo_receipt ORDER BY 1")                             \
	X(COVERAGE,                                                                                          \
	  "WITH newest AS (SELECT epoch FROM receipt WHERE writer_no = :writer_no AND standing <> 2 "        \
	  "ORDER BY no DESC LIMIT 1) "                                                                       \
	  "SELECT (SELECT epoch FROM newest), "                                                              \
	  "coalesce(max(n) FILTER (WHERE standing = 0), 0), "                                                \
	  "coalesce(max(n) FILTER (WHERE standing = 1), 0), "                                                \
	  "coalesce(max(safe_until_n), 0), coalesce(max(server_utc_ms), 0) "                                 \
	  "FROM receipt WHERE writer_no = :writer_no AND standing <> 2 "                                     \
	  "AND epoch = (SELECT epoch FROM newest)")                                                          \
	X(PHOTO_RECEIPT_KNOWN, "SELECT no FROM photo_receipt WHERE hash = :hash")                            \
	X(PHOTO_RECEIPT_ADD, "INSERT INTO photo_receipt (no, writer_no, hash, sig, text) "                   \
			     "VALUES (:no, :writer_no, :hash, :sig, :text)")                                 \
	X(PHOTO_DONE, "INSERT INTO photo_done (writer_no, sha256, epoch, receipt_no) "                       \
		      "VALUES (:writer_no, :sha256, :epoch, :receipt_no) ON CONFLICT (writer_no, sha256) "   \
		      "DO UPDATE SET epoch = excluded.epoch, receipt_no = excluded.receipt_no")              \
	/* last column: does the row say what the signed text says? */                                       \
	X(RECEIPT_CHECK, "SELECT no, text, sig, hash, coalesce(json_valid(json) "                            \
			 "AND json ->> '$.n' = n AND json ->> '$.safe_until_n' = safe_until_n "              \
			 "AND json ->> '$.server_utc_ms' = server_utc_ms "                                   \
			 "AND replace(json ->> '$.epoch', '-', '') = lower(hex(epoch)) "                     \
			 "AND replace(json ->> '$.writer', '-', '') = lower(hex(writer)) "                   \
			 "AND standing = CASE WHEN json ->> '$.head' IS NOT lower(hex(head)) THEN 2 "        \
			 "WHEN json ->> '$.fork' THEN 1 ELSE 0 END, 0) "                                     \
			 "FROM (SELECT r.*, i.writer, e.head, CAST(r.text AS TEXT) AS json FROM receipt r "  \
			 "LEFT JOIN identity i ON i.no = r.writer_no "                                       \
			 "LEFT JOIN entry e ON e.pos = (r.writer_no << 40) + r.n) ORDER BY no")              \
	/* and what photo_done has from a text stands in it */                                               \
	X(PHOTO_RECEIPT_CHECK,                                                                               \
	  "SELECT no, text, sig, hash, coalesce(json_valid(json) "                                           \
	  "AND replace(json ->> '$.writer', '-', '') = lower(hex(writer)), 0) "                              \
	  "FROM (SELECT r.*, i.writer, CAST(r.text AS TEXT) AS json FROM photo_receipt r "                   \
	  "LEFT JOIN identity i ON i.no = r.writer_no) ORDER BY no")                                         \
	X(PHOTO_DONE_CHECK,                                                                                  \
	  "SELECT count(*) FROM (SELECT d.sha256, d.epoch, d.writer_no, r.writer_no AS by_no, "              \
	  "CAST(r.text AS TEXT) AS json FROM photo_done d "                                                  \
	  "LEFT JOIN photo_receipt r ON r.no = d.receipt_no) "                                               \
	  "WHERE coalesce(json_valid(json) AND writer_no = by_no AND instr(json, lower(hex(sha256))) > 0 "   \
	  "AND replace(json ->> '$.epoch', '-', '') = lower(hex(epoch)), 0) = 0")                            \
	X(INBOX_PUT, "INSERT INTO inbox (kind, key, text) VALUES (:kind, :key, :text) "                      \
		     "ON CONFLICT (kind, key) DO UPDATE SET text = excluded.text")                           \
	X(INBOX_DROP, "DELETE FROM inbox WHERE kind = :kind AND key = :key")                                 \
	X(INBOX_EACH, "SELECT key, text FROM inbox WHERE kind = :kind ORDER BY key")                         \
	X(DRAFT_ADD, "INSERT INTO draft (id, form, pack, pack_version, day, taken_utc_ms) "                  \
		     "VALUES (:id, :form, :pack, :pack_version, :day, :taken_utc_ms)")                       \
	X(DRAFT_GET, DRAFT "WHERE d.id = :id")                                                               \
	X(DRAFT_EACH, DRAFT "ORDER BY d.taken_utc_ms DESC, d.id DESC")                                       \
	X(DRAFT_DROP, "DELETE FROM draft WHERE id = :id")                                                    \
	X(DRAFT_DROP_VALUES, "DELETE FROM draft_value WHERE draft = :id")                                    \
	X(DRAFT_VALUE_PUT,                                                                                   \
	  "INSERT INTO draft_value (draft, path, place, value) VALUES (:id, :path, "                         \
	  "1 + (SELECT coalesce(max(place), 0) FROM draft_value WHERE draft = :id), :value) "                \
	  "ON CONFLICT (draft, path) DO UPDATE SET value = excluded.value")                                  \
	X(DRAFT_VALUE_DROP, "DELETE FROM draft_value WHERE draft = :id AND path = :path")                    \
	X(DRAFT_VALUE_EACH, "SELECT path, value FROM draft_value WHERE draft = :id ORDER BY place")          \
	/* every photo once, oldest entry first, with what is missing for it to go (prune.c) */              \
	X(PRUNE,                                                                                             \
	  "WITH newest AS (SELECT i.no AS writer_no, (SELECT epoch FROM receipt r WHERE r.writer_no = i.no " \
	  "AND r.standing <> 2 ORDER BY r.no DESC LIMIT 1) AS epoch FROM identity i), "                      \
	  "cover AS (SELECT w.writer_no, w.epoch, coalesce(max(r.n) FILTER (WHERE r.standing = 0), 0) "      \
	  "AS n, coalesce(max(r.safe_until_n), 0) AS safe_n FROM newest w LEFT JOIN receipt r "              \
	  "ON r.writer_no = w.writer_no AND r.epoch = w.epoch AND r.standing <> 2 GROUP BY w.writer_no), "   \
	  "ref AS (SELECT sha256, size_bytes, pos, pos >> 40 AS writer_no, pos & 1099511627775 AS n "        \
	  "FROM photo) "                                                                                     \
	  "SELECT f.sha256, max(f.size_bytes), count(*), max(f.pos), count(*) FILTER (WHERE f.n > c.n), "    \
	  "count(*) FILTER (WHERE d.epoch IS NULL OR d.epoch IS NOT c.epoch), "                              \
	  "count(*) FILTER (WHERE f.n > c.safe_n), "                                                         \
	  "max(max(coalesce(CAST(t.text AS TEXT) ->> '$.server_utc_ms', 9007199254740991), coalesce(("       \
	  "SELECT min(r.server_utc_ms) FROM receipt r WHERE r.writer_no = f.writer_no AND r.standing = 0 "   \
	  "AND r.epoch = c.epoch AND r.n >= f.n), 9007199254740991))), coalesce(max(g.last_pos), 0) "        \
	  "FROM ref f JOIN cover c ON c.writer_no = f.writer_no "                                            \
	  "LEFT JOIN photo_done d ON d.writer_no = f.writer_no AND d.sha256 = f.sha256 "                     \
	  "LEFT JOIN photo_receipt t ON t.no = d.receipt_no LEFT JOIN photo_gone g ON g.sha256 = f.sha256 "  \
	  "GROUP BY f.sha256 ORDER BY max(f.pos)")                                                           \
	X(PRUNE_MARK, "INSERT INTO photo_gone (sha256, last_pos, gone_utc_ms) "                              \
		      "VALUES (:sha256, (SELECT max(pos) FROM photo WHERE sha256 = :sha256), :utc_ms) "      \
		      "ON CONFLICT (sha256) DO UPDATE SET last_pos = excluded.last_pos, "                    \
		      "gone_utc_ms = excluded.gone_utc_ms")                                                  \
	X(PRUNE_STANDS, "SELECT 1 FROM photo_gone WHERE sha256 = :sha256 "                                   \
			"AND last_pos >= (SELECT max(pos) FROM photo WHERE sha256 = :sha256)")               \
	X(PRUNE_IS, "SELECT 1 FROM photo_gone g JOIN entry e ON e.id = :id "                                 \
		    "WHERE g.sha256 = :sha256 AND e.pos <= g.last_pos")                                      \
	X(DRAFT_CHECK, "SELECT count(*) FROM draft d JOIN entry e ON e.id = d.id")

enum jx_store__sql {
#define ID(id, text) JX_SQL_##id,
	STATEMENTS(ID)
#undef ID
	JX_SQL_COUNT
};

#endif
