/* The pack of pest checks that the program brings along, and sums by its indices. */
#ifndef PESTS_H
#define PESTS_H

#include "jiexun/form.h"
#include "jx_test.h"

#define PEST_DAY "2026-09-01"

/* Loaded; the caller frees. */
jx_pack *pest_pack(void);
/* A pack from its text with the first `from` replaced by `to`; the caller frees. */
char *pest_with(const char *from, const char *to);
/* jx_tally_add() that must go well. */
void pest_add(jx_tally *tally, const char *index, int64_t numerator, int64_t denominator);
/* The grade of an index on PEST_DAY. */
struct jx_grade pest_grade(const jx_tally *tally, const char *index);
/* Verdict by id on PEST_DAY. */
struct jx_verdict pest_verdict(const jx_tally *tally, const char *id);

/* Numbers that are the same in every run (xorshift). */
uint64_t pest_random(uint64_t *state);

#endif
