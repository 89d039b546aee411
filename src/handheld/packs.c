/* Form packs of a handheld, and the time by which they hold. */
#include "jiexun/handheld.h"

#include <stdlib.h>
#include <string.h>

/* A server's clock may be so far ahead of the satellites'. */
#define GNSS_BEHIND_MAX_MS INT64_C(86400000)

/* ---- the day by which packs hold ------------------------------------------------------------------- */

static bool read_moment(jx_store *store, char out[JX_SHELF_MOMENT_MAX])
{
	return store != NULL &&
	       jx_store_get(store, JX_SET_TRUSTED_TIME, out, JX_SHELF_MOMENT_MAX, NULL) == JX_OK;
}

bool jx_handheld_trusted_now(const struct jx_handheld *h, int64_t *utc_ms_out)
{
	char moment[JX_SHELF_MOMENT_MAX];
	const bool has_moment = read_moment(h->store, moment);

	return jx_shelf_now(jx_os_clock(), has_moment ? moment : NULL, utc_ms_out);
}

void jx_handheld_pack_day(const struct jx_handheld *h, char out[11])
{
	int64_t utc_ms;

	if (h->pack_day[0] != '\0') {
		jx_strcpy(out, 11, h->pack_day);
		return;
	}
	(void)jx_handheld_trusted_now(h, &utc_ms);
	if (!jx_day_of(utc_ms, (int)h->profile.utc_offset_min, out))
		jx_strcpy(out, 11, "1970-01-01");
}

static void note(struct jx_handheld *h, int64_t utc_ms)
{
	char moment[JX_SHELF_MOMENT_MAX];

	jx_shelf_moment(jx_os_clock(), utc_ms, moment);
	/* without it the wall clock counts, as before; nothing fails for that */
	(void)jx_store_set(h->store, JX_SET_TRUSTED_TIME, moment, NULL);
}

void jx_handheld_note_server_time(struct jx_handheld *h, int64_t utc_ms)
{
	int64_t now_utc_ms;

	if (utc_ms <= 0 || (jx_handheld_trusted_now(h, &now_utc_ms) && llabs(now_utc_ms - utc_ms) < 1000))
		return; /* known to the second: a sync with nothing new writes nothing */
	note(h, utc_ms);
}

/* The newest time that anybody trustworthy told; 0 none. */
static int64_t told_utc_ms(const struct jx_handheld *h)
{
	static const char *const names[] = {JX_SET_TRUSTED_TIME, JX_SET_SERVER_UTC_MS};
	int64_t newest = 0, utc_ms;
	char text[JX_SHELF_MOMENT_MAX];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (jx_store_get(h->store, names[i], text, sizeof(text), NULL) != JX_OK)
			continue;
		text[strcspn(text, " ")] = '\0';
		if (jx_parse_i64(text, 0, INT64_MAX, &utc_ms) && utc_ms > newest)
			newest = utc_ms;
	}
	return newest;
}

/*
 * What was told since the start of the device is carried on, and no receiver knows better. A receiver that has lost count of its
 * 1024-week periods is years behind what was told before.
 */
void jx_handheld_note_fix_time(struct jx_handheld *h, const struct jx_fix *fix)
{
	const int64_t gnss_utc_ms = fix->gnss_utc_ms + fix->age_ms;
	int64_t now_utc_ms;

	if (h->profile.gps_source != JX_DEVICE_GPS_GPSD || fix->source != JX_FIX_GNSS ||
	    fix->gnss_utc_ms <= 0 || fix->is_stale || jx_handheld_trusted_now(h, &now_utc_ms) ||
	    gnss_utc_ms < told_utc_ms(h) - GNSS_BEHIND_MAX_MS)
		return;
	note(h, gnss_utc_ms);
}

/* ---- opening --------------------------------------------------------------------------------------- */

/* The first pack of street disorder that holds. */
static void find_active(struct jx_handheld *h)
{
	char day[11];
	size_t i;

	h->pack_day[0] = '\0';
	jx_handheld_pack_day(h, day);
	jx_strcpy(h->pack_day, sizeof(h->pack_day), day);
	h->pack = NULL;
	for (i = 0; i < jx_packs_count(h->packs) && h->pack == NULL; i++) {
		const jx_pack *pack = jx_handheld_pack_on(h, i, day);

		if (pack != NULL && jx_pack_form(pack) != NULL)
			h->pack = pack;
	}
}

void jx_handheld_renew_packs(struct jx_handheld *h)
{
	h->packs = jx_shelf_packs(h->shelf);
	find_active(h);
}

const jx_pack *jx_handheld_pack_on(const struct jx_handheld *h, size_t i, const char *day)
{
	const jx_pack *at = jx_packs_at(h->packs, i);
	const jx_pack *before = i > 0 ? jx_packs_at(h->packs, i - 1) : NULL;
	const jx_pack *active;

	if (at == NULL || (before != NULL && strcmp(jx_pack_id(before), jx_pack_id(at)) == 0))
		return NULL;
	active = jx_packs_active(h->packs, jx_pack_id(at), day);
	return active != NULL ? active : at;
}

static jx_rc open_shelf(struct jx_handheld *h, struct jx_error *err)
{
	const jx_rc rc = h->shelf == NULL ? jx_shelf_open(jx_os_fs(), h->dir, &h->shelf, err) : JX_OK;

	if (rc != JX_OK)
		return rc;
	jx_handheld_renew_packs(h);
	return h->pack != NULL ? JX_OK
			       : jx_fail(err, JX_ESTATE, 0, "jx.pack",
					 "no form pack is loaded: run jx sync, or install the packs again");
}

jx_rc jx_handheld_open_packs(struct jx_handheld *h, struct jx_error *err)
{
	jx_rc rc;

	if (h->pack != NULL)
		return JX_OK;
	if (h->store != NULL)
		return open_shelf(h, err);
	/* only for its word on the time, and whoever writes opens it anew; a device that was never enrolled has none */
	(void)jx_handheld_open_store(h, true, NULL);
	rc = open_shelf(h, err);
	jx_store_close(JX_STEAL(h->store));
	return rc;
}

jx_rc jx_handheld_reopen_packs(struct jx_handheld *h, struct jx_error *err)
{
	jx_shelf *shelf = NULL;
	jx_rc rc;

	if (h->shelf == NULL)
		return jx_handheld_open_packs(h, err);
	rc = jx_shelf_open(jx_os_fs(), h->dir, &shelf, err);
	if (rc != JX_OK)
		return rc;
	if (jx_packs_count(jx_shelf_packs(shelf)) == jx_packs_count(h->packs) ||
	    h->before_count == JX_HANDHELD_SHELVES_MAX) {
		jx_shelf_close(shelf);
	} else {
		h->before[h->before_count++] = h->shelf;
		h->shelf = shelf;
	}
	/* a draft or a sheet of somebody else's may hold the old ones: they stay */
	jx_handheld_renew_packs(h);
	return JX_OK;
}
