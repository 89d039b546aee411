/* The server's identity key is replaced: by whom it is believed, who was away, and where the power may go. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

static const struct ask pull = {.from_n = -1, .wants_feed = true};
static const struct ask quiet = {.from_n = -1};

struct next {
	uint8_t pub[JX_PUB_BYTES];
	uint8_t sec[JX_SEC_BYTES];
	struct jx_signed text;
};

static struct next next_key(uint8_t number)
{
	const uint8_t seed[32] = {100, number};
	struct next n = {.text = {.len = 0}};

	jx_key_from_seed(seed, n.pub, n.sec);
	return n;
}

/* As the program keeps it: the new key and the text, both or none. */
static void keep_next(struct bench *b, const struct next *n)
{
	memcpy(b->identity, n->pub, sizeof(n->pub));
	memcpy(b->identity_secret, n->sec, sizeof(n->sec));
	b->introductions[b->introduction_count++] = n->text;
}

static struct next introduce(struct bench *b, uint8_t number)
{
	struct next n = next_key(number);

	jx_assert_ok(jx_ingest_introduce(b->ingest, n.pub, &n.text, &b->err), &b->err);
	return n;
}

static void rotate(struct bench *b, uint8_t number)
{
	const struct next n = introduce(b, number);
	uint8_t now[JX_PUB_BYTES];

	keep_next(b, &n);
	jx_assert_ok(jx_ingest_rotate_identity(b->ingest, n.sec, &n.text, &b->err), &b->err);
	jx_ingest_identity(b->ingest, now);
	assert_memory_equal(now, n.pub, sizeof(now));
}

/* A device that pins the key of now and keeps it, whatever the bench goes over to. */
static void device_here(struct bench *b, struct device *d, uint64_t seed, const char *short_code,
			enum jx_role role)
{
	device_new(b, d, seed, short_code, role);
	memcpy(d->identity, b->identity, sizeof(d->identity));
}

/* As a client does: keys items signed by the key it knows lead it on. How many steps it made. */
static int follow(struct bench *b, struct device *d, const struct reply *r)
{
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	struct jx_keys k;
	int steps = 0;

	for (size_t i = 0; i < r->item_count; i++) {
		jx_assert_ok(jx_item_read(r->items[i], item, &b->err), &b->err);
		if (strcmp(item->kind, "keys") != 0 ||
		    jx_keys_open(&item->text, d->identity, &k, NULL) != JX_OK ||
		    memcmp(k.identity, d->identity, sizeof(d->identity)) == 0)
			continue;
		memcpy(d->identity, k.identity, sizeof(d->identity));
		steps++;
	}
	free(item);
	return steps;
}

struct servers {
	jx_buf text;
	struct jx_writer newest;
};

static jx_rc list_server(void *user, const struct jx_writer *w)
{
	struct servers *s = user;

	if (w->role != JX_ROLE_SERVER)
		return JX_OK;
	jx_buf_addf(&s->text, "%s:%lld ", w->short_code, (long long)w->n);
	s->newest = *w;
	return JX_OK;
}

static struct jx_writer assert_servers(struct bench *b, const char *wanted)
{
	struct servers s;

	jx_buf_init(&s.text, 256);
	jx_assert_ok(b->ops->each_writer(b->vault, list_server, &s, &b->err), &b->err);
	assert_string_equal(s.text.data, wanted);
	jx_buf_done(&s.text);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	return s.newest;
}

static jx_rc count_key(void *user, const struct jx_vault_item *item)
{
	*(int *)user += item->kind == JX_VAULT_KEYS ? 1 : 0;
	return JX_OK;
}

static int count_keys(struct bench *b)
{
	const struct jx_vault_scope field = {.all = false};
	int count = 0;

	jx_assert_ok(b->ops->feed(b->vault, &field, 0, 1000, count_key, &count, &b->err), &b->err);
	return count;
}

static void the_new_key_signs_and_the_old_log_is_continued(void **state)
{
	struct bench *b = *state;
	struct device d, e;
	struct jx_signed before;
	struct jx_receipt r;
	struct jx_writer s01, s02;
	uint8_t old[JX_PUB_BYTES], key_id[8];

	memcpy(old, b->identity, sizeof(old));
	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	fake_writer_observe_many(&d.log, 2);
	device_sync_ok(b, &d);
	before = d.receipt;
	s01 = assert_servers(b, "S01:2 ");
	rotate(b, 1);
	s02 = assert_servers(b, "S01:2 S02:1 ");
	assert_memory_equal(s02.public_key, b->identity, sizeof(s02.public_key));
	assert_memory_not_equal(s01.id, s02.id, sizeof(s01.id));
	/* receipts: the new key's from here on; what the old key signed is told apart by its id */
	fake_writer_observe_many(&d.log, 1);
	{
		const struct ask last = {.from_n = 3};
		struct reply reply;

		device_sync(b, &d, &last, &reply);
		assert_result(b, &d, &reply, JX_SYNC_OK, 3);
		reply_done(&reply);
	}
	jx_assert_ok(jx_receipt_open(&d.receipt, b->identity, &r, &b->err), &b->err);
	jx_key_id(b->identity, key_id);
	assert_memory_equal(r.key_id, key_id, sizeof(key_id));
	jx_assert_ok(jx_receipt_open(&before, old, &r, &b->err), &b->err);
	jx_key_id(old, key_id);
	assert_memory_equal(r.key_id, key_id, sizeof(key_id));
	jx_assert_rc(jx_receipt_open(&before, b->identity, &r, &b->err), JX_EAUTH, &b->err);
	/* enrolments are facts of the new writer, and name the new key */
	device_new(b, &e, 3, "H08", JX_ROLE_FIELD);
	assert_servers(b, "S01:2 S02:3 ");
	bench_restart(b);
	assert_servers(b, "S01:2 S02:3 ");
	device_done(&d);
}

struct found {
	struct bench *b;
	bool has;
	struct jx_entry e;
};

static jx_rc find_continues(void *user, const struct jx_vault_item *item)
{
	struct found *f = user;
	struct jx_entry e;

	if (item->kind != JX_VAULT_ENTRY ||
	    jx_entry_decode(item->entry.data, item->entry.len, &e, NULL) != JX_OK ||
	    e.kind != JX_KIND_CONTINUES)
		return JX_OK;
	f->has = true;
	f->e = e;
	return JX_OK;
}

static void the_first_entry_names_the_log_before(void **state)
{
	struct bench *b = *state;
	const struct jx_vault_scope all = {.all = true};
	struct found f = {.b = b};
	struct device d;
	struct jx_writer s01, s02;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	s01 = assert_servers(b, "S01:2 ");
	rotate(b, 1);
	s02 = assert_servers(b, "S01:2 S02:1 ");
	jx_assert_ok(b->ops->feed(b->vault, &all, 0, 1000, find_continues, &f, &b->err), &b->err);
	assert_true(f.has);
	assert_int_equal(f.e.n, 1);
	assert_memory_equal(f.e.writer, s02.id, sizeof(s02.id));
	assert_memory_equal(f.e.old_writer, s01.id, sizeof(s01.id));
	assert_int_equal(f.e.old_n, s01.n);
	assert_memory_equal(f.e.old_head, s01.head, sizeof(s01.head));
}

static void a_device_that_was_away_is_led_to_the_key_in_force(void **state)
{
	struct bench *b = *state;
	struct device d;
	struct jx_receipt receipt;
	struct reply r;

	device_here(b, &d, 2, "H07", JX_ROLE_FIELD);
	fake_writer_observe_many(&d.log, 1);
	device_sync_ok(b, &d);
	rotate(b, 1);
	rotate(b, 2);
	rotate(b, 3);
	bench_restart(b);
	fake_writer_observe_many(&d.log, 1);
	{
		/* no feed asked for: the way comes all the same, for the receipt is of a key it does not know */
		const struct ask send = {.from_n = 2};

		device_sync(b, &d, &send, &r);
	}
	assert_result(b, &d, &r, JX_SYNC_OK, 2);
	assert_true(r.an.has_receipt);
	assert_int_equal(r.item_count, 4); /* three steps, and what the last key says of itself */
	assert_string_equal(r.an.cursor, "");
	assert_int_equal(follow(b, &d, &r), 3);
	reply_done(&r);
	assert_memory_equal(d.identity, b->identity, sizeof(d.identity));
	jx_assert_ok(jx_receipt_open(&d.receipt, d.identity, &receipt, &b->err), &b->err);
	assert_int_equal(receipt.n, 2);
	/* it knows now, and is told no more */
	device_sync(b, &d, &quiet, &r);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.item_count, 0);
	reply_done(&r);
	device_done(&d);
}

static void from_any_key_in_between_the_way_leads_on(void **state)
{
	struct bench *b = *state;
	struct device d[3];
	struct reply r;

	for (int i = 0; i < 3; i++) {
		char short_code[16];

		(void)snprintf(short_code, sizeof(short_code), "H%d", i);
		device_here(b, &d[i], 10 + (uint64_t)i, short_code, i == 1 ? JX_ROLE_AUDITOR : JX_ROLE_FIELD);
		rotate(b, (uint8_t)(i + 1));
	}
	for (int i = 0; i < 3; i++) {
		device_sync(b, &d[i], &pull, &r);
		assert_int_equal(r.status, 200);
		assert_int_equal(follow(b, &d[i], &r), 3 - i);
		assert_memory_equal(d[i].identity, b->identity, JX_PUB_BYTES);
		reply_done(&r);
	}
}

static void a_writer_that_waits_for_confirmation_is_led_too(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, false);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;
	struct reply r;

	device_init(&d, 5);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
	memcpy(d.identity, b->identity, sizeof(d.identity));
	rotate(b, 1);
	fake_writer_observe_many(&d.log, 1);
	{
		const struct ask all = {.wants_feed = true};

		device_sync(b, &d, &all, &r);
	}
	assert_int_equal(r.status, 200);
	assert_true(r.an.is_pending && r.an.has_receipt);
	assert_int_equal(follow(b, &d, &r), 1);
	reply_done(&r);
	device_done(&d);
}

static void a_lost_enrolment_answer_names_the_key_in_force(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer first, again;
	struct jx_wire_error error;
	struct device d;
	struct reply r;

	device_init(&d, 5);
	assert_int_equal(device_enrol(b, &d, &code, &first, &error), 200);
	rotate(b, 1);
	/* checks the answer's proof and that it names b->identity */
	assert_int_equal(device_enrol(b, &d, &code, &again, &error), 200);
	assert_memory_equal(first.writer, again.writer, sizeof(first.writer));
	device_sync(b, &d, &pull, &r);
	assert_int_equal(r.status, 200);
	reply_done(&r);
}

static void a_key_that_never_was_opens_nothing(void **state)
{
	struct bench *b = *state;
	const struct next stranger = next_key(99);
	struct device d;
	struct reply r;

	device_here(b, &d, 2, "H07", JX_ROLE_FIELD);
	rotate(b, 1);
	memcpy(d.identity, stranger.pub, sizeof(d.identity));
	device_sync(b, &d, &quiet, &r);
	assert_refused(&r, 401, "bad-signature");
	reply_done(&r);
}

/* The caller kept key and text, and the power went before the vault heard of it. */
static void an_interrupted_rotation_is_finished_at_the_next_start(void **state)
{
	struct bench *b = *state;
	struct device d;
	struct next n;
	struct reply r;

	device_here(b, &d, 2, "H07", JX_ROLE_FIELD);
	n = introduce(b, 1);
	assert_servers(b, "S01:2 ");
	assert_int_equal(count_keys(b), 1);
	bench_stop(b);
	keep_next(b, &n);
	bench_start(b);
	jx_assert_ok(jx_ingest_setup(b->ingest, &b->err), &b->err);
	assert_servers(b, "S01:2 S02:1 ");
	assert_int_equal(count_keys(b), 3);
	for (int i = 0; i < 3; i++)
		bench_restart(b);
	assert_servers(b, "S01:2 S02:1 ");
	assert_int_equal(count_keys(b), 3);
	device_sync(b, &d, &pull, &r);
	assert_int_equal(follow(b, &d, &r), 1);
	reply_done(&r);
}

/* Introduced, and then the caller kept nothing: another key may come instead. */
static void an_introduction_alone_changes_nothing(void **state)
{
	struct bench *b = *state;
	const struct next given_up = introduce(b, 1);

	bench_restart(b);
	assert_servers(b, "S01:0 ");
	rotate(b, 2);
	assert_servers(b, "S01:0 S02:1 ");
	jx_assert_rc(jx_ingest_rotate_identity(b->ingest, given_up.sec, &given_up.text, &b->err), JX_EAUTH,
		     &b->err);
	assert_servers(b, "S01:0 S02:1 ");
}

/* What the tests put in between ingest and vault reaches the vault's own operations by this. */
static const struct jx_vault_ops *real;

static jx_rc rotate_and_fail(jx_vault *v, const struct jx_vault_rotation *r, struct jx_error *err)
{
	const jx_rc rc = real->rotate(v, r, err);

	return rc != JX_OK ? rc : jx_fail(err, JX_EIO, 0, "test", "the disk failed at the end");
}

static jx_rc fail_rotate(jx_vault *v, const struct jx_vault_rotation *r, struct jx_error *err)
{
	(void)v;
	(void)r;
	return jx_fail(err, JX_ENOSPC, 0, "test", "no room");
}

/* The disk says no, but did it: only the vault knows, and it is asked. */
static void a_commit_in_doubt_is_looked_up(void **state)
{
	struct bench *b = *state;
	struct next n;
	uint8_t now[JX_PUB_BYTES];

	real = b->ops;
	n = introduce(b, 1);
	b->between.rotate = rotate_and_fail;
	bench_interpose(b);
	keep_next(b, &n);
	jx_assert_ok(jx_ingest_rotate_identity(b->ingest, n.sec, &n.text, &b->err), &b->err);
	jx_ingest_identity(b->ingest, now);
	assert_memory_equal(now, n.pub, sizeof(now));
	assert_servers(b, "S01:0 S02:1 ");
}

static void a_full_disk_leaves_the_old_key_in_force(void **state)
{
	struct bench *b = *state;
	struct device d;
	struct next n;
	uint8_t old[JX_PUB_BYTES], now[JX_PUB_BYTES];

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	memcpy(old, b->identity, sizeof(old));
	n = introduce(b, 1);
	b->between.rotate = fail_rotate;
	bench_interpose(b);
	jx_assert_rc(jx_ingest_rotate_identity(b->ingest, n.sec, &n.text, &b->err), JX_ENOSPC, &b->err);
	jx_ingest_identity(b->ingest, now);
	assert_memory_equal(now, old, sizeof(now));
	fake_writer_observe_many(&d.log, 1);
	device_sync_ok(b, &d);
	/* and again, with room: the same key and text */
	b->between.rotate = b->ops->rotate;
	keep_next(b, &n);
	jx_assert_ok(jx_ingest_rotate_identity(b->ingest, n.sec, &n.text, &b->err), &b->err);
	jx_assert_ok(jx_ingest_rotate_identity(b->ingest, n.sec, &n.text, &b->err), &b->err);
	assert_servers(b, "S01:2 S02:1 ");
	device_done(&d);
}

static void keys_that_do_not_belong_here_are_refused(void **state)
{
	struct bench *b = *state;
	const struct next first = next_key(1), other = next_key(2);
	struct next n = introduce(b, 1), forged = other;
	struct jx_keys keys = {.pin_count = 1};
	struct jx_signed text;

	/* signed by itself, by nobody, for another */
	memcpy(keys.identity, forged.pub, sizeof(keys.identity));
	jx_assert_ok(jx_keys_sign(&keys, forged.sec, &forged.text, &b->err), &b->err);
	jx_assert_rc(jx_ingest_rotate_identity(b->ingest, forged.sec, &forged.text, &b->err), JX_EAUTH,
		     &b->err);
	jx_assert_rc(jx_ingest_rotate_identity(b->ingest, other.sec, &n.text, &b->err), JX_EAUTH, &b->err);
	n.text.sig[5] ^= 1;
	jx_assert_rc(jx_ingest_rotate_identity(b->ingest, first.sec, &n.text, &b->err), JX_EAUTH, &b->err);
	assert_servers(b, "S01:0 ");
	/* a key comes once: back to an earlier one leads no way */
	rotate(b, 1);
	rotate(b, 2);
	jx_assert_rc(jx_ingest_introduce(b->ingest, first.pub, &text, &b->err), JX_EEXISTS, &b->err);
	jx_assert_rc(jx_ingest_introduce(b->ingest, b->identity, &text, &b->err), JX_EEXISTS, &b->err);
}

/* identity.key from an old backup, or of another server: saying so is better than a server that no device believes. */
static void a_key_that_is_not_this_vault_s_is_refused_at_the_start(void **state)
{
	struct bench *b = *state;
	const struct next stranger = next_key(99);
	uint8_t old[JX_PUB_BYTES], old_secret[JX_SEC_BYTES];

	memcpy(old, b->identity, sizeof(old));
	memcpy(old_secret, b->identity_secret, sizeof(old_secret));
	rotate(b, 1);
	bench_stop(b);
	b->introduction_count = 0;
	memcpy(b->identity_secret, old_secret, sizeof(old_secret));
	bench_start(b);
	jx_assert_rc(jx_ingest_setup(b->ingest, &b->err), JX_ESTATE, &b->err);
	jx_assert_says(&b->err, "newest identity.key");
	bench_stop(b);
	memcpy(b->identity_secret, stranger.sec, sizeof(stranger.sec));
	bench_start(b);
	jx_assert_rc(jx_ingest_setup(b->ingest, &b->err), JX_ESTATE, &b->err);
	jx_assert_says(&b->err, "belongs to it");
	assert_servers(b, "S01:0 S02:1 ");
}

/* The vault is put back to before two rotations; the key and its texts are kept apart and are today's. */
static void a_vault_from_before_two_rotations_is_brought_up(void **state)
{
	struct bench *b = *state;
	JX_AUTO_FREE char *db = jx_test_path(b->folder, "vault.db");
	const uint8_t epoch[JX_ID_BYTES] = {3};
	struct device never, once, twice;
	JX_AUTO_BUF old = {0};
	struct reply r;

	device_here(b, &never, 2, "H07", JX_ROLE_FIELD);
	device_here(b, &once, 3, "H08", JX_ROLE_FIELD);
	device_here(b, &twice, 4, "H09", JX_ROLE_FIELD);
	jx_assert_ok(b->ops->checkpoint(b->vault, &b->err), &b->err);
	jx_buf_init(&old, 1 << 24);
	jx_assert_ok(jx_fs_read_all(jx_os_fs(), db, &old, &b->err), &b->err);
	rotate(b, 1);
	device_sync(b, &once, &pull, &r);
	assert_int_equal(follow(b, &once, &r), 1);
	reply_done(&r);
	rotate(b, 2);
	device_sync(b, &twice, &pull, &r);
	assert_int_equal(follow(b, &twice, &r), 2);
	reply_done(&r);

	bench_stop(b);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), db, old.data, old.len, &b->err), &b->err);
	bench_restart(b);
	jx_assert_ok(b->ops->new_epoch(b->vault, epoch, &b->err), &b->err);
	bench_restart(b);
	assert_servers(b, "S01:6 S02:1 ");
	device_sync(b, &never, &pull, &r);
	assert_int_equal(follow(b, &never, &r), 2);
	reply_done(&r);
	device_sync(b, &once, &pull, &r);
	assert_int_equal(follow(b, &once, &r), 1);
	reply_done(&r);
	fake_writer_observe_many(&twice.log, 1);
	device_sync(b, &twice, &(const struct ask){.from_n = 1}, &r);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.an.result, JX_SYNC_OK);
	reply_done(&r);
	device_done(&twice);
}

static void a_server_has_only_so_many_keys(void **state)
{
	struct bench *b = *state;
	const struct next n = next_key(JX_INGEST_INTRODUCTIONS_MAX + 1);
	struct device d;
	struct jx_signed text;
	struct reply r;

	device_here(b, &d, 2, "H07", JX_ROLE_FIELD);
	for (uint8_t i = 1; i <= JX_INGEST_INTRODUCTIONS_MAX; i++)
		rotate(b, i);
	jx_assert_rc(jx_ingest_introduce(b->ingest, n.pub, &text, &b->err), JX_ELIMIT, &b->err);
	bench_restart(b);
	/* the longest way */
	device_sync(b, &d, &pull, &r);
	assert_int_equal(follow(b, &d, &r), JX_INGEST_INTRODUCTIONS_MAX);
	reply_done(&r);
}

/* Photo-receipts: what the old key signed is signed anew for who asks, with the bytes long here. */
static void a_photo_receipt_is_the_new_key_s(void **state)
{
	struct bench *b = *state;
	static const char picture[] = "a picture, or what passes for one";
	uint8_t hash[JX_HASH_BYTES];
	struct jx_upload_state st;
	struct jx_photo_receipt r;
	struct jx_writer row;
	struct device d;
	struct jx_entry e;
	jx_upload *u = NULL;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	fake_observation(&d.log, &e, "{}");
	jx_sha256(picture, sizeof(picture), hash);
	e.photo_count = 1;
	e.photos[0] = (struct jx_photo_ref){
		.size_bytes = sizeof(picture), .type = "image/jpeg", .role = "wide", .how = "camera"};
	memcpy(e.photos[0].sha256, hash, sizeof(hash));
	(void)fake_writer_append(&d.log, &e);
	device_sync_ok(b, &d);
	jx_assert_ok(b->ops->writer(b->vault, d.log.id, &row, &b->err), &b->err);
	jx_assert_ok(jx_ingest_photo_open(b->ingest, &row, hash, 0, &u, &b->err), &b->err);
	jx_assert_ok(jx_upload_write(u, picture, sizeof(picture), &b->err), &b->err);
	jx_assert_ok(jx_upload_end(u, &st, &b->err), &b->err);
	jx_upload_close(u);
	jx_assert_ok(jx_photo_receipt_open(&st.receipt, b->identity, &r, &b->err), &b->err);
	rotate(b, 1);
	jx_assert_ok(jx_ingest_photo_state(b->ingest, &row, hash, &st, &b->err), &b->err);
	assert_true(st.is_stored);
	jx_assert_ok(jx_photo_receipt_open(&st.receipt, b->identity, &r, &b->err), &b->err);
	assert_memory_equal(r.photos[0], hash, sizeof(hash));
	device_done(&d);
}

/* A device that came back under a later key has never heard of the one in between, which signed what it asks for. */
static void a_kept_receipt_is_signed_anew_by_the_key_in_force(void **state)
{
	struct bench *b = *state;
	const struct ask lost = {.from_n = -1, .wants_receipt = true};
	struct jx_receipt r;
	struct device d;
	struct reply reply;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	fake_writer_observe_many(&d.log, 3);
	device_sync_ok(b, &d);
	rotate(b, 1);
	device_sync(b, &d, &lost, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(reply.an.has_receipt);
	jx_assert_ok(jx_receipt_open(&reply.an.receipt, b->identity, &r, &b->err), &b->err);
	assert_int_equal(r.n, 3);
	assert_memory_equal(r.head, d.log.log[2].head, JX_HASH_BYTES);
	reply_done(&reply);
	device_done(&d);
}

/* TLS keys of a rotation may be old by the time a device hears of it: the newest come last. */
static void the_way_ends_with_the_tls_keys_of_now(void **state)
{
	struct bench *b = *state;
	uint8_t renewed[2][JX_HASH_BYTES] = {{1}, {2}};
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	struct jx_keys k;
	struct device d;
	struct reply r;

	device_here(b, &d, 2, "H07", JX_ROLE_FIELD);
	rotate(b, 1);
	jx_ingest_set_pins(b->ingest, (const uint8_t(*)[JX_HASH_BYTES])renewed, 2);
	jx_assert_ok(jx_ingest_setup(b->ingest, &b->err), &b->err);
	device_sync(b, &d, &quiet, &r);
	assert_int_equal(r.item_count, 2);
	jx_assert_ok(jx_item_read(r.items[1], item, &b->err), &b->err);
	jx_assert_ok(jx_keys_open(&item->text, b->identity, &k, &b->err), &b->err);
	assert_memory_equal(k.tls_spki_sha256, renewed, sizeof(renewed));
	free(item);
	reply_done(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_new_key_signs_and_the_old_log_is_continued),
		TEST(the_first_entry_names_the_log_before),
		TEST(a_device_that_was_away_is_led_to_the_key_in_force),
		TEST(from_any_key_in_between_the_way_leads_on),
		TEST(a_writer_that_waits_for_confirmation_is_led_too),
		TEST(a_lost_enrolment_answer_names_the_key_in_force),
		TEST(a_key_that_never_was_opens_nothing),
		TEST(an_interrupted_rotation_is_finished_at_the_next_start),
		TEST(an_introduction_alone_changes_nothing),
		TEST(a_commit_in_doubt_is_looked_up),
		TEST(a_full_disk_leaves_the_old_key_in_force),
		TEST(keys_that_do_not_belong_here_are_refused),
		TEST(a_key_that_is_not_this_vault_s_is_refused_at_the_start),
		TEST(a_vault_from_before_two_rotations_is_brought_up),
		TEST(a_server_has_only_so_many_keys),
		TEST(a_photo_receipt_is_the_new_key_s),
		TEST(a_kept_receipt_is_signed_anew_by_the_key_in_force),
		TEST(the_way_ends_with_the_tls_keys_of_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
