#include "pests.h"

#include "pest_json.h"

jx_pack *pest_pack(void)
{
	struct jx_error err = {0};
	jx_pack *pack = NULL;

	jx_assert_ok(jx_pack_load((const char *)pest_json, pest_json_len, &pack, &err), &err);
	return pack;
}

char *pest_with(const char *from, const char *to)
{
	const char *text = (const char *)pest_json;
	const char *at = strstr(text, from);

	if (at == NULL)
		fail_msg("the pack does not hold %s", from);
	return jx_xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

void pest_add(jx_tally *tally, const char *index, int64_t numerator, int64_t denominator)
{
	struct jx_error err = {0};

	jx_assert_ok(jx_tally_add(tally, index, numerator, denominator, &err), &err);
}

struct jx_grade pest_grade(const jx_tally *tally, const char *index)
{
	struct jx_error err = {0};
	struct jx_grade g;
	/* only the id of an index is looked at: any version of the pack will do */
	const struct jx_index x = {.id = index};

	jx_assert_ok(jx_tally_grade(tally, &x, PEST_DAY, &g, &err), &err);
	return g;
}

struct jx_verdict pest_verdict(const jx_tally *tally, const char *id)
{
	struct jx_error err = {0};
	struct jx_verdict v;
	size_t i;

	for (i = 0; i < jx_tally_verdict_count(tally, PEST_DAY); i++) {
		jx_assert_ok(jx_tally_verdict(tally, i, PEST_DAY, &v, &err), &err);
		if (strcmp(v.id, id) == 0)
			return v;
	}
	fail_msg("the pack has no verdict %s", id);
	return (struct jx_verdict){0};
}

uint64_t pest_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}
