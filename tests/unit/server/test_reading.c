/* Small readers: Range, Upload-Metadata, listen addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "jiexun/server.h"
#include "range.h"
#include "tus.h"

struct range_row {
	const char *value;
	int64_t size;
	enum jx_server__range kind;
	int64_t first, last;
};

static void ranges(void **state)
{
	static const struct range_row rows[] = {
		{"bytes=0-0", 10, JX_SERVER__RANGE_PART, 0, 0},
		{"bytes=0-9", 10, JX_SERVER__RANGE_PART, 0, 9},
		{"bytes=9-", 10, JX_SERVER__RANGE_PART, 9, 9},
		{"bytes=3-99", 10, JX_SERVER__RANGE_PART, 3, 9},
		{"bytes=-1", 10, JX_SERVER__RANGE_PART, 9, 9},
		{"bytes=-99", 10, JX_SERVER__RANGE_PART, 0, 9},
		{"bytes=10-", 10, JX_SERVER__RANGE_BEYOND, 0, 0},
		{"bytes=-0", 10, JX_SERVER__RANGE_BEYOND, 0, 0},
		{"bytes=0-", 0, JX_SERVER__RANGE_BEYOND, 0, 0},
		{"bytes=-5", 0, JX_SERVER__RANGE_BEYOND, 0, 0},
		{NULL, 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes=", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes=-", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes=5-2", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes=1-2,4-5", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes=1-2 ", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes= 1-2", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes=--5", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"lines=1-2", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes=0-9999999999999999999", 10, JX_SERVER__RANGE_ALL, 0, 0},
		{"bytes=9999999999999999999-", 10, JX_SERVER__RANGE_ALL, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t first = 0, last = 0;
		enum jx_server__range kind = jx_server__range_parse(rows[i].value, rows[i].size, &first,
								    &last);

		if (kind != rows[i].kind || first != rows[i].first || last != rows[i].last)
			fail_msg("%s: %d %lld-%lld", rows[i].value == NULL ? "none" : rows[i].value,
				 (int)kind, (long long)first, (long long)last);
	}
}

/* base64 of 64 times 'a', of 64 times 'g', of 63 times 'a' */
#define HASH_A  "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ=="
#define HASH_G  "Z2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZw=="
#define HASH_63 "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"

static void metadata(void **state)
{
	static const char *const good[] = {
		"sha256 " HASH_A,
		"filetype aW1hZ2UvanBlZw==,sha256 " HASH_A,
		"sha256 " HASH_A ",flag",
		"flag, sha256 " HASH_A,
	};
	static const char *const bad[] = {
		NULL,
		"",
		"sha256",
		"sha256 ",
		"sha256 " HASH_G,
		"sha256 " HASH_63,
		"sha256 " HASH_A "=",
		"sha256  " HASH_A,
		"sha256 " HASH_A ",sha256 " HASH_A,
		"SHA256 " HASH_A,
		"sha2567 " HASH_A,
		"x" HASH_A,
	};
	uint8_t hash[JX_HASH_BYTES], untouched[JX_HASH_BYTES];

	(void)state;
	memset(untouched, 0x55, sizeof(untouched));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		memset(hash, 0x55, sizeof(hash));
		assert_true(jx_server__tus_hash(good[i], hash));
		assert_int_equal(hash[0], 0xaa);
		assert_int_equal(hash[31], 0xaa);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(hash, 0x55, sizeof(hash));
		if (jx_server__tus_hash(bad[i], hash))
			fail_msg("%s", bad[i]);
		assert_memory_equal(hash, untouched, sizeof(hash));
	}
}

static void listen_addresses(void **state)
{
	static const char *const bad[] = {"",
					  "8443",
					  ":8443",
					  "127.0.0.1",
					  "127.0.0.1:",
					  "::1:8443",
					  "127.0.0.1:99999",
					  "127.0.0.1:-1",
					  "localhost:8443",
					  "[::1:8443",
					  "127.0.0.1:8443x"};
	struct jx_error err;
	int fd = -1, port = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(jx_server_listen(bad[i], &fd, &port, &err), JX_EINVAL);
		assert_non_null(strstr(err.text, "0.0.0.0:8443"));
		assert_int_equal(fd, -1);
	}
	assert_int_equal(jx_server_listen("127.0.0.1:0", &fd, &port, &err), JX_OK);
	assert_in_range(port, 1, 65535);
	(void)close(fd);
}

static void a_made_certificate_loads_with_its_key_only(void **state)
{
	static const char *const names[] = {"a.example", "192.0.2.1", "2001:db8::1"};
	const uint8_t serial[16] = {0xff};
	JX_AUTO_BUF key;
	JX_AUTO_BUF other;
	JX_AUTO_BUF certificate;
	JX_AUTO(jx_server_tls) tls = NULL;
	uint8_t spki[JX_HASH_BYTES];
	struct jx_error err = {0};

	(void)state;
	jx_buf_init(&key, 8192);
	jx_buf_init(&other, 8192);
	jx_buf_init(&certificate, 8192);
	assert_int_equal(jx_server_tls_make_key(&key, &err), JX_OK);
	assert_int_equal(jx_server_tls_make_key(&other, &err), JX_OK);
	assert_int_equal(jx_server_tls_make_certificate((struct jx_bytes){key.data, key.len}, names, 3,
							serial, 1788250000000, &certificate, &err),
			 JX_OK);
	assert_int_equal(jx_server_tls_load((struct jx_bytes){certificate.data, certificate.len},
					    (struct jx_bytes){other.data, other.len}, &tls, &err),
			 JX_ETLS);
	assert_null(tls);
	assert_int_equal(jx_server_tls_load((struct jx_bytes){certificate.data, certificate.len},
					    (struct jx_bytes){key.data, key.len}, &tls, &err),
			 JX_OK);
	assert_int_equal(jx_server_tls_key_spki((struct jx_bytes){key.data, key.len}, spki, &err), JX_OK);
	assert_memory_equal(spki, jx_server_tls_spki(tls), JX_HASH_BYTES);
	assert_int_equal(jx_server_tls_load((struct jx_bytes){"x", 1}, (struct jx_bytes){key.data, key.len},
					    &tls, &err),
			 JX_ETLS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(metadata),
		cmocka_unit_test(listen_addresses),
		cmocka_unit_test(a_made_certificate_loads_with_its_key_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
