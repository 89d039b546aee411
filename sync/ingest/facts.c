/* What the server states itself: entries of its own chain, signed by the identity key. */
#include <string.h>

#include "ingest_private.h"

#define WHERE "ingest.facts"

struct search {
	uint8_t identity[JX_PUB_BYTES];
	struct jx_writer *out;
	bool is_found;
};

static jx_rc look(void *user, const struct jx_writer *w)
{
	struct search *s = user;

	if (w->role != JX_ROLE_SERVER || memcmp(w->public_key, s->identity, sizeof(w->public_key)) != 0)
		return JX_OK;
	*s->out = *w;
	s->is_found = true;
	return JX_OK;
}

jx_rc jx_ingest__server_writer(jx_ingest *in, struct jx_writer *out, struct jx_error *err)
{
	struct search s = {.out = out};
	jx_rc rc;

	jx_ingest_identity(in, s.identity);
	rc = in->ops->each_writer(in->vault, look, &s, err);
	if (rc == JX_OK && !s.is_found)
		return jx_fail(err, JX_ESTATE, 0, WHERE,
			       "the server has no writer of its own yet: set it up first");
	return rc;
}

void jx_ingest__facts_clear(struct jx_ingest__facts *f)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < JX_INGEST__FACTS_MAX; i++)
		jx_buf_init(&f->bytes[i], JX_ENTRY_BYTES_MAX);
}

jx_rc jx_ingest__facts_begin(jx_ingest *in, struct jx_ingest__facts *f, struct jx_error *err)
{
	jx_ingest__facts_clear(f);
	jx_ingest__signer_get(in, &f->signer);
	return jx_ingest__server_writer(in, &f->server, err);
}

void jx_ingest__facts_begin_new(struct jx_ingest__facts *f, const struct jx_writer *server,
				const struct jx_ingest__signer *signer)
{
	jx_ingest__facts_clear(f);
	f->signer = *signer;
	f->server = *server;
}

void jx_ingest__facts_done(struct jx_ingest__facts *f)
{
	size_t i;

	for (i = 0; i < JX_INGEST__FACTS_MAX; i++)
		jx_buf_done(&f->bytes[i]);
	jx_ingest__signer_wipe(&f->signer);
}

static jx_rc fill(jx_ingest *in, const struct jx_ingest__facts *f, enum jx_kind kind, struct jx_entry *e,
		  struct jx_error *err)
{
	const struct jx_clock *clock = in->config.clock;

	memset(e, 0, sizeof(*e));
	jx_uuid7(clock, in->config.rand, e->id);
	memcpy(e->writer, f->server.id, sizeof(e->writer));
	e->n = f->server.n + 1 + (int64_t)f->batch.count;
	e->kind = kind;
	jx_strcpy(e->kind_name, sizeof(e->kind_name), jx_kind_name(kind));
	jx_ingest__random(in, e->salt, sizeof(e->salt));
	e->taken_utc_ms = e->saved_utc_ms = clock->utc_ms(clock->user);
	e->mono_ms = clock->mono_ms(clock->user);
	clock->boot_id(clock->user, e->boot);
	if (!jx_day_of(e->taken_utc_ms, in->config.utc_offset_min, e->day))
		return jx_fail(err, JX_ESTATE, 0, WHERE, "the server's clock is off by years: set it");
	return JX_OK;
}

static jx_rc append(struct jx_ingest__facts *f, const struct jx_entry *e, struct jx_error *err)
{
	struct jx_vault_entry *v = &f->entries[f->batch.count];
	jx_buf *bytes = &f->bytes[f->batch.count];
	const uint8_t *before = f->batch.count == 0 ? f->server.head : f->entries[f->batch.count - 1].head;
	jx_rc rc = jx_entry_encode(e, bytes, err);

	if (rc != JX_OK)
		return rc;
	v->bytes = bytes->data;
	v->len = bytes->len;
	jx_sha256(v->bytes, v->len, v->digest);
	jx_chain_next(f->server.id, e->n, before, v->digest, v->head);
	memcpy(v->id, e->id, sizeof(v->id));
	v->n = e->n;
	v->kind = e->kind;
	jx_strcpy(v->day, sizeof(v->day), e->day);
	f->batch.count++;
	return JX_OK;
}

jx_rc jx_ingest__facts_add(jx_ingest *in, struct jx_ingest__facts *f, enum jx_kind kind,
			   const struct jx_writer *subject, const char *reason, struct jx_error *err)
{
	struct jx_entry e;
	const jx_rc rc = fill(in, f, kind, &e, err);

	if (rc != JX_OK)
		return rc;
	e.has_subject = true;
	memcpy(e.subject, subject->id, sizeof(e.subject));
	if (kind == JX_KIND_WRITER_ENROLLED)
		memcpy(e.subject_public_key, subject->public_key, sizeof(e.subject_public_key));
	jx_strcpy(e.subject_short, sizeof(e.subject_short), subject->short_code);
	jx_strcpy(e.subject_role, sizeof(e.subject_role), jx_role_name(subject->role));
	jx_strcpy(e.subject_area, sizeof(e.subject_area), subject->area);
	jx_strcpy(e.reason, sizeof(e.reason), reason == NULL ? "" : reason);
	return append(f, &e, err);
}

jx_rc jx_ingest__facts_continue(jx_ingest *in, struct jx_ingest__facts *f, const struct jx_writer *before,
				struct jx_error *err)
{
	struct jx_entry e;
	const jx_rc rc = fill(in, f, JX_KIND_CONTINUES, &e, err);

	if (rc != JX_OK)
		return rc;
	e.has_continues = true;
	memcpy(e.old_writer, before->id, sizeof(e.old_writer));
	e.old_n = before->n;
	memcpy(e.old_head, before->head, sizeof(e.old_head));
	return append(f, &e, err);
}

jx_rc jx_ingest__facts_end(jx_ingest *in, struct jx_ingest__facts *f, struct jx_error *err)
{
	const struct jx_vault_entry *last = &f->entries[f->batch.count - 1];

	memcpy(f->batch.writer, f->server.id, sizeof(f->batch.writer));
	f->batch.expected_n = f->server.n;
	memcpy(f->batch.expected_head, f->server.head, sizeof(f->batch.expected_head));
	f->batch.entries = f->entries;
	f->batch.received_utc_ms = jx_ingest__now(in);
	f->batch.receipt = &f->receipt;
	jx_chain_sign(f->signer.secret, last->head, f->batch.sig);
	return jx_ingest__sign_receipt(in, &f->signer, f->server.id, last, f->batch.received_utc_ms, false,
				       &f->receipt, err);
}
