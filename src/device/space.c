#include "device_private.h"

#define MB INT64_C(1000000)

jx_rc jx_device_read_space(const struct jx_fs *fs, const char *dir, const struct jx_profile *profile,
			   int64_t *free_bytes_out, enum jx_device_space_level *level_out,
			   struct jx_error *err)
{
	int64_t free_bytes;
	jx_rc rc = fs->free_bytes(fs->user, dir, &free_bytes, err);

	if (rc != JX_OK)
		return rc;
	*free_bytes_out = free_bytes;
	if (free_bytes < profile->reserve_mb * MB)
		*level_out = JX_DEVICE_SPACE_RESERVE;
	else if (free_bytes < profile->warn_mb * MB)
		*level_out = JX_DEVICE_SPACE_WARN;
	else
		*level_out = JX_DEVICE_SPACE_OK;
	return JX_OK;
}
