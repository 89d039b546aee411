/* jx person: who works with this device, and PINs. */
#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PIN_LINE_MAX 64

/* One line of standard input; of a terminal asked for, and not shown. */
static jx_rc read_pin(const char *question, char out[PIN_LINE_MAX], struct jx_error *err)
{
	const bool is_terminal = isatty(STDIN_FILENO) == 1;
	struct termios before, silent;
	char *line;

	if (is_terminal) {
		fprintf(stderr, "%s ", question);
		if (tcgetattr(STDIN_FILENO, &before) == 0) {
			silent = before;
			silent.c_lflag &= ~(tcflag_t)ECHO;
			(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
		}
	}
	line = fgets(out, PIN_LINE_MAX, stdin);
	if (is_terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (line == NULL)
		return jx_fail(err, JX_EINVAL, 0, "jx.pin",
			       "field \"pin\" is missing: give it on standard input, one line");
	out[strcspn(out, "\r\n")] = '\0';
	return JX_OK;
}

static jx_rc sign_in(struct cli *c, const struct cli_args *a, int64_t *n, struct jx_error *err)
{
	char pin[PIN_LINE_MAX];
	jx_rc rc = cli_flag(a, "pin") ? read_pin(_("PIN:"), pin, err) : JX_OK;

	if (rc == JX_OK)
		rc = jx_handheld_sign_in(&c->h, a->pos[0], cli_value(a, "name"),
					 cli_flag(a, "pin") ? pin : NULL, n, err);
	jx_wipe(pin, sizeof(pin));
	return rc;
}

int cli_person_in(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	int64_t n;

	if (sign_in(c, a, &n, &err) != JX_OK)
		return cli_fail(c, &err);
	cli_say(c, _("%s is signed in"), a->pos[0]);
	return cli_done(c, n);
}

int cli_person_out(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	int64_t n;
	jx_rc rc = jx_handheld_open_recorder(&c->h, &err);

	(void)a;
	if (rc == JX_OK)
		rc = jx_record_person_out(&c->h.recorder, &n, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	cli_say(c, "%s", _("signed out"));
	return cli_done(c, n);
}

struct find {
	const char *id;
	bool has_pin;
};

static jx_rc look(void *user, const struct jx_person *p)
{
	struct find *f = user;

	if (strcmp(p->id, f->id) == 0)
		f->has_pin = p->has_pin;
	return JX_OK;
}

static jx_rc change_pin(struct cli *c, const struct cli_args *a, struct jx_error *err)
{
	struct find f = {.id = a->pos[0]};
	char old[PIN_LINE_MAX] = "", pin[PIN_LINE_MAX] = "";
	const bool is_removed = cli_flag(a, "remove");
	jx_rc rc = jx_handheld_each_person(&c->h, look, &f, err);

	if (rc == JX_OK && f.has_pin)
		rc = read_pin(_("Present PIN:"), old, err);
	if (rc == JX_OK && !is_removed)
		rc = read_pin(_("New PIN:"), pin, err);
	if (rc == JX_OK)
		rc = jx_handheld_set_pin(&c->h, a->pos[0], f.has_pin ? old : NULL, is_removed ? NULL : pin,
					 err);
	jx_wipe(old, sizeof(old));
	jx_wipe(pin, sizeof(pin));
	return rc;
}

int cli_person_pin(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};

	if (change_pin(c, a, &err) != JX_OK)
		return cli_fail(c, &err);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_end(&j);
	}
	cli_say(c, cli_flag(a, "remove") ? _("%s has no PIN any more") : _("%s has a PIN on this device"),
		a->pos[0]);
	return 0;
}

static jx_rc print_person(void *user, const struct jx_person *p)
{
	struct cli *c = user;
	const char *pin = p->has_pin ? _("PIN") : "";

	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_str(&j, "person", p->id);
		cli_json_str(&j, "name", p->name);
		cli_json_bool(&j, "has_pin", p->has_pin);
		cli_json_int(&j, "wait_ms", p->wait_ms);
		cli_json_end(&j);
		return JX_OK;
	}
	cli_cell(p->id, 20, false);
	cli_cell(p->name, 20, false);
	cli_cell(pin, 20, true);
	putchar('\n');
	return JX_OK;
}

int cli_person_list(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};

	(void)a;
	return jx_handheld_each_person(&c->h, print_person, c, &err) == JX_OK ? 0 : cli_fail(c, &err);
}
