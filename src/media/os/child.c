/* A copy by jx-picture: how it is called, and what its end means. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define WHERE "media.child"

#define PATH_BYTES 4096 /* PATH_MAX */
#define TIME_MAX_MS \
	20000        /* 100 million pixels take 2 to 4 s; ten times that where everybody wants the machine */
#define IDLE_TIMES 3 /* longer on the wall's clock than in processor time, which is limited by itself */

static jx_rc open_input(const char *path, int *fd_out, struct jx_error *err)
{
	/* not blocking: what is no file is refused by jx-picture, not waited for */
	*fd_out = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd_out >= 0)
		return JX_OK;
	return jx_fail(err, jx_rc_from_errno(errno), errno, WHERE, "the photo %s cannot be opened: %s", path,
		       strerror(errno));
}

/* The last line (libraries complain before it), whatever a program that a picture took over may have written. */
static const char *last_line(struct jx_spawn__run *r)
{
	char *line;

	while (r->said_len > 0 && r->said[r->said_len - 1] == '\n')
		r->said_len--;
	r->said[r->said_len] = '\0';
	if (!jx_utf8_ok(r->said, r->said_len))
		return "";
	for (char *p = r->said; *p != '\0'; p++)
		if (*p != '\n' && ((unsigned char)*p < 0x20 || *p == 0x7f))
			*p = ' ';
	line = strrchr(r->said, '\n');
	return line != NULL ? line + 1 : r->said;
}

/* Which result code ends with this status; JX_OK: none of ours. */
static jx_rc rc_of_status(int status)
{
	for (int rc = JX_EINVAL; rc >= JX_EINTR; rc--)
		if (jx_rc_exit_status((jx_rc)rc) == status)
			return (jx_rc)rc;
	return JX_OK;
}

static jx_rc judge(struct jx_spawn__run *r, const char *path, struct jx_error *err)
{
	const int status = WIFEXITED(r->status) ? WEXITSTATUS(r->status) : -1;
	const char *said;
	jx_rc rc;

	if (r->is_late && r->is_idle)
		return jx_fail(err, JX_EBUSY, 0, WHERE,
			       "the machine was too busy to decode photo %s: it is tried again later", path);
	if (r->is_late || (WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGXCPU))
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "decoding photo %s takes longer than is allowed: look at the original", path);
	if (r->out->rc != JX_OK)
		return jx_buf_check(r->out, "copy", err);
	if (status == 0 && r->out->len > 0)
		return JX_OK;
	rc = status > 0 ? rc_of_status(status) : JX_OK;
	said = last_line(r);
	if (rc == JX_ENOMEM)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "decoding photo %s takes more memory than is allowed: look at the original",
			       path);
	if (rc != JX_OK && said[0] != '\0')
		return jx_fail(err, rc, 0, WHERE, "%s", said);
	if (status >= 0)
		return jx_fail(err, JX_ESTATE, status, WHERE,
			       "jx-picture ended with status %d and no copy: install it again", status);
	return jx_fail(err, JX_EINVAL, WTERMSIG(r->status), WHERE,
		       "photo %s ended the decoder by signal %d: keep it, and look at it nowhere else", path,
		       WTERMSIG(r->status));
}

struct words {
	char kind[16], pixels[40], memory[40], scans[40], seconds[40], idle[7], name[JX_PICTURE_NAME_MAX + 8];
	char *argv[9];
};

static void make_words(const struct jx_picture_child *c, const char *path, enum jx_copy_kind kind,
		       struct words *w)
{
	const int64_t seconds = c->time_max_ms / 1000 + 1;
	const char *slash = strrchr(path, '/');
	size_t count = 0;

	(void)snprintf(w->kind, sizeof(w->kind), "%s", jx_copy_kind_name(kind));
	(void)snprintf(w->pixels, sizeof(w->pixels), "--pixels=%lld", (long long)c->limits.pixels_max);
	(void)snprintf(w->memory, sizeof(w->memory), "--memory=%lld", (long long)c->limits.memory_max_bytes);
	(void)snprintf(w->scans, sizeof(w->scans), "--scans=%d", (int)c->limits.scans_max);
	(void)snprintf(w->seconds, sizeof(w->seconds), "--seconds=%lld", (long long)seconds);
	memcpy(w->idle, "--idle", sizeof(w->idle));
	memcpy(w->name, "--name=", 8);
	jx_strcpy(w->name + 7, JX_PICTURE_NAME_MAX, slash != NULL ? slash + 1 : path);
	w->argv[count++] = w->kind;
	w->argv[count++] = w->kind;
	w->argv[count++] = w->pixels;
	w->argv[count++] = w->memory;
	w->argv[count++] = w->scans;
	w->argv[count++] = w->seconds;
	if (c->is_idle)
		w->argv[count++] = w->idle;
	w->argv[count++] = w->name;
	w->argv[count] = NULL;
}

jx_rc jx_media_copy_in_child(const struct jx_picture_child *child, const char *path, enum jx_copy_kind kind,
			     const struct jx_stamp *stamp, jx_buf *out, struct jx_error *err)
{
	struct jx_picture_child c = child != NULL ? *child : (struct jx_picture_child){0};
	JX_AUTO_FD int input = -1;
	JX_AUTO_BUF more, made;
	struct words words;
	char program[1100];
	struct jx_spawn__run r = {.out = &made};
	jx_rc rc = JX_OK;

	jx_buf_init(&more, JX_MEDIA__STAMP_MAX);
	jx_buf_init(&made, out->max);
	if ((kind == JX_COPY_STAMPED) != (stamp != NULL))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "a stamped copy needs a stamp, and no other has one");
	c.time_max_ms = c.time_max_ms > 0 ? c.time_max_ms : TIME_MAX_MS;
	if (c.program == NULL)
		rc = jx_os_beside("jx-picture", program, sizeof(program), err);
	if (rc == JX_OK && stamp != NULL)
		rc = jx_media__stamp_write(stamp, &more, err);
	if (rc == JX_OK)
		rc = open_input(path, &input, err);
	if (rc != JX_OK)
		return rc;
	make_words(&c, path, kind, &words);
	r.program = c.program != NULL ? c.program : program;
	r.argv = words.argv;
	r.input_fd = input;
	r.more = stamp != NULL ? &more : NULL;
	r.is_idle = c.is_idle;
	r.time_max_ms = c.is_idle ? IDLE_TIMES * c.time_max_ms : c.time_max_ms;
	rc = jx_spawn__run(&r, err);
	if (rc == JX_OK)
		rc = judge(&r, path, err);
	if (rc != JX_OK)
		return rc;
	jx_buf_add(out, made.data, made.len);
	return jx_buf_check(out, "copy", err);
}

jx_rc jx_media_copy_by_child(jx_media *media, const struct jx_picture_child *child,
			     const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind, jx_buf *out,
			     struct jx_error *err)
{
	char path[PATH_BYTES];
	JX_AUTO_BUF made;
	jx_rc rc;

	jx_buf_init(&made, JX_COPY_BYTES_MAX);
	if (jx_media_kept_copy(media, sha256, kind, out, NULL) == JX_OK)
		return JX_OK;
	jx_media_path(media, sha256, path, sizeof(path));
	rc = jx_media_copy_in_child(child, path, kind, NULL, &made, err);
	if (rc != JX_OK)
		return rc;
	/* A full disk keeps nobody from looking. */
	(void)jx_media_keep_copy(media, sha256, kind, made.data, made.len, NULL);
	jx_buf_add(out, made.data, made.len);
	return jx_buf_check(out, "copy", err);
}
