/* Small copies in idle time. */
#include "copies.h"

#include <string.h>

#include "facts.h"
#include "jiexun/view.h"

/* Long enough for what a save is followed by: lists that are read again, the next picture. */
#define QUIET_MS 1000

struct entry {
	uint8_t id[JX_ID_BYTES];
};

/* The window's. */
struct copies {
	GtkWidget *window;
	GArray *entries; /* struct entry, oldest first */
	guint timer;     /* 0: nothing to do */
};

struct copy_job {
	struct desk_job job;
	struct entry entry;
	bool has_more;
};

static void free_copies(gpointer user)
{
	struct copies *c = user;

	if (c->timer != 0)
		(void)g_source_remove(c->timer);
	g_array_unref(c->entries);
	g_free(c);
}

static struct copies *copies_of(GtkWidget *window)
{
	struct copies *c = g_object_get_data(G_OBJECT(window), "copies");

	if (c == NULL) {
		c = g_new0(struct copies, 1);
		c->window = window;
		c->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
		g_object_set_data_full(G_OBJECT(window), "copies", c, free_copies);
	}
	return c;
}

/* The first that is missing; has_more: there may be another. */
static jx_rc make_one(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct copy_job *j = (struct copy_job *)job;
	JX_AUTO(jx_view_entry) e = NULL;
	char id[37];
	jx_rc rc = facts_open_store(h, err);

	jx_uuid_format(j->entry.id, id);
	if (rc == JX_OK)
		rc = jx_handheld_open_media(h, err);
	if (rc == JX_OK)
		rc = jx_view_show(h->store, NULL, id, &e, err);
	for (size_t i = 0; rc == JX_OK && i < e->entry.photo_count && !j->has_more; i++) {
		const struct jx_photo_ref *photo = &e->entry.photos[i];
		JX_AUTO_BUF copy;

		jx_buf_init(&copy, JX_COPY_BYTES_MAX);
		if (jx_photo_is_sound(photo) ||
		    jx_media_kept_copy(h->media, photo->sha256, JX_COPY_SMALL, &copy, NULL) == JX_OK)
			continue;
		rc = jx_media_copy(h->media, photo->sha256, JX_COPY_SMALL, NULL, &copy, err);
		j->has_more = rc == JX_OK;
	}
	return rc;
}

static gboolean tick(gpointer user);

static void wait_for_quiet(struct copies *c)
{
	if (c->timer == 0 && c->entries->len > 0)
		c->timer = g_timeout_add_full(G_PRIORITY_LOW, QUIET_MS, tick, c, NULL);
}

static void made(struct desk_job *job, gpointer owner)
{
	struct copy_job *j = (struct copy_job *)job;
	struct copies *c = copies_of(owner);

	/* where none can be made now, none of its others is tried either: the disk is full, or it will be told by the sync */
	if (j->has_more && job->rc == JX_OK)
		g_array_prepend_val(c->entries, j->entry);
	wait_for_quiet(c);
}

static gboolean tick(gpointer user)
{
	struct copies *c = user;
	struct desk *desk = app_desk(c->window);
	struct copy_job *j;

	if (desk != NULL && desk_pending(desk) > 0)
		return G_SOURCE_CONTINUE;
	c->timer = 0;
	if (desk == NULL)
		return G_SOURCE_REMOVE;
	j = g_new0(struct copy_job, 1);
	j->job = (struct desk_job){.work = make_one, .done = made};
	j->entry = g_array_index(c->entries, struct entry, 0);
	g_array_remove_index(c->entries, 0);
	desk_post(desk, &j->job, c->window);
	return G_SOURCE_REMOVE;
}

void app_copies_of(GtkWidget *inside, const uint8_t id[JX_ID_BYTES])
{
	struct copies *c = copies_of(GTK_WIDGET(app_window_of(inside)));
	struct entry entry;

	memcpy(entry.id, id, JX_ID_BYTES);
	g_array_append_val(c->entries, entry);
	wait_for_quiet(c);
}
