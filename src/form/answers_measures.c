/* What was done about a finding: measures, the time limit of a notice, and what kind of party it concerns. */
#include <string.h>

#include "answers.h"

#define WHERE JX_FORM__ANSWERS

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Names of the open codes of a list, for a message: "warned 警告, notice ..." */
static void list_codes(const struct jx_form__codes *codes, const char *day, char *out, size_t cap)
{
	JX_AUTO_BUF b = {0};
	size_t i;

	jx_buf_init(&b, 4096);
	for (i = 0; i < codes->count; i++)
		if (jx_form__code_is_open(codes, (uint32_t)i, day))
			jx_buf_addf(&b, "%s%s %s", b.len > 0 ? ", " : "", codes->codes[i].pub.code,
				    jx_text_pick(&codes->codes[i].pub.name));
	jx_strcpy(out, cap, b.rc == JX_OK && b.data != NULL ? b.data : "");
}

static jx_rc fail_unknown(const struct jx_form__codes *codes, const char *field, const char *typed,
			  const char *day, struct jx_error *err)
{
	char list[300];

	if (!jx_utf8_ok(typed, strlen(typed)))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%s is not valid UTF-8: type it again", field);
	list_codes(codes, day, list, sizeof(list));
	return jx_fail(err, JX_EINVAL, 0, WHERE, "%s \"%.40s\" is not known; take one of: %s", field, typed,
		       list);
}

static jx_rc fail_no_list(const jx_pack *pack, const char *field, struct jx_error *err)
{
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "%s is not part of pack %s, version %lld: leave it out, or load a newer pack", field,
		       jx_pack_id(pack), (long long)jx_pack_version(pack));
}

/* ---- as typed --------------------------------------------------------------------------------------- */

static jx_rc add_typed(const struct jx_form__codes *codes, const char *typed, size_t len, const char *day,
		       struct jx_form__answers *a, struct jx_error *err)
{
	char word[128];
	uint32_t i;

	while (len > 0 && is_space(*typed)) {
		typed++;
		len--;
	}
	while (len > 0 && is_space(typed[len - 1]))
		len--;
	/* longer than any name: what is left of it is not known either */
	jx_strcpy(word, len + 1 < sizeof(word) ? len + 1 : sizeof(word), typed);
	i = jx_form__codes_find(codes, word);
	if (i == JX_FORM__NONE || i >= JX_FORM__MEASURES_MAX)
		return fail_unknown(codes, "measures", word, day, err);
	a->measures |= UINT64_C(1) << i;
	return JX_OK;
}

/* The shortest time that one of the measures gives about this code; NULL: the pack leaves it open. */
static const struct jx_time_limit *notice_limit(const jx_pack *pack, const struct jx_form__answers *a,
						const char *day)
{
	const uint64_t with_limit = a->measures & pack->measures_with_limit;
	const struct jx_time_limit *least = NULL;
	uint32_t i;

	for (i = 0; i < JX_FORM__MEASURES_MAX; i++) {
		const struct jx_time_limit *t =
			(with_limit >> i & 1) != 0
				? jx_pack_notice_limit(pack, pack->measures->codes[i].pub.code, a->code, day)
				: NULL;

		if (t != NULL && (least == NULL || t->days < least->days))
			least = t;
	}
	return least;
}

/* Nobody said how long: what the pack gives. */
static void take_default(const jx_pack *pack, const char *day, struct jx_form__answers *a)
{
	const struct jx_time_limit *t = a->has_limit ? NULL : notice_limit(pack, a, day);

	if (t == NULL)
		return;
	a->has_limit = true;
	a->limit_days = t->days;
}

jx_rc jx_form__measures_parse(const jx_pack *pack, const struct jx_observation *in, const char *day,
			      struct jx_form__answers *a, struct jx_error *err)
{
	const char *rest = in->measures;
	jx_rc rc = JX_OK;

	a->has_limit = in->limit_days != 0;
	a->limit_days = in->limit_days;
	if (rest != NULL && *rest != '\0' && pack->measures == NULL)
		return fail_no_list(pack, "measures", err);
	while (rc == JX_OK && rest != NULL && *rest != '\0') {
		const size_t len = strcspn(rest, ",");

		rc = add_typed(pack->measures, rest, len, day, a, err);
		rest += len + (rest[len] == ',');
	}
	if (rc == JX_OK)
		take_default(pack, day, a);
	if (rc != JX_OK || in->party_kind == NULL || *in->party_kind == '\0')
		return rc;
	if (pack->party_kinds == NULL)
		return fail_no_list(pack, "party_kind", err);
	a->party_kind = jx_form__codes_find(pack->party_kinds, in->party_kind);
	return a->party_kind != JX_FORM__NONE
		       ? JX_OK
		       : fail_unknown(pack->party_kinds, "party_kind", in->party_kind, day, err);
}

/* ---- as written ------------------------------------------------------------------------------------- */

/* Answers hold codes: names change with language and edition. */
static jx_rc find_written(const struct jx_form__codes *codes, const jx_json *doc, int tok, const char *field,
			  const char *day, uint32_t *i_out, struct jx_error *err)
{
	JX_AUTO_FREE char *word = jx_json_strdup(doc, tok);
	const uint32_t i = word != NULL ? jx_form__index_find(&codes->code_index, word) : JX_FORM__NONE;

	if (word == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%s must hold codes as text: write it so", field);
	if (i >= codes->count)
		return fail_unknown(codes, field, word, day, err);
	*i_out = i;
	return JX_OK;
}

static jx_rc read_measures(const jx_pack *pack, const jx_json *doc, int list, const char *day,
			   struct jx_form__answers *a, struct jx_error *err)
{
	uint32_t i = 0;
	int tok;
	jx_rc rc = JX_OK;

	if (jx_json_type_of(doc, list) != JX_JSON_ARRAY || jx_json_first(doc, list) < 0)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"measures must be a list of codes that is not empty: write it so, or leave it out");
	for (tok = jx_json_first(doc, list); rc == JX_OK && tok >= 0; tok = jx_json_next(doc, list, tok)) {
		rc = find_written(pack->measures, doc, tok, "measures", day, &i, err);
		if (rc == JX_OK && i < JX_FORM__MEASURES_MAX && (a->measures >> i & 1) != 0)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "measures has %s twice: write each measure once",
				     pack->measures->codes[i].pub.code);
		if (rc == JX_OK)
			a->measures |= UINT64_C(1) << i;
	}
	return rc;
}

/* A version without these lists passes over them, as over every member that it does not know. */
jx_rc jx_form__measures_read(const jx_pack *pack, const jx_json *doc, const char *day,
			     struct jx_form__answers *a, struct jx_error *err)
{
	const int list = jx_json_get(doc, 0, "measures");
	const int limit = jx_json_get(doc, 0, "limit_days");
	const int kind = jx_json_get(doc, 0, "party_kind");
	jx_rc rc = JX_OK;

	if (pack->measures != NULL && list >= 0)
		rc = read_measures(pack, doc, list, day, a, err);
	if (rc == JX_OK && pack->measures != NULL && limit >= 0) {
		a->has_limit = true;
		if (!jx_json_i64(doc, limit, &a->limit_days))
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "limit_days must be a whole number of days: write it so");
	}
	if (rc == JX_OK && pack->party_kinds != NULL && kind >= 0)
		rc = find_written(pack->party_kinds, doc, kind, "party_kind", day, &a->party_kind, err);
	return rc;
}

void jx_form__measures_write(const jx_pack *pack, const struct jx_form__answers *a, jx_buf *b)
{
	const char *comma = "";
	size_t i;

	if (a->measures != 0)
		jx_buf_adds(b, ",\"measures\":[");
	for (i = 0; a->measures >> i != 0; i++) {
		if ((a->measures >> i & 1) == 0)
			continue;
		jx_buf_addf(b, "%s\"%s\"", comma, pack->measures->codes[i].pub.code);
		comma = ",";
		if (i + 1 == JX_FORM__MEASURES_MAX)
			break;
	}
	if (a->measures != 0)
		jx_buf_addc(b, ']');
	if (a->has_limit) {
		jx_buf_adds(b, ",\"limit_days\":");
		jx_buf_add_i64(b, a->limit_days);
	}
	if (a->party_kind != JX_FORM__NONE)
		jx_buf_addf(b, ",\"party_kind\":\"%s\"", pack->party_kinds->codes[a->party_kind].pub.code);
}

/* ---- rules ------------------------------------------------------------------------------------------ */

static jx_rc check_open(const struct jx_form__codes *codes, uint32_t i, const char *day, const char *field,
			struct jx_error *err)
{
	char list[300];

	if (jx_form__code_is_open(codes, i, day))
		return JX_OK;
	list_codes(codes, day, list, sizeof(list));
	return jx_fail(err, JX_EINVAL, 0, WHERE, "%s %s is not in use on %s; take one of: %s", field,
		       codes->codes[i].pub.code, day, list);
}

static jx_rc check_limit(const jx_pack *pack, const struct jx_form__answers *a, const char *day,
			 struct jx_error *err)
{
	const bool needs = (a->measures & pack->measures_with_limit) != 0;
	const struct jx_time_limit *most = notice_limit(pack, a, day);

	if (needs && !a->has_limit)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "limit_days is missing: say within how many days it has to be put right");
	if (!needs && a->has_limit)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"limit_days goes only with a notice that has a time limit: add that measure, or leave it out");
	if (a->has_limit && (a->limit_days < 1 || a->limit_days > JX_LIMIT_DAYS_MAX))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "limit_days must be 1 to %d: correct it",
			       JX_LIMIT_DAYS_MAX);
	if (most != NULL && a->limit_days > most->days)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "limit_days is %lld, but %s is %lld: give no more",
			       (long long)a->limit_days, jx_text_pick(&most->name), (long long)most->days);
	return JX_OK;
}

jx_rc jx_form__measures_check(const jx_pack *pack, const struct jx_form__answers *a, const char *day,
			      struct jx_error *err)
{
	uint32_t i;
	jx_rc rc = JX_OK;

	for (i = 0; rc == JX_OK && i < JX_FORM__MEASURES_MAX; i++)
		if ((a->measures >> i & 1) != 0)
			rc = check_open(pack->measures, i, day, "measures", err);
	if (rc == JX_OK && a->party_kind != JX_FORM__NONE)
		rc = check_open(pack->party_kinds, a->party_kind, day, "party_kind", err);
	return rc == JX_OK ? check_limit(pack, a, day, err) : rc;
}
