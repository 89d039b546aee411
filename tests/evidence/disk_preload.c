/*
 * A disk for one folder of an unmodified program: what is certain on it is kept beside, in JX_DISK_SURE, by the rules of POSIX
 * and no more. The bytes of a file are certain as they were at its last fsync or fdatasync, its name as it was at the last
 * fsync of its folder. With JX_DISK_LIES syncs are swallowed: they return 0 and nothing becomes certain.
 *
 * "Power cut": kill the program, then take JX_DISK_SURE for the folder: sure/<inode> has the bytes, sure/names the names.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *sure(void)
{
	return getenv("JX_DISK_SURE");
}

static void copy(int from, const char *to_path)
{
	static char chunk[65536];
	char temp[4200];
	off_t at = 0;
	ssize_t got;
	int to;

	(void)snprintf(temp, sizeof(temp), "%s.new", to_path);
	to = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (to < 0)
		abort();
	while ((got = pread(from, chunk, sizeof(chunk), at)) > 0) {
		if (write(to, chunk, (size_t)got) != got)
			abort();
		at += got;
	}
	(void)close(to);
	if (rename(temp, to_path) != 0)
		abort();
}

/* Names of the folder, with the inodes that they name. */
static void keep_names(int fd)
{
	char path[4096], temp[4100];
	const int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	const struct dirent *e;
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/names", sure());
	(void)snprintf(temp, sizeof(temp), "%s.new", path);
	out = fopen(temp, "we");
	if (dir == NULL || out == NULL)
		abort();
	while ((e = readdir(dir)) != NULL)
		if (e->d_type == DT_REG)
			fprintf(out, "%llu %s\n", (unsigned long long)e->d_ino, e->d_name);
	(void)closedir(dir);
	if (fclose(out) != 0 || rename(temp, path) != 0)
		abort();
}

static int sync_one(int fd)
{
	const char *folder = getenv("JX_DISK_FOLDER");
	char link[64], path[4096], kept[4096];
	struct stat st;
	ssize_t len;

	if (folder == NULL || sure() == NULL || fstat(fd, &st) != 0)
		return 0;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (len < 0)
		return 0;
	path[len] = '\0';
	if (strncmp(path, folder, strlen(folder)) != 0 || getenv("JX_DISK_LIES") != NULL)
		return 0;
	if (S_ISDIR(st.st_mode)) {
		if (strcmp(path, folder) == 0)
			keep_names(fd);
		return 0;
	}
	(void)snprintf(kept, sizeof(kept), "%s/%llu", sure(), (unsigned long long)st.st_ino);
	copy(fd, kept);
	return 0;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	return sync_one(fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
	return fsync(fd);
}
