#include "pages.h"

#include <stdlib.h>
#include <string.h>

struct pc_page {
	uint32_t refs;
	uint8_t bytes[PC_PAGE_BYTES];
};

static const uint8_t ZEROS[PC_PAGE_BYTES];

static void drop(struct pc_page *g)
{
	if (g != NULL && --g->refs == 0)
		free(g);
}

static void drop_from(struct pc_pages *p, size_t first)
{
	while (p->count > first)
		drop(p->page[--p->count]);
}

void pc_pages_done(struct pc_pages *p)
{
	drop_from(p, 0);
	free(p->page);
	*p = (struct pc_pages){.page = NULL};
}

static void make_room(struct pc_pages *p, size_t count)
{
	if (count > p->cap) {
		p->cap = count < 8 ? 8 : count + count / 2;
		p->page = jx_xreallocarray(p->page, p->cap, sizeof(struct pc_page *));
	}
}

void pc_pages_copy(struct pc_pages *to, const struct pc_pages *from)
{
	make_room(to, from->count);
	for (size_t i = 0; i < from->count; i++)
		if (from->page[i] != NULL)
			from->page[i]->refs++;
	drop_from(to, 0);
	if (from->count > 0)
		memcpy(to->page, from->page, from->count * sizeof(struct pc_page *));
	to->count = from->count;
	to->size_bytes = from->size_bytes;
}

/* A page of our own at index i. */
static struct pc_page *own(struct pc_pages *p, size_t i)
{
	struct pc_page *g = p->page[i];

	if (g != NULL && g->refs == 1)
		return g;
	g = jx_xmalloc(sizeof(*g));
	g->refs = 1;
	memcpy(g->bytes, p->page[i] == NULL ? ZEROS : p->page[i]->bytes, PC_PAGE_BYTES);
	drop(p->page[i]);
	p->page[i] = g;
	return g;
}

static size_t pages_for(int64_t bytes)
{
	return (size_t)((bytes + PC_PAGE_BYTES - 1) / PC_PAGE_BYTES);
}

static void grow(struct pc_pages *p, int64_t size_bytes)
{
	const size_t count = pages_for(size_bytes);

	make_room(p, count);
	while (p->count < count)
		p->page[p->count++] = NULL;
	if (size_bytes > p->size_bytes)
		p->size_bytes = size_bytes;
}

void pc_pages_write(struct pc_pages *p, int64_t offset, const void *data, size_t len)
{
	const uint8_t *from = data;

	if (len == 0)
		return;
	grow(p, offset + (int64_t)len);
	while (len > 0) {
		const size_t i = (size_t)(offset / PC_PAGE_BYTES), at = (size_t)(offset % PC_PAGE_BYTES);
		const size_t n = len < PC_PAGE_BYTES - at ? len : PC_PAGE_BYTES - at;

		if (n == PC_PAGE_BYTES && p->page[i] == NULL && memcmp(from, ZEROS, n) == 0) {
			/* stays a hole */
		} else {
			memcpy(own(p, i)->bytes + at, from, n);
		}
		from += n;
		offset += (int64_t)n;
		len -= n;
	}
}

void pc_pages_resize(struct pc_pages *p, int64_t size_bytes)
{
	const size_t at = (size_t)(size_bytes % PC_PAGE_BYTES);

	if (size_bytes >= p->size_bytes) {
		grow(p, size_bytes);
		return;
	}
	drop_from(p, pages_for(size_bytes));
	p->size_bytes = size_bytes;
	/* what grows back reads as zeros */
	if (at > 0 && p->page[p->count - 1] != NULL)
		memset(own(p, p->count - 1)->bytes + at, 0, PC_PAGE_BYTES - at);
}

size_t pc_pages_read(const struct pc_pages *p, int64_t offset, void *out, size_t len)
{
	uint8_t *to = out;
	size_t got = 0;

	while (got < len && offset < p->size_bytes) {
		const size_t i = (size_t)(offset / PC_PAGE_BYTES), at = (size_t)(offset % PC_PAGE_BYTES);
		size_t n = len - got < PC_PAGE_BYTES - at ? len - got : PC_PAGE_BYTES - at;

		if ((int64_t)n > p->size_bytes - offset)
			n = (size_t)(p->size_bytes - offset);
		memcpy(to + got, p->page[i] == NULL ? ZEROS + at : p->page[i]->bytes + at, n);
		got += n;
		offset += (int64_t)n;
	}
	return got;
}

void pc_pages_sha256(const struct pc_pages *p, uint8_t out[JX_HASH_BYTES])
{
	JX_AUTO(jx_sha256_state) hash = jx_sha256_new();
	int64_t left = p->size_bytes;

	for (size_t i = 0; i < p->count; i++) {
		const size_t n = left < PC_PAGE_BYTES ? (size_t)left : PC_PAGE_BYTES;

		jx_sha256_add(hash, p->page[i] == NULL ? ZEROS : p->page[i]->bytes, n);
		left -= (int64_t)n;
	}
	jx_sha256_end(hash, out);
}

bool pc_pages_equal(const struct pc_pages *p, const void *data, size_t len)
{
	const uint8_t *with = data;

	if (p->size_bytes != (int64_t)len)
		return false;
	for (size_t i = 0, at = 0; at < len; i++, at += PC_PAGE_BYTES) {
		const size_t n = len - at < PC_PAGE_BYTES ? len - at : PC_PAGE_BYTES;

		if (memcmp(p->page[i] == NULL ? ZEROS : p->page[i]->bytes, with + at, n) != 0)
			return false;
	}
	return true;
}
