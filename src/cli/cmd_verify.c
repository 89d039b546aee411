/* jx verify: the evidence on this device, checked from the first entry to the last photo. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

struct photos {
	struct cli *c;
	int64_t good, bad, let_go;
	char first_number[JX_NUMBER_MAX];
	struct jx_error first;
};

static jx_rc check_photo(void *user, const char *number, const struct jx_photo_ref *photo, bool is_let_go)
{
	struct photos *p = user;
	struct jx_error err = {0};
	jx_rc rc = jx_media_verify(p->c->h.media, photo->sha256, &err);

	if (rc == JX_OK) {
		p->good++;
		return JX_OK;
	}
	if (rc == JX_ENOTFOUND && is_let_go) {
		p->let_go++;
		return JX_OK;
	}
	if (p->bad++ == 0) {
		jx_strcpy(p->first_number, sizeof(p->first_number), number);
		p->first = err;
	}
	return JX_OK; /* go on: a person wants to know how many */
}

static void print_json(const struct jx_view_verify *v, const struct photos *p)
{
	struct cli_json j;

	cli_json_begin(&j);
	cli_json_bool(&j, "ok", v->damage_count == 0 && p->bad == 0);
	cli_json_int(&j, "entries", v->entries);
	cli_json_int(&j, "receipts", v->receipts);
	cli_json_int(&j, "photo_receipts", v->photo_receipts);
	cli_json_int(&j, "photos_good", p->good);
	cli_json_int(&j, "photos_bad", p->bad);
	cli_json_int(&j, "photos_let_go", p->let_go);
	cli_json_int(&j, "receipt_n", v->receipt_n);
	cli_json_int(&j, "last_n", v->last_n);
	cli_json_int(&j, "damage", v->damage_count + p->bad);
	cli_json_str(&j, "first_number", v->damage_count > 0 ? v->first_number : p->first_number);
	cli_json_str(&j, "first", v->damage_count > 0 ? v->first.text : p->first.text);
	cli_json_end(&j);
}

int cli_verify(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct jx_view_verify v = {0};
	struct photos p = {.c = c};
	jx_rc rc;

	if (cli_value(a, "stamp") != NULL)
		return cli_verify_stamp(c, cli_value(a, "stamp"));
	rc = cli_flag(a, "reindex") ? cli_reindex(c, &err) : JX_OK;
	if (rc == JX_OK)
		rc = jx_handheld_open_store(&c->h, true, &err);
	if (rc == JX_OK)
		rc = jx_handheld_open_media(&c->h, &err);
	if (rc == JX_OK)
		rc = jx_view_verify(c->h.store, &v, &err);
	if (rc == JX_OK)
		rc = jx_view_each_photo(c->h.store, check_photo, &p, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	if (c->json)
		print_json(&v, &p);
	cli_say(c, _("%lld entries, %lld receipts, %lld photo-receipts, %lld photos checked"),
		(long long)v.entries, (long long)v.receipts, (long long)v.photo_receipts,
		(long long)p.good + p.bad);
	if (p.let_go > 0)
		cli_say(c,
			_("%lld originals were let go after the server had signed for them; their hashes stand in the entries"),
			(long long)p.let_go);
	if (v.last_n > v.receipt_n)
		cli_say(c,
			_("entries after %lld have no receipt yet: only this device can show that none of them is missing"),
			(long long)v.receipt_n);
	if (v.damage_count == 0 && p.bad == 0) {
		cli_say(c, "%s", _("all is well: every byte is as it was saved"));
		return 0;
	}
	if (v.damage_count > 0)
		fprintf(stderr, "jx: %s %s\n", v.first_number, v.first.text);
	if (p.bad > 0)
		fprintf(stderr, "jx: %s %s\n", p.first_number, p.first.text);
	fprintf(stderr,
		_("jx: %lld damaged places; keep this device as it is and give it to the administrator\n"),
		(long long)v.damage_count + p.bad);
	return jx_rc_exit_status(JX_ECORRUPT);
}
