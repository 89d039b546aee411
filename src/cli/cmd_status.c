/* jx status: one page that says whether all is well, from the database and the machine. */
#include "packs.h"

#include "jiexun/client.h"

#include <stdio.h>
#include <string.h>

struct status {
	bool is_enrolled;
	struct jx_identity id;
	char person[64], shift_day[16], reenrol[64], sync_utc_ms[24], sync_result[4096];
	struct jx_store_counts counts;
	struct cli_at_once at_once;
	struct jx_device_battery battery;
	int64_t free_bytes;
	enum jx_device_space_level space;
	enum jx_device_disk disk;
};

static void get(struct cli *c, const char *name, char *out, size_t cap)
{
	if (jx_store_get(c->h.store, name, out, cap, NULL) != JX_OK)
		out[0] = '\0';
}

static jx_rc gather(struct cli *c, struct status *s, struct jx_error *err)
{
	jx_rc rc = jx_handheld_open_store(&c->h, true, err);

	memset(s, 0, sizeof(*s));
	if (rc != JX_OK)
		return rc;
	rc = jx_store_identity(c->h.store, &s->id, err);
	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	s->is_enrolled = rc == JX_OK;
	get(c, JX_SET_PERSON, s->person, sizeof(s->person));
	get(c, JX_SET_SHIFT_DAY, s->shift_day, sizeof(s->shift_day));
	get(c, JX_SET_REENROL, s->reenrol, sizeof(s->reenrol));
	get(c, JX_SET_SYNC_UTC_MS, s->sync_utc_ms, sizeof(s->sync_utc_ms));
	get(c, JX_SET_SYNC_RESULT, s->sync_result, sizeof(s->sync_result));
	rc = jx_store_count(c->h.store, &s->counts, err);
	if (rc == JX_OK)
		rc = cli_find_at_once(c, s->counts.receipt_n, &s->at_once, err);
	if (rc != JX_OK)
		return rc;
	jx_device_read_battery("", &s->battery);
	s->free_bytes = -1;
	(void)jx_device_read_space(jx_os_fs(), c->h.dir, &c->h.profile, &s->free_bytes, &s->space, NULL);
	s->disk = jx_device_check_disk("", c->h.dir);
	return JX_OK;
}

static void print_json(const struct cli *c, const struct status *s)
{
	struct cli_json j;
	char fingerprint[20], writer[37];

	cli_json_begin(&j);
	cli_json_bool(&j, "enrolled", s->is_enrolled);
	if (s->is_enrolled) {
		jx_uuid_format(s->id.writer, writer);
		jx_fingerprint(s->id.public_key, fingerprint);
		cli_json_str(&j, "short", s->id.short_code);
		cli_json_str(&j, "writer", writer);
		cli_json_str(&j, "role", s->id.role);
		cli_json_str(&j, "area", s->id.area);
		cli_json_str(&j, "server", s->id.url);
		cli_json_str(&j, "fingerprint", fingerprint);
	}
	cli_json_str(&j, "person", s->person);
	cli_json_bool(&j, "shift_open", s->shift_day[0] != '\0');
	cli_json_str(&j, "shift_day", s->shift_day);
	cli_json_str(&j, "must_enrol_again", s->reenrol);
	cli_json_int(&j, "entries", s->counts.entries);
	cli_json_int(&j, "observations", s->counts.observations);
	cli_json_int(&j, "entries_waiting", s->counts.waiting);
	cli_json_int(&j, "at_once_waiting", s->at_once.waiting);
	cli_json_int(&j, "photos", s->counts.photos);
	cli_json_int(&j, "photos_waiting", s->counts.photos_waiting);
	cli_json_int(&j, "photos_waiting_bytes", s->counts.photos_waiting_bytes);
	cli_json_int(&j, "receipt_n", s->counts.receipt_n);
	cli_json_int(&j, "receipt_server_utc_ms", s->counts.receipt_server_utc_ms);
	cli_json_int(&j, "safe_until_n", s->counts.safe_until_n);
	if (s->sync_result[0] != '\0') {
		cli_json_raw(&j, "last_sync_utc_ms", s->sync_utc_ms[0] != '\0' ? s->sync_utc_ms : "0");
		cli_json_raw(&j, "last_sync", s->sync_result);
	}
	cli_packs_json(c, &j);
	cli_json_int(&j, "free_bytes", s->free_bytes);
	cli_json_str(&j, "space", jx_device_space_name(s->space));
	cli_json_str(&j, "disk_encryption", jx_device_disk_name(s->disk));
	if (s->battery.is_present)
		cli_json_int(&j, "battery_pct", s->battery.level_pct);
	cli_json_str(&j, "home", c->h.dir);
	cli_json_end(&j);
}

static void row(const char *name, const char *value)
{
	cli_cell(name, 16, false);
	printf("%s\n", value);
}

static void print_receipt(const struct cli *c, const struct status *s)
{
	char text[256], time[32];

	if (s->counts.receipt_n == 0) {
		row(_("last receipt"), _("none yet: nothing has been sent"));
		return;
	}
	cli_time_text(c, s->counts.receipt_server_utc_ms, true, time, sizeof(time));
	(void)snprintf(text, sizeof(text), _("%s, up to %s-%lld"), time, s->id.short_code,
		       (long long)s->counts.receipt_n);
	row(_("last receipt"), text);
}

static void print_last_sync(const struct cli *c, const struct status *s)
{
	JX_AUTO_JSON doc = {0};
	char time[32], text[512], message[352] = "";
	int64_t utc_ms;
	bool ok = false;

	if (!jx_parse_i64(s->sync_utc_ms, 0, INT64_MAX, &utc_ms) ||
	    jx_json_parse(s->sync_result, strlen(s->sync_result), &jx_json_message_limits, &doc, NULL) !=
		    JX_OK) {
		row(_("last sync"), _("never"));
		return;
	}
	(void)jx_json_bool(&doc, jx_json_get(&doc, 0, "ok"), &ok);
	(void)jx_json_str(&doc, jx_json_get(&doc, 0, "text"), message, sizeof(message));
	cli_time_text(c, utc_ms, true, time, sizeof(time));
	(void)snprintf(text, sizeof(text), "%s  %s", time, ok ? _("good") : message);
	row(_("last sync"), text);
}

/* By the last run, which was told that its line is metered. */
static bool waits_for_line(const struct status *s)
{
	JX_AUTO_JSON doc = {0};
	char why[16] = "";

	if (jx_json_parse(s->sync_result, strlen(s->sync_result), &jx_json_message_limits, &doc, NULL) ==
	    JX_OK)
		(void)jx_json_str(&doc, jx_json_get(&doc, 0, "photos_wait_for"), why, sizeof(why));
	return strcmp(why, "metered") == 0;
}

static void print_people(const struct cli *c, const struct status *s)
{
	char text[512], fingerprint[20];

	jx_fingerprint(s->id.public_key, fingerprint);
	(void)snprintf(text, sizeof(text), "%s  %s  %s", s->id.short_code, jx_word(s->id.role), s->id.area);
	row(_("device"), s->is_enrolled ? text : _("not enrolled: jx enrol URL CODE"));
	if (s->is_enrolled) {
		row(_("server"), s->id.url);
		row(_("fingerprint"), fingerprint);
	}
	if (s->reenrol[0] != '\0')
		row(_("ATTENTION"),
		    _("this device was restored or copied: ask the office for a code and run jx enrol --again; what is recorded stays"));
	row(_("person"), s->person[0] != '\0' ? s->person : _("nobody signed in: jx person sign-in NAME"));
	(void)snprintf(text, sizeof(text), _("open since business day %s"), s->shift_day);
	row(_("shift"), s->shift_day[0] != '\0' ? text : _("none open: jx shift start"));
	(void)snprintf(text, sizeof(text), _("%lld entries, %lld of them observations, %lld photos"),
		       (long long)s->counts.entries, (long long)s->counts.observations,
		       (long long)s->counts.photos);
	row(_("recorded"), text);
	(void)snprintf(text, sizeof(text), _("%lld entries, %lld photos (%lld kB)"),
		       (long long)s->counts.waiting, (long long)s->counts.photos_waiting,
		       (long long)((s->counts.photos_waiting_bytes + 999) / 1000));
	row(_("waiting"), text);
	if (s->counts.photos_waiting > 0 && waits_for_line(s))
		row("",
		    _("photos wait for a line that is not metered: jx sync --photo NUMBER sends those of one entry"));
	if (s->at_once.waiting > 0) {
		(void)snprintf(
			text, sizeof(text),
			_("%lld entries that cannot wait are not sent yet, the first is %s-%lld: run jx sync, or call the office"),
			(long long)s->at_once.waiting, s->id.short_code, (long long)s->at_once.first_n);
		row(_("AT ONCE"), text);
	}
	print_receipt(c, s);
	print_last_sync(c, s);
	(void)snprintf(text, sizeof(text), _("%lld MB free%s"), (long long)(s->free_bytes / 1000000),
		       s->space == JX_DEVICE_SPACE_RESERVE ? _(": FULL, no more photos until there is room")
		       : s->space == JX_DEVICE_SPACE_WARN  ? _(": getting full, sync and tell the office")
							   : "");
	row(_("space"), text);
	cli_packs_text(c);
	row(_("disk"), jx_device_disk_text(s->disk));
	if (s->battery.is_present && s->battery.level_pct >= 0) {
		(void)snprintf(text, sizeof(text), "%d %%", s->battery.level_pct);
		row(_("battery"), text);
	}
	row(_("data folder"), c->h.dir);
}

int cli_status(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct status *s = jx_xmalloc(sizeof(*s));
	jx_rc rc = gather(c, s, &err);

	(void)a;
	if (rc == JX_OK && c->json)
		print_json(c, s);
	else if (rc == JX_OK && !c->quiet)
		print_people(c, s);
	jx_free_p(&s);
	return rc == JX_OK ? 0 : cli_fail(c, &err);
}
