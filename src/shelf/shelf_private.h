/* Inside the shelf room. */
#ifndef JX_SHELF_PRIVATE_H
#define JX_SHELF_PRIVATE_H

#include "jiexun/shelf.h"

/* A problem with what decides whether it is worth another try. */
struct jx_shelf__problem {
	struct jx_shelf_problem pub;
	uint8_t seal_hash[JX_HASH_BYTES]; /* of the feed item; zero: a file */
	bool is_final;                    /* the same bytes would be refused again by this program */
};

struct jx_shelf {
	const struct jx_fs *fs;
	char *dir; /* DIR/packs */
	jx_packs *packs;
	const jx_pack **received;
	size_t received_count;
	struct jx_shelf__problem *problems;
	size_t problem_count;
};

/* ---- files.c ---- */
jx_rc jx_shelf__load_files(jx_shelf *s, struct jx_error *err);
/* Whole and durable, or not there. */
jx_rc jx_shelf__write_file(const jx_shelf *s, const struct jx_pack_seal *seal, const jx_buf *bytes,
			   struct jx_error *err);
/* The file of this pack was damaged, and is whole again. */
void jx_shelf__forget_file(jx_shelf *s, const struct jx_pack_seal *seal);

/* ---- problems.c ---- */
void jx_shelf__add_problem(jx_shelf *s, const char *key, const uint8_t *seal_hash, bool is_final,
			   const struct jx_error *why);
void jx_shelf__copy_problem(jx_shelf *s, const struct jx_shelf__problem *p);
/* Of a file here, not of a feed item. */
bool jx_shelf__is_of_file(const struct jx_shelf__problem *p);
/* Those of feed items, as the last run left them. */
jx_rc jx_shelf__read_problems(jx_shelf *s, struct jx_error *err);
jx_rc jx_shelf__write_problems(const jx_shelf *s, struct jx_error *err);

/* The pack is the set's and came from the server. */
void jx_shelf__note_received(jx_shelf *s, const jx_pack *pack);

#endif
