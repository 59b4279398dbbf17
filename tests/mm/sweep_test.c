// SPDX-License-Identifier: MIT
/* sweep_test.c - sweep numbers, and what is freed and counted by whom */
#include "own.h"

static void *keep[4];

/* A cycle up to the start of sweeping: the spans are behind. */
static void mark_only(void)
{
	uint64_t objects, bytes;

	mark_prepare(&own);
	own_stop();
	mark_start(&own);
	mark_range(&own, keep, keep + 4);
	mark_drain(&own);
	stats_live(&own, &objects, &bytes);
	pacer_set_trigger(&own, bytes);
	sweep_start(&own);
	kgc_host_start_world();
}

static size_t count_behind(void)
{
	struct span *s;
	size_t page = 0, n = 0;

	while ((s = pageheap_next(&own, &page)))
		n += !sweep_is_done(&own, s);
	return n;
}

static bool open_clean(void)
{
	memset(keep, 0, sizeof(keep));
	return own_open(NULL);
}

KTEST(mm_sweep, cycle_leaves_spans_behind)
{
	struct span *s;
	uint32_t gen;

	ASSERT(open_clean());
	keep[0] = heap_alloc(&own, 100, 0);
	heap_alloc(&own, 1000, 0);
	heap_alloc(&own, 100000, 0);
	heap_alloc(&own, 10, KGC_NOGC);
	gen = own.sweepgen;
	EXPECT_EQ(count_behind(), 0);
	mark_only();
	EXPECT_EQ(own.sweepgen, gen + 2);
	EXPECT(!own.swept);
	EXPECT_EQ(count_behind(), 4);
	s = span_of(&own, (uintptr_t)keep[0]);
	EXPECT_EQ(s->sweepgen, gen);
	sweep_span(&own, s);
	EXPECT_EQ(s->sweepgen, gen + 2);
	EXPECT_EQ(count_behind(), 3);
	sweep_span(&own, s); /* is done already */
	sweep_all(&own);
	EXPECT(own.swept);
	EXPECT_EQ(count_behind(), 0);
	EXPECT_EQ(own_objects(), 2);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_sweep, dead_objects_are_counted_by_class)
{
	struct cache *c;
	unsigned int slot = kgc_host_pin();
	int i;

	kgc_host_unpin();
	ASSERT(open_clean());
	c = own.cache[slot];
	for (i = 0; i < 10; i++)
		keep[i % 4] = heap_alloc(&own, 128, 0);
	heap_alloc(&own, 50000, KGC_NOSCAN);
	own_collect(keep, keep + 4);
	EXPECT_EQ(c->nfree[9], 6);
	EXPECT_EQ(c->nfree[0], 1);
	EXPECT_EQ(c->large_free, round_up(50000, PAGE_SIZE));
	EXPECT_EQ(own_objects(), 4);
	EXPECT_EQ(own_bytes(), 4 * 128);
	EXPECT_EQ(own.pacer.allocated, 4 * 128);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_sweep, uncollectable_and_nogc_stay)
{
	void *a, *b, *c, *d;

	ASSERT(open_clean());
	a = heap_alloc(&own, 100, KGC_UNCOLLECTABLE);
	b = heap_alloc(&own, 100, KGC_UNCOLLECTABLE | KGC_NOSCAN);
	c = heap_alloc(&own, 100000, KGC_UNCOLLECTABLE);
	d = heap_alloc(&own, 100, KGC_NOGC);
	own_collect(keep, keep + 4);
	own_collect(keep, keep + 4);
	EXPECT(own_has(a) && own_has(b) && own_has(c) && own_has(d));
	heap_free(&own, a);
	heap_free(&own, b);
	heap_free(&own, c);
	heap_free(&own, d);
	EXPECT_EQ(own_objects(), 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_sweep, free_sweeps_its_span_first)
{
	struct span *s;

	ASSERT(open_clean());
	keep[0] = heap_alloc(&own, 128, 0);
	keep[1] = heap_alloc(&own, 128, 0);
	heap_alloc(&own, 128, 0);
	mark_only();
	s = span_of(&own, (uintptr_t)keep[0]);
	EXPECT(!sweep_is_done(&own, s));
	heap_free(&own, keep[0]);
	EXPECT(sweep_is_done(&own, s));
	EXPECT_EQ(s->nused, 1);
	EXPECT_EQ(own_objects(), 1);
	sweep_all(&own);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_sweep, allocation_finds_swept_objects)
{
	char *p[31];
	int i;

	ASSERT(open_clean());
	for (i = 0; i < 31; i++)
		p[i] = heap_alloc(&own, 128, 0);
	memset(p[0], 1, 31 * 128);
	keep[0] = p[30];
	mark_only();
	EXPECT(heap_alloc(&own, 128, 0) == p[0]);
	for (i = 0; i < 128; i++)
		EXPECT_EQ(p[0][i], 0);
	EXPECT_EQ(own.pageheap.inuse, PAGE_SIZE);
	sweep_all(&own);
	EXPECT_EQ(own_objects(), 2);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_sweep, some_pages_are_swept_before_growing)
{
	size_t behind, sys;
	int i;

	ASSERT(open_clean());
	for (i = 0; i < 60; i++)
		ASSERT(heap_alloc(&own, 4 * PAGE_SIZE, 0));
	sys = own.pageheap.sys;
	mark_only();
	behind = count_behind();
	EXPECT(behind >= 60);
	/* Without sweeping there would be no room for this many. */
	for (i = 0; i < 60; i++)
		ASSERT(heap_alloc(&own, 6 * PAGE_SIZE, KGC_NOSCAN));
	EXPECT(own.pageheap.sys <= sys + MIB);
	EXPECT(count_behind() < behind);
	sweep_all(&own);
	EXPECT_EQ(own_objects(), 60);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_sweep, new_spans_are_not_behind)
{
	void *p;

	ASSERT(open_clean());
	heap_alloc(&own, 128, 0);
	mark_only();
	p = heap_alloc(&own, 70000, 0);
	ASSERT(p);
	EXPECT(sweep_is_done(&own, span_of(&own, (uintptr_t)p)));
	sweep_all(&own);
	EXPECT(own_has(p));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_sweep, empty_spans_return_their_pages)
{
	int i;

	ASSERT(open_clean());
	for (i = 0; i < 2000; i++)
		heap_alloc(&own, 8 + i % 3000, i % 2 ? KGC_NOSCAN : 0);
	EXPECT(own.pageheap.inuse > 500 * KIB);
	own_collect(keep, keep + 4);
	EXPECT_EQ(own.pageheap.inuse, 0);
	EXPECT_EQ(own_objects(), 0);
	EXPECT_EQ(own_bytes(), 0);
	EXPECT_SOUND();
	own_close();
}
