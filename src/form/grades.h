/* Indices, limits, verdicts and quotas of a loaded pack. */
#ifndef JX_FORM_GRADES_H
#define JX_FORM_GRADES_H

#include "pack_private.h"

#define JX_FORM__INDICES_MAX 1000
#define JX_FORM__QUOTAS_MAX  200

struct jx_form__grades {
	struct jx_index *indices;
	size_t index_count;
	struct jx_form__index index_ids;
	const char **quota_ids;
	size_t quota_count;
};

#endif
