/*
 * What the screen shows as kept is on the disk: the app is killed in the very step in which the sign appears, and at no time is the sign
 * there for something that was typed and is not written. Counted: what was shown as kept and is lost. Must be 0.
 */
#include "app_test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compose.h"
#include "page_sheet.h"

static const char *program; /* this one: it is its own child */

/* ---- in the child ------------------------------------------------------------------------------------------ */

struct typing {
	GtkLabel *sign;
	GtkWidget *field;
	int left; /* signs until the end */
};

static bool is_kept(GtkLabel *sign)
{
	const char *format = _("draft kept %s");

	return strncmp(gtk_label_get_text(sign), format, (size_t)(strchr(format, '%') - format)) == 0;
}

static char *text_of(GtkWidget *field)
{
	GtkTextIter from, until;
	GtkTextBuffer *buffer;

	if (!GTK_IS_TEXT_VIEW(field))
		return g_strdup(gtk_editable_get_text(GTK_EDITABLE(field)));
	buffer = gtk_text_view_get_buffer(GTK_TEXT_VIEW(field));
	gtk_text_buffer_get_bounds(buffer, &from, &until);
	return gtk_text_buffer_get_text(buffer, &from, &until, FALSE);
}

static void type_letter(GtkWidget *field, const char *letter)
{
	int at = -1;

	if (GTK_IS_TEXT_VIEW(field))
		gtk_text_buffer_insert_at_cursor(gtk_text_view_get_buffer(GTK_TEXT_VIEW(field)), letter, -1);
	else
		gtk_editable_insert_text(GTK_EDITABLE(field), letter, -1, &at);
}

/* All that stands in the field is said to be kept: no goodbye. */
static void end(const struct typing *t)
{
	g_autofree char *text = text_of(t->field);
	const size_t len = strlen(text);

	if (len > 0 && write(STDOUT_FILENO, text, len) == (ssize_t)len)
		(void)raise(SIGKILL);
	_exit(1);
}

static void on_sign(struct typing *t)
{
	if (is_kept(t->sign) && --t->left == 0)
		end(t);
}

static void type_until_killed(struct app_test *t, struct typing *typing, const char *letters)
{
	g_signal_connect_swapped(typing->sign, "notify::label", G_CALLBACK(on_sign), typing);
	for (const char *c = letters; *c != '\0'; c = g_utf8_next_char(c)) {
		char letter[8] = "";

		memcpy(letter, c, (size_t)(g_utf8_next_char(c) - c));
		type_letter(typing->field, letter);
		/* still there, or there again already: then this letter is on the disk, too */
		if (is_kept(typing->sign))
			end(typing);
		/* sometimes the next one comes before the disk has answered, sometimes after */
		for (ptrdiff_t n = (c - letters) % 4; n > 0; n--)
			(void)g_main_context_iteration(NULL, FALSE);
	}
	/* fewer signs than that were seen: the last one says it of all */
	app_test_settle(t);
	if (is_kept(typing->sign))
		end(typing);
}

static void begin_sheet(struct app_test *t, struct typing *typing)
{
	AppSheetPage *page;

	sheet_begin(GTK_WIDGET(t->window), "rodent.signs-outdoor");
	app_test_settle(t);
	page = APP_SHEET_PAGE(app_test_find(t, APP_TYPE_SHEET_PAGE, NULL));
	typing->sign = page->kept;
}

static void be_killed(const char *where, int left, const char *profile, const char *home)
{
	struct app_test t = {.name = "be-killed"};
	struct typing typing = {.left = left};
	const char *letters = "鼠洞三处墙角一处";

	app_test_open_home(&t, profile, home, 360, 720);
	if (strcmp(where, "note") == 0) {
		GtkWidget *page;

		app_test_press_named(&t, _("Nothing found here"));
		page = app_test_find(&t, ADW_TYPE_ENTRY_ROW, _("Note"));
		typing.field = page;
		for (page = gtk_widget_get_parent(page); typing.sign == NULL;
		     page = gtk_widget_get_parent(page))
			typing.sign = g_object_get_data(G_OBJECT(page), "subtitle");
	} else {
		begin_sheet(&t, &typing);
		app_sheet_page_go_to(APP_SHEET_PAGE(app_test_find(&t, APP_TYPE_SHEET_PAGE, NULL)), "path_m");
		app_test_settle(&t);
		typing.field = app_test_find(&t, GTK_TYPE_ENTRY, "检查路径长度");
		letters = "12345";
	}
	if (strcmp(where, "@street") == 0) {
		AppSheetPage *page = APP_SHEET_PAGE(app_test_find(&t, APP_TYPE_SHEET_PAGE, NULL));

		app_sheet_page_go(page, sheet_page_form(page)->section_count, 0);
		app_test_settle(&t);
		typing.field = app_test_find(&t, GTK_TYPE_ENTRY, _("Street or place"));
		letters = "中山路一二三号";
	}
	type_until_killed(&t, &typing, letters);
}

/* ---- in the test ------------------------------------------------------------------------------------------- */

struct found {
	const char *path;
	uint8_t id[JX_ID_BYTES];
	char value[JX_DRAFT_VALUE_MAX];
	int count;
};

static jx_rc take_value(void *user, const struct jx_draft_value *v)
{
	struct found *f = user;
	const size_t len = strlen(f->path);

	/* an option's name has a number behind it */
	if (strncmp(v->path, f->path, len) == 0 && (v->path[len] == '\0' || v->path[len] == '.'))
		jx_strcpy(f->value, sizeof(f->value), v->value);
	return JX_OK;
}

static jx_rc take_draft(void *user, const struct jx_draft *draft)
{
	struct found *f = user;

	memcpy(f->id, draft->id, JX_ID_BYTES);
	f->count++;
	return JX_OK;
}

/* The only draft there is; and it goes, for the next. */
static void take_from_disk(const struct app_test *t, struct found *f)
{
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_store(&h, false, &err), &err);
	jx_assert_ok(jx_store_each_draft(h.store, take_draft, f, &err), &err);
	if (f->count > 0) {
		jx_assert_ok(jx_store_each_draft_value(h.store, f->id, take_value, f, &err), &err);
		jx_assert_ok(jx_store_drop_draft(h.store, f->id, &err), &err);
	}
	jx_handheld_close(&h);
}

/* How much of what was shown as kept is lost: 0 or 1. */
static int kill_at_sign(const struct app_test *t, const char *where, int left)
{
	g_autofree char *number = g_strdup_printf("%d", left);
	g_autoptr(GSubprocess) child = NULL;
	g_autofree char *said = NULL;
	struct found f = {.path = where};

	child = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, program, "--be-killed", where, number,
				 t->demo.profile, t->demo.home, NULL);
	assert_non_null(child);
	assert_true(g_subprocess_communicate_utf8(child, NULL, NULL, &said, NULL, NULL));
	if (g_subprocess_get_if_exited(child))
		fail_msg("%s: the sign never came", where);
	assert_int_equal(g_subprocess_get_term_sig(child), SIGKILL);
	assert_true(said != NULL && said[0] != '\0');
	take_from_disk(t, &f);
	assert_int_equal(f.count, 1);
	if (strcmp(f.value, said) == 0)
		return 0;
	print_error("%s, sign %d: shown as kept '%s', on the disk '%s'\n", where, left, said, f.value);
	return 1;
}

static void test_killed_at_the_sign(void **state)
{
	static const char *const places[] = {"path_m", "@street", "note"};
	struct app_test t = {.name = "kept"};
	struct jx_error err;
	int lost = 0;

	(void)state;
	jx_assert_ok(demo_make(&t.demo, &err), &err);
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		for (int left = 1; left <= 2; left++)
			lost += kill_at_sign(&t, places[i], left);
	assert_int_equal(lost, 0);
	demo_remove(&t.demo);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_killed_at_the_sign)};

	program = argv[0];
	app_test_begin();
	if (argc == 6 && strcmp(argv[1], "--be-killed") == 0) {
		be_killed(argv[2], (int)g_ascii_strtoll(argv[3], NULL, 10), argv[4], argv[5]);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
