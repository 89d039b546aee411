/* The small entries: who, when, what was taken back. */
#include <string.h>

#include "capture_private.h"

#define WHERE "capture.record"

static void begin(struct jx_capture__job *job, struct jx_recorder *rec, struct jx_entry *e, enum jx_kind kind,
		  unsigned needs)
{
	memset(job, 0, sizeof(*job));
	job->rec = rec;
	job->e = e;
	job->needs = needs;
	jx_capture__begin_entry(rec, kind, e);
}

jx_rc jx_record_withdrawal(struct jx_recorder *rec, const uint8_t of_id[JX_ID_BYTES], const char *reason,
			   int64_t *n_out, struct jx_error *err)
{
	struct jx_capture__job job;
	struct jx_entry e;
	jx_rc rc;

	begin(&job, rec, &e, JX_KIND_WITHDRAWAL, JX_CAPTURE__PERSON | JX_CAPTURE__TARGET);
	memcpy(job.of_id, of_id, JX_ID_BYTES);
	rc = jx_capture__set_text(e.reason, sizeof(e.reason), reason, "reason", err);
	if (rc == JX_OK && e.reason[0] == '\0')
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "field \"reason\" is empty: say why it is withdrawn");
	return rc == JX_OK ? jx_capture__save(&job, n_out, err) : rc;
}

jx_rc jx_record_person_in(struct jx_recorder *rec, const char *person, const char *verified, int64_t *n_out,
			  struct jx_error *err)
{
	struct jx_capture__job job;
	struct jx_entry e;
	jx_rc rc;

	begin(&job, rec, &e, JX_KIND_PERSON_IN, JX_CAPTURE__SAME_PERSON);
	rc = jx_capture__set_text(e.person, sizeof(e.person), person, "person", err);
	if (rc == JX_OK && e.person[0] == '\0')
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "field \"person\" is empty: give the person's id");
	if (rc == JX_OK && strcmp(verified, "none") != 0 && strcmp(verified, "pin") != 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "field \"verified\" is \"%s\": use none or pin",
			     verified);
	if (rc == JX_OK)
		rc = jx_capture__set_text(e.person_verified, sizeof(e.person_verified), verified, "verified",
					  err);
	if (rc != JX_OK)
		return rc;
	jx_capture__set_value(&job, JX_SET_PERSON, e.person);
	jx_capture__set_value(&job, JX_SET_PERSON_VERIFIED, e.person_verified);
	return jx_capture__save(&job, n_out, err);
}

jx_rc jx_record_person_out(struct jx_recorder *rec, int64_t *n_out, struct jx_error *err)
{
	struct jx_capture__job job;
	struct jx_entry e;

	begin(&job, rec, &e, JX_KIND_PERSON_OUT, JX_CAPTURE__PERSON | JX_CAPTURE__NO_SHIFT);
	jx_capture__set_value(&job, JX_SET_PERSON, NULL);
	jx_capture__set_value(&job, JX_SET_PERSON_VERIFIED, NULL);
	return jx_capture__save(&job, n_out, err);
}

/* The shift's id is the id of the entry that starts it; its day is the day it starts on, also after midnight. */
jx_rc jx_record_shift_start(struct jx_recorder *rec, int64_t *n_out, struct jx_error *err)
{
	struct jx_capture__job job;
	struct jx_entry e;
	char shift[37], day[11];

	begin(&job, rec, &e, JX_KIND_SHIFT_START, JX_CAPTURE__PERSON | JX_CAPTURE__NO_SHIFT);
	jx_uuid_format(e.id, shift);
	if (!jx_day_of(e.taken_utc_ms, rec->utc_offset_min, day))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the device's clock shows no date that exists: set it");
	jx_capture__set_value(&job, JX_SET_SHIFT, shift);
	jx_capture__set_value(&job, JX_SET_SHIFT_DAY, day);
	return jx_capture__save(&job, n_out, err);
}

jx_rc jx_record_shift_end(struct jx_recorder *rec, int64_t *observations_out, int64_t *photos_out,
			  int64_t *n_out, struct jx_error *err)
{
	struct jx_capture__job job;
	struct jx_entry e;
	int64_t n = 0;
	jx_rc rc;

	begin(&job, rec, &e, JX_KIND_DAY_CLOSE, JX_CAPTURE__PERSON | JX_CAPTURE__SHIFT | JX_CAPTURE__TOTALS);
	jx_capture__set_value(&job, JX_SET_SHIFT, NULL);
	jx_capture__set_value(&job, JX_SET_SHIFT_DAY, NULL);
	rc = jx_capture__save(&job, &n, err);
	if (rc != JX_OK)
		return rc;
	*observations_out = e.observations_total;
	*photos_out = e.photos_total;
	*n_out = n;
	return JX_OK;
}

jx_rc jx_record_continues(struct jx_recorder *rec, const uint8_t old_writer[JX_ID_BYTES], int64_t old_n,
			  const uint8_t old_head[JX_HASH_BYTES], int64_t *n_out, struct jx_error *err)
{
	struct jx_capture__job job;
	struct jx_entry e;

	begin(&job, rec, &e, JX_KIND_CONTINUES, JX_CAPTURE__FIRST);
	e.has_continues = true;
	memcpy(e.old_writer, old_writer, JX_ID_BYTES);
	e.old_n = old_n;
	memcpy(e.old_head, old_head, JX_HASH_BYTES);
	return jx_capture__save(&job, n_out, err);
}

struct before {
	struct jx_identity id, current; /* the last but one, and the last */
	uint8_t head[JX_HASH_BYTES];
	int64_t n;
};

static jx_rc see_identity(void *user, const struct jx_identity *id)
{
	struct before *b = user;

	b->id = b->current;
	b->current = *id;
	return JX_OK;
}

/* The newest entry of any earlier log; a writer in between that recorded nothing has nothing to continue. */
static jx_rc see_last(void *user, const struct jx_log_row *row)
{
	struct before *b = user;

	memcpy(b->id.writer, row->writer, JX_ID_BYTES);
	memcpy(b->head, row->head, JX_HASH_BYTES);
	b->n = row->n;
	return JX_OK;
}

jx_rc jx_capture__continue(struct jx_recorder *rec, struct jx_error *err)
{
	const struct jx_log_query newest = {.newest_first = true, .limit = 1, .all_writers = true};
	struct before b = {.n = 0};
	int64_t n;
	jx_rc rc = jx_store_each_identity(rec->store, see_identity, &b, err);

	if (rc != JX_OK)
		return rc;
	jx_chain_root(b.id.writer, b.id.public_key, b.head);
	rc = jx_store_each(rec->store, &newest, see_last, &b, err);
	return rc == JX_OK ? jx_record_continues(rec, b.id.writer, b.n, b.head, &n, err) : rc;
}
