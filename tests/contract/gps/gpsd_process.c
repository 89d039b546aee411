#include "gpsd_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jx_test.h"

#define GPSD "/usr/sbin/gpsd"

/* gpsd exports its state in shared memory under one key for the whole machine: give ours another. */
static int shm_key(uint16_t port)
{
	return 0x6a780000 + port;
}

void gpsd_process_start(struct gpsd_process *p, uint16_t port, uint16_t feed_port)
{
	char port_text[8], device[40], key[40];
	char program[] = GPSD, foreground[] = "-N", at_once[] = "-n", port_option[] = "-S";
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *argv[] = {program, foreground, at_once, port_option, port_text, device, NULL};
	char *env[] = {path, key, NULL};
	posix_spawn_file_actions_t actions;
	int e;

	(void)snprintf(port_text, sizeof(port_text), "%u", (unsigned int)port);
	(void)snprintf(device, sizeof(device), "tcp://127.0.0.1:%u", (unsigned int)feed_port);
	(void)snprintf(key, sizeof(key), "GPSD_SHM_KEY=0x%x", (unsigned int)shm_key(port));
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	/* It complains about missing D-Bus and the like, and must not hold the test's own output open. */
	assert_int_equal(posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0),
			 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO), 0);
	e = posix_spawn(&p->pid, GPSD, &actions, NULL, argv, env);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (e != 0)
		fail_msg("%s: %s (install the package gpsd)", GPSD, strerror(e));
	p->port = port;
}

void gpsd_process_kill(struct gpsd_process *p)
{
	int id;

	if (p->pid <= 0)
		return;
	(void)kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	p->pid = 0;
	id = shmget(shm_key(p->port), 0, 0);
	if (id >= 0)
		(void)shmctl(id, IPC_RMID, NULL);
}
