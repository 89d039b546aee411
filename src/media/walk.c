/* What lies in the folder, for whoever has to say what of it is needed. */
#include <string.h>

#include "media_private.h"

struct walk {
	jx_media *media;
	const char *dir;    /* being listed */
	const char *ending; /* of a name, behind the hash */
	struct jx_media_file file;
	jx_media_file_fn fn;
	void *user;
	jx_rc rc; /* what fn said */
};

/* Names that are not ours are passed over, and so is what goes away while we look. */
static jx_rc see(void *arg, const char *name)
{
	struct walk *w = arg;
	const struct jx_fs *fs = w->media->fs;
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", w->dir, name);
	const size_t digits = 2 * JX_HASH_BYTES;

	if (strnlen(name, digits) < digits || strcmp(name + digits, w->ending) != 0 ||
	    !jx_unhex(name, digits, w->file.sha256, JX_HASH_BYTES) ||
	    fs->stat(fs->user, path, &w->file.size_bytes, &w->file.modified_utc_ms, NULL) != JX_OK)
		return JX_OK;
	w->rc = w->fn(w->user, &w->file);
	return w->rc;
}

static jx_rc list_folder(struct walk *w, const char *below, unsigned first, struct jx_error *err)
{
	const struct jx_fs *fs = w->media->fs;
	JX_AUTO_FREE char *dir = jx_xasprintf("%s%s/%02x", w->media->dir, below, first);
	jx_rc rc;

	w->dir = dir;
	rc = fs->list(fs->user, dir, see, w, err);
	w->dir = NULL;
	return rc == JX_ENOTFOUND && w->rc == JX_OK ? JX_OK : rc;
}

jx_rc jx_media_each_file(jx_media *media, jx_media_file_fn fn, void *user, struct jx_error *err)
{
	static const struct {
		const char *below, *ending;
		bool is_copy;
		enum jx_copy_kind kind;
	} places[] = {
		{"", "", false, JX_COPY_SMALL},
		{"/derived/small", ".jpg", true, JX_COPY_SMALL},
		{"/derived/screen", ".jpg", true, JX_COPY_SCREEN},
	};
	struct walk w = {.media = media, .fn = fn, .user = user};
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		w.ending = places[i].ending;
		w.file.is_copy = places[i].is_copy;
		w.file.kind = places[i].kind;
		for (unsigned first = 0; first < 256 && rc == JX_OK; first++)
			rc = list_folder(&w, places[i].below, first, err);
	}
	return rc;
}

bool jx_media_has_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind)
{
	JX_AUTO_FREE char *path = jx_media__copy_path(media, sha256, kind);
	int64_t size_bytes = 0, modified_utc_ms = 0;

	return media->fs->stat(media->fs->user, path, &size_bytes, &modified_utc_ms, NULL) == JX_OK &&
	       size_bytes > 0;
}

jx_rc jx_media_drop_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			 struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_media__copy_path(media, sha256, kind);
	const jx_rc rc = media->fs->remove(media->fs->user, path, err);

	return rc == JX_ENOTFOUND ? JX_OK : rc;
}
