/* Lists of names for messages: what was nearly typed, and what may be typed. */
#include <string.h>

#include "pack_private.h"

#define NEAR_MAX   3
#define LIST_BYTES (32 * 1024) /* far more than any message shows */
#define CHARS_MAX  32          /* longer names are compared by their beginning */

/* Characters of a name as numbers, ASCII letters in lower case. Returns how many. */
static size_t letters_of(const char *s, uint32_t out[CHARS_MAX])
{
	size_t n = 0;

	while (*s != '\0' && n < CHARS_MAX) {
		uint32_t c = (uint8_t)*s++;

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		while (((uint8_t)*s & 0xc0) ==
		       0x80) /* the rest of a character, as bytes: only equality matters */
			c = (c << 8) | (uint8_t)*s++;
		out[n++] = c;
	}
	return n;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein: how many characters to change, add or drop. */
static size_t distance(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len)
{
	size_t row[CHARS_MAX + 1];
	size_t i, j;

	for (j = 0; j <= b_len; j++)
		row[j] = j;
	for (i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= b_len; j++) {
			const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);

			diagonal = row[j];
			row[j] = least(changed, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_len];
}

/* A part of a name is nearer than a slip in it. */
static size_t distance_to(const uint32_t *typed, size_t len, const char *name)
{
	uint32_t other[CHARS_MAX];
	const size_t other_len = letters_of(name, other);
	size_t at;

	for (at = 0; len >= 2 && at + len <= other_len; at++)
		if (memcmp(typed, other + at, len * sizeof(*typed)) == 0)
			return 0;
	return distance(typed, len, other, other_len);
}

static size_t distance_to_code(const uint32_t *typed, size_t len, const struct jx_code *c)
{
	return least(distance_to(typed, len, c->code),
		     least(distance_to(typed, len, c->name.zh), distance_to(typed, len, c->name.en)));
}

struct near {
	size_t distance;
	const struct jx_code *code;
};

/* Keep the nearest in order; earlier codes win ties. */
static void keep(struct near best[NEAR_MAX], size_t *count, const struct near *one)
{
	size_t at = *count;

	while (at > 0 && best[at - 1].distance > one->distance)
		at--;
	if (at == NEAR_MAX)
		return;
	if (*count < NEAR_MAX)
		(*count)++;
	memmove(best + at + 1, best + at, (*count - at - 1) * sizeof(*best));
	best[at] = *one;
}

void jx_form__near_codes(const struct jx_form__codes *codes, const char *typed, char *out, size_t cap)
{
	uint32_t letters[CHARS_MAX];
	const size_t len = letters_of(typed, letters);
	const size_t most = len <= 2 ? 1 : len / 2;
	struct near best[NEAR_MAX];
	JX_AUTO_BUF list = {0};
	size_t count = 0, i;

	for (i = 0; i < codes->count; i++) {
		const struct near one = {distance_to_code(letters, len, &codes->codes[i].pub),
					 &codes->codes[i].pub};

		if (one.distance <= most)
			keep(best, &count, &one);
	}
	jx_buf_init(&list, LIST_BYTES);
	for (i = 0; i < count; i++) {
		jx_buf_adds(&list, i == 0 ? "" : ", ");
		jx_buf_addf(&list, "%s %s", best[i].code->code, jx_text_pick(&best[i].code->name));
	}
	jx_strcpy(out, cap, list.data != NULL ? list.data : "");
}

void jx_form__list_units(const jx_pack *pack, const struct jx_code *code, char *out, size_t cap)
{
	JX_AUTO_BUF list = {0};
	size_t i;

	jx_buf_init(&list, LIST_BYTES);
	for (i = 0; i < code->unit_count; i++) {
		const struct jx_unit *unit = jx_pack_unit(pack, code->units[i]);
		const char *name = jx_text_pick(&unit->name);

		jx_buf_adds(&list, i == 0 ? "" : ", ");
		jx_buf_adds(&list, unit->unit);
		if (strcmp(name, unit->unit) != 0)
			jx_buf_addf(&list, " (%s)", name);
	}
	jx_strcpy(out, cap, list.data != NULL ? list.data : "");
}
