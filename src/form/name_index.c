#include "name_index.h"

#include <stdlib.h>
#include <string.h>

jx_rc jx_form__index_init(struct jx_form__index *index, size_t keys, struct jx_error *err)
{
	size_t slots = 16;

	while (slots < 2 * keys)
		slots *= 2;
	index->slots = calloc(slots, sizeof(*index->slots));
	if (index->slots == NULL)
		return jx_fail(err, JX_ENOMEM, 0, "form.pack",
			       "no memory for the names of a pack: close other programs");
	index->slot_count = slots;
	return JX_OK;
}

void jx_form__index_done(struct jx_form__index *index)
{
	free(index->slots);
	memset(index, 0, sizeof(*index));
}

/* FNV-1a, 64 bit */
static uint64_t hash(const char *key)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *key != '\0'; key++)
		h = (h ^ (uint8_t)*key) * UINT64_C(1099511628211);
	return h ^ (h >> 32);
}

static struct jx_form__slot *slot_of(const struct jx_form__index *index, const char *key, uint64_t h)
{
	const uint32_t mark = (uint32_t)(h >> 32);
	size_t at = (size_t)h & (index->slot_count - 1);

	while (index->slots[at].key != NULL &&
	       (index->slots[at].mark != mark || strcmp(index->slots[at].key, key) != 0))
		at = (at + 1) & (index->slot_count - 1);
	return &index->slots[at];
}

uint32_t jx_form__index_add(struct jx_form__index *index, const char *key, uint32_t value)
{
	const uint64_t h = hash(key);
	struct jx_form__slot *slot = slot_of(index, key, h);
	const uint32_t before = slot->key == NULL ? JX_FORM__NONE : slot->value;

	if (slot->key != NULL && before != value)
		value = JX_FORM__AMBIGUOUS;
	slot->key = key;
	slot->mark = (uint32_t)(h >> 32);
	slot->value = value;
	return before;
}

uint32_t jx_form__index_find(const struct jx_form__index *index, const char *key)
{
	const struct jx_form__slot *slot;

	if (index->slot_count == 0)
		return JX_FORM__NONE;
	slot = slot_of(index, key, hash(key));
	return slot->key == NULL ? JX_FORM__NONE : slot->value;
}
