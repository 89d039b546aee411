/* Opening the device's rooms, each once and only when a command needs it. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define MB 1000000 /* profile keys are in 10^6 bytes */
/* Of partial files, which no device makes: whoever put one there gets a month to miss it. */
#define PART_KEEP_MS (INT64_C(30) * 86400000)

jx_rc jx_handheld_set_up(struct jx_handheld *h, const char *profile, const char *home, struct jx_error *err)
{
	jx_rc rc;

	jx_device_read_env(profile, &h->env);
	if (home != NULL) {
		JX_AUTO_FREE char *cwd = home[0] != '/' ? realpath(".", NULL) : NULL;
		JX_AUTO_FREE char *full = cwd != NULL ? jx_xasprintf("%s/%s", cwd, home) : jx_xstrdup(home);

		jx_strcpy(h->env.jx_home, sizeof(h->env.jx_home), full);
	}
	rc = jx_device_find_profile(&h->env, jx_os_fs(), &h->profile, err);
	return rc == JX_OK ? jx_device_data_dir(&h->env, &h->profile, h->dir, err) : rc;
}

jx_rc jx_handheld_open_store(struct jx_handheld *h, bool read_only, struct jx_error *err)
{
	struct jx_store_config config = {
		.dir = h->dir, .fs = jx_os_fs(), .clock = jx_os_clock(), .read_only = read_only};
	jx_store *store = NULL;
	jx_rc rc;

	if (h->store != NULL && (read_only || !h->is_read_only))
		return JX_OK;
	rc = jx_store_open(&config, &store, err);
	if (rc == JX_ENOTFOUND && read_only)
		return jx_fail(err, JX_ESTATE, 0, "jx.open",
			       "nothing is recorded in %s yet: enrol this device first (jx enrol)", h->dir);
	if (rc != JX_OK)
		return rc;
	jx_store_close(h->store);
	h->store = store;
	h->is_read_only = read_only;
	return JX_OK;
}

jx_rc jx_handheld_open_media(struct jx_handheld *h, struct jx_error *err)
{
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/photos", h->dir);
	struct jx_media_config config = {.dir = dir,
					 .fs = jx_os_fs(),
					 .rand = jx_os_rand(),
					 .max_bytes = h->profile.photo_max_mb * MB};

	return h->media != NULL ? JX_OK : jx_media_open(&config, &h->media, err);
}

void jx_handheld_today(const struct jx_handheld *h, char out[11])
{
	if (!jx_day_of(jx_os_clock()->utc_ms(NULL), (int)h->profile.utc_offset_min, out))
		jx_strcpy(out, 11, "1970-01-01");
}

void jx_handheld_keys(const struct jx_handheld *h, struct jx_device_keys *out)
{
	*out = (struct jx_device_keys){.dir = h->dir, .store = h->profile.key_store};
}

jx_rc jx_handheld_open_key(struct jx_handheld *h, struct jx_error *err)
{
	struct jx_device_keys keys;
	jx_rc rc;

	if (h->has_key)
		return JX_OK;
	jx_handheld_keys(h, &keys);
	rc = jx_device_load_key(&keys, h->public_key, h->secret_key, err);
	if (rc == JX_ENOTFOUND)
		return jx_fail(err, JX_ESTATE, 0, "jx.key",
			       "this device has no key yet: enrol it first (jx enrol)");
	h->has_key = rc == JX_OK;
	return rc;
}

/* An entry signed with another key would be stored, and break the chain for good. */
static jx_rc check_identity(struct jx_handheld *h, struct jx_error *err)
{
	struct jx_identity id;
	jx_rc rc = jx_store_identity(h->store, &id, err);

	if (rc == JX_ENOTFOUND)
		return jx_fail(err, JX_ESTATE, 0, "jx.identity",
			       "this device is not enrolled: ask the office for a code and run jx enrol");
	if (rc == JX_OK && memcmp(id.public_key, h->public_key, sizeof(id.public_key)) != 0)
		return jx_fail(
			err, JX_ECORRUPT, 0, "jx.key",
			"the device key in %s is not the one that %s was enrolled with: put that key back, or ask the office for a code and run jx enrol --again",
			h->dir, id.short_code);
	return rc;
}

/* What a save that was killed left behind: a power cut in the middle of a photo costs its space once, not for ever. */
static void sweep(struct jx_handheld *h)
{
	const struct jx_clock *clock = jx_os_clock();
	struct jx_error ignored; /* nobody's save or sync fails for a file that nobody needs */
	int64_t removed;

	(void)jx_media_sweep(h->media, clock->utc_ms(clock->user), PART_KEEP_MS, &removed, &ignored);
}

static jx_rc open_parts(struct jx_handheld *h, struct jx_error *err)
{
	jx_rc rc = jx_handheld_open_key(h, err);

	if (rc == JX_OK)
		rc = jx_handheld_open_store(h, false, err);
	if (rc == JX_OK)
		rc = check_identity(h, err);
	return rc == JX_OK ? jx_handheld_open_media(h, err) : rc;
}

jx_rc jx_handheld_open_log(struct jx_handheld *h, struct jx_error *err)
{
	uint8_t head[JX_HASH_BYTES];
	int64_t n = 0;
	jx_rc rc = open_parts(h, err);

	if (rc == JX_OK)
		rc = jx_store_head(h->store, &n, head, err);
	if (rc != JX_OK)
		return rc;
	if (n == 0)
		return jx_handheld_open_recorder(h, err);
	sweep(h);
	return JX_OK;
}

jx_rc jx_handheld_open_recorder(struct jx_handheld *h, struct jx_error *err)
{
	jx_rc rc = open_parts(h, err);

	if (rc == JX_OK)
		rc = jx_handheld_open_packs(h, err);
	if (rc != JX_OK)
		return rc;
	sweep(h);
	h->recorder = (struct jx_recorder){
		.store = h->store,
		.media = h->media,
		.clock = jx_os_clock(),
		.rand = jx_os_rand(),
		.source_fs = jx_os_fs(),
		.pack = h->pack,
		.secret_key = h->secret_key,
		.utc_offset_min = (int)h->profile.utc_offset_min,
		.reserve_bytes = h->profile.reserve_mb * MB,
	};
	return jx_handheld__continue_log(h, err);
}

jx_rc jx_handheld_open_gps(struct jx_handheld *h, struct jx_error *err)
{
	const struct jx_profile *p = &h->profile;

	if (h->gps != NULL)
		return JX_OK;
	switch (p->gps_source) {
	case JX_DEVICE_GPS_GPSD:
		return jx_gps_open_gpsd(p->gps_host[0] != '\0' ? p->gps_host : NULL, (uint16_t)p->gps_port,
					p->gps_device[0] != '\0' ? p->gps_device : NULL, jx_os_clock(),
					p->gps_stale_after_ms, &h->gps, err);
	case JX_DEVICE_GPS_REPLAY:
		return jx_gps_open_replay(p->gps_replay, jx_os_fs(), jx_os_clock(), p->gps_stale_after_ms,
					  &h->gps, err);
	case JX_DEVICE_GPS_NONE:
		break;
	}
	h->gps = jx_gps_open_none();
	return JX_OK;
}

void jx_handheld_forget_key(struct jx_handheld *h)
{
	jx_wipe(h->secret_key, sizeof(h->secret_key));
	h->has_key = false;
}

void jx_handheld_close(struct jx_handheld *h)
{
	jx_gps_close(h->gps);
	jx_shelf_close(h->shelf);
	for (size_t i = 0; i < h->before_count; i++)
		jx_shelf_close(h->before[i]);
	jx_media_close(h->media);
	jx_store_close(h->store);
	jx_wipe(h->secret_key, sizeof(h->secret_key));
}
