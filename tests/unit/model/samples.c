#include "samples.h"

#include <string.h>

void sample_id(uint8_t family, uint64_t i, uint8_t id[JX_ID_BYTES])
{
	size_t k;

	memset(id, 0, JX_ID_BYTES);
	id[0] = 1;
	id[5] = family;
	id[6] = 0x70;
	id[8] = 0x80;
	for (k = 0; k < 7; k++)
		id[15 - k] = (uint8_t)(i >> (8 * k));
}

void sample_key(int i, uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES])
{
	uint8_t seed[32];

	memset(seed, i + 1, sizeof(seed));
	jx_key_from_seed(seed, pub, sec);
}

static void common(struct jx_entry *e)
{
	memset(e, 0, sizeof(*e));
	sample_id(1, 1, e->id);
	sample_id(2, 1, e->writer);
	e->n = 1;
	memcpy(e->salt, "\x01\x02\x03\x04\x05\x06\x07\xff", sizeof(e->salt));
	e->taken_utc_ms = INT64_C(1788255723120);
	e->saved_utc_ms = INT64_C(1788255741007);
	e->mono_ms = 86399999;
	sample_id(3, 1, e->boot);
	jx_strcpy(e->day, sizeof(e->day), "2026-09-01");
	e->fix.accuracy_mm = -1;
	e->fix.satellites_used = -1;
}

static void add_place(struct jx_entry *e)
{
	e->has_place = true;
	e->fix.source = JX_FIX_GNSS;
	e->fix.lat_wgs84_e7 = 302345678;
	e->fix.lon_wgs84_e7 = 1197212345;
}

static void add_form(struct jx_entry *e)
{
	static const char answers[] =
		"{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":3,\"unit\":\"sheet\"}";

	jx_strcpy(e->form, sizeof(e->form), "disorder");
	jx_strcpy(e->pack, sizeof(e->pack), "ten-disorders");
	e->pack_version = 1;
	e->answers.data = answers;
	e->answers.len = sizeof(answers) - 1;
}

static void add_ref(struct jx_entry *e)
{
	e->has_ref = true;
	sample_id(1, 77, e->ref.id);
	memset(e->ref.digest, 0xab, sizeof(e->ref.digest));
	jx_strcpy(e->reason, sizeof(e->reason), "数错了\n再数一遍");
}

static void add_photo(struct jx_entry *e, const char *role)
{
	struct jx_photo_ref *p = &e->photos[e->photo_count++];

	memset(p->sha256, (int)e->photo_count, sizeof(p->sha256));
	p->size_bytes = 250000 + (int64_t)e->photo_count;
	jx_strcpy(p->type, sizeof(p->type), "image/jpeg");
	jx_strcpy(p->role, sizeof(p->role), role);
	jx_strcpy(p->how, sizeof(p->how), "camera");
	p->taken_utc_ms = e->taken_utc_ms - 1500;
}

void sample_observation(struct jx_entry *e)
{
	common(e);
	e->kind = JX_KIND_OBSERVATION;
	e->gnss_utc_ms = INT64_C(1788255723000);
	jx_strcpy(e->area, sizeof(e->area), "330185-jinbei");
	jx_strcpy(e->person, sizeof(e->person), "王芳");
	jx_strcpy(e->person_verified, sizeof(e->person_verified), "pin");
	e->has_shift = true;
	sample_id(4, 1, e->shift);
	jx_strcpy(e->officer2, sizeof(e->officer2), "李雷");
	jx_strcpy(e->source, sizeof(e->source), "patrol");
	jx_strcpy(e->campaign, sizeof(e->campaign), "spring \"2026\"");
	add_place(e);
	e->fix.accuracy_mm = 4200;
	e->fix.satellites_used = 11;
	e->fix.mode = 3;
	e->fix.age_ms = 950;
	e->fix.gnss_utc_ms = INT64_C(1788255723001);
	e->fix.is_stale = true;
	jx_strcpy(e->grid, sizeof(e->grid), "330185001001");
	jx_strcpy(e->street, sizeof(e->street), "钱王街");
	jx_strcpy(e->ref_version, sizeof(e->ref_version), "2026-08");
	add_form(e);
	add_photo(e, "wide");
	add_photo(e, "close");
}

void sample_of_kind(struct jx_entry *e, enum jx_kind kind)
{
	common(e);
	e->kind = kind;
	switch (kind) {
	case JX_KIND_OBSERVATION:
		add_place(e);
		add_form(e);
		break;
	case JX_KIND_CORRECTION:
		add_place(e);
		add_form(e);
		add_ref(e);
		break;
	case JX_KIND_WITHDRAWAL:
		add_ref(e);
		break;
	case JX_KIND_PERSON_IN:
	case JX_KIND_PERSON_OUT:
		jx_strcpy(e->person, sizeof(e->person), "P1");
		jx_strcpy(e->person_verified, sizeof(e->person_verified), "none");
		break;
	case JX_KIND_SHIFT_START:
		e->has_shift = true;
		sample_id(4, 2, e->shift);
		break;
	case JX_KIND_DAY_CLOSE:
		e->has_totals = true;
		e->observations_total = 40;
		e->photos_total = 0;
		break;
	case JX_KIND_CONTINUES:
		e->has_continues = true;
		sample_id(2, 9, e->old_writer);
		e->old_n = 123;
		memset(e->old_head, 0xcd, sizeof(e->old_head));
		break;
	case JX_KIND_WRITER_ENROLLED:
		memset(e->subject_public_key, 0xee, sizeof(e->subject_public_key));
		jx_strcpy(e->subject_short, sizeof(e->subject_short), "H07");
		jx_strcpy(e->subject_role, sizeof(e->subject_role), "field");
		jx_strcpy(e->subject_area, sizeof(e->subject_area), "330185-jinbei");
		__attribute__((fallthrough));
	case JX_KIND_WRITER_CONFIRMED:
	case JX_KIND_WRITER_REVOKED:
	case JX_KIND_WRITER_MOVED:
		e->has_subject = true;
		sample_id(2, 7, e->subject);
		break;
	case JX_KIND_UNKNOWN:
	default:
		jx_strcpy(e->kind_name, sizeof(e->kind_name), "track-blob");
		break;
	}
}
