/* make_golden_wire FOLDER: writes the golden messages once. Refuses to write over a file. */
#include <stdio.h>

#include "golden_wire.h"

int main(int argc, char **argv)
{
	struct jx_error err = {0};

	if (argc != 2 || jx_crypto_init(&err) != JX_OK) {
		(void)fprintf(stderr, "usage: make_golden_wire FOLDER\n");
		return 64;
	}
	for (size_t i = 0; i < GOLDEN_ROWS; i++) {
		JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", argv[1], golden_rows[i].file);
		FILE *f = fopen(path, "wbx");
		JX_AUTO_BUF b;

		jx_buf_init(&b, 65536);
		golden_rows[i].write(&b);
		if (f == NULL || jx_buf_check(&b, path, &err) != JX_OK ||
		    fwrite(b.data, 1, b.len, f) != b.len || fclose(f) != 0) {
			(void)fprintf(stderr, "%s: cannot be written, or is there already\n", path);
			return 73;
		}
	}
	return 0;
}
