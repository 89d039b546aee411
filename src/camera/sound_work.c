/*
 * The thread of a recording:
 *
 *   source - convert - resample - raw - opusenc - oggmux - file
 *
 * What goes into the encoder is counted and heard here, and its end comes from here, too: into the encoder, not through a source that may be
 * stuck. So what was said before a microphone was pulled out is a whole file.
 */
#include <stdlib.h>
#include <string.h>

#include "camera_private.h"
#include "sound_private.h"

/* How often a recording is looked at; messages and wishes wake at once. */
#define LOOK_MS 200
/* The encoder has half a second of pages to write. */
#define LAST_PAGE_MAX_MS 3000
/* Speech needs no more: two minutes are half a megabyte. */
#define BITRATE 32000

void jx_camera__drop_sound(jx_sound *s)
{
	if (!g_atomic_ref_count_dec(&s->owners))
		return;
	g_mutex_clear(&s->lock);
	g_cond_clear(&s->changed);
	g_free((char *)(uintptr_t)s->config.source);
	jx_buf_done(&s->ogg);
	g_free(s);
}

/* ---- on the source's thread ---- */

static int loudest(const GstMapInfo *map)
{
	int most = 0;

	for (size_t i = 0; i + 1 < map->size; i += 2) {
		const int sample = (int16_t)(uint16_t)(map->data[i] | map->data[i + 1] << 8);
		const int loud = abs(sample);

		most = loud > most ? loud : most;
	}
	return most;
}

/* With the lock. How many samples of so many are still wanted. */
static int64_t count_in(jx_sound *s, int64_t samples, int level)
{
	const int64_t most = s->config.ms_max * JX_CAMERA__SAMPLES_PER_MS;
	int64_t wanted = s->must_stop || s->is_full ? 0 : most - s->samples;

	wanted = wanted < samples ? wanted : samples;
	s->last_us = g_get_monotonic_time();
	if (s->state == JX_SOUND_STARTING) {
		s->state = JX_SOUND_RECORDING;
		s->began_utc_ms = s->config.clock->utc_ms(s->config.clock->user);
	}
	s->level = level;
	s->peak = level > s->peak && wanted > 0 ? level : s->peak;
	s->samples += wanted;
	if (s->samples == most && !s->is_full) {
		s->is_full = true;
		(void)gst_bus_post(s->bus,
				   gst_message_new_application(NULL, gst_structure_new_empty("full")));
	}
	return wanted;
}

/* Before the encoder: 16 bits, one channel. The piece in which the time is over is cut to it. */
static GstPadProbeReturn hear(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
	jx_sound *s = user;
	GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
	GstMapInfo map;
	int64_t samples, wanted;

	(void)pad;
	if (buffer == NULL || !gst_buffer_map(buffer, &map, GST_MAP_READ))
		return GST_PAD_PROBE_DROP;
	samples = (int64_t)(map.size / 2);
	g_mutex_lock(&s->lock);
	wanted = count_in(s, samples, loudest(&map));
	g_mutex_unlock(&s->lock);
	gst_buffer_unmap(buffer, &map);
	if (wanted <= 0)
		return GST_PAD_PROBE_DROP;
	if (wanted < samples) {
		buffer = gst_buffer_make_writable(buffer);
		gst_buffer_set_size(buffer, (gssize)wanted * 2);
		GST_BUFFER_DURATION(buffer) = GST_CLOCK_TIME_NONE;
		GST_PAD_PROBE_INFO_DATA(info) = buffer;
	}
	return GST_PAD_PROBE_OK;
}

static GstFlowReturn keep_bytes(GstAppSink *sink, gpointer user)
{
	jx_sound *s = user;
	GstSample *sample = gst_app_sink_pull_sample(sink);
	GstBuffer *buffer = sample != NULL ? gst_sample_get_buffer(sample) : NULL;
	GstMapInfo map;

	if (sample == NULL)
		return GST_FLOW_EOS;
	if (buffer != NULL && gst_buffer_map(buffer, &map, GST_MAP_READ)) {
		g_mutex_lock(&s->lock);
		jx_buf_add(&s->ogg, map.data, map.size);
		g_mutex_unlock(&s->lock);
		gst_buffer_unmap(buffer, &map);
	}
	gst_sample_unref(sample);
	return GST_FLOW_OK;
}

static void see_last_page(GstAppSink *sink, gpointer user)
{
	jx_sound *s = user;

	(void)sink;
	g_mutex_lock(&s->lock);
	s->is_whole = true;
	g_cond_broadcast(&s->changed);
	g_mutex_unlock(&s->lock);
}

/* ---- the worker ---- */

static jx_rc build(const jx_sound *s, GstElement **pipeline_out, struct jx_error *err)
{
	JX_AUTO_FREE char *text = jx_xasprintf(
		"%s ! audioconvert ! audioresample ! "
		"capsfilter caps=audio/x-raw,format=S16LE,layout=interleaved,rate=%d,channels=1 ! "
		"opusenc name=encoder audio-type=voice bitrate=%d ! oggmux ! appsink name=file sync=false async=false",
		s->config.source, JX_CAMERA__SAMPLES_PER_MS * 1000, BITRATE);
	GError *problem = NULL;
	GstElement *pipeline = gst_parse_launch_full(text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &problem);
	jx_rc rc;

	if (pipeline != NULL && GST_IS_PIPELINE(pipeline)) {
		*pipeline_out = pipeline;
		return JX_OK;
	}
	rc = jx_fail(
		err, JX_EINVAL, problem != NULL ? problem->code : 0, JX_CAMERA__SOUND_WHERE,
		"the microphone's pipeline cannot be built: %s; correct source under [sound] in the profile, or install the GStreamer plugin that it needs",
		problem != NULL ? problem->message : "no pipeline");
	g_clear_error(&problem);
	if (pipeline != NULL)
		gst_object_unref(pipeline);
	return rc;
}

static GstPad *encoder_pad(GstElement *pipeline)
{
	GstElement *encoder = gst_bin_get_by_name(GST_BIN(pipeline), "encoder");
	GstPad *pad = gst_element_get_static_pad(encoder, "sink");

	gst_object_unref(encoder);
	return pad;
}

static void connect_all(jx_sound *s, GstElement *pipeline)
{
	GstAppSinkCallbacks calls = {.new_sample = keep_bytes, .eos = see_last_page};
	GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "file");
	GstPad *pad = encoder_pad(pipeline);

	gst_app_sink_set_callbacks(GST_APP_SINK(sink), &calls, s, NULL);
	gst_object_unref(sink);
	(void)gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, hear, s, NULL);
	gst_object_unref(pad);
	g_mutex_lock(&s->lock);
	s->bus = gst_element_get_bus(pipeline);
	s->last_us = g_get_monotonic_time();
	g_mutex_unlock(&s->lock);
}

static jx_rc say_broken(GstMessage *message, struct jx_error *err)
{
	GError *problem = NULL;
	jx_rc rc;

	if (message != NULL && GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
		gst_message_parse_error(message, &problem, NULL);
	if (problem != NULL && g_str_has_suffix(problem->message, "."))
		problem->message[strlen(problem->message) - 1] = '\0';
	rc = jx_fail(
		err, JX_EIO, problem != NULL ? problem->code : 0, JX_CAMERA__SOUND_WHERE,
		"the microphone cannot be used: %s; see that it is plugged in, that no other program has it, and that source under [sound] in the profile names it",
		problem != NULL ? problem->message : _("it ended"));
	g_clear_error(&problem);
	return rc;
}

/* Nothing comes, though nothing says why. */
static jx_rc look(jx_sound *s, bool *is_done, struct jx_error *err)
{
	int64_t silent_us;

	g_mutex_lock(&s->lock);
	*is_done = s->must_stop || s->is_full || s->ogg.rc != JX_OK;
	silent_us = g_get_monotonic_time() - s->last_us;
	g_mutex_unlock(&s->lock);
	if (*is_done || silent_us <= s->config.start_max_ms * 1000)
		return JX_OK;
	return jx_fail(
		err, JX_EIO, 0, JX_CAMERA__SOUND_WHERE,
		"the microphone has given nothing for %lld ms: plug it in again, or restart the device",
		(long long)(silent_us / 1000));
}

static jx_rc watch(jx_sound *s, struct jx_error *err)
{
	bool is_done = false;
	jx_rc rc = look(s, &is_done, err);

	while (rc == JX_OK && !is_done) {
		GstMessage *message = gst_bus_timed_pop_filtered(s->bus, LOOK_MS * GST_MSECOND,
								 GST_MESSAGE_ERROR | GST_MESSAGE_EOS |
									 GST_MESSAGE_APPLICATION);

		if (message == NULL || GST_MESSAGE_TYPE(message) == GST_MESSAGE_APPLICATION)
			rc = look(s, &is_done, err);
		else
			rc = say_broken(message, err);
		if (message != NULL)
			gst_message_unref(message);
	}
	return rc;
}

static jx_rc start(jx_sound *s, GstElement *pipeline, struct jx_error *err)
{
	GstMessage *message;
	jx_rc rc;

	if (gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
		return JX_OK;
	message = gst_bus_pop_filtered(s->bus, GST_MESSAGE_ERROR);
	rc = say_broken(message, err);
	if (message != NULL)
		gst_message_unref(message);
	return rc;
}

/* What was heard becomes a whole file; a source that ended by itself has seen to that. */
static void end_file(jx_sound *s, GstElement *pipeline)
{
	const int64_t end_us = g_get_monotonic_time() + INT64_C(1000) * LAST_PAGE_MAX_MS;
	GstPad *pad;
	bool has_sound;

	g_mutex_lock(&s->lock);
	s->must_stop = true; /* nothing goes in behind the end */
	has_sound = s->samples > 0 && !s->is_whole;
	g_mutex_unlock(&s->lock);
	if (!has_sound)
		return;
	pad = encoder_pad(pipeline);
	(void)gst_pad_send_event(pad, gst_event_new_eos());
	gst_object_unref(pad);
	g_mutex_lock(&s->lock);
	while (!s->is_whole)
		if (!g_cond_wait_until(&s->changed, &s->lock, end_us))
			break;
	g_mutex_unlock(&s->lock);
}

/* A microphone that failed after something was said has not failed: that is kept, and marked. */
static void settle(jx_sound *s, jx_rc rc, struct jx_error *why)
{
	g_mutex_lock(&s->lock);
	if (rc == JX_OK && s->samples == 0)
		rc = jx_fail(
			why, JX_EIO, 0, JX_CAMERA__SOUND_WHERE,
			"nothing was recorded: it was ended before the microphone gave anything; try again");
	else if (rc == JX_OK && !s->is_whole)
		rc = jx_fail(why, JX_EIO, 0, JX_CAMERA__SOUND_WHERE,
			     "the recording could not be ended: try again, or restart the device");
	if (rc != JX_OK)
		s->problem = *why;
	s->is_cut = rc != JX_OK && s->samples > 0 && s->is_whole;
	s->state = rc == JX_OK || s->is_cut ? JX_SOUND_ENDED : JX_SOUND_FAILED;
	g_cond_broadcast(&s->changed);
	g_mutex_unlock(&s->lock);
}

static void take_down(jx_sound *s, GstElement *pipeline)
{
	GstBus *bus;

	g_mutex_lock(&s->lock);
	bus = s->bus;
	s->bus = NULL;
	g_mutex_unlock(&s->lock);
	(void)gst_element_set_state(pipeline, GST_STATE_NULL);
	gst_object_unref(bus);
	gst_object_unref(pipeline);
}

gpointer jx_camera__record(gpointer sound)
{
	jx_sound *s = sound;
	struct jx_error err = {0};
	GstElement *pipeline = NULL;
	jx_rc rc = jx_camera__set_up(&err);

	if (rc == JX_OK)
		rc = build(s, &pipeline, &err);
	if (rc == JX_OK) {
		connect_all(s, pipeline);
		rc = start(s, pipeline, &err);
	}
	if (rc == JX_OK)
		rc = watch(s, &err);
	if (pipeline != NULL)
		end_file(s, pipeline);
	settle(s, rc, &err); /* before it is taken down, which may block */
	if (pipeline != NULL)
		take_down(s, pipeline);
	g_mutex_lock(&s->lock);
	s->is_stopped = true;
	g_cond_broadcast(&s->changed);
	g_mutex_unlock(&s->lock);
	jx_camera__drop_sound(s);
	return NULL;
}
