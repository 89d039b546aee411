/*
 * cli.h - what the commands of `jx` share: the table that describes a command, its parsed options, and one way to
 * open the device's rooms and to print results.
 *
 * A command is a row of a table (words, options, help, function); usage texts and parsing come from the row, so a new option is one line.
 * Exit status: 0, 64 for wrong usage, else jx_rc_exit_status().
 */
#ifndef JX_CLI_H
#define JX_CLI_H

#include "jiexun/base.h"
#include "jiexun/capture.h"
#include "jiexun/device.h"
#include "jiexun/form.h"
#include "jiexun/gps.h"
#include "jiexun/handheld.h"
#include "jiexun/media.h"
#include "jiexun/shelf.h"
#include "jiexun/store.h"
#include "jiexun/view.h"

#define CLI_USAGE      64 /* sysexits.h EX_USAGE */
#define CLI_OPTS_MAX   32
#define CLI_VALUES_MAX 64
#define CLI_POS_MAX    4

struct cli_opt {
	const char *name; /**< long name; NULL ends the table */
	const char *arg;  /**< N_("FILE"), or NULL for a flag */
	const char *help; /**< N_() */
};

struct cli_args {
	const struct cli_opt *opts;
	struct {
		const struct cli_opt *opt;
		const char *value;
	} value[CLI_VALUES_MAX];
	size_t count;
	const char *pos[CLI_POS_MAX];
	int pos_count;
};

struct cli {
	bool json, quiet;
	struct jx_handheld h; /**< opened on demand */
};

struct cli_command {
	const char *words; /**< "person sign-in" */
	const char *pos;   /**< positional arguments as shown in the usage line */
	int pos_min, pos_max;
	const struct cli_opt *opts;
	const char *help; /**< N_(), one line */
	int (*run)(struct cli *c, const struct cli_args *a);
};

/* ---- arguments ---------------------------------------------------------------------------------- */
/** Last value of an option, or NULL. A flag's value is "". */
const char *cli_value(const struct cli_args *a, const char *name);
bool cli_flag(const struct cli_args *a, const char *name);
/** i-th value of an option that may be given several times, or NULL. */
const char *cli_nth(const struct cli_args *a, const char *name, size_t i);
/** Parse what follows the command's words. 0, else an exit status (message printed). */
int cli_parse(const struct cli_command *cmd, int argc, char **argv, struct cli_args *out);
void cli_usage(const struct cli_command *cmd);

/* ---- search -------------------------------------------------------------------------------------- */
/* Before a search: what the index lacks is put into it, said on standard error where it takes long. */
jx_rc cli_open_search(struct cli *c, struct jx_error *err);
bool cli_is_search_behind(jx_store *store);
/* Put all into the index that is not in it, in steps: stopped or cut off, it goes on where it was. should_stop may be NULL. */
jx_rc cli_fill_search(struct cli *c, jx_store *store, bool (*should_stop)(void *user), struct jx_error *err);
/* Empty the search index and fill it again. */
jx_rc cli_reindex(struct cli *c, struct jx_error *err);

/* ---- output ------------------------------------------------------------------------------------- */
/** Print the error (stderr, and as JSON on stdout if asked) and give its exit status. */
int cli_fail(const struct cli *c, const struct jx_error *err);
/** {"ok":true,"n":N} with --json. 0. */
int cli_done(struct cli *c, int64_t n);
int cli_bad_usage(const struct cli_command *cmd, const char *text);
/** A line for people; nothing with --json or --quiet. */
void cli_say(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Print text padded to columns, cut with an ellipsis if wider. */
void cli_cell(const char *text, int columns, bool is_last);

/** JSON object under construction; cli_json_end prints it with a newline. */
struct cli_json {
	jx_buf b;
	bool has_member;
};
void cli_json_begin(struct cli_json *j);
void cli_json_str(struct cli_json *j, const char *name, const char *value); /**< NULL or "": left out */
void cli_json_int(struct cli_json *j, const char *name, int64_t value);
void cli_json_bool(struct cli_json *j, const char *name, bool value);
void cli_json_hex(struct cli_json *j, const char *name, const void *bytes, size_t len);
void cli_json_raw(struct cli_json *j, const char *name, const char *json);
void cli_json_buf(struct cli_json *j, const char *name, const jx_buf *json);
void cli_json_fix(struct cli_json *j, const char *name, const struct jx_fix *fix);
void cli_json_end(struct cli_json *j);

/** A position for people: "30.2301234, 119.7200456 ±9 m", or why there is none. */
void cli_fix_text(const struct jx_fix *fix, const char *reason, char *out, size_t cap);
/** Local wall time of the business day's offset: "09:41:03" or with date. */
void cli_time_text(const struct cli *c, int64_t utc_ms, bool with_date, char *out, size_t cap);
/** What an entry says in few words: "nothing found Posting", "signed in p-017". */
void cli_what_text(const struct jx_view_row *r, char *out, size_t cap);
void cli_row_json(const struct jx_view_row *row);

/* ---- list_variant.c: what a campaign counts -------------------------------------------------------- */
struct cli_variant_sum {
	int64_t found, self_handled, nothing_found;
};
struct cli_variant {
	const jx_pack *pack;
	const struct jx_variant *variant; /* NULL: all disorders count */
	struct cli_variant_sum *sums;     /* by disorder of the variant */
};
/** By id, name or campaign tag; NULL: all. @retval JX_ENOTFOUND none is called so: err lists them */
jx_rc cli_variant_open(const struct cli *c, const char *name, struct cli_variant *out, struct jx_error *err);
void cli_variant_close(struct cli_variant *v);
/** What the variant calls the disorder of a code; NULL if it does not count it, or all count. */
const struct jx_text *cli_variant_name(const struct cli_variant *v, const char *code);
/** Does the row belong to it? Adds it to the sums, if it stands as it is. */
bool cli_variant_count(struct cli_variant *v, const struct jx_view_row *r);
/** The sums, for people or as an object; nothing where all count. */
void cli_variant_show(const struct cli *c, const struct cli_variant *v);

/* ---- at_once.c ---- */
struct cli_at_once {
	int64_t waiting; /* entries that cannot wait, without a receipt */
	int64_t first_n;
};
jx_rc cli_find_at_once(struct cli *c, int64_t receipt_n, struct cli_at_once *out, struct jx_error *err);

/* ---- commands ------------------------------------------------------------------------------------ */
int cli_enrol(struct cli *c, const struct cli_args *a);
int cli_person_in(struct cli *c, const struct cli_args *a);
int cli_person_out(struct cli *c, const struct cli_args *a);
int cli_person_pin(struct cli *c, const struct cli_args *a);
int cli_person_list(struct cli *c, const struct cli_args *a);
int cli_shift_start(struct cli *c, const struct cli_args *a);
int cli_shift_end(struct cli *c, const struct cli_args *a);
int cli_log(struct cli *c, const struct cli_args *a);
int cli_correct(struct cli *c, const struct cli_args *a);
int cli_withdraw(struct cli *c, const struct cli_args *a);
int cli_list(struct cli *c, const struct cli_args *a);
int cli_show(struct cli *c, const struct cli_args *a);
int cli_status(struct cli *c, const struct cli_args *a);
int cli_sync(struct cli *c, const struct cli_args *a);
int cli_verify(struct cli *c, const struct cli_args *a);
int cli_photo_list(struct cli *c, const struct cli_args *a);
int cli_photo_small(struct cli *c, const struct cli_args *a);
int cli_photo_screen(struct cli *c, const struct cli_args *a);
int cli_photo_stamp(struct cli *c, const struct cli_args *a);
int cli_camera(struct cli *c, const struct cli_args *a);
int cli_sound(struct cli *c, const struct cli_args *a);
int cli_selftest(struct cli *c, const struct cli_args *a);
int cli_codes(struct cli *c, const struct cli_args *a);
int cli_gps(struct cli *c, const struct cli_args *a);
int cli_check(struct cli *c, const struct cli_args *a);
int cli_grade(struct cli *c, const struct cli_args *a);
int cli_space(struct cli *c, const struct cli_args *a);
int cli_space_prune(struct cli *c, const struct cli_args *a);
int cli_card(struct cli *c, const struct cli_args *a);
/* verify_stamp.c: the text of a stamp's QR code */
int cli_verify_stamp(struct cli *c, const char *text);
/* cmd_log.c: where and why, photos, and what became of it; of jx log and jx check */
jx_rc cli_fill_entry(struct cli *c, const struct cli_args *a, jx_capture *cap, struct jx_fix *fix,
		     struct jx_error *err);
int cli_show_saved(struct cli *c, const uint8_t id[JX_ID_BYTES], const struct jx_fix *fix);
/** One of the roles that a photo may have. */
bool cli_is_role(const char *s);
/** FILE[:ROLE]: the role, or NULL if none was given. */
const char *cli_photo_role(const char *value);
char *cli_photo_path(const char *value);
/* cmd_camera.c: a picture for each role of --shoot; none is kept where one fails */
jx_rc cli_shoot(struct cli *c, const struct cli_args *a, jx_capture *cap, const struct jx_fix *fix,
		struct jx_error *err);
/* cmd_sound.c: --record, --sound; a length as people say it: 0:34 */
jx_rc cli_record(struct cli *c, const struct cli_args *a, jx_capture *cap, struct jx_error *err);
jx_rc cli_add_sounds(struct cli *c, const struct cli_args *a, jx_capture *cap, struct jx_error *err);
void cli_sound_text(int64_t ms, char *out, size_t cap);
/* Its role, and of a sound its length, too. */
void cli_photo_word(const struct jx_photo_ref *photo, char *out, size_t cap);

#endif
