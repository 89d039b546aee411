/* Checks that are being filled in: each field is on the disk before the next is asked. */
#include <string.h>

#include "store_private.h"

#define WHERE "store.draft"

struct job {
	const uint8_t *id;
	const struct jx_draft *draft; /* to begin; NULL: it is there */
	const struct jx_draft_value *values;
	size_t count;
};

/* Columns of DRAFT. */
static jx_rc read_draft(const jx_store__loan *q, struct jx_draft *out, struct jx_error *err)
{
	memset(out, 0, sizeof(*out));
	out->pack_version = jx_store__col_i64(q, 3);
	out->taken_utc_ms = jx_store__col_i64(q, 5);
	out->value_count = jx_store__col_i64(q, 6);
	out->drafts = jx_store__col_i64(q, 7);
	if (!jx_store__col_blob(q, 0, out->id, JX_ID_BYTES) ||
	    !jx_store__col_text(q, 1, out->form, sizeof(out->form)) ||
	    !jx_store__col_text(q, 2, out->pack, sizeof(out->pack)) ||
	    !jx_store__col_text(q, 4, out->day, sizeof(out->day)))
		return jx_store__corrupt(q->store, WHERE, _("a draft cannot be read"), err);
	return JX_OK;
}

static jx_rc fail_unknown(const uint8_t id[JX_ID_BYTES], struct jx_error *err)
{
	char text[37];

	jx_uuid_format(id, text);
	return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
		       "no draft %s on this device: jx check --drafts shows what there is", text);
}

jx_rc jx_store_draft(jx_store *store, const uint8_t id[JX_ID_BYTES], struct jx_draft *out,
		     struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_DRAFT_GET);
	struct jx_draft draft;
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_blob(&q, ":id", id, JX_ID_BYTES);
	rc = jx_store__step(&q, &has_row, err);
	if (rc == JX_OK && !has_row)
		return fail_unknown(id, err);
	if (rc == JX_OK)
		rc = read_draft(&q, &draft, err);
	if (rc == JX_OK)
		*out = draft;
	return rc;
}

jx_rc jx_store_each_draft(jx_store *store, jx_draft_fn fn, void *user, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_DRAFT_EACH);

	for (;;) {
		struct jx_draft draft;
		bool has_row = false;
		jx_rc rc = jx_store__step(&q, &has_row, err);

		if (rc == JX_OK && has_row)
			rc = read_draft(&q, &draft, err);
		if (rc == JX_OK && has_row)
			rc = fn(user, &draft);
		if (rc != JX_OK || !has_row)
			return rc;
	}
}

jx_rc jx_store_each_draft_value(jx_store *store, const uint8_t id[JX_ID_BYTES], jx_draft_value_fn fn,
				void *user, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_DRAFT_VALUE_EACH);

	jx_store__bind_blob(&q, ":id", id, JX_ID_BYTES);
	for (;;) {
		struct jx_draft_value v;
		bool has_row = false;
		jx_rc rc = jx_store__step(&q, &has_row, err);

		if (rc != JX_OK || !has_row)
			return rc;
		v.path = (const char *)sqlite3_column_text(q.stmt, 0);
		v.value = (const char *)sqlite3_column_text(q.stmt, 1);
		if (v.path == NULL || v.value == NULL)
			return jx_store__corrupt(store, WHERE, _("a draft cannot be read"), err);
		rc = fn(user, &v);
		if (rc != JX_OK)
			return rc;
	}
}

/* ---- writing --------------------------------------------------------------------------------------- */

static jx_rc check_values(const struct jx_draft_value *values, size_t count, struct jx_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct jx_draft_value *v = &values[i];

		if (v->path[0] == '\0' || strnlen(v->path, JX_DRAFT_PATH_MAX) == JX_DRAFT_PATH_MAX ||
		    !jx_utf8_ok(v->path, strlen(v->path)))
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "\"%.40s\" is no name of a field: see which the form has", v->path);
		if (v->value != NULL && (strnlen(v->value, JX_DRAFT_VALUE_MAX) == JX_DRAFT_VALUE_MAX ||
					 !jx_utf8_ok(v->value, strlen(v->value))))
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"the answer of %s is longer than %d bytes or no valid UTF-8: shorten it",
				v->path, JX_DRAFT_VALUE_MAX - 1);
	}
	return JX_OK;
}

static jx_rc put_value(jx_store *s, const uint8_t id[JX_ID_BYTES], const struct jx_draft_value *v,
		       struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, v->value == NULL ? JX_SQL_DRAFT_VALUE_DROP : JX_SQL_DRAFT_VALUE_PUT);

	jx_store__bind_blob(&q, ":id", id, JX_ID_BYTES);
	jx_store__bind_text(&q, ":path", v->path);
	if (v->value == NULL)
		return jx_store__run(&q, err); /* what was never touched need not be there */
	jx_store__bind_text(&q, ":value", v->value);
	return jx_store__run_one(&q, err);
}

/* Is the id taken, by a draft or by an entry? How many drafts are there? */
static jx_rc check_new(jx_store *s, const uint8_t id[JX_ID_BYTES], struct jx_error *err)
{
	JX_LOAN entry = jx_store__lend(s, JX_SQL_ENTRY_POS);
	JX_LOAN each = jx_store__lend(s, JX_SQL_DRAFT_EACH);
	struct jx_draft newest = {.drafts = 0};
	bool has_entry = false, has_draft = false, is_draft;
	jx_rc rc;

	jx_store__bind_blob(&entry, ":id", id, JX_ID_BYTES);
	rc = jx_store__step(&entry, &has_entry, err);
	is_draft = rc == JX_OK && jx_store_draft(s, id, &newest, NULL) == JX_OK;
	if (rc == JX_OK && (has_entry || is_draft))
		return jx_fail(err, JX_EEXISTS, 0, WHERE,
			       "an entry or a draft of this id is there already: leave the id out");
	if (rc == JX_OK)
		rc = jx_store__step(&each, &has_draft, err);
	if (rc == JX_OK && has_draft)
		rc = read_draft(&each, &newest, err);
	if (rc == JX_OK && newest.drafts >= JX_DRAFTS_MAX)
		return jx_fail(
			err, JX_ELIMIT, 0, WHERE,
			"there are %d drafts already: save some with jx check --resume, or drop some with --drop",
			JX_DRAFTS_MAX);
	return rc;
}

static jx_rc add(jx_store *s, const struct jx_draft *d, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_DRAFT_ADD);

	jx_store__bind_blob(&q, ":id", d->id, JX_ID_BYTES);
	jx_store__bind_text(&q, ":form", d->form);
	jx_store__bind_text(&q, ":pack", d->pack);
	jx_store__bind_i64(&q, ":pack_version", d->pack_version);
	jx_store__bind_text(&q, ":day", d->day);
	jx_store__bind_i64(&q, ":taken_utc_ms", d->taken_utc_ms);
	return jx_store__run_one(&q, err);
}

static jx_rc work(jx_store *s, void *arg, struct jx_error *err)
{
	const struct job *job = arg;
	struct jx_draft draft;
	size_t i;
	jx_rc rc = job->draft != NULL ? check_new(s, job->id, err) : jx_store_draft(s, job->id, &draft, err);

	if (rc == JX_OK && job->draft != NULL)
		rc = add(s, job->draft, err);
	for (i = 0; i < job->count && rc == JX_OK; i++)
		rc = put_value(s, job->id, &job->values[i], err);
	return rc;
}

jx_rc jx_store_begin_draft(jx_store *store, const struct jx_draft *draft, const struct jx_draft_value *values,
			   size_t count, struct jx_error *err)
{
	struct job job = {.id = draft->id, .draft = draft, .values = values, .count = count};
	const jx_rc rc = check_values(values, count, err);

	return rc == JX_OK ? jx_store__transaction(store, work, &job, NULL, err) : rc;
}

jx_rc jx_store_set_draft(jx_store *store, const uint8_t id[JX_ID_BYTES], const struct jx_draft_value *values,
			 size_t count, struct jx_error *err)
{
	struct job job = {.id = id, .values = values, .count = count};
	const jx_rc rc = check_values(values, count, err);

	return rc == JX_OK ? jx_store__transaction(store, work, &job, NULL, err) : rc;
}

jx_rc jx_store__drop_draft(jx_store *s, const uint8_t id[JX_ID_BYTES], struct jx_error *err)
{
	JX_LOAN values = jx_store__lend(s, JX_SQL_DRAFT_DROP_VALUES);
	JX_LOAN draft = jx_store__lend(s, JX_SQL_DRAFT_DROP);
	jx_rc rc;

	jx_store__bind_blob(&values, ":id", id, JX_ID_BYTES);
	jx_store__bind_blob(&draft, ":id", id, JX_ID_BYTES);
	rc = jx_store__run(&values, err);
	return rc == JX_OK ? jx_store__run(&draft, err) : rc;
}

static jx_rc drop(jx_store *s, void *arg, struct jx_error *err)
{
	const struct job *job = arg;
	struct jx_draft draft;
	const jx_rc rc = jx_store_draft(s, job->id, &draft, err);

	return rc == JX_OK ? jx_store__drop_draft(s, job->id, err) : rc;
}

jx_rc jx_store_drop_draft(jx_store *store, const uint8_t id[JX_ID_BYTES], struct jx_error *err)
{
	struct job job = {.id = id};

	return jx_store__transaction(store, drop, &job, NULL, err);
}
