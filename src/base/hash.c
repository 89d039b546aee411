/*
 * OpenSSL 3.0 marks the SHA256_* functions deprecated in favour of EVP. We keep to them, in this file only: EVP looks
 * the algorithm up on every call (measured on Debian 12 with SHA extensions, 104 bytes, the size of a chain link:
 * 120 ns here, 700-800 ns by EVP_Digest, EVP_sha256 or SHA256(), 840 ns by libsodium), and an EVP_MD kept from one
 * call to the next would be hidden state. From 64 kB up they are equal, and six to eight times libsodium's speed.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/sha.h>
#include <sodium.h>
#include <stdlib.h>

#include "base_private.h"

struct jx_sha256_state {
	SHA256_CTX ctx;
};

_Static_assert(JX_HASH_BYTES == SHA256_DIGEST_LENGTH, "jx1 is SHA-256");

void jx_sha256(const void *data, size_t len, uint8_t out[JX_HASH_BYTES])
{
	struct jx_bytes part = {data, len};

	jx_sha256_parts(&part, 1, out);
}

void jx_sha256_parts(const struct jx_bytes *parts, size_t n, uint8_t out[JX_HASH_BYTES])
{
	SHA256_CTX ctx;

	/* These return 1 whatever comes: there is nothing in them that can fail. */
	(void)SHA256_Init(&ctx);
	for (size_t i = 0; i < n; i++)
		(void)SHA256_Update(&ctx, parts[i].data, parts[i].len);
	(void)SHA256_Final(out, &ctx);
}

jx_sha256_state *jx_sha256_new(void)
{
	jx_sha256_state *s = jx_xmalloc(sizeof(*s));

	(void)SHA256_Init(&s->ctx);
	return s;
}

void jx_sha256_add(jx_sha256_state *s, const void *data, size_t len)
{
	(void)SHA256_Update(&s->ctx, data, len);
}

void jx_sha256_end(jx_sha256_state *s, uint8_t out[JX_HASH_BYTES])
{
	SHA256_CTX copy = s->ctx;

	(void)SHA256_Final(out, &copy);
}

void jx_sha256_free(jx_sha256_state *s)
{
	free(s);
}

void jx_hmac_sha256(const void *key, size_t key_len, const struct jx_bytes *parts, size_t n,
		    uint8_t out[JX_HASH_BYTES])
{
	static const unsigned char empty = 0;
	crypto_auth_hmacsha256_state state;

	/* libsodium's: takes parts and keys of any length, and what is MACed here is short. */
	crypto_auth_hmacsha256_init(&state, key_len > 0 ? key : &empty, key_len);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].len > 0)
			crypto_auth_hmacsha256_update(&state, parts[i].data, parts[i].len);
	}
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}
