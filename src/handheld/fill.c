/* A form being filled in: begun, gone on with, begun with what was answered before. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define WHERE "jx.check"

void jx_fill_done(struct jx_fill *f)
{
	jx_sheet_free(f->sheet);
	for (size_t i = 0; i < f->option_count; i++) {
		free(f->options[i].name);
		free(f->options[i].value);
	}
	free(f->options);
	*f = (struct jx_fill){.sheet = NULL};
}

jx_rc jx_fill_find_form(const struct jx_handheld *h, const char *method, const char *day,
			const jx_pack **pack_out, const struct jx_form **form_out, struct jx_error *err)
{
	for (size_t i = 0; i < jx_packs_count(h->packs); i++) {
		const jx_pack *pack = jx_handheld_pack_on(h, i, day);
		const struct jx_form *form = pack != NULL ? jx_pack_form_find(pack, method) : NULL;

		if (form == NULL)
			continue;
		if (form->is_observation) {
			(void)jx_fail(err, JX_ENOTFOUND, 0, WHERE, "%s is what jx log is for: use that",
				      jx_text_pick(&form->name));
			return JX_ENOTFOUND;
		}
		*pack_out = pack;
		*form_out = form;
		return JX_OK;
	}
	(void)jx_fail(err, JX_ENOTFOUND, 0, WHERE, "there is no check \"%.60s\": jx check --list shows all",
		      method);
	return JX_ENOTFOUND;
}

/* With a shift open its day counts, also after midnight. */
static void find_day(const struct jx_handheld *h, char out[11])
{
	char day[16];

	jx_handheld_today(h, out);
	if (h->store != NULL && jx_store_get(h->store, JX_SET_SHIFT_DAY, day, sizeof(day), NULL) == JX_OK &&
	    jx_day_ok(day))
		jx_strcpy(out, 11, day);
}

jx_rc jx_fill_begin(const struct jx_handheld *h, const char *method, const char *id, struct jx_fill *f,
		    struct jx_error *err)
{
	const struct jx_clock *clock = jx_os_clock();
	const int64_t now_utc_ms = clock->utc_ms(clock->user);
	const struct jx_form *form = NULL;
	const jx_pack *pack = NULL;
	char pack_day[11];
	jx_rc rc;

	jx_uuid7(clock, jx_os_rand(), f->draft.id);
	if (id != NULL && !jx_uuid_parse(id, strlen(id), f->draft.id))
		return jx_fail(err, JX_EINVAL, 0, "jx.id",
			       "field \"id\": \"%s\" is no UUID; leave it out to have one made", id);
	f->draft.taken_utc_ms = now_utc_ms > 0 ? now_utc_ms : 0;
	find_day(h, f->draft.day);
	jx_handheld_pack_day(h, pack_day);
	rc = jx_fill_find_form(h, method, pack_day, &pack, &form, err);
	if (rc != JX_OK)
		return rc;
	jx_strcpy(f->draft.form, sizeof(f->draft.form), form->id);
	jx_strcpy(f->draft.pack, sizeof(f->draft.pack), jx_pack_id(pack));
	f->draft.pack_version = jx_pack_version(pack);
	f->is_new = true;
	return jx_sheet_new(pack, form->id, f->draft.day, &f->sheet, err);
}

/* ---- going on with one ----------------------------------------------------------------------------- */

struct replay {
	struct jx_fill *fill;
	jx_fill_refused_fn refused;
	void *user;
};

/* "@photo.3": several of a name are told apart by a number, which says no more than that. */
static void take_option(struct jx_fill *f, const char *path, const char *value)
{
	char name[32];
	const size_t len = strcspn(path + 1, ".");

	if (len >= sizeof(name))
		return;
	memcpy(name, path + 1, len);
	name[len] = '\0';
	jx_fill__keep_option(f, name, value);
}

static jx_rc replay(void *user, const struct jx_draft_value *v)
{
	const struct replay *r = user;
	struct jx_fill *f = r->fill;
	const struct jx_field *field = jx_sheet_field(f->sheet, v->path);
	struct jx_error err;

	if (v->path[0] == JX_FILL__OPTION) {
		take_option(f, v->path, v->value);
		return JX_OK;
	}
	/* a field that the rows count now was typed before they came */
	if (jx_sheet_set(f->sheet, v->path, v->value, &err) != JX_OK &&
	    (field == NULL || !field->is_counted) && r->refused != NULL)
		r->refused(r->user, &err);
	return JX_OK;
}

jx_rc jx_fill_resume(const struct jx_handheld *h, const struct jx_draft *draft, struct jx_fill *f,
		     jx_fill_refused_fn refused, void *user, struct jx_error *err)
{
	const jx_pack *pack = jx_packs_version(h->packs, draft->pack, draft->pack_version);
	struct replay r = {.fill = f, .refused = refused, .user = user};
	jx_rc rc;

	if (pack == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "the draft needs version %lld of pack %s, which is not here: run jx sync",
			       (long long)draft->pack_version, draft->pack);
	f->draft = *draft;
	rc = jx_sheet_new(pack, draft->form, draft->day, &f->sheet, err);
	if (rc != JX_OK)
		return rc;
	f->is_stored = true;
	return jx_store_each_draft_value(h->store, f->draft.id, replay, &r, err);
}

/* ---- remembered answers ---------------------------------------------------------------------------- */

static void take_remembered(struct jx_fill *fill, const jx_sheet *last)
{
	const struct jx_form *form = jx_sheet_form(fill->sheet);
	char value[JX_DRAFT_VALUE_MAX];

	for (size_t i = 0; i < form->field_count; i++) {
		const struct jx_field *f = &form->fields[i];

		if (!f->is_remembered || form->sections[f->section].is_repeat ||
		    jx_sheet_get(last, f->id, value, sizeof(value), NULL) != JX_OK || value[0] == '\0')
			continue;
		(void)jx_sheet_set(fill->sheet, f->id, value,
				   NULL); /* of another form: what does not fit is asked */
	}
}

struct look {
	const struct jx_handheld *h;
	struct jx_fill *fill;
};

static jx_rc look_at_last(void *user, const struct jx_log_row *row)
{
	const struct look *look = user;
	JX_AUTO_FREE struct jx_entry *e = jx_xcalloc(1, sizeof(*e));
	JX_AUTO(jx_sheet) last = NULL;
	const jx_pack *pack;

	if (jx_entry_decode(row->bytes, row->len, e, NULL) != JX_OK || e->answers.data == NULL)
		return JX_OK;
	pack = jx_packs_version(look->h->packs, e->pack, e->pack_version);
	if (pack == NULL || jx_sheet_read(pack, e->form, e->day, e->answers.data, e->answers.len, false,
					  &last, NULL) != JX_OK)
		return JX_OK;
	take_remembered(look->fill, last);
	return JX_EINTR;
}

jx_rc jx_fill_remember(const struct jx_handheld *h, struct jx_fill *fill, struct jx_error *err)
{
	const struct jx_log_query q = {
		.day = fill->draft.day, .kind = JX_KIND_OBSERVATION, .newest_first = true};
	struct look look = {.h = h, .fill = fill};
	const jx_rc rc = jx_store_each(h->store, &q, look_at_last, &look, err);

	return rc == JX_EINTR ? JX_OK : rc;
}

/* ---- correcting an entry --------------------------------------------------------------------------- */

jx_rc jx_fill_take_entry(const struct jx_handheld *h, const struct jx_entry *e, struct jx_fill *f,
			 struct jx_error *err)
{
	const jx_pack *pack = jx_packs_version(h->packs, e->pack, e->pack_version);
	const struct jx_clock *clock = jx_os_clock();
	const int64_t now_utc_ms = clock->utc_ms(clock->user);

	if (e->answers.data == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "this entry is no check: correct it with jx correct");
	if (pack == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "the entry needs version %lld of pack %s, which is not here: run jx sync",
			       (long long)e->pack_version, e->pack);
	jx_uuid7(clock, jx_os_rand(), f->draft.id);
	f->draft.taken_utc_ms = now_utc_ms > 0 ? now_utc_ms : 0;
	/* codes were open on the day of the entry; the correction counts in its place */
	jx_strcpy(f->draft.day, sizeof(f->draft.day), e->day);
	jx_strcpy(f->draft.form, sizeof(f->draft.form), e->form);
	jx_strcpy(f->draft.pack, sizeof(f->draft.pack), e->pack);
	f->draft.pack_version = e->pack_version;
	f->is_new = true;
	return jx_sheet_read(pack, e->form, e->day, e->answers.data, e->answers.len, false, &f->sheet, err);
}
