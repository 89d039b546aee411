/* Making a data folder: every step looks first, so that an interrupted `init` is finished by the next one. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "site.h"

#define PEM_MAX 65536

static bool is_there(const char *dir, const char *name)
{
	char path[4096];

	site_path(dir, name, path, sizeof(path));
	return access(path, F_OK) == 0;
}

static jx_rc write_file(const char *dir, const char *name, const jx_buf *text, struct jx_error *err)
{
	char path[4096];

	site_path(dir, name, path, sizeof(path));
	return jx_fs_write_all(jx_os_fs(), path, text->data, text->len, err);
}

static jx_rc make_conf(const char *dir, const struct jx_server__conf *wanted, struct jx_error *err)
{
	JX_AUTO_BUF text;
	jx_rc rc;

	jx_buf_init(&text, 65536);
	jx_server__conf_write(wanted, &text);
	rc = jx_buf_check(&text, SITE_CONF, err);
	return rc != JX_OK ? rc : write_file(dir, SITE_CONF, &text, err);
}

static jx_rc make_secret(const char *dir, const char *name, struct jx_error *err)
{
	SITE_SECRET_BUF text;
	uint8_t secret[32];
	jx_rc rc;

	jx_buf_init(&text, 128);
	jx_os_rand()->fill(jx_os_rand()->user, secret, sizeof(secret));
	jx_buf_add_hex(&text, secret, sizeof(secret));
	jx_buf_addc(&text, '\n');
	jx_wipe(secret, sizeof(secret));
	rc = jx_buf_check(&text, name, err);
	return rc != JX_OK ? rc : write_file(dir, name, &text, err);
}

jx_rc site_write_certificate(const char *dir, const struct jx_server__conf *conf, struct jx_bytes key_pem,
			     struct jx_error *err)
{
	SITE_SECRET_BUF pem;
	char scratch[1024];
	const char *names[JX_SERVER__NAMES_MAX];
	uint8_t serial[16];
	size_t count = 0;
	jx_rc rc = jx_server__conf_names(conf, scratch, names, &count, err);

	jx_buf_init(&pem, PEM_MAX);
	jx_os_rand()->fill(jx_os_rand()->user, serial, sizeof(serial));
	jx_buf_add(&pem, key_pem.data, key_pem.len);
	if (rc == JX_OK)
		rc = jx_server_tls_make_certificate(key_pem, names, count, serial,
						    jx_os_clock()->utc_ms(jx_os_clock()->user), &pem, err);
	return rc != JX_OK ? rc : write_file(dir, conf->tls_key, &pem, err);
}

jx_rc site_write_next_key(const char *dir, const struct jx_server__conf *conf, struct jx_error *err)
{
	SITE_SECRET_BUF pem;
	jx_rc rc;

	jx_buf_init(&pem, PEM_MAX);
	rc = jx_server_tls_make_key(&pem, err);
	return rc != JX_OK ? rc : write_file(dir, conf->tls_next_key, &pem, err);
}

static jx_rc make_certificate(const char *dir, const struct jx_server__conf *conf, struct jx_error *err)
{
	SITE_SECRET_BUF key;
	jx_rc rc;

	jx_buf_init(&key, PEM_MAX);
	rc = jx_server_tls_make_key(&key, err);
	return rc != JX_OK ? rc
			   : site_write_certificate(dir, conf, (struct jx_bytes){key.data, key.len}, err);
}

/* Whoever has the folder has the server: nobody else may look inside. */
static jx_rc make_folder(const char *dir, struct jx_error *err)
{
	struct stat st;
	jx_rc rc = jx_os_fs()->make_dir(jx_os_fs()->user, dir, err);

	if (rc != JX_OK)
		return rc;
	if (stat(dir, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0 && st.st_uid == geteuid() &&
	    chmod(dir, 0700) != 0)
		return jx_fail(err, JX_EROFS, 0, "server.setup", "cannot close %s to others; chmod 700 it",
			       dir);
	return JX_OK;
}

/* A new identity over old entries would be a server that no device knows. */
static jx_rc check_lost_identity(const char *dir, struct jx_error *err)
{
	if (!is_there(dir, "vault.db") || is_there(dir, SITE_IDENTITY))
		return JX_OK;
	return jx_fail(err, JX_ECORRUPT, 0, "server.setup",
		       "%s holds a vault but no %s; restore that file from a backup", dir, SITE_IDENTITY);
}

jx_rc site_make(const char *dir, const struct jx_server__conf *wanted, bool *made_out, struct jx_error *err)
{
	char scratch[1024];
	const char *names[JX_SERVER__NAMES_MAX];
	size_t count = 0;
	struct jx_server__conf conf;
	bool made = false;
	jx_rc rc = jx_server__conf_names(wanted, scratch, names, &count, err);

	if (rc == JX_OK)
		rc = make_folder(dir, err);
	if (rc == JX_OK)
		rc = check_lost_identity(dir, err);
	if (rc == JX_OK && !is_there(dir, SITE_CONF)) {
		made = true;
		rc = make_conf(dir, wanted, err);
	}
	if (rc == JX_OK)
		rc = site_read_conf(dir, &conf, err);
	if (rc == JX_OK && !is_there(dir, SITE_IDENTITY)) {
		made = true;
		rc = make_secret(dir, SITE_IDENTITY, err);
	}
	if (rc == JX_OK && !is_there(dir, SITE_MAC)) {
		made = true;
		rc = make_secret(dir, SITE_MAC, err);
	}
	if (rc == JX_OK && !is_there(dir, conf.tls_key)) {
		made = true;
		rc = make_certificate(dir, &conf, err);
	}
	if (rc == JX_OK && conf.tls_next_key[0] != '\0' && !is_there(dir, conf.tls_next_key)) {
		made = true;
		rc = site_write_next_key(dir, &conf, err);
	}
	if (rc == JX_OK)
		*made_out = made;
	return rc;
}
