/* What the sums say: indicators, groups, topics, verdicts, quotas, and the effect of a campaign. */
#include <stdio.h>
#include <string.h>

#include "grades.h"

#define DECIMALS 2

struct show {
	const struct grade_sums *sums;
	const struct grade_set *set;
	enum grade_style style;
};

static void put(struct grade_line *l, enum grade_column at, const char *text)
{
	jx_strcpy(l->cell[at], sizeof(l->cell[at]), text == NULL ? "" : text);
}

static void put_i64(struct grade_line *l, enum grade_column at, int64_t value)
{
	(void)snprintf(l->cell[at], sizeof(l->cell[at]), "%lld", (long long)value);
}

static void put_name(struct grade_line *l, const struct jx_text *name)
{
	put(l, GRADE_NAME_ZH, name->zh);
	put(l, GRADE_NAME_EN, name->en);
}

static const char *topic_name(const char *topic)
{
	const struct {
		const char *id, *name;
	} names[] = {
		{"rodent", N_("rodents")},
		{"mosquito", N_("mosquitoes")},
		{"fly", N_("flies")},
		{"cockroach", N_("cockroaches")},
	};

	for (size_t i = 0; topic != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(topic, names[i].id) == 0)
			return _(names[i].name);
	return topic == NULL ? "" : topic;
}

static const char *level_text(enum jx_level level)
{
	return level == JX_LEVEL_NONE ? _("not assessed") : jx_level_name(level);
}

static void json_level(struct jx_office__json *j, const char *name, enum jx_level level)
{
	jx_office__json_str(j, name, level == JX_LEVEL_NONE ? "not-assessed" : jx_level_name(level));
}

static void json_text(struct jx_office__json *j, const char *zh, const char *en, const struct jx_text *t)
{
	jx_office__json_str(j, zh, t->zh);
	jx_office__json_str(j, en, t->en);
}

static void json_begin(struct jx_office__json *j, const struct show *s, const char *type, const char *id,
		       const char *topic)
{
	jx_office__json_begin(j);
	jx_office__json_str(j, "type", type);
	jx_office__json_str(j, "pack", jx_pack_id(s->set->pack));
	jx_office__json_int(j, "pack_version", jx_pack_version(s->set->pack));
	jx_office__json_str(j, "id", id);
	jx_office__json_str(j, "topic", topic);
}

/* ---- indicators ---- */

static void more_text(const struct jx_grade *g, char *out, size_t cap)
{
	const struct jx_text *unit = &g->index->effort_unit;

	out[0] = '\0';
	if (!g->has_interval || g->is_decided)
		return;
	if (g->more < 0)
		(void)snprintf(out, cap, "%s", _("no more of them can decide it at this rate"));
	else
		(void)snprintf(out, cap, _("%lld more (%s) at this rate would decide it"), (long long)g->more,
			       jx_text_pick(unit));
}

static void index_line(const struct show *s, const struct jx_grade *g, bool has_limits)
{
	struct grade_line l = {0};

	put(&l, GRADE_KIND, _("indicator"));
	put(&l, GRADE_TOPIC, topic_name(g->index->topic));
	put_name(&l, &g->index->name);
	put_i64(&l, GRADE_NUMERATOR, g->sum.numerator);
	put_i64(&l, GRADE_DENOMINATOR, g->sum.denominator);
	jx_fraction_text(&g->sum, g->index->scale, DECIMALS, l.cell[GRADE_VALUE],
			 sizeof(l.cell[GRADE_VALUE]));
	put(&l, GRADE_UNIT, jx_text_pick(&g->index->unit));
	put(&l, GRADE_LEVEL, has_limits ? level_text(g->level) : _("no limits"));
	if (g->has_interval) {
		(void)snprintf(l.cell[GRADE_LOW], sizeof(l.cell[GRADE_LOW]), "%.2f", g->interval.low);
		(void)snprintf(l.cell[GRADE_HIGH], sizeof(l.cell[GRADE_HIGH]), "%.2f", g->interval.high);
	}
	if (has_limits && g->has_interval) {
		if (g->is_decided)
			put(&l, GRADE_DECIDED, _("decided"));
		else
			(void)snprintf(l.cell[GRADE_DECIDED], sizeof(l.cell[GRADE_DECIDED]),
				       _("not decided (%s to %s)"), level_text(g->best),
				       level_text(g->worst));
		more_text(g, l.cell[GRADE_MORE], sizeof(l.cell[GRADE_MORE]));
	}
	put(&l, GRADE_EDITION, g->edition);
	put(&l, GRADE_NOTE, jx_text_pick(&g->edition_note));
	if (g->is_none_positive)
		put(&l, GRADE_NOTE, _("none was positive: there is nothing to take a mean of"));
	else if (g->index->interval == JX_INTERVAL_NONE && g->sum.denominator > 0 &&
		 g->edition_note.zh == NULL)
		put(&l, GRADE_NOTE, _("a mean per positive unit has no exact interval"));
	grade_print(s->style, &l);
}

static void json_number(struct jx_office__json *j, const char *name, double value)
{
	JX_AUTO_BUF b;

	jx_buf_init(&b, 64);
	jx_buf_addf(&b, "%.4f", value);
	jx_office__json_buf(j, name, &b);
}

static void index_json(const struct show *s, const struct jx_grade *g, bool has_limits)
{
	struct jx_office__json j;
	char value[64];

	json_begin(&j, s, "index", g->index->id, g->index->topic);
	json_text(&j, "name_zh", "name_en", &g->index->name);
	jx_office__json_int(&j, "numerator", g->sum.numerator);
	jx_office__json_int(&j, "denominator", g->sum.denominator);
	if (g->sum.denominator > 0) {
		jx_fraction_text(&g->sum, g->index->scale, 4, value, sizeof(value));
		jx_office__json_str(&j, "value", value);
	}
	json_text(&j, "unit_zh", "unit_en", &g->index->unit);
	if (g->has_interval) {
		json_number(&j, "low", g->interval.low);
		json_number(&j, "high", g->interval.high);
	}
	if (has_limits) {
		json_level(&j, "level", g->level);
		if (g->is_none_positive)
			jx_office__json_bool(&j, "none_positive", true);
		if (g->has_interval) {
			json_level(&j, "best", g->best);
			json_level(&j, "worst", g->worst);
			jx_office__json_bool(&j, "decided", g->is_decided);
			jx_office__json_int(&j, "more", g->more);
			json_text(&j, "effort_unit_zh", "effort_unit_en", &g->index->effort_unit);
		}
		jx_office__json_str(&j, "edition", g->edition);
		json_text(&j, "note_zh", "note_en", &g->edition_note);
		jx_office__json_str(&j, "confidence", g->confidence);
	}
	office_print(&j);
}

static jx_rc show_index(const struct show *s, const struct jx_index *index, struct jx_error *err)
{
	struct jx_grade g = {.index = index, .more = -1};
	const jx_rc rc = jx_tally_grade(s->set->tally, index, s->sums->day, &g, NULL);

	if (rc == JX_ENOTFOUND) {
		jx_tally_sum(s->set->tally, index, &g.sum);
		if (g.sum.denominator == 0)
			return JX_OK; /* no limits and nothing sampled: nothing to say */
		g.has_interval = jx_index_interval(index, &g.sum, &g.interval);
	} else if (rc != JX_OK) {
		return jx_tally_grade(s->set->tally, index, s->sums->day, &g, err);
	}
	if (s->style == GRADE_JSON)
		index_json(s, &g, rc == JX_OK);
	else
		index_line(s, &g, rc == JX_OK);
	return JX_OK;
}

/* ---- groups, topics, verdicts, quotas ---- */

static void show_level(const struct show *s, const char *type, const char *kind, const char *id,
		       const char *topic, const struct jx_text *name, enum jx_level level,
		       bool is_precondition)
{
	struct jx_office__json j;
	struct grade_line l = {0};

	if (s->style == GRADE_JSON) {
		json_begin(&j, s, type, id, topic);
		json_text(&j, "name_zh", "name_en", name);
		json_level(&j, "level", level);
		if (is_precondition)
			jx_office__json_bool(&j, "precondition", true);
		office_print(&j);
		return;
	}
	put(&l, GRADE_KIND, kind);
	put(&l, GRADE_TOPIC, topic_name(topic));
	put_name(&l, name);
	put(&l, GRADE_LEVEL, level_text(level));
	if (is_precondition && level != JX_LEVEL_NONE)
		put(&l, GRADE_LEVEL, level == JX_LEVEL_A ? _("met") : _("not met"));
	if (is_precondition)
		put(&l, GRADE_NOTE, _("precondition"));
	grade_print(s->style, &l);
}

static bool is_first_of_topic(const struct show *s, size_t i)
{
	const char *topic = jx_pack_group_at(s->set->pack, s->sums->day, i)->topic;

	for (size_t k = 0; k < i; k++)
		if (strcmp(jx_pack_group_at(s->set->pack, s->sums->day, k)->topic, topic) == 0)
			return false;
	return true;
}

static void show_groups(const struct show *s)
{
	const size_t count = jx_pack_group_count(s->set->pack, s->sums->day);

	for (size_t i = 0; i < count; i++) {
		const struct jx_group *g = jx_pack_group_at(s->set->pack, s->sums->day, i);

		show_level(s, "group", _("group"), g->id, g->topic, &g->name,
			   jx_tally_group(s->set->tally, g, s->sums->day), g->is_precondition);
	}
	for (size_t i = 0; i < count; i++) {
		const struct jx_group *g = jx_pack_group_at(s->set->pack, s->sums->day, i);
		const struct jx_text name = {topic_name(g->topic), topic_name(g->topic)};

		if (is_first_of_topic(s, i))
			show_level(s, "topic", _("topic"), g->topic, g->topic, &name,
				   jx_tally_topic(s->set->tally, g->topic, s->sums->day), false);
	}
}

static void show_verdict(const struct show *s, const struct jx_verdict *v)
{
	struct jx_office__json j;
	struct grade_line l = {0};

	if (s->style == GRADE_JSON) {
		json_begin(&j, s, "verdict", v->id, NULL);
		json_text(&j, "name_zh", "name_en", &v->name);
		json_text(&j, "outcome_zh", "outcome_en", &v->outcome);
		jx_office__json_str(&j, "met", v->is_met < 0 ? "not-assessed" : v->is_met > 0 ? "yes" : "no");
		jx_office__json_str(&j, "reason", jx_text_pick(&v->reason));
		jx_office__json_str(&j, "edition", v->edition);
		jx_office__json_str(&j, "confidence", v->confidence);
		office_print(&j);
		return;
	}
	put(&l, GRADE_KIND, _("verdict"));
	put_name(&l, &v->name);
	put(&l, GRADE_LEVEL, jx_text_pick(&v->outcome));
	put(&l, GRADE_EDITION, v->edition);
	put(&l, GRADE_NOTE, jx_text_pick(&v->reason));
	grade_print(s->style, &l);
}

/* Several tables have a row of the same name. */
static void put_quota_name(struct grade_line *l, const struct jx_quota *q)
{
	if (q->table.zh == NULL || strcmp(q->table.zh, q->name.zh) == 0) {
		put_name(l, &q->name);
		return;
	}
	(void)snprintf(l->cell[GRADE_NAME_ZH], sizeof(l->cell[GRADE_NAME_ZH]), "%s：%s", q->table.zh,
		       q->name.zh);
	(void)snprintf(l->cell[GRADE_NAME_EN], sizeof(l->cell[GRADE_NAME_EN]), "%s: %s", q->table.en,
		       q->name.en);
}

static void show_quota(const struct show *s, const struct jx_quota *q)
{
	struct jx_office__json j;
	struct grade_line l = {0};

	if (s->style == GRADE_JSON) {
		json_begin(&j, s, "quota", q->id, q->topic);
		json_text(&j, "table_zh", "table_en", &q->table);
		json_text(&j, "name_zh", "name_en", &q->name);
		jx_office__json_int(&j, "units", q->units);
		jx_office__json_int(&j, "units_done", q->units_done);
		jx_office__json_int(&j, "effort", q->effort);
		jx_office__json_int(&j, "effort_done", q->effort_done);
		json_text(&j, "effort_unit_zh", "effort_unit_en", &q->effort_unit);
		jx_office__json_str(&j, "confidence", q->confidence);
		office_print(&j);
		return;
	}
	put(&l, GRADE_KIND, _("sample size"));
	put(&l, GRADE_TOPIC, topic_name(q->topic));
	put_quota_name(&l, q);
	put_i64(&l, GRADE_NUMERATOR, q->effort_done);
	put_i64(&l, GRADE_DENOMINATOR, q->effort);
	put(&l, GRADE_UNIT, jx_text_pick(&q->effort_unit));
	put(&l, GRADE_DECIDED,
	    q->units_done >= q->units && q->effort_done >= q->effort ? _("reached") : _("not reached"));
	if (q->units > 0)
		(void)snprintf(l.cell[GRADE_NOTE], sizeof(l.cell[GRADE_NOTE]), _("units: %lld of %lld"),
			       (long long)q->units_done, (long long)q->units);
	grade_print(s->style, &l);
}

static jx_rc show_rest(const struct show *s, int64_t population, struct jx_error *err)
{
	const char *day = s->sums->day;
	struct jx_verdict v;
	struct jx_quota q;
	jx_rc rc = JX_OK;

	show_groups(s);
	for (size_t i = 0; rc == JX_OK && i < jx_tally_verdict_count(s->set->tally, day); i++) {
		rc = jx_tally_verdict(s->set->tally, i, day, &v, err);
		if (rc == JX_OK)
			show_verdict(s, &v);
	}
	for (size_t i = 0; rc == JX_OK && population > 0 && i < jx_tally_quota_count(s->set->tally, day);
	     i++) {
		rc = jx_tally_quota(s->set->tally, i, day, population, &q, err);
		if (rc == JX_OK)
			show_quota(s, &q);
	}
	return rc;
}

jx_rc grade_show(const struct grade_sums *sums, enum grade_style style, int64_t population,
		 struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; rc == JX_OK && i < sums->count; i++) {
		const struct show s = {sums, &sums->sets[i], style};

		for (size_t k = 0; rc == JX_OK && k < jx_pack_index_count(s.set->pack); k++)
			rc = show_index(&s, jx_pack_index_at(s.set->pack, k), err);
		if (rc == JX_OK)
			rc = show_rest(&s, population, err);
	}
	return rc;
}

/* ---- effect ---- */

static void effect_text(const struct jx_effect *e, int decimals, char *out, size_t cap)
{
	const bool is_worse = e->numerator < 0;
	const struct jx_fraction size = {is_worse ? -e->numerator : e->numerator, e->denominator};
	char digits[64];

	jx_fraction_text(&size, 100, decimals, digits, sizeof(digits));
	(void)snprintf(out, cap, "%s%s", is_worse ? "-" : "", digits);
}

static void show_effect(const struct show *s, const struct jx_index *index, const struct jx_effect *e)
{
	struct jx_office__json j;
	struct grade_line l = {0};
	char value[72];

	if (s->style == GRADE_JSON) {
		json_begin(&j, s, "effect", index->id, index->topic);
		json_text(&j, "name_zh", "name_en", &index->name);
		jx_office__json_int(&j, "numerator", e->numerator);
		jx_office__json_int(&j, "denominator", e->denominator);
		if (e->denominator > 0) {
			effect_text(e, 4, value, sizeof(value));
			jx_office__json_str(&j, "percent", value);
		}
		office_print(&j);
		return;
	}
	put(&l, GRADE_KIND, _("effect"));
	put(&l, GRADE_TOPIC, topic_name(index->topic));
	put_name(&l, &index->name);
	effect_text(e, DECIMALS, value, sizeof(value));
	put(&l, GRADE_VALUE, value);
	put(&l, GRADE_UNIT, "%");
	put(&l, GRADE_NOTE,
	    e->denominator == 0 ? _("nothing to reduce: the density before was 0")
				: _("reduction from the first period to the second"));
	grade_print(s->style, &l);
}

jx_rc grade_show_effects(const struct grade_sums *before, const struct grade_sums *after,
			 enum grade_style style, struct jx_error *err)
{
	struct jx_effect e;

	/* both are of the same day's packs, in the same order */
	for (size_t i = 0; i < before->count; i++) {
		const struct show s = {before, &before->sets[i], style};

		for (size_t k = 0; k < jx_pack_index_count(s.set->pack); k++) {
			const struct jx_index *index = jx_pack_index_at(s.set->pack, k);
			const jx_rc rc = jx_tally_effect(s.set->tally, after->sets[i].tally, index, &e, err);

			if (rc == JX_OK)
				show_effect(&s, index, &e);
			else if (rc != JX_ESTATE && rc != JX_EINVAL)
				return rc;
		}
	}
	return JX_OK;
}
