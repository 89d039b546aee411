/* What the files that make a pack of tables share. */
#ifndef JX_OFFICE_TABLES_PRIVATE_H
#define JX_OFFICE_TABLES_PRIVATE_H

#include "tables.h"

/* Of classes of population the last: all larger cities. */
#define JX_OFFICE__OPEN_BOUND "∞"

struct jx_office__emit {
	const struct jx_office__grid *g;
	size_t row, column;
	struct jx_office__languages lang;
	jx_buf *out;
	struct jx_office__mistakes *m;
};
/* The value of a cell that is not empty. */
void jx_office__put_cell(struct jx_office__emit *e, const char *text);
/* What the member is called: of several classes otherwise than of one. */
const char *jx_office__member_of(const struct jx_office__tcolumn *c, const char *text);
bool jx_office__put_whole(struct jx_office__emit *e, const char *text, int64_t min, int64_t *out);
bool jx_office__whole(const char *text, int64_t *out);
bool jx_office__day(const char *text, char out[11]);
/* Members of pack.json in their order, with commas between them. */
void jx_office__put_head(const jx_json *doc, jx_buf *out);
/* Next part of "a; b; c", without blanks at its ends; empty ones are passed over. False: no more. */
bool jx_office__split(const char **at, struct jx_bytes *part_out);

/* Keys of one table for looking up, with those of the element above before them: "limits\x1fid". */
struct jx_office__keys {
	struct jx_office__words words;
	char **owned;
	size_t count;
};
void jx_office__keys_of(const struct jx_office__grid *g, size_t column, struct jx_office__keys *out);
void jx_office__keys_done(struct jx_office__keys *k);
/* Of a row of a table that stands in another: the row above's key and this; else this. */
char *jx_office__key(const struct jx_office__grid *g, size_t row, const char *key);
/* "1.01" for "01.01" and "01.010": what is left of a code when a spreadsheet takes it for a number. NULL: no number. */
char *jx_office__number_form(const char *text);

/* Sample sizes among themselves; and a row with the sums behind rows from..., where there are several. */
void jx_office__quotas_check(const struct jx_office__grids *t, struct jx_office__mistakes *m);
void jx_office__quotas_total(struct jx_office__grid *g, size_t from);

/* Against the pack the tables came from: codes that are gone, mean something else, or were made numbers. */
void jx_office__tables_check_origin(const struct jx_office__grids *t, const struct jx_office__grids *origin,
				    const char *origin_name, struct jx_office__mistakes *m);

#endif
