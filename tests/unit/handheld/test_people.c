/* People of a device and their PINs: right, wrong, waiting, power cuts. */
#include <stdio.h>
#include <stdlib.h>

#include "jx_test.h"
#include "private.h"

struct world {
	char *folder;
	struct jx_fake_clock clock;
	struct jx_fake_rand rand;
	struct jx_handheld__world w;
	struct jx_error err;
};

static int open_world(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	w->folder = jx_test_folder();
	jx_fake_clock_init(&w->clock, INT64_C(1788224400000));
	jx_fake_rand_init(&w->rand, 7);
	w->w = (struct jx_handheld__world){jx_os_fs(), &w->clock.clock, &w->rand.rand, w->folder};
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	jx_test_folder_remove(w->folder);
	free(w);
	return 0;
}

struct seen {
	char ids[8][64];
	struct jx_person last;
	int count;
};

static jx_rc see(void *user, const struct jx_person *p)
{
	struct seen *s = user;

	if (s->count < 8)
		jx_strcpy(s->ids[s->count], sizeof(s->ids[0]), p->id);
	s->count++;
	s->last = *p;
	return JX_OK;
}

static struct seen look(struct world *w)
{
	struct seen s = {.count = 0};

	jx_assert_ok(jx_handheld__each_person(&w->w, see, &s, &w->err), &w->err);
	return s;
}

static jx_rc try_it(struct world *w, const char *pin)
{
	return jx_handheld__check_pin(&w->w, "p-017", pin, &w->err);
}

static void give_pin(struct world *w)
{
	jx_assert_ok(jx_handheld__set_pin(&w->w, "p-017", NULL, "2468", &w->err), &w->err);
}

static void test_nobody_needs_a_pin_who_has_none(void **state)
{
	struct world *w = *state;

	assert_int_equal(look(w).count, 0);
	jx_assert_ok(try_it(w, NULL), &w->err);
	assert_int_equal(try_it(w, "2468"), JX_EINVAL);
	assert_int_equal(look(w).count, 0);
}

static void test_the_right_pin_and_no_other(void **state)
{
	struct world *w = *state;

	give_pin(w);
	assert_true(look(w).last.has_pin);
	jx_assert_ok(try_it(w, "2468"), &w->err);
	assert_int_equal(try_it(w, "2469"), JX_EAUTH);
	assert_int_equal(try_it(w, "24680"), JX_EAUTH);
	assert_int_equal(try_it(w, NULL), JX_EAUTH);
	jx_assert_ok(jx_handheld__check_pin(&w->w, "p-018", NULL, &w->err), &w->err);
}

static void test_digits(void **state)
{
	static const char *const bad[] = {"", "123", "1234567890123", "12a4", " 1234", "12.4"};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(jx_handheld__set_pin(&w->w, "p-017", NULL, bad[i], &w->err), JX_EINVAL);
	assert_int_equal(jx_handheld__set_pin(&w->w, "", NULL, "1234", &w->err), JX_EINVAL);
	assert_int_equal(look(w).count, 0);
}

static void test_wrong_ones_cost_time(void **state)
{
	/* after the n-th wrong one in a row */
	static const int64_t waits_s[] = {0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900};
	struct world *w = *state;

	give_pin(w);
	for (size_t i = 0; i < sizeof(waits_s) / sizeof(waits_s[0]); i++) {
		assert_int_equal(try_it(w, "1111"), JX_EAUTH);
		assert_int_equal(look(w).last.wait_ms, waits_s[i] * 1000);
		if (waits_s[i] == 0)
			continue;
		/* too early is not looked at, and costs nothing more: not even the right one is taken */
		jx_fake_clock_advance(&w->clock, waits_s[i] * 1000 - 1);
		assert_int_equal(try_it(w, "2468"), JX_EBUSY);
		assert_int_equal(look(w).last.wait_ms, 1);
		jx_fake_clock_advance(&w->clock, 1);
	}
	jx_assert_ok(try_it(w, "2468"), &w->err);
	/* and all is forgotten */
	assert_int_equal(try_it(w, "1111"), JX_EAUTH);
	assert_int_equal(look(w).last.wait_ms, 0);
}

static void test_the_wall_clock_does_not_help(void **state)
{
	struct world *w = *state;

	give_pin(w);
	for (int i = 0; i < 3; i++)
		assert_int_equal(try_it(w, "1111"), JX_EAUTH);
	w->clock.utc_ms += 86400000;
	assert_int_equal(try_it(w, "2468"), JX_EBUSY);
	/* nor does setting it back after a restart */
	w->clock.utc_ms -= 2 * 86400000;
	jx_fake_clock_reboot(&w->clock);
	assert_int_equal(try_it(w, "2468"), JX_EBUSY);
}

static void test_another_pin_and_none(void **state)
{
	struct world *w = *state;

	give_pin(w);
	assert_int_equal(jx_handheld__set_pin(&w->w, "p-017", NULL, "1357", &w->err), JX_EAUTH);
	assert_int_equal(jx_handheld__set_pin(&w->w, "p-017", "1111", "1357", &w->err), JX_EAUTH);
	jx_assert_ok(jx_handheld__set_pin(&w->w, "p-017", "2468", "1357", &w->err), &w->err);
	assert_int_equal(try_it(w, "2468"), JX_EAUTH);
	jx_assert_ok(try_it(w, "1357"), &w->err);
	jx_assert_ok(jx_handheld__set_pin(&w->w, "p-017", "1357", NULL, &w->err), &w->err);
	jx_assert_ok(try_it(w, NULL), &w->err);
	assert_false(look(w).last.has_pin);
}

static void test_the_last_stands_first(void **state)
{
	struct world *w = *state;
	struct seen s;
	char id[16];

	give_pin(w);
	jx_assert_ok(jx_handheld__remember(&w->w, "p-018", "\xe7\x8e\x8b\xe8\x8a\xb3", &w->err), &w->err);
	jx_assert_ok(jx_handheld__remember(&w->w, "p-017", NULL, &w->err), &w->err);
	s = look(w);
	assert_int_equal(s.count, 2);
	assert_string_equal(s.ids[0], "p-017");
	assert_string_equal(s.last.name, "\xe7\x8e\x8b\xe8\x8a\xb3");
	assert_int_equal(try_it(w, NULL), JX_EAUTH); /* the PIN moved along */
	/* as many as the file holds: whoever was not here longest makes room */
	for (int i = 0; i < 250; i++) {
		(void)snprintf(id, sizeof(id), "q-%03d", i);
		jx_assert_ok(jx_handheld__remember(&w->w, id, NULL, &w->err), &w->err);
	}
	s = look(w);
	assert_int_equal(s.count, 200);
	assert_string_equal(s.ids[0], "q-249");
	assert_string_equal(s.last.id, "q-050");
}

static void test_a_damaged_file_is_said_and_kept(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *path = jx_xasprintf("%s/people.json", w->folder);

	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, "{\"v\":1,", 7, &w->err), &w->err);
	assert_int_equal(try_it(w, NULL), JX_ECORRUPT);
	assert_non_null(strstr(w->err.text, "people.json"));
	assert_int_equal(jx_handheld__remember(&w->w, "p-017", NULL, &w->err), JX_ECORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nobody_needs_a_pin_who_has_none, open_world,
						close_world),
		cmocka_unit_test_setup_teardown(test_the_right_pin_and_no_other, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_digits, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_wrong_ones_cost_time, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_the_wall_clock_does_not_help, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_another_pin_and_none, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_the_last_stands_first, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_a_damaged_file_is_said_and_kept, open_world,
						close_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
