/*
 * Advisory locks by flock. It belongs to the open file description, so two stores in one process exclude each other
 * too (a POSIX record lock would be shared by the process, and lost when anyone in it closes the file).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jiexun/control.h"
#include "os_private.h"

/* A save holds the lock for a few ms; waiters look again after 2, 4, 8, 10, 10 ... ms. */
#define FIRST_PAUSE_MS   2
#define LONGEST_PAUSE_MS 10

static int open_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

	return fd < 0 && errno == EISDIR ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : fd;
}

/* A lock file that somebody removed or replaced while we waited excludes nobody. */
static bool is_still_there(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	       ours.st_ino == there.st_ino;
}

static void pause_ms(int64_t ms)
{
	struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

	(void)nanosleep(&t, NULL); /* woken early: we only look again sooner */
}

jx_rc jx_base__os_lock(void *user, const char *path, int64_t wait_ms, void **lock_out, struct jx_error *err)
{
	const struct jx_clock *clock = jx_os_clock();
	int64_t begun_mono_ms = clock->mono_ms(clock->user);
	int64_t pause = FIRST_PAUSE_MS;
	JX_AUTO_FD int fd = -1;
	int *lock;

	(void)user;
	for (;;) {
		int64_t left;

		if (fd < 0)
			fd = open_lock(path);
		if (fd < 0)
			return jx_base__fail_errno(err, errno, "fs.lock", _("lock"), path);
		if (jx_control_is(JX_CONTROL_LOCK_OFF) || flock(fd, LOCK_EX | LOCK_NB) == 0) {
			if (is_still_there(fd, path))
				break;
			(void)close(fd);
			fd = -1;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return jx_base__fail_errno(err, errno, "fs.lock", _("lock"), path);
		left = begun_mono_ms + wait_ms - clock->mono_ms(clock->user);
		if (left <= 0)
			return jx_fail(err, JX_EBUSY, EWOULDBLOCK, "fs.lock",
				       "another program holds %s; try again when it is done", path);
		pause_ms(pause < left ? pause : left);
		pause = pause * 2 < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
	}
	/* not the kind that ends the process: a store locks when it closes, too, after it has told what went wrong */
	lock = malloc(sizeof(*lock));
	if (lock == NULL)
		return jx_base__fail_errno(err, ENOMEM, "fs.lock", _("lock"), path);
	*lock = fd;
	fd = -1;
	*lock_out = lock;
	return JX_OK;
}

void jx_base__os_unlock(void *user, void *lock)
{
	int *fd = lock;

	(void)user;
	if (fd == NULL)
		return;
	(void)flock(*fd, LOCK_UN); /* before close: a child forked meanwhile holds the same description */
	(void)close(*fd);
	free(fd);
}
