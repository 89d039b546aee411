/* XLSX and ODS by GDAL: these two drivers, files of this folder, and no word of GDAL's own. */
#include <stdlib.h>
#include <string.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>

#include "tables.h"

/* A workbook of 50,000 codes has 5 MB. */
#define BOOK_BYTES INT64_C(67108864)

/* Declared for C++ only in GDAL's headers; they are C functions of the library. */
/* NOLINTBEGIN(readability-identifier-naming) */
void RegisterOGRXLSX(void);
void RegisterOGRODS(void);
/* NOLINTEND(readability-identifier-naming) */

/* What GDAL has to say goes nowhere; that it failed is said by us. */
static void CPL_STDCALL say_nothing(CPLErr level, CPLErrorNum number, const char *text)
{
	(void)level;
	(void)number;
	(void)text;
}

static GDALDatasetH open_book(const char *path)
{
	static const char *const drivers[] = {"XLSX", "ODS", NULL};

	RegisterOGRXLSX();
	RegisterOGRODS();
	/* all cells as text, and the first row a row like others: its number is that of the spreadsheet */
	CPLSetConfigOption("OGR_XLSX_HEADERS", "DISABLE");
	CPLSetConfigOption("OGR_XLSX_FIELD_TYPES", "STRING");
	CPLSetConfigOption("OGR_ODS_HEADERS", "DISABLE");
	CPLSetConfigOption("OGR_ODS_FIELD_TYPES", "STRING");
	return GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
}

static bool has_cells(OGRLayerH layer)
{
	OGR_L_ResetReading(layer);
	for (;;) {
		OGRFeatureH row = OGR_L_GetNextFeature(layer);
		int set = 0;

		if (row == NULL)
			return false;
		for (int i = 0; i < OGR_F_GetFieldCount(row); i++)
			set += OGR_F_IsFieldSetAndNotNull(row, i);
		OGR_F_Destroy(row);
		if (set > 0)
			return true;
	}
}

static void read_sheet(OGRLayerH layer, struct jx_office__grid *g, struct jx_office__mistakes *m)
{
	const char *cells[2 * JX_OFFICE__COLUMNS_MAX];
	struct jx_office__heading heading = {.count = 0};
	bool has_heading = false, is_fine = true;
	OGRFeatureH row;

	OGR_L_ResetReading(layer);
	while (is_fine && (row = OGR_L_GetNextFeature(layer)) != NULL) {
		const int fields = OGR_F_GetFieldCount(row);
		const size_t count = fields < 2 * JX_OFFICE__COLUMNS_MAX ? (size_t)fields
									 : 2 * JX_OFFICE__COLUMNS_MAX;
		const int64_t number = OGR_F_GetFID(row);

		for (size_t i = 0; i < count; i++)
			cells[i] = OGR_F_IsFieldSetAndNotNull(row, (int)i)
					   ? OGR_F_GetFieldAsString(row, (int)i)
					   : "";
		if (has_heading)
			jx_office__sheet_row(g, &heading, number, cells, count, m);
		else
			is_fine = jx_office__sheet_head(g, number, cells, count, &heading, m);
		has_heading = true;
		OGR_F_Destroy(row);
	}
	if (!has_heading)
		jx_office__wrong_file(
			m, g->source, 0,
			_("there are no headings: make the file anew with jx-office pack tables"));
}

/* A sheet of the one workbook: by its name. */
static void read_named(OGRLayerH layer, const char *file, struct jx_office__grids *t,
		       struct jx_office__mistakes *m)
{
	const char *sheet = OGR_L_GetName(layer);
	const size_t table = jx_office__table_find(sheet);
	JX_AUTO_FREE char *source = jx_xasprintf("%s/%s", file, sheet);

	if (table == JX_OFFICE__TABLE_COUNT) {
		if (has_cells(layer))
			jx_office__wrong_file(
				m, source, 0,
				_("no table is called so: rename the sheet as jx-office pack tables calls the files, or remove it"));
	} else if (t->of[table].source != NULL) {
		jx_office__wrong_file(
			m, source, 0,
			_("this table stands in %s too: keep the newer one, and remove the other"),
			t->of[table].source);
	} else {
		t->of[table].source = JX_STEAL(source);
		read_sheet(layer, &t->of[table], m);
	}
}

static void read_layers(GDALDatasetH book, const char *name, struct jx_office__grids *t,
			struct jx_office__grid *only, struct jx_office__mistakes *m)
{
	const int count = GDALDatasetGetLayerCount(book);

	if (only != NULL)
		only->source = jx_xstrdup(name);
	for (int i = 0; i < count; i++) {
		OGRLayerH layer = GDALDatasetGetLayer(book, i);

		if (only == NULL) {
			read_named(layer, name, t, m);
		} else if (has_cells(layer)) {
			/* the first sheet that is not empty, whatever a spreadsheet called it */
			read_sheet(layer, only, m);
			return;
		}
	}
	if (only != NULL)
		jx_office__wrong_file(
			m, name, 0,
			_("there are no headings: make the file anew with jx-office pack tables"));
}

jx_rc jx_office__book_read(const char *path, const char *name, struct jx_office__grids *t,
			   struct jx_office__grid *only, struct jx_office__mistakes *m, struct jx_error *err)
{
	/* GDAL opens archives and addresses by names that begin so */
	JX_AUTO_FREE char *real = realpath(path, NULL);
	GDALDatasetH book = NULL;
	int64_t size = 0, modified;
	jx_rc rc = JX_OK;

	if (real == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, JX_OFFICE__TABLES, "there is no file %s", path);
	rc = jx_os_fs()->stat(jx_os_fs()->user, real, &size, &modified, err);
	if (rc == JX_OK && size > BOOK_BYTES)
		rc = jx_fail(err, JX_ELIMIT, 0, JX_OFFICE__TABLES,
			     "%s has more than 64 MiB: remove pictures and empty rows from it", name);
	if (rc != JX_OK)
		return rc;
	CPLPushErrorHandler(say_nothing);
	if (strncmp(real, "/vsi", 4) != 0)
		book = open_book(real);
	if (book == NULL)
		jx_office__wrong_file(
			m, name, 0,
			_("cannot be read as a spreadsheet: save it anew as XLSX, without a password"));
	else
		read_layers(book, name, t, only, m);
	if (book != NULL)
		(void)GDALClose(book);
	CPLPopErrorHandler();
	GDALDestroyDriverManager();
	return JX_OK;
}
