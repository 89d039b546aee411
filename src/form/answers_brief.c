#include <stdlib.h>
#include <string.h>

#include "answers.h"

/* As much of a text as fits; a list shows what it can, also of answers that break a rule. */
static void take_text(const jx_json *doc, const char *name, char *out, size_t cap)
{
	JX_AUTO_FREE char *text = jx_json_strdup(doc, jx_json_get(doc, 0, name));

	if (text != NULL)
		jx_strcpy(out, cap, text);
}

static void take_quantity(const jx_json *doc, char *out, size_t cap)
{
	struct jx_form__quantity q = {0, 0};
	int64_t exp10 = 0;

	if (!jx_json_i64(doc, jx_json_get(doc, 0, "quantity"), &q.digits))
		return;
	(void)jx_json_i64(doc, jx_json_get(doc, 0, "quantity_exp10"), &exp10);
	if (exp10 > 0 || exp10 < -18) /* 10^18 is the largest power that fits; nobody's answers have it */
		return;
	q.decimals = -exp10;
	jx_form__quantity_format(&q, out, cap);
}

static void take_measures(const jx_json *doc, struct jx_answers_brief *b)
{
	const int list = jx_json_get(doc, 0, "measures");
	JX_AUTO_BUF all = {0};
	int tok;

	if (list < 0 || jx_json_type_of(doc, list) != JX_JSON_ARRAY)
		return;
	jx_buf_init(&all, 4096);
	for (tok = jx_json_first(doc, list); tok >= 0; tok = jx_json_next(doc, list, tok)) {
		JX_AUTO_FREE char *code = jx_json_strdup(doc, tok);

		if (code != NULL)
			jx_buf_addf(&all, "%s%s", all.len > 0 ? "," : "", code);
	}
	if (all.rc == JX_OK && all.data != NULL)
		jx_strcpy(b->measures, sizeof(b->measures), all.data);
}

static void take_names(const jx_pack *pack, struct jx_answers_brief *b)
{
	const struct jx_code *code = jx_pack_find(pack, b->code);
	const struct jx_code *top = code;

	if (code == NULL || strcmp(code->code, b->code) != 0)
		return;
	while (top->parent != NULL)
		top = jx_pack_find(pack, top->parent);
	jx_strcpy(b->name_zh, sizeof(b->name_zh), code->name.zh);
	jx_strcpy(b->name_en, sizeof(b->name_en), code->name.en);
	jx_strcpy(b->group_zh, sizeof(b->group_zh), top->name.zh);
	jx_strcpy(b->group_en, sizeof(b->group_en), top->name.en);
}

jx_rc jx_form_brief(const jx_pack *pack, const char *answers, size_t len, struct jx_answers_brief *out,
		    struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	struct jx_answers_brief b;
	jx_rc rc = jx_json_parse(answers, len, &jx_json_entry_limits, &doc, err);

	if (rc != JX_OK)
		return rc;
	if (jx_json_type_of(&doc, 0) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, JX_FORM__ANSWERS,
			       "answers must be a JSON object: write them so");
	memset(&b, 0, sizeof(b));
	take_text(&doc, "result", b.result, sizeof(b.result));
	take_text(&doc, "code", b.code, sizeof(b.code));
	take_text(&doc, "unit", b.unit, sizeof(b.unit));
	take_text(&doc, "note", b.note, sizeof(b.note));
	take_text(&doc, "party", b.party, sizeof(b.party));
	take_text(&doc, "unit_responsible", b.unit_responsible, sizeof(b.unit_responsible));
	take_quantity(&doc, b.quantity, sizeof(b.quantity));
	(void)jx_json_bool(&doc, jx_json_get(&doc, 0, "self_handled"), &b.is_self_handled);
	take_measures(&doc, &b);
	take_text(&doc, "party_kind", b.party_kind, sizeof(b.party_kind));
	(void)jx_json_i64(&doc, jx_json_get(&doc, 0, "limit_days"), &b.limit_days);
	if (pack != NULL)
		take_names(pack, &b);
	*out = b;
	return JX_OK;
}
