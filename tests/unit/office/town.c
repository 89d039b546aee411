#include "town.h"

#include <stdio.h>
#include <stdlib.h>

#include "../model/samples.h"
#include "jx_test.h"

void town_line(struct town *t, const char *line, size_t len)
{
	assert_true(t->count < TOWN_LINES);
	t->line[t->count] = jx_xstrndup(line, len);
	t->len[t->count++] = len;
}

static void add_item(struct town *t, const struct jx_item *item)
{
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_BUF b;

	jx_buf_init(&b, JX_OFFICE__LINE_MAX + 1);
	jx_assert_ok(jx_item_write(item, &b, &err), &err);
	town_line(t, b.data, b.len - 1);
}

static void make_writer(struct town_writer *w, uint64_t i, int key, const char *short_code)
{
	sample_id(2, i, w->id);
	sample_key(key, w->pub, w->sec);
	jx_strcpy(w->short_code, sizeof(w->short_code), short_code);
	jx_chain_root(w->id, w->pub, w->head);
}

void town_init(struct town *t)
{
	struct jx_item item = {.kind = "keys", .key = "first", .has_signed = true};
	struct jx_keys keys = {.from_utc_ms = TOWN_NOW, .pin_count = 1};
	struct jx_error err = {.code = JX_OK};

	memset(t, 0, sizeof(*t));
	sample_key(50, t->pub, t->sec);
	make_writer(&t->server, 50, 50, "S01");
	memcpy(keys.identity, t->pub, JX_PUB_BYTES);
	memset(keys.tls_spki_sha256[0], 7, JX_HASH_BYTES);
	jx_assert_ok(jx_keys_sign(&keys, t->sec, &item.text, &err), &err);
	add_item(t, &item);
}

void town_done(struct town *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->line[i]);
	t->count = 0;
}

void town_receipt(struct town *t, const struct town_writer *w, int64_t n, const uint8_t head[JX_HASH_BYTES],
		  bool is_fork)
{
	struct jx_item item = {.kind = "receipt", .has_signed = true};
	struct jx_receipt r = {.n = n, .server_utc_ms = TOWN_NOW + n, .is_fork = is_fork};
	struct jx_error err = {.code = JX_OK};
	char uuid[37];

	sample_id(9, 1, r.epoch);
	memcpy(r.writer, w->id, JX_ID_BYTES);
	memcpy(r.head, head, JX_HASH_BYTES);
	jx_uuid_format(w->id, uuid);
	(void)snprintf(item.key, sizeof(item.key), is_fork ? "%s/%lld/fork" : "%s/%lld", uuid, (long long)n);
	jx_assert_ok(jx_receipt_sign(&r, t->sec, &item.text, &err), &err);
	add_item(t, &item);
}

static void add_entry(struct town *t, struct town_writer *w, struct jx_entry *e, bool ends_batch)
{
	struct jx_item item = {.kind = "entry", .received_utc_ms = TOWN_NOW, .has_sig = ends_batch};
	struct jx_error err = {.code = JX_OK};
	uint8_t digest[JX_HASH_BYTES];
	char uuid[37];
	JX_AUTO_BUF b;

	jx_buf_init(&b, JX_ENTRY_BYTES_MAX);
	sample_id(1, 1000 + ++t->ids, e->id);
	memcpy(e->writer, w->id, JX_ID_BYTES);
	e->n = ++w->n;
	jx_assert_ok(jx_entry_encode(e, &b, &err), &err);
	jx_sha256(b.data, b.len, digest);
	jx_chain_next(w->id, w->n, w->head, digest, w->head);
	jx_chain_sign(w->sec, w->head, item.sig);
	jx_uuid_format(w->id, uuid);
	(void)snprintf(item.key, sizeof(item.key), "%s/%lld", uuid, (long long)w->n);
	item.entry = (struct jx_bytes){b.data, b.len};
	add_item(t, &item);
	if (ends_batch)
		town_receipt(t, w, w->n, w->head, false);
}

void town_enrol(struct town *t, int i, const char *short_code, const char *role)
{
	struct jx_entry e;

	make_writer(&t->writer[i], 60 + (uint64_t)i, 60 + i, short_code);
	sample_of_kind(&e, JX_KIND_WRITER_ENROLLED);
	memcpy(e.subject, t->writer[i].id, JX_ID_BYTES);
	memcpy(e.subject_public_key, t->writer[i].pub, JX_PUB_BYTES);
	jx_strcpy(e.subject_short, sizeof(e.subject_short), short_code);
	jx_strcpy(e.subject_role, sizeof(e.subject_role), role);
	add_entry(t, &t->server, &e, true);
}

void town_add(struct town *t, int i, struct jx_entry *e, bool ends_batch)
{
	add_entry(t, &t->writer[i], e, ends_batch);
}

size_t town_add_kind(struct town *t, int i, enum jx_kind kind, const char *day, bool ends_batch)
{
	struct jx_entry e;
	const size_t line = t->count;

	sample_of_kind(&e, kind);
	jx_strcpy(e.day, sizeof(e.day), day);
	town_add(t, i, &e, ends_batch);
	return line;
}

void town_fork(struct town *t, int i, struct jx_entry *e, int64_t n)
{
	const struct town_writer *w = &t->writer[i];
	struct jx_item item = {
		.kind = "entry", .received_utc_ms = TOWN_NOW, .has_sig = true, .is_fork = true};
	struct jx_error err = {.code = JX_OK};
	uint8_t digest[JX_HASH_BYTES], head[JX_HASH_BYTES];
	char uuid[37], branch[17];
	JX_AUTO_BUF b;

	assert_int_equal(n, 1); /* the root is the only head this town remembers */
	jx_buf_init(&b, JX_ENTRY_BYTES_MAX);
	sample_id(1, 1000 + ++t->ids, e->id);
	memcpy(e->writer, w->id, JX_ID_BYTES);
	e->n = n;
	jx_assert_ok(jx_entry_encode(e, &b, &err), &err);
	jx_sha256(b.data, b.len, digest);
	jx_chain_root(w->id, w->pub, head);
	jx_chain_next(w->id, n, head, digest, head);
	jx_chain_sign(w->sec, head, item.sig);
	jx_uuid_format(w->id, uuid);
	jx_hex(head, 8, branch);
	(void)snprintf(item.key, sizeof(item.key), "%s/%lld/%s", uuid, (long long)n, branch);
	item.entry = (struct jx_bytes){b.data, b.len};
	add_item(t, &item);
	town_receipt(t, w, n, head, true);
}

void town_photo_receipt(struct town *t, int i, const uint8_t sha256[JX_HASH_BYTES])
{
	struct jx_item item = {.kind = "photo-receipt", .has_signed = true};
	struct jx_photo_receipt r = {.server_utc_ms = TOWN_NOW, .photo_count = 1};
	struct jx_error err = {.code = JX_OK};
	char uuid[37], hex[65];

	sample_id(9, 1, r.epoch);
	memcpy(r.writer, t->writer[i].id, JX_ID_BYTES);
	memcpy(r.photos[0], sha256, JX_HASH_BYTES);
	jx_uuid_format(r.writer, uuid);
	jx_hex(sha256, JX_HASH_BYTES, hex);
	(void)snprintf(item.key, sizeof(item.key), "%s/%s", uuid, hex);
	jx_assert_ok(jx_photo_receipt_sign(&r, t->sec, &item.text, &err), &err);
	add_item(t, &item);
}

void town_usual(struct town *t)
{
	struct jx_entry e;
	uint8_t first[JX_ID_BYTES];

	town_init(t);
	town_enrol(t, 0, "H07", "field");
	town_enrol(t, 1, "H08", "field");
	town_enrol(t, 2, "B01", "dispatcher");
	sample_observation(&e);
	town_add(t, 0, &e, false);
	memcpy(first, e.id, sizeof(first));
	(void)town_add_kind(t, 0, JX_KIND_OBSERVATION, TOWN_DAY, true);
	town_photo_receipt(t, 0, e.photos[0].sha256);
	town_photo_receipt(t, 0, e.photos[1].sha256);
	(void)town_add_kind(t, 1, JX_KIND_OBSERVATION, TOWN_DAY, true);
	sample_of_kind(&e, JX_KIND_CORRECTION);
	memcpy(e.ref.id, first, sizeof(first));
	town_add(t, 0, &e, false);
	sample_of_kind(&e, JX_KIND_DAY_CLOSE);
	e.observations_total = 2;
	e.photos_total = 2;
	town_add(t, 0, &e, true);
	(void)town_add_kind(t, 1, JX_KIND_OBSERVATION, TOWN_NEXT, true);
}

void town_account(const struct town *t, const char *dir)
{
	struct jx_office__account a = {.identity_count = 1, .pin_count = 1, .enrolled_utc_ms = TOWN_NOW};
	struct jx_error err = {.code = JX_OK};

	sample_id(2, 99, a.writer);
	jx_strcpy(a.short_code, sizeof(a.short_code), "B01");
	jx_strcpy(a.role, sizeof(a.role), "dispatcher");
	jx_strcpy(a.url, sizeof(a.url), "https://localhost:8443");
	memcpy(a.identities[0], t->pub, JX_PUB_BYTES);
	jx_assert_ok(jx_office__account_save(jx_os_fs(), dir, &a, &err), &err);
}

void town_write_journal(const struct town *t, const char *dir)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, JX_OFFICE__JOURNAL);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	for (size_t i = 0; i < t->count; i++) {
		assert_int_equal(fwrite(t->line[i], 1, t->len[i], f), t->len[i]);
		assert_int_equal(fputc('\n', f), '\n');
	}
	assert_int_equal(fclose(f), 0);
}

void town_write(const struct town *t, const char *dir)
{
	struct jx_office__state s = {.life = 1};
	struct jx_error err = {.code = JX_OK};

	for (size_t i = 0; i < t->count; i++)
		s.journal_bytes += (int64_t)t->len[i] + 1;
	s.items = (int64_t)t->count;
	town_account(t, dir);
	town_write_journal(t, dir);
	jx_assert_ok(jx_office__state_save(jx_os_fs(), dir, &s, &err), &err);
}

void town_feed(const struct town *t, struct jx_office__desk *desk, size_t from, size_t until,
	       const char *cursor, bool is_snapshot)
{
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_JSON doc = {0};
	struct jx_item item;

	jx_office__feed_begin(desk, is_snapshot);
	for (size_t i = from; i < until; i++) {
		jx_assert_ok(jx_item_read_in((struct jx_bytes){t->line[i], t->len[i]}, &doc, &item, &err),
			     &err);
		jx_assert_ok(jx_office__feed_add(desk, &item, &doc, &err), &err);
	}
	jx_assert_ok(jx_office__feed_end(desk, cursor, &err), &err);
}
