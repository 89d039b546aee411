#include "meddler.h"

#include <string.h>

static jx_rc maybe_lose(int *answers, jx_rc rc, struct jx_error *err)
{
	if (rc != JX_OK || *answers == 0)
		return rc;
	(*answers)--;
	return jx_fail(err, JX_ENET, 0, "meddler", "the answer was lost");
}

static jx_rc do_peer_key(void *user, uint8_t spki_sha256_out[JX_HASH_BYTES], struct jx_error *err)
{
	const struct meddler *m = user;

	return m->inner->peer_key(m->inner->user, spki_sha256_out, err);
}

static jx_rc do_exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			 struct jx_error *err)
{
	struct meddler *m = user;

	m->exchanges++;
	return maybe_lose(&m->lose_answers, m->inner->exchange(m->inner->user, rq, rs, err), err);
}

static jx_rc do_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		      struct jx_error *err)
{
	struct meddler *m = user;
	struct jx_photo_request other = *rq;

	m->photo_requests[rq->verb]++;
	if (m->tokens > 0) {
		m->tokens--;
		other.token = m->token;
	}
	return maybe_lose(&m->lose_photo_answers, m->inner->photo(m->inner->user, &other, rs, err), err);
}

static jx_rc do_blob(void *user, const struct jx_blob_request *rq, struct jx_wire_response *rs,
		     struct jx_error *err)
{
	struct meddler *m = user;

	return maybe_lose(&m->lose_answers, m->inner->blob(m->inner->user, rq, rs, err), err);
}

void meddler_init(struct meddler *m, const jx_transport *inner)
{
	memset(m, 0, sizeof(*m));
	m->inner = inner;
	m->face = (jx_transport){.user = m,
				 .peer_key = do_peer_key,
				 .exchange = do_exchange,
				 .photo = do_photo,
				 .blob = do_blob};
}
