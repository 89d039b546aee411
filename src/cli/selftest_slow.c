/* The questions, part two: how long a sync takes, and what another process sees. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

#define ROUNDS 64

/* ---- latency ---------------------------------------------------------------------------------------- */

/*
 * The least that a write and its flush can take, by physics: half a turn of a disk at 7200 a minute is 4.2 ms, and a quarter is granted
 * for luck; programming a page of flash takes 0.2 ms or more, and a quarter is granted for what lies under a controller's
 * own power reserve. Nothing can be said of a virtual disk.
 */
static const struct {
	const char *medium;
	int64_t least_us;
} floors[] = {{"disk", 1000}, {"card", 50}, {"flash", 50}};

static int64_t least_us(const char *medium)
{
	for (size_t i = 0; i < sizeof(floors) / sizeof(floors[0]); i++)
		if (strcmp(floors[i].medium, medium) == 0)
			return floors[i].least_us;
	return 0;
}

static int64_t now_us(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + (int64_t)t.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Middle of ROUNDS synced writes, each a block further on, as a log is written. */
static jx_rc measure(const struct cli_selftest *t, int64_t *middle_us_out, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/fsync", t->scratch);
	char block[4096];
	int64_t took[ROUNDS];
	jx_file *file = NULL;
	jx_rc rc = t->fs->create(t->fs->user, path, &file, err);

	memset(block, 0x5a, sizeof(block));
	for (int i = 0; i < ROUNDS && rc == JX_OK; i++) {
		const int64_t began = now_us();

		rc = t->fs->write_at(t->fs->user, file, (int64_t)i * (int64_t)sizeof(block), block,
				     sizeof(block), err);
		if (rc == JX_OK)
			rc = t->fs->sync_data(t->fs->user, file, err);
		took[i] = now_us() - began;
	}
	if (file != NULL)
		t->fs->close(t->fs->user, file);
	if (rc != JX_OK)
		return rc;
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	*middle_us_out = took[ROUNDS / 2];
	return JX_OK;
}

void cli_ask_latency(const struct cli_selftest *t, struct cli_finding *f)
{
	struct jx_error err = {.code = JX_OK};
	int64_t middle_us = 0;
	const int64_t least = least_us(t->disk.medium);

	if (measure(t, &middle_us, &err) != JX_OK)
		cli_find(f, CLI_FAIL, "%s", err.text);
	else if (least == 0)
		cli_find(f, CLI_OK, _("a synced write takes %lld us; what is possible below is not known"),
			 (long long)middle_us);
	else if (middle_us < least && strcmp(t->disk.write_cache, "write through") != 0)
		cli_find(
			f, CLI_WARN,
			_("a synced write takes %lld us, and this medium needs at least %lld us: something may say "
			  "\"synced\" and not do it; make the test with a power cut"),
			(long long)middle_us, (long long)least);
	else
		cli_find(f, CLI_OK, _("a synced write takes %lld us, which is possible"),
			 (long long)middle_us);
}

/* ---- another process -------------------------------------------------------------------------------- */

/* Runs ask in a child; its answer, or -1. */
static int ask_child(int (*ask)(const struct cli_selftest *t), const struct cli_selftest *t)
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(ask(t)); /* nothing of the parent's is flushed or closed */
	if (child < 0)
		return -1;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int is_refused(const struct cli_selftest *t)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/lock", t->scratch);
	void *lock = NULL;

	return t->fs->lock(t->fs->user, path, 0, &lock, NULL) == JX_EBUSY ? 1 : 0;
}

void cli_ask_lock(const struct cli_selftest *t, struct cli_finding *f)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/lock", t->scratch);
	struct jx_error err = {.code = JX_OK};
	void *lock = NULL;
	int before, after;

	if (t->fs->lock(t->fs->user, path, 0, &lock, &err) != JX_OK) {
		cli_find(f, CLI_FAIL, "%s", err.text);
		return;
	}
	before = ask_child(is_refused, t);
	t->fs->unlock(t->fs->user, lock);
	after = ask_child(is_refused, t);
	if (before == 1 && after == 0)
		cli_find(f, CLI_OK, "%s",
			 _("a file lock keeps another process out, and lets it in afterwards"));
	else
		cli_find(
			f, CLI_FAIL, "%s",
			_("file locks do not hold between processes: two programs would write at once; use another disk"));
}

#define VALUE "selftest"

static int reads_value(const struct cli_selftest *t)
{
	const struct jx_store_config config = {
		.dir = t->scratch, .fs = t->fs, .clock = jx_os_clock(), .read_only = true};
	JX_AUTO(jx_store) store = NULL;
	char value[32] = "";

	return jx_store_open(&config, &store, NULL) == JX_OK &&
			       jx_store_get(store, JX_SET_PERSON, value, sizeof(value), NULL) == JX_OK &&
			       strcmp(value, VALUE) == 0
		       ? 1
		       : 0;
}

/* The write-ahead log and the memory that processes share beside it: not every file system can map that. */
void cli_ask_database(const struct cli_selftest *t, struct cli_finding *f)
{
	const struct jx_store_config config = {.dir = t->scratch, .fs = t->fs, .clock = jx_os_clock()};
	JX_AUTO(jx_store) store = NULL;
	struct jx_error err = {.code = JX_OK};
	jx_rc rc = jx_store_open(&config, &store, &err);

	if (rc == JX_OK)
		rc = jx_store_set(store, JX_SET_PERSON, VALUE, &err);
	if (rc == JX_OK)
		rc = jx_store_check(store, &err);
	if (rc != JX_OK)
		cli_find(f, CLI_FAIL, "%s", err.text);
	else if (ask_child(reads_value, t) != 1)
		cli_find(f, CLI_FAIL, "%s",
			 _("another process does not see what the database just saved; use another disk"));
	else
		cli_find(f, CLI_OK, "%s",
			 _("the database works here, and another process sees what it saved"));
}
