/*
 * Every query of the vault, as X(name, text). Prepared on first use by each connection and kept for its life.
 * Parameters are named; no text is ever put together.
 */
#ifndef JX_VAULT_STATEMENTS_H
#define JX_VAULT_STATEMENTS_H

/* clang-format off */
#define JX_VAULT__WRITER_COLUMNS \
	"id, public_key, short_code, role, area, state, name, enrolled_utc_ms, n, head, last_seen_utc_ms, is_forked, " \
	"must_enrol, receipt_hash, receipt_hash_before, no"

#define JX_VAULT__STATEMENTS(X) \
	X(BEGIN, "BEGIN IMMEDIATE") \
	X(BEGIN_READ, "BEGIN") \
	X(COMMIT, "COMMIT") \
	X(ROLLBACK, "ROLLBACK") \
	X(MARK, "SAVEPOINT job") \
	X(KEEP, "RELEASE job") \
	X(UNDO, "ROLLBACK TO job") \
	\
	X(META, "SELECT epoch, pos FROM meta WHERE only_row = 1") \
	X(META_ADD, "INSERT INTO meta (only_row, epoch, pos) VALUES (1, :epoch, 0) ON CONFLICT (only_row) DO NOTHING") \
	X(SET_EPOCH, "UPDATE meta SET epoch = :epoch WHERE only_row = 1") \
	X(SET_POS, "UPDATE meta SET pos = :pos WHERE only_row = 1") \
	\
	X(WRITER, "SELECT " JX_VAULT__WRITER_COLUMNS " FROM writer WHERE id = :id") \
	X(WRITER_BY_SHORT, "SELECT " JX_VAULT__WRITER_COLUMNS " FROM writer WHERE short_code = :short_code ORDER BY no DESC LIMIT 1") \
	X(WRITERS_OF_SHORT, "SELECT " JX_VAULT__WRITER_COLUMNS " FROM writer WHERE short_code = :short_code ORDER BY no") \
	X(WRITERS, "SELECT " JX_VAULT__WRITER_COLUMNS " FROM writer ORDER BY no") \
	X(WRITER_ADD, \
		"INSERT INTO writer (id, public_key, short_code, role, area, state, name, enrolled_utc_ms, n, head, " \
		"last_seen_utc_ms, is_forked, must_enrol) VALUES (:id, :public_key, :short_code, :role, :area, :state, :name, " \
		":enrolled_utc_ms, 0, :head, 0, 0, 0)") \
	X(WRITER_NO, "SELECT no FROM writer WHERE id = :id") \
	X(WRITER_STATE, "UPDATE writer SET state = :state WHERE id = :id") \
	X(WRITER_AREA, "UPDATE writer SET area = :area WHERE id = :id") \
	X(WRITER_HEAD, "UPDATE writer SET n = :n, head = :head WHERE no = :no") \
	X(WRITER_RECEIPT, \
		"UPDATE writer SET receipt_hash_before = receipt_hash, receipt_hash = :hash, last_seen_utc_ms = :utc_ms WHERE no = :no") \
	X(WRITER_FORKED, "UPDATE writer SET is_forked = 1, must_enrol = 1 WHERE no = :no") \
	X(WRITER_MUST_ENROL, "UPDATE writer SET must_enrol = 1 WHERE no = :no") \
	X(WRITER_MARK, \
		"INSERT INTO writer_mark (writer_no, mark, first_utc_ms, last_utc_ms, times) VALUES (:no, :mark, :utc_ms, :utc_ms, 1) " \
		"ON CONFLICT (writer_no, mark) DO UPDATE SET last_utc_ms = :utc_ms, times = times + 1") \
	\
	X(CODE, \
		"SELECT c.id, c.secret, c.short_code, c.role, c.area, c.is_trusted, c.expires_utc_ms, c.tries, c.used_public_key, w.id " \
		"FROM code c LEFT JOIN writer w ON w.no = c.writer_no WHERE c.id = :id") \
	X(CODE_ADD, \
		"INSERT INTO code (id, secret, short_code, role, area, is_trusted, expires_utc_ms, tries) " \
		"VALUES (:id, :secret, :short_code, :role, :area, :is_trusted, :expires_utc_ms, 0) ON CONFLICT (id) DO NOTHING") \
	X(CODE_FAILED, "UPDATE code SET tries = tries + 1 WHERE id = :id") \
	X(CODE_USE, \
		"UPDATE code SET used_public_key = :public_key, writer_no = :no WHERE id = :id AND used_public_key IS NULL") \
	\
	X(ENTRY_ADD, \
		"INSERT INTO entry (pos, writer_no, n, id, kind, day, area, received_utc_ms, digest, head, sig, marks, bytes) " \
		"VALUES (:pos, :no, :n, :id, :kind, :day, :area, :utc_ms, :digest, :head, :sig, :marks, :bytes)") \
	X(FORK_ADD, \
		"INSERT INTO quarantine (pos, writer_no, n, id, kind, day, area, received_utc_ms, digest, head, sig, marks, " \
		"receipt_pos, bytes) VALUES (:pos, :no, :n, :id, :kind, :day, :area, :utc_ms, :digest, :head, :sig, :marks, " \
		":receipt_pos, :bytes) ON CONFLICT (writer_no, n, head) DO NOTHING") \
	X(ENTRY_ID, "SELECT 1 FROM entry WHERE id = :id") \
	X(FORK_ID, "SELECT 1 FROM quarantine WHERE id = :id") \
	X(FORK_KNOWN, "SELECT 1 FROM quarantine WHERE writer_no = :no AND n = :n AND head = :head") \
	X(DIGESTS, \
		"SELECT e.n, e.digest, e.head FROM writer w CROSS JOIN entry e ON e.writer_no = w.no " \
		"WHERE w.id = :id AND e.n BETWEEN :from AND :to ORDER BY e.n") \
	X(FORK_HEADS, \
		"SELECT q.n, q.digest, q.head FROM writer w CROSS JOIN quarantine q ON q.writer_no = w.no " \
		"WHERE w.id = :id AND q.n = :n ORDER BY q.pos") \
	\
	X(RECEIPT_ADD, \
		"INSERT INTO receipt (pos, writer_no, n, is_fork, utc_ms, hash, sig, text) " \
		"VALUES (:pos, :no, :n, :is_fork, :utc_ms, :hash, :sig, :text)") \
	X(RECEIPT, \
		"SELECT r.text, r.sig FROM writer w CROSS JOIN receipt r ON r.writer_no = w.no " \
		"WHERE w.id = :id AND r.is_fork = 0 ORDER BY r.n DESC, r.pos DESC LIMIT 1") \
	X(FORK_RECEIPT, \
		"SELECT r.text, r.sig FROM writer w CROSS JOIN quarantine q ON q.writer_no = w.no CROSS JOIN receipt r ON r.pos = q.receipt_pos " \
		"WHERE w.id = :id AND q.n = :n AND q.head = :head") \
	X(RECEIPT_KNOWN, \
		"SELECT 1 FROM writer w CROSS JOIN receipt r ON r.writer_no = w.no WHERE w.id = :id AND r.hash = :hash") \
	\
	X(PHOTO_REF_ADD, \
		"INSERT INTO photo_ref (writer_no, sha256, size_bytes, is_fork) VALUES (:no, :sha256, :size_bytes, :is_fork) " \
		"ON CONFLICT (writer_no, sha256) DO UPDATE SET size_bytes = excluded.size_bytes, is_fork = min(is_fork, excluded.is_fork)") \
	X(PHOTO_LISTED, \
		"SELECT p.size_bytes FROM writer w CROSS JOIN photo_ref p ON p.writer_no = w.no WHERE w.id = :id AND p.sha256 = :sha256") \
	X(PHOTO_ADD, \
		"INSERT INTO photo (pos, writer_no, sha256, utc_ms, sig, text) VALUES (:pos, :no, :sha256, :utc_ms, :sig, :text) " \
		"ON CONFLICT (writer_no, sha256) DO NOTHING") \
	X(PHOTO_RECEIPT, \
		"SELECT p.text, p.sig FROM writer w CROSS JOIN photo p ON p.writer_no = w.no WHERE w.id = :id AND p.sha256 = :sha256") \
	X(PHOTO_KNOWN, "SELECT 1 FROM photo WHERE sha256 = :sha256 LIMIT 1") \
	\
	X(PHOTO_BYTES, \
		"SELECT coalesce(sum(r.size_bytes), 0) FROM writer w CROSS JOIN photo p ON p.writer_no = w.no " \
		"CROSS JOIN photo_ref r ON r.writer_no = p.writer_no AND r.sha256 = p.sha256 WHERE w.id = :id") \
	X(SMALL_BYTES, \
		"SELECT coalesce(sum(s.size_bytes), 0) FROM writer w CROSS JOIN small_copy s ON s.writer_no = w.no WHERE w.id = :id " \
		"AND NOT EXISTS (SELECT 1 FROM photo p WHERE p.writer_no = s.writer_no AND p.sha256 = s.sha256)") \
	X(SMALL_ADD, \
		"INSERT INTO small_copy (writer_no, sha256, size_bytes) VALUES (:no, :sha256, :size_bytes) " \
		"ON CONFLICT (writer_no, sha256) DO NOTHING") \
	X(PHOTOS_AFTER, \
		"SELECT p.pos, w.id, p.sha256, EXISTS (SELECT 1 FROM writer_mark m WHERE m.writer_no = p.writer_no AND " \
		"m.mark = :unreadable || lower(hex(p.sha256))) " \
		"FROM photo p CROSS JOIN writer w ON w.no = p.writer_no WHERE p.pos > :after ORDER BY p.pos LIMIT :limit") \
	X(PHOTO_NEEDED, \
		"SELECT 1 FROM photo WHERE sha256 = :sha256 UNION ALL SELECT 1 FROM photo_ref WHERE sha256 = :sha256 LIMIT 1") \
	/* what should be there: each hash once */ \
	X(PHOTOS_STORED, \
		"SELECT p.sha256, max(r.size_bytes) FROM photo p LEFT JOIN photo_ref r ON r.writer_no = p.writer_no AND r.sha256 = p.sha256 " \
		"GROUP BY p.sha256") \
	\
	X(KEYS_ADD, "INSERT INTO keys (pos, utc_ms, sig, text) VALUES (:pos, :utc_ms, :sig, :text)") \
	X(KEYS, "SELECT text, sig FROM keys ORDER BY pos DESC LIMIT 1") \
	\
	/* id, version, valid_from, utc_ms, sha256, text, sig, bytes */ \
	X(PACKS, "SELECT id, version, valid_from, utc_ms, sha256, text, sig, bytes FROM pack ORDER BY pos") \
	X(PACK_ADD, \
		"INSERT INTO pack (pos, id, version, valid_from, utc_ms, sha256, sig, text, bytes) " \
		"VALUES (:pos, :id, :version, :valid_from, :utc_ms, :sha256, :sig, :text, :bytes) ON CONFLICT (id, version) DO NOTHING") \
	X(PACK_FIND, "SELECT pos, length(bytes) FROM pack WHERE sha256 = :sha256 ORDER BY pos LIMIT 1") \
	\
	/* Columns of a feed: pos, kind (enum jx_vault_item_kind), writer, n, is_fork, utc_ms, bytes, digest, head, sig, */ \
	/* marks (of a pack its id, and its version is n), sha256, text, text_sig. SQLite merges the parts by pos without a sort; CROSS JOIN keeps the order of tables. */ \
	X(FEED_ALL, \
		"SELECT e.pos, 0, w.id, e.n, 0, e.received_utc_ms, e.bytes, e.digest, e.head, e.sig, e.marks, NULL, NULL, NULL " \
		"FROM entry e CROSS JOIN writer w ON w.no = e.writer_no WHERE e.pos > :after " \
		"UNION ALL SELECT q.pos, 0, w.id, q.n, 1, q.received_utc_ms, q.bytes, q.digest, q.head, q.sig, q.marks, NULL, NULL, NULL " \
		"FROM quarantine q CROSS JOIN writer w ON w.no = q.writer_no WHERE q.pos > :after " \
		"UNION ALL SELECT r.pos, 1, w.id, r.n, r.is_fork, r.utc_ms, NULL, NULL, NULL, NULL, NULL, NULL, r.text, r.sig " \
		"FROM receipt r CROSS JOIN writer w ON w.no = r.writer_no WHERE r.pos > :after " \
		"UNION ALL SELECT p.pos, 2, w.id, 0, 0, p.utc_ms, NULL, NULL, NULL, NULL, NULL, p.sha256, p.text, p.sig " \
		"FROM photo p CROSS JOIN writer w ON w.no = p.writer_no WHERE p.pos > :after " \
		"UNION ALL SELECT k.pos, 3, NULL, 0, 0, k.utc_ms, NULL, NULL, NULL, NULL, NULL, NULL, k.text, k.sig " \
		"FROM keys k WHERE k.pos > :after " \
		"UNION ALL SELECT a.pos, 4, NULL, a.version, 0, a.utc_ms, NULL, NULL, NULL, NULL, a.id, NULL, a.text, a.sig " \
		"FROM pack a WHERE a.pos > :after ORDER BY 1 LIMIT :limit") \
	X(FEED_FIELD, \
		"SELECT k.pos, 3, NULL, 0, 0, k.utc_ms, NULL, NULL, NULL, NULL, NULL, NULL, k.text, k.sig " \
		"FROM keys k WHERE k.pos > :after " \
		"UNION ALL SELECT a.pos, 4, NULL, a.version, 0, a.utc_ms, NULL, NULL, NULL, NULL, a.id, NULL, a.text, a.sig " \
		"FROM pack a WHERE a.pos > :after ORDER BY 1 LIMIT :limit") \
	\
	X(COUNT_ENTRIES, "SELECT count(*), count(*) FILTER (WHERE kind = 1) FROM entry") \
	X(COUNT_IDS, "SELECT count(*) - count(DISTINCT id) FROM entry") \
	X(COUNT_GAPS, \
		"SELECT coalesce(sum(max(w.n, (SELECT coalesce(max(e.n), 0) FROM entry e WHERE e.writer_no = w.no)) - " \
		"(SELECT count(*) FROM entry e WHERE e.writer_no = w.no)), 0) FROM writer w") \
	X(COUNT_PHOTOS, \
		"SELECT count(*), count(p.pos) FROM photo_ref r LEFT JOIN photo p ON p.writer_no = r.writer_no AND p.sha256 = r.sha256 " \
		"WHERE r.is_fork = 0") \
	X(COUNT_OTHER, \
		"SELECT (SELECT count(*) FROM quarantine), (SELECT count(*) FROM entry WHERE marks IS NOT NULL), " \
		"(SELECT count(*) FROM writer WHERE role <> 0)") \
	/* writer, short code, n, id, is_fork, marks, utc_ms, times */ \
	X(REVIEW, \
		"SELECT w.id, w.short_code, e.n, e.id, 0, e.marks, e.received_utc_ms, 1 " \
		"FROM entry e CROSS JOIN writer w ON w.no = e.writer_no WHERE e.marks IS NOT NULL " \
		"UNION ALL SELECT w.id, w.short_code, q.n, q.id, 1, coalesce(q.marks, ''), q.received_utc_ms, 1 " \
		"FROM quarantine q CROSS JOIN writer w ON w.no = q.writer_no " \
		"UNION ALL SELECT w.id, w.short_code, 0, NULL, 0, m.mark, m.last_utc_ms, m.times " \
		"FROM writer_mark m CROSS JOIN writer w ON w.no = m.writer_no") \
	\
	X(CHECK_PAGES, "PRAGMA integrity_check(1)") \
	X(CHECK_KEYS, "PRAGMA foreign_key_check") \
	X(CHECK_ENTRIES, "SELECT n, digest, head, sig, bytes FROM entry WHERE writer_no = :no ORDER BY n") \
	X(CHECK_FORKS, "SELECT n, digest, bytes FROM quarantine WHERE writer_no = :no AND bytes IS NOT NULL") \
	X(CHECK_RECEIPTS, "SELECT coalesce(max(n), 0) FROM receipt WHERE writer_no = :no AND is_fork = 0") \
	X(CHECK_POS, \
		"SELECT max((SELECT coalesce(max(pos), 0) FROM entry), (SELECT coalesce(max(pos), 0) FROM quarantine), " \
		"(SELECT coalesce(max(pos), 0) FROM receipt), (SELECT coalesce(max(pos), 0) FROM photo), " \
		"(SELECT coalesce(max(pos), 0) FROM keys), (SELECT coalesce(max(pos), 0) FROM pack))") \
	X(CHECK_PACKS, "SELECT id, version, sha256, bytes FROM pack")
/* clang-format on */

#define JX_VAULT__NAME(name, text) JX_VAULT__SQL_##name,
enum jx_vault__sql {
	JX_VAULT__STATEMENTS(JX_VAULT__NAME) JX_VAULT__SQL_COUNT
};
#undef JX_VAULT__NAME

#endif
