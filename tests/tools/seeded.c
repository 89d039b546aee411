#include "seeded.h"

uint64_t seeded_u64(struct seeded *s)
{
	uint64_t z = s->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

double seeded_unit(struct seeded *s)
{
	return (double)(seeded_u64(s) >> 11) * 0x1p-53;
}

uint32_t seeded_below(struct seeded *s, uint32_t n)
{
	return (uint32_t)(seeded_u64(s) % n);
}

double seeded_normal(struct seeded *s)
{
	double sum = -6;
	int i;

	for (i = 0; i < 12; i++)
		sum += seeded_unit(s);
	return sum;
}
