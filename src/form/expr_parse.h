/* What the two halves of the compiler of expressions share. */
#ifndef JX_FORM_EXPR_PARSE_H
#define JX_FORM_EXPR_PARSE_H

#include "expr.h"

#define JX_FORM__NODES_MAX 250

enum jx_form__lexeme {
	JX_FORM__LEX_END,
	JX_FORM__LEX_NUMBER,
	JX_FORM__LEX_WORD,
	JX_FORM__LEX_NAME,
	JX_FORM__LEX_SIGN
};

struct jx_form__parser {
	const struct jx_form__scope *scope;
	uint32_t group; /* of the row whose fields names mean, or JX_FORM__NONE */
	bool is_row;    /* inside a row: sums over rows there would be rows times rows */
	const char *source;
	const char *at; /* behind the current lexeme */
	enum jx_form__lexeme lexeme;
	const char *start; /* of the lexeme; of a word without its quotes */
	size_t len;
	int64_t number;
	struct jx_form__expr *expr;
	unsigned depth;
	const struct jx_form__place *place;
	struct jx_error *err;
};

/* what: what is wrong with the current lexeme, already translated. */
jx_rc jx_form__parse_fail(const struct jx_form__parser *p, const char *what);
jx_rc jx_form__parse_next(struct jx_form__parser *p);
bool jx_form__parse_is(const struct jx_form__parser *p, const char *text);
/* The sign or word `text`, or an error that says it is missing. */
jx_rc jx_form__parse_expect(struct jx_form__parser *p, const char *text);
jx_rc jx_form__parse_node(struct jx_form__parser *p, enum jx_form__opcode op, enum jx_form__type type,
			  uint16_t *out);
jx_rc jx_form__parse_or(struct jx_form__parser *p, uint16_t *out);
/* A name: a field, or a function with its arguments. */
jx_rc jx_form__parse_name(struct jx_form__parser *p, uint16_t *out);
/* A literal must be an answer that the field can have. */
jx_rc jx_form__parse_check_word(const struct jx_form__parser *p, uint32_t number,
				const struct jx_form__node *word);

#endif
