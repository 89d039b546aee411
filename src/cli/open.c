/* Opening the device's rooms, each once and only when a command needs it. */
#include "cli.h"

#include <string.h>

#define MB 1000000 /* profile keys are in 10^6 bytes */
/* Of partial files, which no device makes: whoever put one there gets a month to miss it. */
#define PART_KEEP_MS (INT64_C(30) * 86400000)

jx_rc cli_open_store(struct cli *c, bool read_only, struct jx_error *err)
{
	struct jx_store_config config = {
		.dir = c->dir, .fs = jx_os_fs(), .clock = jx_os_clock(), .read_only = read_only};
	jx_rc rc;

	if (c->store != NULL)
		return JX_OK;
	rc = jx_store_open(&config, &c->store, err);
	if (rc == JX_ENOTFOUND && read_only)
		return jx_fail(err, JX_ESTATE, 0, "jx.open",
			       "nothing is recorded in %s yet: enrol this device first (jx enrol)", c->dir);
	return rc;
}

jx_rc cli_open_media(struct cli *c, struct jx_error *err)
{
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/photos", c->dir);
	struct jx_media_config config = {.dir = dir,
					 .fs = jx_os_fs(),
					 .rand = jx_os_rand(),
					 .max_bytes = c->profile.photo_max_mb * MB};

	return c->media != NULL ? JX_OK : jx_media_open(&config, &c->media, err);
}

void cli_today(const struct cli *c, char out[11])
{
	if (!jx_day_of(jx_os_clock()->utc_ms(NULL), (int)c->profile.utc_offset_min, out))
		jx_strcpy(out, 11, "1970-01-01");
}

void cli_device_keys(const struct cli *c, struct jx_device_keys *out)
{
	*out = (struct jx_device_keys){.dir = c->dir, .store = c->profile.key_store};
}

jx_rc cli_open_key(struct cli *c, struct jx_error *err)
{
	struct jx_device_keys keys;
	jx_rc rc;

	if (c->has_key)
		return JX_OK;
	cli_device_keys(c, &keys);
	rc = jx_device_load_key(&keys, c->public_key, c->secret_key, err);
	if (rc == JX_ENOTFOUND)
		return jx_fail(err, JX_ESTATE, 0, "jx.key",
			       "this device has no key yet: enrol it first (jx enrol)");
	c->has_key = rc == JX_OK;
	return rc;
}

/* An entry signed with another key would be stored, and break the chain for good. */
static jx_rc check_identity(struct cli *c, struct jx_error *err)
{
	struct jx_identity id;
	jx_rc rc = jx_store_identity(c->store, &id, err);

	if (rc == JX_ENOTFOUND)
		return jx_fail(err, JX_ESTATE, 0, "jx.identity",
			       "this device is not enrolled: ask the office for a code and run jx enrol");
	if (rc == JX_OK && memcmp(id.public_key, c->public_key, sizeof(id.public_key)) != 0)
		return jx_fail(
			err, JX_ECORRUPT, 0, "jx.key",
			"the device key in %s is not the one that %s was enrolled with: put that key back, or ask the office for a code and run jx enrol --again",
			c->dir, id.short_code);
	return rc;
}

/* What a save that was killed left behind: a power cut in the middle of a photo costs its space once, not for ever. */
static void sweep(struct cli *c)
{
	const struct jx_clock *clock = jx_os_clock();
	struct jx_error ignored; /* nobody's save or sync fails for a file that nobody needs */
	int64_t removed;

	(void)jx_media_sweep(c->media, clock->utc_ms(clock->user), PART_KEEP_MS, &removed, &ignored);
}

jx_rc cli_open_recorder(struct cli *c, struct jx_error *err)
{
	jx_rc rc = cli_open_key(c, err);

	if (rc == JX_OK)
		rc = cli_open_store(c, false, err);
	if (rc == JX_OK)
		rc = check_identity(c, err);
	if (rc == JX_OK)
		rc = cli_open_media(c, err);
	if (rc == JX_OK)
		rc = cli_open_pack(c, err);
	if (rc != JX_OK)
		return rc;
	sweep(c);
	c->recorder = (struct jx_recorder){
		.store = c->store,
		.media = c->media,
		.clock = jx_os_clock(),
		.rand = jx_os_rand(),
		.source_fs = jx_os_fs(),
		.pack = c->pack,
		.secret_key = c->secret_key,
		.utc_offset_min = (int)c->profile.utc_offset_min,
		.reserve_bytes = c->profile.reserve_mb * MB,
	};
	return cli_continue_log(c, err);
}

jx_rc cli_open_gps(struct cli *c, struct jx_error *err)
{
	const struct jx_profile *p = &c->profile;

	if (c->gps != NULL)
		return JX_OK;
	switch (p->gps_source) {
	case JX_DEVICE_GPS_GPSD:
		return jx_gps_open_gpsd(p->gps_host[0] != '\0' ? p->gps_host : NULL, (uint16_t)p->gps_port,
					p->gps_device[0] != '\0' ? p->gps_device : NULL, jx_os_clock(),
					p->gps_stale_after_ms, &c->gps, err);
	case JX_DEVICE_GPS_REPLAY:
		return jx_gps_open_replay(p->gps_replay, jx_os_fs(), jx_os_clock(), p->gps_stale_after_ms,
					  &c->gps, err);
	case JX_DEVICE_GPS_NONE:
		break;
	}
	c->gps = jx_gps_open_none();
	return JX_OK;
}

void cli_close(struct cli *c)
{
	jx_gps_close(c->gps);
	jx_shelf_close(c->shelf);
	jx_media_close(c->media);
	jx_store_close(c->store);
	jx_wipe(c->secret_key, sizeof(c->secret_key));
}
