/* Whole files on a file interface that remembers the order of calls and fails where it is told. */
#include <errno.h>
#include <stdlib.h>

#include "jx_test.h"

struct place {
	char *folder;
	char *path;
	char *temp;
	struct jx_fault_fs fault;
};

static int set_up(void **state)
{
	struct place *p = jx_xcalloc(1, sizeof(*p));

	p->folder = jx_test_folder();
	p->path = jx_test_path(p->folder, "a.json");
	p->temp = jx_test_path(p->folder, ".a.json.tmp");
	jx_fault_fs_init(&p->fault, jx_os_fs());
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	jx_fault_fs_done(&p->fault);
	free(p->path);
	free(p->temp);
	jx_test_folder_remove(p->folder);
	free(p);
	return 0;
}

static void assert_holds(const char *path, const char *want)
{
	JX_AUTO_FREE char *text = jx_test_read(path, NULL);

	if (want == NULL) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, want);
}

static void a_file_is_written_synced_renamed_and_the_folder_synced(void **state)
{
	struct place *p = *state;
	struct jx_error err = {0};

	jx_assert_ok(jx_fs_write_all(&p->fault.fs, p->path, "first", 5, &err), &err);
	assert_string_equal(p->fault.log.data,
			    "lock .; create .a.json.tmp; write 5; sync; rename a.json; sync_dir; unlock");
	assert_holds(p->path, "first");
	assert_holds(p->temp, NULL);
	jx_assert_ok(jx_fs_write_all(&p->fault.fs, p->path, "", 0, &err), &err);
	assert_holds(p->path, "");
}

static void any_failing_call_leaves_the_old_file_and_no_temp(void **state)
{
	static const int errnos[] = {ENOSPC, EIO, EROFS, EDQUOT, EFBIG};
	/* 1 lock, 2 create, 3 write, 4 sync, 5 rename; 6 is the folder's sync: by then the new name stands. */
	struct place *p = *state;

	for (size_t e = 0; e < sizeof(errnos) / sizeof(errnos[0]); e++) {
		for (int n = 2; n <= 6; n++) {
			struct jx_error err = {0};
			jx_rc want = jx_rc_from_errno(errnos[e]);

			jx_assert_ok(jx_fs_write_all(jx_os_fs(), p->path, "old", 3, &err), &err);
			jx_fault_fs_plan(&p->fault, n, errnos[e]);
			p->fault.short_write = true;
			jx_assert_rc(jx_fs_write_all(&p->fault.fs, p->path, "new and longer", 14, &err), want,
				     &err);
			assert_int_equal(err.native, errnos[e]);
			assert_holds(p->path, n < 6 ? "old" : "new and longer");
			assert_holds(p->temp, NULL);
			assert_string_equal(p->fault.log.data + p->fault.log.len - 8, "; unlock");
		}
	}
}

static void a_failed_sync_is_final(void **state)
{
	struct place *p = *state;
	struct jx_error err = {0};

	jx_fault_fs_plan(&p->fault, 4, EIO);
	jx_assert_rc(jx_fs_write_all(&p->fault.fs, p->path, "new", 3, &err), JX_EIO, &err);
	assert_string_equal(p->fault.log.data,
			    "lock .; create .a.json.tmp; write 3; sync; remove .a.json.tmp; unlock");
}

static void a_dead_disk_is_reported_once_and_holds_nothing(void **state)
{
	struct place *p = *state;

	p->fault.fail_from = true;
	for (int n = 2; n <= 5; n++) {
		struct jx_error err = {0};

		jx_fault_fs_plan(&p->fault, n, EIO);
		jx_assert_rc(jx_fs_write_all(&p->fault.fs, p->path, "new", 3, &err), JX_EIO, &err);
		assert_holds(p->path, NULL);
	}
}

static void what_a_killed_writer_left_is_replaced(void **state)
{
	struct place *p = *state;
	struct jx_error err = {0};
	jx_file *left = NULL;

	jx_assert_ok(jx_os_fs()->create(NULL, p->temp, &left, &err), &err);
	jx_assert_ok(jx_os_fs()->write_at(NULL, left, 0, "half of something long", 22, &err), &err);
	jx_os_fs()->close(NULL, left);
	jx_assert_ok(jx_fs_write_all(&p->fault.fs, p->path, "whole", 5, &err), &err);
	assert_string_equal(
		p->fault.log.data,
		"lock .; create .a.json.tmp; remove .a.json.tmp; create .a.json.tmp; write 5; sync; "
		"rename a.json; sync_dir; unlock");
	assert_holds(p->path, "whole");
	assert_holds(p->temp, NULL);
}

static void another_writer_of_the_folder_is_waited_for(void **state)
{
	struct place *p = *state;
	struct jx_error err = {0};

	jx_fault_fs_plan(&p->fault, 1, EAGAIN); /* the lock stays with the other to the end of the wait */
	jx_assert_rc(jx_fs_write_all(&p->fault.fs, p->path, "mine", 4, &err), JX_EBUSY, &err);
	assert_string_equal(p->fault.log.data, "lock .");
	assert_holds(p->path, NULL);
}

static void a_file_system_without_locks_is_written_without(void **state)
{
	struct place *p = *state;
	struct jx_error err = {0};

	jx_fault_fs_plan(&p->fault, 1, ENOLCK);
	jx_assert_ok(jx_fs_write_all(&p->fault.fs, p->path, "mine", 4, &err), &err);
	assert_string_equal(p->fault.log.data,
			    "lock .; create .a.json.tmp; write 4; sync; rename a.json; sync_dir");
	assert_holds(p->path, "mine");
}

static void a_missing_folder_is_named_and_not_made(void **state)
{
	struct place *p = *state;
	struct jx_error err = {0};
	JX_AUTO_FREE char *path = jx_test_path(p->folder, "none/a.json");
	JX_AUTO_FREE char *folder = jx_test_path(p->folder, "none");

	jx_assert_rc(jx_fs_write_all(jx_os_fs(), path, "x", 1, &err), JX_ENOTFOUND, &err);
	jx_assert_says(&err, folder);
	jx_assert_rc(jx_os_fs()->stat(NULL, folder, NULL, NULL, &err), JX_ENOTFOUND, &err);
}

static void a_whole_file_is_read_up_to_its_ceiling(void **state)
{
	struct place *p = *state;
	struct jx_error err = {0};
	JX_AUTO_FREE char *big = jx_xmalloc(50000);
	JX_AUTO_BUF b, tight;

	for (size_t i = 0; i < 50000; i++)
		big[i] = (char)('a' + (char)(i % 23));
	jx_assert_ok(jx_fs_write_all(&p->fault.fs, p->path, big, 50000, &err), &err);
	jx_buf_init(&b, 50000);
	jx_assert_ok(jx_fs_read_all(&p->fault.fs, p->path, &b, &err), &err);
	assert_int_equal(b.len, 50000);
	assert_memory_equal(b.data, big, 50000);
	jx_buf_init(&tight, 49999);
	jx_assert_rc(jx_fs_read_all(&p->fault.fs, p->path, &tight, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "a.json");
	jx_buf_done(&tight);
	jx_buf_init(&tight, 10);
	jx_assert_rc(jx_fs_read_all(&p->fault.fs, p->temp, &tight, &err), JX_ENOTFOUND, &err);
	jx_fault_fs_plan(&p->fault, 1, EIO);
	jx_assert_rc(jx_fs_read_all(&p->fault.fs, p->path, &tight, &err), JX_EIO, &err);
}

static void names_without_a_folder_are_here(void **state)
{
	struct place *p = *state;
	struct jx_error err = {0};

	/* Every call refused: only the names matter. */
	p->fault.fail_from = true;
	jx_fault_fs_plan(&p->fault, 2, EROFS);
	jx_assert_rc(jx_fs_write_all(&p->fault.fs, "b", "x", 1, &err), JX_EROFS, &err);
	assert_string_equal(p->fault.log.data, "lock .; create .b.tmp; remove .b.tmp; unlock");
	jx_fault_fs_plan(&p->fault, 2, EROFS);
	jx_assert_rc(jx_fs_write_all(&p->fault.fs, "/c", "x", 1, &err), JX_EROFS, &err);
	assert_string_equal(p->fault.log.data, "lock .; create .c.tmp; remove .c.tmp; unlock");
}

#define WITH_PLACE(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(a_file_is_written_synced_renamed_and_the_folder_synced),
		WITH_PLACE(any_failing_call_leaves_the_old_file_and_no_temp),
		WITH_PLACE(a_failed_sync_is_final),
		WITH_PLACE(a_dead_disk_is_reported_once_and_holds_nothing),
		WITH_PLACE(what_a_killed_writer_left_is_replaced),
		WITH_PLACE(another_writer_of_the_folder_is_waited_for),
		WITH_PLACE(a_file_system_without_locks_is_written_without),
		WITH_PLACE(a_missing_folder_is_named_and_not_made),
		WITH_PLACE(a_whole_file_is_read_up_to_its_ceiling),
		WITH_PLACE(names_without_a_folder_are_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
