#include "quantity.h"

#include <stdio.h>
#include <string.h>

#define WHERE "form.quantity"

static int64_t power_of_ten(int64_t n)
{
	int64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

jx_rc jx_form__quantity_check(const struct jx_form__quantity *q, struct jx_error *err)
{
	if (q->decimals < 0 || q->decimals > JX_FORM__DECIMALS_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "quantity has more than %d decimals: round it",
			       JX_FORM__DECIMALS_MAX);
	if (q->digits <= 0)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"quantity must be more than 0: for nothing choose the result \"nothing-found\"");
	if (q->digits > JX_FORM__QUANTITY_MAX * power_of_ten(q->decimals))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "quantity is more than %lld: check the number and its unit",
			       (long long)JX_FORM__QUANTITY_MAX);
	return JX_OK;
}

static jx_rc fail_form(const char *s, struct jx_error *err)
{
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "quantity \"%.40s\" is no number: write digits such as 3 or 2.5", s);
}

jx_rc jx_form__quantity_parse(const char *s, struct jx_form__quantity *out, struct jx_error *err)
{
	static const char digits[] = "0123456789";
	const size_t whole = strspn(s, digits);
	const size_t part = s[whole] == '.' ? strspn(s + whole + 1, digits) : 0;
	struct jx_form__quantity q = {0, 0};
	size_t i;
	jx_rc rc;

	if (whole == 0 || (s[whole] == '.' ? part == 0 || s[whole + 1 + part] != '\0' : s[whole] != '\0'))
		return fail_form(s, err);
	if (part > JX_FORM__DECIMALS_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "quantity has more than %d decimals: round it",
			       JX_FORM__DECIMALS_MAX);
	/* saturates far above the ceiling and far below what fits */
	for (i = 0; s[i] != '\0'; i++)
		if (s[i] != '.' && q.digits <= JX_FORM__QUANTITY_MAX * 10000)
			q.digits = q.digits * 10 + (s[i] - '0');
	q.decimals = (int64_t)part;
	rc = jx_form__quantity_check(&q, err);
	if (rc != JX_OK)
		return rc;
	for (; q.decimals > 0 && q.digits % 10 == 0; q.decimals--)
		q.digits /= 10;
	*out = q;
	return JX_OK;
}

void jx_form__quantity_format(const struct jx_form__quantity *q, char *out, size_t cap)
{
	const int64_t scale = power_of_ten(q->decimals);
	int64_t part = q->digits % scale;
	char decimals[20] = "";
	int64_t i;

	for (i = q->decimals - 1; i >= 0 && i < (int64_t)sizeof(decimals) - 1; i--) {
		const int digit = (int)(part % 10);

		decimals[i] = (char)('0' + (digit < 0 ? -digit : digit));
		part /= 10;
	}
	(void)snprintf(out, cap, "%s%lld%s%s", q->digits < 0 && q->digits / scale == 0 ? "-" : "",
		       (long long)(q->digits / scale), q->decimals > 0 ? "." : "", decimals);
}
