#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "jiexun/base.h"

static void an_array_that_grows_keeps_what_it_holds(void **state)
{
	JX_AUTO_FREE uint32_t *a = NULL;

	(void)state;
	for (uint32_t n = 1; n <= 100; n++) {
		a = jx_xreallocarray(a, n, sizeof(*a));
		a[n - 1] = n;
	}
	for (uint32_t n = 1; n <= 100; n++)
		assert_int_equal(a[n - 1], n);
}

static void nothing_is_still_an_allocation(void **state)
{
	JX_AUTO_FREE void *none = jx_xreallocarray(NULL, 0, sizeof(int));

	(void)state;
	assert_non_null(none);
}

/* The status of a child that asks for n things of size. */
static int ask_for(size_t n, size_t size)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		(void)close(STDERR_FILENO);
		_exit(jx_xreallocarray(NULL, n, size) == NULL ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_product_that_overflows_ends_the_process_in_order(void **state)
{
	(void)state;
	assert_int_equal(ask_for(8, 8), 0);
	assert_int_equal(ask_for(SIZE_MAX / 2, 4), 71);
	/* wraps to 16: a malloc of the product would succeed */
	assert_int_equal(ask_for(SIZE_MAX / 16 + 2, 16), 71);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_array_that_grows_keeps_what_it_holds),
		cmocka_unit_test(nothing_is_still_an_allocation),
		cmocka_unit_test(a_product_that_overflows_ends_the_process_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
