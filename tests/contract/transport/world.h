/*
 * world.h - what the contract needs of an implementation of jx_transport, with a server behind it. An
 * implementation brings a struct world_kind (world_<name>.c) and a row in test_transport_contract.c. One
 * world serves all cases of a kind: each case enrols writers of its own.
 */
#ifndef WORLD_H
#define WORLD_H

#include "core.h"
#include "jiexun/client.h"

struct world;
struct world_kind {
	const char *name;
	/* Make the server and start it. Sets identity and tls_key, found out without the transport. */
	void (*open)(struct world *w);
	void (*close)(struct world *w);
	/* A transport to the server, to be given to disconnect(). */
	jx_transport *(*connect)(struct world *w, const uint8_t (*pins)[JX_HASH_BYTES], size_t pin_count);
	void (*disconnect)(jx_transport *t);
	/* What an administrator does. */
	void (*make_code)(struct world *w, const char *short_code, enum jx_role role, bool is_trusted,
			  struct jx_code_text *out);
	void (*revoke)(struct world *w, const char *short_code);
	/*
	 * The server's own core on a clock that is off by so much, while nobody else uses its vault. After
	 * core_end() w->transport is a new one, and transports that were made before do not work any more.
	 */
	struct core *(*core_begin)(struct world *w, int64_t shift_ms);
	void (*core_end)(struct world *w);
};
extern const struct world_kind world_memory, world_https;

struct world {
	const struct world_kind *kind;
	char *folder;
	void *impl;
	jx_transport *transport; /* without pins */
	uint8_t identity[JX_PUB_BYTES];
	uint8_t identity_secret[JX_SEC_BYTES];
	uint8_t tls_key[JX_HASH_BYTES];
	struct jx_fake_rand rand; /* of the clients; also makes photos */
	unsigned next;            /* number of the next writer */
	struct jx_error err;
};
int world_open(void **state, const struct world_kind *kind);
int world_close(void **state);
/* A short code nobody has had yet. */
void world_short_code(struct world *w, char out[16]);

/* Waits that clients ask for are not waited. */
jx_rc world_no_wait(void *user, int64_t ms);
/* No step of a healthy server takes so long, however loaded the machine. */
#define PATIENCE_MS 120000
/*
 * Asking again and again for what will come to be: call patience_go_on() between; it fails the test in the
 * end.
 */
struct patience {
	int64_t until_mono_ms;
};
struct patience patience_begin(void);
void patience_go_on(const struct patience *p, const char *what);

/* The cases, by group. */
extern const struct CMUnitTest enrol_tests[], sync_tests[], refusal_tests[], photo_tests[], resume_tests[],
	office_tests[];
extern const size_t enrol_tests_count, sync_tests_count, refusal_tests_count, photo_tests_count,
	resume_tests_count, office_tests_count;

#endif
