/* Numbers between what is typed and what is kept: decimals are whole numbers of tenths, hundredths, thousandths. */
#include <stdio.h>
#include <string.h>

#include "quantity.h"
#include "sheet.h"

#define WHERE path /* of the field: what err->where says of a refused answer */

void jx_form__number_format(int64_t number, int decimals, char *out, size_t cap)
{
	const struct jx_form__quantity q = {number, decimals};

	jx_form__quantity_format(&q, out, cap);
}

static const char *space_unit(const struct jx_field *field, char *out, size_t cap)
{
	(void)snprintf(out, cap, "%s%s", field->unit != NULL ? " " : "",
		       field->unit != NULL ? field->unit : "");
	return out;
}

static jx_rc fail_range(const struct jx_field *field, const char *path, struct jx_error *err)
{
	char min[32], max[32], unit[JX_FORM__UNIT_BYTES + 2];

	jx_form__number_format(field->min, field->decimals, min, sizeof(min));
	jx_form__number_format(field->max, field->decimals, max, sizeof(max));
	return jx_fail(err, JX_EINVAL, 0, WHERE, "%s must be from %s to %s%s: correct it",
		       jx_text_pick(&field->name), min, max, space_unit(field, unit, sizeof(unit)));
}

jx_rc jx_form__number_check(const struct jx_field *field, int64_t number, const char *path,
			    struct jx_error *err)
{
	if (number >= field->min && number <= field->max)
		return JX_OK;
	return fail_range(field, path, err);
}

static jx_rc fail_number(const struct jx_field *field, const char *typed, const char *path,
			 struct jx_error *err)
{
	if (field->decimals == 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s must be a whole number, \"%.40s\" is none: write digits such as 12",
			       jx_text_pick(&field->name), typed);
	return jx_fail(
		err, JX_EINVAL, 0, WHERE,
		"%s must be a number with at most %d decimals, \"%.40s\" is none: write digits such as 25.3",
		jx_text_pick(&field->name), field->decimals, typed);
}

/* Digits into *n; false if there is none of them. Past the ceiling it stays past the ceiling. */
static const char *take_digits(const char *s, int64_t *n, int most)
{
	for (; *s >= '0' && *s <= '9' && most > 0; s++, most--)
		*n = *n > JX_FORM__NUMBER_MAX * 1000 ? *n : *n * 10 + (*s - '0');
	return s;
}

jx_rc jx_form__number_parse(const struct jx_field *field, const char *typed, const char *path, int64_t *out,
			    struct jx_error *err)
{
	const bool is_negative = *typed == '-';
	const char *s = typed + (is_negative ? 1 : 0);
	int64_t n = 0;
	const char *end = take_digits(s, &n, INT32_MAX);
	int decimals = 0;

	if (end == s)
		return fail_number(field, typed, path, err);
	if (*end == '.' && field->decimals > 0) {
		s = end + 1;
		end = take_digits(s, &n, field->decimals);
		decimals = (int)(end - s);
		if (decimals == 0)
			return fail_number(field, typed, path, err);
		end += strspn(end, "0"); /* 25.30 where one decimal is kept */
	}
	if (*end != '\0')
		return fail_number(field, typed, path, err);
	for (; decimals < field->decimals; decimals++)
		n = n > JX_FORM__NUMBER_MAX ? n : n * 10;
	*out = is_negative ? -n : n;
	return jx_form__number_check(field, *out, path, err);
}
