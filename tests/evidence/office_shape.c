/* The office: lines removed, exchanged, put in, forged, cut off. The length in state.json is made to fit, but for truncations. */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/model/samples.h"
#include "office.h"

#define PART "office-shape"
#define LOG  20

static void exchange(struct town *t, size_t a, size_t b)
{
	char *line = t->line[a];
	const size_t len = t->len[a];

	t->line[a] = t->line[b];
	t->len[a] = t->len[b];
	t->line[b] = line;
	t->len[b] = len;
}

/* The line at `from` goes to `to`. */
static void move(struct town *t, size_t from, size_t to)
{
	for (; from > to; from--)
		exchange(t, from, from - 1);
	for (; from < to; from++)
		exchange(t, from, from + 1);
}

static bool begin_change(struct office_folder *f, char what[96], const char *how, size_t a, size_t b)
{
	if (!evidence_next(f->e))
		return false;
	(void)snprintf(what, 96, "%s line %zu %zu", how, a + 1, b + 1);
	return true;
}

static void look(struct office_folder *f, const char *what)
{
	town_write(&f->t, f->dir);
	office_look(f, what, 0);
}

static void take_out(struct office_folder *f, size_t i)
{
	struct town *t = &f->t;
	char what[96];

	if (!begin_change(f, what, "entry removed:", i, i))
		return;
	move(t, i, t->count - 1);
	t->count--;
	look(f, what);
	t->count++;
	move(t, t->count - 1, i);
}

static void put_in(struct office_folder *f, size_t at, const char *line, size_t len, const char *what)
{
	struct town *t = &f->t;

	town_line(t, line, len);
	move(t, t->count - 1, at);
	look(f, what);
	move(t, at, t->count - 1);
	free(t->line[--t->count]);
}

static void put_in_copies(struct office_folder *f, size_t i, size_t other)
{
	const size_t places[] = {i + 1, other, f->t.count};
	char what[96];

	for (size_t k = 0; k < 3; k++)
		if (begin_change(f, what, "copy put in:", i, places[k])) {
			JX_AUTO_FREE char *line = jx_xstrdup(f->t.line[i]);

			put_in(f, places[k], line, strlen(line), what);
		}
}

static void exchange_lines(struct office_folder *f, size_t i, size_t k)
{
	char what[96];

	/* of one writer, and not the same */
	if (i == k || !office_is(f, k, "entry") || !begin_change(f, what, "entries exchanged:", i, k))
		return;
	exchange(&f->t, i, k);
	look(f, what);
	exchange(&f->t, i, k);
}

/* Somebody without the key goes on from the writer's head, or takes the place of its last entry. */
static void forge_end(struct office_folder *f, bool replaces)
{
	struct town *t = &f->t;
	const struct town_writer was = t->writer[0];
	const size_t count = t->count;
	struct jx_entry entry;
	char what[96];

	if (!begin_change(f, what, replaces ? "forged in place of the last" : "forged behind the last", count,
			  count))
		return;
	sample_key(88, t->writer[0].pub, t->writer[0].sec);
	evidence_entry(f->e, &entry);
	if (replaces)
		t->writer[0].n--; /* with a head that cannot fit, but the right number */
	town_add(t, 0, &entry, true);
	/* its receipt was signed by the town's server, which a forger cannot */
	free(t->line[--t->count]);
	look(f, what);
	while (t->count > count)
		free(t->line[--t->count]);
	t->writer[0] = was;
}

/* The journal ends earlier than what was counted. */
static void truncate_all(struct office_folder *f)
{
	struct town *t = &f->t;
	const size_t count = t->count;
	char what[96];

	for (size_t left = 0; left < count; left++) {
		if (begin_change(f, what, "journal cut off behind", left, count)) {
			town_write(t, f->dir);
			t->count = left;
			town_write_journal(t, f->dir);
			t->count = count;
			office_look(f, what, 0);
		}
		/* the count is made to fit, but a receipt pins the head */
		if (office_is(f, left, "entry") &&
		    begin_change(f, what, "tail of entries removed from", left, count)) {
			struct town shorter = *t;

			shorter.count = 0;
			for (size_t i = 0; i < count; i++)
				if (i < left || !office_is(f, i, "entry")) {
					shorter.line[shorter.count] = t->line[i];
					shorter.len[shorter.count++] = t->len[i];
				}
			town_write(&shorter, f->dir);
			office_look(f, what, 0);
		}
	}
}

static void change_folder(struct evidence *e)
{
	struct office_folder f;

	e->has_photo_receipts = true;
	office_init(&f, e, PART, LOG);
	office_look_untouched(&f, LOG);
	for (size_t i = 3; i < f.t.count; i++) {
		const size_t other = 3 + (size_t)jx_fake_rand_below(&e->rand, f.t.count - 3);

		if (!office_is(&f, i, "entry"))
			continue;
		e->bytes_seen += (int64_t)f.t.len[i];
		take_out(&f, i);
		put_in_copies(&f, i, other);
		exchange_lines(&f, i, other);
		for (size_t k = i + 1; k < f.t.count; k++)
			if (office_is(&f, k, "entry")) {
				exchange_lines(&f, i, k);
				break;
			}
	}
	forge_end(&f, false);
	forge_end(&f, true);
	truncate_all(&f);
	office_look_untouched(&f, LOG);
	office_done(&f);
}

void evidence_office_shape(struct evidence *e)
{
	for (int64_t i = 0; i < e->entries; i += LOG)
		change_folder(e);
}
