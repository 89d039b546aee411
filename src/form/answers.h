/* Answers of an observation between typing and bytes: one set of rules for what is written and checked. */
#ifndef JX_FORM_ANSWERS_H
#define JX_FORM_ANSWERS_H

#include "pack_private.h"
#include "quantity.h"

#define JX_FORM__ANSWERS "form.answers"

struct jx_form__answers {
	const char *result;
	const char *code; /* a code, NULL if none */
	bool has_quantity;
	struct jx_form__quantity quantity;
	const char *unit; /* a unit's id, NULL if none */
	const char *note;
	const char *party;
	const char *unit_responsible;
	bool is_self_handled;
	uint64_t measures; /* bits: numbers of codes in the pack's list of measures */
	bool has_limit;
	int64_t limit_days;
	uint32_t party_kind; /* number in the pack's list, or JX_FORM__NONE */
};

/* Name of a result, or NULL if there is no such. */
const char *jx_form__result(const char *s);
jx_rc jx_form__fail_code(const jx_pack *pack, const char *typed, struct jx_error *err);
/* All rules. */
jx_rc jx_form__answers_check(const jx_pack *pack, const struct jx_form__answers *a, const char *day,
			     struct jx_error *err);

/* measures, limit_days, party_kind: as typed, as written, to be written, and their rules. */
jx_rc jx_form__measures_parse(const jx_pack *pack, const struct jx_observation *in, const char *day,
			      struct jx_form__answers *a, struct jx_error *err);
jx_rc jx_form__measures_read(const jx_pack *pack, const jx_json *doc, const char *day,
			     struct jx_form__answers *a, struct jx_error *err);
void jx_form__measures_write(const jx_pack *pack, const struct jx_form__answers *a, jx_buf *b);
jx_rc jx_form__measures_check(const jx_pack *pack, const struct jx_form__answers *a, const char *day,
			      struct jx_error *err);

#endif
