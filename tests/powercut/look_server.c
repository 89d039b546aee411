/* A server that is switched on again. */
#include "look_private.h"
#include "upgrade.h"

#include "jiexun/vault.h"

#include <stdio.h>
#include <string.h>

struct job {
	struct pc_host *host;
	struct pc_seen *seen;
	const char *folder;
	jx_vault *vault;
};

static jx_rc see_writer(void *user, const struct jx_writer *wr)
{
	struct job *job = user;
	struct pc_seen_writer *w = pc__add_writer(job->seen);

	memcpy(w->id, wr->id, sizeof(w->id));
	memcpy(w->public_key, wr->public_key, sizeof(w->public_key));
	w->entry_count = (int32_t)wr->n;
	return JX_OK;
}

static jx_rc see_digest(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES],
			const uint8_t head[JX_HASH_BYTES])
{
	struct job *job = user;
	struct pc_seen_entry *e = pc__add_entry(job->seen);

	(void)n;
	(void)head;
	memcpy(e->digest, digest, sizeof(e->digest));
	return JX_OK;
}

static jx_rc see_entries(struct job *job, struct jx_error *err)
{
	const struct jx_vault_ops *ops = job->vault->ops;
	jx_rc rc = JX_OK;

	for (int32_t i = 0; i < job->seen->writer_count && rc == JX_OK; i++) {
		struct pc_seen_writer *w = &job->seen->writer[i];

		w->entry_first = job->seen->entry_count;
		if (w->entry_count > 0)
			rc = ops->digests(job->vault, w->id, 1, w->entry_count, see_digest, job, err);
		if (rc == JX_OK && job->seen->entry_count - w->entry_first != w->entry_count)
			pc__damage(job->seen, "a writer's log", "a number is missing");
	}
	return rc;
}

static jx_rc see_item(void *user, const struct jx_vault_item *item)
{
	struct job *job = user;
	char hex[2 * JX_HASH_BYTES + 1];

	if (item->kind != JX_VAULT_PHOTO_RECEIPT)
		return JX_OK;
	if (pc__is_photo_good(job->host, job->folder, item->sha256)) {
		pc__add_good_photo(job->seen, item->sha256);
		return JX_OK;
	}
	jx_hex(item->sha256, JX_HASH_BYTES, hex);
	pc__damage(job->seen, "a photo with a receipt is missing or has other bytes", hex);
	return JX_OK;
}

static jx_rc see_counts(struct job *job, struct jx_error *err)
{
	struct jx_vault_counts c;
	char text[120];
	const jx_rc rc = job->vault->ops->counts(job->vault, &c, err);

	if (rc != JX_OK || (c.gaps == 0 && c.duplicates == 0 && c.quarantined == 0))
		return rc;
	(void)snprintf(text, sizeof(text), "%lld duplicates, %lld gaps, %lld in quarantine",
		       (long long)c.duplicates, (long long)c.gaps, (long long)c.quarantined);
	pc__damage(job->seen, "counts", text);
	return JX_OK;
}

static jx_rc see_all(struct job *job, struct jx_error *err)
{
	const struct jx_vault_ops *ops = job->vault->ops;
	const struct jx_vault_scope all = {.all = true};
	jx_rc rc = ops->check(job->vault, err);

	if (rc == JX_OK)
		rc = ops->each_writer(job->vault, see_writer, job, err);
	if (rc == JX_OK)
		rc = see_entries(job, err);
	if (rc == JX_OK)
		rc = ops->feed(job->vault, &all, 0, 1000000, see_item, job, err);
	return rc == JX_OK ? see_counts(job, err) : rc;
}

void pc_look_server(struct pc_host *h, const char *root, struct pc_seen *out)
{
	JX_AUTO_FREE char *folder = jx_xasprintf("%s/" PC_DATA_FOLDER, root);
	struct jx_vault_sqlite_config config = {
		.dir = folder, .vfs = PC_HOST_VFS, .fs = &h->fs, .rand = &h->rand};
	struct job job = {.host = h, .seen = out, .folder = folder};
	JX_AUTO(jx_vault) vault = NULL;
	struct jx_error err = {0};
	jx_rc rc;

	*out = (struct pc_seen){.is_there = 1};
	rc = pc_vault_open(&config, h->is_trial, &vault, &err);
	if (rc == JX_ENOTFOUND) {
		/* set-up was interrupted: doing it again must work */
		out->is_there = 0;
		config.create = true;
		rc = pc_vault_open(&config, h->is_trial, &vault, &err);
	}
	job.vault = vault;
	if (rc == JX_OK)
		rc = see_all(&job, &err);
	if (rc != JX_OK)
		pc__damage(out, "the server does not start", err.text);
}
