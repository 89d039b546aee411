/*
 * Satellites: where they stand, which are heard under what sky, and how good a position they give.
 */
#include <math.h>
#include <string.h>

#include "walk.h"

#define RAD        (M_PI / 180.0)
#define SNR_USABLE 26
#define HDOP_MAX   20.0

/* A sky as it might stand over east China at some hour: number, elevation, azimuth. Invented. */
static const struct {
	int prn;
	double elevation_deg, azimuth_deg;
} constellation[NMEA_SATELLITES_MAX] = {
	{2, 71, 40},  {5, 58, 205},  {7, 44, 310}, {10, 39, 95},  {13, 63, 265}, {15, 31, 160},
	{18, 24, 20}, {20, 35, 240}, {23, 18, 75}, {24, 48, 135}, {28, 12, 190}, {30, 9, 345},
};

/* Houses hide what is low; leaves take away strength. Decibels of scatter from epoch to epoch. */
static const struct {
	double mask_deg, loss_db, scatter_db;
} skies[] = {
	[WALK_OPEN] = {5, 0, 1.5},
	[WALK_TREE] = {15, 7, 3},
	[WALK_STREET] = {30, 3, 3.5},
	[WALK_TUNNEL] = {91, 0, 0},
};

static void place_satellites(enum walk_sky sky, double at_s, struct seeded *seeded, struct nmea_epoch *e)
{
	int i;

	e->satellite_count = 0;
	for (i = 0; i < NMEA_SATELLITES_MAX; i++) {
		/* They go round in half a day; over one walk that is a slow swing. */
		double swing = sin(at_s * 2 * M_PI / 43082 + i);
		double elevation = constellation[i].elevation_deg + 6 * swing;
		double snr = 28 + 20 * sin(elevation * RAD) - skies[sky].loss_db +
			     skies[sky].scatter_db * seeded_normal(seeded);
		struct nmea_satellite *s = &e->satellites[e->satellite_count];

		if (elevation < skies[sky].mask_deg)
			continue;
		s->prn = constellation[i].prn;
		s->elevation_deg = (int)lround(elevation);
		s->azimuth_deg = (int)lround(constellation[i].azimuth_deg + 8 * swing + 360) % 360;
		s->snr_db = snr < 12 ? 0 : (int)lround(fmin(snr, 54));
		s->is_used = s->snr_db >= SNR_USABLE;
		e->satellite_count++;
	}
}

/* Gauss-Jordan with pivots on [a | 1]; false if the satellites stand in one plane. */
static bool invert(double a[4][8])
{
	int column, row, k;

	for (column = 0; column < 4; column++) {
		int best = column;
		double scale;

		for (row = column + 1; row < 4; row++)
			best = fabs(a[row][column]) > fabs(a[best][column]) ? row : best;
		if (fabs(a[best][column]) < 1e-6)
			return false;
		for (k = 0; k < 8; k++) {
			double swapped = a[column][k];

			a[column][k] = a[best][k];
			a[best][k] = swapped;
		}
		scale = a[column][column];
		for (k = 0; k < 8; k++)
			a[column][k] /= scale;
		for (row = 0; row < 4; row++) {
			double factor = a[row][column];

			for (k = 0; row != column && k < 8; k++)
				a[row][k] -= factor * a[column][k];
		}
	}
	return true;
}

/* Dilution of precision from the geometry of the used ones: diagonal of (H^T H)^-1. */
static bool compute_dops(struct nmea_epoch *e)
{
	double normal[4][8] = {{0}};
	int i, row, column;

	for (i = 0; i < e->satellite_count; i++) {
		double el = e->satellites[i].elevation_deg * RAD, az = e->satellites[i].azimuth_deg * RAD;
		double h[4] = {cos(el) * sin(az), cos(el) * cos(az), sin(el), 1};

		for (row = 0; e->satellites[i].is_used && row < 4; row++) {
			for (column = 0; column < 4; column++)
				normal[row][column] += h[row] * h[column];
		}
	}
	for (row = 0; row < 4; row++)
		normal[row][row + 4] = 1;
	if (!invert(normal))
		return false;
	e->hdop = sqrt(normal[0][4] + normal[1][5]);
	e->vdop = sqrt(normal[2][6]);
	e->pdop = hypot(e->hdop, e->vdop);
	return e->hdop <= HDOP_MAX;
}

void walk_look_up(enum walk_sky sky, double at_s, struct seeded *seeded, struct nmea_epoch *e)
{
	int used = 0, i;

	place_satellites(sky, at_s, seeded, e);
	for (i = 0; i < e->satellite_count; i++)
		used += e->satellites[i].is_used;
	e->mode = used >= 4 && compute_dops(e) ? 3 : 1;
	for (i = 0; e->mode == 1 && i < e->satellite_count; i++)
		e->satellites[i].is_used = false;
}
