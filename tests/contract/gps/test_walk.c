/*
 * The walk that tests and demonstrations use, through replay: an honest track raises no doubt, and has its one tunnel.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jiexun/gps.h"
#include "jx_test.h"

#define START_UTC_MS INT64_C(1782864000000)

static void run_walk(const char *out, const char *seed, const char *pace)
{
	JX_AUTO_FREE char *program = jx_xasprintf("%s/jx-walk", getenv("JX_BIN"));
	JX_AUTO_FREE char *route = jx_xasprintf("%s/tests/data/walk/route.csv", getenv("JX_SOURCE"));
	JX_AUTO_FREE char *out_arg = jx_xasprintf("--out=%s", out),
			  *seed_arg = jx_xasprintf("--seed=%s", seed);
	JX_AUTO_FREE char *pace_arg = jx_xasprintf("--pace=%s", pace),
			  *route_arg = jx_xasprintf("--route=%s", route);
	JX_AUTO_FREE char *start_arg = jx_xasprintf("--start-utc-ms=%lld", (long long)START_UTC_MS);
	char *argv[] = {program, route_arg, out_arg, seed_arg, pace_arg, start_arg, NULL};
	int status = -1;
	pid_t pid;

	assert_int_equal(posix_spawn(&pid, program, NULL, NULL, argv, environ), 0);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	assert_int_equal(status, 0);
}

struct seen {
	int fixes, stale, gaps;
	int used_min, used_max;
};

static struct seen replay(const char *path, bool is_walking_pace)
{
	struct seen seen = {.used_min = 99};
	struct jx_fake_clock clock;
	JX_AUTO(jx_gps) g = NULL;
	bool was_stale = false;
	struct jx_error err;
	int s;

	jx_fake_clock_init(&clock, START_UTC_MS);
	jx_assert_ok(jx_gps_open_replay(path, jx_os_fs(), &clock.clock, 5000, &g, &err), &err);
	for (s = 0; s < (is_walking_pace ? 1400 : 70); s++) {
		struct jx_fix fix;

		jx_assert_ok(jx_gps_read(g, 0, &fix, &err), &err);
		assert_int_equal(fix.source, JX_FIX_GNSS);
		if (jx_gps_doubts(g) != 0)
			fail_msg("second %d: doubts %u", s, (unsigned int)jx_gps_doubts(g));
		/* The quarter that the route is drawn in. */
		assert_in_range(fix.lat_wgs84_e7, 302270000, 302330000);
		assert_in_range(fix.lon_wgs84_e7, 1197190000, 1197270000);
		seen.stale += fix.is_stale;
		seen.gaps += fix.is_stale && !was_stale;
		was_stale = fix.is_stale;
		seen.fixes += fix.age_ms == 0;
		seen.used_min = fix.satellites_used < seen.used_min ? fix.satellites_used : seen.used_min;
		seen.used_max = fix.satellites_used > seen.used_max ? fix.satellites_used : seen.used_max;
		jx_fake_clock_advance(&clock, 1000);
	}
	return seen;
}

static void an_honest_walk_raises_no_doubt(void **state)
{
	static const char *const seeds[] = {"1", "2", "3"};
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *path = jx_test_path(folder, "walk.nmea");
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct seen seen;

		run_walk(path, seeds[i], "1");
		seen = replay(path, true);
		/* 1733 m at 1.2 m/s less the tunnel; the tunnel, and the silence after the last line */
		assert_in_range(seen.fixes, 1300, 1400);
		assert_int_equal(seen.gaps, 1);
		assert_in_range(seen.stale, 60, 100);
		assert_true(seen.used_min >= 4 && seen.used_max > seen.used_min);
	}
	run_walk(path, "4", "20");
	(void)replay(path, false);
	jx_test_folder_remove(folder);
}

static void the_same_seed_gives_the_same_walk(void **state)
{
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *a = jx_test_path(folder, "a"), *b = jx_test_path(folder, "b"),
			  *c = jx_test_path(folder, "c");
	JX_AUTO_FREE char *text_a = NULL, *text_b = NULL, *text_c = NULL;
	size_t len;

	(void)state;
	run_walk(a, "7", "1");
	run_walk(b, "7", "1");
	run_walk(c, "8", "1");
	text_a = jx_test_read(a, &len);
	text_b = jx_test_read(b, &len);
	text_c = jx_test_read(c, &len);
	assert_true(len > 100000);
	assert_string_equal(text_a, text_b);
	assert_string_not_equal(text_a, text_c);
	jx_test_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_walk_raises_no_doubt),
		cmocka_unit_test(the_same_seed_gives_the_same_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
