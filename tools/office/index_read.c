/* What the files, the statement and the fetching of photos ask the index. */
#include <string.h>

#include "index_private.h"

static void read_place(const struct jx_office__use *u, struct jx_office__place *p)
{
	*p = (struct jx_office__place){
		.n = jx_office__i64(u, 2),
		.kind = (enum jx_kind)jx_office__i64(u, 3),
		.taken_utc_ms = jx_office__i64(u, 4),
		.pos = jx_office__i64(u, 5),
		.len = (size_t)jx_office__i64(u, 6),
		.is_fork = jx_office__i64(u, 7) != 0,
	};
	(void)jx_office__blob(u, 0, p->writer, sizeof(p->writer));
	jx_office__text(u, 1, p->short_code, sizeof(p->short_code));
}

static jx_rc each_place(struct jx_office__use *u, jx_office__place_fn fn, void *user, struct jx_error *err)
{
	bool has_row = false;
	jx_rc rc = jx_office__step(u, &has_row, err);

	while (rc == JX_OK && has_row) {
		struct jx_office__place p;

		read_place(u, &p);
		rc = fn(user, &p, err);
		if (rc == JX_OK)
			rc = jx_office__step(u, &has_row, err);
	}
	return rc;
}

jx_rc jx_office__index_each_of_day(jx_office__index *x, const char *day, jx_office__place_fn fn, void *user,
				   struct jx_error *err)
{
	JX_OFFICE__USE(u, x, ENTRIES_OF_DAY);

	jx_office__bind_text(&u, 1, day);
	return each_place(&u, fn, user, err);
}

jx_rc jx_office__index_each_of_period(jx_office__index *x, const char *since, const char *until,
				      jx_office__place_fn fn, void *user, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, ENTRIES_OF_PERIOD);

	jx_office__bind_text(&u, 1, since);
	jx_office__bind_text(&u, 2, until);
	return each_place(&u, fn, user, err);
}

jx_rc jx_office__index_place_of(jx_office__index *x, const uint8_t id[JX_ID_BYTES],
				struct jx_office__place *out, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, ID_PLACE);
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_blob(&u, 1, id, JX_ID_BYTES);
	rc = jx_office__step(&u, &has_row, err);
	if (rc == JX_OK && has_row)
		read_place(&u, out);
	return rc == JX_OK && !has_row ? JX_ENOTFOUND : rc;
}

jx_rc jx_office__index_each_of_number(jx_office__index *x, const char *short_code, int64_t n,
				      jx_office__place_fn fn, void *user, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, NUMBER_PLACE);

	jx_office__bind_text(&u, 1, short_code);
	jx_office__bind_i64(&u, 2, n);
	return each_place(&u, fn, user, err);
}

jx_rc jx_office__index_revised_by(jx_office__index *x, const uint8_t id[JX_ID_BYTES],
				  uint8_t writer_out[JX_ID_BYTES], int64_t *n_out, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, REVISION_NUMBER);
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_blob(&u, 1, id, JX_ID_BYTES);
	rc = jx_office__step(&u, &has_row, err);
	if (rc != JX_OK || !has_row)
		return rc == JX_OK ? JX_ENOTFOUND : rc;
	(void)jx_office__blob(&u, 0, writer_out, JX_ID_BYTES);
	*n_out = jx_office__i64(&u, 2);
	return JX_OK;
}

static jx_rc number_with(struct jx_office__use *u, char out[JX_OFFICE__NUMBER_MAX], struct jx_error *err)
{
	uint8_t writer[JX_ID_BYTES] = {0};
	char short_code[16];
	bool has_row = false;
	const jx_rc rc = jx_office__step(u, &has_row, err);

	if (rc != JX_OK)
		return rc;
	out[0] = '\0';
	if (has_row) {
		(void)jx_office__blob(u, 0, writer, sizeof(writer));
		jx_office__text(u, 1, short_code, sizeof(short_code));
		jx_office__number(writer, short_code, jx_office__i64(u, 2), out);
	}
	return JX_OK;
}

jx_rc jx_office__index_number_of(jx_office__index *x, const uint8_t id[JX_ID_BYTES],
				 char out[JX_OFFICE__NUMBER_MAX], struct jx_error *err)
{
	JX_OFFICE__USE(u, x, ID_NUMBER);

	jx_office__bind_blob(&u, 1, id, JX_ID_BYTES);
	return number_with(&u, out, err);
}

jx_rc jx_office__index_replaced_by(jx_office__index *x, const uint8_t id[JX_ID_BYTES],
				   char out[JX_OFFICE__NUMBER_MAX], struct jx_error *err)
{
	JX_OFFICE__USE(u, x, REVISION_NUMBER);

	jx_office__bind_blob(&u, 1, id, JX_ID_BYTES);
	return number_with(&u, out, err);
}

/* One row at a time, from the last day on: fn may change the table that is walked. */
jx_rc jx_office__index_each_changed_day(jx_office__index *x, jx_office__day_fn fn, void *user,
					struct jx_error *err)
{
	char day[11] = "";
	bool has_row = true;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && has_row) {
		{
			JX_OFFICE__USE(u, x, DAYS_CHANGED);

			jx_office__bind_text(&u, 1, day);
			rc = jx_office__step(&u, &has_row, err);
			if (rc == JX_OK && has_row)
				jx_office__text(&u, 0, day, sizeof(day));
		}
		if (rc == JX_OK && has_row)
			rc = fn(user, day, err);
	}
	return rc;
}

jx_rc jx_office__index_day_done(jx_office__index *x, const char *day, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, DAY_DONE);

	jx_office__bind_text(&u, 1, day);
	return jx_office__run(&u, err);
}

jx_rc jx_office__index_next_wanted(jx_office__index *x, struct jx_office__wanted *w, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, WANTED_NEXT);
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_text(&u, 1, w->day);
	jx_office__bind_blob(&u, 2, w->sha256, JX_HASH_BYTES);
	rc = jx_office__step(&u, &has_row, err);
	if (rc != JX_OK || !has_row)
		return rc == JX_OK ? JX_ENOTFOUND : rc;
	/* read before the bindings change under them */
	w->size_bytes = jx_office__i64(&u, 2);
	(void)jx_office__blob(&u, 1, w->sha256, JX_HASH_BYTES);
	jx_office__text(&u, 0, w->day, sizeof(w->day));
	return JX_OK;
}

/* A hundred thousand; more have no use for one evening's look. */
#define MISSING_BYTES_MAX ((size_t)8 << 20)

jx_rc jx_office__index_missing(jx_office__index *x, jx_buf *out, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, PHOTO_MISSING);
	struct jx_office__wanted w;
	bool has_row = false;
	jx_rc rc = jx_office__step(&u, &has_row, err);

	jx_buf_init(out, MISSING_BYTES_MAX);
	while (rc == JX_OK && has_row && out->len + sizeof(w) < MISSING_BYTES_MAX) {
		memset(&w, 0, sizeof(w));
		w.size_bytes = jx_office__i64(&u, 2);
		(void)jx_office__blob(&u, 1, w.sha256, JX_HASH_BYTES);
		jx_office__text(&u, 0, w.day, sizeof(w.day));
		jx_buf_add(out, &w, sizeof(w));
		rc = jx_office__step(&u, &has_row, err);
	}
	return rc == JX_OK ? jx_buf_check(out, "list of photos", err) : rc;
}

jx_rc jx_office__index_next_other(jx_office__index *x, const char *kind, char *key, size_t cap,
				  int64_t *pos_out, size_t *len_out, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, OTHER_NEXT);
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_text(&u, 1, kind);
	jx_office__bind_text(&u, 2, key);
	rc = jx_office__step(&u, &has_row, err);
	if (rc != JX_OK || !has_row)
		return rc == JX_OK ? JX_ENOTFOUND : rc;
	*pos_out = jx_office__i64(&u, 1);
	*len_out = (size_t)jx_office__i64(&u, 2);
	jx_office__text(&u, 0, key, cap);
	return JX_OK;
}

jx_rc jx_office__index_fetched(jx_office__index *x, const struct jx_office__wanted *w, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, WANTED_DONE);

	jx_office__bind_text(&u, 1, w->day);
	jx_office__bind_blob(&u, 2, w->sha256, JX_HASH_BYTES);
	return jx_office__run(&u, err);
}

static jx_rc count_with(struct jx_office__use *u, int64_t *out, struct jx_error *err)
{
	bool has_row = false;
	const jx_rc rc = jx_office__step(u, &has_row, err);

	if (rc == JX_OK)
		*out = has_row ? jx_office__i64(u, 0) : 0;
	return rc;
}

jx_rc jx_office__index_counts(jx_office__index *x, int64_t *observations_out, int64_t *wanted_out,
			      struct jx_error *err)
{
	JX_OFFICE__USE(observations, x, COUNT_OBSERVATIONS);
	JX_OFFICE__USE(wanted, x, COUNT_WANTED);
	const jx_rc rc = count_with(&observations, observations_out, err);

	return rc == JX_OK ? count_with(&wanted, wanted_out, err) : rc;
}
