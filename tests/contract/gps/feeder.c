#include "feeder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

bool feeder_open(struct feeder *f, uint16_t port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int on = 1;

	f->client_fd = -1;
	f->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (f->listen_fd < 0)
		return false;
	(void)setsockopt(f->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(f->listen_fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(f->listen_fd, 4) != 0 ||
	    getsockname(f->listen_fd, (struct sockaddr *)&a, &len) != 0) {
		close_fd(&f->listen_fd);
		return false;
	}
	f->port = ntohs(a.sin_port);
	return true;
}

static bool wait_readable(int fd, int limit_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, limit_ms) > 0;
}

bool feeder_accept(struct feeder *f, int limit_ms)
{
	int fd = wait_readable(f->listen_fd, limit_ms) ? accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC) : -1;

	if (fd < 0)
		return false;
	close_fd(&f->client_fd);
	f->client_fd = fd;
	return true;
}

bool feeder_say(struct feeder *f, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(f->client_fd, bytes, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

size_t feeder_hear(struct feeder *f, char *out, size_t cap, int limit_ms)
{
	ssize_t got = wait_readable(f->client_fd, limit_ms) ? recv(f->client_fd, out, cap - 1, 0) : 0;

	out[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

void feeder_hang_up(struct feeder *f)
{
	close_fd(&f->client_fd);
}

void feeder_close(struct feeder *f)
{
	close_fd(&f->client_fd);
	close_fd(&f->listen_fd);
}

uint16_t feeder_free_port(void)
{
	struct feeder f;
	uint16_t port = 0;

	if (feeder_open(&f, 0))
		port = f.port;
	feeder_close(&f);
	return port;
}
