#include "core.h"

void core_open(struct core *c, const char *dir, bool create)
{
	const struct jx_vault_sqlite_config vault = {
		.dir = dir, .fs = jx_os_fs(), .rand = c->rand, .create = create};
	struct jx_ingest_config config = {.clock = &c->clock.clock,
					  .rand = c->rand,
					  .identity_secret = c->identity_secret,
					  .mac_key = c->mac_key,
					  .pins = (const uint8_t(*)[JX_HASH_BYTES])c->pins,
					  .pin_count = c->pin_count,
					  .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	struct jx_error err = {0};

	jx_assert_ok(jx_vault_sqlite_open(&vault, &c->vault, &err), &err);
	config.vault = c->vault;
	jx_assert_ok(jx_ingest_new(&config, &c->ingest, &err), &err);
	if (create)
		jx_assert_ok(jx_ingest_setup(c->ingest, &err), &err);
}

void core_close(struct core *c)
{
	jx_ingest_free(JX_STEAL(c->ingest));
	jx_vault_close(JX_STEAL(c->vault));
}
