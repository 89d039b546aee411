/*
 * The thread that talks to GStreamer: builds the pipeline, starts it, watches it, takes it down. Each of these may block in a
 * driver; nobody waits for it without a limit. Pictures arrive on threads of GStreamer's.
 */
#include <string.h>

#include "camera_private.h"

/* How often a running camera is looked at; messages and wishes wake at once. */
#define LOOK_MS 200

void jx_camera__drop(jx_camera *c)
{
	if (!g_atomic_ref_count_dec(&c->owners))
		return;
	if (c->sample != NULL)
		gst_sample_unref(c->sample);
	g_mutex_clear(&c->lock);
	g_cond_clear(&c->changed);
	g_free((char *)(uintptr_t)c->config.device);
	g_free((char *)(uintptr_t)c->config.pipeline);
	g_free((char *)(uintptr_t)c->config.torch);
	g_free(c);
}

static void fail(jx_camera *c, const struct jx_error *problem)
{
	g_mutex_lock(&c->lock);
	c->state = JX_CAMERA_FAILED;
	c->problem = *problem;
	g_cond_broadcast(&c->changed);
	g_mutex_unlock(&c->lock);
}

/* Every frame of the source, before it is copied anywhere. */
static GstPadProbeReturn see_frame(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
	jx_camera *c = user;

	(void)pad;
	(void)info;
	g_mutex_lock(&c->lock);
	c->last_frame_us = g_get_monotonic_time();
	if (c->first_frame_us == 0)
		c->first_frame_us = c->last_frame_us;
	if (c->state == JX_CAMERA_STARTING) {
		c->state = JX_CAMERA_READY;
		g_cond_broadcast(&c->changed);
	}
	g_mutex_unlock(&c->lock);
	return GST_PAD_PROBE_OK;
}

/* Before the gate's queue: what passes is never older than the wish, and nobody encodes what nobody wants. */
static GstPadProbeReturn let_through(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
	jx_camera *c = user;
	bool is_wanted;

	(void)pad;
	(void)info;
	g_mutex_lock(&c->lock);
	is_wanted = c->is_wanted;
	if (is_wanted) {
		c->is_wanted = false;
		c->pass_count++;
		c->passed_utc_ms = c->config.clock->utc_ms(c->config.clock->user);
	}
	g_mutex_unlock(&c->lock);
	return is_wanted ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* A picture that comes too late, for a wish that was given up, is not taken for the next one's. */
static GstFlowReturn take_shot(GstAppSink *sink, gpointer user)
{
	jx_camera *c = user;
	GstSample *sample = gst_app_sink_pull_sample(sink);

	if (sample == NULL)
		return GST_FLOW_EOS;
	g_mutex_lock(&c->lock);
	c->arrive_count++;
	if (c->is_waiting && c->sample == NULL && c->arrive_count == c->pass_count) {
		c->sample = sample;
		sample = NULL;
		g_cond_broadcast(&c->changed);
	}
	g_mutex_unlock(&c->lock);
	if (sample != NULL)
		gst_sample_unref(sample);
	return GST_FLOW_OK;
}

static bool size_of(GstSample *sample, int *width, int *height)
{
	const GstCaps *caps = gst_sample_get_caps(sample);
	const GstStructure *s = caps != NULL ? gst_caps_get_structure(caps, 0) : NULL;

	return s != NULL && gst_structure_get_int(s, "width", width) &&
	       gst_structure_get_int(s, "height", height) && *width > 0 && *height > 0;
}

static GstFlowReturn show_frame(GstAppSink *sink, gpointer user)
{
	jx_camera *c = user;
	GstSample *sample = gst_app_sink_pull_sample(sink);
	GstBuffer *buffer = sample != NULL ? gst_sample_get_buffer(sample) : NULL;
	struct jx_camera_frame frame = {0};
	GstMapInfo map;
	bool is_over;

	if (sample == NULL)
		return GST_FLOW_EOS;
	g_mutex_lock(&c->lock);
	is_over = c->must_stop;
	g_mutex_unlock(&c->lock);
	if (!is_over && buffer != NULL && size_of(sample, &frame.width, &frame.height) &&
	    gst_buffer_map(buffer, &map, GST_MAP_READ)) {
		frame.bgrx = map.data;
		frame.stride = (size_t)frame.width * 4; /* BGRx rows need no padding */
		if (map.size >= frame.stride * (size_t)frame.height)
			c->config.on_frame(c->config.user, &frame);
		gst_buffer_unmap(buffer, &map);
	}
	gst_sample_unref(sample);
	return GST_FLOW_OK;
}

static void connect_sink(jx_camera *c, GstElement *pipeline, const char *name,
			 GstFlowReturn (*take)(GstAppSink *, gpointer))
{
	GstAppSinkCallbacks calls = {.new_sample = take};
	GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), name);

	if (sink == NULL)
		return; /* no preview was asked for */
	gst_app_sink_set_callbacks(GST_APP_SINK(sink), &calls, c, NULL);
	gst_object_unref(sink);
}

static void probe(jx_camera *c, GstElement *pipeline, const char *name, GstPadProbeCallback see)
{
	GstElement *element = gst_bin_get_by_name(GST_BIN(pipeline), name);
	GstPad *pad = gst_element_get_static_pad(element, "sink");

	(void)gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, see, c, NULL);
	gst_object_unref(pad);
	gst_object_unref(element);
}

static void connect_all(jx_camera *c, GstElement *pipeline)
{
	probe(c, pipeline, "tee", see_frame);
	probe(c, pipeline, "gate", let_through);
	connect_sink(c, pipeline, "shot", take_shot);
	connect_sink(c, pipeline, "view", show_frame);
	g_mutex_lock(&c->lock);
	c->bus = gst_element_get_bus(pipeline);
	g_mutex_unlock(&c->lock);
}

/* What GStreamer said; its own words are often the only ones that name the device. */
static jx_rc say_broken(const jx_camera *c, GstMessage *message, struct jx_error *err)
{
	/* the words of the profile */
	static const char *const names[] = {"none", "v4l2", "libcamera", "test", "file", "pipeline"};
	const char *name = c->config.device[0] != '\0' ? c->config.device : names[c->config.source];
	GError *problem = NULL;
	jx_rc rc;

	if (message != NULL && GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
		gst_message_parse_error(message, &problem, NULL);
	if (problem != NULL && g_str_has_suffix(problem->message, "."))
		problem->message[strlen(problem->message) - 1] = '\0';
	rc = jx_fail(
		err, JX_EIO, problem != NULL ? problem->code : 0, JX_CAMERA__WHERE,
		"the camera (%s) cannot be used: %s; see that it is plugged in, that no other program has it, and that [camera] in the profile names it and a size that it has",
		name, problem != NULL ? problem->message : _("it ended"));
	g_clear_error(&problem);
	return rc;
}

/* Frames that do not come, though nothing says why. */
static jx_rc look(jx_camera *c, int64_t begun_us, struct jx_error *err)
{
	const int64_t now_us = g_get_monotonic_time();
	int64_t since_us, limit_ms;

	g_mutex_lock(&c->lock);
	since_us = c->last_frame_us != 0 ? c->last_frame_us : begun_us;
	limit_ms = c->last_frame_us != 0 ? c->config.shot_max_ms : c->config.start_max_ms;
	g_mutex_unlock(&c->lock);
	if (now_us - since_us <= limit_ms * 1000)
		return JX_OK;
	return jx_fail(err, JX_EIO, 0, JX_CAMERA__WHERE,
		       "the camera has given no picture for %lld ms: plug it in again, or restart the device",
		       (long long)((now_us - since_us) / 1000));
}

static bool must_stop(jx_camera *c)
{
	bool is_so;

	g_mutex_lock(&c->lock);
	is_so = c->must_stop;
	g_mutex_unlock(&c->lock);
	return is_so;
}

static jx_rc watch(jx_camera *c, struct jx_error *err)
{
	const int64_t begun_us = g_get_monotonic_time();
	jx_rc rc = JX_OK;

	while (rc == JX_OK && !must_stop(c)) {
		GstMessage *message = gst_bus_timed_pop_filtered(c->bus, LOOK_MS * GST_MSECOND,
								 GST_MESSAGE_ERROR | GST_MESSAGE_EOS |
									 GST_MESSAGE_APPLICATION);

		if (message == NULL) {
			rc = look(c, begun_us, err);
			continue;
		}
		if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_APPLICATION)
			rc = say_broken(c, message, err);
		gst_message_unref(message);
	}
	return rc;
}

static jx_rc start(jx_camera *c, GstElement *pipeline, struct jx_error *err)
{
	GstMessage *message;
	jx_rc rc;

	if (gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
		return JX_OK;
	message = gst_bus_pop_filtered(c->bus, GST_MESSAGE_ERROR);
	rc = say_broken(c, message, err);
	if (message != NULL)
		gst_message_unref(message);
	return rc;
}

static void take_down(jx_camera *c, GstElement *pipeline)
{
	GstBus *bus;

	g_mutex_lock(&c->lock);
	bus = c->bus;
	c->bus = NULL;
	g_mutex_unlock(&c->lock);
	(void)gst_element_set_state(pipeline, GST_STATE_NULL);
	gst_object_unref(bus);
	gst_object_unref(pipeline);
}

jx_rc jx_camera__set_up(struct jx_error *err)
{
	GError *problem = NULL;
	jx_rc rc;

	if (gst_init_check(NULL, NULL, &problem))
		return JX_OK;
	rc = jx_fail(err, JX_ESTATE, 0, JX_CAMERA__WHERE,
		     "GStreamer does not start: %s; install it again (libgstreamer1.0-0)",
		     problem != NULL ? problem->message : "");
	g_clear_error(&problem);
	return rc;
}

gpointer jx_camera__work(gpointer camera)
{
	jx_camera *c = camera;
	struct jx_error err = {0};
	GstElement *pipeline = NULL;
	jx_rc rc = jx_camera__set_up(&err);

	if (rc == JX_OK)
		rc = jx_camera__build(&c->config, &pipeline, &err);
	if (rc == JX_OK) {
		connect_all(c, pipeline);
		rc = start(c, pipeline, &err);
	}
	if (rc == JX_OK)
		rc = watch(c, &err);
	if (rc != JX_OK)
		fail(c, &err); /* before it is taken down, which may block too */
	if (pipeline != NULL)
		take_down(c, pipeline);
	g_mutex_lock(&c->lock);
	c->is_stopped = true;
	g_cond_broadcast(&c->changed);
	g_mutex_unlock(&c->lock);
	jx_camera__drop(c);
	return NULL;
}
