/* The review list as lines of JSON. */
#include <string.h>

#include "ingest_private.h"

struct lines {
	jx_ingest_line_fn fn;
	void *user;
	struct jx_error *err;
};

static void add_marks(jx_buf *b, const char *marks)
{
	const char *at = marks;
	size_t len;

	jx_buf_adds(b, ",\"marks\":[");
	while (*at != '\0') {
		len = strcspn(at, ",");
		if (at != marks)
			jx_buf_addc(b, ',');
		jx_buf_add_json(b, at, len);
		at += len + (at[len] == ',' ? 1 : 0);
	}
	jx_buf_addc(b, ']');
}

static void add_uuid(jx_buf *b, const char *name, const uint8_t id[JX_ID_BYTES])
{
	char uuid[37];

	jx_uuid_format(id, uuid);
	jx_buf_addf(b, "\"%s\":\"%s\"", name, uuid);
}

static jx_rc write_line(void *user, const struct jx_vault_review *r)
{
	struct lines *lines = user;
	JX_AUTO_BUF b;
	jx_rc rc;

	jx_buf_init(&b, 8192);
	jx_buf_addc(&b, '{');
	add_uuid(&b, "writer", r->writer);
	jx_buf_adds(&b, ",\"short\":");
	jx_buf_add_json(&b, r->short_code, strlen(r->short_code));
	if (r->n > 0) {
		jx_buf_adds(&b, ",\"n\":");
		jx_buf_add_i64(&b, r->n);
		jx_buf_addc(&b, ',');
		add_uuid(&b, "id", r->id);
	}
	if (r->is_fork)
		jx_buf_adds(&b, ",\"is_fork\":true");
	add_marks(&b, r->marks);
	jx_buf_adds(&b, ",\"utc_ms\":");
	jx_buf_add_i64(&b, r->utc_ms);
	jx_buf_adds(&b, ",\"times\":");
	jx_buf_add_i64(&b, r->times);
	jx_buf_addc(&b, '}');
	rc = jx_buf_check(&b, "review line", lines->err);
	return rc == JX_OK ? lines->fn(lines->user, b.data, b.len) : rc;
}

jx_rc jx_ingest_review(jx_ingest *ingest, jx_ingest_line_fn fn, void *user, struct jx_error *err)
{
	struct lines lines = {.fn = fn, .user = user, .err = err};

	return ingest->ops->each_review(ingest->vault, write_line, &lines, err);
}
