/* camera.h - the page with the live picture: takes one picture and goes. For every page that needs one. */
#ifndef APP_CAMERA_H
#define APP_CAMERA_H

#include "app.h"
#include "lens.h"

/** What is wanted. Copied. */
struct camera_wish {
	const char *role;   /**< wide, close, before, after, plate, object */
	GdkTexture *before; /**< laid over the live picture, half transparent; NULL: none */
	/** In the main loop, while owner lives: takes the picture over. NULL: the person goes on without one. */
	void (*taken)(gpointer owner, struct lens_picture *picture, const char *role);
	gpointer owner; /**< a GObject */
};

/** Show the camera over what is there. Where there is none it says so, and offers a file. */
void camera_show(GtkWidget *inside, const struct camera_wish *wish);
/** It will be shown soon: its page is made when there is time. */
void camera_expect(GtkWidget *inside);
/** Does the profile name a camera? */
bool camera_is_there(GtkWidget *inside);
/** The window's one camera. */
struct lens *camera_lens(GtkWidget *inside);

#endif
