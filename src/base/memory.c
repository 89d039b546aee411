#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base_private.h"

/* EX_OSERR; the store survives an end at any instant, so this is an orderly way out. */
#define EXIT_OS 71

void jx_base__end(const char *line)
{
	ssize_t ignored = write(STDERR_FILENO, line, strlen(line));

	(void)ignored;
	_exit(EXIT_OS);
}

void jx_end_without_memory(void)
{
	jx_base__end("jiexun: out of memory\n");
}

void *jx_xmalloc(size_t n)
{
	void *p = malloc(n == 0 ? 1 : n);

	if (p == NULL)
		jx_end_without_memory();
	return p;
}

void *jx_xcalloc(size_t n, size_t size)
{
	void *p = calloc(n == 0 ? 1 : n, size == 0 ? 1 : size);

	if (p == NULL)
		jx_end_without_memory();
	return p;
}

void *jx_xrealloc(void *p, size_t n)
{
	void *q = realloc(p, n == 0 ? 1 : n);

	if (q == NULL)
		jx_end_without_memory();
	return q;
}

void *jx_xreallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		jx_end_without_memory();
	return jx_xrealloc(p, bytes);
}

char *jx_xstrdup(const char *s)
{
	return jx_xstrndup(s, strlen(s));
}

char *jx_xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = jx_xmalloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *jx_xasprintf(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		jx_end_without_memory();
	return text;
}

void jx_free_p(void *p)
{
	void *target;

	memcpy(&target, p,
	       sizeof(target)); /* p is a pointer to any pointer type: no aliasing through void ** */
	free(target);
}

void jx_close_p(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}
