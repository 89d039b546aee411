/* Review marks: what surprised the server about an entry that it keeps all the same. */
#include <string.h>

#include "ingest_private.h"

/*
 * A device clock that was never set starts in 1970 or at its firmware's date; the product is younger than
 * this.
 */
#define OLDEST_UTC_MS INT64_C(1577836800000) /* 2020-01-01 */
#define AHEAD_MS      JX_INGEST__DAY_MS
#define ANSWERS_MAX   72 /* of what the form says */

static void add(jx_buf *b, const char *mark)
{
	if (b->len > 0)
		jx_buf_addc(b, ',');
	jx_buf_adds(b, mark);
}

/* Marks are separated by commas, so a text among them has none. */
static void add_text(jx_buf *b, const char *name, const char *text)
{
	char cut[ANSWERS_MAX];
	char *p;

	jx_strcpy(cut, sizeof(cut), text);
	for (p = cut; *p != '\0'; p++)
		if (*p == ',')
			*p = ';';
	add(b, name);
	jx_buf_adds(b, ": ");
	jx_buf_adds(b, cut);
}

static bool has_answers(const struct jx_entry *e)
{
	return e->kind == JX_KIND_OBSERVATION || e->kind == JX_KIND_CORRECTION;
}

/*
 * The version that the entry names, or the next newer one: a server need not have what only old programs were built with, and
 * codes are closed but never reused.
 */
static const jx_pack *pack_of(const jx_packs *packs, const jx_pack *otherwise, const struct jx_entry *e)
{
	const jx_pack *pack = otherwise;
	size_t i;

	for (i = 0; packs != NULL && (pack = jx_packs_at(packs, i)) != NULL; i++)
		if (strcmp(jx_pack_id(pack), e->pack) == 0 && jx_pack_version(pack) >= e->pack_version)
			return pack;
	if (pack == NULL || strcmp(jx_pack_id(pack), e->pack) != 0 || jx_pack_version(pack) < e->pack_version)
		return NULL;
	return pack;
}

static void add_clock(jx_buf *b, int64_t taken_utc_ms, int64_t now_utc_ms)
{
	if (taken_utc_ms > now_utc_ms + AHEAD_MS)
		add(b, "clock-ahead");
	if (taken_utc_ms < OLDEST_UTC_MS)
		add(b, "clock-behind");
}

static jx_rc add_form(jx_buf *b, jx_ingest *in, const struct jx_entry *e, struct jx_error *err)
{
	JX_INGEST__PACKS(held, in);
	const jx_packs *packs = jx_ingest__packs_of(held);
	const jx_pack *pack = pack_of(packs, in->config.pack, e);
	jx_rc rc = JX_ENOTFOUND;

	if (!has_answers(e) || (packs == NULL && in->config.pack == NULL))
		return JX_OK;
	if (pack != NULL)
		rc = jx_form_check_as(pack, e->form, e->answers.data, e->answers.len, e->day, err);
	if (rc == JX_ENOTFOUND)
		add(b, "unknown-form");
	else if (rc != JX_OK && rc != JX_ENOMEM)
		add_text(b, "answers", err->text);
	return rc == JX_ENOMEM ? rc : JX_OK;
}

jx_rc jx_ingest__marks(jx_ingest *in, const struct jx_writer *who, const struct jx_entry *e, jx_rc decoded,
		       char out[JX_INGEST__MARKS_MAX], struct jx_error *err)
{
	JX_AUTO_BUF b;
	jx_rc rc = JX_OK;

	jx_buf_init(&b, 1024);
	if (decoded == JX_EVERSION)
		add(&b, "newer-version");
	else if (decoded != JX_OK)
		add(&b, "not-understood");
	else if (e->kind == JX_KIND_UNKNOWN)
		add(&b, "unknown-kind");
	if (who->state == JX_WRITER_PENDING)
		add(&b, "pending-writer");
	add_clock(&b, e->taken_utc_ms, jx_ingest__now(in));
	if (decoded == JX_OK)
		rc = add_form(&b, in, e, err);
	if (rc == JX_OK && b.rc == JX_ENOMEM)
		rc = jx_buf_check(&b, "marks", err);
	if (rc == JX_OK)
		jx_strcpy(out, JX_INGEST__MARKS_MAX, b.data == NULL ? "" : b.data);
	return rc;
}
