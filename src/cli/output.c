/* Lines for people, objects for scripts. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

void cli_say(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->json || c->quiet)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* Longest beginning that fits into columns. */
static size_t fit(const char *text, int columns)
{
	size_t best = 0, len = strlen(text);

	for (size_t n = 1; n <= len; n++) {
		char part[512];
		size_t cut = jx_utf8_cut(text, n);

		if (cut == best || cut >= sizeof(part))
			continue;
		memcpy(part, text, cut);
		part[cut] = '\0';
		if (jx_os_columns(part) > columns)
			break;
		best = cut;
	}
	return best;
}

void cli_cell(const char *text, int columns, bool is_last)
{
	int width = jx_os_columns(text);

	if (is_last || width <= columns) {
		fputs(text, stdout);
	} else {
		size_t n = fit(text, columns - 1);
		char part[512];

		if (n >= sizeof(part))
			n = 0;
		memcpy(part, text, n);
		part[n] = '\0';
		printf("%s…", part);
		width = jx_os_columns(part) + 1;
	}
	for (; !is_last && width < columns + 1; width++)
		putchar(' ');
}

void cli_json_begin(struct cli_json *j)
{
	jx_buf_init(&j->b, 4u << 20);
	jx_buf_addc(&j->b, '{');
	j->has_member = false;
}

static void name_member(struct cli_json *j, const char *name)
{
	if (j->has_member)
		jx_buf_addc(&j->b, ',');
	j->has_member = true;
	jx_buf_add_json(&j->b, name, strlen(name));
	jx_buf_addc(&j->b, ':');
}

void cli_json_str(struct cli_json *j, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	name_member(j, name);
	jx_buf_add_json(&j->b, value, strlen(value));
}

void cli_json_int(struct cli_json *j, const char *name, int64_t value)
{
	name_member(j, name);
	jx_buf_add_i64(&j->b, value);
}

void cli_json_bool(struct cli_json *j, const char *name, bool value)
{
	name_member(j, name);
	jx_buf_adds(&j->b, value ? "true" : "false");
}

void cli_json_hex(struct cli_json *j, const char *name, const void *bytes, size_t len)
{
	name_member(j, name);
	jx_buf_addc(&j->b, '"');
	jx_buf_add_hex(&j->b, bytes, len);
	jx_buf_addc(&j->b, '"');
}

void cli_json_raw(struct cli_json *j, const char *name, const char *json)
{
	name_member(j, name);
	jx_buf_adds(&j->b, json);
}

void cli_json_buf(struct cli_json *j, const char *name, const jx_buf *json)
{
	name_member(j, name);
	jx_buf_add_buf(&j->b, json);
}

void cli_json_fix(struct cli_json *j, const char *name, const struct jx_fix *fix)
{
	name_member(j, name);
	jx_buf_addf(&j->b, "{\"source\":\"%s\"", jx_fix_source_name(fix->source));
	if (fix->source != JX_FIX_NONE)
		jx_buf_addf(
			&j->b,
			",\"lat_wgs84_e7\":%d,\"lon_wgs84_e7\":%d,\"accuracy_mm\":%lld,\"fix_mode\":%u,\"fix_age_ms\":%lld,\"stale\":%s",
			(int)fix->lat_wgs84_e7, (int)fix->lon_wgs84_e7, (long long)fix->accuracy_mm,
			(unsigned)fix->mode, (long long)fix->age_ms, fix->is_stale ? "true" : "false");
	jx_buf_addf(&j->b, ",\"satellites\":%d}", fix->satellites_used);
}

void cli_json_end(struct cli_json *j)
{
	jx_buf_addc(&j->b, '}');
	if (jx_buf_check(&j->b, "output", NULL) != JX_OK)
		jx_end_without_memory(); /* status 0 and no answer would be taken for an empty one */
	printf("%s\n", j->b.data);
	jx_buf_done(&j->b);
}

int cli_fail(const struct cli *c, const struct jx_error *err)
{
	int status = jx_rc_exit_status(err->code);

	/* first what needs memory: where there is none it ends the program with its own line, and one is enough */
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", false);
		cli_json_str(&j, "error", jx_rc_name(err->code));
		cli_json_str(&j, "where", err->where);
		cli_json_str(&j, "text", err->text);
		cli_json_int(&j, "exit_status", status);
		cli_json_end(&j);
	}
	fprintf(stderr, "jx: %s\n", err->text);
	return status;
}

void cli_fix_text(const struct jx_fix *fix, const char *reason, char *out, size_t cap)
{
	double lat = fix->lat_wgs84_e7 / 1e7, lon = fix->lon_wgs84_e7 / 1e7;

	if (fix->source == JX_FIX_NONE) {
		if (reason != NULL && reason[0] != '\0')
			(void)snprintf(out, cap, _("%s: %s"), _("no position"), reason);
		else
			jx_strcpy(out, cap, _("no position"));
		return;
	}
	if (fix->accuracy_mm >= 0)
		(void)snprintf(out, cap, "%.7f, %.7f ±%lld m", lat, lon,
			       (long long)((fix->accuracy_mm + 999) / 1000));
	else
		(void)snprintf(out, cap, "%.7f, %.7f", lat, lon);
	if (fix->is_stale) {
		size_t n = strlen(out);

		(void)snprintf(out + n, cap - n, _(" (%lld s old)"), (long long)(fix->age_ms / 1000));
	}
}

void cli_time_text(const struct cli *c, int64_t utc_ms, bool with_date, char *out, size_t cap)
{
	char full[32];

	jx_time_format(utc_ms, (int)c->h.profile.utc_offset_min, full);
	if (strlen(full) < 19) {
		jx_strcpy(out, cap, full);
		return;
	}
	full[10] = ' ';
	full[19] = '\0';
	jx_strcpy(out, cap, with_date ? full : full + 11);
}
