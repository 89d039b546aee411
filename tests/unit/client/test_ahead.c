/* The next page of the feed is asked for while this one is kept: at the same time, and with the same result as one after the other. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "fake_device.h"

#define PAGES      4
#define DEADLINE_S 10

struct meeting {
	struct fake_device *d;
	jx_rc (*exchange)(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			  struct jx_error *err);
	jx_rc (*feed)(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err);
	pthread_mutex_t lock;
	pthread_cond_t moved;
	int out, back;  /* requests that left, and that were answered */
	int together;   /* pages that were kept while the next request was out */
	bool waits;     /* a page is kept only when the next request has left */
	int fails_page; /* the sink cannot keep this one; 0 none */
	int pages;
	int forgets_at; /* the server has no dictionary from this request on */
	bool saves;     /* another program saves an entry while the first page is kept */
};

/* The sink's user is the device. */
static struct meeting *meeting;

static jx_rc exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
		      struct jx_error *err)
{
	struct meeting *m = user;
	jx_rc rc;

	(void)pthread_mutex_lock(&m->lock);
	if (++m->out == m->forgets_at)
		m->d->server.dictionary_newest = JX_WIRE_DICTIONARY_NONE;
	(void)pthread_cond_broadcast(&m->moved);
	(void)pthread_mutex_unlock(&m->lock);
	rc = m->exchange(&m->d->server, rq, rs, err);
	(void)pthread_mutex_lock(&m->lock);
	m->back++;
	(void)pthread_mutex_unlock(&m->lock);
	return rc;
}

/* False: it does not come. */
static bool wait_for_next(struct meeting *m, int out)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += DEADLINE_S;
	while (m->out == out)
		if (pthread_cond_timedwait(&m->moved, &m->lock, &until) != 0)
			return false;
	return true;
}

static jx_rc feed(void *user, jx_feed *page, const char *cursor, bool is_snapshot, struct jx_error *err)
{
	struct meeting *m = meeting;
	int asked;

	(void)pthread_mutex_lock(&m->lock);
	m->pages++;
	/* the challenge, and a request for each page so far */
	asked = m->pages + 1;
	if (m->waits && m->pages < PAGES)
		m->together += m->out > asked || wait_for_next(m, asked);
	(void)pthread_mutex_unlock(&m->lock);
	if (m->saves && m->pages == 1)
		fake_device_save(m->d, 1);
	if (m->pages == m->fails_page)
		return jx_fail(err, JX_ENOSPC, 0, "test.sink", "the disk is full");
	return m->feed(user, page, cursor, is_snapshot, err);
}

static int setup(void **state)
{
	struct meeting *m = jx_xcalloc(1, sizeof(*m));
	struct fake_device *d = fake_device_new();

	m->d = d;
	(void)pthread_mutex_init(&m->lock, NULL);
	(void)pthread_cond_init(&m->moved, NULL);
	for (size_t i = 0; i < 35; i++)
		jx_strcpy(d->server.items[i], sizeof(d->server.items[i]),
			  "{\"kind\":\"grid\",\"key\":\"k\"}");
	d->server.item_count = 35;
	m->exchange = d->server.transport.exchange;
	d->server.transport.exchange = exchange;
	d->server.transport.user = m;
	m->feed = d->sink.feed;
	d->sink.feed = feed;
	d->config.asks_ahead = true;
	*state = meeting = m;
	return 0;
}

static int teardown(void **state)
{
	struct meeting *m = *state;

	(void)pthread_cond_destroy(&m->moved);
	(void)pthread_mutex_destroy(&m->lock);
	fake_device_free(m->d);
	free(m);
	return 0;
}

static void assert_all_came_once(struct meeting *m)
{
	assert_int_equal(m->d->item_count, 35);
	assert_int_equal(m->out, m->back);
	assert_string_equal(fake_device_value(m->d, JX_CLIENT_CURSOR), "c35");
}

static void a_page_is_kept_while_the_next_is_asked_for(void **state)
{
	struct meeting *m = *state;

	m->waits = true;
	jx_assert_ok(fake_device_sync(m->d), &m->d->err);
	assert_all_came_once(m);
	assert_int_equal(m->together, PAGES - 1);
	assert_int_equal(m->d->server.requests, PAGES + 1);
	assert_int_equal(m->d->result.requests, PAGES + 1);
	assert_int_equal(m->d->result.items, 35);
	/* nothing new: nothing is asked ahead */
	jx_assert_ok(fake_device_sync(m->d), &m->d->err);
	assert_int_equal(m->d->server.requests, 1);
}

static void what_cannot_be_kept_ends_the_run_and_the_next_goes_on_from_there(void **state)
{
	struct meeting *m = *state;

	m->fails_page = 2;
	jx_assert_rc(fake_device_sync(m->d), JX_ENOSPC, &m->d->err);
	assert_int_equal(m->d->item_count, 10);
	assert_int_equal(m->out, m->back);
	m->fails_page = 0;
	jx_assert_ok(fake_device_sync(m->d), &m->d->err);
	assert_all_came_once(m);
}

static void what_is_saved_meanwhile_goes_up_and_the_early_answer_is_dropped(void **state)
{
	struct meeting *m = *state;

	m->saves = true;
	jx_assert_ok(fake_device_sync(m->d), &m->d->err);
	assert_all_came_once(m);
	assert_int_equal(m->d->sent_n, 1);
	assert_int_equal(m->d->server.n, 1);
}

static void a_line_that_breaks_is_tried_again(void **state)
{
	struct meeting *m = *state;

	SCRIPT(&m->d->server, FAULT_NONE, FAULT_NONE, FAULT_LOSE_REQUEST, FAULT_NONE, FAULT_LOSE_ANSWER,
	       FAULT_TRUNCATED, FAULT_RUBBISH);
	jx_assert_ok(fake_device_sync(m->d), &m->d->err);
	assert_all_came_once(m);
	assert_int_equal(m->d->waits, 4);
}

static void a_dictionary_that_is_not_known_there_is_left_out(void **state)
{
	struct meeting *m = *state;

	m->forgets_at = 3;
	jx_assert_ok(fake_device_sync(m->d), &m->d->err);
	assert_all_came_once(m);
	assert_int_equal(m->d->server.requests, PAGES + 2);
}

static void whoever_stops_does_not_leave_a_request_behind(void **state)
{
	struct meeting *m = *state;

	for (int calls = 1; calls < 7; calls++) {
		m->d->stop_after = calls;
		m->waits = false;
		if (fake_device_sync(m->d) != JX_OK)
			assert_int_equal(m->d->result.rc, JX_EINTR);
		assert_int_equal(m->out, m->back);
	}
	m->d->stop_after = 0;
	jx_assert_ok(fake_device_sync(m->d), &m->d->err);
	assert_all_came_once(m);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_page_is_kept_while_the_next_is_asked_for),
		T(what_cannot_be_kept_ends_the_run_and_the_next_goes_on_from_there),
		T(what_is_saved_meanwhile_goes_up_and_the_early_answer_is_dropped),
		T(a_line_that_breaks_is_tried_again),
		T(a_dictionary_that_is_not_known_there_is_left_out),
		T(whoever_stops_does_not_leave_a_request_behind),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("client.ahead", tests, NULL, NULL);
}
