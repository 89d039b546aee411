/* check.h - a form being filled in by `jx check`: sheet, draft on the disk, options of the entry to come. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "cli.h"

struct check {
	struct cli *c;
	struct jx_fill fill;
	struct cli_args
		options; /* --photo, --grid ...: the draft's, then those of this command; point into fill */
};

/** Options of the entry to come, which a draft keeps under "@name". */
extern const struct cli_opt check_opts[];

void check_done(struct check *k);
/** A new one; nothing is written. */
jx_rc check_begin(struct check *k, const char *method, const char *id, struct jx_error *err);
/** The draft that id or its first digits name; NULL: the newest. */
jx_rc check_resume(struct check *k, const char *name, struct jx_error *err);
jx_rc check_find_draft(struct cli *c, const char *name, struct jx_draft *out, struct jx_error *err);
/** Options of this command line: kept with the draft. */
jx_rc check_take_options(struct check *k, const struct cli_args *a, struct jx_error *err);
/** A file of answers: a JSON object as entries have it, or lines field=value as a person types them. */
jx_rc check_read_file(struct check *k, const char *path, struct jx_error *err);
/** "field=value" */
jx_rc check_set_text(struct check *k, const char *text, struct jx_error *err);
/** One answer as typed: durable when it returns, where the draft is stored. */
jx_rc check_set(struct check *k, const char *path, const char *typed, struct jx_error *err);
jx_rc check_set_option(struct check *k, const char *name, const char *value, struct jx_error *err);
/** Save it as an entry; prints what became of it. Exit status. */
int check_save(struct check *k);

/* ---- check_hidden.c: answers that are not asked for any more ---- */
/** A line each on standard error. */
void check_tell_hidden(const struct check *k);
/** [{"path":...,"value":...}] */
void check_hidden_json(const struct check *k, jx_buf *out);

/* ---- check_ask.c: the dialogue ---- */
/** Exit status. */
int check_ask(struct check *k);

/* ---- grade_quotas.c: progress of the sample sizes for so many people ---- */
void check_quotas_json(const jx_tally *tally, const char *day, int64_t population, jx_buf *b);
void check_print_quotas(const jx_tally *tally, const char *day, int64_t population);

#endif
