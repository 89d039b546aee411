/*
 * Time and chance that follow from the plan. Waiting costs nothing: a sleep moves the clocks on instead, for a dead disk keeps a
 * program waiting for its locks for many seconds, and there are thousands of points.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "preload.h"

#define S_NS 1000000000LL

static atomic_llong begun_ns[2], moved_ns;
static atomic_ullong state;

static bool is_standing(void)
{
	return torture_page != NULL && torture_page->seed != 0;
}

static long long read_ns(clockid_t clock)
{
	struct timespec now = {0};

	(void)syscall(SYS_clock_gettime, clock, &now);
	return now.tv_sec * S_NS + now.tv_nsec;
}

void torture_time_begin(void)
{
	atomic_store(&begun_ns[0], read_ns(CLOCK_REALTIME));
	atomic_store(&begun_ns[1], read_ns(CLOCK_BOOTTIME));
}

static int sleep_ns(long long ns)
{
	atomic_fetch_add(&moved_ns, ns > 0 ? ns : 0);
	return 0;
}

long torture_random(void *to, size_t len)
{
	unsigned char *out = to;
	size_t i;

	for (i = 0; i < len; i++) {
		/* splitmix64: any good mixing does */
		unsigned long long z = atomic_fetch_add(&state, 0x9e3779b97f4a7c15ULL) +
				       torture_page->seed * 0xd1342543de82ef95ULL;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
		out[i] = (unsigned char)(z >> 56);
	}
	return (long)len;
}

/* Named so for the linker only: nothing here sleeps, or asks the clock without saying which. */
int no_nanosleep(const struct timespec *wanted, struct timespec *left) __asm__("nanosleep");
int no_usleep(useconds_t us) __asm__("usleep");
unsigned no_sleep(unsigned seconds) __asm__("sleep");
time_t no_time(time_t *out) __asm__("time");

int no_nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)left;
	return sleep_ns(wanted->tv_sec * S_NS + wanted->tv_nsec);
}

int no_usleep(useconds_t us)
{
	return sleep_ns((long long)us * 1000);
}

unsigned no_sleep(unsigned seconds)
{
	return (unsigned)sleep_ns(seconds * S_NS);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	const bool is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
	long long ns;

	if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID)
		return (int)syscall(SYS_clock_gettime, clock, out);
	if (is_standing()) /* each look takes a microsecond, or a loop that waits for the clock would never end */
		ns = begun_ns[is_wall ? 0 : 1] + atomic_fetch_add(&moved_ns, 1000);
	else
		ns = read_ns(clock) + atomic_load(&moved_ns);
	out->tv_sec = (time_t)(ns / S_NS);
	out->tv_nsec = (long)(ns % S_NS);
	return 0;
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

time_t no_time(time_t *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}
