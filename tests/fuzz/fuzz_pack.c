/* Form packs. Besides not crashing: every code of a pack that loads is found, has units, and can be answered. */
#include <string.h>

#include "fuzz.h"
#include "jiexun/form.h"

static void check_code(const jx_pack *pack, const struct jx_code *c)
{
	const struct jx_observation in = {.result = "found", .code = c->code};
	const char *day = c->valid_from != NULL ? c->valid_from : "2026-09-01";
	struct jx_answers_brief brief;
	struct jx_error err = {0};
	JX_AUTO_BUF b = {0};

	JX_FUZZ_CHECK(jx_pack_find(pack, c->code) == c);
	JX_FUZZ_CHECK(c->unit_count > 0 && jx_pack_unit(pack, c->units[0]) != NULL);
	JX_FUZZ_CHECK(c->parent == NULL || jx_pack_find(pack, c->parent) != NULL);
	jx_buf_init(&b, 65536);
	if (!jx_pack_is_open(pack, c, day)) {
		JX_FUZZ_CHECK(jx_form_observation(pack, &in, day, &b, &err) == JX_EINVAL);
		return;
	}
	JX_FUZZ_CHECK(jx_form_observation(pack, &in, day, &b, &err) == JX_OK);
	JX_FUZZ_CHECK(jx_form_check(pack, b.data, b.len, day, &err) == JX_OK);
	JX_FUZZ_CHECK(jx_form_brief(pack, b.data, b.len, &brief, &err) == JX_OK);
	JX_FUZZ_CHECK(strcmp(brief.code, c->code) == 0 && strcmp(brief.name_zh, c->name.zh) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_error err = {0};
	const jx_rc rc = jx_pack_load((const char *)data, size, &pack, &err);
	size_t i;

	JX_FUZZ_CHECK(rc == JX_OK || (err.code == rc && err.text[0] != '\0' && pack == NULL));
	JX_FUZZ_CHECK(rc == JX_OK || rc == JX_EINVAL || rc == JX_ELIMIT || rc == JX_EVERSION);
	for (i = 0; rc == JX_OK && i < jx_pack_code_count(pack); i++)
		check_code(pack, jx_pack_code_at(pack, i));
	return 0;
}
