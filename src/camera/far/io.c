/* Bytes over the socket pair, whole or not at all. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "link.h"

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool jx_camera__receive(int fd, void *data, size_t len, int64_t ms)
{
	const int64_t end_ms = now_ms() + ms;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char *at = data;

	while (len > 0) {
		const int64_t left_ms = ms < 0 ? -1 : end_ms - now_ms();
		ssize_t got;

		if (ms >= 0 && left_ms <= 0)
			return false;
		if (poll(&p, 1, (int)left_ms) <= 0)
			continue; /* the time is looked at again, or a signal came */
		got = recv(fd, at, len, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return false;
		if (got > 0) {
			at += got;
			len -= (size_t)got;
		}
	}
	return true;
}

bool jx_camera__receive_end(int fd, void *room, size_t cap, int64_t ms)
{
	const int64_t end_ms = now_ms() + ms;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		const int64_t left_ms = end_ms - now_ms();
		ssize_t got;

		if (poll(&p, 1, left_ms > 0 ? (int)left_ms : 0) <= 0) {
			if (left_ms <= 0)
				return false;
			continue;
		}
		got = recv(fd, room, cap, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return true;
	}
}

bool jx_camera__send(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		const ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0) {
			at += sent;
			len -= (size_t)sent;
		}
	}
	return true;
}
