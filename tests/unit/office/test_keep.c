/* Keeping what comes: interrupted at any point, repeated, begun anew; and what is made of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../model/samples.h"
#include "jx_test.h"
#include "town.h"

struct world {
	struct town t;
	char *dir;
	struct jx_fake_clock clock;
};

static int set_up(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	w->dir = jx_test_folder();
	jx_fake_clock_init(&w->clock, TOWN_NOW);
	town_usual(&w->t);
	town_account(&w->t, w->dir);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	town_done(&w->t);
	jx_test_folder_remove(w->dir);
	free(w);
	return 0;
}

static void open_desk(struct world *w, struct jx_office__desk *desk)
{
	struct jx_error err = {.code = JX_OK};

	jx_assert_ok(jx_office__desk_open(jx_os_fs(), &w->clock.clock, w->dir, 0, desk, &err), &err);
}

static char *journal_of(const struct world *w, size_t *len_out)
{
	JX_AUTO_FREE char *path = jx_test_path(w->dir, JX_OFFICE__JOURNAL);

	return jx_test_read(path, len_out);
}

/* The journal is exactly the town's lines, each once. */
static void assert_journal_is(const struct world *w, size_t from, size_t until)
{
	size_t len = 0, at = 0;
	JX_AUTO_FREE char *text = journal_of(w, &len);

	assert_non_null(text);
	for (size_t i = from; i < until; i++) {
		assert_true(at + w->t.len[i] < len);
		assert_memory_equal(text + at, w->t.line[i], w->t.len[i]);
		at += w->t.len[i];
		assert_int_equal(text[at++], '\n');
	}
	assert_int_equal(at, len);
}

static void add_bytes(const struct world *w, const char *bytes)
{
	JX_AUTO_FREE char *path = jx_test_path(w->dir, JX_OFFICE__JOURNAL);
	FILE *f = fopen(path, "ab");

	assert_non_null(f);
	assert_true(fputs(bytes, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void lines_are_kept_verbatim_and_once(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;

	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, 5, "c1", false);
	town_feed(&w->t, &desk, 3, w->t.count, "c2", false);
	town_feed(&w->t, &desk, 0, w->t.count, "c2", false);
	assert_int_equal(desk.new_items, w->t.count);
	assert_int_equal(desk.repeats, 2 + w->t.count);
	assert_int_equal(desk.journal.state.entries, 9);
	assert_string_equal(desk.journal.state.cursor, "c2");
	jx_office__desk_close(&desk);
	assert_journal_is(w, 0, w->t.count);
}

static void what_a_stopped_pull_left_is_cut_off(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;

	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, 6, "c1", false);
	jx_office__desk_close(&desk);
	/* killed between the lines and the state: a whole line and half of one */
	add_bytes(w, w->t.line[6]);
	add_bytes(w, "\n{\"kind\":\"en");
	open_desk(w, &desk);
	assert_string_equal(desk.journal.state.cursor, "c1");
	town_feed(&w->t, &desk, 6, w->t.count, "c2", false);
	jx_office__desk_close(&desk);
	assert_journal_is(w, 0, w->t.count);
}

static void a_shorter_journal_is_reported_and_left_alone(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *path = jx_test_path(w->dir, JX_OFFICE__JOURNAL);
	struct stat st;

	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, w->t.count, "c1", false);
	jx_office__desk_close(&desk);
	assert_int_equal(truncate(path, 700), 0);
	jx_assert_rc(jx_office__desk_open(jx_os_fs(), &w->clock.clock, w->dir, 0, &desk, &err), JX_ECORRUPT,
		     &err);
	jx_assert_says(&err, "700 bytes");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 700);
}

static jx_rc keep_all(const struct world *w, const struct jx_fs *fs, struct jx_error *err)
{
	struct jx_office__desk desk;
	JX_AUTO_JSON doc = {0};
	struct jx_item item;
	jx_rc rc = jx_office__desk_open(fs, &w->clock.clock, w->dir, 0, &desk, err);

	if (rc != JX_OK)
		return rc;
	/* two answers: the second may fail after the first was kept */
	for (size_t half = 0; half < 2 && rc == JX_OK; half++) {
		jx_office__feed_begin(&desk, false);
		for (size_t i = half * 8; i < (half == 0 ? 8 : w->t.count) && rc == JX_OK; i++) {
			jx_assert_ok(jx_item_read_in((struct jx_bytes){w->t.line[i], w->t.len[i]}, &doc,
						     &item, err),
				     err);
			rc = jx_office__feed_add(&desk, &item, &doc, err);
		}
		if (rc == JX_OK)
			rc = jx_office__feed_end(&desk, half == 0 ? "c1" : "c2", err);
	}
	jx_office__desk_close(&desk);
	return rc;
}

/* Every call to the disk fails once, from an empty folder; the next run goes on from the cursor and has everything once. */
static void a_failing_disk_loses_and_doubles_nothing(void **state)
{
	struct world *w = *state;
	struct jx_fault_fs fault;
	struct jx_error err = {.code = JX_OK};
	int at = 0, failed = 0;
	jx_rc rc;

	jx_fault_fs_init(&fault, jx_os_fs());
	do {
		jx_test_folder_remove(w->dir);
		w->dir = jx_test_folder();
		town_account(&w->t, w->dir);
		at++;
		jx_fault_fs_plan(&fault, at, at % 2 == 0 ? ENOSPC : EIO);
		fault.short_write = true;
		rc = keep_all(w, &fault.fs, &err);
		failed += rc != JX_OK ? 1 : 0;
		/* what the server sends to the cursor that was kept; all of it does no harm either */
		jx_assert_ok(keep_all(w, jx_os_fs(), &err), &err);
		assert_journal_is(w, 0, w->t.count);
	} while (fault.calls >= at);
	jx_fault_fs_done(&fault);
	assert_true(failed > 10);
}

static void a_snapshot_begins_a_new_journal(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *aside = jx_xasprintf("%s/journal-2026-09-01-unknown-1.ndjson", w->dir);
	int64_t observations = 0, wanted = 0;
	size_t len = 0, all = 0;

	for (size_t i = 0; i < w->t.count; i++)
		all += w->t.len[i] + 1;
	open_desk(w, &desk);
	/* nothing to forget yet: no old journal */
	town_feed(&w->t, &desk, 0, w->t.count, "c1", true);
	assert_int_equal(desk.journal.state.life, 1);
	town_feed(&w->t, &desk, 0, 8, "d1", true);
	assert_int_equal(desk.journal.state.life, 2);
	assert_int_equal(desk.journal.state.items, 8);
	town_feed(&w->t, &desk, 8, 9, "d2", false);
	jx_assert_ok(jx_office__index_counts(desk.index, &observations, &wanted, &err), &err);
	assert_true(observations < 4);
	jx_office__desk_close(&desk);
	assert_journal_is(w, 0, 9);
	{
		JX_AUTO_FREE char *old = jx_test_read(aside, &len);

		assert_non_null(old);
		assert_int_equal(len, all);
	}
}

/* Stopped after the new journal counts and before, between and after the renames. */
static void a_snapshot_cut_off_is_finished(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *path = jx_test_path(w->dir, JX_OFFICE__JOURNAL);
	JX_AUTO_FREE char *next = jx_test_path(w->dir, JX_OFFICE__NEXT);
	JX_AUTO_FREE char *aside = jx_test_path(w->dir, "journal-old.ndjson");
	struct jx_error err = {.code = JX_OK};

	for (int step = 0; step < 3; step++) {
		struct jx_office__state s = {
			.life = 2, .journal_bytes = (int64_t)w->t.len[0] + 1, .items = 1};
		struct jx_office__desk desk;
		size_t len = 0;

		jx_strcpy(s.aside, sizeof(s.aside), "journal-old.ndjson");
		(void)remove(aside);
		town_write_journal(&w->t, w->dir);
		if (step > 0)
			assert_int_equal(rename(path, aside), 0);
		{
			JX_AUTO_FREE char *line = jx_xasprintf("%s\n", w->t.line[0]);

			jx_assert_ok(jx_fs_write_all(jx_os_fs(), step == 2 ? path : next, line, strlen(line),
						     &err),
				     &err);
		}
		jx_assert_ok(jx_office__state_save(jx_os_fs(), w->dir, &s, &err), &err);
		open_desk(w, &desk);
		assert_string_equal(desk.journal.state.aside, "");
		jx_office__desk_close(&desk);
		assert_journal_is(w, 0, 1);
		assert_int_equal(access(next, F_OK), -1);
		{
			JX_AUTO_FREE char *old = jx_test_read(aside, &len);

			assert_non_null(old);
		}
	}
}

static jx_rc add_day(void *user, const char *day, struct jx_error *err)
{
	jx_buf *b = user;

	(void)err;
	jx_buf_adds(b, day);
	jx_buf_addc(b, ' ');
	return JX_OK;
}

static void changed_days(struct jx_office__desk *desk, jx_buf *b)
{
	struct jx_error err = {.code = JX_OK};

	jx_buf_reset(b);
	jx_buf_adds(b, "");
	jx_assert_ok(jx_office__index_each_changed_day(desk->index, add_day, b, &err), &err);
}

static void only_days_that_changed_are_made_again(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_BUF b;

	jx_buf_init(&b, 4096);
	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, w->t.count, "c1", false);
	changed_days(&desk, &b);
	assert_string_equal(b.data, TOWN_DAY " " TOWN_NEXT " ");
	jx_assert_ok(jx_office__index_day_done(desk.index, TOWN_DAY, &err), &err);
	jx_assert_ok(jx_office__index_day_done(desk.index, TOWN_NEXT, &err), &err);
	(void)town_add_kind(&w->t, 1, JX_KIND_OBSERVATION, TOWN_NEXT, true);
	town_feed(&w->t, &desk, w->t.count - 2, w->t.count, "c2", false);
	changed_days(&desk, &b);
	assert_string_equal(b.data, TOWN_NEXT " ");
	jx_office__desk_close(&desk);
}

static void assert_has(const char *dir, const char *name, const char *part, bool wanted)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, name);
	JX_AUTO_FREE char *text = jx_test_read(path, NULL);

	assert_non_null(text);
	if ((strstr(text, part) != NULL) != wanted)
		fail_msg("%s %s \"%s\": %s", name, wanted ? "lacks" : "has", part, text);
}

static void a_day_s_files_say_what_came(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *day = jx_office__day_dir(w->dir, TOWN_DAY);
	JX_AUTO_FREE char *forks = jx_xasprintf("%s/quarantined.csv", day);
	JX_AUTO_FREE char *json = jx_xasprintf("%s/observations.geojson", day);
	JX_AUTO_FREE char *sequence = jx_xasprintf("%s/observations.geojsons", day);
	JX_AUTO_JSON doc = {0};
	JX_AUTO_FREE char *text = NULL;
	int64_t rows = 0;
	struct jx_entry e;
	size_t len = 0;

	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, w->t.count, "c1", false);
	jx_assert_ok(jx_office__export_day(&desk, TOWN_DAY, &rows, &err), &err);
	assert_int_equal(rows, 3);
	assert_has(day, "observations.csv", "\r\nH07-1,observation,,2026-09-01,2026-09-01 17:42:03,", true);
	assert_has(day, "observations.csv", "\r\nH08-1,observation,", true);
	assert_has(day, "observations.csv", "\r\nH07-3,correction,", true);
	assert_has(day, "observations.csv", ",H07-1,,\"数错了\n再数一遍\",", true);
	assert_has(day, "observations.csv", ",,H07-3,,", true);
	assert_has(day, "记录.csv", "\r\nH07-1,登记,", true);
	assert_int_equal(access(forks, F_OK), -1);
	text = jx_test_read(json, &len);
	assert_non_null(text);
	jx_assert_ok(jx_json_parse(text, len, &jx_json_pack_limits, &doc, &err), &err);
	assert_int_equal(doc.tok[jx_json_get(&doc, 0, "features")].count, 4);
	{
		JX_AUTO_FREE char *texts = jx_test_read(sequence, &len);
		int separators = 0;

		assert_non_null(texts);
		for (size_t i = 0; i < len; i++)
			separators += texts[i] == '\x1e' ? 1 : 0;
		assert_int_equal(separators, 4);
		assert_int_equal(texts[0], '\x1e');
		assert_int_equal(texts[len - 1], '\n');
	}
	sample_of_kind(&e, JX_KIND_OBSERVATION);
	jx_strcpy(e.street, sizeof(e.street), "elsewhere");
	town_fork(&w->t, 0, &e, 1);
	town_feed(&w->t, &desk, w->t.count - 2, w->t.count, "c2", false);
	jx_assert_ok(jx_office__export_day(&desk, TOWN_DAY, &rows, &err), &err);
	assert_int_equal(rows, 3);
	assert_has(day, "quarantined.csv", "elsewhere", true);
	assert_has(day, "observations.csv", "elsewhere", false);
	jx_office__desk_close(&desk);
}

static void a_lost_or_damaged_index_is_made_again(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *path = jx_test_path(w->dir, JX_OFFICE__INDEX);
	JX_AUTO_BUF b;

	jx_buf_init(&b, 4096);
	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, w->t.count, "c1", false);
	jx_office__desk_close(&desk);
	for (int how = 0; how < 2; how++) {
		int64_t observations = 0, wanted = 0;

		if (how == 0)
			assert_int_equal(remove(path), 0);
		else
			jx_assert_ok(
				jx_fs_write_all(jx_os_fs(), path, "this is no database at all", 26, &err),
				&err);
		open_desk(w, &desk);
		jx_assert_ok(jx_office__index_counts(desk.index, &observations, &wanted, &err), &err);
		assert_int_equal(observations, 4);
		assert_int_equal(wanted, 2);
		changed_days(&desk, &b);
		assert_string_equal(b.data, TOWN_DAY " " TOWN_NEXT " ");
		jx_office__desk_close(&desk);
	}
}

static void wanted_photos_are_those_with_a_receipt(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_office__wanted wanted = {.size_bytes = 0};
	struct jx_error err = {.code = JX_OK};
	uint8_t sha256[JX_HASH_BYTES];

	/* a receipt for something that no entry lists wants nothing */
	memset(sha256, 0x77, sizeof(sha256));
	town_photo_receipt(&w->t, 0, sha256);
	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, w->t.count, "c1", false);
	for (int i = 1; i <= 2; i++) {
		jx_assert_ok(jx_office__index_next_wanted(desk.index, &wanted, &err), &err);
		assert_string_equal(wanted.day, TOWN_DAY);
		memset(sha256, i, sizeof(sha256));
		assert_memory_equal(wanted.sha256, sha256, sizeof(sha256));
		assert_int_equal(wanted.size_bytes, 250000 + i);
		jx_assert_ok(jx_office__index_fetched(desk.index, &wanted, &err), &err);
	}
	assert_int_equal(jx_office__index_next_wanted(desk.index, &wanted, &err), JX_ENOTFOUND);
	memset(&wanted, 0, sizeof(wanted));
	assert_int_equal(jx_office__index_next_wanted(desk.index, &wanted, &err), JX_ENOTFOUND);
	jx_office__desk_close(&desk);
}

static void a_statement_adds_up(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	JX_CLEANUP(jx_office__rows_done) struct jx_office__rows all = {.count = 0};
	const struct jx_day_row *rows;

	/* an office's own entries make no row */
	(void)town_add_kind(&w->t, 2, JX_KIND_OBSERVATION, TOWN_DAY, true);
	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, w->t.count, "c1", false);
	jx_assert_ok(jx_office__index_rows(desk.index, NULL, &all, &err), &err);
	rows = all.row;
	assert_int_equal(all.count, 3);
	assert_string_equal(rows[0].short_code, "H07");
	assert_string_equal(rows[0].day, TOWN_DAY);
	assert_int_equal(rows[0].state, JX_DAY_COMPLETE);
	assert_int_equal(rows[0].observations_recorded, 2);
	assert_int_equal(rows[0].observations_stored, 2);
	assert_int_equal(rows[0].photos_recorded, 2);
	assert_int_equal(rows[0].photos_listed, 2);
	assert_int_equal(rows[0].photos_stored, 2);
	assert_int_equal(rows[0].gaps, 0);
	assert_int_equal(rows[0].last_heard_utc_ms, TOWN_NOW + 4);
	assert_string_equal(rows[1].short_code, "H08");
	assert_int_equal(rows[1].state, JX_DAY_OPEN);
	assert_int_equal(rows[1].observations_recorded, -1);
	assert_string_equal(rows[2].day, TOWN_NEXT);
	jx_office__desk_close(&desk);
}

/* Of each day only its own entries are read; what is missing of the chain is told all the same, until it comes. */
static void a_gap_is_told_with_every_day(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	const size_t late = town_add_kind(&w->t, 1, JX_KIND_OBSERVATION, TOWN_NEXT, false);
	int64_t last_n = 0;

	(void)town_add_kind(&w->t, 1, JX_KIND_OBSERVATION, TOWN_NEXT, true);
	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, late, "c1", false);
	town_feed(&w->t, &desk, late + 1, w->t.count, "c2", false);
	for (int is_whole = 0; is_whole < 2; is_whole++) {
		JX_CLEANUP(jx_office__rows_done) struct jx_office__rows all = {.count = 0};
		JX_CLEANUP(jx_office__rows_done) struct jx_office__rows one = {.count = 0};
		size_t rows = 0;

		jx_assert_ok(jx_office__index_rows(desk.index, NULL, &all, &err), &err);
		jx_assert_ok(jx_office__index_rows(desk.index, TOWN_NEXT, &one, &err), &err);
		for (size_t i = 0; i < all.count; i++) {
			const struct jx_day_row *row = &all.row[i];

			if (strcmp(row->short_code, "H08") != 0) {
				assert_int_equal(row->gaps, 0);
				continue;
			}
			rows++;
			assert_true(last_n == 0 || row->last_n == last_n);
			last_n = row->last_n;
			assert_int_equal(row->gaps, is_whole ? 0 : 1);
			assert_int_equal(row->missing_first_n, is_whole ? 0 : last_n - 1);
			if (strcmp(row->day, TOWN_NEXT) == 0) {
				assert_int_equal(one.count, 1);
				assert_memory_equal(&one.row[0], row, sizeof(*row));
			}
		}
		assert_true(rows >= 2);
		town_feed(&w->t, &desk, late, late + 1, "c3", false);
	}
	jx_office__desk_close(&desk);
}

/* A receipt that no key of the server signed changes no statement. */
static void a_forged_photo_receipt_counts_for_nothing(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk;
	struct jx_error err = {.code = JX_OK};
	struct jx_entry e;
	JX_CLEANUP(jx_office__rows_done) struct jx_office__rows all = {.count = 0};
	const struct jx_day_row *rows;

	sample_observation(&e);
	memset(e.photos[0].sha256, 0x55, JX_HASH_BYTES);
	e.photo_count = 1;
	jx_strcpy(e.day, sizeof(e.day), "2026-09-03");
	town_add(&w->t, 0, &e, true);
	sample_key(33, w->t.pub, w->t.sec);
	town_photo_receipt(&w->t, 0, e.photos[0].sha256);
	open_desk(w, &desk);
	town_feed(&w->t, &desk, 0, w->t.count, "c1", false);
	jx_assert_ok(jx_office__index_rows(desk.index, "2026-09-03", &all, &err), &err);
	rows = all.row;
	assert_int_equal(all.count, 1);
	assert_int_equal(rows[0].photos_listed, 1);
	assert_int_equal(rows[0].photos_stored, 0);
	jx_office__desk_close(&desk);
}

static void two_pulls_do_not_meet(void **state)
{
	struct world *w = *state;
	struct jx_office__desk desk, second;
	struct jx_error err = {.code = JX_OK};

	open_desk(w, &desk);
	jx_assert_rc(jx_office__desk_open(jx_os_fs(), &w->clock.clock, w->dir, 0, &second, &err), JX_EBUSY,
		     &err);
	jx_office__desk_close(&desk);
	open_desk(w, &desk);
	jx_office__desk_close(&desk);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	struct world *w = *state;
	struct jx_fake_rand rand;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *path = jx_test_path(w->dir, JX_OFFICE__KEY);
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], again[JX_PUB_BYTES];

	jx_fake_rand_init(&rand, 1);
	jx_assert_rc(jx_office__key_load(jx_os_fs(), w->dir, pub, sec, &err), JX_ENOTFOUND, &err);
	jx_assert_ok(jx_office__key_make(jx_os_fs(), &rand.rand, w->dir, pub, sec, &err), &err);
	/* a second try of an enrolment finds the first one's key */
	jx_assert_ok(jx_office__key_make(jx_os_fs(), &rand.rand, w->dir, again, sec, &err), &err);
	assert_memory_equal(pub, again, sizeof(pub));
	assert_int_equal(chmod(path, 0640), 0);
	jx_assert_rc(jx_office__key_load(jx_os_fs(), w->dir, pub, sec, &err), JX_EAUTH, &err);
	jx_assert_says(&err, "chmod 600");
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 20), 0);
	jx_assert_rc(jx_office__key_load(jx_os_fs(), w->dir, pub, sec, &err), JX_ECORRUPT, &err);
}

static void an_account_comes_back_as_it_was(void **state)
{
	struct world *w = *state;
	struct jx_office__account a, b;
	struct jx_keys keys = {.pin_count = 2};
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *path = jx_test_path(w->dir, JX_OFFICE__IDENTITY);

	jx_assert_ok(jx_office__account_load(jx_os_fs(), w->dir, &a, &err), &err);
	memset(keys.identity, 0x42, sizeof(keys.identity));
	memset(keys.tls_spki_sha256, 0x43, sizeof(keys.tls_spki_sha256[0]) * 2);
	jx_office__account_rotate(&a, &keys);
	assert_int_equal(a.identity_count, 2);
	assert_memory_equal(a.identities[0], keys.identity, JX_PUB_BYTES);
	assert_memory_equal(a.identities[1], w->t.pub, JX_PUB_BYTES);
	jx_office__account_rotate(&a, &keys);
	assert_int_equal(a.identity_count, 2);
	jx_assert_ok(jx_office__account_save(jx_os_fs(), w->dir, &a, &err), &err);
	jx_assert_ok(jx_office__account_load(jx_os_fs(), w->dir, &b, &err), &err);
	assert_int_equal(b.pin_count, 2);
	assert_memory_equal(a.identities, b.identities, sizeof(a.identities));
	assert_string_equal(a.url, b.url);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, "{\"v\":1}", 7, &err), &err);
	jx_assert_rc(jx_office__account_load(jx_os_fs(), w->dir, &b, &err), JX_ECORRUPT, &err);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, "{\"v\":2}", 7, &err), &err);
	jx_assert_rc(jx_office__account_load(jx_os_fs(), w->dir, &b, &err), JX_EVERSION, &err);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_kept_verbatim_and_once),
		TEST(what_a_stopped_pull_left_is_cut_off),
		TEST(a_shorter_journal_is_reported_and_left_alone),
		TEST(a_failing_disk_loses_and_doubles_nothing),
		TEST(a_snapshot_begins_a_new_journal),
		TEST(a_snapshot_cut_off_is_finished),
		TEST(only_days_that_changed_are_made_again),
		TEST(a_day_s_files_say_what_came),
		TEST(a_lost_or_damaged_index_is_made_again),
		TEST(wanted_photos_are_those_with_a_receipt),
		TEST(a_statement_adds_up),
		TEST(a_gap_is_told_with_every_day),
		TEST(a_forged_photo_receipt_counts_for_nothing),
		TEST(two_pulls_do_not_meet),
		TEST(a_key_that_others_can_read_is_refused),
		TEST(an_account_comes_back_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
