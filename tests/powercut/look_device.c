/* A handheld that is switched on again. */
#include "look_private.h"
#include "upgrade.h"

#include "jiexun/store.h"
#include "jiexun/view.h"

#include <stdio.h>
#include <string.h>

struct job {
	struct pc_host *host;
	struct pc_seen *seen;
	const char *folder;
	const uint8_t *writer;
};

static jx_rc see_photos(struct job *job, struct pc_seen_entry *seen, const struct jx_log_row *row)
{
	struct jx_entry e;

	if (row->photo_count == 0)
		return JX_OK;
	if (jx_entry_decode(row->bytes, row->len, &e, NULL) != JX_OK) {
		pc__damage(job->seen, "entry", "its bytes cannot be read");
		return JX_OK;
	}
	seen->photo_count = (int32_t)e.photo_count;
	for (size_t i = 0; i < e.photo_count; i++) {
		pc__add_photo(job->seen, e.photos[i].sha256);
		/* saved or not yet shown as saved: an entry that is there has its photos */
		if (!pc__is_photo_good(job->host, job->folder, e.photos[i].sha256)) {
			char text[64];

			seen->bad_photo_count++;
			(void)snprintf(text, sizeof(text), "entry %lld, photo %zu", (long long)row->n, i + 1);
			pc__damage(job->seen, "a photo is missing or has other bytes", text);
		}
	}
	return JX_OK;
}

static jx_rc see_entry(void *user, const struct jx_log_row *row)
{
	struct job *job = user;
	struct pc_seen_writer *w = &job->seen->writer[job->seen->writer_count - 1];
	struct pc_seen_entry *e;

	if (memcmp(row->writer, w->id, JX_ID_BYTES) != 0)
		return JX_OK;
	e = pc__add_entry(job->seen);
	w->entry_count++;
	if (row->n != w->entry_count)
		pc__damage(job->seen, "log", "a number is missing");
	memcpy(e->id, row->id, sizeof(e->id));
	memcpy(e->digest, row->digest, sizeof(e->digest));
	e->state = (int32_t)row->state;
	return see_photos(job, e, row);
}

static jx_rc see_identity(void *user, const struct jx_identity *id)
{
	struct job *job = user;
	struct pc_seen_writer *w = pc__add_writer(job->seen);

	memcpy(w->id, id->writer, sizeof(w->id));
	memcpy(w->public_key, id->public_key, sizeof(w->public_key));
	return JX_OK;
}

static jx_rc see_log(struct job *job, jx_store *store, struct jx_error *err)
{
	const struct jx_log_query all = {.all_writers = true};
	const int32_t writers = job->seen->writer_count;
	jx_rc rc = JX_OK;

	for (int32_t i = 0; i < writers && rc == JX_OK; i++) {
		/* see_entry() takes the last writer's */
		job->seen->writer_count = i + 1;
		job->seen->writer[i].entry_first = job->seen->entry_count;
		rc = jx_store_each(store, &all, see_entry, job, err);
	}
	job->seen->writer_count = writers;
	return rc;
}

static jx_rc see_all(struct job *job, jx_store *store, struct jx_error *err)
{
	struct jx_view_verify v;
	jx_rc rc = jx_store_each_identity(store, see_identity, job, err);

	if (rc == JX_OK)
		rc = see_log(job, store, err);
	if (rc == JX_OK)
		rc = jx_view_verify(store, &v, err);
	if (rc == JX_OK && v.damage_count > 0)
		pc__damage(job->seen, v.first_number, v.first.text);
	return rc;
}

void pc_look_device(struct pc_host *h, const char *root, struct pc_seen *out)
{
	JX_AUTO_FREE char *folder = jx_xasprintf("%s/" PC_DATA_FOLDER, root);
	JX_AUTO_FREE char *database = jx_xasprintf("%s/jiexun.db", folder);
	const struct jx_store_config config = {
		.dir = folder, .vfs = PC_HOST_VFS, .fs = &h->fs, .clock = &h->clock};
	struct job job = {.host = h, .seen = out, .folder = folder};
	JX_AUTO(jx_store) store = NULL;
	struct jx_error err = {0};
	jx_rc rc;

	*out = (struct pc_seen){.is_there = pc_image_find(&h->image, database) != NULL};
	rc = pc_store_open(&config, h->is_trial, &store, &err);
	if (rc == JX_OK)
		rc = see_all(&job, store, &err);
	if (rc != JX_OK)
		pc__damage(out, "the device does not start", err.text);
}
