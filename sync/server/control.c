#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* An honest client sends its line at once; only the owner could be slow here, and only to himself. */
#define REQUEST_WAIT_S 10
/* A minute of batches is a few MB of WAL; a checkpoint of that takes tens of milliseconds. */
#define CARE_MS 60000

struct control {
	site *d;
	jx_server_log_fn log;
	void *log_user;
	int listen_fd;
	int stop_fd;
	pthread_t thread;
};

/*
 * A socket's address holds 107 bytes and a data folder's path may be longer: the folder is opened and the
 * address goes through /proc/self/fd. dir_fd must stay open until bind or connect is done.
 */
static bool socket_address(const char *dir, int *dir_fd_out, struct sockaddr_un *out)
{
	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	*dir_fd_out = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*dir_fd_out < 0)
		return false;
	(void)snprintf(out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d/%s", *dir_fd_out,
		       SITE_CONTROL);
	return true;
}

static void wait_at_most(int fd, int seconds)
{
	struct timeval tv = {.tv_sec = seconds};

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

static bool send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* Up to and without the LF. */
static bool receive_line(int fd, jx_buf *out)
{
	char piece[4096];

	for (;;) {
		ssize_t n = recv(fd, piece, sizeof(piece), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		jx_buf_add(out, piece, (size_t)n);
		if (out->rc != JX_OK)
			return false;
		if (memchr(piece, '\n', (size_t)n) != NULL) {
			const char *end = memchr(out->data, '\n', out->len);

			out->len = (size_t)(end - out->data);
			return true;
		}
	}
}

/* ---- the server's side ---- */

static bool is_allowed(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	       (who.uid == geteuid() || who.uid == 0);
}

static void answer_one(control *c)
{
	JX_AUTO_FD int fd = accept4(c->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	JX_AUTO_BUF request;
	JX_AUTO_BUF answer;

	jx_buf_init(&request, ADMIN_REQUEST_MAX);
	jx_buf_init(&answer, ADMIN_ANSWER_MAX);
	if (fd < 0 || !is_allowed(fd))
		return;
	wait_at_most(fd, REQUEST_WAIT_S);
	if (!receive_line(fd, &request))
		return;
	admin_run(c->d, request.data, request.len, &answer);
	(void)send_all(fd, answer.data, answer.len);
}

static void take_care(control *c)
{
	struct jx_error err = {0};
	char line[512];

	if (c->d->vault->ops->checkpoint(c->d->vault, &err) == JX_OK)
		return;
	(void)snprintf(line, sizeof(line), "%s: %s", err.where, err.text);
	c->log(c->log_user, JX_SERVER_WARNING, line);
}

static void *run(void *arg)
{
	control *c = arg;
	struct pollfd fds[2] = {{.fd = c->stop_fd, .events = POLLIN}, {.fd = c->listen_fd, .events = POLLIN}};
	const struct jx_clock *clock = jx_os_clock();
	int64_t cared_mono_ms = clock->mono_ms(clock->user);

	for (;;) {
		int64_t now;

		if (poll(fds, 2, CARE_MS) < 0 && errno != EINTR)
			return NULL;
		if ((fds[0].revents & POLLIN) != 0)
			return NULL;
		if ((fds[1].revents & POLLIN) != 0)
			answer_one(c);
		now = clock->mono_ms(clock->user);
		if (now - cared_mono_ms >= CARE_MS) {
			take_care(c);
			cared_mono_ms = now;
		}
	}
}

/* The vault's lock is ours by now, so a socket that lies there belongs to nobody who lives. */
static int open_socket(const char *dir)
{
	struct sockaddr_un address;
	JX_AUTO_FD int dir_fd = -1;
	JX_AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int made;

	if (fd < 0 || !socket_address(dir, &dir_fd, &address))
		return -1;
	(void)unlinkat(dir_fd, SITE_CONTROL, 0);
	/* umask 0077 of jx_os_start makes it 0600 */
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 16) != 0)
		return -1;
	made = fd;
	fd = -1;
	return made;
}

jx_rc control_start(site *d, jx_server_log_fn log, void *log_user, control **control_out,
		    struct jx_error *err)
{
	control *c = jx_xcalloc(1, sizeof(*c));
	int e;

	c->d = d;
	c->log = log;
	c->log_user = log_user;
	c->listen_fd = open_socket(d->dir);
	e = errno;
	c->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (c->listen_fd < 0 || c->stop_fd < 0 || (e = pthread_create(&c->thread, NULL, run, c)) != 0) {
		jx_close_p(&c->listen_fd);
		jx_close_p(&c->stop_fd);
		free(c);
		return jx_fail(err, jx_rc_from_errno(e), e, "server.control",
			       "cannot open %s/%s: %s; check the folder", d->dir, SITE_CONTROL, strerror(e));
	}
	*control_out = c;
	return JX_OK;
}

void control_stop(control *c)
{
	uint64_t one = 1;
	char path[4096];

	if (c == NULL)
		return;
	while (write(c->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	(void)pthread_join(c->thread, NULL);
	site_path(c->d->dir, SITE_CONTROL, path, sizeof(path));
	(void)unlink(path);
	(void)close(c->listen_fd);
	(void)close(c->stop_fd);
	free(c);
}

/* ---- the command's side ---- */

jx_rc control_ask(const char *dir, const char *request, size_t len, jx_buf *answer, struct jx_error *err)
{
	struct sockaddr_un address;
	JX_AUTO_FD int dir_fd = -1;
	JX_AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || !socket_address(dir, &dir_fd, &address) ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		int e = errno;

		if (e == ENOENT || e == ECONNREFUSED || e == ENOTDIR)
			return jx_fail(err, JX_ENOTFOUND, e, "server.control",
				       "no server runs on %s; start it with jiexund serve", dir);
		return jx_fail(err, jx_rc_from_errno(e), e, "server.control",
			       "cannot ask the server of %s: %s; run this as its user", dir, strerror(e));
	}
	if (!send_all(fd, request, len) || !receive_line(fd, answer))
		return jx_fail(err, JX_ENET, errno, "server.control",
			       "the server of %s ended before it answered; look at its log, then "
			       "try again",
			       dir);
	return JX_OK;
}
