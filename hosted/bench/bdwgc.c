// SPDX-License-Identifier: MIT
/*
 * bdwgc.c - the benchmarks' view of the Boehm-Demers-Weiser collector
 *
 * It sweeps small objects when their memory is asked for again, or when the
 * next collection begins and somebody may stop it: hence the function that
 * never does.  So in a row of collections each total has one whole sweep in
 * it; blocks without a dead object are not looked at.  Mark is between its own
 * events; what is left of the total counts as sweep.  GC_MARKERS of the
 * environment says with how many threads it marks.
 */
#include <gc/gc.h>
#include "bench.h"

const char bench_name[] = "bdwgc";

static uint64_t mark_start, mark_ns;

static void note_event(GC_EventType event)
{
	if (event == GC_EVENT_MARK_START)
		mark_start = bench_now();
	else if (event == GC_EVENT_MARK_END)
		mark_ns += bench_now() - mark_start;
}

static int never_stop(void)
{
	return 0;
}

void bench_init(void)
{
	GC_INIT();
	GC_set_on_collection_event(note_event);
}

void *bench_alloc(size_t size, bool noscan)
{
	return noscan ? GC_MALLOC_ATOMIC(size) : GC_MALLOC(size);
}

void **bench_roots(size_t n)
{
	return GC_MALLOC_UNCOLLECTABLE(n * sizeof(void *));
}

void bench_collector(bool on)
{
	if (on)
		GC_enable();
	else
		GC_disable();
}

void bench_collect(struct bench_times *times)
{
	uint64_t start = bench_now();

	mark_ns = 0;
	GC_try_to_collect(never_stop);
	times->total_ns = bench_now() - start;
	times->mark_ns = mark_ns;
	times->sweep_ns = times->total_ns - mark_ns;
}
