/*
 * Opening and closing. Order: lock, writer (which recovers and migrates), then the readers; closing the
 * other way round.
 */
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "vault_private.h"

#define WHERE "vault.open"

static void close_vault(jx_vault *base)
{
	struct jx_vault__sqlite *v = jx_vault__of(base);

	if (jx_control_is(JX_CONTROL_RECEIPT_BEFORE_COMMIT))
		jx_vault__control_commit_late(v);
	jx_media_close(v->media);
	jx_media_close(v->sent);
	/* readers first: the last connection to close checkpoints, and that is the writer's work */
	jx_vault__db_close(&v->walk);
	jx_vault__db_close(&v->point);
	jx_vault__db_close(&v->write);
	if (v->lock != NULL)
		v->fs->unlock(v->fs->user, v->lock);
	jx_vault__group_done(&v->group);
	(void)pthread_mutex_destroy(&v->walk.mutex);
	(void)pthread_mutex_destroy(&v->point.mutex);
	(void)pthread_mutex_destroy(&v->write.mutex);
	free(v->photo_dir);
	free(v->sent_dir);
	free(v->vfs);
	free(v->dir);
	free(v->path);
	free(v);
}

const struct jx_vault_ops jx_vault__sqlite_ops = {
	.close = close_vault,
	.epoch = jx_vault__epoch,
	.new_epoch = jx_vault__new_epoch,
	.writer = jx_vault__writer,
	.writer_by_short = jx_vault__writer_by_short,
	.each_writer = jx_vault__each_writer,
	.each_writer_of_short = jx_vault__each_writer_of_short,
	.add_server_writer = jx_vault__add_server_writer,
	.add_code = jx_vault__add_code,
	.code = jx_vault__code,
	.code_failed = jx_vault__code_failed,
	.enrol = jx_vault__enrol,
	.set_state = jx_vault__set_state,
	.set_area = jx_vault__set_area,
	.rotate = jx_vault__rotate,
	.take = jx_vault__take,
	.digests = jx_vault__digests,
	.fork_heads = jx_vault__fork_heads,
	.receipt = jx_vault__receipt,
	.fork_receipt = jx_vault__fork_receipt,
	.receipt_known = jx_vault__receipt_known,
	.mark_writer = jx_vault__mark_writer,
	.photo_listed = jx_vault__photo_listed,
	.photo_stored = jx_vault__photo_stored,
	.photo_receipt = jx_vault__photo_receipt,
	.photo_known = jx_vault__photo_known,
	.part_offset = jx_vault__part_offset,
	.part_open = jx_vault__part_open,
	.part_at = jx_vault__part_at,
	.part_write = jx_vault__part_write,
	.part_publish = jx_vault__part_publish,
	.part_drop = jx_vault__part_drop,
	.part_close = jx_vault__part_close,
	.photo_path = jx_vault__photo_path,
	.photo_bytes = jx_vault__photo_bytes,
	.free_bytes = jx_vault__free_bytes,
	.each_photo = jx_vault__each_photo,
	.copy = jx_vault__copy_of,
	.has_own_copy = jx_vault__has_own_copy,
	.keep_copy = jx_vault__keep_copy,
	.note_small = jx_vault__note_small,
	.each_stray = jx_vault__each_stray,
	.drop_strays = jx_vault__drop_strays,
	.sweep = jx_vault__sweep,
	.feed = jx_vault__feed,
	.add_keys = jx_vault__add_keys,
	.keys = jx_vault__keys,
	.add_pack = jx_vault__add_pack,
	.each_pack = jx_vault__each_pack,
	.pack_size = jx_vault__pack_size,
	.pack_read = jx_vault__pack_read,
	.counts = jx_vault__counts,
	.each_review = jx_vault__each_review,
	.check = jx_vault__check,
	.checkpoint = jx_vault__checkpoint,
};

static struct jx_vault__sqlite *new_vault(const struct jx_vault_sqlite_config *config)
{
	struct jx_vault__sqlite *v = jx_xcalloc(1, sizeof(*v));

	v->base.ops = &jx_vault__sqlite_ops;
	v->fs = config->fs;
	v->dir = jx_xstrdup(config->dir);
	v->path = jx_xasprintf("%s/vault.db", config->dir);
	v->vfs = config->vfs == NULL ? NULL : jx_xstrdup(config->vfs);
	v->write.path = v->point.path = v->walk.path = v->path;
	jx_vault__group_init(&v->group);
	(void)pthread_mutex_init(&v->write.mutex, NULL);
	(void)pthread_mutex_init(&v->point.mutex, NULL);
	(void)pthread_mutex_init(&v->walk.mutex, NULL);
	return v;
}

static jx_rc take_lock(struct jx_vault__sqlite *v, bool create, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/vault.lock", v->dir);
	int64_t size_bytes = 0, modified_utc_ms = 0;
	jx_rc rc = v->fs->stat(v->fs->user, v->path, &size_bytes, &modified_utc_ms, err);

	if (rc == JX_ENOTFOUND && !create)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "there is no server database %s: set the server up first", v->path);
	if (rc == JX_ENOTFOUND)
		rc = v->fs->make_dir(v->fs->user, v->dir, err);
	if (rc == JX_OK)
		rc = v->fs->lock(v->fs->user, path, 0, &v->lock, err);
	if (rc == JX_EBUSY)
		return jx_fail(err, JX_EBUSY, 0, WHERE, "another jiexund has %s open: stop it, or ask it",
			       v->path);
	return rc;
}

static jx_rc set_first_epoch(struct jx_vault__sqlite *v, const struct jx_rand *rand, struct jx_error *err)
{
	uint8_t epoch[JX_ID_BYTES];

	rand->fill(rand->user, epoch, sizeof(epoch));
	return jx_vault__add_meta(v, epoch, err);
}

static jx_rc open_writer(struct jx_vault__sqlite *v, const struct jx_vault_sqlite_config *config,
			 const struct jx_migration *table, size_t count, struct jx_error *err)
{
	int64_t version = 0;
	jx_rc rc = jx_vault__db_open(&v->write, config->vfs,
				     config->create ? JX_VAULT__CREATE : JX_VAULT__WRITE, err);

	/* Looked at before anything is set: a newer program's file is left as it is. */
	if (rc == JX_OK)
		rc = jx_vault__version(v, table, count, &version, err);
	if (rc == JX_OK && version == 0 && !config->create)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "the server database %s is empty: set the server up first", v->path);
	if (rc == JX_OK)
		rc = jx_vault__db_pragmas(&v->write, true, err);
	if (rc == JX_OK)
		rc = jx_vault__migrate(v, version, table, count, err);
	return rc == JX_OK ? set_first_epoch(v, config->rand, err) : rc;
}

static jx_rc open_reader(struct jx_vault__db *db, const char *vfs, struct jx_error *err)
{
	jx_rc rc = jx_vault__db_open(db, vfs, JX_VAULT__READ, err);

	return rc == JX_OK ? jx_vault__db_pragmas(db, false, err) : rc;
}

static jx_rc open_photos(struct jx_vault__sqlite *v, const struct jx_vault_sqlite_config *config,
			 struct jx_error *err)
{
	jx_rc rc;

	v->photo_dir = config->photo_dir == NULL ? jx_xasprintf("%s/photos", v->dir)
						 : jx_xstrdup(config->photo_dir);
	v->media_config = (struct jx_media_config){
		.dir = v->photo_dir,
		.fs = config->fs,
		.rand = config->rand,
		.max_bytes = config->photo_max_bytes,
	};
	v->sent_dir = jx_xasprintf("%s/sent", v->photo_dir);
	v->sent_config = v->media_config;
	v->sent_config.dir = v->sent_dir;
	rc = jx_media_open(&v->media_config, &v->media, err);
	if (rc == JX_OK)
		rc = jx_media_open(&v->sent_config, &v->sent, err);
	if (rc == JX_OK && config->prepare_photos)
		(void)jx_media_prepare(v->media,
				       NULL); /* only saves time later; a full disk may still be read */
	return rc;
}

jx_rc jx_vault__open(const struct jx_vault_sqlite_config *config, const struct jx_migration *table,
		     size_t count, jx_vault **vault_out, struct jx_error *err)
{
	struct jx_vault__sqlite *v = new_vault(config);
	JX_AUTO(jx_vault) base = &v->base; /* closed on every early return */
	jx_rc rc = take_lock(v, config->create, err);

	if (rc == JX_OK)
		rc = open_writer(v, config, table, count, err);
	if (rc == JX_OK)
		rc = open_reader(&v->point, config->vfs, err);
	if (rc == JX_OK)
		rc = open_reader(&v->walk, config->vfs, err);
	if (rc == JX_OK)
		rc = open_photos(v, config, err);
	if (rc == JX_OK)
		*vault_out = JX_STEAL(base);
	return rc;
}

jx_rc jx_vault_sqlite_open(const struct jx_vault_sqlite_config *config, jx_vault **vault_out,
			   struct jx_error *err)
{
	return jx_vault__open(config, vault_migrations, vault_migrations_count, vault_out, err);
}
