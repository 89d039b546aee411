/*
 * scene.h - what a receiver says, as scenes, and the worlds it is played in.
 *
 * A test writes scenes (some NMEA each, one epoch or none), opens a world with them, and plays one after
 * the other. After each it looks until what it expects holds. The replay world plays on an invented clock;
 * the gpsd world feeds a real gpsd, and its clock is the real one with what the test let pass on top.
 */
#ifndef JX_CONTRACT_SCENE_H
#define JX_CONTRACT_SCENE_H

#include "../../tools/nmea_text.h"
#include "jiexun/gps.h"

#define SCENES_MAX     64
#define STALE_AFTER_MS 5000
#define SCENE_LAT_DEG  30.2300000
#define SCENE_LON_DEG  119.7200000

struct scene {
	jx_buf nmea;
	int64_t at_ms; /* of its last epoch, from the script's first one */
};

struct script {
	struct scene scenes[SCENES_MAX];
	size_t count;
	int64_t start_utc_ms;
	int64_t utc_ms; /* of the next epoch */
	int used;       /* satellites of the next epoch */
	bool has_fix;   /* some scene has one already */
};

void script_begin(struct script *s);
void script_end(struct script *s);
/**
 * A scene of one epoch, north_m north of the start; a second passes. A script's first one is two epochs,
 * because gpsd gives no time with the very first fix.
 */
void script_fix(struct script *s, double north_m);
/** A scene of count epochs without a fix. */
void script_no_fix(struct script *s, int count);
/** A scene of bytes, as they are. */
void script_bytes(struct script *s, const char *bytes, size_t len);
/** The receiver says nothing for so long. */
void script_silence(struct script *s, int64_t ms);

struct world_ops {
	const char *name;
	/** May skip the test (no gpsd on this machine is a failure: it is a build dependency). */
	void *(*open)(const struct script *s);
	void (*play)(void *world, size_t scene);
	/** Time goes on, and nobody says anything. */
	void (*pass)(void *world, int64_t ms);
	jx_gps *(*gps)(void *world);
	/** How long jx_gps_read() may wait for what was played. */
	int64_t wait_ms;
	void (*close)(void *world);
};

extern const struct world_ops world_replay;
extern const struct world_ops world_gpsd;

#endif
