/* Lines for people, objects for scripts. */
#include "program.h"

#include <stdio.h>
#include <string.h>

void office_say(const struct office *o, const char *fmt, ...)
{
	va_list ap;

	if (o->json || o->quiet)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void office_cell(const char *text, int columns)
{
	fputs(text, stdout);
	for (int width = jx_os_columns(text); width < columns; width++)
		putchar(' ');
	putchar(' ');
}

void office_print(struct jx_office__json *j)
{
	jx_office__json_end(j);
	if (jx_buf_check(&j->b, "output", NULL) != JX_OK)
		jx_end_without_memory(); /* status 0 and no answer would be taken for an empty one */
	printf("%s\n", j->b.data);
	jx_buf_done(&j->b);
}

int office_fail(const struct office *o, const struct jx_error *err)
{
	const int status = jx_rc_exit_status(err->code);

	fprintf(stderr, "jx-office: %s\n", err->text);
	if (o->json) {
		struct jx_office__json j;

		jx_office__json_begin(&j);
		jx_office__json_bool(&j, "ok", false);
		jx_office__json_str(&j, "error", jx_rc_name(err->code));
		jx_office__json_str(&j, "where", err->where);
		jx_office__json_str(&j, "text", err->text);
		jx_office__json_int(&j, "exit_status", status);
		office_print(&j);
	}
	return status;
}

void office_time(int64_t utc_ms, const char *day, char *out, size_t cap)
{
	char full[32];

	if (utc_ms <= 0) {
		jx_strcpy(out, cap, "-");
		return;
	}
	jx_time_format(utc_ms, JX_UTC_OFFSET_MIN_DEFAULT, full);
	full[10] = ' ';
	full[16] = '\0';
	jx_strcpy(out, cap, day != NULL && strncmp(full, day, 10) == 0 ? full + 11 : full);
}
