#include "jx_test.h"

static int64_t utc_ms(void *user)
{
	const struct jx_fake_clock *f = user;

	return f->utc_ms;
}

static int64_t mono_ms(void *user)
{
	const struct jx_fake_clock *f = user;

	return f->mono_ms;
}

static void boot_id(void *user, uint8_t id[JX_ID_BYTES])
{
	const struct jx_fake_clock *f = user;

	memcpy(id, f->boot_id, JX_ID_BYTES);
}

void jx_fake_clock_init(struct jx_fake_clock *f, int64_t now_utc_ms)
{
	*f = (struct jx_fake_clock){
		.clock = {.user = f, .utc_ms = utc_ms, .mono_ms = mono_ms, .boot_id = boot_id},
		.utc_ms = now_utc_ms,
		.mono_ms = 60000,
		.boot_id = {1},
	};
}

void jx_fake_clock_advance(struct jx_fake_clock *f, int64_t ms)
{
	f->utc_ms += ms;
	f->mono_ms += ms;
}

void jx_fake_clock_reboot(struct jx_fake_clock *f)
{
	f->mono_ms = 0;
	f->boot_id[0]++;
}

/* splitmix64: one addition and three mixes give well spread numbers from any seed, zero too. */
static uint64_t draw(struct jx_fake_rand *f)
{
	uint64_t z = f->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void fill(void *user, void *out, size_t len)
{
	unsigned char *to = out;

	for (size_t i = 0; i < len; i++)
		to[i] = (unsigned char)(draw(user) >> 56);
}

void jx_fake_rand_init(struct jx_fake_rand *f, uint64_t seed)
{
	*f = (struct jx_fake_rand){.rand = {.user = f, .fill = fill}, .state = seed};
}

uint64_t jx_fake_rand_below(struct jx_fake_rand *f, uint64_t below)
{
	return draw(f) % below;
}
