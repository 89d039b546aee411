/*
 * bounds.h - inside the camera room: what both ways to a camera hold to, in this process and in jx-camera's. Nothing of GStreamer's here.
 */
#ifndef JX_CAMERA_BOUNDS_H
#define JX_CAMERA_BOUNDS_H

#include "jiexun/camera.h"

#define JX_CAMERA__WHERE       "camera"
#define JX_CAMERA__SOUND_WHERE "microphone"

/* Until the last page of a recording is there. */
#define JX_CAMERA__END_MAX_MS 5000

/* bounds.c */
/* What can be told without a camera. @retval JX_ESTATE, JX_EINVAL  as jx_camera_open() */
jx_rc jx_camera__check(const struct jx_camera_config *config, struct jx_error *err);
/* Defaults for what is 0. */
void jx_camera__fill(struct jx_camera_config *config);
jx_rc jx_camera__check_sound(const struct jx_sound_config *config, struct jx_error *err);
void jx_camera__fill_sound(struct jx_sound_config *config);

#endif
