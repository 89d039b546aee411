/*
 * fake_writer.h - a writer with its key and its log, as a handheld would have them: entries encoded,
 * chained and signed by the same functions of model. For the vault's contract and for ingest's tests.
 */
#ifndef FAKE_WRITER_H
#define FAKE_WRITER_H

#include "jiexun/model.h"
#include "jx_test.h"

/* 2026-09-01 17:42:03 at UTC+8 */
#define FAKE_NOW_UTC_MS INT64_C(1788255723000)

struct fake_entry {
	char *bytes;
	size_t len;
	int64_t n;
	enum jx_kind kind;
	uint8_t id[JX_ID_BYTES];
	uint8_t digest[JX_HASH_BYTES];
	uint8_t head[JX_HASH_BYTES];
	uint8_t sig[JX_SIG_BYTES];
	struct jx_photo_ref photos[4];
	size_t photo_count;
};

struct fake_writer {
	uint8_t id[JX_ID_BYTES];
	uint8_t pub[JX_PUB_BYTES];
	uint8_t sec[JX_SEC_BYTES];
	struct jx_fake_rand rand;
	int64_t now_utc_ms;
	struct fake_entry *log; /* log[n - 1] */
	size_t count, cap;
};

/* Key, id and salts are decided by the seed. */
void fake_writer_init(struct fake_writer *w, uint64_t seed);
void fake_writer_done(struct fake_writer *w);
/*
 * Same key and id, the first `keep` entries, and other random bytes from here on: a clone, or a restored
 * backup.
 */
void fake_writer_clone(struct fake_writer *to, const struct fake_writer *from, size_t keep, uint64_t seed);

/* head(n), 0 <= n <= count */
void fake_writer_head(const struct fake_writer *w, int64_t n, uint8_t out[JX_HASH_BYTES]);

/*
 * What an observation of ours looks like; change it, then append it. id, writer, n and salt are filled by
 * appending.
 */
void fake_observation(const struct fake_writer *w, struct jx_entry *e, const char *answers);
struct fake_entry *fake_writer_append(struct fake_writer *w, struct jx_entry *e);
/* An observation that is good in every way, with this many invented photos (at most 4). */
struct fake_entry *fake_writer_observe(struct fake_writer *w, size_t photos);
void fake_writer_observe_many(struct fake_writer *w, size_t count);
/* Bytes as they are: nothing is checked but that they fit. */
struct fake_entry *fake_writer_append_raw(struct fake_writer *w, const char *bytes,
					  const uint8_t id[JX_ID_BYTES]);

#endif
