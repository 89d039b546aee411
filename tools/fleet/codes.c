/* Enrolment codes: from a file, or from a server on this machine. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fleet.h"

#define WHERE      "fleet.codes"
#define LINE_BYTES 1024

/* A line: a code, a link, or what `jiexund code --json` prints. */
static jx_rc read_line(const char *line, char **code_out, char *url_out, size_t url_cap, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	struct jx_code_text parsed;
	char text[LINE_BYTES];
	jx_rc rc = JX_OK;

	jx_strcpy(text, sizeof(text), line);
	if (line[0] == '{') {
		rc = jx_json_parse(line, strlen(line), &jx_json_message_limits, &doc, err);
		if (rc == JX_OK && jx_json_str(&doc, jx_json_get(&doc, 0, "text"), text, sizeof(text)))
			rc = jx_fail(err, JX_ESTATE, 0, WHERE, "jiexund made no code: %s", text);
		if (rc == JX_OK)
			rc = jx_json_need_str(&doc, 0, "link", text, sizeof(text), err);
	}
	if (rc == JX_OK)
		rc = jx_code_parse(text, &parsed, url_out, url_cap, err);
	if (rc == JX_OK)
		*code_out = jx_xstrdup(text);
	jx_wipe(&parsed, sizeof(parsed));
	return rc;
}

static jx_rc read_all(FILE *from, int64_t count, char **codes, char *url_out, size_t url_cap,
		      struct jx_error *err)
{
	char line[LINE_BYTES];
	int64_t k = 0;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && k < count && fgets(line, sizeof(line), from) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			rc = read_line(line, &codes[k++], url_out, url_cap, err);
	}
	if (rc == JX_OK && k < count)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "there are %lld codes for %lld devices: make more, or give a smaller --devices",
			     (long long)k, (long long)count);
	return rc;
}

/* ---- from a server on this machine ---- */

/* 0, or what errno says. from_out: what it prints. */
static int spawn_with(char *const *argv, pid_t *pid_out, int *from_out)
{
	posix_spawn_file_actions_t actions;
	int ends[2], e;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return errno;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	e = posix_spawnp(pid_out, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	if (e == 0)
		*from_out = ends[0];
	else
		(void)close(ends[0]);
	return e;
}

static jx_rc start_jiexund(const struct fleet_options *o, pid_t *pid_out, FILE **from_out,
			   struct jx_error *err)
{
	JX_AUTO_FREE char *count = jx_xasprintf("%lld", (long long)o->devices);
	JX_AUTO_FREE char *stem = jx_xasprintf("F%lldN", (long long)o->seed);
	const char *const words[] = {"jiexund", "code",    "--data", o->data,     "--short",
				     stem,      "--count", count,    "--trusted", "--json"};
	char *argv[sizeof(words) / sizeof(words[0]) + 1] = {NULL};
	int e, from = -1;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		argv[i] = jx_xstrdup(words[i]);
	e = spawn_with(argv, pid_out, &from);
	for (size_t i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	if (e != 0)
		return jx_fail(err, JX_ESTATE, e, WHERE,
			       "jiexund cannot be started: %s; make the codes there and give --codes",
			       strerror(e));
	*from_out = fdopen(from, "r");
	return *from_out != NULL ? JX_OK : jx_fail(err, JX_ENOMEM, errno, WHERE, "no memory for a pipe");
}

static jx_rc ask_jiexund(const struct fleet_options *o, char **codes, char *url_out, size_t url_cap,
			 struct jx_error *err)
{
	FILE *from = NULL;
	pid_t pid = -1;
	jx_rc rc = start_jiexund(o, &pid, &from, err);

	if (rc != JX_OK)
		return rc;
	rc = read_all(from, o->devices, codes, url_out, url_cap, err);
	(void)fclose(from);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return rc;
}

jx_rc fleet_codes(const struct fleet_options *o, char ***codes_out, char *url_out, size_t url_cap,
		  struct jx_error *err)
{
	char **codes = jx_xcalloc((size_t)o->devices, sizeof(*codes));
	jx_rc rc = JX_OK;

	url_out[0] = '\0';
	if (o->data != NULL) {
		rc = ask_jiexund(o, codes, url_out, url_cap, err);
	} else {
		FILE *from = strcmp(o->codes, "-") == 0 ? stdin : fopen(o->codes, "re");

		if (from == NULL)
			rc = jx_fail(err, JX_ENOTFOUND, errno, WHERE,
				     "%s cannot be read: %s; give a file of codes", o->codes,
				     strerror(errno));
		else
			rc = read_all(from, o->devices, codes, url_out, url_cap, err);
		if (from != NULL && from != stdin)
			(void)fclose(from);
	}
	if (rc == JX_OK)
		*codes_out = codes;
	else
		fleet_codes_free(codes, (size_t)o->devices);
	return rc;
}

void fleet_codes_free(char **codes, size_t count)
{
	for (size_t k = 0; codes != NULL && k < count; k++) {
		if (codes[k] != NULL)
			jx_wipe(codes[k], strlen(codes[k]));
		free(codes[k]);
	}
	free(codes);
}
