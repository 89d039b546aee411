/*
 * Run one program without a shell, with what it says and how long it may take bounded.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "device_private.h"

enum {
	CHILD_IN,
	CHILD_OUT,
	CHILD_ERR,
	PIPES
};

struct child {
	pid_t pid;
	int fd[PIPES]; /* our ends; -1 when done */
	const char *in;
	size_t in_left;
	jx_buf *out;
	char *words;
	size_t words_cap, words_len;
};

static void end_child(struct child *c)
{
	int i;

	for (i = 0; i < PIPES; i++)
		jx_close_p(&c->fd[i]);
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
}

static int64_t real_mono_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int spawn_child(struct child *c, const char *const argv[], int theirs[PIPES])
{
	/* posix_spawn takes char *const * and changes nothing. */
	union {
		const char *const *in;
		char *const *out;
	} words = {.in = argv};
	posix_spawn_file_actions_t actions;
	int i, e = posix_spawn_file_actions_init(&actions);

	for (i = 0; e == 0 && i < PIPES; i++)
		e = posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
	if (e == 0)
		e = posix_spawn(&c->pid, argv[0], &actions, NULL, words.out, environ);
	if (e != 0)
		c->pid = 0;
	(void)posix_spawn_file_actions_destroy(&actions);
	return e;
}

static jx_rc start_child(struct child *c, const char *const argv[], struct jx_error *err)
{
	int theirs[PIPES] = {-1, -1, -1};
	int i, e = 0;

	for (i = 0; i < PIPES && e == 0; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) != 0) {
			e = errno;
			continue;
		}
		c->fd[i] = ends[i == CHILD_IN ? 1 : 0];
		theirs[i] = ends[i == CHILD_IN ? 0 : 1];
		(void)fcntl(c->fd[i], F_SETFL, O_NONBLOCK);
	}
	if (e == 0)
		e = spawn_child(c, argv, theirs);
	for (i = 0; i < PIPES; i++)
		jx_close_p(&theirs[i]);
	if (e != 0)
		return jx_fail(err, JX_ESTATE, e, "device.run",
			       "%s cannot be started: install it, or change the profile", argv[0]);
	return JX_OK;
}

static void close_end(struct child *c, int i)
{
	jx_close_p(&c->fd[i]);
	c->fd[i] = -1;
}

static void feed_child(struct child *c)
{
	ssize_t sent = c->in_left == 0 ? 0 : write(c->fd[CHILD_IN], c->in, c->in_left);

	if (sent > 0) {
		c->in += sent;
		c->in_left -= (size_t)sent;
	}
	if (c->in_left == 0 || (sent < 0 && errno != EAGAIN && errno != EINTR))
		close_end(c, CHILD_IN);
}

static void hear_child(struct child *c, int which)
{
	char chunk[1024];
	ssize_t got = read(c->fd[which], chunk, sizeof(chunk));

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		close_end(c, which);
	} else if (got > 0 && which == CHILD_OUT) {
		jx_buf_add(c->out, chunk, (size_t)got);
	} else if (got > 0) {
		size_t room = c->words_cap - 1 - c->words_len;
		size_t n = (size_t)got < room ? (size_t)got : room;

		memcpy(c->words + c->words_len, chunk, n);
		c->words_len += n;
	}
	jx_wipe(chunk, sizeof(chunk));
}

/* False when its time is over. */
static bool talk_to_child(struct child *c, int64_t limit_ms)
{
	int64_t end_ms = real_mono_ms() + limit_ms;

	while (c->fd[CHILD_OUT] >= 0 || c->fd[CHILD_ERR] >= 0) {
		struct pollfd p[PIPES];
		int64_t left_ms = end_ms - real_mono_ms();
		int i;

		if (left_ms <= 0)
			return false;
		for (i = 0; i < PIPES; i++)
			p[i] = (struct pollfd){.fd = c->fd[i], .events = i == CHILD_IN ? POLLOUT : POLLIN};
		if (poll(p, PIPES, (int)left_ms) <= 0)
			continue;
		if (p[CHILD_IN].revents != 0)
			feed_child(c);
		for (i = CHILD_OUT; i < PIPES; i++) {
			if (p[i].revents != 0)
				hear_child(c, i);
		}
	}
	return true;
}

/* One printable line: it goes into a message. */
static void tidy_words(struct child *c)
{
	size_t i;

	c->words[c->words_len] = '\0';
	while (c->words_len > 0 && c->words[c->words_len - 1] == '\n')
		c->words[--c->words_len] = '\0';
	for (i = 0; i < c->words_len; i++) {
		if ((unsigned char)c->words[i] < 0x20 || (unsigned char)c->words[i] > 0x7e)
			c->words[i] = ' ';
	}
}

jx_rc jx_device__run(const char *const argv[], const struct jx_bytes *in, int64_t limit_ms, jx_buf *out,
		     char *words, size_t words_cap, int *status_out, struct jx_error *err)
{
	JX_CLEANUP(end_child)
	struct child c = {.fd = {-1, -1, -1},
			  .in = in->data,
			  .in_left = in->len,
			  .out = out,
			  .words = words,
			  .words_cap = words_cap};
	jx_rc rc = start_child(&c, argv, err);
	int status = 0;
	pid_t done;

	if (rc != JX_OK)
		return rc;
	if (!talk_to_child(&c, limit_ms))
		return jx_fail(err, JX_ESTATE, ETIMEDOUT, "device.run",
			       "%s did not end within %lld s and was stopped", argv[0],
			       (long long)(limit_ms / 1000));
	/*
	 * Its outputs are closed: it ends now, or is a program that we do not know and kill in end_child.
	 */
	do {
		done = waitpid(c.pid, &status, 0);
	} while (done < 0 && errno == EINTR);
	c.pid = 0;
	tidy_words(&c);
	*status_out = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return JX_OK;
}
