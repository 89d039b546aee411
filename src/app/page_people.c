/* Who works with this device: sign in by PIN or without, shift, sign out. */
#include "app.h"
#include "facts.h"
#include "people_read.h"
#include "pin_pad.h"

#include <string.h>

#define APP_TYPE_PEOPLE_PAGE (app_people_page_get_type())
G_DECLARE_FINAL_TYPE(AppPeoplePage, app_people_page, APP, PEOPLE_PAGE, AdwBin)

struct _AppPeoplePage {
	AdwBin parent_instance;
	GtkWidget *signed_in, *shift_start, *shift_end, *set_pin, *sign_out, *known, *sign_in;
	GtkLabel *who;
	GtkListBox *people;
	GtkEditable *id, *name;
	GArray *list;    /* of struct jx_person, in the order of the rows */
	char person[64]; /* signed in */
	bool is_acting;
	AppPinPad *pad;         /* weak; shown over this page */
	struct jx_person asked; /* whose PIN is asked for */
	enum {
		PAD_SIGN_IN,
		PAD_OLD,
		PAD_NEW,
		PAD_AGAIN
	} step;
	char old_pin[JX_PIN_DIGITS_MAX + 2], new_pin[JX_PIN_DIGITS_MAX + 2];
};

G_DEFINE_TYPE(AppPeoplePage, app_people_page, ADW_TYPE_BIN)

static void set_pad(AppPeoplePage *page, AppPinPad *pad)
{
	g_set_weak_pointer(&page->pad, pad);
}

/* ---- showing ---------------------------------------------------------------------------------------------- */

static GtkWidget *person_row(const struct jx_person *p)
{
	GtkWidget *row = adw_action_row_new();

	adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
	adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), p->name[0] != '\0' ? p->name : p->id);
	adw_action_row_set_subtitle(ADW_ACTION_ROW(row), p->name[0] != '\0' ? p->id : "");
	adw_action_row_add_suffix(ADW_ACTION_ROW(row), gtk_label_new(p->has_pin ? _("PIN") : ""));
	gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), TRUE);
	return row;
}

static void on_people_read(struct desk_job *base, gpointer owner)
{
	AppPeoplePage *page = owner;
	const struct people_job *job = (const struct people_job *)base;
	GtkListBoxRow *row;

	if (base->rc != JX_OK) {
		app_toast_error(GTK_WIDGET(page), &base->err);
		return;
	}
	while ((row = gtk_list_box_get_row_at_index(page->people, 0)) != NULL)
		gtk_list_box_remove(page->people, GTK_WIDGET(row));
	g_array_set_size(page->list, 0);
	for (guint i = 0; i < job->people->len; i++) {
		const struct jx_person *p = &g_array_index(job->people, struct jx_person, i);

		g_array_append_val(page->list, *p);
		gtk_list_box_append(page->people, person_row(p));
	}
	gtk_widget_set_visible(page->known, job->people->len > 0);
}

static void show(AppPeoplePage *page)
{
	const struct facts *f = app_facts_now(app_facts_of(GTK_WIDGET(page)));
	const bool is_in = f != NULL && f->person[0] != '\0';
	const bool has_shift = is_in && f->shift_day[0] != '\0';
	g_autofree char *text = NULL;

	gtk_widget_set_visible(page->signed_in, is_in);
	if (!is_in) {
		page->person[0] = '\0';
		return;
	}
	jx_strcpy(page->person, sizeof(page->person), f->person);
	text = g_strdup_printf("%s %s%s\n", f->person_name, f->person,
			       strcmp(f->person_verified, "pin") == 0 ? _(" (PIN)") : "");
	gtk_label_set_text(page->who, g_strstrip(text));
	gtk_widget_set_visible(page->shift_start, !has_shift);
	gtk_widget_set_visible(page->shift_end, has_shift);
	gtk_widget_set_visible(page->sign_out, !has_shift);
}

static void reload(AppPeoplePage *page)
{
	struct people_job *job;

	if (app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	job = people_job_new();
	job->base.done = on_people_read;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

/* ---- doing -------------------------------------------------------------------------------------------------- */

static const struct jx_person *find_person(AppPeoplePage *page, const char *id)
{
	for (guint i = 0; i < page->list->len; i++)
		if (strcmp(g_array_index(page->list, struct jx_person, i).id, id) == 0)
			return &g_array_index(page->list, struct jx_person, i);
	return NULL;
}

static void press_sync(GtkWidget *window, gpointer user)
{
	(void)user;
	app_show_view(window, "status");
	app_sync_begin(window, false);
}

static void say_done(GtkWidget *window, const struct people_act_job *job)
{
	g_autofree char *text = NULL;

	switch (job->act) {
	case PEOPLE_SIGN_IN:
		text = g_strdup_printf(_("%s is signed in"), job->name[0] != '\0' ? job->name : job->id);
		break;
	case PEOPLE_SIGN_OUT:
		text = g_strdup(_("signed out"));
		break;
	case PEOPLE_SHIFT_START:
		text = g_strdup(_("the shift has begun"));
		break;
	case PEOPLE_SHIFT_END:
		text = g_strdup_printf(_("The day is closed: %lld observations, %lld photos"),
				       (long long)job->observations, (long long)job->photos);
		app_toast(window, text, _("Sync"), press_sync, NULL, NULL);
		app_show_view(window, "today");
		return;
	case PEOPLE_SET_PIN:
	default:
		text = g_strdup(_("The PIN is set, on this device only"));
		break;
	}
	app_toast(window, text, NULL, NULL, NULL, NULL);
}

static void refuse(AppPeoplePage *page, const struct people_act_job *job, int64_t wait_ms)
{
	if (page->pad == NULL) {
		app_toast_error(GTK_WIDGET(page), &job->base.err);
		return;
	}
	if (job->act == PEOPLE_SET_PIN) {
		page->step = page->asked.has_pin ? PAD_OLD : PAD_NEW;
		app_pin_pad_ask(page->pad, page->asked.has_pin ? _("The PIN until now") : _("A new PIN"));
	}
	app_pin_pad_refuse(page->pad, job->base.err.text, wait_ms);
}

/* How long the next try has to wait is asked for anew: it is on the disk. */
static void on_wait_read(struct desk_job *base, gpointer owner)
{
	AppPeoplePage *page = owner;
	const struct people_job *job = (const struct people_job *)base;
	const struct jx_person *p;

	on_people_read(base, owner);
	p = find_person(page, page->asked.id);
	(void)job;
	if (page->pad != NULL && p != NULL && p->wait_ms > 0)
		app_pin_pad_refuse(page->pad, _("Wrong PIN; the next try has to wait"), p->wait_ms);
}

static void on_acted(struct desk_job *base, gpointer owner)
{
	AppPeoplePage *page = owner;
	const struct people_act_job *job = (const struct people_act_job *)base;
	GtkWidget *window = GTK_WIDGET(app_window_of(GTK_WIDGET(page)));

	page->is_acting = false;
	if (window == NULL)
		return;
	if (base->rc != JX_OK) {
		refuse(page, job, 0);
		if (page->pad != NULL) {
			struct people_job *again = people_job_new();

			again->base.done = on_wait_read;
			desk_post(app_desk(window), &again->base, page);
		}
		return;
	}
	if (page->pad != NULL)
		app_pop(window);
	set_pad(page, NULL);
	say_done(window, job);
	app_changed(window);
	reload(page);
}

static void act(AppPeoplePage *page, struct people_act_job *job)
{
	if (page->is_acting) {
		job->base.free_job(&job->base);
		return;
	}
	page->is_acting = true;
	job->base.done = on_acted;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

static void on_shift_start(AppPeoplePage *page)
{
	act(page, people_act_job_new(PEOPLE_SHIFT_START, NULL));
}

static void on_shift_end(AppPeoplePage *page)
{
	act(page, people_act_job_new(PEOPLE_SHIFT_END, NULL));
}

static void on_sign_out(AppPeoplePage *page)
{
	act(page, people_act_job_new(PEOPLE_SIGN_OUT, NULL));
}

/* ---- PINs ----------------------------------------------------------------------------------------------------- */

static void set_pin_again(AppPeoplePage *page, const char *pin)
{
	struct people_act_job *job;

	if (strcmp(page->new_pin, pin) != 0) {
		page->step = PAD_NEW;
		app_pin_pad_ask(page->pad, _("A new PIN"));
		app_pin_pad_refuse(page->pad, _("The two were not the same: enter it again"), 0);
		return;
	}
	job = people_act_job_new(PEOPLE_SET_PIN, page->asked.id);
	jx_strcpy(job->pin, sizeof(job->pin), page->new_pin);
	jx_strcpy(job->old_pin, sizeof(job->old_pin), page->old_pin);
	act(page, job);
}

static void on_entered(AppPeoplePage *page)
{
	const char *pin = app_pin_pad_pin(page->pad);
	struct people_act_job *job;

	switch (page->step) {
	case PAD_SIGN_IN:
		job = people_act_job_new(PEOPLE_SIGN_IN, page->asked.id);
		jx_strcpy(job->name, sizeof(job->name), page->asked.name);
		jx_strcpy(job->pin, sizeof(job->pin), pin);
		act(page, job);
		break;
	case PAD_OLD:
		jx_strcpy(page->old_pin, sizeof(page->old_pin), pin);
		page->step = PAD_NEW;
		app_pin_pad_ask(page->pad, _("A new PIN"));
		break;
	case PAD_NEW:
		jx_strcpy(page->new_pin, sizeof(page->new_pin), pin);
		page->step = PAD_AGAIN;
		app_pin_pad_ask(page->pad, _("The same once more"));
		break;
	case PAD_AGAIN:
	default:
		set_pin_again(page, pin);
		break;
	}
}

static void ask_pin(AppPeoplePage *page, const struct jx_person *p, const char *title)
{
	g_autofree char *question = g_strdup_printf(_("PIN of %s"), p->name[0] != '\0' ? p->name : p->id);
	GtkWidget *pad = app_pin_pad_new(page->step == PAD_SIGN_IN ? question
					 : page->step == PAD_OLD   ? _("The PIN until now")
								   : _("A new PIN"));

	page->asked = *p;
	jx_wipe(page->old_pin, sizeof(page->old_pin));
	g_signal_connect_object(pad, "entered", G_CALLBACK(on_entered), page, G_CONNECT_SWAPPED);
	set_pad(page, APP_PIN_PAD(pad));
	app_push(GTK_WIDGET(page), pad, title);
	if (p->wait_ms > 0)
		app_pin_pad_refuse(page->pad, _("Wrong PIN; the next try has to wait"), p->wait_ms);
}

static void on_set_pin(AppPeoplePage *page)
{
	const struct jx_person *p = find_person(page, page->person);
	struct jx_person unknown = {.wait_ms = 0};

	jx_strcpy(unknown.id, sizeof(unknown.id), page->person);
	page->step = p != NULL && p->has_pin ? PAD_OLD : PAD_NEW;
	ask_pin(page, p != NULL ? p : &unknown, _("Set the PIN"));
}

static void sign_in(AppPeoplePage *page, const char *id, const char *name)
{
	struct people_act_job *job = people_act_job_new(PEOPLE_SIGN_IN, id);

	jx_strcpy(job->name, sizeof(job->name), name);
	act(page, job);
}

static void on_person(AppPeoplePage *page, GtkListBoxRow *row)
{
	const struct jx_person *p = &g_array_index(page->list, struct jx_person,
						   (guint)gtk_list_box_row_get_index(row));

	if (!p->has_pin) {
		sign_in(page, p->id, p->name);
		return;
	}
	page->step = PAD_SIGN_IN;
	ask_pin(page, p, _("Sign in"));
}

static void on_typed(AppPeoplePage *page)
{
	gtk_widget_set_sensitive(page->sign_in, gtk_editable_get_text(page->id)[0] != '\0');
}

static void on_sign_in(AppPeoplePage *page)
{
	g_autofree char *id = g_strstrip(g_strdup(gtk_editable_get_text(page->id)));
	const struct jx_person *p = find_person(page, id);

	if (id[0] == '\0')
		return;
	if (p != NULL && p->has_pin) {
		page->step = PAD_SIGN_IN;
		ask_pin(page, p, _("Sign in"));
		return;
	}
	sign_in(page, id, gtk_editable_get_text(page->name));
}

/* ---- the page itself -------------------------------------------------------------------------------------------- */

static void on_root(AppPeoplePage *page)
{
	if (app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	g_signal_connect_object(app_facts_of(GTK_WIDGET(page)), "read", G_CALLBACK(show), page,
				G_CONNECT_SWAPPED);
	show(page);
	reload(page);
}

static void app_people_page_dispose(GObject *object)
{
	AppPeoplePage *page = APP_PEOPLE_PAGE(object);

	set_pad(page, NULL);
	jx_wipe(page->old_pin, sizeof(page->old_pin));
	jx_wipe(page->new_pin, sizeof(page->new_pin));
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_PEOPLE_PAGE);
	g_clear_pointer(&page->list, g_array_unref);
	G_OBJECT_CLASS(app_people_page_parent_class)->dispose(object);
}

static void app_people_page_class_init(AppPeoplePageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_people_page_dispose;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_people.ui");
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, signed_in);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, shift_start);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, shift_end);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, set_pin);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, sign_out);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, known);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, sign_in);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, who);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, people);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, id);
	gtk_widget_class_bind_template_child(widget, AppPeoplePage, name);
	gtk_widget_class_bind_template_callback(widget, on_shift_start);
	gtk_widget_class_bind_template_callback(widget, on_shift_end);
	gtk_widget_class_bind_template_callback(widget, on_set_pin);
	gtk_widget_class_bind_template_callback(widget, on_sign_out);
	gtk_widget_class_bind_template_callback(widget, on_person);
	gtk_widget_class_bind_template_callback(widget, on_typed);
	gtk_widget_class_bind_template_callback(widget, on_sign_in);
}

static void app_people_page_init(AppPeoplePage *page)
{
	page->list = g_array_new(FALSE, FALSE, sizeof(struct jx_person));
	gtk_widget_init_template(GTK_WIDGET(page));
	g_signal_connect(page, "notify::root", G_CALLBACK(on_root), NULL);
}

void app_show_people(GtkWidget *inside)
{
	app_push(inside, g_object_new(APP_TYPE_PEOPLE_PAGE, NULL), _("Who works"));
}
