/* Packs that come down: what is believed, what is refused, and what is there after a restart. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "jiexun/shelf.h"
#include "jx_test.h"

#define OFFERS_MAX 8

/* A server with its pack key, and what it serves. */
struct world {
	char *folder;
	uint8_t pub[2][JX_PUB_BYTES], sec[2][JX_SEC_BYTES]; /* [1]: a stranger's */
	struct jx_shelf_item items[OFFERS_MAX];
	char *files[OFFERS_MAX];
	uint8_t hashes[OFFERS_MAX][JX_HASH_BYTES];
	size_t count;
	int fetched;
	jx_rc fetch_rc; /* what fetching comes to */
	jx_shelf *shelf;
	struct jx_error err;
};

static int open_world(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	w->folder = jx_test_folder();
	for (uint8_t i = 0; i < 2; i++) {
		const uint8_t seed[32] = {1, i};

		jx_key_from_seed(seed, w->pub[i], w->sec[i]);
	}
	*state = w;
	return jx_shelf_open(jx_os_fs(), w->folder, &w->shelf, &w->err) == JX_OK ? 0 : -1;
}

static int close_world(void **state)
{
	struct world *w = *state;

	jx_shelf_close(w->shelf);
	for (size_t i = 0; i < w->count; i++)
		free(w->files[i]);
	jx_test_folder_remove(w->folder);
	free(w);
	return 0;
}

static void reopen(struct world *w)
{
	jx_shelf_close(w->shelf);
	w->shelf = NULL;
	jx_assert_ok(jx_shelf_open(jx_os_fs(), w->folder, &w->shelf, &w->err), &w->err);
}

/* A small pack with these codes. */
static char *pack_text(int version, const char *codes)
{
	return jx_xasprintf(
		"{\"format\":2,\"id\":\"markets\",\"version\":%d,\"valid_from\":\"2026-01-01\",\"languages\":[\"en\"],"
		"\"name\":{\"en\":\"markets\"},\"source\":\"s\",\"lists\":[{\"id\":\"stall\",\"name\":{\"en\":\"stalls\"},"
		"\"codes\":[%s]}]}",
		version, codes);
}
#define FISH "{\"code\":\"fish\",\"name\":{\"en\":\"fish\"}}"
#define MEAT "{\"code\":\"meat\",\"name\":{\"en\":\"meat\"}}"

/* Takes text. */
static size_t offer_text(struct world *w, int version, char *text, const char *day, int key)
{
	struct jx_pack_seal seal = {
		.pack = "markets", .version = version, .size_bytes = (int64_t)strlen(text)};
	const size_t at = w->count++;

	jx_strcpy(seal.valid_from, sizeof(seal.valid_from), day);
	jx_sha256(text, strlen(text), seal.sha256);
	memcpy(w->hashes[at], seal.sha256, sizeof(seal.sha256));
	w->files[at] = text;
	(void)snprintf(w->items[at].key, sizeof(w->items[at].key), "markets/%d", version);
	jx_assert_ok(jx_pack_seal_sign(&seal, w->sec[key], &w->items[at].text, &w->err), &w->err);
	return at;
}

static size_t offer(struct world *w, int version, const char *codes, const char *day)
{
	return offer_text(w, version, pack_text(version, codes), day, 0);
}

static jx_rc fetch(void *user, const struct jx_pack_seal *seal, jx_buf *out, struct jx_error *err)
{
	struct world *w = user;

	w->fetched++;
	if (w->fetch_rc != JX_OK)
		return jx_fail(err, w->fetch_rc, 0, "test", "as the test wants");
	for (size_t i = 0; i < w->count; i++)
		if (memcmp(w->hashes[i], seal->sha256, JX_HASH_BYTES) == 0)
			jx_buf_adds(out, w->files[i]);
	return JX_OK;
}

static struct jx_shelf_offer offer_of(struct world *w)
{
	return (struct jx_shelf_offer){.items = w->items,
				       .count = w->count,
				       .keys = (const uint8_t(*)[JX_PUB_BYTES])w->pub,
				       .key_count = 1,
				       .fetch = fetch,
				       .user = w};
}

static void take(struct world *w, int64_t want_taken, size_t want_problems)
{
	const struct jx_shelf_offer o = offer_of(w);
	int64_t taken = -1;

	jx_assert_ok(jx_shelf_take(w->shelf, &o, &taken, &w->err), &w->err);
	assert_int_equal(taken, want_taken);
	assert_int_equal(jx_shelf_problem_count(w->shelf), want_problems);
	assert_false(want_problems == 0 && jx_shelf_wants(w->shelf, &o));
}

static void assert_problem(struct world *w, size_t i, const char *key, jx_rc rc, const char *says)
{
	const struct jx_shelf_problem *p = jx_shelf_problem_at(w->shelf, i);

	assert_non_null(p);
	assert_string_equal(p->key, key);
	assert_string_equal(p->error, jx_rc_name(rc));
	if (strstr(p->text, says) == NULL)
		fail_msg("\"%s\" is not in: %s", says, p->text);
}

static int64_t active(const struct world *w, const char *day)
{
	const jx_pack *pack = jx_packs_active(jx_shelf_packs(w->shelf), "markets", day);

	return pack == NULL ? 0 : jx_pack_version(pack);
}

static void what_came_is_there_after_a_restart(void **state)
{
	struct world *w = *state;
	const jx_pack *pack;

	/* in any order: the older one first */
	(void)offer(w, 10, FISH "," MEAT, "2026-12-01");
	(void)offer(w, 9, FISH, "2026-10-01");
	take(w, 2, 0);
	assert_int_equal(w->fetched, 2);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(active(w, "2026-09-30"), 0);
		assert_int_equal(active(w, "2026-10-01"), 9);
		assert_int_equal(active(w, "2026-12-01"), 10);
		pack = jx_packs_version(jx_shelf_packs(w->shelf), "markets", 10);
		assert_true(jx_shelf_is_received(w->shelf, pack));
		assert_string_equal(jx_pack_valid_from(pack), "2026-12-01");
		reopen(w);
	}
	assert_false(jx_shelf_is_received(
		w->shelf, jx_packs_active(jx_shelf_packs(w->shelf), "ten-disorders", "2026-09-01")));
	take(w, 0, 0);
	assert_int_equal(w->fetched, 2);
}

static void a_stranger_s_pack_is_never_fetched(void **state)
{
	struct world *w = *state;
	struct jx_shelf_offer o;
	size_t at;

	(void)offer_text(w, 9, pack_text(9, FISH), "2026-10-01", 1);
	at = offer(w, 10, FISH, "2026-10-01");
	w->items[at].text.text[60] ^= 1;
	o = offer_of(w);
	assert_false(jx_shelf_wants(w->shelf, &o));
	take(w, 0, 2);
	assert_int_equal(w->fetched, 0);
	assert_int_equal(active(w, "2026-12-01"), 0);
	assert_problem(w, 0, "markets/9", JX_EAUTH, "not signed");
	reopen(w);
	assert_problem(w, 1, "markets/10", JX_EAUTH, "not signed");
	/* the keys item that names its key comes later */
	memcpy(w->pub[0], w->pub[1], sizeof(w->pub[0]));
	w->count = 1;
	take(w, 1, 0);
	w->count = 2;
}

static void other_bytes_than_signed_are_not_used(void **state)
{
	struct world *w = *state;
	const size_t at = offer(w, 9, FISH, "2026-10-01");
	char *good = w->files[at];

	w->files[at] = pack_text(9, MEAT);
	take(w, 0, 1);
	assert_problem(w, 0, "markets/9", JX_ECORRUPT, "not the bytes");
	free(w->files[at]);
	w->files[at] = good;
	take(w, 1, 0); /* it may have been the way: tried again */
	reopen(w);
	assert_int_equal(jx_shelf_problem_count(w->shelf), 0);
}

static void what_contradicts_is_refused_and_not_fetched_again(void **state)
{
	struct world *w = *state;

	(void)offer(w, 9, FISH, "2026-10-01");
	take(w, 1, 0);
	(void)offer(w, 8, FISH, "2026-10-01");
	(void)offer(w, 10, MEAT, "2026-10-02");
	(void)offer_text(w, 11, pack_text(11, "{\"code\":5}"), "2026-10-03", 0);
	take(w, 0, 3);
	assert_problem(w, 0, "markets/8", JX_EVERSION, "older than 9");
	assert_problem(w, 1, "markets/10", JX_ECONFLICT, "fish");
	assert_problem(w, 2, "markets/11", JX_EINVAL, "lists[0].codes[0]");
	assert_int_equal(active(w, "2026-12-01"), 9);
	assert_int_equal(w->fetched, 4);
	reopen(w);
	assert_int_equal(jx_shelf_problem_count(w->shelf), 3);
	take(w, 0, 3);
	assert_int_equal(w->fetched, 4);
	/* put right by a newer one: only what is too old stays a problem */
	(void)offer(w, 12, FISH "," MEAT, "2026-10-04");
	take(w, 1, 1);
	assert_problem(w, 0, "markets/8", JX_EVERSION, "older");
	assert_int_equal(active(w, "2026-12-01"), 12);
}

static void a_version_is_never_another(void **state)
{
	struct world *w = *state;

	(void)offer(w, 9, FISH, "2026-10-01");
	take(w, 1, 0);
	w->count = 0;
	free(w->files[0]);
	(void)offer(w, 9, FISH "," MEAT, "2026-10-01");
	take(w, 0, 1);
	assert_problem(w, 0, "markets/9", JX_EEXISTS, "version 9");
}

static void a_network_that_fails_ends_the_run_and_loses_nothing(void **state)
{
	struct world *w = *state;
	struct jx_shelf_offer o;
	int64_t taken = 0;

	(void)offer(w, 9, FISH, "2026-10-01");
	w->fetch_rc = JX_ENET;
	o = offer_of(w);
	jx_assert_rc(jx_shelf_take(w->shelf, &o, &taken, &w->err), JX_ENET, &w->err);
	assert_int_equal(active(w, "2026-12-01"), 0);
	w->fetch_rc = JX_ENOTFOUND;
	take(w, 0, 1);
	w->fetch_rc = JX_OK;
	take(w, 1, 0);
}

static char *pack_file(const struct world *w)
{
	JX_AUTO_FREE char *dir = jx_test_path(w->folder, "packs");
	char mark[17];

	jx_hex(w->hashes[0], 8, mark);
	return jx_xasprintf("%s/markets.9.2026-10-01.%s.json", dir, mark);
}

static void a_file_that_changed_is_told_and_fetched_again(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *path = NULL;

	(void)offer(w, 9, FISH, "2026-10-01");
	take(w, 1, 0);
	path = pack_file(w);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, "{}", 2, &w->err), &w->err);
	reopen(w);
	assert_int_equal(active(w, "2026-12-01"), 0);
	assert_int_equal(jx_shelf_problem_count(w->shelf), 1);
	assert_string_equal(jx_shelf_problem_at(w->shelf, 0)->error, "ecorrupt");
	take(w, 1, 0);
	reopen(w);
	assert_int_equal(active(w, "2026-12-01"), 9);
}

static void a_disk_that_fails_leaves_all_as_it_was(void **state)
{
	struct world *w = *state;
	struct jx_fault_fs fault;
	bool is_hit = true;
	int failed = 0;

	(void)offer(w, 9, FISH, "2026-10-01");
	jx_fault_fs_init(&fault, jx_os_fs());
	for (int at = 1; is_hit; at++) {
		const struct jx_shelf_offer o = offer_of(w);
		JX_AUTO_FREE char *path = pack_file(w);
		int64_t taken = 0;
		jx_rc rc;

		jx_shelf_close(w->shelf);
		w->shelf = NULL;
		jx_assert_ok(jx_shelf_open(&fault.fs, w->folder, &w->shelf, &w->err), &w->err);
		jx_fault_fs_plan(&fault, at, ENOSPC);
		rc = jx_shelf_take(w->shelf, &o, &taken, &w->err);
		is_hit = fault.calls >= at;
		assert_true(rc == JX_OK || rc == JX_ENOSPC);
		assert_int_equal(active(w, "2026-12-01"), taken > 0 ? 9 : 0);
		assert_true(taken > 0 || rc != JX_OK);
		assert_int_equal(jx_shelf_problem_count(w->shelf), 0);
		failed += taken == 0;
		jx_fault_fs_plan(&fault, 0, 0);
		if (is_hit)
			(void)jx_os_fs()->remove(jx_os_fs()->user, path, NULL);
	}
	assert_true(failed >= 5); /* folder, create, write, sync, rename, folder's sync */
	reopen(w);
	assert_int_equal(active(w, "2026-12-01"), 9);
	jx_fault_fs_done(&fault);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
	const struct CMUnitTest tests[] = {
		TEST(what_came_is_there_after_a_restart),
		TEST(a_stranger_s_pack_is_never_fetched),
		TEST(other_bytes_than_signed_are_not_used),
		TEST(what_contradicts_is_refused_and_not_fetched_again),
		TEST(a_version_is_never_another),
		TEST(a_network_that_fails_ends_the_run_and_loses_nothing),
		TEST(a_disk_that_fails_leaves_all_as_it_was),
		TEST(a_file_that_changed_is_told_and_fetched_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
