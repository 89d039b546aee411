/* The office: each byte of each line that is signed, or is a signature, or says whose it is. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "office.h"

#define PART "office-bytes"
#define LOG  2
/* as in device_bytes.c */
#define FULL_EVERY 20

struct span {
	size_t from, len;
};

/* The value of a member, without quotes; len 0 if it has none. An entry's object goes to the brace that closes it. */
static struct span member(const char *line, const char *name)
{
	char text[24];
	const char *at;
	struct span s = {0, 0};
	int depth = 0;

	(void)snprintf(text, sizeof(text), "\"%s\":", name);
	at = strstr(line, text);
	if (at == NULL)
		return s;
	at += strlen(text);
	if (*at == '"') {
		s.from = (size_t)(++at - line);
		for (; at[s.len] != '"'; s.len++)
			if (at[s.len] == '\\')
				s.len++;
		return s;
	}
	s.from = (size_t)(at - line);
	/* braces inside of strings are in pairs in what is made here */
	do {
		depth += at[s.len] == '{' ? 1 : at[s.len] == '}' ? -1 : 0;
		s.len++;
	} while (depth > 0);
	return s;
}

static void put_byte(int fd, off_t at, char byte)
{
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

static void change_span(struct office_folder *f, int fd, off_t start, size_t i, struct span s,
			const char *name)
{
	/* the same digit in the other case is the same signature, or writer */
	const bool is_hex = strcmp(name, "sig") == 0 || strcmp(name, "key") == 0;
	char what[96];

	for (size_t k = 0; k < s.len; k++) {
		const char was = f->t.line[i][s.from + k];

		if (!evidence_next(f->e))
			continue;
		(void)snprintf(what, sizeof(what), "line %zu, byte %zu of %s", i + 1, k, name);
		put_byte(fd, start + (off_t)(s.from + k),
			 (char)((unsigned char)was ^ (1u << (is_hex ? 0 : evidence_bit(f->e)))));
		office_look(f, what, 0);
		put_byte(fd, start + (off_t)(s.from + k), was);
	}
}

static void change_line(struct office_folder *f, int fd, off_t start, size_t i)
{
	static const char *const names[] = {"key", "entry", "text", "sig"};
	const char *line = f->t.line[i];

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		struct span span;

		/* the key of a keys item is any name */
		if (k == 0 && office_is(f, i, "keys"))
			continue;
		/* where an entry is there, "sig" stands behind it */
		if (strcmp(names[k], "entry") == 0 && !office_is(f, i, "entry"))
			continue;
		if (strcmp(names[k], "entry") == 0)
			f->e->bytes_seen += (int64_t)member(line, "entry").len;
		span = member(line, names[k]);
		/* what follows the writer's id in a photo-receipt's key is any name */
		if (k == 0 && office_is(f, i, "photo-receipt") && span.len > 36)
			span.len = 36;
		change_span(f, fd, start, i, span, names[k]);
	}
}

static void change_folder(struct evidence *e, bool is_full)
{
	struct office_folder f;
	JX_AUTO_FREE char *path = NULL;
	off_t start = 0;
	int fd;

	e->has_photo_receipts = is_full;
	office_init(&f, e, PART, LOG);
	office_look_untouched(&f, LOG);
	path = jx_xasprintf("%s/%s", f.dir, JX_OFFICE__JOURNAL);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t i = 0; i < f.t.count; i++) {
		if (is_full || (i > 0 && office_is(&f, i, "entry")))
			change_line(&f, fd, start, i);
		start += (off_t)f.t.len[i] + 1;
	}
	(void)close(fd);
	office_look_untouched(&f, LOG);
	office_done(&f);
}

void evidence_office_bytes(struct evidence *e)
{
	for (int64_t i = 0; i < e->entries; i += LOG)
		change_folder(e, i / LOG % FULL_EVERY == 0);
}
