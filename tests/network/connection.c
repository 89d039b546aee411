/* One connection through the proxy: two ways, each a small buffer, and what happens to them. */
#include "proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES  16384
#define TRICKLE_BYTES 64
/* A TLS handshake takes at most so much up here; what comes later is requests, and their answers are worth eating. */
#define HANDSHAKE_UP_BYTES 900
/* Of an eaten answer: a moment of silence, and the line is cut. */
#define EAT_MS 30
/* A bit in the length of a record makes both sides wait for bytes that nobody sends: a line as bad as that breaks, too. */
#define FLIP_IDLE_MS 300
#define IDLE_MS      30000
/*
 * What is on its way to the server at most, and is lost when the line is reset: the kernel would queue megabytes here, as no radio does.
 * (It doubles the number.)
 */
#define LINE_BYTES 16384

enum ending {
	GOES_ON,
	ENDS_BY_RST,
	ENDS_BY_FIN
};

struct way {
	int from, to;
	bool is_up, is_at_end, is_shut;
	size_t at, len;
	int64_t passed_bytes;
	char data[BUFFER_BYTES];
};

struct connection {
	int poll_fd;
	struct port *port;
	struct plan plan;
	struct way up, down;
	bool is_struck, swallows_up, swallows_down, is_awake, is_broken;
	enum ending ending; /* once what is buffered has gone out */
	int64_t deadline_ms, idle_ms;
	uint32_t watched[2];
};

static void strike(struct connection *c)
{
	if (!c->is_struck)
		c->port->struck[c->plan.fault]++;
	c->is_struck = true;
	c->port->is_spent = true;
}

static void cut(struct connection *c, struct way *w, int64_t room, enum ending how)
{
	strike(c);
	w->len = w->at + (size_t)(room > 0 ? room : 0);
	c->ending = how;
}

static void swallow(struct connection *c, struct way *w, int64_t room, int64_t now_ms)
{
	strike(c);
	w->len = w->at + (size_t)(room > 0 ? room : 0);
	c->swallows_up = c->swallows_down = true;
	c->down.len = c->down.at;
	c->deadline_ms = now_ms + c->plan.quiet_ms;
}

static void eat(struct connection *c, int64_t now_ms)
{
	if (!c->is_struck)
		c->deadline_ms = now_ms + EAT_MS;
	strike(c);
	c->swallows_down = true;
	c->down.len = c->down.at;
}

static void flip(struct connection *c, struct way *w, int64_t room)
{
	strike(c);
	w->data[w->at + (size_t)room] ^= (char)(1 << (c->plan.after_bytes & 7));
	c->idle_ms = FLIP_IDLE_MS;
}

/* What came in is in the buffer, and may yet come to harm there. */
static void misbehave(struct connection *c, struct way *w, int64_t now_ms)
{
	const int64_t len = (int64_t)(w->len - w->at), room = c->plan.after_bytes - w->passed_bytes;

	if (c->port->is_once && c->port->is_spent && !c->is_struck)
		return;
	switch (c->plan.fault) {
	case FAULT_RST_UP:
	case FAULT_FIN_UP:
		if (w->is_up && len > room)
			cut(c, w, room, c->plan.fault == FAULT_RST_UP ? ENDS_BY_RST : ENDS_BY_FIN);
		break;
	case FAULT_RST_DOWN:
		if (!w->is_up && len > room)
			cut(c, w, room, ENDS_BY_RST);
		break;
	case FAULT_HOLE:
		if (w->is_up && len > room)
			swallow(c, w, room, now_ms);
		break;
	case FAULT_EAT:
		if (!w->is_up && c->up.passed_bytes > HANDSHAKE_UP_BYTES &&
		    c->up.passed_bytes > c->plan.after_bytes)
			eat(c, now_ms);
		break;
	case FAULT_FLIP:
		if (w->is_up != c->plan.flips_down && room >= 0 && room < len)
			flip(c, w, room);
		break;
	case FAULT_TRICKLE:
		if (w->passed_bytes > 0)
			strike(c);
		break;
	case FAULT_PASS:
	case FAULTS:
		break;
	}
}

/*
 * The server has hung up, but its word falls into the hole like all else: the client hears nothing until it gives up itself or the
 * hole ends. A socket that is done would wake us for ever.
 */
static int end_in_hole(struct connection *c, struct way *w)
{
	w->is_at_end = w->is_shut = true;
	(void)epoll_ctl(c->poll_fd, EPOLL_CTL_DEL, w->from, NULL);
	return 1;
}

/* 1: went on, 0: nothing to do now, -1: the connection is over. */
static int fill(struct connection *c, struct way *w, int64_t now_ms)
{
	const size_t most = c->plan.fault == FAULT_TRICKLE ? TRICKLE_BYTES : BUFFER_BYTES;
	const ssize_t got = recv(w->from, w->data, most, 0);
	const bool is_blocked = got < 0 && (errno == EAGAIN || errno == EINTR);

	if (got <= 0 && !is_blocked && c->plan.fault == FAULT_HOLE && c->swallows_down && !w->is_up)
		return end_in_hole(c, w);
	if (got < 0)
		return is_blocked ? 0 : -1;
	c->deadline_ms = c->swallows_down ? c->deadline_ms : now_ms + c->idle_ms;
	w->at = 0;
	w->len = (size_t)got;
	if (got == 0) {
		w->is_at_end = true;
		return c->swallows_down ? -1 : 1;
	}
	*(w->is_up ? &c->port->up_bytes : &c->port->down_bytes) += got;
	if (w->is_up ? c->swallows_up : c->swallows_down)
		w->len = 0;
	else
		misbehave(c, w, now_ms);
	w->passed_bytes += got;
	return 1;
}

static int drain(struct way *w)
{
	const ssize_t put = send(w->to, w->data + w->at, w->len - w->at, MSG_NOSIGNAL);

	if (put < 0)
		return errno == EAGAIN || errno == EINTR || errno == ENOTCONN ? 0 : -1;
	w->at += (size_t)put;
	return 1;
}

static int carry(struct connection *c, struct way *w, int64_t now_ms)
{
	if (w->at < w->len)
		return drain(w);
	if (c->ending != GOES_ON)
		return -1;
	if (!w->is_at_end)
		return fill(c, w, now_ms);
	if (!w->is_shut) {
		w->is_shut = true;
		return shutdown(w->to, SHUT_WR) == 0 || errno == ENOTCONN ? 1 : -1;
	}
	return 0;
}

static void watch(struct connection *c, struct way *reads, struct way *writes, size_t side)
{
	uint32_t wanted = (reads->at == reads->len && !reads->is_at_end ? (uint32_t)EPOLLIN : 0) |
			  (writes->at < writes->len ? (uint32_t)EPOLLOUT : 0);
	struct epoll_event event = {.events = wanted, .data.ptr = c};

	if (wanted != c->watched[side])
		(void)epoll_ctl(c->poll_fd, EPOLL_CTL_MOD, reads->from, &event);
	c->watched[side] = wanted;
}

static void close_socket(int fd, bool with_reset)
{
	const struct linger at_once = {.l_onoff = 1};

	if (with_reset)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	(void)close(fd);
}

void connection_free(struct connection *c)
{
	const bool is_done = c->up.is_shut && c->down.is_shut && c->ending == GOES_ON;

	close_socket(c->up.from, !is_done && c->ending != ENDS_BY_FIN);
	close_socket(c->down.from, !is_done && c->ending != ENDS_BY_FIN);
	free(c);
}

void connection_wake(struct connection *c, bool is_broken)
{
	c->is_awake = true;
	c->is_broken = c->is_broken || is_broken;
}

bool connection_run(struct connection *c, int64_t now_ms)
{
	int up = c->is_awake, down = c->is_awake;

	c->is_awake = false;
	while (up > 0 || down > 0) {
		up = carry(c, &c->up, now_ms);
		down = up < 0 ? -1 : carry(c, &c->down, now_ms);
		if (up < 0 || down < 0 || (c->up.is_shut && c->down.is_shut)) {
			connection_free(c);
			return false;
		}
	}
	/* broken: what was on the way has been read by now */
	if (now_ms >= c->deadline_ms ||
	    (c->is_broken && !(c->down.is_at_end && c->plan.fault == FAULT_HOLE))) {
		connection_free(c);
		return false;
	}
	watch(c, &c->up, &c->down, 0);
	watch(c, &c->down, &c->up, 1);
	return true;
}

void connection_cut(struct connection *c)
{
	c->deadline_ms = 0;
}

int64_t connection_deadline_ms(const struct connection *c)
{
	return c->deadline_ms;
}

static int connect_to(uint16_t target)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(target), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* over loopback the answer is there at once, also a refusal */
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static void set_up(struct way *w, int from, int to, bool is_up)
{
	w->from = from;
	w->to = to;
	w->is_up = is_up;
}

struct connection *connection_new(int poll_fd, struct port *port, const struct plan *plan, int client,
				  uint16_t target, int64_t now_ms)
{
	struct connection *c = calloc(1, sizeof(*c));
	const int server = c != NULL ? connect_to(target) : -1;
	const int one = 1, line_bytes = LINE_BYTES;

	if (server < 0) {
		close_socket(client, true);
		free(c);
		return NULL;
	}
	c->poll_fd = poll_fd;
	c->port = port;
	c->plan = *plan;
	c->idle_ms = IDLE_MS;
	c->deadline_ms = now_ms + IDLE_MS;
	(void)setsockopt(server, SOL_SOCKET, SO_SNDBUF, &line_bytes, sizeof(line_bytes));
	set_up(&c->up, client, server, true);
	set_up(&c->down, server, client, false);
	for (size_t i = 0; i < 2; i++) {
		const int fd = i == 0 ? client : server;
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
			abort();
		c->watched[i] = EPOLLIN;
	}
	return c;
}
