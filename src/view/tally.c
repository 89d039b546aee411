/* Sums over checks: each once, by its newest version. */
#include <stdlib.h>
#include <string.h>

#include "view_private.h"

#define WHERE "view.tally"

struct job {
	struct jx_view__reader reader;
	const jx_pack *pack;
	const struct jx_view_tally_query *q;
	jx_tally *tally;
	struct jx_view_tally sums;
	struct jx_entry entry;
	struct jx_error *err;
};

static bool is_within(const char *area, const char *wanted)
{
	const size_t n = strlen(wanted);

	return strncmp(area, wanted, n) == 0 && (area[n] == '\0' || area[n] == '-');
}

static bool is_of_class(const struct jx_entry *e, const char *wanted)
{
	JX_AUTO_JSON doc = {.tok = NULL};

	return jx_json_parse(e->answers.data, e->answers.len, &jx_json_entry_limits, &doc, NULL) == JX_OK &&
	       jx_json_str_is(&doc, jx_json_get(&doc, 0, "unit_class"), wanted);
}

static bool is_wanted(const struct jx_view_tally_query *q, const struct jx_entry *e)
{
	return (q->area == NULL || is_within(e->area, q->area)) &&
	       (q->grid == NULL || strcmp(e->grid, q->grid) == 0) &&
	       (q->unit_class == NULL || is_of_class(e, q->unit_class));
}

static jx_rc leave_out(struct job *job, const struct jx_log_row *row, const struct jx_error *why)
{
	if (job->sums.left_out++ > 0)
		return JX_OK;
	job->sums.why = *why;
	return jx_view__number(&job->reader, row->writer, row->n, job->sums.first_left_out, job->err);
}

/* The version that counts. Its content decides, whoever asks: the device, the server or the office. */
static jx_rc add(void *user, const struct jx_log_row *row)
{
	struct job *job = user;
	struct jx_entry *e = &job->entry;
	const struct jx_form *form;
	const jx_pack *pack;
	struct jx_error why;
	jx_rc rc;

	/* damage is jx_view_verify()'s to tell, and no reason to show no grades */
	if (jx_entry_decode(row->bytes, row->len, e, &why) != JX_OK)
		return leave_out(job, row, &why);
	if (strcmp(e->pack, jx_pack_id(job->pack)) != 0 || e->answers.data == NULL || !is_wanted(job->q, e))
		return JX_OK;
	pack = jx_packs_version(job->reader.packs, e->pack, e->pack_version);
	form = pack != NULL ? jx_pack_form_find(pack, e->form) : NULL;
	if (form != NULL && form->is_observation)
		return JX_OK;
	if (form == NULL) {
		(void)jx_fail(&why, JX_ENOTFOUND, 0, WHERE,
			      "version %lld of pack %s is not on this device: run jx sync",
			      (long long)e->pack_version, e->pack);
		return leave_out(job, row, &why);
	}
	rc = jx_tally_add_answers(job->tally, pack, form->id, e->day, e->answers.data, e->answers.len, &why);
	if (rc == JX_EINVAL || rc == JX_ECONFLICT)
		return leave_out(job, row, &why);
	if (rc == JX_OK)
		job->sums.checks++;
	else if (job->err != NULL)
		*job->err = why;
	return rc;
}

static bool is_in_period(const struct jx_view_tally_query *q, const char *day)
{
	return (q->since == NULL || strcmp(day, q->since) >= 0) &&
	       (q->until == NULL || strcmp(day, q->until) <= 0);
}

static jx_rc take(void *user, const struct jx_log_row *row)
{
	struct job *job = user;
	struct jx_view__fate fate;
	jx_rc rc;

	/* the day of the check is that of its first version */
	if (jx_entry_decode(row->bytes, row->len, &job->entry, NULL) == JX_OK &&
	    !is_in_period(job->q, job->entry.day))
		return JX_OK;
	rc = jx_view__fate(&job->reader, row, &fate, job->err);
	if (rc != JX_OK || fate.is_withdrawn)
		return rc;
	return fate.is_corrected ? jx_store_by_id(job->reader.store, fate.newest, add, job, job->err)
				 : add(job, row);
}

jx_rc jx_view_tally(jx_store *store, const jx_packs *packs, const jx_pack *pack,
		    const struct jx_view_tally_query *q, jx_tally *tally, struct jx_view_tally *out,
		    struct jx_error *err)
{
	const struct jx_log_query query = {.kind = JX_KIND_OBSERVATION, .all_writers = true};
	JX_AUTO_FREE struct job *job = jx_xcalloc(1, sizeof(*job));
	jx_rc rc;

	job->reader.store = store;
	job->reader.packs = packs;
	job->pack = pack;
	job->q = q;
	job->tally = tally;
	job->err = err;
	rc = jx_store_each(store, &query, take, job, err);
	if (rc == JX_OK)
		*out = job->sums;
	return rc;
}
