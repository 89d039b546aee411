/* jx-office status: from files alone, also while a pull is under way. */
#include "program.h"

#include <stdlib.h>
#include <string.h>

struct days {
	char (*day)[11];
	size_t count, cap;
};

static void free_days(struct days *d)
{
	free(d->day);
}

static jx_rc take_name(void *arg, const char *name)
{
	struct days *d = arg;

	if (!jx_day_ok(name))
		return JX_OK;
	if (d->count == d->cap) {
		d->cap += 64;
		d->day = jx_xreallocarray(d->day, d->cap, sizeof(*d->day));
	}
	jx_strcpy(d->day[d->count++], sizeof(d->day[0]), name);
	return JX_OK;
}

static int compare_days(const void *a, const void *b)
{
	return strcmp(a, b);
}

static jx_rc list_days(const struct office *o, struct days *d, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/%s", o->dir, JX_OFFICE__DAYS);
	const jx_rc rc = fs->list(fs->user, dir, take_name, d, err);

	if (d->count > 0)
		qsort(d->day, d->count, sizeof(*d->day), compare_days);
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

static void show_json(const struct office *o, const struct jx_office__account *a,
		      const struct jx_office__state *s, const struct days *d)
{
	struct jx_office__json j;
	JX_AUTO_BUF list;

	jx_buf_init(&list, (size_t)1 << 20);
	jx_buf_addc(&list, '[');
	for (size_t i = 0; i < d->count; i++)
		jx_buf_addf(&list, "%s\"%s\"", i > 0 ? "," : "", d->day[i]);
	jx_buf_addc(&list, ']');
	jx_office__json_begin(&j);
	jx_office__json_bool(&j, "ok", true);
	jx_office__json_str(&j, "short", a->short_code);
	jx_office__json_uuid(&j, "writer", a->writer);
	jx_office__json_str(&j, "role", a->role);
	jx_office__json_str(&j, "url", a->url);
	jx_office__json_str(&j, "home", o->dir);
	jx_office__json_int(&j, "journal_items", s->items);
	jx_office__json_int(&j, "entries", s->entries);
	jx_office__json_int(&j, "journal_bytes", s->journal_bytes);
	jx_office__json_int(&j, "last_pull_utc_ms", s->last_pull_utc_ms);
	if (d->count > 0) {
		JX_AUTO_FREE char *dir = jx_office__day_dir(o->dir, d->day[d->count - 1]);

		jx_office__json_str(&j, "export_dir", dir);
	}
	jx_office__json_buf(&j, "days", &list);
	office_print(&j);
}

static void show_text(const struct office *o, const struct jx_office__account *a,
		      const struct jx_office__state *s, const struct days *d)
{
	char fingerprint[20], when[24];

	jx_fingerprint(a->public_key, fingerprint);
	office_time(s->last_pull_utc_ms, NULL, when, sizeof(when));
	office_say(o, _("account    %s (%s), fingerprint %s"), a->short_code, jx_word(a->role), fingerprint);
	office_say(o, _("server     %s"), a->url);
	office_say(o, _("folder     %s"), o->dir);
	office_say(o, _("last pull  %s"), s->last_pull_utc_ms > 0 ? when : _("never"));
	office_say(o, _("here       %lld items, %lld entries, %zu business days"), (long long)s->items,
		   (long long)s->entries, d->count);
	if (d->count > 0) {
		JX_AUTO_FREE char *dir = jx_office__day_dir(o->dir, d->day[d->count - 1]);

		office_say(o, _("newest day %s"), dir);
	}
}

int office_status(struct office *o, const struct office_args *a)
{
	JX_CLEANUP(free_days) struct days d = {.count = 0};
	struct jx_error err = {.code = JX_OK};
	struct jx_office__account account;
	struct jx_office__state state;
	jx_rc rc = jx_office__account_load(jx_os_fs(), o->dir, &account, &err);

	(void)a;
	if (rc == JX_OK)
		rc = jx_office__state_load(jx_os_fs(), o->dir, &state, &err);
	if (rc == JX_OK)
		rc = list_days(o, &d, &err);
	if (rc != JX_OK)
		return office_fail(o, &err);
	if (o->json)
		show_json(o, &account, &state, &d);
	show_text(o, &account, &state, &d);
	return 0;
}
