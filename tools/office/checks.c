/* Checks that count: every observation in the version that holds, once. */
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

#define CLASS_LIST "unit-class"
/* Corrections of corrections. A longer line than this is nobody's work. */
#define VERSIONS_MAX 1000

struct walk {
	struct jx_office__desk *desk;
	const struct jx_office__filter *filter;
	jx_office__counted_fn fn;
	void *user;
	jx_buf line, other_line;
	struct jx_item item, other_item;
	struct jx_entry e, other;
	char day[11]; /* of the first version of e */
};

static void free_walk(struct walk **w)
{
	jx_buf_done(&(*w)->line);
	jx_buf_done(&(*w)->other_line);
	free(*w);
}

/* JX_ENOTFOUND: erased, or its fields cannot be read. */
static jx_rc read_entry(struct walk *w, const struct jx_office__place *p, jx_buf *line, struct jx_item *item,
			struct jx_entry *out, struct jx_error *err)
{
	jx_rc rc = jx_office__journal_read(&w->desk->journal, p->pos, p->len, line, err);

	if (rc == JX_OK)
		rc = jx_item_read((struct jx_bytes){line->data, line->len}, item, err);
	if (rc != JX_OK)
		return rc;
	if (item->entry.data == NULL)
		return JX_ENOTFOUND;
	rc = jx_entry_decode(item->entry.data, item->entry.len, out, NULL);
	return rc == JX_OK || rc == JX_ENOMEM ? rc : JX_ENOTFOUND;
}

/* ---- versions ---- */

static jx_rc is_revised(struct walk *w, const uint8_t id[JX_ID_BYTES], bool *out, struct jx_error *err)
{
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	const jx_rc rc = jx_office__index_revised_by(w->desk->index, id, writer, &n, err);

	*out = rc == JX_OK;
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

/*
 * A correction holds if it is the newest word on what it corrects, and that held before it. w->day becomes that of the first of these
 * versions: whoever mends yesterday's count today has not made a check today.
 */
static jx_rc holds(struct walk *w, bool *out, struct jx_error *err)
{
	uint8_t writer[JX_ID_BYTES];
	struct jx_office__place p;
	int64_t n;
	jx_rc rc = JX_OK;

	w->other = w->e;
	for (int i = 0; rc == JX_OK && w->other.kind == JX_KIND_CORRECTION && w->other.has_ref; i++) {
		rc = jx_office__index_revised_by(w->desk->index, w->other.ref.id, writer, &n, err);
		if (rc == JX_OK && (i == VERSIONS_MAX || n != w->other.n ||
				    memcmp(writer, w->other.writer, sizeof(writer)) != 0)) {
			*out = false;
			return JX_OK;
		}
		if (rc == JX_OK)
			rc = jx_office__index_place_of(w->desk->index, w->other.ref.id, &p, err);
		if (rc == JX_OK)
			rc = read_entry(w, &p, &w->other_line, &w->other_item, &w->other, err);
		if (rc == JX_OK)
			jx_strcpy(w->day, sizeof(w->day), w->other.day);
	}
	/* what is corrected is not here, or no longer: this is all there is of it */
	*out = true;
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

/* ---- the filter ---- */

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool is_of_class(const struct jx_office__counted *c, const char *unit_class)
{
	const struct jx_entry *e = c->e;
	JX_AUTO_JSON doc = {0};
	size_t i;

	if (c->form == NULL ||
	    jx_json_parse(e->answers.data, e->answers.len, &jx_json_entry_limits, &doc, NULL) != JX_OK)
		return false;
	for (i = 0; i < c->form->field_count; i++) {
		const struct jx_field *f = &c->form->fields[i];

		if (f->list != NULL && strcmp(f->list, CLASS_LIST) == 0 &&
		    jx_json_str_is(&doc, jx_json_get(&doc, 0, f->id), unit_class))
			return true;
	}
	return false;
}

static bool is_wanted(const struct jx_office__filter *f, const struct jx_office__counted *c)
{
	const struct jx_entry *e = c->e;

	return begins_with(e->area, f->area) && (f->grid[0] == '\0' || strcmp(e->grid, f->grid) == 0) &&
	       (f->form[0] == '\0' || strcmp(e->form, f->form) == 0) &&
	       (f->unit_class[0] == '\0' || is_of_class(c, f->unit_class));
}

static bool is_in_period(const struct jx_office__filter *f, const char *day)
{
	return (f->since[0] == '\0' || strcmp(day, f->since) >= 0) &&
	       (f->until[0] == '\0' || strcmp(day, f->until) <= 0);
}

static const struct jx_form *form_of(const jx_pack *pack, const char *id)
{
	const struct jx_form *form = pack == NULL ? NULL : jx_pack_form_find(pack, id);

	/* by its id; a name or an alias is a person's word */
	return form != NULL && strcmp(form->id, id) == 0 ? form : NULL;
}

static jx_rc take_place(void *user, const struct jx_office__place *p, struct jx_error *err)
{
	struct walk *w = user;
	struct jx_office__counted c = {.place = p, .e = &w->e, .day = w->day};
	bool is_out = false, is_in = true;
	jx_rc rc = read_entry(w, p, &w->line, &w->item, &w->e, err);

	if (rc != JX_OK || w->e.answers.data == NULL)
		return rc == JX_ENOTFOUND ? JX_OK : rc;
	c.marks = w->item.marks;
	c.pack = jx_office__pack_of(w->desk, &w->e);
	c.form = form_of(c.pack, w->e.form);
	if ((c.form != NULL && c.form->is_observation) || !is_wanted(w->filter, &c))
		return JX_OK;
	jx_strcpy(w->day, sizeof(w->day), w->e.day);
	rc = is_revised(w, w->e.id, &is_out, err);
	if (rc == JX_OK && !is_out && w->e.kind == JX_KIND_CORRECTION)
		rc = holds(w, &is_in, err);
	is_in = is_in && is_in_period(w->filter, w->day);
	return rc == JX_OK && !is_out && is_in ? w->fn(w->user, &c, err) : rc;
}

jx_rc jx_office__each_check(struct jx_office__desk *desk, const struct jx_office__filter *filter,
			    jx_office__counted_fn fn, void *user, struct jx_error *err)
{
	JX_CLEANUP(free_walk) struct walk *w = jx_xcalloc(1, sizeof(*w));

	w->desk = desk;
	w->filter = filter;
	w->fn = fn;
	w->user = user;
	jx_buf_init(&w->line, JX_OFFICE__LINE_MAX + 1);
	jx_buf_init(&w->other_line, JX_OFFICE__LINE_MAX + 1);
	return jx_office__index_each_of_period(
		desk->index, filter->since[0] == '\0' ? "0000-00-00" : filter->since,
		filter->until[0] == '\0' ? "9999-99-99" : filter->until, take_place, w, err);
}
