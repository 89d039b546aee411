#include "sync_what.h"

#include <string.h>

#define WHERE "jx.sync"

static jx_rc find_entry(struct cli *c, const char *name, jx_view_entry **out, struct jx_error *err)
{
	JX_AUTO(jx_view_entry) entry = NULL;
	jx_rc rc = jx_view_show(c->h.store, NULL, name, &entry, err);

	if (rc == JX_OK && entry->entry.photo_count == 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "entry %s has no photos; jx list shows which have",
			     name);
	if (rc == JX_OK)
		*out = JX_STEAL(entry);
	return rc;
}

jx_rc cli_sync_what(struct cli *c, const struct cli_args *a, struct cli_sync_what *out, struct jx_error *err)
{
	const char *metered = cli_value(a, "metered"), *photo = cli_value(a, "photo");
	const bool is_metered = metered != NULL && strcmp(metered, "yes") == 0;
	struct cli_sync_what what = {.no_photos = cli_flag(a, "no-photos"),
				     .no_small = cli_flag(a, "no-photos")};
	jx_rc rc = JX_OK;

	if (metered != NULL && !is_metered && strcmp(metered, "no") != 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"metered\": \"%s\" is neither yes nor no",
			       metered);
	if (photo != NULL && what.no_photos)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "--photo and --no-photos contradict each other; leave one out");
	if (photo != NULL)
		rc = find_entry(c, photo, &what.entry, err);
	else if (is_metered && c->h.profile.metered_originals == JX_DEVICE_METERED_WAIT) {
		what.no_photos = true;
		what.waits_for = "metered";
	}
	if (rc == JX_OK)
		*out = what;
	return rc;
}

void cli_sync_what_free(struct cli_sync_what *what)
{
	jx_view_entry_free(what->entry);
	what->entry = NULL;
}
