/* The columns of a day's files, one table for all of them. */
#ifndef JX_OFFICE_COLUMNS_H
#define JX_OFFICE_COLUMNS_H

#include "office_private.h"

struct jx_office__column {
	const char *name;      /* for machines; fixed, append only */
	const char *json_name; /* the same as a member's name, with quotes and colon */
	const char *heading;   /* for Chinese readers; NULL: not in their table */
	bool is_number;        /* plain decimal text, or nothing */
	bool has_words;        /* of ours: other ones for Chinese readers */
	/* Write the cell's plain text; chinese: values that are words of ours in Chinese. */
	void (*put)(jx_buf *b, const struct jx_office__row *row, bool chinese);
	size_t offset; /* put NULL: a text in the row */
};
extern const struct jx_office__column jx_office__columns[];
extern const size_t jx_office__column_count;

#endif
