/*
 * Entries. Besides not crashing: what decodes is good enough to be stored, and written by us it reads back as the
 * same entry, which then is written alike for ever.
 */
#include <string.h>

#include "fuzz.h"
#include "jiexun/model.h"

static void check_rewriting(const struct jx_entry *e)
{
	JX_AUTO_BUF once = {0};
	JX_AUTO_BUF twice = {0};
	struct jx_entry back;
	struct jx_error err = {0};
	jx_rc rc;

	jx_buf_init(&once, JX_ENTRY_BYTES_MAX);
	jx_buf_init(&twice, JX_ENTRY_BYTES_MAX);
	rc = jx_entry_encode(e, &once, &err);
	/* of a kind we do not know, fields may be there that we would not write */
	JX_FUZZ_CHECK(rc == JX_OK || e->kind == JX_KIND_UNKNOWN);
	if (rc != JX_OK)
		return;
	JX_FUZZ_CHECK(jx_entry_decode(once.data, once.len, &back, &err) == JX_OK);
	JX_FUZZ_CHECK(jx_entry_encode(&back, &twice, &err) == JX_OK);
	JX_FUZZ_CHECK(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	JX_FUZZ_CHECK(back.n == e->n && back.kind == e->kind && back.photo_count == e->photo_count);
}

/* Read inside a larger text it is what it is alone: same verdict, same words, same entry. */
static void check_inside(const uint8_t *data, size_t size, jx_rc rc, const struct jx_entry *e,
			 const struct jx_error *said)
{
	JX_AUTO_BUF text = {0};
	JX_AUTO_BUF alone_bytes = {0};
	JX_AUTO_BUF inside_bytes = {0};
	JX_AUTO_JSON doc = {0};
	struct jx_entry inside;
	struct jx_error err = {0};
	jx_rc rc_inside;
	int tok;

	jx_buf_init(&text, size + 16);
	jx_buf_adds(&text, "[0,");
	jx_buf_add(&text, data, size);
	jx_buf_adds(&text, ", \"\"]");
	if (jx_json_parse(text.data, text.len, &jx_json_pack_limits, &doc, NULL) != JX_OK ||
	    doc.tok[0].count != 3)
		return;
	tok = jx_json_next(&doc, 0, jx_json_first(&doc, 0));
	if (jx_json_raw(&doc, tok).len != size)
		return; /* with white space around it is another text */
	rc_inside = jx_entry_decode_at(&doc, tok, &inside, &err);
	JX_FUZZ_CHECK(rc_inside == rc && strcmp(err.text, said->text) == 0);
	if (rc != JX_OK)
		return;
	JX_FUZZ_CHECK(inside.answers.len == e->answers.len);
	JX_FUZZ_CHECK(e->answers.len == 0 ||
		      memcmp(inside.answers.data, e->answers.data, e->answers.len) == 0);
	jx_buf_init(&alone_bytes, JX_ENTRY_BYTES_MAX);
	jx_buf_init(&inside_bytes, JX_ENTRY_BYTES_MAX);
	JX_FUZZ_CHECK(jx_entry_encode(e, &alone_bytes, NULL) ==
		      jx_entry_encode(&inside, &inside_bytes, NULL));
	JX_FUZZ_CHECK(
		alone_bytes.len == inside_bytes.len &&
		(alone_bytes.len == 0 || memcmp(alone_bytes.data, inside_bytes.data, alone_bytes.len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jx_entry e, stored;
	struct jx_error err = {0};
	const jx_rc rc = jx_entry_decode((const char *)data, size, &e, &err);

	JX_FUZZ_CHECK(rc == JX_OK || (err.code == rc && err.text[0] != '\0'));
	JX_FUZZ_CHECK(rc == JX_OK || rc == JX_EINVAL || rc == JX_ELIMIT || rc == JX_EVERSION);
	JX_FUZZ_CHECK(jx_utf8_ok(err.text, strlen(err.text)));
	if (rc == JX_OK || rc == JX_EVERSION) {
		JX_FUZZ_CHECK(jx_entry_decode_storing((const char *)data, size, &stored, NULL) == JX_OK);
		JX_FUZZ_CHECK(stored.n == e.n && memcmp(stored.id, e.id, JX_ID_BYTES) == 0);
	}
	if (rc == JX_OK)
		check_rewriting(&e);
	check_inside(data, size, rc, &e, &err);
	return 0;
}
