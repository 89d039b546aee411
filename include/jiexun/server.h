/*
 * jiexun/server.h - the HTTPS face of the central server: sockets, TLS, ceilings, time limits, routes. What
 * is decided about entries is ingest's; the program jiexund adds the data folder, signals and the control
 * socket.
 *
 * Threads:   one thread of the library accepts, one more per connection runs requests; functions here may be
 *            called from any thread, but start and stop of one server belong to one thread.
 * Ownership: the configuration is copied; what it points to must outlive the server. TLS credentials are
 *            counted: the server takes its own reference.
 * Errors:    JX_EINVAL/JX_ETLS for keys and certificates, JX_EBUSY port taken, JX_ENET other socket trouble.
 * Units:     see names.
 */
#ifndef JX_SERVER_H
#define JX_SERVER_H

#include "jiexun/base.h"
#include "jiexun/ingest.h"
#include "jiexun/vault.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- TLS keys and certificates ------------------------------------------------------------------- */

/** A certificate chain with its private key, ready to serve. Counted; read-only. */
typedef struct jx_server_tls jx_server_tls;

/**
 * Load from PEM; both may stand in one text. @retval JX_ETLS unreadable, or the key is not the certificate's
 */
jx_rc jx_server_tls_load(struct jx_bytes cert_pem, struct jx_bytes key_pem, jx_server_tls **tls_out,
			 struct jx_error *err);
jx_server_tls *jx_server_tls_ref(jx_server_tls *tls); /**< NULL ok */
void jx_server_tls_free(jx_server_tls *tls);          /**< gives one reference back; NULL ok */
JX_DEFINE_AUTO(jx_server_tls, jx_server_tls_free);
/** SHA-256 of the key's SubjectPublicKeyInfo: what devices pin. */
const uint8_t *jx_server_tls_spki(const jx_server_tls *tls);

/** New ECDSA P-256 key as PEM (wipe it after use). */
jx_rc jx_server_tls_make_key(jx_buf *pem_out, struct jx_error *err);
/** Hash of a private key's public half, as devices pin it. */
jx_rc jx_server_tls_key_spki(struct jx_bytes key_pem, uint8_t spki_out[JX_HASH_BYTES], struct jx_error *err);
/**
 * Self-made certificate for a key, as PEM.
 * @param names   host names and IP addresses people and devices will use; localhost, 127.0.0.1 and ::1 are
 *               added
 * @param serial  16 random bytes
 */
jx_rc jx_server_tls_make_certificate(struct jx_bytes key_pem, const char *const *names, size_t name_count,
				     const uint8_t serial[16], int64_t now_utc_ms, jx_buf *pem_out,
				     struct jx_error *err);

/* ---- serving ------------------------------------------------------------------------------------- */

/** Ceilings; 0 switches one off where it says so. */
struct jx_server_limits {
	int64_t connections;             /**< at the same time, a thread each; more are closed at once */
	int64_t connections_per_address; /**< not signed in yet, per IPv4 address or IPv6 /64; 0 off */
	int64_t enrol_per_minute;        /**< tries to enrol per address; 0 off */
	int64_t header_ms;               /**< TLS handshake and headers, in all */
	int64_t idle_ms;                 /**< kept-alive connection between two requests */
	int64_t rate_window_ms;          /**< a request's body and its answer must move ... */
	int64_t rate_bytes_s;            /**< ... this many bytes a second in each such window */
	int64_t photo_bytes;             /**< largest photo */
	int64_t part_keep_ms;            /**< of a photo of which no more comes; then its part goes */
	int64_t batches;                 /**< sync requests worked on at the same time: bounds memory */
};
extern const struct jx_server_limits jx_server_limits_default;

enum jx_server_level {
	JX_SERVER_ERROR = 0,
	JX_SERVER_WARNING = 1,
	JX_SERVER_INFO = 2,
	JX_SERVER_DEBUG = 3
};
/** One event; the line names no person, address or secret. Called from any thread. */
typedef void (*jx_server_log_fn)(void *user, enum jx_server_level level, const char *line);

struct jx_server_config {
	jx_ingest *ingest;
	jx_vault *vault; /**< for /healthz and downloads of photos */
	const struct jx_clock *clock;
	struct jx_server_limits limits;
	jx_server_tls *tls;
	int listen_fd;        /**< bound and listening; the server closes it */
	jx_server_log_fn log; /**< NULL: silent */
	void *log_user;
	/** A photo was published just now; called from any thread, returns at once. NULL: nobody listens. */
	void (*on_photo)(void *user);
	void *photo_user;
};

typedef struct jx_server jx_server;
/**
 * Bind and listen. @param address "0.0.0.0:8443", "[::]:8443"; port 0 takes a free one
 * @retval JX_EINVAL  not an address and port
 * @retval JX_EBUSY   another program has the port
 */
jx_rc jx_server_listen(const char *address, int *fd_out, int *port_out, struct jx_error *err);
/** Start serving. On failure the socket stays the caller's. */
jx_rc jx_server_start(const struct jx_server_config *config, jx_server **server_out, struct jx_error *err);
/** Once a second: cuts connections that are too slow or idle too long. */
void jx_server_tick(jx_server *server);
/** New connections get this certificate from now on; old ones keep theirs. */
void jx_server_set_tls(jx_server *server, jx_server_tls *tls);
/**
 * Stop accepting, cut idle connections, let requests in flight end for at most wait_ms, then cut them too
 * (what came of an upload is kept), and free the server. NULL ok.
 */
void jx_server_stop(jx_server *server, int64_t wait_ms);

#ifdef __cplusplus
}
#endif
#endif
