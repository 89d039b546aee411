/* What fuzz targets share. */
#ifndef JX_FUZZ_H
#define JX_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** One input; returns 0. A broken promise ends the process by JX_FUZZ_CHECK. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Like assert, in every build. */
#define JX_FUZZ_CHECK(true_statement)                                                                        \
	do {                                                                                                 \
		if (!(true_statement)) {                                                                     \
			(void)fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #true_statement); \
			abort();                                                                             \
		}                                                                                            \
	} while (0)

#endif
