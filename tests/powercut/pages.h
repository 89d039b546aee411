/* pages.h - bytes of a file in shared pages: a copy costs a table of pointers, a write copies the pages it touches. */
#ifndef POWERCUT_PAGES_H
#define POWERCUT_PAGES_H

#include "jiexun/base.h"

#define PC_PAGE_BYTES 4096

struct pc_page;

struct pc_pages {
	struct pc_page **page; /* NULL: zeros */
	size_t count, cap;
	int64_t size_bytes;
};

void pc_pages_done(struct pc_pages *p);
/* Make to the same as from. */
void pc_pages_copy(struct pc_pages *to, const struct pc_pages *from);
void pc_pages_write(struct pc_pages *p, int64_t offset, const void *data, size_t len);
void pc_pages_resize(struct pc_pages *p, int64_t size_bytes);
/* How many of the bytes are there. */
size_t pc_pages_read(const struct pc_pages *p, int64_t offset, void *out, size_t len);
void pc_pages_sha256(const struct pc_pages *p, uint8_t out[JX_HASH_BYTES]);
bool pc_pages_equal(const struct pc_pages *p, const void *data, size_t len);

#endif
