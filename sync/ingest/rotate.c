/* A rotation of the identity key, as its two steps. */
#include <string.h>

#include "ingest_private.h"

#define WHERE "ingest.rotate"

/* Where the key in force stands in the line, and whether there is room behind it. */
static jx_rc check_next(jx_ingest *in, const uint8_t next[JX_PUB_BYTES], struct jx_error *err)
{
	struct jx_ingest__servers servers;
	struct jx_ingest__line line;
	size_t i;
	jx_rc rc = jx_ingest__servers_read(in, &servers, err);

	if (rc == JX_OK)
		rc = jx_ingest__line_read(in, servers.first.public_key, &line, err);
	if (rc != JX_OK)
		return rc;
	for (i = 0; i < line.count; i++)
		if (memcmp(line.keys[i], next, JX_PUB_BYTES) == 0)
			return jx_fail(err, JX_EEXISTS, 0, WHERE,
				       "this identity key was in force before: make a new one");
	if (line.count == JX_INGEST__IDENTITIES_MAX)
		return jx_fail(
			err, JX_ELIMIT, 0, WHERE,
			"this server has had %d identity keys, and no device knows more: set up a new server",
			JX_INGEST__IDENTITIES_MAX);
	return JX_OK;
}

jx_rc jx_ingest_introduce(jx_ingest *ingest, const uint8_t next_public_key[JX_PUB_BYTES],
			  struct jx_signed *introduction_out, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	JX_INGEST__SIGNER(signer, ingest);
	jx_rc rc = check_next(ingest, next_public_key, err);

	return rc == JX_OK ? jx_ingest__sign_step(ingest, &signer, next_public_key, introduction_out, err)
			   : rc;
}

jx_rc jx_ingest_rotate_identity(jx_ingest *ingest, const uint8_t next_secret_key[JX_SEC_BYTES],
				const struct jx_signed *introduction, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	JX_INGEST__SIGNER(signer, ingest);
	JX_CLEANUP(jx_ingest__signer_wipe) struct jx_ingest__signer next;
	struct jx_keys keys;
	jx_rc rc;

	jx_ingest__signer_set(&next, next_secret_key);
	if (memcmp(next.identity, signer.identity, sizeof(next.identity)) == 0)
		return JX_OK; /* done before */
	if (jx_keys_open(introduction, signer.identity, &keys, NULL) != JX_OK ||
	    memcmp(keys.identity, next.identity, sizeof(next.identity)) != 0)
		return jx_fail(
			err, JX_EAUTH, 0, WHERE,
			"the identity key in force has not introduced this one: begin the rotation again");
	rc = check_next(ingest, next.identity, err);
	return rc == JX_OK ? jx_ingest__go_over(ingest, &next, introduction, 1, err) : rc;
}
