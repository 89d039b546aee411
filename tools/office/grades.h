/*
 * grades.h - inside jx-office: what was counted over a period and an area, and how it is shown.
 *
 * The numbers come from the form room; here is only who is asked for them, and the table. Every line of the table has the same
 * columns, so that a report takes it as it is.
 */
#ifndef JX_OFFICE_GRADES_H
#define JX_OFFICE_GRADES_H

#include "program.h"

#define GRADE_SETS_MAX 64
#define GRADE_LEFT_MAX 100 /* checks named one by one; the others are counted */

/* The sums of one pack. */
struct grade_set {
	const jx_pack *pack;
	jx_tally *tally;
};
struct grade_sums {
	struct jx_office__desk *desk;
	const char *day; /* of the limits */
	struct grade_set sets[GRADE_SETS_MAX];
	size_t count;
	int64_t checks, left_out, unknown;
	/* numbers of checks left out and why, in pairs of strings that end with a zero byte */
	jx_buf reasons;
};
jx_rc grade_sums_take(struct jx_office__desk *desk, const struct jx_office__filter *filter, const char *day,
		      struct grade_sums *out, struct jx_error *err);
void grade_sums_done(struct grade_sums *s);

enum grade_style {
	GRADE_PLAIN, /* Markdown, which is plain text as well */
	GRADE_CSV,
	GRADE_JSON
};

/* Cells of a line; "" where it has none. */
enum grade_column {
	GRADE_KIND,
	GRADE_TOPIC,
	GRADE_NAME_ZH,
	GRADE_NAME_EN,
	GRADE_NUMERATOR,
	GRADE_DENOMINATOR,
	GRADE_VALUE,
	GRADE_UNIT,
	GRADE_LEVEL,
	GRADE_LOW,
	GRADE_HIGH,
	GRADE_DECIDED,
	GRADE_MORE,
	GRADE_EDITION,
	GRADE_NOTE,
	GRADE_COLUMNS
};
struct grade_line {
	char cell[GRADE_COLUMNS][512];
};
/* The table's head, and one line of it; CSV with a byte-order mark before the head. */
void grade_head(enum grade_style style);
void grade_print(enum grade_style style, const struct grade_line *line);

/* Every indicator, group, topic and verdict; quotas where population > 0. */
jx_rc grade_show(const struct grade_sums *s, enum grade_style style, int64_t population,
		 struct jx_error *err);
/* What changed between two periods. */
jx_rc grade_show_effects(const struct grade_sums *before, const struct grade_sums *after,
			 enum grade_style style, struct jx_error *err);

/* --since --until --area --grid --class of a command, checked; "" where not given. */
jx_rc grade_filter(struct jx_office__desk *desk, const struct office_args *a, struct jx_office__filter *out,
		   struct jx_error *err);

#endif
