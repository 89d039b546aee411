/* jx verify --stamp: is what a stamped copy says in this device's log, signed, and with the original behind it? */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#define WHERE "jx.stamp"

struct writer {
	const uint8_t *id;
	bool is_found;
	uint8_t pub[JX_PUB_BYTES];
};

static jx_rc take_identity(void *user, const struct jx_identity *id)
{
	struct writer *w = user;

	if (memcmp(w->id, id->writer, JX_ID_BYTES) == 0) {
		w->is_found = true;
		memcpy(w->pub, id->public_key, sizeof(w->pub));
	}
	return JX_OK;
}

static jx_rc check_signature(struct cli *c, const jx_view_entry *e, struct jx_error *err)
{
	struct writer w = {.id = e->row.writer};
	jx_rc rc = jx_store_each_identity(c->h.store, take_identity, &w, err);

	if (rc == JX_OK && (!w.is_found || !jx_chain_verify(w.pub, e->head, e->sig)))
		return jx_fail(
			err, JX_ECORRUPT, 0, WHERE,
			"the signature of entry %s does not fit: run jx verify, and keep this device as it is",
			e->row.number);
	return rc;
}

static jx_rc find(struct cli *c, const struct jx_stamp_code *code, jx_view_entry **out, struct jx_error *err)
{
	char name[37];
	jx_rc rc;

	jx_uuid_format(code->id, name);
	rc = jx_view_show_by(c->h.store, c->h.packs, name, out, err);
	if (rc == JX_ENOTFOUND)
		return jx_fail(
			err, rc, 0, WHERE,
			"this device's log has no such entry as the stamp of %s speaks of: ask the device or the office that has it",
			code->number);
	return rc;
}

static void print(struct cli *c, const jx_view_entry *e, size_t photo, bool is_here)
{
	const struct jx_photo_ref *p = &e->entry.photos[photo];
	char when[40];

	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_str(&j, "number", e->row.number);
		cli_json_str(&j, "role", p->role);
		cli_json_hex(&j, "sha256", p->sha256, sizeof(p->sha256));
		cli_json_int(&j, "taken_utc_ms", e->entry.taken_utc_ms);
		cli_json_str(&j, "state", jx_entry_state_name(e->row.state));
		cli_json_bool(&j, "original_here", is_here);
		cli_json_str(&j, "revised_by", e->replaced_by);
		cli_json_end(&j);
		return;
	}
	cli_time_text(c, e->entry.taken_utc_ms, true, when, sizeof(when));
	cli_say(c, _("true: entry %s of %s has this photo (%s), and its signature fits"), e->row.number, when,
		jx_word(p->role));
	cli_say(c, "%s",
		is_here ? _("the original is here, byte for byte: compare the copy with it")
			: _("the original is not on this device: compare the copy with the server's"));
	if (e->replaced_by[0] != '\0')
		cli_say(c, _("the entry was corrected or withdrawn later: %s"), e->replaced_by);
}

int cli_verify_stamp(struct cli *c, const char *text)
{
	JX_AUTO(jx_view_entry) e = NULL;
	struct jx_error err = {0};
	struct jx_stamp_code code;
	size_t photo = 0;
	bool is_here = true;
	jx_rc rc = jx_stamp_code_read(text, &code, &err);

	if (rc == JX_OK)
		rc = jx_handheld_open_store(&c->h, true, &err);
	if (rc == JX_OK)
		rc = jx_handheld_open_media(&c->h, &err);
	if (rc == JX_OK)
		rc = find(c, &code, &e, &err);
	if (rc == JX_OK)
		rc = jx_stamp_code_check(&code, e->row.number, e->bytes, e->len, &photo, &err);
	if (rc == JX_OK)
		rc = check_signature(c, e, &err);
	if (rc == JX_OK)
		rc = jx_media_verify(c->h.media, e->entry.photos[photo].sha256, &err);
	if (rc == JX_ENOTFOUND && e != NULL) {
		is_here = false;
		rc = JX_OK;
	}
	if (rc != JX_OK)
		return cli_fail(c, &err);
	print(c, e, photo, is_here);
	return 0;
}
