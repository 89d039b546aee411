/* jx space: how much room there is, what takes it, what may go and why the rest stays. */
#include "space.h"

#include <stdio.h>

#define MB INT64_C(1000000)

static jx_rc open_for(struct cli *c, bool read_only, struct jx_error *err)
{
	jx_rc rc = jx_handheld_open_store(&c->h, read_only, err);

	return rc == JX_OK ? jx_handheld_open_media(&c->h, err) : rc;
}

static void print_json(const struct cli *c, const struct cli_space *s)
{
	struct cli_json j;
	char name[48];

	cli_json_begin(&j);
	cli_json_int(&j, "free_bytes", s->free_bytes);
	cli_json_int(&j, "warn_bytes", c->h.profile.warn_mb * MB);
	cli_json_int(&j, "reserve_bytes", c->h.profile.reserve_mb * MB);
	cli_json_str(&j, "space", jx_device_space_name(s->level));
	for (int why = 0; why < JX_KEEP_COUNT; why++) {
		(void)snprintf(name, sizeof(name), "%s_count", jx_keep_name((enum jx_keep)why));
		cli_json_int(&j, name, s->count[why]);
		(void)snprintf(name, sizeof(name), "%s_bytes", jx_keep_name((enum jx_keep)why));
		cli_json_int(&j, name, s->bytes[why]);
	}
	cli_json_end(&j);
}

static const char *reason(enum jx_keep why)
{
	switch (why) {
	case JX_KEEP_NOT:
		return _("may go: the server has them, and its backup too");
	case JX_KEEP_NO_RECEIPT:
		return _("stay: their entries are not at the server yet; run jx sync");
	case JX_KEEP_NO_PHOTO_RECEIPT:
		return _("stay: they are not at the server yet; run jx sync");
	case JX_KEEP_NO_BACKUP:
		return _("stay: no verified backup of the server has them yet; ask its administrator");
	case JX_KEEP_YOUNG:
		return _("stay: too young, or no sync since they are old enough");
	case JX_KEEP_GONE:
		break;
	}
	return _("went earlier: small copies are here, originals at the server");
}

static void print_people(const struct cli *c, const struct cli_space *s)
{
	char text[64];

	cli_say(c, _("%lld MB free; a warning below %lld MB, no new photos below %lld MB"),
		(long long)(s->free_bytes / MB), (long long)c->h.profile.warn_mb,
		(long long)c->h.profile.reserve_mb);
	for (int why = 0; why < JX_KEEP_COUNT; why++) {
		if (s->count[why] == 0 || c->quiet)
			continue;
		(void)snprintf(text, sizeof(text), _("%lld originals, %lld MB"), (long long)s->count[why],
			       (long long)((s->bytes[why] + MB - 1) / MB));
		cli_cell(text, 26, false);
		printf("%s\n", reason((enum jx_keep)why));
	}
}

int cli_space(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct cli_space s;
	jx_rc rc = open_for(c, true, &err);

	(void)a;
	if (rc == JX_OK)
		rc = cli_look_at_space(c, &s, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	if (c->json)
		print_json(c, &s);
	else
		print_people(c, &s);
	return 0;
}

static jx_rc read_wanted(const struct cli_args *a, int64_t *bytes_out, struct jx_error *err)
{
	const char *text = cli_value(a, "mb");
	int64_t mb = 0;

	if (text == NULL) {
		*bytes_out = INT64_MAX;
		return JX_OK;
	}
	if (!jx_parse_i64(text, 1, 10000000, &mb))
		return jx_fail(err, JX_EINVAL, 0, "jx.space",
			       "--mb \"%.20s\" is no number of MB from 1 to 10000000: correct it", text);
	*bytes_out = mb * MB;
	return JX_OK;
}

static void show_freed(const struct cli *c, const struct cli_freed *f)
{
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_int(&j, "removed", f->count);
		cli_json_int(&j, "removed_bytes", f->bytes);
		cli_json_int(&j, "left", f->left);
		cli_json_end(&j);
		return;
	}
	cli_say(c, _("%lld originals (%lld MB) taken off this device; their small copies stay"),
		(long long)f->count, (long long)(f->bytes / MB));
	if (f->left > 0)
		cli_say(c, _("%lld stay although they may go: no small copy could be made of them"),
			(long long)f->left);
	if (f->count == 0)
		cli_say(c, "%s", _("jx space says why the others stay"));
}

int cli_space_prune(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct cli_space s;
	struct cli_freed freed;
	int64_t wanted = 0;
	jx_rc rc = read_wanted(a, &wanted, &err);

	if (rc == JX_OK)
		rc = open_for(c, cli_flag(a, "dry-run"), &err);
	if (rc == JX_OK && cli_flag(a, "dry-run")) {
		rc = cli_look_at_space(c, &s, &err);
		if (rc == JX_OK && c->json)
			print_json(c, &s);
		else if (rc == JX_OK)
			cli_say(c, _("%lld originals, %lld MB, may go; nothing was removed"),
				(long long)s.count[JX_KEEP_NOT], (long long)(s.bytes[JX_KEEP_NOT] / MB));
		return rc == JX_OK ? 0 : cli_fail(c, &err);
	}
	if (rc == JX_OK)
		rc = cli_free_space(c, wanted, &freed, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	show_freed(c, &freed);
	return 0;
}
