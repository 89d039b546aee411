/* Shared by devices and servers: growing lists, photos, files. */
#include "look_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pc_seen_done(struct pc_seen *s)
{
	free(s->writer);
	free(s->entry);
	free(s->photo);
	free(s->good_photo);
	memset(s, 0, sizeof(*s));
}

static bool is_same(const void *a, const void *b, int32_t count, size_t size)
{
	return count == 0 || memcmp(a, b, (size_t)count * size) == 0;
}

bool pc_seen_equal(const struct pc_seen *a, const struct pc_seen *b)
{
	return strcmp(a->damage, b->damage) == 0 && a->is_there == b->is_there &&
	       a->writer_count == b->writer_count && a->entry_count == b->entry_count &&
	       a->photo_count == b->photo_count && a->good_photo_count == b->good_photo_count &&
	       is_same(a->writer, b->writer, a->writer_count, sizeof(*a->writer)) &&
	       is_same(a->entry, b->entry, a->entry_count, sizeof(*a->entry)) &&
	       is_same(a->photo, b->photo, a->photo_count, sizeof(*a->photo)) &&
	       is_same(a->good_photo, b->good_photo, a->good_photo_count, sizeof(*a->good_photo));
}

void pc__damage(struct pc_seen *s, const char *what, const char *text)
{
	if (s->damage[0] == '\0')
		(void)snprintf(s->damage, sizeof(s->damage), "%s: %s", what, text);
}

/* Lists double at powers of two, so no capacity is kept. */
static void *room(void *list, int32_t count, size_t size)
{
	if (count > 0 && (count & (count - 1)) != 0)
		return list;
	return jx_xreallocarray(list, count == 0 ? 1 : (size_t)count * 2, size);
}

struct pc_seen_writer *pc__add_writer(struct pc_seen *s)
{
	s->writer = room(s->writer, s->writer_count, sizeof(*s->writer));
	memset(&s->writer[s->writer_count], 0, sizeof(*s->writer));
	s->writer[s->writer_count].entry_first = s->entry_count;
	return &s->writer[s->writer_count++];
}

struct pc_seen_entry *pc__add_entry(struct pc_seen *s)
{
	s->entry = room(s->entry, s->entry_count, sizeof(*s->entry));
	memset(&s->entry[s->entry_count], 0, sizeof(*s->entry));
	s->entry[s->entry_count].photo_first = s->photo_count;
	return &s->entry[s->entry_count++];
}

void pc__add_photo(struct pc_seen *s, const uint8_t sha256[JX_HASH_BYTES])
{
	s->photo = room(s->photo, s->photo_count, sizeof(*s->photo));
	memcpy(s->photo[s->photo_count++], sha256, JX_HASH_BYTES);
}

void pc__add_good_photo(struct pc_seen *s, const uint8_t sha256[JX_HASH_BYTES])
{
	s->good_photo = room(s->good_photo, s->good_photo_count, sizeof(*s->good_photo));
	memcpy(s->good_photo[s->good_photo_count++], sha256, JX_HASH_BYTES);
}

bool pc_look_file(const struct pc_image *image, const char *path, const uint8_t sha256[JX_HASH_BYTES])
{
	const struct pc_entry *e = pc_image_find(image, path);
	uint8_t found[JX_HASH_BYTES];

	if (e == NULL || e->file == NULL)
		return false;
	pc_pages_sha256(&e->file->pages, found);
	return memcmp(found, sha256, sizeof(found)) == 0;
}

bool pc__is_photo_good(const struct pc_host *h, const char *folder, const uint8_t sha256[JX_HASH_BYTES])
{
	char hex[2 * JX_HASH_BYTES + 1], path[512];

	jx_hex(sha256, JX_HASH_BYTES, hex);
	(void)snprintf(path, sizeof(path), "%s/photos/%.2s/%s", folder, hex, hex);
	return pc_look_file(&h->image, path, sha256);
}
