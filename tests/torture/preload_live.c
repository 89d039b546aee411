/*
 * Live blocks, and at the end of a process those of them that nothing points at: memory that an error path forgot. Found as
 * a leak sanitizer finds them, by following every word of globals, stack and reachable blocks; but without stopping threads
 * and starting a helper for each of many thousand processes.
 */
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "preload.h"

/* A sync over TLS has some 10,000 blocks at a time. */
#define SLOTS (1U << 15)
/* Callers of a lost block, where a run is traced. */
#define DEPTH 12

struct block {
	uintptr_t at; /* 0: free slot */
	union {
		void *caller; /* in the table; where a run is traced, of its callers */
		void **callers;
		size_t size; /* while sweeping */
	};
};

void *__libc_calloc(size_t n, size_t size);

static struct block *table;
static size_t used;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static void hold(void)
{
	while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
		continue;
}

static void let_go(void)
{
	atomic_flag_clear_explicit(&lock, memory_order_release);
}

/* Neighbours in memory are neighbours here: every page of the table that is written to is copied for every child. */
static size_t home_of(uintptr_t at)
{
	return (size_t)(at >> 5) & (SLOTS - 1);
}

static void *remember_stack(void *caller)
{
	void **stack;

	if (!torture_is_traced)
		return caller;
	stack = __libc_calloc(DEPTH, sizeof(*stack));
	if (stack != NULL)
		(void)backtrace(stack, DEPTH);
	return stack;
}

void torture_live_add(void *p, void *caller)
{
	size_t i;

	if (p == NULL)
		return;
	caller = remember_stack(caller);
	hold();
	if (table == NULL) {
		table = mmap(NULL, SLOTS * sizeof(*table), PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (table == MAP_FAILED)
			_exit(125);
	}
	if (++used > SLOTS / 2)
		_exit(125); /* a table that is full would find nothing: say so rather than pass */
	for (i = home_of((uintptr_t)p); table[i].at != 0; i = (i + 1) & (SLOTS - 1))
		continue;
	table[i] = (struct block){.at = (uintptr_t)p, .caller = caller};
	let_go();
}

/* Close the gap, so that a search may stop at the first free slot. */
static void take_out(size_t i)
{
	size_t j = i;

	for (;;) {
		size_t home;

		table[i].at = 0;
		do {
			j = (j + 1) & (SLOTS - 1);
			if (table[j].at == 0)
				return;
			home = home_of(table[j].at);
		} while (i <= j ? i < home && home <= j : i < home || home <= j);
		table[i] = table[j];
		i = j;
	}
}

void torture_live_remove(void *p)
{
	size_t i;

	if (p == NULL || table == NULL)
		return;
	hold();
	for (i = home_of((uintptr_t)p); table[i].at != 0 && table[i].at != (uintptr_t)p;
	     i = (i + 1) & (SLOTS - 1))
		continue;
	if (table[i].at != 0) {
		used--;
		take_out(i);
	}
	let_go();
}

/* ---- what can be reached ---- */

struct sweep {
	struct block *sorted;
	unsigned char *seen;
	size_t *todo;
	size_t count, todo_count;
};

static int by_address(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static size_t last_not_above(const struct sweep *s, uintptr_t at)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->sorted[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low; /* one past it */
}

/*
 * The last word of a block is where the allocator's own lists say that the next one, if free, begins: what points there is not
 * the program.
 */
static bool is_inside(const struct block *b, uintptr_t value)
{
	return value == b->at || value < b->at + b->size - sizeof(size_t);
}

static void follow(struct sweep *s, uintptr_t value)
{
	size_t i = last_not_above(s, value);

	if (i == 0 || s->seen[i - 1] != 0 || !is_inside(&s->sorted[i - 1], value))
		return;
	s->seen[i - 1] = 1;
	s->todo[s->todo_count++] = i - 1;
}

static void scan(struct sweep *s, uintptr_t from, uintptr_t until)
{
	const uintptr_t lowest = s->sorted[0].at;
	const uintptr_t highest = s->sorted[s->count - 1].at + s->sorted[s->count - 1].size;

	for (from = (from + 7) & ~(uintptr_t)7; from + 8 <= until; from += 8) {
		uintptr_t value;

		memcpy(&value, (const void *)from, sizeof(value));
		if (value >= lowest && value <= highest)
			follow(s, value);
	}
	while (s->todo_count > 0) {
		const struct block *b = &s->sorted[s->todo[--s->todo_count]];
		uintptr_t at = b->at, end = b->at + b->size;

		for (; at + 8 <= end; at += 8) {
			uintptr_t value;

			memcpy(&value, (const void *)at, sizeof(value));
			if (value >= lowest && value <= highest)
				follow(s, value);
		}
	}
}

static bool holds_blocks(const struct sweep *s, uintptr_t from, uintptr_t until)
{
	size_t i = last_not_above(s, until - 1);

	return i > 0 && s->sorted[i - 1].at >= from;
}

/* "from-until rw-p offset dev inode name" */
static void scan_line(struct sweep *s, char *line, uintptr_t here)
{
	char *end;
	uintptr_t from = strtoul(line, &end, 16);
	uintptr_t until = strtoul(end + 1, &end, 16);
	const uintptr_t own = (uintptr_t)s->sorted;

	if (end[1] != 'r' || end[2] != 'w' || strstr(end, "[v") != NULL || (own >= from && own < until))
		return;
	if ((uintptr_t)table >= from && (uintptr_t)table < until)
		return;
	if (here >= from && here < until)
		scan(s, here, until);
	else if (end[4] == 'p' && !holds_blocks(s, from, until))
		scan(s, from, until);
}

static void scan_roots(struct sweep *s, uintptr_t here)
{
	static char text[1 << 17];
	size_t len = 0;
	ssize_t got;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char *line = text;

	while (fd >= 0 && (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	(void)close(fd);
	text[len] = '\0';
	while (*line != '\0') {
		char *end = strchr(line, '\n');

		if (end == NULL)
			break;
		*end = '\0';
		scan_line(s, line, here);
		line = end + 1;
	}
}

static bool begin(struct sweep *s)
{
	/* one piece: what is scanned must not hold the addresses that are looked for */
	size_t bytes = used * (sizeof(*s->sorted) + sizeof(*s->todo) + 1);
	char *room = used == 0
			     ? MAP_FAILED
			     : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	if (room == MAP_FAILED)
		return false;
	*s = (struct sweep){.sorted = (struct block *)(void *)room};
	for (i = 0; i < SLOTS; i++)
		if (table[i].at != 0)
			s->sorted[s->count++] = (struct block){
				.at = table[i].at, .size = malloc_usable_size((void *)table[i].at)};
	s->todo = (size_t *)(void *)(s->sorted + s->count);
	s->seen = (unsigned char *)(s->todo + s->count);
	qsort(s->sorted, s->count, sizeof(*s->sorted), by_address);
	return true;
}

static void *caller_of(uintptr_t at)
{
	size_t i;

	for (i = home_of(at); table[i].at != at; i = (i + 1) & (SLOTS - 1))
		continue;
	return table[i].caller;
}

static void describe_leak(uintptr_t at)
{
	char *out = torture_page->leak;
	const size_t cap = sizeof(torture_page->leak);
	void *const *stack;
	int i;

	if (!torture_is_traced) {
		if (out[0] == '\0')
			torture_describe(caller_of(at), out, cap);
		return;
	}
	stack = caller_of(at);
	/* the first two are our own */
	for (i = 2; stack != NULL && i < DEPTH && stack[i] != NULL; i++) {
		const char *between = i == 2 ? "; " : " < ";
		size_t len = strlen(out);

		if (len + sizeof(" < ") >= cap)
			return;
		memcpy(out + len, between, strlen(between) + 1);
		len = strlen(out);
		torture_describe(stack[i], out + len, cap - len);
	}
}

/* Addresses of blocks that were there before main. */
static uintptr_t *settled;
static size_t settled_count;

void torture_live_settle(void)
{
	size_t i;

	if (used == 0)
		return;
	settled = mmap(NULL, used * sizeof(*settled), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	if (settled == MAP_FAILED)
		_exit(125);
	for (i = 0; i < SLOTS; i++)
		if (table[i].at != 0)
			settled[settled_count++] = table[i].at;
}

void torture_live_sweep(void)
{
	struct sweep s;
	jmp_buf registers;
	size_t i;

	if (!begin(&s))
		return;
	(void)setjmp(registers);
	for (i = 0; i < settled_count; i++)
		follow(&s, settled[i]);
	scan_roots(&s, (uintptr_t)__builtin_frame_address(0));
	for (i = 0; i < s.count; i++) {
		if (s.seen[i] != 0)
			continue;
		torture_page->blocks_left++;
		torture_page->bytes_left += s.sorted[i].size;
		describe_leak(s.sorted[i].at);
	}
}
