/*
 * How a message lies before it is compressed with dictionary 1 (PROTOCOL.md, section 4.1). Most of what a dictionary cannot
 * foresee in an entry are numbers that differ a little from the one before, and ids, hashes and salts in hexadecimal. They go into
 * lists of their own, as differences and as bytes; a mark stays in their place, so that what is left is nearly the same from
 * entry to entry. Any bytes come out as they went in.
 */
#ifndef JX_WIRE_LAYOUT_H
#define JX_WIRE_LAYOUT_H

#include <string.h>

#include "wire_private.h"

/* First byte of what is compressed. */
enum {
	JX_WIRE__PLAIN = 0, /* the message as it is */
	JX_WIRE__LAID = 1   /* length of the numbers, length of the bytes, numbers, bytes, text with marks */
};

/* No JSON text holds these bytes. A message that does is sent as it is. */
enum jx_wire__mark {
	JX_WIRE__NUMBER =
		1, /* a whole number below JX_WIRE__TIME_FROM: difference to what was foreseen at its place */
	JX_WIRE__TIME, /* a whole number from there on, milliseconds usually: difference to the newest of them */
	JX_WIRE__TIME_OLD, /* ... to the one before the newest */
	JX_WIRE__TIME_LESS, /* ... to the newest less the newest NUMBER: the time of a thing whose age was said before */
	JX_WIRE__HEX8, /* 16 hexadecimal digits: 8 bytes */
	JX_WIRE__HEX32,
	JX_WIRE__HEX64,
	JX_WIRE__SAME32,      /* the newest HEX32 again */
	JX_WIRE__ID7 = 0x0e,  /* a new uuid of version 7: its first 6 bytes as a TIME, then 10 bytes */
	JX_WIRE__ID,          /* any other new uuid: 16 bytes */
	JX_WIRE__SLOT0 = 0x10 /* a uuid that is remembered: SLOT0 + its slot */
};

#define JX_WIRE__SLOTS     8 /* of uuids */
#define JX_WIRE__PLACES    1024
#define JX_WIRE__BEFORE    16 /* bytes of text before a number that say which number it is */
#define JX_WIRE__TIME_FROM INT64_C(100000000000)
#define JX_WIRE__DIGITS    15 /* of a number at most: every JSON reader gets it whole */

/* The newest number at a place, and the newest time when it stood there. */
struct jx_wire__place {
	int64_t value, time;
	bool follows; /* it went on as the times did: a clock */
};

/* What both ends remember as they go. */
struct jx_wire__memory {
	struct jx_wire__place places[JX_WIRE__PLACES];
	int64_t number, time, time_old;
	uint8_t hash[JX_HASH_BYTES];
	uint8_t ids[JX_WIRE__SLOTS][JX_ID_BYTES];
	uint32_t used[JX_WIRE__SLOTS]; /* when, counted in uuids */
	uint32_t now;
};

static inline bool jx_wire__is_mark(unsigned char c)
{
	return c < 0x18 && c != 0 && c != '\t' && c != '\n' && c != 0x0b && c != 0x0c && c != '\r';
}

/*
 * Where the text goes on with a byte that may be a mark: eight at once, for nearly all are none. The test leaves the highest bit of a
 * byte below 0x18, and may leave it of a byte above one: so the answer is right.
 */
static inline size_t jx_wire__skip_plain(const char *s, size_t at, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t w;

	for (; len - at >= sizeof(w); at += sizeof(w)) {
		memcpy(&w, s + at, sizeof(w));
		if (((w - ones * 0x18) & ~w & ones * 0x80) != 0)
			break;
	}
	while (at < len && (unsigned char)s[at] >= 0x18)
		at++;
	return at;
}

/* The place of the number behind this text. */
struct jx_wire__place *jx_wire__place(struct jx_wire__memory *m, const char *text, size_t len);
int64_t jx_wire__foresee(const struct jx_wire__memory *m, const struct jx_wire__place *p);
void jx_wire__keep_number(struct jx_wire__memory *m, struct jx_wire__place *p, int64_t v);
void jx_wire__keep_time(struct jx_wire__memory *m, int64_t v);
/* Slot of the id, or -1. */
int jx_wire__find_id(const struct jx_wire__memory *m, const uint8_t id[JX_ID_BYTES]);
/* Put it in place of the one that was not used for longest. */
void jx_wire__keep_id(struct jx_wire__memory *m, const uint8_t id[JX_ID_BYTES]);
void jx_wire__use_slot(struct jx_wire__memory *m, int slot);

/* How much longer than the message it is at most, laid out. */
#define JX_WIRE__LAID_MORE 32
/* Append the message, laid out. */
void jx_wire__lay(struct jx_bytes plain, jx_buf *out);
/* The message again. @retval JX_EINVAL these bytes were not laid out so @retval JX_ELIMIT out is full */
jx_rc jx_wire__take_up(struct jx_bytes laid, jx_buf *out, struct jx_error *err);

#endif
