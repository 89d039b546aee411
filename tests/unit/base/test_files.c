/* Real files, folders, locks, clock and random bytes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jx_test.h"

static int set_up(void **state)
{
	*state = jx_test_folder();
	return 0;
}

static int tear_down(void **state)
{
	jx_test_folder_remove(*state);
	return 0;
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void files_are_made_once_and_for_us_only(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *path = jx_test_path(*state, "a");
	jx_file *f = NULL, *again = NULL;

	jx_assert_ok(fs->create(fs->user, path, &f, &err), &err);
	assert_int_equal(mode_of(path), 0600);
	jx_assert_rc(fs->create(fs->user, path, &again, &err), JX_EEXISTS, &err);
	jx_assert_says(&err, path);
	jx_assert_says(&err, "there already");
	assert_null(again);
	fs->close(fs->user, f);
	fs->close(fs->user, NULL);
}

static void bytes_go_where_they_belong(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *path = jx_test_path(*state, "a");
	jx_file *f = NULL;
	char got[16];
	size_t n = 99;
	int64_t size = 0, modified = 0, now = jx_os_clock()->utc_ms(NULL);

	jx_assert_ok(fs->create(fs->user, path, &f, &err), &err);
	jx_assert_ok(fs->write_at(fs->user, f, 0, "hello world", 11, &err), &err);
	jx_assert_ok(fs->write_at(fs->user, f, 6, "there", 5, &err), &err);
	fs->write_out(fs->user, f, 0, 4); /* changes nothing */
	fs->write_out(fs->user, f, 1 << 20, 4);
	jx_assert_ok(fs->sync_data(fs->user, f, &err), &err);
	fs->close(fs->user, f);

	jx_assert_ok(fs->open_write(fs->user, path, &f, &err), &err); /* resume: what is there stays */
	jx_assert_ok(fs->file_size(fs->user, f, &size, &err), &err);
	assert_int_equal(size, 11);
	jx_assert_ok(fs->write_at(fs->user, f, size, "!", 1, &err), &err);
	fs->close(fs->user, f);

	jx_assert_ok(fs->open_read(fs->user, path, &f, &err), &err);
	jx_assert_ok(fs->read_at(fs->user, f, 0, got, sizeof(got), &n, &err), &err);
	assert_int_equal(n, 12);
	assert_memory_equal(got, "hello there!", 12);
	jx_assert_ok(fs->read_at(fs->user, f, 6, got, 3, &n, &err), &err);
	assert_int_equal(n, 3);
	assert_memory_equal(got, "the", 3);
	jx_assert_ok(fs->read_at(fs->user, f, 12, got, 3, &n, &err), &err);
	assert_int_equal(n, 0);
	fs->close(fs->user, f);

	jx_assert_ok(fs->stat(fs->user, path, &size, &modified, &err), &err);
	assert_int_equal(size, 12);
	assert_true(modified > now - 60000 && modified < now + 60000);
}

static void only_ordinary_files_are_opened(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *pipe_path = jx_test_path(*state, "pipe");
	JX_AUTO_FREE char *link_path = jx_test_path(*state, "link");
	JX_AUTO_FREE char *file_path = jx_test_path(*state, "file");
	JX_AUTO_FREE char *none_path = jx_test_path(*state, "none");
	jx_file *f = NULL;

	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	jx_assert_rc(fs->open_read(fs->user, pipe_path, &f, &err), JX_EINVAL, &err); /* and does not hang */
	jx_assert_rc(fs->open_read(fs->user, *state, &f, &err), JX_EINVAL, &err);
	jx_assert_rc(fs->open_write(fs->user, *state, &f, &err), JX_EINVAL, &err);
	jx_assert_rc(fs->open_read(fs->user, "/dev/zero", &f, &err), JX_EINVAL, &err);
	jx_assert_rc(fs->open_read(fs->user, none_path, &f, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(fs->open_write(fs->user, none_path, &f, &err), JX_ENOTFOUND, &err);

	/* A link may be read (a photo given by the user) but never written through. */
	jx_assert_ok(jx_fs_write_all(fs, file_path, "text", 4, &err), &err);
	assert_int_equal(symlink(file_path, link_path), 0);
	jx_assert_rc(fs->open_write(fs->user, link_path, &f, &err), JX_EINVAL, &err);
	jx_assert_rc(fs->create(fs->user, link_path, &f, &err), JX_EEXISTS, &err);
	assert_null(f);
	jx_assert_ok(fs->open_read(fs->user, link_path, &f, &err), &err);
	fs->close(fs->user, f);
}

/* The kernel takes what fits (a short count) and then refuses: the second answer must be the one reported. */
static void a_file_size_limit_is_reported_after_the_short_write(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *path = jx_test_path(*state, "a");
	JX_AUTO_FREE char *data = jx_xcalloc(1, 100000);
	struct rlimit old, small;
	jx_file *f = NULL;
	int64_t size = 0;
	jx_rc rc;

	jx_assert_ok(fs->create(fs->user, path, &f, &err), &err);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){65536, old.rlim_max};
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	rc = fs->write_at(fs->user, f, 0, data, 100000, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	jx_assert_rc(rc, JX_ENOSPC, &err);
	assert_int_equal(err.native, EFBIG);
	jx_assert_says(&err, path);
	jx_assert_ok(fs->file_size(fs->user, f, &size, &err), &err);
	assert_int_equal(size, 65536); /* the short write happened */
	fs->close(fs->user, f);
}

static void a_place_that_takes_no_files_says_so(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	jx_file *f = NULL;

	(void)state;
	/* sysfs lets nobody make files, root neither. */
	jx_assert_rc(fs->create(fs->user, "/sys/jx-test", &f, &err), JX_EROFS, &err);
	jx_assert_says(&err, "check the permissions");
	jx_assert_rc(fs->make_dir(fs->user, "/sys/jx-test/a", &err), JX_EROFS, &err);
	jx_assert_rc(jx_fs_write_all(fs, "/sys/jx-test", "x", 1, &err), JX_EROFS, &err);
}

static void folders_are_made_with_their_parents(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *deep = jx_test_path(*state, "a//b/./c/");
	JX_AUTO_FREE char *b = jx_test_path(*state, "a/b");
	JX_AUTO_FREE char *c = jx_test_path(*state, "a/b/c");
	JX_AUTO_FREE char *d = jx_test_path(*state, "a/b/c/d");
	JX_AUTO_FREE char *e = jx_test_path(*state, "a/b/c/d/e");
	jx_file *f = NULL;

	jx_assert_ok(fs->make_dir(fs->user, deep, &err), &err);
	assert_int_equal(mode_of(b), 0700);
	assert_int_equal(mode_of(c), 0700);
	jx_assert_ok(fs->make_dir(fs->user, deep, &err), &err);
	jx_assert_ok(fs->make_dir(fs->user, c, &err), &err);
	jx_assert_ok(fs->make_dir(fs->user, "/", &err), &err);
	jx_assert_ok(fs->make_dir(fs->user, ".", &err), &err);
	jx_assert_rc(fs->make_dir(fs->user, "", &err), JX_ENOTFOUND, &err);

	jx_assert_ok(fs->create(fs->user, d, &f, &err), &err);
	fs->close(fs->user, f);
	jx_assert_rc(fs->make_dir(fs->user, d, &err), JX_EEXISTS, &err);
	jx_assert_says(&err, "is a file, not a folder");
	jx_assert_rc(fs->make_dir(fs->user, e, &err), JX_ENOTFOUND, &err);
}

static void folders_are_made_without_waiting_for_the_disk(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *deep = jx_test_path(*state, "l/m/n");
	JX_AUTO_FREE char *file = jx_test_path(*state, "l/f");
	JX_AUTO_FREE char *below = jx_test_path(*state, "l/f/g");
	jx_file *f = NULL;

	jx_assert_ok(fs->make_dir_unsynced(fs->user, deep, &err), &err);
	assert_int_equal(mode_of(deep), 0700);
	jx_assert_ok(fs->make_dir_unsynced(fs->user, deep, &err), &err);
	jx_assert_ok(fs->create(fs->user, file, &f, &err), &err);
	fs->close(fs->user, f);
	jx_assert_rc(fs->make_dir_unsynced(fs->user, file, &err), JX_EEXISTS, &err);
	jx_assert_rc(fs->make_dir_unsynced(fs->user, below, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(fs->make_dir_unsynced(fs->user, "/sys/jx-test/a", &err), JX_EROFS, &err);
}

static void relative_folders_are_made_where_we_are(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *want = jx_test_path(*state, "x/y");
	JX_AUTO_FREE char *here = getcwd(NULL, 0);

	assert_non_null(here);
	assert_int_equal(chdir(*state), 0);
	jx_assert_ok(fs->make_dir(fs->user, "x/y", &err), &err);
	jx_assert_ok(fs->sync_dir(fs->user, "x", &err), &err);
	assert_int_equal(chdir(here), 0);
	assert_int_equal(mode_of(want), 0700);
}

static jx_rc count_name(void *arg, const char *name)
{
	int *bits = arg;

	assert_int_equal(strlen(name), 1);
	*bits |= 1 << (name[0] - 'a');
	return JX_OK;
}

static jx_rc stop_at_once(void *arg, const char *name)
{
	int *calls = arg;

	(void)name;
	(*calls)++;
	return JX_EINTR;
}

static void names_are_listed_renamed_and_removed(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *a = jx_test_path(*state, "a");
	JX_AUTO_FREE char *b = jx_test_path(*state, "b");
	JX_AUTO_FREE char *c = jx_test_path(*state, "c");
	int bits = 0, calls = 0;
	int64_t bytes = 0;

	jx_assert_ok(jx_fs_write_all(fs, a, "A", 1, &err), &err);
	jx_assert_ok(jx_fs_write_all(fs, b, "B", 1, &err), &err);
	jx_assert_ok(fs->list(fs->user, *state, count_name, &bits, &err), &err);
	assert_int_equal(bits, 3);
	assert_int_equal(fs->list(fs->user, *state, stop_at_once, &calls, &err), JX_EINTR);
	assert_int_equal(calls, 1);
	jx_assert_ok(fs->rename(fs->user, a, b, &err), &err); /* replaces */
	jx_assert_rc(fs->rename(fs->user, a, b, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(fs->remove(fs->user, c, &err), JX_ENOTFOUND, &err);
	jx_assert_ok(fs->remove(fs->user, b, &err), &err);
	bits = 0;
	jx_assert_ok(fs->list(fs->user, *state, count_name, &bits, &err), &err);
	assert_int_equal(bits, 0);
	jx_assert_rc(fs->list(fs->user, c, count_name, &bits, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(fs->stat(fs->user, c, NULL, NULL, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(fs->sync_dir(fs->user, c, &err), JX_ENOTFOUND, &err);
	jx_assert_ok(fs->free_bytes(fs->user, *state, &bytes, &err), &err);
	assert_true(bytes > 0);
	jx_assert_rc(fs->free_bytes(fs->user, c, &bytes, &err), JX_ENOTFOUND, &err);
}

static void a_lock_excludes_others_in_this_process_too(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *path = jx_test_path(*state, "lock");
	void *first = NULL, *second = NULL;
	int64_t begun;

	jx_assert_ok(fs->lock(fs->user, path, 0, &first, &err), &err);
	jx_assert_rc(fs->lock(fs->user, path, 0, &second, &err), JX_EBUSY, &err);
	jx_assert_says(&err, path);
	begun = jx_os_clock()->mono_ms(NULL);
	jx_assert_rc(fs->lock(fs->user, path, 5, &second, &err), JX_EBUSY, &err);
	assert_true(jx_os_clock()->mono_ms(NULL) - begun >= 4);
	assert_null(second);
	fs->unlock(fs->user, first);
	fs->unlock(fs->user, NULL);
	jx_assert_ok(fs->lock(fs->user, path, 0, &second, &err), &err);
	fs->unlock(fs->user, second);
	assert_int_equal(mode_of(path), 0600);
}

static void a_folder_is_locked_without_leaving_anything(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *dot = jx_test_path(*state, ".");
	JX_AUTO_FREE char *none = jx_test_path(*state, "none/.");
	void *first = NULL, *second = NULL;
	int bits = 0;

	jx_assert_ok(fs->lock(fs->user, dot, 0, &first, &err), &err);
	jx_assert_rc(fs->lock(fs->user, dot, 0, &second, &err), JX_EBUSY, &err);
	fs->unlock(fs->user, first);
	jx_assert_rc(fs->lock(fs->user, none, 0, &second, &err), JX_ENOTFOUND, &err);
	jx_assert_ok(fs->list(fs->user, *state, count_name, &bits, &err), &err);
	assert_int_equal(bits, 0);
}

/* The child takes the lock, says so, and waits for its own pipe to close; then it is killed holding the lock. */
static pid_t start_holder(const char *path, int *ready_fd)
{
	int ready[2];
	pid_t pid;
	char byte = 0;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		void *lock = NULL;

		byte = jx_os_fs()->lock(NULL, path, 0, &lock, NULL) == JX_OK ? 'y' : 'n';
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	(void)close(ready[1]);
	*ready_fd = ready[0];
	return pid;
}

static void the_end_of_a_process_frees_its_lock(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *path = jx_test_path(*state, "lock");
	JX_AUTO_FD int ready = -1;
	void *lock = NULL;
	pid_t pid = start_holder(path, &ready);

	jx_assert_rc(fs->lock(fs->user, path, 0, &lock, &err), JX_EBUSY, &err);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	jx_assert_ok(fs->lock(fs->user, path, 0, &lock, &err), &err);
	fs->unlock(fs->user, lock);
}

/* A child that was forked while we held the lock, and has not called exec, must not keep it. */
static void a_forked_child_does_not_keep_our_lock(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *path = jx_test_path(*state, "lock");
	void *first = NULL, *second = NULL;
	pid_t pid;

	jx_assert_ok(fs->lock(fs->user, path, 0, &first, &err), &err);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		for (;;)
			(void)pause();
	}
	fs->unlock(fs->user, first);
	jx_assert_ok(fs->lock(fs->user, path, 0, &second, &err), &err);
	fs->unlock(fs->user, second);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

#define WRITERS    4
#define ROUNDS     15
#define TEXT_BYTES 3000

/* One of several processes that write the same path: each always the same letter. */
static pid_t start_writer(const char *path, char letter)
{
	pid_t pid = fork();
	char text[TEXT_BYTES];

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	memset(text, letter, sizeof(text));
	for (int i = 0; i < ROUNDS; i++) {
		if (jx_fs_write_all(jx_os_fs(), path, text, sizeof(text), NULL) != JX_OK)
			_exit(1);
	}
	_exit(0);
}

static void assert_whole(const char *path)
{
	size_t len = 0;
	JX_AUTO_FREE char *text = jx_test_read(path, &len);

	if (text == NULL)
		return; /* not there yet */
	assert_int_equal(len, TEXT_BYTES);
	for (size_t i = 1; i < len; i++)
		assert_int_equal(text[i], text[0]);
}

static void writers_of_one_path_never_mix(void **state)
{
	JX_AUTO_FREE char *path = jx_test_path(*state, "a");
	JX_AUTO_FREE char *temp = jx_test_path(*state, ".a.tmp");
	int running = WRITERS, status = 0;

	for (int i = 0; i < WRITERS; i++)
		(void)start_writer(path, (char)('a' + (char)i));
	while (running > 0) {
		pid_t done = waitpid(-1, &status, WNOHANG);

		assert_true(done >= 0);
		if (done > 0) {
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
			running--;
		}
		assert_whole(path);
	}
	assert_whole(path);
	assert_null(jx_test_read(temp, NULL));
}

static void nothing_stays_open_in_children(void **state)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err = {0};
	JX_AUTO_FREE char *path = jx_test_path(*state, "a");
	JX_AUTO_FREE char *lock_path = jx_test_path(*state, "lock");
	jx_file *f = NULL;
	void *lock = NULL;
	int found = 0;

	jx_assert_ok(fs->create(fs->user, path, &f, &err), &err);
	jx_assert_ok(fs->lock(fs->user, lock_path, 0, &lock, &err), &err);
	for (int fd = 3; fd < 64; fd++) {
		JX_AUTO_FREE char *name = jx_xasprintf("/proc/self/fd/%d", fd);
		char target[512];
		ssize_t n = readlink(name, target, sizeof(target) - 1);

		if (n < 0 || strncmp(target, *state, strlen(*state)) != 0)
			continue;
		found++;
		assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	}
	assert_int_equal(found, 2);
	fs->close(fs->user, f);
	fs->unlock(fs->user, lock);
}

static void the_real_clock_and_random_source_run(void **state)
{
	const struct jx_clock *clock = jx_os_clock();
	const struct jx_rand *rand = jx_os_rand();
	uint8_t boot[JX_ID_BYTES], boot_again[JX_ID_BYTES], zero[JX_ID_BYTES] = {0};
	uint8_t a[600], b[600];
	int64_t mono = clock->mono_ms(clock->user);

	(void)state;
	assert_true(clock->utc_ms(clock->user) > INT64_C(1700000000000));
	assert_true(clock->mono_ms(clock->user) >= mono);
	clock->boot_id(clock->user, boot);
	clock->boot_id(clock->user, boot_again);
	assert_memory_equal(boot, boot_again, sizeof(boot));
	assert_memory_not_equal(boot, zero, sizeof(boot));
	rand->fill(rand->user, a, sizeof(a)); /* more than getrandom promises to give at once */
	rand->fill(rand->user, b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a + 300, b + 300, 300);
}

#define IN_FOLDER(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(files_are_made_once_and_for_us_only),
		IN_FOLDER(bytes_go_where_they_belong),
		IN_FOLDER(only_ordinary_files_are_opened),
		IN_FOLDER(a_file_size_limit_is_reported_after_the_short_write),
		IN_FOLDER(a_place_that_takes_no_files_says_so),
		IN_FOLDER(folders_are_made_with_their_parents),
		IN_FOLDER(folders_are_made_without_waiting_for_the_disk),
		IN_FOLDER(relative_folders_are_made_where_we_are),
		IN_FOLDER(names_are_listed_renamed_and_removed),
		IN_FOLDER(a_lock_excludes_others_in_this_process_too),
		IN_FOLDER(a_folder_is_locked_without_leaving_anything),
		IN_FOLDER(the_end_of_a_process_frees_its_lock),
		IN_FOLDER(a_forked_child_does_not_keep_our_lock),
		IN_FOLDER(writers_of_one_path_never_mix),
		IN_FOLDER(nothing_stays_open_in_children),
		cmocka_unit_test(the_real_clock_and_random_source_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
