/* What a composition says, in the store's drafts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define ASIDE       "@aside" /* since when; such a draft is as good as gone */
#define FIX         "@fix"
#define PHOTO       "@photo."
#define FORGET_MS   60000 /* longer than any toast that takes it back */
#define VALUES_MAX  64
#define SCRATCH_MAX 512

#define TEXT(path, member)                                                                          \
	{                                                                                           \
		path, offsetof(struct jx_compose, member), sizeof(((struct jx_compose *)0)->member) \
	}
const struct compose_text jx_compose__texts[] = {
	TEXT("result", result),
	TEXT("code", code),
	TEXT("quantity", quantity),
	TEXT("unit", unit),
	TEXT("note", note),
	TEXT("party_kind", party_kind),
	TEXT("party", party),
	TEXT("unit_responsible", unit_responsible),
	TEXT("measures", measures),
	TEXT("limit_days", limit_days),
	TEXT("street", street),
	TEXT("grid", grid),
	TEXT("source", source),
	TEXT("self_handled", self_handled),
	TEXT("@of", of),
	TEXT("@reason", reason),
	TEXT("@before", before),
};
const size_t jx_compose__text_count = sizeof(jx_compose__texts) / sizeof(jx_compose__texts[0]);

void jx_compose_new(const struct jx_profile *profile, struct jx_compose *out)
{
	const struct jx_clock *clock = jx_os_clock();
	const int64_t now_utc_ms = clock->utc_ms(clock->user);

	*out = (struct jx_compose){.fix = {.source = JX_FIX_NONE, .accuracy_mm = -1, .satellites_used = -1}};
	jx_uuid7(clock, jx_os_rand(), out->draft.id);
	out->draft.taken_utc_ms = now_utc_ms > 0 ? now_utc_ms : 0;
	if (!jx_day_of(now_utc_ms, (int)profile->utc_offset_min, out->draft.day))
		jx_strcpy(out->draft.day, sizeof(out->draft.day), "1970-01-01");
	jx_strcpy(out->result, sizeof(out->result), "found");
	jx_strcpy(out->source, sizeof(out->source), "patrol");
}

/* ---- writing --------------------------------------------------------------------------------------- */

struct values {
	struct jx_draft_value list[VALUES_MAX];
	char scratch[JX_PHOTOS_MAX + 1][SCRATCH_MAX]; /* what is not text in the struct */
	char paths[JX_PHOTOS_MAX][16];
	size_t count;
};

static void add(struct values *v, bool with_empty, const char *path, const char *value)
{
	if (value[0] == '\0' && !with_empty)
		return;
	v->list[v->count].path = path;
	v->list[v->count++].value = value[0] != '\0' ? value : NULL;
}

static void write_fix(const struct jx_fix *f, char *out, size_t cap)
{
	(void)snprintf(out, cap, "%d %" PRId32 " %" PRId32 " %" PRId64 " %d %d %d %" PRId64 " %" PRId64,
		       (int)f->source, f->lat_wgs84_e7, f->lon_wgs84_e7, f->accuracy_mm, f->satellites_used,
		       f->mode, f->is_stale ? 1 : 0, f->age_ms, f->gnss_utc_ms);
}

static void write_photo(const struct jx_compose_photo *p, char *out, size_t cap)
{
	char hex[2 * JX_HASH_BYTES + 1] = "";

	if (p->file[0] == '\0')
		jx_hex(p->sha256, JX_HASH_BYTES, hex);
	(void)snprintf(out, cap, "%s %s %s", p->role, p->how, p->file[0] != '\0' ? p->file : hex);
}

/* All that c says; with_empty also what it does not say (any more). */
static void list_values(const struct jx_compose *c, bool with_empty, struct values *v)
{
	v->count = 0;
	for (size_t i = 0; i < jx_compose__text_count; i++)
		add(v, with_empty, jx_compose__texts[i].path, (const char *)c + jx_compose__texts[i].at);
	write_fix(&c->fix, v->scratch[JX_PHOTOS_MAX], SCRATCH_MAX);
	add(v, with_empty, FIX, v->scratch[JX_PHOTOS_MAX]);
	for (size_t i = 0; i < JX_PHOTOS_MAX; i++) {
		v->scratch[i][0] = '\0';
		(void)snprintf(v->paths[i], sizeof(v->paths[i]), PHOTO "%02zu", i + 1);
		if (i < c->photo_count)
			write_photo(&c->photos[i], v->scratch[i], SCRATCH_MAX);
		add(v, with_empty, v->paths[i], v->scratch[i]);
	}
}

/* The pack that holds now, and the day of the shift while one is open, also after midnight. */
static jx_rc begin(struct jx_handheld *h, struct jx_compose *c, struct values *v, struct jx_error *err)
{
	struct jx_draft d = c->draft;
	char day[16];
	jx_rc rc = jx_handheld_open_packs(h, err);

	if (rc != JX_OK)
		return rc;
	jx_strcpy(d.form, sizeof(d.form), jx_pack_form(h->pack));
	if (d.pack[0] == '\0') {
		jx_strcpy(d.pack, sizeof(d.pack), jx_pack_id(h->pack));
		d.pack_version = jx_pack_version(h->pack);
	}
	if (jx_store_get(h->store, JX_SET_SHIFT_DAY, day, sizeof(day), NULL) == JX_OK && jx_day_ok(day))
		jx_strcpy(d.day, sizeof(d.day), day);
	list_values(c, false, v);
	rc = jx_store_begin_draft(h->store, &d, v->list, v->count, err);
	if (rc == JX_OK)
		c->draft = d;
	return rc;
}

jx_rc jx_compose_keep(struct jx_handheld *h, struct jx_compose *c, struct jx_error *err)
{
	JX_AUTO_FREE struct values *v = jx_xcalloc(1, sizeof(*v));
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc != JX_OK)
		return rc;
	list_values(c, true, v);
	rc = jx_store_set_draft(h->store, c->draft.id, v->list, v->count, err);
	return rc == JX_ENOTFOUND ? begin(h, c, v, err) : rc;
}

/* ---- reading --------------------------------------------------------------------------------------- */

static void read_fix(const char *text, struct jx_fix *out)
{
	int64_t n[9];
	const char *at = text;

	for (size_t i = 0; i < 9; i++) {
		char word[24];
		const size_t len = strcspn(at, " ");

		if (len >= sizeof(word))
			return;
		memcpy(word, at, len);
		word[len] = '\0';
		if (!jx_parse_i64(word, INT64_MIN, INT64_MAX, &n[i]))
			return;
		at += len + (at[len] == ' ' ? 1 : 0);
	}
	*out = (struct jx_fix){.source = (enum jx_fix_source)n[0],
			       .lat_wgs84_e7 = (int32_t)n[1],
			       .lon_wgs84_e7 = (int32_t)n[2],
			       .accuracy_mm = n[3],
			       .satellites_used = (int16_t)n[4],
			       .mode = (uint8_t)n[5],
			       .is_stale = n[6] != 0,
			       .age_ms = n[7],
			       .gnss_utc_ms = n[8]};
}

/* "ROLE HOW FILE-OR-HASH" */
static void read_photo(const char *text, struct jx_compose *c)
{
	struct jx_compose_photo p = {.file = ""};
	const char *how = strchr(text, ' ');
	const char *what = how != NULL ? strchr(how + 1, ' ') : NULL;

	if (what == NULL || c->photo_count == JX_PHOTOS_MAX)
		return;
	jx_compose__copy(p.role, sizeof(p.role), text, (size_t)(how - text));
	jx_compose__copy(p.how, sizeof(p.how), how + 1, (size_t)(what - how) - 1);
	if (!jx_unhex(what + 1, strlen(what + 1), p.sha256, sizeof(p.sha256)))
		jx_strcpy(p.file, sizeof(p.file), what + 1);
	c->photos[c->photo_count++] = p;
}

static jx_rc take(void *user, const struct jx_draft_value *v)
{
	struct jx_compose *c = user;

	if (strncmp(v->path, PHOTO, strlen(PHOTO)) == 0)
		read_photo(v->value, c);
	else if (strcmp(v->path, FIX) == 0)
		read_fix(v->value, &c->fix);
	for (size_t i = 0; i < jx_compose__text_count; i++)
		if (strcmp(jx_compose__texts[i].path, v->path) == 0)
			jx_strcpy((char *)c + jx_compose__texts[i].at, jx_compose__texts[i].cap, v->value);
	return JX_OK;
}

/* A picture whose file is gone was taken out just before the power went. */
static void forget_missing(struct jx_handheld *h, struct jx_compose *c)
{
	const struct jx_fs *fs = jx_os_fs();
	size_t kept = 0;

	for (size_t i = 0; i < c->photo_count; i++) {
		JX_AUTO_FREE char *path = jx_compose__path(h, c->photos[i].file);
		int64_t size_bytes, modified_utc_ms;

		if (c->photos[i].file[0] != '\0' &&
		    fs->stat(fs->user, path, &size_bytes, &modified_utc_ms, NULL) == JX_ENOTFOUND)
			continue;
		c->photos[kept++] = c->photos[i];
	}
	c->photo_count = kept;
}

jx_rc jx_compose_load(struct jx_handheld *h, const uint8_t id[JX_ID_BYTES], struct jx_compose *out,
		      struct jx_error *err)
{
	JX_AUTO_FREE struct jx_compose *c = jx_xcalloc(1, sizeof(*c));
	jx_rc rc = jx_handheld_open_recorder(h, err);

	c->fix = (struct jx_fix){.source = JX_FIX_NONE, .accuracy_mm = -1, .satellites_used = -1};
	if (rc == JX_OK)
		rc = jx_store_draft(h->store, id, &c->draft, err);
	if (rc == JX_OK)
		rc = jx_store_each_draft_value(h->store, id, take, c, err);
	if (rc != JX_OK)
		return rc;
	forget_missing(h, c);
	rc = jx_compose__adopt(h, c, err);
	if (rc == JX_OK)
		*out = *c;
	return rc;
}

/* ---- all of them ----------------------------------------------------------------------------------- */

struct walk {
	struct jx_handheld *h;
	const char *form;
	int64_t count, aside_utc_ms;
	uint8_t newest[JX_ID_BYTES];
	uint8_t old[JX_DRAFTS_MAX][JX_ID_BYTES]; /* to be removed */
	size_t old_count;
	uint8_t live[JX_DRAFTS_MAX][JX_ID_BYTES];
	size_t live_count;
};

static jx_rc take_aside(void *user, const struct jx_draft_value *v)
{
	struct walk *w = user;

	if (strcmp(v->path, ASIDE) == 0 && !jx_parse_i64(v->value, 1, INT64_MAX, &w->aside_utc_ms))
		w->aside_utc_ms = 1;
	return JX_OK;
}

static jx_rc look(void *user, const struct jx_draft *d)
{
	struct walk *w = user;
	const struct jx_clock *clock = jx_os_clock();
	jx_rc rc;

	if (w->live_count < JX_DRAFTS_MAX)
		memcpy(w->live[w->live_count++], d->id, JX_ID_BYTES);
	if (strcmp(d->form, w->form) != 0)
		return JX_OK;
	w->aside_utc_ms = 0;
	rc = jx_store_each_draft_value(w->h->store, d->id, take_aside, w, NULL);
	if (rc != JX_OK)
		return rc;
	if (w->aside_utc_ms == 0 && w->count++ == 0)
		memcpy(w->newest, d->id, JX_ID_BYTES);
	else if (w->aside_utc_ms > 0 && w->old_count < JX_DRAFTS_MAX &&
		 llabs(clock->utc_ms(clock->user) - w->aside_utc_ms) > FORGET_MS)
		memcpy(w->old[w->old_count++], d->id, JX_ID_BYTES);
	return JX_OK;
}

static jx_rc walk_all(struct jx_handheld *h, struct walk *w, struct jx_error *err)
{
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc != JX_OK)
		return rc;
	w->h = h;
	w->form = jx_pack_form(h->pack);
	return jx_store_each_draft(h->store, look, w, err);
}

jx_rc jx_compose_count(struct jx_handheld *h, int64_t *count_out, uint8_t newest_out[JX_ID_BYTES],
		       struct jx_error *err)
{
	JX_AUTO_FREE struct walk *w = jx_xcalloc(1, sizeof(*w));
	const jx_rc rc = walk_all(h, w, err);

	if (rc != JX_OK)
		return rc;
	*count_out = w->count;
	memcpy(newest_out, w->newest, JX_ID_BYTES);
	return JX_OK;
}

jx_rc jx_compose_set_aside(struct jx_handheld *h, const uint8_t id[JX_ID_BYTES], bool aside,
			   struct jx_error *err)
{
	const struct jx_clock *clock = jx_os_clock();
	char now[24];
	const struct jx_draft_value v = {ASIDE, aside ? now : NULL};
	jx_rc rc = jx_handheld_open_recorder(h, err);

	(void)snprintf(now, sizeof(now), "%lld", (long long)clock->utc_ms(clock->user));
	return rc == JX_OK ? jx_store_set_draft(h->store, id, &v, 1, err) : rc;
}

/* ---- sweeping -------------------------------------------------------------------------------------- */

struct strays {
	const struct walk *w;
	char (*list)[96];
	size_t count, cap;
};

static jx_rc find_stray(void *user, const char *name)
{
	struct strays *s = user;
	uint8_t id[JX_ID_BYTES];
	bool is_live = false;

	if (strlen(name) < 36 || strlen(name) >= sizeof(s->list[0]) || !jx_uuid_parse(name, 36, id))
		return JX_OK;
	for (size_t i = 0; i < s->w->live_count && !is_live; i++)
		is_live = memcmp(s->w->live[i], id, JX_ID_BYTES) == 0;
	if (!is_live && s->count < s->cap)
		jx_strcpy(s->list[s->count++], sizeof(s->list[0]), name);
	return JX_OK;
}

static jx_rc remove_strays(struct jx_handheld *h, const struct walk *w, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	char list[64][96]; /* the rest next time */
	struct strays s = {.w = w, .list = list, .cap = 64};
	JX_AUTO_FREE char *dir = jx_compose__path(h, ".");
	const jx_rc rc = fs->list(fs->user, dir, find_stray, &s, err);

	for (size_t i = 0; rc == JX_OK && i < s.count; i++) {
		JX_AUTO_FREE char *path = jx_compose__path(h, list[i]);

		(void)fs->remove(fs->user, path, NULL);
	}
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

jx_rc jx_compose_sweep(struct jx_handheld *h, struct jx_error *err)
{
	JX_AUTO_FREE struct walk *w = jx_xcalloc(1, sizeof(*w));
	jx_rc rc = walk_all(h, w, err);

	for (size_t i = 0; rc == JX_OK && i < w->old_count; i++) {
		jx_compose__remove_photos(h, w->old[i]);
		rc = jx_store_drop_draft(h->store, w->old[i], err);
	}
	return rc == JX_OK ? remove_strays(h, w, err) : rc;
}
