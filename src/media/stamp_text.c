/* A stamp on its way to jx-picture: one JSON object. */
#include <string.h>

#include "media_private.h"

jx_rc jx_media__stamp_write(const struct jx_stamp *s, jx_buf *out, struct jx_error *err)
{
	jx_buf_adds(out, "{\"title\":");
	jx_buf_add_json(out, s->title, strlen(s->title));
	jx_buf_adds(out, ",\"code\":");
	jx_buf_add_json(out, s->code, strlen(s->code));
	jx_buf_adds(out, ",\"lines\":[");
	for (size_t i = 0; i < s->line_count; i++) {
		jx_buf_adds(out, i > 0 ? "," : "");
		jx_buf_add_json(out, s->lines[i], strlen(s->lines[i]));
	}
	jx_buf_adds(out, "]}");
	return jx_buf_check(out, "stamp", err);
}

static jx_rc read_lines(const jx_json *doc, struct jx_stamp *s, struct jx_error *err)
{
	const int lines = jx_json_get(doc, 0, "lines");

	for (int at = lines < 0 ? -1 : jx_json_first(doc, lines); at >= 0; at = jx_json_next(doc, lines, at))
		if (s->line_count == JX_STAMP_LINES_MAX ||
		    !jx_json_str(doc, at, s->lines[s->line_count++], sizeof(s->lines[0])))
			return jx_fail(
				err, JX_EINVAL, 0, "media.stamp",
				"field \"lines\" has more or longer lines than a stamp holds: shorten it");
	return JX_OK;
}

jx_rc jx_media__stamp_read(const char *text, size_t len, struct jx_stamp *out, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	struct jx_stamp s;
	jx_rc rc = jx_json_parse(text, len, &jx_json_message_limits, &doc, err);

	memset(&s, 0, sizeof(s));
	if (rc == JX_OK)
		rc = jx_json_need_str(&doc, 0, "title", s.title, sizeof(s.title), err);
	if (rc == JX_OK)
		rc = jx_json_need_str(&doc, 0, "code", s.code, sizeof(s.code), err);
	if (rc == JX_OK)
		rc = read_lines(&doc, &s, err);
	if (rc == JX_OK)
		*out = s;
	return rc;
}
