/* How things stand, read from the database and the machine. */
#include "facts_read.h"
#include "words.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define DAY_MS       INT64_C(86400000)
#define LOCK_WAIT_MS 300 /* a save holds it for some 10 ms; who holds it longer is in the way */

static void get(struct jx_handheld *h, const char *name, char *out, size_t cap)
{
	if (jx_store_get(h->store, name, out, cap, NULL) != JX_OK)
		out[0] = '\0';
}

jx_rc facts_open_store(struct jx_handheld *h, struct jx_error *err)
{
	struct jx_error first = {0};

	if (jx_handheld_open_store(h, false, &first) == JX_OK || h->store != NULL)
		return JX_OK;
	if (jx_handheld_open_store(h, true, err) == JX_OK)
		return JX_OK;
	*err = first;
	return first.code;
}

/* Who cannot write is told before something is entered, not after. */
static void look_at_lock(const struct jx_handheld *h, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *path = jx_xasprintf("%s/jiexun.lock", h->dir);
	void *lock = NULL;

	if (fs->lock(fs->user, path, LOCK_WAIT_MS, &lock, err) == JX_OK)
		fs->unlock(fs->user, lock);
}

/* ---- who, and the last sync -------------------------------------------------------------------------- */

static jx_rc take_name(void *user, const struct jx_person *person)
{
	struct facts *f = user;

	if (strcmp(person->id, f->person) != 0)
		return JX_OK;
	jx_strcpy(f->person_name, sizeof(f->person_name), person->name);
	return JX_EINTR;
}

static void read_people(struct jx_handheld *h, struct facts *f)
{
	get(h, JX_SET_PERSON, f->person, sizeof(f->person));
	get(h, JX_SET_PERSON_VERIFIED, f->person_verified, sizeof(f->person_verified));
	get(h, JX_SET_SHIFT_DAY, f->shift_day, sizeof(f->shift_day));
	get(h, JX_SET_REENROL, f->reenrol, sizeof(f->reenrol));
	if (f->person[0] != '\0')
		(void)jx_handheld_each_person(h, take_name, f, NULL);
}

static void read_sync(struct jx_handheld *h, struct facts_sync *s)
{
	JX_AUTO_JSON doc = {0};
	char result[4096], text[24], why[16] = "";

	get(h, JX_SET_SYNC_UTC_MS, text, sizeof(text));
	get(h, JX_SET_SYNC_RESULT, result, sizeof(result));
	if (!jx_parse_i64(text, 1, INT64_MAX, &s->ended_utc_ms) ||
	    jx_json_parse(result, strlen(result), &jx_json_message_limits, &doc, NULL) != JX_OK)
		return;
	(void)jx_json_bool(&doc, jx_json_get(&doc, 0, "ok"), &s->is_good);
	(void)jx_json_bool(&doc, jx_json_get(&doc, 0, "pending"), &s->is_pending);
	(void)jx_json_str(&doc, jx_json_get(&doc, 0, "text"), s->text, sizeof(s->text));
	(void)jx_json_str(&doc, jx_json_get(&doc, 0, "server_error"), s->server_error,
			  sizeof(s->server_error));
	(void)jx_json_str(&doc, jx_json_get(&doc, 0, "photos_wait_for"), why, sizeof(why));
	s->waits_for_line = strcmp(why, "metered") == 0;
}

/* A number that is used again for another program would be a sync that never ends. */
static bool is_jx(int64_t pid)
{
	JX_AUTO_FREE char *path = jx_xasprintf("/proc/%lld/comm", (long long)pid);
	g_autofree char *name = NULL;

	return g_file_get_contents(path, &name, NULL, NULL) && strcmp(g_strstrip(name), "jx") == 0;
}

void facts_read_run(const char *dir, struct facts_run *out)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/sync.now", dir);
	JX_AUTO_JSON doc = {0};
	g_autofree char *text = NULL;
	gsize len = 0;
	struct facts_run run = {.pid = 0};
	const struct {
		const char *name;
		int64_t *to;
	} numbers[] = {{"entries_sent", &run.entries_sent}, {"entries_total", &run.entries_total},
		       {"photos_sent", &run.photos_sent},   {"photos_total", &run.photos_total},
		       {"bytes_sent", &run.bytes_sent},     {"bytes_total", &run.bytes_total},
		       {"waiting_ms", &run.waiting_ms}};

	*out = run;
	if (!g_file_get_contents(path, &text, &len, NULL) ||
	    jx_json_parse(text, strcspn(text, "\n"), &jx_json_message_limits, &doc, NULL) != JX_OK ||
	    !jx_json_i64(&doc, jx_json_get(&doc, 0, "pid"), &run.pid) || run.pid <= 0 || !is_jx(run.pid))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		(void)jx_json_i64(&doc, jx_json_get(&doc, 0, numbers[i].name), numbers[i].to);
	*out = run;
}

/* ---- time, packs, space ------------------------------------------------------------------------------ */

static void read_time(const struct jx_handheld *h, struct facts *f)
{
	int64_t utc_ms = 0;
	char text[24];

	f->is_time_trusted = jx_handheld_trusted_now(h, &utc_ms);
	f->clock_off_ms = jx_os_clock()->utc_ms(NULL) - utc_ms;
	if (jx_store_get(h->store, JX_SET_SERVER_UTC_MS, text, sizeof(text), NULL) == JX_OK)
		(void)jx_parse_i64(text, 0, INT64_MAX, &f->server_utc_ms);
}

struct drafts {
	const struct jx_handheld *h;
	int64_t old;
	char day[11];
};

static jx_rc look_at_draft(void *user, const struct jx_draft *draft)
{
	struct drafts *d = user;
	const jx_pack *active = jx_packs_active(d->h->packs, draft->pack, d->day);

	d->old += active != NULL && jx_pack_version(active) != draft->pack_version;
	return JX_OK;
}

static void read_drafts(struct jx_handheld *h, struct facts *f)
{
	struct drafts d = {.h = h};

	if (h->packs == NULL)
		return;
	jx_handheld_pack_day(h, d.day);
	(void)jx_store_each_draft(h->store, look_at_draft, &d, NULL);
	f->drafts_of_old_packs = d.old;
}

static void read_packs(const struct jx_handheld *h, struct facts *f)
{
	const struct jx_shelf_problem *problem = h->shelf != NULL ? jx_shelf_problem_at(h->shelf, 0) : NULL;
	const jx_pack *pack;
	char day[11];

	jx_handheld_pack_day(h, day);
	for (size_t i = 0; h->packs != NULL && (pack = jx_packs_at(h->packs, i)) != NULL; i++) {
		const bool is_active = jx_packs_active(h->packs, jx_pack_id(pack), day) == pack;
		struct facts_pack *to = &f->packs[f->pack_count];

		if ((!is_active && strcmp(jx_pack_valid_from(pack), day) <= 0) ||
		    f->pack_count == FACTS_PACKS_MAX)
			continue;
		*to = (struct facts_pack){.version = jx_pack_version(pack),
					  .is_active = is_active,
					  .is_received = jx_shelf_is_received(h->shelf, pack)};
		jx_strcpy(to->name, sizeof(to->name), words_name(jx_pack_name(pack)));
		jx_strcpy(to->valid_from, sizeof(to->valid_from), jx_pack_valid_from(pack));
		f->pack_count++;
	}
	if (problem != NULL)
		(void)g_snprintf(f->pack_problem, sizeof(f->pack_problem), _("form pack %s is not used: %s"),
				 problem->key, problem->text);
}

static jx_rc add_kept(void *user, const struct jx_kept_photo *photo)
{
	struct facts *f = user;

	f->keep_count[photo->why]++;
	f->keep_bytes[photo->why] += photo->size_bytes;
	return JX_OK;
}

static void read_full(struct jx_handheld *h, struct facts *f)
{
	const struct jx_keep_rules rules = {.age_ms = h->profile.keep_days * DAY_MS,
					    .needs_backup = h->profile.backup == JX_DEVICE_BACKUP_REQUIRED};

	(void)jx_store_count(h->store, &f->counts, NULL);
	(void)jx_store_each_kept_photo(h->store, &rules, add_kept, f, NULL);
	jx_device_read_battery("", &f->battery);
	f->disk = jx_device_check_disk("", h->dir);
	/* a sync may have brought some */
	(void)jx_handheld_reopen_packs(h, NULL);
	read_packs(h, f);
}

void facts_keep_full(struct facts *to, const struct facts *from)
{
	to->counts = from->counts;
	memcpy(to->keep_count, from->keep_count, sizeof(to->keep_count));
	memcpy(to->keep_bytes, from->keep_bytes, sizeof(to->keep_bytes));
	to->battery = from->battery;
	to->disk = from->disk;
	memcpy(to->packs, from->packs, sizeof(to->packs));
	to->pack_count = from->pack_count;
	memcpy(to->pack_problem, from->pack_problem, sizeof(to->pack_problem));
}

/* Another process may have enrolled this device anew. */
static void look_at_key(struct jx_handheld *h, const struct jx_identity *id)
{
	if (h->has_key && memcmp(id->public_key, h->public_key, sizeof(id->public_key)) != 0)
		jx_handheld_forget_key(h);
}

void facts_read(struct jx_handheld *h, bool is_full, struct facts *out)
{
	jx_rc rc;

	out->is_full = is_full;
	out->free_bytes = -1;
	facts_read_run(h->dir, &out->run);
	(void)jx_device_read_space(jx_os_fs(), h->dir, &h->profile, &out->free_bytes, &out->space, NULL);
	if (facts_open_store(h, &out->err) != JX_OK)
		return;
	rc = jx_store_identity(h->store, &out->id, &out->err);
	out->is_enrolled = rc == JX_OK;
	if (rc == JX_ENOTFOUND)
		out->err = (struct jx_error){.code = JX_OK};
	if (rc == JX_OK)
		look_at_key(h, &out->id);
	else
		return;
	rc = jx_store_waiting(h->store, &out->waiting, &out->err);
	if (rc != JX_OK)
		return;
	read_people(h, out);
	read_sync(h, &out->sync);
	read_time(h, out);
	(void)jx_handheld_open_packs(h, NULL);
	read_drafts(h, out);
	if (is_full)
		read_full(h, out);
	look_at_lock(h, &out->err);
}
