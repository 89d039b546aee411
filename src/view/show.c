/* One entry, by any name a person has for it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "view_private.h"

#define WHERE          "view.find"
#define PREFIX_HEX_MIN 6

struct hit {
	uint8_t id[JX_ID_BYTES];
	int64_t count;
	/* by number: which short code, NULL = the current writer's */
	struct jx_view__reader reader;
	const char *number;
	struct jx_error *err;
};

static jx_rc take(void *user, const struct jx_log_row *row)
{
	struct hit *h = user;

	memcpy(h->id, row->id, JX_ID_BYTES);
	h->count++;
	return JX_OK;
}

/* The newest identity with that short code wins: it may have been given again after an enrolment. */
static jx_rc take_number(void *user, const struct jx_log_row *row)
{
	struct hit *h = user;
	char number[JX_NUMBER_MAX];
	const jx_rc rc = jx_view__number(&h->reader, row->writer, row->n, number, h->err);

	if (rc == JX_OK && strcasecmp(number, h->number) == 0)
		return take(user, row);
	return rc;
}

static jx_rc fail_unknown(const char *name, struct jx_error *err)
{
	return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
		       "no entry \"%s\" on this device: jx list shows what there is", name);
}

/* "12", or the 12 of "H07-12". */
static jx_rc find_number(jx_store *store, const char *name, const char *digits, struct hit *h,
			 struct jx_error *err)
{
	struct jx_log_query q = {.all_writers = digits != name};
	int64_t n = 0;

	if (!jx_parse_i64(digits, 1, (INT64_C(1) << 40) - 1, &n))
		return JX_OK; /* no number; the beginning of an id may look like one */
	q.from_n = n;
	q.until_n = n;
	h->reader.store = store;
	h->number = name;
	return jx_store_each(store, &q, digits == name ? take : take_number, h, err);
}

static jx_rc find_prefix(jx_store *store, const char *name, struct hit *h, struct jx_error *err)
{
	uint8_t first[JX_ID_BYTES], last[JX_ID_BYTES];
	char low[2 * JX_ID_BYTES + 1] = "", high[2 * JX_ID_BYTES + 1];
	size_t len = 0;
	jx_rc rc;

	for (; *name != '\0'; name++) {
		if (*name == '-')
			continue;
		if (len == 2 * (size_t)JX_ID_BYTES)
			return fail_unknown(name, err);
		low[len++] = *name;
	}
	memcpy(high, low, len);
	memset(low + len, '0', sizeof(low) - len);
	memset(high + len, 'f', sizeof(high) - len);
	if (!jx_unhex(low, 2 * (size_t)JX_ID_BYTES, first, sizeof(first)) ||
	    !jx_unhex(high, 2 * (size_t)JX_ID_BYTES, last, sizeof(last)))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "that is no name of an entry: use a number such as H07-12, or an id");
	rc = jx_store_each_id(store, first, last, take, h, err);
	if (rc == JX_OK && h->count > 1)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%lld entries begin so: give more digits of the id",
			       (long long)h->count);
	return rc;
}

/* Digits after its last hyphen, or nothing else: a number has no more. */
static const char *digits_of(const char *name)
{
	const char *hyphen = strrchr(name, '-');
	const char *digits = hyphen == NULL ? name : hyphen + 1;

	if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
		return NULL;
	return digits;
}

static jx_rc find(jx_store *store, const char *name, struct hit *h, struct jx_error *err)
{
	uint8_t id[JX_ID_BYTES];
	/* one id in three hundred ends in nothing but digits */
	const char *digits = jx_uuid_parse(name, strlen(name), id) ? NULL : digits_of(name);
	jx_rc rc = JX_OK;

	if (name[0] == '\0' || strlen(name) >= JX_NUMBER_MAX || !jx_utf8_ok(name, strlen(name)))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "that is no name of an entry: use a number such as H07-12, or an id");
	h->err = err;
	if (digits != NULL && strlen(digits) <= 12)
		rc = find_number(store, name, digits, h, err);
	if (rc == JX_OK && h->count == 0 && strspn(name, "0123456789abcdefABCDEF-") == strlen(name) &&
	    strlen(name) >= PREFIX_HEX_MIN)
		rc = find_prefix(store, name, h, err);
	if (rc == JX_OK && h->count == 0)
		return fail_unknown(name, err);
	return rc;
}

jx_rc jx_view_find(jx_store *store, const char *name, uint8_t id_out[JX_ID_BYTES], struct jx_error *err)
{
	struct hit h = {.count = 0};
	const jx_rc rc = find(store, name, &h, err);

	if (rc == JX_OK)
		memcpy(id_out, h.id, JX_ID_BYTES);
	return rc;
}

struct number_job {
	struct jx_view__reader reader;
	char number[JX_NUMBER_MAX];
	struct jx_error *err;
};

static jx_rc put_number(void *user, const struct jx_log_row *row)
{
	struct number_job *job = user;

	return jx_view__number(&job->reader, row->writer, row->n, job->number, job->err);
}

jx_rc jx_view_number(jx_store *store, const uint8_t id[JX_ID_BYTES], char out[JX_NUMBER_MAX],
		     struct jx_error *err)
{
	struct number_job job = {.reader = {.store = store}, .err = err};
	const jx_rc rc = jx_store_by_id(store, id, put_number, &job, err);

	if (rc == JX_OK)
		memcpy(out, job.number, sizeof(job.number));
	return rc;
}

struct show_job {
	struct jx_view__reader reader;
	jx_view_entry *entry;
	struct jx_error *err;
};

static jx_rc fill(void *user, const struct jx_log_row *row)
{
	struct show_job *job = user;
	jx_view_entry *out = job->entry;
	struct jx_view__fate fate;
	struct jx_log_row copy = *row;
	jx_rc rc;

	out->bytes = jx_xstrndup(row->bytes, row->len);
	out->len = row->len;
	copy.bytes = out->bytes; /* so that entry.answers stays good after the walk */
	rc = jx_view__row(&job->reader, &copy, &out->row, &out->entry, job->err);
	if (rc == JX_OK)
		rc = jx_view__fate(&job->reader, row, &fate, job->err);
	if (rc != JX_OK)
		return rc;
	memcpy(out->replaced_by, fate.replaced_by, sizeof(out->replaced_by));
	memcpy(out->digest, row->digest, JX_HASH_BYTES);
	memcpy(out->head, row->head, JX_HASH_BYTES);
	memcpy(out->sig, row->sig, JX_SIG_BYTES);
	return JX_OK;
}

static jx_rc show(const struct jx_view__reader *reader, const char *name, jx_view_entry **entry_out,
		  struct jx_error *err)
{
	JX_AUTO(jx_view_entry) entry = jx_xcalloc(1, sizeof(*entry));
	struct show_job job = {.reader = *reader, .entry = entry, .err = err};
	uint8_t id[JX_ID_BYTES];
	jx_rc rc = jx_view_find(reader->store, name, id, err);

	if (rc == JX_OK)
		rc = jx_store_by_id(reader->store, id, fill, &job, err);
	if (rc == JX_OK)
		*entry_out = JX_STEAL(entry);
	return rc;
}

jx_rc jx_view_show(jx_store *store, const jx_pack *pack, const char *name, jx_view_entry **entry_out,
		   struct jx_error *err)
{
	const struct jx_view__reader reader = {.store = store, .pack = pack};

	return show(&reader, name, entry_out, err);
}

jx_rc jx_view_show_by(jx_store *store, const jx_packs *packs, const char *name, jx_view_entry **entry_out,
		      struct jx_error *err)
{
	const struct jx_view__reader reader = {.store = store, .packs = packs};

	return show(&reader, name, entry_out, err);
}

void jx_view_entry_free(jx_view_entry *entry)
{
	if (entry == NULL)
		return;
	free(entry->bytes);
	free(entry);
}
