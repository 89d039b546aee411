/* What a device reads: an answer's body with its feed items. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "jiexun/wire.h"

static void check_text(jx_rc rc, const struct jx_error *err)
{
	JX_FUZZ_CHECK(rc == JX_OK || rc == JX_EINVAL || rc == JX_ELIMIT || rc == JX_EVERSION);
	JX_FUZZ_CHECK(rc == JX_OK ||
		      (err->code == rc && err->text[0] != '\0' && jx_utf8_ok(err->text, strlen(err->text))));
}

static void read_item(struct jx_bytes line)
{
	struct jx_item *item = jx_xcalloc(2, sizeof(*item));
	struct jx_error err = {0};
	JX_AUTO_BUF b = {0};
	const jx_rc rc = jx_item_read(line, &item[0], &err);

	check_text(rc, &err);
	if (rc == JX_OK) {
		const char *entry = item[0].entry.data;

		JX_FUZZ_CHECK(entry == NULL ||
			      (entry >= (const char *)line.data && entry[0] == '{' &&
			       entry + item[0].entry.len <= (const char *)line.data + line.len));
		jx_buf_init(&b, 2 * line.len + 65536);
		/* a line feed can stand in an item given alone, as it cannot in an answer */
		if (jx_item_write(&item[0], &b, NULL) == JX_OK) {
			JX_FUZZ_CHECK(jx_item_read((struct jx_bytes){b.data, b.len - 1}, &item[1], NULL) ==
				      JX_OK);
			JX_FUZZ_CHECK(strcmp(item[0].kind, item[1].kind) == 0 &&
				      strcmp(item[0].key, item[1].key) == 0 &&
				      strcmp(item[0].marks, item[1].marks) == 0 &&
				      item[0].entry.len == item[1].entry.len &&
				      item[0].text.len == item[1].text.len);
		}
	}
	free(item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct jx_bytes items[JX_WIRE_ITEMS_MAX];
	struct jx_sync_answer an;
	struct jx_error err = {0};
	size_t count = 0;
	const jx_rc rc = jx_sync_answer_read((struct jx_bytes){data, size}, &an, items, JX_WIRE_ITEMS_MAX,
					     &count, &err);

	check_text(rc, &err);
	for (size_t i = 0; rc == JX_OK && i < count; i++)
		read_item(items[i]);
	if (rc == JX_OK) {
		JX_FUZZ_CHECK((int64_t)count == an.items && an.n >= 0 &&
			      an.receipt.len <= JX_SIGNED_TEXT_MAX);
	}
	read_item((struct jx_bytes){data, size});
	return 0;
}
