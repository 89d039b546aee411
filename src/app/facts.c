/* How things stand: when they are read, and who hears of it. */
#include "facts.h"
#include "facts_read.h"

#include "app.h"

#define READ_SECONDS 10
#define SLOW_MS      2000

struct _AppFacts {
	GObject parent_instance;
	GtkWidget *window; /* the owner */
	struct facts *now;
	guint second;
	int seconds;
	int hurry;                 /* so many more seconds something that was just started may show */
	bool is_asked, wants_full; /* a job is under way; another full one is wanted after it */
	GtkWidget *instead;        /* weak: the page of enrolment, while it is shown */
};

G_DEFINE_TYPE(AppFacts, app_facts, G_TYPE_OBJECT)

static guint read_signal;

struct job {
	struct desk_job base;
	bool is_full;
	struct facts facts;
};

static jx_rc work(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct job *job = (struct job *)base;

	(void)err;
	facts_read(h, job->is_full, &job->facts);
	return JX_OK;
}

/* First: whoever has no identity can do nothing else. */
static void show_enrolment(AppFacts *f)
{
	const bool is_needed = f->now->err.code == JX_OK && !f->now->is_enrolled;
	GtkWidget *page;

	/* enrolled by this very page: it has the fingerprint to show, for as long as that is being read out */
	if (is_needed == (f->instead != NULL) || (f->instead != NULL && app_enrol_page_has_begun(f->instead)))
		return;
	page = is_needed ? app_enrol_page_new(false) : NULL;
	app_set_instead(f->window, page);
	g_set_weak_pointer(&f->instead, page);
}

static void take(AppFacts *f, const struct job *job)
{
	/* also one that somebody else began, and that was over before it could be seen */
	const bool is_synced = (f->now->run.pid != 0 && job->facts.run.pid == 0) ||
			       (f->now->is_enrolled && job->facts.is_enrolled &&
				f->now->sync.ended_utc_ms != job->facts.sync.ended_utc_ms);
	struct facts *now = g_new(struct facts, 1);

	*now = job->facts;
	if (!job->is_full)
		facts_keep_full(now, f->now);
	g_free(f->now);
	f->now = now;
	f->is_asked = false;
	show_enrolment(f);
	app_show_troubles(f->window, now);
	g_signal_emit(f, read_signal, 0);
	/* what the sync brought stands in the database now */
	if (is_synced)
		app_changed(f->window);
}

static void ask(AppFacts *f, bool full);

static void done(struct desk_job *base, gpointer owner)
{
	AppFacts *f = owner;

	if (f->window == NULL || app_window_of(f->window) == NULL)
		return;
	if (f->now == NULL)
		f->now = g_new0(struct facts, 1);
	take(f, (struct job *)base);
	if (f->wants_full)
		ask(f, true);
}

static void ask(AppFacts *f, bool full)
{
	struct job *job;

	if (f->window == NULL || app_desk(f->window) == NULL)
		return;
	if (f->is_asked) {
		f->wants_full = f->wants_full || full;
		return;
	}
	job = g_new0(struct job, 1);
	job->base.work = work;
	job->base.done = done;
	job->is_full = full || f->now == NULL;
	f->is_asked = true;
	f->wants_full = false;
	desk_post(app_desk(f->window), &job->base, f);
}

void app_facts_read(AppFacts *f, bool full)
{
	f->hurry = 5;
	ask(f, full);
}

static void show_slowness(AppFacts *f)
{
	const int64_t busy_ms = desk_busy_ms(app_desk(f->window));
	g_autofree char *text = NULL;

	if (busy_ms < SLOW_MS) {
		if (f->now != NULL)
			app_show_troubles(f->window, f->now);
		return;
	}
	text = g_strdup_printf(
		_("The records answer slowly, for %d s now: go on, what you enter is written as soon as they do"),
		(int)(busy_ms / 1000));
	app_set_trouble(f->window, APP_TROUBLE_DISK, text, _("The records answer slowly"), NULL, NULL);
}

static gboolean on_second(gpointer user)
{
	AppFacts *f = user;

	if (app_desk(f->window) == NULL)
		return G_SOURCE_CONTINUE;
	show_slowness(f);
	f->seconds++;
	if (f->seconds % READ_SECONDS == 0 || f->hurry > 0 || (f->now != NULL && f->now->run.pid != 0))
		ask(f, false);
	f->hurry -= f->hurry > 0;
	return G_SOURCE_CONTINUE;
}

static void on_changed(AppFacts *f)
{
	app_facts_read(f, true);
}

static void app_facts_dispose(GObject *object)
{
	AppFacts *f = APP_FACTS(object);

	if (f->second != 0)
		g_source_remove(f->second);
	f->second = 0;
	f->window = NULL;
	g_clear_weak_pointer(&f->instead);
	G_OBJECT_CLASS(app_facts_parent_class)->dispose(object);
}

static void app_facts_finalize(GObject *object)
{
	g_free(APP_FACTS(object)->now);
	G_OBJECT_CLASS(app_facts_parent_class)->finalize(object);
}

static void app_facts_class_init(AppFactsClass *class)
{
	G_OBJECT_CLASS(class)->dispose = app_facts_dispose;
	G_OBJECT_CLASS(class)->finalize = app_facts_finalize;
	read_signal = g_signal_new("read", APP_TYPE_FACTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
				   G_TYPE_NONE, 0);
}

static void app_facts_init(AppFacts *f)
{
	(void)f;
}

AppFacts *app_facts_of(GtkWidget *inside)
{
	AppWindow *window = app_window_of(inside);
	AppFacts *f;

	if (window == NULL)
		return NULL;
	f = g_object_get_data(G_OBJECT(window), "facts");
	if (f != NULL)
		return f;
	f = g_object_new(APP_TYPE_FACTS, NULL);
	f->window = GTK_WIDGET(window);
	g_object_set_data_full(G_OBJECT(window), "facts", f, g_object_unref);
	g_signal_connect_object(window, "changed", G_CALLBACK(on_changed), f, G_CONNECT_SWAPPED);
	f->second = g_timeout_add_seconds(1, on_second, f);
	app_facts_read(f, true);
	return f;
}

const struct facts *app_facts_now(AppFacts *f)
{
	return f->now;
}
