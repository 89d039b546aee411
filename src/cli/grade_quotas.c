/* How far the sample sizes are that a city of that size has to reach. */
#include "check.h"

#include <stdio.h>
#include <string.h>

static bool is_reached(const struct jx_quota *q)
{
	return q->units_done >= q->units && q->effort_done >= q->effort;
}

static void add_text(jx_buf *b, const char *name, const char *value)
{
	if (value == NULL)
		return;
	jx_buf_addf(b, ",\"%s\":", name);
	jx_buf_add_json(b, value, strlen(value));
}

void check_quotas_json(const jx_tally *tally, const char *day, int64_t population, jx_buf *b)
{
	struct jx_quota q;

	jx_buf_addc(b, '[');
	for (size_t i = 0; jx_tally_quota(tally, i, day, population, &q, NULL) == JX_OK; i++) {
		jx_buf_addf(b, "%s{\"quota\":\"%s\"", i > 0 ? "," : "", q.id);
		add_text(b, "topic", q.topic);
		add_text(b, "table_zh", q.table.zh);
		add_text(b, "table_en", q.table.en);
		add_text(b, "name_zh", q.name.zh);
		add_text(b, "name_en", q.name.en);
		jx_buf_addf(b, ",\"units\":%lld,\"units_done\":%lld,\"effort\":%lld,\"effort_done\":%lld",
			    (long long)q.units, (long long)q.units_done, (long long)q.effort,
			    (long long)q.effort_done);
		add_text(b, "effort_unit", q.effort_unit.en);
		add_text(b, "confidence", q.confidence);
		jx_buf_addf(b, ",\"reached\":%s}", is_reached(&q) ? "true" : "false");
	}
	jx_buf_addc(b, ']');
}

static void print_quota(const struct jx_quota *q)
{
	char done[64] = "", effort[96];

	if (q->units > 0)
		(void)snprintf(done, sizeof(done), _("units %lld of %lld"), (long long)q->units_done,
			       (long long)q->units);
	(void)snprintf(effort, sizeof(effort), _("%lld of %lld %s"), (long long)q->effort_done,
		       (long long)q->effort, jx_text_pick(&q->effort_unit));
	printf("  ");
	cli_cell(jx_text_pick(&q->name), 32, false);
	cli_cell(done, 20, false);
	cli_cell(q->effort > 0 ? effort : "", 24, false);
	printf("%s\n", is_reached(q) ? _("reached") : "");
}

void check_print_quotas(const jx_tally *tally, const char *day, int64_t population)
{
	const char *table = NULL;
	struct jx_quota q;

	for (size_t i = 0; jx_tally_quota(tally, i, day, population, &q, NULL) == JX_OK; i++) {
		const char *name = q.table.zh != NULL ? jx_text_pick(&q.table) : jx_text_pick(&q.name);

		/* a table of one row has its name */
		if (table == NULL || strcmp(table, name) != 0)
			printf(_("sample size: %s\n"), name);
		table = name;
		print_quota(&q);
	}
}
