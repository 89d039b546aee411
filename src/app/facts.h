/*
 * facts.h - how things stand with this device, as the database and the machine say: read by the desk every ten seconds, after every
 * change, and every second while a sync runs. Pages show these facts, and what is wrong becomes the window's banner.
 */
#ifndef APP_FACTS_H
#define APP_FACTS_H

#include <gtk/gtk.h>

#include "jiexun/device.h"
#include "jiexun/handheld.h"

struct facts_pack {
	char name[128];
	int64_t version;
	char valid_from[11];
	bool is_active; /**< else it is to come */
	bool is_received;
};

/** What the last sync said; text "" where all went well. */
struct facts_sync {
	int64_t ended_utc_ms; /**< 0 never */
	bool is_good, is_pending;
	bool waits_for_line; /**< photos wait for a line that is not metered */
	char text[352], server_error[32];
};

/** A sync that runs now, whoever started it. */
struct facts_run {
	int64_t pid; /**< 0 none */
	int64_t entries_sent, entries_total, photos_sent, photos_total, bytes_sent, bytes_total, waiting_ms;
};

#define FACTS_PACKS_MAX 12
struct facts {
	struct jx_error
		err; /**< why the database cannot be read, or its lock not be had; code JX_OK: all is well */
	bool is_enrolled;
	struct jx_identity id;
	char person[64], person_name[64], person_verified[8], shift_day[16], reenrol[64];
	struct facts_sync sync;
	struct facts_run run;
	int64_t waiting;       /**< entries */
	int64_t server_utc_ms; /**< of the newest receipt; 0 none */
	int64_t drafts_of_old_packs;
	int64_t free_bytes;
	enum jx_device_space_level space;
	bool is_time_trusted;
	int64_t clock_off_ms; /**< this device's clock minus the time that can be trusted */
	/* only with is_full, else as they were */
	bool is_full;
	struct jx_store_counts counts;
	int64_t keep_count[JX_KEEP_COUNT], keep_bytes[JX_KEEP_COUNT];
	struct jx_device_battery battery;
	enum jx_device_disk disk;
	struct facts_pack packs[FACTS_PACKS_MAX];
	size_t pack_count;
	char pack_problem[512]; /**< the first, "" none */
};

#define APP_TYPE_FACTS (app_facts_get_type())
/** Signal "read": there are new ones. */
G_DECLARE_FINAL_TYPE(AppFacts, app_facts, APP, FACTS, GObject)

/** Of the window that a widget stands in; begins to read when it is asked for first. NULL outside a window. */
AppFacts *app_facts_of(GtkWidget *inside);
/** What was read last; NULL: nothing yet. Until the next "read". */
const struct facts *app_facts_now(AppFacts *facts);
/** Read now. full: also what costs time on a long log. */
void app_facts_read(AppFacts *facts, bool full);

/** In the desk: open the store for writing, or where that is refused for reading, so that people see what is there. */
jx_rc facts_open_store(struct jx_handheld *h, struct jx_error *err);

/** Have the banner say what these facts mean. */
void app_show_troubles(GtkWidget *window, const struct facts *f);

#endif
