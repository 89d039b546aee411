/* The caller's side: wishes and waiting, each with its limit. */
#include "camera_private.h"

#define CLOSE_MAX_MS 2000

static char *own(const char *text)
{
	return g_strdup(text != NULL ? text : "");
}

jx_rc jx_camera_open(const struct jx_camera_config *config, jx_camera **camera_out, struct jx_error *err)
{
	jx_rc rc = jx_camera__check(config, err);
	jx_camera *c;
	GThread *thread;

	if (rc != JX_OK)
		return rc;
	c = g_new0(jx_camera, 1);
	c->config = *config;
	c->config.device = own(config->device);
	c->config.pipeline = own(config->pipeline);
	c->config.torch = own(config->torch);
	jx_camera__fill(&c->config);
	c->state = JX_CAMERA_STARTING;
	c->opened_us = g_get_monotonic_time();
	g_mutex_init(&c->lock);
	g_cond_init(&c->changed);
	g_atomic_ref_count_init(&c->owners);
	g_atomic_ref_count_inc(&c->owners);
	thread = g_thread_try_new("jx-camera", jx_camera__work, c, NULL);
	if (thread == NULL) {
		jx_camera__drop(c);
		jx_camera__drop(c);
		return jx_fail(err, JX_ENOMEM, 0, JX_CAMERA__WHERE,
			       "no thread for the camera: close other programs and try again");
	}
	g_thread_unref(thread); /* never joined: it may be stuck */
	*camera_out = c;
	return JX_OK;
}

static jx_rc fail_start(const jx_camera *c, struct jx_error *err)
{
	return jx_fail(err, JX_EIO, 0, JX_CAMERA__WHERE,
		       "the camera has not started within %lld ms: plug it in again, or restart the device",
		       (long long)c->config.start_max_ms);
}

enum jx_camera_state jx_camera_state(jx_camera *camera, struct jx_error *problem_out)
{
	const int64_t end_us = camera->opened_us + camera->config.start_max_ms * 1000;
	enum jx_camera_state state;

	g_mutex_lock(&camera->lock);
	/* a worker that is stuck in a driver cannot say so itself */
	if (camera->state == JX_CAMERA_STARTING && g_get_monotonic_time() > end_us) {
		(void)fail_start(camera, &camera->problem);
		camera->state = JX_CAMERA_FAILED;
	}
	state = camera->state;
	if (state == JX_CAMERA_FAILED && problem_out != NULL)
		*problem_out = camera->problem;
	g_mutex_unlock(&camera->lock);
	return state;
}

static int64_t until(int64_t ms)
{
	return g_get_monotonic_time() + ms * 1000;
}

/* With the lock. */
static jx_rc wait_ready(jx_camera *c, struct jx_error *err)
{
	const int64_t end_us = until(c->config.start_max_ms);

	while (c->state == JX_CAMERA_STARTING)
		if (!g_cond_wait_until(&c->changed, &c->lock, end_us))
			break;
	if (c->state == JX_CAMERA_READY)
		return JX_OK;
	if (c->state == JX_CAMERA_STARTING)
		return fail_start(c, err);
	if (err != NULL)
		*err = c->problem;
	return c->problem.code;
}

jx_rc jx_camera_wait(jx_camera *camera, struct jx_error *err)
{
	jx_rc rc;

	g_mutex_lock(&camera->lock);
	rc = wait_ready(camera, err);
	g_mutex_unlock(&camera->lock);
	return rc;
}

/* With the lock: until exposure and focus have had their time, or the camera fails. */
static void wait_settled(jx_camera *c)
{
	const int64_t end_us = c->first_frame_us + c->config.settle_ms * 1000;

	while (c->state == JX_CAMERA_READY && g_get_monotonic_time() < end_us)
		(void)g_cond_wait_until(&c->changed, &c->lock, end_us);
}

/* With the lock: a wish, and its picture, or NULL. */
static GstSample *wait_sample(jx_camera *c, struct jx_camera_shot *shot, jx_rc *rc, struct jx_error *err)
{
	const int64_t end_us = until(c->config.shot_max_ms);
	GstSample *sample;

	c->is_wanted = true;
	c->is_waiting = true;
	while (c->sample == NULL && c->state == JX_CAMERA_READY)
		if (!g_cond_wait_until(&c->changed, &c->lock, end_us))
			break;
	sample = c->sample;
	c->sample = NULL;
	c->is_wanted = false;
	c->is_waiting = false;
	shot->taken_utc_ms = c->passed_utc_ms;
	if (sample == NULL && c->state == JX_CAMERA_FAILED) {
		*rc = c->problem.code;
		if (err != NULL)
			*err = c->problem;
	} else if (sample == NULL) {
		*rc = jx_fail(
			err, JX_EIO, 0, JX_CAMERA__WHERE,
			"the camera gave no picture within %lld ms: try again; if it stays so, plug it in again or restart the device",
			(long long)c->config.shot_max_ms);
	}
	return sample;
}

static jx_rc take_bytes(const jx_camera *c, GstSample *sample, jx_buf *jpeg, struct jx_camera_shot *shot,
			struct jx_error *err)
{
	GstBuffer *buffer = gst_sample_get_buffer(sample);
	const GstCaps *caps = gst_sample_get_caps(sample);
	const GstStructure *s = caps != NULL ? gst_caps_get_structure(caps, 0) : NULL;
	const size_t room = jpeg->max - jpeg->len;
	GstMapInfo map;
	jx_rc rc = JX_OK;

	if (buffer == NULL || !gst_buffer_map(buffer, &map, GST_MAP_READ))
		return jx_fail(err, JX_EIO, 0, JX_CAMERA__WHERE,
			       "the camera's picture cannot be read: try again");
	if ((int64_t)map.size > c->config.bytes_max || map.size > room)
		rc = jx_fail(
			err, JX_ELIMIT, 0, JX_CAMERA__WHERE,
			"the camera's picture has %lld bytes, more than one may have: lower width and height or quality under [camera]",
			(long long)map.size);
	else
		jx_buf_add(jpeg, map.data, map.size);
	gst_buffer_unmap(buffer, &map);
	if (rc == JX_OK)
		rc = jx_buf_check(jpeg, "picture", err);
	if (rc == JX_OK && s != NULL) {
		(void)gst_structure_get_int(s, "width", &shot->width);
		(void)gst_structure_get_int(s, "height", &shot->height);
	}
	return rc;
}

jx_rc jx_camera_shoot(jx_camera *camera, jx_buf *jpeg, struct jx_camera_shot *shot_out, struct jx_error *err)
{
	struct jx_camera_shot shot = {0};
	GstSample *sample = NULL;
	jx_rc rc;

	g_mutex_lock(&camera->lock);
	rc = wait_ready(camera, err);
	if (rc == JX_OK) {
		wait_settled(camera);
		sample = wait_sample(camera, &shot, &rc, err);
	}
	g_mutex_unlock(&camera->lock);
	if (sample == NULL)
		return rc;
	rc = take_bytes(camera, sample, jpeg, &shot, err);
	gst_sample_unref(sample);
	if (rc == JX_OK && shot_out != NULL)
		*shot_out = shot;
	return rc;
}

jx_rc jx_camera_set_torch(jx_camera *camera, bool on, struct jx_error *err)
{
	jx_rc rc;

	if (camera->config.torch[0] == '\0')
		return jx_fail(err, JX_ESTATE, 0, JX_CAMERA__WHERE,
			       "the profile names no light: set torch under [camera] to the LED's folder");
	rc = jx_camera__light(camera->config.torch, on, err);
	if (rc == JX_OK)
		camera->is_lit = on;
	return rc;
}

void jx_camera_close(jx_camera *camera)
{
	const int64_t end_us = until(CLOSE_MAX_MS);

	if (camera == NULL)
		return;
	if (camera->is_lit)
		(void)jx_camera__light(camera->config.torch, false, NULL);
	g_mutex_lock(&camera->lock);
	camera->must_stop = true;
	if (camera->bus != NULL)
		(void)gst_bus_post(camera->bus,
				   gst_message_new_application(NULL, gst_structure_new_empty("stop")));
	while (!camera->is_stopped)
		if (!g_cond_wait_until(&camera->changed, &camera->lock, end_us))
			break;
	g_mutex_unlock(&camera->lock);
	jx_camera__drop(camera);
}
