/*
 * A program with faults, one for each thing that calls.py must see: torture_bad MODE behaves well until its memory fails.
 * self_test.py runs it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *volatile kept;

static void *get(size_t n)
{
	void *p = malloc(n);

	if (p == NULL)
		fprintf(stderr, "no memory\n");
	return p;
}

/* An error path that forgets what it held. */
static int leak(void)
{
	char *held = get(50), *wanted = get(77);

	if (wanted == NULL) {
		held = NULL; /* NOLINT: this is the fault */
		return held == NULL ? 74 : 0;
	}
	free(held);
	free(wanted);
	return 0;
}

static int leave_open(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char *wanted = get(77);

	if (wanted == NULL)
		return 74;
	(void)close(fd);
	free(wanted);
	return 0;
}

static int crash(void)
{
	char *wanted = get(77);

	*(volatile char *)wanted = 1;
	free(wanted);
	return 0;
}

static int say_twice(void)
{
	char *wanted = get(77);

	if (wanted == NULL) {
		fprintf(stderr, "out of memory\n");
		_exit(71);
	}
	free(wanted);
	return 0;
}

static int leave_early(void)
{
	char *wanted = get(77);

	if (wanted == NULL)
		_exit(74);
	free(wanted);
	return 0;
}

static int hang(void)
{
	char *wanted = get(77);

	for (; wanted == NULL;)
		(void)pause();
	free(wanted);
	return 0;
}

/* What no fault is: memory that a global still points at, and an orderly error. */
static int be_good(void)
{
	char *wanted;

	kept = get(50);
	wanted = get(77);
	if (wanted == NULL)
		return 74;
	free(wanted);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} modes[] = {
		{"leak", leak},         {"open", leave_open}, {"crash", crash},  {"twice", say_twice},
		{"early", leave_early}, {"hang", hang},       {"good", be_good},
	};
	size_t i;

	for (i = 0; argc == 2 && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			return modes[i].run();
	return 64;
}
