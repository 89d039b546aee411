/*
 * vault_world.h - what the contract needs of an implementation, and the helpers that all its tests share.
 * An implementation brings a struct vault_kind (world_<name>.c) and a row in test_vault_contract.c.
 */
#ifndef VAULT_WORLD_H
#define VAULT_WORLD_H

#include "fake_writer.h"
#include "jiexun/vault.h"

struct vault_kind {
	const char *name;
	/* Open the store that `folder` stands for; with create, make it. */
	jx_rc (*open)(const char *folder, const struct jx_rand *rand, bool create, jx_vault **out,
		      struct jx_error *err);
};
extern const struct vault_kind vault_sqlite;

/* One test's world: an open vault with a server writer of its own, set up. */
struct world {
	const struct vault_kind *kind;
	char *folder;
	struct jx_fake_rand rand;
	jx_vault *vault;
	const struct jx_vault_ops *ops;
	struct fake_writer server; /* its key signs receipts */
	struct jx_error err;
};
int world_open(void **state, const struct vault_kind *kind);
int world_close(void **state);
/* Close and open again, as a restart does. */
void world_reopen(struct world *w);

/* A writer row as enrolment makes it. */
void writer_row(const struct fake_writer *f, const char *short_code, enum jx_role role,
		struct jx_writer *out);
void world_add_writer(struct world *w, const struct fake_writer *f, const char *short_code);
struct jx_writer world_writer(struct world *w, const struct fake_writer *f);

#define BATCH_MAX 600
/* A batch of a fake writer's entries from..to, with its receipt; points into the writer's log. */
struct batch {
	struct jx_vault_batch b;
	struct jx_vault_entry entries[BATCH_MAX];
	struct jx_vault_photo photos[BATCH_MAX];
	struct jx_signed receipt;
};
struct batch *batch_new(struct world *w, const struct fake_writer *f, int64_t from_n, int64_t to_n,
			bool is_fork);
jx_rc batch_take(struct world *w, const struct fake_writer *f, int64_t from_n, int64_t to_n, bool is_fork);
/* An entry of the server's chain about a writer, as a batch. */
struct batch *fact_new(struct world *w, enum jx_kind kind, const struct jx_writer *subject);

/*
 * The whole feed of a scope, as text: "entry H07-1; receipt H07-1; ..." with ids shortened to their first
 * byte.
 */
char *world_feed(struct world *w, bool all, int64_t after_pos, int64_t *last_pos_out);

/* The tests, by group. */
extern const struct CMUnitTest vault_writer_tests[], vault_take_tests[], vault_photo_tests[],
	vault_feed_tests[];
extern const size_t vault_writer_tests_count, vault_take_tests_count, vault_photo_tests_count,
	vault_feed_tests_count;

#endif
