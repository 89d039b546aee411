/* The object: what is built in, and what lies on the disk. */
#include <stdlib.h>
#include <string.h>

#include "shelf_private.h"

void jx_shelf__note_received(jx_shelf *s, const jx_pack *pack)
{
	s->received = jx_xreallocarray(s->received, s->received_count + 1, sizeof(*s->received));
	s->received[s->received_count++] = pack;
}

jx_rc jx_shelf_open(const struct jx_fs *fs, const char *dir, jx_shelf **shelf_out, struct jx_error *err)
{
	JX_AUTO(jx_shelf) s = jx_xcalloc(1, sizeof(*s));
	jx_rc rc;

	s->fs = fs;
	s->dir = jx_xasprintf("%s/packs", dir);
	rc = jx_packs_new(&s->packs, err);
	if (rc == JX_OK)
		rc = jx_shelf__load_files(s, err);
	if (rc == JX_OK)
		rc = jx_shelf__read_problems(s, err);
	if (rc == JX_OK)
		*shelf_out = JX_STEAL(s);
	return rc;
}

bool jx_shelf_is_kept(const struct jx_fs *fs, const char *dir)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/packs", dir);
	int64_t size_bytes, modified_utc_ms;

	/* any other answer than that it is not there: whoever opens it will hear */
	return fs->stat(fs->user, path, &size_bytes, &modified_utc_ms, NULL) != JX_ENOTFOUND;
}

void jx_shelf_close(jx_shelf *shelf)
{
	if (shelf == NULL)
		return;
	jx_packs_free(shelf->packs);
	free(shelf->received);
	free(shelf->problems);
	free(shelf->dir);
	free(shelf);
}

const jx_packs *jx_shelf_packs(const jx_shelf *shelf)
{
	return shelf->packs;
}

bool jx_shelf_is_received(const jx_shelf *shelf, const jx_pack *pack)
{
	size_t i;

	for (i = 0; i < shelf->received_count; i++)
		if (shelf->received[i] == pack)
			return true;
	return false;
}
