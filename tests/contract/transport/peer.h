/*
 * peer.h - a writer under test: its log and photos, and what it keeps of the server. Requests are made by
 * hand (message.c) or by jx_client_* (run.c); the transport is the world's unless the case gives another.
 */
#ifndef PEER_H
#define PEER_H

#include "fake_writer.h"
#include "world.h"

#define PEER_PHOTOS_MAX 4

struct photo {
	uint8_t *bytes;
	int64_t size;
	uint8_t sha256[JX_HASH_BYTES];
	bool is_damaged; /* what is read is not what was listed */
	bool is_stored;  /* a receipt says so */
};

struct peer {
	struct world *w;
	const jx_transport *transport; /* NULL: the world's */
	char short_code[16];
	struct fake_writer log;
	struct jx_enrol_answer enrolled;
	struct photo photos[PEER_PHOTOS_MAX];
	size_t photo_count;
	/* what it keeps of answers */
	bool has_receipt;
	struct jx_signed receipt;
	int64_t sent_n;
	int fork_receipts; /* what they name lies in quarantine: it is not sent */
	/* by hand */
	bool has_challenge;
	uint8_t challenge[JX_CHALLENGE_BYTES];
	char token[160], cursor[192];
	/* by the client */
	struct {
		char name[32], value[JX_CLIENT_VALUE_MAX];
	} values[16];
	size_t value_count;
	int64_t stop_at_bytes; /* stop a run when a photo is read from here on; 0 never */
	bool should_stop;
	int64_t read_bytes; /* of photos, by this run */
	int open_files;
	bool sends_small, only_small; /* small copies go, too; photos wait */
	size_t small_done;
	struct jx_client_result result;
	/* the feed: entries of this log must come one after the other, with these bytes */
	const struct fake_writer *watched;
	int64_t seen_n;
	int64_t items, pages, snapshots;
};

/* Enrolled and confirmed. */
struct peer *peer_new(struct world *w, enum jx_role role);
/* With key and short code, not enrolled. */
struct peer *peer_stranger(struct world *w);
void peer_free(struct peer *p);
void peer_freep(struct peer **p);
#define AUTO_PEER JX_CLEANUP(peer_freep) struct peer *
const jx_transport *peer_transport(const struct peer *p);

/* jx_client_enrol over this transport; attempts as given. */
jx_rc peer_enrol(struct peer *p, const struct jx_code_text *code, int attempts);

/* A photo of so many invented bytes, in an entry of its own if is_listed. */
struct photo *peer_photo(struct peer *p, int64_t size, bool is_listed);
/* count entries with so much text in each. */
void peer_observe_long(struct peer *p, size_t count, size_t text_len);

/* Check and keep. */
void peer_take_receipt(struct peer *p, const struct jx_signed *text);
void peer_take_photo_receipt(struct peer *p, const char *header, struct photo *photo);
void peer_see_item(struct peer *p, const struct jx_item *item);
bool peer_same_signed(const struct jx_signed *a, const struct jx_signed *b);

/* ---- by the client (run.c) ---- */
jx_rc peer_sync(struct peer *p);
/* A run that asks for a token, too; it is in p->result.token. */
jx_rc peer_sync_token(struct peer *p);
void peer_set_value(struct peer *p, const char *name, const char *value);

#endif
