/* pairs.h - pictures of one spot before and after: finding the pairs, and the sheet that shows them. */
#ifndef JX_OFFICE_PAIRS_H
#define JX_OFFICE_PAIRS_H

#include "office_private.h"

#define OFFICE_PAIRS_MAX 20000 /* of one sheet: a campaign's; a browser does not open more */

/* One of the two pictures, with what its entry says of it. */
struct office_picture {
	uint8_t sha256[JX_HASH_BYTES];
	char day[11]; /* of the entry: where its file lies; "" none was pulled */
	char number[JX_OFFICE__NUMBER_MAX];
	char person[64];
	char what[192], place[160];
	int64_t taken_utc_ms;
	char how[12];
};
struct office_pair {
	struct office_picture before, after;
};
struct office_pairs {
	struct office_pair *pair;
	size_t count, cap;
};

/*
 * Pairs whose picture of after is of that period, by day and time taken: those an entry names, and those of an entry that has one
 * picture of before and one of after. Corrected and withdrawn entries count for nothing.
 */
jx_rc office_find_pairs(struct jx_office__desk *desk, const struct jx_office__filter *filter,
			struct office_pairs *out, struct jx_error *err);
void office_free_pairs(struct office_pairs *pairs);

/* What there is of a picture: nothing, a small copy that came ahead of the original, or a copy of the original. */
enum office_there {
	OFFICE_ABSENT,
	OFFICE_SMALL,
	OFFICE_HERE
};
struct office_pair_there {
	enum office_there before, after;
};
/* The page; pictures as pictures/HASH.jpg or pictures/HASH-small.jpg beside it. there: by pair. */
void office_pair_page(const struct office_pairs *pairs, const struct office_pair_there *there,
		      const char *now, jx_buf *out);

#endif
