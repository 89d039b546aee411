/* An open office: one process at a time, journal mended, index up to it. */
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

#define WHERE "office.desk"
/* An answer has at most 1 MiB; our copy of its lines has a line feed each. */
#define LINES_BYTES ((size_t)JX_WIRE_BATCH_BYTES_MAX + 65536)

static jx_rc lock(struct jx_office__desk *desk, int64_t wait_ms, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", desk->dir, JX_OFFICE__LOCK);
	jx_rc rc = desk->fs->lock(desk->fs->user, path, wait_ms, &desk->lock, err);

	if (rc == JX_EBUSY)
		return jx_fail(err, rc, 0, WHERE,
			       "another pull of this folder is under way; ask again when it is done");
	return rc;
}

jx_rc jx_office__desk_index(struct jx_office__desk *desk, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", desk->dir, JX_OFFICE__INDEX);
	jx_rc rc = JX_OK;

	if (desk->index_failed) {
		jx_office__index_close(JX_STEAL(desk->index));
		(void)desk->fs->remove(desk->fs->user, path, NULL);
		desk->index_failed = false;
	}
	if (desk->index == NULL)
		rc = jx_office__index_open(desk->fs, desk->dir, &desk->index, err);
	if (rc == JX_OK)
		rc = jx_office__index_catch_up(desk->index, &desk->journal, &desk->trust, err);
	desk->index_failed = rc == JX_ECORRUPT;
	return rc;
}

static jx_rc fill(struct jx_office__desk *desk, int64_t wait_ms, struct jx_error *err)
{
	const char *epoch;
	jx_rc rc = jx_office__account_load(desk->fs, desk->dir, &desk->account, err);

	if (rc == JX_OK)
		rc = lock(desk, wait_ms, err);
	if (rc != JX_OK)
		return rc;
	jx_office__trust_of(&desk->account, &desk->trust);
	rc = jx_shelf_open(desk->fs, desk->dir, &desk->shelf, err);
	if (rc == JX_OK)
		desk->packs = jx_shelf_packs(desk->shelf);
	if (rc == JX_OK)
		rc = jx_office__journal_open(desk->fs, desk->dir, &desk->journal, err);
	if (rc == JX_OK)
		rc = jx_office__desk_index(desk, err);
	/* once: an index that does not belong here is made anew */
	if (rc == JX_ECORRUPT && desk->index_failed)
		rc = jx_office__desk_index(desk, err);
	if (rc != JX_OK)
		return rc;
	epoch = jx_office__state_get(&desk->journal.state, JX_CLIENT_EPOCH);
	jx_strcpy(desk->epoch, sizeof(desk->epoch), epoch == NULL ? "" : epoch);
	return JX_OK;
}

jx_rc jx_office__desk_open(const struct jx_fs *fs, const struct jx_clock *clock, const char *dir,
			   int64_t wait_ms, struct jx_office__desk *desk, struct jx_error *err)
{
	jx_rc rc;

	memset(desk, 0, sizeof(*desk));
	desk->fs = fs;
	desk->clock = clock;
	desk->dir = jx_xstrdup(dir);
	jx_buf_init(&desk->lines, LINES_BYTES);
	rc = fill(desk, wait_ms, err);
	if (rc != JX_OK)
		jx_office__desk_close(desk);
	return rc;
}

void jx_office__desk_close(struct jx_office__desk *desk)
{
	jx_office__index_close(JX_STEAL(desk->index));
	jx_office__journal_close(&desk->journal);
	jx_shelf_close(JX_STEAL(desk->shelf));
	jx_buf_done(&desk->lines);
	if (desk->lock != NULL)
		desk->fs->unlock(desk->fs->user, desk->lock);
	desk->lock = NULL;
	free(JX_STEAL(desk->dir));
}

const jx_pack *jx_office__pack_of(const struct jx_office__desk *desk, const struct jx_entry *e)
{
	const jx_pack *pack;

	for (size_t i = 0; (pack = jx_packs_at(desk->packs, i)) != NULL; i++)
		if (strcmp(jx_pack_id(pack), e->pack) == 0 && jx_pack_version(pack) >= e->pack_version)
			return pack;
	return NULL;
}
