#include "site.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEM_MAX  65536
#define CONF_MAX 65536
#define PACK_MAX ((size_t)16 * 1024 * 1024)

void site_wipe_buf(jx_buf *b)
{
	if (b->data != NULL)
		jx_wipe(b->data, b->cap);
	jx_buf_done(b);
}

void site_path(const char *dir, const char *name, char *out, size_t cap)
{
	if (name[0] == '/')
		jx_strcpy(out, cap, name);
	else
		(void)snprintf(out, cap, "%s/%s", dir, name);
}

jx_rc site_resolve(const char *dir, char *out, size_t cap, struct jx_error *err)
{
	JX_AUTO_FREE char *cwd = dir[0] == '/' ? NULL : realpath(".", NULL);
	int n = dir[0] == '/' ? snprintf(out, cap, "%s", dir)
			      : snprintf(out, cap, "%s/%s", cwd == NULL ? "" : cwd, dir);

	if (n <= 0 || (size_t)n >= cap)
		return jx_fail(err, JX_EINVAL, 0, "server.site",
			       "data folder: the path is longer than %zu bytes; choose a shorter one",
			       cap - 1);
	return JX_OK;
}

jx_rc site_become_owner(const char *dir, struct jx_error *err)
{
	struct stat st;

	if (geteuid() != 0 || stat(dir, &st) != 0 || st.st_uid == 0)
		return JX_OK;
	if (setgroups(0, NULL) != 0 || setgid(st.st_gid) != 0 || setuid(st.st_uid) != 0)
		return jx_fail(err, JX_EROFS, errno, "server.site",
			       "cannot work as the owner of %s: %s; run this as that user", dir,
			       strerror(errno));
	return JX_OK;
}

/* ---- files ---- */

/* A key that others can read is no secret any more; better to say so than to go on. */
static jx_rc check_private(const char *path, struct jx_error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return jx_fail(
			err, JX_EAUTH, 0, "server.site",
			"%s can be read by others; chmod 600 it, and make new keys if somebody may have read it",
			path);
	return JX_OK;
}

jx_rc site_read_file(const char *dir, const char *name, bool is_private, jx_buf *out, struct jx_error *err)
{
	char path[4096];
	jx_rc rc;

	site_path(dir, name, path, sizeof(path));
	rc = is_private ? check_private(path, err) : JX_OK;
	if (rc == JX_OK)
		rc = jx_fs_read_all(jx_os_fs(), path, out, err);
	if (rc == JX_ENOTFOUND)
		return jx_fail(err, JX_ENOTFOUND, 0, "server.site",
			       "%s is not there; set up with jiexund init --data %s, or restore it", path,
			       dir);
	return rc;
}

static jx_rc read_secret(const char *dir, const char *name, uint8_t secret_out[32], struct jx_error *err)
{
	SITE_SECRET_BUF text;
	jx_rc rc;

	jx_buf_init(&text, 128);
	rc = site_read_file(dir, name, true, &text, err);
	if (rc != JX_OK)
		return rc;
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (!jx_unhex(text.data, text.len, secret_out, 32))
		return jx_fail(err, JX_ECORRUPT, 0, "server.site",
			       "%s/%s is not a key (64 hex digits); restore it from a backup", dir, name);
	return JX_OK;
}

jx_rc site_read_conf(const char *dir, struct jx_server__conf *out, struct jx_error *err)
{
	JX_AUTO_BUF text;
	char path[4096];
	jx_rc rc;

	jx_buf_init(&text, CONF_MAX);
	jx_server__conf_default(out);
	rc = site_read_file(dir, SITE_CONF, false, &text, err);
	site_path(dir, SITE_CONF, path, sizeof(path));
	return rc != JX_OK ? rc : jx_server__conf_read(text.data, text.len, path, out, err);
}

/* ---- TLS ---- */

struct tls_set {
	jx_server_tls *tls;
	uint8_t pins[2][JX_HASH_BYTES];
	size_t pin_count;
};

static jx_rc read_tls(const char *dir, const struct jx_server__conf *conf, struct tls_set *out,
		      struct jx_error *err)
{
	JX_AUTO_BUF certificate;
	SITE_SECRET_BUF key;
	SITE_SECRET_BUF next;
	JX_AUTO(jx_server_tls) tls = NULL;
	jx_rc rc;

	jx_buf_init(&certificate, PEM_MAX);
	jx_buf_init(&key, PEM_MAX);
	jx_buf_init(&next, PEM_MAX);
	rc = site_read_file(dir, conf->tls_certificate, false, &certificate, err);
	if (rc == JX_OK)
		rc = site_read_file(dir, conf->tls_key, true, &key, err);
	if (rc == JX_OK)
		rc = jx_server_tls_load((struct jx_bytes){certificate.data, certificate.len},
					(struct jx_bytes){key.data, key.len}, &tls, err);
	if (rc == JX_OK && conf->tls_next_key[0] != '\0')
		rc = site_read_file(dir, conf->tls_next_key, true, &next, err);
	if (rc == JX_OK && conf->tls_next_key[0] != '\0')
		rc = jx_server_tls_key_spki((struct jx_bytes){next.data, next.len}, out->pins[1], err);
	if (rc != JX_OK)
		return rc;
	memcpy(out->pins[0], jx_server_tls_spki(tls), JX_HASH_BYTES);
	/* equal: a rotation was interrupted between its two steps; announce it once */
	out->pin_count = conf->tls_next_key[0] != '\0' &&
					 !jx_mem_equal(out->pins[0], out->pins[1], JX_HASH_BYTES)
				 ? 2
				 : 1;
	out->tls = JX_STEAL(tls);
	return JX_OK;
}

static void use_tls(site *d, struct tls_set *set)
{
	jx_server_tls_free(d->tls);
	d->tls = JX_STEAL(set->tls);
	memcpy(d->pins, set->pins, sizeof(d->pins));
	d->pin_count = set->pin_count;
}

static jx_rc reload_locked(site *d, struct jx_error *err)
{
	struct tls_set set;
	jx_rc rc;

	memset(&set, 0, sizeof(set));
	rc = read_tls(d->dir, &d->conf, &set, err);
	if (rc != JX_OK)
		return rc;
	use_tls(d, &set);
	/* Devices first: from here on enrolment and the feed name the new keys, then connections use them. */
	jx_ingest_set_pins(d->ingest, (const uint8_t(*)[JX_HASH_BYTES])d->pins, d->pin_count);
	rc = jx_ingest_setup(d->ingest, err);
	if (d->server != NULL)
		jx_server_set_tls(d->server, d->tls);
	return rc;
}

jx_rc site_reload_tls(site *d, struct jx_error *err)
{
	jx_rc rc;

	(void)pthread_mutex_lock(&d->tls_lock);
	rc = reload_locked(d, err);
	(void)pthread_mutex_unlock(&d->tls_lock);
	return rc;
}

/*
 * Step 1: the next key with a certificate in place of the current one. Skipped if that was done before and
 * interrupted.
 */
static jx_rc rotate_locked(site *d, struct jx_error *err)
{
	SITE_SECRET_BUF next;
	uint8_t spki[JX_HASH_BYTES];
	jx_rc rc;

	jx_buf_init(&next, PEM_MAX);
	rc = site_read_file(d->dir, d->conf.tls_next_key, true, &next, err);
	if (rc == JX_OK)
		rc = jx_server_tls_key_spki((struct jx_bytes){next.data, next.len}, spki, err);
	if (rc == JX_OK && !jx_mem_equal(spki, d->pins[0], JX_HASH_BYTES))
		rc = site_write_certificate(d->dir, &d->conf, (struct jx_bytes){next.data, next.len}, err);
	if (rc == JX_OK)
		rc = site_write_next_key(d->dir, &d->conf, err);
	return rc == JX_OK ? reload_locked(d, err) : rc;
}

jx_rc site_rotate_tls(site *d, struct jx_error *err)
{
	jx_rc rc;

	if (d->conf.tls_next_key[0] == '\0' || strcmp(d->conf.tls_certificate, d->conf.tls_key) != 0)
		return jx_fail(
			err, JX_ESTATE, 0, "server.rotate",
			"the certificate is not self-made (tls_certificate and tls_key differ, or no tls_next_key); "
			"replace the files by hand and send SIGHUP");
	(void)pthread_mutex_lock(&d->tls_lock);
	rc = rotate_locked(d, err);
	(void)pthread_mutex_unlock(&d->tls_lock);
	return rc;
}

/* ---- all together ---- */

static jx_rc add_pack(site *d, const jx_buf *text, struct jx_error *err)
{
	JX_AUTO(jx_pack) pack = NULL;
	jx_rc rc = jx_pack_load(text->data, text->len, &pack, err);

	if (rc == JX_OK)
		rc = jx_packs_add(d->packs, pack, err);
	if (rc == JX_OK)
		pack = NULL; /* the set's now */
	return rc;
}

/* Those built in, and the configuration's own. */
static jx_rc load_packs(site *d, struct jx_error *err)
{
	JX_AUTO_BUF text;
	jx_rc rc = jx_packs_new(&d->packs, err);

	jx_buf_init(&text, PACK_MAX);
	if (rc != JX_OK || d->conf.pack[0] == '\0')
		return rc;
	rc = site_read_file(d->dir, d->conf.pack, false, &text, err);
	return rc == JX_OK ? add_pack(d, &text, err) : rc;
}

static jx_rc read_identity(site *d, struct jx_error *err)
{
	JX_CLEANUP(site_identity_free) struct site_identity *id = jx_xcalloc(1, sizeof(*id));
	uint8_t pub[JX_PUB_BYTES];
	const jx_rc rc = site_identity_read(d->dir, id, err);

	if (rc != JX_OK)
		return rc;
	jx_key_from_seed(id->seed, pub, d->identity);
	memcpy(d->introductions, id->introductions, sizeof(d->introductions));
	d->introduction_count = id->introduction_count;
	return JX_OK;
}

static jx_rc read_keys(site *d, struct jx_error *err)
{
	struct tls_set set;
	jx_rc rc = read_identity(d, err);

	memset(&set, 0, sizeof(set));
	if (rc == JX_OK)
		rc = read_secret(d->dir, SITE_MAC, d->mac, err);
	if (rc == JX_OK)
		rc = read_tls(d->dir, &d->conf, &set, err);
	if (rc == JX_OK)
		use_tls(d, &set);
	return rc;
}

static jx_rc open_core(site *d, bool create, struct jx_error *err)
{
	const struct jx_vault_sqlite_config vault = {
		.dir = d->dir,
		.photo_max_bytes = d->conf.limits.photo_bytes,
		.fs = jx_os_fs(),
		.rand = jx_os_rand(),
		.create = create,
		.prepare_photos = true,
	};
	struct jx_ingest_config ingest;
	jx_rc rc = jx_vault_sqlite_open(&vault, &d->vault, err);

	if (rc != JX_OK)
		return rc;
	memset(&ingest, 0, sizeof(ingest));
	ingest.vault = d->vault;
	ingest.clock = jx_os_clock();
	ingest.rand = jx_os_rand();
	ingest.identity_secret = d->identity;
	ingest.introductions = d->introductions;
	ingest.introduction_count = d->introduction_count;
	ingest.mac_key = d->mac;
	ingest.packs = d->packs;
	ingest.pins = (const uint8_t(*)[JX_HASH_BYTES])d->pins;
	ingest.pin_count = d->pin_count;
	ingest.photo_quota_bytes = d->conf.photo_quota_bytes;
	ingest.disk_reserve_bytes = d->conf.disk_reserve_bytes;
	ingest.utc_offset_min = (int)d->conf.utc_offset_min;
	rc = jx_ingest_new(&ingest, &d->ingest, err);
	jx_wipe(d->identity, sizeof(d->identity));
	return rc != JX_OK ? rc : jx_ingest_setup(d->ingest, err);
}

jx_rc site_open(const char *dir, bool create, site **site_out, struct jx_error *err)
{
	JX_AUTO(site) d = jx_xcalloc(1, sizeof(*d));
	jx_rc rc;

	(void)pthread_mutex_init(&d->tls_lock, NULL);
	jx_strcpy(d->dir, sizeof(d->dir), dir);
	rc = site_read_conf(dir, &d->conf, err);
	if (rc == JX_OK)
		rc = read_keys(d, err);
	if (rc == JX_OK)
		rc = load_packs(d, err);
	if (rc == JX_OK)
		rc = open_core(d, create, err);
	if (rc == JX_OK)
		*site_out = JX_STEAL(d);
	return rc;
}

void site_close(site *d)
{
	if (d == NULL)
		return;
	jx_ingest_free(d->ingest);
	jx_vault_close(d->vault);
	jx_packs_free(d->packs);
	jx_server_tls_free(d->tls);
	jx_wipe(d->identity, sizeof(d->identity));
	jx_wipe(d->mac, sizeof(d->mac));
	(void)pthread_mutex_destroy(&d->tls_lock);
	free(d);
}

void site_url(const site *d, char *out, size_t cap)
{
	char scratch[1024];
	const char *names[JX_SERVER__NAMES_MAX], *host = "localhost", *port = strrchr(d->conf.listen, ':');
	size_t count = 0;
	char number[16];
	bool is_v6;

	if (d->conf.url[0] != '\0') {
		jx_strcpy(out, cap, d->conf.url);
		return;
	}
	if (jx_server__conf_names(&d->conf, scratch, names, &count, NULL) == JX_OK && count > 0)
		host = names[0];
	(void)snprintf(number, sizeof(number), "%d", d->port);
	is_v6 = strchr(host, ':') != NULL;
	(void)snprintf(out, cap, "https://%s%s%s:%s", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
		       d->port != 0 || port == NULL ? number : port + 1);
}
