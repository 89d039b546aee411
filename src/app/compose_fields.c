/* The fields of a composition: shown from it, and put into it. */
#include <string.h>

#include "chips.h"
#include "compose_page.h"

#define LIST_MAX 64

static const char *language_of(const struct jx_text *t)
{
	return words_name(t);
}

/* ---- text fields --------------------------------------------------------------------------------------- */

struct field {
	GtkEditable *editable;
	char *text;
	size_t cap;
};

static size_t list_fields(AppComposePage *p, struct field out[9])
{
	struct jx_compose *c = &p->c;
	const struct field fields[] = {
		{p->reason, c->reason, sizeof(c->reason)},
		{p->quantity, c->quantity, sizeof(c->quantity)},
		{p->note, c->note, sizeof(c->note)},
		{p->street, c->street, sizeof(c->street)},
		{p->grid, c->grid, sizeof(c->grid)},
		{p->limit_days, c->limit_days, sizeof(c->limit_days)},
		{p->party, c->party, sizeof(c->party)},
		{p->unit_responsible, c->unit_responsible, sizeof(c->unit_responsible)},
	};

	memcpy(out, fields, sizeof(fields));
	return G_N_ELEMENTS(fields);
}

static void show_texts(AppComposePage *page)
{
	struct field fields[9];
	const size_t n = list_fields(page, fields);

	page->is_filling = true;
	for (size_t i = 0; i < n; i++)
		if (strcmp(gtk_editable_get_text(fields[i].editable), fields[i].text) != 0)
			gtk_editable_set_text(fields[i].editable, fields[i].text);
	page->is_filling = false;
}

/* jx_strcpy cuts at a character. */
void compose_page__on_text(AppComposePage *page, GtkEditable *from)
{
	struct field fields[9];
	const size_t n = list_fields(page, fields);

	if (page->is_filling)
		return;
	for (size_t i = 0; i < n; i++)
		if (fields[i].editable == from)
			jx_strcpy(fields[i].text, fields[i].cap, gtk_editable_get_text(from));
	page->is_touched = true;
	compose_page__keep(page);
}

/* ---- quantity ------------------------------------------------------------------------------------------ */

/* Decimals stay as they are: 2.5 and one more are 3.5. */
static void step(AppComposePage *page, int by)
{
	const char *text = page->c.quantity;
	const char *dot = strchr(text, '.');
	g_autofree char *whole = g_strndup(text, dot != NULL ? (size_t)(dot - text) : strlen(text));
	int64_t n;

	if (!jx_parse_i64(whole[0] != '\0' ? whole : "0", 0, 1000000000, &n))
		n = by > 0 ? 0 : 2; /* no number: begin anew at one */
	n += by;
	if (n < (dot != NULL ? 0 : 1))
		return;
	g_snprintf(page->c.quantity, sizeof(page->c.quantity), "%" G_GINT64_FORMAT "%.8s", n,
		   dot != NULL ? dot : "");
	show_texts(page);
	page->is_touched = true;
	compose_page__keep(page);
}

void compose_page__on_less(AppComposePage *page)
{
	step(page, -1);
}

void compose_page__on_more(AppComposePage *page)
{
	step(page, 1);
}

/* ---- what it is ---------------------------------------------------------------------------------------- */

static const struct jx_code *code_of(const AppComposePage *page)
{
	return page->c.code[0] != '\0' ? jx_pack_find(page->by->pack, page->c.code) : NULL;
}

static const char *unit_name(const AppComposePage *page, const char *unit)
{
	const struct jx_unit *u = jx_pack_unit(page->by->pack, unit);

	return u != NULL ? language_of(&u->name) : unit;
}

static bool has_unit(const struct jx_code *code, const char *unit)
{
	for (size_t i = 0; i < code->unit_count; i++)
		if (strcmp(code->units[i], unit) == 0)
			return true;
	return false;
}

/* The unit of the code that was chosen; a quantity that was typed stays. */
static void follow_code(AppComposePage *page)
{
	struct jx_compose *c = &page->c;
	const struct jx_code *code = code_of(page);

	if (code == NULL || code->unit_count == 0)
		return;
	if (!has_unit(code, c->unit))
		jx_strcpy(c->unit, sizeof(c->unit), code->units[0]);
	if (c->quantity[0] == '\0')
		jx_strcpy(c->quantity, sizeof(c->quantity), "1");
}

static void show_code(AppComposePage *page);

static void on_code(gpointer owner, GtkFlowBox *box, const char *id, bool is_on)
{
	AppComposePage *page = owner;
	const struct jx_code *code = jx_pack_find(page->by->pack, id);

	/* a sub-type taken back leaves its disorder; a disorder only changes for another */
	if (is_on)
		jx_strcpy(page->c.code, sizeof(page->c.code), id);
	else if (box == page->subtypes && code != NULL && code->parent != NULL)
		jx_strcpy(page->c.code, sizeof(page->c.code), code->parent);
	page->is_touched = true;
	show_code(page);
	compose_page__keep(page);
}

static void on_unit(gpointer owner, GtkFlowBox *box, const char *id, bool is_on)
{
	AppComposePage *page = owner;

	(void)is_on;
	jx_strcpy(page->c.unit, sizeof(page->c.unit), id);
	chips_show(box, id);
	page->is_touched = true;
	compose_page__keep(page);
}

static bool is_of(const struct jx_code *code, const char *top)
{
	return top == NULL ? code->parent == NULL : code->parent != NULL && strcmp(code->parent, top) == 0;
}

static void list_codes(AppComposePage *page, GtkFlowBox *box, const char *top)
{
	const jx_pack *pack = page->by->pack;

	chips_clear(box);
	for (size_t i = 0; i < jx_pack_code_count(pack); i++) {
		const struct jx_code *code = jx_pack_code_at(pack, i);

		if (is_of(code, top) && jx_pack_is_open(pack, code, page->by->day))
			chips_add(box, code->code, language_of(&code->name), on_code, page);
	}
}

static void list_units(AppComposePage *page, const struct jx_code *code)
{
	chips_clear(page->units);
	for (size_t i = 0; i < code->unit_count; i++)
		chips_add(page->units, code->units[i], unit_name(page, code->units[i]), on_unit, page);
	chips_show(page->units, page->c.unit);
}

static void show_code(AppComposePage *page)
{
	const struct jx_code *code = code_of(page);
	const char *top = code == NULL ? NULL : code->parent != NULL ? code->parent : code->code;
	const bool is_found = strcmp(page->c.result, "found") == 0;
	const char *shown = g_object_get_data(G_OBJECT(page->subtypes), "top");

	follow_code(page);
	gtk_label_set_text(page->name, code != NULL ? language_of(&code->name) : _("Choose what it is"));
	gtk_label_set_text(page->hint, code != NULL ? language_of(&code->hint) : "");
	gtk_widget_set_visible(GTK_WIDGET(page->hint), code != NULL && language_of(&code->hint)[0] != '\0');
	/* only where another disorder was chosen: a chip that has the focus stays */
	if (top != NULL && g_strcmp0(shown, top) != 0) {
		list_codes(page, page->subtypes, top);
		g_object_set_data_full(G_OBJECT(page->subtypes), "top", g_strdup(top), g_free);
	}
	gtk_widget_set_visible(GTK_WIDGET(page->subtypes), top != NULL);
	chips_show(page->subtypes, page->c.code);
	chips_show(page->disorders, top != NULL ? top : "");
	gtk_widget_set_visible(page->quantity_box, is_found && code != NULL);
	gtk_widget_set_visible(GTK_WIDGET(page->units), is_found && code != NULL);
	if (code != NULL)
		list_units(page, code);
	show_texts(page);
}

/* ---- the rest ------------------------------------------------------------------------------------------ */

static void on_result(gpointer owner, GtkFlowBox *box, const char *id, bool is_on)
{
	AppComposePage *page = owner;

	(void)is_on;
	jx_strcpy(page->c.result, sizeof(page->c.result), id);
	chips_show(box, id);
	page->is_touched = true;
	show_code(page);
	compose_page__keep(page);
}

static void list_results(AppComposePage *page)
{
	static const struct {
		const char *id, *text;
	} results[] = {{"found", N_("Found")},
		       {"nothing-found", N_("Nothing found")},
		       {"no-access", N_("No access")}};

	for (size_t i = 0; i < G_N_ELEMENTS(results); i++)
		chips_add(page->results, results[i].id, _(results[i].text), on_result, page);
	chips_show(page->results, page->c.result);
}

/* Said already: not twice. */
static void on_phrase(gpointer owner, GtkFlowBox *box, const char *text, bool is_on)
{
	AppComposePage *page = owner;
	GtkEditable *to = box == page->reasons ? page->reason : page->note;
	const char *now = gtk_editable_get_text(to);
	g_autofree char *all = NULL;

	(void)is_on;
	chips_show(box, "");
	if (strstr(now, text) != NULL)
		return;
	all = now[0] == '\0' ? g_strdup(text) : g_strdup_printf(_("%s; %s"), now, text);
	gtk_editable_set_text(to, all);
}

static void list_phrases(AppComposePage *page)
{
	const struct jx_text *texts = NULL;
	const char *const reasons[] = {N_("wrong kind"), N_("wrong quantity"), N_("wrong place"),
				       N_("something was left out")};
	const size_t n = jx_pack_phrases(page->by->pack, jx_pack_form(page->by->pack), "note", &texts);

	for (size_t i = 0; i < n; i++)
		chips_add(page->phrases, jx_text_pick(&texts[i]), language_of(&texts[i]), on_phrase, page);
	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
		chips_add(page->reasons, _(reasons[i]), _(reasons[i]), on_phrase, page);
}

static void on_done(gpointer owner, GtkFlowBox *box, const char *id, bool is_on)
{
	AppComposePage *page = owner;

	(void)box;
	(void)id;
	jx_strcpy(page->c.self_handled, sizeof(page->c.self_handled), is_on ? "yes" : "");
	page->is_touched = true;
	compose_page__keep(page);
}

/* A notice gives days to put it right: asked only then. */
static void show_limit(AppComposePage *page)
{
	const bool has_notice = strstr(page->c.measures, "notice") != NULL || page->c.limit_days[0] != '\0';

	gtk_widget_set_visible(
		gtk_widget_get_ancestor(GTK_WIDGET(page->limit_days), ADW_TYPE_PREFERENCES_GROUP),
		has_notice);
}

static void on_measure(gpointer owner, GtkFlowBox *box, const char *id, bool is_on)
{
	AppComposePage *page = owner;
	struct jx_compose *c = &page->c;

	chips_change(c->measures, sizeof(c->measures), id, is_on);
	chips_show(box, c->measures);
	page->is_touched = true;
	show_limit(page);
	compose_page__keep(page);
}

static void on_party_kind(gpointer owner, GtkFlowBox *box, const char *id, bool is_on)
{
	AppComposePage *page = owner;

	jx_strcpy(page->c.party_kind, sizeof(page->c.party_kind), is_on ? id : "");
	chips_show(box, page->c.party_kind);
	page->is_touched = true;
	compose_page__keep(page);
}

static void list_of_pack(AppComposePage *page, GtkFlowBox *box, const char *field, chips_fn tapped)
{
	const jx_pack *pack = page->by->pack;
	const char *list = jx_pack_observation_list(pack, field);
	const struct jx_code *codes[LIST_MAX];
	size_t n;

	gtk_widget_set_visible(GTK_WIDGET(box), list != NULL);
	if (list == NULL)
		return;
	n = jx_pack_list(pack, list, NULL, page->by->day, codes, LIST_MAX);
	for (size_t i = 0; i < n && i < LIST_MAX; i++)
		chips_add(box, codes[i]->code, language_of(&codes[i]->name), tapped, page);
}

void compose_fix_text(const struct jx_fix *fix, char *out, size_t cap)
{
	g_autofree char *accuracy = NULL;

	if (fix->source == JX_FIX_NONE) {
		g_snprintf(out, cap, "%s", _("no position"));
		return;
	}
	if (fix->accuracy_mm >= 0)
		accuracy = g_strdup_printf(_("±%lld m"), (long long)((fix->accuracy_mm + 999) / 1000));
	g_snprintf(out, cap, "%.5f, %.5f  %s", fix->lat_wgs84_e7 / 1e7, fix->lon_wgs84_e7 / 1e7,
		   accuracy != NULL ? accuracy : "");
}

void compose_page__show_place(AppComposePage *page)
{
	char text[96];

	compose_fix_text(&page->c.fix, text, sizeof(text));
	adw_action_row_set_subtitle(page->place, text);
}

static void show_who(AppComposePage *page)
{
	const char *person = g_object_get_data(G_OBJECT(page->window), "person");
	g_autofree char *text = NULL;
	char time[8];

	app_time_text(app_profile(page->window), page->c.draft.taken_utc_ms, time);
	text = g_strdup_printf("%s  %s", time,
			       person != NULL && person[0] != '\0' ? person : _("nobody is signed in"));
	adw_action_row_set_subtitle(page->who, text);
}

void compose_page__show_problem(AppComposePage *page, const struct jx_error *err)
{
	gtk_label_set_text(page->problem, err != NULL ? err->text : "");
	gtk_widget_set_visible(GTK_WIDGET(page->problem), err != NULL);
}

/* ---- all ----------------------------------------------------------------------------------------------- */

void compose_page__fill(AppComposePage *page)
{
	const bool is_correction = page->c.of[0] != '\0';

	gtk_widget_set_visible(page->reason_box, is_correction);
	if (is_correction)
		gtk_button_set_label(GTK_BUTTON(page->save), _("Save the correction"));
	list_codes(page, page->disorders, NULL);
	/* which disorder it is was the first tap: to change it is for those who correct, or shot first */
	gtk_widget_set_visible(GTK_WIDGET(page->disorders), is_correction || page->c.code[0] == '\0');
	list_results(page);
	list_phrases(page);
	chips_add(page->done, "yes", _("Put right on the spot"), on_done, page);
	chips_show(page->done, page->c.self_handled);
	list_of_pack(page, page->measures, "measures", on_measure);
	chips_show(page->measures, page->c.measures);
	list_of_pack(page, page->party_kinds, "party_kind", on_party_kind);
	chips_show(page->party_kinds, page->c.party_kind);
	show_code(page);
	show_limit(page);
	compose_page__show_place(page);
	show_who(page);
	compose_page__show_pictures(page);
}
