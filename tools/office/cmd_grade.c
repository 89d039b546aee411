/* jx-office grade: indices and levels over what was pulled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grades.h"

#define WHERE          "office.grade"
#define POPULATION_MAX 2000000000

struct ask {
	enum grade_style style;
	struct jx_office__filter filter;
	char day[11];
	int64_t population; /* 0 not given */
	bool has_effect;
	struct jx_office__filter before, after;
};

static jx_rc read_population(const struct office_args *a, int64_t *out, struct jx_error *err)
{
	const char *text = office_value(a, "population");
	char *end = NULL;
	long long value;

	if (text == NULL)
		return JX_OK;
	value = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || value < 1 || value > POPULATION_MAX)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"field \"population\": \"%s\" is no number of people; give that of the built-up area",
			text);
	*out = value;
	return JX_OK;
}

/* "2026-04-01..2026-04-30" */
static jx_rc read_period(const struct office_args *a, const char *name, struct jx_office__filter *f,
			 struct jx_error *err)
{
	const char *text = office_value(a, name);

	if (text != NULL && strlen(text) == 22 && strncmp(text + 10, "..", 2) == 0) {
		jx_strcpy(f->since, sizeof(f->since), "");
		memcpy(f->since, text, 10);
		f->since[10] = '\0';
		jx_strcpy(f->until, sizeof(f->until), text + 12);
		if (jx_day_ok(f->since) && jx_day_ok(f->until) && strcmp(f->since, f->until) <= 0)
			return JX_OK;
	}
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "field \"%s\": \"%s\" is no period; write it as YYYY-MM-DD..YYYY-MM-DD", name,
		       text == NULL ? "" : text);
}

static jx_rc read_effect(const struct office_args *a, struct ask *ask, struct jx_error *err)
{
	const char *before = office_value(a, "before"), *after = office_value(a, "after");
	jx_rc rc;

	if (before == NULL && after == NULL)
		return JX_OK;
	if (before == NULL || after == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "an effect needs two periods: give both --before and --after");
	ask->has_effect = true;
	ask->before = ask->after = ask->filter;
	rc = read_period(a, "before", &ask->before, err);
	return rc == JX_OK ? read_period(a, "after", &ask->after, err) : rc;
}

static jx_rc read_ask(struct office *o, struct jx_office__desk *desk, const struct office_args *a,
		      struct ask *ask, struct jx_error *err)
{
	jx_rc rc = grade_filter(desk, a, &ask->filter, err);

	ask->style = o->json ? GRADE_JSON : office_flag(a, "csv") ? GRADE_CSV : GRADE_PLAIN;
	if (rc == JX_OK)
		rc = read_population(a, &ask->population, err);
	if (rc == JX_OK)
		rc = read_effect(a, ask, err);
	if (rc != JX_OK)
		return rc;
	jx_strcpy(ask->day, sizeof(ask->day), ask->filter.until);
	if (ask->day[0] == '\0')
		(void)jx_day_of(desk->clock->utc_ms(desk->clock->user), JX_UTC_OFFSET_MIN_DEFAULT, ask->day);
	return JX_OK;
}

static void say_first(const struct ask *ask, const struct grade_sums *s)
{
	struct jx_office__json j;

	if (ask->style == GRADE_JSON) {
		jx_office__json_begin(&j);
		jx_office__json_str(&j, "type", "checks");
		jx_office__json_str(&j, "since", ask->filter.since);
		jx_office__json_str(&j, "until", ask->filter.until);
		jx_office__json_str(&j, "limits_of_day", ask->day);
		jx_office__json_str(&j, "area", ask->filter.area);
		jx_office__json_str(&j, "grid", ask->filter.grid);
		jx_office__json_str(&j, "class", ask->filter.unit_class);
		jx_office__json_int(&j, "checks", s->checks);
		jx_office__json_int(&j, "left_out", s->left_out);
		jx_office__json_int(&j, "unknown", s->unknown);
		office_print(&j);
	} else if (ask->style == GRADE_PLAIN) {
		printf(_("Checks: %lld; left out: %lld; limits of %s"), (long long)s->checks,
		       (long long)s->left_out, ask->day);
		fputs("\n\n", stdout);
	}
}

static void say_left_out(const struct ask *ask, const struct grade_sums *s)
{
	for (size_t at = 0; at < s->reasons.len;) {
		const char *number = s->reasons.data + at;
		const char *reason = number + strlen(number) + 1;
		struct jx_office__json j;

		at = (size_t)(reason - s->reasons.data) + strlen(reason) + 1;
		if (ask->style != GRADE_JSON) {
			/* not into the table */
			fprintf(stderr, _("jx-office: %s is left out: %s"), number, reason);
			fputc('\n', stderr);
			continue;
		}
		jx_office__json_begin(&j);
		jx_office__json_str(&j, "type", "left-out");
		jx_office__json_str(&j, "number", number);
		jx_office__json_str(&j, "reason", reason);
		office_print(&j);
	}
}

static jx_rc show_effect(struct jx_office__desk *desk, const struct ask *ask, struct jx_error *err)
{
	struct grade_sums before, after;
	jx_rc rc = grade_sums_take(desk, &ask->before, ask->day, &before, err);

	if (rc != JX_OK)
		return rc;
	rc = grade_sums_take(desk, &ask->after, ask->day, &after, err);
	if (rc == JX_OK) {
		rc = grade_show_effects(&before, &after, ask->style, err);
		grade_sums_done(&after);
	}
	grade_sums_done(&before);
	return rc;
}

static jx_rc show(struct jx_office__desk *desk, const struct ask *ask, struct jx_error *err)
{
	struct grade_sums s;
	jx_rc rc = grade_sums_take(desk, &ask->filter, ask->day, &s, err);

	if (rc != JX_OK)
		return rc;
	say_first(ask, &s);
	grade_head(ask->style);
	rc = grade_show(&s, ask->style, ask->population, err);
	if (rc == JX_OK && ask->has_effect)
		rc = show_effect(desk, ask, err);
	if (ask->style == GRADE_PLAIN)
		printf("\n%s\n",
		       _("Intervals are exact (Clopper-Pearson for proportions, Poisson for counts) and "
			 "assume that rooms, traps and metres are independent of each other."));
	say_left_out(ask, &s);
	grade_sums_done(&s);
	return rc;
}

int office_grade(struct office *o, const struct office_args *a)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_office__desk desk;
	struct ask ask = {.population = 0};
	jx_rc rc = jx_office__desk_open(jx_os_fs(), jx_os_clock(), o->dir, 2000, &desk, &err);

	if (rc != JX_OK)
		return office_fail(o, &err);
	rc = read_ask(o, &desk, a, &ask, &err);
	if (rc == JX_OK)
		rc = show(&desk, &ask, &err);
	jx_office__desk_close(&desk);
	return rc == JX_OK ? 0 : office_fail(o, &err);
}
