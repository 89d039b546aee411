/* One seeded generator for everything that is left to chance in a history (splitmix64; public domain algorithm by Steele, Lea, Flood). */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct sim_rng {
	uint64_t state;
};

static inline uint64_t sim_next(struct sim_rng *r)
{
	uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/** 0 .. n-1 */
static inline uint64_t sim_below(struct sim_rng *r, uint64_t n)
{
	return n == 0 ? 0 : sim_next(r) % n;
}

/** true in about permille of 1000 cases */
static inline bool sim_chance(struct sim_rng *r, unsigned permille)
{
	return sim_below(r, 1000) < permille;
}

#endif
