/* Importing and publishing: what is taken, what is refused, and that nothing half-done is ever seen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "jiexun/media.h"
#include "jx_test.h"
#include "picture.h"

struct fixture {
	char *folder, *dir, *source;
	struct jx_fake_rand rand;
	struct jx_fault_fs fault;
	jx_media *media;
	uint8_t *picture;
	size_t len;
};

static int setup(void **state)
{
	struct fixture *x = jx_xcalloc(1, sizeof(*x));
	struct jx_error err;

	x->folder = jx_test_folder();
	x->dir = jx_test_path(x->folder, "photos");
	x->source = jx_test_path(x->folder, "IMG_0001.JPG");
	jx_fake_rand_init(&x->rand, 3);
	jx_fault_fs_init(&x->fault, jx_os_fs());
	jx_assert_ok(jx_media_open(&(struct jx_media_config){.dir = x->dir,
							     .fs = &x->fault.fs,
							     .rand = &x->rand.rand,
							     .max_bytes = 100000},
				   &x->media, &err),
		     &err);
	x->picture = picture_make(1, false, NULL, NULL, &x->len);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	jx_media_close(x->media);
	jx_fault_fs_done(&x->fault);
	free(x->dir);
	free(x->source);
	free(x->picture);
	jx_test_folder_remove(x->folder);
	free(x);
	return 0;
}

static void write_source(struct fixture *x, const void *data, size_t len)
{
	FILE *f = fopen(x->source, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static jx_rc import(struct fixture *x, struct jx_photo_ref *out, struct jx_error *err)
{
	return jx_media_import(x->media, jx_os_fs(), x->source, out, err);
}

static jx_rc count_name(void *arg, const char *name)
{
	int *count = arg;

	(void)name;
	(*count)++;
	return JX_OK;
}

static int count_tmp(struct fixture *x)
{
	JX_AUTO_FREE char *tmp = jx_test_path(x->dir, "tmp");
	int count = 0;

	(void)jx_os_fs()->list(NULL, tmp, count_name, &count, NULL);
	return count;
}

static void an_import_is_the_exact_file_under_its_hash(void **state)
{
	struct fixture *x = *state;
	struct jx_photo_ref ref = {.role = "wide", .how = "imported"};
	uint8_t sha256[JX_HASH_BYTES];
	JX_AUTO_FREE char *data = NULL;
	char path[256];
	struct jx_error err;
	int64_t size_bytes = 0;
	size_t len = 0;

	write_source(x, x->picture, x->len);
	jx_assert_ok(import(x, &ref, &err), &err);
	jx_sha256(x->picture, x->len, sha256);
	assert_memory_equal(ref.sha256, sha256, sizeof(sha256));
	assert_int_equal(ref.size_bytes, x->len);
	assert_string_equal(ref.type, "image/jpeg");
	assert_int_equal(ref.taken_utc_ms, 0);
	assert_string_equal(ref.role, "wide");
	assert_string_equal(ref.how, "imported");
	jx_media_path(x->media, sha256, path, sizeof(path));
	data = jx_test_read(path, &len);
	assert_int_equal(len, x->len);
	assert_memory_equal(data, x->picture, len);
	jx_assert_ok(jx_media_stat(x->media, sha256, &size_bytes, &err), &err);
	assert_int_equal(size_bytes, x->len);
	jx_assert_ok(jx_media_verify(x->media, sha256, &err), &err);
	assert_int_equal(count_tmp(x), 0);
	/* the source stays as it was */
	free(JX_STEAL(data));
	data = jx_test_read(x->source, &len);
	assert_memory_equal(data, x->picture, len);
}

static void the_order_is_write_sync_rename_sync_folder(void **state)
{
	struct fixture *x = *state;
	struct jx_photo_ref ref = {.size_bytes = 0};
	struct jx_error err;
	const char *sync, *rename, *folder;

	jx_fault_fs_plan(&x->fault, 0, 0);
	jx_assert_ok(jx_media_publish(x->media, x->picture, x->len, true, &ref, &err), &err);
	sync = strstr(x->fault.log.data, "sync");
	rename = strstr(x->fault.log.data, "rename");
	assert_non_null(sync);
	assert_non_null(rename);
	folder = strstr(rename, "sync_dir");
	assert_non_null(folder);
	assert_true(sync < rename);
	assert_true(strstr(x->fault.log.data, "write") < sync);
	/* once the folder is known to be on the disk, a photo is two syncs */
	jx_fault_fs_plan(&x->fault, 0, 0);
	jx_assert_ok(jx_media_publish(x->media, x->picture, x->len, true, &ref, &err), &err);
	assert_non_null(strstr(x->fault.log.data, "sync_dir"));
	assert_null(strstr(strstr(x->fault.log.data, "sync_dir") + 1, "sync_dir"));
}

static void refuse(struct fixture *x, const void *data, size_t len, jx_rc rc, const char *says)
{
	struct jx_photo_ref ref = {.size_bytes = 77};
	struct jx_error err;

	write_source(x, data, len);
	jx_assert_rc(import(x, &ref, &err), rc, &err);
	jx_assert_says(&err, "IMG_0001.JPG");
	jx_assert_says(&err, says);
	assert_int_equal(ref.size_bytes, 77);
	assert_int_equal(count_tmp(x), 0);
}

static void bad_photos_are_refused_with_the_reason(void **state)
{
	struct fixture *x = *state;
	static const char text[] = "dear diary, this is no picture";
	uint8_t *big = jx_xcalloc(1, 100001);
	struct jx_photo_ref ref;
	struct jx_error err;

	refuse(x, "", 0, JX_EINVAL, "empty");
	refuse(x, text, sizeof(text), JX_EINVAL, "not a JPEG");
	refuse(x, x->picture, x->len - 1, JX_EINVAL, "cut off");
	refuse(x, x->picture, x->len / 2, JX_EINVAL, "cut off");
	refuse(x, x->picture, 3, JX_EINVAL, "cut off");
	refuse(x, x->picture, 1, JX_EINVAL, "not a JPEG");
	memcpy(big, x->picture, x->len);
	refuse(x, big, 100001, JX_ELIMIT, "100000");
	/* at the ceiling, padded after its end: taken */
	write_source(x, big, 100000);
	jx_assert_ok(import(x, &ref, &err), &err);
	free(big);
	jx_assert_ok(jx_os_fs()->remove(NULL, x->source, &err), &err);
	jx_assert_rc(import(x, &ref, &err), JX_ENOTFOUND, &err);
	jx_assert_says(&err, "IMG_0001.JPG");
}

/* Every length from one byte to the last: only the whole file passes, also where the cut ends in FF D9 by a trick. */
static void a_cut_is_found_at_every_byte(void **state)
{
	struct fixture *x = *state;
	unsigned kind;

	for (kind = 0; kind < 4; kind++) {
		size_t len = 0, cut;
		JX_AUTO_FREE uint8_t *p = picture_make(
			kind, kind % 2 == 1, kind > 1 ? "2026:09:01 10:00:00" : NULL, "+08:00", &len);
		struct jx_photo_ref ref;
		struct jx_error err;

		jx_assert_ok(jx_media_publish(x->media, p, len, true, &ref, &err), &err);
		for (cut = 1; cut < len; cut += cut < 64 || len - cut < 64 ? 1 : 7)
			jx_assert_rc(jx_media_publish(x->media, p, cut, true, &ref, &err), JX_EINVAL, &err);
		assert_int_equal(count_tmp(x), 0);
	}
}

static void damaged_headers_are_refused(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_FREE uint8_t *bad = jx_xmalloc(x->len);
	struct jx_photo_ref ref;
	struct jx_error err;
	size_t i, refused = 0;

	/* whole by structure, but a picture of no size: bytes 5..8 after FF C0 */
	memcpy(bad, x->picture, x->len);
	for (i = 0; i + 9 < x->len && (bad[i] != 0xff || bad[i + 1] != 0xc0); i++)
		;
	memset(bad + i + 5, 0, 4);
	jx_assert_rc(jx_media_publish(x->media, bad, x->len, true, &ref, &err), JX_EINVAL, &err);
	/* any byte changed: taken or refused, never worse (the sanitizers watch) */
	for (i = 0; i < x->len; i += 3) {
		jx_rc rc;

		memcpy(bad, x->picture, x->len);
		bad[i] ^= 0xff;
		rc = jx_media_publish(x->media, bad, x->len, true, &ref, &err);
		assert_true(rc == JX_OK || rc == JX_EINVAL);
		refused += rc == JX_EINVAL ? 1 : 0;
	}
	assert_true(refused > 10);
	assert_int_equal(count_tmp(x), 0);
}

static void a_second_picture_after_the_end_does_not_matter(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_FREE uint8_t *two = jx_xmalloc(x->len + 40);
	struct jx_photo_ref ref;
	struct jx_error err;

	memcpy(two, x->picture, x->len);
	memcpy(two + x->len, x->picture, 40); /* the second one is cut off, which is not ours */
	jx_assert_ok(jx_media_publish(x->media, two, x->len + 40, true, &ref, &err), &err);
	assert_int_equal(ref.size_bytes, x->len + 40);
}

static void unchecked_bytes_are_taken_as_they_are(void **state)
{
	struct fixture *x = *state;
	struct jx_photo_ref ref = {.size_bytes = 0};
	struct jx_error err;

	jx_assert_ok(jx_media_publish(x->media, "bytes", 5, false, &ref, &err), &err);
	assert_string_equal(ref.type, "application/binary");
	jx_assert_ok(jx_media_verify(x->media, ref.sha256, &err), &err);
	jx_assert_rc(jx_media_publish(x->media, "", 0, false, &ref, &err), JX_EINVAL, &err);
}

static void the_files_own_time_is_read(void **state)
{
	static const struct {
		const char *time, *offset;
		int64_t utc_ms;
	} cases[] = {
		{"2026:09:01 17:42:03", "+08:00", INT64_C(1788255723000)},
		{"2026:09:01 17:42:03", NULL, INT64_C(1788255723000)},
		{"2026:09:01 17:42:03", "+00:00", INT64_C(1788284523000)},
		{"2026:09:01 17:42:03", "-05:30", INT64_C(1788304323000)},
		{"2024:02:29 00:00:00", "+08:00", INT64_C(1709136000000)},
		{"    :  :     :  :  ", "+08:00", 0},
		{"2026:13:01 17:42:03", "+08:00", 0},
		{"0000:00:00 00:00:00", NULL, 0},
		{"1970:01:01 00:00:00", "+08:00", 0},
	};
	struct fixture *x = *state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = 0;
		JX_AUTO_FREE uint8_t *p = picture_make(1, false, cases[i].time, cases[i].offset, &len);
		struct jx_photo_ref ref = {.taken_utc_ms = 5};
		struct jx_error err;

		jx_assert_ok(jx_media_publish(x->media, p, len, true, &ref, &err), &err);
		assert_int_equal(ref.taken_utc_ms, cases[i].utc_ms);
	}
}

/* Each call on the way fails once: an error, no published file, or the right one. */
static void a_failure_anywhere_leaves_no_wrong_file(void **state)
{
	struct fixture *x = *state;
	struct jx_photo_ref ref;
	struct jx_error err;
	uint8_t sha256[JX_HASH_BYTES];
	int n, calls = 0;

	jx_sha256(x->picture, x->len, sha256);
	for (n = 1;; n++) {
		jx_rc rc;

		jx_fault_fs_plan(&x->fault, n, n % 2 == 0 ? ENOSPC : EIO);
		x->fault.short_write = true;
		rc = jx_media_publish(x->media, x->picture, x->len, true, &ref, &err);
		calls = x->fault.calls;
		jx_fault_fs_plan(&x->fault, 0, 0);
		if (calls < n)
			break;
		if (rc != JX_OK)
			assert_true(rc == JX_EIO || rc == JX_ENOSPC);
		rc = jx_media_verify(x->media, sha256, &err);
		assert_true(rc == JX_OK || rc == JX_ENOTFOUND);
		/* only a remove that fails too may leave a temporary */
		assert_true(count_tmp(x) <= 1);
	}
	assert_true(n > 6);
	jx_assert_ok(jx_media_publish(x->media, x->picture, x->len, true, &ref, &err), &err);
	jx_assert_ok(jx_media_verify(x->media, sha256, &err), &err);
}

/* A source that grows or shrinks between two reads, or is written to without changing its size. */
enum move {
	GROW,
	SHRINK,
	TOUCH
};

struct moving {
	struct jx_fs fs;
	struct fixture *x;
	enum move how;
	int reads, stats;
};

static jx_rc moving_read(void *user, jx_file *f, int64_t offset, void *data, size_t len, size_t *got_out,
			 struct jx_error *err)
{
	struct moving *m = user;
	const size_t size = m->how == GROW ? m->x->len + 10 : 100;
	const jx_rc rc = jx_os_fs()->read_at(NULL, f, offset, data, m->how == SHRINK ? 200 : len, got_out,
					     err);

	if (m->reads++ == 0 && m->how != TOUCH)
		assert_int_equal(truncate(m->x->source, (off_t)size), 0);
	return rc;
}

static jx_rc moving_stat(void *user, const char *path, int64_t *size_bytes_out, int64_t *modified_utc_ms_out,
			 struct jx_error *err)
{
	struct moving *m = user;
	const jx_rc rc = jx_os_fs()->stat(NULL, path, size_bytes_out, modified_utc_ms_out, err);

	if (m->how == TOUCH)
		*modified_utc_ms_out += m->stats++;
	return rc;
}

static void a_source_that_changes_is_refused(void **state)
{
	static const enum move all[] = {GROW, SHRINK, TOUCH};
	struct fixture *x = *state;
	struct moving m = {.fs = *jx_os_fs(), .x = x};
	struct jx_photo_ref ref;
	struct jx_error err;
	size_t i;

	m.fs.user = &m;
	m.fs.read_at = moving_read;
	m.fs.stat = moving_stat;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		m.how = all[i];
		m.reads = 0;
		write_source(x, x->picture, x->len);
		jx_assert_rc(jx_media_import(x->media, &m.fs, x->source, &ref, &err), JX_EINVAL, &err);
		jx_assert_says(&err, "changed while it was read");
		assert_int_equal(count_tmp(x), 0);
	}
}

static void a_published_file_that_went_bad_is_found_and_mended_by_importing_again(void **state)
{
	struct fixture *x = *state;
	struct jx_photo_ref ref;
	struct jx_error err;
	int64_t size_bytes = 0;
	char path[256];
	FILE *f;

	jx_assert_ok(jx_media_publish(x->media, x->picture, x->len, true, &ref, &err), &err);
	jx_media_path(x->media, ref.sha256, path, sizeof(path));
	f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, 100, SEEK_SET), 0);
	assert_int_equal(fputc(x->picture[100] ^ 1, f), x->picture[100] ^ 1);
	assert_int_equal(fclose(f), 0);
	jx_assert_rc(jx_media_verify(x->media, ref.sha256, &err), JX_ECORRUPT, &err);
	jx_assert_says(&err, path + strlen(path) - 10);
	jx_assert_ok(jx_media_publish(x->media, x->picture, x->len, true, &ref, &err), &err);
	jx_assert_ok(jx_media_verify(x->media, ref.sha256, &err), &err);
	jx_assert_ok(jx_os_fs()->remove(NULL, path, &err), &err);
	jx_assert_rc(jx_media_verify(x->media, ref.sha256, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_media_stat(x->media, ref.sha256, &size_bytes, &err), JX_ENOTFOUND, &err);
}

static void sweeping_removes_old_temporaries_only(void **state)
{
	struct fixture *x = *state;
	static const char *const names[] = {".a.tmp", "w-0123.part", "note.txt"};
	const int64_t hour_ms = 3600000;
	const int64_t now_utc_ms = jx_os_clock()->utc_ms(NULL);
	struct jx_photo_ref ref;
	struct jx_error err;
	int64_t removed = -1;
	size_t i;

	jx_assert_ok(jx_media_sweep(x->media, now_utc_ms, hour_ms, &removed, &err), &err);
	assert_int_equal(removed, 0);
	jx_assert_ok(jx_media_publish(x->media, x->picture, x->len, true, &ref, &err), &err);
	for (i = 0; i < 3; i++) {
		JX_AUTO_FREE char *tmp = jx_test_path(x->dir, "tmp");
		JX_AUTO_FREE char *path = jx_test_path(tmp, names[i]);
		FILE *f = fopen(path, "wb");

		assert_non_null(f);
		assert_int_equal(fclose(f), 0);
	}
	jx_assert_ok(jx_media_sweep(x->media, now_utc_ms, hour_ms, &removed, &err), &err);
	assert_int_equal(removed, 0);
	jx_assert_ok(jx_media_sweep(x->media, now_utc_ms + hour_ms / 2, hour_ms, &removed, &err), &err);
	assert_int_equal(removed, 1);
	/* the clock was set back by years */
	jx_assert_ok(jx_media_sweep(x->media, now_utc_ms - 1000 * hour_ms, hour_ms, &removed, &err), &err);
	assert_int_equal(removed, 1);
	assert_int_equal(count_tmp(x), 1);
	jx_assert_ok(jx_media_verify(x->media, ref.sha256, &err), &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(an_import_is_the_exact_file_under_its_hash),
		T(the_order_is_write_sync_rename_sync_folder),
		T(bad_photos_are_refused_with_the_reason),
		T(a_cut_is_found_at_every_byte),
		T(damaged_headers_are_refused),
		T(a_second_picture_after_the_end_does_not_matter),
		T(unchecked_bytes_are_taken_as_they_are),
		T(the_files_own_time_is_read),
		T(a_failure_anywhere_leaves_no_wrong_file),
		T(a_source_that_changes_is_refused),
		T(a_published_file_that_went_bad_is_found_and_mended_by_importing_again),
		T(sweeping_removes_old_temporaries_only),
	};

	return cmocka_run_group_tests_name("media.publish", tests, NULL, NULL);
}
