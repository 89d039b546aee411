/* Copies that are kept: made once, checked when read, made again when spoilt, and never in anybody's way. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "draw.h"
#include "jiexun/media.h"
#include "jx_test.h"

struct fixture {
	char *folder, *dir;
	struct jx_fake_rand rand;
	struct jx_fault_fs fault;
	jx_media *media;
	struct jx_photo_ref ref;
	uint8_t *picture;
	size_t len;
};

static int setup(void **state)
{
	const struct draw d = {.width = 640, .height = 480};
	struct fixture *x = jx_xcalloc(1, sizeof(*x));
	struct jx_error err;

	x->folder = jx_test_folder();
	x->dir = jx_test_path(x->folder, "photos");
	jx_fake_rand_init(&x->rand, 3);
	jx_fault_fs_init(&x->fault, jx_os_fs());
	jx_assert_ok(
		jx_media_open(
			&(struct jx_media_config){.dir = x->dir, .fs = &x->fault.fs, .rand = &x->rand.rand},
			&x->media, &err),
		&err);
	x->picture = draw(&d, &x->len);
	jx_assert_ok(jx_media_publish(x->media, x->picture, x->len, true, &x->ref, &err), &err);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	jx_media_close(x->media);
	jx_fault_fs_done(&x->fault);
	free(x->dir);
	free(x->picture);
	jx_test_folder_remove(x->folder);
	free(x);
	return 0;
}

static char *kept_path(const struct fixture *x)
{
	char hex[2 * JX_HASH_BYTES + 1];

	jx_hex(x->ref.sha256, JX_HASH_BYTES, hex);
	return jx_xasprintf("%s/derived/small/%.2s/%s.jpg", x->dir, hex, hex);
}

static jx_rc copy(struct fixture *x, jx_buf *out, struct jx_error *err)
{
	jx_buf_init(out, JX_COPY_BYTES_MAX);
	return jx_media_copy(x->media, x->ref.sha256, JX_COPY_SMALL, NULL, out, err);
}

static void spoil(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void test_kept_once(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_FREE char *path = kept_path(x);
	JX_AUTO_BUF first, second;
	struct jx_error err;
	struct drawn p;

	jx_fault_fs_plan(&x->fault, 0, 0);
	jx_assert_ok(copy(x, &first, &err), &err);
	assert_non_null(strstr(x->fault.log.data, "rename"));
	/* nobody waits for the disk over what is no evidence, and make_dir syncs what it makes */
	assert_null(strstr(x->fault.log.data, "sync_"));
	assert_null(strstr(x->fault.log.data, "make_dir "));
	assert_non_null(strstr(x->fault.log.data, "make_dir_unsynced"));
	jx_fault_fs_plan(&x->fault, 0, 0);
	jx_assert_ok(copy(x, &second, &err), &err);
	assert_null(strstr(x->fault.log.data == NULL ? "" : x->fault.log.data, "create"));
	p = drawn_read(second.data, second.len);
	assert_int_equal(p.width, 320);
	free(p.rgb);
	/* what is read is what was made, behind the seal */
	assert_int_equal(second.len, first.len + 4 + 14 + 32);
	assert_memory_equal(second.data + 2 + 50, first.data + 2, first.len - 2);
	assert_int_equal(access(path, R_OK), 0);
	/* the original did not notice */
	jx_assert_ok(jx_media_verify(x->media, x->ref.sha256, &err), &err);
	/* once the folder is there it is not made again */
	assert_int_equal(unlink(path), 0);
	jx_fault_fs_plan(&x->fault, 0, 0);
	jx_buf_done(&second);
	jx_assert_ok(copy(x, &second, &err), &err);
	assert_non_null(strstr(x->fault.log.data, "rename"));
	assert_null(strstr(x->fault.log.data, "make_dir"));
}

static void test_spoilt_is_made_again(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_FREE char *path = kept_path(x);
	JX_AUTO_BUF first, kept;
	struct jx_error err;
	size_t at;

	jx_assert_ok(copy(x, &first, &err), &err);
	jx_buf_init(&kept, JX_COPY_BYTES_MAX);
	jx_assert_ok(jx_media_kept_copy(x->media, x->ref.sha256, JX_COPY_SMALL, &kept, &err), &err);
	for (at = 0; at < kept.len; at += 1 + kept.len / 40) {
		JX_AUTO_FREE char *bad = jx_xmalloc(kept.len);
		JX_AUTO_BUF none, again;

		memcpy(bad, kept.data, kept.len);
		bad[at] = (char)(bad[at] ^ 0x10);
		spoil(path, bad, kept.len);
		jx_buf_init(&none, JX_COPY_BYTES_MAX);
		jx_assert_rc(jx_media_kept_copy(x->media, x->ref.sha256, JX_COPY_SMALL, &none, &err),
			     JX_ENOTFOUND, &err);
		assert_int_equal(none.len, 0);
		jx_assert_ok(copy(x, &again, &err), &err);
		assert_int_equal(again.len, first.len);
		assert_memory_equal(again.data, first.data, first.len);
		spoil(path, kept.data, at); /* cut off: the next round makes it again too */
	}
}

/* A disk that fails at any call of keeping: the copy is there all the same, and nothing half-done is. */
static void test_disk_fails(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_FREE char *path = kept_path(x);
	struct jx_error err;
	int calls;

	jx_fault_fs_plan(&x->fault, 0, 0);
	{
		JX_AUTO_BUF b;

		jx_assert_ok(copy(x, &b, &err), &err);
		calls = x->fault.calls;
	}
	assert_in_range(calls, 4, 12);
	for (int n = 1; n <= calls; n++) {
		JX_AUTO_BUF b, kept;

		(void)unlink(path);
		jx_fault_fs_plan(&x->fault, n, ENOSPC);
		jx_buf_init(&b, JX_COPY_BYTES_MAX);
		(void)jx_media_copy(x->media, x->ref.sha256, JX_COPY_SMALL, NULL, &b, &err);
		jx_fault_fs_plan(&x->fault, 0, 0);
		jx_buf_init(&kept, JX_COPY_BYTES_MAX);
		if (jx_media_kept_copy(x->media, x->ref.sha256, JX_COPY_SMALL, &kept, &err) == JX_OK) {
			struct drawn p = drawn_read(kept.data, kept.len);

			assert_int_equal(p.width, 320);
			free(p.rgb);
		}
	}
}

static void test_no_original(void **state)
{
	struct fixture *x = *state;
	const uint8_t other[JX_HASH_BYTES] = {1};
	struct jx_error err;
	JX_AUTO_BUF b;

	jx_buf_init(&b, JX_COPY_BYTES_MAX);
	jx_assert_rc(jx_media_copy(x->media, other, JX_COPY_SMALL, NULL, &b, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_media_copy(x->media, x->ref.sha256, JX_COPY_STAMPED, NULL, &b, &err), JX_EINVAL,
		     &err);
	jx_assert_rc(jx_media_keep_copy(x->media, other, JX_COPY_SMALL, "GIF89a", 6, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_media_kept_copy(x->media, other, JX_COPY_SMALL, &b, &err), JX_ENOTFOUND, &err);
	assert_int_equal(b.len, 0);
}

/* The small copy outlives the original: what is pruned can still be seen in a list. */
static void test_stays_without_original(void **state)
{
	struct fixture *x = *state;
	char path[1024];
	struct jx_error err;
	JX_AUTO_BUF first, second;

	jx_assert_ok(copy(x, &first, &err), &err);
	jx_media_path(x->media, x->ref.sha256, path, sizeof(path));
	assert_int_equal(unlink(path), 0);
	jx_assert_ok(copy(x, &second, &err), &err);
	assert_true(second.len > first.len);
}

static void test_names(void **state)
{
	enum jx_copy_kind kind = JX_COPY_SMALL;

	(void)state;
	assert_string_equal(jx_copy_kind_name(JX_COPY_SCREEN), "screen");
	assert_true(jx_copy_kind_parse("stamped", &kind));
	assert_int_equal(kind, JX_COPY_STAMPED);
	assert_false(jx_copy_kind_parse("../small", &kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_spoilt_is_made_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disk_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_original, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stays_without_original, setup, teardown),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
