/* Bodies of /v1/enrol, both ways. */
#include <string.h>

#include "wire_private.h"

#define REQUEST _("the enrolment request")
#define ANSWER  _("the enrolment answer")

jx_rc jx_enrol_request_write(const struct jx_enrol_request *rq, jx_buf *out, struct jx_error *err)
{
	jx_rc rc = jx_wire__check_text("code", rq->code_id, err);

	if (rc == JX_OK)
		rc = jx_wire__check_text("program", rq->program, err);
	if (rc == JX_OK)
		rc = jx_wire__check_text("name", rq->name, err);
	if (rc != JX_OK)
		return rc;
	jx_wire__begin(out);
	jx_wire__add_str(out, "code", rq->code_id);
	jx_wire__add_hex(out, "public_key", rq->public_key, JX_PUB_BYTES);
	jx_wire__add_hex(out, "tls_spki_sha256", rq->tls_spki_sha256, JX_HASH_BYTES);
	jx_wire__add_hex(out, "mac", rq->mac, JX_HASH_BYTES);
	jx_wire__add_hex(out, "sig", rq->sig, JX_SIG_BYTES);
	jx_wire__add_str(out, "program", rq->program);
	if (rq->name[0] != '\0')
		jx_wire__add_str(out, "name", rq->name);
	if (rq->has_writer)
		jx_wire__add_uuid(out, "writer", rq->writer);
	jx_buf_addc(out, '}');
	return jx_buf_check(out, REQUEST, err);
}

static jx_rc read_request(const jx_json *doc, struct jx_enrol_request *rq, struct jx_error *err)
{
	bool has = false;
	jx_rc rc = jx_json_need_str(doc, 0, "code", rq->code_id, sizeof(rq->code_id), err);

	if (rc == JX_OK && strlen(rq->code_id) != sizeof(rq->code_id) - 1)
		rc = jx_fail(err, JX_EINVAL, 0, "wire.enrol", "field \"code\" must have 4 characters");
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "public_key", rq->public_key, JX_PUB_BYTES, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "tls_spki_sha256", rq->tls_spki_sha256, JX_HASH_BYTES, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "mac", rq->mac, JX_HASH_BYTES, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "sig", rq->sig, JX_SIG_BYTES, err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "program", rq->program, sizeof(rq->program), err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_str(doc, "name", rq->name, sizeof(rq->name), &has, err);
	rq->has_writer = rc == JX_OK && jx_json_get(doc, 0, "writer") >= 0;
	if (rq->has_writer)
		rc = jx_json_need_uuid(doc, 0, "writer", rq->writer, err);
	return rc;
}

jx_rc jx_enrol_request_read(struct jx_bytes body, struct jx_enrol_request *out, struct jx_error *err)
{
	struct jx_enrol_request rq = {0};
	JX_AUTO_JSON doc = {0};
	jx_rc rc = jx_wire__open(body, REQUEST, &doc, err);

	if (rc == JX_OK)
		rc = read_request(&doc, &rq, err);
	if (rc != JX_OK)
		return jx_wire__in_line(rc, REQUEST, 1, err);
	*out = rq;
	return JX_OK;
}

jx_rc jx_enrol_answer_write(const struct jx_enrol_answer *an, jx_buf *out, struct jx_error *err)
{
	jx_wire__begin(out);
	jx_wire__add_uuid(out, "writer", an->writer);
	jx_wire__add_str(out, "short", an->short_code);
	jx_wire__add_str(out, "role", an->role);
	jx_wire__add_str(out, "area", an->area);
	jx_buf_adds(out, an->is_active ? ",\"active\":true" : ",\"active\":false");
	jx_wire__add_hex(out, "identity", an->identity, JX_PUB_BYTES);
	jx_wire__add_uuid(out, "epoch", an->epoch);
	jx_buf_adds(out, ",\"pins\":[");
	for (size_t i = 0; i < an->pin_count && i < JX_PINS_MAX; i++) {
		jx_buf_adds(out, i == 0 ? "\"" : ",\"");
		jx_buf_add_hex(out, an->pins[i], JX_HASH_BYTES);
		jx_buf_addc(out, '"');
	}
	jx_buf_addc(out, ']');
	jx_wire__add_i64(out, "server_utc_ms", an->server_utc_ms);
	jx_wire__add_hex(out, "mac", an->mac, JX_HASH_BYTES);
	if (an->has_challenge)
		jx_wire__add_base64(out, "challenge", an->challenge, JX_CHALLENGE_BYTES);
	jx_buf_addc(out, '}');
	return jx_buf_check(out, ANSWER, err);
}

static jx_rc read_pins(const jx_json *doc, struct jx_enrol_answer *an, struct jx_error *err)
{
	const int list = jx_json_get(doc, 0, "pins");

	if (jx_json_type_of(doc, list) != JX_JSON_ARRAY)
		return jx_fail(err, JX_EINVAL, 0, "wire.enrol",
			       "field \"pins\" must be a list of hashes in hex");
	for (int tok = jx_json_first(doc, list); tok >= 0; tok = jx_json_next(doc, list, tok)) {
		const struct jx_bytes raw = jx_json_raw(doc, tok);

		/* more keys than this program keeps: the first are the ones in use */
		if (an->pin_count == JX_PINS_MAX)
			break;
		if (raw.len != 2 * JX_HASH_BYTES + 2 || !jx_unhex((const char *)raw.data + 1, raw.len - 2,
								  an->pins[an->pin_count], JX_HASH_BYTES))
			return jx_fail(err, JX_EINVAL, 0, "wire.enrol",
				       "field \"pins\" must hold %d hex digits each", 2 * JX_HASH_BYTES);
		an->pin_count++;
	}
	return JX_OK;
}

static jx_rc read_answer(const jx_json *doc, struct jx_enrol_answer *an, struct jx_error *err)
{
	jx_rc rc = jx_json_need_uuid(doc, 0, "writer", an->writer, err);

	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "short", an->short_code, sizeof(an->short_code), err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "role", an->role, sizeof(an->role), err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "area", an->area, sizeof(an->area), err);
	if (rc == JX_OK && !jx_json_bool(doc, jx_json_get(doc, 0, "active"), &an->is_active))
		rc = jx_fail(err, JX_EINVAL, 0, "wire.enrol", "field \"active\" must be true or false");
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "identity", an->identity, JX_PUB_BYTES, err);
	if (rc == JX_OK)
		rc = jx_json_need_uuid(doc, 0, "epoch", an->epoch, err);
	if (rc == JX_OK)
		rc = read_pins(doc, an, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, 0, "server_utc_ms", 0, JX_WIRE__INT_MAX, &an->server_utc_ms, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "mac", an->mac, JX_HASH_BYTES, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_base64(doc, "challenge", an->challenge, JX_CHALLENGE_BYTES,
					   &an->has_challenge, err);
	return rc;
}

jx_rc jx_enrol_answer_read(struct jx_bytes body, struct jx_enrol_answer *out, struct jx_error *err)
{
	struct jx_enrol_answer an = {0};
	JX_AUTO_JSON doc = {0};
	jx_rc rc = jx_wire__open(body, ANSWER, &doc, err);

	if (rc == JX_OK)
		rc = read_answer(&doc, &an, err);
	if (rc != JX_OK)
		return jx_wire__in_line(rc, ANSWER, 1, err);
	*out = an;
	return JX_OK;
}
