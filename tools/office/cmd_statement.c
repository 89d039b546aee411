/* jx-office statement: per writer and business day, what was recorded and what is here. */
#include "program.h"

#include <stdio.h>
#include <string.h>

static void row_json(const struct jx_day_row *r)
{
	struct jx_office__json j;

	jx_office__json_begin(&j);
	jx_office__json_uuid(&j, "writer", r->writer);
	jx_office__json_str(&j, "short", r->short_code);
	jx_office__json_str(&j, "day", r->day);
	jx_office__json_str(&j, "state", jx_day_state_name(r->state));
	jx_office__json_int(&j, "observations_recorded", r->observations_recorded);
	jx_office__json_int(&j, "observations_stored", r->observations_stored);
	jx_office__json_int(&j, "photos_recorded", r->photos_recorded);
	jx_office__json_int(&j, "photos_listed", r->photos_listed);
	jx_office__json_int(&j, "photos_stored", r->photos_stored);
	jx_office__json_int(&j, "gaps", r->gaps);
	jx_office__json_int(&j, "last_n", r->last_n);
	jx_office__json_int(&j, "last_heard_utc_ms", r->last_heard_utc_ms);
	jx_office__json_int(&j, "missing_first_n", r->missing_first_n);
	office_print(&j);
}

static void state_text(const struct jx_day_row *r, char *out, size_t cap)
{
	char heard[24];

	office_time(r->last_heard_utc_ms, r->day, heard, sizeof(heard));
	if (r->state == JX_DAY_COMPLETE)
		(void)snprintf(out, cap, "%s", _("complete"));
	else if (r->state == JX_DAY_OPEN)
		(void)snprintf(out, cap, _("open: last heard %s at %s-%lld"), heard, r->short_code,
			       (long long)r->last_n);
	else if (r->missing_first_n > 0)
		(void)snprintf(out, cap, _("missing: entries from %s-%lld on"), r->short_code,
			       (long long)r->missing_first_n);
	else if (r->observations_recorded > r->observations_stored)
		(void)snprintf(out, cap, _("missing: %lld observations"),
			       (long long)(r->observations_recorded - r->observations_stored));
	else if (r->photos_listed > r->photos_stored)
		(void)snprintf(out, cap, _("missing: %lld photos"),
			       (long long)(r->photos_listed - r->photos_stored));
	else
		(void)snprintf(out, cap, "%s",
			       _("missing: the day-close states something else than what is here"));
}

static void count_text(int64_t have, int64_t of, char *out, size_t cap)
{
	if (of < 0)
		(void)snprintf(out, cap, "%lld/?", (long long)have);
	else
		(void)snprintf(out, cap, "%lld/%lld", (long long)have, (long long)of);
}

static void row_text(const struct jx_day_row *r)
{
	char text[160];

	office_cell(r->short_code, 8);
	office_cell(r->day, 10);
	count_text(r->observations_stored, r->observations_recorded, text, sizeof(text));
	office_cell(text, 12);
	count_text(r->photos_stored, r->photos_recorded >= 0 ? r->photos_recorded : r->photos_listed, text,
		   sizeof(text));
	office_cell(text, 10);
	(void)snprintf(text, sizeof(text), "%lld", (long long)r->gaps);
	office_cell(text, 4);
	state_text(r, text, sizeof(text));
	printf("%s\n", text);
}

static void heading(void)
{
	office_cell(_("writer"), 8);
	office_cell(_("day"), 10);
	office_cell(_("stored/rec."), 12);
	office_cell(_("photos"), 10);
	office_cell(_("gaps"), 4);
	printf("%s\n", _("state"));
}

jx_rc office_show_statement(const struct office *o, struct jx_office__desk *desk, const char *day,
			    int64_t *rows_out, int64_t *incomplete_out, struct jx_error *err)
{
	JX_CLEANUP(jx_office__rows_done) struct jx_office__rows rows = {.count = 0};
	int64_t incomplete = 0;
	const jx_rc rc = jx_office__index_rows(desk->index, day, &rows, err);

	if (rc != JX_OK)
		return rc;
	if (rows.count > 0 && !o->json && !o->quiet)
		heading();
	for (size_t i = 0; i < rows.count; i++) {
		if (o->json)
			row_json(&rows.row[i]);
		else if (!o->quiet)
			row_text(&rows.row[i]);
		incomplete += rows.row[i].state != JX_DAY_COMPLETE ? 1 : 0;
	}
	*rows_out = (int64_t)rows.count;
	*incomplete_out = incomplete;
	return JX_OK;
}

int office_statement(struct office *o, const struct office_args *a)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_office__desk desk;
	const char *day = office_value(a, "day");
	int64_t rows = 0, incomplete = 0;
	jx_rc rc = JX_OK;

	if (day != NULL && !jx_day_ok(day))
		rc = jx_fail(&err, JX_EINVAL, 0, "office.statement",
			     "field \"day\": \"%s\" is no date; write it as YYYY-MM-DD", day);
	/* a pull keeps its lock for a minute at most while it writes files */
	if (rc == JX_OK)
		rc = jx_office__desk_open(jx_os_fs(), jx_os_clock(), o->dir, 2000, &desk, &err);
	if (rc != JX_OK)
		return office_fail(o, &err);
	rc = office_show_statement(o, &desk, day, &rows, &incomplete, &err);
	jx_office__desk_close(&desk);
	if (rc != JX_OK)
		return office_fail(o, &err);
	if (rows == 0)
		office_say(o, "%s", _("nothing was recorded, or nothing was pulled yet"));
	else if (incomplete > 0)
		office_say(o, _("%lld of %lld are not complete"), (long long)incomplete, (long long)rows);
	return 0;
}
