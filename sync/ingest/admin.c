/* What the administrator and the office decide. */
#include <string.h>

#include "ingest_private.h"

/* 2^20 code ids; one that is taken is drawn again. */
#define DRAWS_MAX 16

struct holders {
	const uint8_t *public_key; /* NULL: any key is another's */
	bool is_held;
};

static jx_rc look_at_holder(void *user, const struct jx_writer *w)
{
	struct holders *h = user;

	if (w->state == JX_WRITER_REVOKED || w->must_enrol)
		return JX_OK;
	if (h->public_key == NULL || memcmp(w->public_key, h->public_key, sizeof(w->public_key)) != 0)
		h->is_held = true;
	return JX_OK;
}

jx_rc jx_ingest__short_code_free(jx_ingest *in, const char *short_code, const uint8_t *public_key,
				 struct jx_error *err)
{
	struct holders h = {.public_key = public_key};
	jx_rc rc = in->ops->each_writer_of_short(in->vault, short_code, look_at_holder, &h, err);

	if (rc == JX_OK && h.is_held)
		return jx_fail(err, JX_EEXISTS, 0, "ingest.short_code",
			       "short code %s is in use: revoke its writer first, or choose another",
			       short_code);
	return rc;
}

/* Short codes stand in numbers that people say ("H07-123"), in file names and in tables. */
static jx_rc check_short_code(const char *short_code, struct jx_error *err)
{
	const size_t len = strlen(short_code);
	size_t i;
	bool ok = len >= 1 && len <= 15;

	for (i = 0; i < len && ok; i++)
		ok = (short_code[i] >= '0' && short_code[i] <= '9') ||
		     (short_code[i] >= 'A' && short_code[i] <= 'Z') ||
		     (short_code[i] >= 'a' && short_code[i] <= 'z');
	return ok ? JX_OK
		  : jx_fail(err, JX_EINVAL, 0, "ingest.make_code",
			    "short code \"%s\" must be 1 to 15 letters and digits, such as H07", short_code);
}

static jx_rc check_area(const char *area, struct jx_error *err)
{
	const size_t len = strlen(area);
	size_t i;
	bool ok = len < sizeof(((struct jx_writer *)NULL)->area) && jx_utf8_ok(area, len);

	for (i = 0; i < len && ok; i++)
		ok = (unsigned char)area[i] >= 0x20 && area[i] != 0x7f;
	return ok ? JX_OK
		  : jx_fail(err, JX_EINVAL, 0, "ingest.make_code",
			    "area \"%s\" must be plain text of at most 23 bytes: shorten it", area);
}

static void draw(jx_ingest *in, struct jx_vault_code *c, struct jx_code_text *out)
{
	uint8_t bits[3];
	char id[6]; /* 24 bits as 5 digits; the first 4 are random */

	jx_ingest__random(in, bits, sizeof(bits));
	jx_ingest__random(in, out->secret, sizeof(out->secret));
	jx_base32(bits, sizeof(bits), id);
	jx_strcpy(out->id, sizeof(out->id), id);
	memcpy(c->id, out->id, sizeof(c->id));
	memcpy(c->secret, out->secret, sizeof(c->secret));
}

static jx_rc keep_code(jx_ingest *in, struct jx_vault_code *c, struct jx_code_text *out, struct jx_error *err)
{
	struct jx_code_text text;
	int draws = 0;
	jx_rc rc;

	c->expires_utc_ms = jx_ingest__now(in) + JX_WIRE_CODE_MS;
	do {
		draw(in, c, &text);
		rc = in->ops->add_code(in->vault, c, err);
	} while (rc == JX_EEXISTS && ++draws < DRAWS_MAX);
	if (rc == JX_OK)
		*out = text;
	return rc;
}

jx_rc jx_ingest_make_code(jx_ingest *ingest, const char *short_code, enum jx_role role, const char *area,
			  bool is_trusted, struct jx_code_text *out, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	struct jx_vault_code c = {.role = role, .is_trusted = is_trusted};
	jx_rc rc = check_short_code(short_code, err);

	if (rc == JX_OK)
		rc = check_area(area, err);
	if (rc == JX_OK && role == JX_ROLE_SERVER)
		rc = jx_fail(
			err, JX_EINVAL, 0, "ingest.make_code",
			"role \"server\" is the server's own: choose field, leader, dispatcher, unit, auditor or admin");
	if (rc == JX_OK)
		rc = jx_ingest__short_code_free(ingest, short_code, NULL, err);
	if (rc != JX_OK)
		return rc;
	jx_strcpy(c.short_code, sizeof(c.short_code), short_code);
	jx_strcpy(c.area, sizeof(c.area), area);
	return keep_code(ingest, &c, out, err);
}

/* ---- confirm and revoke ------------------------------------------------------------------------------ */

struct pick {
	const char *who; /* short code or id */
	bool is_by_id;
	uint8_t id[JX_ID_BYTES];
	const uint8_t *fingerprint; /* 10 bytes; NULL any */
	struct jx_writer found;     /* the newest */
	bool is_found, is_named;
};

static bool is_named(const struct pick *p, const struct jx_writer *w)
{
	return p->is_by_id ? memcmp(p->id, w->id, sizeof(p->id)) == 0 : strcmp(p->who, w->short_code) == 0;
}

static jx_rc look_at(void *user, const struct jx_writer *w)
{
	struct pick *p = user;
	uint8_t hash[JX_HASH_BYTES];

	if (w->role == JX_ROLE_SERVER || !is_named(p, w))
		return JX_OK;
	p->is_named = true;
	jx_sha256(w->public_key, sizeof(w->public_key), hash);
	if (w->state == JX_WRITER_REVOKED ||
	    (p->fingerprint != NULL && memcmp(hash, p->fingerprint, 10) != 0))
		return JX_OK;
	p->found = *w;
	p->is_found = true;
	return JX_OK;
}

static jx_rc find(jx_ingest *in, const char *who, struct pick *p, struct jx_error *err)
{
	jx_rc rc;

	p->who = who;
	p->is_by_id = jx_uuid_parse(who, strlen(who), p->id);
	rc = in->ops->each_writer(in->vault, look_at, p, err);
	if (rc == JX_OK && !p->is_named)
		return jx_fail(err, JX_ENOTFOUND, 0, "ingest.find",
			       "no writer is called %s: check the spelling", who);
	return rc;
}

static jx_rc change_state(jx_ingest *in, const struct jx_writer *w, enum jx_writer_state state,
			  enum jx_kind kind, const char *reason, struct jx_error *err)
{
	JX_CLEANUP(jx_ingest__facts_done) struct jx_ingest__facts facts;
	jx_rc rc = jx_ingest__facts_begin(in, &facts, err);

	if (rc == JX_OK)
		rc = jx_ingest__facts_add(in, &facts, kind, w, reason, err);
	if (rc == JX_OK)
		rc = jx_ingest__facts_end(in, &facts, err);
	return rc == JX_OK ? in->ops->set_state(in->vault, w->id, state, &facts.batch, err) : rc;
}

jx_rc jx_ingest_confirm(jx_ingest *ingest, const char *who, const char *fingerprint, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	uint8_t print[10];
	struct pick p = {.fingerprint = print};
	jx_rc rc;

	if (!jx_unbase32(fingerprint, print, sizeof(print)))
		return jx_fail(
			err, JX_EINVAL, 0, "ingest.confirm",
			"fingerprint \"%s\" is not 16 letters and digits: read it from the device again",
			fingerprint);
	rc = find(ingest, who, &p, err);
	if (rc != JX_OK)
		return rc;
	if (!p.is_found)
		return jx_fail(
			err, JX_EAUTH, 0, "ingest.confirm",
			"no writer %s has the fingerprint %s: compare again; if it differs, revoke %s and find out who enrolled",
			who, fingerprint, who);
	if (p.found.state == JX_WRITER_ACTIVE)
		return JX_OK;
	return change_state(ingest, &p.found, JX_WRITER_ACTIVE, JX_KIND_WRITER_CONFIRMED, NULL, err);
}

jx_rc jx_ingest_move(jx_ingest *ingest, const char *who, const char *area, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	JX_CLEANUP(jx_ingest__facts_done) struct jx_ingest__facts facts;
	struct pick p = {.fingerprint = NULL};
	jx_rc rc = check_area(area, err);

	jx_ingest__facts_clear(&facts);
	if (rc == JX_OK)
		rc = find(ingest, who, &p, err);
	if (rc == JX_OK && !p.is_found)
		rc = jx_fail(err, JX_ESTATE, 0, "ingest.move",
			     "writer %s is revoked: it works nowhere any more", who);
	if (rc != JX_OK || strcmp(p.found.area, area) == 0)
		return rc;
	jx_strcpy(p.found.area, sizeof(p.found.area), area);
	rc = jx_ingest__facts_begin(ingest, &facts, err);
	if (rc == JX_OK)
		rc = jx_ingest__facts_add(ingest, &facts, JX_KIND_WRITER_MOVED, &p.found, NULL, err);
	if (rc == JX_OK)
		rc = jx_ingest__facts_end(ingest, &facts, err);
	return rc == JX_OK ? ingest->ops->set_area(ingest->vault, p.found.id, area, &facts.batch, err) : rc;
}

jx_rc jx_ingest_revoke(jx_ingest *ingest, const char *who, const char *reason, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	struct pick p = {.fingerprint = NULL};
	jx_rc rc = find(ingest, who, &p, err);

	if (rc != JX_OK)
		return rc;
	if (!p.is_found)
		return jx_fail(err, JX_ESTATE, 0, "ingest.revoke",
			       "writer %s is revoked already: there is nothing to do", who);
	return change_state(ingest, &p.found, JX_WRITER_REVOKED, JX_KIND_WRITER_REVOKED, reason, err);
}

/* Whoever uses it must have the holder's key: enrolment looks at that. */
jx_rc jx_ingest_make_renewal_code(jx_ingest *ingest, const char *short_code, struct jx_code_text *out,
				  struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	struct pick p = {.fingerprint = NULL};
	struct jx_vault_code c = {.is_trusted = false};
	jx_rc rc = find(ingest, short_code, &p, err);

	if (rc != JX_OK)
		return rc;
	if (!p.is_found)
		return jx_fail(err, JX_ESTATE, 0, "ingest.renew",
			       "writer %s is revoked: make a code for a new one", short_code);
	c.role = p.found.role;
	jx_strcpy(c.short_code, sizeof(c.short_code), p.found.short_code);
	jx_strcpy(c.area, sizeof(c.area), p.found.area);
	return keep_code(ingest, &c, out, err);
}
