/*
 * link.h - between jx_camera_far and the program jx-camera: a socket pair, which is the program's standard input. One ask, one answer.
 *
 * The structs go over it as they lie in memory: both ends are of one package on one machine, and the number tells a half-finished
 * upgrade. What a profile says goes here and not on the command line, which everybody may read (a pipeline can hold a password).
 */
#ifndef JX_CAMERA_FAR_LINK_H
#define JX_CAMERA_FAR_LINK_H

#include <sys/types.h>

#include "../bounds.h"

#define JX_CAMERA__LINK_NUMBER 1
/* Of a profile's texts, all together: no profile is as long. */
#define JX_CAMERA__TEXTS_MAX 65536

enum jx_camera__wish {
	JX_CAMERA__OPEN, /* a camera; three texts follow: device, pipeline, torch. No answer: what is wrong is told by the next */
	JX_CAMERA__OPEN_SOUND, /* a microphone; its source follows. No answer either */
	JX_CAMERA__STATE,
	JX_CAMERA__WAIT,
	JX_CAMERA__SHOOT, /* the picture follows the answer */
	JX_CAMERA__TORCH,
	JX_CAMERA__SOUND_WAIT,
	JX_CAMERA__SOUND_END, /* the file follows the answer */
	JX_CAMERA__CLOSE      /* no answer: the program ends */
};

struct jx_camera__ask {
	int32_t number; /* JX_CAMERA__LINK_NUMBER */
	int32_t wish;
	int64_t value; /* TORCH: on; SOUND_WAIT: ms; opening: ms_max of a recording */
	/* opening */
	int32_t source, is_jpeg;
	int64_t width, height, quality, start_max_ms, shot_max_ms, settle_ms, bytes_max;
	uint32_t text_len[3]; /* without NULs */
	uint32_t spare;       /* no byte that is not written: padding would be what lay there before */
};

struct jx_camera__answer {
	int32_t number, wish;
	struct jx_error err; /* JX_OK: done */
	int32_t state, spare;
	struct jx_camera_shot shot;
	struct jx_sound_look look;
	int64_t bytes; /* that follow */
};

/* ---- io.c: both ends -------------------------------------------------------------------------------- */

/* For ever with ms < 0. False: the other end is gone, or the time is over. */
bool jx_camera__receive(int fd, void *data, size_t len, int64_t ms);
/* Read and forget until the other end is gone. False: it is still there after so long. */
bool jx_camera__receive_end(int fd, void *room, size_t cap, int64_t ms);
bool jx_camera__send(int fd, const void *data, size_t len);

/* ---- link.c: this end ------------------------------------------------------------------------------- */

struct jx_camera__link {
	int fd; /* -1: it has ended; problem says why */
	pid_t pid;
	struct jx_error problem;
};

jx_rc jx_camera__link_open(struct jx_camera__link *l, struct jx_error *err);
/* Opening and closing: nothing comes back. */
void jx_camera__link_tell(struct jx_camera__link *l, const struct jx_camera__ask *ask,
			  const char *const texts[3]);
/*
 * Ask, and wait so long for the answer. What follows it goes into `more`, which stays untouched on failure; NULL: nothing may follow.
 * A program that crashed, answers nonsense or nothing at all is ended, and that is told from then on.
 */
jx_rc jx_camera__link_ask(struct jx_camera__link *l, const struct jx_camera__ask *ask, int64_t ms,
			  struct jx_camera__answer *answer_out, jx_buf *more, struct jx_error *err);
/* Two seconds for its camera, as jx_camera_close() has; then it is ended. */
void jx_camera__link_close(struct jx_camera__link *l);

#endif
