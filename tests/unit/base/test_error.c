/* Error text, codes and their published numbers. */
#include <errno.h>
#include <stdlib.h>

#include "jx_test.h"

static void an_error_carries_code_number_place_and_text(void **state)
{
	struct jx_error err = {0};

	(void)state;
	assert_int_equal(
		jx_fail(&err, JX_ENOSPC, ENOSPC, "store.save", "no room for %s; free %d MB", "photo", 12),
		JX_ENOSPC);
	assert_int_equal(err.code, JX_ENOSPC);
	assert_int_equal(err.native, ENOSPC);
	assert_string_equal(err.where, "store.save");
	assert_string_equal(err.text, "no room for photo; free 12 MB");
	assert_int_equal(jx_fail(NULL, JX_EIO, 0, "a.b", "x"), JX_EIO);
}

static void text_is_one_clean_line(void **state)
{
	struct jx_error err = {0};

	(void)state;
	jx_fail(&err, JX_EINVAL, 0, "a.b", "%s", "one\ntwo\r\tthree\x7f\x1b[31m");
	assert_string_equal(err.text, "one two  three  [31m");
	jx_fail(&err, JX_EINVAL, 0, "a.b", "%s", "bad \xff\xc0\x80 街\xe8\xa1");
	assert_string_equal(err.text, "bad ??? 街??");
}

static void long_text_is_cut_at_a_character(void **state)
{
	struct jx_error err = {0};

	(void)state;
	for (size_t pad = 0; pad < 4; pad++) {
		for (size_t n = 100; n < 500; n += 7) {
			JX_AUTO_BUF b;

			jx_buf_init(&b, 4000);
			for (size_t i = 0; i < pad; i++)
				jx_buf_addc(&b, '.');
			for (size_t i = 0; i < n; i++)
				jx_buf_adds(&b, "街");
			jx_fail(&err, JX_EINVAL, 0, "a.b", "%s", b.data);
			assert_true(jx_utf8_ok(err.text, strlen(err.text)));
			assert_null(strchr(err.text + pad, '?'));
			if (b.len >= sizeof(err.text))
				assert_true(strlen(err.text) >= sizeof(err.text) - 4);
			else
				assert_string_equal(err.text, b.data);
		}
	}
}

static void a_text_may_be_built_from_itself(void **state)
{
	struct jx_error err = {0};

	(void)state;
	jx_fail(&err, JX_EIO, 5, "a.b", "inner");
	jx_fail(&err, err.code, err.native, "c.d", "outer: %s", err.text);
	assert_string_equal(err.text, "outer: inner");
	assert_string_equal(err.where, "c.d");
	jx_fail(&err, JX_EIO, 0, "a.place.with.a.name.that.is.far.too.long", "x");
	assert_int_equal(strlen(err.where), sizeof(err.where) - 1);
}

static void every_code_has_its_own_name_and_exit_status(void **state)
{
	(void)state;
	for (int a = 0; a >= JX_EINTR; a--) {
		assert_string_not_equal(jx_rc_name((jx_rc)a), "unknown");
		assert_int_not_equal(jx_rc_exit_status((jx_rc)a), 64); /* usage: the programs' own */
		assert_true(a == 0 || jx_rc_exit_status((jx_rc)a) >= 65);
		assert_true(jx_rc_exit_status((jx_rc)a) <= 130);
		for (int b = 0; b > a; b--) {
			assert_int_not_equal(jx_rc_exit_status((jx_rc)a), jx_rc_exit_status((jx_rc)b));
			assert_string_not_equal(jx_rc_name((jx_rc)a), jx_rc_name((jx_rc)b));
		}
	}
}

static void published_numbers_stay(void **state)
{
	static const struct {
		jx_rc rc;
		int status;
		const char *name;
	} rows[] = {
		{JX_OK, 0, "ok"},
		{JX_EINVAL, 65, "einval"},
		{JX_ENOTFOUND, 66, "enotfound"},
		{JX_ESTATE, 69, "estate"},
		{JX_ECORRUPT, 70, "ecorrupt"},
		{JX_ENOMEM, 71, "enomem"},
		{JX_EROFS, 72, "erofs"},
		{JX_EEXISTS, 73, "eexists"},
		{JX_EIO, 74, "eio"},
		{JX_ENET, 75, "enet"},
		{JX_ETLS, 76, "etls"},
		{JX_EAUTH, 77, "eauth"},
		{JX_EVERSION, 78, "eversion"},
		{JX_ENOSPC, 79, "enospc"},
		{JX_EBUSY, 80, "ebusy"},
		{JX_ELIMIT, 81, "elimit"},
		{JX_ECONFLICT, 82, "econflict"},
		{JX_EINTR, 130, "eintr"},
	};

	(void)state;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]), 1 - JX_EINTR);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(jx_rc_exit_status(rows[i].rc), rows[i].status);
		assert_string_equal(jx_rc_name(rows[i].rc), rows[i].name);
	}
	assert_string_equal(jx_rc_name((jx_rc)-99), "unknown");
	assert_int_equal(jx_rc_exit_status((jx_rc)-99), 1);
}

static void errno_becomes_the_code_that_has_the_cure(void **state)
{
	static const int rows[][2] = {
		{ENOSPC, JX_ENOSPC},
		{EDQUOT, JX_ENOSPC},
		{EFBIG, JX_ENOSPC},
		{EROFS, JX_EROFS},
		{EACCES, JX_EROFS},
		{EPERM, JX_EROFS},
		{ENOENT, JX_ENOTFOUND},
		{ENOTDIR, JX_ENOTFOUND},
		{EEXIST, JX_EEXISTS},
		{EAGAIN, JX_EBUSY},
		{EWOULDBLOCK, JX_EBUSY},
		{ENOMEM, JX_ENOMEM},
		{EIO, JX_EIO},
		{EINTR, JX_EINTR},
		{ELOOP, JX_EINVAL},
		{EMFILE, JX_ELIMIT},
		{EUCLEAN, JX_ECORRUPT},
		{ECONNRESET, JX_ENET},
		{0, JX_EIO},
		{4095, JX_EIO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(jx_rc_from_errno(rows[i][0]), rows[i][1]);
}

static void messages_without_a_catalogue_are_themselves(void **state)
{
	(void)state;
	assert_string_equal(_("no such message anywhere"), "no such message anywhere");
	assert_string_equal(_(""), "");
	assert_string_equal(jx_ntr("%lu photo", "%lu photos", 1), "%lu photo");
	assert_string_equal(jx_ntr("%lu photo", "%lu photos", 2), "%lu photos");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_carries_code_number_place_and_text),
		cmocka_unit_test(text_is_one_clean_line),
		cmocka_unit_test(long_text_is_cut_at_a_character),
		cmocka_unit_test(a_text_may_be_built_from_itself),
		cmocka_unit_test(every_code_has_its_own_name_and_exit_status),
		cmocka_unit_test(published_numbers_stay),
		cmocka_unit_test(errno_becomes_the_code_that_has_the_cure),
		cmocka_unit_test(messages_without_a_catalogue_are_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
