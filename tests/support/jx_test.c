#include "jx_test.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void jx_test__rc(jx_rc got, jx_rc want, const struct jx_error *err, const char *call, const char *file,
		 int line)
{
	if (got != want) {
		print_error("%s\n\treturned %s, not %s\n", call, jx_rc_name(got), jx_rc_name(want));
		if (got != JX_OK && err != NULL)
			print_error("\t%s (%d): %s\n", err->where, err->native, err->text);
		_fail(file, line);
	}
	if (want == JX_OK || err == NULL)
		return;
	if (err->code != want || err->text[0] == '\0' || err->where[0] == '\0') {
		print_error("%s\n\terr not filled: code %s, where \"%s\", text \"%s\"\n", call,
			    jx_rc_name(err->code), err->where, err->text);
		_fail(file, line);
	}
}

void jx_test__says(const struct jx_error *err, const char *part, const char *file, int line)
{
	if (strstr(err->text, part) != NULL)
		return;
	print_error("\"%s\"\n\tdoes not say \"%s\"\n", err->text, part);
	_fail(file, line);
}

void jx_test__near(double a, double b, double eps, const char *file, int line)
{
	double d = a > b ? a - b : b - a;

	if (d <= eps) /* false for NaN */
		return;
	print_error("%.17g and %.17g differ by more than %g\n", a, b, eps);
	_fail(file, line);
}

void jx_test__hex(const void *bytes, size_t len, const char *hex, const char *file, int line)
{
	JX_AUTO_FREE char *got = jx_xcalloc(len + 1, 2);

	jx_hex(bytes, len, got);
	if (strcmp(got, hex) == 0)
		return;
	print_error("%s\n\tis not %s\n", got, hex);
	_fail(file, line);
}

char *jx_test_folder(void)
{
	const char *base = getenv("TMPDIR");
	char *folder = jx_xasprintf("%s/jx-test-XXXXXX", base != NULL && base[0] != '\0' ? base : "/tmp");

	if (mkdtemp(folder) == NULL) {
		print_error("%s: %s\n", folder, strerror(errno));
		fail();
	}
	return folder;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void jx_test_folder_remove(char *folder)
{
	if (folder == NULL)
		return;
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

char *jx_test_path(const char *folder, const char *name)
{
	return jx_xasprintf("%s/%s", folder, name);
}

char *jx_test_read(const char *path, size_t *len_out)
{
	JX_AUTO_BUF b;

	jx_buf_init(&b, 64 * 1024 * 1024);
	if (jx_fs_read_all(jx_os_fs(), path, &b, NULL) != JX_OK)
		return NULL;
	if (len_out != NULL)
		*len_out = b.len;
	return b.data != NULL ? JX_STEAL(b.data) : jx_xstrdup("");
}
