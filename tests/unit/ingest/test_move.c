/* A writer that works in another area from now on. */
#include <stdlib.h>

#include "bench.h"

static const struct ask pull = {.from_n = -1, .wants_feed = true};

/* The one `writer` item of an answer, or NULL. */
static struct jx_item *own_item(struct bench *b, const struct reply *r)
{
	struct jx_item *item = jx_xcalloc(1, sizeof(*item)), *found = NULL;

	for (size_t i = 0; i < r->item_count; i++) {
		jx_assert_ok(jx_item_read(r->items[i], item, &b->err), &b->err);
		if (strcmp(item->kind, "writer") != 0)
			continue;
		assert_null(found);
		found = jx_xmalloc(sizeof(*found));
		*found = *item;
	}
	free(item);
	return found;
}

static struct jx_writer row_of(struct bench *b, const struct device *d)
{
	struct jx_writer row;

	jx_assert_ok(b->ops->writer(b->vault, d->log.id, &row, &b->err), &b->err);
	return row;
}

/* What the server's chain says of moves: "H07>330110; ..." */
static jx_rc note_move(void *user, const struct jx_vault_item *item)
{
	jx_buf *text = user;
	struct jx_entry e;

	if (item->kind == JX_VAULT_ENTRY &&
	    jx_entry_decode(item->entry.data, item->entry.len, &e, NULL) == JX_OK &&
	    e.kind == JX_KIND_WRITER_MOVED)
		jx_buf_addf(text, "%s>%s; ", e.subject_short, e.subject_area);
	return JX_OK;
}

static char *moves(struct bench *b)
{
	const struct jx_vault_scope all = {.all = true};
	jx_buf text;

	jx_buf_init(&text, 4096);
	jx_buf_adds(&text, "");
	jx_assert_ok(b->ops->feed(b->vault, &all, 0, 1000, note_move, &text, &b->err), &b->err);
	return text.data != NULL ? text.data : jx_xstrdup("");
}

static void assert_moves(struct bench *b, const char *wanted)
{
	JX_AUTO_FREE char *text = moves(b);

	assert_string_equal(text, wanted);
}

static void a_writer_is_told_its_area_at_the_start_and_with_each_move(void **state)
{
	struct bench *b = *state;
	struct device d;
	struct jx_item *item;
	struct reply r;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	device_sync(b, &d, &pull, &r);
	item = own_item(b, &r);
	assert_non_null(item);
	assert_string_equal(item->area, "330185001");
	assert_string_equal(item->short_code, "H07");
	assert_string_equal(item->role, "field");
	free(item);
	reply_done(&r);
	device_sync(b, &d, &pull, &r);
	assert_int_equal(r.item_count, 0);
	reply_done(&r);

	jx_assert_ok(jx_ingest_move(b->ingest, "H07", "330110", &b->err), &b->err);
	bench_restart(b);
	assert_string_equal(row_of(b, &d).area, "330110");
	device_sync(b, &d, &pull, &r);
	assert_true(r.an.is_snapshot);
	item = own_item(b, &r);
	assert_non_null(item);
	assert_string_equal(item->area, "330110");
	free(item);
	reply_done(&r);
	device_sync(b, &d, &pull, &r);
	assert_false(r.an.is_snapshot);
	assert_int_equal(r.item_count, 0);
	reply_done(&r);
	assert_moves(b, "H07>330110; ");
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
}

/* An answer that is lost on the way is no loss: the cursor has not moved. */
static void a_lost_answer_is_told_again(void **state)
{
	struct bench *b = *state;
	const struct ask lost = {.from_n = -1, .wants_feed = true, .keeps_old = true};
	struct device d;
	struct jx_item *item;
	struct reply r;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	device_sync(b, &d, &pull, &r);
	reply_done(&r);
	jx_assert_ok(jx_ingest_move(b->ingest, "H07", "330110", &b->err), &b->err);
	for (int i = 0; i < 2; i++) {
		device_sync(b, &d, i == 0 ? &lost : &pull, &r);
		item = own_item(b, &r);
		assert_non_null(item);
		assert_string_equal(item->area, "330110");
		free(item);
		reply_done(&r);
	}
}

static void moved_where_it_is_already_nothing_happens(void **state)
{
	struct bench *b = *state;
	struct device d;
	char id[37];

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	jx_uuid_format(d.log.id, id);
	jx_assert_ok(jx_ingest_move(b->ingest, "H07", "330185001", &b->err), &b->err);
	assert_moves(b, "");
	jx_assert_ok(jx_ingest_move(b->ingest, id, "330110", &b->err), &b->err);
	jx_assert_ok(jx_ingest_move(b->ingest, "H07", "330110", &b->err), &b->err);
	/* to no area, and back */
	jx_assert_ok(jx_ingest_move(b->ingest, "H07", "", &b->err), &b->err);
	jx_assert_ok(jx_ingest_move(b->ingest, "H07", "330185001", &b->err), &b->err);
	assert_moves(b, "H07>330110; H07>; H07>330185001; ");
}

static void what_was_recorded_keeps_its_area(void **state)
{
	struct bench *b = *state;
	struct device d;
	struct fake_entry *before;
	struct jx_entry e;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	before = fake_writer_observe(&d.log, 0);
	jx_assert_ok(jx_entry_decode(before->bytes, before->len, &e, &b->err), &b->err);
	assert_string_equal(e.area, "330185001");
	jx_assert_ok(jx_ingest_move(b->ingest, "H07", "330110", &b->err), &b->err);
	/* recorded before, sent after: taken as it is, without a mark */
	device_sync_ok(b, &d);
	{
		JX_AUTO_FREE char *review = bench_review(b);

		assert_string_equal(review, "");
	}
	device_done(&d);
}

static void refused_moves_change_nothing(void **state)
{
	struct bench *b = *state;
	struct device d;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	jx_assert_rc(jx_ingest_move(b->ingest, "H08", "330110", &b->err), JX_ENOTFOUND, &b->err);
	jx_assert_rc(jx_ingest_move(b->ingest, "S01", "330110", &b->err), JX_ENOTFOUND, &b->err);
	jx_assert_rc(jx_ingest_move(b->ingest, "H07", "123456789012345678901234", &b->err), JX_EINVAL,
		     &b->err);
	jx_assert_rc(jx_ingest_move(b->ingest, "H07", "a\nb", &b->err), JX_EINVAL, &b->err);
	jx_assert_rc(jx_ingest_move(b->ingest, "H07", "\xff", &b->err), JX_EINVAL, &b->err);
	assert_string_equal(row_of(b, &d).area, "330185001");
	jx_assert_ok(jx_ingest_revoke(b->ingest, "H07", "lost", &b->err), &b->err);
	jx_assert_rc(jx_ingest_move(b->ingest, "H07", "330110", &b->err), JX_ESTATE, &b->err);
	assert_moves(b, "");
}

static jx_rc fail_area(jx_vault *v, const uint8_t id[JX_ID_BYTES], const char *area,
		       const struct jx_vault_batch *server_entry, struct jx_error *err)
{
	(void)v;
	(void)id;
	(void)area;
	(void)server_entry;
	return jx_fail(err, JX_ENOSPC, 0, "test", "no room");
}

static void a_full_disk_moves_nobody(void **state)
{
	struct bench *b = *state;
	struct device d;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	b->between.set_area = fail_area;
	bench_interpose(b);
	jx_assert_rc(jx_ingest_move(b->ingest, "H07", "330110", &b->err), JX_ENOSPC, &b->err);
	b->between.set_area = b->ops->set_area;
	assert_string_equal(row_of(b, &d).area, "330185001");
	jx_assert_ok(jx_ingest_move(b->ingest, "H07", "330110", &b->err), &b->err);
	assert_moves(b, "H07>330110; ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_writer_is_told_its_area_at_the_start_and_with_each_move),
		TEST(a_lost_answer_is_told_again),
		TEST(moved_where_it_is_already_nothing_happens),
		TEST(what_was_recorded_keeps_its_area),
		TEST(refused_moves_change_nothing),
		TEST(a_full_disk_moves_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
