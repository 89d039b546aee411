#include <string.h>

#include "base_private.h"

/* Groups of the 36 characters, in hexadecimal digits, with hyphens between them (RFC 9562, section 4). */
static const uint8_t groups[] = {8, 4, 4, 4, 12};

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
	for (size_t i = 0; i < sizeof(groups); i++) {
		if (i > 0)
			*out++ = '-';
		jx_hex(id, groups[i] / 2U, out);
		id += groups[i] / 2U;
		out += groups[i];
	}
}

bool jx_uuid_parse(const char *s, size_t len, uint8_t id[JX_ID_BYTES])
{
	uint8_t got[JX_ID_BYTES];
	size_t at = 0;

	if (len != 36)
		return false;
	for (size_t i = 0; i < sizeof(groups); i++) {
		if ((i > 0 && *s++ != '-') || !jx_unhex(s, groups[i], got + at, groups[i] / 2U))
			return false;
		s += groups[i];
		at += groups[i] / 2U;
	}
	memcpy(id, got, sizeof(got));
	return true;
}
