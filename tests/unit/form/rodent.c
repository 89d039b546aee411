#include "rodent.h"

#include "rodent_json.h"

static jx_pack *load(const char *text)
{
	struct jx_error err = {0};
	jx_pack *pack = NULL;

	jx_assert_ok(jx_pack_load(text, strlen(text), &pack, &err), &err);
	return pack;
}

jx_pack *rodent_pack(void)
{
	return load((const char *)rodent_json);
}

char *rodent_with(const char *from, const char *to)
{
	const char *text = (const char *)rodent_json;
	const char *at = strstr(text, from);

	if (at == NULL)
		fail_msg("rodent.json does not hold %s", from);
	return jx_xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

jx_pack *rodent_pack_with(const char *from, const char *to)
{
	JX_AUTO_FREE char *text = rodent_with(from, to);

	return load(text);
}
