#include "upgrade.h"

#include "vault_private.h"

#include <stdlib.h>
#include <string.h>

static const char STEP[] = "CREATE TABLE powercut_trial (pos INTEGER PRIMARY KEY, bytes BLOB) STRICT;"
			   "INSERT INTO powercut_trial SELECT pos, bytes FROM entry;"
			   "CREATE INDEX powercut_trial_bytes ON powercut_trial (bytes);"
			   "ALTER TABLE entry ADD COLUMN powercut_trial INTEGER;"
			   "UPDATE entry SET powercut_trial = n;";

jx_rc pc_vault_open(const struct jx_vault_sqlite_config *config, bool is_trial, jx_vault **vault_out,
		    struct jx_error *err)
{
	JX_AUTO_FREE struct jx_migration *table = jx_xcalloc(vault_migrations_count + 1, sizeof(*table));

	if (!is_trial)
		return jx_vault_sqlite_open(config, vault_out, err);
	memcpy(table, vault_migrations, vault_migrations_count * sizeof(*table));
	table[vault_migrations_count] = (struct jx_migration){
		.version = vault_migrations[vault_migrations_count - 1].version + 1,
		.name = "trial",
		.sql = STEP};
	return jx_vault__open(config, table, vault_migrations_count + 1, vault_out, err);
}
