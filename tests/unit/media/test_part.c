/* Receiving in pieces: resume, garbage after a crash, wrong bytes, two senders. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "jiexun/media.h"
#include "jx_test.h"
#include "picture.h"

struct fixture {
	char *folder, *dir;
	struct jx_fake_rand rand;
	struct jx_fault_fs fault;
	jx_media *media;
	uint8_t *picture;
	size_t len;
	uint8_t sha256[JX_HASH_BYTES];
};

static int setup(void **state)
{
	struct fixture *x = jx_xcalloc(1, sizeof(*x));
	struct jx_error err;

	x->folder = jx_test_folder();
	x->dir = jx_test_path(x->folder, "photos");
	jx_fake_rand_init(&x->rand, 3);
	jx_fault_fs_init(&x->fault, jx_os_fs());
	jx_assert_ok(jx_media_open(&(struct jx_media_config){.dir = x->dir,
							     .fs = &x->fault.fs,
							     .rand = &x->rand.rand,
							     .max_bytes = 100000},
				   &x->media, &err),
		     &err);
	x->picture = picture_make(1, false, NULL, NULL, &x->len);
	jx_sha256(x->picture, x->len, x->sha256);
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

static jx_part *open_part(struct fixture *x, const char *owner)
{
	jx_part *p = NULL;
	struct jx_error err;

	jx_assert_ok(jx_part_open(x->media, owner, x->sha256, (int64_t)x->len, &p, &err), &err);
	return p;
}

static void write_some(jx_part *p, const struct fixture *x, size_t len)
{
	struct jx_error err;

	jx_assert_ok(jx_part_write(p, x->picture + jx_part_offset(p), len, &err), &err);
}

static void pieces_become_the_file(void **state)
{
	struct fixture *x = *state;
	jx_part *p = open_part(x, "w1");
	int64_t offset = -1;
	struct jx_error err;

	assert_int_equal(jx_part_offset(p), 0);
	write_some(p, x, 100);
	write_some(p, x, 1);
	jx_assert_ok(jx_part_stat(x->media, "w1", x->sha256, &offset, &err), &err);
	assert_int_equal(offset, 101);
	jx_assert_rc(jx_part_publish(p, &err), JX_ESTATE, &err);
	write_some(p, x, x->len - 101);
	jx_assert_ok(jx_part_publish(p, &err), &err);
	jx_assert_ok(jx_media_verify(x->media, x->sha256, &err), &err);
	jx_assert_rc(jx_part_write(p, "x", 1, &err), JX_ESTATE, &err);
	jx_assert_rc(jx_part_publish(p, &err), JX_ESTATE, &err);
	jx_part_close(p);
	jx_assert_rc(jx_part_stat(x->media, "w1", x->sha256, &offset, &err), JX_ENOTFOUND, &err);
}

static void a_part_goes_on_where_it_stopped(void **state)
{
	struct fixture *x = *state;
	jx_part *p = open_part(x, "w1");
	struct jx_error err;

	write_some(p, x, 500);
	jx_part_close(p);
	p = open_part(x, "w1");
	assert_int_equal(jx_part_offset(p), 500);
	write_some(p, x, x->len - 500);
	jx_part_close(p);
	p = open_part(x, "w1");
	assert_int_equal(jx_part_offset(p), x->len);
	jx_assert_ok(jx_part_publish(p, &err), &err);
	jx_part_close(p);
	jx_assert_ok(jx_media_verify(x->media, x->sha256, &err), &err);
}

static void senders_are_kept_apart(void **state)
{
	struct fixture *x = *state;
	jx_part *a = open_part(x, "w1"), *b = open_part(x, "w2"), *c = open_part(x, "");
	jx_part *again = NULL;
	struct jx_error err;

	write_some(a, x, 10);
	assert_int_equal(jx_part_offset(b), 0);
	/* the same one twice at a time would write into what the other has checked */
	jx_assert_rc(jx_part_open(x->media, "w1", x->sha256, (int64_t)x->len, &again, &err), JX_EBUSY, &err);
	assert_null(again);
	write_some(b, x, x->len);
	jx_assert_ok(jx_part_publish(b, &err), &err);
	jx_part_close(b);
	jx_part_close(a);
	a = open_part(x, "w1");
	assert_int_equal(jx_part_offset(a), 10);
	write_some(a, x, x->len - 10);
	jx_assert_ok(jx_part_publish(a, &err), &err);
	jx_part_close(a);
	jx_part_close(c);
	jx_assert_ok(jx_media_verify(x->media, x->sha256, &err), &err);
}

static void wrong_bytes_are_thrown_away(void **state)
{
	struct fixture *x = *state;
	jx_part *p = open_part(x, "w1");
	uint8_t first = x->picture[0] ^ 1;
	struct jx_error err;

	jx_assert_ok(jx_part_write(p, &first, 1, &err), &err);
	write_some(p, x, x->len - 1);
	jx_assert_rc(jx_part_publish(p, &err), JX_ECORRUPT, &err);
	jx_assert_rc(jx_part_write(p, "x", 1, &err), JX_ESTATE, &err);
	jx_part_close(p);
	jx_assert_rc(jx_media_verify(x->media, x->sha256, &err), JX_ENOTFOUND, &err);
	/* also when they were written before */
	p = open_part(x, "w1");
	assert_int_equal(jx_part_offset(p), 0);
	jx_assert_ok(jx_part_write(p, &first, 1, &err), &err);
	jx_part_close(p);
	p = open_part(x, "w1");
	write_some(p, x, x->len - 1);
	jx_assert_rc(jx_part_publish(p, &err), JX_ECORRUPT, &err);
	jx_part_close(p);
	p = open_part(x, "w1");
	write_some(p, x, x->len);
	jx_assert_ok(jx_part_publish(p, &err), &err);
	jx_part_close(p);
}

/* A power cut: the size got to the disk, the bytes did not. */
static void garbage_after_a_crash_is_never_published(void **state)
{
	struct fixture *x = *state;
	jx_part *p = open_part(x, "w1");
	char hex[2 * JX_HASH_BYTES + 1];
	char path[512];
	struct jx_error err;

	write_some(p, x, 50);
	jx_part_close(p);
	jx_hex(x->sha256, JX_HASH_BYTES, hex);
	(void)snprintf(path, sizeof(path), "%s/tmp/w1-%s.part", x->dir, hex);
	assert_int_equal(truncate(path, 700), 0);
	p = open_part(x, "w1");
	assert_int_equal(jx_part_offset(p), 700);
	write_some(p, x, x->len - 700);
	jx_assert_rc(jx_part_publish(p, &err), JX_ECORRUPT, &err);
	jx_part_close(p);
	jx_assert_rc(jx_media_verify(x->media, x->sha256, &err), JX_ENOTFOUND, &err);
	/* longer than the photo: started over */
	p = open_part(x, "w1");
	jx_part_close(p);
	assert_int_equal(truncate(path, (off_t)x->len + 1), 0);
	p = open_part(x, "w1");
	assert_int_equal(jx_part_offset(p), 0);
	write_some(p, x, x->len);
	jx_assert_ok(jx_part_publish(p, &err), &err);
	jx_part_close(p);
}

static void limits_hold(void **state)
{
	struct fixture *x = *state;
	jx_part *p = NULL;
	struct jx_error err;

	jx_assert_rc(jx_part_open(x->media, "w1", x->sha256, 100001, &p, &err), JX_ELIMIT, &err);
	jx_assert_rc(jx_part_open(x->media, "w1", x->sha256, 0, &p, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_part_open(x->media, "../w1", x->sha256, 10, &p, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_part_open(x->media, "a b", x->sha256, 10, &p, &err), JX_EINVAL, &err);
	assert_null(p);
	p = open_part(x, "w1");
	write_some(p, x, x->len - 1);
	jx_assert_rc(jx_part_write(p, x->picture, 2, &err), JX_ELIMIT, &err);
	assert_int_equal(jx_part_offset(p), x->len - 1);
	write_some(p, x, 1);
	jx_assert_ok(jx_part_publish(p, &err), &err);
	jx_part_close(p);
}

static void a_failed_sync_starts_over(void **state)
{
	struct fixture *x = *state;
	jx_part *p = open_part(x, "w1");
	struct jx_error err;

	write_some(p, x, x->len);
	jx_fault_fs_plan(&x->fault, 1, EIO);
	jx_assert_rc(jx_part_publish(p, &err), JX_EIO, &err);
	jx_fault_fs_plan(&x->fault, 0, 0);
	jx_assert_rc(jx_part_publish(p, &err), JX_ESTATE, &err);
	jx_part_close(p);
	p = open_part(x, "w1");
	assert_int_equal(jx_part_offset(p), 0);
	jx_part_close(p);
}

static void a_failed_write_can_be_repeated(void **state)
{
	struct fixture *x = *state;
	jx_part *p = open_part(x, "w1");
	struct jx_error err;

	write_some(p, x, 20);
	jx_fault_fs_plan(&x->fault, 1, ENOSPC);
	x->fault.short_write = true;
	jx_assert_rc(jx_part_write(p, x->picture + 20, 100, &err), JX_ENOSPC, &err);
	jx_fault_fs_plan(&x->fault, 0, 0);
	assert_int_equal(jx_part_offset(p), 20);
	write_some(p, x, x->len - 20);
	jx_assert_ok(jx_part_publish(p, &err), &err);
	jx_part_close(p);
	jx_assert_ok(jx_media_verify(x->media, x->sha256, &err), &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(pieces_become_the_file),
		T(a_part_goes_on_where_it_stopped),
		T(senders_are_kept_apart),
		T(wrong_bytes_are_thrown_away),
		T(garbage_after_a_crash_is_never_published),
		T(limits_hold),
		T(a_failed_sync_starts_over),
		T(a_failed_write_can_be_repeated),
	};

	return cmocka_run_group_tests_name("media.part", tests, NULL, NULL);
}
