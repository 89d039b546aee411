/* What a camera and a microphone need before they are opened, and how long each may take. */
#include "bounds.h"

#define START_MAX_MS INT64_C(10000)
#define SHOT_MAX_MS  INT64_C(5000)
#define BYTES_MAX    (INT64_C(32) * 1024 * 1024)

#define SOUND_MS_MAX       INT64_C(120000)
#define SOUND_START_MAX_MS INT64_C(5000)
#define SOUND_BYTES_MAX    (INT64_C(4) * 1024 * 1024)

jx_rc jx_camera__check(const struct jx_camera_config *config, struct jx_error *err)
{
	if (config->source == JX_CAMERA_NONE)
		return jx_fail(
			err, JX_ESTATE, 0, JX_CAMERA__WHERE,
			"the profile names no camera: set source under [camera], or give the picture's file with --photo");
	if (config->source == JX_CAMERA_FILE && (config->device == NULL || config->device[0] == '\0'))
		return jx_fail(
			err, JX_EINVAL, 0, JX_CAMERA__WHERE,
			"the camera's source is file, but none is named: set device under [camera] to its path");
	if (config->source == JX_CAMERA_PIPELINE && (config->pipeline == NULL || config->pipeline[0] == '\0'))
		return jx_fail(
			err, JX_EINVAL, 0, JX_CAMERA__WHERE,
			"the camera's source is pipeline, but there is none: set pipeline under [camera]");
	return JX_OK;
}

static void fill(int64_t *value, int64_t otherwise)
{
	if (*value <= 0)
		*value = otherwise;
}

void jx_camera__fill(struct jx_camera_config *config)
{
	fill(&config->start_max_ms, START_MAX_MS);
	fill(&config->shot_max_ms, SHOT_MAX_MS);
	fill(&config->bytes_max, BYTES_MAX);
}

jx_rc jx_camera__check_sound(const struct jx_sound_config *config, struct jx_error *err)
{
	if (config->source == NULL || config->source[0] == '\0')
		return jx_fail(
			err, JX_ESTATE, 0, JX_CAMERA__SOUND_WHERE,
			"the profile names no microphone: set source under [sound], such as alsasrc, or give the note's file with --sound");
	return JX_OK;
}

void jx_camera__fill_sound(struct jx_sound_config *config)
{
	fill(&config->ms_max, SOUND_MS_MAX);
	fill(&config->start_max_ms, SOUND_START_MAX_MS);
	fill(&config->bytes_max, SOUND_BYTES_MAX);
}
