/*
 * bench_list: what a person sees first, then pages, filters and searches, on a store made by bench_fill. Seconds.
 *   bench_list first FOLDER [cold]   open, newest 50 rows, how many wait; cold: the files are out of memory first. Prints
 *                                    seconds of open, of the rows, of the count
 *   bench_list page FOLDER           medians: a page of 50 in the middle of the log, the newest 50 of a day in the middle
 *   bench_list search FOLDER WORD    newest 50 that have it, median of 5; then how many there are, at most 1000
 *   bench_list floor FOLDER          a bare SQLite connection: open, newest 50 rows' bytes
 */
#include "bench.h"

#include "jiexun/view.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS   50
#define ROUNDS 200
/* Enough to see that it is common: each is read whole. */
#define COUNT_MAX 1000

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

static void put_out_of_memory(const char *folder)
{
	static const char *const names[] = {"jiexun.db", "jiexun.db-wal", "jiexun.db-shm", "jiexun.lock"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[600];
		int fd;

		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (fdatasync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
			bench_die("cannot put out of memory", path);
		(void)close(fd);
	}
}

static void open_store(const char *folder, jx_store **out)
{
	const struct jx_store_config sc = {
		.dir = folder, .fs = jx_os_fs(), .clock = jx_os_clock(), .read_only = true};
	struct jx_error err = {0};

	check(jx_store_open(&sc, out, &err), "store", &err);
}

struct seen {
	int64_t rows, last, middle;
	char day[11];
};

static jx_rc see(void *user, const struct jx_view_row *row)
{
	struct seen *s = user;

	s->rows++;
	s->last = row->log_place;
	memcpy(s->day, row->day, sizeof(s->day));
	return JX_OK;
}

static struct seen list(jx_store *store, const jx_packs *packs, struct jx_view_query q)
{
	struct seen s = {.rows = 0};
	struct jx_error err = {0};

	q.newest_first = true;
	q.all_writers = true;
	q.packs = packs;
	check(jx_view_list(store, NULL, &q, see, &s, &err), "list", &err);
	return s;
}

static int first(const char *folder, bool is_cold, const jx_packs *packs)
{
	JX_AUTO(jx_store) store = NULL;
	struct jx_error err = {0};
	int64_t waiting = 0;
	double t[4];

	if (is_cold)
		put_out_of_memory(folder);
	t[0] = bench_now();
	open_store(folder, &store);
	t[1] = bench_now();
	if (list(store, packs, (struct jx_view_query){.limit = ROWS}).rows != ROWS)
		bench_die("list", "there are not enough rows");
	t[2] = bench_now();
	check(jx_store_waiting(store, &waiting, &err), "count", &err);
	t[3] = bench_now();
	if (waiting <= 0)
		bench_die("count", "nothing waits");
	printf("%.6f %.6f %.6f\n", t[1] - t[0], t[2] - t[1], t[3] - t[2]);
	return 0;
}

static int pages(const char *folder, const jx_packs *packs)
{
	JX_AUTO(jx_store) store = NULL;
	double page[ROUNDS], day[ROUNDS];
	struct seen newest, middle;

	open_store(folder, &store);
	newest = list(store, packs, (struct jx_view_query){.limit = 1});
	middle = list(
		store, packs,
		(struct jx_view_query){.limit = 1, .beyond = newest.last - (newest.last & 0xffffffff) / 2});
	for (int i = 0; i < ROUNDS; i++) {
		const struct jx_view_query q = {.limit = ROWS, .beyond = middle.last - ROWS * i};
		double began;

		(void)list(store, packs, q); /* what comes from the disk is the figure "first" */
		began = bench_now();
		if (list(store, packs, q).rows != ROWS)
			bench_die("page", "there are not enough rows");
		page[i] = bench_now() - began;
		began = bench_now();
		if (list(store, packs, (struct jx_view_query){.limit = ROWS, .day = middle.day}).rows != ROWS)
			bench_die("day", "there are not enough rows");
		day[i] = bench_now() - began;
	}
	printf("%.6f %.6f\n", bench_median(page, ROUNDS), bench_median(day, ROUNDS));
	return 0;
}

static int search(const char *folder, const char *word, const jx_packs *packs)
{
	JX_AUTO(jx_store) store = NULL;
	double t[5];

	open_store(folder, &store);
	for (int i = 0; i < 5; i++) {
		const double began = bench_now();

		(void)list(store, packs, (struct jx_view_query){.limit = ROWS, .search = word});
		t[i] = bench_now() - began;
	}
	printf("%.6f %lld\n", bench_median(t, 5),
	       (long long)list(store, packs, (struct jx_view_query){.limit = COUNT_MAX, .search = word})
		       .rows);
	return 0;
}

static int bare(const char *folder)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	char path[600];
	int64_t bytes = 0;
	double began;

	put_out_of_memory(folder);
	began = bench_now();
	(void)snprintf(path, sizeof(path), "%s/jiexun.db", folder);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT bytes FROM entry ORDER BY pos DESC LIMIT 50", -1, &stmt, NULL) !=
		    SQLITE_OK)
		bench_die("floor", sqlite3_errmsg(db));
	while (sqlite3_step(stmt) == SQLITE_ROW)
		bytes += sqlite3_column_bytes(stmt, 0);
	began = bench_now() - began;
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
	if (bytes == 0)
		bench_die("floor", "nothing read");
	printf("%.6f\n", began);
	return 0;
}

int main(int argc, char **argv)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	const char *what = argc > 2 ? argv[1] : "";

	check(jx_os_start("bench_list", &err), "start", &err);
	check(jx_packs_new(&packs, &err), "packs", &err);
	if (strcmp(what, "first") == 0)
		return first(argv[2], argc > 3, packs);
	if (strcmp(what, "page") == 0)
		return pages(argv[2], packs);
	if (strcmp(what, "floor") == 0)
		return bare(argv[2]);
	if (strcmp(what, "search") == 0 && argc == 4)
		return search(argv[2], argv[3], packs);
	fputs("usage: bench_list first|page|floor|search FOLDER [cold|WORD]\n", stderr);
	return 64;
}
