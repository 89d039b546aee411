/* evidence [--part NAME]... [--entries N] [--seed S] [--only N] [--json] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "evidence.h"

static const struct part {
	const char *name;
	void (*run)(struct evidence *e);
	int64_t least; /* changes that it must have made for each entry, or it did not look */
} parts[] = {
	{"device-bytes", evidence_device_bytes, 500},
	{"device-shape", evidence_device_shape, 8},
	{"office-bytes", evidence_office_bytes, 500},
	{"office-shape", evidence_office_shape, 8},
	{"photos", evidence_photos, 10},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

struct options {
	int64_t entries, seed, only;
	bool is_json, wanted[PARTS], has_wanted;
};

static int usage(void)
{
	fprintf(stderr, "evidence [--part device-bytes|device-shape|office-bytes|office-shape|photos]... "
			"[--entries N] [--seed S] [--only CHANGE] [--json]\n");
	return 64;
}

static bool read_part(struct options *o, const char *name)
{
	for (size_t i = 0; i < PARTS; i++)
		if (strcmp(parts[i].name, name) == 0)
			return o->has_wanted = o->wanted[i] = true;
	return false;
}

static bool read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--json") == 0) {
			o->is_json = true;
			continue;
		}
		if (!((strcmp(argv[i], "--part") == 0 && read_part(o, value)) ||
		      (strcmp(argv[i], "--entries") == 0 && jx_parse_i64(value, 2, 1000000, &o->entries)) ||
		      (strcmp(argv[i], "--seed") == 0 && jx_parse_i64(value, 0, INT64_MAX, &o->seed)) ||
		      (strcmp(argv[i], "--only") == 0 && jx_parse_i64(value, 1, INT64_MAX, &o->only))))
			return false;
		i++;
	}
	return true;
}

static double seconds(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* False: something was missed, or nothing was looked at. */
static bool run_part(const struct part *p, const struct options *o)
{
	struct evidence e = {.entries = o->entries, .only = o->only};
	const double began = seconds();
	int64_t failed;

	jx_fake_rand_init(&e.rand, (uint64_t)o->seed);
	p->run(&e);
	if (o->only == 0 && (e.changes < p->least * o->entries || e.bytes_seen == 0)) {
		fprintf(stderr, "evidence %s: only %lld changes were made\n", p->name, (long long)e.changes);
		e.missed++;
	}
	failed = e.missed + e.misplaced + e.disturbed;
	if (o->is_json)
		printf("{\"name\":\"evidence.%s\",\"count\":%lld,\"lost\":0,\"duplicated\":0,\"failed\":%lld,\"seconds\":%.1f}\n",
		       p->name, (long long)e.changes, (long long)failed, seconds() - began);
	else
		printf("%-12s %8lld changes, %lld missed, %lld said to be elsewhere, %lld untouched called damaged, %.1f s\n",
		       p->name, (long long)e.changes, (long long)e.missed, (long long)e.misplaced,
		       (long long)e.disturbed, seconds() - began);
	(void)fflush(stdout);
	return failed == 0;
}

int main(int argc, char **argv)
{
	struct options o = {.entries = 200, .seed = 1};
	struct jx_error err = {.code = JX_OK};
	bool is_good = true;

	if (!read_options(argc, argv, &o))
		return usage();
	/* what is made here need not survive anything; in memory it is made faster */
	(void)setenv("TMPDIR", "/dev/shm", 0);
	if (jx_os_start("evidence", &err) != JX_OK) {
		fprintf(stderr, "evidence: %s\n", err.text);
		return 1;
	}
	for (size_t i = 0; i < PARTS; i++)
		if (!o.has_wanted || o.wanted[i])
			is_good = run_part(&parts[i], &o) && is_good;
	return is_good ? 0 : 1;
}
