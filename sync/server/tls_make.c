/* New keys and self-made certificates. */
#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "tls.h"

/*
 * Ten years: devices trust the pinned key, which the feed replaces, and never the date alone; a small
 * county's server that nobody looks after must not lock out its handhelds on a birthday. Public authorities'
 * limits do not bind a certificate that nobody else trusts.
 */
#define CERTIFICATE_DAYS 3650
#define DAY_S            ((int64_t)86400)

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
		return jx_server__tls_fail(code, _("cannot make a TLS key"), err);
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

static bool has_name(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static int add_names(gnutls_x509_crt_t crt, const char *const *names, size_t count)
{
	static const char *const always[] = {"localhost", "127.0.0.1", "::1"};
	int code = GNUTLS_E_SUCCESS;

	for (size_t i = 0; i < count && code == GNUTLS_E_SUCCESS; i++)
		code = add_name(crt, names[i]);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]) && code == GNUTLS_E_SUCCESS; i++) {
		if (!has_name(names, count, always[i]))
			code = add_name(crt, always[i]);
	}
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
	gnutls_datum_t in = jx_server__tls_datum(key_pem), pem = {NULL, 0};
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
		return jx_server__tls_fail(code, _("cannot make a TLS certificate"), err);
	return add_pem(&pem, pem_out, err);
}
