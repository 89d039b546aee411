/* Starting jx-camera, asking it, and ending it in time. Safe beside other threads: posix_spawn, and descriptors that close themselves. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link.h"

/* Beside what the camera itself may take: starting the program, and a busy machine. */
#define GRACE_MS 10000
/* Its camera has two seconds; then a second to end. */
#define CLOSE_MAX_MS 3000
/* A kill takes no time, but where a driver holds it. */
#define KILLED_MAX_MS 2000
/* No picture or sound is as long; guards our memory against a program that writes nonsense. */
#define MORE_MAX (INT64_C(256) * 1024 * 1024)

static int start(const char *program, int fd, pid_t *pid_out)
{
	char name[] = "jx-camera";
	char *argv[] = {name, NULL};
	posix_spawn_file_actions_t a;
	posix_spawnattr_t attr;
	sigset_t none;
	int e;

	(void)sigemptyset(&none);
	if (posix_spawn_file_actions_init(&a) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		(void)posix_spawn_file_actions_destroy(&a);
		return ENOMEM;
	}
	e = posix_spawnattr_setsigmask(&attr, &none);
	e = e != 0 ? e : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	e = e != 0 ? e : posix_spawn_file_actions_adddup2(&a, fd, STDIN_FILENO);
	e = e != 0 ? e : posix_spawn_file_actions_addclosefrom_np(&a, STDERR_FILENO + 1);
	e = e != 0 ? e : posix_spawn(pid_out, program, &a, &attr, argv, environ);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&a);
	return e;
}

jx_rc jx_camera__link_open(struct jx_camera__link *l, struct jx_error *err)
{
	char program[PATH_MAX];
	int pair[2] = {-1, -1};
	jx_rc rc = jx_os_beside("jx-camera", program, sizeof(program), err);
	int e;

	if (rc != JX_OK)
		return rc;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return jx_fail(err, JX_EBUSY, errno, JX_CAMERA__WHERE,
			       "jx-camera cannot be started now, too many files are open: try again");
	e = start(program, pair[1], &l->pid);
	jx_close_p(&pair[1]);
	if (e != 0) {
		jx_close_p(&pair[0]);
		return jx_fail(err, JX_ESTATE, e, JX_CAMERA__WHERE, "%s cannot be started: install it again",
			       program);
	}
	l->fd = pair[0];
	return JX_OK;
}

/*
 * True once it has ended, within ms. The end of the socket comes when its last thread is gone, so that the wait for its status takes no
 * time. A thread that a driver holds in the kernel keeps even a killed program from ending: that one is left to init.
 */
static bool see_end(struct jx_camera__link *l, int64_t ms, int *status_out)
{
	char late[4096]; /* an answer that nobody waits for any more */

	if (jx_camera__receive_end(l->fd, late, sizeof(late), ms))
		return waitpid(l->pid, status_out, 0) == l->pid;
	return waitpid(l->pid, status_out, WNOHANG) == l->pid;
}

static void end_it(struct jx_camera__link *l)
{
	int status;

	(void)kill(l->pid, SIGKILL);
	(void)see_end(l, KILLED_MAX_MS, &status);
}

/* It is gone, silent, or talks nonsense: why, for this call and all after it. */
static jx_rc give_up(struct jx_camera__link *l, struct jx_error *err)
{
	int status = 0;

	if (!see_end(l, 1, &status)) {
		end_it(l);
		(void)jx_fail(
			&l->problem, JX_EIO, 0, JX_CAMERA__WHERE,
			"jx-camera does not answer: plug the camera or microphone in again, or restart the device");
	} else if (WIFSIGNALED(status)) {
		(void)jx_fail(
			&l->problem, JX_EIO, WTERMSIG(status), JX_CAMERA__WHERE,
			"signal %d ended jx-camera, in a driver it may be: plug the camera or microphone in again, or restart the device",
			WTERMSIG(status));
	} else {
		(void)jx_fail(&l->problem, JX_ESTATE, WEXITSTATUS(status), JX_CAMERA__WHERE,
			      "jx-camera ended with status %d: install it again", WEXITSTATUS(status));
	}
	jx_close_p(&l->fd);
	l->fd = -1;
	if (err != NULL)
		*err = l->problem;
	return l->problem.code;
}

void jx_camera__link_tell(struct jx_camera__link *l, const struct jx_camera__ask *ask,
			  const char *const texts[3])
{
	/* what cannot be sent is seen by whoever asks next */
	bool is_sent = l->fd >= 0 && jx_camera__send(l->fd, ask, sizeof(*ask));

	for (size_t i = 0; is_sent && texts != NULL && i < 3; i++)
		is_sent = jx_camera__send(l->fd, texts[i], ask->text_len[i]);
}

/* Whatever a program that a driver damaged may have written. */
static bool is_sane(const struct jx_camera__answer *a, int32_t wish)
{
	return a->number == JX_CAMERA__LINK_NUMBER && a->wish == wish && a->err.code <= JX_OK &&
	       a->err.code >= JX_EINTR && a->err.text[sizeof(a->err.text) - 1] == '\0' &&
	       a->err.where[sizeof(a->err.where) - 1] == '\0' &&
	       jx_utf8_ok(a->err.text, strlen(a->err.text)) && a->bytes >= 0 && a->bytes <= MORE_MAX;
}

static bool receive_more(struct jx_camera__link *l, int64_t bytes, int64_t ms, jx_buf *more)
{
	char chunk[65536];

	while (bytes > 0) {
		const size_t len = bytes < (int64_t)sizeof(chunk) ? (size_t)bytes : sizeof(chunk);

		if (!jx_camera__receive(l->fd, chunk, len, ms))
			return false;
		if (more != NULL)
			jx_buf_add(more, chunk, len);
		bytes -= (int64_t)len;
	}
	return true;
}

jx_rc jx_camera__link_ask(struct jx_camera__link *l, const struct jx_camera__ask *ask, int64_t ms,
			  struct jx_camera__answer *answer_out, jx_buf *more, struct jx_error *err)
{
	struct jx_camera__answer a;
	JX_AUTO_BUF got;

	jx_buf_init(&got, more != NULL ? more->max : 0);
	if (l->fd < 0) {
		if (err != NULL)
			*err = l->problem;
		return l->problem.code;
	}
	if (!jx_camera__send(l->fd, ask, sizeof(*ask)) ||
	    !jx_camera__receive(l->fd, &a, sizeof(a), ms + GRACE_MS) || !is_sane(&a, ask->wish) ||
	    !receive_more(l, a.bytes, GRACE_MS, more != NULL ? &got : NULL))
		return give_up(l, err);
	*answer_out = a;
	if (a.err.code != JX_OK) {
		if (err != NULL)
			*err = a.err;
		return a.err.code;
	}
	if (more != NULL)
		jx_buf_add(more, got.data, got.len);
	return more != NULL ? jx_buf_check(more, "picture", err) : JX_OK;
}

void jx_camera__link_close(struct jx_camera__link *l)
{
	const struct jx_camera__ask ask = {.number = JX_CAMERA__LINK_NUMBER, .wish = JX_CAMERA__CLOSE};
	int status;

	if (l->fd < 0)
		return;
	jx_camera__link_tell(l, &ask, NULL);
	if (!see_end(l, CLOSE_MAX_MS, &status))
		end_it(l);
	jx_close_p(&l->fd);
	l->fd = -1;
}
