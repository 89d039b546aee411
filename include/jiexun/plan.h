/*
 * jiexun/plan.h - what a sync does next: a table-driven state machine. It is told what came back (an event) and names
 * the next step; it sends nothing, reads nothing and marks nothing itself, so every path through it can be tested.
 *
 * Order of a run: entries up and feed down in the same requests, then small copies of the photos in bundles, then the photos
 * themselves, one request each, resumed where they broke. How many photos go at a time is jx_plan_lanes_next()'s: the plan of
 * a run is that of its first lane; each further one has a plan of its own, from jx_plan_init_lane().
 * "Nothing new" is one step. Every failure costs one of a limited number of attempts and a wait; only progress that the
 * server confirmed gives attempts back, so a run always ends.
 *
 * Threads:   no hidden state; one plan belongs to one thread.
 * Ownership: struct jx_plan is plain memory of the caller; the random source must outlive it.
 * Errors:    a plan cannot fail; struct jx_plan_step says how the run ended.
 * Units:     see names.
 */
#ifndef JX_PLAN_H
#define JX_PLAN_H

#include "jiexun/base.h"
#include "jiexun/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Full jitter over base * 2^k keeps a thousand handhelds that lost the same server from coming back together. */
#define JX_PLAN_BASE_MS        1000
#define JX_PLAN_CAP_MS         (5 * 60 * 1000)
#define JX_PLAN_MIN_MS         100   /* jitter may draw zero; a step is never repeated without a pause */
#define JX_PLAN_ATTEMPTS       6     /* of one run; a timer starts the next run anyway */
#define JX_PLAN_FEED_PAGES_MAX 10000 /* of one run: a feed without end must not hold the device for ever */
#define JX_PLAN_BUNDLES_MAX    1000  /* of one run: 1 MB each */

enum jx_plan_state {
	JX_PLAN_READY,    /**< not started */
	JX_PLAN_SYNCING,  /**< a sync request is out */
	JX_PLAN_CHOOSING, /**< the caller looks for the next waiting photo */
	JX_PLAN_CREATING, /**< a photo was sent with its creation */
	JX_PLAN_ASKING,   /**< the server was asked how much of a photo it holds */
	JX_PLAN_SENDING,  /**< the rest of a photo was sent */
	JX_PLAN_WAITING,  /**< back-off */
	JX_PLAN_BUNDLING, /**< the next small copies were collected and sent */
	JX_PLAN_DONE
};
#define JX_PLAN_STATES 9

/** What came back. */
enum jx_plan_event_kind {
	JX_PLAN_START,
	/* answers to a sync request */
	JX_PLAN_OK,          /**< stored: server_n, has_more, has_token */
	JX_PLAN_GAP,         /**< server holds less than was thought: send from server_n + 1 */
	JX_PLAN_FORK,        /**< another chain of this writer was there first */
	JX_PLAN_BEHIND,      /**< the server holds more of this writer than its log has */
	JX_PLAN_BAD_RECEIPT, /**< receipt of another key, writer or chain: the peer is not our server */
	/* answers to any request */
	JX_PLAN_CHALLENGE, /**< 401: sign in with the new challenge; on photo routes: the token has expired */
	JX_PLAN_FORBIDDEN, /**< 401 bad-signature, 403: revoked, other-writer, role */
	JX_PLAN_BAD_REQUEST,   /**< 400, 404, 405, 410, 415, 422: the server does not understand us */
	JX_PLAN_TOO_LARGE,     /**< 413 */
	JX_PLAN_VERSION,       /**< 412, 426: the protocol version is no longer served */
	JX_PLAN_BUSY,          /**< 423, 429, 503, with Retry-After or without */
	JX_PLAN_SERVER_ERROR,  /**< other 5xx */
	JX_PLAN_NO_SPACE,      /**< 507: disk or quota of the server */
	JX_PLAN_BAD_ANSWER,    /**< 2xx whose body breaks the protocol */
	JX_PLAN_NO_CONNECTION, /**< no answer: name, connection, time-out, cut */
	JX_PLAN_TLS_REFUSED,   /**< certificate or protocol refused by us */
	JX_PLAN_PORTAL,        /**< somebody else answered: HTML, wrong content type, redirect */
	/* photos */
	JX_PLAN_PHOTO,         /**< the next waiting photo: photo_bytes */
	JX_PLAN_NO_PHOTO,      /**< none is waiting (any more) */
	JX_PLAN_PHOTO_DONE,    /**< photo-receipt verified and kept */
	JX_PLAN_PHOTO_AT,      /**< server holds photo_offset bytes of it */
	JX_PLAN_PHOTO_HASH,    /**< all bytes arrived, but the hash differs; the server starts again at 0 */
	JX_PLAN_PHOTO_UNKNOWN, /**< 404: not listed in an accepted entry, or (asking) not begun yet */
	JX_PLAN_PHOTO_UNREADABLE, /**< our own file is gone or damaged */
	/* small copies */
	JX_PLAN_SMALL_SENT, /**< a bundle was taken; there may be more */
	JX_PLAN_NO_SMALL,   /**< none is waiting (any more) */
	/* the caller */
	JX_PLAN_WAITED,
	JX_PLAN_STOP, /**< stop requested */
	JX_PLAN_LOCAL /**< outbox or sink failed: rc */
};
#define JX_PLAN_EVENTS 30

struct jx_plan_event {
	enum jx_plan_event_kind kind;
	int64_t own_n; /**< START, OK, GAP, FORK: where this writer's log ends now */
	int64_t server_n; /**< OK, GAP: what the server holds (START: what it said last time; FORK: what lies in quarantine) */
	int64_t sent_count;     /**< answers to a sync request: entries it carried */
	bool has_more;          /**< OK, GAP: the feed has more */
	bool feed_moved;        /**< OK, GAP: the feed cursor is another than before */
	bool has_token;         /**< OK, GAP: photos may be sent */
	bool is_pending;        /**< OK, GAP: writer not confirmed: no feed, no token */
	int64_t photo_bytes;    /**< PHOTO: size */
	bool may_be_begun;      /**< PHOTO: an earlier run may have sent a part of it: ask before sending */
	int64_t photo_offset;   /**< PHOTO_AT */
	int64_t retry_after_ms; /**< BUSY, SERVER_ERROR; -1 none */
	bool others_moved; /**< another lane got something to the server since this plan was last told anything */
	jx_rc rc;          /**< LOCAL: why; NO_CONNECTION, TLS_REFUSED: JX_OK takes the usual code */
};

enum jx_plan_do {
	JX_PLAN_DO_SYNC, /**< send at most entries_max entries from from_n (0: none), and the rest of the flags */
	JX_PLAN_DO_CHOOSE, /**< answer with JX_PLAN_PHOTO or JX_PLAN_NO_PHOTO */
	JX_PLAN_DO_CREATE, /**< POST the photo with its bytes */
	JX_PLAN_DO_ASK,    /**< HEAD */
	JX_PLAN_DO_SEND,   /**< PATCH from photo_offset */
	JX_PLAN_DO_WAIT,   /**< wait_ms, then JX_PLAN_WAITED */
	JX_PLAN_DO_BUNDLE, /**< POST the next small copies, or answer with JX_PLAN_NO_SMALL */
	JX_PLAN_DO_FINISH  /**< rc */
};

/** The next step. */
struct jx_plan_step {
	enum jx_plan_do what;
	int64_t from_n;
	int64_t entries_max;
	bool wants_feed;
	bool wants_token;
	int64_t photo_offset;
	int64_t wait_ms;
	bool skips_photo;       /**< the photo in hand is given up for this run: name it in the report */
	jx_rc rc;               /**< DO_FINISH */
	int64_t retry_after_ms; /**< DO_FINISH: the server named a time that is too long to wait for; -1 none */
	bool must_enrol_again; /**< DO_FINISH: fork or behind */
};

struct jx_plan_config {
	const struct jx_rand *rand; /**< jitter */
	int attempts_max;           /**< 0 = JX_PLAN_ATTEMPTS */
	int64_t base_ms, cap_ms;    /**< 0 = JX_PLAN_BASE_MS, JX_PLAN_CAP_MS */
	int64_t entries_max;        /**< 0 = JX_WIRE_BATCH_ENTRIES_MAX */
	bool wants_feed;            /**< ask for what comes down */
	bool wants_photos;          /**< send photos (false: metered link) */
	bool wants_small;           /**< send small copies before them */
	bool wants_token;           /**< ask for a token even if no photo waits (downloads) */
	bool has_challenge; /**< false: the first request carries no entries, for it will be refused */
};

/** Plain memory; fields are for the room and its tests. */
struct jx_plan {
	struct jx_plan_config config;
	enum jx_plan_state state;
	enum jx_plan_do resume; /**< what to do after a wait */
	int64_t own_n, server_n;
	int64_t entries_max; /**< halved by 413 */
	bool wants_feed;     /**< feed not fetched to its end yet */
	bool wants_photos;   /**< photos may be waiting */
	bool wants_small;    /**< small copies may be waiting */
	int64_t bundles;     /**< sent */
	int64_t feed_pages;  /**< answers that moved the cursor */
	bool has_token, is_pending;
	bool is_signed_in; /**< a challenge is at hand */
	bool has_synced;   /**< at least one answer was good */
	bool is_offering; /**< a fork: the log goes up once from its first entry, so that the server keeps all of it */
	int attempts;    /**< failures since the last progress */
	int challenges;  /**< new challenges since the last progress */
	int tokens_lost; /**< tokens refused since the last progress of a photo */
	bool has_photo;  /**< one is in hand */
	int64_t photo_bytes;
	int64_t photo_offset; /**< where to go on; meant for SENDING */
	int64_t photo_best;   /**< furthest the server ever named for it; -1 never */
	int photo_hash_tries;
};

/** Begin. @param photos_wait  photos of this writer wait for a photo-receipt, of sent entries or not */
void jx_plan_init(struct jx_plan *plan, const struct jx_plan_config *config, bool photos_wait);

/**
 * Plan of a further lane: photos only, a token is at hand. Whatever goes wrong in it ends it (DO_FINISH, or DO_SYNC for another
 * token), and the photo in hand is the first lane's, which alone waits, tries again and gives up.
 * @return the first step, JX_PLAN_DO_CHOOSE
 */
struct jx_plan_step jx_plan_init_lane(struct jx_plan *plan, const struct jx_plan_config *config);

/** Tell what came back; get what to do next. The first event is JX_PLAN_START. */
struct jx_plan_step jx_plan_next(struct jx_plan *plan, const struct jx_plan_event *event);

/* ---- how many photos at a time ------------------------------------------------------------------ */

#define JX_PLAN_LANES_MAX 4 /* eight gained nothing over four on a link that loses 2 % */
/* Long enough for ten round trips of a bad link: what is measured is the line, not its start. */
#define JX_PLAN_LANES_WINDOW_MS 2000

/** Plain memory; fields are for the room and its tests. */
struct jx_plan_lanes {
	int max;
	int lanes;         /**< now */
	int from;          /**< lanes before the trial under way; 0 none */
	int64_t rate_from; /**< bytes a second with those */
	int64_t sum;       /**< of the rates of windows looked at since lanes is what it is */
	int looked;        /**< these windows */
	int settle;        /**< windows that are not looked at: new connections are only starting */
	int hold;          /**< windows until the next trial */
	bool tries_fewer;  /**< the next trial */
};
void jx_plan_lanes_init(struct jx_plan_lanes *lanes, int max);
/**
 * A window is over. One lane at first; another is tried, and kept only while the rate of all together grows by it (a line that
 * loses packets gives each connection its share; a full line gives nothing more). Now and then fewer are tried.
 * @param bytes  sent by all lanes in window_ms
 * @return lanes from now on
 */
int jx_plan_lanes_next(struct jx_plan_lanes *lanes, int64_t bytes, int64_t window_ms);
/**
 * A photo has gone by one lane alone and is receipted. Where that was as quick as only a line of its own building is, most of the time
 * is the far disk's and not the line's: as many lanes at once as the photos that are left are worth, without waiting for a window.
 * What windows then show decides as before.
 * @param bytes, ms  of that photo, from its first byte to its receipt
 * @param left       photos that wait
 * @return lanes from now on
 */
int jx_plan_lanes_quick(struct jx_plan_lanes *lanes, int64_t bytes, int64_t ms, size_t left);

/** Can this event come in this state? Others end the run with JX_ESTATE: the caller is wrong. */
bool jx_plan_expects(enum jx_plan_state state, enum jx_plan_event_kind kind);

/** Names for messages and tests: "syncing", "no-connection". */
const char *jx_plan_state_name(enum jx_plan_state state);
const char *jx_plan_event_name(enum jx_plan_event_kind kind);

/**
 * Wait before failure number `attempt` (from 1) is tried again: JX_PLAN_MIN_MS plus a random part of
 * min(cap, base * 2^(attempt-1)), on top of Retry-After where the server named one (-1: none).
 */
int64_t jx_plan_backoff_ms(const struct jx_plan_config *config, int attempt, int64_t retry_after_ms);

/**
 * Seconds of a Retry-After header: a number, or an IMF-fixdate (RFC 9110) compared with the same answer's Date header,
 * so that the device's clock does not matter.
 * @param date  Date header or NULL (then a date in value is not understood)
 * @return seconds from 0; -1 if not understood
 */
int64_t jx_plan_retry_after_s(const char *value, const char *date);

#ifdef __cplusplus
}
#endif
#endif
