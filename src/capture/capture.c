/* An observation, from first touch to commit. */
#include <stdlib.h>
#include <string.h>

#include "capture_private.h"

#define WHERE "capture.observation"
/* A stale fix of yesterday says nothing about the time of now. */
#define FIX_AGE_MAX_MS (INT64_C(24) * 3600 * 1000)

static void name_form(jx_capture *c, const jx_pack *pack, const char *form)
{
	c->job.pack = pack;
	jx_strcpy(c->entry.form, sizeof(c->entry.form), form);
	jx_strcpy(c->entry.pack, sizeof(c->entry.pack), jx_pack_id(pack));
	c->entry.pack_version = jx_pack_version(pack);
}

jx_rc jx_capture_begin(struct jx_recorder *rec, jx_capture **capture_out, struct jx_error *err)
{
	jx_capture *c;

	if (rec->pack == NULL)
		return jx_fail(err, JX_ESTATE, 0, WHERE,
			       "no form pack is loaded: run jx sync, or install the packs again");
	c = jx_xcalloc(1, sizeof(*c));
	c->job.rec = rec;
	c->job.e = &c->entry;
	c->job.needs = JX_CAPTURE__PERSON | JX_CAPTURE__ANSWERS;
	jx_capture__begin_entry(rec, JX_KIND_OBSERVATION, &c->entry);
	jx_buf_init(&c->answers, JX_ENTRY_BYTES_MAX);
	c->entry.has_place = true;
	jx_capture_set_fix(c, NULL);
	name_form(c, rec->pack, jx_pack_form(rec->pack));
	*capture_out = c;
	return JX_OK;
}

void jx_capture_drop(jx_capture *capture)
{
	if (capture == NULL)
		return;
	jx_buf_done(&capture->answers);
	free(capture);
}

const uint8_t *jx_capture_id(const jx_capture *capture)
{
	return capture->entry.id;
}

jx_rc jx_capture_set_id(jx_capture *capture, const uint8_t id[JX_ID_BYTES], struct jx_error *err)
{
	/* RFC 9562: variant 10 in the two highest bits of byte 8, version 1 to 8 in byte 6 */
	if ((id[8] & 0xc0) != 0x80 || (id[6] >> 4) < 1 || (id[6] >> 4) > 8)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "field \"id\" is no UUID: leave it out to have one made");
	memcpy(capture->entry.id, id, JX_ID_BYTES);
	return JX_OK;
}

void jx_capture_set_fix(jx_capture *capture, const struct jx_fix *fix)
{
	struct jx_entry *e = &capture->entry;

	memset(&e->fix, 0, sizeof(e->fix));
	e->fix.accuracy_mm = -1;
	e->fix.satellites_used = -1;
	e->gnss_utc_ms = 0;
	if (fix == NULL)
		return;
	e->fix = *fix;
	/* The receiver's time of the fix, carried on by the monotonic clock to the moment of asking. */
	if (fix->source == JX_FIX_GNSS && fix->gnss_utc_ms > 0 && fix->age_ms >= 0 &&
	    fix->age_ms <= FIX_AGE_MAX_MS)
		e->gnss_utc_ms = fix->gnss_utc_ms + fix->age_ms;
}

jx_rc jx_capture_set_place(jx_capture *capture, const char *grid, const char *street, const char *ref_version,
			   struct jx_error *err)
{
	struct jx_entry e = capture->entry;
	jx_rc rc = jx_capture__set_text(e.grid, sizeof(e.grid), grid, "grid", err);

	if (rc == JX_OK)
		rc = jx_capture__set_text(e.street, sizeof(e.street), street, "street", err);
	if (rc == JX_OK)
		rc = jx_capture__set_text(e.ref_version, sizeof(e.ref_version), ref_version, "ref_version",
					  err);
	if (rc == JX_OK)
		capture->entry = e;
	return rc;
}

jx_rc jx_capture_set_why(jx_capture *capture, const char *source, const char *campaign, const char *officer2,
			 struct jx_error *err)
{
	struct jx_entry e = capture->entry;
	jx_rc rc = jx_capture__set_text(e.source, sizeof(e.source), source, "source", err);

	if (rc == JX_OK)
		rc = jx_capture__set_text(e.campaign, sizeof(e.campaign), campaign, "campaign", err);
	if (rc == JX_OK)
		rc = jx_capture__set_text(e.officer2, sizeof(e.officer2), officer2, "officer2", err);
	if (rc == JX_OK)
		capture->entry = e;
	return rc;
}

jx_rc jx_capture_set_answers(jx_capture *capture, const struct jx_observation *obs, struct jx_error *err)
{
	struct jx_recorder *rec = capture->job.rec;
	JX_AUTO_BUF answers = {0};
	char day[11];
	jx_rc rc = jx_capture__day(rec, capture->entry.taken_utc_ms, day, err);

	jx_buf_init(&answers, JX_ENTRY_BYTES_MAX);
	if (rc == JX_OK)
		rc = jx_form_observation(rec->pack, obs, day, &answers, err);
	if (rc == JX_OK)
		rc = jx_buf_check(&answers, "answers", err);
	if (rc != JX_OK)
		return rc;
	jx_buf_reset(&capture->answers);
	jx_buf_add(&capture->answers, answers.data, answers.len);
	rc = jx_buf_check(&capture->answers, "answers", err);
	if (rc != JX_OK)
		return rc;
	name_form(capture, rec->pack, jx_pack_form(rec->pack));
	capture->entry.answers = (struct jx_bytes){.data = capture->answers.data,
						   .len = capture->answers.len};
	return JX_OK;
}

static jx_rc check_role(const struct jx_form *form, const char *role, struct jx_error *err)
{
	JX_AUTO_BUF roles = {0};
	size_t i;

	jx_buf_init(&roles, 4096);
	for (i = 0; i < form->photo_role_count; i++) {
		if (strcmp(form->photo_roles[i], role) == 0)
			return JX_OK;
		jx_buf_addf(&roles, "%s%s", i > 0 ? ", " : "", form->photo_roles[i]);
	}
	if (form->photo_role_count == 0)
		return jx_fail(err, JX_EINVAL, 0, "photo", "%s takes no photos: leave them out",
			       jx_text_pick(&form->name));
	return jx_fail(err, JX_EINVAL, 0, "photo", "photo role \"%s\" does not belong to %s: use one of %s",
		       role, jx_text_pick(&form->name), roles.data);
}

jx_rc jx_capture_set_sheet(jx_capture *capture, const jx_sheet *sheet, struct jx_error *err)
{
	const struct jx_form *form = jx_sheet_form(sheet);
	const struct jx_entry *e = &capture->entry;
	const char *roles[JX_PHOTOS_MAX];
	JX_AUTO_BUF answers = {0};
	jx_rc rc = JX_OK;
	size_t i, count = 0;

	jx_buf_init(&answers, JX_ENTRY_BYTES_MAX);
	for (i = 0; i < e->photo_count && rc == JX_OK; i++) {
		if (jx_photo_is_sound(&e->photos[i]))
			continue;
		rc = check_role(form, e->photos[i].role, err);
		roles[count++] = e->photos[i].role;
	}
	if (rc == JX_OK)
		rc = jx_sheet_write(sheet, roles, count, &answers, err);
	if (rc == JX_OK)
		rc = jx_buf_check(&answers, "answers", err);
	if (rc != JX_OK)
		return rc;
	jx_buf_reset(&capture->answers);
	jx_buf_add(&capture->answers, answers.data, answers.len);
	rc = jx_buf_check(&capture->answers, "answers", err);
	if (rc != JX_OK)
		return rc;
	name_form(capture, jx_sheet_pack(sheet), form->id);
	capture->entry.answers = (struct jx_bytes){.data = capture->answers.data,
						   .len = capture->answers.len};
	return JX_OK;
}

jx_rc jx_capture_set_draft(jx_capture *capture, const struct jx_draft *draft, struct jx_error *err)
{
	const jx_rc rc = jx_capture_set_id(capture, draft->id, err);

	if (rc == JX_OK && draft->taken_utc_ms > 0)
		capture->entry.taken_utc_ms = draft->taken_utc_ms;
	return rc;
}

jx_rc jx_capture_set_correction(jx_capture *capture, const uint8_t of_id[JX_ID_BYTES], const char *reason,
				struct jx_error *err)
{
	struct jx_entry *e = &capture->entry;
	struct jx_entry_ref ref;
	char text[sizeof(e->reason)];
	jx_rc rc = jx_capture__set_text(text, sizeof(text), reason, "reason", err);

	if (rc == JX_OK && text[0] == '\0')
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "field \"reason\" is empty: say why it is corrected");
	if (rc == JX_OK)
		rc = jx_capture__target(capture->job.rec->store, of_id, &ref, err);
	if (rc != JX_OK)
		return rc;
	e->kind = JX_KIND_CORRECTION;
	jx_strcpy(e->kind_name, sizeof(e->kind_name), jx_kind_name(JX_KIND_CORRECTION));
	memcpy(e->reason, text, sizeof(text));
	memcpy(capture->job.of_id, of_id, JX_ID_BYTES);
	capture->job.needs |= JX_CAPTURE__TARGET;
	return JX_OK;
}

jx_rc jx_capture_commit(jx_capture *capture, int64_t *n_out, struct jx_error *err)
{
	if (capture->entry.answers.data == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"answers\" is missing: say what was found");
	return jx_capture__save(&capture->job, n_out, err);
}
