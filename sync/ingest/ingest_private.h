/* Inside the ingest room. Functions that answer a peer return false when they have filled the response. */
#ifndef JX_INGEST_PRIVATE_H
#define JX_INGEST_PRIVATE_H

#include <pthread.h>

#include "jiexun/ingest.h"

#define JX_INGEST__DAY_MS INT64_C(86400000)
/* Lives with its comma-separated fellows in a feed item's 160 bytes, where the vault may add one more. */
#define JX_INGEST__MARKS_MAX 136

#define JX_INGEST__IDENTITIES_MAX JX_IDENTITIES_MAX

/* Requests remembered: an evening's of some thousand handhelds, in 256 KiB. */
#define JX_INGEST__SEEN 32768

struct jx_upload;
struct jx_ingest__packs;

/* The identity key in force: who signs, and how it is named. */
struct jx_ingest__signer {
	uint8_t secret[JX_SEC_BYTES];
	uint8_t identity[JX_PUB_BYTES];
	uint8_t key_id[8];
	uint8_t pack_public[JX_PUB_BYTES], pack_secret[JX_SEC_BYTES]; /* the pack key that belongs to it */
};

struct jx_ingest {
	struct jx_ingest_config config;
	jx_vault *vault;
	const struct jx_vault_ops *ops;
	/* A rotation changes these between two signatures of other threads. */
	pthread_mutex_t identity_mutex;
	struct jx_ingest__signer signer;
	/* All keys that sign-in may be against, the one in force among them. */
	uint8_t accepted[JX_INGEST__IDENTITIES_MAX][JX_PUB_BYTES];
	size_t accepted_count;
	struct jx_signed *introductions; /* of the configuration */
	/* One enrolment or decision at a time: each appends to the server's own chain. */
	pthread_mutex_t deciding;
	pthread_mutex_t pins_mutex;
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	pthread_mutex_t uploads_mutex;
	struct jx_upload *uploads; /* open ones: a second request for the same is told to wait */
	pthread_mutex_t seen_mutex;
	pthread_mutex_t packs_mutex;
	struct jx_ingest__packs *packs; /* NULL: none are known */
	bool has_loaded_packs;
	jx_wire_ready *ready; /* dictionaries of requests */
	uint64_t *seen;       /* JX_INGEST__SEEN first bytes of signatures */
};

int64_t jx_ingest__now(const jx_ingest *in);
void jx_ingest__random(const jx_ingest *in, void *out, size_t len);
/* Holds a mutex until the end of the scope. */
pthread_mutex_t *jx_ingest__hold(pthread_mutex_t *m);
void jx_ingest__let_go(pthread_mutex_t **m);
#define JX_INGEST__HOLD(mutex) \
	JX_CLEANUP(jx_ingest__let_go) __attribute__((unused)) pthread_mutex_t *held_ = jx_ingest__hold(mutex)
/* A copy of the key in force, wiped at the end of the scope. */
void jx_ingest__signer_get(jx_ingest *in, struct jx_ingest__signer *out);
void jx_ingest__signer_wipe(struct jx_ingest__signer *s);
#define JX_INGEST__SIGNER(name, in)                                       \
	JX_CLEANUP(jx_ingest__signer_wipe) struct jx_ingest__signer name; \
	jx_ingest__signer_get((in), &(name))
void jx_ingest__signer_set(struct jx_ingest__signer *s, const uint8_t secret[JX_SEC_BYTES]);
/* A copy of the pins that hold now. */
size_t jx_ingest__pins(jx_ingest *in, uint8_t out[JX_PINS_MAX][JX_HASH_BYTES]);

/* ---- packs --------------------------------------------------------------------------------------- */

/* The set of now, until it is let go; NULL where none are known. */
struct jx_ingest__packs *jx_ingest__packs_hold(jx_ingest *in);
void jx_ingest__packs_let_go(struct jx_ingest__packs **held);
#define JX_INGEST__PACKS(name, in) \
	JX_CLEANUP(jx_ingest__packs_let_go) struct jx_ingest__packs *name = jx_ingest__packs_hold(in)
const jx_packs *jx_ingest__packs_of(const struct jx_ingest__packs *held); /* NULL ok */
/* Those of the configuration. */
void jx_ingest__packs_begin(jx_ingest *in);
/* And those that were published. */
jx_rc jx_ingest__packs_load(jx_ingest *in, struct jx_error *err);

/* ---- answers ------------------------------------------------------------------------------------- */

void jx_ingest__answer_begin(struct jx_wire_response *rs, int status, const char *content_type);
/* name from the table in PROTOCOL.md; always returns false */
bool jx_ingest__refuse(struct jx_wire_response *rs, int status, const char *name, const char *detail);
/* 401 with a new challenge */
bool jx_ingest__refuse_challenge(jx_ingest *in, const uint8_t writer[JX_ID_BYTES],
				 struct jx_wire_response *rs);
/*
 * A fault of ours: busy, full or broken. The peer learns which of the three, the program's listener all of
 * it.
 */
bool jx_ingest__fault(jx_ingest *in, struct jx_wire_response *rs, const struct jx_error *err);
/* A body that cannot be read: 400, 413, 415 or 426 by its code. */
bool jx_ingest__refuse_body(jx_ingest *in, struct jx_wire_response *rs, const struct jx_error *err);
/* Body as plain bytes: rq's own, or expanded into b. */
bool jx_ingest__plain_body(jx_ingest *in, const struct jx_wire_request *rq, size_t max_bytes, jx_buf *b,
			   struct jx_bytes *out, struct jx_wire_response *rs);

/* ---- who asks -------------------------------------------------------------------------------------- */

void jx_ingest__make_challenge(jx_ingest *in, const uint8_t writer[JX_ID_BYTES],
			       uint8_t out[JX_CHALLENGE_BYTES]);
/* age_ms_out: since it was made */
bool jx_ingest__challenge_ok(const jx_ingest *in, const uint8_t writer[JX_ID_BYTES],
			     const uint8_t challenge[JX_CHALLENGE_BYTES], int64_t *age_ms_out);
void jx_ingest__make_token(jx_ingest *in, const uint8_t writer[JX_ID_BYTES], char *out, size_t cap);
/* against_out: the identity key of ours that the writer takes for the one in force; may be an earlier one */
bool jx_ingest__sign_in(jx_ingest *in, const struct jx_wire_request *rq, struct jx_sign_in *sign_in_out,
			struct jx_writer *who_out, uint8_t against_out[JX_PUB_BYTES],
			struct jx_wire_response *rs);

/* ---- photos ---------------------------------------------------------------------------------------- */

/* Room for so many more bytes of this writer's photos, beside those that are on their way? JX_ENOSPC as jx_ingest_photo_open(). */
jx_rc jx_ingest__room_for(jx_ingest *in, const uint8_t writer[JX_ID_BYTES], int64_t bytes,
			  struct jx_error *err);

/* ---- a batch --------------------------------------------------------------------------------------- */

/* The entries of one request, read, digested and marked. */
struct jx_ingest__batch {
	struct jx_vault_entry *entries;
	char (*marks)[JX_INGEST__MARKS_MAX];
	size_t count;
	int64_t from_n;
	const uint8_t *sig;
	jx_buf photos; /* struct jx_vault_photo of all entries, one after the other */
};
void jx_ingest__batch_done(struct jx_ingest__batch *b);
bool jx_ingest__batch_read(jx_ingest *in, const struct jx_writer *who, const struct jx_sync_request *ask,
			   const struct jx_bytes *lines, size_t count, struct jx_ingest__batch *b,
			   struct jx_wire_response *rs);
/*
 * Review marks of an entry that could be read; writes "" for none. JX_ENOMEM: a want of memory is no mark, for marks are kept for
 * ever.
 */
jx_rc jx_ingest__marks(jx_ingest *in, const struct jx_writer *who, const struct jx_entry *e, jx_rc decoded,
		       char out[JX_INGEST__MARKS_MAX], struct jx_error *err);

/* How a batch stands to what is stored. */
enum jx_ingest__standing {
	JX_INGEST__NEW,   /* entries from `first` on follow what is stored */
	JX_INGEST__KNOWN, /* all of it is stored */
	JX_INGEST__GAP,   /* begins past what is stored */
	JX_INGEST__BRANCH, /* entries from `first` on are another branch than the stored one, and follow base */
	JX_INGEST__UNROOTED, /* signed by the writer, but of a chain that parted from ours before this batch */
	JX_INGEST__BAD       /* the signature does not fit */
};
struct jx_ingest__place {
	enum jx_ingest__standing standing;
	size_t first;
	int64_t base_n;
	uint8_t base_head[JX_HASH_BYTES];
};
/* Also fills the heads of the batch's entries. */
jx_rc jx_ingest__place(jx_ingest *in, const struct jx_writer *who, const struct jx_sync_request *ask,
		       struct jx_ingest__batch *b, struct jx_ingest__place *out, struct jx_error *err);
/* Head of the writer's stored chain at n, 0 <= n <= who->n. */
jx_rc jx_ingest__head_at(jx_ingest *in, const struct jx_writer *who, int64_t n,
			 uint8_t head_out[JX_HASH_BYTES], struct jx_error *err);

/* Receipt for a batch that ends with this entry. */
jx_rc jx_ingest__sign_receipt(jx_ingest *in, const struct jx_ingest__signer *signer,
			      const uint8_t writer[JX_ID_BYTES], const struct jx_vault_entry *last,
			      int64_t now_utc_ms, bool is_fork, struct jx_signed *out, struct jx_error *err);

/* ---- a sync ---------------------------------------------------------------------------------------- */

/* One request being answered. */
struct jx_ingest__sync {
	jx_ingest *in;
	struct jx_wire_response *rs;
	struct jx_writer who;
	struct jx_sign_in sign_in;
	uint8_t against[JX_PUB_BYTES]; /* identity key of ours that the writer knows */
	struct jx_sync_request ask;
	struct jx_ingest__batch batch;
	int64_t now_utc_ms;
	enum jx_sync_result result;
	int dictionary;      /* that the request came with: its sender knows this one and all before it */
	bool is_repeat;      /* this very request came before */
	bool must_sign_anew; /* ... and would raise an alarm */
	bool has_receipt;
	struct jx_signed receipt;
};
/* Has this very request come before, as far as is remembered? Remembers it. Any thread. */
bool jx_ingest__seen_before(jx_ingest *in, const uint8_t sig[JX_SIG_BYTES]);
/* Takes the batch, or looks at where the writer's log ends; fills result and receipt. */
bool jx_ingest__take(struct jx_ingest__sync *s);

/* What a writer may see. */
struct jx_vault_scope jx_ingest__scope(const struct jx_writer *who);
/* Room for the items of an answer. */
void jx_ingest__items_init(jx_buf *items);
/* Items from ask->cursor on, behind those that items has already; fills the answer's feed fields. */
jx_rc jx_ingest__feed(jx_ingest *in, const struct jx_writer *who, const uint8_t epoch[JX_ID_BYTES],
		      const char *cursor, jx_buf *items, struct jx_sync_answer *an, struct jx_error *err);

/* ---- identity keys ----------------------------------------------------------------------------------- */

/* The identity keys of this vault, by its `keys` items: each introduced by the one before. */
struct jx_ingest__line {
	uint8_t keys[JX_INGEST__IDENTITIES_MAX][JX_PUB_BYTES]; /* oldest first; the last is in force */
	size_t count;
	bool is_too_long;
};
/* first: the key that this server began with */
jx_rc jx_ingest__line_read(jx_ingest *in, const uint8_t first[JX_PUB_BYTES], struct jx_ingest__line *out,
			   struct jx_error *err);
/*
 * Items that lead from an earlier key to the one in force, and the newest of that one, for who has to know them
 * before it reads anything that the key in force signed.
 */
jx_rc jx_ingest__way(jx_ingest *in, const uint8_t from[JX_PUB_BYTES], jx_buf *items, int64_t *count_out,
		     struct jx_error *err);
/* The vault, then this object, go over to next; texts: introductions that the vault lacks. Deciding is held. */
jx_rc jx_ingest__go_over(jx_ingest *in, const struct jx_ingest__signer *next, const struct jx_signed *texts,
			 size_t count, struct jx_error *err);
/* Keys that sign-in may be against. */
size_t jx_ingest__accepted(jx_ingest *in, uint8_t out[JX_INGEST__IDENTITIES_MAX][JX_PUB_BYTES]);
/* Sign-in against this key is let in from now on. */
void jx_ingest__accept(jx_ingest *in, const uint8_t identity[JX_PUB_BYTES]);
/* A text by which this key introduces the next. */
jx_rc jx_ingest__sign_step(jx_ingest *in, const struct jx_ingest__signer *signer,
			   const uint8_t next[JX_PUB_BYTES], struct jx_signed *out, struct jx_error *err);
/* What a key says of itself: in force, with the TLS keys of now and its pack key, after those of the line. */
jx_rc jx_ingest__own_words(jx_ingest *in, const struct jx_ingest__signer *signer,
			   const struct jx_ingest__line *line, struct jx_keys *out, struct jx_error *err);
/* The line of this vault, and on over texts that it lacks yet. */
void jx_ingest__line_follow(struct jx_ingest__line *line, const struct jx_signed *texts, size_t count);
/* The server's writers: the first ever, the newest, how many. */
struct jx_ingest__servers {
	struct jx_writer first, newest;
	int64_t count;
};
jx_rc jx_ingest__servers_read(jx_ingest *in, struct jx_ingest__servers *out, struct jx_error *err);
/* A new writer of the server's; count: those there are. */
void jx_ingest__server_new(jx_ingest *in, const uint8_t identity[JX_PUB_BYTES], int64_t count,
			   struct jx_writer *out);

/* ---- what the server states itself ------------------------------------------------------------------ */

#define JX_INGEST__FACTS_MAX 2
/* Entries of the server's own chain, ready for the vault. */
struct jx_ingest__facts {
	struct jx_ingest__signer signer;
	struct jx_writer server;
	struct jx_vault_batch batch;
	struct jx_vault_entry entries[JX_INGEST__FACTS_MAX];
	jx_buf bytes[JX_INGEST__FACTS_MAX];
	uint8_t head[JX_HASH_BYTES];
	struct jx_signed receipt;
};
/* The server's own writer: the newest with role server and our identity key. JX_ESTATE before set-up. */
jx_rc jx_ingest__server_writer(jx_ingest *in, struct jx_writer *out, struct jx_error *err);
void jx_ingest__facts_clear(struct jx_ingest__facts *f);
jx_rc jx_ingest__facts_begin(jx_ingest *in, struct jx_ingest__facts *f, struct jx_error *err);
/* Of a writer that is only being made, by a key that is not in force yet. */
void jx_ingest__facts_begin_new(struct jx_ingest__facts *f, const struct jx_writer *server,
				const struct jx_ingest__signer *signer);
/* The first entry of a writer: the log that it goes on from. */
jx_rc jx_ingest__facts_continue(jx_ingest *in, struct jx_ingest__facts *f, const struct jx_writer *before,
				struct jx_error *err);
jx_rc jx_ingest__facts_add(jx_ingest *in, struct jx_ingest__facts *f, enum jx_kind kind,
			   const struct jx_writer *subject, const char *reason, struct jx_error *err);
/* Sign the last head and the receipt. */
jx_rc jx_ingest__facts_end(jx_ingest *in, struct jx_ingest__facts *f, struct jx_error *err);
void jx_ingest__facts_done(struct jx_ingest__facts *f);

/* May a new writer take this short code? JX_EEXISTS if not. */
jx_rc jx_ingest__short_code_free(jx_ingest *in, const char *short_code, const uint8_t *public_key,
				 struct jx_error *err);

#endif
