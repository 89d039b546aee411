/*
 * sim_world.h - a small city in one process: handhelds, an office and a server on invented clocks, disks and networks.
 *
 * Everything below is the product's own code (capture, store, media, client, plan, wire, ingest, vault) on struct jx_fs,
 * struct jx_clock, struct jx_rand, an SQLite VFS and a transport that a seed decides. The oracle (sim_oracle.c) knows only
 * what a user was shown, and compares that with the disks.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "jiexun/capture.h"
#include "jiexun/cli.h"
#include "jiexun/client.h"
#include "jiexun/ingest.h"
#include "jiexun/vault.h"

#include "sim_disk.h"

#define SIM_DEVICES      3
#define SIM_SHOWN_MAX    256
#define SIM_PHOTOS_MAX   3
#define SIM_OLD_REQUESTS 8

/** What a person was told: saved under this number, with these photos. */
struct sim_shown {
	uint8_t id[JX_ID_BYTES];
	int64_t n;
	enum jx_kind kind;
	uint8_t digest[JX_HASH_BYTES]; /**< read back right after "saved" was shown */
	uint8_t photos[SIM_PHOTOS_MAX][JX_HASH_BYTES];
	size_t photo_count;
	enum jx_entry_state shown_state; /**< the most that a list has shown for it */
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

struct sim_device {
	struct sim_world *world;
	int index;
	sim_disk *disk;
	struct sim_clock clock;
	struct sim_rand rand;
	uint8_t public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES];
	bool is_enrolled;
	struct jx_identity identity; /**< as the device was told */
	jx_store *store;
	jx_media *media;
	struct jx_recorder recorder;
	struct sim_shown shown[SIM_SHOWN_MAX];
	size_t shown_count;
	uint8_t pending_id[JX_ID_BYTES]; /**< a save that failed and will be tried again with the same id */
	bool has_pending;
	int64_t days_closed;
};

struct sim_server {
	struct sim_world *world;
	sim_disk *disk;
	struct sim_clock clock;
	struct sim_rand rand;
	uint8_t public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES], mac_key[32];
	uint8_t pin[1][JX_HASH_BYTES];
	jx_vault *vault;
	jx_ingest *ingest;
};

/** The office: a reader of the feed with a key of its own; its journal is a set in memory. */
struct sim_office {
	uint8_t public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES];
	bool is_enrolled;
	uint8_t writer[JX_ID_BYTES];
	char challenge[JX_CLIENT_VALUE_MAX], cursor[JX_CLIENT_VALUE_MAX];
	struct {
		char key[112];
		uint8_t digest[JX_HASH_BYTES];
	} * entry;
	size_t entry_count, entry_cap;
	int64_t repeats; /**< items that came twice under one cursor */
};

/** An old request that somebody on the way kept, to send again later. */
struct sim_old_request {
	char path[128], authorization[JX_AUTH_MAX];
	char *body;
	size_t len;
	bool is_zstd;
};

/** A configuration of the swarm: how bad this world is. */
struct sim_weather {
	unsigned cut_permille; /**< an operation is cut by a power failure */
	unsigned server_cut_permille;
	unsigned fault_permille; /**< a write or sync fails with the power on */
	unsigned drop_permille, eat_permille, twice_permille, replay_permille, garble_permille,
		portal_permille;
	unsigned clock_permille; /**< a device's clock jumps */
	unsigned while_permille; /**< somebody saves while a sync is under way */
};

struct sim_counts {
	int64_t saves, saves_shown, syncs, requests, power_cuts, photos, pulls, replays;
	int64_t sent_shown, complete_shown;
};

struct sim_world {
	uint64_t seed;
	struct sim_rng rng;
	int64_t now_ms; /**< true time */
	struct sim_weather weather;
	bool is_calm; /**< draining: no faults any more */
	struct sim_device device[SIM_DEVICES];
	struct sim_server server;
	struct sim_office office;
	struct sim_old_request old[SIM_OLD_REQUESTS];
	size_t old_count;
	jx_pack *pack;
	uint8_t *jpeg; /**< the tiny picture all photos are made of */
	size_t jpeg_len;
	struct sim_counts counts;
	uint64_t trace;
	char failure[512]; /**< first broken promise; empty if none */
	bool verbose;
};

/* world */
struct sim_world *sim_world_new(uint64_t seed, const struct sim_weather *weather);
void sim_world_free(struct sim_world *w);
void sim_note(struct sim_world *w, const char *what, int64_t a, int64_t b);
void sim_break(struct sim_world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool sim_is_broken(const struct sim_world *w);
/** True with this chance, unless the world is calm. */
bool sim_luck(struct sim_world *w, unsigned permille);

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
jx_rc sim_device_open(struct sim_device *d, struct jx_error *err);
void sim_device_close(struct sim_device *d);
void sim_device_restart(struct sim_device *d);
void sim_device_enrol(struct sim_device *d);
void sim_device_save(struct sim_device *d);
void sim_device_shift(struct sim_device *d);
jx_rc sim_device_sync(struct sim_device *d, struct jx_error *err);
/** Run one thing a person does, with luck cutting its power in the middle. */
void sim_device_with_cut(struct sim_device *d, void (*what)(struct sim_device *d));

/* office */
void sim_office_enrol(struct sim_world *w);
jx_rc sim_office_pull(struct sim_world *w, struct jx_error *err);

/* network */
struct sim_net {
	struct sim_world *world;
	struct sim_device *device; /**< NULL: office */
	jx_transport transport;
};
void sim_net_init(struct sim_net *n, struct sim_world *w, struct sim_device *d);
void sim_net_replay(struct sim_world *w);
jx_rc sim_wait(void *user, int64_t ms); /**< user: struct sim_world */

/* oracle */
void sim_check_device(struct sim_device *d);
void sim_check_server(struct sim_world *w);
/** Calm weather, sync everybody, then everything ever shown is at the server and at the office exactly once. */
void sim_drain(struct sim_world *w);

/** One whole history of `steps` steps. Returns false when a promise was broken (w->failure). */
bool sim_run(struct sim_world *w, int steps);

#endif
