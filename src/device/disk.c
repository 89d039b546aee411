/*
 * Is the data folder on an encrypted disk? Asked of the kernel's own tables: which file system holds the
 * folder (mountinfo), which block device that is, and whether there is dm-crypt everywhere below it.
 * Nothing is guessed: what is no block device (network, overlay, memory) is "unknown".
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fscrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device_private.h"

/* LVM on RAID on LUKS is three; a loop in an invented tree must end. */
#define DEPTH_MAX 8

/* Spaces and the like stand as \ooo in mountinfo. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
		    s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

static bool is_below(const char *dir, const char *point)
{
	size_t len = strlen(point);

	if (strcmp(point, "/") == 0)
		return true;
	return strncmp(dir, point, len) == 0 && (dir[len] == '/' || dir[len] == '\0');
}

/* Cuts the next word off; NULL at the end of the line. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, " \n");
	size_t len = strcspn(word, " \n");

	if (len == 0)
		return NULL;
	*at = word + len + (word[len] != '\0');
	word[len] = '\0';
	return word;
}

/*
 * "36 35 98:0 /root /point options [more...] - type source super-options"; later lines lie over earlier
 * ones.
 */
static void take_mount(char *line, const char *dir, struct jx_device__mount *best)
{
	char *word, *device = NULL, *point = NULL, *source = NULL, *options = NULL, *type = NULL,
		    *more = NULL;
	int i, after = -1;

	for (i = 0; (word = next_word(&line)) != NULL; i++) {
		if (i == 2)
			device = word;
		else if (i == 4)
			point = word;
		else if (i == 5)
			options = word;
		else if (i > 5 && after < 0 && strcmp(word, "-") == 0)
			after = i;
		else if (after > 0 && i == after + 1)
			type = word;
		else if (after > 0 && i == after + 2)
			source = word;
		else if (after > 0 && i == after + 3)
			more = word;
	}
	if (device == NULL || point == NULL || source == NULL)
		return;
	unescape(point);
	unescape(source);
	if (!is_below(dir, point) || strlen(point) < best->match_len)
		return;
	best->match_len = strlen(point);
	jx_strcpy(best->device, sizeof(best->device), device);
	jx_strcpy(best->source, sizeof(best->source), source);
	jx_strcpy(best->type, sizeof(best->type), type);
	(void)snprintf(best->options, sizeof(best->options), "%s%s%s", options, more != NULL ? "," : "",
		       more != NULL ? more : "");
}

bool jx_device__find_mount(const char *root, const char *dir, struct jx_device__mount *out)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/proc/self/mountinfo", root);
	JX_AUTO_FREE char *line = NULL;
	FILE *f = fopen(path, "re");
	size_t cap = 0;

	while (f != NULL && getline(&line, &cap, f) > 0)
		take_mount(line, dir, out);
	if (f != NULL)
		(void)fclose(f);
	return out->device[0] != '\0';
}

/* btrfs and some others show an invented device number 0:n; then the source names the real one. */
bool jx_device__resolve_device(const char *root, struct jx_device__mount *m)
{
	JX_AUTO_FREE char *path = NULL;
	struct stat st;

	if (strncmp(m->device, "0:", 2) != 0)
		return true;
	if (m->source[0] != '/')
		return false;
	path = jx_xasprintf("%s%s", root, m->source);
	if (stat(path, &st) != 0 || !S_ISBLK(st.st_mode))
		return false;
	(void)snprintf(m->device, sizeof(m->device), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return true;
}

/* dir: the block device's folder, under root. */
static enum jx_device_disk check_block(const char *root, const char *dir, int depth)
{
	JX_AUTO_FREE char *uuid_path = jx_xasprintf("%s/dm/uuid", dir);
	JX_AUTO_FREE char *slaves = jx_xasprintf("%s%s/slaves", root, dir);
	enum jx_device_disk disk = JX_DEVICE_DISK_PLAIN;
	const struct dirent *e;
	char uuid[160];
	bool is_first = true;
	DIR *d;

	if (depth > DEPTH_MAX)
		return JX_DEVICE_DISK_UNKNOWN;
	if (jx_device__read_line(root, uuid_path, uuid, sizeof(uuid)) && strncmp(uuid, "CRYPT-", 6) == 0)
		return JX_DEVICE_DISK_LUKS;
	d = opendir(slaves);
	while (d != NULL && (e = readdir(d)) != NULL) {
		JX_AUTO_FREE char *below = jx_xasprintf("%s/slaves/%s", dir, e->d_name);
		enum jx_device_disk part;

		if (e->d_name[0] == '.')
			continue;
		part = check_block(root, below, depth + 1);
		/* One plain disk among several lets the data be read. */
		if (is_first || part == JX_DEVICE_DISK_PLAIN ||
		    (part == JX_DEVICE_DISK_UNKNOWN && disk == JX_DEVICE_DISK_LUKS))
			disk = part;
		is_first = false;
	}
	if (d != NULL)
		(void)closedir(d);
	return disk;
}

static bool has_fscrypt_policy(const char *dir)
{
	struct fscrypt_get_policy_ex_arg arg = {.policy_size = sizeof(arg.policy)};
	JX_AUTO_FD int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && ioctl(fd, FS_IOC_GET_ENCRYPTION_POLICY_EX, &arg) == 0;
}

enum jx_device_disk jx_device_check_disk(const char *root, const char *dir)
{
	JX_AUTO_FREE char *full = jx_xasprintf("%s%s", root, dir);
	JX_AUTO_FREE char *real = realpath(full, NULL);
	JX_AUTO_FREE char *block = NULL;
	struct jx_device__mount m = {.match_len = 0};
	struct stat st;

	if (real == NULL)
		return JX_DEVICE_DISK_UNKNOWN;
	if (has_fscrypt_policy(real))
		return JX_DEVICE_DISK_FSCRYPT;
	if (!jx_device__find_mount(root, root[0] == '\0' ? real : dir, &m) ||
	    !jx_device__resolve_device(root, &m))
		return JX_DEVICE_DISK_UNKNOWN;
	block = jx_xasprintf("/sys/dev/block/%s", m.device);
	free(JX_STEAL(full));
	full = jx_xasprintf("%s%s", root, block);
	if (stat(full, &st) != 0)
		return JX_DEVICE_DISK_UNKNOWN;
	return check_block(root, block, 0);
}
