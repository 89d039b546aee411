/* Expressions over a sheet. */
#include <stdlib.h>
#include <string.h>

#include "sheet.h"

typedef struct jx_form__value value;

static const value nothing = {.state = JX_FORM__NOTHING};
static const value overflow = {.state = JX_FORM__OVERFLOW};

struct run {
	const struct jx_form__expr *expr;
	const jx_sheet *sheet;
	size_t row;
};

static value number(int64_t n)
{
	return (value){.state = JX_FORM__VALUE, .number = n};
}

static value eval(const struct run *run, uint16_t at);

static value calculate(enum jx_form__opcode op, int64_t a, int64_t b)
{
	int64_t n;
	bool is_over;

	if (op == JX_FORM__OP_ADD)
		is_over = __builtin_add_overflow(a, b, &n);
	else if (op == JX_FORM__OP_SUBTRACT)
		is_over = __builtin_sub_overflow(a, b, &n);
	else
		is_over = __builtin_mul_overflow(a, b, &n);
	return is_over ? overflow : number(n);
}

static bool is_same(const struct jx_form__node *node, const value *a, const value *b)
{
	if (node->type == JX_FORM__NUMBER)
		return a->number == b->number;
	return a->word_len == b->word_len && memcmp(a->word, b->word, a->word_len) == 0;
}

static value compare(const struct run *run, const struct jx_form__node *node, const value *a, const value *b)
{
	const struct jx_form__node *left = &run->expr->nodes[node->left];

	switch (node->op) {
	case JX_FORM__OP_EQUAL:
		return number(is_same(left, a, b));
	case JX_FORM__OP_DIFFERENT:
		return number(!is_same(left, a, b));
	case JX_FORM__OP_LESS:
		return number(a->number < b->number);
	case JX_FORM__OP_AT_MOST:
		return number(a->number <= b->number);
	case JX_FORM__OP_MORE:
		return number(a->number > b->number);
	case JX_FORM__OP_AT_LEAST:
		return number(a->number >= b->number);
	case JX_FORM__OP_NUMBER:
	case JX_FORM__OP_WORD:
	case JX_FORM__OP_FIELD:
	case JX_FORM__OP_NEGATE:
	case JX_FORM__OP_ADD:
	case JX_FORM__OP_SUBTRACT:
	case JX_FORM__OP_MULTIPLY:
	case JX_FORM__OP_IN:
	case JX_FORM__OP_AND:
	case JX_FORM__OP_OR:
	case JX_FORM__OP_NOT:
	case JX_FORM__OP_SET:
	case JX_FORM__OP_ROWS:
	case JX_FORM__OP_SUM:
	case JX_FORM__OP_COUNT:
	case JX_FORM__OP_HAS:
	case JX_FORM__OP_OR0:
		break;
	}
	return calculate(node->op, a->number, b->number);
}

static value eval_two(const struct run *run, const struct jx_form__node *node)
{
	const value a = eval(run, node->left);
	const value b = eval(run, node->right);

	if (a.state == JX_FORM__OVERFLOW || b.state == JX_FORM__OVERFLOW)
		return overflow;
	if (a.state == JX_FORM__NOTHING || b.state == JX_FORM__NOTHING)
		return nothing;
	return compare(run, node, &a, &b);
}

/* The side that decides alone does so whatever the other is: false for `and`, true for `or`. */
static value eval_logic(const struct run *run, const struct jx_form__node *node)
{
	const int64_t decides = node->op == JX_FORM__OP_OR;
	const value a = eval(run, node->left);
	value b;

	if (a.state == JX_FORM__OVERFLOW || (a.state == JX_FORM__VALUE && a.number == decides))
		return a;
	b = eval(run, node->right);
	if (b.state != JX_FORM__VALUE || b.number == decides)
		return b;
	return a.state == JX_FORM__NOTHING ? a : b;
}

static value eval_in(const struct run *run, const struct jx_form__node *node)
{
	const value a = eval(run, node->left);
	uint16_t at;

	if (a.state != JX_FORM__VALUE)
		return a;
	for (at = node->right; at != 0; at = run->expr->nodes[at].right) {
		const struct jx_form__node *one = &run->expr->nodes[at];
		const value b = {.number = one->number, .word = one->word, .word_len = one->word_len};

		if (is_same(one, &a, &b))
			return number(1);
	}
	return number(0);
}

static value eval_sum(const struct run *run, const struct jx_form__node *node)
{
	value sum = number(0);
	size_t row;

	for (row = 0; row < run->sheet->groups[node->group].count; row++) {
		const value one = jx_form__sheet_value(run->sheet, node->field, row);

		if (one.state == JX_FORM__OVERFLOW)
			return one;
		if (one.state == JX_FORM__VALUE &&
		    __builtin_add_overflow(sum.number, one.number, &sum.number))
			return overflow;
	}
	return sum;
}

static value eval_count(const struct run *run, const struct jx_form__node *node)
{
	struct run inner = *run;
	int64_t n = 0;

	for (inner.row = 0; inner.row < run->sheet->groups[node->group].count; inner.row++) {
		const value one = eval(&inner, node->left);

		if (one.state == JX_FORM__OVERFLOW)
			return one;
		n += one.state == JX_FORM__VALUE && one.number != 0;
	}
	return number(n);
}

static value eval_has(const struct run *run, const struct jx_form__node *node)
{
	const struct jx_form__spot spot = {node->field, run->row};
	const struct jx_form__answer *a = jx_form__sheet_answer(run->sheet, spot);
	const struct jx_form__codes *codes = run->sheet->form->fields[node->field].codes;
	size_t i;

	if (a == NULL)
		return nothing;
	for (i = 0; i < a->choice_count; i++) {
		const char *code = codes->codes[a->choices[i]].pub.code;

		if (strlen(code) == node->word_len && memcmp(code, node->word, node->word_len) == 0)
			return number(1);
	}
	return number(0);
}

static bool is_set(const struct run *run, uint32_t field)
{
	const struct jx_form__spot spot = {field, run->row};
	const enum jx_field_type type = run->sheet->form->pub.fields[field].type;

	if (type == JX_FIELD_INTEGER || type == JX_FIELD_DECIMAL)
		return jx_form__sheet_value(run->sheet, field, run->row).state != JX_FORM__NOTHING;
	return jx_form__sheet_answer(run->sheet, spot) != NULL;
}

static value eval_not(value a)
{
	if (a.state == JX_FORM__VALUE)
		a.number = !a.number;
	return a;
}

static value eval(const struct run *run, uint16_t at)
{
	const struct jx_form__node *node = &run->expr->nodes[at];
	value a;

	switch (node->op) {
	case JX_FORM__OP_NUMBER:
		return number(node->number);
	case JX_FORM__OP_WORD:
		return (value){.state = JX_FORM__VALUE, .word = node->word, .word_len = node->word_len};
	case JX_FORM__OP_FIELD:
		return jx_form__sheet_value(run->sheet, node->field, run->row);
	case JX_FORM__OP_NEGATE:
		a = eval(run, node->left);
		return a.state == JX_FORM__VALUE ? calculate(JX_FORM__OP_SUBTRACT, 0, a.number) : a;
	case JX_FORM__OP_NOT:
		return eval_not(eval(run, node->left));
	case JX_FORM__OP_OR0:
		a = eval(run, node->left);
		return a.state == JX_FORM__NOTHING ? number(0) : a;
	case JX_FORM__OP_AND:
	case JX_FORM__OP_OR:
		return eval_logic(run, node);
	case JX_FORM__OP_IN:
		return eval_in(run, node);
	case JX_FORM__OP_SET:
		return number(is_set(run, node->field));
	case JX_FORM__OP_ROWS:
		return number((int64_t)run->sheet->groups[node->group].count);
	case JX_FORM__OP_SUM:
		return eval_sum(run, node);
	case JX_FORM__OP_COUNT:
		return eval_count(run, node);
	case JX_FORM__OP_HAS:
		return eval_has(run, node);
	case JX_FORM__OP_ADD:
	case JX_FORM__OP_SUBTRACT:
	case JX_FORM__OP_MULTIPLY:
	case JX_FORM__OP_EQUAL:
	case JX_FORM__OP_DIFFERENT:
	case JX_FORM__OP_LESS:
	case JX_FORM__OP_AT_MOST:
	case JX_FORM__OP_MORE:
	case JX_FORM__OP_AT_LEAST:
		break;
	}
	return eval_two(run, node);
}

struct jx_form__value jx_form__expr_eval(const struct jx_form__expr *expr, const jx_sheet *sheet, size_t row)
{
	const struct run run = {expr, sheet, row};

	return eval(&run, expr->root);
}

bool jx_form__expr_is_true(const struct jx_form__expr *expr, const jx_sheet *sheet, size_t row)
{
	value v;

	if (expr == NULL)
		return true;
	v = jx_form__expr_eval(expr, sheet, row);
	return v.state == JX_FORM__VALUE && v.number != 0;
}
