/* Exif of our own camera, read back by somebody else's program (exiftool). */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draw.h"
#include "jiexun/media.h"
#include "jx_test.h"
#include "picture.h"

static const struct jx_fix place = {.source = JX_FIX_GNSS,
				    .lat_wgs84_e7 = 302301234,
				    .lon_wgs84_e7 = -1197200456,
				    .accuracy_mm = 8100,
				    .satellites_used = 9,
				    .mode = 3,
				    .gnss_utc_ms = 1795340522250};
static const struct jx_media_tags tags = {.taken_utc_ms = 1795340523120,
					  .utc_offset_min = 480,
					  .fix = &place,
					  .make = "Jiexun",
					  .model = "H07"};

/* exiftool's answer to these questions, a line each; to be freed. */
static char *ask(const void *data, size_t len, char *const *argv)
{
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *in = jx_test_path(folder, "in.jpg");
	JX_AUTO_FREE char *out = jx_test_path(folder, "out.txt");
	posix_spawn_file_actions_t a;
	char *answer;
	pid_t pid;
	int status;
	FILE *f = fopen(in, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(posix_spawn_file_actions_init(&a), 0);
	assert_int_equal(posix_spawn_file_actions_addopen(&a, 0, in, 0, 0), 0);
	assert_int_equal(posix_spawn_file_actions_addopen(&a, 1, out, 0101 /* create, write */, 0600), 0);
	assert_int_equal(posix_spawnp(&pid, "exiftool", &a, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	(void)posix_spawn_file_actions_destroy(&a);
	answer = jx_test_read(out, NULL);
	jx_test_folder_remove(folder);
	assert_non_null(answer);
	return answer;
}

static const char *const everything[] = {"exiftool",
					 "-n",
					 "-s3",
					 "-f",
					 "-DateTimeOriginal",
					 "-OffsetTimeOriginal",
					 "-SubSecTimeOriginal",
					 "-GPSLatitude#",
					 "-GPSLongitude#",
					 "-GPSHPositioningError",
					 "-GPSDateTime",
					 "-GPSMapDatum",
					 "-Make",
					 "-Model",
					 "-Warning",
					 "-",
					 NULL};

static char *ask_everything(const jx_buf *b)
{
	char *argv[sizeof(everything) / sizeof(everything[0])];
	char *answer;

	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		argv[i] = everything[i] != NULL ? jx_xstrdup(everything[i]) : NULL;
	answer = ask(b->data, b->len, argv);
	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		free(argv[i]);
	return answer;
}

static void test_written(void **state)
{
	size_t len = 0;
	uint8_t *data = picture_make(1, false, NULL, NULL, &len);
	struct drawn before = drawn_read(data, len), after;
	JX_AUTO_FREE char *answer = NULL;
	struct jx_error err;
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	jx_assert_ok(jx_media_tag(data, len, &tags, &b, &err), &err);
	answer = ask_everything(&b);
	assert_string_equal(answer, "2026:11:22 17:42:03\n+08:00\n120\n30.2301234\n-119.7200456\n8.1\n"
				    "2026:11:22 09:42:02.25Z\nWGS-84\nJiexun\nH07\n-\n");
	/* not a pixel's difference */
	after = drawn_read(b.data, b.len);
	assert_int_equal(after.width, before.width);
	assert_memory_equal(after.rgb, before.rgb, (size_t)3 * before.width * before.height);
	free(before.rgb);
	free(after.rgb);
	free(data);
}

/* What the camera says itself stays; only what is missing is added. Tagged twice is tagged once. */
static void test_only_what_is_missing(void **state)
{
	size_t len = 0;
	uint8_t *data = picture_make(2, true, "2020:01:02 03:04:05", "+09:00", &len);
	JX_AUTO_FREE char *answer = NULL;
	struct jx_error err;
	JX_AUTO_BUF once, twice;

	(void)state;
	jx_buf_init(&once, 1 << 20);
	jx_buf_init(&twice, 1 << 20);
	jx_assert_ok(jx_media_tag(data, len, &tags, &once, &err), &err);
	answer = ask_everything(&once);
	assert_non_null(strstr(answer, "2020:01:02 03:04:05\n+09:00\n"));
	assert_non_null(strstr(answer, "30.2301234"));
	assert_non_null(strstr(answer, "Jiexun"));
	jx_assert_ok(jx_media_tag(once.data, once.len, &tags, &twice, &err), &err);
	assert_int_equal(once.len, twice.len);
	assert_memory_equal(once.data, twice.data, once.len);
	free(data);
}

static void test_no_position(void **state)
{
	const struct jx_fix none = {.source = JX_FIX_NONE};
	struct jx_media_tags few = {.taken_utc_ms = 1795340523120, .utc_offset_min = -210, .fix = &none};
	size_t len = 0;
	uint8_t *data = picture_make(3, false, NULL, NULL, &len);
	JX_AUTO_FREE char *answer = NULL;
	struct jx_error err;
	JX_AUTO_BUF b, same;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	jx_buf_init(&same, 1 << 20);
	jx_assert_ok(jx_media_tag(data, len, &few, &b, &err), &err);
	answer = ask_everything(&b);
	assert_string_equal(answer, "2026:11:22 06:12:03\n-03:30\n120\n-\n-\n-\n-\n-\n-\n-\n-\n");
	few.taken_utc_ms = 0;
	jx_assert_ok(jx_media_tag(data, len, &few, &same, &err), &err);
	assert_int_equal(same.len, len);
	assert_memory_equal(same.data, data, len);
	free(data);
}

/* The time we write is the time we read when the file is published. */
static void test_read_back(void **state)
{
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *dir = jx_test_path(folder, "photos");
	struct jx_fake_rand rand;
	struct jx_photo_ref ref = {0};
	size_t len = 0;
	uint8_t *data = picture_make(4, false, NULL, NULL, &len);
	JX_AUTO(jx_media) media = NULL;
	struct jx_error err;
	JX_AUTO_BUF b;

	(void)state;
	jx_fake_rand_init(&rand, 1);
	jx_buf_init(&b, 1 << 20);
	jx_assert_ok(
		jx_media_open(&(struct jx_media_config){.dir = dir, .fs = jx_os_fs(), .rand = &rand.rand},
			      &media, &err),
		&err);
	jx_assert_ok(jx_media_tag(data, len, &tags, &b, &err), &err);
	jx_assert_ok(jx_media_publish(media, b.data, b.len, true, &ref, &err), &err);
	assert_int_equal(ref.taken_utc_ms / 1000, tags.taken_utc_ms / 1000);
	free(data);
	jx_test_folder_remove(folder);
}

static void test_bad_bytes(void **state)
{
	size_t len = 0;
	uint8_t *data = picture_make(5, false, "2020:01:02 03:04:05", NULL, &len);
	struct jx_error err;

	(void)state;
	for (size_t cut = 0; cut < len; cut += 13) {
		JX_AUTO_BUF b;

		jx_buf_init(&b, 1 << 20);
		jx_assert_rc(jx_media_tag(data, cut, &tags, &b, &err), JX_EINVAL, &err);
		assert_int_equal(b.len, 0);
	}
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),     cmocka_unit_test(test_only_what_is_missing),
		cmocka_unit_test(test_no_position), cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_bad_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
