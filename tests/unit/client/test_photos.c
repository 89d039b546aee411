/* Photos: one request each, resumed where they broke, marked by photo-receipts only. */
#include "fake_device.h"

#define SIZE 3000

static void add_photos(struct fake_device *d)
{
	for (int i = 0; i < 4; i++)
		fake_device_photo(d, SIZE + i, true);
	fake_device_save(d, 5);
}

static int setup(void **state)
{
	struct fake_device *d = fake_device_new();

	add_photos(d);
	*state = d;
	return 0;
}

/* First contact is over, so that one sync request comes before the photos. */
static int setup_settled(void **state)
{
	struct fake_device *d = fake_device_new();

	fake_device_save(d, 1);
	jx_assert_ok(fake_device_sync(d), &d->err);
	add_photos(d);
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

static void each_photo_is_one_request(void **state)
{
	struct fake_device *d = *state;

	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->server.requests, 2);
	assert_int_equal(d->server.photo_requests, 4);
	assert_int_equal(d->result.photos_sent, 4);
	assert_int_equal(d->result.photo_bytes_sent, 4 * SIZE + 6);
	assert_int_equal(d->last.photo_bytes_sent, 4 * SIZE + 6);
	assert_int_equal(d->last.photo_bytes_total, 4 * SIZE + 6);
	assert_int_equal(d->server.tokens, 1);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.photo_requests, 0);
	assert_int_equal(d->server.requests, 1);
}

static void on_a_metered_link_they_wait(void **state)
{
	struct fake_device *d = *state;

	d->config.no_photos = true;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.photo_requests, 0);
	assert_int_equal(d->server.tokens, 0);
	assert_int_equal(d->sent_n, 5);
}

static void a_cut_photo_goes_on_where_it_broke(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_NONE, FAULT_CUT, FAULT_NONE, FAULT_CUT, FAULT_NONE, FAULT_NONE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->server.photo_bytes_got, 4 * SIZE + 6); /* no byte twice */
	assert_int_equal(d->server.patches, 2);
	assert_int_equal(d->waits, 2);
	assert_int_equal(d->last.photo_bytes_sent, 4 * SIZE + 6);
}

static void a_lost_answer_is_found_by_asking(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_NONE, FAULT_LOSE_ANSWER);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->server.photo_bytes_got, 4 * SIZE + 6);
	assert_int_equal(d->server.photo_requests, 5);
}

static void the_next_run_goes_on_with_a_cut_photo(void **state)
{
	struct fake_device *d = *state;

	d->config.attempts_max = 1;
	SCRIPT(&d->server, FAULT_NONE, FAULT_CUT);
	jx_assert_rc(fake_device_sync(d), JX_ENET, &d->err);
	assert_int_equal(stored(d), 0);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->server.photo_bytes_got, 4 * SIZE + 6);
	assert_int_equal(d->server.photo_bytes_wasted, 0);
	assert_int_equal(d->server.photo_requests,
			 5); /* one question, the rest of the first, three whole ones */
}

static void all_bytes_without_a_receipt_are_asked_again(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_NONE, FAULT_NO_RECEIPT);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->server.photo_bytes_got, 4 * SIZE + 6);
}

static void wrong_photo_receipts_mark_nothing(void **state)
{
	static const enum fault lies[] = {FAULT_RECEIPT_SIGNED_BY_OTHER, FAULT_RECEIPT_FOR_OTHER_WRITER,
					  FAULT_RECEIPT_HEAD_WRONG};
	struct fake_device *d = *state;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		SCRIPT(&d->server, FAULT_NONE, lies[i]);
		jx_assert_rc(fake_device_sync(d), JX_EAUTH, &d->err);
		jx_assert_says(&d->err, "photo-receipt");
		assert_int_equal(stored(d), 0);
		assert_int_equal(d->result.photos_sent, 0);
	}
	SCRIPT(&d->server, FAULT_NONE, FAULT_RUBBISH);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
}

/* What cannot go is left out and named; the others go, and the run is good. */
static void a_photo_that_cannot_go_does_not_hold_up_the_others(void **state)
{
	struct fake_device *d = *state;

	d->photo_gone[0] = true;
	d->photo_short[1] = true;
	fake_device_photo(d, 500, false); /* the server does not find it in the entry */
	fake_device_save(d, 1);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 2);
	assert_int_equal(d->result.photos_left_out, 3);
	assert_non_null(strstr(d->result.note, "left out"));
	assert_non_null(strstr(d->result.note, "no accepted entry"));
}

static void a_damaged_file_is_tried_once_more_and_left_out(void **state)
{
	struct fake_device *d = *state;

	d->photos[0].data[100] ^= 1;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 3);
	assert_int_equal(d->result.photos_left_out, 1);
	assert_int_equal(d->server.photo_requests, 5);
	assert_non_null(strstr(d->result.note, "damaged"));
}

static void bytes_bent_on_the_way_are_sent_again(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_NONE, FAULT_HASH);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->result.photos_left_out, 0);
}

static void an_expired_token_is_renewed_and_the_photo_goes_on(void **state)
{
	struct fake_device *d = *state;

	d->server.refuse_status = 401;
	d->server.refuse_name = "token";
	SCRIPT(&d->server, FAULT_NONE, FAULT_REFUSE, FAULT_NONE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->server.tokens, 2);
	assert_int_equal(d->waits, 0);
}

static void refusals_of_photos_end_or_pause_the_run(void **state)
{
	static const struct {
		int status;
		jx_rc rc;
		const char *name, *says;
	} rows[] = {
		{403, JX_EAUTH, "revoked", "revoked"},    {412, JX_EVERSION, "tus-version", "update"},
		{423, JX_ENET, "busy", "another upload"}, {429, JX_ENET, "too-many", "pause"},
		{500, JX_ENET, "internal", "fault"},      {507, JX_ENOSPC, "no-space", "no room"},
	};
	struct fake_device *d = *state;
	enum fault again[FAKE_SCRIPT_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t k = 0; k < FAKE_SCRIPT_MAX; k++)
			again[k] = k == 0 ? FAULT_NONE : FAULT_REFUSE;
		d->server.refuse_status = rows[i].status;
		d->server.refuse_name = rows[i].name;
		fake_server_script(&d->server, again, FAKE_SCRIPT_MAX);
		jx_assert_rc(fake_device_sync(d), rows[i].rc, &d->err);
		jx_assert_says(&d->err, rows[i].says);
		assert_int_equal(stored(d), 0);
	}
}

static void a_portal_in_the_middle_is_noticed(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_NONE, FAULT_PORTAL_HTML);
	jx_assert_rc(fake_device_sync(d), JX_ENET, &d->err);
	jx_assert_says(&d->err, "sign in first");
	SCRIPT(&d->server, FAULT_NONE, FAULT_CUT, FAULT_REDIRECT);
	jx_assert_rc(fake_device_sync(d), JX_ENET, &d->err);
	jx_assert_says(&d->err, "redirect");
	assert_int_equal(stored(d), 0);
}

static void stopping_in_a_photo_keeps_what_was_sent(void **state)
{
	struct fake_device *d = *state;

	d->stop_after = 10; /* in the middle of the first */
	jx_assert_rc(fake_device_sync(d), JX_EINTR, &d->err);
	d->stop_after = 0;
	assert_int_equal(stored(d), 0);
	assert_true(d->server.photos[0].offset > 0);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->server.photo_bytes_got, 4 * SIZE + 6);
}

static void a_full_disk_of_our_own_loses_no_photo(void **state)
{
	struct fake_device *d = *state;

	d->sink_fails = JX_ENOSPC;
	jx_assert_rc(fake_device_sync(d), JX_ENOSPC, &d->err);
	assert_int_equal(stored(d), 0);
	d->sink_fails = JX_OK;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(stored(d), 4);
}

/* A line that is cut anywhere, for as long as it takes. */
static void chaos_brings_every_photo_once(void **state)
{
	static const enum fault faults[] = {FAULT_NONE,         FAULT_CUT,         FAULT_CUT,
					    FAULT_LOSE_REQUEST, FAULT_LOSE_ANSWER, FAULT_NO_RECEIPT,
					    FAULT_NO_OFFSET,    FAULT_RUBBISH,     FAULT_STOP};
	struct fake_device *d = *state;
	enum fault script[FAKE_SCRIPT_MAX];
	int runs = 0;

	while (stored(d) < 4 && runs < 1000) {
		for (size_t i = 0; i < FAKE_SCRIPT_MAX; i++)
			script[i] = faults[jx_fake_rand_below(&d->rand, sizeof(faults) / sizeof(faults[0]))];
		fake_server_script(&d->server, script, FAKE_SCRIPT_MAX);
		(void)fake_device_sync(d);
		runs++;
	}
	assert_int_equal(stored(d), 4);
	assert_int_equal(d->server.photo_bytes_got, 4 * SIZE + 6);
	assert_int_equal(d->server.photo_bytes_wasted, 0);
	assert_int_equal(d->result.photos_left_out, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define S(f) cmocka_unit_test_setup_teardown(f, setup_settled, teardown)
	const struct CMUnitTest tests[] = {
		T(each_photo_is_one_request),
		T(on_a_metered_link_they_wait),
		S(a_cut_photo_goes_on_where_it_broke),
		S(a_lost_answer_is_found_by_asking),
		S(the_next_run_goes_on_with_a_cut_photo),
		S(all_bytes_without_a_receipt_are_asked_again),
		S(wrong_photo_receipts_mark_nothing),
		S(a_photo_that_cannot_go_does_not_hold_up_the_others),
		S(a_damaged_file_is_tried_once_more_and_left_out),
		S(bytes_bent_on_the_way_are_sent_again),
		S(an_expired_token_is_renewed_and_the_photo_goes_on),
		S(refusals_of_photos_end_or_pause_the_run),
		S(a_portal_in_the_middle_is_noticed),
		S(stopping_in_a_photo_keeps_what_was_sent),
		S(a_full_disk_of_our_own_loses_no_photo),
		S(chaos_brings_every_photo_once),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("client.photos", tests, NULL, NULL);
}
