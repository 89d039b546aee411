/* From what somebody types to what the store searches for. */
#include <stdlib.h>
#include <string.h>

#include "view_private.h"

/* Codes and forms whose names a word may stand in; a word that is in more of them says too little. */
#define CODES_MAX 256

struct jx_view__words {
	char *text; /* cut into words by NULs */
	struct jx_search_word words[JX_SEARCH_WORDS_MAX];
	size_t count;
	const char *codes[JX_SEARCH_WORDS_MAX][CODES_MAX];
};

static bool is_in_name(const struct jx_text *name, const char *word)
{
	return (name->zh != NULL && strstr(name->zh, word) != NULL) ||
	       (name->en != NULL && strcasestr(name->en, word) != NULL);
}

static void add_code(const char **codes, size_t *count, const char *code)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (strcmp(codes[i], code) == 0)
			return;
	if (*count < CODES_MAX)
		codes[(*count)++] = code;
}

/* A disorder's name stands for all of its kinds: lists show both. */
static void add_codes_of(const jx_pack *pack, const char *word, const char **codes, size_t *count)
{
	size_t i;

	for (i = 0; i < jx_pack_code_count(pack); i++) {
		const struct jx_code *code = jx_pack_code_at(pack, i);
		const struct jx_code *parent = code->parent != NULL ? jx_pack_find(pack, code->parent) : NULL;

		if (is_in_name(&code->name, word) || (parent != NULL && is_in_name(&parent->name, word)))
			add_code(codes, count, code->code);
	}
	for (i = 0; i < jx_pack_form_count(pack); i++) {
		const struct jx_form *form = jx_pack_form_at(pack, i);

		if (is_in_name(&form->name, word))
			add_code(codes, count, form->id);
	}
}

static void find_codes(const struct jx_view__reader *r, struct jx_view__words *w, size_t i)
{
	const char *word = w->words[i].text;
	size_t k;

	if (r->packs == NULL && r->pack != NULL)
		add_codes_of(r->pack, word, w->codes[i], &w->words[i].code_count);
	for (k = 0; r->packs != NULL && k < jx_packs_count(r->packs); k++)
		add_codes_of(jx_packs_at(r->packs, k), word, w->codes[i], &w->words[i].code_count);
	w->words[i].codes = w->codes[i];
}

/* Bytes of the white space that stands here, the ideographic space included. */
static size_t space_at(const char *s)
{
	if (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')
		return 1;
	return strncmp(s, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

jx_rc jx_view__words(const struct jx_view__reader *r, const char *text, struct jx_view__words **out,
		     struct jx_error *err)
{
	struct jx_view__words *w = jx_xcalloc(1, sizeof(*w));
	char *at = w->text = jx_xstrdup(text);

	*out = w;
	while (*at != '\0') {
		const size_t space = space_at(at);

		if (space > 0) {
			memset(at, 0, space);
			at += space;
			continue;
		}
		if (w->count == JX_SEARCH_WORDS_MAX)
			return jx_fail(err, JX_EINVAL, 0, "view.search",
				       "more than %d words to search for: leave some out",
				       JX_SEARCH_WORDS_MAX);
		w->words[w->count++].text = at;
		while (*at != '\0' && space_at(at) == 0)
			at++;
	}
	if (w->count == 0)
		return jx_fail(err, JX_EINVAL, 0, "view.search",
			       "there is nothing to search for: give letters, digits or characters");
	for (size_t i = 0; i < w->count; i++)
		find_codes(r, w, i);
	return JX_OK;
}

static void add_at_once(const jx_pack *pack, struct jx_view__words *w)
{
	for (size_t i = 0; i < jx_pack_form_count(pack) && w->words[0].code_count < CODES_MAX; i++)
		if (jx_pack_form_at(pack, i)->is_at_once)
			w->codes[0][w->words[0].code_count++] = jx_pack_form_at(pack, i)->id;
}

void jx_view__words_at_once(const struct jx_view__reader *r, struct jx_view__words **out)
{
	struct jx_view__words *w = jx_xcalloc(1, sizeof(*w));

	if (r->packs == NULL && r->pack != NULL)
		add_at_once(r->pack, w);
	for (size_t i = 0; r->packs != NULL && i < jx_packs_count(r->packs); i++)
		add_at_once(jx_packs_at(r->packs, i), w);
	if (w->words[0].code_count == 0) {
		jx_view__words_free(w);
		return;
	}
	/* text or codes: the first of them is both */
	w->text = jx_xstrdup(w->codes[0][0]);
	w->words[0].text = w->text;
	w->words[0].codes = w->codes[0];
	w->count = 1;
	*out = w;
}

const struct jx_search_word *jx_view__words_list(const struct jx_view__words *w, size_t *count_out)
{
	*count_out = w->count;
	return w->words;
}

void jx_view__words_free(struct jx_view__words *w)
{
	if (w != NULL)
		free(w->text);
	free(w);
}
