/* What every program does before its first own line. */
#include <errno.h>
#include <fcntl.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jiexun/control.h"
#include "os_private.h"

#ifndef JX_LOCALEDIR
#error "JX_LOCALEDIR: folder of installed message catalogues"
#endif

static const char *get_variable(void *user, const char *name)
{
	(void)user;
	return getenv(name); /* before any thread is started */
}

/*
 * If a program is started with descriptor 0, 1 or 2 closed, the next file opened would get that number, and a stray
 * line to standard error would end up inside a database.
 */
static jx_rc fill_standard_descriptors(struct jx_error *err)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return jx_base__fail_errno(err, errno, "os.start", _("open"), "/dev/null");
		if (fd <= 2)
			(void)fcntl(fd, F_SETFD, 0); /* children get it as any standard descriptor */
	} while (fd <= 2);
	(void)close(fd);
	return JX_OK;
}

/* With SIGXFSZ a file-size limit would kill us where write() can report EFBIG; with SIGPIPE a closed pager would. */
static jx_rc set_process_limits(const char *program, struct jx_error *err)
{
	struct rlimit no_core = {0, 0};

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return jx_base__fail_errno(err, errno, "os.start", _("start"), program);
	/*
	 * A core dump would hold private keys. A hardened service may not change limits (SystemCallFilter=~@resources answers
	 * EPERM; its unit sets LimitCORE=0 itself): then the process is made undumpable, which asks for no limit.
	 */
	if (setrlimit(RLIMIT_CORE, &no_core) != 0 && prctl(PR_SET_DUMPABLE, 0) != 0)
		return jx_base__fail_errno(err, errno, "os.start", _("start"), program);
	(void)umask(0077);
	return JX_OK;
}

/*
 * Chinese must work on a system without any generated locale. glibc looks at LANGUAGE only if the message locale is not
 * "C", and C.UTF-8, which every Debian has built in, is enough for that. Numbers stay as in C: what we print is read
 * by programs too.
 */
static jx_rc set_locale(const char *language, struct jx_error *err)
{
	static const int categories[] = {LC_CTYPE, LC_MESSAGES};

	(void)setlocale(LC_ALL, "");
	for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++) {
		const char *now = setlocale(categories[i], NULL);

		if (now == NULL || strcmp(now, "C") == 0 || strcmp(now, "POSIX") == 0)
			(void)setlocale(categories[i], "C.UTF-8");
	}
	(void)setlocale(LC_NUMERIC, "C");
	if (setenv("LANGUAGE", language, 1) != 0)
		return jx_fail(err, JX_ENOMEM, errno, "os.start", "no memory to start; close other programs");
	return JX_OK;
}

static jx_rc bind_catalogue(struct jx_error *err)
{
	char exe[PATH_MAX], beside[PATH_MAX];
	const char *dir = JX_LOCALEDIR;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct stat st;

	if (n > 0) {
		exe[n] = '\0';
		if (jx_base__catalogue_beside(exe, beside, sizeof(beside)) && stat(beside, &st) == 0 &&
		    S_ISDIR(st.st_mode))
			dir = beside;
	}
	/* UTF-8 whatever the terminal: our texts go into files and messages as they are. */
	if (bindtextdomain(JX_DOMAIN, dir) == NULL || bind_textdomain_codeset(JX_DOMAIN, "UTF-8") == NULL)
		return jx_fail(err, JX_ENOMEM, errno, "os.start", "no memory to start; close other programs");
	return JX_OK;
}

jx_rc jx_os_start(const char *program, struct jx_error *err)
{
	jx_rc rc = fill_standard_descriptors(err);

	(void)jx_control_is(JX_CONTROL_NONE); /* reads the environment while there is one thread */
	if (rc == JX_OK)
		rc = set_process_limits(program, err);
	if (rc == JX_OK)
		rc = set_locale(jx_base__choose_language(get_variable, NULL), err);
	if (rc == JX_OK)
		rc = bind_catalogue(err);
	if (rc == JX_OK)
		rc = jx_crypto_init(err);
	return rc;
}
