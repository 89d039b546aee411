/* The camera in a program of its own: what a crash, a stuck driver, and an end of either side leave behind. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "far/link.h"
#include "jx_test.h"

#define LIVE "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1"

static struct jx_camera_config live(void)
{
	return (struct jx_camera_config){.source = JX_CAMERA_PIPELINE,
					 .pipeline = LIVE,
					 .start_max_ms = 60000,
					 .shot_max_ms = 60000,
					 .clock = jx_os_clock()};
}

/* A jx_camera begins with its link. */
static struct jx_camera__link *link_of(jx_camera *c)
{
	return (struct jx_camera__link *)(void *)c;
}

static void a_driver_that_crashes_ends_only_its_program(void **state)
{
	const struct jx_camera_config config = live();
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0}, problem = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_wait(c, &err), &err);
	assert_int_equal(kill(link_of(c)->pid, SIGKILL), 0);
	jx_assert_rc(jx_camera_shoot(c, &b, NULL, &err), JX_EIO, &err);
	jx_assert_says(&err, "signal 9");
	assert_int_equal(b.len, 0);
	assert_int_equal(jx_camera_state(c, &problem), JX_CAMERA_FAILED);
	assert_string_equal(problem.text, err.text);
	/* nothing of it is left to wait for */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* A driver that does not come back from open(): stood in for by a pipe that nobody writes to. */
static void a_camera_that_is_stuck_holds_nobody(void **state)
{
	struct jx_camera_config config = live();
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *path = jx_test_path(folder, "stuck");
	struct jx_error err = {0};
	jx_camera *c = NULL;
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 1 << 20);
	assert_int_equal(mkfifo(path, 0600), 0);
	config.source = JX_CAMERA_FILE;
	config.device = path;
	config.start_max_ms = 300;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_rc(jx_camera_shoot(c, &b, NULL, &err), JX_EIO, &err);
	jx_assert_says(&err, "300 ms");
	jx_camera_close(c);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	jx_test_folder_remove(folder);
}

/* Who is killed with the light on cannot switch it off: jx-camera does, though it is in the middle of a wait. */
static void the_light_goes_out_when_the_other_end_dies(void **state)
{
	struct jx_camera_config config = live();
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *brightness = jx_test_path(folder, "brightness");
	JX_AUTO_FREE char *lit = NULL, *dark = NULL;
	struct jx_camera__ask wait = {.number = JX_CAMERA__LINK_NUMBER, .wish = JX_CAMERA__WAIT};
	struct jx_error err = {0};
	jx_camera *c = NULL;
	int status, fd;
	pid_t pid;

	(void)state;
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), brightness, "0", 1, &err), &err);
	config.torch = folder;
	config.pipeline = "appsrc is-live=true"; /* never a frame */
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_set_torch(c, true, &err), &err);
	lit = jx_test_read(brightness, NULL);
	assert_string_equal(lit, "1");
	jx_camera__link_tell(link_of(c), &wait, NULL);
	pid = link_of(c)->pid;
	fd = link_of(c)->fd;
	link_of(c)->fd = -1; /* as a process that is killed: nothing is said */
	assert_int_equal(close(fd), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	dark = jx_test_read(brightness, NULL);
	assert_string_equal(dark, "0");
	jx_camera_close(c);
	jx_test_folder_remove(folder);
}

/* Ctrl-C goes to both: jx-camera ends by the end of the other, not by itself. */
static void ctrl_c_is_not_for_it(void **state)
{
	const struct jx_camera_config config = live();
	JX_AUTO(jx_camera) c = NULL;
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_camera_open(&config, &c, &err), &err);
	jx_assert_ok(jx_camera_wait(c, &err), &err);
	assert_int_equal(kill(link_of(c)->pid, SIGINT), 0);
	assert_int_equal(jx_camera_state(c, NULL), JX_CAMERA_READY);
}

/* An older or newer jx-camera, or one that a driver damaged. */
static void an_answer_that_makes_no_sense_ends_it(void **state)
{
	struct jx_camera__answer good = {.number = JX_CAMERA__LINK_NUMBER, .wish = JX_CAMERA__WAIT};
	const struct jx_camera__ask ask = {.number = JX_CAMERA__LINK_NUMBER, .wish = JX_CAMERA__WAIT};

	(void)state;
	for (int k = 0; k < 8; k++) {
		struct jx_camera__answer bad = good, a;
		struct jx_camera__link l = {.fd = -1};
		struct jx_error err = {0};
		int pair[2];

		if (k == 0)
			bad.number++;
		if (k == 1)
			bad.wish++;
		if (k == 2)
			bad.err.code = (jx_rc)1;
		if (k == 3)
			bad.err.code = (jx_rc)-1000;
		if (k == 4)
			memset(bad.err.text, 'x', sizeof(bad.err.text));
		if (k == 5)
			memset(bad.err.text, 0xff, 2);
		if (k == 6)
			bad.bytes = -1;
		if (k == 7)
			bad.bytes = INT64_MAX;
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		l.pid = fork();
		assert_true(l.pid >= 0);
		if (l.pid == 0) {
			char room[64];

			(void)close(pair[0]);
			(void)jx_camera__send(pair[1], &bad, sizeof(bad));
			(void)jx_camera__receive_end(pair[1], room, sizeof(room), 60000);
			_exit(3);
		}
		(void)close(pair[1]);
		l.fd = pair[0];
		jx_assert_rc(jx_camera__link_ask(&l, &ask, 60000, &a, NULL, &err), JX_EIO, &err);
		jx_assert_says(&err, "does not answer");
		assert_int_equal(l.fd, -1);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

/* As jx is where somebody copied it alone. */
static void a_program_that_is_missing_is_named(void **state)
{
	char path[64];
	struct jx_error err = {0};

	(void)state;
	jx_assert_rc(jx_os_beside("jx-no-such-program", path, sizeof(path), &err), JX_ESTATE, &err);
	jx_assert_says(&err, "jx-no-such-program");
	jx_assert_says(&err, "install it again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_driver_that_crashes_ends_only_its_program),
		cmocka_unit_test(a_camera_that_is_stuck_holds_nobody),
		cmocka_unit_test(the_light_goes_out_when_the_other_end_dies),
		cmocka_unit_test(ctrl_c_is_not_for_it),
		cmocka_unit_test(an_answer_that_makes_no_sense_ends_it),
		cmocka_unit_test(a_program_that_is_missing_is_named),
	};

	/* jx-camera reads the language where it starts */
	assert_int_equal(setenv("JX_LANG", "en", 1), 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
