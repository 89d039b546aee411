/* One suite, every implementation. */
#include "vault_world.h"

#include <stdlib.h>

static int open_sqlite_world(void **state)
{
	return world_open(state, &vault_sqlite);
}

static const struct {
	const char *name;
	CMFixtureFunction setup;
} kinds[] = {
	{"sqlite", open_sqlite_world},
};

#define TESTS_MAX 64

/* cmocka wants one array with set-up and tear-down in each row. */
static size_t gather(struct CMUnitTest *out, CMFixtureFunction setup)
{
	const struct {
		const struct CMUnitTest *tests;
		size_t count;
	} groups[] = {
		{vault_writer_tests, vault_writer_tests_count},
		{vault_take_tests, vault_take_tests_count},
		{vault_photo_tests, vault_photo_tests_count},
		{vault_feed_tests, vault_feed_tests_count},
	};
	size_t n = 0;

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		for (size_t i = 0; i < groups[g].count && n < TESTS_MAX; i++) {
			out[n] = groups[g].tests[i];
			out[n].setup_func = setup;
			out[n].teardown_func = world_close;
			n++;
		}
	}
	return n;
}

int main(void)
{
	struct CMUnitTest all[TESTS_MAX];
	int failed = 0;

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const size_t n = gather(all, kinds[k].setup);

		failed += _cmocka_run_group_tests(kinds[k].name, all, n, NULL, NULL);
	}
	return failed;
}
