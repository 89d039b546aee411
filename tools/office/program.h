/*
 * program.h - what the commands of jx-office share: the row that describes a command, its parsed options, one way to print.
 * Exit status: 0, 64 for wrong usage, else jx_rc_exit_status().
 */
#ifndef JX_OFFICE_PROGRAM_H
#define JX_OFFICE_PROGRAM_H

#include "office_private.h"

#define OFFICE_USAGE      64 /* sysexits.h EX_USAGE */
#define OFFICE_VALUES_MAX 16
#define OFFICE_POS_MAX    4

struct office_opt {
	const char *name; /* long name; NULL ends the table */
	const char *arg;  /* N_("FILE"), or NULL for a flag */
	const char *help; /* N_() */
};

struct office_args {
	struct {
		const struct office_opt *opt;
		const char *value;
	} value[OFFICE_VALUES_MAX];
	size_t count;
	const char *pos[OFFICE_POS_MAX];
	int pos_count;
};

struct office {
	bool json, quiet;
	char dir[1024];
};

struct office_command {
	const char *word;
	const char *pos; /* positional arguments as the usage line shows them */
	int pos_min, pos_max;
	const struct office_opt *opts;
	const char *help; /* N_(), one line */
	int (*run)(struct office *o, const struct office_args *a);
};

/* Last value of an option, or NULL; i-th value, or NULL. A flag's value is "". */
const char *office_value(const struct office_args *a, const char *name);
const char *office_nth(const struct office_args *a, const char *name, size_t i);
bool office_flag(const struct office_args *a, const char *name);
/* 0, else an exit status (message printed); -1 help was printed. */
int office_parse(const struct office_command *cmd, int argc, char **argv, struct office_args *out);

/* Print the error (stderr, and as JSON on stdout if asked) and give its exit status. */
int office_fail(const struct office *o, const struct jx_error *err);
/* A line for people; nothing with --json or --quiet. */
void office_say(const struct office *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text padded to columns; a Chinese character takes two. */
void office_cell(const char *text, int columns);
/* End the object and print it as a line. */
void office_print(struct jx_office__json *j);
/* Local wall time "17:42", or with its day where that is another. */
void office_time(int64_t utc_ms, const char *day, char *out, size_t cap);

/* Rows of a statement as a table or as JSON lines; how many there were, and how many are not complete. */
jx_rc office_show_statement(const struct office *o, struct jx_office__desk *desk, const char *day,
			    int64_t *rows_out, int64_t *incomplete_out, struct jx_error *err);

/*
 * Entries from that byte of the journal on whose form says that they cannot wait: a line each, or, where json is given, an object each.
 * Those that were corrected or withdrawn are passed over.
 */
jx_rc office_tell_at_once(struct office *o, struct jx_office__desk *desk, int64_t from, jx_buf *json,
			  int64_t *count_out, struct jx_error *err);

int office_enrol(struct office *o, const struct office_args *a);
int office_pull(struct office *o, const struct office_args *a);
int office_statement(struct office *o, const struct office_args *a);
int office_grade(struct office *o, const struct office_args *a);
int office_checks(struct office *o, const struct office_args *a);
int office_pack(struct office *o, const struct office_args *a);
int office_pairs(struct office *o, const struct office_args *a);
int office_photo(struct office *o, const struct office_args *a);
int office_verify(struct office *o, const struct office_args *a);
int office_status(struct office *o, const struct office_args *a);

#endif
