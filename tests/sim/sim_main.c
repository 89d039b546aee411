/*
 * sim: N histories of a small city, each decided by its seed.
 *
 *   sim [--histories N] [--seed FIRST] [--steps S] [--same] [--lie] [--verbose] [--json]
 *
 * Weather is drawn for each history (swarm testing: each has some faults and lacks others). Exit 0 when no promise was broken and the
 * run proved that it looked (power was cut, entries were shown as saved, sent and complete); 1 with the seed of the first
 * broken history; 2 for wrong usage. --same runs each seed twice and compares traces. --lie makes the devices' disks lie about fsync:
 * then exit 0 means that the oracle did notice (negative control).
 */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct options {
	int64_t histories, seed, steps;
	bool same, lie, verbose, json;
};

static unsigned draw(struct sim_rng *r, unsigned max_permille)
{
	return sim_chance(r, 300) ? 0 : (unsigned)sim_below(r, max_permille + 1);
}

static void draw_weather(uint64_t seed, struct sim_weather *out)
{
	struct sim_rng r = {.state = seed ^ 0x5EEDF00Du};

	*out = (struct sim_weather){
		.cut_permille = draw(&r, 300),
		.server_cut_permille = draw(&r, 150),
		.fault_permille = draw(&r, 8),
		.drop_permille = draw(&r, 250),
		.eat_permille = draw(&r, 250),
		.twice_permille = draw(&r, 150),
		.replay_permille = draw(&r, 100),
		.garble_permille = draw(&r, 60),
		.portal_permille = draw(&r, 60),
		.clock_permille = draw(&r, 60),
		.while_permille = draw(&r, 300),
	};
}

static void add(struct sim_counts *sum, const struct sim_counts *c)
{
	sum->saves += c->saves;
	sum->saves_shown += c->saves_shown;
	sum->syncs += c->syncs;
	sum->requests += c->requests;
	sum->power_cuts += c->power_cuts;
	sum->photos += c->photos;
	sum->pulls += c->pulls;
	sum->replays += c->replays;
	sum->sent_shown += c->sent_shown;
	sum->complete_shown += c->complete_shown;
}

/* true = held */
static bool run_one(const struct options *o, uint64_t seed, struct sim_counts *sum, uint64_t *trace,
		    char *failure, size_t cap)
{
	struct sim_weather weather;
	struct sim_world *w;
	bool held;

	draw_weather(seed, &weather);
	if (o->lie)
		weather.cut_permille = 300;
	w = sim_world_new(seed, &weather);
	w->verbose = o->verbose;
	for (int k = 0; k < SIM_DEVICES && o->lie; k++)
		sim_disk_set_lies(w->device[k].disk, true);
	held = sim_run(w, (int)o->steps);
	*trace = w->trace;
	jx_strcpy(failure, cap, w->failure);
	add(sum, &w->counts);
	sim_world_free(w);
	return held;
}

static bool read_options(int argc, char **argv, struct options *o)
{
	for (int k = 1; k < argc; k++) {
		int64_t *number = strcmp(argv[k], "--histories") == 0 ? &o->histories
				  : strcmp(argv[k], "--seed") == 0    ? &o->seed
				  : strcmp(argv[k], "--steps") == 0   ? &o->steps
								      : NULL;

		if (number != NULL && k + 1 < argc && jx_parse_i64(argv[k + 1], 0, INT64_MAX, number))
			k++;
		else if (strcmp(argv[k], "--same") == 0)
			o->same = true;
		else if (strcmp(argv[k], "--lie") == 0)
			o->lie = true;
		else if (strcmp(argv[k], "--verbose") == 0)
			o->verbose = true;
		else if (strcmp(argv[k], "--json") == 0)
			o->json = true;
		else
			return false;
	}
	return true;
}

static int finish(const struct options *o, const struct sim_counts *c, int64_t done, int64_t broken,
		  double seconds)
{
	bool looked = c->power_cuts > done && c->saves_shown > done && c->sent_shown > 0 &&
		      c->complete_shown > 0;

	if (o->json)
		printf("{\"name\":\"sim\",\"count\":%lld,\"lost\":%lld,\"duplicated\":0,\"failed\":%lld,\"seconds\":%.1f}\n",
		       (long long)done, (long long)broken, (long long)broken, seconds);
	printf("%lld histories: %lld saves shown, %lld photos, %lld syncs, %lld requests, %lld power cuts, %lld replays, %lld shown as sent, "
	       "%lld as complete; %lld broken; %.1f s\n",
	       (long long)done, (long long)c->saves_shown, (long long)c->photos, (long long)c->syncs,
	       (long long)c->requests, (long long)c->power_cuts, (long long)c->replays,
	       (long long)c->sent_shown, (long long)c->complete_shown, (long long)broken, seconds);
	if (o->lie) {
		puts(broken > 0 ? "a lying disk is noticed"
				: "a lying disk was NOT noticed: the oracle is blind");
		return broken > 0 ? 0 : 1;
	}
	if (!looked)
		puts("this run did not look: no power cuts, or nothing was ever shown as saved, sent and complete");
	return broken == 0 && looked ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct options o = {.histories = 100, .seed = 1, .steps = 60};
	struct sim_counts sum = {0};
	struct jx_error err = {0};
	struct timespec from, to;
	int64_t done = 0, broken = 0;

	if (!read_options(argc, argv, &o)) {
		fputs("usage: sim [--histories N] [--seed FIRST] [--steps S] [--same] [--lie] [--verbose] [--json]\n",
		      stderr);
		return 2;
	}
	if (jx_crypto_init(&err) != JX_OK) {
		fprintf(stderr, "sim: %s\n", err.text);
		return 1;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	for (; done < o.histories && (broken == 0 || o.lie); done++) {
		uint64_t seed = (uint64_t)(o.seed + done), trace, again;
		char failure[512];
		bool held = run_one(&o, seed, &sum, &trace, failure, sizeof(failure));

		if (!held && !o.lie)
			printf("seed %llu: %s\n", (unsigned long long)seed, failure);
		if (o.same &&
		    (run_one(&o, seed, &sum, &again, failure, sizeof(failure)) != held || again != trace)) {
			printf("seed %llu: two runs differ (%016llx, %016llx)\n", (unsigned long long)seed,
			       (unsigned long long)trace, (unsigned long long)again);
			held = false;
		}
		broken += held ? 0 : 1;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	return finish(&o, &sum, done, broken,
		      (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
}
