/* Body of every answer that is not 2xx. */
#include <string.h>

#include "wire_private.h"

#define WHAT _("the error answer")

jx_rc jx_wire_error_write(const struct jx_wire_error *e, jx_buf *out, struct jx_error *err)
{
	jx_wire__begin(out);
	jx_wire__add_str(out, "error", e->error);
	jx_wire__add_str(out, "detail", e->detail);
	if (e->has_challenge)
		jx_wire__add_base64(out, "challenge", e->challenge, JX_CHALLENGE_BYTES);
	jx_buf_addc(out, '}');
	return jx_buf_check(out, WHAT, err);
}

jx_rc jx_wire_error_read(struct jx_bytes body, struct jx_wire_error *out, struct jx_error *err)
{
	struct jx_wire_error e = {0};
	JX_AUTO_JSON doc = {0};
	bool has = false;
	jx_rc rc = jx_wire__open(body, WHAT, &doc, err);

	if (rc == JX_OK)
		rc = jx_json_need_str(&doc, 0, "error", e.error, sizeof(e.error), err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_str(&doc, "detail", e.detail, sizeof(e.detail), &has, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_base64(&doc, "challenge", e.challenge, JX_CHALLENGE_BYTES,
					   &e.has_challenge, err);
	if (rc != JX_OK)
		return jx_wire__in_line(rc, WHAT, 1, err);
	*out = e;
	return JX_OK;
}
