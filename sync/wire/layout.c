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

/* A varint of 64 bits. */
#define NUMBER_BYTES 10

struct lay {
	struct jx_wire__memory m;
	/* of one piece of memory, which is never too small: each mark stands for no less than it takes */
	char *text;
	uint8_t *bytes;
	/* this alone may be, for numbers that jump about take more bytes than their digits did */
	uint8_t *numbers;
	size_t text_len, bytes_len, numbers_len, numbers_cap;
	bool is_too_long;
};

/* Value + 1 of a lower-case hexadecimal digit, 0 of anything else. */
static const uint8_t hex_values[256] = {
	['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};

static bool is_hex(char c)
{
	return hex_values[(unsigned char)c] != 0;
}

static bool read_hex(const char *s, size_t digits, uint8_t *out)
{
	const unsigned char *from = (const unsigned char *)s;

	for (size_t i = 0; i < digits; i += 2) {
		const unsigned high = hex_values[from[i]], low = hex_values[from[i + 1]];

		if (high == 0 || low == 0)
			return false;
		out[i / 2] = (uint8_t)((high - 1) << 4 | (low - 1));
	}
	return true;
}

static bool read_uuid(const char *s, uint8_t id[JX_ID_BYTES])
{
	return s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' && read_hex(s, 8, id) &&
	       read_hex(s + 9, 4, id + 4) && read_hex(s + 14, 4, id + 6) && read_hex(s + 19, 4, id + 8) &&
	       read_hex(s + 24, 12, id + 10);
}

static void add_text(struct lay *l, const char *s, size_t len)
{
	memcpy(l->text + l->text_len, s, len);
	l->text_len += len;
}

static void add_mark(struct lay *l, int mark)
{
	l->text[l->text_len++] = (char)mark;
}

static void add_bytes(struct lay *l, const uint8_t *bytes, size_t len)
{
	memcpy(l->bytes + l->bytes_len, bytes, len);
	l->bytes_len += len;
}

/* Least significant seven bits first; the sign is the lowest bit of all. */
static void add_signed(struct lay *l, int64_t v)
{
	uint64_t u = v < 0 ? ((uint64_t)-v << 1) - 1 : (uint64_t)v << 1;
	uint8_t *to = l->numbers + l->numbers_len;

	l->is_too_long = l->is_too_long || l->numbers_cap - l->numbers_len < NUMBER_BYTES;
	if (l->is_too_long)
		return;
	for (; u > 127; u >>= 7)
		*to++ = (uint8_t)((u & 127) | 128);
	*to++ = (uint8_t)u;
	l->numbers_len = (size_t)(to - l->numbers);
}

static int64_t size_of(int64_t v)
{
	return v < 0 ? -v : v;
}

static void add_time(struct lay *l, int64_t v)
{
	struct jx_wire__memory *m = &l->m;
	int64_t best = v - m->time;
	int mark = JX_WIRE__TIME;

	if (size_of(v - m->time_old) < size_of(best)) {
		best = v - m->time_old;
		mark = JX_WIRE__TIME_OLD;
	}
	if (size_of(v - m->time + m->number) < size_of(best)) {
		best = v - m->time + m->number;
		mark = JX_WIRE__TIME_LESS;
	}
	add_mark(l, mark);
	add_signed(l, best);
	jx_wire__keep_time(m, v);
}

static void add_number(struct lay *l, int64_t v)
{
	struct jx_wire__place *place;

	if (v >= JX_WIRE__TIME_FROM) {
		add_time(l, v);
		return;
	}
	place = jx_wire__place(&l->m, l->text, l->text_len);
	add_signed(l, v - jx_wire__foresee(&l->m, place));
	jx_wire__keep_number(&l->m, place, v);
	add_mark(l, JX_WIRE__NUMBER);
}

static void add_id(struct lay *l, const uint8_t id[JX_ID_BYTES])
{
	const int slot = jx_wire__find_id(&l->m, id);
	int64_t time = 0;

	if (slot >= 0) {
		add_mark(l, JX_WIRE__SLOT0 + slot);
		jx_wire__use_slot(&l->m, slot);
		return;
	}
	jx_wire__keep_id(&l->m, id);
	if (id[6] >> 4 != 7) {
		add_mark(l, JX_WIRE__ID);
		add_bytes(l, id, JX_ID_BYTES);
		return;
	}
	for (size_t i = 0; i < 6; i++)
		time = time << 8 | id[i];
	add_mark(l, JX_WIRE__ID7);
	add_signed(l, time - l->m.time);
	jx_wire__keep_time(&l->m, time);
	add_bytes(l, id + 6, JX_ID_BYTES - 6);
}

static void add_digest(struct lay *l, int mark, const uint8_t *bytes, size_t n)
{
	if (n == JX_HASH_BYTES && memcmp(bytes, l->m.hash, n) == 0) {
		add_mark(l, JX_WIRE__SAME32);
		return;
	}
	if (n == JX_HASH_BYTES)
		memcpy(l->m.hash, bytes, n);
	add_mark(l, mark);
	add_bytes(l, bytes, n);
}

/* A uuid, or so many hexadecimal digits that they are bytes, at s: how many characters were taken, 0 none. */
static size_t lay_hex(struct lay *l, const char *s, size_t left)
{
	static const struct {
		size_t digits;
		int mark;
	} kinds[] = {{16, JX_WIRE__HEX8}, {64, JX_WIRE__HEX32}, {128, JX_WIRE__HEX64}};
	uint8_t bytes[64];

	if (left < 16 || !is_hex(s[0]) || !is_hex(s[1]) || !is_hex(s[2]))
		return 0;
	if (left >= 36 && read_uuid(s, bytes)) {
		add_id(l, bytes);
		return 36;
	}
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const size_t n = kinds[k].digits;

		if (left < n || (left > n && is_hex(s[n])) || !read_hex(s, n, bytes))
			continue;
		add_digest(l, kinds[k].mark, bytes, n / 2);
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

		/* most bytes: no digit, no quote, and above every mark */
		if (c > '"' && !is_digit) {
			at++;
			continue;
		}
		if (jx_wire__is_mark(c))
			return false;
		/* hexadecimal digits are looked for at the beginning of a string, numbers anywhere */
		if (c == '"' || is_digit) {
			at += !is_digit;
			add_text(l, s + from, at - from);
			from = at;
			run = 0;
			taken = is_digit ? lay_digits(l, s + at, len - at, &run)
					 : lay_hex(l, s + at, len - at);
		}
		at += taken > 0 ? taken : run;
		from = taken > 0 ? at : from;
	}
	add_text(l, s + from, len - from);
	return true;
}

static void add_length(jx_buf *out, size_t n)
{
	for (; n > 127; n >>= 7)
		jx_buf_addc(out, (char)((n & 127) | 128));
	jx_buf_addc(out, (char)n);
}

/* Does it gain anything? */
static bool is_worth_it(const struct lay *l, size_t plain_len)
{
	return !l->is_too_long && l->text_len + l->numbers_len + l->bytes_len <= plain_len;
}

void jx_wire__lay(struct jx_bytes plain, jx_buf *out)
{
	struct lay *l = jx_xcalloc(1, sizeof(*l));
	JX_AUTO_FREE char *room = jx_xreallocarray(NULL, 3, plain.len + NUMBER_BYTES);

	l->text = room;
	l->bytes = (uint8_t *)room + plain.len;
	l->numbers = l->bytes + plain.len;
	l->numbers_cap = plain.len + NUMBER_BYTES;
	if (lay_all(l, plain.data, plain.len) && is_worth_it(l, plain.len)) {
		jx_buf_addc(out, JX_WIRE__LAID);
		add_length(out, l->numbers_len);
		add_length(out, l->bytes_len);
		jx_buf_add(out, l->numbers, l->numbers_len);
		jx_buf_add(out, l->bytes, l->bytes_len);
		jx_buf_add(out, l->text, l->text_len);
	} else {
		jx_buf_addc(out, JX_WIRE__PLAIN);
		jx_buf_add(out, plain.data, plain.len);
	}
	jx_free_p(&l);
}
