/* Indices, limits, verdicts and quotas of a loaded pack. */
#ifndef JX_FORM_GRADES_H
#define JX_FORM_GRADES_H

#include "pack_private.h"

#define JX_FORM__INDICES_MAX    1000
#define JX_FORM__EDITIONS_MAX   200
#define JX_FORM__LIMITS_MAX     500 /* rows of an edition, and rows of a group */
#define JX_FORM__GROUPS_MAX     200
#define JX_FORM__VERDICTS_MAX   200
#define JX_FORM__CONDITIONS_MAX 100 /* of a verdict; also bands and steps */
#define JX_FORM__QUOTAS_MAX     200
#define JX_FORM__QUOTA_ROWS_MAX 200
#define JX_FORM__CLASSES_MAX    100 /* of a row of a quota */
#define JX_FORM__BANDS_MAX      20  /* of population */
#define JX_FORM__SUM_MAX        (INT64_C(1) << 53)

#define JX_FORM__LEVELS 3 /* A, B, C have limits; D is what is left */

enum jx_form__op {
	JX_FORM__OP_LE,
	JX_FORM__OP_LT,
	JX_FORM__OP_GE,
	JX_FORM__OP_GT
};

/* "<= 0.5" of an index's scaled value; at: of its unscaled fraction, so that comparing needs no further product. */
struct jx_form__limit {
	enum jx_form__op op;
	const char *text;
	struct jx_fraction at;
};
struct jx_form__limit_row {
	uint32_t index;
	struct jx_form__limit at[JX_FORM__LEVELS];
	const char *confidence;
};
struct jx_form__group {
	struct jx_group pub;
	size_t first, count; /* in the edition's group_rows */
};
struct jx_form__edition {
	const char *name, *valid_from, *valid_until;
	struct jx_text note;
	const char *confidence;
	struct jx_form__limit_row *rows;
	size_t row_count;
	struct jx_form__group *groups;
	size_t group_count;
	uint32_t *group_rows; /* numbers of rows */
	size_t group_row_count;
};
/* A topic's level (index is JX_FORM__NONE), or a limit of an index. */
struct jx_form__condition {
	const char *topic;
	enum jx_level level;
	uint32_t index;
	struct jx_form__limit limit;
};
struct jx_form__band {
	int64_t from, to, positive_max;
};
struct jx_form__step {
	struct jx_text name;
	bool has_limit; /* the last has none */
	struct jx_form__limit limit;
};
struct jx_form__verdict {
	const char *id;
	struct jx_text name;
	const char *confidence, *valid_from, *valid_until;
	struct jx_form__condition *all;
	size_t all_count;
	uint32_t band_index; /* JX_FORM__NONE: no bands */
	struct jx_form__band *bands;
	size_t band_count;
	uint32_t scale_index; /* JX_FORM__NONE: no scale */
	const char *edition;
	struct jx_form__step *steps;
	size_t step_count;
};
struct jx_form__quota_cell {
	int64_t units, effort;
};
/* One row of a table of sample sizes; all rows of all quotas stand in one list. */
struct jx_form__quota_line {
	char *id;             /* "rodent-indoor.01", by its first class */
	const char **classes; /* that count for it; none: the quota's one row */
	size_t class_count;
	struct jx_text name;
	const char *confidence;
	uint32_t quota;
	struct jx_form__quota_cell cells[JX_FORM__BANDS_MAX];
};
struct jx_form__quota {
	const char *id, *topic, *valid_from, *valid_until;
	struct jx_text name, effort_unit;
	const char *confidence;
	int64_t population_max[JX_FORM__BANDS_MAX]; /* the last: INT64_MAX */
	size_t band_count;
	size_t first, count; /* lines */
};

struct jx_form__grades {
	struct jx_index *indices;
	size_t index_count;
	struct jx_form__index index_ids;
	struct jx_form__edition *editions;
	size_t edition_count;
	struct jx_form__verdict *verdicts;
	size_t verdict_count;
	struct jx_form__quota *quotas;
	size_t quota_count;
	struct jx_form__quota_line *quota_lines;
	size_t quota_line_count;
};

/* Loading; in this order. */
jx_rc jx_form__load_limits(struct jx_form__reader *r, struct jx_error *err);
jx_rc jx_form__load_verdicts(struct jx_form__reader *r, struct jx_error *err);
jx_rc jx_form__load_quotas(struct jx_form__reader *r, struct jx_error *err);
void jx_form__free_limits(struct jx_form__grades *g);
void jx_form__free_verdicts(struct jx_form__grades *g);
void jx_form__free_quotas(struct jx_form__grades *g);

/* Member "index": the number of an index that the pack has. */
jx_rc jx_form__read_index(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  uint32_t *out, struct jx_error *err);
/* Member "op", which must suit the side on which the index is better. */
jx_rc jx_form__read_op(const struct jx_form__reader *r, int tok, const struct jx_form__place *place,
		       uint32_t index, enum jx_form__op *out, struct jx_error *err);
/* A decimal text ("0.5") at tok as a limit of that index; out->op is set before. */
jx_rc jx_form__read_limit(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  uint32_t index, struct jx_form__limit *out, struct jx_error *err);
/* valid_from and valid_until */
jx_rc jx_form__read_days(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			 const char **from, const char **until, struct jx_error *err);
/* The list `name` of the element must be there with at least one element. */
jx_rc jx_form__need_some(size_t count, const struct jx_form__place *place, struct jx_error *err);

/* Is it one of the classes that the line names? */
bool jx_form__line_has_class(const struct jx_form__quota_line *line, const char *class_code);
bool jx_form__holds(const char *from, const char *until, const char *day);
/* Both NULL, or the same. */
bool jx_form__is_same_topic(const char *a, const char *b);
bool jx_form__edition_has_topic(const struct jx_form__grades *g, const struct jx_form__edition *e,
				const char *topic);
/* The edition that rules a topic on that day; NULL if none. */
const struct jx_form__edition *jx_form__edition_on(const struct jx_form__grades *g, const char *topic,
						   const char *day);
/* What people read for a topic: the title of its card, else its id. */
const char *jx_form__topic_name(const jx_pack *pack, const char *topic);
const char *jx_form__op_text(enum jx_form__op op);

struct jx_tally {
	const jx_pack *pack;
	struct jx_fraction *sums;           /* by index */
	struct jx_form__quota_cell *quotas; /* by quota line: what is done */
	char (*reasons)[256];               /* by verdict: what the last call said */
};

/* Is the sum's value on the good side of the limit? Denominator > 0. Exact. */
bool jx_form__is_met(const struct jx_fraction *sum, const struct jx_form__limit *limit);
/* Mean per positive unit of a rate that was assessed without any positive. */
bool jx_form__is_none_positive(const jx_tally *tally, uint32_t index);
enum jx_level jx_form__level(const jx_tally *tally, const struct jx_form__limit_row *row);
/* See struct jx_grade. */
int64_t jx_form__more_to_decide(const struct jx_index *index, const struct jx_form__limit_row *row,
				const struct jx_fraction *sum);

#endif
