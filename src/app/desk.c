/* The desk: a queue and one thread. */
#include "desk.h"

struct desk {
	struct jx_handheld *h;
	GThread *thread;
	GAsyncQueue *queue;
	gint pending;          /* atomic */
	GMutex lock;           /* of what follows */
	gint64 began_mono_us;  /* of the job at hand; 0 none */
	struct desk_job leave; /* the last job: ends the thread */
};

static void free_job(struct desk_job *job)
{
	if (job->has_owner)
		g_weak_ref_clear(&job->owner);
	if (job->free_job != NULL)
		job->free_job(job);
	else
		g_free(job);
}

struct answer {
	struct desk *desk;
	struct desk_job *job;
};

static gboolean hand_back(gpointer user)
{
	struct answer *a = user;
	struct desk_job *job = a->job;
	GObject *owner = job->has_owner ? g_weak_ref_get(&job->owner) : NULL;

	if (job->done != NULL && (owner != NULL || !job->has_owner))
		job->done(job, owner);
	g_clear_object(&owner);
	free_job(job);
	g_atomic_int_add(&a->desk->pending, -1);
	g_free(a);
	return G_SOURCE_REMOVE;
}

static void set_began(struct desk *desk, gint64 mono_us)
{
	g_mutex_lock(&desk->lock);
	desk->began_mono_us = mono_us;
	g_mutex_unlock(&desk->lock);
}

static gpointer serve(gpointer user)
{
	struct desk *desk = user;
	struct desk_job *job;

	while ((job = g_async_queue_pop(desk->queue)) != &desk->leave) {
		struct answer *a = g_new0(struct answer, 1);

		set_began(desk, g_get_monotonic_time());
		job->rc = job->work(desk->h, job, &job->err);
		set_began(desk, 0);
		a->desk = desk;
		a->job = job;
		/* above redrawing: an answer is on the screen with the next frame */
		g_idle_add_full(G_PRIORITY_HIGH_IDLE, hand_back, a, NULL);
	}
	jx_handheld_close(desk->h);
	return NULL;
}

struct desk *desk_open(struct jx_handheld *h)
{
	struct desk *desk = g_new0(struct desk, 1);

	desk->h = h;
	desk->queue = g_async_queue_new();
	g_mutex_init(&desk->lock);
	desk->thread = g_thread_new("desk", serve, desk);
	return desk;
}

void desk_close(struct desk *desk)
{
	if (desk == NULL)
		return;
	g_async_queue_push(desk->queue, &desk->leave);
	(void)g_thread_join(desk->thread);
	while (desk_pending(desk) > 0)
		(void)g_main_context_iteration(NULL, TRUE);
	g_async_queue_unref(desk->queue);
	g_mutex_clear(&desk->lock);
	g_free(desk);
}

void desk_post(struct desk *desk, struct desk_job *job, gpointer owner)
{
	/* an answer that came while the window closes may ask for more, which nobody will see */
	if (desk == NULL) {
		free_job(job);
		return;
	}
	job->has_owner = owner != NULL;
	if (job->has_owner)
		g_weak_ref_init(&job->owner, owner);
	g_atomic_int_add(&desk->pending, 1);
	g_async_queue_push(desk->queue, job);
}

int64_t desk_busy_ms(struct desk *desk)
{
	gint64 began_mono_us;

	g_mutex_lock(&desk->lock);
	began_mono_us = desk->began_mono_us;
	g_mutex_unlock(&desk->lock);
	return began_mono_us == 0 ? 0 : (g_get_monotonic_time() - began_mono_us) / 1000;
}

int desk_pending(struct desk *desk)
{
	return g_atomic_int_get(&desk->pending);
}
