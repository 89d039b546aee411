/* The page of a composition: everything filled in, all of it may be changed, one large Save. */
#include <string.h>

#include "camera.h"
#include "chips.h"
#include "compose.h"
#include "compose_page.h"
#include "confirm.h"
#include "copies.h"
#include "flow.h"
#include "spare.h"

#define RETRY_WAIT_MS 3000 /* after the disk refused */

G_DEFINE_TYPE(AppComposePage, app_compose_page, ADW_TYPE_BIN)

/* ---- on the disk --------------------------------------------------------------------------------------- */

/* Said of all that the page shows: gone in the step in which something changes, back when the disk has it. */
static void show_kept(AppComposePage *page)
{
	g_autofree char *text = NULL;
	char time[8];

	if (page->is_unkept) {
		text = g_strdup(_("not kept"));
	} else if (keeper_has_all(page->keeper) && page->pictures_pending == 0) {
		app_time_text(app_profile(page->window), g_get_real_time() / 1000, time);
		text = g_strdup_printf(_("draft kept %s"), time);
	} else {
		text = g_strdup(_("keeping …"));
	}
	app_set_subtitle(GTK_WIDGET(page), text);
}

static void on_root(AppComposePage *page)
{
	if (gtk_widget_get_root(GTK_WIDGET(page)) != NULL && keeper_has_all(page->keeper))
		show_kept(page);
}

static gboolean keep_again(gpointer user)
{
	AppComposePage *page = user;

	page->retry = 0;
	if (!page->is_over && app_window_of(user) != NULL)
		compose_page__keep(page);
	return G_SOURCE_REMOVE;
}

static void on_kept(gpointer owner, const struct jx_draft *draft, const struct jx_error *err)
{
	AppComposePage *page = owner;

	/* a picture that was refused is said until something else is done */
	if (err == NULL && page->is_unkept)
		compose_page__show_problem(page, NULL);
	if (err == NULL)
		page->c.draft = *draft;
	else
		compose_page__show_problem(page, err);
	page->is_unkept = err != NULL;
	show_kept(page);
	g_clear_handle_id(&page->retry, g_source_remove);
	if (err != NULL)
		page->retry = g_timeout_add(RETRY_WAIT_MS, keep_again, page);
}

void compose_page__keep(AppComposePage *page)
{
	keeper_keep(page->keeper, app_desk(page->window), &page->c, G_OBJECT(page), on_kept);
	show_kept(page);
}

void compose_page_keep(GtkWidget *page)
{
	compose_page__keep(APP_COMPOSE_PAGE(page));
}

/* ---- pictures ------------------------------------------------------------------------------------------ */

/* What the disk has now; what was typed meanwhile is the page's. */
static void on_pictures(struct desk_job *job, gpointer owner)
{
	struct compose_job *j = (struct compose_job *)job;
	AppComposePage *page = owner;
	const bool is_added = j->picture != NULL &&
			      (job->rc == JX_OK || j->c.photo_count > page->c.photo_count);

	page->pictures_pending--;
	compose_page__show_problem(page, job->rc != JX_OK ? &job->err : NULL);
	if (is_added)
		page->textures[page->c.photo_count] = g_steal_pointer(&j->picture->seen);
	memcpy(page->c.photos, j->c.photos, sizeof(page->c.photos));
	page->c.photo_count = j->c.photo_count;
	if (job->rc == JX_OK && j->is_replacing)
		compose_page__forget_texture(page, j->index);
	compose_page__keep(page);
	compose_page__show_pictures(page);
	if (page->is_save_wanted && page->pictures_pending == 0)
		compose_page__save(page);
}

static void on_dropped(struct desk_job *job, gpointer owner)
{
	struct compose_job *j = (struct compose_job *)job;
	AppComposePage *page = owner;

	if (job->rc == JX_OK)
		compose_page__forget_texture(page, j->index);
	on_pictures(job, owner);
}

static void post_picture(AppComposePage *page, struct compose_job *j,
			 jx_rc (*work)(struct jx_handheld *, struct desk_job *, struct jx_error *))
{
	j->job.work = work;
	j->job.done = work == compose_work_drop ? on_dropped : on_pictures;
	page->pictures_pending++;
	show_kept(page);
	desk_post(app_desk(page->window), &j->job, page);
}

static void on_taken(gpointer owner, struct lens_picture *picture, const char *role)
{
	AppComposePage *page = owner;
	struct compose_job *j;

	if (picture == NULL) {
		page->retake = -1;
		(void)gtk_widget_grab_focus(page->save);
		return;
	}
	/* the place of the picture is the place of the entry; a correction is not made where it happened */
	if (page->c.of[0] == '\0') {
		struct place_now now;

		place_read(app_place(page->window), &now);
		page->c.fix = now.fix;
		compose_page__show_place(page);
	}
	j = compose_job_new(&page->c);
	j->picture = picture;
	jx_strcpy(j->role, sizeof(j->role), role);
	j->is_replacing = page->retake >= 0;
	j->index = page->retake >= 0 ? (size_t)page->retake : 0;
	page->retake = -1;
	page->is_touched = true;
	post_picture(page, j, compose_work_add);
	(void)gtk_widget_grab_focus(page->save);
}

void compose_page__shoot(AppComposePage *page, const char *role)
{
	const struct camera_wish wish = {
		.role = role,
		.before = strcmp(role, "after") == 0 ? page->before : NULL,
		.taken = on_taken,
		.owner = page,
	};

	camera_show(page->window, &wish);
}

void compose_page__retake(AppComposePage *page, size_t i)
{
	if (page->pictures_pending > 0)
		return;
	page->retake = (int)i;
	compose_page__shoot(page, page->c.photos[i].role);
}

void compose_page__drop_picture(AppComposePage *page, size_t i)
{
	struct compose_job *j;

	if (page->pictures_pending > 0)
		return;
	j = compose_job_new(&page->c);
	j->index = i;
	post_picture(page, j, compose_work_drop);
}

static void on_shoot(AppComposePage *page, GtkWidget *button)
{
	compose_page__shoot(page, button == page->shoot_wide    ? "wide"
				  : button == page->shoot_after ? "after"
								: "close");
}

void compose_page_shoot(GtkWidget *widget)
{
	AppComposePage *page = APP_COMPOSE_PAGE(widget);

	compose_page__shoot(page, page->c.before[0] != '\0' ? "after" : "wide");
}

/* ---- saving -------------------------------------------------------------------------------------------- */

static void on_withdrawn(struct desk_job *job, gpointer owner)
{
	if (job->rc != JX_OK) {
		app_toast_error(owner, &job->err);
		return;
	}
	app_changed(owner);
	app_toast(owner, _("Taken back: the entry is withdrawn"), NULL, NULL, NULL, NULL);
}

static void undo(GtkWidget *window, gpointer user)
{
	struct compose_job *j = compose_job_new(NULL);

	memcpy(j->id, user, JX_ID_BYTES);
	j->job.work = compose_work_withdraw;
	j->job.done = on_withdrawn;
	desk_post(app_desk(window), &j->job, window);
}

static void on_saved(struct desk_job *job, gpointer owner)
{
	struct compose_job *j = (struct compose_job *)job;
	AppComposePage *page = owner;
	GtkWidget *window = GTK_WIDGET(app_window_of(GTK_WIDGET(page)));
	g_autofree char *text = NULL;

	page->is_saving = false;
	gtk_widget_set_sensitive(page->save, TRUE);
	if (job->rc != JX_OK) {
		confirm_refused(window);
		compose_page__show_problem(page, &job->err);
		return;
	}
	page->is_over = true;
	confirm_saved(window);
	text = g_strdup_printf(_("Saved: %s"), j->number);
	app_pop_all(window);
	app_changed(window);
	app_toast(window, text, _("Undo"), undo, g_memdup2(j->c.draft.id, JX_ID_BYTES), g_free);
	app_copies_of(window, j->c.draft.id);
}

/* What the room would refuse, in words of this page. */
static bool is_chosen(AppComposePage *page)
{
	struct jx_error err;

	if (page->c.code[0] != '\0' || strcmp(page->c.result, "found") != 0)
		return true;
	(void)jx_fail(&err, JX_EINVAL, 0, "compose.code", _("Not saved yet: choose what it is, above"));
	confirm_refused(page->window);
	compose_page__show_problem(page, &err);
	(void)gtk_widget_child_focus(GTK_WIDGET(page->disorders), GTK_DIR_TAB_FORWARD);
	return false;
}

void compose_page__save(AppComposePage *page)
{
	struct compose_job *j;

	if (page->is_saving || page->is_over || !is_chosen(page))
		return;
	page->is_save_wanted = page->pictures_pending > 0;
	if (page->is_save_wanted)
		return;
	if (page->c.fix.source == JX_FIX_NONE && page->c.of[0] == '\0') {
		struct place_now now;

		place_read(app_place(page->window), &now);
		page->c.fix = now.fix;
	}
	page->is_saving = true;
	gtk_widget_set_sensitive(page->save, FALSE);
	j = compose_job_new(&page->c);
	j->job.work = compose_work_save;
	j->job.done = on_saved;
	desk_post(app_desk(page->window), &j->job, page);
}

static void on_save(AppComposePage *page)
{
	compose_page__save(page);
}

/* ---- letting go ---------------------------------------------------------------------------------------- */

static void on_back_again(struct desk_job *job, gpointer owner)
{
	struct compose_job *j = (struct compose_job *)job;

	if (job->rc != JX_OK) {
		app_toast_error(owner, &job->err);
		return;
	}
	app_push(owner, compose_page_new(owner, j->by, &j->c, j->textures, j->before), _("Entry"));
	app_changed(owner);
}

static void take_back(GtkWidget *window, gpointer user)
{
	struct compose_job *j = compose_job_new(NULL);

	memcpy(j->id, user, JX_ID_BYTES);
	j->job.work = compose_work_back;
	j->job.done = on_back_again;
	desk_post(app_desk(window), &j->job, window);
}

static void on_aside(struct desk_job *job, gpointer owner)
{
	(void)job; /* a draft that is not there is as good as let go */
	app_changed(owner);
}

static void set_aside(AppComposePage *page, GtkWidget *window)
{
	struct compose_job *j = compose_job_new(&page->c);

	j->job.work = compose_work_aside;
	j->job.done = on_aside;
	page->is_over = true;
	desk_post(app_desk(window), &j->job, window);
}

static void on_discard(AppComposePage *page)
{
	GtkWidget *window = GTK_WIDGET(app_window_of(GTK_WIDGET(page)));

	if (page->is_saving || page->is_over)
		return;
	set_aside(page, window);
	app_pop(GTK_WIDGET(page));
	app_toast(window, _("Discarded"), _("Take it back"), take_back,
		  g_memdup2(page->c.draft.id, JX_ID_BYTES), g_free);
}

/* ---- the page itself ----------------------------------------------------------------------------------- */

/* Left by going back: what has something in it waits on the Log page, what was only tapped is gone. */
static void leave(AppComposePage *page)
{
	GtkWidget *window = page->window;

	if (window == NULL || gtk_widget_in_destruction(window) || app_desk(window) == NULL)
		return;
	if (!page->is_over && !page->is_touched && page->c.photo_count == 0 && page->pictures_pending == 0)
		set_aside(page, window);
	else if (!page->is_over)
		app_changed(window);
}

static void app_compose_page_dispose(GObject *object)
{
	AppComposePage *page = APP_COMPOSE_PAGE(object);

	g_clear_handle_id(&page->retry, g_source_remove);
	leave(page);
	g_clear_weak_pointer(&page->window);
	for (size_t i = 0; i < JX_PHOTOS_MAX; i++)
		g_clear_object(&page->textures[i]);
	g_clear_object(&page->before);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_COMPOSE_PAGE);
	G_OBJECT_CLASS(app_compose_page_parent_class)->dispose(object);
}

static void app_compose_page_finalize(GObject *object)
{
	AppComposePage *page = APP_COMPOSE_PAGE(object);

	composing_free(page->by);
	keeper_free(page->keeper);
	G_OBJECT_CLASS(app_compose_page_parent_class)->finalize(object);
}

static void bind_children(GtkWidgetClass *widget)
{
	gtk_widget_class_bind_template_child(widget, AppComposePage, reason_box);
	gtk_widget_class_bind_template_child(widget, AppComposePage, reason);
	gtk_widget_class_bind_template_child(widget, AppComposePage, reasons);
	gtk_widget_class_bind_template_child(widget, AppComposePage, name);
	gtk_widget_class_bind_template_child(widget, AppComposePage, hint);
	gtk_widget_class_bind_template_child(widget, AppComposePage, pictures);
	gtk_widget_class_bind_template_child(widget, AppComposePage, shoot_wide);
	gtk_widget_class_bind_template_child(widget, AppComposePage, shoot_close);
	gtk_widget_class_bind_template_child(widget, AppComposePage, shoot_after);
	gtk_widget_class_bind_template_child(widget, AppComposePage, disorders);
	gtk_widget_class_bind_template_child(widget, AppComposePage, subtypes);
	gtk_widget_class_bind_template_child(widget, AppComposePage, quantity_box);
	gtk_widget_class_bind_template_child(widget, AppComposePage, quantity);
	gtk_widget_class_bind_template_child(widget, AppComposePage, units);
	gtk_widget_class_bind_template_child(widget, AppComposePage, results);
	gtk_widget_class_bind_template_child(widget, AppComposePage, note);
	gtk_widget_class_bind_template_child(widget, AppComposePage, phrases);
	gtk_widget_class_bind_template_child(widget, AppComposePage, place);
	gtk_widget_class_bind_template_child(widget, AppComposePage, street);
	gtk_widget_class_bind_template_child(widget, AppComposePage, grid);
	gtk_widget_class_bind_template_child(widget, AppComposePage, who);
	gtk_widget_class_bind_template_child(widget, AppComposePage, done);
	gtk_widget_class_bind_template_child(widget, AppComposePage, measures);
	gtk_widget_class_bind_template_child(widget, AppComposePage, limit_days);
	gtk_widget_class_bind_template_child(widget, AppComposePage, party_kinds);
	gtk_widget_class_bind_template_child(widget, AppComposePage, party);
	gtk_widget_class_bind_template_child(widget, AppComposePage, unit_responsible);
	gtk_widget_class_bind_template_child(widget, AppComposePage, problem);
	gtk_widget_class_bind_template_child(widget, AppComposePage, save);
}

static void app_compose_page_class_init(AppComposePageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_compose_page_dispose;
	G_OBJECT_CLASS(class)->finalize = app_compose_page_finalize;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_compose.ui");
	bind_children(widget);
	gtk_widget_class_bind_template_callback_full(widget, "on_text", G_CALLBACK(compose_page__on_text));
	gtk_widget_class_bind_template_callback_full(widget, "on_less", G_CALLBACK(compose_page__on_less));
	gtk_widget_class_bind_template_callback_full(widget, "on_more", G_CALLBACK(compose_page__on_more));
	gtk_widget_class_bind_template_callback(widget, on_shoot);
	gtk_widget_class_bind_template_callback(widget, on_save);
	gtk_widget_class_bind_template_callback(widget, on_discard);
}

static void app_compose_page_init(AppComposePage *page)
{
	page->retake = -1;
	page->keeper = keeper_new();
	gtk_widget_init_template(GTK_WIDGET(page));
	app_flow_fill(gtk_widget_get_parent(page->shoot_wide));
	app_flow_fill(gtk_widget_get_parent(page->save));
}

void compose_page_focus_save(GtkWidget *page)
{
	(void)gtk_widget_grab_focus(APP_COMPOSE_PAGE(page)->save);
}

void compose_page_expect(GtkWidget *inside)
{
	spare_make(inside, APP_TYPE_COMPOSE_PAGE);
	camera_expect(inside);
}

GtkWidget *compose_page_new(GtkWidget *inside, const struct composing *by, const struct jx_compose *c,
			    GdkTexture *const *textures, GdkTexture *before)
{
	AppComposePage *page = spare_take(inside, APP_TYPE_COMPOSE_PAGE);

	g_set_weak_pointer(&page->window, GTK_WIDGET(app_window_of(inside)));
	page->by = composing_copy(by);
	page->c = *c;
	page->is_touched = c->photo_count > 0 || c->note[0] != '\0' || c->of[0] != '\0';
	for (size_t i = 0; textures != NULL && i < c->photo_count; i++)
		page->textures[i] = textures[i] != NULL ? g_object_ref(textures[i]) : NULL;
	page->before = before != NULL ? g_object_ref(before) : NULL;
	compose_page__fill(page);
	/* what was kept before it has a header is said then */
	g_signal_connect(page, "notify::root", G_CALLBACK(on_root), NULL);
	return GTK_WIDGET(page);
}
