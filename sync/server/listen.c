/*
 * The listening socket is made here and not by the library: so that what goes wrong has a message with a
 * cure.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jiexun/server.h"

#define BACKLOG 256

static bool split_address(const char *address, char host[256], char port[8])
{
	const char *colon = strrchr(address, ':');
	size_t len;
	int64_t number;

	if (colon == NULL || !jx_parse_i64(colon + 1, 0, 65535, &number))
		return false;
	len = (size_t)(colon - address);
	if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
	} else if (memchr(address, ':', len) != NULL) {
		return false; /* IPv6 without brackets */
	}
	if (len == 0 || len >= 256)
		return false;
	memcpy(host, address, len);
	host[len] = '\0';
	jx_strcpy(port, 8, colon + 1);
	return true;
}

static jx_rc fail_socket(int e, const char *address, struct jx_error *err)
{
	if (e == EADDRINUSE)
		return jx_fail(
			err, JX_EBUSY, e, "server.listen",
			"another program listens on %s already; stop it or choose another port with --listen",
			address);
	if (e == EACCES || e == EPERM)
		return jx_fail(
			err, JX_EROFS, e, "server.listen",
			"not allowed to listen on %s; ports below 1024 need CAP_NET_BIND_SERVICE, choose another with --listen",
			address);
	return jx_fail(err, JX_ENET, e, "server.listen",
		       "cannot listen on %s: %s; choose another address with --listen", address, strerror(e));
}

static int port_of(int fd)
{
	struct sockaddr_storage a;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	socklen_t len = sizeof(a);

	memset(&a, 0, sizeof(a));
	if (getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return 0;
	memcpy(&in, &a, sizeof(in));
	memcpy(&in6, &a, sizeof(in6));
	return ntohs(a.ss_family == AF_INET6 ? in6.sin6_port : in.sin_port);
}

jx_rc jx_server_listen(const char *address, int *fd_out, int *port_out, struct jx_error *err)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
				 .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	char host[256], port[8];
	int fd JX_CLEANUP(jx_close_p) = -1;
	int on = 1, unfinished_max = BACKLOG, e = 0;

	if (!split_address(address, host, port) || getaddrinfo(host, port, &hints, &found) != 0)
		return jx_fail(err, JX_EINVAL, 0, "server.listen",
			       "listen address '%s' is not ADDRESS:PORT, such as 0.0.0.0:8443 or [::]:8443",
			       address);
	fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
	/*
	 * TCP_NODELAY is inherited: answers are written in one go, and Nagle would hold their last piece for
	 * 40 ms.
	 */
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
		e = errno;
	/* A ClientHello in the SYN is taken where net.ipv4.tcp_fastopen has the bit 2; elsewhere, and with other clients, nothing changes. */
	if (e == 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &unfinished_max, sizeof(unfinished_max));
	freeaddrinfo(found);
	if (e != 0)
		return fail_socket(e, address, err);
	*port_out = port_of(fd);
	*fd_out = fd;
	fd = -1;
	return JX_OK;
}
