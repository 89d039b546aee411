/* What the page "status" says of this device, of sync, and of the program. */
#include "page_status.h"

#include "facts.h"

#include "jiexun/wire.h"

#include <string.h>

#define MB INT64_C(1000000)

void status_page_say(AdwActionRow *row, const char *text)
{
	g_autofree char *raised = words_raise(g_strdup(text != NULL ? text : ""));

	adw_action_row_set_subtitle(row, raised);
}

void status_page_sayf(AdwActionRow *row, const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	text = g_strdup_vprintf(format, list);
	va_end(list);
	status_page_say(row, text);
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

void status_page_show_place(AppStatusPage *page)
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
	status_page_say(page->gps, text->str);
	/* not every receiver says how many are in sight: a figure that nobody gave is left out */
	if (now.fix.satellites_used < 0)
		status_page_say(page->gps_more, _("unknown"));
	else if (now.satellites_visible < 0)
		status_page_sayf(page->gps_more, _("%d used"), now.fix.satellites_used);
	else
		status_page_sayf(page->gps_more, _("%d used, %d visible"), now.fix.satellites_used,
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

	status_page_sayf(page->waits, _("%lld entries, %lld photos, %s%s"), (long long)f->waiting,
			 (long long)f->counts.photos_waiting, waiting,
			 f->counts.photos_waiting > 0 && f->sync.waits_for_line ? _("; photos wait for Wi-Fi")
										: "");
	if (f->counts.receipt_n > 0) {
		full_time(profile, f->counts.receipt_server_utc_ms, time);
		status_page_sayf(page->receipt, _("%s, up to %s-%lld"), time, f->id.short_code,
				 (long long)f->counts.receipt_n);
	} else {
		status_page_say(page->receipt, _("none yet: nothing has been sent"));
	}
	if (f->sync.ended_utc_ms == 0) {
		status_page_say(page->last_sync, _("never"));
	} else {
		full_time(profile, f->sync.ended_utc_ms, time);
		status_page_sayf(page->last_sync, "%s  %s", time,
				 !f->sync.is_good ? f->sync.text
				 : f->sync.is_pending
					 ? _("good; the office has not confirmed this device yet")
					 : _("good"));
	}
	show_run(page, &f->run);
}

/* ---- device ---------------------------------------------------------------------------------------------- */

static void show_battery(AppStatusPage *page, const struct jx_device_battery *b)
{
	const char *const charges[] = {"", _("charging"), _("discharging"), _("full")};

	if (!b->is_present || b->level_pct < 0)
		status_page_say(page->battery, _("this device has none"));
	else
		status_page_sayf(page->battery, "%d %%  %s", b->level_pct, charges[b->charge]);
}

static void show_space(AppStatusPage *page, const struct facts *f)
{
	const struct jx_profile *p = app_profile(GTK_WIDGET(page));
	int64_t stays = 0, bytes = 0;
	g_autofree char *free_text = app_size_text(f->free_bytes), *warn = app_size_text(p->warn_mb * MB),
			*reserve = app_size_text(p->reserve_mb * MB),
			*may_go = app_size_text(f->keep_bytes[JX_KEEP_NOT]), *keep = NULL;

	status_page_sayf(page->space, _("%s free; a warning below %s, no new photos below %s"), free_text,
			 warn, reserve);
	for (int why = 0; why < JX_KEEP_COUNT; why++)
		if (why != JX_KEEP_NOT && why != JX_KEEP_GONE) {
			stays += f->keep_count[why];
			bytes += f->keep_bytes[why];
		}
	keep = app_size_text(bytes);
	status_page_sayf(
		page->may_go,
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
	status_page_say(page->profile, text->str);
	status_page_sayf(page->device, "%s  %s  %s", f->id.short_code, jx_word(f->id.role), f->id.area);
	status_page_say(page->disk, jx_device_disk_text(f->disk));
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
	status_page_say(page->version, "jiexun " JX_VERSION);
	status_page_sayf(page->writer, "%s  %s", f->id.url, writer);
	status_page_say(page->fingerprint, fingerprint);
	status_page_say(page->licence, _("Apache License 2.0: free software, without any warranty"));
}

static void show_person(AppStatusPage *page, const struct facts *f)
{
	g_autofree char *shift = f->shift_day[0] != '\0' ? g_strdup_printf(_("shift of %s"), f->shift_day)
							 : g_strdup(_("no shift open"));

	if (f->person[0] == '\0')
		status_page_say(page->person, _("nobody signed in: tap to sign in"));
	else
		status_page_sayf(page->person, "%s%s%s%s; %s", f->person_name,
				 f->person_name[0] != '\0' ? " " : "", f->person,
				 strcmp(f->person_verified, "pin") == 0 ? _(" (PIN)") : "", shift);
}

void status_page_show(AppStatusPage *page)
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
