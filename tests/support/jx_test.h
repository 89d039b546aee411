/*
 * jx_test.h - what every unit test includes: cmocka, and asserts that print the struct jx_error, because a bare
 * "-7 != 0" tells nothing. Library jx_test_support (ROOMS test_support in jx_test).
 */
#ifndef JX_TEST_H
#define JX_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "jiexun/base.h"

/** The call returns JX_OK; if not, what err says is printed. */
#define jx_assert_ok(call, err) jx_test__rc((call), JX_OK, (err), #call, __FILE__, __LINE__)
/** The call returns exactly this code, and err carries the same code and a text of one line. */
#define jx_assert_rc(call, want, err) jx_test__rc((call), (want), (err), #call, __FILE__, __LINE__)
/** err's text contains this; tests compare the part that matters, not whole sentences. */
#define jx_assert_says(err, part) jx_test__says((err), (part), __FILE__, __LINE__)
/** cmocka 1.1.5 cannot compare doubles. */
#define jx_assert_near(a, b, eps) jx_test__near((a), (b), (eps), __FILE__, __LINE__)
/** len bytes equal the hex digits. */
#define jx_assert_hex(bytes, len, hex) jx_test__hex((bytes), (len), (hex), __FILE__, __LINE__)

void jx_test__rc(jx_rc got, jx_rc want, const struct jx_error *err, const char *call, const char *file,
		 int line);
void jx_test__says(const struct jx_error *err, const char *part, const char *file, int line);
void jx_test__near(double a, double b, double eps, const char *file, int line);
void jx_test__hex(const void *bytes, size_t len, const char *hex, const char *file, int line);

/* ---- a folder of one's own ------------------------------------------------------------------------ */

/** New empty folder below TMPDIR or /tmp; give it to jx_test_folder_remove. */
char *jx_test_folder(void);
/** Remove it with all that is in it, and free the name. NULL is a no-op. */
void jx_test_folder_remove(char *folder);
/** "folder/name", to be freed; JX_AUTO_FREE char *p = jx_test_path(folder, "a"). */
char *jx_test_path(const char *folder, const char *name);
/** Whole file, NUL-terminated, to be freed; NULL if it cannot be read. */
char *jx_test_read(const char *path, size_t *len_out);

/* ---- invented clock and random source ------------------------------------------------------------- */

/** A clock that stands until the test moves it. Use &fake.clock. */
struct jx_fake_clock {
	struct jx_clock clock;
	int64_t utc_ms;
	int64_t mono_ms;
	uint8_t boot_id[JX_ID_BYTES];
};

/** Initialise in place (clock.user points at f itself). */
void jx_fake_clock_init(struct jx_fake_clock *f, int64_t utc_ms);
/** Both clocks go on. */
void jx_fake_clock_advance(struct jx_fake_clock *f, int64_t ms);
/** Another boot: new boot id, monotonic clock from 0, calendar clock as it was. */
void jx_fake_clock_reboot(struct jx_fake_clock *f);

/** Random bytes that a seed decides. Use &fake.rand. */
struct jx_fake_rand {
	struct jx_rand rand;
	uint64_t state;
};

/** Initialise in place. */
void jx_fake_rand_init(struct jx_fake_rand *f, uint64_t seed);
/** A number in 0 .. below-1. */
uint64_t jx_fake_rand_below(struct jx_fake_rand *f, uint64_t below);

/* ---- a file interface that remembers and fails ------------------------------------------------------ */

/**
 * Wraps another struct jx_fs: writes down what was called ("create .a.tmp; write 5; sync; ..."; names without their
 * folder) and makes one call fail. Reads and closes are not written down. Use &fault.fs.
 */
struct jx_fault_fs {
	struct jx_fs fs;
	const struct jx_fs *below;
	jx_buf log;
	int calls;        /**< fallible calls so far */
	int fail_at;      /**< the call, from 1, that fails; 0 none */
	bool fail_from;   /**< and every one after it (a dead disk) */
	bool short_write; /**< a failing write puts half of the bytes first (a full disk) */
	int fail_errno;   /**< with this error */
};

/** Initialise in place. */
void jx_fault_fs_init(struct jx_fault_fs *f, const struct jx_fs *below);
void jx_fault_fs_done(struct jx_fault_fs *f);
/** Forget log and count; fail the n-th call from now with this errno (n = 0: none). */
void jx_fault_fs_plan(struct jx_fault_fs *f, int n, int fail_errno);

#endif
