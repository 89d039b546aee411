/*
 * What every position source that hears a receiver must do, over NMEA replay and over a real gpsd.
 */
#include <poll.h>
#include <stdlib.h>

#include "jx_test.h"
#include "scene.h"

#define LIMIT_MS     20000
#define E7_PER_M     (1e7 / 110850) /* as script_fix() has it */
#define E7_TOLERANCE 2

struct stage {
	const struct world_ops *ops;
	struct script script;
	void *world;
	struct jx_fix fix; /* as seen last */
};

static int begin(void **state, const struct world_ops *ops)
{
	struct stage *s = jx_xcalloc(1, sizeof(*s));

	s->ops = ops;
	script_begin(&s->script);
	*state = s;
	return 0;
}

static int begin_replay(void **state)
{
	return begin(state, &world_replay);
}

static int begin_gpsd(void **state)
{
	return begin(state, &world_gpsd);
}

static int end(void **state)
{
	struct stage *s = *state;

	if (s->world != NULL)
		s->ops->close(s->world);
	script_end(&s->script);
	free(s);
	return 0;
}

static void open_world(struct stage *s)
{
	s->world = s->ops->open(&s->script);
}

static void look(struct stage *s)
{
	struct jx_error err;

	jx_assert_ok(jx_gps_read(s->ops->gps(s->world), s->ops->wait_ms, &s->fix, &err), &err);
}

typedef bool (*seen_fn)(const struct stage *s, double arg);

static int64_t real_mono_ms(void)
{
	return jx_os_clock()->mono_ms(jx_os_clock()->user);
}

/* Look again and again until it holds: replay must show it at once, gpsd within the limit. */
static void expect(struct stage *s, seen_fn seen, double arg, const char *what)
{
	int64_t end_ms = real_mono_ms() + LIMIT_MS;

	look(s);
	while (!seen(s, arg)) {
		if (s->ops->wait_ms == 0 || real_mono_ms() > end_ms)
			fail_msg("%s: %s: source %d lat %d age %lld stale %d state %s", s->ops->name, what,
				 (int)s->fix.source, (int)s->fix.lat_wgs84_e7, (long long)s->fix.age_ms,
				 (int)s->fix.is_stale,
				 jx_gps_state_name(jx_gps_state(s->ops->gps(s->world))));
		(void)poll(NULL, 0, 5);
		look(s);
	}
}

static bool is_at(const struct stage *s, double north_m)
{
	int64_t want_e7 = 302300000 + (int64_t)(north_m * E7_PER_M + 0.5);

	return s->fix.source == JX_FIX_GNSS && llabs(s->fix.lat_wgs84_e7 - want_e7) <= E7_TOLERANCE;
}

static bool is_state(const struct stage *s, double state)
{
	return (int)jx_gps_state(s->ops->gps(s->world)) == (int)state;
}

static bool is_complete_at(const struct stage *s, double north_m)
{
	return is_at(s, north_m) && s->fix.gnss_utc_ms != 0 && s->fix.satellites_used > 0 &&
	       s->fix.accuracy_mm >= 0;
}

static void a_walk_is_given_epoch_by_epoch(void **state)
{
	struct stage *s = *state;
	int i;

	for (i = 0; i < 8; i++) {
		s->script.used = 5 + i % 4;
		script_fix(&s->script, i * 1.2);
	}
	open_world(s);
	for (i = 0; i < 8; i++) {
		s->ops->play(s->world, (size_t)i);
		expect(s, is_complete_at, i * 1.2, "next epoch");
		assert_int_equal(llabs(s->fix.lon_wgs84_e7 - 1197200000) <= E7_TOLERANCE, 1);
		/* HDOP 0.9 x 19 m, by gpsd and by us */
		assert_int_equal(s->fix.accuracy_mm, 17100);
		assert_int_equal(s->fix.mode, 3);
		assert_int_equal(s->fix.gnss_utc_ms, s->script.start_utc_ms + (i + 1) * 1000);
		assert_false(s->fix.is_stale);
		assert_true(s->fix.age_ms < STALE_AFTER_MS);
		assert_int_equal(jx_gps_state(s->ops->gps(s->world)), JX_GPS_OK);
		assert_string_equal(jx_gps_reason(s->ops->gps(s->world)), "");
		assert_int_equal(jx_gps_doubts(s->ops->gps(s->world)), 0);
	}
	assert_int_equal(jx_gps_satellites_visible(s->ops->gps(s->world)), 10);
}

static bool has_satellites(const struct stage *s, double used)
{
	return s->fix.satellites_used == (int)used;
}

static void satellites_belong_to_the_fix(void **state)
{
	struct stage *s = *state;

	s->script.used = 9;
	script_fix(&s->script, 0);
	s->script.used = 4;
	script_fix(&s->script, 1);
	open_world(s);
	s->ops->play(s->world, 0);
	expect(s, has_satellites, 9, "nine satellites");
	s->ops->play(s->world, 1);
	expect(s, has_satellites, 4, "four satellites");
	assert_true(is_at(s, 1));
}

static void no_fix_is_an_answer(void **state)
{
	struct stage *s = *state;

	script_no_fix(&s->script, 5);
	open_world(s);
	s->ops->play(s->world, 0);
	expect(s, is_state, JX_GPS_NO_FIX, "no fix");
	assert_int_equal(s->fix.source, JX_FIX_NONE);
	assert_true(jx_gps_reason(s->ops->gps(s->world))[0] != '\0');
	assert_int_equal(jx_gps_doubts(s->ops->gps(s->world)), 0);
}

static bool is_stale_without_fix(const struct stage *s, double arg)
{
	return s->fix.is_stale && is_state(s, JX_GPS_NO_FIX) && s->fix.age_ms >= (int64_t)arg;
}

static void a_tunnel_makes_the_last_fix_old(void **state)
{
	struct stage *s = *state;

	script_fix(&s->script, 0);
	script_no_fix(&s->script, 20);
	script_fix(&s->script, 24);
	open_world(s);
	s->ops->play(s->world, 0);
	expect(s, is_complete_at, 0, "before the tunnel");
	s->ops->play(s->world, 1);
	expect(s, is_stale_without_fix, 19000, "in the tunnel");
	assert_true(is_at(s, 0));
	s->ops->play(s->world, 2);
	expect(s, is_complete_at, 24, "behind the tunnel");
	assert_false(s->fix.is_stale);
}

static bool is_old(const struct stage *s, double age_ms)
{
	return s->fix.is_stale && s->fix.age_ms >= (int64_t)age_ms;
}

static bool is_nothing(const struct stage *s, double arg)
{
	(void)arg;
	return s->fix.source == JX_FIX_NONE;
}

static void silence_makes_the_last_fix_old_then_nothing(void **state)
{
	struct stage *s = *state;

	script_fix(&s->script, 0);
	script_silence(&s->script, 3 * JX_GPS_KEEP_MS);
	script_fix(&s->script, 3);
	open_world(s);
	s->ops->play(s->world, 0);
	expect(s, is_complete_at, 0, "before the silence");
	s->ops->pass(s->world, 30000);
	expect(s, is_old, 30000, "silence");
	assert_int_equal(jx_gps_state(s->ops->gps(s->world)), JX_GPS_STALE);
	assert_true(is_at(s, 0));
	s->ops->pass(s->world, JX_GPS_KEEP_MS);
	expect(s, is_nothing, 0, "long silence");
	assert_int_equal(jx_gps_state(s->ops->gps(s->world)), JX_GPS_STALE);
	s->ops->play(s->world, 1);
	expect(s, is_complete_at, 3, "after the silence");
	assert_false(s->fix.is_stale);
}

static void a_jump_is_given_and_doubted(void **state)
{
	struct stage *s = *state;

	script_fix(&s->script, 0);
	script_fix(&s->script, 5000);
	script_fix(&s->script, 5001);
	open_world(s);
	s->ops->play(s->world, 0);
	expect(s, is_complete_at, 0, "before the jump");
	assert_int_equal(jx_gps_doubts(s->ops->gps(s->world)), 0);
	s->ops->play(s->world, 1);
	expect(s, is_at, 5000, "behind the jump");
	assert_int_equal(jx_gps_doubts(s->ops->gps(s->world)) & JX_GPS_DOUBT_JUMP, JX_GPS_DOUBT_JUMP);
	s->ops->play(s->world, 2);
	expect(s, is_at, 5001, "a step on");
	assert_int_equal(jx_gps_doubts(s->ops->gps(s->world)) & JX_GPS_DOUBT_JUMP, 0);
}

static void garbage_does_no_harm(void **state)
{
	struct stage *s = *state;
	struct jx_fake_rand rand;
	char bytes[3000];

	jx_fake_rand_init(&rand, 99);
	rand.rand.fill(rand.rand.user, bytes, sizeof(bytes));
	bytes[sizeof(bytes) - 1] = '\n';
	script_fix(&s->script, 0);
	script_bytes(&s->script, bytes, sizeof(bytes));
	script_fix(&s->script, 2);
	script_fix(&s->script, 3);
	open_world(s);
	s->ops->play(s->world, 0);
	expect(s, is_complete_at, 0, "before the garbage");
	s->ops->play(s->world, 1);
	look(s);
	assert_true(is_at(s, 0));
	s->ops->play(s->world, 2);
	s->ops->play(s->world, 3);
	expect(s, is_complete_at, 3, "behind the garbage");
}

static bool is_at_2_and_was_never_far(const struct stage *s, double arg)
{
	(void)arg;
	if (!is_at(s, 0) && !is_at(s, 2))
		fail_msg("%s: a sentence with a wrong checksum moved the position to %d", s->ops->name,
			 (int)s->fix.lat_wgs84_e7);
	return is_at(s, 2);
}

/*
 * Every sentence of an epoch far away, each with one digit of its position changed: the checksums no
 * longer fit.
 */
static void wrong_checksums_move_nobody(void **state)
{
	struct stage *s = *state;
	JX_AUTO_FREE char *bytes = NULL;
	size_t len;
	char *at;

	script_fix(&s->script, 0);
	script_fix(&s->script, 0);
	len = s->script.scenes[1].nmea.len;
	bytes = jx_xstrndup(s->script.scenes[1].nmea.data, len);
	for (at = strstr(bytes, ",3013."); at != NULL; at = strstr(at + 1, ",3013."))
		at[3] = '2';
	for (at = strchr(bytes, '*'); at != NULL; at = strchr(at + 1, '*'))
		at[1] = at[1] == '0' ? '1' : '0';
	script_bytes(&s->script, bytes, len);
	script_fix(&s->script, 2);
	open_world(s);
	s->ops->play(s->world, 0);
	expect(s, is_complete_at, 0, "before");
	s->ops->play(s->world, 1);
	s->ops->play(s->world, 2);
	s->ops->play(s->world, 3);
	expect(s, is_at_2_and_was_never_far, 0, "behind the wrong checksums");
	assert_int_equal(jx_gps_doubts(s->ops->gps(s->world)) & JX_GPS_DOUBT_JUMP, 0);
}

static void a_frozen_receiver_grows_old(void **state)
{
	struct stage *s = *state;
	const jx_buf *frozen = &s->script.scenes[1].nmea;
	size_t i;

	script_fix(&s->script, 0);
	script_fix(&s->script, 1);
	for (i = 0; i < 10; i++)
		script_bytes(&s->script, frozen->data, frozen->len);
	open_world(s);
	s->ops->play(s->world, 0);
	expect(s, is_complete_at, 0, "alive");
	for (i = 1; i <= 11; i++) {
		s->ops->play(s->world, i);
		expect(s, is_at, 1, "frozen place");
		s->ops->pass(s->world, 1000);
	}
	expect(s, is_old, 10000, "frozen time");
}

#define OVER_BOTH(test)                                      \
	{#test " (replay)", test, begin_replay, end, NULL},  \
	{                                                    \
#test " (gpsd)", test, begin_gpsd, end, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_BOTH(a_walk_is_given_epoch_by_epoch),
		OVER_BOTH(satellites_belong_to_the_fix),
		OVER_BOTH(no_fix_is_an_answer),
		OVER_BOTH(a_tunnel_makes_the_last_fix_old),
		OVER_BOTH(silence_makes_the_last_fix_old_then_nothing),
		OVER_BOTH(a_jump_is_given_and_doubted),
		OVER_BOTH(garbage_does_no_harm),
		OVER_BOTH(wrong_checksums_move_nobody),
		OVER_BOTH(a_frozen_receiver_grows_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
