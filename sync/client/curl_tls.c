/*
 * Whether a certificate is our server's. No authority is asked: the key is pinned (by hash of its SPKI), the name must
 * fit, and dates count only while the device's clock is known to be right, because a handheld whose battery was out wakes up in
 * 1970 and must still be able to hand over its day.
 */
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "curl_private.h"

#define WHERE "client.tls"

static bool hash_key(X509 *cert, uint8_t out[JX_HASH_BYTES])
{
	unsigned char *der = NULL;
	const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);

	if (len <= 0)
		return false;
	jx_sha256(der, (size_t)len, out);
	OPENSSL_free(der);
	return true;
}

static bool is_pinned(const struct jx_client__curl *c, const uint8_t hash[JX_HASH_BYTES])
{
	for (size_t i = 0; i < c->pin_count; i++) {
		if (memcmp(c->pins[i], hash, JX_HASH_BYTES) == 0)
			return true;
	}
	return false;
}

/* Whose certificate is it, if not ours? Two cases people can act on differently. */
static jx_rc fail_key(struct jx_client__curl *c, X509 *cert)
{
	if (X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0)
		return jx_fail(
			&c->verdict, JX_ETLS, 0, WHERE,
			"%s shows a self-signed certificate with a key this device does not know: another server, or "
			"its key was changed; nothing was sent. Ask the administrator, enrol again if it was changed",
			c->host);
	return jx_fail(
		&c->verdict, JX_ETLS, 0, WHERE,
		"%s shows a certificate with a key this device does not know: the network may be listening in, or the "
		"server's key was changed; nothing was sent. Use another network or ask the administrator",
		c->host);
}

static jx_rc check_name(struct jx_client__curl *c, X509 *cert)
{
	const int fits = c->is_ip ? X509_check_ip_asc(cert, c->host, 0)
				  : X509_check_host(cert, c->host, 0, 0, NULL);

	if (fits == 1)
		return JX_OK;
	return jx_fail(
		&c->verdict, JX_ETLS, 0, WHERE,
		"the certificate of %s is for another name; nothing was sent. Check the server's address, or ask the "
		"administrator for a certificate with this name",
		c->host);
}

static jx_rc check_dates(struct jx_client__curl *c, X509 *cert)
{
	time_t now;

	if (!c->is_clock_trusted || c->clock == NULL)
		return JX_OK;
	now = (time_t)(c->clock->utc_ms(c->clock->user) / 1000);
	if (X509_cmp_time(X509_get0_notAfter(cert), &now) < 0)
		return jx_fail(
			&c->verdict, JX_ETLS, 0, WHERE,
			"the certificate of %s has expired; nothing was sent. Ask the administrator to renew it",
			c->host);
	if (X509_cmp_time(X509_get0_notBefore(cert), &now) > 0)
		return jx_fail(
			&c->verdict, JX_ETLS, 0, WHERE,
			"the certificate of %s is not valid yet; nothing was sent. Ask the administrator to check the "
			"server's clock",
			c->host);
	return JX_OK;
}

static jx_rc check(struct jx_client__curl *c, X509 *cert)
{
	uint8_t hash[JX_HASH_BYTES];
	jx_rc rc;

	if (cert == NULL || !hash_key(cert, hash))
		return jx_fail(&c->verdict, JX_ETLS, 0, WHERE,
			       "%s shows no readable certificate; nothing was sent", c->host);
	if (c->pin_count > 0 && !is_pinned(c, hash))
		return fail_key(c, cert);
	rc = check_name(c, cert);
	if (rc == JX_OK)
		rc = check_dates(c, cert);
	if (rc != JX_OK)
		return rc;
	memcpy(c->seen, hash, JX_HASH_BYTES);
	c->has_seen = true;
	return JX_OK;
}

static int verify(X509_STORE_CTX *ctx, void *user)
{
	struct jx_client__curl *c = user;

	memset(&c->verdict, 0, sizeof(c->verdict));
	if (check(c, X509_STORE_CTX_get0_cert(ctx)) != JX_OK) {
		X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
		return 0;
	}
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

/* Everything that our servers and common proxies in front of one can sign with, and no more: each name is sent in every handshake. */
#define SIGNATURES                                                                                                \
	"ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:" \
	"RSA+SHA384:RSA+SHA512"
#define GROUPS "X25519:P-256:P-384"

CURLcode jx_client__tls_setup(CURL *easy, void *ssl_ctx, void *user)
{
	(void)easy;
	/*
	 * curl fills the first message up to 512 bytes for the sake of one make of load balancer of 2013, and ends a connection with
	 * an exchange that nobody waits for: what an answer holds is counted by its length. On a bad line each packet counts.
	 */
	(void)SSL_CTX_clear_options(ssl_ctx, SSL_OP_TLSEXT_PADDING);
	SSL_CTX_set_quiet_shutdown(ssl_ctx, 1);
	if (SSL_CTX_set1_sigalgs_list(ssl_ctx, SIGNATURES) != 1 ||
	    SSL_CTX_set1_groups_list(ssl_ctx, GROUPS) != 1)
		return CURLE_SSL_CIPHER;
	SSL_CTX_set_cert_verify_callback(ssl_ctx, verify, user);
	return CURLE_OK;
}
