#include <string.h>

#include "answers.h"

#define WHERE JX_FORM__ANSWERS
#define FOUND "found"

const char *jx_form__result(const char *s)
{
	static const char *const results[] = {FOUND, "nothing-found", "no-access"};
	size_t i;

	for (i = 0; s != NULL && i < sizeof(results) / sizeof(results[0]); i++)
		if (strcmp(results[i], s) == 0)
			return results[i];
	return NULL;
}

static size_t count_chars(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((uint8_t)*s & 0xc0) != 0x80;
	return n;
}

/* Control characters break tables, terminals and CSV files; a note may have lines. */
static jx_rc check_text(const char *field, const char *s, size_t max_chars, bool has_lines,
			struct jx_error *err)
{
	const char *c;

	if (s == NULL)
		return JX_OK;
	if (!jx_utf8_ok(s, strlen(s)))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%s is not valid UTF-8: type it again", field);
	if (count_chars(s) > max_chars)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%s has more than %zu characters: shorten it", field,
			       max_chars);
	for (c = s; *c != '\0'; c++)
		if (((uint8_t)*c < 0x20 && !(has_lines && (*c == '\n' || *c == '\t'))) || *c == 0x7f)
			return jx_fail(err, JX_EINVAL, 0, WHERE, "%s holds a control character: remove it",
				       field);
	return JX_OK;
}

jx_rc jx_form__fail_code(const jx_pack *pack, const char *typed, struct jx_error *err)
{
	char near[160];

	if (!jx_utf8_ok(typed, strlen(typed)))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "code is not valid UTF-8: see `jx codes` for what there is");
	jx_form__near_codes(&pack->own, typed, near, sizeof(near));
	if (near[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "code \"%.40s\" is not in pack %s: see `jx codes` for what there is", typed,
			       jx_pack_id(pack));
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "code \"%.40s\" is not in pack %s: see `jx codes` for what there is; near it are %s",
		       typed, jx_pack_id(pack), near);
}

static jx_rc check_code(const jx_pack *pack, const char *typed, const char *day,
			const struct jx_code **code_out, struct jx_error *err)
{
	const struct jx_code *code = jx_pack_find(pack, typed);

	/* answers hold codes: names change with language and edition */
	if (code == NULL || strcmp(code->code, typed) != 0)
		return jx_form__fail_code(pack, typed, err);
	if (!jx_pack_is_open(pack, code, day))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "code %s %s is not in use on %s: choose one that is, see `jx codes`",
			       code->code, jx_text_pick(&code->name), day);
	*code_out = code;
	return JX_OK;
}

static jx_rc check_unit(const jx_pack *pack, const struct jx_code *code, const char *unit,
			struct jx_error *err)
{
	char allowed[200];
	size_t i;

	for (i = 0; unit != NULL && i < code->unit_count; i++)
		if (strcmp(code->units[i], unit) == 0)
			return JX_OK;
	jx_form__list_units(pack, code, allowed, sizeof(allowed));
	if (unit == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "unit is missing, a quantity needs one; for %s %s take one of: %s", code->code,
			       jx_text_pick(&code->name), allowed);
	return jx_fail(err, JX_EINVAL, 0, WHERE, "unit \"%.24s\" does not fit %s %s; take one of: %s", unit,
		       code->code, jx_text_pick(&code->name), allowed);
}

static jx_rc check_found(const jx_pack *pack, const struct jx_form__answers *a, const struct jx_code *code,
			 struct jx_error *err)
{
	jx_rc rc;

	if (code == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "code is missing: say what was found, see `jx codes`");
	if (!a->has_quantity)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "quantity is missing: say how much was found");
	rc = jx_form__quantity_check(&a->quantity, err);
	return rc == JX_OK ? check_unit(pack, code, a->unit, err) : rc;
}

static jx_rc check_not_found(const struct jx_form__answers *a, struct jx_error *err)
{
	const char *field = NULL;

	if (a->has_quantity)
		field = "quantity";
	else if (a->unit != NULL)
		field = "unit";
	else if (a->is_self_handled)
		field = "self_handled";
	else if (a->measures != 0)
		field = "measures";
	else if (a->has_limit)
		field = "limit_days";
	if (field != NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s does not go with the result \"%s\": leave it out, or say \"found\"", field,
			       a->result);
	return JX_OK;
}

jx_rc jx_form__answers_check(const jx_pack *pack, const struct jx_form__answers *a, const char *day,
			     struct jx_error *err)
{
	const struct jx_code *code = NULL;
	jx_rc rc = JX_OK;

	if (day == NULL || !jx_day_ok(day))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "day is no date: write year-month-day such as 2026-09-01");
	if (jx_form__result(a->result) == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "result must be \"found\", \"nothing-found\" or \"no-access\"");
	if (a->code != NULL)
		rc = check_code(pack, a->code, day, &code, err);
	if (rc == JX_OK)
		rc = strcmp(a->result, FOUND) == 0 ? check_found(pack, a, code, err)
						   : check_not_found(a, err);
	if (rc == JX_OK)
		rc = jx_form__measures_check(pack, a, day, err);
	if (rc == JX_OK)
		rc = check_text("note", a->note, JX_NOTE_CHARS_MAX, true, err);
	if (rc == JX_OK)
		rc = check_text("party", a->party, JX_PARTY_CHARS_MAX, false, err);
	if (rc == JX_OK)
		rc = check_text("unit_responsible", a->unit_responsible, JX_PARTY_CHARS_MAX, false, err);
	return rc;
}

/* ---- reading an answers object ------------------------------------------------------------------- */

struct texts {
	char *result, *code, *unit, *note, *party, *unit_responsible;
};

static void free_texts(struct texts *t)
{
	jx_free_p(&t->result);
	jx_free_p(&t->code);
	jx_free_p(&t->unit);
	jx_free_p(&t->note);
	jx_free_p(&t->party);
	jx_free_p(&t->unit_responsible);
}

static jx_rc read_texts(const jx_json *doc, struct texts *t, struct jx_error *err)
{
	const struct {
		const char *name;
		char **out;
	} rows[] = {
		{"result", &t->result}, {"code", &t->code},   {"unit", &t->unit},
		{"note", &t->note},     {"party", &t->party}, {"unit_responsible", &t->unit_responsible},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int tok = jx_json_get(doc, 0, rows[i].name);

		if (tok < 0)
			continue;
		*rows[i].out = jx_json_strdup(doc, tok);
		if (*rows[i].out == NULL)
			return jx_fail(err, JX_EINVAL, 0, WHERE, "%s must be text: write it so",
				       rows[i].name);
	}
	return JX_OK;
}

static jx_rc read_values(const jx_json *doc, struct jx_form__answers *a, struct jx_error *err)
{
	const int quantity = jx_json_get(doc, 0, "quantity");
	const int exponent = jx_json_get(doc, 0, "quantity_exp10");
	const int self = jx_json_get(doc, 0, "self_handled");
	int64_t exp10 = 0;

	a->has_quantity = quantity >= 0;
	if (quantity >= 0 && !jx_json_i64(doc, quantity, &a->quantity.digits))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "quantity must be a whole number, with quantity_exp10 for decimals");
	if (exponent >= 0 && (quantity < 0 || !jx_json_i64(doc, exponent, &exp10) || exp10 > 0 ||
			      exp10 < -JX_FORM__DECIMALS_MAX))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "quantity_exp10 must be -%d to 0 beside a quantity",
			       JX_FORM__DECIMALS_MAX);
	a->quantity.decimals = -exp10;
	if (self >= 0 && !jx_json_bool(doc, self, &a->is_self_handled))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "self_handled must be true or false");
	return JX_OK;
}

jx_rc jx_form_check(const jx_pack *pack, const char *answers, size_t len, const char *day,
		    struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	JX_CLEANUP(free_texts) struct texts t = {0};
	struct jx_form__answers a = {.party_kind = JX_FORM__NONE};
	jx_rc rc = jx_json_parse(answers, len, &jx_json_entry_limits, &doc, err);

	if (rc == JX_OK && jx_json_type_of(&doc, 0) != JX_JSON_OBJECT)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "answers must be a JSON object: write them so");
	if (rc == JX_OK)
		rc = read_texts(&doc, &t, err);
	if (rc == JX_OK)
		rc = read_values(&doc, &a, err);
	if (rc == JX_OK && day != NULL && jx_day_ok(day)) /* a bad day is told below */
		rc = jx_form__measures_read(pack, &doc, day, &a, err);
	if (rc != JX_OK)
		return rc;
	a.result = t.result;
	a.code = t.code;
	a.unit = t.unit;
	a.note = t.note;
	a.party = t.party;
	a.unit_responsible = t.unit_responsible;
	return jx_form__answers_check(pack, &a, day, err);
}
