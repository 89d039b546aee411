/* What comes down: scopes, cursors, pages, lines. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static const struct ask pull = {.from_n = -1, .wants_feed = true};

static struct device office(struct bench *b, enum jx_role role)
{
	struct device d;

	device_new(b, &d, 50, "O01", role);
	return d;
}

static struct device field(struct bench *b, size_t entries)
{
	struct device d;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	fake_writer_observe_many(&d.log, entries);
	if (entries > 0)
		device_sync_ok(b, &d);
	return d;
}

/* "entry:2 receipt:1 ..." of one answer. */
struct kinds {
	int entries, receipts, photo_receipts, keys, forks;
};

static struct kinds count_items(const struct reply *r)
{
	struct kinds k = {0};
	struct jx_error err = {0};
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));

	for (size_t i = 0; i < r->item_count; i++) {
		jx_assert_ok(jx_item_read(r->items[i], item, &err), &err);
		k.entries += strcmp(item->kind, "entry") == 0;
		k.receipts += strcmp(item->kind, "receipt") == 0;
		k.photo_receipts += strcmp(item->kind, "photo-receipt") == 0;
		k.keys += strcmp(item->kind, "keys") == 0;
		k.forks += item->is_fork;
	}
	free(item);
	return k;
}

static void the_office_gets_everything_and_then_nothing(void **state)
{
	struct bench *b = *state;
	struct device f = field(b, 3), o = office(b, JX_ROLE_DISPATCHER);
	struct kinds k;
	struct reply r;

	device_sync(b, &o, &pull, &r);
	assert_result(b, &o, &r, JX_SYNC_OK, 0);
	k = count_items(&r);
	assert_int_equal(k.entries, 7); /* 3 observations; enrolled and confirmed, twice */
	assert_int_equal(k.receipts, 3);
	assert_int_equal(k.keys, 1);
	assert_false(r.an.has_more);
	assert_false(r.an.is_snapshot);
	reply_done(&r);
	device_sync(b, &o, &pull, &r);
	assert_int_equal(r.item_count, 0);
	assert_string_equal(r.an.cursor, o.cursor);
	reply_done(&r);
	fake_writer_observe_many(&f.log, 1);
	device_sync_ok(b, &f);
	bench_restart(b);
	device_sync(b, &o, &pull, &r);
	k = count_items(&r);
	assert_int_equal(k.entries, 1);
	assert_int_equal(k.receipts, 1);
	reply_done(&r);
	device_done(&f);
}

static void roles_decide_what_is_seen(void **state)
{
	static const struct {
		enum jx_role role;
		bool sees_all;
	} rows[] = {
		{JX_ROLE_FIELD, false}, {JX_ROLE_LEADER, false}, {JX_ROLE_DISPATCHER, true},
		{JX_ROLE_UNIT, false},  {JX_ROLE_AUDITOR, true}, {JX_ROLE_ADMIN, true},
	};
	struct bench *b = *state;
	struct device f = field(b, 2);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct device d;
		struct reply r;
		struct kinds k;
		char short_code[16];

		(void)snprintf(short_code, sizeof(short_code), "R%zu", i);
		device_new(b, &d, 60 + i, short_code, rows[i].role);
		device_sync(b, &d, &pull, &r);
		k = count_items(&r);
		assert_int_equal(k.keys, 1);
		assert_int_equal(k.entries > 0, rows[i].sees_all);
		reply_done(&r);
	}
	device_done(&f);
}

static void an_entry_comes_down_as_it_went_up(void **state)
{
	struct bench *b = *state;
	struct device f = field(b, 2), o = office(b, JX_ROLE_AUDITOR);
	struct jx_item item;
	struct reply r;
	char key[64], uuid[37];
	int found = 0;

	jx_uuid_format(f.log.id, uuid);
	(void)snprintf(key, sizeof(key), "%s/2", uuid);
	device_sync(b, &o, &pull, &r);
	for (size_t i = 0; i < r.item_count; i++) {
		jx_assert_ok(jx_item_read(r.items[i], &item, &b->err), &b->err);
		if (strcmp(item.key, key) != 0 || strcmp(item.kind, "entry") != 0)
			continue;
		found++;
		assert_int_equal(item.entry.len, f.log.log[1].len);
		assert_memory_equal(item.entry.data, f.log.log[1].bytes, item.entry.len);
		assert_true(item.has_sig);
		assert_memory_equal(item.sig, f.log.log[1].sig, sizeof(item.sig));
		assert_int_equal(item.received_utc_ms, FAKE_NOW_UTC_MS);
		assert_false(item.has_digest);
	}
	assert_int_equal(found, 1);
	reply_done(&r);
	device_done(&f);
}

static void a_fork_comes_down_marked_under_keys_of_its_own(void **state)
{
	struct bench *b = *state;
	const struct ask all = {0};
	struct device f = field(b, 3), o = office(b, JX_ROLE_AUDITOR), clone = f;
	struct jx_item *items = jx_xcalloc(64, sizeof(*items));
	struct reply r;

	fake_writer_clone(&clone.log, &f.log, 2, 9);
	fake_writer_observe_many(&clone.log, 2);
	device_sync(b, &clone, &all, &r);
	assert_int_equal(r.an.result, JX_SYNC_FORK);
	reply_done(&r);
	device_sync(b, &o, &pull, &r);
	assert_int_equal(count_items(&r).forks, 2);
	assert_true(r.item_count < 64);
	for (size_t i = 0; i < r.item_count; i++)
		jx_assert_ok(jx_item_read(r.items[i], &items[i], &b->err), &b->err);
	for (size_t i = 0; i < r.item_count; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(strcmp(items[i].key, items[j].key) == 0 &&
				     strcmp(items[i].kind, items[j].kind) == 0);
	free(items);
	reply_done(&r);
	device_done(&f);
	device_done(&clone);
}

/* Pages until there is no more; each entry exactly once, in order. */
static void pages_join_without_a_seam(void **state)
{
	struct bench *b = *state;
	struct device f, o = office(b, JX_ROLE_DISPATCHER);
	const size_t total = 2100;
	int64_t next = 1;
	int pages = 0;
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	struct reply r;

	device_new(b, &f, 2, "H07", JX_ROLE_FIELD);
	fake_writer_observe_many(&f.log, total);
	for (int64_t n = 1; n <= (int64_t)total; n += 500) {
		const struct ask ask = {.from_n = n,
					.to_n = n + 499 < (int64_t)total ? n + 499 : (int64_t)total};

		device_sync(b, &f, &ask, &r);
		assert_int_equal(r.an.result, JX_SYNC_OK);
		reply_done(&r);
	}
	do {
		bool more;

		device_sync(b, &o, &pull, &r);
		assert_int_equal(r.status, 200);
		for (size_t i = 0; i < r.item_count; i++) {
			struct jx_entry e;

			jx_assert_ok(jx_item_read(r.items[i], item, &b->err), &b->err);
			if (strcmp(item->kind, "entry") != 0)
				continue;
			jx_assert_ok(jx_entry_decode(item->entry.data, item->entry.len, &e, &b->err),
				     &b->err);
			if (e.kind == JX_KIND_OBSERVATION)
				assert_int_equal(e.n, next++);
		}
		more = r.an.has_more;
		reply_done(&r);
		pages++;
		if (!more)
			break;
	} while (pages < 100);
	assert_int_equal(next, total + 1);
	assert_in_range(pages, 2, 6);
	free(item);
	device_done(&f);
}

static void the_largest_entries_come_down_within_the_ceiling(void **state)
{
	struct bench *b = *state;
	struct device f, o = office(b, JX_ROLE_ADMIN);
	JX_AUTO_BUF answers;
	struct reply r;
	int entries = 0, pages = 0;
	bool more;

	device_new(b, &f, 2, "H07", JX_ROLE_FIELD);
	jx_buf_init(&answers, JX_ENTRY_BYTES_MAX);
	jx_buf_adds(&answers, "{\"x\":\"");
	while (answers.len < 30000)
		jx_buf_adds(&answers, "\xe8\xa1\x97\xe5\xb7\xa1");
	jx_buf_adds(&answers, "\",\"y\":\"");
	while (answers.len < 60000)
		jx_buf_adds(&answers, "\xe8\xa1\x97\xe5\xb7\xa1");
	jx_buf_adds(&answers, "\"}");
	for (int i = 0; i < 40; i++) {
		struct jx_entry e;

		fake_observation(&f.log, &e, answers.data);
		(void)fake_writer_append(&f.log, &e);
	}
	for (int64_t n = 1; n <= 40; n += 10) {
		const struct ask ask = {.from_n = n, .to_n = n + 9};

		device_sync(b, &f, &ask, &r);
		assert_result(b, &f, &r, JX_SYNC_OK, n + 9);
		reply_done(&r);
	}
	do {
		device_sync(b, &o, &pull, &r);
		assert_int_equal(r.status, 200);
		entries += count_items(&r).entries;
		more = r.an.has_more;
		reply_done(&r);
	} while (more && ++pages < 20);
	assert_int_equal(entries, 40 + 4);
	device_done(&f);
}

static void a_cursor_of_another_epoch_scope_or_make_starts_afresh(void **state)
{
	struct bench *b = *state;
	struct device f = field(b, 2), o = office(b, JX_ROLE_AUDITOR);
	const uint8_t epoch[JX_ID_BYTES] = {3};
	char mine[192], fields[192];
	struct reply r;
	size_t all;

	device_sync(b, &o, &pull, &r);
	all = r.item_count;
	reply_done(&r);
	jx_strcpy(mine, sizeof(mine), o.cursor);
	device_sync(b, &f, &pull, &r);
	assert_int_equal(r.item_count, 2); /* itself, and the keys */
	reply_done(&r);
	jx_strcpy(fields, sizeof(fields), f.cursor);
	/* a field reader's cursor in the office's hands */
	jx_strcpy(o.cursor, sizeof(o.cursor), fields);
	device_sync(b, &o, &pull, &r);
	assert_true(r.an.is_snapshot);
	assert_int_equal(r.item_count, all);
	reply_done(&r);
	jx_strcpy(o.cursor, sizeof(o.cursor), "nonsense");
	device_sync(b, &o, &pull, &r);
	assert_true(r.an.is_snapshot);
	assert_int_equal(r.item_count, all);
	reply_done(&r);
	jx_strcpy(o.cursor, sizeof(o.cursor), mine);
	device_sync(b, &o, &pull, &r);
	assert_false(r.an.is_snapshot);
	assert_int_equal(r.item_count, 0);
	reply_done(&r);
	jx_assert_ok(b->ops->new_epoch(b->vault, epoch, &b->err), &b->err);
	device_sync(b, &o, &pull, &r);
	assert_true(r.an.is_snapshot);
	assert_int_equal(r.item_count, all);
	reply_done(&r);
	device_sync(b, &o, &pull, &r);
	assert_false(r.an.is_snapshot);
	reply_done(&r);
	device_done(&f);
}

struct seen {
	jx_buf text;
};

static jx_rc keep_line(void *user, const char *line, size_t len)
{
	struct seen *s = user;
	JX_AUTO_JSON doc = {0};
	struct jx_error err = {0};

	jx_assert_ok(jx_json_parse(line, len, &jx_json_message_limits, &doc, &err), &err);
	assert_true(jx_json_str_is(&doc, jx_json_get(&doc, 0, "short"), "H07"));
	jx_buf_add(&s->text, line, len);
	return JX_OK;
}

static void the_review_list_is_lines_of_json(void **state)
{
	struct bench *b = *state;
	struct device f = field(b, 3), clone = f;
	const struct ask nothing = {.from_n = -1};
	struct seen s;
	struct reply r;

	fake_writer_clone(&clone.log, &f.log, 1, 9);
	device_sync(b, &clone, &nothing, &r);
	reply_done(&r);
	f.log.now_utc_ms += INT64_C(86400000) * 3;
	fake_writer_observe_many(&f.log, 1);
	device_sync_ok(b, &f);
	jx_buf_init(&s.text, 4096);
	jx_assert_ok(jx_ingest_review(b->ingest, keep_line, &s, &b->err), &b->err);
	assert_non_null(strstr(s.text.data, "\"n\":4"));
	assert_non_null(strstr(s.text.data, "\"marks\":[\"clock-ahead\"]"));
	assert_non_null(strstr(s.text.data, "\"marks\":[\"behind\"]"));
	jx_buf_done(&s.text);
	device_done(&f);
	device_done(&clone);
}

static void small_answers_are_plain_and_large_ones_compressed(void **state)
{
	struct bench *b = *state;
	struct device f = field(b, 100), o = office(b, JX_ROLE_AUDITOR);
	struct ask pull_with = pull;
	struct reply r;
	size_t alone;

	pull_with.dictionary = JX_WIRE_DICTIONARY_NEWEST;
	device_sync(b, &o, &pull, &r);
	assert_true(r.is_zstd);
	assert_int_equal(r.dictionary, JX_WIRE_DICTIONARY_NONE); /* it was not said that it is known there */
	assert_int_equal(r.an.dictionary, JX_WIRE_DICTIONARY_NEWEST);
	assert_true(r.wire_bytes * 3 < r.plain.len);
	alone = r.wire_bytes;
	reply_done(&r);
	jx_strcpy(o.cursor, sizeof(o.cursor), "");
	device_sync(b, &o, &pull_with, &r);
	assert_int_equal(r.dictionary, JX_WIRE_DICTIONARY_NEWEST);
	assert_int_equal(r.an.dictionary, 0);
	assert_true(r.wire_bytes < alone);
	reply_done(&r);
	device_done(&f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_office_gets_everything_and_then_nothing),
		TEST(roles_decide_what_is_seen),
		TEST(an_entry_comes_down_as_it_went_up),
		TEST(a_fork_comes_down_marked_under_keys_of_its_own),
		TEST(pages_join_without_a_seam),
		TEST(the_largest_entries_come_down_within_the_ceiling),
		TEST(a_cursor_of_another_epoch_scope_or_make_starts_afresh),
		TEST(the_review_list_is_lines_of_json),
		TEST(small_answers_are_plain_and_large_ones_compressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
