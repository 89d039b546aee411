/* Today's most used sub-types, the last find, who is signed in, what is not finished. */
#include "log_jobs.h"

#include <stdlib.h>
#include <string.h>

#include "jiexun/view.h"

#define DAYS_BACK 7
#define DAY_MS    INT64_C(86400000)
#define ROWS_MAX  400 /* a long day of two inspectors; more would tell nothing new */
#define CODES_MAX 64
#define TODAY     1000 /* one find of today counts more than any number before */

struct use {
	char code[16];
	int64_t weight;
};
struct uses {
	struct log_news *news;
	char today[11], since[11];
	struct use list[CODES_MAX];
	size_t count;
};

static void count_use(struct uses *u, const struct jx_view_row *row)
{
	const int64_t weight = strcmp(row->day, u->today) == 0 ? TODAY : 1;
	size_t i = 0;

	while (i < u->count && strcmp(u->list[i].code, row->code) != 0)
		i++;
	if (i == CODES_MAX)
		return;
	if (i == u->count)
		jx_strcpy(u->list[u->count++].code, sizeof(u->list[0].code), row->code);
	u->list[i].weight += weight;
}

static jx_rc look_at(void *user, const struct jx_view_row *row)
{
	struct uses *u = user;
	struct log_news *news = u->news;

	if (strcmp(row->day, u->since) < 0)
		return JX_EINTR;
	if (strcmp(row->result, "found") != 0 || row->code[0] == '\0' || row->is_check)
		return JX_OK;
	if (news->last[0] == '\0')
		jx_strcpy(news->last, sizeof(news->last), row->code);
	if (strchr(row->code, '.') != NULL)
		count_use(u, row);
	return JX_OK;
}

static int by_weight(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return strcmp(x->code, y->code);
}

static void read_uses(struct jx_handheld *h, struct log_news *news)
{
	const struct jx_view_query q = {
		.current_only = true, .newest_first = true, .all_writers = true, .limit = ROWS_MAX};
	const int64_t now_utc_ms = jx_os_clock()->utc_ms(NULL);
	struct uses u = {.news = news};
	struct jx_error ignored;

	jx_handheld_today(h, u.today);
	if (!jx_day_of(now_utc_ms - DAYS_BACK * DAY_MS, (int)h->profile.utc_offset_min, u.since))
		jx_strcpy(u.since, sizeof(u.since), u.today);
	(void)jx_view_list(h->store, h->pack, &q, look_at, &u, &ignored);
	qsort(u.list, u.count, sizeof(u.list[0]), by_weight);
	for (size_t i = 0; i < u.count && news->quick_count < LOG_QUICK_MAX; i++) {
		const struct jx_code *code = jx_pack_find(h->pack, u.list[i].code);

		if (code != NULL && jx_pack_is_open(h->pack, code, news->by->day))
			jx_strcpy(news->quick[news->quick_count++], sizeof(news->quick[0]), code->code);
	}
}

static jx_rc find_name(void *user, const struct jx_person *person)
{
	struct log_news *news = user;

	if (strcmp(person->id, news->person) == 0)
		jx_strcpy(news->person_name, sizeof(news->person_name), person->name);
	return JX_OK;
}

static void read_person(struct jx_handheld *h, struct log_news *news)
{
	char shift[48];
	struct jx_error ignored;

	if (jx_store_get(h->store, JX_SET_PERSON, news->person, sizeof(news->person), NULL) != JX_OK)
		news->person[0] = '\0';
	news->has_shift = jx_store_get(h->store, JX_SET_SHIFT, shift, sizeof(shift), NULL) == JX_OK &&
			  shift[0] != '\0';
	if (news->person[0] != '\0')
		(void)jx_handheld_each_person(h, find_name, news, &ignored);
}

static jx_rc work(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct log_job *j = (struct log_job *)job;
	struct jx_error ignored;
	jx_rc rc = composing_read(h, &j->news.by, err);

	if (rc != JX_OK || jx_handheld_open_recorder(h, &ignored) != JX_OK)
		return rc;
	if (j->is_first)
		(void)jx_compose_sweep(h, &ignored);
	read_uses(h, &j->news);
	read_person(h, &j->news);
	(void)jx_compose_count(h, &j->news.drafts, j->news.draft, &ignored);
	return JX_OK;
}

static void free_log_job(struct desk_job *job)
{
	struct log_job *j = (struct log_job *)job;

	composing_free(j->news.by);
	g_free(j);
}

struct log_job *log_job_new(bool is_first)
{
	struct log_job *j = g_new0(struct log_job, 1);

	j->job.work = work;
	j->job.free_job = free_log_job;
	j->is_first = is_first;
	return j;
}
