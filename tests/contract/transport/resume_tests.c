/* Photos that were cut: going on where the server stands. */
#include "meddler.h"
#include "message.h"

#define SIZE   INT64_C(900000)
#define CUT_AT INT64_C(450000)

static struct peer *with_photo(struct world *w, struct photo **photo_out)
{
	struct peer *p = peer_new(w, JX_ROLE_FIELD);

	*photo_out = peer_photo(p, SIZE, true);
	send_entries(p, 1, 1);
	return p;
}

/* What arrived is kept, but not before the server has seen the end of the connection. */
static int64_t wait_for_part(struct peer *p, const struct photo *photo)
{
	const struct patience until = patience_begin();
	int64_t offset;

	while ((offset = ask_offset(p, photo)) == 0)
		patience_go_on(&until, "the part that was sent");
	return offset;
}

/* From where the server stands; it may still be busy with what was cut. */
static void go_on(struct peer *p, struct photo *photo)
{
	const struct patience until = patience_begin();
	struct photo_reply r;
	struct send s;

	for (;;) {
		s = (struct send){.verb = JX_PHOTO_SEND, .photo = photo, .offset = wait_for_part(p, photo)};
		jx_assert_ok(send_photo(p, &s, &r), &p->w->err);
		if (r.rs.status != 409 && r.rs.status != 423)
			break;
		patience_go_on(&until, "the end of the upload that was cut");
	}
	assert_int_equal(r.rs.status, 204);
	assert_int_equal(r.rs.offset_bytes, SIZE);
	assert_int_equal(s.first_read, s.offset);
	peer_take_photo_receipt(p, r.rs.receipt, photo);
}

static void a_cut_photo_goes_on(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, &photo);
	struct send cut = {.verb = JX_PHOTO_CREATE, .photo = photo, .fail_at = CUT_AT};
	struct photo_reply r;

	assert_int_equal(ask_offset(p, photo), 0);
	jx_assert_rc(send_photo(p, &cut, &r), JX_EIO, &w->err);
	assert_in_range(wait_for_part(p, photo), 1, CUT_AT);
	go_on(p, photo);
	assert_int_equal(ask_offset(p, photo), -1);
}

static void a_cut_photo_is_not_created_again(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, &photo);
	struct send s = {.verb = JX_PHOTO_CREATE, .photo = photo, .fail_at = CUT_AT};
	struct photo_reply r;
	int64_t offset;

	jx_assert_rc(send_photo(p, &s, &r), JX_EIO, &w->err);
	offset = wait_for_part(p, photo);
	/* the body is thrown away, and the answer says where to go on */
	s.fail_at = 0;
	jx_assert_ok(send_photo(p, &s, &r), &w->err);
	assert_int_equal(r.rs.status, 409);
	assert_string_equal(r.error, "offset");
	assert_in_range(r.rs.offset_bytes, offset, CUT_AT);
	expect_photo(p, (struct send){.verb = JX_PHOTO_SEND, .photo = photo}, 409, "offset",
		     ask_offset(p, photo));
	go_on(p, photo);
}

static void the_next_run_goes_on(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	struct photo *photo = peer_photo(p, SIZE, true);
	struct meddler m;

	p->stop_at_bytes = CUT_AT;
	jx_assert_rc(peer_sync(p), JX_EINTR, &w->err);
	assert_false(photo->is_stored);
	fetch_token(p);
	(void)wait_for_part(p, photo);
	p->stop_at_bytes = 0;
	meddler_init(&m, w->transport);
	p->transport = &m.face;
	/* where the server is still busy with the first, the client comes back */
	for (struct patience until = patience_begin(); peer_sync(p) != JX_OK;) {
		assert_int_equal(w->err.code, JX_ENET);
		patience_go_on(&until, "the end of the upload that was cut");
	}
	assert_true(photo->is_stored);
	assert_true(p->read_bytes < SIZE);
	assert_int_equal(m.photo_requests[JX_PHOTO_CREATE], 0);
	assert_true(m.photo_requests[JX_PHOTO_ASK] >= 1);
}

static void a_lost_answer_costs_a_question(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	struct meddler m;

	(void)peer_photo(p, SIZE, true);
	meddler_init(&m, w->transport);
	p->transport = &m.face;
	m.lose_photo_answers = 1;
	jx_assert_ok(peer_sync(p), &w->err);
	assert_true(p->photos[0].is_stored);
	assert_int_equal(m.photo_requests[JX_PHOTO_CREATE], 1);
	assert_int_equal(m.photo_requests[JX_PHOTO_ASK], 1);
	assert_int_equal(m.photo_requests[JX_PHOTO_SEND], 0);
	assert_int_equal(p->read_bytes, SIZE);
}

/* The server lost its power between the last byte and publishing. Sending nothing makes it finish. */
static void leave_unpublished(struct peer *p, const struct photo *photo)
{
	struct world *w = p->w;
	struct core *core = w->kind->core_begin(w, 0);
	const struct jx_vault_ops *ops = core->vault->ops;
	jx_vault_part *part = NULL;

	jx_assert_ok(ops->part_open(core->vault, p->log.id, photo->sha256, photo->size, &part, &w->err),
		     &w->err);
	jx_assert_ok(ops->part_write(part, photo->bytes, (size_t)photo->size, &w->err), &w->err);
	ops->part_close(part);
	w->kind->core_end(w);
}

static void an_unpublished_photo_is_published(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, &photo);

	leave_unpublished(p, photo);
	expect_photo(p, (struct send){.verb = JX_PHOTO_ASK, .photo = photo}, 200, "", SIZE);
	expect_photo(p, (struct send){.verb = JX_PHOTO_CREATE, .photo = photo}, 409, "offset", SIZE);
	expect_stored(p, (struct send){.verb = JX_PHOTO_SEND, .photo = photo, .offset = SIZE}, photo, 204);
	expect_stored(p, (struct send){.verb = JX_PHOTO_ASK, .photo = photo}, photo, 200);
}

static void the_client_has_it_published(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, &photo);

	leave_unpublished(p, photo);
	jx_assert_ok(peer_sync(p), &w->err);
	assert_true(photo->is_stored);
	assert_int_equal(p->read_bytes, 0);
	assert_int_equal(p->result.photos_sent, 1);
}

const struct CMUnitTest resume_tests[] = {
	cmocka_unit_test(a_cut_photo_goes_on),
	cmocka_unit_test(a_cut_photo_is_not_created_again),
	cmocka_unit_test(the_next_run_goes_on),
	cmocka_unit_test(a_lost_answer_costs_a_question),
	cmocka_unit_test(an_unpublished_photo_is_published),
	cmocka_unit_test(the_client_has_it_published),
};
const size_t resume_tests_count = sizeof(resume_tests) / sizeof(resume_tests[0]);
