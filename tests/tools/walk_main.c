/*
 * jx-walk: NMEA of a receiver that is carried along a route, for gpsd or into a file.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "walk.h"

struct options {
	const char *route;
	const char *out; /* NULL: standard output */
	bool is_serving;
	bool no_tunnel;
	int64_t port, seed, hz, pace, epochs, start_m, start_utc_ms;
};

static const char help[] =
	"Usage: jx-walk --route FILE [options]\n"
	"Write the NMEA sentences (GGA, GSA, GSV, RMC) of a receiver that is carried along a route.\n"
	"\n"
	"  --route FILE         lines of latitude,longitude,sky (see tests/data/walk)\n"
	"  --serve PORT         serve on 127.0.0.1 in real time with the current UTC, for\n"
	"                       gpsd -N -n tcp://127.0.0.1:PORT; 0 takes a free port. Prints\n"
	"                       \"port N\" and goes on, there and back, until ended\n"
	"  --out FILE           write one way along the route at once (without it: to standard\n"
	"                       output)\n"
	"  --seed N             noise; the same seed gives the same walk (1)\n"
	"  --hz N               epochs a second: 1, 2, 4, 5 or 10 (1)\n"
	"  --pace N             walk N times as fast as 1.2 m/s, 1 to 30 (1). Time stamps stay\n"
	"                       true, so the speed in the sentences is N times as high\n"
	"  --start-m N          begin N metres along the route (0)\n"
	"  --epochs N           with --out: so many epochs instead of one way along the route\n"
	"  --start-utc-ms N     with --out: time of the first epoch (so that the last one is now)\n"
	"  --no-tunnel          tunnels have open sky\n"
	"  --help               this text\n"
	"\n"
	"Exit status: 0 done, 64 wrong options, 66 no route, 71 no port, 74 output failed.\n";

enum {
	OPT_ROUTE = 1,
	OPT_SERVE,
	OPT_OUT,
	OPT_SEED,
	OPT_HZ,
	OPT_PACE,
	OPT_START_M,
	OPT_EPOCHS,
	OPT_START_UTC,
	OPT_NO_TUNNEL,
	OPT_HELP
};

static const struct option longs[] = {
	{"route", required_argument, NULL, OPT_ROUTE},
	{"serve", required_argument, NULL, OPT_SERVE},
	{"out", required_argument, NULL, OPT_OUT},
	{"seed", required_argument, NULL, OPT_SEED},
	{"hz", required_argument, NULL, OPT_HZ},
	{"pace", required_argument, NULL, OPT_PACE},
	{"start-m", required_argument, NULL, OPT_START_M},
	{"epochs", required_argument, NULL, OPT_EPOCHS},
	{"start-utc-ms", required_argument, NULL, OPT_START_UTC},
	{"no-tunnel", no_argument, NULL, OPT_NO_TUNNEL},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

static bool take_number(const char *name, const char *text, int64_t min, int64_t max, int64_t *out)
{
	if (jx_parse_i64(text, min, max, out))
		return true;
	(void)fprintf(stderr, "jx-walk: --%s: use a whole number from %lld to %lld, not \"%s\"\n", name,
		      (long long)min, (long long)max, text);
	return false;
}

static bool take_option(int opt, struct options *o)
{
	switch (opt) {
	case OPT_ROUTE:
		o->route = optarg;
		return true;
	case OPT_SERVE:
		o->is_serving = true;
		return take_number("serve", optarg, 0, 65535, &o->port);
	case OPT_OUT:
		o->out = optarg;
		return true;
	case OPT_SEED:
		return take_number("seed", optarg, 0, INT64_MAX, &o->seed);
	case OPT_HZ:
		/* Time stamps have hundredths: only these give whole ones. */
		if (take_number("hz", optarg, 1, 10, &o->hz) && 100 % o->hz == 0)
			return true;
		(void)fputs("jx-walk: --hz: use 1, 2, 4, 5 or 10\n", stderr);
		return false;
	case OPT_PACE:
		return take_number("pace", optarg, 1, 30, &o->pace);
	case OPT_START_M:
		return take_number("start-m", optarg, 0, 1000000, &o->start_m);
	case OPT_EPOCHS:
		return take_number("epochs", optarg, 1, 1000000, &o->epochs);
	case OPT_START_UTC:
		return take_number("start-utc-ms", optarg, 1, INT64_C(4102444800000), &o->start_utc_ms);
	case OPT_NO_TUNNEL:
		o->no_tunnel = true;
		return true;
	default:
		return false;
	}
}

static int write_file(struct walker *w, const struct options *o)
{
	const struct jx_clock *clock = jx_os_clock();
	int64_t period_ms = 1000 / o->hz;
	double one_way_s = (w->route->length_m - fmod(w->start_m, w->route->length_m)) /
			   (WALK_SPEED_M_PER_S * w->pace);
	int64_t epochs = o->epochs > 0 ? o->epochs : (int64_t)(one_way_s * (double)o->hz) + 1;
	int64_t start_ms = o->start_utc_ms;
	FILE *f = o->out == NULL ? stdout : fopen(o->out, "we");
	JX_AUTO_BUF text;
	bool is_good = f != NULL;
	int64_t k;

	jx_buf_init(&text, 16384);
	if (start_ms == 0)
		start_ms = (clock->utc_ms(clock->user) / period_ms - epochs + 1) * period_ms;
	for (k = 0; is_good && k < epochs; k++) {
		struct nmea_epoch e;

		walk_step(w, (double)(k * period_ms) / 1000, (double)period_ms / 1000,
			  start_ms + k * period_ms, &e);
		jx_buf_reset(&text);
		nmea_add_epoch(&text, &e);
		is_good = fwrite(text.data, 1, text.len, f) == text.len;
	}
	if (f != NULL && (f == stdout ? fflush(f) : fclose(f)) != 0)
		is_good = false;
	if (!is_good)
		(void)fprintf(stderr, "jx-walk: cannot write %s\n",
			      o->out == NULL ? "standard output" : o->out);
	return is_good ? EX_OK : EX_IOERR;
}

int main(int argc, char **argv)
{
	struct options o = {.seed = 1, .hz = 1, .pace = 1};
	struct walk_route route;
	struct walker w;
	int opt, status;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == OPT_HELP)
			return fputs(help, stdout) < 0 || fflush(stdout) != 0 ? EX_IOERR : EX_OK;
		if (!take_option(opt, &o))
			return EX_USAGE;
	}
	if (o.route == NULL || optind < argc) {
		(void)fputs("jx-walk: name a route with --route, and nothing else; see --help\n", stderr);
		return EX_USAGE;
	}
	if (!walk_read_route(o.route, &route))
		return EX_NOINPUT;
	w = (struct walker){.route = &route,
			    .seeded = {(uint64_t)o.seed},
			    .pace = (double)o.pace,
			    .start_m = (double)o.start_m,
			    .no_tunnel = o.no_tunnel};
	status = o.is_serving ? walk_serve(&w, (uint16_t)o.port, (int)o.hz) : write_file(&w, &o);
	walk_free_route(&route);
	return status;
}
