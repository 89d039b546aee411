/* Evidence to be damaged: a device as the store keeps it. */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/model/samples.h"
#include "evidence.h"

bool evidence_next(struct evidence *e)
{
	e->changes++;
	return e->only == 0 || e->only == e->changes;
}

unsigned evidence_bit(const struct evidence *e)
{
	/* Knuth's multiplicative hash: neighbours get different bits */
	return (unsigned)((uint64_t)e->changes * UINT64_C(2654435761) >> 13 & 7);
}

static void say(const struct evidence *e, const char *part, const char *what, const char *how)
{
	if (!e->is_quiet)
		fprintf(stderr, "evidence %s: %s: %s; again: evidence --part %s --entries %lld --only %lld\n",
			part, what, how, part, (long long)e->entries, (long long)e->changes);
}

void evidence_missed(struct evidence *e, const char *part, const char *what)
{
	if (e->missed++ < 20)
		say(e, part, what, "not found");
}

void evidence_misplaced(struct evidence *e, const char *part, const char *what, const char *said)
{
	if (e->misplaced++ < 20)
		say(e, part, what, said);
}

void evidence_disturbed(struct evidence *e, const char *part, const char *said)
{
	if (e->disturbed++ < 20)
		say(e, part, "an untouched copy", said);
}

void evidence_entry(struct evidence *e, struct jx_entry *out)
{
	sample_of_kind(out, JX_KIND_OBSERVATION);
	out->photo_count = 0;
	jx_strcpy(out->person, sizeof(out->person), "p17");
	jx_strcpy(out->person_verified, sizeof(out->person_verified), "pin");
	(void)snprintf(out->street, sizeof(out->street), "street %llu",
		       (unsigned long long)jx_fake_rand_below(&e->rand, 1000000));
}

struct saving {
	struct evidence *e;
	struct device *d;
	uint8_t id[JX_ID_BYTES];
	uint8_t photo[JX_HASH_BYTES];
	bool has_photo;
};

static jx_rc encode(void *user, const uint8_t writer[JX_ID_BYTES], int64_t n, jx_buf *out,
		    struct jx_error *err)
{
	struct saving *s = user;
	struct jx_entry entry;

	evidence_entry(s->e, &entry);
	memcpy(entry.id, s->id, JX_ID_BYTES);
	memcpy(entry.writer, writer, JX_ID_BYTES);
	entry.n = n;
	if (s->has_photo) {
		struct jx_photo_ref *p = &entry.photos[entry.photo_count++];

		memset(p, 0, sizeof(*p));
		memcpy(p->sha256, s->photo, JX_HASH_BYTES);
		p->size_bytes = 1000;
		jx_strcpy(p->type, sizeof(p->type), "image/jpeg");
		jx_strcpy(p->role, sizeof(p->role), "close");
		jx_strcpy(p->how, sizeof(p->how), "camera");
	}
	return jx_entry_encode(&entry, out, err);
}

static void sign(void *user, const uint8_t head[JX_HASH_BYTES], uint8_t sig_out[JX_SIG_BYTES])
{
	const struct saving *s = user;

	jx_chain_sign(s->d->sec, head, sig_out);
}

void evidence_device(struct evidence *e, struct device *d, int64_t count)
{
	struct jx_error err;

	device_init(d);
	device_enrol(d, 1);
	for (int64_t i = 1; i <= count; i++) {
		struct saving s = {.e = e, .d = d, .has_photo = i % 2 == 0};
		const struct jx_append a = {.id = s.id, .encode = encode, .sign = sign, .user = &s};
		int64_t n = 0;

		jx_uuid7(&d->clock.clock, &e->rand.rand, s.id);
		e->rand.rand.fill(e->rand.rand.user, s.photo, sizeof(s.photo));
		jx_assert_ok(jx_store_append(d->store, &a, &n, &err), &err);
		if (s.has_photo || i == count)
			jx_assert_ok(device_receipt(d, n, &err), &err);
		if (s.has_photo && e->has_photo_receipts)
			jx_assert_ok(device_photo_receipt(d, s.photo, 1, &err), &err);
	}
}
