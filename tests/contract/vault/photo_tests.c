/* Photos: listed, stored, received in parts. */
#include "vault_world.h"

#include <stdlib.h>

static const char photo_bytes[] = "these bytes stand for a photo: the vault looks at the hash only";
#define PHOTO_LEN (sizeof(photo_bytes) - 1)

/* A writer whose first entry lists the photo. */
static struct fake_writer make(struct world *w, uint64_t seed, const char *short_code, int64_t size_bytes)
{
	struct fake_writer f;
	struct jx_entry e;

	fake_writer_init(&f, seed);
	world_add_writer(w, &f, short_code);
	fake_observation(&f, &e, "{}");
	e.photo_count = 1;
	jx_sha256(photo_bytes, PHOTO_LEN, e.photos[0].sha256);
	e.photos[0].size_bytes = size_bytes;
	jx_strcpy(e.photos[0].type, sizeof(e.photos[0].type), "image/jpeg");
	jx_strcpy(e.photos[0].role, sizeof(e.photos[0].role), "wide");
	jx_strcpy(e.photos[0].how, sizeof(e.photos[0].how), "camera");
	(void)fake_writer_append(&f, &e);
	jx_assert_ok(batch_take(w, &f, 1, 1, false), &w->err);
	return f;
}

static void a_photo_is_listed_for_its_writer_only(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 63), other;
	const uint8_t *hash = f.log[0].photos[0].sha256;
	int64_t size = 0;

	fake_writer_init(&other, 3);
	world_add_writer(w, &other, "H08");
	jx_assert_ok(w->ops->photo_listed(w->vault, f.id, hash, &size, &w->err), &w->err);
	assert_int_equal(size, 63);
	jx_assert_rc(w->ops->photo_listed(w->vault, other.id, hash, &size, &w->err), JX_ENOTFOUND, &w->err);
	fake_writer_done(&f);
}

static void the_newest_entry_says_the_size(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 1);
	struct jx_entry e;
	int64_t size = 0;

	fake_observation(&f, &e, "{}");
	e.photo_count = 1;
	e.photos[0] = f.log[0].photos[0];
	e.photos[0].size_bytes = 63;
	(void)fake_writer_append(&f, &e);
	jx_assert_ok(batch_take(w, &f, 2, 2, false), &w->err);
	jx_assert_ok(w->ops->photo_listed(w->vault, f.id, f.log[0].photos[0].sha256, &size, &w->err),
		     &w->err);
	assert_int_equal(size, 63);
	fake_writer_done(&f);
}

static void photos_of_a_fork_may_come_but_do_not_count(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 63), clone;
	struct fake_entry *e;
	struct jx_vault_counts c;
	int64_t size = 0;

	fake_writer_clone(&clone, &f, 0, 99);
	e = fake_writer_observe(&clone, 1);
	jx_assert_ok(batch_take(w, &clone, 1, 1, true), &w->err);
	jx_assert_ok(w->ops->photo_listed(w->vault, f.id, e->photos[0].sha256, &size, &w->err), &w->err);
	jx_assert_ok(w->ops->counts(w->vault, &c, &w->err), &w->err);
	assert_int_equal(c.photos_listed, 1);
	fake_writer_done(&f);
	fake_writer_done(&clone);
}

static struct jx_signed receipt_of(struct world *w, const struct fake_writer *f, int64_t utc_ms)
{
	struct jx_photo_receipt r = {.server_utc_ms = utc_ms, .photo_count = 1};
	struct jx_signed text;

	memcpy(r.writer, f->id, sizeof(r.writer));
	memcpy(r.photos[0], f->log[0].photos[0].sha256, JX_HASH_BYTES);
	jx_assert_ok(jx_photo_receipt_sign(&r, w->server.sec, &text, &w->err), &w->err);
	return text;
}

/* A receipt holds only while its file is there. */
static void publish(struct world *w, const struct fake_writer *f)
{
	const uint8_t *hash = f->log[0].photos[0].sha256;
	jx_vault_part *part = NULL;

	jx_assert_ok(w->ops->part_open(w->vault, f->id, hash, PHOTO_LEN, &part, &w->err), &w->err);
	jx_assert_ok(w->ops->part_write(part, photo_bytes, PHOTO_LEN, &w->err), &w->err);
	jx_assert_ok(w->ops->part_publish(part, &w->err), &w->err);
	w->ops->part_close(part);
}

static void the_first_receipt_of_a_photo_stays(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 63);
	const uint8_t *hash = f.log[0].photos[0].sha256;
	const struct jx_signed first = receipt_of(w, &f, 1), second = receipt_of(w, &f, 2);
	struct jx_signed got;
	struct jx_vault_counts c;

	jx_assert_rc(w->ops->photo_receipt(w->vault, f.id, hash, &got, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_rc(w->ops->photo_known(w->vault, hash, &w->err), JX_ENOTFOUND, &w->err);
	publish(w, &f);
	jx_assert_ok(w->ops->photo_stored(w->vault, f.id, hash, &first, 1, &w->err), &w->err);
	jx_assert_ok(w->ops->photo_stored(w->vault, f.id, hash, &second, 2, &w->err), &w->err);
	world_reopen(w);
	jx_assert_ok(w->ops->photo_receipt(w->vault, f.id, hash, &got, &w->err), &w->err);
	assert_memory_equal(&got, &first, sizeof(got));
	jx_assert_ok(w->ops->photo_known(w->vault, hash, &w->err), &w->err);
	jx_assert_ok(w->ops->counts(w->vault, &c, &w->err), &w->err);
	assert_int_equal(c.photos_listed, 1);
	assert_int_equal(c.photos_stored, 1);
	fake_writer_done(&f);
}

static void a_photo_whose_file_is_gone_is_asked_for_again(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 63);
	const uint8_t *hash = f.log[0].photos[0].sha256;
	const struct jx_signed text = receipt_of(w, &f, 1);
	struct jx_signed got;

	jx_assert_ok(w->ops->photo_stored(w->vault, f.id, hash, &text, 1, &w->err), &w->err);
	jx_assert_rc(w->ops->photo_receipt(w->vault, f.id, hash, &got, &w->err), JX_ENOTFOUND, &w->err);
	publish(w, &f);
	jx_assert_ok(w->ops->photo_receipt(w->vault, f.id, hash, &got, &w->err), &w->err);
	fake_writer_done(&f);
}

static void identical_photos_of_two_writers_are_two(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 63), other = make(w, 3, "H08", 63);
	const uint8_t *hash = f.log[0].photos[0].sha256;
	const struct jx_signed text = receipt_of(w, &f, 1);
	struct jx_signed got;
	struct jx_vault_counts c;

	jx_assert_ok(w->ops->photo_stored(w->vault, f.id, hash, &text, 1, &w->err), &w->err);
	jx_assert_rc(w->ops->photo_receipt(w->vault, other.id, hash, &got, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_ok(w->ops->counts(w->vault, &c, &w->err), &w->err);
	assert_int_equal(c.photos_listed, 2);
	assert_int_equal(c.photos_stored, 1);
	fake_writer_done(&f);
	fake_writer_done(&other);
}

static jx_vault_part *open_part(struct world *w, const struct fake_writer *f)
{
	jx_vault_part *part = NULL;

	jx_assert_ok(
		w->ops->part_open(w->vault, f->id, f->log[0].photos[0].sha256, PHOTO_LEN, &part, &w->err),
		&w->err);
	return part;
}

static void a_part_goes_on_after_a_restart(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", PHOTO_LEN);
	const uint8_t *hash = f.log[0].photos[0].sha256;
	jx_vault_part *part = open_part(w, &f);
	char path[512];
	JX_AUTO_FREE char *read = NULL;
	int64_t offset = 0;
	size_t len = 0;

	jx_assert_ok(w->ops->part_write(part, photo_bytes, 20, &w->err), &w->err);
	w->ops->part_close(part);
	world_reopen(w);
	jx_assert_ok(w->ops->part_offset(w->vault, f.id, hash, &offset, &w->err), &w->err);
	assert_int_equal(offset, 20);
	part = open_part(w, &f);
	assert_int_equal(w->ops->part_at(part), 20);
	jx_assert_rc(w->ops->part_publish(part, &w->err), JX_ESTATE, &w->err);
	jx_assert_ok(w->ops->part_write(part, photo_bytes + 20, PHOTO_LEN - 20, &w->err), &w->err);
	jx_assert_ok(w->ops->part_publish(part, &w->err), &w->err);
	w->ops->part_close(part);
	w->ops->photo_path(w->vault, hash, path, sizeof(path));
	read = jx_test_read(path, &len);
	assert_non_null(read);
	assert_int_equal(len, PHOTO_LEN);
	assert_memory_equal(read, photo_bytes, len);
	jx_assert_ok(w->ops->part_offset(w->vault, f.id, hash, &offset, &w->err), &w->err);
	assert_int_equal(offset, 0);
	fake_writer_done(&f);
}

static void a_part_with_other_bytes_starts_again(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", PHOTO_LEN);
	jx_vault_part *part = open_part(w, &f);
	char other[PHOTO_LEN];
	int64_t offset = 1;

	memcpy(other, photo_bytes, sizeof(other));
	other[5] ^= 1;
	jx_assert_ok(w->ops->part_write(part, other, sizeof(other), &w->err), &w->err);
	jx_assert_rc(w->ops->part_publish(part, &w->err), JX_ECORRUPT, &w->err);
	w->ops->part_close(part);
	jx_assert_ok(w->ops->part_offset(w->vault, f.id, f.log[0].photos[0].sha256, &offset, &w->err),
		     &w->err);
	assert_int_equal(offset, 0);
	fake_writer_done(&f);
}

static void parts_of_two_writers_are_kept_apart(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", PHOTO_LEN), other = make(w, 3, "H08", PHOTO_LEN);
	jx_vault_part *part = open_part(w, &f);
	int64_t offset = 1;

	jx_assert_ok(w->ops->part_write(part, photo_bytes, 20, &w->err), &w->err);
	w->ops->part_close(part);
	jx_assert_ok(w->ops->part_offset(w->vault, other.id, f.log[0].photos[0].sha256, &offset, &w->err),
		     &w->err);
	assert_int_equal(offset, 0);
	fake_writer_done(&f);
	fake_writer_done(&other);
}

const struct CMUnitTest vault_photo_tests[] = {
	cmocka_unit_test(a_photo_is_listed_for_its_writer_only),
	cmocka_unit_test(the_newest_entry_says_the_size),
	cmocka_unit_test(photos_of_a_fork_may_come_but_do_not_count),
	cmocka_unit_test(the_first_receipt_of_a_photo_stays),
	cmocka_unit_test(a_photo_whose_file_is_gone_is_asked_for_again),
	cmocka_unit_test(identical_photos_of_two_writers_are_two),
	cmocka_unit_test(a_part_goes_on_after_a_restart),
	cmocka_unit_test(a_part_with_other_bytes_starts_again),
	cmocka_unit_test(parts_of_two_writers_are_kept_apart),
};
const size_t vault_photo_tests_count = sizeof(vault_photo_tests) / sizeof(vault_photo_tests[0]);
