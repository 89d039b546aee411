/* jx grade, jx card: what all checks come to, and what they are measured by. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#define WHERE "jx.grade"

#define POPULATION_MAX 2000000000

struct period {
	struct jx_view_tally_query q;
	char day[11];       /* whose limits hold */
	int64_t population; /* of the built-up area; 0: not given, no sample sizes are shown */
};

static jx_rc read_day(const struct cli_args *a, const char *name, const char **out, struct jx_error *err)
{
	*out = cli_value(a, name);
	if (*out == NULL || jx_day_ok(*out))
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"%s\": \"%s\" is no date; give YYYY-MM-DD", name,
		       *out);
}

static jx_rc read_period(const struct cli *c, const struct cli_args *a, struct period *p,
			 struct jx_error *err)
{
	jx_rc rc;

	memset(p, 0, sizeof(*p));
	rc = read_day(a, "since", &p->q.since, err);
	if (rc == JX_OK)
		rc = read_day(a, "until", &p->q.until, err);
	if (rc == JX_OK && p->q.since != NULL && p->q.until != NULL && strcmp(p->q.since, p->q.until) > 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "field \"since\": %s is after %s: give the earlier day first", p->q.since,
			     p->q.until);
	if (rc == JX_OK && cli_value(a, "population") != NULL &&
	    !jx_parse_i64(cli_value(a, "population"), 1, POPULATION_MAX, &p->population))
		rc = jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"field \"population\": \"%s\" is no number of people; give that of the built-up area",
			cli_value(a, "population"));
	p->q.area = cli_value(a, "area");
	p->q.grid = cli_value(a, "grid");
	p->q.unit_class = cli_value(a, "class");
	jx_handheld_today(&c->h, p->day);
	if (p->q.until != NULL)
		jx_strcpy(p->day, sizeof(p->day), p->q.until);
	return rc;
}

/* ---- for scripts ----------------------------------------------------------------------------------- */

static void add_names(jx_buf *b, const struct jx_text *name)
{
	jx_buf_adds(b, ",\"name_zh\":");
	jx_buf_add_json(b, name->zh != NULL ? name->zh : "", name->zh != NULL ? strlen(name->zh) : 0);
	jx_buf_adds(b, ",\"name_en\":");
	jx_buf_add_json(b, name->en != NULL ? name->en : "", name->en != NULL ? strlen(name->en) : 0);
}

static void add_level(jx_buf *b, enum jx_level level)
{
	if (level == JX_LEVEL_NONE)
		jx_buf_adds(b, ",\"level\":null");
	else
		jx_buf_addf(b, ",\"level\":\"%s\"", jx_level_name(level));
}

static void grades_json(const jx_pack *pack, const jx_tally *tally, const char *day, jx_buf *b)
{
	struct jx_grade g;
	const char *comma = "";

	jx_buf_addc(b, '[');
	for (size_t i = 0; i < jx_pack_index_count(pack); i++) {
		if (jx_tally_grade(tally, jx_pack_index_at(pack, i), day, &g, NULL) != JX_OK)
			continue;
		jx_buf_adds(b, comma);
		jx_fill_grade_json(&g, b);
		comma = ",";
	}
	jx_buf_addc(b, ']');
}

/* Sums of indices that no edition limits on that day: densities that are watched, not graded. */
static void sums_json(const jx_pack *pack, const jx_tally *tally, const char *day, jx_buf *b)
{
	struct jx_grade g;
	struct jx_fraction sum;
	const char *comma = "";

	jx_buf_addc(b, '[');
	for (size_t i = 0; i < jx_pack_index_count(pack); i++) {
		const struct jx_index *index = jx_pack_index_at(pack, i);

		jx_tally_sum(tally, index, &sum);
		if (sum.denominator == 0 || jx_tally_grade(tally, index, day, &g, NULL) == JX_OK)
			continue;
		jx_buf_addf(b, "%s{\"index\":\"%s\",\"numerator\":%lld,\"denominator\":%lld,\"scale\":%lld}",
			    comma, index->id, (long long)sum.numerator, (long long)sum.denominator,
			    (long long)index->scale);
		comma = ",";
	}
	jx_buf_addc(b, ']');
}

static void groups_json(const jx_pack *pack, const jx_tally *tally, const char *day, jx_buf *b)
{
	jx_buf_addc(b, '[');
	for (size_t i = 0; i < jx_pack_group_count(pack, day); i++) {
		const struct jx_group *g = jx_pack_group_at(pack, day, i);

		jx_buf_addf(b, "%s{\"group\":\"%s\",\"topic\":\"%s\",\"precondition\":%s", i > 0 ? "," : "",
			    g->id, g->topic, g->is_precondition ? "true" : "false");
		add_names(b, &g->name);
		add_level(b, jx_tally_group(tally, g, day));
		jx_buf_addc(b, '}');
	}
	jx_buf_addc(b, ']');
}

/* Is it the topic's first group? */
static bool is_first_of_topic(const jx_pack *pack, const char *day, size_t i)
{
	const char *topic = jx_pack_group_at(pack, day, i)->topic;

	for (size_t k = 0; k < i; k++)
		if (strcmp(jx_pack_group_at(pack, day, k)->topic, topic) == 0)
			return false;
	return true;
}

static void topics_json(const jx_pack *pack, const jx_tally *tally, const char *day, jx_buf *b)
{
	const char *comma = "";

	jx_buf_addc(b, '[');
	for (size_t i = 0; i < jx_pack_group_count(pack, day); i++) {
		const char *topic = jx_pack_group_at(pack, day, i)->topic;

		if (!is_first_of_topic(pack, day, i))
			continue;
		jx_buf_addf(b, "%s{\"topic\":\"%s\"", comma, topic);
		add_level(b, jx_tally_topic(tally, topic, day));
		jx_buf_addc(b, '}');
		comma = ",";
	}
	jx_buf_addc(b, ']');
}

static void verdicts_json(const jx_tally *tally, const char *day, jx_buf *b)
{
	struct jx_verdict v;

	jx_buf_addc(b, '[');
	for (size_t i = 0; jx_tally_verdict(tally, i, day, &v, NULL) == JX_OK; i++) {
		const char *reason = jx_text_pick(&v.reason), *outcome = jx_text_pick(&v.outcome);

		jx_buf_addf(b, "%s{\"verdict\":\"%s\",\"met\":%s", i > 0 ? "," : "", v.id,
			    v.is_met < 0   ? "null"
			    : v.is_met > 0 ? "true"
					   : "false");
		add_names(b, &v.name);
		jx_buf_adds(b, ",\"outcome\":");
		jx_buf_add_json(b, outcome, strlen(outcome));
		jx_buf_adds(b, ",\"reason\":");
		jx_buf_add_json(b, reason, strlen(reason));
		jx_buf_addc(b, '}');
	}
	jx_buf_addc(b, ']');
}

typedef void (*part_fn)(const jx_pack *pack, const jx_tally *tally, const char *day, jx_buf *b);

static void verdicts_part(const jx_pack *pack, const jx_tally *tally, const char *day, jx_buf *b)
{
	(void)pack;
	verdicts_json(tally, day, b);
}

static void print_json(const jx_pack *pack, const jx_tally *tally, const struct period *p,
		       const struct jx_view_tally *sums)
{
	static const struct {
		const char *name;
		part_fn add;
	} parts[] = {{"grades", grades_json},
		     {"groups", groups_json},
		     {"topics", topics_json},
		     {"verdicts", verdicts_part},
		     {"sums", sums_json}};
	struct cli_json j;

	cli_json_begin(&j);
	cli_json_str(&j, "pack", jx_pack_id(pack));
	cli_json_int(&j, "pack_version", jx_pack_version(pack));
	cli_json_str(&j, "since", p->q.since);
	cli_json_str(&j, "until", p->q.until);
	cli_json_str(&j, "limits_of", p->day);
	cli_json_int(&j, "checks", sums->checks);
	cli_json_int(&j, "left_out", sums->left_out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		JX_AUTO_BUF b = {0};

		jx_buf_init(&b, 4u << 20);
		parts[i].add(pack, tally, p->day, &b);
		cli_json_buf(&j, parts[i].name, &b);
	}
	if (p->population > 0) {
		JX_AUTO_BUF b = {0};

		jx_buf_init(&b, 4u << 20);
		check_quotas_json(tally, p->day, p->population, &b);
		cli_json_int(&j, "population", p->population);
		cli_json_buf(&j, "quotas", &b);
	}
	cli_json_end(&j);
}

/* ---- for people ------------------------------------------------------------------------------------ */

static void print_grade(const struct jx_grade *g)
{
	JX_AUTO_BUF b = {0};

	jx_buf_init(&b, 65536);
	jx_fill_grade_text(g, &b);
	printf("  ");
	cli_cell(jx_text_pick(&g->index->name), 32, false);
	printf("%s\n", b.data != NULL ? b.data : "");
}

/* What people read for a topic: the title of its card, else its id. */
static const char *topic_name(const jx_pack *pack, const char *topic)
{
	for (size_t i = 0; i < jx_pack_card_count(pack); i++)
		if (strcmp(jx_pack_card_at(pack, i)->id, topic) == 0)
			return jx_text_pick(&jx_pack_card_at(pack, i)->title);
	return topic;
}

static const char *level_text(enum jx_level level)
{
	return level == JX_LEVEL_NONE ? _("not assessed") : jx_level_name(level);
}

/* Each edition once, with what it says of itself. */
static void print_edition(const struct jx_grade *g, const char **last)
{
	if (*last != NULL && g->edition != NULL && strcmp(*last, g->edition) == 0)
		return;
	*last = g->edition;
	printf(_("limits: %s"), g->edition != NULL ? g->edition : "");
	if (g->edition_note.zh != NULL)
		printf(" (%s)", jx_text_pick(&g->edition_note));
	putchar('\n');
}

static void print_people(const jx_pack *pack, const jx_tally *tally, const struct period *p)
{
	const char *edition = NULL;
	struct jx_grade g;
	struct jx_verdict v;

	for (size_t i = 0; i < jx_pack_index_count(pack); i++) {
		if (jx_tally_grade(tally, jx_pack_index_at(pack, i), p->day, &g, NULL) != JX_OK ||
		    (g.level == JX_LEVEL_NONE && !g.is_none_positive))
			continue;
		print_edition(&g, &edition);
		print_grade(&g);
	}
	for (size_t i = 0; i < jx_pack_group_count(pack, p->day); i++) {
		const struct jx_group *group = jx_pack_group_at(pack, p->day, i);

		if (is_first_of_topic(pack, p->day, i))
			printf("%s: %s\n", topic_name(pack, group->topic),
			       level_text(jx_tally_topic(tally, group->topic, p->day)));
		printf("  ");
		cli_cell(jx_text_pick(&group->name), 32, false);
		printf("%s\n", level_text(jx_tally_group(tally, group, p->day)));
	}
	for (size_t i = 0; jx_tally_verdict(tally, i, p->day, &v, NULL) == JX_OK; i++)
		printf("%s: %s%s%s\n", jx_text_pick(&v.name), jx_text_pick(&v.outcome),
		       v.reason.zh != NULL ? "; " : "", jx_text_pick(&v.reason));
	printf("%s\n", _("intervals assume that rooms, metres and traps were chosen independently"));
}

static jx_rc grade_pack(struct cli *c, const jx_pack *pack, const struct period *p, struct jx_error *err)
{
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_view_tally sums;
	const jx_rc rc = jx_view_tally(c->h.store, c->h.packs, pack, &p->q, tally, &sums, err);

	if (rc != JX_OK)
		return rc;
	if (sums.left_out > 0)
		fprintf(stderr, _("jx: %lld checks were left out, the first is %s: %s\n"),
			(long long)sums.left_out, sums.first_left_out, sums.why.text);
	if (c->json) {
		print_json(pack, tally, p, &sums);
		return JX_OK;
	}
	cli_say(c, _("%s: %lld checks"), jx_text_pick(jx_pack_name(pack)), (long long)sums.checks);
	if (sums.checks > 0 && !c->quiet)
		print_people(pack, tally, p);
	if (p->population > 0 && !c->quiet)
		check_print_quotas(tally, p->day, p->population);
	return JX_OK;
}

int cli_grade(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct period p;
	jx_rc rc = read_period(c, a, &p, &err);

	if (rc == JX_OK)
		rc = jx_handheld_open_packs(&c->h, &err);
	if (rc == JX_OK)
		rc = jx_handheld_open_store(&c->h, true, &err);
	for (size_t i = 0; rc == JX_OK && i < jx_packs_count(c->h.packs); i++) {
		const jx_pack *pack = jx_handheld_pack_on(&c->h, i, p.day);

		if (pack != NULL && jx_pack_index_count(pack) > 0)
			rc = grade_pack(c, pack, &p, &err);
	}
	return rc == JX_OK ? 0 : cli_fail(c, &err);
}

/* ---- the card -------------------------------------------------------------------------------------- */

static void list_pages(const struct cli *c, const jx_pack *pack)
{
	for (size_t i = 0; i < jx_pack_card_count(pack); i++) {
		const struct jx_card *card = jx_pack_card_at(pack, i);
		struct cli_json j;

		if (!c->json) {
			cli_cell(card->id, 26, false);
			printf("%s\n", jx_text_pick(&card->title));
			continue;
		}
		cli_json_begin(&j);
		cli_json_str(&j, "card", card->id);
		cli_json_str(&j, "title_zh", card->title.zh);
		cli_json_str(&j, "title_en", card->title.en);
		cli_json_end(&j);
	}
}

static void print_page(const struct cli *c, const char *id, const jx_buf *text)
{
	struct cli_json j;

	if (!c->json) {
		fputs(text->data, stdout);
		if (text->len > 0 && text->data[text->len - 1] != '\n')
			putchar('\n');
		return;
	}
	cli_json_begin(&j);
	cli_json_str(&j, "card", id);
	cli_json_str(&j, "text", text->data);
	cli_json_end(&j);
}

int cli_card(struct cli *c, const struct cli_args *a)
{
	const char *id = a->pos_count > 0 ? a->pos[0] : NULL;
	struct jx_error err = {0};
	char day[11];
	jx_rc rc = jx_handheld_open_packs(&c->h, &err);

	if (rc != JX_OK)
		return cli_fail(c, &err);
	jx_handheld_pack_day(&c->h, day);
	rc = id != NULL ? JX_ENOTFOUND : JX_OK;
	for (size_t i = 0; i < jx_packs_count(c->h.packs) && (id == NULL || rc == JX_ENOTFOUND); i++) {
		const jx_pack *pack = jx_handheld_pack_on(&c->h, i, day);
		JX_AUTO_BUF text = {0};

		if (pack == NULL)
			continue;
		if (id == NULL) {
			list_pages(c, pack);
			continue;
		}
		jx_buf_init(&text, 1 << 20);
		rc = jx_pack_card(pack, id, day, &text, &err);
		if (rc == JX_OK)
			print_page(c, id, &text);
	}
	if (rc == JX_ENOTFOUND)
		(void)jx_fail(&err, rc, 0, "jx.card",
			      "there is no card \"%.60s\": jx card shows which there are", id);
	return rc == JX_OK ? 0 : cli_fail(c, &err);
}
