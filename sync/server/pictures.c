#include "pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "jiexun/media.h"

/*
 * A copy costs more than storing the photo does, and nobody looks before the evening's devices are through: so it waits until photos have
 * stopped coming. But not for ever: a city whose photos never stop has its copies a minute late, made from what the processor has left.
 */
#define QUIET_MS    1000
#define WAIT_MAX_MS 60000

struct pictures {
	site *d;
	jx_server_log_fn log;
	void *log_user;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	int64_t pos;             /* all up to here have been given out */
	int64_t stored_mono_ms;  /* the newest photo */
	int64_t waiting_mono_ms; /* since when there is something to do */
	bool has_more;           /* something was stored since the end was last seen */
	bool is_stopping;        /* or jx-picture does not run */
	size_t count;
	pthread_t threads[64];
};

struct next {
	struct jx_vault_stored photo;
	bool is_there;
};

static void say(pictures *p, enum jx_server_level level, const struct jx_error *err)
{
	char line[512];

	(void)snprintf(line, sizeof(line), "%s: %s", err->where, err->text);
	p->log(p->log_user, level, line);
}

static jx_rc take_row(void *user, const struct jx_vault_stored *photo)
{
	struct next *next = user;

	next->photo = *photo;
	next->is_there = true;
	return JX_OK;
}

/* The clock that a condition can wait by; base's goes on while the machine sleeps. */
static int64_t mono_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The mutex is held. False: it is not time yet, and some of it has passed. */
static bool is_time(pictures *p)
{
	const int64_t quiet_ms = p->stored_mono_ms + QUIET_MS, latest_ms = p->waiting_mono_ms + WAIT_MAX_MS;
	const int64_t due_ms = quiet_ms < latest_ms ? quiet_ms : latest_ms;
	const struct timespec due = {.tv_sec = due_ms / 1000, .tv_nsec = due_ms % 1000 * 1000000};

	if (mono_ms() >= due_ms)
		return true;
	(void)pthread_cond_timedwait(&p->changed, &p->mutex, &due);
	return false;
}

/* Waits for one; false: stop. A row takes some microseconds, so those that have their copy already are soon passed. */
static bool take_next(pictures *p, struct jx_vault_stored *photo_out)
{
	struct jx_vault *vault = p->d->vault;
	struct next next = {.is_there = false};
	struct jx_error err = {0};

	(void)pthread_mutex_lock(&p->mutex);
	while (!p->is_stopping && !next.is_there) {
		if (!p->has_more) {
			(void)pthread_cond_wait(&p->changed, &p->mutex);
			continue;
		}
		if (!is_time(p))
			continue;
		p->has_more = false;
		if (vault->ops->each_photo(vault, p->pos, 1, take_row, &next, &err) != JX_OK)
			say(p, JX_SERVER_WARNING, &err);
		if (next.is_there) {
			p->pos = next.photo.pos;
			p->has_more = true;
			(void)pthread_cond_signal(&p->changed);
		}
	}
	next.is_there = next.is_there && !p->is_stopping;
	(void)pthread_mutex_unlock(&p->mutex);
	*photo_out = next.photo;
	return next.is_there;
}

/* A sound note is evidence, too, and has no picture. */
static bool is_sound(const char *path)
{
	JX_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char magic[4];

	return fd >= 0 && read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
	       jx_media_looks_like_sound(magic, sizeof(magic));
}

static void stop_for(pictures *p, const struct jx_error *err)
{
	(void)pthread_mutex_lock(&p->mutex);
	if (!p->is_stopping)
		say(p, JX_SERVER_ERROR, err);
	p->is_stopping = true;
	(void)pthread_cond_broadcast(&p->changed);
	(void)pthread_mutex_unlock(&p->mutex);
}

/* The original stays as it is: it is evidence, whatever it shows. People should look at it, with care. */
static void mark(pictures *p, const struct jx_vault_stored *photo, const struct jx_error *why)
{
	struct jx_vault *vault = p->d->vault;
	char text[sizeof(JX_VAULT_UNREADABLE) + 2 * (size_t)JX_HASH_BYTES] = JX_VAULT_UNREADABLE;
	struct jx_error err = {0};

	jx_hex(photo->sha256, JX_HASH_BYTES, text + sizeof(JX_VAULT_UNREADABLE) - 1);
	say(p, JX_SERVER_WARNING, why);
	if (vault->ops->mark_writer(vault, photo->writer, text, false,
				    jx_os_clock()->utc_ms(jx_os_clock()->user), &err) != JX_OK)
		say(p, JX_SERVER_WARNING, &err);
}

/* One that shows only part of its picture is kept, and looked at by people all the same. */
static jx_rc keep(pictures *p, const struct jx_vault_stored *photo, const jx_buf *copy, struct jx_error *err)
{
	struct jx_vault *vault = p->d->vault;
	struct jx_error why = {0};
	jx_rc rc = vault->ops->keep_copy(vault, photo->sha256, true, copy->data, copy->len, err);
	char hex[2 * JX_HASH_BYTES + 1];

	if (rc != JX_OK || jx_copy_fault_of(copy->data, copy->len) == JX_COPY_FAULT_NONE)
		return rc;
	jx_hex(photo->sha256, JX_HASH_BYTES, hex);
	(void)jx_fail(&why, JX_ECORRUPT, 0, "server.pictures",
		      "photo %s shows only part of its picture: its data is damaged or ends too early", hex);
	mark(p, photo, &why);
	return JX_OK;
}

static void make_copy(pictures *p, const struct jx_vault_stored *photo)
{
	const struct jx_picture_child child = {.is_idle = true};
	struct jx_vault *vault = p->d->vault;
	char path[PATH_MAX];
	struct jx_error err = {0};
	JX_AUTO_BUF copy;
	jx_rc rc;

	jx_buf_init(&copy, JX_COPY_BYTES_MAX);
	if (photo->is_unreadable || vault->ops->has_own_copy(vault, photo->sha256))
		return;
	vault->ops->photo_path(vault, photo->sha256, path, sizeof(path));
	if (is_sound(path))
		return;
	rc = jx_media_copy_in_child(&child, path, JX_COPY_SMALL, NULL, &copy, &err);
	if (rc == JX_OK)
		rc = keep(p, photo, &copy, &err);
	else if (rc == JX_EINVAL || rc == JX_ELIMIT)
		mark(p, photo, &err);
	if (rc == JX_ESTATE)
		stop_for(p, &err);
	else if (rc != JX_OK && rc != JX_EINVAL && rc != JX_ELIMIT)
		say(p, JX_SERVER_WARNING, &err); /* file gone, disk full: with the next look at all */
}

static void *work(void *arg)
{
	pictures *p = arg;
	struct jx_vault_stored photo;

	while (take_next(p, &photo))
		make_copy(p, &photo);
	return NULL;
}

/* By the monotonic clock, like everything that waits here. */
static void init_waiting(pictures *p)
{
	pthread_condattr_t monotonic;

	(void)pthread_mutex_init(&p->mutex, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->changed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
}

jx_rc pictures_start(site *d, jx_server_log_fn log, void *log_user, pictures **out, struct jx_error *err)
{
	const size_t wanted = (size_t)d->conf.picture_children;
	pictures *p;
	int e = 0;

	*out = NULL;
	if (wanted == 0)
		return JX_OK;
	p = jx_xcalloc(1, sizeof(*p));
	p->d = d;
	p->log = log;
	p->log_user = log_user;
	p->has_more = true;
	p->stored_mono_ms = -QUIET_MS; /* what an earlier run left is made at once */
	init_waiting(p);
	(void)pthread_mutex_lock(&p->mutex);
	while (e == 0 && p->count < wanted && p->count < sizeof(p->threads) / sizeof(p->threads[0])) {
		e = pthread_create(&p->threads[p->count], NULL, work, p);
		p->count += e == 0 ? 1 : 0;
	}
	(void)pthread_mutex_unlock(&p->mutex);
	if (e != 0) {
		pictures_stop(p);
		return jx_fail(err, JX_EBUSY, e, "server.pictures",
			       "no threads for small copies: %s; lower picture_children", strerror(e));
	}
	*out = p;
	return JX_OK;
}

void pictures_quit(pictures *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->mutex);
	p->is_stopping = true;
	(void)pthread_cond_broadcast(&p->changed);
	(void)pthread_mutex_unlock(&p->mutex);
}

void pictures_stop(pictures *p)
{
	if (p == NULL)
		return;
	pictures_quit(p);
	for (size_t i = 0; i < p->count; i++)
		(void)pthread_join(p->threads[i], NULL);
	(void)pthread_cond_destroy(&p->changed);
	(void)pthread_mutex_destroy(&p->mutex);
	free(p);
}

static void look(pictures *p, bool again)
{
	(void)pthread_mutex_lock(&p->mutex);
	if (!again)
		p->stored_mono_ms = mono_ms();
	if (!p->has_more)
		p->waiting_mono_ms = mono_ms();
	p->has_more = true;
	p->pos = again ? 0 : p->pos;
	(void)pthread_cond_signal(&p->changed);
	(void)pthread_mutex_unlock(&p->mutex);
}

void pictures_wake(void *p)
{
	if (p != NULL)
		look(p, false);
}

void pictures_again(pictures *p)
{
	if (p != NULL)
		look(p, true);
}
