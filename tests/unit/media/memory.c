/*
 * memory.c - how much memory copies take: each picture decoded in a process of its own, whose peak is compared with that of one that
 * does all but decode. Pictures as cameras make them; a progressive one needs all its coefficients at once, and is told apart.
 *
 *     media.memory [--json]      one line a measurement; status 1 if one is above its ceiling
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draw.h"
#include "jiexun/media.h"

struct measured {
	const char *name;
	struct draw picture;
	enum jx_copy_kind kind;
	long limit_kb; /* above the base; 0: refused, by the memory limit */
};

/* 12 megapixels below 16 MB and 48 below 24: a handheld has 1 GB for everything. Coefficients: 3 bytes a pixel at 4:2:0. */
static const struct measured measurements[] = {
	{"small 12 MP", {.width = 4000, .height = 3000}, JX_COPY_SMALL, 16000},
	{"screen 12 MP", {.width = 4000, .height = 3000}, JX_COPY_SCREEN, 16000},
	{"small 48 MP", {.width = 8000, .height = 6000}, JX_COPY_SMALL, 24000},
	{"screen 48 MP", {.width = 8000, .height = 6000}, JX_COPY_SCREEN, 24000},
	{"small 12 MP progressive",
	 {.width = 4000, .height = 3000, .is_progressive = true},
	 JX_COPY_SMALL,
	 52000},
	{"screen 12 MP progressive",
	 {.width = 4000, .height = 3000, .is_progressive = true},
	 JX_COPY_SCREEN,
	 52000},
	{"small 48 MP progressive",
	 {.width = 8000, .height = 6000, .is_progressive = true},
	 JX_COPY_SMALL,
	 0},
};

static jx_rc read_stream(void *user, void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	(void)err;
	*got_out = fread(data, 1, len, user);
	return JX_OK;
}

static int copy(FILE *f, const struct measured *m)
{
	const struct jx_picture_in in = {.user = f, .read = read_stream};
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_BUF out;
	jx_rc rc;

	jx_buf_init(&out, JX_COPY_BYTES_MAX);
	rc = jx_picture_copy(&in, m->name, m->kind, NULL, NULL, &out, &err);
	if (m->limit_kb == 0)
		return rc == JX_ELIMIT ? 0 : 1;
	if (rc != JX_OK)
		(void)fprintf(stderr, "%s: %s\n", m->name, err.text);
	return rc == JX_OK && out.len > 1000 ? 0 : 1;
}

/* Peak of a child that copies, or (f NULL) of one that only begins. -1: it failed. */
static long peak_kb(FILE *f, const struct measured *m)
{
	const pid_t pid = fork();
	struct rusage used;
	int status = 0;

	if (pid == 0)
		_exit(f != NULL ? copy(f, m) : 0);
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid || status != 0)
		return -1;
	return used.ru_maxrss;
}

/* Made by a child too, so that its memory does not count as ours. */
static bool make(FILE *f, const struct draw *d)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		draw_file(d, f);
		_exit(fflush(f) == 0 ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool measure(const struct measured *m, bool is_json)
{
	FILE *f = tmpfile();
	const long limit_kb = m->limit_kb == 0 ? 8000 : m->limit_kb;
	long base, peak;
	bool is_good;

	if (f == NULL || !make(f, &m->picture)) {
		(void)fprintf(stderr, "%s: cannot be made\n", m->name);
		return false;
	}
	rewind(f);
	base = peak_kb(NULL, m);
	peak = peak_kb(f, m);
	(void)fclose(f);
	is_good = base >= 0 && peak >= 0 && peak - base <= limit_kb;
	if (is_json)
		printf("{\"name\":\"media.memory\",\"what\":\"%s\",\"kb\":%ld,\"limit_kb\":%ld,\"failed\":%d}\n",
		       m->name, peak - base, limit_kb, is_good ? 0 : 1);
	else
		printf("%-26s %6ld kB (at most %ld)%s\n", m->name, peak - base, limit_kb,
		       is_good ? "" : "  TOO MUCH");
	return is_good;
}

int main(int argc, char **argv)
{
	const bool is_json = argc > 1 && strcmp(argv[1], "--json") == 0;
	bool is_good = true;

	for (size_t i = 0; i < sizeof(measurements) / sizeof(measurements[0]); i++)
		is_good = measure(&measurements[i], is_json) && is_good;
	return is_good ? 0 : 1;
}
