/* Small copies: in bundles, behind the entries and before any photo; and nothing about them holds up a photo. */
#include "fake_device.h"

#define PHOTOS 6
#define SIZE   3000

static int setup(void **state)
{
	struct fake_device *d = fake_device_new();

	/* first contact is over, so that one sync request comes before the bundles */
	fake_device_save(d, 1);
	jx_assert_ok(fake_device_sync(d), &d->err);
	for (int i = 0; i < PHOTOS; i++)
		fake_device_photo(d, SIZE + i, true);
	fake_device_save(d, 3);
	d->has_small = true;
	d->small_bytes = 12000;
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	fake_device_free(*state);
	return 0;
}

static int stored(const struct fake_device *d)
{
	int n = 0;

	for (size_t i = 0; i < d->photo_count; i++)
		n += d->photos[i].is_stored;
	return n;
}

static int done(const struct fake_device *d)
{
	int n = 0;

	for (size_t i = 0; i < d->photo_count; i++)
		n += d->small_done[i];
	return n;
}

static void they_go_behind_entries_and_before_photos(void **state)
{
	struct fake_device *d = *state;

	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 4);
	assert_int_equal(d->server.bundles, 1);
	assert_int_equal(d->server.small_got, PHOTOS);
	assert_int_equal(d->server.photos_before_small, 0);
	assert_int_equal(d->result.small_sent, PHOTOS);
	assert_int_equal(done(d), PHOTOS);
	assert_int_equal(stored(d), PHOTOS);
	assert_int_equal(d->server.requests, 2);
	assert_int_equal(d->server.photo_requests, PHOTOS);
}

static void a_bundle_is_never_past_its_ceiling(void **state)
{
	struct fake_device *d = *state;

	d->small_bytes = JX_SMALL_PART_BYTES_MAX;
	for (int i = 0; i < FAKE_PHOTOS_MAX - PHOTOS; i++)
		fake_device_photo(d, 100 + i, true);
	fake_device_save(d, 1);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.bundles, 2);
	assert_int_equal(d->server.small_got, FAKE_PHOTOS_MAX);
	assert_in_range(d->server.bundle_bytes_most, JX_SMALL_BUNDLE_BYTES_MAX - JX_SMALL_PART_BYTES_MAX,
			JX_SMALL_BUNDLE_BYTES_MAX);
	assert_int_equal(stored(d), FAKE_PHOTOS_MAX);
}

static void on_a_metered_link_they_go_and_photos_wait(void **state)
{
	struct fake_device *d = *state;

	d->config.no_photos = true;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.small_got, PHOTOS);
	assert_int_equal(d->server.photo_requests, 0);
	/* and not a second time */
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.bundles, 1);
	d->config.no_photos = false;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.bundles, 1);
	assert_int_equal(stored(d), PHOTOS);
}

static void none_goes_where_none_may(void **state)
{
	struct fake_device *d = *state;

	d->config.no_photos = d->config.no_small = true;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.bundles, 0);
	assert_int_equal(d->server.tokens, 0);
}

/* 404 as an old server says it, and as a front server does. */
static void an_old_server_gets_the_photos_all_the_same(void **state)
{
	struct fake_device *d = *state;

	d->server.refuse_status = 404;
	d->server.refuse_name = "not-found";
	SCRIPT(&d->server, FAULT_NONE, FAULT_REFUSE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.requests, 2); /* asked once */
	assert_int_equal(stored(d), PHOTOS);
	assert_int_equal(done(d), 0);
	assert_string_equal(d->result.server_error, "");
}

static void a_front_server_that_knows_no_such_path_holds_up_nothing(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_NONE, FAULT_PLAIN_404);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), PHOTOS);
}

static void faults_of_the_server_leave_them_out(void **state)
{
	struct fake_device *d = *state;
	static const int statuses[] = {400, 413, 500};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		d->config.no_photos = true;
		d->server.refuse_status = statuses[i];
		d->server.refuse_name = "internal";
		SCRIPT(&d->server, FAULT_NONE, FAULT_REFUSE);
		jx_assert_ok(fake_device_sync(d), &d->err);
		assert_int_equal(done(d), 0);
	}
	d->config.no_photos = false;
	SCRIPT(&d->server, FAULT_NONE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(done(d), PHOTOS);
	assert_int_equal(stored(d), PHOTOS);
}

static void a_lost_answer_is_asked_for_again(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_NONE, FAULT_LOSE_ANSWER, FAULT_LOSE_REQUEST);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.bundles, 2); /* the same, twice */
	assert_int_equal(done(d), PHOTOS);
	assert_int_equal(d->result.small_sent, PHOTOS);
	assert_int_equal(stored(d), PHOTOS);
	assert_int_equal(d->waits, 2);
}

static void who_was_revoked_stops(void **state)
{
	struct fake_device *d = *state;

	d->server.refuse_status = 403;
	d->server.refuse_name = "revoked";
	SCRIPT(&d->server, FAULT_NONE, FAULT_REFUSE);
	assert_int_equal(fake_device_sync(d), JX_EAUTH);
	assert_string_equal(d->result.server_error, "revoked");
	assert_int_equal(stored(d), 0);
}

static void a_copy_that_cannot_be_made_is_left_out(void **state)
{
	struct fake_device *d = *state;

	d->small_fails[0] = JX_EINVAL;    /* no picture: never */
	d->small_fails[1] = JX_ENOTFOUND; /* the file is gone: not today */
	d->config.no_photos = true;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.small_got, PHOTOS - 2);
	assert_true(d->small_done[0]);
	assert_false(d->small_done[1]);
	d->small_fails[1] = JX_OK;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.small_got, PHOTOS - 1);
}

static void a_quota_that_is_used_up_ends_them_for_the_run(void **state)
{
	struct fake_device *d = *state;

	d->server.small_says = JX_SMALL_QUOTA;
	d->config.no_photos = true;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.bundles, 1);
	assert_int_equal(done(d), 0);
	d->server.small_says = JX_SMALL_NOT_JPEG;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(done(d), PHOTOS); /* never again */
	assert_int_equal(d->result.small_sent, 0);
}

static void how_far_a_photo_came_is_told(void **state)
{
	struct fake_device *d = *state;

	d->has_small = false;
	d->config.attempts_max = 1;
	SCRIPT(&d->server, FAULT_NONE, FAULT_CUT);
	assert_int_equal(fake_device_sync(d), JX_ENET);
	assert_in_range(d->sent_bytes[0], 1, SIZE);
	d->server.refuse_status = 507;
	d->server.refuse_name = "quota";
	SCRIPT(&d->server, FAULT_NONE, FAULT_REFUSE);
	assert_int_equal(fake_device_sync(d), JX_ENOSPC);
	assert_string_equal(d->refused[0], "quota");
	d->photo_gone[1] = true;
	SCRIPT(&d->server, FAULT_NONE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_string_equal(d->refused[0], "");
	assert_string_equal(d->refused[1], "unreadable");
	assert_int_equal(stored(d), PHOTOS - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(they_go_behind_entries_and_before_photos),
		TEST(a_bundle_is_never_past_its_ceiling),
		TEST(on_a_metered_link_they_go_and_photos_wait),
		TEST(none_goes_where_none_may),
		TEST(an_old_server_gets_the_photos_all_the_same),
		TEST(a_front_server_that_knows_no_such_path_holds_up_nothing),
		TEST(faults_of_the_server_leave_them_out),
		TEST(a_lost_answer_is_asked_for_again),
		TEST(who_was_revoked_stops),
		TEST(a_copy_that_cannot_be_made_is_left_out),
		TEST(a_quota_that_is_used_up_ends_them_for_the_run),
		TEST(how_far_a_photo_came_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
