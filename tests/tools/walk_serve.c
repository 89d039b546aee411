/*
 * A receiver on TCP, for gpsd's tcp:// source: each client hears the same walk from now on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "walk.h"

#define CLIENTS_MAX 8

struct server {
	struct pollfd fds[1 + CLIENTS_MAX]; /* [0] listens; fd -1 is a free place */
};

static bool begin_listening(struct server *s, uint16_t port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int on = 1, i;

	for (i = 0; i <= CLIENTS_MAX; i++)
		s->fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	s->fds[0].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void)setsockopt(s->fds[0].fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (s->fds[0].fd < 0 || bind(s->fds[0].fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(s->fds[0].fd, CLIENTS_MAX) != 0 ||
	    getsockname(s->fds[0].fd, (struct sockaddr *)&a, &len) != 0) {
		(void)fprintf(stderr, "jx-walk: cannot listen on 127.0.0.1 port %u: %s\n", (unsigned int)port,
			      strerror(errno));
		return false;
	}
	(void)printf("port %u\n", (unsigned int)ntohs(a.sin_port));
	return fflush(stdout) == 0;
}

static void accept_client(struct server *s)
{
	int fd = accept4(s->fds[0].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int i;

	for (i = 1; fd >= 0 && i <= CLIENTS_MAX; i++) {
		if (s->fds[i].fd < 0) {
			s->fds[i].fd = fd;
			return;
		}
	}
	jx_close_p(&fd);
}

static void drop_client(struct server *s, int i)
{
	jx_close_p(&s->fds[i].fd);
	s->fds[i].fd = -1;
}

/* What clients say (gpsd probes its receivers) is read and forgotten. */
static void hear_clients(struct server *s)
{
	char bytes[512];
	int i;

	for (i = 1; i <= CLIENTS_MAX; i++) {
		if (s->fds[i].fd >= 0 && s->fds[i].revents != 0 &&
		    recv(s->fds[i].fd, bytes, sizeof(bytes), MSG_DONTWAIT) == 0)
			drop_client(s, i);
	}
	if (s->fds[0].revents != 0)
		accept_client(s);
}

static void tell_clients(struct server *s, const jx_buf *text)
{
	int i;

	for (i = 1; i <= CLIENTS_MAX; i++) {
		if (s->fds[i].fd >= 0 && send(s->fds[i].fd, text->data, text->len,
					      MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)text->len)
			drop_client(s, i);
	}
}

/* Epochs are whole multiples of the period in UTC, as receivers align theirs. */
static void wait_until(struct server *s, int64_t utc_ms)
{
	const struct jx_clock *clock = jx_os_clock();
	int64_t left_ms;

	while ((left_ms = utc_ms - clock->utc_ms(clock->user)) > 0) {
		/* The clock may be set back: never sleep longer than a second on its word. */
		if (poll(s->fds, 1 + CLIENTS_MAX, (int)(left_ms > 1000 ? 1000 : left_ms)) > 0)
			hear_clients(s);
	}
}

int walk_serve(struct walker *w, uint16_t port, int hz)
{
	const struct jx_clock *clock = jx_os_clock();
	int64_t period_ms = 1000 / hz;
	int64_t start_ms = (clock->utc_ms(clock->user) / period_ms + 1) * period_ms;
	struct server s;
	JX_AUTO_BUF text;
	int64_t k;

	jx_buf_init(&text, 16384);
	if (!begin_listening(&s, port))
		return 71;
	for (k = 0;; k++) {
		struct nmea_epoch e;

		wait_until(&s, start_ms + k * period_ms);
		walk_step(w, (double)(k * period_ms) / 1000, (double)period_ms / 1000,
			  start_ms + k * period_ms, &e);
		jx_buf_reset(&text);
		nmea_add_epoch(&text, &e);
		tell_clients(&s, &text);
	}
}
