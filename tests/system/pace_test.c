// SPDX-License-Identifier: MIT
/* pace_test.c - when collections come, what they print, and what is counted */
#include <string.h>

#include "system.h"

static void *kept[64]; /* in bss, so a root */

static uint64_t live_bytes(struct heap *h)
{
	struct totals t;

	stats_totals(h, &t);
	return t.alloc_bytes - t.free_bytes;
}

static __attribute__((noinline)) void fill(struct heap *h, int n, size_t size)
{
	int i;

	for (i = 0; i < n; i++)
		kept[i] = heap_alloc(h, size, 0);
}

/* --- the next cycle ------------------------------------------------------ */

/* The seed's mistake, number 6: computed from what was before the sweep. */
KTEST(system_pace, next_cycle_is_computed_from_what_lives)
{
	const struct kgc_config config = {
		.heap_min = 4 * KIB,
		.percent = 100,
	};
	struct heap *h = sys_heap_new(&config);

	ASSERT(h);
	fill(h, 64, 64 * KIB);
	memset(kept + 1, 0, sizeof kept - sizeof *kept);
	sys_collect(h);
	EXPECT(live_bytes(h) >= 64 * KIB);
	EXPECT(live_bytes(h) <= 4 * 64 * KIB);
	EXPECT_EQ(h->pacer.next_gc, 2 * live_bytes(h));
	kept[0] = NULL;
	sys_heap_drop(h);
}

KTEST(system_pace, next_cycle_follows_percent)
{
	static const int percents[] = { 1, 50, 100, 300 };
	size_t i;

	for (i = 0; i < 4; i++) {
		const struct kgc_config config = {
			.heap_min = 4 * KIB,
			.percent = percents[i],
		};
		struct heap *h = sys_heap_new(&config);

		ASSERT(h);
		fill(h, 8, 64 * KIB);
		sys_collect(h);
		EXPECT_EQ(h->pacer.next_gc,
			  live_bytes(h) + live_bytes(h) * percents[i] / 100);
		memset(kept, 0, sizeof kept);
		sys_heap_drop(h);
	}
}

KTEST(system_pace, nothing_below_the_least_heap)
{
	const struct kgc_config config = { .heap_min = MIB };
	struct heap *h = sys_heap_new(&config);
	int i;

	ASSERT(h);
	EXPECT_EQ(h->pacer.next_gc, MIB);
	for (i = 0; i < 900; i++)
		EXPECT(heap_alloc(h, 1024, 0));
	EXPECT_EQ(h->numgc, 0);
	for (i = 0; i < 300; i++)
		EXPECT(heap_alloc(h, 1024, 0));
	EXPECT_EQ(h->numgc, 1);
	EXPECT_EQ(h->pacer.next_gc, MIB);
	sys_heap_drop(h);
}

/* Memory freed by hand is not collected for. */
KTEST(system_pace, freed_memory_does_not_count)
{
	const struct kgc_config config = { .heap_min = 256 * KIB };
	struct heap *h = sys_heap_new(&config);
	int i;

	ASSERT(h);
	for (i = 0; i < 4000; i++)
		heap_free(h, heap_alloc(h, i % 3000 + 1, 0));
	for (i = 0; i < 100; i++)
		heap_free(h, heap_alloc(h, 100 * KIB, 0));
	EXPECT(h->numgc <= 1);
	EXPECT_EQ(live_bytes(h), 0);
	sys_heap_drop(h);
}

/* --- stress -------------------------------------------------------------- */

KTEST(system_pace, stress_collects_at_every_allocation)
{
	const struct kgc_config config = { .stress = 1 };
	struct heap *h = sys_heap_new(&config);
	void **list;
	int i, n = 0;

	ASSERT(h);
	for (i = 0; i < 60; i++) {
		list = heap_alloc(h, 24 + i * 30, 0);
		ASSERT(list);
		list[0] = kept[0];
		list[1] = (void *)(uintptr_t)i;
		kept[0] = list;
		heap_alloc(h, 24 + i * 30, 0);
	}
	EXPECT(h->numgc >= 100);
	for (list = kept[0]; list; list = list[0], n++)
		EXPECT((uintptr_t)list[1] == 59u - n);
	EXPECT_EQ(n, 60);
	EXPECT_EQ(sys_faults(h), 0);
	kept[0] = NULL;
	sys_heap_drop(h);
}

KTEST(system_pace, stress_counts_to_n)
{
	const struct kgc_config config = { .stress = 10 };
	struct heap *h = sys_heap_new(&config);
	int i;

	ASSERT(h);
	for (i = 0; i < 200; i++)
		EXPECT(heap_alloc(h, 32, 0));
	EXPECT(h->numgc >= 19 && h->numgc <= 21);
	sys_heap_drop(h);
}

/* --- determinism --------------------------------------------------------- */

struct counts {
	uint64_t nmalloc, nfree, alloc_bytes, free_bytes;
	uint32_t numgc;
};

static __attribute__((noinline)) void mutate(struct heap *h, uint32_t seed)
{
	uint32_t state = seed, r;
	int i;

	for (i = 0; i < 20000; i++) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		r = state;
		if (r % 4 == 0 && kept[r / 4 % 64]) {
			heap_free(h, kept[r / 4 % 64]);
			kept[r / 4 % 64] = NULL;
		} else {
			kept[r / 4 % 64] = heap_alloc(
				h, r / 256 % (r % 31 ? 500 : 50000), 0);
		}
	}
	memset(kept, 0, sizeof kept);
}

static __attribute__((noinline)) void count(struct counts *c, uint32_t seed)
{
	const struct kgc_config config = { .heap_min = 256 * KIB };
	struct heap *h = sys_heap_new(&config);
	struct totals t;

	memset(c, 0, sizeof *c);
	if (!EXPECT(h))
		return;
	sys_clear_stack();
	mutate(h, seed);
	stats_totals(h, &t);
	c->nmalloc = t.nmalloc;
	c->alloc_bytes = t.alloc_bytes;
	c->numgc = h->numgc;
	sys_collect(h);
	sys_collect(h);
	stats_totals(h, &t);
	c->nfree = t.nfree;
	c->free_bytes = t.free_bytes;
	EXPECT_EQ(sys_faults(h), 0);
	sys_heap_drop(h);
}

/* A word that looks like an address may keep one object, and its memory. */
KTEST(system_pace, the_same_seed_gives_the_same_counts)
{
	struct counts a, b;

	count(&a, 4711);
	count(&b, 4711);
	EXPECT_EQ(a.nmalloc, b.nmalloc);
	EXPECT_EQ(a.alloc_bytes, b.alloc_bytes);
	EXPECT_EQ(a.numgc, b.numgc);
	EXPECT_EQ(a.nfree, b.nfree);
	EXPECT_EQ(a.free_bytes, b.free_bytes);
	EXPECT(a.numgc > 10);
}

/* --- what is printed ----------------------------------------------------- */

KTEST(system_pace, trace_prints_a_line_a_cycle)
{
	const struct kgc_config config = { .trace = 1 };
	struct heap *h = sys_heap_new(&config);

	ASSERT(h);
	sys_output_mark();
	collect(h, true);
	EXPECT_EQ(sys_lines("gc1: "), 1);
	collect(h, true);
	EXPECT_EQ(sys_lines("gc1: "), 1);
	EXPECT_EQ(sys_lines("gc2: "), 1);
	EXPECT_EQ(sys_lines("pause "), 0);
	sys_heap_drop(h);
}

KTEST(system_pace, trace_2_collects_a_second_time)
{
	const struct kgc_config config = { .trace = 2, .heap_min = 64 * KIB };
	struct heap *h = sys_heap_new(&config);
	int i;

	ASSERT(h);
	sys_output_mark();
	for (i = 0; i < 200 && !h->numgc; i++)
		EXPECT(heap_alloc(h, 1024, 0));
	EXPECT_EQ(h->numgc, 2);
	EXPECT_EQ(sys_lines("gc1: "), 1);
	EXPECT_EQ(sys_lines("gc2: "), 1);
	sys_heap_drop(h);
}

KTEST(system_pace, debug_prints_pauses)
{
	const struct kgc_config config = { .debug = 1 };
	struct heap *h = sys_heap_new(&config);

	ASSERT(h);
	sys_output_mark();
	collect(h, true);
	collect(h, true);
	EXPECT_EQ(sys_lines("pause "), 2);
	EXPECT_EQ(sys_lines("pause 0\n"), 0);
	EXPECT_EQ(sys_lines("gc"), 0);
	sys_heap_drop(h);
}

KTEST(system_pace, silence_is_the_default)
{
	const struct kgc_config config = { 0 };
	struct heap *h = sys_heap_new(&config);

	ASSERT(h);
	sys_output_mark();
	collect(h, true);
	EXPECT_EQ(sys_lines("pause ") + sys_lines("gc"), 0);
	sys_heap_drop(h);
}

/* --- statistics ---------------------------------------------------------- */

static void check_identities(void)
{
	static struct kgc_memstats NOROOT m;
	uint64_t nmalloc = 0, nfree = 0, small = 0;
	struct totals t;
	int i;

	kgc_host_pin();
	kgc_read_memstats(&m);
	stats_totals(&heap, &t);
	kgc_host_unpin();
	EXPECT_EQ(m.heap_sys, m.heap_idle + m.heap_inuse);
	EXPECT(m.heap_released <= m.heap_idle);
	EXPECT(m.stacks_inuse <= m.heap_inuse);
	EXPECT_EQ(m.heap_alloc, m.alloc);
	EXPECT_EQ(m.alloc, m.total_alloc - t.free_bytes);
	EXPECT_EQ(m.heap_objects, m.nmalloc - m.nfree);
	EXPECT(m.alloc <= m.heap_inuse);
	EXPECT(m.alloc >= m.heap_objects);
	for (i = 0; i < KGC_NCLASSES; i++) {
		nmalloc += m.by_size[i].nmalloc;
		nfree += m.by_size[i].nfree;
		EXPECT(m.by_size[i].nmalloc >= m.by_size[i].nfree);
		EXPECT(!i || m.by_size[i].size > m.by_size[i - 1].size);
		small += (m.by_size[i].nmalloc - m.by_size[i].nfree) *
			 m.by_size[i].size;
	}
	EXPECT_EQ(nmalloc, m.nmalloc);
	EXPECT_EQ(nfree, m.nfree);
	EXPECT(small <= m.alloc);
	EXPECT(m.mspan_inuse <= m.mspan_sys);
	EXPECT_EQ(m.sys, m.heap_sys + m.mspan_sys + m.mcache_sys +
				 m.buckhash_sys + m.bitmap_sys + m.gc_sys +
				 m.other_sys - m.heap_released);
	EXPECT_EQ(m.numgc, heap.numgc);
	EXPECT_EQ(m.by_size[0].size, 0);
	EXPECT_EQ(m.by_size[KGC_NCLASSES - 1].size, 32768);
}

/* @size bytes more in an object of class @class, and away again. */
static void check_one(size_t size, unsigned int flags)
{
	static struct kgc_memstats NOROOT before, held, after;
	size_t usable;
	void *p;

	kgc_read_memstats(&before);
	p = kgc_alloc(size, flags | KGC_NOCOLLECT);
	ASSERT(p);
	usable = span_of(&heap, (uintptr_t)p)->size;
	kgc_read_memstats(&held);
	kgc_free(p);
	kgc_read_memstats(&after);
	EXPECT_EQ(held.nmalloc, before.nmalloc + 1);
	EXPECT_EQ(held.total_alloc, before.total_alloc + usable);
	EXPECT_EQ(after.nfree, before.nfree + 1);
	EXPECT_EQ(after.alloc, before.alloc);
	EXPECT_EQ(after.total_alloc, before.total_alloc + usable);
}

KTEST(system_pace, statistics_agree)
{
	size_t size;

	if (KGC_CHECK >= 2) {
		ktest_skip("blocks have canaries");
		return;
	}
	sys_settle();
	check_identities();
	for (size = 1; size < 200000; size = size * 3 + 5) {
		check_one(size, 0);
		check_one(size, KGC_NOSCAN);
		check_one(size, KGC_UNCOLLECTABLE);
		check_one(size, KGC_NOGC);
	}
	check_identities();
	sys_collect(&heap);
	check_identities();
	kgc_trim(SIZE_MAX);
	check_identities();
}

KTEST(system_pace, pauses_are_counted)
{
	static struct kgc_memstats NOROOT before, after;

	sys_settle();
	kgc_read_memstats(&before);
	kgc_collect();
	kgc_read_memstats(&after);
	EXPECT_EQ(after.numgc, before.numgc + 1);
	EXPECT(after.pause_ns[(after.numgc - 1) % 256] > 0);
	EXPECT_EQ(after.pause_total_ns,
		  before.pause_total_ns +
			  after.pause_ns[(after.numgc - 1) % 256]);
}
