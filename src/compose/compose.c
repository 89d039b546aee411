/* From a composition to an entry. */
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define WHERE "compose.save"
#define MB    1000000 /* as the profile counts */

static const char *or_null(const char *s)
{
	return s[0] != '\0' ? s : NULL;
}

/* Nothing found and no access have no quantity; one that was typed before is left out. */
static jx_rc set_answers(const struct jx_compose *c, jx_capture *cap, struct jx_error *err)
{
	const bool is_found = strcmp(c->result, "found") == 0;
	struct jx_observation o = {
		.result = c->result,
		.code = or_null(c->code),
		.quantity = is_found ? or_null(c->quantity) : NULL,
		.unit = is_found ? or_null(c->unit) : NULL,
		.note = or_null(c->note),
		.is_self_handled = c->self_handled[0] != '\0',
		.party = or_null(c->party),
		.unit_responsible = or_null(c->unit_responsible),
		.measures = or_null(c->measures),
		.party_kind = or_null(c->party_kind),
	};

	if (c->limit_days[0] != '\0' && !jx_parse_i64(c->limit_days, 1, JX_LIMIT_DAYS_MAX, &o.limit_days))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "days to put it right: \"%.20s\" is no number from 1 to %d: correct it",
			       c->limit_days, JX_LIMIT_DAYS_MAX);
	return jx_capture_set_answers(cap, &o, err);
}

static jx_rc add_photos(struct jx_handheld *h, const struct jx_compose *c, jx_capture *cap,
			struct jx_error *err)
{
	uint8_t before[JX_HASH_BYTES];
	jx_rc rc = JX_OK;

	for (size_t i = 0; rc == JX_OK && i < c->photo_count; i++) {
		JX_AUTO_BUF b;

		jx_buf_init(&b, (size_t)(h->profile.photo_max_mb * MB));
		rc = jx_compose_read_photo(h, c, i, &b, err);
		if (rc == JX_OK)
			rc = jx_capture_add_photo_bytes(cap, b.data, b.len, c->photos[i].role,
							c->photos[i].how, err);
	}
	if (rc == JX_OK && c->before[0] != '\0' &&
	    jx_unhex(c->before, strlen(c->before), before, sizeof(before)))
		rc = jx_capture_set_before(cap, before, err);
	return rc;
}

static jx_rc fill(struct jx_handheld *h, const struct jx_compose *c, jx_capture *cap, struct jx_error *err)
{
	uint8_t of[JX_ID_BYTES];
	jx_rc rc = jx_capture_set_draft(cap, &c->draft, err);

	if (rc == JX_OK && c->of[0] != '\0' && jx_uuid_parse(c->of, strlen(c->of), of))
		rc = jx_capture_set_correction(cap, of, c->reason, err);
	/* before photos are copied: a wrong answer costs nothing */
	if (rc == JX_OK)
		rc = set_answers(c, cap, err);
	if (rc != JX_OK)
		return rc;
	jx_capture_set_fix(cap, &c->fix);
	rc = jx_capture_set_place(cap, or_null(c->grid), or_null(c->street), NULL, err);
	if (rc == JX_OK)
		rc = jx_capture_set_why(cap, or_null(c->source), NULL, NULL, err);
	return rc == JX_OK ? add_photos(h, c, cap, err) : rc;
}

jx_rc jx_compose_save(struct jx_handheld *h, const struct jx_compose *c, int64_t *n_out, struct jx_error *err)
{
	JX_AUTO(jx_capture) cap = NULL;
	struct jx_recorder rec;
	const jx_pack *pack;
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc != JX_OK)
		return rc;
	rec = h->recorder;
	/* the pack it began with, for as long as it lives */
	pack = c->draft.pack[0] != '\0' ? jx_packs_version(h->packs, c->draft.pack, c->draft.pack_version)
					: h->pack;
	if (pack != NULL)
		rec.pack = pack;
	rc = jx_capture_begin(&rec, &cap, err);
	if (rc == JX_OK)
		rc = fill(h, c, cap, err);
	if (rc == JX_OK)
		rc = jx_capture_commit(cap, n_out, err);
	if (rc != JX_OK)
		return rc;
	jx_handheld_note_fix_time(h, &c->fix);
	jx_compose__remove_photos(h, c->draft.id);
	return JX_OK;
}
