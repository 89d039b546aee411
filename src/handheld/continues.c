/*
 * A log that goes on under a new writer begins with an entry that names the one before. Identity and entry are two transactions with the
 * key in between: whoever opens the recorder after a power cut there finishes the step, before anything else becomes entry 1.
 */
#include "private.h"

#include <string.h>

struct identities {
	struct jx_identity before, newest;
	size_t count;
};

static jx_rc keep_two(void *user, const struct jx_identity *id)
{
	struct identities *two = user;

	two->before = two->newest;
	two->newest = *id;
	two->count++;
	return JX_OK;
}

struct last {
	const uint8_t *writer;
	int64_t n;
	uint8_t head[JX_HASH_BYTES];
};

static jx_rc take_last(void *user, const struct jx_log_row *row)
{
	struct last *last = user;

	/* of a writer that never recorded anything there is no row, but the root is known */
	if (memcmp(row->writer, last->writer, JX_ID_BYTES) == 0) {
		last->n = row->n;
		memcpy(last->head, row->head, sizeof(last->head));
	}
	return JX_OK;
}

jx_rc jx_handheld_enrolment_age(struct jx_handheld *h, bool *is_first_out, int64_t *n_out,
				struct jx_error *err)
{
	struct identities two = {.count = 0};
	uint8_t head[JX_HASH_BYTES];
	jx_rc rc = jx_store_each_identity(h->store, keep_two, &two, err);

	*is_first_out = two.count < 2;
	return rc == JX_OK ? jx_store_head(h->store, n_out, head, err) : rc;
}

jx_rc jx_handheld__continue_log(struct jx_handheld *h, struct jx_error *err)
{
	const struct jx_log_query newest = {.newest_first = true, .all_writers = true, .limit = 1};
	struct identities two = {.count = 0};
	struct last last = {.writer = two.before.writer};
	int64_t n = 0;
	uint8_t head[JX_HASH_BYTES];
	jx_rc rc = jx_store_head(h->store, &n, head, err);

	if (rc != JX_OK || n > 0)
		return rc;
	rc = jx_store_each_identity(h->store, keep_two, &two, err);
	if (rc != JX_OK || two.count < 2)
		return rc;
	jx_chain_root(two.before.writer, two.before.public_key, last.head);
	rc = jx_store_each(h->store, &newest, take_last, &last, err);
	if (rc == JX_OK)
		rc = jx_record_continues(&h->recorder, two.before.writer, last.n, last.head, &n, err);
	/* another program was faster */
	return rc == JX_ESTATE ? jx_store_head(h->store, &n, head, err) : rc;
}
