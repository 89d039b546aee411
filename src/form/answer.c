/* Answers of fields between what is typed and what is kept. */
#include <stdlib.h>
#include <string.h>

#include "sheet.h"

#define WHERE      path /* of the field: what err->where says of a refused answer */
#define NEAR_BYTES 160

const char *const jx_form__yes_no[3] = {"yes", "no", "unknown"};

void jx_form__answer_clear(struct jx_form__answer *a)
{
	free(a->text);
	free(a->choices);
	memset(a, 0, sizeof(*a));
}

void jx_form__answer_copy(const struct jx_form__answer *from, struct jx_form__answer *to)
{
	*to = *from;
	if (from->text != NULL)
		to->text = jx_xstrdup(from->text);
	if (from->choices != NULL) {
		to->choices = jx_xcalloc(from->choice_count, sizeof(*to->choices));
		memcpy(to->choices, from->choices, from->choice_count * sizeof(*to->choices));
	}
}

/* ---- codes ---------------------------------------------------------------------------------------- */

static jx_rc fail_code(const struct jx_form__form *form, uint32_t field, const char *typed, const char *path,
		       struct jx_error *err)
{
	const char *name = jx_text_pick(&form->pub.fields[field].name);
	char near[NEAR_BYTES];

	jx_form__near_codes(form->fields[field].codes, typed, near, sizeof(near));
	if (near[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s: \"%.40s\" is not in the list: choose one that is", name, typed);
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "%s: \"%.40s\" is not in the list: choose one that is; near it are %s", name, typed,
		       near);
}

jx_rc jx_form__code_check(const struct jx_form__form *form, uint32_t field, uint32_t code, const char *day,
			  const char *path, struct jx_error *err)
{
	const struct jx_form__codes *codes = form->fields[field].codes;

	if (day == NULL || jx_form__code_is_open(codes, code, day))
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE, "%s: %s %s is not in use on %s: choose one that is",
		       jx_text_pick(&form->pub.fields[field].name), codes->codes[code].pub.code,
		       jx_text_pick(&codes->codes[code].pub.name), day);
}

static jx_rc parse_code(const struct jx_form__form *form, uint32_t field, const char *typed, const char *day,
			const char *path, uint32_t *out, struct jx_error *err)
{
	const uint32_t code = jx_form__codes_find(form->fields[field].codes, typed);

	if (code == JX_FORM__NONE)
		return fail_code(form, field, typed, path, err);
	*out = code;
	return jx_form__code_check(form, field, code, day, path, err);
}

/* Bytes of the separator that s begins with: a comma of either width, an enumeration comma, or a semicolon; else 0. */
static size_t separator(const char *s)
{
	static const char *const separators[] = {",", ";", "\xef\xbc\x8c", "\xe3\x80\x81", "\xef\xbc\x9b"};
	size_t i;

	for (i = 0; i < sizeof(separators) / sizeof(separators[0]); i++)
		if (strncmp(s, separators[i], strlen(separators[i])) == 0)
			return strlen(separators[i]);
	return 0;
}

bool jx_form__choices_add(struct jx_form__answer *a, uint32_t code)
{
	size_t at = a->choice_count;

	while (at > 0 && a->choices[at - 1] > code)
		at--;
	if (at > 0 && a->choices[at - 1] == code)
		return true;
	if (a->choice_count == JX_FORM__CHOICES_MAX)
		return false;
	a->choices = jx_xreallocarray(a->choices, a->choice_count + 1, sizeof(*a->choices));
	memmove(a->choices + at + 1, a->choices + at, (a->choice_count - at) * sizeof(*a->choices));
	a->choices[at] = code;
	a->choice_count++;
	return true;
}

static jx_rc fail_choices(const struct jx_form__form *form, uint32_t field, const char *path,
			  struct jx_error *err)
{
	return jx_fail(err, JX_ELIMIT, 0, WHERE, "%s has more than %d choices: leave some out",
		       jx_text_pick(&form->pub.fields[field].name), JX_FORM__CHOICES_MAX);
}

static jx_rc parse_choices(const struct jx_form__form *form, uint32_t field, const char *typed,
			   const char *day, const char *path, struct jx_form__answer *out,
			   struct jx_error *err)
{
	JX_CLEANUP(jx_form__answer_clear) struct jx_form__answer a = {0};
	const char *s = typed;
	uint32_t code;
	jx_rc rc = JX_OK;

	/* a name may hold a comma itself */
	if (jx_form__codes_find(form->fields[field].codes, typed) != JX_FORM__NONE) {
		rc = parse_code(form, field, typed, day, path, &code, err);
		if (rc == JX_OK)
			(void)jx_form__choices_add(&a, code);
		s = "";
	}
	while (rc == JX_OK && *s != '\0') {
		JX_AUTO_FREE char *one = NULL;
		const char *from = s;
		size_t len;

		while (*s != '\0' && separator(s) == 0)
			s++;
		len = (size_t)(s - from);
		s += separator(s);
		for (; len > 0 && *from == ' '; len--)
			from++;
		while (len > 0 && from[len - 1] == ' ')
			len--;
		if (len == 0)
			continue;
		one = jx_xstrndup(from, len);
		rc = parse_code(form, field, one, day, path, &code, err);
		if (rc == JX_OK && !jx_form__choices_add(&a, code))
			rc = fail_choices(form, field, path, err);
	}
	if (rc == JX_OK && a.choice_count == 0)
		rc = fail_code(form, field, typed, path, err);
	if (rc != JX_OK)
		return rc;
	a.is_set = true;
	*out = a;
	memset(&a, 0, sizeof(a));
	return JX_OK;
}

/* ---- texts ---------------------------------------------------------------------------------------- */

static int64_t count_chars(const char *s)
{
	int64_t n = 0;

	for (; *s != '\0'; s++)
		n += ((uint8_t)*s & 0xc0) != 0x80;
	return n;
}

jx_rc jx_form__text_check(const struct jx_field *field, const char *text, const char *path,
			  struct jx_error *err)
{
	const char *name = jx_text_pick(&field->name);
	const bool has_lines = field->type == JX_FIELD_TEXT;
	const char *c;

	if (!jx_utf8_ok(text, strlen(text)))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%s is not valid UTF-8: type it again", name);
	if (count_chars(text) < field->min || count_chars(text) > field->max)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%s must have %lld to %lld characters: correct it",
			       name, (long long)field->min, (long long)field->max);
	for (c = text; *c != '\0'; c++)
		if (((uint8_t)*c < 0x20 && !(has_lines && (*c == '\n' || *c == '\t'))) || *c == 0x7f)
			return jx_fail(err, JX_EINVAL, 0, WHERE, "%s holds a control character: remove it",
				       name);
	return JX_OK;
}

/* ---- any ------------------------------------------------------------------------------------------ */

static jx_rc parse_yes_no(const struct jx_field *field, const char *typed, const char *path, int64_t *out,
			  struct jx_error *err)
{
	static const char *const words[3][4] = {
		{"yes", "y", "是", "有"}, {"no", "n", "否", "无"}, {"unknown", "?", "不详", "不清楚"}};
	size_t i, k;

	for (i = 0; i < 3; i++) {
		for (k = 0; k < 4; k++) {
			if (strcmp(words[i][k], typed) != 0)
				continue;
			*out = (int64_t)i;
			return JX_OK;
		}
	}
	return jx_fail(err, JX_EINVAL, 0, WHERE, "%s must be \"yes\", \"no\" or \"unknown\"",
		       jx_text_pick(&field->name));
}

jx_rc jx_form__answer_parse(const struct jx_form__form *form, uint32_t number, const char *typed,
			    const char *day, const char *path, struct jx_form__answer *out,
			    struct jx_error *err)
{
	const struct jx_field *field = &form->pub.fields[number];
	struct jx_form__answer a = {.is_set = true};
	uint32_t code = 0;
	jx_rc rc = JX_OK;

	switch (field->type) {
	case JX_FIELD_CHOICE:
		rc = parse_code(form, number, typed, day, path, &code, err);
		a.number = code;
		break;
	case JX_FIELD_CHOICES:
		return parse_choices(form, number, typed, day, path, out, err);
	case JX_FIELD_INTEGER:
	case JX_FIELD_DECIMAL:
		rc = jx_form__number_parse(field, typed, path, &a.number, err);
		break;
	case JX_FIELD_TEXT:
	case JX_FIELD_PARTY:
		rc = jx_form__text_check(field, typed, path, err);
		if (rc == JX_OK)
			a.text = jx_xstrdup(typed);
		break;
	case JX_FIELD_YES_NO:
		rc = parse_yes_no(field, typed, path, &a.number, err);
		break;
	case JX_FIELD_PHOTO:
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "%s is a photo: take it, there is nothing to type",
			     jx_text_pick(&field->name));
		break;
	}
	if (rc == JX_OK)
		*out = a;
	return rc;
}

void jx_form__answer_format(const struct jx_form__form *form, uint32_t number,
			    const struct jx_form__answer *a, jx_buf *out)
{
	const struct jx_field *field = &form->pub.fields[number];
	const struct jx_form__codes *codes = form->fields[number].codes;
	char text[32];
	size_t i;

	if (!a->is_set)
		return;
	switch (field->type) {
	case JX_FIELD_CHOICE:
		jx_buf_adds(out, codes->codes[a->number].pub.code);
		break;
	case JX_FIELD_CHOICES:
		for (i = 0; i < a->choice_count; i++)
			jx_buf_addf(out, "%s%s", i == 0 ? "" : ",", codes->codes[a->choices[i]].pub.code);
		break;
	case JX_FIELD_INTEGER:
	case JX_FIELD_DECIMAL:
		jx_form__number_format(a->number, field->decimals, text, sizeof(text));
		jx_buf_adds(out, text);
		break;
	case JX_FIELD_TEXT:
	case JX_FIELD_PARTY:
		jx_buf_adds(out, a->text);
		break;
	case JX_FIELD_YES_NO:
		jx_buf_adds(out, jx_form__yes_no[a->number]);
		break;
	case JX_FIELD_PHOTO:
		break;
	}
}
