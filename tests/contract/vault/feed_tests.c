/* The feed: order, scope, paging, and readers beside writers. */
#include "vault_world.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct jx_signed keys_text(struct world *w, int64_t from_utc_ms)
{
	struct jx_keys k = {.from_utc_ms = from_utc_ms, .pin_count = 1};
	struct jx_signed text;

	memcpy(k.identity, w->server.pub, sizeof(k.identity));
	jx_assert_ok(jx_keys_sign(&k, w->server.sec, &text, &w->err), &w->err);
	return text;
}

static void everything_comes_in_commit_order(void **state)
{
	struct world *w = *state;
	const struct jx_signed keys = keys_text(w, 1);
	struct fake_writer f, clone;
	char *feed, want[512];
	int64_t pos = 0;

	fake_writer_init(&f, 2);
	jx_assert_ok(w->ops->add_keys(w->vault, &keys, 1, &w->err), &w->err);
	world_add_writer(w, &f, "H07");
	(void)fake_writer_observe(&f, 1);
	fake_writer_observe_many(&f, 1);
	jx_assert_ok(batch_take(w, &f, 1, 2, false), &w->err);
	fake_writer_clone(&clone, &f, 1, 99);
	fake_writer_observe_many(&clone, 1);
	jx_assert_ok(batch_take(w, &clone, 2, 2, true), &w->err);
	jx_assert_ok(w->ops->photo_stored(w->vault, f.id, f.log[0].photos[0].sha256, &keys, 1, &w->err),
		     &w->err);
	(void)snprintf(
		want, sizeof(want),
		"keys; entry %02x-1 signed; receipt %02x-1; entry %02x-1; entry %02x-2 signed; receipt %02x-2; "
		"entry %02x-2 fork signed; receipt %02x-2 fork; photo-receipt %02x",
		w->server.id[0], w->server.id[0], f.id[0], f.id[0], f.id[0], f.id[0], f.id[0], f.id[0]);
	world_reopen(w);
	feed = world_feed(w, true, 0, &pos);
	assert_string_equal(feed, want);
	free(feed);
	feed = world_feed(w, true, pos, NULL);
	assert_string_equal(feed, "");
	free(feed);
	feed = world_feed(w, true, pos - 1, NULL);
	(void)snprintf(want, sizeof(want), "photo-receipt %02x", f.id[0]);
	assert_string_equal(feed, want);
	free(feed);
	fake_writer_done(&f);
	fake_writer_done(&clone);
}

static void the_field_sees_keys_only(void **state)
{
	struct world *w = *state;
	const struct jx_signed first = keys_text(w, 1), second = keys_text(w, 2);
	struct fake_writer f;
	struct jx_signed got;
	char *feed;

	fake_writer_init(&f, 2);
	jx_assert_rc(w->ops->keys(w->vault, &got, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_ok(w->ops->add_keys(w->vault, &first, 1, &w->err), &w->err);
	world_add_writer(w, &f, "H07");
	fake_writer_observe_many(&f, 2);
	jx_assert_ok(batch_take(w, &f, 1, 2, false), &w->err);
	jx_assert_ok(w->ops->add_keys(w->vault, &second, 2, &w->err), &w->err);
	feed = world_feed(w, false, 0, NULL);
	assert_string_equal(feed, "keys; keys");
	free(feed);
	jx_assert_ok(w->ops->keys(w->vault, &got, &w->err), &w->err);
	assert_memory_equal(&got, &second, sizeof(got));
	fake_writer_done(&f);
}

static struct jx_vault_pack pack_of(struct world *w, const char *id, int64_t version, const char *text)
{
	struct jx_pack_seal seal = {.version = version, .size_bytes = (int64_t)strlen(text)};
	struct jx_vault_pack p = {.version = version, .utc_ms = 7, .bytes = {text, strlen(text)}};

	jx_strcpy(p.id, sizeof(p.id), id);
	jx_strcpy(p.valid_from, sizeof(p.valid_from), "2026-12-01");
	jx_sha256(text, strlen(text), p.sha256);
	jx_strcpy(seal.pack, sizeof(seal.pack), id);
	jx_strcpy(seal.valid_from, sizeof(seal.valid_from), p.valid_from);
	memcpy(seal.sha256, p.sha256, sizeof(seal.sha256));
	jx_assert_ok(jx_pack_seal_sign(&seal, w->server.sec, &p.seal, &w->err), &w->err);
	return p;
}

static jx_rc compare_pack(void *user, const struct jx_vault_pack *p)
{
	const struct jx_vault_pack **want = user;

	assert_string_equal(p->id, (*want)->id);
	assert_int_equal(p->version, (*want)->version);
	assert_string_equal(p->valid_from, (*want)->valid_from);
	assert_int_equal(p->utc_ms, (*want)->utc_ms);
	assert_memory_equal(p->sha256, (*want)->sha256, JX_HASH_BYTES);
	assert_memory_equal(&p->seal, &(*want)->seal, sizeof(p->seal));
	assert_int_equal(p->bytes.len, (*want)->bytes.len);
	assert_memory_equal(p->bytes.data, (*want)->bytes.data, p->bytes.len);
	++*want;
	return JX_OK;
}

static void packs_are_published_once_and_for_all(void **state)
{
	struct world *w = *state;
	struct jx_vault_pack packs[2] = {pack_of(w, "rodents", 3, "{first}"),
					 pack_of(w, "rodents", 4, "{second one}")};
	const struct jx_vault_pack *want = packs;
	struct jx_vault_pack other = pack_of(w, "rodents", 4, "{other}");
	char piece[16], *feed;
	int64_t size = 0;
	size_t got = 0;

	jx_assert_rc(w->ops->pack_size(w->vault, packs[0].sha256, &size, &w->err), JX_ENOTFOUND, &w->err);
	for (int i = 0; i < 2; i++)
		jx_assert_ok(w->ops->add_pack(w->vault, &packs[i], &w->err), &w->err);
	jx_assert_rc(w->ops->add_pack(w->vault, &other, &w->err), JX_EEXISTS, &w->err);
	jx_assert_rc(w->ops->pack_size(w->vault, other.sha256, &size, &w->err), JX_ENOTFOUND, &w->err);
	world_reopen(w);
	jx_assert_ok(w->ops->each_pack(w->vault, compare_pack, &want, &w->err), &w->err);
	assert_ptr_equal(want, packs + 2);
	jx_assert_ok(w->ops->pack_size(w->vault, packs[1].sha256, &size, &w->err), &w->err);
	assert_int_equal(size, 12);
	jx_assert_ok(w->ops->pack_read(w->vault, packs[1].sha256, 8, piece, 3, &got, &w->err), &w->err);
	assert_int_equal(got, 3);
	assert_memory_equal(piece, "one", 3);
	jx_assert_ok(w->ops->pack_read(w->vault, packs[1].sha256, 11, piece, 16, &got, &w->err), &w->err);
	assert_int_equal(got, 1);
	jx_assert_ok(w->ops->pack_read(w->vault, packs[1].sha256, 99, piece, 16, &got, &w->err), &w->err);
	assert_int_equal(got, 0);
	/* for everybody, by their order */
	for (int all = 0; all < 2; all++) {
		feed = world_feed(w, all != 0, 0, NULL);
		assert_non_null(strstr(feed, "pack rodents-3; pack rodents-4"));
		free(feed);
	}
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
}

struct copy {
	const struct fake_entry *e;
	bool is_seen;
};

static jx_rc compare_item(void *user, const struct jx_vault_item *item)
{
	struct copy *c = user;

	if (item->kind != JX_VAULT_ENTRY || item->entry.len != c->e->len ||
	    memcmp(item->entry.data, c->e->bytes, c->e->len) != 0)
		return JX_OK;
	assert_memory_equal(item->digest, c->e->digest, JX_HASH_BYTES);
	assert_memory_equal(item->head, c->e->head, JX_HASH_BYTES);
	assert_memory_equal(item->sig, c->e->sig, JX_SIG_BYTES);
	assert_int_equal(item->utc_ms, FAKE_NOW_UTC_MS + 2);
	assert_null(item->marks);
	c->is_seen = true;
	return JX_EINTR;
}

static void an_entry_comes_down_byte_for_byte(void **state)
{
	struct world *w = *state;
	const struct jx_vault_scope all = {.all = true};
	struct fake_writer f;
	struct copy c;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	fake_writer_observe_many(&f, 2);
	jx_assert_ok(batch_take(w, &f, 1, 2, false), &w->err);
	c = (struct copy){.e = &f.log[1]};
	assert_int_equal(w->ops->feed(w->vault, &all, 0, 100, compare_item, &c, &w->err), JX_EINTR);
	assert_true(c.is_seen);
	fake_writer_done(&f);
}

static jx_rc count_item(void *user, const struct jx_vault_item *item)
{
	int *count = user;

	(void)item;
	++*count;
	return JX_OK;
}

static void a_limit_is_kept(void **state)
{
	struct world *w = *state;
	const struct jx_vault_scope all = {.all = true};
	struct fake_writer f;
	int count = 0;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	fake_writer_observe_many(&f, 10);
	jx_assert_ok(batch_take(w, &f, 1, 10, false), &w->err);
	jx_assert_ok(w->ops->feed(w->vault, &all, 0, 4, count_item, &count, &w->err), &w->err);
	assert_int_equal(count, 4);
	fake_writer_done(&f);
}

/*
 * ---- writers and a reader at the same time: cmocka's asserts must not run outside the test's thread ----
 */

#define WRITERS 3
#define BATCHES 20

struct job {
	struct world *w;
	struct fake_writer f;
	struct batch *batches[BATCHES];
	jx_rc rc;
};

static void *write_batches(void *arg)
{
	struct job *j = arg;

	for (int i = 0; i < BATCHES && j->rc == JX_OK; i++)
		j->rc = j->w->ops->take(j->w->vault, &j->batches[i]->b, NULL);
	return NULL;
}

struct reader {
	int64_t pos;
	int entries;
	bool is_out_of_order;
};

static jx_rc read_on(void *user, const struct jx_vault_item *item)
{
	struct reader *r = user;

	r->is_out_of_order |= item->pos <= r->pos;
	r->pos = item->pos;
	r->entries += item->kind == JX_VAULT_ENTRY && item->n > 0;
	return JX_OK;
}

static void a_reader_that_goes_on_from_its_place_misses_nothing(void **state)
{
	struct world *w = *state;
	const struct jx_vault_scope all = {.all = true};
	struct job jobs[WRITERS];
	pthread_t threads[WRITERS];
	struct reader r = {.pos = 0};
	const int want = WRITERS * BATCHES * 5 + WRITERS;
	int rounds = 0;

	for (int i = 0; i < WRITERS; i++) {
		char short_code[16];

		jobs[i] = (struct job){.w = w};
		fake_writer_init(&jobs[i].f, (uint64_t)i + 10);
		(void)snprintf(short_code, sizeof(short_code), "H%02d", i);
		world_add_writer(w, &jobs[i].f, short_code);
		fake_writer_observe_many(&jobs[i].f, BATCHES * 5);
		for (int b = 0; b < BATCHES; b++)
			jobs[i].batches[b] = batch_new(w, &jobs[i].f, b * 5 + 1, b * 5 + 5, false);
	}
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_batches, &jobs[i]), 0);
	while (r.entries < want && rounds++ < 100000)
		jx_assert_ok(w->ops->feed(w->vault, &all, r.pos, 7, read_on, &r, &w->err), &w->err);
	for (int i = 0; i < WRITERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(jobs[i].rc, JX_OK);
		for (int b = 0; b < BATCHES; b++)
			free(jobs[i].batches[b]);
		fake_writer_done(&jobs[i].f);
	}
	assert_false(r.is_out_of_order);
	assert_int_equal(r.entries, want);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
}

const struct CMUnitTest vault_feed_tests[] = {
	cmocka_unit_test(everything_comes_in_commit_order),
	cmocka_unit_test(the_field_sees_keys_only),
	cmocka_unit_test(packs_are_published_once_and_for_all),
	cmocka_unit_test(an_entry_comes_down_byte_for_byte),
	cmocka_unit_test(a_limit_is_kept),
	cmocka_unit_test(a_reader_that_goes_on_from_its_place_misses_nothing),
};
const size_t vault_feed_tests_count = sizeof(vault_feed_tests) / sizeof(vault_feed_tests[0]);
