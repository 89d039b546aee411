/* A loaded pack, and what reading one needs. */
#ifndef JX_FORM_PACK_PRIVATE_H
#define JX_FORM_PACK_PRIVATE_H

#include "jiexun/form.h"
#include "name_index.h"

#define JX_FORM__WHERE "form.pack"

/* Newest pack format this program reads. */
#define JX_FORM__FORMAT 1

/* Ceilings. Names fit where briefs and entries keep them (form.h, model.h). */
#define JX_FORM__CODES_MAX     50000
#define JX_FORM__UNITS_MAX     1000
#define JX_FORM__CODE_BYTES    15
#define JX_FORM__UNIT_BYTES    23
#define JX_FORM__NAME_BYTES    127
#define JX_FORM__PACK_ID_BYTES 63
#define JX_FORM__FORM_ID_BYTES 47
#define JX_FORM__DEPTH_MAX     8

struct jx_form__code {
	struct jx_code pub;
	uint32_t parent; /* index, or JX_FORM__NONE */
};

struct jx_pack {
	const char *id;
	int64_t version;
	const char *valid_from;
	struct jx_text name;
	const char *form; /* first form of observations */
	struct jx_unit *units;
	size_t unit_count;
	struct jx_form__code *codes;
	size_t code_count;
	const char **lists; /* unit and event code lists of all codes, one behind the other */
	size_t list_count, list_cap;
	char *text; /* every string of the pack, unescaped, each with its NUL */
	size_t text_len, text_cap;
	struct jx_form__index code_index; /* codes only */
	struct jx_form__index name_index; /* codes, names, aliases */
	struct jx_form__index unit_index;
};

/* Where in a pack something stands: only a message makes text of it, the good case costs nothing. */
struct jx_form__place {
	const char *list; /* NULL: a member of the pack itself */
	size_t index;
	const char *member; /* NULL: the element itself */
};
struct jx_form__place_text {
	char text[96];
};
/* "codes[12].units" */
struct jx_form__place_text jx_form__place_text(const struct jx_form__place *place);
#define PLACE(place)            jx_form__place_text(place).text
#define AT(list, index, member) (&(struct jx_form__place){list, index, member})

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
/* A word of letters, digits and -._ */
jx_rc jx_form__read_id(struct jx_form__reader *r, int obj, const char *name, size_t max,
		       const struct jx_form__place *place, const char **out, struct jx_error *err);
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

jx_rc jx_form__load_units(struct jx_form__reader *r, struct jx_error *err);
jx_rc jx_form__load_codes(struct jx_form__reader *r, struct jx_error *err);

/* Elements of all lists that are members of objects in the list at tok: no one kind of them has more. */
size_t jx_form__count_inside(const jx_json *doc, int tok);

/* Codes whose code or names come nearest to what was typed, for a message: "01.02 graffiti, 01.01 ...". */
void jx_form__near_codes(const jx_pack *pack, const char *typed, char *out, size_t cap);
/* Units as text: "sheet (张), place (处)". */
void jx_form__list_units(const jx_pack *pack, const struct jx_code *code, char *out, size_t cap);

#endif
