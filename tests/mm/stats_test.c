// SPDX-License-Identifier: MIT
/* stats_test.c - divisions, sums and the identities between them */
#include "own.h"

KTEST(mm_stats, division_is_exact)
{
	uint64_t n, q;
	uint32_t d;
	int i;

	EXPECT_EQ(div_u64(0, 7), 0);
	EXPECT_EQ(div_u64(6, 7), 0);
	EXPECT_EQ(div_u64(7, 7), 1);
	EXPECT_EQ(div_u64(1234567890123456789, 1000), 1234567890123456);
	for (i = 0; i < 2000; i++) {
		n = (uint64_t)ktest_random() << 32 | ktest_random();
		n >>= ktest_random() % 64;
		d = 1 + (ktest_random() >> 8 >> ktest_random() % 24);
		if (sizeof(size_t) == 4)
			n >>= 1; /* n is below d * 2^63 on any machine */
		q = div_u64(n, d);
		ASSERT(q * d <= n);
		ASSERT(n - q * d < d);
	}
}

KTEST(mm_stats, product_is_divided)
{
	EXPECT_EQ(mul_div_u64(1000, 150, 100), 1500);
	EXPECT_EQ(mul_div_u64((uint64_t)1 << 33, 100, 100), (uint64_t)1 << 33);
	EXPECT_EQ(mul_div_u64(3, 50, 100), 1);
}

KTEST(mm_stats, totals_follow_each_operation)
{
	struct totals t;
	void *a, *b;

	ASSERT(own_open(NULL));
	stats_totals(&own, &t);
	EXPECT_EQ(t.nmalloc + t.nfree + t.alloc_bytes + t.free_bytes, 0);
	a = heap_alloc(&own, 100, 0);
	b = heap_alloc(&own, 40000, KGC_NOSCAN);
	stats_totals(&own, &t);
	EXPECT_EQ(t.nmalloc, 2);
	EXPECT_EQ(t.alloc_bytes, 112 + 40960);
	heap_free(&own, a);
	stats_totals(&own, &t);
	EXPECT_EQ(t.nfree, 1);
	EXPECT_EQ(t.free_bytes, 112);
	heap_free(&own, b);
	stats_totals(&own, &t);
	EXPECT_EQ(t.nmalloc, t.nfree);
	EXPECT_EQ(t.alloc_bytes, t.free_bytes);
	own_close();
}

KTEST(mm_stats, live_is_what_is_marked)
{
	void *keep[3];
	uint64_t objects, bytes;

	ASSERT(own_open(NULL));
	keep[0] = heap_alloc(&own, 100, 0);
	keep[1] = heap_alloc(&own, 50000, 0);
	keep[2] = heap_alloc(&own, 7, 0);
	heap_alloc(&own, 100, 0);
	heap_alloc(&own, 3000, KGC_UNCOLLECTABLE);
	heap_alloc(&own, 3000, KGC_NOGC);
	own_stop();
	mark_start(&own);
	mark_range(&own, keep, keep + 3);
	mark_drain(&own);
	stats_live(&own, &objects, &bytes);
	EXPECT_EQ(objects, 5);
	EXPECT_EQ(bytes, 112 + 53248 + 8 + 3072 + 4096);
	sweep_start(&own);
	kgc_host_start_world();
	sweep_all(&own);
	EXPECT_EQ(own_objects(), objects);
	EXPECT_EQ(own_bytes(), bytes);
	own_close();
}

static struct kgc_memstats NOROOT m;

static void identities(void)
{
	uint64_t nmalloc = 0, nfree = 0;
	int c;

	EXPECT_EQ(m.alloc, m.heap_alloc);
	EXPECT_EQ(m.heap_sys, m.heap_idle + m.heap_inuse);
	EXPECT(m.heap_alloc <= m.heap_inuse);
	EXPECT(m.heap_released <= m.heap_idle);
	EXPECT_EQ(m.heap_objects, m.nmalloc - m.nfree);
	EXPECT(m.total_alloc >= m.alloc);
	EXPECT(m.mspan_inuse <= m.mspan_sys);
	EXPECT(m.mcache_inuse <= m.mcache_sys);
	EXPECT_EQ(m.stacks_inuse, m.stacks_sys);
	EXPECT_EQ(m.sys, m.heap_sys + m.mspan_sys + m.mcache_sys +
				 m.buckhash_sys + m.bitmap_sys + m.gc_sys +
				 m.other_sys - m.heap_released);
	for (c = 0; c < KGC_NCLASSES; c++) {
		EXPECT_EQ(m.by_size[c].size, heap.classes.of[c].size);
		nmalloc += m.by_size[c].nmalloc;
		nfree += m.by_size[c].nfree;
	}
	EXPECT_EQ(nmalloc, m.nmalloc);
	EXPECT_EQ(nfree, m.nfree);
}

KTEST(mm_stats, memstats_agree_with_themselves)
{
	void *p;

	kgc_read_memstats(&m);
	identities();
	p = kgc_alloc(100000, KGC_NOGC);
	kgc_collect();
	kgc_trim(SIZE_MAX);
	kgc_read_memstats(&m);
	identities();
	EXPECT(m.stacks_inuse >= 100000);
	EXPECT_EQ(m.numgc, heap.numgc);
	EXPECT_EQ(m.next_gc, heap.pacer.next_gc);
	EXPECT_EQ(m.enablegc, heap.pacer.percent >= 0);
	kgc_free(p);
}

KTEST(mm_stats, pauses_are_in_the_ring)
{
	uint32_t last;

	kgc_collect();
	kgc_read_memstats(&m);
	ASSERT(m.numgc > 0);
	last = (m.numgc - 1) % 256;
	EXPECT(m.pause_ns[last] <= m.pause_total_ns);
	EXPECT_EQ(m.pause_ns[last], heap.pause_ns[last]);
}

KTEST(mm_stats, lookups_are_counted)
{
	uint64_t before;

	kgc_read_memstats(&m);
	before = m.nlookup;
	kgc_lookup(&before, NULL);
	kgc_lookup(NULL, NULL);
	kgc_read_memstats(&m);
	EXPECT_EQ(m.nlookup, before + 2);
}
