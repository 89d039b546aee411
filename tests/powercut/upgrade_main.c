/* powercut-upgrade store|vault FOLDER: what the first start of a newer program does to a database. */
#include "upgrade.h"

#include <stdio.h>
#include <string.h>

static jx_rc upgrade_store(const char *dir, struct jx_error *err)
{
	const struct jx_store_config config = {.dir = dir, .fs = jx_os_fs(), .clock = jx_os_clock()};
	JX_AUTO(jx_store) store = NULL;

	return pc_store_open(&config, true, &store, err);
}

static jx_rc upgrade_vault(const char *dir, struct jx_error *err)
{
	const struct jx_vault_sqlite_config config = {.dir = dir, .fs = jx_os_fs(), .rand = jx_os_rand()};
	JX_AUTO(jx_vault) vault = NULL;

	return pc_vault_open(&config, true, &vault, err);
}

int main(int argc, char **argv)
{
	struct jx_error err = {0};
	jx_rc rc;

	if (argc != 3 || (strcmp(argv[1], "store") != 0 && strcmp(argv[1], "vault") != 0)) {
		fputs("usage: powercut-upgrade store|vault FOLDER\n", stderr);
		return 2;
	}
	rc = strcmp(argv[1], "store") == 0 ? upgrade_store(argv[2], &err) : upgrade_vault(argv[2], &err);
	if (rc != JX_OK) {
		fprintf(stderr, "powercut-upgrade: %s\n", err.text);
		return 1;
	}
	puts("{\"ok\":true}");
	return 0;
}
