/* The plan: which call fails, and how. */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "preload.h"

struct torture_page *torture_page;
bool torture_is_traced;

static atomic_bool armed;
static atomic_ulong count;
/* A full disk takes a part of a write, and says ENOSPC to the next one of that file. */
static atomic_int full_fd = -1;

void torture_arm(bool is_armed)
{
	atomic_store(&armed, is_armed && torture_page != NULL);
}

int torture_errno(void)
{
	return torture_page->error;
}

void torture_describe(void *address, char *out, size_t cap)
{
	Dl_info info;

	if (dladdr(address, &info) != 0 && info.dli_fname != NULL) {
		const char *name = strrchr(info.dli_fname, '/');

		(void)snprintf(out, cap, "%s+0x%lx%s%s", name != NULL ? name + 1 : info.dli_fname,
			       (unsigned long)((char *)address - (char *)info.dli_fbase),
			       info.dli_sname != NULL ? " " : "",
			       info.dli_sname != NULL ? info.dli_sname : "");
	}
}

static void note_first(const char *name, void *caller)
{
	size_t len = strlen(name);

	if (torture_page->first[0] != '\0')
		return;
	memcpy(torture_page->first, name, len < sizeof(torture_page->first) ? len : 0);
	/* dladdr and snprintf may call what is counted here */
	torture_arm(false);
	torture_describe(caller, torture_page->caller, sizeof(torture_page->caller));
	torture_arm(true);
}

bool torture_hit(unsigned kind, const char *name, void *caller)
{
	struct torture_page *page = torture_page;
	unsigned long k;

	if (!atomic_load_explicit(&armed, memory_order_relaxed) || (page->classes & kind) == 0)
		return false;
	if ((page->classes & TORTURE_BYTES) != 0 && (kind & TORTURE_BYTES) == 0)
		return false;
	k = atomic_fetch_add(&count, 1) + 1;
	page->calls = k;
	if (page->at == 0 || k < page->at || (page->times != UINT32_MAX && k >= page->at + page->times))
		return false;
	page->failed++;
	note_first(name, caller);
	return true;
}

size_t torture_move(unsigned kind, const char *name, int fd, size_t wanted, bool is_write, int *error_out,
		    void *caller)
{
	int error;

	*error_out = 0;
	/* what a program has to say must come out: whether it is one line is looked at */
	if (is_write && fd == STDERR_FILENO)
		return wanted;
	if (is_write && fd == atomic_load(&full_fd) && atomic_load(&armed)) {
		(void)torture_hit(kind | TORTURE_BYTES, name, caller);
		atomic_store(&full_fd, -1);
		*error_out = ENOSPC;
		return 0;
	}
	if (!torture_hit(kind | TORTURE_BYTES, name, caller))
		return wanted;
	error = torture_page->error;
	if (error != 0 && !(error == ENOSPC && is_write && torture_page->failed == 1 && wanted > 1)) {
		*error_out = error;
		return 0;
	}
	if (error == ENOSPC)
		atomic_store(&full_fd, fd);
	torture_page->moved++;
	return wanted > 1 ? wanted / 2 : wanted;
}
