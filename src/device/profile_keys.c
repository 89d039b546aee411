/*
 * What a profile can say: one row per key, one reader per type.
 */
#include <string.h>

#include "device_private.h"

#define TEXT(section, name, field)                                                  \
	{                                                                           \
		section, name, JX_DEVICE__TEXT, offsetof(struct jx_profile, field), \
			sizeof(((struct jx_profile *)0)->field), 0, 0,              \
		{                                                                   \
			NULL                                                        \
		}                                                                   \
	}
#define PATH(section, name, field)                                                  \
	{                                                                           \
		section, name, JX_DEVICE__PATH, offsetof(struct jx_profile, field), \
			sizeof(((struct jx_profile *)0)->field), 0, 0,              \
		{                                                                   \
			NULL                                                        \
		}                                                                   \
	}
#define INTEGER(section, name, field, min, max)                                                              \
	{                                                                                                    \
		section, name, JX_DEVICE__INTEGER, offsetof(struct jx_profile, field), sizeof(int64_t), min, \
			max,                                                                                 \
		{                                                                                            \
			NULL                                                                                 \
		}                                                                                            \
	}
#define CHOICE(section, name, field, ...)                                                                \
	{                                                                                                \
		section, name, JX_DEVICE__CHOICE, offsetof(struct jx_profile, field), sizeof(int), 0, 0, \
		{                                                                                        \
			__VA_ARGS__, NULL                                                                \
		}                                                                                        \
	}

/* Choices stand in the order of their enum. */
const struct jx_device__key jx_device__keys[] = {
	TEXT("device", "name", name),
	TEXT("device", "model", model),
	CHOICE("gps", "source", gps_source, "gpsd", "none", "replay"),
	TEXT("gps", "host", gps_host),
	INTEGER("gps", "port", gps_port, 1, 65535),
	TEXT("gps", "device", gps_device),
	PATH("gps", "replay", gps_replay),
	/* below half a second no receiver is fresh; above ten minutes a fix is not kept at all */
	INTEGER("gps", "stale_after_ms", gps_stale_after_ms, 500, 600000),
	PATH("storage", "data_dir", data_dir),
	/* at least room for the log of some days; at most 1 TB */
	INTEGER("storage", "reserve_mb", reserve_mb, 16, 1000000),
	INTEGER("storage", "warn_mb", warn_mb, 16, 1000000),
	CHOICE("storage", "prune", prune, "auto", "never"),
	/* promise 2: never less than 30 days */
	INTEGER("storage", "keep_days", keep_days, 30, 3650),
	CHOICE("storage", "backup", backup, "required", "none"),
	CHOICE("camera", "source", camera_source, "none", "v4l2", "libcamera", "test", "file", "pipeline"),
	TEXT("camera", "device", camera_device),
	TEXT("camera", "pipeline", camera_pipeline),
	CHOICE("camera", "format", camera_format, "raw", "jpeg"),
	/* 16384 x 16384 is beyond what a picture may have (100 million pixels) */
	INTEGER("camera", "width", camera_width, 0, 16384),
	INTEGER("camera", "height", camera_height, 0, 16384),
	/* below 50 a number plate is no longer legible */
	INTEGER("camera", "quality", camera_quality, 50, 100),
	INTEGER("camera", "settle_ms", camera_settle_ms, 0, 10000),
	INTEGER("camera", "wait_ms", camera_wait_ms, 500, 60000),
	PATH("camera", "torch", camera_torch),
	TEXT("sound", "source", sound_source),
	INTEGER("photos", "max_mb", photo_max_mb, 1, 100),
	/* the extreme time zones, UTC-12 and UTC+14 */
	INTEGER("day", "utc_offset_min", utc_offset_min, -720, 840),
	INTEGER("sync", "interval_min", sync_interval_min, 1, 1440),
	CHOICE("sync", "metered_originals", metered_originals, "wait", "send"),
	CHOICE("keys", "store", key_store, "file", "systemd-creds"),
};
const size_t jx_device__key_count = sizeof(jx_device__keys) / sizeof(jx_device__keys[0]);

_Static_assert(sizeof(enum jx_device_gps) == sizeof(int) && sizeof(enum jx_device_metered) == sizeof(int) &&
		       sizeof(enum jx_device_key_store) == sizeof(int) &&
		       sizeof(enum jx_device_camera) == sizeof(int) &&
		       sizeof(enum jx_device_camera_format) == sizeof(int),
	       "choices are stored as int");

void jx_device_default_profile(struct jx_profile *profile_out)
{
	*profile_out = (struct jx_profile){
		.gps_source = JX_DEVICE_GPS_GPSD,
		.gps_host = "127.0.0.1",
		.gps_port = 2947,
		.gps_stale_after_ms = 10000,
		.reserve_mb = 512,
		.warn_mb = 2048,
		.keep_days = 30,
		.camera_quality = 90,
		.camera_settle_ms = 500,
		.camera_wait_ms = 10000,
		.photo_max_mb = 20,
		.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT,
		.sync_interval_min = 10,
		.metered_originals = JX_DEVICE_METERED_WAIT,
		.key_store = JX_DEVICE_KEY_FILE,
	};
}

typedef jx_rc (*set_fn)(const struct jx_device__key *, const char *, const struct jx_device__place *,
			void *field, struct jx_error *);

static jx_rc set_text(const struct jx_device__key *key, const char *value,
		      const struct jx_device__place *place, void *field, struct jx_error *err)
{
	if (strlen(value) >= key->size)
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s line %d, %s: longer than %zu bytes, shorten it", place->file, place->line,
			       key->name, key->size - 1);
	memset(field, 0, key->size);
	memcpy(field, value, strlen(value));
	return JX_OK;
}

static jx_rc set_path(const struct jx_device__key *key, const char *value,
		      const struct jx_device__place *place, void *field, struct jx_error *err)
{
	if (value[0] != '\0' && value[0] != '/')
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s line %d, %s: \"%s\" must be a path that begins with /, or empty",
			       place->file, place->line, key->name, value);
	return set_text(key, value, place, field, err);
}

static jx_rc set_integer(const struct jx_device__key *key, const char *value,
			 const struct jx_device__place *place, void *field, struct jx_error *err)
{
	int64_t number;

	if (!jx_parse_i64(value, key->min, key->max, &number))
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s line %d, %s: \"%s\" must be a whole number from %lld to %lld", place->file,
			       place->line, key->name, value, (long long)key->min, (long long)key->max);
	memcpy(field, &number, sizeof(number));
	return JX_OK;
}

static jx_rc set_choice(const struct jx_device__key *key, const char *value,
			const struct jx_device__place *place, void *field, struct jx_error *err)
{
	JX_AUTO_BUF list;
	int i;

	jx_buf_init(&list, 256);
	for (i = 0; key->choices[i] != NULL; i++) {
		if (strcmp(value, key->choices[i]) == 0) {
			memcpy(field, &i, sizeof(i));
			return JX_OK;
		}
		jx_buf_addf(&list, "%s%s", i == 0 ? "" : ", ", key->choices[i]);
	}
	return jx_fail(err, JX_EINVAL, 0, "device.profile", "%s line %d, %s: \"%s\" must be one of: %s",
		       place->file, place->line, key->name, value, list.data);
}

static const set_fn setters[] = {
	[JX_DEVICE__TEXT] = set_text,
	[JX_DEVICE__PATH] = set_path,
	[JX_DEVICE__INTEGER] = set_integer,
	[JX_DEVICE__CHOICE] = set_choice,
};

jx_rc jx_device__set_value(const struct jx_device__key *key, const char *value,
			   const struct jx_device__place *place, struct jx_profile *profile,
			   struct jx_error *err)
{
	return setters[key->type](key, value, place, (char *)profile + key->offset, err);
}
