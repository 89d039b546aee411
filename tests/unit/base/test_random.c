/* A system without random bytes ends a program in order: no signal, no core, and no key or id made of something else. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "jiexun/base.h"

static int calls_left = -1; /* until it breaks, in a child only; -1: it does not */

/* In place of the C library's, for libsodium too: so it must be seen from there. */
__attribute__((visibility("default"))) ssize_t getrandom(void *to, size_t len, unsigned flags)
{
	if (calls_left == 0) {
		errno = EIO;
		return -1;
	}
	if (calls_left > 0)
		calls_left--;
	return (ssize_t)syscall(SYS_getrandom, to, len, flags);
}

static void draw(void)
{
	const struct jx_rand *rand = jx_os_rand();
	uint8_t bytes[16];

	rand->fill(rand->user, bytes, sizeof(bytes));
}

static void start(void)
{
	(void)jx_crypto_init(NULL);
}

/* Status of a child that runs this and gets random bytes so often only; what it said goes to said. */
static int with_random(int times, void (*run)(void), char *said, size_t cap)
{
	int ends[2], status = -1;
	ssize_t got;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		calls_left = times;
		run();
		_exit(0);
	}
	(void)close(ends[1]);
	got = read(ends[0], said, cap - 1);
	said[got > 0 ? got : 0] = '\0';
	(void)close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_false(WIFSIGNALED(status));
	return WEXITSTATUS(status);
}

static void no_random_bytes_end_the_program_in_order(void **state)
{
	char said[256];

	(void)state;
	assert_int_equal(with_random(0, draw, said, sizeof(said)), 71);
	assert_string_equal(said, "jiexun: the system gives no random bytes\n");
}

/*
 * It looks once whether the call is there, goes to the device if not, and has no other way from then on. Must stand first in
 * main(): it is started once a process.
 */
static void nor_does_the_crypto_library_abort(void **state)
{
	char said[256];

	(void)state;
	assert_int_equal(with_random(1, start, said, sizeof(said)), 71);
	assert_string_equal(said, "jiexun: the system gives no random bytes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nor_does_the_crypto_library_abort),
		cmocka_unit_test(no_random_bytes_end_the_program_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
