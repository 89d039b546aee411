/*
 * Which photos the server may have a part of: these are asked about before they are sent, for a creation's bytes are thrown away where
 * a part is there. All others go in one request.
 */
#include <string.h>

#include "client_private.h"

#define ANY  "?"
#define NONE "-"
#define HEX  ((size_t)2 * JX_CLIENT__BEGUN_BYTES)

static size_t find(const struct jx_client__run *run, const uint8_t *sha256)
{
	size_t i = 0;

	while (i < run->begun_count && memcmp(run->begun[i], sha256, JX_CLIENT__BEGUN_BYTES) != 0)
		i++;
	return i;
}

static void add(struct jx_client__run *run, const uint8_t *sha256)
{
	if (find(run, sha256) < run->begun_count)
		return;
	if (run->begun_count == JX_CLIENT__BEGUN_MAX)
		run->any_begun = true;
	else
		memcpy(run->begun[run->begun_count++], sha256, JX_CLIENT__BEGUN_BYTES);
}

/* "0123456789ab 0123456789ab". False: it is not. */
static bool read_list(struct jx_client__run *run, const char *text)
{
	uint8_t start[JX_CLIENT__BEGUN_BYTES];
	const size_t len = strlen(text);

	if ((len + 1) % (HEX + 1) != 0)
		return false;
	for (size_t at = 0; at < len; at += HEX + 1) {
		if (!jx_unhex(text + at, HEX, start, sizeof(start)) ||
		    (at + HEX < len && text[at + HEX] != ' '))
			return false;
		add(run, start);
	}
	return true;
}

jx_rc jx_client__load_begun(struct jx_client__run *run, bool has_old_photos)
{
	const struct jx_outbox *o = run->c->outbox;
	char text[JX_CLIENT_VALUE_MAX];
	jx_rc rc = has_old_photos ? o->get(o->user, JX_CLIENT_PHOTOS_BEGUN, text, sizeof(text), &run->err)
				  : JX_OK;

	/* only what has waited since an earlier run can have been begun in one */
	if (!has_old_photos || (rc == JX_OK && strcmp(text, NONE) == 0))
		return JX_OK;
	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	run->any_begun = rc == JX_ENOTFOUND || !read_list(run, text);
	return JX_OK;
}

bool jx_client__is_begun(const struct jx_client__run *run, const struct jx_client__turn *turn)
{
	return turn->is_begun || run->any_begun || find(run, turn->photo.sha256) < run->begun_count;
}

static jx_rc set(struct jx_client__run *run, const char *value, struct jx_error *err)
{
	const struct jx_sink *s = run->c->sink;

	return s->set(s->user, JX_CLIENT_PHOTOS_BEGUN, value, err);
}

jx_rc jx_client__begin_photos(struct jx_client__run *run, struct jx_error *err)
{
	const jx_rc rc = run->is_begun_on ? JX_OK : set(run, ANY, err);

	if (rc == JX_OK)
		run->is_begun_on = true;
	return rc;
}

jx_rc jx_client__begin_photo(struct jx_client__lane *lane)
{
	struct jx_client__run *run = lane->run;
	const jx_rc rc = jx_client__begin_photos(run, lane->err);

	if (rc != JX_OK)
		return rc;
	lane->turn.is_begun = true;
	add(run, lane->turn.photo.sha256);
	return JX_OK;
}

void jx_client__end_photo(struct jx_client__lane *lane)
{
	struct jx_client__run *run = lane->run;
	const size_t i = find(run, lane->turn.photo.sha256);

	if (i < run->begun_count)
		memcpy(run->begun[i], run->begun[--run->begun_count], JX_CLIENT__BEGUN_BYTES);
}

jx_rc jx_client__keep_begun(struct jx_client__run *run)
{
	char text[JX_CLIENT_VALUE_MAX];
	size_t at = 0;

	/* nothing began: what is kept still holds. Not known which: so it stays too */
	if (!run->is_begun_on || run->any_begun)
		return JX_OK;
	for (size_t i = 0; i < run->begun_count; i++) {
		if (i > 0)
			text[at++] = ' ';
		jx_hex(run->begun[i], JX_CLIENT__BEGUN_BYTES, text + at);
		at += HEX;
	}
	text[at] = '\0';
	return set(run, at > 0 ? text : NONE, &run->err);
}
