/*
 * Preloaded into a program under test: a wall clock that is wrong by E2E_CLOCK_OFFSET_S seconds, and a monotonic clock on which
 * waits for the network run out E2E_CLOCK_SPEED times as fast, so that a test of a 60 s limit takes a second or two. What a
 * program sleeps between two tries is as much shorter.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef int (*clock_gettime_fn)(clockid_t clock, struct timespec *out);
typedef int (*nanosleep_fn)(const struct timespec *wanted, struct timespec *left);

static long long setting(const char *name, long long otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

/* POSIX gives functions as void pointers, ISO C has no cast for it: the bytes are copied. */
static clock_gettime_fn real_clock(void)
{
	union {
		void *object;
		clock_gettime_fn function;
	} real = {.object = dlsym(RTLD_NEXT, "clock_gettime")};

	return real.function;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	int rc = real_clock()(clock, out);

	if (rc != 0)
		return rc;
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
		out->tv_sec += (time_t)setting("E2E_CLOCK_OFFSET_S", 0);
	} else if (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_BOOTTIME) {
		long long speed = setting("E2E_CLOCK_SPEED", 1);
		long long ns = out->tv_nsec * speed;

		out->tv_sec = (time_t)(out->tv_sec * speed + ns / 1000000000);
		out->tv_nsec = (long)(ns % 1000000000);
	}
	return 0;
}

static nanosleep_fn real_sleep(void)
{
	union {
		void *object;
		nanosleep_fn function;
	} real = {.object = dlsym(RTLD_NEXT, "nanosleep")};

	return real.function;
}

/* Named so for the linker only, as wrong_time below. */
int shorter_sleep(const struct timespec *wanted, struct timespec *left) __asm__("nanosleep");

int shorter_sleep(const struct timespec *wanted, struct timespec *left)
{
	long long ns = ((long long)wanted->tv_sec * 1000000000 + wanted->tv_nsec) /
		       setting("E2E_CLOCK_SPEED", 1);
	struct timespec shorter = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};

	return real_sleep()(&shorter, left);
}

/* Named so for the linker only: nothing here asks the clock without saying which. */
time_t wrong_time(time_t *out) __asm__("time");

time_t wrong_time(time_t *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	out->tv_sec = now.tv_sec;
	out->tv_usec = (suseconds_t)(now.tv_nsec / 1000);
	return 0;
}
