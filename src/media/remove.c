/* An original leaves this disk. Whether it may is its owner's business: see jx_store_let_go(). */
#include <string.h>

#include "media_private.h"

jx_rc jx_media_settle_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			   struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_media__copy_path(media, sha256, kind);
	JX_AUTO_BUF copy;
	JX_MEDIA_FILE f = {.fs = media->fs};
	jx_rc rc;

	jx_buf_init(&copy, JX_COPY_BYTES_MAX);
	rc = jx_media_copy(media, sha256, kind, NULL, &copy, err);
	if (rc == JX_OK)
		rc = jx_media_kept_copy(media, sha256, kind, &copy, err); /* made, but not kept: no room */
	if (rc == JX_OK)
		rc = media->fs->open_read(media->fs->user, path, &f.file, err);
	if (rc == JX_OK)
		rc = media->fs->sync_data(media->fs->user, f.file, err);
	if (rc != JX_OK)
		return rc;
	/* the folder's own name may be as young as the copy */
	for (char *slash = strrchr(path, '/'); slash != NULL && strlen(path) > strlen(media->dir);
	     slash = strrchr(path, '/')) {
		*slash = '\0';
		rc = media->fs->sync_dir(media->fs->user, path, err);
		if (rc != JX_OK)
			return rc;
	}
	return JX_OK;
}

jx_rc jx_media_remove(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_media__path_of(media, sha256);
	const jx_rc rc = media->fs->remove(media->fs->user, path, err);

	/* not synced: a file that a power cut brings back is removed again, and proves nothing less */
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}
