#include "fake_writer.h"

#include <stdlib.h>

#define ANSWERS "{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1,\"unit\":\"place\"}"

static void draw(struct fake_writer *w, void *out, size_t len)
{
	/* a writer is handed about by value */
	w->rand.rand.user = &w->rand;
	w->rand.rand.fill(w->rand.rand.user, out, len);
}

void fake_writer_init(struct fake_writer *w, uint64_t seed)
{
	uint8_t bytes[32];

	memset(w, 0, sizeof(*w));
	jx_fake_rand_init(&w->rand, seed);
	draw(w, bytes, sizeof(bytes));
	jx_key_from_seed(bytes, w->pub, w->sec);
	draw(w, w->id, sizeof(w->id));
	w->now_utc_ms = FAKE_NOW_UTC_MS;
}

void fake_writer_done(struct fake_writer *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		free(w->log[i].bytes);
	free(w->log);
	memset(w, 0, sizeof(*w));
}

static struct fake_entry *room(struct fake_writer *w)
{
	if (w->count == w->cap) {
		w->cap = w->cap == 0 ? 8 : w->cap * 2;
		w->log = reallocarray(w->log, w->cap, sizeof(w->log[0]));
		assert_non_null(w->log);
	}
	memset(&w->log[w->count], 0, sizeof(w->log[0]));
	return &w->log[w->count];
}

void fake_writer_clone(struct fake_writer *to, const struct fake_writer *from, size_t keep, uint64_t seed)
{
	size_t i;

	fake_writer_init(to, seed);
	memcpy(to->id, from->id, sizeof(to->id));
	memcpy(to->pub, from->pub, sizeof(to->pub));
	memcpy(to->sec, from->sec, sizeof(to->sec));
	to->now_utc_ms = from->now_utc_ms;
	for (i = 0; i < keep; i++) {
		struct fake_entry *e = room(to);

		*e = from->log[i];
		e->bytes = jx_xstrndup(from->log[i].bytes, from->log[i].len);
		to->count++;
	}
}

void fake_writer_head(const struct fake_writer *w, int64_t n, uint8_t out[JX_HASH_BYTES])
{
	if (n == 0)
		jx_chain_root(w->id, w->pub, out);
	else
		memcpy(out, w->log[n - 1].head, JX_HASH_BYTES);
}

void fake_observation(const struct fake_writer *w, struct jx_entry *e, const char *answers)
{
	memset(e, 0, sizeof(*e));
	e->kind = JX_KIND_OBSERVATION;
	e->taken_utc_ms = e->saved_utc_ms = w->now_utc_ms;
	e->mono_ms = 5000;
	e->boot[0] = 1;
	jx_strcpy(e->day, sizeof(e->day), "2026-09-01");
	jx_strcpy(e->area, sizeof(e->area), "330185001");
	jx_strcpy(e->person, sizeof(e->person), "p1");
	jx_strcpy(e->person_verified, sizeof(e->person_verified), "none");
	e->has_place = true;
	e->fix.source = JX_FIX_GNSS;
	e->fix.lat_wgs84_e7 = 302300000;
	e->fix.lon_wgs84_e7 = 1197200000;
	e->fix.accuracy_mm = 4200;
	e->fix.satellites_used = 9;
	e->fix.mode = 3;
	jx_strcpy(e->form, sizeof(e->form), "disorder");
	jx_strcpy(e->pack, sizeof(e->pack), "ten-disorders");
	e->pack_version = 1;
	e->answers.data = answers;
	e->answers.len = strlen(answers);
}

static void chain(struct fake_writer *w, struct fake_entry *e)
{
	uint8_t before[JX_HASH_BYTES];

	e->n = (int64_t)w->count + 1;
	fake_writer_head(w, e->n - 1, before);
	jx_sha256(e->bytes, e->len, e->digest);
	jx_chain_next(w->id, e->n, before, e->digest, e->head);
	jx_chain_sign(w->sec, e->head, e->sig);
	w->count++;
}

struct fake_entry *fake_writer_append(struct fake_writer *w, struct jx_entry *e)
{
	static const uint8_t none[JX_ID_BYTES];
	struct fake_entry *out = room(w);
	struct jx_error err = {0};
	jx_buf b;
	size_t i;

	if (memcmp(e->id, none, sizeof(none)) == 0)
		draw(w, e->id, sizeof(e->id));
	memcpy(e->writer, w->id, sizeof(e->writer));
	e->n = (int64_t)w->count + 1;
	if (e->kind_name[0] == '\0')
		jx_strcpy(e->kind_name, sizeof(e->kind_name), jx_kind_name(e->kind));
	draw(w, e->salt, sizeof(e->salt));
	jx_buf_init(&b, JX_ENTRY_BYTES_MAX);
	jx_assert_ok(jx_entry_encode(e, &b, &err), &err);
	out->bytes = b.data;
	out->len = b.len;
	out->kind = e->kind;
	memcpy(out->id, e->id, sizeof(out->id));
	for (i = 0; i < e->photo_count && i < 4; i++)
		out->photos[out->photo_count++] = e->photos[i];
	chain(w, out);
	return out;
}

struct fake_entry *fake_writer_observe(struct fake_writer *w, size_t photos)
{
	struct jx_entry e;
	size_t i;

	fake_observation(w, &e, ANSWERS);
	for (i = 0; i < photos; i++) {
		struct jx_photo_ref *p = &e.photos[e.photo_count++];

		draw(w, p->sha256, sizeof(p->sha256));
		p->size_bytes = 250000;
		jx_strcpy(p->type, sizeof(p->type), "image/jpeg");
		jx_strcpy(p->role, sizeof(p->role), "wide");
		jx_strcpy(p->how, sizeof(p->how), "camera");
	}
	return fake_writer_append(w, &e);
}

void fake_writer_observe_many(struct fake_writer *w, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		(void)fake_writer_observe(w, 0);
}

struct fake_entry *fake_writer_append_raw(struct fake_writer *w, const char *bytes,
					  const uint8_t id[JX_ID_BYTES])
{
	struct fake_entry *out = room(w);

	out->bytes = jx_xstrdup(bytes);
	out->len = strlen(bytes);
	memcpy(out->id, id, sizeof(out->id));
	chain(w, out);
	return out;
}
