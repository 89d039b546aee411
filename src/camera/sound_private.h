/*
 * sound_private.h - inside the room: a recording, and its thread. Owned twice as a camera is, so that a worker that is stuck in a driver
 * can be left alone.
 */
#ifndef JX_CAMERA_SOUND_PRIVATE_H
#define JX_CAMERA_SOUND_PRIVATE_H

#include <glib.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include "bounds.h"
#include "jiexun/camera.h"

/* What the encoder is given: Opus counts in it, whatever the microphone has. */
#define JX_CAMERA__SAMPLES_PER_MS 48

struct jx_sound {
	struct jx_sound_config config; /* with a text of our own */
	GMutex lock;
	GCond changed;
	gatomicrefcount owners;
	/* under lock */
	enum jx_sound_state state;
	struct jx_error problem; /* JX_SOUND_FAILED; or why the microphone ended by itself */
	bool must_stop;          /* the caller has enough */
	bool is_full;            /* ms_max are recorded, or bytes_max reached */
	bool is_whole;           /* the last page is there */
	bool is_stopped;
	bool is_cut;
	int level, peak; /* 0..32768: of the last piece, of all */
	int64_t samples, began_utc_ms, last_us;
	GstBus *bus; /* wakes the worker; NULL: no pipeline */
	jx_buf ogg;
};

/* sound_work.c */
gpointer jx_camera__record(gpointer sound);
void jx_camera__drop_sound(jx_sound *s); /* one owner less */

#endif
