#include "statement.h"

#include <stdlib.h>
#include <string.h>

/* One writer's facts, sorted by n, one for each n. */
struct log {
	const struct jx_model__fact *facts;
	size_t count;
	const struct jx_model__writer *writer;
	struct jx_chain_extent chain;
};

static int compare_i64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* A total order: of two different facts with one number the same one comes first on every machine. */
static int compare_facts(const void *pa, const void *pb)
{
	const struct jx_model__fact *a = pa;
	const struct jx_model__fact *b = pb;
	int c = memcmp(a->writer, b->writer, JX_ID_BYTES);

	if (c == 0)
		c = compare_i64(a->n, b->n);
	if (c == 0)
		c = memcmp(a->id, b->id, JX_ID_BYTES);
	if (c == 0)
		c = compare_i64((int64_t)a->kind, (int64_t)b->kind);
	if (c == 0)
		c = strcmp(a->day, b->day);
	if (c == 0)
		c = compare_i64(a->observations_total, b->observations_total);
	if (c == 0)
		c = compare_i64(a->photos_total, b->photos_total);
	if (c == 0)
		c = compare_i64((int64_t)a->photo_count, (int64_t)b->photo_count);
	if (c == 0 && a->photo_count > 0)
		c = memcmp(a->photos, b->photos, a->photo_count * JX_HASH_BYTES);
	return c;
}

static int compare_photos(const void *pa, const void *pb)
{
	const struct jx_model__photo *a = pa;
	const struct jx_model__photo *b = pb;
	const int c = memcmp(a->writer, b->writer, JX_ID_BYTES);

	return c != 0 ? c : memcmp(a->sha256, b->sha256, JX_HASH_BYTES);
}

static int compare_by_day(const void *pa, const void *pb)
{
	const struct jx_model__fact *const *a = pa;
	const struct jx_model__fact *const *b = pb;
	const int c = strcmp((*a)->day, (*b)->day);

	return c != 0 ? c : compare_i64((*a)->n, (*b)->n);
}

static int compare_rows(const void *pa, const void *pb)
{
	const struct jx_day_row *a = pa;
	const struct jx_day_row *b = pb;
	int c = strcmp(a->day, b->day);

	if (c == 0)
		c = strcmp(a->short_code, b->short_code);
	return c != 0 ? c : memcmp(a->writer, b->writer, JX_ID_BYTES);
}

static void sort_facts(struct jx_statement *s)
{
	size_t i, kept = 0;

	if (s->fact_count == 0)
		return;
	qsort(s->facts, s->fact_count, sizeof(*s->facts), compare_facts);
	for (i = 0; i < s->fact_count; i++) {
		const struct jx_model__fact *last = kept > 0 ? &s->facts[kept - 1] : NULL;

		if (last != NULL && last->n == s->facts[i].n &&
		    memcmp(last->writer, s->facts[i].writer, JX_ID_BYTES) == 0)
			free(s->facts[i].photos);
		else
			s->facts[kept++] = s->facts[i];
	}
	s->fact_count = kept;
}

static void sort_photos(struct jx_statement *s)
{
	size_t i, kept = 0;

	if (s->photo_count == 0)
		return;
	qsort(s->photos, s->photo_count, sizeof(*s->photos), compare_photos);
	for (i = 0; i < s->photo_count; i++)
		if (kept == 0 || compare_photos(&s->photos[kept - 1], &s->photos[i]) != 0)
			s->photos[kept++] = s->photos[i];
	s->photo_count = kept;
}

static bool is_photo_stored(const struct jx_statement *s, const struct jx_model__fact *f, size_t i)
{
	struct jx_model__photo key;

	if (s->photo_count == 0)
		return false;
	memcpy(key.writer, f->writer, JX_ID_BYTES);
	memcpy(key.sha256, f->photos[i], JX_HASH_BYTES);
	return bsearch(&key, s->photos, s->photo_count, sizeof(key), compare_photos) != NULL;
}

/* A day begins with a shift and has findings or a close; a person signing in alone makes no day. */
static bool makes_row(enum jx_kind kind)
{
	return kind == JX_KIND_OBSERVATION || kind == JX_KIND_CORRECTION || kind == JX_KIND_DAY_CLOSE ||
	       kind == JX_KIND_SHIFT_START;
}

/* Counts of one day, beside what the row shows: the day-close speaks of those before it. */
struct tally {
	int64_t close_n; /* 0 none */
	int64_t observations_before, photos_before;
	bool has_later; /* observations or corrections after the close */
};

static void count_fact(const struct jx_statement *s, const struct jx_model__fact *f, struct tally *t,
		       struct jx_day_row *row)
{
	const bool is_observation = f->kind == JX_KIND_OBSERVATION;
	size_t i;

	if (!is_observation && f->kind != JX_KIND_CORRECTION)
		return;
	if (is_observation)
		row->observations_stored++;
	row->photos_listed += (int64_t)f->photo_count;
	for (i = 0; i < f->photo_count; i++)
		if (is_photo_stored(s, f, i))
			row->photos_stored++;
	if (f->n > t->close_n) {
		t->has_later = t->close_n > 0;
		return;
	}
	t->observations_before += is_observation ? 1 : 0;
	t->photos_before += (int64_t)f->photo_count;
}

static enum jx_day_state state_of(const struct log *log, const struct tally *t, const struct jx_day_row *row)
{
	const bool has_gap = log->chain.first_missing_n > 0 && log->chain.first_missing_n < t->close_n;

	if (!row->is_closed || t->has_later)
		return JX_DAY_OPEN;
	if (row->observations_recorded > t->observations_before || row->photos_recorded > t->photos_before ||
	    has_gap || row->photos_stored < row->photos_listed)
		return JX_DAY_MISSING;
	if (row->observations_recorded != t->observations_before ||
	    row->photos_recorded != t->photos_before || log->writer->receipt_n < t->close_n)
		return JX_DAY_OPEN;
	return JX_DAY_COMPLETE;
}

static void add_row(struct jx_statement *s, const struct log *log, const struct jx_model__fact *const *facts,
		    size_t count)
{
	struct tally t = {0};
	struct jx_day_row row;
	bool is_wanted = false;
	size_t i;

	memset(&row, 0, sizeof(row));
	row.observations_recorded = -1;
	row.photos_recorded = -1;
	for (i = 0; i < count; i++) { /* by n: the last day-close stays */
		is_wanted = is_wanted || makes_row(facts[i]->kind);
		if (facts[i]->kind != JX_KIND_DAY_CLOSE)
			continue;
		row.is_closed = true;
		row.observations_recorded = facts[i]->observations_total;
		row.photos_recorded = facts[i]->photos_total;
		t.close_n = facts[i]->n;
	}
	if (!is_wanted)
		return;
	for (i = 0; i < count; i++)
		count_fact(s, facts[i], &t, &row);
	memcpy(row.writer, log->writer->id, JX_ID_BYTES);
	jx_strcpy(row.short_code, sizeof(row.short_code), log->writer->short_code);
	jx_strcpy(row.day, sizeof(row.day), facts[0]->day);
	row.gaps = log->chain.gaps;
	row.last_n = log->chain.last_n;
	row.last_heard_utc_ms = log->writer->last_heard_utc_ms;
	row.missing_first_n = log->chain.first_missing_n;
	row.state = state_of(log, &t, &row);
	s->rows = jx_model__grow(s->rows, s->row_count, &s->row_cap, sizeof(*s->rows));
	s->rows[s->row_count++] = row;
}

static struct jx_chain_extent extent_of(const struct log *log)
{
	struct jx_chain_extent c = {.last_n = log->facts[log->count - 1].n};

	if (log->writer->chain.last_n > 0)
		return log->writer->chain;
	c.gaps = c.last_n - (int64_t)log->count;
	for (size_t i = 0; c.gaps > 0 && i < log->count && c.first_missing_n == 0; i++)
		if (log->facts[i].n != (int64_t)i + 1)
			c.first_missing_n = (int64_t)i + 1;
	return c;
}

static void add_rows_of(struct jx_statement *s, struct log *log, const struct jx_model__fact **by_day)
{
	size_t i, first = 0;

	log->chain = extent_of(log);
	for (i = 0; i < log->count; i++)
		by_day[i] = &log->facts[i];
	qsort(by_day, log->count, sizeof(*by_day), compare_by_day);
	for (i = 1; i <= log->count; i++) {
		if (i < log->count && strcmp(by_day[i]->day, by_day[first]->day) == 0)
			continue;
		add_row(s, log, by_day + first, i - first);
		first = i;
	}
}

void jx_model__make_rows(struct jx_statement *s)
{
	JX_AUTO_FREE const struct jx_model__fact **by_day = NULL;
	size_t first = 0, i;

	sort_facts(s);
	sort_photos(s);
	s->row_count = 0;
	if (s->fact_count == 0)
		return;
	by_day = jx_xcalloc(s->fact_count, sizeof(*by_day));
	for (i = 1; i <= s->fact_count; i++) {
		struct log log = {.facts = s->facts + first, .count = i - first};

		if (i < s->fact_count && memcmp(s->facts[i].writer, s->facts[first].writer, JX_ID_BYTES) == 0)
			continue;
		log.writer = jx_model__writer_of(s, s->facts[first].writer);
		add_rows_of(s, &log, by_day);
		first = i;
	}
	if (s->row_count > 0)
		qsort(s->rows, s->row_count, sizeof(*s->rows), compare_rows);
}
