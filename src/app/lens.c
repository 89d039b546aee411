/* The camera's thread: what it is told comes in a queue, what it has to say goes to the main loop. */
#include "lens.h"

#include <string.h>

#include "jiexun/camera.h"
#include "jiexun/compose.h"
#include "jiexun/media.h"

#define TICK_US  100000
#define CLOSE_US G_GINT64_CONSTANT(3000000)
#define MB       1000000 /* as the profile counts */

enum order_kind {
	ORDER_BEGIN,
	ORDER_SHOOT,
	ORDER_LIGHT,
	ORDER_END,
	ORDER_LEAVE
};
struct order {
	enum order_kind kind;
	bool on;
	unsigned session;
	struct jx_fix fix;
};

struct lens {
	gatomicrefcount refs;  /* the window's, the thread's, and one a message under way */
	struct jx_profile own; /* a stuck camera may come back after the window is gone */
	GAsyncQueue *orders;
	/* main loop only */
	struct lens_client client;
	GWeakRef owner;
	unsigned session; /* of the client */
	/* the thread's */
	jx_camera *camera;
	unsigned open_session;
	enum jx_camera_state told;
	/* under the lock */
	GMutex lock;
	GCond has_ended;
	bool is_over;
	GdkTexture *newest; /* frame that was not shown yet */
	unsigned newest_session;
	bool is_frame_due;
};

void lens_picture_free(struct lens_picture *p)
{
	if (p == NULL)
		return;
	g_clear_pointer(&p->jpeg, g_bytes_unref);
	g_clear_object(&p->seen);
	g_free(p);
}

static void leave(struct lens *l)
{
	if (!g_atomic_ref_count_dec(&l->refs))
		return;
	g_clear_object(&l->newest);
	g_async_queue_unref(l->orders);
	g_weak_ref_clear(&l->owner);
	g_mutex_clear(&l->lock);
	g_cond_clear(&l->has_ended);
	g_free(l);
}

/* ---- to the main loop ------------------------------------------------------------------------------ */

enum message_kind {
	MESSAGE_STATE,
	MESSAGE_SHOT,
	MESSAGE_DARK
};
struct message {
	struct lens *lens;
	unsigned session;
	enum message_kind kind;
	bool has_error;
	struct jx_error err;
	struct lens_picture *picture;
};

static gboolean deliver(gpointer user)
{
	struct message *m = user;
	struct lens *l = m->lens;
	GObject *owner = m->session == l->session ? g_weak_ref_get(&l->owner) : NULL;
	const struct jx_error *err = m->has_error ? &m->err : NULL;

	if (owner != NULL && m->kind == MESSAGE_SHOT)
		l->client.shot(owner, g_steal_pointer(&m->picture), err);
	else if (owner != NULL && m->kind == MESSAGE_DARK)
		l->client.dark(owner, err);
	else if (owner != NULL)
		l->client.state(owner, err);
	g_clear_object(&owner);
	lens_picture_free(m->picture);
	leave(l);
	g_free(m);
	return G_SOURCE_REMOVE;
}

static void tell(struct lens *l, unsigned session, const struct jx_error *err, enum message_kind kind,
		 struct lens_picture *picture)
{
	struct message *m = g_new0(struct message, 1);

	g_atomic_ref_count_inc(&l->refs);
	*m = (struct message){
		.lens = l, .session = session, .kind = kind, .has_error = err != NULL, .picture = picture};
	if (err != NULL)
		m->err = *err;
	g_idle_add_full(G_PRIORITY_HIGH_IDLE, deliver, m, NULL);
}

static gboolean show_frame(gpointer user)
{
	struct lens *l = user;
	GdkTexture *texture;
	unsigned session;
	GObject *owner;

	g_mutex_lock(&l->lock);
	texture = g_steal_pointer(&l->newest);
	session = l->newest_session;
	l->is_frame_due = false;
	g_mutex_unlock(&l->lock);
	owner = session == l->session ? g_weak_ref_get(&l->owner) : NULL;
	if (owner != NULL && texture != NULL)
		l->client.frame(owner, texture);
	g_clear_object(&owner);
	g_clear_object(&texture);
	leave(l);
	return G_SOURCE_REMOVE;
}

/* On a thread of the camera's. The fourth byte says nothing: made opaque. A frame that nobody has drawn yet is replaced. */
static void on_frame(void *user, const struct jx_camera_frame *f)
{
	struct lens *l = user;
	const size_t row = (size_t)f->width * 4;
	const size_t len = row * (size_t)f->height;
	uint8_t *copy = g_malloc(len);
	g_autoptr(GBytes) bytes = NULL;
	GdkTexture *texture;

	for (int y = 0; y < f->height; y++) {
		uint8_t *to = copy + (size_t)y * row;

		memcpy(to, f->bgrx + (size_t)y * f->stride, row);
		for (size_t x = 3; x < row; x += 4)
			to[x] = 255;
	}
	bytes = g_bytes_new_take(copy, len);
	texture = gdk_memory_texture_new(f->width, f->height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, row);
	g_mutex_lock(&l->lock);
	g_clear_object(&l->newest);
	l->newest = texture;
	l->newest_session = l->open_session;
	if (!l->is_frame_due) {
		l->is_frame_due = true;
		g_atomic_ref_count_inc(&l->refs);
		g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, show_frame, l, NULL);
	}
	g_mutex_unlock(&l->lock);
}

/* ---- in the thread --------------------------------------------------------------------------------- */

static void close_camera(struct lens *l)
{
	jx_camera_close(g_steal_pointer(&l->camera));
}

static void open_camera(struct lens *l, unsigned session)
{
	struct jx_camera_config config;
	struct jx_error err = {0};

	close_camera(l);
	jx_compose_camera(&l->own, &config);
	config.on_frame = on_frame;
	config.user = l;
	g_mutex_lock(&l->lock);
	l->open_session = session;
	g_mutex_unlock(&l->lock);
	l->told = JX_CAMERA_STARTING;
	if (jx_camera_open(&config, &l->camera, &err) != JX_OK)
		tell(l, session, &err, MESSAGE_STATE, NULL);
}

struct memory {
	const uint8_t *data;
	size_t len, at;
};

static jx_rc read_memory(void *user, void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	struct memory *m = user;
	const size_t n = len < m->len - m->at ? len : m->len - m->at;

	(void)err;
	memcpy(data, m->data + m->at, n);
	m->at += n;
	*got_out = n;
	return JX_OK;
}

GdkTexture *lens_look_at(const void *jpeg, size_t len)
{
	struct memory m = {.data = jpeg, .len = len};
	const struct jx_picture_in in = {.user = &m, .read = read_memory};
	const struct jx_picture_limits limits = {0};
	struct jx_error ignored;
	g_autoptr(GBytes) bytes = NULL;
	JX_AUTO_BUF copy;

	jx_buf_init(&copy, JX_COPY_BYTES_MAX);
	if (jx_picture_copy(&in, "picture", JX_COPY_SCREEN, &limits, NULL, &copy, &ignored) != JX_OK)
		return NULL;
	bytes = g_bytes_new(copy.data, copy.len);
	return gdk_texture_new_from_bytes(bytes, NULL);
}

static struct lens_picture *make_picture(const void *data, size_t len, const char *how)
{
	struct lens_picture *p = g_new0(struct lens_picture, 1);

	p->jpeg = g_bytes_new(data, len);
	p->seen = lens_look_at(data, len);
	jx_strcpy(p->how, sizeof(p->how), how);
	return p;
}

static void shoot(struct lens *l, const struct order *o)
{
	const size_t max = (size_t)(l->own.photo_max_mb * MB);
	struct jx_camera_shot shot;
	struct jx_error err = {0};
	JX_AUTO_BUF raw;
	JX_AUTO_BUF tagged;
	jx_rc rc;

	jx_buf_init(&raw, max);
	jx_buf_init(&tagged, max);
	if (l->camera == NULL)
		return; /* it failed: that was told */
	rc = jx_camera_shoot(l->camera, &raw, &shot, &err);
	if (rc == JX_OK)
		rc = jx_compose_tag(&l->own, raw.data, raw.len, shot.taken_utc_ms, &o->fix, &tagged, &err);
	if (rc == JX_OK)
		tell(l, o->session, NULL, MESSAGE_SHOT, make_picture(tagged.data, tagged.len, "camera"));
	else
		tell(l, o->session, &err, MESSAGE_SHOT, NULL);
}

static void switch_light(struct lens *l, const struct order *o)
{
	struct jx_error err = {0};

	if (l->camera != NULL && jx_camera_set_torch(l->camera, o->on, &err) != JX_OK)
		tell(l, o->session, &err, MESSAGE_DARK, NULL);
}

/* A camera becomes ready or fails by itself. */
static void look(struct lens *l)
{
	struct jx_error err = {0};
	enum jx_camera_state now;

	if (l->camera == NULL)
		return;
	now = jx_camera_state(l->camera, &err);
	if (now == l->told)
		return;
	l->told = now;
	if (now == JX_CAMERA_FAILED)
		close_camera(l);
	tell(l, l->open_session, now == JX_CAMERA_FAILED ? &err : NULL, MESSAGE_STATE, NULL);
}

static bool obey(struct lens *l, const struct order *o)
{
	switch (o->kind) {
	case ORDER_BEGIN:
		open_camera(l, o->session);
		return true;
	case ORDER_SHOOT:
		if (o->session == l->open_session)
			shoot(l, o);
		return true;
	case ORDER_LIGHT:
		if (o->session == l->open_session)
			switch_light(l, o);
		return true;
	case ORDER_END:
		if (o->session == l->open_session)
			close_camera(l);
		return true;
	case ORDER_LEAVE:
		break;
	}
	return false;
}

static gpointer serve(gpointer user)
{
	struct lens *l = user;
	bool goes_on = true;

	while (goes_on) {
		struct order *o = l->camera != NULL ? g_async_queue_timeout_pop(l->orders, TICK_US)
						    : g_async_queue_pop(l->orders);

		if (o != NULL)
			goes_on = obey(l, o);
		g_free(o);
		if (goes_on)
			look(l);
	}
	close_camera(l);
	g_mutex_lock(&l->lock);
	l->is_over = true;
	g_cond_signal(&l->has_ended);
	g_mutex_unlock(&l->lock);
	leave(l);
	return NULL;
}

/* ---- from the main loop ------------------------------------------------------------------------------ */

struct lens *lens_new(const struct jx_profile *profile)
{
	struct lens *l = g_new0(struct lens, 1);

	g_atomic_ref_count_init(&l->refs);
	g_atomic_ref_count_inc(&l->refs);
	g_mutex_init(&l->lock);
	g_cond_init(&l->has_ended);
	g_weak_ref_init(&l->owner, NULL);
	l->own = *profile;
	l->orders = g_async_queue_new_full(g_free);
	g_thread_unref(g_thread_new("lens", serve, l));
	return l;
}

static void order(struct lens *l, enum order_kind kind, bool on, const struct jx_fix *fix)
{
	struct order *o = g_new0(struct order, 1);

	*o = (struct order){.kind = kind, .on = on, .session = l->session};
	if (fix != NULL)
		o->fix = *fix;
	g_async_queue_push(l->orders, o);
}

void lens_begin(struct lens *l, const struct lens_client *client)
{
	l->session++;
	l->client = *client;
	g_weak_ref_set(&l->owner, client->owner);
	order(l, ORDER_BEGIN, false, NULL);
}

void lens_shoot(struct lens *l, const struct jx_fix *fix)
{
	order(l, ORDER_SHOOT, false, fix);
}

void lens_set_torch(struct lens *l, bool on)
{
	order(l, ORDER_LIGHT, on, NULL);
}

void lens_end(struct lens *l, gpointer owner)
{
	GObject *mine = g_weak_ref_get(&l->owner);

	/* while it is being disposed of, a weak reference to it is empty already */
	if (mine == NULL || mine == owner) {
		order(l, ORDER_END, false, NULL);
		l->session++;
	}
	g_clear_object(&mine);
}

void lens_free(struct lens *l)
{
	const gint64 until = g_get_monotonic_time() + CLOSE_US;

	if (l == NULL)
		return;
	l->session++;
	order(l, ORDER_LEAVE, false, NULL);
	g_mutex_lock(&l->lock);
	while (!l->is_over && g_cond_wait_until(&l->has_ended, &l->lock, until))
		;
	g_mutex_unlock(&l->lock);
	/* a camera that failed was given up, and what still hangs in its driver may light it */
	jx_camera_darken(l->own.camera_torch);
	leave(l);
}

static gpointer darken(gpointer torch)
{
	jx_camera_darken(torch);
	g_free(torch);
	return NULL;
}

void lens_darken(const struct jx_profile *profile)
{
	if (profile->camera_torch[0] != '\0')
		g_thread_unref(g_thread_new("darken", darken, g_strdup(profile->camera_torch)));
}

/* ---- files ------------------------------------------------------------------------------------------- */

struct import {
	struct lens *lens;
	unsigned session;
	char *path;
};

static gpointer read_file(gpointer user)
{
	struct import *i = user;
	struct lens *l = i->lens;
	struct jx_error err = {0};
	JX_AUTO_BUF raw;

	jx_buf_init(&raw, (size_t)(l->own.photo_max_mb * MB));
	if (jx_fs_read_all(jx_os_fs(), i->path, &raw, &err) == JX_OK)
		tell(l, i->session, NULL, MESSAGE_SHOT, make_picture(raw.data, raw.len, "imported"));
	else
		tell(l, i->session, &err, MESSAGE_SHOT, NULL);
	g_free(i->path);
	g_free(i);
	leave(l);
	return NULL;
}

void lens_import(struct lens *l, const char *path)
{
	struct import *i = g_new0(struct import, 1);

	*i = (struct import){.lens = l, .session = l->session, .path = g_strdup(path)};
	g_atomic_ref_count_inc(&l->refs);
	g_thread_unref(g_thread_new("import", read_file, i));
}
