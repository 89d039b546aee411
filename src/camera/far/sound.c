/* The face of a recording, with the microphone in jx-camera. */
#include <stdlib.h>
#include <string.h>

#include "link.h"

struct jx_sound {
	struct jx_camera__link link;
	int64_t end_max_ms;
};

static const struct jx_camera__ask nothing = {.number = JX_CAMERA__LINK_NUMBER};

jx_rc jx_sound_open(const struct jx_sound_config *config, jx_sound **sound_out, struct jx_error *err)
{
	struct jx_camera__ask ask = nothing;
	struct jx_sound_config c = *config;
	const char *texts[3] = {c.source, "", ""};
	jx_sound *sound;
	jx_rc rc = jx_camera__check_sound(config, err);

	if (rc != JX_OK)
		return rc;
	if (strlen(c.source) > JX_CAMERA__TEXTS_MAX / 3)
		return jx_fail(err, JX_EINVAL, 0, JX_CAMERA__SOUND_WHERE,
			       "source under [sound] is longer than a profile's may be: shorten it");
	jx_camera__fill_sound(&c);
	ask.wish = JX_CAMERA__OPEN_SOUND;
	ask.value = c.ms_max;
	ask.start_max_ms = c.start_max_ms;
	ask.bytes_max = c.bytes_max;
	ask.text_len[0] = (uint32_t)strlen(c.source);
	sound = jx_xcalloc(1, sizeof(*sound));
	sound->end_max_ms = c.start_max_ms + JX_CAMERA__END_MAX_MS;
	rc = jx_camera__link_open(&sound->link, err);
	if (rc != JX_OK) {
		free(sound);
		return rc;
	}
	jx_camera__link_tell(&sound->link, &ask, texts);
	*sound_out = sound;
	return JX_OK;
}

void jx_sound_wait(jx_sound *sound, int64_t ms, struct jx_sound_look *look_out)
{
	struct jx_camera__ask ask = nothing;
	struct jx_camera__answer a;

	ask.wish = JX_CAMERA__SOUND_WAIT;
	ask.value = ms;
	*look_out = (struct jx_sound_look){.state = JX_SOUND_FAILED};
	if (jx_camera__link_ask(&sound->link, &ask, ms, &a, NULL, NULL) == JX_OK)
		*look_out = a.look;
}

jx_rc jx_sound_end(jx_sound *sound, jx_buf *ogg, struct jx_sound_look *look_out, struct jx_error *err)
{
	struct jx_camera__ask ask = nothing;
	struct jx_camera__answer a;
	jx_rc rc;

	ask.wish = JX_CAMERA__SOUND_END;
	ask.bytes_max = (int64_t)(ogg->max - ogg->len);
	rc = jx_camera__link_ask(&sound->link, &ask, sound->end_max_ms, &a, ogg, err);
	if (rc == JX_OK && look_out != NULL)
		*look_out = a.look;
	return rc;
}

void jx_sound_close(jx_sound *sound)
{
	if (sound == NULL)
		return;
	jx_camera__link_close(&sound->link);
	free(sound);
}
