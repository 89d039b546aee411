#include "statement.h"

#include <stdlib.h>
#include <string.h>

jx_statement *jx_statement_new(void)
{
	return jx_xcalloc(1, sizeof(struct jx_statement));
}

void jx_statement_free(jx_statement *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->fact_count; i++)
		free(s->facts[i].photos);
	free(s->facts);
	free(s->writers);
	free(s->slots);
	free(s->photos);
	free(s->rows);
	free(s);
}

void *jx_model__grow(void *array, size_t count, size_t *cap, size_t size)
{
	void *grown;

	if (count < *cap)
		return array;
	*cap = *cap == 0 ? 16 : *cap * 2;
	grown = jx_xcalloc(*cap, size);
	if (count > 0)
		memcpy(grown, array, count * size);
	free(array);
	return grown;
}

/* Ids are UUIDv7: the random bytes are at the end. */
static size_t slot_of(const struct jx_statement *s, const uint8_t id[JX_ID_BYTES])
{
	uint64_t h;

	memcpy(&h, id + JX_ID_BYTES - sizeof(h), sizeof(h));
	h *= UINT64_C(0x9e3779b97f4a7c15); /* 2^64 / golden ratio: spreads ids that differ in few bits */
	return (size_t)(h >> 32) & (s->slot_count - 1);
}

static void put_slot(struct jx_statement *s, size_t index)
{
	size_t at = slot_of(s, s->writers[index].id);

	while (s->slots[at] != 0)
		at = (at + 1) & (s->slot_count - 1);
	s->slots[at] = index + 1;
}

/* At most half full, so that looking for an absent writer ends soon. */
static void keep_slots_free(struct jx_statement *s)
{
	size_t i;

	if (s->slot_count >= 2 * (s->writer_count + 1))
		return;
	s->slot_count = s->slot_count == 0 ? 64 : s->slot_count * 2;
	free(s->slots);
	s->slots = jx_xcalloc(s->slot_count, sizeof(*s->slots));
	for (i = 0; i < s->writer_count; i++)
		put_slot(s, i);
}

struct jx_model__writer *jx_model__writer_of(struct jx_statement *s, const uint8_t id[JX_ID_BYTES])
{
	struct jx_model__writer *w;
	size_t at;

	keep_slots_free(s);
	for (at = slot_of(s, id); s->slots[at] != 0; at = (at + 1) & (s->slot_count - 1)) {
		w = &s->writers[s->slots[at] - 1];
		if (memcmp(w->id, id, JX_ID_BYTES) == 0)
			return w;
	}
	s->writers = jx_model__grow(s->writers, s->writer_count, &s->writer_cap, sizeof(*s->writers));
	w = &s->writers[s->writer_count];
	memset(w, 0, sizeof(*w));
	memcpy(w->id, id, JX_ID_BYTES);
	w->receipt_n = -1;
	put_slot(s, s->writer_count);
	s->writer_count++;
	return w;
}

void jx_statement_writer(jx_statement *s, const uint8_t writer[JX_ID_BYTES], const char *short_code)
{
	struct jx_model__writer *w = jx_model__writer_of(s, writer);

	/* Two codes for one writer are somebody's mistake; the greater one wins whatever came first. */
	if (strncmp(short_code, w->short_code, sizeof(w->short_code)) > 0)
		jx_strcpy(w->short_code, sizeof(w->short_code), short_code);
	s->is_stale = true;
}

void jx_statement_entry(jx_statement *s, const struct jx_entry *e)
{
	const bool has_photos = e->kind == JX_KIND_OBSERVATION || e->kind == JX_KIND_CORRECTION;
	struct jx_model__fact *f;
	size_t i;

	(void)jx_model__writer_of(s, e->writer);
	s->facts = jx_model__grow(s->facts, s->fact_count, &s->fact_cap, sizeof(*s->facts));
	f = &s->facts[s->fact_count++];
	memset(f, 0, sizeof(*f));
	memcpy(f->writer, e->writer, JX_ID_BYTES);
	memcpy(f->id, e->id, JX_ID_BYTES);
	f->n = e->n;
	f->kind = e->kind;
	jx_strcpy(f->day, sizeof(f->day), e->day);
	f->observations_total = e->has_totals ? e->observations_total : 0;
	f->photos_total = e->has_totals ? e->photos_total : 0;
	if (has_photos && e->photo_count > 0) {
		f->photo_count = e->photo_count;
		f->photos = jx_xcalloc(e->photo_count, JX_HASH_BYTES);
		for (i = 0; i < e->photo_count; i++)
			memcpy(f->photos[i], e->photos[i].sha256, JX_HASH_BYTES);
	}
	s->is_stale = true;
}

void jx_statement_receipt(jx_statement *s, const struct jx_receipt *r)
{
	struct jx_model__writer *w = jx_model__writer_of(s, r->writer);

	/* A fork's receipt says that the writer was heard, not that its entries were taken into the log. */
	if (!r->is_fork && r->n > w->receipt_n)
		w->receipt_n = r->n;
	if (r->server_utc_ms > w->last_heard_utc_ms)
		w->last_heard_utc_ms = r->server_utc_ms;
	s->is_stale = true;
}

void jx_statement_photo(jx_statement *s, const uint8_t writer[JX_ID_BYTES],
			const uint8_t sha256[JX_HASH_BYTES])
{
	struct jx_model__photo *p;

	s->photos = jx_model__grow(s->photos, s->photo_count, &s->photo_cap, sizeof(*s->photos));
	p = &s->photos[s->photo_count++];
	memcpy(p->writer, writer, JX_ID_BYTES);
	memcpy(p->sha256, sha256, JX_HASH_BYTES);
	s->is_stale = true;
}

void jx_statement_chain(jx_statement *s, const uint8_t writer[JX_ID_BYTES],
			const struct jx_chain_extent *extent)
{
	jx_model__writer_of(s, writer)->chain = *extent;
	s->is_stale = true;
}

const char *jx_day_state_name(enum jx_day_state s)
{
	switch (s) {
	case JX_DAY_COMPLETE:
		return "complete";
	case JX_DAY_MISSING:
		return "missing";
	case JX_DAY_OPEN:
	default:
		return "open";
	}
}

const struct jx_day_row *jx_statement_rows(jx_statement *s, const char *day, size_t *count_out)
{
	size_t first = 0, end;

	if (s->is_stale)
		jx_model__make_rows(s);
	s->is_stale = false;
	end = s->row_count;
	if (day != NULL) { /* rows are sorted by day first */
		while (first < end && strcmp(s->rows[first].day, day) < 0)
			first++;
		while (end > first && strcmp(s->rows[end - 1].day, day) > 0)
			end--;
	}
	*count_out = end - first;
	return s->rows == NULL ? NULL : s->rows + first;
}
