/* How the device stands: each trouble is shown and goes, people and their PINs, every page at every size. */
#include "app_test.h"
#include "facts.h"

#include "jiexun/view.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* ---- troubles, by facts as the desk would read them -------------------------------------------------------- */

static void show_facts(struct app_test *t, const struct facts *f)
{
	app_show_troubles(GTK_WIDGET(t->window), f);
}

static struct facts good_facts(void)
{
	struct facts f = {.is_enrolled = true, .free_bytes = 9000000000, .space = JX_DEVICE_SPACE_OK};

	f.id.enrolled_utc_ms = jx_os_clock()->utc_ms(NULL);
	return f;
}

static void must_show(struct app_test *t, const struct facts *f, const char *text)
{
	const struct facts good = good_facts();

	show_facts(t, f);
	app_test_must_see(t, text);
	show_facts(t, &good);
	if (app_test_sees(t, text))
		fail_msg("still shown: %s", text);
}

static void must_show_error(struct app_test *t, jx_rc code, const char *text)
{
	struct facts f = good_facts();

	f.err.code = code;
	jx_strcpy(f.err.text, sizeof(f.err.text), "row 7");
	must_show(t, &f, text);
}

static void test_troubles(void **state)
{
	struct app_test t = {.name = "troubles"};
	struct facts f;

	(void)state;
	app_test_open(&t, 360, 720);
	f = good_facts();
	jx_strcpy(f.reenrol, sizeof(f.reenrol), "fork");
	must_show(&t, &f, "本机曾被还原或复制");
	f = good_facts();
	jx_strcpy(f.sync.server_error, sizeof(f.sync.server_error), "revoked");
	must_show(&t, &f, "办公室已停用本机");
	f = good_facts();
	f.space = JX_DEVICE_SPACE_RESERVE;
	must_show(&t, &f, "空间已满");
	f.space = JX_DEVICE_SPACE_WARN;
	must_show(&t, &f, "空间不多了");
	must_show_error(&t, JX_EBUSY, "另一个程序占用着存储");
	must_show_error(&t, JX_EROFS, "存储变成只读");
	must_show_error(&t, JX_ECORRUPT, "存储损坏：row 7");
	f = good_facts();
	f.clock_off_ms = 3600000;
	must_show(&t, &f, "快了 60 分钟");
	f.clock_off_ms = -3600000;
	must_show(&t, &f, "慢了 60 分钟");
	f.clock_off_ms = INT64_C(2) * 86400000;
	must_show(&t, &f, "快了 2 天");
	f.clock_off_ms = INT64_C(-730) * 86400000 + 60000;
	must_show(&t, &f, "慢了 730 天");
	f = good_facts();
	f.id.enrolled_utc_ms -= INT64_C(20) * 86400000;
	f.waiting = 12;
	must_show(&t, &f, "已 20 天没有服务器的消息；12 条记录");
	f = good_facts();
	f.drafts_of_old_packs = 2;
	must_show(&t, &f, "表单有新版本");
	app_test_close(&t);
}

/* A page that lies over the four hides the banner: what matters there is a line above it, in few words; the rest stays below. */
static void test_troubles_over_pages(void **state)
{
	struct app_test t = {.name = "strip"};
	struct facts f;

	(void)state;
	app_test_open(&t, 360, 720);
	f = good_facts();
	f.space = JX_DEVICE_SPACE_RESERVE;
	show_facts(&t, &f);
	/* one that comes while the trouble holds, and one that is open when it comes */
	app_test_press_named(&t, _("Nothing found here"));
	app_test_must_see(&t, _("Disk full: no more photos"));
	app_test_check(&t, "strip-compose");
	app_test_shoot(&t, "strip-compose");
	must_show_error(&t, JX_EBUSY, _("Locked by another program: nothing can be saved"));
	must_show_error(&t, JX_EROFS, _("The disk is read-only: nothing can be saved"));
	f = good_facts();
	f.clock_off_ms = 3600000;
	must_show(&t, &f, _("The clock is wrong"));
	/* who is locked out goes on recording */
	f = good_facts();
	jx_strcpy(f.reenrol, sizeof(f.reenrol), "fork");
	show_facts(&t, &f);
	assert_false(app_test_sees(&t, "本机曾被还原或复制"));
	app_test_close(&t);
}

static bool sees(struct app_test *t, void *user)
{
	return app_test_sees(t, user);
}

static bool sees_not(struct app_test *t, void *user)
{
	return !app_test_sees(t, user);
}

/* Not invented facts: the lock is really held by somebody else, and then let go. */
static void test_lock(void **state)
{
	struct app_test t = {.name = "lock"};
	const struct jx_fs *fs = jx_os_fs();
	g_autofree char *path = NULL;
	void *lock = NULL;
	struct jx_error err;

	(void)state;
	app_test_open(&t, 480, 800);
	path = g_strdup_printf("%s/jiexun.lock", t.demo.home);
	jx_assert_ok(fs->lock(fs->user, path, 5000, &lock, &err), &err);
	app_facts_read(app_facts_of(GTK_WIDGET(t.window)), false);
	app_test_wait(&t, sees, (void *)(intptr_t) "另一个程序占用着存储", "that the lock is held");
	fs->unlock(fs->user, lock);
	app_test_press_named(&t, "再试");
	app_test_wait(&t, sees_not, (void *)(intptr_t) "另一个程序占用着存储", "that it is free");
	app_test_close(&t);
}

/* ---- people ---------------------------------------------------------------------------------------------------- */

static void press_digits(struct app_test *t, const char *digits)
{
	for (; *digits != '\0'; digits++) {
		const char name[2] = {*digits, '\0'};

		app_test_press_named(t, name);
	}
	app_test_press_named(t, _("OK"));
}

static void read_person(const struct app_test *t, char person[64], char verified[16])
{
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_store(&h, true, &err), &err);
	person[0] = verified[0] = '\0';
	(void)jx_store_get(h.store, JX_SET_PERSON, person, 64, NULL);
	(void)jx_store_get(h.store, JX_SET_PERSON_VERIFIED, verified, 16, NULL);
	jx_handheld_close(&h);
}

static void open_people(struct app_test *t)
{
	app_show_people(GTK_WIDGET(t->window));
	app_test_settle(t);
}

static void give_pin(const struct app_test *t, const char *id, const char *pin)
{
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_set_pin(&h, id, NULL, pin, &err), &err);
	jx_handheld_close(&h);
}

static void test_people(void **state)
{
	struct app_test t = {.name = "people"};
	char person[64], verified[16];

	(void)state;
	app_test_open(&t, 360, 720);
	open_people(&t);
	app_test_check(&t, "people");
	app_test_press_named(&t, "设置或修改 PIN");
	app_test_check(&t, "pin");
	app_test_shoot(&t, "pin");
	app_pop(GTK_WIDGET(t.window));
	app_test_settle(&t);
	/* somebody else only after this shift */
	app_test_press_named(&t, "下班");
	app_test_must_see(&t, "当日已收工");
	open_people(&t);
	app_test_type(&t, app_test_find(&t, ADW_TYPE_ENTRY_ROW, "工号，如 p-017"), "p-044");
	app_test_press_named(&t, "不用 PIN 登录");
	read_person(&t, person, verified);
	assert_string_equal(person, "p-044");
	assert_string_equal(verified, "none");
	app_test_press_named(&t, "上班");
	app_test_must_see(&t, "下班");
	app_test_press_named(&t, "下班");
	app_test_close(&t);
}

static void test_pin(void **state)
{
	struct app_test t = {.name = "pin"};
	char person[64], verified[16];

	(void)state;
	app_test_open(&t, 360, 720);
	open_people(&t);
	app_test_press_named(&t, "下班");
	give_pin(&t, "p-017", "2580");
	open_people(&t);
	app_test_press_named(&t, "退出登录");
	read_person(&t, person, verified);
	assert_string_equal(person, "");
	app_test_press(&t, app_test_look(&t, app_test_shown(&t), ADW_TYPE_ACTION_ROW, NULL, 0));
	/* two wrong ones cost nothing but time, the third is told to wait; nobody is signed in, nothing is wiped */
	for (int i = 0; i < 3; i++)
		press_digits(&t, "1111");
	read_person(&t, person, verified);
	assert_string_equal(person, "");
	app_test_must_see(&t, "秒");
	app_test_close_window(&t);
	/* after a start too: the wait is on the disk */
	app_test_open_home(&t, t.demo.profile, t.demo.home, 360, 720);
	open_people(&t);
	app_test_press(&t, app_test_look(&t, app_test_shown(&t), ADW_TYPE_ACTION_ROW, NULL, 0));
	app_test_must_see(&t, "PIN 错误");
	app_test_close(&t);
}

static void test_right_pin(void **state)
{
	struct app_test t = {.name = "right-pin"};
	char person[64], verified[16];

	(void)state;
	app_test_open(&t, 360, 720);
	open_people(&t);
	app_test_press_named(&t, "下班");
	open_people(&t);
	app_test_press_named(&t, "设置或修改 PIN");
	press_digits(&t, "2580");
	press_digits(&t, "2581");
	app_test_must_see(&t, "两次不一致");
	press_digits(&t, "2580");
	press_digits(&t, "2580");
	app_test_press_named(&t, "退出登录");
	app_test_press(&t, app_test_look(&t, app_test_shown(&t), ADW_TYPE_ACTION_ROW, NULL, 0));
	press_digits(&t, "2580");
	read_person(&t, person, verified);
	assert_string_equal(person, "p-017");
	assert_string_equal(verified, "pin");
	app_test_close(&t);
}

/* ---- the sync ------------------------------------------------------------------------------------------------ */

/* Programs that this one has started and that are not over; *child_out one of them. */
static int count_children(pid_t *child_out)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;
	int count = 0;

	assert_non_null(proc);
	while ((name = g_dir_read_name(proc)) != NULL) {
		g_autofree char *path = g_build_filename("/proc", name, "stat", NULL);
		g_autofree char *text = NULL;
		const char *behind;

		/* "PID (NAME) STATE PARENT ..." */
		if (!g_ascii_isdigit(name[0]) || !g_file_get_contents(path, &text, NULL, NULL) ||
		    (behind = strrchr(text, ')')) == NULL)
			continue;
		if (g_ascii_strtoll(behind + strlen(") S "), NULL, 10) != getpid())
			continue;
		count++;
		*child_out = (pid_t)g_ascii_strtoll(name, NULL, 10);
	}
	return count;
}

static bool is_sync_over(struct app_test *t, void *user)
{
	(void)user;
	return g_object_get_data(G_OBJECT(t->window), "sync-child") == NULL;
}

/* In gloves a key is tapped twice: the second tap starts nothing, and when that sync is over the next one goes. */
static void test_sync_tapped_twice(void **state)
{
	struct app_test t = {.name = "sync-twice"};
	pid_t child = 0;

	(void)state;
	app_test_open(&t, 360, 720);
	assert_int_equal(count_children(&child), 0);
	for (int i = 0; i < 2; i++) {
		app_sync_begin(GTK_WIDGET(t.window), false);
		assert_int_equal(count_children(&child), 1);
		app_sync_begin(GTK_WIDGET(t.window), false);
		assert_int_equal(count_children(&child), 1);
		/* there is no server: it would try again for long */
		assert_int_equal(kill(child, SIGTERM), 0);
		app_test_wait(&t, is_sync_over, NULL, "the sync to end");
	}
	app_test_close(&t);
}

/* ---- every page, every size -------------------------------------------------------------------------------------- */

static void look_at_all(struct app_test *t, const char *size)
{
	g_autofree char *today = g_strdup_printf("today-%s", size),
			*status = g_strdup_printf("status-%s", size);
	g_autofree char *card = g_strdup_printf("card-%s", size);

	app_show_view(GTK_WIDGET(t->window), "today");
	app_test_settle(t);
	app_test_check(t, today);
	app_test_shoot(t, today);
	app_show_view(GTK_WIDGET(t->window), "status");
	app_test_settle(t);
	app_test_check(t, status);
	app_test_shoot(t, status);
	app_show_card(GTK_WIDGET(t->window), NULL);
	app_test_settle(t);
	app_test_check(t, card);
	app_test_press(t, app_test_look(t, app_test_shown(t), ADW_TYPE_ACTION_ROW, NULL, 0));
	app_test_check(t, card);
	app_test_shoot(t, card);
	app_pop_all(GTK_WIDGET(t->window));
	app_test_settle(t);
}

static void test_sizes(void **state)
{
	static const int sizes[][2] = {{360, 720}, {480, 800}, {800, 480}};
	struct app_test t = {.name = "sizes"};

	(void)state;
	app_test_open(&t, 360, 720);
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *name = g_strdup_printf("%dx%d", sizes[i][0], sizes[i][1]);

		app_test_resize(&t, sizes[i][0], sizes[i][1]);
		look_at_all(&t, name);
	}
	app_test_resize(&t, 360, 720);
	app_test_set_look(&t, PREFS_THEME_OUTDOOR, 200);
	look_at_all(&t, "200");
	app_test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_troubles),
		cmocka_unit_test(test_troubles_over_pages),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_pin),
		cmocka_unit_test(test_right_pin),
		cmocka_unit_test(test_sync_tapped_twice),
		cmocka_unit_test(test_sizes),
	};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
