/* What proves an enrolment: the secret of the code never crosses the wire, only MACs made with it. */
#include "wire_private.h"

static void request_mac(const struct jx_enrol_request *rq, const uint8_t secret[JX_CODE_SECRET_BYTES],
			uint8_t mac_out[JX_HASH_BYTES])
{
	const struct jx_bytes parts[] = {{jx_tag_bytes(JX_TAG_ENROL), JX_TAG_BYTES},
					 {rq->public_key, JX_PUB_BYTES},
					 {rq->tls_spki_sha256, JX_HASH_BYTES}};

	jx_hmac_sha256(secret, JX_CODE_SECRET_BYTES, parts, 3, mac_out);
}

static void answer_mac(const struct jx_enrol_answer *an, const uint8_t secret[JX_CODE_SECRET_BYTES],
		       const uint8_t pub[JX_PUB_BYTES], uint8_t mac_out[JX_HASH_BYTES])
{
	const struct jx_bytes parts[] = {{jx_tag_bytes(JX_TAG_ENROL), JX_TAG_BYTES},
					 {an->identity, JX_PUB_BYTES},
					 {an->writer, JX_ID_BYTES},
					 {pub, JX_PUB_BYTES}};

	jx_hmac_sha256(secret, JX_CODE_SECRET_BYTES, parts, 4, mac_out);
}

void jx_enrol_prove(struct jx_enrol_request *rq, const struct jx_code_text *code,
		    const uint8_t sec[JX_SEC_BYTES])
{
	const struct jx_bytes part = {rq->mac, JX_HASH_BYTES};

	request_mac(rq, code->secret, rq->mac);
	jx_sign(sec, JX_TAG_ENROL, &part, 1, rq->sig);
}

bool jx_enrol_proof_ok(const struct jx_enrol_request *rq, const uint8_t secret[JX_CODE_SECRET_BYTES])
{
	const struct jx_bytes part = {rq->mac, JX_HASH_BYTES};
	uint8_t mac[JX_HASH_BYTES];

	request_mac(rq, secret, mac);
	return jx_mem_equal(mac, rq->mac, JX_HASH_BYTES) &&
	       jx_verify(rq->public_key, JX_TAG_ENROL, &part, 1, rq->sig);
}

void jx_enrol_answer_prove(struct jx_enrol_answer *an, const uint8_t secret[JX_CODE_SECRET_BYTES],
			   const uint8_t pub[JX_PUB_BYTES])
{
	answer_mac(an, secret, pub, an->mac);
}

bool jx_enrol_answer_ok(const struct jx_enrol_answer *an, const uint8_t secret[JX_CODE_SECRET_BYTES],
			const uint8_t pub[JX_PUB_BYTES])
{
	uint8_t mac[JX_HASH_BYTES];

	answer_mac(an, secret, pub, mac);
	return jx_mem_equal(mac, an->mac, JX_HASH_BYTES);
}
