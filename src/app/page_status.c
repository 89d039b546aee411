/* The page "status": how things stand with this device, sync, screen, about. */
#include "app.h"
#include "facts.h"
#include "keys.h"
#include "pinyin_pad.h"

#include "jiexun/wire.h"

#include <string.h>

#define APP_TYPE_STATUS_PAGE (app_status_page_get_type())
G_DECLARE_FINAL_TYPE(AppStatusPage, app_status_page, APP, STATUS_PAGE, AdwBin)

#define MB INT64_C(1000000)

struct _AppStatusPage {
	AdwBin parent_instance;
	AdwActionRow *person, *waits, *receipt, *last_sync, *gps, *gps_more, *battery, *space, *may_go, *disk,
		*device, *profile, *card, *text_row, *repeat_row, *shutter_row, *version, *writer,
		*fingerprint, *licence;
	AdwPreferencesGroup *packs;
	AdwComboRow *theme;
	GtkWidget *running, *starting, *smaller, *larger;
	GtkLabel *running_text;
	GtkProgressBar *running_bar;
	GtkSwitch *sound, *vibration, *pinyin;
	GtkWidget *pinyin_row;
	GPtrArray *pack_rows;
	guint timer;
	bool is_filling; /* what is set on the widgets now was not chosen by a person */
};

G_DEFINE_TYPE(AppStatusPage, app_status_page, ADW_TYPE_BIN)

static void say(AdwActionRow *row, const char *text)
{
	adw_action_row_set_subtitle(row, text != NULL ? text : "");
}

G_GNUC_PRINTF(2, 3) static void sayf(AdwActionRow *row, const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	text = g_strdup_vprintf(format, list);
	va_end(list);
	say(row, text);
	g_free(text);
}

static void full_time(const struct jx_profile *profile, int64_t utc_ms, char out[32])
{
	char day[11], time[8];

	app_time_text(profile, utc_ms, time);
	if (!jx_day_of(utc_ms, (int)profile->utc_offset_min, day))
		day[0] = '\0';
	(void)g_snprintf(out, 32, "%s %s", day, time);
}

/* ---- position: every second -------------------------------------------------------------------------- */

static void add_doubts(GString *text, uint32_t doubts)
{
	const struct {
		uint32_t bit;
		const char *text;
	} names[] = {{JX_GPS_DOUBT_JUMP, _("it jumped")},
		     {JX_GPS_DOUBT_CLOCK, _("its time is not this device's")},
		     {JX_GPS_DOUBT_NO_TIME, _("it has no time")},
		     {JX_GPS_DOUBT_SATELLITES, _("too few satellites")},
		     {JX_GPS_DOUBT_SIMULATED, _("simulated")}};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if ((doubts & names[i].bit) != 0)
			g_string_append_printf(text, "; %s", names[i].text);
}

static void show_place(AppStatusPage *page)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct place_now now;

	place_read(app_place(GTK_WIDGET(page)), &now);
	if (now.fix.source != JX_FIX_NONE) {
		g_string_append_printf(text, "%.5f, %.5f", now.fix.lat_wgs84_e7 / 1e7,
				       now.fix.lon_wgs84_e7 / 1e7);
		/* a line of its own: with large letters both do not fit */
		if (now.fix.accuracy_mm >= 0) {
			g_string_append_c(text, '\n');
			g_string_append_printf(text, _("±%lld m"),
					       (long long)((now.fix.accuracy_mm + 500) / 1000));
		}
		g_string_append_printf(text, _("; %lld s old"), (long long)(now.fix.age_ms / 1000));
	}
	if (now.is_stuck)
		g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "",
				       _("the receiver does not answer"));
	else if (now.reason[0] != '\0')
		g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", now.reason);
	add_doubts(text, now.doubts);
	if (text->len == 0)
		g_string_append(text, _("no receiver, by this device's profile"));
	say(page->gps, text->str);
	/* not every receiver says how many are in sight: a figure that nobody gave is left out */
	if (now.fix.satellites_used < 0)
		say(page->gps_more, _("unknown"));
	else if (now.satellites_visible < 0)
		sayf(page->gps_more, _("%d used"), now.fix.satellites_used);
	else
		sayf(page->gps_more, _("%d used, %d visible"), now.fix.satellites_used,
		     now.satellites_visible);
}

/* ---- sync ---------------------------------------------------------------------------------------------- */

static void show_run(AppStatusPage *page, const struct facts_run *r)
{
	const int64_t all = r->entries_total + r->photos_total;
	g_autofree char *text = NULL, *sent = NULL, *total = NULL;

	gtk_widget_set_visible(page->running, r->pid != 0);
	gtk_widget_set_visible(page->starting, r->pid == 0);
	if (r->pid == 0)
		return;
	sent = app_size_text(r->bytes_sent);
	total = app_size_text(r->bytes_total);
	if (r->waiting_ms > 0)
		text = g_strdup_printf(_("The line fails; next try in %lld s"),
				       (long long)((r->waiting_ms + 999) / 1000));
	else
		text = g_strdup_printf(_("Sending: entries %lld of %lld, photos %lld of %lld, %s of %s"),
				       (long long)r->entries_sent, (long long)r->entries_total,
				       (long long)r->photos_sent, (long long)r->photos_total, sent, total);
	gtk_label_set_text(page->running_text, text);
	if (r->bytes_total > 0)
		gtk_progress_bar_set_fraction(page->running_bar,
					      (double)r->bytes_sent / (double)r->bytes_total);
	else if (all > 0)
		gtk_progress_bar_set_fraction(page->running_bar,
					      (double)(r->entries_sent + r->photos_sent) / (double)all);
	else
		gtk_progress_bar_pulse(page->running_bar);
}

static void show_sync(AppStatusPage *page, const struct facts *f)
{
	const struct jx_profile *profile = app_profile(GTK_WIDGET(page));
	g_autofree char *waiting = app_size_text(f->counts.photos_waiting_bytes);
	char time[32];

	sayf(page->waits, _("%lld entries, %lld photos, %s%s"), (long long)f->waiting,
	     (long long)f->counts.photos_waiting, waiting,
	     f->counts.photos_waiting > 0 && f->sync.waits_for_line ? _("; photos wait for Wi-Fi") : "");
	if (f->counts.receipt_n > 0) {
		full_time(profile, f->counts.receipt_server_utc_ms, time);
		sayf(page->receipt, _("%s, up to %s-%lld"), time, f->id.short_code,
		     (long long)f->counts.receipt_n);
	} else {
		say(page->receipt, _("none yet: nothing has been sent"));
	}
	if (f->sync.ended_utc_ms == 0) {
		say(page->last_sync, _("never"));
	} else {
		full_time(profile, f->sync.ended_utc_ms, time);
		sayf(page->last_sync, "%s  %s", time,
		     !f->sync.is_good     ? f->sync.text
		     : f->sync.is_pending ? _("good; the office has not confirmed this device yet")
					  : _("good"));
	}
	show_run(page, &f->run);
}

/* ---- device ---------------------------------------------------------------------------------------------- */

static const char *disk_text(enum jx_device_disk d)
{
	switch (d) {
	case JX_DEVICE_DISK_LUKS:
	case JX_DEVICE_DISK_FSCRYPT:
		return _("encrypted");
	case JX_DEVICE_DISK_PLAIN:
		return _(
			"NOT ENCRYPTED: whoever finds this device can read what is on it; ask for an image with an encrypted data partition");
	case JX_DEVICE_DISK_UNKNOWN:
	default:
		return _("encryption cannot be told here; ask the administrator");
	}
}

static void show_battery(AppStatusPage *page, const struct jx_device_battery *b)
{
	const char *const charges[] = {"", _("charging"), _("discharging"), _("full")};

	if (!b->is_present || b->level_pct < 0)
		say(page->battery, _("this device has none"));
	else
		sayf(page->battery, "%d %%  %s", b->level_pct, charges[b->charge]);
}

static void show_space(AppStatusPage *page, const struct facts *f)
{
	const struct jx_profile *p = app_profile(GTK_WIDGET(page));
	int64_t stays = 0, bytes = 0;
	g_autofree char *free_text = app_size_text(f->free_bytes), *warn = app_size_text(p->warn_mb * MB),
			*reserve = app_size_text(p->reserve_mb * MB),
			*may_go = app_size_text(f->keep_bytes[JX_KEEP_NOT]), *keep = NULL;

	sayf(page->space, _("%s free; a warning below %s, no new photos below %s"), free_text, warn, reserve);
	for (int why = 0; why < JX_KEEP_COUNT; why++)
		if (why != JX_KEEP_NOT && why != JX_KEEP_GONE) {
			stays += f->keep_count[why];
			bytes += f->keep_bytes[why];
		}
	keep = app_size_text(bytes);
	sayf(page->may_go,
	     _("%lld (%s) may go, %lld (%s) stay until the server and its backup have them, %lld went"),
	     (long long)f->keep_count[JX_KEEP_NOT], may_go, (long long)stays, keep,
	     (long long)f->keep_count[JX_KEEP_GONE]);
}

static void show_device(AppStatusPage *page, const struct facts *f)
{
	const struct jx_profile *p = app_profile(GTK_WIDGET(page));
	g_autoptr(GString) text = g_string_new(p->file[0] != '\0' ? p->file : _("built-in"));

	for (size_t i = 0; i < p->warning_count && i < JX_DEVICE_WARNINGS_MAX; i++)
		g_string_append_printf(text, "\n%s", p->warnings[i]);
	say(page->profile, text->str);
	sayf(page->device, "%s  %s  %s", f->id.short_code, jx_word(f->id.role), f->id.area);
	say(page->disk, disk_text(f->disk));
	show_battery(page, &f->battery);
	show_space(page, f);
}

static void add_pack(AppStatusPage *page, const char *title, const char *text)
{
	GtkWidget *row = adw_action_row_new();

	adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
	adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
	adw_action_row_set_subtitle(ADW_ACTION_ROW(row), text);
	adw_action_row_set_subtitle_lines(ADW_ACTION_ROW(row), 0);
	adw_preferences_group_add(page->packs, row);
	g_ptr_array_add(page->pack_rows, row);
}

static void show_packs(AppStatusPage *page, const struct facts *f)
{
	for (guint i = 0; i < page->pack_rows->len; i++)
		adw_preferences_group_remove(page->packs, g_ptr_array_index(page->pack_rows, i));
	g_ptr_array_set_size(page->pack_rows, 0);
	for (size_t i = 0; i < f->pack_count; i++) {
		const struct facts_pack *p = &f->packs[i];
		g_autofree char *text = g_strdup_printf(p->is_active ? _("version %lld, since %s, %s")
								     : _("version %lld, COMING, from %s, %s"),
							(long long)p->version, p->valid_from,
							p->is_received ? _("from the server")
								       : _("built-in"));

		add_pack(page, p->name, text);
	}
	if (f->pack_problem[0] != '\0')
		add_pack(page, _("ATTENTION"), f->pack_problem);
}

static void show_about(AppStatusPage *page, const struct facts *f)
{
	char fingerprint[20] = "-", writer[37];

	jx_uuid_format(f->id.writer, writer);
	if (f->is_enrolled)
		jx_fingerprint(f->id.public_key, fingerprint);
	say(page->version, "jiexun " JX_VERSION);
	sayf(page->writer, "%s  %s", f->id.url, writer);
	say(page->fingerprint, fingerprint);
	say(page->licence, _("Apache License 2.0: free software, without any warranty"));
}

static void show_person(AppStatusPage *page, const struct facts *f)
{
	g_autofree char *shift = f->shift_day[0] != '\0' ? g_strdup_printf(_("shift of %s"), f->shift_day)
							 : g_strdup(_("no shift open"));

	if (f->person[0] == '\0')
		say(page->person, _("nobody signed in: tap to sign in"));
	else
		sayf(page->person, "%s%s%s%s; %s", f->person_name, f->person_name[0] != '\0' ? " " : "",
		     f->person, strcmp(f->person_verified, "pin") == 0 ? _(" (PIN)") : "", shift);
}

static void show(AppStatusPage *page)
{
	AppFacts *facts = app_facts_of(GTK_WIDGET(page));
	const struct facts *f = facts != NULL ? app_facts_now(facts) : NULL;

	if (f == NULL)
		return;
	show_person(page, f);
	show_sync(page, f);
	show_device(page, f);
	show_about(page, f);
	if (f->is_full)
		show_packs(page, f);
}

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
	sayf(page->text_row, "%d %%", p->text_pct);
	say(page->repeat_row, repeat);
	say(page->shutter_row, shutter);
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
	show_place(user);
	return G_SOURCE_CONTINUE;
}

static void on_map(AppStatusPage *page)
{
	show_prefs(page);
	show_place(page);
	show(page);
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
		g_signal_connect_object(app_facts_of(GTK_WIDGET(page)), "read", G_CALLBACK(show), page,
					G_CONNECT_SWAPPED);
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
