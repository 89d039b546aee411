/* The camera's page. */
#include "camera.h"

#include <string.h>

#include "keys.h"
#include "spare.h"

#define APP_TYPE_CAMERA_PAGE (app_camera_page_get_type())
G_DECLARE_FINAL_TYPE(AppCameraPage, app_camera_page, APP, CAMERA_PAGE, AdwBin)

struct _AppCameraPage {
	AdwBin parent_instance;
	GtkPicture *live, *before;
	GtkLabel *prompt, *trouble_text;
	GtkWidget *trouble, *waiting, *keys, *overlay_switch;
	GtkToggleButton *torch;
	GtkButton *shutter;
	GtkToggleButton *wide, *close;
	struct lens *lens; /* the window's */
	GtkWidget *window; /* weak */
	GtkFileChooserNative *chooser;
	char role[16];
	void (*taken)(gpointer owner, struct lens_picture *picture, const char *role);
	GWeakRef owner;
	bool is_ready, is_shooting, has_failed;
	bool is_showing; /* the program sets a button */
};

G_DEFINE_TYPE(AppCameraPage, app_camera_page, ADW_TYPE_BIN)

static void begin(AppCameraPage *page);

/* ---- what is shown ---------------------------------------------------------------------------------- */

static const char *prompt_of(const char *role)
{
	static const struct {
		const char *role, *text;
	} prompts[] = {
		{"wide", N_("Wide: the place must be recognisable")},
		{"close", N_("Close: fill the picture with it")},
		{"after", N_("After: same spot, same direction")},
		{"plate", N_("Plate: readable")},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(prompts); i++)
		if (strcmp(prompts[i].role, role) == 0)
			return _(prompts[i].text);
	return words_head(jx_word(role));
}

static void show_state(AppCameraPage *page)
{
	gtk_widget_set_visible(page->trouble, page->has_failed);
	gtk_widget_set_visible(page->keys, !page->has_failed);
	gtk_widget_set_visible(page->waiting, !page->has_failed && (!page->is_ready || page->is_shooting));
	gtk_widget_set_sensitive(GTK_WIDGET(page->torch), page->is_ready && !page->has_failed);
	gtk_widget_set_sensitive(GTK_WIDGET(page->shutter),
				 page->is_ready && !page->is_shooting && !page->has_failed);
	gtk_label_set_text(page->prompt, prompt_of(page->role));
}

static void leave(AppCameraPage *page, struct lens_picture *picture)
{
	GObject *owner = g_weak_ref_get(&page->owner);
	void (*taken)(gpointer, struct lens_picture *, const char *) = page->taken;

	page->taken = NULL;
	/* the page goes first: whoever is told may show another */
	if (taken != NULL)
		app_pop(GTK_WIDGET(page));
	if (owner != NULL && taken != NULL)
		taken(owner, g_steal_pointer(&picture), page->role);
	g_clear_object(&owner);
	lens_picture_free(picture);
}

/* ---- from the camera -------------------------------------------------------------------------------- */

static void on_frame(gpointer owner, GdkTexture *texture)
{
	gtk_picture_set_paintable(APP_CAMERA_PAGE(owner)->live, GDK_PAINTABLE(texture));
}

/* What the button says is what the light does; a camera that is closed has it off. */
static void show_dark(AppCameraPage *page)
{
	page->is_showing = true;
	gtk_toggle_button_set_active(page->torch, FALSE);
	page->is_showing = false;
}

static void on_dark(gpointer owner, const struct jx_error *err)
{
	show_dark(owner);
	app_toast_error(owner, err);
}

/* Who leaves the page without a picture is told further on why there is none, until a camera works. */
static void tell_trouble(AppCameraPage *page, const char *why)
{
	g_autofree char *text = why != NULL ? g_strdup_printf(_("No camera: %s"), why) : NULL;

	if (app_profile(GTK_WIDGET(page))->camera_source == JX_DEVICE_CAMERA_NONE)
		return;
	app_set_trouble(GTK_WIDGET(page), APP_TROUBLE_CAMERA, text, _("No camera"), NULL, NULL);
}

static void fail(AppCameraPage *page, const struct jx_error *err)
{
	g_autofree char *text = words_raise(g_strdup(err->text));

	/* pressed out: a camera that goes on has its light switched off */
	gtk_toggle_button_set_active(page->torch, FALSE);
	page->has_failed = true;
	page->is_shooting = false;
	gtk_label_set_text(page->trouble_text, text);
	show_state(page);
}

static void on_state(gpointer owner, const struct jx_error *err)
{
	AppCameraPage *page = owner;

	if (err != NULL) {
		tell_trouble(page, err->text);
		fail(page, err);
		return;
	}
	page->is_ready = true;
	tell_trouble(page, NULL);
	show_state(page);
	(void)gtk_widget_grab_focus(GTK_WIDGET(page->shutter));
}

static void on_shot(gpointer owner, struct lens_picture *picture, const struct jx_error *err)
{
	AppCameraPage *page = owner;

	if (picture != NULL) {
		leave(page, picture);
		return;
	}
	/* else it was a file that is no picture */
	if (page->is_shooting)
		tell_trouble(page, err->text);
	fail(page, err);
}

/* ---- from the person --------------------------------------------------------------------------------- */

static void shoot(AppCameraPage *page)
{
	struct place_now now;

	if (!page->is_ready || page->is_shooting || page->has_failed)
		return;
	place_read(app_place(GTK_WIDGET(page)), &now);
	page->is_shooting = true;
	show_state(page);
	lens_shoot(page->lens, &now.fix);
}

static gboolean on_key(AppCameraPage *page, guint key)
{
	if (!keys_have(app_prefs(GTK_WIDGET(page))->shutter_keys, key))
		return FALSE;
	shoot(page);
	return TRUE;
}

/* Enter and space press what has the focus; where nothing has, they are the shutter. */
static gboolean on_plain_key(AppCameraPage *page, guint key)
{
	if (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter && key != GDK_KEY_space)
		return FALSE;
	shoot(page);
	return TRUE;
}

static void on_role(AppCameraPage *page, GtkToggleButton *button)
{
	if (!gtk_toggle_button_get_active(button))
		return;
	jx_strcpy(page->role, sizeof(page->role), button == page->wide ? "wide" : "close");
	show_state(page);
}

static void on_torch(AppCameraPage *page, GtkToggleButton *button)
{
	if (!page->is_showing)
		lens_set_torch(page->lens, gtk_toggle_button_get_active(button));
}

static void on_overlay(AppCameraPage *page, GtkToggleButton *button)
{
	gtk_widget_set_visible(GTK_WIDGET(page->before), gtk_toggle_button_get_active(button));
}

static void on_back(AppCameraPage *page)
{
	leave(page, NULL);
}

static void on_retry(AppCameraPage *page)
{
	begin(page);
}

static void on_chosen(AppCameraPage *page, int response)
{
	g_autoptr(GFile) file = NULL;
	g_autofree char *path = NULL;

	if (response == GTK_RESPONSE_ACCEPT)
		file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(page->chooser));
	path = file != NULL ? g_file_get_path(file) : NULL;
	g_clear_object(&page->chooser);
	if (path != NULL)
		lens_import(page->lens, path);
}

static GtkFileChooserNative *choose(GtkWidget *inside)
{
	GtkFileChooserNative *chooser = gtk_file_chooser_native_new(
		_("Choose a picture"), GTK_WINDOW(app_window_of(inside)), GTK_FILE_CHOOSER_ACTION_OPEN,
		_("Take it"), _("Cancel"));
	GtkFileFilter *filter = gtk_file_filter_new();

	gtk_file_filter_add_mime_type(filter, "image/jpeg");
	gtk_file_filter_set_name(filter, _("JPEG pictures"));
	gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(chooser), filter);
	g_object_unref(filter);
	return chooser;
}

static void on_import(AppCameraPage *page)
{
	if (page->chooser != NULL)
		return;
	page->chooser = choose(GTK_WIDGET(page));
	g_signal_connect_swapped(page->chooser, "response", G_CALLBACK(on_chosen), page);
	gtk_native_dialog_show(GTK_NATIVE_DIALOG(page->chooser));
}

/* ---- the page itself ----------------------------------------------------------------------------------- */

static void begin(AppCameraPage *page)
{
	const struct lens_client client = {.owner = G_OBJECT(page),
					   .frame = on_frame,
					   .state = on_state,
					   .shot = on_shot,
					   .dark = on_dark};

	page->is_ready = page->is_shooting = page->has_failed = false;
	show_state(page);
	lens_begin(page->lens, &client);
}

static void app_camera_page_dispose(GObject *object)
{
	AppCameraPage *page = APP_CAMERA_PAGE(object);

	if (page->window != NULL && page->lens != NULL)
		lens_end(page->lens, page);
	page->lens = NULL;
	g_clear_weak_pointer(&page->window);
	g_clear_object(&page->chooser);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_CAMERA_PAGE);
	G_OBJECT_CLASS(app_camera_page_parent_class)->dispose(object);
}

static void app_camera_page_finalize(GObject *object)
{
	g_weak_ref_clear(&APP_CAMERA_PAGE(object)->owner);
	G_OBJECT_CLASS(app_camera_page_parent_class)->finalize(object);
}

/* As soon as the page is left the camera is free for others, and the light is off. */
static void app_camera_page_unmap(GtkWidget *widget)
{
	AppCameraPage *page = APP_CAMERA_PAGE(widget);

	if (page->lens != NULL)
		lens_end(page->lens, page);
	GTK_WIDGET_CLASS(app_camera_page_parent_class)->unmap(widget);
}

static void app_camera_page_class_init(AppCameraPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_camera_page_dispose;
	G_OBJECT_CLASS(class)->finalize = app_camera_page_finalize;
	widget->unmap = app_camera_page_unmap;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_camera.ui");
	gtk_widget_class_bind_template_child(widget, AppCameraPage, live);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, before);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, prompt);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, trouble);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, trouble_text);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, waiting);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, keys);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, overlay_switch);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, torch);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, shutter);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, wide);
	gtk_widget_class_bind_template_child(widget, AppCameraPage, close);
	gtk_widget_class_bind_template_callback(widget, shoot);
	gtk_widget_class_bind_template_callback(widget, on_key);
	gtk_widget_class_bind_template_callback(widget, on_plain_key);
	gtk_widget_class_bind_template_callback(widget, on_role);
	gtk_widget_class_bind_template_callback(widget, on_torch);
	gtk_widget_class_bind_template_callback(widget, on_overlay);
	gtk_widget_class_bind_template_callback(widget, on_back);
	gtk_widget_class_bind_template_callback(widget, on_retry);
	gtk_widget_class_bind_template_callback(widget, on_import);
}

static void app_camera_page_init(AppCameraPage *page)
{
	g_weak_ref_init(&page->owner, NULL);
	gtk_widget_init_template(GTK_WIDGET(page));
}

static void free_lens(gpointer lens)
{
	lens_free(lens);
}

struct lens *camera_lens(GtkWidget *inside)
{
	GObject *window = G_OBJECT(app_window_of(inside));
	struct lens *lens = g_object_get_data(window, "lens");

	if (lens == NULL) {
		lens = lens_new(app_profile(inside));
		g_object_set_data_full(window, "lens", lens, free_lens);
	}
	return lens;
}

bool camera_is_there(GtkWidget *inside)
{
	return app_profile(inside)->camera_source != JX_DEVICE_CAMERA_NONE;
}

static AppCameraPage *make(GtkWidget *inside, const struct camera_wish *wish)
{
	AppCameraPage *page = spare_take(inside, APP_TYPE_CAMERA_PAGE);

	page->lens = camera_lens(inside);
	g_set_weak_pointer(&page->window, GTK_WIDGET(app_window_of(inside)));
	jx_strcpy(page->role, sizeof(page->role), wish->role);
	page->taken = wish->taken;
	g_weak_ref_set(&page->owner, wish->owner);
	gtk_toggle_button_set_active(strcmp(wish->role, "close") == 0 ? page->close : page->wide, TRUE);
	gtk_widget_set_visible(gtk_widget_get_parent(GTK_WIDGET(page->wide)),
			       strcmp(wish->role, "wide") == 0 || strcmp(wish->role, "close") == 0);
	jx_strcpy(page->role, sizeof(page->role), wish->role);
	gtk_widget_set_visible(GTK_WIDGET(page->torch), app_profile(inside)->camera_torch[0] != '\0');
	gtk_widget_set_visible(page->overlay_switch, wish->before != NULL);
	gtk_widget_set_visible(GTK_WIDGET(page->before), wish->before != NULL);
	gtk_picture_set_paintable(page->before, GDK_PAINTABLE(wish->before));
	return page;
}

void camera_expect(GtkWidget *inside)
{
	if (camera_is_there(inside))
		spare_make(inside, APP_TYPE_CAMERA_PAGE);
}

void camera_show(GtkWidget *inside, const struct camera_wish *wish)
{
	AppCameraPage *page = make(inside, wish);

	app_push_bare(inside, GTK_WIDGET(page));
	begin(page);
}
