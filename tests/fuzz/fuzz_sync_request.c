/* What a server reads: a request's body, packed or not. What passes holds its ceilings and is written again alike. */
#include <string.h>

#include "fuzz.h"
#include "jiexun/wire.h"

static void check_rewriting(const struct jx_sync_request *rq, const struct jx_bytes *entries, size_t count)
{
	static struct jx_bytes again[JX_WIRE_BATCH_ENTRIES_MAX];
	struct jx_sync_request back;
	struct jx_error err = {0};
	JX_AUTO_BUF b = {0};
	size_t back_count = 0;
	jx_rc rc;

	jx_buf_init(&b, JX_WIRE_BATCH_BYTES_MAX + 4096);
	rc = jx_sync_request_write(rq, entries, count, &b, &err);
	/* a text with a control character is read, for it harms nobody, but never written */
	JX_FUZZ_CHECK(rc == JX_OK || rc == JX_EINVAL);
	if (rc != JX_OK || b.len > JX_WIRE_BATCH_BYTES_MAX)
		return;
	JX_FUZZ_CHECK(jx_sync_request_read((struct jx_bytes){b.data, b.len}, &back, again,
					   JX_WIRE_BATCH_ENTRIES_MAX, &back_count, &err) == JX_OK);
	JX_FUZZ_CHECK(back_count == count && memcmp(&back, rq, sizeof(back)) == 0);
}

static void read_one(struct jx_bytes body)
{
	static struct jx_bytes entries[JX_WIRE_BATCH_ENTRIES_MAX];
	struct jx_sync_request rq;
	struct jx_error err = {0};
	size_t count = 0;
	const jx_rc rc = jx_sync_request_read(body, &rq, entries, JX_WIRE_BATCH_ENTRIES_MAX, &count, &err);

	JX_FUZZ_CHECK(rc == JX_OK || rc == JX_EINVAL || rc == JX_ELIMIT || rc == JX_EVERSION);
	JX_FUZZ_CHECK(rc == JX_OK ||
		      (err.code == rc && err.text[0] != '\0' && jx_utf8_ok(err.text, strlen(err.text))));
	if (rc != JX_OK)
		return;
	JX_FUZZ_CHECK(count <= JX_WIRE_BATCH_ENTRIES_MAX && (int64_t)count == rq.count);
	for (size_t i = 0; i < count; i++)
		JX_FUZZ_CHECK(entries[i].len > 0 && entries[i].len <= JX_ENTRY_BYTES_MAX &&
			      memchr(entries[i].data, '\n', entries[i].len) == NULL);
	check_rewriting(&rq, entries, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	JX_AUTO_BUF plain = {0};

	read_one((struct jx_bytes){data, size});
	jx_buf_init(&plain, 65536);
	if (jx_wire_expand((struct jx_bytes){data, size}, 0, &plain, NULL) == JX_OK)
		read_one((struct jx_bytes){plain.data != NULL ? plain.data : "", plain.len});
	JX_FUZZ_CHECK(plain.len <= plain.max);
	return 0;
}
