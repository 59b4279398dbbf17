// SPDX-License-Identifier: MIT
/*
 * heap.c - the benchmarks' view of our own heap
 *
 * Mark is the pause, so it has stopping the world in it; sweep is the rest of
 * kgc_collect(), which returns with every span swept.  With PEER_MANUAL nothing
 * is collected, as with malloc=manual.  In the image the heap is up already.
 */
#include <stdio.h>
#include <pthread.h>
#include "bench.h"
#include "heap.h"
#include "peer.h"

static int percent;
static struct kgc_memstats stats;

void heap_init(void)
{
	int error = kgc_init(NULL);

	if (error && error != -KGC_EBUSY)
		die("kgc_init", "no memory");
	if (PEER_MANUAL)
		kgc_disable();
}

void **heap_roots(size_t n)
{
	return kgc_alloc_array(n, sizeof(void *), KGC_UNCOLLECTABLE);
}

void heap_collector(bool on)
{
	if (on)
		kgc_set_percent(percent);
	else
		percent = kgc_set_percent(-1);
}

void heap_collect(struct heap_times *times)
{
	uint64_t before, start;

	kgc_read_memstats(&stats);
	before = stats.pause_total_ns;
	start = bench_now();
	kgc_collect();
	times->total_ns = bench_now() - start;
	kgc_read_memstats(&stats);
	times->mark_ns = stats.pause_total_ns - before;
	times->sweep_ns = times->total_ns - times->mark_ns;
}

void heap_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg)
{
	if (kgc_set_finalizer(p, fn, arg))
		die("finalizer", "no memory");
}

void heap_run_finalizers(void)
{
	kgc_run_finalizers();
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

static void report(const char *name, uint64_t value)
{
	printf(" %s=%llu", name, (unsigned long long)value);
}

void heap_report(void)
{
	kgc_read_memstats(&stats);
	report("inuse", stats.heap_inuse);
	report("meta", stats.bitmap_sys + stats.mspan_inuse + stats.other_sys);
	report("sys", stats.heap_sys - stats.heap_released);
	report("objects", stats.heap_objects);
	report("collections", stats.numgc);
}
