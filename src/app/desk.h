/*
 * desk.h - the one thread that has the device's store, photos and packs open. Pages hand it jobs; what a job found comes back in the
 * main loop. So no page ever waits for the disk, and the store belongs to one thread, as it must.
 */
#ifndef APP_DESK_H
#define APP_DESK_H

#include <glib-object.h>

#include "jiexun/handheld.h"

struct desk;

/** First member of every job. work and done are called once each; free_job after them, or instead of done. */
struct desk_job {
	/** In the desk's thread. Opens what it needs of h (jx_handheld_open_...). */
	jx_rc (*work)(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
	/** In the main loop; not called if the owner is gone. May be NULL. */
	void (*done)(struct desk_job *job, gpointer owner);
	void (*free_job)(struct desk_job *job); /**< NULL: g_free */
	jx_rc rc;
	struct jx_error err; /**< of work */
	GWeakRef owner;      /**< the desk's */
	bool has_owner;
};

/** Takes the handheld over: nobody else touches it until desk_close(). */
struct desk *desk_open(struct jx_handheld *h);
/** Jobs that were handed over are done first: what was entered is on the disk when it returns. */
void desk_close(struct desk *desk);
/**
 * Queue a job; jobs are done in their order. Takes it over.
 * @param desk   NULL: the window is closing; the job is freed, and neither work nor done is called
 * @param owner  a GObject: done is called only while it lives; NULL: done is called always
 */
void desk_post(struct desk *desk, struct desk_job *job, gpointer owner);
/** How long the job at hand has been running, in ms; 0: none is. What takes seconds is shown, not waited for. */
int64_t desk_busy_ms(struct desk *desk);
/** For tests and for closing: jobs queued or at hand, or whose done was not called yet. */
int desk_pending(struct desk *desk);

#endif
