/* The light beside the camera: a LED of the kernel's. Its folder is in the profile, as its name differs from device to device. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "camera_private.h"

/* As bright as it says it can be; a LED that does not say knows on and off. */
static void read_brightest(const char *folder, char *out, size_t cap)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/max_brightness", folder);
	JX_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, out, cap - 1) : 0;
	int64_t value;

	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	if (!jx_parse_i64(out, 1, 65535, &value))
		jx_strcpy(out, cap, "1");
}

jx_rc jx_camera__light(const char *folder, bool on, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/brightness", folder);
	JX_AUTO_FD int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	char text[16] = "0";

	if (on)
		read_brightest(folder, text, sizeof(text));
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		const int native = errno;

		return jx_fail(
			err, JX_EIO, native, JX_CAMERA__WHERE,
			"the light %s cannot be switched: %s; correct torch under [camera] in the profile, and see that this user may write there",
			path, g_strerror(native));
	}
	return JX_OK;
}

void jx_camera_darken(const char *torch)
{
	if (torch != NULL && torch[0] != '\0')
		(void)jx_camera__light(torch, false, NULL);
}
