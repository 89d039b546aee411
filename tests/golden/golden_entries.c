/* What the golden logs say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_maker.h"

#define TAKEN_UTC_MS INT64_C(1788255723120) /* 2026-09-01T17:42:03.120+08:00 */

void golden_must(jx_rc rc, const struct jx_error *err, const char *what)
{
	if (rc == JX_OK)
		return;
	(void)fprintf(stderr, "%s: %s\n", what, err->text);
	exit(1);
}

void golden_id(uint8_t family, uint8_t i, uint8_t id[JX_ID_BYTES])
{
	static const uint8_t base[JX_ID_BYTES] = {0x01, 0x9a, 0x05, 0xe1, 0xf4, 0x70, 0x7b, 0x3c,
						  0x8d, 0x21, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55};

	memcpy(id, base, JX_ID_BYTES);
	id[14] = family;
	id[15] = i;
}

static void begin(struct golden_chain *c, const char *name, uint8_t number)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->name = name;
	for (i = 0; i < sizeof(c->seed); i++)
		c->seed[i] = (uint8_t)((size_t)number * 32 + i);
	jx_key_from_seed(c->seed, c->pub, c->sec);
	golden_id(2, number, c->writer);
	jx_chain_root(c->writer, c->pub, c->head[0]);
}

static void chain_bytes(struct golden_chain *c, const char *bytes, bool is_foreign)
{
	const size_t n = ++c->count;

	if (n >= GOLDEN_ENTRIES_MAX)
		abort();
	c->bytes[n] = jx_xstrdup(bytes);
	c->is_foreign[n] = is_foreign;
	jx_sha256(bytes, strlen(bytes), c->digest[n]);
	jx_chain_next(c->writer, (int64_t)n, c->head[n - 1], c->digest[n], c->head[n]);
	jx_chain_sign(c->sec, c->head[n], c->sig[n]);
}

static void chain_entry(struct golden_chain *c, const struct jx_entry *e)
{
	JX_AUTO_BUF b = {0};
	struct jx_error err = {0};

	jx_buf_init(&b, JX_ENTRY_BYTES_MAX);
	golden_must(jx_entry_encode(e, &b, &err), &err, "entry");
	chain_bytes(c, b.data, false);
}

static struct jx_entry next_entry(const struct golden_chain *c, enum jx_kind kind)
{
	const size_t n = c->count + 1;
	struct jx_entry e;
	size_t i;

	memset(&e, 0, sizeof(e));
	golden_id((uint8_t)(0x10 + c->writer[15]), (uint8_t)n, e.id);
	memcpy(e.writer, c->writer, JX_ID_BYTES);
	e.n = (int64_t)n;
	e.kind = kind;
	for (i = 0; i < sizeof(e.salt); i++)
		e.salt[i] = (uint8_t)(0xf0 + n * 7 + i * 13);
	e.taken_utc_ms = TAKEN_UTC_MS + (int64_t)n * 60000;
	e.saved_utc_ms = e.taken_utc_ms + 17887;
	e.mono_ms = 86399999 + (int64_t)n * 60000;
	golden_id(3, 1, e.boot);
	jx_strcpy(e.day, sizeof(e.day), "2026-09-01");
	e.fix.accuracy_mm = -1;
	e.fix.satellites_used = -1;
	return e;
}

static void set_person(struct jx_entry *e)
{
	jx_strcpy(e->person, sizeof(e->person), "王芳");
	jx_strcpy(e->person_verified, sizeof(e->person_verified), "pin");
	e->has_shift = true;
	golden_id(4, 1, e->shift);
	jx_strcpy(e->area, sizeof(e->area), "330185-jinbei");
}

static void set_form(struct jx_entry *e, const char *answers)
{
	jx_strcpy(e->form, sizeof(e->form), "disorder");
	jx_strcpy(e->pack, sizeof(e->pack), "ten-disorders");
	e->pack_version = 1;
	e->answers.data = answers;
	e->answers.len = strlen(answers);
}

static void add_photo(struct jx_entry *e, const char *content, const char *role, const char *how,
		      int64_t taken_utc_ms)
{
	struct jx_photo_ref *p = &e->photos[e->photo_count++];

	jx_sha256(content, strlen(content), p->sha256);
	p->size_bytes = 250000 + (int64_t)e->photo_count;
	jx_strcpy(p->type, sizeof(p->type), "image/jpeg");
	jx_strcpy(p->role, sizeof(p->role), role);
	jx_strcpy(p->how, sizeof(p->how), how);
	p->taken_utc_ms = taken_utc_ms;
}

static void refer_to(struct jx_entry *e, const struct golden_chain *c, size_t n, const char *reason)
{
	struct jx_entry old;
	struct jx_error err = {0};

	golden_must(jx_entry_decode(c->bytes[n], strlen(c->bytes[n]), &old, &err), &err, "entry referred to");
	e->has_ref = true;
	memcpy(e->ref.id, old.id, JX_ID_BYTES);
	memcpy(e->ref.digest, c->digest[n], JX_HASH_BYTES);
	jx_strcpy(e->reason, sizeof(e->reason), reason);
}

/* Every field an observation may have. */
static struct jx_entry full_observation(const struct golden_chain *c)
{
	struct jx_entry e = next_entry(c, JX_KIND_OBSERVATION);

	set_person(&e);
	e.gnss_utc_ms = e.taken_utc_ms - 120;
	jx_strcpy(e.officer2, sizeof(e.officer2), "李雷 \"小李\" \\ 02");
	jx_strcpy(e.source, sizeof(e.source), "patrol");
	jx_strcpy(e.campaign, sizeof(e.campaign), "2026 秋季攻坚");
	e.has_place = true;
	e.fix.source = JX_FIX_GNSS;
	e.fix.lat_wgs84_e7 = 302345678;
	e.fix.lon_wgs84_e7 = 1197212345;
	e.fix.accuracy_mm = 4200;
	e.fix.satellites_used = 11;
	e.fix.mode = 3;
	e.fix.is_stale = true;
	e.fix.age_ms = 30950;
	e.fix.gnss_utc_ms = e.gnss_utc_ms;
	jx_strcpy(e.grid, sizeof(e.grid), "330185001001");
	jx_strcpy(e.street, sizeof(e.street), "钱王街");
	jx_strcpy(e.ref_version, sizeof(e.ref_version), "2026-08");
	set_form(
		&e,
		"{\"result\":\"found\",\"code\":\"01.02\",\"quantity\":25,\"quantity_exp10\":-1,\"unit\":\"m2\","
		"\"self_handled\":true,\"party\":\"福兴超市\",\"note\":\"墙面\\n\\\"开锁\\\"\\t两处 😀\"}");
	add_photo(&e, "golden photo 1", "wide", "camera", e.taken_utc_ms - 1500);
	add_photo(&e, "golden photo 2", "close", "imported", 0);
	return e;
}

/* Numbers at their ends. */
static struct jx_entry extreme_observation(const struct golden_chain *c)
{
	struct jx_entry e = next_entry(c, JX_KIND_OBSERVATION);

	e.taken_utc_ms = 0;
	e.saved_utc_ms = INT64_C(9007199254740992);
	e.mono_ms = 0;
	jx_strcpy(e.day, sizeof(e.day), "2024-02-29");
	e.has_place = true;
	e.fix.source = JX_FIX_MANUAL;
	e.fix.lat_wgs84_e7 = -900000000;
	e.fix.lon_wgs84_e7 = -1800000000;
	e.fix.satellites_used = 0;
	set_form(
		&e,
		"{\"result\":\"found\",\"code\":\"07\",\"quantity\":999999999999,\"quantity_exp10\":-3,\"unit\":\"t\"}");
	return e;
}

/* What was said there, in place of a picture. */
static struct jx_entry spoken_observation(const struct golden_chain *c)
{
	struct jx_entry e = next_entry(c, JX_KIND_OBSERVATION);

	set_person(&e);
	e.has_place = true;
	set_form(&e, "{\"result\":\"found\",\"code\":\"01.02\",\"quantity\":1,\"unit\":\"sheet\"}");
	for (size_t i = 0; i < 2; i++) {
		struct jx_photo_ref *p;

		add_photo(&e, i == 0 ? "golden sound 1" : "golden sound 2", "note",
			  i == 0 ? "microphone" : "imported", i == 0 ? e.taken_utc_ms - 34000 : 0);
		p = &e.photos[i];
		jx_strcpy(p->type, sizeof(p->type), "audio/ogg");
		p->duration_ms = i == 0 ? 34120 : 1;
	}
	return e;
}

static void chain_findings(struct golden_chain *c)
{
	struct jx_entry e = full_observation(c);
	const size_t full = c->count + 1;

	chain_entry(c, &e);
	e = next_entry(c, JX_KIND_OBSERVATION); /* a place that nobody could measure */
	e.has_place = true;
	jx_strcpy(e.street, sizeof(e.street), "钱王街");
	set_form(&e, "{\"result\":\"nothing-found\"}");
	chain_entry(c, &e);
	e = extreme_observation(c);
	chain_entry(c, &e);
	e = full_observation(c);
	e.kind = JX_KIND_CORRECTION;
	e.photo_count = 1;
	set_form(&e, "{\"result\":\"found\",\"code\":\"01.02\",\"quantity\":3,\"unit\":\"m2\"}");
	refer_to(&e, c, full, "数错了\n再数一遍");
	chain_entry(c, &e);
	e = next_entry(c, JX_KIND_WITHDRAWAL);
	refer_to(&e, c, full + 1, "wrong street");
	chain_entry(c, &e);
}

#define FOREIGN_WRITER "\"writer\":\"019a05e1-f470-7b3c-8d21-001122330201\""
#define FOREIGN_REST                                                                                     \
	"\"boot\":\"019a05e1-f470-7b3c-8d21-001122330301\",\"salt\":\"0011223344556677\",\"mono_ms\":1," \
	"\"saved_utc_ms\":1788256563121,\"taken_utc_ms\":1788256563120"

/* What other programs of the same format, or later ones, may write: another order, other fields, other kinds. */
static void chain_foreign(struct golden_chain *c)
{
	chain_bytes(
		c,
		"{\"v\":1,\"day\":\"2026-09-01\",\"answers\":{\"result\":\"no-access\",\"later\":[true,null,{\"a\":-1}]},"
		"\"form\":\"disorder\",\"pack_version\":1,\"pack\":\"ten-disorders\",\"place\":{\"street\":\"\\u94b1\\/\","
		"\"height_mm\":9,\"source\":\"none\"},\"later\":{\"deep\":[[[1]]]},\"kind\":\"observation\",\"n\":9,"
		"\"id\":\"019a05e1-f470-7b3c-8d21-001122331109\"," FOREIGN_WRITER "," FOREIGN_REST "}",
		true);
	chain_bytes(
		c,
		"{\"v\":1,\"id\":\"019a05e1-f470-7b3c-8d21-00112233110a\"," FOREIGN_WRITER ",\"n\":10,"
		"\"kind\":\"track-blob\",\"day\":\"2026-09-01\",\"place\":[302345678,1197212345],\"points\":600," FOREIGN_REST
		"}",
		true);
	chain_bytes(c,
		    "{\"v\":2,\"id\":\"019a05e1-f470-7b3c-8d21-00112233110b\"," FOREIGN_WRITER ",\"n\":11,"
		    "\"kind\":\"observation\",\"taken_utc_ms\":1788256683120,\"where\":\"elsewhere\"}",
		    true);
}

void golden_handheld(struct golden_chain *c)
{
	struct jx_entry e;

	begin(c, "handheld", 1);
	e = next_entry(c, JX_KIND_CONTINUES);
	e.has_continues = true;
	golden_id(2, 7, e.old_writer);
	e.old_n = 123;
	jx_sha256("golden old head", 15, e.old_head);
	chain_entry(c, &e);
	e = next_entry(c, JX_KIND_PERSON_IN);
	set_person(&e);
	e.has_shift = false;
	chain_entry(c, &e);
	e = next_entry(c, JX_KIND_SHIFT_START);
	set_person(&e);
	chain_entry(c, &e);
	chain_findings(c);
	chain_foreign(c);
	e = spoken_observation(c);
	chain_entry(c, &e);
	e = next_entry(c, JX_KIND_PERSON_OUT);
	set_person(&e);
	chain_entry(c, &e);
	e = next_entry(c, JX_KIND_DAY_CLOSE);
	e.has_totals = true;
	e.observations_total = 4;
	e.photos_total = 5;
	chain_entry(c, &e);
}

void golden_server(struct golden_chain *c)
{
	static const enum jx_kind kinds[] = {JX_KIND_WRITER_ENROLLED, JX_KIND_WRITER_CONFIRMED,
					     JX_KIND_WRITER_REVOKED};
	size_t i;

	begin(c, "server", 2);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct jx_entry e = next_entry(c, kinds[i]);

		e.has_subject = true;
		golden_id(2, 1, e.subject);
		if (kinds[i] == JX_KIND_WRITER_ENROLLED) {
			memset(e.subject_public_key, 0x5c, JX_PUB_BYTES);
			jx_strcpy(e.subject_short, sizeof(e.subject_short), "H07");
			jx_strcpy(e.subject_role, sizeof(e.subject_role), "field");
			jx_strcpy(e.subject_area, sizeof(e.subject_area), "330185-jinbei");
		}
		if (kinds[i] == JX_KIND_WRITER_REVOKED)
			jx_strcpy(e.reason, sizeof(e.reason), "lost");
		chain_entry(c, &e);
	}
}

void golden_chain_free(struct golden_chain *c)
{
	size_t n;

	for (n = 1; n <= c->count; n++)
		free(c->bytes[n]);
}
