/* The world's clocks, random sources, disks and server. */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_note(struct sim_world *w, const char *what, int64_t a, int64_t b)
{
	for (const char *p = what; *p != '\0'; p++)
		w->trace = (w->trace ^ (uint64_t)(unsigned char)*p) * 0x100000001B3u;
	w->trace = (w->trace ^ (uint64_t)a) * 0x100000001B3u;
	w->trace = (w->trace ^ (uint64_t)b) * 0x100000001B3u;
	if (w->verbose)
		fprintf(stderr, "%10lld %s %lld %lld\n", (long long)(w->now_ms - SIM_START_UTC_MS), what,
			(long long)a, (long long)b);
}

void sim_break(struct sim_world *w, enum sim_harm harm, const char *fmt, ...)
{
	va_list ap;

	if (w->failure[0] != '\0')
		return;
	w->harm = harm;
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
	return !w->is_calm && permille > 0 && sim_chance(&w->rng, permille);
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

void sim_clock_init(struct sim_clock *c, struct sim_world *w)
{
	*c = (struct sim_clock){.world = w, .boot_ms = w->now_ms};
	c->clock = (struct jx_clock){
		.user = c, .utc_ms = clock_utc, .mono_ms = clock_mono, .boot_id = clock_boot};
	for (size_t k = 0; k < JX_ID_BYTES; k++)
		c->boot_id[k] = (uint8_t)sim_next(&w->rng);
}

static void rand_fill(void *user, void *out, size_t len)
{
	sim_rand_bytes(user, out, len);
}

void sim_rand_bytes(struct sim_rand *r, void *out, size_t len)
{
	uint8_t *p = out;

	for (size_t k = 0; k < len; k++)
		p[k] = (uint8_t)sim_next(&r->rng);
}

void sim_rand_init(struct sim_rand *r, uint64_t seed)
{
	r->rng.state = seed;
	r->rand = (struct jx_rand){.user = r, .fill = rand_fill};
}

void sim_key_make(struct sim_rand *r, struct sim_key *out)
{
	uint8_t seed[32];

	sim_rand_bytes(r, seed, sizeof(seed));
	jx_key_from_seed(seed, out->pub, out->sec);
}

sim_disk *sim_world_disk(struct sim_world *w, const sim_disk *copy_of)
{
	const uint64_t seed = sim_next(&w->rng);
	char name[32];
	sim_disk *d;

	(void)snprintf(name, sizeof(name), "sim-%d", w->disk_count++);
	d = copy_of != NULL ? sim_disk_clone(copy_of, name, seed) : sim_disk_new(name, seed);
	sim_disk_set_faults(d, w->is_calm ? 0 : w->weather.fault);
	sim_disk_set_lies(d, w->lies);
	return d;
}

/* ---- server ---- */

#define KEEP_PARTS_MS (7 * SIM_DAY_MS) /* of a photo that began to arrive */

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
				      .identity_secret = s->key.sec,
				      .introductions = s->introductions,
				      .introduction_count = s->introduction_count,
				      .mac_key = s->mac_key,
				      .pack = s->world->pack,
				      .pins = (const uint8_t(*)[JX_HASH_BYTES])s->pin,
				      .pin_count = s->pin_count,
				      .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	int64_t removed = 0;
	jx_rc rc = jx_vault_sqlite_open(&vc, &s->vault, err);

	if (rc == JX_OK) /* as jiexund does: a failure is only logged */
		(void)s->vault->ops->sweep(s->vault, s->world->now_ms, KEEP_PARTS_MS, &removed, NULL);
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
		sim_break(w, SIM_WRONG, "the server does not start again: %s: %s", err.where, err.text);
}

static void server_init(struct sim_world *w)
{
	struct sim_server *s = &w->server;
	const sim_disk *template = NULL;
	struct jx_error err = {0};

	*s = (struct sim_server){.world = w, .pin_count = 1};
	if (!w->weather.from_nothing)
		template = sim_template_server(&s->key);
	s->disk = sim_world_disk(w, template);
	sim_clock_init(&s->clock, w);
	sim_rand_init(&s->rand, sim_next(&w->rng));
	if (template == NULL)
		sim_key_make(&s->rand, &s->key);
	sim_rand_bytes(&s->rand, s->mac_key, sizeof(s->mac_key));
	sim_rand_bytes(&s->rand, s->pin[0], JX_HASH_BYTES);
	if (sim_server_open(s, &err) != JX_OK)
		sim_break(w, SIM_WRONG, "server: %s: %s", err.where, err.text);
}

/* ---- the world ---- */

struct sim_world *sim_world_new(uint64_t seed, const struct sim_weather *weather)
{
	struct sim_world *w = jx_xcalloc(1, sizeof(*w));
	struct jx_error err = {0};
	const char *text;
	size_t len;

	w->seed = seed;
	w->rng.state = seed;
	w->now_ms = SIM_START_UTC_MS;
	w->weather = *weather;
	w->is_calm = true; /* until it runs */
	w->trace = 0xCBF29CE484222325u;
	sim_photo_init(w);
	jx_pack_builtin(&text, &len);
	if (jx_pack_load(text, len, &w->pack, &err) != JX_OK)
		sim_break(w, SIM_WRONG, "built-in pack: %s", err.text);
	server_init(w);
	sim_rand_init(&w->office.rand, sim_next(&w->rng));
	sim_key_make(&w->office.rand, &w->office.key);
	for (; w->device_count < (int)weather->devices; w->device_count++)
		sim_device_init(&w->device[w->device_count], w, w->device_count,
				weather->from_nothing ? NULL : sim_template_device());
	return w;
}

void sim_world_free(struct sim_world *w)
{
	if (w == NULL)
		return;
	for (int k = 0; k < w->device_count; k++)
		sim_device_free(&w->device[k]);
	sim_disk_kill(w->server.disk);
	sim_server_close(&w->server);
	sim_disk_free(w->server.disk);
	sim_disk_free(w->server.backup);
	for (size_t k = 0; k < w->old_count; k++)
		free(w->old[k].body);
	free(w->jpeg);
	free(w->promise);
	sim_office_done(&w->office);
	jx_pack_free(w->pack);
	free(w);
}
