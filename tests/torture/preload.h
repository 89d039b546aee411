/*
 * preload.h - the library that a program under torture is started with: it makes the N-th fallible call fail, and forks that
 * program at main() once for every N, so that loading and relocating are paid for once.
 *
 * The driver (calls.py) writes a plan into a page that both map, sends one byte, and gets the child's process id and wait
 * status back; what the child saw stands in the same page. Nothing here is linked into a product.
 */
#ifndef TORTURE_PRELOAD_H
#define TORTURE_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of call; a plan names the kinds that it counts. */
enum torture_class {
	TORTURE_MEMORY = 1,  /* malloc and its kin */
	TORTURE_FILE = 2,    /* files, folders, locks, random bytes */
	TORTURE_NETWORK = 4, /* sockets */
	TORTURE_BYTES = 8    /* with one of the above: calls that may move fewer bytes than asked for */
};

/* Layout known to calls.py (PAGE). All plain words, so that one struct.unpack reads it. */
struct torture_page {
	/* the plan: written by the driver */
	uint64_t at;               /* this call fails, from 1; 0 none */
	uint32_t classes;          /* which calls count */
	uint32_t times;            /* how many fail in a row; UINT32_MAX: all from there */
	int32_t error;             /* errno; 0: no error, only half of the bytes */
	uint32_t is_armed_at_main; /* else the program arms itself: torture_arm() */
	/*
	 * 0: clocks that go, real random bytes. Else both follow from this number: what a point leaves on the disk follows
	 * from the point, and the same is looked at once. A sleep only moves the clocks on, either way.
	 */
	uint32_t seed;
	uint32_t is_traced; /* remember whole stacks: slow, for the run that explains another */
	/* what the child saw */
	uint64_t calls;     /* counted */
	uint64_t failed;    /* made to fail */
	uint64_t moved;     /* short counts given */
	uint32_t was_swept; /* the process came to its orderly end, and the two below are known */
	uint32_t descriptors_left;
	uint64_t blocks_left; /* memory that nothing points at any more */
	uint64_t bytes_left;
	char first[64]; /* name of the first call that failed */
	char leak
		[3072]; /* where the first lost block came from; traced: whole stacks of as many as fit, each after "; " */
	char caller[192]; /* who made the first call that failed */
};

/* Should this call fail? Counts it. */
bool torture_hit(unsigned kind, const char *name, void *caller);
/* errno of the plan. */
int torture_errno(void);
/* Bytes that this call may move, of count: all, or half if it is the one. *error_out != 0: it fails with that instead. */
size_t torture_move(unsigned kind, const char *name, int fd, size_t count, bool is_write, int *error_out,
		    void *caller);
/* From here on (or no longer) calls count. Programs that are two sides at once find it by its name. */
void torture_arm(bool is_armed);

extern struct torture_page *torture_page;
/* In a child whose plan says so. */
extern bool torture_is_traced;

/* Live blocks: every block has the place it came from. */
void torture_live_add(void *p, void *caller);
void torture_live_remove(void *p);
/* Before the first child: what libraries made when they were loaded is theirs for ever, and what it points at is kept. */
void torture_live_settle(void);
/* Blocks that cannot be reached from globals, stack and registers; fills the page. */
void torture_live_sweep(void);

/* The same bytes for the same seed, in the order of asking; the real ones for seed 0. */
long torture_random(void *to, size_t len);
/* Before the first child: from now on the clocks stand, but for sleeps and looks. */
void torture_time_begin(void);

void torture_describe(void *address, char *out, size_t cap);

#endif
