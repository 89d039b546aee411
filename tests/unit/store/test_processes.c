/* Several processes on one store, as the app, jx and jx sync are. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"

#define EACH 200

static int setup(void **state)
{
	struct device *d = jx_xcalloc(1, sizeof(*d));

	device_init(d);
	/* waiting is what is tested, not how patient this machine is */
	d->config.lock_wait_ms = 120000;
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	device_done(*state);
	free(*state);
	return 0;
}

/* A child that saves, sometimes closing and opening, sometimes checkpointing. Exit status 0 if all went well. */
static pid_t start_writer(struct device *d, uint64_t seed)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct jx_error err;
		int i;

		d->store = NULL;
		jx_fake_rand_init(&d->rand, seed);
		if (jx_store_open(&d->config, &d->store, &err) != JX_OK)
			_exit(1);
		for (i = 0; i < EACH; i++) {
			struct plain p = device_plain(d);
			int64_t n = 0;

			if (device_append(d, &p, &n, &err) != JX_OK || n < 1)
				_exit(2);
			if (i % 40 == 39 && jx_store_checkpoint(d->store, &err) != JX_OK)
				_exit(3);
			if (i % 25 == 24) {
				device_close(d);
				if (jx_store_open(&d->config, &d->store, &err) != JX_OK)
					_exit(4);
			}
		}
		device_close(d);
		_exit(0);
	}
	return child;
}

static int wait_for(pid_t child)
{
	int status = 0;

	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void two_writers_make_one_chain_without_gaps(void **state)
{
	struct device *d = *state;
	struct jx_store_counts c;
	struct jx_error err;
	pid_t a, b;

	device_enrol(d, 1);
	device_close(d);
	a = start_writer(d, 100);
	b = start_writer(d, 200);
	assert_int_equal(wait_for(a), 0);
	assert_int_equal(wait_for(b), 0);
	device_open(d);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
	jx_assert_ok(jx_store_count(d->store, &c, &err), &err);
	assert_int_equal(c.entries, 2 * EACH);
	assert_int_equal(device_row(d, 2 * EACH).n, 2 * EACH);
	assert_int_equal(device_sql(d, "SELECT count(DISTINCT n) FROM entry"), 2 * EACH);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM setting WHERE name = 'commit_failures'"), 0);
}

static void a_reader_is_never_hindered_and_sees_a_whole_chain(void **state)
{
	struct device *d = *state;
	struct device reader;
	struct jx_store_counts c = {.entries = 0};
	struct jx_error err;
	int64_t last = 0;
	pid_t a, b;

	device_enrol(d, 1);
	device_close(d);
	reader = *d;
	reader.config.read_only = true;
	a = start_writer(d, 100);
	b = start_writer(d, 200);
	while (c.entries < 2 * EACH) {
		device_open(&reader);
		jx_assert_ok(jx_store_count(reader.store, &c, &err), &err);
		assert_true(c.entries >= last);
		last = c.entries;
		if (c.entries > 0)
			assert_int_equal(device_row(&reader, c.entries).n, c.entries);
		jx_assert_ok(jx_store_check(reader.store, &err), &err);
		device_close(&reader);
	}
	assert_int_equal(wait_for(a), 0);
	assert_int_equal(wait_for(b), 0);
}

/* Two stores of one process, as in a simulation: the lock is of the open file, not of the process. */
static void two_stores_in_one_process_take_turns(void **state)
{
	struct device *d = *state;
	struct device other;
	struct jx_error err;
	int i;

	device_enrol(d, 1);
	other = *d;
	other.store = NULL;
	jx_fake_rand_init(&other.rand, 300);
	device_open(&other);
	for (i = 0; i < 20; i++) {
		device_save_many(d, 1);
		device_save_many(&other, 1);
	}
	assert_int_equal(device_row(d, 40).n, 40);
	jx_assert_ok(jx_store_check(other.store, &err), &err);
	device_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(two_writers_make_one_chain_without_gaps),
		T(a_reader_is_never_hindered_and_sees_a_whole_chain),
		T(two_stores_in_one_process_take_turns),
	};

	return cmocka_run_group_tests_name("store.processes", tests, NULL, NULL);
}
