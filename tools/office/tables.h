/*
 * tables.h - a pack as tables that people edit in a spreadsheet, and back (src/form/PACKS.md, "Editing as tables").
 *
 * What is read is kept as text, cell by cell with the row it stands in, so that every mistake is told where the person finds
 * it. Pure but for tables_book.c (spreadsheet files) and tables_folder.c (the folder).
 *
 * Threads:   one.
 * Ownership: a grid owns its cells; a mistake owns its text.
 * Errors:    what a person has to mend is a mistake, all are collected; jx_rc is for the rest.
 */
#ifndef JX_OFFICE_TABLES_H
#define JX_OFFICE_TABLES_H

#include "jiexun/base.h"
#include "jiexun/form.h"

#define JX_OFFICE__TABLES "office.tables"

/* ---- what tables there are --------------------------------------------------------------------------- */

enum jx_office__kind {
	JX_OFFICE__WORD,   /* letters, digits, - _ . */
	JX_OFFICE__WORDS,  /* several, with ; between them */
	JX_OFFICE__TEXT,   /* one line */
	JX_OFFICE__TEXTS,  /* several, with ; between them */
	JX_OFFICE__LINES,  /* lines */
	JX_OFFICE__NUMBER, /* whole */
	JX_OFFICE__DECIMAL,
	JX_OFFICE__DAY,
	JX_OFFICE__YES,     /* yes, no, or nothing */
	JX_OFFICE__OP,      /* <= < >= > */
	JX_OFFICE__BOUNDS,  /* upper ends, the last open */
	JX_OFFICE__CLASSES, /* words: one is "class", several are "classes" */
	JX_OFFICE__PAIRS,   /* units and effort of a class of population */
	JX_OFFICE__OBJECT,  /* JSON, kept and not read */
	JX_OFFICE__MORE     /* JSON: members that have no column */
};

struct jx_office__tcolumn {
	const char *key; /* stable; the heading is "ZH KEY" */
	const char *zh;  /* Chinese part of the heading */
	const char *
		member; /* of the element; columns of one member follow each other. NULL: names the element above */
	const char *part; /* "zh", "en" of a text, else NULL */
	enum jx_office__kind kind;
	bool is_needed;
	bool is_extra;      /* there only where some row needs it */
	size_t max;         /* bytes, or the number itself */
	const char *refers; /* table whose key it names, or NULL */
};

enum jx_office__shape {
	JX_OFFICE__ELEMENTS, /* list of objects */
	JX_OFFICE__NAMES,    /* one object: its names are the cells of column 1, its values texts */
	JX_OFFICE__PHRASES   /* list of objects with a list of texts; a row for each text */
};

struct jx_office__table {
	const char *key; /* of the file and the sheet */
	const char *zh;
	const char *up;     /* table whose elements hold these, by column 0; NULL: the pack itself */
	const char *member; /* list's name there */
	enum jx_office__shape shape;
	size_t key_column; /* unique in its list */
	const struct jx_office__tcolumn *columns;
	size_t column_count;
};
#define JX_OFFICE__TABLE_COUNT 14
extern const struct jx_office__table jx_office__tables[JX_OFFICE__TABLE_COUNT];
/* By key, Chinese name or "ZH KEY"; JX_OFFICE__TABLE_COUNT: none is called so. */
size_t jx_office__table_find(const char *name);
size_t jx_office__tcolumn_find(const struct jx_office__table *t, const char *key);
#define JX_OFFICE__COLUMNS_MAX 64
#define JX_OFFICE__PAIRS_MAX   20
/* In column "class" of the sample sizes: sums, checked and not kept. */
#define JX_OFFICE__TOTAL "合计 total"

/* ---- cells -------------------------------------------------------------------------------------------- */

/* Cells of one table by its own columns; "" is an empty cell. */
struct jx_office__grid {
	const struct jx_office__table *table;
	char *source;         /* file, for people: "codes.csv" */
	char **cells;         /* row by row */
	int64_t *row_numbers; /* as the spreadsheet counts */
	size_t row_count, row_cap;
	bool has_column[JX_OFFICE__COLUMNS_MAX];
};
void jx_office__grid_init(struct jx_office__grid *g, const struct jx_office__table *t, const char *source);
void jx_office__grid_done(struct jx_office__grid *g);
/* A further row of empty cells. */
size_t jx_office__grid_add(struct jx_office__grid *g, int64_t row_number);
void jx_office__grid_set(struct jx_office__grid *g, size_t row, size_t column, const char *text, size_t len);
const char *jx_office__grid_cell(const struct jx_office__grid *g, size_t row, size_t column);
bool jx_office__grid_is_total(const struct jx_office__grid *g, size_t row);

/* All tables of a pack; those that are not there have no rows and source NULL. */
struct jx_office__grids {
	struct jx_office__grid of[JX_OFFICE__TABLE_COUNT];
};
void jx_office__grids_init(struct jx_office__grids *t);
void jx_office__grids_done(struct jx_office__grids *t);
const struct jx_office__grid *jx_office__grids_find(const struct jx_office__grids *t, const char *key);

/* ---- mistakes ------------------------------------------------------------------------------------------ */

#define JX_OFFICE__MISTAKES_MAX 100
struct jx_office__mistake {
	char *file;
	int64_t row;        /* 0: the file as a whole */
	const char *column; /* key, or NULL */
	char *text;         /* whole line for people */
};
struct jx_office__mistakes {
	struct jx_office__mistake list[JX_OFFICE__MISTAKES_MAX];
	size_t count; /* also beyond the list */
};
void jx_office__mistakes_done(struct jx_office__mistakes *m);
/* As much of a cell as a message shows: whole characters of one line. */
struct jx_office__clip {
	char text[64];
};
struct jx_office__clip jx_office__clip(const char *text, size_t len);
#define JX_OFFICE__CLIP(s) (jx_office__clip(s, strlen(s)).text)
/* In a cell. fmt is translated text. */
void jx_office__wrong_cell(struct jx_office__mistakes *m, const struct jx_office__grid *g, size_t row,
			   size_t column, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* In a row (0: none) of a file, or in the file as a whole. */
void jx_office__wrong_file(struct jx_office__mistakes *m, const char *file, int64_t row, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* ---- sorted words ---------------------------------------------------------------------------------------- */

struct jx_office__word {
	const char *text; /* borrowed */
	size_t row;
};
struct jx_office__words {
	struct jx_office__word *list;
	size_t count, cap;
};
void jx_office__words_add(struct jx_office__words *w, const char *text, size_t row);
void jx_office__words_sort(struct jx_office__words *w);
/* The first of them in row order; NULL: none. */
const struct jx_office__word *jx_office__words_find(const struct jx_office__words *w, const char *text);
void jx_office__words_done(struct jx_office__words *w);

/* ---- CSV and spreadsheets -------------------------------------------------------------------------------- */

/* Columns of a sheet as they are bound to the table's: number in the table, or -1. */
struct jx_office__heading {
	int column[JX_OFFICE__COLUMNS_MAX * 2];
	size_t count;
};
/* The first row of a sheet. False: it has not the columns that it needs. */
bool jx_office__sheet_head(struct jx_office__grid *g, int64_t row_number, const char *const *cells,
			   size_t count, struct jx_office__heading *out, struct jx_office__mistakes *m);
/* A further row; an empty one is passed over. */
void jx_office__sheet_row(struct jx_office__grid *g, const struct jx_office__heading *heading,
			  int64_t row_number, const char *const *cells, size_t count,
			  struct jx_office__mistakes *m);

/* Text as UTF-8 without mark, whatever a spreadsheet saved it as: UTF-8, UTF-16 with its mark, GB 18030. */
jx_rc jx_office__csv_decode(const char *data, size_t len, jx_buf *out, struct jx_error *err);
void jx_office__csv_read(struct jx_office__grid *g, const char *text, struct jx_office__mistakes *m);
void jx_office__csv_write(const struct jx_office__grid *g, jx_buf *out);

/* Sheets of an XLSX or ODS file: into the grids they are named by, or all into `only`, if it is given. */
jx_rc jx_office__book_read(const char *path, const char *name, struct jx_office__grids *t,
			   struct jx_office__grid *only, struct jx_office__mistakes *m, struct jx_error *err);

/* ---- JSON -------------------------------------------------------------------------------------------------- */

/* Value as we write it: one line where it fits, else a member a line behind tabs. Ends without a line feed. */
void jx_office__pretty(const jx_json *doc, int tok, jx_buf *out);
void jx_office__one_line(const jx_json *doc, int tok, jx_buf *out);
/* Do they say the same? Order of members is free, an empty list is none. Else where they differ first. */
bool jx_office__same(const jx_json *a, int at, const jx_json *b, int bt, char *place_out, size_t cap);

/* ---- a pack and its tables ------------------------------------------------------------------------------------ */

/* Members of a pack that are files of their own, as JSON. */
#define JX_OFFICE__PART_COUNT 3
#define JX_OFFICE__INDICES    1 /* number of indices.json among them */
extern const char *const jx_office__parts[JX_OFFICE__PART_COUNT];
/* Is it a table's, a part, or "forms"? All others stand in pack.json. */
bool jx_office__is_head(const char *member);

/* Cells of all tables from a pack, into grids that are not yet begun. */
void jx_office__tables_take(const jx_json *pack, struct jx_office__grids *out);

/* What a folder holds, read. Texts are JSON, checked; NULL where there is none. */
struct jx_office__folder {
	char *head;                         /* pack.json: a JSON object */
	char *parts[JX_OFFICE__PART_COUNT]; /* lists */
	char **forms;                       /* in the order of pack.json */
	char **form_names;
	size_t form_count;
	struct jx_office__grids tables;
	char *origin; /* pack that the folder was written from: origin.json, or NULL */
};
void jx_office__folder_done(struct jx_office__folder *f);
/* The same from a pack, without origin. */
void jx_office__folder_take(const jx_json *pack, struct jx_office__folder *out);

struct jx_office__languages {
	bool zh, en;
};
/* Checks of the cells among each other. */
void jx_office__tables_check(const struct jx_office__folder *f, struct jx_office__mistakes *m);
/* The list of a table as a member, with a comma before it; nothing where it has no rows. Mistakes of single cells. */
void jx_office__emit_table(const struct jx_office__grids *t, size_t table, struct jx_office__languages lang,
			   jx_buf *out, struct jx_office__mistakes *m);
/* The pack in canonical form, from cells alone: whether it is right its loader says. Nothing where a mistake came. */
jx_rc jx_office__tables_join(const struct jx_office__folder *f, jx_buf *out, struct jx_office__mistakes *m,
			     struct jx_error *err);

struct jx_office__built {
	char id[64];
	int64_t version;
	int64_t origin_version; /* of the pack that the tables came from; 0: none */
	bool is_unchanged;      /* it says what that one says */
};
/* The same, with all checks: cells, the pack's loader, the pack before. */
jx_rc jx_office__tables_build(const struct jx_office__folder *f, jx_buf *out,
			      struct jx_office__built *built_out, struct jx_office__mistakes *m,
			      struct jx_error *err);
/* The row or file that a message about a place of the pack means: "codes[12].units". */
void jx_office__wrong_place(const struct jx_office__folder *f, const char *message,
			    struct jx_office__mistakes *m);
/* A pack in canonical form; JX_EINVAL: something of it would be lost, err names it. */
jx_rc jx_office__canonical(const char *text, size_t len, jx_buf *out, struct jx_error *err);

/* ---- the folder ------------------------------------------------------------------------------------------------ */

/* JX_EEXISTS: there is something in it. *files_out: how many were written. */
jx_rc jx_office__folder_write(const struct jx_fs *fs, const char *dir, const char *text, size_t len,
			      int64_t *files_out, struct jx_error *err);
jx_rc jx_office__folder_read(const struct jx_fs *fs, const char *dir, struct jx_office__folder *out,
			     struct jx_office__mistakes *m, struct jx_error *err);

#endif
