/*
 * Sheets. The first byte says how the rest is meant: an answers object, lines "path=typed", or a pack of format 2. What is
 * written is read again, and gives the same bytes; whatever a server takes, it gives back.
 */
#include <string.h>

#include "fuzz.h"
#include "jiexun/form.h"
#include "rodent_json.h"

#define DAY  "2026-09-01"
#define FORM "rodent-test.indoor"

static const char *const roles[] = {"wide", "sign"};

/* Walks every field asked, and looks at all that a sheet tells. */
static void look_at(const jx_sheet *sheet)
{
	char path[JX_FIELD_PATH_MAX] = "", text[16384];
	struct jx_problem problems[4];
	struct jx_computed c;
	size_t i;

	while (jx_sheet_next(sheet, path, path)) {
		JX_FUZZ_CHECK(jx_sheet_is_shown(sheet, path) && jx_sheet_field(sheet, path) != NULL);
		JX_FUZZ_CHECK(jx_sheet_get(sheet, path, text, sizeof(text), NULL) == JX_OK);
	}
	(void)jx_sheet_problems(sheet, roles, 2, problems, 4);
	for (i = 0; jx_sheet_computed(sheet, i, &c); i++)
		JX_FUZZ_CHECK(jx_utf8_ok(c.value, strlen(c.value)));
}

static void check_draft(const jx_sheet *sheet)
{
	JX_AUTO_BUF once = {0}, again = {0};
	JX_AUTO(jx_sheet) read = NULL;
	const char *form = jx_sheet_form(sheet)->id;

	jx_buf_init(&once, 65536);
	jx_buf_init(&again, 65536);
	if (jx_sheet_write_draft(sheet, &once, NULL) != JX_OK)
		return; /* more than an entry holds */
	JX_FUZZ_CHECK(jx_sheet_read(jx_sheet_pack(sheet), form, DAY, once.data, once.len, false, &read,
				    NULL) == JX_OK);
	JX_FUZZ_CHECK(jx_sheet_write_draft(read, &again, NULL) == JX_OK);
	JX_FUZZ_CHECK(once.len == again.len && memcmp(once.data, again.data, once.len) == 0);
}

static void check_written(const jx_sheet *sheet)
{
	JX_AUTO_BUF once = {0}, again = {0};
	JX_AUTO(jx_sheet) read = NULL;
	struct jx_error err = {0};
	struct jx_problem problem;
	const char *form = jx_sheet_form(sheet)->id;

	jx_buf_init(&once, 65536);
	jx_buf_init(&again, 65536);
	if (jx_sheet_write(sheet, roles, 2, &once, &err) != JX_OK) {
		JX_FUZZ_CHECK(err.text[0] != '\0' && once.len == 0);
		return;
	}
	JX_FUZZ_CHECK(jx_sheet_problems(sheet, roles, 2, &problem, 1) == 0);
	JX_FUZZ_CHECK(jx_form_check_as(jx_sheet_pack(sheet), form, once.data, once.len, DAY, &err) == JX_OK);
	JX_FUZZ_CHECK(jx_sheet_read(jx_sheet_pack(sheet), form, DAY, once.data, once.len, true, &read,
				    &err) == JX_OK);
	JX_FUZZ_CHECK(jx_sheet_write(read, roles, 2, &again, &err) == JX_OK);
	JX_FUZZ_CHECK(once.len == again.len && memcmp(once.data, again.data, once.len) == 0);
}

static void check_sheet(const jx_sheet *sheet)
{
	look_at(sheet);
	check_draft(sheet);
	check_written(sheet);
}

static void try_answers(const jx_pack *pack, const char *text, size_t len)
{
	JX_AUTO(jx_sheet) draft = NULL;
	JX_AUTO(jx_sheet) strict = NULL;
	struct jx_answers_brief brief;
	struct jx_error err = {0};
	const jx_rc rc = jx_sheet_read(pack, FORM, DAY, text, len, true, &strict, &err);

	JX_FUZZ_CHECK(rc == JX_OK || (err.code == rc && err.text[0] != '\0' && strict == NULL));
	if (rc == JX_OK)
		check_sheet(strict);
	if (jx_sheet_read(pack, FORM, DAY, text, len, false, &draft, NULL) == JX_OK) {
		check_sheet(draft);
		JX_FUZZ_CHECK(jx_form_brief_as(pack, FORM, DAY, text, len, &brief, NULL) == JX_OK);
	} else {
		JX_FUZZ_CHECK(rc != JX_OK);
	}
}

static void try_lines(const jx_pack *pack, char *lines)
{
	JX_AUTO(jx_sheet) sheet = NULL;

	JX_FUZZ_CHECK(jx_sheet_new(pack, FORM, DAY, &sheet, NULL) == JX_OK);
	while (lines != NULL) {
		char *end = strchr(lines, '\n');
		char *equals;
		struct jx_error err = {0};

		if (end != NULL)
			*end++ = '\0';
		equals = strchr(lines, '=');
		if (equals != NULL)
			*equals = '\0';
		if (equals == NULL && *lines == '+')
			(void)jx_sheet_add_row(sheet, "rooms", true, &err);
		else if (equals == NULL && *lines == '-')
			(void)jx_sheet_remove_row(sheet, "rooms", 1, &err);
		else if (equals != NULL && jx_sheet_set(sheet, lines, equals + 1, &err) != JX_OK)
			JX_FUZZ_CHECK(err.text[0] != '\0');
		lines = end;
	}
	check_sheet(sheet);
}

/* Every form of a pack that loads can be opened, walked and written. */
static void try_pack(const char *text, size_t len)
{
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_error err = {0};
	const jx_rc rc = jx_pack_load(text, len, &pack, &err);
	size_t i;

	JX_FUZZ_CHECK(rc == JX_OK || (err.code == rc && err.text[0] != '\0' && pack == NULL));
	for (i = 0; rc == JX_OK && i < jx_pack_form_count(pack); i++) {
		const struct jx_form *form = jx_pack_form_at(pack, i);
		JX_AUTO(jx_sheet) sheet = NULL;
		size_t k;

		if (form->field_count == 0)
			continue;
		JX_FUZZ_CHECK(jx_sheet_new(pack, form->id, DAY, &sheet, &err) == JX_OK);
		for (k = 0; k < form->section_count; k++)
			if (form->sections[k].is_repeat)
				JX_FUZZ_CHECK(jx_sheet_add_row(sheet, form->sections[k].id, false, &err) ==
					      JX_OK);
		check_sheet(sheet);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static jx_pack *pack; /* for all inputs: loading takes longer than all else */
	JX_AUTO_FREE char *rest = jx_xmalloc(size + 1);

	if (pack == NULL)
		JX_FUZZ_CHECK(jx_pack_load((const char *)rodent_json, rodent_json_len, &pack, NULL) == JX_OK);
	if (size == 0)
		return 0;
	memcpy(rest, data + 1, size - 1);
	rest[size - 1] = '\0';
	if (data[0] == 'L')
		try_lines(pack, rest);
	else if (data[0] == 'P')
		try_pack(rest, size - 1);
	else
		try_answers(pack, rest, size - 1);
	return 0;
}
