#include "fields.h"

#include <stdio.h>
#include <string.h>

#define E(member) offsetof(struct jx_entry, member)
#define S(member) sizeof(((struct jx_entry *)0)->member)
#define P(member) offsetof(struct jx_photo_ref, member)
#define Z(member) sizeof(((struct jx_photo_ref *)0)->member)

#define UUID(n, m, how)                                                                          \
	{                                                                                        \
		.name = n, .type = JX_MODEL__UUID, .presence = how, .offset = E(m), .size = S(m) \
	}
#define HEX(n, m, how)                                                                          \
	{                                                                                       \
		.name = n, .type = JX_MODEL__HEX, .presence = how, .offset = E(m), .size = S(m) \
	}
#define TEXT(n, m, how)                                                                          \
	{                                                                                        \
		.name = n, .type = JX_MODEL__TEXT, .presence = how, .offset = E(m), .size = S(m) \
	}
#define NAME(n, m, how)                                                                          \
	{                                                                                        \
		.name = n, .type = JX_MODEL__NAME, .presence = how, .offset = E(m), .size = S(m) \
	}
#define INT(n, m, how, lo, hi)                                                                              \
	{                                                                                                   \
		.name = n, .type = JX_MODEL__INT, .presence = how, .offset = E(m), .size = S(m), .min = lo, \
		.max = hi                                                                                   \
	}
#define POSITION_INT(n, m, how, lo, hi)                                                                     \
	{                                                                                                   \
		.name = n, .type = JX_MODEL__INT, .presence = how, .offset = E(m), .size = S(m), .min = lo, \
		.max = hi, .is_position = true                                                              \
	}
#define OBJECT(n, m, fields)                                                                   \
	{                                                                                      \
		.name = n, .type = JX_MODEL__OBJECT, .presence = JX_MODEL__FLAG, .flag = E(m), \
		.members = fields                                                              \
	}

#define MAX JX_MODEL__INT_MAX

static const struct jx_model__field person_fields[] = {
	TEXT("id", person, JX_MODEL__ALWAYS),
	NAME("verified", person_verified, JX_MODEL__ALWAYS),
	{.name = NULL},
};

/* A place without source holds no position, not even zeros: 0, 0 is a place in the Gulf of Guinea. */
static const struct jx_model__field place_fields[] = {
	{.name = "source", .type = JX_MODEL__SOURCE, .presence = JX_MODEL__ALWAYS},
	POSITION_INT("lat_wgs84_e7", fix.lat_wgs84_e7, JX_MODEL__ALWAYS, -900000000, 900000000),
	POSITION_INT("lon_wgs84_e7", fix.lon_wgs84_e7, JX_MODEL__ALWAYS, -1800000000, 1800000000),
	POSITION_INT("accuracy_mm", fix.accuracy_mm, JX_MODEL__KNOWN, 0, MAX),
	INT("satellites", fix.satellites_used, JX_MODEL__KNOWN, 0, INT16_MAX),
	INT("fix_mode", fix.mode, JX_MODEL__NOT_EMPTY, 0, 3),
	POSITION_INT("fix_age_ms", fix.age_ms, JX_MODEL__NOT_EMPTY, 0, MAX),
	POSITION_INT("fix_utc_ms", fix.gnss_utc_ms, JX_MODEL__NOT_EMPTY, 0, MAX),
	{.name = "stale",
	 .type = JX_MODEL__TRUE,
	 .presence = JX_MODEL__NOT_EMPTY,
	 .offset = E(fix.is_stale),
	 .is_position = true},
	TEXT("grid", grid, JX_MODEL__NOT_EMPTY),
	TEXT("street", street, JX_MODEL__NOT_EMPTY),
	TEXT("ref_version", ref_version, JX_MODEL__NOT_EMPTY),
	{.name = NULL},
};

static const struct jx_model__field photo_fields[] = {
	{.name = "sha256",
	 .type = JX_MODEL__HEX,
	 .presence = JX_MODEL__ALWAYS,
	 .offset = P(sha256),
	 .size = Z(sha256)},
	{.name = "size_bytes",
	 .type = JX_MODEL__INT,
	 .presence = JX_MODEL__ALWAYS,
	 .offset = P(size_bytes),
	 .size = Z(size_bytes),
	 .min = 1,
	 .max = MAX},
	{.name = "type",
	 .type = JX_MODEL__TEXT,
	 .presence = JX_MODEL__ALWAYS,
	 .offset = P(type),
	 .size = Z(type)},
	{.name = "role",
	 .type = JX_MODEL__NAME,
	 .presence = JX_MODEL__ALWAYS,
	 .offset = P(role),
	 .size = Z(role)},
	{.name = "how",
	 .type = JX_MODEL__NAME,
	 .presence = JX_MODEL__ALWAYS,
	 .offset = P(how),
	 .size = Z(how)},
	{.name = "taken_utc_ms",
	 .type = JX_MODEL__INT,
	 .presence = JX_MODEL__NOT_EMPTY,
	 .offset = P(taken_utc_ms),
	 .size = Z(taken_utc_ms),
	 .min = 0,
	 .max = MAX},
	{.name = "before",
	 .type = JX_MODEL__HEX,
	 .presence = JX_MODEL__NOT_EMPTY,
	 .offset = P(before_sha256),
	 .size = Z(before_sha256)},
	{.name = "duration_ms",
	 .type = JX_MODEL__INT,
	 .presence = JX_MODEL__NOT_EMPTY,
	 .offset = P(duration_ms),
	 .size = Z(duration_ms),
	 .min = 0,
	 .max = MAX},
	{.name = NULL},
};

static const struct jx_model__field ref_fields[] = {
	UUID("id", ref.id, JX_MODEL__ALWAYS),
	HEX("digest", ref.digest, JX_MODEL__ALWAYS),
	{.name = NULL},
};

static const struct jx_model__field continues_fields[] = {
	UUID("writer", old_writer, JX_MODEL__ALWAYS),
	INT("n", old_n, JX_MODEL__ALWAYS, 0, MAX),
	HEX("head", old_head, JX_MODEL__ALWAYS),
	{.name = NULL},
};

static const struct jx_model__field subject_fields[] = {
	UUID("writer", subject, JX_MODEL__ALWAYS),
	HEX("public_key", subject_public_key, JX_MODEL__NOT_EMPTY),
	TEXT("short", subject_short, JX_MODEL__NOT_EMPTY),
	NAME("role", subject_role, JX_MODEL__NOT_EMPTY),
	TEXT("area", subject_area, JX_MODEL__NOT_EMPTY),
	{.name = NULL},
};

/* `v` stands before these. Files in tests/golden hold the order; a new field goes to the end of its group. */
const struct jx_model__field jx_model__entry_fields[] = {
	UUID("id", id, JX_MODEL__ALWAYS),
	UUID("writer", writer, JX_MODEL__ALWAYS),
	INT("n", n, JX_MODEL__ALWAYS, 1, MAX),
	{.name = "kind",
	 .type = JX_MODEL__KIND,
	 .presence = JX_MODEL__ALWAYS,
	 .offset = E(kind_name),
	 .size = S(kind_name)},
	HEX("salt", salt, JX_MODEL__ALWAYS),
	INT("taken_utc_ms", taken_utc_ms, JX_MODEL__ALWAYS, 0, MAX),
	INT("saved_utc_ms", saved_utc_ms, JX_MODEL__ALWAYS, 0, MAX),
	INT("mono_ms", mono_ms, JX_MODEL__ALWAYS, 0, MAX),
	UUID("boot", boot, JX_MODEL__ALWAYS),
	INT("gnss_utc_ms", gnss_utc_ms, JX_MODEL__NOT_EMPTY, 0, MAX),
	{.name = "day",
	 .type = JX_MODEL__DAY,
	 .presence = JX_MODEL__ALWAYS,
	 .offset = E(day),
	 .size = S(day)},
	TEXT("area", area, JX_MODEL__NOT_EMPTY),
	{.name = "person",
	 .type = JX_MODEL__OBJECT,
	 .presence = JX_MODEL__FLAG,
	 .flag = E(person),
	 .is_flag_text = true,
	 .members = person_fields},
	{.name = "shift",
	 .type = JX_MODEL__UUID,
	 .presence = JX_MODEL__FLAG,
	 .offset = E(shift),
	 .size = S(shift),
	 .flag = E(has_shift)},
	TEXT("officer2", officer2, JX_MODEL__NOT_EMPTY),
	NAME("source", source, JX_MODEL__NOT_EMPTY),
	TEXT("campaign", campaign, JX_MODEL__NOT_EMPTY),
	OBJECT("place", has_place, place_fields),
	TEXT("form", form, JX_MODEL__NOT_EMPTY),
	TEXT("pack", pack, JX_MODEL__NOT_EMPTY),
	INT("pack_version", pack_version, JX_MODEL__NOT_EMPTY, 1, MAX),
	{.name = "answers", .type = JX_MODEL__ANSWERS, .presence = JX_MODEL__NOT_EMPTY, .offset = E(answers)},
	{.name = "photos",
	 .type = JX_MODEL__PHOTOS,
	 .presence = JX_MODEL__NOT_EMPTY,
	 .members = photo_fields},
	OBJECT("ref", has_ref, ref_fields),
	{.name = "reason",
	 .type = JX_MODEL__LINES,
	 .presence = JX_MODEL__NOT_EMPTY,
	 .offset = E(reason),
	 .size = S(reason)},
	{.name = "observations_total",
	 .type = JX_MODEL__INT,
	 .presence = JX_MODEL__FLAG,
	 .offset = E(observations_total),
	 .size = S(observations_total),
	 .flag = E(has_totals),
	 .min = 0,
	 .max = MAX},
	{.name = "photos_total",
	 .type = JX_MODEL__INT,
	 .presence = JX_MODEL__WITH_FLAG,
	 .offset = E(photos_total),
	 .size = S(photos_total),
	 .flag = E(has_totals),
	 .min = 0,
	 .max = MAX},
	OBJECT("continues", has_continues, continues_fields),
	OBJECT("subject", has_subject, subject_fields),
	{.name = NULL},
};

struct jx_model__path_text jx_model__path_text(const struct jx_model__path *path)
{
	struct jx_model__path_text t;
	struct jx_model__path_text up = {""};

	if (path->up != NULL)
		up = jx_model__path_text(path->up);
	if (path->index >= 0)
		(void)snprintf(t.text, sizeof(t.text), "%.24s%s%.20s[%d]", up.text,
			       up.text[0] != '\0' ? "." : "", path->name, path->index);
	else
		(void)snprintf(t.text, sizeof(t.text), "%.36s%s%.24s", up.text, up.text[0] != '\0' ? "." : "",
			       path->name);
	return t;
}

int64_t jx_model__load_int(const char *at, size_t size)
{
	int64_t v8;
	int32_t v4;
	int16_t v2;

	switch (size) {
	case sizeof(v8):
		memcpy(&v8, at, sizeof(v8));
		return v8;
	case sizeof(v4):
		memcpy(&v4, at, sizeof(v4));
		return v4;
	case sizeof(v2):
		memcpy(&v2, at, sizeof(v2));
		return v2;
	default:
		return (uint8_t)*at;
	}
}

void jx_model__store_int(char *at, size_t size, int64_t value)
{
	const int32_t v4 = (int32_t)value;
	const int16_t v2 = (int16_t)value;
	const uint8_t v1 = (uint8_t)value;

	switch (size) {
	case sizeof(value):
		memcpy(at, &value, sizeof(value));
		break;
	case sizeof(v4):
		memcpy(at, &v4, sizeof(v4));
		break;
	case sizeof(v2):
		memcpy(at, &v2, sizeof(v2));
		break;
	default:
		memcpy(at, &v1, sizeof(v1));
		break;
	}
}

static bool is_empty(const struct jx_model__field *f, const struct jx_entry *e, const char *base)
{
	const char *at = base + f->offset;
	size_t i;

	switch (f->type) {
	case JX_MODEL__INT:
		return jx_model__load_int(at, f->size) == 0;
	case JX_MODEL__PHOTOS:
		return e->photo_count == 0;
	case JX_MODEL__ANSWERS:
		return e->answers.data == NULL;
	case JX_MODEL__UUID:
	case JX_MODEL__HEX:
		for (i = 0; i < f->size; i++)
			if (at[i] != 0)
				return false;
		return true;
	case JX_MODEL__TEXT:
	case JX_MODEL__LINES:
	case JX_MODEL__NAME:
	case JX_MODEL__DAY:
	case JX_MODEL__TRUE:
	case JX_MODEL__KIND:
	case JX_MODEL__SOURCE:
	case JX_MODEL__OBJECT:
	default:
		return *at == '\0';
	}
}

bool jx_model__is_present(const struct jx_model__field *f, const struct jx_entry *e, const char *base)
{
	if (f->is_position && e->fix.source == JX_FIX_NONE)
		return false;
	switch (f->presence) {
	case JX_MODEL__NOT_EMPTY:
		return !is_empty(f, e, base);
	case JX_MODEL__KNOWN:
		return jx_model__load_int(base + f->offset, f->size) >= 0;
	case JX_MODEL__FLAG:
	case JX_MODEL__WITH_FLAG:
		return base[f->flag] != 0;
	case JX_MODEL__ALWAYS:
	default:
		return true;
	}
}
