/* What hangs on the device besides the screen: the sound and the shake of a save, the light, pictures from files. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "../unit/media/draw.h"
#include "app_test.h"
#include "compose_page.h"
#include "confirm.h"
#include "jiexun/view.h"

static const char *program; /* this one: it is its own child */

/* ---- a device with other lines in its profile ------------------------------------------------------------- */

static void make_with(struct app_test *t, const char *gps, const char *camera)
{
	g_autofree char *text = NULL, *all = NULL;
	struct jx_error err;
	char *at;

	jx_assert_ok(demo_make(&t->demo, &err), &err);
	assert_true(g_file_get_contents(t->demo.profile, &text, NULL, NULL));
	if (gps == NULL)
		at = strstr(text, "[camera]");
	else
		at = strstr(text, "[gps]");
	assert_non_null(at);
	*at = '\0';
	all = g_strdup_printf("%s%s%s\n[camera]\n%s\n", text, gps != NULL ? "[gps]\n" : "",
			      gps != NULL ? gps : "", camera);
	assert_true(g_file_set_contents(t->demo.profile, all, -1, NULL));
}

static void open_with(struct app_test *t, const char *gps, const char *camera)
{
	make_with(t, gps, camera);
	app_test_open_home(t, t->demo.profile, t->demo.home, 360, 720);
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

static bool is_read(struct app_test *t, void *user)
{
	(void)t;
	return ((bool (*)(void))(uintptr_t)user)();
}

/* ---- sound ------------------------------------------------------------------------------------------------ */

struct player {
	char *folder, *path_before;
};

static struct player make_players(void)
{
	struct player p = {g_dir_make_tmp("jx-players-XXXXXX", NULL), g_strdup(g_getenv("PATH"))};

	assert_non_null(p.folder);
	g_setenv("PATH", p.folder, TRUE);
	g_setenv("JX_PLAYED", p.folder, TRUE);
	return p;
}

static void add_player(const struct player *p, const char *name, const char *lines)
{
	g_autofree char *path = g_build_filename(p->folder, name, NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n", lines);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	assert_int_equal(g_chmod(path, 0755), 0);
}

static void remove_players(struct player *p)
{
	g_setenv("PATH", p->path_before, TRUE);
	g_unsetenv("JX_PLAYED");
	jx_test_folder_remove(jx_xstrdup(p->folder));
	g_free(p->folder);
	g_free(p->path_before);
}

struct played {
	const struct player *player;
	const char *name;
};

static bool was_played(struct app_test *t, void *user)
{
	const struct played *p = user;
	g_autofree char *path = g_build_filename(p->player->folder, p->name, NULL);

	(void)t;
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void wait_for_file(struct app_test *t, const struct player *p, const char *name)
{
	struct played wanted = {p, name};

	app_test_wait(t, was_played, &wanted, name);
}

/* How often a tone goes through zero: twice a period. */
static int crossings(const int16_t *at, size_t n)
{
	int count = 0;

	for (size_t i = 1; i < n; i++)
		count += (at[i - 1] < 0) != (at[i] < 0);
	return count;
}

/* Two tones of 70 ms, one channel of 16 bits. */
static void must_sound(const struct player *p, const char *name, double first_hertz, double second_hertz)
{
	g_autofree char *path = g_build_filename(p->folder, name, NULL);
	g_autofree int16_t *samples = NULL;
	g_autofree char *wav = NULL;
	gsize len, n;

	assert_true(g_file_get_contents(path, &wav, &len, NULL));
	assert_true(len > 44);
	assert_memory_equal(wav, "RIFF", 4);
	assert_memory_equal(wav + 8, "WAVEfmt ", 8);
	n = (len - 44) / 4; /* of each tone */
	samples = g_memdup2(wav + 44, len - 44);
	assert_in_range((guint64)n, 1500, 1600);
	jx_assert_near(crossings(samples, n), first_hertz * 0.14, 5);
	jx_assert_near(crossings(samples + n, n), second_hertz * 0.14, 5);
}

/* While this process is copied for a child its main loop stands, for longer than a frame: a player is begun without that. */
static gint copies_of_process;

static void count_copy(void)
{
	g_atomic_int_inc(&copies_of_process);
}

static void save_one(struct app_test *t)
{
	app_test_press_named(t, _("Nothing found here"));
	app_test_press_named(t, _("Save"));
}

#define KEEP \
	"/bin/cat \"$1\" >\"$JX_PLAYED/.part\" && /bin/mv \"$JX_PLAYED/.part\" \"$JX_PLAYED/${0##*/}.wav\""

/* What is saved sounds, by the first player that there is; what was switched off does not. */
static void test_sound(void **state)
{
	struct app_test t = {.name = "sound"};
	struct player p = make_players();

	(void)state;
	assert_int_equal(pthread_atfork(count_copy, NULL, NULL), 0);
	app_test_open(&t, 360, 720);
	g_atomic_int_set(&copies_of_process, 0);
	add_player(&p, "pw-play", "case $1 in /dev/fd/*) ;; *) exit 9 ;; esac\n" KEEP);
	add_player(&p, "aplay", KEEP);
	save_one(&t);
	wait_for_file(&t, &p, "pw-play.wav");
	must_sound(&p, "pw-play.wav", 880, 1320);
	app_test_settle(&t);
	assert_false(was_played(&t, &(struct played){&p, "aplay.wav"}));

	/* the one that is asked first has no device */
	add_player(&p, "pw-play", "exit 1");
	confirm_refused(GTK_WIDGET(t.window));
	wait_for_file(&t, &p, "aplay.wav");
	must_sound(&p, "aplay.wav", 330, 220);

	app_prefs(GTK_WIDGET(t.window))->has_sound = false;
	add_player(&p, "pw-play", ": >\"$JX_PLAYED/in-spite\"");
	confirm_saved(GTK_WIDGET(t.window));
	app_prefs(GTK_WIDGET(t.window))->has_sound = true;
	add_player(&p, "paplay", ": >\"$JX_PLAYED/after\"");
	add_player(&p, "pw-play", "exit 1");
	confirm_saved(GTK_WIDGET(t.window));
	wait_for_file(&t, &p, "after");
	assert_false(was_played(&t, &(struct played){&p, "in-spite"}));
	assert_int_equal(g_atomic_int_get(&copies_of_process), 0);
	app_test_close(&t);
	remove_players(&p);
}

static bool is_ended(struct app_test *t, void *user)
{
	const struct player *p = user;
	g_autofree char *path = g_build_filename(p->folder, "pid", NULL);
	g_autofree char *pid = NULL;

	(void)t;
	assert_true(g_file_get_contents(path, &pid, NULL, NULL));
	return kill((pid_t)g_ascii_strtoll(pid, NULL, 10), 0) != 0;
}

/* No player, and one that hangs in its device: the save does not know of it, and what hangs is ended for the next to be tried. */
static void test_no_sound(void **state)
{
	struct app_test t = {.name = "no-sound"};
	struct player p = make_players();

	(void)state;
	app_test_open(&t, 360, 720);
	save_one(&t);
	app_test_must_see(&t, _("Undo"));
	add_player(&p, "pw-play",
		   "echo $$ >\"$JX_PLAYED/.pid\"; /bin/mv \"$JX_PLAYED/.pid\" \"$JX_PLAYED/pid\"\n"
		   "exec /bin/sleep 600");
	add_player(&p, "aplay", KEEP);
	save_one(&t);
	app_test_must_see(&t, _("Undo"));
	wait_for_file(&t, &p, "pid");
	wait_for_file(&t, &p, "aplay.wav");
	app_test_wait(&t, is_ended, &p, "what hung is ended");
	app_test_close(&t);
	remove_players(&p);
}

/* The player that every Debian has, on a sound card that writes into a file: that it takes what we give it. */
static void test_aplay(void **state)
{
	struct app_test t = {.name = "aplay"};
	g_autofree char *aplay = g_find_program_in_path("aplay");
	g_autofree char *card = NULL, *link = NULL, *conf = NULL;
	struct player p;

	(void)state;
	if (aplay == NULL) {
		skip();
		return;
	}
	p = make_players();
	link = g_build_filename(p.folder, "aplay", NULL);
	conf = g_build_filename(p.folder, "asound.conf", NULL);
	card = g_strdup_printf(
		"pcm.!default { type file format wav slave.pcm { type null } file \"%s/card.wav\" }\n",
		p.folder);
	assert_int_equal(symlink(aplay, link), 0);
	assert_true(g_file_set_contents(conf, card, -1, NULL));
	g_setenv("ALSA_CONFIG_PATH", conf, TRUE);
	app_test_open(&t, 360, 720);
	save_one(&t);
	wait_for_file(&t, &p, "card.wav");
	g_unsetenv("ALSA_CONFIG_PATH");
	app_test_close(&t);
	remove_players(&p);
}

/* ---- vibration -------------------------------------------------------------------------------------------- */

/* In place of feedbackd, on the session bus. */
struct feedback {
	GDBusConnection *bus;
	guint name, object;
	int calls;
	bool is_there;
	char *app, *event, *profile;
	int timeout;
};

static void on_call(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
		    const char *method, GVariant *args, GDBusMethodInvocation *call, gpointer user)
{
	struct feedback *f = user;
	g_autoptr(GVariant) hints = NULL;

	(void)bus;
	(void)sender;
	(void)path;
	(void)interface;
	assert_string_equal(method, "TriggerFeedback");
	g_clear_pointer(&f->app, g_free);
	g_clear_pointer(&f->event, g_free);
	g_clear_pointer(&f->profile, g_free);
	g_variant_get(args, "(ss@a{sv}i)", &f->app, &f->event, &hints, &f->timeout);
	(void)g_variant_lookup(hints, "profile", "s", &f->profile);
	f->calls++;
	g_dbus_method_invocation_return_value(call, g_variant_new("(u)", 1U));
}

static void on_name(GDBusConnection *bus, const char *name, gpointer user)
{
	(void)bus;
	(void)name;
	((struct feedback *)user)->is_there = true;
}

static bool has_calls(struct app_test *t, void *user)
{
	(void)t;
	return ((struct feedback *)user)->calls > 0;
}

static bool is_there(struct app_test *t, void *user)
{
	(void)t;
	return ((struct feedback *)user)->is_there;
}

static void begin_feedback(struct app_test *t, struct feedback *f)
{
	static const GDBusInterfaceVTable table = {.method_call = on_call};
	g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(
		"<node><interface name='org.sigxcpu.Feedback'><method name='TriggerFeedback'>"
		"<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>"
		"<arg type='i' direction='in'/><arg type='u' direction='out'/></method></interface></node>",
		NULL);

	f->bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
	assert_non_null(f->bus);
	f->object = g_dbus_connection_register_object(f->bus, "/org/sigxcpu/Feedback", node->interfaces[0],
						      &table, f, NULL, NULL);
	f->name = g_bus_own_name_on_connection(f->bus, "org.sigxcpu.Feedback", G_BUS_NAME_OWNER_FLAGS_NONE,
					       on_name, NULL, f, NULL);
	app_test_wait(t, is_there, f, "the name on the bus");
}

static void end_feedback(struct feedback *f)
{
	g_bus_unown_name(f->name);
	(void)g_dbus_connection_unregister_object(f->bus, f->object);
	g_object_unref(f->bus);
	g_free(f->app);
	g_free(f->event);
	g_free(f->profile);
}

static void test_vibration(void **state)
{
	struct app_test t = {.name = "vibration"};
	struct feedback f = {.calls = 0};

	(void)state;
	app_test_open(&t, 360, 720);
	app_prefs(GTK_WIDGET(t.window))->has_sound = false;
	/* nobody there: nothing is said, nothing waits */
	save_one(&t);
	app_test_must_see(&t, _("Undo"));
	begin_feedback(&t, &f);
	save_one(&t);
	app_test_wait(&t, has_calls, &f, "a shake");
	assert_string_equal(f.app, APP_ID);
	assert_string_equal(f.event, "message-sent-instant");
	assert_string_equal(f.profile, "quiet");
	assert_int_equal(f.timeout, -1);
	f.calls = 0;
	confirm_refused(GTK_WIDGET(t.window));
	app_test_wait(&t, has_calls, &f, "the other shake");
	assert_string_equal(f.event, "message-new-sms");
	/* switched off: the next one that comes is the one after it */
	f.calls = 0;
	app_prefs(GTK_WIDGET(t.window))->has_vibration = false;
	confirm_refused(GTK_WIDGET(t.window));
	app_test_settle(&t);
	app_prefs(GTK_WIDGET(t.window))->has_vibration = true;
	confirm_saved(GTK_WIDGET(t.window));
	app_test_wait(&t, has_calls, &f, "the third");
	assert_int_equal(f.calls, 1);
	assert_string_equal(f.event, "message-sent-instant");
	end_feedback(&f);
	app_test_close(&t);
}

/* ---- the light -------------------------------------------------------------------------------------------- */

struct led {
	char *folder, *brightness;
	const char *wanted;
};

static struct led make_led(void)
{
	struct led led = {.folder = jx_test_folder()};
	g_autofree char *brightest = g_build_filename(led.folder, "max_brightness", NULL);

	led.brightness = g_build_filename(led.folder, "brightness", NULL);
	assert_true(g_file_set_contents(led.brightness, "0", -1, NULL));
	assert_true(g_file_set_contents(brightest, "120\n", -1, NULL));
	return led;
}

static void remove_led(struct led *led)
{
	jx_test_folder_remove(led->folder);
	g_free(led->brightness);
}

static bool is_lit(struct app_test *t, void *user)
{
	const struct led *led = user;
	g_autofree char *text = NULL;

	(void)t;
	return g_file_get_contents(led->brightness, &text, NULL, NULL) && strcmp(text, led->wanted) == 0;
}

static void wait_lit(struct app_test *t, struct led *led, const char *wanted)
{
	led->wanted = wanted;
	app_test_wait(t, is_lit, led, wanted);
}

static char *camera_with(const struct led *led)
{
	return g_strdup_printf("source = test\nwidth = 320\nheight = 240\ntorch = %s\n", led->folder);
}

static GtkWidget *light_button(struct app_test *t)
{
	wait_for_button(t, _("Shutter"));
	return app_test_find(t, GTK_TYPE_TOGGLE_BUTTON, _("Torch"));
}

static void begin_photo(struct app_test *t)
{
	app_test_press_named(t, _("Camera"));
}

static void press_light(struct app_test *t)
{
	GtkWidget *button = light_button(t);

	gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button),
				     !gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button)));
	app_test_settle(t);
}

static void test_light(void **state)
{
	struct app_test t = {.name = "light"};
	struct led led = make_led();
	g_autofree char *camera = camera_with(&led);

	(void)state;
	/* left on by a crash */
	assert_true(g_file_set_contents(led.brightness, "120", -1, NULL));
	open_with(&t, NULL, camera);
	wait_lit(&t, &led, "0");
	begin_photo(&t);
	press_light(&t);
	wait_lit(&t, &led, "120");
	app_test_check(&t, "camera-light");
	app_test_shoot(&t, "camera-light");
	press_light(&t);
	wait_lit(&t, &led, "0");
	press_light(&t);
	wait_lit(&t, &led, "120");
	/* a picture is taken, the camera closes, and the light with it */
	app_test_press_named(&t, _("Shutter"));
	wait_for_button(&t, _("Save"));
	wait_lit(&t, &led, "0");
	app_test_close(&t);
	remove_led(&led);
}

/* One that cannot be switched is said; the camera takes pictures all the same, and the button says what is so. */
static void test_broken_light(void **state)
{
	struct app_test t = {.name = "broken-light"};
	struct led led = make_led();
	g_autofree char *camera = camera_with(&led);

	(void)state;
	assert_int_equal(g_remove(led.brightness), 0);
	open_with(&t, NULL, camera);
	begin_photo(&t);
	press_light(&t);
	app_test_must_see(&t, led.brightness);
	assert_false(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(light_button(&t))));
	app_test_press_named(&t, _("Shutter"));
	wait_for_button(&t, _("Save"));
	app_test_close(&t);
	remove_led(&led);
}

/* In the child: as the program does, up to being told to end. */
static void be_lit(const char *profile, const char *home)
{
	struct app_test t = {.name = "lit"};

	app_end_when_told(GTK_APPLICATION(g_application_get_default()));
	app_test_open_home(&t, profile, home, 360, 720);
	begin_photo(&t);
	/* from now on the end may come at any moment */
	gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(light_button(&t)), TRUE);
	while (gtk_application_get_active_window(GTK_APPLICATION(g_application_get_default())) != NULL)
		(void)g_main_context_iteration(NULL, TRUE);
	_exit(0);
}

/* Told to end with the light on. */
static void test_light_at_the_end(void **state)
{
	struct app_test t = {.name = "light-at-the-end"};
	struct led led = make_led();
	g_autofree char *camera = camera_with(&led);
	g_autoptr(GSubprocess) child = NULL;

	(void)state;
	make_with(&t, NULL, camera);
	child = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, NULL, program, "--be-lit", t.demo.profile,
				 t.demo.home, NULL);
	assert_non_null(child);
	wait_lit(&t, &led, "120");
	g_subprocess_send_signal(child, SIGTERM);
	assert_true(g_subprocess_wait_check(child, NULL, NULL));
	led.wanted = "0";
	assert_true(is_lit(&t, &led));
	demo_remove(&t.demo);
	remove_led(&led);
}

/* ---- pictures from files ---------------------------------------------------------------------------------- */

static GtkWidget *dialog(void)
{
	g_autoptr(GList) all = gtk_window_list_toplevels();

	for (GList *l = all; l != NULL; l = l->next)
		if (GTK_IS_FILE_CHOOSER_DIALOG(l->data) && gtk_widget_get_mapped(l->data))
			return l->data;
	return NULL;
}

static bool has_dialog(void)
{
	return dialog() != NULL;
}

struct choice {
	const char *path;
};

static bool is_chosen(struct app_test *t, void *user)
{
	const struct choice *c = user;
	g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog()));
	g_autofree char *path = file != NULL ? g_file_get_path(file) : NULL;

	(void)t;
	return g_strcmp0(path, c->path) == 0;
}

/* What the dialog's own libraries (those of cloud folders) leave behind when it opens is not ours. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#define THEIRS(on) ((on) ? __lsan_disable() : __lsan_enable())
#else
#define THEIRS(on) ((void)(on))
#endif

/* As a person does, through the dialog. */
static void import(struct app_test *t, const char *path, bool is_gone)
{
	g_autoptr(GFile) file = g_file_new_for_path(path);

	wait_for_button(t, _("Take a picture from a file"));
	THEIRS(true);
	app_test_press_named(t, _("Take a picture from a file"));
	app_test_wait(t, is_read, (void *)(uintptr_t)has_dialog, "the dialog");
	assert_true(gtk_file_chooser_set_file(GTK_FILE_CHOOSER(dialog()), file, NULL));
	app_test_wait(t, is_chosen, &(struct choice){path}, "the file is chosen");
	THEIRS(false);
	if (is_gone)
		assert_int_equal(g_remove(path), 0);
	gtk_dialog_response(GTK_DIALOG(dialog()), GTK_RESPONSE_ACCEPT);
	app_test_settle(t);
}

static void write_picture(const char *path, unsigned orientation, uint8_t sha256[JX_HASH_BYTES])
{
	uint8_t exif[32];
	const struct draw d = {
		.width = 400, .height = 300, .quarters = "BRWG", .exif = exif, .exif_len = sizeof(exif)};
	JX_AUTO_FREE uint8_t *jpeg = NULL;
	size_t len;

	draw_exif(orientation, exif);
	jpeg = draw(&d, &len);
	jx_sha256(jpeg, len, sha256);
	assert_true(g_file_set_contents(path, (const char *)jpeg, (gssize)len, NULL));
}

static AppComposePage *compose_page(struct app_test *t)
{
	return APP_COMPOSE_PAGE(app_test_find(t, APP_TYPE_COMPOSE_PAGE, NULL));
}

static bool has_picture(struct app_test *t, void *user)
{
	GtkWidget *page = app_test_look(t, NULL, APP_TYPE_COMPOSE_PAGE, NULL, 0);

	(void)user;
	return page != NULL && APP_COMPOSE_PAGE(page)->c.photo_count > 0 &&
	       APP_COMPOSE_PAGE(page)->pictures_pending == 0;
}

static bool has_problem(struct app_test *t, void *user)
{
	GtkWidget *page = app_test_look(t, NULL, APP_TYPE_COMPOSE_PAGE, NULL, 0);

	(void)user;
	return page != NULL && gtk_widget_get_mapped(GTK_WIDGET(APP_COMPOSE_PAGE(page)->problem));
}

static jx_rc take_photo(void *user, const struct jx_view_row *row)
{
	jx_strcpy(user, JX_NUMBER_MAX, row->number);
	return JX_OK;
}

/* The first photo of the newest entry, whose file is there with the hash that the entry says. */
static struct jx_photo_ref read_photo(const struct app_test *t)
{
	const struct jx_view_query q = {.newest_first = true, .limit = 1};
	JX_AUTO(jx_view_entry) e = NULL;
	char number[JX_NUMBER_MAX];
	struct jx_photo_ref photo;
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
	jx_assert_ok(jx_view_list(h.store, h.pack, &q, take_photo, number, &err), &err);
	jx_assert_ok(jx_view_show(h.store, h.pack, number, &e, &err), &err);
	assert_int_equal(e->entry.photo_count, 1);
	photo = e->entry.photos[0];
	jx_assert_ok(jx_media_verify(h.media, photo.sha256, &err), &err);
	jx_handheld_close(&h);
	return photo;
}

/* Its bytes stay as they are, its hash is theirs, it is marked as imported; shown it stands upright. */
static void test_import(void **state)
{
	struct app_test t = {.name = "import"};
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *path = jx_test_path(folder, "turned.jpg");
	uint8_t sha256[JX_HASH_BYTES];
	struct jx_photo_ref photo;
	GdkTexture *seen;

	(void)state;
	write_picture(path, 6, sha256);
	open_with(&t, NULL, "source = none");
	app_test_press_named(&t, _("Camera"));
	app_test_press_named(&t, _("Take the wide picture"));
	import(&t, path, false);
	app_test_wait(&t, has_picture, NULL, "the picture is kept");
	seen = compose_page(&t)->textures[0];
	assert_non_null(seen);
	assert_true(gdk_texture_get_height(seen) > gdk_texture_get_width(seen));
	app_test_shoot(&t, "imported");
	app_test_press_named(&t, "乱停乱放");
	app_test_press_named(&t, _("Save"));
	photo = read_photo(&t);
	assert_memory_equal(photo.sha256, sha256, JX_HASH_BYTES);
	assert_string_equal(photo.how, "imported");
	assert_string_equal(photo.role, "wide");
	app_test_close(&t);
	jx_test_folder_remove(folder);
}

/* Cut off, no picture at all, gone before it is read: each is said, nothing of it is kept, and the entry can be saved. */
static void test_bad_imports(void **state)
{
	struct app_test t = {.name = "bad-imports"};
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *cut = jx_test_path(folder, "cut.jpg"), *text = jx_test_path(folder, "text.jpg"),
			  *gone = jx_test_path(folder, "gone.jpg");
	uint8_t sha256[JX_HASH_BYTES];

	(void)state;
	write_picture(cut, 1, sha256);
	assert_int_equal(truncate(cut, 2000), 0);
	assert_true(g_file_set_contents(text, "this is a letter, not a picture", -1, NULL));
	write_picture(gone, 1, sha256);
	open_with(&t, NULL, "source = none");
	app_test_press_named(&t, "乱停乱放");
	app_test_press_named(&t, _("Take the wide picture"));
	import(&t, cut, false);
	app_test_wait(&t, has_problem, NULL, "that it is cut off");
	assert_int_equal(compose_page(&t)->c.photo_count, 0);
	app_test_check(&t, "import-refused");
	app_test_shoot(&t, "import-refused");
	app_test_press_named(&t, _("Take the wide picture"));
	import(&t, text, false);
	app_test_wait(&t, has_problem, NULL, "that it is no picture");
	assert_int_equal(compose_page(&t)->c.photo_count, 0);
	app_test_press_named(&t, _("Take the wide picture"));
	import(&t, gone, true);
	app_test_must_see(&t, "gone.jpg");
	app_test_press_named(&t, _("Leave the picture out"));
	app_test_press_named(&t, _("Save"));
	app_test_must_see(&t, _("Undo"));
	app_test_close(&t);
	jx_test_folder_remove(folder);
}

/* ---- what is stuck ---------------------------------------------------------------------------------------- */

static bool has_reason(struct app_test *t, void *user)
{
	struct place_now now;

	(void)user;
	place_read(app_place(GTK_WIDGET(t->window)), &now);
	return now.reason[0] != '\0' && now.state != JX_GPS_OK;
}

static bool is_gone(struct app_test *t, void *user)
{
	struct place_now now;

	place_read(app_place(GTK_WIDGET(t->window)), &now);
	return now.reason[0] != '\0' && strcmp(now.reason, user) != 0;
}

static bool sees(struct app_test *t, void *user)
{
	return app_test_sees(t, user);
}

/* A driver that does not come back from open(): stood in for by a pipe that nobody writes to. The page says so, and the app goes on. */
static void test_stuck_camera(void **state)
{
	struct app_test t = {.name = "stuck-camera"};
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *path = jx_test_path(folder, "stuck");
	g_autofree char *camera = g_strdup_printf("source = file\ndevice = %s\nwait_ms = 500\n", path);
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	open_with(&t, NULL, camera);
	app_test_press_named(&t, "乱停乱放");
	wait_for_button(&t, _("Try the camera again"));
	app_test_must_see(&t, "500");
	app_test_check(&t, "camera-stuck");
	app_test_shoot(&t, "camera-stuck");
	app_test_press_named(&t, _("Leave the picture out"));
	app_test_press_named(&t, _("Save"));
	app_test_must_see(&t, _("Undo"));
	/* the driver comes back: its thread ends too */
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	app_test_close(&t);
	close(fd);
	jx_test_folder_remove(folder);
}

/* The light beside such a camera: off after a crash all the same, not to be pressed while there is no picture, and out at the end. */
static void test_light_of_stuck_camera(void **state)
{
	struct app_test t = {.name = "light-of-stuck-camera"};
	struct led led = make_led();
	char *folder = jx_test_folder();
	JX_AUTO_FREE char *path = jx_test_path(folder, "stuck");
	g_autofree char *camera = g_strdup_printf("source = file\ndevice = %s\nwait_ms = 500\ntorch = %s\n",
						  path, led.folder);
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_true(g_file_set_contents(led.brightness, "120", -1, NULL));
	open_with(&t, NULL, camera);
	wait_lit(&t, &led, "0");
	app_test_press_named(&t, "乱停乱放");
	wait_for_button(&t, _("Try the camera again"));
	/* said over the page that is left without a picture, too */
	app_test_press_named(&t, _("Leave the picture out"));
	app_test_must_see(&t, _("No camera"));
	/* lit by whatever hangs in the driver */
	assert_true(g_file_set_contents(led.brightness, "120", -1, NULL));
	app_test_close_window(&t);
	assert_true(is_lit(&t, &(struct led){.brightness = led.brightness, .wanted = "0"}));
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	demo_remove(&t.demo);
	close(fd);
	remove_led(&led);
	jx_test_folder_remove(folder);
}

/* gpsd takes the connection and never says a word; then there is none at all. Shown, and saved without a position. */
static void test_silent_gpsd(void **state)
{
	struct app_test t = {.name = "silent-gpsd"};
	g_autoptr(GSocketListener) gpsd = g_socket_listener_new();
	const guint16 port = g_socket_listener_add_any_inet_port(gpsd, NULL, NULL);
	g_autofree char *gps = g_strdup_printf("source = gpsd\nhost = 127.0.0.1\nport = %u\n", port);
	g_autoptr(GSocketConnection) taken = NULL;
	struct place_now now;

	(void)state;
	assert_int_not_equal(port, 0);
	open_with(&t, gps, "source = none");
	taken = g_socket_listener_accept(gpsd, NULL, NULL, NULL);
	assert_non_null(taken);
	app_test_wait(&t, has_reason, NULL, "why there is no position");
	place_read(app_place(GTK_WIDGET(t.window)), &now);
	assert_int_equal(now.fix.source, JX_FIX_NONE);
	app_test_wait(&t, sees, now.reason, now.reason);
	app_test_shoot(&t, "gpsd-silent");
	save_one(&t);
	app_test_must_see(&t, _("Undo"));
	/* it goes for good */
	g_socket_listener_close(gpsd);
	assert_true(g_io_stream_close(G_IO_STREAM(taken), NULL, NULL));
	app_test_wait(&t, is_gone, now.reason, "another reason");
	save_one(&t);
	app_test_close(&t);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_no_sound),
		cmocka_unit_test(test_aplay),
		cmocka_unit_test(test_vibration),
		cmocka_unit_test(test_light),
		cmocka_unit_test(test_broken_light),
		cmocka_unit_test(test_light_at_the_end),
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_bad_imports),
		cmocka_unit_test(test_stuck_camera),
		cmocka_unit_test(test_light_of_stuck_camera),
		cmocka_unit_test(test_silent_gpsd),
	};

	program = argv[0];
	app_test_begin();
	if (argc == 4 && strcmp(argv[1], "--be-lit") == 0)
		be_lit(argv[2], argv[3]);
	if (getenv("JX_TEST_FILTER") != NULL)
		cmocka_set_test_filter(getenv("JX_TEST_FILTER"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
