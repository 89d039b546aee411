/*
 * NMEA 0183: the four sentences that matter, gathered into epochs.
 */
#include <math.h>
#include <string.h>

#include "gps_private.h"
#include "nmea_fields.h"

/* gpsd's figure: metres of horizontal error per unit of HDOP, without differential correction. */
#define UERE_M 19.0
#define DAY_MS 86400000

/* ddmmyy of RMC; two-digit years from 80 on are of the last century, as GPS began in 1980. */
static void take_date(struct jx_gps__nmea *n, const char *text)
{
	int day, month, year;

	if (strlen(text) != 6 || !jx_gps__read_digits(text, 2, &day) ||
	    !jx_gps__read_digits(text + 2, 2, &month) || !jx_gps__read_digits(text + 4, 2, &year) ||
	    day < 1 || day > 31 || month < 1 || month > 12)
		return;
	n->year = year < 80 ? 2000 + year : 1900 + year;
	n->month = month;
	n->day = day;
}

static int64_t utc_ms_of(const struct jx_gps__nmea *n)
{
	if (n->year == 0 || n->tod_ms < 0)
		return 0;
	return jx_gps__days_of(n->year, n->month, n->day) * DAY_MS + n->tod_ms;
}

/* A new time of day begins a new epoch: what belonged to the old one is forgotten. */
static void begin_epoch(struct jx_gps__nmea *n, int64_t tod_ms)
{
	if (tod_ms < 0 || tod_ms == n->tod_ms)
		return;
	/* GGA of the first epoch after midnight comes before the RMC with the new date: wait for that. */
	if (n->tod_ms >= 0 && tod_ms < n->tod_ms)
		n->year = 0;
	n->tod_ms = tod_ms;
	n->hdop = NAN;
	n->used = -1;
	n->used_by_gga = false;
}

static void fill_report(const struct jx_gps__nmea *n, const struct jx_gps__sentence *s, size_t lat_field,
			struct jx_gps__report *r)
{
	r->lat_deg = jx_gps__read_angle(jx_gps__field(s, lat_field), jx_gps__field(s, lat_field + 1), "NS",
					2);
	r->lon_deg = jx_gps__read_angle(jx_gps__field(s, lat_field + 2), jx_gps__field(s, lat_field + 3),
					"EW", 3);
	r->accuracy_m = n->hdop * UERE_M;
	r->utc_ms = utc_ms_of(n);
}

static enum jx_gps__heard take_gga(struct jx_gps__nmea *n, const struct jx_gps__sentence *s,
				   struct jx_gps__report *r, int *visible_out)
{
	int quality, used;
	double hdop;

	(void)visible_out;
	begin_epoch(n, jx_gps__read_tod(jx_gps__field(s, 1)));
	if (!jx_gps__read_count(jx_gps__field(s, 6), &quality))
		return JX_GPS__HEARD_JUNK;
	if (jx_gps__read_count(jx_gps__field(s, 7), &used)) {
		n->used = used;
		n->used_by_gga = true;
	}
	if (jx_gps__read_decimal(jx_gps__field(s, 8), &hdop))
		n->hdop = hdop;
	fill_report(n, s, 2, r);
	/* Without GSA gpsd takes a GGA position for a full one; so do we. */
	r->mode = quality == 0 ? 1 : n->gsa_mode >= 2 ? n->gsa_mode : 3;
	/* 6 estimated, 7 manual input, 8 simulator */
	r->is_simulated = quality >= 6 && quality <= 8;
	return JX_GPS__HEARD_POSITION;
}

static enum jx_gps__heard take_rmc(struct jx_gps__nmea *n, const struct jx_gps__sentence *s,
				   struct jx_gps__report *r, int *visible_out)
{
	const char *status = jx_gps__field(s, 2);
	const char *mode = jx_gps__field(s, 12);

	(void)visible_out;
	begin_epoch(n, jx_gps__read_tod(jx_gps__field(s, 1)));
	take_date(n, jx_gps__field(s, 9));
	fill_report(n, s, 3, r);
	r->mode = 1;
	if (strcmp(status, "A") == 0)
		r->mode = n->gsa_mode >= 2 ? n->gsa_mode : 2;
	r->is_simulated = strlen(mode) == 1 && strchr("ESM", mode[0]) != NULL;
	return JX_GPS__HEARD_POSITION;
}

/* One GSA per constellation, each with its own satellites: GGA's count is for all and wins. */
static enum jx_gps__heard take_gsa(struct jx_gps__nmea *n, const struct jx_gps__sentence *s,
				   struct jx_gps__report *r, int *visible_out)
{
	int mode, used = 0;
	double hdop;
	size_t i;

	(void)r;
	(void)visible_out;
	if (s->count < 18 || !jx_gps__read_count(jx_gps__field(s, 2), &mode) || mode < 1 || mode > 3)
		return JX_GPS__HEARD_JUNK;
	for (i = 3; i < 15; i++)
		used += s->field[i][0] != '\0';
	n->gsa_mode = (uint8_t)mode;
	if (isnan(n->hdop) && jx_gps__read_decimal(jx_gps__field(s, 16), &hdop))
		n->hdop = hdop;
	if (!n->used_by_gga)
		n->used = n->used < 0 ? used : n->used + used;
	return JX_GPS__HEARD_SATELLITES;
}

static enum jx_gps__heard take_gsv(struct jx_gps__nmea *n, const struct jx_gps__sentence *s,
				   struct jx_gps__report *r, int *visible_out)
{
	(void)n;
	(void)r;
	return jx_gps__read_count(jx_gps__field(s, 3), visible_out) ? JX_GPS__HEARD_SATELLITES
								    : JX_GPS__HEARD_JUNK;
}

static const struct {
	char type[4];
	enum jx_gps__heard (*take)(struct jx_gps__nmea *, const struct jx_gps__sentence *,
				   struct jx_gps__report *, int *);
} handlers[] = {
	{"GGA", take_gga},
	{"RMC", take_rmc},
	{"GSA", take_gsa},
	{"GSV", take_gsv},
};

void jx_gps__nmea_init(struct jx_gps__nmea *n)
{
	*n = (struct jx_gps__nmea){.tod_ms = -1, .hdop = NAN, .used = -1};
}

enum jx_gps__heard jx_gps__nmea_take(struct jx_gps__nmea *n, const char *line, size_t len,
				     struct jx_gps__report *report_out, int *visible_out)
{
	struct jx_gps__sentence s;
	size_t i;

	*visible_out = -1;
	if (!jx_gps__split_sentence(line, len, &s))
		return JX_GPS__HEARD_JUNK;
	for (i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		if (strcmp(s.type, handlers[i].type) == 0)
			return handlers[i].take(n, &s, report_out, visible_out);
	}
	return JX_GPS__HEARD_OTHER;
}

int64_t jx_gps__nmea_tod(const char *line, size_t len)
{
	struct jx_gps__sentence s;

	if (!jx_gps__split_sentence(line, len, &s) ||
	    (strcmp(s.type, "GGA") != 0 && strcmp(s.type, "RMC") != 0))
		return -1;
	return jx_gps__read_tod(jx_gps__field(&s, 1));
}
