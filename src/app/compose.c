/* From a tap to the page of a composition, and the camera over it. */
#include "compose.h"

#include <string.h>

#include "camera.h"

/* Where the camera comes first, the page is made behind it. */
static void show(GtkWidget *inside, GtkWidget *page, const char *title, bool has_camera)
{
	if (has_camera) {
		compose_page_shoot(page);
		app_push_behind(inside, page, title);
	} else {
		app_push(inside, page, title);
	}
}

/* The unit and quantity of one find: what is filled in is what will be saved. */
static void fill_code(struct jx_compose *c, const struct composing *by, const char *code_id)
{
	const struct jx_code *code = jx_pack_find(by->pack, code_id);

	if (code == NULL)
		return;
	jx_strcpy(c->code, sizeof(c->code), code->code);
	if (strcmp(c->result, "found") != 0 || code->unit_count == 0)
		return;
	jx_strcpy(c->quantity, sizeof(c->quantity), "1");
	jx_strcpy(c->unit, sizeof(c->unit), code->units[0]);
}

void compose_begin(GtkWidget *inside, const struct composing *by, const char *code, const char *result)
{
	g_autofree struct jx_compose *c = g_new0(struct jx_compose, 1);
	GtkWidget *page;
	struct place_now now;

	jx_compose_new(app_profile(inside), c);
	jx_strcpy(c->result, sizeof(c->result), result);
	if (code != NULL)
		fill_code(c, by, code);
	place_read(app_place(inside), &now);
	c->fix = now.fix;
	page = compose_page_new(inside, by, c, NULL, NULL);
	compose_page_keep(page);
	/* a spot where nothing is needs no picture: it may have one */
	show(inside, page, _("Entry"), strcmp(result, "found") == 0 && camera_is_there(inside));
	/* nor anything else: Enter saves it */
	if (strcmp(result, "found") != 0)
		compose_page_focus_save(page);
}

/* ---- those that the desk opens --------------------------------------------------------------------------- */

static void on_opened(struct desk_job *job, gpointer owner)
{
	struct compose_job *j = (struct compose_job *)job;

	if (job->rc != JX_OK) {
		app_toast_error(owner, &job->err);
		app_changed(owner);
		return;
	}
	show(owner, compose_page_new(owner, j->by, &j->c, j->textures, j->before),
	     j->c.of[0] != '\0' ? _("Correct") : _("Entry"),
	     j->c.before[0] != '\0' && j->c.photo_count == 0 && camera_is_there(owner));
}

static void open_by(GtkWidget *inside, const uint8_t id[JX_ID_BYTES],
		    jx_rc (*work)(struct jx_handheld *, struct desk_job *, struct jx_error *))
{
	struct compose_job *j = compose_job_new(NULL);

	memcpy(j->id, id, JX_ID_BYTES);
	j->job.work = work;
	j->job.done = on_opened;
	desk_post(app_desk(inside), &j->job, app_window_of(inside));
}

void compose_resume(GtkWidget *inside, const uint8_t id[JX_ID_BYTES])
{
	open_by(inside, id, compose_work_load);
}

void app_compose_correct(GtkWidget *inside, const uint8_t id[JX_ID_BYTES])
{
	open_by(inside, id, compose_work_correct);
}

void app_compose_after(GtkWidget *inside, const uint8_t id[JX_ID_BYTES])
{
	open_by(inside, id, compose_work_after);
}
