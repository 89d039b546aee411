/* Sets of packs: versions, days, and what is refused whole. */
#include "rodent.h"

static jx_packs *open_packs(void)
{
	struct jx_error err = {0};
	jx_packs *packs = NULL;

	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	return packs;
}

static void add(jx_packs *packs, jx_pack *pack)
{
	struct jx_error err = {0};

	jx_assert_ok(jx_packs_add(packs, pack, &err), &err);
}

/* rodent.json as another version, with one more place changed. */
static jx_pack *version(const char *number, const char *day, const char *from, const char *to)
{
	JX_AUTO_FREE char *opening = jx_xasprintf("\"version\": %s, \"valid_from\": \"%s\"", number, day);
	JX_AUTO_FREE char *text = rodent_with("\"version\": 3, \"valid_from\": \"2026-03-01\"", opening);
	char *at = strstr(text, from);
	JX_AUTO_FREE char *changed = NULL;
	struct jx_error err = {0};
	jx_pack *pack = NULL;

	assert_non_null(at);
	changed = jx_xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	jx_assert_ok(jx_pack_load(changed, strlen(changed), &pack, &err), &err);
	return pack;
}

static void the_newest_that_holds_on_a_day_is_active(void **state)
{
	JX_AUTO(jx_packs) packs = open_packs();
	const size_t built_in = jx_packs_count(packs);

	(void)state;
	assert_non_null(jx_packs_active(packs, "ten-disorders", RODENT_DAY));
	add(packs, rodent_pack());
	add(packs, version("5", "2026-10-01", "made", "made"));
	add(packs, version("6", "2026-09-15", "made", "made"));
	assert_int_equal(jx_packs_count(packs), built_in + 3);
	assert_null(jx_packs_active(packs, "rodent-test", "2026-02-28"));
	assert_int_equal(jx_pack_version(jx_packs_active(packs, "rodent-test", "2026-03-01")), 3);
	assert_int_equal(jx_pack_version(jx_packs_active(packs, "rodent-test", "2026-09-14")), 3);
	assert_int_equal(jx_pack_version(jx_packs_active(packs, "rodent-test", "2026-09-15")), 6);
	assert_int_equal(jx_pack_version(jx_packs_active(packs, "rodent-test", "2026-10-01")), 6);
	assert_int_equal(jx_pack_version(jx_packs_version(packs, "rodent-test", 5)), 5);
	assert_null(jx_packs_version(packs, "rodent-test", 4));
	assert_string_equal(jx_pack_id(jx_packs_with_form(packs, RODENT_FORM, RODENT_DAY)), "rodent-test");
	assert_null(jx_packs_with_form(packs, RODENT_FORM, "2026-01-01"));
	assert_null(jx_packs_with_form(packs, "鼠迹法", RODENT_DAY));
	assert_string_equal(jx_pack_id(jx_packs_with_form(packs, "disorder", RODENT_DAY)), "ten-disorders");
}

static void the_same_bytes_again_are_fine(void **state)
{
	JX_AUTO(jx_packs) packs = open_packs();
	jx_pack *pack = rodent_pack();
	size_t count, i;

	(void)state;
	add(packs, pack);
	count = jx_packs_count(packs);
	add(packs, rodent_pack());
	add(packs, pack);
	assert_int_equal(jx_packs_count(packs), count);
	assert_ptr_equal(jx_packs_version(packs, "rodent-test", 3), pack);
	for (i = 0; i < count && jx_packs_at(packs, i) != pack; i++)
		assert_true(strcmp(jx_pack_id(jx_packs_at(packs, i)), "rodent-test") < 0);
	assert_true(i < count);
	assert_null(jx_packs_at(packs, count));
}

static void contradictions_are_refused_and_the_old_one_stays(void **state)
{
	static const struct {
		const char *number, *from, *to;
		jx_rc rc;
		const char *says;
	} rows[] = {
		{"3", "made", "Made", JX_EEXISTS, "version 3"},
		{"2", "made", "made", JX_EVERSION, "older than 3"},
		{"4", "\"code\": \"09\"", "\"code\": \"10\"", JX_ECONFLICT, "09"},
		{"4", "{\"zh\": \"敞开鼠洞\", \"en\": \"open burrow\"}",
		 "{\"zh\": \"树洞\", \"en\": \"hollow\"}", JX_ECONFLICT, "burrow.open"},
	};
	JX_AUTO(jx_packs) packs = open_packs();
	size_t count, i;

	(void)state;
	add(packs, rodent_pack());
	count = jx_packs_count(packs);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO(jx_pack) pack = version(rows[i].number, "2026-03-01", rows[i].from, rows[i].to);
		struct jx_error err = {0};

		jx_assert_rc(jx_packs_add(packs, pack, &err), rows[i].rc, &err);
		jx_assert_says(&err, rows[i].says);
		assert_int_equal(jx_packs_count(packs), count);
		assert_int_equal(jx_pack_version(jx_packs_active(packs, "rodent-test", RODENT_DAY)), 3);
	}
}

static void a_form_belongs_to_one_pack(void **state)
{
	static const char text[] =
		"{\"format\":2,\"id\":\"x\",\"version\":1,\"valid_from\":\"2026-01-01\",\"languages\":[\"en\"],"
		"\"name\":{\"en\":\"x\"},\"source\":\"s\",\"forms\":[{\"id\":\"disorder\",\"entry\":\"observation\","
		"\"name\":{\"en\":\"f\"},\"sections\":[{\"id\":\"s\",\"name\":{\"en\":\"s\"},\"fields\":["
		"{\"id\":\"a\",\"type\":\"text\",\"name\":{\"en\":\"a\"}}]}]}]}";
	JX_AUTO(jx_packs) packs = open_packs();
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_pack_load(text, sizeof(text) - 1, &pack, &err), &err);
	jx_assert_rc(jx_packs_add(packs, pack, &err), JX_ECONFLICT, &err);
	jx_assert_says(&err, "ten-disorders");
	assert_null(jx_packs_active(packs, "x", RODENT_DAY));
}

static void a_renamed_code_is_the_same_code(void **state)
{
	JX_AUTO(jx_packs) packs = open_packs();

	(void)state;
	add(packs, rodent_pack());
	add(packs, version("4", "2026-03-01", "\"en\": \"open burrow\"", "\"en\": \"burrow in use\""));
	add(packs, version("5", "2026-03-01", "{\"zh\": \"敞开鼠洞\", \"en\": \"open burrow\"}",
			   "{\"zh\": \"新鼠洞\", \"en\": \"fresh burrow\"}, \"aliases\": [\"敞开鼠洞\"]"));
	assert_int_equal(jx_pack_version(jx_packs_active(packs, "rodent-test", RODENT_DAY)), 5);
}

static void what_was_accepted_stays_whatever_a_newer_program_brings(void **state)
{
	JX_AUTO(jx_packs) packs = open_packs();
	jx_pack *mine = version("3", "2026-03-01", "made", "Made"),
		*older = version("2", "2026-01-01", "made", "m");
	struct jx_error err = {0};

	(void)state;
	add(packs, rodent_pack()); /* as if built in */
	jx_assert_ok(jx_packs_keep(packs, mine, &err), &err);
	jx_assert_ok(jx_packs_keep(packs, mine, &err), &err);
	jx_assert_ok(jx_packs_keep(packs, older, &err), &err);
	assert_ptr_equal(jx_packs_version(packs, "rodent-test", 3), mine);
	assert_ptr_equal(jx_packs_active(packs, "rodent-test", "2026-02-28"), older);
	assert_ptr_equal(jx_packs_active(packs, "rodent-test", "2026-03-01"), mine);
}

static void a_copy_shares_and_outlives_what_it_was_made_of(void **state)
{
	jx_packs *packs = open_packs();
	JX_AUTO(jx_packs) copy = NULL;
	const jx_pack *shared;
	size_t count;

	(void)state;
	add(packs, rodent_pack());
	count = jx_packs_count(packs);
	copy = jx_packs_copy(packs);
	shared = jx_packs_version(packs, "rodent-test", 3);
	assert_ptr_equal(jx_packs_version(copy, "rodent-test", 3), shared);
	add(copy, version("4", "2026-03-01", "made", "made"));
	assert_int_equal(jx_packs_count(packs), count);
	assert_int_equal(jx_packs_count(copy), count + 1);
	jx_packs_free(packs);
	assert_string_equal(jx_pack_id(jx_packs_version(copy, "rodent-test", 3)), "rodent-test");
}

static struct jx_pack_seal seal_of(const char *text, int64_t number, const char *day)
{
	struct jx_pack_seal seal = {.version = number, .size_bytes = (int64_t)strlen(text)};

	jx_strcpy(seal.pack, sizeof(seal.pack), "rodent-test");
	jx_strcpy(seal.valid_from, sizeof(seal.valid_from), day);
	jx_sha256(text, strlen(text), seal.sha256);
	return seal;
}

static void a_sealed_pack_is_the_one_that_was_signed(void **state)
{
	JX_AUTO_FREE char *text = rodent_with("made", "made");
	struct jx_pack_seal seal = seal_of(text, 3, "2026-10-01"), other;
	JX_AUTO(jx_pack) pack = NULL;
	JX_AUTO(jx_pack) none = NULL;
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_pack_open_sealed(&seal, text, strlen(text), &pack, &err), &err);
	assert_string_equal(jx_pack_valid_from(pack), "2026-10-01");
	assert_memory_equal(jx_pack_sha256(pack), seal.sha256, JX_HASH_BYTES);
	other = seal_of(text, 3, "2026-02-28");
	jx_assert_rc(jx_pack_open_sealed(&other, text, strlen(text), &none, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "2026-03-01");
	other = seal_of(text, 4, "2026-10-01");
	jx_assert_rc(jx_pack_open_sealed(&other, text, strlen(text), &none, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "version 4");
	other = seal_of(text, 3, "2026-10-01");
	jx_strcpy(other.pack, sizeof(other.pack), "other");
	jx_assert_rc(jx_pack_open_sealed(&other, text, strlen(text), &none, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_pack_open_sealed(&seal, text, strlen(text) - 1, &none, &err), JX_ECORRUPT, &err);
	text[strlen(text) / 2] = (char)(text[strlen(text) / 2] ^ 1);
	jx_assert_rc(jx_pack_open_sealed(&seal, text, strlen(text), &none, &err), JX_ECORRUPT, &err);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_that_holds_on_a_day_is_active),
		cmocka_unit_test(the_same_bytes_again_are_fine),
		cmocka_unit_test(contradictions_are_refused_and_the_old_one_stays),
		cmocka_unit_test(a_form_belongs_to_one_pack),
		cmocka_unit_test(a_renamed_code_is_the_same_code),
		cmocka_unit_test(what_was_accepted_stays_whatever_a_newer_program_brings),
		cmocka_unit_test(a_copy_shares_and_outlives_what_it_was_made_of),
		cmocka_unit_test(a_sealed_pack_is_the_one_that_was_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
