/* Forms of a loaded pack: what form.h shows, and the rules behind it. */
#ifndef JX_FORM_FORMS_H
#define JX_FORM_FORMS_H

#include "pack_private.h"

/* Beside the public field of the same number. */
struct jx_form__field {
	const struct jx_form__codes *codes; /* of a choice */
	const char *counted_source, *shown_source;
	struct jx_form__expr *counted, *shown; /* NULL: none */
	int shared; /* number of the shared section it stands in, -1: the form's own; for messages */
	size_t shared_field;
};
struct jx_form__section {
	size_t first, count; /* fields */
};
struct jx_form__check {
	const char *id;
	struct jx_form__expr *must;
	uint32_t each; /* once per row of that group, or JX_FORM__NONE */
	uint32_t at;   /* field */
	struct jx_text say;
	const char *confidence;
};
/* Shows an index, or a value of its own. */
struct jx_form__computed {
	struct jx_text name;
	const char *index;
	struct jx_form__expr *value;
	const char *unit;
};
struct jx_form__count {
	const char *index;
	struct jx_form__expr *numerator, *denominator, *when;
};
struct jx_form__quota_row {
	const char *quota;
	uint32_t class_field; /* JX_FORM__NONE: the quota has one row without a class */
	struct jx_form__expr *units, *effort, *when;
};
struct jx_form__form {
	struct jx_form pub;
	struct jx_section *pub_sections;
	struct jx_field *pub_fields;
	struct jx_form__section *sections;
	struct jx_form__field *fields;
	/* fields with a condition or counted, each after those that its expressions need */
	uint32_t *order;
	size_t order_count;
	struct jx_form__check *checks;
	size_t check_count;
	struct jx_form__computed *computed;
	size_t computed_count;
	struct jx_form__count *counts;
	size_t count_count;
	struct jx_form__quota_row *quota;
	size_t quota_count;
};

/* Sections that forms share: fields by number, read once. */
struct jx_form__shared {
	const char *id;
	struct jx_text name;
	struct jx_field *pub_fields;
	struct jx_form__field *fields;
	size_t field_count;
};
struct jx_form__shared_list {
	struct jx_form__shared *rows;
	size_t count;
};
void jx_form__shared_done(struct jx_form__shared_list *list);
jx_rc jx_form__load_shared(struct jx_form__reader *r, struct jx_form__shared_list *list,
			   struct jx_error *err);

/* One field; expressions are kept as text until the whole form is there. */
jx_rc jx_form__load_field(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  struct jx_field *pub, struct jx_form__field *field, struct jx_error *err);
/* Sections and fields of a form. */
jx_rc jx_form__load_sections(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			     const struct jx_form__shared_list *shared, struct jx_form__form *form,
			     struct jx_error *err);
/* Conditions and counted fields of all fields, and the order in which to evaluate them. */
jx_rc jx_form__link_fields(struct jx_form__form *form, const struct jx_form__place *place,
			   struct jx_error *err);
/* checks, computed, counts, quota. */
jx_rc jx_form__load_rules(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  struct jx_form__form *form, struct jx_error *err);
/* A word of small letters, digits and _ that begins with a letter and is no word of expressions. */
jx_rc jx_form__read_name(struct jx_form__reader *r, int obj, const char *name,
			 const struct jx_form__place *place, const char **out, struct jx_error *err);

/* Number of a field outside of groups, or in the group `section`; JX_FORM__NONE if there is none. */
uint32_t jx_form__find_field(const struct jx_form__form *form, uint32_t section, const char *id, size_t len);
uint32_t jx_form__find_group(const struct jx_form__form *form, const char *id, size_t len);
static inline bool jx_form__is_row_field(const struct jx_form__form *form, uint32_t field)
{
	return form->pub.sections[form->pub.fields[field].section].is_repeat;
}

/* Words that are no names. */
bool jx_form__is_reserved(const char *word, size_t len);

#endif
