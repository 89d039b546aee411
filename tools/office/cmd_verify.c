/* jx-office verify: nobody's word but the signatures'. */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_json(const struct jx_office__verdict *v)
{
	struct jx_office__json j;

	jx_office__json_begin(&j);
	jx_office__json_bool(&j, "ok", v->damage == 0);
	jx_office__json_int(&j, "lines", v->lines);
	jx_office__json_int(&j, "entries", v->entries);
	jx_office__json_int(&j, "erased", v->erased);
	jx_office__json_int(&j, "writers", v->writers);
	jx_office__json_int(&j, "receipts", v->receipts);
	jx_office__json_int(&j, "photo_receipts", v->photo_receipts);
	jx_office__json_int(&j, "keys", v->keys);
	jx_office__json_int(&j, "others", v->others);
	jx_office__json_int(&j, "quarantined", v->quarantined);
	jx_office__json_int(&j, "quarantined_unproven", v->quarantined_unproven);
	jx_office__json_int(&j, "photos_good", v->photos_good);
	jx_office__json_int(&j, "photos_bad", v->photos_bad);
	jx_office__json_int(&j, "photos_absent", v->photos_absent);
	jx_office__json_int(&j, "tail_bytes", v->tail_bytes);
	jx_office__json_int(&j, "unsigned_entries", v->unsigned_entries);
	jx_office__json_int(&j, "damage", v->damage);
	if (v->has_stamped && v->damage == 0)
		jx_office__json_str(&j, "stamped_role", v->stamp_role);
	if (v->damage > 0) {
		jx_office__json_str(&j, "first_writer", v->first_writer);
		jx_office__json_int(&j, "first_n", v->first_n);
		jx_office__json_int(&j, "first_line", v->first_line);
		jx_office__json_str(&j, "first", v->first_text);
		jx_office__json_int(&j, "exit_status", jx_rc_exit_status(JX_ECORRUPT));
	}
	office_print(&j);
}

static void print_text(const struct office *o, const struct jx_office__verdict *v)
{
	const int64_t photos = v->photos_good + v->photos_bad;

	office_say(
		o,
		_("%lld lines: %lld entries of %lld writers, %lld receipts, %lld photo-receipts; %lld photos checked"),
		(long long)v->lines, (long long)v->entries, (long long)v->writers, (long long)v->receipts,
		(long long)v->photo_receipts, (long long)photos);
	if (v->quarantined > 0)
		office_say(o, _("%lld entries are in quarantine, %lld of them without a signature"),
			   (long long)v->quarantined, (long long)v->quarantined_unproven);
	if (v->erased > 0)
		office_say(o, _("%lld entries were erased by law; their digests stand in the chain"),
			   (long long)v->erased);
	if (v->photos_absent > 0)
		office_say(o, _("%lld photos that the server has were not fetched, or were removed here"),
			   (long long)v->photos_absent);
	if (v->unsigned_entries > 0)
		office_say(
			o,
			_("%lld entries at the ends of chains have no signature and no receipt yet: pull again"),
			(long long)v->unsigned_entries);
	if (v->tail_bytes > 0)
		office_say(
			o,
			_("%lld bytes of an interrupted pull stand behind the journal's end and do not count"),
			(long long)v->tail_bytes);
	if (v->damage == 0)
		office_say(o, "%s",
			   _("all is well: every entry is as its writer signed it, and none is missing"));
}

/* Of the log, the stamp says something that is so, or not. */
static jx_rc judge_stamp(const struct jx_stamp_code *stamp, const struct jx_office__verdict *v,
			 struct jx_error *err)
{
	if (v->damage > 0)
		return JX_OK; /* said already; no stamp is believed */
	if (!v->has_stamped)
		return jx_fail(
			err, JX_ENOTFOUND, 0, "office.stamp",
			"no such entry as the stamp of %s speaks of was pulled, or it was erased by law: pull again",
			stamp->number);
	*err = v->stamp_error;
	return err->code;
}

static void say_stamp(const struct office *o, const struct jx_stamp_code *stamp,
		      const struct jx_office__verdict *v)
{
	char hex[2 * JX_HASH_BYTES + 1];

	jx_hex(stamp->sha256, JX_HASH_BYTES, hex);
	office_say(o,
		   _("true: entry %s has this photo (%s), SHA-256 %s; compare the copy with that original"),
		   stamp->number, jx_word(v->stamp_role), hex);
}

static void print_damage(const struct jx_office__verdict *v)
{
	fprintf(stderr, "jx-office: ");
	if (v->first_line > 0)
		fprintf(stderr, _("line %lld: "), (long long)v->first_line);
	if (v->first_writer[0] != '\0')
		fprintf(stderr, _("writer %s, entry %lld: "), v->first_writer, (long long)v->first_n);
	fprintf(stderr, "%s\n", v->first_text);
	fprintf(stderr,
		_("jx-office: %lld damaged places; keep this folder as it is and tell the administrator\n"),
		(long long)v->damage);
}

/* Newest first, as they are given. */
static jx_rc read_trust(const struct office_args *a, struct jx_office__trust *t, struct jx_error *err)
{
	const char *hex;

	for (size_t i = 0; (hex = office_nth(a, "identity", i)) != NULL; i++)
		if (i == JX_OFFICE__TRUST_MAX ||
		    !jx_unhex(hex, strlen(hex), t->keys[t->count++], JX_PUB_BYTES))
			return jx_fail(
				err, JX_EINVAL, 0, "office.verify",
				"field \"identity\": \"%s\" is no key; a key has 64 hexadecimal digits", hex);
	return JX_OK;
}

int office_verify(struct office *o, const struct office_args *a)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_office__trust trust = {.count = 0};
	const char *text = office_value(a, "stamp");
	struct jx_stamp_code stamp;
	struct jx_office__verdict v;
	JX_AUTO_FREE char *dir = a->pos_count == 0 ? jx_xstrdup(o->dir) : realpath(a->pos[0], NULL);
	jx_rc rc = read_trust(a, &trust, &err);

	if (rc == JX_OK && dir == NULL)
		rc = jx_fail(&err, JX_ENOTFOUND, 0, "office.verify", "there is no folder %s", a->pos[0]);
	if (rc == JX_OK && text != NULL)
		rc = jx_stamp_code_read(text, &stamp, &err);
	if (rc == JX_OK)
		rc = jx_office__verify_stamp(jx_os_fs(), dir, trust.count > 0 ? &trust : NULL,
					     text != NULL ? &stamp : NULL, &v, &err);
	if (rc == JX_OK && text != NULL)
		rc = judge_stamp(&stamp, &v, &err);
	if (rc != JX_OK)
		return office_fail(o, &err);
	if (o->json)
		print_json(&v);
	print_text(o, &v);
	if (text != NULL && v.damage == 0)
		say_stamp(o, &stamp, &v);
	if (v.damage == 0)
		return 0;
	print_damage(&v);
	return jx_rc_exit_status(JX_ECORRUPT);
}
