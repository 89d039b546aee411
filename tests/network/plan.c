/* Which fault, and where: the same for the same seed, whatever the other connections do. */
#include "proxy.h"

#include <string.h>

#include "seeded.h"

/* Within the handshake, within the first request, within the photos after it: where connections of a sync are when they break. */
static const struct {
	uint32_t from, below;
} depths[] = {{1, 700}, {700, 2500}, {1500, 4000}, {2500, 10000}};

static const char *const names[FAULTS] = {
	[FAULT_PASS] = "pass",     [FAULT_RST_UP] = "rst-up", [FAULT_RST_DOWN] = "rst-down",
	[FAULT_FIN_UP] = "fin-up", [FAULT_EAT] = "eat",       [FAULT_TRICKLE] = "trickle",
	[FAULT_FLIP] = "flip",     [FAULT_HOLE] = "hole",
};

const char *fault_name(enum fault fault)
{
	return names[fault];
}

bool fault_of(const char *name, enum fault *out)
{
	for (unsigned f = 0; f < FAULTS; f++) {
		if (strcmp(names[f], name) == 0) {
			*out = (enum fault)f;
			return true;
		}
	}
	return false;
}

struct plan seeded_plan(uint64_t seed, int64_t k)
{
	/* far apart for neighbours: the streams of k and k + 1 share nothing */
	struct seeded s = {.state = seed ^ ((uint64_t)k + 1) * UINT64_C(0x9e3779b97f4a7c15)};
	struct plan plan;
	uint32_t depth;

	s.state = seeded_u64(&s);
	plan.fault = (enum fault)seeded_below(&s, FAULTS);
	depth = seeded_below(&s, sizeof(depths) / sizeof(depths[0]));
	plan.after_bytes = depths[depth].from + seeded_below(&s, depths[depth].below - depths[depth].from);
	plan.quiet_ms = 20 + seeded_below(&s, 130);
	plan.flips_down = seeded_below(&s, 2) == 1;
	return plan;
}
