/* So many devices at a time, each in a thread of the pool until it is done. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fleet.h"

#define TELL_EVERY_MS 500
#define STACK_BYTES   ((size_t)512 * 1024)

struct pool {
	struct fleet *f;
	fleet_work_fn work;
	pthread_mutex_t mutex;
	pthread_cond_t done;
	size_t next, finished;
	double *took_ms; /* by device; sorted in the end */
	struct fleet_figures *figures;
};

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* -1: no more. */
static long take(struct pool *p)
{
	long k = -1;

	(void)pthread_mutex_lock(&p->mutex);
	if (p->next < (size_t)p->f->o.devices && !atomic_load(&p->f->is_stopped))
		k = (long)p->next++;
	(void)pthread_mutex_unlock(&p->mutex);
	return k;
}

static void add(struct pool *p, long k, double took_ms, jx_rc rc, const struct jx_client_result *r,
		const struct jx_error *err)
{
	struct fleet_figures *g = p->figures;

	(void)pthread_mutex_lock(&p->mutex);
	p->took_ms[k] = took_ms;
	p->finished++;
	g->entries += r->entries_sent;
	g->photos += r->photos_sent;
	g->requests += r->requests;
	g->waits += r->waits;
	g->up_bytes += r->up_bytes;
	g->down_bytes += r->down_bytes;
	if (rc != JX_OK && g->failed++ == 0)
		g->first_failure = *err;
	(void)pthread_cond_signal(&p->done);
	(void)pthread_mutex_unlock(&p->mutex);
}

static void *run_some(void *arg)
{
	struct pool *p = arg;
	struct jx_client_result *r = jx_xmalloc(sizeof(*r));
	long k;

	while ((k = take(p)) >= 0) {
		struct jx_error err = {.code = JX_OK};
		const double began = now_ms();
		jx_rc rc;

		memset(r, 0, sizeof(*r));
		rc = p->work(p->f, (size_t)k, r, &err);
		add(p, k, now_ms() - began, rc, r, &err);
	}
	free(r);
	return NULL;
}

static void tell(struct pool *p, const char *what)
{
	const bool is_shown = !p->f->o.is_quiet && !p->f->o.is_json && isatty(STDERR_FILENO) == 1;
	const size_t all = (size_t)p->f->o.devices;

	(void)pthread_mutex_lock(&p->mutex);
	while (p->finished < all && !(atomic_load(&p->f->is_stopped) && p->finished == p->next)) {
		struct timespec until;

		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += TELL_EVERY_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		(void)pthread_cond_timedwait(&p->done, &p->mutex, &until);
		if (is_shown)
			fprintf(stderr, "\r%s %zu/%zu ", what, p->finished, all);
	}
	(void)pthread_mutex_unlock(&p->mutex);
	if (is_shown)
		fputs("\r\033[K", stderr);
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void spread(struct pool *p)
{
	const size_t n = p->finished;

	if (n == 0)
		return;
	qsort(p->took_ms, n, sizeof(*p->took_ms), compare);
	p->figures->p50_ms = p->took_ms[n / 2];
	p->figures->p99_ms = p->took_ms[n * 99 / 100];
	p->figures->max_ms = p->took_ms[n - 1];
}

void fleet_run(struct fleet *f, const char *what, fleet_work_fn work, struct fleet_figures *out)
{
	struct pool p = {.f = f, .work = work, .figures = out};
	const size_t count = (size_t)(f->o.parallel < f->o.devices ? f->o.parallel : f->o.devices);
	pthread_t *threads = jx_xcalloc(count, sizeof(*threads));
	pthread_attr_t attr;
	size_t started = 0;
	double began, cpu_began;

	memset(out, 0, sizeof(*out));
	p.took_ms = jx_xcalloc((size_t)f->o.devices, sizeof(*p.took_ms));
	(void)pthread_mutex_init(&p.mutex, NULL);
	(void)pthread_cond_init(&p.done, NULL);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	cpu_began = cpu_seconds();
	began = now_ms();
	while (started < count && pthread_create(&threads[started], &attr, run_some, &p) == 0)
		started++;
	if (started == 0)
		(void)run_some(&p);
	else
		tell(&p, what);
	for (size_t i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
	out->seconds = (now_ms() - began) / 1e3;
	out->cpu_seconds = cpu_seconds() - cpu_began;
	spread(&p);
	(void)pthread_attr_destroy(&attr);
	(void)pthread_cond_destroy(&p.done);
	(void)pthread_mutex_destroy(&p.mutex);
	free(p.took_ms);
	free(threads);
}
