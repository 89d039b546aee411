/* Strays: whatever lies in the folder, nothing that an entry lists ever goes. */
#include "../../contract/vault/vault_world.h"
#include "jiexun/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <utime.h>

#define DAY_MS INT64_C(86400000)
#define NOW_MS (INT64_C(20000) * DAY_MS)
#define FILES  60
#define ROUNDS 40

static int open_world(void **state)
{
	return world_open(state, &vault_sqlite);
}

/* ---- a folder with everything in it ---- */

enum listed {
	BY_NONE,
	BY_ENTRY,
	BY_FORK,
	BY_RECEIPT_ONLY
};
struct file {
	uint8_t sha256[JX_HASH_BYTES];
	enum listed listed;
	int age_days;
	bool has_original, has_copy;
};

static uint32_t draw(struct world *w, uint32_t below)
{
	uint32_t r = 0;

	w->rand.rand.fill(&w->rand, &r, sizeof(r));
	return r % below;
}

static void set_age(const char *path, int days)
{
	const time_t then = (time_t)(NOW_MS / 1000 - (int64_t)days * 86400);

	assert_int_equal(utime(path, &(struct utimbuf){.actime = then, .modtime = then}), 0);
}

static char *path_of(struct world *w, const struct file *f, bool is_copy)
{
	char hex[2 * JX_HASH_BYTES + 1];

	jx_hex(f->sha256, JX_HASH_BYTES, hex);
	return is_copy ? jx_xasprintf("%s/photos/derived/small/%.2s/%s.jpg", w->folder, hex, hex)
		       : jx_xasprintf("%s/photos/%.2s/%s", w->folder, hex, hex);
}

static bool is_there(struct world *w, const struct file *f, bool is_copy)
{
	JX_AUTO_FREE char *path = path_of(w, f, is_copy);
	struct stat st;

	return stat(path, &st) == 0;
}

static void plant(struct world *w, const struct file *f, bool is_copy)
{
	JX_AUTO_FREE char *path = path_of(w, f, is_copy);
	JX_AUTO_FREE char *dir = jx_xstrdup(path);

	*strrchr(dir, '/') = '\0';
	jx_assert_ok(jx_os_fs()->make_dir(jx_os_fs()->user, dir, &w->err), &w->err);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, "x", 1, &w->err), &w->err);
	set_age(path, f->age_days);
}

static void list_in(struct world *w, struct fake_writer *f, const struct file *file, bool is_fork)
{
	struct jx_entry e;

	fake_observation(f, &e, "{}");
	e.photo_count = 1;
	memcpy(e.photos[0].sha256, file->sha256, JX_HASH_BYTES);
	e.photos[0].size_bytes = 1;
	jx_strcpy(e.photos[0].type, sizeof(e.photos[0].type), "image/jpeg");
	jx_strcpy(e.photos[0].role, sizeof(e.photos[0].role), "wide");
	jx_strcpy(e.photos[0].how, sizeof(e.photos[0].how), "camera");
	(void)fake_writer_append(f, &e);
	jx_assert_ok(batch_take(w, f, (int64_t)f->count, (int64_t)f->count, is_fork), &w->err);
}

static void give_receipt(struct world *w, const struct fake_writer *f, const struct file *file)
{
	struct jx_photo_receipt r = {.server_utc_ms = 1, .photo_count = 1};
	struct jx_signed text;

	memcpy(r.writer, f->id, sizeof(r.writer));
	memcpy(r.photos[0], file->sha256, JX_HASH_BYTES);
	jx_assert_ok(jx_photo_receipt_sign(&r, w->server.sec, &text, &w->err), &w->err);
	jx_assert_ok(w->ops->photo_stored(w->vault, f->id, file->sha256, &text, 1, &w->err), &w->err);
}

static void invent(struct world *w, struct file *file)
{
	w->rand.rand.fill(&w->rand, file->sha256, sizeof(file->sha256));
	file->listed = (enum listed)draw(w, 4);
	file->age_days = (int)draw(w, 80);
	file->has_original = draw(w, 4) != 0;
	file->has_copy = draw(w, 2) != 0;
}

/* One fork at a time is what a branch of one entry is: each with a writer of its own would be slow. */
static void make_files(struct world *w, struct file files[FILES], struct fake_writer *f)
{
	struct fake_writer clone;
	bool has_fork = false;

	fake_writer_init(f, 2);
	world_add_writer(w, f, "H07");
	for (size_t i = 0; i < FILES; i++) {
		struct file *file = &files[i];

		invent(w, file);
		if (file->listed == BY_FORK && has_fork)
			file->listed = BY_ENTRY;
		if (file->listed == BY_ENTRY)
			list_in(w, f, file, false);
		if (file->listed == BY_RECEIPT_ONLY)
			give_receipt(w, f, file);
		if (file->listed == BY_FORK) {
			fake_writer_clone(&clone, f, f->count, 99);
			fake_writer_observe_many(f, 1);
			jx_assert_ok(batch_take(w, f, (int64_t)f->count, (int64_t)f->count, false), &w->err);
			list_in(w, &clone, file, true);
			fake_writer_done(&clone);
			has_fork = true;
		}
		if (file->has_original)
			plant(w, file, false);
		if (file->has_copy)
			plant(w, file, true);
	}
}

static jx_rc count(void *user, const struct jx_vault_stray *stray)
{
	int64_t *counts = user;

	counts[stray->kind]++;
	return JX_OK;
}

/* Restored so many days ago; -1: never. */
static void set_epoch(struct world *w, int days_ago)
{
	uint8_t epoch[JX_ID_BYTES] = {0};
	const int64_t then_ms = NOW_MS - days_ago * DAY_MS;

	for (int i = 0; i < 6; i++)
		epoch[i] = (uint8_t)(then_ms >> (40 - 8 * i));
	epoch[6] = days_ago < 0 ? 0x40 : 0x70;
	epoch[8] = 0x80;
	jx_assert_ok(w->ops->new_epoch(w->vault, epoch, &w->err), &w->err);
}

static void nothing_that_is_listed_ever_goes(void **state)
{
	struct world *w = *state;
	static struct file files[FILES];
	struct fake_writer f;

	make_files(w, files, &f);
	for (int round = 0; round < ROUNDS; round++) {
		const int restored_days = (int)draw(w, 60) - 1;
		const struct jx_vault_drop how = {.now_utc_ms = NOW_MS,
						  .keep_ms = (int64_t)(1 + draw(w, 40)) * DAY_MS,
						  .with_originals = draw(w, 2) != 0,
						  .is_dry = draw(w, 4) == 0};
		const int keep_days = (int)(how.keep_ms / DAY_MS);
		const bool may = how.with_originals && (restored_days < 0 || restored_days >= keep_days);
		int64_t told[JX_VAULT_DAMAGED + 1] = {0}, wanted[2] = {0};

		set_epoch(w, restored_days);
		jx_assert_ok(w->ops->drop_strays(w->vault, &how, count, told, &w->err), &w->err);
		for (size_t i = 0; i < FILES; i++) {
			struct file *file = &files[i];
			const bool is_old = file->listed == BY_NONE && file->age_days >= keep_days;
			const bool drops_original = file->has_original && is_old && may;
			const bool drops_copy = file->has_copy && is_old;

			wanted[0] += drops_original ? 1 : 0;
			wanted[1] += drops_copy ? 1 : 0;
			if (!how.is_dry) {
				file->has_original = file->has_original && !drops_original;
				file->has_copy = file->has_copy && !drops_copy;
			}
			assert_int_equal(is_there(w, file, false), file->has_original);
			assert_int_equal(is_there(w, file, true), file->has_copy);
			/* now and then one comes back, or an entry turns up that lists it */
			if (draw(w, 40) == 0 && file->listed == BY_NONE) {
				file->listed = BY_ENTRY;
				list_in(w, &f, file, false);
			} else if (draw(w, 10) == 0 && !file->has_original) {
				file->has_original = true;
				plant(w, file, false);
			}
		}
		assert_int_equal(told[JX_VAULT_UNLISTED], wanted[0]);
		assert_int_equal(told[JX_VAULT_LONE_COPY], wanted[1]);
	}
	fake_writer_done(&f);
}

/* ---- what is told ---- */

static void what_is_gone_or_damaged_is_told(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	struct file good = {.age_days = 1}, gone = good, damaged = good, wrong_size = good;
	int64_t told[JX_VAULT_DAMAGED + 1] = {0};
	struct file *const all[] = {&good, &gone, &damaged, &wrong_size};

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	for (size_t i = 0; i < 4; i++) {
		jx_sha256("x", 1, all[i]->sha256);
		if (all[i] == &wrong_size)
			jx_sha256("ab", 2,
				  all[i]->sha256); /* listed with one byte, and has two: the entry is wrong */
		if (all[i] == &gone || all[i] == &damaged)
			all[i]->sha256[0] ^= (uint8_t)(1 + i);
		list_in(w, &f, all[i], false);
		give_receipt(w, &f, all[i]);
		if (all[i] != &gone)
			plant(w, all[i], false);
	}
	{
		JX_AUTO_FREE char *two = path_of(w, &wrong_size, false);
		JX_AUTO_FREE char *longer = path_of(w, &damaged, false);

		jx_assert_ok(jx_fs_write_all(jx_os_fs(), two, "ab", 2, &w->err), &w->err);
		jx_assert_ok(jx_fs_write_all(jx_os_fs(), longer, "xyz", 3, &w->err), &w->err);
	}
	jx_assert_ok(w->ops->each_stray(w->vault, count, told, &w->err), &w->err);
	assert_int_equal(told[JX_VAULT_MISSING], 1);
	assert_int_equal(told[JX_VAULT_DAMAGED], 1);
	assert_int_equal(told[JX_VAULT_UNLISTED], 0);
	assert_int_equal(told[JX_VAULT_LONE_COPY], 0);
	fake_writer_done(&f);
}

/* ---- small copies ---- */

static const char sent[] = "\xff\xd8 as a device sent it", own[] = "\xff\xd8 the server's own";

static bool copy_has(struct world *w, const uint8_t sha256[JX_HASH_BYTES], const char *text)
{
	JX_AUTO_BUF copy;

	jx_buf_init(&copy, 4096);
	jx_assert_ok(w->ops->copy(w->vault, sha256, &copy, &w->err), &w->err);
	return copy.len > strlen(text + 2) &&
	       memcmp(copy.data + copy.len - strlen(text + 2), text + 2, strlen(text + 2)) == 0;
}

static void the_servers_copy_takes_the_place_of_a_devices(void **state)
{
	struct world *w = *state;
	const uint8_t hash[JX_HASH_BYTES] = {7};
	struct file file = {.sha256 = {7}};
	JX_AUTO_FREE char *path = path_of(w, &file, true);
	JX_AUTO_BUF none;

	jx_buf_init(&none, 4096);
	jx_assert_rc(w->ops->copy(w->vault, hash, &none, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_ok(w->ops->keep_copy(w->vault, hash, false, sent, sizeof(sent) - 1, &w->err), &w->err);
	assert_false(w->ops->has_own_copy(w->vault, hash));
	assert_true(copy_has(w, hash, sent));
	jx_assert_ok(w->ops->keep_copy(w->vault, hash, true, own, sizeof(own) - 1, &w->err), &w->err);
	assert_true(w->ops->has_own_copy(w->vault, hash));
	assert_true(copy_has(w, hash, own));
	/* what comes late is not wanted any more */
	jx_assert_ok(w->ops->keep_copy(w->vault, hash, false, sent, sizeof(sent) - 1, &w->err), &w->err);
	assert_true(copy_has(w, hash, own));
	/* torn by a power cut: it is made again, and meanwhile there is none */
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, "\0\0\0\0", 4, &w->err), &w->err);
	jx_assert_rc(w->ops->copy(w->vault, hash, &none, &w->err), JX_ENOTFOUND, &w->err);
	assert_false(w->ops->has_own_copy(w->vault, hash));
	jx_assert_rc(w->ops->keep_copy(w->vault, hash, true, "page", 4, &w->err), JX_EINVAL, &w->err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_that_is_listed_ever_goes, open_world, world_close),
		cmocka_unit_test_setup_teardown(what_is_gone_or_damaged_is_told, open_world, world_close),
		cmocka_unit_test_setup_teardown(the_servers_copy_takes_the_place_of_a_devices, open_world,
						world_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
