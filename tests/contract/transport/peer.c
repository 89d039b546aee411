#include "peer.h"

#include <stdio.h>
#include <stdlib.h>

const jx_transport *peer_transport(const struct peer *p)
{
	const jx_transport *t = p->transport != NULL ? p->transport : p->w->transport;

	assert_non_null(t);
	return t;
}

struct peer *peer_stranger(struct world *w)
{
	struct peer *p = jx_xcalloc(1, sizeof(*p));

	p->w = w;
	world_short_code(w, p->short_code);
	fake_writer_init(&p->log, 1000 + w->next);
	return p;
}

jx_rc peer_enrol(struct peer *p, const struct jx_code_text *code, int attempts)
{
	const struct jx_client_enrol_config c = {.transport = peer_transport(p),
						 .code = code,
						 .public_key = p->log.pub,
						 .secret_key = p->log.sec,
						 .program = "jx/test",
						 .name = "手持机",
						 .rand = &p->w->rand.rand,
						 .wait = world_no_wait,
						 .attempts_max = attempts};
	const jx_rc rc = jx_client_enrol(&c, &p->enrolled, &p->w->err);

	if (rc == JX_OK)
		memcpy(p->log.id, p->enrolled.writer, sizeof(p->log.id));
	return rc;
}

struct peer *peer_new(struct world *w, enum jx_role role)
{
	struct peer *p = peer_stranger(w);
	struct jx_code_text code;

	w->kind->make_code(w, p->short_code, role, true, &code);
	jx_assert_ok(peer_enrol(p, &code, 1), &w->err);
	return p;
}

void peer_free(struct peer *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->photo_count; i++)
		free(p->photos[i].bytes);
	fake_writer_done(&p->log);
	free(p);
}

void peer_freep(struct peer **p)
{
	peer_free(*p);
}

/* ---- what it records ---- */

#define ANSWERS "{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1,\"unit\":\"place\"}"

struct photo *peer_photo(struct peer *p, int64_t size, bool is_listed)
{
	struct photo *f = &p->photos[p->photo_count++];
	struct jx_entry e;

	assert_true(p->photo_count <= PEER_PHOTOS_MAX);
	f->size = size;
	f->bytes = jx_xmalloc((size_t)size);
	p->w->rand.rand.fill(p->w->rand.rand.user, f->bytes, (size_t)size);
	jx_sha256(f->bytes, (size_t)size, f->sha256);
	if (!is_listed)
		return f;
	fake_observation(&p->log, &e, ANSWERS);
	e.photo_count = 1;
	memcpy(e.photos[0].sha256, f->sha256, JX_HASH_BYTES);
	e.photos[0].size_bytes = size;
	jx_strcpy(e.photos[0].type, sizeof(e.photos[0].type), "image/jpeg");
	jx_strcpy(e.photos[0].role, sizeof(e.photos[0].role), "wide");
	jx_strcpy(e.photos[0].how, sizeof(e.photos[0].how), "camera");
	(void)fake_writer_append(&p->log, &e);
	return f;
}

void peer_observe_long(struct peer *p, size_t count, size_t text_len)
{
	JX_AUTO_FREE char *text = jx_xmalloc(text_len + 1);
	JX_AUTO_FREE char *answers = NULL;

	memset(text, 'n', text_len);
	text[text_len] = '\0';
	answers = jx_xasprintf("{\"result\":\"found\",\"code\":\"01.01\",\"note\":\"%s\"}", text);
	for (size_t i = 0; i < count; i++) {
		struct jx_entry e;

		fake_observation(&p->log, &e, answers);
		(void)fake_writer_append(&p->log, &e);
	}
}

/* ---- what it is told ---- */

bool peer_same_signed(const struct jx_signed *a, const struct jx_signed *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0 &&
	       memcmp(a->sig, b->sig, JX_SIG_BYTES) == 0;
}

void peer_take_receipt(struct peer *p, const struct jx_signed *text)
{
	uint8_t head[JX_HASH_BYTES];
	struct jx_receipt r;

	jx_assert_ok(jx_receipt_open(text, p->w->identity, &r, &p->w->err), &p->w->err);
	assert_memory_equal(r.writer, p->log.id, JX_ID_BYTES);
	assert_in_range(r.n, 1, p->log.count);
	fake_writer_head(&p->log, r.n, head);
	assert_memory_equal(r.head, head, JX_HASH_BYTES);
	if (r.is_fork) {
		p->fork_receipts++;
		return;
	}
	p->has_receipt = true;
	p->receipt = *text;
	p->sent_n = r.n;
}

void peer_take_photo_receipt(struct peer *p, const char *header, struct photo *photo)
{
	struct jx_photo_receipt r;
	struct jx_signed text;

	jx_assert_ok(jx_signed_header_read(header, &text, &p->w->err), &p->w->err);
	jx_assert_ok(jx_photo_receipt_open(&text, p->w->identity, &r, &p->w->err), &p->w->err);
	assert_memory_equal(r.writer, p->log.id, JX_ID_BYTES);
	assert_int_equal(r.photo_count, 1);
	assert_memory_equal(r.photos[0], photo->sha256, JX_HASH_BYTES);
	photo->is_stored = true;
}

void peer_see_item(struct peer *p, const struct jx_item *item)
{
	const struct fake_writer *log = p->watched;
	char id[37];

	p->items++;
	if (log == NULL)
		return;
	jx_uuid_format(log->id, id);
	if (strcmp(item->kind, "entry") != 0 || strncmp(item->key, id, 36) != 0)
		return;
	assert_in_range(p->seen_n, 0, log->count - 1);
	assert_int_equal(item->entry.len, log->log[p->seen_n].len);
	assert_memory_equal(item->entry.data, log->log[p->seen_n].bytes, item->entry.len);
	p->seen_n++;
}
