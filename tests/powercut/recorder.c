/*
 * Preloaded into unmodified programs: writes what they change below POWERCUT_ROOTS (separated by ':') to POWERCUT_LOG.
 *
 * A change and its record happen under one lock that all recorded processes share, so a sync never stands in the log before a
 * write that it did not cover. Files are named by inode number: renames, copies of descriptors and removed files need no book-keeping.
 *
 * Not recorded: names that end in "-shm". SQLite's WAL index is memory with a file's name: the first connection after a
 * crash empties it (unixLockSharedMemory), whatever the power left there. Changes that cannot be expressed (shared writable
 * mappings of other files, symbolic links, direct writes ...) are recorded as PC_UNKNOWN, which makes the checker refuse the recording;
 * what slips past altogether (raw system calls, stdio) shows when the checker compares its last state with the real folders.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "record.h"

#define ROOTS_MAX 16

static struct {
	int log;
	char log_path[PATH_MAX];
	char roots[ROOTS_MAX][PATH_MAX];
	int root_count;
	pthread_mutex_t mutex;
} rec = {.log = -1, .mutex = PTHREAD_MUTEX_INITIALIZER};

/* POSIX promises that a function's address survives the trip through void *. */
#define REAL(name)                     \
	static __typeof__(&name) real; \
	if (real == NULL)              \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

static void die(const char *what)
{
	fprintf(stderr, "powercut recorder: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static void open_log(void)
{
	/* Far from what programs count on (0, 1, 2, sockets that systemd passes). */
	int fd = (int)syscall(SYS_openat, AT_FDCWD, rec.log_path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);

	rec.log = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 700);
	if (rec.log < 0)
		die(rec.log_path);
	(void)close(fd);
}

static void after_fork(void)
{
	/* The parent's description would share its lock. */
	if (rec.log >= 0)
		open_log();
	(void)pthread_mutex_init(&rec.mutex, NULL);
}

__attribute__((constructor)) static void start(void)
{
	const char *log = getenv("POWERCUT_LOG"), *at = getenv("POWERCUT_ROOTS");

	if (log == NULL || at == NULL)
		return;
	(void)snprintf(rec.log_path, sizeof(rec.log_path), "%s", log);
	while (*at != '\0' && rec.root_count < ROOTS_MAX) {
		const size_t len = strcspn(at, ":");

		(void)snprintf(rec.roots[rec.root_count++], PATH_MAX, "%.*s", (int)len, at);
		at += len + (at[len] == ':' ? 1 : 0);
	}
	open_log();
	(void)pthread_atfork(NULL, NULL, after_fork);
}

static void lock(void)
{
	(void)pthread_mutex_lock(&rec.mutex);
	while (rec.log >= 0 && flock(rec.log, LOCK_EX) != 0)
		if (errno != EINTR)
			die("lock");
}

static void unlock(void)
{
	const int saved = errno;

	if (rec.log >= 0)
		(void)flock(rec.log, LOCK_UN);
	(void)pthread_mutex_unlock(&rec.mutex);
	errno = saved;
}

static bool is_below(const char *path)
{
	for (int i = 0; i < rec.root_count; i++) {
		const size_t len = strlen(rec.roots[i]);

		if (strncmp(path, rec.roots[i], len) == 0 && (path[len] == '/' || path[len] == '\0'))
			return true;
	}
	return false;
}

static bool is_shm(const char *path)
{
	const size_t len = strlen(path);

	return len > 4 && strcmp(path + len - 4, "-shm") == 0;
}

static bool is_watched(const char *path)
{
	return is_below(path) && !is_shm(path);
}

/* Path of an open file, false if it is not one of ours. */
static bool path_of(int fd, char out[PATH_MAX])
{
	char link[64];
	ssize_t n;

	if (rec.log < 0 || fd < 0)
		return false;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, out, PATH_MAX - 1);
	if (n <= 0)
		return false;
	out[n] = '\0';
	if (n > 10 && strcmp(out + n - 10, " (deleted)") == 0)
		out[n - 10] = '\0';
	return is_watched(out);
}

/* Absolute, without "." , ".." and double slashes. There are no symbolic links below the roots. */
static bool absolute(int dirfd, const char *path, char out[PATH_MAX])
{
	char whole[2 * PATH_MAX], base[PATH_MAX] = "", link[64];
	size_t len = 0;

	if (rec.log < 0 || path == NULL)
		return false;
	if (path[0] != '/') {
		ssize_t n;

		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
		n = readlink(dirfd == AT_FDCWD ? "/proc/self/cwd" : link, base, sizeof(base) - 1);
		if (n <= 0)
			return false;
		base[n] = '\0';
	}
	(void)snprintf(whole, sizeof(whole), "%s/%s", base, path);
	for (const char *at = whole; *at != '\0';) {
		const size_t n = strcspn(at, "/");

		if (n == 2 && at[0] == '.' && at[1] == '.') {
			while (len > 0 && out[--len] != '/')
				continue;
		} else if (n > 0 && !(n == 1 && at[0] == '.')) {
			if (len + n + 2 > PATH_MAX)
				return false;
			out[len++] = '/';
			memcpy(out + len, at, n);
			len += n;
		}
		at += n + (at[n] == '/' ? 1 : 0);
	}
	out[len] = '\0';
	return is_watched(out);
}

static uint64_t ino_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint64_t)st.st_ino : 0;
}

static void put(enum pc_op op, uint64_t ino, int64_t offset, const char *path, const char *other,
		const void *data, size_t len)
{
	struct pc_header h = {.magic = PC_RECORD_MAGIC,
			      .op = (uint8_t)op,
			      .ino = ino,
			      .offset = offset,
			      .path_len = path == NULL ? 0 : (uint32_t)strlen(path),
			      .other_len = other == NULL ? 0 : (uint32_t)strlen(other),
			      .data_len = len};
	struct iovec part[] = {{&h, sizeof(h)},
			       {(void *)(uintptr_t)path, h.path_len},
			       {(void *)(uintptr_t)other, h.other_len},
			       {(void *)(uintptr_t)data, len}};
	const ssize_t want = (ssize_t)(sizeof(h) + h.path_len + h.other_len + len);

	if (syscall(SYS_writev, rec.log, part, 4) != want)
		die("log");
}

static void put_unknown(const char *what, const char *path)
{
	put(PC_UNKNOWN, 0, 0, path, NULL, what, strlen(what));
}

/* ---- making and opening */

static bool is_there(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int open_recorded(int dirfd, const char *path, int flags, mode_t mode)
{
	char name[PATH_MAX];
	const bool may_change = (flags & (O_CREAT | O_TRUNC)) != 0 || (flags & O_ACCMODE) != O_RDONLY;
	bool was_there;
	int fd;

	if (rec.log < 0 || !may_change || !absolute(dirfd, path, name))
		return (int)syscall(SYS_openat, dirfd, path, flags, mode);
	lock();
	was_there = is_there(dirfd, path);
	fd = (int)syscall(SYS_openat, dirfd, path, flags, mode);
	if (fd >= 0 && (flags & (O_DIRECT | O_DSYNC)) != 0)
		put_unknown("open with O_DIRECT or O_SYNC", name);
	if (fd >= 0 && !was_there && (flags & O_TMPFILE) == O_TMPFILE)
		put_unknown("open with O_TMPFILE", name);
	else if (fd >= 0 && !was_there)
		put(PC_CREATE, ino_of(fd), 0, name, NULL, NULL, 0);
	else if (fd >= 0 && (flags & O_TRUNC) != 0)
		put(PC_TRUNCATE, ino_of(fd), 0, name, NULL, NULL, 0);
	unlock();
	return fd;
}

static mode_t mode_of(int flags, va_list ap)
{
	return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? (mode_t)va_arg(ap, unsigned) : 0;
}

#define OPEN(name)                                                 \
	int name(const char *path, int flags, ...)                 \
	{                                                          \
		va_list ap;                                        \
		mode_t mode;                                       \
                                                                   \
		va_start(ap, flags);                               \
		mode = mode_of(flags, ap);                         \
		va_end(ap);                                        \
		return open_recorded(AT_FDCWD, path, flags, mode); \
	}
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                            \
	int name(int dirfd, const char *path, int flags, ...)   \
	{                                                       \
		va_list ap;                                     \
		mode_t mode;                                    \
                                                                \
		va_start(ap, flags);                            \
		mode = mode_of(flags, ap);                      \
		va_end(ap);                                     \
		return open_recorded(dirfd, path, flags, mode); \
	}
OPENAT(openat)
OPENAT(openat64)

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dirfd, const char *path, int flags);
int __openat64_2(int dirfd, const char *path, int flags);

int __open_2(const char *path, int flags)
{
	return open_recorded(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
	return open_recorded(AT_FDCWD, path, flags, 0);
}

int __openat_2(int dirfd, const char *path, int flags)
{
	return open_recorded(dirfd, path, flags, 0);
}

int __openat64_2(int dirfd, const char *path, int flags)
{
	return open_recorded(dirfd, path, flags, 0);
}

int creat(const char *path, mode_t mode)
{
	return open_recorded(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int creat64(const char *path, mode_t mode)
{
	return open_recorded(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

static void refuse_stream(const char *path, const char *mode)
{
	char name[PATH_MAX];

	if (strpbrk(mode, "wa+") == NULL || !absolute(AT_FDCWD, path, name))
		return;
	lock();
	put_unknown("fopen for writing", name);
	unlock();
}

FILE *fopen(const char *path, const char *mode)
{
	REAL(fopen);
	refuse_stream(path, mode);
	return real(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	REAL(fopen64);
	refuse_stream(path, mode);
	return real(path, mode);
}

/* ---- bytes */

static ssize_t write_at(int fd, const struct iovec *part, int count, int64_t offset, bool is_positioned)
{
	char name[PATH_MAX];
	const bool is_ours = path_of(fd, name);
	ssize_t n, left;

	if (!is_ours)
		return is_positioned ? syscall(SYS_pwritev, fd, part, count, (long)offset, 0L)
				     : syscall(SYS_writev, fd, part, count);
	lock();
	if (!is_positioned && (fcntl(fd, F_GETFL) & O_APPEND) != 0)
		offset = (int64_t)lseek(fd, 0, SEEK_END);
	else if (!is_positioned)
		offset = (int64_t)lseek(fd, 0, SEEK_CUR);
	n = is_positioned ? syscall(SYS_pwritev, fd, part, count, (long)offset, 0L)
			  : syscall(SYS_writev, fd, part, count);
	left = n;
	for (int i = 0; i < count && left > 0; i++) {
		const size_t len = part[i].iov_len < (size_t)left ? part[i].iov_len : (size_t)left;

		put(PC_WRITE, ino_of(fd), offset, NULL, NULL, part[i].iov_base, len);
		offset += (int64_t)len;
		left -= (ssize_t)len;
	}
	unlock();
	return n;
}

ssize_t write(int fd, const void *data, size_t len)
{
	char name[PATH_MAX];
	struct iovec part = {(void *)(uintptr_t)data, len};

	return path_of(fd, name) ? write_at(fd, &part, 1, 0, false) : syscall(SYS_write, fd, data, len);
}

ssize_t writev(int fd, const struct iovec *part, int count)
{
	return write_at(fd, part, count, 0, false);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	struct iovec part = {(void *)(uintptr_t)data, len};

	return write_at(fd, &part, 1, offset, true);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	struct iovec part = {(void *)(uintptr_t)data, len};

	return write_at(fd, &part, 1, offset, true);
}

ssize_t pwritev(int fd, const struct iovec *part, int count, off_t offset)
{
	return write_at(fd, part, count, offset, true);
}

ssize_t pwritev64(int fd, const struct iovec *part, int count, off64_t offset)
{
	return write_at(fd, part, count, offset, true);
}

static int truncate_recorded(int fd, int64_t size)
{
	char name[PATH_MAX];
	const bool is_ours = path_of(fd, name);
	int rc;

	if (is_ours)
		lock();
	rc = (int)syscall(SYS_ftruncate, fd, (long)size);
	if (is_ours && rc == 0)
		put(PC_TRUNCATE, ino_of(fd), size, NULL, NULL, NULL, 0);
	if (is_ours)
		unlock();
	return rc;
}

int ftruncate(int fd, off_t size)
{
	return truncate_recorded(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	return truncate_recorded(fd, size);
}

int truncate(const char *path, off_t size)
{
	const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
	const int rc = fd < 0 ? -1 : truncate_recorded(fd, size);
	const int saved = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = saved;
	return rc;
}

int fallocate(int fd, int mode, off_t offset, off_t len)
{
	char name[PATH_MAX];
	const bool is_ours = path_of(fd, name);
	struct stat st;
	int rc;

	if (is_ours)
		lock();
	rc = (int)syscall(SYS_fallocate, fd, mode, (long)offset, (long)len);
	if (is_ours && rc == 0 && (mode & ~FALLOC_FL_KEEP_SIZE) != 0)
		put_unknown("fallocate that changes bytes", name);
	else if (is_ours && rc == 0 && fstat(fd, &st) == 0)
		put(PC_TRUNCATE, (uint64_t)st.st_ino, (int64_t)st.st_size, NULL, NULL, NULL, 0);
	if (is_ours)
		unlock();
	return rc;
}

int fallocate64(int fd, int mode, off64_t offset, off64_t len)
{
	return fallocate(fd, mode, offset, len);
}

int posix_fallocate(int fd, off_t offset, off_t len)
{
	return fallocate(fd, 0, offset, len) == 0 ? 0 : errno;
}

int posix_fallocate64(int fd, off64_t offset, off64_t len)
{
	return fallocate(fd, 0, offset, len) == 0 ? 0 : errno;
}

static void refuse_fd(int fd, const char *what)
{
	char name[PATH_MAX];

	if (!path_of(fd, name))
		return;
	lock();
	put_unknown(what, name);
	unlock();
}

ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t len, unsigned flags)
{
	REAL(copy_file_range);
	refuse_fd(out, "copy_file_range");
	return real(in, in_at, out, out_at, len, flags);
}

void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	if ((flags & MAP_SHARED) != 0 && (prot & PROT_WRITE) != 0)
		refuse_fd(fd, "shared writable mapping");
	return (void *)syscall(SYS_mmap, at, len, prot, flags, fd, offset);
}

void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t offset)
{
	return mmap(at, len, prot, flags, fd, offset);
}

/* ---- what makes them certain */

static int sync_recorded(int fd, long call)
{
	char name[PATH_MAX];
	const bool is_ours = path_of(fd, name);
	struct stat st;
	int rc;

	if (is_ours)
		lock();
	rc = (int)syscall(call, fd);
	if (is_ours && rc == 0 && fstat(fd, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			put(PC_SYNC_DIR, (uint64_t)st.st_ino, 0, name, NULL, NULL, 0);
		else
			put(PC_SYNC, (uint64_t)st.st_ino, 0, name, NULL, NULL, 0);
	}
	if (is_ours)
		unlock();
	return rc;
}

int fsync(int fd)
{
	return sync_recorded(fd, SYS_fsync);
}

/* The length is among the data that fdatasync makes certain; times and modes are not looked at here. */
int fdatasync(int fd)
{
	return sync_recorded(fd, SYS_fdatasync);
}

/* ---- names */

static int rename_recorded(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	char old[PATH_MAX], new[PATH_MAX];
	const bool is_from = absolute(from_dir, from, old), is_to = absolute(to_dir, to, new);
	struct stat st;
	int rc;

	if (!is_from && !is_to)
		return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
	lock();
	rc = (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
	if (rc == 0 && (!is_from || !is_to || flags != 0))
		put_unknown("rename across roots, or with flags", is_from ? old : new);
	else if (rc == 0 && fstatat(to_dir, to, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		put_unknown("rename of a folder", old);
	else if (rc == 0)
		put(PC_RENAME, 0, 0, old, new, NULL, 0);
	unlock();
	return rc;
}

int rename(const char *from, const char *to)
{
	return rename_recorded(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return rename_recorded(from_dir, from, to_dir, to, 0);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return rename_recorded(from_dir, from, to_dir, to, flags);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	char old[PATH_MAX], new[PATH_MAX];
	const bool is_from = absolute(from_dir, from, old), is_to = absolute(to_dir, to, new);
	int rc;

	if (!is_to)
		return (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
	lock();
	rc = (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
	if (rc == 0 && is_from)
		put(PC_LINK, 0, 0, old, new, NULL, 0);
	else if (rc == 0)
		put_unknown("link from elsewhere", new);
	unlock();
	return rc;
}

int link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int symlinkat(const char *target, int dirfd, const char *path)
{
	char name[PATH_MAX];

	if (absolute(dirfd, path, name)) {
		lock();
		put_unknown("symbolic link", name);
		unlock();
	}
	return (int)syscall(SYS_symlinkat, target, dirfd, path);
}

int symlink(const char *target, const char *path)
{
	return symlinkat(target, AT_FDCWD, path);
}

/* A socket's name is nothing that must survive: bind() makes it without being recorded, so is it removed. */
static bool is_socket(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode);
}

int unlinkat(int dirfd, const char *path, int flags)
{
	char name[PATH_MAX];
	const bool is_ours = absolute(dirfd, path, name) && !is_socket(dirfd, path);
	int rc;

	if (is_ours)
		lock();
	rc = (int)syscall(SYS_unlinkat, dirfd, path, flags);
	if (is_ours && rc == 0)
		put((flags & AT_REMOVEDIR) != 0 ? PC_RMDIR : PC_UNLINK, 0, 0, name, NULL, NULL, 0);
	if (is_ours)
		unlock();
	return rc;
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path)
{
	const int rc = unlinkat(AT_FDCWD, path, 0);

	return rc != 0 && errno == EISDIR ? unlinkat(AT_FDCWD, path, AT_REMOVEDIR) : rc;
}

int mkdirat(int dirfd, const char *path, mode_t mode)
{
	char name[PATH_MAX];
	const bool is_ours = absolute(dirfd, path, name);
	int rc;

	if (is_ours)
		lock();
	rc = (int)syscall(SYS_mkdirat, dirfd, path, mode);
	if (is_ours && rc == 0)
		put(PC_MKDIR, 0, 0, name, NULL, NULL, 0);
	if (is_ours)
		unlock();
	return rc;
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}
