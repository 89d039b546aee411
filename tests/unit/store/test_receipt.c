/* What the server said, and what may be shown because of it. */
#include <stdlib.h>

#include "device.h"

static int setup(void **state)
{
	struct device *d = jx_xcalloc(1, sizeof(*d));

	device_init(d);
	device_enrol(d, 1);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	device_done(*state);
	free(*state);
	return 0;
}

static enum jx_entry_state state_of(struct device *d, int64_t n)
{
	return device_row(d, n).state;
}

static struct jx_store_counts counts(struct device *d)
{
	struct jx_store_counts c;
	struct jx_error err;

	jx_assert_ok(jx_store_count(d->store, &c, &err), &err);
	return c;
}

static int64_t save_with_photos(struct device *d, uint8_t first, size_t count)
{
	struct plain p = device_plain(d);
	size_t i;

	p.photo_count = count;
	for (i = 0; i < count; i++)
		device_photo(p.photos[i], (uint8_t)(first + i));
	return device_save(d, &p);
}

struct waiting {
	uint8_t which[16];
	size_t count;
	struct device *d;
};

static jx_rc take_waiting(void *user, const struct jx_outbox_photo *p)
{
	struct waiting *w = user;

	assert_true(w->count < sizeof(w->which));
	assert_int_equal(p->size_bytes, 1000 + p->sha256[0]);
	assert_string_equal(p->type, "image/jpeg");
	w->which[w->count++] = p->sha256[0];
	return JX_OK;
}

static struct waiting waiting(struct device *d, int64_t limit)
{
	struct waiting w = {.count = 0};
	struct jx_error err;

	jx_assert_ok(jx_store_each_waiting_photo(d->store, limit, take_waiting, &w, &err), &err);
	return w;
}

static void a_receipt_makes_sent_and_photo_receipts_make_complete(void **state)
{
	struct device *d = *state;
	uint8_t photos[2][JX_HASH_BYTES];
	struct jx_error err;
	char text[32];

	device_save_many(d, 1);
	assert_int_equal(save_with_photos(d, 1, 2), 2);
	device_save_many(d, 1);
	assert_int_equal(state_of(d, 1), JX_ENTRY_SAVED);
	jx_assert_ok(device_receipt(d, 2, &err), &err);
	assert_int_equal(state_of(d, 1), JX_ENTRY_COMPLETE);
	assert_int_equal(state_of(d, 2), JX_ENTRY_SENT);
	assert_int_equal(state_of(d, 3), JX_ENTRY_SAVED);
	assert_int_equal(counts(d).waiting, 1);
	assert_int_equal(counts(d).receipt_n, 2);
	assert_int_equal(counts(d).receipt_server_utc_ms, DEVICE_MORNING_UTC_MS + 1000);
	jx_assert_ok(jx_store_get(d->store, JX_SET_SERVER_UTC_MS, text, sizeof(text), &err), &err);
	assert_string_equal(text, "1788224401000");
	device_photo(photos[0], 1);
	device_photo(photos[1], 2);
	jx_assert_ok(device_photo_receipt(d, photos[0], 1, &err), &err);
	assert_int_equal(state_of(d, 2), JX_ENTRY_SENT);
	assert_int_equal(device_row(d, 2).photos_receipted, 1);
	jx_assert_ok(device_photo_receipt(d, photos[1], 1, &err), &err);
	assert_int_equal(state_of(d, 2), JX_ENTRY_COMPLETE);
	assert_int_equal(counts(d).photos_waiting, 0);
	device_reopen(d);
	assert_int_equal(state_of(d, 2), JX_ENTRY_COMPLETE);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

static void photos_before_their_receipt_make_nothing_complete(void **state)
{
	struct device *d = *state;
	uint8_t photo[1][JX_HASH_BYTES];
	struct jx_error err;

	assert_int_equal(save_with_photos(d, 1, 1), 1);
	device_photo(photo[0], 1);
	jx_assert_ok(device_photo_receipt(d, photo[0], 1, &err), &err);
	assert_int_equal(state_of(d, 1), JX_ENTRY_SAVED);
	jx_assert_ok(device_receipt(d, 1, &err), &err);
	assert_int_equal(state_of(d, 1), JX_ENTRY_COMPLETE);
}

static void an_older_receipt_takes_nothing_back(void **state)
{
	struct device *d = *state;
	struct jx_error err;

	device_save_many(d, 3);
	jx_assert_ok(device_receipt(d, 3, &err), &err);
	jx_assert_ok(device_receipt(d, 2, &err), &err);
	assert_int_equal(state_of(d, 3), JX_ENTRY_COMPLETE);
	assert_int_equal(counts(d).receipt_n, 3);
}

static void the_same_receipt_again_changes_nothing(void **state)
{
	struct device *d = *state;
	struct jx_signed text, newest;
	struct jx_receipt r;
	struct jx_error err;

	device_save_many(d, 2);
	jx_assert_rc(jx_store_receipt(d->store, &newest, &err), JX_ENOTFOUND, &err);
	device_sign_receipt(d, 1, false, &text, &r);
	jx_assert_ok(jx_store_add_receipt(d->store, &text, &r, &err), &err);
	jx_assert_ok(device_receipt(d, 2, &err), &err);
	jx_assert_ok(jx_store_add_receipt(d->store, &text, &r, &err), &err);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM receipt"), 2);
	jx_assert_ok(jx_store_receipt(d->store, &newest, &err), &err);
	jx_assert_ok(jx_receipt_open(&newest, d->server_pub, &r, &err), &err);
	assert_int_equal(r.n, 2);
}

static void a_server_restored_from_backup_puts_earlier_receipts_out_of_force(void **state)
{
	struct device *d = *state;
	uint8_t photos[2][JX_HASH_BYTES];
	struct jx_error err;

	assert_int_equal(save_with_photos(d, 1, 1), 1);
	assert_int_equal(save_with_photos(d, 2, 1), 2);
	device_save_many(d, 1);
	device_photo(photos[0], 1);
	device_photo(photos[1], 2);
	jx_assert_ok(device_receipt(d, 3, &err), &err);
	jx_assert_ok(device_photo_receipt(d, photos[0], 2, &err), &err);
	assert_int_equal(state_of(d, 2), JX_ENTRY_COMPLETE);
	d->epoch[0] = 2;
	jx_assert_ok(device_receipt(d, 2, &err), &err);
	assert_int_equal(state_of(d, 3), JX_ENTRY_SAVED);
	assert_int_equal(state_of(d, 2), JX_ENTRY_SENT);
	assert_int_equal(counts(d).waiting, 1);
	assert_int_equal(counts(d).photos_waiting, 2);
	assert_int_equal(waiting(d, 0).count, 2);
	/* in the new epoch they come again, and count; the second one before its receipt of entries */
	jx_assert_ok(device_photo_receipt(d, photos[0], 2, &err), &err);
	jx_assert_ok(device_receipt(d, 3, &err), &err);
	assert_int_equal(state_of(d, 1), JX_ENTRY_COMPLETE);
	assert_int_equal(state_of(d, 3), JX_ENTRY_COMPLETE);
	/* the old receipts are kept as evidence */
	assert_int_equal(device_sql(d, "SELECT count(*) FROM receipt"), 3);
}

/* Two syncs at once: the one that heard the server before its restore keeps what it heard last. */
static void what_is_heard_again_counts_again(void **state)
{
	struct device *d = *state;
	uint8_t photo[JX_HASH_BYTES];
	struct jx_signed now, photo_now;
	struct jx_receipt r = {.n = 1};
	struct jx_photo_receipt pr = {.photo_count = 1};
	struct jx_error err;
	int64_t n = 0;

	assert_int_equal(save_with_photos(d, 1, 1), 1);
	device_photo(photo, 1);
	jx_assert_ok(jx_store_head(d->store, &n, r.head, &err), &err);
	memcpy(r.writer, d->id.writer, JX_ID_BYTES);
	memcpy(pr.writer, d->id.writer, JX_ID_BYTES);
	memcpy(pr.photos[0], photo, JX_HASH_BYTES);
	r.epoch[0] = pr.epoch[0] = 2;
	r.server_utc_ms = pr.server_utc_ms = d->clock.utc_ms;
	jx_assert_ok(jx_receipt_sign(&r, d->server_sec, &now, &err), &err);
	jx_assert_ok(jx_photo_receipt_sign(&pr, d->server_sec, &photo_now, &err), &err);
	jx_assert_ok(jx_store_add_receipt(d->store, &now, &r, &err), &err);
	jx_assert_ok(jx_store_add_photo_receipt(d->store, &photo_now, &pr, &err), &err);
	assert_int_equal(state_of(d, 1), JX_ENTRY_COMPLETE);
	/* from before the restore, and late */
	d->epoch[0] = 1;
	jx_assert_ok(device_receipt(d, 1, &err), &err);
	jx_assert_ok(device_photo_receipt(d, photo, 1, &err), &err);
	/* the server gives the same ones again, for it has kept them */
	jx_assert_ok(jx_store_add_receipt(d->store, &now, &r, &err), &err);
	assert_int_equal(state_of(d, 1), JX_ENTRY_SENT);
	jx_assert_ok(jx_store_add_photo_receipt(d->store, &photo_now, &pr, &err), &err);
	assert_int_equal(state_of(d, 1), JX_ENTRY_COMPLETE);
	assert_int_equal(counts(d).photos_waiting, 0);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM receipt"), 2);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

static void a_receipt_for_another_chain_is_a_fork(void **state)
{
	struct device *d = *state;
	struct jx_signed text;
	struct jx_receipt r;
	struct plain p;
	struct jx_error err;
	char reason[32];
	int64_t n = 0;

	device_save_many(d, 2);
	jx_assert_ok(device_receipt(d, 1, &err), &err);
	device_sign_receipt(d, 2, false, &text, &r);
	r.head[0] ^= 1;
	jx_assert_ok(jx_receipt_sign(&r, d->server_sec, &text, &err), &err);
	jx_assert_rc(jx_store_add_receipt(d->store, &text, &r, &err), JX_ECONFLICT, &err);
	jx_assert_says(&err, "jx enrol");
	jx_assert_ok(jx_store_get(d->store, JX_SET_REENROL, reason, sizeof(reason), &err), &err);
	assert_string_equal(reason, "fork");
	assert_int_equal(state_of(d, 2), JX_ENTRY_SAVED);
	p = device_plain(d);
	jx_assert_rc(device_append(d, &p, &n, &err), JX_ESTATE, &err);
	/* told again */
	jx_assert_rc(jx_store_add_receipt(d->store, &text, &r, &err), JX_ECONFLICT, &err);
	/* and it is not the newest receipt of this log */
	jx_assert_ok(jx_store_receipt(d->store, &text, &err), &err);
	jx_assert_ok(jx_receipt_open(&text, d->server_pub, &r, &err), &err);
	assert_int_equal(r.n, 1);
}

/* An old copy of the folder was put back: the server holds more than this log has. */
static void a_receipt_beyond_the_log_is_a_fork(void **state)
{
	struct device *d = *state;
	struct jx_signed text;
	struct jx_receipt r;
	struct jx_error err;

	device_save_many(d, 2);
	device_sign_receipt(d, 2, false, &text, &r);
	r.n = 3;
	jx_assert_ok(jx_receipt_sign(&r, d->server_sec, &text, &err), &err);
	jx_assert_rc(jx_store_add_receipt(d->store, &text, &r, &err), JX_ECONFLICT, &err);
	assert_int_equal(counts(d).receipt_n, 0);
}

static void a_fork_in_quarantine_is_shown_as_that(void **state)
{
	struct device *d = *state;
	struct jx_signed text;
	struct jx_receipt r;
	struct jx_error err;
	char reason[32];

	device_save_many(d, 3);
	jx_assert_ok(device_receipt(d, 1, &err), &err);
	device_sign_receipt(d, 2, true, &text, &r);
	jx_assert_ok(jx_store_add_receipt(d->store, &text, &r, &err), &err);
	assert_int_equal(state_of(d, 1), JX_ENTRY_COMPLETE);
	assert_int_equal(state_of(d, 2), JX_ENTRY_FORKED);
	assert_int_equal(state_of(d, 3), JX_ENTRY_SAVED);
	jx_assert_ok(jx_store_get(d->store, JX_SET_REENROL, reason, sizeof(reason), &err), &err);
	/* a new writer begins with nothing of it */
	device_enrol(d, 2);
	jx_assert_rc(jx_store_get(d->store, JX_SET_REENROL, reason, sizeof(reason), &err), JX_ENOTFOUND,
		     &err);
	jx_assert_rc(jx_store_receipt(d->store, &text, &err), JX_ENOTFOUND, &err);
	device_save_many(d, 1);
	assert_int_equal(state_of(d, 1), JX_ENTRY_SAVED);
}

static void a_receipt_of_a_stranger_is_refused(void **state)
{
	struct device *d = *state;
	struct jx_signed text;
	struct jx_receipt r;
	struct jx_error err;

	device_save_many(d, 1);
	device_sign_receipt(d, 1, false, &text, &r);
	r.writer[0] = 77;
	jx_assert_ok(jx_receipt_sign(&r, d->server_sec, &text, &err), &err);
	jx_assert_rc(jx_store_add_receipt(d->store, &text, &r, &err), JX_ENOTFOUND, &err);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM receipt"), 0);
}

static void waiting_photos_come_once_each_newest_first(void **state)
{
	struct device *d = *state;
	uint8_t photo[1][JX_HASH_BYTES];
	struct waiting w;
	struct jx_error err;

	assert_int_equal(save_with_photos(d, 8, 2), 1);
	assert_int_equal(save_with_photos(d, 3, 2), 2);
	assert_int_equal(save_with_photos(d, 9, 1), 3); /* the same file in two entries */
	assert_int_equal(save_with_photos(d, 1, 1), 4);
	/* nothing is offered before its entry is received */
	assert_int_equal(waiting(d, 0).count, 0);
	jx_assert_ok(device_receipt(d, 3, &err), &err);
	w = waiting(d, 0);
	assert_int_equal(w.count, 4);
	assert_memory_equal(w.which, ((const uint8_t[]){9, 3, 4, 8}), 4);
	w = waiting(d, 2);
	assert_int_equal(w.count, 2);
	assert_memory_equal(w.which, ((const uint8_t[]){9, 3}), 2);
	device_photo(photo[0], 9);
	jx_assert_ok(device_photo_receipt(d, photo[0], 1, &err), &err);
	w = waiting(d, 0);
	assert_memory_equal(w.which, ((const uint8_t[]){3, 4, 8}), 3);
	assert_int_equal(w.count, 3);
	assert_int_equal(state_of(d, 3), JX_ENTRY_COMPLETE);
	assert_int_equal(counts(d).photos, 6);
	assert_int_equal(counts(d).photos_waiting, 4);
}

static jx_rc receive_it(void *user, const struct jx_outbox_photo *p)
{
	struct waiting *w = user;
	struct jx_error err;

	w->count++;
	jx_assert_ok(device_photo_receipt(w->d, p->sha256, 1, &err), &err);
	return JX_OK;
}

static void photo_receipts_may_be_added_while_walking(void **state)
{
	struct device *d = *state;
	struct waiting w = {.d = d};
	struct jx_error err;

	assert_int_equal(save_with_photos(d, 1, 4), 1);
	jx_assert_ok(device_receipt(d, 1, &err), &err);
	jx_assert_ok(jx_store_each_waiting_photo(d->store, 0, receive_it, &w, &err), &err);
	assert_int_equal(w.count, 4);
	assert_int_equal(state_of(d, 1), JX_ENTRY_COMPLETE);
}

static struct waiting small_waiting(struct device *d, int64_t limit)
{
	struct waiting w = {.count = 0};
	struct jx_error err;

	jx_assert_ok(jx_store_each_waiting_small(d->store, limit, take_waiting, &w, &err), &err);
	return w;
}

static struct jx_photo_standing standing(struct device *d, uint8_t photo)
{
	struct jx_photo_standing p = {.sent_bytes = -7};
	struct jx_identity id;
	uint8_t sha256[JX_HASH_BYTES];
	struct jx_error err;

	device_photo(sha256, photo);
	jx_assert_ok(jx_store_identity(d->store, &id, &err), &err);
	jx_assert_ok(jx_store_photo_standing(d->store, id.writer, sha256, &p, &err), &err);
	return p;
}

static void note(struct device *d, uint8_t photo, bool has_small, int64_t sent_bytes, const char *refused)
{
	struct jx_photo_sending p = {.sent_bytes = sent_bytes, .refused = refused, .has_small = has_small};
	struct jx_error err;

	device_photo(p.sha256, photo);
	jx_assert_ok(jx_store_note_sending(d->store, &p, 1, &err), &err);
}

static void how_far_a_photo_has_come_is_kept_until_its_receipt(void **state)
{
	struct device *d = *state;
	uint8_t photo[JX_HASH_BYTES];
	const uint8_t nobody[JX_ID_BYTES] = {9};
	struct jx_photo_standing p;
	struct waiting w;
	struct jx_error err;

	assert_int_equal(save_with_photos(d, 1, 3), 1);
	assert_int_equal(small_waiting(d, 0).count, 0); /* their entry has no receipt yet */
	jx_assert_ok(device_receipt(d, 1, &err), &err);
	assert_int_equal(small_waiting(d, 0).count, 3);
	assert_int_equal(small_waiting(d, 2).count, 2);
	note(d, 2, true, -1, NULL);
	w = small_waiting(d, 0);
	assert_int_equal(w.count, 2);
	assert_true(w.which[0] != 2 && w.which[1] != 2);
	assert_int_equal(waiting(d, 0).count, 3); /* the photo itself waits all the same */
	note(d, 2, false, 400, "");
	note(d, 2, false, -1, "quota");
	device_reopen(d);
	p = standing(d, 2);
	assert_true(p.has_small && !p.is_stored);
	assert_int_equal(p.sent_bytes, 400);
	assert_string_equal(p.refused, "quota");
	note(d, 2, false, 500, "");
	assert_string_equal(standing(d, 2).refused, "");
	assert_int_equal(standing(d, 3).sent_bytes, 0);
	device_photo(photo, 2);
	jx_assert_ok(device_photo_receipt(d, photo, 1, &err), &err);
	p = standing(d, 2);
	assert_true(p.is_stored && !p.has_small);
	assert_int_equal(p.sent_bytes, 0);
	jx_assert_rc(jx_store_photo_standing(d->store, nobody, photo, &p, &err), JX_ENOTFOUND, &err);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

struct order {
	bool is_photo[8];
	size_t count;
};

static jx_rc take_order(void *user, const struct jx_signed *text, bool is_photo)
{
	struct order *o = user;

	assert_int_equal(text->text[0], '{');
	assert_true(o->count < 8);
	o->is_photo[o->count++] = is_photo;
	return JX_OK;
}

static void receipts_of_all_kinds_come_oldest_first(void **state)
{
	struct device *d = *state;
	uint8_t photo[1][JX_HASH_BYTES];
	struct order o = {.count = 0};
	struct jx_error err;

	assert_int_equal(save_with_photos(d, 1, 1), 1);
	device_save_many(d, 1);
	device_photo(photo[0], 1);
	jx_assert_ok(device_receipt(d, 1, &err), &err);
	jx_assert_ok(device_photo_receipt(d, photo[0], 1, &err), &err);
	jx_assert_ok(device_receipt(d, 2, &err), &err);
	jx_assert_ok(jx_store_each_receipt(d->store, take_order, &o, &err), &err);
	assert_int_equal(o.count, 3);
	assert_memory_equal(o.is_photo, ((const bool[]){false, true, false}), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_receipt_makes_sent_and_photo_receipts_make_complete),
		T(photos_before_their_receipt_make_nothing_complete),
		T(an_older_receipt_takes_nothing_back),
		T(the_same_receipt_again_changes_nothing),
		T(a_server_restored_from_backup_puts_earlier_receipts_out_of_force),
		T(what_is_heard_again_counts_again),
		T(a_receipt_for_another_chain_is_a_fork),
		T(a_receipt_beyond_the_log_is_a_fork),
		T(a_fork_in_quarantine_is_shown_as_that),
		T(a_receipt_of_a_stranger_is_refused),
		T(waiting_photos_come_once_each_newest_first),
		T(how_far_a_photo_has_come_is_kept_until_its_receipt),
		T(photo_receipts_may_be_added_while_walking),
		T(receipts_of_all_kinds_come_oldest_first),
	};

	return cmocka_run_group_tests_name("store.receipt", tests, NULL, NULL);
}
