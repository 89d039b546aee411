/* The caller's side of a recording: each wait has its limit. */
#include "sound_private.h"

#define CLOSE_MAX_MS 2000

jx_rc jx_sound_open(const struct jx_sound_config *config, jx_sound **sound_out, struct jx_error *err)
{
	jx_rc rc = jx_camera__check_sound(config, err);
	jx_sound *s;
	GThread *thread;

	if (rc != JX_OK)
		return rc;
	s = g_new0(jx_sound, 1);
	s->config = *config;
	s->config.source = g_strdup(config->source);
	jx_camera__fill_sound(&s->config);
	jx_buf_init(&s->ogg, (size_t)s->config.bytes_max);
	s->state = JX_SOUND_STARTING;
	g_mutex_init(&s->lock);
	g_cond_init(&s->changed);
	g_atomic_ref_count_init(&s->owners);
	g_atomic_ref_count_inc(&s->owners);
	thread = g_thread_try_new("jx-sound", jx_camera__record, s, NULL);
	if (thread == NULL) {
		jx_camera__drop_sound(s);
		jx_camera__drop_sound(s);
		return jx_fail(err, JX_ENOMEM, 0, JX_CAMERA__SOUND_WHERE,
			       "no thread for the microphone: close other programs and try again");
	}
	g_thread_unref(thread); /* never joined: it may be stuck */
	*sound_out = s;
	return JX_OK;
}

static int permille(int level)
{
	return (int)((int64_t)level * 1000 / 32768);
}

/* With the lock. */
static void describe(const jx_sound *s, struct jx_sound_look *out)
{
	*out = (struct jx_sound_look){.state = s->state,
				      .recorded_ms = s->samples / JX_CAMERA__SAMPLES_PER_MS,
				      .began_utc_ms = s->began_utc_ms,
				      .level_permille = permille(s->level),
				      .peak_permille = permille(s->peak),
				      .is_cut = s->is_cut};
}

static bool is_over(const jx_sound *s)
{
	return s->state == JX_SOUND_ENDED || s->state == JX_SOUND_FAILED;
}

/* With the lock: until it is over, or so long. */
static void wait_over(jx_sound *s, int64_t ms)
{
	const int64_t end_us = g_get_monotonic_time() + ms * 1000;

	while (!is_over(s))
		if (!g_cond_wait_until(&s->changed, &s->lock, end_us))
			break;
}

void jx_sound_wait(jx_sound *sound, int64_t ms, struct jx_sound_look *look_out)
{
	g_mutex_lock(&sound->lock);
	wait_over(sound, ms);
	describe(sound, look_out);
	g_mutex_unlock(&sound->lock);
}

/* With the lock. */
static void stop(jx_sound *s)
{
	s->must_stop = true;
	if (s->bus != NULL)
		(void)gst_bus_post(s->bus,
				   gst_message_new_application(NULL, gst_structure_new_empty("stop")));
}

static jx_rc take(jx_sound *s, jx_buf *ogg, struct jx_error *err)
{
	if (s->state == JX_SOUND_FAILED) {
		if (err != NULL)
			*err = s->problem;
		return s->problem.code;
	}
	if (s->state != JX_SOUND_ENDED)
		return jx_fail(err, JX_EIO, 0, JX_CAMERA__SOUND_WHERE,
			       "the microphone does not end its recording: try again, or restart the device");
	jx_buf_add(ogg, s->ogg.data, s->ogg.len);
	return jx_buf_check(ogg, "sound", err);
}

jx_rc jx_sound_end(jx_sound *sound, jx_buf *ogg, struct jx_sound_look *look_out, struct jx_error *err)
{
	jx_rc rc;

	g_mutex_lock(&sound->lock);
	stop(sound);
	wait_over(sound, sound->config.start_max_ms + JX_CAMERA__END_MAX_MS);
	rc = take(sound, ogg, err);
	if (rc == JX_OK && look_out != NULL)
		describe(sound, look_out);
	g_mutex_unlock(&sound->lock);
	return rc;
}

void jx_sound_close(jx_sound *sound)
{
	const int64_t end_us = g_get_monotonic_time() + INT64_C(1000) * CLOSE_MAX_MS;

	if (sound == NULL)
		return;
	g_mutex_lock(&sound->lock);
	stop(sound);
	while (!sound->is_stopped)
		if (!g_cond_wait_until(&sound->changed, &sound->lock, end_us))
			break;
	g_mutex_unlock(&sound->lock);
	jx_camera__drop_sound(sound);
}
