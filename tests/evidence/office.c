#include "office.h"

#include <stdio.h>
#include <stdlib.h>

#include "../unit/model/samples.h"

static void office_shorten(struct office_folder *f)
{
	assert_int_equal(f->t.count, 3); /* keys, the writer's enrolment, its receipt */
	free(f->t.line[0]);
	free(f->t.line[2]);
	f->t.line[0] = f->t.line[1];
	f->t.len[0] = f->t.len[1];
	f->t.count = 1;
}

void office_init(struct office_folder *f, struct evidence *e, const char *part, int64_t count)
{
	struct jx_entry entry;

	memset(f, 0, sizeof(*f));
	f->e = e;
	f->part = part;
	f->dir = jx_test_folder();
	town_init(&f->t);
	memcpy(f->trust.keys[0], f->t.pub, JX_PUB_BYTES);
	f->trust.count = 1;
	town_enrol(&f->t, 0, "H07", "field");
	/* the keys item and the server's receipt for itself cost two signatures each time, and nothing hangs on them */
	if (!e->has_photo_receipts)
		office_shorten(f);
	for (int64_t i = 1; i <= count; i++) {
		evidence_entry(e, &entry);
		if (i % 2 == 0) {
			struct jx_photo_ref *p = &entry.photos[entry.photo_count++];

			memset(p, 0, sizeof(*p));
			p->size_bytes = 1000;
			jx_strcpy(p->type, sizeof(p->type), "image/jpeg");
			jx_strcpy(p->role, sizeof(p->role), "close");
			jx_strcpy(p->how, sizeof(p->how), "camera");
			e->rand.rand.fill(e->rand.rand.user, p->sha256, JX_HASH_BYTES);
		}
		town_add(&f->t, 0, &entry, i % 2 == 0 || i == count);
		if (i % 2 == 0 && e->has_photo_receipts)
			town_photo_receipt(&f->t, 0, entry.photos[0].sha256);
	}
	town_write(&f->t, f->dir);
}

void office_done(struct office_folder *f)
{
	town_done(&f->t);
	jx_test_folder_remove(f->dir);
}

void office_look(struct office_folder *f, const char *what, size_t line)
{
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};

	if (jx_office__verify(jx_os_fs(), f->dir, &f->trust, &v, &err) != JX_OK)
		return; /* it could not even be read: that is said, too */
	if (v.damage == 0)
		evidence_missed(f->e, f->part, what);
	else if (line != 0 && v.first_line != (int64_t)line)
		evidence_misplaced(f->e, f->part, what, v.first_text);
}

void office_look_untouched(struct office_folder *f, int64_t entries)
{
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};

	town_write(&f->t, f->dir);
	jx_assert_ok(jx_office__verify(jx_os_fs(), f->dir, &f->trust, &v, &err), &err);
	/* and one entry of the server, that introduces the writer */
	if (v.damage != 0 || v.entries != entries + 1 || v.receipts == 0 ||
	    (f->e->has_photo_receipts && v.photo_receipts == 0))
		evidence_disturbed(f->e, f->part, v.first_text);
}

bool office_is(const struct office_folder *f, size_t i, const char *kind)
{
	char text[40];

	(void)snprintf(text, sizeof(text), "{\"kind\":\"%s\"", kind);
	return strncmp(f->t.line[i], text, strlen(text)) == 0;
}
