/* What a sheet counts for indices and quotas, and what it shows of that while it is filled in. */
#include <stdio.h>
#include <string.h>

#include "sheet.h"

/* Not negative and not past what sums may be; 2^53 as everywhere in entries. */
static bool take(const struct jx_form__expr *expr, const jx_sheet *sheet, int64_t *out)
{
	const struct jx_form__value v = jx_form__expr_eval(expr, sheet, 0);

	*out = v.number;
	return v.state == JX_FORM__VALUE && v.number >= 0 && v.number <= INT64_C(1) << 53;
}

static bool count_one(const jx_sheet *sheet, const struct jx_form__count *c, struct jx_form__counted *out)
{
	memset(out, 0, sizeof(*out));
	out->index = c->index;
	return jx_form__expr_is_true(c->when, sheet, 0) && take(c->numerator, sheet, &out->numerator) &&
	       take(c->denominator, sheet, &out->denominator);
}

static bool count_quota(const jx_sheet *sheet, const struct jx_form__quota_row *q,
			struct jx_form__counted *out)
{
	memset(out, 0, sizeof(*out));
	out->quota = q->quota;
	if (!jx_form__expr_is_true(q->when, sheet, 0))
		return false;
	if (q->class_field != JX_FORM__NONE) {
		const struct jx_form__spot spot = {q->class_field, 0};
		const struct jx_form__answer *a = jx_form__sheet_answer(sheet, spot);

		if (a == NULL)
			return false;
		out->class_code = sheet->form->fields[q->class_field].codes->codes[a->number].pub.code;
	}
	return take(q->units, sheet, &out->units) && take(q->effort, sheet, &out->effort);
}

size_t jx_form__sheet_counts(const jx_sheet *sheet, struct jx_form__counted *out, size_t cap)
{
	const struct jx_form__form *form = sheet->form;
	struct jx_form__counted one;
	size_t n = 0, i;

	for (i = 0; i < form->count_count; i++) {
		if (!count_one(sheet, &form->counts[i], &one))
			continue;
		if (n < cap)
			out[n] = one;
		n++;
	}
	for (i = 0; i < form->quota_count; i++) {
		if (!count_quota(sheet, &form->quota[i], &one))
			continue;
		if (n < cap)
			out[n] = one;
		n++;
	}
	return n;
}

struct jx_fraction jx_form__sheet_index(const jx_sheet *sheet, const char *index_id)
{
	const struct jx_form__form *form = sheet->form;
	struct jx_fraction sum = {0, 0};
	struct jx_form__counted one;
	size_t i;

	/* at most JX_FORM__RULES_MAX terms of 2^53: far below 2^63 */
	for (i = 0; i < form->count_count; i++) {
		if (strcmp(form->counts[i].index, index_id) == 0 &&
		    count_one(sheet, &form->counts[i], &one)) {
			sum.numerator += one.numerator;
			sum.denominator += one.denominator;
		}
	}
	return sum;
}

static void show_index(const jx_sheet *sheet, const char *id, struct jx_computed *out)
{
	const struct jx_index *index = jx_pack_index_find(sheet->pack, id);
	const struct jx_fraction f = jx_form__sheet_index(sheet, id);
	char number[32];

	out->index = id;
	if (f.denominator == 0) {
		jx_strcpy(out->value, sizeof(out->value), _("not assessed"));
		return;
	}
	jx_fraction_text(&f, index->scale, 2, number, sizeof(number));
	jx_strcpy(out->value, sizeof(out->value), number);
	if (index->unit.zh == NULL)
		return;
	/* a long name of a unit is cut at a character, never within one */
	jx_strcpy(out->value + strlen(out->value), sizeof(out->value) - strlen(out->value), " ");
	jx_strcpy(out->value + strlen(out->value), sizeof(out->value) - strlen(out->value),
		  jx_text_pick(&index->unit));
}

static void show_value(const jx_sheet *sheet, const struct jx_form__computed *c, struct jx_computed *out)
{
	const struct jx_form__value v = jx_form__expr_eval(c->value, sheet, 0);
	const struct jx_unit *unit = c->unit != NULL ? jx_pack_unit(sheet->pack, c->unit) : NULL;

	out->index = NULL;
	if (v.state == JX_FORM__OVERFLOW)
		jx_strcpy(out->value, sizeof(out->value), _("too large"));
	else if (v.state == JX_FORM__NOTHING)
		jx_strcpy(out->value, sizeof(out->value), "-");
	else if (unit == NULL)
		(void)snprintf(out->value, sizeof(out->value), "%lld", (long long)v.number);
	else
		(void)snprintf(out->value, sizeof(out->value), "%lld %.24s", (long long)v.number,
			       jx_text_pick(&unit->name));
	out->value[jx_utf8_cut(out->value, strlen(out->value))] = '\0';
}

bool jx_sheet_computed(const jx_sheet *sheet, size_t i, struct jx_computed *out)
{
	const struct jx_form__computed *c;

	if (i >= sheet->form->computed_count)
		return false;
	c = &sheet->form->computed[i];
	out->name = c->name;
	if (c->index != NULL)
		show_index(sheet, c->index, out);
	else
		show_value(sheet, c, out);
	return true;
}
