/* A loaded pack, and what reading one needs. */
#ifndef JX_FORM_PACK_PRIVATE_H
#define JX_FORM_PACK_PRIVATE_H

#include <stdatomic.h>

#include "jiexun/form.h"
#include "name_index.h"

#define JX_FORM__WHERE "form.pack"

/* Newest pack format this program reads. */
#define JX_FORM__FORMAT 2

/* Ceilings. Names fit where briefs and entries keep them (form.h, model.h). */
#define JX_FORM__CODES_MAX  50000
#define JX_FORM__UNITS_MAX  1000
#define JX_FORM__CODE_BYTES 15
#define JX_FORM__LIST_CODE_BYTES \
	31 /* codes of lists stand in answers only, those of disorders also in briefs */
#define JX_FORM__UNIT_BYTES    23
#define JX_FORM__NAME_BYTES    127
#define JX_FORM__PACK_ID_BYTES 63
#define JX_FORM__FORM_ID_BYTES 47
#define JX_FORM__DEPTH_MAX     8
#define JX_FORM__LISTS_MAX     200
#define JX_FORM__FORMS_MAX     500
#define JX_FORM__SHARED_MAX    100
#define JX_FORM__SECTIONS_MAX  32  /* of a form: groups are bits of a word */
#define JX_FORM__FIELDS_MAX    200 /* of a form */
#define JX_FORM__RULES_MAX     200 /* checks, computed, counts, quota of a form */
#define JX_FORM__ROWS_MAX      2000
#define JX_FORM__MEASURES_MAX  64 /* bits of a word */
#define JX_FORM__VARIANTS_MAX  100
#define JX_FORM__EXPR_BYTES    1000
#define JX_FORM__NUMBER_MAX    INT64_C(1000000000000) /* of a field; sums of rows stay far below 2^53 */
#define JX_FORM__PATH_BYTES    31                     /* longest path of a field: what err->where holds */

/* The list of the pack's own "codes"; no list of "lists" may be called so. */
#define JX_FORM__OWN_LIST "codes"

struct jx_form__code {
	struct jx_code pub;
	uint32_t parent; /* index, or JX_FORM__NONE */
};
/* One code list: the pack's own, or one of "lists". */
struct jx_form__codes {
	const char *id;
	struct jx_text name;
	struct jx_form__code *codes;
	size_t count;
	struct jx_form__index code_index; /* codes only */
	struct jx_form__index name_index; /* codes, names, aliases */
	bool needs_units;                 /* codes of disorders have units, those of lists may */
	size_t code_bytes;                /* ceiling of a code */
};

struct jx_form__expr;   /* expr.h */
struct jx_form__form;   /* forms.h */
struct jx_form__grades; /* indices, limits, verdicts, quotas: grades' own files */

struct jx_form__phrases {
	const char *form, *field;
	size_t first, count; /* in phrase_texts */
};
struct jx_pack {
	atomic_int uses; /* beyond the first: sets that share it */
	const char *id;
	int64_t version;
	int64_t format;
	const char *valid_from;
	char later_from[11]; /* in place of the file's own */
	struct jx_text name;
	const char *form; /* first form of observations with fixed fields, or NULL */
	const struct jx_form__codes *measures, *party_kinds; /* lists of that form, or NULL */
	uint64_t measures_with_limit;                        /* bits: numbers in measures */
	struct jx_variant *variants;
	size_t variant_count;
	struct jx_text *variant_names; /* of all variants, one behind the other */
	struct jx_unit *units;
	size_t unit_count;
	struct jx_form__codes own; /* "codes" */
	struct jx_form__codes *lists;
	size_t list_count;
	const char **words; /* unit, event code and photo role lists, one behind the other */
	size_t word_count;
	char *text; /* every string of the pack, unescaped, each with its NUL */
	size_t text_len, text_cap;
	struct jx_form__index unit_index;
	struct jx_form__form *forms;
	size_t form_count;
	struct jx_form__index form_index; /* ids, names, aliases */
	struct jx_form__phrases *phrases;
	size_t phrase_count;
	struct jx_text *phrase_texts;
	struct jx_card *cards;
	size_t card_count;
	struct jx_time_limit *time_limits;
	size_t time_limit_count;
	struct jx_form__grades *grades; /* NULL: the pack has none */
	uint8_t sha256[JX_HASH_BYTES];  /* of the text it was read from */
};

/*
 * Where in a pack something stands: only a message makes text of it, the good case costs nothing. One inside another:
 * forms[3].sections[1].fields[2].min.
 */
struct jx_form__place {
	const struct jx_form__place *up; /* NULL: a member of the pack itself */
	const char *list;                /* NULL: a member of `up` */
	size_t index;
	const char *member; /* NULL: the element itself */
};
struct jx_form__place_text {
	char text[160];
};
/* "codes[12].units" */
struct jx_form__place_text jx_form__place_text(const struct jx_form__place *place);
#define PLACE(place)                (jx_form__place_text(place).text)
#define AT(list, index, member)     (&(struct jx_form__place){NULL, list, index, member})
#define IN(up, list, index, member) (&(struct jx_form__place){up, list, index, member})
#define OF(up, member)              (&(struct jx_form__place){up, NULL, 0, member})

/* Reading. obj is an object token; a member may be absent where it says so. Strings go to pack->text. */
struct jx_form__reader {
	struct jx_pack *pack;
	const jx_json *doc;
};
/* Text of a token as a string of the pack: not empty, at most max bytes, no control characters. */
jx_rc jx_form__read_string(struct jx_form__reader *r, int tok, size_t max, const struct jx_form__place *place,
			   const char **out, struct jx_error *err);
/* The same for a member; absent: *out stays, unless needed. */
jx_rc jx_form__read_member(struct jx_form__reader *r, int obj, const char *name, bool is_needed, size_t max,
			   const struct jx_form__place *place, const char **out, struct jx_error *err);
/* A member that is a word of letters, digits and -._ */
jx_rc jx_form__read_id(struct jx_form__reader *r, int obj, const char *name, size_t max,
		       const struct jx_form__place *place, const char **out, struct jx_error *err);
/* The same of a token that is there. */
jx_rc jx_form__read_word(struct jx_form__reader *r, int tok, size_t max, const struct jx_form__place *place,
			 const char **out, struct jx_error *err);
/* {"zh":...,"en":...}: one of them is enough. */
jx_rc jx_form__read_text(struct jx_form__reader *r, int obj, const char *name, bool is_needed, size_t max,
			 const struct jx_form__place *place, struct jx_text *out, struct jx_error *err);
/* A date member, NULL if absent. */
jx_rc jx_form__read_day(struct jx_form__reader *r, int obj, const char *name,
			const struct jx_form__place *place, const char **out, struct jx_error *err);
/* Array member of any length with its token, or -1 if absent. */
jx_rc jx_form__read_list(const struct jx_form__reader *r, int obj, const char *name, bool is_needed,
			 size_t max, const struct jx_form__place *place, int *tok_out, struct jx_error *err);
/* Every element of the list "aliases" of obj as a further name of number `value`. */
jx_rc jx_form__read_aliases(struct jx_form__reader *r, int obj, const struct jx_form__place *place,
			    struct jx_form__index *index, uint32_t value, struct jx_error *err);

/* The same for texts of several lines: newline and tab are allowed. */
jx_rc jx_form__read_long_text(struct jx_form__reader *r, int obj, const char *name, bool is_needed,
			      size_t max, const struct jx_form__place *place, struct jx_text *out,
			      struct jx_error *err);
/* A whole number from min to max; absent: *out stays, unless needed. */
jx_rc jx_form__read_i64(const struct jx_form__reader *r, int obj, const char *name, bool is_needed,
			int64_t min, int64_t max, const struct jx_form__place *place, int64_t *out,
			struct jx_error *err);
jx_rc jx_form__read_bool(const struct jx_form__reader *r, int obj, const char *name,
			 const struct jx_form__place *place, bool *out, struct jx_error *err);
/* The id of a unit that "units" has, as that holds it; NULL if absent. */
jx_rc jx_form__read_unit(struct jx_form__reader *r, int obj, const char *name,
			 const struct jx_form__place *place, const char **out, struct jx_error *err);
/* tok must be an object. */
jx_rc jx_form__need_object(const struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			   struct jx_error *err);
/*
 * Walk the list `name` of obj: load() for each element, with its place. Absent or empty is fine, count_out says 0 then.
 * prepare() is told the count first and makes room.
 */
struct jx_form__walk {
	const char *name;
	size_t max;
	jx_rc (*prepare)(void *arg, size_t count, struct jx_error *err); /* NULL: nothing to prepare */
	jx_rc (*load)(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err);
	void *arg;
};
jx_rc jx_form__walk_list(struct jx_form__reader *r, int obj, const struct jx_form__place *up,
			 const struct jx_form__walk *walk, struct jx_error *err);

jx_rc jx_form__load_units(struct jx_form__reader *r, struct jx_error *err);
jx_rc jx_form__load_codes(struct jx_form__reader *r, struct jx_error *err);
jx_rc jx_form__load_lists(struct jx_form__reader *r, struct jx_error *err);
/* The code table at the list `tok` into codes, whose id and needs_units are set. */
jx_rc jx_form__load_code_table(struct jx_form__reader *r, int list, const struct jx_form__place *up,
			       struct jx_form__codes *codes, struct jx_error *err);
void jx_form__codes_done(struct jx_form__codes *codes);
/* By id; NULL if the pack has no such list. */
const struct jx_form__codes *jx_form__codes_of(const jx_pack *pack, const char *list);
/* By code, name or alias; JX_FORM__NONE if unknown or ambiguous. */
uint32_t jx_form__codes_find(const struct jx_form__codes *codes, const char *code_or_name);
bool jx_form__code_is_open(const struct jx_form__codes *codes, uint32_t i, const char *day);

/* Forms with all they hold; after codes, lists and grades, whose ids they name. */
jx_rc jx_form__load_forms(struct jx_form__reader *r, struct jx_error *err);
void jx_form__free_forms(jx_pack *pack);
/* "measures", "limit_measures", "party_kinds" of a form with fixed fields; and "variants" of the pack. */
jx_rc jx_form__load_measures(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			     struct jx_error *err);
jx_rc jx_form__load_variants(struct jx_form__reader *r, struct jx_error *err);
/* phrases, cards, time_limits; after forms. */
jx_rc jx_form__load_texts(struct jx_form__reader *r, struct jx_error *err);
jx_rc jx_form__load_time_limits(struct jx_form__reader *r, struct jx_error *err);

/*
 * What grades own (pack_grades*.c). Called once between lists and forms; a pack without any of it keeps pack->grades NULL.
 * Forms ask only whether an id is there.
 */
jx_rc jx_form__load_grades(struct jx_form__reader *r, struct jx_error *err);
void jx_form__free_grades(jx_pack *pack);
bool jx_form__has_index(const jx_pack *pack, const char *index_id);
bool jx_form__has_quota(const jx_pack *pack, const char *quota_id);

/*
 * What a sheet contributes: to an index (quota NULL), or to a row of a quota (index NULL). Contributions that are nothing,
 * negative or not to be counted by their condition are left out. Returns how many there are, also beyond cap.
 */
struct jx_form__counted {
	const char *index;
	int64_t numerator, denominator;
	const char *quota;
	const char *class_code; /* NULL: the quota has no classes */
	int64_t units, effort;
};
size_t jx_form__sheet_counts(const jx_sheet *sheet, struct jx_form__counted *out, size_t cap);

/* Elements of all lists that are members of objects in the list at tok: no one kind of them has more. */
size_t jx_form__count_inside(const jx_json *doc, int tok);

/* Codes whose code or names come nearest to what was typed, for a message: "01.02 graffiti, 01.01 ...". */
void jx_form__near_codes(const struct jx_form__codes *codes, const char *typed, char *out, size_t cap);
/* Units as text: "sheet (张), place (处)". */
void jx_form__list_units(const jx_pack *pack, const struct jx_code *code, char *out, size_t cap);

#endif
