/*
 * lens.h - the camera, in a thread of its own. Nothing here waits: a camera that is stuck is told by what does not come back, and a
 * page that is left has left it. One at a time: the next page's camera is opened when the last one's is closed.
 */
#ifndef APP_LENS_H
#define APP_LENS_H

#include <gtk/gtk.h>

#include "jiexun/base.h"
#include "jiexun/device.h"
#include "jiexun/model.h"

struct lens;

/** A picture that was taken or imported; free with lens_picture_free(). */
struct lens_picture {
	GBytes *jpeg;     /**< with its Exif */
	GdkTexture *seen; /**< a copy of screen size; NULL: it could not be shown */
	char how[12];     /**< camera, imported */
};
void lens_picture_free(struct lens_picture *picture);

/** Who wants to be told, in the main loop, as long as owner lives and nobody else began. */
struct lens_client {
	GObject *owner;
	void (*frame)(gpointer owner, GdkTexture *texture);
	/** err NULL: ready; else it failed: what to do stands in it */
	void (*state)(gpointer owner, const struct jx_error *err);
	/** picture NULL: err says why. Takes the picture over. */
	void (*shot)(gpointer owner, struct lens_picture *picture, const struct jx_error *err);
	/** The light could not be switched; the camera goes on. */
	void (*dark)(gpointer owner, const struct jx_error *err);
};

struct lens *lens_new(const struct jx_profile *profile);
/** Waits three seconds at most; a camera that is stuck longer is left to its thread, but not with its light on. */
void lens_free(struct lens *lens);
/** A light that was left on by a crash, in a thread. */
void lens_darken(const struct jx_profile *profile);
/** Open the camera for this client, in place of any before. */
void lens_begin(struct lens *lens, const struct lens_client *client);
/** Take a picture; fix goes into its Exif. */
void lens_shoot(struct lens *lens, const struct jx_fix *fix);
void lens_set_torch(struct lens *lens, bool on);
/** Close the camera, if it is still this owner's. */
void lens_end(struct lens *lens, gpointer owner);
/** A picture from a file, read in a thread: the same answer as a shot's. */
void lens_import(struct lens *lens, const char *path);
/** Make the screen copy of a JPEG. Any thread. NULL: it cannot be decoded. */
GdkTexture *lens_look_at(const void *jpeg, size_t len);

#endif
