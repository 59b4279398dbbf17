// SPDX-License-Identifier: MIT
/*
 * realloc_test.c - blocks of another size, and what is told of a block
 */
#include "own.h"

KTEST(mm_realloc, keeps_contents_and_clears_the_rest)
{
	static const size_t sizes[] = { 1,    40,   33,	   500,	  90,	 4000,
					8000, 1500, 40000, 90000, 30000, 20 };
	unsigned char *p = kgc_realloc(NULL, 10);
	size_t i, old = 10;

	ASSERT(p && own_is_all(p, 0, 10));
	memset(p, 0x5a, old);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		p = kgc_realloc(p, sizes[i]);
		ASSERT(p);
		EXPECT(own_is_all(p, 0x5a, MIN(old, sizes[i])));
		if (sizes[i] > old)
			EXPECT(own_is_all(p + old, 0, sizes[i] - old));
		old = sizes[i];
		memset(p, 0x5a, old);
	}
	p = kgc_realloc(p, 0);
	EXPECT(p && kgc_usable_size(p) >= 1);
	kgc_free(p);
}

KTEST(mm_realloc, stays_where_it_fits)
{
	unsigned char *p = kgc_alloc(1000, 0), *q;

	if (is_guarded(&heap)) {
		ktest_skip("a block has no more than was asked for");
		return;
	}
	ASSERT(p);
	EXPECT(kgc_realloc(p, 1024) == p);
	memset(p, 1, 1024);
	EXPECT(kgc_realloc(p, 513) == p);
	EXPECT(own_is_all(p, 1, 513) && own_is_all(p + 513, 0, 511));
	EXPECT(kgc_realloc(p, 1024) == p);
	EXPECT(own_is_all(p + 513, 0, 511));
	q = kgc_realloc(p, 512);
	EXPECT(q && q != p);
	EXPECT_EQ(kgc_usable_size(q), 512);
	EXPECT(kgc_lookup(p, NULL) == NULL);
	kgc_free(q);
	p = kgc_alloc(32, 0);
	EXPECT(kgc_realloc(p, 1) == p);
	kgc_free(p);
}

static unsigned int flags_seen;
static void *sought;
OWN_CLEARS(sought)

static void note_flags(void *p, size_t size, unsigned int flags, void *arg)
{
	if (p == sought)
		flags_seen = flags;
}

KTEST(mm_realloc, keeps_the_kind)
{
	static const unsigned int flags[] = { 0, KGC_NOSCAN, KGC_UNCOLLECTABLE,
					      KGC_UNCOLLECTABLE | KGC_NOSCAN,
					      KGC_NOGC };
	int i;

	for (i = 0; i < 5; i++) {
		sought = kgc_realloc(kgc_alloc(100, flags[i]), 10000);
		ASSERT(sought);
		flags_seen = ~0u;
		kgc_walk(note_flags, NULL);
		EXPECT_EQ(flags_seen, flags[i]);
		kgc_free(sought);
	}
	sought = NULL;
}

KTEST(mm_realloc, failure_leaves_the_block)
{
	unsigned char *p = kgc_alloc(100, 0);

	ASSERT(p);
	memset(p, 7, 100);
	EXPECT(!kgc_realloc(p, SIZE_MAX / 2));
	EXPECT(own_is_all(p, 7, 100));
	EXPECT_EQ(kgc_usable_size(p), own_usable(100, 112));
	kgc_free(p);
}

KTEST(mm_realloc, lookup_finds_base_and_size)
{
	char *p = kgc_alloc(100, 0), *q = kgc_alloc(100000, KGC_NOSCAN);
	static size_t size; /* a stack may be a block of the heap */

	ASSERT(p && q);
	EXPECT(kgc_lookup(p, &size) == p);
	EXPECT_EQ(size, own_usable(100, 112));
	EXPECT(kgc_lookup(p + 103, NULL) == p);
	EXPECT(kgc_lookup(q + 99999, &size) == q);
	EXPECT_EQ(size, own_usable(100000, 102400));
	size = 5;
	EXPECT(!kgc_lookup(&size, &size));
	EXPECT(!kgc_lookup(NULL, &size));
	EXPECT_EQ(size, 5);
	kgc_free(p);
	EXPECT(!kgc_lookup(p, NULL));
	kgc_free(q);
	EXPECT(!kgc_lookup(q + 8, NULL));
}

/* What was handed out of late is known as well, and so is its kind. */
KTEST(mm_realloc, fresh_blocks_are_known)
{
	char *p[8];
	int i;

	for (i = 0; i < 8; i++) {
		p[i] = kgc_alloc(100, i % 2 ? KGC_NOSCAN : 0);
		ASSERT(p[i]);
		p[i][99] = 1;
	}
	for (i = 0; i < 8; i++) {
		p[i] = kgc_realloc(p[i], 300);
		ASSERT(p[i]);
		EXPECT_EQ(kgc_flags(p[i]), i % 2 ? KGC_NOSCAN : 0);
		EXPECT(p[i][99] == 1 && own_is_all(p[i] + 100, 0, 200));
		kgc_free(p[i]);
	}
}
