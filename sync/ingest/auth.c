/*
 * Challenges and tokens are MACs of this server: it keeps none of them. Every request reads the writer's
 * row again.
 */
#include <string.h>

#include "ingest_private.h"

#define CHALLENGE_MS (JX_WIRE_CHALLENGE_DAYS * JX_INGEST__DAY_MS)
#define RANDOM_BYTES 16
#define TIME_BYTES   8
#define TOKEN_BYTES  (JX_ID_BYTES + TIME_BYTES + JX_HASH_BYTES)

/* Apart from each other and from every tag of the suite, so that no MAC can stand for another. */
static const char challenge_tag[JX_TAG_BYTES] = "jx1.challenge";
static const char token_tag[JX_TAG_BYTES] = "jx1.token";

static void put_u64(uint8_t *out, uint64_t v)
{
	int i;

	for (i = 0; i < TIME_BYTES; i++)
		out[i] = (uint8_t)(v >> (8 * (TIME_BYTES - 1 - i)));
}

static int64_t get_i64(const uint8_t *p)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < TIME_BYTES; i++)
		v = v << 8 | p[i];
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

static void challenge_mac(const jx_ingest *in, const uint8_t writer[JX_ID_BYTES],
			  const uint8_t *time_and_random, uint8_t mac[JX_HASH_BYTES])
{
	const struct jx_bytes parts[] = {{challenge_tag, JX_TAG_BYTES},
					 {writer, JX_ID_BYTES},
					 {time_and_random, TIME_BYTES + RANDOM_BYTES}};

	jx_hmac_sha256(in->config.mac_key, 32, parts, 3, mac);
}

void jx_ingest__make_challenge(jx_ingest *in, const uint8_t writer[JX_ID_BYTES],
			       uint8_t out[JX_CHALLENGE_BYTES])
{
	put_u64(out, (uint64_t)jx_ingest__now(in));
	jx_ingest__random(in, out + TIME_BYTES, RANDOM_BYTES);
	challenge_mac(in, writer, out, out + TIME_BYTES + RANDOM_BYTES);
}

bool jx_ingest__challenge_ok(const jx_ingest *in, const uint8_t writer[JX_ID_BYTES],
			     const uint8_t challenge[JX_CHALLENGE_BYTES], int64_t *age_ms_out)
{
	const int64_t made = get_i64(challenge), now = jx_ingest__now(in);
	uint8_t mac[JX_HASH_BYTES];

	challenge_mac(in, writer, challenge, mac);
	if (!jx_mem_equal(mac, challenge + TIME_BYTES + RANDOM_BYTES, sizeof(mac)))
		return false;
	/*
	 * from the future: the server's clock was set back, which makes a challenge no worse for as long as
	 * it would live
	 */
	if (made > now + CHALLENGE_MS || made < now - CHALLENGE_MS)
		return false;
	*age_ms_out = now - made;
	return true;
}

static void token_mac(const jx_ingest *in, const uint8_t *writer_and_time, uint8_t mac[JX_HASH_BYTES])
{
	const struct jx_bytes parts[] = {{token_tag, JX_TAG_BYTES},
					 {writer_and_time, JX_ID_BYTES + TIME_BYTES}};

	jx_hmac_sha256(in->config.mac_key, 32, parts, 2, mac);
}

void jx_ingest__make_token(jx_ingest *in, const uint8_t writer[JX_ID_BYTES], char *out, size_t cap)
{
	uint8_t token[TOKEN_BYTES];
	JX_AUTO_BUF text;

	memcpy(token, writer, JX_ID_BYTES);
	put_u64(token + JX_ID_BYTES, (uint64_t)(jx_ingest__now(in) + JX_WIRE_TOKEN_MS));
	token_mac(in, token, token + JX_ID_BYTES + TIME_BYTES);
	jx_buf_init(&text, cap - 1);
	jx_buf_add_base64(&text, token, sizeof(token));
	jx_strcpy(out, cap, text.data == NULL ? "" : text.data);
}

static bool token_ok(const jx_ingest *in, const char *authorization, uint8_t writer_out[JX_ID_BYTES])
{
	static const char scheme[] = "Bearer ";
	uint8_t token[TOKEN_BYTES], mac[JX_HASH_BYTES];
	int64_t until;
	size_t len = 0;

	if (authorization == NULL || strncmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return false;
	authorization += sizeof(scheme) - 1;
	if (!jx_unbase64(authorization, strlen(authorization), token, sizeof(token), &len) ||
	    len != sizeof(token))
		return false;
	token_mac(in, token, mac);
	if (!jx_mem_equal(mac, token + JX_ID_BYTES + TIME_BYTES, sizeof(mac)))
		return false;
	/*
	 * the lower bound holds when the server's clock was set back: no token lives longer than it was
	 * made for
	 */
	until = get_i64(token + JX_ID_BYTES);
	if (until < jx_ingest__now(in) || until - JX_WIRE_TOKEN_MS > jx_ingest__now(in))
		return false;
	memcpy(writer_out, token, JX_ID_BYTES);
	return true;
}

static bool refuse_revoked(struct jx_wire_response *rs)
{
	return jx_ingest__refuse(rs, 403, "revoked",
				 "this writer was revoked; an administrator can import its log by file");
}

static bool refuse_unknown(struct jx_wire_response *rs)
{
	return jx_ingest__refuse(rs, 403, "unknown-writer",
				 "this server does not know this writer; enrol again");
}

bool jx_ingest_token(jx_ingest *ingest, const char *authorization, struct jx_writer *who_out,
		     struct jx_wire_response *rs)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_writer who;
	uint8_t writer[JX_ID_BYTES];
	jx_rc rc;

	if (!token_ok(ingest, authorization, writer))
		return jx_ingest__refuse(rs, 401, "token",
					 "the token is missing or has expired; sync for a new one");
	rc = ingest->ops->writer(ingest->vault, writer, &who, &err);
	if (rc == JX_ENOTFOUND)
		return refuse_unknown(rs);
	if (rc != JX_OK)
		return jx_ingest__fault(ingest, rs, &err);
	if (who.state == JX_WRITER_REVOKED)
		return refuse_revoked(rs);
	if (who.state != JX_WRITER_ACTIVE)
		return jx_ingest__refuse(rs, 403, "role", "the office has not confirmed this writer yet");
	*who_out = who;
	return true;
}

/* The key in force comes first: a writer that knows an earlier one has been away. */
static bool is_signed(jx_ingest *in, const struct jx_wire_request *rq, const struct jx_sign_in *si,
		      const uint8_t pub[JX_PUB_BYTES], uint8_t against_out[JX_PUB_BYTES])
{
	uint8_t keys[JX_INGEST__IDENTITIES_MAX][JX_PUB_BYTES];
	const size_t count = jx_ingest__accepted(in, keys);
	size_t i;

	jx_ingest_identity(in, against_out);
	if (jx_sign_in_ok(si, against_out, rq, pub))
		return true;
	for (i = count; i > 0; i--) {
		memcpy(against_out, keys[i - 1], JX_PUB_BYTES);
		if (jx_sign_in_ok(si, against_out, rq, pub))
			return true;
	}
	return false;
}

/*
 * The signature is looked at before the state, so that only the key's owner learns that a writer was
 * revoked.
 */
static bool check_writer(jx_ingest *in, const struct jx_wire_request *rq, const struct jx_sign_in *si,
			 struct jx_writer *who, uint8_t against_out[JX_PUB_BYTES],
			 struct jx_wire_response *rs)
{
	struct jx_error err = {.code = JX_OK};
	const jx_rc rc = in->ops->writer(in->vault, si->writer, who, &err);

	if (rc == JX_ENOTFOUND)
		return refuse_unknown(rs);
	if (rc != JX_OK)
		return jx_ingest__fault(in, rs, &err);
	if (who->role == JX_ROLE_SERVER || !is_signed(in, rq, si, who->public_key, against_out))
		return jx_ingest__refuse(rs, 401, "bad-signature",
					 "the signature does not fit the writer's key");
	return who->state != JX_WRITER_REVOKED || refuse_revoked(rs);
}

bool jx_ingest__sign_in(jx_ingest *in, const struct jx_wire_request *rq, struct jx_sign_in *sign_in_out,
			struct jx_writer *who_out, uint8_t against_out[JX_PUB_BYTES],
			struct jx_wire_response *rs)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_sign_in si;
	struct jx_writer who;
	int64_t age_ms = 0;

	if (rq->authorization == NULL)
		return jx_ingest__refuse(rs, 401, "bad-signature",
					 "header Authorization is missing; sign in");
	if (jx_sign_in_read(rq->authorization, &si, &err) != JX_OK)
		return jx_ingest__refuse(rs, 401, "bad-signature", err.text);
	if (!si.has_challenge || !jx_ingest__challenge_ok(in, si.writer, si.challenge, &age_ms))
		return jx_ingest__refuse_challenge(in, si.writer, rs);
	if (!check_writer(in, rq, &si, &who, against_out, rs))
		return false;
	*sign_in_out = si;
	*who_out = who;
	return true;
}
