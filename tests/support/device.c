#include "device.h"

#include <stdlib.h>

#include <sqlite3.h>

void device_init(struct device *d)
{
	uint8_t seed[32] = {0};
	struct jx_error err;

	memset(d, 0, sizeof(*d));
	jx_assert_ok(jx_crypto_init(&err), &err);
	d->folder = jx_test_folder();
	d->dir = jx_test_path(d->folder, "data");
	jx_fake_clock_init(&d->clock, DEVICE_MORNING_UTC_MS);
	jx_fake_rand_init(&d->rand, 7);
	seed[0] = 1;
	jx_key_from_seed(seed, d->pub, d->sec);
	seed[0] = 2;
	jx_key_from_seed(seed, d->server_pub, d->server_sec);
	d->epoch[0] = 1;
	d->config = (struct jx_store_config){.dir = d->dir, .fs = jx_os_fs(), .clock = &d->clock.clock};
}

void device_done(struct device *d)
{
	device_close(d);
	free(d->dir);
	jx_test_folder_remove(d->folder);
}

void device_open(struct device *d)
{
	struct jx_error err;

	jx_assert_ok(jx_store_open(&d->config, &d->store, &err), &err);
}

void device_close(struct device *d)
{
	jx_store_close(d->store);
	d->store = NULL;
}

void device_reopen(struct device *d)
{
	device_close(d);
	device_open(d);
}

void device_enrol(struct device *d, uint8_t writer)
{
	struct jx_error err;

	if (d->store == NULL)
		device_open(d);
	memset(&d->id, 0, sizeof(d->id));
	d->id.writer[0] = writer;
	d->id.writer[15] = 9;
	memcpy(d->id.public_key, d->pub, JX_PUB_BYTES);
	memcpy(d->id.server_identity, d->server_pub, JX_PUB_BYTES);
	jx_strcpy(d->id.short_code, sizeof(d->id.short_code), writer == 1 ? "H07" : "H08");
	jx_strcpy(d->id.role, sizeof(d->id.role), "field");
	jx_strcpy(d->id.area, sizeof(d->id.area), "330185");
	jx_strcpy(d->id.url, sizeof(d->id.url), "https://city.example:8443");
	d->id.pin_count = 1;
	d->id.tls_spki_sha256[0][0] = 5;
	d->id.enrolled_utc_ms = d->clock.utc_ms;
	jx_assert_ok(jx_store_set_identity(d->store, &d->id, &err), &err);
}

struct plain device_plain(struct device *d)
{
	struct plain p = {.kind = JX_KIND_OBSERVATION, .day = DEVICE_DAY, .sec = d->sec};

	jx_uuid7(&d->clock.clock, &d->rand.rand, p.id);
	return p;
}

static void fill_content(const struct plain *p, struct jx_entry *e)
{
	static const char answers[] = "{\"result\":\"nothing-found\"}";
	size_t i;

	if (p->kind == JX_KIND_OBSERVATION || p->kind == JX_KIND_CORRECTION) {
		e->has_place = true;
		e->fix.satellites_used = -1;
		e->fix.accuracy_mm = -1;
		jx_strcpy(e->form, sizeof(e->form), "f");
		jx_strcpy(e->pack, sizeof(e->pack), "p");
		e->pack_version = 1;
		e->answers = (struct jx_bytes){.data = answers, .len = sizeof(answers) - 1};
	}
	if (p->kind == JX_KIND_PERSON_IN) {
		jx_strcpy(e->person, sizeof(e->person), "p1");
		jx_strcpy(e->person_verified, sizeof(e->person_verified), "none");
	}
	if (p->ref_id != NULL) {
		e->has_ref = true;
		memcpy(e->ref.id, p->ref_id, JX_ID_BYTES);
		jx_strcpy(e->reason, sizeof(e->reason), "wrong");
	}
	e->photo_count = p->photo_count;
	for (i = 0; i < p->photo_count; i++) {
		memcpy(e->photos[i].sha256, p->photos[i], JX_HASH_BYTES);
		e->photos[i].size_bytes = 1000 + p->photos[i][0];
		jx_strcpy(e->photos[i].type, sizeof(e->photos[i].type), "image/jpeg");
		jx_strcpy(e->photos[i].role, sizeof(e->photos[i].role), "close");
		jx_strcpy(e->photos[i].how, sizeof(e->photos[i].how), "camera");
	}
}

static jx_rc encode(void *user, const uint8_t writer[JX_ID_BYTES], int64_t n, jx_buf *out,
		    struct jx_error *err)
{
	struct plain *p = user;
	struct jx_entry e;

	p->encoded++;
	if (p->fail_with != JX_OK)
		return jx_fail(err, p->fail_with, 0, "test.encode", "as told");
	memset(&e, 0, sizeof(e));
	memcpy(e.id, p->id, JX_ID_BYTES);
	memcpy(e.writer, writer, JX_ID_BYTES);
	e.n = n;
	e.kind = p->kind;
	jx_strcpy(e.kind_name, sizeof(e.kind_name), jx_kind_name(p->kind));
	e.taken_utc_ms = DEVICE_MORNING_UTC_MS;
	e.saved_utc_ms = DEVICE_MORNING_UTC_MS;
	e.boot[0] = 1;
	jx_strcpy(e.day, sizeof(e.day), p->day);
	fill_content(p, &e);
	return jx_entry_encode(&e, out, err);
}

static void sign(void *user, const uint8_t head[JX_HASH_BYTES], uint8_t sig_out[JX_SIG_BYTES])
{
	const struct plain *p = user;

	jx_chain_sign(p->sec, head, sig_out);
}

jx_rc device_append(struct device *d, struct plain *p, int64_t *n_out, struct jx_error *err)
{
	const struct jx_append a = {.id = p->id, .encode = encode, .sign = sign, .user = p};

	return jx_store_append(d->store, &a, n_out, err);
}

int64_t device_save(struct device *d, struct plain *p)
{
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(device_append(d, p, &n, &err), &err);
	return n;
}

void device_save_many(struct device *d, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		struct plain p = device_plain(d);

		(void)device_save(d, &p);
	}
}

void device_photo(uint8_t out[JX_HASH_BYTES], uint8_t which)
{
	memset(out, 0xa0, JX_HASH_BYTES);
	out[0] = which;
}

static jx_rc take_row(void *user, const struct jx_log_row *row)
{
	struct jx_log_row *out = user;

	*out = *row;
	out->bytes = NULL;
	return JX_OK;
}

struct jx_log_row device_row(struct device *d, int64_t n)
{
	const struct jx_log_query q = {.from_n = n, .until_n = n};
	struct jx_log_row row = {.n = 0};
	struct jx_error err;

	jx_assert_ok(jx_store_each(d->store, &q, take_row, &row, &err), &err);
	assert_int_equal(row.n, n);
	return row;
}

void device_sign_receipt(struct device *d, int64_t n, bool is_fork, struct jx_signed *text_out,
			 struct jx_receipt *out)
{
	const struct jx_log_row row = device_row(d, n);
	struct jx_receipt r = {.n = n, .is_fork = is_fork, .safe_until_n = d->safe_until_n};
	struct jx_error err;

	jx_key_id(d->server_pub, r.key_id);
	memcpy(r.epoch, d->epoch, JX_ID_BYTES);
	memcpy(r.writer, d->id.writer, JX_ID_BYTES);
	memcpy(r.head, row.head, JX_HASH_BYTES);
	r.server_utc_ms = d->clock.utc_ms;
	jx_assert_ok(jx_receipt_sign(&r, d->server_sec, text_out, &err), &err);
	*out = r;
}

jx_rc device_receipt(struct device *d, int64_t n, struct jx_error *err)
{
	struct jx_signed text;
	struct jx_receipt r;

	jx_fake_clock_advance(&d->clock, 1000);
	device_sign_receipt(d, n, false, &text, &r);
	return jx_store_add_receipt(d->store, &text, &r, err);
}

jx_rc device_photo_receipt(struct device *d, const uint8_t *photos, size_t count, struct jx_error *err)
{
	struct jx_photo_receipt r = {.photo_count = count};
	struct jx_signed text;
	struct jx_error own;

	jx_fake_clock_advance(&d->clock, 1000);
	jx_key_id(d->server_pub, r.key_id);
	memcpy(r.epoch, d->epoch, JX_ID_BYTES);
	memcpy(r.writer, d->id.writer, JX_ID_BYTES);
	memcpy(r.photos, photos, count * JX_HASH_BYTES);
	r.server_utc_ms = d->clock.utc_ms;
	jx_assert_ok(jx_photo_receipt_sign(&r, d->server_sec, &text, &own), &own);
	return jx_store_add_photo_receipt(d->store, &text, &r, err);
}

int64_t device_sql(struct device *d, const char *sql)
{
	JX_AUTO_FREE char *path = jx_test_path(d->dir, "jiexun.db");
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	const char *tail = sql;
	int64_t value = 0;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL); /* damage need not last */
	while (*tail != '\0') {
		int rc;

		if (sqlite3_prepare_v2(db, tail, -1, &stmt, &tail) != SQLITE_OK)
			fail_msg("%s: %s", sql, sqlite3_errmsg(db));
		rc = sqlite3_step(stmt);
		if (rc == SQLITE_ROW)
			value = sqlite3_column_int64(stmt, 0);
		else if (rc != SQLITE_DONE)
			fail_msg("%s: %s", sql, sqlite3_errmsg(db));
		(void)sqlite3_finalize(stmt);
	}
	(void)sqlite3_close(db);
	return value;
}
