/* A day's files, made from the journal by way of the index. Memory does not grow with the day. */
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

char *jx_office__day_dir(const char *dir, const char *day)
{
	return jx_xasprintf("%s/%s/%s", dir, JX_OFFICE__DAYS, day);
}

enum file {
	FILE_CSV,
	FILE_CSV_ZH,
	FILE_GEOJSON,
	FILE_SEQUENCE,
	FILE_FORKS,
	FILE_COUNT
};

/* Names are what people and programs look for; the quarantine's only exists where there is something in it. */
static const char *const names[FILE_COUNT] = {"observations.csv", "记录.csv", "observations.geojson",
					      "observations.geojsons", "quarantined.csv"};

struct export
{
	struct jx_office__desk *desk;
	struct jx_office__out out[FILE_COUNT];
	struct jx_item item;
	jx_json doc; /* of item */
	struct jx_office__row row;
	struct jx_office__cells cells; /* of row */
	jx_buf line;
	int64_t observations, features, forks;
};

static void free_export(struct export **x)
{
	for (size_t i = 0; i < FILE_COUNT; i++)
		if ((*x)->out[i].fs != NULL)
			jx_office__out_close(&(*x)->out[i]);
	jx_json_done(&(*x)->doc);
	jx_office__cells_done(&(*x)->cells);
	jx_buf_done(&(*x)->line);
	free(*x);
}

static jx_rc fill_links(struct export *x, struct jx_error *err)
{
	struct jx_office__row *row = &x->row;
	jx_rc rc = JX_OK;

	row->of_number[0] = row->replaced_by[0] = '\0';
	if (row->e.has_ref)
		rc = jx_office__index_number_of(x->desk->index, row->e.ref.id, row->of_number, err);
	if (rc == JX_OK && row->has_id)
		rc = jx_office__index_replaced_by(x->desk->index, row->e.id, row->replaced_by, err);
	return rc;
}

static bool is_at_once(const jx_pack *pack, const char *form_id)
{
	const struct jx_form *form = pack != NULL ? jx_pack_form_find(pack, form_id) : NULL;

	return form != NULL && form->is_at_once;
}

/* What can be read of the line; the rest of the row stays empty. */
/* A want of memory is no erasure: the list would be wrong and look right. */
static jx_rc fill_content(struct export *x, const struct jx_office__place *p, struct jx_error *err)
{
	struct jx_office__row *row = &x->row;
	const struct jx_item *item = &x->item;
	jx_rc rc = JX_EINVAL;

	if (item->entry.data != NULL) {
		jx_sha256(item->entry.data, item->entry.len, row->digest);
		rc = jx_office__read_entry(item, &x->doc, &row->e, err);
	} else {
		memcpy(row->digest, item->digest, sizeof(row->digest));
	}
	if (rc == JX_ENOMEM)
		return rc;
	row->has_id = rc == JX_OK;
	if (rc != JX_OK) { /* erased: what the index remembers */
		memset(&row->e, 0, sizeof(row->e));
		row->e.taken_utc_ms = p->taken_utc_ms;
	}
	row->e.kind = p->kind;
	row->e.n = p->n;
	memcpy(row->e.writer, p->writer, sizeof(row->e.writer));
	memset(&row->a, 0, sizeof(row->a));
	row->pack = jx_office__pack_of(x->desk, &row->e);
	if (row->e.answers.data != NULL)
		rc = jx_form_brief_as(row->pack, row->e.form, row->e.day, row->e.answers.data,
				      row->e.answers.len, &row->a, err);
	row->is_at_once = is_at_once(row->pack, row->e.form);
	row->unit = row->pack == NULL || row->a.unit[0] == '\0' ? NULL : jx_pack_unit(row->pack, row->a.unit);
	return rc == JX_ENOMEM ? rc : JX_OK;
}

static void write_row(struct export *x)
{
	jx_buf *json = &x->out[FILE_GEOJSON].b, *sequence = &x->out[FILE_SEQUENCE].b;
	const size_t before = json->len + (x->features > 0 ? 2 : 1);

	jx_office__csv_row(&x->out[FILE_CSV].b, &x->cells, false);
	jx_buf_adds(json, x->features++ > 0 ? ",\n" : "\n");
	jx_office__geojson_feature(json, &x->row.e, &x->cells);
	/* RFC 8142: a record separator before each text, a line feed after it */
	jx_buf_addc(sequence, '\x1e');
	if (json->rc == JX_OK)
		jx_buf_add(sequence, json->data + before, json->len - before);
	jx_buf_addc(sequence, '\n');
	jx_office__cells_translate(&x->cells, &x->row);
	jx_office__csv_row(&x->out[FILE_CSV_ZH].b, &x->cells, true);
}

static jx_rc take_place(void *user, const struct jx_office__place *p, struct jx_error *err)
{
	struct export *x = user;
	struct jx_office__row *row = &x->row;
	jx_rc rc = jx_office__journal_read(&x->desk->journal, p->pos, p->len, &x->line, err);

	if (rc == JX_OK)
		rc = jx_item_read_in((struct jx_bytes){x->line.data, x->line.len}, &x->doc, &x->item, err);
	if (rc != JX_OK)
		return rc;
	jx_office__number(p->writer, p->short_code, p->n, row->number);
	row->marks = x->item.entry.data == NULL && x->item.marks[0] == '\0' ? "erased" : x->item.marks;
	row->received_utc_ms = x->item.received_utc_ms;
	rc = fill_content(x, p, err);
	if (rc == JX_OK)
		rc = fill_links(x, err);
	if (rc != JX_OK)
		return rc;
	jx_office__cells_fill(&x->cells, row);
	if (p->is_fork) {
		x->forks++;
		jx_office__csv_row(&x->out[FILE_FORKS].b, &x->cells, false);
	} else {
		x->observations += p->kind == JX_KIND_OBSERVATION ? 1 : 0;
		write_row(x);
	}
	for (size_t i = 0; i < FILE_COUNT && rc == JX_OK; i++)
		rc = jx_office__out_flush(&x->out[i], false, err);
	return rc;
}

static jx_rc open_files(struct export *x, const char *dir, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < FILE_COUNT && rc == JX_OK; i++)
		rc = jx_office__out_open(x->desk->fs, dir, names[i], &x->out[i], err);
	if (rc != JX_OK)
		return rc;
	jx_office__csv_heading(&x->out[FILE_CSV].b, false);
	jx_office__csv_heading(&x->out[FILE_CSV_ZH].b, true);
	jx_office__csv_heading(&x->out[FILE_FORKS].b, false);
	jx_buf_adds(&x->out[FILE_GEOJSON].b,
		    "{\"type\":\"FeatureCollection\",\"name\":\"observations\",\"features\":[");
	return JX_OK;
}

static jx_rc publish_files(struct export *x, const char *dir, struct jx_error *err)
{
	const struct jx_fs *fs = x->desk->fs;
	jx_rc rc = JX_OK;

	jx_buf_adds(&x->out[FILE_GEOJSON].b, "\n]}\n");
	for (size_t i = 0; i < FILE_COUNT && rc == JX_OK; i++)
		if (i != FILE_FORKS || x->forks > 0)
			rc = jx_office__out_publish(&x->out[i], err);
	if (rc == JX_OK && x->forks == 0)
		(void)fs->remove(fs->user, x->out[FILE_FORKS].path, NULL);
	return rc == JX_OK ? fs->sync_dir(fs->user, dir, err) : rc;
}

jx_rc jx_office__export_day(struct jx_office__desk *desk, const char *day, int64_t *rows_out,
			    struct jx_error *err)
{
	JX_CLEANUP(free_export) struct export *x = jx_xcalloc(1, sizeof(*x));
	JX_AUTO_FREE char *dir = jx_office__day_dir(desk->dir, day);
	jx_rc rc;

	x->desk = desk;
	jx_office__cells_init(&x->cells);
	jx_buf_init(&x->line, JX_OFFICE__LINE_MAX + 1);
	rc = desk->fs->make_dir(desk->fs->user, dir, err);
	if (rc == JX_OK)
		rc = open_files(x, dir, err);
	if (rc == JX_OK)
		rc = jx_office__index_each_of_day(desk->index, day, take_place, x, err);
	if (rc == JX_OK)
		rc = publish_files(x, dir, err);
	if (rc == JX_OK)
		*rows_out = x->observations;
	return rc;
}
