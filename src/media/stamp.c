/* What stands on a stamped copy, in words. Everything is as the entry says; nothing is looked up or rounded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jiexun/media.h"

/* A photo file's own time that far from the entry's is worth a line: it was taken before, or a clock is wrong. */
#define OTHER_TIME_MS 60000

/* Cut at a character, should anything be longer than a stamp's line. */
static void add_line(struct jx_stamp *s, const char *label, const char *text)
{
	JX_AUTO_FREE char *line = jx_xasprintf("%s  %s", label, text);

	if (text[0] != '\0' && s->line_count < JX_STAMP_LINES_MAX)
		jx_strcpy(s->lines[s->line_count++], sizeof(s->lines[0]), line);
}

/* "2026-09-01 17:42:03 +08:00" */
static void time_text(int64_t utc_ms, int utc_offset_min, char out[40])
{
	char full[32];

	jx_time_format(utc_ms, utc_offset_min, full); /* 2026-09-01T17:42:03.120+08:00 */
	(void)snprintf(out, 40, "%.10s %.8s %s", full, full + 11, full + 23);
}

/* "-0.0000001": sign, degrees and seven places, as measured. */
static void degrees_text(int32_t e7, char out[24])
{
	const int64_t abs = e7 < 0 ? -(int64_t)e7 : e7;

	(void)snprintf(out, 24, "%s%lld.%07lld", e7 < 0 ? "-" : "", (long long)(abs / 10000000),
		       (long long)(abs % 10000000));
}

static void place_text(const struct jx_entry *e, char *out, size_t cap)
{
	char lat[24], lon[24], accuracy[32] = "";

	if (!e->has_place || e->fix.source == JX_FIX_NONE) {
		jx_strcpy(out, cap, _("no position"));
		return;
	}
	degrees_text(e->fix.lat_wgs84_e7, lat);
	degrees_text(e->fix.lon_wgs84_e7, lon);
	if (e->fix.accuracy_mm >= 0)
		(void)snprintf(accuracy, sizeof(accuracy), " ±%lld m",
			       (long long)((e->fix.accuracy_mm + 999) / 1000));
	(void)snprintf(out, cap, "%s, %s%s WGS-84, %s", lat, lon, accuracy,
		       e->fix.source == JX_FIX_MANUAL ? _("set by hand")
		       : e->fix.is_stale              ? _("satellites, older fix")
						      : _("satellites"));
}

static void add_person(const struct jx_entry *e, struct jx_stamp *s)
{
	const bool has_pin = strcmp(e->person_verified, "pin") == 0;
	JX_AUTO_FREE char *text = jx_xasprintf("%s%s%s%s", e->person, has_pin ? _(" (PIN given)") : "",
					       e->officer2[0] != '\0' ? ", " : "", e->officer2);

	add_line(s, _("Person"), e->person[0] != '\0' ? text : "");
}

/* Satellite time where the receiver gave one, else the device's clock at first touch; the line below says which. */
static void add_title(const struct jx_stamp_source *o, struct jx_stamp *s)
{
	const struct jx_entry *e = o->entry;
	char text[40];

	time_text(e->gnss_utc_ms > 0 ? e->gnss_utc_ms : e->taken_utc_ms, o->utc_offset_min, text);
	jx_strcpy(s->title, sizeof(s->title), text);
}

static void add_file_time(const struct jx_stamp_source *o, struct jx_stamp *s)
{
	const struct jx_photo_ref *photo = &o->entry->photos[o->photo];
	const int64_t apart_ms = photo->taken_utc_ms - o->entry->taken_utc_ms;
	char text[40], line[128];

	if (photo->taken_utc_ms <= 0 || (apart_ms <= OTHER_TIME_MS && apart_ms >= -OTHER_TIME_MS))
		return;
	time_text(photo->taken_utc_ms, o->utc_offset_min, text);
	(void)snprintf(line, sizeof(line), _("%s, says the photo file"), text);
	add_line(s, _("Photo taken"), line);
}

static void add_place(const struct jx_entry *e, struct jx_stamp *s)
{
	char text[192];

	place_text(e, text, sizeof(text));
	add_line(s, _("Position"), text);
	add_line(s, _("Place"), e->street);
	add_line(s, _("Grid"), e->grid);
}

static void add_photo(const struct jx_stamp_source *o, struct jx_stamp *s)
{
	const struct jx_photo_ref *photo = &o->entry->photos[o->photo];
	char hex[13], text[192];

	jx_hex(photo->sha256, 6, hex);
	(void)snprintf(text, sizeof(text), "%s, %s, SHA-256 %s…", jx_word(photo->role), jx_word(photo->how),
		       hex);
	add_line(s, _("Photo"), text);
}

void jx_stamp_make(const struct jx_stamp_source *source, struct jx_stamp *out)
{
	const struct jx_entry *e = source->entry;
	struct jx_stamp_code code = {0};
	const char *case_number = source->case_number != NULL ? source->case_number : "";
	JX_AUTO_FREE char *entry = jx_xasprintf(
		"%s%s%s  %s", source->number, case_number[0] != '\0' ? _("  Case ") : "", case_number,
		e->gnss_utc_ms > 0 ? _("time by satellites") : _("time by the device's clock"));

	memset(out, 0, sizeof(*out));
	add_title(source, out);
	add_line(out, _("Entry"), entry);
	add_file_time(source, out);
	add_place(e, out);
	add_person(e, out);
	add_photo(source, out);
	if (source->revised_by != NULL)
		add_line(out, _("Corrected or withdrawn by"), source->revised_by);
	jx_strcpy(code.number, sizeof(code.number), source->number);
	memcpy(code.id, e->id, sizeof(code.id));
	memcpy(code.sha256, e->photos[source->photo].sha256, sizeof(code.sha256));
	memcpy(code.digest, source->digest, sizeof(code.digest));
	jx_stamp_code_write(&code, out->code);
}
