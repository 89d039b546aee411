/*
 * camera_private.h - inside the camera room. A jx_camera has two owners, the caller and the worker; the last one frees it, so that
 * a worker that is stuck in a driver can be left alone.
 */
#ifndef JX_CAMERA_PRIVATE_H
#define JX_CAMERA_PRIVATE_H

#include <glib.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include "bounds.h"
#include "jiexun/camera.h"

struct jx_camera {
	struct jx_camera_config config; /* with texts of our own */
	GMutex lock;
	GCond changed;
	gatomicrefcount owners;
	/* under lock */
	enum jx_camera_state state;
	struct jx_error problem; /* JX_CAMERA_FAILED */
	bool must_stop, is_stopped;
	bool is_wanted;                        /* a shot: the next frame passes, and becomes the picture */
	int64_t pass_count, arrive_count;      /* frames let through; those that came out as pictures */
	GstSample *sample;                     /* the picture */
	int64_t passed_utc_ms;                 /* when its frame passed */
	bool is_waiting;                       /* for it */
	GstBus *bus;                           /* wakes the worker; NULL: no pipeline */
	int64_t first_frame_us, last_frame_us; /* GLib's monotonic clock; 0: none yet */
	/* the caller's only */
	bool is_lit;
	int64_t opened_us;
};

/* pipeline.c */
/* Text that gst_parse_launch takes. Names in it: source, tee, gate, shot, view. To be freed. */
char *jx_camera__describe(const struct jx_camera_config *config);
/* Built from it, not started. The device is set as a property, so that no name needs quoting. */
jx_rc jx_camera__build(const struct jx_camera_config *config, GstElement **pipeline_out,
		       struct jx_error *err);

/* worker.c */
gpointer jx_camera__work(gpointer camera);
void jx_camera__drop(jx_camera *c); /* one owner less */
/* GStreamer itself; again and again is fine. */
jx_rc jx_camera__set_up(struct jx_error *err);

/* torch.c */
jx_rc jx_camera__light(const char *folder, bool on, struct jx_error *err);

#endif
