#include "recording.h"

#include <stdlib.h>
#include <string.h>

#define LOG_BYTES_MAX ((size_t)2 * 1024 * 1024 * 1024)

static jx_rc damaged(const char *path, size_t at, struct jx_error *err)
{
	return jx_fail(err, JX_ECORRUPT, 0, "powercut.log",
		       "%s is no recording from byte %zu on: record again", path, at);
}

/* Walk the headers; with out, fill the records. */
static jx_rc walk(const char *path, struct pc_recording *r, bool is_filling, size_t *strings_out,
		  struct jx_error *err)
{
	size_t at = 0, count = 0, used = 0;

	while (at < r->bytes.len) {
		struct pc_header h;
		const char *from;

		if (r->bytes.len - at < sizeof(h))
			return damaged(path, at, err);
		memcpy(&h, r->bytes.data + at, sizeof(h));
		if (h.magic != PC_RECORD_MAGIC ||
		    r->bytes.len - at - sizeof(h) < h.path_len + h.other_len + h.data_len)
			return damaged(path, at, err);
		from = r->bytes.data + at + sizeof(h);
		if (is_filling) {
			char *to = r->strings + used;

			memcpy(to, from, h.path_len);
			to[h.path_len] = '\0';
			memcpy(to + h.path_len + 1, from + h.path_len, h.other_len);
			to[h.path_len + 1 + h.other_len] = '\0';
			r->record[count] = (struct pc_record){
				.op = (enum pc_op)h.op,
				.ino = h.ino,
				.offset = h.offset,
				.path = to,
				.other = to + h.path_len + 1,
				.data = (const uint8_t *)from + h.path_len + h.other_len,
				.len = (size_t)h.data_len,
			};
		}
		used += (size_t)h.path_len + h.other_len + 2;
		count++;
		at += sizeof(h) + h.path_len + h.other_len + (size_t)h.data_len;
	}
	r->count = count;
	*strings_out = used;
	return JX_OK;
}

jx_rc pc_recording_read(const char *path, struct pc_recording *out, struct jx_error *err)
{
	struct pc_recording r = {.count = 0};
	size_t strings = 0;
	jx_rc rc;

	jx_buf_init(&r.bytes, LOG_BYTES_MAX);
	rc = jx_fs_read_all(jx_os_fs(), path, &r.bytes, err);
	if (rc == JX_OK)
		rc = walk(path, &r, false, &strings, err);
	if (rc == JX_OK) {
		r.strings = jx_xmalloc(strings + 1);
		r.record = jx_xcalloc(r.count + 1, sizeof(*r.record));
		rc = walk(path, &r, true, &strings, err);
	}
	if (rc == JX_OK)
		*out = r;
	else
		pc_recording_done(&r);
	return rc;
}

void pc_recording_done(struct pc_recording *r)
{
	jx_buf_done(&r->bytes);
	free(r->strings);
	free(r->record);
	*r = (struct pc_recording){.count = 0};
}
