/* Indices of a pack, and the ids of its quotas. */
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
		rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&x->name, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "formula", false, 1000, OF(place, "formula"), &x->formula,
					err);
	x->scale = 1;
	if (rc == JX_OK)
		rc = jx_form__read_i64(r, tok, "scale", false, 1, 1000000, OF(place, "scale"), &x->scale,
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
	return rc == JX_OK ? load_interval(r, tok, place, x, err) : rc;
}

static jx_rc prepare_indices(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;
	struct jx_form__grades *g = r->pack->grades;

	g->indices = jx_xcalloc(count, sizeof(*g->indices));
	g->index_count = count;
	return jx_form__index_init(&g->index_ids, count, err);
}

static jx_rc prepare_quotas(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;
	struct jx_form__grades *g = r->pack->grades;

	(void)err;
	g->quota_ids = jx_xcalloc(count, sizeof(*g->quota_ids));
	return JX_OK;
}

static jx_rc load_quota(void *arg, int tok, size_t i, const struct jx_form__place *place,
			struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_form__grades *g = r->pack->grades;

	g->quota_count = i + 1;
	return jx_form__read_id(r, tok, "id", JX_FORM__NAME_BYTES, OF(place, "id"), &g->quota_ids[i], err);
}

jx_rc jx_form__load_grades(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk indices = {"indices", JX_FORM__INDICES_MAX, prepare_indices, load_index,
					      r};
	const struct jx_form__walk quotas = {"quotas", JX_FORM__QUOTAS_MAX, prepare_quotas, load_quota, r};
	jx_rc rc;

	r->pack->grades = jx_xcalloc(1, sizeof(*r->pack->grades));
	rc = jx_form__walk_list(r, 0, NULL, &indices, err);
	return rc == JX_OK ? jx_form__walk_list(r, 0, NULL, &quotas, err) : rc;
}

void jx_form__free_grades(jx_pack *pack)
{
	struct jx_form__grades *g = pack->grades;

	if (g == NULL)
		return;
	jx_form__index_done(&g->index_ids);
	free(g->indices);
	free(g->quota_ids);
	free(g);
	pack->grades = NULL;
}

bool jx_form__has_index(const jx_pack *pack, const char *index_id)
{
	return jx_pack_index_find(pack, index_id) != NULL;
}

bool jx_form__has_quota(const jx_pack *pack, const char *quota_id)
{
	size_t i;

	for (i = 0; pack->grades != NULL && i < pack->grades->quota_count; i++)
		if (strcmp(pack->grades->quota_ids[i], quota_id) == 0)
			return true;
	return false;
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
