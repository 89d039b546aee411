/*
 * bench.h - a server core on a real SQLite vault in a temporary folder, an invented clock, seeded random
 * bytes; and devices that talk to it in memory, message by message.
 */
#ifndef INGEST_BENCH_H
#define INGEST_BENCH_H

#include "../../contract/vault/fake_writer.h"
#include "jiexun/ingest.h"

struct bench {
	char *folder;
	struct jx_fake_clock clock;
	struct jx_fake_rand rand;
	uint8_t identity[JX_PUB_BYTES];
	uint8_t identity_secret[JX_SEC_BYTES];
	struct jx_signed introductions[JX_INGEST_INTRODUCTIONS_MAX];
	size_t introduction_count;
	uint8_t mac_key[32];
	uint8_t pins[2][JX_HASH_BYTES];
	jx_packs *packs;
	jx_vault *vault;
	const struct jx_vault_ops *ops; /* what ingest uses: the vault's own, or with a test's in between */
	struct jx_vault_ops between;
	jx_ingest *ingest;
	struct jx_error err;
	struct jx_error fault; /* last one that ingest told */
	int faults;
};
int bench_open(void **state);
int bench_close(void **state);
/* Everything is closed and opened again, as by kill and start. */
void bench_restart(struct bench *b);
/* Without set-up: what opening says is up to the test. */
void bench_stop(struct bench *b);
void bench_start(struct bench *b);
/* Put operations of the test's between ingest and vault: change b->between, then call this. */
void bench_interpose(struct bench *b);
struct jx_vault_counts bench_counts(struct bench *b);
/* "H07-3 newer-version; H07-0 clone-alarm; ..." */
char *bench_review(struct bench *b);

/* A handheld or an office account: its key and log, and what it keeps of the server. */
struct device {
	struct fake_writer log;
	uint8_t identity[JX_PUB_BYTES]; /* of the server, as it knows it; zero: the bench's */
	bool has_challenge;
	uint8_t challenge[JX_CHALLENGE_BYTES];
	bool has_receipt;
	struct jx_signed receipt;
	char token[160];
	char cursor[192];
};

/* What came back. */
struct reply {
	int status;
	bool is_zstd;
	int dictionary;
	int64_t retry_after_s;
	struct jx_wire_error error; /* status not 200 */
	struct jx_sync_answer an;   /* status 200 */
	jx_buf plain;               /* body, expanded */
	size_t wire_bytes;
	size_t item_count;
	struct jx_bytes *items; /* into plain */
};
void reply_done(struct reply *r);

/* ---- enrolment ---- */

struct jx_code_text bench_code(struct bench *b, const char *short_code, enum jx_role role, bool is_trusted);
/* A device with a key of its own that is not enrolled yet. */
void device_init(struct device *d, uint64_t seed);
void device_done(struct device *d);
void device_enrol_request(const struct bench *b, const struct device *d, const struct jx_code_text *code,
			  struct jx_enrol_request *rq);
/* Status; the answer, checked with the code's secret, when it is 200; else its error's name. */
int device_enrol(struct bench *b, struct device *d, const struct jx_code_text *code,
		 struct jx_enrol_answer *an, struct jx_wire_error *error);
int device_send_enrol(struct bench *b, const struct jx_enrol_request *rq, struct jx_enrol_answer *an,
		      struct jx_wire_error *error);
/* Enrolled and confirmed. */
void device_new(struct bench *b, struct device *d, uint64_t seed, const char *short_code, enum jx_role role);

/* ---- sync ---- */

/* What to send; zero: entries from 1 to the end of the log. */
struct ask {
	int64_t from_n, to_n; /* from_n -1: no entries */
	bool wants_feed, wants_token, wants_receipt;
	bool is_plain;  /* not compressed */
	int dictionary; /* 0 none, as programs before there were any */
	bool keeps_old; /* the device never sees this answer: it keeps challenge and receipt as they are */
	int64_t last_n; /* 0: the log's */
};
/* Body of the request as the wire has it. */
void device_body(const struct device *d, const struct ask *ask, jx_buf *body);
/*
 * Send a body: signs in, signs again after a 401 challenge, keeps challenge, receipt, token and cursor of a
 * good answer.
 */
void device_send(struct bench *b, struct device *d, const struct ask *ask, const jx_buf *body,
		 struct reply *r);
/* One request as it is: no second try, nothing kept. The header is signed over method, path and body. */
void device_send_once(struct bench *b, const struct device *d, const struct ask *ask, const jx_buf *body,
		      struct reply *r);
void device_sync(struct bench *b, struct device *d, const struct ask *ask, struct reply *r);
/* The usual: all entries, result ok with a receipt that verifies. */
void device_sync_ok(struct bench *b, struct device *d);

/* Asserts on a reply. */
void assert_refused(const struct reply *r, int status, const char *name);
void assert_result(const struct bench *b, const struct device *d, const struct reply *r,
		   enum jx_sync_result result, int64_t n);
/* The receipt is the server's, of this writer, at n with this head. */
void assert_receipt(const struct bench *b, const struct device *d, const struct jx_signed *text, int64_t n,
		    const uint8_t *head, bool is_fork);

#endif
