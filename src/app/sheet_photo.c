/*
 * Photos of a form. A picture is put into a folder of the draft at once, so that nothing has to be taken again; it becomes a photo of
 * the entry when that is saved.
 */
#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#include "camera.h"

const char *sheet_role_text(const char *role)
{
	static const struct {
		const char *role, *text;
	} roles[] = {{"wide", N_("wide view")}, {"close", N_("close view")},   {"before", N_("before")},
		     {"after", N_("after")},    {"plate", N_("number plate")}, {"object", N_("object")}};

	for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
		if (strcmp(roles[i].role, role) == 0)
			return _(roles[i].text);
	return role;
}

struct photo_job {
	struct desk_job job;
	uint8_t id[JX_ID_BYTES];
	struct lens_picture *picture;
	char *kept; /* the file it became */
	char role[16];
};

static void free_photo(struct desk_job *job)
{
	struct photo_job *p = (struct photo_job *)job;

	lens_picture_free(p->picture);
	free(p->kept);
	g_free(p);
}

static jx_rc keep_photo(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct photo_job *p = (struct photo_job *)job;
	gsize len;
	const void *jpeg = g_bytes_get_data(p->picture->jpeg, &len);

	return jx_fill_keep_photo(h, p->id, g_get_real_time(), p->picture->how, jpeg, len, &p->kept, err);
}

static void kept_photo(struct desk_job *job, gpointer owner)
{
	struct photo_job *p = (struct photo_job *)job;
	struct sheet *s = g_object_get_data(owner, "sheet");

	if (job->rc != JX_OK) {
		app_toast_error(owner, &job->err);
		return;
	}
	sheet_add_photo(s, p->kept, p->role);
	app_sheet_page_renew(APP_SHEET_PAGE(owner));
}

static void taken(gpointer owner, struct lens_picture *picture, const char *role)
{
	struct sheet *s = g_object_get_data(owner, "sheet");
	struct photo_job *p;

	if (picture == NULL)
		return;
	p = g_new0(struct photo_job, 1);
	p->job = (struct desk_job){.work = keep_photo, .done = kept_photo, .free_job = free_photo};
	memcpy(p->id, s->fill.draft.id, JX_ID_BYTES);
	p->picture = picture;
	jx_strcpy(p->role, sizeof(p->role), role);
	desk_post(app_desk(s->page), &p->job, s->page);
}

void sheet_photo_take(struct sheet *s, const char *role)
{
	const struct camera_wish wish = {.role = role, .taken = taken, .owner = s->page};

	camera_show(s->page, &wish);
}

/* ---- pictures of drafts that are over ------------------------------------------------------------------ */

static jx_rc add_name(void *user, const char *name)
{
	g_ptr_array_add(user, g_strdup(name));
	return JX_OK;
}

void sheet_photo_remove_all(const struct jx_handheld *h, const char *draft)
{
	const struct jx_fs *fs = jx_os_fs();
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *dir = g_strdup_printf("%s/sheets/%s", h->dir, draft);
	struct jx_error ignored; /* what stays costs space, and is looked for again */

	(void)fs->list(fs->user, dir, add_name, names, &ignored);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(dir, g_ptr_array_index(names, i), NULL);

		(void)fs->remove(fs->user, path, &ignored);
	}
}

void sheet_photo_sweep(struct jx_handheld *h)
{
	const struct jx_fs *fs = jx_os_fs();
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *dir = g_build_filename(h->dir, "sheets", NULL);
	struct jx_error ignored;

	(void)fs->list(fs->user, dir, add_name, names, &ignored);
	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		uint8_t id[JX_ID_BYTES];
		struct jx_draft draft;

		if (jx_uuid_parse(name, strlen(name), id) &&
		    jx_store_draft(h->store, id, &draft, &ignored) == JX_ENOTFOUND)
			sheet_photo_remove_all(h, name);
	}
}

/* ---- a field that asks for one ------------------------------------------------------------------------- */

static void on_take(GtkButton *button, AppSheetField *f)
{
	(void)button;
	sheet_photo_take(app_sheet_field_sheet(f), app_sheet_field_of(f)->role);
}

static void show(AppSheetField *f, GtkWidget *widget, const char *value)
{
	const char *roles[JX_PHOTOS_MAX];
	const size_t count = jx_fill_roles(&app_sheet_field_sheet(f)->fill, roles);
	g_autofree char *text = NULL, *name = NULL;
	int taken = 0;

	(void)value;
	for (size_t i = 0; i < count; i++)
		taken += strcmp(roles[i], app_sheet_field_of(f)->role) == 0;
	text = taken > 0 ? g_strdup_printf(_("%d taken; take another"), taken) : g_strdup(_("Take a photo"));
	name = g_strdup_printf("%s: %s", words_name(&app_sheet_field_of(f)->name), text);
	gtk_button_set_label(GTK_BUTTON(widget), text);
	app_name(widget, name);
}

void sheet_photo_make(AppSheetField *f, struct sheet_control *out)
{
	GtkWidget *button = gtk_button_new_with_label(_("Take a photo"));

	gtk_widget_add_css_class(button, "big");
	g_signal_connect(button, "clicked", G_CALLBACK(on_take), f);
	*out = (struct sheet_control){.widget = button, .show = show};
}
