// SPDX-License-Identifier: MIT
/*
 * fence_test.c - bad loads and stores, and what is said of each
 *
 * In builds with CHECK=asan alone.  This file is compiled as all tests are
 * then: each of its accesses asks first.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kgc/access.h>
#include <kgc/kgc.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>
#include "internal.h"

/* An access of @size bytes at @p. */
struct access {
	char *p;
	size_t size;
	bool store;
};

static void do_access(void *arg)
{
	const struct access *a = arg;
	volatile char *byte = a->p;
	volatile uintptr_t *word = (void *)a->p;

	if (a->size == 1 && a->store)
		*byte = 1;
	else if (a->size == 1)
		(void)*byte;
	else if (a->store)
		*word = 1;
	else
		(void)*word;
}

static void do_memset(void *arg)
{
	const struct access *a = arg;

	memset(a->p, 0, a->size);
}

/* Is @a reported, by a line with @kind in it? */
static bool is_reported(void (*fn)(void *arg), struct access a,
			const char *kind)
{
	char said[200] = "";
	char want[40];

	if (!hostctl_catch_panic(fn, &a, said, sizeof(said)))
		return false;
	snprintf(want, sizeof(want), "asan: %s: %s of %u bytes at ", kind,
		 a.store ? "store" : "load", (unsigned int)a.size);
	if (!strncmp(said, want, strlen(want)))
		return true;
	printf("# %s\n", said);
	return false;
}

static bool is_good(struct access a)
{
	char said[200];

	return !hostctl_catch_panic(do_access, &a, said, sizeof(said));
}

static const size_t sizes[] = { 1,	    8,	   9,	  16,	  24,
				40,	    100,   504,	  1000,	  4096,
				32768 - 16, 32768, 40000, 1 << 20 };
#define NSIZES (sizeof(sizes) / sizeof(sizes[0]))

static void try_bounds(char *p, size_t size)
{
	const size_t end = round_up(size, WORD_SIZE);

	EXPECT(is_good((struct access){ p, 1, true }));
	EXPECT(is_good((struct access){ p + size - 1, 1, true }));
	EXPECT(is_good(
		(struct access){ p + end - WORD_SIZE, WORD_SIZE, false }));
	EXPECT(is_reported(do_access, (struct access){ p + end, 1, true },
			   "overflow"));
	EXPECT(is_reported(do_access,
			   (struct access){ p + end, WORD_SIZE, false },
			   "overflow"));
	EXPECT(is_reported(do_access,
			   (struct access){ p + end - 1, WORD_SIZE, true },
			   "overflow"));
	EXPECT(is_reported(do_memset, (struct access){ p, end + 1, true },
			   "overflow"));
}

KTEST(mm_fence, a_block_ends_at_its_last_word)
{
	static const unsigned int flags[] = { 0, KGC_NOSCAN, KGC_UNCOLLECTABLE,
					      KGC_NOGC };
	size_t i, k;
	char *p;

	for (i = 0; i < NSIZES; i++)
		for (k = 0; k < sizeof(flags) / sizeof(flags[0]); k++) {
			p = kgc_alloc(sizes[i], flags[k] | KGC_NOPROFILE);
			ASSERT(p);
			try_bounds(p, sizes[i]);
			kgc_free(p);
		}
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_fence, malloc_calloc_realloc_memalign)
{
	size_t i;
	char *p;

	for (i = 0; sizes[i] < 40000; i++) {
		p = malloc(sizes[i]);
		ASSERT(p);
		EXPECT_EQ((uintptr_t)p % 16, 0);
		try_bounds(p, sizes[i]);
		p = realloc(p, sizes[i] + 100);
		ASSERT(p);
		try_bounds(p, sizes[i] + 100);
		p = realloc(p, sizes[i] + 90);
		ASSERT(p);
		try_bounds(p, sizes[i] + 90);
		free(p);
		p = memalign(256, sizes[i]);
		ASSERT(p);
		EXPECT_EQ((uintptr_t)p % 256, 0);
		try_bounds(p, sizes[i]);
		free(p);
		p = calloc(1, sizes[i]);
		ASSERT(p);
		try_bounds(p, sizes[i]);
		free(p);
	}
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_fence, usable_size_is_what_was_asked_for)
{
	char *p = kgc_alloc(100, 0);
	size_t size = 0;

	ASSERT(p);
	EXPECT_EQ(kgc_usable_size(p), round_up(100, WORD_SIZE));
	EXPECT(kgc_lookup(p + 100, &size) == p);
	EXPECT_EQ(size, round_up(100, WORD_SIZE));
}

/* Of small blocks side by side, the second is before the third. */
KTEST(mm_fence, a_word_before_a_block)
{
	enum { N = 64, SIZE = 40 };
	char *p[N];
	int i, n = 0;

	for (i = 0; i < N; i++) {
		p[i] = kgc_alloc(SIZE, 0);
		ASSERT(p[i]);
	}
	for (i = 1; i < N; i++)
		if ((size_t)(p[i] - p[i - 1]) < 2 * SIZE && p[i] > p[i - 1]) {
			n++;
			/* Midway, it is behind the one as well. */
			EXPECT(is_reported(
				do_access,
				(struct access){ p[i] - 1, 1, false },
				p[i] - p[i - 1] - SIZE > 1 ? "underflow"
							   : "overflow"));
		}
	EXPECT(n > N / 2);
}

KTEST(mm_fence, freed_blocks)
{
	size_t i;
	char *p;

	for (i = 0; i < NSIZES; i++) {
		p = kgc_alloc(sizes[i], 0);
		ASSERT(p);
		kgc_free(p);
		/* Of a large one, the pages are free. */
		EXPECT(is_reported(do_access, (struct access){ p, 1, false },
				   sizes[i] > 32768 - WORD_SIZE
					   ? "wild pointer"
					   : "use after free") ||
		       is_reported(do_access, (struct access){ p, 1, false },
				   "wild pointer"));
	}
	EXPECT_EQ(kgc_check(), 0);
}

enum { DYING = 200 };

/* Addresses that keep nothing. */
static __attribute__((noinline)) void make(uintptr_t *hidden)
{
	int i;

	for (i = 0; i < DYING; i++)
		hidden[i] = ~(uintptr_t)kgc_alloc(72, 0);
}

KTEST(mm_fence, collected_blocks)
{
	static uintptr_t hidden[DYING];
	int i, n = 0;

	make(hidden);
	kgc_collect();
	for (i = 0; i < DYING; i++) {
		struct kgc_bad_access bad;

		n += kgc_access_is_bad((void *)~hidden[i], 8, &bad);
	}
	EXPECT(n > DYING * 3 / 4);
	EXPECT_EQ(kgc_check(), 0);
}

/* A block that is handed out again has its own fence, and no other. */
KTEST(mm_fence, blocks_again)
{
	size_t size;
	char *p;
	int i;

	for (i = 0; i < 2000; i++) {
		size = 1 + ktest_random() % (i % 10 ? 200 : 70000);
		p = kgc_alloc(size, i & KGC_NOSCAN);
		ASSERT(p);
		EXPECT_EQ(kgc_usable_size(p), round_up(size, WORD_SIZE));
		memset(p, 1, size);
		if (i % 3)
			kgc_free(p);
	}
	kgc_collect();
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_fence, typed_blocks)
{
	static const uintptr_t pointers = 1;
	const int type = kgc_type(&pointers, 2 * WORD_SIZE);
	char *p = kgc_alloc_typed(2 * WORD_SIZE, type, 0);

	ASSERT(p);
	try_bounds(p, 2 * WORD_SIZE);
	p = kgc_realloc(p, 20 * WORD_SIZE);
	ASSERT(p);
	try_bounds(p, 20 * WORD_SIZE);
	kgc_free(p);
}

KTEST(mm_fence, free_pages_and_tails)
{
	struct kgc_bad_access bad;
	char *p = kgc_alloc(100000, 0);

	ASSERT(p);
	kgc_free(p);
	EXPECT(is_reported(do_access,
			   (struct access){ p + 5000, WORD_SIZE, true },
			   "wild pointer"));
	EXPECT(kgc_access_is_bad(p + 5000, 1, &bad));
	EXPECT(!bad.object);
	EXPECT(!kgc_access_is_bad(&bad, sizeof(bad), &bad));
}

static volatile size_t length;

static void do_strlen(void *arg)
{
	length = strlen(arg);
}

KTEST(mm_fence, strings)
{
	char said[200] = "";
	char *p = kgc_alloc(16, 0);

	ASSERT(p);
	memset(p, 'x', 16);
	EXPECT(hostctl_catch_panic(do_strlen, p, said, sizeof(said)));
	EXPECT(!strncmp(said, "asan: overflow: load", 20));
	p[15] = 0;
	EXPECT(!hostctl_catch_panic(do_strlen, p, said, sizeof(said)));
	EXPECT_EQ(length, 15);
}
