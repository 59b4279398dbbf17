/* SPDX-License-Identifier: MIT */
/*
 * own.h - a heap of the test's own
 *
 * own_collect() is a cycle whose only roots are the words of one range, so
 * that what it keeps is known exactly.
 */
#ifndef TESTS_MM_OWN_H
#define TESTS_MM_OWN_H

#include <string.h>

#include <lib/noroot.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "internal.h"

extern struct heap own;

/* Set it up anew: 16 MiB, no samples, no cycle of itself, or as @config has it.
 */
bool own_open(const struct kgc_config *config);
/*
 * The same, the first 5 MiB of its arena taken: the static memory of other
 * tests may still hold addresses that lie there, and `own` its beginning.
 */
bool own_open_far(void);
void own_close(void);
/*
 * Have own_close() clear @size bytes at @p: addresses left in static memory
 * would be roots of a later heap at the same place.
 */
void own_clears(void *p, size_t size);
#define OWN_CLEARS(array)                                                 \
	static __attribute__((constructor)) void own_clears_##array(void) \
	{                                                                 \
		own_clears(&array, sizeof(array));                        \
	}
/* Are all @n bytes at @p @c? */
bool own_is_all(const void *p, int c, size_t n);
/* What may be used of @size bytes in a block of @block of the public heap. */
size_t own_usable(size_t size, size_t block);
/* Collect with the words of [@lo, @hi) as roots. */
void own_collect(const void *lo, const void *hi);
/* Stop the world with every span swept and the caches flushed. */
void own_stop(void);
/* What check_heap() finds first, or "sound". */
const char *own_fault(void);
/* Objects and bytes handed out, by the counters. */
uint64_t own_objects(void);
uint64_t own_bytes(void);
/* Is @p the base of an allocated object? */
bool own_has(const void *p);
/* A span for tests of one structure, and its end. */
struct span *own_span(unsigned int kind, unsigned int class);
void own_span_free(struct span *s);

#define PAGES(n) ((size_t)(n) << PAGE_SHIFT)
/* A run of pages that is in use without being a span of objects; and back. */
struct span *own_take(size_t npages);
void own_give(struct span *s);
/* A heap that can have @reserve bytes; @max as heap_max. */
bool own_open_small(size_t reserve, size_t max);

#define EXPECT_SOUND() EXPECT_STR(own_fault(), "sound")
#define OWN_OPEN(...)  own_open(&(struct kgc_config){ __VA_ARGS__ })

#endif /* TESTS_MM_OWN_H */
