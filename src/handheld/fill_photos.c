/* Photos of a form's draft: put beside it when they are taken, the entry's when it is saved. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jiexun/handheld.h"

#define WHERE   "fill.photo"
#define MB      1000000 /* as the profile counts */
#define BY_LENS ".camera.jpg"

jx_rc jx_handheld_photo_room(struct jx_handheld *h, size_t len, struct jx_error *err)
{
	const int64_t reserve_bytes = h->profile.reserve_mb * MB;
	int64_t free_bytes = 0;
	jx_rc rc = jx_media_free_bytes(h->media, &free_bytes, err);

	if (rc == JX_OK && free_bytes - 2 * (int64_t)len < reserve_bytes)
		rc = jx_fail(
			err, JX_ENOSPC, 0, WHERE,
			"only %lld MB are free, %lld MB are kept for records: no new photos; sync and free some space",
			(long long)(free_bytes / MB), (long long)h->profile.reserve_mb);
	return rc;
}

jx_rc jx_fill_keep_photo(struct jx_handheld *h, const uint8_t draft_id[JX_ID_BYTES], int64_t number,
			 const char *how, const void *data, size_t len, char **path_out, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *dir = NULL;
	JX_AUTO_FREE char *path = NULL;
	char id[37];
	jx_rc rc = jx_handheld_open_media(h, err);

	if (rc == JX_OK)
		rc = jx_handheld_photo_room(h, len, err);
	if (rc != JX_OK)
		return rc;
	jx_uuid_format(draft_id, id);
	dir = jx_xasprintf("%s/sheets/%s", h->dir, id);
	path = jx_xasprintf("%s/%lld%s", dir, (long long)number,
			    strcmp(how, "camera") == 0 ? BY_LENS : ".jpg");
	rc = fs->make_dir(fs->user, dir, err);
	if (rc == JX_OK)
		rc = jx_fs_write_all(fs, path, data, len, err);
	if (rc != JX_OK)
		return rc;
	/* what an entry would refuse is refused while it can be taken again */
	rc = jx_media_check(h->media, fs, path, err);
	if (rc == JX_OK)
		*path_out = JX_STEAL(path);
	else
		(void)fs->remove(fs->user, path, NULL);
	return rc;
}

/* Only what jx_fill_keep_photo() put there came from the camera. */
static bool is_by_lens(const struct jx_handheld *h, const char *path)
{
	JX_AUTO_FREE char *folder = jx_xasprintf("%s/sheets/", h->dir);
	const size_t len = strlen(path), tail = strlen(BY_LENS);

	return strncmp(path, folder, strlen(folder)) == 0 && strstr(path, "/../") == NULL && len > tail &&
	       strcmp(path + len - tail, BY_LENS) == 0;
}

jx_rc jx_fill_add_photo(struct jx_handheld *h, jx_capture *capture, const char *path, const char *role,
			struct jx_error *err)
{
	JX_AUTO_BUF bytes = {0};
	jx_rc rc;

	if (!is_by_lens(h, path))
		return jx_capture_add_photo(capture, path, role, err);
	jx_buf_init(&bytes, (size_t)(h->profile.photo_max_mb * MB));
	rc = jx_fs_read_all(jx_os_fs(), path, &bytes, err);
	return rc == JX_OK ? jx_capture_add_photo_bytes(capture, bytes.data, bytes.len, role, "camera", err)
			   : rc;
}
