/* message.h - requests made by hand: what no client of ours sends, and a close look at what comes back. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "peer.h"

/* ---- sync ---- */

struct ask {
	int64_t from_n, to_n; /* entries; from_n 0: none */
	bool wants_feed, wants_token, wants_receipt;
};
struct reply {
	int status;
	char content_type[64];
	struct jx_wire_error error; /* status not 200 */
	struct jx_sync_answer an;   /* status 200 */
	jx_buf plain;               /* body, expanded */
	struct jx_bytes *items;
	size_t item_count;
};
void reply_done(struct reply *r);
#define AUTO_REPLY JX_CLEANUP(reply_done) struct reply

/* The request's body, not compressed. */
void ask_body(const struct peer *p, const struct ask *ask, jx_buf *body);
/* One request, signed; nothing of the answer is kept. */
void send_body(struct peer *p, const struct jx_wire_request *rq, struct reply *r);
/* Compressed; signs again where a new challenge is given; keeps challenge, receipt, token and cursor. */
void send_ask(struct peer *p, const struct ask *ask, struct reply *r);
/* send_ask of entries from..to, which must be taken. */
void send_entries(struct peer *p, int64_t from_n, int64_t to_n);
/* A new token, kept in p->token. */
void fetch_token(struct peer *p);
void assert_refused(const struct reply *r, int status, const char *name);
void assert_stands_at(const struct peer *p, const struct reply *r, enum jx_sync_result result, int64_t n);

/* ---- photos ---- */

struct send {
	enum jx_photo_verb verb;
	const struct photo *photo;
	int64_t offset;
	const char *token; /* NULL: the peer's */
	int64_t size;      /* announced; 0: the photo's */
	int64_t fail_at;   /* the source fails from this byte on; 0 never */
	/* told */
	int64_t first_read, read_bytes;
};
struct photo_reply {
	struct jx_photo_response rs;
	char error[32]; /* name in the body; "" no body */
};
/* What the transport returned. */
jx_rc send_photo(struct peer *p, struct send *s, struct photo_reply *r);
/* ... which must be JX_OK, and the answer this. error "" for answers without body. */
void expect_photo(struct peer *p, struct send s, int status, const char *error, int64_t offset);
/* Stored, with a receipt that verifies. */
void expect_stored(struct peer *p, struct send s, struct photo *photo, int status);
/* Upload-Offset by HEAD; -1 if it is stored. */
int64_t ask_offset(struct peer *p, const struct photo *photo);

#endif
