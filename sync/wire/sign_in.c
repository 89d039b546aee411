/* The Authorization header of a sync: who asks, signed over everything a replay could change. */
#include <string.h>

#include "wire_private.h"

#define WHERE  "wire.sign-in"
#define SCHEME "Jiexun "

jx_rc jx_sign_in_write(const struct jx_sign_in *s, char out[JX_AUTH_MAX], struct jx_error *err)
{
	JX_AUTO_BUF b = {0};
	char uuid[37];
	jx_rc rc;

	jx_buf_init(&b, JX_AUTH_MAX - 1);
	jx_uuid_format(s->writer, uuid);
	jx_buf_addf(&b, SCHEME "writer=%s", uuid);
	if (s->has_challenge) {
		jx_buf_adds(&b, ",challenge=");
		jx_buf_add_base64(&b, s->challenge, JX_CHALLENGE_BYTES);
	}
	if (s->has_receipt) {
		jx_buf_adds(&b, ",receipt=");
		jx_buf_add_hex(&b, s->receipt_hash, JX_HASH_BYTES);
	}
	jx_buf_adds(&b, ",sig=");
	jx_buf_add_hex(&b, s->sig, JX_SIG_BYTES);
	rc = jx_buf_check(&b, "sign-in header", err);
	if (rc != JX_OK)
		return rc;
	memcpy(out, b.data, b.len + 1);
	return JX_OK;
}

/* What was seen of the header's parameters. */
struct seen {
	bool writer, challenge, receipt, sig;
};

static bool read_param(const char *name, size_t name_len, const char *value, size_t len, struct jx_sign_in *s,
		       struct seen *seen)
{
	size_t got = 0;
	bool *mark, ok;

	if (name_len == 6 && memcmp(name, "writer", 6) == 0) {
		mark = &seen->writer;
		ok = jx_uuid_parse(value, len, s->writer);
	} else if (name_len == 9 && memcmp(name, "challenge", 9) == 0) {
		mark = &seen->challenge;
		ok = jx_unbase64(value, len, s->challenge, JX_CHALLENGE_BYTES, &got) &&
		     got == JX_CHALLENGE_BYTES;
	} else if (name_len == 7 && memcmp(name, "receipt", 7) == 0) {
		mark = &seen->receipt;
		ok = jx_unhex(value, len, s->receipt_hash, JX_HASH_BYTES);
	} else if (name_len == 3 && memcmp(name, "sig", 3) == 0) {
		mark = &seen->sig;
		ok = jx_unhex(value, len, s->sig, JX_SIG_BYTES);
	} else {
		return true; /* a parameter of a later version */
	}
	ok = ok && !*mark;
	*mark = true;
	return ok;
}

jx_rc jx_sign_in_read(const char *header, struct jx_sign_in *out, struct jx_error *err)
{
	struct jx_sign_in s = {0};
	struct seen seen = {0};
	const char *at = header;

	if (strncmp(header, SCHEME, strlen(SCHEME)) != 0 || strlen(header) >= JX_AUTH_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "header Authorization is no \"Jiexun\" sign-in");
	at += strlen(SCHEME);
	while (*at != '\0') {
		const size_t len = strcspn(at, ",");
		const char *equals = memchr(at, '=', len);

		if (equals == NULL || equals == at ||
		    !read_param(at, (size_t)(equals - at), equals + 1, len - (size_t)(equals - at) - 1, &s,
				&seen))
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"header Authorization: parameter \"%.*s\" is malformed or stands twice",
				(int)(equals != NULL ? equals - at : 0), at);
		at += len;
		if (*at == ',')
			at++;
	}
	if (!seen.writer || !seen.sig)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "header Authorization: writer or sig is missing");
	s.has_challenge = seen.challenge;
	s.has_receipt = seen.receipt;
	*out = s;
	return JX_OK;
}

/* The parts under the signature; hashes and lengths are fixed, so no two requests share one string. */
#define PARTS 8
static void fill_parts(const struct jx_sign_in *s, const uint8_t identity[JX_PUB_BYTES],
		       const struct jx_wire_request *rq, uint8_t challenge_hash[JX_HASH_BYTES],
		       uint8_t body_hash[JX_HASH_BYTES], struct jx_bytes parts[PARTS])
{
	static const uint8_t none[JX_HASH_BYTES];

	jx_sha256(s->challenge, s->has_challenge ? JX_CHALLENGE_BYTES : 0, challenge_hash);
	jx_sha256(rq->body.data, rq->body.len, body_hash);
	parts[0] = (struct jx_bytes){identity, JX_PUB_BYTES};
	parts[1] = (struct jx_bytes){challenge_hash, JX_HASH_BYTES};
	parts[2] = (struct jx_bytes){rq->method, strlen(rq->method)};
	parts[3] = (struct jx_bytes){"\n", 1};
	parts[4] = (struct jx_bytes){rq->path, strlen(rq->path)};
	parts[5] = (struct jx_bytes){"\n", 1};
	parts[6] = (struct jx_bytes){body_hash, JX_HASH_BYTES};
	parts[7] = (struct jx_bytes){s->has_receipt ? s->receipt_hash : none, JX_HASH_BYTES};
}

void jx_sign_in_sign(struct jx_sign_in *s, const uint8_t identity[JX_PUB_BYTES],
		     const struct jx_wire_request *rq, const uint8_t sec[JX_SEC_BYTES])
{
	uint8_t challenge_hash[JX_HASH_BYTES], body_hash[JX_HASH_BYTES];
	struct jx_bytes parts[PARTS];

	fill_parts(s, identity, rq, challenge_hash, body_hash, parts);
	jx_sign(sec, JX_TAG_SIGN_IN, parts, PARTS, s->sig);
}

bool jx_sign_in_ok(const struct jx_sign_in *s, const uint8_t identity[JX_PUB_BYTES],
		   const struct jx_wire_request *rq, const uint8_t pub[JX_PUB_BYTES])
{
	uint8_t challenge_hash[JX_HASH_BYTES], body_hash[JX_HASH_BYTES];
	struct jx_bytes parts[PARTS];

	fill_parts(s, identity, rq, challenge_hash, body_hash, parts);
	return jx_verify(pub, JX_TAG_SIGN_IN, parts, PARTS, s->sig);
}
