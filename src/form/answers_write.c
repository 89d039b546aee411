#include <string.h>

#include "answers.h"

#define WHERE JX_FORM__ANSWERS

/* An empty text is what a person leaves who has nothing to say. */
static const char *text_or_none(const char *s)
{
	return s != NULL && *s != '\0' ? s : NULL;
}

static jx_rc set_code(const jx_pack *pack, const char *typed, struct jx_form__answers *a,
		      struct jx_error *err)
{
	const struct jx_code *code;

	if (typed == NULL)
		return JX_OK;
	code = jx_pack_find(pack, typed);
	if (code == NULL)
		return jx_form__fail_code(pack, typed, err);
	a->code = code->code;
	return JX_OK;
}

/* What was typed may be a unit's name; for a finding without any quantity it is one of the first unit. */
static jx_rc set_quantity(const jx_pack *pack, const struct jx_observation *in, struct jx_form__answers *a,
			  struct jx_error *err)
{
	const char *typed = text_or_none(in->unit);
	const struct jx_unit *unit = typed != NULL ? jx_pack_unit(pack, typed) : NULL;
	jx_rc rc = JX_OK;

	a->has_quantity = in->quantity != NULL;
	if (in->quantity != NULL)
		rc = jx_form__quantity_parse(in->quantity, &a->quantity, err);
	a->unit = unit != NULL ? unit->unit : typed;
	if (rc != JX_OK || in->quantity != NULL || a->result == NULL || strcmp(a->result, "found") != 0)
		return rc;
	a->has_quantity = true;
	a->quantity.digits = 1;
	if (a->unit == NULL && a->code != NULL)
		a->unit = jx_pack_find(pack, a->code)->units[0];
	return JX_OK;
}

static void write_text(jx_buf *b, const char *name, const char *s)
{
	if (s == NULL)
		return;
	jx_buf_addf(b, "%s\"%s\":", b->len > 1 ? "," : "", name);
	jx_buf_add_json(b, s, strlen(s));
}

static void write_answers(const jx_pack *pack, const struct jx_form__answers *a, jx_buf *b)
{
	jx_buf_addc(b, '{');
	write_text(b, "result", a->result);
	write_text(b, "code", a->code);
	if (a->has_quantity) {
		jx_buf_adds(b, ",\"quantity\":");
		jx_buf_add_i64(b, a->quantity.digits);
		if (a->quantity.decimals > 0)
			jx_buf_addf(b, ",\"quantity_exp10\":%d", -(int)a->quantity.decimals);
	}
	write_text(b, "unit", a->unit);
	if (a->is_self_handled)
		jx_buf_adds(b, ",\"self_handled\":true");
	jx_form__measures_write(pack, a, b);
	write_text(b, "party", a->party);
	write_text(b, "unit_responsible", a->unit_responsible);
	write_text(b, "note", a->note);
	jx_buf_addc(b, '}');
}

jx_rc jx_form_observation(const jx_pack *pack, const struct jx_observation *in, const char *day,
			  jx_buf *answers_out, struct jx_error *err)
{
	JX_AUTO_BUF b = {0};
	struct jx_form__answers a = {
		.result = jx_form__result(in->result),
		.note = text_or_none(in->note),
		.party = text_or_none(in->party),
		.unit_responsible = text_or_none(in->unit_responsible),
		.is_self_handled = in->is_self_handled,
		.party_kind = JX_FORM__NONE,
	};
	jx_rc rc = set_code(pack, text_or_none(in->code), &a, err);

	if (rc == JX_OK)
		rc = set_quantity(pack, in, &a, err);
	if (rc == JX_OK && day != NULL && jx_day_ok(day)) /* a bad day is told below */
		rc = jx_form__measures_parse(pack, in, day, &a, err);
	if (rc == JX_OK)
		rc = jx_form__answers_check(pack, &a, day, err);
	if (rc != JX_OK)
		return rc;
	/* a note of 1000 characters, every one escaped to six bytes at worst, and the rest */
	jx_buf_init(&b, 16384);
	write_answers(pack, &a, &b);
	rc = jx_buf_check(&b, "answers", err);
	if (rc != JX_OK)
		return rc;
	jx_buf_add(answers_out, b.data, b.len);
	return jx_buf_check(answers_out, "answers", err);
}
