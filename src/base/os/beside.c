/* Where the other programs of ours are: all are installed together. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "jiexun/base.h"

jx_rc jx_os_beside(const char *program, char *path_out, size_t cap, struct jx_error *err)
{
	static const char *const places[] = {"", "../bin/"};
	char self[PATH_MAX], path[2 * PATH_MAX];
	const ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[len > 0 ? len : 0] = '\0';
	slash = strrchr(self, '/');
	for (size_t i = 0; slash != NULL && i < sizeof(places) / sizeof(places[0]); i++) {
		const int need = snprintf(path, sizeof(path), "%.*s/%s%s", (int)(slash - self), self,
					  places[i], program);

		if (need > 0 && (size_t)need < cap && access(path, X_OK) == 0) {
			jx_strcpy(path_out, cap, path);
			return JX_OK;
		}
	}
	return jx_fail(err, JX_ESTATE, 0, "os.beside",
		       "the program %s is missing beside %s: install it again", program, self);
}
