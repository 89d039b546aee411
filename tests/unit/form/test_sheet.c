/* Sheets: answering, conditions, rows, problems, and the answers object. */
#include "rodent.h"

static const char *const sign_photo[] = {"wide", "sign"};

static jx_sheet *open_sheet(const jx_pack *pack)
{
	struct jx_error err = {0};
	jx_sheet *sheet = NULL;

	jx_assert_ok(jx_sheet_new(pack, RODENT_FORM, RODENT_DAY, &sheet, &err), &err);
	return sheet;
}

static void set(jx_sheet *sheet, const char *path, const char *typed)
{
	struct jx_error err = {0};

	jx_assert_ok(jx_sheet_set(sheet, path, typed, &err), &err);
}

static void assert_stands(const jx_sheet *sheet, const char *path, const char *want)
{
	char got[200];
	struct jx_error err = {0};

	jx_assert_ok(jx_sheet_get(sheet, path, got, sizeof(got), &err), &err);
	assert_string_equal(got, want);
}

/* Three rooms, one with signs. */
static jx_sheet *three_rooms(const jx_pack *pack)
{
	jx_sheet *sheet = open_sheet(pack);

	set(sheet, "unit_class", "饭馆");
	set(sheet, "air_e1", "25.3");
	set(sheet, "rooms[1].state", "no");
	set(sheet, "rooms[2].state", "是");
	set(sheet, "rooms[2].signs", "live, 鼠粪");
	set(sheet, "rooms[2].places", "4");
	set(sheet, "rooms[3].state", "no");
	return sheet;
}
#define THREE_ROOMS                                                                                \
	"{\"unit_class\":\"01\",\"air_e1\":253,\"rooms\":[{\"state\":\"no\"},"                     \
	"{\"state\":\"yes\",\"signs\":[\"droppings\",\"live\"],\"places\":4},{\"state\":\"no\"}]," \
	"\"rooms_checked\":3,\"rooms_positive\":1,\"places_all\":4,\"failed\":0}"

static void answers_are_written_in_form_order(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = three_rooms(pack);
	JX_AUTO_BUF b = {0};
	struct jx_error err = {0};

	(void)state;
	jx_buf_init(&b, 65536);
	jx_assert_ok(jx_sheet_write(sheet, sign_photo, 2, &b, &err), &err);
	assert_string_equal(b.data, THREE_ROOMS);
	jx_assert_ok(jx_form_check_as(pack, RODENT_FORM, b.data, b.len, RODENT_DAY, &err), &err);
}

static void what_is_typed_is_taken_or_refused_at_the_field(void **state)
{
	static const struct {
		const char *path, *typed;
		const char *stands; /* NULL: refused */
	} rows[] = {
		{"unit_class", "eatery", "01"},
		{"unit_class", "01", "01"},
		{"unit_class", "99", NULL},
		{"unit_class", "工地", NULL}, /* closed since July */
		{"air_e1", "25.3", "25.3"},
		{"air_e1", "25", "25.0"},
		{"air_e1", "-5.50", "-5.5"},
		{"air_e1", "25.34", NULL},
		{"air_e1", "50.1", NULL},
		{"air_e1", "-40.1", NULL},
		{"air_e1", "2,5", NULL},
		{"air_e1", ".5", NULL},
		{"air_e1", "5.", NULL},
		{"failed", "12", "12"},
		{"failed", "012", "12"},
		{"failed", "-1", NULL},
		{"failed", "1.0", NULL},
		{"failed", "1000001", NULL},
		{"failed", "many", NULL},
		{"failed", "99999999999999999999999999", NULL},
		{"failed", "-", NULL},
		{"failed", "1e3", NULL},
		{"failed", " 1", NULL},
		{"failed_where", "门缝\n地漏", "门缝\n地漏"},
		{"failed_where", "a\x01", NULL},
		{"failed_where", "\xff", NULL},
		{"failed_where", "12345678901234567890123456789012345678901", NULL},
		{"contact", "张三", "张三"},
		{"contact", "a\nb", NULL},
		{"sign_photo", "x.jpg", NULL},
		{"rooms[1].state", "unknown", "unknown"},
		{"rooms[1].state", "perhaps", NULL},
		{"rooms[1].signs", "敞开鼠洞、live", "burrow.open,live"},
		{"rooms[1].signs", ",", NULL},
		{"rooms[1].signs", "live,live", "live"},
		{"rooms[1].signs", "live,dead", NULL},
		{"rooms[1].places", "100", NULL},
	};
	JX_AUTO(jx_pack) pack = rodent_pack();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO(jx_sheet) sheet = open_sheet(pack);
		struct jx_error err = {0};
		char before[200] = "", after[200] = "";
		jx_rc rc;

		(void)jx_sheet_get(sheet, rows[i].path, before, sizeof(before), NULL);
		rc = jx_sheet_set(sheet, rows[i].path, rows[i].typed, &err);
		if ((rc == JX_OK) != (rows[i].stands != NULL))
			fail_msg("row %zu: %s", i, err.text);
		(void)jx_sheet_get(sheet, rows[i].path, after, sizeof(after), NULL);
		assert_string_equal(after, rc == JX_OK ? rows[i].stands : before);
		if (rc != JX_OK) {
			assert_string_equal(err.where, rows[i].path);
			/* a refused answer begins no row */
			assert_int_equal(jx_sheet_rows(sheet, "rooms"), 0);
		}
		if (rc == JX_OK)
			set(sheet, rows[i].path, "");
	}
}

static void unknown_paths_are_not_found(void **state)
{
	static const char *const paths[] = {"",
					    "room",
					    "rooms",
					    "rooms[1]",
					    "rooms[0].state",
					    "rooms[2].state",
					    "rooms[x].state",
					    "rooms[-1].state",
					    "rooms[1].unit_class",
					    "state",
					    "rooms[1.state",
					    "totals[1].failed",
					    "rooms[99999999999].state",
					    "rooms[1].state.",
					    "header.unit_class"};
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = open_sheet(pack);
	char got[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct jx_error err = {0};

		jx_assert_rc(jx_sheet_set(sheet, paths[i], "1", &err),
			     strcmp(paths[i], "rooms[2].state") == 0 ? JX_EINVAL : JX_ENOTFOUND, &err);
		jx_assert_rc(jx_sheet_get(sheet, paths[i], got, sizeof(got), &err), JX_ENOTFOUND, &err);
		assert_false(jx_sheet_is_shown(sheet, paths[i]));
	}
	assert_int_equal(jx_sheet_rows(sheet, "rooms"), 0);
	assert_int_equal(jx_sheet_rows(sheet, "totals"), 0);
}

static void the_next_field_follows_conditions_and_rows(void **state)
{
	static const char *const want[] = {"unit_class",
					   "air_e1",
					   "rooms[1].state",
					   "rooms[2].state",
					   "rooms[2].signs",
					   "rooms[2].places",
					   "rooms[3].state",
					   "failed",
					   "contact",
					   "sign_photo",
					   "note"};
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = three_rooms(pack);
	char path[JX_FIELD_PATH_MAX] = "";
	size_t n = 0;

	(void)state;
	while (jx_sheet_next(sheet, path, path)) {
		assert_true(n < sizeof(want) / sizeof(want[0]));
		assert_string_equal(path, want[n]);
		n++;
	}
	assert_int_equal(n, sizeof(want) / sizeof(want[0]));
	set(sheet, "failed", "2");
	assert_true(jx_sheet_next(sheet, "failed", path));
	assert_string_equal(path, "failed_where");
	assert_false(jx_sheet_next(sheet, "nothing", path));
}

static void counted_fields_follow_the_rows_and_come_back_without_them(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = open_sheet(pack);
	struct jx_error err = {0};

	(void)state;
	set(sheet, "rooms_checked", "40");
	set(sheet, "rooms[1].state", "yes");
	assert_stands(sheet, "rooms_checked", "1");
	assert_stands(sheet, "rooms_positive", "1");
	jx_assert_rc(jx_sheet_set(sheet, "rooms_checked", "5", &err), JX_EINVAL, &err);
	assert_string_equal(err.where, "rooms_checked");
	jx_assert_ok(jx_sheet_add_row(sheet, "rooms", true, &err), &err);
	jx_assert_ok(jx_sheet_add_row(sheet, "rooms", false, &err), &err);
	assert_stands(sheet, "rooms[2].state", "yes");
	assert_stands(sheet, "rooms[3].state", "no");
	assert_stands(sheet, "rooms_positive", "2");
	jx_assert_ok(jx_sheet_remove_row(sheet, "rooms", 2, &err), &err);
	assert_stands(sheet, "rooms[2].state", "no");
	jx_assert_rc(jx_sheet_remove_row(sheet, "rooms", 3, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_sheet_remove_row(sheet, "rooms", 0, &err), JX_ENOTFOUND, &err);
	jx_assert_ok(jx_sheet_remove_row(sheet, "rooms", 1, &err), &err);
	jx_assert_ok(jx_sheet_remove_row(sheet, "rooms", 1, &err), &err);
	assert_stands(sheet, "rooms_checked", "40");
	jx_assert_rc(jx_sheet_add_row(sheet, "totals", false, &err), JX_ENOTFOUND, &err);
}

static void rows_have_a_ceiling(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = open_sheet(pack);
	struct jx_error err = {0};
	int i;

	(void)state;
	for (i = 0; i < 300; i++)
		jx_assert_ok(jx_sheet_add_row(sheet, "rooms", true, &err), &err);
	jx_assert_rc(jx_sheet_add_row(sheet, "rooms", true, &err), JX_ELIMIT, &err);
	jx_assert_rc(jx_sheet_set(sheet, "rooms[301].state", "no", &err), JX_ELIMIT, &err);
	assert_int_equal(jx_sheet_rows(sheet, "rooms"), 300);
	assert_stands(sheet, "rooms_checked", "300");
}

static void problems_say_where_and_why(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = open_sheet(pack);
	struct jx_problem p[8];
	JX_AUTO_BUF b = {0};
	struct jx_error err = {0};

	(void)state;
	assert_int_equal(jx_sheet_problems(sheet, NULL, 0, p, 8), 3);
	assert_string_equal(p[0].path, "unit_class");
	assert_string_equal(p[0].rule, "needed");
	assert_string_equal(p[2].path, "rooms_positive");
	set(sheet, "unit_class", "03");
	set(sheet, "rooms_checked", "10");
	set(sheet, "rooms_positive", "11");
	set(sheet, "failed", "12");
	assert_int_equal(jx_sheet_problems(sheet, sign_photo, 2, p, 1), 3);
	assert_int_equal(jx_sheet_problems(sheet, NULL, 0, p, 8), 4);
	assert_string_equal(p[0].path, "failed_where");
	assert_string_equal(p[1].path, "sign_photo");
	assert_string_equal(p[1].rule, "photo");
	assert_string_equal(p[2].path, "rooms_positive");
	assert_string_equal(p[2].rule, "positive-in-checked");
	assert_string_equal(p[2].text.zh, "阳性间数不能多于检查间数");
	assert_string_equal(p[2].text.en, "no more rooms can be positive than were checked");
	assert_string_equal(p[3].rule, "failed-in-checked");
	set(sheet, "rooms_positive", "0");
	set(sheet, "failed", "0");
	assert_int_equal(jx_sheet_problems(sheet, NULL, 0, p, 8), 0);
	set(sheet, "rooms[1].state", "no");
	set(sheet, "rooms[2].state", "yes");
	set(sheet, "rooms[2].signs", "live");
	set(sheet, "rooms[2].places", "0");
	assert_int_equal(jx_sheet_problems(sheet, sign_photo, 2, p, 8), 2);
	assert_string_equal(p[0].path, "rooms[2].places");
	assert_string_equal(p[1].path, "rooms[2].signs");
	jx_buf_init(&b, 65536);
	jx_assert_rc(jx_sheet_write(sheet, sign_photo, 2, &b, &err), JX_EINVAL, &err);
	assert_string_equal(err.where, "rooms[2].places");
	jx_assert_says(&err, "a room with signs has one place at least");
	assert_int_equal(b.len, 0);
}

static void hidden_answers_count_as_nothing_but_come_back(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = three_rooms(pack);
	JX_AUTO(jx_sheet) again = NULL;
	JX_AUTO_BUF b = {0}, draft = {0};
	struct jx_error err = {0};

	(void)state;
	set(sheet, "rooms[2].state", "no");
	assert_false(jx_sheet_is_shown(sheet, "rooms[2].places"));
	jx_buf_init(&b, 65536);
	jx_assert_ok(jx_sheet_write(sheet, NULL, 0, &b, &err), &err);
	assert_null(strstr(b.data, "places"));
	assert_null(strstr(b.data, "live"));
	jx_buf_init(&draft, 65536);
	jx_assert_ok(jx_sheet_write_draft(sheet, &draft, &err), &err);
	jx_assert_ok(jx_sheet_read(pack, RODENT_FORM, RODENT_DAY, draft.data, draft.len, false, &again, &err),
		     &err);
	set(again, "rooms[2].state", "yes");
	assert_stands(again, "rooms[2].places", "4");
	assert_stands(again, "places_all", "4");
}

static void a_server_refuses_what_contradicts(void **state)
{
	static const struct {
		const char *from, *to, *where;
	} rows[] = {
		{"\"01\"", "\"99\"", "unit_class"},
		{"\"01\"", "\"eatery\"", "unit_class"},
		{"\"01\"", "\"09\"", "unit_class"},
		{"\"01\"", "1", "unit_class"},
		{"\"unit_class\":\"01\",", "", "unit_class"},
		{"253", "2530", "air_e1"},
		{"253", "\"25.3\"", "air_e1"},
		{"253", "null", "air_e1"},
		{"[{\"state\":\"no\"}", "[5", "rooms"},
		{"[{\"state\":\"no\"}", "[{\"state\":\"nein\"}", "rooms[1].state"},
		{"[{\"state\":\"no\"}", "[{\"state\":\"no\",\"places\":1}", "rooms[1].places"},
		{"[{\"state\":\"no\"}", "[{\"state\":\"no\",\"more\":1}", "form.sheet"},
		{"[\"droppings\",\"live\"]", "[]", "rooms[2].signs"},
		{"[\"droppings\",\"live\"]", "\"live\"", "rooms[2].signs"},
		{"[\"droppings\",\"live\"]", "[\"live\",\"live\"]", "rooms[2].signs"},
		{"[\"droppings\",\"live\"]", "[\"live\",\"dead\"]", "rooms[2].signs"},
		{"\"places\":4", "\"places\":5", "places_all"},
		{"\"places\":4", "\"places\":100", "rooms[2].places"},
		{"\"rooms_checked\":3", "\"rooms_checked\":30", "rooms_checked"},
		{"\"rooms_positive\":1", "\"rooms_positive\":0", "rooms_positive"},
		{"\"places_all\":4", "\"places_all\":5", "places_all"},
		{"\"failed\":0", "\"failed\":4", "failed_where"},
		{"\"failed\":0", "\"failed\":4,\"failed_where\":\"x\"", "failed"},
		{"\"failed\":0", "\"failed\":0,\"failed_where\":\"x\"", "failed_where"},
		{"\"failed\":0", "\"failed\":0,\"sign_photo\":1", "sign_photo"},
		{"\"failed\":0", "\"failed\":0,\"other\":1", "form.sheet"},
		{"\"failed\":0", "\"failed\":0,\"state\":\"no\"", "form.sheet"},
		{"\"failed\":0", "\"failed\":0,\"failed\":0", "json.parse"},
		{"\"failed\":0", "\"failed\":9007199254740993", "json.parse"},
		{"\"failed\":0", "\"failed\":9007199254740992", "failed"},
		{"\"failed\":0", "\"failed\":0,\"contact\":\"a\\nb\"", "contact"},
	};
	JX_AUTO(jx_pack) pack = rodent_pack();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = strstr(THREE_ROOMS, rows[i].from);
		JX_AUTO_FREE char *text = NULL;
		struct jx_error err = {0};
		JX_AUTO(jx_sheet) draft = NULL;

		assert_non_null(at);
		text = jx_xasprintf("%.*s%s%s", (int)(at - THREE_ROOMS), THREE_ROOMS, rows[i].to,
				    at + strlen(rows[i].from));
		if (jx_form_check_as(pack, RODENT_FORM, text, strlen(text), RODENT_DAY, &err) != JX_EINVAL)
			fail_msg("row %zu is taken", i);
		if (strncmp(err.where, rows[i].where, strlen(rows[i].where)) != 0)
			fail_msg("row %zu: at %s, not %s: %s", i, err.where, rows[i].where, err.text);
		/* a draft takes what it can, whatever the form says */
		if (strcmp(rows[i].where, "json.parse") != 0)
			jx_assert_ok(jx_sheet_read(pack, RODENT_FORM, RODENT_DAY, text, strlen(text), false,
						   &draft, &err),
				     &err);
	}
}

static void bombs_are_refused_and_change_nothing(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO_BUF rows = {0}, deep = {0};
	struct jx_error err = {0};
	char mark;
	jx_sheet *sheet = (jx_sheet *)(void *)&mark;
	int i;

	(void)state;
	jx_buf_init(&rows, 1 << 20);
	jx_buf_adds(&rows, "{\"rooms\":[{}");
	for (i = 1; i < 20000; i++)
		jx_buf_adds(&rows, ",{}");
	jx_buf_adds(&rows, "]}");
	jx_assert_rc(jx_sheet_read(pack, RODENT_FORM, RODENT_DAY, rows.data, rows.len, true, &sheet, &err),
		     JX_ELIMIT, &err);
	jx_buf_init(&deep, 1 << 20);
	for (i = 0; i < 20000; i++)
		jx_buf_addc(&deep, '[');
	assert_int_not_equal(
		jx_sheet_read(pack, RODENT_FORM, RODENT_DAY, deep.data, deep.len, true, &sheet, &err), JX_OK);
	jx_assert_rc(jx_sheet_read(pack, RODENT_FORM, RODENT_DAY, "[]", 2, false, &sheet, &err), JX_EINVAL,
		     &err);
	jx_assert_rc(jx_sheet_read(pack, "nothing", RODENT_DAY, "{}", 2, false, &sheet, &err), JX_ENOTFOUND,
		     &err);
	jx_assert_rc(jx_sheet_read(pack, RODENT_FORM, "2026-02-30", "{}", 2, false, &sheet, &err), JX_EINVAL,
		     &err);
	assert_ptr_equal(sheet, &mark);
}

/* 301 rows are one too many for the form, though an entry could hold them. */
static void rows_past_the_ceiling_are_refused_when_read(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) draft = NULL;
	JX_AUTO(jx_sheet) strict = NULL;
	JX_AUTO_BUF rows = {0};
	struct jx_error err = {0};
	int i;

	(void)state;
	jx_buf_init(&rows, 1 << 20);
	jx_buf_adds(&rows, "{\"rooms\":[{}");
	for (i = 1; i < 301; i++)
		jx_buf_adds(&rows, ",{}");
	jx_buf_adds(&rows, "]}");
	jx_assert_rc(jx_sheet_read(pack, RODENT_FORM, RODENT_DAY, rows.data, rows.len, true, &strict, &err),
		     JX_ELIMIT, &err);
	assert_string_equal(err.where, "rooms");
	jx_assert_ok(jx_sheet_read(pack, RODENT_FORM, RODENT_DAY, rows.data, rows.len, false, &draft, &err),
		     &err);
	assert_int_equal(jx_sheet_rows(draft, "rooms"), 300);
}

static void computed_values_follow_while_surveying(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = open_sheet(pack);
	struct jx_computed c;

	(void)state;
	assert_true(jx_sheet_computed(sheet, 0, &c));
	assert_string_equal(c.value, "not assessed");
	assert_string_equal(c.index, "rodent.indoor");
	assert_true(jx_sheet_computed(sheet, 1, &c));
	assert_string_equal(c.value, "-");
	set(sheet, "rooms_checked", "30");
	set(sheet, "rooms_positive", "1");
	assert_true(jx_sheet_computed(sheet, 0, &c));
	assert_string_equal(c.name.en, "indoor sign rate");
	assert_string_equal(c.value, "3.33 %");
	assert_true(jx_sheet_computed(sheet, 1, &c));
	assert_string_equal(c.value, "29 rooms");
	assert_null(c.index);
}

static void lists_show_a_sheet_by_its_name_and_values(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	struct jx_answers_brief b;
	struct jx_error err = {0};
	const char *text =
		"{\"rooms_checked\":3,\"rooms_positive\":1,\"contact\":\"李四\",\"note\":\"看过\"}";

	(void)state;
	jx_assert_ok(jx_form_brief_as(pack, RODENT_FORM, RODENT_DAY, text, strlen(text), &b, &err), &err);
	assert_string_equal(b.name_zh, "室内鼠迹");
	assert_string_equal(b.name_en, "rodent signs indoors");
	assert_string_equal(b.note, "看过");
	assert_string_equal(b.party, "李四");
	assert_string_equal(b.summary, "indoor sign rate 33.33 %; without signs 2 rooms");
	assert_string_equal(b.code, "");
	jx_assert_ok(jx_form_brief_as(pack, "other", RODENT_DAY, "{\"note\":\"n\"}", 12, &b, &err), &err);
	assert_string_equal(b.note, "n");
	assert_string_equal(b.summary, "");
}

/* Every order of a person's answers gives the same bytes, and what is written is read and written the same. */
static void order_does_not_matter_and_bytes_come_back(void **state)
{
	static const char *const answers[][2] = {
		{"unit_class", "03"},     {"air_e1", "-3.2"},           {"rooms[1].state", "yes"},
		{"rooms[1].places", "7"}, {"rooms[1].signs", "burrow"}, {"rooms[2].state", "unknown"},
		{"failed", "1"},          {"failed_where", "门"},       {"contact", "王"},
		{"note", "a \"b\"\n"}};
	const size_t n = sizeof(answers) / sizeof(answers[0]);
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO_FREE char *first = NULL;
	uint64_t seed = 1;
	size_t round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		JX_AUTO(jx_sheet) sheet = open_sheet(pack);
		JX_AUTO(jx_sheet) read = NULL;
		JX_AUTO_BUF once = {0}, again = {0};
		struct jx_error err = {0};
		size_t order[16];

		for (i = 0; i < n; i++) {
			size_t k;

			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			k = (size_t)(seed >> 33) % (i + 1);
			order[i] = order[k];
			order[k] = i;
		}
		/* the second row begins after the first */
		jx_assert_ok(jx_sheet_add_row(sheet, "rooms", false, &err), &err);
		for (i = 0; i < n; i++)
			set(sheet, answers[order[i]][0], answers[order[i]][1]);
		jx_buf_init(&once, 65536);
		jx_buf_init(&again, 65536);
		jx_assert_ok(jx_sheet_write(sheet, sign_photo, 2, &once, &err), &err);
		if (first == NULL)
			first = jx_xstrdup(once.data);
		assert_string_equal(once.data, first);
		jx_assert_ok(
			jx_sheet_read(pack, RODENT_FORM, RODENT_DAY, once.data, once.len, true, &read, &err),
			&err);
		jx_assert_ok(jx_sheet_write(read, sign_photo, 2, &again, &err), &err);
		assert_string_equal(again.data, once.data);
	}
	assert_non_null(
		strstr(first, "\"failed_where\":\"门\",\"contact\":\"王\",\"note\":\"a \\\"b\\\"\\n\""));
}

static void an_empty_draft_is_an_empty_object(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack_with("\"fallback\": \"0\"", "\"min\": 0");
	JX_AUTO(jx_sheet) sheet = open_sheet(pack);
	JX_AUTO_BUF b = {0};
	struct jx_error err = {0};

	(void)state;
	jx_buf_init(&b, 1000);
	jx_assert_ok(jx_sheet_write_draft(sheet, &b, &err), &err);
	assert_string_equal(b.data, "{}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_written_in_form_order),
		cmocka_unit_test(what_is_typed_is_taken_or_refused_at_the_field),
		cmocka_unit_test(unknown_paths_are_not_found),
		cmocka_unit_test(the_next_field_follows_conditions_and_rows),
		cmocka_unit_test(counted_fields_follow_the_rows_and_come_back_without_them),
		cmocka_unit_test(rows_have_a_ceiling),
		cmocka_unit_test(problems_say_where_and_why),
		cmocka_unit_test(hidden_answers_count_as_nothing_but_come_back),
		cmocka_unit_test(a_server_refuses_what_contradicts),
		cmocka_unit_test(bombs_are_refused_and_change_nothing),
		cmocka_unit_test(rows_past_the_ceiling_are_refused_when_read),
		cmocka_unit_test(computed_values_follow_while_surveying),
		cmocka_unit_test(lists_show_a_sheet_by_its_name_and_values),
		cmocka_unit_test(order_does_not_matter_and_bytes_come_back),
		cmocka_unit_test(an_empty_draft_is_an_empty_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
