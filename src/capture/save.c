/* From a filled-in entry to a durable one. */
#include <string.h>

#include "capture_private.h"

#define WHERE "capture.save"

/* A clock before 1970 is no time an entry can hold; nothing is refused because a battery was empty. */
static int64_t now_utc_ms(const struct jx_recorder *rec)
{
	const int64_t utc_ms = rec->clock->utc_ms(rec->clock->user);

	return utc_ms > 0 ? utc_ms : 0;
}

void jx_capture__begin_entry(const struct jx_recorder *rec, enum jx_kind kind, struct jx_entry *e)
{
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	jx_strcpy(e->kind_name, sizeof(e->kind_name), jx_kind_name(kind));
	jx_uuid7(rec->clock, rec->rand, e->id);
	rec->rand->fill(rec->rand->user, e->salt, sizeof(e->salt));
	e->taken_utc_ms = now_utc_ms(rec);
}

/* "" if it is not set. */
static jx_rc get(jx_store *store, const char *name, char *out, size_t cap, struct jx_error *err)
{
	const jx_rc rc = jx_store_get(store, name, out, cap, err);

	if (rc != JX_ENOTFOUND)
		return rc;
	out[0] = '\0';
	return JX_OK;
}

jx_rc jx_capture__day(struct jx_recorder *rec, int64_t utc_ms, char out[11], struct jx_error *err)
{
	char day[11];
	jx_rc rc = get(rec->store, JX_SET_SHIFT_DAY, day, sizeof(day), err);

	if (rc == JX_OK && day[0] == '\0' && !jx_day_of(utc_ms, rec->utc_offset_min, day))
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "the device's clock shows no date that exists: set it");
	if (rc == JX_OK)
		memcpy(out, day, sizeof(day));
	return rc;
}

static jx_rc set_shift(struct jx_capture__job *job, struct jx_error *err)
{
	struct jx_entry *e = job->e;
	char shift[40];
	jx_rc rc = get(job->rec->store, JX_SET_SHIFT, shift, sizeof(shift), err);

	if (rc != JX_OK)
		return rc;
	if (shift[0] == '\0') {
		if ((job->needs & JX_CAPTURE__SHIFT) != 0)
			return jx_fail(err, JX_ESTATE, 0, WHERE,
				       "no shift is open: start one with jx shift start");
		return JX_OK;
	}
	if ((job->needs & JX_CAPTURE__NO_SHIFT) != 0)
		return jx_fail(err, JX_ESTATE, 0, WHERE, "a shift is open: end it first with jx shift end");
	if (!jx_uuid_parse(shift, strlen(shift), e->shift))
		return jx_fail(err, JX_ECORRUPT, 0, WHERE,
			       "the open shift's id cannot be read: run jx verify");
	e->has_shift = true;
	return JX_OK;
}

static jx_rc set_person(struct jx_capture__job *job, struct jx_error *err)
{
	struct jx_entry *e = job->e;
	char person[sizeof(e->person)], verified[sizeof(e->person_verified)];
	jx_rc rc = get(job->rec->store, JX_SET_PERSON, person, sizeof(person), err);

	if (rc == JX_OK)
		rc = get(job->rec->store, JX_SET_PERSON_VERIFIED, verified, sizeof(verified), err);
	if (rc != JX_OK)
		return rc;
	if (e->kind == JX_KIND_PERSON_IN) {
		if (e->has_shift && (job->needs & JX_CAPTURE__SAME_PERSON) != 0 &&
		    strcmp(person, e->person) != 0)
			return jx_fail(err, JX_ESTATE, 0, WHERE,
				       "the shift of %s is open: end it first with jx shift end", person);
		return JX_OK;
	}
	if (person[0] == '\0' && (job->needs & JX_CAPTURE__PERSON) != 0)
		return jx_fail(err, JX_ESTATE, 0, WHERE,
			       "nobody is signed in: sign in with jx person sign-in");
	memcpy(e->person, person, sizeof(person));
	memcpy(e->person_verified, verified, sizeof(verified));
	return JX_OK;
}

static jx_rc set_target(struct jx_capture__job *job, struct jx_error *err)
{
	const jx_rc rc = jx_capture__target(job->rec->store, job->of_id, &job->e->ref, err);

	job->e->has_ref = rc == JX_OK;
	return rc;
}

static jx_rc set_totals(struct jx_capture__job *job, struct jx_error *err)
{
	struct jx_entry *e = job->e;

	e->has_totals = true;
	return jx_store_day_totals(job->rec->store, e->day, &e->observations_total, &e->photos_total, err);
}

static jx_rc count_identity(void *user, const struct jx_identity *id)
{
	int *count = user;

	(void)id;
	++*count;
	return JX_OK;
}

/* The first entry of a device that was another writer before must say so; enrolment wrote none if its power went. */
static jx_rc check_first(struct jx_capture__job *job, struct jx_error *err)
{
	int count = 0;
	jx_rc rc = jx_store_each_identity(job->rec->store, count_identity, &count, err);

	job->must_continue = rc == JX_OK && count > 1;
	return job->must_continue ? jx_fail(err, JX_ESTATE, 0, WHERE,
					    "this log does not say yet whose log it continues: save again")
				  : rc;
}

/* Published a moment ago; another process may have let an older file of the same picture go since. */
static jx_rc check_photos(const struct jx_capture__job *job, struct jx_error *err)
{
	const struct jx_entry *e = job->e;
	int64_t size_bytes;
	jx_rc rc = JX_OK;

	for (size_t i = 0; rc == JX_OK && i < e->photo_count; i++)
		rc = jx_media_stat(job->rec->media, e->photos[i].sha256, &size_bytes, err);
	return rc == JX_ENOTFOUND ? jx_fail(err, JX_ESTATE, 0, WHERE,
					    "a photo of this entry is not on the disk any more: add it again")
				  : rc;
}

/* All that depends on the state of the device at this moment. */
static jx_rc complete(struct jx_capture__job *job, struct jx_error *err)
{
	struct jx_recorder *rec = job->rec;
	struct jx_entry *e = job->e;
	struct jx_identity id;
	jx_rc rc = jx_store_identity(rec->store, &id, err);

	e->has_shift = false;
	if (rc == JX_OK && e->n == 1 && e->kind != JX_KIND_CONTINUES)
		rc = check_first(job, err);
	if (rc == JX_OK)
		rc = set_shift(job, err);
	if (rc == JX_OK)
		rc = set_person(job, err);
	if (rc == JX_OK)
		rc = jx_capture__day(rec, e->taken_utc_ms, e->day, err);
	if (rc == JX_OK && (job->needs & JX_CAPTURE__FIRST) != 0 && e->n != 1)
		rc = jx_fail(
			err, JX_ESTATE, 0, WHERE,
			"this log has entries already: only the first entry of an enrolment names the log before it");
	if (rc == JX_OK && (job->needs & JX_CAPTURE__ANSWERS) != 0)
		rc = jx_form_check_as(job->pack, e->form, e->answers.data, e->answers.len, e->day, err);
	if (rc == JX_OK && (job->needs & JX_CAPTURE__TARGET) != 0)
		rc = set_target(job, err);
	if (rc == JX_OK)
		rc = check_photos(job, err);
	if (rc == JX_OK && (job->needs & JX_CAPTURE__TOTALS) != 0)
		rc = set_totals(job, err);
	if (rc != JX_OK)
		return rc;
	memcpy(e->area, id.area, sizeof(e->area));
	e->saved_utc_ms = now_utc_ms(rec);
	e->mono_ms = rec->clock->mono_ms(rec->clock->user);
	rec->clock->boot_id(rec->clock->user, e->boot);
	return JX_OK;
}

static jx_rc encode(void *user, const uint8_t writer[JX_ID_BYTES], int64_t n, jx_buf *out,
		    struct jx_error *err)
{
	struct jx_capture__job *job = user;
	jx_rc rc;

	memcpy(job->e->writer, writer, JX_ID_BYTES);
	job->e->n = n;
	rc = complete(job, err);
	return rc == JX_OK ? jx_entry_encode(job->e, out, err) : rc;
}

static void sign(void *user, const uint8_t head[JX_HASH_BYTES], uint8_t sig_out[JX_SIG_BYTES])
{
	const struct jx_capture__job *job = user;

	jx_chain_sign(job->rec->secret_key, head, sig_out);
}

void jx_capture__set_value(struct jx_capture__job *job, const char *name, const char *value)
{
	job->append.set[job->append.set_count].name = name;
	job->append.set[job->append.set_count].value = value;
	job->append.set_count++;
}

jx_rc jx_capture__save(struct jx_capture__job *job, int64_t *n_out, struct jx_error *err)
{
	jx_rc rc;

	job->append.id = job->e->id;
	job->append.encode = encode;
	job->append.sign = sign;
	job->append.user = job;
	job->must_continue = false;
	rc = jx_store_append(job->rec->store, &job->append, n_out, err);
	if (!job->must_continue)
		return rc;
	rc = jx_capture__continue(job->rec, err);
	/* another process was faster: then the log has its first entry */
	return rc == JX_OK || rc == JX_ESTATE ? jx_store_append(job->rec->store, &job->append, n_out, err)
					      : rc;
}

jx_rc jx_capture__set_text(char *dst, size_t cap, const char *text, const char *field, struct jx_error *err)
{
	const char *from = text == NULL ? "" : text;
	const size_t len = strlen(from);

	if (len >= cap)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"%s\" is longer than %zu bytes: shorten it",
			       field, cap - 1);
	if (!jx_utf8_ok(from, len))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"%s\" is not valid UTF-8: type it again",
			       field);
	memcpy(dst, from, len + 1);
	return JX_OK;
}
