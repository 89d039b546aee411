/* From the text of an expression to its nodes: or, and, not, comparison, sum, product, sign. */
#include "expr_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 24 /* brackets and signs inside one another: what the stack of evaluation is made for */

jx_rc jx_form__parse_fail(const struct jx_form__parser *p, const char *what)
{
	if (p->lexeme == JX_FORM__LEX_END)
		return jx_fail(p->err, JX_EINVAL, 0, JX_FORM__WHERE,
			       "pack: %s ends too early: %s: correct it there", PLACE(p->place), what);
	return jx_fail(p->err, JX_EINVAL, 0, JX_FORM__WHERE,
		       "pack: %s, character %zu, \"%.*s\": %s: correct it there", PLACE(p->place),
		       (size_t)(p->start - p->source) + 1, (int)(p->len < 40 ? p->len : 40), p->start, what);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static jx_rc take_word(struct jx_form__parser *p)
{
	const char *end = strchr(p->start + 1, '\'');

	p->lexeme = JX_FORM__LEX_WORD;
	p->len = 1;
	if (end == NULL)
		return jx_form__parse_fail(p, _("this quote is never closed"));
	p->start++;
	p->len = (size_t)(end - p->start);
	p->at = end + 1;
	return JX_OK;
}

static jx_rc take_number(struct jx_form__parser *p)
{
	p->lexeme = JX_FORM__LEX_NUMBER;
	p->number = 0;
	while (is_digit(*p->at) && p->number <= JX_FORM__NUMBER_MAX)
		p->number = p->number * 10 + (*p->at++ - '0');
	p->len = (size_t)(p->at - p->start);
	if (p->number > JX_FORM__NUMBER_MAX)
		return jx_form__parse_fail(p, _("this number is too large"));
	return JX_OK;
}

jx_rc jx_form__parse_next(struct jx_form__parser *p)
{
	while (*p->at == ' ')
		p->at++;
	p->start = p->at;
	if (*p->at == '\0') {
		p->lexeme = JX_FORM__LEX_END;
		p->len = 0;
		return JX_OK;
	}
	if (*p->at == '\'')
		return take_word(p);
	if (is_digit(*p->at))
		return take_number(p);
	p->lexeme = JX_FORM__LEX_SIGN;
	if (is_letter(*p->at)) {
		p->lexeme = JX_FORM__LEX_NAME;
		while (is_letter(*p->at) || is_digit(*p->at))
			p->at++;
	} else if (strchr("!<>", *p->at) != NULL && p->at[1] == '=') {
		p->at += 2;
	} else {
		p->at++;
	}
	p->len = (size_t)(p->at - p->start);
	return JX_OK;
}

bool jx_form__parse_is(const struct jx_form__parser *p, const char *text)
{
	return (p->lexeme == JX_FORM__LEX_NAME || p->lexeme == JX_FORM__LEX_SIGN) && p->len == strlen(text) &&
	       memcmp(p->start, text, p->len) == 0;
}

jx_rc jx_form__parse_expect(struct jx_form__parser *p, const char *text)
{
	char what[64];

	if (jx_form__parse_is(p, text))
		return jx_form__parse_next(p);
	(void)snprintf(what, sizeof(what), _("%s is missing here"), text);
	return jx_form__parse_fail(p, what);
}

jx_rc jx_form__parse_node(struct jx_form__parser *p, enum jx_form__opcode op, enum jx_form__type type,
			  uint16_t *out)
{
	struct jx_form__expr *e = p->expr;

	if (e->count > JX_FORM__NODES_MAX)
		return jx_form__parse_fail(p, _("the expression is too long, make two of it"));
	memset(&e->nodes[e->count], 0, sizeof(e->nodes[e->count]));
	e->nodes[e->count].op = op;
	e->nodes[e->count].type = type;
	*out = e->count++;
	return JX_OK;
}

static jx_rc need_type(const struct jx_form__parser *p, uint16_t node, enum jx_form__type type)
{
	if (p->expr->nodes[node].type == type)
		return JX_OK;
	if (type == JX_FORM__TRUTH)
		return jx_form__parse_fail(p, _("what stands before this is not true or false"));
	return jx_form__parse_fail(p, _("what stands before this is no number"));
}

/* Two sides into one node. */
static jx_rc join(struct jx_form__parser *p, enum jx_form__opcode op, enum jx_form__type type, uint16_t left,
		  uint16_t right, uint16_t *out)
{
	const jx_rc rc = jx_form__parse_node(p, op, type, out);

	if (rc == JX_OK) {
		p->expr->nodes[*out].left = left;
		p->expr->nodes[*out].right = right;
	}
	return rc;
}

static jx_rc parse_literal(struct jx_form__parser *p, uint16_t *out)
{
	const bool is_number = p->lexeme == JX_FORM__LEX_NUMBER;
	jx_rc rc;

	if (!is_number && p->lexeme != JX_FORM__LEX_WORD)
		return jx_form__parse_fail(p, _("a number or a 'text' must stand here"));
	rc = jx_form__parse_node(p, is_number ? JX_FORM__OP_NUMBER : JX_FORM__OP_WORD,
				 is_number ? JX_FORM__NUMBER : JX_FORM__WORD, out);
	if (rc != JX_OK)
		return rc;
	p->expr->nodes[*out].number = p->number;
	p->expr->nodes[*out].word = p->start;
	p->expr->nodes[*out].word_len = p->len;
	return jx_form__parse_next(p);
}

static jx_rc parse_primary(struct jx_form__parser *p, uint16_t *out)
{
	jx_rc rc;

	if (p->lexeme == JX_FORM__LEX_NAME)
		return jx_form__parse_name(p, out);
	if (!jx_form__parse_is(p, "("))
		return parse_literal(p, out);
	rc = jx_form__parse_next(p);
	if (rc == JX_OK)
		rc = jx_form__parse_or(p, out);
	return rc == JX_OK ? jx_form__parse_expect(p, ")") : rc;
}

static jx_rc parse_sign(struct jx_form__parser *p, uint16_t *out)
{
	uint16_t inner = 0;
	jx_rc rc;

	if (!jx_form__parse_is(p, "-"))
		return parse_primary(p, out);
	rc = jx_form__parse_next(p);
	if (rc == JX_OK)
		rc = parse_primary(p, &inner);
	if (rc == JX_OK)
		rc = need_type(p, inner, JX_FORM__NUMBER);
	return rc == JX_OK ? join(p, JX_FORM__OP_NEGATE, JX_FORM__NUMBER, inner, 0, out) : rc;
}

static jx_rc parse_product(struct jx_form__parser *p, uint16_t *out)
{
	jx_rc rc = parse_sign(p, out);

	while (rc == JX_OK && jx_form__parse_is(p, "*")) {
		uint16_t right = 0;

		rc = need_type(p, *out, JX_FORM__NUMBER);
		if (rc == JX_OK)
			rc = jx_form__parse_next(p);
		if (rc == JX_OK)
			rc = parse_sign(p, &right);
		if (rc == JX_OK)
			rc = need_type(p, right, JX_FORM__NUMBER);
		if (rc == JX_OK)
			rc = join(p, JX_FORM__OP_MULTIPLY, JX_FORM__NUMBER, *out, right, out);
	}
	return rc;
}

static jx_rc parse_sum(struct jx_form__parser *p, uint16_t *out)
{
	jx_rc rc = parse_product(p, out);

	while (rc == JX_OK && (jx_form__parse_is(p, "+") || jx_form__parse_is(p, "-"))) {
		const enum jx_form__opcode op = jx_form__parse_is(p, "+") ? JX_FORM__OP_ADD
									  : JX_FORM__OP_SUBTRACT;
		uint16_t right = 0;

		rc = need_type(p, *out, JX_FORM__NUMBER);
		if (rc == JX_OK)
			rc = jx_form__parse_next(p);
		if (rc == JX_OK)
			rc = parse_product(p, &right);
		if (rc == JX_OK)
			rc = need_type(p, right, JX_FORM__NUMBER);
		if (rc == JX_OK)
			rc = join(p, op, JX_FORM__NUMBER, *out, right, out);
	}
	return rc;
}

/* The two sides fit, and a literal beside a field is an answer that the field can have. */
static jx_rc check_sides(const struct jx_form__parser *p, uint16_t left, uint16_t right)
{
	const struct jx_form__node *a = &p->expr->nodes[left];
	const struct jx_form__node *b = &p->expr->nodes[right];

	if (a->type != b->type || a->type == JX_FORM__TRUTH)
		return jx_form__parse_fail(p, _("the two sides before this cannot be compared"));
	if (a->op == JX_FORM__OP_FIELD && b->op == JX_FORM__OP_WORD)
		return jx_form__parse_check_word(p, a->field, b);
	if (b->op == JX_FORM__OP_FIELD && a->op == JX_FORM__OP_WORD)
		return jx_form__parse_check_word(p, b->field, a);
	return JX_OK;
}

static jx_rc parse_in(struct jx_form__parser *p, uint16_t *out)
{
	uint16_t first = 0, last = 0, one = 0;
	const uint16_t left = *out;
	jx_rc rc = jx_form__parse_next(p);

	if (rc == JX_OK)
		rc = jx_form__parse_expect(p, "(");
	while (rc == JX_OK) {
		rc = parse_literal(p, &one);
		if (rc == JX_OK)
			rc = check_sides(p, left, one);
		if (rc != JX_OK)
			return rc;
		if (first == 0)
			first = one;
		else
			p->expr->nodes[last].right = one;
		last = one;
		if (!jx_form__parse_is(p, ","))
			break;
		rc = jx_form__parse_next(p);
	}
	if (rc == JX_OK)
		rc = jx_form__parse_expect(p, ")");
	return rc == JX_OK ? join(p, JX_FORM__OP_IN, JX_FORM__TRUTH, left, first, out) : rc;
}

static jx_rc parse_comparison(struct jx_form__parser *p, uint16_t *out)
{
	static const struct {
		const char *sign;
		enum jx_form__opcode op;
		bool is_of_numbers;
	} rows[] = {{"=", JX_FORM__OP_EQUAL, false}, {"!=", JX_FORM__OP_DIFFERENT, false},
		    {"<", JX_FORM__OP_LESS, true},   {"<=", JX_FORM__OP_AT_MOST, true},
		    {">", JX_FORM__OP_MORE, true},   {">=", JX_FORM__OP_AT_LEAST, true}};
	uint16_t right = 0;
	size_t i;
	jx_rc rc = parse_sum(p, out);

	if (rc == JX_OK && jx_form__parse_is(p, "in"))
		return parse_in(p, out);
	for (i = 0; rc == JX_OK && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!jx_form__parse_is(p, rows[i].sign))
			continue;
		if (rows[i].is_of_numbers)
			rc = need_type(p, *out, JX_FORM__NUMBER);
		if (rc == JX_OK)
			rc = jx_form__parse_next(p);
		if (rc == JX_OK)
			rc = parse_sum(p, &right);
		if (rc == JX_OK)
			rc = check_sides(p, *out, right);
		return rc == JX_OK ? join(p, rows[i].op, JX_FORM__TRUTH, *out, right, out) : rc;
	}
	return rc;
}

static jx_rc parse_not(struct jx_form__parser *p, uint16_t *out)
{
	uint16_t inner = 0;
	bool is_not = false;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && jx_form__parse_is(p, "not")) {
		is_not = !is_not;
		rc = jx_form__parse_next(p);
	}
	if (rc == JX_OK)
		rc = parse_comparison(p, &inner);
	*out = inner;
	if (rc != JX_OK || !is_not)
		return rc;
	rc = need_type(p, inner, JX_FORM__TRUTH);
	return rc == JX_OK ? join(p, JX_FORM__OP_NOT, JX_FORM__TRUTH, inner, 0, out) : rc;
}

static jx_rc parse_and(struct jx_form__parser *p, uint16_t *out)
{
	jx_rc rc = parse_not(p, out);

	while (rc == JX_OK && jx_form__parse_is(p, "and")) {
		uint16_t right = 0;

		rc = need_type(p, *out, JX_FORM__TRUTH);
		if (rc == JX_OK)
			rc = jx_form__parse_next(p);
		if (rc == JX_OK)
			rc = parse_not(p, &right);
		if (rc == JX_OK)
			rc = need_type(p, right, JX_FORM__TRUTH);
		if (rc == JX_OK)
			rc = join(p, JX_FORM__OP_AND, JX_FORM__TRUTH, *out, right, out);
	}
	return rc;
}

jx_rc jx_form__parse_or(struct jx_form__parser *p, uint16_t *out)
{
	jx_rc rc;

	if (++p->depth > DEPTH_MAX)
		return jx_form__parse_fail(p, _("too many brackets inside one another"));
	rc = parse_and(p, out);
	while (rc == JX_OK && jx_form__parse_is(p, "or")) {
		uint16_t right = 0;

		rc = need_type(p, *out, JX_FORM__TRUTH);
		if (rc == JX_OK)
			rc = jx_form__parse_next(p);
		if (rc == JX_OK)
			rc = parse_and(p, &right);
		if (rc == JX_OK)
			rc = need_type(p, right, JX_FORM__TRUTH);
		if (rc == JX_OK)
			rc = join(p, JX_FORM__OP_OR, JX_FORM__TRUTH, *out, right, out);
	}
	p->depth--;
	return rc;
}

void jx_form__expr_free(struct jx_form__expr *expr)
{
	if (expr == NULL)
		return;
	free(expr->nodes);
	free(expr);
}

static jx_rc compile(struct jx_form__parser *p, enum jx_form__type wanted)
{
	static const char *const wants[] = {N_("it must be a number"), N_("it must be a text"),
					    N_("it must be true or false")};
	jx_rc rc = jx_form__parse_next(p);

	if (rc == JX_OK)
		rc = jx_form__parse_or(p, &p->expr->root);
	if (rc == JX_OK && p->lexeme != JX_FORM__LEX_END)
		return jx_form__parse_fail(p, _("nothing more can stand here"));
	if (rc == JX_OK && p->expr->nodes[p->expr->root].type != wanted)
		return jx_fail(p->err, JX_EINVAL, 0, JX_FORM__WHERE, "pack: %s: %s: correct it there",
			       PLACE(p->place), _(wants[wanted]));
	return rc;
}

jx_rc jx_form__expr_compile(const char *source, enum jx_form__type wanted, const struct jx_form__scope *scope,
			    const struct jx_form__place *place, struct jx_form__expr **out,
			    struct jx_error *err)
{
	struct jx_form__node nodes[JX_FORM__NODES_MAX + 1] = {0};
	struct jx_form__expr expr = {.nodes = nodes, .count = 1};
	struct jx_form__parser p = {
		.scope = scope,
		.group = scope->group,
		.is_row = scope->group != JX_FORM__NONE,
		.source = source,
		.at = source,
		.expr = &expr,
		.place = place,
		.err = err,
	};
	const jx_rc rc = compile(&p, wanted);

	if (rc != JX_OK)
		return rc;
	*out = jx_xmalloc(sizeof(**out));
	**out = expr;
	(*out)->nodes = jx_xcalloc(expr.count, sizeof(*nodes));
	memcpy((*out)->nodes, nodes, expr.count * sizeof(*nodes));
	return JX_OK;
}
