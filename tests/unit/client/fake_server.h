/*
 * A server in memory, small but honest: it checks signatures, chains and numbers as the real one does. A script of faults bends
 * single requests.
 */
#ifndef FAKE_SERVER_H
#define FAKE_SERVER_H

#include "jiexun/client.h"

#define FAKE_LOG_MAX    2000
#define FAKE_PHOTOS_MAX 16
#define FAKE_PHOTO_MAX  71680 /* one that says how quick the line is */
#define FAKE_SCRIPT_MAX 64
#define FAKE_ITEMS_MAX  64

enum fault {
	FAULT_NONE = 0,
	/* the line */
	FAULT_LOSE_REQUEST, /* the server never sees it */
	FAULT_LOSE_ANSWER,  /* the server did it, nobody knows */
	FAULT_TWICE,        /* the server gets it twice; the second answer arrives */
	FAULT_TLS,
	FAULT_STOP,
	/* somebody else */
	FAULT_PORTAL_HTML,
	FAULT_REDIRECT,
	FAULT_PLAIN_404,
	FAULT_511,
	/* what the server may say; body as it writes it */
	FAULT_REFUSE, /* status, name and Retry-After of the server's fields */
	FAULT_CHALLENGE,
	/* what it must not do */
	FAULT_RECEIPT_SIGNED_BY_OTHER,
	FAULT_RECEIPT_FOR_OTHER_WRITER,
	FAULT_RECEIPT_HEAD_WRONG,
	FAULT_RECEIPT_TOO_FAR,
	FAULT_RECEIPT_IS_FORK,
	FAULT_NO_RECEIPT,
	FAULT_BOMB,
	FAULT_TRUNCATED,
	FAULT_RUBBISH,
	FAULT_BENT_ITEM,
	FAULT_UNKNOWN_DICTIONARY,
	FAULT_RESULT_FORK,
	FAULT_RESULT_BEHIND, /* though it is not so */
	FAULT_MORE_FOR_EVER,
	/* photos */
	FAULT_CUT,  /* half of the bytes arrive, then the line breaks */
	FAULT_HASH, /* 422 */
	FAULT_NO_OFFSET
};

struct fake_photo {
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size, offset;
	uint8_t data[FAKE_PHOTO_MAX];
	bool is_stored;
};

struct fake_server {
	struct jx_transport transport;
	uint8_t identity[JX_PUB_BYTES], secret[JX_SEC_BYTES], other_secret[JX_SEC_BYTES];
	uint8_t writer[JX_ID_BYTES], writer_pub[JX_PUB_BYTES];
	uint8_t epoch[JX_ID_BYTES];
	int64_t n;
	uint8_t heads[FAKE_LOG_MAX + 1][JX_HASH_BYTES];
	bool has_receipt;
	struct jx_signed receipt;            /* newest */
	uint8_t receipt_hash[JX_HASH_BYTES]; /* as the last request named it; zeros none */
	uint8_t challenge[JX_CHALLENGE_BYTES];
	bool is_pending;
	int tokens; /* handed out; the newest is the good one */
	char items[FAKE_ITEMS_MAX][6000];
	size_t item_count, page; /* page: items of one answer */
	struct fake_photo photos[FAKE_PHOTOS_MAX];
	size_t photo_count;
	int64_t utc_ms;
	/* script */
	enum fault script[FAKE_SCRIPT_MAX];
	size_t script_count, script_at;
	int refuse_status;
	const char *refuse_name;
	int64_t refuse_retry_after_s;
	/* what was seen */
	int requests, entries_carried, photo_requests, bad_sign_ins, patches;
	int dictionary_newest; /* that it knows */
	bool is_old;           /* from before dictionaries: says nothing of them */
	int dictionary;        /* of the newest request that it could read */
	int64_t most_entries;  /* of one request it takes; 0 = all */
	int64_t photo_bytes_got, photo_bytes_wasted;
	/* small copies */
	enum jx_small_result small_says; /* of each part that is listed */
	int bundles, small_got;
	int64_t bundle_bytes_most;
	int photos_before_small; /* photo requests that came before the newest bundle */
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	/* enrolment */
	struct jx_code_text code;
	uint8_t spki[JX_HASH_BYTES];
	bool lies_about_identity, forgets_pin;
	/* blobs */
	const uint8_t *blob;
	size_t blob_len;
	size_t blob_cut; /* bytes of each answer before the line breaks; 0 none */
};

void fake_server_init(struct fake_server *s, const uint8_t writer[JX_ID_BYTES],
		      const uint8_t pub[JX_PUB_BYTES]);
void fake_server_script(struct fake_server *s, const enum fault *faults, size_t count);
#define SCRIPT(server, ...)                                                                  \
	do {                                                                                 \
		const enum fault faults_[] = {__VA_ARGS__};                                  \
		fake_server_script((server), faults_, sizeof(faults_) / sizeof(faults_[0])); \
	} while (0)
/* An accepted entry lists this photo. */
void fake_server_list_photo(struct fake_server *s, const uint8_t sha256[JX_HASH_BYTES], int64_t size);
const struct fake_photo *fake_server_photo(const struct fake_server *s, const uint8_t sha256[JX_HASH_BYTES]);
/* Lose everything past n, and start a new life. */
void fake_server_restore(struct fake_server *s, int64_t n);

#endif
