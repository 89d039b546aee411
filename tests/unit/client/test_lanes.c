/* Photos from several threads at a time: each photo goes to one of them, no byte goes twice, and one of them decides about the run. */
#include <pthread.h>
#include <stdlib.h>

#include "client_private.h"
#include "fake_device.h"

#define SIZE   3000
#define PHOTOS 16
#define LARGE  70000 /* says how quick the line is */

/* A line that gives each connection as much as the one before, until `full` of them use it; its clock moves with the bytes. */
struct line {
	struct fake_device *d;
	struct jx_transport face, first; /* the fake server's own */
	struct jx_clock clock;
	pthread_mutex_t lock; /* the fake server serves one at a time */
	pthread_mutex_t count_lock;
	pthread_cond_t came;
	int64_t mono_ms;
	int made, dropped, inside, most_inside, full;
	bool is_open;
	int stop_after; /* questions; from then on yes. 0 never */
	int asked;
};

static int64_t line_mono_ms(void *user)
{
	return ((const struct line *)user)->mono_ms;
}

/* So many windows pass while this photo is on its way. */
static void pass_windows(struct line *l, const struct jx_photo_request *rq, int windows)
{
	for (int i = 0; i < windows; i++) {
		int64_t bytes;

		(void)pthread_mutex_lock(&l->count_lock);
		bytes = 1000 * (l->inside < l->full ? l->inside : l->full);
		l->mono_ms += JX_PLAN_LANES_WINDOW_MS + 1;
		(void)pthread_mutex_unlock(&l->count_lock);
		rq->source->sent(rq->source->user, bytes);
	}
}

static int stored(const struct fake_device *d)
{
	int n = 0;

	for (size_t i = 0; i < d->photo_count; i++)
		n += d->photos[i].is_stored;
	return n;
}

/* All lanes that were made; but a lane for which no photo was left is none. */
static void wait_inside(struct line *l)
{
	const int left = PHOTOS - stored(l->d);

	(void)pthread_mutex_lock(&l->count_lock);
	while (l->inside < l->made + 1 && l->inside < left)
		(void)pthread_cond_wait(&l->came, &l->count_lock);
	(void)pthread_mutex_unlock(&l->count_lock);
}

/* The first photo is long: it is under way while others are tried. Theirs wait for it, so that they are all on the line together. */
static void lead(struct line *l, const struct jx_photo_request *rq)
{
	pass_windows(l, rq, 3); /* the first only starts the clock */
	wait_inside(l);
	pass_windows(l, rq, 2);
	wait_inside(l);
	(void)pthread_mutex_lock(&l->count_lock);
	l->is_open = true;
	(void)pthread_cond_broadcast(&l->came);
	(void)pthread_mutex_unlock(&l->count_lock);
}

static void meet(struct line *l, const struct jx_photo_request *rq)
{
	bool is_first;

	(void)pthread_mutex_lock(&l->count_lock);
	is_first = l->inside == 0 && !l->is_open;
	l->inside++;
	if (l->inside > l->most_inside)
		l->most_inside = l->inside;
	(void)pthread_cond_broadcast(&l->came);
	while (!is_first && !l->is_open)
		(void)pthread_cond_wait(&l->came, &l->count_lock);
	(void)pthread_mutex_unlock(&l->count_lock);
	if (is_first && rq->source != NULL)
		lead(l, rq);
}

static void part(struct line *l)
{
	(void)pthread_mutex_lock(&l->count_lock);
	l->inside--;
	(void)pthread_mutex_unlock(&l->count_lock);
}

static jx_rc line_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
			struct jx_error *err)
{
	struct line *l = user;
	jx_rc rc;

	meet(l, rq);
	(void)pthread_mutex_lock(&l->lock);
	rc = l->first.photo(l->first.user, rq, rs, err);
	(void)pthread_mutex_unlock(&l->lock);
	part(l);
	return rc;
}

static jx_rc line_exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			   struct jx_error *err)
{
	struct line *l = user;
	jx_rc rc;

	(void)pthread_mutex_lock(&l->lock);
	rc = l->first.exchange(l->first.user, rq, rs, err);
	(void)pthread_mutex_unlock(&l->lock);
	return rc;
}

static jx_rc line_another(void *user, struct jx_transport **other_out, struct jx_error *err)
{
	struct line *l = user;

	(void)err;
	*other_out = jx_xcalloc(1, sizeof(**other_out));
	**other_out = (struct jx_transport){.user = l, .photo = line_photo};
	(void)pthread_mutex_lock(&l->count_lock);
	l->made++;
	(void)pthread_mutex_unlock(&l->count_lock);
	return JX_OK;
}

static void line_drop(struct jx_transport *other)
{
	struct line *l = other->user;

	l->dropped++;
	free(other);
}

/* As a signal's: once it has come it stays. */
static bool line_stop(void *user)
{
	struct line *l = user;

	return l->stop_after > 0 && ++l->asked >= l->stop_after;
}

static int set_up(void **state, int64_t first_bytes)
{
	struct line *l = jx_xcalloc(1, sizeof(*l));

	l->d = fake_device_new();
	(void)pthread_mutex_init(&l->lock, NULL);
	(void)pthread_mutex_init(&l->count_lock, NULL);
	(void)pthread_cond_init(&l->came, NULL);
	l->mono_ms = 1000;
	l->full = JX_PLAN_LANES_MAX;
	l->clock = (struct jx_clock){.user = l, .mono_ms = line_mono_ms};
	l->first = l->d->server.transport;
	l->face = (struct jx_transport){.user = l,
					.exchange = line_exchange,
					.photo = line_photo,
					.another = line_another,
					.drop = line_drop};
	l->d->config.transport = &l->face;
	l->d->config.clock = &l->clock;
	l->d->config.should_stop = line_stop;
	l->d->config.stop_user = l;
	fake_device_save(l->d, 1);
	jx_assert_ok(fake_device_sync(l->d), &l->d->err);
	for (int i = 0; i < PHOTOS; i++)
		fake_device_photo(l->d, i == 0 ? first_bytes : SIZE + i, true);
	fake_device_save(l->d, 1);
	*state = l;
	return 0;
}

static int setup(void **state)
{
	return set_up(state, SIZE);
}

static int setup_large(void **state)
{
	return set_up(state, LARGE);
}

static int teardown(void **state)
{
	struct line *l = *state;

	fake_device_free(l->d);
	(void)pthread_mutex_destroy(&l->lock);
	(void)pthread_mutex_destroy(&l->count_lock);
	(void)pthread_cond_destroy(&l->came);
	free(l);
	return 0;
}

static int64_t sum(const struct fake_device *d)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < d->photo_count; i++)
		bytes += d->photos[i].size;
	return bytes;
}

static void four_at_a_time_and_each_photo_once(void **state)
{
	struct line *l = *state;

	jx_assert_ok(fake_device_sync(l->d), &l->d->err);
	assert_int_equal(stored(l->d), PHOTOS);
	assert_int_equal(l->most_inside, JX_PLAN_LANES_MAX);
	assert_int_equal(l->d->result.lanes, JX_PLAN_LANES_MAX);
	assert_int_equal(l->d->server.photo_requests, PHOTOS);
	assert_int_equal(l->d->server.photo_bytes_got, sum(l->d));
	assert_int_equal(l->d->result.photos_sent, PHOTOS);
	assert_int_equal(l->d->result.photo_bytes_sent, sum(l->d));
	assert_int_equal(l->d->last.photo_bytes_sent, sum(l->d));
	assert_true(l->made >= 3);
	assert_int_equal(l->dropped, l->made);
	/* each kept as begun when it began, and as done when it was done */
	assert_string_equal(fake_device_value(l->d, JX_CLIENT_PHOTOS_BEGUN), "-");
}

/* One connection fills the line: a second is tried, and not kept. */
static void a_full_line_has_one(void **state)
{
	struct line *l = *state;

	l->full = 1;
	jx_assert_ok(fake_device_sync(l->d), &l->d->err);
	assert_int_equal(stored(l->d), PHOTOS);
	assert_int_equal(l->made, 1);
	assert_int_equal(l->d->server.photo_requests, PHOTOS);
}

/* A large photo that is there in no time: the others go by all lanes at once, though no window has passed. */
static void a_quick_line_has_all_after_one_photo(void **state)
{
	struct line *l = *state;

	l->is_open = true;
	jx_assert_ok(fake_device_sync(l->d), &l->d->err);
	assert_int_equal(stored(l->d), PHOTOS);
	assert_int_equal(l->made, JX_PLAN_LANES_MAX - 1);
	assert_int_equal(l->dropped, l->made);
	assert_int_equal(l->d->server.photo_requests, PHOTOS);
	assert_int_equal(l->d->server.photo_bytes_got, sum(l->d));
}

/* A photo that ends says something once: afterwards the windows are whole, and decide. */
static void later_photos_leave_the_windows_alone(void **state)
{
	struct line *l = *state;
	JX_AUTO_FREE struct jx_client__run *run = jx_xcalloc(1, sizeof(*run));

	run->c = &l->d->config;
	run->is_ending = true; /* no lane is to begin here */
	run->queue_count = 100;
	jx_plan_lanes_init(&run->lanes, JX_PLAN_LANES_MAX);
	jx_client__count_quick(run, 250000, 2000);
	assert_int_equal(run->lanes.lanes, 1);
	assert_false(run->window_is_bent);
	jx_client__count_quick(run, 250000, 10);
	assert_int_equal(run->lanes.lanes, JX_PLAN_LANES_MAX);
	assert_true(run->window_is_bent);
	run->window_is_bent = false;
	jx_client__count_quick(run, 250000, 10);
	jx_client__count_quick(run, 250000, 2000);
	assert_false(run->window_is_bent);
}

static void no_more_than_the_configuration_allows(void **state)
{
	struct line *l = *state;

	l->d->config.lanes_max = 1;
	jx_assert_ok(fake_device_sync(l->d), &l->d->err);
	assert_int_equal(stored(l->d), PHOTOS);
	assert_int_equal(l->made, 0);
	assert_int_equal(l->most_inside, 1);
}

/* Whatever befalls whichever lane: everything arrives once, and what one could not finish another goes on with. */
static void chaos_brings_every_photo_once(void **state)
{
	static const enum fault faults[] = {FAULT_NONE,         FAULT_CUT,         FAULT_CUT,
					    FAULT_LOSE_REQUEST, FAULT_LOSE_ANSWER, FAULT_NO_RECEIPT,
					    FAULT_RUBBISH,      FAULT_NONE};
	struct line *l = *state;
	struct fake_device *d = l->d;
	enum fault script[FAKE_SCRIPT_MAX];
	int runs = 0;

	while (stored(d) < PHOTOS && runs++ < 200) {
		for (size_t i = 0; i < FAKE_SCRIPT_MAX; i++)
			script[i] = faults[jx_fake_rand_below(&d->rand, sizeof(faults) / sizeof(faults[0]))];
		fake_server_script(&d->server, script, FAKE_SCRIPT_MAX);
		l->made = l->dropped = 0;
		l->is_open = false;
		(void)fake_device_sync(d);
		assert_int_equal(l->made, l->dropped);
	}
	assert_int_equal(stored(d), PHOTOS);
	assert_int_equal(d->server.photo_bytes_got, sum(d));
	assert_int_equal(d->server.photo_bytes_wasted, 0);
	assert_int_equal(d->result.photos_left_out, 0);
	assert_true(l->most_inside > 1);
}

/* A token that is refused is renewed by the run; a lane that met the refusal hands its photo over. */
static void a_refused_token_is_renewed_once_for_all(void **state)
{
	struct line *l = *state;

	l->d->server.refuse_status = 401;
	l->d->server.refuse_name = "token";
	SCRIPT(&l->d->server, FAULT_NONE, FAULT_NONE, FAULT_NONE, FAULT_REFUSE, FAULT_NONE, FAULT_REFUSE);
	jx_assert_ok(fake_device_sync(l->d), &l->d->err);
	assert_int_equal(stored(l->d), PHOTOS);
	assert_int_equal(l->d->server.photo_bytes_got, sum(l->d));
	assert_int_equal(l->d->server.photo_bytes_wasted, 0);
}

/* What ends the run ends it for all, and nothing is lost or left open. */
static void a_refusal_ends_all(void **state)
{
	struct line *l = *state;
	enum fault script[FAKE_SCRIPT_MAX] = {FAULT_NONE, FAULT_NONE, FAULT_NONE, FAULT_NONE};

	for (size_t i = 4; i < FAKE_SCRIPT_MAX; i++)
		script[i] = FAULT_REFUSE;
	l->d->server.refuse_status = 507;
	l->d->server.refuse_name = "no-space";
	fake_server_script(&l->d->server, script, FAKE_SCRIPT_MAX);
	jx_assert_rc(fake_device_sync(l->d), JX_ENOSPC, &l->d->err);
	assert_int_equal(l->dropped, l->made);
	assert_true(stored(l->d) < PHOTOS);
	SCRIPT(&l->d->server, FAULT_NONE);
	jx_assert_ok(fake_device_sync(l->d), &l->d->err);
	assert_int_equal(stored(l->d), PHOTOS);
	assert_int_equal(l->d->server.photo_bytes_got, sum(l->d));
}

static void stopping_stops_all(void **state)
{
	struct line *l = *state;

	l->stop_after = 60;
	jx_assert_rc(fake_device_sync(l->d), JX_EINTR, &l->d->err);
	assert_int_equal(l->dropped, l->made);
	l->stop_after = 0;
	l->made = 0;
	jx_assert_ok(fake_device_sync(l->d), &l->d->err);
	assert_int_equal(stored(l->d), PHOTOS);
	assert_int_equal(l->d->server.photo_bytes_got, sum(l->d));
	assert_int_equal(l->d->server.photo_bytes_wasted, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(four_at_a_time_and_each_photo_once),
		T(a_full_line_has_one),
		cmocka_unit_test_setup_teardown(a_quick_line_has_all_after_one_photo, setup_large, teardown),
		T(later_photos_leave_the_windows_alone),
		T(no_more_than_the_configuration_allows),
		T(chaos_brings_every_photo_once),
		T(a_refused_token_is_renewed_once_for_all),
		T(a_refusal_ends_all),
		T(stopping_stops_all),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("client.lanes", tests, NULL, NULL);
}
