/* The pack of a form that is open: another edition may come with a sync meanwhile, or begin to hold at midnight. */
#include "facts.h"
#include "sheet.h"

#include <string.h>

struct pack_job {
	struct desk_job job;
	char pack[64];
	int64_t version; /* that holds; 0 none */
};

static jx_rc look(struct jx_handheld *h, struct desk_job *job, struct jx_error *err)
{
	struct pack_job *j = (struct pack_job *)job;
	const jx_pack *active;
	char day[11];

	(void)err;
	jx_handheld_pack_day(h, day);
	active = h->packs != NULL ? jx_packs_active(h->packs, j->pack, day) : NULL;
	j->version = active != NULL ? jx_pack_version(active) : 0;
	return JX_OK;
}

static void looked(struct desk_job *job, gpointer owner)
{
	const struct pack_job *j = (const struct pack_job *)job;

	if (j->version > 0 && app_window_of(owner) != NULL)
		app_sheet_page_set_active(owner, j->version);
}

/* The packs were read anew along with the facts. */
static void on_facts(GtkWidget *page)
{
	const struct sheet *s = g_object_get_data(G_OBJECT(page), "sheet");
	const struct facts *f = app_window_of(page) != NULL ? app_facts_now(app_facts_of(page)) : NULL;
	struct pack_job *j;

	if (f == NULL || !f->is_full)
		return;
	j = g_new0(struct pack_job, 1);
	j->job = (struct desk_job){.work = look, .done = looked};
	jx_strcpy(j->pack, sizeof(j->pack), s->fill.draft.pack);
	desk_post(app_desk(page), &j->job, page);
}

void sheet_watch_pack(GtkWidget *page)
{
	g_signal_connect_object(app_facts_of(page), "read", G_CALLBACK(on_facts), page, G_CONNECT_SWAPPED);
}
