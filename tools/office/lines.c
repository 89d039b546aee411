/* Reading the journal from end to end: large reads, one line at a time, memory of two lines. */
#include <string.h>

#include "office_private.h"

#define WHERE       "office.lines"
#define CHUNK_BYTES ((size_t)4 * JX_OFFICE__LINE_MAX)

struct walk {
	const struct jx_fs *fs;
	jx_file *file;
	const char *path;
	int64_t at, until, number;
	jx_office__line_fn fn;
	void *user;
};

/* Whole lines of what is in the buffer; *used_out bytes of it are done. */
static jx_rc walk_lines(struct walk *w, const char *data, size_t len, size_t *used_out, struct jx_error *err)
{
	size_t used = 0;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && used < len) {
		const char *end = memchr(data + used, '\n', len - used);
		const size_t line = end == NULL ? 0 : (size_t)(end - (data + used));

		if (end == NULL)
			break;
		rc = w->fn(w->user, w->at + (int64_t)used, ++w->number, data + used, line, err);
		used += line + 1;
	}
	*used_out = used;
	return rc;
}

static jx_rc read_more(const struct walk *w, char *buf, size_t have, size_t *got_out, struct jx_error *err)
{
	const int64_t from = w->at + (int64_t)have;
	size_t want = CHUNK_BYTES - have;

	*got_out = 0;
	if (from >= w->until)
		return JX_OK;
	if ((int64_t)want > w->until - from)
		want = (size_t)(w->until - from);
	return w->fs->read_at(w->fs->user, w->file, from, buf + have, want, got_out, err);
}

jx_rc jx_office__each_line(const struct jx_fs *fs, jx_file *file, const char *path, int64_t from,
			   int64_t until, jx_office__line_fn fn, void *user, struct jx_error *err)
{
	struct walk w = {
		.fs = fs, .file = file, .path = path, .at = from, .until = until, .fn = fn, .user = user};
	JX_AUTO_FREE char *buf = jx_xmalloc(CHUNK_BYTES);
	size_t have = 0, used = 0, got = 0;
	jx_rc rc = JX_OK;

	do {
		rc = read_more(&w, buf, have, &got, err);
		have += got;
		if (rc == JX_OK)
			rc = walk_lines(&w, buf, have, &used, err);
		if (rc != JX_OK)
			return rc;
		memmove(buf, buf + used, have - used);
		have -= used;
		w.at += (int64_t)used;
		/* a full buffer without a line feed is no line of ours */
		if (have == CHUNK_BYTES)
			break;
	} while (got > 0);
	if (have > 0)
		return jx_fail(err, JX_ECORRUPT, 0, WHERE,
			       "%s: line %lld has no end or is too long: run jx-office verify", path,
			       (long long)++w.number);
	return JX_OK;
}
