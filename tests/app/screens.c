/* The way to each screen, as a person goes it, in whatever language. */
#include "screens.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "compose_page.h"
#include "facts.h"
#include "jiexun/view.h"
#include "sheet.h"

#define SURVEY "rodent.signs-outdoor"
#define ROOMS  "rodent.signs-indoor"

/* ---- devices ------------------------------------------------------------------------------------------ */

static void change_profile(struct app_test *t, const char *text)
{
	assert_true(g_file_set_contents(t->demo.profile, text, -1, NULL));
}

void screens_open(struct app_test *t, enum screens_device device, int width, int height)
{
	struct jx_error err;

	jx_assert_ok(demo_make(&t->demo, &err), &err);
	if (device == SCREENS_BAD)
		change_profile(t, "[device]\nname = H07\n[gps]\nsource = none\n[camera]\nsource = pipeline\n"
				  "pipeline = videotestsrc num-buffers=3\n");
	if (device == SCREENS_NEW) {
		g_autofree char *home = t->demo.home;

		t->demo.home = g_build_filename(t->demo.folder, "new", NULL);
	}
	app_test_open_home(t, t->demo.profile, t->demo.home, width, height);
}

/* ---- what several need -------------------------------------------------------------------------------- */

static GtkWidget *window(struct app_test *t)
{
	return GTK_WIDGET(t->window);
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

/* What the packs call it. */
static const char *name_of(const char *code, char out[128])
{
	const char *text;
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_error err;
	size_t len;

	jx_pack_builtin(&text, &len);
	jx_assert_ok(jx_pack_load(text, len, &pack, &err), &err);
	jx_strcpy(out, 128, words_name(&jx_pack_find(pack, code)->name));
	return out;
}

static void begin_disorder(struct app_test *t, const char *code)
{
	char name[128];

	app_show_view(window(t), "log");
	app_test_settle(t);
	app_test_press_named(t, name_of(code, name));
}

static bool has_picture(struct app_test *t, void *user)
{
	GtkWidget *page = app_test_look(t, NULL, APP_TYPE_COMPOSE_PAGE, NULL, 0);

	(void)user;
	return page != NULL && APP_COMPOSE_PAGE(page)->c.photo_count > 0 &&
	       APP_COMPOSE_PAGE(page)->pictures_pending == 0;
}

static AppComposePage *composed(struct app_test *t, const char *code)
{
	begin_disorder(t, code);
	wait_for_button(t, _("Shutter"));
	app_test_press_named(t, _("Shutter"));
	app_test_wait(t, has_picture, NULL, "the picture is kept");
	return APP_COMPOSE_PAGE(app_test_find(t, APP_TYPE_COMPOSE_PAGE, NULL));
}

struct wanted {
	bool is_check, is_withdrawn, is_corrected;
	uint8_t id[JX_ID_BYTES];
};

static jx_rc take(void *user, const struct jx_view_row *row)
{
	struct wanted *w = user;

	if (row->kind != JX_KIND_OBSERVATION || row->is_check != w->is_check ||
	    row->is_withdrawn != w->is_withdrawn || row->is_corrected != w->is_corrected ||
	    row->photo_count == 0)
		return JX_OK;
	memcpy(w->id, row->id, JX_ID_BYTES);
	return JX_EINTR;
}

/* The newest of that kind. */
static struct wanted find(struct app_test *t, struct wanted w)
{
	const struct jx_view_query q = {.newest_first = true};
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_store(&h, true, &err), &err);
	jx_assert_ok(jx_handheld_open_packs(&h, &err), &err);
	assert_int_equal(jx_view_list(h.store, h.pack, &q, take, &w, &err), JX_EINTR);
	jx_handheld_close(&h);
	return w;
}

static void show_entry(struct app_test *t, struct wanted w)
{
	w = find(t, w);
	app_show_entry(window(t), w.id);
	app_test_settle(t);
}

/* ---- the four, and what is over all of them -------------------------------------------------------------- */

static void show_view(struct app_test *t, const char *name)
{
	app_show_view(window(t), name);
	app_test_settle(t);
}

static void go_log(struct app_test *t)
{
	show_view(t, "log");
}

static void go_check(struct app_test *t)
{
	show_view(t, "check");
}

static void go_today(struct app_test *t)
{
	show_view(t, "today");
}

static void go_status(struct app_test *t)
{
	show_view(t, "status");
}

static struct facts good_facts(void)
{
	struct facts f = {.is_enrolled = true, .free_bytes = 9000000000, .space = JX_DEVICE_SPACE_OK};

	f.id.enrolled_utc_ms = jx_os_clock()->utc_ms(NULL);
	return f;
}

/* The longest of what is told with a button and of what is told without one. */
static void go_locked_out(struct app_test *t)
{
	struct facts f = good_facts();

	jx_strcpy(f.reenrol, sizeof(f.reenrol), "fork");
	show_view(t, "log");
	app_show_troubles(window(t), &f);
}

static void go_full(struct app_test *t)
{
	struct facts f = good_facts();

	f.space = JX_DEVICE_SPACE_RESERVE;
	f.free_bytes = 81000000;
	show_view(t, "today");
	app_show_troubles(window(t), &f);
}

static void go_no_server(struct app_test *t)
{
	struct facts f = good_facts();

	f.id.enrolled_utc_ms -= INT64_C(20) * 86400000;
	f.waiting = 12;
	show_view(t, "check");
	app_show_troubles(window(t), &f);
}

static void go_clock(struct app_test *t)
{
	struct facts f = good_facts();

	f.clock_off_ms = 3600000;
	show_view(t, "status");
	app_show_troubles(window(t), &f);
}

/* ---- Log -------------------------------------------------------------------------------------------------- */

static void go_camera(struct app_test *t)
{
	begin_disorder(t, "05");
	wait_for_button(t, _("Shutter"));
}

static void go_camera_after(struct app_test *t)
{
	const struct wanted w = find(t, (struct wanted){.is_check = false});

	app_compose_after(window(t), w.id);
	app_test_settle(t);
	wait_for_button(t, _("Shutter"));
}

/* The n-th chip of a row. */
static void press_chip(struct app_test *t, GtkFlowBox *box, int n)
{
	app_test_press(t, app_test_look(t, GTK_WIDGET(box), GTK_TYPE_TOGGLE_BUTTON, NULL, n));
}

static void go_compose(struct app_test *t)
{
	AppComposePage *page = composed(t, "01");

	press_chip(t, page->subtypes, 1);
	app_test_press_named(t, _("One more"));
	app_test_type(t, GTK_WIDGET(page->note), "墙面喷涂，约两米高，需要高压水枪");
	app_test_type(t, GTK_WIDGET(page->street), "天目路");
	app_test_type(t, GTK_WIDGET(page->grid), "33018500012");
	for (int i = 0; app_test_look(t, GTK_WIDGET(page->measures), GTK_TYPE_TOGGLE_BUTTON, NULL, i) != NULL;
	     i++)
		press_chip(t, page->measures, i);
	press_chip(t, page->party_kinds, 0);
	(void)gtk_widget_child_focus(GTK_WIDGET(page), GTK_DIR_TAB_FORWARD);
}

static void go_compose_two(struct app_test *t)
{
	AppComposePage *page = composed(t, "06");

	compose_page__shoot(page, "close");
	app_test_settle(t);
	wait_for_button(t, _("Shutter"));
	app_test_press_named(t, _("Shutter"));
	wait_for_button(t, _("Save"));
	app_test_wait(t, has_picture, NULL, "the picture is kept");
	app_test_settle(t);
}

static void go_compose_nothing(struct app_test *t)
{
	show_view(t, "log");
	app_test_press_named(t, _("Nothing found here"));
}

/* Saved before it was said what it is. */
static void go_compose_refused(struct app_test *t)
{
	show_view(t, "log");
	app_test_press_named(t, _("Camera"));
	wait_for_button(t, _("Shutter"));
	app_test_press_named(t, _("Shutter"));
	app_test_wait(t, has_picture, NULL, "the picture is kept");
	app_test_press_named(t, _("Save"));
}

static void go_pinyin(struct app_test *t)
{
	AppComposePage *page = composed(t, "07");

	app_prefs(window(t))->has_pinyin = true;
	(void)gtk_widget_grab_focus(GTK_WIDGET(page->note));
	app_test_settle(t);
	for (const char *c = "laji"; *c != '\0'; c++) {
		const char key[2] = {*c, '\0'};

		app_test_press_named(t, key);
	}
}

static void go_saved(struct app_test *t)
{
	show_view(t, "log");
	app_test_press_named(t, _("No access"));
	app_test_press_named(t, _("Save"));
}

/* The longest that anything refuses with. */
static void go_refused(struct app_test *t)
{
	struct jx_error err;

	(void)jx_fail(
		&err, JX_EIO, 0, "camera.pipeline",
		_("the camera (%s) cannot be used: %s; see that it is plugged in, that no other program has it, and that [camera] in the profile names it and a size that it has"),
		"/dev/video0", "busy");
	show_view(t, "log");
	app_toast_error(window(t), &err);
}

/* ---- Check -------------------------------------------------------------------------------------------------- */

static AppSheetField *field(struct app_test *t, const char *path)
{
	AppSheetField *f;

	for (int i = 0; (f = (AppSheetField *)app_test_look(t, NULL, APP_TYPE_SHEET_FIELD, NULL, i)) != NULL;
	     i++)
		if (strcmp(app_sheet_field_path(f), path) == 0)
			return f;
	fail_msg("no field %s is shown", path);
	return NULL;
}

static void type_in(struct app_test *t, const char *path, const char *text)
{
	app_test_type(t, app_test_look(t, GTK_WIDGET(field(t, path)), GTK_TYPE_ENTRY, NULL, 0), text);
}

static void begin_form(struct app_test *t, const char *form)
{
	show_view(t, "check");
	sheet_begin(window(t), form);
	app_test_settle(t);
}

static bool sees_no_row(struct app_test *t, void *user)
{
	(void)user;
	return app_test_look(t, NULL, GTK_TYPE_LIST_BOX_ROW, NULL, 0) == NULL;
}

static void go_search_nothing(struct app_test *t)
{
	show_view(t, "check");
	app_test_type(t, app_test_find(t, GTK_TYPE_SEARCH_ENTRY, NULL), "zzz");
	app_test_wait(t, sees_no_row, NULL, "nothing is found");
}

static void go_sheet(struct app_test *t)
{
	begin_form(t, SURVEY);
}

static void go_sheet_list(struct app_test *t)
{
	begin_form(t, SURVEY);
	app_test_press(t, app_test_look(t, GTK_WIDGET(field(t, "unit_class")), GTK_TYPE_BUTTON, NULL, 0));
}

static void choose_first(struct app_test *t)
{
	go_sheet_list(t);
	app_test_press(t, app_test_look(t, NULL, GTK_TYPE_LIST_BOX_ROW, NULL, 0));
}

static void go_sheet_menu(struct app_test *t)
{
	begin_form(t, SURVEY);
	gtk_menu_button_popup(GTK_MENU_BUTTON(app_test_find(t, GTK_TYPE_MENU_BUTTON, NULL)));
	app_test_settle(t);
}

/* An answer that a rule does not like, the index, the pad for the next number. */
static void go_sheet_number(struct app_test *t)
{
	choose_first(t);
	app_test_press_named(t, _("Next"));
	type_in(t, "path_m", "1200");
	type_in(t, "sign_places", "3");
}

static void go_sheet_missing(struct app_test *t)
{
	choose_first(t);
	for (int i = 0; i < 3; i++)
		app_test_press_named(t, _("Next"));
	app_test_press_named(t, _("Save"));
	for (int i = 0; i < 2; i++)
		app_test_press_named(t, _("Next"));
}

static void go_sheet_finish(struct app_test *t)
{
	go_sheet_number(t);
	type_in(t, "signs_droppings", "3");
	app_test_press_named(t, _("Next"));
	app_test_press_named(t, _("Next"));
}

static void go_rooms_none(struct app_test *t)
{
	begin_form(t, ROOMS);
	app_test_press_named(t, _("Next"));
}

static void go_room(struct app_test *t)
{
	go_rooms_none(t);
	for (int i = 0; i < 3; i++) {
		app_test_press_named(t, _("Add (+)"));
		app_test_press(t, app_test_look(t, app_test_find(t, APP_TYPE_SHEET_FIELD, NULL),
						GTK_TYPE_TOGGLE_BUTTON, NULL, i == 1 ? 1 : 0));
	}
}

static void go_rooms(struct app_test *t)
{
	go_room(t);
	app_test_press_named(t, _("All rows"));
}

/* ---- Today -------------------------------------------------------------------------------------------------- */

static void go_entry(struct app_test *t)
{
	show_entry(t, (struct wanted){.is_check = false});
}

static void go_entry_check(struct app_test *t)
{
	show_entry(t, (struct wanted){.is_check = true});
}

static void go_entry_corrected(struct app_test *t)
{
	show_entry(t, (struct wanted){.is_corrected = true});
}

static void go_entry_withdrawn(struct app_test *t)
{
	show_entry(t, (struct wanted){.is_withdrawn = true});
}

static void go_withdraw(struct app_test *t)
{
	go_entry(t);
	app_test_press_named(t, _("Withdraw"));
}

static void go_correct(struct app_test *t)
{
	go_entry(t);
	app_test_press_named(t, _("Correct"));
}

static void go_correct_check(struct app_test *t)
{
	go_entry_check(t);
	app_test_press_named(t, _("Correct"));
	while (app_test_look(t, NULL, GTK_TYPE_BUTTON, _("Next"), 0) != NULL)
		app_test_press_named(t, _("Next"));
}

static void go_day_before(struct app_test *t)
{
	show_view(t, "today");
	app_test_press_named(t, _("The day before"));
}

static void search(struct app_test *t, const char *words)
{
	show_view(t, "today");
	app_test_press_named(t, _("Search"));
	app_test_type(t, app_test_look(t, NULL, GTK_TYPE_SEARCH_ENTRY, NULL, 0), words);
}

static bool is_found(struct app_test *t, void *user)
{
	(void)user;
	return app_test_look(t, NULL, GTK_TYPE_LIST_VIEW, NULL, 0) != NULL && !app_test_sees(t, "天目路");
}

static void go_search_found(struct app_test *t)
{
	search(t, "文昌巷");
	app_test_wait(t, is_found, NULL, "only what was searched for");
}

static bool is_lost(struct app_test *t, void *user)
{
	(void)user;
	return app_test_sees(t, _("No entry has these words"));
}

static void go_search_lost(struct app_test *t)
{
	search(t, "没有这样的词");
	app_test_wait(t, is_lost, NULL, "nothing is found");
}

/* ---- Status ------------------------------------------------------------------------------------------------- */

static void go_people(struct app_test *t)
{
	show_view(t, "status");
	app_show_people(window(t));
}

static void go_pin(struct app_test *t)
{
	go_people(t);
	app_test_settle(t);
	app_test_press_named(t, _("Set or change the PIN"));
	app_test_press_named(t, "2");
	app_test_press_named(t, _("OK"));
}

static void go_card_list(struct app_test *t)
{
	app_show_card(window(t), NULL);
}

static void go_card(struct app_test *t)
{
	app_show_card(window(t), NULL);
	app_test_settle(t);
	app_test_press(t, app_test_look(t, app_test_shown(t), ADW_TYPE_ACTION_ROW, NULL, 0));
}

/* As jx sync tells it: by a file, and as long as a process of that name lives. */
static void pretend_sync(struct app_test *t, long long waiting_ms)
{
	g_autofree char *path = g_build_filename(t->demo.home, "sync.now", NULL);
	g_autofree char *text = g_strdup_printf(
		"{\"pid\":%d,\"entries_sent\":128,\"entries_total\":312,\"photos_sent\":14,\"photos_total\":196,"
		"\"bytes_sent\":48213000,\"bytes_total\":210444000,\"waiting_ms\":%lld}\n",
		(int)getpid(), waiting_ms);

	assert_int_equal(prctl(PR_SET_NAME, "jx"), 0);
	assert_true(g_file_set_contents(path, text, -1, NULL));
	show_view(t, "status");
	app_facts_read(app_facts_of(window(t)), true);
	app_test_settle(t);
	wait_for_button(t, _("Stop the sync"));
	assert_int_equal(unlink(path), 0);
}

static void go_sync(struct app_test *t)
{
	pretend_sync(t, 0);
}

static void go_sync_waits(struct app_test *t)
{
	pretend_sync(t, 42000);
}

/* Last of its device: nobody is signed in after it. */
static void go_signed_out(struct app_test *t)
{
	go_people(t);
	app_test_settle(t);
	app_test_press_named(t, _("End the shift"));
	app_test_settle(t);
	go_people(t);
	app_test_settle(t);
	app_test_press_named(t, _("Sign out"));
}

static void go_day_closed(struct app_test *t)
{
	show_view(t, "today");
}

/* ---- a bad day ---------------------------------------------------------------------------------------------- */

static void go_camera_gone(struct app_test *t)
{
	begin_disorder(t, "02");
	wait_for_button(t, _("Try the camera again"));
}

static bool can_try_again(struct app_test *t, void *user)
{
	(void)user;
	return app_test_look(t, NULL, GTK_TYPE_BUTTON, _("Try again"), 0) != NULL;
}

static void go_scan_gone(struct app_test *t)
{
	app_push(window(t), app_enrol_page_new(true), _("Enrol again"));
	app_test_settle(t);
	app_test_press_named(t, _("Scan the QR code"));
	app_test_wait(t, can_try_again, NULL, "the camera is gone");
}

/* ---- a new device -------------------------------------------------------------------------------------------- */

static GtkWidget *row(struct app_test *t, int n)
{
	return app_test_look(t, NULL, ADW_TYPE_ENTRY_ROW, NULL, n);
}

static void go_enrol(struct app_test *t)
{
	wait_for_button(t, _("Scan the QR code"));
}

static void go_enrol_typed(struct app_test *t)
{
	go_enrol(t);
	app_test_type(t, row(t, 0), "https://inspection.example.gov.cn:8443");
	app_test_type(t, row(t, 1), "K7QM-2X9P-4RTW-8HJD-C3VN-F");
}

static bool has_frame(struct app_test *t, void *user)
{
	GtkWidget *picture = app_test_look(t, app_test_shown(t), GTK_TYPE_PICTURE, NULL, 0);

	(void)user;
	return picture != NULL && gtk_picture_get_paintable(GTK_PICTURE(picture)) != NULL;
}

static void go_enrol_scan(struct app_test *t)
{
	go_enrol(t);
	app_test_press_named(t, _("Scan the QR code"));
	app_test_wait(t, has_frame, NULL, "a picture");
}

static void show_step(struct app_test *t, const char *step)
{
	GtkWidget *stack = NULL;

	for (int i = 0; (stack = app_test_look(t, NULL, GTK_TYPE_STACK, NULL, i)) != NULL; i++)
		if (gtk_stack_get_child_by_name(GTK_STACK(stack), step) != NULL)
			break;
	assert_non_null(stack);
	gtk_stack_set_visible_child_name(GTK_STACK(stack), step);
	app_test_settle(t);
}

static void go_enrol_wait(struct app_test *t)
{
	show_step(t, "wait");
}

static void say(struct app_test *t, int n, const char *text)
{
	GtkWidget *page = gtk_widget_get_ancestor(app_test_find(t, GTK_TYPE_BUTTON, _("Begin to work")),
						  GTK_TYPE_BOX);

	gtk_label_set_text(GTK_LABEL(app_test_look(t, page, GTK_TYPE_LABEL, NULL, n)), text);
}

static void go_enrol_done(struct app_test *t)
{
	show_step(t, "done");
	say(t, 0, "H07");
	say(t, 1,
	    _("The office has to confirm it. Read this fingerprint to the office; it must see the same. Work may begin at once, what is recorded is kept until then."));
	say(t, 2, "7K2M-Q9XP-4TRW");
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

const struct screen screens[] = {
	{"log", go_log, SCREENS_DEMO, true},
	{"check", go_check, SCREENS_DEMO, true},
	{"today", go_today, SCREENS_DEMO, true},
	{"status", go_status, SCREENS_DEMO, true},
	{"check-search", go_search_nothing, SCREENS_DEMO, false},
	{"trouble-locked-out", go_locked_out, SCREENS_DEMO, true},
	{"trouble-full", go_full, SCREENS_DEMO, false},
	{"trouble-no-server", go_no_server, SCREENS_DEMO, false},
	{"trouble-clock", go_clock, SCREENS_DEMO, false},
	{"camera", go_camera, SCREENS_DEMO, true},
	{"camera-after", go_camera_after, SCREENS_DEMO, true},
	{"compose", go_compose, SCREENS_DEMO, true},
	{"compose-two", go_compose_two, SCREENS_DEMO, false},
	{"compose-nothing", go_compose_nothing, SCREENS_DEMO, false},
	{"compose-refused", go_compose_refused, SCREENS_DEMO, true},
	{"pinyin", go_pinyin, SCREENS_DEMO, true},
	{"log-unfinished", go_log, SCREENS_DEMO, false},
	{"sheet", go_sheet, SCREENS_DEMO, true},
	{"sheet-list", go_sheet_list, SCREENS_DEMO, true},
	{"sheet-menu", go_sheet_menu, SCREENS_DEMO, false},
	{"sheet-number", go_sheet_number, SCREENS_DEMO, true},
	{"sheet-missing", go_sheet_missing, SCREENS_DEMO, true},
	{"sheet-finish", go_sheet_finish, SCREENS_DEMO, true},
	{"sheet-rooms-none", go_rooms_none, SCREENS_DEMO, false},
	{"sheet-room", go_room, SCREENS_DEMO, true},
	{"sheet-rooms", go_rooms, SCREENS_DEMO, true},
	{"entry", go_entry, SCREENS_DEMO, true},
	{"entry-check", go_entry_check, SCREENS_DEMO, false},
	{"entry-corrected", go_entry_corrected, SCREENS_DEMO, false},
	{"entry-withdrawn", go_entry_withdrawn, SCREENS_DEMO, false},
	{"withdraw", go_withdraw, SCREENS_DEMO, true},
	{"correct", go_correct, SCREENS_DEMO, true},
	{"correct-check", go_correct_check, SCREENS_DEMO, false},
	{"today-before", go_day_before, SCREENS_DEMO, false},
	{"today-search", go_search_found, SCREENS_DEMO, false},
	{"today-search-lost", go_search_lost, SCREENS_DEMO, false},
	{"people", go_people, SCREENS_DEMO, true},
	{"pin", go_pin, SCREENS_DEMO, true},
	{"card-list", go_card_list, SCREENS_DEMO, true},
	{"card", go_card, SCREENS_DEMO, true},
	{"sync", go_sync, SCREENS_DEMO, true},
	{"sync-waits", go_sync_waits, SCREENS_DEMO, false},
	{"saved", go_saved, SCREENS_DEMO, true},
	{"refused", go_refused, SCREENS_DEMO, false},
	{"people-nobody", go_signed_out, SCREENS_DEMO, true},
	{"today-closed", go_day_closed, SCREENS_DEMO, false},
	{"camera-gone", go_camera_gone, SCREENS_BAD, true},
	{"scan-gone", go_scan_gone, SCREENS_BAD, false},
	{"log-no-position", go_log, SCREENS_BAD, false},
	{"status-no-position", go_status, SCREENS_BAD, false},
	{"enrol", go_enrol, SCREENS_NEW, true},
	{"enrol-typed", go_enrol_typed, SCREENS_NEW, false},
	{"enrol-scan", go_enrol_scan, SCREENS_NEW, false},
	{"enrol-wait", go_enrol_wait, SCREENS_NEW, false},
	{"enrol-done", go_enrol_done, SCREENS_NEW, true},
};
const size_t screen_count = G_N_ELEMENTS(screens);

void screens_leave(struct app_test *t)
{
	const struct facts good = good_facts();

	app_prefs(window(t))->has_pinyin = false;
	app_pop_all(window(t));
	app_test_settle(t);
	/* a new device has nothing but its enrolment */
	if (app_test_look(t, NULL, ADW_TYPE_VIEW_STACK, NULL, 0) == NULL)
		return;
	app_show_troubles(window(t), &good);
	show_view(t, "check");
	app_test_type(t, app_test_find(t, GTK_TYPE_SEARCH_ENTRY, NULL), "");
	show_view(t, "today");
	if (app_test_look(t, NULL, GTK_TYPE_SEARCH_ENTRY, NULL, 0) != NULL)
		app_test_press_named(t, _("Search"));
	while (is_ready(t, (void *)(uintptr_t)_("The day after")))
		app_test_press_named(t, _("The day after"));
	show_view(t, "log");
}

bool screens_form(struct app_test *t, const struct jx_form *form, size_t section)
{
	if (section >= form->section_count)
		return false;
	begin_form(t, form->id);
	app_sheet_page_go(APP_SHEET_PAGE(app_test_find(t, APP_TYPE_SHEET_PAGE, NULL)), section, 0);
	app_test_settle(t);
	if (form->sections[section].is_repeat)
		app_test_press_named(t, _("Add (+)"));
	return true;
}
