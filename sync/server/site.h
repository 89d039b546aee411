/* The data folder of one server: configuration, keys, certificate, vault, and the core over them. */
#ifndef JX_SERVER_SITE_H
#define JX_SERVER_SITE_H

#include <pthread.h>

#include "conf.h"
#include "jiexun/form.h"
#include "jiexun/ingest.h"
#include "jiexun/server.h"

#define SITE_CONF "jiexund.conf"
#define SITE_IDENTITY \
	"identity.key"         /* Ed25519 seed, hex; then the introductions that lead to it (identity.c) */
#define SITE_MAC     "mac.key" /* 32 bytes, hex */
#define SITE_CONTROL "control.sock"

typedef struct site {
	char dir[3072];
	struct jx_server__conf conf;
	uint8_t identity[JX_SEC_BYTES];
	struct jx_signed introductions[JX_INGEST_INTRODUCTIONS_MAX];
	size_t introduction_count;
	uint8_t mac[32];
	pthread_mutex_t tls_lock; /* SIGHUP and rotate-tls come from two threads */
	jx_server_tls *tls;
	uint8_t pins[2][JX_HASH_BYTES];
	size_t pin_count;
	jx_vault *vault;
	jx_packs *packs;
	jx_ingest *ingest;
	jx_server *server; /* while serving, else NULL */
	int port;          /* while serving, else 0 */
} site;

/*
 * Work as the folder's owner when started by root: else root's files would lock the service's own user out.
 * dir need not exist.
 */
jx_rc site_become_owner(const char *dir, struct jx_error *err);
/* Absolute path of dir into out. */
jx_rc site_resolve(const char *dir, char *out, size_t cap, struct jx_error *err);
/* name inside dir, or name itself if it begins with '/'. */
void site_path(const char *dir, const char *name, char *out, size_t cap);

/* Everything but vault and core: what `init` needs to make certificates. */
jx_rc site_read_conf(const char *dir, struct jx_server__conf *out, struct jx_error *err);
/* All of it. create: make the vault if there is none. */
jx_rc site_open(const char *dir, bool create, site **site_out, struct jx_error *err);
void site_close(site *d);
JX_DEFINE_AUTO(site, site_close);

/*
 * Read certificate and keys again, tell core, devices and (while serving) the HTTPS face. Nothing changes on
 * failure.
 */
jx_rc site_reload_tls(site *d, struct jx_error *err);
/*
 * The next key becomes the current one with a new certificate; a new next key is made. Then as
 * site_reload_tls.
 */
jx_rc site_rotate_tls(site *d, struct jx_error *err);

/*
 * The next identity key, introduced by the one in force, is kept, then the core goes over to it. A rotation that
 * was kept and not finished is finished; no further key is made.
 */
jx_rc site_rotate_identity(site *d, struct jx_error *err);

/* Address that codes name. */
void site_url(const site *d, char *out, size_t cap);

/* ---- identity.key (identity.c) ---- */
/* What the file holds. Wipe it. */
struct site_identity {
	uint8_t seed[32];
	struct jx_signed introductions[JX_INGEST_INTRODUCTIONS_MAX];
	size_t introduction_count;
};
void site_identity_free(struct site_identity **id);
jx_rc site_identity_read(const char *dir, struct site_identity *out, struct jx_error *err);
jx_rc site_identity_write(const char *dir, const struct site_identity *id, struct jx_error *err);
/* A file of the folder; a private one must be nobody else's to read. */
jx_rc site_read_file(const char *dir, const char *name, bool is_private, jx_buf *out, struct jx_error *err);

/* ---- making what is not there (setup.c) ---- */
/* Make folder, configuration, keys and certificate where missing. made_out: anything was. */
jx_rc site_make(const char *dir, const struct jx_server__conf *wanted, bool *made_out, struct jx_error *err);
/* Key and certificate in one file, replaced as one. */
jx_rc site_write_certificate(const char *dir, const struct jx_server__conf *conf, struct jx_bytes key_pem,
			     struct jx_error *err);
jx_rc site_write_next_key(const char *dir, const struct jx_server__conf *conf, struct jx_error *err);
/* Wipes before freeing. */
void site_wipe_buf(jx_buf *b);
#define SITE_SECRET_BUF JX_CLEANUP(site_wipe_buf) jx_buf

#endif
