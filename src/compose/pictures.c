/* The camera that the profile names, and what its pictures say of themselves. */
#include "private.h"

#define MB 1000000 /* as the profile counts */

static enum jx_camera_source source_of(const struct jx_profile *p)
{
	static const enum jx_camera_source sources[] = {
		[JX_DEVICE_CAMERA_NONE] = JX_CAMERA_NONE,
		[JX_DEVICE_CAMERA_V4L2] = JX_CAMERA_V4L2,
		[JX_DEVICE_CAMERA_LIBCAMERA] = JX_CAMERA_LIBCAMERA,
		[JX_DEVICE_CAMERA_TEST] = JX_CAMERA_TEST,
		[JX_DEVICE_CAMERA_FILE] = JX_CAMERA_FILE,
		[JX_DEVICE_CAMERA_PIPELINE] = JX_CAMERA_PIPELINE,
	};

	return sources[p->camera_source];
}

void jx_compose_camera(const struct jx_profile *p, struct jx_camera_config *out)
{
	*out = (struct jx_camera_config){
		.source = source_of(p),
		.device = p->camera_device,
		.pipeline = p->camera_pipeline,
		.torch = p->camera_torch,
		.is_jpeg = p->camera_format == JX_DEVICE_CAMERA_JPEG,
		.width = p->camera_width,
		.height = p->camera_height,
		.quality = p->camera_quality,
		.start_max_ms = p->camera_wait_ms,
		.shot_max_ms = p->camera_wait_ms / 2,
		.settle_ms = p->camera_settle_ms,
		.bytes_max = p->photo_max_mb * MB,
		.clock = jx_os_clock(),
	};
}

jx_rc jx_compose_tag(const struct jx_profile *profile, const void *data, size_t len, int64_t taken_utc_ms,
		     const struct jx_fix *fix, jx_buf *out, struct jx_error *err)
{
	const struct jx_media_tags tags = {.taken_utc_ms = taken_utc_ms,
					   .utc_offset_min = (int)profile->utc_offset_min,
					   .fix = fix,
					   .model = profile->model[0] != '\0' ? profile->model : NULL};

	return jx_media_tag(data, len, &tags, out, err);
}
