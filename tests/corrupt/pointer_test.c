// SPDX-License-Identifier: MIT
/*
 * pointer_test.c - each wrong pointer has its message
 *
 * Panics are caught; what the heap is after them must be what it was before.
 */
#include <stdio.h>
#include <string.h>

#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "internal.h"

static char is[256], should[256];
static void *volatile victim;
static int foreign; /* a stack may be a block of the heap */

static void do_free(void *p)
{
	kgc_free(p);
}

static void do_realloc(void *p)
{
	victim = kgc_realloc(p, 500);
}

static void do_usable(void *p)
{
	kgc_usable_size(p);
}

static void nothing(void *p, void *arg)
{
}

static void do_final(void *p)
{
	kgc_set_finalizer(p, nothing, NULL);
}

/* The message of @fn(@p), or "none". */
static const char *message(void (*fn)(void *p), void *p)
{
	char *site;

	if (!hostctl_catch_panic(fn, p, is, sizeof(is)))
		return "none";
	site = strstr(is, ", allocated at");
	if (site) /* it was sampled */
		*site = 0;
	return is;
}

static const char *outside(const char *operation, const void *p,
			   const char *why)
{
	snprintf(should, sizeof(should), "gc: %s %p: %s", operation, p, why);
	return should;
}

static const char *inside(const char *operation, const void *p, const char *why,
			  uintptr_t base, unsigned long size)
{
	snprintf(should, sizeof(should),
		 "gc: %s %p: %s; block 0x%lx of %lu bytes", operation, p, why,
		 (unsigned long)base, size);
	return should;
}

static const char *in_span(const char *operation, const char *p,
			   const char *why)
{
	const struct span *s = span_of(&heap, (uintptr_t)p);

	return inside(operation, p, why,
		      s->start + span_index(&heap, s, (uintptr_t)p) * s->size,
		      s->size);
}

#define INSIDE "inside a block, not its start"

KTEST(mm_corrupt, free_of_null_is_nothing)
{
	EXPECT_STR(message(do_free, NULL), "none");
}

KTEST(mm_corrupt, free_of_interior_pointer)
{
	char *p = kgc_alloc(100, 0), *large = kgc_alloc(50000, 0);

	EXPECT_STR(message(do_free, p + 8), in_span("free", p + 8, INSIDE));
	EXPECT_STR(message(do_free, p + 1), in_span("free", p + 1, INSIDE));
	EXPECT_STR(message(do_free, p + 111), in_span("free", p + 111, INSIDE));
	EXPECT_STR(message(do_free, large + 4096),
		   in_span("free", large + 4096, INSIDE));
	kgc_free(p);
	kgc_free(large);
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_corrupt, free_of_foreign_pointer)
{
	EXPECT_STR(message(do_free, &foreign),
		   outside("free", &foreign,
			   "not an allocated block (not in the heap)"));
	EXPECT_STR(message(do_free, (void *)8),
		   outside("free", (void *)8,
			   "not an allocated block (not in the heap)"));
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_corrupt, second_free_of_small_block)
{
	char *p = kgc_alloc(100, 0), *q = kgc_alloc(100, 0);

	kgc_free(p);
	EXPECT_STR(message(do_free, p), in_span("free", p, "already free"));
	kgc_free(q);
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_corrupt, second_free_of_large_block)
{
	char *p = kgc_alloc(100000, 0);

	kgc_free(p);
	EXPECT_STR(message(do_free, p),
		   outside("free", p, "not an allocated block (free pages)"));
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_corrupt, second_free_of_nogc_block)
{
	char *p = kgc_alloc(10, KGC_NOGC);

	kgc_free(p);
	EXPECT_STR(message(do_free, p),
		   outside("free", p, "not an allocated block (free pages)"));
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_corrupt, free_of_a_block_not_handed_out)
{
	char *p;

	kgc_retire(0);
	do
		p = kgc_alloc(1000, 0); /* four in a page */
	while (((uintptr_t)p & (PAGE_SIZE - 1)) != 0);
	EXPECT_STR(message(do_free, p + 1024),
		   in_span("free", p + 1024, "already free"));
	kgc_free(p);
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_corrupt, free_into_the_tail)
{
	char *p = kgc_alloc(1140, 0); /* of 1152, at any level */
	const struct span *s = span_of(&heap, (uintptr_t)p);
	char *tail = (char *)s->start + 8191;

	EXPECT_STR(message(do_free, tail),
		   outside("free", tail,
			   "not an allocated block (tail of a span)"));
	kgc_free(p);
}

KTEST(mm_corrupt, finalizer_of_wrong_pointer)
{
	char *p = kgc_alloc(100, 0);

	EXPECT_STR(message(do_final, p + 16),
		   in_span("set_finalizer", p + 16, INSIDE));
	EXPECT_STR(message(do_final, &foreign),
		   outside("set_finalizer", &foreign,
			   "not an allocated block (not in the heap)"));
	EXPECT_STR(message(do_final, p), "none");
	EXPECT_EQ(kgc_set_finalizer(p, nothing, NULL), -KGC_EBUSY);
	kgc_free(p);
	EXPECT_STR(message(do_final, p),
		   in_span("set_finalizer", p, "already free"));
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_corrupt, usable_size_of_wrong_pointer)
{
	char *p = kgc_alloc(100, 0);

	EXPECT_STR(message(do_usable, p), "none");
	EXPECT_STR(message(do_usable, p + 1),
		   in_span("usable_size", p + 1, INSIDE));
	kgc_free(p);
	EXPECT_STR(message(do_usable, p),
		   in_span("usable_size", p, "already free"));
}

KTEST(mm_corrupt, realloc_of_wrong_pointer)
{
	char *p = kgc_alloc(100, 0), *large = kgc_alloc(90000, 0);

	EXPECT_STR(message(do_realloc, &foreign),
		   outside("realloc", &foreign,
			   "not an allocated block (not in the heap)"));
	EXPECT_STR(message(do_realloc, p + 16),
		   in_span("realloc", p + 16, INSIDE));
	kgc_free(p);
	EXPECT_STR(message(do_realloc, p),
		   in_span("realloc", p, "already free"));
	kgc_free(large);
	EXPECT_STR(message(do_realloc, large),
		   outside("realloc", large,
			   "not an allocated block (free pages)"));
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_corrupt, allocation_goes_on_after_a_panic)
{
	char *p = kgc_alloc(100, 0), *q;

	message(do_free, p + 4);
	q = kgc_alloc(100, 0);
	EXPECT(q && q != p);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	kgc_collect();
	EXPECT(kgc_lookup(p, NULL) == p);
	kgc_free(p);
	kgc_free(q);
}
