/* What lies below a folder, as far as the kernel tells: file system, options, medium, write cache. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device_private.h"

bool jx_device_has_option(const struct jx_device_storage *s, const char *option)
{
	const size_t len = strlen(option);
	const char *at = s->options;

	while (*at != '\0') {
		const size_t word = strcspn(at, ",");

		if (word == len && strncmp(at, option, len) == 0)
			return true;
		at += word + (at[word] == ',');
	}
	return false;
}

/* A partition has no queue of its own: its disk, one folder above, has. */
static bool read_queue(const char *root, const char *block, const char *name, char *out, size_t cap)
{
	JX_AUTO_FREE char *own = jx_xasprintf("%s/queue/%s", block, name);
	JX_AUTO_FREE char *above = jx_xasprintf("%s/../queue/%s", block, name);

	return jx_device__read_line(root, own, out, cap) || jx_device__read_line(root, above, out, cap);
}

/* By the name of the disk, for sysfs only tells rotating from not. */
static const char *medium_of(const char *path, bool is_rotating)
{
	if (strstr(path, "/mmcblk") != NULL)
		return "card";
	if (strstr(path, "/nvme") != NULL)
		return "nvme";
	/* a host that says "rotating" of a virtual disk says nothing of what is below it */
	if (strstr(path, "/virtio") != NULL || strstr(path, "/vd") != NULL || strstr(path, "/xvd") != NULL ||
	    strstr(path, "/virtual/") != NULL)
		return "virtual";
	return is_rotating ? "disk" : "flash";
}

void jx_device_read_storage(const char *root, const char *dir, struct jx_device_storage *out)
{
	JX_AUTO_FREE char *full = jx_xasprintf("%s%s", root, dir);
	JX_AUTO_FREE char *real = realpath(full, NULL);
	JX_AUTO_FREE char *block = NULL, *link = NULL, *path = NULL;
	struct jx_device__mount m = {.match_len = 0};
	char text[32];
	bool is_rotating;

	memset(out, 0, sizeof(*out));
	out->has_fua = -1;
	if (real == NULL || !jx_device__find_mount(root, root[0] == '\0' ? real : dir, &m))
		return;
	jx_strcpy(out->type, sizeof(out->type), m.type);
	jx_strcpy(out->options, sizeof(out->options), m.options);
	if (!jx_device__resolve_device(root, &m))
		return;
	block = jx_xasprintf("/sys/dev/block/%s", m.device);
	link = jx_xasprintf("%s%s", root, block);
	path = realpath(link, NULL);
	if (path == NULL)
		return;
	is_rotating = read_queue(root, block, "rotational", text, sizeof(text)) && strcmp(text, "1") == 0;
	jx_strcpy(out->medium, sizeof(out->medium), medium_of(path, is_rotating));
	(void)read_queue(root, block, "write_cache", out->write_cache, sizeof(out->write_cache));
	if (read_queue(root, block, "fua", text, sizeof(text)))
		out->has_fua = strcmp(text, "1") == 0;
}
