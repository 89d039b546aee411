/* The face of a camera, with the camera itself in jx-camera. No preview: who shows one has GStreamer in its own process. */
#include <stdlib.h>
#include <string.h>

#include "link.h"

struct jx_camera {
	struct jx_camera__link link;
	int64_t start_max_ms, shot_max_ms; /* with settling */
};

static const struct jx_camera__ask nothing = {.number = JX_CAMERA__LINK_NUMBER};

/* A profile's texts are shorter than this ceiling; a longer one is no profile's. */
static bool add_text(struct jx_camera__ask *ask, size_t i, const char *text, const char **texts)
{
	texts[i] = text != NULL ? text : "";
	ask->text_len[i] = (uint32_t)strlen(texts[i]);
	return strlen(texts[i]) <= JX_CAMERA__TEXTS_MAX / 3;
}

jx_rc jx_camera_open(const struct jx_camera_config *config, jx_camera **camera_out, struct jx_error *err)
{
	struct jx_camera__ask ask = nothing;
	struct jx_camera_config c = *config;
	const char *texts[3];
	jx_camera *camera;
	jx_rc rc = jx_camera__check(config, err);

	if (rc != JX_OK)
		return rc;
	if (c.on_frame != NULL)
		return jx_fail(err, JX_EINVAL, 0, JX_CAMERA__WHERE,
			       "jx-camera gives no preview: leave on_frame out");
	if (!add_text(&ask, 0, c.device, texts) || !add_text(&ask, 1, c.pipeline, texts) ||
	    !add_text(&ask, 2, c.torch, texts))
		return jx_fail(err, JX_EINVAL, 0, JX_CAMERA__WHERE,
			       "a text under [camera] is longer than a profile's may be: shorten it");
	jx_camera__fill(&c);
	ask.wish = JX_CAMERA__OPEN;
	ask.source = (int32_t)c.source;
	ask.is_jpeg = c.is_jpeg ? 1 : 0;
	ask.width = c.width;
	ask.height = c.height;
	ask.quality = c.quality;
	ask.start_max_ms = c.start_max_ms;
	ask.shot_max_ms = c.shot_max_ms;
	ask.settle_ms = c.settle_ms;
	ask.bytes_max = c.bytes_max;
	camera = jx_xcalloc(1, sizeof(*camera));
	camera->start_max_ms = c.start_max_ms;
	camera->shot_max_ms = c.shot_max_ms + (c.settle_ms > 0 ? c.settle_ms : 0);
	rc = jx_camera__link_open(&camera->link, err);
	if (rc != JX_OK) {
		free(camera);
		return rc;
	}
	jx_camera__link_tell(&camera->link, &ask, texts);
	*camera_out = camera;
	return JX_OK;
}

enum jx_camera_state jx_camera_state(jx_camera *camera, struct jx_error *problem_out)
{
	struct jx_camera__ask ask = nothing;
	struct jx_camera__answer a;

	ask.wish = JX_CAMERA__STATE;
	if (jx_camera__link_ask(&camera->link, &ask, 0, &a, NULL, problem_out) != JX_OK)
		return JX_CAMERA_FAILED;
	return a.state == JX_CAMERA_READY ? JX_CAMERA_READY : JX_CAMERA_STARTING;
}

jx_rc jx_camera_wait(jx_camera *camera, struct jx_error *err)
{
	struct jx_camera__ask ask = nothing;
	struct jx_camera__answer a;

	ask.wish = JX_CAMERA__WAIT;
	return jx_camera__link_ask(&camera->link, &ask, camera->start_max_ms, &a, NULL, err);
}

jx_rc jx_camera_shoot(jx_camera *camera, jx_buf *jpeg, struct jx_camera_shot *shot_out, struct jx_error *err)
{
	struct jx_camera__ask ask = nothing;
	struct jx_camera__answer a;
	jx_rc rc;

	ask.wish = JX_CAMERA__SHOOT;
	ask.bytes_max = (int64_t)(jpeg->max - jpeg->len);
	rc = jx_camera__link_ask(&camera->link, &ask, camera->start_max_ms + camera->shot_max_ms, &a, jpeg,
				 err);
	if (rc == JX_OK && shot_out != NULL)
		*shot_out = a.shot;
	return rc;
}

jx_rc jx_camera_set_torch(jx_camera *camera, bool on, struct jx_error *err)
{
	struct jx_camera__ask ask = nothing;
	struct jx_camera__answer a;

	ask.wish = JX_CAMERA__TORCH;
	ask.value = on ? 1 : 0;
	return jx_camera__link_ask(&camera->link, &ask, 0, &a, NULL, err);
}

void jx_camera_close(jx_camera *camera)
{
	if (camera == NULL)
		return;
	jx_camera__link_close(&camera->link);
	free(camera);
}
