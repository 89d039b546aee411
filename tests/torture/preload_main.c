/*
 * Where the program under torture begins: at main() it waits for orders and forks a child for each. TORTURE_PAGE names the
 * page's file, TORTURE_ORDERS and TORTURE_ANSWERS the pipes, TORTURE_OUT and TORTURE_ERR the child's output; without them
 * nothing happens.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "preload.h"

#define DESCRIPTORS 64

typedef int (*main_fn)(int argc, char **argv, char **env);
typedef int (*start_fn)(main_fn main, int argc, char **argv, void (*init)(void), void (*fini)(void),
			void (*rtld_fini)(void), void *stack_end);

static main_fn real_main;
static bool was_open[DESCRIPTORS];
static bool is_child;

static int descriptor(const char *name)
{
	return (int)strtol(getenv(name), NULL, 10);
}

static bool is_open(int fd)
{
	return syscall(SYS_fcntl, fd, F_GETFD) >= 0;
}

/* libsodium keeps the random device open to the end, where it has no other way. */
static bool is_random_device(int fd)
{
	char name[32], to[512];
	ssize_t len;

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = readlink(name, to, sizeof(to) - 1);
	to[len > 0 ? len : 0] = '\0';
	return strcmp(to, "/dev/urandom") == 0 || strcmp(to, "/dev/random") == 0;
}

static void redirect(const char *name, int to)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(125);
	(void)close(fd);
}

static void become_child(void)
{
	const struct rlimit none = {0, 0};
	int fd;

	is_child = true;
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)close(descriptor("TORTURE_ORDERS"));
	(void)close(descriptor("TORTURE_ANSWERS"));
	redirect(getenv("TORTURE_OUT"), STDOUT_FILENO);
	redirect(getenv("TORTURE_ERR"), STDERR_FILENO);
	for (fd = 0; fd < DESCRIPTORS; fd++)
		was_open[fd] = is_open(fd);
	torture_is_traced = torture_page->is_traced != 0;
	torture_arm(torture_page->is_armed_at_main != 0);
}

/* Returns in a child only. */
static void serve(int orders, int answers)
{
	char order;

	while (read(orders, &order, 1) == 1) {
		pid_t pid = fork();
		int answer[2] = {(int)pid, 0};

		if (pid == 0) {
			become_child();
			return;
		}
		if (pid < 0 || write(answers, answer, sizeof(answer[0])) != sizeof(answer[0]) ||
		    waitpid(pid, &answer[1], 0) != pid ||
		    write(answers, &answer[1], sizeof(answer[1])) != sizeof(answer[1]))
			_exit(125);
	}
	_exit(0);
}

static bool map_page(const char *name)
{
	int fd = open(name, O_RDWR | O_CLOEXEC);
	void *page = fd < 0 ? MAP_FAILED
			    : mmap(NULL, sizeof(*torture_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	(void)close(fd);
	torture_page = page == MAP_FAILED ? NULL : page;
	return torture_page != NULL;
}

/*
 * Far below the frames in which a process ends: so the stack that is searched for pointers at the end holds none that a function
 * left behind which has long returned.
 */
static __attribute__((noinline)) int run_below(int argc, char **argv, char **env)
{
	volatile char gap[1 << 17];

	gap[0] = 0;
	return real_main(argc, argv, env) + gap[0];
}

static int begin(int argc, char **argv, char **env)
{
	const char *page = getenv("TORTURE_PAGE");

	if (page != NULL) {
		if (!map_page(page))
			_exit(125);
		/* what the program starts must run as it is */
		(void)unsetenv("LD_PRELOAD");
		(void)unsetenv("TORTURE_PAGE");
		torture_time_begin();
		/* loads what it needs now, not where memory is counted */
		(void)backtrace(&(void *){NULL}, 1);
		torture_live_settle();
		serve(descriptor("TORTURE_ORDERS"), descriptor("TORTURE_ANSWERS"));
	}
	return run_below(argc, argv, env);
}

__attribute__((destructor)) static void end(void)
{
	int fd;

	if (!is_child)
		return;
	torture_arm(false);
	for (fd = 0; fd < DESCRIPTORS; fd++)
		torture_page->descriptors_left += !was_open[fd] && is_open(fd) && !is_random_device(fd);
	torture_live_sweep();
	torture_page->was_swept = 1;
}

int __libc_start_main(main_fn main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end);
int __libc_start_main(main_fn main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	union {
		void *object;
		start_fn function;
	} next = {.object = dlsym(RTLD_NEXT, "__libc_start_main")};

	real_main = main;
	return next.function(begin, argc, argv, init, fini, rtld_fini, stack_end);
}
