/*
 * jx-picture: one picture in, one copy out, and nothing else. Started by jx, jx-office and jiexund for what strangers may have made.
 * First what needs files (catalogue, fonts, the stamp), then the lock, then the first byte of the picture.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

#define USAGE 64 /* sysexits.h EX_USAGE */
/* Beside the decoder's own ceiling: a copy of 1600 x 2134 and what it is made in, three times over. */
#define OTHER_MEMORY_BYTES (INT64_C(64) * 1024 * 1024)
#define MEMORY_MAX_BYTES   (INT64_C(96) * 1024 * 1024)
#define SECONDS_MAX        30

struct args {
	enum jx_copy_kind kind;
	struct jx_picture_limits limits;
	int64_t seconds;
	const char *name;
	bool is_idle;
};

static int usage(FILE *to)
{
	(void)fprintf(
		to,
		"%s jx-picture small|screen|stamped [--pixels=N] [--memory=BYTES] [--scans=N] [--seconds=N] [--idle] [--name=TEXT]\n",
		_("Usage:"));
	(void)fprintf(
		to, "%s\n",
		_("Reads a JPEG from standard input and writes a copy to standard output; the stamp comes on descriptor 3. See man jx-picture."));
	return to == stdout ? 0 : USAGE;
}

/* "--name=value" with a number; false: another option, or no number. */
static bool take_number(const char *arg, const char *name, int64_t max, int64_t *out)
{
	const size_t len = strlen(name);

	return strncmp(arg, name, len) == 0 && jx_parse_i64(arg + len, 0, max, out);
}

static bool read_args(int argc, char **argv, struct args *a)
{
	int64_t scans = 0;

	if (argc < 2 || !jx_copy_kind_parse(argv[1], &a->kind))
		return false;
	for (int i = 2; i < argc; i++) {
		if (strncmp(argv[i], "--name=", 7) == 0)
			a->name = argv[i] + 7;
		else if (strcmp(argv[i], "--idle") == 0)
			a->is_idle = true;
		else if (!take_number(argv[i], "--pixels=", INT64_C(1) << 40, &a->limits.pixels_max) &&
			 !take_number(argv[i], "--memory=", INT64_C(1) << 40, &a->limits.memory_max_bytes) &&
			 !take_number(argv[i], "--scans=", 1000000, &scans) &&
			 !take_number(argv[i], "--seconds=", 86400, &a->seconds))
			return false;
	}
	a->limits.scans_max = (int32_t)scans;
	if (a->limits.memory_max_bytes == 0)
		a->limits.memory_max_bytes = MEMORY_MAX_BYTES;
	if (a->seconds == 0)
		a->seconds = SECONDS_MAX;
	return jx_utf8_ok(a->name, strlen(a->name));
}

static jx_rc read_fd(void *user, void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	const int fd = *(const int *)user;
	ssize_t got;

	do
		got = read(fd, data, len);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return jx_fail(err, jx_rc_from_errno(errno), errno, "media.read",
			       "the photo cannot be read: %s", strerror(errno));
	*got_out = (size_t)got;
	return JX_OK;
}

static jx_rc read_stamp(struct jx_stamp *out, struct jx_error *err)
{
	int fd = JX_MEDIA__STAMP_FD;
	JX_AUTO_BUF text;
	char chunk[4096];
	size_t got = 0;
	jx_rc rc;

	jx_buf_init(&text, JX_MEDIA__STAMP_MAX);
	do {
		rc = read_fd(&fd, chunk, sizeof(chunk), &got, err);
		if (rc == JX_OK)
			jx_buf_add(&text, chunk, got);
	} while (rc == JX_OK && got > 0 && text.rc == JX_OK);
	(void)close(fd);
	if (rc == JX_OK)
		rc = jx_buf_check(&text, "stamp", err);
	return rc == JX_OK ? jx_media__stamp_read(text.data, text.len, out, err) : rc;
}

static jx_rc write_out(const jx_buf *b, struct jx_error *err)
{
	size_t at = 0;

	while (at < b->len) {
		const ssize_t wrote = write(STDOUT_FILENO, b->data + at, b->len - at);

		if (wrote < 0 && errno != EINTR)
			return jx_fail(err, jx_rc_from_errno(errno), errno, "media.write",
				       "the output could not be written");
		at += wrote > 0 ? (size_t)wrote : 0;
	}
	return JX_OK;
}

static jx_rc run(const struct args *a, struct jx_error *err)
{
	struct jx_picture_band band = {0};
	JX_AUTO_FREE uint8_t *rgb = NULL;
	JX_AUTO_BUF out;
	struct jx_stamp stamp;
	int input = STDIN_FILENO;
	const struct jx_picture_in in = {.user = &input, .read = read_fd};
	jx_rc rc = JX_OK;

	jx_buf_init(&out, JX_COPY_BYTES_MAX);
	if (a->kind == JX_COPY_STAMPED) {
		rc = read_stamp(&stamp, err);
		if (rc == JX_OK)
			rc = jx_picture__draw(&stamp, &rgb, &band.height, err);
		band.rgb = rgb;
	}
	/* The catalogue is opened by the first text that is asked for. */
	(void)_("Usage:");
	if (rc == JX_OK)
		rc = jx_picture__lock_in(a->limits.memory_max_bytes + OTHER_MEMORY_BYTES, a->seconds, err);
	if (rc == JX_OK)
		rc = jx_picture_copy(&in, a->name, a->kind, &a->limits, rgb != NULL ? &band : NULL, &out,
				     err);
	return rc == JX_OK ? write_out(&out, err) : rc;
}

int main(int argc, char **argv)
{
	struct jx_error err = {.code = JX_OK};
	struct args a = {.name = "-"};

	if (jx_os_start("jx-picture", &err) != JX_OK) {
		(void)fprintf(stderr, "jx-picture: %s\n", err.text);
		return jx_rc_exit_status(err.code);
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("jx-picture %s\n", JX_VERSION);
		return 0;
	}
	if (!read_args(argc, argv, &a))
		return usage(stderr);
	/* By itself, not by who starts it: a child that waits for its turn to become this program still holds its parent's locks. */
	if (a.is_idle)
		(void)sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){.sched_priority = 0});
	if (run(&a, &err) != JX_OK)
		(void)fprintf(stderr, "%s\n", err.text);
	/* Not exit(): what runs at the end is no business of a process that is locked in. */
	_exit(jx_rc_exit_status(err.code));
}
