/* XLSX and ODS, read by jx-sheets: its cells come as texts ended by NUL, see sheets/main.c. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tables.h"

/* A workbook of 50,000 codes has 5 MB. */
#define BOOK_BYTES INT64_C(67108864)
/* More columns than these are of no table: they are passed over. */
#define CELLS_MAX ((size_t)2 * JX_OFFICE__COLUMNS_MAX)

/* The one beside this program. */
static jx_rc find_program(char *out, size_t cap, struct jx_error *err)
{
	char self[1024];
	const ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	static const char *const places[] = {"jx-sheets", "../bin/jx-sheets"};
	char *slash;

	self[len > 0 ? len : 0] = '\0';
	slash = strrchr(self, '/');
	for (size_t i = 0; slash != NULL && i < sizeof(places) / sizeof(places[0]); i++) {
		(void)snprintf(out, cap, "%.*s/%s", (int)(slash - self), self, places[i]);
		if (access(out, X_OK) == 0)
			return JX_OK;
	}
	return jx_fail(err, JX_ESTATE, 0, JX_OFFICE__TABLES,
		       "the program jx-sheets is missing beside %s: install it again", self);
}

static int start(const char *program, const char *path, int out_fd, pid_t *pid_out)
{
	posix_spawn_file_actions_t a;
	char *const argv[] = {jx_xstrdup("jx-sheets"), jx_xstrdup(path), NULL};
	int e = posix_spawn_file_actions_init(&a);

	if (e == 0) {
		e = posix_spawn_file_actions_addopen(&a, 0, "/dev/null", O_RDONLY, 0);
		e = e != 0 ? e : posix_spawn_file_actions_adddup2(&a, out_fd, 1);
		e = e != 0 ? e : posix_spawn_file_actions_addopen(&a, 2, "/dev/null", O_WRONLY, 0);
		e = e != 0 ? e : posix_spawn_file_actions_addclosefrom_np(&a, 3);
		e = e != 0 ? e : posix_spawn(pid_out, program, &a, NULL, argv, environ);
		(void)posix_spawn_file_actions_destroy(&a);
	}
	free(argv[0]);
	free(argv[1]);
	return e;
}

/* JX_EINVAL: it cannot be read as a spreadsheet, whatever the reason was. */
static jx_rc run(const char *path, int out_fd, struct jx_error *err)
{
	char program[2048];
	pid_t pid = 0;
	int status = 0, e;
	jx_rc rc = find_program(program, sizeof(program), err);

	if (rc != JX_OK)
		return rc;
	e = start(program, path, out_fd, &pid);
	if (e != 0)
		return jx_fail(err, jx_rc_from_errno(e), e, JX_OFFICE__TABLES, "%s cannot be started: %s",
			       program, strerror(e));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return jx_fail(err, JX_EIO, errno, JX_OFFICE__TABLES, "%s cannot be started: %s",
				       program, strerror(errno));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? JX_OK : JX_EINVAL;
}

/* What jx-sheets wrote: texts one after the other. */
struct texts {
	const char *at, *end;
};

/* NULL: there is no more. */
static const char *next(struct texts *t)
{
	const char *text = t->at;
	const char *nul = t->at < t->end ? memchr(t->at, '\0', (size_t)(t->end - t->at)) : NULL;

	if (nul == NULL)
		return NULL;
	t->at = nul + 1;
	return text;
}

static bool next_number(struct texts *t, int64_t *out)
{
	const char *text = next(t);

	return text != NULL && jx_parse_i64(text, 0, INT64_MAX, out);
}

struct row {
	int64_t number;
	const char *cells[CELLS_MAX];
	size_t count;
	bool is_empty;
};

/* The next row of a sheet; false where the sheet ends, and what follows stays. */
static bool next_row(struct texts *t, struct row *row)
{
	struct texts ahead = *t;
	const char *word = next(&ahead);
	int64_t count = 0;

	*row = (struct row){.is_empty = true};
	if (word == NULL || strcmp(word, "row") != 0 || !next_number(&ahead, &row->number) ||
	    !next_number(&ahead, &count))
		return false;
	for (int64_t i = 0; i < count; i++) {
		const char *cell = next(&ahead);

		if (cell == NULL)
			return false;
		row->is_empty = row->is_empty && cell[0] == '\0';
		if (row->count < CELLS_MAX)
			row->cells[row->count++] = cell;
	}
	*t = ahead;
	return true;
}

static void skip_rows(struct texts *t)
{
	struct row row;

	while (next_row(t, &row))
		;
}

static bool has_cells(struct texts t)
{
	struct row row;

	while (next_row(&t, &row))
		if (!row.is_empty)
			return true;
	return false;
}

static void read_sheet(struct texts *t, struct jx_office__grid *g, struct jx_office__mistakes *m)
{
	struct jx_office__heading heading = {.count = 0};
	bool has_heading = false, is_fine = true;
	struct row row;

	while (next_row(t, &row)) {
		if (!is_fine)
			continue;
		if (has_heading)
			jx_office__sheet_row(g, &heading, row.number, row.cells, row.count, m);
		else
			is_fine = jx_office__sheet_head(g, row.number, row.cells, row.count, &heading, m);
		has_heading = true;
	}
	if (!has_heading)
		jx_office__wrong_file(
			m, g->source, 0,
			_("there are no headings: make the file anew with jx-office pack tables"));
}

/* A sheet of the one workbook: by its name. */
static void read_named(struct texts *t, const char *sheet, const char *file, struct jx_office__grids *grids,
		       struct jx_office__mistakes *m)
{
	const size_t table = jx_office__table_find(sheet);
	JX_AUTO_FREE char *source = jx_xasprintf("%s/%s", file, sheet);

	if (table == JX_OFFICE__TABLE_COUNT) {
		if (has_cells(*t))
			jx_office__wrong_file(
				m, source, 0,
				_("no table is called so: rename the sheet as jx-office pack tables calls the files, or remove it"));
		skip_rows(t);
	} else if (grids->of[table].source != NULL) {
		jx_office__wrong_file(
			m, source, 0,
			_("this table stands in %s too: keep the newer one, and remove the other"),
			grids->of[table].source);
		skip_rows(t);
	} else {
		grids->of[table].source = JX_STEAL(source);
		read_sheet(t, &grids->of[table], m);
	}
}

/* False: not what jx-sheets writes. */
static bool read_sheets(struct texts *t, const char *name, struct jx_office__grids *grids,
			struct jx_office__grid *only, struct jx_office__mistakes *m)
{
	bool is_read = false;

	if (only != NULL)
		only->source = jx_xstrdup(name);
	for (;;) {
		const char *word = next(t), *sheet;

		if (word != NULL && strcmp(word, "end") == 0)
			break;
		sheet = word != NULL && strcmp(word, "sheet") == 0 ? next(t) : NULL;
		if (sheet == NULL)
			return false;
		if (only == NULL) {
			read_named(t, sheet, name, grids, m);
		} else if (!is_read && has_cells(*t)) {
			/* the first sheet that is not empty, whatever a spreadsheet called it */
			read_sheet(t, only, m);
			is_read = true;
		} else {
			skip_rows(t);
		}
	}
	if (only != NULL && !is_read)
		jx_office__wrong_file(
			m, name, 0,
			_("there are no headings: make the file anew with jx-office pack tables"));
	return true;
}

static jx_rc map_output(int fd, struct texts *out, struct jx_error *err)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) != 0 || st.st_size <= 0)
		return JX_EINVAL;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return jx_fail(err, JX_ENOMEM, errno, JX_OFFICE__TABLES,
			       "no memory for a spreadsheet; close other programs");
	*out = (struct texts){map, (const char *)map + st.st_size};
	return JX_OK;
}

static jx_rc read_all(const char *path, const char *name, struct jx_office__grids *grids,
		      struct jx_office__grid *only, struct jx_office__mistakes *m, struct jx_error *err)
{
	JX_CLEANUP(jx_close_p) int fd = memfd_create("jx-sheets", MFD_CLOEXEC);
	struct texts texts = {NULL, NULL}, t;
	bool is_read = false;
	jx_rc rc;

	if (fd < 0)
		return jx_fail(err, jx_rc_from_errno(errno), errno, JX_OFFICE__TABLES,
			       "no memory for a spreadsheet; close other programs");
	rc = run(path, fd, err);
	if (rc == JX_OK)
		rc = map_output(fd, &texts, err);
	if (rc == JX_OK) {
		t = texts;
		is_read = read_sheets(&t, name, grids, only, m);
		(void)munmap((void *)(uintptr_t)texts.at, (size_t)(texts.end - texts.at));
	}
	if (rc == JX_EINVAL || (rc == JX_OK && !is_read)) {
		jx_office__wrong_file(
			m, name, 0,
			_("cannot be read as a spreadsheet: save it anew as XLSX, without a password"));
		return JX_OK;
	}
	return rc;
}

jx_rc jx_office__book_read(const char *path, const char *name, struct jx_office__grids *t,
			   struct jx_office__grid *only, struct jx_office__mistakes *m, struct jx_error *err)
{
	JX_AUTO_FREE char *real = realpath(path, NULL);
	int64_t size = 0, modified;
	jx_rc rc = JX_OK;

	if (real == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, JX_OFFICE__TABLES, "there is no file %s", path);
	rc = jx_os_fs()->stat(jx_os_fs()->user, real, &size, &modified, err);
	if (rc == JX_OK && size > BOOK_BYTES)
		rc = jx_fail(err, JX_ELIMIT, 0, JX_OFFICE__TABLES,
			     "%s has more than 64 MiB: remove pictures and empty rows from it", name);
	return rc == JX_OK ? read_all(real, name, t, only, m, err) : rc;
}
