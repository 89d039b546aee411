/*
 * Receiver behind gpsd: connect without blocking, read lines, connect again when gpsd goes away.
 *
 *   CLOSED --(back-off over)--> CONNECTING --(connected, WATCH sent)--> OPEN
 *     ^                              |                                    |
 *     +------ refused, 3 s ----------+------ end, error ------------------+
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gps_private.h"

#define BACKOFF_FIRST_MS 100
#define BACKOFF_LAST_MS  2000
/* A connection within one machine or one vehicle; longer means that nobody answers. */
#define CONNECT_MS 3000
/* Longest line of gpsd is 10240 bytes. */
#define LINE_MAX_BYTES 16384
/* At most so much in one go: a flood must not hold the caller beyond the time it gave. */
#define TAKE_MAX_BYTES (256 * 1024)

enum phase {
	CLOSED,
	CONNECTING,
	OPEN
};

struct gpsd_source {
	enum phase phase;
	int fd;
	struct sockaddr_storage address;
	socklen_t address_len;
	char host[64];
	uint16_t port;
	char device[128];
	int64_t since_mono_ms; /* of CONNECTING */
	int64_t retry_mono_ms; /* of CLOSED */
	int64_t backoff_ms;
	char line[LINE_MAX_BYTES];
	size_t line_len;
	bool is_line_too_long;
};

static int64_t now_mono_ms(const jx_gps *g)
{
	return g->tracker.clock->mono_ms(g->tracker.clock->user);
}

static void drop_connection(jx_gps *g)
{
	struct gpsd_source *s = g->source;

	jx_close_p(&s->fd);
	s->fd = -1;
	s->phase = CLOSED;
	s->line_len = 0;
	s->is_line_too_long = false;
	s->retry_mono_ms = now_mono_ms(g) + s->backoff_ms;
	s->backoff_ms = s->backoff_ms * 2 > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : s->backoff_ms * 2;
	g->tracker.cause = JX_GPS_NO_GPSD;
}

/* The request is shorter than any socket buffer: sent whole or not at all. */
static void begin_watch(jx_gps *g)
{
	struct gpsd_source *s = g->source;
	JX_AUTO_BUF text;
	ssize_t sent;

	jx_buf_init(&text, 1024);
	jx_buf_adds(&text, "?WATCH={\"enable\":true,\"json\":true");
	if (s->device[0] != '\0') {
		jx_buf_adds(&text, ",\"device\":");
		jx_buf_add_json(&text, s->device, strlen(s->device));
	}
	jx_buf_adds(&text, "}\n");
	sent = send(s->fd, text.data, text.len, MSG_NOSIGNAL);
	if (sent != (ssize_t)text.len) {
		drop_connection(g);
		return;
	}
	s->phase = OPEN;
	g->tracker.cause = JX_GPS_WAITING;
}

static void begin_connect(jx_gps *g)
{
	struct gpsd_source *s = g->source;
	int rc;

	s->fd = socket(s->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0) {
		drop_connection(g);
		return;
	}
	s->phase = CONNECTING;
	s->since_mono_ms = now_mono_ms(g);
	rc = connect(s->fd, (const struct sockaddr *)&s->address, s->address_len);
	if (rc == 0)
		begin_watch(g);
	else if (errno != EINPROGRESS)
		drop_connection(g);
}

static void check_connect(jx_gps *g)
{
	struct gpsd_source *s = g->source;
	struct pollfd p = {.fd = s->fd, .events = POLLOUT};
	int error = 0;
	socklen_t len = sizeof(error);

	if (poll(&p, 1, 0) <= 0) {
		if (now_mono_ms(g) - s->since_mono_ms > CONNECT_MS)
			drop_connection(g);
		return;
	}
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != 0)
		drop_connection(g);
	else
		begin_watch(g);
}

static void end_line(jx_gps *g)
{
	struct gpsd_source *s = g->source;

	if (s->line_len > 0 && s->line[s->line_len - 1] == '\r')
		s->line_len--;
	s->line[s->line_len] = '\0';
	if (s->is_line_too_long)
		g->tracker.cause = JX_GPS_BAD_DATA;
	else if (s->line_len > 0)
		jx_gps__take_line(&g->tracker, s->line, s->line_len, s->device, now_mono_ms(g));
	/* It talks: the next loss starts with a short wait again. */
	s->backoff_ms = BACKOFF_FIRST_MS;
	s->line_len = 0;
	s->is_line_too_long = false;
}

static void take_bytes(jx_gps *g, const char *bytes, size_t len)
{
	struct gpsd_source *s = g->source;
	size_t i;

	for (i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			end_line(g);
		else if (s->line_len + 1 < sizeof(s->line))
			s->line[s->line_len++] = bytes[i];
		else
			s->is_line_too_long = true;
	}
}

static void take_stream(jx_gps *g)
{
	struct gpsd_source *s = g->source;
	char bytes[4096];
	size_t taken = 0;

	while (taken < TAKE_MAX_BYTES) {
		ssize_t got = recv(s->fd, bytes, sizeof(bytes), 0);

		if (got > 0) {
			taken += (size_t)got;
			take_bytes(g, bytes, (size_t)got);
		} else if (got < 0 && errno == EINTR) {
			continue;
		} else {
			if (got == 0 || errno != EAGAIN)
				drop_connection(g);
			return;
		}
	}
}

static void take_gpsd(jx_gps *g)
{
	struct gpsd_source *s = g->source;

	if (s->phase == CLOSED && now_mono_ms(g) >= s->retry_mono_ms)
		begin_connect(g);
	if (s->phase == CONNECTING)
		check_connect(g);
	if (s->phase == OPEN)
		take_stream(g);
}

static int64_t wait_gpsd(jx_gps *g, int64_t wait_ms)
{
	struct gpsd_source *s = g->source;
	struct pollfd p = {.fd = s->fd, .events = s->phase == OPEN ? POLLIN : POLLOUT};

	if (s->phase == CLOSED) {
		int64_t retry_ms = s->retry_mono_ms - now_mono_ms(g);

		/* At least 1 ms: a clock that stands still must not make this a busy loop. */
		if (retry_ms < 1)
			retry_ms = 1;
		return jx_gps__sleep(retry_ms < wait_ms ? retry_ms : wait_ms);
	}
	return poll(&p, 1, (int)wait_ms) == 0 ? wait_ms : 0;
}

static void close_gpsd(jx_gps *g)
{
	struct gpsd_source *s = g->source;

	jx_close_p(&s->fd);
	free(s);
}

static void explain_gpsd(jx_gps *g)
{
	const struct gpsd_source *s = g->source;

	if (g->state == JX_GPS_NO_GPSD)
		(void)snprintf(
			g->reason, sizeof(g->reason),
			_("gpsd does not answer at %s port %u: start it (systemctl start gpsd.socket)"),
			s->host, (unsigned int)s->port);
	else
		(void)snprintf(g->reason, sizeof(g->reason), "%s",
			       _("gpsd has no receiver: plug it in, or name it in /etc/default/gpsd"));
}

static const struct jx_gps__ops gpsd_ops = {
	.take = take_gpsd,
	.wait = wait_gpsd,
	.close = close_gpsd,
	.explain = explain_gpsd,
};

/* Addresses only: a name server that does not answer would hold a save for seconds. */
static bool resolve_host(struct gpsd_source *s)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	char port[8];

	(void)snprintf(port, sizeof(port), "%u", (unsigned int)s->port);
	if (getaddrinfo(strcmp(s->host, "localhost") == 0 ? "127.0.0.1" : s->host, port, &hints, &found) != 0)
		return false;
	memcpy(&s->address, found->ai_addr, found->ai_addrlen);
	s->address_len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

static jx_rc fill_source(struct gpsd_source *s, const char *host, const char *device, struct jx_error *err)
{
	if (host == NULL)
		host = "localhost";
	if (strlen(host) >= sizeof(s->host))
		return jx_fail(err, JX_EINVAL, 0, "gps.gpsd", "gps host: longer than %zu bytes",
			       sizeof(s->host) - 1);
	jx_strcpy(s->host, sizeof(s->host), host);
	if (device == NULL)
		device = "";
	if (strlen(device) >= sizeof(s->device) || !jx_utf8_ok(device, strlen(device)))
		return jx_fail(err, JX_EINVAL, 0, "gps.gpsd",
			       "gps device: must be text of at most %zu bytes, such as /dev/gps0",
			       sizeof(s->device) - 1);
	jx_strcpy(s->device, sizeof(s->device), device);
	if (!resolve_host(s))
		return jx_fail(err, JX_EINVAL, 0, "gps.gpsd",
			       "gps host \"%s\": use localhost or a numeric address such as 127.0.0.1",
			       s->host);
	return JX_OK;
}

jx_rc jx_gps_open_gpsd(const char *host, uint16_t port, const char *device, const struct jx_clock *clock,
		       int64_t stale_after_ms, jx_gps **gps_out, struct jx_error *err)
{
	JX_AUTO_FREE struct gpsd_source *s = jx_xcalloc(1, sizeof(*s));
	jx_gps *g;
	jx_rc rc;

	rc = jx_gps__check_stale_after(&stale_after_ms, err);
	if (rc != JX_OK)
		return rc;
	s->fd = -1;
	s->port = port == 0 ? JX_GPS_PORT_DEFAULT : port;
	s->backoff_ms = BACKOFF_FIRST_MS;
	rc = fill_source(s, host, device, err);
	if (rc != JX_OK)
		return rc;
	g = jx_xcalloc(1, sizeof(*g));
	g->ops = &gpsd_ops;
	g->state = JX_GPS_WAITING;
	jx_gps__tracker_init(&g->tracker, clock, stale_after_ms);
	s->retry_mono_ms = clock->mono_ms(clock->user);
	g->source = JX_STEAL(s);
	*gps_out = g;
	return JX_OK;
}
