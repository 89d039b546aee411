/* Logging a disorder: choose, shoot, save; and what goes wrong on bad days. In the language of JX_LANG. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "app_test.h"
#include "compose_page.h"
#include "jiexun/view.h"

static const char *program; /* this one: it is its own child */

/* ---- the store, as another process sees it ---------------------------------------------------------------- */

struct last {
	char number[JX_NUMBER_MAX];
	enum jx_kind kind;
	char result[16], code[16], quantity[32], unit[24], note[256], of_number[JX_NUMBER_MAX];
	int64_t photos, entries;
	bool has_fix, is_withdrawn;
	struct jx_photo_ref photo; /* the first */
};

static jx_rc take(void *user, const struct jx_view_row *row)
{
	struct last *last = user;

	last->entries++;
	if (last->entries > 1)
		return JX_OK;
	jx_strcpy(last->number, sizeof(last->number), row->number);
	jx_strcpy(last->result, sizeof(last->result), row->result);
	jx_strcpy(last->code, sizeof(last->code), row->code);
	jx_strcpy(last->quantity, sizeof(last->quantity), row->quantity);
	jx_strcpy(last->unit, sizeof(last->unit), row->unit);
	jx_strcpy(last->note, sizeof(last->note), row->note);
	jx_strcpy(last->of_number, sizeof(last->of_number), row->of_number);
	last->kind = row->kind;
	last->photos = row->photo_count;
	last->has_fix = row->fix.source == JX_FIX_GNSS;
	return JX_OK;
}

static struct last read_last(const struct app_test *t)
{
	const struct jx_view_query q = {.newest_first = true};
	struct last last = {.entries = 0};
	JX_AUTO(jx_view_entry) e = NULL;
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
	jx_assert_ok(jx_view_list(h.store, h.pack, &q, take, &last, &err), &err);
	jx_assert_ok(jx_view_show(h.store, h.pack, last.number, &e, &err), &err);
	if (e->entry.photo_count > 0) {
		last.photo = e->entry.photos[0];
		/* the file is there, and has the hash that the entry says */
		jx_assert_ok(jx_media_verify(h.media, last.photo.sha256, &err), &err);
	}
	jx_handheld_close(&h);
	return last;
}

static int64_t count_drafts(const struct app_test *t)
{
	uint8_t newest[JX_ID_BYTES];
	struct jx_handheld h;
	struct jx_error err;
	int64_t count = -1;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_compose_count(&h, &count, newest, &err), &err);
	jx_handheld_close(&h);
	return count;
}

static const char *name_of(const char *code)
{
	const char *text;
	static char name[128];
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_error err;
	size_t len;

	jx_pack_builtin(&text, &len);
	jx_assert_ok(jx_pack_load(text, len, &pack, &err), &err);
	jx_strcpy(name, sizeof(name), words_name(&jx_pack_find(pack, code)->name));
	return name;
}

/* ---- the screen ------------------------------------------------------------------------------------------- */

static void press_unfinished(struct app_test *t)
{
	g_autofree char *name = g_strdup_printf(
		jx_ntr("%lld not finished: go on", "%lld not finished: go on", 1), 1LL);

	app_test_press_named(t, name);
}

static bool is_ready(struct app_test *t, void *user)
{
	GtkWidget *w = app_test_look(t, NULL, GTK_TYPE_BUTTON, user, 0);

	return w != NULL && gtk_widget_is_sensitive(w);
}

static void wait_for_button(struct app_test *t, const char *name)
{
	app_test_wait(t, is_ready, (void *)(uintptr_t)name, name);
}

static void shoot(struct app_test *t)
{
	wait_for_button(t, _("Shutter"));
	app_test_press_named(t, _("Shutter"));
	wait_for_button(t, _("Save"));
}

static bool has_picture(struct app_test *t, void *user)
{
	GtkWidget *page = app_test_look(t, NULL, APP_TYPE_COMPOSE_PAGE, NULL, 0);

	(void)user;
	return page != NULL && APP_COMPOSE_PAGE(page)->c.photo_count > 0 &&
	       APP_COMPOSE_PAGE(page)->pictures_pending == 0;
}

/* ---- tests ------------------------------------------------------------------------------------------------ */

static void test_three_actions(void **state)
{
	struct app_test t = {.name = "three-actions"};
	struct last before, last;
	int from;

	(void)state;
	app_test_open(&t, 360, 720);
	before = read_last(&t);
	app_test_check(&t, "log");
	app_test_shoot(&t, "log");
	from = app_test_actions();
	app_test_press_named(&t, name_of("05"));
	wait_for_button(&t, _("Shutter"));
	app_test_shoot(&t, "log-camera");
	app_test_press_named(&t, _("Shutter"));
	wait_for_button(&t, _("Save"));
	app_test_press_named(&t, _("Save"));
	assert_int_equal(app_test_actions() - from, 3);
	app_test_must_see(&t, _("Undo"));
	app_test_shoot(&t, "log-saved");
	last = read_last(&t);
	assert_int_equal(last.entries, before.entries + 1);
	assert_int_equal(last.kind, JX_KIND_OBSERVATION);
	assert_string_equal(last.code, "05");
	assert_string_equal(last.quantity, "1");
	assert_int_equal(last.photos, 1);
	assert_string_equal(last.photo.role, "wide");
	assert_string_equal(last.photo.how, "camera");
	assert_true(last.has_fix);
	assert_int_equal(count_drafts(&t), 0);
	app_test_close(&t);
}

static bool has_small_copy(struct app_test *t, void *user)
{
	const struct jx_photo_ref *photo = user;
	struct jx_handheld h;
	struct jx_error err;
	JX_AUTO_BUF copy;
	bool is_there;

	jx_buf_init(&copy, JX_COPY_BYTES_MAX);
	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_media(&h, &err), &err);
	is_there = jx_media_kept_copy(h.media, photo->sha256, JX_COPY_SMALL, &copy, NULL) == JX_OK;
	jx_handheld_close(&h);
	return is_there;
}

/* While nobody does anything: of each entry, and of each of its pictures. The list, which makes the first one's, is never looked at. */
static void test_small_copies_are_made_in_idle_time(void **state)
{
	struct app_test t = {.name = "copies"};
	struct jx_photo_ref photos[4];

	(void)state;
	app_test_open(&t, 360, 720);
	for (size_t i = 0; i < 2; i++) {
		JX_AUTO(jx_view_entry) e = NULL;
		struct jx_handheld h;
		struct jx_error err;
		struct last last;

		app_test_press_named(&t, name_of("05"));
		shoot(&t);
		app_test_press_named(&t, _("Take the close picture"));
		shoot(&t);
		app_test_wait(&t, has_picture, NULL, "the pictures are kept");
		app_test_press_named(&t, _("Save"));
		app_test_must_see(&t, _("Undo"));
		last = read_last(&t);
		assert_int_equal(last.photos, 2);
		app_test_handheld(&t, &h);
		jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
		jx_assert_ok(jx_view_show(h.store, h.pack, last.number, &e, &err), &err);
		photos[2 * i] = e->entry.photos[0];
		photos[2 * i + 1] = e->entry.photos[1];
		jx_handheld_close(&h);
	}
	for (size_t i = 0; i < 4; i++)
		app_test_wait(&t, has_small_copy, &photos[i], "the small copy is there");
	app_test_close(&t);
}

/* Everything that can be entered, and what the entry says of it. */
static void test_fields(void **state)
{
	struct app_test t = {.name = "fields"};
	struct last last;

	(void)state;
	app_test_open(&t, 360, 720);
	app_test_press_named(&t, name_of("01"));
	shoot(&t);
	app_test_wait(&t, has_picture, NULL, "the picture is kept");
	app_test_check(&t, "compose");
	app_test_shoot(&t, "compose");
	app_test_press_named(&t, name_of("01.02"));
	app_test_press_named(&t, _("One more"));
	app_test_press_named(&t, _("One more"));
	app_test_type(&t, GTK_WIDGET(APP_COMPOSE_PAGE(app_test_find(&t, APP_TYPE_COMPOSE_PAGE, NULL))->note),
		      "墙面喷涂");
	app_test_press_named(&t, _("Save"));
	last = read_last(&t);
	assert_string_equal(last.code, "01.02");
	assert_string_equal(last.quantity, "3");
	assert_string_equal(last.unit, "m2");
	assert_string_equal(last.note, "墙面喷涂");
	app_test_close(&t);
}

static void test_nothing_found(void **state)
{
	struct app_test t = {.name = "nothing-found"};
	int from;

	(void)state;
	app_test_open(&t, 480, 800);
	from = app_test_actions();
	app_test_press_named(&t, _("Nothing found here"));
	app_test_check(&t, "compose-nothing");
	assert_ptr_equal(gtk_window_get_focus(GTK_WINDOW(t.window)),
			 app_test_find(&t, GTK_TYPE_BUTTON, _("Save")));
	app_test_press_named(&t, _("Save"));
	assert_int_equal(app_test_actions() - from, 2);
	assert_string_equal(read_last(&t).result, "nothing-found");
	app_test_press_named(&t, _("No access"));
	app_test_press_named(&t, _("Save"));
	assert_string_equal(read_last(&t).result, "no-access");
	app_test_close(&t);
}

static graphene_rect_t bounds_of(struct app_test *t, GtkWidget *widget)
{
	graphene_rect_t b;

	assert_true(gtk_widget_compute_bounds(widget, GTK_WIDGET(t->window), &b));
	return b;
}

/* One line, and over none of the keys that begin the next entry. */
static void look_at_toast(struct app_test *t)
{
	GtkWidget *undo = app_test_find(t, GTK_TYPE_BUTTON, _("Undo")), *text = NULL;
	const graphene_rect_t camera = bounds_of(t, app_test_find(t, GTK_TYPE_BUTTON, _("Camera")));
	GtkWidget *toast = undo;

	while (toast != NULL && strcmp(gtk_widget_get_css_name(toast), "toast") != 0)
		toast = gtk_widget_get_parent(toast);
	assert_non_null(toast);
	text = app_test_look(t, toast, GTK_TYPE_LABEL, NULL, 0);
	assert_int_equal(pango_layout_get_line_count(gtk_label_get_layout(GTK_LABEL(text))), 1);
	assert_true(bounds_of(t, undo).origin.y >= camera.origin.y + camera.size.height ||
		    bounds_of(t, undo).origin.y + bounds_of(t, undo).size.height <= camera.origin.y);
}

static void test_toast(void **state)
{
	/* the bar of pages at the foot, and at the head */
	static const int sizes[][2] = {{360, 720}, {800, 480}};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		struct app_test t = {.name = "toast"};

		app_test_open(&t, sizes[i][0], sizes[i][1]);
		app_test_press_named(&t, _("Nothing found here"));
		app_test_press_named(&t, _("Save"));
		look_at_toast(&t);
		app_test_close(&t);
	}
}

/* The page of the entry waits for the camera's first frame: a window that is closed before has neither, and what was entered. */
static void test_closed_before_the_frame(void **state)
{
	struct app_test t = {.name = "closed"};

	(void)state;
	app_test_open(&t, 360, 720);
	g_signal_emit_by_name(app_test_find(&t, GTK_TYPE_BUTTON, name_of("05")), "clicked");
	app_test_close_window(&t);
	assert_int_equal(count_drafts(&t), 1);
	app_test_close(&t);
}

static void test_undo(void **state)
{
	struct app_test t = {.name = "undo"};
	struct last saved, last;

	(void)state;
	app_test_open(&t, 360, 720);
	app_test_press_named(&t, _("Nothing found here"));
	app_test_press_named(&t, _("Save"));
	saved = read_last(&t);
	app_test_press_named(&t, _("Undo"));
	last = read_last(&t);
	assert_int_equal(last.kind, JX_KIND_WITHDRAWAL);
	assert_string_equal(last.of_number, saved.number);
	/* nothing was taken away: the entry, and that it was withdrawn */
	assert_int_equal(last.entries, saved.entries + 1);
	app_test_close(&t);
}

static void test_repeat(void **state)
{
	struct app_test t = {.name = "repeat"};
	struct last last;

	(void)state;
	app_test_open(&t, 800, 480);
	app_test_shoot(&t, "log-landscape");
	app_test_press_named(&t, name_of("07"));
	shoot(&t);
	app_test_press_named(&t, _("Save"));
	app_test_keys(&t, "F5", NULL);
	shoot(&t);
	app_test_shoot(&t, "compose-landscape");
	app_test_press_named(&t, _("Save"));
	last = read_last(&t);
	assert_string_equal(last.code, "07");
	assert_int_equal(last.photos, 1);
	app_test_close(&t);
}

/* Discarded, taken back, gone on with. */
static void test_discard(void **state)
{
	struct app_test t = {.name = "discard"};

	(void)state;
	app_test_open(&t, 360, 720);
	app_test_press_named(&t, name_of("03"));
	shoot(&t);
	app_test_wait(&t, has_picture, NULL, "the picture is kept");
	app_test_press_named(&t, _("Discard"));
	assert_int_equal(count_drafts(&t), 0);
	app_test_press_named(&t, _("Take it back"));
	app_test_must_see(&t, name_of("03"));
	assert_int_equal(count_drafts(&t), 1);
	app_test_press_named(&t, _("Back"));
	app_test_settle(&t);
	press_unfinished(&t);
	app_test_press_named(&t, _("Save"));
	assert_string_equal(read_last(&t).code, "03");
	assert_int_equal(read_last(&t).photos, 1);
	assert_int_equal(count_drafts(&t), 0);
	app_test_close(&t);
}

/* ---- from an entry that is there -------------------------------------------------------------------------- */

static void log_one(struct app_test *t, const char *code, uint8_t id_out[JX_ID_BYTES])
{
	struct jx_handheld h;
	struct jx_error err;

	app_test_press_named(t, name_of(code));
	shoot(t);
	app_test_press_named(t, _("Save"));
	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
	jx_assert_ok(jx_view_find(h.store, read_last(t).number, id_out, &err), &err);
	jx_handheld_close(&h);
}

/* What is not changed stays as it was, pictures too; without a reason nothing is saved, and it says so. */
static void test_correct(void **state)
{
	struct app_test t = {.name = "correct"};
	uint8_t id[JX_ID_BYTES];
	struct last first, last;
	GtkWidget *page;

	(void)state;
	app_test_open(&t, 360, 720);
	log_one(&t, "06", id);
	first = read_last(&t);
	app_compose_correct(GTK_WIDGET(t.window), id);
	app_test_settle(&t);
	app_test_press_named(&t, _("One more"));
	app_test_press_named(&t, _("Save the correction"));
	page = app_test_find(&t, APP_TYPE_COMPOSE_PAGE, NULL);
	assert_true(gtk_widget_get_visible(GTK_WIDGET(APP_COMPOSE_PAGE(page)->problem)));
	assert_string_equal(read_last(&t).number, first.number);
	app_test_press_named(&t, _("wrong quantity"));
	app_test_press_named(&t, _("Save the correction"));
	last = read_last(&t);
	assert_int_equal(last.kind, JX_KIND_CORRECTION);
	assert_string_equal(last.of_number, first.number);
	assert_string_equal(last.quantity, "2");
	assert_int_equal(last.photos, 1);
	assert_memory_equal(last.photo.sha256, first.photo.sha256, JX_HASH_BYTES);
	assert_string_equal(last.photo.how, "camera");
	app_test_close(&t);
}

/* The picture of before lies over the live one; the new one names it. */
static void test_after(void **state)
{
	struct app_test t = {.name = "after"};
	uint8_t id[JX_ID_BYTES];
	struct last first, last;

	(void)state;
	app_test_open(&t, 360, 720);
	log_one(&t, "10", id);
	first = read_last(&t);
	app_compose_after(GTK_WIDGET(t.window), id);
	app_test_settle(&t);
	wait_for_button(&t, _("Shutter"));
	assert_non_null(app_test_look(&t, NULL, GTK_TYPE_TOGGLE_BUTTON, _("Before"), 0));
	app_test_shoot(&t, "camera-after");
	shoot(&t);
	app_test_wait(&t, has_picture, NULL, "the picture is kept");
	app_test_press_named(&t, _("Save"));
	last = read_last(&t);
	assert_string_equal(last.code, "10");
	assert_string_equal(last.photo.role, "after");
	assert_memory_equal(last.photo.before_sha256, first.photo.sha256, JX_HASH_BYTES);
	app_test_close(&t);
}

/* ---- bad days --------------------------------------------------------------------------------------------- */

/* The demonstration's device with other lines in its profile. */
static void open_with(struct app_test *t, const char *camera, const char *storage)
{
	g_autofree char *text = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	struct jx_error err;
	char *at;

	jx_assert_ok(demo_make(&t->demo, &err), &err);
	assert_true(g_file_get_contents(t->demo.profile, &text, NULL, NULL));
	at = strstr(text, "[camera]");
	assert_non_null(at);
	*at = '\0';
	g_string_printf(out, "%s[camera]\n%s\n[storage]\n%s\n", text, camera, storage);
	assert_true(g_file_set_contents(t->demo.profile, out->str, -1, NULL));
	app_test_open_home(t, t->demo.profile, t->demo.home, 360, 720);
}

static void test_no_camera(void **state)
{
	struct app_test t = {.name = "no-camera"};
	int from;

	(void)state;
	open_with(&t, "source = none", "");
	from = app_test_actions();
	app_test_press_named(&t, name_of("09"));
	app_test_press_named(&t, _("Save"));
	assert_int_equal(app_test_actions() - from, 2);
	assert_string_equal(read_last(&t).code, "09");
	assert_int_equal(read_last(&t).photos, 0);
	app_test_close(&t);
}

/* It gives a few frames, and is gone. */
static void test_unplugged(void **state)
{
	struct app_test t = {.name = "unplugged"};

	(void)state;
	open_with(&t, "source = pipeline\npipeline = videotestsrc num-buffers=3", "");
	app_test_press_named(&t, name_of("02"));
	wait_for_button(&t, _("Try the camera again"));
	app_test_check(&t, "camera-unplugged");
	app_test_shoot(&t, "camera-unplugged");
	app_test_press_named(&t, _("Try the camera again"));
	wait_for_button(&t, _("Try the camera again"));
	app_test_press_named(&t, _("Leave the picture out"));
	app_test_press_named(&t, _("Save"));
	assert_string_equal(read_last(&t).code, "02");
	app_test_close(&t);
}

/* No room for pictures: said, and the rest is kept and saved. */
static void test_disk_full(void **state)
{
	struct app_test t = {.name = "disk-full"};
	GtkWidget *page;

	(void)state;
	open_with(&t, "source = test", "reserve_mb = 1000000\nwarn_mb = 1000000");
	app_test_press_named(&t, name_of("04"));
	shoot(&t);
	app_test_settle(&t);
	page = app_test_find(&t, APP_TYPE_COMPOSE_PAGE, NULL);
	assert_int_equal(APP_COMPOSE_PAGE(page)->c.photo_count, 0);
	app_test_must_see(&t, "1000000 MB");
	app_test_shoot(&t, "disk-full");
	assert_int_equal(count_drafts(&t), 1);
	app_test_press_named(&t, _("Save"));
	assert_string_equal(read_last(&t).code, "04");
	assert_int_equal(read_last(&t).photos, 0);
	app_test_close(&t);
}

/* ---- killed ----------------------------------------------------------------------------------------------- */

/* In the child: something is entered, and there is no goodbye. */
static void be_killed(const char *profile, const char *home)
{
	struct app_test t = {.name = "killed"};

	t.demo.home = g_strdup(home);
	t.demo.profile = g_strdup(profile);
	app_test_open_home(&t, profile, home, 360, 720);
	app_test_press_named(&t, name_of("08"));
	shoot(&t);
	app_test_wait(&t, has_picture, NULL, "the picture is kept");
	app_test_type(&t, GTK_WIDGET(APP_COMPOSE_PAGE(app_test_find(&t, APP_TYPE_COMPOSE_PAGE, NULL))->note),
		      "写到一半");
	(void)raise(SIGKILL);
}

static void test_killed(void **state)
{
	struct app_test t = {.name = "killed"};
	g_autoptr(GSubprocess) child = NULL;
	struct jx_error err;
	struct last last;
	GtkWidget *page;

	(void)state;
	jx_assert_ok(demo_make(&t.demo, &err), &err);
	child = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, NULL, program, "--be-killed", t.demo.profile,
				 t.demo.home, NULL);
	assert_non_null(child);
	assert_true(g_subprocess_wait(child, NULL, NULL));
	assert_true(g_subprocess_get_if_signaled(child));
	assert_int_equal(g_subprocess_get_term_sig(child), SIGKILL);
	app_test_open_home(&t, t.demo.profile, t.demo.home, 360, 720);
	app_test_shoot(&t, "log-unfinished");
	press_unfinished(&t);
	page = app_test_find(&t, APP_TYPE_COMPOSE_PAGE, NULL);
	assert_string_equal(APP_COMPOSE_PAGE(page)->c.note, "写到一半");
	assert_int_equal(APP_COMPOSE_PAGE(page)->c.photo_count, 1);
	assert_non_null(APP_COMPOSE_PAGE(page)->textures[0]);
	app_test_press_named(&t, _("Save"));
	last = read_last(&t);
	assert_string_equal(last.code, "08");
	assert_string_equal(last.note, "写到一半");
	assert_int_equal(last.photos, 1);
	app_test_close(&t);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_actions),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_nothing_found),
		cmocka_unit_test(test_closed_before_the_frame),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_toast),
		cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_discard),
		cmocka_unit_test(test_small_copies_are_made_in_idle_time),
		cmocka_unit_test(test_correct),
		cmocka_unit_test(test_after),
		cmocka_unit_test(test_no_camera),
		cmocka_unit_test(test_unplugged),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_killed),
	};

	program = argv[0];
	app_test_begin();
	if (argc == 4 && strcmp(argv[1], "--be-killed") == 0)
		be_killed(argv[2], argv[3]);
	if (getenv("JX_TEST_FILTER") != NULL)
		cmocka_set_test_filter(getenv("JX_TEST_FILTER"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
