/*
 * The fields of an entry as one table: encode, decode and check walk the same rows, so that what one of them
 * writes the other reads. Order of rows is the order in the bytes.
 */
#ifndef JX_MODEL_FIELDS_H
#define JX_MODEL_FIELDS_H

#include "jiexun/model.h"

/* Largest integer an entry may hold: 2^53, so that every JSON reader gets it whole. */
#define JX_MODEL__INT_MAX INT64_C(9007199254740992)

enum jx_model__type {
	JX_MODEL__UUID,
	JX_MODEL__HEX,   /* size bytes, lower case */
	JX_MODEL__INT,   /* of size 8, 4, 2 (signed) or 1 (unsigned) in memory */
	JX_MODEL__TEXT,  /* one line, fits size with its NUL */
	JX_MODEL__LINES, /* text that may hold newlines and tabs */
	JX_MODEL__NAME,  /* [a-z0-9-]+: a word of this format, open for new ones */
	JX_MODEL__DAY,
	JX_MODEL__TRUE, /* bool, written only when true */
	JX_MODEL__KIND,
	JX_MODEL__SOURCE,
	JX_MODEL__OBJECT, /* members, in the same struct */
	JX_MODEL__PHOTOS, /* array of objects: members are those of struct jx_photo_ref */
	JX_MODEL__ANSWERS /* raw JSON object */
};

/* When a field is in the bytes. */
enum jx_model__presence {
	JX_MODEL__ALWAYS,    /* and must be there */
	JX_MODEL__NOT_EMPTY, /* text not empty, number or bytes not zero, photos counted, data not NULL */
	JX_MODEL__KNOWN,     /* number not negative: -1 stands for unknown in memory */
	JX_MODEL__FLAG, /* the byte at `flag` is not zero: a bool, which reading sets, or a text's first letter */
	JX_MODEL__WITH_FLAG /* must be there exactly when the flag is set */
};

struct jx_model__field {
	const char *name;
	enum jx_model__type type;
	enum jx_model__presence presence;
	size_t offset;
	size_t size;
	size_t flag;
	bool is_flag_text; /* flag is a text's first letter: reading sets the text itself */
	bool is_position;  /* exists only when the place has a source */
	int64_t min, max;
	const struct jx_model__field *members; /* ends with a row whose name is NULL */
};

extern const struct jx_model__field jx_model__entry_fields[];

/* Where a field stands, for messages: only a message makes text of it, the good case costs nothing. */
struct jx_model__path {
	const struct jx_model__path *up; /* NULL at the top */
	const char *name;
	int index; /* in a list; -1 none */
};
struct jx_model__path_text {
	char text[64];
};
/* "place.lat_wgs84_e7", "photos[2].size_bytes" */
struct jx_model__path_text jx_model__path_text(const struct jx_model__path *path);

/* Is the field there? base is the struct jx_entry or jx_photo_ref it is in; e the entry around it. */
bool jx_model__is_present(const struct jx_model__field *f, const struct jx_entry *e, const char *base);

int64_t jx_model__load_int(const char *at, size_t size);
/* value lies within the field's range */
void jx_model__store_int(char *at, size_t size, int64_t value);

/* Rules for what stands in the struct; the same for what was read and for what is to be written. */
jx_rc jx_model__check(const struct jx_entry *e, struct jx_error *err);

#endif
