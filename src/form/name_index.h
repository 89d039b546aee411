/* Hash table from names to numbers: codes, names and aliases of a pack are found without walking it. */
#ifndef JX_FORM_NAME_INDEX_H
#define JX_FORM_NAME_INDEX_H

#include "jiexun/base.h"

#define JX_FORM__NONE      UINT32_MAX
#define JX_FORM__AMBIGUOUS (UINT32_MAX - 1)

struct jx_form__slot {
	const char *key; /* not owned; NULL: free */
	uint32_t value;
	uint32_t mark; /* of the key: most others are told apart without looking at them */
};
struct jx_form__index {
	struct jx_form__slot *slots;
	size_t slot_count; /* power of two, at least twice the keys */
};

/* Room for `keys` keys. @retval JX_ENOMEM */
jx_rc jx_form__index_init(struct jx_form__index *index, size_t keys, struct jx_error *err);
void jx_form__index_done(struct jx_form__index *index);
/* A key that is there with another value becomes ambiguous. Returns the value it had, or JX_FORM__NONE. */
uint32_t jx_form__index_add(struct jx_form__index *index, const char *key, uint32_t value);
/* JX_FORM__NONE or JX_FORM__AMBIGUOUS where there is no one value. */
uint32_t jx_form__index_find(const struct jx_form__index *index, const char *key);

#endif
