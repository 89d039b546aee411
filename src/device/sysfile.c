#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "device_private.h"

bool jx_device__read_line(const char *root, const char *path, char *out, size_t cap)
{
	JX_AUTO_FREE char *full = jx_xasprintf("%s%s", root, path);
	JX_AUTO_FD int fd = open(full, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, out, cap - 1);

	if (got < 0)
		return false;
	out[got] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return true;
}
