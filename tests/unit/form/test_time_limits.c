/* Time limits of a pack: which one a notice gives, and that it can give no more. */
#include "jiexun/form.h"
#include "jx_test.h"

#include "packs.h"

#define DAY "2026-09-01"

#define LIMITS                                                                                                           \
	"\"time_limits\": ["                                                                                             \
	"{\"id\": \"any\", \"name\": {\"zh\": \"限期通知\", \"en\": \"notice\"}, \"days\": 15, "                     \
	"\"measure\": \"notice\", \"source\": \"the city\", \"confidence\": \"RU\"},"                                    \
	"{\"id\": \"stall\", \"name\": {\"zh\": \"占道\", \"en\": \"occupation\"}, \"days\": 3, "                      \
	"\"measure\": \"notice\", \"codes\": [\"06\", \"05\"]},"                                                         \
	"{\"id\": \"hawker\", \"name\": {\"zh\": \"店外\", \"en\": \"beyond the shopfront\"}, \"days\": 2, "           \
	"\"measure\": \"notice\", \"codes\": [\"06.02\"], \"valid_from\": \"2026-08-01\"},"                              \
	"{\"id\": \"hawker2\", \"name\": {\"zh\": \"店外新\", \"en\": \"the new one\"}, \"days\": 1, "                \
	"\"measure\": \"notice\", \"codes\": [\"06.02\"], \"valid_from\": \"2026-10-01\"},"                              \
	"{\"id\": \"clear\", \"name\": {\"zh\": \"清除\", \"en\": \"clear\"}, \"hours\": 4, "                          \
	"\"measure\": \"notice\", \"codes\": [\"06.03\"]},"                                                              \
	"{\"id\": \"waste\", \"name\": {\"zh\": \"暴露垃圾\", \"en\": \"waste\"}, \"days\": 1, \"codes\": [\"07\"]}" \
	"],"

/* The ten disorders with these limits, which each city writes itself. */
static char *with_limits(const char *from, const char *to)
{
	JX_AUTO_FREE char *text = NULL;
	const char *builtin, *at;
	size_t len;

	jx_pack_builtin(&builtin, &len);
	at = memmem(builtin, len, "\"variants\":", 11);
	assert_non_null(at);
	text = jx_xasprintf("%.*s" LIMITS "%.*s", (int)(at - builtin), builtin,
			    (int)(len - (size_t)(at - builtin)), at);
	if (from == NULL)
		return JX_STEAL(text);
	at = strstr(text, from);
	assert_non_null(at);
	return jx_xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static jx_pack *limits_pack(void)
{
	JX_AUTO_FREE char *text = with_limits(NULL, NULL);
	struct jx_error err = {0};
	jx_pack *pack = NULL;

	jx_assert_ok(jx_pack_load(text, strlen(text), &pack, &err), &err);
	return pack;
}

static const char *limit_of(const jx_pack *pack, const char *code, const char *day)
{
	const struct jx_time_limit *t = jx_pack_notice_limit(pack, "notice", code, day);

	return t != NULL ? t->id : "none";
}

static void the_closest_limit_counts(void **state)
{
	JX_AUTO(jx_pack) pack = limits_pack();
	const struct jx_time_limit *t = jx_pack_time_limit_at(pack, 1);

	(void)state;
	assert_int_equal(jx_pack_time_limit_count(pack), 6);
	assert_null(jx_pack_time_limit_at(pack, 6));
	assert_string_equal(t->id, "stall");
	assert_string_equal(t->name.en, "occupation");
	assert_int_equal(t->days, 3);
	assert_int_equal(t->hours, 0);
	assert_string_equal(t->measure, "notice");
	assert_int_equal(t->code_count, 2);
	assert_string_equal(t->codes[1], "05");
	assert_string_equal(jx_pack_time_limit_at(pack, 0)->source, "the city");
	assert_string_equal(limit_of(pack, "06.02", DAY), "hawker");
	assert_string_equal(limit_of(pack, "06.01", DAY), "stall");
	assert_string_equal(limit_of(pack, "05", DAY), "stall");
	assert_string_equal(limit_of(pack, "01.01", DAY), "any");
	assert_string_equal(limit_of(pack, NULL, DAY), "any");
	assert_string_equal(limit_of(pack, "no code", DAY), "any");
	/* before it begins, the one of its disorder; from its day on, the newer one */
	assert_string_equal(limit_of(pack, "06.02", "2026-07-31"), "stall");
	assert_string_equal(limit_of(pack, "06.02", "2026-08-01"), "hawker");
	assert_string_equal(limit_of(pack, "06.02", "2026-10-01"), "hawker2");
	/* one in hours, and one of no measure, are not what a notice gives in days */
	assert_string_equal(limit_of(pack, "06.03", DAY), "stall");
	assert_string_equal(limit_of(pack, "07.01", DAY), "any");
	assert_null(jx_pack_notice_limit(pack, "warned", "06.02", DAY));
}

static void a_notice_gives_what_the_pack_says(void **state)
{
	JX_AUTO(jx_pack) pack = limits_pack();
	JX_AUTO_BUF answers = {0};
	struct jx_observation o = {.result = "found", .code = "06.02", .measures = "notice"};
	struct jx_error err = {0};

	(void)state;
	jx_buf_init(&answers, 4096);
	jx_assert_ok(jx_form_observation(pack, &o, DAY, &answers, &err), &err);
	assert_string_equal(answers.data,
			    "{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":\"place\","
			    "\"measures\":[\"notice\"],\"limit_days\":2}");
	/* less is given, more is not, on the device and where the server checks again */
	o.limit_days = 1;
	jx_buf_reset(&answers);
	jx_assert_ok(jx_form_observation(pack, &o, DAY, &answers, &err), &err);
	assert_non_null(strstr(answers.data, "\"limit_days\":1}"));
	o.limit_days = 3;
	jx_buf_reset(&answers);
	jx_assert_rc(jx_form_observation(pack, &o, DAY, &answers, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "limit_days is 3, but beyond the shopfront is 2");
	{
		const char *stored = "{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":"
				     "\"place\",\"measures\":[\"notice\"],\"limit_days\":3}";

		jx_assert_rc(jx_form_check(pack, stored, strlen(stored), DAY, &err), JX_EINVAL, &err);
		jx_assert_says(&err, "limit_days");
		jx_assert_ok(jx_form_check(pack, stored, strlen(stored), "2026-07-31", &err), &err);
	}
	/* without a measure that has a limit nothing is added */
	o = (struct jx_observation){.result = "found", .code = "06.02", .measures = "warned"};
	jx_buf_reset(&answers);
	jx_assert_ok(jx_form_observation(pack, &o, DAY, &answers, &err), &err);
	assert_null(strstr(answers.data, "limit_days"));
}

static void each_mistake_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *from, *to, *place, *says;
	} cases[] = {
		{"\"days\": 15, \"measure\": \"notice\"", "\"days\": 15, \"measure\": \"warned\"",
		 "time_limits[0].measure", "warned"},
		{"\"days\": 15", "\"days\": 15, \"hours\": 1", "time_limits[0]", "either"},
		{"\"days\": 15", "\"days\": 0", "time_limits[0].days", "whole number"},
		{"[\"06\", \"05\"]", "[\"06\", \"66\"]", "time_limits[1].codes[1]", "66"},
		{"[\"06\", \"05\"]", "[\"06\", 5]", "time_limits[1].codes[1]", "text"},
		{"[\"06\", \"05\"]", "\"06\"", "time_limits[1].codes", "list"},
		{"2026-08-01", "2026-08-32", "time_limits[2].valid_from", "date"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		JX_AUTO_FREE char *text = with_limits(cases[i].from, cases[i].to);
		struct jx_error err = {0};
		jx_pack *pack = NULL;

		if (jx_pack_load(text, strlen(text), &pack, &err) == JX_OK)
			fail_msg("%s is taken", cases[i].to);
		assert_null(pack);
		jx_assert_says(&err, cases[i].place);
		jx_assert_says(&err, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_closest_limit_counts),
		cmocka_unit_test(a_notice_gives_what_the_pack_says),
		cmocka_unit_test(each_mistake_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
