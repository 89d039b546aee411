/* What cannot wait, of all that a pull brought: told before anything else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

#define NAMES_MAX 64 /* kinds of report that cannot wait, of all versions of all packs */
#define SHOWN_MAX 20 /* more than that is a list to look at, not a message */

struct urgent {
	struct office *o;
	struct jx_office__desk *desk;
	jx_buf *json;
	int64_t count;
	bool reads_all;
	char *names[NAMES_MAX]; /* "\"form\":\"ID\"" of each form that cannot wait */
	size_t name_count;
	struct jx_item item;
	struct jx_entry e;
};

static void free_urgent(struct urgent **u)
{
	for (size_t i = 0; i < (*u)->name_count; i++)
		free((*u)->names[i]);
	free(*u);
}

/* False: there are more than are kept, and each line is read. */
static bool note_names(struct urgent *u)
{
	for (size_t i = 0; i < jx_packs_count(u->desk->packs); i++) {
		const jx_pack *pack = jx_packs_at(u->desk->packs, i);

		for (size_t k = 0; k < jx_pack_form_count(pack); k++) {
			const struct jx_form *form = jx_pack_form_at(pack, k);

			if (!form->is_at_once)
				continue;
			if (u->name_count == NAMES_MAX)
				return false;
			u->names[u->name_count++] = jx_xasprintf("\"form\":\"%s\"", form->id);
		}
	}
	return true;
}

/* Most lines are of nothing that cannot wait, and reading each is as much as all the rest of a pull. What has escapes is read. */
static bool may_be_urgent(const struct urgent *u, const char *line, size_t len)
{
	if (u->reads_all || memchr(line, '\\', len) != NULL)
		return true;
	for (size_t i = 0; i < u->name_count; i++)
		if (memmem(line, len, u->names[i], strlen(u->names[i])) != NULL)
			return true;
	return false;
}

static void tell(struct urgent *u, const struct jx_form *form, const char *number)
{
	const struct jx_entry *e = &u->e;
	char time[32];

	if (u->json != NULL) {
		jx_buf_addf(u->json,
			    "%s{\"number\":\"%s\",\"form\":\"%s\",\"name_zh\":", u->count > 1 ? "," : "",
			    number, form->id);
		jx_buf_add_json(u->json, form->name.zh, strlen(form->name.zh));
		jx_buf_adds(u->json, ",\"name_en\":");
		jx_buf_add_json(u->json, form->name.en, strlen(form->name.en));
		jx_buf_addf(u->json, ",\"day\":\"%s\",\"taken_utc_ms\":%lld,\"street\":", e->day,
			    (long long)e->taken_utc_ms);
		jx_buf_add_json(u->json, e->street, strlen(e->street));
		jx_buf_addc(u->json, '}');
		return;
	}
	if (u->count > SHOWN_MAX)
		return;
	office_time(e->taken_utc_ms, NULL, time, sizeof(time));
	office_say(u->o, _("! at once: %s  %s  %s  %s %s"), number, jx_text_pick(&form->name), time,
		   e->street, e->grid);
}

/* Still the newest word: neither corrected nor withdrawn by what came with it. */
static jx_rc take_entry(struct urgent *u, struct jx_error *err)
{
	const jx_pack *pack = jx_office__pack_of(u->desk, &u->e);
	const struct jx_form *form = pack != NULL ? jx_pack_form_find(pack, u->e.form) : NULL;
	uint8_t writer[JX_ID_BYTES];
	char number[JX_OFFICE__NUMBER_MAX];
	int64_t n;
	jx_rc rc;

	if (form == NULL || !form->is_at_once || u->item.is_fork)
		return JX_OK;
	rc = jx_office__index_revised_by(u->desk->index, u->e.id, writer, &n, err);
	if (rc != JX_ENOTFOUND)
		return rc;
	rc = jx_office__index_number_of(u->desk->index, u->e.id, number, err);
	if (rc != JX_OK)
		return rc;
	u->count++;
	tell(u, form, number);
	return JX_OK;
}

static jx_rc take_line(void *user, int64_t pos, int64_t number, const char *line, size_t len,
		       struct jx_error *err)
{
	struct urgent *u = user;

	(void)pos;
	(void)number;
	if (!may_be_urgent(u, line, len))
		return JX_OK;
	/* what cannot be read is verify's to tell */
	if (jx_item_read((struct jx_bytes){line, len}, &u->item, NULL) != JX_OK ||
	    u->item.entry.data == NULL ||
	    jx_entry_decode(u->item.entry.data, u->item.entry.len, &u->e, NULL) != JX_OK ||
	    (u->e.kind != JX_KIND_OBSERVATION && u->e.kind != JX_KIND_CORRECTION))
		return JX_OK;
	return take_entry(u, err);
}

jx_rc office_tell_at_once(struct office *o, struct jx_office__desk *desk, int64_t from, jx_buf *json,
			  int64_t *count_out, struct jx_error *err)
{
	const struct jx_office__journal *j = &desk->journal;
	JX_CLEANUP(free_urgent) struct urgent *u = jx_xcalloc(1, sizeof(*u));
	jx_rc rc = jx_office__desk_index(desk, err);

	u->o = o;
	u->desk = desk;
	u->json = json;
	u->reads_all = !note_names(u);
	if (rc == JX_OK && j->file != NULL && from < j->state.journal_bytes)
		rc = jx_office__each_line(j->fs, j->file, j->path, from, j->state.journal_bytes, take_line, u,
					  err);
	if (rc == JX_OK && json == NULL && u->count > SHOWN_MAX)
		office_say(o, _("! at once: %lld more; jx-office checks lists them first"),
			   (long long)(u->count - SHOWN_MAX));
	*count_out = u->count;
	return rc;
}
