/* From texts to runs, tokens and questions. The rules stand in search_text.h. */
#include <string.h>

#include "search_text.h"

#define WHERE "store.search"

#define MATCH_MAX  ((size_t)256 * 1024)
#define DEPTH_MAX  16 /* of the entry profile */
#define NO_CHARS   UINT32_C(0xffffffff)
#define FULL_WIDTH UINT32_C(0xfee0) /* from ! at U+FF01 to ! at U+0021 */

/* ---- characters ----------------------------------------------------------------------------------- */

enum sort {
	ENDS,      /* a run: space, punctuation */
	WORD,      /* part of a word */
	JOINS,     /* part of a word where it stands between two of its parts */
	CHARACTER, /* part of a run of characters */
	NOTHING    /* as if it were not there */
};

struct range {
	uint32_t first, last;
	enum sort sort;
};

/* Beyond ASCII, all that is no plain character; in order. */
static const struct range ranges[] = {
	{0x80, 0xa9, ENDS},        {0xab, 0xb4, ENDS},          {0xb6, 0xb9, ENDS},
	{0xbb, 0xbf, ENDS},        {0xd7, 0xd7, ENDS},          {0xf7, 0xf7, ENDS},
	{0x2000, 0x200a, ENDS},    {0x200b, 0x200f, NOTHING},   {0x2010, 0x2029, ENDS},
	{0x202a, 0x202e, NOTHING}, {0x202f, 0x205f, ENDS},      {0x2060, 0x206f, NOTHING},
	{0x3000, 0x3003, ENDS},    {0x3008, 0x3011, ENDS},      {0x3014, 0x301f, ENDS},
	{0x30fb, 0x30fb, ENDS},    {0xfe00, 0xfe0f, NOTHING},   {0xfe10, 0xfe19, ENDS},
	{0xfe30, 0xfe6f, ENDS},    {0xfeff, 0xfeff, NOTHING},   {0xff5f, 0xff65, ENDS},
	{0xffe0, 0xffff, ENDS},    {0xe0000, 0xe0fff, NOTHING}, {NO_CHARS, NO_CHARS, ENDS},
};

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_sign(char c)
{
	return c == '.' || c == '-' || c == '_';
}

static enum sort sort_of(uint32_t cp, char *ascii_out)
{
	const uint32_t c = cp >= 0xff01 && cp <= 0xff5e ? cp - FULL_WIDTH : cp;
	size_t i = 0;

	if (c < 0x80) {
		*ascii_out = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
		return is_alnum(*ascii_out) ? WORD : is_sign(*ascii_out) ? JOINS : ENDS;
	}
	while (ranges[i].last < c)
		i++;
	return c >= ranges[i].first ? ranges[i].sort : CHARACTER;
}

/* Bytes of the character that begins here, in valid UTF-8. */
static size_t bytes_of(const char *s)
{
	const uint8_t b = (uint8_t)s[0];

	return b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
}

static uint32_t code_point(const char *s, size_t bytes)
{
	static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t cp = (uint8_t)s[0] & masks[bytes];
	size_t i;

	for (i = 1; i < bytes; i++)
		cp = (cp << 6) | ((uint8_t)s[i] & 0x3fU);
	return cp;
}

void jx_store__flatten(const char *text, size_t len, jx_buf *flat)
{
	enum sort before = ENDS;
	char sign = '\0', ascii = '\0';
	size_t at, bytes;

	for (at = 0; at < len; at += bytes) {
		enum sort sort;

		bytes = bytes_of(text + at);
		if (at + bytes > len)
			return;
		sort = sort_of(code_point(text + at, bytes), &ascii);
		if (sort == NOTHING)
			continue;
		if (sort == JOINS && before == WORD && sign == '\0') {
			sign = ascii;
			continue;
		}
		if (sort == WORD && before == WORD && sign != '\0')
			jx_buf_addc(flat, sign);
		else if ((sort == WORD || sort == CHARACTER) && before != sort && flat->len > 0)
			jx_buf_addc(flat, ' ');
		sign = '\0';
		if (sort == WORD)
			jx_buf_addc(flat, ascii);
		else if (sort == CHARACTER)
			jx_buf_add(flat, text + at, bytes);
		before = sort == JOINS ? ENDS : sort;
	}
}

/* ---- an entry ------------------------------------------------------------------------------------- */

static void add_strings(const jx_json *doc, int tok, int depth, jx_buf *flat)
{
	const enum jx_json_type type = jx_json_type_of(doc, tok);
	int child;

	if (type == JX_JSON_STRING) {
		JX_AUTO_FREE char *text = jx_json_strdup(doc, tok);

		jx_store__flatten(text, strlen(text), flat);
	} else if ((type == JX_JSON_OBJECT || type == JX_JSON_ARRAY) && depth < DEPTH_MAX) {
		const int name = type == JX_JSON_OBJECT ? 1 : 0;

		for (child = jx_json_first(doc, tok); child >= 0;
		     child = jx_json_next(doc, tok, child + name))
			add_strings(doc, child + name, depth + 1, flat);
	}
}

void jx_store__entry_text(const char *bytes, size_t len, jx_buf *flat)
{
	struct jx_entry e;
	const char *const texts[] = {e.person, e.officer2, e.street, e.grid, e.campaign, e.form, e.reason};
	JX_AUTO_JSON doc = {0};
	size_t i;

	if (jx_entry_decode(bytes, len, &e, NULL) != JX_OK)
		return; /* of a newer program, or damaged */
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		jx_store__flatten(texts[i], strlen(texts[i]), flat);
	if (e.answers.data != NULL &&
	    jx_json_parse(e.answers.data, e.answers.len, &jx_json_entry_limits, &doc, NULL) == JX_OK)
		add_strings(&doc, 0, 1, flat);
}

/* ---- runs ----------------------------------------------------------------------------------------- */

struct run {
	const char *text;
	size_t len;
	bool is_word;
};

/* The run at *at; *at goes behind it. False at the end. */
static bool next_run(const char *flat, size_t len, size_t *at, struct run *out)
{
	const char *space;

	if (*at >= len)
		return false;
	out->text = flat + *at;
	space = memchr(out->text, ' ', len - *at);
	out->len = space != NULL ? (size_t)(space - out->text) : len - *at;
	out->is_word = (uint8_t)out->text[0] < 0x80;
	*at += out->len + 1;
	return true;
}

static size_t cut_word(size_t len)
{
	return len < JX_STORE__WORD_MAX ? len : JX_STORE__WORD_MAX;
}

static void add_token(jx_buf *out, const char *text, size_t len)
{
	if (out->len > 0)
		jx_buf_addc(out, ' ');
	jx_buf_add(out, text, len);
}

void jx_store__tokens(const char *flat, size_t len, jx_buf *tokens)
{
	struct run r;
	size_t at = 0, i, first;

	while (next_run(flat, len, &at, &r)) {
		if (r.is_word) {
			for (i = 0; i < r.len; i++)
				if (i == 0 || is_sign(r.text[i - 1]))
					add_token(tokens, r.text + i, cut_word(r.len - i));
			continue;
		}
		for (i = 0; (first = bytes_of(r.text + i)) + i < r.len; i += first)
			add_token(tokens, r.text + i, first + bytes_of(r.text + i + first));
		for (i = 0; i < r.len; i += bytes_of(r.text + i))
			add_token(tokens, r.text + i, bytes_of(r.text + i));
	}
}

/* ---- questions ------------------------------------------------------------------------------------ */

/* Nothing of a run has a meaning for the index between quotes: letters, digits, signs and what is not ASCII. */
static void add_quoted(jx_buf *match, const char *text, size_t len)
{
	jx_buf_addc(match, '"');
	jx_buf_add(match, text, len);
	jx_buf_addc(match, '"');
}

static void add_run(jx_buf *match, const struct run *r)
{
	size_t first = bytes_of(r->text), i;

	if (r->is_word) {
		add_quoted(match, r->text, cut_word(r->len));
		jx_buf_adds(match, " *");
		return;
	}
	if (first == r->len)
		add_quoted(match, r->text, first);
	for (i = 0; (first = bytes_of(r->text + i)) + i < r->len; i += first) {
		if (i > 0)
			jx_buf_adds(match, " + ");
		add_quoted(match, r->text + i, first + bytes_of(r->text + i + first));
	}
}

/* A code that is no single word could not be told from other text. */
static bool is_code(const char *code)
{
	size_t len = strlen(code), i;

	for (i = 0; i < len; i++)
		if (!is_alnum(code[i]) &&
		    !(is_sign(code[i]) && i > 0 && !is_sign(code[i - 1]) && i + 1 < len))
			return false;
	return len > 0 && len < JX_STORE__WORD_MAX;
}

static void add_word(jx_buf *match, const jx_buf *flat, const struct jx_search_word *word)
{
	struct run r;
	size_t at = 0, i, runs = 0;

	jx_buf_adds(match, match->len > 0 ? " AND ((" : "((");
	while (next_run(flat->data, flat->len, &at, &r)) {
		if (runs++ > 0)
			jx_buf_adds(match, " AND ");
		add_run(match, &r);
	}
	jx_buf_addc(match, ')');
	for (i = 0; i < word->code_count; i++)
		if (is_code(word->codes[i])) {
			jx_buf_adds(match, " OR ");
			add_quoted(match, word->codes[i], strlen(word->codes[i]));
		}
	jx_buf_addc(match, ')');
}

jx_rc jx_store__ask(const struct jx_search_word *words, size_t count, struct jx_store__question *out,
		    struct jx_error *err)
{
	size_t i;

	out->words = words;
	if (count > JX_SEARCH_WORDS_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "more than %d words to search for: leave some out",
			       JX_SEARCH_WORDS_MAX);
	jx_buf_init(&out->match, MATCH_MAX);
	for (i = 0; i < count; i++) {
		jx_buf *flat = &out->flat[i];

		jx_buf_init(flat, JX_SEARCH_TEXT_MAX);
		out->count = i + 1;
		if (jx_utf8_ok(words[i].text, strlen(words[i].text)))
			jx_store__flatten(words[i].text, strlen(words[i].text), flat);
		if (flat->len == 0 && flat->rc == JX_OK)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"there is nothing in \"%.60s\" to search for: give letters, digits or characters",
				words[i].text);
		if (flat->rc != JX_OK)
			return jx_buf_check(flat, _("the text to search for"), err);
		add_word(&out->match, flat, &words[i]);
	}
	return jx_buf_check(&out->match, _("the text to search for"), err);
}

void jx_store__question_done(struct jx_store__question *question)
{
	size_t i;

	for (i = 0; i < question->count; i++)
		jx_buf_done(&question->flat[i]);
	jx_buf_done(&question->match);
}

/* ---- without the index ---------------------------------------------------------------------------- */

static bool has_word(const jx_buf *flat, const char *text, size_t len, bool is_whole)
{
	const char *at = flat->data, *const end = flat->data + flat->len;

	while ((at = memmem(at, (size_t)(end - at), text, len)) != NULL) {
		const bool is_begin = at == flat->data || !is_alnum(at[-1]);

		if (is_begin && (!is_whole || at + len == end || at[len] == ' '))
			return true;
		at++;
	}
	return false;
}

static bool has_run(const jx_buf *flat, const struct run *r)
{
	if (r->is_word)
		return has_word(flat, r->text, cut_word(r->len), false);
	return memmem(flat->data, flat->len, r->text, r->len) != NULL;
}

static bool matches_word(const struct jx_search_word *word, const jx_buf *runs, const jx_buf *flat)
{
	struct run r;
	size_t at = 0, i;
	bool is_found = true;

	while (is_found && next_run(runs->data, runs->len, &at, &r))
		is_found = has_run(flat, &r);
	for (i = 0; !is_found && i < word->code_count; i++)
		is_found = is_code(word->codes[i]) &&
			   has_word(flat, word->codes[i], strlen(word->codes[i]), true);
	return is_found;
}

bool jx_store__matches(const struct jx_store__question *question, const jx_buf *flat)
{
	size_t i;

	if (flat->len == 0)
		return false;
	for (i = 0; i < question->count; i++)
		if (!matches_word(&question->words[i], &question->flat[i], flat))
			return false;
	return true;
}
