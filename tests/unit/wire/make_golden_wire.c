/*
 * make_golden_wire FOLDER                writes the golden messages once
 * make_golden_wire FOLDER DICTIONARY     writes them as they cross the wire with that dictionary, each as <name>.zst
 * Refuses to write over a file.
 */
#include <stdio.h>

#include "golden_wire.h"
#include "jiexun/wire.h"

static bool write_row(const struct golden_row *row, const char *folder, int64_t dictionary,
		      struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s%s", folder, row->file,
					       dictionary != JX_WIRE_DICTIONARY_NONE ? ".zst" : "");
	FILE *f = fopen(path, "wbx");
	JX_AUTO_BUF plain, packed;
	jx_buf *b = &plain;

	jx_buf_init(&plain, 65536);
	jx_buf_init(&packed, 65536);
	row->write(&plain);
	if (dictionary != JX_WIRE_DICTIONARY_NONE) {
		b = &packed;
		if (jx_wire_compress_with((struct jx_bytes){plain.data, plain.len}, (int)dictionary, 6, b,
					  err) != JX_OK)
			return false;
	}
	return f != NULL && jx_buf_check(b, path, err) == JX_OK && fwrite(b->data, 1, b->len, f) == b->len &&
	       fclose(f) == 0;
}

int main(int argc, char **argv)
{
	int64_t dictionary = JX_WIRE_DICTIONARY_NONE;
	struct jx_error err = {0};

	if (argc < 2 || argc > 3 || jx_crypto_init(&err) != JX_OK ||
	    (argc == 3 && !jx_parse_i64(argv[2], 1, JX_WIRE_DICTIONARY_NEWEST, &dictionary))) {
		(void)fprintf(stderr, "usage: make_golden_wire FOLDER [DICTIONARY]\n");
		return 64;
	}
	for (size_t i = 0; i < (dictionary != JX_WIRE_DICTIONARY_NONE ? GOLDEN_PACKED_ROWS : GOLDEN_ROWS);
	     i++) {
		if (!write_row(&golden_rows[i], argv[1], dictionary, &err)) {
			(void)fprintf(stderr, "%s: cannot be written, or is there already\n",
				      golden_rows[i].file);
			return 73;
		}
	}
	return 0;
}
