/* Sums by index and quota: additions only, so the order of arrival cannot matter. */
#include <stdlib.h>
#include <string.h>

#include "grades.h"
#include "sheet.h"

#define WHERE "form.tally"
/* A sheet seldom counts more; those that do are given room of their own. */
#define COUNTED_FEW 64

jx_tally *jx_tally_new(const jx_pack *pack)
{
	const struct jx_form__grades *g = pack->grades;
	jx_tally *tally = jx_xcalloc(1, sizeof(*tally));

	tally->pack = pack;
	/* one more, so that none is empty */
	tally->sums = jx_xcalloc((g != NULL ? g->index_count : 0) + 1, sizeof(*tally->sums));
	tally->quotas = jx_xcalloc((g != NULL ? g->quota_line_count : 0) + 1, sizeof(*tally->quotas));
	tally->reasons = jx_xcalloc((g != NULL ? g->verdict_count : 0) + 1, sizeof(*tally->reasons));
	return tally;
}

void jx_tally_free(jx_tally *tally)
{
	if (tally == NULL)
		return;
	free(tally->sums);
	free(tally->quotas);
	free(tally->reasons);
	free(tally);
}

void jx_tally_clear(jx_tally *tally)
{
	const struct jx_form__grades *g = tally->pack->grades;

	if (g == NULL)
		return;
	memset(tally->sums, 0, g->index_count * sizeof(*tally->sums));
	memset(tally->quotas, 0, g->quota_line_count * sizeof(*tally->quotas));
}

static jx_rc check_sum(int64_t a, int64_t b, const char *id, struct jx_error *err)
{
	/* sums never pass 2^53, so neither addition can wrap */
	if (a <= JX_FORM__SUM_MAX && b <= JX_FORM__SUM_MAX)
		return JX_OK;
	return jx_fail(err, JX_ELIMIT, 0, WHERE,
		       "%s: the sum is too large to be exact: grade smaller areas or shorter periods", id);
}

static jx_rc check_counts(const struct jx_index *index, int64_t numerator, int64_t denominator,
			  struct jx_error *err)
{
	if (numerator < 0 || denominator < 0 || numerator > JX_FORM__SUM_MAX ||
	    denominator > JX_FORM__SUM_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s: counts must be whole numbers from 0 on: correct them", index->id);
	if (denominator == 0 && numerator > 0)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"%s: %lld counted, but nothing checked: enter how many rooms, metres or traps there were",
			index->id, (long long)numerator);
	if (index->interval == JX_INTERVAL_PROPORTION && numerator > denominator)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s: %lld of %lld is more than were checked: correct one of them", index->id,
			       (long long)numerator, (long long)denominator);
	return JX_OK;
}

/* Whether it can be added; nothing is changed. */
static jx_rc check_index(const struct jx_index *index, const struct jx_fraction *sum,
			 const struct jx_form__counted *c, struct jx_error *err)
{
	const jx_rc rc = check_counts(index, c->numerator, c->denominator, err);

	return rc == JX_OK ? check_sum(sum->numerator + c->numerator, sum->denominator + c->denominator,
				       index->id, err)
			   : rc;
}

jx_rc jx_tally_add(jx_tally *tally, const char *index_id, int64_t numerator, int64_t denominator,
		   struct jx_error *err)
{
	const struct jx_index *index = jx_pack_index_find(tally->pack, index_id);
	const struct jx_form__counted c = {.numerator = numerator, .denominator = denominator};
	struct jx_fraction *sum;
	jx_rc rc;

	if (index == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "pack %s has no index \"%s\": load a newer version of the pack",
			       tally->pack->id, index_id);
	sum = &tally->sums[index - tally->pack->grades->indices];
	rc = check_index(index, sum, &c, err);
	if (rc != JX_OK)
		return rc;
	sum->numerator += numerator;
	sum->denominator += denominator;
	return JX_OK;
}

/* ---- sheets ------------------------------------------------------------------------------------------ */

/* The line of a quota that a contribution belongs to; NULL if it has none for that class. */
static struct jx_form__quota_cell *find_line(const jx_tally *tally, const struct jx_form__counted *c)
{
	const struct jx_form__grades *g = tally->pack->grades;
	size_t i, k;

	for (i = 0; g != NULL && i < g->quota_count; i++) {
		const struct jx_form__quota *q = &g->quotas[i];

		if (strcmp(q->id, c->quota) != 0)
			continue;
		for (k = q->first; k < q->first + q->count; k++) {
			const struct jx_form__quota_line *line = &g->quota_lines[k];

			if (line->class_count == 0 ||
			    (c->class_code != NULL && jx_form__line_has_class(line, c->class_code)))
				return &tally->quotas[k];
		}
		return NULL;
	}
	return NULL;
}

static struct jx_fraction *find_sum(const jx_tally *tally, const char *index_id)
{
	const struct jx_index *index = jx_pack_index_find(tally->pack, index_id);

	return index != NULL ? &tally->sums[index - tally->pack->grades->indices] : NULL;
}

/* One pack version may count metres where another counts kilometres: their numbers must not be added. */
static jx_rc check_version(const jx_tally *tally, const jx_pack *from, const char *index_id,
			   struct jx_error *err)
{
	const struct jx_index *ours = jx_pack_index_find(tally->pack, index_id);
	const struct jx_index *theirs = jx_pack_index_find(from, index_id);

	if (ours->scale == theirs->scale && ours->interval == theirs->interval &&
	    ours->is_better_high == theirs->is_better_high)
		return JX_OK;
	return jx_fail(
		err, JX_ECONFLICT, 0, WHERE,
		"%s is another index in version %lld of pack %s than in version %lld: grade them apart",
		index_id, (long long)from->version, from->id, (long long)tally->pack->version);
}

/* Add (sign 1) or take back (-1). */
static void apply(const jx_tally *tally, const struct jx_form__counted *c, int64_t sign)
{
	struct jx_fraction *sum = c->index != NULL ? find_sum(tally, c->index) : NULL;
	struct jx_form__quota_cell *cell = c->quota != NULL ? find_line(tally, c) : NULL;

	if (sum != NULL) {
		sum->numerator += sign * c->numerator;
		sum->denominator += sign * c->denominator;
	}
	if (cell != NULL) {
		cell->units += sign * c->units;
		cell->effort += sign * c->effort;
	}
}

static jx_rc check_one(const jx_tally *tally, const jx_pack *from, const struct jx_form__counted *c,
		       struct jx_error *err)
{
	const struct jx_fraction *sum = c->index != NULL ? find_sum(tally, c->index) : NULL;
	const struct jx_form__quota_cell *cell = c->quota != NULL ? find_line(tally, c) : NULL;
	jx_rc rc = JX_OK;

	if (sum != NULL)
		rc = check_version(tally, from, c->index, err);
	if (rc == JX_OK && sum != NULL)
		rc = check_index(jx_pack_index_find(tally->pack, c->index), sum, c, err);
	if (rc == JX_OK && cell != NULL)
		rc = check_sum(cell->units + c->units, cell->effort + c->effort, c->quota, err);
	return rc;
}

jx_rc jx_tally_add_sheet(jx_tally *tally, const jx_sheet *sheet, struct jx_error *err)
{
	struct jx_form__counted few[COUNTED_FEW];
	struct jx_form__counted *counted = few;
	JX_AUTO_FREE struct jx_form__counted *many = NULL;
	const size_t n = jx_form__sheet_counts(sheet, few, COUNTED_FEW);
	size_t i;

	if (n > COUNTED_FEW) {
		counted = many = jx_xcalloc(n, sizeof(*many));
		(void)jx_form__sheet_counts(sheet, many, n);
	}
	for (i = 0; i < n; i++) {
		const jx_rc rc = check_one(tally, jx_sheet_pack(sheet), &counted[i], err);

		if (rc != JX_OK) {
			/* a sheet counts whole or not at all */
			while (i-- > 0)
				apply(tally, &counted[i], -1);
			return rc;
		}
		apply(tally, &counted[i], 1);
	}
	return JX_OK;
}

jx_rc jx_tally_add_answers(jx_tally *tally, const jx_pack *entry_pack, const char *form_id, const char *day,
			   const char *answers, size_t len, struct jx_error *err)
{
	const struct jx_form__photos unknown = {false, NULL, 0};
	JX_AUTO(jx_sheet) sheet = NULL;
	jx_rc rc = jx_sheet_read(entry_pack, form_id, day, answers, len, false, &sheet, err);

	if (rc == JX_OK)
		rc = jx_form__check_sheet(sheet, &unknown, err);
	return rc == JX_OK ? jx_tally_add_sheet(tally, sheet, err) : rc;
}

/* ---- tallies ----------------------------------------------------------------------------------------- */

static jx_rc check_merge(const jx_tally *tally, const jx_tally *other, struct jx_error *err)
{
	const struct jx_form__grades *g = tally->pack->grades;
	size_t i;
	jx_rc rc = JX_OK;

	if (tally->pack != other->pack)
		return jx_fail(
			err, JX_ECONFLICT, 0, WHERE,
			"sums by pack %s cannot be joined with sums by pack %s: count anew by one pack",
			tally->pack->id, other->pack->id);
	for (i = 0; rc == JX_OK && g != NULL && i < g->index_count; i++)
		rc = check_sum(tally->sums[i].numerator + other->sums[i].numerator,
			       tally->sums[i].denominator + other->sums[i].denominator, g->indices[i].id,
			       err);
	for (i = 0; rc == JX_OK && g != NULL && i < g->quota_line_count; i++)
		rc = check_sum(tally->quotas[i].units + other->quotas[i].units,
			       tally->quotas[i].effort + other->quotas[i].effort, g->quota_lines[i].id, err);
	return rc;
}

jx_rc jx_tally_merge(jx_tally *tally, const jx_tally *other, struct jx_error *err)
{
	const struct jx_form__grades *g = tally->pack->grades;
	const jx_rc rc = check_merge(tally, other, err);
	size_t i;

	if (rc != JX_OK)
		return rc;
	for (i = 0; g != NULL && i < g->index_count; i++) {
		tally->sums[i].numerator += other->sums[i].numerator;
		tally->sums[i].denominator += other->sums[i].denominator;
	}
	for (i = 0; g != NULL && i < g->quota_line_count; i++) {
		tally->quotas[i].units += other->quotas[i].units;
		tally->quotas[i].effort += other->quotas[i].effort;
	}
	return JX_OK;
}

void jx_tally_sum(const jx_tally *tally, const struct jx_index *index, struct jx_fraction *out)
{
	const struct jx_fraction *sum = find_sum(tally, index->id);

	*out = sum != NULL ? *sum : (struct jx_fraction){0, 0};
}
