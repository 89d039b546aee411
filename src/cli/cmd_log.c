/* jx log, correct, withdraw: one observation from options to disk. */
#include "cli.h"
#include "jiexun/compose.h"
#include "packs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GPS_WAIT_MS_DEFAULT \
	"2000" /* a receiver at 1 Hz has spoken once, and gpsd has answered; nobody waits longer for a save */

/* "30.2301234" -> 302301234, exactly: no binary fraction in between. */
static bool read_degrees(const char *s, size_t len, int64_t limit, int32_t *out)
{
	bool is_negative = len > 0 && s[0] == '-';
	int64_t v = 0;
	int decimals = -1, digits = 0;

	for (size_t i = is_negative ? 1 : 0; i < len; i++) {
		if (s[i] == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (s[i] < '0' || s[i] > '9')
			return false;
		digits++;
		if (decimals >= 7)
			continue; /* below a centimetre */
		v = v * 10 + (s[i] - '0');
		if (decimals >= 0)
			decimals++;
		if (v > INT64_C(20000000000))
			return false;
	}
	for (int k = decimals < 0 ? 0 : decimals; k < 7; k++)
		v *= 10;
	if (digits == 0 || v > limit)
		return false;
	*out = (int32_t)(is_negative ? -v : v);
	return true;
}

static jx_rc read_at(const char *text, struct jx_fix *fix, struct jx_error *err)
{
	const char *comma = strchr(text, ',');
	const char *second = comma != NULL ? strchr(comma + 1, ',') : NULL;
	const char *lon = comma != NULL ? comma + 1 : "";
	size_t lon_len = second != NULL ? (size_t)(second - lon) : strlen(lon);
	int64_t metres = -1;
	int32_t lat_e7, lon_e7;

	while (lon_len > 0 && lon[0] == ' ') {
		lon++;
		lon_len--;
	}
	if (comma == NULL || !read_degrees(text, (size_t)(comma - text), 900000000, &lat_e7) ||
	    !read_degrees(lon, lon_len, 1800000000, &lon_e7))
		return jx_fail(
			err, JX_EINVAL, 0, "jx.at",
			"field \"at\": \"%s\" is no position; give latitude,longitude in WGS-84 degrees, -90..90 and -180..180, such as 30.2301,119.7200",
			text);
	if (second != NULL && !jx_parse_i64(second + 1, 0, 100000, &metres))
		return jx_fail(err, JX_EINVAL, 0, "jx.at",
			       "field \"at\": \"%s\" is no accuracy; give whole metres, 0..100000",
			       second + 1);
	*fix = (struct jx_fix){.source = JX_FIX_MANUAL,
			       .lat_wgs84_e7 = lat_e7,
			       .lon_wgs84_e7 = lon_e7,
			       .accuracy_mm = metres < 0 ? -1 : metres * 1000,
			       .satellites_used = -1};
	return JX_OK;
}

static jx_rc read_wait(const struct cli_args *a, int64_t *wait_ms, struct jx_error *err)
{
	const char *text = cli_value(a, "wait-gps");

	if (!jx_parse_i64(text != NULL ? text : GPS_WAIT_MS_DEFAULT, 0, 60000, wait_ms))
		return jx_fail(err, JX_EINVAL, 0, "jx.wait-gps",
			       "field \"wait-gps\": \"%s\" is no time; give milliseconds, 0..60000", text);
	return JX_OK;
}

/* By hand, by receiver, or none. A receiver that fails is a reason to tell, never a reason not to save. */
static jx_rc find_place(struct cli *c, const struct cli_args *a, struct jx_fix *fix, struct jx_error *err)
{
	const char *at = cli_value(a, "at");
	int64_t wait_ms;
	jx_rc rc;

	*fix = (struct jx_fix){.source = JX_FIX_NONE, .accuracy_mm = -1, .satellites_used = -1};
	if (at != NULL)
		return read_at(at, fix, err);
	if (cli_flag(a, "no-gps"))
		return JX_OK;
	rc = read_wait(a, &wait_ms, err);
	if (rc != JX_OK)
		return rc;
	if (jx_handheld_open_gps(&c->h, err) != JX_OK) {
		fprintf(stderr, "jx: %s\n", err->text);
		return JX_OK;
	}
	return jx_gps_read(c->h.gps, wait_ms, fix, err);
}

bool cli_is_role(const char *s)
{
	static const char *const roles[] = {"wide", "close", "before", "after", "plate", "object"};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(s, roles[i]) == 0)
			return true;
	return false;
}

/* FILE[:ROLE]; a colon may stand in a file's name, so only a known role is cut off. NULL: none was given. */
const char *cli_photo_role(const char *value)
{
	const char *colon = strrchr(value, ':');

	return colon != NULL && cli_is_role(colon + 1) ? colon + 1 : NULL;
}

char *cli_photo_path(const char *value)
{
	const char *role = cli_photo_role(value);

	return role == NULL ? jx_xstrdup(value) : jx_xstrndup(value, (size_t)(role - value) - 1);
}

/* All are looked at before the first is copied. */
static jx_rc add_photos(struct cli *c, const struct cli_args *a, jx_capture *cap, struct jx_error *err)
{
	const bool is_single = cli_nth(a, "photo", 1) == NULL;
	const char *value;
	jx_rc rc = JX_OK;

	for (size_t i = 0; !is_single && rc == JX_OK && (value = cli_nth(a, "photo", i)) != NULL; i++) {
		JX_AUTO_FREE char *path = cli_photo_path(value);

		rc = jx_media_check(c->h.media, jx_os_fs(), path, err);
	}
	for (size_t i = 0; rc == JX_OK && (value = cli_nth(a, "photo", i)) != NULL; i++) {
		JX_AUTO_FREE char *path = cli_photo_path(value);

		rc = jx_fill_add_photo(&c->h, cap, path, cli_photo_role(value), err);
	}
	return rc;
}

/* NUMBER or NUMBER/ROLE: the picture of before. A person decides where it is not clear which. */
static jx_rc set_before(struct cli *c, const char *text, jx_capture *cap, struct jx_error *err)
{
	const char *slash = strchr(text, '/');
	JX_AUTO_FREE char *number = slash != NULL ? jx_xstrndup(text, (size_t)(slash - text))
						  : jx_xstrdup(text);
	JX_AUTO(jx_view_entry) e = NULL;
	const struct jx_photo_ref *before;
	jx_rc rc = jx_view_show_by(c->h.store, c->h.packs, number, &e, err);

	if (rc != JX_OK)
		return rc;
	before = jx_compose_before(&e->entry, slash != NULL ? slash + 1 : NULL);
	if (before == NULL)
		return jx_fail(
			err, JX_EINVAL, 0, "jx.after-of",
			"field \"after-of\": %s has no photo, or several, that it could be: name one by its role, as in %s/close (jx photo list shows them)",
			e->row.number, e->row.number);
	return jx_capture_set_before(cap, before->sha256, err);
}

jx_rc cli_fill_entry(struct cli *c, const struct cli_args *a, jx_capture *cap, struct jx_fix *fix,
		     struct jx_error *err)
{
	const char *source = cli_value(a, "source");
	jx_rc rc = find_place(c, a, fix, err);

	if (rc != JX_OK)
		return rc;
	jx_capture_set_fix(cap, fix);
	rc = jx_capture_set_place(cap, cli_value(a, "grid"), cli_value(a, "street"), NULL, err);
	if (rc == JX_OK)
		rc = jx_capture_set_why(cap, source != NULL ? source : "patrol", cli_value(a, "campaign"),
					cli_value(a, "officer2"), err);
	if (rc == JX_OK)
		rc = add_photos(c, a, cap, err);
	if (rc == JX_OK && cli_value(a, "shoot") != NULL)
		rc = cli_shoot(c, a, cap, fix, err);
	if (rc == JX_OK)
		rc = cli_add_sounds(c, a, cap, err);
	if (rc == JX_OK && cli_value(a, "record") != NULL)
		rc = cli_record(c, a, cap, err);
	if (rc == JX_OK && cli_value(a, "after-of") != NULL)
		rc = set_before(c, cli_value(a, "after-of"), cap, err);
	return rc;
}

static void read_answers(const struct cli_args *a, const char *code, struct jx_observation *o)
{
	*o = (struct jx_observation){
		.result = cli_flag(a, "nothing-found") ? "nothing-found"
			  : cli_flag(a, "no-access")   ? "no-access"
						       : "found",
		.code = code,
		.quantity = cli_value(a, "quantity"),
		.unit = cli_value(a, "unit"),
		.note = cli_value(a, "note"),
		.is_self_handled = cli_flag(a, "self-handled"),
		.party = cli_value(a, "party"),
		.unit_responsible = cli_value(a, "responsible"),
		.measures = cli_value(a, "measure"),
		.party_kind = cli_value(a, "party-kind"),
	};
}

static jx_rc fill(struct cli *c, const struct cli_args *a, const char *code, jx_capture *cap,
		  struct jx_fix *fix, struct jx_error *err)
{
	const char *days = cli_value(a, "limit-days");
	struct jx_observation o;
	jx_rc rc;

	if (cli_flag(a, "nothing-found") && cli_flag(a, "no-access"))
		return jx_fail(
			err, JX_EINVAL, 0, "jx.log",
			"field \"result\": --nothing-found and --no-access exclude each other; give one");
	read_answers(a, code, &o);
	if (days != NULL && !jx_parse_i64(days, 1, JX_LIMIT_DAYS_MAX, &o.limit_days))
		return jx_fail(err, JX_EINVAL, 0, "jx.log",
			       "--limit-days \"%.20s\" is no number of days from 1 to %d: correct it", days,
			       JX_LIMIT_DAYS_MAX);
	rc = jx_capture_set_answers(cap, &o, err); /* before photos are copied: a wrong code costs nothing */
	return rc == JX_OK ? cli_fill_entry(c, a, cap, fix, err) : rc;
}

int cli_show_saved(struct cli *c, const uint8_t id[JX_ID_BYTES], const struct jx_fix *fix)
{
	JX_AUTO(jx_view_entry) e = NULL;
	struct jx_error err = {0};
	char name[37], where[256], what[600], quantity[128] = "";

	jx_uuid_format(id, name);
	if (jx_view_show_by(c->h.store, c->h.packs, name, &e, &err) != JX_OK)
		return cli_fail(c,
				&err); /* state shown is read from the database, never from the last call */
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_str(&j, "number", e->row.number);
		cli_json_int(&j, "n", e->row.n);
		cli_json_str(&j, "id", name);
		cli_json_str(&j, "kind", e->row.kind_name);
		cli_json_str(&j, "day", e->row.day);
		cli_json_int(&j, "photos", e->row.photo_count);
		cli_json_str(&j, "state", jx_entry_state_name(e->row.state));
		if (e->row.is_at_once)
			cli_json_bool(&j, "at_once", true);
		cli_json_fix(&j, "place", &e->row.fix);
		cli_json_end(&j);
		return 0;
	}
	cli_fix_text(&e->row.fix,
		     c->h.gps != NULL && fix->source == JX_FIX_NONE ? jx_gps_reason(c->h.gps) : NULL, where,
		     sizeof(where));
	cli_what_text(&e->row, what, sizeof(what));
	if (e->row.quantity[0] != '\0')
		(void)snprintf(quantity, sizeof(quantity), "  %s %s", e->row.quantity, e->row.unit_name);
	cli_say(c, _("saved %s  %s%s  %s  photos %lld"), e->row.number, what, quantity, where,
		(long long)e->row.photo_count);
	if (e->row.is_at_once)
		cli_say(c, "%s", _("this cannot wait: send it now with jx sync, or call the office"));
	return 0;
}

static int save(struct cli *c, const struct cli_args *a, const char *code, const char *of)
{
	struct jx_error err = {0};
	struct jx_fix fix = {.source = JX_FIX_NONE};
	JX_AUTO(jx_capture) cap = NULL;
	uint8_t id[JX_ID_BYTES];
	int64_t n;
	jx_rc rc = jx_handheld_open_recorder(&c->h, &err);

	if (rc == JX_OK)
		rc = jx_capture_begin(&c->h.recorder, &cap, &err);
	if (rc == JX_OK && cli_value(a, "id") != NULL) {
		const char *text = cli_value(a, "id");

		if (!jx_uuid_parse(text, strlen(text), id))
			rc = jx_fail(&err, JX_EINVAL, 0, "jx.id",
				     "field \"id\": \"%s\" is no UUID; leave it out to have one made", text);
		else
			rc = jx_capture_set_id(cap, id, &err);
	}
	if (rc == JX_OK && of != NULL) {
		uint8_t of_id[JX_ID_BYTES];

		rc = jx_view_find(c->h.store, of, of_id, &err);
		if (rc == JX_OK)
			rc = jx_capture_set_correction(cap, of_id, cli_value(a, "reason"), &err);
	}
	if (rc == JX_OK)
		rc = fill(c, a, code, cap, &fix, &err);
	if (rc == JX_OK)
		rc = jx_capture_commit(cap, &n, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	memcpy(id, jx_capture_id(cap), sizeof(id));
	jx_handheld_note_fix_time(&c->h, &fix);
	return cli_show_saved(c, id, &fix);
}

int cli_log(struct cli *c, const struct cli_args *a)
{
	return save(c, a, a->pos_count > 0 ? a->pos[0] : NULL, NULL);
}

static int need_reason(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	const char *reason = cli_value(a, "reason");

	if (reason != NULL && reason[0] != '\0')
		return 0;
	(void)jx_fail(&err, JX_EINVAL, 0, "jx.reason",
		      "field \"reason\" is missing: say why with --reason TEXT");
	return cli_fail(c, &err);
}

int cli_correct(struct cli *c, const struct cli_args *a)
{
	int status = need_reason(c, a);

	return status != 0 ? status : save(c, a, a->pos_count > 1 ? a->pos[1] : NULL, a->pos[0]);
}

int cli_withdraw(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	uint8_t of_id[JX_ID_BYTES];
	int64_t n;
	int status = need_reason(c, a);
	jx_rc rc;

	if (status != 0)
		return status;
	rc = jx_handheld_open_recorder(&c->h, &err);
	if (rc == JX_OK)
		rc = jx_view_find(c->h.store, a->pos[0], of_id, &err);
	if (rc == JX_OK)
		rc = jx_record_withdrawal(&c->h.recorder, of_id, cli_value(a, "reason"), &n, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_int(&j, "n", n);
		cli_json_end(&j);
	}
	cli_say(c, _("%s is withdrawn; the entry stays in the log with the reason"), a->pos[0]);
	return 0;
}

int cli_gps(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct jx_fix fix;
	char where[160];
	int64_t wait_ms;
	jx_rc rc = read_wait(a, &wait_ms, &err);

	if (rc == JX_OK)
		rc = jx_handheld_open_gps(&c->h, &err);
	if (rc == JX_OK)
		rc = jx_gps_read(c->h.gps, wait_ms, &fix, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_str(&j, "state", jx_gps_state_name(jx_gps_state(c->h.gps)));
		cli_json_fix(&j, "place", &fix);
		cli_json_int(&j, "doubts", jx_gps_doubts(c->h.gps));
		cli_json_end(&j);
		return 0;
	}
	cli_fix_text(&fix, jx_gps_reason(c->h.gps), where, sizeof(where));
	cli_say(c, "%s", where);
	if (fix.satellites_used >= 0)
		cli_say(c, _("satellites used %d, fix mode %d, age %lld ms"), fix.satellites_used, fix.mode,
			(long long)fix.age_ms);
	return 0;
}
