/*
 * upgrade.h - the newest schema and one step more, so that an upgrade can be recorded and cut whatever the newest schema is.
 */
#ifndef POWERCUT_UPGRADE_H
#define POWERCUT_UPGRADE_H

#include "jiexun/store.h"
#include "jiexun/vault.h"

/** jx_store_open(); is_trial: with the step more. */
jx_rc pc_store_open(const struct jx_store_config *config, bool is_trial, jx_store **store_out,
		    struct jx_error *err);
jx_rc pc_vault_open(const struct jx_vault_sqlite_config *config, bool is_trial, jx_vault **vault_out,
		    struct jx_error *err);

#endif
