/* Decoding in a process of its own: the same copies, errors with their codes, limits that hold, and a lock that does. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draw.h"
#include "jiexun/media.h"
#include "jx_test.h"
#include "program/program.h"

struct fixture {
	char *folder, *path, *program;
	struct jx_picture_child child;
};

static int setup(void **state)
{
	struct fixture *x = jx_xcalloc(1, sizeof(*x));

	x->folder = jx_test_folder();
	x->path = jx_test_path(x->folder, "IMG_0001.JPG");
	assert_non_null(getenv("JX_BIN"));
	x->program = jx_test_path(getenv("JX_BIN"), "jx-picture");
	x->child = (struct jx_picture_child){.program = x->program, .time_max_ms = 60000};
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	free(x->path);
	free(x->program);
	jx_test_folder_remove(x->folder);
	free(x);
	return 0;
}

static void write_file(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void write_picture(struct fixture *x, const struct draw *d)
{
	size_t len = 0;
	uint8_t *data = draw(d, &len);

	write_file(x->path, data, len);
	free(data);
}

static jx_rc copy(struct fixture *x, enum jx_copy_kind kind, const struct jx_stamp *stamp, jx_buf *out,
		  struct jx_error *err)
{
	jx_buf_init(out, JX_COPY_BYTES_MAX);
	return jx_media_copy_in_child(&x->child, x->path, kind, stamp, out, err);
}

static void test_copies(void **state)
{
	struct fixture *x = *state;
	struct jx_error err;
	JX_AUTO_BUF small, stamped;
	const struct jx_stamp stamp = {.title = "2026-11-22 17:42:03 +08:00",
				       .lines = {"Entry  H07-123", "地点  人民路"},
				       .line_count = 2,
				       .code = "JX1:H07-123:A:B:C"};
	uint8_t exif[32];
	struct drawn p;

	draw_exif(6, exif);
	write_picture(x, &(struct draw){.width = 400,
					.height = 300,
					.quarters = "GWRB",
					.exif = exif,
					.exif_len = sizeof(exif)});
	jx_assert_ok(copy(x, JX_COPY_SMALL, NULL, &small, &err), &err);
	p = drawn_read(small.data, small.len);
	assert_int_equal(p.width, 240);
	assert_int_equal(p.height, 320);
	assert_int_equal(drawn_at(&p, 20, 20), 'R');
	free(p.rgb);
	jx_assert_ok(copy(x, JX_COPY_STAMPED, &stamp, &stamped, &err), &err);
	p = drawn_read(stamped.data, stamped.len);
	assert_int_equal(p.width, JX_STAMP_WIDTH);
	assert_in_range(p.height, 2133 + 200, 2133 + JX_STAMP_BAND_MAX);
	assert_int_equal(drawn_at(&p, 80, 20), 'G');
	free(p.rgb);
}

static void test_errors(void **state)
{
	struct fixture *x = *state;
	struct jx_error err;
	JX_AUTO_BUF b1, b2, b3, b4;

	jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b1, &err), JX_ENOTFOUND, &err);
	write_file(x->path, "PK not a picture", 16);
	jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b2, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "IMG_0001.JPG is not a JPEG");
	write_file(x->path, "", 0);
	jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b3, &err), JX_EINVAL, &err);
	x->child.limits.pixels_max = 1000;
	write_picture(x, &(struct draw){.width = 100, .height = 100});
	jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b4, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "100 x 100");
	assert_int_equal(b1.len + b2.len + b3.len + b4.len, 0);
}

/* What is no file: a folder, a pipe that nobody writes to. */
static void test_no_file(void **state)
{
	struct fixture *x = *state;
	struct jx_error err;
	JX_AUTO_BUF b, b2;

	assert_int_equal(mkfifo(x->path, 0600), 0);
	jx_buf_init(&b, JX_COPY_BYTES_MAX);
	assert_int_not_equal(jx_media_copy_in_child(&x->child, x->folder, JX_COPY_SMALL, NULL, &b, &err),
			     JX_OK);
	jx_buf_init(&b2, JX_COPY_BYTES_MAX);
	assert_int_not_equal(jx_media_copy_in_child(&x->child, x->path, JX_COPY_SMALL, NULL, &b2, &err),
			     JX_OK);
}

static void write_script(const struct fixture *x, char *out_path, size_t cap, const char *text)
{
	(void)snprintf(out_path, cap, "%s/program", x->folder);
	write_file(out_path, text, strlen(text));
	assert_int_equal(chmod(out_path, 0700), 0);
}

/* A program that is not ours, ends by a signal, says nothing, says too much, or never ends. */
static void test_programs(void **state)
{
	static const struct {
		const char *script;
		jx_rc want;
		const char *says;
	} cases[] = {
		{"#!/bin/sh\nkill -SEGV $$\n", JX_EINVAL, "signal 11"},
		{"#!/bin/sh\nkill -SYS $$\n", JX_EINVAL, "signal 31"},
		{"#!/bin/sh\nexit 0\n", JX_ESTATE, "status 0"},
		{"#!/bin/sh\nexit 3\n", JX_ESTATE, "status 3"},
		{"#!/bin/sh\necho first >&2; printf 'second\\033[31m line\\n' >&2; exit 65\n", JX_EINVAL,
		 "second [31m line"},
		{"#!/bin/sh\nprintf '\\377\\n' >&2; exit 65\n", JX_ESTATE, "status 65"},
		{"#!/bin/sh\nexit 71\n", JX_ELIMIT, "memory"},
		{"#!/bin/sh\nexec cat /dev/zero\n", JX_ELIMIT, ""},
		{"#!/bin/sh\nexec 1>&- 2>&-\nexit 81\n", JX_ESTATE, "status 81"},
		{"no program", JX_ESTATE, "cannot be started"},
	};
	struct fixture *x = *state;
	char path[1024];

	write_picture(x, &(struct draw){.width = 10, .height = 10});
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jx_error err = {.code = JX_OK};
		JX_AUTO_BUF b;

		write_script(x, path, sizeof(path), cases[i].script);
		x->child.program = path;
		jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b, &err), cases[i].want, &err);
		jx_assert_says(&err, cases[i].says);
		assert_int_equal(b.len, 0);
	}
	{
		struct jx_error err;
		JX_AUTO_BUF b;

		write_script(x, path, sizeof(path), "#!/bin/sh\nexec tail -f /dev/null\n");
		x->child.time_max_ms = 200;
		jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b, &err), JX_ELIMIT, &err);
		jx_assert_says(&err, "longer");
	}
	/* where it only has what nobody else wants, that is the machine's fault, and no word against the picture */
	{
		struct jx_error err;
		JX_AUTO_BUF b;

		x->child.is_idle = true;
		jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b, &err), JX_EBUSY, &err);
		jx_assert_says(&err, "busy");
		x->child.is_idle = false;
	}
	x->child.program = "/nonexistent/jx-picture";
	{
		struct jx_error err;
		JX_AUTO_BUF b;

		jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b, &err), JX_ESTATE, &err);
	}
}

/* Nothing of ours goes into the child but the picture and the stamp; nothing is left of it. */
static void test_descriptors(void **state)
{
	struct fixture *x = *state;
	char path[1024];
	struct jx_error err;
	JX_AUTO_BUF b;
	const int secret = dup2(0, 40); /* without close-on-exec */

	assert_int_equal(secret, 40);
	write_picture(x, &(struct draw){.width = 10, .height = 10});
	write_script(x, path, sizeof(path), "#!/bin/sh\nls /proc/self/fd | tr '\\n' ' ' >&2; exit 65\n");
	x->child.program = path;
	jx_assert_rc(copy(x, JX_COPY_SMALL, NULL, &b, &err), JX_EINVAL, &err);
	assert_string_equal(err.text, "0 1 2 3 "); /* 3 is the folder that ls reads */
	(void)close(secret);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* As a server does: made once by the child, kept, and given without a child from then on. */
static void test_made_once(void **state)
{
	struct fixture *x = *state;
	JX_AUTO_FREE char *dir = jx_test_path(x->folder, "photos");
	const uint8_t other[JX_HASH_BYTES] = {1};
	struct jx_fake_rand rand;
	struct jx_photo_ref ref = {0};
	JX_AUTO(jx_media) media = NULL;
	JX_AUTO_BUF first, second, none;
	struct jx_error err;
	size_t len = 0;
	uint8_t *data = draw(&(struct draw){.width = 640, .height = 480}, &len);

	jx_fake_rand_init(&rand, 7);
	jx_buf_init(&first, JX_COPY_BYTES_MAX);
	jx_buf_init(&second, JX_COPY_BYTES_MAX);
	jx_buf_init(&none, JX_COPY_BYTES_MAX);
	jx_assert_ok(
		jx_media_open(&(struct jx_media_config){.dir = dir, .fs = jx_os_fs(), .rand = &rand.rand},
			      &media, &err),
		&err);
	jx_assert_ok(jx_media_publish(media, data, len, true, &ref, &err), &err);
	jx_assert_ok(jx_media_copy_by_child(media, &x->child, ref.sha256, JX_COPY_SMALL, &first, &err), &err);
	x->child.program = "/nonexistent/jx-picture";
	jx_assert_ok(jx_media_copy_by_child(media, &x->child, ref.sha256, JX_COPY_SMALL, &second, &err),
		     &err);
	assert_true(second.len > first.len);
	assert_int_not_equal(
		jx_media_copy_by_child(media, &x->child, ref.sha256, JX_COPY_SCREEN, &none, &err), JX_OK);
	x->child.program = x->program;
	jx_assert_rc(jx_media_copy_by_child(media, &x->child, other, JX_COPY_SMALL, &none, &err),
		     JX_ENOTFOUND, &err);
	free(data);
}

/* ---- the lock itself -------------------------------------------------------------------------------- */

enum attempt {
	TRY_NOTHING,
	TRY_OPEN,
	TRY_SOCKET,
	TRY_FORK,
	TRY_EXEC,
	TRY_KILL,
	TRY_EXEC_MEMORY,
	TRY_PTRACE,
	TRY_MEMORY
};

static void attempt(enum attempt what)
{
	char *const argv[] = {NULL};
	volatile char *p;

	switch (what) {
	case TRY_OPEN:
		_exit(open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 7 : 8);
	case TRY_SOCKET:
		_exit(socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 8 : 9);
	case TRY_FORK:
		_exit(fork() >= 0 ? 8 : 9);
	case TRY_EXEC:
		_exit(execv("/bin/true", argv) == 0 ? 8 : 9);
	case TRY_KILL:
		_exit(kill(getppid(), 0) == 0 ? 8 : 9);
	case TRY_EXEC_MEMORY:
		_exit(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
				      MAP_FAILED
			      ? 8
			      : 9);
	case TRY_PTRACE:
		_exit(prctl(1, 0) == 0 ? 8 : 9);
	case TRY_MEMORY:
		p = mmap(NULL, (size_t)256 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		_exit(p == MAP_FAILED ? 7 : 8);
	case TRY_NOTHING:
	default:
		_exit(write(1, "", 0) == 0 ? 7 : 8);
	}
}

static int locked_in(enum attempt what)
{
	const pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (jx_picture__lock_in(64 << 20, 20, NULL) != JX_OK)
			_exit(10);
		attempt(what);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void assert_ended(enum attempt what)
{
	const int status = locked_in(what);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void assert_lived(enum attempt what)
{
	const int status = locked_in(what);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void test_locked_in(void **state)
{
	(void)state;
	assert_lived(TRY_NOTHING);
	assert_lived(TRY_OPEN);
	assert_ended(TRY_SOCKET);
	assert_ended(TRY_FORK);
	assert_ended(TRY_EXEC);
	assert_ended(TRY_KILL);
	assert_ended(TRY_EXEC_MEMORY);
	assert_ended(TRY_PTRACE);
#if !defined(__SANITIZE_ADDRESS__)
	assert_lived(TRY_MEMORY);
#endif
}

int main(void)
{
	/* jx-picture's words are compared, and it reads the language where it starts */
	const int is_set = setenv("JX_LANG", "en", 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_copies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_programs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_made_once, setup, teardown),
		cmocka_unit_test(test_locked_in),
	};

	return is_set == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
