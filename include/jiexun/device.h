/*
 * jiexun/device.h - what one handheld (or desktop) is: its profile file, its folders, its key, its
 * battery, its disk.
 *
 * Differences between devices are data: an ini file. What can be configured is the table in
 * src/device/profile_keys.c and nothing else. Unknown keys are collected as warnings, because a newer
 * profile must not stop an older program.
 *
 * Threads:   no hidden state. jx_device_read_env() reads the process environment: call it before threads
 *            start.
 * Ownership: plain structs of the caller, without memory of their own. Wipe secret keys after use
 *            (jx_wipe).
 * Errors:    JX_EINVAL names file, line, key and cure. Outputs are untouched on failure.
 * Units:     `_mb` 10^6 bytes, `_min` minutes, `_ms` milliseconds, `_pct` per cent.
 *
 * `root` parameters: where /proc, /sys and /dev are looked for: "" on a device, a folder with an invented
 * tree in tests.
 */
#ifndef JX_DEVICE_H
#define JX_DEVICE_H

#include "jiexun/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JX_DEVICE_PATH_MAX 1024

/* ---- environment -------------------------------------------------------------------------------- */

/** What the surroundings of the process say. Empty strings where they say nothing. */
struct jx_device_env {
	char profile[JX_DEVICE_PATH_MAX];    /**< --profile, else JX_PROFILE */
	char jx_home[JX_DEVICE_PATH_MAX];    /**< JX_HOME */
	char config_dir[JX_DEVICE_PATH_MAX]; /**< XDG_CONFIG_HOME, else ~/.config */
	char data_dir[JX_DEVICE_PATH_MAX];   /**< XDG_DATA_HOME, else ~/.local/share */
	char share_dir[JX_DEVICE_PATH_MAX];  /**< ../share/jiexun beside the running program */
	char etc_dir[JX_DEVICE_PATH_MAX];    /**< /etc/jiexun */
};

/**
 * The only place of the project's handheld side that reads the environment; main programs call it once.
 * @param profile_option  value of --profile, or NULL
 */
void jx_device_read_env(const char *profile_option, struct jx_device_env *env_out);

/* ---- profile ------------------------------------------------------------------------------------ */

enum jx_device_gps {
	JX_DEVICE_GPS_GPSD,
	JX_DEVICE_GPS_NONE,
	JX_DEVICE_GPS_REPLAY
};
enum jx_device_metered {
	JX_DEVICE_METERED_WAIT,
	JX_DEVICE_METERED_SEND
};
enum jx_device_prune {
	JX_DEVICE_PRUNE_AUTO,
	JX_DEVICE_PRUNE_NEVER
};
enum jx_device_backup {
	JX_DEVICE_BACKUP_REQUIRED,
	JX_DEVICE_BACKUP_NONE
};
/** In the order of enum jx_camera_source. */
enum jx_device_camera {
	JX_DEVICE_CAMERA_NONE,
	JX_DEVICE_CAMERA_V4L2,
	JX_DEVICE_CAMERA_LIBCAMERA,
	JX_DEVICE_CAMERA_TEST,
	JX_DEVICE_CAMERA_FILE,
	JX_DEVICE_CAMERA_PIPELINE
};
enum jx_device_camera_format {
	JX_DEVICE_CAMERA_RAW,
	JX_DEVICE_CAMERA_JPEG
};
enum jx_device_key_store {
	JX_DEVICE_KEY_FILE,
	JX_DEVICE_KEY_SYSTEMD_CREDS
};

#define JX_DEVICE_WARNINGS_MAX  16
#define JX_DEVICE_WARNING_BYTES 224

struct jx_profile {
	/* [device] */
	char name[64]; /**< what people call this device; may be empty */
	char model[64];
	/* [gps] */
	enum jx_device_gps gps_source;       /**< source = gpsd | none | replay */
	char gps_host[64];                   /**< host */
	int64_t gps_port;                    /**< port, 1..65535 */
	char gps_device[128];                /**< device; empty: any */
	char gps_replay[JX_DEVICE_PATH_MAX]; /**< replay: NMEA file; needed with source = replay */
	int64_t gps_stale_after_ms;          /**< stale_after_ms, 500..600000 */
	/* [storage] */
	char data_dir[JX_DEVICE_PATH_MAX]; /**< data_dir, absolute; empty: see jx_device_data_dir() */
	int64_t reserve_mb;                /**< reserve_mb: below this no new originals */
	int64_t warn_mb;                   /**< warn_mb: below this people are told; at least reserve_mb */
	int64_t keep_days; /**< keep_days, 30..3650: originals stay so long after the last signature they need */
	enum jx_device_prune prune; /**< prune = auto | never: below warn_mb, may safe originals go? */
	enum jx_device_backup
		backup; /**< backup = required | none: none only where the server makes no backup */
	/* [camera] */
	enum jx_device_camera camera_source; /**< source = none | v4l2 | libcamera | test | file | pipeline */
	char camera_device
		[JX_DEVICE_PATH_MAX]; /**< device: /dev/video0, libcamera's name, or a JPEG file; needed with file */
	char camera_pipeline
		[JX_DEVICE_PATH_MAX]; /**< pipeline, as gst-launch takes it; needed with pipeline */
	enum jx_device_camera_format camera_format; /**< format = raw | jpeg: what the camera gives */
	int64_t camera_width,
		camera_height;    /**< width, height, 0..16384; 0: as the camera likes; both or none */
	int64_t camera_quality;   /**< quality of a JPEG made of raw frames, 50..100 */
	int64_t camera_settle_ms; /**< settle_ms, 0..10000: exposure and focus before a picture */
	int64_t camera_wait_ms;   /**< wait_ms, 500..60000: for the camera to start; half for a picture */
	char camera_torch[JX_DEVICE_PATH_MAX]; /**< torch: folder of a LED in /sys/class/leds */
	/* [sound] */
	char sound_source
		[JX_DEVICE_PATH_MAX]; /**< source: a GStreamer pipeline up to raw sound; empty: none */
	/* [photos] */
	int64_t photo_max_mb; /**< max_mb of one original, 1..100 */
	/* [day] */
	int64_t utc_offset_min; /**< utc_offset_min, -720..840 */
	/* [sync] */
	int64_t sync_interval_min;                /**< interval_min, 1..1440 */
	enum jx_device_metered metered_originals; /**< metered_originals = wait | send */
	/* [keys] */
	enum jx_device_key_store key_store; /**< store = file | systemd-creds */
	/* where it came from */
	char file[JX_DEVICE_PATH_MAX]; /**< empty: built-in defaults */
	size_t warning_count;          /**< all of them; texts of the first JX_DEVICE_WARNINGS_MAX are kept */
	char warnings[JX_DEVICE_WARNINGS_MAX][JX_DEVICE_WARNING_BYTES]; /**< translated: file, line, what */
};

/** Built-in values: a desktop with gpsd on localhost. */
void jx_device_default_profile(struct jx_profile *profile_out);

/**
 * Read ini text over the built-in values. Lines: [section], key = value, blank, or a comment after '#' or
 * ';' in the first column. A value goes to the end of the line without outer spaces; there are no quotes
 * and no escapes.
 * @param file        name for messages
 * @retval JX_EINVAL  text names file, line, key and cure: no UTF-8, line too long, no '=', key outside a
 *                    section, key twice, value of wrong type or out of range, warn_mb below reserve_mb
 */
jx_rc jx_device_parse_profile(const char *text, size_t len, const char *file, struct jx_profile *profile_out,
			      struct jx_error *err);

/**
 * Find and read the profile: env->profile (must exist if given), <config_dir>/jiexun/profile.ini,
 * <etc_dir>/profile.ini, <share_dir>/profiles/desktop.ini, built-in values. The first file that exists
 * counts, alone.
 */
jx_rc jx_device_find_profile(const struct jx_device_env *env, const struct jx_fs *fs,
			     struct jx_profile *profile_out, struct jx_error *err);

/**
 * The folder everything is kept in: JX_HOME, else the profile's data_dir, else <data_dir of env>/jiexun.
 * Not made.
 * @retval JX_EINVAL  not absolute, or nothing to go by (no HOME): text says what to set
 */
jx_rc jx_device_data_dir(const struct jx_device_env *env, const struct jx_profile *profile,
			 char out[JX_DEVICE_PATH_MAX], struct jx_error *err);

/* ---- device key --------------------------------------------------------------------------------- */

/** Where the key is kept. Plain values; program may be NULL for "systemd-creds" in its usual places. */
struct jx_device_keys {
	const char *dir; /**< data folder */
	enum jx_device_key_store store;
	const char *program; /**< systemd-creds, absolute path; NULL: found in /usr/bin, /bin */
};

/**
 * Make the device key and store it durably, in <dir>/device.key (mode 0600) or, encrypted by systemd-creds
 * under the name "jiexun-device-key", in <dir>/device.key.cred. The folder is made if absent. An existing
 * key of either kind is never replaced: what it signed could not be continued.
 * @retval JX_EEXISTS  there is a key already
 * @retval JX_ESTATE   systemd-creds cannot be run or refuses; text has its words
 */
jx_rc jx_device_create_key(const struct jx_device_keys *keys, const struct jx_fs *fs,
			   const struct jx_rand *rand, uint8_t pub_out[JX_PUB_BYTES],
			   uint8_t sec_out[JX_SEC_BYTES], struct jx_error *err);

/**
 * Load it, from whichever of the two files is there. Reads the real file, not through struct jx_fs, which
 * knows no modes.
 * @retval JX_ENOTFOUND  no key yet: enrol
 * @retval JX_EAUTH      file may be read by others, belongs to another user, or is no plain file: text has
 *                       the cure
 * @retval JX_ECORRUPT   not what jx_device_create_key() wrote
 */
jx_rc jx_device_load_key(const struct jx_device_keys *keys, uint8_t pub_out[JX_PUB_BYTES],
			 uint8_t sec_out[JX_SEC_BYTES], struct jx_error *err);

/* ---- battery, space, encryption ----------------------------------------------------------------- */

enum jx_device_charge {
	JX_DEVICE_CHARGE_UNKNOWN,
	JX_DEVICE_CHARGING,
	JX_DEVICE_DISCHARGING,
	JX_DEVICE_CHARGE_FULL
};
/** "unknown", "charging", "discharging", "full" */
const char *jx_device_charge_name(enum jx_device_charge c);

struct jx_device_battery {
	bool is_present;
	int level_pct; /**< 0..100, -1 unknown; the lowest if there are several */
	enum jx_device_charge charge;
	bool is_on_mains;
};
/**
 * Batteries of the device itself (not of a mouse). A machine without one is is_present = false, not an
 * error.
 */
void jx_device_read_battery(const char *root, struct jx_device_battery *battery_out);

enum jx_device_space_level {
	JX_DEVICE_SPACE_OK,
	JX_DEVICE_SPACE_WARN,   /**< below warn_mb: tell people */
	JX_DEVICE_SPACE_RESERVE /**< below reserve_mb: no new originals */
};
/** "ok", "warn", "reserve" */
const char *jx_device_space_name(enum jx_device_space_level l);
jx_rc jx_device_read_space(const struct jx_fs *fs, const char *dir, const struct jx_profile *profile,
			   int64_t *free_bytes_out, enum jx_device_space_level *level_out,
			   struct jx_error *err);

enum jx_device_disk {
	JX_DEVICE_DISK_UNKNOWN, /**< cannot be told (network, overlay or memory file system) */
	JX_DEVICE_DISK_PLAIN,   /**< a block device without encryption below it */
	JX_DEVICE_DISK_LUKS,    /**< dm-crypt (LUKS1, LUKS2 or plain dm-crypt) everywhere below it */
	JX_DEVICE_DISK_FSCRYPT  /**< the folder has an encryption policy of its own */
};
/** "unknown", "plain", "luks", "fscrypt" */
const char *jx_device_disk_name(enum jx_device_disk d);
/** The same for people, translated: whether it is encrypted, and what to do if it is not or cannot be told. */
const char *jx_device_disk_text(enum jx_device_disk d);
/**
 * Is the folder's disk encrypted? dir must be absolute and exist; never fails, UNKNOWN says it cannot be
 * told.
 */
enum jx_device_disk jx_device_check_disk(const char *root, const char *dir);

/** What the kernel says of the disk below a folder. Empty strings and -1 where it says nothing. */
struct jx_device_storage {
	char type[32];     /**< file system: "ext4" */
	char options[512]; /**< mount options, with commas */
	char medium
		[16]; /**< "disk" (rotating), "flash", "card" (SD, eMMC), "nvme", "virtual"; "" no block device */
	char write_cache[16]; /**< "write back", "write through" */
	int has_fua;          /**< 1: single writes can bypass the cache */
};
/** dir must be absolute and exist; never fails. */
void jx_device_read_storage(const char *root, const char *dir, struct jx_device_storage *out);
/** Is this word among the options? "barrier=0" is one word. */
bool jx_device_has_option(const struct jx_device_storage *s, const char *option);

#ifdef __cplusplus
}
#endif
#endif
