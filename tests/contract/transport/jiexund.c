#include "jiexund.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "world.h"

#define ARGS_MAX 24

void jiexund_init(struct jiexund *j, const char *folder)
{
	j->data = jx_test_path(folder, "data");
	j->log = jx_test_path(folder, "log");
	j->port_file = jx_test_path(folder, "port");
}

void jiexund_done(struct jiexund *j)
{
	free(j->data);
	free(j->log);
	free(j->port_file);
}

static void tell_log(const struct jiexund *j)
{
	JX_AUTO_FREE char *text = jx_test_read(j->log, NULL);

	print_error("%s", text != NULL ? text : "");
}

/* out_fd: its standard output, or -1 for none. Its standard error is added to the log. */
static pid_t spawn(const struct jiexund *j, const char *const *args, int out_fd)
{
	JX_AUTO_FREE char *program = jx_xasprintf("%s/jiexund",
						  getenv("JX_BIN") != NULL ? getenv("JX_BIN") : "bin");
	char *argv[ARGS_MAX] = {program};
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;
	size_t n = 1;
	int e;

	/* posix_spawn takes them without const, and leaves them as they are */
	while (n < ARGS_MAX - 1 && args[n - 1] != NULL) {
		argv[n] = jx_xstrdup(args[n - 1]);
		n++;
	}
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	e = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, j->log, O_WRONLY | O_CREAT | O_APPEND,
					     0600);
	assert_int_equal(e, 0);
	e = out_fd >= 0 ? posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO)
			: posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	assert_int_equal(e, 0);
	e = posix_spawn(&pid, program, &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	while (n > 1)
		free(argv[--n]);
	if (e != 0)
		fail_msg("%s: %s", program, strerror(e));
	return pid;
}

static int wait_end(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void read_all(int fd, jx_buf *out)
{
	char piece[4096];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			jx_buf_add(out, piece, (size_t)n);
	}
}

char *jiexund_ask(const struct jiexund *j, const char *const *args)
{
	const char *all[ARGS_MAX - 1] = {NULL};
	jx_buf text;
	size_t n = 0;
	int ends[2];
	pid_t pid;

	while (args[n] != NULL && n < ARGS_MAX - 5) {
		all[n] = args[n];
		n++;
	}
	all[n++] = "--data";
	all[n++] = j->data;
	all[n] = "--json";
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = spawn(j, all, ends[1]);
	(void)close(ends[1]);
	jx_buf_init(&text, 1 << 20);
	read_all(ends[0], &text);
	(void)close(ends[0]);
	if (wait_end(pid) != 0) {
		tell_log(j);
		fail_msg("jiexund %s: %s", args[0], text.data != NULL ? text.data : "");
	}
	return text.data != NULL ? text.data : jx_xstrdup("");
}

static bool read_port(struct jiexund *j)
{
	JX_AUTO_FREE char *text = jx_test_read(j->port_file, NULL);
	int64_t port = 0;

	if (text == NULL)
		return false;
	text[strcspn(text, "\n")] = '\0';
	assert_true(jx_parse_i64(text, 1, 65535, &port));
	j->port = (int)port;
	return true;
}

void jiexund_start(struct jiexund *j)
{
	const char *const args[] = {"serve", "--data", j->data, "--port-file", j->port_file, NULL};
	const struct patience p = patience_begin();

	(void)unlink(j->port_file);
	j->pid = spawn(j, args, -1);
	while (!read_port(j)) {
		int status = 0;

		if (waitpid(j->pid, &status, WNOHANG) == j->pid) {
			j->pid = 0;
			tell_log(j);
			fail_msg("jiexund serve ended at once (%d)", status);
		}
		patience_go_on(&p, "the port of jiexund");
	}
}

void jiexund_stop(struct jiexund *j)
{
	int status;

	if (j->pid <= 0)
		return;
	(void)kill(j->pid, SIGTERM);
	status = wait_end(j->pid);
	j->pid = 0;
	if (status != 0)
		tell_log(j);
	assert_int_equal(status, 0);
}
