#include "vault_world.h"

static jx_rc open_sqlite(const char *folder, const struct jx_rand *rand, bool create, jx_vault **out,
			 struct jx_error *err)
{
	const struct jx_vault_sqlite_config config = {
		.dir = folder, .fs = jx_os_fs(), .rand = rand, .create = create};

	return jx_vault_sqlite_open(&config, out, err);
}

const struct vault_kind vault_sqlite = {.name = "sqlite", .open = open_sqlite};
