/*
 * jx selftest-storage: can this disk keep what is saved on it? What a running machine can tell is told; what only a power cut can
 * tell is tested with one, in two steps: --write until somebody pulls the plug, --check CODE after the restart.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "jiexun/cli.h"

#include "selftest.h"

#define WHERE       "jx.selftest"
#define FOLDER      "selftest-storage"
#define SCRATCH     "selftest-scratch"
#define SHOW_MS     50  /* a screen that is written more often is not read better */
#define SHOW_BLOCKS 256 /* ... but the number on it may not lag far behind: see AHEAD in probe.c */

static const char *state_name(enum cli_state s)
{
	return s == CLI_OK ? "ok" : s == CLI_WARN ? "warn" : "fail";
}

static const char *state_word(enum cli_state s)
{
	return s == CLI_OK ? _("good") : s == CLI_WARN ? _("doubtful") : _("BAD");
}

/* ---- what can be told at once ------------------------------------------------------------------------ */

static void print_finding(const struct cli *c, const char *name, const struct cli_finding *f)
{
	struct cli_json j;

	if (c->json) {
		cli_json_begin(&j);
		cli_json_str(&j, "check", name);
		cli_json_str(&j, "state", state_name(f->state));
		cli_json_str(&j, "text", f->text);
		cli_json_end(&j);
	} else if (!c->quiet) {
		cli_cell(state_word(f->state), 10, false);
		printf("%s\n", f->text);
	}
}

static jx_rc remove_name(void *arg, const char *name)
{
	const char *dir = arg;
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, name);

	(void)jx_os_fs()->remove(NULL, path, NULL);
	return JX_OK;
}

/* Only our own folder, and only what lies in it directly. */
static void remove_folder(char *dir)
{
	(void)jx_os_fs()->list(NULL, dir, remove_name, dir, NULL);
	(void)remove(dir);
}

static int ask_all(struct cli *c, const char *dir)
{
	JX_AUTO_FREE char *scratch = jx_xasprintf("%s/" SCRATCH, dir);
	struct cli_selftest t = {.c = c, .fs = jx_os_fs(), .dir = dir, .scratch = scratch};
	struct jx_error err = {.code = JX_OK};
	int count[CLI_FAIL + 1] = {0};
	struct cli_json j;

	remove_folder(scratch);
	if (t.fs->make_dir(t.fs->user, scratch, &err) != JX_OK)
		return cli_fail(c, &err);
	jx_device_read_storage("", dir, &t.disk);
	for (size_t i = 0; i < cli_question_count; i++) {
		struct cli_finding f = {.state = CLI_FAIL};

		cli_questions[i].ask(&t, &f);
		print_finding(c, cli_questions[i].name, &f);
		count[f.state]++;
	}
	remove_folder(scratch);
	if (c->json) {
		cli_json_begin(&j);
		cli_json_bool(&j, "ok", count[CLI_FAIL] == 0);
		cli_json_int(&j, "doubtful", count[CLI_WARN]);
		cli_json_int(&j, "bad", count[CLI_FAIL]);
		cli_json_end(&j);
	}
	cli_say(c, "%s",
		_("whether the disk does what it says, only a power cut can tell: jx selftest-storage --write"));
	return count[CLI_FAIL] == 0 ? 0 : jx_rc_exit_status(JX_EIO);
}

/* ---- the power cut ----------------------------------------------------------------------------------- */

static void show(const struct cli *c, const jx_probe *p, int64_t n)
{
	char code[JX_PROBE_CODE_MAX];
	struct cli_json j;

	jx_probe_code(p, code);
	if (c->json) {
		cli_json_begin(&j);
		cli_json_int(&j, "n", n);
		cli_json_str(&j, "code", code);
		cli_json_end(&j);
	} else {
		printf("%s\n", code);
	}
	(void)fflush(stdout);
}

static jx_rc write_until(struct cli *c, jx_probe *p, int64_t seconds, int64_t *n_out, struct jx_error *err)
{
	const struct jx_clock *clock = jx_os_clock();
	const int64_t end_ms = clock->mono_ms(clock->user) + seconds * 1000;
	int64_t n = 0, shown_n = 0, shown_ms = 0;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && clock->mono_ms(clock->user) < end_ms) {
		rc = jx_probe_step(p, &n, err);
		if (rc == JX_OK &&
		    (n - shown_n >= SHOW_BLOCKS || clock->mono_ms(clock->user) - shown_ms >= SHOW_MS)) {
			show(c, p, n);
			shown_n = n;
			shown_ms = clock->mono_ms(clock->user);
		}
	}
	*n_out = n;
	return rc;
}

static int write_blocks(struct cli *c, const char *folder, int64_t seconds)
{
	JX_AUTO(jx_probe) p = NULL;
	struct jx_error err = {.code = JX_OK};
	int64_t n = 0;
	jx_rc rc;

	cli_say(c, "%s",
		_("Cut the power (pull the battery; do not shut down) while numbers run, and note the last line."));
	cli_say(c, _("After the restart: jx selftest-storage --check CODE. It stops by itself after %lld s."),
		(long long)seconds);
	rc = jx_probe_begin(jx_os_fs(), jx_os_rand(), folder, &p, &err);
	if (rc == JX_OK)
		rc = write_until(c, p, seconds, &n, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	show(c, p, n);
	cli_say(c, "%s", _("the power was not cut; begin again"));
	return 0;
}

static void print_result(const struct cli *c, const struct jx_probe_result *r, bool is_good)
{
	struct cli_json j;

	if (!c->json)
		return;
	cli_json_begin(&j);
	cli_json_bool(&j, "ok", is_good);
	cli_json_int(&j, "last_n", r->last_n);
	cli_json_int(&j, "looked", r->looked);
	cli_json_int(&j, "missing", r->missing);
	if (r->missing > 0)
		cli_json_int(&j, "first_missing_n", r->first_missing_n);
	cli_json_int(&j, "names_missing", r->names_missing);
	cli_json_end(&j);
}

static int check_blocks(struct cli *c, const char *folder, const char *code)
{
	struct jx_probe_result r;
	struct jx_error err = {.code = JX_OK};
	bool is_good;

	if (jx_probe_check(jx_os_fs(), folder, code, &r, &err) != JX_OK)
		return cli_fail(c, &err);
	is_good = r.missing == 0 && r.names_missing == 0;
	print_result(c, &r, is_good);
	if (is_good) {
		cli_say(c,
			_("all %lld blocks and files up to number %lld are there: this time the disk kept its word"),
			(long long)r.looked, (long long)r.last_n);
		(void)jx_probe_clear(jx_os_fs(), folder, NULL);
		(void)remove(folder);
		return 0;
	}
	if (r.missing > 0)
		fprintf(stderr,
			_("jx: %lld of the blocks up to number %lld are missing, the first is %lld: they had been synced\n"),
			(long long)r.missing, (long long)r.last_n, (long long)r.first_missing_n);
	if (r.names_missing > 0)
		fprintf(stderr, "%s\n",
			_("jx: a file that had been renamed into place is gone: its folder had been synced"));
	fprintf(stderr, "%s\n",
		_("jx: this disk lies about fsync: what was shown as saved can be lost; do not record on it"));
	return jx_rc_exit_status(JX_EIO);
}

/* ---- the command ------------------------------------------------------------------------------------- */

static jx_rc find_dir(const struct cli *c, const struct cli_args *a, char **out, struct jx_error *err)
{
	const char *given = cli_value(a, "dir");
	const char *dir = given != NULL ? given : c->h.dir;
	jx_rc rc = given == NULL ? jx_os_fs()->make_dir(NULL, c->h.dir, err) : JX_OK;

	if (rc != JX_OK)
		return rc;
	*out = realpath(dir, NULL);
	if (*out == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "there is no folder %s: make it or name another",
			       dir);
	return JX_OK;
}

static jx_rc read_seconds(const struct cli_args *a, int64_t *out, struct jx_error *err)
{
	const char *text = cli_value(a, "seconds");

	*out = 600;
	if (text != NULL && !jx_parse_i64(text, 1, 86400, out))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "field \"seconds\": \"%s\" is no number of seconds from 1 to 86400", text);
	return JX_OK;
}

int cli_selftest(struct cli *c, const struct cli_args *a)
{
	JX_AUTO_FREE char *dir = NULL, *folder = NULL;
	struct jx_error err = {.code = JX_OK};
	const char *code = cli_value(a, "check");
	int64_t seconds = 0;
	jx_rc rc = read_seconds(a, &seconds, &err);

	if (rc == JX_OK && code != NULL && cli_flag(a, "write"))
		rc = jx_fail(&err, JX_EINVAL, 0, WHERE,
			     "--write and --check exclude each other: first one, then the other");
	if (rc == JX_OK)
		rc = find_dir(c, a, &dir, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	folder = jx_xasprintf("%s/" FOLDER, dir);
	if (code != NULL)
		return check_blocks(c, folder, code);
	return cli_flag(a, "write") ? write_blocks(c, folder, seconds) : ask_all(c, dir);
}
