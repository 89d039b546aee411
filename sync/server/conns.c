#include "conns.h"

#include <errno.h>
#include <linux/tcp.h> /* struct tcp_info with bytes_acked: the C library's own stops short of it */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct jx_server__conn {
	jx_server__conn *prev, *next;
	int fd;
	uint8_t key[JX_SERVER__ADDR_BYTES];
	jx_server_tls *tls;
	enum jx_server__phase phase;
	int64_t since_mono_ms; /* of the phase, or of the rate window in it */
	int64_t window_bytes;  /* BODY: received in this window; SEND: acked_bytes at its beginning */
	bool is_signed_in;
	bool is_cut;
};

struct jx_server__conns {
	pthread_mutex_t lock;
	pthread_cond_t gone;
	struct jx_server_limits limits;
	const struct jx_server__socket_ops *ops;
	jx_server__conn *head; /* a few hundred at most: walked, not indexed */
	size_t count;
	bool is_draining;
};

/* A peer that does not read would keep megabytes queued in the kernel for minutes after we have closed. */
static void cut_socket(int fd, bool forget)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	if (forget)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	(void)shutdown(fd, SHUT_RDWR);
}

static int64_t acked_of_socket(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
	    len < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof(info.tcpi_bytes_acked))
		return -1;
	return (int64_t)info.tcpi_bytes_acked;
}

const struct jx_server__socket_ops jx_server__socket_ops_os = {cut_socket, acked_of_socket};

void jx_server__addr_key(const struct sockaddr *addr, uint8_t key_out[JX_SERVER__ADDR_BYTES])
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	memset(key_out, 0, JX_SERVER__ADDR_BYTES);
	if (addr == NULL)
		return;
	if (addr->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, addr, sizeof(in));
		memcpy(key_out, mapped, sizeof(mapped));
		memcpy(key_out + sizeof(mapped), &in.sin_addr, 4);
	} else if (addr->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, addr, sizeof(in6));
		memcpy(key_out, &in6.sin6_addr, memcmp(&in6.sin6_addr, mapped, sizeof(mapped)) == 0 ? 16 : 8);
	}
}

jx_server__conns *jx_server__conns_new(const struct jx_server_limits *limits,
				       const struct jx_server__socket_ops *ops)
{
	jx_server__conns *c = jx_xcalloc(1, sizeof(*c));
	pthread_condattr_t attr;

	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&c->gone, &attr);
	(void)pthread_condattr_destroy(&attr);
	c->limits = *limits;
	c->ops = ops;
	return c;
}

void jx_server__conns_free(jx_server__conns *c)
{
	if (c == NULL)
		return;
	while (c->head != NULL)
		jx_server__conns_remove(c, c->head);
	(void)pthread_cond_destroy(&c->gone);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

bool jx_server__conns_may_accept(jx_server__conns *c, const uint8_t key[JX_SERVER__ADDR_BYTES])
{
	int64_t same = 0;
	bool may;

	(void)pthread_mutex_lock(&c->lock);
	for (const jx_server__conn *at = c->head; at != NULL; at = at->next) {
		if (!at->is_signed_in && memcmp(at->key, key, JX_SERVER__ADDR_BYTES) == 0)
			same++;
	}
	may = !c->is_draining &&
	      (c->limits.connections_per_address == 0 || same < c->limits.connections_per_address);
	(void)pthread_mutex_unlock(&c->lock);
	return may;
}

jx_server__conn *jx_server__conns_add(jx_server__conns *c, int fd, const uint8_t key[JX_SERVER__ADDR_BYTES],
				      jx_server_tls *tls, int64_t now_mono_ms)
{
	jx_server__conn *conn = jx_xcalloc(1, sizeof(*conn));

	conn->fd = fd;
	memcpy(conn->key, key, sizeof(conn->key));
	conn->tls = jx_server_tls_ref(tls);
	conn->phase = JX_SERVER__HEADERS;
	conn->since_mono_ms = now_mono_ms;
	(void)pthread_mutex_lock(&c->lock);
	conn->next = c->head;
	if (c->head != NULL)
		c->head->prev = conn;
	c->head = conn;
	c->count++;
	(void)pthread_mutex_unlock(&c->lock);
	return conn;
}

void jx_server__conns_remove(jx_server__conns *c, jx_server__conn *conn)
{
	if (conn == NULL)
		return;
	(void)pthread_mutex_lock(&c->lock);
	if (conn->prev != NULL)
		conn->prev->next = conn->next;
	else
		c->head = conn->next;
	if (conn->next != NULL)
		conn->next->prev = conn->prev;
	c->count--;
	(void)pthread_cond_broadcast(&c->gone);
	(void)pthread_mutex_unlock(&c->lock);
	jx_server_tls_free(conn->tls);
	free(conn);
}

static void cut(jx_server__conns *c, jx_server__conn *conn)
{
	if (!conn->is_cut) {
		conn->is_cut = true;
		c->ops->cut(conn->fd, conn->phase == JX_SERVER__SEND);
	}
}

void jx_server__conns_phase(jx_server__conns *c, jx_server__conn *conn, enum jx_server__phase phase,
			    int64_t now_mono_ms)
{
	(void)pthread_mutex_lock(&c->lock);
	conn->phase = phase;
	conn->since_mono_ms = now_mono_ms;
	conn->window_bytes = phase == JX_SERVER__SEND ? c->ops->acked_bytes(conn->fd) : 0;
	if (phase == JX_SERVER__IDLE && c->is_draining)
		cut(c, conn);
	(void)pthread_mutex_unlock(&c->lock);
}

void jx_server__conns_got(jx_server__conns *c, jx_server__conn *conn, size_t bytes)
{
	(void)pthread_mutex_lock(&c->lock);
	conn->window_bytes += (int64_t)bytes;
	(void)pthread_mutex_unlock(&c->lock);
}

void jx_server__conns_signed_in(jx_server__conns *c, jx_server__conn *conn)
{
	(void)pthread_mutex_lock(&c->lock);
	conn->is_signed_in = true;
	(void)pthread_mutex_unlock(&c->lock);
}

/*
 * Windows instead of one average: after a fast beginning an average would forgive a stall of hours. At the
 * end of each window the next one begins.
 */
static bool is_too_slow(const jx_server__conns *c, jx_server__conn *conn, int64_t now_mono_ms)
{
	int64_t past_ms = now_mono_ms - conn->since_mono_ms;
	int64_t total, moved;

	if (past_ms < c->limits.rate_window_ms)
		return false;
	total = conn->window_bytes;
	moved = total;
	if (conn->phase == JX_SERVER__SEND) {
		total = c->ops->acked_bytes(conn->fd);
		if (total < 0 || conn->window_bytes < 0)
			moved = INT64_MAX /
				1000; /* a kernel that does not tell: libmicrohttpd's idle limit remains */
		else
			moved = total - conn->window_bytes;
	}
	if (moved * 1000 < c->limits.rate_bytes_s * past_ms)
		return true;
	conn->since_mono_ms = now_mono_ms;
	conn->window_bytes = conn->phase == JX_SERVER__SEND ? total : 0;
	return false;
}

static bool is_over(const jx_server__conns *c, jx_server__conn *conn, int64_t now_mono_ms)
{
	switch (conn->phase) {
	case JX_SERVER__HEADERS:
		return now_mono_ms - conn->since_mono_ms >= c->limits.header_ms;
	case JX_SERVER__IDLE:
		return now_mono_ms - conn->since_mono_ms >= c->limits.idle_ms;
	case JX_SERVER__BODY:
	case JX_SERVER__SEND:
		return is_too_slow(c, conn, now_mono_ms);
	case JX_SERVER__WORK:
		break;
	}
	return false;
}

size_t jx_server__conns_sweep(jx_server__conns *c, int64_t now_mono_ms)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&c->lock);
	for (jx_server__conn *at = c->head; at != NULL; at = at->next) {
		if (!at->is_cut && is_over(c, at, now_mono_ms)) {
			cut(c, at);
			n++;
		}
	}
	(void)pthread_mutex_unlock(&c->lock);
	return n;
}

void jx_server__conns_drain(jx_server__conns *c)
{
	(void)pthread_mutex_lock(&c->lock);
	c->is_draining = true;
	for (jx_server__conn *at = c->head; at != NULL; at = at->next) {
		/* no request has arrived whole, so nothing has been done that the client does not know */
		if (at->phase == JX_SERVER__IDLE || at->phase == JX_SERVER__HEADERS)
			cut(c, at);
	}
	(void)pthread_mutex_unlock(&c->lock);
}

size_t jx_server__conns_wait(jx_server__conns *c, int64_t wait_ms)
{
	struct timespec until;
	size_t left;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(wait_ms / 1000);
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_mutex_lock(&c->lock);
	while (c->count > 0 && pthread_cond_timedwait(&c->gone, &c->lock, &until) != ETIMEDOUT)
		;
	left = c->count;
	(void)pthread_mutex_unlock(&c->lock);
	return left;
}

const uint8_t *jx_server__conn_addr(const jx_server__conn *conn)
{
	return conn->key;
}

jx_server_tls *jx_server__conn_tls(const jx_server__conn *conn)
{
	return conn->tls;
}
