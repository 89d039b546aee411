/* What the files of the room share: from a row of the log to a line of a list. */
#ifndef JX_VIEW_PRIVATE_H
#define JX_VIEW_PRIVATE_H

#include "jiexun/view.h"

/* One reading of the store; short codes are looked up once for each writer. */
struct jx_view__reader {
	jx_store *store;
	const jx_pack *pack;
	const jx_packs *packs; /* NULL: only what pack knows */
	uint8_t writer[JX_ID_BYTES];
	char short_code[16];
};

/* "H07-12" of an entry; "" for the writer if this device never was it (then only n is said). */
jx_rc jx_view__number(struct jx_view__reader *r, const uint8_t writer[JX_ID_BYTES], int64_t n,
		      char out[JX_NUMBER_MAX], struct jx_error *err);
/* A line, and what it was made of. entry_out->answers points into row->bytes. */
jx_rc jx_view__row(struct jx_view__reader *r, const struct jx_log_row *row, struct jx_view_row *out,
		   struct jx_entry *entry_out, struct jx_error *err);

/* What became of an entry. */
struct jx_view__fate {
	bool is_corrected, is_withdrawn;
	uint8_t newest
		[JX_ID_BYTES]; /* newest version of it that is not a withdrawal; itself if there is none */
	char replaced_by[JX_NUMBER_MAX];
};
jx_rc jx_view__fate(struct jx_view__reader *r, const struct jx_log_row *row, struct jx_view__fate *out,
		    struct jx_error *err);

/* The words of a search, each with the codes and forms whose names have it. *out is set in any case, and to be freed. */
struct jx_view__words;
jx_rc jx_view__words(const struct jx_view__reader *r, const char *text, struct jx_view__words **out,
		     struct jx_error *err);
/* One word for all forms that cannot wait; *out NULL: there is none. */
void jx_view__words_at_once(const struct jx_view__reader *r, struct jx_view__words **out);
const struct jx_search_word *jx_view__words_list(const struct jx_view__words *w, size_t *count_out);
void jx_view__words_free(struct jx_view__words *w);

/* Texts of an entry's answers: names where a pack has them, else codes. */
void jx_view__answers(const struct jx_view__reader *r, const struct jx_entry *e, struct jx_view_row *out);

#endif
