// SPDX-License-Identifier: MIT
/*
 * heap.c - the benchmarks' view of the Boehm-Demers-Weiser collector
 *
 * It sweeps small objects when their memory is asked for again, or when the
 * next collection begins and somebody may stop it: hence the function that
 * never does.  So in a row of collections each total has one whole sweep in
 * it; blocks without a dead object are not looked at.  Mark is between its own
 * events; what is left of the total counts as sweep.  GC_MARKERS of the
 * environment says with how many threads it marks.
 */
#define GC_THREADS
#include <stdio.h>
#include <pthread.h>
#include <gc/gc.h>
#include "bench.h"
#include "heap.h"
#include "peer.h"

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

void heap_init(void)
{
	GC_INIT();
	GC_set_on_collection_event(note_event);
	GC_allow_register_threads();
	if (PEER_MANUAL)
		GC_disable();
}

void **heap_roots(size_t n)
{
	return GC_MALLOC_UNCOLLECTABLE(n * sizeof(void *));
}

void heap_collector(bool on)
{
	if (on)
		GC_enable();
	else
		GC_disable();
}

void heap_collect(struct heap_times *times)
{
	uint64_t start = bench_now();

	mark_ns = 0;
	GC_try_to_collect(never_stop);
	times->total_ns = bench_now() - start;
	times->mark_ns = mark_ns;
	times->sweep_ns = times->total_ns - mark_ns;
}

void heap_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg)
{
	GC_REGISTER_FINALIZER(p, fn, arg, NULL, NULL);
}

void heap_run_finalizers(void)
{
	GC_invoke_finalizers();
}

void heap_thread(void *(*fn)(void *arg), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32 << 10);
	if (pthread_create(&thread, &attr, fn, arg))
		die("thread", "none to be had");
	pthread_attr_destroy(&attr);
}

void heap_report(void)
{
	printf(" sys=%llu collections=%llu",
	       (unsigned long long)GC_get_heap_size(),
	       (unsigned long long)GC_get_gc_no());
}
