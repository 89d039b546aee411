/* Which language, and where its catalogue lies. */
#include <stdio.h>
#include <string.h>

#include "os_private.h"

/* Strongest first. LANGUAGE and JX_LANG may hold lists ("zh_CN:en"); the others name one locale. */
static const char *const variables[] = {"JX_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};

/* "en", "en_US.UTF-8", "EN-GB": the code, and then nothing that would make it another word. */
static bool names_language(const char *s, size_t len, const char *code)
{
	if (len < 2 || (s[0] | 0x20) != code[0] || (s[1] | 0x20) != code[1])
		return false;
	return len == 2 || s[2] == '_' || s[2] == '-' || s[2] == '.' || s[2] == '@';
}

const char *jx_base__choose_language(const char *(*get)(void *user, const char *name), void *user)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = get(user, variables[i]);

		/* Languages we do not have, "C" and "POSIX" say nothing: the next one is asked. */
		while (value != NULL && *value != '\0') {
			size_t len = strcspn(value, ":");

			if (names_language(value, len, "zh"))
				return "zh_CN";
			if (names_language(value, len, "en"))
				return "en";
			value += len;
			value += strspn(value, ":");
		}
	}
	return "zh_CN";
}

bool jx_base__catalogue_beside(const char *exe, char *out, size_t cap)
{
	const char *name = strrchr(exe, '/');
	size_t root_len;
	int n;

	if (name == NULL)
		return false;
	root_len = (size_t)(name - exe);
	if (root_len >= 5 && memcmp(name - 5, "/sbin", 5) == 0)
		root_len -= 5;
	else if (root_len >= 4 && memcmp(name - 4, "/bin", 4) == 0)
		root_len -= 4;
	else
		return false;
	n = snprintf(out, cap, "%.*s/share/locale", (int)root_len, exe);
	return n > 0 && (size_t)n < cap;
}
