/* Jobs around a form: begin one, go on with one, correct one, discard one and take it back. */
#include "sheet.h"

#include <string.h>

#include "jiexun/view.h"

enum how {
	HOW_NEW,
	HOW_RESUME,
	HOW_CORRECT
};

struct open_job {
	struct desk_job job;
	enum how how;
	char form[64];
	uint8_t id[JX_ID_BYTES];
	struct jx_fill fill;
	jx_packs *packs;
	int64_t active_version;
	char refused[256]; /* the first answer of a draft that is taken no more */
};

static void free_open(struct desk_job *job)
{
	struct open_job *o = (struct open_job *)job;

	jx_fill_done(&o->fill);
	jx_packs_free(o->packs);
	g_free(o);
}

static void note_refused(void *user, const struct jx_error *err)
{
	struct open_job *o = user;

	if (o->refused[0] == '\0')
		jx_strcpy(o->refused, sizeof(o->refused), err->text);
}

static jx_rc take_entry(struct jx_handheld *h, struct open_job *o, struct jx_error *err)
{
	JX_AUTO(jx_view_entry) e = NULL;
	char name[37];
	jx_rc rc;

	jx_uuid_format(o->id, name);
	rc = jx_view_show_by(h->store, h->packs, name, &e, err);
	if (rc == JX_OK)
		rc = jx_fill_take_entry(h, &e->entry, &o->fill, err);
	if (rc != JX_OK)
		return rc;
	jx_fill_put_option(&o->fill, "corrects", e->row.number);
	jx_fill_put_option(&o->fill, "grid", e->entry.grid);
	jx_fill_put_option(&o->fill, "street", e->entry.street);
	return JX_OK;
}

static jx_rc fill_in(struct jx_handheld *h, struct open_job *o, struct jx_error *err)
{
	struct jx_draft draft;
	jx_rc rc;

	if (o->how == HOW_CORRECT)
		return take_entry(h, o, err);
	if (o->how == HOW_RESUME) {
		rc = jx_store_draft(h->store, o->id, &draft, err);
		return rc == JX_OK ? jx_fill_resume(h, &draft, &o->fill, note_refused, o, err) : rc;
	}
	rc = jx_fill_begin(h, o->form, NULL, &o->fill, err);
	return rc == JX_OK ? jx_fill_remember(h, &o->fill, err) : rc;
}

static jx_rc open_it(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct open_job *o = (struct open_job *)job;
	const jx_pack *active;
	char day[11];
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc == JX_OK)
		rc = fill_in(h, o, err);
	if (rc != JX_OK)
		return rc;
	o->packs = jx_packs_copy(h->packs);
	jx_handheld_pack_day(h, day);
	active = jx_packs_active(h->packs, o->fill.draft.pack, day);
	o->active_version = active != NULL ? jx_pack_version(active) : o->fill.draft.pack_version;
	return JX_OK;
}

static void opened(struct desk_job *job, gpointer owner)
{
	struct open_job *o = (struct open_job *)job;
	GtkWidget *window = owner;
	struct sheet *s;
	GtkWidget *page;
	const char *title;

	if (job->rc != JX_OK) {
		app_toast_error(window, &job->err);
		return;
	}
	s = g_new0(struct sheet, 1);
	s->packs = JX_STEAL(o->packs);
	s->fill = o->fill;
	o->fill = (struct jx_fill){.sheet = NULL};
	s->active_version = o->active_version;
	s->dirty = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	title = words_name(&jx_sheet_form(s->fill.sheet)->name);
	page = app_sheet_page_new(s);
	app_push(window, page, title);
	sheet_watch_pack(page);
	if (o->refused[0] != '\0')
		app_toast(window, o->refused, NULL, NULL, NULL, NULL);
}

static void post_open(GtkWidget *inside, enum how how, const char *form, const uint8_t *id)
{
	struct open_job *o = g_new0(struct open_job, 1);

	o->job = (struct desk_job){.work = open_it, .done = opened, .free_job = free_open};
	o->how = how;
	if (form != NULL)
		jx_strcpy(o->form, sizeof(o->form), form);
	if (id != NULL)
		memcpy(o->id, id, JX_ID_BYTES);
	desk_post(app_desk(inside), &o->job, app_window_of(inside));
}

void sheet_begin(GtkWidget *inside, const char *form)
{
	post_open(inside, HOW_NEW, form, NULL);
}

void sheet_resume(GtkWidget *inside, const uint8_t id[JX_ID_BYTES])
{
	post_open(inside, HOW_RESUME, NULL, id);
}

void app_check_correct(GtkWidget *inside, const uint8_t id[16])
{
	post_open(inside, HOW_CORRECT, NULL, id);
}

/* ---- discarding, and taking it back -------------------------------------------------------------------- */

struct drop_job {
	struct desk_job job;
	struct jx_draft draft; /* only its id before it was dropped */
	struct jx_fill_values values;
	bool is_taken_back;
};

static void free_drop(struct desk_job *job)
{
	struct drop_job *d = (struct drop_job *)job;

	jx_fill_values_free(&d->values);
	g_free(d);
}

static jx_rc remember_value(void *user, const struct jx_draft_value *v)
{
	jx_fill_values_add(user, v->path, v->value);
	return JX_OK;
}

static jx_rc drop(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct drop_job *d = (struct drop_job *)job;
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc == JX_OK && d->is_taken_back)
		return jx_fill_write(h->store, &d->draft, &d->values, err);
	if (rc == JX_OK)
		rc = jx_store_draft(h->store, d->draft.id, &d->draft, err);
	if (rc == JX_OK)
		rc = jx_store_each_draft_value(h->store, d->draft.id, remember_value, &d->values, err);
	return rc == JX_OK ? jx_store_drop_draft(h->store, d->draft.id, err) : rc;
}

static void took_back(struct desk_job *job, gpointer owner)
{
	if (job->rc != JX_OK)
		app_toast_error(owner, &job->err);
	app_changed(owner);
}

static void take_back(GtkWidget *window, gpointer user)
{
	struct drop_job *kept = user;
	struct drop_job *d = g_new0(struct drop_job, 1);

	d->job = (struct desk_job){.work = drop, .done = took_back, .free_job = free_drop};
	d->draft = kept->draft;
	d->values = kept->values;
	d->is_taken_back = true;
	kept->values = (struct jx_fill_values){NULL, 0};
	desk_post(app_desk(window), &d->job, window);
}

static void free_kept(gpointer user)
{
	free_drop(user);
}

static void dropped(struct desk_job *job, gpointer owner)
{
	struct drop_job *d = (struct drop_job *)job;
	struct drop_job *kept;

	app_changed(owner);
	if (job->rc == JX_ENOTFOUND)
		return; /* nothing had been answered, or it is gone already */
	if (job->rc != JX_OK) {
		app_toast_error(owner, &job->err);
		return;
	}
	kept = g_new0(struct drop_job, 1);
	kept->draft = d->draft;
	kept->values = d->values;
	d->values = (struct jx_fill_values){NULL, 0};
	app_toast(owner, _("The draft is discarded"), _("Undo"), take_back, kept, free_kept);
}

void sheet_discard(GtkWidget *inside, const uint8_t id[JX_ID_BYTES])
{
	struct drop_job *d = g_new0(struct drop_job, 1);

	d->job = (struct desk_job){.work = drop, .done = dropped, .free_job = free_drop};
	memcpy(d->draft.id, id, JX_ID_BYTES);
	desk_post(app_desk(inside), &d->job, app_window_of(inside));
}
