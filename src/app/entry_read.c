/* The desk's side of an entry's page. */
#include "entry_read.h"
#include "facts.h"
#include "today_read.h"
#include "words.h"

#include <string.h>

#define VERSIONS_MAX 50 /* nobody corrects an entry more often; a ring of references would not end */

/* ---- pairs --------------------------------------------------------------------------------------------- */

static void add(struct entry_job *job, const char *name, const char *value)
{
	const struct entry_pair pair = {g_strdup(words_head(name)), g_strdup(value)};

	if (value == NULL || value[0] == '\0') {
		g_free(pair.name);
		g_free(pair.value);
		return;
	}
	g_array_append_val(job->pairs, pair);
}

static void time_text(const struct jx_handheld *h, int64_t utc_ms, char out[40])
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(utc_ms / 1000);
	g_autoptr(GDateTime) here = utc != NULL ? g_date_time_add_minutes(utc, (int)h->profile.utc_offset_min)
						: NULL;
	g_autofree char *text = here != NULL ? g_date_time_format(here, "%Y-%m-%d %H:%M:%S") : NULL;

	jx_strcpy(out, 40, text != NULL ? text : "");
}

/* Codes of a list, separated by commas, by their names. */
static void add_codes(struct entry_job *job, const jx_pack *pack, const char *name, const char *field,
		      const char *codes)
{
	const char *list = pack != NULL ? jx_pack_observation_list(pack, field) : NULL;
	g_auto(GStrv) words = g_strsplit(codes, ",", -1);
	g_autoptr(GString) text = g_string_new(NULL);

	for (char **word = words; *word != NULL; word++) {
		const struct jx_code *code = list != NULL ? jx_pack_list_find(pack, list, *word) : NULL;

		g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "",
				       code != NULL ? jx_text_pick(&code->name) : *word);
	}
	add(job, name, text->str);
}

static void add_measures(struct entry_job *job, const jx_pack *pack, const struct jx_bytes *answers)
{
	JX_AUTO_FREE struct jx_answers_brief *b = jx_xcalloc(1, sizeof(*b));
	char text[64] = "";

	if (answers->data == NULL || jx_form_brief(pack, answers->data, answers->len, b, NULL) != JX_OK)
		return;
	add_codes(job, pack, _("measures"), "measures", b->measures);
	if (b->limit_days > 0)
		(void)g_snprintf(text, sizeof(text), _("%lld days"), (long long)b->limit_days);
	add(job, _("time limit"), text);
	add_codes(job, pack, _("kind of party"), "party_kind", b->party_kind);
	add(job, _("party"), b->party);
	add(job, _("responsible unit"), b->unit_responsible);
}

static void add_place(struct entry_job *job, const struct jx_view_entry *e)
{
	const struct jx_fix *fix = &e->row.fix;
	char text[160];

	add(job, _("street"), e->entry.street);
	add(job, _("grid"), e->entry.grid);
	if (!e->entry.has_place || fix->source == JX_FIX_NONE)
		return;
	(void)g_snprintf(text, sizeof(text), "%.6f, %.6f", fix->lat_wgs84_e7 / 1e7, fix->lon_wgs84_e7 / 1e7);
	if (fix->accuracy_mm >= 0)
		(void)g_snprintf(text + strlen(text), sizeof(text) - strlen(text), _(" ±%lld m"),
				 (long long)((fix->accuracy_mm + 500) / 1000));
	add(job, fix->source == JX_FIX_MANUAL ? _("place, by hand") : _("place"), text);
}

static void add_pairs(struct jx_handheld *h, struct entry_job *job, const struct jx_view_entry *e)
{
	const jx_pack *own = jx_packs_version(h->packs, e->entry.pack, e->entry.pack_version);
	const struct jx_view_row *r = &e->row;
	g_autofree char *quantity = words_count(r->quantity, r->unit_name);
	char text[600], time[40];

	time_text(h, e->entry.taken_utc_ms, time);
	add(job, _("taken"), time);
	if (strncmp(time, r->day, 10) != 0)
		add(job, _("business day"), r->day);
	add(job, _("person"), r->person);
	add(job, _("disorder"), strcmp(r->group, r->name) != 0 ? words_head(r->group) : "");
	add(job, _("quantity"), r->quantity[0] != '\0' ? quantity : "");
	jx_strcpy(text, sizeof(text), r->summary);
	add(job, _("results"), words_raise(text));
	add(job, _("note"), r->note);
	add(job, _("self-handled"), r->is_self_handled ? _("yes") : "");
	if (!r->is_check && r->kind != JX_KIND_WITHDRAWAL)
		add_measures(job, own != NULL ? own : h->pack, &e->entry.answers);
	add_place(job, e);
	add(job, _("source"), jx_word(e->entry.source));
	add(job, _("campaign"), e->entry.campaign);
	add(job, _("corrects"), r->of_number);
	add(job, _("reason"), r->reason);
	jx_hex(e->digest, 8, text);
	add(job, _("digest"), text);
}

/* ---- photos, versions, phrases --------------------------------------------------------------------------- */

static void add_photos(struct jx_handheld *h, struct entry_job *job, const struct jx_view_entry *e)
{
	for (size_t i = 0; i < e->entry.photo_count; i++) {
		const struct jx_photo_ref *p = &e->entry.photos[i];
		struct entry_photo photo = {.text = NULL};
		bool is_let_go = false;

		(void)jx_store_is_let_go(h->store, job->id, p->sha256, &is_let_go, NULL);
		memcpy(photo.sha256, p->sha256, sizeof(photo.sha256));
		photo.text = g_strdup_printf(is_let_go ? _("%s, %lld kB, the original is at the server")
						       : _("%s, %lld kB"),
					     jx_word(p->role), (long long)((p->size_bytes + 999) / 1000));
		(void)words_raise(photo.text);
		g_array_append_val(job->photos, photo);
	}
}

static jx_rc keep_id(void *user, const struct jx_log_row *row)
{
	memcpy(user, row->id, JX_ID_BYTES);
	return JX_OK;
}

static void add_version(struct jx_handheld *h, struct entry_job *job, const struct jx_view_entry *e)
{
	struct entry_version v = {.is_this = memcmp(e->row.id, job->id, JX_ID_BYTES) == 0};
	char time[40], what[300];

	memcpy(v.id, e->row.id, sizeof(v.id));
	time_text(h, e->entry.taken_utc_ms, time);
	entry_what(&e->row, what, sizeof(what));
	v.text = g_strdup_printf("%s  %s", e->row.number, words_raise(what));
	v.reason = e->row.reason[0] != '\0' ? g_strdup_printf("%s\n%s", time, e->row.reason) : g_strdup(time);
	g_array_append_val(job->versions, v);
}

/* Back to the first one. */
static jx_rc find_first(struct jx_handheld *h, uint8_t id[JX_ID_BYTES], struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (int i = 0; i < VERSIONS_MAX; i++) {
		JX_AUTO(jx_view_entry) e = NULL;
		char name[37];

		jx_uuid_format(id, name);
		rc = jx_view_show_by(h->store, h->packs, name, &e, err);
		if (rc != JX_OK || !e->entry.has_ref)
			return rc;
		memcpy(id, e->entry.ref.id, JX_ID_BYTES);
	}
	return rc;
}

static jx_rc add_versions(struct jx_handheld *h, struct entry_job *job, struct jx_error *err)
{
	uint8_t id[JX_ID_BYTES];
	enum jx_kind last = JX_KIND_UNKNOWN;
	jx_rc rc;

	memcpy(id, job->id, sizeof(id));
	rc = find_first(h, id, err);
	for (int i = 0; i < VERSIONS_MAX && rc == JX_OK; i++) {
		JX_AUTO(jx_view_entry) e = NULL;
		char name[37];

		jx_uuid_format(id, name);
		rc = jx_view_show_by(h->store, h->packs, name, &e, err);
		if (rc != JX_OK)
			return rc;
		add_version(h, job, e);
		last = e->row.kind;
		rc = jx_store_replacing(h->store, id, keep_id, id, err);
	}
	job->can_change =
		(last == JX_KIND_OBSERVATION || last == JX_KIND_CORRECTION) &&
		memcmp(g_array_index(job->versions, struct entry_version, job->versions->len - 1).id, job->id,
		       JX_ID_BYTES) == 0;
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

static jx_rc read_entry(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct entry_job *job = (struct entry_job *)base;
	JX_AUTO(jx_view_entry) e = NULL;
	char id[37], text[600], time[24];
	int64_t tried_utc_ms = 0;
	jx_rc rc = facts_open_store(h, err);

	jx_uuid_format(job->id, id);
	if (rc == JX_OK)
		rc = jx_handheld_open_packs(h, err);
	if (rc == JX_OK)
		rc = jx_view_show_by(h->store, h->packs, id, &e, err);
	if (rc != JX_OK)
		return rc;
	if (jx_store_get(h->store, JX_SET_SYNC_UTC_MS, time, sizeof(time), NULL) == JX_OK)
		(void)jx_parse_i64(time, 0, INT64_MAX, &tried_utc_ms);
	jx_strcpy(job->number, sizeof(job->number), e->row.number);
	entry_what(&e->row, text, sizeof(text));
	job->title = g_strdup(words_raise(text));
	job->state_class = entry_state(&e->row, tried_utc_ms, text, sizeof(text));
	job->state = words_raise(g_strdup(e->row.is_withdrawn   ? _("withdrawn")
					  : e->row.is_corrected ? _("corrected")
								: text));
	job->is_check = e->row.is_check;
	job->is_found = strcmp(e->row.result, "found") == 0;
	add_pairs(h, job, e);
	add_photos(h, job, e);
	return add_versions(h, job, err);
}

static void free_entry(struct desk_job *base)
{
	struct entry_job *job = (struct entry_job *)base;

	for (guint i = 0; i < job->pairs->len; i++) {
		g_free(g_array_index(job->pairs, struct entry_pair, i).name);
		g_free(g_array_index(job->pairs, struct entry_pair, i).value);
	}
	for (guint i = 0; i < job->photos->len; i++)
		g_free(g_array_index(job->photos, struct entry_photo, i).text);
	for (guint i = 0; i < job->versions->len; i++) {
		g_free(g_array_index(job->versions, struct entry_version, i).text);
		g_free(g_array_index(job->versions, struct entry_version, i).reason);
	}
	g_array_unref(job->pairs);
	g_array_unref(job->photos);
	g_array_unref(job->versions);
	g_free(job->title);
	g_free(job->state);
	g_free(job);
}

struct entry_job *entry_job_new(const uint8_t id[JX_ID_BYTES])
{
	struct entry_job *job = g_new0(struct entry_job, 1);

	job->base.work = read_entry;
	job->base.free_job = free_entry;
	memcpy(job->id, id, sizeof(job->id));
	job->pairs = g_array_new(FALSE, FALSE, sizeof(struct entry_pair));
	job->photos = g_array_new(FALSE, FALSE, sizeof(struct entry_photo));
	job->versions = g_array_new(FALSE, FALSE, sizeof(struct entry_version));
	return job;
}

/* ---- a photo, a withdrawal ---------------------------------------------------------------------------------- */

static jx_rc read_photo(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct entry_photo_job *job = (struct entry_photo_job *)base;

	job->texture = today_texture(h, job->sha256, JX_COPY_SCREEN, err);
	if (job->texture == NULL) /* the original was let go: its small copy stays */
		job->texture = today_texture(h, job->sha256, JX_COPY_SMALL, NULL);
	return job->texture != NULL ? JX_OK : err->code;
}

static void free_photo(struct desk_job *base)
{
	struct entry_photo_job *job = (struct entry_photo_job *)base;

	g_clear_object(&job->texture);
	g_object_unref(job->picture);
	g_free(job);
}

struct entry_photo_job *entry_photo_job_new(const uint8_t sha256[JX_HASH_BYTES], GtkPicture *picture)
{
	struct entry_photo_job *job = g_new0(struct entry_photo_job, 1);

	job->base.work = read_photo;
	job->base.free_job = free_photo;
	memcpy(job->sha256, sha256, sizeof(job->sha256));
	job->picture = g_object_ref(picture);
	return job;
}

static jx_rc withdraw(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct entry_withdraw_job *job = (struct entry_withdraw_job *)base;
	const jx_rc rc = jx_handheld_open_recorder(h, err);

	return rc == JX_OK ? jx_record_withdrawal(&h->recorder, job->id, job->reason, &job->n, err) : rc;
}

static void free_withdraw(struct desk_job *base)
{
	struct entry_withdraw_job *job = (struct entry_withdraw_job *)base;

	g_free(job->reason);
	g_free(job);
}

struct entry_withdraw_job *entry_withdraw_job_new(const uint8_t id[JX_ID_BYTES], const char *reason)
{
	struct entry_withdraw_job *job = g_new0(struct entry_withdraw_job, 1);

	job->base.work = withdraw;
	job->base.free_job = free_withdraw;
	memcpy(job->id, id, sizeof(job->id));
	job->reason = g_strdup(reason);
	return job;
}
