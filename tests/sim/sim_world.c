/* The world's clocks, random sources, server and the run of a history. */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_UTC_MS INT64_C(1788220800000) /* 2026-09-01 00:00 UTC: an ordinary working day in Shanghai */

void sim_note(struct sim_world *w, const char *what, int64_t a, int64_t b)
{
	for (const char *p = what; *p != '\0'; p++)
		w->trace = (w->trace ^ (uint64_t)(unsigned char)*p) * 0x100000001B3u;
	w->trace = (w->trace ^ (uint64_t)a) * 0x100000001B3u;
	w->trace = (w->trace ^ (uint64_t)b) * 0x100000001B3u;
	if (w->verbose)
		fprintf(stderr, "%10lld %s %lld %lld\n", (long long)(w->now_ms - START_UTC_MS), what,
			(long long)a, (long long)b);
}

void sim_break(struct sim_world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->failure[0] != '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(w->failure, sizeof(w->failure), fmt, ap);
	va_end(ap);
	sim_note(w, w->failure, 0, 0);
}

bool sim_is_broken(const struct sim_world *w)
{
	return w->failure[0] != '\0';
}

bool sim_luck(struct sim_world *w, unsigned permille)
{
	return !w->is_calm && sim_chance(&w->rng, permille);
}

static int64_t clock_utc(void *user)
{
	const struct sim_clock *c = user;

	return c->world->now_ms + c->offset_ms;
}

static int64_t clock_mono(void *user)
{
	const struct sim_clock *c = user;

	return c->world->now_ms - c->boot_ms;
}

static void clock_boot(void *user, uint8_t id[JX_ID_BYTES])
{
	const struct sim_clock *c = user;

	memcpy(id, c->boot_id, JX_ID_BYTES);
}

static void clock_init(struct sim_clock *c, struct sim_world *w)
{
	*c = (struct sim_clock){.world = w, .boot_ms = w->now_ms};
	c->clock = (struct jx_clock){
		.user = c, .utc_ms = clock_utc, .mono_ms = clock_mono, .boot_id = clock_boot};
	for (size_t k = 0; k < JX_ID_BYTES; k++)
		c->boot_id[k] = (uint8_t)sim_next(&w->rng);
}

static void rand_fill(void *user, void *out, size_t len)
{
	struct sim_rand *r = user;
	uint8_t *p = out;

	for (size_t k = 0; k < len; k++)
		p[k] = (uint8_t)sim_next(&r->rng);
}

static void rand_init(struct sim_rand *r, uint64_t seed)
{
	r->rng.state = seed;
	r->rand = (struct jx_rand){.user = r, .fill = rand_fill};
}

static void make_key(struct sim_rand *r, uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES])
{
	uint8_t seed[32];

	rand_fill(r, seed, sizeof(seed));
	jx_key_from_seed(seed, pub, sec);
}

jx_rc sim_server_open(struct sim_server *s, struct jx_error *err)
{
	struct jx_vault_sqlite_config vc = {.dir = "/server",
					    .vfs = sim_disk_vfs(s->disk),
					    .fs = sim_disk_fs(s->disk),
					    .rand = &s->rand.rand,
					    .create = true,
					    .photo_max_bytes = 1 << 20};
	struct jx_ingest_config ic = {.clock = &s->clock.clock,
				      .rand = &s->rand.rand,
				      .identity_secret = s->secret_key,
				      .mac_key = s->mac_key,
				      .pack = s->world->pack,
				      .pins = (const uint8_t(*)[JX_HASH_BYTES])s->pin,
				      .pin_count = 1,
				      .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	jx_rc rc = jx_vault_sqlite_open(&vc, &s->vault, err);

	ic.vault = s->vault;
	if (rc == JX_OK)
		rc = jx_ingest_new(&ic, &s->ingest, err);
	if (rc == JX_OK)
		rc = jx_ingest_setup(s->ingest, err);
	return rc;
}

void sim_server_close(struct sim_server *s)
{
	jx_ingest_free(s->ingest);
	jx_vault_close(s->vault);
	s->ingest = NULL;
	s->vault = NULL;
}

void sim_server_restart(struct sim_server *s)
{
	struct sim_world *w = s->world;
	struct jx_error err = {0};
	jx_rc rc = JX_EIO;

	sim_note(w, "server restart", 0, 0);
	/* faults may strike while it starts; it is started again, as its unit says */
	for (int tries = 0; tries < 50 && rc != JX_OK; tries++) {
		sim_disk_kill(s->disk);
		sim_server_close(s);
		sim_disk_power_cycle(s->disk);
		w->counts.power_cuts++;
		rc = sim_server_open(s, &err);
	}
	if (rc != JX_OK)
		sim_break(w, "the server does not start again: %s: %s", err.where, err.text);
}

static void device_init(struct sim_world *w, int k)
{
	struct sim_device *d = &w->device[k];
	char name[32];

	*d = (struct sim_device){.world = w, .index = k};
	(void)snprintf(name, sizeof(name), "sim-device-%d", k);
	d->disk = sim_disk_new(name, sim_next(&w->rng));
	clock_init(&d->clock, w);
	rand_init(&d->rand, sim_next(&w->rng));
	make_key(&d->rand, d->public_key, d->secret_key);
}

struct sim_world *sim_world_new(uint64_t seed, const struct sim_weather *weather)
{
	struct sim_world *w = jx_xcalloc(1, sizeof(*w));
	struct jx_error err = {0};
	const char *text;
	size_t len;

	w->seed = seed;
	w->rng.state = seed;
	w->now_ms = START_UTC_MS;
	w->weather = *weather;
	w->trace = 0xCBF29CE484222325u;
	sim_photo_init(w);
	jx_pack_builtin(&text, &len);
	if (jx_pack_load(text, len, &w->pack, &err) != JX_OK)
		sim_break(w, "built-in pack: %s", err.text);
	w->server.world = w;
	w->server.disk = sim_disk_new("sim-server", sim_next(&w->rng));
	clock_init(&w->server.clock, w);
	rand_init(&w->server.rand, sim_next(&w->rng));
	make_key(&w->server.rand, w->server.public_key, w->server.secret_key);
	rand_fill(&w->server.rand, w->server.mac_key, sizeof(w->server.mac_key));
	rand_fill(&w->server.rand, w->server.pin, sizeof(w->server.pin));
	make_key(&w->server.rand, w->office.public_key, w->office.secret_key);
	if (sim_server_open(&w->server, &err) != JX_OK)
		sim_break(w, "server: %s: %s", err.where, err.text);
	for (int k = 0; k < SIM_DEVICES; k++)
		device_init(w, k);
	return w;
}

void sim_world_free(struct sim_world *w)
{
	if (w == NULL)
		return;
	for (int k = 0; k < SIM_DEVICES; k++) {
		sim_disk_kill(w->device[k].disk);
		sim_device_close(&w->device[k]);
		sim_disk_free(w->device[k].disk);
	}
	sim_disk_kill(w->server.disk);
	sim_server_close(&w->server);
	sim_disk_free(w->server.disk);
	for (size_t k = 0; k < w->old_count; k++)
		free(w->old[k].body);
	free(w->jpeg);
	free(w->office.entry);
	jx_pack_free(w->pack);
	free(w);
}

static void weather_on(struct sim_world *w, bool on)
{
	w->is_calm = !on;
	for (int k = 0; k < SIM_DEVICES; k++)
		sim_disk_set_faults(w->device[k].disk, on ? w->weather.fault_permille : 0);
	sim_disk_set_faults(w->server.disk, on ? w->weather.fault_permille : 0);
}

static void jump_clock(struct sim_world *w, struct sim_device *d)
{
	static const int64_t JUMPS_MS[] = {
		60000, -60000, 3600000, -3600000, 86400000, INT64_C(31536000000), INT64_C(-31536000000)};

	d->clock.offset_ms = sim_chance(&w->rng, 300)
				     ? 0
				     : JUMPS_MS[sim_below(&w->rng, sizeof(JUMPS_MS) / sizeof(JUMPS_MS[0]))];
	sim_note(w, "clock", d->index, d->clock.offset_ms);
}

static void sync_device(struct sim_device *d)
{
	struct jx_error err = {0};

	(void)sim_device_sync(d, &err);
}

static void step(struct sim_world *w)
{
	struct sim_device *d = &w->device[sim_below(&w->rng, SIM_DEVICES)];
	uint64_t what = sim_below(&w->rng, 100);

	w->now_ms += (int64_t)sim_below(&w->rng, 120000);
	if (sim_luck(w, w->weather.clock_permille))
		jump_clock(w, d);
	if (sim_luck(w, w->weather.replay_permille))
		sim_net_replay(w);
	if (sim_luck(w, w->weather.server_cut_permille / 4))
		sim_server_restart(&w->server);
	if (!d->is_enrolled) {
		sim_device_with_cut(d, sim_device_enrol);
		return;
	}
	if (what < 55)
		sim_device_with_cut(d, sim_device_save);
	else if (what < 63)
		sim_device_with_cut(d, sim_device_shift);
	else if (what < 90)
		sim_device_with_cut(d, sync_device);
	else if (what < 94)
		sim_device_restart(d);
	else {
		struct jx_error err = {0};

		if (!w->office.is_enrolled)
			sim_office_enrol(w);
		else
			(void)sim_office_pull(w, &err);
	}
	sim_check_device(d);
}

bool sim_run(struct sim_world *w, int steps)
{
	weather_on(w, true);
	for (int k = 0; k < SIM_DEVICES && !sim_is_broken(w); k++)
		sim_device_restart(&w->device[k]); /* first start on a disk that may fail already */
	for (int k = 0; k < steps && !sim_is_broken(w); k++) {
		step(w);
		if (k % 16 == 15 && !sim_is_broken(w))
			sim_check_server(w);
	}
	weather_on(w, false);
	if (!sim_is_broken(w))
		sim_drain(w);
	for (int k = 0; k < SIM_DEVICES; k++)
		sim_note(w, "disk", k, (int64_t)sim_disk_trace(w->device[k].disk));
	sim_note(w, "disk", SIM_DEVICES, (int64_t)sim_disk_trace(w->server.disk));
	return !sim_is_broken(w);
}
