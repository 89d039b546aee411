/* A signed text in one header line: base64(sig || text). */
#include <string.h>

#include "wire_private.h"

jx_rc jx_signed_header_write(const struct jx_signed *s, jx_buf *out, struct jx_error *err)
{
	uint8_t all[JX_SIG_BYTES + JX_SIGNED_TEXT_MAX];

	memcpy(all, s->sig, JX_SIG_BYTES);
	memcpy(all + JX_SIG_BYTES, s->text, s->len);
	jx_buf_add_base64(out, all, JX_SIG_BYTES + s->len);
	return jx_buf_check(out, "receipt header", err);
}

jx_rc jx_signed_header_read(const char *value, struct jx_signed *out, struct jx_error *err)
{
	uint8_t all[JX_SIG_BYTES + JX_SIGNED_TEXT_MAX];
	size_t got = 0;

	if (!jx_unbase64(value, strlen(value), all, sizeof(all), &got) || got <= JX_SIG_BYTES)
		return jx_fail(err, JX_EINVAL, 0, "wire.header",
			       "header Jiexun-Photo-Receipt is no base64 of a signature and a text");
	memset(out, 0, sizeof(*out));
	memcpy(out->sig, all, JX_SIG_BYTES);
	out->len = got - JX_SIG_BYTES;
	memcpy(out->text, all + JX_SIG_BYTES, out->len);
	return JX_OK;
}
