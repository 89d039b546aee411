/*
 * Preloaded into a program under test: counts the calls by which it changes anything outside itself, on disk or on the line, and
 * sends itself E2E_KILL_SIGNAL (9) at the E2E_KILL_AT-th. So a kill falls inside the work, wherever the scheduler was, and the same
 * number kills at the same place. E2E_KILL_TORN=1: a write has gone half way. E2E_KILL_COUNT=file: their number, when it ends by itself.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic long long calls;
static long long kill_at;
static int kill_signal;
static int is_torn;

static long long setting(const char *name, long long otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void begin(void)
{
	kill_at = setting("E2E_KILL_AT", 0);
	kill_signal = (int)setting("E2E_KILL_SIGNAL", SIGKILL);
	is_torn = (int)setting("E2E_KILL_TORN", 0);
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("E2E_KILL_COUNT");
	FILE *file = path != NULL ? fopen(path, "w") : NULL;

	if (file == NULL)
		return;
	fprintf(file, "%lld\n", atomic_load(&calls));
	fclose(file);
}

/* POSIX gives functions as void pointers, ISO C has no cast for it: the bytes are copied. */
static void find(const char *name, void *function_out)
{
	void *object = dlsym(RTLD_NEXT, name);

	memcpy(function_out, &object, sizeof(object));
}

static int is_time(void)
{
	return atomic_fetch_add(&calls, 1) + 1 == kill_at;
}

static void die(void)
{
	(void)kill(getpid(), kill_signal);
}

#define PASS_ON(type, name, parameters, arguments)     \
	type name parameters                           \
	{                                              \
		static type(*_Atomic real) parameters; \
                                                       \
		if (real == NULL) {                    \
			type(*found) parameters;       \
			find(#name, &found);           \
			real = found;                  \
		}                                      \
		if (is_time())                         \
			die();                         \
		return real arguments;                 \
	}

/* A write: half of it is done, if it is to be torn. A program that lives on (SIGSTOP, SIGTERM) sees a short write. */
#define PASS_ON_BYTES(name, parameters, half, whole)      \
	ssize_t name parameters                           \
	{                                                 \
		static ssize_t(*_Atomic real) parameters; \
                                                          \
		if (real == NULL) {                       \
			ssize_t(*found) parameters;       \
			find(#name, &found);              \
			real = found;                     \
		}                                         \
		if (is_time()) {                          \
			if (is_torn && len > 1) {         \
				ssize_t done = real half; \
                                                          \
				die();                    \
				return done;              \
			}                                 \
			die();                            \
		}                                         \
		return real whole;                        \
	}

PASS_ON_BYTES(write, (int fd, const void *data, size_t len), (fd, data, len / 2), (fd, data, len))
PASS_ON_BYTES(pwrite, (int fd, const void *data, size_t len, off_t at), (fd, data, len / 2, at),
	      (fd, data, len, at))
PASS_ON_BYTES(pwrite64, (int fd, const void *data, size_t len, off64_t at), (fd, data, len / 2, at),
	      (fd, data, len, at))
PASS_ON_BYTES(send, (int fd, const void *data, size_t len, int flags), (fd, data, len / 2, flags),
	      (fd, data, len, flags))
PASS_ON(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
PASS_ON(ssize_t, writev, (int fd, const struct iovec *part, int count), (fd, part, count))
PASS_ON(ssize_t, recv, (int fd, void *data, size_t len, int flags), (fd, data, len, flags))
PASS_ON(int, connect, (int fd, const struct sockaddr *address, socklen_t len), (fd, address, len))
PASS_ON(int, fsync, (int fd), (fd))
PASS_ON(int, fdatasync, (int fd), (fd))
PASS_ON(int, ftruncate, (int fd, off_t len), (fd, len))
PASS_ON(int, ftruncate64, (int fd, off64_t len), (fd, len))
PASS_ON(int, rename, (const char *from, const char *to), (from, to))
PASS_ON(int, renameat, (int from_fd, const char *from, int to_fd, const char *to), (from_fd, from, to_fd, to))
PASS_ON(int, unlink, (const char *path), (path))
PASS_ON(int, unlinkat, (int fd, const char *path, int flags), (fd, path, flags))

/* A folder that is there already is asked for a thousand times, and changes nothing. */
int mkdir(const char *path, mode_t mode)
{
	static int (*_Atomic real)(const char *path, mode_t mode);

	if (real == NULL) {
		int (*found)(const char *path, mode_t mode);

		find("mkdir", &found);
		real = found;
	}
	if (access(path, F_OK) != 0 && is_time())
		die();
	return real(path, mode);
}

/* Only what makes a file or empties one changes anything. */
#define PASS_ON_OPEN(name, parameters, last, with_mode)              \
	int name parameters                                          \
	{                                                            \
		static int(*_Atomic real) parameters;                \
		mode_t mode = 0;                                     \
                                                                     \
		if (real == NULL) {                                  \
			int(*found) parameters;                      \
			find(#name, &found);                         \
			real = found;                                \
		}                                                    \
		if ((flags & (O_CREAT | O_TMPFILE)) != 0) {          \
			va_list more;                                \
                                                                     \
			va_start(more, last);                        \
			mode = va_arg(more, mode_t);                 \
			va_end(more);                                \
		}                                                    \
		if ((flags & (O_CREAT | O_TRUNC)) != 0 && is_time()) \
			die();                                       \
		return real with_mode;                               \
	}

PASS_ON_OPEN(open, (const char *path, int flags, ...), flags, (path, flags, mode))
PASS_ON_OPEN(open64, (const char *path, int flags, ...), flags, (path, flags, mode))
PASS_ON_OPEN(openat, (int fd, const char *path, int flags, ...), flags, (fd, path, flags, mode))
PASS_ON_OPEN(openat64, (int fd, const char *path, int flags, ...), flags, (fd, path, flags, mode))
