/* What was recorded: listed with its state from the database, found, looked at, corrected, withdrawn. */
#include "app_test.h"

#include "jiexun/view.h"

#include <string.h>

/* ---- what another process would have done ---------------------------------------------------------------- */

/* A receipt up to the newest entry, as a sync brings it. */
static void receive_all(const struct app_test *t)
{
	struct jx_receipt r = {.server_utc_ms = 1800000000000, .epoch = {9}};
	uint8_t public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES];
	struct jx_identity id;
	struct jx_signed text;
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_store(&h, false, &err), &err);
	jx_assert_ok(jx_store_identity(h.store, &id, &err), &err);
	jx_assert_ok(jx_store_head(h.store, &r.n, r.head, &err), &err);
	memcpy(r.writer, id.writer, sizeof(r.writer));
	jx_key_from_seed((const uint8_t *)"a key of a server for this test.", public_key, secret_key);
	jx_assert_ok(jx_receipt_sign(&r, secret_key, &text, &err), &err);
	jx_assert_ok(jx_store_add_receipt(h.store, &text, &r, &err), &err);
	jx_handheld_close(&h);
}

struct newest {
	enum jx_kind kind;
	char reason[512];
	uint8_t of[JX_ID_BYTES];
};

static jx_rc keep_newest(void *user, const struct jx_log_row *row)
{
	struct newest *newest = user;
	JX_AUTO_FREE struct jx_entry *e = jx_xcalloc(1, sizeof(*e));

	newest->kind = row->kind;
	assert_int_equal(jx_entry_decode(row->bytes, row->len, e, NULL), JX_OK);
	jx_strcpy(newest->reason, sizeof(newest->reason), e->reason);
	if (e->has_ref)
		memcpy(newest->of, e->ref.id, JX_ID_BYTES);
	return JX_OK;
}

static void read_newest(const struct app_test *t, struct newest *out)
{
	const struct jx_log_query q = {.newest_first = true, .limit = 1};
	struct jx_handheld h;
	struct jx_error err;

	*out = (struct newest){.kind = JX_KIND_UNKNOWN};
	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_store(&h, true, &err), &err);
	jx_assert_ok(jx_store_each(h.store, &q, keep_newest, out, &err), &err);
	jx_handheld_close(&h);
}

/* The newest that was found, stands and has a picture. */
static jx_rc keep_found(void *user, const struct jx_view_row *row)
{
	uint8_t *id = user;

	if (strcmp(row->result, "found") != 0 || row->is_check || row->is_withdrawn || row->photo_count == 0)
		return JX_OK;
	memcpy(id, row->id, JX_ID_BYTES);
	return JX_EINTR;
}

static void find_found(const struct app_test *t, uint8_t id[JX_ID_BYTES])
{
	const struct jx_view_query q = {.newest_first = true, .current_only = true};
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_store(&h, true, &err), &err);
	jx_assert_ok(jx_handheld_open_packs(&h, &err), &err);
	assert_int_equal(jx_view_list(h.store, h.pack, &q, keep_found, id, &err), JX_EINTR);
	jx_handheld_close(&h);
}

/* Of packs come names as they stand in a sentence, and units of one. */
static void test_words(void **state)
{
	static const struct {
		const char *number, *unit, *text;
	} counts[] = {
		{"1", "place", "1 place"},
		{"2", "place", "2 places"},
		{"0", "cart load", "0 cart loads"},
		{"3", "patch", "3 patches"},
		{"2", "person advised", "2 persons advised"},
		{"1", "times", "1 time"},
		{"20", "degree Celsius", "20 degrees Celsius"},
		{"3", "shopfronts", "3 shopfronts"},
		{"5", "head", "5 head"},
		{"5", "kg", "5 kg"},
		{"8.3", "%", "8.3 %"},
		{"3", "处", "3 处"},
		{"3", "", "3"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
		g_autofree char *text = words_count(counts[i].number, counts[i].unit);

		assert_string_equal(text, counts[i].text);
	}
	assert_string_equal(words_head("rodent signs"), "Rodent signs");
	assert_string_equal(words_head("fly-room rate"), "Fly-room rate");
	assert_string_equal(words_head("a character"), "A character");
	assert_string_equal(words_head("m"), "m");
	assert_string_equal(words_head("pH of water"), "pH of water");
	assert_string_equal(words_head("p-017; shift open"), "p-017; shift open");
	assert_string_equal(words_head("https://example.org"), "https://example.org");
	assert_string_equal(words_head("乱贴乱画"), "乱贴乱画");
	assert_string_equal(words_head(""), "");
}

/* ---- tests -------------------------------------------------------------------------------------------------- */

/* Found in all days: each line must say of which. */
static bool has_day_heading(struct app_test *t)
{
	GtkWidget *list = app_test_find(t, GTK_TYPE_LIST_VIEW, NULL), *label;

	for (int i = 0; (label = app_test_look(t, list, GTK_TYPE_LABEL, NULL, i)) != NULL; i++)
		if (g_regex_match_simple("^\\d{4}-\\d\\d-\\d\\d$", gtk_label_get_text(GTK_LABEL(label)), 0,
					 0))
			return true;
	return false;
}

/* What the last call said is no source: the row changes because the database does. */
static void test_states(void **state)
{
	struct app_test t = {.name = "states"};

	(void)state;
	app_test_open(&t, 360, 720);
	app_show_view(GTK_WIDGET(t.window), "today");
	app_test_settle(&t);
	app_test_must_see(&t, "已保存");
	assert_false(has_day_heading(&t));
	/* from the first to the last, and all of it */
	app_test_must_see(&t, "尚未到服务器：11 条（H07-25 … H07-35），8 张照片");
	app_test_shoot(&t, "today-saved");
	receive_all(&t);
	app_changed(GTK_WIDGET(t.window));
	app_test_settle(&t);
	app_test_must_see(&t, "已发送");
	assert_false(app_test_sees(&t, "已保存"));
	app_test_shoot(&t, "today-sent");
	app_test_close(&t);
}

static void test_days(void **state)
{
	struct app_test t = {.name = "days"};

	(void)state;
	app_test_open(&t, 480, 800);
	app_show_view(GTK_WIDGET(t.window), "today");
	app_test_settle(&t);
	app_test_must_see(&t, "今天");
	app_test_press_named(&t, "前一天");
	assert_false(app_test_sees(&t, "今天"));
	app_test_must_see(&t, "已记");
	app_test_press_named(&t, "后一天");
	app_test_must_see(&t, "今天");
	app_test_press_named(&t, "更早的日期");
	app_test_must_see(&t, "全部日期");
	app_test_close(&t);
}

static GtkWidget *search_entry(struct app_test *t)
{
	return app_test_find(t, GTK_TYPE_SEARCH_ENTRY, NULL);
}

static bool is_empty(struct app_test *t, void *user)
{
	(void)user;
	return app_test_sees(t, "没有找到");
}

static bool is_found(struct app_test *t, void *user)
{
	return app_test_look(t, NULL, GTK_TYPE_LIST_VIEW, NULL, 0) != NULL && app_test_sees(t, user);
}

static void log_manhole(const struct app_test *t)
{
	const struct jx_observation o = {.result = "found", .code = "01.01", .note = "井盖旁的小广告"};
	jx_capture *capture = NULL;
	struct jx_handheld h;
	struct jx_error err;
	int64_t n;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
	jx_assert_ok(jx_capture_begin(&h.recorder, &capture, &err), &err);
	jx_assert_ok(jx_capture_set_place(capture, NULL, "井盖巷", NULL, &err), &err);
	jx_assert_ok(jx_capture_set_answers(capture, &o, &err), &err);
	jx_assert_ok(jx_capture_commit(capture, &n, &err), &err);
	jx_capture_drop(capture);
	jx_handheld_close(&h);
}

static void test_search(void **state)
{
	struct app_test t = {.name = "search"};

	(void)state;
	app_test_open(&t, 360, 720);
	log_manhole(&t);
	app_show_view(GTK_WIDGET(t.window), "today");
	app_test_settle(&t);
	app_test_press_named(&t, "搜索");
	app_test_type(&t, search_entry(&t), "没有这样的词");
	app_test_wait(&t, is_empty, NULL, "nothing found");
	app_test_type(&t, search_entry(&t), "井盖");
	app_test_wait(&t, is_found, (void *)(intptr_t) "井盖巷", "the entry with these two characters");
	assert_true(has_day_heading(&t));
	app_test_shoot(&t, "today-search");
	app_test_close(&t);
}

static void test_withdraw(void **state)
{
	struct app_test t = {.name = "withdraw"};
	uint8_t id[JX_ID_BYTES];
	struct newest newest;

	(void)state;
	app_test_open(&t, 360, 720);
	find_found(&t, id);
	app_show_entry(GTK_WIDGET(t.window), id);
	app_test_settle(&t);
	app_test_shoot(&t, "entry");
	app_test_check(&t, "entry");
	app_test_press_named(&t, "撤回");
	app_test_check(&t, "withdraw");
	app_test_press_named(&t, "重复登记");
	app_test_press_named(&t, "撤回");
	read_newest(&t, &newest);
	assert_int_equal(newest.kind, JX_KIND_WITHDRAWAL);
	assert_string_equal(newest.reason, "重复登记");
	assert_memory_equal(newest.of, id, JX_ID_BYTES);
	/* the page says so, from the database, and offers nothing more */
	app_test_must_see(&t, "已撤回");
	assert_null(app_test_look(&t, NULL, GTK_TYPE_BUTTON, "撤回", 0));
	app_test_close(&t);
}

static void test_correct(void **state)
{
	struct app_test t = {.name = "correct"};
	uint8_t id[JX_ID_BYTES];
	struct newest newest;

	(void)state;
	app_test_open(&t, 360, 720);
	find_found(&t, id);
	app_show_entry(GTK_WIDGET(t.window), id);
	app_test_settle(&t);
	app_test_press_named(&t, "更正");
	app_test_shoot(&t, "entry-correct");
	app_test_press_named(&t, "数量有误");
	app_test_press_named(&t, "保存更正");
	read_newest(&t, &newest);
	assert_int_equal(newest.kind, JX_KIND_CORRECTION);
	assert_string_equal(newest.reason, "数量有误");
	assert_memory_equal(newest.of, id, JX_ID_BYTES);
	app_test_close(&t);
}

/* Closed while pictures are on their way: what comes back asks for nothing more. */
static void test_close_early(void **state)
{
	struct app_test t = {.name = "close-early"};

	(void)state;
	app_test_open(&t, 360, 720);
	app_show_view(GTK_WIDGET(t.window), "today");
	app_test_must_see(&t, "今天");
	app_changed(GTK_WIDGET(t.window));
	app_test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),       cmocka_unit_test(test_states),
		cmocka_unit_test(test_days),        cmocka_unit_test(test_search),
		cmocka_unit_test(test_withdraw),    cmocka_unit_test(test_correct),
		cmocka_unit_test(test_close_early),
	};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
