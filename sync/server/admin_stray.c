/* Photo files and rows that do not fit: told by `check`, removed by `sweep`. */
#include <inttypes.h>

#include "admin.h"

/* So many are named; all are counted. */
#define NAMED_MAX 1000

struct strays {
	int64_t count[JX_VAULT_DAMAGED + 1];
	int64_t bytes;
	jx_buf *out;
	char first[2 * JX_HASH_BYTES + 1]; /* of those that are gone or damaged */
};

static const char *const names[] = {
	[JX_VAULT_UNLISTED] = "unlisted",
	[JX_VAULT_LONE_COPY] = "lone-copy",
	[JX_VAULT_MISSING] = "missing",
	[JX_VAULT_DAMAGED] = "damaged",
};

static jx_rc see(void *user, const struct jx_vault_stray *s)
{
	struct strays *all = user;
	int64_t before = 0;
	char hex[2 * JX_HASH_BYTES + 1];

	jx_hex(s->sha256, JX_HASH_BYTES, hex);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		before += all->count[i];
	all->count[s->kind]++;
	all->bytes += s->size_bytes;
	if ((s->kind == JX_VAULT_MISSING || s->kind == JX_VAULT_DAMAGED) && all->first[0] == '\0')
		jx_strcpy(all->first, sizeof(all->first), hex);
	if (before < NAMED_MAX)
		jx_buf_addf(all->out, "%s{\"what\":\"%s\",\"sha256\":\"%s\",\"size_bytes\":%" PRId64 "}",
			    before > 0 ? "," : "", names[s->kind], hex, s->size_bytes);
	return JX_OK;
}

static void add_counts(const struct strays *all)
{
	jx_buf_addf(all->out,
		    "],\"unlisted\":%" PRId64 ",\"lone_copies\":%" PRId64 ",\"missing\":%" PRId64
		    ",\"damaged\":%" PRId64 ",\"bytes\":%" PRId64,
		    all->count[JX_VAULT_UNLISTED], all->count[JX_VAULT_LONE_COPY],
		    all->count[JX_VAULT_MISSING], all->count[JX_VAULT_DAMAGED], all->bytes);
}

jx_rc admin_check_files(site *d, jx_buf *out, struct jx_error *err)
{
	struct strays all = {.out = out};
	jx_rc rc;

	jx_buf_adds(out, ",\"strays\":[");
	rc = d->vault->ops->each_stray(d->vault, see, &all, err);
	add_counts(&all);
	if (rc == JX_OK && all.first[0] != '\0')
		return jx_fail(
			err, JX_ECORRUPT, 0, "server.check",
			"%" PRId64 " stored photos are gone and %" PRId64
			" are damaged, the first is %.16s: bring them back from a backup; devices that still have them send them again",
			all.count[JX_VAULT_MISSING], all.count[JX_VAULT_DAMAGED], all.first);
	return rc;
}

jx_rc admin_sweep(site *d, bool is_dry, jx_buf *out, struct jx_error *err)
{
	const struct jx_vault_drop how = {.now_utc_ms = jx_os_clock()->utc_ms(jx_os_clock()->user),
					  .keep_ms = d->conf.stray_keep_ms,
					  .with_originals = true,
					  .is_dry = is_dry};
	struct strays all = {.out = out};
	int64_t parts = 0;
	jx_rc rc = is_dry ? JX_OK
			  : d->vault->ops->sweep(d->vault, how.now_utc_ms, d->conf.limits.part_keep_ms,
						 &parts, err);

	jx_buf_addf(out, ",\"dry_run\":%s,\"parts\":%" PRId64 ",\"strays\":[", is_dry ? "true" : "false",
		    parts);
	if (rc == JX_OK)
		rc = d->vault->ops->drop_strays(d->vault, &how, see, &all, err);
	add_counts(&all);
	return rc;
}
