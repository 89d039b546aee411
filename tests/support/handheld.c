#include "handheld.h"

#include <stdlib.h>

void handheld_follow(struct handheld *h)
{
	h->rec = (struct jx_recorder){
		.store = h->d.store,
		.media = h->media,
		.clock = &h->d.clock.clock,
		.rand = &h->d.rand.rand,
		.source_fs = jx_os_fs(),
		.pack = h->pack,
		.secret_key = h->d.sec,
		.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT,
	};
}

void handheld_init(struct handheld *h)
{
	const char *text = NULL;
	size_t len = 0;
	struct jx_error err;

	memset(h, 0, sizeof(*h));
	device_init(&h->d);
	device_enrol(&h->d, 1);
	h->photos = jx_test_path(h->d.folder, "photos");
	jx_assert_ok(jx_media_open(&(struct jx_media_config){.dir = h->photos,
							     .fs = jx_os_fs(),
							     .rand = &h->d.rand.rand},
				   &h->media, &err),
		     &err);
	jx_pack_builtin(&text, &len);
	jx_assert_ok(jx_pack_load(text, len, &h->pack, &err), &err);
	handheld_follow(h);
}

void handheld_done(struct handheld *h)
{
	jx_media_close(h->media);
	jx_pack_free(h->pack);
	free(h->photos);
	device_done(&h->d);
}

void handheld_begin_day(struct handheld *h)
{
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_record_person_in(&h->rec, "p1", "pin", &n, &err), &err);
	jx_assert_ok(jx_record_shift_start(&h->rec, &n, &err), &err);
}

jx_capture *handheld_capture(struct handheld *h, const char *code)
{
	const struct jx_observation obs = {.result = code == NULL ? "nothing-found" : "found", .code = code};
	jx_capture *c = NULL;
	struct jx_error err;

	jx_assert_ok(jx_capture_begin(&h->rec, &c, &err), &err);
	jx_assert_ok(jx_capture_set_answers(c, &obs, &err), &err);
	return c;
}

int64_t handheld_log(struct handheld *h, const char *code, uint8_t id_out[JX_ID_BYTES])
{
	JX_AUTO(jx_capture) c = handheld_capture(h, code);
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	if (id_out != NULL)
		memcpy(id_out, jx_capture_id(c), JX_ID_BYTES);
	return n;
}

static jx_rc decode(void *user, const struct jx_log_row *row)
{
	struct jx_entry *e = user;
	struct jx_error err;

	jx_assert_ok(jx_entry_decode(row->bytes, row->len, e, &err), &err);
	e->answers = (struct jx_bytes){.data = NULL};
	return JX_OK;
}

struct jx_entry handheld_entry(struct handheld *h, int64_t n)
{
	const struct jx_log_query q = {.from_n = n, .until_n = n};
	struct jx_entry e = {.n = 0};
	struct jx_error err;

	jx_assert_ok(jx_store_each(h->d.store, &q, decode, &e, &err), &err);
	assert_int_equal(e.n, n);
	return e;
}
