/* Commands that ask: the server if one runs on the folder, else the vault itself. And `init`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "program.h"

#define FIRST_OFFICE "OFFICE"

static jx_rc find_site(struct options *o, struct jx_error *err)
{
	jx_rc rc = site_resolve(o->data_dir, o->dir, sizeof(o->dir), err);

	return rc != JX_OK ? rc : site_become_owner(o->dir, err);
}

static jx_rc ask_here(const char *dir, const jx_buf *request, jx_buf *answer, struct jx_error *err)
{
	JX_AUTO(site) d = NULL;
	jx_rc rc = site_open(dir, false, &d, err);

	if (rc == JX_OK)
		admin_run(d, request->data, request->len - 1, answer);
	return rc;
}

/* A server may start or end between the two tries: then the vault is held, and it is asked after all. */
static jx_rc ask(const char *dir, const jx_buf *request, jx_buf *answer, struct jx_error *err)
{
	jx_rc rc = control_ask(dir, request->data, request->len, answer, err);

	if (rc != JX_ENOTFOUND)
		return rc;
	jx_buf_reset(answer);
	rc = ask_here(dir, request, answer, err);
	if (rc != JX_EBUSY)
		return rc;
	jx_buf_reset(answer);
	return control_ask(dir, request->data, request->len, answer, err) == JX_OK ? JX_OK : rc;
}

int request_run(struct options *o, const char *command, jx_buf *request)
{
	JX_AUTO_BUF answer;
	struct jx_error err = {0};
	jx_rc rc;

	jx_buf_init(&answer, ADMIN_ANSWER_MAX);
	jx_buf_adds(request, "}\n");
	rc = jx_buf_check(request, "command line", &err);
	if (rc == JX_OK)
		rc = find_site(o, &err);
	if (rc == JX_OK)
		rc = ask(o->dir, request, &answer, &err);
	if (rc != JX_OK && !o->is_json)
		return program_fail(&err);
	if (rc != JX_OK)
		admin_fail(&err, &answer);
	return print_answer(command, o, &answer);
}

void request_begin(jx_buf *request, const char *command)
{
	jx_buf_init(request, ADMIN_REQUEST_MAX);
	jx_buf_addf(request, "{\"cmd\":\"%s\"", command);
}

void request_add(jx_buf *request, const char *name, const char *value)
{
	if (value == NULL)
		return;
	jx_buf_addf(request, ",\"%s\":", name);
	jx_buf_add_json(request, value, strlen(value));
}

int cmd_plain(struct options *o, const char *name)
{
	JX_AUTO_BUF request;

	request_begin(&request, name);
	return request_run(o, name, &request);
}

int cmd_sweep(struct options *o)
{
	JX_AUTO_BUF request;

	request_begin(&request, "sweep");
	if (o->is_dry)
		jx_buf_adds(&request, ",\"dry_run\":true");
	return request_run(o, "sweep", &request);
}

static void code_request(const struct options *o, jx_buf *request)
{
	request_begin(request, "code");
	request_add(request, "short", o->short_code);
	request_add(request, "role", o->role);
	request_add(request, "area", o->area);
	request_add(request, "url", o->url);
	jx_buf_addf(request, ",\"trusted\":%s", o->is_trusted ? "true" : "false");
	if (o->is_renewal)
		jx_buf_adds(request, ",\"renew\":true");
}

#define CODES_MAX 100000

/* For a fleet that is enrolled in one go: the first that fails ends it. */
static int make_codes(struct options *o, int64_t count)
{
	const char *stem = o->short_code;
	const int width = snprintf(NULL, 0, "%lld", (long long)count);
	int status = EXIT_SUCCESS;

	for (int64_t k = 1; k <= count && status == EXIT_SUCCESS; k++) {
		JX_AUTO_FREE char *short_code = jx_xasprintf("%s%0*lld", stem, width, (long long)k);
		JX_AUTO_BUF request;

		o->short_code = short_code;
		code_request(o, &request);
		status = request_run(o, "code", &request);
		o->short_code = stem;
	}
	return status;
}

int cmd_code(struct options *o)
{
	JX_AUTO_BUF request;
	int64_t count = 0;

	jx_buf_init(&request, 1);
	if (o->count != NULL && !jx_parse_i64(o->count, 1, CODES_MAX, &count)) {
		fprintf(stderr, "jiexund: --count: ");
		fprintf(stderr, _("'%s' is no number from 1 to %d"), o->count, CODES_MAX);
		fputc('\n', stderr);
		return EXIT_USAGE;
	}
	if (o->short_code == NULL) {
		fprintf(stderr, "jiexund: %s\n",
			_("code needs --short, what people will call the device: jiexund code --short H07"));
		return EXIT_USAGE;
	}
	if (count > 0)
		return make_codes(o, count);
	code_request(o, &request);
	return request_run(o, "code", &request);
}

int cmd_confirm(struct options *o)
{
	JX_AUTO_BUF request;

	request_begin(&request, "confirm");
	request_add(&request, "short", o->positional[0]);
	request_add(&request, "fingerprint", o->positional[1]);
	return request_run(o, "confirm", &request);
}

int cmd_revoke(struct options *o)
{
	JX_AUTO_BUF request;

	request_begin(&request, "revoke");
	if (o->reason == NULL) {
		fprintf(stderr, "jiexund: %s\n",
			_("revoke needs --reason, it is kept for ever: jiexund revoke H07 --reason lost"));
		return EXIT_USAGE;
	}
	request_add(&request, "short", o->positional[0]);
	request_add(&request, "reason", o->reason);
	return request_run(o, "revoke", &request);
}

int cmd_move(struct options *o)
{
	JX_AUTO_BUF request;

	request_begin(&request, "move");
	request_add(&request, "short", o->positional[0]);
	request_add(&request, "area", o->positional[1]);
	return request_run(o, "move", &request);
}

/* ---- init ---- */

static jx_rc wanted_conf(const struct options *o, struct jx_server__conf *out, struct jx_error *err)
{
	char host[256] = "";
	size_t at = 0;

	jx_server__conf_default(out);
	if (o->listen != NULL)
		jx_strcpy(out->listen, sizeof(out->listen), o->listen);
	if (o->area != NULL)
		jx_strcpy(out->area, sizeof(out->area), o->area);
	if (o->url != NULL)
		jx_strcpy(out->url, sizeof(out->url), o->url);
	if (o->name_count == 0 && gethostname(host, sizeof(host) - 1) == 0)
		jx_strcpy(out->names, sizeof(out->names), host);
	for (size_t i = 0; i < o->name_count; i++) {
		int n = snprintf(out->names + at, sizeof(out->names) - at, "%s%s", i == 0 ? "" : ", ",
				 o->names[i]);

		if (n < 0 || (size_t)n >= sizeof(out->names) - at)
			return jx_fail(err, JX_ELIMIT, 0, "server.init",
				       "--name: together longer than %zu bytes; give fewer",
				       sizeof(out->names) - 1);
		at += (size_t)n;
	}
	return JX_OK;
}

static int tell_unchanged(const struct options *o)
{
	if (o->is_json) {
		printf("{\"ok\":true,\"made\":false}\n");
		return EXIT_SUCCESS;
	}
	printf(_("%s is set up already; nothing was changed."), o->dir);
	printf("\n%s\n    jiexund code --short H07 --data %s\n", _("A code for a device is made with:"),
	       o->data_dir);
	return EXIT_SUCCESS;
}

/* The answer about the code, with what only `init` knows in front. */
static int print_made_json(const char *fingerprint, const jx_buf *answer)
{
	static const char begins[] = "{\"ok\":true";
	size_t skip = sizeof(begins) - 1;

	if (answer->len < skip || memcmp(answer->data, begins, skip) != 0) {
		fputs(answer->data == NULL ? "" : answer->data, stdout);
		return EXIT_FAILURE;
	}
	printf("%s,\"made\":true,\"fingerprint\":\"%s\"%s", begins, fingerprint, answer->data + skip);
	return EXIT_SUCCESS;
}

static int tell_made(struct options *o, site *d)
{
	JX_AUTO_BUF request;
	JX_AUTO_BUF answer;
	uint8_t identity[JX_PUB_BYTES];
	char fingerprint[20];

	jx_buf_init(&answer, ADMIN_ANSWER_MAX);
	jx_ingest_identity(d->ingest, identity);
	jx_fingerprint(identity, fingerprint);
	o->role = "admin";
	o->short_code = o->short_code == NULL ? FIRST_OFFICE : o->short_code;
	code_request(o, &request);
	jx_buf_adds(&request, "}\n");
	admin_run(d, request.data, request.len - 1, &answer);
	if (!o->is_json) {
		printf(_("%s is set up. The server's fingerprint is %s."), o->dir, fingerprint);
		printf("\n%s\n    jiexund serve --data %s\n\n",
		       _("Start it now, the code below is good for 15 minutes:"), o->data_dir);
	}
	return o->is_json ? print_made_json(fingerprint, &answer) : print_answer("code", o, &answer);
}

static jx_rc make_site(struct options *o, bool *made_out, struct jx_error *err)
{
	struct jx_server__conf conf;
	jx_rc rc = find_site(o, err);

	if (rc == JX_OK)
		rc = wanted_conf(o, &conf, err);
	return rc != JX_OK ? rc : site_make(o->dir, &conf, made_out, err);
}

/*
 * A file vault.db is no vault yet: the power may have gone while an earlier `init` made it. One that is open elsewhere, or
 * damaged, is not for `init` to touch.
 */
static bool has_vault(const char *dir)
{
	const struct jx_vault_sqlite_config config = {.dir = dir, .fs = jx_os_fs(), .rand = jx_os_rand()};
	JX_AUTO(jx_vault) vault = NULL;

	return jx_vault_sqlite_open(&config, &vault, NULL) != JX_ENOTFOUND;
}

int cmd_init(struct options *o)
{
	JX_AUTO(site) d = NULL;
	struct jx_error err = {0};
	bool made = false;
	jx_rc rc = make_site(o, &made, &err);

	if (rc != JX_OK)
		return program_fail(&err);
	if (!made && has_vault(o->dir))
		return tell_unchanged(o);
	rc = site_open(o->dir, true, &d, &err);
	if (rc != JX_OK)
		return program_fail(&err);
	return tell_made(o, d);
}
