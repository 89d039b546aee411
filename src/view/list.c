/* Lists. */
#include <string.h>

#include "view_private.h"

struct job {
	struct jx_view__reader reader;
	const struct jx_view_query *q;
	jx_view_row_fn fn;
	void *user;
	int64_t given;
	bool is_done;
	struct jx_view_row row;
	struct jx_entry entry;
	struct jx_error *err;
};

static bool is_wanted(const struct jx_view_query *q, enum jx_kind kind)
{
	const bool is_finding = kind == JX_KIND_OBSERVATION || kind == JX_KIND_CORRECTION;

	if (q->current_only)
		return is_finding || (q->all_kinds && kind != JX_KIND_WITHDRAWAL);
	return q->all_kinds || is_finding || kind == JX_KIND_WITHDRAWAL;
}

static jx_rc give(void *user, const struct jx_log_row *row)
{
	struct job *job = user;
	jx_rc rc;

	if (!is_wanted(job->q, row->kind) || (job->q->current_only && row->is_replaced))
		return JX_OK;
	rc = jx_view__row(&job->reader, row, &job->row, &job->entry, job->err);
	if (rc == JX_OK && job->q->at_once_only && !job->row.is_at_once)
		return JX_OK; /* the form's name stands in another's note */
	if (rc == JX_OK)
		rc = job->fn(job->user, &job->row);
	if (rc != JX_OK)
		return rc;
	job->given++;
	job->is_done = job->q->limit > 0 && job->given >= job->q->limit;
	return job->is_done ? JX_EINTR : JX_OK;
}

static void free_words(struct jx_view__words **words)
{
	jx_view__words_free(*words);
}

jx_rc jx_view_list(jx_store *store, const jx_pack *pack, const struct jx_view_query *q, jx_view_row_fn fn,
		   void *user, struct jx_error *err)
{
	struct jx_log_query query = {.day = q->day,
				     .newest_first = q->newest_first,
				     .all_writers = q->all_writers,
				     .beyond = q->beyond};
	JX_CLEANUP(free_words) struct jx_view__words *words = NULL;
	JX_AUTO_FREE struct job *job = jx_xcalloc(1, sizeof(*job));
	jx_rc rc = JX_OK;

	job->reader.store = store;
	job->reader.pack = pack;
	job->reader.packs = q->packs;
	job->q = q;
	job->fn = fn;
	job->user = user;
	job->err = err;
	if (q->at_once_only) {
		jx_view__words_at_once(&job->reader, &words);
		if (words == NULL)
			return JX_OK;
	} else if (q->search != NULL) {
		rc = jx_view__words(&job->reader, q->search, &words, err);
	}
	if (rc == JX_OK && words != NULL)
		query.words = jx_view__words_list(words, &query.word_count);
	if (rc == JX_OK)
		rc = jx_store_each(store, &query, give, job, err);
	return job->is_done && rc == JX_EINTR ? JX_OK : rc;
}

struct photo_job {
	struct jx_view__reader reader;
	jx_view_photo_fn fn;
	void *user;
	struct jx_error *err;
};

static jx_rc give_photos(void *user, const struct jx_log_row *row)
{
	struct photo_job *job = user;
	struct jx_entry e;
	char number[JX_NUMBER_MAX];
	size_t i;
	jx_rc rc;

	if (row->photo_count == 0)
		return JX_OK;
	/* damage must not hide the photos behind it, and has its place and name in jx_view_verify() */
	if (jx_entry_decode(row->bytes, row->len, &e, NULL) != JX_OK)
		return JX_OK;
	rc = jx_view__number(&job->reader, row->writer, row->n, number, job->err);
	for (i = 0; rc == JX_OK && i < e.photo_count; i++) {
		bool is_let_go = false;

		rc = jx_store_is_let_go(job->reader.store, row->id, e.photos[i].sha256, &is_let_go, job->err);
		if (rc == JX_OK)
			rc = job->fn(job->user, number, &e.photos[i], is_let_go);
	}
	return rc;
}

jx_rc jx_view_each_photo(jx_store *store, jx_view_photo_fn fn, void *user, struct jx_error *err)
{
	const struct jx_log_query query = {.all_writers = true};
	struct photo_job job = {.reader = {.store = store}, .fn = fn, .user = user, .err = err};

	return jx_store_each(store, &query, give_photos, &job, err);
}
