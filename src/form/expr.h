/*
 * Expressions of a pack: compiled when it is loaded, evaluated over a sheet. Whole numbers (int64; past them is an error, never
 * a wrap), texts and truths. Three-valued: an unanswered field is nothing, and so is what needs it; only `and` and `or` know
 * better where the other side alone decides.
 */
#ifndef JX_FORM_EXPR_H
#define JX_FORM_EXPR_H

#include "forms.h"

enum jx_form__type {
	JX_FORM__NUMBER,
	JX_FORM__WORD,
	JX_FORM__TRUTH
};

enum jx_form__opcode {
	JX_FORM__OP_NUMBER,
	JX_FORM__OP_WORD,
	JX_FORM__OP_FIELD,
	JX_FORM__OP_NEGATE,
	JX_FORM__OP_ADD,
	JX_FORM__OP_SUBTRACT,
	JX_FORM__OP_MULTIPLY,
	JX_FORM__OP_EQUAL,
	JX_FORM__OP_DIFFERENT,
	JX_FORM__OP_LESS,
	JX_FORM__OP_AT_MOST,
	JX_FORM__OP_MORE,
	JX_FORM__OP_AT_LEAST,
	JX_FORM__OP_IN, /* left in the chain of literals at right */
	JX_FORM__OP_AND,
	JX_FORM__OP_OR,
	JX_FORM__OP_NOT,
	JX_FORM__OP_SET,   /* of field */
	JX_FORM__OP_ROWS,  /* of group */
	JX_FORM__OP_SUM,   /* of field in its group */
	JX_FORM__OP_COUNT, /* of group, where left */
	JX_FORM__OP_HAS,   /* of field, word */
	JX_FORM__OP_OR0    /* left, or 0 where that is nothing */
};

struct jx_form__node {
	enum jx_form__opcode op;
	enum jx_form__type type;
	uint16_t left, right; /* nodes; in a chain of literals right is the next, 0 the last */
	uint32_t field;
	uint32_t group; /* section number */
	int64_t number;
	const char *word; /* in the source, not NUL-terminated */
	size_t word_len;
};
struct jx_form__expr {
	struct jx_form__node *nodes; /* number 0 is never used */
	uint16_t count;
	uint16_t root;
	uint64_t groups; /* bit of each group it names */
};

/* Where names are looked up. group JX_FORM__NONE: the form; else a row of that group, then the form. */
struct jx_form__scope {
	const struct jx_form__form *form;
	uint32_t group;
};
/* @retval JX_EINVAL  names the place and what is wrong there */
jx_rc jx_form__expr_compile(const char *source, enum jx_form__type wanted, const struct jx_form__scope *scope,
			    const struct jx_form__place *place, struct jx_form__expr **out,
			    struct jx_error *err);
void jx_form__expr_free(struct jx_form__expr *expr);

enum jx_form__state {
	JX_FORM__NOTHING,
	JX_FORM__VALUE,
	JX_FORM__OVERFLOW
};
struct jx_form__value {
	enum jx_form__state state;
	int64_t number; /* a truth is 1 or 0 */
	const char *word;
	size_t word_len;
};
/* row: of the scope's group, else ignored. */
struct jx_form__value jx_form__expr_eval(const struct jx_form__expr *expr, const jx_sheet *sheet, size_t row);
/* True, and not nothing. NULL is true. */
bool jx_form__expr_is_true(const struct jx_form__expr *expr, const jx_sheet *sheet, size_t row);

#endif
