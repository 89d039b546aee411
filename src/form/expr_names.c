/* Names in expressions: fields, and the functions over fields and groups. */
#include <stdio.h>
#include <string.h>

#include "expr_parse.h"

bool jx_form__is_reserved(const char *word, size_t len)
{
	static const char *const words[] = {"and", "or",    "not", "in",    "set", "rows",
					    "sum", "count", "has", "where", "or0"};
	size_t i;

	/* "rows" and "count" stand before a bracket where they are functions, but a reader should not have to look */
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
			return true;
	return false;
}

static enum jx_form__type type_of(const struct jx_field *field)
{
	return field->type == JX_FIELD_INTEGER || field->type == JX_FIELD_DECIMAL ? JX_FORM__NUMBER
										  : JX_FORM__WORD;
}

/* The field that the current lexeme names here. */
static jx_rc find_field(struct jx_form__parser *p, uint32_t *out)
{
	const struct jx_form__form *form = p->scope->form;
	uint32_t field = JX_FORM__NONE;

	if (p->lexeme != JX_FORM__LEX_NAME)
		return jx_form__parse_fail(p, _("the name of a field must stand here"));
	if (p->group != JX_FORM__NONE)
		field = jx_form__find_field(form, p->group, p->start, p->len);
	if (field == JX_FORM__NONE)
		field = jx_form__find_field(form, JX_FORM__NONE, p->start, p->len);
	if (field == JX_FORM__NONE && jx_form__find_group(form, p->start, p->len) != JX_FORM__NONE)
		return jx_form__parse_fail(p, _("this is a group: use rows(), sum() or count() of it"));
	if (field == JX_FORM__NONE)
		return jx_form__parse_fail(p, _("no field here is called so"));
	*out = field;
	return JX_OK;
}

static jx_rc find_group(struct jx_form__parser *p, uint32_t *out)
{
	const uint32_t group = p->lexeme == JX_FORM__LEX_NAME
				       ? jx_form__find_group(p->scope->form, p->start, p->len)
				       : JX_FORM__NONE;

	if (group == JX_FORM__NONE)
		return jx_form__parse_fail(p, _("no group of this form is called so"));
	p->expr->groups |= UINT64_C(1) << group;
	*out = group;
	return jx_form__parse_next(p);
}

jx_rc jx_form__parse_check_word(const struct jx_form__parser *p, uint32_t number,
				const struct jx_form__node *word)
{
	static const char *const answers[] = {"yes", "no", "unknown"};
	const struct jx_form__form *form = p->scope->form;
	const struct jx_field *field = &form->pub.fields[number];
	const struct jx_form__codes *codes = form->fields[number].codes;
	char text[JX_FORM__LIST_CODE_BYTES + 1];
	char what[160];
	size_t i;

	if (word->word_len <= JX_FORM__LIST_CODE_BYTES) {
		memcpy(text, word->word, word->word_len);
		text[word->word_len] = '\0';
		if (codes != NULL && jx_form__index_find(&codes->code_index, text) < codes->count)
			return JX_OK;
		for (i = 0; field->type == JX_FIELD_YES_NO && i < 3; i++)
			if (strcmp(text, answers[i]) == 0)
				return JX_OK;
	}
	if (codes == NULL && field->type != JX_FIELD_YES_NO)
		return JX_OK;
	(void)snprintf(what, sizeof(what), _("\"%.*s\" is no answer of the field %s"),
		       (int)(word->word_len < 24 ? word->word_len : 24), word->word, field->id);
	return jx_form__parse_fail(p, what);
}

static jx_rc parse_set(struct jx_form__parser *p, uint16_t *out)
{
	uint32_t field = 0;
	jx_rc rc = find_field(p, &field);

	if (rc == JX_OK && p->scope->form->pub.fields[field].type == JX_FIELD_PHOTO)
		rc = jx_form__parse_fail(p, _("answers hold nothing of a photo"));
	if (rc == JX_OK)
		rc = jx_form__parse_node(p, JX_FORM__OP_SET, JX_FORM__TRUTH, out);
	if (rc != JX_OK)
		return rc;
	p->expr->nodes[*out].field = field;
	return jx_form__parse_next(p);
}

static jx_rc parse_rows(struct jx_form__parser *p, uint16_t *out)
{
	uint32_t group = 0;
	jx_rc rc = find_group(p, &group);

	if (rc == JX_OK)
		rc = jx_form__parse_node(p, JX_FORM__OP_ROWS, JX_FORM__NUMBER, out);
	if (rc == JX_OK)
		p->expr->nodes[*out].group = group;
	return rc;
}

static jx_rc need_form_scope(struct jx_form__parser *p)
{
	if (!p->is_row)
		return JX_OK;
	return jx_form__parse_fail(p, _("what is asked row by row cannot go through all rows: ask it once"));
}

static jx_rc parse_sum_of(struct jx_form__parser *p, uint16_t *out)
{
	const struct jx_form__form *form = p->scope->form;
	uint32_t group = 0, field;
	jx_rc rc = need_form_scope(p);

	if (rc == JX_OK)
		rc = find_group(p, &group);
	if (rc == JX_OK)
		rc = jx_form__parse_expect(p, ".");
	if (rc != JX_OK)
		return rc;
	field = p->lexeme == JX_FORM__LEX_NAME ? jx_form__find_field(form, group, p->start, p->len)
					       : JX_FORM__NONE;
	if (field == JX_FORM__NONE || type_of(&form->pub.fields[field]) != JX_FORM__NUMBER)
		return jx_form__parse_fail(p, _("the group has no number of that name"));
	rc = jx_form__parse_node(p, JX_FORM__OP_SUM, JX_FORM__NUMBER, out);
	if (rc != JX_OK)
		return rc;
	p->expr->nodes[*out].group = group;
	p->expr->nodes[*out].field = field;
	return jx_form__parse_next(p);
}

static jx_rc parse_count(struct jx_form__parser *p, uint16_t *out)
{
	uint32_t group = 0;
	uint16_t where = 0;
	jx_rc rc = need_form_scope(p);

	if (rc == JX_OK)
		rc = find_group(p, &group);
	if (rc == JX_OK)
		rc = jx_form__parse_expect(p, "where");
	if (rc != JX_OK)
		return rc;
	p->group = group;
	p->is_row = true;
	rc = jx_form__parse_or(p, &where);
	p->group = p->scope->group;
	p->is_row = false;
	if (rc == JX_OK && p->expr->nodes[where].type != JX_FORM__TRUTH)
		rc = jx_form__parse_fail(p, _("what stands before this is not true or false"));
	if (rc == JX_OK)
		rc = jx_form__parse_node(p, JX_FORM__OP_COUNT, JX_FORM__NUMBER, out);
	if (rc == JX_OK) {
		p->expr->nodes[*out].group = group;
		p->expr->nodes[*out].left = where;
	}
	return rc;
}

static jx_rc parse_has(struct jx_form__parser *p, uint16_t *out)
{
	uint32_t field = 0;
	jx_rc rc = find_field(p, &field);

	if (rc == JX_OK && p->scope->form->pub.fields[field].type != JX_FIELD_CHOICES)
		rc = jx_form__parse_fail(p, _("has() is for fields with several choices"));
	if (rc == JX_OK)
		rc = jx_form__parse_next(p);
	if (rc == JX_OK)
		rc = jx_form__parse_expect(p, ",");
	if (rc == JX_OK && p->lexeme != JX_FORM__LEX_WORD)
		rc = jx_form__parse_fail(p, _("a 'text' must stand here"));
	if (rc == JX_OK)
		rc = jx_form__parse_node(p, JX_FORM__OP_HAS, JX_FORM__TRUTH, out);
	if (rc != JX_OK)
		return rc;
	p->expr->nodes[*out].field = field;
	p->expr->nodes[*out].word = p->start;
	p->expr->nodes[*out].word_len = p->len;
	rc = jx_form__parse_check_word(p, field, &p->expr->nodes[*out]);
	return rc == JX_OK ? jx_form__parse_next(p) : rc;
}

static jx_rc parse_or0(struct jx_form__parser *p, uint16_t *out)
{
	uint16_t inner = 0;
	jx_rc rc = jx_form__parse_or(p, &inner);

	if (rc == JX_OK && p->expr->nodes[inner].type != JX_FORM__NUMBER)
		rc = jx_form__parse_fail(p, _("what stands before this is no number"));
	if (rc == JX_OK)
		rc = jx_form__parse_node(p, JX_FORM__OP_OR0, JX_FORM__NUMBER, out);
	if (rc == JX_OK)
		p->expr->nodes[*out].left = inner;
	return rc;
}

static jx_rc parse_field(struct jx_form__parser *p, uint16_t *out)
{
	const struct jx_field *field;
	uint32_t number = 0;
	jx_rc rc = find_field(p, &number);

	if (rc != JX_OK)
		return rc;
	field = &p->scope->form->pub.fields[number];
	if (field->type == JX_FIELD_CHOICES)
		return jx_form__parse_fail(p, _("a field with several choices needs has()"));
	if (field->type == JX_FIELD_PHOTO)
		return jx_form__parse_fail(p, _("answers hold nothing of a photo"));
	rc = jx_form__parse_node(p, JX_FORM__OP_FIELD, type_of(field), out);
	if (rc != JX_OK)
		return rc;
	p->expr->nodes[*out].field = number;
	return jx_form__parse_next(p);
}

jx_rc jx_form__parse_name(struct jx_form__parser *p, uint16_t *out)
{
	static const struct {
		const char *name;
		jx_rc (*parse)(struct jx_form__parser *p, uint16_t *out);
	} functions[] = {{"set", parse_set},     {"rows", parse_rows}, {"sum", parse_sum_of},
			 {"count", parse_count}, {"has", parse_has},   {"or0", parse_or0}};
	size_t i;
	jx_rc rc;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (!jx_form__parse_is(p, functions[i].name))
			continue;
		rc = jx_form__parse_next(p);
		if (rc == JX_OK)
			rc = jx_form__parse_expect(p, "(");
		if (rc == JX_OK)
			rc = functions[i].parse(p, out);
		return rc == JX_OK ? jx_form__parse_expect(p, ")") : rc;
	}
	if (jx_form__is_reserved(p->start, p->len))
		return jx_form__parse_fail(p, _("a value must stand here"));
	return parse_field(p, out);
}
