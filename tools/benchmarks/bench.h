/* What the bench programs share: a folder of prepared devices, time, medians. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_DEVICES     20
#define BENCH_ENTRIES     500 /* a device; 10,000 in all */
#define BENCH_PHOTOS      15  /* a device; 300 in all */
#define BENCH_PHOTO_BYTES 250000

/** Monotonic seconds. */
double bench_now(void);
double bench_median(double *values, size_t count);
/** A JPEG of exactly size bytes that differs each time. */
void bench_photo(uint8_t *out, size_t size);
/** Print the message and end with status 1. */
void bench_die(const char *what, const char *why) __attribute__((noreturn));

#endif
