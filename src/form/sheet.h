/* A form being filled in: a cell for each field outside of groups, and rows of cells for each group. */
#ifndef JX_FORM_SHEET_H
#define JX_FORM_SHEET_H

#include "expr.h"

#define JX_FORM__SHEET "form.sheet"
/* Room for the rest of an entry, whose bytes have the ceiling of jx_json_entry_limits. */
#define JX_FORM__ANSWERS_BYTES ((size_t)56 * 1024)
#define JX_FORM__CHOICES_MAX   64

/* One answer as it was given. */
struct jx_form__answer {
	bool is_set;
	int64_t number; /* kept whole number; code number of a choice; 0 yes, 1 no, 2 unknown */
	char *text;
	uint32_t *choices; /* code numbers in list order */
	size_t choice_count;
};
struct jx_form__cell {
	struct jx_form__answer typed;
	bool is_hidden;  /* by its condition: it counts as nothing, but comes again with the condition */
	bool is_counted; /* from rows: what was typed is not looked at */
	struct jx_form__value counted;
};
struct jx_form__rows {
	struct jx_form__cell *cells; /* row by row */
	size_t count, cap;
};
struct jx_sheet {
	const jx_pack *pack;
	const struct jx_form__form *form;
	char day[11];
	struct jx_form__cell *cells;  /* by field number; those of row fields are not used */
	struct jx_form__rows *groups; /* by section number */
};

/* A field of a sheet: row is 0 for those outside of groups. */
struct jx_form__spot {
	uint32_t field;
	size_t row;
};
/* False if there is no such field; the row may be one past the last. */
bool jx_form__spot_parse(const struct jx_form__form *form, const char *path, struct jx_form__spot *out);
void jx_form__spot_format(const struct jx_form__form *form, struct jx_form__spot spot,
			  char out[JX_FIELD_PATH_MAX]);
/* NULL if the sheet has no such row. */
struct jx_form__cell *jx_form__sheet_cell(const jx_sheet *sheet, struct jx_form__spot spot);
/* What counts there now: a number, or word for all else; conditions and counting are taken in. */
struct jx_form__value jx_form__sheet_value(const jx_sheet *sheet, uint32_t field, size_t row);
/* The answer that counts for fields that are not numbers; NULL if none. */
const struct jx_form__answer *jx_form__sheet_answer(const jx_sheet *sheet, struct jx_form__spot spot);
/* Conditions and counted fields after a change. */
void jx_form__sheet_settle(jx_sheet *sheet);
/* Row `count` of a group, empty. @retval JX_ELIMIT the group is full */
jx_rc jx_form__sheet_grow(jx_sheet *sheet, uint32_t section, const char *path, struct jx_error *err);
jx_rc jx_form__sheet_make(const jx_pack *pack, const char *form_id, const char *day, jx_sheet **sheet_out,
			  struct jx_error *err);
/* Defaults of the fields outside of groups, or of a row. */
void jx_form__sheet_default(jx_sheet *sheet, uint32_t section, size_t row);

void jx_form__answer_clear(struct jx_form__answer *a);
void jx_form__answer_copy(const struct jx_form__answer *from, struct jx_form__answer *to);
/* Keep the order of the list, each once. False: too many. */
bool jx_form__choices_add(struct jx_form__answer *a, uint32_t code);
/* typed is not "". Messages name the field. day NULL: codes are not asked whether they are open. */
jx_rc jx_form__answer_parse(const struct jx_form__form *form, uint32_t number, const char *typed,
			    const char *day, const char *path, struct jx_form__answer *out,
			    struct jx_error *err);
/* As it would be typed. */
void jx_form__answer_format(const struct jx_form__form *form, uint32_t number,
			    const struct jx_form__answer *a, jx_buf *out);
jx_rc jx_form__number_parse(const struct jx_field *field, const char *typed, const char *path, int64_t *out,
			    struct jx_error *err);
/* "25.3" of 253 with 1 decimal. */
void jx_form__number_format(int64_t number, int decimals, char *out, size_t cap);
/* Within the field's range, or JX_EINVAL. */
jx_rc jx_form__number_check(const struct jx_field *field, int64_t number, const char *path,
			    struct jx_error *err);
jx_rc jx_form__code_check(const struct jx_form__form *form, uint32_t field, uint32_t code, const char *day,
			  const char *path, struct jx_error *err);
jx_rc jx_form__text_check(const struct jx_field *field, const char *text, const char *path,
			  struct jx_error *err);
extern const char *const jx_form__yes_no[3];

/* Problems; photos are looked for only if roles are known. */
struct jx_form__photos {
	bool are_known;
	const char *const *roles;
	size_t count;
};
size_t jx_form__problems(const jx_sheet *sheet, const struct jx_form__photos *photos, struct jx_problem *out,
			 size_t cap);
/* The first problem as an error. */
jx_rc jx_form__check_sheet(const jx_sheet *sheet, const struct jx_form__photos *photos, struct jx_error *err);

/* The sum of all contributions of this sheet to an index; denominator 0 if there are none. */
struct jx_fraction jx_form__sheet_index(const jx_sheet *sheet, const char *index_id);

const struct jx_form__form *jx_form__form_of(const jx_pack *pack, const char *form_id);

#endif
