/* Quantities without fractions: 2.5 is 25 with exponent -1. */
#ifndef JX_FORM_QUANTITY_H
#define JX_FORM_QUANTITY_H

#include "jiexun/base.h"

#define JX_FORM__DECIMALS_MAX 3
#define JX_FORM__QUANTITY_MAX INT64_C(1000000000)

struct jx_form__quantity {
	int64_t digits;   /* value times 10^decimals; not divisible by 10 unless decimals is 0 */
	int64_t decimals; /* 0 to 3 */
};

/* From what was typed: "3", "2.5". @retval JX_EINVAL names the field "quantity" */
jx_rc jx_form__quantity_parse(const char *s, struct jx_form__quantity *out, struct jx_error *err);
/* More than nothing, at most the ceiling, at most three decimals. */
jx_rc jx_form__quantity_check(const struct jx_form__quantity *q, struct jx_error *err);
/* Decimal text: "2.5". Any digits; decimals from 0 to 18. */
void jx_form__quantity_format(const struct jx_form__quantity *q, char *out, size_t cap);

#endif
