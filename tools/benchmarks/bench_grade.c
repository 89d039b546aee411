/*
 * bench_grade: grade checks as an office does with what it pulled.
 *   bench_grade COUNT     prints: seconds, checks
 * Each check is an entry's answers of ten rooms: read, held against the rules of its form, and added. Then every index is graded
 * with interval and "N more", and every group, topic, verdict and quota is asked. Making the answers does not count.
 */
#include "bench.h"

#include "jiexun/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY   "2026-09-01"
#define ROOMS 10

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

static void set(jx_sheet *sheet, const char *path, long value)
{
	struct jx_error err = {0};
	char typed[24];

	(void)snprintf(typed, sizeof(typed), "%ld", value);
	check(jx_sheet_set(sheet, path, typed, &err), path, &err);
}

/* Rooms of check k; one in thirty has something. */
static void fill_flies(jx_sheet *sheet, long k)
{
	int room;

	for (room = 1; room <= ROOMS; room++) {
		char path[48];

		(void)snprintf(path, sizeof(path), "rooms[%d].flies", room);
		set(sheet, path, (k * ROOMS + room) % 30 == 0 ? 1 + k % 3 : 0);
	}
	set(sheet, "places_checked", 8);
	set(sheet, "places_failed", 0);
	set(sheet, "food_places_checked", 2);
	set(sheet, "food_places_positive", 0);
	set(sheet, "breeding_checked", 3);
	set(sheet, "breeding_positive", 0);
}

static void fill_cockroaches(jx_sheet *sheet, long k)
{
	struct jx_error err = {0};
	int room;

	for (room = 1; room <= ROOMS; room++) {
		const long hit = (k * ROOMS + room) % 30 == 0;
		char path[48];

		(void)snprintf(path, sizeof(path), "rooms[%d].small", room);
		set(sheet, path, hit * (1 + k % 4));
		(void)snprintf(path, sizeof(path), "rooms[%d].large", room);
		set(sheet, path, 0);
		(void)snprintf(path, sizeof(path), "rooms[%d].oothecae", room);
		set(sheet, path, hit);
		(void)snprintf(path, sizeof(path), "rooms[%d].has_traces", room);
		check(jx_sheet_set(sheet, path, hit != 0 ? "yes" : "no", &err), path, &err);
	}
}

static void make(const jx_pack *pack, long k, jx_buf *out)
{
	static const char *const classes[] = {"01", "02", "03", "04", "05"};
	JX_AUTO(jx_sheet) sheet = NULL;
	struct jx_error err = {0};

	check(jx_sheet_new(pack, k % 2 == 0 ? "fly.indoor" : "cockroach.visual", DAY, &sheet, &err), "sheet",
	      &err);
	check(jx_sheet_set(sheet, "unit_class", classes[k % 5], &err), "unit_class", &err);
	if (k % 2 == 0)
		fill_flies(sheet, k);
	else
		fill_cockroaches(sheet, k);
	jx_buf_init(out, 65536);
	check(jx_sheet_write_draft(sheet, out, &err), "answers", &err);
}

/* How much was there to say, so that nothing of it can be left out. */
static size_t grade_all(const jx_tally *tally, const jx_pack *pack)
{
	struct jx_error err = {0};
	struct jx_grade grade;
	struct jx_verdict verdict;
	struct jx_quota quota;
	size_t said = 0, i;

	for (i = 0; i < jx_pack_index_count(pack); i++)
		said += jx_tally_grade(tally, jx_pack_index_at(pack, i), DAY, &grade, &err) == JX_OK &&
			grade.level != JX_LEVEL_NONE;
	for (i = 0; i < jx_pack_group_count(pack, DAY); i++)
		said += jx_tally_group(tally, jx_pack_group_at(pack, DAY, i), DAY) != JX_LEVEL_NONE;
	for (i = 0; i < jx_tally_verdict_count(tally, DAY); i++)
		check(jx_tally_verdict(tally, i, DAY, &verdict, &err), "verdict", &err);
	for (i = 0; i < jx_tally_quota_count(tally, DAY); i++) {
		check(jx_tally_quota(tally, i, DAY, 800000, &quota, &err), "quota", &err);
		said += quota.units_done > 0;
	}
	return said;
}

int main(int argc, char **argv)
{
	const long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	JX_AUTO(jx_packs) packs = NULL;
	JX_AUTO(jx_tally) tally = NULL;
	struct jx_error err = {0};
	const jx_pack *pack;
	jx_buf *answers;
	double began;
	long k;

	if (count < 2)
		bench_die("bench_grade", "usage: bench_grade COUNT");
	check(jx_packs_new(&packs, &err), "packs", &err);
	pack = jx_packs_with_form(packs, "fly.indoor", DAY);
	if (pack == NULL)
		bench_die("packs", "no pack has fly.indoor");
	answers = jx_xcalloc((size_t)count, sizeof(*answers));
	for (k = 0; k < count; k++)
		make(pack, k, &answers[k]);
	tally = jx_tally_new(pack);
	began = bench_now();
	for (k = 0; k < count; k++)
		check(jx_tally_add_answers(tally, pack, k % 2 == 0 ? "fly.indoor" : "cockroach.visual", DAY,
					   answers[k].data, answers[k].len, &err),
		      "add", &err);
	if (grade_all(tally, pack) < 20)
		bench_die("grades", "less was graded than was added");
	printf("%.6f %ld\n", bench_now() - began, count);
	for (k = 0; k < count; k++)
		jx_buf_done(&answers[k]);
	free(answers);
	return 0;
}
