/*
 * The journal: what came, verbatim. An answer's lines are appended and synced before the state that counts them is
 * replaced, so at any instant the file is what the state says plus, at most, a tail that no cursor has moved past yet.
 *
 * A snapshot begins a new journal:
 *   1. its first lines are written to journal.ndjson.new and synced
 *   2. the state says so (`aside` names what the old journal will be called): from here on the new one counts
 *   3. old -> aside, new -> journal.ndjson, folder synced
 *   4. the state forgets `aside`
 * Cut off after 2 or 3, opening finishes the rest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "office_private.h"

#define WHERE "office.journal"

void jx_office__journal_close(struct jx_office__journal *j)
{
	if (j->file != NULL)
		j->fs->close(j->fs->user, j->file);
	free(j->dir);
	free(j->path);
	j->file = NULL;
	j->dir = j->path = NULL;
}

static bool exists(const struct jx_fs *fs, const char *path)
{
	int64_t size_bytes, modified_utc_ms;

	return fs->stat(fs->user, path, &size_bytes, &modified_utc_ms, NULL) == JX_OK;
}

static jx_rc finish_replacing(struct jx_office__journal *j, struct jx_error *err)
{
	JX_AUTO_FREE char *next = jx_xasprintf("%s/%s", j->dir, JX_OFFICE__NEXT);
	JX_AUTO_FREE char *aside = jx_xasprintf("%s/%s", j->dir, j->state.aside);
	jx_rc rc = JX_OK;

	/* no new one beside it: both renames are done */
	if (exists(j->fs, next)) {
		if (exists(j->fs, j->path))
			rc = j->fs->rename(j->fs->user, j->path, aside, err);
		if (rc == JX_OK)
			rc = j->fs->rename(j->fs->user, next, j->path, err);
	}
	if (rc == JX_OK)
		rc = j->fs->sync_dir(j->fs->user, j->dir, err);
	if (rc != JX_OK)
		return rc;
	j->state.aside[0] = '\0';
	return jx_office__state_save(j->fs, j->dir, &j->state, err);
}

jx_rc jx_office__journal_check_length(const struct jx_office__journal *j, int64_t size_bytes,
				      struct jx_error *err)
{
	if (size_bytes >= j->state.journal_bytes)
		return JX_OK;
	return jx_fail(
		err, JX_ECORRUPT, 0, WHERE,
		"%s has %lld bytes where %lld were kept: it was cut or replaced; put it back from a copy, or set it "
		"and state.json aside and pull again",
		j->path, (long long)size_bytes, (long long)j->state.journal_bytes);
}

/* No file is one of no bytes. */
static jx_rc open_file(struct jx_office__journal *j, int64_t *size_bytes_out, struct jx_error *err)
{
	jx_rc rc;

	*size_bytes_out = 0;
	if (!exists(j->fs, j->path))
		return JX_OK;
	rc = j->fs->open_read(j->fs->user, j->path, &j->file, err);
	return rc == JX_OK ? j->fs->file_size(j->fs->user, j->file, size_bytes_out, err) : rc;
}

static jx_rc open_for_writing(struct jx_office__journal *j, struct jx_error *err)
{
	const bool is_new = !exists(j->fs, j->path);
	jx_rc rc;

	if (j->file != NULL)
		j->fs->close(j->fs->user, j->file);
	j->file = NULL;
	if (is_new)
		rc = j->fs->create(j->fs->user, j->path, &j->file, err);
	else
		rc = j->fs->open_write(j->fs->user, j->path, &j->file, err);
	return rc == JX_OK && is_new ? j->fs->sync_dir(j->fs->user, j->dir, err) : rc;
}

jx_rc jx_office__journal_peek(const struct jx_fs *fs, const char *dir, struct jx_office__journal *out,
			      int64_t *size_bytes_out, struct jx_error *err)
{
	struct jx_office__journal j = {.fs = fs, .dir = jx_xstrdup(dir)};
	int64_t size_bytes = 0;
	jx_rc rc = jx_office__state_load(fs, dir, &j.state, err);

	j.path = jx_xasprintf("%s/%s", dir, JX_OFFICE__NEXT);
	if (rc != JX_OK || j.state.aside[0] == '\0' || !exists(fs, j.path)) {
		free(j.path);
		j.path = jx_xasprintf("%s/%s", dir, JX_OFFICE__JOURNAL);
	}
	if (rc == JX_OK)
		rc = open_file(&j, &size_bytes, err);
	if (rc != JX_OK) {
		jx_office__journal_close(&j);
		return rc;
	}
	*out = j;
	*size_bytes_out = size_bytes;
	return JX_OK;
}

/* The file interface knows no cutting: only a pull that was interrupted leaves something to cut. */
static jx_rc cut_tail(const struct jx_office__journal *j, struct jx_error *err)
{
	if (truncate(j->path, j->state.journal_bytes) != 0) {
		const int e = errno;

		return jx_fail(
			err, jx_rc_from_errno(e), e, WHERE,
			"what an interrupted pull left at the end of %s cannot be cut off: check its permissions and "
			"the disk",
			j->path);
	}
	return JX_OK;
}

jx_rc jx_office__journal_open(const struct jx_fs *fs, const char *dir, struct jx_office__journal *out,
			      struct jx_error *err)
{
	struct jx_office__journal j = {
		.fs = fs, .dir = jx_xstrdup(dir), .path = jx_xasprintf("%s/%s", dir, JX_OFFICE__JOURNAL)};
	int64_t size_bytes = 0;
	jx_rc rc = jx_office__state_load(fs, dir, &j.state, err);

	if (rc == JX_OK && j.state.aside[0] != '\0')
		rc = finish_replacing(&j, err);
	if (rc == JX_OK)
		rc = open_file(&j, &size_bytes, err);
	if (rc == JX_OK)
		rc = jx_office__journal_check_length(&j, size_bytes, err);
	if (rc == JX_OK && size_bytes > j.state.journal_bytes)
		rc = cut_tail(&j, err);
	if (rc == JX_OK)
		rc = open_for_writing(&j, err);
	if (rc != JX_OK) {
		jx_office__journal_close(&j);
		return rc;
	}
	*out = j;
	return JX_OK;
}

static jx_rc write_lines(const struct jx_office__journal *j, jx_file *file, int64_t at, const jx_buf *lines,
			 struct jx_error *err)
{
	jx_rc rc = JX_OK;

	if (lines->len > 0)
		rc = j->fs->write_at(j->fs->user, file, at, lines->data, lines->len, err);
	return rc == JX_OK ? j->fs->sync_data(j->fs->user, file, err) : rc;
}

jx_rc jx_office__journal_append(struct jx_office__journal *j, const jx_buf *lines, int64_t items,
				int64_t entries, const char *cursor, struct jx_error *err)
{
	struct jx_office__state next = j->state;
	jx_rc rc = JX_OK;

	if (lines->len > 0)
		rc = write_lines(j, j->file, j->state.journal_bytes, lines, err);
	if (rc != JX_OK)
		return rc;
	next.journal_bytes += (int64_t)lines->len;
	next.items += items;
	next.entries += entries;
	jx_strcpy(next.cursor, sizeof(next.cursor), cursor);
	rc = jx_office__state_save(j->fs, j->dir, &next, err);
	if (rc == JX_OK)
		j->state = next;
	return rc;
}

static jx_rc write_next(struct jx_office__journal *j, const jx_buf *lines, struct jx_error *err)
{
	JX_AUTO_FREE char *next = jx_xasprintf("%s/%s", j->dir, JX_OFFICE__NEXT);
	jx_file *file = NULL;
	jx_rc rc;

	(void)j->fs->remove(j->fs->user, next, NULL); /* of a run that was stopped before it counted */
	rc = j->fs->create(j->fs->user, next, &file, err);
	if (rc != JX_OK)
		return rc;
	rc = write_lines(j, file, 0, lines, err);
	j->fs->close(j->fs->user, file);
	return rc == JX_OK ? j->fs->sync_dir(j->fs->user, j->dir, err) : rc;
}

jx_rc jx_office__journal_replace(struct jx_office__journal *j, const jx_buf *lines, int64_t items,
				 int64_t entries, const char *cursor, const char *aside, struct jx_error *err)
{
	struct jx_office__state next = j->state;
	jx_rc rc = write_next(j, lines, err);

	if (rc != JX_OK)
		return rc;
	next.journal_bytes = (int64_t)lines->len;
	next.items = items;
	next.entries = entries;
	next.life++;
	jx_strcpy(next.cursor, sizeof(next.cursor), cursor);
	jx_strcpy(next.aside, sizeof(next.aside), aside);
	rc = jx_office__state_save(j->fs, j->dir, &next, err);
	if (rc != JX_OK)
		return rc;
	j->state = next;
	rc = finish_replacing(j, err);
	return rc == JX_OK ? open_for_writing(j, err) : rc;
}

jx_rc jx_office__journal_read(const struct jx_office__journal *j, int64_t pos, size_t len, jx_buf *b,
			      struct jx_error *err)
{
	const int64_t end = pos + (int64_t)len;
	size_t got = 0;
	jx_rc rc;

	jx_buf_reset(b);
	if (len + 1 > b->cap) {
		b->data = jx_xrealloc(b->data, len + 1);
		b->cap = len + 1;
	}
	rc = j->fs->read_at(j->fs->user, j->file, pos, b->data, len, &got, err);
	if (rc != JX_OK)
		return rc;
	if (got != len)
		return jx_fail(err, JX_ECORRUPT, 0, WHERE, "%s ends before byte %lld: run jx-office verify",
			       j->path, (long long)end);
	b->len = len;
	b->data[len] = '\0';
	return JX_OK;
}
