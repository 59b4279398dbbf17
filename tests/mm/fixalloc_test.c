// SPDX-License-Identifier: MIT
/* fixalloc_test.c - records of one size */
#include "own.h"

static struct meta meta;
static struct fixalloc f;

static void open(size_t size)
{
	memset(&meta, 0, sizeof(meta));
	lock_init(&meta.lock, RANK_META);
	meta.step = 128 * KIB;
	fixalloc_init(&f, &meta, size);
}

KTEST(mm_fixalloc, records_are_apart_and_aligned)
{
	static unsigned char *p[1000];
	size_t i, k;

	open(42);
	EXPECT_EQ(f.size, WORD_SIZE == 8 ? 48 : 44);
	for (i = 0; i < 1000; i++) {
		p[i] = fixalloc_alloc(&f);
		ASSERT(p[i]);
		EXPECT_EQ((uintptr_t)p[i] % WORD_SIZE, 0);
		memset(p[i], i & 255, f.size);
	}
	for (i = 0; i < 1000; i++)
		for (k = 0; k < f.size; k++)
			ASSERT_EQ(p[i][k], i & 255);
	EXPECT_EQ(f.inuse, 1000 * f.size);
	EXPECT(f.sys >= f.inuse && f.sys < f.inuse + f.inuse / 8);
	meta_destroy(&meta);
}

KTEST(mm_fixalloc, freed_records_are_used_again)
{
	void *a, *b, *c;

	open(sizeof(struct span));
	a = fixalloc_alloc(&f);
	b = fixalloc_alloc(&f);
	ASSERT(a && b);
	fixalloc_free(&f, a);
	fixalloc_free(&f, b);
	EXPECT_EQ(f.inuse, 0);
	EXPECT(fixalloc_alloc(&f) == b);
	EXPECT(fixalloc_alloc(&f) == a);
	c = fixalloc_alloc(&f);
	EXPECT(c && c != a && c != b);
	EXPECT_EQ(f.inuse, 3 * f.size);
	meta_destroy(&meta);
}

KTEST(mm_fixalloc, no_memory_is_null)
{
	open(64);
	hostctl_fail_commit(1);
	EXPECT(!fixalloc_alloc(&f));
	hostctl_fail_commit(0);
	EXPECT_EQ(f.inuse + f.sys, 0);
	EXPECT(fixalloc_alloc(&f));
	meta_destroy(&meta);
}
