/* Syncs that go well, and everything that honest servers and devices may do. */
#include <stdio.h>
#include <stdlib.h>

#include "fake_device.h"

static int setup(void **state)
{
	*state = fake_device_new();
	return 0;
}

static int teardown(void **state)
{
	fake_device_free(*state);
	return 0;
}

/* First contact leaves a challenge, a cursor and a receipt behind. */
static void settle(struct fake_device *d)
{
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, d->n);
}

static void everything_arrives_and_is_marked_by_receipts(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 1234);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.n, 1234);
	assert_int_equal(d->sent_n, 1234);
	assert_int_equal(d->result.entries_sent, 1234);
	assert_int_equal(d->server.requests, 4); /* a challenge, then 500, 500, 234 */
	assert_int_equal(d->server.entries_carried, 1234);
	assert_int_equal(d->last.entries_sent, 1234);
	assert_int_equal(d->last.entries_total, 1234);
	assert_int_equal(d->waits, 0);
	assert_int_equal(d->server.bad_sign_ins, 0);
}

static void nothing_new_is_one_request_and_writes_nothing(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 3);
	settle(d);
	d->sets = d->feeds = 0;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.requests, 1);
	assert_int_equal(d->sets, 0);
	assert_int_equal(d->feeds, 0);
	assert_int_equal(d->result.entries_sent, 0);
}

/* ---- dictionaries: program and server need not be of the same age ---- */

static void the_newest_dictionary_both_know_is_used_and_nothing_is_kept_of_it(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 3);
	settle(d);
	assert_int_equal(d->server.dictionary, JX_WIRE_DICTIONARY_NEWEST);
	assert_null(fake_device_value(d, JX_CLIENT_DICTIONARY));
}

static void an_older_server_costs_one_more_request_once(void **state)
{
	struct fake_device *d = *state;

	d->server.dictionary_newest = JX_WIRE_DICTIONARY_NONE;
	d->server.is_old = true;
	fake_device_save(d, 3);
	settle(d);
	assert_int_equal(d->server.requests, 3); /* a challenge, a dictionary it does not have, and without */
	assert_int_equal(d->result.requests, 3);
	assert_int_equal(d->waits, 0);
	fake_device_save(d, 2);
	settle(d);
	assert_int_equal(d->server.requests, 1);
	/* it is brought up to date, and says so */
	d->server.is_old = false;
	d->server.dictionary_newest = JX_WIRE_DICTIONARY_NEWEST;
	settle(d);
	assert_int_equal(d->server.dictionary, JX_WIRE_DICTIONARY_NONE);
	fake_device_save(d, 2);
	settle(d);
	assert_int_equal(d->server.requests, 1);
	assert_int_equal(d->server.dictionary, JX_WIRE_DICTIONARY_NEWEST);
}

static void a_newer_server_is_not_taken_at_more_than_is_known_here(void **state)
{
	struct fake_device *d = *state;

	d->server.dictionary_newest = JX_WIRE_DICTIONARY_NEWEST + 1;
	fake_device_save(d, 3);
	settle(d);
	fake_device_save(d, 3);
	settle(d);
	assert_int_equal(d->server.requests, 1);
	assert_int_equal(d->server.dictionary, JX_WIRE_DICTIONARY_NEWEST);
}

/* A value bent by hand, or one of a later program that somebody took back. */
static void a_number_that_makes_no_sense_is_no_number(void **state)
{
	struct fake_device *d = *state;
	static const char *const values[] = {"", "x", "-1", "99"};

	fake_device_save(d, 1);
	settle(d);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		jx_assert_ok(d->sink.set(d->sink.user, JX_CLIENT_DICTIONARY, values[i], &d->err), &d->err);
		settle(d);
		assert_int_equal(d->server.requests, 1);
		assert_int_equal(d->server.dictionary, JX_WIRE_DICTIONARY_NEWEST);
	}
}

static void a_few_new_entries_are_one_request(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 3);
	settle(d);
	fake_device_save(d, 10);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.requests, 1);
	assert_int_equal(d->sent_n, 13);
}

static void a_request_names_the_newest_receipt(void **state)
{
	struct fake_device *d = *state;
	uint8_t hash[JX_HASH_BYTES];

	fake_device_save(d, 3);
	settle(d);
	jx_assert_ok(fake_device_sync(d), &d->err);
	jx_signed_hash(&d->receipt, hash);
	assert_memory_equal(d->server.receipt_hash, hash, JX_HASH_BYTES);
}

static void the_feed_comes_down_page_by_page(void **state)
{
	struct fake_device *d = *state;

	for (int i = 0; i < 35; i++)
		jx_strcpy(d->server.items[i], sizeof(d->server.items[i]),
			  "{\"kind\":\"grid\",\"key\":\"k\"}");
	d->server.item_count = 35;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->item_count, 35);
	assert_int_equal(d->result.items, 35);
	assert_string_equal(fake_device_value(d, JX_CLIENT_CURSOR), "c35");
	assert_int_equal(d->server.requests, 5); /* challenge, then four pages */
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.requests, 1);
	assert_int_equal(d->item_count, 35);
}

static void an_expired_challenge_is_renewed_silently(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 3);
	settle(d);
	d->server.challenge[20] ^= 1;
	fake_device_save(d, 1);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.requests, 2);
	assert_int_equal(d->sent_n, 4);
	assert_int_equal(d->waits, 0);
}

static void a_server_restored_from_backup_gets_the_rest_again(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 20);
	settle(d);
	fake_server_restore(&d->server, 5);
	fake_device_save(d, 1);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.n, 21);
	assert_memory_equal(d->server.heads[21], d->heads[21], JX_HASH_BYTES);
	assert_int_equal(d->server.requests, 2);
}

static void a_restored_server_is_noticed_even_with_nothing_new(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 20);
	settle(d);
	fake_server_restore(&d->server, 0);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.n, 20);
}

/* What it signed before counts no longer, photo-receipts too: without a receipt of now nothing would be offered again. */
static void a_restored_server_that_holds_all_signs_again(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 20);
	settle(d);
	fake_server_restore(&d->server, 20);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_true(d->result.has_receipt);
	assert_int_equal(d->result.receipt.n, 20);
	assert_memory_equal(d->result.receipt.epoch, d->server.epoch, JX_ID_BYTES);
	assert_int_equal(d->server.requests, 2);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.requests, 1);
}

static void a_restored_device_must_enrol_again(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 20);
	settle(d);
	fake_device_restore(d, 15);
	jx_assert_rc(fake_device_sync(d), JX_ECONFLICT, &d->err);
	jx_assert_says(&d->err, "enrol it again");
	assert_true(d->result.must_enrol_again);
	assert_string_equal(fake_device_value(d, JX_CLIENT_REENROL), "behind");
}

/* What is saved while the server says "behind" is in no other log: it goes up before the run ends, and nothing is saved after. */
static void what_a_restored_device_saves_meanwhile_goes_up_first(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 20);
	settle(d);
	fake_device_restore(d, 12);
	d->server.entries_carried = 0;
	d->grows = true;
	jx_assert_rc(fake_device_sync(d), JX_ECONFLICT, &d->err);
	d->grows = false;
	assert_true(d->result.must_enrol_again);
	assert_true(d->n > 12 && d->n < 20);
	assert_true(d->server.entries_carried >= d->n);
}

static void a_copy_that_went_on_by_itself_is_a_fork(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 20);
	settle(d);
	fake_device_rewrite(d, 18);
	d->sent_n = 0;
	fake_device_save(d, 3);
	jx_assert_rc(fake_device_sync(d), JX_ECONFLICT, &d->err);
	assert_true(d->result.must_enrol_again);
	assert_string_equal(fake_device_value(d, JX_CLIENT_REENROL), "fork");
	assert_int_equal(d->sent_n, 0);
}

/* The first request carries no entries, for want of a challenge; the fork it meets must not end the run before they went up. */
static void a_copy_sends_its_branch_before_it_gives_up(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 20);
	settle(d);
	fake_device_rewrite(d, 18);
	d->sent_n = 0;
	fake_device_save(d, 3);
	d->server.challenge[20] ^= 1;
	d->server.entries_carried = 0;
	jx_assert_rc(fake_device_sync(d), JX_ECONFLICT, &d->err);
	assert_true(d->server.entries_carried >= 23);
	assert_true(d->result.must_enrol_again);
}

static void a_lost_receipt_is_asked_for(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 20);
	settle(d);
	d->has_receipt = false;
	d->sent_n = 0;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 20);
	assert_int_equal(d->server.requests, 1);
	assert_int_equal(d->server.entries_carried, 20); /* not sent again */
}

static void a_pending_device_sends_and_is_told(void **state)
{
	struct fake_device *d = *state;

	d->server.is_pending = true;
	d->server.item_count = 1;
	fake_device_photo(d, 100, true);
	fake_device_save(d, 5);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_true(d->result.is_pending);
	assert_int_equal(d->sent_n, 5);
	assert_int_equal(d->item_count, 0);
	assert_int_equal(d->server.photo_requests, 0);
	d->server.is_pending = false;
	jx_strcpy(d->server.items[0], sizeof(d->server.items[0]), "{\"kind\":\"grid\",\"key\":\"k\"}");
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_false(d->result.is_pending);
	assert_int_equal(d->item_count, 1);
	assert_true(d->photos[0].is_stored);
}

/* The app saves while we send. */
static void entries_saved_meanwhile_do_not_disturb(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 600);
	d->grows = true;
	jx_assert_ok(fake_device_sync(d), &d->err);
	d->grows = false;
	assert_true(d->sent_n >= 600);
	settle(d);
}

/* ... and the server heard of them already, by another run. */
static void a_log_that_grew_is_not_called_behind(void **state)
{
	struct fake_device *d = *state;

	fake_device_save(d, 5);
	settle(d);
	SCRIPT(&d->server, FAULT_RESULT_BEHIND);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_false(d->result.must_enrol_again);
}

static void make_keys(struct fake_device *d, const uint8_t signer[JX_SEC_BYTES], char *out, size_t cap)
{
	struct jx_keys k = {.from_utc_ms = 5, .pin_count = 2};
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	uint8_t seed[32], next_secret[JX_SEC_BYTES];
	JX_AUTO_BUF b = {0};

	memset(seed, 7, sizeof(seed));
	jx_key_from_seed(seed, k.identity, next_secret);
	memset(k.tls_spki_sha256[0], 0x70, JX_HASH_BYTES);
	memset(k.tls_spki_sha256[1], 0x71, JX_HASH_BYTES);
	jx_strcpy(item->kind, sizeof(item->kind), "keys");
	jx_strcpy(item->key, sizeof(item->key), "1");
	item->has_signed = true;
	jx_assert_ok(jx_keys_sign(&k, signer, &item->text, &d->err), &d->err);
	jx_buf_init(&b, cap);
	jx_assert_ok(jx_item_write(item, &b, &d->err), &d->err);
	b.data[b.len - 1] = '\0';
	jx_strcpy(out, cap, b.data);
	free(item);
}

static void verified_keys_replace_pins_and_identity(void **state)
{
	struct fake_device *d = *state;

	make_keys(d, d->server.secret, d->server.items[0], sizeof(d->server.items[0]));
	d->server.item_count = 1;
	fake_device_save(d, 1);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->keys_taken, 1);
	assert_int_equal(d->keys.pin_count, 2);
	assert_int_equal(d->server.pin_count, 2);
	assert_int_equal(d->server.pins[1][0], 0x71);
}

/* A `keys` line: signer says that the key of this number is in force, with TLS keys that begin with pin. */
static void add_keys(struct fake_device *d, const uint8_t signer[JX_SEC_BYTES], uint8_t number, uint8_t pin)
{
	struct jx_keys k = {.from_utc_ms = 5, .pin_count = 1};
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	char *out = d->server.items[d->server.item_count];
	uint8_t seed[32] = {number}, secret[JX_SEC_BYTES];
	JX_AUTO_BUF b = {0};

	if (number == 0)
		memcpy(k.identity, d->server.identity, sizeof(k.identity));
	else
		jx_key_from_seed(seed, k.identity, secret);
	memset(k.tls_spki_sha256[0], pin, JX_HASH_BYTES);
	jx_strcpy(item->kind, sizeof(item->kind), "keys");
	(void)snprintf(item->key, sizeof(item->key), "k%zu", d->server.item_count++);
	item->has_signed = true;
	jx_assert_ok(jx_keys_sign(&k, signer, &item->text, &d->err), &d->err);
	jx_buf_init(&b, sizeof(d->server.items[0]));
	jx_assert_ok(jx_item_write(item, &b, &d->err), &d->err);
	b.data[b.len - 1] = '\0';
	jx_strcpy(out, sizeof(d->server.items[0]), b.data);
	free(item);
}

/* A device that enrols late reads all that was ever announced: TLS keys of before would shut it out for good. */
static void of_one_key_s_words_the_last_count(void **state)
{
	struct fake_device *d = *state;

	for (uint8_t pin = 1; pin <= 3; pin++)
		add_keys(d, d->server.secret, 0, pin);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->keys_taken, 1);
	assert_int_equal(d->keys.tls_spki_sha256[0][0], 3);
	assert_int_equal(d->server.pins[0][0], 3);
	assert_int_equal(d->item_count, 3);
}

static void several_rotations_are_followed_in_one_answer(void **state)
{
	struct fake_device *d = *state;
	uint8_t pub[JX_PUB_BYTES], first[JX_SEC_BYTES], second[JX_SEC_BYTES];
	const uint8_t seeds[2][32] = {{1}, {2}};

	jx_key_from_seed(seeds[0], pub, first);
	jx_key_from_seed(seeds[1], pub, second);
	add_keys(d, d->server.secret, 1, 1);
	add_keys(d, first, 1, 1);
	add_keys(d, first, 2, 2);
	/* the first key speaks once more: it has been replaced, and nobody believes it */
	add_keys(d, d->server.secret, 0, 9);
	add_keys(d, second, 2, 3);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->keys_taken, 3);
	assert_memory_equal(d->keys.identity, pub, sizeof(pub));
	assert_int_equal(d->server.pins[0][0], 3);
}

static void keys_signed_by_another_are_passed_over(void **state)
{
	struct fake_device *d = *state;

	make_keys(d, d->server.other_secret, d->server.items[0], sizeof(d->server.items[0]));
	d->server.item_count = 1;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->keys_taken, 0);
	assert_int_equal(d->server.pin_count, 0);
	assert_int_equal(d->item_count, 1); /* kept as an item all the same */
}

static void an_older_identity_still_verifies_receipts(void **state)
{
	struct fake_device *d = *state;
	uint8_t identities[2][JX_PUB_BYTES];

	memset(identities[0], 0x11, JX_PUB_BYTES);
	memcpy(identities[1], d->server.identity, JX_PUB_BYTES);
	fake_device_save(d, 2);
	settle(d);
	d->config.identities = (const uint8_t(*)[JX_PUB_BYTES])identities;
	d->config.identity_count = 2;
	/* requests are signed for the current identity: this server is not it any more and says so */
	jx_assert_rc(fake_device_sync(d), JX_EAUTH, &d->err);
	assert_int_equal(d->server.bad_sign_ins, 1);
	assert_string_equal(d->result.server_error, "bad-signature");
}

static void a_token_is_handed_on_for_downloads(void **state)
{
	struct fake_device *d = *state;

	d->config.wants_token = true;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_string_equal(d->result.token, "token1");
}

static void a_writer_without_feed_or_photos_asks_for_neither(void **state)
{
	struct fake_device *d = *state;

	d->sink.feed = NULL;
	d->outbox.photos = NULL;
	d->outbox.photo_count = NULL;
	d->server.item_count = 1;
	fake_device_save(d, 2);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 2);
	assert_int_equal(d->feeds, 0);
	assert_int_equal(d->server.tokens, 0);
}

static void a_batch_stays_under_a_mebibyte(void **state)
{
	struct fake_device *d = *state;
	char *big = jx_xmalloc(60001);

	memset(big, 'x', 60000);
	big[60000] = '\0';
	for (int64_t n = 1; n <= 40; n++) {
		uint8_t digest[JX_HASH_BYTES];

		d->n = n;
		d->entries[n] = jx_xasprintf("{\"v\":1,\"n\":%lld,\"x\":\"%s\"}", (long long)n, big);
		jx_sha256(d->entries[n], strlen(d->entries[n]), digest);
		jx_chain_next(d->writer, n, d->heads[n - 1], digest, d->heads[n]);
		jx_chain_sign(d->secret, d->heads[n], d->sigs[n]);
	}
	free(big);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 40);
	assert_int_equal(d->server.requests, 4); /* challenge, then 17, 17, 6 */
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(everything_arrives_and_is_marked_by_receipts),
		T(nothing_new_is_one_request_and_writes_nothing),
		T(the_newest_dictionary_both_know_is_used_and_nothing_is_kept_of_it),
		T(an_older_server_costs_one_more_request_once),
		T(a_newer_server_is_not_taken_at_more_than_is_known_here),
		T(a_number_that_makes_no_sense_is_no_number),
		T(a_few_new_entries_are_one_request),
		T(a_request_names_the_newest_receipt),
		T(the_feed_comes_down_page_by_page),
		T(an_expired_challenge_is_renewed_silently),
		T(a_server_restored_from_backup_gets_the_rest_again),
		T(a_restored_server_is_noticed_even_with_nothing_new),
		T(a_restored_server_that_holds_all_signs_again),
		T(a_restored_device_must_enrol_again),
		T(what_a_restored_device_saves_meanwhile_goes_up_first),
		T(a_copy_that_went_on_by_itself_is_a_fork),
		T(a_copy_sends_its_branch_before_it_gives_up),
		T(a_lost_receipt_is_asked_for),
		T(a_pending_device_sends_and_is_told),
		T(entries_saved_meanwhile_do_not_disturb),
		T(a_log_that_grew_is_not_called_behind),
		T(verified_keys_replace_pins_and_identity),
		T(of_one_key_s_words_the_last_count),
		T(several_rotations_are_followed_in_one_answer),
		T(keys_signed_by_another_are_passed_over),
		T(an_older_identity_still_verifies_receipts),
		T(a_token_is_handed_on_for_downloads),
		T(a_writer_without_feed_or_photos_asks_for_neither),
		T(a_batch_stays_under_a_mebibyte),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("client.sync", tests, NULL, NULL);
}
