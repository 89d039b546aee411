/* Expressions by what they make of a sheet: each is the computed value, or the condition, of a form of its own. */
#include "jiexun/form.h"
#include "jx_test.h"

static jx_rc load(const char *member, const char *source, jx_pack **out, struct jx_error *err)
{
	JX_AUTO_FREE char *text = jx_xasprintf(
		"{\"format\":2,\"id\":\"p\",\"version\":1,\"valid_from\":\"2026-01-01\",\"languages\":[\"en\"],"
		"\"name\":{\"en\":\"p\"},\"source\":\"s\",\"lists\":[{\"id\":\"l\",\"name\":{\"en\":\"l\"},\"codes\":["
		"{\"code\":\"x\",\"name\":{\"en\":\"ex\"}},{\"code\":\"y\",\"name\":{\"en\":\"why\"}}]}],"
		"\"forms\":[{\"id\":\"f\",\"entry\":\"observation\",\"name\":{\"en\":\"f\"},\"sections\":["
		"{\"id\":\"s\",\"name\":{\"en\":\"s\"},\"fields\":["
		"{\"id\":\"a\",\"type\":\"integer\",\"name\":{\"en\":\"a\"},\"min\":-1000000000000,\"max\":1000000000000},"
		"{\"id\":\"b\",\"type\":\"integer\",\"name\":{\"en\":\"b\"},\"min\":-1000000000000,\"max\":1000000000000},"
		"{\"id\":\"c\",\"type\":\"choice\",\"name\":{\"en\":\"c\"},\"list\":\"l\"},"
		"{\"id\":\"m\",\"type\":\"choices\",\"name\":{\"en\":\"m\"},\"list\":\"l\"},"
		"{\"id\":\"q\",\"type\":\"yes-no\",\"name\":{\"en\":\"q\"}},"
		"{\"id\":\"z\",\"type\":\"text\",\"name\":{\"en\":\"z\"}%s%s%s}]},"
		"{\"id\":\"g\",\"name\":{\"en\":\"g\"},\"repeat\":{\"max\":9},\"fields\":["
		"{\"id\":\"n\",\"type\":\"integer\",\"name\":{\"en\":\"n\"}},"
		"{\"id\":\"a\",\"type\":\"integer\",\"name\":{\"en\":\"a\"}}]}]"
		"%s%s%s}]}",
		member == NULL ? ",\"shown\":\"" : "", member == NULL ? source : "",
		member == NULL ? "\"" : "",
		member != NULL ? ",\"computed\":[{\"name\":{\"en\":\"v\"},\"value\":\"" : "",
		member != NULL ? source : "", member != NULL ? "\"}]" : "");

	return jx_pack_load(text, strlen(text), out, err);
}

/* "a=5 m=x,y g[1].n=3" */
static jx_sheet *fill(const jx_pack *pack, const char *answers)
{
	JX_AUTO_FREE char *text = jx_xstrdup(answers);
	struct jx_error err = {0};
	jx_sheet *sheet = NULL;
	char *at = text;

	jx_assert_ok(jx_sheet_new(pack, "f", "2026-09-01", &sheet, &err), &err);
	while (*at != '\0') {
		char *equals = strchr(at, '=');
		char *end = strchr(at, ' ');

		*equals = '\0';
		if (end != NULL)
			*end = '\0';
		jx_assert_ok(jx_sheet_set(sheet, at, equals + 1, &err), &err);
		at = end != NULL ? end + 1 : equals + 1 + strlen(equals + 1);
	}
	return sheet;
}

static void numbers_are_exact_or_nothing(void **state)
{
	static const struct {
		const char *source, *answers, *value;
	} rows[] = {
		{"1 + 2 * 3 - 4", "", "3"},
		{"(1 + 2) * 3", "", "9"},
		{"10 - 3 - 2", "", "5"},
		{"-a + 1", "a=5", "-4"},
		{"a * b", "a=5 b=-7", "-35"},
		{"a + b", "a=5", "-"},
		{"a * 0", "", "-"},
		{"or0(a) + or0(b)", "a=5", "5"},
		{"or0(a + b)", "a=5", "0"},
		{"or0(a * a)", "a=1000000000000", "too large"},
		{"rows(g)", "", "0"},
		{"rows(g)", "g[1].n=3 g[2].n=4", "2"},
		{"sum(g.n)", "", "0"},
		{"sum(g.n) + sum(g.a)", "g[1].n=3 g[2].a=4 g[3].n=10", "17"},
		{"count(g where n > 3)", "g[1].n=3 g[2].n=4 g[3].a=10", "1"},
		/* inside a row a name means the row's field, and only then the form's */
		{"count(g where a = 7)", "a=7 g[1].n=1 g[2].a=7", "1"},
		{"count(g where b = 7)", "b=7 g[1].n=1 g[2].a=7", "2"},
		{"count(g where not set(n))", "g[1].n=1 g[2].a=7", "1"},
		{"a * a", "a=1000000000000", "too large"},
		{"a * 9000000 + a * 300000", "a=1000000000000", "too large"},
		{"-(-a * 9000000) - 1", "a=1000000000000", "8999999999999999999"},
		{"a * a - a * a", "a=1000000000000", "too large"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jx_error err = {0};
		struct jx_computed c;
		JX_AUTO(jx_pack) pack = NULL;
		JX_AUTO(jx_sheet) sheet = NULL;

		jx_assert_ok(load("computed", rows[i].source, &pack, &err), &err);
		sheet = fill(pack, rows[i].answers);
		assert_true(jx_sheet_computed(sheet, 0, &c));
		if (strcmp(c.value, rows[i].value) != 0)
			fail_msg("%s with %s is %s, not %s", rows[i].source, rows[i].answers, c.value,
				 rows[i].value);
		assert_false(jx_sheet_computed(sheet, 1, &c));
	}
}

static void conditions_hold_only_when_true(void **state)
{
	static const struct {
		const char *source, *answers;
		bool is_true;
	} rows[] = {
		{"a = 5", "a=5", true},
		{"a = 5", "a=6", false},
		{"a = 5", "", false},
		{"a != 5", "", false},
		{"not a = 5", "", false},
		{"a < 5", "a=4", true},
		{"a < 5", "a=5", false},
		{"a <= 5", "a=5", true},
		{"a > 5", "a=5", false},
		{"a >= 5", "a=5", true},
		{"a in (1, 2, 5)", "a=5", true},
		{"a in (1, 2, 5)", "a=3", false},
		{"a + 1 in (6)", "a=5", true},
		{"c = 'x'", "c=ex", true},
		{"c != 'x'", "c=why", true},
		{"c in ('x', 'y')", "c=why", true},
		{"c in ('x', 'y')", "", false},
		{"q = 'unknown'", "q=unknown", true},
		{"q = 'unknown'", "", false},
		{"has(m, 'y')", "m=x,y", true},
		{"has(m, 'y')", "m=x", false},
		{"not has(m, 'y')", "m=x", true},
		{"not has(m, 'y')", "", false},
		{"set(a)", "a=0", true},
		{"not set(a)", "", true},
		{"set(m) and set(c)", "m=x c=y", true},
		/* what one side decides alone is decided */
		{"a = 1 or b = 1", "a=1", true},
		{"a = 1 or b = 1", "b=1", true},
		{"not (a = 1 and b = 1)", "a=2", true},
		{"not (a = 1 and b = 1)", "b=2", true},
		{"a = 1 and b = 1", "a=1", false},
		{"not (a = 1 and b = 1)", "a=1", false},
		{"a = 1 and b = 1 or c = 'x'", "c=x", true},
		{"a = 1 or b = 1 and c = 'x'", "a=1 b=0", true},
		{"not not a = 1", "a=1", true},
		{"a * a > 0", "a=1000000000000", false},
		{"a * a > 0 or b = 1", "a=1000000000000 b=1", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jx_error err = {0};
		JX_AUTO(jx_pack) pack = NULL;
		JX_AUTO(jx_sheet) sheet = NULL;

		jx_assert_ok(load(NULL, rows[i].source, &pack, &err), &err);
		sheet = fill(pack, rows[i].answers);
		if (jx_sheet_is_shown(sheet, "z") != rows[i].is_true)
			fail_msg("%s with %s is not %d", rows[i].source, rows[i].answers, rows[i].is_true);
	}
}

static void bad_expressions_are_refused(void **state)
{
	static const char *const sources[] = {
		" ",
		"a +",
		"a = ",
		"(a = 1",
		"a = 1)",
		"a == 1",
		"a = 'x'",
		"a = 1 = 1",
		"a and b",
		"a",
		"not a",
		"c < 'x'",
		"c = 'w'",
		"c = a",
		"c in ()",
		"c in ('w')",
		"m = 'x'",
		"has(c, 'x')",
		"has(m, 1)",
		"set()",
		"set(1)",
		"set(g)",
		"n = 1",
		"g.n = 1",
		"g = 1",
		"rows(s)>1",
		"rows(a) > 1",
		"sum(g) > 1",
		"sum(g.x) > 1",
		"sum(s.a) > 1",
		"z = 1",
		"q = 'si'",
		"a = 'open",
		"a = 1.5",
		"a = 1;",
		"a = 10000000000000",
		"or0(c) = 1",
		"or0() = 1",
		"or a = 1",
		"a = and",
		"a in 1",
		"count(g) > 1",
		"z = 'x'",
		"count(g where n) > 1",
		"a & b",
		"a = -'x'",
		"a = \xe4\xb8\xad",
		"count(g where count(g where n = 1) = 1) = 1",
		"((((((((((((((((((((((((((((((a = 1))))))))))))))))))))))))))))))",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct jx_error err = {0};
		jx_pack *pack = NULL;

		if (load(NULL, sources[i], &pack, &err) != JX_EINVAL)
			fail_msg("\"%s\" is taken: %s", sources[i], err.text);
		jx_assert_says(&err, "shown");
		assert_null(pack);
	}
}

/* As many values as the text has room for: refused, not run over. */
static void a_long_expression_is_refused(void **state)
{
	JX_AUTO_BUF b = {0};
	struct jx_error err = {0};
	jx_pack *pack = NULL;
	int i;

	(void)state;
	jx_buf_init(&b, 4096);
	for (i = 0; i < 300; i++)
		jx_buf_adds(&b, i == 0 ? "a" : "+a");
	jx_assert_rc(load("computed", b.data, &pack, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_exact_or_nothing),
		cmocka_unit_test(conditions_hold_only_when_true),
		cmocka_unit_test(bad_expressions_are_refused),
		cmocka_unit_test(a_long_expression_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
