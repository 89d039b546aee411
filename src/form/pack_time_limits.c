/* Time limits: within how long something has to be put right, by what it is and by what was done about it. */
#include <string.h>

#include "pack_private.h"

#define WHERE           JX_FORM__WHERE
#define TIME_LIMITS_MAX 500
#define CODES_MAX       1000 /* that one limit names */

static jx_rc prepare(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;

	(void)err;
	r->pack->time_limits = jx_xcalloc(count, sizeof(*r->pack->time_limits));
	r->pack->time_limit_count = count;
	return JX_OK;
}

static jx_rc read_span(const struct jx_form__reader *r, int tok, const struct jx_form__place *place,
		       struct jx_time_limit *t, struct jx_error *err)
{
	jx_rc rc = jx_form__read_i64(r, tok, "hours", false, 1, 100000, OF(place, "hours"), &t->hours, err);

	if (rc == JX_OK)
		rc = jx_form__read_i64(r, tok, "days", false, 1, 10000, OF(place, "days"), &t->days, err);
	if (rc == JX_OK && (t->hours == 0) == (t->days == 0))
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s needs either \"hours\" or \"days\": correct it there", PLACE(place));
	return rc;
}

/* A measure that goes with a limit. */
static jx_rc read_measure(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  struct jx_time_limit *t, struct jx_error *err)
{
	const struct jx_form__codes *measures = r->pack->measures;
	uint32_t i = JX_FORM__NONE;
	jx_rc rc = jx_form__read_member(r, tok, "measure", false, JX_FORM__LIST_CODE_BYTES,
					OF(place, "measure"), &t->measure, err);

	if (rc != JX_OK || t->measure == NULL)
		return rc;
	if (measures != NULL)
		i = jx_form__index_find(&measures->code_index, t->measure);
	if (i < JX_FORM__MEASURES_MAX && (r->pack->measures_with_limit >> i & 1) != 0)
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "pack: %s names \"%s\", which is none of \"limit_measures\": add it there",
		       PLACE(OF(place, "measure")), t->measure);
}

static jx_rc read_codes(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			struct jx_time_limit *t, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	int list, item;
	jx_rc rc = jx_form__read_list(r, tok, "codes", false, CODES_MAX, OF(place, "codes"), &list, err);

	if (rc != JX_OK || list < 0)
		return rc;
	t->codes = pack->words + pack->word_count;
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		const struct jx_form__place *at = IN(place, "codes", t->code_count, NULL);
		const char *code = NULL;

		rc = jx_form__read_string(r, item, JX_FORM__CODE_BYTES, at, &code, err);
		if (rc == JX_OK && jx_form__index_find(&pack->own.code_index, code) == JX_FORM__NONE)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s names \"%s\", which \"codes\" does not have: add it there",
				     PLACE(at), code);
		if (rc != JX_OK)
			return rc;
		pack->words[pack->word_count++] = code;
		t->code_count++;
	}
	return rc;
}

static jx_rc load(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_time_limit *t = &r->pack->time_limits[i];
	jx_rc rc = jx_form__read_id(r, tok, "id", JX_FORM__FORM_ID_BYTES, OF(place, "id"), &t->id, err);

	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&t->name, err);
	if (rc == JX_OK)
		rc = read_span(r, tok, place, t, err);
	if (rc == JX_OK)
		rc = read_measure(r, tok, place, t, err);
	if (rc == JX_OK)
		rc = read_codes(r, tok, place, t, err);
	if (rc == JX_OK)
		rc = jx_form__read_day(r, tok, "valid_from", OF(place, "valid_from"), &t->valid_from, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "source", false, 1000, OF(place, "source"), &t->source,
					  err);
	return rc == JX_OK ? jx_form__read_member(r, tok, "confidence", false, 1000, OF(place, "confidence"),
						  &t->confidence, err)
			   : rc;
}

jx_rc jx_form__load_time_limits(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk walk = {"time_limits", TIME_LIMITS_MAX, prepare, load, r};

	return jx_form__walk_list(r, 0, NULL, &walk, err);
}

/* ---- looking them up --------------------------------------------------------------------------------- */

size_t jx_pack_time_limit_count(const jx_pack *pack)
{
	return pack->time_limit_count;
}

const struct jx_time_limit *jx_pack_time_limit_at(const jx_pack *pack, size_t i)
{
	return i < pack->time_limit_count ? &pack->time_limits[i] : NULL;
}

/* How near it comes to the code: 1 for all codes, 2 and more the closer its ancestor is; 0 not at all. */
static size_t nearness(const jx_pack *pack, const struct jx_time_limit *t, const char *code)
{
	size_t steps = 0, i;

	if (t->code_count == 0)
		return 1;
	while (code != NULL && steps <= JX_FORM__DEPTH_MAX) {
		const uint32_t k = jx_form__index_find(&pack->own.code_index, code);

		for (i = 0; i < t->code_count; i++)
			if (strcmp(t->codes[i], code) == 0)
				return 2 + JX_FORM__DEPTH_MAX - steps;
		code = k != JX_FORM__NONE ? pack->own.codes[k].pub.parent : NULL;
		steps++;
	}
	return 0;
}

static const char *from_of(const struct jx_time_limit *t)
{
	return t->valid_from != NULL ? t->valid_from : "";
}

const struct jx_time_limit *jx_pack_notice_limit(const jx_pack *pack, const char *measure, const char *code,
						 const char *day)
{
	const struct jx_time_limit *best = NULL;
	size_t best_near = 0, i;

	for (i = 0; i < pack->time_limit_count; i++) {
		const struct jx_time_limit *t = &pack->time_limits[i];
		const size_t near = nearness(pack, t, code);

		if (t->days == 0 || t->measure == NULL || strcmp(t->measure, measure) != 0 || near == 0 ||
		    strcmp(from_of(t), day) > 0)
			continue;
		if (best == NULL || near > best_near ||
		    (near == best_near && strcmp(from_of(t), from_of(best)) >= 0)) {
			best = t;
			best_near = near;
		}
	}
	return best;
}
