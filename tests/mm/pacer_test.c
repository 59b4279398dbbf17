// SPDX-License-Identifier: MIT
/* pacer_test.c - the arithmetic of the next trigger */
#include "own.h"

static bool open_with(const struct kgc_config *config)
{
	struct kgc_config c = *config;

	c.heap_reserve = MIB;
	return own_open(&c);
}

static size_t trigger(uint64_t live)
{
	pacer_set_trigger(&own, live);
	EXPECT_EQ(own.pacer.allocated, (size_t)live);
	return own.pacer.next_gc;
}

KTEST(mm_pacer, first_trigger_is_heap_min)
{
	ASSERT(open_with(&(struct kgc_config){ .heap_min = 123456 }));
	EXPECT_EQ(own.pacer.next_gc, 123456);
	EXPECT_EQ(own.pacer.percent, 100);
	own_close();
	ASSERT(open_with(&(struct kgc_config){ 0 }));
	EXPECT_EQ(own.pacer.next_gc, 4 * MIB);
	own_close();
}

KTEST(mm_pacer, heap_grows_by_percent)
{
	ASSERT(open_with(&(struct kgc_config){ .heap_min = 1000 }));
	EXPECT_EQ(trigger(1000000), 2000000);
	EXPECT_EQ(trigger(100), 1000);
	EXPECT_EQ(trigger(0), 1000);
	own.pacer.percent = 50;
	EXPECT_EQ(trigger(1000001), 1500001);
	own.pacer.percent = 400;
	EXPECT_EQ(trigger(12345), 5 * 12345);
	own.pacer.percent = 0;
	EXPECT_EQ(trigger(5000), 5000);
	own.pacer.percent = -1;
	EXPECT_EQ(trigger(5000), 5000);
	own_close();
}

KTEST(mm_pacer, limited_heap_collects_before_its_end)
{
	ASSERT(open_with(&(struct kgc_config){ .heap_min = 1000,
					       .heap_max = 16 * MIB }));
	EXPECT_EQ(trigger(4 * MIB), 8 * MIB);
	EXPECT_EQ(trigger(10 * MIB), 15 * MIB);
	/* Nearer to it, half of what is left. */
	EXPECT_EQ(trigger(15 * MIB + 8), 15 * MIB + MIB / 2 + 4);
	own_close();
}

KTEST(mm_pacer, large_heaps_do_not_overflow)
{
	const uint64_t gib = (uint64_t)1 << 30;

	ASSERT(open_with(&(struct kgc_config){ .heap_min = 1000 }));
	EXPECT_EQ(trigger(1 * gib), 2 * gib);
	EXPECT_EQ(trigger(gib + gib / 2), 3 * gib);
	if (sizeof(size_t) == 4) {
		EXPECT_EQ(trigger(2 * gib), SIZE_MAX);
		EXPECT_EQ(trigger(3 * gib), SIZE_MAX);
		own.pacer.percent = 1000;
		EXPECT_EQ(trigger(gib), SIZE_MAX);
	} else {
		EXPECT_EQ(trigger(1000 * gib), 2000 * gib);
		own.pacer.percent = 1000;
		EXPECT_EQ(trigger(1000 * gib), 11000 * gib);
	}
	own_close();
}

KTEST(mm_pacer, due_when_allocated_reaches_trigger)
{
	ASSERT(open_with(&(struct kgc_config){ .heap_min = 81920 }));
	ASSERT(heap_alloc(&own, 40960, KGC_NOCOLLECT));
	EXPECT(!pacer_is_due(&own));
	ASSERT(heap_alloc(&own, 40960, KGC_NOCOLLECT));
	EXPECT(pacer_is_due(&own));
	own.pacer.percent = -1;
	EXPECT(!pacer_is_due(&own));
	own_close();
}

KTEST(mm_pacer, zero_percent_is_always_due)
{
	ASSERT(open_with(
		&(struct kgc_config){ .percent_zero = true, .heap_min = 1 }));
	EXPECT_EQ(own.pacer.percent, 0);
	ASSERT(heap_alloc(&own, 40960, KGC_NOCOLLECT));
	trigger(40960);
	EXPECT(pacer_is_due(&own));
	own_close();
}

KTEST(mm_pacer, stress_counts_allocations)
{
	int i;

	ASSERT(open_with(&(struct kgc_config){ .stress = 5 }));
	for (i = 0; i < 4; i++) {
		pacer_count(&own);
		EXPECT(!pacer_is_due(&own));
	}
	pacer_count(&own);
	EXPECT(pacer_is_due(&own));
	pacer_count(&own);
	EXPECT(pacer_is_due(&own));
	trigger(0);
	EXPECT(!pacer_is_due(&own));
	own_close();
}

KTEST(mm_pacer, allocations_trigger_cycles)
{
	uint32_t i;

	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .heap_min = 256 * KIB));
	for (i = 0; i < 40; i++)
		ASSERT(heap_alloc(&own, 32 * KIB, KGC_NOSCAN));
	EXPECT(own.numgc >= 2 && own.numgc <= 8);
	i = own.numgc;
	own.pacer.percent = -1;
	while (own_bytes() < MIB)
		ASSERT(heap_alloc(&own, 32 * KIB, KGC_NOSCAN));
	EXPECT_EQ(own.numgc, i);
	own_close();
}

KTEST(mm_pacer, nocollect_does_not)
{
	int i;

	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .heap_min = 64 * KIB));
	for (i = 0; i < 40; i++)
		ASSERT(heap_alloc(&own, 16 * KIB, KGC_NOSCAN | KGC_NOCOLLECT));
	EXPECT_EQ(own.numgc, 0);
	own_close();
}

KTEST(mm_pacer, set_percent_returns_the_old)
{
	const int was = kgc_set_percent(77);

	EXPECT_EQ(kgc_set_percent(-5), 77);
	EXPECT_EQ(kgc_set_percent(was), (uint64_t)-5);
	EXPECT_EQ(heap.pacer.percent, was);
}

/* --- a full heap --------------------------------------------------------- */

/* @n cycles that each mark @live and found @grown allocated since the last. */
static void cycles(struct heap *h, int n, uint64_t live, size_t grown)
{
	for (; n; n--) {
		h->pacer.allocated = live + grown;
		pacer_set_trigger(h, live);
	}
}

KTEST(mm_pacer, marking_what_allocation_pays_for_goes_on)
{
	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .heap_max = 8 * MIB,
			.profile_rate = KGC_PROFILE_OFF));
	cycles(&own, 100, 7 * MIB, MIB);
	EXPECT(!pacer_is_in_vain(&own));
	own_close();
}

KTEST(mm_pacer, marking_in_vain_is_told_once)
{
	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .heap_max = 8 * MIB,
			.profile_rate = KGC_PROFILE_OFF));
	cycles(&own, 3, 7 * MIB, 64 * KIB);
	EXPECT(!pacer_is_in_vain(&own));
	cycles(&own, 4, 7 * MIB, 64 * KIB);
	EXPECT(own.pacer.full);
	EXPECT(pacer_is_in_vain(&own));
	EXPECT(!pacer_is_in_vain(&own));
	own_close();
}

KTEST(mm_pacer, a_share_of_100_is_no_bound)
{
	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .heap_max = 8 * MIB,
			.profile_rate = KGC_PROFILE_OFF, .share = 100));
	cycles(&own, 100, 7 * MIB, 16);
	EXPECT(!pacer_is_in_vain(&own));
	own_close();
}

/* gcpercent alone asks for many collections: that is no full heap. */
KTEST(mm_pacer, a_small_percent_is_not_bounded)
{
	ASSERT(OWN_OPEN(.heap_reserve = 64 * MIB, .percent = 1, .heap_min = MIB,
			.profile_rate = KGC_PROFILE_OFF));
	cycles(&own, 20, 7 * MIB, 64 * KIB);
	EXPECT(!own.pacer.full);
	own_close();
}

/* Nearly all of the heap is in use, and a little is garbage each time. */
KTEST(mm_pacer, a_program_at_its_limit_gets_null)
{
	static void *held[128];
	unsigned int n = 0, i, failed = 0;

	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .heap_max = 4 * MIB,
			.profile_rate = KGC_PROFILE_OFF));
	while (n < 128 && (held[n] = heap_alloc(&own, 32 * KIB, KGC_NOSCAN)))
		n++;
	ASSERT(n > 100);
	for (i = 0; i < 4; i++) { /* for stale words, too */
		heap_free(&own, held[--n]);
		held[n] = NULL;
	}
	for (i = 0; i < 200; i++)
		failed += !heap_alloc(&own, 30 * KIB, KGC_NOSCAN);
	/* Each NULL has at least four collections before it. */
	EXPECT(failed >= 5);
	EXPECT(own.numgc >= 4 * failed);
	memset(held, 0, sizeof held);
	own_close();
}
