/* Answers that are not asked for any more, as jx check tells them. */
#include "check.h"

#include <stdio.h>
#include <string.h>

static void tell(void *user, const struct jx_field *f, const char *path, const char *value)
{
	(void)user;
	fprintf(stderr,
		_("jx: %s (%s): \"%s\" is left out, for the other answers leave no room for this question"),
		jx_text_pick(&f->name), path, value);
	fputc('\n', stderr);
}

void check_tell_hidden(const struct check *k)
{
	(void)jx_fill_each_hidden(&k->fill, tell, NULL);
}

static void add(void *user, const struct jx_field *f, const char *path, const char *value)
{
	jx_buf *out = user;

	(void)f;
	jx_buf_addf(out, "%s{\"path\":\"%s\",\"value\":", out->len > 1 ? "," : "", path);
	jx_buf_add_json(out, value, strlen(value));
	jx_buf_addc(out, '}');
}

void check_hidden_json(const struct check *k, jx_buf *out)
{
	jx_buf_addc(out, '[');
	(void)jx_fill_each_hidden(&k->fill, add, out);
	jx_buf_addc(out, ']');
}
