/* The standards card: what is counted how, what is valid, the limits. */
#include "app.h"

#include <string.h>

struct card_job {
	struct desk_job base;
	char *id;                /* NULL: the list */
	GPtrArray *ids, *titles; /* out */
	char *text;              /* out */
};

static void add_cards(struct card_job *job, const jx_pack *pack)
{
	for (size_t i = 0; i < jx_pack_card_count(pack); i++) {
		const struct jx_card *card = jx_pack_card_at(pack, i);

		g_ptr_array_add(job->ids, g_strdup(card->id));
		g_ptr_array_add(job->titles, g_strdup(words_name(&card->title)));
	}
	for (size_t i = 0; i < jx_pack_form_count(pack); i++) {
		const struct jx_form *form = jx_pack_form_at(pack, i);

		if (form->is_observation)
			continue;
		g_ptr_array_add(job->ids, g_strdup(form->id));
		g_ptr_array_add(job->titles, g_strdup(words_name(&form->name)));
	}
}

static jx_rc read_card(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct card_job *job = (struct card_job *)base;
	JX_AUTO_BUF text;
	char day[11];
	jx_rc rc = jx_handheld_open_packs(h, err);

	jx_buf_init(&text, (size_t)1 << 20);
	jx_handheld_pack_day(h, day);
	for (size_t i = 0; rc == JX_OK && i < jx_packs_count(h->packs) && job->text == NULL; i++) {
		const jx_pack *pack = jx_handheld_pack_on(h, i, day);

		if (pack != NULL && job->id == NULL)
			add_cards(job, pack);
		else if (pack != NULL && jx_pack_card(pack, job->id, day, &text, NULL) == JX_OK)
			job->text = g_strdup(text.data);
	}
	if (rc == JX_OK && job->id != NULL && job->text == NULL)
		rc = jx_fail(err, JX_ENOTFOUND, 0, "app.card", "the card has no page for %s", job->id);
	return rc;
}

static void free_job(struct desk_job *base)
{
	struct card_job *job = (struct card_job *)base;

	g_free(job->id);
	g_free(job->text);
	g_ptr_array_unref(job->ids);
	g_ptr_array_unref(job->titles);
	g_free(job);
}

static void on_row(GtkListBox *list, GtkListBoxRow *row)
{
	app_show_card(GTK_WIDGET(list), g_object_get_data(G_OBJECT(row), "id"));
}

static GtkWidget *list_of(const struct card_job *job)
{
	GtkWidget *list = gtk_list_box_new();

	gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
	gtk_widget_add_css_class(list, "boxed-list");
	gtk_widget_set_valign(list, GTK_ALIGN_START);
	app_name(list, _("Pages of the card"));
	for (guint i = 0; i < job->ids->len; i++) {
		GtkWidget *row = adw_action_row_new();

		adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
		adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), g_ptr_array_index(job->titles, i));
		adw_action_row_set_title_lines(ADW_ACTION_ROW(row), 0);
		gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), TRUE);
		g_object_set_data_full(G_OBJECT(row), "id", g_strdup(g_ptr_array_index(job->ids, i)), g_free);
		gtk_list_box_append(GTK_LIST_BOX(list), row);
	}
	g_signal_connect(list, "row-activated", G_CALLBACK(on_row), NULL);
	return list;
}

/* The first line of the page and of each part is its heading, at the head of a line stands a capital, and signs are those of print. */
static char *markup_of(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) out = g_string_new(NULL);
	bool is_heading = true;

	for (char **line = lines; *line != NULL; line++) {
		const size_t lead = strspn(*line, "- [(");
		g_autofree char *safe = NULL;

		(void)words_raise(*line + lead);
		safe = g_markup_escape_text(*line, -1);
		g_string_append_printf(out, is_heading ? "<b>%s</b>\n" : "%s\n", safe);
		is_heading = (*line)[0] == '\0';
	}
	(void)g_string_replace(out, "&lt;= ", "≤ ", 0);
	(void)g_string_replace(out, "&gt;= ", "≥ ", 0);
	(void)g_string_replace(out, "\n- ", "\n• ", 0);
	g_string_truncate(out, out->len - 1);
	return g_strdup(out->str);
}

static void on_read(struct desk_job *base, gpointer owner)
{
	const struct card_job *job = (const struct card_job *)base;
	AdwClamp *clamp = owner;
	GtkWidget *label;

	if (base->rc == JX_OK && job->id == NULL) {
		adw_clamp_set_child(clamp, list_of(job));
		return;
	}
	label = gtk_label_new(base->rc == JX_OK ? NULL : base->err.text);
	if (base->rc == JX_OK) {
		g_autofree char *markup = markup_of(job->text);

		gtk_label_set_markup(GTK_LABEL(label), markup);
	}
	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_yalign(GTK_LABEL(label), 0);
	gtk_label_set_selectable(GTK_LABEL(label), TRUE);
	adw_clamp_set_child(clamp, label);
}

void app_show_card(GtkWidget *inside, const char *id)
{
	GtkWidget *scroller = gtk_scrolled_window_new();
	GtkWidget *clamp = adw_clamp_new();
	struct card_job *job = g_new0(struct card_job, 1);

	gtk_widget_set_margin_start(clamp, 12);
	gtk_widget_set_margin_end(clamp, 12);
	gtk_widget_set_margin_top(clamp, 12);
	gtk_widget_set_margin_bottom(clamp, 12);
	gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), clamp);
	gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	app_push(inside, scroller, _("Standards card"));
	job->base.work = read_card;
	job->base.done = on_read;
	job->base.free_job = free_job;
	job->id = g_strdup(id);
	job->ids = g_ptr_array_new_with_free_func(g_free);
	job->titles = g_ptr_array_new_with_free_func(g_free);
	desk_post(app_desk(scroller), &job->base, clamp);
}
