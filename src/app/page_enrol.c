/* From a one-time code to a device of a server: by its QR code, or typed. jx enrol does it, beside us. */
#include "app.h"
#include "child.h"
#include "facts.h"
#include "scan.h"

#include <ctype.h>
#include <string.h>

#include "jiexun/wire.h"

#define APP_TYPE_ENROL_PAGE (app_enrol_page_get_type())
G_DECLARE_FINAL_TYPE(AppEnrolPage, app_enrol_page, APP, ENROL_PAGE, AdwBin)

#define CODE_CHARS 21
#define LINK       "jiexun:"

struct _AppEnrolPage {
	AdwBin parent_instance;
	GtkStack *steps;
	GtkLabel *explain, *check, *result, *confirm, *fingerprint;
	GtkEditable *url, *code;
	GtkWidget *enrol, *scan, *begin;
	GtkSpinner *spinner;
	gulong code_handler;
	bool is_again, is_code_good, has_begun;
};

G_DEFINE_TYPE(AppEnrolPage, app_enrol_page, ADW_TYPE_BIN)

/* ---- what is typed ---------------------------------------------------------------------------------------- */

static void show_whether_ready(AppEnrolPage *page)
{
	const bool has_url = g_str_has_prefix(gtk_editable_get_text(page->url), "https://");

	gtk_widget_set_sensitive(page->enrol, page->is_code_good && has_url);
}

static void show_check(AppEnrolPage *page, size_t count)
{
	struct jx_code_text code;
	struct jx_error err = {0};
	g_autofree char *text = NULL;

	page->is_code_good = false;
	if (count == 0)
		text = g_strdup("");
	else if (count < CODE_CHARS)
		text = g_strdup_printf(_("%d of %d characters"), (int)count, CODE_CHARS);
	else if (jx_code_parse(gtk_editable_get_text(page->code), &code, NULL, 0, &err) == JX_OK)
		page->is_code_good = true;
	jx_wipe(&code, sizeof(code));
	gtk_label_set_text(page->check, text != NULL         ? text
					: page->is_code_good ? _("The code is typed right")
							     : words_raise(err.text));
	if (text == NULL && !page->is_code_good)
		gtk_widget_add_css_class(GTK_WIDGET(page->check), "error");
	else
		gtk_widget_remove_css_class(GTK_WIDGET(page->check), "error");
	show_whether_ready(page);
}

/* Upper case, in fours; the cursor stays behind the character it was behind. */
static size_t lay_out(const char *typed, size_t cursor, char out[64], int *cursor_out)
{
	size_t count = 0, used = 0;

	*cursor_out = 0;
	for (size_t i = 0; typed[i] != '\0' && count < CODE_CHARS + 4; i++) {
		if (isalnum((unsigned char)typed[i])) {
			if (count > 0 && count % 4 == 0)
				out[used++] = '-';
			out[used++] = (char)toupper((unsigned char)typed[i]);
			count++;
		}
		if (i < cursor)
			*cursor_out = (int)used;
	}
	out[used] = '\0';
	return count;
}

static void take_link(AppEnrolPage *page, const char *link)
{
	struct jx_code_text code;
	struct jx_error err = {0};
	char url[256] = "", text[32];

	if (jx_code_parse(link, &code, url, sizeof(url), &err) != JX_OK) {
		app_toast_error(GTK_WIDGET(page), &err);
		return;
	}
	jx_code_format(&code, text);
	jx_wipe(&code, sizeof(code));
	if (url[0] != '\0')
		gtk_editable_set_text(page->url, url);
	gtk_editable_set_text(page->code, text);
}

static gboolean take_link_later(gpointer user)
{
	AppEnrolPage *page = user;
	g_autofree char *link = g_strdup(gtk_editable_get_text(page->code));

	if (app_window_of(GTK_WIDGET(page)) != NULL)
		take_link(page, link);
	g_object_unref(page);
	return G_SOURCE_REMOVE;
}

static void on_code(AppEnrolPage *page)
{
	g_autofree char *typed = g_strdup(gtk_editable_get_text(page->code));
	const glong at = gtk_editable_get_position(page->code);
	char text[64];
	int cursor = 0;
	size_t count;

	/* pasted whole */
	if (g_ascii_strncasecmp(typed, LINK, strlen(LINK)) == 0 && strchr(typed, '#') != NULL) {
		g_idle_add(take_link_later, g_object_ref(page));
		return;
	}
	if (g_ascii_strncasecmp(typed, LINK, MIN(strlen(LINK), strlen(typed))) == 0 && strlen(typed) > 6)
		return;
	count = lay_out(typed, (size_t)(g_utf8_offset_to_pointer(typed, at) - typed), text, &cursor);
	if (strcmp(text, typed) != 0) {
		g_signal_handler_block(page->code, page->code_handler);
		gtk_editable_set_text(page->code, text);
		gtk_editable_set_position(page->code, cursor);
		g_signal_handler_unblock(page->code, page->code_handler);
	}
	show_check(page, count);
}

static void on_url(AppEnrolPage *page)
{
	show_whether_ready(page);
}

static void on_found(AppEnrolPage *page, const char *text)
{
	app_pop(GTK_WIDGET(page));
	take_link(page, text);
}

static void on_scan(AppEnrolPage *page)
{
	GtkWidget *scan = app_scan_page_new(LINK);

	g_signal_connect_object(scan, "found", G_CALLBACK(on_found), page, G_CONNECT_SWAPPED);
	app_push(GTK_WIDGET(page), scan, _("Scan the QR code"));
}

/* ---- enrolling ---------------------------------------------------------------------------------------------- */

static void show_result(AppEnrolPage *page, const char *said)
{
	g_autofree char *code = child_said(said, "short"), *state = child_said(said, "state");
	g_autofree char *fingerprint = child_said(said, "fingerprint");
	g_autofree char *text = g_strdup_printf(_("This device is %s"), code != NULL ? code : "-");
	const bool is_pending = g_strcmp0(state, "pending") == 0;

	gtk_label_set_text(page->result, text);
	gtk_label_set_text(
		page->confirm,
		is_pending
			? _("The office has to confirm it. Read this fingerprint to the office; it must see the same. Work may begin at once, what is recorded is kept until then.")
			: _("The office knows this device. Its fingerprint:"));
	gtk_label_set_text(page->fingerprint, fingerprint != NULL ? fingerprint : "");
	gtk_stack_set_visible_child_name(page->steps, "done");
	(void)gtk_widget_grab_focus(page->begin);
}

static void on_ended(bool ok, const char *said, gpointer user)
{
	g_autoptr(AppEnrolPage) page = g_weak_ref_get(user);
	g_autofree char *text = child_said(said, "text");

	if (page == NULL || app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	gtk_spinner_stop(page->spinner);
	if (ok) {
		show_result(page, said);
		return;
	}
	page->has_begun = false;
	gtk_stack_set_visible_child_name(page->steps, "ask");
	gtk_label_set_text(page->check, text != NULL ? text : said);
	gtk_widget_add_css_class(GTK_WIDGET(page->check), "error");
}

static void free_ref(gpointer user)
{
	g_weak_ref_clear(user);
	g_free(user);
}

static void on_enrol(AppEnrolPage *page)
{
	g_autofree char *url = g_strstrip(g_strdup(gtk_editable_get_text(page->url)));
	const char *code = gtk_editable_get_text(page->code);
	const char *const first[] = {"enrol", url, code, NULL};
	const char *const again[] = {"enrol", "--again", url, code, NULL};
	struct jx_error err = {0};
	GWeakRef *ref;

	if (!gtk_widget_get_sensitive(page->enrol))
		return;
	ref = g_new0(GWeakRef, 1);
	g_weak_ref_init(ref, page);
	if (child_start(app_dir(GTK_WIDGET(page)), app_profile(GTK_WIDGET(page))->file, "enrol",
			page->is_again ? again : first, on_ended, ref, free_ref, &err) != JX_OK) {
		free_ref(ref);
		app_toast_error(GTK_WIDGET(page), &err);
		return;
	}
	page->has_begun = true;
	gtk_spinner_start(page->spinner);
	gtk_stack_set_visible_child_name(page->steps, "wait");
}

static void on_begin(AppEnrolPage *page)
{
	GtkWidget *window = GTK_WIDGET(app_window_of(GTK_WIDGET(page)));

	page->has_begun = false;
	if (page->is_again)
		app_pop_all(window);
	app_changed(window);
}

/* ---- the page itself ------------------------------------------------------------------------------------------ */

static void on_map(AppEnrolPage *page)
{
	const bool has_camera = app_profile(GTK_WIDGET(page))->camera_source != JX_DEVICE_CAMERA_NONE;

	gtk_widget_set_visible(page->scan, has_camera);
}

static void app_enrol_page_dispose(GObject *object)
{
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_ENROL_PAGE);
	G_OBJECT_CLASS(app_enrol_page_parent_class)->dispose(object);
}

static void app_enrol_page_class_init(AppEnrolPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_enrol_page_dispose;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_enrol.ui");
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, steps);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, explain);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, check);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, result);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, confirm);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, fingerprint);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, url);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, code);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, enrol);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, scan);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, begin);
	gtk_widget_class_bind_template_child(widget, AppEnrolPage, spinner);
	gtk_widget_class_bind_template_callback(widget, on_url);
	gtk_widget_class_bind_template_callback(widget, on_scan);
	gtk_widget_class_bind_template_callback(widget, on_enrol);
	gtk_widget_class_bind_template_callback(widget, on_begin);
}

static void app_enrol_page_init(AppEnrolPage *page)
{
	gtk_widget_init_template(GTK_WIDGET(page));
	page->code_handler = g_signal_connect_swapped(page->code, "changed", G_CALLBACK(on_code), page);
	g_signal_connect(page, "map", G_CALLBACK(on_map), NULL);
}

bool app_enrol_page_has_begun(GtkWidget *page)
{
	return APP_ENROL_PAGE(page)->has_begun;
}

GtkWidget *app_enrol_page_new(bool again)
{
	AppEnrolPage *page = g_object_new(APP_TYPE_ENROL_PAGE, NULL);

	page->is_again = again;
	gtk_label_set_text(
		page->explain,
		again ? _("Ask the office for a new code for this device. What is recorded stays, and goes on under the new enrolment.")
		      : _("Ask the office for a code. It holds for 15 minutes, and once."));
	return GTK_WIDGET(page);
}
