#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "packs.h"

const char small_pack[] =
	"{\n"
	" \"format\": 1, \"id\": \"market\", \"version\": 7, \"valid_from\": \"2026-03-01\", \"languages\": [\"zh\", \"en\"],\n"
	" \"name\": {\"zh\": \"市场\", \"en\": \"markets\"}, \"source\": \"the office\", \"later\": {\"x\": [1.5, null]},\n"
	" \"units\": [\n"
	"  {\"unit\": \"place\", \"name\": {\"zh\": \"处\", \"en\": \"place\"}},\n"
	"  {\"unit\": \"stall\", \"name\": {\"zh\": \"摊\"}, \"aliases\": [\"档\"], \"more\": true}],\n"
	" \"codes\": [\n"
	"  {\"code\": \"B.1\", \"parent\": \"B\", \"name\": {\"zh\": \"地面脏\", \"en\": \"dirty floor\"}, \"units\": [\"stall\"]},\n"
	"  {\"code\": \"B\", \"name\": {\"zh\": \"卫生\", \"en\": \"hygiene\"}, \"units\": [\"place\", \"stall\"], \"legal\": \"R1\",\n"
	"   \"confidence\": \"SEED\", \"event_codes\": [\"01-04\"], \"event_confidence\": \"RU\",\n"
	"   \"hint\": {\"zh\": \"看清楚\", \"en\": \"look twice\"}, \"valid_from\": \"2026-04-01\"},\n"
	"  {\"code\": \"B.2\", \"parent\": \"B\", \"name\": {\"zh\": \"下水堵\", \"en\": \"blocked drain\"},\n"
	"   \"aliases\": [\"堵\"], \"valid_until\": \"2026-06-30\"},\n"
	"  {\"code\": \"C\", \"name\": {\"zh\": \"摊\", \"en\": \"stall goods\"}, \"units\": [\"stall\"], \"aliases\": [\"堵\"]}],\n"
	" \"forms\": [{\"id\": \"count\", \"entry\": \"check\"}, {\"id\": \"finding\", \"entry\": \"observation\"}]\n"
	"}\n";

jx_pack *builtin_pack(void)
{
	struct jx_error err = {0};
	jx_pack *pack = NULL;
	const char *text;
	size_t len;

	jx_pack_builtin(&text, &len);
	if (jx_pack_load(text, len, &pack, &err) != JX_OK)
		fail_msg("built-in pack: %s", err.text);
	return pack;
}

char *small_pack_with(const char *from, const char *to)
{
	const char *at = strstr(small_pack, from);

	if (at == NULL)
		fail_msg("the small pack does not hold %s", from);
	return jx_xasprintf("%.*s%s%s", (int)(at - small_pack), small_pack, to, at + strlen(from));
}
