/* Inside the index: the connection and its statements. */
#ifndef JX_OFFICE_INDEX_PRIVATE_H
#define JX_OFFICE_INDEX_PRIVATE_H

#include <sqlite3.h>

#include "index_sql.h"
#include "office_private.h"

struct jx_office__index {
	const struct jx_fs *fs;
	char *path;
	sqlite3 *db;
	sqlite3_stmt *statements[JX_OFFICE__SQL_COUNT];
	bool is_begun;
	char last_changed[11]; /* day put down as changed in this transaction: most entries are of one day */
	uint8_t last_writer[JX_ID_BYTES]; /* and of one writer after the other */
	int64_t last_writer_no;           /* 0 none */
	struct jx_chain_extent *extents;  /* of each writer, by number; last_n 0: not counted */
	size_t extent_count;
};
/* Chains changed: they are counted anew when a statement asks. */
void jx_office__extents_forget(struct jx_office__index *x);

/*
 * One use of a statement: get, bind, step, give back. Errors of get and bind are kept and reported by step, so that a use reads as
 * a straight line.
 */
struct jx_office__use {
	struct jx_office__index *x;
	sqlite3_stmt *stmt;
	int native;
};
struct jx_office__use jx_office__sql(struct jx_office__index *x, enum jx_office__sql id);
void jx_office__use_end(struct jx_office__use *u);
#define JX_OFFICE__USE(name, x, id) \
	JX_CLEANUP(jx_office__use_end) struct jx_office__use name = jx_office__sql((x), JX_OFFICE__SQL_##id)
void jx_office__bind_i64(struct jx_office__use *u, int place, int64_t value);
void jx_office__bind_text(struct jx_office__use *u, int place, const char *text);
void jx_office__bind_blob(struct jx_office__use *u, int place, const void *data, size_t len);
jx_rc jx_office__step(struct jx_office__use *u, bool *has_row_out, struct jx_error *err);
/* SQLite's result as ours: the file's name, what happened, and the cure. */
jx_rc jx_office__index_fail(const struct jx_office__index *x, int native, struct jx_error *err);
/* A statement without rows. */
jx_rc jx_office__run(struct jx_office__use *u, struct jx_error *err);
/* The next run of the same statement. */
void jx_office__again(struct jx_office__use *u);
int64_t jx_office__i64(const struct jx_office__use *u, int col);
void jx_office__text(const struct jx_office__use *u, int col, char *out, size_t cap);
bool jx_office__blob(const struct jx_office__use *u, int col, void *out, size_t len);

/* A writer's row, made if need be. */
jx_rc jx_office__writer_no(struct jx_office__index *x, const uint8_t id[JX_ID_BYTES], int64_t *no_out,
			   bool *is_introduced_out, struct jx_error *err);

#endif
