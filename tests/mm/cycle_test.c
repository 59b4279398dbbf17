// SPDX-License-Identifier: MIT
/* cycle_test.c - the ring of the last cycles, and their observer */
#include "own.h"

static struct kgc_cycle NOROOT ring[KGC_LAST_CYCLES];
static uint32_t told[32];
static int ntold;

static void observe(const struct kgc_cycle *c, void *arg)
{
	if (ntold < 32)
		told[ntold++] = c->number;
}

/* A cycle of the program's heap would mark nothing of this one. */
static void cycles(int n)
{
	while (n--)
		collect(&own, true);
}

KTEST(mm_cycle, phases_begin_in_order)
{
	const struct kgc_cycle *c = ring;
	int i;

	ASSERT(own_open(NULL));
	ASSERT(heap_alloc(&own, 100, 0));
	EXPECT_EQ(cycle_last(&own, ring, 1), 0);
	cycles(1);
	ASSERT_EQ(cycle_last(&own, ring, KGC_LAST_CYCLES), 1);
	EXPECT_EQ(c->number, 1);
	EXPECT(c->forced);
	EXPECT(c->begin_ns[0]);
	for (i = 0; i < KGC_NPHASES; i++)
		EXPECT(c->begin_ns[i] <= c->begin_ns[i + 1]);
	EXPECT_EQ(c->objects_before, 1);
	EXPECT_EQ(c->next_gc, own.pacer.next_gc);
	EXPECT_EQ(own.pause_ns[0],
		  c->begin_ns[KGC_PHASE_SWEEP] - c->begin_ns[KGC_PHASE_STOP]);
	own_close();
}

KTEST(mm_cycle, last_ones_are_kept)
{
	int i;

	ASSERT(own_open(NULL));
	cycles(KGC_LAST_CYCLES + 3);
	EXPECT_EQ(cycle_last(&own, ring, 100), KGC_LAST_CYCLES);
	for (i = 0; i < KGC_LAST_CYCLES; i++)
		EXPECT_EQ(ring[i].number, i + 4);
	EXPECT_EQ(cycle_last(&own, ring, 2), 2);
	EXPECT_EQ(ring[0].number, KGC_LAST_CYCLES + 2);
	EXPECT_EQ(cycle_last(&own, ring, 0), 0);
	own_close();
}

KTEST(mm_cycle, one_that_runs_is_the_last)
{
	static struct kgc_cycle now = { .number = 3 };

	ASSERT(own_open(NULL));
	cycles(2);
	own.cycles.now = &now;
	EXPECT_EQ(cycle_last(&own, ring, 2), 2);
	EXPECT_EQ(ring[0].number, 2);
	EXPECT_EQ(ring[1].number, 3);
	own.cycles.now = NULL;
	own_close();
}

KTEST(mm_cycle, observer_is_told_in_order)
{
	int i;

	ASSERT(own_open(NULL));
	cycles(1);
	ntold = 0;
	cycle_observe(&own, observe, NULL);
	cycles(KGC_LAST_CYCLES + 2);
	ASSERT_EQ(ntold, KGC_LAST_CYCLES + 2);
	for (i = 0; i < ntold; i++)
		EXPECT_EQ(told[i], i + 2);
	cycle_observe(&own, NULL, NULL);
	cycles(1);
	EXPECT_EQ(ntold, KGC_LAST_CYCLES + 2);
	own_close();
}

/* Number 1 of @h is still being swept when number 2 has ended. */
static void overtake(struct kgc_cycle *first)
{
	struct kgc_cycle *slow = &own.cycles.last[1];

	*first = *slow;
	slow->begin_ns[KGC_PHASE_RELEASE] = slow->begin_ns[KGC_NPHASES] = 0;
	own.cycles.next = 1;
	ntold = 0;
	cycles(1);
	EXPECT_EQ(ntold, 0);
	first->begin_ns[KGC_PHASE_RELEASE] = first->begin_ns[KGC_NPHASES] =
		kgc_host_nanotime();
}

KTEST(mm_cycle, overtaken_cycle_is_told_first)
{
	static struct kgc_cycle NOROOT first;

	ASSERT(own_open(NULL));
	cycle_observe(&own, observe, NULL);
	cycles(1);
	overtake(&first);
	cycle_finish(&own, &first);
	cycle_tell(&own);
	ASSERT_EQ(ntold, 2);
	EXPECT_EQ(told[0], 1);
	EXPECT_EQ(told[1], 2);
	ASSERT_EQ(cycle_last(&own, ring, 2), 2);
	EXPECT(ring[0].begin_ns[KGC_NPHASES] <=
	       ring[1].begin_ns[KGC_PHASE_SWEEP]);
	own_close();
}

KTEST(mm_cycle, failure_is_noted)
{
	ASSERT(own_open(NULL));
	EXPECT_EQ(own.cycles.oom_ns, 0);
	EXPECT(!heap_alloc(&own, 1 << 30, 0));
	EXPECT(own.cycles.oom_ns);
	EXPECT_EQ(own.cycles.oom_size, 1 << 30);
	own_close();
}

KTEST(mm_cycle, lost_record_delays_nobody)
{
	static struct kgc_cycle NOROOT first;

	ASSERT(own_open(NULL));
	cycle_observe(&own, observe, NULL);
	cycles(1);
	overtake(&first);
	cycles(KGC_LAST_CYCLES - 1);
	cycle_finish(&own, &first);
	EXPECT_EQ(ntold, KGC_LAST_CYCLES);
	EXPECT_EQ(told[0], 2);
	own_close();
}
