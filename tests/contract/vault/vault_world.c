#include "vault_world.h"

#include <stdlib.h>

int world_open(void **state, const struct vault_kind *kind)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));
	struct jx_writer row;

	w->kind = kind;
	w->folder = jx_test_folder();
	jx_fake_rand_init(&w->rand, 7);
	fake_writer_init(&w->server, 1);
	jx_assert_ok(kind->open(w->folder, &w->rand.rand, true, &w->vault, &w->err), &w->err);
	w->ops = w->vault->ops;
	writer_row(&w->server, "S01", JX_ROLE_SERVER, &row);
	jx_assert_ok(w->ops->add_server_writer(w->vault, &row, &w->err), &w->err);
	*state = w;
	return 0;
}

int world_close(void **state)
{
	struct world *w = *state;

	jx_vault_close(w->vault);
	fake_writer_done(&w->server);
	jx_test_folder_remove(w->folder);
	free(w);
	return 0;
}

void world_reopen(struct world *w)
{
	jx_vault_close(w->vault);
	w->vault = NULL;
	jx_assert_ok(w->kind->open(w->folder, &w->rand.rand, false, &w->vault, &w->err), &w->err);
}

void writer_row(const struct fake_writer *f, const char *short_code, enum jx_role role, struct jx_writer *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->id, f->id, sizeof(out->id));
	memcpy(out->public_key, f->pub, sizeof(out->public_key));
	jx_strcpy(out->short_code, sizeof(out->short_code), short_code);
	jx_strcpy(out->area, sizeof(out->area), "330185001");
	jx_strcpy(out->name, sizeof(out->name), "手持机 7");
	out->role = role;
	out->state = JX_WRITER_ACTIVE;
	out->enrolled_utc_ms = FAKE_NOW_UTC_MS;
	jx_chain_root(f->id, f->pub, out->head);
}

struct batch *batch_new(struct world *w, const struct fake_writer *f, int64_t from_n, int64_t to_n,
			bool is_fork)
{
	struct batch *b = jx_xcalloc(1, sizeof(*b));
	struct jx_receipt r = {.n = to_n, .server_utc_ms = FAKE_NOW_UTC_MS, .is_fork = is_fork};
	size_t photos = 0;

	memcpy(b->b.writer, f->id, sizeof(b->b.writer));
	b->b.expected_n = from_n - 1;
	fake_writer_head(f, from_n - 1, b->b.expected_head);
	b->b.entries = b->entries;
	b->b.received_utc_ms = FAKE_NOW_UTC_MS + to_n;
	b->b.receipt = &b->receipt;
	b->b.is_fork = is_fork;
	for (int64_t n = from_n; n <= to_n; n++) {
		const struct fake_entry *e = &f->log[n - 1];
		struct jx_vault_entry *v = &b->entries[b->b.count++];

		v->bytes = e->bytes;
		v->len = e->len;
		memcpy(v->digest, e->digest, sizeof(v->digest));
		memcpy(v->head, e->head, sizeof(v->head));
		memcpy(v->id, e->id, sizeof(v->id));
		v->n = n;
		v->kind = e->kind;
		jx_strcpy(v->day, sizeof(v->day), "2026-09-01");
		v->photos = &b->photos[photos];
		v->photo_count = e->photo_count;
		for (size_t i = 0; i < e->photo_count; i++, photos++) {
			memcpy(b->photos[photos].sha256, e->photos[i].sha256, JX_HASH_BYTES);
			b->photos[photos].size_bytes = e->photos[i].size_bytes;
		}
		memcpy(b->b.sig, e->sig, sizeof(b->b.sig));
		memcpy(r.head, e->head, sizeof(r.head));
	}
	jx_key_id(w->server.pub, r.key_id);
	memcpy(r.writer, f->id, sizeof(r.writer));
	jx_assert_ok(w->ops->epoch(w->vault, r.epoch, &w->err), &w->err);
	jx_assert_ok(jx_receipt_sign(&r, w->server.sec, &b->receipt, &w->err), &w->err);
	return b;
}

jx_rc batch_take(struct world *w, const struct fake_writer *f, int64_t from_n, int64_t to_n, bool is_fork)
{
	struct batch *b = batch_new(w, f, from_n, to_n, is_fork);
	const jx_rc rc = w->ops->take(w->vault, &b->b, &w->err);

	free(b);
	return rc;
}

struct batch *fact_new(struct world *w, enum jx_kind kind, const struct jx_writer *subject)
{
	struct jx_entry e;

	memset(&e, 0, sizeof(e));
	e.kind = kind;
	e.taken_utc_ms = e.saved_utc_ms = FAKE_NOW_UTC_MS;
	e.boot[0] = 1;
	jx_strcpy(e.day, sizeof(e.day), "2026-09-01");
	e.has_subject = true;
	memcpy(e.subject, subject->id, sizeof(e.subject));
	memcpy(e.subject_public_key, subject->public_key, sizeof(e.subject_public_key));
	(void)fake_writer_append(&w->server, &e);
	return batch_new(w, &w->server, (int64_t)w->server.count, (int64_t)w->server.count, false);
}

void world_add_writer(struct world *w, const struct fake_writer *f, const char *short_code)
{
	struct jx_vault_code code = {.expires_utc_ms = FAKE_NOW_UTC_MS + 900000, .role = JX_ROLE_FIELD};
	struct jx_writer row;
	struct batch *fact;

	writer_row(f, short_code, JX_ROLE_FIELD, &row);
	jx_hex(f->id, 2, code.id);
	jx_strcpy(code.short_code, sizeof(code.short_code), short_code);
	jx_assert_ok(w->ops->add_code(w->vault, &code, &w->err), &w->err);
	fact = fact_new(w, JX_KIND_WRITER_ENROLLED, &row);
	jx_assert_ok(w->ops->enrol(w->vault, code.id, &row, &fact->b, &w->err), &w->err);
	free(fact);
}

struct jx_writer world_writer(struct world *w, const struct fake_writer *f)
{
	struct jx_writer row;

	jx_assert_ok(w->ops->writer(w->vault, f->id, &row, &w->err), &w->err);
	return row;
}

struct listing {
	jx_buf text;
	int64_t pos;
};

static jx_rc list_item(void *user, const struct jx_vault_item *item)
{
	static const char *const names[] = {"entry", "receipt", "photo-receipt", "keys", "pack"};
	struct listing *l = user;

	assert_true(item->pos > l->pos);
	l->pos = item->pos;
	jx_buf_addf(&l->text, "%s%s", l->text.len > 0 ? "; " : "", names[item->kind]);
	if (item->kind == JX_VAULT_PACK)
		jx_buf_addf(&l->text, " %s", item->pack);
	else if (item->kind != JX_VAULT_KEYS)
		jx_buf_addf(&l->text, " %02x", item->writer[0]);
	if (item->n > 0)
		jx_buf_addf(&l->text, "-%lld", (long long)item->n);
	if (item->is_fork)
		jx_buf_adds(&l->text, " fork");
	if (item->sig != NULL)
		jx_buf_adds(&l->text, " signed");
	return JX_OK;
}

char *world_feed(struct world *w, bool all, int64_t after_pos, int64_t *last_pos_out)
{
	struct listing l = {.pos = after_pos};
	const struct jx_vault_scope scope = {.all = all, .area = "330185001"};

	jx_buf_init(&l.text, 1 << 20);
	jx_assert_ok(w->ops->feed(w->vault, &scope, after_pos, 1000000, list_item, &l, &w->err), &w->err);
	if (last_pos_out != NULL)
		*last_pos_out = l.pos;
	if (l.text.data == NULL)
		jx_buf_add(&l.text, "", 0);
	return l.text.data != NULL ? l.text.data : jx_xstrdup("");
}
