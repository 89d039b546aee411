#include "pinyin_pad.h"

#include <string.h>

#include "pinyin.h"
#include "typing.h"

enum mode {
	MODE_CHINESE,
	MODE_LATIN,
	MODE_DIGITS
};

struct _AppPinyinPad {
	AdwBin parent_instance;
	GtkLabel *composing;
	GtkBox *candidates, *rows;
	GtkButton *hide;
	GtkWidget *field; /* weak: GtkText or GtkTextView */
	AppWindow *window;
	struct pinyin *pinyin;
	enum mode mode;
	bool is_put_away; /* until another field is entered */
	guint preparing;
};

G_DEFINE_TYPE(AppPinyinPad, app_pinyin_pad, ADW_TYPE_BIN)

static void show_keys(AppPinyinPad *pad);

/* ---- into the field ---------------------------------------------------------------------------------- */

static void insert(AppPinyinPad *pad, const char *text)
{
	/* as a key would: with the selection replaced, input hints and limits of the field kept */
	if (pad->field == NULL)
		return;
	typing_end(pad->window);
	g_signal_emit_by_name(pad->field, "insert-at-cursor", text);
}

static void show_candidates(AppPinyinPad *pad);

static void on_candidate(GtkButton *button, AppPinyinPad *pad)
{
	const guint i = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "number"));
	g_autofree char *text = pinyin_choose(pad->pinyin, i);

	if (text != NULL)
		insert(pad, text);
	show_candidates(pad);
}

static void show_candidates(AppPinyinPad *pad)
{
	GtkWidget *old;

	while ((old = gtk_widget_get_first_child(GTK_WIDGET(pad->candidates))) != NULL)
		gtk_box_remove(pad->candidates, old);
	gtk_label_set_text(pad->composing, pad->pinyin != NULL ? pinyin_letters(pad->pinyin) : "");
	for (guint i = 0; pad->pinyin != NULL && i < pinyin_count(pad->pinyin); i++) {
		GtkWidget *button = gtk_button_new_with_label(pinyin_candidate(pad->pinyin, i));

		gtk_widget_set_focusable(button, FALSE);
		gtk_widget_add_css_class(button, "flat");
		g_object_set_data(G_OBJECT(button), "number", GUINT_TO_POINTER(i));
		g_signal_connect(button, "clicked", G_CALLBACK(on_candidate), pad);
		gtk_box_append(pad->candidates, button);
	}
}

static void set_letters(AppPinyinPad *pad, const char *letters)
{
	if (letters[0] != '\0')
		typing_end(pad->window);
	if (pad->pinyin != NULL)
		pinyin_set_letters(pad->pinyin, letters);
	show_candidates(pad);
}

/* ---- keys -------------------------------------------------------------------------------------------- */

static void press_text(AppPinyinPad *pad, const char *text)
{
	if (pad->mode == MODE_CHINESE && g_ascii_islower(text[0])) {
		g_autofree char *longer = g_strconcat(pinyin_letters(pad->pinyin), text, NULL);

		if (strlen(longer) <= PINYIN_LETTERS_MAX)
			set_letters(pad, longer);
		return;
	}
	insert(pad, text);
}

static void press_delete(AppPinyinPad *pad)
{
	const char *letters = pad->pinyin != NULL ? pinyin_letters(pad->pinyin) : "";

	if (letters[0] != '\0') {
		g_autofree char *shorter = g_strndup(letters, strlen(letters) - 1);

		set_letters(pad, shorter);
	} else if (typing_is_begun(pad->window)) {
		typing_end(pad->window);
	} else if (pad->field != NULL) {
		g_signal_emit_by_name(pad->field, "backspace");
	}
}

/* Space takes the first candidate, as people who type pinyin expect. */
static void press_space(AppPinyinPad *pad)
{
	g_autofree char *text = NULL;

	if (pad->pinyin == NULL || pinyin_count(pad->pinyin) == 0) {
		insert(pad, " ");
		return;
	}
	text = pinyin_choose(pad->pinyin, 0);
	if (text != NULL)
		insert(pad, text);
	show_candidates(pad);
}

static void set_mode(AppPinyinPad *pad, enum mode mode)
{
	pad->mode = mode == MODE_CHINESE && pad->pinyin == NULL ? MODE_LATIN : mode;
	set_letters(pad, "");
	show_keys(pad);
}

static void on_key(GtkButton *button, AppPinyinPad *pad)
{
	const char *key = g_object_get_data(G_OBJECT(button), "key");

	if (strcmp(key, "delete") == 0)
		press_delete(pad);
	else if (strcmp(key, "space") == 0)
		press_space(pad);
	else if (strcmp(key, "language") == 0)
		set_mode(pad, pad->mode == MODE_CHINESE ? MODE_LATIN : MODE_CHINESE);
	else if (strcmp(key, "digits") == 0)
		set_mode(pad, pad->mode == MODE_DIGITS ? MODE_CHINESE : MODE_DIGITS);
	else
		press_text(pad, key);
}

static void add_key(AppPinyinPad *pad, GtkWidget *row, const char *key)
{
	const char *text = key;
	GtkWidget *button;

	if (strcmp(key, "space") == 0)
		text = _("Space");
	else if (strcmp(key, "language") == 0)
		text = pad->mode == MODE_CHINESE ? "中/英" : "英/中";
	else if (strcmp(key, "digits") == 0)
		text = pad->mode == MODE_DIGITS ? "abc" : "123";
	button = strcmp(key, "delete") == 0 ? gtk_button_new_from_icon_name("edit-clear-symbolic")
					    : gtk_button_new_with_label(text);
	if (strcmp(key, "delete") == 0)
		app_name(button, _("Delete"));
	gtk_widget_set_focusable(button, FALSE);
	gtk_widget_set_hexpand(button, TRUE);
	g_object_set_data_full(G_OBJECT(button), "key", g_strdup(key), g_free);
	g_signal_connect(button, "clicked", G_CALLBACK(on_key), pad);
	gtk_box_append(GTK_BOX(row), button);
}

static void show_keys(AppPinyinPad *pad)
{
	static const char *const letters[] = {"q w e r t y u i o p", "a s d f g h j k l",
					      "z x c v b n m delete", "language digits space ， 。"};
	static const char *const digits[] = {"1 2 3 4 5 6 7 8 9 0", "- / : ( ) % ± °", "+ = # @ . , delete",
					     "language digits space"};
	const char *const *keys = pad->mode == MODE_DIGITS ? digits : letters;
	GtkWidget *old;

	while ((old = gtk_widget_get_first_child(GTK_WIDGET(pad->rows))) != NULL)
		gtk_box_remove(pad->rows, old);
	for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
		GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 2);
		g_auto(GStrv) of_row = g_strsplit(keys[i], " ", -1);

		gtk_box_set_homogeneous(GTK_BOX(row), i < 2);
		for (char **key = of_row; *key != NULL; key++)
			add_key(pad, row, *key);
		gtk_box_append(pad->rows, row);
	}
}

/* ---- the words of the form packs --------------------------------------------------------------------- */

struct words_job {
	struct desk_job job;
	GPtrArray *words;
};

static void keep_text(GPtrArray *words, const struct jx_text *text)
{
	if (text->zh != NULL)
		g_ptr_array_add(words, g_strdup(text->zh));
}

static void keep_pack(GPtrArray *words, const jx_pack *pack)
{
	for (size_t i = 0; i < jx_pack_code_count(pack); i++)
		keep_text(words, &jx_pack_code_at(pack, i)->name);
	for (size_t i = 0; i < jx_pack_form_count(pack); i++) {
		const struct jx_form *form = jx_pack_form_at(pack, i);
		const struct jx_text *phrases;
		const size_t n = jx_pack_phrases(pack, form->id, "note", &phrases);

		keep_text(words, &form->name);
		for (size_t k = 0; k < n; k++)
			keep_text(words, &phrases[k]);
	}
}

static jx_rc gather(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct words_job *w = (struct words_job *)job;
	jx_rc rc = jx_handheld_open_packs(h, err);

	for (size_t i = 0; rc == JX_OK && i < jx_packs_count(h->packs); i++)
		keep_pack(w->words, jx_packs_at(h->packs, i));
	return rc;
}

static gboolean prepare(gpointer user)
{
	AppPinyinPad *pad = user;

	if (pad->pinyin != NULL && pinyin_prepare(pad->pinyin))
		return G_SOURCE_CONTINUE;
	pad->preparing = 0;
	return G_SOURCE_REMOVE;
}

static void on_gathered(struct desk_job *job, gpointer owner)
{
	struct words_job *w = (struct words_job *)job;
	AppPinyinPad *pad = owner;

	for (guint i = 0; pad->pinyin != NULL && i < w->words->len; i++)
		pinyin_add_word(pad->pinyin, g_ptr_array_index(w->words, i));
	pad->preparing = g_idle_add_full(G_PRIORITY_LOW, prepare, pad, NULL);
}

static void free_words(struct desk_job *job)
{
	struct words_job *w = (struct words_job *)job;

	g_ptr_array_unref(w->words);
	g_free(w);
}

static void open_pinyin(AppPinyinPad *pad)
{
	g_autofree char *learned = g_build_filename(app_dir(GTK_WIDGET(pad->window)), "pinyin.dat", NULL);
	struct words_job *job;

	pad->pinyin = pinyin_open(learned);
	if (pad->pinyin == NULL)
		return;
	job = g_new0(struct words_job, 1);
	job->job = (struct desk_job){.work = gather, .done = on_gathered, .free_job = free_words};
	job->words = g_ptr_array_new_with_free_func(g_free);
	desk_post(app_desk(GTK_WIDGET(pad->window)), &job->job, pad);
}

bool app_pinyin_pad_can(void)
{
	return pinyin_can();
}

/* ---- following the focus ----------------------------------------------------------------------------- */

static bool is_field(GtkWidget *widget)
{
	if (widget == NULL)
		return false;
	if (GTK_IS_TEXT(widget))
		return gtk_editable_get_editable(GTK_EDITABLE(widget));
	return GTK_IS_TEXT_VIEW(widget) && gtk_text_view_get_editable(GTK_TEXT_VIEW(widget));
}

static bool wants_digits(GtkWidget *field)
{
	const GtkInputPurpose purpose = GTK_IS_TEXT(field)
						? gtk_text_get_input_purpose(GTK_TEXT(field))
						: gtk_text_view_get_input_purpose(GTK_TEXT_VIEW(field));

	return purpose == GTK_INPUT_PURPOSE_DIGITS || purpose == GTK_INPUT_PURPOSE_NUMBER ||
	       purpose == GTK_INPUT_PURPOSE_PIN || purpose == GTK_INPUT_PURPOSE_PHONE;
}

/* One of the two at a time: what is begun at the keyboard of the device takes the place of what was begun here. */
static void on_preedit(GtkWidget *field, const char *letters, AppPinyinPad *pad)
{
	if (field == pad->field && letters[0] != '\0' && pad->pinyin != NULL &&
	    pinyin_letters(pad->pinyin)[0] != '\0')
		set_letters(pad, "");
}

static void set_field(AppPinyinPad *pad, GtkWidget *field)
{
	if (pad->field != NULL)
		(void)g_signal_handlers_disconnect_by_func(pad->field, (gpointer)(uintptr_t)on_preedit, pad);
	g_set_weak_pointer(&pad->field, field);
	if (field != NULL)
		g_signal_connect_object(field, "preedit-changed", G_CALLBACK(on_preedit), pad, 0);
}

static void enter(AppPinyinPad *pad, GtkWidget *field)
{
	set_field(pad, field);
	pad->is_put_away = false;
	if (pad->pinyin == NULL)
		open_pinyin(pad);
	set_mode(pad, wants_digits(field) ? MODE_DIGITS : MODE_CHINESE);
}

static void on_focus(AppPinyinPad *pad)
{
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(pad->window));
	const bool is_wanted = app_prefs(GTK_WIDGET(pad->window))->has_pinyin && is_field(focus);

	if (is_wanted && focus != pad->field)
		enter(pad, focus);
	if (!is_wanted)
		set_field(pad, NULL);
	gtk_widget_set_visible(GTK_WIDGET(pad), is_wanted && !pad->is_put_away);
}

static void on_hide(AppPinyinPad *pad)
{
	pad->is_put_away = true;
	gtk_widget_set_visible(GTK_WIDGET(pad), FALSE);
}

void app_pinyin_pad_serve(AppPinyinPad *pad, AppWindow *window)
{
	pad->window = window;
	g_signal_connect_object(window, "notify::focus-widget", G_CALLBACK(on_focus), pad, G_CONNECT_SWAPPED);
}

static void app_pinyin_pad_dispose(GObject *object)
{
	AppPinyinPad *pad = APP_PINYIN_PAD(object);

	g_set_weak_pointer(&pad->field, NULL);
	g_clear_handle_id(&pad->preparing, g_source_remove);
	g_clear_pointer(&pad->pinyin, pinyin_close);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_PINYIN_PAD);
	G_OBJECT_CLASS(app_pinyin_pad_parent_class)->dispose(object);
}

static void app_pinyin_pad_class_init(AppPinyinPadClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_pinyin_pad_dispose;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/pinyin_pad.ui");
	gtk_widget_class_bind_template_child(widget, AppPinyinPad, composing);
	gtk_widget_class_bind_template_child(widget, AppPinyinPad, candidates);
	gtk_widget_class_bind_template_child(widget, AppPinyinPad, rows);
	gtk_widget_class_bind_template_child(widget, AppPinyinPad, hide);
	gtk_widget_class_bind_template_callback(widget, on_hide);
}

static void app_pinyin_pad_init(AppPinyinPad *pad)
{
	pad->mode = MODE_CHINESE;
	gtk_widget_init_template(GTK_WIDGET(pad));
}
