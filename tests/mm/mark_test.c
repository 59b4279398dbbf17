// SPDX-License-Identifier: MIT
/*
 * mark_test.c - what a pointer keeps, with roots that are known exactly
 */
#include "own.h"

static void *roots[8];
OWN_CLEARS(roots)

static void collect_roots(void)
{
	own_collect(roots, roots + 8);
	memset(roots, 0, sizeof(roots));
}

static bool open_list(size_t entries)
{
	memset(roots, 0, sizeof(roots));
	return OWN_OPEN(.heap_reserve = 16 * MIB, .percent = -1,
			.mark_entries = entries,
			.profile_rate = KGC_PROFILE_OFF);
}

/* With the world stopped: does a pointer to @p mark the object @base? */
static bool marks(uintptr_t p, uintptr_t base)
{
	const struct bitpos b = bitmap_at(own.arena.start, base);
	bool marked;

	mark_start(&own);
	mark_object(&own, p);
	marked = mark_is_marked(&own, base);
	*b.word &= ~(BIT_GROUP << 2 * BITS_K);
	return marked;
}

KTEST(mm_mark, every_word_of_every_class_keeps)
{
	uintptr_t base, off, missed;
	unsigned int c, kind;
	size_t size;

	ASSERT(own_open(NULL));
	for (c = 1; c < KGC_NCLASSES; c++) {
		kind = c % 2 ? KGC_NOSCAN : 0;
		size = own.classes.of[c].size;
		heap_alloc(&own, size, kind); /* not at the span's start */
		base = (uintptr_t)heap_alloc(&own, size, kind);
		ASSERT(base);
		own_stop();
		for (off = missed = 0; off < size; off += WORD_SIZE)
			missed += !marks(base + off, base);
		missed += !marks(base + size - 1, base);
		missed += marks(base + size, base); /* one past the end */
		missed += marks(base - 1, base);
		kgc_host_start_world();
		EXPECT_EQ(missed, 0);
	}
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_mark, free_objects_tails_and_nogc_are_not_marked)
{
	char *p, *q, *nogc;

	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 1152, 0); /* 7 in two pages, a tail of 128 */
	q = heap_alloc(&own, 1152, 0);
	nogc = heap_alloc(&own, 100, KGC_NOGC);
	ASSERT(p && q && nogc);
	heap_free(&own, q);
	own_stop();
	EXPECT(!marks((uintptr_t)q, (uintptr_t)q));
	EXPECT(!marks((uintptr_t)p + 8191, (uintptr_t)p + 7 * 1152));
	EXPECT(!marks((uintptr_t)nogc, (uintptr_t)nogc));
	EXPECT(!marks((uintptr_t)nogc + 8, (uintptr_t)nogc));
	mark_start(&own);
	mark_object(&own, 0);
	mark_object(&own, 1);
	mark_object(&own, own.arena.start - 8);
	mark_object(&own, own.arena.start + own.arena.used);
	mark_object(&own, ~(uintptr_t)0);
	EXPECT_EQ(own.marker.n, 0);
	kgc_host_start_world();
	own_close();
}

KTEST(mm_mark, noscan_contents_are_not_followed)
{
	void **scan, **noscan, *a, *b;

	ASSERT(open_list(0));
	scan = heap_alloc(&own, 64, 0);
	noscan = heap_alloc(&own, 64, KGC_NOSCAN);
	a = heap_alloc(&own, 48, 0);
	b = heap_alloc(&own, 48, 0);
	scan[7] = a;
	noscan[0] = noscan[7] = b;
	roots[0] = scan;
	roots[7] = (char *)noscan + 63;
	collect_roots();
	EXPECT(own_has(scan) && own_has(noscan) && own_has(a));
	EXPECT(!own_has(b));
	EXPECT_EQ(own_objects(), 3);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_mark, nogc_contents_are_not_followed)
{
	void **nogc, *a;

	ASSERT(open_list(0));
	nogc = heap_alloc(&own, 64, KGC_NOGC);
	a = heap_alloc(&own, 48, 0);
	nogc[0] = a;
	roots[0] = nogc;
	collect_roots();
	EXPECT(own_has(nogc));
	EXPECT(!own_has(a));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_mark, unaligned_words_are_no_pointers)
{
	static char buf[4 * sizeof(void *)] __attribute__((aligned(16)));
	void *p;

	ASSERT(open_list(0));
	p = heap_alloc(&own, 48, 0);
	ASSERT(p);
	memcpy(buf + WORD_SIZE / 2, &p, sizeof(p));
	own_collect(buf, buf + sizeof(buf));
	EXPECT(!own_has(p));
	p = heap_alloc(&own, 48, 0);
	memset(buf, 0, sizeof(buf));
	memcpy(buf + WORD_SIZE, &p, sizeof(p));
	own_collect(buf + 1, buf + 2 * WORD_SIZE - 1); /* holds half of it */
	EXPECT(!own_has(p));
	p = heap_alloc(&own, 48, 0);
	memcpy(buf + WORD_SIZE, &p, sizeof(p));
	own_collect(buf + 1, buf + 2 * WORD_SIZE);
	EXPECT(own_has(p));
	memset(buf, 0, sizeof(buf));
	own_close();
}

KTEST(mm_mark, cycles_without_root_go)
{
	void **a, **b;

	ASSERT(open_list(0));
	a = heap_alloc(&own, 32, 0);
	b = heap_alloc(&own, 4000, 0);
	a[0] = a;
	a[1] = b;
	b[400] = a;
	roots[3] = b;
	collect_roots();
	EXPECT_EQ(own_objects(), 2);
	collect_roots();
	EXPECT_EQ(own_objects(), 0);
	own_close();
}
