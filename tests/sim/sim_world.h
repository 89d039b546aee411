/*
 * sim_world.h - a small city in one process: handhelds, an office and a server on invented clocks, disks and networks.
 *
 * Everything below is the product's own code (capture, store, media, client, plan, wire, ingest, vault) on struct jx_fs,
 * struct jx_clock, struct jx_rand, an SQLite VFS and a transport that a seed decides. The oracle (sim_oracle.c,
 * sim_drain.c) knows only what a user was shown, and compares that with the disks.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "jiexun/capture.h"
#include "jiexun/cli.h"
#include "jiexun/client.h"
#include "jiexun/ingest.h"
#include "jiexun/vault.h"

#include "sim_disk.h"

#define SIM_DEVICES_MAX  8 /* 1 to 5 handhelds, and copies of them */
#define SIM_SHOWN_MAX    256
#define SIM_PHOTOS_MAX   3
#define SIM_OLD_REQUESTS 8
#define SIM_DAY_MS       INT64_C(86400000)
#define SIM_START_UTC_MS \
	INT64_C(1788220800000) /* 2026-09-01 00:00 UTC: an ordinary working day in Shanghai */

/** How a promise was broken; counted apart. */
enum sim_harm {
	SIM_LOST,
	SIM_TWICE,
	SIM_WRONG
};

/** What a person was told: saved under this number, with these photos. */
struct sim_shown {
	uint8_t id[JX_ID_BYTES];
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	enum jx_kind kind;
	uint8_t digest[JX_HASH_BYTES]; /**< read back right after "saved" was shown */
	uint8_t photos[SIM_PHOTOS_MAX][JX_HASH_BYTES];
	size_t photo_count;
	enum jx_entry_state state; /**< what a list has shown for it last */
	int life;                  /**< the server's life in which the state was shown and true */
};

/** Shown as sent by a device whose disk is no more: the server has it all the same. */
struct sim_promise {
	struct sim_shown shown;
	int device;
};

struct sim_clock {
	struct jx_clock clock;
	struct sim_world *world;
	int64_t offset_ms; /**< device clocks are wrong */
	int64_t boot_ms;
	uint8_t boot_id[JX_ID_BYTES];
};

struct sim_rand {
	struct jx_rand rand;
	struct sim_rng rng;
};

struct sim_key {
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
};

/** What a copy of a device's disk needs besides, to go on: its key file, and what its user remembers. */
struct sim_backup {
	sim_disk *disk;
	struct sim_key key;
	struct sim_shown *shown;
	size_t shown_count;
};

struct sim_device {
	struct sim_world *world;
	int index;
	sim_disk *disk;
	struct sim_clock clock;
	struct sim_rand rand;
	struct sim_key key;
	struct sim_key next_key; /**< of an enrolment that has been begun */
	bool has_next_key;
	bool is_enrolled;
	struct jx_identity identity; /**< as its disk says */
	int enrolled_life;           /**< the server's life in which this writer was enrolled */
	jx_store *store;
	jx_media *media;
	struct jx_recorder recorder;
	struct sim_shown shown[SIM_SHOWN_MAX];
	size_t shown_count;
	bool is_stale;                   /**< its disk may have changed since the oracle looked */
	uint8_t pending_id[JX_ID_BYTES]; /**< a save that failed and will be tried again with the same id */
	bool has_pending;
	bool may_fork;                    /**< this writer's log goes on, or went on, on another disk too */
	bool is_told;                     /**< was shown "enrol again" */
	uint8_t told_writer[JX_ID_BYTES]; /**< who it was when it was told last, */
	int told_life;                    /**< by which life of the server; -1 never */
	bool needs_enrol; /**< enrol again, though nobody said fork: locked out, unknown, revoked */
	int64_t away_until_ms;
	bool was_away;
	int sync_depth;
	struct sim_backup backup;
};

#define SIM_IDENTITIES_MAX 4
struct sim_server {
	struct sim_world *world;
	sim_disk *disk;
	struct sim_clock clock;
	struct sim_rand rand;
	struct sim_key key; /**< identity */
	struct jx_signed introductions[SIM_IDENTITIES_MAX];
	size_t introduction_count;
	uint8_t former[SIM_IDENTITIES_MAX][JX_PUB_BYTES]; /**< earlier identity keys */
	size_t former_count;
	uint8_t mac_key[32];
	uint8_t pin[JX_PINS_MAX]
		   [JX_HASH_BYTES]; /**< [0] is shown to who connects; [1] the announced next one */
	size_t pin_count;
	jx_vault *vault;
	jx_ingest *ingest;
	sim_disk *backup;
	int life; /**< how often it was restored from an old backup */
};

struct sim_office_entry {
	char key[112];
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	uint8_t digest[JX_HASH_BYTES];
	enum jx_kind kind;
	char day[11];
	bool is_fork;
	int64_t observations_total, photos_total; /**< of a day-close */
	uint8_t photos[JX_PHOTOS_MAX][JX_HASH_BYTES];
	size_t photo_count;
};

/** "Complete" for a day stood on the office's screen: the writer's log up to this day-close is here, with its photos. */
struct sim_statement {
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	char day[11];
	int life;
};

/** The office: a reader of the feed with a key of its own; its journal is a set in memory. */
struct sim_office {
	struct sim_key key;
	struct sim_rand rand;
	bool is_enrolled;
	uint8_t writer[JX_ID_BYTES];
	uint8_t identities[JX_CLIENT_IDENTITIES_MAX][JX_PUB_BYTES]; /**< of the server: [0] in force */
	size_t identity_count;
	uint8_t pin[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	char challenge[JX_CLIENT_VALUE_MAX], cursor[JX_CLIENT_VALUE_MAX];
	struct sim_office_entry *entry;
	size_t entry_count, entry_cap;
	struct sim_office_receipt {
		char key[112]; /**< of the feed: names writer and number, or writer and photo */
		bool is_photo;
	} * receipt;
	size_t receipt_count, receipt_cap;
	struct sim_statement *statement;
	size_t statement_count, statement_cap;
	int64_t repeats; /**< entries that came twice under one cursor */
	int accounts;
};

/** An old request that somebody on the way kept, to send again later. */
struct sim_old_request {
	char path[128], authorization[JX_AUTH_MAX];
	char *body;
	size_t len;
	bool is_zstd;
	int dictionary;
};

/** A configuration of the swarm: how big and how bad this world is. All in permille but the first three. */
struct sim_weather {
	unsigned devices, steps;
	bool from_nothing; /**< disks are empty at first, and made under faults; else as the first start left them */
	unsigned cut; /**< an operation is cut by a power failure */
	unsigned server_cut;
	unsigned fault; /**< a write or sync fails with the power on */
	unsigned drop, eat, twice, replay, garble, portal;
	unsigned clock; /**< a device's clock jumps */
	unsigned clock_in_sync;
	unsigned meanwhile; /**< somebody saves while a sync is under way */
	unsigned second;    /**< a second sync of the same device at the same time */
	unsigned weeks;     /**< somebody goes away for weeks */
	unsigned clone;
	unsigned device_restore;
	unsigned server_restore;
	unsigned revoke;
	unsigned rotate_tls, rotate_identity;
	unsigned move;
	unsigned pending;  /**< enrolments that the office has to confirm */
	unsigned snapshot; /**< the office loses its cursor */
};

struct sim_counts {
	int64_t histories, broken, lost, duplicated;
	int64_t saves, saves_shown, syncs, requests, power_cuts, photos, pulls, replays;
	int64_t sent_shown, complete_shown, forked_shown, days_shown, alarms;
	int64_t clones, device_restores, server_restores, revocations, tls_rotations, identity_rotations,
		moves;
	int64_t weeks, challenges_expired, tokens_refused, snapshots, second_syncs, clock_jumps, enrolments,
		again;
	int64_t renewals, confirmed, left_behind, not_offered;
};

struct sim_world {
	uint64_t seed;
	struct sim_rng rng;
	int64_t now_ms; /**< true time */
	struct sim_weather weather;
	bool is_calm; /**< draining: no faults any more */
	struct sim_device device[SIM_DEVICES_MAX];
	int device_count;
	int disk_count;
	struct sim_server server;
	struct sim_office office;
	struct sim_old_request old[SIM_OLD_REQUESTS];
	size_t old_count;
	struct sim_promise *promise;
	size_t promise_count, promise_cap;
	int disks_gone; /**< disks with entries that nobody holds any more */
	jx_pack *pack;
	uint8_t *jpeg; /**< the tiny picture all photos are made of */
	size_t jpeg_len;
	struct sim_counts counts;
	uint64_t trace;
	char failure[512]; /**< first broken promise; empty if none */
	enum sim_harm harm;
	bool verbose, lies;
};

/** Before anything else in the process: sim_fast.c says what. */
void sim_fast_init(void);

/* world */
void sim_draw_weather(uint64_t seed, struct sim_weather *out);
struct sim_world *sim_world_new(uint64_t seed, const struct sim_weather *weather);
void sim_world_free(struct sim_world *w);
void sim_note(struct sim_world *w, const char *what, int64_t a, int64_t b);
void sim_break(struct sim_world *w, enum sim_harm harm, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool sim_is_broken(const struct sim_world *w);
/** True with this chance, unless the world is calm. */
bool sim_luck(struct sim_world *w, unsigned permille);
void sim_clock_init(struct sim_clock *c, struct sim_world *w);
void sim_rand_init(struct sim_rand *r, uint64_t seed);
void sim_rand_bytes(struct sim_rand *r, void *out, size_t len);
void sim_key_make(struct sim_rand *r, struct sim_key *out);
/** With a name of its own in this process. */
sim_disk *sim_world_disk(struct sim_world *w, const sim_disk *copy_of);
/** One whole history. Returns false when a promise was broken (w->failure). */
bool sim_run(struct sim_world *w);

/* templates: disks as the first start left them */
const sim_disk *sim_template_device(void);
const sim_disk *sim_template_server(struct sim_key *key_out);
void sim_templates_free(void);

/* server */
jx_rc sim_server_open(struct sim_server *s, struct jx_error *err);
void sim_server_close(struct sim_server *s);
/** Cut its power if it is not gone yet, and start it again. */
void sim_server_restart(struct sim_server *s);

/* photos */
void sim_photo_init(struct sim_world *w);
/** A JPEG that nobody has seen before; its length. */
size_t sim_photo_make(struct sim_world *w, uint8_t *out, size_t cap);

/* device */
void sim_device_init(struct sim_device *d, struct sim_world *w, int index, const sim_disk *copy_of);
void sim_device_free(struct sim_device *d);
jx_rc sim_device_open(struct sim_device *d, struct jx_error *err);
void sim_device_close(struct sim_device *d);
void sim_device_restart(struct sim_device *d);
void sim_device_save(struct sim_device *d);
void sim_device_shift(struct sim_device *d);
/** Identity as its own disk says. */
void sim_device_learn(struct sim_device *d);
/** First, or again. */
void sim_device_enrol(struct sim_device *d);
jx_rc sim_device_sync(struct sim_device *d, struct jx_error *err);
/** Run one thing a person does, with luck cutting its power in the middle. */
void sim_device_with_cut(struct sim_device *d, void (*what)(struct sim_device *d));
bool sim_device_is_revoked(const struct sim_device *d);

/* events that befall a city */
void sim_events(struct sim_world *w, struct sim_device *d);
void sim_server_restore(struct sim_world *w);
void sim_confirm(struct sim_world *w);
void sim_backup_done(struct sim_backup *b);

/* office */
void sim_office_enrol(struct sim_world *w);
jx_rc sim_office_pull(struct sim_world *w, struct jx_error *err);
void sim_office_done(struct sim_office *o);
/** Which days stand complete on its screen now. */
void sim_office_state(struct sim_world *w);
const struct sim_office_entry *sim_office_find(const struct sim_office *o, const uint8_t writer[JX_ID_BYTES],
					       int64_t n, const uint8_t *digest);

/* network */
struct sim_net {
	struct sim_world *world;
	struct sim_device *device; /**< NULL: office */
	jx_transport transport;
	uint8_t pin[JX_PINS_MAX][JX_HASH_BYTES]; /**< none: enrolment */
	size_t pin_count;
};
void sim_net_init(struct sim_net *n, struct sim_world *w, struct sim_device *d,
		  const uint8_t (*pins)[JX_HASH_BYTES], size_t pin_count);
void sim_net_replay(struct sim_world *w);
jx_rc sim_wait(void *user, int64_t ms); /**< user: struct sim_world */

/* oracle */
enum sim_place {
	SIM_NOWHERE,
	SIM_IN_LOG,
	SIM_IN_QUARANTINE
};
enum sim_place sim_at_server(struct sim_world *w, const uint8_t writer[JX_ID_BYTES], int64_t n,
			     const uint8_t digest[JX_HASH_BYTES]);
bool sim_photo_at_server(struct sim_world *w, const uint8_t sha256[JX_HASH_BYTES]);
void sim_check_device(struct sim_device *d);
void sim_check_server(struct sim_world *w);
/** Remember what this device's user was shown as sent, before its disk goes. */
void sim_promise_all(struct sim_device *d, const struct sim_backup *kept);
/** Calm weather, sync everybody, then everything ever shown is at the server and at the office exactly once. */
void sim_drain(struct sim_world *w);

#endif
