/*
 * seeded.h - random numbers that are the same for the same seed on every machine (splitmix64).
 */
#ifndef JX_TOOLS_SEEDED_H
#define JX_TOOLS_SEEDED_H

#include <stdint.h>

struct seeded {
	uint64_t state;
};

uint64_t seeded_u64(struct seeded *s);
/** 0 <= x < 1 */
double seeded_unit(struct seeded *s);
/** 0 <= x < n */
uint32_t seeded_below(struct seeded *s, uint32_t n);
/** Mean 0, deviation 1, within -6..6 (sum of twelve uniform ones). */
double seeded_normal(struct seeded *s);

#endif
