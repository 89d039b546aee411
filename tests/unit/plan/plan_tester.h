/* A plan with its random source, and short words for its events. */
#ifndef PLAN_TESTER_H
#define PLAN_TESTER_H

#include "jiexun/plan.h"
#include "jx_test.h"

struct tester {
	struct jx_fake_rand rand;
	struct jx_plan_config config;
	struct jx_plan plan;
	struct jx_plan_step step;
};

/* Feed, photos wanted and waiting, challenge at hand. */
void tester_init(struct tester *t);
/* Start with a log of own_n, of which the server is thought to hold server_n. */
void tester_start(struct tester *t, int64_t own_n, int64_t server_n);
/* Tell a bare event. */
void tell(struct tester *t, enum jx_plan_event_kind kind);
/* Answer "ok" (or "gap") of a server that holds server_n. */
void tell_ok(struct tester *t, int64_t server_n, bool has_more, bool has_token);
void tell_gap(struct tester *t, int64_t server_n);
void tell_photo(struct tester *t, int64_t bytes);
void tell_at(struct tester *t, int64_t offset);
/* Bring a fresh plan into a state: a log of 10, all but one sent; photo of 1000 bytes in hand where there is one. */
void bring_to(struct tester *t, enum jx_plan_state state);

#endif
