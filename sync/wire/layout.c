/* What both directions remember, and the writing one. */
#include <endian.h>
#include <string.h>

#include "layout.h"

/* ---- memory ---- */

struct jx_wire__place *jx_wire__place(struct jx_wire__memory *m, const char *text, size_t len)
{
	uint8_t before[JX_WIRE__BEFORE] = {0};
	uint64_t a, b;

	if (len >= sizeof(before))
		memcpy(before, text + len - sizeof(before), sizeof(before));
	else
		memcpy(before + sizeof(before) - len, text, len);
	memcpy(&a, before, 8);
	memcpy(&b, before + 8, 8);
	/* two odd constants of the golden ratio's kind; both ends must agree, whatever their byte order */
	a = (le64toh(a) * UINT64_C(0x9e3779b97f4a7c15)) ^ (le64toh(b) * UINT64_C(0xc2b2ae3d27d4eb4f));
	return &m->places[(a ^ a >> 29) * UINT64_C(0xbf58476d1ce4e5b9) >> 54];
}

int64_t jx_wire__foresee(const struct jx_wire__memory *m, const struct jx_wire__place *p)
{
	return p->follows ? p->value + m->time - p->time : p->value;
}

void jx_wire__keep_number(struct jx_wire__memory *m, struct jx_wire__place *p, int64_t v)
{
	const int64_t stood = v - p->value, went = stood - (m->time - p->time);

	p->follows = (went < 0 ? -went : went) < (stood < 0 ? -stood : stood);
	p->value = v;
	p->time = m->time;
	m->number = v;
}

void jx_wire__keep_time(struct jx_wire__memory *m, int64_t v)
{
	m->time_old = m->time;
	m->time = v;
}

void jx_wire__use_slot(struct jx_wire__memory *m, int slot)
{
	m->used[slot] = ++m->now;
}

int jx_wire__find_id(const struct jx_wire__memory *m, const uint8_t id[JX_ID_BYTES])
{
	for (int k = 0; k < JX_WIRE__SLOTS; k++) {
		if (m->used[k] > 0 && memcmp(m->ids[k], id, JX_ID_BYTES) == 0)
			return k;
	}
	return -1;
}

void jx_wire__keep_id(struct jx_wire__memory *m, const uint8_t id[JX_ID_BYTES])
{
	int oldest = 0;

	for (int k = 1; k < JX_WIRE__SLOTS; k++) {
		if (m->used[k] < m->used[oldest])
			oldest = k;
	}
	memcpy(m->ids[oldest], id, JX_ID_BYTES);
	jx_wire__use_slot(m, oldest);
}

/* ---- writing ---- */

struct lay {
	struct jx_wire__memory m;
	jx_buf text, numbers, bytes;
};

/* 0-15, or 255 for what is no lower-case hexadecimal digit. */
static unsigned hex_value(char c)
{
	return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
	       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
				      : 255;
}

static bool read_hex(const char *s, size_t digits, uint8_t *out)
{
	for (size_t i = 0; i < digits; i += 2) {
		const unsigned high = hex_value(s[i]), low = hex_value(s[i + 1]);

		if (high > 15 || low > 15)
			return false;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool read_uuid(const char *s, uint8_t id[JX_ID_BYTES])
{
	return s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' && read_hex(s, 8, id) &&
	       read_hex(s + 9, 4, id + 4) && read_hex(s + 14, 4, id + 6) && read_hex(s + 19, 4, id + 8) &&
	       read_hex(s + 24, 12, id + 10);
}

/* Least significant seven bits first; the sign is the lowest bit of all. */
static void add_signed(jx_buf *b, int64_t v)
{
	uint64_t u = v < 0 ? ((uint64_t)-v << 1) - 1 : (uint64_t)v << 1;

	for (; u > 127; u >>= 7)
		jx_buf_addc(b, (char)((u & 127) | 128));
	jx_buf_addc(b, (char)u);
}

static int64_t size_of(int64_t v)
{
	return v < 0 ? -v : v;
}

static void add_time(struct lay *l, int64_t v)
{
	struct jx_wire__memory *m = &l->m;
	int64_t best = v - m->time;
	char mark = JX_WIRE__TIME;

	if (size_of(v - m->time_old) < size_of(best)) {
		best = v - m->time_old;
		mark = JX_WIRE__TIME_OLD;
	}
	if (size_of(v - m->time + m->number) < size_of(best)) {
		best = v - m->time + m->number;
		mark = JX_WIRE__TIME_LESS;
	}
	jx_buf_addc(&l->text, mark);
	add_signed(&l->numbers, best);
	jx_wire__keep_time(m, v);
}

static void add_number(struct lay *l, int64_t v)
{
	struct jx_wire__place *place;

	if (v >= JX_WIRE__TIME_FROM) {
		add_time(l, v);
		return;
	}
	place = jx_wire__place(&l->m, l->text.data != NULL ? l->text.data : "", l->text.len);
	add_signed(&l->numbers, v - jx_wire__foresee(&l->m, place));
	jx_wire__keep_number(&l->m, place, v);
	jx_buf_addc(&l->text, JX_WIRE__NUMBER);
}

static void add_id(struct lay *l, const uint8_t id[JX_ID_BYTES])
{
	const int slot = jx_wire__find_id(&l->m, id);
	int64_t time = 0;

	if (slot >= 0) {
		jx_buf_addc(&l->text, (char)(JX_WIRE__SLOT0 + slot));
		jx_wire__use_slot(&l->m, slot);
		return;
	}
	jx_wire__keep_id(&l->m, id);
	if (id[6] >> 4 != 7) {
		jx_buf_addc(&l->text, JX_WIRE__ID);
		jx_buf_add(&l->bytes, id, JX_ID_BYTES);
		return;
	}
	for (size_t i = 0; i < 6; i++)
		time = time << 8 | id[i];
	jx_buf_addc(&l->text, JX_WIRE__ID7);
	add_signed(&l->numbers, time - l->m.time);
	jx_wire__keep_time(&l->m, time);
	jx_buf_add(&l->bytes, id + 6, JX_ID_BYTES - 6);
}

static void add_bytes(struct lay *l, char mark, const uint8_t *bytes, size_t n)
{
	if (n == JX_HASH_BYTES && memcmp(bytes, l->m.hash, n) == 0) {
		jx_buf_addc(&l->text, JX_WIRE__SAME32);
		return;
	}
	if (n == JX_HASH_BYTES)
		memcpy(l->m.hash, bytes, n);
	jx_buf_addc(&l->text, mark);
	jx_buf_add(&l->bytes, bytes, n);
}

/* A uuid, or so many hexadecimal digits that they are bytes, at s: how many characters were taken, 0 none. */
static size_t lay_hex(struct lay *l, const char *s, size_t left)
{
	static const struct {
		size_t digits;
		char mark;
	} kinds[] = {{16, JX_WIRE__HEX8}, {64, JX_WIRE__HEX32}, {128, JX_WIRE__HEX64}};
	uint8_t bytes[64];

	if (left < 16 || hex_value(s[0]) > 15 || hex_value(s[1]) > 15 || hex_value(s[2]) > 15)
		return 0;
	if (left >= 36 && read_uuid(s, bytes)) {
		add_id(l, bytes);
		return 36;
	}
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const size_t n = kinds[k].digits;

		if (left < n || (left > n && hex_value(s[n]) < 16) || !read_hex(s, n, bytes))
			continue;
		add_bytes(l, kinds[k].mark, bytes, n / 2);
		return n;
	}
	return 0;
}

/* All digits at s, which is one: how many were taken, 0 none; *run_out says how many there are. */
static size_t lay_digits(struct lay *l, const char *s, size_t left, size_t *run_out)
{
	int64_t v = 0;
	size_t n = 0;

	for (; n < left && s[n] >= '0' && s[n] <= '9'; n++) {
		if (n < JX_WIRE__DIGITS)
			v = v * 10 + (s[n] - '0');
	}
	*run_out = n;
	if (n > JX_WIRE__DIGITS || (s[0] == '0' && n > 1))
		return 0;
	add_number(l, v);
	return n;
}

/* False: the message holds a byte that is a mark. */
static bool lay_all(struct lay *l, const char *s, size_t len)
{
	size_t from = 0, at = 0;

	while (at < len) {
		const unsigned char c = (unsigned char)s[at];
		const bool is_digit = c >= '0' && c <= '9';
		size_t taken = 0, run = 1;

		if (jx_wire__is_mark(c))
			return false;
		/* hexadecimal digits are looked for at the beginning of a string, numbers anywhere */
		if (c == '"' || is_digit) {
			at += !is_digit;
			jx_buf_add(&l->text, s + from, at - from);
			from = at;
			run = 0;
			taken = is_digit ? lay_digits(l, s + at, len - at, &run)
					 : lay_hex(l, s + at, len - at);
		}
		at += taken > 0 ? taken : run;
		from = taken > 0 ? at : from;
	}
	jx_buf_add(&l->text, s + from, len - from);
	return true;
}

static void add_length(jx_buf *out, size_t n)
{
	for (; n > 127; n >>= 7)
		jx_buf_addc(out, (char)((n & 127) | 128));
	jx_buf_addc(out, (char)n);
}

/* Does it gain anything? Numbers that jump about may take more bytes than their digits did. */
static bool is_worth_it(const struct lay *l, size_t plain_len)
{
	return l->text.rc == JX_OK && l->numbers.rc == JX_OK && l->bytes.rc == JX_OK &&
	       l->text.len + l->numbers.len + l->bytes.len <= plain_len;
}

void jx_wire__lay(struct jx_bytes plain, jx_buf *out)
{
	struct lay *l = jx_xcalloc(1, sizeof(*l));

	jx_buf_init(&l->text, plain.len + 1);
	jx_buf_init(&l->numbers, plain.len + 1);
	jx_buf_init(&l->bytes, plain.len + 1);
	if (lay_all(l, plain.data, plain.len) && is_worth_it(l, plain.len)) {
		jx_buf_addc(out, JX_WIRE__LAID);
		add_length(out, l->numbers.len);
		add_length(out, l->bytes.len);
		jx_buf_add_buf(out, &l->numbers);
		jx_buf_add_buf(out, &l->bytes);
		jx_buf_add_buf(out, &l->text);
	} else {
		jx_buf_addc(out, JX_WIRE__PLAIN);
		jx_buf_add(out, plain.data, plain.len);
	}
	jx_buf_done(&l->text);
	jx_buf_done(&l->numbers);
	jx_buf_done(&l->bytes);
	jx_free_p(&l);
}
