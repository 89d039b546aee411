/* Time as somebody trustworthy told it, carried on by the clock that nobody sets. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "shelf_private.h"

void jx_shelf_moment(const struct jx_clock *clock, int64_t utc_ms, char out[JX_SHELF_MOMENT_MAX])
{
	uint8_t boot[JX_ID_BYTES];
	char name[37];

	clock->boot_id(clock->user, boot);
	jx_uuid_format(boot, name);
	(void)snprintf(out, JX_SHELF_MOMENT_MAX, "%" PRId64 " %" PRId64 " %s", utc_ms,
		       clock->mono_ms(clock->user), name);
}

static bool read_number(const char **at, int64_t *out)
{
	char number[24];
	const size_t len = strcspn(*at, " ");

	if (len >= sizeof(number) || (*at)[len] != ' ')
		return false;
	memcpy(number, *at, len);
	number[len] = '\0';
	*at += len + 1;
	return jx_parse_i64(number, 0, INT64_MAX / 4, out);
}

bool jx_shelf_now(const struct jx_clock *clock, const char *moment, int64_t *utc_ms_out)
{
	const int64_t wall_utc_ms = clock->utc_ms(clock->user), mono_ms = clock->mono_ms(clock->user);
	uint8_t boot[JX_ID_BYTES], told_boot[JX_ID_BYTES];
	int64_t told_utc_ms, told_mono_ms;
	const char *at = moment;

	*utc_ms_out = wall_utc_ms;
	if (moment == NULL || !read_number(&at, &told_utc_ms) || !read_number(&at, &told_mono_ms) ||
	    !jx_uuid_parse(at, strlen(at), told_boot))
		return false;
	clock->boot_id(clock->user, boot);
	if (memcmp(boot, told_boot, sizeof(boot)) == 0 && mono_ms >= told_mono_ms) {
		*utc_ms_out = told_utc_ms + (mono_ms - told_mono_ms);
		return true;
	}
	if (wall_utc_ms < told_utc_ms)
		*utc_ms_out = told_utc_ms;
	return false;
}
