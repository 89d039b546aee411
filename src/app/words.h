/*
 * words.h - how names and counts stand on the screen. Packs and the catalogue have them as they stand in a line of text: "rodent signs
 * indoors", "place". Chinese passes through unchanged.
 *
 * Threads: any. Ownership: what is returned lives as long as the program, or is the caller's where it says so.
 */
#ifndef APP_WORDS_H
#define APP_WORDS_H

#include "jiexun/form.h"

/**
 * At the head of a line: "Rodent signs indoors". For names of packs and words of the catalogue, of which there is an end: they are kept.
 * @return never NULL
 */
const char *words_head(const char *text);
/** words_head() of a pack's name. */
const char *words_name(const struct jx_text *name);
/** The same of a text that nobody keeps: in its place. */
char *words_raise(char *text);

/** "2 cart loads" of "2" and the unit's name "cart load"; the caller's. */
char *words_count(const char *number, const char *unit);

#endif
