/* A laid-out message, read: nothing in it is believed. */
#include <string.h>

#include "layout.h"

#define TIME_BELOW INT64_C(1000000000000000) /* JX_WIRE__DIGITS digits */

struct take {
	struct jx_wire__memory m;
	const uint8_t *number, *numbers_end, *byte, *bytes_end;
	jx_buf *out;
};

static bool read_varint(const uint8_t **at, const uint8_t *end, uint64_t *out)
{
	uint64_t v = 0;

	for (int shift = 0; *at < end && shift < 63; shift += 7) {
		const uint8_t b = *(*at)++;

		v |= (uint64_t)(b & 127) << shift;
		if (b < 128) {
			*out = v;
			return true;
		}
	}
	return false;
}

/* A number by its difference to what was foreseen: 0 .. below. */
static bool read_number(struct take *t, int64_t foreseen, int64_t below, int64_t *out)
{
	uint64_t u;
	int64_t v;

	if (!read_varint(&t->number, t->numbers_end, &u))
		return false;
	/* within 2^62; what was foreseen is within 2^52 */
	v = (u & 1) != 0 ? -(int64_t)(u >> 1) - 1 : (int64_t)(u >> 1);
	v += foreseen;
	if (v < 0 || v >= below)
		return false;
	*out = v;
	return true;
}

static const uint8_t *read_bytes(struct take *t, size_t n)
{
	const uint8_t *at = t->byte;

	if ((size_t)(t->bytes_end - at) < n)
		return NULL;
	t->byte += n;
	return at;
}

static void add_uuid(struct take *t, const uint8_t id[JX_ID_BYTES])
{
	char text[37];

	jx_uuid_format(id, text);
	jx_buf_add(t->out, text, 36);
}

static bool take_id7(struct take *t)
{
	const uint8_t *rest = read_bytes(t, JX_ID_BYTES - 6);
	uint8_t id[JX_ID_BYTES];
	int64_t time;

	if (rest == NULL || !read_number(t, t->m.time, INT64_C(1) << 48, &time))
		return false;
	jx_wire__keep_time(&t->m, time);
	for (int i = 0; i < 6; i++)
		id[i] = (uint8_t)((uint64_t)time >> (40 - 8 * i));
	memcpy(id + 6, rest, JX_ID_BYTES - 6);
	jx_wire__keep_id(&t->m, id);
	add_uuid(t, id);
	return true;
}

static bool take_id(struct take *t)
{
	const uint8_t *id = read_bytes(t, JX_ID_BYTES);

	if (id == NULL)
		return false;
	jx_wire__keep_id(&t->m, id);
	add_uuid(t, id);
	return true;
}

static bool take_again(struct take *t, int slot)
{
	if (t->m.used[slot] == 0)
		return false;
	jx_wire__use_slot(&t->m, slot);
	add_uuid(t, t->m.ids[slot]);
	return true;
}

static bool take_hex(struct take *t, size_t n)
{
	const uint8_t *bytes = read_bytes(t, n);

	if (bytes == NULL)
		return false;
	if (n == JX_HASH_BYTES)
		memcpy(t->m.hash, bytes, n);
	jx_buf_add_hex(t->out, bytes, n);
	return true;
}

static bool take_same(struct take *t)
{
	jx_buf_add_hex(t->out, t->m.hash, JX_HASH_BYTES);
	return true;
}

static void add_digits(jx_buf *out, int64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	jx_buf_add(out, digits + at, sizeof(digits) - at);
}

static bool take_number(struct take *t, const char *text, size_t at)
{
	struct jx_wire__place *place = jx_wire__place(&t->m, text, at);
	int64_t v;

	if (!read_number(t, jx_wire__foresee(&t->m, place), JX_WIRE__TIME_FROM, &v))
		return false;
	jx_wire__keep_number(&t->m, place, v);
	add_digits(t->out, v);
	return true;
}

static bool take_time(struct take *t, int64_t foreseen)
{
	int64_t v;

	if (!read_number(t, foreseen, TIME_BELOW, &v))
		return false;
	jx_wire__keep_time(&t->m, v);
	add_digits(t->out, v);
	return true;
}

/* The mark at text[at]. */
static bool take_mark(struct take *t, const char *text, size_t at)
{
	switch (text[at]) {
	case JX_WIRE__NUMBER:
		return take_number(t, text, at);
	case JX_WIRE__TIME:
		return take_time(t, t->m.time);
	case JX_WIRE__TIME_OLD:
		return take_time(t, t->m.time_old);
	case JX_WIRE__TIME_LESS:
		return take_time(t, t->m.time - t->m.number);
	case JX_WIRE__HEX8:
		return take_hex(t, 8);
	case JX_WIRE__HEX32:
		return take_hex(t, 32);
	case JX_WIRE__HEX64:
		return take_hex(t, 64);
	case JX_WIRE__SAME32:
		return take_same(t);
	case JX_WIRE__ID7:
		return take_id7(t);
	case JX_WIRE__ID:
		return take_id(t);
	default:
		return take_again(t, text[at] - JX_WIRE__SLOT0);
	}
}

static bool take_text(struct take *t, const char *text, size_t len)
{
	size_t from = 0, at = 0;

	for (; t->out->rc == JX_OK; at++) {
		at = jx_wire__skip_plain(text, at, len);
		if (at == len)
			break;
		if (!jx_wire__is_mark((unsigned char)text[at]))
			continue;
		jx_buf_add(t->out, text + from, at - from);
		if (!take_mark(t, text, at))
			return false;
		from = at + 1;
	}
	jx_buf_add(t->out, text + from, at - from);
	return t->number == t->numbers_end && t->byte == t->bytes_end;
}

static bool take_all(struct jx_bytes laid, jx_buf *out)
{
	const uint8_t *at = laid.data, *end = at + laid.len;
	struct take *t;
	uint64_t numbers, bytes;
	bool ok;

	if (laid.len == 0 || *at > JX_WIRE__LAID)
		return false;
	if (*at++ == JX_WIRE__PLAIN) {
		jx_buf_add(out, at, laid.len - 1);
		return true;
	}
	if (!read_varint(&at, end, &numbers) || !read_varint(&at, end, &bytes) ||
	    numbers > (uint64_t)(end - at) || bytes > (uint64_t)(end - at) - numbers)
		return false;
	t = jx_xcalloc(1, sizeof(*t));
	t->out = out;
	t->number = at;
	t->numbers_end = t->byte = at + numbers;
	t->bytes_end = t->byte + bytes;
	ok = take_text(t, (const char *)t->bytes_end, (size_t)(end - t->bytes_end));
	jx_free_p(&t);
	return ok;
}

jx_rc jx_wire__take_up(struct jx_bytes laid, jx_buf *out, struct jx_error *err)
{
	const bool ok = take_all(laid, out);

	if (out->rc == JX_ELIMIT)
		return jx_fail(err, JX_ELIMIT, 0, "wire.expand",
			       "the message expands to more than %zu bytes: a compression bomb, refused",
			       out->max);
	if (!ok)
		return jx_fail(err, JX_EINVAL, 0, "wire.expand",
			       "the message is not laid out as its dictionary says; send it again");
	return jx_buf_check(out, "message", err);
}
