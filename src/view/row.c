/* From a row of the log to a line of a list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view_private.h"

struct search {
	const uint8_t *writer;
	char short_code[16];
};

static jx_rc match(void *user, const struct jx_identity *id)
{
	struct search *s = user;

	if (memcmp(id->writer, s->writer, JX_ID_BYTES) == 0)
		memcpy(s->short_code, id->short_code, sizeof(s->short_code));
	return JX_OK;
}

jx_rc jx_view__number(struct jx_view__reader *r, const uint8_t writer[JX_ID_BYTES], int64_t n,
		      char out[JX_NUMBER_MAX], struct jx_error *err)
{
	if (r->short_code[0] == '\0' || memcmp(r->writer, writer, JX_ID_BYTES) != 0) {
		struct search s = {.writer = writer};
		const jx_rc rc = jx_store_each_identity(r->store, match, &s, err);

		if (rc != JX_OK)
			return rc;
		memcpy(r->writer, writer, JX_ID_BYTES);
		memcpy(r->short_code, s.short_code, sizeof(s.short_code));
	}
	(void)snprintf(out, JX_NUMBER_MAX, "%s-%lld", r->short_code, (long long)n);
	return JX_OK;
}

struct next {
	uint8_t id[JX_ID_BYTES];
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	enum jx_kind kind;
};

static jx_rc take_next(void *user, const struct jx_log_row *row)
{
	struct next *next = user;

	memcpy(next->id, row->id, JX_ID_BYTES);
	memcpy(next->writer, row->writer, JX_ID_BYTES);
	next->n = row->n;
	next->kind = row->kind;
	return JX_OK;
}

jx_rc jx_view__fate(struct jx_view__reader *r, const struct jx_log_row *row, struct jx_view__fate *out,
		    struct jx_error *err)
{
	struct next next = {.kind = row->kind};
	jx_rc rc = JX_OK;

	memset(out, 0, sizeof(*out));
	memcpy(out->newest, row->id, JX_ID_BYTES);
	if (!row->is_replaced)
		return JX_OK;
	memcpy(next.id, row->id, JX_ID_BYTES);
	/* Each step leads to a later entry, so this ends. */
	for (;;) {
		uint8_t of_id[JX_ID_BYTES];

		memcpy(of_id, next.id, JX_ID_BYTES);
		rc = jx_store_replacing(r->store, of_id, take_next, &next, err);
		if (rc != JX_OK)
			break;
		if (next.kind == JX_KIND_WITHDRAWAL)
			out->is_withdrawn = true;
		else
			memcpy(out->newest, next.id, JX_ID_BYTES);
		out->is_corrected = out->is_corrected || next.kind == JX_KIND_CORRECTION;
	}
	if (rc != JX_ENOTFOUND)
		return rc;
	return jx_view__number(r, next.writer, next.n, out->replaced_by, err);
}

/* Degrees from whole numbers: no rounding on the way. */
static void put_degrees(int32_t e7, char *out, size_t cap)
{
	const int64_t magnitude = e7 < 0 ? -(int64_t)e7 : e7;

	(void)snprintf(out, cap, "%s%lld.%07lld", e7 < 0 ? "-" : "", (long long)(magnitude / 10000000),
		       (long long)(magnitude % 10000000));
}

static void put_place(const struct jx_entry *e, struct jx_view_row *out)
{
	char lat[24], lon[24];

	out->fix = e->fix;
	if (e->street[0] != '\0' || e->grid[0] != '\0') {
		(void)snprintf(out->place, sizeof(out->place), "%s%s%s", e->street,
			       e->street[0] != '\0' && e->grid[0] != '\0' ? " " : "", e->grid);
	} else if (e->has_place && e->fix.source != JX_FIX_NONE) {
		put_degrees(e->fix.lat_wgs84_e7, lat, sizeof(lat));
		put_degrees(e->fix.lon_wgs84_e7, lon, sizeof(lon));
		(void)snprintf(out->place, sizeof(out->place), "%s, %s", lat, lon);
	}
}

/* The very version that the entry names; else the newest of its id, which has its codes all the same. */
static const jx_pack *pack_of(const struct jx_view__reader *r, const struct jx_entry *e)
{
	const jx_pack *pack;
	size_t i;

	if (r->packs == NULL)
		return r->pack;
	pack = jx_packs_version(r->packs, e->pack, e->pack_version);
	for (i = 0; pack == NULL && i < jx_packs_count(r->packs); i++)
		if (strcmp(jx_pack_id(jx_packs_at(r->packs, i)), e->pack) == 0)
			pack = jx_packs_at(r->packs, i);
	return pack != NULL ? pack : r->pack;
}

/* A campaign may count five of the ten, and call them otherwise. */
static void put_variant(const jx_pack *pack, const struct jx_entry *e, struct jx_view_row *out)
{
	const struct jx_variant *v = pack != NULL && e->campaign[0] != '\0'
					     ? jx_pack_variant_find(pack, e->campaign)
					     : NULL;
	const struct jx_text *name = v != NULL && out->code[0] != '\0' ? jx_variant_name(pack, v, out->code)
								       : NULL;

	if (v == NULL) {
		jx_strcpy(out->counted_as, sizeof(out->counted_as), out->group);
		return;
	}
	jx_strcpy(out->variant, sizeof(out->variant), v->id);
	jx_strcpy(out->counted_as, sizeof(out->counted_as), name != NULL ? jx_text_pick(name) : "");
}

void jx_view__answers(const struct jx_view__reader *r, const struct jx_entry *e, struct jx_view_row *out)
{
	const jx_pack *pack = pack_of(r, e);
	const struct jx_bytes *answers = &e->answers;
	JX_AUTO_FREE struct jx_answers_brief *b = jx_xcalloc(1, sizeof(*b));
	const struct jx_unit *unit;
	const struct jx_form *form = pack != NULL ? jx_pack_form_find(pack, e->form) : NULL;
	struct jx_text name, group;
	size_t dot;

	/* whatever becomes of its answers, it does not wait */
	out->is_at_once = form != NULL && form->is_at_once;

	if (answers->data == NULL ||
	    jx_form_brief_as(pack, e->form, e->day, answers->data, answers->len, b, NULL) != JX_OK)
		return;
	name = (struct jx_text){.zh = b->name_zh, .en = b->name_en};
	group = (struct jx_text){.zh = b->group_zh, .en = b->group_en};
	jx_strcpy(out->result, sizeof(out->result), b->result);
	jx_strcpy(out->code, sizeof(out->code), b->code);
	jx_strcpy(out->name, sizeof(out->name), b->name_zh[0] != '\0' ? jx_text_pick(&name) : b->code);
	dot = strcspn(b->code, ".");
	memcpy(out->group_code, b->code, dot);
	out->group_code[dot] = '\0';
	jx_strcpy(out->group, sizeof(out->group),
		  b->group_zh[0] != '\0' ? jx_text_pick(&group) : out->group_code);
	jx_strcpy(out->quantity, sizeof(out->quantity), b->quantity);
	jx_strcpy(out->unit, sizeof(out->unit), b->unit);
	unit = pack == NULL || b->unit[0] == '\0' ? NULL : jx_pack_unit(pack, b->unit);
	jx_strcpy(out->unit_name, sizeof(out->unit_name), unit == NULL ? b->unit : jx_text_pick(&unit->name));
	jx_strcpy(out->note, sizeof(out->note), b->note);
	out->is_self_handled = b->is_self_handled;
	jx_strcpy(out->form, sizeof(out->form), e->form);
	jx_strcpy(out->summary, sizeof(out->summary), b->summary);
	out->is_check = b->result[0] == '\0' && e->form[0] != '\0';
	if (out->is_check && out->name[0] == '\0')
		jx_strcpy(out->name, sizeof(out->name), e->form);
	put_variant(pack, e, out);
}

static jx_rc put_ref(struct jx_view__reader *r, const struct jx_entry *e, struct jx_view_row *out,
		     struct jx_error *err)
{
	jx_rc rc;

	jx_strcpy(out->reason, sizeof(out->reason), e->reason);
	if (!e->has_ref)
		return JX_OK;
	rc = jx_view_number(r->store, e->ref.id, out->of_number, err);
	return rc == JX_ENOTFOUND ? JX_OK : rc; /* another device's entry */
}

jx_rc jx_view__row(struct jx_view__reader *r, const struct jx_log_row *row, struct jx_view_row *out,
		   struct jx_entry *entry_out, struct jx_error *err)
{
	struct jx_view__fate fate;
	jx_rc rc;

	memset(out, 0, sizeof(*out));
	memset(entry_out, 0, sizeof(*entry_out));
	/* A damaged entry is a line all the same, with what the log knows of it: jx verify says the rest. */
	rc = jx_entry_decode(row->bytes, row->len, entry_out, err);
	if (rc != JX_OK && rc != JX_ENOMEM)
		rc = jx_entry_decode_storing(row->bytes, row->len, entry_out, err);
	if (rc == JX_ENOMEM)
		return rc;
	memcpy(out->id, row->id, JX_ID_BYTES);
	memcpy(out->writer, row->writer, JX_ID_BYTES);
	out->n = row->n;
	out->kind = row->kind;
	out->log_place = row->log_place;
	out->state = row->state;
	out->photo_count = row->photo_count;
	out->photos_receipted = row->photos_receipted;
	for (size_t i = 0; i < entry_out->photo_count; i++)
		if (jx_photo_is_sound(&entry_out->photos[i]))
			out->sound_ms += entry_out->photos[i].duration_ms;
	jx_strcpy(out->kind_name, sizeof(out->kind_name),
		  entry_out->kind_name[0] != '\0' ? entry_out->kind_name : jx_kind_name(row->kind));
	out->taken_utc_ms = entry_out->taken_utc_ms;
	jx_strcpy(out->day, sizeof(out->day), entry_out->day);
	jx_strcpy(out->person, sizeof(out->person), entry_out->person);
	put_place(entry_out, out);
	jx_view__answers(r, entry_out, out);
	rc = jx_view__number(r, row->writer, row->n, out->number, err);
	if (rc == JX_OK)
		rc = put_ref(r, entry_out, out, err);
	if (rc == JX_OK)
		rc = jx_view__fate(r, row, &fate, err);
	if (rc != JX_OK)
		return rc;
	out->is_corrected = fate.is_corrected;
	out->is_withdrawn = fate.is_withdrawn;
	return JX_OK;
}
