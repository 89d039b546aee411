/* jiexund.conf: what is read, what is refused with which words, and that what is written reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "conf.h"

static jx_rc read_text(const char *text, struct jx_server__conf *conf, struct jx_error *err)
{
	jx_server__conf_default(conf);
	return jx_server__conf_read(text, strlen(text), "f.conf", conf, err);
}

static void values_and_their_units(void **state)
{
	struct jx_server__conf conf;
	struct jx_error err = {0};

	(void)state;
	assert_int_equal(read_text("# comment\n"
				   "\n"
				   "  listen =  [::]:443  \r\n"
				   "header_timeout_s=3\n"
				   "area = \n"
				   "utc_offset_min = -60\n"
				   "log_level = debug",
				   &conf, &err),
			 JX_OK);
	assert_string_equal(conf.listen, "[::]:443");
	assert_string_equal(conf.area, "");
	assert_string_equal(conf.log_level, "debug");
	assert_int_equal(conf.limits.header_ms, 3000);
	assert_int_equal(conf.utc_offset_min, -60);
	assert_int_equal(conf.limits.idle_ms, jx_server_limits_default.idle_ms);
}

static void nothing_is_the_default(void **state)
{
	struct jx_server__conf conf, plain;

	(void)state;
	jx_server__conf_default(&plain);
	assert_int_equal(read_text("", &conf, NULL), JX_OK);
	assert_memory_equal(&conf, &plain, sizeof(conf));
}

struct bad {
	const char *text, *says;
};

static void refusals_name_line_and_key(void **state)
{
	static const struct bad rows[] = {
		{"a\n", "f.conf, line 1: no '='"},
		{"\nmax_conections = 5\n", "f.conf, line 2: key 'max_conections' is unknown"},
		{"area = 1\narea = 2\n", "f.conf, line 2: key 'area' stands there twice"},
		{"max_connections = 0\n",
		 "f.conf, line 1: max_connections: '0' is not a whole number from 1 to 20000"},
		{"max_connections = 5x\n", "'5x' is not a whole number"},
		{"max_connections = 99999999999999999999\n", "is not a whole number"},
		{"max_connections =\n", "'' is not a whole number"},
		{"log_level = loud\n", "log_level: 'loud' is none of"},
		{"area = 012345678901234567890123\n", "area is longer than 23 bytes"},
		{"= 5\n", "key '' is unknown"},
		{"\xff = 5\n", "is not UTF-8"},
	};
	struct jx_server__conf conf, before;
	struct jx_error err;

	(void)state;
	jx_server__conf_default(&before);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(read_text(rows[i].text, &conf, &err), JX_EINVAL);
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("'%s' does not say '%s'", err.text, rows[i].says);
		assert_memory_equal(&conf, &before, sizeof(conf));
	}
}

static void a_refused_file_changes_nothing_of_what_stood_before_the_fault(void **state)
{
	struct jx_server__conf conf;

	(void)state;
	assert_int_equal(read_text("area = 330110\nnonsense\n", &conf, NULL), JX_EINVAL);
	assert_string_equal(conf.area, "");
}

static void a_line_has_a_ceiling(void **state)
{
	char text[4096];
	struct jx_server__conf conf;
	struct jx_error err = {0};

	(void)state;
	memset(text, 'a', sizeof(text));
	jx_server__conf_default(&conf);
	assert_int_equal(jx_server__conf_read(text, sizeof(text), "f.conf", &conf, &err), JX_EINVAL);
	assert_non_null(strstr(err.text, "line 1: longer than 2047 bytes"));
}

static void what_is_written_reads_back(void **state)
{
	struct jx_server__conf conf, back;
	JX_AUTO_BUF text;

	(void)state;
	jx_buf_init(&text, 65536);
	jx_server__conf_default(&conf);
	jx_strcpy(conf.names, sizeof(conf.names), "a.example, 10.0.0.1");
	jx_strcpy(conf.tls_next_key, sizeof(conf.tls_next_key), "");
	conf.limits.idle_ms = 5000;
	conf.utc_offset_min = 0;
	jx_server__conf_write(&conf, &text);
	assert_int_equal(text.rc, JX_OK);
	jx_server__conf_default(&back);
	assert_int_equal(jx_server__conf_read(text.data, text.len, "f.conf", &back, NULL), JX_OK);
	assert_memory_equal(&back, &conf, sizeof(conf));
}

static void names_are_hosts_or_addresses(void **state)
{
	struct jx_server__conf conf;
	char scratch[1024];
	const char *names[JX_SERVER__NAMES_MAX];
	size_t count = 99;
	struct jx_error err = {0};

	(void)state;
	assert_int_equal(read_text("names = a.example , 10.0.0.1,fe80::1", &conf, NULL), JX_OK);
	assert_int_equal(jx_server__conf_names(&conf, scratch, names, &count, &err), JX_OK);
	assert_int_equal(count, 3);
	assert_string_equal(names[0], "a.example");
	assert_string_equal(names[1], "10.0.0.1");
	assert_string_equal(names[2], "fe80::1");
	assert_int_equal(read_text("names = a, b c", &conf, NULL), JX_OK);
	assert_int_equal(jx_server__conf_names(&conf, scratch, names, &count, &err), JX_EINVAL);
	assert_non_null(strstr(err.text, "'b c'"));
	assert_int_equal(read_text("names = a,,b", &conf, NULL), JX_OK);
	assert_int_equal(jx_server__conf_names(&conf, scratch, names, &count, &err), JX_EINVAL);
	assert_int_equal(read_text("names =", &conf, NULL), JX_OK);
	assert_int_equal(jx_server__conf_names(&conf, scratch, names, &count, &err), JX_OK);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_their_units),
		cmocka_unit_test(nothing_is_the_default),
		cmocka_unit_test(refusals_name_line_and_key),
		cmocka_unit_test(a_refused_file_changes_nothing_of_what_stood_before_the_fault),
		cmocka_unit_test(a_line_has_a_ceiling),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(names_are_hosts_or_addresses),
	};

	/* messages as they stand in the source: no catalogue is bound */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
