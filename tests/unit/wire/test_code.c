/* One-time codes and fingerprints. */
#include <ctype.h>
#include <stdio.h>

#include "jx_test.h"
#include "wire_samples.h"

static void formatted(char out[32])
{
	struct jx_code_text code;

	sample_code(&code);
	jx_code_format(&code, out);
}

static void a_code_is_read_as_it_was_written(void **state)
{
	struct jx_code_text code, back;
	struct jx_error err = {0};
	char text[32];

	(void)state;
	sample_code(&code);
	jx_code_format(&code, text);
	assert_int_equal(strlen(text), 26);
	jx_assert_ok(jx_code_parse(text, &back, NULL, 0, &err), &err);
	assert_memory_equal(&back, &code, sizeof(code));
}

static void people_may_type_it_their_way(void **state)
{
	struct jx_code_text code, back;
	struct jx_error err = {0};
	char text[32], loose[80];
	size_t n = 0;

	(void)state;
	sample_code(&code);
	jx_code_format(&code, text);
	loose[n++] = ' ';
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '-')
			continue;
		loose[n++] = *p == '0' ? 'o' : *p == '1' ? 'l' : (char)tolower((unsigned char)*p);
		loose[n++] = ' ';
	}
	loose[n++] = '\n';
	loose[n] = '\0';
	jx_assert_ok(jx_code_parse(loose, &back, NULL, 0, &err), &err);
	assert_memory_equal(&back, &code, sizeof(code));
}

/* One check character of 5 bits finds 31 of 32 typing errors. */
static void nearly_every_mistyped_character_is_noticed(void **state)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct jx_code_text back;
	char text[32];
	int tried = 0, found = 0;

	(void)state;
	formatted(text);
	for (size_t i = 0; text[i] != '\0'; i++) {
		const char was = text[i];

		for (size_t k = 0; was != '-' && k < 32; k++) {
			if (digits[k] == was)
				continue;
			text[i] = digits[k];
			tried++;
			found += jx_code_parse(text, &back, NULL, 0, NULL) == JX_EINVAL;
		}
		text[i] = was;
	}
	assert_int_equal(tried, 21 * 31);
	assert_true(found >= tried * 15 / 16);
}

static void wrong_lengths_and_characters_are_named(void **state)
{
	struct jx_code_text back = {.id = "keep"};
	struct jx_error err = {0};
	char text[40];

	(void)state;
	formatted(text);
	text[24] = '\0';
	jx_assert_rc(jx_code_parse(text, &back, NULL, 0, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "20 of 21");
	formatted(text);
	jx_strcpy(text + strlen(text), 3, "77");
	jx_assert_rc(jx_code_parse(text, &back, NULL, 0, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "longer than 21");
	formatted(text);
	text[6] = 'U';
	jx_assert_rc(jx_code_parse(text, &back, NULL, 0, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "never have");
	jx_assert_rc(jx_code_parse("", &back, NULL, 0, &err), JX_EINVAL, &err);
	assert_string_equal(back.id, "keep");
}

static void a_link_gives_the_address_too(void **state)
{
	struct jx_code_text code, back;
	struct jx_error err = {0};
	char text[32], link[128], url[64] = "untouched";

	(void)state;
	sample_code(&code);
	formatted(text);
	(void)snprintf(link, sizeof(link), " JIEXUN:https://sync.example:8443#%s", text);
	jx_assert_ok(jx_code_parse(text, &back, url, sizeof(url), &err), &err);
	assert_string_equal(url, "untouched");
	jx_assert_ok(jx_code_parse(link, &back, url, sizeof(url), &err), &err);
	assert_string_equal(url, "https://sync.example:8443");
	assert_memory_equal(&back, &code, sizeof(code));
	jx_assert_rc(jx_code_parse(link, &back, url, 10, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "address");
}

static void links_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const bad[] = {"jiexun:", "jiexun:http://a#", "jiexun:https://#",
					  "jiexun:https://a.example", "jiexun:ftp://a#b"};
	struct jx_code_text back;
	struct jx_error err = {0};
	char url[64] = "", link[128], text[32];

	(void)state;
	formatted(text);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(link, sizeof(link), "%s%s", bad[i], text);
		jx_assert_rc(jx_code_parse(link, &back, url, sizeof(url), &err), JX_EINVAL, &err);
	}
	assert_string_equal(url, "");
}

/* SHA-256 of 32 zero bytes begins 66687aadf862bd776c8f. */
static void a_fingerprint_is_the_keys_hash_in_groups(void **state)
{
	static const uint8_t pub[JX_PUB_BYTES];
	uint8_t bytes[10];
	char text[20];

	(void)state;
	jx_fingerprint(pub, text);
	assert_int_equal(strlen(text), 19);
	assert_true(text[4] == '-' && text[9] == '-' && text[14] == '-');
	assert_true(jx_unbase32(text, bytes, sizeof(bytes)));
	jx_assert_hex(bytes, sizeof(bytes), "66687aadf862bd776c8f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_read_as_it_was_written),
		cmocka_unit_test(people_may_type_it_their_way),
		cmocka_unit_test(nearly_every_mistyped_character_is_noticed),
		cmocka_unit_test(wrong_lengths_and_characters_are_named),
		cmocka_unit_test(a_link_gives_the_address_too),
		cmocka_unit_test(links_that_lead_elsewhere_are_refused),
		cmocka_unit_test(a_fingerprint_is_the_keys_hash_in_groups),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.code", tests, NULL, NULL);
}
