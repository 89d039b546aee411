#include "upgrade.h"

#include "store_migrations.h"
#include "store_private.h"

#include <stdlib.h>
#include <string.h>

/* Large enough for many pages: an upgrade that rewrites what is there. */
static const char STEP[] =
	"CREATE TABLE powercut_trial (pos INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
	"INSERT INTO powercut_trial SELECT pos, bytes FROM entry;"
	"CREATE INDEX powercut_trial_bytes ON powercut_trial (bytes);"
	"ALTER TABLE entry ADD COLUMN powercut_trial INTEGER;"
	"UPDATE entry SET powercut_trial = n;";

jx_rc pc_store_open(const struct jx_store_config *config, bool is_trial, jx_store **store_out,
		    struct jx_error *err)
{
	JX_AUTO_FREE struct jx_migration *table = jx_xcalloc(store_migrations_count + 1, sizeof(*table));

	if (!is_trial)
		return jx_store_open(config, store_out, err);
	memcpy(table, store_migrations, store_migrations_count * sizeof(*table));
	table[store_migrations_count] = (struct jx_migration){
		.version = store_migrations[store_migrations_count - 1].version + 1,
		.name = "trial",
		.sql = STEP};
	return jx_store__open(config, table, store_migrations_count + 1, store_out, err);
}
