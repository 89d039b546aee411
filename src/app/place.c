/* The position, read in a thread of its own. */
#include "place.h"

#include <glib.h>

#define READ_MS  1000
#define STUCK_MS 10000
#define CLOSE_US G_GINT64_CONSTANT(2000000)

struct place {
	gatomicrefcount refs; /* the caller's, and the thread's: whoever leaves last frees it */
	GMutex lock;          /* of all below */
	GCond has_ended;
	bool is_closing, is_over;
	struct jx_handheld h; /* profile and position source only; the thread's */
	struct place_now now;
	gint64 heard_mono_us; /* when now was filled */
};

static void leave(struct place *p)
{
	if (!g_atomic_ref_count_dec(&p->refs))
		return;
	g_mutex_clear(&p->lock);
	g_cond_clear(&p->has_ended);
	g_free(p);
}

static bool is_closing(struct place *p)
{
	bool yes;

	g_mutex_lock(&p->lock);
	yes = p->is_closing;
	g_mutex_unlock(&p->lock);
	return yes;
}

static void keep(struct place *p, const struct place_now *now)
{
	g_mutex_lock(&p->lock);
	p->now = *now;
	p->heard_mono_us = g_get_monotonic_time();
	g_mutex_unlock(&p->lock);
}

static void read_once(struct place *p)
{
	struct place_now now = {.satellites_visible = -1};
	struct jx_error err = {0};

	now.fix = (struct jx_fix){.source = JX_FIX_NONE, .accuracy_mm = -1, .satellites_used = -1};
	if (jx_handheld_open_gps(&p->h, &err) != JX_OK ||
	    jx_gps_read(p->h.gps, READ_MS, &now.fix, &err) != JX_OK) {
		now.state = JX_GPS_OFF;
		jx_strcpy(now.reason, sizeof(now.reason), err.text);
	} else {
		now.state = jx_gps_state(p->h.gps);
		now.satellites_visible = jx_gps_satellites_visible(p->h.gps);
		now.doubts = jx_gps_doubts(p->h.gps);
		jx_strcpy(now.reason, sizeof(now.reason), jx_gps_reason(p->h.gps));
	}
	keep(p, &now);
}

static gpointer listen_to(gpointer user)
{
	struct place *p = user;

	while (!is_closing(p)) {
		read_once(p);
		/* a fresh fix comes back at once: four times a second is more than anybody walks */
		g_usleep(250000);
	}
	jx_gps_close(p->h.gps);
	g_mutex_lock(&p->lock);
	p->is_over = true;
	g_cond_signal(&p->has_ended);
	g_mutex_unlock(&p->lock);
	leave(p);
	return NULL;
}

struct place *place_open(const struct jx_profile *profile)
{
	struct place *p = g_new0(struct place, 1);

	g_atomic_ref_count_init(&p->refs);
	g_atomic_ref_count_inc(&p->refs);
	g_mutex_init(&p->lock);
	g_cond_init(&p->has_ended);
	p->h.profile = *profile;
	p->now.fix = (struct jx_fix){.source = JX_FIX_NONE, .accuracy_mm = -1, .satellites_used = -1};
	p->now.state = JX_GPS_WAITING;
	p->now.satellites_visible = -1;
	p->heard_mono_us = g_get_monotonic_time();
	g_thread_unref(g_thread_new("place", listen_to, p));
	return p;
}

void place_read(struct place *p, struct place_now *out)
{
	int64_t since_ms;

	g_mutex_lock(&p->lock);
	*out = p->now;
	since_ms = (g_get_monotonic_time() - p->heard_mono_us) / 1000;
	g_mutex_unlock(&p->lock);
	if (out->fix.source == JX_FIX_GNSS) {
		out->fix.age_ms += since_ms;
		if (since_ms > STUCK_MS)
			out->fix.is_stale = true;
	}
	out->is_stuck = since_ms > STUCK_MS;
}

void place_close(struct place *p)
{
	const gint64 until = g_get_monotonic_time() + CLOSE_US;

	if (p == NULL)
		return;
	g_mutex_lock(&p->lock);
	p->is_closing = true;
	while (!p->is_over && g_cond_wait_until(&p->has_ended, &p->lock, until))
		;
	g_mutex_unlock(&p->lock);
	leave(p);
}
