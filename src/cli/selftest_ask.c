/* The questions, part one: what the kernel says of the disk, and what a folder does at once. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selftest.h"

void cli_find(struct cli_finding *f, enum cli_state state, const char *fmt, ...)
{
	va_list args;

	f->state = state;
	va_start(args, fmt);
	(void)vsnprintf(f->text, sizeof(f->text), fmt, args);
	va_end(args);
	f->text[jx_utf8_cut(f->text, strlen(f->text))] = '\0';
}

/* Memory, and file systems whose promises somebody else keeps - or not. */
static void ask_file_system(const struct cli_selftest *t, struct cli_finding *f)
{
	static const char *const memory[] = {"tmpfs", "ramfs", "devtmpfs"};
	static const char *const others[] = {"overlay",    "nfs",      "nfs4",   "cifs",
					     "smb3",       "9p",       "fuse",   "fuseblk",
					     "fuse.sshfs", "virtiofs", "vboxsf", "ecryptfs"};

	for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
		if (strcmp(t->disk.type, memory[i]) == 0) {
			cli_find(f, CLI_FAIL,
				 _("%s is memory: all is gone when the power is; use a folder on a disk"),
				 t->disk.type);
			return;
		}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(t->disk.type, others[i]) == 0) {
			cli_find(
				f, CLI_WARN,
				_("%s: another system keeps the bytes, and nothing here tells how; use a local disk, or "
				  "make the test with a power cut"),
				t->disk.type);
			return;
		}
	if (t->disk.type[0] == '\0' || t->disk.medium[0] == '\0')
		cli_find(f, CLI_WARN, _("the disk below %s cannot be found; make the test with a power cut"),
			 t->dir);
	else
		cli_find(f, CLI_OK, _("%s on a local disk (%s)"), t->disk.type, t->disk.medium);
}

static void ask_mount(const struct cli_selftest *t, struct cli_finding *f)
{
	static const char *const fatal[] = {"nobarrier", "barrier=0", "nobh", "ro", "fsync_mode=nobarrier"};

	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (jx_device_has_option(&t->disk, fatal[i])) {
			cli_find(
				f, CLI_FAIL,
				_("mounted with \"%s\": what is synced need not be on the disk; mount it without"),
				fatal[i]);
			return;
		}
	if (jx_device_has_option(&t->disk, "data=writeback"))
		cli_find(f, CLI_WARN,
			 _("mounted with \"%s\": files may hold old bytes after a power cut; mount "
			   "it without"),
			 "data=writeback");
	else
		cli_find(f, CLI_OK, "%s", _("no mount option weakens a sync"));
}

static void ask_cache(const struct cli_selftest *t, struct cli_finding *f)
{
	if (t->disk.write_cache[0] == '\0')
		cli_find(f, CLI_WARN, "%s", _("the kernel does not say whether the disk has a write cache"));
	else if (strcmp(t->disk.write_cache, "write back") != 0)
		cli_find(f, CLI_OK,
			 _("write cache: %s; a write that came back is on the medium, says the disk"),
			 t->disk.write_cache);
	else
		cli_find(f, CLI_OK,
			 t->disk.has_fua == 1
				 ? _("write cache: %s; it is flushed at each sync, or passed by (FUA)")
				 : _("write cache: %s; it is flushed at each sync"),
			 t->disk.write_cache);
}

static bool holds(const struct cli_selftest *t, const char *path, const char *text)
{
	JX_AUTO_BUF b;

	jx_buf_init(&b, 64);
	return jx_fs_read_all(t->fs, path, &b, NULL) == JX_OK && b.len == strlen(text) &&
	       memcmp(b.data, text, b.len) == 0;
}

static void ask_rename(const struct cli_selftest *t, struct cli_finding *f)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/rename", t->scratch);
	struct jx_error err = {.code = JX_OK};
	jx_rc rc = jx_fs_write_all(t->fs, path, "old", 3, &err);

	if (rc == JX_OK)
		rc = jx_fs_write_all(t->fs, path, "new", 3, &err);
	if (rc != JX_OK)
		cli_find(f, CLI_FAIL, "%s", err.text);
	else if (!holds(t, path, "new"))
		cli_find(f, CLI_FAIL, "%s", _("a rename did not replace the file"));
	else
		cli_find(f, CLI_OK, "%s", _("a rename replaces a file, and its folder can be synced"));
}

static void ask_truncate(const struct cli_selftest *t, struct cli_finding *f)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/truncate", t->scratch);
	struct jx_error err = {.code = JX_OK};
	struct stat st = {.st_size = -1};

	if (jx_fs_write_all(t->fs, path, "old", 3, &err) != JX_OK) {
		cli_find(f, CLI_FAIL, "%s", err.text);
		return;
	}
	{
		JX_AUTO_FD int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

		if (fd < 0 || fstat(fd, &st) != 0 || st.st_size != 0) {
			cli_find(f, CLI_FAIL, "%s", _("a file cannot be emptied"));
			return;
		}
	}
	cli_find(f, CLI_OK, "%s", _("a file can be emptied"));
}

struct seen {
	const char *name;
	bool is_there;
};

static jx_rc see_name(void *arg, const char *name)
{
	struct seen *s = arg;

	s->is_there = s->is_there || strcmp(name, s->name) == 0;
	return JX_OK;
}

static void ask_names(const struct cli_selftest *t, struct cli_finding *f)
{
	static const char name[] =
		"Straße-街巡-é"; /* composed, decomposed and Chinese characters come back as they were */
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", t->scratch, name);
	JX_AUTO_FREE char *upper = jx_xasprintf("%s/CASE", t->scratch);
	JX_AUTO_FREE char *lower = jx_xasprintf("%s/case", t->scratch);
	struct seen s = {.name = name};
	struct jx_error err = {.code = JX_OK};
	jx_rc rc = jx_fs_write_all(t->fs, path, "x", 1, &err);

	if (rc == JX_OK)
		rc = t->fs->list(t->fs->user, t->scratch, see_name, &s, &err);
	if (rc == JX_OK)
		rc = jx_fs_write_all(t->fs, upper, "upper", 5, &err);
	if (rc == JX_OK)
		rc = jx_fs_write_all(t->fs, lower, "lower", 5, &err);
	if (rc != JX_OK)
		cli_find(f, CLI_WARN, "%s", err.text);
	else if (!s.is_there)
		cli_find(f, CLI_WARN, "%s", _("names in Chinese do not come back as they were written"));
	else if (!holds(t, upper, "upper"))
		cli_find(f, CLI_WARN, "%s", _("names that differ only in case are one file here"));
	else
		cli_find(f, CLI_OK, "%s", _("names in Chinese and names that differ in case are kept apart"));
}

static void ask_space(const struct cli_selftest *t, struct cli_finding *f)
{
	struct jx_error err = {.code = JX_OK};
	enum jx_device_space_level level = JX_DEVICE_SPACE_OK;
	int64_t free_bytes = 0;

	if (jx_device_read_space(t->fs, t->dir, &t->c->h.profile, &free_bytes, &level, &err) != JX_OK)
		cli_find(f, CLI_WARN, "%s", err.text);
	else if (level == JX_DEVICE_SPACE_RESERVE)
		cli_find(f, CLI_FAIL, _("only %lld MB are free: no photos will be taken; free some space"),
			 (long long)(free_bytes / 1000000));
	else
		cli_find(f, level == JX_DEVICE_SPACE_WARN ? CLI_WARN : CLI_OK, _("%lld MB are free"),
			 (long long)(free_bytes / 1000000));
}

const struct cli_question cli_questions[] = {
	{"file-system", ask_file_system},
	{"mount", ask_mount},
	{"write-cache", ask_cache},
	{"fsync", cli_ask_latency},
	{"rename", ask_rename},
	{"truncate", ask_truncate},
	{"lock", cli_ask_lock},
	{"database", cli_ask_database},
	{"names", ask_names},
	{"space", ask_space},
};
const size_t cli_question_count = sizeof(cli_questions) / sizeof(cli_questions[0]);
