/*
 * device_private.h - inside the device room.
 */
#ifndef JX_DEVICE_PRIVATE_H
#define JX_DEVICE_PRIVATE_H

#include "jiexun/device.h"

/* ---- profile ------------------------------------------------------------------------------------ */

enum jx_device__type {
	JX_DEVICE__TEXT,    /**< char[size]; may be empty */
	JX_DEVICE__PATH,    /**< char[size]; absolute, or empty */
	JX_DEVICE__INTEGER, /**< int64_t within min..max */
	JX_DEVICE__CHOICE   /**< an enum; its values are the places in choices */
};

struct jx_device__key {
	const char *section;
	const char *name;
	enum jx_device__type type;
	size_t offset; /**< in struct jx_profile */
	size_t size;
	int64_t min, max;
	const char *choices[7]; /**< up to NULL */
};

/** All that can be configured. */
extern const struct jx_device__key jx_device__keys[];
extern const size_t jx_device__key_count;

/** Where a value stands, for messages. */
struct jx_device__place {
	const char *file;
	int line;
};

/** Check the value and put it into the profile. */
jx_rc jx_device__set_value(const struct jx_device__key *key, const char *value,
			   const struct jx_device__place *place, struct jx_profile *profile,
			   struct jx_error *err);

/** A path that filled its buffer was longer than it: it must not be used cut. */
bool jx_device__is_cut(const char path[JX_DEVICE_PATH_MAX]);

/* ---- key ---------------------------------------------------------------------------------------- */

#define JX_DEVICE__CRED_MAX 16384 /**< of an encrypted seed; TPM2 ones are about 1 kB */

/** Encrypt, or decrypt, with systemd-creds; in and out never touch the disk in clear. */
jx_rc jx_device__encrypt(const char *program, const void *clear, size_t len, jx_buf *cred_out,
			 struct jx_error *err);
jx_rc jx_device__decrypt(const char *program, const void *cred, size_t len, jx_buf *clear_out,
			 struct jx_error *err);

/**
 * Run a program (no shell), feed it `in`, take its standard output into out and the beginning of its
 * standard error into words. It is killed after limit_ms.
 * @param status_out  exit status, or 128 + signal
 * @retval JX_ESTATE  cannot be started
 */
jx_rc jx_device__run(const char *const argv[], const struct jx_bytes *in, int64_t limit_ms, jx_buf *out,
		     char *words, size_t words_cap, int *status_out, struct jx_error *err);

/* ---- /proc and /sys ----------------------------------------------------------------------------- */

/** First line of a small file under root, without the line end; false if it cannot be read. */
bool jx_device__read_line(const char *root, const char *path, char *out, size_t cap);

/** The file system that holds a folder, by mountinfo. */
struct jx_device__mount {
	char device[24];   /**< "major:minor" */
	char source[1024]; /**< "/dev/mapper/data", or a word */
	char type[32];     /**< "ext4" */
	char options[512]; /**< of the mount and of the file system, with commas */
	size_t match_len;
};
/** @param dir  absolute, without links */
bool jx_device__find_mount(const char *root, const char *dir, struct jx_device__mount *out);
/** btrfs and some others show an invented number 0:n; then the source names the real device. False: there is none. */
bool jx_device__resolve_device(const char *root, struct jx_device__mount *m);

#endif
