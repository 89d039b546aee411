/* Verdicts of a pack: conditions about the whole, bands of one unit's rooms, scales with named steps. */
#include <stdlib.h>
#include <string.h>

#include "grades.h"

#define WHERE JX_FORM__WHERE

struct load {
	struct jx_form__reader *r;
	struct jx_form__verdict *verdict;
};

/* ---- conditions -------------------------------------------------------------------------------------- */

static jx_rc prepare_conditions(void *arg, size_t count, struct jx_error *err)
{
	const struct load *load = arg;

	(void)err;
	load->verdict->all = jx_xcalloc(count, sizeof(*load->verdict->all));
	return JX_OK;
}

/* Some edition, of whatever day, has groups of that topic. */
static bool has_topic(const struct jx_form__grades *g, const char *topic)
{
	size_t i, k;

	for (i = 0; i < g->edition_count; i++)
		for (k = 0; k < g->editions[i].group_count; k++)
			if (strcmp(g->editions[i].groups[k].pub.topic, topic) == 0)
				return true;
	return false;
}

static jx_rc read_topic(const struct load *load, int tok, const struct jx_form__place *place,
			struct jx_form__condition *c, struct jx_error *err)
{
	static const char *const levels[] = {"A", "B", "C"};
	const int level = jx_json_get(load->r->doc, tok, "level");
	size_t i;
	const jx_rc rc = jx_form__read_member(load->r, tok, "topic", true, JX_FORM__NAME_BYTES,
					      OF(place, "topic"), &c->topic, err);

	if (rc != JX_OK)
		return rc;
	if (!has_topic(load->r->pack->grades, c->topic))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s is \"%s\", but \"limits\" have no group of that topic: correct it there",
			PLACE(OF(place, "topic")), c->topic);
	for (i = 0; i < JX_FORM__LEVELS; i++) {
		if (jx_json_str_is(load->r->doc, level, levels[i])) {
			c->level = (enum jx_level)(i + 1);
			return JX_OK;
		}
	}
	return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be \"A\", \"B\" or \"C\": correct it there",
		       PLACE(OF(place, "level")));
}

/* "index", "op", "limit" */
static jx_rc read_comparison(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			     uint32_t *index, struct jx_form__limit *limit, struct jx_error *err)
{
	jx_rc rc = jx_form__read_index(r, tok, place, index, err);

	if (rc == JX_OK)
		rc = jx_form__read_op(r, tok, place, *index, &limit->op, err);
	return rc == JX_OK ? jx_form__read_limit(r, jx_json_get(r->doc, tok, "limit"), OF(place, "limit"),
						 *index, limit, err)
			   : rc;
}

static jx_rc load_condition(void *arg, int tok, size_t i, const struct jx_form__place *place,
			    struct jx_error *err)
{
	const struct load *load = arg;
	struct jx_form__condition *c = &load->verdict->all[i];
	const bool has_index = jx_json_get(load->r->doc, tok, "index") >= 0;

	load->verdict->all_count = i + 1;
	c->index = JX_FORM__NONE;
	if (has_index == (jx_json_get(load->r->doc, tok, "topic") >= 0))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s needs either \"topic\" or \"index\": correct it there",
			       PLACE(place));
	return has_index ? read_comparison(load->r, tok, place, &c->index, &c->limit, err)
			 : read_topic(load, tok, place, c, err);
}

/* ---- bands ------------------------------------------------------------------------------------------- */

static jx_rc prepare_bands(void *arg, size_t count, struct jx_error *err)
{
	const struct load *load = arg;

	(void)err;
	load->verdict->bands = jx_xcalloc(count, sizeof(*load->verdict->bands));
	return JX_OK;
}

static jx_rc load_band(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err)
{
	const struct load *load = arg;
	struct jx_form__band *b = &load->verdict->bands[i];
	const int64_t first = i == 0 ? 1 : b[-1].to + 1;
	jx_rc rc = jx_form__read_i64(load->r, tok, "from", true, 1, JX_FORM__NUMBER_MAX, OF(place, "from"),
				     &b->from, err);

	load->verdict->band_count = i + 1;
	if (rc == JX_OK && b->from != first)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s is %lld, but bands follow each other from 1 on: %lld must stand there",
			     PLACE(OF(place, "from")), (long long)b->from, (long long)first);
	if (rc == JX_OK)
		rc = jx_form__read_i64(load->r, tok, "to", true, b->from, JX_FORM__NUMBER_MAX,
				       OF(place, "to"), &b->to, err);
	if (rc == JX_OK)
		rc = jx_form__read_i64(load->r, tok, "positive_max", true, 0, b->to,
				       OF(place, "positive_max"), &b->positive_max, err);
	return rc;
}

static jx_rc load_bands(struct load *load, int tok, const struct jx_form__place *place, struct jx_error *err)
{
	const struct jx_form__walk rows = {"rows", JX_FORM__CONDITIONS_MAX, prepare_bands, load_band, load};
	const struct jx_index *index;
	jx_rc rc = jx_form__need_object(load->r, tok, place, err);

	if (rc == JX_OK)
		rc = jx_form__read_index(load->r, tok, place, &load->verdict->band_index, err);
	if (rc != JX_OK)
		return rc;
	index = &load->r->pack->grades->indices[load->verdict->band_index];
	if (index->interval != JX_INTERVAL_PROPORTION || index->is_better_high)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s names %s, but bands are of a proportion that is better low: correct it there",
			PLACE(OF(place, "index")), index->id);
	rc = jx_form__walk_list(load->r, tok, place, &rows, err);
	return rc == JX_OK ? jx_form__need_some(load->verdict->band_count, OF(place, "rows"), err) : rc;
}

/* ---- scales ------------------------------------------------------------------------------------------ */

static jx_rc prepare_steps(void *arg, size_t count, struct jx_error *err)
{
	const struct load *load = arg;

	(void)err;
	load->verdict->steps = jx_xcalloc(count, sizeof(*load->verdict->steps));
	load->verdict->step_count = count;
	return JX_OK;
}

static jx_rc load_step(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err)
{
	const struct load *load = arg;
	struct jx_form__verdict *v = load->verdict;
	struct jx_form__step *s = &v->steps[i];
	jx_rc rc = jx_form__read_text(load->r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
				      &s->name, err);

	if (rc != JX_OK)
		return rc;
	s->has_limit = jx_json_get(load->r->doc, tok, "op") >= 0;
	if (s->has_limit == (i + 1 == v->step_count))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s: each step but the last has \"op\" and \"limit\", the last takes what is left: correct it there",
			PLACE(place));
	if (!s->has_limit)
		return JX_OK;
	rc = jx_form__read_op(load->r, tok, place, v->scale_index, &s->limit.op, err);
	if (rc == JX_OK)
		rc = jx_form__read_limit(load->r, jx_json_get(load->r->doc, tok, "limit"), OF(place, "limit"),
					 v->scale_index, &s->limit, err);
	if (rc == JX_OK && i > 0) {
		const int step = jx_fraction_compare(&s->limit.at, &s[-1].limit.at);

		if (s->limit.op < JX_FORM__OP_GE ? step <= 0 : step >= 0)
			rc = jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s is %s, which the step before it has taken already: correct one of them",
				PLACE(OF(place, "limit")), s->limit.text);
	}
	return rc;
}

static jx_rc load_scale(struct load *load, int tok, const struct jx_form__place *place, struct jx_error *err)
{
	const struct jx_form__walk steps = {"steps", JX_FORM__CONDITIONS_MAX, prepare_steps, load_step, load};
	jx_rc rc = jx_form__need_object(load->r, tok, place, err);

	if (rc == JX_OK)
		rc = jx_form__read_index(load->r, tok, place, &load->verdict->scale_index, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(load->r, tok, "edition", false, JX_FORM__NAME_BYTES,
					  OF(place, "edition"), &load->verdict->edition, err);
	if (rc == JX_OK)
		rc = jx_form__walk_list(load->r, tok, place, &steps, err);
	return rc == JX_OK ? jx_form__need_some(load->verdict->step_count, OF(place, "steps"), err) : rc;
}

/* ---- verdicts ---------------------------------------------------------------------------------------- */

static jx_rc read_opening(struct jx_form__reader *r, int tok, const struct jx_form__place *place, size_t i,
			  struct jx_error *err)
{
	struct jx_form__grades *g = r->pack->grades;
	struct jx_form__verdict *v = &g->verdicts[i];
	size_t k;
	jx_rc rc = jx_form__read_id(r, tok, "id", JX_FORM__NAME_BYTES, OF(place, "id"), &v->id, err);

	for (k = 0; rc == JX_OK && k < i; k++)
		if (strcmp(g->verdicts[k].id, v->id) == 0)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is \"%s\", which stands there twice: rename one",
				     PLACE(OF(place, "id")), v->id);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&v->name, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &v->confidence, err);
	return rc == JX_OK ? jx_form__read_days(r, tok, place, &v->valid_from, &v->valid_until, err) : rc;
}

static jx_rc load_verdict(void *arg, int tok, size_t i, const struct jx_form__place *place,
			  struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_form__verdict *v = &r->pack->grades->verdicts[i];
	struct load load = {r, v};
	const struct jx_form__walk all = {"all", JX_FORM__CONDITIONS_MAX, prepare_conditions, load_condition,
					  &load};
	const int bands = jx_json_get(r->doc, tok, "bands");
	const int scale = jx_json_get(r->doc, tok, "scale");
	jx_rc rc;

	r->pack->grades->verdict_count = i + 1;
	v->band_index = v->scale_index = JX_FORM__NONE;
	rc = read_opening(r, tok, place, i, err);
	if (rc == JX_OK)
		rc = jx_form__walk_list(r, tok, place, &all, err);
	if (rc == JX_OK && bands >= 0)
		rc = load_bands(&load, bands, OF(place, "bands"), err);
	if (rc == JX_OK && scale >= 0)
		rc = load_scale(&load, scale, OF(place, "scale"), err);
	if (rc == JX_OK && (scale >= 0) == (bands >= 0 || v->all_count > 0))
		rc = jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s needs either \"scale\", or \"all\" or \"bands\" or both: correct it there",
			PLACE(place));
	return rc;
}

static jx_rc prepare_verdicts(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;

	(void)err;
	r->pack->grades->verdicts = jx_xcalloc(count, sizeof(*r->pack->grades->verdicts));
	return JX_OK;
}

jx_rc jx_form__load_verdicts(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk verdicts = {"verdicts", JX_FORM__VERDICTS_MAX, prepare_verdicts,
					       load_verdict, r};

	return jx_form__walk_list(r, 0, NULL, &verdicts, err);
}

void jx_form__free_verdicts(struct jx_form__grades *g)
{
	size_t i;

	for (i = 0; i < g->verdict_count; i++) {
		free(g->verdicts[i].all);
		free(g->verdicts[i].bands);
		free(g->verdicts[i].steps);
	}
	free(g->verdicts);
}
