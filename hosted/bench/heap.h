/* SPDX-License-Identifier: MIT */
/*
 * heap.h - what a benchmark asks of a heap, apart from blocks
 *
 * Each peer's heap.c gives all of it.  Blocks come from its peer.h:
 *
 *	PEER_MANUAL	1: workloads free what they are done with; 0: drop it
 *	peer_alloc	may hold pointers; zeroed unless PEER_MANUAL
 *	peer_noscan	holds none; contents undefined
 *	peer_zeroed	as peer_noscan, zeroed
 *	peer_realloc	of either
 *	peer_free	now
 */
#ifndef HOSTED_BENCH_HEAP_H
#define HOSTED_BENCH_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one collection.  What is neither mark nor sweep is in total alone. */
struct heap_times {
	uint64_t total_ns, mark_ns, sweep_ns;
};

void heap_init(void);
/* @n pointers, zeroed, that the collector takes for roots. */
void **heap_roots(size_t n);
/* While off, nothing is collected. */
void heap_collector(bool on);
/* A full collection, its sweep done; dies where there is no collector. */
void heap_collect(struct heap_times *times);
/* Have @fn(@p, @arg) called when @p is dead. */
void heap_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg);
void heap_run_finalizers(void);
/* Start a thread that the collector knows; it is never joined. */
void heap_thread(void *(*fn)(void *arg), void *arg);
/* Print more figures, each as " name=value". */
void heap_report(void);

#endif /* HOSTED_BENCH_HEAP_H */
