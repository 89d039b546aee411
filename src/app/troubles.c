/* What is wrong with this device, and what to do about it: from the facts to the window's banner. */
#include "app.h"
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS      INT64_C(86400000)
#define SERVER_DAYS 14
#define MB          INT64_C(1000000)
#define CLOCK_OFF_MS \
	INT64_C(300000) /* five minutes: an order of photos that no longer fits what people remember */
#define MIN_A_DAY     1440
#define DAYS_FROM_MIN (2 * MIN_A_DAY)
#define GPS_WAIT_US   G_GINT64_CONSTANT(15000000)

/* ---- what buttons do --------------------------------------------------------------------------------- */

static void press_enrol(GtkWidget *window)
{
	app_push(window, app_enrol_page_new(true), _("Enrol again"));
}

static void press_sync(GtkWidget *window)
{
	app_show_view(window, "status");
	app_sync_begin(window, false);
}

static void press_status(GtkWidget *window)
{
	app_show_view(window, "status");
}

static void press_check(GtkWidget *window)
{
	app_show_view(window, "check");
}

static void press_again(GtkWidget *window)
{
	app_facts_read(app_facts_of(window), true);
}

/* ---- each trouble ------------------------------------------------------------------------------------ */

static void show_revoked(GtkWidget *w, const struct facts *f)
{
	const bool is_revoked = strcmp(f->reenrol, "revoked") == 0 ||
				strcmp(f->sync.server_error, "revoked") == 0;
	const char *text = NULL;

	if (f->is_enrolled && is_revoked)
		text = _(
			"The office has locked this device out. Records stay here; ask the office for a new code and enrol again.");
	else if (f->is_enrolled && f->reenrol[0] != '\0')
		text = _(
			"This device was restored or copied: the server takes no more from it. Records stay here; ask the office for a new code.");
	app_set_trouble(w, APP_TROUBLE_REVOKED, text, NULL, text != NULL ? _("Enrol again") : NULL,
			press_enrol);
}

static void show_space(GtkWidget *w, const struct facts *f)
{
	const struct jx_profile *p = app_profile(w);
	g_autofree char *full = NULL, *low = NULL;
	g_autofree char *left = app_size_text(f->free_bytes), *reserve = app_size_text(p->reserve_mb * MB);

	if (f->space == JX_DEVICE_SPACE_RESERVE)
		full = g_strdup_printf(
			_("Disk full: %s free, no photos below %s. Records without photos are still saved. Sync, then tell the office."),
			left, reserve);
	else if (f->space == JX_DEVICE_SPACE_WARN)
		low = g_strdup_printf(
			_("Space is getting short: %s free. Sync, so that old originals may go."), left);
	app_set_trouble(w, APP_TROUBLE_FULL, full, _("Disk full: no more photos"),
			full != NULL ? _("Sync") : NULL, press_sync);
	app_set_trouble(w, APP_TROUBLE_LOW, low, NULL, low != NULL ? _("Sync") : NULL, press_sync);
}

static char *disk_text(const struct jx_error *err)
{
	switch ((int)err->code) {
	case JX_OK:
		return NULL;
	case JX_EBUSY:
		return g_strdup(_(
			"Another program keeps the records locked: nothing can be saved until it ends. Close it, or restart the device."));
	case JX_EROFS:
		return g_strdup(_(
			"The disk has become read-only: nothing can be saved. What is recorded is safe; restart the device, and tell the office if it comes back."));
	case JX_ECORRUPT:
		return g_strdup_printf(
			_("The records are damaged: %s. Delete nothing, and give the device to the office."),
			err->text);
	default:
		return g_strdup_printf(_("The records cannot be opened: %s"), err->text);
	}
}

static const char *disk_brief(jx_rc code)
{
	switch ((int)code) {
	case JX_EBUSY:
		return _("Locked by another program: nothing can be saved");
	case JX_EROFS:
		return _("The disk is read-only: nothing can be saved");
	case JX_ECORRUPT:
		return _("The records are damaged");
	default:
		return _("The records cannot be opened");
	}
}

static void show_disk(GtkWidget *w, const struct facts *f)
{
	g_autofree char *text = disk_text(&f->err);

	app_set_trouble(w, APP_TROUBLE_DISK, text, disk_brief(f->err.code),
			text != NULL ? _("Try again") : NULL, press_again);
}

/* Of a clock that stands in another year nobody counts the minutes. */
static char *clock_text(long long minutes, bool is_fast)
{
	if (minutes >= DAYS_FROM_MIN)
		return g_strdup_printf(
			is_fast ? _("This device's clock is %lld days fast: set it right. Records go on being saved.")
				: _("This device's clock is %lld days slow: set it right. Records go on being saved."),
			(minutes + MIN_A_DAY / 2) / MIN_A_DAY);
	return g_strdup_printf(
		is_fast ? _("This device's clock is %lld minutes fast: set it right. Records go on being saved.")
			: _("This device's clock is %lld minutes slow: set it right. Records go on being saved."),
		minutes);
}

static void show_clock(GtkWidget *w, const struct facts *f)
{
	g_autofree char *text = NULL;

	if (f->is_enrolled && llabs(f->clock_off_ms) > CLOCK_OFF_MS)
		text = clock_text(llabs(f->clock_off_ms) / 60000, f->clock_off_ms > 0);
	app_set_trouble(w, APP_TROUBLE_CLOCK, text, _("The clock is wrong"), NULL, NULL);
}

/* The last moment at which the server is known to have answered. */
static int64_t heard_utc_ms(const struct facts *f)
{
	int64_t heard = f->server_utc_ms > f->id.enrolled_utc_ms ? f->server_utc_ms : f->id.enrolled_utc_ms;

	if (f->sync.is_good && f->sync.ended_utc_ms > heard)
		heard = f->sync.ended_utc_ms;
	return heard;
}

static void show_server(GtkWidget *w, const struct facts *f)
{
	const int64_t days = (jx_os_clock()->utc_ms(NULL) - f->clock_off_ms - heard_utc_ms(f)) / DAY_MS;
	g_autofree char *text = NULL;

	if (f->is_enrolled && days > SERVER_DAYS && !app_is_demo(w))
		text = g_strdup_printf(
			_("No word from the server for %lld days; %lld records wait here, safely. Sync where there is a network, or bring the device to the office."),
			(long long)days, (long long)f->waiting);
	app_set_trouble(w, APP_TROUBLE_SERVER, text, NULL, text != NULL ? _("Sync") : NULL, press_sync);
}

static void show_pack(GtkWidget *w, const struct facts *f)
{
	g_autofree char *text = NULL;

	if (f->drafts_of_old_packs > 0)
		text = g_strdup_printf(
			_("The form has a new edition. %lld unfinished records go on by the one they began with: finish them first."),
			(long long)f->drafts_of_old_packs);
	app_set_trouble(w, APP_TROUBLE_PACK, text, NULL, text != NULL ? _("Finish") : NULL, press_check);
}

/* A receiver needs its time to start; one that was switched off by the profile is no trouble. */
static void show_gps(GtkWidget *w)
{
	struct place_now now;
	gint64 *since_us = g_object_get_data(G_OBJECT(w), "no-gps-since");
	g_autofree char *text = NULL;

	if (since_us == NULL) {
		since_us = g_new0(gint64, 1);
		g_object_set_data_full(G_OBJECT(w), "no-gps-since", since_us, g_free);
	}
	place_read(app_place(w), &now);
	if ((now.state == JX_GPS_OK && !now.is_stuck) || app_profile(w)->gps_source == JX_DEVICE_GPS_NONE)
		*since_us = 0;
	else if (*since_us == 0)
		*since_us = g_get_monotonic_time();
	else if (g_get_monotonic_time() - *since_us > GPS_WAIT_US)
		text = now.is_stuck
			       ? g_strdup(_(
					 "The position receiver does not answer. Records are saved without a position."))
			       : g_strdup_printf(_("No position: %s"), now.reason);
	app_set_trouble(w, APP_TROUBLE_GPS, text, NULL, text != NULL ? _("Status") : NULL, press_status);
}

static void show_profile(GtkWidget *w)
{
	const struct jx_profile *p = app_profile(w);
	g_autofree char *text = NULL;

	if (p->warning_count > 0)
		text = g_strdup_printf(_("Device profile: %s"), p->warnings[0]);
	app_set_trouble(w, APP_TROUBLE_PROFILE, text, NULL, text != NULL ? _("Status") : NULL, press_status);
}

void app_show_troubles(GtkWidget *w, const struct facts *f)
{
	show_revoked(w, f);
	show_space(w, f);
	show_disk(w, f);
	show_clock(w, f);
	show_server(w, f);
	show_pack(w, f);
	show_gps(w);
	show_profile(w);
}
