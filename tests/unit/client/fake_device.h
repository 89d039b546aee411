/* A device in memory: log, photos, small values; and an oracle that knows what may be marked. */
#ifndef FAKE_DEVICE_H
#define FAKE_DEVICE_H

#include "fake_server.h"
#include "jx_test.h"

struct fake_value {
	char name[32], value[JX_CLIENT_VALUE_MAX];
};

struct fake_device {
	uint8_t writer[JX_ID_BYTES], pub[JX_PUB_BYTES], secret[JX_SEC_BYTES];
	uint8_t pinned[JX_PUB_BYTES];
	char *entries[FAKE_LOG_MAX + 1];
	uint8_t heads[FAKE_LOG_MAX + 1][JX_HASH_BYTES];
	uint8_t sigs[FAKE_LOG_MAX + 1][JX_SIG_BYTES];
	int64_t n;
	/* what the sink was told */
	bool has_receipt;
	struct jx_signed receipt;
	int64_t sent_n;
	int fork_receipts;
	struct fake_value values[16];
	size_t value_count;
	int sets;
	char kinds[FAKE_ITEMS_MAX][24];
	size_t item_count;
	int feeds, snapshots, keys_taken;
	struct jx_keys keys;
	/* photos */
	struct fake_photo photos[FAKE_PHOTOS_MAX]; /* is_stored: photo-receipt kept */
	bool photo_gone[FAKE_PHOTOS_MAX], photo_short[FAKE_PHOTOS_MAX];
	int64_t photo_n[FAKE_PHOTOS_MAX]; /* entry that lists it */
	size_t photo_count;
	int open_files;
	/* small copies: none unless has_small */
	bool has_small;
	size_t small_bytes; /* of each */
	bool small_done[FAKE_PHOTOS_MAX];
	jx_rc small_fails[FAKE_PHOTOS_MAX];
	int64_t sent_bytes[FAKE_PHOTOS_MAX];
	char refused[FAKE_PHOTOS_MAX][32];
	/* the run */
	struct fake_server server;
	struct jx_fake_rand rand;
	struct jx_outbox outbox;
	struct jx_sink sink;
	struct jx_client_config config;
	struct jx_client_result result;
	struct jx_error err;
	int64_t waited_ms;
	int waits, reports;
	struct jx_client_progress last;
	bool stops_waiting;
	int stop_after; /* calls of should_stop; 0 never */
	/* faults of the device's own disk */
	jx_rc sink_fails, outbox_fails;
	bool grows; /* another program saves an entry whenever the head is read */
};

struct fake_device *fake_device_new(void);
void fake_device_free(struct fake_device *d);
/* Save count more entries. */
void fake_device_save(struct fake_device *d, int count);
/* A photo of this size, of the entry that is saved next; the server learns of it when listed. */
void fake_device_photo(struct fake_device *d, int64_t size, bool is_listed);
/* Forget everything past n: restored from a backup. */
void fake_device_restore(struct fake_device *d, int64_t n);
/* Another entry n than before: a copy that went on by itself. */
void fake_device_rewrite(struct fake_device *d, int64_t n);
/* Sync; afterwards the oracle checks that nothing is marked that the server does not hold. */
jx_rc fake_device_sync(struct fake_device *d);
const char *fake_device_value(const struct fake_device *d, const char *name);

#endif
