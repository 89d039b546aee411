/* The page "status": what people choose and start there. */
#include "page_status.h"

#include "facts.h"
#include "keys.h"
#include "pinyin_pad.h"

G_DEFINE_TYPE(AppStatusPage, app_status_page, ADW_TYPE_BIN)

/* ---- what people choose ------------------------------------------------------------------------------------ */

static void on_people(AppStatusPage *page)
{
	app_show_people(GTK_WIDGET(page));
}

static void on_card(AppStatusPage *page)
{
	app_show_card(GTK_WIDGET(page), NULL);
}

static void on_sync(AppStatusPage *page)
{
	app_sync_begin(GTK_WIDGET(page), false);
}

static void on_sync_metered(AppStatusPage *page)
{
	app_sync_begin(GTK_WIDGET(page), true);
}

static void on_cancel(AppStatusPage *page)
{
	app_sync_cancel(GTK_WIDGET(page));
}

static void show_prefs(AppStatusPage *page)
{
	const struct prefs *p = app_prefs(GTK_WIDGET(page));
	g_autofree char *repeat = keys_text(p->repeat_keys), *shutter = keys_text(p->shutter_keys);

	page->is_filling = true;
	adw_combo_row_set_selected(page->theme, (guint)p->theme);
	gtk_switch_set_active(page->sound, p->has_sound);
	gtk_switch_set_active(page->vibration, p->has_vibration);
	gtk_switch_set_active(page->pinyin, p->has_pinyin);
	gtk_widget_set_visible(page->pinyin_row, app_pinyin_pad_can());
	page->is_filling = false;
	status_page_sayf(page->text_row, "%d %%", p->text_pct);
	status_page_say(page->repeat_row, repeat);
	status_page_say(page->shutter_row, shutter);
	gtk_widget_set_sensitive(page->smaller, p->text_pct > 100);
	gtk_widget_set_sensitive(page->larger, p->text_pct < 200);
}

static void take_prefs(AppStatusPage *page)
{
	struct prefs *p = app_prefs(GTK_WIDGET(page));

	prefs_save(p);
	prefs_apply(p);
	show_prefs(page);
}

static void on_theme(AppStatusPage *page)
{
	if (page->is_filling || app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	app_prefs(GTK_WIDGET(page))->theme = (enum prefs_theme)adw_combo_row_get_selected(page->theme);
	take_prefs(page);
}

static void on_switch(AppStatusPage *page)
{
	struct prefs *p;

	if (page->is_filling || app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	p = app_prefs(GTK_WIDGET(page));
	p->has_sound = gtk_switch_get_active(page->sound);
	p->has_vibration = gtk_switch_get_active(page->vibration);
	p->has_pinyin = gtk_switch_get_active(page->pinyin);
	take_prefs(page);
}

static void change_text(AppStatusPage *page, int by_pct)
{
	struct prefs *p = app_prefs(GTK_WIDGET(page));

	p->text_pct = CLAMP(p->text_pct + by_pct, 100, 200);
	take_prefs(page);
}

static void learn_key(AppStatusPage *page, AdwActionRow *row, char **names, const char *as_delivered)
{
	const char *what = adw_preferences_row_get_title(ADW_PREFERENCES_ROW(row));

	app_push(GTK_WIDGET(page), app_key_page_new(names, as_delivered, what), _("Key"));
}

static void on_repeat_row(AppStatusPage *page)
{
	learn_key(page, page->repeat_row, &app_prefs(GTK_WIDGET(page))->repeat_keys, KEYS_REPEAT);
}

static void on_shutter_row(AppStatusPage *page)
{
	learn_key(page, page->shutter_row, &app_prefs(GTK_WIDGET(page))->shutter_keys, KEYS_SHUTTER);
}

static void on_smaller(AppStatusPage *page)
{
	change_text(page, -10);
}

static void on_larger(AppStatusPage *page)
{
	change_text(page, 10);
}

/* ---- the page itself ------------------------------------------------------------------------------------------ */

static gboolean on_second(gpointer user)
{
	status_page_show_place(user);
	return G_SOURCE_CONTINUE;
}

static void on_map(AppStatusPage *page)
{
	show_prefs(page);
	status_page_show_place(page);
	status_page_show(page);
	app_facts_read(app_facts_of(GTK_WIDGET(page)), true);
	if (page->timer == 0)
		page->timer = g_timeout_add_seconds(1, on_second, page);
}

static void on_unmap(AppStatusPage *page)
{
	if (page->timer != 0)
		g_source_remove(page->timer);
	page->timer = 0;
}

static void on_root(AppStatusPage *page)
{
	if (app_window_of(GTK_WIDGET(page)) != NULL)
		g_signal_connect_object(app_facts_of(GTK_WIDGET(page)), "read", G_CALLBACK(status_page_show),
					page, G_CONNECT_SWAPPED);
}

static void app_status_page_dispose(GObject *object)
{
	AppStatusPage *page = APP_STATUS_PAGE(object);

	on_unmap(page);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_STATUS_PAGE);
	g_clear_pointer(&page->pack_rows, g_ptr_array_unref);
	G_OBJECT_CLASS(app_status_page_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *widget)
{
#define BIND(child) gtk_widget_class_bind_template_child(widget, AppStatusPage, child)
	BIND(person);
	BIND(waits);
	BIND(receipt);
	BIND(last_sync);
	BIND(gps);
	BIND(gps_more);
	BIND(battery);
	BIND(space);
	BIND(may_go);
	BIND(disk);
	BIND(device);
	BIND(profile);
	BIND(card);
	BIND(text_row);
	BIND(repeat_row);
	BIND(shutter_row);
	BIND(version);
	BIND(writer);
	BIND(fingerprint);
	BIND(licence);
	BIND(packs);
	BIND(theme);
	BIND(running);
	BIND(starting);
	BIND(smaller);
	BIND(larger);
	BIND(running_text);
	BIND(running_bar);
	BIND(sound);
	BIND(pinyin);
	BIND(pinyin_row);
	BIND(vibration);
#undef BIND
}

static void app_status_page_class_init(AppStatusPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_status_page_dispose;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_status.ui");
	bind_children(widget);
	gtk_widget_class_bind_template_callback(widget, on_people);
	gtk_widget_class_bind_template_callback(widget, on_card);
	gtk_widget_class_bind_template_callback(widget, on_sync);
	gtk_widget_class_bind_template_callback(widget, on_sync_metered);
	gtk_widget_class_bind_template_callback(widget, on_cancel);
	gtk_widget_class_bind_template_callback(widget, on_theme);
	gtk_widget_class_bind_template_callback(widget, on_switch);
	gtk_widget_class_bind_template_callback(widget, on_repeat_row);
	gtk_widget_class_bind_template_callback(widget, on_shutter_row);
	gtk_widget_class_bind_template_callback(widget, on_smaller);
	gtk_widget_class_bind_template_callback(widget, on_larger);
}

/* What is said of a device is no markup: addresses have & in them. */
static void be_plain(AppStatusPage *page)
{
	AdwActionRow *const rows[] = {page->person,  page->waits,    page->receipt,    page->last_sync,
				      page->gps,     page->gps_more, page->battery,    page->space,
				      page->may_go,  page->disk,     page->device,     page->profile,
				      page->version, page->writer,   page->fingerprint};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(rows[i]), FALSE);
}

static void app_status_page_init(AppStatusPage *page)
{
	page->is_filling = true;
	page->pack_rows = g_ptr_array_new();
	gtk_widget_init_template(GTK_WIDGET(page));
	be_plain(page);
	page->is_filling = false;
	g_signal_connect(page, "map", G_CALLBACK(on_map), NULL);
	g_signal_connect(page, "unmap", G_CALLBACK(on_unmap), NULL);
	g_signal_connect(page, "notify::root", G_CALLBACK(on_root), NULL);
}

GtkWidget *app_status_page_new(void)
{
	return g_object_new(APP_TYPE_STATUS_PAGE, NULL);
}
