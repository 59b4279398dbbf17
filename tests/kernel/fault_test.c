// SPDX-License-Identifier: MIT
/*
 * fault_test.c - frames, and frames for page tables, run out one by one
 *
 * Below <kgc/host.h>: the frame allocator refuses the nth frame that a heap's
 * memory asks for, or the nth that a page table does.  Each run has its heap at
 * addresses of its own, because page tables once made stay.
 */
#include <stdio.h>

#include <kernel/frame.h>
#include <kernel/param.h>
#include <kernel/vm.h>

#include "fault.h"

enum { STEP = 32 << 20, PLACES = 20 };

static unsigned int nsetup, nused;

static void count(const struct heap *h)
{
	nsetup += !h;
	nused += h != NULL;
}

static void arm_frames(unsigned long nth, bool all)
{
	frame_fault = (struct frame_fault){ .nth = nth, .all = all };
}

static unsigned long count_frames(void)
{
	return frame_fault.n;
}

static void arm_tables(unsigned long nth, bool all)
{
	frame_fault_table = (struct frame_fault){ .nth = nth, .all = all };
}

static unsigned long count_tables(void)
{
	return frame_fault_table.n;
}

static const struct fault_source frames = { arm_frames, count_frames };
static const struct fault_source tables = { arm_tables, count_tables };

static size_t committed(void)
{
	struct vm_stats stats;

	vm_stats(&stats);
	return stats.committed;
}

/* Where no heap was before, as long as there are such places. */
static void *next_place(void)
{
	static unsigned int n;
	const uintptr_t first = round_up(heap.arena.end, (uintptr_t)STEP);

	return (void *)(first + (uintptr_t)(n++ % PLACES + 1) * STEP);
}

/* Every @step-th of them; returns how many were refused. */
static unsigned long fail_each(const struct fault_source *source, bool all,
			       unsigned long step, const char *what)
{
	struct kgc_config config = {
		.heap_reserve = 16 * MIB,
		.profile_rate = KGC_PROFILE_OFF,
		.nslots = heap.nslots,
	};
	unsigned long nth = 1, n = 0;
	bool failed;

	nsetup = nused = 0;
	fault_nulls = 0;
	do {
		const size_t before = committed();

		if (source == &tables)
			config.heap_base = next_place();
		failed = fault_run(&config, source, nth, all, count);
		/* Less, if the frame allocator asked for idle pages. */
		EXPECT(committed() <= before);
		n += failed;
		nth += step;
	} while (failed && n < 5000);
	EXPECT(n < 5000);
	printf("# faults, %s, %s: %lu, %lu times NULL: %u set-up, %u used\n",
	       what, all ? "for good" : "once", n, fault_nulls, nsetup, nused);
	return n;
}

/* Of the two thousand that a run takes, unless it is to be all of them. */
static unsigned long step(void)
{
	return *params.cases == 'a' ? 1 : 37;
}

KTEST(kernel_fault, each_frame_once)
{
	EXPECT(fail_each(&frames, false, step(), "frames") > 20);
}

KTEST(kernel_fault, from_each_frame_on)
{
	EXPECT(fail_each(&frames, true, step(), "frames") > 20);
	EXPECT(fault_nulls > 0);
}

KTEST(kernel_fault, each_frame_of_a_table_once)
{
	EXPECT(fail_each(&tables, false, 1, "tables") > 0);
}

KTEST(kernel_fault, from_each_frame_of_a_table_on)
{
	EXPECT(fail_each(&tables, true, 1, "tables") > 0);
	EXPECT(fault_nulls > 0);
}
