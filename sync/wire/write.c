/* Writing: members of a header object, in the order they are added. */
#include <string.h>

#include "wire_private.h"

void jx_wire__begin(jx_buf *b)
{
	jx_buf_addf(b, "{\"v\":%d", JX_WIRE_VERSION);
}

static void add_name(jx_buf *b, const char *name)
{
	jx_buf_adds(b, ",\"");
	jx_buf_adds(b, name);
	jx_buf_adds(b, "\":");
}

void jx_wire__add_str(jx_buf *b, const char *name, const char *s)
{
	add_name(b, name);
	jx_buf_add_json(b, s, strlen(s));
}

void jx_wire__add_hex(jx_buf *b, const char *name, const void *bytes, size_t len)
{
	add_name(b, name);
	jx_buf_addc(b, '"');
	jx_buf_add_hex(b, bytes, len);
	jx_buf_addc(b, '"');
}

void jx_wire__add_i64(jx_buf *b, const char *name, int64_t v)
{
	add_name(b, name);
	jx_buf_add_i64(b, v);
}

void jx_wire__add_uuid(jx_buf *b, const char *name, const uint8_t id[JX_ID_BYTES])
{
	char text[37];

	jx_uuid_format(id, text);
	jx_wire__add_str(b, name, text);
}

void jx_wire__add_base64(jx_buf *b, const char *name, const void *bytes, size_t len)
{
	add_name(b, name);
	jx_buf_addc(b, '"');
	jx_buf_add_base64(b, bytes, len);
	jx_buf_addc(b, '"');
}

void jx_wire__add_true(jx_buf *b, const char *name, bool v)
{
	if (!v)
		return;
	add_name(b, name);
	jx_buf_adds(b, "true");
}

void jx_wire__add_signed(jx_buf *b, const struct jx_signed *s)
{
	jx_buf_adds(b, "\"text\":");
	jx_buf_add_json(b, s->text, s->len);
	jx_wire__add_hex(b, "sig", s->sig, JX_SIG_BYTES);
}
