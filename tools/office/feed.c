/*
 * Keeping an answer: all of its items or none. The journal first; the index in a transaction that ends after the state
 * was replaced, so it is never ahead. If the index fails the journal goes on without it, and it is made anew later.
 */
#include <stdio.h>
#include <string.h>

#include "office_private.h"

#define WHERE "office.feed"

void jx_office__feed_begin(struct jx_office__desk *desk, bool is_snapshot)
{
	jx_rc rc = desk->index_failed ? JX_ECORRUPT : jx_office__index_begin(desk->index, NULL);

	jx_buf_reset(&desk->lines);
	desk->lines_items = desk->lines_entries = 0;
	desk->is_replacing = is_snapshot && desk->journal.state.journal_bytes > 0;
	if (rc == JX_OK && desk->is_replacing)
		rc = jx_office__index_clear(desk->index, NULL);
	desk->index_failed = rc != JX_OK;
}

void jx_office__feed_drop(struct jx_office__desk *desk)
{
	jx_office__index_drop(desk->index);
	jx_buf_reset(&desk->lines);
	desk->lines_items = desk->lines_entries = 0;
}

static int64_t base_of(const struct jx_office__desk *desk)
{
	return desk->is_replacing ? 0 : desk->journal.state.journal_bytes;
}

/* Is the newest item of this kind and key the same line, byte for byte? */
static bool is_repeat(struct jx_office__desk *desk, const struct jx_item *item, bool *is_known_out)
{
	JX_AUTO_BUF old;
	int64_t pos = 0;
	size_t len = 0;
	const jx_rc rc = jx_office__index_find(desk->index, item, &pos, &len, NULL);

	jx_buf_init(&old, JX_OFFICE__LINE_MAX + 1);
	*is_known_out = rc == JX_OK;
	if (rc != JX_OK && rc != JX_ENOTFOUND)
		desk->index_failed = true;
	if (rc != JX_OK || len != item->raw.len)
		return false;
	if (pos >= base_of(desk))
		return memcmp(desk->lines.data + (pos - base_of(desk)), item->raw.data, len) == 0;
	return jx_office__journal_read(&desk->journal, pos, len, &old, NULL) == JX_OK &&
	       memcmp(old.data, item->raw.data, len) == 0;
}

jx_rc jx_office__feed_add(struct jx_office__desk *desk, const struct jx_item *item, const jx_json *doc,
			  struct jx_error *err)
{
	const int64_t pos = base_of(desk) + (int64_t)desk->lines.len;
	bool is_known = false;

	if (memchr(item->raw.data, '\n', item->raw.len) != NULL || item->raw.len > JX_OFFICE__LINE_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "feed item \"%s\" is no single line of at most %zu bytes", item->key,
			       JX_OFFICE__LINE_MAX);
	if (!desk->index_failed && is_repeat(desk, item, &is_known)) {
		desk->repeats++;
		return JX_OK;
	}
	jx_buf_add(&desk->lines, item->raw.data, item->raw.len);
	jx_buf_addc(&desk->lines, '\n');
	desk->lines_items++;
	if (strcmp(item->kind, "entry") == 0 && !item->is_fork && !is_known)
		desk->lines_entries++;
	if (!desk->index_failed)
		desk->index_failed = jx_office__index_add(desk->index, item, doc, pos, item->raw.len,
							  &desk->trust, NULL) != JX_OK;
	return jx_buf_check(&desk->lines, "feed", err);
}

static void name_aside(const struct jx_office__desk *desk, char out[96])
{
	char day[11];

	if (!jx_day_of(desk->clock->utc_ms(desk->clock->user), JX_UTC_OFFSET_MIN_DEFAULT, day))
		jx_strcpy(day, sizeof(day), "0001-01-01");
	(void)snprintf(out, 96, "journal-%s-%.36s-%lld.ndjson", day,
		       desk->epoch[0] != '\0' ? desk->epoch : "unknown", (long long)desk->journal.state.life);
}

jx_rc jx_office__feed_end(struct jx_office__desk *desk, const char *cursor, struct jx_error *err)
{
	struct jx_office__state *s = &desk->journal.state;
	char aside[96];
	jx_rc rc;

	if (desk->is_replacing) {
		name_aside(desk, aside);
		rc = jx_office__journal_replace(&desk->journal, &desk->lines, desk->lines_items,
						desk->lines_entries, cursor, aside, err);
	} else {
		rc = jx_office__journal_append(&desk->journal, &desk->lines, desk->lines_items,
					       desk->lines_entries, cursor, err);
	}
	if (rc != JX_OK || desk->index_failed) {
		jx_office__index_drop(desk->index);
	} else {
		desk->index_failed = jx_office__index_commit(desk->index, s->life, s->journal_bytes, NULL) !=
				     JX_OK;
	}
	if (rc == JX_OK) {
		desk->new_items += desk->lines_items;
		desk->new_entries += desk->lines_entries;
	}
	jx_buf_reset(&desk->lines);
	desk->lines_items = desk->lines_entries = 0;
	desk->is_replacing = false;
	return rc;
}
