/* The desk's side of the page "today". */
#include "today_read.h"
#include "facts.h"

#include <string.h>

/* A search reads so many that are not in the index itself, in some 20 ms. */
#define BEHIND_MAX 1000

/* ---- a page of the list -------------------------------------------------------------------------------- */

struct reading {
	struct today_page_job *job;
	int64_t tried_utc_ms, rows;
	bool has_at_once; /* those stand above all others */
};

static jx_rc take_at_once(void *user, const struct jx_view_row *row)
{
	const struct reading *r = user;

	if (entry_is_at_once(row))
		g_ptr_array_insert(r->job->lines, (int)r->job->at_once++, app_line_new(row, r->tried_utc_ms));
	return JX_OK;
}

static jx_rc take_row(void *user, const struct jx_view_row *row)
{
	struct reading *r = user;
	struct today_page_job *job = r->job;

	r->rows++;
	job->newest_place = MAX(job->newest_place, row->log_place);
	job->oldest_place = job->oldest_place > 0 ? MIN(job->oldest_place, row->log_place) : row->log_place;
	if (!r->has_at_once || !entry_is_at_once(row))
		g_ptr_array_add(r->job->lines, app_line_new(row, r->tried_utc_ms));
	return JX_OK;
}

static jx_rc open_for(struct jx_handheld *h, struct jx_error *err)
{
	const jx_rc rc = facts_open_store(h, err);

	return rc == JX_OK ? jx_handheld_open_packs(h, err) : rc;
}

static int64_t tried(struct jx_handheld *h)
{
	char text[24];
	int64_t utc_ms = 0;

	if (jx_store_get(h->store, JX_SET_SYNC_UTC_MS, text, sizeof(text), NULL) == JX_OK)
		(void)jx_parse_i64(text, 0, INT64_MAX, &utc_ms);
	return utc_ms;
}

static void turn_over(GPtrArray *lines)
{
	for (guint i = 0; i < lines->len / 2; i++) {
		gpointer *one = &lines->pdata[i], *other = &lines->pdata[lines->len - 1 - i];
		gpointer kept = *one;

		*one = *other;
		*other = kept;
	}
}

/* From the side that is asked for: what lies between is not read, however much it is. */
static jx_rc read_rows(struct jx_handheld *h, struct jx_view_query *q, struct reading *r,
		       struct jx_error *err)
{
	const bool is_up = r->job->way == TODAY_NEWER || r->job->way == TODAY_OLDEST;
	jx_rc rc;

	q->limit = TODAY_PAGE_ROWS;
	q->newest_first = !is_up;
	q->beyond = r->job->beyond;
	rc = jx_view_list(h->store, h->pack, q, take_row, r, err);
	if (is_up)
		turn_over(r->job->lines);
	r->job->is_end = rc == JX_OK && r->rows < TODAY_PAGE_ROWS;
	return rc;
}

static jx_rc read_at_once(struct jx_handheld *h, struct jx_view_query *q, struct reading *r,
			  struct jx_error *err)
{
	q->limit = 0;
	q->newest_first = true;
	q->beyond = 0;
	q->at_once_only = true;
	return jx_view_list(h->store, h->pack, q, take_at_once, r, err);
}

static jx_rc read_page(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct today_page_job *job = (struct today_page_job *)base;
	struct jx_view_query q = {.all_writers = true};
	struct reading r = {.job = job};
	jx_rc rc = open_for(h, err);

	jx_handheld_today(h, job->today);
	if (rc != JX_OK)
		return rc;
	r.tried_utc_ms = tried(h);
	q.packs = h->packs;
	q.day = job->day[0] != '\0' ? job->day : NULL;
	q.search = job->search[0] != '\0' ? job->search : NULL;
	r.has_at_once = q.day != NULL && q.search == NULL;
	rc = read_rows(h, &q, &r, err);
	if (rc == JX_OK && r.has_at_once &&
	    (job->way == TODAY_NEWEST || (job->is_end && job->way != TODAY_OLDER)))
		rc = read_at_once(h, &q, &r, err);
	return rc;
}

static void free_page(struct desk_job *base)
{
	struct today_page_job *job = (struct today_page_job *)base;

	g_ptr_array_unref(job->lines);
	g_free(job);
}

struct today_page_job *today_page_job_new(void)
{
	struct today_page_job *job = g_new0(struct today_page_job, 1);

	job->base.work = read_page;
	job->base.free_job = free_page;
	job->lines = g_ptr_array_new_with_free_func(g_object_unref);
	return job;
}

/* ---- the statement of a day ------------------------------------------------------------------------------ */

static jx_rc take_missing(void *user, const struct jx_view_row *row)
{
	struct today_day_job *job = user;
	const bool is_missing = row->state == JX_ENTRY_SAVED || row->state == JX_ENTRY_FORKED;

	job->photos_missing += row->photo_count - row->photos_receipted;
	/* the first and the last of them: a line of numbers would have to be cut, and each of them says it in the list as well */
	if (is_missing && job->entries_missing++ == 0)
		jx_strcpy(job->first_missing, sizeof(job->first_missing), row->number);
	else if (is_missing)
		jx_strcpy(job->last_missing, sizeof(job->last_missing), row->number);
	return JX_OK;
}

static jx_rc read_day(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct today_day_job *job = (struct today_day_job *)base;
	struct jx_view_query q = {.all_kinds = true, .all_writers = true};
	char day[11];
	jx_rc rc = open_for(h, err);

	jx_strcpy(day, sizeof(day), job->day.day);
	if (day[0] == '\0')
		jx_handheld_today(h, day);
	q.day = day;
	q.packs = h->packs;
	if (rc == JX_OK)
		rc = jx_view_day(h->store, h->pack, day, &job->day, err);
	if (rc == JX_OK)
		rc = jx_view_list(h->store, h->pack, &q, take_missing, job, err);
	return rc;
}

struct today_day_job *today_day_job_new(void)
{
	struct today_day_job *job = g_new0(struct today_day_job, 1);

	job->base.work = read_day;
	return job;
}

/* ---- pictures ---------------------------------------------------------------------------------------------- */

GdkTexture *today_texture(struct jx_handheld *h, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			  struct jx_error *err)
{
	JX_AUTO_BUF copy;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GError) why = NULL;
	GdkTexture *texture;

	jx_buf_init(&copy, JX_COPY_BYTES_MAX);
	if (jx_handheld_open_media(h, err) != JX_OK ||
	    (jx_media_kept_copy(h->media, sha256, kind, &copy, NULL) != JX_OK &&
	     jx_media_copy(h->media, sha256, kind, NULL, &copy, err) != JX_OK))
		return NULL;
	bytes = g_bytes_new(copy.data, copy.len);
	texture = gdk_texture_new_from_bytes(bytes, &why);
	if (texture == NULL)
		(void)jx_fail(err, JX_EINVAL, 0, "app.picture", "the copy of the photo cannot be shown: %s",
			      why->message);
	return texture;
}

static jx_rc read_picture(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct today_picture_job *job = (struct today_picture_job *)base;
	JX_AUTO(jx_view_entry) e = NULL;
	char id[37];
	jx_rc rc = facts_open_store(h, err);

	jx_uuid_format(job->line->line.id, id);
	if (rc == JX_OK)
		rc = jx_view_show(h->store, NULL, id, &e, err);
	if (rc == JX_OK && e->entry.photo_count > 0)
		job->picture = today_texture(h, e->entry.photos[0].sha256, JX_COPY_SMALL, err);
	return rc;
}

static void free_picture(struct desk_job *base)
{
	struct today_picture_job *job = (struct today_picture_job *)base;

	g_clear_object(&job->picture);
	g_object_unref(job->line);
	g_free(job);
}

struct today_picture_job *today_picture_job_new(AppLine *line)
{
	struct today_picture_job *job = g_new0(struct today_picture_job, 1);

	job->base.work = read_picture;
	job->base.free_job = free_picture;
	job->line = g_object_ref(line);
	return job;
}

/* ---- the search index ---------------------------------------------------------------------------------------- */

static jx_rc fill_index(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct today_index_job *job = (struct today_index_job *)base;
	jx_rc rc = facts_open_store(h, err);

	if (rc == JX_OK)
		rc = jx_store_search_behind(h->store, &job->behind, err);
	if (rc != JX_OK || job->behind <= BEHIND_MAX || h->is_read_only) {
		job->behind = 0; /* what is left the search reads itself */
		return rc;
	}
	rc = jx_store_search_index(h->store, &job->behind, err);
	/* as jx does: the WAL stays small */
	if (rc == JX_OK && job->behind % 8000 < 500)
		rc = jx_store_checkpoint(h->store, err);
	return rc;
}

struct today_index_job *today_index_job_new(void)
{
	struct today_index_job *job = g_new0(struct today_index_job, 1);

	job->base.work = fill_index;
	return job;
}
