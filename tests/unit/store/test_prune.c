/* Which originals may leave the disk: never one that is not proven to be safe elsewhere. */
#include <stdlib.h>

#include "device.h"

#define DAY_MS INT64_C(86400000)

static const struct jx_keep_rules rules = {.age_ms = 30 * DAY_MS, .needs_backup = true};

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

static int64_t save_with(struct device *d, uint8_t photo)
{
	struct plain p = device_plain(d);

	p.photo_count = 1;
	device_photo(p.photos[0], photo);
	return device_save(d, &p);
}

static void photo_receipt(struct device *d, uint8_t which)
{
	uint8_t photo[JX_HASH_BYTES];
	struct jx_error err;

	device_photo(photo, which);
	jx_assert_ok(device_photo_receipt(d, photo, 1, &err), &err);
}

static void receipt(struct device *d, int64_t n)
{
	struct jx_error err;

	jx_assert_ok(device_receipt(d, n, &err), &err);
}

#define PHOTOS_MAX 8
struct seen {
	enum jx_keep why[PHOTOS_MAX];
	bool is_there[PHOTOS_MAX];
	size_t count;
};

static jx_rc take(void *user, const struct jx_kept_photo *p)
{
	struct seen *s = user;
	const uint8_t which = p->sha256[0];

	assert_true(which < PHOTOS_MAX);
	assert_false(s->is_there[which]); /* each once */
	s->is_there[which] = true;
	s->why[which] = p->why;
	s->count++;
	assert_int_equal(p->size_bytes, 1000 + which);
	return JX_OK;
}

static struct seen look(struct device *d, const struct jx_keep_rules *by)
{
	struct seen s = {.count = 0};
	struct jx_error err;

	jx_assert_ok(jx_store_each_kept_photo(d->store, by, take, &s, &err), &err);
	return s;
}

static enum jx_keep why(struct device *d, uint8_t photo)
{
	const struct seen s = look(d, &rules);

	assert_true(s.is_there[photo]);
	return s.why[photo];
}

static size_t let_go(struct device *d, int64_t bytes_wanted)
{
	struct seen s = {.count = 0};
	struct jx_error err;

	jx_assert_ok(jx_store_let_go(d->store, &rules, bytes_wanted, take, &s, &err), &err);
	return s.count;
}

static void one_condition_after_the_other(void **state)
{
	struct device *d = *state;

	assert_int_equal(save_with(d, 1), 1);
	assert_int_equal(why(d, 1), JX_KEEP_NO_RECEIPT);
	receipt(d, 1);
	assert_int_equal(why(d, 1), JX_KEEP_NO_PHOTO_RECEIPT);
	photo_receipt(d, 1);
	assert_int_equal(why(d, 1), JX_KEEP_NO_BACKUP);
	/* the server says so with its next receipt; 30 days begin with the photo's */
	device_save_many(d, 1);
	d->safe_until_n = 1;
	receipt(d, 2);
	assert_int_equal(why(d, 1), JX_KEEP_YOUNG);
	jx_fake_clock_advance(&d->clock, 30 * DAY_MS - 3000);
	device_save_many(d, 1);
	receipt(d, 3);
	assert_int_equal(why(d, 1), JX_KEEP_YOUNG);
	device_save_many(d, 1);
	receipt(d, 4);
	assert_int_equal(why(d, 1), JX_KEEP_NOT);
	assert_int_equal(let_go(d, 1), 1);
	assert_int_equal(why(d, 1), JX_KEEP_GONE);
	assert_int_equal(let_go(d, 1), 0);
}

/* All but the age; then only the device's clock runs on. */
static void the_device_s_own_clock_proves_nothing(void **state)
{
	struct device *d = *state;

	d->safe_until_n = 5;
	save_with(d, 1);
	receipt(d, 1);
	photo_receipt(d, 1);
	jx_fake_clock_advance(&d->clock, 400 * DAY_MS);
	assert_int_equal(why(d, 1), JX_KEEP_YOUNG);
	assert_int_equal(let_go(d, INT64_MAX), 0);
	device_save_many(d, 1);
	receipt(d, 2);
	assert_int_equal(why(d, 1), JX_KEEP_NOT);
}

static void old_and_safe(struct device *d, uint8_t photo)
{
	const int64_t n = save_with(d, photo);

	d->safe_until_n = n + 1;
	receipt(d, n);
	photo_receipt(d, photo);
	jx_fake_clock_advance(&d->clock, 31 * DAY_MS);
	device_save_many(d, 1);
	receipt(d, n + 1);
}

static void a_newer_entry_with_the_same_picture_keeps_it(void **state)
{
	struct device *d = *state;

	old_and_safe(d, 1);
	assert_int_equal(why(d, 1), JX_KEEP_NOT);
	save_with(d, 1);
	assert_int_equal(why(d, 1), JX_KEEP_NO_RECEIPT);
	assert_int_equal(let_go(d, INT64_MAX), 0);
	receipt(d, 3);
	assert_int_equal(why(d, 1), JX_KEEP_NO_BACKUP);
	d->safe_until_n = 4;
	device_save_many(d, 1);
	receipt(d, 4);
	/* the entry's own receipt is young */
	assert_int_equal(why(d, 1), JX_KEEP_YOUNG);
}

static void what_was_let_go_comes_back_with_a_new_entry(void **state)
{
	struct device *d = *state;
	const uint8_t *first, *second;
	uint8_t photo[JX_HASH_BYTES], ids[2][JX_ID_BYTES];
	struct jx_log_row row;
	struct jx_error err;
	bool is_gone = false;

	old_and_safe(d, 1);
	assert_int_equal(let_go(d, INT64_MAX), 1);
	assert_int_equal(why(d, 1), JX_KEEP_GONE);
	save_with(d, 1);
	assert_int_equal(why(d, 1), JX_KEEP_NO_RECEIPT);
	row = device_row(d, 1);
	memcpy(ids[0], row.id, JX_ID_BYTES);
	row = device_row(d, 3);
	memcpy(ids[1], row.id, JX_ID_BYTES);
	first = ids[0];
	second = ids[1];
	device_photo(photo, 1);
	jx_assert_ok(jx_store_is_let_go(d->store, first, photo, &is_gone, &err), &err);
	assert_true(is_gone);
	jx_assert_ok(jx_store_is_let_go(d->store, second, photo, &is_gone, &err), &err);
	assert_false(is_gone);
}

static void a_restored_server_s_old_word_does_not_count(void **state)
{
	struct device *d = *state;

	old_and_safe(d, 1);
	d->epoch[0] = 9;
	device_save_many(d, 1);
	d->safe_until_n = 0;
	receipt(d, 3);
	assert_int_equal(why(d, 1), JX_KEEP_NO_PHOTO_RECEIPT);
	assert_int_equal(let_go(d, INT64_MAX), 0);
	photo_receipt(d, 1);
	assert_int_equal(why(d, 1), JX_KEEP_NO_BACKUP);
}

static void a_fork_in_quarantine_keeps_its_photos(void **state)
{
	struct device *d = *state;
	struct jx_signed text;
	struct jx_receipt r;
	struct jx_error err;

	save_with(d, 1);
	photo_receipt(d, 1);
	d->safe_until_n = 1;
	device_sign_receipt(d, 1, true, &text, &r);
	jx_assert_ok(jx_store_add_receipt(d->store, &text, &r, &err), &err);
	assert_int_equal(why(d, 1), JX_KEEP_NO_RECEIPT);
}

static void an_earlier_writer_s_photos_have_their_own_receipts(void **state)
{
	struct device *d = *state;

	old_and_safe(d, 1);
	device_enrol(d, 2);
	assert_int_equal(why(d, 1), JX_KEEP_NOT);
	save_with(d, 1);
	assert_int_equal(why(d, 1), JX_KEEP_NO_RECEIPT);
}

static void no_more_than_wanted_goes_oldest_first(void **state)
{
	struct device *d = *state;
	struct seen s;

	for (uint8_t k = 1; k <= 4; k++)
		old_and_safe(d, k);
	/* the last is as old as its own receipt */
	s = look(d, &rules);
	for (uint8_t k = 1; k <= 4; k++)
		assert_int_equal(s.why[k], JX_KEEP_NOT);
	assert_int_equal(let_go(d, 1002), 2); /* 1001 bytes are not enough */
	s = look(d, &rules);
	assert_int_equal(s.why[1], JX_KEEP_GONE);
	assert_int_equal(s.why[2], JX_KEEP_GONE);
	assert_int_equal(s.why[3], JX_KEEP_NOT);
	assert_int_equal(let_go(d, 0), 0);
}

static void without_a_backup_only_where_an_administrator_said_so(void **state)
{
	struct device *d = *state;
	struct jx_keep_rules none = rules;

	none.needs_backup = false;
	save_with(d, 1);
	receipt(d, 1);
	photo_receipt(d, 1);
	jx_fake_clock_advance(&d->clock, 31 * DAY_MS);
	device_save_many(d, 1);
	receipt(d, 2);
	assert_int_equal(why(d, 1), JX_KEEP_NO_BACKUP);
	assert_int_equal(look(d, &none).why[1], JX_KEEP_NOT);
}

/* ---- against a model that keeps the whole history ---------------------------------------------------- */

#define STEPS   60
#define ENTRIES 64
struct model {
	int64_t n, receipt_n, safe_n, server_ms;
	int epoch;
	uint8_t photo_of[ENTRIES]; /* 0: none */
	int64_t covered_ms
		[ENTRIES]; /* server time of the first receipt of this epoch that covers it; 0 none */
	int64_t photo_ms[PHOTOS_MAX]; /* of its newest photo-receipt of this epoch; 0 none */
};

static void tell(struct device *d, struct model *m, int64_t n, int64_t safe_n)
{
	d->safe_until_n = safe_n;
	receipt(d, n);
	m->server_ms = d->clock.utc_ms;
	m->receipt_n = n > m->receipt_n ? n : m->receipt_n;
	m->safe_n = safe_n > m->safe_n ? safe_n : m->safe_n;
	for (int64_t k = 1; k <= n; k++)
		if (m->covered_ms[k] == 0)
			m->covered_ms[k] = d->clock.utc_ms;
}

static void restore_server(struct device *d, struct model *m)
{
	d->epoch[0] = (uint8_t)(++m->epoch + 1);
	memset(m->covered_ms, 0, sizeof(m->covered_ms));
	memset(m->photo_ms, 0, sizeof(m->photo_ms));
	m->receipt_n = 0;
	m->safe_n = 0;
	tell(d, m, m->n, 0);
}

static bool may_go(const struct model *m, uint8_t photo)
{
	int64_t newest = m->photo_ms[photo];

	if (newest == 0)
		return false;
	for (int64_t k = 1; k <= m->n; k++) {
		if (m->photo_of[k] != photo)
			continue;
		if (k > m->receipt_n || k > m->safe_n || m->covered_ms[k] == 0)
			return false;
		newest = m->covered_ms[k] > newest ? m->covered_ms[k] : newest;
	}
	return m->server_ms - newest >= rules.age_ms;
}

static void step(struct device *d, struct model *m, struct jx_fake_rand *rand)
{
	uint8_t byte[2];

	rand->rand.fill(rand->rand.user, byte, sizeof(byte));
	switch (byte[0] % 6) {
	case 0:
	case 1:
		if (m->n + 1 < ENTRIES)
			m->photo_of[++m->n] = (uint8_t)(1 + byte[1] % (PHOTOS_MAX - 1));
		if (m->n + 1 < ENTRIES)
			assert_int_equal(save_with(d, m->photo_of[m->n]), m->n);
		break;
	case 2:
		if (m->n > 0)
			tell(d, m, 1 + byte[1] % m->n, byte[1] % (m->n + 1));
		break;
	case 3:
		photo_receipt(d, (uint8_t)(1 + byte[1] % (PHOTOS_MAX - 1)));
		m->photo_ms[1 + byte[1] % (PHOTOS_MAX - 1)] = d->clock.utc_ms;
		break;
	case 4:
		jx_fake_clock_advance(&d->clock, byte[1] % 40 * DAY_MS);
		break;
	default:
		if (byte[1] < 40 && m->n > 0)
			restore_server(d, m);
	}
}

static void agrees_with_the_history(void **state)
{
	size_t asked = 0, free_to_go = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct device *d = NULL;
		struct model m = {.n = 0};
		struct jx_fake_rand rand;

		(void)setup((void **)&d);
		jx_fake_rand_init(&rand, seed);
		for (int k = 0; k < STEPS && m.n + 1 < ENTRIES; k++) {
			struct seen s;

			step(d, &m, &rand);
			s = look(d, &rules);
			for (uint8_t p = 1; p < PHOTOS_MAX; p++) {
				if (!s.is_there[p])
					continue;
				asked++;
				free_to_go += s.why[p] == JX_KEEP_NOT;
				if ((s.why[p] == JX_KEEP_NOT) != may_go(&m, p))
					fail_msg("seed %llu, step %d, photo %d: %s", (unsigned long long)seed,
						 k, p, jx_keep_name(s.why[p]));
			}
		}
		(void)teardown((void **)&d);
	}
	/* it looked at something */
	assert_true(asked > 1000 && free_to_go > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(one_condition_after_the_other),
		T(the_device_s_own_clock_proves_nothing),
		T(a_newer_entry_with_the_same_picture_keeps_it),
		T(what_was_let_go_comes_back_with_a_new_entry),
		T(a_restored_server_s_old_word_does_not_count),
		T(a_fork_in_quarantine_keeps_its_photos),
		T(an_earlier_writer_s_photos_have_their_own_receipts),
		T(no_more_than_wanted_goes_oldest_first),
		T(without_a_backup_only_where_an_administrator_said_so),
		cmocka_unit_test(agrees_with_the_history),
	};

	return cmocka_run_group_tests_name("store.prune", tests, NULL, NULL);
}
