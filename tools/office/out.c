/* A file for people, made beside its place and put there whole: a spreadsheet that has the old one open loses nothing. */
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

#define FLUSH_BYTES ((size_t)256 * 1024)
/* One row at its largest: an entry of 64 KiB, escaped, with its names. */
#define ROW_BYTES ((size_t)1024 * 1024)

jx_rc jx_office__out_open(const struct jx_fs *fs, const char *dir, const char *name,
			  struct jx_office__out *out, struct jx_error *err)
{
	memset(out, 0, sizeof(*out));
	out->fs = fs;
	out->path = jx_xasprintf("%s/%s", dir, name);
	out->temp = jx_xasprintf("%s/.%s.tmp", dir, name);
	jx_buf_init(&out->b, FLUSH_BYTES + ROW_BYTES);
	(void)fs->remove(fs->user, out->temp, NULL); /* of a run that was stopped */
	return fs->create(fs->user, out->temp, &out->file, err);
}

jx_rc jx_office__out_flush(struct jx_office__out *out, bool all, struct jx_error *err)
{
	jx_rc rc = jx_buf_check(&out->b, out->path, err);

	if (rc != JX_OK || out->b.len == 0 || (!all && out->b.len < FLUSH_BYTES))
		return rc;
	rc = out->fs->write_at(out->fs->user, out->file, out->at, out->b.data, out->b.len, err);
	/* while the next rows are made, the disk has something to do */
	if (rc == JX_OK && !all && out->fs->write_out != NULL)
		out->fs->write_out(out->fs->user, out->file, out->at, out->b.len);
	if (rc == JX_OK)
		out->at += (int64_t)out->b.len;
	jx_buf_reset(&out->b);
	return rc;
}

/* Durable after the folder is synced too; the caller does that once for all files of a day. */
jx_rc jx_office__out_publish(struct jx_office__out *out, struct jx_error *err)
{
	jx_rc rc = jx_office__out_flush(out, true, err);

	if (rc == JX_OK)
		rc = out->fs->sync_data(out->fs->user, out->file, err);
	if (rc == JX_OK)
		rc = out->fs->rename(out->fs->user, out->temp, out->path, err);
	if (rc == JX_OK)
		free(JX_STEAL(out->temp));
	return rc;
}

void jx_office__out_close(struct jx_office__out *out)
{
	if (out->file != NULL)
		out->fs->close(out->fs->user, out->file);
	if (out->temp != NULL)
		(void)out->fs->remove(out->fs->user, out->temp, NULL);
	free(out->path);
	free(out->temp);
	jx_buf_done(&out->b);
	memset(out, 0, sizeof(*out));
}
