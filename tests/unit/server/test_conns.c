/* Time limits and ceilings of connections, on a clock that the test moves and sockets that only count. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "conns.h"

#define FDS 8
/*
 * The registry's socket functions get no user pointer: what they did is kept here, and cleared before each
 * test.
 */
static struct {
	int cuts[FDS];
	bool forgotten[FDS];
	int64_t acked[FDS];
} sockets;

static void note_cut(int fd, bool forget)
{
	sockets.cuts[fd]++;
	sockets.forgotten[fd] = forget;
}

static int64_t tell_acked(int fd)
{
	return sockets.acked[fd];
}

static const struct jx_server__socket_ops ops = {note_cut, tell_acked};

static const struct jx_server_limits limits = {
	.connections = 8,
	.connections_per_address = 2,
	.header_ms = 10000,
	.idle_ms = 75000,
	.rate_window_ms = 30000,
	.rate_bytes_s = 256,
};

static const uint8_t here[JX_SERVER__ADDR_BYTES] = {1}, there[JX_SERVER__ADDR_BYTES] = {2};

static int set_up(void **state)
{
	memset(&sockets, 0, sizeof(sockets));
	*state = jx_server__conns_new(&limits, &ops);
	return 0;
}

static int tear_down(void **state)
{
	jx_server__conns_free(*state);
	return 0;
}

static void headers_have_a_total_time(void **state)
{
	jx_server__conns *c = *state;

	(void)jx_server__conns_add(c, 1, here, NULL, 1000);
	assert_int_equal(jx_server__conns_sweep(c, 10999), 0);
	assert_int_equal(jx_server__conns_sweep(c, 11000), 1);
	assert_int_equal(sockets.cuts[1], 1);
	/* cut once; the library closes it in its own time */
	assert_int_equal(jx_server__conns_sweep(c, 99000), 0);
	assert_int_equal(sockets.cuts[1], 1);
}

static void a_body_must_move_in_each_window(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *conn = jx_server__conns_add(c, 1, here, NULL, 0);

	jx_server__conns_phase(c, conn, JX_SERVER__BODY, 0);
	jx_server__conns_got(c, conn, 1000000);
	assert_int_equal(jx_server__conns_sweep(c, 30000), 0);
	/* fast before, stalled now: an average would forgive it for an hour */
	jx_server__conns_got(c, conn, 7679);
	assert_int_equal(jx_server__conns_sweep(c, 59999), 0);
	assert_int_equal(jx_server__conns_sweep(c, 60000), 1);
}

static void just_fast_enough_goes_on(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *conn = jx_server__conns_add(c, 1, here, NULL, 0);

	jx_server__conns_phase(c, conn, JX_SERVER__BODY, 0);
	for (int64_t t = 30000; t < 3000000; t += 30000) {
		jx_server__conns_got(c, conn, 7680);
		assert_int_equal(jx_server__conns_sweep(c, t), 0);
	}
}

static void our_own_work_is_not_counted(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *conn = jx_server__conns_add(c, 1, here, NULL, 0);

	jx_server__conns_phase(c, conn, JX_SERVER__BODY, 0);
	jx_server__conns_phase(c, conn, JX_SERVER__WORK, 29000);
	assert_int_equal(jx_server__conns_sweep(c, 900000), 0);
	jx_server__conns_phase(c, conn, JX_SERVER__BODY, 900000);
	assert_int_equal(jx_server__conns_sweep(c, 929999), 0);
	assert_int_equal(jx_server__conns_sweep(c, 930000), 1);
}

static void an_answer_must_arrive(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *conn = jx_server__conns_add(c, 1, here, NULL, 0);

	sockets.acked[1] = 5000;
	jx_server__conns_phase(c, conn, JX_SERVER__SEND, 0);
	sockets.acked[1] = 5000 + 7680;
	assert_int_equal(jx_server__conns_sweep(c, 30000), 0);
	sockets.acked[1] += 7679;
	assert_int_equal(jx_server__conns_sweep(c, 60000), 1);
	/* what is queued for a peer that does not read is dropped with it */
	assert_true(sockets.forgotten[1]);
}

static void an_answer_is_left_alone_where_the_kernel_does_not_tell(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *conn = jx_server__conns_add(c, 1, here, NULL, 0);

	sockets.acked[1] = -1;
	jx_server__conns_phase(c, conn, JX_SERVER__SEND, 0);
	assert_int_equal(jx_server__conns_sweep(c, 30000), 0);
	assert_int_equal(jx_server__conns_sweep(c, 900000), 0);
}

static void between_requests_there_is_an_end_too(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *conn = jx_server__conns_add(c, 1, here, NULL, 0);

	jx_server__conns_phase(c, conn, JX_SERVER__IDLE, 5000);
	assert_int_equal(jx_server__conns_sweep(c, 79999), 0);
	assert_int_equal(jx_server__conns_sweep(c, 80000), 1);
	assert_false(sockets.forgotten[1]);
}

static void addresses_are_counted_until_they_sign_in(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *first = jx_server__conns_add(c, 1, here, NULL, 0), *second;

	assert_true(jx_server__conns_may_accept(c, here));
	second = jx_server__conns_add(c, 2, here, NULL, 0);
	assert_false(jx_server__conns_may_accept(c, here));
	assert_true(jx_server__conns_may_accept(c, there));
	jx_server__conns_signed_in(c, first);
	assert_true(jx_server__conns_may_accept(c, here));
	(void)jx_server__conns_add(c, 3, here, NULL, 0);
	assert_false(jx_server__conns_may_accept(c, here));
	jx_server__conns_remove(c, second);
	assert_true(jx_server__conns_may_accept(c, here));
}

static void a_removed_socket_is_never_cut(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *conn = jx_server__conns_add(c, 1, here, NULL, 0);

	(void)jx_server__conns_add(c, 2, here, NULL, 0);
	jx_server__conns_remove(c, conn);
	assert_int_equal(jx_server__conns_sweep(c, 900000), 1);
	assert_int_equal(sockets.cuts[1], 0);
	assert_int_equal(sockets.cuts[2], 1);
}

static void a_stop_lets_requests_end_and_nobody_in(void **state)
{
	jx_server__conns *c = *state;
	jx_server__conn *idle = jx_server__conns_add(c, 1, here, NULL, 0);
	jx_server__conn *busy = jx_server__conns_add(c, 2, here, NULL, 0);

	jx_server__conns_phase(c, idle, JX_SERVER__IDLE, 0);
	jx_server__conns_phase(c, busy, JX_SERVER__BODY, 0);
	(void)jx_server__conns_add(c, 3, there, NULL, 0);
	jx_server__conns_drain(c);
	assert_int_equal(sockets.cuts[1], 1);
	assert_int_equal(sockets.cuts[2], 0);
	assert_int_equal(sockets.cuts[3], 1);
	assert_false(jx_server__conns_may_accept(c, there));
	jx_server__conns_phase(c, busy, JX_SERVER__SEND, 0);
	assert_int_equal(sockets.cuts[2], 0);
	jx_server__conns_phase(c, busy, JX_SERVER__IDLE, 0);
	assert_int_equal(sockets.cuts[2], 1);
	assert_int_equal(jx_server__conns_wait(c, 0), 3);
	jx_server__conns_remove(c, idle);
	jx_server__conns_remove(c, busy);
	assert_int_equal(jx_server__conns_wait(c, 0), 1);
}

static void an_ipv6_customer_is_one_address(void **state)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6}, b = {.sin6_family = AF_INET6};
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	uint8_t ka[JX_SERVER__ADDR_BYTES], kb[JX_SERVER__ADDR_BYTES], k4[JX_SERVER__ADDR_BYTES];

	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "2001:db8:1:2:3:4:5:6", &a.sin6_addr), 1);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8:1:2:ffff::1", &b.sin6_addr), 1);
	jx_server__addr_key((const struct sockaddr *)&a, ka);
	jx_server__addr_key((const struct sockaddr *)&b, kb);
	assert_memory_equal(ka, kb, sizeof(ka));
	assert_int_equal(inet_pton(AF_INET6, "2001:db8:1:3::1", &b.sin6_addr), 1);
	jx_server__addr_key((const struct sockaddr *)&b, kb);
	assert_memory_not_equal(ka, kb, sizeof(ka));
	/* IPv4 is the same through either kind of socket, and each address counts alone */
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", &a.sin6_addr), 1);
	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr), 1);
	jx_server__addr_key((const struct sockaddr *)&a, ka);
	jx_server__addr_key((const struct sockaddr *)&v4, k4);
	assert_memory_equal(ka, k4, sizeof(ka));
	assert_int_equal(inet_pton(AF_INET, "192.0.2.2", &v4.sin_addr), 1);
	jx_server__addr_key((const struct sockaddr *)&v4, k4);
	assert_memory_not_equal(ka, k4, sizeof(ka));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(headers_have_a_total_time),
		TEST(a_body_must_move_in_each_window),
		TEST(just_fast_enough_goes_on),
		TEST(our_own_work_is_not_counted),
		TEST(an_answer_must_arrive),
		TEST(an_answer_is_left_alone_where_the_kernel_does_not_tell),
		TEST(between_requests_there_is_an_end_too),
		TEST(addresses_are_counted_until_they_sign_in),
		TEST(a_removed_socket_is_never_cut),
		TEST(a_stop_lets_requests_end_and_nobody_in),
		TEST(an_ipv6_customer_is_one_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
