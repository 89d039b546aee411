/* The real clock and the kernel's random source. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base_private.h"
#include "os_private.h"

static int64_t read_clock_ms(clockid_t id)
{
	struct timespec t = {0};

	(void)clock_gettime(id, &t); /* both clocks are older than any kernel we run on */
	return (int64_t)t.tv_sec * 1000 + (int64_t)t.tv_nsec / 1000000;
}

static int64_t utc_ms(void *user)
{
	(void)user;
	return read_clock_ms(CLOCK_REALTIME);
}

static int64_t mono_ms(void *user)
{
	(void)user;
	return read_clock_ms(CLOCK_BOOTTIME);
}

/* All zero where /proc is not mounted: then two boots cannot be told apart, which only weakens the trust in time. */
static void boot_id(void *user, uint8_t id[JX_ID_BYTES])
{
	JX_AUTO_FD int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	char text[36];

	(void)user;
	if (fd < 0 || read(fd, text, sizeof(text)) != (ssize_t)sizeof(text) ||
	    !jx_uuid_parse(text, sizeof(text), id))
		memset(id, 0, JX_ID_BYTES);
}

static void fill(void *user, void *out, size_t len)
{
	unsigned char *to = out;

	(void)user;
	while (len > 0) {
		ssize_t n = getrandom(to, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		/* Should not happen on a kernel since 3.17. Keys and ids from anything else would be worse than no program. */
		if (n <= 0)
			jx_base__end(JX_BASE__NO_RANDOM);
		to += n;
		len -= (size_t)n;
	}
}

const struct jx_clock *jx_os_clock(void)
{
	static const struct jx_clock clock = {.utc_ms = utc_ms, .mono_ms = mono_ms, .boot_id = boot_id};

	return &clock;
}

const struct jx_rand *jx_os_rand(void)
{
	static const struct jx_rand rand = {.fill = fill};

	return &rand;
}
