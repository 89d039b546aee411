/* Must-accept and must-reject documents (json_cases.inc), and those that a row of text cannot hold. */
#include <stdlib.h>

#include "jx_test.h"

enum verdict {
	ACCEPT,
	REJECT,
	ENTRY_REJECTS
};

struct json_case {
	const char *name;
	const char *text;
	size_t len;
	enum verdict verdict;
};

#define A(name, text) {name, text, sizeof(text) - 1, ACCEPT},
#define R(name, text) {name, text, sizeof(text) - 1, REJECT},
#define E(name, text) {name, text, sizeof(text) - 1, ENTRY_REJECTS},
static const struct json_case cases[] = {
#include "json_cases.inc"
};
#undef A
#undef R
#undef E
#define CASES (sizeof(cases) / sizeof(cases[0]))

/* Parse a copy in memory of its own size, so that any look beyond the end is seen; never NUL-terminated. */
static jx_rc parse_copy(const char *text, size_t len, const struct jx_json_limits *limits,
			struct jx_error *err)
{
	JX_AUTO_FREE char *copy = malloc(len > 0 ? len : 1);
	JX_AUTO_JSON doc = {0};

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, text, len);
	return jx_json_parse(copy, len, limits, &doc, err);
}

static void good_documents_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct jx_error err = {0};

		if (cases[i].verdict != REJECT &&
		    parse_copy(cases[i].text, cases[i].len, &jx_json_pack_limits, &err) != JX_OK)
			fail_msg("%s: %s", cases[i].name, err.text);
	}
}

static void bad_documents_are_refused_by_every_profile(void **state)
{
	static const struct jx_json_limits *const profiles[] = {
		&jx_json_entry_limits, &jx_json_message_limits, &jx_json_pack_limits};

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		for (size_t k = 0; k < 3; k++) {
			struct jx_error err = {0};
			jx_rc rc;

			if (cases[i].verdict != REJECT)
				continue;
			rc = parse_copy(cases[i].text, cases[i].len, profiles[k], &err);
			if (rc != JX_EINVAL || strstr(err.text, "JSON") == NULL)
				fail_msg("%s: %s (%s)", cases[i].name, jx_rc_name(rc), err.text);
		}
	}
}

static void the_entry_profile_is_stricter(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct jx_error err = {0};

		if (cases[i].verdict == ENTRY_REJECTS &&
		    parse_copy(cases[i].text, cases[i].len, &jx_json_entry_limits, &err) != JX_EINVAL)
			fail_msg("%s: accepted", cases[i].name);
	}
}

/* What jx_json_fits() says of each value of a text is what reading that value alone says, at every ceiling around its own size. */
static void fits_as_reading_fits(const jx_json *doc, int tok, const struct jx_json_limits *limits,
				 const char *name)
{
	const struct jx_bytes raw = jx_json_raw(doc, tok);
	struct jx_error err = {0};
	const bool is_read = parse_copy(raw.data, raw.len, limits, &err) == JX_OK;

	if (jx_json_fits(doc, tok, limits) != is_read)
		fail_msg("%s, value %d: alone it is %s", name, tok, is_read ? "read" : err.text);
}

static void a_value_fits_inside_if_it_fits_alone(void **state)
{
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		JX_AUTO_JSON doc = {0};

		if (cases[i].verdict == REJECT ||
		    jx_json_parse(cases[i].text, cases[i].len, &jx_json_pack_limits, &doc, NULL) != JX_OK)
			continue;
		for (uint32_t t = 0; t < doc.n; t++) {
			const struct jx_json_tok *tok = &doc.tok[t];
			struct jx_json_limits limits = jx_json_entry_limits;

			fits_as_reading_fits(&doc, (int)t, &limits, cases[i].name);
			limits.no_float = limits.no_space = false;
			for (int off = -1; off <= 1; off++) {
				limits.max_bytes = (size_t)((int64_t)jx_json_raw(&doc, (int)t).len + off);
				fits_as_reading_fits(&doc, (int)t, &limits, cases[i].name);
			}
			limits.max_bytes = jx_json_entry_limits.max_bytes;
			for (uint32_t most = tok->next - t < 2 ? 1 : tok->next - t - 1; most <= tok->next - t;
			     most++) {
				limits.max_tokens = most;
				fits_as_reading_fits(&doc, (int)t, &limits, cases[i].name);
			}
			limits.max_tokens = jx_json_entry_limits.max_tokens;
			for (uint16_t deep = 1; deep <= 4; deep++) {
				limits.max_depth = deep;
				limits.max_string = deep * 3U;
				fits_as_reading_fits(&doc, (int)t, &limits, cases[i].name);
			}
			seen++;
		}
	}
	assert_true(seen > 200);
}

/* Every beginning of a good document in brackets is a bad document: nothing is read from half a text. */
static void no_beginning_of_a_document_is_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		const struct json_case *c = &cases[i];

		if (c->verdict == REJECT || (c->text[0] != '[' && c->text[0] != '{'))
			continue;
		for (size_t len = 0; len < c->len; len++) {
			struct jx_error err = {0};
			bool rest_is_space = strspn(c->text + len, " \t\r\n") == c->len - len;

			if (!rest_is_space && parse_copy(c->text, len, &jx_json_pack_limits, &err) == JX_OK)
				fail_msg("%s: %zu of %zu bytes accepted", c->name, len, c->len);
		}
	}
}

static void there_are_enough_different_cases(void **state)
{
	size_t accepted = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		accepted += cases[i].verdict == ACCEPT ? 1 : 0;
		refused += cases[i].verdict == REJECT ? 1 : 0;
		for (size_t k = 0; k < i; k++) {
			bool same_text = cases[i].len == cases[k].len &&
					 memcmp(cases[i].text, cases[k].text, cases[i].len) == 0;
			bool other_profile = cases[i].verdict == ENTRY_REJECTS && cases[k].verdict == ACCEPT;

			if (same_text && !other_profile)
				fail_msg("\"%s\" and \"%s\" are the same", cases[k].name, cases[i].name);
		}
	}
	assert_true(accepted >= 95);
	assert_true(refused >= 188);
}

static void messages_name_the_byte(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} rows[] = {
		{"[1,]", "']' at byte 3"},
		{"{\"a\":1,\"a\":2}", "\"a\" twice in one object, again at byte 7"},
		{"[1", "ends too early, at byte 2"},
		{"{} x", "'x' at byte 3"},
		{"[\"a\\q\"]", "unknown escape at byte 3"},
		{"[\"\xff\"]", "UTF-8 at byte 2"},
		{"[\"\\ud800\"]", "surrogate pair at byte 2"},
		{"[\"\\u0000\"]", "NUL character (\\u0000) at byte 2"},
		{"[\"a\nb\"]", "control character 0x0a in a string at byte 3"},
		{"[-012]", "leading zero at byte 1"},
		{"[1.x]", "'x' at byte 3"},
		{"[\x01]", "byte 0x01 at byte 1"},
		{"[\"\\u12\"]", "four hex digits at byte 2"},
		{"\xef\xbb\xbf[]", "byte-order mark"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jx_error err = {0};

		jx_assert_rc(parse_copy(rows[i].text, strlen(rows[i].text), &jx_json_pack_limits, &err),
			     JX_EINVAL, &err);
		jx_assert_says(&err, rows[i].says);
	}
}

/* n opening brackets and n closing ones. */
static void nest(jx_buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		jx_buf_adds(b, i % 2 == 0 ? "[" : "{\"a\":");
	jx_buf_adds(b, "0");
	for (size_t i = n; i > 0; i--)
		jx_buf_adds(b, i % 2 == 1 ? "]" : "}");
}

static void depth_has_an_exact_ceiling(void **state)
{
	static const struct jx_json_limits *const profiles[] = {
		&jx_json_entry_limits, &jx_json_message_limits, &jx_json_pack_limits};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		for (size_t more = 0; more <= 1; more++) {
			struct jx_error err = {0};
			JX_AUTO_BUF b;
			jx_rc rc;

			jx_buf_init(&b, 10000);
			nest(&b, profiles[k]->max_depth + more);
			rc = parse_copy(b.data, b.len, profiles[k], &err);
			assert_int_equal(rc, more == 0 ? JX_OK : JX_ELIMIT);
			if (more == 1)
				jx_assert_says(&err, "nested more than");
		}
	}
}

static void a_wall_of_brackets_is_refused_without_recursion(void **state)
{
	struct jx_json_limits deep = jx_json_pack_limits;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 2000000);
	for (size_t i = 0; i < 1000000; i++)
		jx_buf_addc(&b, '[');
	jx_assert_rc(parse_copy(b.data, b.len, &jx_json_pack_limits, &err), JX_ELIMIT, &err);
	deep.max_depth = UINT16_MAX;
	jx_assert_rc(parse_copy(b.data, b.len, &deep, &err), JX_ELIMIT, &err);
	jx_buf_reset(&b);
	nest(&b, 60000);
	jx_assert_ok(parse_copy(b.data, b.len, &deep, &err), &err);
}

static void bytes_tokens_and_strings_have_exact_ceilings(void **state)
{
	struct jx_json_limits limits = {.max_bytes = 20, .max_tokens = 4, .max_depth = 3, .max_string = 5};
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(parse_copy("[1,2,3]             ", 20, &limits, &err), &err);
	jx_assert_rc(parse_copy("[1,2,3]              ", 21, &limits, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "21 bytes, more than 20");
	jx_assert_rc(parse_copy("[1,2,3,4]", 9, &limits, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "more than 4 values");
	jx_assert_ok(parse_copy("\"12345\"", 7, &limits, &err), &err);
	jx_assert_rc(parse_copy("\"123456\"", 8, &limits, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "more than 5 bytes at byte 0");
	jx_assert_rc(parse_copy("{\"123456\":1}", 12, &limits, &err), JX_ELIMIT, &err);
	limits.max_tokens = 0;
	jx_assert_rc(parse_copy("1", 1, &limits, &err), JX_ELIMIT, &err);
	limits.max_bytes = 0;
	jx_assert_rc(parse_copy("", 0, &limits, &err), JX_EINVAL, &err);
}

/* {"n0":0,"n1":0,...}, every third name escaped; the last one again at the end if so wished. */
static void many_names(jx_buf *b, size_t n, bool repeat_last)
{
	jx_buf_addc(b, '{');
	for (size_t i = 0; i < n; i++)
		jx_buf_addf(b, "%s\"%s%zu\":0", i > 0 ? "," : "", i % 3 == 0 ? "\\u006e" : "n", i);
	if (repeat_last)
		jx_buf_addf(b, ",\"n%zu\":0", n / 2);
	jx_buf_addc(b, '}');
}

/* 200,000 names: compared in pairs this would be 20,000,000,000 comparisons and run into the test's time limit. */
static void many_names_are_not_compared_in_pairs(void **state)
{
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 16 * 1024 * 1024);
	many_names(&b, 200000, false);
	jx_assert_ok(parse_copy(b.data, b.len, &jx_json_pack_limits, &err), &err);
	jx_buf_reset(&b);
	many_names(&b, 200000, true);
	jx_assert_rc(parse_copy(b.data, b.len, &jx_json_pack_limits, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "\"n100000\" twice");
}

static void a_duplicate_is_found_wherever_it_stands(void **state)
{
	(void)state;
	for (size_t n = 2; n <= 20; n++) {
		for (size_t first = 0; first < n; first++) {
			for (size_t second = first + 1; second < n; second++) {
				struct jx_error err = {0};
				JX_AUTO_BUF b;

				jx_buf_init(&b, 1000);
				for (size_t i = 0; i < n; i++)
					jx_buf_addf(&b, "%c\"%c\":{\"x\":[]}", i == 0 ? '{' : ',',
						    (char)('a' + (char)(i == second ? first : i)));
				jx_buf_addc(&b, '}');
				jx_assert_rc(parse_copy(b.data, b.len, &jx_json_entry_limits, &err),
					     JX_EINVAL, &err);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_documents_are_read),
		cmocka_unit_test(bad_documents_are_refused_by_every_profile),
		cmocka_unit_test(the_entry_profile_is_stricter),
		cmocka_unit_test(a_value_fits_inside_if_it_fits_alone),
		cmocka_unit_test(no_beginning_of_a_document_is_one),
		cmocka_unit_test(there_are_enough_different_cases),
		cmocka_unit_test(messages_name_the_byte),
		cmocka_unit_test(depth_has_an_exact_ceiling),
		cmocka_unit_test(a_wall_of_brackets_is_refused_without_recursion),
		cmocka_unit_test(bytes_tokens_and_strings_have_exact_ceilings),
		cmocka_unit_test(many_names_are_not_compared_in_pairs),
		cmocka_unit_test(a_duplicate_is_found_wherever_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
