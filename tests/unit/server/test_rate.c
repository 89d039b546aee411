/* Tries per address and minute, on a clock that the test moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "rate.h"

static void fill_key(uint8_t key[JX_SERVER__ADDR_BYTES], int number)
{
	memset(key, 0, JX_SERVER__ADDR_BYTES);
	memcpy(key, &number, sizeof(number));
}

static void a_minutes_worth_then_one_by_one(void **state)
{
	jx_server__rate *r = jx_server__rate_new(10);
	uint8_t key[JX_SERVER__ADDR_BYTES];

	(void)state;
	fill_key(key, 1);
	for (int i = 0; i < 10; i++)
		assert_int_equal(jx_server__rate_take(r, key, 5000), 0);
	assert_int_equal(jx_server__rate_take(r, key, 5000), 6);
	assert_int_equal(jx_server__rate_take(r, key, 10999), 1);
	assert_int_equal(jx_server__rate_take(r, key, 11000), 0);
	assert_int_equal(jx_server__rate_take(r, key, 11000), 6);
	/* an hour of patience is worth no more than a minute */
	for (int i = 0; i < 10; i++)
		assert_int_equal(jx_server__rate_take(r, key, 3600000), 0);
	assert_int_not_equal(jx_server__rate_take(r, key, 3600000), 0);
	jx_server__rate_free(r);
}

static void addresses_do_not_share(void **state)
{
	jx_server__rate *r = jx_server__rate_new(1);
	uint8_t a[JX_SERVER__ADDR_BYTES], b[JX_SERVER__ADDR_BYTES];

	(void)state;
	fill_key(a, 1);
	fill_key(b, 2);
	assert_int_equal(jx_server__rate_take(r, a, 0), 0);
	assert_int_equal(jx_server__rate_take(r, a, 0), 60);
	assert_int_equal(jx_server__rate_take(r, b, 0), 0);
	jx_server__rate_free(r);
}

static void zero_is_no_limit(void **state)
{
	jx_server__rate *r = jx_server__rate_new(0);
	uint8_t key[JX_SERVER__ADDR_BYTES];

	(void)state;
	fill_key(key, 1);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(jx_server__rate_take(r, key, 0), 0);
	jx_server__rate_free(r);
}

static void memory_is_bounded_and_the_latest_are_kept(void **state)
{
	jx_server__rate *r = jx_server__rate_new(1);
	uint8_t key[JX_SERVER__ADDR_BYTES];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		fill_key(key, i);
		assert_int_equal(jx_server__rate_take(r, key, i), 0);
	}
	fill_key(key, 1999);
	assert_int_not_equal(jx_server__rate_take(r, key, 2000), 0);
	fill_key(key, 1700);
	assert_int_not_equal(jx_server__rate_take(r, key, 2000), 0);
	fill_key(key, 0);
	assert_int_equal(jx_server__rate_take(r, key, 2000), 0);
	jx_server__rate_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minutes_worth_then_one_by_one),
		cmocka_unit_test(addresses_do_not_share),
		cmocka_unit_test(zero_is_no_limit),
		cmocka_unit_test(memory_is_bounded_and_the_latest_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
