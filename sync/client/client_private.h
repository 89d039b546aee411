/* Shared inside the room: one run of jx_client_sync and its parts. */
#ifndef JX_CLIENT_PRIVATE_H
#define JX_CLIENT_PRIVATE_H

#include <pthread.h>

#include "jiexun/client.h"

/* Header line of a request: program, hashes and cursor are well under it. */
#define JX_CLIENT__HEADER_BYTES 4096
/* zstd may add a little to what it cannot shrink. */
#define JX_CLIENT__ANSWER_BYTES_MAX (JX_WIRE_BATCH_BYTES_MAX + 65536)
#define JX_CLIENT__ERROR_BYTES_MAX  65536

struct jx_batch {
	jx_buf bytes;
	size_t start[JX_WIRE_BATCH_ENTRIES_MAX], len[JX_WIRE_BATCH_ENTRIES_MAX];
	size_t count, count_max;
	uint8_t sig[JX_SIG_BYTES];
	bool is_full;
};
/* Ceiling of bytes is what a body leaves beside its header. */
void jx_client__batch_init(struct jx_batch *b, int64_t count_max);
void jx_client__batch_done(struct jx_batch *b);

struct jx_feed {
	const struct jx_bytes *lines;
	size_t count, at;
	jx_json doc;    /* of the newest item */
	bool is_broken; /* an item could not be read: the answer is at fault, not the sink */
};

/* What survives between runs, as it is now. */
struct jx_client__values {
	bool has_challenge;
	uint8_t challenge[JX_CHALLENGE_BYTES];
	char cursor[192];
	bool has_epoch;
	uint8_t epoch[JX_ID_BYTES];
	int64_t server_n;
	uint8_t server_head[JX_HASH_BYTES];
	int dictionary; /* newest that both ends know, as far as is known */
};

/* A request as it goes out. */
struct jx_client__letter {
	struct jx_wire_request rq; /* points into the rest, and into the plain body where that is no longer */
	char header[JX_AUTH_MAX];
	jx_buf packed;
};

struct jx_client__run;
struct jx_client__ahead;

/* A photo that is to go. */
struct jx_client__turn {
	struct jx_client_photo photo;
	int64_t counted; /* bytes of it that progress has counted */
	bool is_begun;   /* some of it may have gone out */
};

/* One photo at a time. The first lane is the run itself; each further one has a thread, a transport and a plan. */
struct jx_client__lane {
	struct jx_client__run *run;
	const struct jx_transport *t;
	struct jx_error *err; /* of its newest failure */
	struct jx_client__turn turn;
	bool has_turn; /* a photo is in hand */
	void *file;
	bool has_file;
	jx_rc file_rc;    /* of the newest read */
	char refused[32]; /* by the server, in the newest answer; "" none */
	char token[160];
	/* of a further lane */
	struct jx_plan plan;
	struct jx_error own_err;
	struct jx_transport *own;
	pthread_t thread;
	bool is_started; /* to be joined */
	bool is_over;
};

#define JX_CLIENT__BEGUN_MAX   16 /* more are as good as any */
#define JX_CLIENT__BEGUN_BYTES 6

struct jx_client__run {
	const struct jx_client_config *c;
	/*
	 * Held by whoever is not waiting for the line: outbox, sink and all of this have one user at a time.
	 */
	pthread_mutex_t lock;
	pthread_cond_t lane_ended;
	struct jx_client_result *res;
	struct jx_error err; /* of the newest failure */
	struct jx_plan plan;
	struct jx_client_progress progress;
	struct jx_client__values kept;         /* as the sink has them */
	uint8_t challenge[JX_CHALLENGE_BYTES]; /* of the newest answer: kept only now and then */
	int64_t own_n;
	uint8_t own_head[JX_HASH_BYTES];
	uint8_t identities[JX_CLIENT_IDENTITIES_MAX][JX_PUB_BYTES];
	size_t identity_count;
	uint8_t receipt_hash[JX_HASH_BYTES]; /* newest receipt, of this or an earlier run */
	int64_t receipt_n;                   /* 0 when it cannot be verified */
	uint8_t receipt_epoch[JX_ID_BYTES];
	char token[160];
	/* the request that is out */
	int64_t asked_n; /* where the log ended when it was written */
	int64_t sent_from, sent_count;
	const char *conflict;           /* "fork" or "behind" */
	struct jx_client__ahead *ahead; /* the next question, which is out already; NULL none */
	struct jx_error fork;           /* what people are told of it, whatever follows */
	int64_t fork_n; /* a receipt of this run says that the log lies in quarantine up to here */
	/* photos */
	struct jx_client_photo *queue;
	size_t queue_count, queue_at;
	struct jx_client__turn returned[JX_PLAN_LANES_MAX]; /* by lanes that ended with one in hand */
	size_t returned_count;
	jx_buf seen;       /* hashes of photos that were handed out in this run */
	jx_buf seen_small; /* of those whose small copies were sent or left out */
	uint8_t begun[JX_CLIENT__BEGUN_MAX][JX_CLIENT__BEGUN_BYTES];
	size_t begun_count;
	/* lanes */
	struct jx_client__lane lane[JX_PLAN_LANES_MAX]; /* [0]: the run's own */
	struct jx_plan_lanes lanes;
	int64_t window_mono_ms, window_bytes;
	int64_t lane_photos, lane_photos_told; /* sent by further lanes; of these, the run's plan knows */
	int lanes_on;                          /* further ones at work */
	bool window_is_bent;                   /* lanes came or went in it */
	bool is_ending;
	/* of the above */
	bool has_challenge;
	bool has_receipt;
	bool asked_feed;  /* by the request that is out */
	bool any_begun;   /* which photos are begun is not known: it may be any */
	bool is_begun_on; /* the sink knows that a run is under way */
};

/* ---- status.c ---- */
enum jx_client__about {
	JX_CLIENT__SYNC,
	JX_CLIENT__PHOTO,
	JX_CLIENT__PHOTO_HEAD,
	JX_CLIENT__SMALL,
	JX_CLIENT__ENROL,
	JX_CLIENT__BLOB
};
/*
 * What a status that is no success means; err gets code and text, name_out the error's name ("" none), challenge_out and
 * *has_challenge_out a new challenge.
 */
struct jx_client__refusal {
	enum jx_plan_event_kind kind;
	char name[32];
	bool has_challenge;
	uint8_t challenge[JX_CHALLENGE_BYTES];
	int64_t retry_after_ms;
};
void jx_client__refused(enum jx_client__about about, int status, const char *content_type, const jx_buf *body,
			int64_t retry_after_s, struct jx_client__refusal *out, struct jx_error *err);
/* 2xx of another content type: somebody else answered. */
bool jx_client__is_type(const char *content_type, const char *wanted);
jx_rc jx_client__fail_portal(int status, const char *content_type, struct jx_error *err);
/* Event of a transport that brought no answer. */
enum jx_plan_event_kind jx_client__no_answer(jx_rc rc);

/* ---- values.c ---- */
jx_rc jx_client__load_values(struct jx_client__run *run);
jx_rc jx_client__keep_server_n(struct jx_client__run *run, int64_t n);
/* A hint, and no more: a run that cannot keep it goes on. */
void jx_client__keep_dictionary(struct jx_client__run *run, int dictionary);
jx_rc jx_client__keep_values(struct jx_client__run *run, const struct jx_sync_answer *an);
jx_rc jx_client__read_head(struct jx_client__run *run);

/* ---- receipts.c ---- */
/* Verify by any pinned identity. JX_EAUTH if none fits. */
jx_rc jx_client__open_receipt(const struct jx_client__run *run, const struct jx_signed *s,
			      struct jx_receipt *out, struct jx_error *err);
/* Is head our head at n? JX_ECONFLICT if not (fork) or n is past our log (behind): run->conflict says which. */
jx_rc jx_client__check_head(struct jx_client__run *run, int64_t n, const uint8_t head[JX_HASH_BYTES]);
/* run->conflict, and JX_ECONFLICT with its text. */
jx_rc jx_client__fail_fork(struct jx_client__run *run);
/* Check and keep the receipt of an answer. JX_PLAN_OK, or the event that ends the run. */
enum jx_plan_event_kind jx_client__take_receipt(struct jx_client__run *run, const struct jx_signed *s);
enum jx_plan_event_kind jx_client__take_photo_receipt(struct jx_client__lane *lane, const char *header);
/* Verified `keys` items among the lines go to the sink, pins to the transport. */
jx_rc jx_client__take_keys(struct jx_client__run *run, const struct jx_bytes *lines, size_t count);

/* ---- request.c, answer.c, photo.c ---- */
struct jx_plan_event jx_client__do_sync(struct jx_client__run *run, const struct jx_plan_step *step);
/* The question for the items after cursor, carrying nothing. */
jx_rc jx_client__write_question(const struct jx_client__run *run, const char *cursor, jx_buf *out,
				struct jx_error *err);
jx_rc jx_client__letter_write(const struct jx_client__run *run, const jx_buf *plain,
			      struct jx_client__letter *letter, struct jx_error *err);
void jx_client__letter_done(struct jx_client__letter *letter);
struct jx_plan_event jx_client__take_answer(struct jx_client__run *run, struct jx_wire_response *rs);
struct jx_plan_event jx_client__do_choose(struct jx_client__lane *lane, const struct jx_plan_step *step);
/* The lane ends with a photo in hand: so much of it has gone. */
void jx_client__note_turn(struct jx_client__lane *lane);
struct jx_plan_event jx_client__do_photo(struct jx_client__lane *lane, const struct jx_plan_step *step);

/* ---- ahead.c ---- */
/* Before the items of an answer are kept: ask for those after them, if the run is sure to want them. */
void jx_client__ask_ahead(struct jx_client__run *run, const struct jx_sync_answer *an);
/* False: what is out is not this question, and is dropped; or nothing is. */
bool jx_client__take_ahead(struct jx_client__run *run, const jx_buf *question, struct jx_wire_response *rs,
			   int *dictionary_out, jx_rc *rc_out);
/* Before the transport is used for anything else. */
void jx_client__drop_ahead(struct jx_client__run *run);

/* ---- small.c ---- */
struct jx_plan_event jx_client__do_bundle(struct jx_client__run *run);

/* ---- photo_begun.c: which photos the server may have a part of ---- */
jx_rc jx_client__load_begun(struct jx_client__run *run, bool has_old_photos);
bool jx_client__is_begun(const struct jx_client__run *run, const struct jx_client__turn *turn);
/* Before photos are looked for, so that what the sink has not kept yet goes to the disk along with it. */
jx_rc jx_client__begin_photos(struct jx_client__run *run, struct jx_error *err);
/* Before the first byte of a photo goes out. */
jx_rc jx_client__begin_photo(struct jx_client__lane *lane);
void jx_client__end_photo(struct jx_client__lane *lane);
/* At the end of a run. */
jx_rc jx_client__keep_begun(struct jx_client__run *run);

/* ---- lanes.c; the lock is held ---- */
/* Bytes went out: is it time for another lane? */
void jx_client__count_rate(struct jx_client__run *run, int64_t bytes);
/* The whole of the run's own photo went and is receipted, in so many ms: is the line worth further lanes at once? */
void jx_client__count_quick(struct jx_client__run *run, int64_t bytes, int64_t ms);
/* Has the further lane to end after the photo in hand? */
bool jx_client__is_one_too_many(const struct jx_client__run *run);
/* Wait until a lane ends. False: none is at work. */
bool jx_client__wait_for_lanes(struct jx_client__run *run);
/* Photos that are in hand are kept by the server as far as they went. */
void jx_client__end_lanes(struct jx_client__run *run);

/* ---- photo_file.c ---- */
jx_rc jx_client__photo_open(struct jx_client__lane *lane);
void jx_client__photo_close(struct jx_client__lane *lane);
jx_rc jx_client__photo_read(void *user, int64_t offset_bytes, void *data, size_t len, size_t *got_out,
			    struct jx_error *err);
void jx_client__photo_sent(void *user, int64_t bytes);

/* ---- sync.c ---- */
/* Without signals: these are the caller's, whose wait must end by them. */
bool jx_client__start_thread(pthread_t *thread_out, void *(*work)(void *arg), void *arg);
/* Around whatever waits for the line. */
void jx_client__let_go(struct jx_client__run *run);
void jx_client__take_back(struct jx_client__run *run);
void jx_client__report(struct jx_client__run *run);
jx_rc jx_client__note_sending(struct jx_client__run *run, const struct jx_client_sending *what,
			      struct jx_error *err);
struct jx_plan_event jx_client__local(jx_rc rc);

#endif
