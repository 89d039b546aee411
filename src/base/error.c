#include <libintl.h>
#include <stdio.h>
#include <string.h>

#include "base_private.h"

/* Far longer than the text of an error: where the scratch cuts a message, the copy has cut it before, at a character. */
#define SCRATCH_BYTES 1024

struct rc_row {
	jx_rc rc;
	int exit_status;
	const char *name;
};

/* The table of base.h, in the same order. Published in the man pages: rows may be added, numbers stay. */
static const struct rc_row rc_rows[] = {
	{JX_OK, 0, "ok"},
	{JX_EINVAL, 65, "einval"},
	{JX_ENOTFOUND, 66, "enotfound"},
	{JX_EEXISTS, 73, "eexists"},
	{JX_EIO, 74, "eio"},
	{JX_ENOSPC, 79, "enospc"},
	{JX_EROFS, 72, "erofs"},
	{JX_EBUSY, 80, "ebusy"},
	{JX_ECORRUPT, 70, "ecorrupt"},
	{JX_EVERSION, 78, "eversion"},
	{JX_EAUTH, 77, "eauth"},
	{JX_ENET, 75, "enet"},
	{JX_ELIMIT, 81, "elimit"},
	{JX_ECONFLICT, 82, "econflict"},
	{JX_ESTATE, 69, "estate"},
	{JX_ENOMEM, 71, "enomem"},
	{JX_ETLS, 76, "etls"},
	{JX_EINTR, 130, "eintr"},
};

static const struct rc_row *find_row(jx_rc rc)
{
	for (size_t i = 0; i < sizeof(rc_rows) / sizeof(rc_rows[0]); i++) {
		if (rc_rows[i].rc == rc)
			return &rc_rows[i];
	}
	return NULL;
}

/*
 * One clean line: arguments may be file names or a server's words, so control characters become spaces and
 * bytes that are no UTF-8 become '?'.
 */
static void copy_line(char *dst, size_t cap, const char *src)
{
	const unsigned char *s = (const unsigned char *)src;
	size_t left = strlen(src);
	size_t at = 0;

	while (left > 0) {
		size_t n = jx_base__utf8_len(s, left);
		size_t take = n == 0 ? 1 : n;

		if (at + take >= cap)
			break;
		if (n == 0)
			dst[at] = '?';
		else if (n == 1 && (*s < 0x20 || *s == 0x7f))
			dst[at] = ' ';
		else
			memcpy(dst + at, s, n);
		at += take;
		s += take;
		left -= take;
	}
	dst[at] = '\0';
}

jx_rc jx_fail(struct jx_error *err, jx_rc code, int native, const char *where, const char *msgid, ...)
{
	char scratch[SCRATCH_BYTES];
	va_list ap;

	if (err == NULL)
		return code;

	/* Into a scratch first: an argument may be the text of the same err. */
	va_start(ap, msgid);
	if (vsnprintf(scratch, sizeof(scratch), dgettext(JX_DOMAIN, msgid), ap) < 0)
		scratch[0] = '\0';
	va_end(ap);

	err->code = code;
	err->native = native;
	jx_strcpy(err->where, sizeof(err->where), where);
	copy_line(err->text, sizeof(err->text), scratch);
	return code;
}

const char *jx_rc_name(jx_rc rc)
{
	const struct rc_row *row = find_row(rc);

	return row != NULL ? row->name : "unknown";
}

int jx_rc_exit_status(jx_rc rc)
{
	const struct rc_row *row = find_row(rc);

	return row != NULL ? row->exit_status : 1;
}

const char *jx_tr(const char *msgid)
{
	/* gettext answers "" with the catalogue's header. */
	return msgid[0] == '\0' ? msgid : dgettext(JX_DOMAIN, msgid);
}

const char *jx_ntr(const char *one, const char *many, unsigned long n)
{
	return dngettext(JX_DOMAIN, one, many, n);
}
