/* Names and counts as they stand on the screen. */
#include "words.h"

#include <string.h>

#include <glib.h>

/* All of its letters are small, and it is no sign, number or address: "pH", "p-017" and "https://" are written so. */
static bool is_low_word(const char *text)
{
	const char *at = text;

	while (g_ascii_islower(*at) || (*at == '-' && g_ascii_islower(at[1])))
		at++;
	if (at - text == 1 && text[0] != 'a')
		return false;
	return at > text && !g_ascii_isalnum(*at) && *at != '-' && !g_str_has_prefix(at, ":/") &&
	       text[0] != '-';
}

const char *words_head(const char *text)
{
	g_autofree char *raised = NULL;

	if (!is_low_word(text))
		return text;
	raised = g_strdup(text);
	return g_intern_string(words_raise(raised));
}

const char *words_name(const struct jx_text *name)
{
	return words_head(jx_text_pick(name));
}

char *words_raise(char *text)
{
	if (is_low_word(text))
		text[0] = g_ascii_toupper(text[0]);
	return text;
}

/* Of the units that packs have: what is counted in words takes an s, of two words in English the last but for these. */
static const struct {
	const char *one, *several;
} odd_units[] = {
	{"degree Celsius", "degrees Celsius"},
	{"head", "head"},
	{"person advised", "persons advised"},
	{"times", "times"},
	{"yuan", "yuan"},
};

static bool is_word(const char *unit)
{
	const size_t len = strlen(unit);

	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalpha(unit[i]) && unit[i] != ' ' && unit[i] != '-')
			return false;
	/* "m", "kg" and "ml" are signs */
	return len > 2;
}

char *words_count(const char *number, const char *unit)
{
	const char *end = unit;

	if (unit[0] == '\0')
		return g_strdup(number);
	if (!is_word(unit))
		return g_strdup_printf("%s %s", number, unit);
	if (strcmp(number, "1") == 0)
		return g_strdup_printf("1 %s", strcmp(unit, "times") == 0 ? "time" : unit);
	for (size_t i = 0; i < G_N_ELEMENTS(odd_units); i++)
		if (strcmp(unit, odd_units[i].one) == 0)
			return g_strdup_printf("%s %s", number, odd_units[i].several);
	end += strlen(unit);
	if (end[-1] == 's')
		return g_strdup_printf("%s %s", number, unit);
	return g_strdup_printf("%s %s%s", number, unit,
			       g_str_has_suffix(unit, "ch") || end[-1] == 'x' ? "es" : "s");
}
