/*
 * What both ways to a camera promise: in the process that uses it (jx_camera), and in a program of its own (jx_camera_far). Built with
 * each of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "jiexun/camera.h"
#include "jx_test.h"

#define LIVE "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1"
#define TONE "audiotestsrc is-live=false freq=440 volume=0.5"

/* Enough under sanitizers on a busy machine; the tests of what never comes use less. */
static struct jx_camera_config source(enum jx_camera_source kind, const char *pipeline)
{
	return (struct jx_camera_config){.source = kind,
					 .pipeline = pipeline,
					 .start_max_ms = 60000,
					 .shot_max_ms = 60000,
					 .clock = jx_os_clock()};
}

static void assert_jpeg(const jx_buf *b)
{
	assert_true(b->len > 100);
	jx_assert_hex(b->data, 3, "ffd8ff");
	jx_assert_hex(b->data + b->len - 2, 2, "ffd9");
}

static void pictures_have_full_resolution_and_their_time(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_TEST, NULL);
	const int64_t before_ms = jx_os_clock()->utc_ms(NULL);
	struct jx_camera_shot shot, second;
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};
	JX_AUTO_BUF b, b2;

	(void)state;
	config.width = 1280;
	config.height = 720;
	jx_buf_init(&b, 1 << 24);
	jx_buf_init(&b2, 1 << 24);
	jx_buf_adds(&b, "before");
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_wait(c, &err), &err);
	assert_int_equal(jx_camera_state(c, NULL), JX_CAMERA_READY);
	jx_assert_ok(jx_camera_shoot(c, &b, &shot, &err), &err);
	jx_assert_ok(jx_camera_shoot(c, &b2, &second, &err), &err);
	assert_memory_equal(b.data, "before", 6);
	jx_assert_hex(b.data + 6, 3, "ffd8ff");
	assert_jpeg(&b2);
	assert_int_equal(shot.width, 1280);
	assert_int_equal(shot.height, 720);
	assert_true(shot.taken_utc_ms >= before_ms && second.taken_utc_ms >= shot.taken_utc_ms);
	assert_true(second.taken_utc_ms <= jx_os_clock()->utc_ms(NULL));
}

/* Its bytes are the evidence: not decoded, not written anew. */
static void what_the_camera_encoded_is_kept_as_it_is(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_PIPELINE, NULL);
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *path = jx_test_path(folder, "encoded.jpg");
	JX_AUTO_FREE char *text = NULL;
	JX_AUTO_BUF b, kept;

	(void)state;
	jx_buf_init(&b, 1 << 24);
	jx_buf_init(&kept, 1 << 24);
	config.pipeline = "videotestsrc is-live=true pattern=white ! "
			  "video/x-raw,width=64,height=48,framerate=30/1 ! jpegenc quality=71";
	config.is_jpeg = true;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_shoot(c, &b, NULL, &err), &err);
	jx_camera_close(JX_STEAL(c));
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, b.data, b.len, &err), &err);
	text = jx_xasprintf("multifilesrc location=%s loop=true caps=image/jpeg,framerate=10/1", path);
	config.pipeline = text;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_shoot(c, &kept, NULL, &err), &err);
	assert_int_equal(kept.len, b.len);
	assert_memory_equal(kept.data, b.data, b.len);
	jx_test_folder_remove(folder);
}

static void a_file_stands_in_for_a_camera(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_TEST, NULL);
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *path = jx_test_path(folder, "a file's name \"with\" all sorts ! of signs.jpg");
	struct jx_camera_shot shot;
	JX_AUTO_BUF b, b2;

	(void)state;
	jx_buf_init(&b, 1 << 24);
	jx_buf_init(&b2, 1 << 24);
	config.width = 320;
	config.height = 240;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_shoot(c, &b, NULL, &err), &err);
	jx_camera_close(JX_STEAL(c));
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, b.data, b.len, &err), &err);
	config = source(JX_CAMERA_FILE, NULL);
	config.device = path;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_shoot(c, &b2, &shot, &err), &err);
	assert_jpeg(&b2);
	assert_int_equal(shot.width, 320);
	assert_int_equal(shot.height, 240);
	jx_test_folder_remove(folder);
}

static void a_profile_without_a_camera_says_so(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_NONE, NULL);
	struct jx_error err = {0};
	jx_camera *c = NULL;

	(void)state;
	jx_assert_rc(jx_camera_open(&config, &c, &err), JX_ESTATE, &err);
	jx_assert_says(&err, "--photo");
	config.source = JX_CAMERA_FILE;
	jx_assert_rc(jx_camera_open(&config, &c, &err), JX_EINVAL, &err);
	config.source = JX_CAMERA_PIPELINE;
	jx_assert_rc(jx_camera_open(&config, &c, &err), JX_EINVAL, &err);
	assert_null(c);
}

/* A shot fails, the state tells why, and closing returns. */
static void assert_fails(const struct jx_camera_config *config, jx_rc rc, const char *part)
{
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0}, problem = {0};
	JX_AUTO_BUF b;

	jx_buf_init(&b, 1 << 20);
	jx_assert_ok(jx_camera_open(config, &c, &err), &err);
	jx_assert_rc(jx_camera_wait(c, &err), rc, &err);
	jx_assert_says(&err, part);
	assert_int_equal(jx_camera_state(c, &problem), JX_CAMERA_FAILED);
	assert_string_equal(problem.text, err.text);
	jx_assert_rc(jx_camera_shoot(c, &b, NULL, &err), rc, &err);
	assert_int_equal(b.len, 0);
}

static void a_pipeline_that_cannot_be_built_is_named(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_PIPELINE, "no-such-camera-src");

	(void)state;
	assert_fails(&config, JX_EINVAL, "no-such-camera-src");
	config.pipeline = "videotestsrc ! ! fakesink";
	assert_fails(&config, JX_EINVAL, "[camera]");
	config.pipeline = "videotestsrc no-such-property=1";
	assert_fails(&config, JX_EINVAL, "no-such-property");
}

static void a_camera_that_is_not_there_is_named(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_V4L2, NULL);

	(void)state;
	config.device = "/dev/no-such-video";
	assert_fails(&config, JX_EIO, "/dev/no-such-video");
	config = source(JX_CAMERA_FILE, NULL);
	config.device = "/no/such/file.jpg";
	assert_fails(&config, JX_EIO, "/no/such/file.jpg");
}

static void a_camera_that_never_gives_a_frame_is_seen(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_PIPELINE, "appsrc is-live=true");
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	config.start_max_ms = 300;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_rc(jx_camera_shoot(c, &b, NULL, &err), JX_EIO, &err);
}

static void a_picture_has_a_ceiling(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_PIPELINE, LIVE);
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};
	JX_AUTO_BUF b, small;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	jx_buf_init(&small, 64);
	config.bytes_max = 64;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_rc(jx_camera_shoot(c, &b, NULL, &err), JX_ELIMIT, &err);
	assert_int_equal(b.len, 0);
	jx_camera_close(JX_STEAL(c));
	config.bytes_max = 0;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_rc(jx_camera_shoot(c, &small, NULL, &err), JX_ELIMIT, &err);
	jx_assert_ok(jx_camera_shoot(c, &b, NULL, &err), &err); /* the camera is as good as before */
}

static void the_light_goes_out_with_the_camera(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_PIPELINE, LIVE);
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *brightness = jx_test_path(folder, "brightness");
	JX_AUTO_FREE char *brightest = jx_test_path(folder, "max_brightness");
	JX_AUTO_FREE char *lit = NULL, *dark = NULL;
	struct jx_error err = {0};
	jx_camera *c = NULL;

	(void)state;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_rc(jx_camera_set_torch(c, true, &err), JX_ESTATE, &err);
	jx_camera_close(c);
	config.torch = folder;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_rc(jx_camera_set_torch(c, true, &err), JX_EIO, &err);
	jx_assert_says(&err, brightness);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), brightness, "0", 1, &err), &err);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), brightest, "255\n", 4, &err), &err);
	jx_assert_ok(jx_camera_set_torch(c, true, &err), &err);
	lit = jx_test_read(brightness, NULL);
	jx_camera_close(c);
	dark = jx_test_read(brightness, NULL);
	assert_string_equal(lit, "255");
	assert_string_equal(dark, "0");
	jx_test_folder_remove(folder);
}

static struct jx_sound_config microphone(const char *elements, int64_t ms_max)
{
	return (struct jx_sound_config){
		.source = elements, .ms_max = ms_max, .start_max_ms = 60000, .clock = jx_os_clock()};
}

static void a_sound_note_is_recorded_whole(void **state)
{
	struct jx_sound_config config = microphone(TONE, 2000);
	struct jx_sound_look look = {.state = JX_SOUND_STARTING};
	JX_AUTO(jx_sound) s = NULL;
	struct jx_error err = {0};
	JX_AUTO_BUF ogg;

	(void)state;
	jx_buf_init(&ogg, 1 << 22);
	jx_assert_ok(jx_sound_open(&config, &s, &err), &err);
	while (look.state != JX_SOUND_ENDED && look.state != JX_SOUND_FAILED)
		jx_sound_wait(s, 100, &look);
	jx_assert_ok(jx_sound_end(s, &ogg, &look, &err), &err);
	assert_int_equal(look.state, JX_SOUND_ENDED);
	assert_int_equal(look.recorded_ms, 2000);
	assert_true(look.began_utc_ms > 0 && look.peak_permille > 300 && !look.is_cut);
	assert_memory_equal(ogg.data, "OggS", 4);
}

static void a_microphone_that_fails_says_why(void **state)
{
	struct jx_sound_config config = microphone("no-such-source", 2000);
	struct jx_sound_look look;
	JX_AUTO(jx_sound) s = NULL;
	struct jx_error err = {0};
	jx_sound *none = NULL;
	JX_AUTO_BUF ogg;

	(void)state;
	jx_buf_init(&ogg, 1 << 22);
	jx_assert_ok(jx_sound_open(&config, &s, &err), &err);
	do
		jx_sound_wait(s, 100, &look);
	while (look.state != JX_SOUND_FAILED);
	jx_assert_rc(jx_sound_end(s, &ogg, &look, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "no-such-source");
	assert_int_equal(ogg.len, 0);
	config.source = "";
	jx_assert_rc(jx_sound_open(&config, &none, &err), JX_ESTATE, &err);
	assert_null(none);
}

static void closing_at_once_is_fine(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_PIPELINE, LIVE);
	struct jx_sound_config sound = microphone(TONE, 2000);
	struct jx_error err = {0};
	jx_camera *c = NULL;
	jx_sound *s = NULL;

	(void)state;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_camera_close(c);
	jx_assert_ok(jx_sound_open(&sound, &s, &err), &err);
	jx_sound_close(s);
	jx_camera_close(NULL);
	jx_sound_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_have_full_resolution_and_their_time),
		cmocka_unit_test(what_the_camera_encoded_is_kept_as_it_is),
		cmocka_unit_test(a_file_stands_in_for_a_camera),
		cmocka_unit_test(a_profile_without_a_camera_says_so),
		cmocka_unit_test(a_pipeline_that_cannot_be_built_is_named),
		cmocka_unit_test(a_camera_that_is_not_there_is_named),
		cmocka_unit_test(a_camera_that_never_gives_a_frame_is_seen),
		cmocka_unit_test(a_picture_has_a_ceiling),
		cmocka_unit_test(the_light_goes_out_with_the_camera),
		cmocka_unit_test(a_sound_note_is_recorded_whole),
		cmocka_unit_test(a_microphone_that_fails_says_why),
		cmocka_unit_test(closing_at_once_is_fine),
	};

	/* jx-camera reads the language where it starts */
	assert_int_equal(setenv("JX_LANG", "en", 1), 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
