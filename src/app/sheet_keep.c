/*
 * Every answer on the disk: what changed is handed to the desk at once, with the keystroke itself; what the disk refused is tried again.
 *
 * "Kept" is what the sign at the foot of the page says, and it says it of all that the page shows: it goes in the same step of the main
 * loop in which an answer changes, before that is drawn, and comes back when the database has it, with the disk's word for it (fsync).
 * So whatever is seen as kept outlives a crash or a power cut, to the last letter. There is no delay in between but the disk's own: one
 * write is under way at a time while somebody types, and what was typed meanwhile is the next one.
 */
#include "sheet.h"

#include <string.h>

#define RETRY_WAIT_MS 3000 /* after the disk refused */

struct write_job {
	struct desk_job job;
	struct jx_draft draft;
	struct jx_fill_values values;
	bool is_whole;
	GWeakRef page; /* may be left before it is written */
};

static void free_write(struct desk_job *job)
{
	struct write_job *w = (struct write_job *)job;

	jx_fill_values_free(&w->values);
	g_weak_ref_clear(&w->page);
	g_free(w);
}

static jx_rc write_down(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct write_job *w = (struct write_job *)job;
	const jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc != JX_OK)
		return rc;
	return w->is_whole ? jx_fill_write(h->store, &w->draft, &w->values, err)
			   : jx_store_set_draft(h->store, w->draft.id, w->values.list, w->values.count, err);
}

static gboolean on_timer(gpointer user)
{
	struct sheet *s = user;

	s->timer = 0;
	sheet_flush(s);
	return G_SOURCE_REMOVE;
}

static void wait_ms(struct sheet *s, guint ms)
{
	g_clear_handle_id(&s->timer, g_source_remove);
	s->timer = g_timeout_add(ms, on_timer, s);
}

static void wrote(struct desk_job *job, gpointer owner)
{
	g_autoptr(GObject) page = g_weak_ref_get(&((struct write_job *)job)->page);
	struct sheet *s = page != NULL ? g_object_get_data(page, "sheet") : NULL;

	if (s == NULL) {
		/* nobody is there to try again: it must not be lost in silence */
		if (job->rc != JX_OK)
			app_toast_error(owner, &job->err);
		return;
	}
	s->writing--;
	g_clear_pointer(&s->refused, g_free);
	if (job->rc != JX_OK) {
		s->refused = g_strdup(job->err.text);
		s->is_whole_due = true;
		if (!s->is_over)
			wait_ms(s, RETRY_WAIT_MS);
	} else if (sheet_is_kept(s)) {
		s->kept_real_ms = g_get_real_time() / 1000;
	} else if (s->timer == 0) {
		sheet_flush(s);
	}
	app_sheet_page_show_kept(APP_SHEET_PAGE(s->page));
}

bool sheet_is_kept(const struct sheet *s)
{
	return s->writing == 0 && s->timer == 0 && !s->is_whole_due && g_hash_table_size(s->dirty) == 0;
}

/* Answers that changed; a path that is gone with its row is not asked for. */
static void add_dirty(struct sheet *s, struct jx_fill_values *values)
{
	char value[JX_DRAFT_VALUE_MAX];
	GHashTableIter each;
	gpointer path;

	g_hash_table_iter_init(&each, s->dirty);
	while (g_hash_table_iter_next(&each, &path, NULL))
		if (jx_sheet_get(s->fill.sheet, path, value, sizeof(value), NULL) == JX_OK)
			jx_fill_values_add(values, path, value);
}

void sheet_flush(struct sheet *s)
{
	GtkWidget *window = GTK_WIDGET(app_window_of(s->page));
	struct write_job *w;

	g_clear_handle_id(&s->timer, g_source_remove);
	if (window == NULL || app_desk(window) == NULL || s->is_over ||
	    (!s->is_whole_due && g_hash_table_size(s->dirty) == 0))
		return;
	w = g_new0(struct write_job, 1);
	w->job = (struct desk_job){.work = write_down, .done = wrote, .free_job = free_write};
	g_weak_ref_init(&w->page, s->page);
	w->draft = s->fill.draft;
	w->is_whole = s->is_whole_due || !s->fill.is_stored;
	if (w->is_whole)
		(void)jx_fill_values_of(&s->fill, &w->values, NULL);
	else
		add_dirty(s, &w->values);
	g_hash_table_remove_all(s->dirty);
	s->is_whole_due = false;
	s->fill.is_stored = true;
	s->writing++;
	app_sheet_page_show_kept(APP_SHEET_PAGE(s->page));
	desk_post(app_desk(window), &w->job, window);
}

/* What is typed faster than the disk writes waits for the write before it: else a slow one would have a queue of single letters. */
static void set_due(struct sheet *s, bool is_text)
{
	s->fill.is_new = false;
	if (is_text && s->writing > 0)
		app_sheet_page_show_kept(APP_SHEET_PAGE(s->page));
	else
		sheet_flush(s);
}

jx_rc sheet_answer(struct sheet *s, const char *path, const char *typed, struct jx_error *err)
{
	const struct jx_field *f = jx_sheet_field(s->fill.sheet, path);
	const bool is_text = f != NULL && (f->type == JX_FIELD_TEXT || f->type == JX_FIELD_PARTY);
	const jx_rc rc = jx_sheet_set(s->fill.sheet, path, typed, err);

	if (rc != JX_OK)
		return rc;
	g_hash_table_add(s->dirty, g_strdup(path));
	set_due(s, is_text);
	return JX_OK;
}

jx_rc sheet_add_row(struct sheet *s, const char *section, bool is_same, struct jx_error *err)
{
	const struct jx_form *form = jx_sheet_form(s->fill.sheet);
	const jx_rc rc = jx_sheet_add_row(s->fill.sheet, section, is_same, err);
	size_t row;

	if (rc != JX_OK)
		return rc;
	row = jx_sheet_rows(s->fill.sheet, section);
	/* naming its fields is what begins the row again */
	for (size_t i = 0; i < form->field_count; i++)
		if (strcmp(form->sections[form->fields[i].section].id, section) == 0)
			g_hash_table_add(s->dirty, sheet_path(s, &form->fields[i], row));
	set_due(s, false);
	return JX_OK;
}

jx_rc sheet_remove_row(struct sheet *s, const char *section, size_t row, struct jx_error *err)
{
	const jx_rc rc = jx_sheet_remove_row(s->fill.sheet, section, row, err);

	if (rc != JX_OK)
		return rc;
	s->is_whole_due = true;
	set_due(s, false);
	return JX_OK;
}

jx_rc sheet_put_back(struct sheet *s, const struct jx_fill_values *values, struct jx_error *err)
{
	jx_sheet *sheet = NULL;
	const jx_rc rc = jx_sheet_new(jx_sheet_pack(s->fill.sheet), s->fill.draft.form, s->fill.draft.day,
				      &sheet, err);

	if (rc != JX_OK)
		return rc;
	for (size_t i = 0; i < values->count; i++)
		if (values->list[i].path[0] != '@')
			(void)jx_sheet_set(sheet, values->list[i].path, values->list[i].value, NULL);
	jx_sheet_free(s->fill.sheet);
	s->fill.sheet = sheet;
	s->is_whole_due = true;
	set_due(s, false);
	return JX_OK;
}

void sheet_put_option(struct sheet *s, const char *name, const char *value)
{
	jx_fill_put_option(&s->fill, name, value);
	s->is_whole_due = true;
	set_due(s, true);
}

void sheet_add_photo(struct sheet *s, const char *path, const char *role)
{
	g_autofree char *value = g_strdup_printf("%s:%s", path, role);
	struct jx_error err = {0};

	/* in memory: the draft is written as a whole */
	s->fill.is_stored = false;
	if (jx_fill_add_option(NULL, &s->fill, "photo", value, &err) != JX_OK)
		app_toast_error(s->page, &err);
	s->is_whole_due = true;
	set_due(s, false);
}

void sheet_remove_photo(struct sheet *s, const char *value)
{
	struct jx_fill_option *o = s->fill.options;
	size_t kept = 0;

	for (size_t i = 0; i < s->fill.option_count; i++) {
		if (strcmp(o[i].name, "photo") != 0 || strcmp(o[i].value, value) != 0) {
			o[kept++] = o[i];
			continue;
		}
		free(o[i].name);
		free(o[i].value);
	}
	s->fill.option_count = kept;
	s->is_whole_due = true;
	set_due(s, false);
}

void sheet_free(struct sheet *s)
{
	g_clear_handle_id(&s->timer, g_source_remove);
	g_hash_table_unref(s->dirty);
	jx_fill_done(&s->fill);
	jx_packs_free(s->packs);
	g_free(s->refused);
	g_free(s);
}
