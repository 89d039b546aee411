#include "jx_test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device_private.h"

struct stage {
	char *folder;
	char *data;
	char *file;
	struct jx_device_keys keys;
	struct jx_fake_rand rand;
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	struct jx_error err;
};

static int begin(void **state)
{
	struct stage *s = jx_xcalloc(1, sizeof(*s));

	s->folder = jx_test_folder();
	s->data = jx_test_path(s->folder, "a/data");
	s->file = jx_test_path(s->data, "device.key");
	s->keys.dir = s->data;
	jx_fake_rand_init(&s->rand, 1);
	*state = s;
	return jx_crypto_init(NULL) == JX_OK ? 0 : -1;
}

static int end(void **state)
{
	struct stage *s = *state;

	jx_test_folder_remove(s->folder);
	free(s->data);
	free(s->file);
	free(s);
	return 0;
}

static jx_rc create(struct stage *s)
{
	return jx_device_create_key(&s->keys, jx_os_fs(), &s->rand.rand, s->pub, s->sec, &s->err);
}

static jx_rc load(struct stage *s)
{
	return jx_device_load_key(&s->keys, s->pub, s->sec, &s->err);
}

static void a_made_key_is_loaded_again(void **state)
{
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], sig[JX_SIG_BYTES];
	const struct jx_bytes part = {"text", 4};
	struct stage *s = *state;
	struct stat st;

	jx_assert_ok(create(s), &s->err);
	memcpy(pub, s->pub, sizeof(pub));
	memcpy(sec, s->sec, sizeof(sec));
	assert_int_equal(stat(s->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	memset(s->pub, 0, sizeof(s->pub));
	jx_assert_ok(load(s), &s->err);
	assert_memory_equal(s->pub, pub, sizeof(pub));
	assert_memory_equal(s->sec, sec, sizeof(sec));
	jx_sign(s->sec, JX_TAG_HEAD, &part, 1, sig);
	assert_true(jx_verify(pub, JX_TAG_HEAD, &part, 1, sig));
}

static void no_key_yet_says_enrol(void **state)
{
	struct stage *s = *state;

	jx_assert_rc(load(s), JX_ENOTFOUND, &s->err);
	jx_assert_says(&s->err, "enrol");
}

static void an_existing_key_is_never_replaced(void **state)
{
	JX_AUTO_FREE char *before = NULL;
	JX_AUTO_FREE char *after = NULL;
	JX_AUTO_FREE char *cred = NULL;
	struct stage *s = *state;
	size_t len;

	jx_assert_ok(create(s), &s->err);
	before = jx_test_read(s->file, &len);
	jx_assert_rc(create(s), JX_EEXISTS, &s->err);
	s->keys.store = JX_DEVICE_KEY_SYSTEMD_CREDS;
	jx_assert_rc(create(s), JX_EEXISTS, &s->err);
	after = jx_test_read(s->file, &len);
	assert_string_equal(before, after);
	/* The other kind is in the way just as well. */
	assert_int_equal(unlink(s->file), 0);
	cred = jx_test_path(s->data, "device.key.cred");
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), cred, "x", 1, &s->err), &s->err);
	s->keys.store = JX_DEVICE_KEY_FILE;
	jx_assert_rc(create(s), JX_EEXISTS, &s->err);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
	static const mode_t modes[] = {0640, 0604, 0660, 0601, 0644};
	struct stage *s = *state;
	size_t i;

	jx_assert_ok(create(s), &s->err);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(s->file, modes[i]), 0);
		jx_assert_rc(load(s), JX_EAUTH, &s->err);
		jx_assert_says(&s->err, "chmod 600");
	}
	assert_int_equal(chmod(s->file, 0400), 0);
	jx_assert_ok(load(s), &s->err);
}

static void a_key_that_is_no_plain_file_is_refused(void **state)
{
	struct stage *s = *state;
	JX_AUTO_FREE char *real = jx_test_path(s->folder, "real.key");

	jx_assert_ok(create(s), &s->err);
	assert_int_equal(rename(s->file, real), 0);
	assert_int_equal(symlink(real, s->file), 0);
	jx_assert_rc(load(s), JX_EAUTH, &s->err);
	assert_int_equal(unlink(s->file), 0);
	assert_int_equal(mkfifo(s->file, 0600), 0);
	jx_assert_rc(load(s), JX_EAUTH, &s->err);
	assert_int_equal(unlink(s->file), 0);
	assert_int_equal(mkdir(s->file, 0700), 0);
	jx_assert_rc(load(s), JX_EAUTH, &s->err);
}

/*
 * Every changed, missing or added byte is seen, but for one hex digit that makes another seed: that is
 * what the chain shows.
 */
static void a_damaged_key_is_told(void **state)
{
	struct stage *s = *state;
	JX_AUTO_FREE char *good = NULL;
	size_t len, at;

	jx_assert_ok(create(s), &s->err);
	good = jx_test_read(s->file, &len);
	for (at = 0; at < len; at++) {
		JX_AUTO_FREE char *bad = jx_xstrndup(good, len);

		jx_assert_ok(jx_fs_write_all(jx_os_fs(), s->file, good, at, &s->err), &s->err);
		jx_assert_rc(load(s), JX_ECORRUPT, &s->err);
		bad[at] = 'x';
		jx_assert_ok(jx_fs_write_all(jx_os_fs(), s->file, bad, len, &s->err), &s->err);
		if (bad[at] != good[at])
			jx_assert_rc(load(s), JX_ECORRUPT, &s->err);
	}
	jx_assert_says(&s->err, "device.key");
	{
		JX_AUTO_FREE char *longer = jx_xasprintf("%s\n", good);

		jx_assert_ok(jx_fs_write_all(jx_os_fs(), s->file, longer, len + 1, &s->err), &s->err);
		jx_assert_rc(load(s), JX_ECORRUPT, &s->err);
	}
}

static void a_failing_disk_leaves_no_half_key(void **state)
{
	struct stage *s = *state;
	bool was_hit = true;
	int n, failed = 0;

	for (n = 1; was_hit; n++) {
		struct jx_fault_fs fault;
		jx_rc rc;

		jx_fault_fs_init(&fault, jx_os_fs());
		jx_fault_fs_plan(&fault, n, ENOSPC);
		rc = jx_device_create_key(&s->keys, &fault.fs, &s->rand.rand, s->pub, s->sec, &s->err);
		was_hit = fault.calls >= n;
		jx_fault_fs_done(&fault);
		/* Said to be there: there. Said to have failed: not there, not even a good one. */
		jx_assert_rc(load(s), rc == JX_OK ? JX_OK : JX_ENOTFOUND, &s->err);
		failed += rc != JX_OK;
		(void)unlink(s->file);
	}
	assert_in_range(failed, 6, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_made_key_is_loaded_again, begin, end),
		cmocka_unit_test_setup_teardown(no_key_yet_says_enrol, begin, end),
		cmocka_unit_test_setup_teardown(an_existing_key_is_never_replaced, begin, end),
		cmocka_unit_test_setup_teardown(a_key_that_others_may_read_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(a_key_that_is_no_plain_file_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(a_damaged_key_is_told, begin, end),
		cmocka_unit_test_setup_teardown(a_failing_disk_leaves_no_half_key, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
