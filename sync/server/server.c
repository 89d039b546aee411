/*
 * The library's daemon: how it is started, what it tells us about connections, how it ends.
 *
 * One thread per connection. Requests block: an upload ends with fsync, a batch waits for the vault's one
 * writer. In a pool of epoll threads each such wait holds up the handshakes and bodies of every other
 * connection of that thread; a thread of its own waits for itself alone. Measured on 2 cores with 24 devices
 * sending 400 entries and 6 photos of 250 kB each, against a pool of 8: same time and memory, but a new
 * connection was answered within 76 to 190 ms at worst instead of 180 to 540. A connection costs about 80 kB,
 * most of it TLS; 32 busy ones 20 MB in all.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "request.h"
#include "tls.h"

/*
 * Scanned clean by testssl 3.0.8. GnuTLS's NORMAL would still offer TLS 1.0, 1.1 and CBC on Debian 12.
 */
#define PRIORITIES                                                                                         \
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+ECDHE-ECDSA:+ECDHE-RSA:+AES-256-GCM:+AES-128-GCM:"                \
	"+CHACHA20-POLY1305:+AEAD:+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1:+GROUP-X25519:" \
	"+GROUP-SECP256R1:+COMP-NULL:%SERVER_PRECEDENCE"
/*
 * Of one connection: all headers of a request, its answer's headers, and the piece of a body that is handled
 * at a time. Half of it is for reading, less the headers: with 32 KiB a TLS record of 16 KiB came in two pieces, each
 * with a poll, a write and two looks at the clock of its own.
 */
#define MEMORY ((size_t)40 * 1024)
/*
 * Virtual; what is touched is a tenth of it. Debian's default of 8 MiB would meet address-space limits at a
 * few hundred connections.
 */
#define STACK ((size_t)1024 * 1024)
/*
 * Session tickets stay off: TLS 1.3 would send some hundred bytes of them after every handshake, and a device
 * makes one connection per sync.
 */

const struct jx_server_limits jx_server_limits_default = {
	.connections = 512,
	.connections_per_address = 30,
	.enrol_per_minute = 10,
	.header_ms = 10000,
	/*
	 * longer than nginx keeps a connection to its upstream (60 s), or its next request meets a closed one
	 */
	.idle_ms = 75000,
	.rate_window_ms = 30000,
	.rate_bytes_s = 256,
	.photo_bytes = 32 * 1024 * 1024,
	.part_keep_ms = INT64_C(7) * 24 * 3600 * 1000,
	.batches = 4,
};

void jx_server__log(const jx_server *server, enum jx_server_level level, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (server->config.log == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	server->config.log(server->config.log_user, level, line);
}

/* ---- what the library tells ---- */

static enum MHD_Result on_accept(void *cls, const struct sockaddr *addr, socklen_t len)
{
	jx_server *server = cls;
	uint8_t key[JX_SERVER__ADDR_BYTES];

	(void)len;
	jx_server__addr_key(addr, key);
	if (jx_server__conns_may_accept(server->conns, key))
		return MHD_YES;
	jx_server__log(server, JX_SERVER_DEBUG, _("connection refused: too many from one address"));
	return MHD_NO;
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	jx_server *server = cls;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *fd = MHD_get_connection_info(
			mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
		const union MHD_ConnectionInfo *addr = MHD_get_connection_info(
			mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
		uint8_t key[JX_SERVER__ADDR_BYTES];

		if (fd != NULL)
			jx_server__bound_window(fd->connect_fd);
		jx_server__addr_key(addr == NULL ? NULL : addr->client_addr, key);
		(void)pthread_mutex_lock(&server->tls_lock);
		*context = jx_server__conns_add(server->conns, fd == NULL ? -1 : fd->connect_fd, key,
						server->tls, jx_server__now(server));
		(void)pthread_mutex_unlock(&server->tls_lock);
	} else {
		jx_server__conns_remove(server->conns, *context);
		*context = NULL;
	}
}

/* In the middle of a handshake: the connection holds its reference, so what we hand out lives long enough. */
static int on_certificate(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
			  const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
			  gnutls_pcert_st **chain_out, unsigned *count_out, gnutls_privkey_t *key_out)
{
	struct MHD_Connection *mhd = gnutls_session_get_ptr(session);
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd,
								       MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	(void)authorities;
	(void)authority_count;
	(void)algorithms;
	(void)algorithm_count;
	if (info == NULL || info->socket_context == NULL)
		return -1;
	jx_server__tls_give(jx_server__conn_tls(info->socket_context), chain_out, count_out, key_out);
	return 0;
}

static void on_library_log(void *cls, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_library_log(void *cls, const char *fmt, va_list ap)
{
	char line[256];

	(void)vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	jx_server__log(cls, JX_SERVER_DEBUG, "libmicrohttpd: %s", line);
}

/* ---- start and stop ---- */

static struct MHD_Daemon *start_daemon(jx_server *s)
{
	const struct jx_server_limits *l = &s->config.limits;
	/*
	 * Ours come first; the library's own is for kernels that do not tell how much of an answer has
	 * arrived.
	 */
	int64_t slowest_ms = l->idle_ms > l->rate_window_ms ? l->idle_ms : l->rate_window_ms;
	struct MHD_OptionItem options[] = {
		{MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
		{MHD_OPTION_CONNECTION_LIMIT, (intptr_t)l->connections, NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)MEMORY, NULL},
		{MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)(slowest_ms / 1000 + 5), NULL},
		{MHD_OPTION_THREAD_STACK_SIZE, (intptr_t)STACK, NULL},
		{MHD_OPTION_LISTEN_SOCKET, s->config.listen_fd, NULL},
		{MHD_OPTION_END, 0, NULL},
	};

	return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
					MHD_USE_POLL | MHD_USE_TLS | MHD_USE_ITC | MHD_USE_ERROR_LOG,
				0, on_accept, s, jx_server__on_request, s, /* */
				MHD_OPTION_EXTERNAL_LOGGER, on_library_log,
				(void *)s, /* first, or start-up messages are lost */
				MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES,                         /* */
				MHD_OPTION_HTTPS_CERT_CALLBACK, on_certificate,                  /* */
				MHD_OPTION_NOTIFY_CONNECTION, on_connection, (void *)s,          /* */
				MHD_OPTION_NOTIFY_COMPLETED, jx_server__on_completed, (void *)s, /* */
				MHD_OPTION_URI_LOG_CALLBACK, jx_server__on_line, (void *)s,      /* */
				MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static void free_server(jx_server *s)
{
	jx_server__conns_free(s->conns);
	jx_server__rate_free(s->enrol_rate);
	jx_server_tls_free(s->tls);
	(void)sem_destroy(&s->batches);
	(void)pthread_mutex_destroy(&s->tls_lock);
	free(s);
}

jx_rc jx_server_start(const struct jx_server_config *config, jx_server **server_out, struct jx_error *err)
{
	jx_server *s = jx_xcalloc(1, sizeof(*s));

	s->config = *config;
	s->tls = jx_server_tls_ref(config->tls);
	atomic_init(&s->is_stopping, false);
	(void)pthread_mutex_init(&s->tls_lock, NULL);
	(void)sem_init(&s->batches, 0, (unsigned)config->limits.batches);
	s->conns = jx_server__conns_new(&config->limits, &jx_server__socket_ops_os);
	s->enrol_rate = jx_server__rate_new(config->limits.enrol_per_minute);
	s->mhd = start_daemon(s);
	if (s->mhd == NULL) {
		free_server(s);
		return jx_fail(
			err, JX_ENET, 0, "server.start",
			"the HTTPS server does not start; run with --log-level debug to see what the library says");
	}
	*server_out = s;
	return JX_OK;
}

void jx_server_tick(jx_server *server)
{
	size_t n = jx_server__conns_sweep(server->conns, jx_server__now(server));

	if (n > 0)
		jx_server__log(server, JX_SERVER_INFO, _("cut %zu connections that were too slow or idle"),
			       n);
}

void jx_server_set_tls(jx_server *server, jx_server_tls *tls)
{
	jx_server_tls *old;

	(void)pthread_mutex_lock(&server->tls_lock);
	old = server->tls;
	server->tls = jx_server_tls_ref(tls);
	(void)pthread_mutex_unlock(&server->tls_lock);
	jx_server_tls_free(old);
}

void jx_server_stop(jx_server *server, int64_t wait_ms)
{
	MHD_socket fd;
	size_t left;

	if (server == NULL)
		return;
	atomic_store(&server->is_stopping, true);
	fd = MHD_quiesce_daemon(server->mhd); /* works with MHD_USE_ITC only */
	if (fd != MHD_INVALID_SOCKET)
		(void)close(fd); /* from now on the kernel refuses */
	jx_server__conns_drain(server->conns);
	left = jx_server__conns_wait(server->conns, wait_ms);
	if (left > 0)
		jx_server__log(server, JX_SERVER_WARNING, _("%zu requests did not end in time and were cut"),
			       left);
	MHD_stop_daemon(server->mhd);
	free_server(server);
}
