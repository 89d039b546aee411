/* Which pictures show one spot before and after it was put right. */
#include "pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE "office.pairs"

void office_free_pairs(struct office_pairs *pairs)
{
	free(pairs->pair);
	*pairs = (struct office_pairs){.pair = NULL};
}

/* One walk over entries: first for pictures of after, then for the pictures of before that they name. */
struct walk {
	struct jx_office__desk *desk;
	const struct jx_office__filter *filter;
	struct office_pairs *pairs;
	size_t *by_before; /* second walk: places in pairs, by hash of before */
	size_t missing;
	struct jx_item item;
	struct jx_entry e;
	jx_buf line;
};

static void free_walk(struct walk **w)
{
	jx_buf_done(&(*w)->line);
	free((*w)->by_before);
	free(*w);
}

/* JX_ENOTFOUND: not to be looked at: of a fork, erased, corrected or withdrawn. */
static jx_rc read_entry(struct walk *w, const struct jx_office__place *p, struct jx_error *err)
{
	char revised[JX_OFFICE__NUMBER_MAX];
	jx_rc rc;

	if (p->is_fork)
		return JX_ENOTFOUND;
	rc = jx_office__journal_read(&w->desk->journal, p->pos, p->len, &w->line, err);
	if (rc == JX_OK)
		rc = jx_item_read((struct jx_bytes){w->line.data, w->line.len}, &w->item, err);
	if (rc != JX_OK)
		return rc;
	if (w->item.entry.data == NULL ||
	    jx_entry_decode(w->item.entry.data, w->item.entry.len, &w->e, NULL) != JX_OK)
		return JX_ENOTFOUND;
	rc = jx_office__index_replaced_by(w->desk->index, w->e.id, revised, err);
	return rc == JX_OK && revised[0] != '\0' ? JX_ENOTFOUND : rc;
}

static void add_position(const struct jx_entry *e, struct office_picture *out)
{
	jx_buf b;

	jx_buf_init(&b, sizeof(out->place));
	jx_office__add_e7(&b, e->fix.lat_wgs84_e7);
	jx_buf_adds(&b, ", ");
	jx_office__add_e7(&b, e->fix.lon_wgs84_e7);
	jx_buf_adds(&b, " (WGS-84)");
	if (b.rc == JX_OK)
		jx_strcpy(out->place, sizeof(out->place), b.data);
	jx_buf_done(&b);
}

static void describe(const struct walk *w, const struct jx_office__place *p, const struct jx_photo_ref *photo,
		     struct office_picture *out)
{
	const struct jx_entry *e = &w->e;
	const jx_pack *pack = jx_office__pack_of(w->desk, e);
	struct jx_answers_brief brief = {.result = ""};
	const char *name;

	memset(out, 0, sizeof(*out));
	memcpy(out->sha256, photo->sha256, sizeof(out->sha256));
	jx_strcpy(out->day, sizeof(out->day), e->day);
	jx_office__number(p->writer, p->short_code, p->n, out->number);
	jx_strcpy(out->person, sizeof(out->person), e->person);
	jx_strcpy(out->how, sizeof(out->how), photo->how);
	/* the file's own time, where it is known: a picture may be older than its entry */
	out->taken_utc_ms = photo->taken_utc_ms > 0 ? photo->taken_utc_ms : e->taken_utc_ms;
	if (e->answers.data != NULL)
		(void)jx_form_brief_as(pack, e->form, e->day, e->answers.data, e->answers.len, &brief, NULL);
	name = jx_text_pick(&(struct jx_text){brief.name_zh, brief.name_en});
	jx_strcpy(out->what, sizeof(out->what), name[0] != '\0' ? name : brief.code);
	if (e->street[0] != '\0' || e->grid[0] != '\0')
		(void)snprintf(out->place, sizeof(out->place), "%s%s%s", e->street,
			       e->street[0] != '\0' && e->grid[0] != '\0' ? "  " : "", e->grid);
	else if (e->has_place && e->fix.source != JX_FIX_NONE)
		add_position(e, out);
}

static jx_rc add_pair(struct walk *w, const struct jx_office__place *p, const struct jx_photo_ref *after,
		      const struct jx_photo_ref *before, struct jx_error *err)
{
	struct office_pairs *pairs = w->pairs;
	struct office_pair *pair;

	if (pairs->count == OFFICE_PAIRS_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "there are more than %d pairs: choose a shorter period or an area",
			       OFFICE_PAIRS_MAX);
	if (pairs->count == pairs->cap) {
		pairs->cap = pairs->cap == 0 ? 64 : 2 * pairs->cap;
		pairs->pair = jx_xreallocarray(pairs->pair, pairs->cap, sizeof(*pairs->pair));
	}
	pair = &pairs->pair[pairs->count++];
	memset(pair, 0, sizeof(*pair));
	describe(w, p, after, &pair->after);
	if (before != NULL)
		describe(w, p, before, &pair->before);
	else
		memcpy(pair->before.sha256, after->before_sha256, JX_HASH_BYTES);
	return JX_OK;
}

static const struct jx_photo_ref *only_of_role(const struct jx_entry *e, const char *role)
{
	const struct jx_photo_ref *found = NULL;

	for (size_t i = 0; i < e->photo_count; i++) {
		if (strcmp(e->photos[i].role, role) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = &e->photos[i];
	}
	return found;
}

static bool is_wanted(const struct jx_office__filter *filter, const struct jx_entry *e)
{
	/* corrections come from any day */
	return (filter->since[0] == '\0' || strcmp(e->day, filter->since) >= 0) &&
	       (filter->until[0] == '\0' || strcmp(e->day, filter->until) <= 0) &&
	       strncmp(e->area, filter->area, strlen(filter->area)) == 0 &&
	       (filter->grid[0] == '\0' || strcmp(e->grid, filter->grid) == 0);
}

static jx_rc take_after(void *user, const struct jx_office__place *p, struct jx_error *err)
{
	struct walk *w = user;
	jx_rc rc = read_entry(w, p, err);

	if (rc != JX_OK || !is_wanted(w->filter, &w->e))
		return rc == JX_ENOTFOUND ? JX_OK : rc;
	for (size_t i = 0; rc == JX_OK && i < w->e.photo_count; i++) {
		const struct jx_photo_ref *photo = &w->e.photos[i];
		const struct jx_photo_ref *before = only_of_role(&w->e, "before");

		if (strcmp(photo->role, "after") != 0)
			continue;
		if (jx_photo_has_before(photo))
			rc = add_pair(w, p, photo, NULL, err);
		else if (before != NULL && only_of_role(&w->e, "after") == photo)
			rc = add_pair(w, p, photo, before, err);
	}
	return rc;
}

static int compare_hash(const struct office_pairs *pairs, size_t a, const uint8_t *hash)
{
	return memcmp(pairs->pair[a].before.sha256, hash, JX_HASH_BYTES);
}

static int by_hash(const void *a, const void *b, void *user)
{
	const struct office_pairs *pairs = user;
	size_t x, y;
	int order;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	order = compare_hash(pairs, x, pairs->pair[y].before.sha256);
	return order != 0 ? order : (x > y) - (x < y);
}

static size_t first_of(const struct walk *w, const uint8_t *hash)
{
	size_t low = 0, high = w->pairs->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (compare_hash(w->pairs, w->by_before[middle], hash) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first entry that lists it is the one that saw the spot as it was. */
static jx_rc take_before(void *user, const struct jx_office__place *p, struct jx_error *err)
{
	struct walk *w = user;
	const jx_rc rc = read_entry(w, p, err);

	if (rc != JX_OK)
		return rc == JX_ENOTFOUND ? JX_OK : rc;
	for (size_t i = 0; i < w->e.photo_count; i++) {
		const uint8_t *hash = w->e.photos[i].sha256;

		for (size_t k = first_of(w, hash);
		     k < w->pairs->count && compare_hash(w->pairs, w->by_before[k], hash) == 0; k++) {
			struct office_picture *before = &w->pairs->pair[w->by_before[k]].before;

			if (before->day[0] == '\0')
				describe(w, p, &w->e.photos[i], before);
		}
	}
	return JX_OK;
}

jx_rc office_find_pairs(struct jx_office__desk *desk, const struct jx_office__filter *filter,
			struct office_pairs *out, struct jx_error *err)
{
	JX_CLEANUP(free_walk) struct walk *w = jx_xcalloc(1, sizeof(*w));
	jx_rc rc;

	*w = (struct walk){.desk = desk, .filter = filter, .pairs = out};
	jx_buf_init(&w->line, JX_OFFICE__LINE_MAX + 1);
	rc = jx_office__index_each_of_period(
		desk->index, filter->since[0] == '\0' ? "0000-00-00" : filter->since,
		filter->until[0] == '\0' ? "9999-99-99" : filter->until, take_after, w, err);
	if (rc != JX_OK || out->count == 0)
		return rc;
	w->by_before = jx_xcalloc(out->count, sizeof(*w->by_before));
	for (size_t i = 0; i < out->count; i++)
		w->by_before[i] = i;
	qsort_r(w->by_before, out->count, sizeof(*w->by_before), by_hash, out);
	return jx_office__index_each_of_period(desk->index, "0000-00-00", "9999-99-99", take_before, w, err);
}
