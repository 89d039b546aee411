/* A draft becomes an entry: read from the disk, with the place as it is now. */
#include "sheet.h"

#include <string.h>

#include "jiexun/view.h"

struct save_job {
	struct desk_job job;
	uint8_t id[JX_ID_BYTES];
	struct jx_fix fix;
	char number[JX_NUMBER_MAX];
	bool is_at_once;
};

static jx_rc add_photos(struct jx_handheld *h, const struct jx_fill *f, jx_capture *cap, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < f->option_count && rc == JX_OK; i++) {
		const char *value = f->options[i].value;
		const char *role = jx_fill_photo_role(value);
		const char *colon = strrchr(value, ':');
		g_autofree char *path = NULL;

		if (strcmp(f->options[i].name, "photo") != 0)
			continue;
		path = colon != NULL && colon + 1 == role ? g_strndup(value, (gsize)(colon - value))
							  : g_strdup(value);
		rc = jx_fill_add_photo(h, cap, path, role, err);
		if (rc == JX_EEXISTS)
			rc = JX_OK; /* taken twice is there once */
	}
	return rc;
}

static jx_rc set_correction(struct jx_handheld *h, const struct jx_fill *f, jx_capture *cap,
			    struct jx_error *err)
{
	const char *number = jx_fill_option(f, "corrects");
	uint8_t of_id[JX_ID_BYTES];
	jx_rc rc;

	if (number == NULL)
		return JX_OK;
	rc = jx_view_find(h->store, number, of_id, err);
	return rc == JX_OK ? jx_capture_set_correction(cap, of_id, jx_fill_option(f, "reason"), err) : rc;
}

static jx_rc capture(struct jx_handheld *h, const struct save_job *job, const struct jx_fill *f,
		     struct jx_error *err)
{
	JX_AUTO(jx_capture) cap = NULL;
	const char *source = jx_fill_option(f, "source");
	int64_t n;
	jx_rc rc = jx_capture_begin(&h->recorder, &cap, err);

	if (rc == JX_OK)
		rc = jx_capture_set_draft(cap, &f->draft, err);
	if (rc == JX_OK)
		rc = set_correction(h, f, cap, err);
	if (rc != JX_OK)
		return rc;
	jx_capture_set_fix(cap, &job->fix);
	rc = jx_capture_set_place(cap, jx_fill_option(f, "grid"), jx_fill_option(f, "street"), NULL, err);
	if (rc == JX_OK)
		rc = jx_capture_set_why(cap, source != NULL ? source : "patrol",
					jx_fill_option(f, "campaign"), jx_fill_option(f, "officer2"), err);
	if (rc == JX_OK)
		rc = add_photos(h, f, cap, err);
	if (rc == JX_OK)
		rc = jx_capture_set_sheet(cap, f->sheet, err);
	return rc == JX_OK ? jx_capture_commit(cap, &n, err) : rc;
}

/* What is wrong with the answers is told before a photo is copied. */
static jx_rc check_answers(const struct jx_fill *f, struct jx_error *err)
{
	const char *roles[JX_PHOTOS_MAX];
	const size_t count = jx_fill_roles(f, roles);
	JX_AUTO_BUF answers = {0};

	jx_buf_init(&answers, JX_ENTRY_BYTES_MAX);
	return jx_sheet_write(f->sheet, roles, count, &answers, err);
}

static jx_rc save(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct save_job *s = (struct save_job *)job;
	JX_CLEANUP(jx_fill_done) struct jx_fill fill = {.sheet = NULL};
	JX_AUTO(jx_view_entry) e = NULL;
	struct jx_draft draft;
	char name[37];
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc == JX_OK)
		rc = jx_store_draft(h->store, s->id, &draft, err);
	if (rc == JX_OK)
		rc = jx_fill_resume(h, &draft, &fill, NULL, NULL, err);
	if (rc == JX_OK)
		rc = check_answers(&fill, err);
	if (rc == JX_OK)
		rc = capture(h, s, &fill, err);
	if (rc != JX_OK)
		return rc;
	jx_handheld_note_fix_time(h, &s->fix);
	/* what is shown is read back from the database */
	jx_uuid_format(s->id, name);
	sheet_photo_remove_all(h, name);
	rc = jx_view_show_by(h->store, h->packs, name, &e, err);
	if (rc == JX_OK) {
		jx_strcpy(s->number, sizeof(s->number), e->row.number);
		s->is_at_once = e->row.is_at_once;
	}
	return rc;
}

static void saved(struct desk_job *job, gpointer owner)
{
	struct save_job *s = (struct save_job *)job;

	app_sheet_page_saved(APP_SHEET_PAGE(owner), s->number, s->is_at_once,
			     job->rc == JX_OK ? NULL : &job->err);
}

void sheet_save(struct sheet *s)
{
	struct save_job *job = g_new0(struct save_job, 1);
	struct place_now now;

	/* all that is entered is in the draft before it is read */
	if (!s->fill.is_stored)
		s->is_whole_due = true;
	sheet_flush(s);
	place_read(app_place(s->page), &now);
	job->job = (struct desk_job){.work = save, .done = saved};
	memcpy(job->id, s->fill.draft.id, JX_ID_BYTES);
	job->fix = now.fix;
	desk_post(app_desk(s->page), &job->job, s->page);
}
