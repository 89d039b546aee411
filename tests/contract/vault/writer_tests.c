/* Epoch, writers, codes, enrolment, states, marks. */
#include "vault_world.h"

#include <stdio.h>
#include <stdlib.h>

static void an_epoch_lasts_until_a_new_one_is_set(void **state)
{
	struct world *w = *state;
	uint8_t first[JX_ID_BYTES], again[JX_ID_BYTES], second[JX_ID_BYTES] = {9};

	jx_assert_ok(w->ops->epoch(w->vault, first, &w->err), &w->err);
	world_reopen(w);
	jx_assert_ok(w->ops->epoch(w->vault, again, &w->err), &w->err);
	assert_memory_equal(first, again, sizeof(first));
	jx_assert_ok(w->ops->new_epoch(w->vault, second, &w->err), &w->err);
	world_reopen(w);
	jx_assert_ok(w->ops->epoch(w->vault, again, &w->err), &w->err);
	assert_memory_equal(second, again, sizeof(second));
}

static void a_writer_comes_back_as_it_was_put_in(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	struct jx_writer row, got;

	fake_writer_init(&f, 2);
	writer_row(&f, "H07", JX_ROLE_FIELD, &row);
	world_add_writer(w, &f, "H07");
	world_reopen(w);
	got = world_writer(w, &f);
	assert_memory_equal(&got, &row, sizeof(row));
	fake_writer_done(&f);
}

static void an_unknown_writer_is_not_found(void **state)
{
	struct world *w = *state;
	const uint8_t id[JX_ID_BYTES] = {1};
	struct jx_writer row;

	jx_assert_rc(w->ops->writer(w->vault, id, &row, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_rc(w->ops->writer_by_short(w->vault, "H99", &row, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_rc(w->ops->mark_writer(w->vault, id, "behind", false, 1, &w->err), JX_ENOTFOUND, &w->err);
}

static void a_writer_id_is_never_used_twice(void **state)
{
	struct world *w = *state;
	struct jx_writer row;

	writer_row(&w->server, "S02", JX_ROLE_SERVER, &row);
	jx_assert_rc(w->ops->add_server_writer(w->vault, &row, &w->err), JX_EEXISTS, &w->err);
}

static void a_short_code_names_its_newest_writer(void **state)
{
	struct world *w = *state;
	struct fake_writer old, new;
	struct jx_writer row;

	fake_writer_init(&old, 2);
	fake_writer_init(&new, 3);
	world_add_writer(w, &old, "H07");
	world_add_writer(w, &new, "H07");
	jx_assert_ok(w->ops->writer_by_short(w->vault, "H07", &row, &w->err), &w->err);
	assert_memory_equal(row.id, new.id, sizeof(row.id));
}

static jx_rc count_until(void *user, const struct jx_writer *row)
{
	int *left = user;

	(void)row;
	return --*left == 0 ? JX_EINTR : JX_OK;
}

static void a_walk_over_writers_stops_when_told(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	int left = 10;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	jx_assert_ok(w->ops->each_writer(w->vault, count_until, &left, &w->err), &w->err);
	assert_int_equal(left, 8);
	left = 1;
	assert_int_equal(w->ops->each_writer(w->vault, count_until, &left, &w->err), JX_EINTR);
}

struct seen {
	int count;
	uint8_t first[4]; /* bytes of their public keys */
};

static jx_rc note_writer(void *user, const struct jx_writer *row)
{
	struct seen *s = user;

	assert_string_equal(row->short_code, "H07");
	assert_true(s->count < 4);
	s->first[s->count++] = row->public_key[0];
	return JX_OK;
}

static void all_that_had_a_short_code_are_found_by_it(void **state)
{
	struct world *w = *state;
	struct fake_writer a, other, b;
	struct seen s = {.count = 0};

	fake_writer_init(&a, 2);
	world_add_writer(w, &a, "H07");
	fake_writer_init(&other, 3);
	world_add_writer(w, &other, "H070");
	fake_writer_init(&b, 4);
	world_add_writer(w, &b, "H07");
	jx_assert_ok(w->ops->each_writer_of_short(w->vault, "H07", note_writer, &s, &w->err), &w->err);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.first[0], a.pub[0]);
	assert_int_equal(s.first[1], b.pub[0]);
	s.count = 0;
	jx_assert_ok(w->ops->each_writer_of_short(w->vault, "H0", note_writer, &s, &w->err), &w->err);
	assert_int_equal(s.count, 0);
}

static void a_code_is_kept_and_counts_wrong_tries(void **state)
{
	struct world *w = *state;
	struct jx_vault_code code = {.id = "K7Q2",
				     .secret = {1, 2, 3},
				     .short_code = "H07",
				     .role = JX_ROLE_LEADER,
				     .area = "a",
				     .is_trusted = true,
				     .expires_utc_ms = INT64_C(1) << 40};
	struct jx_vault_code got;

	jx_assert_ok(w->ops->add_code(w->vault, &code, &w->err), &w->err);
	jx_assert_rc(w->ops->add_code(w->vault, &code, &w->err), JX_EEXISTS, &w->err);
	jx_assert_ok(w->ops->code_failed(w->vault, "K7Q2", &w->err), &w->err);
	jx_assert_ok(w->ops->code_failed(w->vault, "K7Q2", &w->err), &w->err);
	jx_assert_rc(w->ops->code_failed(w->vault, "NONE", &w->err), JX_ENOTFOUND, &w->err);
	world_reopen(w);
	jx_assert_ok(w->ops->code(w->vault, "K7Q2", &got, &w->err), &w->err);
	code.tries = 2;
	assert_memory_equal(&got, &code, sizeof(code));
	jx_assert_rc(w->ops->code(w->vault, "NONE", &got, &w->err), JX_ENOTFOUND, &w->err);
}

static void enrolment_uses_the_code_and_states_it_in_the_servers_chain(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	struct jx_vault_code code;
	char id[5];

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	jx_hex(f.id, 2, id);
	jx_assert_ok(w->ops->code(w->vault, id, &code, &w->err), &w->err);
	assert_true(code.is_used);
	assert_memory_equal(code.used_public_key, f.pub, sizeof(f.pub));
	assert_memory_equal(code.writer, f.id, sizeof(f.id));
	assert_int_equal(world_writer(w, &w->server).n, 1);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
}

static void a_code_is_used_once_and_a_second_use_changes_nothing(void **state)
{
	struct world *w = *state;
	struct fake_writer first, second;
	struct jx_writer row;
	struct batch *fact;
	char id[5];

	fake_writer_init(&first, 2);
	fake_writer_init(&second, 3);
	world_add_writer(w, &first, "H07");
	jx_hex(first.id, 2, id);
	writer_row(&second, "H08", JX_ROLE_FIELD, &row);
	fact = fact_new(w, JX_KIND_WRITER_ENROLLED, &row);
	jx_assert_rc(w->ops->enrol(w->vault, id, &row, &fact->b, &w->err), JX_ECONFLICT, &w->err);
	free(fact);
	jx_assert_rc(w->ops->writer(w->vault, second.id, &row, &w->err), JX_ENOTFOUND, &w->err);
	assert_int_equal(world_writer(w, &w->server).n, 1);
	fake_writer_done(&first);
}

static void enrolment_is_whole_or_not_at_all(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	struct jx_writer row;
	struct jx_vault_code code = {.id = "K7Q2", .expires_utc_ms = 1};
	struct batch *fact;

	fake_writer_init(&f, 2);
	writer_row(&f, "H07", JX_ROLE_FIELD, &row);
	jx_assert_ok(w->ops->add_code(w->vault, &code, &w->err), &w->err);
	fact = fact_new(w, JX_KIND_WRITER_ENROLLED, &row);
	fact->b.expected_head[0] ^= 1; /* the server's chain moved meanwhile */
	jx_assert_rc(w->ops->enrol(w->vault, "K7Q2", &row, &fact->b, &w->err), JX_ECONFLICT, &w->err);
	jx_assert_rc(w->ops->writer(w->vault, f.id, &row, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_ok(w->ops->code(w->vault, "K7Q2", &code, &w->err), &w->err);
	assert_false(code.is_used);
	fact->b.expected_head[0] ^= 1;
	writer_row(&f, "H07", JX_ROLE_FIELD, &row);
	jx_assert_ok(w->ops->enrol(w->vault, "K7Q2", &row, &fact->b, &w->err), &w->err);
	free(fact);
}

static void a_revoked_writer_stores_nothing_more(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	struct jx_writer row;
	struct batch *fact;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	fake_writer_observe_many(&f, 2);
	jx_assert_ok(batch_take(w, &f, 1, 1, false), &w->err);
	row = world_writer(w, &f);
	fact = fact_new(w, JX_KIND_WRITER_REVOKED, &row);
	jx_assert_ok(w->ops->set_state(w->vault, f.id, JX_WRITER_REVOKED, &fact->b, &w->err), &w->err);
	free(fact);
	jx_assert_rc(batch_take(w, &f, 2, 2, false), JX_EAUTH, &w->err);
	row = world_writer(w, &f);
	assert_int_equal(row.n, 1);
	assert_int_equal(row.state, JX_WRITER_REVOKED);
	fake_writer_done(&f);
}

static void a_state_does_not_change_without_the_servers_entry(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	struct jx_writer row;
	struct batch *fact;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	row = world_writer(w, &f);
	fact = fact_new(w, JX_KIND_WRITER_REVOKED, &row);
	fact->b.expected_n++;
	fact->entries[0].n++;
	jx_assert_rc(w->ops->set_state(w->vault, f.id, JX_WRITER_REVOKED, &fact->b, &w->err), JX_ECONFLICT,
		     &w->err);
	free(fact);
	assert_int_equal(world_writer(w, &f).state, JX_WRITER_ACTIVE);
}

static void an_area_changes_with_the_servers_entry_or_not_at_all(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	struct jx_writer row;
	struct batch *fact;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	row = world_writer(w, &f);
	fact = fact_new(w, JX_KIND_WRITER_MOVED, &row);
	fact->b.expected_head[0] ^= 1; /* the server's chain moved meanwhile */
	jx_assert_rc(w->ops->set_area(w->vault, f.id, "330110", &fact->b, &w->err), JX_ECONFLICT, &w->err);
	assert_string_equal(world_writer(w, &f).area, "330185001");
	fact->b.expected_head[0] ^= 1;
	jx_assert_rc(w->ops->set_area(w->vault, w->server.log[0].id, "330110", &fact->b, &w->err),
		     JX_ENOTFOUND, &w->err);
	assert_int_equal(world_writer(w, &w->server).n, 1);
	jx_assert_ok(w->ops->set_area(w->vault, f.id, "330110", &fact->b, &w->err), &w->err);
	free(fact);
	world_reopen(w);
	jx_strcpy(row.area, sizeof(row.area), "330110");
	assert_string_equal(world_writer(w, &f).area, row.area);
	assert_int_equal(world_writer(w, &f).state, JX_WRITER_ACTIVE);
	assert_int_equal(world_writer(w, &w->server).n, 2);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
}

/* A rotation from w->server to a new writer, ready for the vault. */
struct rotation {
	struct jx_vault_rotation r;
	struct jx_signed keys[2];
	struct fake_writer next;
	struct jx_writer before, row;
	struct batch *first;
};

static struct rotation *rotation_new(struct world *w)
{
	struct rotation *t = jx_xcalloc(1, sizeof(*t));
	struct jx_keys keys = {.pin_count = 1, .from_utc_ms = FAKE_NOW_UTC_MS};
	struct jx_entry e;

	fake_writer_init(&t->next, 70);
	writer_row(&t->next, "S02", JX_ROLE_SERVER, &t->row);
	t->before = world_writer(w, &w->server);
	memcpy(keys.identity, t->next.pub, sizeof(keys.identity));
	jx_assert_ok(jx_keys_sign(&keys, w->server.sec, &t->keys[0], &w->err), &w->err);
	jx_assert_ok(jx_keys_sign(&keys, t->next.sec, &t->keys[1], &w->err), &w->err);
	fake_observation(&t->next, &e, "{}");
	(void)fake_writer_append(&t->next, &e);
	t->first = batch_new(w, &t->next, 1, 1, false);
	t->r = (struct jx_vault_rotation){.keys = t->keys,
					  .key_count = 2,
					  .utc_ms = FAKE_NOW_UTC_MS,
					  .before = &t->before,
					  .next = &t->row,
					  .first = &t->first->b};
	return t;
}

static void rotation_free(struct rotation *t)
{
	fake_writer_done(&t->next);
	free(t->first);
	free(t);
}

static void a_rotation_tells_the_keys_before_what_they_signed(void **state)
{
	struct world *w = *state;
	struct rotation *t = rotation_new(w);
	JX_AUTO_FREE char *feed = NULL, *field = NULL;
	char wanted[128];
	struct jx_signed newest;

	jx_assert_ok(w->ops->rotate(w->vault, &t->r, &w->err), &w->err);
	world_reopen(w);
	feed = world_feed(w, true, 0, NULL);
	(void)snprintf(wanted, sizeof(wanted), "keys; keys; entry %02x-1 signed; receipt %02x-1",
		       t->next.id[0], t->next.id[0]);
	assert_string_equal(feed, wanted);
	field = world_feed(w, false, 0, NULL);
	assert_string_equal(field, "keys; keys");
	jx_assert_ok(w->ops->keys(w->vault, &newest, &w->err), &w->err);
	assert_memory_equal(newest.sig, t->keys[1].sig, sizeof(newest.sig));
	assert_int_equal(world_writer(w, &t->next).n, 1);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	/* once */
	jx_assert_rc(w->ops->rotate(w->vault, &t->r, &w->err), JX_EEXISTS, &w->err);
	rotation_free(t);
}

static void a_rotation_is_whole_or_not_at_all(void **state)
{
	struct world *w = *state;
	struct rotation *t = rotation_new(w);
	struct fake_writer f;
	struct jx_signed none;
	struct jx_writer row;
	JX_AUTO_FREE char *feed = NULL;

	/* the batch does not begin the new log */
	t->first->b.expected_head[0] ^= 1;
	jx_assert_rc(w->ops->rotate(w->vault, &t->r, &w->err), JX_ECONFLICT, &w->err);
	t->first->b.expected_head[0] ^= 1;
	/* the writer before goes on meanwhile */
	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	jx_assert_rc(w->ops->rotate(w->vault, &t->r, &w->err), JX_ECONFLICT, &w->err);
	jx_assert_says(&w->err, "S01");
	jx_assert_rc(w->ops->writer(w->vault, t->next.id, &row, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_rc(w->ops->keys(w->vault, &none, &w->err), JX_ENOTFOUND, &w->err);
	feed = world_feed(w, false, 0, NULL);
	assert_string_equal(feed, "");
	t->before = world_writer(w, &w->server);
	jx_assert_ok(w->ops->rotate(w->vault, &t->r, &w->err), &w->err);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	rotation_free(t);
	fake_writer_done(&f);
}

struct reviews {
	jx_buf text;
};

static jx_rc list_review(void *user, const struct jx_vault_review *r)
{
	struct reviews *all = user;

	jx_buf_addf(&all->text, "%s-%lld %s%s x%lld at %lld; ", r->short_code, (long long)r->n,
		    r->is_fork ? "fork " : "", r->marks, (long long)r->times, (long long)r->utc_ms);
	return JX_OK;
}

static void marks_on_a_writer_are_counted_and_reviewed(void **state)
{
	struct world *w = *state;
	struct fake_writer f;
	struct reviews all;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	jx_assert_ok(w->ops->mark_writer(w->vault, f.id, "clone-alarm", false, 10, &w->err), &w->err);
	assert_false(world_writer(w, &f).must_enrol);
	jx_assert_ok(w->ops->mark_writer(w->vault, f.id, "clone-alarm", false, 20, &w->err), &w->err);
	jx_assert_ok(w->ops->mark_writer(w->vault, f.id, "behind", true, 30, &w->err), &w->err);
	assert_true(world_writer(w, &f).must_enrol);
	assert_false(world_writer(w, &f).is_forked);
	jx_buf_init(&all.text, 4096);
	jx_assert_ok(w->ops->each_review(w->vault, list_review, &all, &w->err), &w->err);
	assert_string_equal(all.text.data, "H07-0 clone-alarm x2 at 20; H07-0 behind x1 at 30; ");
	jx_buf_done(&all.text);
}

static void a_second_program_is_kept_out(void **state)
{
	struct world *w = *state;
	jx_vault *second = NULL;

	jx_assert_rc(w->kind->open(w->folder, &w->rand.rand, false, &second, &w->err), JX_EBUSY, &w->err);
	jx_assert_says(&w->err, "another jiexund");
	assert_null(second);
}

static void nothing_is_made_where_nothing_is_wanted(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *path = jx_test_path(w->folder, "none");
	jx_vault *v = NULL;
	int64_t size = 0, at = 0;

	jx_assert_rc(w->kind->open(path, &w->rand.rand, false, &v, &w->err), JX_ENOTFOUND, &w->err);
	assert_int_equal(jx_os_fs()->stat(jx_os_fs()->user, path, &size, &at, NULL), JX_ENOTFOUND);
}

const struct CMUnitTest vault_writer_tests[] = {
	cmocka_unit_test(an_epoch_lasts_until_a_new_one_is_set),
	cmocka_unit_test(a_writer_comes_back_as_it_was_put_in),
	cmocka_unit_test(an_unknown_writer_is_not_found),
	cmocka_unit_test(a_writer_id_is_never_used_twice),
	cmocka_unit_test(a_short_code_names_its_newest_writer),
	cmocka_unit_test(all_that_had_a_short_code_are_found_by_it),
	cmocka_unit_test(a_walk_over_writers_stops_when_told),
	cmocka_unit_test(a_code_is_kept_and_counts_wrong_tries),
	cmocka_unit_test(enrolment_uses_the_code_and_states_it_in_the_servers_chain),
	cmocka_unit_test(a_code_is_used_once_and_a_second_use_changes_nothing),
	cmocka_unit_test(enrolment_is_whole_or_not_at_all),
	cmocka_unit_test(a_revoked_writer_stores_nothing_more),
	cmocka_unit_test(a_state_does_not_change_without_the_servers_entry),
	cmocka_unit_test(an_area_changes_with_the_servers_entry_or_not_at_all),
	cmocka_unit_test(a_rotation_tells_the_keys_before_what_they_signed),
	cmocka_unit_test(a_rotation_is_whole_or_not_at_all),
	cmocka_unit_test(marks_on_a_writer_are_counted_and_reviewed),
	cmocka_unit_test(a_second_program_is_kept_out),
	cmocka_unit_test(nothing_is_made_where_nothing_is_wanted),
};
const size_t vault_writer_tests_count = sizeof(vault_writer_tests) / sizeof(vault_writer_tests[0]);
