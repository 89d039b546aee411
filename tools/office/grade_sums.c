/* Sums over the checks that count, one tally for each pack with indices; and which checks are asked for. */
#include <stdlib.h>
#include <string.h>

#include "grades.h"

#define WHERE       "office.grade"
#define REASONS_MAX ((size_t)GRADE_LEFT_MAX * 512)

static bool has_set(const struct grade_sums *s, const jx_pack *pack)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->sets[i].pack == pack)
			return true;
	return false;
}

/* Limits are those of the version that holds on the day. */
static void add_sets(struct grade_sums *s)
{
	const jx_pack *pack;

	for (size_t i = 0; (pack = jx_packs_at(s->desk->packs, i)) != NULL && s->count < GRADE_SETS_MAX;
	     i++) {
		const jx_pack *active = jx_packs_active(s->desk->packs, jx_pack_id(pack), s->day);

		if (active == NULL || jx_pack_index_count(active) == 0 || has_set(s, active))
			continue;
		s->sets[s->count].pack = active;
		s->sets[s->count++].tally = jx_tally_new(active);
	}
}

static void leave_out(struct grade_sums *s, const struct jx_office__counted *c, const char *reason)
{
	char number[JX_OFFICE__NUMBER_MAX];

	if (s->left_out++ >= GRADE_LEFT_MAX)
		return;
	jx_office__number(c->place->writer, c->place->short_code, c->place->n, number);
	jx_buf_add(&s->reasons, number, strlen(number) + 1);
	jx_buf_add(&s->reasons, reason, strlen(reason) + 1);
}

static jx_rc take_check(void *user, const struct jx_office__counted *c, struct jx_error *err)
{
	struct grade_sums *s = user;
	struct jx_error why = {.code = JX_OK};
	jx_rc rc;

	if (c->form == NULL) {
		s->unknown++;
		leave_out(s, c, _("its form is not known here: load the pack that it names"));
		return JX_OK;
	}
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(jx_pack_id(s->sets[i].pack), jx_pack_id(c->pack)) != 0)
			continue;
		rc = jx_tally_add_answers(s->sets[i].tally, c->pack, c->e->form, c->e->day,
					  c->e->answers.data, c->e->answers.len, &why);
		s->checks += rc == JX_OK ? 1 : 0;
		if (rc == JX_ENOMEM || rc == JX_ELIMIT) {
			*err = why;
			return rc;
		}
		if (rc != JX_OK)
			leave_out(s, c, why.text);
	}
	return JX_OK;
}

jx_rc grade_sums_take(struct jx_office__desk *desk, const struct jx_office__filter *filter, const char *day,
		      struct grade_sums *out, struct jx_error *err)
{
	jx_rc rc;

	memset(out, 0, sizeof(*out));
	out->desk = desk;
	out->day = day;
	jx_buf_init(&out->reasons, REASONS_MAX);
	add_sets(out);
	rc = jx_office__each_check(desk, filter, take_check, out, err);
	if (rc == JX_OK)
		rc = jx_buf_check(&out->reasons, "reasons", err);
	if (rc != JX_OK)
		grade_sums_done(out);
	return rc;
}

void grade_sums_done(struct grade_sums *s)
{
	for (size_t i = 0; i < s->count; i++)
		jx_tally_free(s->sets[i].tally);
	s->count = 0;
	jx_buf_done(&s->reasons);
}

/* ---- which ---- */

static jx_rc take_day(const struct office_args *a, const char *name, char out[11], struct jx_error *err)
{
	const char *day = office_value(a, name);

	if (day != NULL && !jx_day_ok(day))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "field \"%s\": \"%s\" is no date; write it as YYYY-MM-DD", name, day);
	jx_strcpy(out, 11, day == NULL ? "" : day);
	return JX_OK;
}

static jx_rc take_text(const struct office_args *a, const char *name, char *out, size_t cap,
		       struct jx_error *err)
{
	const char *text = office_value(a, name);

	if (text != NULL && strlen(text) >= cap)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"field \"%s\": \"%s\" is longer than any there is; give the code as entries have it",
			name, text);
	jx_strcpy(out, cap, text == NULL ? "" : text);
	return JX_OK;
}

static jx_rc take_class(struct jx_office__desk *desk, const struct office_args *a, char *out, size_t cap,
			struct jx_error *err)
{
	const char *text = office_value(a, "class");
	const jx_pack *pack;

	out[0] = '\0';
	/* from the newest on: a class keeps its code, its name may have changed */
	for (size_t i = jx_packs_count(desk->packs); text != NULL && i-- > 0;) {
		const struct jx_code *code;

		pack = jx_packs_at(desk->packs, i);
		code = jx_pack_list_find(pack, "unit-class", text);
		if (code == NULL)
			continue;
		jx_strcpy(out, cap, code->code);
		return JX_OK;
	}
	return text == NULL
		       ? JX_OK
		       : jx_fail(err, JX_EINVAL, 0, WHERE,
				 "field \"class\": no pack has the unit class \"%s\"; give its code or name",
				 text);
}

jx_rc grade_filter(struct jx_office__desk *desk, const struct office_args *a, struct jx_office__filter *out,
		   struct jx_error *err)
{
	jx_rc rc;

	memset(out, 0, sizeof(*out));
	rc = take_day(a, "since", out->since, err);
	if (rc == JX_OK)
		rc = take_day(a, "until", out->until, err);
	if (rc == JX_OK && out->until[0] != '\0' && strcmp(out->since, out->until) > 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "field \"since\": %s is after %s; give the first day of the period", out->since,
			     out->until);
	if (rc == JX_OK)
		rc = take_text(a, "area", out->area, sizeof(out->area), err);
	if (rc == JX_OK)
		rc = take_text(a, "grid", out->grid, sizeof(out->grid), err);
	if (rc == JX_OK)
		rc = take_class(desk, a, out->unit_class, sizeof(out->unit_class), err);
	return rc;
}
