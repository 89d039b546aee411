/* Answers of an observation: the input as an answers object, and as what somebody typed, line by line. */
#include <string.h>

#include "fuzz.h"
#include "jiexun/form.h"

#define DAY "2026-09-01"

static void check_object(const jx_pack *pack, const char *text, size_t len)
{
	struct jx_answers_brief brief;
	struct jx_error err = {0};
	const jx_rc rc = jx_form_check(pack, text, len, DAY, &err);

	JX_FUZZ_CHECK(rc == JX_OK ||
		      (err.code == rc && err.text[0] != '\0' && jx_utf8_ok(err.text, strlen(err.text))));
	if (jx_form_brief(pack, text, len, &brief, NULL) != JX_OK)
		JX_FUZZ_CHECK(rc != JX_OK);
	else if (rc == JX_OK)
		JX_FUZZ_CHECK((strcmp(brief.result, "found") == 0) == (brief.quantity[0] != '\0'));
}

/* What is accepted as typed is accepted as written. */
static void check_typed(const jx_pack *pack, char *lines)
{
	struct jx_observation in = {.result = "found"};
	const char **const fields[] = {&in.code,  &in.quantity,         &in.unit,
				       &in.party, &in.unit_responsible, &in.note};
	struct jx_error err = {0};
	JX_AUTO_BUF b = {0};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]) && lines != NULL; i++) {
		char *end = strchr(lines, '\n');

		*fields[i] = lines;
		if (end != NULL)
			*end++ = '\0';
		lines = end;
	}
	jx_buf_init(&b, 65536);
	if (jx_form_observation(pack, &in, DAY, &b, &err) == JX_OK)
		JX_FUZZ_CHECK(jx_form_check(pack, b.data, b.len, DAY, &err) == JX_OK);
	else
		JX_FUZZ_CHECK(err.text[0] != '\0' && b.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static jx_pack *pack; /* for all inputs: loading takes longer than all else */
	JX_AUTO_FREE char *lines = jx_xmalloc(size + 1);
	const char *text;
	size_t len;

	jx_pack_builtin(&text, &len);
	JX_FUZZ_CHECK(pack != NULL || jx_pack_load(text, len, &pack, NULL) == JX_OK);
	check_object(pack, (const char *)data, size);
	if (size > 0)
		memcpy(lines, data, size);
	lines[size] = '\0';
	check_typed(pack, lines);
	return 0;
}
