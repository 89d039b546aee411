#include <string.h>

#include "base_private.h"

/* Positions of the hyphens in the 36 characters (RFC 9562, section 4). */
static bool is_hyphen_at(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

void jx_uuid7(const struct jx_clock *clock, const struct jx_rand *rand, uint8_t id[JX_ID_BYTES])
{
	int64_t now_utc_ms = clock->utc_ms(clock->user);
	uint64_t ms = now_utc_ms < 0
			      ? 0
			      : (uint64_t)now_utc_ms; /* a clock before 1970 is wrong, not a reason to fail */

	rand->fill(rand->user, id + 6, JX_ID_BYTES - 6);
	for (size_t i = 0; i < 6; i++)
		id[i] = (uint8_t)(ms >> (40 - 8 * i));
	id[6] = (uint8_t)((id[6] & 0x0f) | 0x70); /* version 7 */
	id[8] = (uint8_t)((id[8] & 0x3f) | 0x80); /* variant 10 */
}

void jx_uuid_format(const uint8_t id[JX_ID_BYTES], char out[37])
{
	char hex[2 * JX_ID_BYTES + 1];
	const char *from = hex;

	jx_hex(id, JX_ID_BYTES, hex);
	for (size_t i = 0; i < 36; i++)
		out[i] = is_hyphen_at(i) ? '-' : *from++;
	out[36] = '\0';
}

bool jx_uuid_parse(const char *s, size_t len, uint8_t id[JX_ID_BYTES])
{
	char hex[2 * JX_ID_BYTES];
	size_t n = 0;

	if (len != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		if (is_hyphen_at(i) != (s[i] == '-'))
			return false;
		if (s[i] != '-')
			hex[n++] = s[i];
	}
	return jx_unhex(hex, sizeof(hex), id, JX_ID_BYTES);
}
