/* Keys and certificates as the server holds them, and how GnuTLS gets them. */
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "tls.h"

#define CHAIN_MAX    8
#define SPKI_DER_MAX 1024 /* RSA-4096 needs 550 */

struct jx_server_tls {
	atomic_int refs;
	gnutls_privkey_t key;
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned chain_count;
	uint8_t spki[JX_HASH_BYTES];
};

jx_rc jx_server__tls_fail(int code, const char *what, struct jx_error *err)
{
	return jx_fail(err, code == GNUTLS_E_MEMORY_ERROR ? JX_ENOMEM : JX_ETLS, code, "server.tls", "%s: %s",
		       what, gnutls_strerror(code));
}

gnutls_datum_t jx_server__tls_datum(struct jx_bytes b)
{
	gnutls_datum_t d;

	/* GnuTLS only reads from it; its type has no const. */
	memcpy(&d.data, &b.data, sizeof(d.data));
	d.size = (unsigned)b.len;
	return d;
}

static void pubkey_done(gnutls_pubkey_t *k)
{
	if (*k != NULL)
		gnutls_pubkey_deinit(*k);
}

static void privkey_done(gnutls_privkey_t *k)
{
	if (*k != NULL)
		gnutls_privkey_deinit(*k);
}

static jx_rc hash_public(gnutls_pubkey_t pub, uint8_t spki_out[JX_HASH_BYTES], struct jx_error *err)
{
	unsigned char der[SPKI_DER_MAX];
	size_t len = sizeof(der);
	int code = gnutls_pubkey_export(pub, GNUTLS_X509_FMT_DER, der, &len);

	if (code != GNUTLS_E_SUCCESS)
		return jx_server__tls_fail(code, _("public key of the TLS key"), err);
	jx_sha256(der, len, spki_out);
	return JX_OK;
}

static jx_rc import_key(struct jx_bytes pem, gnutls_privkey_t *key_out, struct jx_error *err)
{
	gnutls_datum_t d = jx_server__tls_datum(pem);
	gnutls_privkey_t key JX_CLEANUP(privkey_done) = NULL;
	int code = gnutls_privkey_init(&key);

	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_privkey_import_x509_raw(key, &d, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (code != GNUTLS_E_SUCCESS)
		return jx_server__tls_fail(code, _("private TLS key is not readable PEM"), err);
	*key_out = JX_STEAL(key);
	return JX_OK;
}

static jx_rc public_of(gnutls_privkey_t key, uint8_t spki_out[JX_HASH_BYTES], struct jx_error *err)
{
	gnutls_pubkey_t pub JX_CLEANUP(pubkey_done) = NULL;
	int code = gnutls_pubkey_init(&pub);

	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_pubkey_import_privkey(pub, key, 0, 0);
	if (code != GNUTLS_E_SUCCESS)
		return jx_server__tls_fail(code, _("public key of the TLS key"), err);
	return hash_public(pub, spki_out, err);
}

jx_rc jx_server_tls_key_spki(struct jx_bytes key_pem, uint8_t spki_out[JX_HASH_BYTES], struct jx_error *err)
{
	gnutls_privkey_t key JX_CLEANUP(privkey_done) = NULL;
	jx_rc rc = import_key(key_pem, &key, err);

	return rc != JX_OK ? rc : public_of(key, spki_out, err);
}

static jx_rc import_chain(jx_server_tls *tls, struct jx_bytes pem, struct jx_error *err)
{
	gnutls_datum_t d = jx_server__tls_datum(pem);
	unsigned count = CHAIN_MAX;
	int code = gnutls_pcert_list_import_x509_raw(tls->chain, &count, &d, GNUTLS_X509_FMT_PEM, 0);

	if (code != GNUTLS_E_SUCCESS)
		return jx_server__tls_fail(code, _("TLS certificate is not readable PEM"), err);
	tls->chain_count = count;
	return JX_OK;
}

jx_rc jx_server_tls_load(struct jx_bytes cert_pem, struct jx_bytes key_pem, jx_server_tls **tls_out,
			 struct jx_error *err)
{
	JX_AUTO(jx_server_tls) tls = jx_xcalloc(1, sizeof(*tls));
	uint8_t in_certificate[JX_HASH_BYTES];
	jx_rc rc;

	atomic_init(&tls->refs, 1);
	rc = import_chain(tls, cert_pem, err);
	if (rc == JX_OK)
		rc = import_key(key_pem, &tls->key, err);
	if (rc == JX_OK)
		rc = public_of(tls->key, tls->spki, err);
	if (rc == JX_OK)
		rc = hash_public(tls->chain[0].pubkey, in_certificate, err);
	if (rc != JX_OK)
		return rc;
	if (!jx_mem_equal(in_certificate, tls->spki, JX_HASH_BYTES))
		return jx_fail(
			err, JX_ETLS, 0, "server.tls",
			"the TLS key does not belong to the TLS certificate; put the matching pair in place");
	*tls_out = JX_STEAL(tls);
	return JX_OK;
}

jx_server_tls *jx_server_tls_ref(jx_server_tls *tls)
{
	if (tls != NULL)
		atomic_fetch_add(&tls->refs, 1);
	return tls;
}

void jx_server_tls_free(jx_server_tls *tls)
{
	if (tls == NULL || atomic_fetch_sub(&tls->refs, 1) > 1)
		return;
	for (unsigned i = 0; i < tls->chain_count; i++)
		gnutls_pcert_deinit(&tls->chain[i]);
	if (tls->key != NULL)
		gnutls_privkey_deinit(tls->key);
	free(tls);
}

const uint8_t *jx_server_tls_spki(const jx_server_tls *tls)
{
	return tls->spki;
}

void jx_server__tls_give(jx_server_tls *tls, gnutls_pcert_st **chain_out, unsigned *count_out,
			 gnutls_privkey_t *key_out)
{
	*chain_out = tls->chain;
	*count_out = tls->chain_count;
	*key_out = tls->key;
}
