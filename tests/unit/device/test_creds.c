/*
 * The key through the system's systemd-creds, with a host secret of the test's own, and through programs
 * that fail.
 */
#include "jx_test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device_private.h"

struct stage {
	char *folder;
	char *program;
	struct jx_device_keys keys;
	struct jx_fake_rand rand;
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	struct jx_error err;
};

static int begin(void **state)
{
	struct stage *s = jx_xcalloc(1, sizeof(*s));

	s->folder = jx_test_folder();
	s->program = jx_test_path(s->folder, "creds");
	s->keys = (struct jx_device_keys){.dir = s->folder, .store = JX_DEVICE_KEY_SYSTEMD_CREDS};
	jx_fake_rand_init(&s->rand, 2);
	*state = s;
	return jx_crypto_init(NULL) == JX_OK ? 0 : -1;
}

static int end(void **state)
{
	struct stage *s = *state;

	jx_test_folder_remove(s->folder);
	free(s->program);
	free(s);
	return 0;
}

static void use_script(struct stage *s, const char *text)
{
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), s->program, text, strlen(text), &s->err), &s->err);
	assert_int_equal(chmod(s->program, 0700), 0);
	s->keys.program = s->program;
}

static jx_rc create(struct stage *s)
{
	return jx_device_create_key(&s->keys, jx_os_fs(), &s->rand.rand, s->pub, s->sec, &s->err);
}

static jx_rc load(struct stage *s)
{
	return jx_device_load_key(&s->keys, s->pub, s->sec, &s->err);
}

static void the_real_program_keeps_the_key_encrypted(void **state)
{
	struct stage *s = *state;
	JX_AUTO_FREE char *secret = jx_test_path(s->folder, "host.secret");
	JX_AUTO_FREE char *path = jx_test_path(s->folder, "device.key.cred");
	JX_AUTO_FREE char *clear = jx_test_path(s->folder, "device.key");
	JX_AUTO_FREE char *stored = NULL;
	uint8_t pub[JX_PUB_BYTES];
	char hex[65];
	size_t len;

	/* Only root may make a host secret: then there is nothing to test here. */
	if (geteuid() != 0)
		skip();
	assert_int_equal(setenv("SYSTEMD_CREDENTIAL_SECRET", secret, 1), 0);
	jx_assert_ok(create(s), &s->err);
	memcpy(pub, s->pub, sizeof(pub));
	assert_int_equal(access(clear, F_OK), -1);
	stored = jx_test_read(path, &len);
	assert_non_null(stored);
	jx_hex(s->sec, 32, hex);
	assert_null(strstr(stored, hex));
	memset(s->pub, 0, sizeof(s->pub));
	jx_assert_ok(load(s), &s->err);
	assert_memory_equal(s->pub, pub, sizeof(pub));
	/* A changed byte is refused by systemd-creds and told. */
	stored[len / 2] = stored[len / 2] == 'A' ? 'B' : 'A';
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, stored, len, &s->err), &s->err);
	jx_assert_rc(load(s), JX_ESTATE, &s->err);
	jx_assert_says(&s->err, "systemd-creds decrypt");
}

static void words_and_verbs_go_to_the_program(void **state)
{
	struct stage *s = *state;
	uint8_t pub[JX_PUB_BYTES];

	/* Swaps letters, there and back; refuses any other call. */
	use_script(
		s,
		"#!/bin/sh\n[ \"$2 $3 $4\" = '--name=jiexun-device-key - -' ] || exit 9\n"
		"case $1 in\nencrypt) exec tr 'a-z' 'A-Z' ;;\ndecrypt) exec tr 'A-Z' 'a-z' ;;\nesac\nexit 8\n");
	jx_assert_ok(create(s), &s->err);
	memcpy(pub, s->pub, sizeof(pub));
	jx_assert_ok(load(s), &s->err);
	assert_memory_equal(s->pub, pub, sizeof(pub));
}

static void a_program_that_fails_is_quoted(void **state)
{
	static const struct {
		const char *script;
		const char *says;
	} cases[] = {
		{"#!/bin/sh\necho 'No TPM here' >&2\nexit 3\n", "No TPM here"},
		{"#!/bin/sh\ncat >/dev/null\nexit 0\n", "failed"},
		{"#!/bin/sh\nkill -9 $$\n", "137"},
		{"#!/bin/sh\nexec head -c 100000 /dev/zero\n", "systemd-creds"},
		{"#!/nonexistent/interpreter\n", "cannot be started"},
	};
	struct stage *s = *state;
	JX_AUTO_FREE char *path = jx_test_path(s->folder, "device.key.cred");
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		use_script(s, cases[i].script);
		assert_int_not_equal(create(s), JX_OK);
		jx_assert_says(&s->err, cases[i].says);
		assert_int_equal(access(path, F_OK), -1);
	}
}

static void a_program_that_hangs_is_stopped(void **state)
{
	static const char *const argv[] = {"/bin/sleep", "600", NULL};
	const struct jx_bytes in = {"x", 1};
	struct jx_error err;
	char words[64];
	JX_AUTO_BUF out;
	int status;

	(void)state;
	jx_buf_init(&out, 100);
	jx_assert_rc(jx_device__run(argv, &in, 200, &out, words, sizeof(words), &status, &err), JX_ESTATE,
		     &err);
	jx_assert_says(&err, "stopped");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_real_program_keeps_the_key_encrypted, begin, end),
		cmocka_unit_test_setup_teardown(words_and_verbs_go_to_the_program, begin, end),
		cmocka_unit_test_setup_teardown(a_program_that_fails_is_quoted, begin, end),
		cmocka_unit_test(a_program_that_hangs_is_stopped),
	};

	/* A program that exits without reading must not end the test. */
	return jx_os_start("test", NULL) != JX_OK || cmocka_run_group_tests(tests, NULL, NULL);
}
