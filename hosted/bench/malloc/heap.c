// SPDX-License-Identifier: MIT
/*
 * heap.c - the benchmarks' view of a malloc: there is no collector
 */
#include "bench.h"
#include "heap.h"
#include "peer.h"

static _Noreturn void no_collector(void)
{
	die("malloc", "does not collect");
}

void heap_init(void)
{
}

void **heap_roots(size_t n)
{
	return PEER(calloc)(n, sizeof(void *));
}

void heap_collector(bool on)
{
}

void heap_collect(struct heap_times *times)
{
	no_collector();
}

void heap_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg)
{
	no_collector();
}

void heap_run_finalizers(void)
{
	no_collector();
}

void heap_thread(void *(*fn)(void *arg), void *arg)
{
	no_collector();
}

void heap_report(void)
{
}
