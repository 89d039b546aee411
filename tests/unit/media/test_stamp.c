/* What a stamp says, and its code there and back. */
#include <stdio.h>

#include "jiexun/media.h"
#include "jx_test.h"

static void fill(struct jx_entry *e)
{
	memset(e, 0, sizeof(*e));
	e->version = 1;
	memset(e->id, 0x11, sizeof(e->id));
	memset(e->writer, 0x22, sizeof(e->writer));
	e->n = 123;
	e->kind = JX_KIND_OBSERVATION;
	e->taken_utc_ms = 1795340523000; /* 2026-11-22 17:42:03 +08:00 */
	e->saved_utc_ms = e->taken_utc_ms;
	jx_strcpy(e->day, sizeof(e->day), "2026-11-22");
	jx_strcpy(e->person, sizeof(e->person), "p-017");
	jx_strcpy(e->person_verified, sizeof(e->person_verified), "pin");
	e->has_place = true;
	e->fix = (struct jx_fix){.source = JX_FIX_GNSS,
				 .lat_wgs84_e7 = 302301234,
				 .lon_wgs84_e7 = -5,
				 .accuracy_mm = 8100,
				 .satellites_used = 9,
				 .mode = 3};
	jx_strcpy(e->street, sizeof(e->street), "人民路 128 号");
	jx_strcpy(e->grid, sizeof(e->grid), "330185001003021");
	jx_strcpy(e->form, sizeof(e->form), "street-disorder");
	jx_strcpy(e->pack, sizeof(e->pack), "street-disorder");
	e->pack_version = 1;
	e->answers = (struct jx_bytes){"{\"result\":\"found\"}", 18};
	jx_strcpy(e->source, sizeof(e->source), "patrol");
	e->photo_count = 2;
	for (size_t i = 0; i < 2; i++) {
		memset(e->photos[i].sha256, 0xa0 + (int)i, JX_HASH_BYTES);
		e->photos[i].size_bytes = 1000;
		jx_strcpy(e->photos[i].type, sizeof(e->photos[i].type), "image/jpeg");
		jx_strcpy(e->photos[i].role, sizeof(e->photos[i].role), i == 0 ? "wide" : "close");
		jx_strcpy(e->photos[i].how, sizeof(e->photos[i].how), "imported");
	}
}

static bool says(const struct jx_stamp *s, const char *text)
{
	for (size_t i = 0; i < s->line_count; i++)
		if (strstr(s->lines[i], text) != NULL)
			return true;
	return false;
}

static void test_says(void **state)
{
	const uint8_t digest[JX_HASH_BYTES] = {0xdd};
	struct jx_entry e;
	struct jx_stamp_source o = {
		.entry = &e, .photo = 1, .number = "H07-123", .digest = digest, .utc_offset_min = 480};
	struct jx_stamp s;

	(void)state;
	fill(&e);
	jx_stamp_make(&o, &s);
	assert_string_equal(s.title, "2026-11-22 17:42:03 +08:00");
	assert_true(says(&s, "H07-123  time by the device's clock"));
	assert_true(says(&s, "30.2301234, -0.0000005 ±9 m WGS-84, satellites"));
	assert_true(says(&s, "人民路 128 号"));
	assert_true(says(&s, "330185001003021"));
	assert_true(says(&s, "p-017 (PIN given)"));
	assert_true(says(&s, "close view, imported file, SHA-256 a1a1a1a1a1a1…"));
	assert_false(says(&s, "photo file"));
	assert_false(says(&s, "Case"));
	/* satellite time where there is one; a photo file that says another time; a case; a correction; a hand-set place */
	e.gnss_utc_ms = e.taken_utc_ms + 2000;
	e.photos[1].taken_utc_ms = e.taken_utc_ms - 86400000;
	e.fix.source = JX_FIX_MANUAL;
	o.case_number = "2026-0815";
	o.revised_by = "H07-130";
	jx_stamp_make(&o, &s);
	assert_string_equal(s.title, "2026-11-22 17:42:05 +08:00");
	assert_true(says(&s, "H07-123  Case 2026-0815  time by satellites"));
	assert_true(says(&s, "2026-11-21 17:42:03 +08:00, says the photo file"));
	assert_true(says(&s, "set by hand"));
	assert_true(says(&s, "H07-130"));
	e.has_place = false;
	jx_stamp_make(&o, &s);
	assert_true(says(&s, "no position"));
}

/* Texts as long as an entry may hold: cut at a character, never past the line. */
static void test_long_texts(void **state)
{
	const uint8_t digest[JX_HASH_BYTES] = {0};
	struct jx_entry e;
	struct jx_stamp_source o = {.entry = &e, .number = "H07-123", .digest = digest};
	struct jx_stamp s;
	char number[300];

	(void)state;
	fill(&e);
	memset(number, '9', sizeof(number) - 1);
	number[sizeof(number) - 1] = '\0';
	for (size_t at = 0; at + 3 < sizeof(e.person); at += 3)
		memcpy(e.person + at, "\xe4\xba\xba", 4);
	for (size_t at = 0; at + 3 < sizeof(e.street); at += 3)
		memcpy(e.street + at, "\xe8\xb7\xaf", 4);
	o.case_number = number;
	o.revised_by = number;
	jx_stamp_make(&o, &s);
	assert_in_range(s.line_count, 6, JX_STAMP_LINES_MAX);
	for (size_t i = 0; i < s.line_count; i++)
		assert_true(jx_utf8_ok(s.lines[i], strlen(s.lines[i])));
}

static void test_code(void **state)
{
	struct jx_stamp_code code = {.number = "H07-123"}, back;
	char text[JX_STAMP_CODE_MAX], low[JX_STAMP_CODE_MAX + 4];
	struct jx_error err;

	(void)state;
	for (size_t i = 0; i < JX_HASH_BYTES; i++)
		code.sha256[i] = (uint8_t)(i * 7);
	memset(code.id, 0xfe, sizeof(code.id));
	memset(code.digest, 0x5a, sizeof(code.digest));
	jx_stamp_code_write(&code, text);
	/* letters and digits that a QR code packs 5.5 bits each: version 7 at level Q holds 125 */
	assert_in_range(strlen(text), 100, 125);
	assert_int_equal(strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), strlen(text));
	jx_assert_ok(jx_stamp_code_read(text, &back, &err), &err);
	assert_memory_equal(&back, &code, sizeof(code));
	(void)snprintf(low, sizeof(low), " %s\r\n", text);
	jx_assert_ok(jx_stamp_code_read(low, &back, &err), &err);
	assert_memory_equal(&back, &code, sizeof(code));
	for (size_t cut = 0; cut < strlen(text); cut++) {
		char part[JX_STAMP_CODE_MAX];

		memcpy(part, text, cut);
		part[cut] = '\0';
		jx_assert_rc(jx_stamp_code_read(part, &back, &err), JX_EINVAL, &err);
	}
	jx_assert_rc(jx_stamp_code_read("JX1::::", &back, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_stamp_code_read("", &back, &err), JX_EINVAL, &err);
}

static void test_check(void **state)
{
	struct jx_stamp_code code = {.number = "H07-123"}, bad;
	uint8_t digest[JX_HASH_BYTES];
	struct jx_error err;
	struct jx_entry e;
	size_t photo = 0;
	JX_AUTO_BUF b;

	(void)state;
	fill(&e);
	jx_buf_init(&b, JX_ENTRY_BYTES_MAX);
	jx_assert_ok(jx_entry_encode(&e, &b, &err), &err);
	jx_sha256(b.data, b.len, digest);
	memcpy(code.id, e.id, sizeof(code.id));
	memcpy(code.sha256, e.photos[1].sha256, JX_HASH_BYTES);
	memcpy(code.digest, digest, sizeof(code.digest));
	jx_assert_ok(jx_stamp_code_check(&code, "H07-123", b.data, b.len, &photo, &err), &err);
	assert_int_equal(photo, 1);
	bad = code;
	bad.sha256[31] ^= 1;
	jx_assert_rc(jx_stamp_code_check(&bad, "H07-123", b.data, b.len, &photo, &err), JX_ECORRUPT, &err);
	jx_assert_says(&err, "the photo");
	bad = code;
	bad.id[0] ^= 1;
	jx_assert_rc(jx_stamp_code_check(&bad, "H07-123", b.data, b.len, &photo, &err), JX_ECORRUPT, &err);
	bad = code;
	bad.digest[15] ^= 1;
	jx_assert_rc(jx_stamp_code_check(&bad, "H07-123", b.data, b.len, &photo, &err), JX_ECORRUPT, &err);
	jx_assert_says(&err, "the digest");
	jx_assert_rc(jx_stamp_code_check(&code, "H07-124", b.data, b.len, &photo, &err), JX_ECORRUPT, &err);
	jx_assert_says(&err, "the number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
