/* Grades in words and as objects, the same for a sheet and for a city. */
#include "private.h"

#include <string.h>

/* "33 more rooms would decide it", or why nothing would. */
static void add_more(const struct jx_grade *g, jx_buf *out)
{
	if (!g->has_interval)
		jx_buf_adds(out, _("a mean per positive unit has no exact interval"));
	else if (g->is_decided)
		jx_buf_adds(out, _("decided"));
	else if (g->more > 0)
		jx_buf_addf(out, _("not decided: %lld more %s would decide it if the rate stays"),
			    (long long)g->more, jx_text_pick(&g->index->effort_unit));
	else
		jx_buf_adds(out, _("not decided, and more would not decide it while the rate is at a limit"));
}

static void add_value(const struct jx_grade *g, jx_buf *out)
{
	char number[32];

	jx_fraction_text(&g->sum, g->index->scale, 2, number, sizeof(number));
	jx_buf_addf(out, "%s%s%s", number, g->index->unit.zh != NULL ? " " : "",
		    jx_text_pick(&g->index->unit));
}

void jx_fill_grade_text(const struct jx_grade *g, jx_buf *out)
{
	if (g->is_none_positive) {
		jx_buf_addf(out, _("none positive, level %s"), jx_level_name(g->level));
		return;
	}
	if (g->level == JX_LEVEL_NONE) {
		jx_buf_adds(out, _("not assessed"));
		return;
	}
	add_value(g, out);
	jx_buf_addf(out, _(", level %s"), jx_level_name(g->level));
	/* what is still to be done before how sure it is: a small screen shows the head of it */
	jx_buf_adds(out, _("; "));
	add_more(g, out);
	if (g->has_interval)
		jx_buf_addf(out, _("; 95 %% interval %.2f to %.2f"), g->interval.low, g->interval.high);
}

static void add_member(jx_buf *out, const char *name)
{
	jx_buf_addf(out, ",\"%s\":", name);
}

static void add_text(jx_buf *out, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	add_member(out, name);
	jx_buf_add_json(out, value, strlen(value));
}

static const char *method_of(enum jx_interval_kind kind)
{
	switch (kind) {
	case JX_INTERVAL_PROPORTION:
		return "clopper-pearson";
	case JX_INTERVAL_COUNT:
		return "garwood";
	case JX_INTERVAL_NONE:
	default:
		return "none";
	}
}

void jx_fill_grade_json(const struct jx_grade *g, jx_buf *out)
{
	char number[32];

	jx_buf_addf(out, "{\"index\":\"%s\"", g->index->id);
	add_text(out, "topic", g->index->topic);
	add_text(out, "name_zh", g->index->name.zh);
	add_text(out, "name_en", g->index->name.en);
	jx_buf_addf(out, ",\"numerator\":%lld,\"denominator\":%lld,\"scale\":%lld",
		    (long long)g->sum.numerator, (long long)g->sum.denominator, (long long)g->index->scale);
	if (g->sum.denominator > 0) {
		jx_fraction_text(&g->sum, g->index->scale, 4, number, sizeof(number));
		add_text(out, "value", number);
	}
	add_text(out, "unit", g->index->unit.en);
	jx_buf_addf(out, ",\"level\":%s%s%s,\"method\":\"%s\"", g->level == JX_LEVEL_NONE ? "" : "\"",
		    g->level == JX_LEVEL_NONE ? "null" : jx_level_name(g->level),
		    g->level == JX_LEVEL_NONE ? "" : "\"", method_of(g->index->interval));
	if (g->has_interval)
		jx_buf_addf(out, ",\"low\":%.6f,\"high\":%.6f,\"best\":\"%s\",\"worst\":\"%s\"",
			    g->interval.low, g->interval.high, jx_level_name(g->best),
			    jx_level_name(g->worst));
	jx_buf_addf(out, ",\"decided\":%s,\"more\":%lld", g->is_decided ? "true" : "false",
		    (long long)g->more);
	add_text(out, "edition", g->edition);
	add_text(out, "edition_note", jx_text_pick(&g->edition_note));
	add_text(out, "confidence", g->confidence);
	jx_buf_addc(out, '}');
}

/* ---- of a sheet ------------------------------------------------------------------------------------ */

/* NULL while the numbers contradict one another: its problems say so. */
static jx_tally *tally_of(const jx_sheet *sheet)
{
	JX_AUTO(jx_tally) tally = jx_tally_new(jx_sheet_pack(sheet));

	return jx_tally_add_sheet(tally, sheet, NULL) == JX_OK ? JX_STEAL(tally) : NULL;
}

static bool grade_of(const jx_tally *tally, const jx_sheet *sheet, const struct jx_computed *c,
		     const char *day, struct jx_grade *out)
{
	const struct jx_index *index = c->index != NULL && tally != NULL
					       ? jx_pack_index_find(jx_sheet_pack(sheet), c->index)
					       : NULL;

	return index != NULL && jx_tally_grade(tally, index, day, out, NULL) == JX_OK;
}

void jx_fill_computed_text(const jx_sheet *sheet, const char *day, jx_buf *out)
{
	JX_AUTO(jx_tally) tally = tally_of(sheet);
	struct jx_computed c;
	struct jx_grade g;

	for (size_t i = 0; jx_sheet_computed(sheet, i, &c); i++) {
		jx_buf_addf(out, _("  %s: "), jx_text_pick(&c.name));
		if (grade_of(tally, sheet, &c, day, &g))
			jx_fill_grade_text(&g, out);
		else
			jx_buf_adds(out, c.value);
		jx_buf_addc(out, '\n');
	}
}

void jx_fill_computed_json(const jx_sheet *sheet, const char *day, jx_buf *out)
{
	JX_AUTO(jx_tally) tally = tally_of(sheet);
	struct jx_computed c;
	struct jx_grade g;

	jx_buf_addc(out, '[');
	for (size_t i = 0; jx_sheet_computed(sheet, i, &c); i++) {
		jx_buf_adds(out, i > 0 ? ",{\"name\":" : "{\"name\":");
		jx_buf_add_json(out, jx_text_pick(&c.name), strlen(jx_text_pick(&c.name)));
		add_text(out, "value", c.value);
		if (grade_of(tally, sheet, &c, day, &g)) {
			add_member(out, "grade");
			jx_fill_grade_json(&g, out);
		}
		jx_buf_addc(out, '}');
	}
	jx_buf_addc(out, ']');
}

bool jx_fill_grade(const jx_sheet *sheet, const struct jx_computed *computed, const char *day,
		   struct jx_grade *out)
{
	JX_AUTO(jx_tally) tally = tally_of(sheet);

	return grade_of(tally, sheet, computed, day, out);
}
