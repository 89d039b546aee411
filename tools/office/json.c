/* The few JSON objects that the office writes: state, identity, results for scripts. */
#include <string.h>

#include "office_private.h"

void jx_office__json_begin(struct jx_office__json *j)
{
	jx_buf_init(&j->b, (size_t)1 << 20);
	jx_buf_addc(&j->b, '{');
	j->has_member = false;
}

static void name_member(struct jx_office__json *j, const char *name)
{
	if (j->has_member)
		jx_buf_addc(&j->b, ',');
	j->has_member = true;
	jx_buf_add_json(&j->b, name, strlen(name));
	jx_buf_addc(&j->b, ':');
}

void jx_office__json_str(struct jx_office__json *j, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	name_member(j, name);
	jx_buf_add_json(&j->b, value, strlen(value));
}

void jx_office__json_int(struct jx_office__json *j, const char *name, int64_t value)
{
	name_member(j, name);
	jx_buf_add_i64(&j->b, value);
}

void jx_office__json_bool(struct jx_office__json *j, const char *name, bool value)
{
	name_member(j, name);
	jx_buf_adds(&j->b, value ? "true" : "false");
}

void jx_office__json_hex(struct jx_office__json *j, const char *name, const void *bytes, size_t len)
{
	name_member(j, name);
	jx_buf_addc(&j->b, '"');
	jx_buf_add_hex(&j->b, bytes, len);
	jx_buf_addc(&j->b, '"');
}

void jx_office__json_uuid(struct jx_office__json *j, const char *name, const uint8_t id[JX_ID_BYTES])
{
	char text[37];

	jx_uuid_format(id, text);
	jx_office__json_str(j, name, text);
}

void jx_office__json_buf(struct jx_office__json *j, const char *name, const jx_buf *json)
{
	name_member(j, name);
	jx_buf_add_buf(&j->b, json);
}

void jx_office__json_end(struct jx_office__json *j)
{
	jx_buf_addc(&j->b, '}');
}
