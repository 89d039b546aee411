/* What a day holds. */
#include <stdlib.h>
#include <string.h>

#include "view_private.h"

struct job {
	struct jx_view__reader reader;
	struct jx_view_day day;
	struct jx_view_row newest; /* the version of an observation that counts */
	struct jx_entry entry;
	struct jx_error *err;
};

static struct jx_view_group *group_of(struct jx_view_day *d, const struct jx_view_row *row)
{
	size_t i, at = 0;

	for (i = 0; i < d->group_count; i++) {
		const int order = strcmp(d->groups[i].code, row->group_code);

		if (order == 0)
			return &d->groups[i];
		if (order < 0)
			at = i + 1;
	}
	if (d->group_count == JX_VIEW_GROUPS_MAX)
		return NULL;
	memmove(&d->groups[at + 1], &d->groups[at], sizeof(d->groups[0]) * (d->group_count - at));
	d->group_count++;
	memset(&d->groups[at], 0, sizeof(d->groups[at]));
	jx_strcpy(d->groups[at].code, sizeof(d->groups[at].code), row->group_code);
	jx_strcpy(d->groups[at].name, sizeof(d->groups[at].name), row->group);
	return &d->groups[at];
}

/* Adds one to the sums of the day and of the disorder. */
static void count_result(struct jx_view_day *d, const struct jx_view_row *row)
{
	struct jx_view_group *g = group_of(d, row);
	struct jx_view_group rest = {
		.found = 0}; /* more disorders than have room: they count in the sums only */

	if (g == NULL)
		g = &rest;
	if (strcmp(row->result, "found") == 0) {
		d->found++;
		g->found++;
		d->self_handled += row->is_self_handled ? 1 : 0;
		g->self_handled += row->is_self_handled ? 1 : 0;
	} else if (strcmp(row->result, "nothing-found") == 0) {
		d->nothing_found++;
		g->nothing_found++;
	} else if (strcmp(row->result, "no-access") == 0) {
		d->no_access++;
		g->no_access++;
	}
}

static jx_rc take_newest(void *user, const struct jx_log_row *row)
{
	struct job *job = user;

	return jx_view__row(&job->reader, row, &job->newest, &job->entry, job->err);
}

static jx_rc count_observation(struct job *job, const struct jx_log_row *row)
{
	struct jx_view_day *d = &job->day;
	struct jx_view__fate fate;
	jx_rc rc = jx_view__fate(&job->reader, row, &fate, job->err);

	if (rc != JX_OK)
		return rc;
	d->observations++;
	if (fate.is_withdrawn) {
		d->withdrawn++;
		return JX_OK;
	}
	d->corrected += fate.is_corrected ? 1 : 0;
	if (fate.is_corrected)
		rc = jx_store_by_id(job->reader.store, fate.newest, take_newest, job, job->err);
	else
		rc = take_newest(job, row);
	if (rc == JX_OK && job->newest.is_check)
		d->checks++;
	else if (rc == JX_OK)
		count_result(d, &job->newest);
	return rc;
}

static void count_state(struct jx_view_day *d, enum jx_entry_state state)
{
	switch (state) {
	case JX_ENTRY_SAVED:
		d->saved++;
		break;
	case JX_ENTRY_SENT:
		d->sent++;
		break;
	case JX_ENTRY_COMPLETE:
		d->complete++;
		break;
	case JX_ENTRY_FORKED:
	default:
		d->forked++;
		break;
	}
}

static jx_rc count(void *user, const struct jx_log_row *row)
{
	struct job *job = user;
	const bool is_finding = row->kind == JX_KIND_OBSERVATION || row->kind == JX_KIND_CORRECTION;

	count_state(&job->day, row->state);
	if (is_finding)
		job->day.photos += row->photo_count;
	if (row->kind == JX_KIND_DAY_CLOSE)
		job->day.is_closed = true;
	else if (is_finding)
		job->day.is_closed = false;
	return row->kind == JX_KIND_OBSERVATION ? count_observation(job, row) : JX_OK;
}

jx_rc jx_view_day(jx_store *store, const jx_pack *pack, const char *day, struct jx_view_day *out,
		  struct jx_error *err)
{
	const struct jx_log_query q = {.day = day, .all_writers = true};
	JX_AUTO_FREE struct job *job = jx_xcalloc(1, sizeof(*job));
	jx_rc rc;

	if (!jx_day_ok(day))
		return jx_fail(err, JX_EINVAL, 0, "view.day",
			       "\"%s\" is no date: write year-month-day such as 2026-09-01", day);
	job->reader.store = store;
	job->reader.pack = pack;
	job->err = err;
	jx_strcpy(job->day.day, sizeof(job->day.day), day);
	rc = jx_store_each(store, &q, count, job, err);
	if (rc == JX_OK)
		*out = job->day;
	return rc;
}
