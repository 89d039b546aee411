/* Who this device is and was, and the server's keys. */
#include <string.h>

#include "store_private.h"

#define WHERE "store.identity"

/* Columns of IDENTITY_NEWEST and IDENTITY_EACH. */
static jx_rc read_identity(const jx_store__loan *q, int64_t *no_out, struct jx_identity *out,
			   struct jx_error *err)
{
	struct jx_identity id = {0};
	const int pins_bytes = sqlite3_column_bytes(q->stmt, 8);
	const bool is_good = jx_store__col_blob(q, 1, id.writer, sizeof(id.writer)) &&
			     jx_store__col_blob(q, 2, id.public_key, sizeof(id.public_key)) &&
			     jx_store__col_text(q, 3, id.short_code, sizeof(id.short_code)) &&
			     jx_store__col_text(q, 4, id.role, sizeof(id.role)) &&
			     jx_store__col_text(q, 5, id.area, sizeof(id.area)) &&
			     jx_store__col_text(q, 6, id.url, sizeof(id.url)) &&
			     jx_store__col_blob(q, 7, id.server_identity, sizeof(id.server_identity)) &&
			     pins_bytes >= 0 && (size_t)pins_bytes <= sizeof(id.tls_spki_sha256) &&
			     pins_bytes % JX_HASH_BYTES == 0;

	if (!is_good)
		return jx_store__corrupt(q->store, WHERE, _("this device's identity cannot be read"), err);
	if (pins_bytes > 0)
		memcpy(id.tls_spki_sha256, sqlite3_column_blob(q->stmt, 8), (size_t)pins_bytes);
	id.pin_count = (size_t)pins_bytes / JX_HASH_BYTES;
	id.enrolled_utc_ms = jx_store__col_i64(q, 9);
	if (no_out != NULL)
		*no_out = jx_store__col_i64(q, 0);
	*out = id;
	return JX_OK;
}

jx_rc jx_store__current(jx_store *s, int64_t *no_out, struct jx_identity *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_IDENTITY_NEWEST);
	bool has_row = false;
	const jx_rc rc = jx_store__step(&q, &has_row, err);

	if (rc != JX_OK)
		return rc;
	if (!has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "this device is not enrolled: ask the office for a code and run jx enrol");
	return read_identity(&q, no_out, out, err);
}

jx_rc jx_store_identity(jx_store *store, struct jx_identity *out, struct jx_error *err)
{
	return jx_store__current(store, NULL, out, err);
}

jx_rc jx_store_each_identity(jx_store *store, jx_identity_fn fn, void *user, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_IDENTITY_EACH);
	jx_rc rc;

	for (;;) {
		struct jx_identity id;
		bool has_row = false;

		rc = jx_store__step(&q, &has_row, err);
		if (rc != JX_OK || !has_row)
			return rc;
		rc = read_identity(&q, NULL, &id, err);
		if (rc == JX_OK)
			rc = fn(user, &id);
		if (rc != JX_OK)
			return rc;
	}
}

jx_rc jx_store__identity_of(jx_store *s, int64_t no, struct jx_identity *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_IDENTITY_OF);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_i64(&q, ":no", no);
	rc = jx_store__step(&q, &has_row, err);
	if (rc == JX_OK && !has_row)
		return jx_store__corrupt(s, WHERE, _("an entry's writer is not known"), err);
	return rc == JX_OK ? read_identity(&q, NULL, out, err) : rc;
}

jx_rc jx_store__writer_no(jx_store *s, const uint8_t writer[JX_ID_BYTES], int64_t *no_out,
			  struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_IDENTITY_NO);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_blob(&q, ":writer", writer, JX_ID_BYTES);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	if (!has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "this device never was the writer that is named: check the file");
	*no_out = jx_store__col_i64(&q, 0);
	return JX_OK;
}

static jx_rc add_key(jx_store *s, const uint8_t key[JX_PUB_BYTES], const struct jx_signed *text,
		     struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_KEY_ADD);
	uint8_t key_id[8];

	jx_key_id(key, key_id);
	jx_store__bind_blob(&q, ":public_key", key, JX_PUB_BYTES);
	jx_store__bind_blob(&q, ":key_id", key_id, sizeof(key_id));
	if (text != NULL) {
		jx_store__bind_blob(&q, ":text", text->text, text->len);
		jx_store__bind_blob(&q, ":sig", text->sig, sizeof(text->sig));
	}
	return jx_store__run(&q, err);
}

static void bind_identity(jx_store__loan *q, int64_t no, const struct jx_identity *id)
{
	jx_store__bind_i64(q, ":no", no);
	jx_store__bind_text(q, ":short_code", id->short_code);
	jx_store__bind_text(q, ":role", id->role);
	jx_store__bind_text(q, ":area", id->area);
	jx_store__bind_text(q, ":url", id->url);
	jx_store__bind_blob(q, ":server_identity", id->server_identity, JX_PUB_BYTES);
	jx_store__bind_blob(q, ":pins", id->tls_spki_sha256, id->pin_count * JX_HASH_BYTES);
	jx_store__bind_i64(q, ":enrolled_utc_ms", id->enrolled_utc_ms);
}

/* The same writer again, after an answer was lost on the way: what the server says may have changed, the key not. */
static jx_rc renew(jx_store *s, int64_t no, const struct jx_identity *id, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_IDENTITY_RENEW);

	bind_identity(&q, no, id);
	return jx_store__run_one(&q, err);
}

static jx_rc add_identity(jx_store *s, int64_t no, const struct jx_identity *id, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_IDENTITY_ADD);

	bind_identity(&q, no, id);
	jx_store__bind_blob(&q, ":writer", id->writer, JX_ID_BYTES);
	jx_store__bind_blob(&q, ":public_key", id->public_key, JX_PUB_BYTES);
	return jx_store__run_one(&q, err);
}

/* What the server said to the earlier writer means nothing to the new one. Person and shift are the same people. */
static jx_rc forget_server(jx_store *s, struct jx_error *err)
{
	static const char *const names[] = {JX_SET_CHALLENGE,  JX_SET_CURSOR,       JX_SET_EPOCH,
					    JX_SET_SERVER_N,   JX_SET_SERVER_HEAD,  JX_SET_REENROL,
					    JX_SET_DICTIONARY, JX_SET_PHOTOS_BEGUN, JX_SET_SMALL_SENT};
	jx_rc rc = JX_OK;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]) && rc == JX_OK; i++)
		rc = jx_store__put_setting(s, names[i], NULL, err);
	return rc;
}

static jx_rc set_identity(jx_store *s, void *arg, struct jx_error *err)
{
	const struct jx_identity *id = arg;
	struct jx_identity current;
	int64_t no = 0, known = 0;
	jx_rc rc = jx_store__current(s, &no, &current, err);

	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	if (rc == JX_OK && memcmp(current.writer, id->writer, JX_ID_BYTES) == 0) {
		if (memcmp(current.public_key, id->public_key, JX_PUB_BYTES) != 0)
			return jx_fail(err, JX_ECONFLICT, 0, WHERE,
				       "this writer has another public key: enrol with a new code");
		rc = renew(s, no, id, err);
		return rc == JX_OK ? add_key(s, id->server_identity, NULL, err) : rc;
	}
	rc = jx_store__writer_no(s, id->writer, &known, err);
	if (rc == JX_OK)
		return jx_fail(
			err, JX_ECONFLICT, 0, WHERE,
			"this device was that writer before: ids are not used again, enrol with a new code");
	if (rc == JX_ENOTFOUND)
		rc = add_identity(s, no + 1, id, err);
	if (rc == JX_OK)
		rc = add_key(s, id->server_identity, NULL, err);
	return rc == JX_OK ? forget_server(s, err) : rc;
}

static jx_rc check_identity(const struct jx_identity *id, struct jx_error *err)
{
	static const uint8_t nil[JX_ID_BYTES];
	const struct {
		const char *name, *text;
		size_t cap;
	} texts[] = {
		{"short_code", id->short_code, sizeof(id->short_code)},
		{"role", id->role, sizeof(id->role)},
		{"area", id->area, sizeof(id->area)},
		{"url", id->url, sizeof(id->url)},
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const size_t len = strnlen(texts[i].text, texts[i].cap);

		if (len == texts[i].cap || !jx_utf8_ok(texts[i].text, len))
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "identity field \"%s\" is no valid text: enrol again", texts[i].name);
	}
	if (memcmp(id->writer, nil, sizeof(nil)) == 0 || id->short_code[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the identity has no writer id or no short code: enrol again");
	if (id->pin_count > JX_PINS_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "identity field \"pins\" has more than %d keys: enrol again", JX_PINS_MAX);
	return JX_OK;
}

jx_rc jx_store_set_identity(jx_store *store, const struct jx_identity *id, struct jx_error *err)
{
	struct jx_identity copy = *id;
	const jx_rc rc = check_identity(&copy, err);

	return rc == JX_OK ? jx_store__transaction(store, set_identity, &copy, NULL, err) : rc;
}

struct keys_job {
	const struct jx_signed *text;
	const struct jx_keys *keys;
};

static jx_rc set_keys(jx_store *s, void *arg, struct jx_error *err)
{
	const struct keys_job *job = arg;
	const struct jx_keys *keys = job->keys;
	JX_LOAN q = jx_store__lend(s, JX_SQL_IDENTITY_KEYS);
	struct jx_identity current;
	int64_t no = 0;
	jx_rc rc = jx_store__current(s, &no, &current, err);

	if (rc == JX_OK)
		rc = add_key(s, keys->identity, job->text, err);
	if (rc == JX_OK && keys->has_next)
		rc = add_key(s, keys->next_identity, job->text, err);
	if (rc != JX_OK)
		return rc;
	jx_store__bind_i64(&q, ":no", no);
	jx_store__bind_blob(&q, ":server_identity", keys->identity, JX_PUB_BYTES);
	jx_store__bind_blob(&q, ":pins", keys->tls_spki_sha256, keys->pin_count * JX_HASH_BYTES);
	return jx_store__run_one(&q, err);
}

jx_rc jx_store_set_keys(jx_store *store, const struct jx_signed *text, const struct jx_keys *keys,
			struct jx_error *err)
{
	struct keys_job job = {.text = text, .keys = keys};

	if (keys->pin_count == 0 || keys->pin_count > JX_PINS_MAX)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"the keys item pins %zu TLS keys, 1 to %d are allowed: ask the administrator for a new one",
			keys->pin_count, JX_PINS_MAX);
	return jx_store__transaction(store, set_keys, &job, NULL, err);
}

static jx_rc add_others(jx_store *s, uint8_t (*keys_out)[JX_PUB_BYTES], size_t cap, size_t *count,
			struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_KEY_OTHERS);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_blob(&q, ":current", keys_out[0], JX_PUB_BYTES);
	jx_store__bind_i64(&q, ":limit", (int64_t)cap - 1);
	for (;;) {
		rc = jx_store__step(&q, &has_row, err);
		if (rc != JX_OK || !has_row)
			return rc;
		if (!jx_store__col_blob(&q, 0, keys_out[*count], JX_PUB_BYTES))
			return jx_store__corrupt(s, WHERE, _("a key of the server cannot be read"), err);
		(*count)++;
	}
}

jx_rc jx_store_server_keys(jx_store *store, uint8_t (*keys_out)[JX_PUB_BYTES], size_t cap, size_t *count_out,
			   struct jx_error *err)
{
	struct jx_identity id;
	size_t count = 1;
	jx_rc rc = jx_store__current(store, NULL, &id, err);

	if (rc != JX_OK)
		return rc;
	memcpy(keys_out[0], id.server_identity, JX_PUB_BYTES);
	rc = add_others(store, keys_out, cap, &count, err);
	if (rc == JX_OK)
		*count_out = count;
	return rc;
}

static jx_rc set_area(jx_store *s, void *arg, struct jx_error *err)
{
	const struct jx_identity *wanted = arg;
	JX_LOAN q = jx_store__lend(s, JX_SQL_IDENTITY_AREA);
	struct jx_identity current;
	int64_t no = 0;
	jx_rc rc = jx_store__current(s, &no, &current, err);

	if (rc == JX_OK && memcmp(current.writer, wanted->writer, JX_ID_BYTES) != 0)
		return jx_fail(err, JX_ECONFLICT, 0, WHERE,
			       "the server speaks of a writer that this device is not: sync again");
	if (rc != JX_OK)
		return rc;
	jx_store__bind_i64(&q, ":no", no);
	jx_store__bind_text(&q, ":role", wanted->role);
	jx_store__bind_text(&q, ":area", wanted->area);
	return jx_store__run_one(&q, err);
}

jx_rc jx_store_set_area(jx_store *store, const uint8_t writer[JX_ID_BYTES], const char *role,
			const char *area, struct jx_error *err)
{
	struct jx_identity wanted = {.short_code = "-"};
	jx_rc rc;

	memcpy(wanted.writer, writer, sizeof(wanted.writer));
	jx_strcpy(wanted.role, sizeof(wanted.role), role);
	jx_strcpy(wanted.area, sizeof(wanted.area), area);
	rc = check_identity(&wanted, err);
	return rc == JX_OK ? jx_store__transaction(store, set_area, &wanted, NULL, err) : rc;
}

jx_rc jx_store_server_key(jx_store *store, const uint8_t key_id[8], uint8_t public_key_out[JX_PUB_BYTES],
			  struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_KEY_GET);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_blob(&q, ":key_id", key_id, 8);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	if (!has_row)
		return jx_fail(
			err, JX_ENOTFOUND, 0, WHERE,
			"the server signed with a key that is not pinned here: enrol again, or ask the administrator");
	if (!jx_store__col_blob(&q, 0, public_key_out, JX_PUB_BYTES))
		return jx_store__corrupt(store, WHERE, _("a key of the server cannot be read"), err);
	return JX_OK;
}
