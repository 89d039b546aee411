/* A pack as a server signed it. */
#include <inttypes.h>
#include <string.h>

#include "pack_private.h"

#define WHERE "form.sealed"

static jx_rc check_bytes(const struct jx_pack_seal *seal, const void *bytes, size_t len, struct jx_error *err)
{
	uint8_t hash[JX_HASH_BYTES];

	jx_sha256(bytes, len, hash);
	if (len != (size_t)seal->size_bytes || !jx_mem_equal(hash, seal->sha256, sizeof(hash)))
		return jx_fail(err, JX_ECORRUPT, 0, WHERE,
			       "pack %s: these are not the bytes that the server signed as version %" PRId64
			       ": sync again, and tell the administrator if it stays so",
			       seal->pack, seal->version);
	return JX_OK;
}

jx_rc jx_pack_open_sealed(const struct jx_pack_seal *seal, const void *bytes, size_t len, jx_pack **pack_out,
			  struct jx_error *err)
{
	JX_AUTO(jx_pack) pack = NULL;
	jx_rc rc = check_bytes(seal, bytes, len, err);

	if (rc == JX_OK)
		rc = jx_pack_load(bytes, len, &pack, err);
	if (rc != JX_OK)
		return rc;
	if (strcmp(pack->id, seal->pack) != 0 || pack->version != seal->version)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack %s: signed as version %" PRId64 ", but the file is version %" PRId64
			       " of %s: publish it again",
			       seal->pack, seal->version, pack->version, pack->id);
	if (strcmp(seal->valid_from, pack->valid_from) != 0)
		rc = jx_pack_set_valid_from(pack, seal->valid_from, err);
	if (rc == JX_OK)
		*pack_out = JX_STEAL(pack);
	return rc;
}
