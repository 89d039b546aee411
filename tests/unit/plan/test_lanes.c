/* Photos at a time, over rates as they were measured: what a line gives to 1, 2, 3 and 4 connections. */
#include "plan_tester.h"

#define WINDOW JX_PLAN_LANES_WINDOW_MS

/* Kilobytes a second. Noise: so many per cent up or down. */
struct line {
	int64_t rate[JX_PLAN_LANES_MAX];
	int64_t noise_pct;
};
/* 1 Mbit/s up, 300 ms, 2 % lost each way, CUBIC: each connection gets its 0.35 Mbit/s until the line is full. */
static const struct line lossy = {{42, 82, 101, 111}, 8};
/* The same with BBR: one connection fills it. */
static const struct line full = {{105, 110, 111, 111}, 4};
/* A phone's hotspot that is shared: more connections only disturb each other. */
static const struct line worse = {{300, 280, 250, 200}, 5};
/* An office's line: 12 MB/s to whoever asks first. */
static const struct line office = {{11800, 11900, 11900, 11900}, 2};

struct run {
	struct jx_plan_lanes lanes;
	struct jx_fake_rand rand;
	int64_t bytes;
	int64_t spent[JX_PLAN_LANES_MAX + 1]; /* windows with so many lanes */
};

static void begin(struct run *r, uint64_t seed, int max)
{
	memset(r, 0, sizeof(*r));
	jx_fake_rand_init(&r->rand, seed);
	jx_plan_lanes_init(&r->lanes, max);
}

static void go(struct run *r, const struct line *line, int windows)
{
	for (int i = 0; i < windows; i++) {
		const int64_t bent = (int64_t)jx_fake_rand_below(&r->rand,
								 (uint64_t)(2 * line->noise_pct + 1)) -
				     line->noise_pct;
		const int64_t bytes = line->rate[r->lanes.lanes - 1] * WINDOW * (100 + bent) / 100;

		r->spent[r->lanes.lanes]++;
		r->bytes += bytes;
		(void)jx_plan_lanes_next(&r->lanes, bytes, WINDOW);
		assert_in_range(r->lanes.lanes, 1, r->lanes.max);
	}
}

static void one_at_first(void **state)
{
	struct run r;

	(void)state;
	begin(&r, 1, 0);
	assert_int_equal(r.lanes.lanes, 1);
	begin(&r, 1, JX_PLAN_LANES_MAX);
	go(&r, &lossy, 2);
	assert_int_equal(r.lanes.lanes, 2); /* 4 s: one trial */
}

/* 15 photos of 237 KB: 85 s with one connection, 32 with four from the start. */
static void a_lossy_line_gets_four_soon(void **state)
{
	struct run r;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		begin(&r, seed, JX_PLAN_LANES_MAX);
		go(&r, &lossy, 4);
		assert_int_equal(r.lanes.lanes, 4);
		go(&r, &lossy, 16);
		/* in 40 s */
		if (r.bytes < 15 * INT64_C(237000))
			fail_msg("seed %d: %lld bytes", (int)seed, (long long)r.bytes);
	}
}

static void a_full_line_stays_with_one(void **state)
{
	static const struct line *const lines[] = {&full, &worse, &office};
	struct run r;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		for (uint64_t seed = 1; seed <= 200; seed++) {
			begin(&r, seed, JX_PLAN_LANES_MAX);
			go(&r, lines[i], 300);
			assert_true(r.spent[1] >= 240);
			assert_int_equal(r.spent[3] + r.spent[4], 0);
		}
	}
}

/* Out of the tunnel: what was right before is left again. */
static void it_follows_a_line_that_changes(void **state)
{
	struct run r;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		begin(&r, seed, JX_PLAN_LANES_MAX);
		go(&r, &lossy, 30);
		memset(r.spent, 0, sizeof(r.spent));
		go(&r, &full, 120);
		if (r.spent[1] + r.spent[2] < 60)
			fail_msg("seed %d: %d windows with one or two", (int)seed,
				 (int)(r.spent[1] + r.spent[2]));
		r.bytes = 0;
		go(&r, &lossy, 100);
		/* of 111, the best there is */
		if (r.bytes < 88 * INT64_C(1000) * WINDOW / 1000 * 100)
			fail_msg("seed %d: %lld bytes", (int)seed, (long long)r.bytes);
	}
}

static void never_more_than_allowed(void **state)
{
	struct run r;

	(void)state;
	for (int max = 1; max <= JX_PLAN_LANES_MAX; max++) {
		begin(&r, 7, max);
		go(&r, &lossy, 100);
		for (int n = max + 1; n <= JX_PLAN_LANES_MAX; n++)
			assert_int_equal(r.spent[n], 0);
		assert_true(r.spent[max] >= 50);
	}
	begin(&r, 7, 99);
	assert_int_equal(r.lanes.max, JX_PLAN_LANES_MAX);
}

static void a_line_that_stands_still_decides_nothing(void **state)
{
	struct run r;

	(void)state;
	begin(&r, 1, JX_PLAN_LANES_MAX);
	for (int i = 0; i < 100; i++)
		assert_int_equal(jx_plan_lanes_next(&r.lanes, 0, WINDOW), 1);
	assert_int_equal(jx_plan_lanes_next(&r.lanes, 1000, 0), 1);
}

/* 250 kB in 60 ms is a line of its own building; as many lanes at once as the photos that are left are worth. */
static void a_quick_line_gets_more_at_once(void **state)
{
	static const struct {
		int64_t bytes, ms;
		size_t left;
		int max, lanes;
	} rows[] = {
		{250000, 60, 100, 4, 4}, {250000, 62, 100, 4, 4}, {250000, 63, 100, 4, 1}, /* 4 MB/s */
		{250000, 0, 100, 4, 4},  {65535, 0, 100, 4, 1},   {65536, 16, 100, 4, 4},
		{65536, 17, 100, 4, 1},  {250000, 5, 0, 4, 1},    {250000, 5, 2, 4, 1},
		{250000, 5, 3, 4, 2},    {250000, 5, 6, 4, 3},    {250000, 5, 9, 4, 4},
		{250000, 5, 100, 2, 2},  {250000, 5, 100, 1, 1},  {250000, -1, 100, 4, 1},
	};
	struct run r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(&r, 1, rows[i].max);
		assert_int_equal(jx_plan_lanes_quick(&r.lanes, rows[i].bytes, rows[i].ms, rows[i].left),
				 rows[i].lanes);
	}
}

/* What was begun on one photo's word is left again where the line gives nothing for it; and what windows found is not overruled. */
static void a_quick_start_is_judged_as_any_other(void **state)
{
	struct run r;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		begin(&r, seed, JX_PLAN_LANES_MAX);
		(void)jx_plan_lanes_quick(&r.lanes, 250000, 20, 100);
		go(&r, &office, 300);
		if (r.spent[1] < 200)
			fail_msg("seed %d: %d windows with one", (int)seed, (int)r.spent[1]);
		begin(&r, seed, JX_PLAN_LANES_MAX);
		go(&r, &full, 40);
		r.lanes.lanes = 1;
		assert_int_equal(jx_plan_lanes_quick(&r.lanes, 250000, 20, 100), 1);
	}
}

/* A lane's plan: what goes well, and the end at the first thing that does not. */
static void a_lane_ends_at_the_first_trouble(void **state)
{
	static const enum jx_plan_event_kind troubles[] = {
		JX_PLAN_NO_CONNECTION, JX_PLAN_BUSY,      JX_PLAN_SERVER_ERROR, JX_PLAN_BAD_ANSWER,
		JX_PLAN_FORBIDDEN,     JX_PLAN_CHALLENGE, JX_PLAN_NO_SPACE,     JX_PLAN_STOP};
	struct tester t;

	(void)state;
	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
		tester_init(&t);
		t.step = jx_plan_init_lane(&t.plan, &t.config);
		for (int k = 0; k < 20; k++) {
			assert_int_equal(t.step.what, JX_PLAN_DO_CHOOSE);
			tell_photo(&t, 1000);
			assert_int_equal(t.step.what, JX_PLAN_DO_CREATE);
			tell(&t, JX_PLAN_PHOTO_DONE);
		}
		tell_photo(&t, 1000);
		tell(&t, troubles[i]);
		assert_true(t.step.what == JX_PLAN_DO_FINISH || t.step.what == JX_PLAN_DO_SYNC);
	}
	tester_init(&t);
	t.step = jx_plan_init_lane(&t.plan, &t.config);
	tell(&t, JX_PLAN_NO_PHOTO);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_OK);
}

/* While other lanes get photos through, the run's own is not given up. */
static void what_others_move_gives_attempts_back(void **state)
{
	const struct jx_plan_event broken = {
		.kind = JX_PLAN_NO_CONNECTION, .others_moved = true, .retry_after_ms = -1};
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_CREATING);
	for (int i = 0; i < 10 * JX_PLAN_ATTEMPTS; i++) {
		t.step = jx_plan_next(&t.plan, &broken);
		assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
		tell(&t, JX_PLAN_WAITED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_at_first),
		cmocka_unit_test(a_lossy_line_gets_four_soon),
		cmocka_unit_test(a_full_line_stays_with_one),
		cmocka_unit_test(it_follows_a_line_that_changes),
		cmocka_unit_test(never_more_than_allowed),
		cmocka_unit_test(a_line_that_stands_still_decides_nothing),
		cmocka_unit_test(a_quick_line_gets_more_at_once),
		cmocka_unit_test(a_quick_start_is_judged_as_any_other),
		cmocka_unit_test(a_lane_ends_at_the_first_trouble),
		cmocka_unit_test(what_others_move_gives_attempts_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
