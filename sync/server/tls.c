/* Keys, certificates and how GnuTLS gets them. */
#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "tls.h"

#define CHAIN_MAX    8
#define SPKI_DER_MAX 1024 /* RSA-4096 needs 550 */
/*
 * Ten years: devices trust the pinned key, which the feed replaces, and never the date alone; a small
 * county's server that nobody looks after must not lock out its handhelds on a birthday. Public authorities'
 * limits do not bind a certificate that nobody else trusts.
 */
#define CERTIFICATE_DAYS 3650
#define DAY_S            ((int64_t)86400)

struct jx_server_tls {
	atomic_int refs;
	gnutls_privkey_t key;
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned chain_count;
	uint8_t spki[JX_HASH_BYTES];
};

static jx_rc fail_tls(int code, const char *what, struct jx_error *err)
{
	return jx_fail(err, code == GNUTLS_E_MEMORY_ERROR ? JX_ENOMEM : JX_ETLS, code, "server.tls", "%s: %s",
		       what, gnutls_strerror(code));
}

static gnutls_datum_t datum_of(struct jx_bytes b)
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

static void x509_key_done(gnutls_x509_privkey_t *k)
{
	if (*k != NULL)
		gnutls_x509_privkey_deinit(*k);
}

static void crt_done(gnutls_x509_crt_t *c)
{
	if (*c != NULL)
		gnutls_x509_crt_deinit(*c);
}

static jx_rc hash_public(gnutls_pubkey_t pub, uint8_t spki_out[JX_HASH_BYTES], struct jx_error *err)
{
	unsigned char der[SPKI_DER_MAX];
	size_t len = sizeof(der);
	int code = gnutls_pubkey_export(pub, GNUTLS_X509_FMT_DER, der, &len);

	if (code != GNUTLS_E_SUCCESS)
		return fail_tls(code, _("public key of the TLS key"), err);
	jx_sha256(der, len, spki_out);
	return JX_OK;
}

static jx_rc import_key(struct jx_bytes pem, gnutls_privkey_t *key_out, struct jx_error *err)
{
	gnutls_datum_t d = datum_of(pem);
	gnutls_privkey_t key JX_CLEANUP(privkey_done) = NULL;
	int code = gnutls_privkey_init(&key);

	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_privkey_import_x509_raw(key, &d, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (code != GNUTLS_E_SUCCESS)
		return fail_tls(code, _("private TLS key is not readable PEM"), err);
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
		return fail_tls(code, _("public key of the TLS key"), err);
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
	gnutls_datum_t d = datum_of(pem);
	unsigned count = CHAIN_MAX;
	int code = gnutls_pcert_list_import_x509_raw(tls->chain, &count, &d, GNUTLS_X509_FMT_PEM, 0);

	if (code != GNUTLS_E_SUCCESS)
		return fail_tls(code, _("TLS certificate is not readable PEM"), err);
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

/* ---- making ---------------------------------------------------------------------------------------- */

static jx_rc add_pem(gnutls_datum_t *pem, jx_buf *out, struct jx_error *err)
{
	jx_buf_add(out, pem->data, pem->size);
	gnutls_memset(pem->data, 0, pem->size);
	gnutls_free(pem->data);
	return jx_buf_check(out, "TLS PEM", err);
}

jx_rc jx_server_tls_make_key(jx_buf *pem_out, struct jx_error *err)
{
	gnutls_x509_privkey_t key JX_CLEANUP(x509_key_done) = NULL;
	gnutls_datum_t pem = {NULL, 0};
	int code = gnutls_x509_privkey_init(&key);

	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
						    GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem);
	if (code != GNUTLS_E_SUCCESS)
		return fail_tls(code, _("cannot make a TLS key"), err);
	return add_pem(&pem, pem_out, err);
}

static int add_name(gnutls_x509_crt_t crt, const char *name)
{
	unsigned char ip[16];

	if (inet_pton(AF_INET, name, ip) == 1)
		return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, ip, 4,
							    GNUTLS_FSAN_APPEND);
	if (inet_pton(AF_INET6, name, ip) == 1)
		return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, ip, 16,
							    GNUTLS_FSAN_APPEND);
	return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name),
						    GNUTLS_FSAN_APPEND);
}

static int add_names(gnutls_x509_crt_t crt, const char *const *names, size_t count)
{
	static const char *const always[] = {"localhost", "127.0.0.1", "::1"};
	int code = GNUTLS_E_SUCCESS;

	for (size_t i = 0; i < count && code == GNUTLS_E_SUCCESS; i++)
		code = add_name(crt, names[i]);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]) && code == GNUTLS_E_SUCCESS; i++)
		code = add_name(crt, always[i]);
	return code;
}

/*
 * What every handshake carries: no key identifiers, no long name. Begins a day early, for devices whose clock
 * is late.
 */
static int fill_certificate(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const uint8_t serial[16],
			    int64_t now_s)
{
	unsigned char number[16];
	int code = gnutls_x509_crt_set_version(crt, 3);

	memcpy(number, serial, sizeof(number));
	number[0] = (unsigned char)((number[0] & 0x7f) | 0x40); /* positive, and never shortened */
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_set_serial(crt, number, sizeof(number));
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, "jiexund", 7);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_set_activation_time(crt, (time_t)(now_s - DAY_S));
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_set_expiration_time(crt, (time_t)(now_s + CERTIFICATE_DAYS * DAY_S));
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_set_key(crt, key);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
	return code;
}

jx_rc jx_server_tls_make_certificate(struct jx_bytes key_pem, const char *const *names, size_t name_count,
				     const uint8_t serial[16], int64_t now_utc_ms, jx_buf *pem_out,
				     struct jx_error *err)
{
	gnutls_x509_privkey_t key JX_CLEANUP(x509_key_done) = NULL;
	gnutls_x509_crt_t crt JX_CLEANUP(crt_done) = NULL;
	gnutls_datum_t in = datum_of(key_pem), pem = {NULL, 0};
	int code = gnutls_x509_privkey_init(&key);

	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_privkey_import(key, &in, GNUTLS_X509_FMT_PEM);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_init(&crt);
	if (code == GNUTLS_E_SUCCESS)
		code = fill_certificate(crt, key, serial, now_utc_ms / 1000);
	if (code == GNUTLS_E_SUCCESS)
		code = add_names(crt, names, name_count);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
	if (code != GNUTLS_E_SUCCESS)
		return fail_tls(code, _("cannot make a TLS certificate"), err);
	return add_pem(&pem, pem_out, err);
}
