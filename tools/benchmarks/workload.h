/*
 * What people would record: a day of one handheld in an invented city, made through the code that records in earnest. Deterministic:
 * the same city, seed and device give the same entries, bytes and all, where recorder and clock come from here too.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "jiexun/capture.h"

#define WORKLOAD_DAY "2026-09-01"
/* From one entry to the next at most. */
#define WORKLOAD_STEP_MAX_MS 153000

/* Words of a city. Two cities share no street, shop, name or sentence: what is trained on one is measured on the other. */
struct workload_city {
	const char *name;
	const char *const *streets;  /* NULL at the end, as all lists here */
	const char *const *shops;    /* kinds of shop or place */
	const char *const *surnames; /* one character each */
	const char *const *given;    /* one character each */
	const char *const *things;   /* that stand where they should not */
	const char *const
		*sentences; /* {n} number, {m} small number, {o} thing, {s} street, {p} person, {h} shop */
	const char *const *follow; /* what was done */
	const char
		*common;   /* characters by falling frequency: the part of a note that no sentence foresees */
	const char *areas; /* six digits */
	int32_t lat_wgs84_e7, lon_wgs84_e7;
};
extern const struct workload_city workload_measured, workload_training;

struct workload {
	const struct workload_city *city;
	uint64_t state; /* of the generator */
	int64_t utc_ms, mono_ms;
	uint8_t boot[JX_ID_BYTES];
	struct jx_clock clock;
	struct jx_rand rand;
	jx_packs *packs;
	const jx_pack *disorders;
	char campaign[24];
	bool has_no_corrections;
	bool has_disorder; /* one that can be corrected */
	uint8_t disorder[JX_ID_BYTES];
};

/* The day begins at 08:00 of 2026-09-01 plus `device` seconds. */
void workload_init(struct workload *w, const struct workload_city *city, uint64_t seed, int device);
void workload_done(struct workload *w);

/* One of a list. */
const char *workload_pick(struct workload *w, const char *const *list);
/* Append a sentence with its blanks filled in. */
void workload_fill(struct workload *w, const char *sentence, jx_buf *out);
/* 0 .. n-1 */
uint32_t workload_below(struct workload *w, uint32_t n);
/* Append a note: one or two sentences, what was done, and mostly some characters that nobody foresees. */
void workload_note(struct workload *w, jx_buf *out);
/*
 * Record the next entry: mostly a disorder, now and then a check for pests, a correction, or "nothing found". clock and rand of the
 * recorder may be the workload's own (deterministic) or the world's.
 * photo: NULL, or the bytes of one to add.
 */
void workload_record(struct workload *w, struct jx_recorder *rec, const void *photo, size_t photo_len);

#endif
