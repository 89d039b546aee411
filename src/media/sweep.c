/* What processes that were killed left behind. */
#include <stdlib.h>
#include <string.h>

#include "media_private.h"

/* A temporary this young may be another process's, being written now: an import takes seconds. */
#define TMP_KEEP_MS (INT64_C(10) * 60 * 1000)

struct job {
	jx_media *media;
	int64_t now_utc_ms, keep_ms, removed;
	struct jx_error *err;
};

static bool ends_with(const char *s, const char *end)
{
	const size_t len = strlen(s), end_len = strlen(end);

	return len >= end_len && strcmp(s + len - end_len, end) == 0;
}

/* By age either way: with a clock that was set back, a file from "the future" is as old as it is far. */
static bool is_old(int64_t now_utc_ms, int64_t modified_utc_ms, int64_t keep_ms)
{
	const int64_t age_ms = now_utc_ms > modified_utc_ms ? now_utc_ms - modified_utc_ms
							    : modified_utc_ms - now_utc_ms;

	return age_ms >= keep_ms;
}

static jx_rc sweep_one(void *arg, const char *name)
{
	struct job *job = arg;
	const struct jx_fs *fs = job->media->fs;
	JX_AUTO_FREE char *path = jx_media__tmp_path(job->media, name);
	int64_t size_bytes = 0, modified_utc_ms = 0, keep_ms;
	jx_rc rc;

	if (ends_with(name, ".tmp"))
		keep_ms = TMP_KEEP_MS;
	else if (ends_with(name, ".part"))
		keep_ms = job->keep_ms;
	else
		return JX_OK; /* not ours */
	rc = fs->stat(fs->user, path, &size_bytes, &modified_utc_ms, NULL);
	if (rc != JX_OK || !is_old(job->now_utc_ms, modified_utc_ms, keep_ms))
		return JX_OK; /* gone meanwhile, or young */
	rc = fs->remove(fs->user, path, job->err);
	if (rc == JX_OK)
		job->removed++;
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

jx_rc jx_media_sweep(jx_media *media, int64_t now_utc_ms, int64_t keep_ms, int64_t *removed_out,
		     struct jx_error *err)
{
	struct job job = {.media = media, .now_utc_ms = now_utc_ms, .keep_ms = keep_ms, .err = err};
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/tmp", media->dir);
	jx_rc rc = media->fs->list(media->fs->user, dir, sweep_one, &job, err);

	if (rc == JX_ENOTFOUND)
		rc = JX_OK; /* no photo was ever taken */
	if (rc == JX_OK)
		*removed_out = job.removed;
	return rc;
}
