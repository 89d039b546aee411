/*
 * pinyin.h - letters to Chinese, for devices whose screen keyboard has no pinyin: the words of the form packs first, then what
 * libgooglepinyin knows. The library and its dictionary are looked for when they are wanted; nothing is loaded on devices without the pad.
 *
 * Threads: main loop only; the engine has one state for the whole process, so there is one struct pinyin at a time.
 */
#ifndef APP_PINYIN_H
#define APP_PINYIN_H

#include <glib.h>
#include <stdbool.h>

#define PINYIN_LETTERS_MAX    40
#define PINYIN_CANDIDATES_MAX 30

struct pinyin;

/** Are library and dictionary here? Loads nothing. */
bool pinyin_can(void);
/** @param learned  file for words that people chose; made if absent. NULL: no library or no dictionary here */
struct pinyin *pinyin_open(const char *learned);
void pinyin_close(struct pinyin *p);
/** A word that comes before all others, of two characters or more. Before the first pinyin_prepare(). */
void pinyin_add_word(struct pinyin *p, const char *word);
/** Find out how the words are spelt, a few milliseconds of it; true: there is more to do. Does nothing while letters are typed. */
bool pinyin_prepare(struct pinyin *p);

/** Typed so far, small letters. "" begins anew. */
void pinyin_set_letters(struct pinyin *p, const char *letters);
const char *pinyin_letters(const struct pinyin *p);
size_t pinyin_count(const struct pinyin *p);
const char *pinyin_candidate(const struct pinyin *p, size_t i);
/**
 * Take a candidate. If it stands for all letters, its text comes back and the next word begins; else NULL, and there are candidates
 * for the letters left. Free with g_free().
 */
char *pinyin_choose(struct pinyin *p, size_t i);

#endif
