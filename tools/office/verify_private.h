/* Inside verify: the writers that a journal speaks of, each with its chain as far as it holds. */
#ifndef JX_OFFICE_VERIFY_PRIVATE_H
#define JX_OFFICE_VERIFY_PRIVATE_H

#include "office_private.h"

/* One place in a chain, for looking back: 40 bytes for each entry of the journal. */
struct jx_office__link {
	uint8_t head[JX_HASH_BYTES];
	uint64_t line_hash; /* to tell an item that came again changed from a line that was doubled */
};

/* A server fact that counts once the server's signature covers it. */
struct jx_office__fact {
	int64_t n;
	uint8_t subject[JX_ID_BYTES];
	uint8_t public_key[JX_PUB_BYTES];
};

/* The end of a quarantined branch. */
struct jx_office__branch {
	int64_t n;
	uint8_t head[JX_HASH_BYTES];
};

struct jx_office__chain {
	uint8_t writer[JX_ID_BYTES];
	bool has_key, is_server;
	bool is_broken; /* said once; what follows cannot be judged */
	struct jx_chain_walk walk;
	int64_t covered_n;             /* up to here signature or receipt */
	struct jx_office__link *links; /* links[n - 1] */
	size_t link_cap;
	/* nobody has introduced this writer (yet): digests from entry 1 on, until a signature says whose it is */
	uint8_t (*digests)[JX_HASH_BYTES];
	uint64_t *line_hashes;
	size_t digest_count, digest_cap;
	int64_t first_line;
	struct jx_office__fact *facts;
	size_t fact_count, fact_cap;
	/* quarantine */
	struct jx_office__branch *branches;
	size_t branch_count, branch_cap;
	int64_t fork_first_n;
	uint8_t (*fork_digests)[JX_HASH_BYTES];
	size_t fork_count, fork_cap;
};

/* A receipt whose entries have not come yet. */
struct jx_office__claim {
	struct jx_receipt r;
	int64_t line;
};

/* Keys signed by one that nobody has introduced yet: a journal that begins late is told of the newest first. */
struct jx_office__waiting {
	struct jx_signed text;
	int64_t line;
};

struct jx_office__check {
	const struct jx_fs *fs;
	const char *dir;
	struct jx_office__trust trust;
	const struct jx_stamp_code *stamp; /* NULL: none is looked for */
	struct jx_office__verdict *v;
	struct jx_office__chain **chains;
	size_t chain_count, chain_cap, last;
	struct jx_office__waiting *waiting;
	size_t waiting_count, waiting_cap;
	struct jx_office__claim *claims;
	size_t claim_count, claim_cap;
	uint8_t (*photos)[JX_HASH_BYTES]; /* of photo-receipts */
	size_t photo_count, photo_cap;
	struct jx_item item;
	int64_t line;
};

/* Count a damage; the first one is kept with its place. writer NULL: nobody's. */
void jx_office__damage(struct jx_office__check *c, const uint8_t *writer, int64_t n,
		       const struct jx_error *why);
struct jx_office__chain *jx_office__chain_of(struct jx_office__check *c, const uint8_t writer[JX_ID_BYTES]);
void jx_office__chain_free(struct jx_office__chain *w);
/* An entry item of the writer's own chain, or of its quarantine. */
void jx_office__check_entry(struct jx_office__check *c, const char *line, size_t len);
void jx_office__check_fork(struct jx_office__check *c, const uint8_t digest[JX_HASH_BYTES], int64_t n,
			   struct jx_office__chain *w);
void jx_office__check_receipt(struct jx_office__check *c);
/* Is it the entry that the stamp speaks of, and as it says? */
void jx_office__check_stamp(struct jx_office__check *c, int64_t n);
/* What is left open at the journal's end. */
void jx_office__check_ends(struct jx_office__check *c);
/* Room for one more. */
void *jx_office__grow(void *array, size_t count, size_t *cap, size_t size);
/* Photo files against their names, and against the receipts. */
jx_rc jx_office__check_photos(struct jx_office__check *c, struct jx_error *err);

#endif
