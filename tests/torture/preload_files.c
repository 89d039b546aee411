/*
 * Calls for files, folders, locks, random bytes and sockets: counted, failed, else passed on to the kernel as they came. Both
 * the names with and without 64, and those that a hardened build calls instead (__open_2, __read_chk).
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "preload.h"

#define CALLER     __builtin_return_address(0)
#define FAILS(k)   torture_hit((k), __func__, CALLER)
#define FILE_FAILS FAILS(TORTURE_FILE)

static int fail(void)
{
	errno = torture_errno() != 0 ? torture_errno() : EIO;
	return -1;
}

/* The next one in line of that name. POSIX gives functions as void pointers; ISO C has no cast for it. */
#define NEXT(type, name)                                       \
	__extension__({                                        \
		static _Atomic(void *) found;                  \
		union {                                        \
			void *object;                          \
			__typeof__(type) function;             \
		} next_ = {.object = found};                   \
		if (next_.object == NULL) {                    \
			next_.object = dlsym(RTLD_NEXT, name); \
			found = next_.object;                  \
		}                                              \
		next_.function;                                \
	})

/* ---- opening and closing ---- */

#define MODE_OF(flags)                                          \
	__extension__({                                         \
		mode_t mode_ = 0;                               \
		if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) { \
			va_list ap_;                            \
			va_start(ap_, flags);                   \
			mode_ = (mode_t)va_arg(ap_, int);       \
			va_end(ap_);                            \
		}                                               \
		mode_;                                          \
	})
#define OPEN(dir, path, flags, mode) \
	(FILE_FAILS ? fail() : (int)syscall(SYS_openat, dir, instead_of(path), flags, mode))

/* SQLite reads its random bytes from the device. */
static const char *instead_of(const char *path)
{
	const char *even = getenv("TORTURE_RANDOM_0"), *odd = getenv("TORTURE_RANDOM_1");

	if (torture_page == NULL || torture_page->seed == 0 || even == NULL || odd == NULL ||
	    strcmp(path, "/dev/urandom") != 0)
		return path;
	return torture_page->seed % 2 == 0 ? even : odd;
}

int open(const char *path, int flags, ...)
{
	return OPEN(AT_FDCWD, path, flags, MODE_OF(flags));
}

int open64(const char *path, int flags, ...)
{
	return OPEN(AT_FDCWD, path, flags, MODE_OF(flags));
}

int openat(int dir, const char *path, int flags, ...)
{
	return OPEN(dir, path, flags, MODE_OF(flags));
}

int openat64(int dir, const char *path, int flags, ...)
{
	return OPEN(dir, path, flags, MODE_OF(flags));
}

int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return OPEN(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
	return OPEN(AT_FDCWD, path, flags, 0);
}

int __openat_2(int dir, const char *path, int flags);
int __openat_2(int dir, const char *path, int flags)
{
	return OPEN(dir, path, flags, 0);
}

int __openat64_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags)
{
	return OPEN(dir, path, flags, 0);
}

int creat(const char *path, mode_t mode)
{
	return OPEN(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int creat64(const char *path, mode_t mode)
{
	return OPEN(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* Linux frees the number even where close reports an error. */
int close(int fd)
{
	bool is_bad = FILE_FAILS;
	int rc = (int)syscall(SYS_close, fd);

	return is_bad && rc == 0 ? fail() : rc;
}

/* ---- bytes ---- */

static ssize_t failed_move(int error)
{
	errno = error;
	return -1;
}

#define MOVE(kind, fd, count, is_write, call)                                                           \
	__extension__({                                                                                 \
		int error_;                                                                             \
		size_t n_ = torture_move((kind), __func__, (fd), (count), (is_write), &error_, CALLER); \
		error_ != 0 ? failed_move(error_) : (ssize_t)(call);                                    \
	})

ssize_t read(int fd, void *to, size_t count)
{
	return MOVE(TORTURE_FILE, fd, count, false, syscall(SYS_read, fd, to, n_));
}

ssize_t __read_chk(int fd, void *to, size_t count, size_t cap);
ssize_t __read_chk(int fd, void *to, size_t count, size_t cap)
{
	(void)cap;
	return MOVE(TORTURE_FILE, fd, count, false, syscall(SYS_read, fd, to, n_));
}

ssize_t pread(int fd, void *to, size_t count, off_t at)
{
	return MOVE(TORTURE_FILE, fd, count, false, syscall(SYS_pread64, fd, to, n_, at));
}

ssize_t pread64(int fd, void *to, size_t count, off64_t at)
{
	return MOVE(TORTURE_FILE, fd, count, false, syscall(SYS_pread64, fd, to, n_, at));
}

ssize_t __pread_chk(int fd, void *to, size_t count, off_t at, size_t cap);
ssize_t __pread_chk(int fd, void *to, size_t count, off_t at, size_t cap)
{
	(void)cap;
	return MOVE(TORTURE_FILE, fd, count, false, syscall(SYS_pread64, fd, to, n_, at));
}

ssize_t __pread64_chk(int fd, void *to, size_t count, off64_t at, size_t cap);
ssize_t __pread64_chk(int fd, void *to, size_t count, off64_t at, size_t cap)
{
	(void)cap;
	return MOVE(TORTURE_FILE, fd, count, false, syscall(SYS_pread64, fd, to, n_, at));
}

ssize_t write(int fd, const void *from, size_t count)
{
	return MOVE(TORTURE_FILE, fd, count, true, syscall(SYS_write, fd, from, n_));
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t at)
{
	return MOVE(TORTURE_FILE, fd, count, true, syscall(SYS_pwrite64, fd, from, n_, at));
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at)
{
	return MOVE(TORTURE_FILE, fd, count, true, syscall(SYS_pwrite64, fd, from, n_, at));
}

/* Short: the first piece only, or half of it. */
ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	size_t first = count > 0 ? pieces[0].iov_len : 0;
	int error;
	size_t n = torture_move(TORTURE_FILE, __func__, fd, first, true, &error, CALLER);

	if (error != 0)
		return failed_move(error);
	return n == first ? (ssize_t)syscall(SYS_writev, fd, pieces, count)
			  : (ssize_t)syscall(SYS_write, fd, pieces[0].iov_base, n);
}

ssize_t getrandom(void *to, size_t count, unsigned flags)
{
	return MOVE(TORTURE_FILE, -1, count, false,
		    torture_page != NULL && torture_page->seed != 0 ? torture_random(to, n_)
								    : syscall(SYS_getrandom, to, n_, flags));
}

int getentropy(void *to, size_t count)
{
	return FILE_FAILS ? fail() : syscall(SYS_getrandom, to, count, 0) == (long)count ? 0 : -1;
}

int fflush(FILE *file)
{
	int (*next)(FILE *) = NEXT(int (*)(FILE *), "fflush");

	return FILE_FAILS ? fail() : next(file);
}

/* ---- what becomes durable, sizes, names ---- */

#define PLAIN(declaration, call)                          \
	declaration                                       \
	{                                                 \
		return FILE_FAILS ? fail() : (int)(call); \
	}

PLAIN(int fsync(int fd), syscall(SYS_fsync, fd))
PLAIN(int fdatasync(int fd), syscall(SYS_fdatasync, fd))
PLAIN(int sync_file_range(int fd, off64_t at, off64_t len, unsigned flags),
      syscall(SYS_sync_file_range, fd, at, len, flags))
PLAIN(int msync(void *at, size_t len, int flags), syscall(SYS_msync, at, len, flags))
PLAIN(int ftruncate(int fd, off_t len), syscall(SYS_ftruncate, fd, len))
PLAIN(int ftruncate64(int fd, off64_t len), syscall(SYS_ftruncate, fd, len))
PLAIN(int fallocate(int fd, int mode, off_t at, off_t len), syscall(SYS_fallocate, fd, mode, at, len))
PLAIN(int fallocate64(int fd, int mode, off64_t at, off64_t len), syscall(SYS_fallocate, fd, mode, at, len))
PLAIN(int rename(const char *from, const char *to), syscall(SYS_rename, from, to))
PLAIN(int renameat(int from_dir, const char *from, int to_dir, const char *to),
      syscall(SYS_renameat, from_dir, from, to_dir, to))
PLAIN(int link(const char *from, const char *to), syscall(SYS_link, from, to))
PLAIN(int unlink(const char *path), syscall(SYS_unlink, path))
PLAIN(int unlinkat(int dir, const char *path, int flags), syscall(SYS_unlinkat, dir, path, flags))
PLAIN(int rmdir(const char *path), syscall(SYS_rmdir, path))
PLAIN(int mkdir(const char *path, mode_t mode), syscall(SYS_mkdir, path, mode))
PLAIN(int mkdirat(int dir, const char *path, mode_t mode), syscall(SYS_mkdirat, dir, path, mode))
PLAIN(int access(const char *path, int mode), syscall(SYS_access, path, mode))
PLAIN(int chmod(const char *path, mode_t mode), syscall(SYS_chmod, path, mode))
PLAIN(int fchmod(int fd, mode_t mode), syscall(SYS_fchmod, fd, mode))
PLAIN(int fchown(int fd, uid_t uid, gid_t gid), syscall(SYS_fchown, fd, uid, gid))
PLAIN(int flock(int fd, int what), syscall(SYS_flock, fd, what))

int posix_fallocate(int fd, off_t at, off_t len)
{
	return FILE_FAILS ? (fail(), errno) : syscall(SYS_fallocate, fd, 0, at, len) == 0 ? 0 : errno;
}

int posix_fallocate64(int fd, off64_t at, off64_t len)
{
	return FILE_FAILS ? (fail(), errno) : syscall(SYS_fallocate, fd, 0, at, len) == 0 ? 0 : errno;
}

/* ---- looking ---- */

#if defined(__x86_64__) || (defined(__aarch64__) && !defined(__ILP32__))
#define STAT_AT(dir, path, st, flags) syscall(SYS_newfstatat, dir, path, st, flags)
#else
#error "struct stat of the kernel and of the C library must be the same"
#endif

PLAIN(int stat(const char *path, struct stat *st), STAT_AT(AT_FDCWD, path, st, 0))
PLAIN(int stat64(const char *path, struct stat64 *st), STAT_AT(AT_FDCWD, path, st, 0))
PLAIN(int lstat(const char *path, struct stat *st), STAT_AT(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW))
PLAIN(int lstat64(const char *path, struct stat64 *st), STAT_AT(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW))
PLAIN(int fstat(int fd, struct stat *st), syscall(SYS_fstat, fd, st))
PLAIN(int fstat64(int fd, struct stat64 *st), syscall(SYS_fstat, fd, st))
PLAIN(int fstatat(int dir, const char *path, struct stat *st, int flags), STAT_AT(dir, path, st, flags))
PLAIN(int fstatat64(int dir, const char *path, struct stat64 *st, int flags), STAT_AT(dir, path, st, flags))

#define PASSED(declaration, type, arguments, bad)                                   \
	declaration                                                                 \
	{                                                                           \
		return FILE_FAILS ? (fail(), bad) : NEXT(type, __func__) arguments; \
	}

PASSED(int statvfs(const char *path, struct statvfs *out), int (*)(const char *, struct statvfs *),
       (path, out), -1)
PASSED(int statvfs64(const char *path, struct statvfs64 *out), int (*)(const char *, struct statvfs64 *),
       (path, out), -1)
PASSED(int fstatvfs(int fd, struct statvfs *out), int (*)(int, struct statvfs *), (fd, out), -1)
PASSED(int fstatvfs64(int fd, struct statvfs64 *out), int (*)(int, struct statvfs64 *), (fd, out), -1)
PASSED(DIR *opendir(const char *path), DIR *(*)(const char *), (path), NULL)
PASSED(DIR *fdopendir(int fd), DIR *(*)(int), (fd), NULL)
PASSED(struct dirent *readdir(DIR *dir), struct dirent *(*)(DIR *), (dir), NULL)
PASSED(struct dirent64 *readdir64(DIR *dir), struct dirent64 *(*)(DIR *), (dir), NULL)
PASSED(FILE *fopen(const char *path, const char *mode), FILE *(*)(const char *, const char *), (path, mode),
       NULL)
PASSED(FILE *fopen64(const char *path, const char *mode), FILE *(*)(const char *, const char *), (path, mode),
       NULL)

void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	return FILE_FAILS ? (fail(), MAP_FAILED)
			  : (void *)(uintptr_t)syscall(SYS_mmap, at, len, prot, flags, fd, offset);
}

void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t offset)
{
	return FILE_FAILS ? (fail(), MAP_FAILED)
			  : (void *)(uintptr_t)syscall(SYS_mmap, at, len, prot, flags, fd, offset);
}

#define ARGUMENT(what)                    \
	__extension__({                   \
		va_list ap_;              \
		void *p_;                 \
		va_start(ap_, what);      \
		p_ = va_arg(ap_, void *); \
		va_end(ap_);              \
		p_;                       \
	})

/* Flags of a descriptor can be had and set; what a disk or a ceiling may refuse are locks and copies. */
static bool can_fail(int what)
{
	return what == F_SETLK || what == F_SETLKW || what == F_GETLK || what == F_OFD_SETLK ||
	       what == F_OFD_SETLKW || what == F_OFD_GETLK || what == F_DUPFD || what == F_DUPFD_CLOEXEC;
}

int fcntl(int fd, int what, ...)
{
	return can_fail(what) && FILE_FAILS ? fail() : (int)syscall(SYS_fcntl, fd, what, ARGUMENT(what));
}

int fcntl64(int fd, int what, ...)
{
	return can_fail(what) && FILE_FAILS ? fail() : (int)syscall(SYS_fcntl, fd, what, ARGUMENT(what));
}

/* ---- sockets ---- */

#define NET(declaration, call)                                        \
	declaration                                                   \
	{                                                             \
		return FAILS(TORTURE_NETWORK) ? fail() : (int)(call); \
	}

NET(int socket(int domain, int type, int protocol), syscall(SYS_socket, domain, type, protocol))
NET(int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t len),
    syscall(SYS_connect, fd, to.__sockaddr__, len))
NET(int setsockopt(int fd, int level, int name, const void *value, socklen_t len),
    syscall(SYS_setsockopt, fd, level, name, value, len))
NET(int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict len),
    syscall(SYS_getsockopt, fd, level, name, value, len))
NET(int poll(struct pollfd *fds, nfds_t count, int wait_ms), syscall(SYS_poll, fds, count, wait_ms))

int __poll_chk(struct pollfd *fds, nfds_t count, int wait_ms, size_t cap);
int __poll_chk(struct pollfd *fds, nfds_t count, int wait_ms, size_t cap)
{
	(void)cap;
	return FAILS(TORTURE_NETWORK) ? fail() : (int)syscall(SYS_poll, fds, count, wait_ms);
}

ssize_t send(int fd, const void *from, size_t count, int flags)
{
	return MOVE(TORTURE_NETWORK, fd, count, true, syscall(SYS_sendto, fd, from, n_, flags, NULL, 0));
}

ssize_t recv(int fd, void *to, size_t count, int flags)
{
	return MOVE(TORTURE_NETWORK, fd, count, false, syscall(SYS_recvfrom, fd, to, n_, flags, NULL, NULL));
}

ssize_t __recv_chk(int fd, void *to, size_t count, size_t cap, int flags);
ssize_t __recv_chk(int fd, void *to, size_t count, size_t cap, int flags)
{
	(void)cap;
	return MOVE(TORTURE_NETWORK, fd, count, false, syscall(SYS_recvfrom, fd, to, n_, flags, NULL, NULL));
}
