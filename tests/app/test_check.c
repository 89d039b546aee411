/* Checks by touch and by keys: a survey from its first field to the entry, rows, drafts, rules, every form there is. */
#include "app_test.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "jiexun/view.h"
#include "sheet.h"

static struct sheet *open_sheet(struct app_test *t)
{
	GtkWidget *page = app_test_find(t, APP_TYPE_SHEET_PAGE, NULL);

	return g_object_get_data(G_OBJECT(page), "sheet");
}

static void begin(struct app_test *t, const char *name)
{
	app_show_view(GTK_WIDGET(t->window), "check");
	app_test_settle(t);
	app_test_press(t, app_test_find(t, GTK_TYPE_LIST_BOX_ROW, name));
	(void)open_sheet(t);
}

static void choose(struct app_test *t, const char *field, const char *name)
{
	app_test_press_named(t, field);
	app_test_press(t, app_test_find(t, GTK_TYPE_LIST_BOX_ROW, name));
}

static void type_in(struct app_test *t, const char *field, const char *text)
{
	app_test_type(t, app_test_find(t, GTK_TYPE_ENTRY, field), text);
}

/* ---- what is on the disk ------------------------------------------------------------------------------ */

struct newest {
	char form[48], answers[2048], of_number[JX_NUMBER_MAX];
	int64_t count;
};

static jx_rc take_newest(void *user, const struct jx_log_row *row)
{
	struct newest *n = user;
	JX_AUTO_FREE struct jx_entry *e = jx_xcalloc(1, sizeof(*e));

	if (jx_entry_decode(row->bytes, row->len, e, NULL) != JX_OK || e->answers.data == NULL)
		return JX_OK;
	if (n->count++ == 0) {
		jx_strcpy(n->form, sizeof(n->form), e->form);
		(void)g_snprintf(n->answers, sizeof(n->answers), "%.*s", (int)e->answers.len,
				 (const char *)e->answers.data);
	}
	return JX_OK;
}

static void read_newest(struct app_test *t, struct newest *out)
{
	const struct jx_log_query q = {.newest_first = true, .limit = 200};
	struct jx_handheld h;
	struct jx_error err;

	*out = (struct newest){.count = 0};
	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_store(&h, true, &err), &err);
	jx_assert_ok(jx_store_each(h.store, &q, take_newest, out, &err), &err);
	jx_handheld_close(&h);
}

static jx_rc take_draft(void *user, const struct jx_draft *draft)
{
	struct jx_draft *newest = user;

	if (strcmp(draft->form, "disorder") == 0)
		return JX_OK;
	*newest = *draft;
	return JX_EINTR;
}

static bool find_draft(struct app_test *t, struct jx_draft *out)
{
	struct jx_handheld h;
	struct jx_error err;
	jx_rc rc;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_store(&h, true, &err), &err);
	rc = jx_store_each_draft(h.store, take_draft, out, &err);
	jx_handheld_close(&h);
	return rc == JX_EINTR;
}

/* ---- a survey from its first field to the entry -------------------------------------------------------- */

/*
 * 3 places on 1200 m are 3 / 1.2 km = 2.50 per km: at most 3, so level B of GB/T 27770-2011. 95 % limits of a count of 3 are 0.6187 and
 * 8.7673 (Garwood), per km 0.52 and 7.31: A to below C, so not decided.
 */
static void test_path_survey(void **state)
{
	struct app_test t = {.name = "path-survey"};
	struct newest before, after;

	(void)state;
	app_test_open(&t, 360, 720);
	read_newest(&t, &before);
	begin(&t, "外环境鼠迹检查");
	app_test_shoot(&t, "check-header");
	choose(&t, "单位类别", "餐饮店");
	assert_true(app_test_sees(&t, "餐饮店"));
	app_test_press_named(&t, "下一步");
	assert_true(app_test_sees(&t, "未评定") || app_test_sees(&t, "路径指数"));
	type_in(&t, "检查路径长度", "1200");
	/* the kinds are asked once there is a place */
	assert_null(app_test_look(&t, NULL, GTK_TYPE_ENTRY, "鼠粪", 0));
	type_in(&t, "鼠迹处数", "3");
	assert_true(app_test_sees(&t, "2.50"));
	assert_true(app_test_sees(&t, "0.52"));
	assert_true(app_test_sees(&t, "7.31"));
	/* the rule's own message, at its field, at once */
	assert_true(app_test_sees(&t, "各类鼠迹之和不能少于鼠迹处数"));
	app_test_shoot(&t, "check-rule");
	type_in(&t, "鼠粪", "2");
	app_test_press_named(&t, "鼠洞：加一");
	assert_false(app_test_sees(&t, "各类鼠迹之和不能少于鼠迹处数"));
	app_test_shoot(&t, "check-path");
	app_test_check(&t, "check-path");
	app_test_press_named(&t, "下一步");
	app_test_press_named(&t, "下一步");
	app_test_shoot(&t, "check-finish");
	app_test_press_named(&t, "保存");
	app_test_must_see(&t, "已保存");
	read_newest(&t, &after);
	assert_int_equal(after.count, before.count + 1);
	assert_string_equal(after.form, "rodent.signs-outdoor");
	assert_non_null(
		strstr(after.answers,
		       "\"path_m\":1200,\"sign_places\":3,\"signs_droppings\":2,\"signs_burrows\":1"));
	app_test_close(&t);
}

/* What is missing is told at the field, nothing is saved, and nothing is lost. */
static void test_missing(void **state)
{
	struct app_test t = {.name = "missing"};
	struct newest before, after;
	struct jx_draft draft;

	(void)state;
	app_test_open(&t, 800, 480);
	read_newest(&t, &before);
	begin(&t, "外环境鼠迹检查");
	choose(&t, "单位类别", "餐饮店");
	for (int i = 0; i < 3; i++)
		app_test_press_named(&t, "下一步");
	app_test_press_named(&t, "保存");
	/* it stands at the first that is missing */
	app_test_find(&t, GTK_TYPE_ENTRY, "检查路径长度");
	app_test_shoot(&t, "check-missing-wide");
	type_in(&t, "检查路径长度", "0");
	app_test_shoot(&t, "check-refused-wide");
	read_newest(&t, &after);
	assert_int_equal(after.count, before.count);
	assert_true(find_draft(&t, &draft));
	app_test_close(&t);
}

static bool is_gone(struct app_test *t, void *user)
{
	(void)user;
	return app_test_look(t, NULL, GTK_TYPE_LIST_BOX_ROW, "蟑螂目测检查", 0) == NULL;
}

/* No pointer: search, choose, type, save. */
static void test_by_keys(void **state)
{
	struct app_test t = {.name = "keys"};
	struct newest after;

	(void)state;
	app_test_open(&t, 800, 480);
	app_test_keys(&t, "alt+2", NULL);
	(void)gtk_widget_grab_focus(app_test_find(&t, GTK_TYPE_SEARCH_ENTRY, NULL));
	app_test_keys(&t, "s", "i", "g", "n", "s", "minus", "o", "u", "t", NULL);
	app_test_wait(&t, is_gone, NULL, "the search shows only what was searched for");
	app_test_keys(&t, "Return", NULL);
	(void)open_sheet(&t);
	/* number and name of the unit, then its class, from a list that is searched */
	app_test_keys(&t, "Return", "Return", "Return", NULL);
	app_test_find(&t, GTK_TYPE_LIST_BOX_ROW, "餐饮店");
	app_test_keys(&t, "0", "1", "Return", NULL);
	(void)open_sheet(&t);
	assert_true(app_test_sees(&t, "餐饮店"));
	app_test_keys(&t, "Next", NULL);
	/* metres and places; kinds: none, one, one */
	app_test_keys(&t, "5", "0", "0", "Return", "2", "Return", "Return", "1", "Return", "plus", NULL);
	app_test_shoot(&t, "check-keys");
	assert_true(app_test_sees(&t, "4.00"));
	app_test_shoot(&t, "check-keys");
	app_test_keys(&t, "Next", "Next", "Next", NULL);
	app_test_must_see(&t, "已保存");
	read_newest(&t, &after);
	assert_string_equal(after.form, "rodent.signs-outdoor");
	assert_non_null(strstr(after.answers,
			       "\"path_m\":500,\"sign_places\":2,\"signs_burrows\":1,\"signs_runways\":1"));
	app_test_close(&t);
}

/* ---- room by room -------------------------------------------------------------------------------------- */

static void test_rooms(void **state)
{
	struct app_test t = {.name = "rooms"};
	struct sheet *s;

	(void)state;
	app_test_open(&t, 360, 720);
	begin(&t, "室内鼠迹检查");
	s = open_sheet(&t);
	app_test_press_named(&t, "下一步");
	app_test_check(&t, "rooms-empty");
	app_test_press_named(&t, "新增（+）");
	app_test_press_named(&t, "有鼠迹: 是");
	app_test_keys(&t, "equal", "equal", NULL); /* two more like it */
	app_test_press_named(&t, "有鼠迹: 否");
	assert_int_equal(jx_sheet_rows(s->fill.sheet, "rooms"), 3);
	app_test_shoot(&t, "check-room");
	app_test_check(&t, "room");
	app_test_press_named(&t, "全部");
	app_test_shoot(&t, "check-rooms");
	app_test_check(&t, "rooms");
	assert_true(app_test_sees(&t, "66.67"));
	app_test_press_named(&t, "移除第 3 行");
	assert_true(app_test_sees(&t, "100.00"));
	app_test_press_named(&t, "撤销");
	assert_int_equal(jx_sheet_rows(s->fill.sheet, "rooms"), 3);
	assert_true(app_test_sees(&t, "66.67"));
	/* what the rows count is not asked */
	app_test_press_named(&t, "下一步");
	assert_string_equal(
		gtk_editable_get_text(GTK_EDITABLE(app_test_find(&t, GTK_TYPE_ENTRY, "检查房间数"))), "3");
	assert_string_equal(
		gtk_editable_get_text(GTK_EDITABLE(app_test_find(&t, GTK_TYPE_ENTRY, "阳性房间数"))), "2");
	app_test_close(&t);
}

static bool has_photo(struct app_test *t, void *user)
{
	const char *roles[JX_PHOTOS_MAX];
	GtkWidget *page = app_test_look(t, NULL, APP_TYPE_SHEET_PAGE, NULL, 0);
	struct sheet *s = page != NULL ? g_object_get_data(G_OBJECT(page), "sheet") : NULL;

	(void)user;
	return s != NULL && jx_fill_roles(&s->fill, roles) == 1;
}

static bool can_press(struct app_test *t, void *user)
{
	GtkWidget *button = app_test_look(t, NULL, GTK_TYPE_BUTTON, user, 0);

	return button != NULL && gtk_widget_is_sensitive(button);
}

/* A picture from the camera into a form: it stands on its last screen, and in the draft that the next start finds. */
static void test_photo(void **state)
{
	struct app_test t = {.name = "form-photo"};
	g_autofree char *take = NULL;
	struct jx_draft draft;

	(void)state;
	app_test_open(&t, 360, 720);
	begin(&t, "外环境鼠迹检查");
	app_sheet_page_go(APP_SHEET_PAGE(app_test_find(&t, APP_TYPE_SHEET_PAGE, NULL)),
			  jx_sheet_form(open_sheet(&t)->fill.sheet)->section_count, 0);
	app_test_settle(&t);
	take = g_strdup_printf(_("Take: %s"), sheet_role_text("close"));
	app_test_press_named(&t, take);
	app_test_wait(&t, can_press, (void *)(uintptr_t)_("Shutter"), "the camera");
	app_test_press_named(&t, _("Shutter"));
	app_test_wait(&t, has_photo, NULL, "the picture is in the form");
	app_test_settle(&t);
	app_test_shoot(&t, "check-photo");
	app_test_close_window(&t);
	app_test_open_home(&t, t.demo.profile, t.demo.home, 360, 720);
	assert_true(find_draft(&t, &draft));
	sheet_resume(GTK_WIDGET(t.window), draft.id);
	app_test_settle(&t);
	assert_true(has_photo(&t, NULL));
	app_test_close(&t);
}

/* ---- drafts -------------------------------------------------------------------------------------------- */

/* In a process that ends between two fields, as by a power cut. */
static int fill_and_die(const char *profile, const char *home)
{
	struct app_test t = {.name = "die"};

	app_test_open_home(&t, profile, home, 360, 720);
	begin(&t, "外环境鼠迹检查");
	choose(&t, "单位类别", "餐饮店");
	app_test_press_named(&t, "下一步");
	type_in(&t, "检查路径长度", "777");
	type_in(&t, "鼠迹处数", "4");
	(void)raise(SIGKILL);
	return 1;
}

static const char *self;

static void test_killed(void **state)
{
	struct app_test t = {.name = "killed"};
	struct jx_draft draft;
	g_autoptr(GError) error = NULL;
	int status = 0;

	(void)state;
	app_test_open(&t, 360, 720);
	app_test_close_window(&t);
	{
		char *argv[] = {(char *)(uintptr_t)self, (char *)(uintptr_t) "--die", t.demo.profile,
				t.demo.home, NULL};

		assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
					 &error));
	}
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	app_test_open_home(&t, t.demo.profile, t.demo.home, 360, 720);
	app_show_view(GTK_WIDGET(t.window), "check");
	app_test_must_see(&t, "未完成");
	app_test_shoot(&t, "check-list");
	app_test_check(&t, "check-list");
	assert_true(find_draft(&t, &draft));
	sheet_resume(GTK_WIDGET(t.window), draft.id);
	app_test_settle(&t);
	/* it stands where it was left */
	assert_string_equal(
		gtk_editable_get_text(GTK_EDITABLE(app_test_find(&t, GTK_TYPE_ENTRY, "检查路径长度"))),
		"777");
	assert_string_equal(
		gtk_editable_get_text(GTK_EDITABLE(app_test_find(&t, GTK_TYPE_ENTRY, "鼠迹处数"))), "4");
	app_test_close(&t);
}

static bool is_at_top(struct app_test *t, void *scroll)
{
	(void)t;
	return gtk_adjustment_get_value(gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroll))) < 1;
}

/* Put aside and gone on with: without looking for it, in the room where it was left. */
static void test_put_aside(void **state)
{
	struct app_test t = {.name = "put-aside"};
	GtkWidget *row, *scroll;

	(void)state;
	app_test_open(&t, 360, 720);
	app_show_view(GTK_WIDGET(t.window), "check");
	app_test_settle(&t);
	row = app_test_find(&t, GTK_TYPE_LIST_BOX_ROW, "防鼠设施检查");
	(void)gtk_widget_grab_focus(row);
	app_test_press(&t, row);
	type_in(&t, "单位或地点名称", "和平路菜场");
	app_pop(GTK_WIDGET(t.window));
	app_test_settle(&t);
	app_test_must_see(&t, "未完成");
	row = app_test_look(&t, NULL, GTK_TYPE_LIST_BOX_ROW, NULL, 1);
	scroll = gtk_widget_get_ancestor(row, GTK_TYPE_SCROLLED_WINDOW);
	app_test_wait(&t, is_at_top, scroll, "the check put aside is at the top");
	app_test_settle(&t);
	row = app_test_look(&t, NULL, GTK_TYPE_LIST_BOX_ROW, NULL, 1);
	app_test_press(&t, row);
	assert_string_equal(
		gtk_editable_get_text(GTK_EDITABLE(app_test_find(&t, GTK_TYPE_ENTRY, "单位或地点名称"))),
		"和平路菜场");
	app_test_close(&t);
}

static bool is_focused(struct app_test *t, void *user)
{
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(t->window));
	g_autofree char *name = focus != NULL ? app_test_name_of(focus) : NULL;

	return g_strcmp0(name, user) == 0;
}

/* What holds now is seen in a long list at once; what is typed there is searched for, and Enter takes what is found. */
static void test_long_list(void **state)
{
	struct app_test t = {.name = "long-list"};
	GtkWidget *row, *scroll;
	graphene_rect_t b;

	(void)state;
	app_test_open(&t, 360, 720);
	begin(&t, "外环境鼠迹检查");
	choose(&t, "单位类别", "公园公共绿地");
	app_test_press_named(&t, "单位类别");
	row = app_test_find(&t, GTK_TYPE_LIST_BOX_ROW, "公园公共绿地");
	app_test_wait(&t, is_focused, (void *)(uintptr_t) "公园公共绿地", "what was chosen has the focus");
	app_test_settle(&t);
	scroll = gtk_widget_get_ancestor(row, GTK_TYPE_SCROLLED_WINDOW);
	assert_true(gtk_widget_compute_bounds(row, scroll, &b));
	assert_in_range((int)b.origin.y, 0, gtk_widget_get_height(scroll) - (int)b.size.height);
	app_test_keys(&t, "0", "2", NULL);
	assert_string_equal(
		gtk_editable_get_text(GTK_EDITABLE(app_test_find(&t, GTK_TYPE_SEARCH_ENTRY, NULL))), "02");
	app_test_keys(&t, "Return", NULL);
	assert_true(app_test_sees(&t, "商场超市"));
	/* and the key that leads back does so from the search too */
	app_test_press_named(&t, "单位类别");
	app_test_keys(&t, "9", "Escape", "Escape", NULL);
	assert_non_null(app_test_look(&t, NULL, APP_TYPE_SHEET_PAGE, NULL, 0));
	app_test_close(&t);
}

static void test_discarded(void **state)
{
	struct app_test t = {.name = "discarded"};
	struct jx_draft first, none;

	(void)state;
	app_test_open(&t, 360, 720);
	while (find_draft(&t, &none)) { /* of the demonstration */
		sheet_discard(GTK_WIDGET(t.window), none.id);
		app_test_settle(&t);
	}
	begin(&t, "外环境鼠迹检查");
	/* only looked at: nothing is left behind */
	app_test_keys(&t, "Escape", NULL);
	assert_false(find_draft(&t, &none));
	begin(&t, "外环境鼠迹检查");
	type_in(&t, "单位或地点名称", "和平路菜场");
	app_test_keys(&t, "Escape", NULL);
	app_test_must_see(&t, "和平路菜场");
	assert_true(find_draft(&t, &first));
	sheet_discard(GTK_WIDGET(t.window), first.id);
	app_test_must_see(&t, "草稿已放弃");
	assert_false(find_draft(&t, &none));
	app_test_press_named(&t, "撤销");
	assert_true(find_draft(&t, &none));
	assert_memory_equal(none.id, first.id, JX_ID_BYTES);
	assert_int_equal(none.value_count, first.value_count);
	app_test_close(&t);
}

/* A draft goes on with the pack that it began with, and says so. */
static void test_pack_replaced(void **state)
{
	struct app_test t = {.name = "pack-replaced"};
	struct sheet *s;

	(void)state;
	app_test_open(&t, 360, 720);
	begin(&t, "外环境鼠迹检查");
	s = open_sheet(&t);
	type_in(&t, "单位或地点名称", "老版");
	assert_false(app_test_sees(&t, "仍按旧版填完"));
	app_sheet_page_set_active(APP_SHEET_PAGE(s->page), s->fill.draft.pack_version + 1000);
	assert_true(app_test_sees(&t, "仍按旧版填完"));
	app_test_shoot(&t, "check-old-pack");
	app_test_close(&t);
}

/* ---- a correction -------------------------------------------------------------------------------------- */

static void test_corrected(void **state)
{
	struct app_test t = {.name = "corrected"};
	struct newest after;
	uint8_t id[JX_ID_BYTES];

	(void)state;
	app_test_open(&t, 360, 720);
	begin(&t, "外环境鼠迹检查");
	memcpy(id, open_sheet(&t)->fill.draft.id, sizeof(id));
	choose(&t, "单位类别", "餐饮店");
	app_test_press_named(&t, "下一步");
	type_in(&t, "检查路径长度", "1000");
	type_in(&t, "鼠迹处数", "0");
	for (int i = 0; i < 3; i++)
		app_test_press_named(&t, i < 2 ? "下一步" : "保存");
	app_test_must_see(&t, "已保存");
	app_check_correct(GTK_WIDGET(t.window), id);
	app_test_settle(&t);
	app_test_press_named(&t, "下一步");
	assert_string_equal(
		gtk_editable_get_text(GTK_EDITABLE(app_test_find(&t, GTK_TYPE_ENTRY, "检查路径长度"))),
		"1000");
	type_in(&t, "检查路径长度", "1100");
	for (int i = 0; i < 3; i++)
		app_test_press_named(&t, i < 2 ? "下一步" : "保存");
	/* not without a reason */
	app_test_must_see(&t, "请说明更正原因");
	app_test_press_named(&t, "数错了");
	app_test_shoot(&t, "check-correct");
	app_test_press_named(&t, "保存");
	app_test_settle(&t);
	read_newest(&t, &after);
	assert_non_null(strstr(after.answers, "\"path_m\":1100"));
	app_test_close(&t);
}

/* ---- every form there is ------------------------------------------------------------------------------- */

static bool has_chosen(struct app_test *t, AppSheetField *f)
{
	GtkWidget *button;

	for (int i = 0; (button = app_test_look(t, GTK_WIDGET(f), GTK_TYPE_TOGGLE_BUTTON, NULL, i)) != NULL;
	     i++)
		if (gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button)))
			return true;
	return false;
}

/* Something legal for each kind of field, by the control that it has. */
static void answer(struct app_test *t, AppSheetField *f)
{
	const struct jx_field *field = app_sheet_field_of(f);
	GtkWidget *control;
	g_autofree char *number = NULL;

	switch (field->type) {
	case JX_FIELD_CHOICE:
	case JX_FIELD_CHOICES:
	case JX_FIELD_YES_NO:
		control = app_test_look(t, GTK_WIDGET(f), GTK_TYPE_TOGGLE_BUTTON, NULL, 0);
		if (control != NULL) {
			/* a default that is on stays on */
			if (!has_chosen(t, f))
				app_test_press(t, control);
			return;
		}
		app_test_press(t, app_test_look(t, GTK_WIDGET(f), GTK_TYPE_BUTTON, NULL, 0));
		app_test_press(t, app_test_look(t, NULL, GTK_TYPE_LIST_BOX_ROW, NULL, 0));
		if (field->type == JX_FIELD_CHOICES)
			app_pop(GTK_WIDGET(t->window));
		app_test_settle(t);
		return;
	case JX_FIELD_INTEGER:
	case JX_FIELD_DECIMAL:
		app_test_press(t, app_test_look(t, GTK_WIDGET(f), GTK_TYPE_BUTTON, NULL, 1));
		return;
	case JX_FIELD_TEXT:
	case JX_FIELD_PARTY:
		control = app_test_look(t, GTK_WIDGET(f), GTK_TYPE_ENTRY, NULL, 0);
		if (control == NULL)
			control = app_test_look(t, GTK_WIDGET(f), GTK_TYPE_TEXT_VIEW, NULL, 0);
		app_test_type(t, control, "一");
		return;
	case JX_FIELD_PHOTO:
	default:
		return;
	}
}

static void answer_screen(struct app_test *t)
{
	AppSheetField *f;

	for (int i = 0; (f = (AppSheetField *)app_test_look(t, NULL, APP_TYPE_SHEET_FIELD, NULL, i)) != NULL;
	     i++) {
		char value[JX_DRAFT_VALUE_MAX] = "";

		answer(t, f);
		if (app_sheet_field_of(f)->type == JX_FIELD_PHOTO)
			continue;
		jx_assert_ok(jx_sheet_get(open_sheet(t)->fill.sheet, app_sheet_field_path(f), value,
					  sizeof(value), NULL),
			     &(struct jx_error){0});
		if (value[0] == '\0')
			fail_msg("%s: %s was not answered", open_sheet(t)->fill.draft.form,
				 app_sheet_field_path(f));
	}
}

static void walk_form(struct app_test *t, const struct jx_form *form)
{
	sheet_begin(GTK_WIDGET(t->window), form->id);
	app_test_settle(t);
	for (size_t s = 0; s < form->section_count; s++) {
		if (form->sections[s].is_repeat)
			app_test_press_named(t, "新增（+）");
		answer_screen(t);
		app_test_check(t, form->id);
		if (form->sections[s].is_repeat)
			app_test_press_named(t, "全部");
		app_test_press_named(t, "下一步");
	}
	app_test_find(t, GTK_TYPE_BUTTON, "保存");
	app_test_check(t, form->id);
	app_pop(GTK_WIDGET(t->window));
	app_test_settle(t);
}

static void walk_all(int width, int height)
{
	struct app_test t = {.name = "all"};
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err;
	size_t forms = 0;

	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	app_test_open(&t, width, height);
	for (size_t i = 0; i < jx_packs_count(packs); i++)
		for (size_t k = 0; k < jx_pack_form_count(jx_packs_at(packs, i)); k++) {
			const struct jx_form *form = jx_pack_form_at(jx_packs_at(packs, i), k);

			if (form->is_observation)
				continue;
			walk_form(&t, form);
			forms++;
		}
	assert_true(forms >= 31);
	app_test_close(&t);
}

static void test_every_form(void **state)
{
	(void)state;
	walk_all(360, 720);
}

static void test_every_form_wide(void **state)
{
	(void)state;
	walk_all(800, 480);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path_survey),     cmocka_unit_test(test_missing),
		cmocka_unit_test(test_by_keys),         cmocka_unit_test(test_rooms),
		cmocka_unit_test(test_photo),           cmocka_unit_test(test_killed),
		cmocka_unit_test(test_discarded),       cmocka_unit_test(test_put_aside),
		cmocka_unit_test(test_long_list),       cmocka_unit_test(test_pack_replaced),
		cmocka_unit_test(test_corrected),       cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_every_form_wide),
	};

	self = argv[0];
	app_test_begin();
	if (argc == 4 && strcmp(argv[1], "--die") == 0)
		return fill_and_die(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "--only") == 0)
		cmocka_set_test_filter(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
