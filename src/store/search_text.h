/*
 * What can be found in an entry, and how a question is asked of it.
 *
 * Text becomes flat text: runs with one space between them. A run is either characters (Chinese, emoji: all that is not ASCII and no
 * punctuation) or a word (ASCII letters and digits, small, with a single . - or _ between two of them). Full-width ASCII counts as
 * ASCII; punctuation of both kinds and spaces end a run; joiners and variation selectors count for nothing.
 *
 * A run of characters is found anywhere in a run of characters. A word is found at the beginning of a word, or behind one of its
 * . - _ signs; its first JX_STORE__WORD_MAX bytes count.
 */
#ifndef JX_STORE_SEARCH_TEXT_H
#define JX_STORE_SEARCH_TEXT_H

#include "jiexun/base.h"
#include "jiexun/store.h"

#define JX_STORE__WORD_MAX 64
/* Of an entry's text, a space more for each character; its tokens are at most four times as much. */
#define JX_STORE__FLAT_MAX   ((size_t)4 * JX_ENTRY_BYTES_MAX)
#define JX_STORE__TOKENS_MAX ((size_t)64 * JX_ENTRY_BYTES_MAX)

/* Append the runs of valid UTF-8; what came before and these make no common run. */
void jx_store__flatten(const char *text, size_t len, jx_buf *flat);
/* Flat text of all that an entry says in words: person, place, answers, reason. Empty where its bytes cannot be read. */
void jx_store__entry_text(const char *bytes, size_t len, jx_buf *flat);
/*
 * Tokens for the index, separated by spaces: of a run of characters its pairs, in order, and then its single characters, so that a
 * longer run is a phrase of pairs; of a word, the word and what stands behind each of its signs.
 */
void jx_store__tokens(const char *flat, size_t len, jx_buf *tokens);

/* A question, made ready: the words of a jx_log_query. */
struct jx_store__question {
	jx_buf flat[JX_SEARCH_WORDS_MAX]; /* runs of each word */
	const struct jx_search_word *words;
	size_t count;
	jx_buf match; /* the same for the index */
};
/* @retval JX_EINVAL  a word has nothing in it that could be found, or there are too many */
jx_rc jx_store__ask(const struct jx_search_word *words, size_t count, struct jx_store__question *out,
		    struct jx_error *err);
void jx_store__question_done(struct jx_store__question *question);
/* The index's answer, without the index. */
bool jx_store__matches(const struct jx_store__question *question, const jx_buf *flat);

#endif
