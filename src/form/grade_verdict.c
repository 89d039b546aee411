/* Verdicts: what fails comes before what was not assessed, and both come before "met". */
#include <stdio.h>
#include <string.h>

#include "grades.h"

#define WHERE "form.grade"

enum truth {
	FAILS = 0,
	HOLDS = 1,
	UNKNOWN = -1
};

struct verdict_run {
	const jx_tally *tally;
	const struct jx_form__verdict *verdict;
	const char *day;
	enum truth so_far;
	char *reason; /* of the tally, for this verdict */
	size_t cap;
};

const char *jx_form__topic_name(const jx_pack *pack, const char *topic)
{
	size_t i;

	for (i = 0; i < pack->card_count; i++)
		if (strcmp(pack->cards[i].id, topic) == 0)
			return jx_text_pick(&pack->cards[i].title);
	return topic;
}

static void add(struct verdict_run *run, enum truth truth, const char *reason)
{
	if (truth == HOLDS || run->so_far == FAILS || (run->so_far == UNKNOWN && truth == UNKNOWN))
		return;
	run->so_far = truth;
	jx_strcpy(run->reason, run->cap, reason);
}

static void add_topic(struct verdict_run *run, const struct jx_form__condition *c)
{
	const enum jx_level level = jx_tally_topic(run->tally, c->topic, run->day);
	const char *name = jx_form__topic_name(run->tally->pack, c->topic);
	char text[256];

	if (level == JX_LEVEL_NONE) {
		(void)snprintf(text, sizeof(text), _("%s: not assessed"), name);
		add(run, UNKNOWN, text);
	} else if (level > c->level) {
		(void)snprintf(text, sizeof(text), _("%s: level %s, %s or better is wanted"), name,
			       jx_level_name(level), jx_level_name(c->level));
		add(run, FAILS, text);
	}
}

static void add_index(struct verdict_run *run, const struct jx_form__condition *c)
{
	const struct jx_index *index = &run->tally->pack->grades->indices[c->index];
	const struct jx_fraction *sum = &run->tally->sums[c->index];
	char text[256], value[48];

	if (jx_form__is_none_positive(run->tally, c->index))
		return;
	if (sum->denominator == 0) {
		(void)snprintf(text, sizeof(text), _("%s: not assessed"), jx_text_pick(&index->name));
		add(run, UNKNOWN, text);
	} else if (!jx_form__is_met(sum, &c->limit)) {
		jx_fraction_text(sum, index->scale, 2, value, sizeof(value));
		/* counts beside it: a rounded value may look like the limit it misses */
		(void)snprintf(text, sizeof(text), _("%s: %s (%lld of %lld), wanted is %s %s"),
			       jx_text_pick(&index->name), value, (long long)sum->numerator,
			       (long long)sum->denominator, jx_form__op_text(c->limit.op), c->limit.text);
		add(run, FAILS, text);
	}
}

static void add_bands(struct verdict_run *run)
{
	const struct jx_form__verdict *v = run->verdict;
	const struct jx_index *index = &run->tally->pack->grades->indices[v->band_index];
	const struct jx_fraction *sum = &run->tally->sums[v->band_index];
	const char *name = jx_text_pick(&index->name);
	char text[256];
	size_t i = 0;

	while (i < v->band_count && sum->denominator > v->bands[i].to)
		i++;
	if (sum->denominator == 0) {
		(void)snprintf(text, sizeof(text), _("%s: not assessed"), name);
		add(run, UNKNOWN, text);
	} else if (i == v->band_count) {
		(void)snprintf(text, sizeof(text), _("%s: %lld were checked, the table ends at %lld"), name,
			       (long long)sum->denominator, (long long)v->bands[i - 1].to);
		add(run, UNKNOWN, text);
	} else if (sum->numerator > v->bands[i].positive_max) {
		(void)snprintf(text, sizeof(text), _("%s: %lld of %lld, at most %lld are allowed"), name,
			       (long long)sum->numerator, (long long)sum->denominator,
			       (long long)v->bands[i].positive_max);
		add(run, FAILS, text);
	}
}

/* Its outcome is the name of a step. */
static void run_scale(struct verdict_run *run, struct jx_verdict *out)
{
	const struct jx_form__verdict *v = run->verdict;
	const struct jx_index *index = &run->tally->pack->grades->indices[v->scale_index];
	const struct jx_fraction *sum = &run->tally->sums[v->scale_index];
	char text[256], value[48];
	size_t i = 0;

	out->edition = v->edition;
	if (sum->denominator == 0) {
		(void)snprintf(text, sizeof(text), _("%s: not assessed"), jx_text_pick(&index->name));
		add(run, UNKNOWN, text);
		return;
	}
	while (v->steps[i].has_limit && !jx_form__is_met(sum, &v->steps[i].limit))
		i++;
	out->outcome = v->steps[i].name;
	if (i == 0)
		return;
	jx_fraction_text(sum, index->scale, 2, value, sizeof(value));
	(void)snprintf(text, sizeof(text), "%s: %s", jx_text_pick(&index->name), value);
	add(run, FAILS, text);
}

static const struct jx_form__verdict *verdict_on(const struct jx_form__grades *g, const char *day,
						 size_t wanted, size_t *count)
{
	size_t n = 0, i;

	for (i = 0; g != NULL && i < g->verdict_count; i++) {
		if (!jx_form__holds(g->verdicts[i].valid_from, g->verdicts[i].valid_until, day))
			continue;
		if (n == wanted)
			return &g->verdicts[i];
		n++;
	}
	*count = n;
	return NULL;
}

size_t jx_tally_verdict_count(const jx_tally *tally, const char *day)
{
	size_t count = 0;

	(void)verdict_on(tally->pack->grades, day, SIZE_MAX, &count);
	return count;
}

static void run_conditions(struct verdict_run *run, struct jx_verdict *out)
{
	const struct jx_form__verdict *v = run->verdict;
	const char *said;
	size_t i;

	if (v->band_index != JX_FORM__NONE)
		add_bands(run);
	for (i = 0; i < v->all_count; i++) {
		if (v->all[i].index != JX_FORM__NONE)
			add_index(run, &v->all[i]);
		else
			add_topic(run, &v->all[i]);
	}
	said = run->so_far == HOLDS ? _("met") : run->so_far == FAILS ? _("not met") : _("not assessed");
	out->outcome = (struct jx_text){said, said};
}

jx_rc jx_tally_verdict(const jx_tally *tally, size_t i, const char *day, struct jx_verdict *out,
		       struct jx_error *err)
{
	const struct jx_form__grades *g = tally->pack->grades;
	size_t count = 0;
	const struct jx_form__verdict *v = verdict_on(g, day, i, &count);
	struct verdict_run run = {tally, v, day, HOLDS, NULL, sizeof(tally->reasons[0])};
	struct jx_verdict made;

	if (v == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "pack %s has %zu verdicts on %s: ask for one of those", tally->pack->id, count,
			       day);
	run.reason = tally->reasons[v - g->verdicts];
	made = (struct jx_verdict){.id = v->id, .name = v->name, .confidence = v->confidence};
	made.outcome = (struct jx_text){_("not assessed"), _("not assessed")};
	if (v->scale_index != JX_FORM__NONE)
		run_scale(&run, &made);
	else
		run_conditions(&run, &made);
	made.is_met = (int)run.so_far;
	if (run.so_far != HOLDS)
		made.reason = (struct jx_text){run.reason, run.reason};
	*out = made;
	return JX_OK;
}
