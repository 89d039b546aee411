/*
 * Files and rows that do not fit. How they come about: a database restored from an older backup than its photos (files that no entry
 * lists), photos from an older one than the database, or a disk that loses files (rows without a file).
 */
#include <string.h>

#include "vault_private.h"

#define WHERE "vault.stray"

static jx_rc is_needed(struct jx_vault__db *db, const uint8_t sha256[JX_HASH_BYTES], bool *needed_out,
		       struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, PHOTO_NEEDED);

	jx_vault__bind_blob(&q, ":sha256", sha256, JX_HASH_BYTES);
	return jx_vault__step(&q, needed_out, WHERE, err);
}

static struct jx_vault_stray stray_of(const struct jx_media_file *f)
{
	struct jx_vault_stray s = {.kind = f->is_copy ? JX_VAULT_LONE_COPY : JX_VAULT_UNLISTED,
				   .size_bytes = f->size_bytes,
				   .modified_utc_ms = f->modified_utc_ms};

	memcpy(s.sha256, f->sha256, sizeof(s.sha256));
	return s;
}

/* ---- telling ---- */

struct look {
	struct jx_vault__sqlite *v;
	jx_vault_stray_fn fn;
	void *user;
	struct jx_error *err;
};

static jx_rc look_at_file(void *user, const struct jx_media_file *f)
{
	const struct look *l = user;
	const struct jx_vault_stray s = stray_of(f);
	bool needed = false;
	jx_rc rc;

	{
		JX_VAULT__HOLD(db, &l->v->point);
		rc = is_needed(db, f->sha256, &needed, l->err);
	}
	return rc == JX_OK && !needed ? l->fn(l->user, &s) : rc;
}

static jx_rc look_at_row(const struct look *l, const struct jx_vault__loan *q)
{
	struct jx_vault_stray s = {.kind = JX_VAULT_MISSING};
	jx_rc rc;

	jx_vault__copy(q, 0, s.sha256, sizeof(s.sha256));
	rc = jx_media_stat(l->v->media, s.sha256, &s.size_bytes, l->err);
	if (rc == JX_ENOTFOUND)
		return l->fn(l->user, &s);
	if (rc != JX_OK || jx_vault__is_null(q, 1) || s.size_bytes == jx_vault__i64(q, 1))
		return rc;
	/* an entry may list a wrong size, too: the hash decides */
	rc = jx_media_verify(l->v->media, s.sha256, NULL);
	s.kind = JX_VAULT_DAMAGED;
	return rc == JX_ECORRUPT ? l->fn(l->user, &s) : rc;
}

/* On a connection of its own, as check: syncs and feeds go on. */
static jx_rc look_at_rows(const struct look *l, struct jx_error *err)
{
	struct jx_vault__db db = {.path = l->v->path};
	jx_rc rc = jx_vault__db_open(&db, l->v->vfs, JX_VAULT__READ, err);

	if (rc == JX_OK) {
		JX_VAULT__LOAN(q, &db, PHOTOS_STORED);
		bool has_row = false;

		rc = jx_vault__step(&q, &has_row, WHERE, err);
		while (rc == JX_OK && has_row) {
			rc = look_at_row(l, &q);
			if (rc == JX_OK)
				rc = jx_vault__step(&q, &has_row, WHERE, err);
		}
	}
	jx_vault__db_close(&db);
	return rc;
}

jx_rc jx_vault__each_stray(jx_vault *base, jx_vault_stray_fn fn, void *user, struct jx_error *err)
{
	struct look l = {.v = jx_vault__of(base), .fn = fn, .user = user, .err = err};
	const jx_rc rc = jx_media_each_file(l.v->media, look_at_file, &l, err);

	return rc == JX_OK ? look_at_rows(&l, err) : rc;
}

/* ---- removing ---- */

struct drop {
	struct jx_vault__sqlite *v;
	const struct jx_vault_drop *how;
	bool may_drop_originals;
	jx_vault_stray_fn fn;
	void *user;
	struct jx_error *err;
};

/* What is from "the future" is as old as it is far: the clock was set back. As in media's sweep. */
static bool is_old(const struct drop *d, int64_t utc_ms)
{
	const int64_t age_ms = d->how->now_utc_ms > utc_ms ? d->how->now_utc_ms - utc_ms
							   : utc_ms - d->how->now_utc_ms;

	return age_ms >= d->how->keep_ms;
}

/*
 * The epoch is a UUID of version 7 wherever a vault was restored (jiexund new-epoch), and says when. That of a new vault is random and
 * says nothing: no backup was ever put over it.
 */
static jx_rc is_restored_lately(const struct drop *d, jx_vault *base, bool *lately_out, struct jx_error *err)
{
	uint8_t epoch[JX_ID_BYTES];
	int64_t utc_ms = 0;
	const jx_rc rc = base->ops->epoch(base, epoch, err);

	if (rc != JX_OK)
		return rc;
	for (int i = 0; i < 6; i++)
		utc_ms = utc_ms << 8 | epoch[i];
	*lately_out = epoch[6] >> 4 == 7 && epoch[8] >> 6 == 2 && !is_old(d, utc_ms);
	return JX_OK;
}

/*
 * Under the writer's lock: while it is held no entry is taken, so that what no entry lists now cannot be on its way in, for only what
 * is listed may be sent.
 */
static jx_rc drop_file(void *user, const struct jx_media_file *f)
{
	const struct drop *d = user;
	const struct jx_vault_stray s = stray_of(f);
	bool needed = true;
	jx_rc rc = JX_OK;

	if ((!f->is_copy && !d->may_drop_originals) || !is_old(d, f->modified_utc_ms))
		return JX_OK;
	{
		JX_VAULT__HOLD(db, &d->v->write);
		rc = is_needed(db, f->sha256, &needed, d->err);
		if (rc == JX_OK && !needed && !d->how->is_dry)
			rc = f->is_copy ? jx_media_drop_copy(d->v->media, f->sha256, f->kind, d->err)
					: jx_media_remove(d->v->media, f->sha256, d->err);
	}
	return rc == JX_OK && !needed && d->fn != NULL ? d->fn(d->user, &s) : rc;
}

jx_rc jx_vault__drop_strays(jx_vault *base, const struct jx_vault_drop *how, jx_vault_stray_fn fn, void *user,
			    struct jx_error *err)
{
	struct drop d = {.v = jx_vault__of(base), .how = how, .fn = fn, .user = user, .err = err};
	bool lately = true;
	const jx_rc rc = is_restored_lately(&d, base, &lately, err);

	d.may_drop_originals = how->with_originals && !lately;
	return rc == JX_OK ? jx_media_each_file(d.v->media, drop_file, &d, err) : rc;
}
