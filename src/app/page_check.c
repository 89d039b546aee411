/* The page "check": what was begun and not finished, then all forms there are, by what they look for. */
#include "sheet.h"

#include <string.h>

/* Order and names of the groups; a topic that a later pack brings along comes behind them under its own name. */
static const struct {
	const char *topic, *name;
} topics[] = {
	{"plague", N_("Report at once")},    {"rodent", N_("Rodents")},
	{"mosquito", N_("Mosquitoes")},      {"fly", N_("Flies")},
	{"cockroach", N_("Cockroaches")},    {"drug", N_("Treatment rounds")},
	{"breeding", N_("Breeding places")}, {"frontage", N_("Shop fronts")},
};

#define APP_TYPE_CHECK_PAGE (app_check_page_get_type())
G_DECLARE_FINAL_TYPE(AppCheckPage, app_check_page, APP, CHECK_PAGE, AdwBin)

struct _AppCheckPage {
	AdwBin parent_instance;
	GtkSearchEntry *search;
	GtkListBox *rows;
	GtkWidget *nothing; /* instead of rows, where no form has what is searched for */
	gulong changed;
	GtkWidget *window; /* weak: whose signal it is */
	guint drafts;      /* of the rows: how many stand at the top */
	bool is_reading, is_due, was_read;
	bool is_top_due; /* go_to_top() when the page is seen again */
};

G_DEFINE_TYPE(AppCheckPage, app_check_page, ADW_TYPE_BIN)

/* ---- what there is ------------------------------------------------------------------------------------- */

struct form_row {
	char id[64], topic[32];
	char *name, *small, *words;
	bool is_at_once;
};

struct draft_row {
	struct jx_draft draft;
	char *name, *small;
};

struct list_job {
	struct desk_job job;
	GArray *forms, *drafts;
	const struct jx_handheld *h; /* while it works */
	char day[11];
	char place[256]; /* of the draft that is looked at */
	bool is_first;   /* since the app was started */
};

static void clear_form(gpointer item)
{
	struct form_row *f = item;

	g_free(f->name);
	g_free(f->small);
	g_free(f->words);
}

static void clear_draft(gpointer item)
{
	struct draft_row *d = item;

	g_free(d->name);
	g_free(d->small);
}

static void free_list(struct desk_job *job)
{
	struct list_job *l = (struct list_job *)job;

	g_array_unref(l->forms);
	g_array_unref(l->drafts);
	g_free(l);
}

static void add_form(struct list_job *l, const struct jx_form *f)
{
	struct form_row row = {.is_at_once = f->is_at_once};
	g_autofree char *words = NULL;

	jx_strcpy(row.id, sizeof(row.id), f->id);
	jx_strcpy(row.topic, sizeof(row.topic), f->topic != NULL ? f->topic : "");
	row.name = g_strdup(words_name(&f->name));
	row.small = g_strdup(f->standard != NULL ? f->standard : "");
	words = g_strdup_printf("%s %s %s %s %s", f->id, f->name.zh, f->name.en, row.small,
				jx_text_pick(&f->hint));
	row.words = g_utf8_casefold(words, -1);
	g_array_append_val(l->forms, row);
}

static jx_rc find_place(void *user, const struct jx_draft_value *v)
{
	struct list_job *l = user;

	if (v->value == NULL || v->value[0] == '\0')
		return JX_OK;
	if (strcmp(v->path, "place_name") == 0 ||
	    (l->place[0] == '\0' && g_str_has_prefix(v->path, "@street")))
		jx_strcpy(l->place, sizeof(l->place), v->value);
	return JX_OK;
}

static jx_rc add_draft(void *user, const struct jx_draft *d)
{
	struct list_job *l = user;
	const jx_pack *pack = jx_packs_version(l->h->packs, d->pack, d->pack_version);
	const jx_pack *active = jx_packs_active(l->h->packs, d->pack, l->day);
	const struct jx_form *form = pack != NULL ? jx_pack_form_find(pack, d->form) : NULL;
	struct draft_row row = {.draft = *d};
	char time[8];

	if (form != NULL && form->is_observation)
		return JX_OK; /* of the page "log" */
	l->place[0] = '\0';
	(void)jx_store_each_draft_value(l->h->store, d->id, find_place, l, NULL);
	app_time_text(&l->h->profile, d->taken_utc_ms, time);
	row.name = g_strdup(form != NULL ? words_name(&form->name) : d->form);
	row.small = g_strdup_printf(_("%s%s%s %s, %lld answers"), l->place, l->place[0] != '\0' ? ", " : "",
				    d->day, time, (long long)d->value_count);
	if (active != NULL && jx_pack_version(active) != d->pack_version) {
		g_autofree char *before = row.small;

		row.small = g_strdup_printf(_("%s; begun with version %lld of the form"), before,
					    (long long)d->pack_version);
	}
	g_array_append_val(l->drafts, row);
	return JX_OK;
}

static jx_rc list(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct list_job *l = (struct list_job *)job;
	jx_rc rc = jx_handheld_open_packs(h, err);

	if (rc != JX_OK)
		return rc;
	jx_handheld_pack_day(h, l->day);
	for (size_t i = 0; i < jx_packs_count(h->packs); i++) {
		const jx_pack *pack = jx_handheld_pack_on(h, i, l->day);

		for (size_t k = 0; pack != NULL && k < jx_pack_form_count(pack); k++)
			if (!jx_pack_form_at(pack, k)->is_observation)
				add_form(l, jx_pack_form_at(pack, k));
	}
	l->h = h;
	/* a device that is not enrolled has forms to look at, and no drafts */
	if (h->store == NULL && jx_handheld_open_recorder(h, NULL) != JX_OK)
		return JX_OK;
	if (l->is_first)
		sheet_photo_sweep(h);
	return jx_store_each_draft(h->store, add_draft, l, err);
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static GtkWidget *make_label(const char *text, const char *class)
{
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	if (class != NULL)
		gtk_widget_add_css_class(label, class);
	return label;
}

static GtkWidget *make_row(const char *name, const char *small)
{
	GtkWidget *row = gtk_list_box_row_new();
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
	GtkWidget *text = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);

	gtk_widget_set_hexpand(text, TRUE);
	gtk_widget_set_valign(text, GTK_ALIGN_CENTER);
	gtk_box_append(GTK_BOX(text), make_label(name, NULL));
	if (small[0] != '\0')
		gtk_box_append(GTK_BOX(text), make_label(small, "dim-label"));
	gtk_box_append(GTK_BOX(box), text);
	gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
	gtk_widget_add_css_class(row, "sheet-row");
	app_name(row, name);
	return row;
}

static void add_heading(AppCheckPage *page, const char *text)
{
	GtkWidget *row = gtk_list_box_row_new();

	gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), make_label(text, "heading"));
	gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
	gtk_widget_set_focusable(row, FALSE);
	gtk_widget_add_css_class(row, "sheet-heading");
	gtk_list_box_append(page->rows, row);
}

static void on_discard(GtkButton *button, gpointer user)
{
	const struct jx_draft *d = user;

	sheet_discard(GTK_WIDGET(button), d->id);
}

static void free_copy(gpointer data, GClosure *closure)
{
	(void)closure;
	g_free(data);
}

static void add_draft_row(AppCheckPage *page, const struct draft_row *d)
{
	g_autofree char *name = g_strdup_printf("%s, %s", d->name, d->small);
	g_autofree char *discard = g_strdup_printf(_("Discard %s"), name);
	GtkWidget *row = make_row(d->name, d->small);
	GtkWidget *button = gtk_button_new_from_icon_name("user-trash-symbolic");

	app_name(row, name);
	app_name(button, discard);
	gtk_widget_add_css_class(button, "step");
	gtk_widget_add_css_class(button, "flat");
	gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
	(void)g_signal_connect_data(button, "clicked", G_CALLBACK(on_discard),
				    g_memdup2(&d->draft, sizeof(d->draft)), free_copy, 0);
	gtk_box_append(GTK_BOX(gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row))), button);
	g_object_set_data_full(G_OBJECT(row), "draft", g_memdup2(d->draft.id, JX_ID_BYTES), g_free);
	gtk_list_box_append(page->rows, row);
}

static void add_form_row(AppCheckPage *page, const struct form_row *f)
{
	GtkWidget *row = make_row(f->name, f->small);

	if (f->is_at_once)
		gtk_widget_add_css_class(row, "at-once");
	g_object_set_data_full(G_OBJECT(row), "form", g_strdup(f->id), g_free);
	g_object_set_data_full(G_OBJECT(row), "words", g_strdup(f->words), g_free);
	gtk_list_box_append(page->rows, row);
}

static void add_topic(AppCheckPage *page, const struct list_job *l, const char *topic, const char *name)
{
	bool has_heading = false;

	for (guint i = 0; i < l->forms->len; i++) {
		const struct form_row *f = &g_array_index(l->forms, struct form_row, i);

		if (strcmp(f->topic, topic) != 0)
			continue;
		if (!has_heading)
			add_heading(page, name);
		has_heading = true;
		add_form_row(page, f);
	}
}

static bool is_named(const char *topic)
{
	for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
		if (strcmp(topics[i].topic, topic) == 0)
			return true;
	return false;
}

static gboolean scroll_to_top(GtkWidget *widget, GdkFrameClock *clock, gpointer frame)
{
	AppCheckPage *page = APP_CHECK_PAGE(widget);
	GtkWidget *scroll = gtk_widget_get_ancestor(GTK_WIDGET(page->rows), GTK_TYPE_SCROLLED_WINDOW);

	if ((gsize)gdk_frame_clock_get_frame_counter(clock) < GPOINTER_TO_SIZE(frame))
		return G_SOURCE_CONTINUE;
	page->is_top_due = !gtk_widget_get_mapped(widget);
	if (scroll != NULL && !page->is_top_due)
		gtk_adjustment_set_value(gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroll)), 0);
	return G_SOURCE_REMOVE;
}

/*
 * What was just put aside is what is gone on with: it stands at the top, and is not to be looked for. The focus finds
 * its place among new rows, or on a page that comes back, in the next frame, and the page is scrolled there: so after it.
 */
static void go_to_top(AppCheckPage *page)
{
	GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(page));

	page->is_top_due = !gtk_widget_get_mapped(GTK_WIDGET(page));
	if (!page->is_top_due)
		(void)gtk_widget_add_tick_callback(
			GTK_WIDGET(page), scroll_to_top,
			GSIZE_TO_POINTER((gsize)gdk_frame_clock_get_frame_counter(clock) + 2), NULL);
}

static void show(AppCheckPage *page, const struct list_job *l)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GtkListBoxRow *row;

	while ((row = gtk_list_box_get_row_at_index(page->rows, 0)) != NULL)
		gtk_list_box_remove(page->rows, GTK_WIDGET(row));
	if (l->drafts->len > 0)
		add_heading(page, _("Not finished"));
	for (guint i = 0; i < l->drafts->len; i++)
		add_draft_row(page, &g_array_index(l->drafts, struct draft_row, i));
	for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
		add_topic(page, l, topics[i].topic, _(topics[i].name));
	for (guint i = 0; i < l->forms->len; i++) {
		const char *topic = g_array_index(l->forms, struct form_row, i).topic;

		if (!is_named(topic) && g_hash_table_add(seen, (gpointer)(uintptr_t)topic))
			add_topic(page, l, topic, topic[0] != '\0' ? topic : _("Others"));
	}
	if (l->drafts->len != page->drafts)
		go_to_top(page);
	page->drafts = l->drafts->len;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static void read_again(AppCheckPage *page);

static void listed(struct desk_job *job, gpointer owner)
{
	AppCheckPage *page = owner;

	page->is_reading = false;
	if (job->rc != JX_OK && gtk_widget_get_root(GTK_WIDGET(page)) != NULL)
		app_toast_error(GTK_WIDGET(page), &job->err);
	else
		show(page, (struct list_job *)job);
	if (page->is_due)
		read_again(page);
}

static void read_again(AppCheckPage *page)
{
	struct list_job *l;

	page->is_due = page->is_reading;
	if (page->is_reading || page->window == NULL)
		return;
	page->is_reading = true;
	l = g_new0(struct list_job, 1);
	l->job = (struct desk_job){.work = list, .done = listed, .free_job = free_list};
	l->is_first = !page->was_read;
	page->was_read = true;
	l->forms = g_array_new(FALSE, FALSE, sizeof(struct form_row));
	g_array_set_clear_func(l->forms, clear_form);
	l->drafts = g_array_new(FALSE, FALSE, sizeof(struct draft_row));
	g_array_set_clear_func(l->drafts, clear_draft);
	desk_post(app_desk(page->window), &l->job, page);
}

/* ---- the page ------------------------------------------------------------------------------------------ */

static gboolean is_found(GtkListBoxRow *row, gpointer user)
{
	const char *text = gtk_editable_get_text(GTK_EDITABLE(APP_CHECK_PAGE(user)->search));
	const char *words = g_object_get_data(G_OBJECT(row), "words");
	g_autofree char *wanted = g_utf8_casefold(text, -1);

	/* searching is for a form to begin: headings and drafts make room */
	return wanted[0] == '\0' || (words != NULL && strstr(words, wanted) != NULL);
}

static void on_search(AppCheckPage *page)
{
	gtk_widget_set_visible(page->nothing, gtk_editable_get_text(GTK_EDITABLE(page->search))[0] != '\0');
	gtk_list_box_invalidate_filter(page->rows);
}

static void on_stop(AppCheckPage *page)
{
	gtk_editable_set_text(GTK_EDITABLE(page->search), "");
}

static void on_row(AppCheckPage *page, GtkListBoxRow *row)
{
	const uint8_t *draft = g_object_get_data(G_OBJECT(row), "draft");
	const char *form = g_object_get_data(G_OBJECT(row), "form");

	if (draft != NULL)
		sheet_resume(GTK_WIDGET(page), draft);
	else if (form != NULL)
		sheet_begin(GTK_WIDGET(page), form);
}

/* Enter begins the first that was found. */
static void on_enter(AppCheckPage *page)
{
	GtkListBoxRow *row;

	if (gtk_editable_get_text(GTK_EDITABLE(page->search))[0] == '\0')
		return;
	for (int i = 0; (row = gtk_list_box_get_row_at_index(page->rows, i)) != NULL; i++)
		if (is_found(row, page)) {
			on_row(page, row);
			return;
		}
}

static void app_check_page_map(GtkWidget *widget)
{
	AppCheckPage *page = APP_CHECK_PAGE(widget);

	GTK_WIDGET_CLASS(app_check_page_parent_class)->map(widget);
	if (page->is_top_due)
		go_to_top(page);
	if (page->window == NULL) {
		g_set_weak_pointer(&page->window, GTK_WIDGET(app_window_of(widget)));
		page->changed = g_signal_connect_swapped(page->window, "changed", G_CALLBACK(read_again),
							 page);
	}
	read_again(page);
}

static void app_check_page_dispose(GObject *object)
{
	AppCheckPage *page = APP_CHECK_PAGE(object);

	if (page->window != NULL)
		g_clear_signal_handler(&page->changed, page->window);
	g_clear_weak_pointer(&page->window);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_CHECK_PAGE);
	G_OBJECT_CLASS(app_check_page_parent_class)->dispose(object);
}

static void app_check_page_class_init(AppCheckPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_check_page_dispose;
	widget->map = app_check_page_map;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_check.ui");
	gtk_widget_class_bind_template_child(widget, AppCheckPage, search);
	gtk_widget_class_bind_template_child(widget, AppCheckPage, rows);
	gtk_widget_class_bind_template_callback(widget, on_search);
	gtk_widget_class_bind_template_callback(widget, on_enter);
	gtk_widget_class_bind_template_callback(widget, on_stop);
	gtk_widget_class_bind_template_callback(widget, on_row);
}

static void app_check_page_init(AppCheckPage *page)
{
	gtk_widget_init_template(GTK_WIDGET(page));
	gtk_list_box_set_filter_func(page->rows, is_found, page, NULL);
	page->nothing = make_label(_("No check has these words"), "nothing");
	gtk_widget_set_visible(page->nothing, FALSE);
	gtk_list_box_set_placeholder(page->rows, page->nothing);
}

GtkWidget *app_check_page_new(void)
{
	return g_object_new(APP_TYPE_CHECK_PAGE, NULL);
}
