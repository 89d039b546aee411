/* malloc and its kin: counted, failed, and every live block remembered with who asked for it. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "preload.h"

/* The C library's own, under the names that it keeps for replacements like this one. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

#define CALLER __builtin_return_address(0)

static void *fail_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t size)
{
	void *p = torture_hit(TORTURE_MEMORY, "malloc", CALLER) ? fail_memory() : __libc_malloc(size);

	torture_live_add(p, CALLER);
	return p;
}

void *calloc(size_t n, size_t size)
{
	void *p = torture_hit(TORTURE_MEMORY, "calloc", CALLER) ? fail_memory() : __libc_calloc(n, size);

	torture_live_add(p, CALLER);
	return p;
}

static void *resize(void *p, size_t size, void *caller)
{
	void *q;

	if (torture_hit(TORTURE_MEMORY, "realloc", caller))
		return fail_memory();
	torture_live_remove(p);
	q = __libc_realloc(p, size);
	torture_live_add(q, caller);
	return q;
}

void *realloc(void *p, size_t size)
{
	return resize(p, size, CALLER);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? fail_memory() : resize(p, bytes, CALLER);
}

static void *align(size_t alignment, size_t size, const char *name, void *caller)
{
	void *p = torture_hit(TORTURE_MEMORY, name, caller) ? fail_memory()
							    : __libc_memalign(alignment, size);

	torture_live_add(p, caller);
	return p;
}

void *memalign(size_t alignment, size_t size)
{
	return align(alignment, size, "memalign", CALLER);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return align(alignment, size, "aligned_alloc", CALLER);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	void *p = align(alignment, size, "posix_memalign", CALLER);

	if (p == NULL)
		return ENOMEM;
	*out = p;
	return 0;
}

void free(void *p)
{
	torture_live_remove(p);
	__libc_free(p);
}
