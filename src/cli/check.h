/* check.h - a form being filled in by `jx check`: sheet, draft on the disk, options of the entry to come. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "cli.h"

struct check {
	struct cli *c;
	struct jx_draft draft; /* id, form, pack, day, first touch */
	jx_sheet *sheet;
	bool is_stored;          /* the draft is on the disk: each answer is written there */
	bool is_new;             /* nothing was answered yet: quitting leaves nothing behind */
	struct cli_args options; /* --photo, --grid ...: the draft's, then those of this command */
	char **strings;          /* that options point to, where they come from the draft */
	size_t string_count;
};

/** Options of the entry to come, which a draft keeps under "@name". */
extern const struct cli_opt check_opts[];

void check_done(struct check *k);
/**
 * A form by id, name or alias, of the pack that holds on that day.
 * @retval JX_ENOTFOUND  no such form, or it is that of jx log
 */
jx_rc check_find_form(const struct cli *c, const char *method, const char *day, const jx_pack **pack_out,
		      const struct jx_form **form_out, struct jx_error *err);
/** A new one; nothing is written. */
jx_rc check_begin(struct check *k, const char *method, const char *id, struct jx_error *err);
/** The draft that id or its first digits name; NULL: the newest. */
jx_rc check_resume(struct check *k, const char *name, struct jx_error *err);
jx_rc check_find_draft(struct cli *c, const char *name, struct jx_draft *out, struct jx_error *err);
/** Answers of the day's last check that the form wants remembered (weather, place, group). */
jx_rc check_remember(struct check *k, struct jx_error *err);
/** Options of this command line: kept with the draft. */
jx_rc check_take_options(struct check *k, const struct cli_args *a, struct jx_error *err);
/** A file of answers: a JSON object as entries have it, or lines field=value as a person types them. */
jx_rc check_read_file(struct check *k, const char *path, struct jx_error *err);
/** "field=value" */
jx_rc check_set_text(struct check *k, const char *text, struct jx_error *err);
/** One answer as typed: durable when it returns, where the draft is stored. */
jx_rc check_set(struct check *k, const char *path, const char *typed, struct jx_error *err);
jx_rc check_set_option(struct check *k, const char *name, const char *value, struct jx_error *err);
/** Put the draft on the disk with all that it has, in one transaction. */
jx_rc check_store(struct check *k, struct jx_error *err);
/** A row more, on the disk with its answers. */
jx_rc check_add_row(struct check *k, const char *section, bool is_same_as_last, struct jx_error *err);
jx_rc check_remove_row(struct check *k, const char *section, size_t row, struct jx_error *err);
/** Roles of the photos that the options name. How many. */
size_t check_roles(const struct check *k, const char *roles[JX_PHOTOS_MAX]);
/** Save it as an entry; prints what became of it. Exit status. */
int check_save(struct check *k);

/* ---- check_hidden.c: answers that are not asked for any more ---- */
typedef void (*check_hidden_fn)(void *user, const struct jx_field *field, const char *path,
				const char *value);
/** How many there are. */
size_t check_each_hidden(const struct check *k, check_hidden_fn fn, void *user);
/** A line each on standard error. */
void check_tell_hidden(const struct check *k);
/** [{"path":...,"value":...}] */
void check_hidden_json(const struct check *k, jx_buf *out);

/* ---- check_ask.c: the dialogue ---- */
/** Exit status. */
int check_ask(struct check *k);

/* ---- grade_text.c ---- */
/** "3.33 % B (95 % 0.62-8.52, not decided: 57 more rooms would decide it)" */
void check_grade_text(const struct jx_grade *g, jx_buf *out);
/** One object. */
void check_grade_json(const struct jx_grade *g, jx_buf *out);
/** One line for each computed value, with its grade. */
void check_computed_text(const jx_sheet *sheet, const char *day, jx_buf *out);
void check_computed_json(const jx_sheet *sheet, const char *day, jx_buf *out);

/* ---- grade_quotas.c: progress of the sample sizes for so many people ---- */
void check_quotas_json(const jx_tally *tally, const char *day, int64_t population, jx_buf *b);
void check_print_quotas(const jx_tally *tally, const char *day, int64_t population);

#endif
