/*
 * An evening: twenty devices with a full batch each. Also shows the core's own speed, without network and
 * TLS.
 */
#include "bench.h"

#include <stdio.h>

#define DEVICES 20
#define ENTRIES 500

static void twenty_devices_bring_ten_thousand_entries(void **state)
{
	struct bench *b = *state;
	static struct device d[DEVICES];
	jx_buf bodies[DEVICES];
	const struct ask ask = {0};
	const struct jx_clock *clock = jx_os_clock();
	struct jx_vault_counts c;
	struct reply r;
	int64_t begun, took;

	for (int i = 0; i < DEVICES; i++) {
		const struct ask nothing = {.from_n = -1};
		char short_code[16];

		(void)snprintf(short_code, sizeof(short_code), "H%d", i);
		device_new(b, &d[i], (uint64_t)i + 1, short_code, JX_ROLE_FIELD);
		device_sync(b, &d[i], &nothing, &r);
		reply_done(&r);
		fake_writer_observe_many(&d[i].log, ENTRIES);
		device_body(&d[i], &ask, &bodies[i]);
	}
	begun = clock->mono_ms(clock->user);
	for (int i = 0; i < DEVICES; i++) {
		device_send_once(b, &d[i], &ask, &bodies[i], &r);
		assert_result(b, &d[i], &r, JX_SYNC_OK, ENTRIES);
		reply_done(&r);
	}
	took = clock->mono_ms(clock->user) - begun;
	c = bench_counts(b);
	assert_int_equal(c.observations, DEVICES * ENTRIES);
	assert_int_equal(c.gaps, 0);
	assert_int_equal(c.duplicates, 0);
	assert_int_equal(c.marked, 0);
	print_message("%d entries in %lld ms\n", DEVICES * ENTRIES, (long long)took);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	for (int i = 0; i < DEVICES; i++) {
		jx_buf_done(&bodies[i]);
		device_done(&d[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(twenty_devices_bring_ten_thousand_entries, bench_open,
						bench_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
