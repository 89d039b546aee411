/*
 * Reading the entries of a request. Nothing is refused for what it says: only for broken form, another
 * writer, wrong numbers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest_private.h"

#define PHOTOS_BYTES_MAX (sizeof(struct jx_vault_photo) * JX_WIRE_BATCH_ENTRIES_MAX * JX_PHOTOS_MAX)

void jx_ingest__batch_done(struct jx_ingest__batch *b)
{
	free(b->entries);
	free(b->marks);
	jx_buf_done(&b->photos);
	memset(b, 0, sizeof(*b));
}

static void keep_photos(struct jx_ingest__batch *b, struct jx_vault_entry *v, const struct jx_entry *e)
{
	struct jx_vault_photo p;
	size_t i;

	for (i = 0; i < e->photo_count; i++) {
		memcpy(p.sha256, e->photos[i].sha256, sizeof(p.sha256));
		p.size_bytes = e->photos[i].size_bytes;
		jx_buf_add(&b->photos, &p, sizeof(p));
	}
	v->photo_count = e->photo_count;
}

static bool read_entry(jx_ingest *in, const struct jx_writer *who, struct jx_bytes line,
		       struct jx_ingest__batch *b, size_t i, struct jx_wire_response *rs)
{
	struct jx_vault_entry *v = &b->entries[i];
	struct jx_error err = {.code = JX_OK};
	struct jx_entry e;
	const int64_t n = b->from_n + (int64_t)i;
	char detail[256];
	const jx_rc decoded = jx_entry_decode(line.data, line.len, &e, &err);
	jx_rc rc = decoded;

	if (rc != JX_OK && rc != JX_ENOMEM)
		rc = jx_entry_decode_storing(line.data, line.len, &e, &err);
	/* ours, not the entry's: kept as it is now, its photos would be refused for ever */
	if (rc == JX_ENOMEM)
		return jx_ingest__fault(in, rs, &err);
	if (rc != JX_OK) {
		(void)snprintf(detail, sizeof(detail), "entry %lld: %.200s", (long long)n, err.text);
		return jx_ingest__refuse(rs, 400, "bad-request", detail);
	}
	if (memcmp(e.writer, who->id, sizeof(e.writer)) != 0)
		return jx_ingest__refuse(rs, 403, "other-writer",
					 "an entry names another writer than the one that signed in");
	if (e.n != n)
		return jx_ingest__refuse(rs, 422, "bad-chain",
					 "entries are not numbered one after the other from from_n");
	v->bytes = line.data;
	v->len = line.len;
	jx_sha256(line.data, line.len, v->digest);
	memcpy(v->id, e.id, sizeof(v->id));
	v->n = e.n;
	v->kind = e.kind;
	jx_strcpy(v->day, sizeof(v->day), e.day);
	jx_strcpy(v->area, sizeof(v->area), e.area);
	if (jx_ingest__marks(in, who, &e, decoded, b->marks[i], &err) != JX_OK)
		return jx_ingest__fault(in, rs, &err);
	v->marks = b->marks[i][0] == '\0' ? NULL : b->marks[i];
	if (decoded == JX_OK)
		keep_photos(b, v, &e);
	return true;
}

bool jx_ingest__batch_read(jx_ingest *in, const struct jx_writer *who, const struct jx_sync_request *ask,
			   const struct jx_bytes *lines, size_t count, struct jx_ingest__batch *b,
			   struct jx_wire_response *rs)
{
	const struct jx_vault_photo *photos;
	struct jx_error err = {.code = JX_OK};
	size_t i, photo = 0;

	b->from_n = ask->from_n;
	b->sig = ask->sig;
	b->count = count;
	jx_buf_init(&b->photos, PHOTOS_BYTES_MAX);
	if (count == 0)
		return true;
	b->entries = jx_xcalloc(count, sizeof(b->entries[0]));
	b->marks = jx_xcalloc(count, sizeof(b->marks[0]));
	for (i = 0; i < count; i++)
		if (!read_entry(in, who, lines[i], b, i, rs))
			return false;
	if (jx_buf_check(&b->photos, "photos", &err) != JX_OK)
		return jx_ingest__fault(in, rs, &err);
	/* only now: the array of photos does not move any more */
	photos = (const void *)b->photos.data;
	for (i = 0; i < count; i++) {
		b->entries[i].photos = photos == NULL ? NULL : photos + photo;
		photo += b->entries[i].photo_count;
	}
	return true;
}
