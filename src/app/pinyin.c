/* The engine behind the pinyin pad. */
#include "pinyin.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#define WORDS_MAX      6 /* of ours among the candidates */
#define TEXT_MAX       64
#define SYLLABLE_MAX   8
#define SLICE          8 /* syllables looked up at a time: about a millisecond */
#define SAME_SOUND_MAX 400

/* libgooglepinyin's header is C++; these of its functions have C names and plain arguments. */
struct engine {
	bool (*open_decoder)(const char *system_dictionary, const char *learned);
	void (*close_decoder)(void);
	void (*flush_cache)(void);
	size_t (*search)(const char *letters, size_t len);
	void (*reset_search)(void);
	uint16_t *(*get_candidate)(size_t i, uint16_t *text_out, size_t cap);
	size_t (*get_spl_start_pos)(const uint16_t **starts_out);
	size_t (*choose)(size_t i);
	size_t (*get_fixed_len)(void);
};

struct candidate {
	char *text;
	size_t engine_id; /* SIZE_MAX: one of our words */
};

struct pinyin {
	void *library;
	struct engine engine;
	GPtrArray *words;
	GHashTable *sounds; /* a character of the words -> its syllables, each with a space behind */
	size_t next_syllable;
	char letters[PINYIN_LETTERS_MAX + 1];
	struct candidate candidates[PINYIN_CANDIDATES_MAX];
	size_t count;
};

/* ---- library and dictionary -------------------------------------------------------------------------- */

static bool find_functions(void *library, struct engine *e)
{
	const struct {
		const char *name;
		void *to; /* a pointer to a function */
	} wanted[] = {{"im_open_decoder", &e->open_decoder},
		      {"im_close_decoder", &e->close_decoder},
		      {"im_flush_cache", &e->flush_cache},
		      {"im_search", &e->search},
		      {"im_reset_search", &e->reset_search},
		      {"im_get_candidate", &e->get_candidate},
		      {"im_get_spl_start_pos", &e->get_spl_start_pos},
		      {"im_choose", &e->choose},
		      {"im_get_fixed_len", &e->get_fixed_len}};

	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		void *found = dlsym(library, wanted[i].name);

		if (found == NULL)
			return false;
		memcpy(wanted[i].to, &found, sizeof(found));
	}
	return true;
}

/* Debian puts it beside the library: /usr/lib/<architecture>/googlepinyin/data. */
static char *find_dictionary(void)
{
	static const char base[] = "/usr/lib", tail[] = "googlepinyin/data/dict_pinyin.dat";
	GDir *dir = g_dir_open(base, 0, NULL);
	const char *name;
	char *found = NULL;

	while (dir != NULL && found == NULL && (name = g_dir_read_name(dir)) != NULL) {
		found = g_build_filename(base, name, tail, NULL);
		if (!g_file_test(found, G_FILE_TEST_IS_REGULAR))
			g_clear_pointer(&found, g_free);
	}
	if (dir != NULL)
		g_dir_close(dir);
	if (found == NULL &&
	    g_file_test("/usr/lib/googlepinyin/data/dict_pinyin.dat", G_FILE_TEST_IS_REGULAR))
		found = g_strdup("/usr/lib/googlepinyin/data/dict_pinyin.dat");
	return found;
}

bool pinyin_can(void)
{
	g_autofree char *dictionary = find_dictionary();

	return dictionary != NULL;
}

struct pinyin *pinyin_open(const char *learned)
{
	g_autofree char *dictionary = find_dictionary();
	void *library = dictionary != NULL ? dlopen("libgooglepinyin.so.0", RTLD_LAZY | RTLD_NODELETE) : NULL;
	struct engine e = {0};
	struct pinyin *p;

	if (library == NULL)
		return NULL;
	/* a search in a decoder that is not open ends the process; a file for learned words that cannot be written is no reason not to open */
	if (!find_functions(library, &e) ||
	    (!e.open_decoder(dictionary, learned) && !e.open_decoder(dictionary, ""))) {
		(void)dlclose(library);
		return NULL;
	}
	p = g_new0(struct pinyin, 1);
	p->library = library;
	p->engine = e;
	p->words = g_ptr_array_new_with_free_func(g_free);
	p->sounds = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	return p;
}

static void clear_candidates(struct pinyin *p)
{
	for (size_t i = 0; i < p->count; i++)
		g_free(p->candidates[i].text);
	p->count = 0;
}

void pinyin_close(struct pinyin *p)
{
	if (p == NULL)
		return;
	clear_candidates(p);
	p->engine.flush_cache();
	p->engine.close_decoder();
	g_ptr_array_unref(p->words);
	g_hash_table_unref(p->sounds);
	(void)dlclose(p->library);
	g_free(p);
}

/* ---- how our words are spelt ------------------------------------------------------------------------- */

/* All that begins and ends a syllable; combinations that there are not, the engine takes for more than one. */
static const char *const initials[] = {"",  "b", "p", "m", "f", "d",  "t",  "n",  "l", "g", "k", "h",
				       "j", "q", "x", "r", "z", "zh", "ch", "sh", "c", "s", "y", "w"};
static const char *const finals[] = {"a",    "o",    "e",   "i",   "u",   "v",   "ai",  "ei",  "ui",
				     "ao",   "ou",   "iu",  "ie",  "ue",  "ve",  "er",  "an",  "en",
				     "in",   "un",   "ang", "eng", "ing", "ong", "ia",  "iao", "ian",
				     "iang", "iong", "ua",  "uo",  "uai", "uan", "uang"};

static gpointer key_of(gunichar c)
{
	return GUINT_TO_POINTER(c);
}

void pinyin_add_word(struct pinyin *p, const char *word)
{
	if (g_utf8_strlen(word, -1) < 2 || strlen(word) >= TEXT_MAX)
		return;
	for (guint i = 0; i < p->words->len; i++)
		if (strcmp(g_ptr_array_index(p->words, i), word) == 0)
			return;
	for (const char *c = word; *c != '\0'; c = g_utf8_next_char(c)) {
		const gunichar u = g_utf8_get_char(c);

		if (!g_unichar_iswide(u) || !g_unichar_isalpha(u))
			return; /* letters and digits among it are typed as such */
		if (!g_hash_table_contains(p->sounds, key_of(u)))
			(void)g_hash_table_insert(p->sounds, key_of(u), g_strdup(""));
	}
	g_ptr_array_add(p->words, g_strdup(word));
}

static char *candidate_text(struct pinyin *p, size_t i)
{
	uint16_t text[TEXT_MAX] = {0};

	if (p->engine.get_candidate(i, text, TEXT_MAX - 1) == NULL)
		return NULL;
	return g_utf16_to_utf8(text, -1, NULL, NULL, NULL);
}

static void note_sound(struct pinyin *p, const char *text, const char *syllable)
{
	const gunichar u = g_utf8_get_char(text);
	const char *known = g_hash_table_lookup(p->sounds, key_of(u));

	if (known != NULL)
		(void)g_hash_table_insert(p->sounds, key_of(u), g_strconcat(known, syllable, " ", NULL));
}

static void learn_syllable(struct pinyin *p, const char *syllable)
{
	const uint16_t *starts = NULL;
	size_t n;

	p->engine.reset_search();
	n = p->engine.search(syllable, strlen(syllable));
	if (p->engine.get_spl_start_pos(&starts) != 1 || starts[1] != strlen(syllable))
		return;
	for (size_t i = 0; i < n && i < SAME_SOUND_MAX; i++) {
		g_autofree char *text = candidate_text(p, i);

		if (text != NULL && g_utf8_strlen(text, -1) == 1)
			note_sound(p, text, syllable);
	}
}

bool pinyin_prepare(struct pinyin *p)
{
	const size_t all = G_N_ELEMENTS(initials) * G_N_ELEMENTS(finals);

	if (p->letters[0] != '\0')
		return p->next_syllable < all;
	for (int k = 0; k < SLICE && p->next_syllable < all; k++, p->next_syllable++) {
		char syllable[SYLLABLE_MAX];

		(void)g_snprintf(syllable, sizeof(syllable), "%s%s",
				 initials[p->next_syllable / G_N_ELEMENTS(finals)],
				 finals[p->next_syllable % G_N_ELEMENTS(finals)]);
		learn_syllable(p, syllable);
	}
	p->engine.reset_search();
	return p->next_syllable < all;
}

/* ---- our words among the candidates ------------------------------------------------------------------ */

/* May the first k of a syllable's letters stand for it? All of them, its initial, or as far as was typed. */
static bool stands_for(const char *syllable, size_t len, size_t k, bool is_end)
{
	const bool has_h = len > 1 && syllable[1] == 'h';

	return k == len || k == 1 || (has_h && k == 2) || is_end;
}

/* How many characters of the word the letters reach; 0: they are not how it is spelt. */
static size_t reach(const struct pinyin *p, const char *word, const char *letters, size_t depth)
{
	const char *sounds;

	if (letters[0] == '\0')
		return depth;
	if (word[0] == '\0')
		return 0;
	sounds = g_hash_table_lookup(p->sounds, key_of(g_utf8_get_char(word)));
	for (const char *s = sounds; s != NULL && *s != '\0'; s = strchr(s, ' ') + 1) {
		const size_t len = strcspn(s, " ");

		for (size_t k = len; k >= 1; k--) {
			const bool is_end = strlen(letters) == k;
			size_t far;

			if (strncmp(s, letters, k) != 0 || !stands_for(s, len, k, is_end))
				continue;
			far = reach(p, g_utf8_next_char(word), letters + k, depth + 1);
			if (far > 0)
				return far;
		}
	}
	return 0;
}

static bool is_offered(const struct pinyin *p, const char *text)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->candidates[i].text, text) == 0)
			return true;
	return false;
}

static void offer(struct pinyin *p, char *text, size_t engine_id)
{
	if (text != NULL && p->count < PINYIN_CANDIDATES_MAX && !is_offered(p, text))
		p->candidates[p->count++] = (struct candidate){text, engine_id};
	else
		g_free(text);
}

/* Those that the letters spell to the end, then those that they have begun. */
static void offer_words(struct pinyin *p)
{
	for (int pass = 0; pass < 2; pass++) {
		for (guint i = 0; i < p->words->len && p->count < WORDS_MAX; i++) {
			const char *word = g_ptr_array_index(p->words, i);
			const size_t far = reach(p, word, p->letters, 0);
			const bool is_whole = far == (size_t)g_utf8_strlen(word, -1);

			if (far >= 2 && is_whole == (pass == 0))
				offer(p, g_strdup(word), SIZE_MAX);
		}
	}
}

static void offer_engine(struct pinyin *p, size_t n)
{
	for (size_t i = 0; i < n && p->count < PINYIN_CANDIDATES_MAX; i++)
		offer(p, candidate_text(p, i), i);
}

/* ---- typing ------------------------------------------------------------------------------------------ */

void pinyin_set_letters(struct pinyin *p, const char *letters)
{
	(void)g_strlcpy(p->letters, letters, sizeof(p->letters));
	clear_candidates(p);
	p->engine.reset_search();
	if (p->letters[0] == '\0')
		return;
	offer_words(p);
	offer_engine(p, p->engine.search(p->letters, strlen(p->letters)));
}

const char *pinyin_letters(const struct pinyin *p)
{
	return p->letters;
}

size_t pinyin_count(const struct pinyin *p)
{
	return p->count;
}

const char *pinyin_candidate(const struct pinyin *p, size_t i)
{
	return p->candidates[i].text;
}

char *pinyin_choose(struct pinyin *p, size_t i)
{
	const uint16_t *starts = NULL;
	char *text;
	size_t n;

	if (i >= p->count)
		return NULL;
	if (p->candidates[i].engine_id == SIZE_MAX) {
		text = g_strdup(p->candidates[i].text);
		pinyin_set_letters(p, "");
		return text;
	}
	n = p->engine.choose(p->candidates[i].engine_id);
	if (p->engine.get_fixed_len() < p->engine.get_spl_start_pos(&starts)) {
		clear_candidates(p);
		offer_engine(p, n);
		return NULL;
	}
	text = candidate_text(p, 0);
	pinyin_set_letters(p, "");
	return text;
}
