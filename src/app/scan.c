/* A QR code through the camera. Frames are read in the camera's thread; a camera that fails is said, never waited for. */
#include "scan.h"

#include <string.h>

#include <zbar.h>

#include "app.h"

#include "jiexun/camera.h"

#define LOOK_MS     200
#define VIEW_WIDTH  720
#define VIEW_HEIGHT 960

/* What the camera's thread and the page share; whoever leaves last frees it. */
struct shared {
	gatomicrefcount refs;
	GMutex lock; /* of all below */
	zbar_image_scanner_t *scanner;
	uint8_t *grey;
	size_t grey_size;
	char *begins, *found;
	GBytes *frame; /* the newest, to show */
	int width, height;
};

struct _AppScanPage {
	GtkBox parent_instance;
	GtkPicture *view;
	GtkLabel *text;
	GtkWidget *again;
	struct shared *shared;
	jx_camera *camera;
	guint timer;
	bool is_done;
};

G_DEFINE_TYPE(AppScanPage, app_scan_page, GTK_TYPE_BOX)

static guint found_signal;

static void leave(struct shared *s)
{
	if (!g_atomic_ref_count_dec(&s->refs))
		return;
	zbar_image_scanner_destroy(s->scanner);
	g_clear_pointer(&s->frame, g_bytes_unref);
	g_mutex_clear(&s->lock);
	g_free(s->grey);
	g_free(s->begins);
	g_free(s->found);
	g_free(s);
}

/* ---- in the camera's thread --------------------------------------------------------------------------- */

static void be_grey(struct shared *s, const struct jx_camera_frame *f)
{
	const size_t size = (size_t)f->width * (size_t)f->height;
	uint8_t *to;

	if (s->grey_size < size) {
		g_free(s->grey);
		s->grey = g_malloc(size);
		s->grey_size = size;
	}
	to = s->grey;
	for (int y = 0; y < f->height; y++) {
		const uint8_t *from = f->bgrx + (size_t)y * f->stride;

		for (int x = 0; x < f->width; x++, from += 4)
			*to++ = (uint8_t)((from[0] * 29 + from[1] * 150 + from[2] * 77) >> 8);
	}
}

static void look_for_code(struct shared *s, const struct jx_camera_frame *f)
{
	zbar_image_t *image = zbar_image_create();
	const zbar_symbol_t *symbol;

	be_grey(s, f);
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, (unsigned)f->width, (unsigned)f->height);
	zbar_image_set_data(image, s->grey, (unsigned long)f->width * (unsigned long)f->height, NULL);
	(void)zbar_scan_image(s->scanner, image);
	for (symbol = zbar_image_first_symbol(image); symbol != NULL && s->found == NULL;
	     symbol = zbar_symbol_next(symbol)) {
		const char *text = zbar_symbol_get_data(symbol);

		if (zbar_symbol_get_type(symbol) == ZBAR_QRCODE && g_str_has_prefix(text, s->begins) &&
		    g_utf8_validate(text, -1, NULL))
			s->found = g_strdup(text);
	}
	zbar_image_destroy(image);
}

static void on_frame(void *user, const struct jx_camera_frame *f)
{
	struct shared *s = user;
	const size_t row = (size_t)f->width * 4;
	uint8_t *copy = g_malloc(row * (size_t)f->height);

	for (int y = 0; y < f->height; y++)
		memcpy(copy + (size_t)y * row, f->bgrx + (size_t)y * f->stride, row);
	for (size_t i = 3; i < row * (size_t)f->height; i += 4)
		copy[i] = 255; /* the byte that says nothing is the texture's opacity */
	g_mutex_lock(&s->lock);
	if (s->found == NULL)
		look_for_code(s, f);
	g_clear_pointer(&s->frame, g_bytes_unref);
	s->frame = g_bytes_new_take(copy, row * (size_t)f->height);
	s->width = f->width;
	s->height = f->height;
	g_mutex_unlock(&s->lock);
}

/* ---- on the page ---------------------------------------------------------------------------------------- */

struct closing {
	jx_camera *camera;
	struct shared *shared;
};

/* It may take two seconds, which nobody waits for. */
static gpointer close_camera(gpointer user)
{
	struct closing *c = user;

	jx_camera_close(c->camera);
	leave(c->shared);
	g_free(c);
	return NULL;
}

static void stop(AppScanPage *page)
{
	struct closing *c;

	if (page->timer != 0)
		g_source_remove(page->timer);
	page->timer = 0;
	if (page->camera == NULL)
		return;
	c = g_new0(struct closing, 1);
	*c = (struct closing){page->camera, page->shared};
	page->camera = NULL;
	g_atomic_ref_count_inc(&page->shared->refs);
	g_thread_unref(g_thread_new("scan-close", close_camera, c));
}

static void show_frame(AppScanPage *page, char **found_out)
{
	struct shared *s = page->shared;
	GBytes *frame = NULL;
	int width, height;

	g_mutex_lock(&s->lock);
	if (s->frame != NULL)
		frame = g_bytes_ref(s->frame);
	g_clear_pointer(&s->frame, g_bytes_unref);
	width = s->width;
	height = s->height;
	*found_out = g_strdup(s->found);
	g_mutex_unlock(&s->lock);
	if (frame != NULL) {
		g_autoptr(GdkTexture) texture = gdk_memory_texture_new(
			width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, frame, (gsize)width * 4);

		gtk_picture_set_paintable(page->view, GDK_PAINTABLE(texture));
		g_bytes_unref(frame);
	}
}

static void say_problem(AppScanPage *page, const struct jx_error *err)
{
	g_autofree char *text = g_strdup_printf(_("%s. You can type the code instead."), err->text);

	gtk_label_set_text(page->text, words_raise(text));
	gtk_widget_set_visible(page->again, TRUE);
}

static gboolean on_look(gpointer user)
{
	AppScanPage *page = user;
	struct jx_error err = {0};
	g_autofree char *found = NULL;

	show_frame(page, &found);
	if (found != NULL && !page->is_done) {
		page->is_done = true;
		page->timer = 0;
		stop(page);
		g_signal_emit(page, found_signal, 0, found);
		return G_SOURCE_REMOVE;
	}
	if (jx_camera_state(page->camera, &err) != JX_CAMERA_FAILED)
		return G_SOURCE_CONTINUE;
	say_problem(page, &err);
	page->timer = 0;
	stop(page);
	return G_SOURCE_REMOVE;
}

static void begin(AppScanPage *page)
{
	const struct jx_profile *p = app_profile(GTK_WIDGET(page));
	const struct jx_camera_config config = {
		.source = (enum jx_camera_source)p->camera_source, /* in the same order */
		.device = p->camera_device,
		.pipeline = p->camera_pipeline,
		.torch = p->camera_torch,
		.is_jpeg = p->camera_format == JX_DEVICE_CAMERA_JPEG,
		.width = p->camera_width,
		.height = p->camera_height,
		.start_max_ms = p->camera_wait_ms,
		.clock = jx_os_clock(),
		.on_frame = on_frame,
		.user = page->shared,
		.view_width = VIEW_WIDTH,
		.view_height = VIEW_HEIGHT,
	};
	struct jx_error err = {0};

	if (page->camera != NULL)
		return;
	gtk_widget_set_margin_start(page->again, 12);
	gtk_widget_set_margin_end(page->again, 12);
	gtk_widget_set_margin_bottom(page->again, 12);
	gtk_widget_set_visible(page->again, FALSE);
	gtk_label_set_text(page->text, _("Hold the code of the office before the camera"));
	if (jx_camera_open(&config, &page->camera, &err) != JX_OK) {
		say_problem(page, &err);
		return;
	}
	page->timer = g_timeout_add(LOOK_MS, on_look, page);
}

static void app_scan_page_dispose(GObject *object)
{
	AppScanPage *page = APP_SCAN_PAGE(object);

	stop(page);
	g_clear_pointer(&page->shared, leave);
	G_OBJECT_CLASS(app_scan_page_parent_class)->dispose(object);
}

static void app_scan_page_class_init(AppScanPageClass *class)
{
	G_OBJECT_CLASS(class)->dispose = app_scan_page_dispose;
	found_signal = g_signal_new("found", APP_TYPE_SCAN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
				    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void app_scan_page_init(AppScanPage *page)
{
	struct shared *s = g_new0(struct shared, 1);

	g_atomic_ref_count_init(&s->refs);
	g_mutex_init(&s->lock);
	s->scanner = zbar_image_scanner_create();
	(void)zbar_image_scanner_set_config(s->scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	(void)zbar_image_scanner_set_config(s->scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	page->shared = s;
	gtk_orientable_set_orientation(GTK_ORIENTABLE(page), GTK_ORIENTATION_VERTICAL);
	page->view = GTK_PICTURE(gtk_picture_new());
	page->text = GTK_LABEL(gtk_label_new(NULL));
	page->again = gtk_button_new_with_label(_("Try again"));
	gtk_widget_set_vexpand(GTK_WIDGET(page->view), TRUE);
	gtk_picture_set_alternative_text(page->view, _("Picture of the camera"));
	gtk_label_set_wrap(page->text, TRUE);
	gtk_label_set_justify(page->text, GTK_JUSTIFY_CENTER);
	gtk_label_set_wrap_mode(page->text, PANGO_WRAP_WORD_CHAR);
	gtk_widget_set_margin_start(GTK_WIDGET(page->text), 12);
	gtk_widget_set_margin_end(GTK_WIDGET(page->text), 12);
	gtk_widget_set_margin_top(GTK_WIDGET(page->text), 12);
	gtk_widget_set_margin_bottom(GTK_WIDGET(page->text), 12);
	gtk_widget_add_css_class(page->again, "big");
	gtk_widget_set_visible(page->again, FALSE);
	gtk_box_append(GTK_BOX(page), GTK_WIDGET(page->view));
	gtk_box_append(GTK_BOX(page), GTK_WIDGET(page->text));
	gtk_box_append(GTK_BOX(page), page->again);
	g_signal_connect_swapped(page->again, "clicked", G_CALLBACK(begin), page);
	g_signal_connect(page, "map", G_CALLBACK(begin), NULL);
	g_signal_connect(page, "unmap", G_CALLBACK(stop), NULL);
}

GtkWidget *app_scan_page_new(const char *begins)
{
	AppScanPage *page = g_object_new(APP_TYPE_SCAN_PAGE, NULL);

	page->shared->begins = g_strdup(begins);
	return GTK_WIDGET(page);
}
