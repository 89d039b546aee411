/* jx-office pairs: the sheet of pictures before and after. */
#include "grades.h"
#include "pairs.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHERE          "office.pairs"
#define PAGE_BYTES_MAX ((size_t)64 * 1024 * 1024)

struct sheet {
	struct jx_office__desk desk;
	bool is_open;
	struct office_pairs pairs;
	struct office_pair_there *there;
	int64_t pictures, absent;
};

static void free_sheet(struct sheet **s)
{
	if ((*s)->is_open)
		jx_office__desk_close(&(*s)->desk);
	office_free_pairs(&(*s)->pairs);
	free((*s)->there);
	free(*s);
}

/* Instead of an original that is not here yet. False: there is none, or it cannot be decoded. */
static bool copy_small(const struct sheet *s, const char *dir, const struct office_picture *p)
{
	JX_AUTO_FREE char *from = jx_office__small_path(&s->desk, p->day, p->sha256);
	JX_AUTO_FREE char *to = NULL;
	struct jx_error ignored = {.code = JX_OK};
	char hex[2 * JX_HASH_BYTES + 1];
	JX_AUTO_BUF copy;

	jx_buf_init(&copy, JX_COPY_BYTES_MAX);
	jx_hex(p->sha256, JX_HASH_BYTES, hex);
	to = jx_xasprintf("%s/pictures/%s-small.jpg", dir, hex);
	return jx_office__has_small(&s->desk, from) &&
	       jx_media_copy_in_child(NULL, from, JX_COPY_SMALL, NULL, &copy, &ignored) == JX_OK &&
	       jx_fs_write_all(jx_os_fs(), to, copy.data, copy.len, &ignored) == JX_OK;
}

/* One that is not here yet, or that cannot be decoded, leaves its place on the sheet empty, and is counted. */
static jx_rc copy_picture(struct sheet *s, const char *dir, const struct office_picture *p,
			  enum office_there *there, struct jx_error *err)
{
	JX_AUTO_FREE char *from = NULL;
	JX_AUTO_FREE char *to = NULL;
	JX_AUTO_BUF copy;
	char hex[2 * JX_HASH_BYTES + 1];
	int64_t size_bytes = 0, modified_utc_ms = 0;
	const struct jx_fs *fs = jx_os_fs();
	jx_rc rc;

	jx_buf_init(&copy, JX_COPY_BYTES_MAX);
	*there = OFFICE_ABSENT;
	if (p->day[0] == '\0') {
		s->absent++;
		return JX_OK;
	}
	jx_hex(p->sha256, JX_HASH_BYTES, hex);
	to = jx_xasprintf("%s/pictures/%s.jpg", dir, hex);
	if (fs->stat(fs->user, to, &size_bytes, &modified_utc_ms, NULL) == JX_OK && size_bytes > 0) {
		*there = OFFICE_HERE;
		return JX_OK;
	}
	rc = jx_office__photo_path(&s->desk, p->day, p->sha256, &from, err);
	if (rc == JX_OK)
		rc = jx_media_copy_in_child(NULL, from, JX_COPY_SCREEN, NULL, &copy, err);
	if (rc == JX_ENOTFOUND || rc == JX_EINVAL || rc == JX_ELIMIT) {
		if (rc == JX_ENOTFOUND && copy_small(s, dir, p))
			*there = OFFICE_SMALL;
		s->absent++;
		return JX_OK;
	}
	if (rc == JX_OK)
		rc = jx_fs_write_all(fs, to, copy.data, copy.len, err);
	*there = rc == JX_OK ? OFFICE_HERE : OFFICE_ABSENT;
	s->pictures += rc == JX_OK;
	return rc;
}

static jx_rc copy_pictures(const struct office *o, struct sheet *s, const char *dir, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	s->there = jx_xcalloc(s->pairs.count + 1, sizeof(*s->there));
	for (size_t i = 0; rc == JX_OK && i < s->pairs.count; i++) {
		rc = copy_picture(s, dir, &s->pairs.pair[i].before, &s->there[i].before, err);
		if (rc == JX_OK)
			rc = copy_picture(s, dir, &s->pairs.pair[i].after, &s->there[i].after, err);
		if (!o->json && !o->quiet && isatty(STDERR_FILENO))
			fprintf(stderr, "\r%zu / %zu", i + 1, s->pairs.count);
	}
	if (!o->json && !o->quiet && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return rc;
}

static jx_rc write_page(const struct sheet *s, const char *dir, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/pairs.html", dir);
	const struct jx_clock *clock = jx_os_clock();
	JX_AUTO_BUF page;
	char now[32];
	jx_rc rc;

	jx_buf_init(&page, PAGE_BYTES_MAX);
	office_time(clock->utc_ms(clock->user), NULL, now, sizeof(now));
	office_pair_page(&s->pairs, s->there, now, &page);
	rc = jx_buf_check(&page, "pairs.html", err);
	return rc == JX_OK ? jx_fs_write_all(jx_os_fs(), path, page.data, page.len, err) : rc;
}

static void show(const struct office *o, const struct sheet *s, const char *dir)
{
	if (o->json) {
		struct jx_office__json j;

		jx_office__json_begin(&j);
		jx_office__json_bool(&j, "ok", true);
		jx_office__json_int(&j, "pairs", (int64_t)s->pairs.count);
		jx_office__json_int(&j, "pictures", s->pictures);
		jx_office__json_int(&j, "absent", s->absent);
		jx_office__json_str(&j, "output", dir);
		office_print(&j);
	}
	office_say(o, _("%zu pairs: open %s/pairs.html in a browser, or print it"), s->pairs.count, dir);
	if (s->absent > 0)
		office_say(
			o,
			_("%lld pictures are not here: their places are empty; pull, and make the sheet again"),
			(long long)s->absent);
}

int office_pairs(struct office *o, const struct office_args *a)
{
	const char *dir = office_value(a, "output");
	JX_CLEANUP(free_sheet) struct sheet *s = jx_xcalloc(1, sizeof(*s));
	struct jx_error err = {.code = JX_OK};
	struct jx_office__filter filter;
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *pictures = NULL;
	jx_rc rc;

	if (dir == NULL || dir[0] == '\0')
		rc = jx_fail(
			&err, JX_EINVAL, 0, WHERE,
			"field \"output\" is missing: say in which folder the sheet goes with --output DIR");
	else
		rc = jx_office__desk_open(fs, jx_os_clock(), o->dir, 10000, &s->desk, &err);
	s->is_open = rc == JX_OK;
	if (rc == JX_OK)
		rc = grade_filter(&s->desk, a, &filter, &err);
	if (rc == JX_OK)
		rc = office_find_pairs(&s->desk, &filter, &s->pairs, &err);
	if (rc == JX_OK) {
		pictures = jx_xasprintf("%s/pictures", dir);
		rc = fs->make_dir(fs->user, pictures, &err);
	}
	if (rc == JX_OK)
		rc = copy_pictures(o, s, dir, &err);
	if (rc == JX_OK)
		rc = write_page(s, dir, &err);
	if (rc != JX_OK)
		return office_fail(o, &err);
	show(o, s, dir);
	return 0;
}
