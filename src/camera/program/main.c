/*
 * jx-camera: a camera or a microphone for one program that has started this one. GStreamer and what it loads, drivers among it, run here:
 * `jx` starts without them, and goes on when one of them crashes.
 *
 * The asks come over standard input, a socket, one after another. When the other end goes away at once (killed, Ctrl-C) nothing is
 * finished: the light goes out and the program ends, so that the camera is free for the next try.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../camera_private.h"
#include "../far/link.h"

#define USAGE 64 /* sysexits.h EX_USAGE */

struct job {
	int fd;
	jx_camera *camera;
	jx_sound *sound;
	struct jx_error problem; /* of opening */
	char *texts[3];
	atomic_bool is_lit;
	bool is_over;
};

static int usage(FILE *to)
{
	(void)fprintf(to, "%s jx-camera\n", _("Usage:"));
	(void)fprintf(
		to, "%s\n",
		_("Started by jx, which asks it for pictures and sound notes over a socket; try the camera with jx camera. See man jx-camera."));
	return to == stdout ? 0 : USAGE;
}

static void *watch(void *user)
{
	struct job *j = user;
	struct pollfd p = {.fd = j->fd, .events = POLLRDHUP};

	while (poll(&p, 1, -1) <= 0 && errno == EINTR)
		continue;
	if (atomic_load(&j->is_lit))
		(void)jx_camera__light(j->texts[2], false, NULL);
	_exit(0);
}

static bool receive_texts(struct job *j, const struct jx_camera__ask *ask)
{
	for (size_t i = 0; i < 3; i++) {
		if (ask->text_len[i] > JX_CAMERA__TEXTS_MAX || j->texts[i] != NULL)
			return false;
		j->texts[i] = jx_xcalloc(1, ask->text_len[i] + 1U);
		if (!jx_camera__receive(j->fd, j->texts[i], ask->text_len[i], -1))
			return false;
	}
	return true;
}

static bool open_camera(struct job *j, const struct jx_camera__ask *ask)
{
	struct jx_camera_config config = {.source = (enum jx_camera_source)ask->source,
					  .is_jpeg = ask->is_jpeg != 0,
					  .width = ask->width,
					  .height = ask->height,
					  .quality = ask->quality,
					  .start_max_ms = ask->start_max_ms,
					  .shot_max_ms = ask->shot_max_ms,
					  .settle_ms = ask->settle_ms,
					  .bytes_max = ask->bytes_max,
					  .clock = jx_os_clock()};

	if (!receive_texts(j, ask))
		return false;
	config.device = j->texts[0];
	config.pipeline = j->texts[1];
	config.torch = j->texts[2];
	(void)jx_camera_open(&config, &j->camera, &j->problem);
	return true;
}

static bool open_sound(struct job *j, const struct jx_camera__ask *ask)
{
	struct jx_sound_config config = {.ms_max = ask->value,
					 .start_max_ms = ask->start_max_ms,
					 .bytes_max = ask->bytes_max,
					 .clock = jx_os_clock()};

	if (!receive_texts(j, ask))
		return false;
	config.source = j->texts[0];
	(void)jx_sound_open(&config, &j->sound, &j->problem);
	return true;
}

static bool reply(struct job *j, struct jx_camera__answer *a, const jx_buf *more)
{
	a->bytes = more != NULL && a->err.code == JX_OK ? (int64_t)more->len : 0;
	return jx_camera__send(j->fd, a, sizeof(*a)) &&
	       (a->bytes == 0 || jx_camera__send(j->fd, more->data, more->len));
}

static void set_torch(struct job *j, bool on, struct jx_error *err)
{
	/* before it burns: whoever ends this program now must find it off */
	if (on)
		atomic_store(&j->is_lit, true);
	if (jx_camera_set_torch(j->camera, on, err) != JX_OK || !on)
		atomic_store(&j->is_lit, false);
}

/* False: no such wish, or the other end is gone. */
static bool ask_camera(struct job *j, const struct jx_camera__ask *ask)
{
	struct jx_camera__answer a = {.number = JX_CAMERA__LINK_NUMBER, .wish = ask->wish};
	JX_AUTO_BUF jpeg = {0};

	if (j->camera == NULL && j->problem.code == JX_OK)
		return false;
	jx_buf_init(&jpeg, ask->bytes_max > 0 ? (size_t)ask->bytes_max : 0);
	if (j->camera == NULL)
		a.err = j->problem;
	else if (ask->wish == JX_CAMERA__STATE)
		a.state = (int32_t)jx_camera_state(j->camera, &a.err);
	else if (ask->wish == JX_CAMERA__WAIT)
		(void)jx_camera_wait(j->camera, &a.err);
	else if (ask->wish == JX_CAMERA__SHOOT)
		(void)jx_camera_shoot(j->camera, &jpeg, &a.shot, &a.err);
	else if (ask->wish == JX_CAMERA__TORCH)
		set_torch(j, ask->value != 0, &a.err);
	else
		return false;
	return reply(j, &a, &jpeg);
}

static bool ask_sound(struct job *j, const struct jx_camera__ask *ask)
{
	struct jx_camera__answer a = {.number = JX_CAMERA__LINK_NUMBER, .wish = ask->wish};
	JX_AUTO_BUF ogg = {0};

	if (j->sound == NULL && j->problem.code == JX_OK)
		return false;
	jx_buf_init(&ogg, ask->bytes_max > 0 ? (size_t)ask->bytes_max : 0);
	if (j->sound == NULL)
		a.err = j->problem;
	else if (ask->wish == JX_CAMERA__SOUND_WAIT)
		jx_sound_wait(j->sound, ask->value, &a.look);
	else
		(void)jx_sound_end(j->sound, &ogg, &a.look, &a.err);
	return reply(j, &a, &ogg);
}

static bool serve(struct job *j, const struct jx_camera__ask *ask)
{
	const bool is_new = j->texts[0] == NULL;

	if (ask->number != JX_CAMERA__LINK_NUMBER)
		return false;
	if (ask->wish == JX_CAMERA__CLOSE) {
		j->is_over = true;
		return false;
	}
	if (is_new && ask->wish == JX_CAMERA__OPEN)
		return open_camera(j, ask);
	if (is_new && ask->wish == JX_CAMERA__OPEN_SOUND)
		return open_sound(j, ask);
	if (ask->wish == JX_CAMERA__SOUND_WAIT || ask->wish == JX_CAMERA__SOUND_END)
		return ask_sound(j, ask);
	return ask_camera(j, ask);
}

/* Plugins print to standard output, too: it becomes standard error, and the socket goes where nobody else looks for it. */
static int take_socket(void)
{
	const int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return -1;
	return fd;
}

static int run(void)
{
	struct job j = {.fd = take_socket()};
	struct jx_camera__ask ask;
	pthread_t watcher;

	/* who pressed Ctrl-C has ended the other end, and so this one */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (j.fd < 0 || pthread_create(&watcher, NULL, watch, &j) != 0)
		return jx_rc_exit_status(JX_ENOMEM);
	while (jx_camera__receive(j.fd, &ask, sizeof(ask), -1) && serve(&j, &ask))
		continue;
	jx_camera_close(j.camera);
	jx_sound_close(j.sound);
	/* Not exit(): a thread may be stuck in a driver, and the watcher looks at what is on this stack. */
	_exit(j.is_over ? 0 : jx_rc_exit_status(JX_EINVAL));
}

int main(int argc, char **argv)
{
	struct jx_error err = {.code = JX_OK};
	struct stat st;

	if (jx_os_start("jx-camera", &err) != JX_OK) {
		(void)fprintf(stderr, "jx-camera: %s\n", err.text);
		return jx_rc_exit_status(err.code);
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("jx-camera %s\n", JX_VERSION);
		return 0;
	}
	if (argc != 1 || fstat(STDIN_FILENO, &st) != 0 || !S_ISSOCK(st.st_mode))
		return usage(stderr);
	return run();
}
