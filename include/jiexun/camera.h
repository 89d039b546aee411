/*
 * jiexun/camera.h - camera and microphone. A picture source: full-resolution JPEGs on demand, and preview frames while somebody aims. And a
 * recorder of sound notes: Opus in Ogg, whole when it is given out, with its level while somebody speaks.
 *
 * What the source is comes from the device's profile, as data: a V4L2 or libcamera camera, a test picture where there is no
 * camera, a picture file, or a whole GStreamer pipeline. All that a camera may block (opening, streaming, closing) happens in a
 * thread of the room's own: a camera that is stuck or pulled out is a state with a text, never a call that does not return. So too a
 * microphone; what was said before it was pulled out is kept.
 *
 * The room is two libraries with this one face, and a program: jx_camera works in the process that links it, with GStreamer;
 * jx_camera_far has the program jx-camera do it, which lies beside. Far there is no preview (on_frame: JX_EINVAL), clock is the
 * system's, and a driver that crashes ends that program only. Who dies while it has a camera open leaves it dark and free.
 *
 * Threads:   a jx_camera or jx_sound belongs to one thread. on_frame is called on a thread of the room's.
 * Ownership: configuration is copied; clock must outlive the camera or recording, also one whose closing had to give up.
 * Errors:    JX_EIO the camera fails, is stuck or gone; JX_EINVAL the profile's pipeline cannot be built; JX_ESTATE no camera, or no
 *            jx-camera;
 *            JX_ELIMIT a picture beyond bytes_max. Texts have GStreamer's own words and the cure.
 * Units:     `_ms` milliseconds, `_utc_ms` since 1970-01-01 UTC, `_bytes` bytes; sizes of pictures in pixels.
 */
#ifndef JX_CAMERA_H
#define JX_CAMERA_H

#include "jiexun/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jx_camera jx_camera;

enum jx_camera_source {
	JX_CAMERA_NONE,
	JX_CAMERA_V4L2,
	JX_CAMERA_LIBCAMERA,
	JX_CAMERA_TEST, /**< colour bars: where there is no camera */
	JX_CAMERA_FILE, /**< a JPEG file, again and again */
	JX_CAMERA_PIPELINE
};

/** A picture to aim by. Rows of blue, green, red and one byte that says nothing. */
struct jx_camera_frame {
	const uint8_t *bgrx; /**< during the call only */
	int width, height;
	size_t stride; /**< bytes from row to row */
};

struct jx_camera_config {
	enum jx_camera_source source;
	const char
		*device; /**< V4L2: /dev/video0; libcamera: its name; FILE: the path. NULL or "": the first */
	const char
		*pipeline; /**< PIPELINE: elements and their links up to pictures, as gst-launch takes them */
	const char *torch; /**< folder of a LED, /sys/class/leds/NAME; NULL or "": none */
	bool is_jpeg; /**< the camera makes the JPEG itself: its bytes are kept as they come. Else it gives raw frames */
	int64_t width, height; /**< 0: as the camera likes */
	int64_t quality;       /**< of a JPEG made here, 1..100; 0: 90 */
	int64_t start_max_ms;  /**< until the first frame; 0: 10 s */
	int64_t shot_max_ms; /**< one picture; also: frames that stay away so long are a camera that is stuck; 0: 5 s */
	int64_t settle_ms; /**< exposure and focus need so long after the first frame */
	int64_t bytes_max; /**< of one picture; 0: 32 MiB */
	const struct jx_clock *clock;
	/* NULL: no preview, and no work for one */
	void (*on_frame)(void *user, const struct jx_camera_frame *frame);
	void *user;
	int64_t view_width, view_height; /**< of the preview, borders where the shape differs; 0: 480 x 640 */
};

enum jx_camera_state {
	JX_CAMERA_STARTING,
	JX_CAMERA_READY,
	JX_CAMERA_FAILED /**< for good: close it, and open it again */
};

/**
 * Begin to open the camera; returns at once. Frames come when it is ready.
 * @param config  copied
 * @retval JX_ESTATE  source is JX_CAMERA_NONE  @retval JX_EINVAL  source needs a device or a pipeline that is not given
 */
jx_rc jx_camera_open(const struct jx_camera_config *config, jx_camera **camera_out, struct jx_error *err);
/** @param problem_out  why it failed, filled with JX_CAMERA_FAILED only; may be NULL */
enum jx_camera_state jx_camera_state(jx_camera *camera, struct jx_error *problem_out);
/** Wait until it is ready. @retval JX_EIO  it failed, or start_max_ms are over */
jx_rc jx_camera_wait(jx_camera *camera, struct jx_error *err);

struct jx_camera_shot {
	int width, height;
	int64_t taken_utc_ms;
};
/**
 * Take a picture: the first frame after the call, in full resolution. Waits for the camera to be ready.
 * @param jpeg      an initialised buffer; untouched on failure
 * @param shot_out  may be NULL
 * @retval JX_EIO  it failed, or did not give a picture within shot_max_ms  @retval JX_ELIMIT  beyond bytes_max or the buffer's ceiling
 */
jx_rc jx_camera_shoot(jx_camera *camera, jx_buf *jpeg, struct jx_camera_shot *shot_out, struct jx_error *err);
/** Switch the light. @retval JX_ESTATE  the profile names none  @retval JX_EIO  it cannot be switched */
jx_rc jx_camera_set_torch(jx_camera *camera, bool on, struct jx_error *err);
/**
 * Switch off a light that no camera holds any more: one that was lit when the program crashed, or whose camera is stuck. NULL or "" is a
 * no-op; one that cannot be switched stays as it is.
 */
void jx_camera_darken(const char *torch);
/**
 * Switch the light off, stop and free. Waits two seconds at most: a camera that is stuck longer is left to its thread, which frees
 * it if it ever comes back. After it no on_frame begins. NULL is a no-op.
 */
void jx_camera_close(jx_camera *camera);
JX_DEFINE_AUTO(jx_camera, jx_camera_close);

/* ---- sound notes ----------------------------------------------------------------------------------- */

typedef struct jx_sound jx_sound;

struct jx_sound_config {
	const char
		*source; /**< elements and their links up to raw sound, as gst-launch takes them: alsasrc */
	int64_t ms_max;  /**< it ends by itself then; 0: two minutes */
	int64_t start_max_ms; /**< until the first sound, and without any; 0: 5 s */
	int64_t bytes_max;    /**< 0: 4 MiB */
	const struct jx_clock *clock;
};

enum jx_sound_state {
	JX_SOUND_STARTING,
	JX_SOUND_RECORDING,
	JX_SOUND_ENDED, /**< by itself, or by jx_sound_end(): there is a whole file */
	JX_SOUND_FAILED
};

struct jx_sound_look {
	enum jx_sound_state state;
	int level_permille;   /**< loudest sample of the last moment, of the largest there can be */
	int peak_permille;    /**< of all */
	bool is_cut;          /**< the microphone ended by itself, or was pulled out */
	int64_t recorded_ms;  /**< so far */
	int64_t began_utc_ms; /**< first sound */
};

/**
 * Begin to record; returns at once.
 * @param config  copied
 * @retval JX_ESTATE  source is empty
 */
jx_rc jx_sound_open(const struct jx_sound_config *config, jx_sound **sound_out, struct jx_error *err);
/** Wait until it has ended or failed, so long at most, and say how it stands: for a display that is drawn ten times a second. */
void jx_sound_wait(jx_sound *sound, int64_t ms, struct jx_sound_look *look_out);
/**
 * End it, if it has not ended, and take the file.
 * @param ogg       an initialised buffer
 * @param look_out  may be NULL
 * @retval JX_EIO     nothing was recorded, or the microphone failed before the first sound
 * @retval JX_EINVAL  the pipeline cannot be built  @retval JX_ELIMIT  beyond bytes_max or the buffer's ceiling
 */
jx_rc jx_sound_end(jx_sound *sound, jx_buf *ogg, struct jx_sound_look *look_out, struct jx_error *err);
/** Stop and free, as jx_camera_close(). NULL is a no-op. */
void jx_sound_close(jx_sound *sound);
JX_DEFINE_AUTO(jx_sound, jx_sound_close);

#ifdef __cplusplus
}
#endif
#endif
