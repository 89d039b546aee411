/* Parts of the generator of golden files: see README.md. */
#ifndef GOLDEN_MAKER_H
#define GOLDEN_MAKER_H

#include "jiexun/form.h"
#include "jiexun/model.h"

#define GOLDEN_ENTRIES_MAX 16

/* One writer's log with fixed keys and ids. */
struct golden_chain {
	const char *name;
	uint8_t seed[32], pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], writer[JX_ID_BYTES];
	size_t count; /* entries are numbered from 1; row 0 holds head(0) */
	char *bytes[GOLDEN_ENTRIES_MAX];
	bool is_foreign[GOLDEN_ENTRIES_MAX]; /* not written by jx_entry_encode() */
	uint8_t digest[GOLDEN_ENTRIES_MAX][JX_HASH_BYTES], head[GOLDEN_ENTRIES_MAX][JX_HASH_BYTES];
	uint8_t sig[GOLDEN_ENTRIES_MAX][JX_SIG_BYTES];
};

/* Ends the program with a message if rc is no success: a generator has nobody to hand it to. */
void golden_must(jx_rc rc, const struct jx_error *err, const char *what);
void golden_id(uint8_t family, uint8_t i, uint8_t id[JX_ID_BYTES]);

void golden_handheld(struct golden_chain *c);
void golden_server(struct golden_chain *c);
void golden_chain_free(struct golden_chain *c);

/* Append one member or element in JSON, with a comma before it where one is needed. */
void golden_name(jx_buf *b, const char *name);
void golden_text(jx_buf *b, const char *name, const char *s, size_t len);
void golden_hex(jx_buf *b, const char *name, const void *bytes, size_t len);
void golden_write(const char *folder, const char *file, jx_buf *b);

void golden_chains_file(const char *folder, const struct golden_chain *a, const struct golden_chain *b);
void golden_signed_file(const char *folder, const struct golden_chain *handheld,
			const struct golden_chain *server);
void golden_answers_file(const char *folder);
void golden_bad_file(const char *folder, const struct golden_chain *c, const struct golden_chain *server);

#endif
