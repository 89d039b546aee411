/*
 * device.h - one handheld under test: folder, invented clock and random bytes, keys of device and server, store, and a maker
 * of plain entries. Rooms above the store use jx_recorder on top of it.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "jiexun/store.h"
#include "jx_test.h"

/* 2026-09-01 09:00 in Shanghai */
#define DEVICE_MORNING_UTC_MS INT64_C(1788224400000)
#define DEVICE_DAY            "2026-09-01"

struct device {
	char *folder;
	char *dir; /* the store's: folder/data */
	struct jx_fake_clock clock;
	struct jx_fake_rand rand;
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	uint8_t server_pub[JX_PUB_BYTES], server_sec[JX_SEC_BYTES];
	uint8_t epoch[JX_ID_BYTES];
	int64_t safe_until_n; /* what the server's receipts say of its backup */
	struct jx_identity id;
	struct jx_store_config config;
	jx_store *store;
};

/** Not enrolled, store not open. */
void device_init(struct device *d);
void device_done(struct device *d);
void device_open(struct device *d);
void device_close(struct device *d);
/** Close and open again. */
void device_reopen(struct device *d);
/** A new writer with this first byte in its id; opens the store if needed. */
void device_enrol(struct device *d, uint8_t writer);

/** A plain entry. Fill what the test is about; the rest is set at saving. */
struct plain {
	uint8_t id[JX_ID_BYTES];
	enum jx_kind kind;
	const char *day;
	uint8_t photos[4][JX_HASH_BYTES];
	size_t photo_count;
	const uint8_t *ref_id; /* for corrections and withdrawals */
	const uint8_t *sec;    /* key to sign with */
	jx_rc fail_with;       /* encode fails so */
	int encoded;           /* how often encode was called */
};
/** New id, observation of DEVICE_DAY, no photos. */
struct plain device_plain(struct device *d);
jx_rc device_append(struct device *d, struct plain *p, int64_t *n_out, struct jx_error *err);
/** One that must succeed; its number. */
int64_t device_save(struct device *d, struct plain *p);
/** count observations, one after the other. */
void device_save_many(struct device *d, int count);
/** A hash that stands for a photo. */
void device_photo(uint8_t out[JX_HASH_BYTES], uint8_t which);

/** What the server would sign for entries up to n, by this log's own head; is_fork as given. */
void device_sign_receipt(struct device *d, int64_t n, bool is_fork, struct jx_signed *text_out,
			 struct jx_receipt *out);
/** ... given to the store. */
jx_rc device_receipt(struct device *d, int64_t n, struct jx_error *err);
/** photos: count hashes, one after the other. */
jx_rc device_photo_receipt(struct device *d, const uint8_t *photos, size_t count, struct jx_error *err);

/** The row of a number of the current writer, without its bytes. */
struct jx_log_row device_row(struct device *d, int64_t n);
/** Run SQL on the database through a connection of our own (damage, questions). First column of the first row, or 0. */
int64_t device_sql(struct device *d, const char *sql);

#endif
