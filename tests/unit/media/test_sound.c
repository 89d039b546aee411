/* Sound notes: pages made here, one after the other, in pieces of any size; and each way in which they can be wrong. */
#include <stdio.h>
#include <stdlib.h>

#include "jiexun/media.h"
#include "jx_test.h"

#define FIRST 2
#define LAST  4
#define MS    UINT64_C(48)
#define SKIP  312

static void add_little(jx_buf *b, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		jx_buf_addc(b, (char)(uint8_t)(v >> (8 * i)));
}

/* Bit by bit, as RFC 3533 describes it: another way than the product's. */
static uint32_t checksum(const char *data, size_t len)
{
	uint32_t crc = 0;

	for (size_t i = 0; i < len; i++) {
		crc ^= (uint32_t)(uint8_t)data[i] << 24;
		for (int k = 0; k < 8; k++)
			crc = (crc & 0x80000000u) != 0 ? crc << 1 ^ 0x04c11db7u : crc << 1;
	}
	return crc;
}

struct page {
	uint8_t flags;
	uint64_t position;
	uint32_t serial, number;
	const char *body;
	size_t len;
};

static void add_page(jx_buf *b, const struct page *p)
{
	const size_t from = b->len, whole = p->len / 255;
	uint32_t crc;

	jx_buf_add(b, "OggS\0", 5);
	add_little(b, p->flags, 1);
	add_little(b, p->position, 8);
	add_little(b, p->serial, 4);
	add_little(b, p->number, 4);
	add_little(b, 0, 4);
	add_little(b, p->body == NULL ? 0 : whole + 1, 1);
	for (size_t i = 0; i < whole; i++)
		add_little(b, 255, 1);
	if (p->body != NULL)
		add_little(b, p->len % 255, 1);
	jx_buf_add(b, p->body, p->len);
	crc = checksum(b->data + from, b->len - from);
	for (size_t i = 0; i < 4; i++)
		b->data[from + 22 + i] = (char)(uint8_t)(crc >> (8 * i));
}

static const char head[] =
	"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0"; /* 312 samples before the beginning */
static const char tags[] = "OpusTags\0\0\0\0\0\0\0";

static void add_heads(jx_buf *b)
{
	add_page(b, &(struct page){FIRST, 0, 7, 0, head, sizeof(head) - 1});
	add_page(b, &(struct page){0, 0, 7, 1, tags, sizeof(tags)});
}

static void make(jx_buf *b, uint64_t ms)
{
	static const char body[600] = "sound";

	jx_buf_init(b, 1 << 20);
	add_heads(b);
	add_page(b, &(struct page){0, UINT64_MAX, 7, 2, body, 255}); /* no packet ends on it */
	add_page(b, &(struct page){0, SKIP + ms * MS / 2, 7, 3, body, sizeof(body)});
	add_page(b, &(struct page){LAST, SKIP + ms * MS, 7, 4, body, 100});
}

struct fixture {
	char *folder;
	struct jx_fake_rand rand;
	jx_media *media;
};

static int setup(void **state)
{
	struct fixture *x = jx_xcalloc(1, sizeof(*x));
	struct jx_error err;

	x->folder = jx_test_folder();
	jx_fake_rand_init(&x->rand, 3);
	jx_assert_ok(
		jx_media_open(
			&(struct jx_media_config){.dir = x->folder, .fs = jx_os_fs(), .rand = &x->rand.rand},
			&x->media, &err),
		&err);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	jx_media_close(x->media);
	jx_test_folder_remove(x->folder);
	free(x);
	return 0;
}

static jx_rc publish(struct fixture *x, const jx_buf *b, struct jx_photo_ref *out, struct jx_error *err)
{
	return jx_media_publish_sound(x->media, b->data, b->len, out, err);
}

static void whole_notes_are_taken(void **state)
{
	static const uint64_t lengths[] = {1, 999, 34120, 120000, 120200};
	struct fixture *x = *state;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct jx_photo_ref ref = {.role = "note", .how = "microphone", .taken_utc_ms = 5};
		uint8_t sha256[JX_HASH_BYTES];
		struct jx_error err = {0};
		JX_AUTO_BUF b;

		make(&b, lengths[i]);
		jx_assert_ok(publish(x, &b, &ref, &err), &err);
		jx_sha256(b.data, b.len, sha256);
		assert_memory_equal(ref.sha256, sha256, sizeof(sha256));
		assert_string_equal(ref.type, "audio/ogg");
		assert_string_equal(ref.role, "note");
		assert_int_equal(ref.duration_ms, lengths[i]);
		assert_int_equal(ref.size_bytes, b.len);
		assert_true(jx_photo_is_sound(&ref));
		assert_true(jx_media_is_sound(x->media, sha256));
		jx_assert_ok(jx_media_verify(x->media, sha256, &err), &err);
	}
}

static void refuse(struct fixture *x, const jx_buf *b, jx_rc want, const char *says)
{
	struct jx_photo_ref ref = {.size_bytes = -1};
	struct jx_error err = {0};

	assert_int_equal(publish(x, b, &ref, &err), want);
	if (strstr(err.text, says) == NULL)
		fail_msg("\"%s\" says nothing of \"%s\"", err.text, says);
	assert_int_equal(ref.size_bytes, -1);
}

static void a_note_that_ends_anywhere_else_is_cut_off(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_BUF b;
	size_t whole;

	make(&b, 2000);
	whole = b.len;
	for (b.len = 4; b.len < whole; b.len++)
		refuse(x, &b, JX_EINVAL, b.len < 27 + 1 + sizeof(head) - 1 ? "" : "cut off");
}

static void each_byte_counts(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_BUF b;

	make(&b, 2000);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 0x10;
		refuse(x, &b, JX_EINVAL, "");
		b.data[i] ^= 0x10;
	}
}

/* One rule each, with a right checksum. */
static void other_streams_are_refused(void **state)
{
	static const struct {
		struct page page[2];
		jx_rc rc;
		const char *says;
	} rows[] = {
		{{{LAST, SKIP + 1 * MS, 8, 2, "x", 1}}, JX_EINVAL, "one Ogg stream"}, /* another's page */
		{{{LAST, SKIP + 1 * MS, 7, 3, "x", 1}}, JX_EINVAL, "damaged"},        /* a page is missing */
		{{{FIRST | LAST, SKIP + 1 * MS, 7, 2, "x", 1}},
		 JX_EINVAL,
		 "one Ogg"},                                                       /* a second beginning */
		{{{LAST, SKIP, 7, 2, "x", 1}}, JX_EINVAL, "holds no sound"},       /* nothing but the skip */
		{{{LAST, 0, 7, 2, "x", 1}}, JX_EINVAL, "holds no sound"},          /* less than that */
		{{{LAST, UINT64_MAX, 7, 2, "x", 1}}, JX_EINVAL, "holds no sound"}, /* no position at all */
		{{{LAST, UINT64_MAX - 1, 7, 2, "x", 1}}, JX_EINVAL, "damaged"},    /* no time so long */
		{{{LAST, SKIP + 120201 * MS, 7, 2, "x", 1}}, JX_ELIMIT, "120 s long, 120"}, /* too long */
		{{{0, SKIP + 9 * MS, 7, 2, "x", 1}, {LAST, SKIP + 8 * MS, 7, 3, "x", 1}},
		 JX_EINVAL,
		 "damaged"},
		{{{LAST, SKIP + 9 * MS, 7, 2, "x", 1}, {FIRST, 0, 8, 0, head, sizeof(head) - 1}},
		 JX_EINVAL,
		 "one Ogg stream"},
	};
	struct fixture *x = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO_BUF b;

		jx_buf_init(&b, 1 << 20);
		add_heads(&b);
		for (size_t k = 0; k < 2 && rows[i].page[k].body != NULL; k++)
			add_page(&b, &rows[i].page[k]);
		refuse(x, &b, rows[i].rc, rows[i].says);
	}
}

static void other_heads_are_refused(void **state)
{
	static const char *const heads[] = {"OpusHead\x10\x01\x38\x01\x80\xbb\0\0\0\0\0",
					    "OpusHead\x01\0\x38\x01\x80\xbb\0\0\0\0\0",
					    "\x01vorbis\0\0\0\0\0\0\0\0\0\0\0\0"};
	struct fixture *x = *state;

	for (size_t i = 0; i < 5; i++) {
		JX_AUTO_BUF b;

		jx_buf_init(&b, 1 << 20);
		add_page(&b, &(struct page){FIRST, 0, 7, 0, i < 3 ? heads[i] : head, i == 3 ? 18 : 19});
		add_page(&b, &(struct page){0, 0, 7, 1, i == 4 ? "OpusTagz" : "OpusTags", 8});
		add_page(&b, &(struct page){LAST, SKIP + 48, 7, 2, "x", 1});
		refuse(x, &b, JX_EINVAL, "one Ogg stream");
	}
}

/* Some encoders end a stream with a page that has no packet. */
static void an_empty_last_page_is_an_end(void **state)
{
	struct jx_photo_ref ref = {.size_bytes = 0};
	struct fixture *x = *state;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	jx_buf_init(&b, 1 << 20);
	add_heads(&b);
	add_page(&b, &(struct page){0, SKIP + 20 * MS, 7, 2, "x", 1});
	add_page(&b, &(struct page){LAST, SKIP + 20 * MS, 7, 3, NULL, 0});
	jx_assert_ok(publish(x, &b, &ref, &err), &err);
	assert_int_equal(ref.duration_ms, 20);
}

static void too_many_bytes_are_refused(void **state)
{
	struct fixture *x = *state;
	const size_t len = JX_SOUND_BYTES_MAX + 1;
	JX_AUTO_FREE uint8_t *data = jx_xcalloc(len, 1);
	struct jx_photo_ref ref = {.size_bytes = 0};
	struct jx_error err = {0};

	assert_int_equal(jx_media_publish_sound(x->media, data, len, &ref, &err), JX_ELIMIT);
	assert_int_equal(jx_media_publish_sound(x->media, data, 0, &ref, &err), JX_EINVAL);
}

/* Read in pieces, from a file; and the same file is no photo. */
static void a_file_is_read_in_pieces(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_FREE char *path = jx_test_path(x->folder, "note.ogg");
	struct jx_photo_ref ref = {.size_bytes = 0};
	struct jx_error err = {0};
	JX_AUTO_BUF b;
	uint32_t number = 2;

	jx_buf_init(&b, 1 << 20);
	add_heads(&b);
	for (; number < 300; number++) {
		char body[255 * 3 + 1];

		memset(body, (int)(number & 0x7f), sizeof(body));
		add_page(&b, &(struct page){0, SKIP + number * 20 * MS, 7, number, body, sizeof(body)});
	}
	add_page(&b, &(struct page){LAST, SKIP + number * 20 * MS, 7, number, "x", 1});
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, b.data, b.len, &err), &err);
	jx_assert_ok(jx_media_check_sound(x->media, jx_os_fs(), path, &err), &err);
	jx_assert_ok(jx_media_import_sound(x->media, jx_os_fs(), path, &ref, &err), &err);
	assert_int_equal(ref.duration_ms, 6000);
	assert_int_equal(ref.size_bytes, b.len);
	assert_int_equal(jx_media_check(x->media, jx_os_fs(), path, &err), JX_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_notes_are_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(a_note_that_ends_anywhere_else_is_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(each_byte_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(other_streams_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(other_heads_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_last_page_is_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_bytes_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_is_read_in_pieces, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
