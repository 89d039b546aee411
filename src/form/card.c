/* The standards card: what is counted how, what is valid, and the limits of a day, as one page of plain text. */
#include <string.h>

#include "forms.h"
#include "grades.h"
#include "sheet.h"

#define WHERE    "form.card"
#define PAGE_MAX ((size_t)512 * 1024)
#define NO_TOPIC ""

struct page {
	const jx_pack *pack;
	const char *day;
	const char *topic;                /* NO_TOPIC: of no topic */
	const struct jx_form__form *form; /* NULL: all indices of the topic */
	jx_buf *out;
};

size_t jx_pack_card_count(const jx_pack *pack)
{
	return pack->card_count;
}

const struct jx_card *jx_pack_card_at(const jx_pack *pack, size_t i)
{
	return i < pack->card_count ? &pack->cards[i] : NULL;
}

static const struct jx_card *find_card(const jx_pack *pack, const char *id)
{
	size_t i;

	for (i = 0; i < pack->card_count; i++)
		if (strcmp(pack->cards[i].id, id) == 0)
			return &pack->cards[i];
	return NULL;
}

static bool is_on_page(const struct page *page, uint32_t index)
{
	const struct jx_index *x = &page->pack->grades->indices[index];
	size_t i;

	if (page->form == NULL)
		return x->topic != NULL && strcmp(x->topic, page->topic) == 0;
	for (i = 0; i < page->form->count_count; i++)
		if (strcmp(page->form->counts[i].index, x->id) == 0)
			return true;
	return false;
}

static void add_heading(const struct page *page, const char *heading)
{
	jx_buf_addf(page->out, "\n%s\n", heading);
}

/* ---- the form ---------------------------------------------------------------------------------------- */

static void add_field(const struct page *page, const struct jx_field *field)
{
	const struct jx_unit *unit = field->unit != NULL ? jx_pack_unit(page->pack, field->unit) : NULL;
	const char *hint = jx_text_pick(&field->hint);

	jx_buf_addf(page->out, "- %s", jx_text_pick(&field->name));
	if (unit != NULL)
		jx_buf_addf(page->out, " (%s)", jx_text_pick(&unit->name));
	if (hint[0] != '\0')
		jx_buf_addf(page->out, ": %s", hint);
	jx_buf_addc(page->out, '\n');
}

static void add_form(const struct page *page)
{
	const struct jx_form *form = &page->form->pub;
	const char *hint = jx_text_pick(&form->hint);
	size_t i;

	jx_buf_adds(page->out, jx_text_pick(&form->name));
	if (form->standard != NULL)
		jx_buf_addf(page->out, " (%s)", form->standard);
	jx_buf_addc(page->out, '\n');
	if (hint[0] != '\0')
		jx_buf_addf(page->out, "%s\n", hint);
	if (form->field_count > 0)
		add_heading(page, _("What is asked:"));
	for (i = 0; i < form->field_count; i++)
		add_field(page, &form->fields[i]);
	if (page->form->check_count > 0)
		add_heading(page, _("What is valid:"));
	for (i = 0; i < page->form->check_count; i++)
		jx_buf_addf(page->out, "- %s\n", jx_text_pick(&page->form->checks[i].say));
}

/* ---- limits ------------------------------------------------------------------------------------------ */

/*
 * A pack marks what it has from where: "V(...)" was seen in a published source, "V*(...)" in one that tells of the standard, "RS" and "RU"
 * are recalled. The page says so in words; which source it is stands in the pack.
 */
static const char *mark_text(const char *mark)
{
	static const struct {
		const char *begins, *text;
	} marks[] = {
		{"V*(", N_("second-hand, the standard's own text was not seen")},
		{"V(", N_("verified by a published source")},
		{"RS", N_("not verified: recalled with confidence")},
		{"RU", N_("not verified: recalled with doubt, check it before it is used")},
		{"own", N_("our own wording")},
	};
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(mark, marks[i].begins, strlen(marks[i].begins)) == 0)
			return _(marks[i].text);
	return mark;
}

/* What follows the first mark: of one level only, or of how far it holds. */
static void add_mark(const struct page *page, const char *mark)
{
	jx_buf_addf(page->out, "  [%s", mark_text(mark));
	if (strstr(mark, ";C:V(") != NULL)
		jx_buf_addf(page->out, "; %s", _("level C verified"));
	if (strstr(mark, ";every level RS") != NULL)
		jx_buf_addf(page->out, "; %s", _("that it holds for every level is recalled"));
	jx_buf_adds(page->out, "]\n");
}

static void add_row(const struct page *page, const struct jx_form__limit_row *row)
{
	const struct jx_index *x = &page->pack->grades->indices[row->index];
	const char *formula = jx_text_pick(&x->formula);
	size_t i;

	jx_buf_addf(page->out, "- %s: ", jx_text_pick(&x->name));
	for (i = 0; i < JX_FORM__LEVELS; i++)
		jx_buf_addf(page->out, "%s%s %s %s", i > 0 ? ", " : "", jx_level_name((enum jx_level)(i + 1)),
			    jx_form__op_text(row->at[i].op), row->at[i].text);
	jx_buf_addf(page->out, " %s", jx_text_pick(&x->unit));
	jx_buf_addc(page->out, '\n');
	if (formula[0] != '\0')
		jx_buf_addf(page->out, "  %s\n", formula);
	if (row->confidence != NULL)
		add_mark(page, row->confidence);
}

static void add_groups(const struct page *page, const struct jx_form__edition *e)
{
	size_t i, k;

	if (e->group_count == 0)
		return;
	add_heading(page,
		    _("Groups (all rows must be met; the worst group is the level; a precondition counts at "
		      "every level):"));
	for (i = 0; i < e->group_count; i++) {
		const struct jx_form__group *group = &e->groups[i];

		if (strcmp(group->pub.topic, page->topic) != 0)
			continue;
		jx_buf_addf(page->out, "- %s", jx_text_pick(&group->pub.name));
		if (group->pub.is_precondition)
			jx_buf_addf(page->out, " (%s)", _("precondition"));
		for (k = 0; k < group->count; k++) {
			const struct jx_form__limit_row *row = &e->rows[e->group_rows[group->first + k]];

			jx_buf_addf(page->out, "%s%s", k == 0 ? ": " : "; ",
				    jx_text_pick(&page->pack->grades->indices[row->index].name));
		}
		jx_buf_addc(page->out, '\n');
	}
}

static void add_limits(const struct page *page)
{
	const struct jx_form__edition *e = jx_form__edition_on(page->pack->grades, page->topic, page->day);
	bool is_first = true;
	size_t i;

	for (i = 0; e != NULL && i < e->row_count; i++) {
		if (!is_on_page(page, e->rows[i].index))
			continue;
		if (is_first) {
			jx_buf_addf(page->out, "\n%s %s\n", _("Limits by"), e->name);
			if (e->note.zh != NULL)
				jx_buf_addf(page->out, "%s\n", jx_text_pick(&e->note));
		}
		is_first = false;
		add_row(page, &e->rows[i]);
	}
	for (i = 0; is_first && i < page->pack->grades->index_count; i++) {
		if (is_on_page(page, (uint32_t)i)) {
			jx_buf_addc(page->out, '\n');
			jx_buf_addf(page->out, _("This pack has no limits for it on %s."), page->day);
			jx_buf_addc(page->out, '\n');
			break;
		}
	}
	if (e != NULL && page->form == NULL)
		add_groups(page, e);
}

static void add_verdict(const struct page *page, const struct jx_form__verdict *v)
{
	size_t i;

	jx_buf_addf(page->out, "\n%s\n", jx_text_pick(&v->name));
	if (v->confidence != NULL)
		add_mark(page, v->confidence);
	for (i = 0; i < v->band_count; i++)
		jx_buf_addf(page->out, "- %lld-%lld: <= %lld\n", (long long)v->bands[i].from,
			    (long long)v->bands[i].to, (long long)v->bands[i].positive_max);
	for (i = 0; i < v->step_count; i++) {
		if (v->steps[i].has_limit)
			jx_buf_addf(page->out, "- %s %s: %s\n", jx_form__op_text(v->steps[i].limit.op),
				    v->steps[i].limit.text, jx_text_pick(&v->steps[i].name));
		else
			jx_buf_addf(page->out, "- %s\n", jx_text_pick(&v->steps[i].name));
	}
}

static void add_verdicts(const struct page *page)
{
	const struct jx_form__grades *g = page->pack->grades;
	size_t i;

	for (i = 0; i < g->verdict_count; i++) {
		const struct jx_form__verdict *v = &g->verdicts[i];
		const uint32_t index = v->band_index != JX_FORM__NONE ? v->band_index : v->scale_index;

		if (index != JX_FORM__NONE && is_on_page(page, index) &&
		    jx_form__holds(v->valid_from, v->valid_until, page->day))
			add_verdict(page, v);
	}
}

/* ---- pages ------------------------------------------------------------------------------------------- */

static bool is_topic(const jx_pack *pack, const char *id)
{
	size_t i;

	for (i = 0; i < jx_pack_index_count(pack); i++)
		if (pack->grades->indices[i].topic != NULL && strcmp(pack->grades->indices[i].topic, id) == 0)
			return true;
	return false;
}

static void add_card(const struct page *page, const struct jx_card *card)
{
	if (card != NULL)
		jx_buf_addf(page->out, "%s%s\n%s\n", page->form != NULL ? "\n" : "",
			    jx_text_pick(&card->title), jx_text_pick(&card->text));
}

jx_rc jx_pack_card(const jx_pack *pack, const char *id, const char *day, jx_buf *text_out,
		   struct jx_error *err)
{
	const struct jx_card *card = find_card(pack, id);
	const struct jx_form *form = card == NULL ? jx_pack_form_find(pack, id) : NULL;
	JX_AUTO_BUF text = {0};
	struct page page = {pack, day, id, NULL, &text};
	jx_rc rc;

	if (card == NULL && form == NULL && !is_topic(pack, id))
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "pack %s has no page \"%s\": take the id of one of its forms or topics",
			       pack->id, id);
	jx_buf_init(&text, PAGE_MAX);
	if (form != NULL) {
		page.form = jx_form__form_of(pack, form->id);
		page.topic = form->topic != NULL ? form->topic : NO_TOPIC;
		add_form(&page);
	} else {
		add_card(&page, card);
	}
	if (pack->grades != NULL) {
		add_limits(&page);
		add_verdicts(&page);
	}
	if (form != NULL)
		add_card(&page, find_card(pack, page.topic));
	rc = jx_buf_check(&text, "card", err);
	if (rc == JX_OK)
		jx_buf_add_buf(text_out, &text);
	return rc;
}
