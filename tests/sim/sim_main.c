/*
 * sim: N histories of a small city, each decided by its seed.
 *
 *   sim [--histories N] [--seed FIRST] [--jobs J] [--same] [--lie] [--control NAME] [--verbose] [--json]
 *
 * Size and weather are drawn for each history (swarm testing: each has some faults and lacks others). Exit 0 when no promise
 * was broken and the run proved that it looked (power was cut, entries were shown as saved, sent and complete; a long run:
 * each kind of trouble occurred); 1 with the seed of each broken history and the command that replays it; 2 for wrong usage.
 * --same runs each seed twice and compares traces. --lie makes the devices' disks lie about fsync: then exit 0 means
 * that the oracle did notice (negative control). --control switches on one defect of the controls build, and is meant to fail.
 */
#include "sim_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "jiexun/control.h"

#define JOBS_MAX 64
/* From so many histories on, every kind of trouble must have occurred. */
#define LONG_RUN 2000

struct options {
	int64_t histories, seed, jobs;
	bool same, lie, verbose, json;
	const char *control;
};

static void add(struct sim_counts *sum, const struct sim_counts *c)
{
	const int64_t *from = (const int64_t *)(const void *)c;
	int64_t *to = (int64_t *)(void *)sum;

	for (size_t k = 0; k < sizeof(*c) / sizeof(int64_t); k++)
		to[k] += from[k];
}

/* true = held */
static bool run_one(const struct options *o, uint64_t seed, struct sim_counts *sum, uint64_t *trace,
		    bool report)
{
	struct sim_weather weather;
	struct sim_world *w;
	bool held;

	sim_draw_weather(seed, &weather);
	if (o->lie) { /* plain weather but for the power: what is lost then, the disk has lost */
		weather = (struct sim_weather){
			.devices = 3, .steps = 60, .cut = 300, .from_nothing = true, .server_cut = 0};
	}
	w = sim_world_new(seed, &weather);
	w->verbose = o->verbose;
	for (int k = 0; k < w->device_count && o->lie; k++)
		sim_disk_set_lies(w->device[k].disk, true);
	held = sim_run(w);
	*trace = w->trace;
	w->counts.histories = 1;
	w->counts.broken = held ? 0 : 1;
	w->counts.lost = !held && w->harm == SIM_LOST ? 1 : 0;
	w->counts.duplicated = !held && w->harm == SIM_TWICE ? 1 : 0;
	if (!held && report)
		printf("seed %" PRIu64 ": %s\n  again: sim --histories 1 --seed %" PRIu64 " --verbose%s%s\n",
		       seed, w->failure, seed, o->control != NULL ? " --control " : "",
		       o->control != NULL ? o->control : "");
	add(sum, &w->counts);
	sim_world_free(w);
	return held;
}

/* Every jobs-th seed, until one is broken. */
static void run_job(const struct options *o, int64_t job, struct sim_counts *sum)
{
	for (int64_t k = job; k < o->histories && (sum->broken == 0 || o->lie); k += o->jobs) {
		uint64_t seed = (uint64_t)(o->seed + k), trace, again;
		const bool held = run_one(o, seed, sum, &trace, !o->lie);

		if (o->same && (run_one(o, seed, sum, &again, false) != held || again != trace)) {
			printf("seed %" PRIu64 ": two runs differ (%016" PRIx64 ", %016" PRIx64 ")\n", seed,
			       trace, again);
			sum->broken++;
		}
	}
	fflush(stdout);
	sim_templates_free();
}

/* Each job is a process of its own and gives its counts through a pipe. */
static bool run_jobs(const struct options *o, struct sim_counts *sum)
{
	int fd[JOBS_MAX];
	pid_t pid[JOBS_MAX];
	bool ok = true;

	for (int64_t k = 0; k < o->jobs; k++) {
		int pair[2];

		if (pipe(pair) != 0)
			return false;
		pid[k] = fork();
		if (pid[k] < 0)
			return false;
		if (pid[k] == 0) {
			struct sim_counts mine = {0};

			(void)close(pair[0]);
			run_job(o, k, &mine);
			_exit(write(pair[1], &mine, sizeof(mine)) == (ssize_t)sizeof(mine) ? 0 : 1);
		}
		(void)close(pair[1]);
		fd[k] = pair[0];
	}
	for (int64_t k = 0; k < o->jobs; k++) {
		struct sim_counts theirs = {0};
		int status = 0;

		ok = read(fd[k], &theirs, sizeof(theirs)) == (ssize_t)sizeof(theirs) && ok;
		add(sum, &theirs);
		(void)close(fd[k]);
		ok = waitpid(pid[k], &status, 0) == pid[k] && status == 0 && ok;
	}
	return ok;
}

static bool read_options(int argc, char **argv, struct options *o)
{
	for (int k = 1; k < argc; k++) {
		int64_t *number = strcmp(argv[k], "--histories") == 0 ? &o->histories
				  : strcmp(argv[k], "--seed") == 0    ? &o->seed
				  : strcmp(argv[k], "--jobs") == 0    ? &o->jobs
								      : NULL;
		bool *flag = strcmp(argv[k], "--same") == 0      ? &o->same
			     : strcmp(argv[k], "--lie") == 0     ? &o->lie
			     : strcmp(argv[k], "--verbose") == 0 ? &o->verbose
			     : strcmp(argv[k], "--json") == 0    ? &o->json
								 : NULL;

		if (number != NULL && k + 1 < argc && jx_parse_i64(argv[k + 1], 0, INT64_MAX, number))
			k++;
		else if (strcmp(argv[k], "--control") == 0 && k + 1 < argc)
			o->control = argv[++k];
		else if (flag != NULL)
			*flag = true;
		else
			return false;
	}
	return o->jobs >= 1 && o->jobs <= JOBS_MAX;
}

/* Names what a run of this length ought to have met and did not. */
static bool has_looked(const struct sim_counts *c)
{
	const struct {
		const char *what;
		int64_t count;
		bool is_always;
	} met[] = {
		{"power cuts", c->power_cuts, true},
		{"entries shown as saved", c->saves_shown, true},
		{"entries shown as sent", c->sent_shown, true},
		{"entries shown as complete", c->complete_shown, true},
		{"entries shown as forked", c->forked_shown, false},
		{"days shown as complete", c->days_shown, false},
		{"alarms of copied devices", c->alarms, false},
		{"copied devices", c->clones, false},
		{"restored devices", c->device_restores, false},
		{"restored servers", c->server_restores, false},
		{"revocations", c->revocations, false},
		{"rotated TLS keys", c->tls_rotations, false},
		{"rotated identity keys", c->identity_rotations, false},
		{"moved devices", c->moves, false},
		{"returns after weeks", c->weeks, false},
		{"expired challenges", c->challenges_expired, false},
		{"expired tokens", c->tokens_refused, false},
		{"snapshots of the feed", c->snapshots, false},
		{"two syncs at once", c->second_syncs, false},
		{"wrong clocks", c->clock_jumps, false},
		{"enrolments again", c->again, false},
		{"devices that found their way back", c->renewals, false},
		{"confirmed devices", c->confirmed, false},
		{"requests sent again", c->replays, false},
	};
	bool ok = true;

	for (size_t k = 0; k < sizeof(met) / sizeof(met[0]); k++) {
		if (met[k].count > 0 || (!met[k].is_always && c->histories < LONG_RUN))
			continue;
		printf("this run did not look: no %s\n", met[k].what);
		ok = false;
	}
	return ok;
}

static void print(const struct sim_counts *c, double seconds)
{
	printf("%" PRId64 " histories: %" PRId64 " saves shown, %" PRId64 " photos, %" PRId64
	       " syncs (%" PRId64 " at the same time as another), %" PRId64 " requests, %" PRId64
	       " power cuts, %" PRId64 " replays\n",
	       c->histories, c->saves_shown, c->photos, c->syncs, c->second_syncs, c->requests, c->power_cuts,
	       c->replays);
	printf("  shown: %" PRId64 " sent, %" PRId64 " complete, %" PRId64 " forked, %" PRId64
	       " days complete, %" PRId64 " alarms\n",
	       c->sent_shown, c->complete_shown, c->forked_shown, c->days_shown, c->alarms);
	printf("  befell: %" PRId64 " copies, %" PRId64 " devices and %" PRId64 " servers restored, %" PRId64
	       " revoked, %" PRId64 " TLS keys and %" PRId64 " identities rotated, %" PRId64
	       " moves, %" PRId64 " returns after weeks\n",
	       c->clones, c->device_restores, c->server_restores, c->revocations, c->tls_rotations,
	       c->identity_rotations, c->moves, c->weeks);
	printf("  %" PRId64 " enrolments (%" PRId64 " again, %" PRId64 " as who they were), %" PRId64
	       " confirmed, %" PRId64 " challenges and %" PRId64 " tokens expired, %" PRId64
	       " snapshots, %" PRId64 " clock jumps, %" PRId64 " entries of revoked writers and %" PRId64
	       " of earlier ones (after a restore) left on devices\n",
	       c->enrolments, c->again, c->renewals, c->confirmed, c->challenges_expired, c->tokens_refused,
	       c->snapshots, c->clock_jumps, c->left_behind, c->not_offered);
	printf("  %" PRId64 " broken (%" PRId64 " lost, %" PRId64 " duplicated); %.1f s\n", c->broken,
	       c->lost, c->duplicated, seconds);
}

static int finish(const struct options *o, const struct sim_counts *c, double seconds)
{
	bool looked;

	if (o->lie) {
		puts(c->broken > 0 ? "a lying disk is noticed"
				   : "a lying disk was NOT noticed: the oracle is blind");
		return c->broken > 0 ? 0 : 1;
	}
	if (o->json)
		printf("{\"name\":\"sim\",\"count\":%" PRId64 ",\"lost\":%" PRId64 ",\"duplicated\":%" PRId64
		       ",\"failed\":%" PRId64 ",\"seconds\":%.1f}\n",
		       c->histories, c->lost, c->duplicated, c->broken, seconds);
	else
		print(c, seconds);
	looked = c->broken > 0 || has_looked(c);
	return c->broken == 0 && looked ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct options o = {.histories = 100, .seed = 1, .jobs = 1};
	struct sim_counts sum = {0};
	struct jx_error err = {0};
	struct timespec from, to;

	if (!read_options(argc, argv, &o)) {
		fputs("usage: sim [--histories N] [--seed FIRST] [--jobs J] [--same] [--lie] [--control NAME] [--verbose] "
		      "[--json]\n",
		      stderr);
		return 2;
	}
	sim_fast_init();
	if (jx_crypto_init(&err) != JX_OK) {
		fprintf(stderr, "sim: %s\n", err.text);
		return 1;
	}
	if (o.control != NULL && !jx_control_set(o.control)) {
		fprintf(stderr, "sim: this build has no control \"%s\"\n", o.control);
		return 2;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	if (o.jobs == 1) {
		run_job(&o, 0, &sum);
	} else if (!run_jobs(&o, &sum)) {
		puts("sim: a job ended badly");
		return 1;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	return finish(&o, &sum,
		      (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
}
