/*
 * demo.h - a throw-away device for anybody to try: its own folder, key and identity, three days of a district's records, a receiver
 * that walks along a recorded path, a test picture for a camera. What is saved in it is saved as on a real device; there is no server,
 * and the folder goes when the app ends, or, where it was killed, when the next demonstration begins.
 */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include "jiexun/handheld.h"

struct demo {
	char *folder;  /**< all of it */
	char *home;    /**< the data folder */
	char *profile; /**< the device profile, a file */
	void *lock;    /**< on a file in it: held as long as the demonstration lives, whatever ends it */
};

/** Make folder and records. demo is all zero before; demo_remove() also after a failure. */
jx_rc demo_make(struct demo *demo, struct jx_error *err);
/** Delete the folder with all that is in it. */
void demo_remove(struct demo *demo);

/* ---- between its files ------------------------------------------------------------------------------- */

/** A moment of the sample days, as a clock for the recorder. */
struct demo_clock {
	struct jx_clock clock;
	int64_t utc_ms, first_utc_ms;
};

/** Write the records of three days; the last one's shift stays open. */
jx_rc demo_fill(struct jx_handheld *h, struct demo_clock *clock, const uint8_t server_key[JX_SEC_BYTES],
		struct jx_error *err);
/** A JPEG of an invented wall and street, another for each seed. Free with g_free(). */
jx_rc demo_picture(unsigned seed, char **jpeg_out, size_t *len_out, struct jx_error *err);

#endif
