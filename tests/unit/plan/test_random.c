/*
 * Random worlds: whatever comes back, in whatever order, a run ends, never goes round without progress or a wait, and never
 * asks for entries that the server confirmed or that do not exist. (jx_plan_next() asserts its own invariants on the way.)
 */
#include "plan_tester.h"

#define RUNS   3000
#define LOG_N  700
#define PHOTOS 5
/* 9 halvings, a challenge, a token, a hash tried again: what may happen between two waits or steps forward. */
#define IDLE_STEPS_MAX 20

struct world {
	struct tester t;
	int64_t held;   /* what the server has */
	int64_t pages;  /* of the feed, left */
	int photos;     /* left */
	int bundles;    /* of small copies, left */
	int64_t offset; /* of the photo in hand, as the server has it */
	int fault_pct;
	bool moved;
};

static int64_t below(struct world *w, int64_t n)
{
	return (int64_t)jx_fake_rand_below(&w->t.rand, (uint64_t)n);
}

/* Any event that may come in this state. */
static struct jx_plan_event any_event(struct world *w)
{
	struct jx_plan_event ev = {.own_n = LOG_N,
				   .retry_after_ms = below(w, 3) == 0 ? below(w, 400000) : -1};

	do {
		ev.kind = (enum jx_plan_event_kind)below(w, JX_PLAN_EVENTS);
	} while (!jx_plan_expects(w->t.plan.state, ev.kind));
	ev.rc = ev.kind == JX_PLAN_LOCAL ? JX_EIO : JX_OK;
	ev.server_n = below(w, LOG_N + 1);
	ev.sent_count = w->t.step.entries_max;
	ev.has_more = below(w, 2) == 0;
	ev.has_token = below(w, 2) == 0;
	ev.is_pending = below(w, 8) == 0;
	ev.photo_bytes = 1 + below(w, 1000);
	ev.photo_offset = below(w, 1200) - 100;
	return ev;
}

static struct jx_plan_event honest_sync(struct world *w)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_OK, .own_n = LOG_N, .retry_after_ms = -1};

	if (w->t.step.from_n > w->held + 1) {
		ev.kind = JX_PLAN_GAP;
	} else if (w->t.step.from_n > 0) {
		const int64_t until = w->t.step.from_n + w->t.step.entries_max - 1;

		w->moved = w->moved || until > w->held;
		w->held = until > LOG_N ? LOG_N : until;
	}
	if (w->t.step.wants_feed && w->pages > 0) {
		w->pages--;
		w->moved = ev.feed_moved = true;
	}
	ev.server_n = w->held;
	ev.has_more = w->pages > 0;
	ev.has_token = w->t.step.wants_token;
	return ev;
}

static struct jx_plan_event honest_event(struct world *w)
{
	struct jx_plan_event ev = {.own_n = LOG_N, .photo_bytes = 1000, .retry_after_ms = -1};

	switch (w->t.step.what) {
	case JX_PLAN_DO_SYNC:
		return honest_sync(w);
	case JX_PLAN_DO_CHOOSE:
		ev.kind = w->photos > 0 ? JX_PLAN_PHOTO : JX_PLAN_NO_PHOTO;
		w->photos -= w->photos > 0;
		w->offset = 0;
		w->moved = true;
		break;
	case JX_PLAN_DO_ASK:
		ev.kind = JX_PLAN_PHOTO_AT;
		ev.photo_offset = w->offset;
		break;
	case JX_PLAN_DO_CREATE:
	case JX_PLAN_DO_SEND:
		ev.kind = JX_PLAN_PHOTO_DONE;
		w->moved = true;
		break;
	case JX_PLAN_DO_WAIT:
		ev.kind = JX_PLAN_WAITED;
		break;
	case JX_PLAN_DO_BUNDLE:
		ev.kind = w->bundles > 0 ? JX_PLAN_SMALL_SENT : JX_PLAN_NO_SMALL;
		w->bundles -= w->bundles > 0;
		w->moved = true;
		break;
	case JX_PLAN_DO_FINISH:
		fail();
	}
	return ev;
}

static void check_step(const struct world *w, int64_t before_n)
{
	const struct jx_plan_step *s = &w->t.step;

	assert_true(s->entries_max <= JX_WIRE_BATCH_ENTRIES_MAX);
	if (s->what == JX_PLAN_DO_SYNC && s->from_n > 0)
		assert_true(s->from_n <= LOG_N && s->from_n == before_n + 1);
	if (s->what == JX_PLAN_DO_WAIT)
		assert_true(s->wait_ms >= JX_PLAN_MIN_MS &&
			    s->wait_ms <= 2 * JX_PLAN_CAP_MS + JX_PLAN_MIN_MS);
}

/* One run; its steps between two waits or moves are counted. Returns its result. */
static jx_rc run(struct world *w)
{
	int idle = 0, steps = 0;

	tester_start(&w->t, LOG_N, below(w, LOG_N + 1));
	while (w->t.step.what != JX_PLAN_DO_FINISH) {
		const struct jx_plan_event ev = below(w, 100) < w->fault_pct ? any_event(w) : honest_event(w);

		/* a random event may move something too: a server that lies about progress cannot be told from a good one */
		const int64_t server_n = w->t.plan.server_n, best = w->t.plan.photo_best,
			      bundles = w->t.plan.bundles;
		const bool had_photo = w->t.plan.has_photo, was_offering = w->t.plan.is_offering;

		w->t.step = jx_plan_next(&w->t.plan, &ev);
		check_step(w, w->t.plan.server_n);
		w->moved = w->moved || w->t.plan.server_n > server_n || w->t.plan.photo_best > best ||
			   w->t.plan.bundles > bundles || w->t.plan.has_photo != had_photo ||
			   w->t.plan.is_offering != was_offering;
		idle = w->moved || w->t.step.what == JX_PLAN_DO_WAIT ? 0 : idle + 1;
		w->moved = false;
		assert_true(idle <= IDLE_STEPS_MAX);
		assert_true(++steps < 100000);
	}
	return w->t.step.rc;
}

static void every_run_ends(void **state)
{
	struct world w;
	int good = 0, bad = 0;

	(void)state;
	for (int i = 0; i < RUNS; i++) {
		jx_rc rc;

		memset(&w, 0, sizeof(w));
		tester_init(&w.t);
		jx_fake_rand_init(&w.t.rand, (uint64_t)i + 1);
		w.t.config.has_challenge = i % 3 != 0;
		w.held = below(&w, LOG_N);
		w.pages = below(&w, 6);
		w.photos = (int)below(&w, PHOTOS);
		w.bundles = (int)below(&w, 4);
		w.t.config.wants_small = i % 2 != 0;
		w.fault_pct = (int)below(&w, 100);
		rc = run(&w);
		if (rc == JX_OK)
			good++;
		else
			bad++;
		assert_int_not_equal(rc, JX_ESTATE);
	}
	/* the mill must have ground both kinds */
	assert_true(good > RUNS / 20 && bad > RUNS / 20);
}

/* Only faults that pass by themselves, and fewer than the attempts: then everything arrives. */
static void passing_faults_lose_nothing(void **state)
{
	static const enum jx_plan_event_kind faults[] = {JX_PLAN_NO_CONNECTION, JX_PLAN_BUSY,
							 JX_PLAN_SERVER_ERROR, JX_PLAN_BAD_ANSWER};
	struct world w;

	(void)state;
	for (int i = 0; i < RUNS; i++) {
		int row = 0;

		memset(&w, 0, sizeof(w));
		tester_init(&w.t);
		jx_fake_rand_init(&w.t.rand, (uint64_t)i + 1);
		w.held = below(&w, LOG_N);
		w.pages = 3;
		w.photos = PHOTOS;
		tester_start(&w.t, LOG_N, w.held);
		while (w.t.step.what != JX_PLAN_DO_FINISH) {
			struct jx_plan_event ev = {.kind = faults[below(&w, 4)], .retry_after_ms = -1};

			/* a lost answer: the server did its part, the client does not know */
			if (jx_plan_expects(w.t.plan.state, ev.kind) && row < 2 && below(&w, 3) == 0) {
				if (w.t.step.what == JX_PLAN_DO_SYNC && below(&w, 2) == 0 && w.pages == 0)
					(void)honest_sync(&w);
				row++;
			} else {
				ev = honest_event(&w);
				/* waiting and asking are no progress */
				if (w.t.step.what != JX_PLAN_DO_WAIT && w.t.step.what != JX_PLAN_DO_ASK)
					row = 0;
			}
			w.t.step = jx_plan_next(&w.t.plan, &ev);
		}
		assert_int_equal(w.t.step.rc, JX_OK);
		assert_int_equal(w.held, LOG_N);
		assert_int_equal(w.pages, 0);
		assert_int_equal(w.photos, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_run_ends),
		cmocka_unit_test(passing_faults_lose_nothing),
	};

	return cmocka_run_group_tests_name("plan.random", tests, NULL, NULL);
}
