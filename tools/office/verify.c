/*
 * The check of a pulled folder: no network, no secret, nothing of the server but its public identity key. Reads the journal
 * once. What cannot be seen from a folder alone: that a writer's newest entries were cut off together with the receipts
 * for them and with the length in state.json; the server and the writer's own device know better.
 */
#include <stdlib.h>
#include <string.h>

#include "verify_private.h"

#define WHERE "office.verify"

static void free_check(struct jx_office__check **c)
{
	for (size_t i = 0; i < (*c)->chain_count; i++)
		jx_office__chain_free((*c)->chains[i]);
	free((*c)->chains);
	free((*c)->waiting);
	free((*c)->claims);
	free((*c)->photos);
	free(*c);
}

static void check_photo_receipt(struct jx_office__check *c)
{
	struct jx_photo_receipt r;
	struct jx_error why = {.code = JX_OK};
	uint8_t writer[JX_ID_BYTES];

	if (jx_office__open_photo_receipt(&c->trust, &c->item.text, &r, &why) != JX_OK ||
	    strlen(c->item.key) < 36 || !jx_uuid_parse(c->item.key, 36, writer) ||
	    memcmp(writer, r.writer, JX_ID_BYTES) != 0) {
		(void)jx_fail(
			&why, JX_ECORRUPT, 0, WHERE,
			"no trusted key signed this photo-receipt: if the server had another identity key, give it with "
			"--identity");
		jx_office__damage(c, NULL, 0, &why);
		return;
	}
	c->v->photo_receipts++;
	for (size_t i = 0; i < r.photo_count; i++) {
		c->photos = jx_office__grow(c->photos, c->photo_count, &c->photo_cap, sizeof(*c->photos));
		memcpy(c->photos[c->photo_count++], r.photos[i], JX_HASH_BYTES);
	}
}

/* Only the key in force introduces the next: an older one must not bring itself back. JX_EAUTH: nobody's we know. */
static jx_rc take_keys(struct jx_office__check *c, const struct jx_signed *text, struct jx_error *why)
{
	struct jx_keys keys;
	size_t i = 0;
	jx_rc rc = JX_EAUTH;

	for (i = 0; i < c->trust.count && rc == JX_EAUTH; i++)
		rc = jx_keys_open(text, c->trust.keys[i], &keys, why);
	if (rc != JX_OK || i > 1)
		return c->trust.count == 0 ? JX_EAUTH : rc;
	if (!jx_office__trust_add(&c->trust, keys.identity))
		return jx_fail(why, JX_ELIMIT, 0, WHERE, "there are too many identity keys");
	for (i = 0; i < keys.earlier_count; i++)
		jx_office__trust_add_earlier(&c->trust, keys.earlier[i]);
	return JX_OK;
}

static void refuse_keys(struct jx_office__check *c)
{
	struct jx_error why = {.code = JX_OK};

	(void)jx_fail(
		&why, JX_ECORRUPT, 0, WHERE,
		"no trusted key signed these keys: if the server had another identity key, give it with --identity");
	jx_office__damage(c, NULL, 0, &why);
}

/* Does one of those that wait fit now? */
static bool take_waiting(struct jx_office__check *c)
{
	struct jx_error why = {.code = JX_OK};

	for (size_t i = 0; i < c->waiting_count; i++) {
		if (take_keys(c, &c->waiting[i].text, &why) != JX_OK)
			continue;
		c->v->keys++;
		c->waiting[i] = c->waiting[--c->waiting_count];
		return true;
	}
	return false;
}

static void check_keys(struct jx_office__check *c)
{
	struct jx_error why = {.code = JX_OK};
	const jx_rc rc = take_keys(c, &c->item.text, &why);

	if (rc == JX_OK) {
		c->v->keys++;
		while (take_waiting(c))
			;
	} else if (rc == JX_EAUTH) {
		c->waiting = jx_office__grow(c->waiting, c->waiting_count, &c->waiting_cap,
					     sizeof(*c->waiting));
		c->waiting[c->waiting_count].text = c->item.text;
		c->waiting[c->waiting_count++].line = c->line;
	} else {
		refuse_keys(c);
	}
}

static jx_rc check_line(void *user, int64_t pos, int64_t number, const char *line, size_t len,
			struct jx_error *err)
{
	struct jx_office__check *c = user;
	struct jx_error why = {.code = JX_OK};

	(void)pos;
	(void)err;
	c->line = number;
	c->v->lines++;
	if (jx_item_read((struct jx_bytes){line, len}, &c->item, &why) != JX_OK) {
		jx_office__damage(c, NULL, 0, &why);
		return JX_OK; /* a person wants to know how much is damaged */
	}
	if (strcmp(c->item.kind, "entry") == 0)
		jx_office__check_entry(c, line, len);
	else if (strcmp(c->item.kind, "receipt") == 0)
		jx_office__check_receipt(c);
	else if (strcmp(c->item.kind, "photo-receipt") == 0)
		check_photo_receipt(c);
	else if (strcmp(c->item.kind, "keys") == 0)
		check_keys(c);
	else
		c->v->others++;
	return JX_OK;
}

/* Lines that state.json counts; fewer bytes than it counts are damage, more are of an interrupted pull. */
static jx_rc check_lines(struct jx_office__check *c, const struct jx_office__journal *j, int64_t size_bytes,
			 struct jx_error *err)
{
	const int64_t ended = size_bytes < j->state.journal_bytes ? size_bytes : j->state.journal_bytes;
	struct jx_error why = {.code = JX_OK};
	jx_rc rc = JX_OK;

	c->v->tail_bytes = size_bytes - ended;
	if (j->file != NULL)
		rc = jx_office__each_line(c->fs, j->file, j->path, 0, ended, check_line, c, &why);
	if (rc == JX_ECORRUPT)
		jx_office__damage(c, NULL, 0, &why);
	else if (rc != JX_OK && err != NULL)
		*err = why;
	if (rc != JX_OK && rc != JX_ECORRUPT)
		return rc;
	c->line = 0;
	if (jx_office__journal_check_length(j, size_bytes, &why) != JX_OK)
		jx_office__damage(c, NULL, 0, &why);
	return JX_OK;
}

static jx_rc check_journal(struct jx_office__check *c, struct jx_error *err)
{
	struct jx_office__journal j = {.fs = c->fs};
	JX_AUTO_FREE char *state = jx_xasprintf("%s/%s", c->dir, JX_OFFICE__STATE);
	struct jx_error why = {.code = JX_OK};
	int64_t size_bytes = 0, modified_utc_ms = 0;
	jx_rc rc = c->fs->stat(c->fs->user, state, &size_bytes, &modified_utc_ms, NULL);

	if (rc != JX_OK)
		rc = jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			     "%s is missing: nothing says how long the journal was", state);
	else
		rc = jx_office__journal_peek(c->fs, c->dir, &j, &size_bytes, &why);
	if (rc == JX_ECORRUPT) {
		jx_office__damage(c, NULL, 0, &why);
		return JX_OK;
	}
	if (rc != JX_OK) {
		if (err != NULL)
			*err = why;
		return rc;
	}
	rc = check_lines(c, &j, size_bytes, err);
	jx_office__journal_close(&j);
	return rc;
}

jx_rc jx_office__verify(const struct jx_fs *fs, const char *dir, const struct jx_office__trust *trust,
			struct jx_office__verdict *out, struct jx_error *err)
{
	return jx_office__verify_stamp(fs, dir, trust, NULL, out, err);
}

jx_rc jx_office__verify_stamp(const struct jx_fs *fs, const char *dir, const struct jx_office__trust *trust,
			      const struct jx_stamp_code *stamp, struct jx_office__verdict *out,
			      struct jx_error *err)
{
	JX_CLEANUP(free_check) struct jx_office__check *c = jx_xcalloc(1, sizeof(*c));
	struct jx_office__account account;
	jx_rc rc = JX_OK;

	memset(out, 0, sizeof(*out));
	c->fs = fs;
	c->dir = dir;
	c->stamp = stamp;
	c->v = out;
	if (trust != NULL) {
		c->trust = *trust;
	} else {
		rc = jx_office__account_load(fs, dir, &account, err);
		if (rc == JX_OK)
			jx_office__trust_of(&account, &c->trust);
	}
	if (rc == JX_OK)
		rc = check_journal(c, err);
	if (rc == JX_OK) {
		for (size_t i = 0; i < c->waiting_count; i++) {
			c->line = c->waiting[i].line;
			refuse_keys(c);
		}
		jx_office__check_ends(c);
		rc = jx_office__check_photos(c, err);
	}
	return rc;
}
