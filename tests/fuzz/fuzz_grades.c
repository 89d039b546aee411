/*
 * Limits, verdicts, quotas and cards of packs. Of every pack that loads: sums made from its bytes are graded on several days, and
 * what is said agrees with itself.
 */
#include <string.h>

#include "fuzz.h"
#include "jiexun/form.h"

static const char *const days[] = {"2019-12-31", "2025-12-31", "2026-02-28", "2026-09-01"};

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Mostly counts as people have them, at times as large as they may be, at times what must be refused. */
static int64_t draw(uint64_t *state)
{
	const uint64_t kind = next(state) % 16;

	if (kind == 0)
		return (int64_t)next(state);
	if (kind == 1)
		return INT64_C(1) << next(state) % 54;
	return (int64_t)(next(state) % (kind < 8 ? 5 : 5000));
}

static void check_grade(const jx_tally *tally, const struct jx_index *index, const char *day)
{
	struct jx_error err = {0};
	struct jx_grade g;
	double value;

	if (jx_tally_grade(tally, index, day, &g, &err) != JX_OK) {
		JX_FUZZ_CHECK(err.code == JX_ENOTFOUND && err.text[0] != '\0');
		return;
	}
	JX_FUZZ_CHECK((g.level == JX_LEVEL_NONE) == (g.sum.denominator == 0 && !g.is_none_positive));
	JX_FUZZ_CHECK(g.edition != NULL && g.more >= -1 && g.more <= JX_MORE_MAX);
	JX_FUZZ_CHECK(!g.is_decided || g.more == 0);
	JX_FUZZ_CHECK(g.more != 0 || g.is_decided);
	if (!g.has_interval)
		return;
	value = (double)g.sum.numerator / (double)g.sum.denominator * (double)index->scale;
	JX_FUZZ_CHECK(g.interval.low >= 0 && g.interval.low <= value * (1 + 1e-12));
	JX_FUZZ_CHECK(g.interval.high >= value * (1 - 1e-12));
	JX_FUZZ_CHECK(g.best <= g.level && g.level <= g.worst);
}

static void check_day(const jx_tally *tally, const jx_pack *pack, const char *day)
{
	struct jx_verdict v;
	struct jx_quota q;
	size_t i;

	for (i = 0; i < jx_pack_index_count(pack); i++)
		check_grade(tally, jx_pack_index_at(pack, i), day);
	for (i = 0; i < jx_pack_group_count(pack, day); i++) {
		const struct jx_group *group = jx_pack_group_at(pack, day, i);
		const enum jx_level level = jx_tally_group(tally, group, day);
		const enum jx_level topic = jx_tally_topic(tally, group->topic, day);

		JX_FUZZ_CHECK(!group->is_precondition || level == JX_LEVEL_NONE || level == JX_LEVEL_A ||
			      level == JX_LEVEL_D);
		/* a topic is never better than one of its groups */
		JX_FUZZ_CHECK(topic == JX_LEVEL_NONE || level == JX_LEVEL_NONE ? 1 : topic >= level);
	}
	for (i = 0; i < jx_tally_verdict_count(tally, day); i++) {
		JX_FUZZ_CHECK(jx_tally_verdict(tally, i, day, &v, NULL) == JX_OK);
		JX_FUZZ_CHECK(v.outcome.en != NULL && (v.is_met == 1) == (v.reason.en == NULL));
	}
	for (i = 0; i < jx_tally_quota_count(tally, day); i++)
		JX_FUZZ_CHECK(jx_tally_quota(tally, i, day, 1 + (int64_t)(i * 100000), &q, NULL) == JX_OK);
}

static void check_card(const jx_pack *pack, const char *id)
{
	JX_AUTO_BUF page = {0};
	struct jx_error err = {0};

	jx_buf_init(&page, (size_t)1024 * 1024);
	JX_FUZZ_CHECK(jx_pack_card(pack, id, days[3], &page, &err) == JX_OK);
	JX_FUZZ_CHECK(page.len > 0 && jx_utf8_ok(page.data, page.len));
}

/* The same into one tally, and into two that are joined. */
static void fill(const jx_pack *pack, uint64_t *seed, jx_tally *one, jx_tally *half, jx_tally *rest)
{
	size_t i;

	for (i = 0; i < 4 * jx_pack_index_count(pack); i++) {
		const struct jx_index *index = jx_pack_index_at(pack, next(seed) % jx_pack_index_count(pack));
		const int64_t numerator = draw(seed), denominator = draw(seed);
		struct jx_error err = {0};
		struct jx_fraction before, after;

		jx_tally_sum(one, index, &before);
		if (jx_tally_add(one, index->id, numerator, denominator, &err) == JX_OK) {
			JX_FUZZ_CHECK(jx_tally_add(i % 2 == 0 ? half : rest, index->id, numerator,
						   denominator, NULL) == JX_OK);
			continue;
		}
		jx_tally_sum(one, index, &after);
		JX_FUZZ_CHECK(before.numerator == after.numerator && before.denominator == after.denominator);
		JX_FUZZ_CHECK(err.code == JX_EINVAL || err.code == JX_ELIMIT);
	}
}

static void check_pack(const jx_pack *pack, uint64_t seed)
{
	JX_AUTO(jx_tally) one = jx_tally_new(pack);
	JX_AUTO(jx_tally) half = jx_tally_new(pack);
	JX_AUTO(jx_tally) rest = jx_tally_new(pack);
	size_t i;

	fill(pack, &seed, one, half, rest);
	JX_FUZZ_CHECK(jx_tally_merge(half, rest, NULL) == JX_OK);
	for (i = 0; i < jx_pack_index_count(pack); i++) {
		const struct jx_index *index = jx_pack_index_at(pack, i);
		struct jx_fraction x, y;
		struct jx_effect e;

		jx_tally_sum(one, index, &x);
		jx_tally_sum(half, index, &y);
		JX_FUZZ_CHECK(x.numerator == y.numerator && x.denominator == y.denominator);
		if (jx_tally_effect(one, rest, index, &e, NULL) == JX_OK)
			JX_FUZZ_CHECK(e.denominator >= 0 && e.numerator <= e.denominator);
		if (index->topic != NULL)
			check_card(pack, index->topic);
	}
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		check_day(one, pack, days[i]);
	for (i = 0; i < jx_pack_card_count(pack); i++)
		check_card(pack, jx_pack_card_at(pack, i)->id);
	for (i = 0; i < jx_pack_form_count(pack); i++)
		check_card(pack, jx_pack_form_at(pack, i)->id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_error err = {0};
	uint64_t seed = 88172645463325252u;
	const jx_rc rc = jx_pack_load((const char *)data, size, &pack, &err);
	size_t i;

	JX_FUZZ_CHECK(rc == JX_OK || (err.code == rc && err.text[0] != '\0' && pack == NULL));
	for (i = 0; i < size; i++)
		seed = (seed ^ data[i]) * UINT64_C(1099511628211);
	if (rc == JX_OK)
		check_pack(pack, seed | 1);
	return 0;
}
