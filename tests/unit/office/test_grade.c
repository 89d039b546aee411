/* Which checks count, and what the commands make of them: the programs' own code over a pulled folder. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../model/samples.h"
#include "jx_test.h"
#include "program.h"
#include "town.h"

#define FORM "rodent.signs-indoor"
#define FAR  "330106-lingyin"

struct world {
	struct town t;
	struct office o;
	char *dir;
	char *out; /* of the last command */
	int status;
};

/* ---- a pulled folder ---- */

static void check(struct jx_entry *e, enum jx_kind kind, const char *day, const char *answers)
{
	sample_of_kind(e, kind);
	jx_strcpy(e->day, sizeof(e->day), day);
	jx_strcpy(e->area, sizeof(e->area), "330185-jinbei");
	jx_strcpy(e->grid, sizeof(e->grid), "330185001001");
	jx_strcpy(e->form, sizeof(e->form), FORM);
	jx_strcpy(e->pack, sizeof(e->pack), "pest-density");
	e->pack_version = 1;
	e->answers = (struct jx_bytes){answers, strlen(answers)};
}

static void add_on(struct town *t, int writer, const char *day, enum jx_kind kind, const uint8_t *ref,
		   const char *answers, uint8_t id_out[JX_ID_BYTES])
{
	struct jx_entry e;

	check(&e, kind, day, answers);
	if (ref != NULL)
		memcpy(e.ref.id, ref, JX_ID_BYTES);
	/* people correct later than they record */
	e.taken_utc_ms += (int64_t)t->ids * 1000;
	town_add(t, writer, &e, true);
	memcpy(id_out, e.id, JX_ID_BYTES);
}

static void add(struct town *t, int writer, enum jx_kind kind, const uint8_t *ref, const char *answers,
		uint8_t id_out[JX_ID_BYTES])
{
	add_on(t, writer, TOWN_DAY, kind, ref, answers, id_out);
}

static void withdraw(struct town *t, int writer, const uint8_t ref[JX_ID_BYTES])
{
	struct jx_entry e;

	sample_of_kind(&e, JX_KIND_WITHDRAWAL);
	memcpy(e.ref.id, ref, JX_ID_BYTES);
	e.taken_utc_ms += (int64_t)t->ids * 1000;
	town_add(t, writer, &e, true);
}

#define ANSWERS(unit_class, checked, positive, droppings)                                               \
	"{\"unit_class\":\"" unit_class "\",\"rooms_checked\":" checked ",\"rooms_positive\":" positive \
	",\"signs_droppings\":" droppings "}"
#define NONE(unit_class, checked) \
	"{\"unit_class\":\"" unit_class "\",\"rooms_checked\":" checked ",\"rooms_positive\":0}"

/*
 * What counts: 40 rooms, none positive; 40 rooms, 2 positive, after two corrections; 20 rooms of class 02, 1 positive, the day
 * after and elsewhere. 3 of 100.
 */
static void fill(struct town *t)
{
	uint8_t id[JX_ID_BYTES], first[JX_ID_BYTES], dead[JX_ID_BYTES];
	struct jx_entry e;

	town_init(t);
	town_enrol(t, 0, "H07", "field");
	town_enrol(t, 1, "H08", "field");
	check(&e, JX_KIND_OBSERVATION, TOWN_DAY, ANSWERS("01", "99", "99", "99"));
	town_fork(t, 1, &e, 1);
	(void)town_add_kind(t, 0, JX_KIND_OBSERVATION, TOWN_DAY, true); /* street disorder */
	add(t, 0, JX_KIND_OBSERVATION, NULL, NONE("01", "40"), id);
	add(t, 0, JX_KIND_OBSERVATION, NULL, ANSWERS("01", "40", "40", "40"), first);
	add(t, 0, JX_KIND_CORRECTION, first, ANSWERS("01", "40", "5", "5"), id);
	/* put right on the next day, it is a check of its own day all the same */
	add_on(t, 0, TOWN_NEXT, JX_KIND_CORRECTION, id, ANSWERS("01", "40", "2", "2"), id);
	add(t, 0, JX_KIND_OBSERVATION, NULL, ANSWERS("01", "30", "30", "30"), first);
	withdraw(t, 0, first);
	/* the newest word on this one is that it does not count: the correction before it has no say, nor has its own */
	add(t, 0, JX_KIND_OBSERVATION, NULL, ANSWERS("01", "70", "70", "70"), first);
	add(t, 0, JX_KIND_CORRECTION, first, ANSWERS("01", "71", "71", "71"), dead);
	withdraw(t, 0, first);
	add(t, 0, JX_KIND_CORRECTION, dead, ANSWERS("01", "72", "72", "72"), id);
	add(t, 0, JX_KIND_OBSERVATION, NULL, ANSWERS("01", "10", "11", "11"), id); /* breaks its rule */
	check(&e, JX_KIND_OBSERVATION, TOWN_DAY, "{\"smells\":true}");
	jx_strcpy(e.pack, sizeof(e.pack), "smells");
	jx_strcpy(e.form, sizeof(e.form), "smell.walk");
	town_add(t, 1, &e, true);
	check(&e, JX_KIND_OBSERVATION, TOWN_NEXT, ANSWERS("02", "20", "1", "1"));
	jx_strcpy(e.area, sizeof(e.area), FAR);
	jx_strcpy(e.grid, sizeof(e.grid), "");
	town_add(t, 1, &e, true);
}

static int set_up(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	w->dir = jx_test_folder();
	jx_strcpy(w->o.dir, sizeof(w->o.dir), w->dir);
	fill(&w->t);
	town_write(&w->t, w->dir);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	town_done(&w->t);
	jx_test_folder_remove(w->dir);
	free(w->out);
	free(w);
	return 0;
}

/* ---- running a command ---- */

static void run(struct world *w, int (*command)(struct office *, const struct office_args *),
		const char *const *args)
{
	static const struct office_opt opt[] = {
		{"since", "X", ""}, {"until", "X", ""},      {"area", "X", ""},   {"grid", "X", ""},
		{"class", "X", ""}, {"population", "X", ""}, {"before", "X", ""}, {"after", "X", ""},
		{"csv", NULL, ""},  {NULL, NULL, NULL}};
	const struct office_command row = {"test", "", 0, 1, opt, "", command};
	JX_AUTO_FREE char *path = jx_test_path(w->dir, "out.txt");
	struct office_args a;
	const char *argv[24];
	int argc = 0, saved, file;
	size_t len = 0;

	for (; args[argc] != NULL; argc++)
		argv[argc] = args[argc];
	assert_int_equal(office_parse(&row, argc, (char **)(uintptr_t)argv, &a), 0);
	assert_int_equal(fflush(stdout), 0);
	saved = dup(STDOUT_FILENO);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(saved >= 0 && file >= 0 && dup2(file, STDOUT_FILENO) >= 0);
	w->status = command(&w->o, &a);
	assert_int_equal(fflush(stdout), 0);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	assert_int_equal(close(saved) | close(file), 0);
	free(w->out);
	w->out = jx_test_read(path, &len);
	assert_non_null(w->out);
}

#define RUN(w, command, ...) run((w), (command), (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

/* The line that has both texts. */
static char *line_with(const struct world *w, const char *one, const char *other)
{
	for (const char *at = w->out; *at != '\0';) {
		const size_t len = strcspn(at, "\n");
		char *line = jx_xstrndup(at, len);

		if (strstr(line, one) != NULL && strstr(line, other) != NULL)
			return line;
		free(line);
		at += len + (at[len] == '\n' ? 1 : 0);
	}
	fail_msg("no line with %s and %s in:\n%s", one, other, w->out);
	return NULL;
}

static size_t lines_with(const struct world *w, const char *text)
{
	size_t count = 0;

	for (const char *at = strstr(w->out, text); at != NULL; at = strstr(at + 1, text))
		count++;
	return count;
}

static void assert_rooms(struct world *w, const char *counts)
{
	JX_AUTO_FREE char *line = line_with(w, "\"type\":\"index\"", "rodent.indoor-sign-rate");

	if (strstr(line, counts) == NULL)
		fail_msg("%s is not in %s", counts, line);
}

/* ---- the tests ---- */

static void only_what_holds_counts(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *line = NULL;

	w->o.json = true;
	RUN(w, office_grade, "--until", "2026-09-30");
	assert_int_equal(w->status, 0);
	assert_rooms(w, "\"numerator\":3,\"denominator\":100,\"value\":\"3.0000\"");
	/* 3 of 100: Clopper-Pearson 0.6230 to 8.5176 % (tables of Documenta Geigy) */
	assert_rooms(w, "\"low\":0.6230,\"high\":8.5176,\"level\":\"B\"");
	assert_rooms(w, "\"decided\":false,\"more\":-1"); /* 3 % is the limit of B */
	assert_rooms(w, "\"edition\":\"GB/T 27770-2011\"");
	line = line_with(w, "\"type\":\"checks\"", "");
	assert_non_null(strstr(line, "\"checks\":3,\"left_out\":2,\"unknown\":1"));
	assert_int_equal(lines_with(w, "\"type\":\"left-out\""), 2);
}

static void a_period_an_area_a_grid_and_a_class_narrow_it(void **state)
{
	struct world *w = *state;

	w->o.json = true;
	RUN(w, office_grade, "--since", TOWN_NEXT, "--until", "2026-09-30");
	assert_rooms(w, "\"numerator\":1,\"denominator\":20");
	RUN(w, office_grade, "--until", TOWN_DAY);
	assert_rooms(w, "\"numerator\":2,\"denominator\":80");
	RUN(w, office_grade, "--area", "330106");
	assert_rooms(w, "\"numerator\":1,\"denominator\":20");
	RUN(w, office_grade, "--area", "33");
	assert_rooms(w, "\"numerator\":3,\"denominator\":100");
	RUN(w, office_grade, "--grid", "330185001001");
	assert_rooms(w, "\"numerator\":2,\"denominator\":80");
	RUN(w, office_grade, "--class", "02");
	assert_rooms(w, "\"numerator\":1,\"denominator\":20");
	RUN(w, office_grade, "--class", "餐饮店");
	assert_rooms(w, "\"numerator\":2,\"denominator\":80");
	RUN(w, office_grade, "--class", "03");
	assert_rooms(w, "\"numerator\":0,\"denominator\":0,\"unit_zh\":\"%\"");
	assert_rooms(w, "\"level\":\"not-assessed\"");
}

/* Forty checks by two writers, in an order of their own. */
static void fill_shuffled(struct town *t, uint64_t seed)
{
	char answers[40][160];
	size_t order[40];
	struct jx_entry e;

	town_init(t);
	town_enrol(t, 0, "H07", "field");
	town_enrol(t, 1, "H08", "field");
	for (size_t i = 0; i < 40; i++) {
		order[i] = i;
		(void)snprintf(answers[i], sizeof(answers[i]),
			       "{\"unit_class\":\"0%zu\",\"rooms_checked\":%zu,\"rooms_positive\":%s}",
			       1 + i % 3, 10 + i, i % 7 == 0 ? "2,\"signs_burrows\":2" : "0");
	}
	for (size_t i = 39; i > 0; i--) {
		const size_t k =
			(size_t)((seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407) >> 33) %
			(i + 1);
		const size_t swap = order[i];

		order[i] = order[k];
		order[k] = swap;
	}
	for (size_t i = 0; i < 40; i++) {
		check(&e, JX_KIND_OBSERVATION, order[i] % 2 == 0 ? TOWN_DAY : TOWN_NEXT, answers[order[i]]);
		e.taken_utc_ms += (int64_t)i;
		town_add(t, (int)(i % 2), &e, true);
	}
}

static void the_order_of_arrival_does_not_matter(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *first = NULL;

	w->o.json = true;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_done(&w->t);
		jx_test_folder_remove(w->dir);
		w->dir = jx_test_folder();
		jx_strcpy(w->o.dir, sizeof(w->o.dir), w->dir);
		fill_shuffled(&w->t, seed);
		town_write(&w->t, w->dir);
		RUN(w, office_grade, "--until", "2026-09-30", "--population", "90000", "--before",
		    "2026-09-01..2026-09-01", "--after", "2026-09-02..2026-09-02");
		assert_int_equal(w->status, 0);
		if (first == NULL) {
			/* 10 + 11 + ... + 49 rooms; 2 positive in each of the checks 0, 7, 14, 21, 28, 35 */
			assert_rooms(w, "\"numerator\":12,\"denominator\":1180");
			first = jx_xstrdup(w->out);
		}
		assert_string_equal(w->out, first);
	}
}

static void the_whole_is_said_group_by_group(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *group = NULL;
	JX_AUTO_FREE char *topic = NULL;
	JX_AUTO_FREE char *award = NULL;
	JX_AUTO_FREE char *quota = NULL;

	w->o.json = true;
	RUN(w, office_grade, "--until", "2026-09-30", "--population", "90000");
	group = line_with(w, "\"type\":\"group\"", "\"id\":\"rodent.indoor\"");
	assert_non_null(strstr(group, "\"level\":\"B\""));
	topic = line_with(w, "\"type\":\"topic\"", "\"id\":\"rodent\"");
	assert_non_null(strstr(topic, "\"level\":\"not-assessed\""));
	award = line_with(w, "\"type\":\"verdict\"", "\"id\":\"award\"");
	assert_non_null(strstr(award, "\"met\":\"not-assessed\""));
	/* units of class 01 that count: two checks with 80 rooms together */
	quota = line_with(w, "\"type\":\"quota\"", "\"id\":\"rodent-indoor.01\"");
	assert_non_null(strstr(quota, "\"units_done\":2"));
	assert_non_null(strstr(quota, "\"effort_done\":80"));
	RUN(w, office_grade, "--until", "2026-09-30");
	assert_int_equal(lines_with(w, "\"type\":\"quota\""), 0);
}

static void a_campaign_has_an_effect(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *line = NULL;

	w->o.json = true;
	RUN(w, office_grade, "--before", "2026-09-01..2026-09-01", "--after", "2026-09-02..2026-09-02");
	/* 2/80 = 2.5 % before, 1/20 = 5 % after: (2.5 - 5) / 2.5 = -1, twice as many */
	line = line_with(w, "\"type\":\"effect\"", "rodent.indoor-sign-rate");
	assert_non_null(strstr(line, "\"numerator\":-1,\"denominator\":1,\"percent\":\"-100.0000\""));
	assert_int_equal(lines_with(w, "\"type\":\"effect\""), 1);
}

static void the_table_is_for_reports_and_for_spreadsheets(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *row = NULL;
	JX_AUTO_FREE char *cells = NULL;

	RUN(w, office_grade, "--until", "2026-09-30");
	row = line_with(w, "| 3/100 ", "| B ");
	assert_non_null(strstr(row, "| 3.00 % "));
	assert_non_null(strstr(row, "| 0.62 - 8.52 "));
	assert_non_null(strstr(row, "GB/T 27770-2011"));
	RUN(w, office_grade, "--until", "2026-09-30", "--csv");
	assert_ptr_equal(strstr(w->out, "\xef\xbb\xbf类别 kind,病媒 topic,"), w->out);
	cells = line_with(w, ",3,100,3.00,%,B,0.62,8.52,", "");
	assert_int_equal(cells[strlen(cells) - 1], '\r');
}

static void checks_are_listed_with_their_fields(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *row = NULL;

	RUN(w, office_checks, FORM);
	assert_int_equal(w->status, 0);
	assert_ptr_equal(strstr(w->out, "\xef\xbb\xbf编号 number,业务日 day,"), w->out);
	assert_non_null(strstr(w->out, "检查房间数 rooms_checked,阳性房间数 rooms_positive,"));
	/* three that count, and the one that breaks its rule: people look at it */
	assert_int_equal(lines_with(w, "\r\n"), 1 + 4);
	row = line_with(w, FAR, "2026-09-02");
	assert_non_null(strstr(row, ",20,1,1,"));
	assert_int_equal(lines_with(w, ",40,2,2,"), 1);
	RUN(w, office_checks, FORM, "--class", "02");
	assert_int_equal(lines_with(w, "\r\n"), 2);
	w->o.json = true;
	RUN(w, office_checks, "");
	assert_int_equal(w->status, jx_rc_exit_status(JX_ENOTFOUND));
	run(w, office_checks, (const char *const[]){NULL});
	assert_int_equal(w->status, 0);
	free(line_with(w, "\"form\":\"" FORM "\",\"checks\":4", ""));
	free(line_with(w, "\"form\":\"smell.walk\",\"checks\":1", ""));
}

static void a_day_s_file_says_what_a_check_found(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *path = jx_test_path(w->dir, "days/" TOWN_NEXT "/observations.csv");
	int64_t rows = 0;
	size_t len = 0;

	jx_assert_ok(jx_office__desk_open(jx_os_fs(), jx_os_clock(), w->dir, 0, &desk, &err), &err);
	jx_assert_ok(jx_office__export_day(&desk, TOWN_NEXT, &rows, &err), &err);
	jx_office__desk_close(&desk);
	assert_int_equal(rows, 1);
	free(w->out);
	w->out = jx_test_read(path, &len);
	assert_non_null(w->out);
	assert_non_null(strstr(w->out, ",form,pack,pack_version,summary,measures,"));
	free(line_with(w, ",rodent signs indoors,", "," FORM ",pest-density,1,"));
	free(line_with(w, FAR, "5.00 %"));
}

static void wrong_words_are_refused(void **state)
{
	static const char *const wrong[][3] = {
		{"--since", "yesterday", "since"},
		{"--until", "2026-13-01", "until"},
		{"--area", "330185-jinbei-and-much-more", "area"},
		{"--class", "castle", "class"},
		{"--population", "many", "population"},
		{"--population", "0", "population"},
		{"--population", "-3", "population"},
		{"--population", "99999999999999999999", "population"},
		{"--before", "2026-09-01..2026-09-02", "--after"},
		{"--after", "2026-09-01..2026-09-02", "--before"},
	};
	struct world *w = *state;

	w->o.json = true;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		RUN(w, office_grade, wrong[i][0], wrong[i][1]);
		assert_int_equal(w->status, jx_rc_exit_status(JX_EINVAL));
		assert_non_null(strstr(w->out, wrong[i][2]));
	}
	RUN(w, office_grade, "--before", "2026-09-02..2026-09-01", "--after", "2026-09-01..2026-09-02");
	assert_int_equal(w->status, jx_rc_exit_status(JX_EINVAL));
	RUN(w, office_grade, "--since", "2026-09-03", "--until", "2026-09-01");
	assert_int_equal(w->status, jx_rc_exit_status(JX_EINVAL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_holds_counts),
		TEST(a_period_an_area_a_grid_and_a_class_narrow_it),
		TEST(the_order_of_arrival_does_not_matter),
		TEST(the_whole_is_said_group_by_group),
		TEST(a_campaign_has_an_effect),
		TEST(the_table_is_for_reports_and_for_spreadsheets),
		TEST(checks_are_listed_with_their_fields),
		TEST(a_day_s_file_says_what_a_check_found),
		TEST(wrong_words_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
