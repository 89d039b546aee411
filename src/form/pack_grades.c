/* Indices of a pack, and what the lists that name them share. */
#include <stdlib.h>
#include <string.h>

#include "grades.h"

#define WHERE JX_FORM__WHERE

static jx_rc load_interval(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			   struct jx_index *index, struct jx_error *err)
{
	static const struct {
		const char *name;
		enum jx_interval_kind kind;
	} rows[] = {{"none", JX_INTERVAL_NONE},
		    {"proportion", JX_INTERVAL_PROPORTION},
		    {"count", JX_INTERVAL_COUNT}};
	const int kind = jx_json_get(r->doc, tok, "interval");
	const int better = jx_json_get(r->doc, tok, "better");
	size_t i;

	index->is_better_high = jx_json_str_is(r->doc, better, "high");
	if (better >= 0 && !index->is_better_high && !jx_json_str_is(r->doc, better, "low"))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s must be \"low\" or \"high\": correct it there",
			       PLACE(OF(place, "better")));
	for (i = 0; kind >= 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (jx_json_str_is(r->doc, kind, rows[i].name)) {
			index->interval = rows[i].kind;
			return JX_OK;
		}
	}
	if (kind < 0)
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "pack: %s must be \"none\", \"proportion\" or \"count\": correct it there",
		       PLACE(OF(place, "interval")));
}

static jx_rc load_texts(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			struct jx_index *x, struct jx_error *err)
{
	jx_rc rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"), &x->name,
				      err);

	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "formula", false, 1000, OF(place, "formula"), &x->formula,
					err);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "unit", false, JX_FORM__NAME_BYTES, OF(place, "unit"),
					&x->unit, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "effort_unit", false, JX_FORM__NAME_BYTES,
					OF(place, "effort_unit"), &x->effort_unit, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &x->confidence, err);
	return rc;
}

static jx_rc load_index(void *arg, int tok, size_t i, const struct jx_form__place *place,
			struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_form__grades *g = r->pack->grades;
	struct jx_index *x = &g->indices[i];
	jx_rc rc = jx_form__read_id(r, tok, "id", JX_FORM__NAME_BYTES, OF(place, "id"), &x->id, err);

	if (rc == JX_OK && jx_form__index_add(&g->index_ids, x->id, (uint32_t)i) != JX_FORM__NONE)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s is \"%s\", which stands there twice: rename one",
			     PLACE(OF(place, "id")), x->id);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "topic", false, JX_FORM__NAME_BYTES, OF(place, "topic"),
					  &x->topic, err);
	if (rc == JX_OK)
		rc = load_texts(r, tok, place, x, err);
	x->scale = 1;
	if (rc == JX_OK)
		rc = jx_form__read_i64(r, tok, "scale", false, 1, 1000000, OF(place, "scale"), &x->scale,
				       err);
	if (rc == JX_OK)
		rc = load_interval(r, tok, place, x, err);
	return rc == JX_OK ? jx_form__read_member(r, tok, "positives_of", false, JX_FORM__NAME_BYTES,
						  OF(place, "positives_of"), &x->positives_of, err)
			   : rc;
}

/* Means name rates that may stand after them. */
static jx_rc check_positives(const struct jx_form__grades *g, struct jx_error *err)
{
	size_t i;

	for (i = 0; i < g->index_count; i++) {
		const struct jx_index *x = &g->indices[i];
		const uint32_t of = x->positives_of != NULL
					    ? jx_form__index_find(&g->index_ids, x->positives_of)
					    : JX_FORM__NONE;

		if (x->positives_of == NULL)
			continue;
		if (of >= g->index_count)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s names the index \"%s\", which \"indices\" does not have: add it there",
				PLACE(AT("indices", i, "positives_of")), x->positives_of);
		if (x->interval != JX_INTERVAL_NONE || x->is_better_high ||
		    g->indices[of].interval != JX_INTERVAL_PROPORTION || g->indices[of].is_better_high)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s is for a mean without interval per positive unit of a proportion that is better low: correct it there",
				PLACE(AT("indices", i, "positives_of")));
	}
	return JX_OK;
}

static jx_rc prepare_indices(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;
	struct jx_form__grades *g = r->pack->grades;

	g->indices = jx_xcalloc(count, sizeof(*g->indices));
	g->index_count = count;
	return jx_form__index_init(&g->index_ids, count, err);
}

jx_rc jx_form__load_grades(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk indices = {"indices", JX_FORM__INDICES_MAX, prepare_indices, load_index,
					      r};
	jx_rc rc;

	r->pack->grades = jx_xcalloc(1, sizeof(*r->pack->grades));
	rc = jx_form__walk_list(r, 0, NULL, &indices, err);
	if (rc == JX_OK)
		rc = check_positives(r->pack->grades, err);
	if (rc == JX_OK)
		rc = jx_form__load_limits(r, err);
	if (rc == JX_OK)
		rc = jx_form__load_verdicts(r, err);
	return rc == JX_OK ? jx_form__load_quotas(r, err) : rc;
}

void jx_form__free_grades(jx_pack *pack)
{
	struct jx_form__grades *g = pack->grades;

	if (g == NULL)
		return;
	jx_form__free_limits(g);
	jx_form__free_verdicts(g);
	jx_form__free_quotas(g);
	jx_form__index_done(&g->index_ids);
	free(g->indices);
	free(g);
	pack->grades = NULL;
}

/* ---- what other lists need --------------------------------------------------------------------------- */

jx_rc jx_form__read_index(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  uint32_t *out, struct jx_error *err)
{
	const struct jx_form__grades *g = r->pack->grades;
	const char *id = NULL;
	uint32_t i = JX_FORM__NONE;
	const jx_rc rc = jx_form__read_member(r, tok, "index", true, JX_FORM__NAME_BYTES, OF(place, "index"),
					      &id, err);

	if (rc != JX_OK)
		return rc;
	if (g->index_count > 0)
		i = jx_form__index_find(&g->index_ids, id);
	if (i >= g->index_count)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s names the index \"%s\", which \"indices\" does not have: add it there",
			PLACE(OF(place, "index")), id);
	*out = i;
	return JX_OK;
}

jx_rc jx_form__read_days(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			 const char **from, const char **until, struct jx_error *err)
{
	jx_rc rc = jx_form__read_day(r, tok, "valid_from", OF(place, "valid_from"), from, err);

	if (rc == JX_OK)
		rc = jx_form__read_day(r, tok, "valid_until", OF(place, "valid_until"), until, err);
	if (rc == JX_OK && *from != NULL && *until != NULL && strcmp(*from, *until) > 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s is %s, before its valid_from %s: correct one of them",
			     PLACE(OF(place, "valid_until")), *until, *from);
	return rc;
}

jx_rc jx_form__need_some(size_t count, const struct jx_form__place *place, struct jx_error *err)
{
	if (count > 0)
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "pack: %s must be a list with at least one element: correct it there", PLACE(place));
}

bool jx_form__holds(const char *from, const char *until, const char *day)
{
	return (from == NULL || strcmp(from, day) <= 0) && (until == NULL || strcmp(day, until) <= 0);
}

bool jx_form__is_same_topic(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool jx_form__has_index(const jx_pack *pack, const char *index_id)
{
	return jx_pack_index_find(pack, index_id) != NULL;
}

size_t jx_pack_index_count(const jx_pack *pack)
{
	return pack->grades != NULL ? pack->grades->index_count : 0;
}

const struct jx_index *jx_pack_index_at(const jx_pack *pack, size_t i)
{
	return i < jx_pack_index_count(pack) ? &pack->grades->indices[i] : NULL;
}

const struct jx_index *jx_pack_index_find(const jx_pack *pack, const char *id)
{
	const uint32_t i = jx_pack_index_count(pack) > 0 ? jx_form__index_find(&pack->grades->index_ids, id)
							 : JX_FORM__NONE;

	return i < jx_pack_index_count(pack) ? &pack->grades->indices[i] : NULL;
}
