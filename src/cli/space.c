/* Space: promise 2 of the design, carried out. The store decides what may go, media takes it away. */
#include "space.h"

#include <stdio.h>

#define DAY_MS INT64_C(86400000)
#define MB     INT64_C(1000000)

static struct jx_keep_rules rules_of(const struct cli *c)
{
	return (struct jx_keep_rules){.age_ms = c->h.profile.keep_days * DAY_MS,
				      .needs_backup = c->h.profile.backup == JX_DEVICE_BACKUP_REQUIRED};
}

struct look {
	struct cli *c;
	struct cli_space *out;
};

static jx_rc add(void *user, const struct jx_kept_photo *p)
{
	const struct look *l = user;

	l->out->count[p->why]++;
	l->out->bytes[p->why] += p->size_bytes;
	return JX_OK;
}

jx_rc cli_look_at_space(struct cli *c, struct cli_space *out, struct jx_error *err)
{
	const struct jx_keep_rules rules = rules_of(c);
	struct look l = {.c = c, .out = out};

	*out = (struct cli_space){.free_bytes = -1};
	(void)jx_device_read_space(jx_os_fs(), c->h.dir, &c->h.profile, &out->free_bytes, &out->level, NULL);
	return jx_store_each_kept_photo(c->h.store, &rules, add, &l, err);
}

struct freeing {
	struct cli *c;
	struct cli_freed *out;
	bool is_leftover;
};

/* A file that cannot go stays: it is noted as let go, is asked for again next time, and harms nobody. */
static jx_rc take_away(void *user, const struct jx_kept_photo *p)
{
	struct freeing *f = user;
	int64_t size_bytes = 0;
	jx_rc rc = jx_media_stat(f->c->h.media, p->sha256, &size_bytes, NULL);

	if (rc == JX_ENOTFOUND)
		return JX_OK;
	/* of a sound there is none */
	if (!jx_media_is_sound(f->c->h.media, p->sha256))
		rc = jx_media_settle_copy(f->c->h.media, p->sha256, JX_COPY_SMALL, NULL);
	if (rc == JX_OK)
		rc = jx_media_remove(f->c->h.media, p->sha256, NULL);
	if (rc == JX_OK) {
		f->out->count++;
		f->out->bytes += size_bytes;
	} else {
		f->out->left++;
	}
	return JX_OK;
}

jx_rc cli_free_space(struct cli *c, int64_t bytes_wanted, struct cli_freed *out, struct jx_error *err)
{
	const struct jx_keep_rules rules = rules_of(c);
	struct freeing f = {.c = c, .out = out};
	jx_rc rc;

	*out = (struct cli_freed){.count = 0};
	rc = jx_store_take_leftovers(c->h.store, take_away, &f, err);
	if (rc == JX_OK && out->bytes < bytes_wanted)
		rc = jx_store_let_go(c->h.store, &rules, bytes_wanted - out->bytes, take_away, &f, err);
	return rc;
}

void cli_free_after_sync(struct cli *c)
{
	struct cli_space s = {.free_bytes = -1};
	struct cli_freed freed;
	struct jx_error err = {0};

	if (c->h.profile.prune != JX_DEVICE_PRUNE_AUTO ||
	    jx_device_read_space(jx_os_fs(), c->h.dir, &c->h.profile, &s.free_bytes, &s.level, NULL) !=
		    JX_OK ||
	    s.level == JX_DEVICE_SPACE_OK)
		return;
	if (cli_free_space(c, c->h.profile.warn_mb * MB - s.free_bytes, &freed, &err) != JX_OK)
		fprintf(stderr, "jx: %s\n", err.text);
	else if (freed.count > 0)
		cli_say(c,
			_("space was short: %lld originals (%lld MB) that the server has in its backup were taken off this device, their small copies stay"),
			(long long)freed.count, (long long)(freed.bytes / MB));
	else
		fprintf(stderr, "jx: %s\n",
			_("space is short, and no original may go yet: jx space says why; tell the office"));
}
