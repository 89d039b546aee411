/* Feed items. */
#include <stdio.h>
#include <stdlib.h>

#include "jx_test.h"
#include "wire_samples.h"

static void each_kind_reads_as_it_was_written(void **state)
{
	struct jx_item *items = jx_xcalloc(SAMPLE_ITEMS, sizeof(*items)),
		       *back = jx_xcalloc(1, sizeof(*back));
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	sample_items(items);
	for (size_t i = 0; i < SAMPLE_ITEMS; i++) {
		struct jx_bytes line;

		jx_buf_reset(&b);
		jx_assert_ok(jx_item_write(&items[i], &b, &err), &err);
		assert_int_equal(b.data[b.len - 1], '\n');
		line = (struct jx_bytes){b.data, b.len - 1};
		jx_assert_ok(jx_item_read(line, back, &err), &err);
		assert_ptr_equal(back->raw.data, b.data);
		assert_int_equal(back->entry.len, items[i].entry.len);
		if (items[i].entry.len > 0)
			assert_memory_equal(back->entry.data, items[i].entry.data, back->entry.len);
		back->raw = items[i].raw;
		back->entry = items[i].entry;
		assert_memory_equal(back, &items[i], sizeof(*back));
	}
	free(items);
	free(back);
}

/* White space around and inside is the sender's; the entry's bytes are cut out exactly. */
static void an_entry_is_cut_out_verbatim(void **state)
{
	static const char line[] =
		"{ \"entry\" : {\"v\":9, \"x\":[1,{\"y\":\"}\"}]} ,\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":5}";
	static const char entry[] = "{\"v\":9, \"x\":[1,{\"y\":\"}\"}]}";
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_item_read((struct jx_bytes){line, sizeof(line) - 1}, item, &err), &err);
	assert_int_equal(item->entry.len, sizeof(entry) - 1);
	assert_memory_equal(item->entry.data, entry, sizeof(entry) - 1);
	free(item);
}

/* The deepest and largest entry there may be still fits into a line. */
static void the_largest_entry_fits(void **state)
{
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	struct jx_error err = {0};
	JX_AUTO_BUF entry, b;

	(void)state;
	jx_buf_init(&entry, JX_ENTRY_BYTES_MAX);
	jx_buf_init(&b, 2 * JX_ENTRY_BYTES_MAX);
	jx_buf_adds(&entry, "{\"v\":1,\"a\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]],\"b\":\"");
	while (entry.len < 32000)
		jx_buf_adds(&entry, "x");
	jx_buf_adds(&entry, "\",\"c\":\"");
	while (entry.len < JX_ENTRY_BYTES_MAX - 2)
		jx_buf_adds(&entry, "y");
	jx_buf_adds(&entry, "\"}");
	jx_assert_ok(jx_buf_check(&entry, "entry", &err), &err);
	jx_strcpy(item->kind, sizeof(item->kind), "entry");
	jx_strcpy(item->key, sizeof(item->key), "k");
	item->entry = (struct jx_bytes){entry.data, entry.len};
	jx_assert_ok(jx_item_write(item, &b, &err), &err);
	jx_assert_ok(jx_item_read((struct jx_bytes){b.data, b.len - 1}, item, &err), &err);
	assert_int_equal(item->entry.len, JX_ENTRY_BYTES_MAX);
	free(item);
}

static void unknown_kinds_are_kept(void **state)
{
	static const char line[] =
		"{\"kind\":\"tide\",\"key\":\"t/1\",\"entry\":7,\"sig\":false,\"text\":[]}";
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_item_read((struct jx_bytes){line, sizeof(line) - 1}, item, &err), &err);
	assert_string_equal(item->kind, "tide");
	assert_int_equal(item->raw.len, sizeof(line) - 1);
	assert_false(item->has_signed);
	free(item);
}

static void a_reader_s_own_facts_come_back_as_they_were(void **state)
{
	struct jx_item *item = jx_xcalloc(1, sizeof(*item)), *back = jx_xcalloc(1, sizeof(*back));
	JX_AUTO_BUF line = {0};
	struct jx_error err = {0};

	(void)state;
	jx_buf_init(&line, 4096);
	jx_strcpy(item->kind, sizeof(item->kind), "writer");
	jx_strcpy(item->key, sizeof(item->key), "40414243-4445-4647-4849-4a4b4c4d4e4f");
	jx_strcpy(item->short_code, sizeof(item->short_code), "H07");
	jx_strcpy(item->role, sizeof(item->role), "field");
	jx_strcpy(item->area, sizeof(item->area), "临安区\"1");
	jx_assert_ok(jx_item_write(item, &line, &err), &err);
	assert_string_equal(line.data,
			    "{\"kind\":\"writer\",\"key\":\"40414243-4445-4647-4849-4a4b4c4d4e4f\","
			    "\"short\":\"H07\",\"role\":\"field\",\"area\":\"临安区\\\"1\"}\n");
	jx_assert_ok(jx_item_read((struct jx_bytes){line.data, line.len - 1}, back, &err), &err);
	back->raw = item->raw;
	assert_memory_equal(back, item, sizeof(*back));
	/* no area at all is one, too */
	item->area[0] = '\0';
	jx_buf_reset(&line);
	jx_assert_ok(jx_item_write(item, &line, &err), &err);
	jx_assert_ok(jx_item_read((struct jx_bytes){line.data, line.len - 1}, back, &err), &err);
	assert_string_equal(back->area, "");
	free(item);
	free(back);
}

static void malformed_items_are_refused(void **state)
{
	static const char *const rows[][2] = {
		{"", "byte"},
		{"7", "object"},
		{"{\"key\":\"k\"}", "kind"},
		{"{\"kind\":\"x\"}", "key"},
		{"{\"kind\":\"entry\",\"key\":\"k\",\"entry\":{}}", "received_utc_ms"},
		{"{\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":1}", "digest"},
		{"{\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":1,\"entry\":[]}", "object"},
		{"{\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":1,\"digest\":\"00\"}", "digest"},
		{"{\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":1,\"entry\":{},\"sig\":\"00\"}",
		 "sig"},
		{"{\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":1,\"entry\":{},\"marks\":\"a\"}",
		 "marks"},
		{"{\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":1,\"entry\":{},\"marks\":[1]}",
		 "marks"},
		{"{\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":1,\"entry\":{},\"is_fork\":1}",
		 "is_fork"},
		{"{\"kind\":\"writer\",\"key\":\"k\",\"short\":\"H07\",\"role\":\"field\"}", "area"},
		{"{\"kind\":\"writer\",\"key\":\"k\",\"short\":\"H07\",\"role\":\"field\",\"area\":\"123456789012345678901234\"}",
		 "area"},
		{"{\"kind\":\"keys\",\"key\":\"k\",\"text\":\"t\"}", "sig"},
		{"{\"kind\":\"receipt\",\"key\":\"k\",\"text\":7,\"sig\":\"\"}", "text"},
	};
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	struct jx_error err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		jx_assert_rc(jx_item_read((struct jx_bytes){rows[i][0], strlen(rows[i][0])}, item, &err),
			     JX_EINVAL, &err);
		jx_assert_says(&err, rows[i][1]);
	}
	assert_string_equal(item->kind, "");
	free(item);
}

static void read_with_marks(struct jx_item *item, const char *marks)
{
	JX_AUTO_BUF line = {0};
	struct jx_error err = {0};

	jx_buf_init(&line, 4096);
	jx_buf_addf(&line,
		    "{\"kind\":\"entry\",\"key\":\"k\",\"received_utc_ms\":1,\"entry\":{},\"marks\":%s}",
		    marks);
	jx_assert_ok(jx_item_read((struct jx_bytes){line.data, line.len}, item, &err), &err);
}

/* No mark keeps an entry from coming down: what does not fit is left out. */
static void marks_that_do_not_fit_are_left_out(void **state)
{
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	JX_AUTO_BUF marks = {0};

	(void)state;
	jx_buf_init(&marks, 1024);
	for (size_t len = 155; len <= 165; len++) {
		const bool fits = len < sizeof(item->marks), both = len + 2 < sizeof(item->marks);

		jx_buf_reset(&marks);
		jx_buf_adds(&marks, "[\"");
		for (size_t i = 0; i < len; i++)
			jx_buf_addc(&marks, 'a');
		jx_buf_adds(&marks, "\",\"m\"]");
		read_with_marks(item, marks.data);
		assert_int_equal(strlen(item->marks), both ? len + 2 : fits ? len : 1);
	}
	free(item);
}

/* The form's own words stand in a mark, with whatever commas they have. */
static void marks_with_commas_survive(void **state)
{
	struct jx_item *item = jx_xcalloc(2, sizeof(*item));
	struct jx_error err = {0};
	JX_AUTO_BUF b = {0};

	(void)state;
	jx_strcpy(item->kind, sizeof(item->kind), "entry");
	jx_strcpy(item->key, sizeof(item->key), "k");
	item->entry = (struct jx_bytes){"{}", 2};
	jx_strcpy(item->marks, sizeof(item->marks), "answers: field \"a\",, is 1, not 2,");
	jx_buf_init(&b, 4096);
	jx_assert_ok(jx_item_write(item, &b, &err), &err);
	jx_assert_ok(jx_item_read((struct jx_bytes){b.data, b.len - 1}, &item[1], &err), &err);
	assert_string_equal(item[1].marks, "answers: field \"a\", is 1, not 2");
	read_with_marks(&item[1], "[\"a,b\",\"\",\"c\"]");
	assert_string_equal(item[1].marks, "a,b,c");
	free(item);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_reads_as_it_was_written),
		cmocka_unit_test(an_entry_is_cut_out_verbatim),
		cmocka_unit_test(the_largest_entry_fits),
		cmocka_unit_test(unknown_kinds_are_kept),
		cmocka_unit_test(a_reader_s_own_facts_come_back_as_they_were),
		cmocka_unit_test(malformed_items_are_refused),
		cmocka_unit_test(marks_that_do_not_fit_are_left_out),
		cmocka_unit_test(marks_with_commas_survive),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.item", tests, NULL, NULL);
}
