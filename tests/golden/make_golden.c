/* Writes the golden files of one version of the formats into an empty folder: see README.md. */
#include <stdio.h>

#include "golden_maker.h"

int main(int argc, char **argv)
{
	struct golden_chain handheld, server;
	struct jx_error err = {0};

	if (argc != 2) {
		(void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	golden_must(jx_crypto_init(&err), &err, "crypto");
	golden_handheld(&handheld);
	golden_server(&server);
	golden_chains_file(argv[1], &handheld, &server);
	golden_signed_file(argv[1], &handheld, &server);
	golden_answers_file(argv[1]);
	golden_bad_file(argv[1], &handheld, &server);
	golden_chain_free(&handheld);
	golden_chain_free(&server);
	return 0;
}
