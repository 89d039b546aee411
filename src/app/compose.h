/*
 * compose.h - an observation from the first tap to the entry: the flow of the Log page. Choose, shoot, save; all else is filled in and
 * may be changed before it is saved. From the first tap on it is a draft on the disk.
 */
#ifndef APP_COMPOSE_H
#define APP_COMPOSE_H

#include "app.h"
#include "jiexun/compose.h"
#include "lens.h"

/** What a composition is made by: shared by its page and its jobs. */
struct composing {
	jx_packs *packs; /* a copy of the desk's: any thread may read it */
	const jx_pack *pack;
	char day[11]; /* of the pack */
};
struct composing *composing_copy(const struct composing *from);
void composing_free(struct composing *c);

/**
 * Begin one: its page, and the camera over it where there is one.
 * @param code    disorder or sub-type; NULL: chosen after the picture
 * @param result  "found", "nothing-found", "no-access"
 */
void compose_begin(GtkWidget *inside, const struct composing *by, const char *code, const char *result);
/** Go on with one that was not finished. */
void compose_resume(GtkWidget *inside, const uint8_t id[JX_ID_BYTES]);

/* ---- jobs of the desk (compose_jobs.c) ----------------------------------------------------------------- */

/** Writes what is newest when its turn comes: a slow disk writes once what changed many times meanwhile. */
struct keeper;
struct keeper *keeper_new(void);
void keeper_free(struct keeper *k);
/** kept is called in the main loop after each write; err NULL: what was newest when it began is on the disk. */
void keeper_keep(struct keeper *k, struct desk *desk, const struct jx_compose *c, GObject *owner,
		 void (*kept)(gpointer owner, const struct jx_draft *draft, const struct jx_error *err));
/** Is the disk as new as what was given last? */
bool keeper_has_all(struct keeper *k);

/** A job about one composition. */
struct compose_job {
	struct desk_job job;
	struct jx_compose c;
	struct lens_picture *picture; /* to add */
	char role[16];
	size_t index;      /* of a picture */
	bool is_replacing; /* the picture of that index goes when the new one is there */
	uint8_t id[JX_ID_BYTES];
	int64_t n;
	char number[48];
	struct composing *by;
	GdkTexture *textures[JX_PHOTOS_MAX]; /* of c.photos; NULL where it cannot be shown */
	GdkTexture *before;                  /* for the overlay */
	GtkWidget *inside;                   /* for opening: the window (weak) */
};
struct compose_job *compose_job_new(const struct jx_compose *c);
void compose_job_free(struct desk_job *job);
jx_rc compose_work_add(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
jx_rc compose_work_drop(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
jx_rc compose_work_save(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
jx_rc compose_work_aside(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
jx_rc compose_work_back(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
jx_rc compose_work_load(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
jx_rc compose_work_correct(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
jx_rc compose_work_after(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);
jx_rc compose_work_withdraw(struct jx_handheld *h, struct desk_job *job, struct jx_error *err);

/** The packs as the desk has them now. In the desk. */
jx_rc composing_read(struct jx_handheld *h, struct composing **out, struct jx_error *err);

/* ---- the page (page_compose.c) ------------------------------------------------------------------------- */

/** Takes nothing over: by is copied. textures may be NULL. */
GtkWidget *compose_page_new(GtkWidget *inside, const struct composing *by, const struct jx_compose *c,
			    GdkTexture *const *textures, GdkTexture *before);
/** One will be wanted, and the camera: they are made when there is time. */
void compose_page_expect(GtkWidget *inside);
/** Show the camera for the next picture. */
void compose_page_shoot(GtkWidget *widget);
/** Put the focus there, once the page is pushed. */
void compose_page_focus_save(GtkWidget *page);
/** Have the disk say what the page says. */
void compose_page_keep(GtkWidget *page);

/* ---- words --------------------------------------------------------------------------------------------- */

/** "30.23012, 119.72001 ±8 m", or why there is none. */
void compose_fix_text(const struct jx_fix *fix, char *out, size_t cap);

#endif
