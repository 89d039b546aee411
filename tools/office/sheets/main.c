/*
 * jx-sheets: the cells of a spreadsheet file, for jx-office pack build. A program of its own because GDAL, which reads it, brings a
 * hundred libraries that every start of jx-office would wait for; and because a stranger's workbook is read here within limits.
 *
 * Standard output, each text ended by a NUL: "sheet" NAME, "row" NUMBER COUNT CELL..., "end" once at the end. Status 0 only after it;
 * 65: not to be read as a spreadsheet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>

#include "jiexun/base.h"

#define STATUS_USAGE 64 /* sysexits.h EX_USAGE */
#define STATUS_DATA  65 /* EX_DATAERR */
#define STATUS_IO    74 /* EX_IOERR */
/* A workbook of 50,000 codes takes 400 MB and 4 s on a handheld's processor. */
#define MEMORY_BYTES (UINT64_C(2) << 30)
#define OUTPUT_BYTES (UINT64_C(256) << 20)
#define CPU_SECONDS  120

/* Declared for C++ only in GDAL's headers; they are C functions of the library. */
/* NOLINTBEGIN(readability-identifier-naming) */
void RegisterOGRXLSX(void);
void RegisterOGRODS(void);
/* NOLINTEND(readability-identifier-naming) */

/* What GDAL has to say goes nowhere; that it failed is said by the status. */
static void CPL_STDCALL say_nothing(CPLErr level, CPLErrorNum number, const char *text)
{
	(void)level;
	(void)number;
	(void)text;
}

static bool set_limits(void)
{
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is larger than any such limit */
	const struct rlimit memory = {MEMORY_BYTES, MEMORY_BYTES};

	if (setrlimit(RLIMIT_AS, &memory) != 0)
		return false;
#endif
	const struct rlimit output = {OUTPUT_BYTES, OUTPUT_BYTES}, cpu = {CPU_SECONDS, CPU_SECONDS};

	return setrlimit(RLIMIT_FSIZE, &output) == 0 && setrlimit(RLIMIT_CPU, &cpu) == 0;
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

static void put(const char *text)
{
	(void)fwrite(text, 1, strlen(text) + 1, stdout);
}

static void put_number(int64_t number)
{
	(void)printf("%lld%c", (long long)number, '\0');
}

static void put_row(OGRFeatureH row)
{
	const int count = OGR_F_GetFieldCount(row);

	put("row");
	put_number(OGR_F_GetFID(row));
	put_number(count);
	for (int i = 0; i < count; i++)
		put(OGR_F_IsFieldSetAndNotNull(row, i) ? OGR_F_GetFieldAsString(row, i) : "");
}

static void put_sheet(OGRLayerH layer)
{
	OGRFeatureH row;

	put("sheet");
	put(OGR_L_GetName(layer));
	OGR_L_ResetReading(layer);
	while ((row = OGR_L_GetNextFeature(layer)) != NULL) {
		put_row(row);
		OGR_F_Destroy(row);
	}
}

static int put_book(const char *path)
{
	GDALDatasetH book;

	CPLPushErrorHandler(say_nothing);
	book = open_book(path);
	if (book == NULL)
		return STATUS_DATA;
	for (int i = 0; i < GDALDatasetGetLayerCount(book); i++)
		put_sheet(GDALDatasetGetLayer(book, i));
	(void)GDALClose(book);
	CPLPopErrorHandler();
	GDALDestroyDriverManager();
	put("end");
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : STATUS_IO;
}

int main(int argc, char **argv)
{
	const bool is_help = argc == 2 && strcmp(argv[1], "--help") == 0;
	struct jx_error err;
	char *path;
	int status;

	if (jx_os_start("jx-sheets", &err) != JX_OK) {
		(void)fprintf(stderr, "jx-sheets: %s\n", err.text);
		return jx_rc_exit_status(err.code);
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)printf("jx-sheets %s\n", JX_VERSION);
		return 0;
	}
	if (argc != 2 || argv[1][0] == '-') {
		(void)fprintf(
			is_help ? stdout : stderr, "%s jx-sheets %s\n%s\n", _("Usage:"), _("FILE"),
			_("Writes the cells of an XLSX or ODS file to standard output, for jx-office. See man jx-sheets."));
		return is_help ? 0 : STATUS_USAGE;
	}
	/* GDAL opens archives and addresses by names that begin so; a whole path is a file */
	path = realpath(argv[1], NULL);
	if (path == NULL || strncmp(path, "/vsi", 4) == 0 || !set_limits()) {
		free(path);
		return STATUS_DATA;
	}
	status = put_book(path);
	free(path);
	return status;
}
