/* The test of a disk by a power cut, on disks that keep their word and on disks that lie. */
#include "../sim/sim_disk.h"
#include "jiexun/cli.h"
#include "jx_test.h"

#define DIR  "/disk/selftest"
#define CUTS 60

struct cut {
	sim_disk *disk;
	struct jx_fake_rand rand;
	char code[JX_PROBE_CODE_MAX];
	int64_t n;
};

/* Write until the power goes, after so many operations. */
static void run_until_cut(struct cut *c, uint64_t seed, bool lies)
{
	jx_probe *p = NULL;
	struct jx_error err;
	jx_rc rc;

	c->n = 0;
	jx_fake_rand_init(&c->rand, seed);
	c->disk = sim_disk_new("probe", seed);
	sim_disk_set_lies(c->disk, lies);
	sim_disk_cut_after(c->disk, 40 + (int64_t)jx_fake_rand_below(&c->rand, 900));
	rc = jx_probe_begin(sim_disk_fs(c->disk), &c->rand.rand, DIR, &p, &err);
	while (rc == JX_OK) {
		rc = jx_probe_step(p, &c->n, &err);
		if (rc == JX_OK)
			jx_probe_code(p, c->code);
	}
	jx_probe_close(p);
	assert_true(sim_disk_is_dead(c->disk));
	sim_disk_power_cycle(c->disk);
}

static void a_disk_that_keeps_its_word_is_never_accused(void **state)
{
	struct jx_probe_result r;
	struct jx_error err;
	struct cut c;
	int names = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= CUTS; seed++) {
		run_until_cut(&c, seed, false);
		assert_true(c.n > 0);
		jx_assert_ok(jx_probe_check(sim_disk_fs(c.disk), DIR, c.code, &r, &err), &err);
		assert_int_equal(r.last_n, c.n);
		assert_true(r.looked >= c.n);
		names += c.n >= JX_PROBE_NAME_EVERY;
		if (r.missing != 0 || r.names_missing != 0)
			fail_msg("seed %llu: %lld of %lld missing, first %lld, names %lld",
				 (unsigned long long)seed, (long long)r.missing, (long long)r.looked,
				 (long long)r.first_missing_n, (long long)r.names_missing);
		sim_disk_free(c.disk);
	}
	assert_true(names > CUTS / 2); /* renames were part of it */
}

static void a_disk_that_lies_is_found(void **state)
{
	struct jx_probe_result r;
	struct jx_error err;
	struct cut c;
	int found = 0, names = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= CUTS; seed++) {
		run_until_cut(&c, seed, true);
		jx_assert_ok(jx_probe_check(sim_disk_fs(c.disk), DIR, c.code, &r, &err), &err);
		found += r.missing > 0;
		names += r.names_missing > 0;
		assert_true(r.missing == 0 || (r.first_missing_n >= 1 && r.first_missing_n <= c.n));
		sim_disk_free(c.disk);
	}
	/* by chance a cut may spare all; not two in a row of sixty */
	assert_true(found > CUTS * 9 / 10);
	assert_true(names > CUTS / 4);
}

/* More than once round the ring: what was written over is not asked for. */
static void going_round_loses_nothing(void **state)
{
	struct jx_probe_result r;
	struct jx_error err;
	struct cut c = {.n = 0};
	jx_probe *p = NULL;

	(void)state;
	jx_fake_rand_init(&c.rand, 5);
	c.disk = sim_disk_new("probe", 5);
	jx_assert_ok(jx_probe_begin(sim_disk_fs(c.disk), &c.rand.rand, DIR, &p, &err), &err);
	while (c.n < JX_PROBE_SLOTS + 500) {
		jx_assert_ok(jx_probe_step(p, &c.n, &err), &err);
		/* the screen shows a number that is a little behind */
		if (c.n == JX_PROBE_SLOTS + 100)
			jx_probe_code(p, c.code);
	}
	jx_probe_close(p);
	sim_disk_kill(c.disk);
	sim_disk_power_cycle(c.disk);
	jx_assert_ok(jx_probe_check(sim_disk_fs(c.disk), DIR, c.code, &r, &err), &err);
	assert_int_equal(r.missing, 0);
	assert_int_equal(r.names_missing, 0);
	assert_true(r.looked > JX_PROBE_SLOTS / 2);
	jx_assert_ok(jx_probe_clear(sim_disk_fs(c.disk), DIR, &err), &err);
	jx_assert_ok(jx_probe_check(sim_disk_fs(c.disk), DIR, c.code, &r, &err), &err);
	assert_int_equal(r.missing + r.names_missing, r.looked);
	sim_disk_free(c.disk);
}

static void a_mistyped_code_accuses_nobody(void **state)
{
	static const char *const wrong[] = {
		"",    "12",     "12-", "-",  "abc-AAAAAAAA-AAAA", "1-AAAAAAAA-AAAA",
		"1 2", "999999", "1-2", "--", "1-AAAAAAAA-AAAAA"};
	struct jx_probe_result r;
	struct jx_error err;
	struct cut c;

	(void)state;
	run_until_cut(&c, 3, false);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		jx_assert_rc(jx_probe_check(sim_disk_fs(c.disk), DIR, wrong[i], &r, &err), JX_EINVAL, &err);
	/* each character of a right one */
	for (size_t i = 0; c.code[i] != '\0'; i++) {
		const char was = c.code[i];

		c.code[i] = was == '-' ? '1' : was == '7' ? '8' : '7';
		jx_assert_rc(jx_probe_check(sim_disk_fs(c.disk), DIR, c.code, &r, &err), JX_EINVAL, &err);
		c.code[i] = was;
	}
	jx_assert_ok(jx_probe_check(sim_disk_fs(c.disk), DIR, c.code, &r, &err), &err);
	sim_disk_free(c.disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disk_that_keeps_its_word_is_never_accused),
		cmocka_unit_test(a_disk_that_lies_is_found),
		cmocka_unit_test(going_round_loses_nothing),
		cmocka_unit_test(a_mistyped_code_accuses_nobody),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("selftest.probe", tests, NULL, NULL);
}
