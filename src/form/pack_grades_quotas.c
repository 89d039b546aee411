/* Quotas of a pack: sample sizes by population, a table of units and effort for each class. */
#include <stdlib.h>
#include <string.h>

#include "grades.h"

#define WHERE    JX_FORM__WHERE
#define CELL_MAX INT64_C(1000000000)

struct load {
	struct jx_form__reader *r;
	struct jx_form__quota *quota;
	size_t number;
};

/* Rising limits; the last is null, so that no city is too large. */
static jx_rc read_bands(const struct load *load, int tok, const struct jx_form__place *place,
			struct jx_error *err)
{
	struct jx_form__quota *q = load->quota;
	const jx_json *doc = load->r->doc;
	int list, item;
	jx_rc rc = jx_form__read_list(load->r, tok, "population_max", true, JX_FORM__BANDS_MAX,
				      OF(place, "population_max"), &list, err);

	if (rc != JX_OK)
		return rc;
	for (item = jx_json_first(doc, list); item >= 0; item = jx_json_next(doc, list, item)) {
		const size_t n = q->band_count++;
		const bool is_last = q->band_count == doc->tok[list].count;
		const int64_t below = n == 0 ? 0 : q->population_max[n - 1];

		q->population_max[n] = INT64_MAX;
		if (is_last ? jx_json_type_of(doc, item) != JX_JSON_NULL
			    : !jx_json_i64(doc, item, &q->population_max[n]) || q->population_max[n] <= below)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s: populations rise, and the last is null for all larger cities: correct it there",
				PLACE(IN(place, "population_max", n, NULL)));
	}
	return JX_OK;
}

/* [units, effort] */
static jx_rc read_cell(const jx_json *doc, int tok, const struct jx_form__place *place,
		       struct jx_form__quota_cell *out, struct jx_error *err)
{
	const int units = jx_json_type_of(doc, tok) == JX_JSON_ARRAY && doc->tok[tok].count == 2
				  ? jx_json_first(doc, tok)
				  : -1;

	if (units >= 0 && jx_json_i64(doc, units, &out->units) &&
	    jx_json_i64(doc, jx_json_next(doc, tok, units), &out->effort) && out->units >= 0 &&
	    out->units <= CELL_MAX && out->effort >= 0 && out->effort <= CELL_MAX)
		return JX_OK;
	return jx_fail(
		err, JX_EINVAL, 0, WHERE,
		"pack: %s must be two whole numbers from 0 on, units and effort such as [10, 100]: correct it there",
		PLACE(place));
}

static jx_rc read_cells(const struct load *load, int tok, const struct jx_form__place *place,
			struct jx_form__quota_line *line, struct jx_error *err)
{
	const jx_json *doc = load->r->doc;
	size_t n = 0;
	int list, item;
	jx_rc rc = jx_form__read_list(load->r, tok, "cells", true, JX_FORM__BANDS_MAX, OF(place, "cells"),
				      &list, err);

	if (rc == JX_OK && doc->tok[list].count != load->quota->band_count)
		rc = jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s must have as many elements as population_max, %zu: correct one of them",
			PLACE(OF(place, "cells")), load->quota->band_count);
	if (rc != JX_OK)
		return rc;
	for (item = jx_json_first(doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(doc, list, item), n++)
		rc = read_cell(doc, item, IN(place, "cells", n, NULL), &line->cells[n], err);
	return rc;
}

bool jx_form__line_has_class(const struct jx_form__quota_line *line, const char *class_code)
{
	size_t i;

	for (i = 0; i < line->class_count; i++)
		if (strcmp(line->classes[i], class_code) == 0)
			return true;
	return false;
}

/* A class belongs to one row at most; a row that names none is the only one. */
static jx_rc check_classes(const struct load *load, const struct jx_form__quota_line *line,
			   const struct jx_form__place *place, struct jx_error *err)
{
	const struct jx_form__grades *g = load->r->pack->grades;
	bool is_wrong = false;
	size_t k, i;

	for (k = load->quota->first; !is_wrong && &g->quota_lines[k] != line; k++) {
		is_wrong = line->class_count == 0 || g->quota_lines[k].class_count == 0;
		for (i = 0; i < line->class_count; i++)
			is_wrong = is_wrong || jx_form__line_has_class(&g->quota_lines[k], line->classes[i]);
	}
	if (!is_wrong)
		return JX_OK;
	return jx_fail(
		err, JX_EINVAL, 0, WHERE,
		"pack: %s: each row of a quota has a class of its own, or it is the only row: correct it there",
		PLACE(OF(place, "class")));
}

/* "class", one code, or "classes", several. */
static jx_rc read_classes(const struct load *load, int tok, const struct jx_form__place *place,
			  struct jx_form__quota_line *line, struct jx_error *err)
{
	const jx_json *doc = load->r->doc;
	const int one = jx_json_get(doc, tok, "class");
	const char *word = NULL;
	int list, item;
	jx_rc rc = jx_form__read_list(load->r, tok, "classes", false, JX_FORM__CLASSES_MAX,
				      OF(place, "classes"), &list, err);

	if (rc == JX_OK && one >= 0 && list >= 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s has \"class\" and \"classes\": keep one of them", PLACE(place));
	if (rc == JX_OK && list >= 0)
		rc = jx_form__need_some(doc->tok[list].count, OF(place, "classes"), err);
	if (rc != JX_OK || (one < 0 && list < 0))
		return rc;
	line->classes = jx_xcalloc(one >= 0 ? 1 : doc->tok[list].count, sizeof(*line->classes));
	item = one >= 0 ? one : jx_json_first(doc, list);
	for (; rc == JX_OK && item >= 0; item = one >= 0 ? -1 : jx_json_next(doc, list, item)) {
		const size_t n = line->class_count;
		const struct jx_form__place *at = one >= 0 ? OF(place, "class")
							   : IN(place, "classes", n, NULL);

		rc = jx_form__read_word(load->r, item, JX_FORM__LIST_CODE_BYTES, at, &word, err);
		if (rc == JX_OK && jx_form__line_has_class(line, word))
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is \"%s\", which stands there twice: take one out", PLACE(at),
				     word);
		if (rc == JX_OK)
			line->classes[line->class_count++] = word;
	}
	return rc;
}

static jx_rc prepare_lines(void *arg, size_t count, struct jx_error *err)
{
	const struct load *load = arg;
	struct jx_form__grades *g = load->r->pack->grades;

	(void)err;
	g->quota_lines = jx_xreallocarray(g->quota_lines, g->quota_line_count + count,
					  sizeof(*g->quota_lines));
	memset(&g->quota_lines[g->quota_line_count], 0, count * sizeof(*g->quota_lines));
	return JX_OK;
}

static jx_rc load_line(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err)
{
	const struct load *load = arg;
	struct jx_form__grades *g = load->r->pack->grades;
	struct jx_form__quota_line *line = &g->quota_lines[load->quota->first + i];
	jx_rc rc;

	g->quota_line_count++;
	load->quota->count = i + 1;
	line->quota = (uint32_t)load->number;
	rc = read_classes(load, tok, place, line, err);
	if (rc == JX_OK)
		rc = check_classes(load, line, place, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(load->r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&line->name, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(load->r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &line->confidence, err);
	if (rc == JX_OK)
		rc = read_cells(load, tok, place, line, err);
	if (rc == JX_OK)
		line->id = line->class_count > 0 ? jx_xasprintf("%s.%s", load->quota->id, line->classes[0])
						 : jx_xstrdup(load->quota->id);
	return rc;
}

static jx_rc read_opening(const struct load *load, int tok, const struct jx_form__place *place,
			  struct jx_error *err)
{
	struct jx_form__quota *q = load->quota;
	jx_rc rc = jx_form__read_id(load->r, tok, "id", JX_FORM__NAME_BYTES, OF(place, "id"), &q->id, err);
	size_t k;

	for (k = 0; rc == JX_OK && k < load->number; k++)
		if (strcmp(load->r->pack->grades->quotas[k].id, q->id) == 0)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is \"%s\", which stands there twice: rename one",
				     PLACE(OF(place, "id")), q->id);
	if (rc == JX_OK)
		rc = jx_form__read_member(load->r, tok, "topic", false, JX_FORM__NAME_BYTES,
					  OF(place, "topic"), &q->topic, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(load->r, tok, "name", false, JX_FORM__NAME_BYTES, OF(place, "name"),
					&q->name, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(load->r, tok, "effort_unit", false, JX_FORM__NAME_BYTES,
					OF(place, "effort_unit"), &q->effort_unit, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(load->r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &q->confidence, err);
	return rc == JX_OK ? jx_form__read_days(load->r, tok, place, &q->valid_from, &q->valid_until, err)
			   : rc;
}

static jx_rc load_quota(void *arg, int tok, size_t i, const struct jx_form__place *place,
			struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_form__grades *g = r->pack->grades;
	struct load load = {r, &g->quotas[i], i};
	const struct jx_form__walk rows = {"rows", JX_FORM__QUOTA_ROWS_MAX, prepare_lines, load_line, &load};
	jx_rc rc;

	g->quota_count = i + 1;
	load.quota->first = g->quota_line_count;
	rc = read_opening(&load, tok, place, err);
	if (rc == JX_OK)
		rc = read_bands(&load, tok, place, err);
	if (rc == JX_OK)
		rc = jx_form__walk_list(r, tok, place, &rows, err);
	return rc == JX_OK ? jx_form__need_some(load.quota->count, OF(place, "rows"), err) : rc;
}

static jx_rc prepare_quotas(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;

	(void)err;
	r->pack->grades->quotas = jx_xcalloc(count, sizeof(*r->pack->grades->quotas));
	return JX_OK;
}

jx_rc jx_form__load_quotas(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk quotas = {"quotas", JX_FORM__QUOTAS_MAX, prepare_quotas, load_quota, r};

	return jx_form__walk_list(r, 0, NULL, &quotas, err);
}

void jx_form__free_quotas(struct jx_form__grades *g)
{
	size_t i;

	for (i = 0; i < g->quota_line_count; i++) {
		free(g->quota_lines[i].id);
		free(g->quota_lines[i].classes);
	}
	free(g->quota_lines);
	free(g->quotas);
}

bool jx_form__has_quota(const jx_pack *pack, const char *quota_id)
{
	size_t i;

	for (i = 0; pack->grades != NULL && i < pack->grades->quota_count; i++)
		if (strcmp(pack->grades->quotas[i].id, quota_id) == 0)
			return true;
	return false;
}
