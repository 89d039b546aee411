/* powercut-check: one recording, its points, one line. tests/powercut/powercut.py makes the recordings. */
#include "points.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool read_point(const char *text, struct pc_options *o)
{
	char k[24];
	const char *colon = strchr(text, ':');

	if (colon == NULL || (size_t)(colon - text) >= sizeof(k))
		return false;
	memcpy(k, text, (size_t)(colon - text));
	k[colon - text] = '\0';
	return jx_parse_i64(k, 0, INT64_MAX, &o->only_k) && jx_parse_i64(colon + 1, 0, INT64_MAX, &o->only_i);
}

static bool read_flag(const char *text, struct pc_options *o)
{
	bool *flag = strcmp(text, "--live") == 0      ? &o->is_live
		     : strcmp(text, "--trial") == 0   ? &o->is_trial
		     : strcmp(text, "--lie") == 0     ? &o->is_lying
		     : strcmp(text, "--no-life") == 0 ? &o->is_lifeless
						      : NULL;

	if (flag != NULL)
		*flag = true;
	return flag != NULL;
}

static bool read_options(int argc, char **argv, struct pc_options *o)
{
	int64_t seed = 1;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		bool is_good = true;

		if (read_flag(argv[i], o))
			continue;
		if (strcmp(argv[i], "--log") == 0)
			o->log = value;
		else if (strcmp(argv[i], "--name") == 0)
			o->name = value;
		else if (strcmp(argv[i], "--points") == 0)
			is_good = jx_parse_i64(value, 1, INT64_MAX, &o->points);
		else if (strcmp(argv[i], "--seed") == 0)
			is_good = jx_parse_i64(value, 0, INT64_MAX, &seed);
		else if (strcmp(argv[i], "--only") == 0)
			is_good = read_point(value, o);
		else if (strcmp(argv[i], "--extract") == 0)
			o->extract = value;
		else
			return false;
		if (!is_good)
			return false;
		i++;
	}
	o->seed = (uint64_t)seed;
	return o->log != NULL;
}

static void print(const struct pc_options *o, const struct pc_counts *c, double seconds)
{
	printf("{\"name\":\"%s\",\"count\":%lld,\"lost\":%lld,\"duplicated\":%lld,\"failed\":%lld,\"seconds\":%.1f,"
	       "\"operations\":%lld,\"least\":%lld,\"images\":%lld,\"promises\":%lld,\"absent\":%lld,\"present\":%lld,"
	       "\"gone_on\":%lld,\"entries\":%lld,\"photos\":%lld}\n",
	       o->name, (long long)c->points, (long long)c->lost, (long long)c->duplicated,
	       (long long)c->failed, seconds, (long long)c->operations, (long long)c->per_operation_min,
	       (long long)c->images, (long long)c->promises, (long long)c->absent, (long long)c->present,
	       (long long)c->gone_on, (long long)c->entries, (long long)c->photos);
}

int main(int argc, char **argv)
{
	struct pc_options o = {.name = "powercut", .points = 1000, .only_k = -1, .only_i = -1};
	struct pc_counts c = {.operations = 0};
	struct jx_error err = {0};
	struct timespec from, to;
	jx_rc rc;

	if (!read_options(argc, argv, &o)) {
		fputs("usage: powercut-check --log FILE [--name NAME] [--points N] [--seed S] [--only K:I [--extract DIR]] [--live] [--trial] [--lie] [--no-life]\n",
		      stderr);
		return 2;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	/* one thread; no count of memory that nobody asks for */
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	rc = jx_crypto_init(&err);
	if (rc == JX_OK)
		rc = pc_run(&o, &c, &err);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	if (rc != JX_OK) {
		fprintf(stderr, "powercut-check: %s: %s\n", o.name, err.text);
		return 2;
	}
	if (o.extract == NULL)
		print(&o, &c, (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
	return c.lost + c.duplicated + c.failed == 0 ? 0 : 1;
}
