/* Limits of a pack: editions that hold from a day on, their rows, and the groups a level is derived from. */
#include <stdlib.h>
#include <string.h>

#include "grades.h"

#define WHERE JX_FORM__WHERE
/* whole digits and decimals of a limit: with scales up to 10^6 both sides of its fraction stay below 2^63 */
#define WHOLE_MAX    9
#define DECIMALS_MAX 6

static const char *const ops[] = {"<=", "<", ">=", ">"};

const char *jx_form__op_text(enum jx_form__op op)
{
	return ops[op];
}

jx_rc jx_form__read_op(const struct jx_form__reader *r, int tok, const struct jx_form__place *place,
		       uint32_t index, enum jx_form__op *out, struct jx_error *err)
{
	const struct jx_index *x = &r->pack->grades->indices[index];
	const int op = jx_json_get(r->doc, tok, "op");
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!jx_json_str_is(r->doc, op, ops[i]))
			continue;
		if ((i >= JX_FORM__OP_GE) != x->is_better_high)
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "pack: %s is \"%s\", but %s is better %s: correct one of them",
				       PLACE(OF(place, "op")), ops[i], x->id,
				       x->is_better_high ? "high" : "low");
		*out = (enum jx_form__op)i;
		return JX_OK;
	}
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "pack: %s must be \"<=\", \"<\", \">=\" or \">\": correct it there",
		       PLACE(OF(place, "op")));
}

/* "12.50": digits, and a point only between digits. */
static bool parse_decimal(const char *text, struct jx_fraction *out)
{
	const size_t whole = strspn(text, "0123456789");
	const char *rest = text + whole;
	size_t decimals = 0, i;

	if (*rest == '.') {
		decimals = strspn(rest + 1, "0123456789");
		if (decimals == 0)
			return false;
		rest += 1 + decimals;
	}
	if (whole == 0 || whole > WHOLE_MAX || decimals > DECIMALS_MAX || *rest != '\0')
		return false;
	out->numerator = 0;
	out->denominator = 1;
	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] == '.')
			continue;
		out->numerator = out->numerator * 10 + (text[i] - '0');
		if (i > whole)
			out->denominator *= 10;
	}
	return true;
}

jx_rc jx_form__read_limit(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  uint32_t index, struct jx_form__limit *out, struct jx_error *err)
{
	const jx_rc rc = jx_form__read_string(r, tok, 30, place, &out->text, err);

	if (rc != JX_OK)
		return rc;
	if (!parse_decimal(out->text, &out->at))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s is \"%s\", which is no decimal number with at most %d digits before the point and %d after it: correct it there",
			PLACE(place), out->text, WHOLE_MAX, DECIMALS_MAX);
	out->at.denominator *= r->pack->grades->indices[index].scale;
	return JX_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

struct load {
	struct jx_form__reader *r;
	struct jx_form__edition *edition;
};

static jx_rc prepare_rows(void *arg, size_t count, struct jx_error *err)
{
	const struct load *load = arg;

	(void)err;
	load->edition->rows = jx_xcalloc(count, sizeof(*load->edition->rows));
	return JX_OK;
}

/* Limits of A, B, C: a better level never allows more. */
static jx_rc read_levels(const struct load *load, int tok, const struct jx_form__place *place,
			 enum jx_form__op op, struct jx_form__limit_row *row, struct jx_error *err)
{
	const int list = jx_json_get(load->r->doc, tok, "at");
	size_t n = 0;
	int item;
	jx_rc rc = JX_OK;

	if (jx_json_type_of(load->r->doc, list) != JX_JSON_ARRAY ||
	    load->r->doc->tok[list].count != JX_FORM__LEVELS)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s must be a list of three decimal texts, for A, B and C: correct it there",
			PLACE(OF(place, "at")));
	for (item = jx_json_first(load->r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(load->r->doc, list, item)) {
		row->at[n].op = op;
		rc = jx_form__read_limit(load->r, item, IN(place, "at", n, NULL), row->index, &row->at[n],
					 err);
		if (rc == JX_OK && n > 0) {
			const int step = jx_fraction_compare(&row->at[n].at, &row->at[n - 1].at);

			if (op < JX_FORM__OP_GE ? step < 0 : step > 0)
				rc = jx_fail(
					err, JX_EINVAL, 0, WHERE,
					"pack: %s is %s, stricter than the limit %s of the better level before it: correct one of them",
					PLACE(IN(place, "at", n, NULL)), row->at[n].text,
					row->at[n - 1].text);
		}
		n++;
	}
	return rc;
}

static jx_rc load_row(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err)
{
	const struct load *load = arg;
	struct jx_form__limit_row *row = &load->edition->rows[i];
	enum jx_form__op op = JX_FORM__OP_LE;
	size_t k;
	jx_rc rc = jx_form__read_index(load->r, tok, place, &row->index, err);

	for (k = 0; rc == JX_OK && k < i; k++)
		if (load->edition->rows[k].index == row->index)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is \"%s\", which stands there twice: remove one",
				     PLACE(OF(place, "index")),
				     load->r->pack->grades->indices[row->index].id);
	if (rc == JX_OK)
		rc = jx_form__read_op(load->r, tok, place, row->index, &op, err);
	if (rc == JX_OK)
		rc = read_levels(load, tok, place, op, row, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(load->r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &row->confidence, err);
	load->edition->row_count = i + 1;
	return rc;
}

/* ---- groups ------------------------------------------------------------------------------------------ */

static jx_rc prepare_groups(void *arg, size_t count, struct jx_error *err)
{
	const struct load *load = arg;

	(void)err;
	load->edition->groups = jx_xcalloc(count, sizeof(*load->edition->groups));
	return JX_OK;
}

/* A row that the edition has, of the group's own topic. */
static jx_rc read_group_row(const struct load *load, int tok, const struct jx_form__place *place,
			    const char *topic, uint32_t *out, struct jx_error *err)
{
	const struct jx_form__grades *g = load->r->pack->grades;
	const char *id = NULL;
	size_t i;
	const jx_rc rc = jx_form__read_string(load->r, tok, JX_FORM__NAME_BYTES, place, &id, err);

	if (rc != JX_OK)
		return rc;
	for (i = 0; i < load->edition->row_count; i++) {
		const struct jx_index *x = &g->indices[load->edition->rows[i].index];

		if (strcmp(x->id, id) != 0)
			continue;
		if (!jx_form__is_same_topic(x->topic, topic))
			break;
		*out = (uint32_t)i;
		return JX_OK;
	}
	return jx_fail(
		err, JX_EINVAL, 0, WHERE,
		"pack: %s is \"%s\", which is no row of this edition with the group's topic: correct it there",
		PLACE(place), id);
}

static jx_rc read_group_rows(const struct load *load, int tok, const struct jx_form__place *place,
			     struct jx_form__group *group, struct jx_error *err)
{
	struct jx_form__edition *e = load->edition;
	int list, item;
	jx_rc rc = jx_form__read_list(load->r, tok, "rows", true, JX_FORM__LIMITS_MAX, OF(place, "rows"),
				      &list, err);

	if (rc != JX_OK)
		return rc;
	group->first = e->group_row_count;
	e->group_rows = jx_xreallocarray(e->group_rows, group->first + load->r->doc->tok[list].count,
					 sizeof(*e->group_rows));
	for (item = jx_json_first(load->r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(load->r->doc, list, item)) {
		rc = read_group_row(load, item, IN(place, "rows", group->count, NULL), group->pub.topic,
				    &e->group_rows[e->group_row_count], err);
		if (rc == JX_OK) {
			e->group_row_count++;
			group->count++;
		}
	}
	return rc;
}

static jx_rc load_group(void *arg, int tok, size_t i, const struct jx_form__place *place,
			struct jx_error *err)
{
	const struct load *load = arg;
	struct jx_form__group *group = &load->edition->groups[i];
	size_t k;
	jx_rc rc = jx_form__read_id(load->r, tok, "id", JX_FORM__NAME_BYTES, OF(place, "id"), &group->pub.id,
				    err);

	for (k = 0; rc == JX_OK && k < i; k++)
		if (strcmp(load->edition->groups[k].pub.id, group->pub.id) == 0)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is \"%s\", which stands there twice: rename one",
				     PLACE(OF(place, "id")), group->pub.id);
	if (rc == JX_OK)
		rc = jx_form__read_member(load->r, tok, "topic", true, JX_FORM__NAME_BYTES,
					  OF(place, "topic"), &group->pub.topic, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(load->r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&group->pub.name, err);
	if (rc == JX_OK)
		rc = jx_form__read_bool(load->r, tok, "precondition", OF(place, "precondition"),
					&group->pub.is_precondition, err);
	if (rc == JX_OK)
		rc = read_group_rows(load, tok, place, group, err);
	load->edition->group_count = i + 1;
	return rc;
}

/* ---- editions ---------------------------------------------------------------------------------------- */

bool jx_form__edition_has_topic(const struct jx_form__grades *g, const struct jx_form__edition *e,
				const char *topic)
{
	size_t i;

	for (i = 0; i < e->row_count; i++)
		if (jx_form__is_same_topic(g->indices[e->rows[i].index].topic, topic))
			return true;
	return false;
}

static int compare_from(const struct jx_form__edition *a, const struct jx_form__edition *b)
{
	return strcmp(a->valid_from != NULL ? a->valid_from : "", b->valid_from != NULL ? b->valid_from : "");
}

const struct jx_form__edition *jx_form__edition_on(const struct jx_form__grades *g, const char *topic,
						   const char *day)
{
	const struct jx_form__edition *best = NULL;
	size_t i;

	for (i = 0; i < g->edition_count; i++) {
		const struct jx_form__edition *e = &g->editions[i];

		if (jx_form__holds(e->valid_from, e->valid_until, day) &&
		    jx_form__edition_has_topic(g, e, topic) && (best == NULL || compare_from(e, best) > 0))
			best = e;
	}
	return best;
}

/* Two editions of a topic that begin on one day: nothing says which of them counts. */
static jx_rc check_edition(const struct jx_form__grades *g, size_t i, const struct jx_form__place *place,
			   struct jx_error *err)
{
	const struct jx_form__edition *e = &g->editions[i];
	size_t k, row;

	for (k = 0; k < i; k++)
		for (row = 0; compare_from(&g->editions[k], e) == 0 && row < e->row_count; row++) {
			const char *topic = g->indices[e->rows[row].index].topic;

			if (jx_form__edition_has_topic(g, &g->editions[k], topic))
				return jx_fail(
					err, JX_EINVAL, 0, WHERE,
					"pack: %s begins on the same day as limits[%zu], which has limits of %s too: join them or change a day",
					PLACE(place), k, topic != NULL ? topic : "-");
		}
	return JX_OK;
}

static jx_rc load_edition(void *arg, int tok, size_t i, const struct jx_form__place *place,
			  struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_form__edition *e = &r->pack->grades->editions[i];
	struct load load = {r, e};
	const struct jx_form__walk rows = {"rows", JX_FORM__LIMITS_MAX, prepare_rows, load_row, &load};
	const struct jx_form__walk groups = {"groups", JX_FORM__GROUPS_MAX, prepare_groups, load_group,
					     &load};
	jx_rc rc = jx_form__read_member(r, tok, "edition", true, JX_FORM__NAME_BYTES, OF(place, "edition"),
					&e->name, err);

	r->pack->grades->edition_count = i + 1;
	if (rc == JX_OK)
		rc = jx_form__read_days(r, tok, place, &e->valid_from, &e->valid_until, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "note", false, 1000, OF(place, "note"), &e->note, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &e->confidence, err);
	if (rc == JX_OK)
		rc = jx_form__walk_list(r, tok, place, &rows, err);
	if (rc == JX_OK)
		rc = jx_form__need_some(e->row_count, OF(place, "rows"), err);
	if (rc == JX_OK)
		rc = jx_form__walk_list(r, tok, place, &groups, err);
	return rc == JX_OK ? check_edition(r->pack->grades, i, place, err) : rc;
}

static jx_rc prepare_editions(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;

	(void)err;
	r->pack->grades->editions = jx_xcalloc(count, sizeof(*r->pack->grades->editions));
	return JX_OK;
}

jx_rc jx_form__load_limits(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk limits = {"limits", JX_FORM__EDITIONS_MAX, prepare_editions, load_edition,
					     r};

	return jx_form__walk_list(r, 0, NULL, &limits, err);
}

void jx_form__free_limits(struct jx_form__grades *g)
{
	size_t i;

	for (i = 0; i < g->edition_count; i++) {
		free(g->editions[i].rows);
		free(g->editions[i].groups);
		free(g->editions[i].group_rows);
	}
	free(g->editions);
}

/* ---- groups on a day --------------------------------------------------------------------------------- */

static const struct jx_group *group_on(const jx_pack *pack, const char *day, size_t wanted, size_t *count)
{
	const struct jx_form__grades *g = pack->grades;
	size_t n = 0, i, k;

	for (i = 0; g != NULL && i < g->edition_count; i++)
		for (k = 0; k < g->editions[i].group_count; k++) {
			const struct jx_group *group = &g->editions[i].groups[k].pub;

			if (jx_form__edition_on(g, group->topic, day) != &g->editions[i])
				continue;
			if (n == wanted)
				return group;
			n++;
		}
	*count = n;
	return NULL;
}

size_t jx_pack_group_count(const jx_pack *pack, const char *day)
{
	size_t count = 0;

	(void)group_on(pack, day, SIZE_MAX, &count);
	return count;
}

const struct jx_group *jx_pack_group_at(const jx_pack *pack, const char *day, size_t i)
{
	size_t count;

	return group_on(pack, day, i, &count);
}
