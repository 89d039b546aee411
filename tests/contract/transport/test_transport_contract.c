/* One suite, every implementation. */
#include "world.h"

static int open_memory_world(void **state)
{
	return world_open(state, &world_memory);
}

static int open_https_world(void **state)
{
	return world_open(state, &world_https);
}

static const struct {
	const char *name;
	CMFixtureFunction setup;
} kinds[] = {
	{"memory", open_memory_world},
	{"https", open_https_world},
};

#define TESTS_MAX 64

static size_t gather(struct CMUnitTest *out)
{
	const struct {
		const struct CMUnitTest *tests;
		size_t count;
	} groups[] = {
		{enrol_tests, enrol_tests_count},     {sync_tests, sync_tests_count},
		{refusal_tests, refusal_tests_count}, {photo_tests, photo_tests_count},
		{resume_tests, resume_tests_count},   {office_tests, office_tests_count},
	};
	size_t n = 0;

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		for (size_t i = 0; i < groups[g].count && n < TESTS_MAX; i++)
			out[n++] = groups[g].tests[i];
	}
	return n;
}

int main(void)
{
	struct CMUnitTest all[TESTS_MAX];
	const size_t n = gather(all);
	struct jx_error err = {0};
	int failed = 0;

	if (jx_os_start("test_contract_transport", &err) != JX_OK) {
		print_error("%s\n", err.text);
		return 1;
	}
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		failed += _cmocka_run_group_tests(kinds[k].name, all, n, kinds[k].setup, world_close);
	return failed;
}
