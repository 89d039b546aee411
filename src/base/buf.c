#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_private.h"

/* First allocation: an entry of a plain observation fits without growing twice. */
#define FIRST_CAP_BYTES 256

void jx_buf_init(jx_buf *b, size_t max_bytes)
{
	*b = (jx_buf){.max = max_bytes};
}

void jx_buf_done(jx_buf *b)
{
	free(b->data);
	*b = (jx_buf){0};
}

void jx_buf_reset(jx_buf *b)
{
	b->len = 0;
	b->rc = JX_OK;
	if (b->data != NULL)
		b->data[0] = '\0';
}

/* Room for more bytes and the NUL behind them; false and sticky rc if that cannot be had. */
static bool make_room(jx_buf *b, size_t more)
{
	size_t need, cap;
	char *grown;

	if (b->rc != JX_OK)
		return false;
	if (more > b->max - b->len || b->len + more == SIZE_MAX) {
		b->rc = JX_ELIMIT;
		return false;
	}
	need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	cap = b->cap < FIRST_CAP_BYTES ? FIRST_CAP_BYTES : b->cap;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	grown = realloc(b->data, cap);
	if (grown == NULL) {
		b->rc = JX_ENOMEM;
		return false;
	}
	b->data = grown;
	b->cap = cap;
	return true;
}

/* Most of what is added fits: one comparison each instead of a call, for a batch is put together from some hundred thousand pieces. */
static inline bool has_room(const jx_buf *b, size_t more)
{
	return b->rc == JX_OK && more < b->cap - b->len && more <= b->max - b->len;
}

void jx_buf_add(jx_buf *b, const void *data, size_t len)
{
	if (!has_room(b, len) && !make_room(b, len))
		return;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void jx_buf_adds(jx_buf *b, const char *s)
{
	jx_buf_add(b, s, strlen(s));
}

void jx_buf_add_buf(jx_buf *b, const jx_buf *from)
{
	if (from->rc == JX_OK)
		jx_buf_add(b, from->data, from->len);
	else if (b->rc == JX_OK)
		b->rc = from->rc;
}

void jx_buf_addc(jx_buf *b, char c)
{
	if (!has_room(b, 1) && !make_room(b, 1))
		return;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void jx_buf_addf(jx_buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		if (b->rc == JX_OK)
			b->rc = JX_ENOMEM;
		return;
	}
	if (!make_room(b, (size_t)n))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void jx_buf_add_i64(jx_buf *b, int64_t v)
{
	char digits[20]; /* "-9223372036854775808" without the NUL */
	size_t at = sizeof(digits);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do {
		digits[--at] = (char)('0' + (char)(u % 10));
		u /= 10;
	} while (u > 0);
	if (v < 0)
		digits[--at] = '-';
	jx_buf_add(b, digits + at, sizeof(digits) - at);
}

void jx_buf_add_hex(jx_buf *b, const void *bytes, size_t len)
{
	if (len > (SIZE_MAX - 1) / 2) {
		b->rc = b->rc == JX_OK ? JX_ELIMIT : b->rc;
		return;
	}
	if (!make_room(b, 2 * len))
		return;
	jx_hex(bytes, len, b->data + b->len);
	b->len += 2 * len;
}

static void add_escape(jx_buf *b, unsigned char c)
{
	static const char short_of[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
					['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
	char text[6] = {'\\', 'u', '0', '0', '0', '0'};

	if (short_of[c] != '\0') {
		text[1] = short_of[c];
		jx_buf_add(b, text, 2);
		return;
	}
	text[4] = (char)('0' + (c >> 4));
	text[5] = "0123456789abcdef"[c & 15];
	jx_buf_add(b, text, 6);
}

void jx_buf_add_json(jx_buf *b, const char *s, size_t len)
{
	size_t plain_from = 0;

	jx_buf_addc(b, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c;

		while (len - i > sizeof(uint64_t) && !jx_base__has_special(s + i, false))
			i += sizeof(uint64_t);
		c = (unsigned char)s[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		jx_buf_add(b, s + plain_from, i - plain_from);
		add_escape(b, c);
		plain_from = i + 1;
	}
	if (len > plain_from)
		jx_buf_add(b, s + plain_from, len - plain_from);
	jx_buf_addc(b, '"');
}

jx_rc jx_buf_check(const jx_buf *b, const char *what, struct jx_error *err)
{
	if (b->rc == JX_ELIMIT)
		return jx_fail(err, JX_ELIMIT, 0, "base.buf", "%s is larger than %zu bytes; make it smaller",
			       what, b->max);
	if (b->rc == JX_ENOMEM)
		return jx_fail(err, JX_ENOMEM, 0, "base.buf", "no memory for %s; close other programs", what);
	return b->rc;
}
