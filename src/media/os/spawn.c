/* Starting, listening, ending in time. Safe beside other threads: posix_spawn, and descriptors that close themselves. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

#define WHERE "media.child"

struct pipes {
	int out[2], said[2], more[2];
};

static void close_pipes(struct pipes *p)
{
	int *const all[] = {p->out, p->said, p->more};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (int k = 0; k < 2; k++)
			jx_close_p(&all[i][k]);
}

static void close_one(int *fd)
{
	jx_close_p(fd);
	*fd = -1;
}

static jx_rc open_pipes(const struct jx_spawn__run *r, struct pipes *p, struct jx_error *err)
{
	if (pipe2(p->out, O_CLOEXEC) != 0 || pipe2(p->said, O_CLOEXEC) != 0 ||
	    (r->more != NULL && pipe2(p->more, O_CLOEXEC) != 0))
		return jx_fail(err, JX_EBUSY, errno, WHERE,
			       "no picture can be decoded now, too many files are open: try again");
	return JX_OK;
}

/* What the program reads besides the picture. A pipe holds 64 KiB, a stamp half of that at most: nobody waits. */
static jx_rc write_more(const struct jx_spawn__run *r, struct pipes *p, struct jx_error *err)
{
	ssize_t wrote;

	if (r->more == NULL)
		return JX_OK;
	wrote = write(p->more[1], r->more->data, r->more->len);
	close_one(&p->more[1]);
	if (wrote != (ssize_t)r->more->len)
		return jx_fail(err, JX_EIO, errno, WHERE,
			       "the stamp could not be handed to jx-picture: try again");
	return JX_OK;
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * dup2 of a descriptor onto itself would leave it closing at exec, but those made here are 4 or higher wherever 0 to 3 are taken; where
 * they are not, the actions' order (more before the rest is closed) still gives each its number, since posix_spawn clears the mark.
 */
static int start(const struct jx_spawn__run *r, const struct pipes *p, pid_t *pid_out)
{
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
	e = e != 0 ? e : posix_spawn_file_actions_adddup2(&a, r->input_fd, 0);
	e = e != 0 ? e : posix_spawn_file_actions_adddup2(&a, p->out[1], 1);
	e = e != 0 ? e : posix_spawn_file_actions_adddup2(&a, p->said[1], 2);
	if (r->more != NULL)
		e = e != 0 ? e : posix_spawn_file_actions_adddup2(&a, p->more[0], JX_MEDIA__STAMP_FD);
	e = e != 0 ? e
		   : posix_spawn_file_actions_addclosefrom_np(&a, r->more != NULL ? JX_MEDIA__STAMP_FD + 1
										  : JX_MEDIA__STAMP_FD);
	e = e != 0 ? e : posix_spawn(pid_out, r->program, &a, &attr, r->argv, environ);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&a);
	return e;
}

/* False: the end, or more than may be kept. */
static bool take_out(struct jx_spawn__run *r, int fd)
{
	char chunk[16384];
	const ssize_t got = read(fd, chunk, sizeof(chunk));

	if (got < 0 && errno == EINTR)
		return true;
	if (got > 0)
		jx_buf_add(r->out, chunk, (size_t)got);
	return got > 0 && r->out->rc == JX_OK;
}

/* The last kilobyte is kept: what a program ends with is its reason. */
static bool take_said(struct jx_spawn__run *r, int fd)
{
	char chunk[512];
	const ssize_t got = read(fd, chunk, sizeof(chunk));
	const size_t room = sizeof(r->said) - 1;

	if (got <= 0)
		return got < 0 && errno == EINTR;
	if (r->said_len + (size_t)got > room) {
		const size_t drop = r->said_len + (size_t)got - room;

		memmove(r->said, r->said + drop, r->said_len - drop);
		r->said_len -= drop;
	}
	memcpy(r->said + r->said_len, chunk, (size_t)got);
	r->said_len += (size_t)got;
	return true;
}

static void listen(struct jx_spawn__run *r, struct pipes *p)
{
	const int64_t end_ms = now_ms() + r->time_max_ms;

	while (p->out[0] >= 0 || p->said[0] >= 0) {
		struct pollfd fds[] = {{.fd = p->out[0], .events = POLLIN},
				       {.fd = p->said[0], .events = POLLIN}};
		const int64_t left_ms = end_ms - now_ms();

		if (left_ms <= 0) {
			r->is_late = true;
			return;
		}
		if (poll(fds, 2, (int)left_ms) < 0 && errno != EINTR)
			return;
		if (fds[0].revents != 0 && !take_out(r, p->out[0]))
			close_one(&p->out[0]);
		if (fds[1].revents != 0 && !take_said(r, p->said[0]))
			close_one(&p->said[0]);
		if (r->out->rc != JX_OK)
			return;
	}
}

jx_rc jx_spawn__run(struct jx_spawn__run *r, struct jx_error *err)
{
	JX_CLEANUP(close_pipes) struct pipes p = {{-1, -1}, {-1, -1}, {-1, -1}};
	pid_t pid = -1;
	int e;
	jx_rc rc = open_pipes(r, &p, err);

	if (rc == JX_OK)
		rc = write_more(r, &p, err);
	if (rc != JX_OK)
		return rc;
	e = start(r, &p, &pid);
	if (e != 0)
		return jx_fail(err, JX_ESTATE, e, WHERE, "%s cannot be started: install it again",
			       r->program);
	close_one(&p.out[1]);
	close_one(&p.said[1]);
	listen(r, &p);
	/* It has said all, or is late, or says too much: there is nothing to wait for. */
	if (r->is_late || r->out->rc != JX_OK)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &r->status, 0) < 0 && errno == EINTR)
		;
	r->said[r->said_len] = '\0';
	return JX_OK;
}
