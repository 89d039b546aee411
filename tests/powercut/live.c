/* Images and real folders. */
#include "live.h"

#include <stdlib.h>
#include <string.h>

struct compare {
	const struct pc_image *image;
	const char *dir;
	size_t files;
	struct jx_error *err;
};

static jx_rc compare_folder(const struct pc_image *image, const char *dir, size_t *files,
			    struct jx_error *err);

static jx_rc compare_one(void *user, const char *name)
{
	struct compare *c = user;
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", c->dir, name);
	const struct pc_entry *e = pc_image_find(c->image, path);
	const size_t len = strlen(name);
	JX_AUTO_BUF bytes = {0};
	jx_rc rc;

	if (len > 4 && strcmp(name + len - 4, "-shm") == 0)
		return JX_OK;
	if (e == NULL)
		return jx_fail(c->err, JX_ECORRUPT, 0, "powercut.live", "%s is there, but was not recorded",
			       path);
	if (e->is_dir)
		return compare_folder(c->image, path, &c->files, c->err);
	jx_buf_init(&bytes, (size_t)1 << 30);
	rc = jx_fs_read_all(jx_os_fs(), path, &bytes, c->err);
	if (rc != JX_OK)
		return rc;
	if (!pc_pages_equal(&e->file->pages, bytes.data, bytes.len))
		return jx_fail(c->err, JX_ECORRUPT, 0, "powercut.live",
			       "%s has other bytes than were recorded", path);
	c->files++;
	return JX_OK;
}

static jx_rc compare_folder(const struct pc_image *image, const char *dir, size_t *files,
			    struct jx_error *err)
{
	struct compare c = {.image = image, .dir = dir, .err = err};
	const jx_rc rc = jx_os_fs()->list(jx_os_fs()->user, dir, compare_one, &c, err);

	*files += c.files;
	return rc;
}

/* What is in the recording and not in the folder shows as a difference in number. */
jx_rc pc_compare(const struct pc_disk *d, struct jx_error *err)
{
	struct pc_image image = {.count = 0};
	size_t files = 0, recorded = 0;
	jx_rc rc;

	pc_image_build(&image, d, PC_KEPT, 0);
	for (size_t i = 0; i < image.count; i++)
		recorded += image.entry[i].file != NULL;
	rc = compare_folder(&image, d->root, &files, err);
	if (rc == JX_OK && files != recorded)
		rc = jx_fail(err, JX_ECORRUPT, 0, "powercut.live", "%s has %zu files, %zu were recorded",
			     d->root, files, recorded);
	pc_image_done(&image);
	free(image.entry);
	return rc;
}

jx_rc pc_write_out(const char *dir, const struct pc_found *f, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	const size_t skip = strlen(f->disk->root);
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < f->image.count && rc == JX_OK; i++) {
		const struct pc_entry *e = &f->image.entry[i];
		JX_AUTO_FREE char *path = jx_xasprintf(
			"%s/%s%s", dir, f->device != NULL ? f->device : f->disk->owner, e->path + skip);

		if (e->is_dir)
			rc = fs->make_dir(fs->user, path, err);
		if (e->file == NULL || rc != JX_OK)
			continue;
		JX_AUTO_FREE char *bytes = jx_xmalloc((size_t)e->file->pages.size_bytes + 1);

		(void)pc_pages_read(&e->file->pages, 0, bytes, (size_t)e->file->pages.size_bytes);
		rc = jx_fs_write_all(fs, path, bytes, (size_t)e->file->pages.size_bytes, err);
	}
	return rc;
}
