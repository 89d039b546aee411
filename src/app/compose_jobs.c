/* What the desk does for a composition. */
#include <string.h>

#include "compose.h"
#include "jiexun/view.h"

#define MB 1000000 /* as the profile counts */

/* ---- packs --------------------------------------------------------------------------------------------- */

struct composing *composing_copy(const struct composing *from)
{
	struct composing *c = g_new0(struct composing, 1);

	*c = *from;
	c->packs = jx_packs_copy(from->packs);
	return c;
}

void composing_free(struct composing *c)
{
	if (c == NULL)
		return;
	jx_packs_free(c->packs);
	g_free(c);
}

jx_rc composing_read(struct jx_handheld *h, struct composing **out, struct jx_error *err)
{
	struct composing *c;
	const jx_rc rc = jx_handheld_open_packs(h, err);

	if (rc != JX_OK)
		return rc;
	c = g_new0(struct composing, 1);
	c->packs = jx_packs_copy(h->packs);
	c->pack = h->pack;
	jx_handheld_pack_day(h, c->day);
	*out = c;
	return JX_OK;
}

/* ---- keeping ------------------------------------------------------------------------------------------- */

struct keeper {
	gatomicrefcount refs; /* the page's, and a queued job's */
	GMutex lock;
	struct jx_compose newest;
	bool is_queued;
	uint64_t given, written; /* how often it changed, and up to which of these the disk has it */
};

struct keep_job {
	struct desk_job job;
	struct keeper *keeper;
	struct jx_draft draft; /* as it was begun */
	void (*kept)(gpointer owner, const struct jx_draft *draft, const struct jx_error *err);
};

struct keeper *keeper_new(void)
{
	struct keeper *k = g_new0(struct keeper, 1);

	g_atomic_ref_count_init(&k->refs);
	g_mutex_init(&k->lock);
	return k;
}

void keeper_free(struct keeper *k)
{
	if (k == NULL || !g_atomic_ref_count_dec(&k->refs))
		return;
	g_mutex_clear(&k->lock);
	g_free(k);
}

static jx_rc keep(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct keep_job *j = (struct keep_job *)job;
	struct jx_compose *c = g_new(struct jx_compose, 1);
	uint64_t given;
	jx_rc rc;

	g_mutex_lock(&j->keeper->lock);
	*c = j->keeper->newest;
	given = j->keeper->given;
	j->keeper->is_queued = false;
	g_mutex_unlock(&j->keeper->lock);
	rc = jx_compose_keep(h, c, err);
	if (rc == JX_OK) {
		g_mutex_lock(&j->keeper->lock);
		j->keeper->written = given;
		g_mutex_unlock(&j->keeper->lock);
	}
	j->draft = c->draft;
	g_free(c);
	return rc;
}

static void tell_kept(struct desk_job *job, gpointer owner)
{
	struct keep_job *j = (struct keep_job *)job;

	/* saved meanwhile: the entry is there, the draft is done with */
	j->kept(owner, &j->draft, job->rc == JX_OK || job->rc == JX_EEXISTS ? NULL : &job->err);
}

static void free_keep(struct desk_job *job)
{
	struct keep_job *j = (struct keep_job *)job;

	keeper_free(j->keeper);
	g_free(j);
}

void keeper_keep(struct keeper *k, struct desk *desk, const struct jx_compose *c, GObject *owner,
		 void (*kept)(gpointer owner, const struct jx_draft *draft, const struct jx_error *err))
{
	struct keep_job *j;
	bool is_queued;

	g_mutex_lock(&k->lock);
	k->newest = *c;
	k->given++;
	is_queued = k->is_queued;
	k->is_queued = true;
	g_mutex_unlock(&k->lock);
	if (is_queued)
		return;
	j = g_new0(struct keep_job, 1);
	g_atomic_ref_count_inc(&k->refs);
	*j = (struct keep_job){
		.job = {.work = keep, .done = tell_kept, .free_job = free_keep}, .keeper = k, .kept = kept};
	desk_post(desk, &j->job, owner);
}

bool keeper_has_all(struct keeper *k)
{
	bool has_all;

	g_mutex_lock(&k->lock);
	has_all = k->written == k->given;
	g_mutex_unlock(&k->lock);
	return has_all;
}

/* ---- one composition ----------------------------------------------------------------------------------- */

struct compose_job *compose_job_new(const struct jx_compose *c)
{
	struct compose_job *j = g_new0(struct compose_job, 1);

	j->job.free_job = compose_job_free;
	if (c != NULL) {
		j->c = *c;
		memcpy(j->id, c->draft.id, JX_ID_BYTES);
	}
	return j;
}

void compose_job_free(struct desk_job *job)
{
	struct compose_job *j = (struct compose_job *)job;

	lens_picture_free(j->picture);
	composing_free(j->by);
	for (size_t i = 0; i < JX_PHOTOS_MAX; i++)
		g_clear_object(&j->textures[i]);
	g_clear_object(&j->before);
	g_clear_weak_pointer(&j->inside);
	g_free(j);
}

jx_rc compose_work_add(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct compose_job *j = (struct compose_job *)job;
	size_t len;
	const void *data = g_bytes_get_data(j->picture->jpeg, &len);
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc == JX_OK)
		rc = jx_compose_add_photo(h, &j->c, data, len, j->role, j->picture->how, err);
	if (rc == JX_OK && j->is_replacing)
		rc = jx_compose_drop_photo(h, &j->c, j->index, err);
	return rc;
}

jx_rc compose_work_drop(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct compose_job *j = (struct compose_job *)job;

	return jx_compose_drop_photo(h, &j->c, j->index, err);
}

jx_rc compose_work_save(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct compose_job *j = (struct compose_job *)job;
	jx_rc rc = jx_compose_save(h, &j->c, &j->n, err);

	/* what is shown as saved was read from the database */
	if (rc == JX_OK)
		rc = jx_view_number(h->store, j->c.draft.id, j->number, err);
	return rc;
}

jx_rc compose_work_aside(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	return jx_compose_set_aside(h, ((struct compose_job *)job)->id, true, err);
}

jx_rc compose_work_back(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	const jx_rc rc = jx_compose_set_aside(h, ((struct compose_job *)job)->id, false, err);

	return rc == JX_OK ? compose_work_load(h, job, err) : rc;
}

static void read_textures(struct jx_handheld *h, struct compose_job *j)
{
	struct jx_error ignored;

	for (size_t i = 0; i < j->c.photo_count; i++) {
		JX_AUTO_BUF b;

		jx_buf_init(&b, (size_t)(h->profile.photo_max_mb * MB));
		if (jx_compose_read_photo(h, &j->c, i, &b, &ignored) == JX_OK)
			j->textures[i] = lens_look_at(b.data, b.len);
	}
}

static void read_before(struct jx_handheld *h, struct compose_job *j)
{
	uint8_t sha256[JX_HASH_BYTES];
	struct jx_error ignored;
	JX_AUTO_BUF b;
	g_autoptr(GBytes) bytes = NULL;

	jx_buf_init(&b, JX_COPY_BYTES_MAX);
	if (!jx_unhex(j->c.before, strlen(j->c.before), sha256, sizeof(sha256)) ||
	    jx_handheld_open_media(h, &ignored) != JX_OK ||
	    jx_media_copy(h->media, sha256, JX_COPY_SCREEN, NULL, &b, &ignored) != JX_OK)
		return;
	bytes = g_bytes_new(b.data, b.len);
	j->before = gdk_texture_new_from_bytes(bytes, NULL);
}

static jx_rc finish_opening(struct jx_handheld *h, struct compose_job *j, struct jx_error *err)
{
	const jx_pack *pack;
	const jx_rc rc = composing_read(h, &j->by, err);

	if (rc != JX_OK)
		return rc;
	pack = j->c.draft.pack[0] != '\0'
		       ? jx_packs_version(j->by->packs, j->c.draft.pack, j->c.draft.pack_version)
		       : NULL;
	if (pack != NULL)
		j->by->pack = pack;
	read_textures(h, j);
	read_before(h, j);
	return JX_OK;
}

jx_rc compose_work_load(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct compose_job *j = (struct compose_job *)job;
	const jx_rc rc = jx_compose_load(h, j->id, &j->c, err);

	return rc == JX_OK ? finish_opening(h, j, err) : rc;
}

jx_rc compose_work_correct(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct compose_job *j = (struct compose_job *)job;
	const jx_rc rc = jx_compose_correct(h, j->id, &j->c, err);

	return rc == JX_OK ? finish_opening(h, j, err) : rc;
}

jx_rc compose_work_after(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct compose_job *j = (struct compose_job *)job;
	const jx_rc rc = jx_compose_after(h, j->id, &j->c, err);

	return rc == JX_OK ? finish_opening(h, j, err) : rc;
}

jx_rc compose_work_withdraw(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct compose_job *j = (struct compose_job *)job;
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc == JX_OK)
		rc = jx_record_withdrawal(&h->recorder, j->id, _("undone right after it was saved"), &j->n,
					  err);
	return rc;
}
