#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base_private.h"

_Static_assert(JX_SIG_BYTES == crypto_sign_BYTES && JX_PUB_BYTES == crypto_sign_PUBLICKEYBYTES &&
		       JX_SEC_BYTES == crypto_sign_SECRETKEYBYTES,
	       "jx1 is Ed25519");

/* Fixed for ever: they are inside every head and signature ever made. Zero padded by the language. */
static const uint8_t tags[][JX_TAG_BYTES] = {
	[JX_TAG_ROOT] = "jx1.root",       [JX_TAG_HEAD] = "jx1.head",
	[JX_TAG_SIGN_IN] = "jx1.sign-in", [JX_TAG_ENROL] = "jx1.enrol",
	[JX_TAG_RECEIPT] = "jx1.receipt", [JX_TAG_PHOTO_RECEIPT] = "jx1.photo-rcpt",
	[JX_TAG_KEYS] = "jx1.keys",       [JX_TAG_PACK] = "jx1.pack",
};

/* A signed message of the protocol fits; only packs go to the heap. */
#define STACK_MESSAGE_BYTES 512

const uint8_t *jx_tag_bytes(enum jx_tag tag)
{
	return tags[tag];
}

/* libsodium asks the system for random bytes, and would abort() where there are none. */
static void end_without_random(void)
{
	jx_base__end(JX_BASE__NO_RANDOM);
}

jx_rc jx_crypto_init(struct jx_error *err)
{
	if (sodium_set_misuse_handler(end_without_random) != 0)
		return jx_fail(err, JX_EIO, 0, "base.crypto",
			       "libsodium cannot start; check the system's random source");
	if (sodium_init() < 0)
		return jx_fail(err, JX_EIO, 0, "base.crypto",
			       "libsodium cannot start; check the system's random source");
	return JX_OK;
}

void jx_key_from_seed(const uint8_t seed[32], uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES])
{
	(void)crypto_sign_seed_keypair(pub, sec, seed);
}

/*
 * The message in one piece. Ed25519 reads it twice, so parts cannot be streamed (Ed25519ph would be another
 * signature, which other languages' libraries often lack). Result is small, or heap memory for the caller to free.
 */
static uint8_t *join(enum jx_tag tag, const struct jx_bytes *parts, size_t n,
		     uint8_t small[STACK_MESSAGE_BYTES], size_t *len_out)
{
	size_t len = JX_TAG_BYTES;
	uint8_t *message = small;
	size_t at = JX_TAG_BYTES;

	for (size_t i = 0; i < n; i++)
		len += parts[i].len;
	if (len > STACK_MESSAGE_BYTES)
		message = jx_xmalloc(len);
	memcpy(message, tags[tag], JX_TAG_BYTES);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].len > 0)
			memcpy(message + at, parts[i].data, parts[i].len);
		at += parts[i].len;
	}
	*len_out = len;
	return message;
}

void jx_sign(const uint8_t sec[JX_SEC_BYTES], enum jx_tag tag, const struct jx_bytes *parts, size_t n,
	     uint8_t sig[JX_SIG_BYTES])
{
	uint8_t small[STACK_MESSAGE_BYTES];
	size_t len;
	uint8_t *message = join(tag, parts, n, small, &len);

	(void)crypto_sign_detached(sig, NULL, message, len, sec);
	if (message != small)
		free(message);
}

bool jx_verify(const uint8_t pub[JX_PUB_BYTES], enum jx_tag tag, const struct jx_bytes *parts, size_t n,
	       const uint8_t sig[JX_SIG_BYTES])
{
	uint8_t small[STACK_MESSAGE_BYTES];
	size_t len;
	uint8_t *message = join(tag, parts, n, small, &len);
	bool good = crypto_sign_verify_detached(sig, message, len, pub) == 0;

	if (message != small)
		free(message);
	return good;
}

bool jx_mem_equal(const void *a, const void *b, size_t len)
{
	return len == 0 || sodium_memcmp(a, b, len) == 0;
}

void jx_wipe(void *p, size_t len)
{
	if (len > 0)
		sodium_memzero(p, len);
}

/* Written beside every PIN only by its length of salt and hash: to change them, PINs have to be set again. */
#define PIN_PASSES       3
#define PIN_MEMORY_BYTES ((size_t)16 << 20)
_Static_assert(JX_PIN_SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES, "salt of Argon2id");

jx_rc jx_pin_hash(const char *pin, const uint8_t salt[JX_PIN_SALT_BYTES], uint8_t out[JX_PIN_HASH_BYTES],
		  struct jx_error *err)
{
	uint8_t hash[JX_PIN_HASH_BYTES];

	if (crypto_pwhash_argon2id(hash, sizeof(hash), pin, strlen(pin), salt, PIN_PASSES, PIN_MEMORY_BYTES,
				   crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		return jx_fail(err, JX_ENOMEM, 0, "base.pin",
			       "no memory to check a PIN; close other programs");
	memcpy(out, hash, sizeof(hash));
	jx_wipe(hash, sizeof(hash));
	return JX_OK;
}
