/*
 * What the office is shown about a day. The rule is the product's (jx_statement); what "complete" promises is checked
 * against what the users of the handhelds were shown: every entry of this writer up to the day-close is at the office,
 * byte for byte, and its photos are at the server.
 */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sim_office_entry *sim_office_find(const struct sim_office *o, const uint8_t writer[JX_ID_BYTES],
					       int64_t n, const uint8_t *digest)
{
	for (size_t k = 0; k < o->entry_count; k++) {
		const struct sim_office_entry *e = &o->entry[k];

		if (e->n == n && memcmp(e->writer, writer, JX_ID_BYTES) == 0 &&
		    (digest == NULL ? !e->is_fork : memcmp(e->digest, digest, JX_HASH_BYTES) == 0))
			return e;
	}
	return NULL;
}

static void add_entry(jx_statement *s, const struct sim_office_entry *o, struct jx_entry *e)
{
	memset(e, 0, sizeof(*e));
	memcpy(e->writer, o->writer, sizeof(e->writer));
	e->n = o->n;
	e->kind = o->kind;
	memcpy(e->id, o->digest, sizeof(e->id)); /* as good as any: unlike entries have unlike ids */
	jx_strcpy(e->day, sizeof(e->day), o->day);
	e->has_totals = o->kind == JX_KIND_DAY_CLOSE;
	e->observations_total = o->observations_total;
	e->photos_total = o->photos_total;
	for (e->photo_count = 0; e->photo_count < o->photo_count; e->photo_count++)
		memcpy(e->photos[e->photo_count].sha256, o->photos[e->photo_count], JX_HASH_BYTES);
	jx_statement_entry(s, e);
}

static void add_receipt(jx_statement *s, const struct sim_office_receipt *r)
{
	struct jx_receipt receipt = {.is_fork = false};
	uint8_t sha256[JX_HASH_BYTES];

	if (!jx_uuid_parse(r->key, 36, receipt.writer))
		return;
	if (r->is_photo && jx_unhex(r->key + 37, 2 * JX_HASH_BYTES, sha256, sizeof(sha256)))
		jx_statement_photo(s, receipt.writer, sha256);
	/* a fork's receipt has a third part */
	if (!r->is_photo && jx_parse_i64(r->key + 37, 1, INT64_MAX, &receipt.n))
		jx_statement_receipt(s, &receipt);
}

/* The last day-close of the day: how far the log is promised to be here. */
static int64_t closed_at(const struct sim_office *o, const struct jx_day_row *row)
{
	int64_t n = 0;

	for (size_t k = 0; k < o->entry_count; k++) {
		const struct sim_office_entry *e = &o->entry[k];

		if (!e->is_fork && e->kind == JX_KIND_DAY_CLOSE && e->n > n &&
		    memcmp(e->writer, row->writer, JX_ID_BYTES) == 0 && strcmp(e->day, row->day) == 0)
			n = e->n;
	}
	return n;
}

static void check_entry(struct sim_world *w, const struct sim_shown *s, const struct sim_statement *st,
			int device)
{
	const struct sim_office_entry *there;

	if (s->n > st->n || memcmp(s->writer, st->writer, JX_ID_BYTES) != 0)
		return;
	/* a copied device's other log may have closed this day; its own entries are told of as a fork */
	if (w->device[device].may_fork ||
	    memcmp(w->device[device].identity.writer, s->writer, JX_ID_BYTES) != 0)
		return;
	there = sim_office_find(&w->office, s->writer, s->n, s->digest);
	if (there == NULL) {
		sim_break(w, SIM_LOST,
			  "the office was shown %s as complete, but entry %lld of device %d is not there",
			  st->day, (long long)s->n, device);
		return;
	}
	/* photos go newest first: those of an earlier day may still be on their way, and its own statement says so */
	if (strcmp(there->day, st->day) != 0)
		return;
	for (size_t k = 0; k < s->photo_count && !sim_is_broken(w); k++)
		if (!sim_photo_at_server(w, s->photos[k]))
			sim_break(
				w, SIM_LOST,
				"the office was shown %s as complete, but photo %zu of entry %lld of device %d is not there at the server",
				st->day, k, (long long)s->n, device);
}

static void check_statement(struct sim_world *w, const struct sim_statement *st)
{
	for (int k = 0; k < w->device_count; k++)
		for (size_t i = 0; i < w->device[k].shown_count && !sim_is_broken(w); i++)
			check_entry(w, &w->device[k].shown[i], st, k);
}

static void show_complete(struct sim_world *w, const struct jx_day_row *row)
{
	struct sim_office *o = &w->office;
	struct sim_statement st = {.n = closed_at(o, row), .life = w->server.life};

	memcpy(st.writer, row->writer, sizeof(st.writer));
	jx_strcpy(st.day, sizeof(st.day), row->day);
	for (size_t k = 0; k < o->statement_count; k++)
		if (o->statement[k].n == st.n && o->statement[k].life == st.life &&
		    memcmp(o->statement[k].writer, st.writer, sizeof(st.writer)) == 0)
			return;
	if (o->statement_count == o->statement_cap) {
		o->statement_cap = o->statement_cap == 0 ? 16 : 2 * o->statement_cap;
		o->statement = jx_xreallocarray(o->statement, o->statement_cap, sizeof(st));
	}
	o->statement[o->statement_count++] = st;
	w->counts.days_shown++;
	check_statement(w, &st);
}

void sim_office_state(struct sim_world *w)
{
	struct sim_office *o = &w->office;
	JX_AUTO(jx_statement) s = jx_statement_new();
	struct jx_entry *e = jx_xcalloc(1, sizeof(*e));
	const struct jx_day_row *row;
	bool has_close = false;
	size_t count = 0;

	for (size_t k = 0; k < o->entry_count; k++)
		has_close = has_close || o->entry[k].kind == JX_KIND_DAY_CLOSE;
	for (size_t k = 0; has_close && k < o->entry_count; k++) {
		if (o->entry[k].n == 1)
			jx_statement_writer(s, o->entry[k].writer, "H");
		if (!o->entry[k].is_fork)
			add_entry(s, &o->entry[k], e);
	}
	for (size_t k = 0; has_close && k < o->receipt_count; k++)
		add_receipt(s, &o->receipt[k]);
	row = jx_statement_rows(s, NULL, &count);
	for (size_t k = 0; k < count && !sim_is_broken(w); k++)
		if (row[k].state == JX_DAY_COMPLETE)
			show_complete(w, &row[k]);
	free(e);
}
