/*
 * Locking in. A decoder that a picture takes over finds: no way to open anything, one file to read, one to write. The filter is the
 * kernel's own (Documentation/userspace-api/seccomp_filter); a list of what is allowed, so that calls of later kernels are not.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "program.h"

#define WHERE "media.lock-in"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__loongarch64)
#define ARCH AUDIT_ARCH_LOONGARCH64
#else
#error "name the number of this machine (linux/audit.h): pictures of strangers are not decoded without the filter"
#endif

/* What the C library's memory, standard output and end need; the last group is the sanitizers'. */
static const int allowed[] = {
	SYS_read,        SYS_write,          SYS_munmap,      SYS_mremap,       SYS_madvise, SYS_brk,
	SYS_futex,       SYS_exit,           SYS_exit_group,  SYS_rt_sigreturn,
#if defined(__SANITIZE_ADDRESS__)
	SYS_sigaltstack, SYS_rt_sigprocmask, SYS_sched_yield, SYS_gettid,       SYS_getpid,  SYS_rt_sigaction,
#endif
};
/* Asked for in passing (a catalogue, a stream's buffer): the answer is no, and life goes on. */
static const int refused[] = {
	SYS_openat,
#if defined(SYS_open)
	SYS_open,
#endif
#if defined(SYS_fstat)
	SYS_fstat,
#endif
#if defined(SYS_newfstatat)
	SYS_newfstatat,
#endif
};
/* Memory that can be run as a program is refused by ending. */
static const int without_exec[] = {
#if defined(SYS_mmap)
	SYS_mmap,
#endif
#if defined(SYS_mmap2)
	SYS_mmap2,
#endif
	SYS_mprotect,
};

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define FILTER_MAX 96

struct filter {
	struct sock_filter at[FILTER_MAX];
	unsigned short len;
};

static void put(struct filter *f, unsigned code, unsigned k, unsigned jt, unsigned jf)
{
	f->at[f->len++] = (struct sock_filter){
		.code = (uint16_t)code, .jt = (uint8_t)jt, .jf = (uint8_t)jf, .k = k};
}

/* If the number loaded is this one, answer so. */
static void answer(struct filter *f, int nr, unsigned what)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 1);
	put(f, BPF_RET | BPF_K, what, 0, 0);
}

/* The third argument's low word (all machines named above put it first). */
static void answer_without_exec(struct filter *f, int nr)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 4);
	put(f, BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, args[2]), 0, 0);
	put(f, BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1);
	put(f, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	put(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void make_filter(struct filter *f)
{
	put(f, BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, arch), 0, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	put(f, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	put(f, BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, nr), 0, 0);
	for (size_t i = 0; i < COUNT(allowed); i++)
		answer(f, allowed[i], SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < COUNT(refused); i++)
		answer(f, refused[i], SECCOMP_RET_ERRNO | EACCES);
	for (size_t i = 0; i < COUNT(without_exec); i++)
		answer_without_exec(f, without_exec[i]);
	put(f, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
}

static jx_rc failed(const char *what, struct jx_error *err)
{
	return jx_fail(err, JX_ESTATE, errno, WHERE,
		       "the decoder cannot be locked in (%s): this needs Linux 4.14 with seccomp filters",
		       what);
}

static jx_rc limit(int what, rlim_t value, const char *name, struct jx_error *err)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)what, &r) != 0)
		return failed(name, err);
	if (r.rlim_max != RLIM_INFINITY && value > r.rlim_max)
		value = r.rlim_max; /* somebody was stricter */
	r.rlim_cur = r.rlim_max = value;
	return setrlimit((__rlimit_resource_t)what, &r) == 0 ? JX_OK : failed(name, err);
}

/* Address space counts, not memory in use: what is mapped already (fonts, libraries) comes on top. */
static jx_rc limit_memory(int64_t memory_max_bytes, struct jx_error *err)
{
#if defined(__SANITIZE_ADDRESS__)
	(void)memory_max_bytes; /* the sanitizer maps terabytes that it never touches */
	(void)err;
	return JX_OK;
#else
	char text[64] = "", *end = text;
	FILE *f = fopen("/proc/self/statm", "re");
	const bool has_line = f != NULL && fgets(text, sizeof(text), f) != NULL;
	int64_t pages = 0;

	if (f != NULL)
		(void)fclose(f);
	while (*end >= '0' && *end <= '9')
		end++;
	*end = '\0';
	if (!has_line || !jx_parse_i64(text, 1, INT64_C(1) << 40, &pages))
		return failed("statm", err);
	return limit(RLIMIT_AS, (rlim_t)(pages * sysconf(_SC_PAGESIZE) + memory_max_bytes), "memory", err);
#endif
}

jx_rc jx_picture__lock_in(int64_t memory_max_bytes, int64_t seconds, struct jx_error *err)
{
	struct filter f = {.len = 0};
	struct sock_fprog program;
	jx_rc rc = limit_memory(memory_max_bytes, err);

	if (rc == JX_OK)
		rc = limit(RLIMIT_CPU, (rlim_t)seconds, "time", err);
	if (rc == JX_OK)
		rc = limit(RLIMIT_CORE, 0, "core", err);
	if (rc == JX_OK)
		rc = limit(RLIMIT_NOFILE, 0, "files", err);
	if (rc == JX_OK)
		rc = limit(RLIMIT_NPROC, 0, "processes", err);
	if (rc == JX_OK)
		rc = limit(RLIMIT_FSIZE, (rlim_t)2 * JX_COPY_BYTES_MAX, "output", err);
	if (rc != JX_OK)
		return rc;
	make_filter(&f);
	program.len = f.len;
	program.filter = f.at;
	/* prctl, not seccomp(): the filter of a service that starts us allows the one and may not know the other */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return failed("no_new_privs", err);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return failed("seccomp", err);
	return JX_OK;
}
