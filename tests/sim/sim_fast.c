/*
 * What makes a history cheaper without making it say less: memory that stays with the process, SQLite without locks for
 * one thread, and signatures that were verified once. Ed25519 is a pure function of key, bytes and signature, and each
 * receipt and head is verified by device, server, office and oracle again and again; what verified once is looked up.
 * A signature that does not verify is never remembered.
 */
#include "sim_world.h"

#include <malloc.h>
#include <string.h>

#include <sqlite3.h>

#define MEMO_BITS 15

/* The linker's --wrap gives these names. */
int __real_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
				       unsigned long long len, const unsigned char *pk);
int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
				       unsigned long long len, const unsigned char *pk);

int __real_crypto_sign_detached(unsigned char *sig, unsigned long long *sig_len, const unsigned char *m,
				unsigned long long len, const unsigned char *sk);
int __wrap_crypto_sign_detached(unsigned char *sig, unsigned long long *sig_len, const unsigned char *m,
				unsigned long long len, const unsigned char *sk);

static uint8_t (*memo)[JX_HASH_BYTES]; /* of what verified, by the first bits of its hash */

void sim_fast_init(void)
{
	/* pages given back to the system and faulted in again are a tenth of a history */
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 28);
	(void)mallopt(M_TRIM_THRESHOLD, 1 << 28);
	(void)mallopt(M_TOP_PAD, 1 << 24);
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	memo = jx_xcalloc((size_t)1 << MEMO_BITS, sizeof(*memo));
}

static uint8_t *slot_of(const unsigned char *sig, const unsigned char *m, unsigned long long len,
			const unsigned char *pk, uint8_t hash[JX_HASH_BYTES])
{
	const struct jx_bytes parts[] = {{pk, JX_PUB_BYTES}, {sig, JX_SIG_BYTES}, {m, (size_t)len}};
	size_t slot;

	jx_sha256_parts(parts, 3, hash);
	slot = ((size_t)hash[0] << 16 | (size_t)hash[1] << 8 | hash[2]) & (((size_t)1 << MEMO_BITS) - 1);
	return memo[slot];
}

/* What libsodium signed here a moment ago it would verify; each eighth it does, to be sure of that, too. */
int __wrap_crypto_sign_detached(unsigned char *sig, unsigned long long *sig_len, const unsigned char *m,
				unsigned long long len, const unsigned char *sk)
{
	const int rc = __real_crypto_sign_detached(sig, sig_len, m, len, sk);
	uint8_t hash[JX_HASH_BYTES], *slot;

	if (rc != 0 || memo == NULL)
		return rc;
	slot = slot_of(sig, m, len, sk + JX_SEC_BYTES - JX_PUB_BYTES,
		       hash); /* its second half is the public key */
	if (hash[31] % 8 != 0)
		memcpy(slot, hash, sizeof(hash));
	return 0;
}

int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
				       unsigned long long len, const unsigned char *pk)
{
	uint8_t hash[JX_HASH_BYTES], *slot;
	int rc;

	if (memo == NULL)
		return __real_crypto_sign_verify_detached(sig, m, len, pk);
	slot = slot_of(sig, m, len, pk, hash);
	if (memcmp(slot, hash, sizeof(hash)) == 0)
		return 0;
	rc = __real_crypto_sign_verify_detached(sig, m, len, pk);
	if (rc == 0)
		memcpy(slot, hash, sizeof(hash));
	return rc;
}
