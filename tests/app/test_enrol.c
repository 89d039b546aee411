/* A new device becomes one of a real server's: by typing, and by a QR code before the camera; then jx sync runs beside the app. */
#include "app_test.h"
#include "facts.h"

#include <netinet/in.h>
#include <qrencode.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib/gstdio.h>

struct world {
	struct app_test t;
	char *folder, *data, *home, *profile, *picture, *url;
	GSubprocess *server;
};

/* ---- a server ---------------------------------------------------------------------------------------------- */

static int free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	(void)close(fd);
	return ntohs(at.sin_port);
}

static char *jiexund(void)
{
	return g_build_filename(g_getenv("JX_BUILD"), "bin", "jiexund", NULL);
}

/* What it prints. */
static char *run(const char *const *line)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GSubprocess) p = g_subprocess_newv(line, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &why);
	char *out = NULL;

	if (p == NULL || !g_subprocess_communicate_utf8(p, NULL, NULL, &out, NULL, &why) ||
	    !g_subprocess_get_successful(p))
		fail_msg("%s failed: %s", line[1], why != NULL ? why->message : out);
	return out;
}

static bool answers(struct app_test *t, void *user)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc;

	(void)t;
	at.sin_port = htons((uint16_t) * (int *)user);
	rc = connect(fd, (struct sockaddr *)&at, sizeof(at));
	(void)close(fd);
	return rc == 0;
}

static void start_server(struct world *w)
{
	g_autofree char *program = jiexund();
	int port = free_port();
	g_autofree char *listen_at = g_strdup_printf("127.0.0.1:%d", port);
	const char *const init[] = {program, "init", "--data", w->data, "--listen", listen_at, NULL};
	const char *const serve[] = {program, "serve", "--data", w->data, NULL};
	g_autofree char *said = run(init);

	w->url = g_strdup_printf("https://%s", listen_at);
	w->server = g_subprocess_newv(
		serve, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
	assert_non_null(w->server);
	app_test_wait(&w->t, answers, &port, "the server to answer");
}

static char *new_code(const struct world *w, const char *name, bool is_trusted)
{
	g_autofree char *program = jiexund();
	const char *const line[] = {program,   "code", "--data", w->data,
				    "--short", name,   "--json", is_trusted ? "--trusted" : NULL,
				    NULL};
	g_autofree char *said = run(line);
	JX_AUTO_JSON doc = {0};
	char code[64] = "";

	assert_int_equal(jx_json_parse(said, strcspn(said, "\n"), &jx_json_message_limits, &doc, NULL),
			 JX_OK);
	assert_true(jx_json_str(&doc, jx_json_get(&doc, 0, "code"), code, sizeof(code)));
	return g_strdup(code);
}

/* ---- a device -------------------------------------------------------------------------------------------------- */

static void set_up(struct world *w, const char *name)
{
	g_autofree char *text = NULL;

	w->t.name = name;
	w->folder = g_dir_make_tmp("app-enrol-XXXXXX", NULL);
	w->data = g_build_filename(w->folder, "server", NULL);
	w->home = g_build_filename(w->folder, "home", NULL);
	w->profile = g_build_filename(w->folder, "profile.ini", NULL);
	w->picture = g_build_filename(w->folder, "code.jpg", NULL);
	text = g_strdup_printf("[gps]\nsource = none\n[camera]\nsource = file\ndevice = %s\n", w->picture);
	assert_true(g_file_set_contents(w->profile, text, -1, NULL));
	start_server(w);
}

static void tear_down(struct world *w)
{
	const char *const line[] = {"/bin/rm", "-rf", w->folder, NULL};
	g_autofree char *said = NULL;

	app_test_close_window(&w->t);
	g_subprocess_send_signal(w->server, SIGTERM);
	(void)g_subprocess_wait(w->server, NULL, NULL);
	g_object_unref(w->server);
	said = run(line);
	g_free(w->folder);
	g_free(w->data);
	g_free(w->home);
	g_free(w->profile);
	g_free(w->picture);
	g_free(w->url);
}

static bool sees(struct app_test *t, void *user)
{
	return app_test_sees(t, user);
}

static void wait_to_see(struct world *w, const char *text)
{
	app_test_wait(&w->t, sees, (void *)(intptr_t)text, text);
}

static GtkWidget *code_row(struct world *w)
{
	return app_test_find(&w->t, ADW_TYPE_ENTRY_ROW, "注册码");
}

static void test_typing(void **state)
{
	struct world w = {.url = NULL};
	g_autofree char *code = NULL, *low = NULL, *wrong = NULL;
	GtkWidget *enrol;

	(void)state;
	set_up(&w, "typing");
	app_test_open_home(&w.t, w.profile, w.home, 360, 720);
	wait_to_see(&w, "注册本机");
	app_test_check(&w.t, "enrol");
	app_test_shoot(&w.t, "enrol");
	code = new_code(&w, "H07", false);
	enrol = app_test_find(&w.t, GTK_TYPE_BUTTON, "注册");
	app_test_type(&w.t, app_test_find(&w.t, ADW_TYPE_ENTRY_ROW, "服务器网址"), w.url);
	/* a wrong character is told before anything goes to the server */
	wrong = g_strdup(code);
	/* the check character: another one of those before it may have the same check, one time in 32 */
	wrong[strlen(wrong) - 1] = code[strlen(code) - 1] == 'A' ? 'B' : 'A';
	app_test_type(&w.t, code_row(&w), wrong);
	app_test_must_see(&w.t, "有一个字符输错");
	assert_false(gtk_widget_get_sensitive(enrol));
	/* small letters without lines: laid out as the office shows it */
	low = g_ascii_strdown(code, -1);
	for (char *from = low, *to = low;; from++)
		if (*from != '-' && (*to++ = *from) == '\0')
			break;
	app_test_type(&w.t, code_row(&w), low);
	assert_string_equal(gtk_editable_get_text(GTK_EDITABLE(code_row(&w))), code);
	assert_true(gtk_widget_get_sensitive(enrol));
	app_test_press(&w.t, enrol);
	wait_to_see(&w, "需要办公室确认");
	wait_to_see(&w, "本机编号 H07");
	/* that the device is enrolled is known by now: the fingerprint stays until it was read out */
	app_facts_read(app_facts_of(GTK_WIDGET(w.t.window)), true);
	app_test_settle(&w.t);
	app_test_must_see(&w.t, "本机编号 H07");
	app_test_check(&w.t, "enrolled");
	app_test_shoot(&w.t, "enrolled");
	app_test_press_named(&w.t, "开始工作");
	wait_to_see(&w, "乱贴乱画");
	tear_down(&w);
}

static void draw_code(const struct world *w, const char *text)
{
	QRcode *qr = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	const int scale = 10, border = 60, size = qr->width * scale + 2 * border;
	g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, size, size);
	guchar *pixels = gdk_pixbuf_get_pixels(picture);
	const int stride = gdk_pixbuf_get_rowstride(picture);

	gdk_pixbuf_fill(picture, 0xffffffff);
	for (int y = 0; y < qr->width * scale; y++)
		for (int x = 0; x < qr->width * scale; x++)
			if ((qr->data[y / scale * qr->width + x / scale] & 1) != 0)
				memset(pixels + (y + border) * stride + (x + border) * 3, 0, 3);
	QRcode_free(qr);
	assert_true(gdk_pixbuf_save(picture, w->picture, "jpeg", NULL, "quality", "90", NULL));
}

static void log_one(const struct world *w)
{
	const struct jx_observation o = {.result = "found", .code = "01.01"};
	jx_capture *capture = NULL;
	struct jx_handheld h = {.has_key = false};
	struct jx_error err;
	int64_t n;

	jx_assert_ok(jx_handheld_set_up(&h, w->profile, w->home, &err), &err);
	jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
	jx_assert_ok(jx_record_person_in(&h.recorder, "p-017", "none", &n, &err), &err);
	jx_assert_ok(jx_capture_begin(&h.recorder, &capture, &err), &err);
	jx_assert_ok(jx_capture_set_answers(capture, &o, &err), &err);
	jx_assert_ok(jx_capture_commit(capture, &n, &err), &err);
	jx_capture_drop(capture);
	jx_handheld_close(&h);
}

static bool is_sent(struct app_test *t, void *user)
{
	const struct facts *f = app_facts_now(app_facts_of(GTK_WIDGET(t->window)));

	(void)user;
	return f != NULL && f->sync.is_good && f->run.pid == 0 && f->waiting == 0 && f->counts.receipt_n > 0;
}

static void test_scanning(void **state)
{
	struct world w = {.url = NULL};
	g_autofree char *code = NULL, *link = NULL;

	(void)state;
	set_up(&w, "scanning");
	code = new_code(&w, "H08", true);
	link = g_strdup_printf("jiexun:%s#%s", w.url, code);
	draw_code(&w, link);
	app_test_open_home(&w.t, w.profile, w.home, 480, 800);
	wait_to_see(&w, "注册本机");
	app_test_press_named(&w.t, "扫描二维码");
	wait_to_see(&w, "注册码输入正确");
	assert_string_equal(gtk_editable_get_text(GTK_EDITABLE(code_row(&w))), code);
	app_test_press_named(&w.t, "注册");
	wait_to_see(&w, "办公室已认可本机");
	app_test_press_named(&w.t, "开始工作");
	wait_to_see(&w, "乱贴乱画");
	/* and the first sync */
	log_one(&w);
	app_changed(GTK_WIDGET(w.t.window));
	app_show_view(GTK_WIDGET(w.t.window), "today");
	wait_to_see(&w, "已保存");
	app_show_view(GTK_WIDGET(w.t.window), "status");
	app_test_settle(&w.t);
	app_test_press_named(&w.t, "立即同步");
	app_test_wait(&w.t, is_sent, NULL, "the sync to end with all sent");
	app_show_view(GTK_WIDGET(w.t.window), "today");
	wait_to_see(&w, "完整");
	tear_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_typing), cmocka_unit_test(test_scanning)};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
