/* The program jiexund: its commands and how they print. */
#ifndef JX_SERVER_PROGRAM_H
#define JX_SERVER_PROGRAM_H

#include "admin.h"

#define EXIT_USAGE 64

#define NAMES_MAX 16
struct options {
	const char *data_dir, *listen, *short_code, *role, *area, *url, *reason, *port_file, *log_level;
	const char *count; /* of codes; NULL one */
	const char *names[NAMES_MAX];
	size_t name_count;
	bool is_trusted, is_renewal, is_json, is_dry;
	const char *from; /* day */
	const char *positional[2];
	int positional_count;
	char dir[3072]; /* data_dir, absolute */
};

/* Each returns an exit status. */
int cmd_init(struct options *o);
int cmd_serve(struct options *o);
int cmd_code(struct options *o);
int cmd_confirm(struct options *o);
int cmd_revoke(struct options *o);
int cmd_move(struct options *o);
int cmd_pack(struct options *o);
int cmd_sweep(struct options *o);
int cmd_plain(struct options *o, const char *name); /* commands without arguments of their own */

/* commands.c: a request is an object without its closing brace. */
void request_begin(jx_buf *request, const char *command);
void request_add(jx_buf *request, const char *name, const char *value); /* NULL: left out */
int request_run(struct options *o, const char *command, jx_buf *request);

/* One line on standard error; the exit status that belongs to it. */
int program_fail(const struct jx_error *err);

/* Print text filled up with blanks to so many columns, and one more. */
void print_cell(const char *text, int columns);

/* print_stray.c */
void print_check(const jx_json *doc, const struct options *o);
void print_sweep(const jx_json *doc, const struct options *o);

/* Print an answer of admin_run for people, or as it is with --json. The exit status. */
int print_answer(const char *command, const struct options *o, const jx_buf *answer);

#endif
