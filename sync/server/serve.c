/* `jiexund serve`: signals, systemd, the clock tick, and what is started and ended in which order. */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "pictures.h"
#include "program.h"

#define TICK_MS  1000
#define SWEEP_MS ((int64_t)24 * 3600 * 1000)

struct serving {
	site *d;
	control *control;
	pictures *pictures;
	int signal_fd;
	enum jx_server_level level;
	bool is_journal; /* standard error goes to the journal: mark the level for it */
};

static void log_line(void *user, enum jx_server_level level, const char *line)
{
	static const char *const marks[] = {SD_ERR, SD_WARNING, SD_INFO, SD_DEBUG};
	const struct serving *s = user;

	if (level <= s->level)
		fprintf(stderr, "%sjiexund: %s\n", s->is_journal ? marks[level] : "", line);
}

static void log_error(struct serving *s, enum jx_server_level level, const struct jx_error *err)
{
	char line[512];

	(void)snprintf(line, sizeof(line), "%s: %s", err->where, err->text);
	log_line(s, level, line);
}

/* Before any thread: all inherit it, so that signals arrive through signal_fd only. */
static jx_rc take_signals(struct serving *s, struct jx_error *err)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0 ||
	    (s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC)) < 0)
		return jx_fail(err, JX_EIO, errno, "server.serve", "cannot wait for signals: %s",
			       strerror(errno));
	return JX_OK;
}

/*
 * Each thread could get a heap of its own from glibc, and batches leave free blocks in each: two heaps serve
 * two dozen short requests as well. Blocks from 64 KiB on go back to the kernel when freed.
 */
static void bound_memory(void)
{
	(void)mallopt(M_ARENA_MAX, 2);
	(void)mallopt(M_MMAP_THRESHOLD, 64 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 256 * 1024);
}

/* A socket from systemd (socket activation), or our own. */
static jx_rc open_listener(const struct options *o, const site *d, int *fd_out, int *port_out,
			   struct jx_error *err)
{
	int given = sd_listen_fds(1);

	if (given > 1)
		return jx_fail(err, JX_EINVAL, 0, "server.serve",
			       "systemd passed %d sockets; give the unit one ListenStream", given);
	if (given == 1) {
		if (sd_is_socket(SD_LISTEN_FDS_START, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
			return jx_fail(err, JX_EINVAL, 0, "server.serve",
				       "the socket that systemd passed does not listen; use ListenStream");
		*fd_out = SD_LISTEN_FDS_START;
		*port_out = 0;
		return JX_OK;
	}
	return jx_server_listen(o->listen != NULL ? o->listen : d->conf.listen, fd_out, port_out, err);
}

static jx_rc start_https(struct serving *s, const struct options *o, struct jx_error *err)
{
	struct jx_server_config config;
	int fd = -1;
	jx_rc rc = open_listener(o, s->d, &fd, &s->d->port, err);

	if (rc != JX_OK)
		return rc;
	memset(&config, 0, sizeof(config));
	config.ingest = s->d->ingest;
	config.vault = s->d->vault;
	config.clock = jx_os_clock();
	config.limits = s->d->conf.limits;
	config.tls = s->d->tls;
	config.listen_fd = fd;
	config.log = log_line;
	config.log_user = s;
	config.on_photo = pictures_wake;
	config.photo_user = s->pictures;
	rc = jx_server_start(&config, &s->d->server, err);
	if (rc != JX_OK)
		(void)close(fd);
	return rc;
}

static jx_rc write_port(const struct options *o, int port, struct jx_error *err)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d\n", port);

	return o->port_file == NULL ? JX_OK : jx_fs_write_all(jx_os_fs(), o->port_file, text, (size_t)n, err);
}

/*
 * A jiexund that was killed while it started jx-picture has its lock held by that child until the child has become jx-picture and let go
 * of it: some milliseconds, more on a busy machine. A restart after a crash must not fail for that.
 */
#define LOCK_TRIES   20
#define LOCK_WAIT_MS 100

static jx_rc open_site(const char *dir, site **out, struct jx_error *err)
{
	const struct timespec pause = {.tv_nsec = LOCK_WAIT_MS * 1000000L};
	jx_rc rc = site_open(dir, false, out, err);

	for (int i = 0; rc == JX_EBUSY && i < LOCK_TRIES; i++) {
		(void)nanosleep(&pause, NULL);
		rc = site_open(dir, false, out, err);
	}
	return rc;
}

/*
 * At the start no temporary is anybody's: the folder is this process's, and nothing runs yet. A server that was killed in the middle of a
 * copy leaves one each time, and need not keep it for the minutes that media grants others. Parts count in days.
 */
#define START_AHEAD_MS (INT64_C(60) * 60 * 1000)

static void sweep(struct serving *s, int64_t ahead_ms)
{
	struct jx_error err = {0};
	int64_t removed = 0, now = jx_os_clock()->utc_ms(jx_os_clock()->user) + ahead_ms;
	char line[128];

	if (s->d->vault->ops->sweep(s->d->vault, now, s->d->conf.limits.part_keep_ms, &removed, &err) !=
	    JX_OK) {
		log_error(s, JX_SERVER_WARNING, &err);
	} else if (removed > 0) {
		(void)snprintf(line, sizeof(line), _("removed %" PRId64 " left-over files"), removed);
		log_line(s, JX_SERVER_INFO, line);
	}
}

/* Copies without a photo only. A photo that no entry lists is for people to decide about: jiexund sweep. */
static void sweep_copies(struct serving *s)
{
	const struct jx_vault_drop how = {.now_utc_ms = jx_os_clock()->utc_ms(jx_os_clock()->user),
					  .keep_ms = s->d->conf.stray_keep_ms};
	struct jx_error err = {0};

	if (s->d->vault->ops->drop_strays(s->d->vault, &how, NULL, NULL, &err) != JX_OK)
		log_error(s, JX_SERVER_WARNING, &err);
}

static void reload(struct serving *s)
{
	struct jx_error err = {0};

	(void)sd_notify(0, "RELOADING=1");
	if (site_reload_tls(s->d, &err) == JX_OK)
		log_line(s, JX_SERVER_INFO, _("certificate read again"));
	else
		log_error(s, JX_SERVER_ERROR, &err);
	(void)sd_notify(0, "READY=1");
}

/* Until SIGTERM or SIGINT. */
static void loop(struct serving *s)
{
	struct pollfd fd = {.fd = s->signal_fd, .events = POLLIN};
	bool has_watchdog = sd_watchdog_enabled(0, NULL) > 0;
	int64_t swept_mono_ms = jx_os_clock()->mono_ms(jx_os_clock()->user);

	for (;;) {
		struct signalfd_siginfo info;

		if (poll(&fd, 1, TICK_MS) > 0 &&
		    read(s->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
			if (info.ssi_signo != SIGHUP)
				return;
			reload(s);
		}
		jx_server_tick(s->d->server);
		if (jx_os_clock()->mono_ms(jx_os_clock()->user) - swept_mono_ms >= SWEEP_MS) {
			sweep(s, 0);
			sweep_copies(s);
			pictures_again(s->pictures);
			swept_mono_ms = jx_os_clock()->mono_ms(jx_os_clock()->user);
		}
		if (has_watchdog)
			(void)sd_notify(0, "WATCHDOG=1");
	}
}

static jx_rc start(struct serving *s, struct options *o, struct jx_error *err)
{
	const char *level;
	char line[128];
	jx_rc rc = site_resolve(o->data_dir, o->dir, sizeof(o->dir), err);

	if (rc == JX_OK)
		rc = site_become_owner(o->dir, err);
	if (rc == JX_OK)
		rc = take_signals(s, err);
	if (rc == JX_OK)
		rc = open_site(o->dir, &s->d, err);
	if (rc != JX_OK)
		return rc;
	level = o->log_level != NULL ? o->log_level : s->d->conf.log_level;
	if (!jx_server__level_parse(level, &s->level))
		return jx_fail(err, JX_EINVAL, 0, "server.serve",
			       "--log-level: '%s' is none of error, warning, info, debug; choose one", level);
	sweep(s, START_AHEAD_MS);
	sweep_copies(s);
	rc = pictures_start(s->d, log_line, s, &s->pictures, err);
	if (rc == JX_OK)
		rc = start_https(s, o, err);
	if (rc == JX_OK)
		rc = control_start(s->d, log_line, s, &s->control, err);
	if (rc == JX_OK)
		rc = write_port(o, s->d->port, err);
	if (rc != JX_OK)
		return rc;
	(void)snprintf(line, sizeof(line), _("ready on port %d"), s->d->port);
	log_line(s, JX_SERVER_INFO, line);
	(void)sd_notify(0, "READY=1");
	return JX_OK;
}

int cmd_serve(struct options *o)
{
	struct serving s = {
		.signal_fd = -1, .level = JX_SERVER_INFO, .is_journal = getenv("JOURNAL_STREAM") != NULL};
	struct jx_error err = {0};
	jx_rc rc;

	bound_memory();
	rc = start(&s, o, &err);
	if (rc == JX_OK) {
		loop(&s);
		(void)sd_notify(0, "STOPPING=1");
		log_line(&s, JX_SERVER_INFO, _("stopping"));
	}
	if (s.d != NULL) {
		control_stop(s.control);
		pictures_quit(s.pictures);
		jx_server_stop(s.d->server, s.d->conf.stop_wait_ms);
		pictures_stop(s.pictures);
		site_close(s.d);
	}
	jx_close_p(&s.signal_fd);
	return rc == JX_OK ? EXIT_SUCCESS : program_fail(&err);
}
