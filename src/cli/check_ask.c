/*
 * The dialogue of jx check: one field after the other, each on the disk before the next is asked.
 *
 * Line by line, so that it works with a keypad, over a serial line and from a script. A line is an answer, or one of the few
 * commands below; "'" before it makes any line an answer.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES (JX_DRAFT_VALUE_MAX + 2)
#define CODES_MAX      500
#define CODES_SHOWN    40 /* longer lists are shown when "?" asks for them */
#define PROBLEMS_SHOWN 20
#define PHRASES_SHOWN  9

enum move {
	MOVE_ANSWER,
	MOVE_BACK,
	MOVE_SKIP,
	MOVE_SAME,
	MOVE_HELP,
	MOVE_END,
	MOVE_QUIT,
	MOVE_GONE
};

struct ask {
	struct check *k;
	char path[JX_FIELD_PATH_MAX]; /* being asked; "" before the first */
	char (*history)[JX_FIELD_PATH_MAX];
	size_t depth;
	bool *is_closed; /* by section: no further row is wanted */
	char line[LINE_MAX_BYTES];
	char *shown;  /* computed values as they were printed last */
	bool is_gone; /* standard input ended */
};

/* ---- lines ----------------------------------------------------------------------------------------- */

static enum move read_move(struct ask *a)
{
	static const struct {
		const char *word;
		enum move move;
	} words[] = {{"<", MOVE_BACK}, {"-", MOVE_SKIP}, {"=", MOVE_SAME},
		     {"?", MOVE_HELP}, {".", MOVE_END},  {"q", MOVE_QUIT}};
	size_t len;

	fputs("> ", stdout);
	(void)fflush(stdout);
	if (fgets(a->line, sizeof(a->line), stdin) == NULL) {
		a->is_gone = true;
		return MOVE_GONE;
	}
	len = strcspn(a->line, "\n");
	if (a->line[len] == '\0' && len == sizeof(a->line) - 1) {
		int c;

		while ((c = getchar()) != EOF && c != '\n')
			continue; /* the rest of a line that is too long: refused as a whole below */
	}
	a->line[len] = '\0';
	if (len > 0 && a->line[len - 1] == '\r')
		a->line[len - 1] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(a->line, words[i].word) == 0)
			return words[i].move;
	if (a->line[0] == '\'')
		memmove(a->line, a->line + 1, strlen(a->line));
	return MOVE_ANSWER;
}

static void print_help(void)
{
	printf("%s\n",
	       _("Enter: keep what is in [ ]; -: leave open; <: back; =: same as the row before; ?: this, and the list; "
		 ".: to the end; q: stop, the draft is kept; ' before an answer takes it literally"));
}

/* ---- one field ------------------------------------------------------------------------------------- */

/* Codes that may be taken, parents before their children. */
static size_t find_codes(const struct ask *a, const struct jx_field *f, const struct jx_code **out,
			 size_t cap)
{
	const jx_pack *pack = jx_sheet_pack(a->k->fill.sheet);
	const char *day = a->k->fill.draft.day;
	const struct jx_code *top[CODES_MAX];
	size_t tops, n = 0;

	if (f->list == NULL)
		return 0;
	tops = jx_pack_list(pack, f->list, NULL, day, top, CODES_MAX);
	for (size_t i = 0; i < tops && i < CODES_MAX && n < cap; i++) {
		out[n++] = top[i];
		n += jx_pack_list(pack, f->list, top[i]->code, day, out + n, cap - n);
		n = n < cap ? n : cap;
	}
	return n;
}

static void print_codes(const struct ask *a, const struct jx_field *f, bool is_asked_for)
{
	const struct jx_code *codes[CODES_MAX];
	const size_t n = find_codes(a, f, codes, CODES_MAX);

	if (n > CODES_SHOWN && !is_asked_for) {
		printf("  %s\n", _("a code or a name; ? shows the list"));
		return;
	}
	for (size_t i = 0; i < n; i++)
		printf("  %3zu  %s%s %s\n", i + 1, codes[i]->parent != NULL ? "  " : "", codes[i]->code,
		       jx_text_pick(&codes[i]->name));
}

static void print_phrases(const struct ask *a, const struct jx_field *f)
{
	const struct jx_text *texts = NULL;
	const size_t n = jx_pack_phrases(jx_sheet_pack(a->k->fill.sheet), a->k->fill.draft.form, f->id,
					 &texts);

	for (size_t i = 0; i < n && i < PHRASES_SHOWN; i++)
		printf("  %3zu  %s\n", i + 1, jx_text_pick(&texts[i]));
}

/* What a number tapped instead of an answer stands for; NULL: nothing. */
static const char *tapped(const struct ask *a, const struct jx_field *f)
{
	const struct jx_code *codes[CODES_MAX];
	const struct jx_text *texts = NULL;
	int64_t number = 0;
	size_t n;

	if (!jx_parse_i64(a->line, 1, CODES_MAX, &number))
		return NULL;
	if (f->list != NULL) {
		n = find_codes(a, f, codes, CODES_MAX);
		return (size_t)number <= n ? codes[number - 1]->code : NULL;
	}
	if (f->type != JX_FIELD_TEXT)
		return NULL;
	n = jx_pack_phrases(jx_sheet_pack(a->k->fill.sheet), a->k->fill.draft.form, f->id, &texts);
	return (size_t)number <= n && number <= PHRASES_SHOWN ? jx_text_pick(&texts[number - 1]) : NULL;
}

static void count_asked(const struct ask *a, size_t *at_out, size_t *all_out)
{
	char path[JX_FIELD_PATH_MAX] = "";

	*at_out = 0;
	*all_out = 0;
	while (jx_sheet_next(a->k->fill.sheet, path, path)) {
		(*all_out)++;
		if (strcmp(path, a->path) == 0)
			*at_out = *all_out;
	}
}

static void print_question(const struct ask *a, const struct jx_field *f, const char *value)
{
	const struct jx_unit *unit = f->unit != NULL ? jx_pack_unit(jx_sheet_pack(a->k->fill.sheet), f->unit)
						     : NULL;
	const struct jx_section *s = &jx_sheet_form(a->k->fill.sheet)->sections[f->section];
	const struct jx_code *code = f->list != NULL && value[0] != '\0'
					     ? jx_pack_list_find(jx_sheet_pack(a->k->fill.sheet), f->list,
								 value)
					     : NULL;
	size_t at, all;

	count_asked(a, &at, &all);
	printf("%zu/%zu  ", at, all);
	if (s->is_repeat)
		printf("%s %.*s  ", jx_text_pick(&s->name), (int)strcspn(strchr(a->path, '[') + 1, "]"),
		       strchr(a->path, '[') + 1);
	printf("%s%s", jx_text_pick(&f->name), f->is_needed ? "*" : "");
	if (unit != NULL)
		printf(" (%s)", jx_text_pick(&unit->name));
	if (f->type == JX_FIELD_YES_NO)
		printf(" (%s)", _("yes, no, unknown"));
	if (value[0] != '\0')
		printf(" [%s%s%s]", value, code != NULL ? " " : "",
		       code != NULL ? jx_text_pick(&code->name) : "");
	putchar('\n');
	if (f->hint.zh != NULL)
		printf("  %s\n", jx_text_pick(&f->hint));
	if (f->list != NULL)
		print_codes(a, f, false);
	else if (f->type == JX_FIELD_TEXT)
		print_phrases(a, f);
}

/* Index, grade, interval and what would decide it, when they have changed. */
static void print_computed(struct ask *a)
{
	JX_AUTO_BUF text = {0};

	jx_buf_init(&text, 1 << 20);
	jx_fill_computed_text(a->k->fill.sheet, a->k->fill.draft.day, &text);
	if (text.data == NULL || (a->shown != NULL && strcmp(a->shown, text.data) == 0))
		return;
	fputs(text.data, stdout);
	free(a->shown);
	a->shown = jx_xstrdup(text.data);
}

/* A rule of the form that this answer breaks; it may be another field's that is to change, so the dialogue goes on. */
static void print_broken_rules(const struct ask *a, const char *path)
{
	JX_AUTO_FREE struct jx_problem *p = jx_xcalloc(PROBLEMS_SHOWN, sizeof(*p));
	const size_t n = jx_sheet_problems(a->k->fill.sheet, NULL, 0, p, PROBLEMS_SHOWN);

	for (size_t i = 0; i < n && i < PROBLEMS_SHOWN; i++)
		if (strcmp(p[i].path, path) == 0 && strcmp(p[i].rule, "needed") != 0)
			printf("  ! %s\n", jx_text_pick(&p[i].text));
}

static jx_rc take_photo(struct ask *a, const struct jx_field *f, struct jx_error *err)
{
	JX_AUTO_FREE char *full = realpath(a->line, NULL);
	JX_AUTO_FREE char *value = jx_xasprintf("%s:%s", full != NULL ? full : a->line, f->role);
	const jx_rc rc = jx_media_check(a->k->c->h.media, jx_os_fs(), full != NULL ? full : a->line, err);

	return rc == JX_OK ? check_set_option(a->k, "photo", value, err) : rc;
}

/* Raw first: a list may have a code "2" that is not its second. */
static jx_rc take_answer(struct ask *a, const struct jx_field *f, struct jx_error *err)
{
	const char *code = NULL;
	struct jx_error first = {0};
	jx_rc rc;

	if (f->type == JX_FIELD_PHOTO)
		return take_photo(a, f, err);
	if (f->type == JX_FIELD_TEXT)
		code = tapped(a, f);
	rc = check_set(a->k, a->path, code != NULL ? code : a->line, &first);
	if (rc == JX_EINVAL && f->list != NULL)
		code = tapped(a, f);
	if (rc == JX_EINVAL && f->list != NULL && code != NULL)
		return check_set(a->k, a->path, code, err);
	if (rc != JX_OK)
		*err = first;
	return rc;
}

/* ---- the way through the form ---------------------------------------------------------------------- */

static void remember_way(struct ask *a)
{
	a->history = jx_xreallocarray(a->history, a->depth + 1, sizeof(*a->history));
	memcpy(a->history[a->depth++], a->path, sizeof(a->path));
}

static void reopen(struct ask *a)
{
	memset(a->is_closed, 0, jx_sheet_form(a->k->fill.sheet)->section_count * sizeof(*a->is_closed));
}

static void go_back(struct ask *a)
{
	reopen(a);
	while (a->depth > 0) {
		memcpy(a->path, a->history[--a->depth], sizeof(a->path));
		if (a->path[0] != '\0' && jx_sheet_is_shown(a->k->fill.sheet, a->path))
			return;
	}
	a->path[0] = '\0';
}

/* The group in which the next row would stand before `next` is asked; section_count: none. */
static size_t find_open_group(const struct ask *a, const char *next)
{
	const struct jx_form *form = jx_sheet_form(a->k->fill.sheet);
	const struct jx_field *now = a->path[0] != '\0' ? jx_sheet_field(a->k->fill.sheet, a->path) : NULL;
	const struct jx_field *then = next != NULL ? jx_sheet_field(a->k->fill.sheet, next) : NULL;
	const size_t from = now != NULL ? now->section : 0;
	const size_t until = then != NULL ? then->section : form->section_count;

	for (size_t s = from; s < until; s++)
		if (form->sections[s].is_repeat && !a->is_closed[s])
			return s;
	return form->section_count;
}

/* Behind the last field of a section that is asked now. */
static void stand_behind(struct ask *a, size_t section)
{
	char at[JX_FIELD_PATH_MAX] = "";

	a->path[0] = '\0';
	while (jx_sheet_next(a->k->fill.sheet, at, at) &&
	       jx_sheet_field(a->k->fill.sheet, at)->section <= section)
		memcpy(a->path, at, sizeof(a->path));
}

/* Returns false to stop asking. */
static bool ask_row(struct ask *a, size_t section, struct jx_error *err)
{
	const struct jx_section *s = &jx_sheet_form(a->k->fill.sheet)->sections[section];
	const size_t rows = jx_sheet_rows(a->k->fill.sheet, s->id);
	enum move move;
	jx_rc rc = JX_OK;

	printf("%s: ", jx_text_pick(&s->name));
	printf(_("%zu so far. y: one more; =: one more, the same as the last; -: remove the last; Enter: go on"),
	       rows);
	putchar('\n');
	move = read_move(a);
	if (move == MOVE_QUIT || move == MOVE_GONE)
		return false;
	if (move == MOVE_BACK)
		go_back(a);
	else if (move == MOVE_END ||
		 (move == MOVE_ANSWER && (a->line[0] == '\0' || strcmp(a->line, "n") == 0)))
		a->is_closed[section] = true;
	else if (move == MOVE_SKIP && rows > 0)
		rc = jx_fill_remove_row(a->k->c->h.store, &a->k->fill, s->id, rows, err);
	else if (move == MOVE_SAME ||
		 (move == MOVE_ANSWER && (strcmp(a->line, "y") == 0 || strcmp(a->line, "是") == 0)))
		rc = jx_fill_add_row(a->k->c->h.store, &a->k->fill, s->id, move == MOVE_SAME, err);
	/* the row it stood in is gone, or there is one more with nothing to ask */
	if (rc == JX_OK && (move == MOVE_SKIP || move == MOVE_SAME))
		stand_behind(a, section);
	if (rc != JX_OK)
		printf("  ! %s\n", err->text);
	if (move == MOVE_SAME || move == MOVE_SKIP)
		print_computed(a);
	return rc == JX_OK || rc == JX_ELIMIT;
}

enum step {
	STEP_NEXT,
	STEP_AGAIN,
	STEP_BACK,
	STEP_END,
	STEP_STOP
};

static enum step ask_field(struct ask *a, struct jx_error *err)
{
	const struct jx_field *f = jx_sheet_field(a->k->fill.sheet, a->path);
	char value[JX_DRAFT_VALUE_MAX] = "";
	enum move move;
	jx_rc rc = JX_OK;

	(void)jx_sheet_get(a->k->fill.sheet, a->path, value, sizeof(value), NULL);
	print_question(a, f, value);
	move = read_move(a);
	if (move == MOVE_GONE || move == MOVE_QUIT)
		return STEP_STOP;
	if (move == MOVE_BACK)
		return STEP_BACK;
	if (move == MOVE_END)
		return STEP_END;
	if (move == MOVE_HELP) {
		print_help();
		if (f->list != NULL)
			print_codes(a, f, true);
		return STEP_AGAIN;
	}
	if (move == MOVE_SKIP && f->type != JX_FIELD_PHOTO)
		rc = check_set(a->k, a->path, "", err);
	else if ((move == MOVE_ANSWER && a->line[0] != '\0') || move == MOVE_SAME)
		rc = take_answer(a, f, err);
	if (rc != JX_OK) {
		printf("  ! %s\n", err->text);
		return rc == JX_EINVAL || rc == JX_ENOTFOUND || rc == JX_ELIMIT ? STEP_AGAIN : STEP_STOP;
	}
	print_broken_rules(a, a->path);
	print_computed(a);
	return STEP_NEXT;
}

/* False: stop. True: the last field was answered, or the end was asked for. err->code tells a failure of the disk. */
static bool walk(struct ask *a, struct jx_error *err)
{
	char next[JX_FIELD_PATH_MAX];

	for (;;) {
		const bool is_there = jx_sheet_next(a->k->fill.sheet, a->path, next);
		const size_t group = find_open_group(a, is_there ? next : NULL);
		enum step step;

		if (group < jx_sheet_form(a->k->fill.sheet)->section_count) {
			if (!ask_row(a, group, err))
				return false;
			continue;
		}
		if (!is_there)
			return true;
		remember_way(a);
		memcpy(a->path, next, sizeof(a->path));
		do
			step = ask_field(a, err);
		while (step == STEP_AGAIN);
		if (step == STEP_STOP)
			return false;
		if (step == STEP_END)
			return true;
		if (step == STEP_BACK) {
			go_back(a); /* to before this field ... */
			go_back(a); /* ... and before the one that was asked before it */
		}
	}
}

/* Before the field of a path, so that it is asked next. */
static void go_before(struct ask *a, const char *path)
{
	char at[JX_FIELD_PATH_MAX] = "";

	a->path[0] = '\0';
	while (jx_sheet_next(a->k->fill.sheet, at, at) && strcmp(at, path) != 0)
		memcpy(a->path, at, sizeof(a->path));
	/* it may be one that is counted: then its rows, and with them all, are asked again */
	if (strcmp(at, path) != 0)
		a->path[0] = '\0';
	for (size_t s = 0; s < jx_sheet_form(a->k->fill.sheet)->section_count; s++)
		a->is_closed[s] = true;
}

/* Where a draft goes on: before the first field that has no answer. */
static void go_on(struct ask *a)
{
	char at[JX_FIELD_PATH_MAX] = "", value[JX_DRAFT_VALUE_MAX];
	char last[JX_FIELD_PATH_MAX] = "";

	while (jx_sheet_next(a->k->fill.sheet, at, at)) {
		if (jx_sheet_get(a->k->fill.sheet, at, value, sizeof(value), NULL) == JX_OK &&
		    value[0] != '\0')
			memcpy(last, at, sizeof(last));
	}
	memcpy(a->path, last, sizeof(a->path));
}

static int stop(struct ask *a, const struct jx_error *err)
{
	char id[37];

	if (err->code != JX_OK && err->code != JX_EINVAL && err->code != JX_ENOTFOUND &&
	    err->code != JX_ELIMIT)
		return cli_fail(a->k->c, err);
	jx_uuid_format(a->k->fill.draft.id, id);
	if (a->k->fill.is_new && jx_store_drop_draft(a->k->c->h.store, a->k->fill.draft.id, NULL) == JX_OK)
		cli_say(a->k->c, "%s", _("nothing was answered, nothing is kept"));
	else
		cli_say(a->k->c, _("kept as a draft: go on with jx check --resume %.13s"), id);
	return a->is_gone ? jx_rc_exit_status(JX_EINTR) : 0;
}

/* Problems are gone through until there are none; then it is saved. */
static int finish(struct ask *a, struct jx_error *err)
{
	for (;;) {
		JX_AUTO_FREE struct jx_problem *p = jx_xcalloc(PROBLEMS_SHOWN, sizeof(*p));
		const char *roles[JX_PHOTOS_MAX];
		const size_t role_count = jx_fill_roles(&a->k->fill, roles);
		const size_t n = jx_sheet_problems(a->k->fill.sheet, roles, role_count, p, PROBLEMS_SHOWN);
		enum move move;

		for (size_t i = 0; i < n && i < PROBLEMS_SHOWN; i++)
			printf("  ! %s: %s\n",
			       jx_text_pick(&jx_sheet_field(a->k->fill.sheet, p[i].path)->name),
			       jx_text_pick(&p[i].text));
		printf("%s\n", n > 0 ? _("Enter: to the first of these; q: stop, the draft is kept")
				     : _("Enter: save; <: back; q: stop, the draft is kept"));
		move = read_move(a);
		if (move == MOVE_QUIT || move == MOVE_GONE)
			return stop(a, err);
		if (n == 0 && move == MOVE_ANSWER)
			return check_save(a->k);
		if (n > 0 && move != MOVE_BACK)
			go_before(a, p[0].path);
		else
			go_back(a);
		if (!walk(a, err))
			return stop(a, err);
	}
}

int check_ask(struct check *k)
{
	const struct jx_form *form = jx_sheet_form(k->fill.sheet);
	struct ask a = {.k = k, .is_closed = jx_xcalloc(form->section_count, sizeof(bool))};
	struct jx_error err = {0};
	int status;

	printf("%s  %s  %s\n", jx_text_pick(&form->name), form->id,
	       form->standard != NULL ? form->standard : "");
	if (form->hint.zh != NULL)
		printf("%s\n", jx_text_pick(&form->hint));
	print_help();
	if (!k->fill.is_new)
		go_on(&a);
	status = walk(&a, &err) ? finish(&a, &err) : stop(&a, &err);
	free(a.history);
	free(a.is_closed);
	free(a.shown);
	return status;
}
