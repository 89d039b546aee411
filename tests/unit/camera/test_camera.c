/* The camera room over GStreamer's own test pictures, and over cameras that fail in each way there is. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "camera_private.h"
#include "jx_test.h"

#define LIVE "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1"

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
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_wait(c, &err), &err);
	assert_int_equal(jx_camera_state(c, NULL), JX_CAMERA_READY);
	jx_assert_ok(jx_camera_shoot(c, &b, &shot, &err), &err);
	jx_assert_ok(jx_camera_shoot(c, &b2, &second, &err), &err);
	assert_jpeg(&b);
	assert_jpeg(&b2);
	assert_int_equal(shot.width, 1280);
	assert_int_equal(shot.height, 720);
	assert_true(shot.taken_utc_ms >= before_ms && second.taken_utc_ms >= shot.taken_utc_ms);
	assert_true(second.taken_utc_ms <= jx_os_clock()->utc_ms(NULL));
	/* a frame for each, and none that nobody asked for */
	assert_int_equal(c->pass_count, 2);
	assert_int_equal(c->arrive_count, 2);
}

struct seen {
	GMutex lock;
	GCond changed;
	int count;
	struct jx_camera_frame last;
	uint8_t first_pixel[4];
};

static void see(void *user, const struct jx_camera_frame *frame)
{
	struct seen *s = user;

	g_mutex_lock(&s->lock);
	s->count++;
	s->last = *frame;
	memcpy(s->first_pixel, frame->bgrx, sizeof(s->first_pixel));
	g_cond_broadcast(&s->changed);
	g_mutex_unlock(&s->lock);
}

static void preview(struct jx_camera_config config)
{
	struct seen s = {.count = 0};
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};
	JX_AUTO_BUF b;
	int count;

	config.on_frame = see;
	config.user = &s;
	config.view_width = 96;
	config.view_height = 72;
	g_mutex_init(&s.lock);
	g_cond_init(&s.changed);
	jx_buf_init(&b, 1 << 24);
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_wait(c, &err), &err);
	g_mutex_lock(&s.lock);
	while (s.count < 3)
		g_cond_wait(&s.changed, &s.lock);
	g_mutex_unlock(&s.lock);
	jx_assert_ok(jx_camera_shoot(c, &b, NULL, &err), &err); /* beside the preview */
	assert_jpeg(&b);
	jx_camera_close(JX_STEAL(c));
	count = s.count;
	assert_int_equal(s.last.width, 96);
	assert_int_equal(s.last.height, 72);
	assert_int_equal(s.last.stride, 96 * 4);
	/* all red: blue, green, red */
	assert_true(s.first_pixel[0] < 40 && s.first_pixel[1] < 40 && s.first_pixel[2] > 200);
	assert_int_equal(s.count, count);
	g_mutex_clear(&s.lock);
	g_cond_clear(&s.changed);
}

static void frames_to_aim_by_come_beside_pictures(void **state)
{
	(void)state;
	preview(source(
		JX_CAMERA_PIPELINE,
		"videotestsrc is-live=true pattern=red ! video/x-raw,width=160,height=120,framerate=30/1"));
}

static void a_camera_that_makes_the_jpeg_itself_can_be_aimed_too(void **state)
{
	struct jx_camera_config config = source(
		JX_CAMERA_PIPELINE,
		"videotestsrc is-live=true pattern=red ! video/x-raw,width=160,height=120,framerate=30/1 ! jpegenc");

	(void)state;
	config.is_jpeg = true;
	preview(config);
}

/* Until the failure: whether it comes before the first frame or after. */
static void wait_failed(jx_camera *c)
{
	g_mutex_lock(&c->lock);
	while (c->state != JX_CAMERA_FAILED)
		g_cond_wait(&c->changed, &c->lock);
	g_mutex_unlock(&c->lock);
}

static void a_camera_that_is_pulled_out_is_seen(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_PIPELINE, "videotestsrc num-buffers=3");
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	wait_failed(c);
	assert_true(c->first_frame_us > 0);
	jx_assert_rc(jx_camera_shoot(c, &b, NULL, &err), JX_EIO, &err);
	jx_assert_says(&err, "plugged in");
}

static void a_camera_that_stops_giving_frames_is_seen(void **state)
{
	struct jx_camera_config config = source(
		JX_CAMERA_PIPELINE,
		"videotestsrc num-buffers=2 ! video/x-raw,width=64,height=48 ! c.sink_0 appsrc ! c.sink_1 concat name=c");
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	config.shot_max_ms = 300;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	wait_failed(c);
	assert_true(c->first_frame_us > 0);
	assert_int_equal(jx_camera_state(c, &err), JX_CAMERA_FAILED);
	jx_assert_says(&err, "no picture for");
	jx_assert_rc(jx_camera_shoot(c, &b, NULL, &err), JX_EIO, &err);
}

/* A driver that does not come back from open(): stood in for by a pipe that nobody writes to. */
static void a_camera_that_is_stuck_holds_nobody(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_FILE, NULL);
	struct jx_error err = {0};
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *path = jx_test_path(folder, "stuck");
	jx_camera *c = NULL;
	JX_AUTO_BUF b;
	int fd;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	assert_int_equal(mkfifo(path, 0600), 0);
	config.device = path;
	config.start_max_ms = 300;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_rc(jx_camera_shoot(c, &b, NULL, &err), JX_EIO, &err);
	jx_assert_says(&err, "300 ms");
	/* whoever only asks how it stands is told too */
	err = (struct jx_error){0};
	while (jx_camera_state(c, &err) == JX_CAMERA_STARTING)
		g_usleep(1000);
	assert_int_equal(jx_camera_state(c, &err), JX_CAMERA_FAILED);
	jx_assert_says(&err, "300 ms");
	g_atomic_ref_count_inc(&c->owners); /* to look at it afterwards */
	jx_camera_close(c);
	assert_false(c->is_stopped); /* given up, not waited for */
	fd = open(path, O_WRONLY);   /* the driver comes back */
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	g_mutex_lock(&c->lock);
	while (!c->is_stopped)
		g_cond_wait(&c->changed, &c->lock);
	g_mutex_unlock(&c->lock);
	jx_camera__drop(c);
	jx_test_folder_remove(folder);
}

static void closing_at_once_is_fine(void **state)
{
	struct jx_camera_config config = source(JX_CAMERA_PIPELINE, LIVE);
	struct jx_error err = {0};

	(void)state;
	for (int i = 0; i < 20; i++) {
		jx_camera *c = NULL;

		jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
		jx_camera_close(c);
	}
	jx_camera_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_have_full_resolution_and_their_time),
		cmocka_unit_test(frames_to_aim_by_come_beside_pictures),
		cmocka_unit_test(a_camera_that_makes_the_jpeg_itself_can_be_aimed_too),
		cmocka_unit_test(a_camera_that_is_pulled_out_is_seen),
		cmocka_unit_test(a_camera_that_stops_giving_frames_is_seen),
		cmocka_unit_test(a_camera_that_is_stuck_holds_nobody),
		cmocka_unit_test(closing_at_once_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
